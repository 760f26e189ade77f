"""Scenario discovery: boxes of beliefs in which a policy is best or regretted."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binom

from bargain import checks, evidence, kims, options, sampling, terms
from bargain.futures.sampled import SEED, drawn_losses, own
from bargain.terms import ACCEPT, FORCE, POLICIES, PRESSURE, STATUS_QUO, TALKS


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
    checks.counts(most=most)
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
USABLE = 0.4  # density on a fresh seed below which a box is not worth its words
MAJORITY = 0.5  # the stricter rule that is shown beside it
BOXES = 6  # that are sought for one kind, at most


def choose(path: Sequence[Box], least: float = 1.1 * USABLE) -> Box:
    """The widest box of a path with a density of at least `least`; the densest when none has it."""
    checks.shares(least=least)
    dense = [b for b in path if b.density >= least]
    return max(dense, key=lambda b: b.coverage) if dense else max(path, key=lambda b: b.density)


def cover(
    x: np.ndarray, y: np.ndarray, alpha: float, smallest: float, density: float = USABLE
) -> list[tuple[Box, dict[tuple[int, str], float]]]:
    """Boxes one after the other, each sought among the cases and others that those before it leave (Friedman and Fisher
    1999), with the quasi-p of their limits; their statistics are of what was left.

    Each is the widest with a tenth more than `density`. The search ends where the next one has not that density, or
    after BOXES; the first is given whatever it has. x: (n, d), y: (n,) 0 or 1.
    """
    checks.finite(x=x)
    checks.shares(y=y, alpha=alpha, smallest=smallest, density=density)
    y = np.asarray(y, float)
    found: list[tuple[Box, dict[tuple[int, str], float]]] = []
    left = np.ones(len(y), bool)
    while len(found) < BOXES and 0 < y[left].sum() < left.sum():
        path = peel(x[left], y[left], alpha, smallest, MOST)
        box, p = without_failing(choose(path, 1.1 * density), path[0], x[left], y[left])
        if found and box.density < density:
            break
        box = _open(box, path[0])
        found.append((box, p))
        if not p:
            break
        left &= ~inside(box, x)
    return found


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
        return np.atleast_1d(sampling.value(p, name))

    quo, warheads = STATUS_QUO, options.arsenal(column)
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


TARGETS = ("talks regretted", "force best", "pressure best", "status quo best", "accept best")
# what is stored, with the density asked for
KINDS = (
    *((target, USABLE) for target in TARGETS),
    (TARGETS[0], MAJORITY),
)


def targets(losses: np.ndarray) -> pd.DataFrame:
    """Futures of each kind, a frame of booleans over TARGETS, from losses (future, policy); ties count as best."""
    checks.finite(losses=losses)
    best = losses == losses.min(axis=1, keepdims=True)
    bad = options.regret(losses)[:, TALKS] > evidence.central("regret_tau")
    kinds = (bad, *(best[:, g] for g in (FORCE, PRESSURE, STATUS_QUO, ACCEPT)))
    return pd.DataFrame(dict(zip(TARGETS, kinds, strict=True)))


def discovery(target: str, density: float = USABLE, chunks: int = 4, seed: int = SEED) -> pd.DataFrame:
    """The boxes of beliefs that `cover` one target, sought on `chunks` chunks of a seed and judged on as many of the
    next seed.

    Returns a frame, a row a restricted belief of a box: target, rule (density asked for), box (from 1), belief, low,
    high (limits; nan: open), floor, ceiling (the 1st and 99th per cent of the belief), p (the larger quasi-p of its
    limits); and on every row base (share of cases), and of the box by itself coverage, density, mass on the fresh
    futures; covered: by it and those before it; own_density: where it was sought, among what was left; left_density:
    the same on the fresh futures.
    """
    checks.shares(density=density)
    checks.counts(chunks=chunks, seed=seed)
    size = 2 ** int(evidence.central("chunk_log2"))

    def sample(seed: int) -> tuple[np.ndarray, np.ndarray]:
        parts = [options.draw(size, seed, c) for c in range(chunks)]
        return (
            pd.concat([beliefs(d) for d in parts]).to_numpy(),
            pd.concat([targets(drawn_losses(d)) for d in parts])[target].to_numpy(),
        )

    (x, y), fresh = sample(seed), sample(seed + 1)
    found = cover(x, y, evidence.central("prim_alpha"), evidence.central("prim_mass"), density)
    floor, ceiling = np.quantile(x, [0.01, 0.99], axis=0)
    left, rows = np.ones(len(fresh[1]), bool), []
    for number, (box, p) in enumerate(found, 1):
        alone = judged(box, *fresh)
        new = judged(box, fresh[0][left], fresh[1][left]).density
        left &= ~inside(box, fresh[0])
        covered = 1 - fresh[1][left].sum() / max(fresh[1].sum(), 1)
        told = (y.mean(), alone.coverage, alone.density, alone.mass, covered, box.density, new)
        for j in sorted({j for j, _ in p}):
            limits = (getattr(box, e)[j] if (j, e) in p else np.nan for e in ("low", "high"))
            worst = max(p[j, e] for e in ("low", "high") if (j, e) in p)
            rows.append((target, density, number, BELIEF_NAMES[j], *limits, floor[j], ceiling[j], worst, *told))
        if not p:
            rows.append((target, density, number, "none", *[np.nan] * 5, *told))
    return pd.DataFrame(
        rows,
        columns=[
            *("target", "rule", "box", "belief", "low", "high", "floor", "ceiling", "p", "base"),
            *("coverage", "density", "mass", "covered", "own_density", "left_density"),
        ],
    )


def _open(box: Box, whole: Box) -> Box:
    """The box with limits that were never cut moved to infinity, so that a fresh sample is not clipped by the old."""
    return box._replace(
        low=np.where(box.low == whole.low, -np.inf, box.low), high=np.where(box.high == whole.high, np.inf, box.high)
    )


def usable(table: pd.DataFrame, target: str, density: float = USABLE) -> bool:
    """Whether the first boxes of both searches restrict something and reach a density on fresh futures."""
    checks.shares(density=density)
    own = table[(table.target == target) & (table.rule == density) & (table.box == 1)]
    return bool((own.belief != "none").all() and own.density.min() >= density)


def held(table: pd.DataFrame, x: pd.DataFrame) -> np.ndarray:
    """Which futures lie in one box, from its rows of `discovery` and `beliefs`: (n,) booleans."""
    within = np.ones(len(x), bool)
    for row in table[table.belief != "none"].itertuples():
        within &= ~(x[row.belief] < row.low).to_numpy() & ~(x[row.belief] > row.high).to_numpy()  # nan: open
    return within


def instead(table: pd.DataFrame, draw: options.Draw, belief: str = "acc_talks") -> pd.DataFrame:
    """Where talks are regretted and what would have been best there, in the boxes and outside them.

    table: the boxes of one search; draw: futures that it has not seen; belief: one with an upper limit in every box.
    Columns: where (`box 1`, …, `outside`, `all`), share (of all futures), density (share of those there in which talks
    are regretted), base (share of those there under the loosest limit on `belief`); and of the regretted ones, below:
    the share under that limit, and by policy the share best; nan where there is none to count.
    """
    x, losses = beliefs(draw), drawn_losses(draw)
    bad, best = targets(losses)["talks regretted"].to_numpy(), losses.argmin(axis=1)
    limit = table.loc[table.belief == belief, "high"].max()
    inner = {f"box {number}": held(rows, x) for number, rows in table.groupby("box")}
    where = inner | {"outside": ~np.any(list(inner.values()), axis=0), "all": np.ones(len(x), bool)}
    out = []
    for name, within in where.items():
        cases = within & bad
        shares = [pd.Series(best[cases] == g).mean() for g in range(len(POLICIES))]
        base, below = ((x.loc[which, belief] <= limit).mean() for which in (within, cases))
        out.append((name, within.mean(), pd.Series(bad[within]).mean(), base, below, *shares))
    return pd.DataFrame(out, columns=["where", "share", "density", "base", "below", *POLICIES]).set_index("where")


def instead_table(table: pd.DataFrame) -> pd.DataFrame:
    """`instead` to print, in per cent; a dash where there is nothing to count."""
    names = {"share": "Of all futures", "density": "Regretted", "base": "Unlikely", "below": "If regretted"}
    names |= {p: f"{terms.LABELS[p]} best" for p in POLICIES if p != "talks"}
    shown = table[list(names)].map(lambda x: "–" if np.isnan(x) else f"{100 * x:.0f}").rename(columns=names)
    shown.insert(0, "Where", [name.capitalize() for name in table.index])
    return shown
