"""The model of months with memory: its priors, its likelihood summed on a grid, and what the record says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline
from scipy.special import gammaln, logsumexp
from scipy.stats import norm

from bargain import checks, evidence
from bargain.readings.months import CODINGS, DIRECTION, FLAG, SPAN, naive_log_bayes_factor, panel
from bargain.reads import lru_cache
from bargain.terms import READINGS

# ------------------------------------------------------------------------------------ months with memory


class Grid(NamedTuple):
    """Quadrature nodes. log_rate, scale and log_weight have one entry a pair (μ, σ); `keep` (φ × pairs) says
    which are summed; effect and effect_weight are the positive half of β's prior; points is the grid of z."""

    persistence: np.ndarray
    log_rate: np.ndarray
    scale: np.ndarray
    log_weight: np.ndarray
    keep: np.ndarray
    effect: np.ndarray
    effect_weight: np.ndarray
    points: int


def half_normal_nodes(n: int, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Gauss nodes and weights for a half-normal density (Stieltjes' recursion on a fine grid)."""
    checks.counts(n=n)
    checks.positive(scale=scale)
    x = np.linspace(0, 10, 40001)
    w = np.exp(-x * x / 2)
    w /= w.sum()
    a, b, last, now = [], [], np.zeros_like(x), np.ones_like(x)
    for _k in range(n):
        length = (w * now * now).sum()
        a.append((w * x * now * now).sum() / length)
        last, now = now, (x - a[-1]) * now - (b[-1] if b else 0) * last
        b.append((w * now * now).sum() / length)
    values, vectors = np.linalg.eigh(np.diag(a) + np.diag(np.sqrt(b[:-1]), 1) + np.diag(np.sqrt(b[:-1]), -1))
    return values * scale, vectors[0] ** 2


PRIOR = ("rd_rate_shape", "rd_rate_rate", "rd_phi_max", "rd_sigma", "rd_beta")


def grid(
    rates: int = 28, persistences: int = 20, scales: int = 14, effects: int = 8, points: int = 41, **prior: float
) -> Grid:
    """The quadrature grid; `prior` overrides register rows such as rd_sigma=2.

    exp μ ~ Gamma, φ uniform on its grid over [0, rd_phi_max], σ half-normal, β half-normal. `points` is raised
    where the longest memory needs a finer grid of z.
    """
    checks.counts(rates=rates, persistences=persistences, scales=scales, effects=effects, points=points)
    checks.nonnegative(**prior)
    shape, rate, top, scale, effect = (prior.get(name, evidence.central(name)) for name in PRIOR)
    mu = np.linspace(-5.0, 2.6, rates)
    log_mu = shape * np.log(rate) - gammaln(shape) + shape * mu - rate * np.exp(mu) + np.log(mu[1] - mu[0])
    node, width = np.polynomial.legendre.leggauss(scales)
    # Gauss–Legendre in the prior's own probability, so that nodes lie where the prior does
    sigma, log_sigma = norm.isf((1 - node) / 4, scale=scale), np.log(width / 2)
    phi = np.linspace(0, top, persistences) if persistences > 1 else np.zeros(1)
    pairs = np.meshgrid(np.arange(rates), np.arange(scales), indexing="ij")
    m, s = pairs[0].ravel(), pairs[1].ravel()
    beta, weight = half_normal_nodes(effects, effect)
    return Grid(
        phi,
        mu[m],
        sigma[s],
        log_mu[m] + log_sigma[s] - np.log(len(phi)),
        np.ones((len(phi), len(m)), bool),
        beta,
        np.log(weight),
        max(points, points_needed(top)),
    )


def points_needed(persistence: float) -> int:
    """Points of z such that a step is at most 1.1 standard deviations of a month's news.

    The sum of a normal density over a grid of step h is off by 2 exp(−2 π² / h²): below 10⁻⁶ for h = 1.1, but six
    per cent a month, and so worthless over a record, for h = 2.4.
    """
    checks.discounts(persistence=persistence)
    return int(np.ceil(2 * SPAN / (1.1 * np.sqrt(1 - persistence**2)))) + 1


def transition(phi: float, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes of z in standard deviations, stationary weights, and the transition matrix of the AR(1)."""
    checks.counts(points=points)
    checks.discounts(phi=phi)
    u = np.linspace(-SPAN, SPAN, points)
    step, spread = u[1] - u[0], np.sqrt(1 - phi * phi)
    return u, norm.pdf(u) * step, norm.pdf(u[None, :], phi * u[:, None], spread) * step


def forward(
    days: ArrayLike, flag: ArrayLike, g: Grid, beta: ArrayLike, start: list[tuple[np.ndarray, np.ndarray]] | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Forward pass on the grid of z: log p(days | φ, μ, σ, β) and the filtered states of the last month.

    Returns a list over φ of (log likelihood, shape (pairs kept, len(beta)); filtered state, shape (…, points)).
    `start` continues from such a list: the new months follow those already summed.
    Raises ValueError when days and flag differ in length.
    """
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    checks.finite(beta=beta)
    days, flag, beta = np.asarray(days, int), np.asarray(flag, int), np.atleast_1d(np.asarray(beta, float))
    if days.shape != flag.shape:
        raise ValueError(f"{len(days)} months of launches but {len(flag)} of the flag")
    out = []
    seen = sorted(set(zip(days.tolist(), flag.tolist(), strict=False)))
    for p, phi in enumerate(g.persistence):
        kept = g.keep[p]
        u, stationary, step = transition(phi, g.points)
        eta = g.log_rate[kept, None] + np.multiply.outer(g.scale[kept], u)
        emit = {}
        for y, x in seen:
            e = eta[:, None, :] + (x * beta[None, :, None] if x else 0.0)
            emit[y, x] = np.exp(y * e - np.exp(e) - gammaln(y + 1))
        if start is None:
            state, log = np.broadcast_to(stationary, (kept.sum(), len(beta), g.points)).copy(), 0.0
        else:
            log, state = start[p][0], start[p][1] @ step  # type: ignore[assignment]  # a new array: the past is kept
        for m, key in enumerate(zip(days.tolist(), flag.tolist(), strict=False)):
            if m:
                # one matrix product for all nodes at once
                state = (state.reshape(-1, g.points) @ step).reshape(state.shape)
            state *= emit[key]
            if m % 12 == 11 or m == len(days) - 1:
                # far corners of the grid underflow: they weigh nothing
                total = np.maximum(state.sum(-1), 1e-290)
                state /= total[..., None]
                log = log + np.log(total)
        out.append((log, state))
    return out  # type: ignore[return-value]


def prune(days: np.ndarray, g: Grid, tiny: float = 1e-8) -> Grid:
    """The grid without nodes that carry less than `tiny` of the largest weight when nothing has an effect."""
    checks.nonnegative(days=days)
    checks.shares(tiny=tiny)
    run = forward(days, np.zeros(len(days), int), g, [0.0])
    weight = np.full(g.keep.shape, -np.inf)
    for p, (log, _) in enumerate(run):
        weight[p, g.keep[p]] = log[:, 0] + g.log_weight[g.keep[p]]
    return g._replace(keep=weight > weight.max() + np.log(tiny))


def _sum(run: list[tuple[np.ndarray, np.ndarray]], g: Grid, column: int) -> float:
    return logsumexp(np.concatenate([log[:, column] + g.log_weight[g.keep[p]] for p, (log, _) in enumerate(run)]))


def log_evidence(
    days: np.ndarray, flag: np.ndarray, g: Grid, start: list[tuple[np.ndarray, np.ndarray]] | None = None
) -> dict[str, Any]:
    """Log marginal likelihoods: dict with flat (β = 0), restrained (β < 0), provoked (β > 0), and by effect.

    `by_effect` is the log marginal likelihood at each node of −|β|, then at each of +|β|.
    """
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    beta = np.r_[0.0, -g.effect, g.effect]
    run = forward(days, flag, g, beta, start)
    log = np.array([_sum(run, g, k) for k in range(len(beta))])
    n = len(g.effect)
    return dict(
        flat=log[0],
        restrained=logsumexp(log[1 : n + 1] + g.effect_weight),
        provoked=logsumexp(log[n + 1 :] + g.effect_weight),
        by_effect=log[1:],
    )


def effect_density(log: Mapping[str, Any], g: Grid, side: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Posterior density of β on a fine grid: (β, density). side −1: restraint alone; 1: provocation; 0: both."""
    checks.finite(log=log)
    node = np.r_[-g.effect[::-1], 0.0, g.effect]
    n = len(g.effect)
    height = np.r_[log["by_effect"][:n][::-1], log["flat"], log["by_effect"][n:]]
    top = min(g.effect[-1], 4 * _effect_scale(g))
    beta = np.linspace(-top if side <= 0 else 0.0, top if side >= 0 else 0.0, 2001)
    density = norm.logpdf(beta, scale=_effect_scale(g)) + CubicSpline(node, height)(beta)
    density = np.exp(density - density.max())
    return beta, density / (density.sum() * (beta[1] - beta[0]))


def _effect_scale(g: Grid) -> float:
    """The scale of β's prior, from its nodes: the second moment of a half-normal is its scale squared."""
    return float(np.sqrt(np.exp(g.effect_weight) @ g.effect**2))


def log_bayes_factors(days: ArrayLike, flag: ArrayLike, g: Grid | None = None, pruned: bool = True) -> dict[str, float]:
    """Log Bayes factors against the flat model: dict restrained, provoked, both (two-sided), and effect.

    `effect` is the posterior mean of β under its two-sided prior, `low` and `high` its 5 and 95 per cent points.
    A flag that never varies carries no information: every value is NaN.
    """
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    days, flag = np.asarray(days, int), np.asarray(flag, int)
    if len(set(flag.tolist())) < 2:
        return dict.fromkeys(("restrained", "provoked", "both", "effect", "low", "high"), np.nan)
    g = g or grid()
    log = log_evidence(days, flag, prune(days, g) if pruned else g)
    beta, density = effect_density(log, g)
    cumulated = np.cumsum(density) * (beta[1] - beta[0])
    low, high = np.interp([0.05, 0.95], cumulated, beta)
    both = np.logaddexp(log["restrained"], log["provoked"]) - np.log(2)
    return dict(
        restrained=log["restrained"] - log["flat"],
        provoked=log["provoked"] - log["flat"],
        both=both - log["flat"],
        effect=float(beta @ density * (beta[1] - beta[0])),
        low=low,
        high=high,
    )


def coarse(**prior: float) -> Grid:
    """A smaller grid for what is repeated hundreds of times: on the record within 0.08 of the full `grid`'s logs."""
    return grid(rates=20, persistences=10, scales=10, effects=6, points=31, **prior)


# --------------------------------------------------------------------------------- what the record says


def towards(reading: str, log: Mapping[str, float]) -> float:
    """The log Bayes factor on the side that a reading predicts."""
    return log["restrained"] if DIRECTION[reading] < 0 else log["provoked"]


def readings_tested() -> list[str]:
    """The readings with a flag in the panel, in order of display."""
    return [r for r in FLAG if FLAG[r] in panel()]


@lru_cache
def comparison() -> pd.DataFrame:
    """Bayes factors of each reading under the naive model, without memory and with it, and both codings of 2019.

    Columns: reading, coding (table, second, or after: only the months after a first flight), months flagged,
    days_flagged, ratio of rates; log Bayes factors naive, no_memory, memory (one-sided, natural logs), two_sided,
    and strategic (memory, strategic launches alone); effect, low, high of β (posterior, two-sided prior).
    """
    p, rows = panel(), []
    days, strategic = p["days"].to_numpy(), p["strategic"].to_numpy()
    middle = grid(scales=10, points=31)
    # without memory the rate is known more closely: finer nodes
    g, alone, far = prune(days, middle), prune(days, grid(rates=80, persistences=1)), prune(strategic, middle)
    cases = [(r, "table", FLAG[r]) for r in readings_tested()]
    cases += [("dealer", "second", "talks_alt"), ("narrow", "second", "pressure_alt")]
    cases += [("programme", "after", "programme_after")]
    if "exercises_alt" in p:
        cases.append(("force_only", "second", "exercises_alt"))
    for reading, coding, column in cases:
        flag = p[column].to_numpy()
        log = log_bayes_factors(days, flag, g, pruned=False)
        rows.append(
            dict(
                reading=reading,
                coding=coding,
                months=int(flag.sum()),
                days_flagged=int(days[flag == 1].sum()),
                ratio=rate_ratio(days, flag),
                naive=naive_log_bayes_factor(days, flag) if 0 < flag.sum() < len(flag) else np.nan,
                no_memory=towards(reading, log_bayes_factors(days, flag, alone, pruned=False)),
                memory=towards(reading, log),
                two_sided=log["both"],
                strategic=towards(reading, log_bayes_factors(strategic, flag, far, pruned=False)),
                effect=log["effect"],
                low=log["low"],
                high=log["high"],
            )
        )
    return pd.DataFrame(rows)


def rate_ratio(days: ArrayLike, flag: ArrayLike) -> float:
    """Launch days a month in flagged months over those in the others; NaN when one kind of month is missing."""
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    days, flag = np.asarray(days, float), np.asarray(flag, bool)
    if flag.all() or not flag.any() or not days[~flag].sum():
        return np.nan
    return days[flag].mean() / days[~flag].mean()


def log_likelihoods(coding: str = "table") -> np.ndarray:
    """Log marginal likelihood of the record under each of the three readings, relative to the flat one: (3,)."""
    frame = comparison()

    def of(reading: str, code: str) -> float:
        value = frame.query("reading == @reading and coding == @code")["memory"].iloc[0]
        return 0.0 if np.isnan(value) else value  # a flag that never varies tells nothing

    return np.array([0.0, of("narrow", "table"), of("dealer", coding)])


def posterior(prior: ArrayLike, log_likelihood: ArrayLike) -> np.ndarray:
    """Posterior beliefs: prior and log likelihoods (…, 3) over READINGS; raises ValueError on a bad prior."""
    checks.weights(prior=prior)
    checks.known(log_likelihood=log_likelihood)
    prior = np.asarray(prior, float)
    if np.any(prior < 0) or not np.allclose(prior.sum(-1), 1):
        raise ValueError(f"beliefs must be non-negative and sum to 1, not {prior.tolist()}")
    weight = prior * np.exp(np.asarray(log_likelihood) - np.max(log_likelihood))
    return weight / weight.sum(-1, keepdims=True)


SEED = 20170427


@lru_cache
def months_needed(
    cycle: tuple[tuple[int, int], ...], target: float = 20.0, longest: int = 60
) -> tuple[int | None, float]:
    """Months from now on until the deal-seeker stands `target` to 1 against the flat reading, or it against him.

    cycle: pairs (talks 0 or 1, launch days), one a month, repeated. Returns (months, log Bayes factor then); months
    is None, and the factor that of the last month, when `longest` months do not suffice.
    """
    checks.counts(longest=longest)
    checks.positive(target=target)
    p, g = panel(), coarse()
    days, flag = p["days"].to_numpy(), p["talks"].to_numpy()
    g = prune(days, g, 1e-6)
    beta = np.r_[0.0, -g.effect]
    past, log = forward(days, flag, g, beta), np.nan
    ahead = np.array([cycle[m % len(cycle)] for m in range(longest)])
    for months in range(1, longest + 1):
        run = forward(ahead[:months, 1], ahead[:months, 0], g, beta, past)
        total = np.array([_sum(run, g, k) for k in range(len(beta))])
        log = logsumexp(total[1:] + g.effect_weight) - total[0]
        if abs(log) >= np.log(target):
            return months, log
    return None, log


def flow_frame(steps: int = 6) -> pd.DataFrame:
    """Prior in, posterior out: a grid of priors inside the triangle, and what the months of launches make of each.

    Columns coding, prior (number of the point), when (prior, posterior), and one column a reading.
    """
    checks.counts(steps=steps)
    inside = [(i, j, steps - i - j) for i in range(1, steps) for j in range(1, steps - i)]
    rows = []
    for coding in CODINGS:
        log = log_likelihoods(coding)
        for k, point in enumerate(inside):
            prior = np.array(point) / steps
            for when, belief in (("prior", prior), ("posterior", posterior(prior, log))):
                rows.append(dict(coding=coding, prior=k, when=when) | dict(zip(READINGS, belief, strict=True)))
    return pd.DataFrame(rows)
