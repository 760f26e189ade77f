"""Scenario discovery: boxes of beliefs in which a policy is best or regretted."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binom

from bargain import checks, evidence, kims, options
from bargain.futures.sampled import ACCEPT, FORCE, PRESSURE, SEED, TALKS, drawn_losses, own


# ---------------------------------------------------------------- scenario discovery
class Box(NamedTuple):
    """Limits (dimension,) of a box and its statistics on the sample it was judged on."""

    low: np.ndarray
    high: np.ndarray
    coverage: float
    density: float
    mass: float


def inside(box: Box, x: np.ndarray) -> np.ndarray:
    """Which rows of x lie in the box, limits included."""
    checks.finite(x=x)
    return ((x >= box.low) & (x <= box.high)).all(axis=1)  # type: ignore[return-value]


def judged(box: Box, x: np.ndarray, y: np.ndarray) -> Box:
    """The box with coverage (share of all cases inside), density (share of cases among those inside), mass, on x, y."""
    checks.finite(x=x)
    checks.shares(y=y)
    within = inside(box, x)
    cases = float(y[within].sum())
    return box._replace(
        coverage=cases / max(float(y.sum()), 1.0), density=cases / max(int(within.sum()), 1), mass=float(within.mean())
    )


def _midpoint(ordered: np.ndarray, q: float) -> float:
    """Midpoint of the two order statistics about (n - 1) q, stepping over ties away from the middle of the sample."""
    place = (len(ordered) - 1) * q
    low, high = int(np.floor(place)), int(np.ceil(place))
    if ordered[low] == ordered[high]:
        tie = ordered[low]
        if q > 0.5:
            low = max(int(np.searchsorted(ordered, tie)) - 1, 0)
        else:
            high = min(int(np.searchsorted(ordered, tie, side="right")), len(ordered) - 1)
    return (ordered[low] + ordered[high]) / 2


def peel(x: np.ndarray, y: np.ndarray, alpha: float, smallest: float, most: int | None = None) -> list[Box]:
    """The peeling path of the patient rule induction method (Friedman and Fisher 1999), a list of boxes from the whole
    space on.

    x: (n, d); y: (n,) 0 or 1. Each step removes about the share alpha at one end of one dimension, that with the
    greatest gain in mean per share of mass removed; equal gains go to the box with more free dimensions, then to the
    first dimension, upper end before lower. Ends when no peel gains or the box would fall below the mass `smallest`.
    most: how many dimensions may be restricted at all, so that a box can be told; None: any number. Raises ValueError
    when there is no case, or nothing but cases.
    """
    checks.finite(x=x)
    checks.shares(y=y, alpha=alpha, smallest=smallest)
    y = np.asarray(y, float)
    if not 0 < y.sum() < len(y):
        raise ValueError("there must be cases and others to tell apart")
    whole = Box(x.min(axis=0), x.max(axis=0), 0.0, 0.0, 0.0)
    path, box = [judged(whole, x, y)], whole
    xs, ys = x, y
    while True:
        best = None
        for j in range(x.shape[1]):
            ordered = np.sort(xs[:, j])
            for end in ("high", "low"):
                cut = _midpoint(ordered, 1 - alpha if end == "high" else alpha)
                keep = xs[:, j] <= cut if end == "high" else xs[:, j] >= cut
                left = int(keep.sum())
                if left == len(ys) or left == 0:
                    continue
                limits = {end: np.where(np.arange(x.shape[1]) == j, cut, getattr(box, end))}
                new = box._replace(**limits)  # type: ignore[arg-type]  # low or high
                gain = (ys[keep].mean() - ys.mean()) / (len(ys) - left)
                free = int(((new.low == whole.low) & (new.high == whole.high)).sum())
                if most is not None and x.shape[1] - free > most:
                    continue
                if best is None or (gain, free) > best[:2]:
                    best = gain, free, new, keep
        if best is None or best[0] <= 0 or best[3].sum() / len(y) < smallest:
            return path
        box, (xs, ys) = best[2], (xs[best[3]], ys[best[3]])
        path.append(box._replace(coverage=ys.sum() / y.sum(), density=ys.mean(), mass=len(ys) / len(y)))


def quasi_p(box: Box, whole: Box, x: np.ndarray, y: np.ndarray) -> dict[tuple[int, str], float]:
    """For every limit of a box, {(dimension, end): p}: the chance of its density or more without it.

    The binomial chance of as many cases inside as there are, at the density of the box with this limit alone lifted
    (Bryant and Lempert 2010).
    """
    checks.finite(x=x)
    checks.shares(y=y)
    within = inside(box, x)
    hits, size, out = int(y[within].sum()), int(within.sum()), {}
    for end in ("low", "high"):
        for j in np.flatnonzero(getattr(box, end) != getattr(whole, end)):
            limit = getattr(box, end).copy()
            limit[j] = getattr(whole, end)[j]
            density = y[inside(box._replace(**{end: limit}), x)].mean()
            out[int(j), end] = float(binom.sf(hits - 1, size, density))
    return out


def without_failing(
    box: Box, whole: Box, x: np.ndarray, y: np.ndarray, most: float = 0.05
) -> tuple[Box, dict[tuple[int, str], float]]:
    """The box without the limits whose quasi-p is above `most`, the worst taken away first; and the p of the rest."""
    checks.finite(x=x)
    checks.shares(y=y, most=most)
    while True:
        p = quasi_p(box, whole, x, y)
        worst = max(p, key=p.get, default=None)  # type: ignore[arg-type]  # of its own keys
        if worst is None or p[worst] <= most:
            return judged(box, x, y), p
        j, end = worst
        limit = getattr(box, end).copy()
        limit[j] = getattr(whole, end)[j]
        box = box._replace(**{end: limit})


MOST = 4  # beliefs that a box may restrict: more, nobody can hold in mind
USABLE = 0.5  # density on a fresh seed below which a box is not worth its words


def choose(path: Sequence[Box], least: float = 1.1 * USABLE) -> Box:
    """The widest box of a path with a density of at least `least`; the densest when none has it."""
    checks.shares(least=least)
    dense = [b for b in path if b.density >= least]
    return max(dense, key=lambda b: b.coverage) if dense else max(path, key=lambda b: b.density)


BELIEF_NAMES = (
    "acc_talks",
    "acc_pressure",
    "acc_force",
    "war_force",
    "war_risk",
    "m_talks",
    "m_pressure",
    "m_force",
    "m_accept",
    "war_deaths",
    "grow",
    "grow_talks",
    "grow_pressure",
    "grow_accept",
    "gen_talks",
    "gen_pressure",
    "gen_accept",
    "x_pressure",
    "v_life",
    "v_warhead",
    "v_spread",
    "v_bn",
    "v_justice",
    "v_income",
)


def beliefs(draw: options.Draw, answers: np.ndarray | None = None) -> pd.DataFrame:
    """The derived beliefs of each future, a frame with the columns BELIEF_NAMES; answers are those of his true mind.

    war_risk: the chance of a war within the horizon under the status quo, over his answers; war_deaths: d_conv + p_nuc
    d_nuc; the m_ and grow_ are multiples of the status quo.
    """
    checks.shares(answers=answers)
    p = draw.parameters
    answers = own(kims.respond(p, draw.minds) if answers is None else answers, draw)

    def column(name: str) -> np.ndarray:
        return np.atleast_1d(kims.value(p, name))

    quo, warheads = options.STATUS_QUO, options.arsenal(column)
    risk = sum(answers[:, quo, r] * options.war(column, quo, r, warheads[quo, r]) for r in range(3))
    out = {
        "acc_talks": answers[:, TALKS, 0],
        "acc_pressure": answers[:, PRESSURE, 0],
        "acc_force": answers[:, FORCE, 0],
        "war_force": answers[:, FORCE, 2],
        "war_risk": risk,
        "war_deaths": p["d_conv"] + p["p_nuc"] * p["d_nuc"],
    }
    return pd.DataFrame(
        {
            name: np.broadcast_to(out.get(name, p.get(name)), len(answers))  # type: ignore[arg-type]  # one has it
            for name in BELIEF_NAMES
        }
    )


TARGETS = ("talks regretted", "force best", "pressure best", "accept best")


def targets(losses: np.ndarray) -> pd.DataFrame:
    """Futures of each kind, a frame of booleans over TARGETS, from losses (future, policy); ties count as best."""
    checks.finite(losses=losses)
    best = losses == losses.min(axis=1, keepdims=True)
    bad = options.regret(losses)[:, TALKS] > evidence.central("regret_tau")
    return pd.DataFrame(dict(zip(TARGETS, (bad, best[:, FORCE], best[:, PRESSURE], best[:, ACCEPT]), strict=True)))


def discovery(target: str, chunks: int = 4, seed: int = SEED) -> pd.DataFrame:
    """The box of beliefs for one target, found on `chunks` chunks of a seed and judged on as many of the next seed.

    Returns a frame, a row a restricted belief: target, belief, low, high (limits; nan: open), floor, ceiling (the 1st
    and 99th per cent of the belief), p (the larger quasi-p of its limits); and on every row base (share of cases),
    coverage, density, mass (fresh), own_density (on the sample it was found on).
    """
    size = 2 ** int(evidence.central("chunk_log2"))

    def sample(seed: int) -> tuple[np.ndarray, np.ndarray]:
        parts = [options.draw(size, seed, c) for c in range(chunks)]
        return (
            pd.concat([beliefs(d) for d in parts]).to_numpy(),
            pd.concat([targets(drawn_losses(d)) for d in parts])[target].to_numpy(),
        )

    x, y = sample(seed)
    path = peel(x, y, evidence.central("prim_alpha"), evidence.central("prim_mass"), MOST)
    box, p = without_failing(choose(path), path[0], x, y)
    fresh = judged(_open(box, path[0]), *sample(seed + 1))
    low, high = np.quantile(x, [0.01, 0.99], axis=0)
    rows = []
    for j, name in enumerate(BELIEF_NAMES):
        ends = [e for e in ("low", "high") if (j, e) in p]
        if ends:
            limits = (getattr(box, e)[j] if e in ends else np.nan for e in ("low", "high"))
            rows.append((target, name, *limits, low[j], high[j], max(p[j, e] for e in ends)))
    frame = pd.DataFrame(
        rows or [(target, "none", *[np.nan] * 5)], columns=["target", "belief", "low", "high", "floor", "ceiling", "p"]
    )
    return frame.assign(
        base=y.mean(), coverage=fresh.coverage, density=fresh.density, mass=fresh.mass, own_density=box.density
    )


def _open(box: Box, whole: Box) -> Box:
    """The box with limits that were never cut moved to infinity, so that a fresh sample is not clipped by the old."""
    return box._replace(
        low=np.where(box.low == whole.low, -np.inf, box.low), high=np.where(box.high == whole.high, np.inf, box.high)
    )


def usable(table: pd.DataFrame, target: str) -> bool:
    """Whether the boxes of both searches restrict something and reach the density USABLE on fresh futures."""
    own = table[table.target == target]
    return (own.belief != "none").all() and own.density.min() >= USABLE
