"""Proper scores of a forecast."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargain import checks
from bargain.forecasts.predictive import to_scale
from bargain.forecasts.questions import SCORED, TAIL, Question

# ------------------------------------------------------------------------------------------------ scores


def _probability(p: float, y: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"p must be a probability, from 0 to 1: {p}")
    if y not in (0, 1):
        raise ValueError(f"y must be 0 or 1: {y}")


def log_score(p: float, y: float) -> float:
    """−log of the probability given to what happened (Good 1952); p is kept within 0.005 of certainty.

    Raises ValueError naming p (no probability) or y (neither 0 nor 1).
    """
    _probability(p, y)
    p = np.clip(p, 0.005, 0.995)
    return float(-np.log(p if y else 1 - p))


def brier(p: float, y: float) -> float:
    """(p − y)² (Brier 1950). Raises ValueError naming p or y, as `log_score` does."""
    _probability(p, y)
    return float((p - y) ** 2)


def crps(sample: ArrayLike, y: float) -> float:
    """Continuous ranked probability score of equally likely values, E|X − y| − ½ E|X − X'| (Gneiting, Raftery 2007)."""
    checks.finite(sample=sample, y=y)
    x = np.sort(np.asarray(sample, float))
    n = len(x)
    spread = 2 * (np.arange(1, n + 1) * x).sum() / n**2 - (n + 1) / n**2 * x.sum()
    return float(np.abs(x - y).mean() - spread)


def quantile_score(quantiles: ArrayLike, y: ArrayLike, levels: ArrayLike = TAIL) -> float:
    """Twice the mean pinball loss of issued quantiles, the CRPS as far as these quantiles know it."""
    checks.finite(quantiles=quantiles, y=y)
    checks.shares(levels=levels)
    gap = y - np.asarray(quantiles, float)
    levels = np.asarray(levels)
    return float(2 * np.mean(np.maximum(levels * gap, (levels - 1) * gap)))


def score_one(question: Question, said: Mapping[str, Any], y: float) -> dict[str, float]:
    """{forecaster: score}: log score for binary questions, CRPS on the question's scale otherwise; NaN without one."""
    checks.finite(y=y)
    out = {}
    for who in SCORED:
        if said[who] is None:
            out[who] = np.nan
        elif question.kind == "binary":
            out[who] = log_score(said[who], y)
        else:
            scale = question.scale or "log"
            out[who] = crps(to_scale(said[who], scale), float(to_scale(y, scale)))
    return out
