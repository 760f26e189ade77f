"""What a reader sees of a cell: its code, its outputs, its captions, as Quarto would write them.

A cell is woven into its chapter as a div with marks, between which stands only what is Markdown (Markdown outputs,
printed markup); `build` then puts code blocks, pictures, HTML and captions in their places.
"""

import base64
import copy
import html
import re
from pathlib import Path

from . import keys, pandoc, shape, tree
from .links import in_book
from .site import Reading
from .source import OPTION, inline_text, joined, unread_fences

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ROWS = 2500  # of a table: more is slow to set, and nobody reads it
TABLE = re.compile(r"(<table[\s>].*?</table\s*>)", re.S | re.I)
TAG = re.compile(r"</?table(?=[\s>])", re.I)
# how a table looks that is lost: pandas' Styler says it in a style sheet, other libraries on the cells
LOOK = re.compile(
    r"(?:^|[;{\"'\s])((?:background|color|border|font-weight|font-style|text-decoration|opacity)[\w-]*)\s*:"
)
SHEET = re.compile(r"<style(?!\s+scoped)[^>]*>(.*?)</style>", re.S | re.I)
STYLE = re.compile(r"\sstyle\s*=\s*(\"[^\"]*\"|'[^']*')", re.I)
# what a table may hold: any other tag is lost, and with it <words> that nobody escaped
KEPT = """
    table thead tbody tfoot tr th td caption col colgroup a abbr b blockquote br center cite code dd del dfn div
    dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong style
    sub sup time tt u ul var wbr
""".split()
LOST = re.compile(rf"<(?!(?:{'|'.join(KEPT)})(?![\w-]))[a-z][\w-]*", re.I)
WORDS = re.compile(r"</?(?:div|p|span|br|center|b|strong|i|em|u|small|sub|sup|code|style)\b", re.I)  # beside a table
# an inline value that is read as Python: np.float64(2.5), None, 'a\\nb'
PYTHON = re.compile(r"[A-Za-z_][\w.]*\(.*\)|None|.*(?<!\\)(?:\\\\)*\\[abfnrtvxuU].*", re.S)
NOTHING = re.compile(r"<.* at 0x[0-9a-f]+>|^<module ")
IDENTIFIER = re.compile(r'\sid="([^"]+)"')
REFERENCE = re.compile(r"""(url\((?:&quot;|["']?)#|href="#)([^)"'&]+)""")
IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpeg"}


def checked(chapter):
    """Problems in the options of a chapter's cells."""
    problems = []
    for cell in chapter.cells:
        found = keys.faults(cell.options, keys.CELL, " among the options of a cell")
        faults = [(key, fault) for (key,), fault in found]
        told = "an option does not compute; put the cell into a div whose last paragraph is the caption"
        faults += [(key, f"{key}: {told}") for key, value in cell.options.items()
                   if str(key).endswith(("cap", "alt")) and "`{python}" in str(value)]
        for key, fault in faults:
            line = chapter.line(f"| {key}:", f"|{key}:", start=cell.line)
            problems.append((chapter.file, line or cell.line, fault))
        problems += [(chapter.file, line, "an option below the code: options stand above it")
                     for line, row in enumerate(cell.code.split("\n"), cell.code_line)
                     if (found := OPTION.match(row)) and found[1].partition(":")[0].strip() in keys.CELL]
        if "layout-ncol" in cell.options and shape.ref_type(str(cell.options.get("label"))) not in shape.NAMES:
            told = "layout-ncol stands at a figure or table: give the cell a label, fig-… or tbl-…"
            problems.append((chapter.file, cell.line, told))
    return problems


class View:
    """A chapter's cells as one format shows them."""

    def __init__(self, chapter, outputs, settings, base):
        self.chapter, self.html = chapter, base == "html"
        shown = dict.fromkeys(("echo", "include", "output", "warning"), True)
        self.execute = shown | (settings.get("execute") or {})
        self.outputs = [self.kept(cell, some) for cell, some in zip(chapter.cells, outputs, strict=True)]
        self.sign = pandoc.digest(chapter.text)[:12]  # of the press's marks: no text contains its own hash
        self.woven, self.found = {}, set()  # {mark: its cell}, and those that came back
        self.pictures = {}  # {path in the book: bytes} of what cells drew
        self.targets = []  # (line of the cell, link) in HTML outputs
        self.tables = {}  # HTML of a table -> its tree; the caller reads them
        self.parsed = {}  # Markdown of a caption -> its inlines; the caller reads them too, before `build`
        self.problems = []

    def lost(self, n, k):
        """Why an output would be shown by its name in Python alone, which says nothing; None for any other."""
        output, inline = self.outputs[n][k], self.chapter.cells[n].inline
        if "text/markdown" in output.get("data", {}) or not inline and self.kind(output) not in ("text/plain", ""):
            return None
        rich = sorted(output["data"].keys() - {"text/plain"})
        plain = joined(output["data"].get("text/plain", "")).strip()
        if inline and not rich and PYTHON.fullmatch(plain):
            return f"an inline value that is read as Python: {plain} (float(…), an f-string or Markdown(…) tells it)"
        if not rich:
            return f"an output that says nothing: {plain}" if NOTHING.search(plain) else None
        where = "a line of text" if inline else "the page" if self.html else "print"
        return f"an output that {where} cannot show: {', '.join(rich)} (a picture, a table or words can be)"

    def inline(self, n):
        """The Markdown of inline expression n; where text cannot show its value, a mark that says so."""
        if self.outputs[n] and self.lost(n, 0):
            return f"`{self.note('value', n, 0)}`{{=press}}"
        return inline_text(self.outputs[n])

    def own(self, element):
        """Whether an element of the woven text is a mark of the press."""
        if element["t"] in ("RawBlock", "RawInline"):
            return element["c"][1] in self.woven
        return element["t"] == "Div" and tree.get(element, "press") in self.woven

    def line_of(self, *words):
        """The line of the first cell that gives one of some words; None without one."""
        for cell, outputs in zip(self.chapter.cells, self.outputs, strict=True):
            given = [value for one in outputs for value in [one.get("text", ""), *one.get("data", {}).values()]]
            texts = [joined(value) for value in given if isinstance(value, (str, list))]
            if any(word in text for word in words for text in texts):
                return cell.line
        return None

    def option(self, cell, key):
        """An option of the cell, else of the document."""
        return cell.options.get(key, self.execute.get(key))

    def kept(self, cell, outputs):
        """The outputs that are shown: no warnings where these are off, no echo of a plotting call."""
        quiet = not self.option(cell, "warning")
        return [as_math(one) for one in outputs if not (quiet and one.get("name") == "stderr" or leftover(one))]

    def kind(self, output):
        """The mime type that the format shows of an output, by Quarto's order of preference; None for a stream."""
        if output["output_type"] not in ("display_data", "execute_result"):
            return None
        data = output["data"]
        order = [*(["text/html"] if self.html else []), "text/markdown", *IMAGES]
        if TABLE.search(joined(data.get("text/html", ""))):
            order.append("text/html")
        return next((kind for kind in [*order, "text/plain"] if kind in data), "")

    def label(self, cell):
        return str(cell.options["label"]) if "label" in cell.options else ""

    def displays(self, n):
        return [output for output in self.outputs[n] if self.kind(output) is not None]

    def before(self, n, k):
        """How many displays stand before an output: its place among captions and alternatives."""
        return sum(self.kind(one) is not None for one in self.outputs[n][:k])

    def labels_container(self, n):
        """Whether the cell's label names the whole cell rather than its one output."""
        cell = self.chapter.cells[n]
        displays = self.displays(n)
        return (not self.option(cell, "output") or not displays or self.label(cell).startswith("tbl-")
                or len(displays) > 1)

    def captions(self, cell):
        """(the caption of the whole cell, those of its displays, those of its tables, of its panels) as Markdown."""
        def given(key):
            value = cell.options.get(key, [])
            some = value if isinstance(value, list) else ["" if value is True else value]
            return [" ".join(str(text).split()) for text in some]

        figure, panels = given("fig-cap"), given("fig-subcap")
        whole, each = ("".join(figure), panels) if figure and panels else ("", figure)
        return whole, each, given("tbl-cap"), given("tbl-subcap")

    def strings(self):
        """The captions of all cells."""
        found = [self.captions(cell) for cell in self.chapter.cells]
        return [text for whole, *others in found for text in [whole, *sum(others, [])] if text]

    def caption(self, cell, text):
        """The inlines of a caption, which is one paragraph."""
        if text and not self.parsed[text]:
            told = "a caption that is no paragraph: does it begin like a list, a heading or a quotation?"
            self.wrong(cell, told, "cap:")
        return copy.deepcopy(self.parsed[text] or []) if text else []

    def wrong(self, cell, message, *words):
        """Note a problem of a cell, at its first line or at that with some words."""
        line = self.chapter.line(*words, start=cell.line) if words else None
        self.problems.append((self.chapter.file, line or cell.line, message))

    def markdown(self, n):
        """The text that stands for cell n in the woven chapter."""
        cell, outputs = self.chapter.cells[n], self.outputs[n]
        shows_output = self.option(cell, "output")
        if not self.option(cell, "include") or not cell.code.strip() and not outputs:
            return ""
        asis, captions = shows_output == "asis", self.captions(cell)
        parts = [self.mark("code", n)] if self.option(cell, "echo") else []
        for k, output in enumerate(outputs if shows_output else []):
            content = self.content(n, k, asis)
            name = "display" if self.kind(output) is not None else output.get("name", "error")
            parts.append(content if asis else fenced([content], f".cell-output .cell-output-{name} {self.place(n, k)}"))
        lacking = captions[1][len(self.displays(n)) :]
        if shows_output and lacking not in ([], [""]) and self.option(cell, "eval") is not False:
            self.wrong(cell, f"a caption without a picture to stand at: {lacking[0]}", "cap:")
        if asis and any(captions[:2]):
            self.wrong(cell, "output: asis: the caption of a figure stands in what the cell prints", "cap:")
        if not parts:
            return ""
        if asis and not any(captions) and not (self.label(cell) and self.labels_container(n)):
            return "\n" + "\n\n".join(parts) + "\n"
        return fenced(parts, f".cell {self.place(n)}")

    def mark(self, *what):
        """The mark in whose place code or an output will stand."""
        return f"```{{=press}}\n{self.note(*what)}\n```"

    def place(self, n, *k):
        """The attribute of a div that holds a cell, or one of its outputs."""
        return f'press="{self.note("div", n, *k)}"'

    def note(self, what, n, *k):
        """A mark, noted, so that one that does not come back is missed."""
        content = " ".join(map(str, [self.sign, what, n, *k]))
        self.woven[content] = n
        return content

    def content(self, n, k, asis):
        """The Markdown that an output is, else a mark in its place."""
        output = self.outputs[n][k]
        if self.kind(output) == "text/markdown":
            text = joined(output["data"]["text/markdown"])
        elif asis and output.get("name") == "stdout":
            text = joined(output["text"])
        else:
            return self.mark("output", n, k)
        line = self.chapter.cells[n].line
        self.problems += [(self.chapter.file, line, f"it shows {told}") for _, told in unread_fences(text.split("\n"))]
        return text

    def build(self, blocks):
        """Put code, pictures and HTML where their marks are, and give cells and outputs their identifiers."""
        out = tree.rewrite(blocks, self.built)
        for mark, n in self.woven.items():
            if mark not in self.found:
                told = "what this cell shows does not end: is a fence, a comment or a div in it left open?"
                self.wrong(self.chapter.cells[n], told)
        return out

    def built(self, block):
        raw = block["t"] in ("RawBlock", "RawInline")
        place = block["c"][1] if raw else tree.get(block, "press") if block["t"] == "Div" else None
        if place not in self.woven:
            return None
        self.found.add(place)
        what, n, *k = place.split()[1:]
        if what == "code":
            return self.code(int(n))
        if raw:
            return self.shown(int(n), int(k[0]))
        tree.drop(block, "press")
        return self.output_div(block, int(n), int(k[0])) if k else self.cell_div(block, int(n))

    def code(self, n):
        """The code of a cell, as the reader sees it."""
        cell = self.chapter.cells[n]
        pairs = [(key, shown(cell.options[key])) for key in ("code-fold", "code-summary") if key in cell.options]
        if self.option(cell, "echo") == "fenced":
            rows = [row.lstrip(" \t>") for row in self.chapter.text.split("\n")[cell.line : cell.code_line - 1]]
            rows = [row for row in rows if row and not re.match(r"#\|\s*echo:\s*fenced\s*$", row)]
            content = "\n".join(["```{python}", *rows, cell.code, "```"])
            return [tree.code_block(content, ["markdown", "cell-code"], pairs)]
        return [tree.code_block(cell.code, ["python", "cell-code"], pairs)]

    def shown(self, n, k):
        """The blocks of an output that is not Markdown."""
        output = self.outputs[n][k]
        kind = self.kind(output)
        if why := self.lost(n, k):  # an error, unless it stands where this format shows nothing
            return [{"t": "Lost", "c": [], "problem": (self.chapter.file, self.chapter.cells[n].line, why)}]
        if output["output_type"] == "stream":
            return [tree.code_block(ANSI.sub("", joined(output["text"])).rstrip("\n"))]
        if output["output_type"] == "error":
            trace = ANSI.sub("", "\n".join(output.get("traceback", [])))
            coloured = self.html and ANSI.search("\n".join(output.get("traceback", [])))
            return [tree.code_block(trace if coloured else f"{output['ename']}: {output['evalue']}\n{trace}".rstrip())]
        if kind in IMAGES:
            return [self.picture_of(n, k, kind)]
        if kind == "text/html":
            return self.html_blocks(n, k, joined(output["data"][kind]))
        return [tree.code_block(ANSI.sub("", joined(output["data"].get("text/plain", ""))))]

    def picture_of(self, n, k, kind):
        """A picture output as the paragraph that Markdown would have made of it."""
        cell, output = self.chapter.cells[n], self.outputs[n][k]
        data = joined(output["data"][kind])
        try:
            content = data.encode() if "<svg" in data else base64.b64decode(data)
        except ValueError:
            content = b""  # Typst refuses it
        stem = re.sub(r"[^\w.-]+", "-", self.label(cell) or f"cell-{n + 2}")
        source = f"{Path(self.chapter.file).stem}_files/{stem}-output-{k + 1}.{IMAGES[kind]}"
        self.pictures[in_book(source, self.chapter.file)] = content
        size = (output.get("metadata") or {}).get(kind) or {}
        pairs = [(side, f"{size[side]}") for side in ("width", "height") if isinstance(size, dict) and size.get(side)]
        alt = cell.options.get("fig-alt")
        if isinstance(alt, list):
            alt = next(iter(alt[self.before(n, k) :]), None)
        if alt:
            pairs.append(("fig-alt", str(alt)))
        elif kind == "image/svg+xml" and svg_label(data):
            pairs.append(("fig-alt", svg_label(data)))
        return tree.para([{**tree.image(source, pairs), "line": cell.line}])

    def html_blocks(self, n, k, markup):
        """HTML as it is, with its tables read into the document, so that every format has them."""
        line = self.chapter.cells[n].line
        if self.html:
            reading = Reading(markup)
            self.problems += [(self.chapter.file, line, message) for message in reading.wrong
                              if "style sheet" not in message]
            self.targets += [(line, target) for _, target in reading.targets if not target.startswith("#")]
        if not TABLE.search(markup):
            return [tree.raw("html", unique_ids(markup, f"cell-{n}-{k}"))] if self.html and markup.strip() else []
        pieces, faults = parted(markup)
        self.problems += [(self.chapter.file, line, fault) for fault in faults]
        out = []
        for place, piece in enumerate([] if faults else pieces):
            if place % 2:
                out.append({"t": "Later", "line": line, "c": self.tables.setdefault(piece, [])})
            elif words := html_words(piece):
                out.append(tree.para([tree.string(words)]))  # such as pandas' count of rows
        return out

    def cell_div(self, block, n):
        """Name the div of a cell, and take the captions of tables out of it."""
        cell, label = self.chapter.cells[n], self.label(self.chapter.cells[n])
        if label and self.labels_container(n):
            block["c"][0][0] = label
            block["columns"] = cell.options.get("layout-ncol", 0)
        elif label and self.html:
            block["c"][0][0] = f"cell-{label}"
        whole, _, *tables = self.captions(cell)
        if whole:
            block["c"][1].append(tree.para(self.caption(cell, whole)))
        tables = [[self.caption(cell, text) for text in some] for some in tables]
        block["caps"] = dict(zip(("tbl-cap", "tbl-subcap"), tables, strict=True))
        block["line"] = cell.line
        return block

    def output_div(self, block, n, k):
        """Name the div of an output, or its picture, and give it its caption."""
        cell, output = self.chapter.cells[n], self.outputs[n][k]
        label, content = self.label(cell), block["c"][1]
        if self.kind(output) is None:
            return block
        before = self.before(n, k)
        if label and self.labels_container(n):
            label = f"{label}-{before + 1}"
        caption = self.caption(cell, next(iter(self.captions(cell)[1][before:]), ""))
        if self.kind(output) in IMAGES:
            picture = content[0]["c"][0]
            if caption:
                picture["c"][1] = caption
                figure = [[label, [], []], [None, [tree.plain(caption)]], [tree.plain([picture])]]
                content[0] = {"t": "Figure", "c": figure}
            else:
                picture["c"][0][0] = label
            return block
        if caption:
            content.append(tree.para(caption))
        if label and not self.label(cell).startswith("tbl-"):
            block["c"][0][0] = label
        return block


def parted(markup):
    """(words, table, words, table, …, words) of some HTML, and what in it would be lost."""
    pieces, faults = TABLE.split(markup), []
    for place, piece in enumerate(pieces):
        tags, wanted = list(map(str.lower, TAG.findall(piece))), ["<table", "</table"] if place % 2 else []
        if tags != wanted:
            stray = "a table that is never closed" if "<table" in tags else "a table's end without its beginning"
            return pieces, ["a table within a table" if place % 2 else stray]
        if (rows := piece.lower().count("<tr") if place % 2 else 0) > ROWS:
            told = f"a table of {rows} rows: a page takes {ROWS} at most; show a part, and link the file with all"
            faults.append(told)
    styles = [*SHEET.findall(markup), *(style for table in pieces[1::2] for style in STYLE.findall(table))]
    if look := next((found[1] for style in styles for found in [LOOK.search(style)] if found), None):
        faults.append(f"a table with a style of its own ({look}), which page and print would lose")
    if not faults and (lost := LOST.search("".join(pieces[1::2]))):
        faults.append(f"{lost[0]}> in a table, which page and print would lose")
    for piece in pieces[::2]:
        if lost := next((tag for tag in re.findall(r"<[a-z]\w*", piece, re.I) if not WORDS.match(tag)), None):
            faults.append(f"{lost}> beside a table, which page and print would lose: show it by an output of its own")
    return pieces, faults


def fenced(parts, attributes):
    """A fenced div around Markdown; its fence is longer than any in it."""
    inner = "\n\n".join(parts)
    colons = ":" * (1 + max([2, *(len(run) for run in re.findall(r"^[ \t]*(:{3,})", inner, re.M))]))
    return f"\n{colons} {{{attributes}}}\n\n{inner}\n\n{colons}\n"


def shown(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_math(output):
    """LaTeX that is a formula counts as Markdown."""
    data = output.get("data", {})
    latex = joined(data.get("text/latex", "")).strip()
    formula = latex.startswith("$") and latex.endswith("$")
    return {**output, "data": {**data, "text/markdown": latex}} if formula and "text/markdown" not in data else output


def leftover(output):
    """Whether an output is only the value of a plotting call."""
    data = output.get("data", {})
    plain = joined(data["text/plain"]) if list(data) == ["text/plain"] else ""
    return bool(re.search(r"<(matplotlib\.|seaborn\.|BarContainer )|^Text\([-\d]", plain))


def svg_label(svg):
    """The alternative that a drawing carries."""
    found = re.search(r'<svg[^>]*\saria-label="([^"]+)"', svg)
    return html.unescape(found[1]) if found else None


def html_words(markup):
    """The words of some HTML, without its style sheets."""
    return " ".join(html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", markup, flags=re.S)).split())


def unique_ids(markup, prefix):
    """Drawings whose references inside themselves (to clips, gradients) are this output's own on the page."""
    count = 0

    def own(drawing):
        nonlocal count
        count += 1
        inner = {name for _, name in REFERENCE.findall(drawing[0])}
        names = [name for name in dict.fromkeys(IDENTIFIER.findall(drawing[0])) if name in inner]
        new = {name: f"{prefix}-{count}-{place}" for place, name in enumerate(names)}
        svg = IDENTIFIER.sub(lambda m: f' id="{new.get(m[1], m[1])}"', drawing[0])
        return REFERENCE.sub(lambda m: m[1] + new.get(m[2], m[2]), svg)

    return re.sub(r"<svg\b.*?</svg>", own, markup, flags=re.S)
