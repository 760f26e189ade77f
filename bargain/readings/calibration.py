"""The model on histories whose Kim is known, and what another year could teach."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from scipy.stats import poisson

from bargain import checks, evidence, results
from bargain.readings.memory import PRIOR, SEED, Grid, coarse, forward, log_evidence, prune, transition
from bargain.readings.months import FLAG, SPAN, panel, pressing
from bargain.reads import lru_cache
from bargain.terms import READINGS


@lru_cache
def mood(n: int = 400) -> pd.DataFrame:
    """The monthly rate of launch days as the flat model sees it: columns month, days, low, central, high (90 %).

    n nodes are drawn from the posterior; each month's states from the forward and backward pass of its node.
    """
    checks.counts(n=n)
    days, rng = panel()["days"].to_numpy(), np.random.default_rng((SEED, 3))
    mu, phi, sigma, _, _ = flat_draws(n, rng)
    rates = np.empty((n, len(days)))
    for value in np.unique(phi):
        k = np.flatnonzero(phi == value)
        u, stationary, step = transition(value, coarse().points)
        rate = np.exp(mu[k, None] + sigma[k, None] * u)
        seen = poisson.pmf(days[:, None, None], rate)
        ahead = np.empty_like(seen)
        ahead[0] = stationary * seen[0]
        for m in range(1, len(days)):
            ahead[m] = ahead[m - 1] @ step * seen[m]
            ahead[m] /= ahead[m].sum(1, keepdims=True)
        weight = ahead[-1]
        for m in range(len(days) - 1, -1, -1):
            state = (rng.random((len(k), 1)) * weight.sum(1, keepdims=True) > np.cumsum(weight, 1)).sum(1)
            state = np.minimum(state, len(u) - 1)
            rates[k, m] = rate[np.arange(len(k)), state]
            if m:
                weight = ahead[m - 1] * step[:, state].T
    low, central, high = np.quantile(rates, [0.05, 0.5, 0.95], axis=0)
    return pd.DataFrame(dict(month=panel().index.astype(str), days=days, low=low, central=central, high=high))


# -------------------------------------------------------------------------------------------- calibration


def simulate(
    rng: np.random.Generator,
    flag: ArrayLike,
    log_rate: ArrayLike,
    persistence: ArrayLike,
    scale: ArrayLike,
    effect: ArrayLike,
    start: ArrayLike | None = None,
) -> np.ndarray:
    """Counts of launch days: arrays of parameters of shape (n,), flag (months,) or (n, months) → (n, months)."""
    checks.shares(flag=flag, persistence=persistence)
    checks.finite(log_rate=log_rate, effect=effect, start=start)
    checks.nonnegative(scale=scale)
    log_rate, persistence, scale, effect = np.broadcast_arrays(*np.atleast_1d(log_rate, persistence, scale, effect))
    flag = np.broadcast_to(np.asarray(flag, float), (len(log_rate), np.shape(flag)[-1]))
    z = rng.standard_normal(len(log_rate)) * scale if start is None else np.asarray(start, float)
    out = np.empty(flag.shape, int)
    for m in range(flag.shape[1]):
        if m or start is not None:
            z = persistence * z + np.sqrt(1 - persistence**2) * scale * rng.standard_normal(len(z))
        out[:, m] = rng.poisson(np.exp(np.minimum(log_rate + effect * flag[:, m] + z, 12)))
    return out


def posterior_draws(
    days: np.ndarray,
    flag: np.ndarray,
    g: Grid,
    beta: ArrayLike,
    log_weight: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """n draws from the joint posterior on the grid: arrays log_rate, persistence, scale, effect, state (of z)."""
    checks.counts(n=n)
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    checks.finite(beta=beta)
    checks.known(log_weight=log_weight)
    run = forward(days, flag, g, beta)
    log = np.concatenate(
        [(part[0] + g.log_weight[g.keep[p]][:, None] + log_weight).ravel() for p, part in enumerate(run)]
    )
    weight = np.exp(log - logsumexp(log))
    index = rng.choice(len(weight), n, p=weight / weight.sum())
    b = len(np.atleast_1d(beta))
    phi = np.concatenate([np.full(k.sum() * b, g.persistence[p]) for p, k in enumerate(g.keep)])
    mu = np.concatenate([np.repeat(g.log_rate[k], b) for k in g.keep])
    sigma = np.concatenate([np.repeat(g.scale[k], b) for k in g.keep])
    state = np.concatenate([part[1].reshape(-1, g.points) for part in run])[index]
    u = np.linspace(-SPAN, SPAN, g.points)
    pick = (rng.random((n, 1)) > np.cumsum(state, 1) / state.sum(1, keepdims=True)).sum(1)
    z = sigma[index] * u[np.minimum(pick, g.points - 1)]
    return mu[index], phi[index], sigma[index], np.tile(np.atleast_1d(beta), len(mu) // b)[index], z


def flat_draws(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draws from the posterior of the flat model on the record: memory as it was, no effect of anything."""
    checks.counts(n=n)
    days = panel()["days"].to_numpy()
    return posterior_draws(days, np.zeros(len(days), int), prune(days, coarse(), 1e-6), [0.0], np.zeros(1), n, rng)


def prior_draw(rng: np.random.Generator, months: int) -> tuple[str, float, np.ndarray]:
    """One history from the prior: truth, effect, counts. Redrawn while a month has more launch days than days."""
    checks.counts(months=months)
    p = panel()
    shape, rate, top, scale, effect = (evidence.central(name) for name in PRIOR)
    while True:
        truth = READINGS[rng.integers(3)]
        beta = 0.0 if truth == "irrational" else -abs(rng.normal(0, effect))
        flag = p[FLAG.get(truth, "talks")].to_numpy()
        mu, sigma, phi = np.log(rng.gamma(shape, 1 / rate)), abs(rng.normal(0, scale)), rng.uniform(0, top)
        if mu > -5 and sigma < 3 * scale:  # the reach of the grid
            days = simulate(rng, flag, mu, phi, sigma, beta)[0]
            if days.max() <= 31:
                return truth, beta, days


def judge(
    days: np.ndarray, flags: Iterable[np.ndarray], g: Grid
) -> tuple[np.ndarray, dict[str, Any], dict[str, Any], Grid]:
    """Log likelihood of one history under the three readings, and the parts: (3,), logs of narrow and of dealer."""
    checks.nonnegative(days=days)
    checks.shares(flags=flags)
    g = prune(days, g, 1e-5)
    narrow, dealer = (log_evidence(days, flag, g) for flag in flags)
    return np.array([narrow["flat"], narrow["restrained"], dealer["restrained"]]), narrow, dealer, g


@lru_cache
def measure_hazard() -> tuple[float, float, float]:
    """Chance of a new measure of pressure in a month: after two quiet months, after two with a launch, and overall."""
    p, new = panel(), pressing()
    active = (p["days"].shift(1, fill_value=0) + p["days"].shift(2, fill_value=0)) > 0
    measure = np.array([m in new for m in p.index])
    return float(measure[~active].mean()), float(measure[active].mean()), float(measure.mean())


def chased(
    rng: np.random.Generator, mu: float, phi: float, sigma: float, beta: float, chased: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """One history in which measures follow launches (or come at the same rate whatever he does) and restrain him."""
    checks.finite(mu=mu, beta=beta)
    checks.shares(phi=phi)
    checks.nonnegative(sigma=sigma)
    p, months = panel(), int(evidence.central("rd_pressure_months"))
    quiet, busy, mean = measure_hazard()
    days, new, flag = np.zeros(len(p), int), np.zeros(len(p), bool), np.zeros(len(p), int)
    z = rng.normal(0, sigma)
    for m in range(len(p)):
        flag[m] = new[max(0, m - months) : m].any()
        days[m] = rng.poisson(np.exp(min(mu + beta * flag[m] + z, 4)))
        chance = (busy if days[max(0, m - 2) : m].any() else quiet) if chased else mean
        new[m] = rng.random() < chance
        z = phi * z + np.sqrt(1 - phi**2) * rng.normal(0, sigma)
    return days, flag


HISTORIES = 8  # a chunk, in each world


def calibration_summary() -> pd.DataFrame:
    """Shares of histories by world: false or true alarms of the naive model and of the chapter's (factor 3, 10)."""
    frame = results.load("readings_calibration")
    rows = []
    for world, part in frame.groupby("world", sort=False):
        # the naive factor has two sides: it cries restraint only where the flagged months are the quieter ones
        naive = part["naive"].where(part["ratio"] < 1, -np.inf)
        rows.append(
            dict(
                world=world,
                histories=len(part),
                naive_3=(naive > np.log(3)).mean(),
                naive_10=(naive > np.log(10)).mean(),
                memory_3=(part["memory"] > np.log(3)).mean(),
                memory_10=(part["memory"] > np.log(10)).mean(),
                against=(part["memory"] < 0).mean(),
                effect=part["effect"].mean(),
            )
        )
    return pd.DataFrame(rows).set_index("world")


# ------------------------------------------------------------------------- what the record could still teach

SCENARIOS = {"no talks": (0, 0), "talks all year": (1, 0), "new measures": (0, 1)}  # flags: talks, pressure
HORIZON = "2027-12"
FUTURES = 16  # a chunk, for each scenario and truth


def expected_information() -> pd.DataFrame:
    """By scenario: bits that the future is expected to tell about the reading, and the mean belief in the truth.

    The bits are the expected fall in entropy, with truths weighted by the beliefs that the record leaves.
    """
    frame, rows = results.load("readings_future"), []
    for scenario, part in frame.groupby("scenario", sort=False):
        before = part[[f"before_{r}" for r in READINGS]].iloc[0].to_numpy()
        after = part[[f"after_{r}" for r in READINGS]].to_numpy()
        entropy = -(after * np.log2(np.maximum(after, 1e-300))).sum(1)
        size = part.groupby("truth")["truth"].transform("size")
        weight = part["truth"].map(dict(zip(READINGS, before, strict=True))) / size
        row = dict(
            scenario=scenario,
            bits=-(before * np.log2(before)).sum() - float(weight @ entropy),
            before_bits=-(before * np.log2(before)).sum(),
        )
        for k, r in enumerate(READINGS):
            row[f"before_{r}"], row[f"after_{r}"] = before[k], after[(part["truth"] == r).to_numpy(), k].mean()
            row[f"days_{r}"] = part.loc[part["truth"] == r, "launch_days"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


def panel_frame() -> pd.DataFrame:
    """The panel with the mood beside it: one row a month."""
    return mood().merge(
        panel().drop(columns="days").reset_index().assign(month=lambda d: d["month"].astype(str)), on="month"
    )
