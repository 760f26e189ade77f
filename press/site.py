"""The finished website as files: what goes along, and whether every page holds together."""

import importlib.metadata
import platform
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from . import links, pandoc
from .problems import line_with, read_text

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def colophon():
    """The programs that made the pages, with their versions."""

    def version(name):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return None

    made = [("Python", platform.python_version()), ("Pandoc", pandoc.version()), ("Typst", version("typst")),
            ("vl-convert", version("vl-convert-python"))]
    return ", ".join(f"{name} {number}" for name, number in made if number)


def edition_scripts(edition):
    """The scripts that the edition's filters put on every page (in Quarto, as HTML dependencies)."""
    names = []
    for path in sorted(edition.glob("*.lua")):
        code = read_text(path, f"{edition.parent.name}/{edition.name}/{path.name}")
        for block in re.findall(r"add_html_dependency\s*\(?\s*\{(.*?)\}\s*\)", code, re.S):
            for listed in re.findall(r"scripts\s*=\s*\{(.*)\}", block, re.S):
                names += re.findall(r"[\"']([^\"']+\.js)[\"']", listed)
    return list(dict.fromkeys(names))


class Reading(HTMLParser):
    """A page read for its identifiers, its links, and what has no text alternative."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.ids, self.targets, self.wrong, self.labelled, self.stack = [], [], [], 0, []
        self.feed(markup)

    def handle_starttag(self, name, pairs):
        attributes = dict(pairs)
        if attributes.get("id"):
            self.ids.append(attributes["id"])
        for key in ("href", "src"):
            own = name == "link" and attributes.get("rel") == "canonical"  # an address of the page, not loaded
            if key in attributes and not (name == "use" or own or attributes[key] is None):
                self.targets.append((name, attributes[key]))
        named = bool((attributes.get("aria-label") or "").strip() or attributes.get("aria-labelledby")
                     or attributes.get("aria-hidden") == "true")
        if name == "img" and not (attributes.get("alt") or "").strip():
            self.wrong.append(f"a picture without a text alternative: {attributes.get('src', '')[:80]}")
        if name == "svg" and not (named or self.labelled or "svg" in (tag for tag, _ in self.stack)):
            self.wrong.append("a drawing without a text alternative (a chart's `description`)")
        if (name == "script" and not attributes.get("src")
            and attributes.get("type") not in ("application/json", "application/ld+json", "text/plain")):
            self.wrong.append("an inline script, which the page's content-security policy blocks")
        if name == "style":
            self.wrong.append("an inline style sheet, which the page's content-security policy blocks")
        if any(key.startswith("on") for key in attributes):
            self.wrong.append(f"an inline event handler on <{name}>, which the page's content-security policy blocks")
        if name not in VOID:
            self.stack.append((name, named))
            self.labelled += named

    def handle_startendtag(self, name, pairs):
        self.handle_starttag(name, pairs)
        if name not in VOID:
            self.handle_endtag(name)

    def handle_endtag(self, name):
        if any(tag == name for tag, _ in self.stack):
            while self.stack:
                tag, named = self.stack.pop()
                self.labelled -= named
                if tag == name:
                    break


def reading(markup):
    """What a page is checked by: its identifiers, its targets, what is wrong with it."""
    found = Reading(markup)
    return found.ids, found.targets, found.wrong


def checked(files, chapters, *, complete, later, reading):
    """Problems of the finished pages, read by `reading`; the paths in `later` are of files that are still to come."""
    problems = []
    names = [name for name in map(links.page_of, chapters) if name in files]
    pages = {name: reading(files[name].decode("utf-8")) for name in names}
    for file in chapters:
        name, text = links.page_of(file), chapters[file].text
        if name not in pages:
            continue
        ids, targets, faults = pages[name]

        def wrong(message, *needles, file=file, text=text):
            problems.append((file, line_with(text, *needles) if needles else None, message))

        for message in faults:
            wrong(message)
        for twice in sorted({one for one in ids if ids.count(one) > 1 and not one.startswith("toc-")}):
            told = f"the identifier {twice!r} is on the page twice (a heading takes another by {{#…}})"
            problems.append((file, chapters[file].last(twice), told))
        for tag, target in targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if tag != "a" and parts.scheme != "data":
                    wrong(f"the page would load {target} from another host", target)
                continue
            path = links.in_book(target, name) if parts.path else name
            fragment = unquote(parts.fragment)
            if path in pages:
                if fragment and fragment not in pages[path][0]:
                    wrong(f"a link to {target!r}: there is no such place", target, f"#{fragment}")
            elif path not in files and path not in later and (complete or not path.endswith(".html")):
                wrong(f"{target!r}: no such file", target)
    return problems
