"""From Pandoc's tree to a book's: figures and tables that can be referred to, their panels, what a format sees.

A float is `{"t": "Float", "ref": "fig", "id": …, "parent": …, "columns": 0, "c": {"blocks": …, "caption": …}}`; one of
several columns has "rows" of cells instead of "blocks". `page` and `paper` write them. The rules are Quarto's.
"""

import re

from . import tree

NAMES = {"fig": "Figure", "tbl": "Table"}
CALLOUT = re.compile(r"callout-\w+$")


def ref_type(name):
    """`fig` for `fig-trade`; None for an identifier without such a beginning."""
    found = re.match(r"([A-Za-z]+)-", name)
    return found and found[1].lower()


def visible(blocks, base):
    """The blocks that a format shows, out of `.content-visible` and `.content-hidden`."""

    def change(element):
        if element["t"] not in ("Div", "Span", "CodeBlock"):
            return None
        shows = tree.has(element, "content-visible")
        if not shows and not tree.has(element, "content-hidden"):
            return None
        fits = tree.get(element, "when-format", base) == base and tree.get(element, "unless-format") != base
        if fits != shows:
            return []
        tree.drop(element, "when-format", "unless-format")
        attributes = tree.attr(element)
        attributes[1] = [name for name in attributes[1] if not name.startswith("content-")]
        return element["c"][1] if element["t"] == "Div" else element

    return tree.rewrite(blocks, change)


def callout(block):
    """Whether a block is a callout."""
    return block["t"] == "Div" and any(CALLOUT.match(name) for name in tree.attr(block)[1])


def strings(blocks):
    """The attributes that hold Markdown: titles of callouts, summaries of code."""
    found = [tree.get(one, "title" if callout(one) else "code-summary") for one in tree.elements(blocks)
             if callout(one) or one["t"] == "CodeBlock"]
    return [text for text in dict.fromkeys(found) if text]


def titled(blocks, parsed):
    """Callouts with their title as a heading inside, where references in it are seen."""

    def change(block):
        title = callout(block) and tree.get(block, "title")
        if not title:
            return None
        tree.drop(block, "title")
        block["c"][1] = [tree.header(2, parsed[title], "", ["unnumbered"]), *block["c"][1]]
        return block

    return tree.rewrite(blocks, change)


def unescape_engines(element):
    """Code that shows a cell: `{{python}}` is written `{python}`."""
    if element["t"] in ("Code", "CodeBlock"):
        before = "^(`*)" if element["t"] == "Code" else "(`+)"
        element["c"][1] = re.sub(before + r"\{(\{+[^<}]+\}+)\}", r"\1\2", element["c"][1])


def floats(blocks):
    """Find the floats."""

    def change(block):
        kind = block["t"]
        if kind == "Figure":
            caption = block["c"][1][1][0]["c"] if block["c"][1][1] else []
            (name, classes, _), words, content = block["c"]
            # the picture keeps a text alternative only where it has one of its own
            content = tree.rewrite(content, lambda el: bare_picture(el, caption))
            if ref_type(name) in NAMES:
                return [new_float(name, content, caption, classes)]
            return [{**block, "c": [block["c"][0], words, content]}]
        if kind == "Table" and block["c"][0][0].startswith("tbl-") and block["c"][1][1]:
            caption = block["c"][1][1][0]["c"]
            table = {**block, "c": [["", *block["c"][0][1:]], [None, []], *block["c"][2:]]}
            return [new_float(block["c"][0][0], [table], caption)]
        if kind == "Div" and ref_type(block["c"][0][0]) in NAMES:
            return float_div(block)
        if kind == "Div" and tree.has(block, "cell"):
            caption_tables(block, block.get("caps", {}).get("tbl-cap", []))
        return None

    def float_div(block):
        (name, classes, pairs), content = block["c"]
        content, caption, caps = list(content), [], block.get("caps", {}).get("tbl-cap", [])
        caption_tables(block, block.get("caps", {}).get("tbl-subcap", []), name)
        if len(content) > 1 and content[-1]["t"] == "Para":
            caption = content.pop()["c"]
        elif ref_type(name) == "tbl" and caps:
            caption = caps[0]
        else:
            content, caption = take_table_caption(content)
        columns = dict(pairs).get("layout-ncol", "")
        columns = block.get("columns") or (int(columns) if columns.isdigit() else 0)
        classes = [one for one in classes if one != "cell"]
        if tree.has(block, "cell") and not columns:  # its code stands before the figure, not inside
            inside = [child for child in content if tree.has(child, "cell-output-display")]
            if inside:
                beside = [child for child in content if child not in inside]
                the_float = new_float(name, tree.topdown(inside, change), caption, classes)
                return [tree.div([*beside, the_float], "", block["c"][0][1])]
        return [new_float(name, tree.topdown(content, change), caption, classes, columns)]

    return panels(parents(tree.topdown(blocks, change)))


def new_float(name, blocks, caption, classes=(), columns=0):
    return {"t": "Float", "ref": ref_type(name), "id": name, "classes": list(classes), "columns": columns,
            "parent": None, "has_subs": False, "c": {"blocks": blocks, "rows": [], "caption": list(caption)}}


def bare_picture(element, caption):
    """A picture whose alternative is not just the caption over again."""
    if element["t"] == "Image" and tree.text(element["c"][1]) == tree.text(caption):
        element["c"][1] = []
    return element


def take_table_caption(content):
    """The content without its first table's caption, and that caption."""
    for element in tree.elements(content):
        if element["t"] == "Table" and element["c"][1][1]:
            caption = element["c"][1][1][0]["c"]
            element["c"][1] = [None, []]
            return content, caption
    return content, []


def caption_tables(block, captions, name=""):
    """Give the tables of a cell captions of their own, and numbers where the cell has a name."""
    tables = [one for one in tree.elements(block["c"][1]) if one["t"] == "Table"]
    for count, (table, caption) in enumerate(zip(tables, captions, strict=False), 1):
        table["c"][0][0] = f"{name}-{count}" if name else table["c"][0][0]
        table["c"][1] = [None, [tree.plain(caption or [tree.string("")])]]


def parents(blocks):
    """Floats within a float become its sub-figures."""
    for element in tree.elements(blocks):
        for inner in tree.elements(element["c"]["blocks"]) if element["t"] == "Float" else ():
            if inner["t"] == "Float":
                inner["parent"] = element["id"]
                element["has_subs"] = True
    return blocks


def panels(blocks):
    """Floats with columns get rows of cells, each a list of blocks; their code stands before them."""

    def change(element):
        columns = element.get("columns")
        if not columns:
            return None
        before, cells = partition(element["c"]["blocks"])
        element["c"]["rows"] = [cells[start : start + columns] for start in range(0, len(cells), columns)]
        element["c"]["blocks"], element["columns"] = [], min(columns, len(cells))
        return [*before, element]

    return tree.rewrite(blocks, change)


def partition(content):
    """The code of a panel's cells, and the blocks that are laid out."""
    before, rest = lifted(content)
    cells = []
    for block in rest:
        if tree.has(block, "cell-output-stderr"):
            before.append(block)
        else:
            cells.append([block])
    return before, cells


def lifted(blocks, wanted=lambda block: True):
    """(the code of cells in some blocks, the blocks without it)."""
    code = []

    def lift(element):
        if element["t"] == "CodeBlock" and tree.has(element, "cell-code") and wanted(element):
            code.append(element)
            return []
        return None

    rest = tree.rewrite(blocks, lift)
    return code, rest
