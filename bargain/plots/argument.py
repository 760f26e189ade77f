"""Drawings of chapter 11, from the frames of `bargain.argument`."""

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.terms import ENDS

SHAPES = {"fact": "circle", "reading": "square", "prediction": "triangle-up", "prescription": "diamond"}


WIDE_MAP, ROW = 650, 49  # px of the map, and of a row of it


def size(frame: pd.DataFrame) -> tuple[float, float]:
    """Width of a column and height of the map, in px."""
    return WIDE_MAP / (frame["column"].max() + 1), ROW * frame.groupby("column").size().max()


def edges(graph: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """What rests on what: a frame source, target, link (needs, or: one of several is enough, helps)."""
    rows = []
    for name, row in graph.items():
        rows += [(n, name, "needs" if len(group) == 1 else "or") for group in row["needs"] for n in group]
        rows += [(n, name, "helps") for n in row["helps"]]
    return pd.DataFrame(rows, columns=["source", "target", "link"])


def _curves(
    frame: pd.DataFrame, graph: Mapping[str, Mapping[str, Any]], x: Callable[[Any], float], y: Callable[[Any], float]
) -> pd.DataFrame:
    """The edges as curves from x to x, in three points each: edge, link, step, x, y."""
    at = {row.node: (x(row), y(row)) for row in frame.itertuples()}
    rows = []
    for k, edge in enumerate(edges(graph).itertuples()):
        (x0, y0), (x1, y1) = at[edge.source], at[edge.target]
        bend = 0.4 * (x1 - x0)
        for step, point in enumerate(((x0, y0), (x0 + bend, y0), (x1 - bend, y1), (x1, y1))):
            rows.append((k, edge.link, step, *point))
    return pd.DataFrame(rows, columns=["edge", "link", "step", "x", "y"])


def _marks(frame: pd.DataFrame, t: theme.Tokens, x: alt.X, y: alt.Y, size: int = 120) -> list[alt.Chart]:
    """Nodes as marks: shape by kind, filled by what they bring down alone, dashed where unstated."""
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())))
    layers = []
    looks = (("both", "accent", "accent"), ("second", "ink2", "ink2"), ("neither", "ink3", "paper"))
    for brings, colour, fill in looks:
        for stated in ("yes", "no"):
            rows = frame[(frame["brings"] == brings) & (frame["stated"] == stated)]
            if not len(rows):
                continue
            opacity = 1 if stated == "yes" or fill == "paper" else 0.35  # an unstated premise: a pale field, dashed
            ground = alt.Chart(rows).mark_point(size=size, color=t["paper"], opacity=1).encode(x=x, y=y, shape=shape)
            layers.append(ground)
            layers.append(
                alt.Chart(rows)
                .mark_point(
                    size=size,
                    fill=t[fill],
                    fillOpacity=opacity,
                    stroke=t[colour],
                    strokeWidth=1.6,
                    strokeDash=[2.5, 2] if stated == "no" else [1, 0],
                    opacity=1,
                    strokeOpacity=1,
                )
                .encode(x=x, y=y, shape=shape)
            )
    return layers


# How each kind of line is dashed, and how strong it is: what only helps stands back (argument.js repeats these).
LINKS = {"needs": ([1, 0], 0.8), "or": ([5, 3], 0.6), "helps": ([1, 3], 0.4)}


def _places(width: float, high: float) -> Callable[[str, str], tuple[alt.X, alt.Y]]:
    """A function from two columns, in px from the left and from the top, to their encodings."""
    scales = (alt.Scale(domain=[0, width], nice=False), alt.Scale(domain=[high, 0], nice=False))
    return lambda x, y: (alt.X(f"{x}:Q", scale=scales[0], axis=None), alt.Y(f"{y}:Q", scale=scales[1], axis=None))


def _lines(curves: pd.DataFrame, t: theme.Tokens, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    return [
        alt.Chart(curves[curves["link"] == link])
        .mark_line(
            color=t["ink3"], strokeWidth=1, strokeDash=dash, opacity=opacity, interpolate="basis", strokeCap="butt"
        )
        .encode(x=x, y=y, detail="edge:N", order="step:Q")
        for link, (dash, opacity) in LINKS.items()
        if (curves["link"] == link).any()
    ]


def draw_map(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, graph: Mapping[str, Mapping[str, Any]]
) -> alt.typing.ChartType:
    """The map: from what the argument rests on to its two ends; on the phone a list with the lines beside it."""
    if narrow:
        return _draw_list(t, frame, graph)
    wide, high = size(frame)
    placed = frame.assign(
        px=(frame["column"] + 0.5) * wide,
        py=frame["y"] * high + 8,
        label=[s if "\n" in s else "\n" + s for s in (graph[n]["short"] for n in frame["node"])],
    )
    curves = _curves(placed, graph, lambda r: r.px, lambda r: r.py)
    place = _places(WIDE_MAP, high)
    x, y = place("px", "py")
    layers = [*_lines(curves, t, *place("x", "y")), *_marks(placed, t, x, y)]
    ends = placed["node"].isin(ENDS)
    looks: list[tuple[pd.DataFrame, Any, str]] = [(placed[~ends], 400, "ink"), (placed[ends], 600, "ink")]
    for rows, weight, colour in looks:
        layers.append(
            alt.Chart(rows)
            .mark_text(
                color=t[colour],
                fontSize=11.5,
                fontWeight=weight,
                align="center",
                baseline="bottom",
                dy=-21,  # the first line; the second stands between it and the mark
                lineBreak="\n",
                lineHeight=12,
                stroke=t["paper"],
                strokeWidth=3,
                strokeJoin="round",
                strokeOpacity=0.9,
            )
            .encode(x=x, y=y, text="label:N")
        )
    return alt.layer(*layers).properties(width=WIDE_MAP, height=high)


def _draw_list(t: theme.Tokens, frame: pd.DataFrame, graph: Mapping[str, Mapping[str, Any]]) -> theme.Layers:
    """The map for a phone: nodes down the page in the map's order, arcs from each to what it rests on."""
    row, left = 21, 84
    placed = frame.assign(
        px=float(left),
        py=(frame["order"] + 0.5) * row,
        label=[graph[n]["short"].replace("\n", " ") for n in frame["node"]],
    )
    high = row * len(frame)
    width = theme.size(True, 0)
    place = _places(width, high)
    x, y = place("px", "py")
    at, rows = dict(zip(placed["node"], placed["py"], strict=True)), []
    for k, edge in enumerate(edges(graph).itertuples()):
        a, b = sorted((at[edge.source], at[edge.target]))
        out = left - 8 - (left - 12) * min(1, (b - a) / (0.55 * high))  # long spans swing out further
        for step, point in enumerate(((left, a), (out, a + 0.12 * (b - a)), (out, b - 0.12 * (b - a)), (left, b))):
            rows.append((k, edge.link, step, *point))
    curves = pd.DataFrame(rows, columns=["edge", "link", "step", "x", "y"])
    layers = [*_lines(curves, t, *place("x", "y")), *_marks(placed, t, x, y, 90)]
    ends = placed["node"].isin(ENDS)
    for rows, weight in ((placed[~ends], 400), (placed[ends], 600)):
        layers.append(theme.label(rows, t, "label:N", "ink", weight=weight, dx=12, x=x, y=y))
    return alt.layer(*layers).properties(width=width, height=high)


def draw_cuts(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Every belief that alone brings an end down, by end and by whether it is stated: fits the report in brief."""
    singles = frame[frame["kind"] != "pair"]
    shared = {*singles.loc[singles["end"] == ENDS[0], "node"], ENDS[0]}
    first, second = singles[singles["end"] == ENDS[0]], singles[singles["end"] == ENDS[1]]
    parts = [(f"{terms.END_WORDS[ENDS[0]]}: {len(first)}", first)]
    for stated, words in (("yes", "stated"), ("no", "unstated")):
        rows = second[second["stated"] == stated]
        parts.append(
            (
                f"{terms.END_WORDS[ENDS[1]]}: {len(rows)} {words}" if stated == "yes" else f"and {len(rows)} {words}",
                rows,
            )
        )
    panels, most = [], 20 * max(len(rows) for _, rows in parts) + 4
    width = theme.size(narrow, 0) if narrow else (theme.WIDE - 46) // 3
    for title, rows in parts:
        if not len(rows):
            continue
        high = 20 * len(rows) + 4 if narrow else most
        rows = rows.assign(
            px=10.0,
            py=10.0 + 20 * np.arange(len(rows)),
            brings=["both" if n in shared else "second" for n in rows["node"]],
        )
        x, y = _places(width, high)("px", "py")
        layers = [*_marks(rows, t, x, y, 90), theme.label(rows, t, "label:N", "ink", dx=14, x=x, y=y)]
        panels.append(alt.layer(*layers).properties(width=width, height=high, title=title))
    return alt.vconcat(*panels, spacing=14) if narrow else alt.hconcat(*panels, spacing=20)


def draw_survival(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, graph: Mapping[str, Mapping[str, Any]], below: float = 0.9
) -> alt.typing.ChartType:
    """How much of each end survives the loss of a belief: 2017 open, today filled with its range."""
    least = frame.groupby("node")["survival"].min()
    frame = frame[frame["node"].map(least) < below]
    frame = frame.assign(label=[graph[n]["short"].replace("\n", " ") for n in frame["node"]])
    now = frame[(frame["time"] == "now")]
    order = now.groupby("label")["survival"].mean().sort_values().index.tolist()
    panels = []
    for end in ENDS:
        rows = frame[frame["end"] == end]
        shown = [name for name in order if name in set(rows["label"])] if narrow else order
        axis = (
            None
            if narrow
            else alt.Axis(labelLimit=200, labelPadding=8, ticks=False, domain=False, labels=end == ENDS[0])
        )
        y = alt.Y("label:N", sort=shown, title=None, axis=axis, scale=alt.Scale(domain=shown))
        scale: dict[str, Any] = {
            "scale": alt.Scale(domain=[0, 1], nice=False),
            "title": None,
            "axis": alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="%", grid=True),
        }
        drop = 7 if narrow else 0
        new, old = rows[rows["time"] == "now"], rows[rows["time"] == "2017"]
        x = alt.X("survival:Q", **scale)
        layers = [
            alt.Chart(new)
            .mark_rule(strokeWidth=6, color=t["data"], opacity=0.45, strokeCap="butt", yOffset=drop)
            .encode(x=alt.X("low:Q", **scale), x2="high:Q", y=y),
            alt.Chart(old)
            .mark_point(filled=False, fill=t["paper"], stroke=t["ink2"], strokeWidth=1.4, size=46, yOffset=drop)
            .encode(x=x, y=y),
            alt.Chart(new).mark_point(color=t["ink"], size=38, yOffset=drop).encode(x=x, y=y),
        ]
        if narrow:
            layers.append(
                theme.label(new.assign(zero=0.0), t, "label:N", "ink", dx=2, dy=-8, x=alt.X("zero:Q", **scale), y=y)
            )
        width = theme.size(True, 14) if narrow else (theme.size(False, 176) - 24) // 2
        panels.append(
            alt.layer(*layers).properties(
                width=width, height=(32 if narrow else 19) * len(shown), title=terms.END_WORDS[end]
            )
        )
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=22)
