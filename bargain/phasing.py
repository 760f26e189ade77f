"""Chapter 8: the self-enforcing schedule as a mixed-integer programme, and what it is compared with.

Variables x_it = 1 when step i is done by half-year t = 1…T, y_zt for pairs. C_p(t) is what carrying on is worth
to side p from half-year t, W_p(t) what it has after walking away. Rows for both sides at every t = 1…T+1:
C - W ≥ out/(1 - δ) (self-enforcing) and C ≥ out/(1 - δ) (unregretted). Objective: expected removal
E = Σ_t a_t R_t, weapons removed, weighted by the chance that the deal lives and by the coalition's patience.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from bargain import checks, evidence, exchange
from bargain.deal.steps import Case
from bargain.deal.timing import DECIMALS, NODES, SHAPES, Clock, Programme, Schedule, answer, paths, possible, programme
from bargain.terms import COALITION, KIM, SIDES

THRESHOLDS = (1e-6, 0.25, 0.5, 0.75, 1 - 1e-6)  # above which a share of a step counts as done, in `_rounded`
ROOM = 1e-7  # by which such a schedule may miss a row; the solver's own tolerance is 1e-6
FEW = 5  # nodes in which whole steps must be found for given dates of the arms
ARMS_GAP = 1e-7  # relative, of the programme in which only the arms are whole


# ---------------------------------------------------------------------------------------------- the programme
def constraints(
    prog: Programme, *, shape: str = "derived", delay: tuple[int, int] = (0, 0)
) -> tuple[csr_array, np.ndarray, np.ndarray, np.ndarray]:
    """Everything but the incentive rows: (A, low, high, upper) over columns [x; y] of n T.

    Columns run i T + t - 1. Rows: done stays done, prerequisites and durations, pairs, first deliveries.
    upper (n T,): 0 where a step cannot be done yet.
    """
    deal, T = prog.case.deal, prog.clock.periods
    steps, n = deal.steps, len(deal.ids)
    rows, cols, vals, low, high = [], [], [], [], []

    def row(entries: Iterable[tuple[int, float]], lo: float, hi: float) -> None:
        k = len(low)
        for col, val in entries:
            rows.append(k)
            cols.append(col)
            vals.append(val)
        low.append(lo)
        high.append(hi)

    def col(i: int, t: int) -> int:
        return i * T + t - 1

    first = possible(deal, delay)
    after = np.zeros(steps, int)
    if shape == "kim_first":
        after[deal.owner[:steps] == COALITION] = first[deal.owner[:steps] == KIM].max(initial=0)
    upper = np.ones((n, T))
    for i in range(steps):
        begin = max(deal.earliest[i] + delay[deal.owner[i]] + deal.duration[i], after[i] + 1, first[i])
        upper[i, : min(begin - 1, T)] = 0
        for t in range(1, T):
            row([(col(i, t + 1), 1), (col(i, t), -1)], 0, np.inf)
            if shape == "at_once" and t >= first[i]:
                row([(col(i, t + 1), 1), (col(i, t), -1)], 0, 0)
        for j in deal.needs[i]:
            for t in range(1, T + 1):
                if t - deal.duration[i] < 1:
                    upper[i, t - 1] = 0
                else:
                    row([(col(i, t), 1), (col(j, t - deal.duration[i]), -1)], -np.inf, 0)
    for k, m in enumerate(deal.members):
        for t in range(1, T + 1):
            for i in m:
                row([(col(steps + k, t), 1), (col(i, t), -1)], -np.inf, 0)
            row([(col(steps + k, t), 1)] + [(col(i, t), -1) for i in m], 1 - len(m), np.inf)
    for p in (KIM, COALITION):
        start = min(prog.clock.start[p], T)
        own = [(col(i, start), 1) for i in range(steps) if deal.owner[i] == p]
        for j in range(steps):
            entries = dict(own)
            entries[col(j, T)] = entries.get(col(j, T), 0) - 1
            row(list(entries.items()), 0, np.inf)
    last = prog.clock.last
    if last is not None and last < T and prog.case.patient.any():  # the date behind which patient cheats break
        for i in range(steps):
            row([(col(i, T), 1), (col(i, last), -1)], 0, 0)
        fresh = [(col(i, last), 1) for i in range(steps)]
        if last > 1:
            fresh += [(col(i, last - 1), -1) for i in range(steps)]
        for j in range(steps):
            entries = dict(fresh)
            entries[col(j, T)] = entries.get(col(j, T), 0) - 1
            row(list(entries.items()), 0, np.inf)
    matrix = csr_array(coo_array((vals, (rows, cols)), shape=(len(low), n * T)))
    return matrix, np.array(low, float), np.array(high, float), upper.ravel()


def incentive_rows(
    prog: Programme, *, regret: bool = True, scale: float | None = None
) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """Incentive rows in sparse form over columns [x; y; C]: (A, low, high).

    C_p(t) are 2 (T+1) free columns tied by C(t) = F(t) + δ(1 - q) C(t+1), which keeps the rows sparse; all
    entries carry `row_scale`, so that the solver's absolute tolerances mean a fraction of a million dollars.
    """
    checks.positive(scale=scale)
    T, n = prog.clock.periods, len(prog.case.deal.ids)
    scale = evidence.central("row_scale") if scale is None else scale
    blocks, low, high = [], [], []
    size = n * T
    for p in (KIM, COALITION):
        link = np.zeros((T + 1, 2 * (T + 1)))
        for t in range(T + 1):
            link[t, p * (T + 1) + t] = 1
            if t < T:
                link[t, p * (T + 1) + t + 1] = -prog.case.delta[p] * (1 - prog.q[p, t])
        flows = np.concatenate([prog.flow[p].reshape(T, size), prog.carry[p, T].reshape(1, size)])
        blocks.append(np.hstack([-scale * flows, link]))
        low.append(np.zeros(T + 1))
        high.append(np.zeros(T + 1))
        mine = np.zeros((T + 1, 2 * (T + 1)))
        mine[np.arange(T + 1), p * (T + 1) + np.arange(T + 1)] = 1
        blocks.append(np.hstack([-scale * prog.walk[p].reshape(T + 1, size), mine]))
        low.append(scale * prog.due[p])
        high.append(np.full(T + 1, np.inf))
        if regret:
            blocks.append(np.hstack([np.zeros((T + 1, size)), mine]))
            low.append(scale * prog.due[p])
            high.append(np.full(T + 1, np.inf))
    return csr_array(np.vstack(blocks)), np.concatenate(low), np.concatenate(high)


def shaped(case: Case, clock: Clock, shape: str, head_start: int | None = None) -> tuple[Clock, tuple[int, int]]:
    """Clock and delay of a shape: Kim first, the coalition's clock starts after Kim's last possible date;
    the coalition first, Kim's steps are delayed by `head_start` half-years. ValueError for an unknown shape."""
    if shape not in SHAPES:
        raise ValueError(f"no such shape: {shape!r}; there are {', '.join(SHAPES)}")
    if shape == "kim_first":
        first = possible(case.deal)
        last = int(first[case.deal.owner[: case.deal.steps] == KIM].max(initial=0))
        return replace(clock, start=(1, last + 1)), (0, 0)
    if shape == "coalition_first":
        wait = int(evidence.central("head_start")) if head_start is None else head_start
        return replace(clock, start=(1 + wait, 1)), (wait, 0)
    return clock, (0, 0)


def model(
    prog: Programme,
    *,
    shape: str = "derived",
    delay: tuple[int, int] = (0, 0),
    regret: bool = True,
    fixed: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Arrays of the programme: dict with cost, matrix, low, high, floor, upper (nan = free) and whole.

    Minimise cost @ z subject to low ≤ matrix @ z ≤ high, floor ≤ z ≤ upper; the columns are [x; y; C], x whole.
    fixed: dict id -> date (0 = never).
    """
    deal, T = prog.case.deal, prog.clock.periods
    steps, n, values = deal.steps, len(deal.ids), 2 * (prog.clock.periods + 1)
    a1, l1, h1, upper = constraints(prog, shape=shape, delay=delay)
    a2, l2, h2 = incentive_rows(prog, regret=regret)
    wide = csr_array((a1.data, a1.indices, a1.indptr), shape=(a1.shape[0], n * T + values))
    floor = np.zeros(n * T)
    for i, date in (fixed or {}).items():
        k = int(deal.at(i)[0])
        upper[k * T : (k + 1) * T] *= [bool(date) and t >= date for t in range(1, T + 1)]
        if date:
            floor[k * T + date - 1 : (k + 1) * T] = 1
    scale = evidence.central("row_scale")
    cost = np.zeros((n, T))
    cost[:steps] = -scale * np.outer(deal.weapons[:steps], prog.removal)
    whole = np.zeros(n * T + values)
    whole[: steps * T] = 1
    return {
        "cost": np.concatenate([cost.ravel(), np.zeros(values)]),
        "matrix": vstack([wide, a2]).tocsr(),
        "low": np.concatenate([l1, l2]),
        "high": np.concatenate([h1, h2]),
        "whole": whole,
        "floor": np.concatenate([floor, np.full(values, -np.inf)]),
        "upper": np.concatenate([upper, np.full(values, np.inf)]),
    }


def _highs(m: Mapping[str, Any], gap: float, nodes: int) -> OptimizeResult:
    """HiGHS on the arrays of `model`; status 2 of the result means that there is no solution."""
    if np.any(m["floor"] > m["upper"]):
        return OptimizeResult(status=2, x=None, fun=None, mip_dual_bound=None)
    # The last bits of a sum differ with the machine and its threads, and they would choose between schedules that tie.
    matrix = m["matrix"].copy()
    matrix.data = matrix.data.round(DECIMALS)
    cost, low, high = (m[name].round(DECIMALS) for name in ("cost", "low", "high"))
    got = milp(
        cost,
        integrality=m["whole"],
        bounds=Bounds(m["floor"], m["upper"]),
        constraints=LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": gap, "node_limit": nodes},
    )
    if got.status == 3:
        raise RuntimeError("the programme is unbounded: a step has no upper bound or no row (see phasing.model)")
    return got


def _arms_first(prog: Programme, m: Mapping[str, Any], gap: float, nodes: int, regret: bool) -> OptimizeResult | None:
    """The optimum of `model`'s arrays by way of the dates of the arms, as `_highs` gives it; None where that fails.

    Expected removal depends on the dates of the arms alone. With these columns whole and all others relaxed the
    programme is small, and its value bounds E. Where whole steps are found for its dates, that bound is E itself:
    proven, to ARMS_GAP.
    """
    arms = m["cost"] < 0
    best = _highs({**m, "whole": np.where(arms, m["whole"], 0.0)}, ARMS_GAP, nodes)
    if best.status == 2:
        return best
    if best.status != 0 or not best.x[arms].round().any():
        return None
    on, floor, upper = best.x[arms].round(), m["floor"].copy(), m["upper"].copy()
    floor[arms] = upper[arms] = on
    z = _rounded(prog, {**m, "floor": floor, "upper": upper, "cost": np.zeros_like(m["cost"])}, gap, regret)
    return None if z is None else OptimizeResult(status=0, x=z, mip_dual_bound=float(m["cost"][arms] @ on))


def _rounded(prog: Programme, m: Mapping[str, Any], gap: float, regret: bool) -> np.ndarray | None:
    """Whole steps that keep every row of `model`'s arrays, found with little or no branching: its columns, or None.

    The relaxed programme that leaves the incentive rows the most room is solved, and each side's steps are rounded at
    some of THRESHOLDS; what keeps all rows is a schedule. Else what is whole there stays, and the rest is solved.
    """
    deal, T = prog.case.deal, prog.clock.periods
    room = np.zeros((m["matrix"].shape[0], 1))
    room[_kept_rows(m, T, regret)] = -1
    roomy = _highs(
        {
            "cost": np.append(np.zeros_like(m["cost"]), -1.0),
            "matrix": hstack([m["matrix"], csr_array(room)]).tocsr(),
            "low": m["low"],
            "high": m["high"],
            "floor": np.append(m["floor"], 0.0),
            "upper": np.append(m["upper"], 1.0),
            "whole": np.zeros(len(m["cost"]) + 1),
        },
        gap,
        FEW,
    )
    if roomy.x is None:
        return None
    share, mine = roomy.x[: deal.steps * T].reshape(deal.steps, T), deal.owner[: deal.steps, None] == KIM
    for kim, coalition in product(THRESHOLDS, repeat=2):
        x = paths(deal, _dates(share > np.where(mine, kim, coalition), deal.steps, T), T)
        carry = np.einsum("ptnk,nk->pt", prog.carry, x) * evidence.central("row_scale")
        z = np.concatenate([x.ravel(), carry.ravel()])
        rows = m["matrix"] @ z
        if np.all((rows >= m["low"] - ROOM) & (rows <= m["high"] + ROOM)):
            return z
    whole = roomy.x[:-1].round()
    near = (m["whole"] > 0) & (np.abs(roomy.x[:-1] - whole) < THRESHOLDS[0])
    floor, upper = np.where(near, whole, m["floor"]), np.where(near, whole, m["upper"])
    return _highs({**m, "floor": floor, "upper": upper}, gap, FEW).x


def _kept_rows(m: Mapping[str, Any], periods: int, regret: bool) -> np.ndarray:
    """Indices of the rows of `model` that hold a side to its schedule, by side: self-enforcing, then no regret."""
    blocks, per = periods + 1, 3 if regret else 2  # blocks of rows a side: link, self-enforcing, no regret
    first = m["matrix"].shape[0] - 2 * per * blocks
    return np.concatenate([first + p * per * blocks + np.arange(blocks, per * blocks) for p in (KIM, COALITION)])


def solve(
    case: Case,
    clock: Clock | None = None,
    *,
    shape: str = "derived",
    regret: bool = True,
    tie: bool = True,
    gap: float | None = None,
    nodes: int = NODES,
    fixed: Mapping[str, int] | None = None,
    head_start: int | None = None,
    relax: bool = False,
    explain: bool = True,
    arms_first: bool = True,
) -> Schedule:
    """The schedule of largest expected removal that both sides keep; a Schedule.

    shape: one of SHAPES; regret: with the no-regret rows; tie: second pass, the largest joint value (weights of
    the Nash package) among schedules that remove the same weapons on the same dates; fixed: dict id -> date
    (0 = never) that the schedule must keep; relax: bound of the linear relaxation only (no dates); explain: find the
    side and date that fail where there is no schedule (a second programme); arms_first: by way of `_arms_first`, which
    is faster and, without the second pass, leaves other dates of the steps that are no arms. With patient cheats and
    `clock.last`, the last delivery falls on that date.
    Raises ValueError for an unknown shape, RuntimeError when the programme is unbounded.
    """
    checks.counts(nodes=nodes)
    checks.nonnegative(gap=gap)
    clock = clock or Clock(periods=int(evidence.central("periods")))
    gap = evidence.central("mip_gap") if gap is None else gap
    scale = evidence.central("row_scale")
    clock, delay = shaped(case, clock, shape, head_start)
    prog = programme(case, clock)
    deal, T = case.deal, clock.periods
    m = model(prog, shape=shape, delay=delay, regret=regret, fixed=fixed)
    if relax:
        got = _highs({**m, "whole": np.zeros_like(m["whole"])}, gap, nodes)
        return answer(prog, None, "relaxed", np.nan if got.x is None else -got.fun / scale, "a bound only")
    # with all steps at once there is little to choose, and nothing to gain
    got = _arms_first(prog, m, gap, nodes, regret) if arms_first and shape != "at_once" else None
    got = got or _highs(m, gap, nodes)
    if got.status == 2:
        words = _why(prog, regret, shape, delay, fixed) if explain else "no schedule"
        return answer(prog, None, "infeasible", np.nan, words)
    bound = np.nan if got.mip_dual_bound is None else -got.mip_dual_bound / scale
    if got.x is None:
        return answer(prog, None, "limit", bound, f"nothing found within {nodes} nodes; proven bound: {bound:.1f}")
    dates = _dates(got.x, deal.steps, T)
    if tie and dates.any():
        unit = exchange.weights(case)
        joint = np.tensordot(unit, prog.carry[:, 0], 1)
        arms = {i: int(d) for i, d, w in zip(deal.ids, dates, deal.weapons, strict=False) if w > 0}
        again = model(prog, shape=shape, delay=delay, regret=regret, fixed=arms)
        again["cost"][: joint.size] = -joint.ravel() / np.abs(joint).max()
        second = _highs(again, gap, nodes)
        if second.x is not None:
            dates = _dates(second.x, deal.steps, T)
    return answer(prog, dates, "optimal" if got.status == 0 else "limit", bound)


def best_for(
    case: Case, side: int, clock: Clock | None = None, *, nodes: int = NODES, gap: float | None = None
) -> Schedule:
    """The schedule of largest value to one side, C_p(1), among those that both sides keep: a Schedule.

    Another objective than `solve`'s, over the same rows; its `bound` is of the side's value, in M.
    """
    checks.counts(nodes=nodes)
    checks.nonnegative(gap=gap)
    clock = clock or Clock(periods=int(evidence.central("periods")))
    gap = evidence.central("mip_gap") if gap is None else gap
    prog = programme(case, clock)
    m, worth = model(prog), prog.carry[side, 0].ravel()
    unit = np.abs(worth).max()
    m["cost"] = np.concatenate([-worth / unit, np.zeros(len(m["cost"]) - len(worth))])
    got = _highs(m, gap, nodes)
    if got.status == 2:
        return answer(prog, None, "infeasible", np.nan, "no schedule")
    bound = np.nan if got.mip_dual_bound is None else -got.mip_dual_bound * unit
    if got.x is None:
        return answer(prog, None, "limit", bound, f"nothing found within {nodes} nodes")
    dates = _dates(got.x, case.deal.steps, clock.periods)
    return answer(prog, dates, "optimal" if got.status == 0 else "limit", bound)


def _dates(x: np.ndarray, steps: int, T: int) -> np.ndarray:
    grid = np.ravel(x)[: steps * T].reshape(steps, T).round()
    return np.where(grid[:, -1] > 0, T + 1 - grid.sum(axis=1), 0).astype(int)


def _why(prog: Programme, regret: bool, shape: str, delay: tuple[int, int], fixed: Mapping[str, int] | None) -> str:
    got = elastic(prog.case, prog.clock, regret=regret, shape=shape, delay=delay, fixed=fixed)
    if got is None:
        return "no schedule: the dates and prerequisites exclude one another"
    return f"no schedule: {LABEL[got['side']]} walks in half-year {got['period']}, short by {got['short']:,.0f} M"


LABEL = {KIM: "Kim", COALITION: "the coalition"}


def elastic(
    case: Case,
    clock: Clock | None = None,
    *,
    regret: bool = True,
    shape: str = "derived",
    delay: tuple[int, int] = (0, 0),
    fixed: Mapping[str, int] | None = None,
    need: Iterable[str] = (),
    nodes: int = NODES,
    gap: float = 0.01,
) -> dict[str, Any] | None:
    """Least total shortfall over the incentive rows in M: dict total, side, period, short (the largest), or None.

    One slack a side and half-year, shared by its two rows; need: ids of steps that must be done by T. None when
    dates and prerequisites alone exclude a schedule.
    """
    checks.counts(nodes=nodes)
    checks.nonnegative(gap=gap)
    clock = clock or Clock(periods=int(evidence.central("periods")))
    prog = programme(case, clock)
    T, blocks = clock.periods, clock.periods + 1
    m = model(prog, shape=shape, delay=delay, regret=regret, fixed=fixed)
    size, rows = len(m["cost"]), _kept_rows(m, T, regret)
    cols = np.concatenate([p * blocks + np.tile(np.arange(blocks), 2 if regret else 1) for p in (KIM, COALITION)])
    slack = coo_array((np.ones(len(rows)), (rows, cols)), shape=(m["matrix"].shape[0], 2 * blocks))
    for i in need:
        m["floor"][int(case.deal.at(i)[0]) * T + T - 1] = 1
    got = _highs(
        {
            "cost": np.concatenate([np.zeros(size), np.ones(2 * blocks)]),
            "matrix": hstack([m["matrix"], slack]).tocsr(),
            "low": m["low"],
            "high": m["high"],
            "floor": np.concatenate([m["floor"], np.zeros(2 * blocks)]),
            "upper": np.concatenate([m["upper"], np.full(2 * blocks, np.inf)]),
            "whole": np.concatenate([m["whole"], np.zeros(2 * blocks)]),
        },
        gap,
        nodes,
    )
    if got.x is None:
        return None
    short = got.x[size:].reshape(2, blocks) / evidence.central("row_scale")
    side, t = np.unravel_index(np.argmax(short), short.shape)
    return {"total": float(short.sum()), "side": int(side), "period": int(t) + 1, "short": float(short.max())}


def largest_hold_out(
    case: Case, side: int, step: str, clock: Clock | None = None, *, nodes: int = NODES, gap: float = 0.01
) -> tuple[float, float]:
    """The largest hold-out of a side (M a half-year) at which a kept schedule still has `step`: (value, proven bound).

    The hold-out is forgone for good and enters the rows linearly: a column to be maximised; the other side's stays.
    (nan, nan) where even none leaves a schedule; the value is the best found where the limit of nodes is reached.
    """
    checks.counts(nodes=nodes)
    checks.nonnegative(gap=gap)
    clock = clock or Clock(periods=int(evidence.central("periods")))
    free = case.out.copy()
    free[side] = 0.0
    prog = programme(replace(case, out=free), clock)
    m = model(prog)
    m["floor"][int(case.deal.at(step)[0]) * clock.periods + clock.periods - 1] = 1
    rows, size = m["matrix"].shape[0], len(m["cost"])
    column = np.zeros((rows, 1))
    mine = _kept_rows(m, clock.periods, True).reshape(2, -1)[side]
    column[mine, 0] = -evidence.central("row_scale") / (1 - case.delta[side])
    scale = evidence.central("row_scale")
    got = _highs(
        {
            "cost": np.append(np.zeros(size), -scale),
            "matrix": hstack([m["matrix"], csr_array(column)]).tocsr(),
            "low": m["low"],
            "high": m["high"],
            "floor": np.append(m["floor"], 0.0),
            "upper": np.append(m["upper"], np.inf),
            "whole": np.append(m["whole"], 0.0),
        },
        gap,
        nodes,
    )
    if got.x is None:
        return np.nan, np.nan if got.mip_dual_bound is None else -got.mip_dual_bound / scale
    return float(got.x[-1]), float(-got.mip_dual_bound / scale)


# --------------------------------------------------------------------------- irreversible steps, by recursion
def irreversible(
    gain: Callable[[float], float],
    cost: Callable[[float], float],
    delta: float,
    steps: int,
    bound: float,
    rounds: int = 20000,
) -> np.ndarray:
    """Path c_1…c_steps of two equal sides that can only add to what they gave, with payoff gain(other) - cost(own).

    Punishment: nobody moves again. The binding constraint δ gain(c_{t+1}) = cost(c_t) + δ gain(c_1)
    (Lockwood and Thomas 2002) is run forward; c_1 is the largest first step, by bisection, from which the path
    does not leave [0, bound]. gain must be linear, gain(c) = gain(1) c. Zeros when no first step does.
    """
    checks.counts(steps=steps, rounds=rounds)
    checks.discounts(delta=delta)
    checks.nonnegative(bound=bound)
    unit = gain(1.0)

    def path(c1: float, length: int) -> list[float]:
        c = [c1]
        while len(c) < length and c[-1] <= bound:
            c.append((cost(c[-1]) / delta + gain(c1)) / unit)
        return c

    low, high = 0.0, bound
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if path(mid, rounds)[-1] <= bound else (low, mid)
    return np.array(path(low, steps)) if low > bound * 1e-12 else np.zeros(steps)


def irreversible_unequal(gain: Sequence[float], delta: Sequence[float], steps: int) -> np.ndarray:
    """Paths (2, steps) of two unequal sides with linear payoffs, gain[p] a unit of the other's action and cost 1.

    c_{j,t+1} = c_{j,1} + c_{i,t}/(δ_i u_i); the limit is the recursion's leading direction, scaled to 1. Zeros
    when the recursion has no bounded path, that is unless δ_1 δ_2 u_1 u_2 > 1.
    """
    checks.counts(steps=steps)
    checks.nonnegative(gain=gain)
    checks.discounts(delta=delta)
    step = np.array([[0, 1 / (delta[1] * gain[1])], [1 / (delta[0] * gain[0]), 0]])
    root = np.sqrt(step[0, 1] * step[1, 0])
    if root >= 1:
        return np.zeros((2, steps))
    limit = np.array([step[0, 1], root])
    limit = limit / limit.max()
    c = [(1 - root) * limit]
    for _ in range(steps - 1):
        c.append(c[0] + step @ c[-1])
    return np.array(c).T


# ------------------------------------------------------------------------------------------------ schedules as tables
def short_name(name: str) -> str:
    """A step's name for a row of the chart."""
    name = name.replace(" and strategic deployments", "")
    return re.sub(
        r"material and warheads from (\d+) to (\d+) weapons shipped out", r"arsenal, \1 to \2, shipped out", name
    )


def slack(schedule: Schedule) -> pd.DataFrame:
    """What walking would lose each side, and what carrying on is worth, both over holding out: half-year, side, slack,
    carry, in M."""
    T = schedule.programme.clock.periods
    frames = [
        pd.DataFrame(
            {
                "half_year": np.arange(1, T + 2),
                "side": SIDES[p],
                "slack": schedule.carry[p] - schedule.walk[p] - schedule.due[p],
                "carry": schedule.carry[p] - schedule.due[p],
            }
        )
        for p in (KIM, COALITION)
    ]
    return pd.concat(frames, ignore_index=True)


GAIN, PATIENCE = 1.5, 0.8  # of the benchmark: benefit of a unit of the other's action, discount factor


def benchmark(periods: int = 16) -> pd.DataFrame:
    """The irreversible benchmark, both forms, in shares of the first best: t, form, share.

    Linear: gain u c, cost c up to 1. Smooth: benefit c, cost c²/2, whose limit is δ of the first best. A worked
    example, not a calibration: u and δ are GAIN and PATIENCE.
    """
    checks.counts(periods=periods)
    linear = irreversible(lambda c: GAIN * c, lambda c: c, PATIENCE, periods, 1.0)
    smooth = irreversible(lambda c: c, lambda c: c * c / 2, PATIENCE, periods, PATIENCE)
    t = np.arange(1, periods + 1)
    return pd.concat(
        [
            pd.DataFrame({"t": t, "form": "linear", "share": linear}),
            pd.DataFrame({"t": t, "form": "smooth", "share": smooth}),
        ],
        ignore_index=True,
    )
