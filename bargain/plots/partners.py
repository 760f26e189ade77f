"""Drawings of chapter 3, from the frames of `bargain.partners`."""

from collections.abc import Callable, Iterable
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.prose import capital, distance_words
from bargain.terms import CODINGS, PARTNERS, PARTS

# ---------------------------------------------------------------- what the chapter shows
PART_LABELS = {
    "recognition": "Recognition",
    "security": "Eased containment",
    "un_relief": "UN sanctions relief",
    "us_secondary": "US secondary relief",
    "banks": "Development banks",
    "capital": "Capital",
    "trade": "Added trade",
    "arms": "Arms and backing",
}


# ---------------------------------------------------------------- drawings
def _names(partners: Iterable[str] = PARTNERS) -> list[str]:
    return [terms.LABELS[i] for i in partners]


def draw_shares(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Shapley shares, one panel a coding: the first year open, the latest filled with its 5-95 per cent range."""
    width = 88 if narrow else 92
    columns = 2 if narrow else 4
    inner = (theme.size(narrow, width) - (columns - 1) * 22) / columns - (6 if narrow else 8)
    hues = alt.Scale(**theme.colours(PARTNERS, t))
    color = alt.Color("partner:N", scale=hues)
    d = table.assign(
        row=table.partner.map(terms.LABELS), share=table.share * 100, low=table.low * 100, high=table.high * 100
    )
    top = 10 * np.ceil(d.high.max() / 10)
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, top], nice=False), title=None, axis=alt.Axis(values=[0, 20, 40, 60], grid=True)
    )
    first, last, panels = table.year.min(), table.year.max(), []
    for k, coding in enumerate(CODINGS):
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width) if k % columns == 0 else None
        y = alt.Y("row:N", sort=_names(), title=None, axis=axis)
        now, then = (d[(d.coding == coding) & (d.year == year)] for year in (last, first))
        link = now.merge(then[["partner", "share"]], on="partner", suffixes=("", "_then"))
        layers = [
            alt.Chart(now)
            .mark_rule(strokeWidth=9, opacity=0.35)
            .encode(x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color),
            alt.Chart(link)
            .mark_rule(strokeWidth=1.2)
            .encode(x=alt.X("share:Q", **x), x2="share_then:Q", y=y, color=color),
            alt.Chart(then)
            .mark_point(size=40, filled=True, color=t["paper"], strokeWidth=1.8)
            .encode(x=alt.X("share:Q", **x), y=y, stroke=alt.Stroke("partner:N", scale=hues)),
            alt.Chart(now).mark_point(size=44).encode(x=alt.X("share:Q", **x), y=y, color=color),
        ]
        if k == 0:  # the years are named where the two marks lie furthest apart
            far = link.loc[(link.share - link.share_then).abs().idxmax()]
            low, high = (first, last) if far.share >= far.share_then else (last, first)
            dy = 14 if far.partner == PARTNERS[0] else -14
            for field, align, dx in (("min", "right", 2), ("max", "left", -2)):
                at = pd.DataFrame(
                    {
                        "row": [far.row],
                        "share": [getattr(np, field)([far.share, far.share_then])],
                        "text": [str(low if field == "min" else high)],
                    }
                )
                layers.append(
                    theme.label(
                        at, t, "text:N", far.partner, align, 600, dx=dx, dy=dy, size=11, x=alt.X("share:Q", **x), y=y
                    )
                )
        panels.append(
            alt.layer(*layers).properties(
                width=inner, height=34 * len(PARTNERS), title=_title(t, capital(terms.CODING_WORDS[coding]))
            )
        )
    if narrow:
        return alt.vconcat(alt.hconcat(*panels[:2], spacing=22), alt.hconcat(*panels[2:], spacing=22), spacing=18)
    return alt.hconcat(*panels, spacing=22)


def _title(t: theme.Tokens, words: str) -> alt.TitleParams:
    return alt.Title(words, color=t["ink"], anchor="start", frame="group", fontSize=13)


def _lines(
    t: theme.Tokens,
    narrow: bool,
    d: pd.DataFrame,
    field: str,
    value: str,
    marks: Callable[..., Any] | None = None,
    *,
    x: Any,
    y: Any,
    left: int = 26,
    right: int = 86,
    gap: int = 13,
) -> alt.HConcatChart | alt.VConcatChart:
    """Lines by partner in one panel a year, named at their right ends, spread so that no name meets another."""
    panels = []
    last = d[field].max()
    for year in sorted(d.year.unique()):
        rows = d[d.year == year]
        ends = rows[rows[field] == last].sort_values(value).assign(name=lambda r: r.partner.map(terms.LABELS))
        height = 210
        span = (y["scale"].domain[1] - y["scale"].domain[0]) / height * gap
        at = list(ends[value])
        for i in range(1, len(at)):
            at[i] = max(at[i], at[i - 1] + span)
        over = at[-1] - y["scale"].domain[1] if at else 0
        at = [a - max(over, 0) for a in at]
        ends = ends.assign(at=at)
        color = alt.Color("partner:N", scale=alt.Scale(**theme.colours(PARTNERS, t)))
        layers = [
            alt.Chart(rows)
            .mark_line(strokeWidth=2.2)
            .encode(x=alt.X(f"{field}:Q", **x), y=alt.Y(f"{value}:Q", **y), color=color),
            alt.Chart(ends)
            .mark_text(align="left", dx=6, fontWeight=600, fontSize=12)
            .encode(x=alt.X(f"{field}:Q", **x), y=alt.Y("at:Q", **y), text="name:N", color=color),
        ]
        if marks is not None:
            under, over = marks(year, x, y)
            layers = [*under, *layers, *over]
        inner = theme.size(narrow, left) - right if narrow else (theme.size(False, left) - 2 * right - 80) / 2
        panels.append(alt.layer(*layers).properties(width=inner, height=height, title=_title(t, str(year))))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=22 if narrow else 34)


def draw_without(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """What is left without each partner, against the bite of every veto."""
    d = table.assign(without=table.without * 100, bite=table.bite * 100)
    whole = alt.Scale(domain=[0, 100], nice=False)
    x = dict(scale=whole, title="Bite of every veto, %", axis=alt.Axis(values=[0, 50, 100]))
    y = dict(scale=whole, title="Goods left without, %", axis=alt.Axis(values=[0, 25, 50, 75, 100]))
    return _lines(t, narrow, d, "bite", "without", x=x, y=y)


def draw_willing(
    t: theme.Tokens, narrow: bool, table: pd.DataFrame, crossings: pd.DataFrame, judged: pd.DataFrame
) -> alt.typing.ChartType:
    """Expected deliveries against the willingness of Washington; crossing points and the judged willingness marked.

    judged: year, low, central, high of that willingness.
    """
    d = table.assign(willing=table.willing * 100, delivery=table.delivery * 100)
    top = 10 * np.ceil(d.delivery.max() / 10)
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 100], nice=False),
        title="Willingness of Washington, %",
        axis=alt.Axis(values=[0, 50, 100]),
    )
    y: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, top], nice=False),
        title="Expected delivery, % of all goods",
        axis=alt.Axis(values=[0, 20, 40, 60]),
    )

    def marks(year: int, x: Any, y: Any) -> tuple[list[alt.Chart], list[alt.Chart]]:
        row = 100 * judged.set_index("year").loc[year]
        band = pd.DataFrame({"a": [row.low], "b": [row.high], "m": [row.central]})
        cross = (
            crossings[crossings.year == year]
            .dropna()
            .assign(willing=lambda c: c.willing * 100, delivery=lambda c: c.delivery * 100)
        )
        return [
            alt.Chart(band).mark_rect(color=t["band"]).encode(x=alt.X("a:Q", **x), x2="b:Q"),
            alt.Chart(band).mark_rule(color=t["ink3"], strokeDash=[2, 3]).encode(x=alt.X("m:Q", **x)),
            theme.label(
                band,
                t,
                alt.value("judged"),
                "ink3",
                "left",
                dx=4,
                size=11,
                x=alt.X("b:Q", **x),
                y=alt.datum(top * 0.96, scale=y["scale"]),
            ),
        ], [
            alt.Chart(cross)
            .mark_point(size=60, color=t["paper"], stroke=t["ink"], strokeWidth=1.6)
            .encode(x=alt.X("willing:Q", **x), y=alt.Y("delivery:Q", **y))
        ]

    return _lines(t, narrow, d, "willing", "delivery", marks, x=x, y=y)


def draw_distances(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Bars of the least change that puts a rival level with the leader, by coding; never where there is none."""
    measures = {"weight": "Weight moved", "pair": "Pair of supplies", "willing": "Leader's willingness"}
    d = table.assign(row=table.rival.map(terms.LABELS) + ", " + table.coding.map(terms.CODING_WORDS))
    names = list(d.sort_values("rival", key=lambda s: s.map(PARTNERS.index), kind="stable").row)
    width = 146 if narrow else 168
    inner = (theme.size(narrow, width) - 2 * (10 if narrow else 24)) / 3 - (14 if narrow else 14)
    color = alt.Color("rival:N", scale=alt.Scale(**theme.colours(PARTNERS, t)))
    panels = []
    for k, (field, words) in enumerate(measures.items()):
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelFontSize=11) if k == 0 else None
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        x: dict[str, Any] = dict(
            scale=alt.Scale(domain=[0, 100], nice=False),
            title=None,
            axis=alt.Axis(values=[0, 50] if narrow else [0, 50, 100], grid=True),
        )
        rows = d.assign(v=d[field] * 100, text=[distance_words(v) for v in d[field]])
        known, none = rows[rows.v.notna()], rows[rows.v.isna()].assign(v=0)
        layers = (
            [alt.Chart(known).mark_bar(height=11).encode(x=alt.X("v:Q", **x), y=y, color=color)] if len(known) else []
        )
        if len(known):
            wide = known.assign(inside=known.v > 70)
            for inside, part in wide.groupby("inside"):
                layers.append(
                    theme.label(
                        part,
                        t,
                        "text:N",
                        "paper" if inside else "ink",
                        "right" if inside else "left",
                        size=11,
                        halo=False,
                        dx=-4 if inside else 4,
                        x=alt.X("v:Q", **x),
                        y=y,
                    )
                )
        if len(none):
            layers.append(theme.label(none, t, "text:N", "ink3", dx=4, size=11, x=alt.X("v:Q", **x), y=y))
        title = (
            words.replace("Leader's willingness", "Willing")
            .replace("Pair of supplies", "Supplies")
            .replace("Weight moved", "Weight")
            if narrow
            else words
        )
        panels.append(alt.layer(*layers).properties(width=inner, height=19 * len(names), title=_title(t, title)))
    return alt.hconcat(*panels, spacing=10 if narrow else 24)


def draw_goods(t: theme.Tokens, narrow: bool, table: pd.DataFrame) -> alt.typing.ChartType:
    """Goods by partners: share supplied as depth of colour and figure; the bite of a veto beneath it."""
    d = table.assign(
        row=table.part.map(PART_LABELS),
        column=table.partner.map(
            lambda i: {"USA": "US", "KOR": "S. Korea"}.get(i, terms.LABELS[i]) if narrow else terms.LABELS[i]
        ),
        share=[f"{v:.0%}" if v > 0 else "–" for v in table.supply],
        veto=[f"({b:.0%})" if b > 0 else "" for b in table.bite],
        opacity=0.06 + 0.46 * table.supply,
    )
    columns = list(dict.fromkeys(d.column))
    width = 118 if narrow else 136
    x = alt.X(
        "column:N",
        sort=columns,
        title=None,
        axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False, labelFontSize=11 if narrow else 12),
    )
    y = alt.Y(
        "row:N",
        sort=list(PART_LABELS.values()),
        title=None,
        axis=alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelFontSize=11 if narrow else 12),
    )
    rects = (
        alt.Chart(d)
        .mark_rect(stroke=t["paper"], strokeWidth=2)
        .encode(
            x=x,
            y=y,
            opacity=alt.Opacity("opacity:Q", scale=None),
            color=alt.Color("partner:N", scale=alt.Scale(**theme.colours(PARTNERS, t))),
        )
    )
    upper = theme.label(d, t, "share:N", "ink", "center", 600, dy=-6, halo=False, x=x, y=y)
    lower = theme.label(d, t, "veto:N", "ink", "center", dy=8, size=11, halo=False, x=x, y=y)
    return alt.layer(rects, upper, lower).properties(width=theme.size(narrow, width) - 6, height=38 * len(PARTS))


def draw_arms(t: theme.Tokens, narrow: bool, table: pd.DataFrame, weight: float) -> alt.typing.ChartType:
    """Shares of Russia and Washington against the weight of arms, deliveries paid (solid) and unpaid (dashed)."""
    d = table.assign(
        weight=table.weight * 100,
        share=table.share * 100,
        line=table.partner + table.paid.astype(str),
        dash=np.where(table.paid, "paid", "unpaid"),
    )
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 50], nice=False),
        title="Weight of arms and backing, % of all he wants",
        axis=alt.Axis(values=[0, 10, 20, 30, 40, 50]),
    )
    y: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 60], nice=False), title="Shapley share, %", axis=alt.Axis(values=[0, 20, 40, 60])
    )
    color = alt.Color("partner:N", scale=alt.Scale(**theme.colours(PARTNERS, t)))
    lines = (
        alt.Chart(d)
        .mark_line(strokeWidth=2.2)
        .encode(
            x=alt.X("weight:Q", **x),
            y=alt.Y("share:Q", **y),
            color=color,
            detail="line:N",
            strokeDash=alt.StrokeDash("dash:N", scale=alt.Scale(domain=["paid", "unpaid"], range=[[1, 0], [5, 4]])),
        )
    )
    now = pd.DataFrame({"weight": [100 * weight]})
    rule = alt.Chart(now).mark_rule(color=t["ink3"], strokeDash=[2, 3]).encode(x=alt.X("weight:Q", **x))
    word = theme.label(
        now,
        t,
        alt.value("our weight"),
        "ink3",
        dx=5,
        size=11,
        x=alt.X("weight:Q", **x),
        y=alt.datum(57, scale=y["scale"]),
    )
    at = d[d.paid & (d.weight == sorted(d.weight.unique())[12])]
    heads = [
        theme.label(
            at[at.partner == i],
            t,
            alt.value(terms.LABELS[i]),
            i,
            "left",
            600,
            dx=8,
            dy=dy,
            x=alt.X("weight:Q", **x),
            y=alt.Y("share:Q", **y),
        )
        for i, dy in (("USA", -12), ("RUS", 20))
    ]
    end = d[(d.weight == d.weight.max()) & (d.partner == "RUS")]
    tails = [
        theme.label(
            end[end.dash == k], t, "dash:N", "RUS", dx=6, dy=dy, x=alt.X("weight:Q", **x), y=alt.Y("share:Q", **y)
        )
        for k, dy in (("paid", -7), ("unpaid", 7))
    ]
    return alt.layer(rule, lines, word, *heads, *tails).properties(width=theme.size(narrow) - 48, height=260)
