"""The lives of past agreements: how long they held, and what hazards fit them."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from bargain import checks, evidence
from bargain import deal as base
from bargain.schedules.draws import SEED


def lives() -> pd.Series:
    """Lives of past agreements in half-years, from the register: Series by name."""
    rows = evidence.assumptions()
    rows = rows[rows.index.str.startswith("life_")]
    names = rows.meaning.str.replace("Life of an agreement: ", "").str.split(",").str[0]
    return pd.Series(rows.central.to_numpy(float), index=names.to_list(), name="half_years")


def mixture(
    t: ArrayLike, trust: float | np.ndarray, hazard: float | np.ndarray, residual: float | np.ndarray
) -> np.ndarray:
    """Log density of a life t when either side may end it: 2 S f, S = π (1 - η0)^t + (1 - π)(1 - η)^t, f = -dS/dt."""
    checks.nonnegative(t=t)
    checks.shares(trust=trust, hazard=hazard, residual=residual)
    t = np.asarray(t, float)
    low, high = (np.maximum(1 - np.asarray(x, float), 1e-300) for x in (residual, hazard))
    alive = trust * low**t + (1 - trust) * high**t
    falls = -(trust * np.log(low) * low**t + (1 - trust) * np.log(high) * high**t)
    return np.log(2 * alive * np.maximum(falls, 1e-300))


def life_models() -> pd.DataFrame:
    """Log-likelihood of the recorded lives under four models of the hazard: frame by model.

    Columns: model, log_likelihood, trust, hazard, residual, parameters (fitted to the lives). The constant hazard and
    the best mixture are fitted; the central mixture and the one with η0 = 0 are the register's beliefs.
    """
    t = lives().to_numpy()
    c = evidence.central
    belief = base.hazards(c("fear_first_kim"), c("doubt_kim"), c("eta0"))
    none = base.hazards(c("fear_first_kim"), c("doubt_kim"), 0.0)
    rows: list[tuple[str, tuple[Any, ...], int]] = [
        ("constant hazard", (1.0, 0.0, _constant(t)), 1),
        ("central mixture", belief, 0),
        ("central, reliable partners never break", none, 0),
        ("best mixture", _best(t), 3),
    ]
    return pd.DataFrame(
        [
            {
                "model": name,
                "log_likelihood": float(mixture(t, *p).sum()),
                "trust": float(p[0]),
                "hazard": float(p[1]),
                "residual": float(p[2]),
                "parameters": k,
            }
            for name, p, k in rows
        ]
    )


def _constant(t: np.ndarray) -> float:
    """Hazard a half-year of one side that makes the lives likeliest: total hazard 1/mean, half of it each."""
    return 1 - np.exp(-1 / (2 * t.mean()))


def _best(t: np.ndarray) -> tuple[float, float, float]:
    """(π, η, η0) of the likeliest mixture, from several starts."""

    def shape(z: np.ndarray) -> tuple[float, float, float]:
        trust, hazard = 1 / (1 + np.exp(-z[0])), 1 / (1 + np.exp(-z[1]))
        return trust, hazard, hazard / (1 + np.exp(-z[2]))

    tries = [
        minimize(
            lambda z: -mixture(t, *shape(z)).sum(),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000},
        )
        for start in ([0, -1, -1], [1, 0, -3], [-1, -2, 0], [0, 1, -4])
    ]
    return shape(min(tries, key=lambda r: r.fun).x)


def variation(t: ArrayLike | None = None) -> float:
    """Coefficient of variation of the lives: 1 for a constant hazard, above for sorting, below for neither."""
    checks.nonnegative(t=t)
    t = lives().to_numpy() if t is None else np.asarray(t, float)
    return float(t.std(ddof=1) / t.mean())


def variation_chance(cv: float, n: int, rounds: int = 20000, seed: int = SEED) -> float:
    """Chance that n lives under a constant hazard have a coefficient of variation at most cv, by simulation."""
    checks.counts(n=n, rounds=rounds, seed=seed)
    checks.nonnegative(cv=cv)
    t = np.random.default_rng((seed, 11)).exponential(size=(rounds, n))
    return float((t.std(axis=1, ddof=1) / t.mean(axis=1) <= cv).mean())


def sorting(models: pd.DataFrame) -> float:
    """By how many units of log-likelihood the best mixture fits the lives better than a constant hazard. Its two more
    parameters must buy more than two (Akaike)."""
    fit = models.set_index("model")["log_likelihood"]
    return float(fit["best mixture"] - fit["constant hazard"])


def life_curves(models: pd.DataFrame, t: ArrayLike | None = None) -> pd.DataFrame:
    """Share of agreements still alive by age, as recorded and by three hazards: half_year, model, share."""
    checks.nonnegative(t=t)
    t = np.sort(lives().to_numpy() if t is None else np.asarray(t, float))
    grid, rows = np.linspace(0, t.max() * 1.15, 60), []
    for m in models.itertuples():
        if m.model != "best mixture":
            alive = m.trust * (1 - m.residual) ** grid + (1 - m.trust) * (1 - m.hazard) ** grid
            rows.append(pd.DataFrame({"half_year": grid, "model": m.model, "share": alive**2}))
    steps = pd.DataFrame(
        {"half_year": [0, *t], "model": "recorded", "share": [1.0, *(1 - np.arange(1, len(t) + 1) / len(t))]}
    )
    return pd.concat([steps, *rows], ignore_index=True)
