"""Predictive distributions of yes and no, of counts and of quantities, and the naive forecasters beside them."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln, roots_jacobi
from scipy.stats import beta as beta_law
from scipy.stats import t as student

from bargain import checks, evidence
from bargain.forecasts.questions import LEAD, QUESTIONS, Question, history, label, threshold

# ------------------------------------------------------------------------------------------------ the models


def discount(years: ArrayLike, last: float, half_life: float) -> np.ndarray:
    """Weights ½^((last − year)/half-life)."""
    checks.finite(years=years, last=last)
    checks.positive(half_life=half_life)
    return 0.5 ** ((last - np.asarray(years, float)) / half_life)


def beta_posterior(past: pd.Series, half_life: float, prior: float = 0.5) -> tuple[float, float]:
    """(a, b) of the yearly chance: Beta(prior, prior) and the discounted yeses and noes."""
    checks.shares(past=past)
    checks.positive(half_life=half_life, prior=prior)
    w = discount(past.index, past.index[-1], half_life)
    return prior + float(w @ past.to_numpy()), prior + float(w @ (1 - past.to_numpy()))


def markov_posterior(past: pd.Series, half_life: float, prior: float = 0.5) -> tuple[tuple[float, float], ...]:
    """Beta parameters of P(yes | no) and P(yes | yes) from discounted transitions: ((a, b), (a, b))."""
    checks.shares(past=past)
    checks.positive(half_life=half_life, prior=prior)
    now, after = past.to_numpy()[:-1], past.to_numpy()[1:]
    w = discount(past.index[1:], past.index[-1], half_life)
    return tuple(
        (prior + w[(now == s) & (after == 1)].sum(), prior + w[(now == s) & (after == 0)].sum()) for s in (0, 1)
    )


def beta_nodes(a: float, b: float, n: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Jacobi nodes and weights of Beta(a, b): exact for polynomials up to degree 2n − 1.

    Golub and Welsch's recurrence divides by a + b − 1, which the library cancels only where a = b = ½ exactly: within
    a ten-billionth of that line b moves off it by as much, which moves a mean by less than that.
    """
    checks.counts(n=n)
    checks.positive(a=a, b=b)
    if abs(a + b - 1) < 1e-10 and not a == b == 0.5:
        b = 1 + 1e-10 - a
    x, w = roots_jacobi(n, b - 1, a - 1)
    return (1 + x) / 2, w / w.sum()


def chain(start: float, up: np.ndarray, stay: np.ndarray, lead: int) -> np.ndarray:
    """P(yes) `lead` steps after the state `start` (0 or 1), with P(yes | no) = up and P(yes | yes) = stay."""
    checks.shares(start=start, up=up, stay=stay)
    p = np.full(np.broadcast(up, stay).shape, float(start))
    for _ in range(lead):
        p = p * stay + (1 - p) * up
    return p


def binary_forecast(past: pd.Series, lead: int = LEAD, until: int | None = None) -> tuple[float, float]:
    """(p in the year, p of any yes from that year to `until` years after the data): pool of two simple models.

    The beta-binomial ignores order, the Markov chain knows only the last year; both discount the past, and the chance
    of any yes integrates the uncertain rates: 1 − E[(1 − θ)ⁿ], not 1 − (1 − E θ)ⁿ. Both are polynomials in beta
    variables, so the quadrature is exact. Raises ValueError naming past (no year, or a value that is not 0 or 1), lead
    (no year ahead) or until (before the year itself).
    """
    if not len(past) or not np.isin(np.asarray(past, float), (0.0, 1.0)).all():
        raise ValueError(f"past must hold answers of 0 and 1, at least one: {list(past)[:8]}")
    if not (lead >= 1 and lead == int(lead)):
        raise ValueError(f"lead must be a whole number of years, at least 1: {lead}")
    if until is not None and not until >= lead:
        raise ValueError(f"until must not be before the year itself, {lead} years ahead: {until}")
    half_life = evidence.central("fc_half_life_binary")
    a, b = beta_posterior(past, half_life)
    n = (until or lead) - lead + 1
    steady = a / (a + b), 1 - np.exp(betaln(a, b + n) - betaln(a, b))
    (up, w_up), (stay, w_stay) = (beta_nodes(*law) for law in markov_posterior(past, half_life))
    p = chain(past.iloc[-1], up[:, None], stay[None, :], lead)
    never = (1 - p) * (1 - up[:, None]) ** (n - 1)
    return (steady[0] + w_up @ p @ w_stay) / 2, (steady[1] + 1 - w_up @ never @ w_stay) / 2


def chance_range(
    past: pd.Series, lead: int = LEAD, low: float = 0.1, high: float = 0.9, n: int = 40
) -> tuple[float, ...]:
    """How uncertain the yearly chance itself is: quantiles of the pool of the two posteriors, (low, high)."""
    checks.counts(n=n)
    checks.shares(past=past, low=low, high=high)
    half_life, u = evidence.central("fc_half_life_binary"), (np.arange(n) + 0.5) / n
    steady = beta_law.ppf((np.arange(n * n) + 0.5) / n**2, *beta_posterior(past, half_life))
    up, stay = (beta_law.ppf(u, *law) for law in markov_posterior(past, half_life))
    both = np.concatenate([steady, chain(past.iloc[-1], up[:, None], stay[None, :], lead).ravel()])
    return tuple(np.quantile(both, [low, high]))


SIZES = np.geomspace(0.3, 30, 25)


def negbin_log(y: np.ndarray | float, mean: float, size: np.ndarray) -> np.ndarray:
    """log P(y) of a negative binomial with mean and size."""
    checks.nonnegative(y=y)
    checks.positive(mean=mean, size=size)
    return (
        gammaln(y + size)
        - gammaln(size)
        - gammaln(y + 1)
        + size * np.log(size / (size + mean))
        + y * np.log(mean / (size + mean))
    )


def count_forecast(past: pd.Series, lead: int = LEAD) -> np.ndarray:
    """P(0), P(1), … of a negative binomial: discounted mean, size weighted by how well it foretold the past."""
    checks.nonnegative(past=past)
    half_life = evidence.central("fc_half_life_count")
    y, years = past.to_numpy(), past.index.to_numpy()

    def mean(k: int) -> float:
        w = discount(years[:k], years[k - 1], half_life)
        return (0.5 + w @ y[:k]) / (0.5 + w.sum())

    log = np.zeros(len(SIZES))
    for k in range(3, len(y) - lead + 1):
        log += negbin_log(y[k + lead - 1], mean(k), SIZES)
    weight = np.exp(log - log.max())
    support = np.arange(0, 400)
    p = np.exp(negbin_log(support[:, None], mean(len(y)), SIZES[None, :])) @ (weight / weight.sum())
    return p / p.sum()


def to_scale(x: ArrayLike, scale: str) -> np.ndarray:
    """Values on the scale on which they move: logit of a per cent share, log(1 + x), or as they are."""
    checks.finite(x=x)
    x = np.asarray(x, float)
    if scale == "share":
        share = np.clip(x / 100, 0.001, 0.999)
        return np.log(share / (1 - share))
    return np.log1p(x) if scale == "log" else x


def from_scale(x: np.ndarray, scale: str) -> np.ndarray:
    """Back from `to_scale`."""
    checks.finite(x=x)
    return 100 / (1 + np.exp(-x)) if scale == "share" else np.expm1(x) if scale == "log" else x


U = (np.arange(200) + 0.5) / 200


def quantity_forecast(past: pd.Series, scale: str, lead: int = LEAD) -> np.ndarray:
    """400 equally likely values: half from a random walk, half from a discounted mean, both with Student's tails."""
    checks.finite(past=past)
    half_life = evidence.central("fc_half_life_quantity")
    x, years = to_scale(past.to_numpy(), scale), past.index.to_numpy()
    w = discount(years, years[-1], half_life)
    free = max(w.sum() ** 2 / (w**2).sum() - 1, 2.0)
    step = np.diff(x) / np.sqrt(np.diff(years))
    spread = np.sqrt(np.average(step**2, weights=w[1:]) * lead)
    centre = np.average(x, weights=w)
    wide = np.sqrt(np.average((x - centre) ** 2, weights=w) * (1 + 1 / max(w.sum(), 1)))
    walk, mean = x[-1] + spread * student.ppf(U, free), centre + max(wide, 1e-6) * student.ppf(U, free)
    return np.sort(from_scale(np.concatenate([walk, mean]), scale))


def naive(question: Question, past: pd.Series, lead: int = LEAD) -> dict[str, Any]:
    """The naive forecasters: climatology (all years alike), persistence (as last year), coin (binary only).

    Probabilities for binary questions, equally likely values for the others; coin is None where it has no meaning.
    """
    checks.finite(past=past)
    y = past.to_numpy()
    if question.kind == "binary":
        p = evidence.central("fc_persistence")
        return {"climatology": (y.sum() + 0.5) / (len(y) + 1), "persistence": p if y[-1] else 1 - p, "coin": 0.5}
    scale = question.scale or "log"
    x = to_scale(y, scale)
    moves = x[lead:] - x[:-lead] if len(x) > lead else np.zeros(1)
    walk = from_scale(x[-1] + np.concatenate([moves, -moves]), scale)
    return {
        "climatology": np.sort(y),
        "persistence": np.sort(np.maximum(walk, 0) if question.kind == "count" else walk),
        "coin": None,
    }


def sample_of(p: np.ndarray) -> np.ndarray:
    """Equally likely values from a distribution over counts."""
    checks.weights(p=p)
    return np.searchsorted(np.cumsum(p), U)


LEVELS = tuple(np.round(np.arange(0.05, 0.951, 0.05), 2))  # at which a distribution is issued


def read_off(values: np.ndarray, side: str, least: float) -> float:
    """The chance of a threshold in equally likely values: "at least" it, or "below" it; within 0.005 of certainty."""
    checks.finite(values=values, least=least)
    values = np.asarray(values, float)
    return float(np.clip((values >= least).mean() if side == "at least" else (values < least).mean(), 0.005, 0.995))


def forecast(question: Question, past: pd.Series, lead: int = LEAD, until: int | None = None) -> dict[str, Any]:
    """All forecasters: dict model, climatology, persistence, coin, and p_any (binary).

    What asks for a threshold of a count or quantity is read off that one's distribution, so that the two cannot
    disagree. Its chance of any year grows from there as that of the two simple models does: their chance of a no in
    the later years, given a no in the first, is kept.
    """
    checks.finite(past=past)
    out = naive(question, past, lead)
    if question.of:
        whole = QUESTIONS[question.of]
        values = forecast(whole, history(whole.id, int(past.index[-1])), lead)["model"]
        out["model"] = read_off(values, question.side, threshold(question) if question.threshold else 0.0)
        once, ever = binary_forecast(past, lead, until)
        out["p_any"] = 1 - (1 - out["model"]) * (1 - ever) / (1 - once)
    elif question.kind == "binary":
        out["model"], out["p_any"] = binary_forecast(past, lead, until)
    elif question.kind == "count":
        out["model"] = sample_of(count_forecast(past, lead))
    else:
        out["model"] = quantity_forecast(past, question.scale, lead)
    return out


def staked(rows: pd.DataFrame) -> pd.DataFrame:
    """The yes-or-no forecasts, surest yes first, with an 80 per cent range of the yearly chance itself: low, high.

    What is read off a distribution has no such range: NaN. A column judged of `rows` is passed on.
    """
    frame = rows[rows["kind"] == "binary"].copy()
    ends = [
        (np.nan, np.nan) if QUESTIONS[q].of else chance_range(history(q, int(d)), int(k))
        for q, d, k in zip(frame["question"], frame["data_to"], frame["lead"], strict=True)
    ]
    frame["low"], frame["high"] = zip(*ends, strict=True)
    frame["name"] = frame["words"].map(label)
    return frame.sort_values("p", ascending=False, ignore_index=True)[
        ["question", "name", "p", "low", "high", "p_any_to_2030", "climatology", "persistence", "breaks"]
        + (["judged"] if "judged" in frame else [])
    ]
