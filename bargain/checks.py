"""What a model function refuses: an argument that is no number of its kind, by a ValueError that names it.

Each check takes arguments by their names, passes None over, and returns nothing: a statement that only checks changes
no number, so `reach` leaves it out of what makes a stored table stale. An argument may be a number, an array, a list
of them, or a mapping of numbers by name, whose bad entry is named too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

ROUNDING = 1e-12  # a chance that was summed may leave [0, 1] by this much


def _arrays(arguments: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """(name, array) of every argument that is there, entry by entry of a mapping or an uneven list."""
    for name, value in arguments.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            yield from _arrays({f"{name}[{key!r}]": entry for key, entry in value.items()})
        elif isinstance(value, (list, tuple)) and len({np.shape(entry) for entry in value}) > 1:
            yield from _arrays({f"{name}[{place}]": entry for place, entry in enumerate(value)})
        else:
            yield name, np.asarray(value, float)


def known(**arguments: Any) -> None:
    """Refuse NaN; infinities pass, such as the logarithm of a chance of 0. Raises ValueError naming the argument."""
    for name, array in _arrays(arguments):
        if np.isnan(array).any():
            raise ValueError(f"{name} must be a number, not NaN")


def finite(**arguments: Any) -> None:
    """Refuse NaN and infinities. Raises ValueError naming the argument."""
    for name, array in _arrays(arguments):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite")


def nonnegative(**arguments: Any) -> None:
    """Refuse what is not finite, or below 0. Raises ValueError naming the argument."""
    finite(**arguments)
    for name, array in _arrays(arguments):
        if (array < -ROUNDING).any():
            raise ValueError(f"{name} must not be negative")


def counts(**arguments: Any) -> None:
    """Refuse what is no whole number from 0 on, such as a number of draws. Raises ValueError naming the argument."""
    for name, array in _arrays(arguments):
        if not (np.isfinite(array) & (array >= 0) & (array == np.floor(array))).all():
            raise ValueError(f"{name} must be a whole number, 0 or more")


def positive(**arguments: Any) -> None:
    """Refuse what is not finite, or not above 0, such as a scale. Raises ValueError naming the argument."""
    finite(**arguments)
    for name, array in _arrays(arguments):
        if (array <= 0).any():
            raise ValueError(f"{name} must be above 0")


def spans(**arguments: Any) -> None:
    """Refuse NaN and what is below 0; infinity passes: for ever, or without limit.

    Raises ValueError naming the argument.
    """
    known(**arguments)
    for name, array in _arrays(arguments):
        if (array < 0).any():
            raise ValueError(f"{name} must not be negative")


def shares(**arguments: Any) -> None:
    """Refuse what does not lie in [0, 1], such as a chance. Raises ValueError naming the argument."""
    nonnegative(**arguments)
    for name, array in _arrays(arguments):
        if (array > 1 + ROUNDING).any():
            raise ValueError(f"{name} must lie between 0 and 1")


def discounts(**arguments: Any) -> None:
    """Refuse what does not lie in [0, 1): at a discount factor of 1 a sum without an end has no value.

    Raises ValueError naming the argument.
    """
    shares(**arguments)
    for name, array in _arrays(arguments):
        if (array >= 1).any():
            raise ValueError(f"{name} must lie below 1")


def weights(**arguments: Any) -> None:
    """Refuse what is negative or does not sum to 1 over the last axis, such as beliefs.

    Raises ValueError naming the argument.
    """
    nonnegative(**arguments)
    for name, array in _arrays(arguments):
        if not np.allclose(array.sum(axis=-1), 1, atol=1e-6):
            raise ValueError(f"{name} must sum to 1")


def ranged(row: Mapping[str, Any]) -> None:
    """Refuse an assumption whose low ≤ central ≤ high fails, or a log-uniform one from 0; a fixed one passes.

    Raises ValueError naming `row`.
    """
    kind = str(row["distribution"])
    low, central, high = (float(row[end]) for end in ("low", "central", "high"))
    if not kind.startswith("fixed") and not (low <= central <= high and np.isfinite([low, high]).all()):
        raise ValueError(f"row: low ≤ central ≤ high fails for {low:g}, {central:g}, {high:g}")
    if kind.startswith("fixed") and not np.isfinite(central):
        raise ValueError(f"row: central must be finite, not {central:g}")
    if kind == "log-uniform" and low <= 0:
        raise ValueError(f"row: low must be above 0 for a log-uniform range, not {low:g}")
