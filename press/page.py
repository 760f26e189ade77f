"""The website: a chapter's tree as Pandoc needs it for the edition's page, and the page."""

import re

from . import book as books
from . import links, number, shape, tree
from .problems import read_text

CODE_SUMMARY = "Code"
TABLES = "data/datapackage.json"  # the edition's front page lists them


def folding(block, settings):
    """(none, hide or show; the summary) of a code block."""
    fold = tree.get(block, "code-fold", settings.get("code-fold"))
    state = {"true": "hide", "1": "hide", "show": "show"}.get(str(fold).lower(), "none")
    return state, tree.get(block, "code-summary") or str(settings.get("code-summary") or CODE_SUMMARY)


def lifted(blocks, settings):
    """Folded code stands before the figure that it draws, not inside."""

    def change(element):
        if element["t"] != "Float":
            return None
        code, rest = shape.lifted(element["c"]["blocks"], lambda block: folding(block, settings)[0] != "none")
        element["c"]["blocks"] = rest
        return [*code, element]

    return tree.rewrite(blocks, change)


def tagged(opening, blocks, closing):
    """Blocks within a tag that Pandoc has no element for."""
    return [tree.raw("html", opening), *blocks, tree.raw("html", closing)]


def figure(element, content):
    """A float as a div around `<figure>`, its number before its caption."""
    ref, caption = element["ref"], element["c"]["caption"]
    if element["parent"]:
        kind, label = "subfloat", [tree.string(f"({number.letter(element['order']).lower()})")]
    else:
        colon = ":" if caption else ""
        kind, label = "float", [tree.string(f"{number.NAMES[ref]}{number.NBSP}{element['number']}{colon}")]
    classes = f"quarto-float-caption-top quarto-{kind}-caption quarto-{kind}-{ref}"
    classes += "" if caption else " quarto-uncaptioned"
    name = f"{element['id']}-caption"
    words = [tree.plain([*label, *([tree.SPACE, *caption] if caption else [])])]
    shown = tagged(f'<figcaption id="{name}" class="{classes}">', words, "</figcaption>")
    body = tree.div(content, "", [], [("aria-describedby", name)])
    outer = "quarto-layout-panel" if element["columns"] else "quarto-float"
    inside = tagged(f'<figure class="quarto-float quarto-{kind}-{ref}">', [*shown, body], "</figure>")
    return tree.div(inside, element["id"], [outer, *element["classes"]])


def html_blocks(page, targets, problem):
    """The page's blocks with nothing in them that Pandoc does not know."""
    settings, file = page.settings, page.file

    def change(element):
        kind = element["t"]
        if kind == "Float":
            rows = [tree.div([tree.div(cell, "", ["quarto-layout-cell"]) for cell in row], "", ["quarto-layout-row"])
                    for row in element["c"]["rows"]]
            return figure(element, rows or element["c"]["blocks"])
        if kind == "Equation":
            formula = f"{element['math']} \\qquad({element['number']})"
            return tree.span([{"t": "Math", "c": [{"t": "DisplayMath"}, formula]}], element["id"])
        if kind == "Header" and (shown := tree.get(element, "number")):
            name = tree.span([tree.string(shown)], "", ["header-section-number"])
            element["c"][2] = [name, tree.SPACE, *element["c"][2]]
        elif kind == "CodeBlock" and tree.has(element, "cell-code"):
            fold, summary = folding(element, settings)
            tree.drop(element, "code-fold", "code-summary")
            if fold != "none":
                words = tree.plain(page.parsed.get(summary) or [tree.string(summary)])
                words = tagged("<summary>", [words], "</summary>")
                state = " open" if fold == "show" else ""
                return tagged(f'<details{state} class="code-fold">', [*words, element], "</details>")
        elif kind == "Image":
            return html_image(element)
        elif kind == "Table":
            element.pop("line", None)
        elif kind == "Figure":
            return html_figure(element)
        elif kind == "Link" and not element.pop("done", False):
            element["c"][2][0] = href(element["c"][2][0])
        return None

    def href(target):
        chapter, fragment, path = targets.target(target, file)
        if chapter is None:
            return links.relative(path, file) + (f"#{fragment}" if fragment else "") if path else target
        if fragment == targets.facts[chapter].title:
            fragment = ""
        if chapter == file and fragment:
            return f"#{fragment}"
        return links.relative(links.page_of(chapter), file) + (f"#{fragment}" if fragment else "")

    def html_image(picture):
        source = picture["c"][2][0]
        alt = links.alternative(picture, file, problem)
        tree.drop(picture, "fig-alt", "alt")
        picture["c"][1] = [tree.string(alt)]
        if links.in_book(source, file) not in page.pictures and links.is_local(source):
            _, _, path = targets.target(source, file)
            picture["c"][2][0] = links.relative(path, file) if path else source
        return picture

    def html_figure(block):
        (name, _, _), (_, caption), content = block["c"]
        words = tagged("<figcaption>", [tree.plain(caption[0]["c"] if caption else [])], "</figcaption>")
        return tree.div(tagged("<figure>", [*content, *words], "</figure>"), name, ["quarto-figure"])

    return tree.rewrite(lifted(page.blocks, settings), change)


def place(page, targets):
    """Where a page finds what a label names: `place(label, entry)` is the address of a link."""

    def where(label, entry):
        fragment = "" if targets.facts[entry.file].title == label else f"#{label}"
        same = entry.file == page.file and fragment
        return fragment if same else links.relative(links.page_of(entry.file), page.file) + fragment

    return where


def meta_string(value):
    """A metadata value that is taken as it is, not as Markdown."""
    if isinstance(value, list):
        return {"t": "MetaList", "c": [meta_string(one) for one in value]}
    if isinstance(value, dict):
        return {"t": "MetaMap", "c": {key: meta_string(one) for key, one in value.items()}}
    return {"t": "MetaString", "c": str(value)}


def render_list(book, heads):
    """`book.render`, as Quarto gives it to filters: the items of the book, and the names of their chapters."""
    told = [{"type": one.kind, "depth": one.depth, "file": one.file, "text": one.text, "number": one.number,
             **heads.get(one.file, {})} for one in book.items]
    return [{key: str(value) for key, value in entry.items() if value is not None} for entry in told]


def write(page, book, meta, api, *, cache, shared):
    """The page's HTML, by Pandoc with the edition's template and filters; and Pandoc's warnings."""
    front = page.file in ("index.qmd", "index.md")
    up = "../" * page.file.count("/")
    meta = dict(meta)
    if front:
        meta |= {key: shared[key] for key in ("title", "subtitle", "author", "date", "abstract") if key in shared}
    elif page.title:
        meta["title"] = {"t": "MetaInlines", "c": number.title_inlines(page)}
    if "description" in shared:
        meta["description"] = shared["description"]
    scripts = [links.relative(links.in_book(str(path), page.file), page.file)
               for path in books.config_list(page.settings, "scripts")]
    texts = {"pagetitle": tree.text(page.title["c"][2]) if page.title else str(book.config["book"].get("title", "")),
             "page-file": page.file, "book-dir": book.root, "css": [up + path for path in shared["css"]],
             "js": [up + path for path in shared["js"]], "colophon": shared["colophon"]}
    if scripts:
        texts["scripts"] = scripts
    if page.file in shared["notebooks"]:
        texts["notebook"] = re.sub(r"^.*/|\.\w+$", "", page.file) + ".ipynb"
    meta |= {key: meta_string(value) for key, value in texts.items()}
    items = meta_string(render_list(book, shared["heads"]))
    meta["book"] = {"t": "MetaMap", "c": {**shared["book"]["c"], "render": items}}
    options = ["-t", "html5", "--mathml", "--section-divs", "--email-obfuscation=none"]
    if page.settings.get("toc"):
        options += ["--toc", f"--toc-depth={page.settings.get('toc-depth', 3)}"]
    style = books.style(book, page.file, page.settings)
    asked = [book.root / "_quarto.yml", *([book.root / TABLES] if front else [])]  # by chrome.lua
    files = [path for path in asked if path.is_file()]
    return books.rendered(book, "html", meta, page.blocks, options, style=style, api=api,
                         cache=cache, files=files)


def styles(book, names):
    """The edition's style sheets and the files that they name, as {path in the site: file}."""
    out = {}
    for name in names:
        sheet = book.edition / name
        out[f"{book.shelf}/{name}"] = sheet
        for target in re.findall(r"url\(\s*['\"]?([^)'\"]+)", read_text(sheet, f"{book.shelf}/{name}")):
            if links.is_local(target):
                path = links.in_book(target, name)
                out[f"{book.shelf}/{path}"] = book.edition / path
    return out
