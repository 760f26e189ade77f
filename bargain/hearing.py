"""What a page's run says: heard in its kernel, and kept for the ledger, which then need not run the page again.

Of each cell and each inline expression the code is noted, the words that an expression gives, and the claims that are
made. They are kept beside the compiled modules, under the hash of all the codes, with a hash of every file of the
project that the process has opened, of the names in each folder that it has listed, and of the packages. What was
heard counts while all of that is as it was, or is so again (`recall`). Any renderer will do: IPython tells what it
runs.
"""

import ast
import contextlib
import hashlib
import json
import linecache
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).parent / "__pycache__" / "pages"
NO_INPUTS = {"__pycache__", "figures", "rows"}  # of the project: what pages write
OLD = 86400  # seconds after which what no page asks for can go


class Heard(NamedTuple):
    """What a page's run said."""

    words: list[str | None]  # of each code, in order: what an inline expression gives, None for a cell
    claims: list[tuple[int, Any, str, str, str]]  # in order: place of its code, test, the test's source, both wordings


_codes: list[str] = []  # what was run, in order
_now = Heard([], [])
_opened: dict[str, str | None] = {}  # {file or folder of the project: its hash after the code that opened it first}
_new: set[str] = set()  # those opened since the last code
_file: Path | None = None  # where this run is kept so far
_listening = False


# ------------------------------------------------------------------------------------------------- in a kernel
def listen() -> None:
    """Hear from now on what the kernel of this process runs; once, and nothing where there is no kernel."""
    global _listening
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if _listening or not hasattr(shell, "kernel"):
        return
    _listening = True
    sys.addaudithook(_watch)
    _codes.extend(map(plain, shell.history_manager.input_hist_raw[1:]))  # the cell that is running is the last
    _now.words.extend([None] * len(_codes))
    shell.events.register("pre_run_cell", _begin)
    shell.events.register("post_run_cell", lambda result: _keep())
    evaluate = shell.user_expressions

    def user_expressions(expressions: dict[str, str]) -> dict[str, Any]:
        replies = {}
        for key, code in expressions.items():
            _codes.append(one_line(code))
            _now.words.append("")
            replies |= evaluate({key: _codes[-1]})
            _now.words[-1] = _shown(replies[key].get("data", {}))
        if expressions:
            _keep()
        return replies

    shell.user_expressions = user_expressions


def plain(cell: str) -> str:
    """A cell's code without its options, which some renderers run along."""
    return re.sub(r"\A(?:#\s*\|.*\n?)+", "", cell).strip()


def one_line(expression: str) -> str:
    """An inline expression's code: in a paragraph a line break is a space."""
    return " ".join(expression.split("\n")).strip()


def _begin(info: Any) -> None:
    global _file
    if not info.store_history:  # a renderer's own, before or after the page's: a page may come again in this kernel
        for heard in (_codes, *_now):
            heard.clear()
        _file = None
    else:
        _codes.append(plain(info.raw_cell))
        _now.words.append(None)


def _shown(data: dict[str, str]) -> str:
    """An inline value's words: a text, Markdown, or what Python writes."""
    written = data.get("text/plain", "")
    with contextlib.suppress(ValueError, SyntaxError):
        if isinstance(value := ast.literal_eval(written), str):
            return value
    return data.get("text/markdown", written)


def claimed(test: Any, text: str, otherwise: str) -> None:
    """Note a claim that a page makes; nothing where nobody listens."""
    frame: FrameType | None = sys._getframe(1) if _listening else None
    while frame:
        if frame.f_globals.get("__name__") == "__main__":
            inline = frame.f_code.co_filename == "<string>"
            code = _codes[-1] if inline else "".join(linecache.getlines(frame.f_code.co_filename))
            place = next((n for n in reversed(range(len(_codes))) if _codes[n] == plain(code)), None)
            if place is not None:
                asked = source(frame, code, _codes[: place + 1])
                if asked is not None:
                    _now.claims.append((place, test, asked, text, otherwise))
                return
        frame = frame.f_back
    if _listening:  # by a code that is not known: what is kept must not pass for the page's
        _codes.append("")
        _now.words.append(None)


def source(frame: FrameType, code: str, before: Sequence[str]) -> str | None:
    """The test of the claim that a frame of a code is calling, as the code has it, or as an earlier gave it a name.

    None where it calls something without a test: another page, run from this one, makes the claim.
    """
    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and (
            (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset) == positions
        ):
            asked = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "test"), None)
            return None if asked is None else ast.unparse(_named(asked, before))
    return ""


def _named(asked: ast.expr, codes: Sequence[str]) -> ast.expr:
    """What the last statement gave a name to, if the expression is nothing but that name."""
    if isinstance(asked, ast.Name):
        for code in reversed(codes):
            for statement in reversed(ast.parse(code.strip()).body):
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == asked.id:
                        return value
    return asked


# --------------------------------------------------------------------------------------------- what it rests on
def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note the files of the project that are opened to be read, and the folders that are listed."""
    if event == "open":
        path, mode, flags = arguments
        if mode is not None and set("wax+") & set(mode) or mode is None and flags & (os.O_WRONLY | os.O_RDWR):
            return
    elif event in ("os.listdir", "os.scandir"):
        if "importlib" in sys._getframe(1).f_code.co_filename:
            return  # in search of modules, which are noted themselves; a new file beside a page changes nothing of it
        path = arguments[0] or "."
    else:
        return
    if isinstance(path, (str, bytes, os.PathLike)):
        _new.add(os.path.abspath(os.fsdecode(path)))


def _inputs() -> dict[str, str | None]:
    """{file or folder of the project, from its root: hash} of all that was opened, the package's own modules too."""
    modules = (module.__file__ for name, module in sys.modules.copy().items() if name.partition(".")[0] == "bargain")
    data = os.environ.get("BARGAIN_DATA")
    for path in [*_new, *filter(None, modules)]:
        for root in [str(ROOT), *([os.path.abspath(data)] if data else [])]:
            parts = os.path.relpath(path, root).split(os.sep)
            if not any(part in NO_INPUTS or part.startswith(".") for part in parts if parts != ["."]):
                name = os.path.relpath(path, ROOT)
                if name not in _opened:
                    _opened[name] = digest(name)
    _new.clear()
    return _opened


def digest(name: str) -> str | None:
    """The hash of a file of the project, or of the names in a folder; None where there is neither."""
    try:
        try:
            content = (ROOT / name).read_bytes()
        except IsADirectoryError:
            content = "\0".join(sorted(set(os.listdir(ROOT / name)) - NO_INPUTS)).encode()
        return hashlib.sha256(content).hexdigest()
    except OSError:
        return None


def surroundings() -> dict[str, str]:
    """What a run rests on beside files: Python, the packages, and what the environment says to this project."""
    names = [name for name in os.environ if name.startswith("BARGAIN_") and name != "BARGAIN_FIGURES"]
    return {name: os.environ[name] for name in names} | {"python": sys.version, "packages": _packages()}


@lru_cache(maxsize=None)
def _packages() -> str:
    folders = [Path(folder) for folder in sys.path if folder.endswith("-packages")]
    return hashlib.sha256(
        "\0".join(sorted(p.name for f in folders for p in f.glob("*.dist-info"))).encode()
    ).hexdigest()


# --------------------------------------------------------------------------------------------------- kept, and recalled
def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _keep() -> None:
    """Keep what was heard so far in the place of what was kept of this run before. Who reads it finds all of it."""
    global _file
    if not _codes:
        return
    record = {"files": _inputs(), "surroundings": surroundings(), "words": _now.words, "claims": _now.claims}
    inputs = _hash([record["files"], record["surroundings"]])  # a run that read other files is kept beside this
    before, _file = _file, KEPT / f"{_hash(_codes)}-{inputs}.json"
    with contextlib.suppress(OSError):  # a folder that nobody may write to: the ledger runs the page
        KEPT.mkdir(parents=True, exist_ok=True)
        part = _file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(record, default=lambda number: number.item()), "utf-8")
        part.replace(_file)
        if before and before != _file:
            before.unlink(missing_ok=True)


def recall(codes: Sequence[str], digest: Callable[[str], str | None] = digest) -> Heard | None:
    """What the run of these codes said; None where none was heard, or where anything that it read has changed.

    codes   a page's, in order: each cell as `plain` gives it, each inline expression as `one_line` does
    digest  the function above, or one that remembers: pages read the same files
    """
    for path in KEPT.glob(f"{_hash(list(codes))}-*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            record = json.loads(path.read_text("utf-8"))
            fresh = record["surroundings"] == surroundings() and all(
                digest(name) == was for name, was in record["files"].items()
            )
            if fresh and len(record["words"]) == len(codes):
                os.utime(path)
                return Heard(record["words"], [tuple(claim) for claim in record["claims"]])
    return None


def forget() -> None:
    """Remove what was kept long ago and no page has asked for since."""
    for path in KEPT.glob("*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > OLD:
                path.unlink()


listen()  # whoever imports this is a page's first: the loader (`reads`) and the claims (`prose`) do
