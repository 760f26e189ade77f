"""Chunks of the stored table of `bargain.roadmaps`: each computes chunk k with a seed of its own."""

import pandas as pd

from bargain.roadmaps import verdicts
from bargain.terms import MINDS


def verdicts_chunk(k: int) -> pd.DataFrame:
    """All roadmaps before all draws of reading k; see `verdicts`."""
    return verdicts(MINDS[k])
