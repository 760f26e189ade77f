"""What the drawing program makes, kept beside the compiled modules by the hash of all that it is made from.

A page is drawn for each of its formats, and again when a number beside its drawings has changed: a drawing that is
the same need not be made again.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import vl_convert

FONTS = Path(__file__).resolve().parents[2] / "_extensions" / "report" / "fonts"
FOLDER = Path(__file__).parent / "__pycache__" / "pictures"
OLD = 30 * 86400  # seconds after which what was not asked for can go


def kept(kind: str, told: str, make: Callable[[], bytes]) -> bytes:
    """`make()`, or what it gave earlier for the same text in the same kind of file, with the same program and fonts."""
    path = FOLDER / f"{hashlib.sha256(f'{kind} {_program()} {told}'.encode()).hexdigest()}.{kind}"
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        os.utime(path)
        return content
    content = make()
    with contextlib.suppress(OSError):  # a folder that nobody may write to
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(content)
        part.replace(path)
    return content


@lru_cache(maxsize=None)
def _program() -> str:
    """The version of the program and the fonts with which it measures; what is old goes, once a process."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(FOLDER):
            if time.time() - entry.stat().st_mtime > OLD:
                os.unlink(entry)
    fonts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FONTS.glob("*.ttf"))]
    return " ".join([vl_convert.__version__, *fonts])  # type: ignore[attr-defined]
