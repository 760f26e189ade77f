"""Marks that chapters share: labels, ranges, strips, named rows, axes."""

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain.plots.theme.tokens import OTHERS, POLICIES, Layers, Tokens


def label(
    data: Any,
    t: Tokens,
    text: Any,
    color: str = "ink2",
    align: Any = "left",
    weight: Any = 400,
    dx: Any = 0,
    dy: Any = 0,
    base: Any = "middle",
    size: float = 12,
    halo: bool = True,
    **encodings: Any,
) -> alt.Chart:
    """Direct labels: words at x and y of each row, over a thin halo of paper (which `picture` and `figure` draw).

    text is an encoding ("name:N", alt.value("Kim"), alt.Text(…)), color a token's name: the colours of policies are
    those of fields, too pale for words, so that a policy's name is in ink. halo=False where a label lies on a
    coloured field.
    """
    color = "ink" if color in (*POLICIES, *OTHERS) else color
    ground: dict[str, Any] = (
        dict(stroke=t["paper"], strokeWidth=3, strokeJoin="round", strokeOpacity=0.85) if halo else {}
    )
    return (
        alt.Chart(data)
        .mark_text(color=t[color], align=align, dx=dx, dy=dy, baseline=base, fontWeight=weight, fontSize=size, **ground)
        .encode(text=text, **encodings)
    )


def rows(names: Sequence[str], width: int, narrow: bool) -> alt.Y:
    """The y channel of named rows (`row`, in the order of `names`), their names in a column of `width` px."""
    axis = alt.Axis(
        labelLimit=width + 20, labelPadding=6, minExtent=width, maxExtent=width, labelFontSize=11 if narrow else 12
    )
    return alt.Y("row:N", sort=names, title=None, axis=axis)


def ranges(
    data: pd.DataFrame,
    t: Tokens,
    low: str,
    high: str,
    central: str | None = None,
    *,
    color: str = "data",
    width: int = 7,
    cap: int = 11,
    vertical: bool = True,
    **encodings: Any,
) -> Layers:
    """Range bars with end ticks, and a dot where the source gives a central value (none where it is missing).

    data has the numeric columns low, high and (if named) central; encodings place the rows: for vertical bars
    x and the y scale (y=alt.Y(scale=…, title=…, axis=…) without a field), else y and the x scale.
    """
    main, second = ("y", "y2") if vertical else ("x", "x2")
    scale = encodings.pop(main, {})
    channel = alt.Y if vertical else alt.X
    value = lambda field: channel(f"{field}:Q", **scale)  # noqa: E731
    base = alt.Chart(data).encode(**encodings)
    ends = base.mark_tick(
        color=t["ink2"] if color == "data" else t[color],
        thickness=1.4,
        width=cap,
        height=cap,
        orient="horizontal" if vertical else "vertical",
    )
    bar = base.mark_rule(strokeWidth=width, color=t[color], opacity=0.45, strokeCap="butt")
    layers = [
        bar.encode(**{main: value(low), second: f"{high}:Q"}),
        ends.encode(**{main: value(low)}),
        ends.encode(**{main: value(high)}),
    ]
    if central:
        known = alt.Chart(data[data[central].notna()]).encode(**encodings)
        layers.append(
            known.mark_point(color=t["ink"] if color == "data" else t[color], size=34).encode(**{main: value(central)})
        )
    return alt.layer(*layers)


def strips(
    data: pd.DataFrame, t: Tokens, quantiles: Sequence[str], *, color: str = "data", height: int = 12, **encodings: Any
) -> Layers:
    """Distributions as horizontal strips: a 95 % band, a 50 % band and the median, one row each.

    data has five numeric columns, named in rising order by `quantiles` (2.5, 25, 50, 75, 97.5 %); encodings give
    y, and x as a dict of options (scale, title, axis). color: a token, or the column that holds tokens' names.
    """
    x = encodings.pop("x", {})
    parts = data.groupby(color, sort=False) if color in data.columns else [(color, data)]
    layers = []
    for token, rows in parts:
        base = alt.Chart(rows).encode(**encodings)
        for (low, high), opacity in (((0, 4), 0.18), ((1, 3), 0.34)):
            layers.append(
                base.mark_bar(color=t[token], opacity=opacity, height=height).encode(
                    x=alt.X(f"{quantiles[low]}:Q", **x), x2=f"{quantiles[high]}:Q"
                )
            )
        layers.append(
            base.mark_tick(color=t[token], thickness=2.4, height=height + 6, orient="vertical").encode(
                x=alt.X(f"{quantiles[2]}:Q", **x)
            )
        )
    return alt.layer(*layers)


def reach(least: float, values: ArrayLike, margin: float = 0.0) -> float:
    """The end of an axis: `least`, or, where a value lies beyond it less the margin, that value and the margin."""
    return max(least, float(np.nanmax(np.asarray(values, float))) + margin)


def name_rows(narrow: bool, field: str, names: Iterable[str], left: int, limit: int | None = None) -> tuple[alt.Y, int]:
    """Rows in the order of `names`, and the px by which marks stand lower when narrow: names are then drawn above them.

    left: px beside the plot for the names, which are cut at `limit` px (default: what the room holds).
    """
    room = left - 8 if limit is None else limit
    axis = None if narrow else alt.Axis(labelLimit=room, labelPadding=8, minExtent=left - 10, maxExtent=left - 10)
    return alt.Y(f"{field}:N", sort=list(names), title=None, axis=axis), 8 if narrow else 0


def half_years(end: int, zero: str, labels: bool = True) -> alt.Axis:
    """An axis of half-years from 0 to `end`, a line and a label for each year; `zero` is what the start is called."""
    label = f"datum.value == 0 ? '{zero}' : datum.value / 2 + ' y'"
    return alt.Axis(
        values=list(range(0, end + 1, 2)),
        title=None,
        domain=False,
        ticks=False,
        grid=True,
        labels=labels,
        labelExpr=label,
    )
