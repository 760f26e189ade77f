"""Drawings of whole deals: the derived schedule of chapter 8, and chapter 7's packages side by side."""

import altair as alt
import pandas as pd

from bargain.plots import theme
from bargain.terms import COALITION, KIM, SIDES

NAMES = 286  # px for the names of the steps


def draw_deal(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, end: int) -> alt.typing.ChartType:
    """Both sides' steps facing each other across the axis of time: his above, theirs below.

    Dark: work on a step; pale: it is in force; at the right the share of the other draws' schedules that agree.
    """
    rows = frame.assign(end=end, words=[f"{p:.0%}" for p in frame["agree"]], far=end + 1.9)
    panels = [_side(t, narrow, rows[rows["side"] == SIDES[p]], end, p) for p in (KIM, COALITION)]
    return alt.vconcat(*panels, spacing=6)


def _side(t: theme.Tokens, narrow: bool, rows: pd.DataFrame, end: int, side: int) -> alt.typing.ChartType:
    """One side's steps; the axis stands below his and above theirs, so that the two meet at it."""
    left, scale = 26 if narrow else NAMES, alt.Scale(domain=[0, end + 2], nice=False)
    axis = theme.half_years(end, "signed", labels=side == KIM)
    y, drop = theme.name_rows(narrow, "name", rows["name"], left)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis, title=None)

    chart, colour = alt.Chart(rows), t[SIDES[side]]
    layers = [
        chart.mark_bar(height=9, color=colour, opacity=0.28, yOffset=drop).encode(x("done"), x2="end:Q", y=y),
        chart.mark_bar(height=9, color=colour, yOffset=drop).encode(x("begin"), x2="done:Q", y=y),
        chart.mark_text(align="right", color=t["ink2"], yOffset=drop).encode(x("far"), y=y, text="words:N"),
    ]
    if narrow:
        layers.append(theme.label(rows.assign(zero=0), t, "name:N", "ink", "left", dy=-7, y=y, x=x("zero")))
    title = alt.TitleParams(theme.GIVES[SIDES[side]], anchor="start", fontSize=12, color=colour)
    tall = (30 if narrow else 19) * len(rows)
    return alt.layer(*layers).properties(width=theme.size(narrow, left), height=tall, title=title)


def draw_matrix(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Whole packages side by side: a column each, a row a step; dark where the package has it.

    frame: package, head, signs (share of minds), step, name, side, has, undo (how long undoing takes, in words), a row
    a package and step.
    """
    panels = [_marks(t, narrow, frame[frame["side"] == SIDES[p]], p) for p in (KIM, COALITION)]
    return alt.vconcat(*panels, spacing=10)


def _marks(t: theme.Tokens, narrow: bool, rows: pd.DataFrame, side: int) -> alt.typing.ChartType:
    """One side's steps in all packages, and at the right how long each takes to undo."""
    left = 26 if narrow else NAMES
    heads = list(dict.fromkeys(rows["head"]))
    place = {head: k + 0.5 for k, head in enumerate(heads)}
    rows = rows.assign(at=rows["head"].map(place), far=len(heads) + 0.95)
    rows = rows.assign(a=rows["at"] - 0.36, b=rows["at"] + 0.36)
    scale = alt.Scale(domain=[0, len(heads) + 1], nice=False)
    y, drop = theme.name_rows(narrow, "name", dict.fromkeys(rows["name"]), left)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=None, title=None)

    colour, first = t[SIDES[side]], rows[rows["head"] == heads[0]]
    each = rows.drop_duplicates("head").assign(words=[f"{p:.0%} sign" for p in rows.drop_duplicates("head")["signs"]])
    top = -24 if side == KIM else -9
    undo = pd.DataFrame({"words": ["to undo"], "at": [len(heads) + 0.95]})
    layers = [
        alt.Chart(rows).mark_bar(height=10, color=t["rule"], opacity=0.45, yOffset=drop).encode(x("a"), x2="b:Q", y=y),
        alt.Chart(rows[rows["has"]]).mark_bar(height=10, color=colour, yOffset=drop).encode(x("a"), x2="b:Q", y=y),
        alt.Chart(first).mark_text(align="right", color=t["ink2"], yOffset=drop).encode(x("far"), y=y, text="undo:N"),
        theme.label(undo, t, "words:N", "ink2", "right", halo=False, x=x("at"), y=alt.value(-9)),
        theme.label(each, t, "head:N", "ink", "center", 600, halo=False, x=x("at"), y=alt.value(top)),
    ]
    if side == KIM:
        layers.append(theme.label(each, t, "words:N", "ink2", "center", halo=False, x=x("at"), y=alt.value(-9)))
    if narrow:
        layers.append(theme.label(first.assign(zero=0), t, "name:N", "ink", "left", dy=-7, y=y, x=x("zero")))
    title = alt.TitleParams(
        "What he gives" if side == KIM else "What buys it",
        anchor="start",
        offset=30 if side == KIM else 16,
        fontSize=12,
        color=colour,
    )
    tall = (30 if narrow else 19) * len(dict.fromkeys(rows["name"]))
    return alt.layer(*layers).properties(width=theme.size(narrow, left), height=tall, title=title)
