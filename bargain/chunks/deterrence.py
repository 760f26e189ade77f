"""Chunks of the stored tables of `bargain.deterrence`: each computes chunk k with a seed of its own."""

import pandas as pd

from bargain import evidence, terms
from bargain.deterrence import MINDS, bounds


def bounds_chunk(k: int) -> pd.DataFrame:
    """`bounds` of the reading with number k, for the stored results."""
    return bounds(terms.MINDS[k], evidence.quick(MINDS))
