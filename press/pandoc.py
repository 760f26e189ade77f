"""Calls of Pandoc, remembered on disk by everything they depend on."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from . import bounded
from .store import digest

DEEPEST = 120  # levels of a document's tree: some forty lists in each other, more than Typst takes
SECONDS = 30  # that Pandoc may compute for one chapter; for the whole book, five times as long


class PandocError(Exception):
    """Pandoc refused; the text is what it said."""


@lru_cache
def program():
    """The path of Pandoc: the one that came with pypandoc_binary, else the PATH's."""
    spec = importlib.util.find_spec("pypandoc")
    bundled = Path(spec.origin).parent / "files" / "pandoc" if spec else None
    found = str(bundled) if bundled and bundled.exists() else shutil.which("pandoc")
    if not found:
        raise PandocError("Pandoc is missing: install pypandoc_binary")
    return found


@lru_cache
def version():
    """Pandoc's version, for the colophon and for the cache's keys."""
    return subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


@lru_cache
def workshop():
    """A hash of the programs that make pages of sources: the press itself, Pandoc, Python."""
    return digest(version(), sys.version, *sorted(Path(__file__).parent.glob("*.py")))


class TooMuch(PandocError):
    """Pandoc came to no end, or a document's elements lie deeper in each other than can be walked.

    `marks`: what there must be much of in the line that is to blame.
    """

    def __init__(self, told, marks):
        super().__init__(told)
        self.marks = marks


def run(arguments, text, *, cache=None, files=(), whole=False):
    """Pandoc's output for a text, and its warnings. `files`: those that it will read itself.

    Raises PandocError with Pandoc's message, or when it has computed for SECONDS (`whole`: of a whole book).
    """
    arguments = [str(argument) for argument in arguments]
    told = json.dumps(arguments, ensure_ascii=False)
    for file in files:
        told = told.replace(str(file), file.name)  # what counts is what is in it, not where it lies
    key = cache and digest(version(), told, text, *files)
    if found := cache and cache.recall(key):
        return found
    try:
        done = bounded.run([program(), *arguments], seconds=(5 if whole else 1) * SECONDS, input=text)
    except bounded.TooLong as error:
        told = f"Pandoc came to no end in {error}: many opened brackets, nested quotations, or a huge table?"
        raise TooMuch(told, "[]{}()<*_^~$") from None
    if done.returncode:
        raise PandocError(done.stderr.strip())
    warnings = [" ".join(warning.split()) for warning in re.split(r"^\[WARNING\]", done.stderr, flags=re.M)[1:]]
    if cache:
        cache.keep(key, (done.stdout, warnings))
    return done.stdout, warnings


def citing(meta, style):
    """Pandoc's arguments where metadata has references, with the style, if there is one."""
    return ["--citeproc", *([f"--csl={style}"] if style else [])] if "references" in meta else []


def read(text, *, cache=None, format="markdown"):
    """The tree of a text, and Pandoc's warnings."""
    out, warnings = run(["-f", format, "-t", "json"], text, cache=cache)
    try:
        document = json.loads(out)
    except RecursionError:
        document = None
    if document is None or depth(document) > DEEPEST:
        raise TooMuch("lists, quotations or divs that are nested too deeply", ">-*+:")
    return document, warnings


def depth(document):
    """How deep the elements of a document lie in each other."""
    deepest, waiting = 0, [(1, document)]
    while waiting:
        level, node = waiting.pop()
        deepest = max(deepest, level)
        inside = node.values() if isinstance(node, dict) else node
        waiting += [(level + 1, one) for one in inside if isinstance(one, (dict, list))]
    return deepest
