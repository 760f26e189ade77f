"""Drawings of chapter 6, from the frames of `bargain.futures`."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.prose import plain_number, shared, two_figures, whole_thousands
from bargain.terms import POLICIES

GROUP_LABELS = {
    "reading": "Which Kim is true",
    "war": "War: risk and deaths",
    "values": "Prices of outcomes",
    "minds": "Minds within a reading",
    "arsenal": "Arsenal",
    "goals": "What each answer does to his goals",
    "response": "How he answers",
    "accept": "What acceptance does",
    "income": "Income",
    "cost": "Money",
    "humanitarian": "Deaths under sanctions, and relief",
    "spread": "Spread",
    "justice": "Accountability",
}


TARGET_WORDS = {
    "talks regretted": "Talks are regretted",
    "force best": "Force is best",
    "pressure best": "Pressure is best",
    "status quo best": "The status quo is best",
    "accept best": "Acceptance is best",
}
WAYS = ("first way", "second way", "third way", "fourth way", "fifth way", "sixth way")


# ---------------------------------------------------------------- drawings
def _heading(t: theme.Tokens, text: str) -> alt.TitleParams:
    return alt.Title(text, color=t["ink"], anchor="start", frame="group", fontSize=13)


def draw_regret(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Mean regret as a bar, its 95th and 99th per cent as ticks, by policy; values drawn and stated."""
    d = table[table.kind.isin(["mean", "q95", "q99"])].assign(v=table.value / 1000, row=table.policy.map(terms.LABELS))
    names, width = [terms.LABELS[p] for p in POLICIES], 112
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, float(50 * np.ceil(d.v.max() / 50))], nice=False),
        title=None,
        axis=alt.Axis(tickCount=4, grid=True),
    )
    color = alt.Color("policy:N", scale=alt.Scale(**theme.colours(POLICIES, t)))
    inner = theme.size(narrow, width) - 16 if narrow else (theme.size(False, width) - 30) / 2 - 10
    panels = []
    for i, (values, title) in enumerate((("drawn", "Values as drawn"), ("stated", "One stated set of values"))):
        own = d[d["values"] == values]
        axis = (
            None
            if i and not narrow
            else alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=6)
        )
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        wide = own.pivot_table(index=["policy", "row"], columns="kind", values="v").reset_index()
        bars = alt.Chart(wide).mark_bar(height=14).encode(x=alt.X("mean:Q", **x), y=y, color=color)
        line = alt.Chart(wide).mark_rule(strokeWidth=1.4).encode(x=alt.X("mean:Q", **x), x2="q99:Q", y=y, color=color)
        ends = [
            alt.Chart(wide)
            .mark_tick(thickness=2, height=h, width=h, orient="vertical")
            .encode(x=alt.X(f"{q}:Q", **x), y=y, color=color)
            for q, h in (("q95", 14), ("q99", 8))
        ]
        key = wide[wide.policy == POLICIES[0]]
        words = [
            theme.label(key, t, alt.value(text), "ink3", "center", dy=-13, size=11, x=alt.X(f"{q}:Q", **x), y=y)
            for q, text in (("q95", "95%"), ("q99", "99%"))
        ]
        panels.append(
            alt.layer(line, bars, *ends, *words).properties(
                width=inner, height=34 * len(names), title=_heading(t, title)
            )
        )
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=30)


def draw_map(t: theme.Tokens, narrow: bool, table: pd.DataFrame, threshold: float) -> alt.typing.ChartType:
    """Share of futures with regret at or under a threshold, a line a policy; `threshold`, in lives, is marked."""
    tau = threshold / 1000
    own = table[(table.kind == "under") & (table["values"] == "drawn") & (table.x > 0)]
    d = own.assign(k=own.x / 1000, share=100 * own.value, text=own.policy.map(terms.LABELS))
    x = alt.X(
        "k:Q",
        scale=alt.Scale(type="log", domain=[1, 1000], nice=False),
        title="Thousand life-equivalents",
        axis=alt.Axis(values=[1, 10, 100, 1000], format="d"),
    )
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 100]), title="% of futures with regret at or under the threshold")
    color = alt.Color("policy:N", scale=alt.Scale(**theme.colours(POLICIES, t)))
    dash = alt.StrokeDash("policy:N", scale=alt.Scale(domain=list(POLICIES), range=[theme.DASH[p] for p in POLICIES]))
    lines = alt.Chart(d).mark_line().encode(x, y, color=color, strokeDash=dash)
    mark = alt.Chart(pd.DataFrame({"k": [tau]})).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=x)
    word = theme.label(
        pd.DataFrame({"k": [tau], "share": [4]}), t, alt.value(f"{tau:,.0f} thousand"), "accent", dx=6, x=x, y=y
    )
    # a name stands where its line has room
    layers = [mark, lines, word]
    spot = {
        "talks": (1.15, -14, "left") if narrow else (2.2, -12, "left"),
        "accept": (1.15, -14 if narrow else -10, "left"),
        "status_quo": (12 if narrow else 17, -1, "right"),
        "force": (1.15, -9, "left"),
        "pressure": (1.15, -9, "left"),
    }
    for p, (at, dy, align) in spot.items():
        line = d[d.policy == p].sort_values("k")
        point = pd.DataFrame({"k": [at], "share": [float(np.interp(np.log(at), np.log(line.k), line.share))]})
        name = {"accept": "Accept"}.get(p, terms.LABELS[p])
        layers.append(
            theme.label(point, t, alt.value(name), p, align, 600, dx=-8 if align == "right" else 0, dy=dy, x=x, y=y)
        )
    return alt.layer(*layers).properties(width=theme.size(narrow, 34), height=300)


def draw_groups(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Total and first-order indices by group for both outputs; the prices of outcomes in their own colour."""
    order = list(table[table.output == "talks best"].sort_values("total", ascending=False).group)
    d = table.assign(
        row=table.group.map(GROUP_LABELS),
        low=(table.total - table.total_error).clip(lower=0),
        high=table.total + table.total_error,
        token=np.where(table.group == "values", "accent", "data"),
    )
    names, width = [GROUP_LABELS[g] for g in order], 208
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, float(np.ceil(10 * d.high.max()) / 10)], nice=False),
        title=None,
        axis=alt.Axis(tickCount=4, grid=True),
    )
    color = alt.Color("token:N", scale=alt.Scale(domain=["data", "accent"], range=[t["data"], t["accent"]]))
    inner = theme.size(True, 26) - 12 if narrow else (theme.size(False, width) - 24) / 2 - 8
    panels = []
    for i, (output, title) in enumerate((("talks best", "Whether talks are best"), ("lead", "By how much they lead"))):
        own = d[d.output == output]
        axis = (
            None if narrow or i else alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=10)
        )  # clear of a ring at 0
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        drop = 7 if narrow else 0
        base = alt.Chart(own)
        layers = [
            base.mark_bar(height=10, yOffset=drop).encode(x=alt.X("total:Q", **x), y=y, color=color),
            base.mark_rule(strokeWidth=1.4, color=t["ink"], yOffset=drop).encode(
                x=alt.X("low:Q", **x), x2="high:Q", y=y
            ),
            alt.Chart(own.assign(shown=own["first"].clip(lower=0)))
            .mark_point(shape="circle", size=30, color=t["paper"], stroke=t["ink"], strokeWidth=1.2, yOffset=drop)
            .encode(x=alt.X("shown:Q", **x), y=y),
        ]
        if narrow:
            layers.append(theme.label(own.assign(zero=0), t, "row:N", "ink", dy=-6, x=alt.X("zero:Q", **x), y=y))
        panels.append(
            alt.layer(*layers).properties(
                width=inner, height=(30 if narrow else 25) * len(names), title=_heading(t, title)
            )
        )
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=24)


def _ticks(low: float, high: float, few: float = 3.5) -> np.ndarray:
    """Round numbers from low to high, about `few` of them."""
    raw = (high - low) / few
    power = 10 ** np.floor(np.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw)
    return np.arange(np.ceil(low / step) * step, high + 1e-9 * step, step)


def _box_rows(own: pd.DataFrame, twice: set[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The restricted beliefs of a box on scales from 0 to 1, and the ticks of each scale."""
    rows, ticks = [], []
    for r in own.itertuples():
        label, unit, factor = r.label + ("" if r.belief in twice else " ‡"), r.unit, r.factor
        floor, ceiling = r.floor * factor, r.ceiling * factor
        a, b = (
            float(np.clip((end * factor - floor) / (ceiling - floor), 0, 1)) if np.isfinite(end) else free
            for end, free in ((r.low, 0.0), (r.high, 1.0))
        )
        suffix = unit if unit in ("%", "×") else f" {unit}" if unit else ""
        limits = [v * factor for v in (r.low, r.high) if np.isfinite(v)]
        side = "" if len(limits) > 1 else "above " if np.isfinite(r.low) else "below "
        mark = side + " to ".join(two_figures(v) for v in limits) + suffix
        rows.append((label, a, b, mark, max((a + b) / 2, 0.08), "accent" if r.value else "data"))
        short = unit if unit in ("%", "×") else ""
        ticks += [(label, (v - floor) / (ceiling - floor), plain_number(v) + short) for v in _ticks(floor, ceiling)]
    return (
        pd.DataFrame(rows, columns=["row", "a", "b", "mark", "at", "token"]),
        pd.DataFrame(ticks, columns=["row", "v", "text"]),
    )


def draw_boxes(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Boxes of `futures.boxes`, a panel each: every belief on its own scale, the part that the box keeps, its limits.

    The scale of a row runs over the middle 98 per cent of the futures. Drawn are the boxes of seed 0; a star marks a
    belief that the box of the same number does not have for seed 1.
    """
    panels, width, other = [], 236, table[table.seed == 1]
    for (target, number), own in table[table.seed == 0].groupby(["target", "box"], sort=False):
        twice = set(other[(other.target == target) & (other.box == number)].belief)
        d, ticks = _box_rows(own, twice)
        d = d.assign(zero=0.0, one=1.0)
        x: dict[str, Any] = dict(scale=alt.Scale(domain=[0, 1], nice=False), title=None, axis=None)
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=12)
        y = alt.Y("row:N", sort=list(d.row), title=None, axis=None if narrow else axis)
        color = alt.Color("token:N", scale=alt.Scale(domain=["data", "accent"], range=[t["data"], t["accent"]]))
        drop = 8 if narrow else 0
        base, marks = alt.Chart(d), alt.Chart(ticks)
        layers = [
            base.mark_rule(strokeWidth=2, color=t["rule"], yOffset=drop).encode(
                x=alt.X("zero:Q", **x), x2="one:Q", y=y
            ),
            marks.mark_tick(thickness=1, height=8, width=8, orient="vertical", color=t["ink3"], yOffset=drop).encode(
                x=alt.X("v:Q", **x), y=y
            ),
            base.mark_bar(height=9, opacity=0.75, yOffset=drop).encode(x=alt.X("a:Q", **x), x2="b:Q", y=y, color=color),
            theme.label(ticks, t, "text:N", "ink3", "center", dy=drop + 15, size=11, x=alt.X("v:Q", **x), y=y),
            theme.label(d, t, "mark:N", "ink", "center", 600, dy=drop - 13, size=11, x=alt.X("at:Q", **x), y=y),
        ]
        if narrow:
            layers.append(theme.label(d, t, "row:N", "ink", dx=0, dy=-26, x=alt.X("zero:Q", **x), y=y))
        many = table[(table.target == target) & (table.seed == 0)].box.nunique() > 1
        one = own.iloc[0]
        title = alt.Title(
            TARGET_WORDS[target] + (f", {WAYS[number - 1]}" if many else ""),
            color=t["ink"],
            anchor="start",
            frame="group",
            fontSize=13,
            subtitle=f"density {one.density:.0%}, coverage {one.coverage:.0%}, in {one.mass:.0%} of all futures",
            subtitleColor=t["ink2"],
        )
        inner = theme.size(narrow, 34 if narrow else width + 12) - 16
        panels.append(alt.layer(*layers).properties(width=inner, height=(74 if narrow else 50) * len(d), title=title))
    return alt.vconcat(*panels, spacing=24)


def draw_danger(
    t: theme.Tokens, narrow: bool, table: pd.DataFrame, ours: tuple[float, float, float], said: pd.DataFrame
) -> alt.typing.ChartType:
    """Mean regret by policy over the yearly danger of war; our range and experts' statements on top.

    table: `futures.by_danger`; ours: low, central and high of the models' row; said: `options.stated_dangers`.
    """
    d = table.assign(v=table.regret / 1000, h=100 * table.danger)
    top = float(50 * np.ceil(d.v.max() / 50))
    x = alt.X(
        "h:Q",
        scale=alt.Scale(type="log", domain=[float(d.h.min()), float(d.h.max())], nice=False),
        title="Chance of war in a year under the status quo",
        axis=alt.Axis(values=[0.1, 1, 10], labelExpr="datum.value + '%'"),
    )
    y = alt.Y(
        "v:Q",
        scale=alt.Scale(domain=[0, top * 1.18], nice=False),
        title="Thousand life-equivalents",
        axis=alt.Axis(tickCount=6),
    )
    color = alt.Color("policy:N", scale=alt.Scale(**theme.colours(POLICIES, t)))
    dash = alt.StrokeDash("policy:N", scale=alt.Scale(domain=list(POLICIES), range=[theme.DASH[p] for p in POLICIES]))
    band = pd.DataFrame({"low": [100 * ours[0]], "h": [100 * ours[1]], "high": [100 * ours[2]], "v": [top * 1.06]})
    dots = pd.DataFrame({"h": 100 * said.chance, "v": top * 1.06})
    layers = [
        alt.Chart(d).mark_line().encode(x, y, color=color, strokeDash=dash),
        alt.Chart(band)
        .mark_rule(strokeWidth=4, opacity=0.5, color=t["ink2"])
        .encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        alt.Chart(band).mark_point(filled=True, size=60, color=t["ink"], opacity=1).encode(x=x, y=y),
        alt.Chart(dots).mark_point(filled=True, size=60, color=t["accent"], opacity=1).encode(x=x, y=y),
        theme.label(band, t, alt.value("our range"), "ink2", "center", dy=-12, x=x, y=y),
        theme.label(dots.nlargest(1, "h"), t, alt.value("experts, 2017–18"), "accent", "right", dx=6, dy=-12, x=x, y=y),
    ]
    spot = {  # where each line has room: danger in per cent, offset, and side
        "force": (0.06, -10, "left"),
        "pressure": (0.06, -10, "left"),
        "status_quo": (7, -12, "right"),
        "talks": (11, -11, "center"),
        "accept": (9, 17, "left"),
    }
    for p, (at, dy, align) in spot.items():
        line = d[d.policy == p].sort_values("h")
        point = pd.DataFrame({"h": [at], "v": [float(np.interp(np.log(at), np.log(line.h), line.v))]})
        layers.append(
            theme.label(
                point, t, alt.value({"accept": "Accept"}.get(p, terms.LABELS[p])), p, align, 600, dy=dy, x=x, y=y
            )
        )
    return alt.layer(*layers).properties(width=theme.size(narrow, 40), height=300)


def draw_talks(t: theme.Tokens, narrow: bool, table: pd.DataFrame, edges: np.ndarray) -> alt.typing.ChartType:
    """Which policy is best, by the chance that he accommodates talks: a line a policy through the bins."""
    own = table[(table.kind == "by_talks") & (table.policy != "all")].copy()
    middle = dict(zip(edges[:-1], (edges[:-1] + edges[1:]) / 2, strict=True))
    near = np.abs(np.subtract.outer(own.x.to_numpy(), edges[:-1])).argmin(axis=1)
    own["chance"] = [100 * middle[edges[i]] for i in near]
    own["share"] = 100 * own.value
    x = alt.X(
        "chance:Q",
        scale=alt.Scale(domain=[0, 100], nice=False),
        title="Chance that he accommodates talks, %",
        axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]),
    )
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 100]), title="% of such futures in which a policy is best")
    color = alt.Color("policy:N", scale=alt.Scale(**theme.colours(POLICIES, t)))
    dash = alt.StrokeDash("policy:N", scale=alt.Scale(domain=list(POLICIES), range=[theme.DASH[p] for p in POLICIES]))
    lines = alt.Chart(own).mark_line().encode(x, y, color=color, strokeDash=dash)
    layers = [lines]
    spot = {
        "talks": (48, 14, "left"),
        "accept": (25, -10, "left"),
        "force": (4.5, -11, "left"),
        "status_quo": (60, -16, "center") if narrow else (24, -18, "left"),
        "pressure": (0, 40, "left") if narrow else (5, 12, "left"),
    }
    for p, (at, dy, align) in spot.items():
        line = own[own.policy == p].sort_values("chance")
        point = pd.DataFrame({"chance": [at], "share": [float(np.interp(at, line.chance, line.share))]})
        name = {"accept": "Accept"}.get(p, terms.LABELS[p])
        layers.append(theme.label(point, t, alt.value(name), p, align, 600, dy=dy, x=x, y=y))
    return alt.layer(*layers).properties(width=theme.size(narrow, 34), height=400 if narrow else 280)


def _worths(table: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    own = table[table.kind.isin(kinds) & table.stakes.isna() & table.warhead.notna()]
    return own.assign(v=own.value / 1000, low=(own.value - 2 * own.se) / 1000, high=(own.value + 2 * own.se) / 1000)


def draw_information(t: theme.Tokens, narrow: bool, table: pd.DataFrame, stated: float) -> alt.typing.ChartType:
    """What everything, the effects, the reading and the probe's answer are worth, against the price of a warhead."""
    styles: dict[str, tuple[str, list[float], str]] = {
        "everything": ("ink", [1, 0], "Everything"),
        "effects": ("data", [6, 3], "Effects"),
        "reading": ("dealer", [1.5, 3], "Which Kim"),
        "probe": ("test_first", [3, 2], "A probe’s answer"),
    }
    d = _worths(table, list(styles))
    x = alt.X(
        "warhead:Q",
        scale=alt.Scale(domain=[0, float(d.warhead.max())], nice=False),
        title="Price of a warhead, lives",
        axis=alt.Axis(format=",d", tickCount=5),
    )
    top = float(10 * np.ceil(d.v.max() / 10))
    y = alt.Y("v:Q", title="Thousand life-equivalents", scale=alt.Scale(domain=[0, top]))
    mark = alt.Chart(pd.DataFrame({"warhead": [stated]})).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=x)
    word = theme.label(
        pd.DataFrame({"warhead": [stated], "v": [top]}), t, alt.value("stated"), "accent", dx=6, dy=6, x=x, y=y
    )
    spot = {
        "everything": (0.42, 1, "left", 8),
        "effects": (0.99, 0.125, "right", 0),
        "reading": (0.32, 0.125, "left", 0),
        "probe": (0.8, 0.05, "center", 0),
    }  # shares of the axes: where each line has room
    layers, wide = [mark, word], float(d.warhead.max())
    for kind, (token, dash, name) in styles.items():
        own = d[d.kind == kind].sort_values("warhead")
        layers.append(alt.Chart(own).mark_line(color=t[token], strokeDash=dash).encode(x, y))
        at, up, align, dx = spot[kind]
        high = float(np.interp(at * wide, own.warhead, own.v)) + 0.05 * top if kind == "everything" else up * top
        point = pd.DataFrame({"warhead": [at * wide], "v": [high]})
        layers.append(theme.label(point, t, alt.value(name), token, align, 600, dx=dx, x=x, y=y))
    return alt.layer(*layers).properties(width=theme.size(narrow, 34), height=290)


def draw_order(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """What is worth knowing, in order: bars, single rows pale, the probe in its own colour."""
    few = np.where(frame.value > 50, "under 1", "0")  # thousand
    text = [shared(a, b, whole_thousands) for a, b in zip(frame.value, frame.again, strict=True)]
    d = frame.assign(v=frame.value.clip(lower=0) / 1000, text=np.where(np.array(text) == "0", few, text))
    d["token"] = np.select([d.name.str.contains("probe"), d.kind == "whole"], ["test_first", "ink2"], "data")
    names, width = list(d.name), 268
    top = float(d.v.max()) * 1.12
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, top], nice=False),
        title="Thousand life-equivalents",
        axis=alt.Axis(tickCount=4, grid=True),
    )
    y = alt.Y(
        "name:N",
        sort=names,
        title=None,
        axis=None if narrow else alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=6),
    )
    tokens = ["test_first", "ink2", "data"]
    color = alt.Color("token:N", scale=alt.Scale(**theme.colours(tokens, t)))
    drop = 7 if narrow else 0
    bars = alt.Chart(d).mark_bar(height=11, yOffset=drop).encode(x=alt.X("v:Q", **x), y=y, color=color)
    layers = [bars, theme.label(d, t, "text:N", "ink2", dx=6, dy=drop, x=alt.X("v:Q", **x), y=y)]
    if narrow:
        layers.append(theme.label(d.assign(zero=0), t, "name:N", "ink", dy=-6, x=alt.X("zero:Q", **x), y=y))
    return alt.layer(*layers).properties(
        width=theme.size(narrow, 26 if narrow else width) - 12, height=(32 if narrow else 25) * len(d)
    )


def draw_test(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Net value of testing first over stakes at the stated values, and its parts: the answer, the delay, the price."""
    # names stand where the lines end: gains and the net above, costs below
    styles: dict[str, tuple[str, list[float], str, int]] = {
        "probe": ("test_first", [3, 2], "The answer is worth", -12),
        "delay": ("data", [6, 3], "The delay costs", 12),
        "price": ("accent", [1.5, 3], "Money and prize cost", 12),
        "test_first": ("ink", [1, 0], "Testing first, net", -12),
    }
    own = table[table.kind.isin(list(styles)) & table.stakes.notna()]
    d = own.assign(v=np.where(own.kind.isin(["delay", "price"]), -own.value, own.value) / 1000, s=100 * own.stakes)
    x = alt.X(
        "s:Q",
        scale=alt.Scale(domain=[0, 100], nice=False),
        title="Stakes of the offer, % of a whole deal",
        axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]),
    )
    low, high = min(0.0, d.v.min()), max(0.0, d.v.max())
    y = alt.Y(
        "v:Q",
        title="Thousand life-equivalents, gains above 0",
        scale=alt.Scale(domain=[float(np.floor(low / 2) * 2 - 1), float(np.ceil(high / 2) * 2 + 1)], nice=False),
    )
    zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(y=y)
    layers = [zero]
    for kind, (token, dash, name, dy) in styles.items():
        line = d[d.kind == kind].sort_values("s")
        layers.append(alt.Chart(line).mark_line(color=t[token], strokeDash=dash).encode(x, y))
        layers.append(theme.label(line.tail(1), t, alt.value(name), token, "right", 600, dy=dy, x=x, y=y))
    return alt.layer(*layers).properties(width=theme.size(narrow, 34), height=260)
