"""Chunks of the stored tables of `bargain.readings`: each computes chunk k with a seed of its own."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from bargain import evidence
from bargain.readings.calibration import (
    FUTURES,
    HISTORIES,
    HORIZON,
    SCENARIOS,
    chased,
    flat_draws,
    judge,
    posterior_draws,
    prior_draw,
    simulate,
)
from bargain.readings.memory import (
    SEED,
    coarse,
    effect_density,
    forward,
    grid,
    log_evidence,
    posterior,
    prune,
    rate_ratio,
)
from bargain.readings.months import EVEN, naive_log_bayes_factor, panel
from bargain.terms import READINGS


def placebo_chunk(number: int) -> pd.DataFrame:
    """The model's own placebo: log Bayes factor of a restraint under every circular shift of one flag."""
    column = ("talks", "talks_alt", "pressure")[number]
    p = panel()
    days, flag = p["days"].to_numpy(), p[column].to_numpy()
    g = prune(days, coarse())
    rows = []
    for k in range(len(days)):
        moved = np.roll(flag, k)
        log = log_evidence(days, moved, g)
        rows.append(
            dict(flag=column, shift=k, ratio=rate_ratio(days, moved), log_bayes_factor=log["restrained"] - log["flat"])
        )
    return pd.DataFrame(rows)


def calibration_chunk(number: int) -> pd.DataFrame:
    """Histories simulated from known worlds, judged as the record is judged. One row a history:

    world      prior (drawn from the model itself), memory (no effect at all, memory as in the record), planted
               (the record's talks, with the planted restraint), chased and steady (the planted restraint by
               pressure, with measures that follow launches, or that come whatever he does)
    truth, rank (posterior probability below the true β), p_irrational, p_narrow, p_dealer (from equal priors),
    ratio (of rates, flagged months over the others), naive, memory (log Bayes factors of the flag in question),
    effect (posterior mean of β, two-sided)
    """
    rng = np.random.default_rng((SEED, number))
    # histories drawn from the prior can have a very narrow posterior of the rate: finer nodes
    p, g, fine, rows = panel(), coarse(), grid(rates=80, persistences=10, scales=10, effects=6, points=31), []
    talks, pressure = p["talks"].to_numpy(), p["pressure"].to_numpy()
    planted = np.log(evidence.central("rd_planted_effect"))

    def row(world: str, truth: str, days: np.ndarray, flags: Sequence[np.ndarray], beta: float, watched: str) -> None:
        log, narrow, dealer, kept = judge(days, flags, fine if world == "prior" else g)
        part = narrow if watched == "narrow" else dealer
        flag = flags[0] if watched == "narrow" else flags[1]
        share = posterior(EVEN, log)
        b, density = effect_density(part, kept, -1)
        rank = float(density[b < beta].sum() * (b[1] - b[0])) if beta < 0 else np.nan
        both, two = effect_density(part, kept)
        varies = 0 < flag.sum() < len(flag)
        rows.append(
            dict(
                world=world,
                truth=truth,
                rank=rank,
                p_irrational=share[0],
                p_narrow=share[1],
                p_dealer=share[2],
                ratio=rate_ratio(days, flag),
                naive=naive_log_bayes_factor(days, flag) if varies else np.nan,
                memory=part["restrained"] - part["flat"],
                effect=float(both @ two * (both[1] - both[0])),
            )
        )

    for _ in range(evidence.quick(HISTORIES)):
        truth, beta, days = prior_draw(rng, len(p))
        row("prior", truth, days, (pressure, talks), beta, "narrow" if truth == "narrow" else "dealer")
    for mu, phi, sigma, _, _ in zip(*flat_draws(evidence.quick(HISTORIES), rng), strict=False):
        for world, effect in (("memory", 0.0), ("planted", planted)):
            days = simulate(rng, talks, mu, phi, sigma, effect)[0]
            row(world, "dealer" if effect else "irrational", days, (pressure, talks), effect, "dealer")
        for world in ("chased", "steady"):
            days, flag = chased(rng, mu, phi, sigma, planted, world == "chased")
            row(world, "narrow", days, (flag, talks), planted, "narrow")
    return pd.DataFrame(rows)


def future_chunk(number: int, horizon: pd.DataFrame = HORIZON) -> pd.DataFrame:
    """Beliefs at the end of the horizon, from equal beliefs before the record, in simulated futures.

    One row a future: scenario, truth, and p_… before (the record alone) and after (record and future).
    """
    rng = np.random.default_rng((SEED, 7, number))
    p = panel()
    days, ahead = p["days"].to_numpy(), len(pd.period_range(p.index[-1] + 1, horizon, freq="M"))
    g = prune(days, coarse(), 1e-6)
    model = {
        "irrational": (np.zeros(len(p), int), np.zeros(1), np.zeros(1)),
        "narrow": (p["pressure"].to_numpy(), -g.effect, g.effect_weight),
        "dealer": (p["talks"].to_numpy(), -g.effect, g.effect_weight),
    }
    past = {r: forward(days, flag, g, beta) for r, (flag, beta, _) in model.items()}

    def total(run: list[tuple[np.ndarray, np.ndarray]], weight: float | np.ndarray) -> float:
        return logsumexp(
            np.concatenate(
                [(log + g.log_weight[g.keep[k]][:, None] + weight).ravel() for k, (log, _) in enumerate(run)]
            )
        )

    before = posterior(EVEN, np.array([total(past[r], model[r][2]) for r in READINGS]))
    rows = []
    for truth in READINGS:
        flag, beta, weight = model[truth]
        draws = posterior_draws(days, flag, g, beta, weight, evidence.quick(FUTURES), rng)
        for scenario, (talks, pressure) in SCENARIOS.items():
            new = {"irrational": 0, "narrow": pressure, "dealer": talks}
            for mu, phi, sigma, effect, z in zip(*draws, strict=False):
                seen = simulate(rng, np.full(ahead, new[truth]), mu, phi, sigma, effect, [z])[0]
                seen = np.minimum(seen, 31)
                log = [
                    total(forward(seen, np.full(ahead, new[r]), g, model[r][1], past[r]), model[r][2]) for r in READINGS
                ]
                after = posterior(EVEN, np.array(log))
                rows.append(
                    {"scenario": scenario, "truth": truth, "launch_days": int(seen.sum())}
                    | {f"before_{r}": v for r, v in zip(READINGS, before, strict=False)}
                    | {f"after_{r}": v for r, v in zip(READINGS, after, strict=False)}
                )
    return pd.DataFrame(rows)
