"""What a finished website gets beside its pages, made from the pages alone: the press adds it to what it publishes,
Quarto runs this file after a render (`post-render` of `_quarto.yml`). Nothing here is fetched by a page: an index that
is a script can be loaded from a file: address too."""

import argparse
import html
import importlib.resources
import io
import json
import os
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

LIBRARY = "elasticlunr.min.js"  # by Wei Song and Oliver Nightingale, MIT; pdoc carries it
LIST, LOST = "list-of-figures.html", "404.html"  # pages that are made here
PACKED = re.compile(r"[^/]*\.pdf|.*\.ipynb|data/.*|(.*/)?figures/[^/]*\.csv")  # what the one download holds
SKIPPED = {"script", "style", "svg", "nav", "math", "button", "select", "template"}
HIDDEN = {"code-fold", "chapter-no", "byline", "source", "chapters"}  # what is no part of the text
SPACED = {"p", "li", "td", "th", "dt", "dd", "div", "figcaption", "br", "tr", "section", "pre", "summary", "caption"}


class Sections(HTMLParser):
    """The sections of a page's main part: `found` is a list of [anchor, heading, text]."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.anchors = [], [], [""]
        self.feed(re.sub(r"<svg\b.*?</svg>", "", markup, flags=re.S))  # most of a page's tags

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


def described(markup):
    """What the page says of itself in a line."""
    found = re.search(r'<meta name="description" content="(.*?)">', markup, re.S)
    return squashed(html.unescape(found[1])) if found else ""


def in_order(pages):
    """The pages in the order of the list of chapters, the front page first; others after them."""
    found = re.search(r'<nav class="toc".*?</nav>', pages.get("index.html", ""), re.S)
    listed = ["index.html", *re.findall(r'href="([^"#]+)"', found[0] if found else "")]
    return list(dict.fromkeys([path for path in listed if path in pages] + sorted(pages)))


def index(pages, sections=sections):
    """The script with the text of all pages, a row a section: where it is, page, heading, text."""
    rows = [{"u": path + (f"#{anchor}" if anchor else ""), "p": title_of(markup), "h": heading, "b": text}
            for path, markup in sorted(pages.items()) for anchor, heading, text in sections(markup)]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"window.pageIndex={text};\n".encode()


def rows(tables):
    """The script with the rows of all tables: of each page its address, its heading, and [anchor, name, text] of each
    row. A page of a figure, whose rows stand on pages of their tables, has none of its own."""
    found = []
    for path, markup in sorted(tables.items()):
        own = re.findall(r'<tr id="([^"]+)"><th scope=row><a href="#[^"]*">(.*?)</a></th>(.*?)</tr>', markup, re.S)
        heading = re.search(r"<h1>(.*?)</h1>", markup, re.S)
        listed = [[anchor, read(name), read(cells)] for anchor, name, cells in own]
        if listed:
            found.append({"u": path, "p": read(heading[1]) if heading else "", "r": listed})
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"window.tableRows={text};\n".encode()


def read(markup):
    """The words of some HTML, cells apart."""
    return squashed(html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"</td>\s*<td", " · <td", markup))))


def captions(markup):
    """The numbered figures and tables of a page, as (kind, anchor, label, caption)."""
    found = []
    for name, classes, inside in re.findall(
        r'<figcaption id="((?:fig|tbl)-[^"]+?)-caption[^"]*" class="([^"]*)"[^>]*>(.*?)</figcaption>', markup, re.S
    ):
        if "quarto-float-caption" in classes.split():
            inside = re.sub(r'<a [^>]*class="footnote-ref".*?</a>', "", inside, flags=re.S)
            label, _, words = inside.partition('<span class="stop">')
            parts = (re.sub(r"<[^>]*>", "", part) for part in (label, words.partition("</span>")[2]))
            found.append((name[:3], name, *(squashed(html.unescape(part)) for part in parts)))
    return found


def framed(front, title, body):
    """A page with the frame of the front page around another body."""
    page = re.sub(r'<(meta (property|name="description"|name="twitter)|link rel="canonical")[^>]*>\n?', "", front)
    page = re.sub(r'<details class="cite">.*?</details>|<a href="[^"]*" download>.*?</a>', "", page, flags=re.S)
    page = re.sub(r'<script [^>]*(own-kim.js"|type="application/ld.json")[^>]*>.*?</script>\n?', "", page, flags=re.S)
    page = re.sub(r'<nav class="on-page".*?</nav>\n?', "", page, flags=re.S)  # the front page's own headings
    page = page.replace("<title>", f"<title>{html.escape(title)} – ", 1)
    page = page.replace('<body class="front">', "<body>")
    head = f'<header class="quarto-title-block"><h1>{html.escape(title)}</h1></header>'
    main = f'<main id="main">\n{head}\n{body}\n</main>'
    return re.sub(r"<main.*?</main>", lambda _: main, page, flags=re.S)


def list_of_figures(pages):
    """The page that lists all numbered figures and tables."""
    body = []
    for kind, heading in (("fig", "Figures"), ("tbl", "Tables")):
        rows = [f'<li><a href="{path}#{anchor}"><span>{html.escape(label)}</span> {html.escape(words)}</a></li>'
                for path in in_order(pages) for which, anchor, label, words in captions(pages[path]) if which == kind]
        if rows:
            body.append(f'<section id="{heading.lower()}"><h2>{heading}</h2>\n<ol class="listed">')
            body += [*rows, "</ol></section>"]
    return framed(pages["index.html"], "Figures and tables", "\n".join(body) or "<p>This book has none.</p>").encode()


def lost(pages, site):
    """The page for an address that leads nowhere. A host shows it at any depth, so its links are whole or plain."""
    title = html.escape(title_of(pages["index.html"]))
    return f"""<!DOCTYPE html>
<html lang="en" style="color-scheme: light dark; background: light-dark(#faf6ee, #191613)">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>No such page – {title}</title></head>
<body style="color: light-dark(#211c17, #eee6d8); font: 1.125rem/1.5 serif;
max-width: 36rem; margin: 12vh auto; padding: 0 1.25rem"><main>
<h1>No such page</h1>
<p>This address leads to no page of <em>{title}</em>. All chapters stand on
its <a style="color: inherit" href="{html.escape(site or "/")}">front page</a>.</p>
</main></body></html>
""".encode()


def bare(markup):
    """The text of a page as HTML that another program reads: without drawings, scripts, code and navigation."""
    found = re.search(r"<main[^>]*>(.*)</main>", markup, re.S)
    text = re.sub(r"<(svg|script|nav|button|select)\b.*?</\1>", "", found[1] if found else "", flags=re.S)
    return re.sub(r'<details (open )?class="code-fold">.*?</details>', "", text, flags=re.S)


def converted(markup):
    """HTML as Markdown, by Pandoc."""
    import pypandoc

    return pypandoc.convert_text(markup, "gfm-raw_html", format="html", extra_args=["--wrap=none"])


def for_machines(pages, site, convert):
    """Each page as Markdown beside it, and llms.txt, which lists these (llmstxt.org)."""
    order = in_order(pages)
    files = {path.replace(".html", ".md"): text for path, text in convert({p: bare(pages[p]) for p in order}).items()}
    front = pages["index.html"]
    rows = [f"- [{title_of(pages[path])}]({site}{path.replace('.html', '.md')})"
            + (f": {words}" if (words := described(pages[path])) else "") for path in order]
    told = f"# {title_of(front)}\n\n" + (f"> {described(front)}\n\n" if described(front) else "")
    files["llms.txt"] = told + "## Pages\n\n" + "\n".join(rows) + "\n"
    return {path: text.encode() for path, text in files.items()}


def sitemap(pages, site):
    """The addresses of all pages, for crawlers."""
    addresses = (site + ("" if path == "index.html" else path) for path in in_order(pages))
    rows = "\n".join(f"<url><loc>{html.escape(address)}</loc></url>" for address in addresses)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}\n{rows}\n</urlset>\n".encode()


def library():
    """The search library's script, as its package has it."""
    return (importlib.resources.files("pdoc") / "templates" / "resources" / LIBRARY).read_bytes()


def extras(pages, book, convert, tables=None, sections=sections):
    """{path: bytes} of what goes along with a website.

    pages    {path: HTML of a page}
    book     `book:` of `_quarto.yml`; addresses are written whole where it has a `site-url`
    convert  a function from {path: HTML} to {path: Markdown}
    tables   {path: HTML} of the pages of rows, by default none
    sections the function above, or one that remembers
    """
    site = str(book["site-url"]).rstrip("/") + "/" if book.get("site-url") else ""
    files = {"search/index.js": index(pages, sections), "search/rows.js": rows(tables or {})}
    try:
        files[f"search/{LIBRARY}"] = library()
    except ModuleNotFoundError:  # an environment older than the lock: pages without a search are better than none
        print("No search on these pages: pdoc, which carries its library, is not installed.", file=sys.stderr)
        files = {}
    if "index.html" in pages:
        files |= {LIST: list_of_figures(pages), LOST: lost(pages, site), **for_machines(pages, site, convert)}
    if site:
        files["sitemap.xml"] = sitemap(pages, site)
    return files


def bundle(files, name):
    """{path: bytes} of the one download: a ZIP of the PDF, the notebooks, the data and the rows of the figures.

    files    {path: bytes, or a file to read} of the whole website and the PDF
    name     what the ZIP and the folder inside it are called
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path in sorted(filter(PACKED.fullmatch, files)):
            content = files[path].read_bytes() if isinstance(files[path], Path) else files[path]
            about = zipfile.ZipInfo(f"{name}/{path}")  # dated 1980: the same files make the same bytes
            about.create_system, about.external_attr = 3, 0o644 << 16  # whatever the system
            packed.writestr(about, content, zipfile.ZIP_DEFLATED)
    return {f"{name}.zip": out.getvalue()}


def main(given=None):
    """Add what goes along to a website that is rendered; without a folder, to the one that Quarto has just made."""
    import yaml

    folder = Path(given or os.environ.get("QUARTO_PROJECT_OUTPUT_DIR") or "_book")
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]
    own = (LIST, LOST)
    read_in = {path: (folder / path).read_text(encoding="utf-8") for path in paths if path not in own}
    pages = {path: markup for path, markup in read_in.items() if path.partition("/")[0] != "rows"}
    tables = {path: markup for path, markup in read_in.items() if path not in pages}
    if not pages and not given and list(folder.glob("*.pdf")):
        return 0  # Quarto was asked for the PDF alone
    if not pages:
        print(f"{folder}: no pages there: render the book first", file=sys.stderr)
        return 1
    config = Path("_quarto.yml")
    book = yaml.safe_load(config.read_text(encoding="utf-8"))["book"] if config.is_file() else {}
    files = extras(pages, book, lambda texts: {path: converted(markup) for path, markup in texts.items()}, tables)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    name = book.get("output-file")
    if name and (folder / f"{name}.pdf").is_file():
        made = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        for path, content in bundle(made, name).items():
            (folder / path).write_bytes(content)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m press.finish", description=main.__doc__)
    parser.add_argument("folder", nargs="?", help="the rendered website")
    sys.exit(main(parser.parse_args().folder))
