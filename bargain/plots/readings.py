"""Drawings of chapter 1, from the frames of `bargain.readings`."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import beta as beta_distribution

from bargain import simplex, terms
from bargain.plots import theme
from bargain.terms import READINGS


def _title(t: theme.Tokens, text: str, color: str = "ink") -> alt.Title:
    return alt.Title(text, color=t[color], anchor="start", frame="group", fontSize=13)


def _factor(low: float, high: float, title: str | None, values: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis of Bayes factors: '3 : 1', 'even', '1 : 3'."""
    words = "datum.value == 1 ? 'even' : datum.value > 1 ? datum.label + ' : 1' : '1 : ' + format(1 / datum.value, 'd')"
    return dict(
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        title=title,
        axis=alt.Axis(values=values, labelExpr=words, grid=True, format="d", labelOverlap=False),
    )


def _even(t: theme.Tokens, x: Mapping[str, Any], at: float = 1.0) -> alt.Chart:
    return alt.Chart(pd.DataFrame({"v": [at]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x))


def draw_panel(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Launch days by month, the mood with its 90 per cent band, and the flags as strips below."""
    d = frame.assign(x=[pd.Period(m).year + (pd.Period(m).month - 1) / 12 for m in frame["month"]])
    d["x2"] = d["x"] + 1 / 12
    width, first, last = (78 if narrow else 108), d["x"].min(), d["x2"].max()
    ticks = list(range(2012, int(last), 6 if narrow else 2))
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[first, last], nice=False), title=None, axis=alt.Axis(values=ticks, format="d")
    )
    top = max(d["days"].max(), d["high"].max()) + 0.5
    y: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, top], nice=False),
        title="Launch days",
        axis=alt.Axis(values=list(range(0, int(top) + 1, 2)), minExtent=width, maxExtent=width),
    )
    base = alt.Chart(d)
    bars = base.mark_rect(color=t["data"], opacity=0.75).encode(
        x=alt.X("x:Q", **{**x, "axis": None}), x2="x2:Q", y=alt.Y("days:Q", **y), y2=alt.datum(0)
    )
    middle: dict[str, Any] = {**x, "axis": None}
    band = (
        base.mark_area(color=t["accent"], fillOpacity=0.28)
        .encode(x=alt.X("mid:Q", **middle), y=alt.Y("low:Q", **y), y2="high:Q")
        .transform_calculate(mid="datum.x + 1/24")
    )
    line = (
        base.mark_line(color=t["accent"], strokeWidth=1.8)
        .encode(x=alt.X("mid:Q", **middle), y=alt.Y("central:Q", **y))
        .transform_calculate(mid="datum.x + 1/24")
    )
    upper = alt.layer(bars, band, line).properties(width=theme.size(narrow, width), height=150 if narrow else 170)
    strips = {
        "talks": ("Talks", "talks"),
        "talks_alt": ("Second coding", "talks"),
        "pressure": ("Pressure", "pressure"),
        "pressure_alt": ("Listings too", "pressure"),
        "exercises": ("Exercises", "force"),
        "programme": ("First flights", "data"),
    }
    strips = {k: v for k, v in strips.items() if k in d}
    rows = []
    for k, (name, token) in strips.items():
        run = (d[k] != d[k].shift()).cumsum()[d[k] == 1]  # months in a row are one bar
        rows += [
            dict(x=part["x"].iloc[0], x2=part["x2"].iloc[-1], row=name, token=token)
            for _, part in d[d[k] == 1].groupby(run)
        ]
    rows = pd.DataFrame(rows)
    names, tokens = [name for name, _ in strips.values()], list(dict.fromkeys(rows["token"]))
    frame_rows = pd.DataFrame({"row": names, "x": first, "x2": last})
    lane = (
        alt.Chart(frame_rows)
        .mark_bar(color=t["grid"], height=9, opacity=0.6)
        .encode(x=alt.X("x:Q", **x), x2="x2:Q", y=theme.rows(names, width, narrow))
    )
    marks = (
        alt.Chart(rows)
        .mark_bar(height=9)
        .encode(
            x=alt.X("x:Q", **x),
            x2="x2:Q",
            y=theme.rows(names, width, narrow),
            color=alt.Color("token:N", scale=alt.Scale(**theme.colours(tokens, t))),
        )
    )
    lower = alt.layer(lane, marks).properties(width=theme.size(narrow, width), height=19 * len(names))
    return alt.vconcat(upper, lower, spacing=10)


def draw_memory(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Bayes factors by model, one row a reading and coding: naive, without memory, with memory."""
    k = 1 if narrow else 0
    d = frame.assign(
        row=[terms.CASES[r, c][k] for r, c in zip(frame["reading"], frame["coding"], strict=True)],
        token=[terms.CASES[r, c][2] for r, c in zip(frame["reading"], frame["coding"], strict=True)],
    )
    names = [name[k] for key, name in terms.CASES.items() if key in set(zip(d["reading"], d["coding"], strict=True))]
    for column in ("naive", "no_memory", "memory"):
        d[column] = np.exp(np.clip(d[column].astype(float), np.log(0.07), np.log(1900)))
    width = 96 if narrow else 150
    x = _factor(
        0.05,
        7000,
        "Odds against one rate" + ("" if narrow else " whatever others do (log scale)"),
        [0.1, 1, 10, 100] if narrow else [0.1, 1, 10, 100, 1000],
    )
    y = theme.rows(names, width, narrow)
    color = alt.Color("token:N", scale=alt.Scale(**theme.colours(list(dict.fromkeys(d["token"])), t)))
    base = alt.Chart(d.dropna(subset=["memory"]))
    at = {c: alt.X(f"{c}:Q", **x) for c in ("naive", "no_memory", "memory")}
    layers = [
        _even(t, x),
        base.mark_rule(strokeWidth=2, opacity=0.45).encode(x=at["naive"], x2="memory:Q", y=y, color=color),
        base.mark_point(filled=False, size=60, fill=t["paper"], strokeWidth=1.6).encode(
            x=at["naive"], y=y, stroke=color
        ),
        base.mark_tick(thickness=2, height=13).encode(x=at["no_memory"], y=y, color=color),
        base.mark_point(size=90).encode(x=at["memory"], y=y, color=color),
    ]
    top = d[d["row"] == names[1]]
    for column, text, align, dx, dy in (
        ("naive", "naive", "center", -4, -13),
        ("memory", "memory", "center", 4, 14),
        ("no_memory", "without memory", "left", 8, 0),
    ):
        layers.append(
            theme.label(top, t, alt.value(text), "ink", align, 600, dy=dy, dx=dx, size=11.5, x=at[column], y=y)
        )
    return alt.layer(*layers).properties(width=theme.size(narrow, width), height=32 * len(names))


def draw_placebo(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Every placement of each flag as a tick; the true one as a large mark, in two panels."""
    names = {"talks": "Talks", "talks_alt": "Second coding", "pressure": "Pressure"}
    d = frame.assign(
        row=frame["flag"].map(names),
        factor=np.exp(frame["log_bayes_factor"]),
        token=frame["flag"].map({"talks": "dealer", "talks_alt": "dealer", "pressure": "narrow"}),
    )
    d["ratio"] = d["ratio"].clip(lower=0.1)
    width = 90 if narrow else 100
    inner = theme.size(narrow, width) if narrow else (theme.size(False, width) - 30) / 2
    color = alt.Color("token:N", scale=alt.Scale(**theme.colours(["dealer", "narrow"], t)))
    high = 3 ** np.ceil(np.log(d["factor"].max()) / np.log(3))
    axes = [
        dict(
            scale=alt.Scale(type="log", domain=[0.09, 4], nice=False),
            title="Launch days, flagged over other months",
            axis=alt.Axis(values=[0.1, 0.3, 1, 3], grid=True, labelExpr="datum.value + ' ×'"),
        ),
        _factor(0.06, high, "Odds for a restraint against one rate", [1 / 10, 1 / 3, 1, 3, 10]),
    ]
    panels = []
    for k, (column, x, title) in enumerate((("ratio", axes[0], "The naive ratio"), ("factor", axes[1], "The model"))):
        y = theme.rows(list(names.values()), width, narrow)
        if k and not narrow:
            y = alt.Y("row:N", sort=list(names.values()), axis=None)
        base = alt.Chart(d).encode(x=alt.X(f"{column}:Q", **x), y=y)
        panels.append(
            alt.layer(
                _even(t, x),
                base.transform_filter("!datum.own").mark_tick(height=18, thickness=1.4, opacity=0.3, color=t["ink2"]),
                base.transform_filter("datum.own")
                .mark_point(size=110, stroke=t["paper"], strokeWidth=1.5)
                .encode(color=color),
            ).properties(width=inner, height=44 * len(names), title=_title(t, title))
        )
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=18 if narrow else 30)


def draw_lags(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """The model's factor by shift of the talks, both codings; the panel's own month marked."""
    d, last = frame.assign(factor=np.exp(frame["log_bayes_factor"])).dropna(subset=["factor"]), frame["lag"].max()
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[-last - 0.4, last + 0.4], nice=False),
        title="Months from talks to launches: below 0, talks come after",
        axis=alt.Axis(values=[-6, -3, 0, 3, 6]),
    )
    y: dict[str, Any] = dict(
        scale=alt.Scale(type="log", domain=[0.25, 20], nice=False),
        title="Odds for a restraint against one rate",
        axis=alt.Axis(
            values=[0.333, 1, 3, 10],
            labelExpr="datum.value == 1 ? 'even' : datum.value > 1 ? datum.value + ' : 1' : '1 : 3'",
        ),
    )
    future = pd.DataFrame({"a": [-last - 0.4], "b": [-0.5]})
    layers = [
        alt.Chart(future).mark_rect(color=t["band"]).encode(x=alt.X("a:Q", **x), x2="b:Q"),
        theme.label(
            pd.DataFrame({"a": [-4], "v": [0.3]}),
            t,
            alt.value("talks still to come"),
            "ink2",
            "center",
            x=alt.X("a:Q", **x),
            y=alt.Y("v:Q", **y),
        ),
        alt.Chart(pd.DataFrame({"v": [1]})).mark_rule(color=t["ink"]).encode(y=alt.Y("v:Q", **y)),
        alt.Chart(pd.DataFrame({"v": [1]})).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=alt.X("v:Q", **x)),
    ]
    for coding, dash, name in (("table", [1, 0], "table's coding"), ("second", [1.5, 3], "second coding")):
        part = d[d["coding"] == coding]
        base = alt.Chart(part).encode(x=alt.X("lag:Q", **x), y=alt.Y("factor:Q", **y))
        layers += [
            base.mark_line(color=t["dealer"], strokeDash=dash, strokeWidth=2),
            base.mark_point(
                size=44, color=t["dealer"] if coding == "table" else t["paper"], stroke=t["dealer"], strokeWidth=1.5
            ),
        ]
        peak = part[part["lag"] == (4 if coding == "table" else 0)]
        over = narrow and coding == "second"  # a phone has no room beside the highest point: its name stands above
        layers.append(
            theme.label(
                peak,
                t,
                alt.value(name),
                "dealer",
                "right" if over else "center",
                600,
                dx=-8 if over else 0,
                dy=-24 if over else -13,
                size=11.5,
                x=alt.X("lag:Q", **x),
                y=alt.Y("factor:Q", **y),
            )
        )
    own = pd.DataFrame({"v": [1], "f": [0.3]})
    layers.append(
        theme.label(
            own, t, alt.value("the panel's month"), "accent", dx=5, size=11.5, x=alt.X("v:Q", **x), y=alt.Y("f:Q", **y)
        )
    )
    return alt.layer(*layers).properties(width=theme.size(narrow, 36), height=240)


def draw_episodes(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Rates before, during and after each spell of talks, with intervals: one panel a coding."""
    d = frame[frame["months"] > 0].copy()
    width, panels = (96 if narrow else 130), []
    top = np.ceil(d["high"].max())
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(values=list(range(0, int(top) + 1)), grid=True, format="d"),
    )
    inner = theme.size(narrow, width) if narrow else (theme.size(False, width) - width - 20) / 2
    for coding, title in (("table", "Table's coding"), ("second", "Second coding")):
        part = d[d["coding"] == coding].assign(row=lambda r: [spell_words(s, narrow) for s in r["spell"]])
        names = list(dict.fromkeys(part["row"]))
        y = theme.rows(names, width, narrow).scale(paddingInner=0.3)
        offset = alt.YOffset("when:N", sort=["before", "during", "after"])
        base = alt.Chart(part).encode(y=y, yOffset=offset)
        color = alt.Color(
            "when:N", scale=alt.Scale(domain=["before", "during", "after"], range=[t["data"], t["dealer"], t["data"]])
        )
        layers = [
            base.mark_rule(strokeWidth=6, opacity=0.45).encode(
                x=alt.X("low:Q", title="Launch days a month", **x), x2="high:Q", color=color
            ),
            base.mark_point(size=40).encode(x=alt.X("central:Q", **x), color=color),
        ]
        words = part[part["spell"] == part["spell"].value_counts(sort=False).idxmax()]  # one with all three
        layers.append(
            alt.Chart(words)
            .mark_text(align="left", dx=6, fontSize=11)
            .encode(x=alt.X("high:Q", **x), y=y, yOffset=offset, text="when:N", color=color)
        )
        panels.append(alt.layer(*layers).properties(width=inner, height=62 * len(names), title=_title(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=16).resolve_scale(y="independent")


def spell_words(spell: str, narrow: bool = False) -> str:
    """'2018-04 to 2019-03' → 'Apr 2018–Mar 2019'."""
    first, last = (pd.Period(m) for m in spell.split(" to "))
    form = "%m/%y" if narrow else "%b %Y"
    return first.strftime(form) + ("" if first == last else "–" + last.strftime(form))


PRIOR_WORDS = {
    "rd_rate_shape": "Rate: shape",
    "rd_rate_rate": "Rate: scale",
    "rd_phi_max": "Longest memory",
    "rd_sigma": "Spread of moods",
    "rd_beta": "Size of effects",
}


def draw_priors(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """For each flag, the factor as each prior runs from the low to the high end of its range."""
    ends = frame[frame["prior"] != "central"]
    width, panels = (104 if narrow else 118), []
    inner = theme.size(narrow, width) if narrow else (theme.size(False, width) - 60) / 3
    x = _factor(0.06, 7, None, [0.1, 1 / 3, 1, 3])
    cases = (
        ("dealer", "Talks, table's coding", "dealer"),
        ("dealer_second", "Talks, second coding", "dealer"),
        ("narrow", "Pressure", "narrow"),
    )
    for k, (column, title, token) in enumerate(cases):
        d = ends.assign(row=ends["prior"].map(PRIOR_WORDS), v=np.exp(ends[column].astype(float)))
        wide = d.pivot(index="row", columns="end", values="v").reset_index()
        names = list(PRIOR_WORDS.values())
        y = theme.rows(names, width, narrow) if k == 0 or narrow else alt.Y("row:N", sort=names, axis=None)
        centre = float(np.exp(frame.loc[frame["prior"] == "central", column].iloc[0]))
        layers = [
            _even(t, x),
            alt.Chart(pd.DataFrame({"v": [centre]}))
            .mark_rule(color=t[token], strokeDash=[2, 3])
            .encode(x=alt.X("v:Q", **x)),
            alt.Chart(wide)
            .mark_rule(strokeWidth=7, color=t[token], opacity=0.45)
            .encode(x=alt.X("low:Q", **x), x2="high:Q", y=y),
            alt.Chart(d)
            .mark_point(size=46, strokeWidth=1.5, stroke=t[token])
            .encode(
                x=alt.X("v:Q", **x),
                y=y,
                fill=alt.Fill("end:N", scale=alt.Scale(domain=["low", "high"], range=[t["paper"], t[token]])),
            ),
        ]
        panels.append(
            alt.layer(*layers).properties(
                width=inner, height=(22 if narrow else 26) * len(names), title=_title(t, title)
            )
        )
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=14 if narrow else 30).resolve_scale(
        fill="independent"
    )


WORLDS = {
    "memory": "No effect, memory as it was",
    "planted": "Talks restrain him",
    "steady": "Pressure restrains him",
    "chased": "The same, measures follow launches",
}


def draw_calibration(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Share of simulated histories in which each model cries restraint at three to one, with 90 per cent intervals."""
    short = ("No effect", "Talks restrain", "Pressure restrains", "… and is chased")
    names = list(short) if narrow else list(WORLDS.values())
    d = table.loc[list(WORLDS)].reset_index().assign(row=names)
    long = pd.concat([d[["row", "histories"]].assign(model=m, share=d[f"{m}_3"]) for m in ("naive", "memory")])
    hit = long["share"] * long["histories"]
    long["low"], long["high"] = (
        100 * beta_distribution.ppf(q, hit + 0.5, long["histories"] - hit + 0.5) for q in (0.05, 0.95)
    )
    long["share"] *= 100
    width = 118 if narrow else 215
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 100], nice=False),
        title="Histories with odds above 3 to 1" + ("" if narrow else " for a restraint") + ", %",
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=True),
    )
    y = theme.rows(names, width, narrow).scale(paddingInner=0.3)
    offset = alt.YOffset("model:N", sort=["naive", "memory"])
    base = alt.Chart(long).encode(y=y, yOffset=offset)
    color = alt.Color("model:N", scale=alt.Scale(domain=["naive", "memory"], range=[t["data"], t["ink"]]))
    layers = [
        base.mark_rule(strokeWidth=6, opacity=0.4).encode(x=alt.X("low:Q", **x), x2="high:Q", color=color),
        base.mark_point(size=52).encode(
            x=alt.X("share:Q", **x),
            color=color,
            shape=alt.Shape("model:N", scale=alt.Scale(domain=["naive", "memory"], range=["diamond", "circle"])),
        ),
    ]
    words = long[long["row"] == names[0]].assign(
        text=lambda r: r["model"].map({"naive": "naive", "memory": "with memory"})
    )
    layers.append(
        alt.Chart(words)
        .mark_text(align="left", dx=7, fontSize=12, fontWeight=600)
        .encode(x=alt.X("high:Q", **x), y=y, yOffset=offset, text="text:N", color=color)
    )
    return alt.layer(*layers).properties(width=theme.size(narrow, width), height=46 * len(names))


def item_words(item: str) -> str:
    """kin_abroad → Kin abroad."""
    return item.replace("_", " ").capitalize()


def draw_matrix(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Items by rows, one panel a reading: the likelihood ratio with its range; computed items in ink."""
    order = list(
        dict.fromkeys(
            table.sort_values(
                ["basis", "cluster"],
                key=lambda c: c.map(lambda v: (v != "computed", v)) if c.name == "basis" else c,
                kind="stable",
            )["item"]
        )
    )
    names, width = [item_words(i) for i in order], (120 if narrow else 140)
    d = table.assign(row=table["item"].map(item_words), computed=table["basis"] == "computed")
    for column in ("lr_low", "lr_central", "lr_high"):
        d[column] = d[column].astype(float).clip(0.12, 3.4)
    inner = (theme.size(narrow, width) - 2 * (10 if narrow else 22)) / 3
    panels = []
    for k, reading in enumerate(READINGS):
        y = theme.rows(names, width, narrow) if k == 0 else alt.Y("row:N", sort=names, axis=None)
        x: dict[str, Any] = dict(
            scale=alt.Scale(type="log", domain=[0.11, 3.6], nice=False),
            title=None,
            axis=alt.Axis(
                values=[0.2, 1, 3] if narrow else [0.2, 0.5, 1, 2],
                grid=True,
                labelExpr="datum.value + (datum.value == 1 ? '' : ' ×')",
            ),
        )
        part = d[d["reading"] == reading]
        base = alt.Chart(part).encode(y=y)
        layers = [
            _even(t, x),
            base.mark_rule(strokeWidth=5, color=t[reading], opacity=0.4).encode(
                x=alt.X("lr_low:Q", **x), x2="lr_high:Q"
            ),
            base.mark_point(size=36, strokeWidth=1.4, stroke=t[reading], shape=theme.SHAPE[reading]).encode(
                x=alt.X("lr_central:Q", **x),
                fill=alt.Fill("computed:N", scale=alt.Scale(domain=[True, False], range=[t[reading], t["paper"]])),
            ),
        ]
        title = (terms.LABELS | terms.SHORT if narrow else terms.LABELS)[reading]
        panels.append(
            alt.layer(*layers).properties(width=inner, height=19 * len(names), title=_title(t, title, reading))
        )
    return alt.hconcat(*panels, spacing=10 if narrow else 22).resolve_scale(fill="independent")


def draw_triangle(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Prior in, posterior out: from equal beliefs to what launches, computed items and all items make of them."""
    points = {c: part[list(READINGS)].to_numpy() for c, part in frame[frame["draw"] == 0].groupby("case", sort=False)}
    base = theme.triangle(t, narrow, [])
    side = 270 if narrow else 400
    pad, high = (theme.size(narrow, 0) - side) / 2 / side, 3**0.5 / 2
    x = alt.X("x:Q", scale=alt.Scale(domain=[-pad, 1 + pad], nice=False, zero=False), axis=None)
    y = alt.Y(
        "y:Q", scale=alt.Scale(domain=[-0.12 if narrow else -0.09, high + 0.1], nice=False, zero=False), axis=None
    )

    def at(beliefs: ArrayLike) -> pd.DataFrame:
        return pd.DataFrame(simplex.xy(np.atleast_2d(beliefs)), columns=["x", "y"])

    layers = list(base.layer)
    cloud = frame[frame["case"].str.endswith("root") & (frame["draw"] > 0)]
    tokens = cloud["case"].str.startswith("all").map({True: "accent", False: "ink2"})
    for token in ("ink2", "accent"):
        layers.append(
            alt.Chart(at(cloud.loc[tokens == token, list(READINGS)]))
            .mark_point(size=9, color=t[token], opacity=0.4, strokeWidth=0)
            .encode(x, y)
        )
    start = at(points["start"])
    for case, token in (("launches", "ink"), ("second", "ink"), ("computed, root", "ink2"), ("all, root", "accent")):
        path = pd.concat([start, at(points[case])]).assign(order=range(2))
        layers.append(alt.Chart(path).mark_line(color=t[token], strokeWidth=1.6).encode(x, y, order="order:Q"))
    marks = [
        ("start", "start", "paper", "circle", "center", 0, 17),
        ("launches", "launches", "ink", "circle", "left", 2, -13),
        ("second", "recoded" if narrow else "launches, recoded", "ink", "circle", "right", -28, 2),
        ("computed, root", "computed" if narrow else "computed items", "ink2", "diamond", "right", -10, 2),
        ("all, root", "all items", "accent", "square", "left", 22 if narrow else 26, 4),
    ]
    for case, text, token, shape, align, dx, dy in marks:
        one = at(points[case])
        edge = t["ink"] if case == "start" else t["paper"]
        layers.append(
            alt.Chart(one).mark_point(size=70, color=t[token], stroke=edge, strokeWidth=1.4, shape=shape).encode(x, y)
        )
        layers.append(
            theme.label(
                one, t, alt.value(text), "ink" if token == "paper" else token, align, 600, dx=dx, dy=dy, x=x, y=y
            )
        )
    for rule in ("independent", "one"):
        layers.append(
            alt.Chart(at(points[f"all, {rule}"]))
            .mark_point(size=50, filled=False, stroke=t["accent"], strokeWidth=1.6, shape="square")
            .encode(x, y)
        )
    return alt.layer(*layers).properties(width=base.width, height=base.height)


def draw_future(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Belief in the true reading at the end of the horizon, by scenario and truth, beside what it is now."""
    names, width = [s.capitalize() for s in dict.fromkeys(frame["scenario"])], (88 if narrow else 104)
    d = frame.assign(row=frame["scenario"].str.capitalize())
    for column in ("before", "low", "central", "high"):
        d[column] = 100 * d[column]
    inner = (theme.size(narrow, width) - 2 * (18 if narrow else 24)) / 3 - (6 if narrow else 12)  # labels stick out
    panels = []
    for k, reading in enumerate(READINGS):
        y = theme.rows(names, width, narrow) if k == 0 else alt.Y("row:N", sort=names, axis=None)
        x: dict[str, Any] = dict(
            scale=alt.Scale(domain=[0, 100], nice=False),
            title="Belief, %" if k == 0 else None,
            axis=alt.Axis(values=[0, 50, 100], grid=True),
        )
        part = d[d["truth"] == reading]
        now = alt.Chart(part.head(1)).mark_rule(color=t["ink"], strokeDash=[2, 3]).encode(x=alt.X("before:Q", **x))
        bars = theme.ranges(part, t, "low", "high", color=reading, vertical=False, x=x, y=y)
        dots = (
            alt.Chart(part)
            .mark_point(size=60, color=t[reading], shape=theme.SHAPE[reading])
            .encode(x=alt.X("central:Q", **x), y=y)
        )
        title = (terms.LABELS | terms.SHORT if narrow else terms.LABELS)[reading]
        panels.append(
            alt.layer(bars, now, dots).properties(width=inner, height=34 * len(names), title=_title(t, title, reading))
        )
    return alt.hconcat(*panels, spacing=18 if narrow else 24)


def draw_flow(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """A triangle of priors (open dots), with lines to the posterior: solid for the table's coding, dashed recoded."""
    base = theme.triangle(t, narrow, [])
    side = 270 if narrow else 400
    pad, high = (theme.size(narrow, 0) - side) / 2 / side, 3**0.5 / 2
    x = alt.X("x:Q", scale=alt.Scale(domain=[-pad, 1 + pad], nice=False, zero=False), axis=None)
    y = alt.Y(
        "y:Q", scale=alt.Scale(domain=[-0.12 if narrow else -0.09, high + 0.1], nice=False, zero=False), axis=None
    )
    d = frame.copy()
    d[["x", "y"]] = simplex.xy(d[list(READINGS)].to_numpy())
    tip = ["when:N"] + [alt.Tooltip(f"{r}:Q", format=".0%", title=terms.LABELS[r]) for r in READINGS]
    layers = list(base.layer)
    for coding, token, dash in (("second", "dealer", [2, 3]), ("table", "ink", [1, 0])):
        part = d[d["coding"] == coding]
        layers.append(
            alt.Chart(part)
            .mark_line(color=t[token], strokeWidth=1.3, strokeDash=dash)
            .encode(x, y, detail="prior:N", order=alt.Order("when:N", sort="descending"))
        )
        layers.append(
            alt.Chart(part[part["when"] == "posterior"]).mark_point(size=46, color=t[token]).encode(x, y, tooltip=tip)
        )
    start = d[(d["when"] == "prior") & (d["coding"] == "table")]
    layers.append(
        alt.Chart(start)
        .mark_point(size=46, color=t["paper"], stroke=t["ink"], strokeWidth=1.3)
        .encode(x, y, tooltip=tip)
    )
    return alt.layer(*layers).properties(width=base.width, height=base.height)
