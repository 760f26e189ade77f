"""Chapter 7: every package of steps, counted exactly for every mind; prices, paper, hold-outs and Hanoi.

A package is a set of steps signed and done at once. Its worth to a side is a sum over steps and pairs (κ), so that for
a mind only the sum of the two sides' lengths matters, and all packages can be counted without being listed; what a step
needs of the other side splits the sets into classes, each counted on its own. Strict inequality: a package is
acceptable when it beats holding out, V_p > out_p/(1 - δ_p). Unit: million US$-equivalent (M), capitalised over the
life of the deal.
"""

from bargain.exchange.hanoi import coalition_lines, declaration, offer, on_record, relief_cost, turning, turning_table
from bargain.exchange.hold_outs import kept_kappa, to_minds
from bargain.exchange.packages import (
    COMMITMENTS,
    HANOI,
    NAMES,
    allowed,
    blocks,
    count,
    count_packages,
    kim_values,
    matrix,
    multiples,
    nash,
    reserve,
    size,
    weights,
    worths,
)
from bargain.exchange.price_lists import (
    PAPER,
    SEEDS,
    VARIANTS,
    asked,
    columns_of,
    names_of,
    paper,
    prices,
    readings_minds,
    row_of,
)

__all__ = [
    "allowed",
    "blocks",
    "on_record",
    "count_packages",
    "count",
    "kept_kappa",
    "to_minds",
    "PAPER",
    "names_of",
    "columns_of",
    "row_of",
    "turning",
    "relief_cost",
    "COMMITMENTS",
    "HANOI",
    "NAMES",
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
    "size",
    "turning_table",
    "weights",
    "worths",
]
