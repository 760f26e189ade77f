"""A dated deal: when steps can be done, and the linear forms of what carrying on and walking away are worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bargain import checks, evidence
from bargain.deal.beliefs import fears, lasting, sums
from bargain.deal.steps import Case, Deal
from bargain.terms import COALITION, KIM

DECIMALS = 10  # of the programme's numbers, which carry `row_scale`; the solver's tolerance is 1e-6
TOLERANCE = 2e-3  # M by which a row may be missed and still be kept; why, in `kept`
NODES = 3000  # branch-and-bound nodes; a limit in seconds would give other bits on another machine
SHAPES = ("derived", "at_once", "kim_first", "coalition_first")


@dataclass(frozen=True)
class Clock:
    """How time runs in a programme.

    periods T; start: the half-year in which each side's first delivery is due; last: date of the last delivery,
    behind which patient cheats break; idle: half-years in which each side learns nothing; frozen: the last fear
    stays for ever; lag: half-years before the partner notices; grab: the deviator surely gets the partner's
    instalment; regain: holding out is won back at a breakdown.
    """

    periods: int = 20
    start: tuple[int, int] = (1, 1)
    last: int | None = None
    idle: Sequence[Iterable[int]] = ((), ())
    frozen: bool = False
    lag: int = 0
    grab: bool = False
    regain: bool = False


@dataclass(frozen=True)
class Programme:
    """Linear forms of a case: carry and walk (2, T+1, n, T), due (2, T+1) the right-hand sides in M,
    flow (2, T, n, T) the payoff of each half-year, removal (T,) weights of R_t in E, q (2, T+tail) the fears."""

    case: Case
    clock: Clock
    q: np.ndarray
    flow: np.ndarray
    carry: np.ndarray
    walk: np.ndarray
    due: np.ndarray
    removal: np.ndarray


@dataclass(frozen=True)
class Schedule:
    """A solved schedule.

    dates (steps,): half-year in which each step is done, 0 = never; expected: E; depth: weapons removed by T;
    deepest: date of the last removal (0 = none); carry, walk, due (2, T+1) in M; bound: proven upper bound on E;
    status: "optimal", "limit", "empty" or "infeasible"; words: the answer as a sentence.
    """

    dates: np.ndarray
    expected: float
    depth: float
    deepest: int
    carry: np.ndarray
    walk: np.ndarray
    due: np.ndarray
    bound: float
    status: str
    words: str
    programme: Programme


# ------------------------------------------------------------------------------------------- the linear forms
def programme(case: Case, clock: Clock) -> Programme:
    """Linear forms of C_p(t), W_p(t), the right-hand sides and the objective for a case and a clock."""
    deal, T, n = case.deal, clock.periods, len(case.deal.ids)
    tail = int(evidence.central("tail"))
    q = fears(case, T + tail, last=clock.last, idle=clock.idle, start=clock.start)
    if clock.frozen:
        q[:, T:] = q[:, [T - 1]]
    beta = lasting(deal, case.delta)
    flow = np.zeros((2, T, n, T))
    carry, walk = np.zeros((2, T + 1, n, T)), np.zeros((2, T + 1, n, T))
    due = np.zeros((2, T + 1))
    for p in (KIM, COALITION):
        own, other = np.flatnonzero(deal.owner == p), np.flatnonzero(deal.owner != p)
        delta, c, b, f = case.delta[p], deal.live[p], beta[p], q[p]
        for t in range(T):  # index t stands for half-year t + 1
            flow[p, t, own, t] = (1 - f[t]) * c[own] + f[t] * b[own]
            flow[p, t, other, t] = (1 - f[t]) * c[other]
            if t:
                flow[p, t, other, t - 1] += f[t] * b[other]
        a_tail, b_tail = sums(delta, f[T:])
        carry[p, T, :, T - 1] = a_tail * c + b_tail * b
        for t in range(T - 1, -1, -1):
            carry[p, t] = flow[p, t] + delta * (1 - f[t]) * carry[p, t + 1]
        stay = np.empty(T + 1)  # Σ_{τ ≥ t} D(t, τ)(1 - q_τ)
        stay[T] = a_tail
        for t in range(T - 1, -1, -1):
            stay[t] = 1 - f[t] + delta * (1 - f[t]) * stay[t + 1]
        due[p] = case.out[p] * (stay if clock.regain else 1 / (1 - delta))
        for t in range(T + 1):
            _walk(walk[p, t], t, T, own, other, delta, c, b, f, clock)
    alive = np.concatenate([[1.0], np.cumprod(case.delta[COALITION] * (1 - q[KIM]) * (1 - q[COALITION]))])
    removal = alive[:T].copy()
    last = case.delta[COALITION] * (1 - q[KIM, -1]) * (1 - q[COALITION, -1])
    removal[-1] += alive[T:-1].sum() + alive[-1] / (1 - last)
    return Programme(case, clock, q, flow, carry, walk, due, removal)


def _walk(
    form: np.ndarray,
    t: int,
    T: int,
    own: np.ndarray,
    other: np.ndarray,
    delta: float,
    c: np.ndarray,
    b: np.ndarray,
    f: np.ndarray,
    clock: Clock,
) -> None:
    """W(t) into form (n, T): own steps frozen at t - 1, noticed after `lag` half-years."""

    def at(s: int) -> int:  # column of half-year s + 1; after T nothing changes
        return min(s, T - 1)

    weight = 1.0
    for s in range(t, t + clock.lag):
        if t:
            form[own, at(t - 1)] += weight * ((1 - f[s]) * c[own] + f[s] * b[own])
        form[other, at(s)] += weight * (1 - f[s]) * c[other]
        if s:
            form[other, at(s - 1)] += weight * f[s] * b[other]
        weight *= delta * (1 - f[s])
    s = t + clock.lag
    if t:
        form[own, at(t - 1)] += weight * b[own]
    form[other, at(s)] += weight * b[other] * (1.0 if clock.grab else 1 - f[s])
    if s and not clock.grab:
        form[other, at(s - 1)] += weight * f[s] * b[other]


def paths(deal: Deal, dates: ArrayLike, T: int) -> np.ndarray:
    """x and y (n, T) of dates (steps,), 0 = never: 1 from the date on; a pair holds once all its steps do."""
    checks.nonnegative(dates=dates)
    dates = np.asarray(dates, int)
    x = (dates[:, None] > 0) & (np.arange(1, T + 1) >= dates[:, None])
    pairs = [np.all(x[list(m)], axis=0) for m in deal.members]
    return np.vstack([x, *pairs]).astype(float) if pairs else x.astype(float)


def possible(deal: Deal, delay: tuple[int, int] = (0, 0)) -> np.ndarray:
    """First physically possible date of each step, (steps,): max(e + d, max over prerequisites + d), e delayed."""
    first = np.zeros(deal.steps, int)
    for _ in range(deal.steps):  # prerequisites may stand anywhere in the table
        for i in range(deal.steps):
            first[i] = max(
                deal.earliest[i] + delay[deal.owner[i]] + deal.duration[i],
                max((first[j] + deal.duration[i] for j in deal.needs[i]), default=0),
            )
    return first


class Forbidden(NamedTuple):
    """A date that the table forbids: `step` is done before `first`, the earliest date that `needs` leaves it.

    needs: the prerequisite, or "" for the step's own earliest start and duration; first: a half-year, or 0 where the
    prerequisite is never done.
    """

    step: str
    needs: str
    first: int


def forbidden(deal: Deal, dates: ArrayLike) -> list[Forbidden]:
    """Every date of a schedule (steps,), 0 = never, that durations, earliest starts or prerequisites forbid.

    A step that takes d half-years is worked on from half-year date - d, when all that it needs must be done; a step
    that takes no time may be done in the half-year of what it needs.
    """
    checks.nonnegative(dates=dates)
    when, found = np.asarray(dates, int), []
    for i in np.flatnonzero(when):
        own = int(deal.earliest[i] + deal.duration[i])
        if when[i] < own:
            found.append(Forbidden(deal.ids[i], "", own))
        for j in deal.needs[i]:
            first = int(when[j] + deal.duration[i]) if when[j] else 0
            if not first or when[i] < first:
                found.append(Forbidden(deal.ids[i], deal.ids[j], first))
    return found


def timeless(case: Case) -> Case:
    """The case in which nothing takes time: no durations, no earliest starts."""
    steps = case.deal.steps
    return replace(case, deal=replace(case.deal, earliest=np.ones(steps, int), duration=np.zeros(steps, int)))


def answer(prog: Programme, dates: np.ndarray | None, status: str, bound: float, words: str = "") -> Schedule:
    """A Schedule from the periods in which a program's steps are done; dates None: no schedule was found."""
    checks.nonnegative(dates=dates)
    deal, T = prog.case.deal, prog.clock.periods
    if dates is None:
        nothing = np.full_like(prog.due, np.nan)
        return Schedule(
            np.zeros(deal.steps, int),
            np.nan if status != "infeasible" else 0.0,
            0.0,
            0,
            nothing,
            nothing,
            prog.due,
            bound,
            status,
            words,
            prog,
        )
    x = paths(deal, dates, T)
    removed = deal.weapons @ x
    carry = np.einsum("ptnk,nk->pt", prog.carry, x)
    walk = np.einsum("ptnk,nk->pt", prog.walk, x)
    arms = dates[deal.weapons[: deal.steps] > 0]
    expected = float(prog.removal @ removed)
    if not dates.any():
        status, words = ("empty" if status == "optimal" else status), "only doing nothing is kept"
    elif status == "limit":
        words = f"best found: {expected:.1f}; proven bound: {bound:.1f}"
    else:
        words = f"{removed[-1]:.0f} weapons' worth removed by half-year {arms.max(initial=0)}"
    return Schedule(
        dates,
        expected,
        float(removed[-1]),
        int(arms.max(initial=0)),
        carry,
        walk,
        prog.due,
        float(bound),
        status,
        words,
        prog,
    )


def evaluate(case: Case, dates: ArrayLike, clock: Clock | None = None) -> Schedule:
    """A given schedule (dates (steps,), 0 = never) under the same forms: a Schedule with status "given"."""
    checks.nonnegative(dates=dates)
    clock = clock or Clock(periods=int(evidence.central("periods")))
    got = answer(programme(case, clock), np.asarray(dates, int), "given", np.nan)
    return replace(got, status="given")


def kept(short: ArrayLike) -> np.ndarray:
    """Whether rows missed by `short` (M, any shape; NaN is not kept) count as kept: by no more than TOLERANCE.

    One tolerance for every verdict, on a derived schedule, a past roadmap or a reader's deal: the solver accepts rows
    that miss by its own 1e-6 in units of `row_scale`, which is a thousand dollars, and a schedule that it returns must
    count as kept by the case that it was made for. TOLERANCE is twice that.
    """
    return np.asarray(short, float) <= TOLERANCE


def shortfalls(schedule: Schedule, regret: bool = True) -> np.ndarray:
    """By how much each row fails, (2, T+1) in M: the larger of the self-enforcing and no-regret shortfalls, ≥ 0."""
    gap = schedule.due - (schedule.carry - schedule.walk)
    return np.maximum(np.maximum(gap, schedule.due - schedule.carry) if regret else gap, 0)
