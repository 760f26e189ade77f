"""Drawings of chapter 12, from the frames of `bargain.forecasts`."""

from collections.abc import Collection

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.prose import capital
from bargain.terms import READINGS

NAMES = {"climatology": "the average of the record", "persistence": "last year’s answer", "coin": "a coin"}


# ------------------------------------------------------------------------------------------------ how it is drawn


def _rows(t: theme.Tokens, narrow: bool, names: pd.Series, left: int = 262) -> tuple[alt.Y, int]:
    """The y encoding of named rows, the offset of marks, and a layer of names for the phone."""
    y = alt.Y(
        "name:N",
        sort=list(names),
        title=None,
        axis=None if narrow else alt.Axis(labelLimit=left, labelPadding=8, minExtent=left - 10, maxExtent=left - 10),
    )
    return y, (8 if narrow else 0)


def draw_staked(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Chances of an issue: dot and band, the judged chance beside it, and the average of the record."""
    y, drop = _rows(t, narrow, frame["name"])
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True)
    x = lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis, title=None)  # noqa: E731
    base = alt.Chart(frame)
    layers = [
        alt.Chart(frame[frame["low"].notna()])
        .mark_bar(color=t["data"], opacity=0.3, height=11, yOffset=drop)
        .encode(x("low"), x2="high:Q", y=y),
        base.mark_tick(color=t["ink3"], thickness=2, height=15, orient="vertical", yOffset=drop).encode(
            x("climatology"), y=y
        ),
        base.mark_point(color=t["ink"], size=62, yOffset=drop).encode(x("p"), y=y),
    ]
    if "judged" in frame and frame["judged"].notna().any():
        mark = alt.Chart(frame[frame["judged"].notna()]).mark_point(
            shape="triangle-up", filled=True, opacity=1, color=t["accent"], size=70, yOffset=drop
        )
        layers.append(mark.encode(x("judged"), y=y))
    if narrow:
        layers.append(theme.label(frame.assign(at=0), t, "name:N", "ink", dy=-9, x=x("at"), y=y))
    return alt.layer(*layers).properties(
        width=theme.size(narrow, 12 if narrow else 262), height=(36 if narrow else 25) * len(frame)
    )


def draw_fan(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, log: Collection[str] = ()) -> alt.typing.ChartType:
    """Counts and quantities (questions in `log` on a logarithmic axis).

    The past as a line, the forecast as a range with its median, naive values as marks.
    """
    panels, columns = [], 1 if narrow else 3
    for _, part in frame.groupby("question", sort=False):
        logarithmic = part["question"].iloc[0] in log
        first, last = int(part["year"].min()), int(part["year"].max())
        x = alt.X(
            "year:Q",
            title=None,
            scale=alt.Scale(domain=[first, last + 2], nice=False),
            axis=alt.Axis(format="d", values=[first, (first + last) // 2, last]),
        )
        scale = alt.Scale(type="log") if logarithmic else alt.Scale(zero=False)
        yaxis = (
            alt.Axis(values=[1, 10, 100, 1000, 10000], format=",d", minExtent=40)
            if logarithmic
            else alt.Axis(tickCount=4, minExtent=40)
        )
        y = lambda column, scale=scale, yaxis=yaxis, part=part: alt.Y(  # noqa: E731
            f"{column}:Q", scale=scale, axis=yaxis, title=part["unit"].iloc[0]
        )
        past, ahead = part[part["value"].notna()], part[part["median"].notna()]
        link = pd.DataFrame(
            {"year": [past["year"].iloc[-1], last], "value": [past["value"].iloc[-1], ahead["median"].iloc[0]]}
        )
        base = alt.Chart(ahead).encode(x=x)
        zero = [alt.Chart(pd.DataFrame({"value": [0]})).mark_rule(color=t["ink"]).encode(y=y("value"))]
        panels.append(
            alt.layer(
                *(zero if part["question"].iloc[0] == "growth" else []),
                alt.Chart(past).mark_line(color=t["ink2"], strokeWidth=1.6).encode(x, y("value")),
                alt.Chart(link).mark_line(color=t["ink3"], strokeDash=[2, 3], strokeWidth=1.2).encode(x, y("value")),
                base.mark_rule(color=t["data"], strokeWidth=8, opacity=0.45, strokeCap="butt").encode(
                    y("low"), y2="high:Q"
                ),
                base.mark_tick(color=t["accent"], thickness=2, width=15, orient="horizontal").encode(y("climatology")),
                base.mark_text(text="×", color=t["ink2"], fontSize=18).encode(y=y("persistence")),
                base.mark_point(color=t["ink"], size=50).encode(y("median")),
            ).properties(width=theme.size(narrow, 48) if narrow else 156, height=118, title=part["name"].iloc[0])
        )
    return alt.concat(*panels, columns=columns, spacing={"row": 26, "column": 26})


def draw_skill(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Gains over the three naive forecasters by group: interval and dot, right of zero where the models are better."""
    groups, panels = list(dict.fromkeys(frame["group"])), []
    low, high = min(frame["low"].min(), 0), max(frame["high"].max(), 0)
    scale = alt.Scale(domain=[np.floor(low * 5) / 5, np.ceil(high * 5) / 5], nice=False)
    for k, who in enumerate(dict.fromkeys(frame["naive"])):
        rows = frame[frame["naive"] == who]
        step = 0.2 if narrow else 0.4
        ticks = np.arange(np.ceil(scale.domain[0] / step), np.floor(scale.domain[1] / step) + 1) * step
        axis = alt.Axis(values=[round(v, 1) for v in ticks], grid=True, format=".1f")
        y = alt.Y(
            "group:N",
            sort=groups,
            title=None,
            axis=alt.Axis(labels=narrow or k == 0, minExtent=132 if narrow or k == 0 else 0, labelLimit=150),
        )
        zero = (
            alt.Chart(pd.DataFrame({"v": [0]}))
            .mark_rule(color=t["ink"])
            .encode(alt.X("v:Q", scale=scale, axis=axis, title=None))
        )
        dots = theme.ranges(
            rows, t, "low", "high", "gain", vertical=False, width=6, y=y, x=dict(scale=scale, axis=axis, title=None)
        )
        panels.append(
            alt.layer(zero, dots).properties(
                width=theme.size(narrow, 140) if narrow else 144, height=25 * len(groups), title=capital(NAMES[who])
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=16)


def draw_calibration(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """How often yes came against the chance given, with the line on which both are equal."""
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    line = (
        alt.Chart(pd.DataFrame({"p": [0, 1], "share": [0, 1]}))
        .mark_line(color=t["ink3"], strokeWidth=1)
        .encode(alt.X("p:Q", scale=scale, axis=axis), alt.Y("share:Q", scale=scale))
    )
    x = alt.X("p:Q", scale=scale, axis=axis, title="Chance given, mean of the bin")
    dots = theme.ranges(
        table, t, "low", "high", "share", x=x, y=dict(scale=scale, axis=axis, title="Share in which yes came")
    )
    shown = table.assign(text=table["n"].map(lambda n: f"n = {n}"))
    names = []  # on the side away from the line
    above = shown["share"] >= shown["p"]
    for rows, column, dy in ((shown[above], "high", -9), (shown[~above], "low", 10)):
        names.append(
            theme.label(
                rows, t, "text:N", "ink3", align="center", dy=dy, size=11, x=x, y=alt.Y(f"{column}:Q", scale=scale)
            )
        )
    return alt.layer(line, dots, *names).properties(width=theme.size(narrow, 44), height=260 if narrow else 300)


def draw_replay(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Chances given by a past issue, filled where the thing happened, open where it did not; a panel a year."""
    order = list(frame.groupby("name")["p"].mean().sort_values(ascending=False).index)
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", values=[0, 0.5, 1], grid=True)
    x = alt.X("p:Q", scale=scale, axis=axis, title=None)
    color = alt.condition("datum.outcome === 1", alt.value(t["accent"]), alt.value(t["paper"]))
    stroke = alt.condition("datum.outcome === 1", alt.value(t["accent"]), alt.value(t["ink2"]))
    panels = []
    for k, (year, part) in enumerate(frame.groupby("year")):
        y, drop = _rows(t, narrow, order)
        if k and not narrow:
            y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labels=False))
        base = alt.Chart(part)
        layers = [
            base.mark_rule(color=t["rule"], yOffset=drop)
            .encode(alt.X("zero:Q", scale=scale, axis=axis, title=None), x2="p:Q", y=y)
            .transform_calculate(zero="0"),
            base.mark_point(size=70, strokeWidth=1.6, yOffset=drop).encode(x, y=y, fill=color, stroke=stroke),
        ]
        if narrow:
            layers.append(theme.label(part.assign(at=0), t, "name:N", "ink", dy=-9, x=alt.X("at:Q", scale=scale), y=y))
        width = theme.size(narrow, 12) if narrow else (theme.WIDE - 262 - 30) / 2
        panels.append(
            alt.layer(*layers).properties(width=width, height=(34 if narrow else 24) * len(order), title=f"{year}")
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def draw_kims(t: theme.Tokens, narrow: bool, ratios: pd.DataFrame) -> alt.typing.ChartType:
    """Likelihood ratio of the deal-seeker against each other reading, by question: if yes and if no."""
    frame = ratios.assign(
        name=[f"{w.rstrip('?')}" for w in ratios["words"]],
        **{e: 10 ** ratios[e] for e in ("low", "central", "high")},
    )
    spread = frame[frame["answer"] == "yes"].groupby("name")["central"].max().sort_values(ascending=False)
    ends = [min(0.25, 0.9 * frame["low"].min()), max(12, 1.1 * frame["high"].max())]
    scale = alt.Scale(type="log", domain=ends, nice=False)
    axis = alt.Axis(
        values=[0.25, 0.5, 1, 2, 4, 8], labelExpr="datum.value < 1 ? '1/' + 1/datum.value : datum.value", grid=True
    )
    x = lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis, title=None)  # noqa: E731
    panels = []
    for k, answer in enumerate(("yes", "no")):
        y, drop = _rows(t, narrow, spread.index)
        if k and not narrow:
            y = alt.Y("name:N", sort=list(spread.index), title=None, axis=alt.Axis(labels=False))
        part, layers = frame[frame["answer"] == answer], []
        layers.append(
            alt.Chart(part.assign(one=1))
            .mark_tick(color=t["ink"], thickness=1.2, height=30, orient="vertical", yOffset=drop)
            .encode(x("one"), y=y)
        )
        for other, shift in zip(READINGS[:2], (-5, 5), strict=True):
            base = alt.Chart(part[part["against"] == other])
            layers += [
                base.mark_rule(
                    color=t[other], strokeWidth=5, opacity=0.45, strokeCap="butt", yOffset=drop + shift
                ).encode(x("low"), x2="high:Q", y=y),
                base.mark_point(color=t[other], shape=theme.SHAPE[other], size=48, yOffset=drop + shift).encode(
                    x("central"), y=y
                ),
            ]
        if narrow:
            names = part[part["against"] == READINGS[0]].assign(at=ends[0])
            layers.append(theme.label(names, t, "name:N", "ink", dy=-13, x=x("at"), y=y))
        width = theme.size(narrow, 12) if narrow else (theme.WIDE - 262 - 30) / 2
        panels.append(
            alt.layer(*layers).properties(
                width=width, height=(46 if narrow else 34) * len(spread), title=f"If the answer is {answer}"
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def draw_teach(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Belief in the true reading after the answers: strips over the drawn odds, a hairline for luck in the answers."""
    names = terms.LABELS
    frame = frame.assign(name=[f"{names[r]}, {h}" for r, h in zip(frame["reading"], frame["horizon"], strict=True)])
    y, drop = _rows(t, narrow, frame["name"], 210)
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True)
    x = lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis, title=None)  # noqa: E731
    even = alt.Chart(frame.assign(even=1 / 3))
    layers = [
        even.mark_tick(color=t["ink"], thickness=1.4, height=24, orient="vertical", yOffset=drop).encode(x("even"), y=y)
    ]
    for reading in READINGS:
        base = alt.Chart(frame[frame["reading"] == reading])
        layers.append(
            base.mark_rule(color=t[reading], strokeWidth=1.2, yOffset=drop).encode(
                x("lucky_low"), x2="lucky_high:Q", y=y
            )
        )
        for low, high, opacity in (("q2", "q98", 0.25), ("q25", "q75", 0.45)):
            layers.append(
                base.mark_bar(color=t[reading], opacity=opacity, height=13, yOffset=drop).encode(
                    x(low), x2=f"{high}:Q", y=y
                )
            )
        layers.append(
            base.mark_point(color=t[reading], shape=theme.SHAPE[reading], size=62, yOffset=drop).encode(x("mean"), y=y)
        )
    if narrow:
        layers.append(theme.label(frame.assign(at=0), t, "name:N", "ink", dy=-10, x=x("at"), y=y))
    return alt.layer(*layers).properties(
        width=theme.size(narrow, 12 if narrow else 210), height=(40 if narrow else 32) * len(frame)
    )
