"""Regret, and where each side is nearest to walking away."""

import pandas as pd

SORRY = -1.0  # M; a value of carrying on below it is counted as regret, above it as what the solver leaves open


def carry_bands(carry: pd.DataFrame, side: str = "kim") -> pd.DataFrame:
    """A side's value of carrying on along the schedules, by half-year: regret, half_year, and quantiles in US$ bn."""
    rows = carry[carry["side"] == side]
    q = rows.groupby(["regret", "half_year"])["carry"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack() / 1000
    q.columns = ["low", "q25", "median", "q75", "high"]
    return q.reset_index()


def sorry(carry: pd.DataFrame, side: str = "kim") -> pd.Series:
    """Whether a side, held to its schedule by self-enforcement alone, comes to wish that it had not signed: boolean by
    reading and draw."""
    rows = carry[(carry["side"] == side) & ~carry["regret"].astype(bool)]
    return rows.groupby(["reading", "draw"])["carry"].min() < SORRY


def tightest(carry: pd.DataFrame) -> pd.DataFrame:
    """Where each side is nearest to walking away, over the draws, a row a side: q25, half_year (median), q75, and
    loses, what walking would then cost it (M, median)."""
    rows = carry[carry["regret"].astype(bool)]
    low = rows.loc[rows.groupby(["reading", "draw", "side"])["slack"].idxmin()]
    q = low.groupby("side")["half_year"].quantile([0.25, 0.5, 0.75], interpolation="nearest").unstack()
    q.columns = ["q25", "half_year", "q75"]
    return q.assign(loses=low.assign(slack=low["slack"].clip(lower=0)).groupby("side")["slack"].median())
