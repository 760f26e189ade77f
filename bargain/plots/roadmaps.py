"""Drawings of the roadmaps beside which chapter 8 stands, from the frames of `bargain.roadmaps`."""

import altair as alt
import pandas as pd

from bargain.plots import theme
from bargain.terms import COALITION, KIM, SIDES

SHORT = {  # heads of the columns, as wide as six years are
    "AF1994": "1994",
    "SIX2007": "2007",
    "LEAP2012": "2012",
    "STAN2018": "Stanf.",
    "NAUT2018": "Naut.",
    "KIM2019": "Kim",
    "USA2019": "Wash.",
    "LIB2003": "Libya",
    "IRN2015": "Iran",
}
YEARS = 12  # half-years of a column
STRIDE = 14.0  # from one column to the next, in half-years
NAMES = 252  # px for the names of the steps


def draw_roadmaps(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """All roadmaps side by side: a column each from signature to six years, a row a step, his above and theirs below.

    Dark: from the start to the date by which the step is done; pale: in force; an outline: only a part is promised.
    """
    columns = [c for c in SHORT if c in set(frame["roadmap"])]
    zero = frame["roadmap"].map({c: STRIDE * k for k, c in enumerate(columns)})
    rows = frame.assign(
        begin=zero + frame["start"] - 1,
        work=zero + frame[["start", "done"]].max(axis=1).clip(upper=YEARS),
        end=zero + YEARS,
    ).sort_values("step", kind="stable")
    blocks = [_block(t, narrow, rows[rows["side"] == SIDES[p]], columns, p) for p in (KIM, COALITION)]
    return alt.vconcat(*blocks, spacing=14)


def _block(t: theme.Tokens, narrow: bool, rows: pd.DataFrame, columns: list[str], side: int) -> alt.typing.ChartType:
    """One side's steps in all columns."""
    names = list(dict.fromkeys(rows["words"]))
    scale = alt.Scale(domain=[0, STRIDE * len(columns) - (STRIDE - YEARS)], nice=False)
    y, drop = theme.name_rows(narrow, "words", names, NAMES)
    colour = t[SIDES[side]]
    tall = (30 if narrow else 19) * len(names)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=None, title=None)

    grounds = pd.DataFrame({"a": [STRIDE * k for k in range(len(columns))], "head": [SHORT[c] for c in columns]})
    grounds = grounds.assign(b=grounds["a"] + YEARS, middle=grounds["a"] + YEARS / 2)
    lanes = pd.DataFrame([{"a": a, "b": a + YEARS, "words": w} for a in grounds["a"] for w in names])
    part = rows["extent"] == "part"
    layers = [
        alt.Chart(lanes).mark_rule(color=t["rule"], strokeWidth=1, yOffset=drop).encode(x("a"), x2="b:Q", y=y),
        alt.Chart(rows)
        .mark_bar(height=9, color=colour, opacity=0.28, yOffset=drop)
        .encode(x("begin"), x2="end:Q", y=y),
        alt.Chart(rows[~part]).mark_bar(height=9, color=colour, yOffset=drop).encode(x("begin"), x2="work:Q", y=y),
        alt.Chart(rows[part])
        .mark_bar(height=9, fill=t["paper"], stroke=colour, strokeWidth=1.5, yOffset=drop)
        .encode(x("begin"), x2="work:Q", y=y),
        theme.label(grounds, t, "head:N", "ink", "center", 600, halo=False, x=x("middle"), y=alt.value(-9)),
    ]
    if narrow:
        words = pd.DataFrame({"words": names, "zero": 0.0})
        layers.append(theme.label(words, t, "words:N", "ink", "left", dy=-6, y=y, x=x("zero")))
    title = alt.TitleParams(theme.GIVES[SIDES[side]], anchor="start", offset=16, fontSize=12, color=colour)
    return alt.layer(*layers).properties(width=theme.size(narrow, 14 if narrow else NAMES), height=tall, title=title)
