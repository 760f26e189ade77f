"""A second book, with other combinations of the same features. What it must read like follows from Quarto's sources.

`second_expected.json` was derived rule by rule; the tests below name the rules that are most easily got wrong.
"""

import json

import books
import digest
import pytest
from bs4 import BeautifulSoup

EXPECTED = json.loads((books.HERE / "second_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(second_book):
    return digest.digest(second_book / "_book")


@pytest.mark.parametrize("page", sorted(EXPECTED))
def test_page(found, page):
    assert found[page] == EXPECTED[page]


def texts(found, page, kind="p"):
    return [text for one, text in found[page] if one == kind]


def test_a_numbered_front_page_is_chapter_one(found):
    """book-config.ts: the index counts when its heading is not `.unnumbered`; book-render.ts: the heading stays."""
    assert found["index"][2] == ["h1", "1 Preface"]
    assert texts(found, "index", "caption") == ["Figure 1.1: A square on the front page."]
    assert texts(found, "index", "h2") == ["1.1 How to read"]


def test_a_page_without_number_names_chapters_and_counts_from_one(found):
    """book-crossrefs.ts, formatCrossref: without number-sections a section is its caption; section[0] = 0 is left "
    "out."""
    assert texts(found, "text/aside")[0].endswith(
        "such as 2 The first chapter, with code; figures by number, such as Figure 2.1 and Figure 1."
    )
    assert texts(found, "more/three")[1].startswith("Figure 1 stands")


def test_results_stand_in_the_text_before_it_is_parsed(found):
    """jupyter-inline.ts: a string is escaped, a number and Markdown are not; headings get their identifiers after "
    "that."""
    assert texts(found, "text/one")[1].startswith(
        "Inline: 3 of them, 25%, a name a*b_c, Markdown bold, a float 0.25, a list [1, 2], in a formula [math]"
    )
    assert ["h2", "3.1 A 2-part heading"] in found["text/two"]


def test_identifier_of_a_computed_heading(second_book):
    page = BeautifulSoup((second_book / "_book/text/two.html").read_text(encoding="utf-8"), "lxml")
    assert page.find(id="a-2-part-heading").h2 and page.select_one("main p a[href='#a-2-part-heading']")
    assert page.select_one("main a[href='one.html#sec-tables']") and page.select_one("main a[href='one.html']")


def test_formula_with_a_result(second_book):
    page = BeautifulSoup((second_book / "_book/text/one.html").read_text(encoding="utf-8"), "lxml")
    assert page.select_one("main math").get_text().replace(" ", "").startswith("x=3")
    assert page.select_one("main p a[href='https://example.org/3']")


def test_outputs_in_order(found):
    """jupyter.ts, mdFromCodeCell: streams and values each in a block; stderr unless `warning: false`."""
    kinds = found["text/one"]
    start = kinds.index(["output", "plain 3"])
    assert kinds[start : start + 3] == [["output", "plain 3"], ["output", "to the error stream"], ["output", "4"]]
    assert not any("hidden warning" in text for kind, text in kinds if kind == "output")
    assert not any(text == "not shown" for _, text in kinds)


def test_letters_of_panels(found):
    """format.lua: a panel is its figure's number and a letter, whether its label was made or given."""
    assert "See Figure 2.1, Figure 2.2 (b), Figure 2.3 (a) and Figure 2.3, Figure 2.3 (b); 2.1, Drawing 2.1." in texts(
        found, "text/one"
    )
    assert "Table 2.2 (b), Table 2.4 and Table 2.3." in texts(found, "text/one")


def test_depth_of_numbers(found):
    """sections.lua: below number-depth no number is shown; a reference still has one."""
    assert ["h3", "Deep, no number shown"] in found["text/one"] and "See Section 2.3.1." in texts(found, "text/one")


def test_printed_numbers_are_those_of_the_page(second_book):
    from pypdf import PdfReader

    (pdf,) = (second_book / "_book").glob("*.pdf")
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).replace("\u00a0", " ").split())
    for words in (
        "See Figure 2.1, Figure 2.2 (b), Figure 2.3 (a) and Figure 2.3, Figure 2.3 (b); 2.1, Drawing 2.1.",
        "Table 2.2 (b), Table 2.4 and Table 2.3.",
        "See Section 2.3.1.",
        "Equation 2.1 and Section 2.1.",
        "Figure 1 stands in a chapter without a number",
        "On paper only.",
        "Paper words.",
    ):
        assert words in text, words
    assert "On the web only." not in text


def test_name_of_the_pdf(second_book):
    """book-shared.ts: without `output-file` the title, its special characters made dashes."""
    assert [path.name for path in (second_book / "_book").glob("*.pdf")] == ["A--Second--Book.pdf"]


def test_long_tables_break_and_repeat_their_head(tmp_path):
    """All rows of a table of three pages are printed, under a head on each page."""
    rows = "".join(f"| row{n:03} | {n} |\n" for n in range(150))
    frame = (
        "```{python}\n#| label: tbl-long\n#| tbl-cap: Long.\nimport pandas as pd\npd.options.display.max_rows = 200\n"
        "pd.DataFrame({'Name': [f'cell{n:03}' for n in range(120)]})\n```\n"
    )
    book = books.make(
        tmp_path,
        {"one.qmd": f"# One\n\n| Thing | Count |\n|:--|--:|\n{rows}\n: Many. {{#tbl-many}}\n\n{frame}"},
        more="execute: {echo: false}\n",
    )
    from pypdf import PdfReader

    pages = [page.extract_text() for page in PdfReader(books.built(book) / "book.pdf").pages]
    text = "\n".join(pages)
    assert all(f"row{n:03}" in text for n in range(150)) and all(f"cell{n:03}" in text for n in range(120))
    assert all("Thing" in page for page in pages if "row0" in page or "row1" in page)
    assert sum("row" in page for page in pages) >= 3


def test_colours_of_drawings_are_fixed_for_print(tmp_path):
    """A picture whose colours follow the page is printed in their fallbacks."""
    from press.paper import printable

    assert (
        printable('<path fill="var(--ink, #123456)" stroke="var(--a,rgb(1, 2, 3))"/>')
        == '<path fill="#123456" stroke="rgb(1, 2, 3)"/>'
    )
    assert printable('fill="light-dark(#111, #eee)"') == 'fill="#111"'


def test_same_names_in_two_chapters(tmp_path):
    """Identifiers that Pandoc makes of equal headings meet in the PDF; links still lead to their own chapter's."""
    text = "# {0} {{.own-page}}\n\nGo to [the end](#the-end).\n\n## The end\n\nIt ends {0}.\n"
    book = books.make(
        tmp_path,
        {
            "one.qmd": text.format("One"),
            "two.qmd": text.format("Two"),
            "three.qmd": "# Three {.own-page}\n\n[there](two.qmd#the-end)\n",
        },
    )
    from pypdf import PdfReader

    reader = PdfReader(books.built(book) / "book.pdf")

    def targets(page):
        return [
            reader.get_destination_page_number(reader.named_destinations[note["/Dest"]])
            if isinstance(note.get("/Dest"), str)
            else reader.pages.index(note["/Dest"][0].get_object())
            for note in (one.get_object() for one in page.get("/Annots", []))
            if "/Dest" in note
        ]

    places = {
        word: number
        for number, page in enumerate(reader.pages)
        for word in ("It ends One", "It ends Two")
        if word in page.extract_text()
    }
    linked = {number: targets(page) for number, page in enumerate(reader.pages)}
    assert linked[places["It ends One"]] == [places["It ends One"]] and linked[places["It ends Two"]] == [
        places["It ends Two"]
    ]


def test_a_book_without_numbers_parts_or_references(tmp_path):
    config = books.CONFIG.format(chapters="    - one.qmd\n", appendices="", more="").replace(
        "number-sections: true", "number-sections: false"
    )
    book = books.make(
        tmp_path,
        {
            "one.qmd": "# One {#sec-one}\n\n## Inside {#sec-in}\n\nSee @sec-in, @sec-one, @tbl-a.\n\n| a |\n|---|\n| "
            "1 |\n\n: T. {#tbl-a}\n"
        },
        config=config,
    )
    found = digest.digest(books.built(book))
    assert ["h2", "Inside"] in found["one"] and ["p", "See Inside, One, Table 1.1."] in found["one"]


def test_only_the_captions_cite(tmp_path):
    book = books.make(
        tmp_path,
        {"one.qmd": "# One\n\n| a |\n|---|\n| 1 |\n\n: By @key2000. {#tbl-a}\n"},
        more="bibliography: some.bib\n",
        files={"some.bib": "@book{key2000, author={Key, Kim}, title={A Key}, year={2000}}\n"},
    )
    found = digest.digest(books.built(book))
    assert ["caption", "Table 1.1: By Key (2000)."] in found["one"] and ["ref", "Key, Kim. 2000. A Key."] in found[
        "one"
    ]


def test_protected_titles_keep_their_case(tmp_path):
    """A title in double braces stays as it is; another is put into title case, as Pandoc does from the .bib itself."""
    bib = (
        "@online{a1, author={{News}}, title={{Kim seeks to re-define ties}}, year={2024}}\n"
        "@book{b2, author={Bee, B.}, title={A small title of a DPRK book}, publisher={P}, year={2000}}\n"
    )
    text = "# One\n\n[@a1; @b2].\n"
    book = books.make(tmp_path, {"one.qmd": text}, more="bibliography: some.bib\n", files={"some.bib": bib})
    references = [text for kind, text in digest.digest(books.built(book))["one"] if kind == "ref"]
    assert references == [
        "Bee, B. 2000. A Small Title of a DPRK Book. P.",
        "News. 2024. “Kim seeks to re-define ties.”",
    ]


def test_a_chapter_in_the_middle_of_text(tmp_path):
    """pandoc-partition.ts: the title is the first heading of any level, wherever it stands; code is not searched."""
    book = books.make(
        tmp_path,
        {
            "one.qmd": "```{python}\n# no heading\nx = 3\n```\n\nBefore.\n\n## Title {#sec-t}\n\n## Next\n\nText "
            "`{python} x`.\n"
        },
    )
    found = digest.digest(books.built(book))
    assert [block for block in found["one"] if block[0] != "code"] == [
        ["p", "Chapter 1"],
        ["h1", "Title"],
        ["p", "Before."],
        ["h2", "1.1 Next"],
        ["p", "Text 3."],
    ]


@pytest.mark.parametrize(
    "pattern, shown",
    [
        ("full", "Sunday, March 9, 2025"),
        ("long", "March 9, 2025"),
        ("medium", "Mar 9, 2025"),
        ("short", "3/9/25"),
        ("iso", "2025-03-09"),
        ("MMMM YYYY", "March 2025"),
        ("ddd, Do of MMM", "Sun, 9th of Mar"),
        ("[on] DD.MM.YY", "on 09.03.25"),
    ],
)
def test_dates(tmp_path, pattern, shown):
    from press import book

    config = books.CONFIG.format(chapters="", appendices="", more="").replace(
        "date: 2026-01-31", f'date: 2025-03-09\n  date-format: "{pattern}"'
    )
    assert book.shown_date(book.read(books.make(tmp_path, {}, config=config))) == shown
