"""What each lever changes: guarantors, escrow, snapback and the rest."""

import numpy as np
import pandas as pd

from bargain import deal as base
from bargain.prose import capital, signed
from bargain.schedules.shares import BETTER


def lever_changes(lever: pd.DataFrame) -> pd.DataFrame:
    """What each lever changes, over the draws: one row a lever, by mean change of expected removal.

    Columns: lever, name, change (mean of E - E none), low, high (its 95 % interval over distinct draws), relative
    (change over the mean E of none), more, less (shares of draws with more and less E), depth (mean change), some
    (change in the share with any removal), cost (median to the coalition, US$ bn, at an unchanged schedule; nan where
    steps go).
    """
    e = lever.pivot(index=["reading", "draw"], columns="lever", values="expected")
    d = lever.pivot(index=["reading", "draw"], columns="lever", values="depth")
    cost, rows = lever.groupby("lever")["cost"], []
    for name in base.LEVERS:
        if name not in e:
            continue
        gap = e[name] - e["none"]
        each = gap.groupby("draw").mean()
        half = 1.959964 * each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan
        floor = BETTER * e["none"].clip(lower=1)
        rows.append(
            {
                "lever": name,
                "name": base.LEVERS[name][1],
                "change": gap.mean(),
                "low": gap.mean() - half,
                "high": gap.mean() + half,
                "relative": gap.mean() / max(e["none"].mean(), 1e-9),
                "more": float((gap > floor).mean()),
                "less": float((gap < -floor).mean()),
                "depth": float((d[name] - d["none"]).mean()),
                "some": float((d[name] > 0).mean() - (d["none"] > 0).mean()),
                "cost": cost.get_group(name).median() / 1000,
            }
        )
    return pd.DataFrame(rows).sort_values("change", ascending=False).reset_index(drop=True)


def lever_table(changes: pd.DataFrame) -> pd.DataFrame:
    """The levers as a table to print."""
    cost = changes["cost"].round(1) + 0.0  # no minus before nought
    return pd.DataFrame(
        {
            "Lever": changes["name"].map(capital),
            "Expected removal": [
                f"{signed(r.change, 0)} ({signed(r.low, 0)} to {signed(r.high, 0)})" for r in changes.itertuples()
            ],
            "More in": changes["more"].map("{:.0%}".format),
            "Less in": changes["less"].map("{:.0%}".format),
            "Weapons gone": [signed(d, 0) for d in changes["depth"]],
            "Draws with removal": [f"{signed(100 * x, 0)} points" for x in changes["some"]],
            "Cost, US$ bn": cost.map("{:.1f}".format).str.replace("-", "−").where(cost.notna(), "–"),
        }
    )
