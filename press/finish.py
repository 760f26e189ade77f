"""What a finished website gets beside its pages, made from the pages alone: the press adds it to what it publishes,
Quarto runs this file after a render (`post-render` of `_quarto.yml`). Nothing here is fetched by a page: an index that
is a script can be loaded from a file: address too."""

import argparse
import html
import importlib.resources
import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

LIBRARY = "elasticlunr.min.js"  # by Wei Song and Oliver Nightingale, MIT; pdoc carries it
SKIPPED = {"script", "style", "svg", "nav", "math", "button", "select", "template"}
HIDDEN = {"code-fold", "chapter-no", "byline", "source", "chapters"}  # what is no part of the text
SPACED = {"p", "li", "td", "th", "dt", "dd", "div", "figcaption", "br", "tr", "section", "pre", "summary", "caption"}


class Sections(HTMLParser):
    """The sections of a page's main part: `found` is a list of [anchor, heading, text]."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.anchors = [], [], [""]
        self.feed(markup)

    def handle_starttag(self, name, pairs):
        attributes = dict(pairs)
        if name == "main":
            self.found.append(["", "", ""])
        if name == "section":
            self.anchors.append(attributes.get("id") or self.anchors[-1])
        if name in ("h1", "h2", "h3") and self.found:
            own = attributes.get("id") or attributes.get("data-anchor-id") or self.anchors[-1]
            self.found.append(["" if name == "h1" else own, "", ""])
        if name in SPACED:
            self.handle_data(" ")
        if name not in ("br", "img", "input", "hr", "meta", "link", "wbr", "col"):
            hidden = HIDDEN & set((attributes.get("class") or "").split()) or attributes.get("aria-hidden") == "true"
            self.open.append((name, name in SKIPPED or bool(hidden)))

    def handle_endtag(self, name):
        if name == "section" and len(self.anchors) > 1:
            self.anchors.pop()
        while any(tag == name for tag, _ in self.open):
            if self.open.pop()[0] == name:
                break

    def handle_data(self, data):
        names = [name for name, _ in self.open]
        if "main" in names and not any(hidden for _, hidden in self.open):
            self.found[-1][1 if {"h1", "h2", "h3"} & set(names) else 2] += data


def squashed(text):
    return " ".join(text.split())


def sections(markup):
    """The sections of a page that hold words, as (anchor, heading, text)."""
    out = [(anchor, squashed(heading), squashed(text)) for anchor, heading, text in Sections(markup).found]
    return [row for row in out if row[1] or row[2]]


def title_of(markup):
    """The page's title as its window has it, without the book's."""
    found = re.search(r"<title>(.*?)</title>", markup, re.S)
    return squashed(html.unescape(found[1])).split(" – ")[0] if found else ""


def index(pages):
    """The script with the text of all pages, a row a section: where it is, page, heading, text."""
    rows = [
        {"u": path + (f"#{anchor}" if anchor else ""), "p": title_of(markup), "h": heading, "b": text}
        for path, markup in sorted(pages.items())
        for anchor, heading, text in sections(markup)
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"window.pageIndex={text};\n".encode()


def library():
    """The search library's script, as its package has it."""
    return (importlib.resources.files("pdoc") / "templates" / "resources" / LIBRARY).read_bytes()


def extras(pages):
    """{path: bytes} of what goes along with a website, from {path: HTML of a page}."""
    try:
        script = library()
    except ModuleNotFoundError:  # an environment older than the lock: pages without a search are better than none
        print("No search on these pages: pdoc, which carries its library, is not installed.", file=sys.stderr)
        return {}
    return {"search/index.js": index(pages), f"search/{LIBRARY}": script}


def main(folder=None):
    """Add what goes along to a website that is rendered; without a folder, to the one that Quarto has just made."""
    folder = Path(folder or os.environ.get("QUARTO_PROJECT_OUTPUT_DIR") or "_book")
    paths = [path for path in folder.rglob("*.html") if path.relative_to(folder).parts[0] != "rows"]
    if not paths:
        print(f"{folder}: no pages there: render the book first", file=sys.stderr)
        return 1
    pages = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    for path, content in extras(pages).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m press.finish", description=main.__doc__)
    parser.add_argument("folder", nargs="?", help="the rendered website")
    sys.exit(main(parser.parse_args().folder))
