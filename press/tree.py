"""Pandoc's document tree as JSON: walking it, reading it, building its elements."""

def rewrite(node, change):
    """Rebuild a tree from its leaves up: `change(element)` is None to keep it, an element, or a list to splice in."""
    if isinstance(node, dict):
        return {key: rewrite(value, change) if isinstance(value, (list, dict)) else value
                for key, value in node.items()}
    if not isinstance(node, list):
        return node
    out = []
    for child in node:
        if isinstance(child, list):
            child = rewrite(child, change)
        elif isinstance(child, dict):
            if len(child) > 2 or isinstance(child.get("c"), (list, dict)):  # else a word or a space: nobody alters it
                child = rewrite(child, change)
            if "t" in child:
                changed = change(child)
                if isinstance(changed, list):
                    out.extend(changed)
                    continue
                child = child if changed is None else changed
        out.append(child)
    return out


def elements(node):
    """Every element of a tree, in document order."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if "t" in node:
                yield node
                if len(node) < 3 and not isinstance(node.get("c"), (list, dict)):
                    continue  # a word or a space: most are
            node = node.values()
        elif not isinstance(node, list):
            continue
        stack.extend([value for value in node if isinstance(value, (list, dict))][::-1])


WITH_ATTR = {"Header": 1} | dict.fromkeys("Div Span CodeBlock Code Link Image Figure Table".split(), 0)


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


def unquoted(element):
    """Words in quotes as words between marks."""
    if element["t"] != "Quoted":
        return None
    marks = "‘’" if element["c"][0]["t"] == "SingleQuote" else "“”"
    return [string(marks[0]), *element["c"][1], string(marks[1])]


def text_of(value):
    """The plain text of a value of metadata."""
    return value["c"] if value["t"] == "MetaString" else text(value["c"])


def string(value):
    return {"t": "Str", "c": value}


SPACE = {"t": "Space"}


def attributes(name="", classes=(), pairs=()):
    return [name, list(classes), [list(pair) for pair in pairs]]


def div(blocks, *given):
    """A div, with what `attributes` takes."""
    return {"t": "Div", "c": [attributes(*given), blocks]}


def span(inlines, *given):
    return {"t": "Span", "c": [attributes(*given), inlines]}


def plain(inlines):
    return {"t": "Plain", "c": inlines}


def para(inlines):
    return {"t": "Para", "c": inlines}


def header(level, inlines, *given):
    return {"t": "Header", "c": [level, attributes(*given), inlines]}


def code_block(content, classes=(), pairs=()):
    return {"t": "CodeBlock", "c": [attributes("", classes, pairs), content]}


def raw(kind, content):
    return {"t": "RawBlock", "c": [kind, content]}


def raw_inline(kind, content):
    return {"t": "RawInline", "c": [kind, content]}


def image(source, pairs=()):
    return {"t": "Image", "c": [attributes("", (), pairs), [], [source, ""]]}


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
        return {key: topdown(value, change) if isinstance(value, (list, dict)) else value
                for key, value in node.items()}
    return node
