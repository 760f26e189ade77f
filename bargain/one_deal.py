"""Whole deals that can be read: chapter 7's packages, and one derived schedule of chapter 8.

The schedule is that of a real draw: the one that lies nearest to those of all other draws that remove weapons. The
distance of two schedules is the sum over steps of the half-years between their dates, a step that is never done
counting as done in the half-year behind the last.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from bargain import checks, phasing, schedules
from bargain import deal as base
from bargain.exchange import whole
from bargain.prose import capital, inside
from bargain.terms import COALITION, KIM, MINDS, SIDES

NEAR = 1  # half-years by which two dates may differ and still agree
MONTHS = 6  # of a half-year


class Central(NamedTuple):
    """The most central schedule.

    reading, draw: whose it is; distance: its mean distance from the `others` (half-years, summed over steps); dates:
    half-year by step, 0 = never; agree: by step, the share of the others' schedules that have it within NEAR
    half-years, or leave it out too.
    """

    reading: str
    draw: int
    distance: float
    others: int
    dates: pd.Series
    agree: pd.Series


def removing(order: pd.DataFrame) -> pd.DataFrame:
    """The derived schedules that remove weapons: dates by (reading, draw), a column a step, from `schedules_order`."""
    wide = order.pivot(index=["reading", "draw"], columns="step", values="date")[list(dict.fromkeys(order["step"]))]
    return wide[(wide[list(base.tranches().index)] > 0).any(axis=1)]


def central(order: pd.DataFrame, periods: int = schedules.PERIODS) -> Central:
    """The schedule of least mean distance from the others, of those that remove weapons; the first of equals.

    order: the stored table `schedules_order`. Raises ValueError where fewer than two schedules remove weapons.
    """
    checks.counts(periods=periods)
    wide = removing(order)
    if len(wide) < 2:
        raise ValueError(f"order: {len(wide)} schedules remove weapons, and a central one needs two")
    late = wide.where(wide > 0, periods + 1).to_numpy(float)
    others = len(late) - 1
    apart = np.array([np.abs(late - one).sum() for one in late]) / others
    k = int(apart.argmin())
    agree = (np.sum(np.abs(late - late[k]) <= NEAR, axis=0) - 1) / others
    reading, draw = wide.index[k]
    return Central(reading, int(draw), float(apart[k]), others, wide.iloc[k], pd.Series(agree, wide.columns))


def bars(deal: Central) -> pd.DataFrame:
    """The steps of the deal as bars, his first, each side's by date: step, name, side, begin, done, agree.

    begin and done in half-years from signature: work lasts from begin to done, and from done on it is in force; a step
    that takes no time is done within its half-year.
    """
    table, rows = base.table(), []
    for step, done in deal.dates[deal.dates > 0].items():
        work = max(int(table.at[step, "duration"]), 1)
        rows.append(
            {
                "step": step,
                "name": capital(phasing.short_name(table.at[step, "name"])),
                "side": table.at[step, "side"],
                "begin": int(done) - work,
                "done": int(done),
                "agree": float(deal.agree[step]),
            }
        )
    frame = pd.DataFrame(rows, columns=["step", "name", "side", "begin", "done", "agree"])
    return frame.sort_values(["side", "done", "step"], key=lambda x: x.map(SIDES.index) if x.name == "side" else x)


def lasts(half_years: float) -> str:
    """How long undoing takes, in words: "weeks", "7 months", "3 years", "never"."""
    checks.spans(half_years=half_years)
    months = MONTHS * half_years
    if np.isinf(months):
        return "never"
    if months < 1.5:
        return "weeks"
    return f"{months:.0f} months" if months < 24 else f"{months / 12:.0f} years"


def _span(values: Iterable[float]) -> str:
    """The shortest and the longest time, in words; one where they are the same."""
    ends = [lasts(x) for x in (min(values), max(values))]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _who(steps: Iterable[str]) -> str:
    """Who verifies these steps, each once and without how it is done; "a and b" beside "a" is b."""
    verifiers = base.table().loc[list(steps), "verifier"]
    each = dict.fromkeys(inside(re.split("[,;:]", v)[0].removesuffix(" itself")) for v in verifiers)
    rest = (next((v.removeprefix(f"{w} and ") for w in each if v.startswith(f"{w} and ")), v) for v in each)
    return "; ".join(dict.fromkeys(rest))


def phases(deal: Central) -> pd.DataFrame:
    """The deal by phase, a row a half-year in which something is done: months, half_year, his, theirs, verifiers,
    release, back.

    his, theirs: names of the steps; verifiers: who verifies them; release: what of this phase the steps of the next
    one need by the table, or, where it names nothing, that all of this phase is verified; back: how long undoing takes,
    from the fastest of the phase's steps to the slowest, by side.
    """
    table = base.table()
    done = deal.dates[deal.dates > 0]
    dates, rows = sorted(set(done.tolist())), []
    for k, t in enumerate(dates):
        now = list(done[done == t].index)
        after = list(done[done == dates[k + 1]].index) if k + 1 < len(dates) else []
        owed = [i for i in now if any(i in table.at[j, "needs"] for j in after)]
        back = [
            f"{who}: {_span(table.loc[mine, 'undo_central'].tolist())}"
            for who, side in (("his", SIDES[KIM]), ("theirs", SIDES[COALITION]))
            if (mine := [i for i in now if table.at[i, "side"] == side])
        ]
        rows.append(
            {
                "months": f"{MONTHS * (t - 1) + 1} to {MONTHS * t}",
                "half_year": t,
                **{
                    name: "; ".join(phasing.short_name(table.at[i, "name"]) for i in now if table.at[i, "side"] == side)
                    for name, side in (("his", SIDES[KIM]), ("theirs", SIDES[COALITION]))
                },
                "verifiers": _who(now),
                "release": (
                    "nothing more is due"
                    if not after
                    else "; ".join(phasing.short_name(table.at[i, "name"]) for i in owed)
                    or "all of this phase, verified"
                ),
                "back": "; ".join(back),
            }
        )
    return pd.DataFrame(rows, columns=["months", "half_year", "his", "theirs", "verifiers", "release", "back"])


def laid_out(frame: pd.DataFrame, widths: Mapping[str, int]) -> str:
    """A table of long texts as Markdown: the columns that widths names, in its order, their widths in any unit."""
    text = frame[list(widths)].to_markdown(index=False)
    lines = re.sub(r"(?<!\\)\$", r"\$", text).split("\n")  # a dollar that is not escaped yet would open a formula
    lines[1] = "|" + "|".join(":" + "-" * n for n in widths.values()) + "|"
    return "\n".join(lines)


# --------------------------------------------------------------------------------------------- whole packages
def marks(packages: Mapping[str, whole.Package | None]) -> pd.DataFrame:
    """Which steps each package has, a row a package and step of the table: package, head, signs, step, name, side, has,
    undo.

    signs: share of the minds of the package's reading that sign it; undo: how long undoing takes, in words. packages:
    as `exchange.whole.whole` gives them; one that nobody signs is left out.
    """
    steps = base.table()
    steps = steps[steps["needs"].notna()]
    return pd.DataFrame(
        [
            {
                "package": name,
                "head": whole.WHOLE[name][1],
                "signs": got.signs[got.reading],
                "step": row.Index,
                "name": capital(phasing.short_name(row.name)),
                "side": row.side,
                "has": row.Index in got.kim + got.coalition,
                "undo": lasts(row.undo_central),
            }
            for name, got in packages.items()
            if got
            for row in steps.itertuples()
        ],
        columns=["package", "head", "signs", "step", "name", "side", "has", "undo"],
    )


def exchange_matrix(packages: Mapping[str, whole.Package | None]) -> pd.DataFrame:
    """The packages as a table, a row each: package, gives, buys, checks, undo, reading, signs, minds,
    cost.

    checks: who verifies his steps; undo: how long undoing takes, from the fastest step to the slowest, by side; signs:
    share of the minds of `reading` that sign; minds: that of every reading, in per cent, in the order of MINDS, the
    readiest in bold; cost: of the coalition's steps to it, US$ bn. A package that nobody signs
    has its name alone.
    """
    table, rows = base.table(), []
    for name, got in packages.items():
        row: dict[str, object] = {"package": whole.WHOLE[name][1]}
        if got:
            mine, theirs = list(got.kim), list(got.coalition)
            row |= {
                "gives": "; ".join(phasing.short_name(x) for x in table.loc[mine, "name"]),
                "buys": "; ".join(phasing.short_name(x) for x in table.loc[theirs, "name"]),
                "checks": _who(mine),
                "undo": f"his: {_span(table.loc[mine, 'undo_central'])}; "
                f"theirs: {_span(table.loc[theirs, 'undo_central'])}",
                "reading": got.reading,
                "signs": got.signs[got.reading],
                "minds": " / ".join(
                    f"**{got.signs[m]:.0%}**" if m == got.reading else f"{got.signs[m]:.0%}" for m in MINDS
                ),
                "cost": got.cost / 1000,
            }
        rows.append(row)
    return pd.DataFrame(
        rows, columns=["package", "gives", "buys", "checks", "undo", "reading", "signs", "minds", "cost"]
    )


# ------------------------------------------------------------------------------------------- other objectives
def kept(cases: Iterable[base.Case], plans: np.ndarray, periods: int = schedules.PERIODS) -> np.ndarray:
    """Which side of which case keeps which plan: boolean (cases, 2, plans). plans (m, steps): dates, 0 = never.

    A side keeps a plan when all its rows, on walking away and on regret, are kept (`deal.kept`).
    """
    checks.counts(periods=periods)
    checks.nonnegative(plans=plans)
    clock, out = base.Clock(periods=periods), []
    for case in cases:
        x = np.array([base.paths(case.deal, dates, periods) for dates in plans])
        prog = base.programme(case, clock)
        carry, walk = (np.tensordot(form, x, ((2, 3), (1, 2))) for form in (prog.carry, prog.walk))
        due = prog.due[:, :, None]
        out.append(base.kept(np.maximum(due - (carry - walk), due - carry)).all(axis=1))
    return np.array(out)


def widest(frame: pd.DataFrame, share: float = 0.5) -> pd.DataFrame:
    """The derived plan of largest removal that a share of a reading's draws keep: a row a reading, and one for all.

    frame: the stored table `schedules_kept`. Columns: reading ("all": the least share of the three counts),
    plan_reading, plan_draw, removed (weapons; nan where no plan is kept by so many, and the row is of the plan that
    most keep), kept (share of draws in which both sides keep it).
    """
    checks.shares(share=share)
    least = frame.groupby(["plan_reading", "plan_draw", "removed"], as_index=False)["both"].min().assign(reading="all")
    rows = []
    for reading, part in pd.concat([frame, least]).groupby("reading", sort=False):
        wide = part[part["both"] >= share].sort_values(["removed", "both"], ascending=False)
        best = (wide if len(wide) else part.sort_values("both", ascending=False)).iloc[0]
        rows.append(
            {
                "reading": reading,
                "plan_reading": best["plan_reading"],
                "plan_draw": int(best["plan_draw"]),
                "removed": best["removed"] if len(wide) else np.nan,
                "kept": best["both"],
            }
        )
    return pd.DataFrame(rows)
