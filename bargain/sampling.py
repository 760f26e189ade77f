"""Draws from ranges: PERT quantiles and Latin hypercubes, reproducible on any machine."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv
from scipy.stats import qmc, rankdata

from bargain import checks

EDGE = 1e-12  # uniforms stay this far from 0 and 1, where quantiles degenerate
NODES = 4096  # nodes of a tabulated PERT quantile
TABLE_ERROR = 1e-6  # largest error of a tabulated quantile, as a share of the range high - low


def pert(u: ArrayLike, low: ArrayLike, central: ArrayLike, high: ArrayLike) -> np.ndarray:
    """Quantiles of the PERT distribution on [low, high] with mode `central`.

    Shape parameters 1 + 4(c - l)/(h - l) and 1 + 4(h - c)/(h - l) (Malcolm and others 1959, with the
    usual weight of 4). Arguments broadcast; where low = high the value is that constant.
    Raises ValueError when a range is out of order.
    """
    checks.shares(u=u)
    checks.finite(low=low, central=central, high=high)
    u, low, central, high = np.broadcast_arrays(*(np.asarray(x, float) for x in (u, low, central, high)))
    if np.any((low > central) | (central > high)):
        raise ValueError("a range must satisfy low ≤ central ≤ high")
    width = high - low
    safe = np.where(width > 0, width, 1.0)
    a = 1 + 4 * (central - low) / safe
    return low + width * betaincinv(a, 6 - a, np.clip(u, EDGE, 1 - EDGE))


def quantile(row: Mapping[str, Any] | pd.Series, u: np.ndarray) -> np.ndarray:
    """Quantiles of one assumption (a row with low, central, high, distribution) at the uniforms u.

    Raises ValueError for an unknown distribution.
    """
    checks.shares(u=u)
    checks.ranged(row)
    low, central, high = float(row["low"]), float(row["central"]), float(row["high"])
    u = np.clip(np.asarray(u, float), EDGE, 1 - EDGE)
    kind = row["distribution"]
    if kind == "pert":
        return pert(u, low, central, high)
    if kind == "uniform":
        return low + (high - low) * u
    if kind == "log-uniform":
        return np.exp(np.log(low) + (np.log(high) - np.log(low)) * u)
    if kind.startswith("fixed"):
        return np.full_like(u, central)
    raise ValueError(f"unknown distribution {kind!r}")


def points(n: int, dimensions: int, seed: int | Sequence[int]) -> np.ndarray:
    """n points of a Latin hypercube, shape (n, dimensions); `seed` may be a sequence such as (seed, chunk).

    Each dimension is stratified, and its order is its own (McKay and others 1979), so that dimensions are as
    independent as those of plain random draws, within one set of points and where sets are joined row by row. Sobol
    nets are not: in many dimensions pairs are tied (|ρ| up to 0.7 over 300 points), the same ones in every net and
    whatever the seed. The number of dimensions is a part of the seed: sets of one seed are apart.
    """
    checks.counts(n=n, dimensions=dimensions, seed=seed)
    words = [seed] if isinstance(seed, (int, np.integer)) else list(seed)
    cube = qmc.LatinHypercube(dimensions, rng=np.random.default_rng([dimensions, *words]))
    return np.clip(cube.random(n), EDGE, 1 - EDGE)


@lru_cache(maxsize=None)
def _shape_table(a: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of the distribution function of Beta(a, 6 - a): probabilities and values, denser towards 0 and 1."""
    x = np.sin(np.linspace(0, np.pi / 2, NODES + 1)) ** 2
    return betainc(a, 6 - a, x), x


def pert_table(u: np.ndarray, low: float, central: float, high: float) -> np.ndarray:
    """As `pert` for one row, from a table: about twenty times as fast, error below TABLE_ERROR × (high - low).

    Raises ValueError unless low ≤ central ≤ high.
    """
    checks.shares(u=u)
    checks.finite(low=low, central=central, high=high)
    if not low <= central <= high:
        raise ValueError("a range must satisfy low ≤ central ≤ high")
    if low == high:
        return np.full_like(u, low)
    probability, x = _shape_table(1 + 4 * (central - low) / (high - low))
    return low + (high - low) * np.interp(u, probability, x)


def rank_correlations(parameters: ArrayLike, outcomes: ArrayLike) -> np.ndarray:
    """Spearman's rank correlations of drawn parameters (k, draws) with outcomes (m, draws): (k, m).

    They are relative to the ranges of the parameters, and name no cause (Spearman 1904). NaN where one of the two never
    changes. Raises ValueError where a value is not finite, or the two have not the same number of draws.
    """
    checks.finite(parameters=parameters, outcomes=outcomes)
    x, y = np.atleast_2d(parameters), np.atleast_2d(outcomes)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"outcomes: {y.shape[1]} draws, and {x.shape[1]} of the parameters")
    with np.errstate(divide="ignore", invalid="ignore"):
        every = np.corrcoef(rankdata(x, axis=1), rankdata(y, axis=1))
    return every[: len(x), len(x) :]


def rows(register: Any, chapters: Iterable[str]) -> Any:
    """The rows of the register that serve any of `chapters` (names such as "5"), in the order of the table.

    Raises ValueError naming the rows whose low, central and high are missing or out of order, and rows met twice.
    """
    mine = register[[not set(str(c).split(";")).isdisjoint(chapters) for c in register["chapter"]]]
    twice = mine.index[mine.index.duplicated()]
    if len(twice):
        raise ValueError(f"assumptions listed twice: {', '.join(twice)}")
    low, central, high = (mine[c].astype(float) for c in ("low", "central", "high"))
    wrong = mine.index[~((low <= central) & (central <= high))]
    if len(wrong):
        raise ValueError(f"assumptions whose low ≤ central ≤ high fails: {', '.join(wrong)}")
    return mine


def ranged(rows: Any) -> list[str]:
    """Names of the rows that take a dimension of a draw, in the order of the table: those with low < high."""
    return list(rows.index[(rows["low"] < rows["high"]) & ~rows["distribution"].str.startswith("fixed")])


def draw(
    rows: Any, n: int, seed: int | Sequence[int], further: int = 0
) -> tuple[dict[str, np.ndarray | float], np.ndarray]:
    """n futures of the rows, drawn together; dimension i is the i-th of `ranged(rows)`.

    Returns (parameters, u): {id: (n,) array for a ranged row, float for a constant}, and the uniforms of the
    `further` dimensions that follow the rows, (n, further). Raises ValueError where n is below 1.
    """
    checks.counts(n=n, seed=seed, further=further)
    if n < 1:
        raise ValueError(f"a draw has at least 1 future, not {n}")
    names = ranged(rows)
    u = points(n, len(names) + further, seed)
    parameters = rows["central"].astype(float).to_dict()
    for column, row in enumerate(rows.loc[names].to_dict("records")):
        if row["distribution"] == "pert":
            value = pert_table(u[:, column], float(row["low"]), float(row["central"]), float(row["high"]))
        else:
            value = quantile(row, u[:, column])
        parameters[names[column]] = value
    return parameters, u[:, len(names) :]


def value(parameters: Mapping[str, Any], name: str) -> np.ndarray:
    """One parameter as a float or an array over futures; KeyError names it when it is missing."""
    checks.finite(**{name: parameters.get(name)})
    try:
        return np.asarray(parameters[name], float)
    except KeyError:
        raise KeyError(f"parameter {name!r} is missing") from None
