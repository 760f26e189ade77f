"""The triangle of beliefs: fields, hatching, corners."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain.plots.theme.look import colours, size
from bargain.plots.theme.marks import label
from bargain.plots.theme.tokens import READINGS, SHAPE, Layers, Tokens
from bargain.simplex import CORNERS, clip, xy
from bargain.terms import LABELS


def best_fields(utility: Mapping[str, ArrayLike], margin: float = 0.0) -> dict[str, np.ndarray]:
    """Where each choice is best by at least `margin`, if its value is linear in the beliefs.

    utility: {choice: (3,) value under each reading}. Returns {choice: convex barycentric polygon (n, 3)}; a choice
    that is best nowhere has an empty polygon.
    """
    value = {choice: np.asarray(u, float) for choice, u in utility.items()}
    fields = {}
    for choice, u in value.items():
        polygon = np.eye(3)
        for other, w in value.items():
            if other != choice and len(polygon):
                polygon = clip(polygon, u - w, margin)
        fields[choice] = polygon if len(polygon) > 2 else np.empty((0, 3))
    return fields


def hatch(polygon: np.ndarray, gap: float = 0.035) -> pd.DataFrame:
    """Level lines across a convex barycentric polygon, the pattern of `test_first`: frame x, y, x2, y2."""
    points, lines = xy(polygon), []
    for level in np.arange(gap / 2, 1, gap):
        ends = []
        for p, q in zip(points, np.roll(points, -1, axis=0), strict=True):
            if (p[1] - level) * (q[1] - level) < 0:
                ends.append(p[0] + (q[0] - p[0]) * (level - p[1]) / (q[1] - p[1]))
        if len(ends) == 2:
            lines.append((min(ends), level, max(ends), level))
    return pd.DataFrame(lines, columns=["x", "y", "x2", "y2"])


def triangle(
    t: Tokens,
    narrow: bool,
    polygons: Sequence[tuple[str, float, np.ndarray]],
    *,
    names: Sequence[tuple[str, ArrayLike]] = (),
    points: Sequence[tuple[str, ArrayLike]] = (),
    hatched: Collection[str] = ("test_first",),
    side: float | None = None,
) -> Layers:
    """The triangle of beliefs: filled polygons, a grid of quarters, and the three marks at its corners.

    polygons  tuples (token, opacity, (n, 3) barycentric polygon), drawn in order: 0.28 where the choice is within
              the error, 0.6 where it is decided; an undecided region is ("data", 0.2, polygon); heat cells are
              many polygons of one token
    names     tuples (text, (3,) beliefs): words on the fields
    points    tuples (text, (3,) beliefs): an open dot with its name
    hatched   tokens whose fields also get level lines
    """
    width = size(narrow, 0)
    side = side or (270 if narrow else 400)
    pad, high = (width - side) / 2 / side, 3**0.5 / 2
    x = alt.X("x:Q", scale=alt.Scale(domain=[-pad, 1 + pad], nice=False, zero=False), axis=None)
    y = alt.Y(
        "y:Q", scale=alt.Scale(domain=[-0.12 if narrow else -0.09, high + 0.1], nice=False, zero=False), axis=None
    )

    def frame(points: ArrayLike) -> pd.DataFrame:
        return pd.DataFrame(np.atleast_2d(points), columns=["x", "y"])

    def fill(
        rows: Iterable[tuple[str, float, np.ndarray]], token: str
    ) -> alt.Chart:  # the polygons of one token in one mark: hundreds of cells stay one layer
        data = pd.concat(
            [
                frame(xy(np.vstack([p, p[:1]]))).assign(id=i, opacity=o, order=range(len(p) + 1))
                for i, (_, o, p) in enumerate(rows)
            ]
        )
        return (
            alt.Chart(data)
            .mark_line(filled=True, fill=t[token], strokeWidth=0, strokeJoin="round")
            .encode(x, y, order="order:Q", detail="id:N", fillOpacity=alt.FillOpacity("opacity:Q", scale=None))
        )

    layers = []
    filled = [p for p in polygons if len(p[2])]
    for token in dict.fromkeys(p[0] for p in filled):
        layers.append(fill([p for p in filled if p[0] == token], token))
    for token, _, polygon in filled:
        if token in hatched:
            layers.append(
                alt.Chart(hatch(polygon))
                .mark_rule(color=t["paper"], strokeWidth=1.2)
                .encode(x, y, x2="x2:Q", y2="y2:Q")
            )
    lines = [
        np.concatenate([xy(p), xy(q)])
        for f in (0.25, 0.5, 0.75)
        for p, q in (((f, 1 - f, 0), (f, 0, 1 - f)), ((1 - f, f, 0), (0, f, 1 - f)), ((1 - f, 0, f), (0, 1 - f, f)))
    ]
    grid = pd.DataFrame(lines, columns=["x", "y", "x2", "y2"])
    layers.append(alt.Chart(grid).mark_rule(color=t["ink"], opacity=0.16).encode(x, y, x2="x2:Q", y2="y2:Q"))
    edge = frame(CORNERS[[0, 1, 2, 0]]).assign(order=range(4))
    layers.append(
        alt.Chart(edge).mark_line(color=t["ink"], strokeWidth=1.3, strokeJoin="round").encode(x, y, order="order:Q")
    )
    corners = frame(CORNERS).assign(
        reading=READINGS,
        text=[LABELS[r] for r in READINGS],
        dy=[20, 20, -14] if narrow else [6, 6, -14],
        dx=[-8, 8, 0] if narrow else [-12, 12, 0],
        align=["left", "right", "center"] if narrow else ["right", "left", "center"],
    )
    color = alt.Color("reading:N", scale=alt.Scale(**colours(READINGS, t)))
    shape = alt.Shape("reading:N", scale=alt.Scale(domain=READINGS, range=[SHAPE[r] for r in READINGS]))
    layers.append(alt.Chart(corners).mark_point(size=90, stroke=t["paper"]).encode(x, y, color=color, shape=shape))
    layers.append(
        alt.Chart(corners)
        .mark_text(
            fontSize=13,
            fontWeight=600,
            baseline="middle",
            align=alt.expr("datum.align"),
            dx=alt.expr("datum.dx"),
            dy=alt.expr("datum.dy"),
        )
        .encode(x, y, text="text:N", color=color)
    )
    if len(names):
        on = frame(np.vstack([xy(beliefs) for _, beliefs in names])).assign(text=[text for text, _ in names])
        layers.append(label(on, t, "text:N", "ink", "center", 600, size=14, halo=False, x=x, y=y))
    if len(points):
        at = frame(np.vstack([xy(beliefs) for _, beliefs in points])).assign(text=[text for text, _ in points])
        layers.append(
            alt.Chart(at)
            .mark_point(color=t["paper"], stroke=t["ink"], strokeWidth=2, size=110, shape="circle")
            .encode(x, y)
        )
        layers.append(label(at, t, "text:N", "ink", "right", 600, dx=-11, x=x, y=y))
    return alt.layer(*layers).properties(width=width, height=round((high + (0.22 if narrow else 0.19)) * side))
