"""What holding out may earn before the first weapons stop going."""

import numpy as np
import pandas as pd

from bargain import checks, evidence

HOLD_GAP = 0.03  # at which the search for the largest hold-out may stop; the proven bound is stored beside it


def hold_limits(hold: pd.DataFrame) -> pd.DataFrame:
    """The largest hold-out (M a half-year) at which the first weapons still go, a row a side: q25, median, q75, high
    (the register's), stopped (draws in which that high end ends all removal), of."""
    rows = []
    for side, got in hold.groupby("side", sort=False):
        high = evidence.assumptions().at[f"out_{side}", "high"]
        q25, median, q75 = got["hold_out"].fillna(0).quantile([0.25, 0.5, 0.75])
        stopped = int((got["hold_out"].fillna(-1) < high).sum())
        rows.append((side, q25, median, q75, high, stopped, len(got)))
    return pd.DataFrame(rows, columns=["side", "q25", "median", "q75", "high", "stopped", "of"]).set_index("side")


def hold_curve(hold: pd.DataFrame, points: int = 51) -> pd.DataFrame:
    """In what share of the draws the first weapons still go, by what holding out earns: side, hold_out, share."""
    checks.counts(points=points)
    grid = np.linspace(0, 1000, points)
    return pd.DataFrame(
        [
            {"side": side, "hold_out": float(x), "share": float((got["hold_out"].fillna(-1) >= x).mean())}
            for side, got in hold.groupby("side", sort=False)
            for x in grid
        ]
    )
