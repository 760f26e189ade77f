"""Where links and pictures lead: to another chapter, to a file that goes along with the site, or out."""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from . import tree


def is_local(target):
    """Whether a target is a path inside the book."""
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc and bool(parts.path)


def in_book(target, file):
    """The path of a local target from the book's folder, where one that begins with / starts; `..` may lead out."""
    path = unquote(urlsplit(target).path)
    return posixpath.normpath(path.lstrip("/") if path.startswith("/")
                              else posixpath.join(posixpath.dirname(file), path))


def relative(target, file):
    """The link from a page to a path of the book."""
    return quote(posixpath.relpath(target, posixpath.dirname(file) or "."))


def page_of(file):
    """The page that a chapter's file becomes."""
    return re.sub(r"\.\w+$", ".html", file)


@dataclass(frozen=True)
class Facts:
    """What other chapters need to know of one, as a format shows it."""

    entries: dict  # {label: number.Entry}
    ids: dict  # in order: their names alone
    title: str  # its identifier, which is the page itself


def facts(page):
    title, names = page.title["c"][1][0] if page.title else "", set()
    for element in tree.elements(page.blocks):
        if element["t"] in ("Float", "Equation"):
            names.add(element["id"])
        elif tree.attr(element):
            names.add(tree.attr(element)[0])
    return Facts(page.entries, dict.fromkeys(sorted({title, *names} - {""})), title)


class Links:
    """What is known of the targets in a book: its chapters, their identifiers, and the files that go along."""

    def __init__(self, book, facts, index, problem):
        self.book, self.facts, self.index, self.problem = book, facts, index, problem
        self.files = {file: set() for file in facts}  # to copy along with each chapter, relative to the book
        self.looked = {file: {} for file in facts}  # {path: whether it was a file}

    def is_file(self, path, file):
        return self.looked[file].setdefault(path, (self.book.root / path).is_file())

    def target(self, target, file, line=None):
        """(chapter or None, identifier or "", path of the book or None) for a target; problems are told, at a line."""
        where = line or target
        fragment = unquote(urlsplit(target).fragment)
        if target.startswith("#"):
            if fragment and fragment not in self.facts[file].ids and not fragment.startswith(("fn", "ref-")):
                self.problem(file, line or f"({target})", f"a link to {target!r}: there is no such place")
            return file, fragment, None
        if not is_local(target):
            return None, "", None
        path = in_book(target, file)
        if path in self.facts:
            if fragment and fragment not in self.facts[path].ids:
                self.problem(file, where, f"a link to {target!r}: {path} has no such place")
            return path, fragment, None
        if path.startswith(".."):
            self.problem(file, where, f"{target!r} lies outside the book")
        elif not self.is_file(path, file):
            if path not in self.book.files and path not in map(page_of, self.book.files):
                self.problem(file, where, f"{target!r}: no such file")
        elif re.search(r"\.(qmd|md)$", path) and path not in self.book.files:
            self.problem(file, where, f"a link to {target!r}, which is no chapter of the book")
        else:
            self.files[file].add(path)
            return None, fragment, path
        return None, fragment, None


def alternative(picture, file, problem):
    """The text alternative of a picture: `fig-alt`, `alt`, else its own words. One without any is a problem."""
    alt, line = tree.get(picture, "fig-alt") or tree.get(picture, "alt"), picture.pop("line", None)
    alt, source = alt or tree.text(picture["c"][1]), picture["c"][2][0]
    if not alt:
        problem(file, line or source, f"a picture without a text alternative: {source} (fig-alt)")
    return alt
