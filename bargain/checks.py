"""What a model function refuses: an argument that is no number of its kind, by a ValueError that names it.

Each check takes arguments by their names, passes None over, and returns nothing: a statement that only checks changes
no number, so `reach` leaves it out of what makes a stored table stale.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np


def finite(**arguments: Any) -> None:
    """Refuse NaN and infinities. Raises ValueError naming the argument."""
    for name, value in arguments.items():
        if value is not None and not np.all(np.isfinite(np.asarray(value, float))):
            raise ValueError(f"{name} must be finite")


def nonnegative(**arguments: Any) -> None:
    """Refuse what is not finite, or below 0. Raises ValueError naming the argument."""
    finite(**arguments)
    for name, value in arguments.items():
        if value is not None and np.any(np.asarray(value, float) < 0):
            raise ValueError(f"{name} must not be negative")


def shares(**arguments: Any) -> None:
    """Refuse what does not lie in [0, 1], such as a chance. Raises ValueError naming the argument."""
    nonnegative(**arguments)
    for name, value in arguments.items():
        if value is not None and np.any(np.asarray(value, float) > 1):
            raise ValueError(f"{name} must lie between 0 and 1")


def discounts(**arguments: Any) -> None:
    """Refuse what does not lie in [0, 1): at a discount factor of 1 a sum without an end has no value.

    Raises ValueError naming the argument.
    """
    shares(**arguments)
    for name, value in arguments.items():
        if value is not None and np.any(np.asarray(value, float) >= 1):
            raise ValueError(f"{name} must lie below 1")


def weights(**arguments: Any) -> None:
    """Refuse what is negative or does not sum to 1 over the last axis, such as beliefs.

    Raises ValueError naming the argument.
    """
    nonnegative(**arguments)
    for name, value in arguments.items():
        if value is not None and not np.allclose(np.sum(np.asarray(value, float), axis=-1), 1, atol=1e-6):
            raise ValueError(f"{name} must sum to 1")


def ranged(row: Mapping[str, Any]) -> None:
    """Refuse an assumption whose low ≤ central ≤ high fails, or a log-uniform one from 0; a fixed one passes.

    Raises ValueError naming `row`.
    """
    kind = str(row["distribution"])
    low, central, high = (float(row[end]) for end in ("low", "central", "high"))
    if not kind.startswith("fixed") and not low <= central <= high:
        raise ValueError(f"row: low ≤ central ≤ high fails for {low:g}, {central:g}, {high:g}")
    if kind == "log-uniform" and low <= 0:
        raise ValueError(f"row: low must be above 0 for a log-uniform range, not {low:g}")
