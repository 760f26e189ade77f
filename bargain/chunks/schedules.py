"""Chunks of the stored tables of `bargain.schedules`: each computes chunk k with a seed of its own."""

from itertools import combinations

import numpy as np
import pandas as pd

from bargain import deal, evidence, phasing, results
from bargain import deal as base
from bargain.one_deal import kept, removing
from bargain.schedules import (
    HELP,
    HOLD_GAP,
    HORIZONS,
    NODES,
    OTHER_SEED,
    PARTS,
    PERIODS,
    RULES,
    SWITCHES,
    drawn,
    nearest,
    outcome,
    solve,
    switched,
    tenth,
)
from bargain.terms import COALITION, KIM, MINDS, SIDES


def sample_chunk(k: int) -> pd.DataFrame:
    """The four shapes over a fifth of a reading's draws: reading, draw, shape, and `outcome`'s columns."""
    reading, rows = MINDS[k // PARTS], []
    for i in np.array_split(np.arange(int(evidence.central("n_schedules"))), PARTS)[k % PARTS]:
        case, _ = drawn(reading, i)
        rows += [{"reading": reading, "draw": int(i), "shape": s, **outcome(solve(case, s))} for s in deal.SHAPES]
    return pd.DataFrame(rows)


def second_chunk(k: int) -> pd.DataFrame:
    """Derived and at once over a third of the draws of another seed, reading k: the columns of `sample_chunk`."""
    rows = []
    for i in range(int(evidence.central("n_schedules")) // 3):
        case, _ = drawn(MINDS[k], i, OTHER_SEED)
        rows += [{"reading": MINDS[k], "draw": i, "shape": s, **outcome(solve(case, s))} for s in deal.SHAPES[:2]]
    return pd.DataFrame(rows)


def why_chunk(k: int) -> pd.DataFrame:
    """Derived against all at once with each of SWITCHES, over a tenth of the draws.

    Columns: reading, draw, off (names joined by +, "none"), derived, at_once (E), depth, depth_at_once, open (largest
    part of E that the node limit leaves open in the derived schedule, bound/E - 1).
    """
    rows = []
    reading, some = tenth(k)
    for i, case, _ in some:
        for off in SWITCHES:
            now, clock = switched(case, off)
            one, two = solve(now, clock=clock), solve(now, "at_once", clock)
            rows.append(
                {
                    "reading": reading,
                    "draw": i,
                    "off": "+".join(off) or "none",
                    "derived": one.expected,
                    "at_once": two.expected,
                    "depth": one.depth,
                    "depth_at_once": two.depth,
                    "open": max(one.bound / one.expected - 1, 0) if one.expected > 0 else 0.0,
                }
            )
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------------ levers
def lever_chunk(k: int) -> pd.DataFrame:
    """Each lever at its drawn strength over a tenth of the draws: reading, draw, lever ("none" first), …, cost.

    cost: what the lever costs the coalition in M if nothing else in the schedule of "none" changed (nan where the
    lever takes steps away); the other columns are `outcome`'s.
    """
    rows = []
    reading, some = tenth(k)
    for i, case, values in some:
        plain = solve(case, arms_first=False)  # its dates are costed, those of steps that are no arms too
        rows.append({"reading": reading, "draw": i, "lever": "none", **outcome(plain), "cost": 0.0})
        for lever in base.LEVERS:
            now = base.pull(case, [lever], values)
            got, cost = solve(now), np.nan
            if now.deal.ids == case.deal.ids:
                same = base.evaluate(now, plain.dates, deal.Clock(periods=PERIODS))
                cost = plain.carry[COALITION, 0] - same.carry[COALITION, 0] if plain.dates.any() else 0.0
            rows.append({"reading": reading, "draw": i, "lever": lever, **outcome(got), "cost": cost})
    return pd.DataFrame(rows)


def restore_chunk(k: int) -> pd.DataFrame:
    """Where no schedule removes a weapon: least shortfall, and the fewest levers that restore one.

    Columns: reading, draw, status, total and short (M, the least sum of shortfalls that lets the first tranche go, and
    its largest), side, period, levers (fewest that restore, 99 where all together do not), which (names joined by +;
    every smallest set, sets separated by a blank). Over a tenth of the draws; nan where a schedule exists.
    """
    rows = []
    reading, some = tenth(k)
    for i, case, values in some:
        plain = solve(case)
        row = {
            "reading": reading,
            "draw": i,
            "status": plain.status,
            "total": np.nan,
            "short": np.nan,
            "side": "",
            "period": 0,
            "levers": 0,
            "which": "",
        }
        if plain.depth == 0:
            row |= {"levers": 99, **nearest(case, base.tranches().index[:1])}
            for size in (1, 2, len(HELP)):
                found = [s for s in combinations(HELP, size) if solve(base.pull(case, s, values)).depth > 0]
                if found:
                    row |= {"levers": size, "which": " ".join("+".join(s) for s in found)}
                    break
        rows.append(row)
    return pd.DataFrame(rows)


def zero_chunk(k: int) -> pd.DataFrame:
    """How far a tenth of the draws are from a kept schedule to zero: reading, draw, total, short, side, period."""
    reading, some = tenth(k)
    rows = [
        {
            "reading": reading,
            "draw": i,
            "total": np.nan,
            "short": np.nan,
            "side": "",
            "period": 0,
            **nearest(case, base.tranches().index),
        }
        for i, case, _ in some
    ]
    return pd.DataFrame(rows)


def hold_chunk(k: int) -> pd.DataFrame:
    """The largest hold-out of each side at which the first tranche still goes, over a tenth of the draws.

    Columns: reading, draw, side, hold_out (M a half-year; nan where none is small enough), bound (proven). The other
    side's hold-out is as drawn.
    """
    reading, some = tenth(k)
    clock, first = deal.Clock(periods=PERIODS), base.tranches().index[0]
    rows = []
    for i, case, _ in some:
        for p in (KIM, COALITION):
            most, bound = phasing.largest_hold_out(case, p, first, clock, nodes=NODES, gap=HOLD_GAP)
            rows.append({"reading": reading, "draw": i, "side": SIDES[p], "hold_out": most, "bound": bound})
    return pd.DataFrame(rows)


def rule_chunk(k: int) -> pd.DataFrame:
    """Schedules under each of RULES over a tenth of the draws: reading, draw, rule, and `outcome`'s columns."""
    reading, some = tenth(k)
    return pd.DataFrame(
        [
            {"reading": reading, "draw": i, "rule": rule, **outcome(find(case))}
            for i, case, _ in some
            for rule, (find, _) in RULES.items()
        ]
    )


def horizon_chunk(k: int) -> pd.DataFrame:
    """Schedules at other horizons, and the sudden one at the register's, over a tenth of the draws.

    Columns: reading, draw, periods, shape, and `outcome`'s.
    """
    rows = []
    reading, some = tenth(k)
    full = int(evidence.central("periods"))
    for i, case, _ in some:
        for T in sorted({*HORIZONS, full} - {PERIODS}):  # PERIODS itself is in `sample_chunk`
            for shape in deal.SHAPES[:2] if T == full else deal.SHAPES[:1]:
                got = solve(case, shape, deal.Clock(periods=T))
                rows.append({"reading": reading, "draw": i, "periods": T, "shape": shape, **outcome(got)})
    return pd.DataFrame(rows)


def order_chunk(k: int) -> pd.DataFrame:
    """Dates of every step in the derived schedules of a tenth of the draws, with the second pass.

    Columns: reading, draw, step, date (half-year; 0 = never), possible (first physically possible date), watched (the
    date where inspectors show where to strike, at the drawn strength of `targeting`).
    """
    rows = []
    reading, some = tenth(k)
    for i, case, values in some:
        got, watched = solve(case, tie=True), solve(base.pull(case, ["targeting"], values), tie=True)
        rows.append(
            pd.DataFrame(
                {
                    "reading": reading,
                    "draw": i,
                    "step": case.deal.ids[: case.deal.steps],
                    "date": got.dates,
                    "possible": deal.possible(case.deal),
                    "watched": watched.dates,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def carry_chunk(k: int) -> pd.DataFrame:
    """Along the derived schedules of a tenth of the draws, with and without the no-regret rows, what each side has.

    Columns: reading, draw, regret (True: with those rows), half_year, side, carry (C - due), slack (C - W - due), in M;
    only draws whose schedule delivers something.
    """
    rows = []
    reading, some = tenth(k)
    for i, case, _ in some:
        for regret in (True, False):
            got = solve(case, tie=True, regret=regret)
            if got.dates.any():
                rows.append(phasing.slack(got).assign(reading=reading, draw=i, regret=regret))
    empty = pd.DataFrame(columns=["half_year", "side", "slack", "carry", "reading", "draw", "regret"])
    return (pd.concat(rows, ignore_index=True) if rows else empty)[
        ["reading", "draw", "regret", "half_year", "side", "carry", "slack"]
    ]


# ------------------------------------------------------------------------------------------- other objectives
def value_chunk(k: int) -> pd.DataFrame:
    """What the coalition's whole value would choose among kept schedules, over a tenth of the draws.

    Columns: reading, draw, `outcome`'s (bound: of the coalition's value), kim and coalition (value over holding out,
    M).
    """
    reading, some = tenth(k)
    rows = []
    for i, case, _ in some:
        got = phasing.best_for(case, COALITION, deal.Clock(periods=PERIODS), nodes=NODES)
        over = got.carry[:, 0] - got.due[:, 0]
        rows.append({"reading": reading, "draw": i, **outcome(got), "kim": over[KIM], "coalition": over[COALITION]})
    return pd.DataFrame(rows)


def kept_chunk(k: int) -> pd.DataFrame:
    """In what share of the draws of reading k each derived schedule that removes weapons is kept.

    Columns: reading, plan_reading, plan_draw (whose schedule it is), removed (weapons), kim, coalition, both (shares of
    all draws of the reading in which that side, and both, keep it).
    """
    reading, plans = MINDS[k], removing(results.load("schedules_order"))
    cases = (drawn(reading, i)[0] for i in range(int(evidence.central("n_schedules"))))
    sides = kept(cases, plans.to_numpy())
    gone = (plans > 0).to_numpy() @ base.table().weapons[plans.columns].to_numpy(float)
    return pd.DataFrame(
        {
            "reading": reading,
            "plan_reading": plans.index.get_level_values("reading"),
            "plan_draw": plans.index.get_level_values("draw"),
            "removed": gone,
            "kim": sides[:, KIM].mean(axis=0),
            "coalition": sides[:, COALITION].mean(axis=0),
            "both": sides.all(axis=1).mean(axis=0),
        }
    )
