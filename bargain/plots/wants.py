"""Drawings of chapter 2, from the frames of `bargain.wants`."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.prose import tens
from bargain.terms import GOALS, POLICIES, READINGS, RESPONSES


# ---------------------------------------------------------------- drawings
def draw_indicators(t: theme.Tokens, narrow: bool, panels: Sequence[Mapping[str, Any]]) -> alt.typing.ChartType:
    """Small multiples, one observable a goal."""
    return theme.multiples(panels, t, narrow, events=[(2019.15, "Hanoi")])


def draw_purges(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Known removals by years since the first of each leader's, one row a leader."""
    names = list(dict.fromkeys(table.leader))
    table = table.assign(
        row=table.leader,
        pick=table.person.map(
            {
                "Jang Song Thaek": "Jang Song Thaek",
                "Kim Jong Nam": "Kim Jong Nam",
                "Pak Hon-yong": "Pak Hon-yong",
                "Pak Kum-chol and the Kapsan faction": "Kapsan faction",
            }
        ).fillna(""),
    )
    scale = alt.Scale(domain=[-1, np.ceil(table.since.max()) + 1], nice=False)
    x = alt.X("since:Q", title="Years since the first removal in the table", scale=scale)
    y = alt.Y("row:N", sort=names, title=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    layers = []
    for report, fill in (("confirmed", "kim"), ("reported", "paper"), ("false", "ink3")):
        for kind, shape in (("person", "circle"), ("group", "square")):
            rows = table[(table.report == report) & (table.kind == kind)]
            layers.append(
                alt.Chart(rows)
                .mark_point(
                    shape="cross" if report == "false" else shape,
                    size=80,
                    filled=True,
                    color=t[fill],
                    stroke=t["kim"],
                    strokeWidth=1.4,
                )
                .encode(x=x, y=y)
            )
    named = table[table.pick != ""].assign(dy=lambda d: np.where(d.person == "Kim Jong Nam", 18, -14))
    for dy, rows in named.groupby("dy"):
        layers.append(theme.label(rows, t, "pick:N", "ink2", "center", dy=int(dy), size=11, x=x, y=y))
    heads = pd.DataFrame({"row": names, "since": -1.0})
    layers.append(theme.label(heads, t, "row:N", "ink", weight=600, dy=-34, x=x, y=y))
    key = pd.DataFrame(
        {
            "row": names[0],
            "since": 20.0,
            "at": [-24, -8, 8, 24],
            "text": ["● confirmed", "○ reported", "■ □ a group", "+ false report"],
        }
    )
    for at, rows in key.groupby("at"):
        layers.append(theme.label(rows, t, "text:N", "ink2", dy=int(at), x=x, y=y))
    return alt.layer(*layers).properties(width=theme.size(narrow, 6), height=90 * len(names))


def _panel(t: theme.Tokens, title: str | list[str], color: str = "ink", left: int = 0) -> alt.Title:
    return alt.Title(title, color=t[color], anchor="start", frame="group", dx=left, fontSize=13)


def draw_weights(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Goals by rows, one panel a reading: mean weight and its 5-95 per cent range."""
    names, width = [terms.GOAL_LABELS[z] for z in GOALS], 108
    d = table.assign(
        row=table.goal.map(terms.GOAL_LABELS), low=table.low * 100, mean=table["mean"] * 100, high=table.high * 100
    )
    inner = (theme.size(narrow, width) - 2 * (14 if narrow else 24)) / 3
    top = 5 * np.ceil(d.high.max() / 5)
    panels = []
    for k, reading in enumerate(READINGS):
        y = theme.rows(names, width, narrow) if k == 0 else alt.Y("row:N", sort=names, axis=None)
        x: dict[str, Any] = dict(
            scale=alt.Scale(domain=[0, top], nice=False),
            title="Weight, %" if k == 0 else None,
            axis=alt.Axis(values=[0, 20, 40], grid=True),
        )
        rows = d[d.reading == reading]
        bars = theme.ranges(rows, t, "low", "high", color=reading, vertical=False, x=x, y=y)
        dots = (
            alt.Chart(rows)
            .mark_point(size=56, color=t[reading], shape=theme.SHAPE[reading])
            .encode(x=alt.X("mean:Q", **x), y=y)
        )
        name = (terms.LABELS | terms.SHORT if narrow else terms.LABELS)[reading]
        panels.append(
            alt.layer(bars, dots).properties(width=inner, height=26 * len(names), title=_panel(t, name, reading))
        )
    return alt.hconcat(*panels, spacing=14 if narrow else 24)


def draw_answers(t: theme.Tokens, narrow: bool, table: pd.DataFrame, habit: np.ndarray) -> alt.typing.ChartType:
    """Chance of each response by policy and reading, with the habit as a line: three panels."""
    names, width = [terms.LABELS[g] for g in POLICIES], 118
    d = table.assign(
        row=table.policy.map(terms.LABELS), low=table.low * 100, mean=table["mean"] * 100, high=table.high * 100
    )
    inner = theme.size(narrow, width) if narrow else (theme.size(False, width) - 96) / 3
    color = alt.Color("reading:N", scale=alt.Scale(**theme.colours(READINGS, t)))
    panels = []
    for r, response in enumerate(RESPONSES):
        axis = theme.rows(names, width, narrow) if r == 0 or narrow else alt.Y("row:N", sort=names, axis=None)
        y = axis.scale(paddingInner=0.25)
        offset = alt.YOffset("reading:N", sort=list(READINGS))
        last = not narrow or r == 2
        x: dict[str, Any] = dict(
            scale=alt.Scale(domain=[0, 100], nice=False),
            title="Chance, %" if (r == 0 and not narrow) or (narrow and last) else None,
            axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=True),
        )
        base = alt.Chart(d[d.response == response]).encode(y=y, yOffset=offset, color=color)
        rule = (
            alt.Chart(pd.DataFrame({"h": [habit[r] * 100]}))
            .mark_rule(color=t["ink"], strokeDash=[2, 3])
            .encode(x=alt.X("h:Q", **x))
        )
        bars = base.mark_rule(strokeWidth=5, opacity=0.4).encode(x=alt.X("low:Q", **x), x2="high:Q")
        dots = base.mark_point(size=46).encode(
            x=alt.X("mean:Q", **x),
            shape=alt.Shape(
                "reading:N", scale=alt.Scale(domain=list(READINGS), range=[theme.SHAPE[k] for k in READINGS])
            ),
        )
        layers = [bars, rule, dots]
        if r == 0:
            at = pd.DataFrame(
                {"row": names[3], "reading": READINGS, "x": 40.0, "text": [terms.LABELS[k] for k in READINGS]}
            )
            layers.append(
                alt.Chart(at)
                .mark_text(align="left", fontWeight=600, fontSize=12, dy=0)
                .encode(x=alt.X("x:Q", **x), y=y, yOffset=offset, text="text:N", color=color)
            )
        title = {"accommodate": "He rolls back", "hold": "He holds out", "escalate": "He escalates"}[response]
        panels.append(alt.layer(*layers).properties(width=inner, height=50 * len(names), title=_panel(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=18 if narrow else 24)


def draw_gains(
    t: theme.Tokens, narrow: bool, table: pd.DataFrame, readings: Sequence[str] = ("narrow", "dealer")
) -> alt.typing.ChartType:
    """What accommodating talks gives over holding out, goal by goal, two readings a row."""
    labels = terms.GOAL_LABELS | {"all": "All together"}
    names, width = list(labels.values()), 108
    d = table.assign(row=table.goal.map(labels))
    y = theme.rows(names, width, narrow).scale(paddingInner=0.2)
    offset = alt.YOffset("reading:N", sort=list(readings))
    color = alt.Color("reading:N", scale=alt.Scale(**theme.colours(readings, t)))
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[-0.3, 0.33], nice=False),
        title="Weighted goal change, giving way less holding out",
        axis=alt.Axis(
            values=[-0.2, 0, 0.2], format="+.1f", labelExpr="datum.value == 0 ? '0' : datum.label", grid=True
        ),
    )
    base = alt.Chart(d).encode(y=y, yOffset=offset, color=color)
    zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x))
    bars = base.mark_rule(strokeWidth=5, opacity=0.4).encode(x=alt.X("low:Q", **x), x2="high:Q")
    dots = base.mark_point(size=52).encode(
        x=alt.X("mean:Q", **x),
        shape=alt.Shape("reading:N", scale=alt.Scale(domain=list(readings), range=[theme.SHAPE[k] for k in readings])),
    )
    at = pd.DataFrame(
        {
            "row": terms.GOAL_LABELS["legitimacy"],
            "reading": readings,
            "x": 0.1,
            "text": [terms.LABELS[k] for k in readings],
        }
    )
    key = (
        alt.Chart(at)
        .mark_text(align="left", fontWeight=600, fontSize=12)
        .encode(x=alt.X("x:Q", **x), y=y, yOffset=offset, text="text:N", color=color)
    )
    return alt.layer(zero, bars, dots, key).properties(width=theme.size(narrow, width), height=36 * len(names))


def draw_needed(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Answers needed to tell two readings apart, one panel a pair, on a logarithmic axis."""
    names, width = [terms.LABELS[g] for g in POLICIES], 118
    d = table.assign(row=table.policy.map(terms.LABELS), text=table.answers.map(tens))
    pairs = list(dict.fromkeys(d.pair))
    inner = theme.size(narrow, width) - 30 if narrow else (theme.size(False, width) - 72) / 3
    panels = []
    for i, pair in enumerate(pairs):
        rows = d[d.pair == pair]
        y = theme.rows(names, width, narrow) if i == 0 or narrow else alt.Y("row:N", sort=names, axis=None)
        x: dict[str, Any] = dict(
            scale=alt.Scale(type="log", domain=[4, 2000], nice=False),
            title="Answers (log scale)" if i == (2 if narrow else 0) else None,
            axis=alt.Axis(values=[10, 100, 1000], grid=True, format=",d"),
        )
        stem = (
            alt.Chart(rows.assign(start=4))
            .mark_rule(color=t["data"], opacity=0.5)
            .encode(x=alt.X("start:Q", **x), x2="answers:Q", y=y)
        )
        at = alt.X("answers:Q", **x)
        dots = alt.Chart(rows).mark_point(size=60, color=t["ink"]).encode(x=at, y=y)
        words = theme.label(rows, t, "text:N", "ink", weight=600, dx=8, x=at, y=y)
        one, two = (terms.LABELS[k] for k in pair.split(" or "))
        title = f"{one} or {two.lower()}" if narrow else [one, f"or {two.lower()}"]
        panels.append(
            alt.layer(stem, dots, words).properties(width=inner, height=24 * len(names), title=_panel(t, title))
        )
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=18 if narrow else 30)


def draw_diagnosticity(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Goals by rows, moves under pressure and under talks by columns: how many times likelier under one reading."""
    names, width = [terms.GOAL_LABELS[z] for z in GOALS], 108
    d = table[table.policy.isin(["pressure", "talks"])].copy()
    d["row"], d["column"] = d.goal.map(terms.GOAL_LABELS), d.policy + " " + d.move
    order = ["pressure rise", "pressure fall", "talks rise", "talks fall"]
    d["text"] = ["" if w else f"{np.exp(abs(v)):.1f}×" for v, w in zip(d.log_ratio, d.worthless, strict=True)]
    d["token"] = np.where(d.worthless, "grid", np.where(d.log_ratio > 0, "dealer", "narrow"))
    d["opacity"] = np.where(d.worthless, 1.0, np.clip(np.abs(d.log_ratio) / 2.4, 0.1, 0.55))
    head = "{'pressure rise': 'rise', 'pressure fall': 'fall', 'talks rise': 'rise', 'talks fall': 'fall'}[datum.value]"
    x = alt.X(
        "column:N",
        sort=order,
        title=None,
        axis=alt.Axis(orient="top", labelExpr=head, labelAngle=0, domain=False, ticks=False),
    )
    y = theme.rows(names, width, narrow)
    layers = []
    for token, rows in d.groupby("token"):
        layers.append(
            alt.Chart(rows)
            .mark_rect(color=t[token], stroke=t["paper"], strokeWidth=2)
            .encode(x=x, y=y, opacity=alt.Opacity("opacity:Q", scale=None))
        )
    layers.append(theme.label(d, t, "text:N", "ink", "center", halo=False, x=x, y=y))
    inner = theme.size(narrow, width)
    tops = pd.DataFrame(
        {"column": ["pressure rise", "talks rise"], "row": names[0], "text": ["Under pressure", "Under talks"]}
    )
    layers.append(theme.label(tops, t, "text:N", "ink", weight=600, dy=-46, dx=-inner / 8 + 2, x=x, y=y))
    room = {"top": 26, "left": 2, "right": 2, "bottom": 2}
    return alt.layer(*layers).properties(width=inner, height=27 * len(names), padding=room)


def draw_yielding(t: theme.Tokens, narrow: bool, table: pd.DataFrame, drawn: pd.DataFrame) -> alt.typing.ChartType:
    """Chance of yielding to force over credibility and precision; drawn = (q low, q high, λ low, λ high), a frame on
    it."""
    d = table.copy()
    qs, ls = (np.sort(d[c].unique()) for c in ("credibility", "precision"))
    dq, dl = qs[1] - qs[0], ls[1] - ls[0]
    d = d.assign(
        x=d.precision - dl / 2,
        x2=d.precision + dl / 2,
        y=(d.credibility - dq / 2) * 100,
        y2=(d.credibility + dq / 2) * 100,
        opacity=np.clip(d.chance * 0.8, 0.02, 0.8),
        text=[f"{v:.0%}" if v >= 0.005 else "0%" for v in d.chance],
    )
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[ls[0] - dl / 2, ls[-1] + dl / 2], nice=False),
        axis=alt.Axis(values=list(ls[::2])),
        title="His precision for force",
    )
    y: dict[str, Any] = dict(
        scale=alt.Scale(domain=[100 * (qs[0] - dq / 2), 100 * (qs[-1] + dq / 2)], nice=False),
        title="Credibility that more force follows, %",
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    cells = (
        alt.Chart(d)
        .mark_rect(color=t["force"], stroke=None)
        .encode(
            x=alt.X("x:Q", **x), x2="x2:Q", y=alt.Y("y:Q", **y), y2="y2:Q", opacity=alt.Opacity("opacity:Q", scale=None)
        )
    )
    edge = np.minimum(abs(d.precision - drawn[2]), abs(d.precision - drawn[3])) < (1.2 if narrow else 0.6) * dl
    framed = edge & d.credibility.between(drawn[0] - dq / 2, drawn[1] + dq / 2)  # a figure would cross the frame
    even = (np.round(d.credibility / dq) % 2 == 0) & (np.round(d.precision / dl) % 2 == 0)
    some = d[even & ~framed].assign(yc=lambda r: r.credibility * 100)
    words = theme.label(
        some, t, "text:N", "ink", "center", halo=False, x=alt.X("precision:Q", **x), y=alt.Y("yc:Q", **y), size=11
    )
    box = pd.DataFrame({"x": [drawn[2]], "x2": [drawn[3]], "y": [100 * drawn[0]], "y2": [100 * drawn[1]]})
    frame = (
        alt.Chart(box)
        .mark_rect(fillOpacity=0, fill=t["paper"], stroke=t["ink"], strokeWidth=1.6, strokeDash=[4, 3])
        .encode(x=alt.X("x:Q", **x), x2="x2:Q", y=alt.Y("y:Q", **y), y2="y2:Q")
    )
    name = theme.label(
        box,
        t,
        alt.value("our range"),
        "ink",
        weight=600,
        dx=5,
        dy=-9,
        x=alt.X("x:Q", **x),
        y=alt.Y("y2:Q", **y),
        halo=not narrow,
    )
    return alt.layer(cells, words, frame, name).properties(width=theme.size(narrow), height=300)
