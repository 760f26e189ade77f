"""Drawings of the page `own-kim`."""

from collections.abc import Iterable, Sequence

import altair as alt
import numpy as np

from bargain.plots import options as options_plots
from bargain.plots import theme


# ---------------------------------------------------------------- drawings
def draw_one(
    t: theme.Tokens,
    losses: np.ndarray,
    belief: Sequence[float],
    indiff: float,
    side: int = 270,
    title: str | None = None,
    name: str = "",
) -> alt.typing.ChartType:
    """One triangle of beliefs, 340 px wide: pale: a policy is best, deep: clearly; a dot with its name."""
    polygons, names = options_plots.fields(losses, indiff)
    drawn = theme.triangle(t, True, polygons, names=names, points=[(name, np.array(belief) / 100)], side=side)
    if title:
        drawn = drawn.properties(title=alt.Title(title, color=t["ink"], anchor="middle", fontSize=13))
    return drawn


def draw_presets(
    t: theme.Tokens, narrow: bool, presets: Iterable[tuple[str, np.ndarray, Sequence[int]]], indiff: float
) -> alt.typing.ChartType:
    """The triangle of each reader's prices and effects, his beliefs marked; presets: (name, losses, belief) of each."""
    side = 240
    four = [draw_one(t, losses, belief, indiff, side, name) for name, losses, belief in presets]
    if narrow:
        return alt.vconcat(*four, spacing=10)
    return alt.vconcat(alt.hconcat(*four[:2], spacing=4), alt.hconcat(*four[2:], spacing=4), spacing=14)
