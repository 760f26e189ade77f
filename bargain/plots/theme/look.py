"""The look of every chart: the Vega-Lite configuration, widths and colour scales."""

from collections.abc import Iterable
from typing import Any

import altair as alt
import vl_convert

from bargain.plots.kept import FONTS
from bargain.plots.theme.tokens import NARROW, PARTNERS, SANS, TOKENS, WIDE, Tokens


def theme(t: Tokens) -> dict[str, Any]:
    """The Vega-Lite configuration in the colours t."""
    small = dict(font=SANS, fontSize=12)
    axis = {f"{part}{key[0].upper()}{key[1:]}": value for part in ("label", "title") for key, value in small.items()}
    return {
        "background": None,
        "font": SANS,
        "padding": 2,
        "view": {"stroke": None, "continuousWidth": WIDE - 32, "continuousHeight": 260},
        "title": {
            "font": SANS,
            "fontSize": 13,
            "fontWeight": 600,
            "color": t["ink"],
            "anchor": "start",
            "frame": "group",
            "offset": 8,
            "subtitleFont": SANS,
            "subtitleFontSize": 12,
            "subtitleColor": t["ink2"],
            "subtitlePadding": 3,
        },
        "axis": {
            **axis,
            "labelColor": t["ink2"],
            "labelPadding": 5,
            "titleFontWeight": 400,
            "titleColor": t["ink2"],
            "domain": False,
            "ticks": False,
            "gridColor": t["grid"],
            "gridWidth": 1,
            "tickColor": t["rule"],
        },
        # Units stand above the axis, horizontally: nobody turns the head to read.
        "axisY": {
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleBaseline": "bottom",
            "titleY": -8,
            "titleX": 0,
            "tickCount": 5,
        },
        "axisX": {
            "grid": False,
            "domain": True,
            "domainColor": t["ink3"],
            "ticks": True,
            "tickSize": 4,
            "tickColor": t["ink3"],
            "tickCount": 6,
            "labelFlush": False,
        },
        "header": {
            "labelFont": SANS,
            "labelFontSize": 12,
            "labelFontWeight": 600,
            "labelColor": t["ink"],
            "labelAnchor": "start",
            "labelAlign": "left",
            "title": None,
        },
        "legend": {"disable": True},  # names stand where lines end or peak
        "mark": {"color": t["data"]},
        "text": {**small, "color": t["ink2"]},
        "line": {"color": t["data"], "strokeWidth": 2, "strokeCap": "round"},
        "bar": {"color": t["data"], "discreteBandSize": {"band": 0.72}},
        "area": {"color": t["data"], "fillOpacity": 0.18},
        "rect": {"color": t["band"]},
        "rule": {"color": t["ink3"], "strokeWidth": 1},
        "tick": {"color": t["ink"], "thickness": 2, "opacity": 1},
        "point": {"color": t["data"], "filled": True, "size": 52, "strokeWidth": 1.4, "opacity": 1},
        "range": {"category": [t[k] for k in PARTNERS]},
    }


alt.data_transformers.disable_max_rows()
alt.theme.register("report", enable=True)(lambda: alt.theme.ThemeConfig(config=theme(TOKENS["light"])))  # type: ignore[typeddict-item]
vl_convert.register_font_directory(str(FONTS))


def size(narrow: bool, left: int = 26) -> int:
    """The inner width in px of a drawing: the outer one less what stands left of the axis."""
    return (NARROW if narrow else WIDE) - left - 6


def colours(names: Iterable[str], t: Tokens) -> dict[str, Any]:
    """Domain and range of a fixed colour scale: alt.Scale(**colours(READINGS, t))."""
    return dict(domain=list(names), range=[t[name] for name in names])
