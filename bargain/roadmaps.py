"""Chapter 8 beside history: past agreements, offers and plans in the steps of a deal, held against the drawn minds.

A roadmap is a set of steps with the half-year in which each starts (`data/roadmaps.csv`); it is judged by
`deal.evaluate`, the rows that judge a derived schedule. Signed is not kept: a side signs when carrying on from the
first half-year is worth more than holding out, and keeps when that, and not walking, hold in every half-year. None of
this is a test of history: steps, half-years and values are ours, and what ended these deals is not in the model.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from bargain import checks, evidence, phasing, schedules
from bargain import deal as base
from bargain.deal.timing import answer
from bargain.reads import lru_cache
from bargain.terms import COALITION, KIM, MINDS, SIDES

SIX_YEARS = 12  # half-years over which removal and cost are counted
HALF = 0.5  # of a step, where a roadmap promises it in part
SOME = 0.05  # of the pairs; of fewer that sign it is not told which side leaves first


@lru_cache
def listed() -> pd.DataFrame:
    """The roadmaps, a row each in the order of their table, indexed by id: the columns of `roadmap_list`."""
    return evidence.table("roadmap_list").set_index("id")


@lru_cache
def coded() -> pd.DataFrame:
    """The promises that a step stands for, a row a roadmap and step: the columns of `roadmaps`, start whole numbers."""
    frame = evidence.table("roadmaps")
    return frame[frame["start"].notna()].astype({"start": int}).reset_index(drop=True)


def starts(roadmap: str) -> dict[str, int]:
    """Steps of a roadmap and the half-year in which each starts: dict id -> 1…12. KeyError for an unknown roadmap."""
    frame = coded()
    if roadmap not in listed().index:
        raise KeyError(f"no such roadmap: {roadmap!r}; there are {', '.join(listed().index)}")
    rows = frame[frame["roadmap"] == roadmap]
    return dict(zip(rows["step"], rows["start"].tolist(), strict=True))


def dates(deal: base.Deal, begin: Mapping[str, int]) -> np.ndarray:
    """Half-year in which each step is done, (steps,), 0 = never: its start plus the duration of the table.

    begin: dict id -> start. KeyError for a step that the deal has not, ValueError for a start before half-year 1.
    """
    out = np.zeros(deal.steps, int)
    for step, start in begin.items():
        if start < 1:
            raise ValueError(f"{step} starts in half-year {start}: the first is 1")
        i = int(deal.at(step)[0])
        out[i] = start + deal.duration[i]
    return out


def broken(deal: base.Deal, begin: Mapping[str, int]) -> dict[str, list[str]]:
    """Steps that start before what they need is done: dict id -> the steps that are missing or late, in order."""
    done = dates(deal, begin)
    late = {
        step: [deal.ids[j] for j in deal.needs[int(deal.at(step)[0])] if not 0 < done[j] <= start]
        for step, start in begin.items()
    }
    return {step: needs for step, needs in late.items() if needs}


def partly(case: base.Case, roadmap: str, share: float) -> base.Case:
    """The case in which the steps that a roadmap promises in part are worth, and remove, only that share."""
    checks.shares(share=share)
    frame, deal = coded(), case.deal
    mine = frame[(frame["roadmap"] == roadmap) & (frame["extent"] == "part")]
    factor = np.ones(len(deal.ids))
    factor[deal.at(*mine["step"])] = share
    live, hostile, weapons = deal.live * factor, deal.hostile * factor, deal.weapons * factor
    return replace(case, deal=replace(deal, live=live, hostile=hostile, weapons=weapons))


class Verdict(NamedTuple):
    """What one pair of minds makes of a dated deal.

    signs, keeps: a bool a side; leaver: the side whose row fails first, "" where none does (the larger shortfall where
    both fail at once), in half-year `period` (0: none) over `step`, the step of its own that weighs most against
    carrying on; removed: weapons' worth gone after six years if all is kept, gone: if the deal ends where a row first
    fails, none where a side does not sign; cost: of the coalition's steps over six years of a living deal, in M.
    """

    signs: tuple[bool, bool]
    keeps: tuple[bool, bool]
    leaver: str
    period: int
    step: str
    removed: float
    gone: float
    cost: float


def judge(got: base.Schedule) -> Verdict:
    """The verdict on a deal with given dates, as `deal.evaluate` returns it."""
    deal, prog = got.programme.case.deal, got.programme
    x = base.paths(deal, got.dates, prog.clock.periods)
    six = min(SIX_YEARS, prog.clock.periods)
    short = base.shortfalls(got)
    short[base.kept(short)] = 0
    kim, coalition = (bool(base.kept(got.due[p, 0] - got.carry[p, 0])) for p in (KIM, COALITION))
    keeps = not short[KIM].any(), not short[COALITION].any()
    removed, mine = deal.weapons @ x, deal.owner == COALITION
    leaver, period, step, gone = "", 0, "", float(removed[six - 1])
    if short.any():
        t = int(short.any(axis=0).argmax())
        side = int(short[:, t].argmax())
        leaver, period, step = SIDES[side], t + 1, _weighs(got, x, side, t)
        gone = float(removed[min(t, six) - 1]) if t else 0.0
    cost = -float((deal.live[COALITION, mine] @ x[mine, :six]).sum())
    gone = gone if kim and coalition else 0.0
    return Verdict((kim, coalition), keeps, leaver, period, step, float(removed[six - 1]), gone, cost)


def _weighs(got: base.Schedule, x: np.ndarray, side: int, t: int) -> str:
    """The own step of a side that takes most from the row that fails at index t; "" where none takes anything."""
    deal, prog = got.programme.case.deal, got.programme
    walks = got.walk[side, t] > 0  # else it is the no-regret row that fails by more
    form = prog.carry[side, t] - walks * prog.walk[side, t]
    weight = np.where(deal.owner == side, (form * x).sum(axis=1), np.inf)[: deal.steps]
    i = int(weight.argmin())
    return deal.ids[i] if weight[i] < 0 else ""


def verdicts(reading: str, n: int | None = None) -> pd.DataFrame:
    """All roadmaps before the first n draws of a reading: reading, draw, roadmap, and the fields of `Verdict`.

    signs and keeps stand apart by side (signs_kim, signs_coalition, …); half: whether both sides would sign and keep
    it where a step that is promised in part counts half.
    """
    checks.counts(n=n)
    rows, plans = [], {roadmap: starts(roadmap) for roadmap in listed().index}
    clock = base.Clock(periods=int(evidence.central("periods")))
    for i in range(n or int(evidence.central("n_schedules"))):
        case, _ = schedules.drawn(reading, i)
        prog = base.programme(case, clock)  # once a draw: what `deal.evaluate` would build for each roadmap
        for roadmap, begin in plans.items():
            done = dates(case.deal, begin)
            got = judge(answer(prog, done, "given", np.nan))
            apart = {f"{k}_{s}": v for k in ("signs", "keeps") for s, v in zip(SIDES, getattr(got, k), strict=True)}
            rest = {k: v for k, v in got._asdict().items() if k not in ("signs", "keeps")}
            half = judge(base.evaluate(partly(case, roadmap, HALF), done, clock))
            rows.append({"reading": reading, "draw": i, "roadmap": roadmap, **apart, **rest, "half": all(half.keeps)})
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------ as frames
def timeline() -> pd.DataFrame:
    """What each roadmap does when: roadmap, name, step, side, words, start, done, extent, dated, broken.

    A row a coded promise, in the order of the tables; done: by the duration of the table; broken: the steps that it
    does not wait for, joined by a blank.
    """
    deal, names = base.build().deal, evidence.table("deal_steps").set_index("id")["name"]
    rows = []
    for roadmap, promises in coded().groupby("roadmap", sort=False):
        begin = starts(roadmap)
        done, late = dates(deal, begin), broken(deal, begin)
        for row in promises.itertuples():
            i = int(deal.at(row.step)[0])
            rows.append(
                {
                    "roadmap": roadmap,
                    "name": listed().at[roadmap, "name"],
                    "step": row.step,
                    "side": SIDES[int(deal.owner[i])],
                    "words": phasing.short_name(names[row.step]),
                    "start": row.start,
                    "done": int(done[i]),
                    "extent": row.extent,
                    "dated": row.dated,
                    "broken": " ".join(late.get(row.step, [])),
                }
            )
    return pd.DataFrame(rows)


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """The verdicts counted, a row a roadmap in the order of their table, indexed by id.

    frame: as `verdicts` gives it, readings together. Columns: name, kind, ended_by (in fact); signs_<reading>, the
    share of the drawn Kims that would sign, signs_coalition, signs (both), keeps (both, to the end), half (as keeps,
    parts counted half); refuses, over, refusing: the side and step that most often stand against signing, and in what
    share of all draws; leaver, period, step, leaving: who leaves first after both signed, in the median half-year over
    the step that is named most, and in what share of the signed ("" and NaN where none does); removed, gone (mean),
    cost (median), as in `Verdict`.
    """
    rows, frame = [], frame.fillna({"leaver": "", "step": ""})
    for roadmap in listed().index:
        mine = frame[frame["roadmap"] == roadmap]
        both = mine["signs_kim"] & mine["signs_coalition"]
        signed, left = mine[both], mine[both & (mine["leaver"] != "")]
        refuses, over, refusing = _most(mine[~both], len(mine))
        leaver, step, leaving = _most(left, max(len(signed), 1))
        rows.append(
            {
                "roadmap": roadmap,
                **listed().loc[roadmap, ["name", "kind", "ended_by"]],
                **{f"signs_{m}": float(g["signs_kim"].mean()) for m, g in mine.groupby("reading", sort=False)},
                "signs_coalition": float(mine["signs_coalition"].mean()),
                "signs": float(both.mean()),
                "keeps": float((mine["keeps_kim"] & mine["keeps_coalition"]).mean()),
                "half": float(mine["half"].mean()),
                "refuses": refuses,
                "over": over,
                "refusing": refusing,
                "leaver": leaver,
                "period": float(left.loc[left["leaver"] == leaver, "period"].median()) if leaver else np.nan,
                "step": step,
                "leaving": leaving,
                "removed": float(mine["removed"].mean()),
                "gone": float(mine["gone"].mean()),
                "cost": float(mine["cost"].median()),
            }
        )
    return pd.DataFrame(rows).set_index("roadmap")


def _most(rows: pd.DataFrame, whole: int) -> tuple[str, str, float]:
    """The side that leaves first most often, its step named most, and how often that side, of `whole` rows.

    Where two are as common, Kim, and the step that stands first in the table.
    """
    if not len(rows):
        return "", "", np.nan
    side = max(SIDES, key=lambda s: int((rows["leaver"] == s).sum()))
    mine = rows[rows["leaver"] == side]
    return side, mine["step"].mode()[0], len(mine) / whole


def shown(counts: pd.DataFrame) -> pd.DataFrame:
    """The summary as a table to print: a row a roadmap, shares in per cent, cost in US$ billion.

    counts: as `summary` gives it. Readings stand in the order of `MINDS`; where both signed, the share that leaves is
    of the signed. Who leaves is said only where SOME of the pairs sign.
    """
    names = evidence.table("deal_steps").set_index("id")["name"].map(phasing.short_name).to_dict() | {"": "no one step"}
    side = dict(zip(SIDES, ("Kim", "coalition"), strict=True))
    refused = [f"Refused by {side[r.refuses]}: {names[r.over]}" for r in counts.itertuples()]
    left = [
        f". Left by {side[r.leaver]} in half-year {r.period:g}: {names[r.step]} ({r.leaving:.0%})"
        if r.leaver and r.signs >= SOME
        else ""
        for r in counts.itertuples()
    ]
    kims = counts[[f"signs_{m}" for m in MINDS]].mul(100).round().astype(int).astype(str)
    return pd.DataFrame(
        {
            "Roadmap": counts["name"],
            "Kims that sign, per cent": kims.agg("\u00a0/\u00a0".join, axis=1),
            "Coalitions that sign": counts["signs_coalition"].map("{:.0%}".format),
            "Both sign": counts["signs"].map("{:.0%}".format),
            "Both keep": counts["keeps"].map("{:.0%}".format),
            "Gone in six years": [f"{r.removed:.0f}\u00a0({r.gone:.1f})" for r in counts.itertuples()],
            "Cost, US$ bn": (counts["cost"] / 1000).map("{:.1f}".format),
            "Where it breaks first": [a + b for a, b in zip(refused, left, strict=True)],
        }
    )
