"""Policies compared: regret, dominance, how often each is best, and which are as good as the best."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence, terms
from bargain.options.camps import CAMPS, advocate
from bargain.options.consequences import outcomes
from bargain.options.draws import Draw, true_reading
from bargain.options.values import PRESET_WORDS, loss, preset, presets, prices
from bargain.prose import fives
from bargain.terms import OUTCOMES, POLICIES, READINGS

WELCOME = ("accountability", "income")  # outcomes of which more is better


def regret(loss: np.ndarray) -> np.ndarray:
    """Loss less that of the best policy (last axis), same shape: 0 for the best."""
    checks.finite(loss=loss)
    return loss - loss.min(axis=-1, keepdims=True)


def best_share(losses: np.ndarray) -> np.ndarray:
    """Share of futures in which each policy has the least loss (last axis), exact ties counted for all that tie."""
    checks.finite(losses=losses)
    losses = np.asarray(losses)
    return (losses == losses.min(axis=-1, keepdims=True)).mean(axis=0)


def pareto(means: np.ndarray) -> np.ndarray:
    """Which policies no other beats on every outcome: a boolean array over policies.

    means: (policy, outcome). Less is better, but for the outcomes of WELCOME. No values enter.
    """
    checks.finite(means=means)
    cost = means * np.array([-1 if o in WELCOME else 1 for o in OUTCOMES])
    return np.array([not any((other <= mine).all() and (other < mine).any() for other in cost) for mine in cost])


def ties(losses: np.ndarray, indiff: float | None = None) -> list[str]:
    """Policies within `indiff` of the best, best first, from losses (policy,)."""
    checks.finite(losses=losses)
    checks.nonnegative(indiff=indiff)
    indiff = evidence.central("indiff") if indiff is None else indiff
    limit = losses.min() + indiff * abs(losses.min())
    return [POLICIES[g] for g in np.argsort(losses, kind="stable") if losses[g] <= limit]


def regrets(
    draw: Draw,
    values: dict[str, Any],
    belief: Sequence[float],
    register: pd.DataFrame | None = None,
    share: float = 1.0,
) -> pd.DataFrame:
    """Regret by policy in each future's own true reading, over the effects as drawn and as each camp's advocates see
    them.

    Returns a frame: effects (`drawn` or a camp), policy, mean, q95 (95 per cent of futures regret less), best (share of
    futures in which it is best). Life-equivalents.
    """
    checks.weights(belief=belief)
    checks.shares(share=share)
    k = true_reading(draw.uniforms[:, -1], belief)
    rows = []
    for effects in ("drawn", *CAMPS):
        moved = draw.parameters if effects == "drawn" else advocate(draw.parameters, effects, share, register)
        own = outcomes(moved, draw.minds)[np.arange(len(k)), k]
        lost = loss(own, values)
        r = regret(lost)
        rows += [
            (effects, p, r[:, g].mean(), np.quantile(r[:, g], 0.95), s)
            for g, (p, s) in enumerate(zip(POLICIES, best_share(lost), strict=True))
        ]
    return pd.DataFrame(rows, columns=["effects", "policy", "mean", "q95", "best"])


def preset_table(means: np.ndarray) -> pd.DataFrame:
    """Best policy by preset and reading, with those within `indiff` of it in brackets: a frame to print."""
    checks.finite(means=means)
    rows = []
    for name in presets():
        losses = means @ prices(preset(name))
        row = {"Preset": PRESET_WORDS.get(name, name.replace("_", " "))}
        for k, reading in enumerate(READINGS):
            best, *rest = ties(losses[k])
            row[terms.LABELS[reading]] = terms.LABELS[best] + (
                f" ({', '.join(terms.LABELS[r].lower() for r in rest)})" if rest else ""
            )
        rows.append(row)
    return pd.DataFrame(rows)


def best_table(losses: np.ndarray) -> pd.DataFrame:
    """Share of futures in which each policy loses least, by reading, from losses (future, reading, policy): to
    print."""
    checks.finite(losses=losses)
    return pd.DataFrame(
        [
            {"If he is": terms.LABELS[k]} | {terms.LABELS[p]: fives(v) for p, v in zip(POLICIES, row, strict=True)}
            for k, row in zip(READINGS, best_share(losses), strict=True)
        ]
    )
