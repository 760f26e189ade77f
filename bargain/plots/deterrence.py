"""Drawings of chapter 9, from the frames of `bargain.deterrence`."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme

# --- charts ----------------------------------------------------------------------------------------


def draw_forms(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Chances to be ready and to dash by form of material, visits and cameras: 5–95 and 25–75 per cent, median."""
    kinds = [
        ("ready", "visits", "kim", "Ready before the attack"),
        ("dash", "visits", "coalition", "Dashed, with visits"),
        ("dash", "cameras", "talks", "Dashed, with cameras"),
    ]
    order, panels = list(dict.fromkeys(frame["form"])), []
    for k, (what, watch, ink, title) in enumerate(kinds):
        rows = frame[(frame["what"] == what) & (frame["watch"] == watch)]
        chart = theme.strips(
            rows,
            t,
            terms.QUANTILES,
            color=ink,
            height=13,
            x={
                "scale": alt.Scale(domain=[0, 1]),
                "title": None,
                "axis": alt.Axis(format="%", values=[0, 0.5, 1], grid=True),
            },
            y=alt.Y("form:N", sort=order, title=None, axis=alt.Axis(labels=narrow or k == 0)),
        )
        panels.append(chart.properties(width=theme.size(narrow, 130) if narrow else 160, height=130, title=title))
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


def draw_curves(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, limits: tuple[float, float]
) -> alt.typing.ChartType:
    """Ready and dash against the days that weaponisation takes, at central beliefs.

    limits: the least chance to be ready and the largest of a dash, dotted.
    """
    x: dict[str, Any] = {
        "scale": alt.Scale(type="log", domain=[1, 730]),
        "axis": alt.Axis(values=[1, 3, 10, 30, 100, 365], format="d"),
        "title": "Days from decision to weapon",
    }
    y = alt.Y(
        "chance:Q", title="Chance", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.2, 0.5, 1])
    )
    names = {
        "ready": ("kim", "Ready in time", 7, 0.63, "right"),
        "visits": ("coalition", "Dashed, visits", 62, 0.72, "left"),
        "cameras": ("talks", "Dashed, cameras", 21, 0.95, "left"),
    }
    layers = []
    for what, (ink, text, at, high, side) in names.items():
        rows = frame[frame["what"] == what]
        layers.append(
            alt.Chart(rows)
            .mark_line(color=t[ink], strokeDash=[6, 3] if what == "visits" else [1, 0])
            .encode(x=alt.X("days:Q", **x), y=y)
        )
        layers.append(
            theme.label(
                pd.DataFrame({"days": [at], "chance": [high]}),
                t,
                alt.value(text),
                ink,
                side,
                600,
                x=alt.X("days:Q", **x),
                y=y,
            )
        )
    for value in limits:
        layers.insert(
            0, alt.Chart(pd.DataFrame({"chance": [value]})).mark_rule(color=t["ink3"], strokeDash=[1, 3]).encode(y=y)
        )
    return alt.layer(*layers).properties(width=theme.size(narrow, 40), height=250)


def draw_plane(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, middle: Mapping[str, float]) -> alt.typing.ChartType:
    """Where a window is open, over the medians of warning and answer: shaded cells, cameras beside visits.

    middle: {belief: central value}, whose two medians are marked.
    """
    panels = []
    for watch, title in (("visits", "Visits"), ("cameras", "Cameras")):
        rows = frame[frame["watch"] == watch]
        step = rows["warn"].unique()
        rows = rows[rows["open"]]
        half = (step[1] - step[0]) / 2
        rows = rows.assign(
            x=rows["warn"] - half, x2=rows["warn"] + half, y=rows["answer"] - half / 2, y2=rows["answer"] + half / 2
        )
        cells = (
            alt.Chart(rows)
            .mark_rect(color=t["talks"], opacity=0.5, strokeWidth=0)
            .encode(
                x=alt.X(
                    "x:Q",
                    title="Median warning, days",
                    scale=alt.Scale(domain=[0, 180], nice=False),
                    axis=alt.Axis(values=[0, 60, 120, 180]),
                ),
                x2="x2:Q",
                y=alt.Y(
                    "y:Q",
                    title="Median answer, days",
                    scale=alt.Scale(domain=[0, 90], nice=False),
                    axis=alt.Axis(values=[0, 30, 60, 90]),
                ),
                y2="y2:Q",
            )
        )
        here = pd.DataFrame({"x": [middle["warn_median"]], "y": [middle["answer_median"]]})
        mark = alt.Chart(here).mark_point(color=t["accent"], size=70, shape="diamond").encode(x="x:Q", y="y:Q")
        word = theme.label(here, t, alt.value("Our middle"), "accent", "left", 600, dx=9, x="x:Q", y="y:Q")
        panels.append(
            alt.layer(cells, mark, word).properties(
                width=theme.size(narrow, 40) if narrow else 280, height=190, title=title
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=26)


def draw_bounds(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Shares of minds by the floor they need and by the ceiling the coalition would bear, a panel each."""
    panels = []
    for measure, title, kinds in (
        ("floor", "The least that he would need", terms.FLOORS),
        ("ceiling_out", "The most that they would bear", terms.CEILINGS),
    ):
        rows = frame[frame["measure"] == measure]
        bars = (
            alt.Chart(rows)
            .mark_bar()
            .encode(
                x=alt.X(
                    "share:Q",
                    title=None,
                    axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True),
                    scale=alt.Scale(domain=[0, 1]),
                ),
                y=alt.Y("name:N", title=None, sort=[terms.LABELS[r] for r in theme.MINDS]),
                color=alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=[t["rule"], t["data"], t["kim"]])),
                order="rank:Q",
            )
        )
        inks = zip(kinds, ("ink", "paper", "paper"), strict=True)
        at: dict[str, Any] = {
            "x": alt.X("middle:Q"),
            "y": alt.Y("name:N", sort=[terms.LABELS[r] for r in theme.MINDS]),
        }
        big = rows[rows["share"] > (0.2 if narrow else 0.08)]
        words = [
            theme.label(big[big["kind"] == kind], t, "kind:N", ink, "center", 600, halo=False, **at)
            for kind, ink in inks
        ]
        panels.append(alt.layer(bars, *words).properties(width=theme.size(narrow, 130), height=110, title=title))
    return alt.vconcat(*panels, spacing=22)


def draw_custody(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, limits: tuple[float, float]
) -> alt.typing.ChartType:
    """What makes a remainder reassuring makes it dashable: a dot a form and watch, ready against dash.

    limits: the least chance to be ready and the largest of a dash; where both are kept is shaded.
    """
    base = alt.Chart(frame).encode(
        x=alt.X(
            "ready:Q",
            title="Chance to be ready in time",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", grid=True),
        ),
        y=alt.Y(
            "dash:Q",
            title="Chance that a dash succeeds unseen",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%"),
        ),
    )
    good = pd.DataFrame({"x": [limits[0]], "x2": [1.0], "y": [0.0], "y2": [limits[1]]})
    box = alt.Chart(good).mark_rect(color=t["talks"], opacity=0.3).encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q")
    word = theme.label(
        good, t, alt.value("Both are served"), "dealer", "left", 600, dx=5, dy=9, base="top", x="x:Q", y="y2:Q"
    )
    colour = alt.Color("watch:N", scale=alt.Scale(domain=["visits", "cameras"], range=[t["coalition"], t["talks"]]))
    shape = alt.Shape("watch:N", scale=alt.Scale(domain=["visits", "cameras"], range=["diamond", "circle"]))
    lines = base.mark_line(strokeWidth=1).encode(color=colour, order="ready:Q")
    visits = frame[frame["watch"] == "visits"]
    near = visits["ready"] < 0.2  # a name left of the first point would leave the picture
    names = alt.layer(
        theme.label(visits[~near], t, "form:N", "ink2", "right", 400, dx=-9, dy=-6, x="ready:Q", y="dash:Q"),
        theme.label(visits[near], t, "form:N", "ink2", "left", 400, dx=2, dy=-14, x="ready:Q", y="dash:Q"),
    )
    ends = frame[frame["form"] == "Metal"]
    tags = theme.label(ends, t, "watch:N", "ink", "left", 600, dx=9, dy=-6, x="ready:Q", y="dash:Q")
    return alt.layer(
        box, lines, base.mark_point(size=70).encode(color=colour, shape=shape), word, names, tags
    ).properties(width=theme.size(narrow, 44), height=270)


def draw_cases(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Times of reference cases as bars on a logarithmic scale of days, with the window at central beliefs shaded."""
    order = list(frame["case"])
    x: dict[str, Any] = {
        "scale": alt.Scale(type="log", domain=[5, 3000]),
        "title": None,
        "axis": alt.Axis(
            values=[7, 30, 91, 365, 1826],
            grid=True,
            labelExpr="{'7':'week','30':'month','91':'quarter','365':'year','1826':'5 years'}[datum.value]",
        ),
    }
    drop = 9 if narrow else 0
    y = alt.Y("case:N", sort=order, title=None, axis=None if narrow else alt.Axis(labelLimit=220))
    rows = frame.assign(high=np.maximum(frame["high"], frame["low"] * 1.04))
    bar = (
        alt.Chart(rows)
        .mark_bar(height=9, color=t["data"], yOffset=drop)
        .encode(x=alt.X("low:Q", **x), x2="high:Q", y=y)
    )
    layers = [bar]
    if narrow:
        layers.append(
            theme.label(rows.assign(edge=5.5), t, "case:N", "ink2", "left", 400, dy=-5, x=alt.X("edge:Q", **x), y=y)
        )
    return alt.layer(*layers).properties(
        width=theme.size(narrow, 6 if narrow else 190), height=(36 if narrow else 24) * len(order)
    )
