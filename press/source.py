"""A chapter's file: its front matter, its cells and inline expressions, and its text with their results woven in.

Pandoc is the parser. It sees a cell as a code block wherever it stands (in a list, a div, a quotation), because the
opening line of each fence, and nothing else, is rewritten; line numbers stay true. Inline expressions are found as
Quarto finds them, in the text, since their results may be any Markdown: part of a formula, an attribute, a table.
"""

import re
from dataclasses import dataclass, field, replace

from . import pandoc, tree
from .problems import BookError, line_with, read_yaml

LEAD = r"(?P<lead>[ \t>]*(?:(?:[-*+:]|\(?(?:\d+|[#a-z]|@\w*)[.)])[ \t]+)*)"  # quotations and lists before a fence
FENCE = re.compile(LEAD + r"(?P<ticks>`{3,})[ \t]*\{(?P<tag>[A-Za-z][^}=]*)\}[ \t]*$")
ANY_FENCE = re.compile(LEAD + r"(?P<ticks>`{3,}|~{3,})(?P<header>[^`]*)$")
# what may stand in the braces of a listing: identifiers, classes, keys and values, {=format}
ATTRIBUTES = r"\{[ \t]*(?:(?:[#.][^\s{}]+|[\w:.-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'{}]+))[ \t]*)*\}"
LISTING = re.compile(rf"[ \t]*(?:[^\s{{}}]*[ \t]*(?:{ATTRIBUTES})?|\{{=\w+\}})[ \t]*$")
INLINE = re.compile(r"(?:^|(?<=[^`]))`\{python\}[ \t]([^`]+)`", re.M)
OPTION = re.compile(r"(?:#\||#[ \t]+\|(?=[ \t]*[\w-]+:))[ \t]?(.*)$")  # formatters write `# | key:`


@dataclass(frozen=True)
class Cell:
    """One executable fence or one inline expression, in document order."""

    code: str  # without its `#|` lines
    options: dict
    line: int  # of the opening fence, or of the inline expression
    code_line: int  # of the first line of code
    inline: bool = False


@dataclass(frozen=True)
class Piece:
    """A run of a chapter's text (`cell` is None), or the place of a cell (`lead`: what stands before its fence)."""

    line: int
    text: str = ""
    cell: int | None = None
    lead: str = ""


@dataclass(frozen=True)
class Chapter:
    """A chapter as its file has it."""

    file: str
    text: str
    front: dict
    cells: list
    pieces: list
    heading: dict | None = field(repr=False)  # the first: the chapter's title, unless its head has one

    def line(self, *needles, start=1):
        """The first line that contains one of the needles."""
        return line_with(self.text, *needles, start=start)

    def passage(self, words):
        """The line where words begin that may run over several lines; None where they do not stand so."""
        rows = self.text.split("\n")
        for number, row in enumerate(rows):
            place = " ".join(" ".join(rows[number : number + 20]).split()).find(words)
            if -1 < place < len(" ".join(row.split())):
                return number + 1
        return None

    def last(self, words):
        """The last line that has a label, else heading, else words; None without one."""
        rows = list(enumerate(self.text.split("\n"), 1))
        given = re.escape(words).replace(r"\-", r"\W+")  # a heading gives its identifier its words
        for before in (r"#", r"label:\s*[\"']?", r"(?i)#\s+", r""):
            found = [n for n, row in rows if re.search(rf"{before}{given}(?![\w:-])", row)]
            if found:
                return found[-1]
        own = re.findall(r"\w{3,}", words)  # of a heading with markup
        return max((n for n, row in rows if row.startswith("#") and all(word in row for word in own)), default=None)


def read(text, file, cache=None):
    """(chapter, its blocks: cells are code blocks `.press-cell`, identifiers only the writer's) of a chapter's text.

    Raises BookError: broken YAML, an open fence or div, cells of another language.
    """
    front, body = front_matter(text, file)
    lines = body.split("\n")
    problems = [(file, *problem) for problem in unread_fences(lines)]
    sign = pandoc.digest(text)[:12]  # no text contains its own hash: marks are the press's alone
    marked, found = mark(lines, sign)
    source, warnings = pandoc.read("\n".join(marked), cache=cache, format="markdown-auto_identifiers")
    if source["meta"]:
        problems.append((file, metadata_line(lines), "YAML in the midst of a chapter: it belongs to the head"))
    # a note may be used by what a cell prints: the woven text will tell
    problems += [(file, *warned(warning, body)) for warning in warnings if "but not used" not in warning]
    cells, pieces = [], []
    last = 0
    fenced = {}
    for block in tree.elements(source["blocks"]):
        if block["t"] == "CodeBlock" and f'sign="{sign}"' in block["c"][1] and (line := lines_indented(block, lines)):
            problems.append((file, line, "a cell within indented code, which is not run: take the indentation away"))
        if block["t"] == "CodeBlock" and tree.has(block, "press-cell") and tree.get(block, "sign") == sign:
            fenced[int(tree.get(block, "line"))] = block
    for number, block in sorted(fenced.items()):  # the tree has a note's cells where the note is used
        lead, ticks, tag = found[number]
        if tag != "python":
            problems.append((file, number, f"a cell of {tag!r}: only {{python}} cells are run"))
            continue
        add_text(cells, pieces, lines, last, number - 1)
        last = closing(lines, number, ticks)
        pieces.append(Piece(number, cell=len(cells), lead=aligned(lines, number, lead)))
        cells.append(cell_of(block["c"][1], number, file, problems))
    add_text(cells, pieces, lines, last, len(lines))
    if problems:
        raise BookError(problems)
    heading = next((block for block in source["blocks"] if block["t"] == "Header"), None)
    return Chapter(file, text, front, cells, pieces, heading), source["blocks"]


def lines_indented(block, lines):
    """The line of the first cell in a code block that stands as indented code in the source; None without one."""
    line = int(re.search(r'\.press-cell line="(\d+)"', block["c"][1])[1])
    return line if block["c"][0] == ["", [], []] and lines[line - 1].expandtabs(4)[:4].isspace() else None


def front_matter(text, file):
    """The YAML at the head of a chapter, and the text with blank lines in its place."""
    found = head(text)
    if found is None:
        if text.split("\n")[0].rstrip() == "---":
            raise BookError([(file, 1, "the YAML at the head is never closed")])
        return {}, text
    front = read_yaml("\n".join(found), file, 2) or {}
    if not isinstance(front, dict):
        raise BookError([(file, 2, "the YAML at the head must be keys and values")])
    if type(front.get("title")) in (int, float):
        front["title"] = str(front["title"])  # 1984
    end = len(found) + 2
    return front, "\n".join([""] * end + text.split("\n")[end:])


def head(text):
    """The lines of YAML between the lines of dashes at the head of a chapter; None without any."""
    first, *lines = text.split("\n")
    end = next((n for n, line in enumerate(lines) if line.rstrip() in ("---", "...")), None)
    return None if first.rstrip() != "---" or end is None else lines[:end]


def metadata_line(lines):
    """The first line that Pandoc takes for the opening of metadata."""
    bare = [line.strip(" \t>") for line in lines]
    pairs = enumerate(zip(lines, bare, [*bare[1:], ""], strict=True), 1)
    return next((n for n, (row, words, after) in pairs if row.startswith("%") or words == "---" and after), None)


def fences(lines):
    """(line, match of its opening, line that closes it or None) of each code fence."""
    opened = None
    for number, line in enumerate(lines, 1):
        found = ANY_FENCE.match(line)
        if found and opened is None:
            opened = number, found
        elif found and found["ticks"].startswith(opened[1]["ticks"]) and not found["header"].strip():
            yield *opened, number
            opened = None
    if opened:
        yield *opened, None


def unread_fences(lines):
    """Problems (line, message) with code fences: that no line closes, or whose header says nothing to the press."""
    problems = []
    for number, found, end in fences(lines):
        if "{" in found["header"] and not FENCE.match(found.string) and not LISTING.match(found["header"]):
            told = f"a fence that cannot be read: {found.string.strip()}"
            problems.append((number, f"{told} (a cell opens with ```{{python}}, options are #| lines)"))
        if end is None:
            problems.append((number, "a code fence that is never closed"))
    return problems


def overfull(rows):
    """The numbers of the rows of pipe tables with more cells than their table has columns: Pandoc drops the rest."""
    code = {n for start, _, end in fences(rows) for n in range(start, (end or len(rows)) + 1)}
    columns = above = 0
    for number, row in enumerate(rows, 1):
        # no bar of code, of a formula, or behind a backslash parts cells
        bars = re.sub(r"(`+).*?\1|\$[^$]*\$|\\.", "", row.strip(" \t>")) if "|" in row else ""
        cells = bars.strip().removeprefix("|").removesuffix("|").count("|") + 1
        if number in code or "|" not in bars:
            columns = cells = 0
        elif not columns and re.fullmatch(r"[-:|+ \t]*-[-:|+ \t]*", bars):
            columns = cells + bars.count("+")
            if above > columns:
                yield number - 1
        elif columns and cells > columns:
            yield number
        above = cells


def mark(lines, sign):
    """The lines with each executable fence's opening rewritten, and {line: (lead, ticks, tag)} of these."""
    marked, found = [], {}
    for number, line in enumerate(lines, 1):
        fence = FENCE.match(line)
        if fence:
            found[number] = (fence["lead"], len(fence["ticks"]), fence["tag"].strip())
            line = f'{fence["lead"]}{fence["ticks"]}{{.press-cell line="{number}" sign="{sign}"}}'
        marked.append(line)
    return marked, found


def aligned(lines, number, lead):
    """The indentation of a cell in a list, brought to where the item's text begins: divs are seen only there."""
    if not lead or lead.strip():
        return lead
    alone = lead if len(lead.expandtabs(4)) > 3 else ""  # outside a list a fence may be indented, a div may not
    for line in reversed(lines[: number - 1]):
        item = re.match(r"[ \t]*(?:[-*+:~]|\(?(?:\d+|[#a-zA-Z]|@\w*)[.)])[ \t]+(?=\S)|(?P<note>\[\^[^\]]+\]:)", line)
        if item and (item["note"] or len(item[0].expandtabs(4)) <= len(lead.expandtabs(4))):
            return " " * (4 if item["note"] else len(item[0].expandtabs(4)))
        if line and not line[0].isspace() and not item:
            return alone
    return alone


def closing(lines, number, ticks):
    """The number of the line that closes the fence opened in line `number`."""
    close = re.compile(rf"[ \t>]*`{{{ticks},}}[ \t]*$")
    return next((n for n in range(number + 1, len(lines) + 1) if close.match(lines[n - 1])), len(lines))


def add_text(cells, pieces, lines, start, end):
    """Append the lines after `start` up to `end` to the pieces, cut at their inline expressions."""
    text = "".join(line + "\n" for line in lines[start:end])
    place = 0
    for found in INLINE.finditer(text):
        if found.start() > place:
            pieces.append(Piece(start + 1 + text.count("\n", 0, place), text[place : found.start()]))
        line = start + 1 + text.count("\n", 0, found.start())
        pieces.append(Piece(line, cell=len(cells)))
        cells.append(Cell(found[1].strip(), {}, line, line, inline=True))
        place = found.end()
    if place < len(text):
        pieces.append(Piece(start + 1 + text.count("\n", 0, place), text[place:]))


def cell_of(text, line, file, problems):
    """A cell from the text of its code block: `#|` lines are its options."""
    rows = text.split("\n")
    blank = leading(rows)
    if blank < len(rows) and OPTION.match(rows[blank]):  # blank lines may stand above the options
        rows, line = rows[blank:], line + blank
    else:
        blank = 0
    count = next((n for n, row in enumerate(rows) if not OPTION.match(row)), len(rows))
    options = {}
    try:
        if count:
            options = read_yaml("\n".join(OPTION.match(row)[1] for row in rows[:count]), file, line + 1)
    except BookError as error:
        problems.extend(error.problems)
    if not isinstance(options, dict):
        problems.append((file, line + 1, "cell options must be keys and values: `#| echo: false`"))
        options = {}
    return Cell("\n".join(rows[count:]).strip("\n"), options, line - blank, line + 1 + count + leading(rows[count:]))


def leading(rows):
    """How many of the first rows are blank."""
    return next((n for n, row in enumerate(rows) if row.strip()), 0)


def warned(warning, text):
    """(line, message) of one of Pandoc's warnings about a text."""
    twice = re.match(r"Duplicate identifier '(.+)'", warning)
    if twice:
        rows = [n for n, row in enumerate(text.split("\n"), 1) if f"#{twice[1]}" in row]
        return rows[1] if len(rows) > 1 else None, f"the label {twice[1]} is used twice"
    place = re.search(r"line (\d+)", warning)
    unclosed = re.match(r"Div at line (\d+) .*unclosed", warning)
    if unclosed:
        return int(unclosed[1]), "a div (:::) that is never closed"
    return int(place[1]) if place else None, re.sub(r" at (?:\S+ )?line \d+ column \d+", "", warning)


def inline_text(outputs):
    """The Markdown that stands in for an inline expression, as Quarto writes it."""
    if not outputs:
        return ""
    data = outputs[0]["data"]
    if "text/markdown" in data:
        return joined(data["text/markdown"])
    shown = joined(data.get("text/plain", ""))
    if len(shown) > 1 and shown[0] in "'\"" and shown[-1] == shown[0]:
        # the text of a string, not its Markdown: punctuation is escaped (Quarto's own list of it)
        return re.sub(r"([\\`*_{}\[\]()>#+,\-.!])", r"\\\1", shown[1:-1].replace("\\", "\\\\"))
    return shown


def joined(value):
    """A mime type's text: nbformat allows a list of lines."""
    return value if isinstance(value, str) else "".join(value)


class Woven:
    """A chapter's Markdown with results in it; `origin[n]` is the source line of its line n + 1."""

    def __init__(self):
        self.parts, self.origin = [""], []

    def add(self, text, line, follow=True):
        """Add text that comes from source line `line` (and, if `follow`, from the lines after it)."""
        self.parts.append(text)
        for step in range(text.count("\n")):
            self.origin.append(line + step if follow else line)

    def text(self):
        return "".join(self.parts)

    def line(self, number):
        """The source line of a line of the woven text."""
        return self.origin[min(number, len(self.origin)) - 1] if self.origin and number else None


def weave(chapter, inline, cell_markdown):
    """The chapter's text with `inline(n)` for inline expression n and `cell_markdown(n)` for cell n, as a Woven."""
    woven = Woven()
    for piece in chapter.pieces:
        if piece.cell is None:
            woven.add(piece.text, piece.line)
        elif chapter.cells[piece.cell].inline:
            woven.add(inline(piece.cell), piece.line, follow=False)
        else:
            rest = re.sub(r"[^>\s]", " ", piece.lead)
            first, *others = cell_markdown(piece.cell).split("\n")
            others = [rest + row if row.strip() else (rest + row).rstrip() for row in others]
            woven.add("\n".join([piece.lead + first, *others]) + "\n", piece.line, follow=False)
    return woven


def with_execute(cell, execute):
    """A cell that knows the document's `eval` and `error`."""
    wanted = {key: execute[key] for key in ("eval", "error") if key in execute}
    return cell if cell.inline or not wanted else replace(cell, options={**wanted, **cell.options})
