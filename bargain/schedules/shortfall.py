"""Draws without a kept schedule: how near one comes, and which levers restore it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bargain import checks, phasing
from bargain import deal as base
from bargain.schedules.draws import NODES, PERIODS
from bargain.terms import KIM, SIDES

HELP = ("custody", "guarantor", "escrow", "snapback", "capital", "relief", "treaty", "training", "eta0")


def nearest(case: base.Case, need: Iterable[str]) -> dict[str, Any]:
    """The schedule with these steps that comes nearest to being kept: total, short (M), side and period of `short`."""
    got = phasing.elastic(case, base.Clock(periods=PERIODS), need=list(need), nodes=NODES)
    return {} if got is None else {**got, "side": SIDES[got["side"]]}


class Nearest(NamedTuple):
    """Of `of` draws, `none` have no kept schedule; over those the nearest one: how many fail at Kim's row, in which
    half-year and by how much (M; medians, NaN where there are none)."""

    of: int
    none: int
    kim: int
    half_year: float
    short: float


def nearest_of(of: int, none: pd.DataFrame) -> Nearest:
    """The draws without a kept schedule (side, period, short; NaN where dates alone exclude one), counted."""
    checks.counts(of=of)
    known = none[none["total"].notna()]
    half_year, short = known["period"].median(), known["short"].median()
    return Nearest(of, len(none), int((known["side"] == SIDES[KIM]).sum()), float(half_year), float(short))


def to_zero(zero: pd.DataFrame) -> Nearest:
    """How many draws have no kept schedule to zero. The search maximises nothing: where it finds no shortfall (of more
    than a million dollars), zero can be kept."""
    return nearest_of(len(zero), zero[zero["total"].fillna(np.inf) > 1])


def to_any(restore: pd.DataFrame) -> Nearest:
    """How many draws have no kept schedule that removes a weapon."""
    return nearest_of(len(restore), restore[restore["levers"] > 0])


def restored(restore: pd.DataFrame) -> pd.Series:
    """Of the draws without a schedule, how many get one by 1, 2 or all nine levers; 99 = not even by all."""
    none = restore[restore["levers"] > 0]
    return none["levers"].value_counts().reindex([1, 2, len(HELP), 99], fill_value=0)
