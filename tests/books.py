"""Books for tests: made from strings, or copied from beside the tests, and rendered by the press."""

import contextlib
import io
import re
import shutil
import signal
from pathlib import Path

import pypdfium2
import pytest

from press import warm
from press.__main__ import main

HERE = Path(__file__).parent
EDITION = HERE.parent / "_extensions" / "report"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAGklEQVR42mMINRakCmIYNWjUoFGDRg2iDAEAFUTlgU"
    "IRDHQAAAAASUVORK5CYII="
)  # a small dark block, PNG


def thorough(values, quick=None):
    """Values, or tuples, for a loop of faults: every change meets those of `quick` (default: the first), the long forms
    all."""
    quick = list(values)[:1] if quick is None else quick
    assert not set(quick) - set(values)
    tuples = {value: value if isinstance(value, tuple) else (value,) for value in values}
    return [pytest.param(*tuples[value], marks=[] if value in quick else [pytest.mark.slow]) for value in values]


KINDS = ["fork", "plain"] if warm.FORKS else ["plain"]  # of kernels
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]

CONFIG = """\
project:
  type: book
book:
  title: "A Book"
  author: "An Author"
  date: 2026-01-31
  output-file: book
  chapters:
    - index.qmd
{chapters}{appendices}number-sections: true
{more}format:
  report-html: default
  report-typst: default
"""


def make(folder, chapters, *, appendices=(), files=(), more="", config=None, finished=False):
    """A book in a folder: {file: text} of its chapters, appendices and other files. Returns the folder.

    finished: with search, lists and what else `press/finish.py` makes.
    """
    folder = Path(folder)
    chapters = {"index.qmd": "# Welcome {.unnumbered}\n\nHello.\n", **dict(chapters)}
    text = config or CONFIG.format(
        chapters="".join(f"    - {name}\n" for name in chapters if name != "index.qmd"),
        appendices="".join(["  appendices:\n", *(f"    - {name}\n" for name in dict(appendices))])
        if appendices
        else "",
        more=more,
    )
    text = asking(text) if finished else text
    write(folder, {"_quarto.yml": text, **chapters, **dict(appendices), **dict(files)})
    link_edition(folder)
    return folder


def asking(config):
    """A configuration that asks for what `press/finish.py` makes."""
    return config.replace("  type: book\n", "  type: book\n  post-render: press/finish.py\n", 1)


def write(folder, files):
    """Write {path: text or bytes} into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def link_edition(folder):
    """Give a book the project's edition."""
    (folder / "_extensions").mkdir(exist_ok=True)
    if not (folder / "_extensions" / "report").exists():
        (folder / "_extensions" / "report").symlink_to(EDITION)


def copy(name, folder):
    """A copy of the book `tests/<name>` in a folder."""
    shutil.copytree(HERE / name, folder, ignore=shutil.ignore_patterns("_book", ".press", "__pycache__", "figures"))
    link_edition(folder)
    return folder


def press(folder, *arguments):
    """Run the press on a book: (exit code, what it said on both streams)."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main([str(folder), *map(str, arguments)])
    return code, said.getvalue()


def sheets(path):
    """The text of each page of a PDF; a word that is broken at a line's end keeps its hyphen and its line."""
    with pypdfium2.PdfDocument(path) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    return [text.replace("\r\n", "\n").replace("\ufffe", "-\n") for text in texts]


def refusals(folder, chapters, *arguments, check=lambda book: None, **more):
    """What the press says of a book of all chapters; then, without those that it named, of the rest of them, in a text.

    A step of the press names all chapters that it refuses, and the next one begins when none is left. check(book):
    after each build; more: what else `make` is to put into the folder.
    """
    left, heard = dict(chapters), ""
    while left:
        book = make(folder, left, **more)
        code, said = press(book, *arguments)
        check(book)
        rest = {name: text for name, text in left.items() if not re.search(rf"^{name}:", said, re.M)}
        assert code == 1 and len(rest) < len(left) and "Traceback" not in said, said
        left, heard = rest, heard + said
    return heard


def built(folder, *arguments):
    """Render a book and return its output folder; the press must succeed."""
    code, said = press(folder, *arguments)
    assert code == 0, said
    return folder / "_book"
