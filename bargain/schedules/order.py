"""In what order and when: dates of the steps, first and last removals, what inspectors see."""

from typing import NamedTuple

import pandas as pd

from bargain import deal as base
from bargain import phasing


def dates(order: pd.DataFrame) -> pd.DataFrame:
    """When each step is done in the derived schedules that remove weapons, one row a step.

    Columns: step, name, side, share (of those schedules), low, q25, median, q75, high (half-years; 5 to 95 %),
    possible (first physically possible date, median). Steps done in less than a third are left out.
    """
    table = base.table()
    arms = order["step"].isin(base.tranches().index)
    going = order[arms].groupby(["reading", "draw"])["date"].max() > 0
    rows = order.set_index(["reading", "draw"])
    rows = rows[going.reindex(rows.index).to_numpy()].reset_index()
    out = []
    for step, got in rows.groupby("step", sort=False):
        done = got["date"][got["date"] > 0]
        if len(done) < len(got) / 3:
            continue
        low, q25, median, q75, high = done.quantile([0.05, 0.25, 0.5, 0.75, 0.95])
        out.append(
            {
                "step": step,
                "name": phasing.short_name(table["name"][step]),
                "side": table["side"][step],
                "share": len(done) / len(got),
                "low": low,
                "q25": q25,
                "median": median,
                "q75": q75,
                "high": high,
                "possible": got["possible"].median(),
            }
        )
    frame = pd.DataFrame(
        out, columns=["step", "name", "side", "share", "low", "q25", "median", "q75", "high", "possible"]
    )
    return frame.sort_values(["median", "q75", "side", "step"]).reset_index(drop=True)


def arms_dates(order: pd.DataFrame) -> pd.DataFrame:
    """Draws whose derived schedule removes weapons: reading, draw, first, last (half-years of first and last removal),
    both (both sides deliver in half-year 1), late (half-years by which the last removal lags its possible date)."""
    table = base.table()
    order = order.assign(arms=order["step"].isin(base.tranches().index), side=order["step"].map(table["side"]))
    rows = []
    for (reading, draw), got in order.groupby(["reading", "draw"], sort=False):
        gone = got[got["arms"] & (got["date"] > 0)]
        if len(gone):
            first = got[got["date"] == 1]["side"].nunique()
            end = gone.loc[gone["date"].idxmax()]
            rows.append(
                {
                    "reading": reading,
                    "draw": draw,
                    "first": gone["date"].min(),
                    "last": end["date"],
                    "both": first == 2,
                    "late": end["date"] - end["possible"],
                }
            )
    return pd.DataFrame(rows, columns=["reading", "draw", "first", "last", "both", "late"])


class Watched(NamedTuple):
    """What it does that inspectors see where to strike: shares of the draws in which fewer weapons go (of those in
    which some do), and in which the declaration comes later and sooner (of those in which it comes either way);
    change: of the expected removal, as a share of it."""

    fewer: float
    change: float
    later: float
    sooner: float


def watched(order: pd.DataFrame, lever: pd.DataFrame) -> Watched:
    """From the stored dates and levers. Raises ValueError where the declaration is never made."""
    wide = lever.pivot(index=["reading", "draw"], columns="lever", values=["depth", "expected"])
    some = wide[wide[("depth", "none")] > 0]
    rows = order[(order["step"] == "K04") & (order["date"] > 0) & (order["watched"] > 0)]
    if not len(rows):
        raise ValueError("order: the declaration is never made")
    return Watched(
        fewer=float((some[("depth", "targeting")] < some[("depth", "none")]).mean()),
        change=float(some[("expected", "targeting")].sum() / some[("expected", "none")].sum() - 1),
        later=float((rows["watched"] > rows["date"]).mean()),
        sooner=float((rows["watched"] < rows["date"]).mean()),
    )
