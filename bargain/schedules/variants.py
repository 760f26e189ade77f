"""Other rules of the programme, and longer horizons."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks
from bargain import deal as base
from bargain.prose import capital
from bargain.schedules.draws import PERIODS, solve
from bargain.terms import COALITION, KIM

HORIZONS = (12, 16, 20, 24)


def patient(case: base.Case, share: float, dates: Iterable[int] = (4, 7, 10)) -> base.Schedule:
    """The best schedule when a share of the coalition's unreliable types break behind the last delivery.

    The date of the last delivery is tried in a loop, the spike of fear behind it; the best value wins.
    """
    checks.shares(share=share)
    case = replace(case, patient=np.array([share, 0.0]))
    found = [solve(case, clock=base.Clock(periods=PERIODS, last=t)) for t in dates]
    return max(found, key=lambda s: -1 if np.isnan(s.expected) else s.expected)


def idle_spells(schedule: base.Schedule) -> tuple[tuple[int, ...], ...]:
    """Half-years after the first in which a side delivers nothing, up to its last delivery: (two tuples).

    Entry p lists what side p sees of its *partner*.
    """
    deal, out = schedule.programme.case.deal, []
    for p in (KIM, COALITION):
        dates = set(schedule.dates[(deal.owner[: deal.steps] != p) & (schedule.dates > 0)].tolist())
        out.append(tuple(t for t in range(1, max(dates, default=0)) if t not in dates))
    return tuple(out)


def without_idle_lessons(case: base.Case) -> base.Schedule:
    """The schedule when idle spells teach nothing: solved again with fear frozen across the plain one's spells."""
    return solve(case, clock=base.Clock(periods=PERIODS, idle=idle_spells(solve(case, arms_first=False))))


def later(case: base.Case, starts: Iterable[tuple[int, int]] = ((1, 3), (3, 1))) -> base.Schedule:
    """The best schedule in which one side's first delivery is due later, its clock with it."""
    found = [solve(case, clock=base.Clock(periods=PERIODS, start=s)) for s in starts]
    return max(found, key=lambda s: -1 if np.isnan(s.expected) else s.expected)


def _clock(**change: Any) -> Callable[[base.Case], base.Schedule]:
    return lambda c: solve(c, clock=base.Clock(periods=PERIODS, **change))


RULES = {  # id: (schedule under another rule, in words)
    "locked": (lambda c: solve(c, regret=False), "regret allowed"),
    "lag": (_clock(lag=2), "cheating noticed after a year"),
    "grab": (_clock(grab=True), "the cheat is surely paid once more"),
    "frozen": (_clock(frozen=True), "no learning after the horizon"),
    "regain": (_clock(regain=True), "holding out is regained at a breakdown"),
    "idle": (without_idle_lessons, "idle half-years teach nothing"),
    "later": (later, "one side may start a year later"),
    "patient": (lambda c: patient(c, PATIENT), "a quarter of the unreliable cheat at the end"),
}
PATIENT = 0.25  # of the unreliable, within the register's range of patient_share


def horizons(horizon: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """The derived schedules of the same draws by horizon in half-years: depth and expected (means), last (median date
    of the last removal, of those that remove any)."""
    rows = horizon[horizon["shape"] == "derived"]
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(rows["draw"].unique())]
    both = pd.concat([plain.assign(periods=PERIODS), rows])
    last = both[both["depth"] > 0].groupby("periods")["deepest"].median()
    return both.groupby("periods")[["depth", "expected"]].mean().assign(last=last)


def rules(rule: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """What other rules change over the same draws, a row a rule, the first as specified: name, some (draws in which
    weapons go), of, depth and expected (means; nothing found counts as nothing)."""
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(rule["draw"].unique())]
    both = pd.concat([plain.assign(rule="plain"), rule])
    both = both.assign(expected=both["expected"].fillna(0), some=both["depth"] > 0)
    out = both.groupby("rule").agg(some=("some", "sum"), of=("some", "size"), depth=("depth", "mean"))
    out = out.assign(expected=both.groupby("rule")["expected"].mean())
    names = {"plain": "As specified", **{k: capital(v[1]) for k, v in RULES.items()}}
    return out.reindex(names).assign(name=list(names.values()))


def rules_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`rules` as a table to print."""
    return pd.DataFrame(
        {
            "Rule": frame["name"],
            "Weapons go": [f"{r.some} of {r.of}" for r in frame.itertuples()],
            "Weapons gone, mean": frame["depth"].map("{:.0f}".format),
            "Expected removal, mean": frame["expected"].map("{:.0f}".format),
        }
    )
