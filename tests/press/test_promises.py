"""What is not rendered is an error with file and line; what is rendered says the same on the page and in print."""

import books
import digest
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader


def cell(code, *options):
    return "```{python}\n" + "".join(f"#| {option}\n" for option in options) + code + "\n```\n"


CHART = (
    'import altair as alt, pandas as pd\n{}alt.Chart(pd.DataFrame({{"a": [1], "b": [3]}}), description="d")'
    '.mark_bar().encode(x="a:O", y="b")'
)
REFUSED = {
    "a chart of Altair's own": (cell(CHART.format("")), "one.qmd:3: "),
    "a chart by mime type": (cell(CHART.format("alt.renderers.enable('mimetype')\n")), "one.qmd:3: an output that"),
    "words in HTML alone": (
        cell("from IPython.display import HTML\nHTML('<p>Words</p>')"),
        "one.qmd:3: an output that print cannot show: text/html",
    ),
    "words in LaTeX": (
        cell("from IPython.display import Latex\nLatex(r'Text with \\textbf{bold} words')"),
        "one.qmd:3: an output that the page cannot show: text/latex",
    ),
    "annotations": ("```python\nx = 1\ny = 2 # <1>\n```\n1. Second\n", "one.qmd:5: annotations of code"),
    "a format": ('::: {.content-visible when-format="pdf"}\na\n:::\n', "one.qmd:3: when-format: the formats are"),
    "a format misspelt": ('Text.\n\n[a]{.content-hidden unless-format="htlm"}\n', "one.qmd:5: unless-format: the"),
}


def test_refused(tmp_path):
    chapters = {f"c{n}.qmd": f"# One\n\n{text}" for n, (text, _) in enumerate(REFUSED.values())}
    said = books.refusals(tmp_path, chapters)
    lines = [message.replace("one.qmd", name) for name, (_, message) in zip(chapters, REFUSED.values(), strict=True)]
    assert [line for line in lines if line not in said] == []


def test_an_output_that_is_not_shown_may_be_anything(tmp_path):
    """Hidden, or on the page alone."""
    web = cell("from IPython.display import HTML\nHTML('<p>On the page.</p>')")
    hidden = CHART.format("alt.renderers.enable('mimetype')\n")
    text = cell(hidden, "include: false") + f'\n::: {{.content-visible when-format="html"}}\n{web}:::\n'
    code, said = books.press(books.make(tmp_path, {"one.qmd": f"# One\n\n{text}"}))
    assert code == 0, said


def paper(book):

    text = " ".join(books.sheets(book / "_book/book.pdf"))
    return " ".join(text.replace("\u00a0", " ").split())


def test_tables_of_a_regression(tmp_path):
    """Its LaTeX is no formula: the HTML has the tables, on the page and in print."""
    code = (
        "class Summary:\n"
        "    def _repr_html_(self): return '<table><tr><th>coef</th></tr><tr><td>1.23</td></tr></table>'\n"
        "    def _repr_latex_(self): return r'\\begin{center}\\begin{tabular}{r}coef\\end{tabular}\\end{center}'\n"
        "Summary()"
    )
    book = books.make(tmp_path, {"one.qmd": "# One\n\n" + cell(code)})
    books.built(book)
    assert "1.23" in paper(book) and ["row", "1.23"] in digest.digest(book / "_book")["one"]


def test_a_printed_table_has_the_label_and_the_caption_of_its_cell(tmp_path):
    code = "#| output: asis\n#| label: tbl-row\n#| tbl-cap: Words.\nprint('| a |\\n|---|\\n| 7 |')"
    book = books.make(tmp_path, {"one.qmd": "# One\n\nSee @tbl-row.\n\n" + cell(code)})
    books.built(book)
    assert ["caption", "Table 1.1: Words."] in digest.digest(book / "_book")["one"]
    assert "See Table 1.1." in paper(book) and "Words." in paper(book)


def test_options_as_formatters_write_them(tmp_path):
    text = "# One\n\n" + "".join(
        f"```{{python}}\n{option}\nprint('{letter}' * 9)\n```\n\n"
        for option, letter in (("# | echo: false", "a"), ("\n#| echo: false", "b"))
    )
    found = digest.digest(books.built(books.make(tmp_path, {"one.qmd": text})))["one"]
    assert ["output", "a" * 9] in found and ["output", "b" * 9] in found
    assert not [block for block in found if block[0] == "code"]


def test_lines_below_blank_lines(tmp_path):
    book = books.make(tmp_path, {"one.qmd": "# One\n\n```{python}\n\n#| eval: true\n\n1 / 0\n```\n"})
    assert "one.qmd:7: ZeroDivisionError" in books.press(book)[1]


def test_a_part_without_chapters(tmp_path):
    config = books.CONFIG.format(chapters="    - part: Lonely\n", appendices="", more="")
    code, said = books.press(books.make(tmp_path, {}, config=config))
    assert code == 1 and "_quarto.yml:10: the part 'Lonely' has no chapters" in said


def test_a_part_whose_page_has_no_heading(tmp_path):
    config = books.CONFIG.format(chapters="    - part: part.qmd\n", appendices="", more="")
    code, said = books.press(books.make(tmp_path, {"part.qmd": "Words.\n"}, config=config))
    assert code == 1 and "part.qmd:1: the page of a part needs a heading" in said


def test_numbers_without_the_key(tmp_path):
    """A book's chapters are numbered unless it says otherwise, in both formats."""
    picture = "![P.](p.svg){{#fig-{0} fig-alt='a'}}\n\nSee @fig-one, @sec-{0}.\n"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    config = books.CONFIG.format(chapters="    - one.qmd\n    - two.qmd\n", appendices="", more="")
    book = books.make(
        tmp_path,
        {name + ".qmd": f"# C {{#sec-{name}}}\n\n" + picture.format(name) for name in ("one", "two")},
        files={"p.svg": svg},
        config=config.replace("number-sections: true\n", ""),
    )
    books.built(book)
    assert ["caption", "Figure 2.1: P."] in digest.digest(book / "_book")["two"]
    assert "Figure 2.1" in paper(book) and "See Figure 1.1, Chapter 2." in paper(book)


def test_appendices_after_z():
    from press import number

    assert [number.letter(n) for n in (1, 26, 27, 52, 53)] == ["A", "Z", "AA", "AZ", "BA"]


@pytest.mark.parametrize(
    "plain, value_of_a_plot",
    [
        ("[<matplotlib.lines.Line2D at 0x7f>]", True),
        ("(array([1.]), array([0., 1.]), <BarContainer object of 1 artists>)", True),
        ("<seaborn.axisgrid.FacetGrid at 0x7f>", True),
        ("Text(0.5, 1.0, 'Title')", True),
        ("[1, 2]", False),
        ("'Text(s)'", False),
    ],
)
def test_what_a_plotting_call_gives_back_is_no_output(plain, value_of_a_plot):
    from press import cells

    output = {"output_type": "execute_result", "data": {"text/plain": plain}}
    assert cells.leftover(output) is value_of_a_plot
    assert not cells.leftover({**output, "data": {"image/png": "", "text/plain": plain}})


def test_the_bench_runs_the_cells_of_a_book_one_after_another(tmp_path):
    from benchmarks import render

    text = "# One\n\n" + cell("open('ran', 'w').close()") + "\nIs `{python} 1 + 1`.\n"
    book = books.make(tmp_path, {"one.qmd": text})
    seconds, processor = render.serial(book)
    assert (book / "ran").exists() and seconds > 0 and processor > 0


def test_the_front_pages_title_in_its_head_is_its_heading(tmp_path):
    """The website's front page has the book's title above: neither format loses the other's words."""
    texts = ("# Preface {#sec-p}\n\nHello.\n", "---\ntitle: '# Preface {#sec-p}'\n---\n\nHello.\n")
    heading, head = (books.built(books.make(tmp_path / str(n), {"index.qmd": text})) for n, text in enumerate(texts))
    page = (head / "index.html").read_bytes()
    assert page == (heading / "index.html").read_bytes() and b"Preface" in page
    assert books.sheets(head / "book.pdf") == books.sheets(heading / "book.pdf")


def test_what_is_no_text_is_not_printed(tmp_path):
    text = "# One\n\n" + cell("import sys\nprint('\\ud800', file=sys.stderr)")
    code, said = books.press(books.make(tmp_path / "book", {"one.qmd": text}))
    assert code == 1 and "one.qmd:5: UnicodeEncodeError" in said and "Traceback" not in said


QUOTES = [
    "the 1990's",
    "the '90s",
    "rock 'n' roll",
    "(x)'s",
    "`c`'s \"a\"/'b'",
    "x^2^'s 5'6\" O'Neil's",
    '"5\'6" tall"',
]


def test_quotes_are_the_same_in_print(tmp_path):
    text = "# The '90s\n\n" + "".join(f"{words}\n\n" for words in QUOTES) + f"| a |\n|---|\n| {QUOTES[0]} |\n"
    text += f"\n: (x)'s, {QUOTES[0]} {{#tbl-x}}\n"
    book = books.built(books.make(tmp_path, {"one.qmd": text}))
    page = BeautifulSoup((book / "one.html").read_bytes(), "html.parser")
    shown = ["".join(tag.get_text().split()) for tag in page.select("main p, main td, main h1")]
    printed = "".join("".join(books.sheets(book / "book.pdf")).split())
    assert len(shown) > len(QUOTES) and [words for words in shown if words not in printed] == []
    assert printed.count("the1990’s") == 3


def test_people_and_dates_are_printed_as_they_are_written(tmp_path):
    config = books.CONFIG.format(chapters="", appendices="", more="")
    config = config.replace('"An Author"', r"""["Ann O'Neil", 'B. "*" \C']""")
    config = config.replace("2026-01-31", '2026-01-31\n  date-format: "D [o\'] MMMM"')
    book = books.built(books.make(tmp_path, {}, config=config))
    assert """Ann O'Neil, B. "*" \\C""" in paper(tmp_path) and "31 o' January" in paper(tmp_path)
    assert """Ann O'Neil, B. "*" \\C""" in BeautifulSoup((book / "index.html").read_bytes(), "html.parser").get_text()


def test_a_percent_sign_in_a_numbered_equation(tmp_path):
    book = books.make(tmp_path, {"one.qmd": "# One\n\n$$\ny = 25\\%\n$$ {#eq-y}\n\nBy @eq-y.\n"})
    books.built(book)
    assert "25%" in paper(book).replace(" ", "") and "By Equation 1.1." in paper(book)


def test_links_to_the_page_of_a_part(tmp_path):
    chapters = "    - part: part.qmd\n      chapters: [one.qmd]\n"
    config = books.CONFIG.format(chapters=chapters, appendices="", more="")
    text = "# One\n\n[whole](part.qmd), [place](part.qmd#sec-part)\n"
    book = books.make(tmp_path, {"part.qmd": "# Part {#sec-part}\n", "one.qmd": text}, config=config)
    reader = PdfReader(books.built(book) / "book.pdf")
    at = next(n for n, page in enumerate(reader.pages) if "whole, place" in page.extract_text())
    links = [one.get_object() for one in reader.pages[at].get("/Annots", [])]
    assert len([link for link in links if "/Dest" in link or "/A" in link]) >= 2


def test_cells_of_notes_run_where_they_are_written(tmp_path):
    """Not where the note is used."""
    note = "[^n]: Words\n\n    " + cell("order += 'note'\nprint(order)").replace("\n", "\n    ").rstrip() + "\n"
    text = f"# One\n\nUsed.[^n]\n\n{cell('order = chr(33)')}\n{note}\n{cell('print(order + chr(63))')}"
    book = books.make(tmp_path, {"one.qmd": text})
    books.built(book)
    assert "!note" in paper(book) and "!note?" in paper(book)


def test_alternatives_beside_printed_words(tmp_path):
    code = (
        f"import base64\nfrom IPython.display import Image, display\npixel = base64.b64decode({books.PIXEL!r})\n"
        "for n in range(2):\n    print(n)\n    display(Image(pixel))"
    )
    text = cell(code, "label: fig-x", "fig-cap: Both.", "fig-subcap: [One, Two]", "fig-alt: [first, second]")
    page = books.built(books.make(tmp_path, {"one.qmd": f"# One\n\n{text}\n@fig-x\n"})) / "one.html"
    pictures = BeautifulSoup(page.read_bytes(), "html.parser").select("main img")
    assert [picture["alt"] for picture in pictures] == ["first", "second"]


def test_a_width_that_computes(tmp_path):
    width = '![A.](a.svg){fig-alt="a" width="`{python} WIDTH`"}\n'
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    chapters = {f"c{n}.qmd": "# One\n\n" + width.replace("WIDTH", code) for n, code in enumerate(("30", "'wide'"))}
    code, said = books.press(books.make(tmp_path, chapters, files={"a.svg": svg}))
    assert code == 1 and "c1.qmd:3: width: a number with" in said and "c0.qmd" not in said.replace("c0.qmd 0", "")
    good = books.make(tmp_path / "good", {"c0.qmd": chapters["c0.qmd"]}, files={"a.svg": svg})
    assert 'width="30"' in (books.built(good) / "c0.html").read_text("utf-8")


TITLES = {
    "\ufeff# Behind a mark\n": "Behind a mark",
    "---\ntitle: 'In: quotes'\n---\n": "In: quotes",
    "---\ntitle: >\n  On two\n  lines\n---\n": "On two lines",
    "Underlined *words*\n=====\n": "Underlined words",
    '---\ntitle: "A \\"word\\" *more*" # said\n---\n': "A “word” more",
    cell("# a comment", "echo: false") + "\n# Below\n": "Below",
    cell("# a comment", "echo: false") + "\nNo heading.\n": "c6.qmd",
}


def test_lists_of_chapters_have_the_titles_of_the_pages(tmp_path):
    book = books.make(tmp_path, {f"c{n}.qmd": f"{text}\nText.\n" for n, text in enumerate(TITLES)})
    page = BeautifulSoup((books.built(book, "--to", "html") / "index.html").read_bytes(), "html.parser")
    listed = {link["href"]: " ".join(link.get_text().split()) for link in page.select("ol a[href$='.html']")}
    assert [title for n, title in enumerate(TITLES.values()) if title not in listed[f"c{n}.html"]] == []


def test_a_citation_joined_to_a_reference_is_both(tmp_path):
    """Pandoc reads one citation of both in `@sec-a [@b]`."""
    files = {"some.bib": "@book{b, author={Known, Ann}, title={Words}, year={2000}}\n"}
    text = "# One\n\n## A {#sec-a}\n\nSee @sec-a [@b, p. 3]. And [@sec-a; @b].\n"
    book = books.make(tmp_path, {"one.qmd": text}, files=files, more="bibliography: some.bib\n")
    page = (
        BeautifulSoup((books.built(book) / "one.html").read_bytes(), "html.parser").main.get_text().replace("\xa0", " ")
    )
    said = "See Section 1.1 (Known 2000, 3). And Section 1.1 (Known 2000)."
    assert said in page and said in paper(book)
