"""Sentences of chapter 8, worded by what is computed."""

import pandas as pd

from bargain import phasing


# ------------------------------------------------------------------------------------------------ in words
def years(half_years: int) -> str:
    """A number of half-years as prose."""
    return f"{half_years / 2:g} year{'' if half_years == 2 else 's'}"


def benchmark_finding(path: pd.DataFrame) -> str:
    """How far concessions with a rising cost get, and their limit, in words."""
    smooth = path[path["form"] == "smooth"]
    return (
        f"With nothing that can be cut off, concessions with a rising cost stop short: {smooth['share'].iloc[-1]:.0%} "
        f"of the first best after {smooth['t'].max()} instalments, and never more than the discount factor, "
        f"{phasing.PATIENCE:.0%}"
    )
