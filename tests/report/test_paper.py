"""The report as a printed publication: what its pages show, measured once, and what its file carries.

`measured` asks poppler for the words of each page with their places and for a small grey picture of each page. Each
check is a function that gives what is wrong, and is tried on a small PDF with planted faults as well.
"""

import json
import re
import shutil
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import typst
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.generic import NameObject, TextStringObject

ROOT = Path(__file__).parents[2]
MOST = 140  # pages
MM = 72 / 25.4
DOTS = 24  # an inch, of the pictures
LEFT, RIGHT, HEAD, FOOT = 20, 194, 10, 290  # mm that nothing may cross
HTML = "{http://www.w3.org/1999/xhtml}"


def measured(path, folder):
    """{words: a list a page of (text, left, top, right, bottom) in mm, inked: a list a page of four edges in mm, and
    the share of the page's height that has something within 6 mm}."""
    shown = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True).stdout
    shown = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", shown)
    words = [
        [
            (word.text or "", *(round(float(word.get(side)) / MM, 2) for side in ("xMin", "yMin", "xMax", "yMax")))
            for word in page.iter(f"{HTML}word")
        ]
        for page in ElementTree.fromstring(shown).iter(f"{HTML}page")
    ]
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-gray", str(path), str(folder / "page")], check=True)
    inked = []
    for picture in sorted(folder.glob("page-*.pgm")):
        kind, size, _, dots = picture.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        assert kind == b"P5"
        dark = np.frombuffer(dots, np.uint8).reshape(height, width) < 225
        rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
        inside = rows[(rows > 20 / 25.4 * DOTS) & (rows < 281 / 25.4 * DOTS)]  # without head and foot
        near = np.zeros(height, bool)
        for row in inside:
            near[max(0, row - round(3 / 25.4 * DOTS)) : row + round(3 / 25.4 * DOTS)] = True
        edges = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1] if len(rows) else [99, 99, 99, 99]
        filled = float(near.sum()) / DOTS * 25.4 / 257
        inked.append([*(round(float(edge) / DOTS * 25.4, 1) for edge in edges), round(filled, 2)])
        picture.unlink()
    return {"words": words, "inked": inked}


@pytest.fixture(scope="session")
def poppler():
    if not (shutil.which("pdftotext") and shutil.which("pdftoppm") and shutil.which("pdffonts")):
        pytest.skip("no poppler-utils on this machine: where things stand on the printed pages was NOT looked at")


@pytest.fixture(scope="session")
def paper(once, report_book, poppler):
    """(path of the report's PDF, its reader, what `measured` gives)."""
    (path,) = report_book.glob("*.pdf")

    def make(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "measured.json").write_text(json.dumps(measured(path, folder)), "utf-8")

    return path, PdfReader(path), json.loads((once("report-measured", make) / "measured.json").read_text("utf-8"))


# ------------------------------------------------------------------------------------------------------- the checks
def bookmarks(reader):
    """(title, depth, page from 1) of each bookmark, in their order."""

    def walk(items, depth):
        for item in items:
            if isinstance(item, list):
                yield from walk(item, depth + 1)
            else:
                yield item.title, depth, reader.get_destination_page_number(item) + 1

    return list(walk(reader.outline, 0))


def beyond(looked):
    """Pages but the cover on which something stands beyond the margins."""
    found = []
    for number, (left, top, right, bottom, _) in enumerate(looked["inked"], 1):
        if number > 1 and (left < LEFT or right > RIGHT or top < HEAD or bottom > FOOT):
            found.append((number, left, top, right, bottom))
    return found


def emptyish(looked, ends):
    """Pages less than a third full, but for those where a part, or the book, ends."""
    return [
        (number, filled)
        for number, (*_, filled) in enumerate(looked["inked"], 1)
        if filled < 1 / 3 and number not in ends and number < len(looked["inked"])
    ]


def lines(words):
    """The lines of a page: (top, left, the words), by the place of each word."""
    found = {}
    for text, left, top, _, bottom in words:
        found.setdefault(round((top + bottom) / 2), []).append((left, top, text))
    return [(min(w[1] for w in row), min(row)[0], [w[2] for w in sorted(row)]) for _, row in sorted(found.items())]


def labels(looked):
    """(page, kind, number, top in mm) of each caption: its label is a line of its own at the margin."""
    for page, words in enumerate(looked["words"], 1):
        for top, left, row in lines(words):
            if len(row) == 2 and row[0] in ("Figure", "Table") and re.fullmatch(r"[A-Z\d.]+", row[1]) and left < 30:
                yield page, row[0], row[1], top


def alone(looked):
    """Captions of tables with less than a caption, a head and a row below them on their page."""
    return [
        (page, kind, number)
        for page, kind, number, top in labels(looked)
        if max(bottom for *_, bottom in looked["words"][page - 1] if bottom < 281) - top < 19
    ]


def covered(looked):
    """Words that stand on other words."""
    found = []
    for page, words in enumerate(looked["words"], 1):
        boxes = [word for word in words if len(word[0]) > 3 and word[3] - word[1] > word[4] - word[2]]
        place = np.array([box[1:] for box in boxes]).reshape(-1, 4)
        for one, (left, top, right, bottom) in enumerate(place):
            wide = np.minimum(right, place[one + 1 :, 2]) - np.maximum(left, place[one + 1 :, 0])
            high = np.minimum(bottom, place[one + 1 :, 3]) - np.maximum(top, place[one + 1 :, 1])
            for other in np.flatnonzero((wide > 1) & (high > 0.6 * (bottom - top))):
                found.append((page, boxes[one][0], boxes[one + 1 + other][0]))
    return found


def unembedded(path):
    """Fonts that are not in the file."""
    rows = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.split("\n")[2:]
    assert len(rows) > 2
    return [row for row in rows if row.strip() and row.split()[-5] != "yes"]


def dead(reader, folder):
    """Links of the PDF that lead nowhere: (page, target)."""
    named, found = reader.named_destinations, []
    pages = {page.indirect_reference.idnum for page in reader.pages}
    for number, page in enumerate(reader.pages, 1):
        for note in page.get("/Annots") or []:
            note = note.get_object()
            if note.get("/Subtype") != "/Link":
                continue
            action = note.get("/A", {})
            target = note.get("/Dest", action.get("/D"))
            target = target.get_object() if target is not None else None
            if "/URI" in action:
                address = str(action["/URI"])
                local = not re.match(r"\w+:", address)
                if local and not (folder / address.partition("#")[0]).is_file():
                    found.append((number, address))
            elif isinstance(target, list):
                if target[0].idnum not in pages:
                    found.append((number, "a page that is not there"))
            elif target is None or str(target) not in named:
                found.append((number, str(target)))
    return found


def inside(node):
    """What a node of the structure tree holds; marked content is a number."""
    held = node["/K"] if hasattr(node, "get") and "/K" in node else []
    return [
        one.get_object() if hasattr(one, "get_object") else one for one in (held if isinstance(held, list) else [held])
    ]


def pages_of(node, here, number):
    """The pages on which a node's content stands. here: the page of what holds it; number: {id of a page: from 1}."""
    if isinstance(node, int):
        return {here}
    here = number[node.raw_get("/Pg").idnum] if "/Pg" in node else here
    return {here} if node.get("/Type") == "/MCR" else {p for one in inside(node) for p in pages_of(one, here, number)}


def split_tables(reader):
    """[(page, rows on it), …] without the head, of each table that breaks."""
    number = {page.indirect_reference.idnum: at for at, page in enumerate(reader.pages, 1)}

    def found(node, kind, under=None):
        for one in inside(node):
            if hasattr(one, "get") and one.get("/S") == kind:
                yield under, one
            elif hasattr(one, "get") and one.get("/Type") != "/MCR":
                yield from found(one, kind, one.get("/S"))

    for _, table in found(reader.trailer["/Root"]["/StructTreeRoot"], "/Table"):
        places = [pages_of(row, None, number) for part, row in found(table, "/TR") if part != "/THead"]
        rows = Counter(min(one) for one in places if one)
        if len(rows) > 1:
            yield sorted(rows.items())


def stranded(tables):
    """Tables that break with one row alone on a page, or, of seven rows and more, with two above the break."""
    return [rows for rows in tables if min(n for _, n in rows) < 2 or (rows[0][1] < 3 and sum(n for _, n in rows) > 6)]


def strayed(looked, chapters):
    """Numbered figures and tables that stand on no page of their chapter. chapters: [(number, first page)] in order."""
    first = dict(chapters)
    last = {number: after for (number, _), (_, after) in pairwise(chapters)}
    return [
        (kind, number, page)
        for page, kind, number, _ in labels(looked)
        if (chapter := number.partition(".")[0]) in first and "." in number
        if not first[chapter] <= page <= last.get(chapter, page)
    ]


def under_another(looked):
    """Numbered figures and tables on the page on which a chapter begins that stand on the other side of its head than
    their own chapter."""
    found = []
    for page, kind, number, top in labels(looked):
        for at, _, row in lines(looked["words"][page - 1]):
            begins = row[0] == "Chapter" and row[2:3] == ["·"]
            if begins and "." in number and (top > at) != (number.partition(".")[0] == row[1]):
                found.append((kind, number, page))
    return found


def squash(text):
    return re.sub(r"\W", "", text)


def far(looked, marks):
    """Figures more than a page before the place that they belong to, or after the next place. marks: of each chapter
    its first page and its [(kind, words)] in their order; kind is "place" or "figure"."""
    told = [squash("".join(text for _, _, row in lines(words) for text in row)) for words in looked["words"]]
    stands = {f"{kind} {number}": page for page, kind, number, _ in labels(looked)}
    found = []
    for first, rows in marks:
        page, places = first, []
        for kind, words in rows:
            if kind == "place":
                page = next(n for n in range(page, len(told) + 1) if squash(words) in told[n - 1])
            places.append(page)
        for at, (kind, words) in enumerate(rows):
            if kind == "figure" and words in stands:
                after = next((places[n] for n in range(at, len(rows)) if rows[n][0] == "place"), places[-1] + 1)
                if not places[at] - 1 <= stands[words] <= after + 1:
                    found.append((words, stands[words], places[at], after))
    return found


# ------------------------------------------------------------------------------------------------------- the report
def parts(reader):
    """{page on which a part begins}, by the names in _quarto.yml."""
    config = yaml.safe_load((ROOT / "_quarto.yml").read_text("utf-8"))["book"]
    names = {item["part"] for item in config["chapters"] if isinstance(item, dict)} | {"Appendices", "Figures"}
    found = {page for title, _, page in bookmarks(reader) if title in names}
    assert len(found) == len(names)
    return found


def test_the_report_is_short_enough_to_print(paper):
    assert 100 < len(paper[1].pages) <= MOST


def test_nothing_stands_beyond_the_margins(paper):
    assert not beyond(paper[2])


def test_no_page_is_left_nearly_empty(paper):
    _, reader, looked = paper
    assert not emptyish(looked, {page - 1 for page in parts(reader)})


def test_no_caption_stands_alone_at_a_foot(paper):
    assert len(list(labels(paper[2]))) > 100
    assert not alone(paper[2])


def test_no_row_of_a_table_stands_alone(paper):
    tables = list(split_tables(paper[1]))
    assert tables and not stranded(tables)


def test_no_words_stand_on_others(paper):
    assert not covered(paper[2])


def test_figures_stand_near_their_text_and_in_their_chapter(paper, report_book):
    _, reader, looked = paper
    heads = [(m[1], page) for title, _, page in bookmarks(reader) if (m := re.match(r"([\dA-Z]+) ", title))]
    chapters = [(number, page) for number, page in heads if "." not in number]
    first = dict(chapters)
    assert len(chapters) == 19
    assert not strayed(looked, chapters)
    assert not under_another(looked)
    marks = []
    for name in sorted(report_book.glob("chapters/[01]*.html")):
        page = BeautifulSoup(name.read_text("utf-8"), "lxml").find("main")
        rows = [
            ("figure" if tag.name == "figcaption" else "place", (tag.find(class_="label") or tag).get_text())
            for tag in page.select("h2, summary.box-title, figcaption.quarto-float-caption")
            if not tag.get_text().startswith("Reference")
        ]
        rows = [
            (kind, " ".join(words.strip(": \n").split()))
            for kind, words in rows
            if kind == "place" or words.startswith("Figure")
        ]
        marks.append((first[str(int(name.name[:2]))], rows))
    assert len(marks) == 12 and sum(kind == "figure" for _, rows in marks for kind, _ in rows) > 80
    assert not far(looked, marks)


def test_fonts_language_and_title_are_in_the_file(paper):
    path, reader, _ = paper
    assert not unembedded(path)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("en")
    assert reader.metadata.title == "What Does Kim Jong Un Want?"


def test_links_of_print_lead_somewhere(paper):
    path, reader, _ = paper
    assert sum(len(page.get("/Annots") or []) for page in reader.pages) > 500
    assert not dead(reader, path.parent)


def test_bookmarks_name_the_chapters_where_they_begin(paper):
    _, reader, looked = paper
    config = yaml.safe_load((ROOT / "_quarto.yml").read_text("utf-8"))["book"]
    files = [
        one for item in config["chapters"] for one in (item["chapters"] if isinstance(item, dict) else [item])
    ] + config["appendices"]
    marks = bookmarks(reader)
    pages = [page for _, depth, page in marks]
    assert pages == sorted(pages)
    for file in files:
        title = re.search(r"^# (.*?)(?: \{.*\})?$", (ROOT / file).read_text("utf-8"), re.M)[1]
        (page,) = {page for words, _, page in marks if words.endswith(title)}
        shown = " ".join(word for word, *_ in looked["words"][page - 1])
        assert title in shown, (title, page)


def test_contents_stand_on_one_spread_and_list_every_chapter(paper):
    _, reader, looked = paper
    (first,) = [page for title, _, page in bookmarks(reader) if title == "Contents"]
    assert first % 2 == 0
    spread = [row for words in looked["words"][first - 1 : first + 1] for _, _, row in lines(words)]
    for title, depth, page in bookmarks(reader):
        number = re.match(r"([\dA-Z]+) ", title)
        if depth == 0 and number and page > first:
            rows = [row for row in spread if number[1] in row and str(page) in row]
            assert any(row.index(number[1]) < row.index(str(page)) for row in rows), (title, page)


def test_every_figure_is_in_the_list_of_figures_with_its_page(paper):
    _, reader, looked = paper
    (first,) = [page for title, _, page in bookmarks(reader) if title == "Figures"]
    listed = []
    for words in looked["words"][first - 1 :]:
        for column in ((0, 105), (105, 210)):
            listed += [word for _, _, row in lines([w for w in words if column[0] <= w[1] < column[1]]) for word in row]
    figures = [(number, page) for page, kind, number, _ in labels(looked) if kind == "Figure" and "." in number]
    assert len(figures) > 80
    for number, page in figures:
        assert number in listed, number
        entry = listed[listed.index(number) + 1 :][:60]
        assert str(page) in entry, (number, page, entry)


def test_every_page_number_of_the_list_stands_at_the_edge(paper):
    _, reader, looked = paper
    (first,) = [page for title, _, page in bookmarks(reader) if title == "Figures"]
    entries, numbers = 0, 0
    for words in looked["words"][first - 1 :]:
        for left, right in ((22, 105), (105, 194)):
            column = [w for w in words if left - 1 <= w[1] < right and 40 < w[2] < 280]
            start = min((w[1] for w in column), default=0)
            edge = max((w[3] for w in column if w[0].isdigit()), default=0)
            begun = sum(w[1] - start < 1 and bool(re.fullmatch(r"[A-Z\d.]+", w[0])) for w in column)
            entries += begun
            numbers += sum(edge - w[3] < 0.5 and w[0].isdigit() for w in column) if begun else 0
    assert entries > 80 and entries == numbers


# -------------------------------------------------------------------------------------------- each of them can fail
FAULTS = """
#set page(width: 210mm, height: 297mm, margin: (left: 22mm, right: 18mm, top: 22mm, bottom: 18mm))
#set text(font: "Report Serif", size: 9pt)
= Cover
#pagebreak()
= One
#lorem(600) Figure 1.1 is named here.
#pagebreak()
#lorem(60)
#pagebreak()
#lorem(60) #v(150mm) #box(width: 175mm, lorem(60))
#v(1fr)
Table 1.1

*A caption that nothing follows*
#pagebreak()
#lorem(600)
#place(top, lorem(20))
#pagebreak()
= Two
Figure 1.1

*A figure that has strayed*

#lorem(500)
#pagebreak()
#lorem(600) #link(<there>)[a link] #metadata(none) <there>
"""


def test_each_fault_is_found(tmp_path, poppler):
    path = tmp_path / "faults.pdf"
    (tmp_path / "faults.typ").write_text(FAULTS, "utf-8")
    fonts = [str(ROOT / "_extensions" / "report" / "fonts")]
    path.write_bytes(typst.compile(str(tmp_path / "faults.typ"), font_paths=fonts, ignore_system_fonts=True))
    looked, reader = measured(path, tmp_path), PdfReader(path)
    assert [page for page, *_ in beyond(looked)] == [4]
    assert [page for page, _ in emptyish(looked, set())] == [1, 3, 4] and not emptyish(looked, {1, 3, 4})
    assert alone(looked) == [(4, "Table", "1.1")]
    assert {page for page, *_ in covered(looked)} == {5}
    assert strayed(looked, [("1", 2), ("2", 3)]) == [("Table", "1.1", 4), ("Figure", "1.1", 6)]
    assert not strayed(looked, [("1", 2), ("2", 6)])
    marks = [(2, [("place", "One"), ("figure", "Figure 1.1"), ("place", "Lorem ipsum")])]
    assert far(looked, marks) == [("Figure 1.1", 6, 2, 2)]
    assert not far(looked, [(2, [("place", "One"), ("figure", "Figure 1.1"), ("place", "Two")])])
    assert not dead(reader, tmp_path)
    for page in reader.pages:
        for note in page.get("/Annots") or []:
            note.get_object()[NameObject("/Dest")] = TextStringObject("nowhere")
    assert len(dead(reader, tmp_path)) == 1


def test_a_row_that_stands_alone_is_found(tmp_path):
    def broken(above, rows):
        page = f"#set page(height: 200pt, margin: 20pt)\n#set text(size: 10pt)\n#v({above}pt)\n"
        cells = "".join(f"[{n}], [row]," for n in range(rows))
        (tmp_path / "rows.typ").write_text(f"{page}#table(columns: 2, table.header[A][B], {cells})", "utf-8")
        (tmp_path / "rows.pdf").write_bytes(typst.compile(str(tmp_path / "rows.typ")))
        return list(split_tables(PdfReader(tmp_path / "rows.pdf")))

    assert not broken(0, 5) and stranded(broken(120, 4)) == [[(1, 1), (2, 3)]]
    assert stranded(broken(100, 7)) == [[(1, 2), (2, 5)]] and not stranded(broken(100, 4))
    assert stranded(broken(85, 4)) == [[(1, 3), (2, 1)]]
