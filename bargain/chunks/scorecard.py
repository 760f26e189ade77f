"""Chunks of the stored tables of `bargain.scorecard`: each computes chunk k with a seed of its own."""

import numpy as np
import pandas as pd

from bargain import readings

# ------------------------------------------------------------------------------------------------ the record's verdicts


def launches_chunk(_: int) -> pd.DataFrame:
    """Log Bayes factors of the launch record against the flat reading: columns coding, reading, log (restraint).

    The model with memory of chapter 1, one-sided, on its full grid, under both codings of June–October 2019. A flag
    that never varies tells nothing: 0.
    """
    frame = readings.panel()
    days, rows = frame["days"].to_numpy(), []
    g = readings.prune(days, readings.grid())
    for coding, reading, column in (
        ("table", "narrow", "pressure"),
        ("table", "dealer", "talks"),
        ("second", "dealer", "talks_alt"),
    ):
        log = readings.log_bayes_factors(days, frame[column].to_numpy(), g, pruned=False)["restrained"]
        rows.append(dict(coding=coding, reading=reading, log=0.0 if np.isnan(log) else log))
    rows.append({**rows[0], "coding": "second"})  # the second coding moves talks alone
    return pd.DataFrame(rows)
