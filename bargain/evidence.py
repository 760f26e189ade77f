"""The one loader: every table and parameter of the report comes through here."""
import os
from functools import lru_cache
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("BARGAIN_DATA", ROOT / "data"))


def table(name):
    """A table of `data/`, as a frame."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return pd.read_csv(file)


@lru_cache
def assumptions():
    """The assumptions register, indexed by id; columns low, central, high, distribution and the rest."""
    return table("assumptions").set_index("id")


def central(parameter):
    """The central value of one assumption; KeyError names it when it is missing."""
    return float(assumptions().at[parameter, "central"])
