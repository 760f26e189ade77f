"""Numbers of sections, figures, tables and equations, and the references to them, as in a Quarto book."""

import re
from dataclasses import dataclass, field

from . import tree
from .shape import NAMES, callout, ref_type

PREFIX = {**NAMES, "eq": "Equation", "sec": "Section"}
ELSEWHERE = set("lst thm lem cor prp cnj def exm exr nte tip wrn imp cau".split())  # Quarto's others
NBSP = "\u00a0"


@dataclass
class Entry:
    """What a label names: its place (`section` numbers by level), and its number there."""

    file: str
    ref: str
    section: list
    order: int
    parent: str | None = None
    caption: str = ""
    appendix: bool = False


@dataclass
class Page:
    """A chapter as one format shows it."""

    file: str
    title: dict | None  # the heading that is the chapter's title, taken out of `blocks`
    blocks: list
    item: object  # the book's entry for it
    settings: dict
    targets: list  # (line, target) of links in what cells show as HTML
    pictures: dict  # {path in the book: bytes} of what cells drew
    parsed: dict  # {Markdown text: its inlines}
    entries: dict = field(default_factory=dict)
    printed: dict = field(default_factory=dict)  # {name in the folder of the PDF: bytes} of its pictures
    read: dict = field(default_factory=dict)  # {path in the book: hash} of those that are files

    @property
    def numbers_sections(self):
        """Whether headings show numbers: not in a chapter that has none."""
        return self.settings.get("number-sections") is not False and (self.item.number is not None)


def number(page):
    """Number a page's headings, floats and equations, in place, and fill `page.entries`: both formats show these.

    Returns what is wrong, as (label or words that the line contains, message).
    """
    front = page.file in ("index.qmd", "index.md")
    opened = page.title is not None  # the website's front page keeps its title in the text
    section = [page.item.number or 0 if opened or not front else 0] + [0] * 6
    orders, sub, wrong = {}, 0, []
    depth = int(page.settings.get("number-depth", 6))

    def enter(name, ref, order, shown="", parent=None):
        if name in page.entries:
            wrong.append((name, f"the label {name} is used twice"))
        place = [] if parent else list(section)
        page.entries[name] = Entry(page.file, ref, place, order, parent, shown, not parent and page.item.appendix)
        return page.entries[name]

    def next_order(ref):
        nonlocal sub
        sub = 0
        orders[ref] = orders.get(ref, 0) + 1
        return orders[ref]

    if page.title and page.item.number and ref_type(page.title["c"][1][0]) == "sec":
        shown = tree.text(page.title["c"][2] if front else title_inlines(page))
        enter(page.title["c"][1][0], "sec", 1, shown)
    skip = set()
    for element in tree.elements(page.blocks):
        kind = element["t"]
        if callout(element) and element["c"][1] and element["c"][1][0]["t"] == "Header":
            skip.add(id(element["c"][1][0]))
        elif kind == "Header" and id(element) not in skip:
            level, (name, classes, pairs), inlines = element["c"]
            if level == 1 and (opened or not front):
                told = "a second heading of the first level: a chapter has one, its title"
                wrong.append((tree.text(inlines), told))
            opened = opened or level == 1
            if "unnumbered" in classes:
                continue
            section[level:] = [0] * (7 - level)
            section[level - 1] += 1
            if ref_type(name) == "sec":
                enter(name, "sec", next_order("sec"), tree.text(inlines))
            if page.numbers_sections and level <= depth:
                pairs.append(["number", section_number(section[:level], page.item.appendix)])
        elif kind == "Float":
            if not any(element["c"][part] for part in ("blocks", "rows")):
                wrong.append((element["id"], f"a figure or table with nothing in it: {element['id']}"))
            sub += bool(element["parent"])
            element["order"] = sub if element["parent"] else next_order(element["ref"])
            entry = enter(element["id"], element["ref"], element["order"], parent=element["parent"])
            if not element["parent"]:
                element["number"] = number_of(entry)
        elif kind in ("Image", "Table") and ref_type(tree.attr(element)[0]) in NAMES:
            name = tree.attr(element)[0]
            wrong.append((name, f"{name} has no caption, and only what has one is numbered"))
        elif kind in ("Para", "Plain"):
            for name, math in label_equations(element):
                math["number"] = number_of(enter(name, "eq", next_order("eq")))
    return wrong


def label_equations(block):
    """Turn displayed formulas followed by `{#eq-…}` into `Equation` elements; returns [(label, element)]."""
    out, found, last = [], [], None  # the formula that an attribute would name
    for element in block["c"]:
        label = re.match(r"\{#(eq-[^ }]+)\}?", element["c"]) if last and element["t"] == "Str" else None
        if label:
            last = {"t": "Equation", "id": label[1], "math": last["c"][1]}
            while out.pop()["t"] != "Math":
                pass
            out.append(last)
            found.append((label[1], last))
            if rest := element["c"][label.end() :]:
                out.append(tree.string(rest))
        else:
            out.append(element)
        if element["t"] != "Space":
            last = element if element["t"] == "Math" and element["c"][0]["t"] == "DisplayMath" else None
    block["c"] = out
    return found


def title_inlines(page):
    """The chapter's title as Quarto marks it up: number and title apart."""
    words, item = page.title["c"][2], page.item
    if item.number is None:
        shown = words
    elif item.appendix:
        lead = f"Appendix {letter(item.number)} —".split()
        shown = [*(one for word in lead for one in (tree.string(word), tree.SPACE)), *words]
    else:
        shown = [tree.span(words, "", ["chapter-title"])]
        if page.settings.get("number-sections") is not False:
            name = tree.span([tree.string(str(item.number))], "", ["chapter-number"])
            shown = [name, tree.string(NBSP), tree.SPACE, *shown]
    name = page.title["c"][1][0]
    return [tree.span(shown, name, ["quarto-section-identifier"])] if name else shown


def letter(number):
    """A, B, … Z, AA, AB, …, as Typst counts too."""
    return (letter((number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)


def first(section, appendix):
    """The chapter's part of a number: empty where the chapter has none."""
    return "" if not section or not section[0] else letter(section[0]) if appendix else str(section[0])


def section_number(section, appendix):
    """`2.1` for a list of counts by level."""
    used = max((level for level, count in enumerate(section) if count), default=0)
    parts = [first(section, appendix)] + [str(count) for count in section[1 : used + 1]]
    return ".".join(part for part in parts if part)


def number_of(entry):
    """`2.1`, or `1` in a chapter without a number."""
    chapter = first(entry.section, entry.appendix)
    return f"{chapter}.{entry.order}" if chapter else str(entry.order)


def shown_number(entry, index):
    """The number by which a reference tells an entry."""
    if entry.ref == "sec":
        return section_number(entry.section, entry.appendix)
    if entry.parent:
        return f"{shown_number(index[entry.parent], index)} ({letter(entry.order).lower()})"
    return number_of(entry)


def words_of(page, label, entry, prefix, index):
    """What a page says for a reference: `Figure 2.1`; where sections have no numbers, a section's name."""
    if entry.ref == "sec" and not page.numbers_sections:
        return [tree.string(entry.caption or label)]
    return [*prefix, *([tree.string(NBSP)] if prefix else []), tree.string(shown_number(entry, index))]


def prefix_of(entry):
    """Figure, Table, Chapter, Appendix, Section, …"""
    if entry.ref == "sec" and not any(entry.section[1:]):
        return "Appendix" if entry.appendix else "Chapter"
    return PREFIX[entry.ref]


def resolve(page, index, where, unknown, wrong):
    """Replace references in a page by what they say, linked. `where(label, entry)` is where one leads;
    `unknown(label)` hears of a label that nothing has, and says whether it is no citation either;
    `wrong(label, message)` hears of words that a reference would lose."""

    def change(element):
        if element["t"] != "Cite":
            return None
        out, lost = [], []
        for citation in element["c"][0]:
            name = citation["citationId"]
            label, ref = name[0].lower() + name[1:], ref_type(name)
            if ref in PREFIX and label in index:
                bare = citation["citationMode"]["t"] == "SuppressAuthor"
                prefix = citation["citationPrefix"] or ([] if bare else [tree.string(prefix_of(index[label]))])
                if citation["citationSuffix"]:
                    wrong(name, f"words within brackets that follow @{name} are lost: write [@{name}] and them behind")
                out += [tree.string(","), tree.SPACE] if out else []
                words = words_of(page, label, index[label], prefix, index)
                target = [where(label, index[label]), ""]
                out.append({"t": "Link", "c": [["", ["quarto-xref"], []], words, target], "done": True})
            else:
                lost.append(citation)
        # without any reference it is a citation, unless it begins as a reference does
        names = [one["citationId"] for one in lost
                 if (out or ref_type(one["citationId"]) in PREFIX.keys() | ELSEWHERE) and unknown(one["citationId"])]
        cited = [one for one in lost if one["citationId"] not in names]  # `@fig-a [@b]` is both
        out += [{"t": "Strong", "c": [tree.string(f"?@{name}")]} for name in names]
        return [*out, *([tree.SPACE, {"t": "Cite", "c": [cited, [tree.string("")]]}] if cited else [])] if out else None

    page.blocks = tree.rewrite(page.blocks, change)
    if page.title:
        page.title = tree.rewrite([page.title], change)[0]
