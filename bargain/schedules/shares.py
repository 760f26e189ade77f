"""Shares of draws with their intervals."""

import numpy as np
import pandas as pd

from bargain import checks

BETTER = 2e-3  # twice the solver's gap: what counts as removing more than another shape


def wilson(hits: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n draws, Wilson's: (low, high)."""
    checks.counts(n=n)
    checks.nonnegative(hits=hits)
    z, p = 1.959964, hits / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def share(frame: pd.DataFrame, mask: pd.Series) -> tuple[float, float, float]:
    """Share of rows where mask holds, with its 95 % interval: (p, low, high).

    n of the interval is the number of distinct draws, whatever the readings pooled. Raises ValueError for no rows.
    """
    checks.shares(mask=mask)
    if not len(frame):
        raise ValueError("a share of no draws")
    p = float(np.mean(mask))
    n = frame["draw"].nunique()
    return p, *wilson(p * n, n)


def interval(frame: pd.DataFrame, mask: pd.Series) -> str:
    """`share` for a cell of a table: "62% (56 to 67%)"."""
    p, low, high = share(frame, mask)
    return f"{p:.0%} ({100 * low:.0f} to {high:.0%})"
