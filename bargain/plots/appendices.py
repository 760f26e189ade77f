"""Drawings of the page `appendices`."""

from html import escape

import altair as alt
import pandas as pd

from bargain import prose
from bargain.plots import theme
from bargain.prose import plain_number


def draw_years(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Tables by year: the darker a cell, the more rows of that table fall into the year."""
    order = list(frame.groupby("title")["year"].min().sort_values().index)
    first, last = frame["year"].min(), frame["year"].max()
    ticks = [y for y in range(1990, last + 1, 10 if narrow else 5)]
    y = alt.Y(
        "title:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelLimit=150 if narrow else 230, labelFontSize=11, domain=False),
    )
    return (
        alt.Chart(frame.assign(end=frame["year"] + 0.9))
        .mark_rect(color=t["ink2"], height=11, strokeWidth=0)
        .encode(
            x=alt.X(
                "year:Q",
                title=None,
                axis=alt.Axis(values=ticks, format="d"),
                scale=alt.Scale(domain=[first, last + 1], nice=False),
            ),
            x2="end:Q",
            y=y,
            opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.2, 1])),
        )
        .properties(width=theme.size(narrow, 160 if narrow else 240), height=15 * len(order))
    )


WIDTH = 320


def draw_small(bars: pd.Series, words: str) -> str:
    """A small picture as SVG text: standing bars by year with both ends named, or lying bars by category.

    It stands in the page, which gives it its face and its colours.
    """
    top = max(float(bars.max()), 1e-9)
    if pd.api.types.is_integer_dtype(bars.index.dtype):
        height, first, last = 92, int(bars.index.min()), int(bars.index.max())
        step = WIDTH / (last - first + 1)
        parts = [
            f'<rect x="{(year - first) * step + step * 0.1:.1f}" y="{78 - max(58 * value / top, 0.6):.1f}" '
            f'width="{step * 0.8:.1f}" height="{max(58 * value / top, 0.6):.1f}"/>'
            for year, value in bars.items()
        ]
        parts += [
            f'<text y="90" x="0">{first}</text>',
            f'<text y="90" x="{WIDTH}" text-anchor="end">{last}</text>',
            f'<text y="11" x="{WIDTH}" text-anchor="end">highest {plain_number(float(bars.max()))}</text>',
        ]
    else:
        height, parts = 14 * len(bars) + 20, []
        for i, (label, value) in enumerate(bars.items()):
            wide, y = max(110 * float(value) / top, 0.6), 18 + 14 * i
            short = label if len(label) < 28 else label[:26] + "…"
            parts.append(
                f'<text x="164" y="{y + 11}" text-anchor="end">{escape(short)}</text>'
                f'<rect x="170" y="{y + 3}" width="{wide:.1f}" height="9"/>'
                f'<text x="{174 + wide:.1f}" y="{y + 11}">{plain_number(float(value))}</text>'
            )
    parts.insert(0, f'<text y="11" x="0">{escape(prose.capital(words))}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f"{''.join(parts)}</svg>"
    )
