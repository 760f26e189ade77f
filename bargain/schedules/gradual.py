"""Why gradual: learning, durations and irreversible gifts switched off, one by one and together."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from bargain import deal as base
from bargain import evidence
from bargain.schedules.draws import PERIODS
from bargain.schedules.shares import BETTER, share
from bargain.terms import COALITION, MINDS

OFF = ("learning", "durations", "irreversible")
SWITCHES = ((), *((o,) for o in OFF), OFF)  # nothing, one by one, all together


def switched(case: base.Case, off: Collection[str]) -> tuple[base.Case, base.Clock]:
    """The case and clock with learning, durations or irreversible gifts switched off.

    learning: fear stays at its first value for ever; durations: nothing takes time; irreversible: everything of the
    coalition's is undone as fast as escrowed capital.
    """
    clock = base.Clock(periods=PERIODS)
    if "durations" in off:
        case = base.timeless(case)
    if "irreversible" in off:
        deal = case.deal
        undo = np.where(deal.owner == COALITION, np.minimum(deal.undo, evidence.central("escrow_undo")), deal.undo)
        case = replace(case, deal=replace(deal, undo=undo))
    if "learning" in off:
        ever = range(1, PERIODS + int(evidence.central("tail")) + 1)
        clock = replace(clock, idle=(ever, ever))
    return case, clock


OFF_NAMES = {
    "none": "As the model stands",
    "learning": "Nothing teaches",
    "durations": "Nothing takes time",
    "irreversible": "Every gift can be undone",
    "learning+durations+irreversible": "All three together",
}


def why_shares(why: pd.DataFrame) -> pd.DataFrame:
    """Share of draws with any removal in which derived beats at once, by switch and reading, with intervals.

    Columns: off, name, reading, share, low, high, n, gain (derived over at once, sums, less 1).
    """
    rows = []
    for off in OFF_NAMES:
        for reading in MINDS:
            got = why[(why["off"] == off) & (why["reading"] == reading) & (why["depth"] > 0)]
            if not len(got):
                continue
            better = got["derived"] > (1 + BETTER) * got["at_once"]
            p, low, high = share(got, better)
            rows.append(
                {
                    "off": off,
                    "name": OFF_NAMES[off],
                    "reading": reading,
                    "share": p,
                    "low": low,
                    "high": high,
                    "n": len(got),
                    "gain": got["derived"].sum() / max(got["at_once"].sum(), 1e-9) - 1,
                }
            )
    return pd.DataFrame(rows, columns=["off", "name", "reading", "share", "low", "high", "n", "gain"])


def why_kind(why: pd.DataFrame) -> str:
    """What going gradually rests on: one of OFF, "order", "many" (no single reason), "gone" (none left with the reasons
    switched off), "nothing" (no schedule removes a weapon)."""
    alive = why[why["depth"] > 0]
    better = alive["derived"] > (1 + BETTER) * alive["at_once"]
    p, all_off = better.groupby(alive["off"]).mean(), "+".join(OFF)
    single = p[[o for o in OFF if o in p.index]]
    if "none" not in p.index:
        return "nothing"
    if all_off not in p.index or not len(single):
        return "gone"
    if p[all_off] >= p["none"] - 0.05:
        return "order"
    low = single.idxmin()
    return low if p["none"] - single[low] > (p["none"] - p[all_off]) / 2 else "many"


def why_table(why: pd.DataFrame) -> pd.DataFrame:
    """The switches as a table to print: how many draws have a schedule, in how many of them gradual removes more, and
    by how much."""
    rows = []
    for off, name in OFF_NAMES.items():
        got = why[why["off"] == off]
        some = got[got["depth"] > 0]
        better, once = some["derived"] > (1 + BETTER) * some["at_once"], some["at_once"].sum()
        rows.append(
            {
                "Switch": name,
                "Weapons go": f"{len(some)} of {len(got)}",
                "Gradual removes more": f"{better.sum()} of {len(some)}",
                "Gain in mean expected removal": f"{some['derived'].sum() / once - 1:.0%}" if once > 0 else "–",
            }
        )
    return pd.DataFrame(rows)
