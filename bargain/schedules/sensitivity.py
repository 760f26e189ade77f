"""What drives the schedules, within the ranges of the assumptions."""

import numpy as np
import pandas as pd

from bargain import checks, evidence, sampling
from bargain import deal as base
from bargain.schedules.draws import parameters
from bargain.schedules.shapes import gains
from bargain.schedules.shares import share
from bargain.terms import DRIVERS, MINDS


def drivers(sample: pd.DataFrame, parts: int = 5) -> pd.DataFrame:
    """Shares of draws over fifths of the drawn value of each of DRIVERS.

    Columns: driver, value (mean), measure, share, low, high. measure: "some" (the derived schedule removes weapons)
    and "as_good" (all at once does as well, among those).
    """
    checks.counts(parts=parts)
    values, wide = parameters()[0], gains(sample)
    rows = []
    for driver in DRIVERS:
        x = values[driver].iloc[wide["draw"].to_numpy()].to_numpy()
        fifth = pd.qcut(x, parts, labels=False, duplicates="drop")
        for k in range(fifth.max() + 1):
            got = wide[fifth == k]
            alive = got[got["some"]]
            for measure, frame, mask in (("some", got, got["some"]), ("as_good", alive, ~alive["better"])):
                if len(frame):
                    p, low, high = share(frame, mask)
                    rows.append(
                        {
                            "driver": driver,
                            "value": float(x[fifth == k].mean()),
                            "measure": measure,
                            "share": p,
                            "low": low,
                            "high": high,
                        }
                    )
    return pd.DataFrame(rows)


def ranks(sample: pd.DataFrame, top: int = 8) -> pd.DataFrame:
    """Rank correlations over the sample of depth, E and gain (derived less at once) with each drawn parameter.

    Columns: id, depth, expected, gain, low, high; the `top` by the largest of the three, means over readings. They are
    relative to the ranges, and no causes.
    """
    checks.counts(top=top)
    values, wide = parameters()[0], gains(sample)
    drawn_rows = [i for i in base.BELIEFS + base.SCALES if values[i].std() > 0]
    outcomes = pd.DataFrame(
        {"depth": wide["depth_derived"], "expected": wide["derived"], "gain": wide["derived"] - wide["at_once"]}
    )
    out = []
    for reading in MINDS:
        mine = (wide["reading"] == reading).to_numpy()
        x = values[drawn_rows].iloc[wide["draw"][mine].to_numpy()]
        out.append(sampling.rank_correlations(x.to_numpy().T, outcomes[mine].to_numpy().T))
    frame = pd.DataFrame(np.mean(out, axis=0), index=drawn_rows, columns=list(outcomes))
    rows = evidence.assumptions().loc[drawn_rows]
    frame["low"], frame["high"] = rows["low"], rows["high"]
    best = frame[list(outcomes)].abs().max(axis=1).sort_values(ascending=False).index[:top]
    return frame.loc[best].rename_axis("id").reset_index()


def ranks_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`ranks` as a table to print, with the range that each is relative to."""
    meaning = evidence.assumptions()["meaning"].str.split(";").str[0]
    columns = {"depth": "Weapons gone", "expected": "Expected removal", "gain": "Gain from going gradually"}
    return pd.DataFrame(
        {
            "Drawn": frame["id"].map(meaning),
            "Range": [f"{a:g} to {b:g}" for a, b in zip(frame["low"], frame["high"], strict=True)],
            **{name: frame[c].map("{:+.2f}".format).str.replace("-", "−") for c, name in columns.items()},
        }
    )
