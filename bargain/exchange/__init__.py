"""Chapter 7: every package of steps, counted exactly for every mind; prices, paper, hold-outs and Hanoi.

A package is a set of steps signed and done at once. Its worth to a side is a sum over steps and pairs (κ), so
that for a mind only the sum of the two sides' lengths matters, and all packages can be counted without being
listed. Strict inequality: a package is acceptable when it beats holding out, V_p > out_p/(1 - δ_p).
Unit: million US$-equivalent (M), capitalised over the life of the deal.
"""

from bargain.exchange.hanoi import coalition_lines, declaration, offer, turning_table
from bargain.exchange.packages import (
    COMMITMENTS,
    HANOI,
    NAMES,
    OFFERS,
    kim_values,
    matrix,
    multiples,
    nash,
    reserve,
    weights,
    worths,
)
from bargain.exchange.prices import SEEDS, VARIANTS, asked, paper, prices, readings_minds

__all__ = [
    "COMMITMENTS",
    "HANOI",
    "NAMES",
    "OFFERS",
    "SEEDS",
    "VARIANTS",
    "asked",
    "coalition_lines",
    "declaration",
    "kim_values",
    "matrix",
    "multiples",
    "nash",
    "offer",
    "paper",
    "prices",
    "readings_minds",
    "reserve",
    "turning_table",
    "weights",
    "worths",
]
