"""What a computation reads of the data: noted by the loader while it runs, kept beside a stored result.

A key is `assumptions/ID` (one row of the register), `column/NAME` (one column of the register, all rows: who picks
rows by it depends on every cell of it; `column/id` stands for the list of rows), `data/TABLE` (a table),
`coverage/TABLE` (from when to when it was kept) and `results/NAME` (another stored table).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pandas as pd

VALUES = ("low", "central", "high", "distribution")  # what a computation takes of an assumption
_noted: set[str] | None = None  # the set of keys; None while nothing is noted


def start() -> None:
    """Forget what the package's functions have kept from earlier calls (`lru_cache`), and note reads from now on.

    The loader's own caches stay: it notes a read whether or not the table is already in memory.
    """
    global _noted
    for name, module in list(sys.modules.items()):
        if name.startswith("bargain.") and name != "bargain.evidence":
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and getattr(value, "__module__", "").startswith("bargain."):
                    value.cache_clear()
    _noted = set()


def stop() -> None:
    """Note nothing any more."""
    global _noted
    _noted = None


@contextmanager
def paused() -> Iterator[None]:
    """Note nothing for a while: with `with`, or as a decorator."""
    global _noted
    kept, _noted = _noted, None
    try:
        yield
    finally:
        _noted = kept


def noted() -> list[str]:
    """The keys noted since `start`, sorted; empty while nothing is noted."""
    return sorted(_noted or ())


def note(kind: str, *names: str) -> None:
    """Note that `names` of a kind were read."""
    if _noted is not None:
        _noted.update(f"{kind}/{name}" for name in names)


def register(frame: pd.DataFrame) -> pd.DataFrame:
    """The assumptions as they are, or, while reads are noted, so that what is taken of them is."""
    return frame if _noted is None else cast(pd.DataFrame, Register(frame))  # it answers as a frame does


class Register:
    """Some rows of the assumptions. Taking fewer rows notes nothing; a row or a column of values that leaves it is
    noted, and whatever is not known here to be harmless notes all its rows."""

    def __init__(self, frame: pd.DataFrame, whole: bool = True) -> None:
        self._frame, self._whole = frame, whole

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return self._part(self._frame[key])
        if key in VALUES:
            if self._whole:
                return _Column(self._frame[key])
            note("assumptions", *self._frame.index)
        else:
            note("column", key)
        return self._frame[key]

    def __getattr__(self, name: str) -> Any:
        if name in self._frame.columns:
            return self[name]
        note("assumptions", *self._frame.index)
        return getattr(self._frame, name)

    def _part(self, got: Any) -> Any:
        if list(getattr(got, "columns", ())) == list(self._frame.columns):
            return Register(got, whole=False)
        note("assumptions", *self._frame.index)
        return got

    @property
    def columns(self) -> pd.Index:
        """The names of the columns."""
        return self._frame.columns

    @property
    def index(self) -> pd.Index | _Index:
        """The ids; those of a part follow from how it was picked, which is noted."""
        return _Index(self._frame.index) if self._whole else self._frame.index

    @property
    def loc(self) -> _Picker:
        """Rows by id; which are picked is noted."""
        return _Picker(self, self._frame.loc)

    @property
    def at(self) -> _Picker:
        """One value by id and column; the id is noted."""
        return _Picker(self, self._frame.at)


class _Column:
    """A column of values of all rows: one row's is noted by itself, whatever else is asked of it notes all rows."""

    def __init__(self, column: pd.Series) -> None:
        self._column = column

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            note("assumptions", key)
            return self._column[key]
        return self._all()[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._all(), name)

    def astype(self, kind: Any) -> _Column:
        return _Column(self._column.astype(kind))

    def _all(self) -> pd.Series:
        note("assumptions", *self._column.index)
        return self._column


def _passed_on(name: str) -> Callable[..., Any]:
    return lambda self, *arguments: getattr(self._all(), name)(*arguments)


for _name in ("eq ne lt le gt ge add sub mul truediv radd rsub rmul rtruediv neg len iter contains array").split():
    setattr(_Column, f"__{_name}__", _passed_on(f"__{_name}__"))


class _Picker:
    """`loc` and `at` of a register."""

    def __init__(self, register: Register, picker: Any) -> None:
        self._register, self._picker = register, picker

    def __getitem__(self, key: Any) -> Any:
        row = key[0] if isinstance(key, tuple) else key
        if isinstance(row, str):
            note("assumptions", row)  # before it is looked up: that it is missing is knowledge too
            return self._picker[key]
        if isinstance(key, tuple):
            rows = self._register._frame.loc[row]
            note("assumptions", *rows.index)
            return self._picker[key]
        return self._register._part(self._picker[key])


class _Index:
    """The ids of a register: asking for one is a read of its row, anything else of the list of rows."""

    def __init__(self, index: pd.Index) -> None:
        self._index = index

    def __contains__(self, row: object) -> bool:
        note("assumptions", str(row))
        return row in self._index

    def __iter__(self) -> Iterator[str]:
        note("column", "id")
        return iter(self._index)

    def __len__(self) -> int:
        note("column", "id")
        return len(self._index)

    def __getitem__(self, key: Any) -> Any:
        note("column", "id")
        return self._index[key]

    def __getattr__(self, name: str) -> Any:
        note("column", "id")
        return getattr(self._index, name)
