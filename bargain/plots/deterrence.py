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
    """Ready and dash against the days that weaponisation takes, at central beliefs; names lie where no line passes.

    limits: the least chance to be ready and the largest of a dash, dotted.
    """
    x = alt.X(
        "days:Q",
        scale=alt.Scale(type="log", domain=[1, 730]),
        axis=alt.Axis(values=[1, 3, 10, 30, 100, 365], format="d"),
        title="Days from order to weapon",
    )
    ticks = sorted({0.0, 1.0, *limits})
    y = alt.Y("chance:Q", title="Chance", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=ticks))

    def name(what: str, text: str, ink: str, days: float, **look: Any) -> alt.Chart:
        """A name at the height of its line after so many days."""
        rows = frame[frame["what"] == what]
        at = pd.DataFrame({"days": [days], "chance": [np.interp(days, rows["days"], rows["chance"])]})
        return theme.label(at, t, alt.value(text), ink, weight=600, x=x, y=y, **look)

    def falls(what: str, chance: float) -> float:
        """The day on which a line has fallen to a chance."""
        rows = frame[frame["what"] == what]
        return float(np.interp(-chance, -rows["chance"], rows["days"]))

    rules = [
        alt.Chart(pd.DataFrame({"chance": [v]})).mark_rule(color=t["ink3"], strokeDash=[1, 3]).encode(y=y)
        for v in limits
    ]
    ends = pd.DataFrame({"days": 730.0, "chance": limits, "text": ["he wants at least this", "they, at most this"]})
    lines = [
        alt.Chart(frame[frame["what"] == what]).mark_line(color=t[ink], strokeDash=dash).encode(x=x, y=y)
        for what, ink, dash in (
            ("ready", "kim", [1, 0]),
            ("visits", "coalition", [6, 3]),
            ("cameras", "talks", [1.5, 3]),
        )
    ]
    names = [
        name("ready", "Ready in time", "kim", 3, dy=14),
        name("visits", "A dash succeeds, visits", "coalition", falls("visits", 0.85), dx=9),
        name("cameras", "A dash succeeds, cameras", "dealer", falls("cameras", 0.35), align="right", dx=-9),
        theme.label(ends, t, "text:N", "ink2", "right", dy=-8, size=11, x=x, y=y),
    ]
    return alt.layer(*rules, *lines, *names).properties(width=theme.size(narrow, 40), height=250)


def draw_plane(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, middle: Mapping[str, float]) -> alt.typing.ChartType:
    """Where a window is open, over the medians of warning and answer: shaded cells, cameras beside visits.

    middle: {belief: central value}, whose two medians are marked.
    """
    panels, side = [], middle["warn_median"] < 55  # the name stands on the side away from long warnings, if it fits
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
        align, dx, dy = ("left", 9, -9) if side else ("right", -9, 0)
        word = theme.label(here, t, alt.value("Our middle"), "accent", align, 600, dx=dx, dy=dy, x="x:Q", y="y:Q")
        panels.append(
            alt.layer(cells, mark, word).properties(
                width=theme.size(narrow, 40) if narrow else 280, height=190, title=title
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=26)


def draw_bounds(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Shares of minds by the floor they need, and of draws by the ceiling that the coalition would bear.

    The ceiling is the coalition's, the same whatever the reading: one bar.
    """
    panels = []
    for measure, title, kinds, inks in (
        ("floor", "The least that he would need", terms.FLOORS, ("rule", "data", "kim")),
        ("ceiling_out", "The most that the other side would bear", terms.CEILINGS, ("rule", "data", "coalition")),
    ):
        rows, names = frame[frame["measure"] == measure], [terms.LABELS[r] for r in theme.MINDS]
        if measure != "floor":
            rows, names = rows[rows["reading"] == theme.MINDS[0]].assign(name="Whoever he is"), ["Whoever he is"]
        y = alt.Y("name:N", title=None, sort=names, axis=alt.Axis(minExtent=118, maxExtent=118))
        colour = alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=[t[ink] for ink in inks]))
        x = alt.X(
            "share:Q",
            title=None,
            axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True),
            scale=alt.Scale(domain=[0, 1]),
        )
        big = rows[rows["share"] > (0.2 if narrow else 0.08)]
        words = [
            theme.label(
                big[big["kind"] == kind],
                t,
                "kind:N",
                "ink" if ink == "rule" else "paper",
                "center",
                600,
                halo=False,
                x=alt.X("middle:Q"),
                y=alt.Y("name:N", sort=names),
            )
            for kind, ink in zip(kinds, inks, strict=True)
        ]
        bars = alt.Chart(rows).mark_bar(height=22).encode(x=x, y=y, color=colour, order="rank:Q")
        panels.append(
            alt.layer(bars, *words).properties(width=theme.size(narrow, 130), height=36 * len(names), title=title)
        )
    return alt.vconcat(*panels, spacing=22).resolve_scale(color="independent")


def draw_custody(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, limits: tuple[float, float]
) -> alt.typing.ChartType:
    """Ready against dash, a bar a form of material from its chance under visits to that under cameras.

    frame: `deterrence.medians`. limits: the least chance to be ready and the largest of a dash; where both are kept
    is shaded.
    """
    x = alt.X(
        "ready:Q",
        title="Chance to be ready in time",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", grid=True),
    )
    y = alt.Y(
        "dash:Q",
        title="Chance that a dash succeeds",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%"),
    )
    good = pd.DataFrame({"x": [limits[0]], "x2": [1.0], "y": [0.0], "y2": [limits[1]]})
    box = alt.Chart(good).mark_rect(color=t["talks"], opacity=0.3).encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q")
    word = theme.label(
        good, t, alt.value("Both are served"), "dealer", "right", 600, dx=-5, dy=9, base="top", x="x2:Q", y="y2:Q"
    )
    colour = alt.Color("watch:N", scale=alt.Scale(domain=["visits", "cameras"], range=[t["coalition"], t["talks"]]))
    shape = alt.Shape("watch:N", scale=alt.Scale(domain=["visits", "cameras"], range=["diamond", "circle"]))
    wide = frame.pivot(index=["form", "ready"], columns="watch", values="dash").reset_index().sort_values("ready")
    bars = alt.Chart(wide).mark_rule(color=t["ink3"]).encode(x=x, y=alt.Y("visits:Q"), y2="cameras:Q")
    right = (wide["ready"] < 0.25) | (wide["ready"] == wide["ready"].max())
    names = [
        theme.label(wide[right], t, "form:N", "ink", "left", 400, dx=9, dy=-4, x="ready:Q", y="visits:Q"),
        theme.label(wide[~right], t, "form:N", "ink", "right", 400, dx=-9, dy=-4, x="ready:Q", y="visits:Q"),
    ]
    first = frame[frame["form"] == wide["form"].iloc[len(wide) // 2 - 1]]  # a form with room on its right
    tags = theme.label(first, t, "watch:N", "ink2", "left", 600, dx=9, x="ready:Q", y="dash:Q")
    points = alt.Chart(frame).mark_point(size=70).encode(x=x, y=y, color=colour, shape=shape)
    return alt.layer(box, bars, points, word, *names, tags).properties(width=theme.size(narrow, 44), height=270)


def draw_cases(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Times of reference cases as bars on a logarithmic scale of days, a panel a kind of time."""
    kinds = {"weapon": "To a weapon", "material": "To its material", "undone": "To restart or to remove"}
    panels, drop = [], 9 if narrow else 0
    for number, (kind, title) in enumerate(kinds.items()):
        rows = frame[frame["kind"] == kind]
        rows = rows.assign(high=np.maximum(rows["high"], rows["low"] * 1.04))
        last = number == len(kinds) - 1
        x: dict[str, Any] = {
            "scale": alt.Scale(type="log", domain=[5, 3000]),
            "title": None,
            "axis": alt.Axis(
                values=[7, 30, 91, 365, 1826],
                grid=True,
                labels=last,
                ticks=last,
                domain=last,
                labelExpr="{'7':'week','30':'month','91':'quarter','365':'year','1826':'5 years'}[datum.value]",
            ),
        }
        axis = None if narrow else alt.Axis(labelLimit=220, minExtent=184, maxExtent=184)
        y = alt.Y("case:N", sort=list(rows["case"]), title=None, axis=axis)
        ink = "ink3" if kind == "undone" else "data"
        layers = [
            alt.Chart(rows)
            .mark_bar(height=9, color=t[ink], yOffset=drop)
            .encode(x=alt.X("low:Q", **x), x2="high:Q", y=y)
        ]
        if narrow:
            edge = rows.assign(edge=5.5)
            layers.append(theme.label(edge, t, "case:N", "ink2", "left", 400, dy=-5, x=alt.X("edge:Q", **x), y=y))
        panels.append(
            alt.layer(*layers).properties(
                width=theme.size(narrow, 6 if narrow else 190), height=(36 if narrow else 24) * len(rows), title=title
            )
        )
    return alt.vconcat(*panels, spacing=12)
