"""The look of the report's drawings, and `figure`, which puts one on a page with its sources, files and rows."""

from bargain.plots.theme.beliefs import best_fields, hatch, triangle
from bargain.plots.theme.downloads import write
from bargain.plots.theme.figures import figure
from bargain.plots.theme.look import colours, size
from bargain.plots.theme.marks import half_years, label, name_rows, ranges, reach, rows, strips
from bargain.plots.theme.pictures import picture, render
from bargain.plots.theme.series import multiples, waterfall
from bargain.plots.theme.tokens import (
    DASH,
    GIVES,
    MINDS,
    NARROW,
    OTHERS,
    PARTNERS,
    POLICIES,
    READINGS,
    SHAPE,
    SIDES,
    TOKENS,
    WIDE,
    Layers,
    Tokens,
)

__all__ = [
    "DASH",
    "GIVES",
    "Layers",
    "MINDS",
    "NARROW",
    "OTHERS",
    "PARTNERS",
    "POLICIES",
    "READINGS",
    "SHAPE",
    "SIDES",
    "TOKENS",
    "Tokens",
    "WIDE",
    "best_fields",
    "colours",
    "figure",
    "half_years",
    "hatch",
    "label",
    "multiples",
    "name_rows",
    "picture",
    "ranges",
    "reach",
    "render",
    "rows",
    "size",
    "strips",
    "triangle",
    "waterfall",
    "write",
]
