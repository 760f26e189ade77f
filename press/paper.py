"""The printed edition: the book's trees as one Typst document, by Pandoc with the edition's template and filters."""

import datetime
import importlib.metadata
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from . import book as books
from . import bounded, links, number, pandoc, tree
from .checks import LENGTH
from .problems import BookError

TYPESET = str(Path(__file__).with_name("typeset.py"))
SECONDS = 300  # that Typst may compute
# characters of a table on a line: on the text's measure, and with the margin, which a table of so many columns takes
NARROW, WIDE, MARGIN = 82, 110, 6
# what Typst reads in a word and Pandoc leaves: a field of a word in bold before it, an item or heading that begins
# a cell, a link or a caption, a soft hyphen, an ellipsis, and quotes, which it turns as it likes: 1990’s
MARKS = re.compile(r"^\.[A-Za-z_]|^(?:=+|[-+/])$|-\?|\.\.\.|[‘’“”]")
LEAVES = ("Header", "Para", "Plain", "CodeBlock", "LineBlock")
# a colour that follows light and dark says nothing to Typst: its fallback does
VAR = re.compile(r"var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))+?)\s*\)")
LIGHT = re.compile(r"light-dark\(\s*((?:[^(),]|\([^()]*\))+?)\s*,(?:[^()]|\([^()]*\))+?\)")


def quoted(text):
    """A Typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def printable(svg):
    """A drawing whose colours are fixed."""
    return LIGHT.sub(r"\1", VAR.sub(r"\1", svg))


def escaped(element):
    """A word in which Typst would read a mark, each sign escaped; words in quotes, with these; else None."""
    if element["t"] == "Quoted":
        return tree.rewrite(tree.unquoted(element), escaped)
    if element["t"] == "Str" and MARKS.search(element["c"]):
        return [tree.raw_inline("typst", re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", element["c"]))]
    return None


def length(value):
    """A picture's width or height in Typst: pixels are 1/96 inch."""
    found = LENGTH.fullmatch(value.strip())
    amount, unit = float(found[1]), found[2] or "px"
    return f"{amount / 96:.4g}in" if unit == "px" else f"{amount:g}{unit}"


def typst_blocks(this, book, targets, renamed, problem):
    """A chapter's blocks with nothing in them that Pandoc does not know. `renamed`: identifiers that differ here."""
    file = this.file

    def change(element):
        kind = element["t"]
        attributes = tree.attr(element)
        if attributes and attributes[0] in renamed:
            attributes[0] = renamed[attributes[0]]
        if kind == "Float":
            return typst_figure(element, grid(element) or element["c"]["blocks"])
        if kind == "Equation":
            return [tree.raw_inline("typst",
                                    f'#math.equation(block: true, numbering: (..) => "({element["number"]})", [ '),
                    {"t": "Math", "c": [{"t": "DisplayMath"}, element["math"]]},
                    tree.raw_inline("typst", f" ])<{element['id']}>")]
        if kind == "Header":
            if not tree.get(element, "number") and "unnumbered" not in element["c"][1][1]:
                element["c"][1][1].append("unnumbered")
            tree.drop(element, "number")
        elif kind in ("Str", "Quoted"):
            return escaped(element)
        elif kind == "CodeBlock":
            tree.drop(element, "code-fold", "code-summary")
        elif kind == "Image":
            return [tree.raw_inline("typst", image(element))]
        elif kind in ("Para", "Plain") and [inline["t"] for inline in element["c"]] == ["RawInline"]:
            inner = element["c"][0]["c"][1]
            if inner.startswith("#box(image("):
                element["c"][0]["c"][1] = "#" + inner[5:-1]
        elif kind == "Figure":
            return captioned(element["c"][2], element["c"][1][1])
        elif kind == "Table":
            element.pop("line", None)
            if not element["c"][1][1]:
                return None
            table = {**element, "c": [element["c"][0], [None, []], *element["c"][2:]]}
            return captioned([table], element["c"][1][1])
        elif kind == "Link" and not element.pop("done", False):
            return link(element)
        elif kind == "Div":
            return unwrapped(element)
        return None

    def captioned(content, caption):
        """A picture or table without a number: its caption is a line of its own."""
        return ([tree.para([{"t": "Strong", "c": caption[0]["c"]}])] if caption else []) + content

    def unwrapped(block):
        name, classes, _ = block["c"][0]
        if {"cell", "cell-output"} & set(classes):
            place = [anchor(name)] if name and not name.startswith("cell-") else []
            origin = [tree.raw("typst", f"// {file}:{block['line']}")] if "line" in block else []
            return [*origin, *place, *block["c"][1]]
        if name and any(re.match(r"callout-", one) for one in classes):
            block["c"][0][0] = ""  # callouts are Typst calls, which carry no label
            return [anchor(name), block]
        return None

    def typst_figure(element, content):
        """A figure or table; one with panels by the template's function for it."""
        caption, ref = element["c"]["caption"], element["ref"]
        shown = f'(..) => "{element["number"]}"' if element.get("number") else "none"  # in this scope alone
        start, kind = f"#[#set figure(numbering: {shown}); ", f'kind: "quarto-float-{ref}"'
        supplement = f'supplement: "{number.NAMES[ref]}"'
        if element["has_subs"]:
            opening = tree.raw_inline("typst", f"{start}#quarto_super({kind}, caption: [")
            end = f'], label: <{element["id"]}>, position: top, {supplement}, subcapnumbering: "(a)", ['
            head = tree.plain([opening, *caption, tree.raw_inline("typst", end)])
            return [head, *content, tree.raw("typst", "])]")]
        empty = "" if caption else 'separator: "", '
        opening = tree.raw_inline("typst", f"], caption: figure.caption({empty}position: top, [")
        end = tree.raw_inline("typst", f"], ), {kind}, {supplement})<{element['id']}>]")
        return [tree.raw("typst", f"{start}#figure(["), *content, tree.plain([opening, *caption, end])]

    def grid(element):
        """The panels of a figure, side by side."""
        cells = [cell for row in element["c"]["rows"] for cell in row]
        opening = tree.raw("typst", f"#grid(columns: {element['columns']}, gutter: 2em,")
        inner = [one for cell in cells for one in [tree.raw("typst", "["), *cell, tree.raw("typst", "],")]]
        return [opening, *inner, tree.raw("typst", ")")] if cells else []

    def image(picture):
        source, line = picture["c"][2][0], picture.get("line")
        alt = links.alternative(picture, file, problem)
        path = links.in_book(source, file)
        if path in this.pictures:
            content = this.pictures[path]
        else:
            _, _, path = targets.target(source, file)
            if path is None:
                if not links.is_local(source):
                    problem(file, source, f"a picture from elsewhere: {source}")
                return ""
            content = (book.root / path).read_bytes()
            this.read[path] = pandoc.digest(content)
        if b"<foreignObject" in content:
            told = f"a drawing with HTML in it (<foreignObject>), which print would lose: {source}"
            problem(file, line or source, told)
        given = ((side, tree.get(picture, side, "")) for side in ("width", "height"))
        sizes = (f", {side}: {length(value)}" for side, value in given if LENGTH.fullmatch(value.strip()))
        ending = Path(path).suffix.lower()
        if ending == ".svg":
            content = printable(content.decode("utf-8", "replace")).encode()
        name = f"pictures/{pandoc.digest(content)[:16]}{ending}"
        this.printed[name] = content
        return f"#box(image({quoted('/' + name)}, alt: {quoted(alt)}{''.join(sizes)}))"

    def link(element):
        target = element["c"][2][0]
        chapter, fragment, path = targets.target(target, file)
        if chapter is not None:
            name = fragment or targets.facts[chapter].title
            if not name:
                return element["c"][1]
            element["c"][2][0] = "#" + targets.renamed[chapter].get(name, name)
            return None
        if path:
            element["c"][2][0] = links.relative(path, "")
        return None

    return tree.rewrite(this.blocks, change)


def renames(facts):
    """{chapter: {identifier: its name in print}} where several chapters have one: labels are unique in a PDF."""
    first, out = {}, {}  # the chapter that keeps an identifier
    for file, some in facts.items():
        stem = re.sub(r"\W+", "-", file.rpartition(".")[0])
        taken = {name for name in some.ids if first.setdefault(name, file) != file}
        out[file] = {name: f"{stem}-{name}" for name in taken - some.entries.keys()}
    return out


def too_wide(blocks):
    """(line or None, its first words, columns, characters it needs, room) of each table that print cannot take."""
    tables = [one for one in tree.elements(blocks) if one["t"] == "Table"]
    rooms, found = {id(table): NARROW for table in tables}, []
    for element in tree.elements(blocks):
        for table in tree.elements(element["c"]) if element["t"] == "Float" else ():
            if table["t"] == "Table":
                wide = element["ref"] == "tbl" and rooms[id(table)] == NARROW
                rooms[id(table)] = (WIDE if wide else rooms[id(table)]) / (element["columns"] or 1)
    for table in tables:
        needed, room, columns = characters(table), rooms[id(table)], len(table["c"][2])
        room = NARROW if room == WIDE and columns < MARGIN else room
        if needed > 1.1 * room:
            found.append((table.get("line"), tree.text(table)[:40], columns, needed, room))
    return found


def characters(table):
    """How many characters a line must hold for the longest word of each column, and the space between columns."""
    _, _, specs, head, bodies, foot = table["c"]
    longest = [0] * len(specs)
    for row in [*head[1], *(row for body in bodies for part in body[2:] for row in part), *foot[1]]:
        place = 0
        for _, _, _, span, blocks in row[1]:
            words = re.split(r"[\s/_–—-]+" if code_alone(blocks) else r"[\s/–—-]+", tree.text(blocks))
            if span == 1 and place < len(longest):
                # a long word is hyphenated, a number or a name is not
                longest[place] = max([longest[place], *(min(len(w), 8) if w.isalpha() else len(w) for w in words)])
            place += span
    return sum(longest) + 2 * len(longest)


def code_alone(blocks):
    """Whether a cell of a table holds code alone, which may break behind its underscores."""
    return {one["t"] for one in tree.elements(blocks)} <= {"Plain", "Para", "Code", "Space", "SoftBreak"}


def located(blocks, chapter):
    """A chapter's blocks, each after a comment that tells where it comes from; cells have one of their own."""
    out, line, rows = [], 1, chapter.text.split("\n")
    for block in blocks:
        leaves = (tree.text(one) for one in tree.elements(block) if one["t"] in LEAVES)
        words = re.findall(r"\w{2,}", next(filter(None, leaves), ""))[:3]
        found = (n for n in range(line, len(rows) + 1) if words and all(word in rows[n - 1] for word in words))
        if here := next(found, None):
            line = here
            out.append(tree.raw("typst", f"// {chapter.file}:{line}"))
        out.append(block)
    return out


def chapter(book, this, source, targets, problem):
    """A chapter's blocks in print, its title before them."""
    file = this.file
    for line, words, columns, needed, room in too_wide(this.blocks):
        told = f"a table of {columns} columns is too wide for print: its longest words need {needed} characters, "
        told += f"a line has {room:.0f}; show fewer columns, turn it, or show it on the page alone"
        problem(file, line or words.split(" ")[0], told)
    renamed = targets.renamed[file]
    body = located(typst_blocks(this, book, targets, renamed, problem), source)
    if not this.title:
        return [tree.raw("typst", "#pagebreak(weak: true)"), *body]
    _, (name, classes, pairs), words = this.title["c"]
    if this.item.kind == "part":
        space = [tree.raw("typst", "#v(1em)")] if body else []
        return [*part(words), anchor(renamed.get(name, name)), *space, *body]
    blocks = [tree.raw("typst", f"// {file}:{source.line('# ', 'title:') or 1}")]
    if this.numbers_sections:
        blocks.append(tree.raw("typst", f"#counter(heading).update({this.item.number - 1})"))
    elif "unnumbered" not in classes:
        classes = [*classes, "unnumbered"]
    return [*blocks, tree.header(1, tree.rewrite(words, escaped), renamed.get(name, name), classes, pairs), *body]


def anchor(name):
    """A place that links find."""
    return tree.raw("typst", f"#metadata(none) <{name}>")


def part(words):
    words = tree.rewrite(words, escaped)
    return [tree.plain([tree.raw_inline("typst", "#part["), *words, tree.raw_inline("typst", "]")])]


def citations(blocks):
    """What a style needs to know of blocks: their citations and notes, in order, without the words around them."""
    out = []

    def change(element):
        if element["t"] == "Cite":
            out.append(tree.para([element]))
        elif element["t"] == "Note":
            out.append(tree.para([{"t": "Note", "c": citations(element["c"]) or [tree.para([tree.string("")])]}]))
        return [] if element["t"] in ("Cite", "Note") else None

    tree.topdown(blocks, change)
    return out


def outline(book, files, parsed):
    """What stands in print, in order: files, and the blocks of what has none. `files`: the chapters there are."""
    for place, item in enumerate(book.items):
        if item.kind == "appendix":
            yield [tree.raw("typst", "#show: appendices")]
        elif item.kind == "chapter" or item.file:
            if item.file in files:
                yield item.file
        elif any(one.file in files for one in members(book.items, place)):
            yield part(parsed[item.text])


def members(items, place):
    """A part and its chapters: the items after it that lie deeper."""
    rest = items[place + 1 :]
    end = next((n for n, item in enumerate(rest) if item.depth <= items[place].depth), len(rest))
    return [items[place], *rest[:end]]


def write(book, pieces, meta, api, *, style, cache):
    """([the Typst source before the pieces, that of each, and what follows], Pandoc's warnings) of lists of blocks."""
    sign = f"// {pandoc.digest(json.dumps(pieces))}"  # no piece contains its own hash
    blocks = [block for piece in pieces for block in (tree.raw("typst", sign), *piece)]
    blocks.append(tree.raw("typst", sign))
    text, warnings = books.rendered(book, "typst", meta, blocks, ["-t", "typst-citations"], style=style, api=api,
                                    cache=cache, whole=True)
    return text.split(sign + "\n"), warnings


def compile_pdf(book, source, pictures, date, cache):
    """The PDF's bytes. Raises BookError: Typst's message, led back to the chapter and line."""
    settings = book.contributed["typst"]
    fonts = [str(book.root / str(path).lstrip("/")) for path in books.config_list(settings, "font-paths")]
    files = [path for path in sorted(book.edition.rglob("*")) if path.suffix in (".typ", ".ttf", ".otf")]
    version = importlib.metadata.version("typst")
    key = pandoc.digest(version, source, json.dumps(sorted(pictures)), str(date), str(settings), *files)
    if stored := cache.recall(key):
        return stored
    with tempfile.TemporaryDirectory(prefix="press-") as folder:
        stage = Path(folder)
        for name, content in pictures.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_bytes(content)
        target = stage / book.edition.relative_to(book.root)
        target.parent.mkdir(parents=True)
        shutil.copytree(book.edition, target, ignore=shutil.ignore_patterns("*.ttf", "*.woff2", "*.css", "*.js"))
        (stage / "book.typ").write_text(source, encoding="utf-8")
        options = {"source": str(stage / "book.typ"), "target": str(stage / "book.pdf"), "root": folder,
                   "font_paths": fonts, "pdf_standards": books.config_list(settings, "pdf-standard"), "timestamp": date}
        try:
            done = bounded.run([sys.executable, TYPESET, json.dumps(options)], seconds=SECONDS, input="")
        except bounded.TooLong as error:
            told = f"Typst came to no end in {error}: a huge table or picture?"
            raise BookError([("the PDF", None, told)]) from None
        if done.returncode == 3:
            raise BookError([explained(json.loads(done.stdout), source, book)])
        if done.returncode:
            told = f"Typst ended with code {done.returncode}: {done.stderr.strip()[-500:]}"
            raise BookError([("the PDF", None, told)])
        pdf = (stage / "book.pdf").read_bytes()
    cache.keep(key, pdf)
    return pdf


def explained(error, source, book):
    """A Typst error as a problem: the comment above the place that it names says where that comes from."""
    message, diagnostic, hints = error["message"], error["diagnostic"], "; ".join(error["hints"])
    place = re.search(r"book\.typ:(\d+)", diagnostic)
    origin, rows = None, source.split("\n")
    last = int(place[1]) if place else 0
    if picture := None if place else re.search(r"pictures/\w+\.\w+", diagnostic):
        last = next((n for n, row in enumerate(rows, 1) if picture[0] in row), 0)
    if last:
        above = rows[:last]
        origin = next((found for row in reversed(above) if (found := re.match(r"\s*// (\S+):(\d+)$", row))), None)
    text = f"Typst: {message}" + (f" ({hints})" if hints else "")
    if origin:
        return origin[1], int(origin[2]), text
    if place := re.search(r"(_extensions/\S+\.typ):(\d+)", diagnostic):
        return place[1], int(place[2]), text
    # what stands above the first chapter `_quarto.yml` says
    letter = re.search(r'the text `"(.)', message)
    if line := letter and book.line(letter[1]):
        return "_quarto.yml", line, text
    return "the PDF", None, f"{text}\n{diagnostic}"


def timestamp(book):
    """The date that the PDF carries: SOURCE_DATE_EPOCH, else the book's date, else the epoch of PDF's ancestors."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(epoch)
    day = books.the_date(book) if book.config["book"].get("date") not in ("today", "now", "last-modified") else None
    day = day or datetime.date(1980, 1, 1)
    return int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).timestamp())
