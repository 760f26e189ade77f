"""What the digest of a rendered book cannot see: links, alternatives, drawings, formulas, weight, and the PDF.

Each check is a function of a built folder; it runs on the sample, on the second book and on the report.
"""

import gzip
import html
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import books
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.generic import NameObject

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", params=["sample", "second", "report"])
def book(request):
    """(built folder, sources) of each book."""
    if request.param == "report":
        return request.getfixturevalue("report_book"), ROOT
    folder = request.getfixturevalue(f"{request.param}_book")
    return folder / "_book", folder


@pytest.fixture(scope="session")
def pages(book):
    """{path of a chapter's page: its tree}."""
    built, sources = book
    found = {
        path.relative_to(built).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for path in sorted(built.rglob("*.html"))
        if (sources / path.relative_to(built)).with_suffix(".qmd").is_file()
    }
    assert len(found) > 3
    return found


@pytest.fixture(scope="session")
def paper(book, request):
    """The PDF, and the text of its pages."""
    built, sources = book
    (path,) = built.glob("*.pdf")
    reader = PdfReader(path)
    if sources == ROOT:
        return path, reader, request.getfixturevalue("report_paper")
    return path, reader, books.sheets(path)


def test_every_link_resolves(book, pages):
    """Every local link leads to a file that is there, and to a place on it."""
    built, _ = book
    ids = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    broken, followed = [], 0
    for name, page in pages.items():
        for tag in page.find_all(["a", "link", "img", "script"]):
            target = tag.get("href") or tag.get("src")
            if target is None or urlsplit(target).scheme:
                continue
            parts = urlsplit(target)
            path = (built / name).parent / unquote(parts.path) if parts.path else built / name
            path = path.resolve()
            followed += 1
            if not path.is_file() or built.resolve() not in path.parents:
                broken.append((name, target))
            elif parts.fragment and path.suffix == ".html":
                there = path.relative_to(built.resolve()).as_posix()
                if there not in ids:  # no chapter's page
                    ids[there] = set(re.findall(r' id="([^"]+)"', path.read_text("utf-8")))
                if unquote(parts.fragment) not in ids[there]:
                    broken.append((name, target))
    assert followed > 30 and not broken


def test_identifiers_are_unique_on_a_page(pages):
    for name, page in pages.items():
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), (name, sorted({one for one in ids if ids.count(one) > 1}))


def test_drawings_refer_to_themselves(pages):
    """What an SVG clips or fills by is in the same SVG."""
    for name, page in pages.items():
        for drawing in page.find_all("svg"):
            markup = str(drawing)
            own = {tag["id"] for tag in drawing.find_all(id=True)}
            used = set(re.findall(r"url\((?:&quot;|[\"'])?#([^)\"'&]+)", markup))
            assert used <= own, (name, used - own)


def test_pictures_have_alternatives(pages):
    """Each picture and each drawing says in words what is seen."""
    seen = 0
    for name, page in pages.items():
        for picture in page.find_all("img"):
            assert picture.get("alt", "").strip(), (name, picture.get("src"))
            seen += 1
        for drawing in page.find_all("svg"):
            named = [drawing, *drawing.parents]
            assert any(tag.get("aria-label") or tag.get("aria-hidden") == "true" for tag in named if tag.attrs), name
            seen += bool(drawing.find_parent("figure"))
    assert seen >= 3


def test_no_page_needs_another_host_or_an_inline_script(pages):
    for name, page in pages.items():
        policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe-eval" not in policy
        assert not page.find_all("style"), name
        for script in page.find_all("script"):
            data = script.get("type") in ("application/json", "application/ld+json")
            assert data or script.get("src"), name
            json.loads(script.string) if not script.get("src") else None
        for tag in page.find_all(["img", "script", "link", "iframe", "source", "use"]):
            target = tag.get("src") or tag.get("href") or ""
            assert urlsplit(target).scheme in ("", "data"), (name, target)
        assert not [tag.name for tag in page.find_all(True) if any(key.startswith("on") for key in tag.attrs)]


LEFT = {  # what no reader should see, by its kind
    "the source's own": r"\{\{[<%]|\?@|(?<![\w.])@(?:fig|tbl|eq|sec|lst)-\w|\[@\w|^:::|\{[#.]|\[\^\w+\]|^\#{1,6} ",
    "a mark of Markdown or TeX": r"`|(?<![\w*])\*{1,2}(?=\w)|\\[$*_`\\#]|\\[A-Za-z]{2}|\$\$|\]\(\S",
    "HTML": r"&(?:[a-z]{2,8}|#\d+|#x[0-9a-fA-F]+);|</?(?:b|i|em|strong|span|div|p|br|su[bp]|t[dr]|table|a)\b[^<>]*>",
    "an unfilled place": r"(?<!\{)\{[A-Za-z_]\w*(?:[:!][^{}\s]*)?\}|%\(\w+\)|(?<!\d)%[sd]\b",
    "a program's number": r"\de[+-]\d\d|(?<![\w/.-])-?\d+\.\d{12}|(?<![\w.,–−-])[-−]0(?:\.0+)?%?(?![\w.,–-])",
    "a program's value": r"(?<![\w-])(?:nan|NaN|NaT|<NA>|None|True|False)(?![\w-])(?!\s+[a-z])|\bdtype\b|"
    r"\b(?:float|int)64\b|\b0x[0-9a-f]{4}|\bTraceback\b|\w+Error\b|\w+Warning: |"
    r"<(?:class|function|module|bound)\b|\bn[pd]\.\w|(?<!\w)(?:\[\]|\('\w+'[),]|[\[{]['‘]\w+['’][\]},:])",
}
LEFT = {kind: re.compile(pattern, re.M) for kind, pattern in LEFT.items()}
PROGRAMS = "chapters/e-package.html"  # whose text is about what functions take and give


def left_over(text, kinds=tuple(LEFT)):
    """(kind, match) of all that is left in a text of what made it."""
    return [(kind, found) for kind in kinds for found in LEFT[kind].finditer(text)]


def prose_of(page):
    """(what a page says in words, its code): names for the ear and titles count as words."""
    main, code = BeautifulSoup(str(page.find("main")), "lxml"), ""
    # lists of chapters show the title of a file's head as it is written
    for tag in main.find_all(["pre", "code", "script", "math", "textarea", "nav"]):
        code += squash(tag.extract().get_text())
    said = [tag[key] for tag in main.find_all(True) for key in ("aria-label", "alt", "title") if tag.get(key)]
    about = [tag.get("content", "") for tag in page.find_all("meta", attrs={"name": "description"})]
    return "\n".join([main.get_text(" "), *said, *about]), code


def around(text, found, room=40):
    return text[max(0, found.start() - room) : found.end() + room]


def test_nothing_that_made_a_page_is_read_on_it(pages):
    for name, page in pages.items():
        kinds = [kind for kind in LEFT if name != PROGRAMS or kind != "a program's value"]
        text, _ = prose_of(page)
        assert not [(name, kind, around(text, found)) for kind, found in left_over(text, kinds)]


def typed(page):
    """Numbers of a page's tables with a hyphen for their minus sign, and outputs of cells as Python types a text."""
    cells = [tag.get_text(strip=True) for tag in page.select("td")]
    outputs = [tag.get_text(strip=True) for tag in page.select(".cell-output pre")]
    return [cell for cell in cells if re.fullmatch(r"-\d[\d.,]*%?", cell)] + [
        out for out in outputs if out[:1] in "'\""
    ]


def test_tables_and_outputs_are_set_for_readers(report_book):
    read = [BeautifulSoup(path.read_text("utf-8"), "lxml") for path in sorted(report_book.glob("chapters/*.html"))]
    assert len(read) > 15 and not [one for page in read for one in typed(page)]
    planted = "<td>-0.1</td><td>2018-19</td><div class=cell-output><pre>'so'</pre></div>"
    assert typed(BeautifulSoup(planted, "lxml")) == ["-0.1", "'so'"]


def test_nothing_that_made_the_other_pages_is_read_on_them(book, pages):
    """Pages of rows, of which there are many, by their distinct texts; the list of figures; the page that is lost."""
    built, _ = book
    said = {}
    for path in sorted(built.rglob("*.html")):
        if path.relative_to(built).as_posix() not in pages:
            main = re.sub(r"<(script|code|pre|nav)\b.*?</\1>", "<i></i>", path.read_text("utf-8"), flags=re.S)
            said |= dict.fromkeys(map(html.unescape, re.findall(r">([^<>]+)<", main)), path.name)
    found = [(name, kind, around(text, one)) for text, name in said.items() for kind, one in left_over(text)]
    assert not found and (said or len(pages) < 10)


def test_nothing_that_made_it_is_read_in_print(pages, paper):
    """What looks like it stands in code on the page of the chapter, or in the appendix on the package."""
    code = "".join(prose_of(page)[1] for page in pages.values())
    programs = squash(pages[PROGRAMS].find("main").get_text()) if PROGRAMS in pages else ""
    for number, text in enumerate(paper[2], 1):
        for kind, found in left_over(text):
            first, last = text.rfind("\n", 0, found.start()) + 1, (text + "\n").index("\n", found.end())
            room = 12 if kind == "a program's value" else 0
            near = squash(text[max(first, found.start() - room) : min(last, found.end() + room)])  # of its own line
            told = (number, kind, around(text, found))
            assert near in code or (kind == "a program's value" and near in programs), told


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("the source's own", "As ?@fig-odds shows; see @tbl-rows and [@feffer2017what].\n::: {.callout}"),
        ("a mark of Markdown or TeX", "The `gap`, US\\$ 3 bn, *not* and \\frac{1}{2}; a [link](there)."),
        ("HTML", "Talks &amp; force; 5&nbsp;km; &#8211; a <b>bold</b> word<br>"),
        ("an unfilled place", "in {year} it rose by {share:.0%}; note {DIG}; %s rows; %(name)s {python}"),
        ("a program's number", "from 4.5e+02 to 0.30000000000000004, then -0.0 and −0%"),
        (
            "a program's value",
            "nan of 3; None (weak); True = True; [] = []; {'a': 1}; <function f at 0x7f3a>; dtype: int64",
        ),
    ],
)
def test_what_is_left_is_found(kind, text):
    assert len([one for one, _ in left_over(text) if one == kind]) >= 3


def test_what_a_reader_may_see_is_no_fault():
    for text in (
        "None of them is true; None\nwas found. True by construction. 5% said so: “no” (‘yes’) – 0.5 to −0.4, or -0.3.",
        "US$ 3 bn and $5; dg_talks_*; R&D; [1] and [sic]; a < b > c; 2017-04-27; e-mail: a@b.org; 10–0; 1.25 × 10",
        "What would change our mind? {1, 2}; C# and #1; 3 * 4; Kim’s; Warning: ice",
    ):
        assert not left_over(text), left_over(text)


def formulas(text):
    """How many formulas a chapter's source has, outside its code."""
    prose = re.sub(r"^([ \t]*)(```+).*?^\1\2[ \t]*$", "", text, flags=re.S | re.M)
    prose = re.sub(r"(?<!`)`[^`\n]+`(?!`)", "", prose)
    shown = re.findall(r"\$\$.+?\$\$", prose, re.S)
    prose = re.sub(r"\$\$.+?\$\$", "", prose, flags=re.S)
    return len(shown), len(re.findall(r"(?<![\\$])\$(?! )[^$\n]+?(?<! )\$(?!\d)", prose))


def test_formulas_are_there(book, pages):
    """Each formula of the source is MathML on the page."""
    _, sources = book
    total = 0
    for name, page in pages.items():
        text = (sources / name).with_suffix(".qmd").read_text(encoding="utf-8")
        shown, inline = formulas(text)
        main = page.find("main")
        assert len(main.find_all("math", display="block")) >= shown, name
        assert len(main.find_all("math")) >= shown + inline * 0.9, name
        assert not main.select("span.math:not(:has(math))"), name
        total += shown + inline
    assert total > 0


def test_neighbours_and_contents(pages):
    """Each page is in the list of chapters; next and previous form one line through all of them."""
    front = pages["index.html"]
    order, name, page = ["index.html"], "index.html", front
    while page.find("a", rel="next"):
        name = str((Path("/") / name).parent.joinpath(page.find("a", rel="next")["href"]).resolve())[1:]
        page = pages[name]
        order.append(name)
        assert page.select("nav.toc a[aria-current=page]"), name
        assert page.find("a", rel="prev"), name
    assert sorted(order) == sorted(pages)


def test_a_page_is_light(pages, book):
    """At most 250 kB compressed, pictures too, without fonts and the charts' runtime."""
    built, _ = book
    shared = [path for path in (built / "_extensions").rglob("*") if path.suffix in (".css", ".js")]
    rest = sum(len(gzip.compress(path.read_bytes())) for path in shared)
    for name, page in pages.items():
        pictures = [(built / name).parent.joinpath(img["src"]).read_bytes() for img in page.find_all("img")]
        weight = len(gzip.compress((built / name).read_bytes())) + rest + sum(len(gzip.compress(p)) for p in pictures)
        assert weight <= 250_000, (name, weight)


def test_notebooks_run_where_they_are_read(book, pages):
    """A chapter's notebook has its cells with their outputs, and no inline expression."""
    import nbformat

    built, sources = book
    found = list(built.rglob("*.ipynb"))
    assert found
    outputs = 0
    for path in found:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        source = (sources / path.relative_to(built)).with_suffix(".qmd").read_text(encoding="utf-8")
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert len(cells) == len(re.findall(r"^[ \t>]*```+\s*\{python\}", source, re.M)), path.name
        assert any(cell.execution_count for cell in cells), path.name
        outputs += sum(len(cell.outputs) for cell in cells)
        assert not any("`{python}" in cell.source for cell in notebook.cells), path.name
        for cell in notebook.cells:
            if cell.cell_type == "markdown":  # reads as text: formulas and code keep their signs
                text = re.sub(r"\$\$.*?\$\$|\$(?=\S)[^$\n]+?\$(?!\d)|```.*?```|`[^`\n]*`", "", cell.source, flags=re.S)
                assert not re.search(r"^ *:::|@(?:sec|fig|tbl|eq)-|\{[#.]|\\[^\w\s]", text, re.M), (path.name, text)
        page = pages[path.relative_to(built).with_suffix(".html").as_posix()]
        assert page.find("a", href=path.name), path.name
    assert outputs


PLACES = {  # what a structure element may stand in, of those that only have a meaning there (ISO 32000-1, 14.8.4)
    **dict.fromkeys(("/TR",), {"/Table", "/THead", "/TBody", "/TFoot"}),
    **dict.fromkeys(("/THead", "/TBody", "/TFoot"), {"/Table"}),
    **dict.fromkeys(("/TH", "/TD"), {"/TR"}),
    "/LI": {"/L"},
    "/LBody": {"/LI"},
    "/TOCI": {"/TOC"},
}


def barriers(reader):
    """What a program that reads a PDF aloud would stumble over: the rules of PDF/UA-1 that code can decide here."""
    catalog, found = reader.trailer["/Root"], []
    metadata = catalog["/Metadata"].get_data() if "/Metadata" in catalog else b""
    found += [] if reader.metadata and reader.metadata.title else ["no title"]
    found += [] if catalog.get("/ViewerPreferences", {}).get("/DisplayDocTitle") else ["the window shows no title"]
    found += [] if catalog.get("/Lang") else ["no language"]
    found += [] if catalog.get("/MarkInfo", {}).get("/Marked") else ["not tagged"]
    found += [] if b"pdfuaid" in metadata else ["no mark of PDF/UA"]
    found += [] if len(reader.outline) >= 4 else ["no bookmarks"]
    for number, page in enumerate(reader.pages, 1):
        fonts = page["/Resources"].get_object().get("/Font", {}).get_object()
        found += [
            f"page {number}: letters without meaning: {name}" for name in fonts if "/ToUnicode" not in fonts[name]
        ]
        notes = [note.get_object() for note in page.get("/Annots") or []]
        found += [
            f"page {number}: a link without words or place"
            for n in notes
            if not {"/Contents", "/StructParent"} <= set(n)
        ]
        found += [f"page {number}: links in no order"] if notes and page.get("/Tabs") != "/S" else []
    level = 0
    for above, element in nested(catalog["/StructTreeRoot"]):
        kind = str(element["/S"])
        if kind in PLACES and above not in PLACES[kind]:
            found.append(f"{kind} in {above}")
        if re.fullmatch(r"/H\d", kind):
            found += [f"from heading {level} to {kind}"] if int(kind[2]) > level + 1 else []
            level = int(kind[2])
        if kind == "/Table" and not any(one["/S"] == "/TH" for one in elements(element)):
            found.append("a table without heads")
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
            found.append("a figure without an alternative")
    return found


def nested(node, above=None):
    """(kind of what it stands in, structure element) of a tagged PDF, in the order of reading."""
    node = node.get_object()
    for one in [node] if isinstance(node, dict) else node:
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, dict):
            if "/S" in one:
                yield above, one
            if "/K" in one and not isinstance(one["/K"], int):
                yield from nested(one["/K"], str(one["/S"]) if "/S" in one else above)


def test_pdf_is_accessible(paper):
    assert not barriers(paper[1])


def test_a_barrier_is_found(sample_book):
    (path,) = (sample_book / "_book").glob("*.pdf")

    def after(change):
        reader = PdfReader(path)
        change(reader, [element for _, element in nested(reader.trailer["/Root"]["/StructTreeRoot"])])
        return barriers(reader)

    def rename(old, new):
        def change(_, all_):
            next(one for one in all_ if one["/S"] == old)[NameObject("/S")] = NameObject(new)

        return change

    assert not after(lambda *_: None)
    assert after(lambda r, _: r.trailer["/Root"].pop("/Lang")) == ["no language"]
    assert after(lambda r, _: r.trailer["/Root"].pop("/ViewerPreferences")) == ["the window shows no title"]
    assert after(lambda _, all_: next(e for e in all_ if e["/S"] == "/Figure").pop("/Alt")) == [
        "a figure without an alternative"
    ]
    assert "from heading 1 to /H4" in after(rename("/H2", "/H4"))
    assert "/TR in /Div" in after(rename("/TBody", "/Div"))
    unread = after(lambda r, _: next(iter(r.pages[1]["/Resources"]["/Font"].values())).get_object().pop("/ToUnicode"))
    assert unread and "letters without meaning" in unread[0]


def elements(tree):
    """All structure elements of a tagged PDF."""
    stack = [tree]
    while stack:
        node = stack.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            stack.extend(node)
        elif hasattr(node, "get"):
            if "/S" in node:
                yield node
            if "/K" in node:
                stack.append(node["/K"])


def test_alternatives_are_the_same_in_print(paper, pages, book):
    """Each figure in print has an alternative; each chart's and picture's is that of the page."""
    _, reader, _ = paper
    printed = [
        str(element["/Alt"])
        for element in elements(reader.trailer["/Root"]["/StructTreeRoot"])
        if element["/S"] in ("/Figure", "/Formula") and "/Alt" in element
    ]
    missing = [
        element
        for element in elements(reader.trailer["/Root"]["/StructTreeRoot"])
        if element["/S"] == "/Figure" and "/Alt" not in element
    ]
    assert printed and not missing
    flat = {" ".join(alt.split()) for alt in printed}
    for name, page in pages.items():
        for tag in page.select("main figure .chart[aria-label], main figure img[alt]"):
            if tag.find_parent(class_="phone") or "phone" in tag.get("class", []):
                continue
            label = " ".join((tag.get("aria-label") or tag.get("alt")).split())
            assert label in flat, (name, label)


def squash(text):
    return re.sub(r"\W", "", text)


NOT_PRINTED = {"chapters/c-assumptions.html": "#every-row", "chapters/g-ledger.html": "#sec-ledger-all"}


def test_every_row_of_every_table_is_printed(paper, pages):
    """No row of a table is lost between pages, but for the two registers that print gives by reference."""
    _, _, texts = paper
    everything = squash("".join(texts))
    lost, rows = [], 0
    for name, page in pages.items():
        left_out = set(page.select(NOT_PRINTED[name] + " tr")) if name in NOT_PRINTED else set()
        assert bool(left_out) == (name in NOT_PRINTED)
        for row in page.select("main table tr"):
            if row in left_out:
                continue
            for cell in row.find_all(["td", "th"], recursive=False):
                # the ledger's tests stand as code on the website alone: it is wider than a column of print
                for part in cell.find_all(["math", "code"] if name == "chapters/g-ledger.html" else "math"):
                    part.decompose()
                words = [word for word in cell.get_text(" ").split() if len(squash(word)) > 2][:6]
                rows += 1
                if any(squash(word) not in everything for word in words):
                    lost.append((name, cell.get_text(" ")))
    assert rows > 10
    # hyphens at line ends are the only way in which a word may be told apart
    assert len(lost) <= rows * 0.03, lost[:20]


def test_captions_have_the_same_numbers_in_print(paper, pages):
    """`Figure 2.1` on the page is `Figure 2.1` in print."""
    _, _, texts = paper
    everything = squash("".join(texts))
    counted = 0
    for page in pages.values():
        for caption in page.select("main figcaption.quarto-float-caption"):
            words = squash(caption.get_text(" "))
            assert words[:25] in everything, caption.get_text(" ")
            counted += 1
    assert counted >= 4


def test_no_empty_page_in_print(paper):
    _, _, texts = paper
    assert not [number for number, text in enumerate(texts[2:], 3) if not text.strip()]
