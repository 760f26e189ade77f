"""Cooperative games of few players, exact over all coalitions.

A game is an array v (…, 2^n) of what each coalition is worth, a coalition's place being its bit mask: player i is in
it where bit i is set. Leading axes are games side by side.
"""

from collections.abc import Callable
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike

from bargain import checks


def members(n: int) -> np.ndarray:
    """Which players each coalition holds, (2^n, n) of 0 and 1; row = bit mask, the empty coalition first."""
    checks.counts(n=n)
    return (np.arange(1 << n)[:, None] >> np.arange(n)) & 1


def shapley(v: np.ndarray) -> np.ndarray:
    """Shapley values, (…, player), of a game v (…, 2^n): the average step over all orders of joining."""
    checks.finite(v=v)
    return v @ _steps(v, lambda n, size: factorial(size) * factorial(n - size - 1) / factorial(n))


def banzhaf(v: np.ndarray) -> np.ndarray:
    """Raw Banzhaf values, (…, player), of a game v (…, 2^n): the average step over all coalitions."""
    checks.finite(v=v)
    return v @ _steps(v, lambda n, size: 0.5 ** (n - 1))


def _steps(v: np.ndarray, weight: Callable[[int, int], float]) -> np.ndarray:
    """Matrix (2^n, n) that sums each player's steps v(S ∪ i) - v(S), weighted by the size of S."""
    n = int(np.log2(v.shape[-1]))
    inside = members(n)
    size = inside.sum(axis=1)
    joins = np.array([weight(n, s) for s in range(n)])
    return np.where(inside == 1, joins[np.maximum(size - 1, 0)][:, None], -joins[np.minimum(size, n - 1)][:, None])


def extension(v: np.ndarray, p: ArrayLike) -> np.ndarray:
    """Multilinear extension f(p) = Σ_S Π_S p Π_{N∖S} (1 - p) v(S) (Owen 1972); p (n,)."""
    checks.finite(v=v)
    checks.shares(p=p)
    inside = members(int(np.log2(v.shape[-1])))
    return v @ np.where(inside == 1, p, 1 - np.asarray(p)).prod(axis=1)


def slopes(v: np.ndarray, p: ArrayLike) -> np.ndarray:
    """∂f/∂p_i of the multilinear extension at p, (…, player)."""
    checks.finite(v=v)
    checks.shares(p=p)
    p = np.asarray(p, float)
    out = []
    for i in range(len(p)):
        at = [np.where(np.arange(len(p)) == i, x, p) for x in (0.0, 1.0)]
        out.append(extension(v, at[1]) - extension(v, at[0]))
    return np.stack(out, axis=-1)


def council(quota: int = 9, vetoes: int = 5, elected: int = 10) -> tuple[float, float]:
    """Shapley-Shubik power of a veto holder and of an elected member of a council, counted by combinatorics.

    A motion passes with all veto holders and `quota` votes in all. The method is that of Shapley and Shubik (1954), who
    counted the Council of their day: 11 members, of whom 7 had to agree. The defaults are the Council since 1966.
    """
    n, need = vetoes + elected, quota - vetoes
    holder = sum(
        comb(elected, e) * factorial(vetoes - 1 + e) * factorial(n - vetoes - e)
        for e in range(max(need, 0), elected + 1)
    ) / factorial(n)
    member = (
        comb(elected - 1, need - 1) * factorial(quota - 1) * factorial(n - quota) / factorial(n) if need > 0 else 0.0
    )
    return holder, member
