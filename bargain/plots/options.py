"""Drawings of chapter 5, from the frames of `bargain.options`."""

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.prose import hazard_words, signed_thousands, two_digits
from bargain.simplex import best_region, centroid, region_share
from bargain.terms import POLICIES, READINGS, SHORT

OUTCOME_LABELS = {
    "deaths": ("Deaths", "thousands", 1e-3),
    "arsenal": ("Arsenal", "warheads after ten years", 1.0),
    "spread": ("Spread", "expected events", 1.0),
    "cost": ("Cost", "US$ bn to the coalition", 1.0),
    "accountability": ("Accountability", "index; below 0: impunity", 1.0),
    "income": ("Income", "log points, ordinary North Korean", 1.0),
}


# ---------------------------------------------------------------- drawings
def _reading_marks(t: theme.Tokens) -> tuple[alt.Color, alt.Shape]:
    shape = alt.Shape("reading:N", scale=alt.Scale(domain=list(READINGS), range=[theme.SHAPE[k] for k in READINGS]))
    return alt.Color("reading:N", scale=alt.Scale(**theme.colours(READINGS, t))), shape


def draw_matrix(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Six panels, one an outcome: policies by rows, the three readings as marks with their 5-95 per cent ranges."""
    names, width = [terms.LABELS[p] for p in POLICIES], 112
    columns = 1 if narrow else 3
    inner = theme.size(narrow, width) - 14 if narrow else (theme.size(False, width) - 2 * 26) / 3 - 10
    color, shape = _reading_marks(t)
    offset = alt.YOffset("reading:N", sort=list(READINGS))
    panels = []
    for j, (outcome, (title, unit, scale)) in enumerate(OUTCOME_LABELS.items()):
        d = table[table.outcome == outcome].assign(row=lambda r: r.policy.map(terms.LABELS))
        d[["mean", "low", "high"]] *= scale
        axis = (
            alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=6)
            if j % columns == 0
            else None
        )
        y = alt.Y("row:N", sort=names, title=None, axis=axis, scale=alt.Scale(paddingInner=0.25))
        x: dict[str, Any] = dict(
            scale=alt.Scale(domain=[min(0, d.low.min()), max(0, d.high.max())], nice=True),
            title=None,
            axis=alt.Axis(tickCount=3, grid=True),
        )
        base = alt.Chart(d).encode(y=y, yOffset=offset, color=color)
        zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x))
        bars = base.mark_rule(strokeWidth=4, opacity=0.4).encode(x=alt.X("low:Q", **x), x2="high:Q")
        dots = base.mark_point(size=38).encode(x=alt.X("mean:Q", **x), shape=shape)
        heading = alt.Title(
            title, subtitle=unit, color=t["ink"], anchor="start", frame="group", fontSize=13, subtitleFontSize=11
        )
        layers = [zero, bars, dots]
        if outcome == "cost":
            key = pd.DataFrame(
                {
                    "row": terms.LABELS["accept"],
                    "reading": READINGS,
                    "v": float(d.high.max()),
                    "text": [terms.LABELS[k] for k in READINGS],
                }
            )
            key["dy"] = [13 * (k - 1) for k in range(len(READINGS))]
            layers.append(
                alt.Chart(key)
                .mark_text(align="right", fontSize=11, fontWeight=600, dx=6, dy=alt.expr("datum.dy"))
                .encode(x=alt.X("v:Q", **x), y=y, text="text:N", color=color)
            )
        panels.append(alt.layer(*layers).properties(width=inner, height=40 * len(names), title=heading))
    if narrow:
        return alt.vconcat(*panels, spacing=18)
    return alt.vconcat(alt.hconcat(*panels[:3], spacing=26), alt.hconcat(*panels[3:], spacing=26), spacing=22)


STEP_LABELS = {
    "neutral": "Neutral effects",
    "war risk": "War risk",
    "growth of the arsenal": "Arsenal's growth",
    "the people": "The people",
    "proceeds, precedent, justice": "Spread and justice",
    "running costs": "Running costs",
    "all": "All effects",
}


def draw_waterfall(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Pressure and talks against the status quo on one scale, from neutral effects to all, averaged over all orders."""
    own = table[(table.order == "average") & table.policy.isin(["pressure", "talks"])]
    d = pd.DataFrame(
        {
            "policy": own.policy,
            "row": own.step.map(STEP_LABELS),
            "b": own.total / 1000,
            "a": np.where(own.step == "all", 0, own.total - own.change) / 1000,
        }
    )
    d["kind"] = np.select([own.step.isin(["neutral", "all"]), own.change > 0], ["ink2", "accent"], "data")
    d["text"] = [
        signed_thousands(v if step == "all" else c) for step, c, v in zip(own.step, own.change, own.total, strict=True)
    ]
    d["end"] = d[["a", "b"]].max(axis=1)
    reach = 0.16 * (d.end.max() - d[["a", "b"]].min().min())
    d["end"] = d.end.mask(d.end.between(-reach, 0), 0)  # no figure lies on the line of nothing
    names, width = list(STEP_LABELS.values()), 116
    span = d.end.max() - d[["a", "b"]].min().min()
    scale = alt.Scale(domain=[d[["a", "b"]].min().min() - 0.03 * span, d.end.max() + 0.17 * span], nice=False)
    x: dict[str, Any] = dict(scale=scale, title=None, axis=alt.Axis(tickCount=5, grid=True))
    inner = (theme.size(narrow, width) - (0 if narrow else 24)) / (1 if narrow else 2)
    color = alt.Color("kind:N", scale=alt.Scale(**theme.colours(["ink2", "accent", "data"], t)))
    panels = []
    for k, policy in enumerate(("pressure", "talks")):
        rows = d[d.policy == policy].reset_index(drop=True)
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width) if narrow or k == 0 else None
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        joined = rows.iloc[:-1].assign(next=list(rows.row[1:]))
        panels.append(
            alt.layer(
                alt.Chart(joined).mark_rule(color=t["ink3"]).encode(x=alt.X("b:Q", **x), y=y, y2="next:N"),
                alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x)),
                alt.Chart(rows).mark_bar(height=14).encode(x=alt.X("a:Q", **x), x2="b:Q", y=y, color=color),
                theme.label(rows, t, "text:N", "ink", weight=600, dx=5, x=alt.X("end:Q", **x), y=y),
            ).properties(
                width=inner,
                height=28 * len(names),
                title=alt.Title(terms.LABELS[policy], color=t["ink"], anchor="start", frame="group", fontSize=13),
            )
        )
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=20 if narrow else 24)


def fields(
    losses: np.ndarray, indiff: float
) -> tuple[list[tuple[str, float, np.ndarray]], list[tuple[str, np.ndarray]]]:
    """Polygons and names for `charts.triangle`: pale where a policy is best, deep where it is so beyond the error."""
    polygons, names = [], []
    for policy in POLICIES:
        for opacity, margin in ((0.28, 0.0), (0.6, indiff)):
            corners = best_region(losses, policy, margin)
            if len(corners) > 2:
                polygons.append((policy, opacity, corners))
        regions = [q for p, _, q in polygons[::-1] if p == policy and region_share(q) > 0.06]
        if regions:  # the name lies where the choice is decided, if that is wide enough
            region = regions[0]
            names.append((SHORT.get(policy, terms.LABELS[policy]), centroid(region)))
    return polygons, names


def draw_triangle(t: theme.Tokens, narrow: bool, losses: np.ndarray, indiff: float) -> alt.typing.ChartType:
    """The triangle of minds: the best policy for each mix of readings, deep where it is best by more than `indiff`."""
    polygons, names = fields(losses, indiff)
    return theme.triangle(t, narrow, polygons, names=names)


def _pair(t: theme.Tokens, narrow: bool, drawn: Iterable[tuple[Any, Any, str]]) -> alt.HConcatChart | alt.VConcatChart:
    """Two triangles (polygons, names, title): beside each other, on the phone one above the other."""
    made = [
        theme.triangle(t, True, polygons, names=names, side=230).properties(
            title=alt.Title(words, color=t["ink"], anchor="middle", fontSize=13)
        )
        for polygons, names, words in drawn
    ]
    return alt.vconcat(*made, spacing=8) if narrow else alt.hconcat(*made, spacing=0)


def draw_packages(
    t: theme.Tokens, narrow: bool, half: np.ndarray, full: np.ndarray, indiff: float
) -> alt.typing.ChartType:
    """Two triangles: each reading with its own camp's effects, half-way and all the way; `indiff` as above."""
    return _pair(
        t,
        narrow,
        [
            (*fields(losses, indiff), words)
            for losses, words in ((half, "Half-way to each camp's effects"), (full, "All the way"))
        ],
    )


def draw_breakeven(
    t: theme.Tokens, narrow: bool, corners: np.ndarray, maps: Sequence[tuple[np.ndarray, np.ndarray]]
) -> alt.typing.ChartType:
    """Two maps over the triangle, the price of a warhead and the war hazard from which force is best; deeper: sooner.

    maps: for each, the values over the small triangles and those at the three corners and for equal beliefs, which are
    the figures printed in it.
    """
    drawn = []
    places = [[0.78, 0.11, 0.11], [0.11, 0.78, 0.11], [0.11, 0.11, 0.78], [1 / 3] * 3]
    for (v, at), words, fmt in zip(
        maps, ("Price of a warhead, lives", "Yearly danger of war"), (two_digits, hazard_words), strict=True
    ):
        found = np.isfinite(v)
        x = np.log(np.maximum(np.where(found, v, np.nan), 1e-9))
        low, high = (np.nanmin(x), np.nanmax(x)) if found.any() else (0.0, 1.0)
        depth = np.where(found, 0.15 + 0.6 * (high - x) / max(high - low, 1e-9), 0.0)
        polygons = [("force", round(float(o), 2), c) for o, c in zip(depth, corners, strict=True) if o > 0]
        drawn.append((polygons, [(fmt(a), np.array(b)) for a, b in zip(at, places, strict=True)], words))
    return _pair(t, narrow, drawn)


def draw_danger(
    t: theme.Tokens, narrow: bool, table: pd.DataFrame, ours: tuple[float, float, float], said: pd.DataFrame
) -> alt.typing.ChartType:
    """The best policy by reading along one scale of the yearly danger of war; our range and experts' statements above.

    ours: low, central and high of the models' row; said: `options.stated_dangers`.
    """
    rows, width = [*READINGS, "undecided"], 112
    names = ["Our models", "Experts, 2017–18", *(terms.LABELS.get(r, "Undecided") for r in rows)]
    grid = np.sort(table.danger.unique())
    edges = np.sqrt(grid[1:] * grid[:-1])
    ends = dict(zip(grid, zip([grid[0], *edges], [*edges, grid[-1]], strict=True), strict=True))
    d = table.assign(
        name=table["row"].map(lambda r: terms.LABELS.get(r, "Undecided")),
        low=[100 * ends[x][0] for x in table.danger],
        high=[100 * ends[x][1] for x in table.danger],
    )
    x: dict[str, Any] = dict(
        scale=alt.Scale(type="log", domain=[100 * grid[0], 100 * grid[-1]], nice=False),
        title=None,
        axis=alt.Axis(values=[0.1, 1, 10], labelExpr="datum.value + '%'", grid=True),
    )
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(minExtent=width, maxExtent=width, labelLimit=width + 10))
    color = alt.Color("best:N", scale=alt.Scale(**theme.colours(POLICIES, t)))
    band = pd.DataFrame({"name": names[:1], "low": [100 * ours[0]], "mid": [100 * ours[1]], "high": [100 * ours[2]]})
    dots = pd.DataFrame({"name": names[1], "v": 100 * said.chance})
    runs = d.assign(run=(d.best != d.groupby("name").best.shift()).groupby(d.name).cumsum())
    runs = runs.groupby(["name", "run", "best"], as_index=False).agg(low=("low", "min"), high=("high", "max"))
    runs["mid"], runs["text"] = np.sqrt(runs.low * runs.high), runs.best.map(lambda p: SHORT.get(p, terms.LABELS[p]))
    wide = runs[np.log(runs.high / runs.low) > 0.9 * (2.2 if narrow else 1)]
    return alt.layer(
        alt.Chart(runs).mark_bar(height=20, opacity=0.55).encode(x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color),
        alt.Chart(band)
        .mark_rule(strokeWidth=4, opacity=0.5, color=t["ink2"])
        .encode(x=alt.X("low:Q", **x), x2="high:Q", y=y),
        alt.Chart(band).mark_point(filled=True, size=60, color=t["ink"], opacity=1).encode(x=alt.X("mid:Q", **x), y=y),
        alt.Chart(dots).mark_point(filled=True, size=60, color=t["accent"], opacity=1).encode(x=alt.X("v:Q", **x), y=y),
        alt.Chart(wide)
        .mark_text(fontSize=11, fontWeight=600, color=t["ink"])
        .encode(x=alt.X("mid:Q", **x), y=y, text="text:N"),
    ).properties(width=theme.size(narrow, width) - 14, height=34 * len(names))


def draw_regret(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Mean regret and its 95th percentile by policy, one panel a set of effects."""
    titles = {
        "drawn": "As drawn",
        "force": "Force's effects",
        "pressure": "Pressure's effects",
        "talks": "Talks' effects",
    }
    names, width = [terms.LABELS[p] for p in POLICIES], 112
    columns = 2 if narrow else 4
    inner = (theme.size(narrow, width) - (columns - 1) * 22) / columns - 10
    color = alt.Color("policy:N", scale=alt.Scale(**theme.colours(POLICIES, t)))
    d = table.assign(row=table.policy.map(terms.LABELS), mean=table["mean"] / 1000, q95=table.q95 / 1000)
    top = 200 * np.ceil(d.q95.max() / 200)
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, top], nice=False),
        title=None,
        axis=alt.Axis(values=[0, top / 3, 2 * top / 3] if top % 3 == 0 else [0, top / 2], grid=True),
    )
    panels = []
    for k, (effects, title) in enumerate(titles.items()):
        rows = d[d.effects == effects]
        axis = (
            alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=6)
            if k % columns == 0
            else None
        )
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        bars = alt.Chart(rows).mark_bar(height=13).encode(x=alt.X("mean:Q", **x), y=y, color=color)
        tail = alt.Chart(rows).mark_rule(strokeWidth=1.4).encode(x=alt.X("mean:Q", **x), x2="q95:Q", y=y, color=color)
        ends = (
            alt.Chart(rows)
            .mark_tick(thickness=2, height=11, width=11, orient="vertical")
            .encode(x=alt.X("q95:Q", **x), y=y, color=color)
        )
        panels.append(
            alt.layer(tail, bars, ends).properties(
                width=inner,
                height=26 * len(names),
                title=alt.Title(title, color=t["ink"], anchor="start", frame="group", fontSize=13),
            )
        )
    if narrow:
        return alt.vconcat(alt.hconcat(*panels[:2], spacing=22), alt.hconcat(*panels[2:], spacing=22), spacing=16)
    return alt.hconcat(*panels, spacing=22)


def draw_bracket(t: theme.Tokens, narrow: bool, table: pd.DataFrame, low: float, high: float) -> alt.typing.ChartType:
    """Implied success of pressure by mind, over the bracket of the record."""
    labels = terms.LABELS | {"survival": "Survival alone", "dominance": "Power over South"}
    d = table.assign(
        row=table.reading.map(labels),
        low=table.low * 100,
        mean=table["mean"] * 100,
        high=table.high * 100,
        token=[k if k in READINGS else "data" for k in table.reading],
    )
    names, width = list(d.row), 118
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 50], nice=False),
        title="Chance that he accommodates pressure, %",
        axis=alt.Axis(values=[0, 10, 20, 30, 40, 50]),
    )
    y = alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width))
    tokens = [*READINGS, "data"]
    color = alt.Color("token:N", scale=alt.Scale(**theme.colours(tokens, t)))
    box = pd.DataFrame({"a": [100 * low], "b": [100 * high]})
    band = alt.Chart(box).mark_rect(color=t["band"]).encode(x=alt.X("a:Q", **x), x2="b:Q")
    word = theme.label(
        box, t, alt.value("the record of sanctions"), "ink3", "right", size=11, x=alt.X("b:Q", **x), y=alt.value(-8)
    )
    bars = (
        alt.Chart(d).mark_rule(strokeWidth=6, opacity=0.45).encode(x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color)
    )
    dots = (
        alt.Chart(d)
        .mark_point(size=60)
        .encode(
            x=alt.X("mean:Q", **x),
            y=y,
            color=color,
            shape=alt.Shape(
                "token:N", scale=alt.Scale(domain=tokens, range=[*(theme.SHAPE[k] for k in READINGS), "diamond"])
            ),
        )
    )
    return alt.layer(band, bars, dots, word).properties(width=theme.size(narrow, width), height=34 * len(names))
