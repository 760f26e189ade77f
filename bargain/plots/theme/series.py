"""Small multiples of series over years, and amounts that add up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain.plots.theme.look import colours, size
from bargain.plots.theme.marks import label, name_rows
from bargain.plots.theme.tokens import Layers, Tokens


def multiples(
    panels: Sequence[Mapping[str, Any]],
    t: Tokens,
    narrow: bool,
    *,
    events: Iterable[tuple[float, str]] = (),
    columns: int = 4,
    height: int = 96,
) -> alt.FacetChart:
    """Small multiples of unlike series over common years: first, middle and last year, last value and peak in figures.

    panels: dicts with name, unit, x (whole years), v (values), and fmt (of the figures, as in Python's format).
    events: pairs (year, word); the word stands in the first panel only.
    """
    columns = 2 if narrow else columns
    width = (size(narrow, 0) - (columns - 1) * 26) / columns - 4
    years = np.concatenate([np.asarray(panel["x"], float) for panel in panels])
    first, last = int(years.min()), int(years.max())
    span = max(last - first, 1)
    rows = []
    for number, panel in enumerate(panels):  # each series is scaled to its own range, zero included
        d = pd.DataFrame({"x": np.asarray(panel["x"], float), "v": np.asarray(panel["v"], float)})
        d = d.dropna().sort_values("x")
        low, high = min(0, d.v.min()), max(0, d.v.max())
        scaled = (d.v - low) / ((high - low) or 1)
        mark = lambda what, x, y, text="": rows.append(  # noqa: E731
            dict(panel=panel["name"], what=what, x=x, y=y, text=text)  # noqa: B023 (used in its own round)
        )
        for x, y in zip(d.x, scaled, strict=True):
            mark("line", x, y)
        for row, year, value in zip(rows[-len(d) :], d.x, d.v, strict=True):
            row["said"] = f"{panel['name']}, {year:g}: {format(value, panel['fmt'])}"
        zero = -low / ((high - low) or 1)
        mark("zero", first, zero)
        mark("unit", first - 0.04 * span, 1.42, panel["unit"])
        mark("end", d.x.iloc[-1], scaled.iloc[-1], format(d.v.iloc[-1], panel["fmt"]))
        rows[-1]["lift"] = 9.0 if abs(scaled.iloc[-1] - zero) < 0.06 else 0.0  # off the zero line
        if abs(d.x[d.v.idxmax()] - d.x.iloc[-1]) > 2 and d.v.max() > 1.12 * d.v.iloc[-1]:
            mark("peak", d.x[d.v.idxmax()], 1, format(d.v.max(), panel["fmt"]))
        for year, word in events:
            mark("event", year, -0.05)
            if number == 0:
                mark("word", year - 0.02 * span, 1.12, word)
    data = pd.DataFrame(rows).fillna({"lift": 0.0})
    axis = alt.Axis(
        values=[first, (first + last) // 2, last],
        labelFontSize=11,
        domain=False,
        ticks=False,
        labelExpr="'’' + substring(toString(datum.value), 2)",
    )
    x = alt.X(
        "x:Q", title=None, axis=axis, scale=alt.Scale(domain=[first - 0.04 * span, last + 0.36 * span], nice=False)
    )
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.05, 1.5], nice=False))
    only = lambda what: f"datum.what === '{what}'"  # noqa: E731
    words = lambda what, *look, **more: label(  # noqa: E731
        alt.Undefined, t, "text:N", *look, x=x, y=y, **more
    ).transform_filter(only(what))
    rule = alt.Chart().mark_rule
    layers = [
        rule(color=t["ink3"]).encode(y=y).transform_filter(only("zero")),
        rule(color=t["accent"], strokeDash=[2, 3]).encode(x=x, y=y, y2=alt.datum(1.22)).transform_filter(only("event")),
        alt.Chart()
        .mark_line(color=t["ink2"], strokeWidth=1.8)
        .encode(x=x, y=y, description="said:N")
        .transform_filter(only("line")),
        alt.Chart().mark_point(color=t["ink"], size=32).encode(x=x, y=y).transform_filter(only("end")),
        words("end", "ink", weight=600, dx=7, dy=alt.expr("-datum.lift")),
        words("peak", align="center", dy=-9),
        words("word", "accent", "right", size=11),
        words("unit", size=11.5),
    ]
    return (
        alt.layer(*layers, data=data)
        .properties(width=width, height=height)
        .facet(
            alt.Facet(
                "panel:N",
                sort=[panel["name"] for panel in panels],
                title=None,
                header=alt.Header(labelFontSize=13, labelPadding=2),
            ),
            columns=columns,
            spacing={"row": 22, "column": 26},
        )
    )


def waterfall(
    steps: pd.DataFrame,
    t: Tokens,
    narrow: bool,
    *,
    fmt: str = ".1f",
    title: str = "",
    gain: str = "data",
    loss: str = "accent",
    total: str = "ink2",
    left: int = 170,
) -> Layers:
    """How amounts add up, row by row: floating bars joined by hairlines, totals from zero, figures at their ends.

    steps: columns step (name) and amount; rows with total = True show the sum so far and add nothing.
    On the phone names stand above bars.
    """
    d = steps.copy()
    d["total"] = d["total"].astype(bool) if "total" in d else False
    running = d.amount.where(~d.total, 0).cumsum()
    d["b"] = running
    d["a"] = np.where(d.total, 0, running - d.amount)
    d["kind"] = np.where(d.total, total, np.where(d.amount >= 0, gain, loss))
    d["shown"] = np.where(d.total, running, d.amount)
    d["right"] = d[["a", "b"]].max(axis=1)
    d["next"] = d.step.shift(-1)
    pad = 0.14 * (d.right.max() - min(0, d[["a", "b"]].min().min()))
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[min(0, d[["a", "b"]].min().min()), d.right.max() + pad], nice=False), title=title
    )
    y, drop = name_rows(narrow, "step", d.step, left, left + 40)
    color = alt.Color("kind:N", scale=alt.Scale(**colours(dict.fromkeys([gain, loss, total]), t)))
    base = alt.Chart(d)
    layers = [
        base.mark_bar(height=13, yOffset=drop).encode(x=alt.X("a:Q", **x), x2="b:Q", y=y, color=color),
        alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x)),
        alt.Chart(d.iloc[:-1]).mark_rule(color=t["ink3"], yOffset=drop).encode(x=alt.X("b:Q", **x), y=y, y2="next:N"),
        label(d, t, alt.Text("shown:Q", format=fmt), "ink", weight=600, dx=6, dy=drop, x=alt.X("right:Q", **x), y=y),
    ]
    if narrow:
        names = d.assign(left=x["scale"].domain[0])
        layers.append(label(names, t, "step:N", "ink", dx=4, dy=-9, x=alt.X("left:Q", **x), y=y))
    return alt.layer(*layers).properties(
        width=size(narrow, 6 if narrow else left), height=(38 if narrow else 28) * len(d)
    )
