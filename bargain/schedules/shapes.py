"""The derived schedule beside three other shapes: what each removes."""

import pandas as pd

from bargain import deal as base
from bargain import evidence, terms
from bargain.schedules.shares import BETTER, interval
from bargain.terms import MINDS


def gains(sample: pd.DataFrame) -> pd.DataFrame:
    """The sample with one row a draw: reading, draw, E and depth of each shape, some, half, all_gone, better.

    Columns <shape> and depth_<shape>; some, half, all_gone: the derived schedule removes a weapon, half of the arsenal
    or more, all of it; better: it removes more than all at once.
    """
    # nothing found within the limit of nodes: nothing for the derived order, the proven bound for its rivals
    unknown = sample["bound"].where(sample["shape"] != "derived", 0.0)
    sample = sample.assign(expected=sample["expected"].fillna(unknown))
    wide = sample.pivot(index=["reading", "draw"], columns="shape", values=["expected", "depth"])
    out = pd.DataFrame(
        {
            **{s: wide[("expected", s)] for s in base.SHAPES if ("expected", s) in wide},
            **{f"depth_{s}": wide[("depth", s)] for s in base.SHAPES if ("depth", s) in wide},
        }
    )
    out = out.reset_index()
    out["some"] = out["depth_derived"] > 0
    out["better"] = out["derived"] > (1 + BETTER) * out["at_once"]
    out["half"] = out["depth_derived"] >= evidence.central("arsenal_now") / 2 - 1e-9
    out["all_gone"] = out["depth_derived"] >= evidence.central("arsenal_now") - 1e-9
    return out


def removes_all(lever: pd.DataFrame) -> pd.Series:
    """Whether the derived schedule without a lever removes the whole arsenal, a boolean a draw of `schedules_lever`."""
    return lever.loc[lever["lever"] == "none", "depth"] >= evidence.central("arsenal_now") - 1e-9


def remains(sample: pd.DataFrame) -> pd.Series:
    """What each other shape keeps of the derived order's expected removal, over draws in which any weapons go."""
    wide = gains(sample)
    wide = wide[wide["some"]]
    return pd.Series({s: wide[s].sum() / wide["derived"].sum() for s in base.SHAPES[1:]})


def shapes_table(sample: pd.DataFrame) -> pd.DataFrame:
    """Shapes by reading, to print: share with any removal, depth, mean expected removal."""
    rows = []
    for reading in MINDS:
        for shape, name in terms.SHAPE_NAMES.items():
            got = sample[(sample["reading"] == reading) & (sample["shape"] == shape)]
            depth = got["depth"].quantile([0.5, 0.25, 0.75])
            rows.append(
                {
                    "Minds": terms.LABELS[reading],
                    "Shape": name,
                    "Weapons go": interval(got, got["depth"] > 0),
                    "Weapons gone, median (quartiles)": "{:.0f} ({:.0f} to {:.0f})".format(*depth),
                    "Expected removal, mean": f"{got['expected'].mean():.0f}",
                }
            )
    return pd.DataFrame(rows)


def shape_quantiles(sample: pd.DataFrame) -> pd.DataFrame:
    """Quantiles and mean of E by reading and shape: reading, shape, q2, q25, q50, q75, q97, mean."""
    sample = sample.assign(expected=sample["expected"].fillna(0), shape=sample["shape"].map(terms.SHAPE_NAMES))
    by = sample.groupby(["reading", "shape"], sort=False)["expected"]
    q = by.quantile([0.025, 0.25, 0.5, 0.75, 0.975]).unstack()
    q.columns = ["q2", "q25", "q50", "q75", "q97"]
    return q.assign(mean=by.mean()).reset_index()
