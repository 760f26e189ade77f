"""Drawings of chapter 10, from the frames of `bargain.stakes`."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import prose, terms
from bargain.plots import theme

PRESETS = {"lives_only": "lives only", "all_central": "all, central", "human_rights": "human rights"}
WORDS = {"force": "force", "pressure": "pressure", "talks": "talks", "accept": "acceptance"}


# ---------------------------------------------------------------- charts
CAUSE_WORDS = {
    "war": "War",
    "camps": "Political prison camps",
    "want": "Want, against today’s course",
    "all": "All three",
}
SOURCE_ROWS = ("model", "stated")


OPTIONS = tuple(p for p in terms.POLICIES if p != "status_quo")


def seeded(shares: pd.DataFrame, option: str, quadrant: str) -> tuple[float, float]:
    """Shares of an option in a quadrant, one a seed: of rows with source, option, quadrant, share."""
    rows = shares[(shares.source == "model") & (shares.option == option) & (shares.quadrant == quadrant)]
    return tuple(rows.share)


def _options(t: theme.Tokens) -> alt.Color:
    return alt.Color("option:N", scale=alt.Scale(**theme.colours(OPTIONS, t)))


def draw_causes(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Deaths by cause and option on one axis: model (bar and filled mark), stated (thin bar, open mark) below it."""
    names = [terms.LABELS[o] for o in OPTIONS]
    rows = frame.assign(row=frame.option.map(terms.LABELS))
    left, panels = 118, []
    domain = [min(-60.0, 1.1 * rows.low.min()), 1.03 * float(rows.high.max())]
    for cause, title in CAUSE_WORDS.items():
        part, last = rows[rows.cause == cause], cause == "all"
        x: dict[str, Any] = {
            "scale": alt.Scale(domain=domain, nice=False),
            "title": "Thousand deaths in ten years" if last else None,
            "axis": alt.Axis(tickCount=3 if narrow else 6, grid=True, labels=last, ticks=last, domain=last),
        }
        y = alt.Y(
            "row:N", sort=names, title=None, axis=alt.Axis(minExtent=left - 6, maxExtent=left - 6, labelLimit=left - 8)
        )
        offset = alt.YOffset("source:N", sort=list(SOURCE_ROWS), scale=alt.Scale(paddingOuter=0.5))
        base = alt.Chart(part).encode(y=y, yOffset=offset)
        dash = [3, 2] if cause in ("camps", "want") else [1, 0]
        model, stated = (base.transform_filter(f"datum.source == '{s}'") for s in SOURCE_ROWS)
        panels.append(
            alt.layer(
                alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("x:Q", **x)),
                model.mark_rule(color=t["data"], strokeWidth=5, opacity=0.5, strokeDash=dash).encode(
                    x=alt.X("low:Q", **x), x2="high:Q"
                ),
                stated.mark_rule(color=t["ink"], strokeWidth=1.6, strokeDash=dash).encode(
                    x=alt.X("low:Q", **x), x2="high:Q"
                ),
                model.mark_point(color=t["data"], size=46).encode(x=alt.X("mean:Q", **x)),
                stated.mark_point(color=t["ink"], size=40, filled=False).encode(x=alt.X("mean:Q", **x)),
            ).properties(width=theme.size(narrow, left), height=92, title=title)
        )
    return alt.vconcat(*panels, spacing=10)


def draw_cloud(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, shares: pd.DataFrame) -> alt.typing.ChartType:
    """Futures by what each option does against talks: accountability across, deaths upwards, quadrants named."""
    panels, side, top = [], float(frame.x1.max()), float(frame.y1.max())
    words = {
        "talks dominate": "worse on both",
        "trade-off": "a trade-off",
        "the other dominates": "better on both",
        "talks cost lives and give justice": "spares lives",
    }
    for k, option in enumerate(("force", "pressure", "accept")):
        part = frame[frame.option == option]
        part = part.assign(strength=np.sqrt(part.share / part.share.max()))
        x: dict[str, Any] = {
            "scale": alt.Scale(domain=[-side, side], nice=False),
            "title": "Accountability, more than under talks" if narrow or k == 1 else None,
            "axis": alt.Axis(values=[-0.1, 0, 0.1]),
        }
        first = narrow or k == 0
        y: dict[str, Any] = {
            "scale": alt.Scale(domain=[-1.3 * top, 1.3 * top], nice=False),
            "title": None,
            "axis": alt.Axis(tickCount=4, grid=False, labels=first),
        }
        zero = pd.DataFrame({"z": [0.0]})
        corners = pd.DataFrame(
            [
                {
                    "x": sx * side,
                    "y": sy * 1.22 * top,
                    "align": "left" if sx < 0 else "right",
                    "word": words[terms.QUADRANTS[sy > 0, sx > 0]],
                    "share": prose.span_percent(*seeded(shares, option, terms.QUADRANTS[sy > 0, sx > 0])),
                }
                for sx in (-1, 1)
                for sy in (-1, 1)
            ]
        )
        corners["below"] = corners.y - np.where(corners.y > 0, 0.17, -0.17) * top
        layers = [
            alt.Chart(part)
            .mark_rect(color=t["data"])
            .encode(
                x=alt.X("x0:Q", **x),
                x2="x1:Q",
                y=alt.Y("y0:Q", **y),
                y2="y1:Q",
                opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.06, 1])),
            ),
            alt.Chart(zero).mark_rule(color=t["ink"]).encode(x=alt.X("z:Q", **x)),
            alt.Chart(zero).mark_rule(color=t["ink"]).encode(y=alt.Y("z:Q", **y)),
        ]
        for align in ("left", "right"):
            for field, row, weight in (("word", "y", 400), ("share", "below", 600)):
                layers.append(
                    theme.label(
                        corners[corners["align"] == align],
                        t,
                        f"{field}:N",
                        "ink2",
                        align,
                        weight,
                        dx=3 if align == "left" else -3,
                        size=11,
                        x=alt.X("x:Q", **x),
                        y=alt.Y(f"{row}:Q", **y),
                    )
                )
        panels.append(
            alt.layer(*layers).properties(
                width=theme.size(narrow, 46) if narrow else 186,
                height=240,
                title=f"{terms.LABELS[option]} against talks",
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=14)


WHO = {"even": "undecided", "irrational": "creature of habit", "narrow": "narrowly rational", "dealer": "deal-seeker"}


def draw_weights(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, prices: Mapping[str, float]
) -> alt.typing.ChartType:
    """The break-even weight as strips on a logarithmic axis, with what two presets say that accountability is worth."""
    rows = frame[frame.seed == frame.seed.iloc[0]].copy()
    rows["row"] = np.where(rows.source == "stated", "stated directly", rows.who.map(WHO))
    order = [*WHO.values(), "stated directly"]
    marks = pd.DataFrame([{"x": prices[name], "word": words} for name, words in PRESETS.items() if prices[name]])
    panels, left = [], 122
    for option in ("force", "pressure"):
        part = rows[rows.option == option]
        x: dict[str, Any] = dict(
            scale=alt.Scale(type="log", domain=[5e3, 1e8], nice=False),
            title="Lives for full accountability" if option == "pressure" else None,
            axis=alt.Axis(
                values=[1e4, 1e5, 1e6, 1e7, 1e8],
                grid=True,
                labelExpr=("datum.value < 1e6 ? format(datum.value, ',') : format(datum.value / 1e6, ',') + ' m'"),
            ),
        )
        y = alt.Y(
            "row:N", sort=order, title=None, axis=alt.Axis(minExtent=left - 6, maxExtent=left - 6, labelLimit=left)
        )
        layers = [
            theme.strips(part, t, ["q5", "q25", "q50", "q75", "q95"], color="data", x=x, y=y),
            alt.Chart(marks).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=alt.X("x:Q", **x)),
        ]
        if option == "force":
            layers.append(
                theme.label(
                    marks, t, "word:N", "accent", "center", dy=-8, base="bottom", x=alt.X("x:Q", **x), y=alt.value(0)
                )
            )
        panels.append(
            alt.layer(*layers).properties(
                width=theme.size(narrow, left),
                height=26 * len(order),
                title=alt.Title(f"{terms.LABELS[option]} instead of talks", offset=24 if option == "force" else 8),
            )
        )
    return alt.vconcat(*panels, spacing=16)


ISO = (200_000, 1_000_000, 5_000_000)


def surface_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Lines of equal break-even weight, straight through the tie: option, J, x (war), y (accountability), 2 points."""
    out = []
    for row in frame.itertuples():
        for price in ISO:
            for x in (row.tie, 1.0):
                out.append((row.option, price, x, row.talks_justice + (x - row.tie) * row.lost / price))
    return pd.DataFrame(out, columns=["option", "J", "x", "y"])


def draw_surface(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Break-even weight over the option's chance of war and its accountability, as a fan of lines from the tie."""
    panels = []
    for row in frame.itertuples():
        high = 1.15 * float(row.war_high)
        top = 1.25 * float(row.justice_high)
        lines = surface_lines(frame[frame.option == row.option])
        start = row.talks_justice
        ends = []
        for price, part in lines.groupby("J"):
            slope = (part.y.iloc[1] - start) / (part.x.iloc[1] - row.tie)
            x = min(high, row.tie + (top - start) / slope)
            ends.append(
                {
                    "x0": row.tie,
                    "y0": start,
                    "x": x,
                    "y": start + slope * (x - row.tie),
                    "word": f"{price / 1e6:g} m" if price >= 1e6 else f"{price:,}",
                }
            )
        ends = pd.DataFrame(ends)
        X: dict[str, Any] = {
            "scale": alt.Scale(domain=[0, high], nice=False),
            "axis": alt.Axis(format="%", tickCount=4),
            "title": "Chance of war in ten years",
        }
        Y: dict[str, Any] = {
            "scale": alt.Scale(domain=[0, top], nice=False),
            "axis": alt.Axis(tickCount=4),
            "title": None,
        }
        here = pd.DataFrame([row._asdict()])
        fewer = pd.DataFrame({"x": [0.0], "x2": [row.tie]})
        point = alt.Chart(here).encode(x=alt.X("war:Q", **X), y=alt.Y("justice:Q", **Y))
        flat = ends.x >= high - 1e-9
        layers = [
            alt.Chart(fewer).mark_rect(color=t["band"]).encode(x=alt.X("x:Q", **X), x2="x2:Q"),
            alt.Chart(ends)
            .mark_rule(color=t["ink3"])
            .encode(x=alt.X("x0:Q", **X), x2="x:Q", y=alt.Y("y0:Q", **Y), y2="y:Q"),
            theme.label(
                ends[~flat], t, "word:N", "ink2", "right", dx=-11, dy=8, x=alt.X("x:Q", **X), y=alt.Y("y:Q", **Y)
            ),
            theme.label(ends[flat], t, "word:N", "ink2", "right", dy=-9, x=alt.X("x:Q", **X), y=alt.Y("y:Q", **Y)),
            alt.Chart(here)
            .mark_rule(color=t[row.option], strokeWidth=2)
            .encode(x=alt.X("war_low:Q", **X), x2="war_high:Q", y=alt.Y("justice:Q", **Y)),
            alt.Chart(here)
            .mark_rule(color=t[row.option], strokeWidth=2)
            .encode(x=alt.X("war:Q", **X), y=alt.Y("justice_low:Q", **Y), y2="justice_high:Q"),
            point.mark_point(size=80, color=t[row.option], shape=theme.SHAPE[row.option]),
        ]
        panels.append(
            alt.layer(*layers).properties(
                width=theme.size(narrow, 40) if narrow else 280,
                height=230,
                title=f"{terms.LABELS[row.option]} against talks",
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=24)


def draw_aversion(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Certainty equivalent over the aversion to catastrophe, and what the worst thousandth carries of it."""
    rows = frame.assign(name=frame.option.map(terms.LABELS))
    x = alt.X("theta:Q", title="Aversion, per million deaths", axis=alt.Axis(tickCount=5))
    dash = alt.StrokeDash("option:N", scale=alt.Scale(domain=list(OPTIONS), range=[theme.DASH[o] for o in OPTIONS]))
    end = rows[rows.theta == rows.theta.max()].sort_values("lives")
    gap = np.log(end.lives.max() / rows.lives.min()) / 14
    spots = []
    for v in np.log(end.lives):  # names apart from each other
        spots.append(max(v, spots[-1] + gap) if spots else v)
    end = end.assign(at=np.exp(spots))
    scale = alt.Scale(type="log", domain=[0.9 * float(rows.lives.min()), 1.1 * float(np.exp(max(spots)))], nice=False)
    left = alt.Y(
        "lives:Q",
        scale=scale,
        title=None,
        axis=alt.Axis(
            values=[1e5, 3e5, 1e6, 3e6, 1e7],
            labelExpr=("datum.value < 1e6 ? format(datum.value, ',') : format(datum.value / 1e6, ',') + ' m'"),
        ),
    )
    right = alt.Y("carried:Q", scale=alt.Scale(domain=[0, 1]), title=None, axis=alt.Axis(format="%", tickCount=5))
    lines = alt.Chart(rows).mark_line().encode(x=x, y=left, color=_options(t), strokeDash=dash)
    layers = [lines]
    for option in OPTIONS:
        layers.append(
            theme.label(
                end[end.option == option], t, "name:N", option, "left", 600, dx=5, x=x, y=alt.Y("at:Q", scale=scale)
            )
        )
    share = alt.Chart(rows).mark_line().encode(x=x, y=right, color=_options(t), strokeDash=dash)
    wide = theme.size(narrow, 172) if narrow else 220
    panels = [
        alt.layer(*layers).properties(width=wide, height=230, title="Deaths that count as much"),
        share.properties(
            width=theme.size(narrow, 40) if narrow else 190, height=230, title="Carried by the worst thousandth"
        ),
    ]
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=20)


def draw_reader(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, price: float) -> alt.typing.ChartType:
    """Deaths less the reader's price of accountability times what each option brings of it; the price is a slider."""
    start = price / 1000
    chosen = alt.param(
        name="price",
        value=start,
        bind=alt.binding_range(min=0, max=2000, step=10, name="Full accountability is worth, thousand lives: "),
    )
    rows = frame.assign(row=frame.option.map(terms.LABELS))
    low = float((rows.deaths - 2000 * rows.justice.clip(lower=0)).min())
    high = float((rows.deaths - 2000 * rows.justice.clip(upper=0)).max())
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[min(low, 0), 1.1 * high], nice=False),
        axis=alt.Axis(tickCount=5, grid=True),
        title="Thousand lives: deaths less accountability at its price",
    )
    y = alt.Y("row:N", sort=list(rows.row), title=None, axis=alt.Axis(minExtent=112, maxExtent=112, labelLimit=112))
    base = (
        alt.Chart(rows)
        .transform_calculate(loss="datum.deaths - price * datum.justice")
        .transform_joinaggregate(least="min(loss)")
        .transform_calculate(
            word="format(datum.loss, ',.0f') + (datum.loss <= datum.least ? ' · least' : '')",
            end="max(datum.loss, 0)",  # so that no word lies on a bar that runs to the left
        )
    )
    bars = base.mark_bar(height=22, color=t["data"]).encode(x=alt.X("loss:Q", **x), y=y)
    words = base.mark_text(align="left", dx=6, color=t["ink"], fontSize=12)
    words = words.encode(x=alt.X("end:Q", **x), y=y, text="word:N")
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("x:Q", **x))
    return alt.layer(bars, zero, words).add_params(chosen).properties(width=theme.size(narrow, 118), height=150)


def draw_held(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Published estimates of prisoners by year: a range, or a point where the source gives one number."""
    rows = frame.assign(low=frame.low / 1000, high=frame.high / 1000, central=frame.central / 1000)
    span = rows[rows.low < rows.high]
    end = theme.reach(2027, rows.year, 1)
    x = alt.X(
        "year:Q",
        scale=alt.Scale(domain=[2004, end], nice=False),
        title=None,
        axis=alt.Axis(format="d", values=list(range(2005, int(end) + 1, 5))),
    )
    y: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, theme.reach(215, rows.high)]), title="Thousand held", axis=alt.Axis(tickCount=5)
    )
    brief = {
        "ROK and US officials, NGOs to 2012": "officials, NGOs",
        "UN Commission of Inquiry": "UN inquiry",
        "National Human Rights Commission of Korea": "rights commission",
        "IBA War Crimes Committee inquiry": "lawyers’ inquiry",
    }
    rows = rows.assign(word=rows.estimator.replace(brief))
    layers = [
        theme.ranges(span, t, "low", "high", x=x, y=y),
        alt.Chart(rows[rows.low == rows.high])
        .mark_point(color=t["ink"], size=40)
        .encode(x=x, y=alt.Y("central:Q", **y)),
    ]
    place = {
        "officials, NGOs": ("low", "center", 0, 12),
        "rights commission": ("high", "left", 8, 0),
        "UN inquiry": ("low", "center", 8, 12),
        "lawyers’ inquiry": ("high", "center", 0, -10),
    }
    for row in rows.itertuples():
        edge, align, dx, dy = place.get(row.word, ("high", "right", -8, 0))
        layers.append(
            theme.label(
                rows.loc[[row.Index]], t, "word:N", "ink2", align, dx=dx, dy=dy, size=11, x=x, y=alt.Y(f"{edge}:Q", **y)
            )
        )
    return alt.layer(*layers).properties(width=theme.size(narrow, 34), height=220)


FATES = {  # fate: (word, ink of its bar, ink of its word): words keep a contrast of 4.5 to 1 in light and dark
    "unpunished": ("left alone", "band", "ink"),
    "exile": ("exile", "rule", "ink"),
    "imprisoned": ("prison", "data", "paper"),
    "killed": ("killed", "ink", "paper"),
}


def draw_endings(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Fate of long-serving leaders by how they lost office, as shares; darker is harder."""
    rows = frame.assign(
        word=frame.fate.map(lambda f: FATES[f][0]),
        row=[f"{e} ({n})" for e, n in zip(frame.ending, frame.cases, strict=True)],
    )
    names = list(dict.fromkeys(rows["row"]))
    rows["x1"] = rows.groupby("ending").share.cumsum()
    rows["x0"] = rows.x1 - rows.share
    rows["mid"] = (rows.x0 + rows.x1) / 2
    left, drop = (8, 9) if narrow else (226, 0)
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 1], nice=False),
        title=None,
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    names_axis = alt.Axis(labelLimit=left - 8, minExtent=left - 6, maxExtent=left - 6)
    y = alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labels=False) if narrow else names_axis)
    inks = alt.Scale(domain=list(FATES), range=[t[bar] for _, bar, _ in FATES.values()])
    layers = [
        alt.Chart(rows)
        .mark_bar(height=15, yOffset=drop)
        .encode(x=alt.X("x0:Q", **x), x2="x1:Q", y=y, color=alt.Color("fate:N", scale=inks))
    ]
    wide = rows[rows.share > (0.22 if narrow else 0.13)]
    for fate, (_, _, ink) in FATES.items():
        spot = wide[wide.fate == fate]
        look: dict[str, Any] = dict(size=11, halo=False, dy=drop, x=alt.X("mid:Q", **x), y=y)
        layers.append(theme.label(spot, t, "word:N", ink, "center", 600, **look))
    if narrow:
        first = rows.drop_duplicates("ending")
        layers.append(theme.label(first, t, "row:N", "ink", "left", dy=-7, size=11, x=alt.X("x0:Q", **x), y=y))
    return alt.layer(*layers).properties(width=theme.size(narrow, left), height=(40 if narrow else 27) * len(names))


def draw_danger(
    t: theme.Tokens, narrow: bool, scale: pd.DataFrame, curves: pd.DataFrame, marks: Mapping[str, float]
) -> alt.typing.ChartType:
    """Who puts the yearly danger of war how high, above deaths by option over that danger, on one axis.

    scale: `danger.scale`; curves: `danger.by_danger`; marks: {words: yearly danger}, dotted through the lower panel.
    """
    left, panels = 166, []
    ends = [float(curves["hazard"].min()), float(curves["hazard"].max())]
    values = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]

    def x(field: str, last: bool = False) -> alt.X:
        axis = alt.Axis(
            values=values, labelExpr="format(100 * datum.value, '~g') + '%'", grid=True, labels=last, ticks=last
        )
        title = "Chance of war in a year" if last else None
        return alt.X(field, scale=alt.Scale(type="log", domain=ends, nice=False), title=title, axis=axis)

    for group, rows in scale.groupby("group", sort=False):
        named = rows.assign(row=rows["row"].map(lambda r: terms.LABELS.get(r, r)))
        named = named.assign(low=named["low"].clip(lower=ends[0]))
        axis = alt.Axis(minExtent=left - 6, maxExtent=left - 6, labelLimit=left, labelFontSize=11)
        y = alt.Y("row:N", sort=list(named["row"]), title=None, axis=axis)
        base = alt.Chart(named).encode(y=y)
        panels.append(
            alt.layer(
                base.mark_rule(color=t["data"], strokeWidth=5, opacity=0.5).encode(x=x("low:Q"), x2="high:Q"),
                base.mark_point(color=t["ink"], size=36).encode(x=x("central:Q")),
            ).properties(width=theme.size(narrow, left), height=18 * len(named), title=group)
        )
    rows = curves.assign(name=curves["option"].map(terms.LABELS))
    high = alt.Y(
        "deaths:Q",
        title="Thousand dead in ten years",
        scale=alt.Scale(type="log", nice=False, domain=[0.8 * rows["deaths"].min(), 1.6 * rows["deaths"].max()]),
        axis=alt.Axis(values=[50, 100, 200, 500, 1000], minExtent=left - 6, maxExtent=left - 6),
    )
    dash = alt.StrokeDash("option:N", scale=alt.Scale(domain=list(OPTIONS), range=[theme.DASH[o] for o in OPTIONS]))
    lines = alt.Chart(rows).mark_line().encode(x=x("hazard:Q", True), y=high, color=_options(t), strokeDash=dash)
    spots = pd.DataFrame([{"hazard": at, "word": word} for word, at in marks.items()])
    layers = [
        alt.Chart(spots).mark_rule(color=t["ink3"], strokeDash=[2, 3]).encode(x=x("hazard:Q", True)),
        lines,
        theme.label(
            spots, t, "word:N", "ink2", "right", 600, dx=-5, base="top", size=11, x=x("hazard:Q", True), y=alt.value(3)
        ),
    ]
    # names where no line passes: force above its start, on a phone under its end; pressure upper left of a rise; talks
    # and what ties lower right
    names = {
        "force": (0.2, "right", 0, 30) if narrow else (ends[0], "left", 4, -13),
        "pressure": (0.03, "right", -4, -8),
        "talks": (0.0035, "left", 5, 8),
    }
    for option, (hazard, align, dx, dy) in names.items():
        line = rows[rows["option"] == option].sort_values("hazard")
        dead = float(np.exp(np.interp(np.log(hazard), np.log(line["hazard"]), np.log(line["deaths"]))))
        text = terms.LABELS[option] + (", acceptance" if option == "talks" and _together(rows, option) else "")
        at = pd.DataFrame({"hazard": [hazard], "deaths": [dead], "name": [text]})
        where: dict[str, Any] = dict(x=x("hazard:Q", True), y=high, dx=dx, dy=dy, size=11)
        layers.append(theme.label(at, t, "name:N", option, align, 600, **where))
    if not _together(rows, "talks"):
        end = rows[(rows["option"] == "accept") & (rows["hazard"] == ends[0])]
        layers.append(
            theme.label(end, t, "name:N", "accept", "left", 600, dx=4, dy=-9, size=11, x=x("hazard:Q", True), y=high)
        )
    panels.append(
        alt.layer(*layers).properties(
            width=theme.size(narrow, left), height=230, title="What the four options then cost"
        )
    )
    return alt.vconcat(*panels, spacing=8)


def _together(rows: pd.DataFrame, option: str) -> bool:
    """Whether the deaths of an option stay within a tenth of those of acceptance, at every danger."""
    dead = rows.pivot(index="hazard", columns="option", values="deaths")
    return bool((np.abs(np.log(dead[option] / dead["accept"])) < 0.1).all())
