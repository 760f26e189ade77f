"""Chunks of the stored table of `bargain.decisive`: chunk k holds the headlines of one chapter."""

import pandas as pd

from bargain import decisive


def rows_chunk(k: int) -> pd.DataFrame:
    """`correlations` with the headlines of the chapter with number k in `HEADLINES`."""
    return decisive.correlations(decisive.HEADLINES[k]())
