"""Pandoc's document tree as JSON: walking it, reading it, building its elements."""

import html


def rewrite(node, change):
    """Rebuild a tree from its leaves up: `change(element)` is None to keep it, an element, or a list to splice in."""
    if isinstance(node, list):
        out = []
        for child in node:
            child = rewrite(child, change)
            if isinstance(child, dict) and "t" in child:
                changed = change(child)
                if isinstance(changed, list):
                    out.extend(changed)
                    continue
                child = child if changed is None else changed
            out.append(child)
        return out
    if isinstance(node, dict):
        return {
            key: rewrite(value, change) if isinstance(value, (list, dict)) else value for key, value in node.items()
        }
    return node


def elements(node):
    """Every element of a tree, in document order."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if "t" in node:
                yield node
            stack.extend(reversed([value for value in node.values() if isinstance(value, (list, dict))]))
        elif isinstance(node, list):
            stack.extend(reversed([value for value in node if isinstance(value, (list, dict))]))


WITH_ATTR = {
    "Div": 0,
    "Span": 0,
    "CodeBlock": 0,
    "Code": 0,
    "Header": 1,
    "Link": 0,
    "Image": 0,
    "Figure": 0,
    "Table": 0,
}


def attr(element):
    """[id, classes, [[key, value], …]] of an element that has attributes, else None."""
    place = WITH_ATTR.get(element["t"])
    return None if place is None else element["c"][place]


def get(element, key, default=None):
    """The value of an attribute."""
    return dict(attr(element)[2]).get(key, default)


def drop(element, *keys):
    """Take attributes off an element."""
    attributes = attr(element)
    attributes[2] = [pair for pair in attributes[2] if pair[0] not in keys]


def has(element, name):
    """Whether an element carries a class."""
    attributes = attr(element)
    return bool(attributes) and name in attributes[1]


def text(node):
    """The plain text of a tree."""
    out = []
    for element in elements(node):
        kind = element["t"]
        if kind == "Str":
            out.append(element["c"])
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            out.append(" ")
        elif kind in ("Code", "Math", "CodeBlock"):
            out.append(element["c"][1])
        elif kind in ("Para", "Plain", "Header") and out:
            out.append(" ")
    return "".join(out).strip()


def text_of(value):
    """The plain text of a value of metadata."""
    return value["c"] if value["t"] == "MetaString" else text(value["c"])


def string(value):
    return {"t": "Str", "c": value}


SPACE = {"t": "Space"}


def div(blocks, name="", classes=(), pairs=()):
    return {"t": "Div", "c": [[name, list(classes), [list(pair) for pair in pairs]], blocks]}


def span(inlines, name="", classes=(), pairs=()):
    return {"t": "Span", "c": [[name, list(classes), [list(pair) for pair in pairs]], inlines]}


def plain(inlines):
    return {"t": "Plain", "c": inlines}


def para(inlines):
    return {"t": "Para", "c": inlines}


def header(level, inlines, name="", classes=(), pairs=()):
    return {"t": "Header", "c": [level, [name, list(classes), [list(pair) for pair in pairs]], inlines]}


def code_block(content, classes=(), pairs=(), name=""):
    return {"t": "CodeBlock", "c": [[name, list(classes), [list(pair) for pair in pairs]], content]}


def raw(kind, content):
    return {"t": "RawBlock", "c": [kind, content]}


def raw_inline(kind, content):
    return {"t": "RawInline", "c": [kind, content]}


def image(source, caption=(), name="", classes=(), pairs=()):
    return {"t": "Image", "c": [[name, list(classes), [list(pair) for pair in pairs]], list(caption), [source, ""]]}


def link(inlines, target, classes=()):
    return {"t": "Link", "c": [["", list(classes), []], inlines, [target, ""]]}


def tag(name, **attributes):
    """An opening HTML tag."""
    return (
        f"<{name}"
        + "".join(f' {key.replace("_", "-").strip("-")}="{html.escape(value)}"' for key, value in attributes.items())
        + ">"
    )


def topdown(node, change):
    """Rebuild a tree from its root down: where `change(element)` gives a list, that stands instead, unvisited."""
    if isinstance(node, list):
        out = []
        for child in node:
            changed = change(child) if isinstance(child, dict) and "t" in child else None
            if changed is None:
                out.append(topdown(child, change))
            else:
                out.extend(changed)
        return out
    if isinstance(node, dict):
        return {
            key: topdown(value, change) if isinstance(value, (list, dict)) else value for key, value in node.items()
        }
    return node
