"""From Pandoc's tree to a book's: figures, tables and listings that can be referred to, panels, what a format sees.

A float is `{"t": "Float", "ref": "fig", "id": …, "parent": …, "c": {"blocks": …, "caption": …}}`, a panel
`{"t": "Panel", "float": …, "c": {"rows": …}}`; `page` and `paper` write them. The rules are Quarto's.
"""

import json
import math
import re

from . import tree

NAMES = {"fig": "Figure", "tbl": "Table", "lst": "Listing"}
LAYOUT = ("layout-ncol", "layout-nrow", "layout")
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
        pairs = tree.attr(element)[2]
        fits = all(
            any(is_format(base, value) for key, value in pairs if key == condition) == wanted
            for condition, wanted in (("when-format", True), ("unless-format", False))
            if any(key == condition for key, _ in pairs)
        )
        if fits != shows:
            return []
        tree.drop(element, "when-format", "unless-format")
        attributes = tree.attr(element)
        attributes[1] = [name for name in attributes[1] if not name.startswith("content-")]
        if element["t"] == "Div":
            return tree.topdown(element["c"][1], change)
        return [{**element, "c": tree.topdown(element["c"], change)}]

    return tree.topdown(blocks, change)


def is_format(base, name):
    return name in ("html", "html:js") if base == "html" else name == "typst"


def callout(block):
    """Whether a block is a callout."""
    return block["t"] == "Div" and any(CALLOUT.match(name) for name in tree.attr(block)[1])


def strings(blocks):
    """The attributes that hold Markdown: titles of callouts, captions given as attributes, summaries of code."""
    found = []
    for element in tree.elements(blocks):
        if callout(element):
            found.append(tree.get(element, "title"))
        if element["t"] == "Div":
            found += [tree.get(element, f"{ref}-cap") for ref in NAMES]
        if element["t"] == "CodeBlock":
            found += [tree.get(element, "lst-cap"), tree.get(element, "code-summary")]
    return [text for text in dict.fromkeys(found) if text]


def titled(blocks, parsed):
    """Callouts with their title as a heading inside, where references in it are seen."""

    def change(block):
        title = callout(block) and tree.get(block, "title")
        if not title:
            return None
        tree.drop(block, "title")
        block["c"][1] = [tree.header(2, parsed[title], classes=["unnumbered"]), *block["c"][1]]
        return block

    return tree.rewrite(blocks, change)


def unescape_engines(element):
    """Code that shows a cell: `{{python}}` is written `{python}`."""
    if element["t"] == "Code":
        element["c"][1] = re.sub(r"^(`*)\{(\{+[^<}]+\}+)\}", r"\1\2", element["c"][1])
    elif element["t"] == "CodeBlock":
        attributes, text = element["c"]
        text = re.sub(r' \{\.press-shown tag="(\{+[^"]+\}+)"\}', r"{\1}", text)
        if "press-shown" in attributes[1]:
            element["c"] = [["", ["markdown"], []], f"```{tree.get(element, 'tag')}\n{text}\n```"]
            return None
        shown = re.sub(r"(`{3,})\{(\{+[^<}]+\}+)\}", r"\1\2", text)
        if shown != text and attributes[1][:1] in ([], ["cell-code"]):
            attributes[1] = ["markdown", *attributes[1]]
        element["c"][1] = re.sub(r"([^`\n]`+)\{(\{+[^<}]+\}+)\}", r"\1\2", shown)
    return None


def floats(blocks, parsed):
    """Find the floats. `parsed`: {Markdown text: inlines} of `strings`."""

    def change(block):
        kind = block["t"]
        if kind == "Figure":
            if ref_type(block["c"][0][0]) in NAMES:
                return [figure_float(block)]
            caption = block["c"][1][1][0]["c"] if block["c"][1][1] else []
            return [
                {**block, "c": [*block["c"][:2], tree.rewrite(block["c"][2], lambda el: bare_picture(el, caption))]}
            ]
        if kind == "Table" and block["c"][0][0].startswith("tbl-") and block["c"][1][1]:
            caption = block["c"][1][1][0]["c"]
            table = {**block, "c": [["", *block["c"][0][1:]], [None, []], *block["c"][2:]]}
            return [new_float("tbl", block["c"][0][0], [table], caption)]
        if kind == "Para" and len(block["c"]) == 1:
            return picture_float(block["c"][0])
        if kind == "CodeBlock" and block["c"][0][0].startswith("lst-") and tree.get(block, "lst-cap"):
            caption = parsed[tree.get(block, "lst-cap")]
            tree.drop(block, "lst-cap")
            name, block["c"][0][0] = block["c"][0][0], ""
            return [new_float("lst", name, [block], caption)]
        if kind == "Div":
            if ref_type(block["c"][0][0]) in NAMES:
                return float_div(block, parsed)
            if tree.has(block, "cell"):
                caption_tables(block)
        return None

    def float_div(block, parsed):
        forward_subcaptions(block)
        (name, classes, _), content = block["c"]
        ref = ref_type(name)
        content, caption = list(content), []
        caps = block.get("caps", {}).get("tbl-cap", [])
        if len(content) > 1 and content[-1]["t"] == "Para":
            caption = content.pop()["c"]
        elif ref == "tbl" and caps:
            caption = caps[0]
        elif tree.get(block, f"{ref}-cap"):
            caption = parsed[tree.get(block, f"{ref}-cap")]
        elif ref == "lst" and (code := listing_caption(content)):
            caption = parsed[code]
        else:
            content, caption = take_table_caption(content)
        pairs = {**dict(block["c"][0][2]), **{key: value for key, value in block.get("layout", {}).items()}}
        layout = {key: pairs[key] for key in LAYOUT if key in pairs}
        classes = [one for one in classes if one != "cell"]
        if "cell" in block["c"][0][1] and "layout-ncol" not in layout:
            inside = [child for child in content if tree.has(child, "cell-output-display")]
            if inside:
                beside = [child for child in content if child not in inside]
                the_float = new_float(ref, name, tree.topdown(inside, change), caption, classes, layout)
                return [tree.div([*joined_code(beside), the_float], "", block["c"][0][1])]
        subcaptions = block.get("caps", {}).get("tbl-subcap", [])
        displays = [child for child in content if tree.has(child, "cell-output-display")]
        if displays and len(displays) == len(subcaptions):
            rest = [child for child in content if child not in displays]
            content = joined_code(rest) + [
                new_float(ref, f"{name}-{n}", [child], sub)
                for n, (child, sub) in enumerate(zip(displays, subcaptions, strict=True), 1)
            ]
        return [new_float(ref, name, tree.topdown(content, change), caption, classes, layout)]

    return panels(parents(tree.topdown(blocks, change)))


def new_float(ref, name, blocks, caption, classes=(), layout=None):
    return {
        "t": "Float",
        "ref": ref,
        "id": name,
        "classes": list(classes),
        "layout": layout or {},
        "parent": None,
        "has_subs": False,
        "c": {"blocks": blocks, "caption": list(caption)},
    }


def figure_float(block):
    """Pandoc's figure with an identifier. The picture keeps a text alternative only where it has one of its own."""
    (name, classes, _), (_, long), content = block["c"]
    caption = long[0]["c"] if long else []
    return new_float(
        ref_type(name), name, tree.rewrite(content, lambda el: bare_picture(el, caption)), caption, classes
    )


def bare_picture(element, caption):
    """A picture whose alternative is not just the caption over again."""
    if element["t"] == "Image" and tree.text(element["c"][1]) == tree.text(caption):
        element["c"][1] = []
    return element


def picture_float(inline):
    """A picture alone in its paragraph, linked or not, that has an identifier but no caption (Pandoc: no figure)."""
    picture = inline
    if inline["t"] == "Link" and len(inline["c"][1]) == 1:
        picture = inline["c"][1][0]
    if picture["t"] != "Image" or ref_type(picture["c"][0][0]) not in NAMES:
        return None
    name, picture["c"][0][0] = picture["c"][0][0], ""
    caption = picture["c"][1] if picture is not inline else []
    if picture is not inline:
        picture["c"][1] = []
    return [new_float(ref_type(name), name, [tree.plain([inline])], caption)]


def listing_caption(content):
    """The caption of a listing that a cell's code carries."""
    for element in tree.elements(content):
        if element["t"] == "CodeBlock" and tree.get(element, "lst-cap"):
            caption = tree.get(element, "lst-cap")
            tree.drop(element, "lst-cap")
            return caption
    return None


def take_table_caption(content):
    """The content without its first table's caption, and that caption."""
    caption = []

    def change(element):
        nonlocal caption
        if element["t"] == "Table" and element["c"][1][1] and not caption:
            caption = element["c"][1][1][0]["c"]
            element["c"][1] = [None, []]
        return None

    return tree.rewrite(content, change), caption


def forward_subcaptions(block):
    """Give the tables of a cell its sub-captions, and identifiers from its own."""
    subcaptions = block.get("caps", {}).get("tbl-subcap", [])
    if not subcaptions:
        return
    name, count = block["c"][0][0], 0
    for child in block["c"][1]:
        if tree.has(child, "cell-output-display"):
            for element in tree.elements(child):
                if element["t"] == "Table" and count < len(subcaptions):
                    element["c"][0][0] = f"{name}-{count + 1}"
                    element["c"][1] = [None, [tree.plain(subcaptions[count] or [tree.string("")])]]
                    count += 1
    if count:
        block["caps"] = {**block["caps"], "tbl-subcap": []}


def caption_tables(block):
    """Captions for the tables of a cell without a label: they are not numbered."""
    captions = list(block.get("caps", {}).get("tbl-cap", []))
    for element in tree.elements(block["c"][1]):
        if element["t"] == "Table" and captions:
            element["c"][1] = [None, [tree.plain(captions.pop(0))]]


def joined_code(blocks):
    """Neighbouring code blocks of one kind as one."""
    out = []
    for block in blocks:
        if block["t"] == "CodeBlock" and out and out[-1]["t"] == "CodeBlock" and out[-1]["c"][0] == block["c"][0]:
            out[-1] = tree.code_block(out[-1]["c"][1] + "\n" + block["c"][1], *block["c"][0][1:])
        else:
            out.append(block)
    return out


def parents(blocks):
    """Floats within a float become its sub-figures."""

    def change(element):
        if element["t"] != "Float":
            return None
        for inner in tree.elements(element["c"]["blocks"]):
            if inner["t"] == "Float":
                inner["parent"] = element["id"]
                element["has_subs"] = True
        return [element]

    return tree.topdown(blocks, change)


def panels(blocks):
    """Floats and divs with a layout become panels: rows of cells with their widths."""

    def change(element):
        if element["t"] == "Float" and element["layout"]:
            content, layout, the_float = element["c"]["blocks"], element["layout"], element
        elif element["t"] == "Div" and any(key in LAYOUT for key, _ in element["c"][0][2]):
            content, layout, the_float = element["c"][1], dict(element["c"][0][2]), None
        elif element["t"] == "Div" and tree.has(element, "cell") and element.get("layout"):
            content, layout, the_float = element["c"][1], element["layout"], None
        else:
            return None
        if any(inner["t"] == "Panel" for inner in tree.elements(content)):
            return None
        before, cells = partition(content)
        rows = arranged(cells, layout)
        name = element["id"] if the_float else element["c"][0][0]
        caption = element["c"]["caption"] if the_float else []
        panel = {
            "t": "Panel",
            "id": name,
            "ref": element.get("ref"),
            "is_float": bool(the_float),
            "parent": element.get("parent"),
            "classes": element["classes"] if the_float else [one for one in element["c"][0][1] if one != "cell"],
            "has_subs": element.get("has_subs", False),
            "columns": max(map(len, rows), default=1),
            "c": {"rows": rows, "caption": caption},
        }
        return [*before, panel]

    return tree.rewrite(blocks, change)


def partition(content):
    """The code of a panel's cells, which stands before it, and the blocks that are laid out."""
    before, cells, heading = [], [], None

    def lift(element):
        if element["t"] == "CodeBlock" and tree.has(element, "cell-code"):
            before.append(element)
            return []
        return None

    for block in content:
        if block["t"] == "CodeBlock" and tree.has(block, "cell-code") or tree.has(block, "cell-output-stderr"):
            before.append(block)
            continue
        if block["t"] == "Header":
            heading = block
            continue
        inner = tree.topdown(block["c"][1], lift) if block["t"] == "Div" else [block]
        holds_float = any(element["t"] == "Float" for element in tree.elements(inner))
        if heading:
            inner, heading = [heading, *inner], None
        if tree.has(block, "cell-output-display") and not holds_float:
            cells += [[one] for one in inner]
        elif block["t"] == "Div":
            cells.append([tree.div(inner, *block["c"][0])])
        else:
            cells.append(inner)
    return joined_code(before), cells


def arranged(cells, layout):
    """Rows of cells `{"width": its share of the row, "" where all are equal, "blocks": …}`."""
    if "layout" in layout:
        spec = layout["layout"]
        spec = json.loads(spec) if isinstance(spec, str) else spec
        spec = spec if any(isinstance(row, list) for row in spec) else [spec]
        rows, waiting = [], list(cells)
        while waiting:
            row = spec[min(len(rows), len(spec) - 1)]
            made = []
            for width in row:
                share = str(width).strip("-%")
                if str(width).startswith("-"):
                    made.append({"width": share, "blocks": []})
                elif waiting:
                    made.append({"width": share, "blocks": waiting.pop(0)})
            if not any(cell["blocks"] for cell in made):
                break
            rows.append(made)
        return rows
    columns = int(
        layout.get("layout-ncol") or math.ceil(len(cells) / int(layout.get("layout-nrow", len(cells) or 1))) or 1
    )
    return [
        [{"width": "", "blocks": cell} for cell in cells[start : start + columns]]
        for start in range(0, len(cells), columns)
    ]
