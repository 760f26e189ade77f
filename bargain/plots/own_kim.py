"""Drawings of the page `own-kim`."""

import altair as alt
import numpy as np

from bargain.live import own_kim
from bargain.plots import options as options_plots
from bargain.plots import theme


# ---------------------------------------------------------------- drawings
def draw_one(t, data, own, side=270, title=None):
    """One triangle of beliefs, 340 px wide: pale where a policy is best, deep where clearly; a dot where one stands."""
    polygons, names = options_plots.fields(own_kim.losses(data, own), data["indiff"])
    drawn = theme.triangle(t, True, polygons, names=names, points=[("", np.array(own["belief"]) / 100)], side=side)
    if title:
        drawn = drawn.properties(title=alt.Title(title, color=t["ink"], anchor="middle", fontSize=13))
    return drawn


def draw_presets(t, narrow, data):
    """The triangle of each preset's prices, its beliefs marked."""
    side = 240
    four = [draw_one(t, data, own_kim.setting(key), side, preset["name"]) for key, preset in own_kim.PRESETS.items()]
    if narrow:
        return alt.vconcat(*four, spacing=10)
    return alt.vconcat(alt.hconcat(*four[:2], spacing=4), alt.hconcat(*four[2:], spacing=4), spacing=14)
