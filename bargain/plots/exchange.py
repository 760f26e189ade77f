"""Drawings of chapter 7, from the frames of `bargain.exchange`."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.prose import capital
from bargain.terms import COALITION, KIM, MINDS, SIDES

GIVES = {"kim": "What Kim gives", "coalition": "What the coalition gives"}


def draw_matrix(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Ranges of what each step is worth to both sides, a panel a giver; on the phone the names stand above the bars."""
    left = 10 if narrow else 268
    domain = [-600, 1100]
    x: dict[str, Any] = {"scale": alt.Scale(domain=domain, nice=False), "title": None}
    ticks = [-500, 0, 500, 1000]
    panels = []
    for giver in SIDES:
        rows = frame[frame.giver == giver]
        order = list(dict.fromkeys(rows.step))
        y = alt.Y(
            "step:N",
            sort=order,
            title=None,
            axis=alt.Axis(labels=False, grid=True, bandPosition=0)
            if narrow
            else alt.Axis(labelLimit=262, grid=True, bandPosition=0, minExtent=262, maxExtent=262),
            scale=alt.Scale(paddingInner=0),
        )
        offset = alt.YOffset("side:N", sort=list(SIDES), scale=alt.Scale(paddingOuter=0.9))
        axis = alt.Axis(values=ticks, labelExpr="datum.value > 0 ? '+' + datum.label : datum.label", grid=True)
        color = alt.Color("side:N", scale=alt.Scale(**theme.colours(SIDES, t)))
        plot = alt.Chart(rows).encode(y=y, yOffset=offset, color=color)
        nought = alt.X("x:Q", axis=axis, **x | {"title": "Worth a half-year, US$ m"})
        if narrow:  # names stand above the bars, where a line would cross them
            zero = alt.Chart(rows.drop_duplicates("step").assign(x=0)).encode(x=nought, y=y)
            zero = zero.mark_tick(color=t["ink"], thickness=1, height=33, width=33, orient="vertical", yOffset=8)
        else:
            zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=t["ink"]).encode(x=nought)
        layers = [
            zero,
            plot.mark_rule(strokeWidth=5, opacity=0.4).encode(
                x=alt.X("low:Q", axis=axis, **x | {"title": "Worth a half-year, US$ m"}), x2="high:Q"
            ),
            plot.mark_point(size=44).encode(
                x=alt.X("central:Q", **x),
                shape=alt.Shape("side:N", scale=alt.Scale(domain=list(SIDES), range=[theme.SHAPE[s] for s in SIDES])),
            ),
        ]
        side, step = ("coalition", "K08") if giver == "kim" else ("kim", "U07")  # who is who, where there is room
        key = rows[(rows.id == step) & (rows.side == side)].assign(word=terms.LABELS[side])
        layers.append(
            theme.label(key, t, "word:N", side, "left", 600, dx=6, x=alt.X("high:Q", **x), y=y, yOffset=offset)
        )
        if narrow:
            names = rows.drop_duplicates("step").assign(at=domain[0])
            layers.append(theme.label(names, t, "step:N", "ink", "left", dy=-18, size=11, x=alt.X("at:Q", **x), y=y))
        panels.append(
            alt.layer(*layers).properties(
                width=theme.size(narrow, left), title=GIVES[giver], height=(52 if narrow else 25) * len(order)
            )
        )
    return alt.vconcat(*panels, spacing=16).resolve_scale(color="shared", shape="shared")


def draw_shares(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, names: Mapping[str, str]) -> alt.typing.ChartType:
    """Share of minds that take everything on the table, over trust, a panel a commitment, a line a reading."""
    panels, across = [], 2 if narrow else 3
    width = (theme.size(narrow, 0) - across * 46 - (across - 1) * 22) // across
    domain, frame = list(MINDS), frame[frame.seed == frame.seed.min()]
    for k, (name, words) in enumerate(names.items()):
        x = alt.X(
            "trust:Q",
            title="Trust" if k >= len(names) - across else None,
            axis=alt.Axis(values=[0, 0.5, 1], format="%"),
        )
        y = alt.Y(
            "accepts:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(values=[0, 0.5, 1], format="%")
        )
        plot = alt.Chart(frame[frame.commitment == name]).encode(
            x=x, y=y, color=alt.Color("reading:N", scale=alt.Scale(**theme.colours(domain, t)))
        )
        lines = plot.mark_line().encode(
            strokeDash=alt.StrokeDash(
                "reading:N", scale=alt.Scale(domain=domain, range=[theme.DASH[r] for r in domain])
            )
        )
        dots = plot.mark_point(size=40).encode(
            shape=alt.Shape("reading:N", scale=alt.Scale(domain=domain, range=[theme.SHAPE[r] for r in domain]))
        )
        panels.append(alt.layer(lines, dots).properties(width=width, height=110, title=capital(words)))
    return alt.concat(*panels, columns=across, spacing={"row": 18, "column": 22}).resolve_scale(
        color="shared", shape="shared", strokeDash="shared"
    )


def draw_asked(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, names: Mapping[str, str]) -> alt.typing.ChartType:
    """Bars of what he asks for each commitment, with the range over minds, against a band of the most on offer."""
    panels = []
    top = float(frame.ask_95.max()) * 1.03
    for k, reading in enumerate(MINDS):
        rows = frame[frame.reading == reading]
        y = alt.Y(
            "commitment:N",
            sort=list(names.values()),
            title=None,
            axis=alt.Axis(labels=narrow or k == 0, labelLimit=150),
        )
        scale = alt.Scale(domain=[0, top], nice=False)
        x: dict[str, Any] = {
            "scale": scale,
            "axis": alt.Axis(tickCount=4, format="d", grid=True),
            "title": "Over the deal’s life, US$ bn" if narrow or k == 1 else None,
        }
        plot = alt.Chart(rows)
        offer = plot.transform_filter("datum.commitment == 'freeze'")
        layers = [
            offer.mark_rect(color=t["data"], opacity=0.18).encode(x=alt.X("most_5:Q", **x), x2="most_95:Q"),
            offer.mark_rule(color=t["ink"], strokeWidth=1.4).encode(x=alt.X("most_50:Q", **x)),
            plot.mark_bar(color=t[reading], height=11).encode(x=alt.X("ask_50:Q", **x), y=y),
            plot.mark_rule(color=t["ink2"], strokeWidth=1.3).encode(x=alt.X("ask_5:Q", **x), x2="ask_95:Q", y=y),
        ]
        if k == 0:
            layers.append(
                theme.label(
                    rows[rows.commitment == "freeze"],
                    t,
                    alt.value("all on the table"),
                    "ink2",
                    "left",
                    dx=6,
                    x=alt.X("most_50:Q", **x),
                    y=y,
                )
            )
        panels.append(
            alt.layer(*layers).properties(
                width=(theme.size(narrow, 110) if narrow else 168), height=138, title=terms.LABELS[reading]
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


def draw_agreed(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, names: Mapping[str, str]) -> alt.typing.ChartType:
    """Share of draws in which a package suits both (bars) and in which he would take all on the table (ticks), by
    commitment, a panel a reading. frame: `exchange.agreed`; its fourth reading is not drawn."""
    rows = frame[frame.reading.isin(MINDS)].assign(words=frame.commitment.map(names).map(capital))
    order = [capital(words) for words in names.values()]
    panels = []
    for k, reading in enumerate(MINDS):
        part = rows[rows.reading == reading]
        y = alt.Y("words:N", sort=order, title=None, axis=alt.Axis(labels=narrow or k == 0, labelLimit=150))
        x: dict[str, Any] = {
            "scale": alt.Scale(domain=[0, 1]),
            "axis": alt.Axis(values=[0, 0.5, 1], format="%", grid=True),
            "title": "Share of draws" if narrow and k == 2 or not narrow and k == 1 else None,
        }
        plot = alt.Chart(part)
        layers = [
            plot.mark_bar(color=t[reading], height=11).encode(x=alt.X("both:Q", **x), y=y),
            plot.mark_tick(color=t["ink"], thickness=2, height=17).encode(x=alt.X("his:Q", **x), y=y),
        ]
        if k == 0:  # who is who, where there is room: beside the first row
            first = part[part.words == order[0]]
            for field, word, side, dx in (("both", "both", "left", 5), ("his", "he", "right", -6)):
                at = alt.X(f"{field}:Q", **x)
                layers.append(theme.label(first, t, alt.value(word), "ink2", side, dx=dx, x=at, y=y))
        panels.append(
            alt.layer(*layers).properties(
                width=(theme.size(narrow, 110) if narrow else 168), height=138, title=terms.LABELS[reading]
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


VARIANT_WORDS = {
    "base": "As the table has it",
    "no arms in peace": "Peace takes all worth from the arsenal",
    "no residual hazard": "A reliable partner never breaks",
    "both": "Reliable partner, peace without arms",
}


def draw_multiples(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, names: Mapping[str, str]
) -> alt.typing.ChartType:
    """Multiple that paper needs by commitment: median and quartiles over minds, a mark a reading.

    A panel a variant that the frame has, in the order of VARIANT_WORDS.
    """
    panels, floor = [], 0.1
    frame = frame[frame.seed == frame.seed.min()]
    rows = frame.assign(
        words=frame.commitment.map(names),
        low=frame.low.clip(floor),
        median=frame["median"].clip(floor),
        high=frame.high.clip(floor),
    )
    top = 10 ** np.ceil(np.log10(rows.high.replace(np.inf, np.nan).max()))
    shown = {variant: words for variant, words in VARIANT_WORDS.items() if variant in set(rows.variant)}
    last = len(shown) - 1
    for k, (variant, words) in enumerate(shown.items()):
        part = rows[rows.variant == variant]
        x: dict[str, Any] = {
            "scale": alt.Scale(type="log", domain=[floor, float(top)], nice=False),
            "axis": alt.Axis(values=[0.1, 1, 10, 100], format="~g", grid=True),
            "title": "Multiple of the papers’ worth" if k == last or not narrow and k == last - 1 else None,
        }
        y = alt.Y(
            "words:N",
            sort=list(names.values()),
            title=None,
            axis=alt.Axis(labels=narrow or k % 2 == 0, labelLimit=120),
        )
        offset = alt.YOffset("reading:N", sort=list(MINDS))
        color = alt.Color("reading:N", scale=alt.Scale(**theme.colours(MINDS, t)))
        plot = alt.Chart(part).encode(y=y, yOffset=offset, color=color)
        layers = [
            alt.Chart(pd.DataFrame({"x": [1.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("x:Q", **x)),
            plot.mark_rule(strokeWidth=4, opacity=0.45).encode(x=alt.X("low:Q", **x), x2="high:Q"),
            plot.mark_point(size=38).encode(
                x=alt.X("median:Q", **x),
                shape=alt.Shape(
                    "reading:N", scale=alt.Scale(domain=list(MINDS), range=[theme.SHAPE[r] for r in MINDS])
                ),
            ),
        ]
        panels.append(
            alt.layer(*layers).properties(width=theme.size(narrow, 106) if narrow else 258, height=150, title=words)
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18).resolve_scale(color="shared", shape="shared")


def draw_plane(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, high: Sequence[float]) -> alt.typing.ChartType:
    """The largest hold-out of the coalition that leaves a disarming deal, over Kim's: median and quartiles.

    high: the high ends of both ranges, (Kim's, the coalition's), marked.
    """
    frame = frame[frame.seed == frame.seed.min()]
    rows = frame[frame.high > -1e6].assign(
        low=frame.low.clip(lower=0), median=frame["median"].clip(lower=0), high=frame.high.clip(lower=0)
    )
    top = float(rows.high.max())
    panels = []
    for k, reading in enumerate(MINDS):
        part = rows[rows.reading == reading]
        x = alt.X(
            "out_kim:Q",
            title="Kim’s hold-out, US$ m a half-year" if narrow or k == 1 else None,
            axis=alt.Axis(values=[0, 200, 400, 600]),
        )
        y: dict[str, Any] = {
            "scale": alt.Scale(domain=[0, top]),
            "axis": alt.Axis(tickCount=4, labels=narrow or k == 0),
            "title": None,
        }
        plot = alt.Chart(part).encode(x=x)
        mark = pd.DataFrame({"out_kim": [high[0]], "median": [high[1]], "word": ["high ends"]})
        spot = alt.Chart(mark).encode(x=x, y=alt.Y("median:Q", **y))
        layers = [
            plot.mark_area(color=t[reading], opacity=0.34).encode(y=alt.Y("low:Q", **y), y2="high:Q"),
            plot.mark_line(color=t[reading]).encode(y=alt.Y("median:Q", **y)),
            spot.mark_point(shape="cross", size=70, color=t["accent"]),
            theme.label(mark, t, "word:N", "accent", "right", dx=-7, dy=-8, x=x, y=alt.Y("median:Q", **y)),
        ]
        panels.append(
            alt.layer(*layers).properties(
                width=theme.size(narrow, 46) if narrow else 176, height=170, title=terms.LABELS[reading]
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


def draw_hanoi(
    t: theme.Tokens, narrow: bool, lines: pd.DataFrame, drawn: pd.DataFrame, answers: pd.DataFrame
) -> alt.typing.ChartType:
    """The coalition's value of the three offers over the cost of relief and over its hold-out (strong where it answers
    as on record), and Kim's over draws of minds and values."""
    names = list(terms.OFFERS.values())
    did = {
        terms.OFFERS[o]: ["signed" if all(a) else "offered" if x else "refused" for x in a] for o, a in answers.items()
    }
    signed = "datum.value > 0 ? '+' + datum.label : datum.label"
    scale, panels = alt.Scale(type="symlog", constant=1, domain=[-4, 25], nice=False), []
    for lever, title, ticks in (
        ("phi", "Cost of relief, multiple of the table’s", [1, 2, 3, 4, 5, 6]),
        ("out", "Coalition’s hold-out, US$ m a half-year", [0, 50, 100, 150]),
    ):
        rows = lines[lines.lever == lever].assign(now=lambda f: f.right, group=lambda f: f.offer)
        parts = []
        for offer_name, part in rows.groupby("offer", sort=False):  # runs of one answer, joined where they meet
            run = (part.right != part.right.shift()).cumsum()
            for number, piece in part.groupby(run):
                after = part[run == number + 1].head(1)
                parts.append(pd.concat([piece, after]).assign(group=f"{offer_name} {number}", now=piece.right.iloc[0]))
        x = alt.X("x:Q", title=title, axis=alt.Axis(values=ticks))
        marks = [-3, -1, 0, 1, 3, 10]
        axis = alt.Axis(values=marks, tickCount=6, format="d", labelExpr=signed, labelOverlap=False, grid=True)
        y = alt.Y("bn:Q", title=None, scale=scale, axis=axis)
        strokes = alt.Chart(pd.concat(parts)).mark_line(color=t["coalition"])
        strokes = strokes.encode(
            x=x,
            y=y,
            detail="group:N",
            strokeDash=alt.StrokeDash("offer:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3], [1.5, 3]])),
            opacity=alt.Opacity("now:N", scale=alt.Scale(domain=[True, False], range=[1, 0.4])),
            strokeWidth=alt.StrokeWidth("now:N", scale=alt.Scale(domain=[True, False], range=[3, 1.5])),
        )
        layers = [
            alt.Chart(pd.DataFrame({"bn": [0.0]})).mark_rule(color=t["ink"]).encode(y=y),
            strokes,
        ]
        if lever == "phi":
            ends = rows.groupby("offer", sort=False)
            spots = (("first", "left", -11), ("first", "left", -12), ("last", "right", -9))
            for word, (end, side, dy) in zip(names, spots, strict=True):
                spot = getattr(ends, end)().loc[[word]].reset_index()
                spot["word"] = f"{word} ({did[word][COALITION]})"
                at: dict[str, Any] = {"x": alt.X("x:Q"), "y": alt.Y("bn:Q", scale=scale)}
                dx = 2 if side == "left" else -2
                layers.append(theme.label(spot, t, "word:N", "coalition", side, 600, dx=dx, dy=dy, **at))
        wide = theme.size(narrow, 34) if narrow else 284
        heading = "Worth to the coalition, US$ bn" if lever == "phi" else "The same over what it holds out for"
        panels.append(alt.layer(*layers).properties(width=wide, height=200, title=heading))
    ends = [1.15 * float(drawn.low.min()), 1.3 * float(drawn.high.max())]
    scale = alt.Scale(type="symlog", constant=1, domain=ends, nice=False)
    drawn = drawn.assign(word=[f"{o} ({did[o][KIM]})" for o in drawn.offer])
    order = [f"{o} ({did[o][KIM]})" for o in names]
    row = alt.Y("word:N", sort=order, title=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    row = row.axis(labels=False, grid=True, bandPosition=0)
    offset = alt.YOffset("reading:N", sort=list(MINDS), scale=alt.Scale(range=[30, 74]))
    plot = alt.Chart(drawn).encode(
        y=row, yOffset=offset, color=alt.Color("reading:N", scale=alt.Scale(**theme.colours(MINDS, t)))
    )
    axis = alt.Axis(values=[-20, -5, -1, 0, 1, 5], format="d", labelExpr=signed, labelOverlap=False, grid=True)
    value = lambda f: alt.X(f"{f}:Q", scale=scale, title=None, axis=axis)  # noqa: E731
    shapes = alt.Scale(domain=list(MINDS), range=[theme.SHAPE[r] for r in MINDS])
    first = drawn[drawn.reading == MINDS[0]]
    panels.append(
        alt.layer(
            alt.Chart(pd.DataFrame({"low": [0.0]})).mark_rule(color=t["ink"]).encode(x=value("low")),
            plot.mark_rule(strokeWidth=4, opacity=0.45).encode(x=value("low"), x2="high:Q"),
            plot.mark_point(size=40).encode(x=value("median"), shape=alt.Shape("reading:N", scale=shapes)),
            theme.label(first, t, "word:N", "ink", "left", dy=-31, x=alt.value(0), y=row),
        ).properties(width=theme.size(narrow, 34), height=76 * len(names), title="Worth to Kim, US$ bn")
    )
    if narrow:
        return alt.vconcat(*panels, spacing=16)
    return alt.vconcat(alt.hconcat(*panels[:2], spacing=24), panels[2], spacing=18)
