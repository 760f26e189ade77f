"""What a computation reads of the data: noted by the loader while it runs, kept beside a stored result or a figure.

A key is `assumptions/ID` (one row of the register), `column/NAME` (one column of the register, all rows: who picks
rows by it depends on every cell of it; `column/id` stands for the list of rows), `data/TABLE` (a table),
`coverage/TABLE` (from when to when it was kept) and `results/NAME` (another stored table).

In a notebook, reads are always noted: `here` says what the running statement has read, and what was read to make the
names that it mentions.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import linecache
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any, cast

import pandas as pd

from bargain import hearing as hearing  # it hears what a notebook reads from its first import on

VALUES = ("low", "central", "high", "distribution")  # what a computation takes of an assumption
CELL = re.compile(r"ipykernel_\d+[/\\]\d+\.py$|^<ipython-input")  # what IPython calls the code of a cell
_noted: set[str] | None = None  # the set of keys; None while nothing is noted
_asides: list[set[str]] = []  # sets that are filled too: of each function that runs and whose result will be kept
_cells: dict[tuple[str, int], set[str]] = {}  # {(code of a cell, line): keys that were read while it ran}
_behind: dict[str, frozenset[str]] = {}  # {name of a stored table: the keys that were read to make it}
_paused = False


def start() -> None:
    """Forget what the package's functions have kept from earlier calls (`lru_cache`), and note reads from now on.

    The loader's own caches stay: it notes a read whether or not the table is already in memory.
    """
    global _noted
    for name, module in list(sys.modules.items()):
        if name.startswith("bargain.") and not f"{name}.".startswith("bargain.evidence."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and getattr(value, "__module__", "").startswith("bargain."):
                    value.cache_clear()
    _noted = set()


def stop() -> None:
    """Note nothing any more."""
    global _noted
    _noted = None


def noted() -> list[str]:
    """The keys noted since `start`, sorted; empty while nothing is noted."""
    return sorted(_noted or ())


def note(kind: str, *names: str) -> None:
    """Note that `names` of a kind were read."""
    if noting():
        _note([f"{kind}/{name}" for name in names])


def _note(keys: Iterable[str]) -> None:
    if _noted is not None:
        _noted.update(keys)
    if _asides:
        _asides[-1].update(keys)
    elif cell := _cell():
        _cells.setdefault(cell, set()).update(keys)


def noting() -> bool:
    """Whether what is read now is noted."""
    return not _paused and (_noted is not None or _in_notebook())


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Note nothing for a while: what is read serves a check. With `with`, or as a decorator."""
    global _paused
    was, _paused = _paused, True
    try:
        yield
    finally:
        _paused = was


def register(frame: pd.DataFrame) -> pd.DataFrame:
    """The assumptions as they are, or, while reads are noted, so that what is taken of them is."""
    return cast(pd.DataFrame, Register(frame)) if noting() else frame  # it answers as a frame does


def lru_cache(function: Any = None, maxsize: int | None = 128) -> Any:
    """`functools.lru_cache` that with a kept result notes again what was read to make it."""
    if function is None:
        return functools.partial(lru_cache, maxsize=maxsize)

    @functools.lru_cache(maxsize)
    def kept(*args: Any, **options: Any) -> Any:
        seen: set[str] = set()
        _asides.append(seen)
        try:
            return function(*args, **options), seen
        finally:
            _asides.pop()

    @functools.wraps(function)
    def noted_again(*args: Any, **options: Any) -> Any:
        result, seen = kept(*args, **options)
        if seen and noting():
            _note(seen)
        return result

    for name in ("cache_clear", "cache_info"):
        setattr(noted_again, name, getattr(kept, name))
    return noted_again


# ------------------------------------------------------------------------------------------------- in a notebook
def _in_notebook() -> bool:
    shell = sys.modules.get("IPython.core.interactiveshell")
    return shell is not None and bool(shell.InteractiveShell.initialized())


def _cell() -> tuple[str, int] | None:
    """(code of the cell, line) of the notebook's statement that is running; None outside of one."""
    frame: FrameType | None = sys._getframe(1)
    found = None
    while frame:
        if frame.f_globals.get("__name__") == "__main__" and CELL.search(frame.f_code.co_filename):
            found = frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return found


def made(name: str, keys: Iterable[str]) -> None:
    """Remember what was read to make a stored table: whoever reads the table rests on it."""
    _behind[name] = frozenset(keys)


def here() -> set[str] | None:
    """The keys that the notebook's running statement has read, or that were read to make the names that it mentions,
    in this cell or an earlier one; None outside a notebook. A stored table counts with what was read to make it."""
    now = _cell() if _in_notebook() else None
    if now is None:
        return None
    origin: dict[str, set[str]] = {}
    for code in [name for name in linecache.cache if CELL.search(name)]:
        for first, last, uses, binds, adds in _statements("".join(linecache.getlines(code))):
            there = (keys for (c, line), keys in _cells.items() if c == code and first <= line <= last)
            found: set[str] = set().union(*there)
            found = found.union(*(origin.get(name, ()) for name in uses))
            if now[0] == code and first <= now[1] <= last:
                return _with_behind(found)
            origin |= dict.fromkeys(binds, found) | {name: found.union(origin.get(name, ())) for name in adds}
    return _with_behind(set().union(*(keys for (c, _), keys in _cells.items() if c == now[0])))


def _with_behind(keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    todo = list(keys)
    while todo:
        key = todo.pop()
        if key not in found:
            found.add(key)
            kind, _, name = key.partition("/")
            todo += _behind.get(name, ()) if kind == "results" else ()
    return found


@functools.lru_cache(maxsize=None)
def _statements(source: str) -> list[tuple[int, int, set[str], set[str], set[str]]]:
    """(first line, last line, names mentioned, names bound, names whose value is changed) of a cell's statements."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    out = []
    for node in body:
        names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        binds = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        for n in ast.walk(node):
            if isinstance(n, (ast.FunctionDef, ast.ClassDef)):
                binds.add(n.name)
            elif isinstance(n, ast.alias):
                binds.add((n.asname or n.name).partition(".")[0])
        adds = {_root(n) for n in ast.walk(node) if isinstance(n, (ast.Subscript, ast.Attribute)) and _stored(n)}
        adds |= {_root(n.target) for n in ast.walk(node) if isinstance(n, ast.AugAssign)}
        adds.discard("")
        uses = {n.id for n in names if isinstance(n.ctx, ast.Load)} | adds
        out.append((node.lineno, node.end_lineno or node.lineno, uses, binds - adds, adds))
    return out


def _stored(node: ast.Subscript | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


# ------------------------------------------------------------------------------------------------- the assumptions


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
