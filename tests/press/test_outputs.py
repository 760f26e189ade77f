"""What cells give is shown in both formats, or an error with the cell's line; and nothing touches the press's marks."""

import re

import books
import digest
import pytest

from press import cells


def cell(code, *options):
    return "```{python}\n" + "".join(f"#| {option}\n" for option in options) + code + "\n```\n"


def html(markup):
    return cell(f"from IPython.display import HTML\nHTML({markup!r})")


STYLED = (
    'import pandas as pd\npd.DataFrame({"a": [1.23, 2.5], "b": ["x", "y"]}).style'
    '.highlight_max(subset=["a"], color="yellow")'
)
WIDE = (
    'import pandas as pd\npd.set_option("display.max_columns", None)\n'
    'pd.DataFrame([[12345.678] * {0}] * 3, columns=[f"column_{{i}}" for i in range({0})])'
)
TABLE = "<table><tr><td>1</td></tr></table>"
SQUARE = f"import base64\nfrom IPython.display import Image\nImage(base64.b64decode('{books.PIXEL}'))"
REFUSED = {
    "colours of a Styler": (
        cell(STYLED, "label: tbl-s", "tbl-cap: S."),
        "3: a table with a style of its own (background-c",
    ),
    "colours on the cells": (
        html('<table><tr><td style="color:red">1</td></tr></table>'),
        "3: a table with a style of its",
    ),
    "forty columns": (
        cell(WIDE.format(40), "label: tbl-w", "tbl-cap: Words."),
        "3: a table of 41 columns is too wide for print",
    ),
    "forty columns in Markdown": (
        "|" + " column_name |" * 20 + "\n" + "|---" * 20 + "|\n" + "| 12345 " * 20 + "|\n",
        "3: a ta",
    ),
    "a caption that is a list": (
        cell("import pandas as pd\npd.DataFrame({'a': [1]})", "label: tbl-w", "tbl-cap: 1. Words"),
        "5: a caption that is no paragraph",
    ),
    "a caption that is a heading": (
        cell(
            f"import base64\nfrom IPython.display import Image\nImage(base64.b64decode('{books.PIXEL}'))",
            "label: fig-w",
            "fig-cap: '# Words'",
            "fig-alt: A.",
        ),
        "5: a caption that is no paragraph",
    ),
    "a caption with a block of HTML": (
        cell("import pandas as pd\npd.DataFrame({'a': [1]})", 'tbl-cap: "Words wi<div>th."'),
        "4: a caption that is no paragraph",
    ),
    "a caption of panels that is a list": (
        cell(
            f"import base64\nfrom IPython.display import Image\nx = Image(base64.b64decode('{books.PIXEL}'))\n"
            "display(x, x)",
            "label: fig-w",
            "fig-cap: 1. Words",
            "fig-subcap: [A b, C d]",
            "fig-alt: [a, b]",
        ),
        "5: a caption that is no paragraph",
    ),
    "more captions than pictures": (
        cell(
            f"import base64\nfrom IPython.display import Image\nx = Image(base64.b64decode('{books.PIXEL}'))\n"
            "display(x, x)",
            "label: fig-w",
            "fig-cap: Words",
            "fig-subcap: [One a, Two b, Three c]",
            "fig-alt: [a, b]",
        ),
        "5: a caption without a picture to stand at: Three c",
    ),
    "a caption without a picture": (
        cell("print(1)", "label: fig-w", "fig-cap: Words"),
        "5: a caption without a picture to stand at: Words",
    ),
    "a label without a caption": (cell(SQUARE, "label: fig-w", "fig-alt: A."), "4: fig-w"),
    "a picture's label without a caption": ("![](bad.svg){#fig-w fig-alt='a'}\n", "3: fig-w has no caption"),
    "a table's label without a caption": ("| a |\n|---|\n| 1 |\n\n: {#tbl-w}\n", "7: tbl-w has no caption"),
    "a cell's broken picture": (
        "Words.\n\n" + cell("display({'image/png': 'aGVsbG8='}, raw=True)", "fig-alt: a"),
        "5: Typst: failed to decode",
    ),
    "a broken drawing": ("![Words](bad.svg){#fig-b fig-alt='a'}\n", "1: Typst: failed to parse SVG"),
    "a picture that is no data": (
        "Words.\n\n" + cell("display({'image/png': 3}, raw=True)", "fig-alt: a"),
        "5: Typst: failed",
    ),
    "HTML in a drawing": (
        cell("display({'image/svg+xml': '<svg><foreignObject>x</foreignObject></svg>'}, raw=True)", "fig-alt: a"),
        "3: a drawing with HTML in it (<foreignObject>)",
    ),
    "a drawing in a table": (html("<table><tr><td><svg></svg></td></tr></table>"), "3: <svg> in a table"),
    "a field in a table": (html("<table><tr><td><input value='1'></td></tr></table>"), "3: <input> in a table"),
    "a table in a table": (
        html("<table><tr><td>1<table><tr><td>inner</td></tr></table></td></tr></table>"),
        "3: a table within a table",
    ),
    "a heading beside a table": (
        html(f"<h3>Head</h3>{TABLE}"),
        "3: <h3> beside a table, which page and print would lose",
    ),
    "a link beside a table": (html(f"{TABLE}<p><a href='x'>y</a></p>"), "3: <a> beside a table"),
    "a table that is open": (html(f"<table><tr><td>{TABLE}"), "3: a table within a table"),
    "half a table": (html(f"{TABLE}<p><table><tr><td>1</p>"), "3: a table that is never closed"),
    "a stray end": (html(f"</table>{TABLE}"), "3: a table's end without its beginning"),
    "a caption of what is printed": (
        cell("print('Words')", "output: asis", "label: fig-w", "fig-cap: Words."),
        "6: output: asis: the caption of a figure stands in what the cell prints",
    ),
    "a note in a caption": (
        cell("import pandas as pd\npd.DataFrame({'a': [1]})", "label: tbl-n", "tbl-cap: Words[^n]."),
        "5: the footnote [^n] is not defined",
    ),
    "an object's name": (cell("class A: pass\nA()"), "3: an output that says nothing: <__main__.A at"),
    "an inline value in HTML": (
        cell("from IPython.display import HTML", "include: false") + "\nIs `{python} HTML('<b>x</b>')`.\n",
        "8: an output that a line of text cannot show: text/html",
    ),
    "an inline picture": (
        cell(SQUARE.rpartition("\n")[0], "include: false") + f"\nIs `{{python}} {SQUARE.rpartition(chr(10))[2]}`.\n",
        "9: an output that a line of text cannot show: image/png",
    ),
    "an inline number of numpy": (
        cell("import numpy as np", "include: false") + "\nIs `{python} np.float64(2.5)`.\n",
        "8: an inline value that is read as Python: np.float64(2.5)",
    ),
    "an inline nothing": ("Is `{python} None`.\n", "3: an inline value that is read as Python: None"),
    "an inline line break": ("Is `{python} 'a\\nb'`.\n", "3: an inline value that is read as Python: 'a"),
    "objects in a list": (cell("class A: pass\n[A()]"), "3: an output that says nothing: [<__main__.A at"),
    "an inline object": (cell("class A: pass") + "\nIs `{python} A()`.\n", "7: an output that says nothing"),
    "Markdown with HTML": (
        cell("from IPython.display import Markdown\nMarkdown('a<br>b')"),
        "5: a cell prints raw HTML",
    ),
    "printed TeX": (cell("print('\\\\newpage')", "output: asis"), "5: a cell prints raw tex"),
    **{
        f"printed: {message}": (cell(f"print({markup!r})", "output: asis"), f"5: {message}")
        for markup, message in (
            ("::: {.panel-tabset}\n## A\nx\n:::", ".panel-tabset: tabsets are not supported"),
            ("::: {#thm-a}\nx\n:::", "#thm-a: theorems are not supported"),
            ("::: {#refs}\n:::", "#refs: a list of all references"),
            ('::: {.content-visible when-format="pdf"}\nx\n:::', "when-format: the formats are html and typst"),
            ("::: {#fig-z layout-ncol=x}\nA\n\nB\n:::", "layout-ncol: must be a positive whole number"),
            ('```{#lst-a .py lst-cap="x"}\nx\n```', "the attribute lst-cap is not supported"),
            ("```python\nx = 1 # <1>\n```", "annotations of code are not supported"),
            ("{{< video x >}}", "shortcodes are not supported"),
            ("[a](javascript:x)", "a link by javascript:"),
            ("![A](bad.svg){fig-alt=a width=oops}", "width: a number with px"),
        )
    },
    "printed Typst": (cell("print('`#x`{=typst}')", "output: asis"), "5: a cell prints raw typst"),
    "an open fence in print": (
        cell("print('```\\nopen')", "output: asis"),
        "3: it shows a code fence that is never closed",
    ),
    "an open fence in Markdown": (
        cell("from IPython.display import Markdown\nMarkdown('~~~~~\\nopen')"),
        "3: it shows a code fence that is never closed",
    ),
    "an open div in print": (
        cell("print('::: {.callout-note}\\nopen')", "output: asis"),
        "3: a div (:::) that is never",
    ),
    "a closing div in print": (cell("print('x\\n\\n:::\\n\\ny')", "output: asis"), "5: a div's fence"),
    "a picture without alternative": (
        cell(f"import base64\nfrom IPython.display import Image\nImage(base64.b64decode('{books.PIXEL}'))"),
        "3: a picture without a text alternative",
    ),
    "words that look like a tag": (html("<table><tr><td>a</td><td><lo></td></tr></table>"), "3: <lo> in a table"),
    "a formula": (
        "Text.\n\nThe $\\foo{x}$.\n",
        "5: a formula that cannot be set: \\foo{x} (unexpected control sequence",
    ),
    "a formula of several lines": ("$$\na\n\\bar\n$$\n", "4: a formula that cannot be set: a \\bar"),
    "quotations in quotations": (">" * 150 + " deep\n", "3: lists, quotations or divs that are nested too deeply"),
    "lists in lists": ("- " * 100 + "deep\n", "3: lists, quotations or divs that are nested too deeply"),
}


@pytest.fixture(scope="module")
def said_of_all(tmp_path_factory):
    """What the press says of a chapter of each of these texts."""
    chapters = {f"c{n}.qmd": f"# One\n\n{text}" for n, (text, _) in enumerate(REFUSED.values())}
    for name in chapters:  # a label stands in one chapter alone
        chapters[name] = re.sub(r"(label: (?:fig|tbl)-\w+)", rf"\1-{name[1:-4]}", chapters[name])
    return books.refusals(tmp_path_factory.mktemp("all"), chapters, files={"bad.svg": "<svg"})


@pytest.mark.parametrize("name", REFUSED)
def test_refused(said_of_all, name):
    assert f"c{list(REFUSED).index(name)}.qmd:{REFUSED[name][1]}" in said_of_all


@pytest.mark.parametrize("base", ["html", "pdf"])
def test_refused_by_each_format_alone(tmp_path, base):
    alone = [
        "a formula",
        "a picture without alternative",
        "printed Typst",
        *(["forty columns"] if base == "pdf" else []),
    ]
    chapters = {f"c{n}.qmd": f"# One\n\n{REFUSED[name][0]}" for n, name in enumerate(alone)}
    said = books.refusals(tmp_path, chapters, "--to", base)
    assert [name for n, name in enumerate(alone) if f"c{n}.qmd:{REFUSED[name][1]}" not in said] == []


MARKS = {
    "a div's attribute": '::: {press="0"}\nWords.\n:::\n',
    "an attribute of two": '::: {press="0 0"}\nWords.\n:::\n',
    "a cell's class": '``` {.press-cell line="3"}\nWords.\n```\n',
    "a cell's class without a line": "``` {.press-cell}\nWords.\n```\n",
    "a string's class": "::: {.press-string}\nWords.\n:::\n",
    "printed": cell("print('::: {press=\"0\"}\\nWords.\\n:::')", "output: asis"),
}


def test_marks_of_the_press_mean_nothing_in_a_source(tmp_path):
    marks = {f"c{n}": text for n, text in enumerate(MARKS.values())}
    text = "# One\n\n" + cell("print('out')") + "\nMARK\nThe end.\n"
    book = books.make(tmp_path, {f"{name}.qmd": text.replace("MARK", mark) for name, mark in marks.items()})
    pages = digest.digest(books.built(book))
    for name, mark in marks.items():
        found = pages[name]
        assert ["output", "out"] in found and "Words." in str(found) and ["p", "The end."] in found, mark


def test_a_raw_mark_of_the_press_is_refused(tmp_path):
    texts = ("```{=press}\ncode 0\n```\n", cell("print('```{=press}\\ncode 7\\n```')", "output: asis"))
    chapters = {f"c{n}.qmd": f"# One\n\n{text}" for n, text in enumerate(texts)}
    said = books.refusals(tmp_path, chapters)
    assert all(re.search(rf"^{name}:.*raw press", said, re.M) for name in chapters), said


def test_tables_whose_style_is_none(tmp_path):
    """pandas' own sheet, a Styler that only formats, and alignment say nothing that is lost."""
    import pandas as pd

    frame = pd.DataFrame({"a": [1.0]})
    for markup in (frame._repr_html_(), frame.style.format(precision=1)._repr_html_()):
        assert cells.parted(markup)[1] == []
    assert cells.parted('<table><tr><td style="text-align: right;">1</td></tr></table>')[1] == []


def test_what_is_ordinary(tmp_path):
    """Each of these was refused, misread or an end without a message once."""
    chapters = {
        "table.qmd": "# T\n\n" + cell(WIDE.format(8), "label: tbl-w", "tbl-cap: Words."),
        "columns.qmd": "# C\n\n" + cell(SQUARE, "label: fig-w", "fig-cap: Alone", "fig-alt: a", "layout-ncol: 2"),
        "braces.qmd": "# B\n\nA file `{name}.csv`, the mark `{python}`, `{x}`, a bar `a|b`.\n",
        "fence.qmd": "# F\n\n" + cell("print('indented')").replace("```", "   ```"),
        "dots.qmd": "# D\n\nThe **bold**.body, x^2^.name, yes-?no, [+ more](https://example.org).org.\n\n"
        "| a | b |\n|---|---|\n| = one | - two |\n",
        "title.qmd": "# = What -? now\n\nText.\n",
        "long.qmd": "# L\n\n" + 300 * "w" + "\n",
        "number.qmd": "---\ntitle: 010\nfreeze: auto\n---\n\nText.\n",
        "time.qmd": "---\ntitle: 10:30\n---\n\n| a | b |\n|---|---|\n| `x|y` | $|z|$ |\n| x\\|y | 2 |\n",
    }
    output = books.built(books.make(tmp_path, chapters))
    paper = re.sub(r"\s", "", "".join(books.sheets(output / "book.pdf")))
    for name, words in {
        "columns": "Figure 2.1: Alone",
        "braces": "A file {name}.csv, the mark {python}, {x}, a bar a|b.",
        "dots": "The bold.body, x2.name, yes-?no, + more.org. a b = one - two",
        "title": "= What -? now",
        "fence": "indented",
        "number": "010",
        "time": "10:30",
    }.items():
        page = re.sub(r"<[^>]*>|\s", "", (output / f"{name}.html").read_text("utf-8"))
        assert re.sub(r"\s", "", words) in page, name
        assert re.sub(r":? ", "", words) in paper, name  # print says no colon after the number


def test_titles_that_are_no_single_paragraph(tmp_path):
    config = books.CONFIG.format(chapters="    - one.qmd\n", appendices="", more="")
    for n, title in enumerate(("a\\n:::\\nb", "```", "- item", "# head", "a\\n\\nb")):
        book = books.make(tmp_path / str(n), {"one.qmd": "# One\n"}, config=config.replace('"A Book"', f'"{title}"'))
        code, said = books.press(book)
        assert "Traceback" not in said and (code == 0 or "_quarto.yml" in said)


def test_drawings_keep_their_references_to_themselves(tmp_path):
    """Two drawings with a gradient of one name, in two outputs and in one: identifiers are unique on a page."""
    svg = (
        '<svg aria-label="A." width="9" height="9"><linearGradient id="g"/><rect fill="url(#g)"/><use href="#g"/></svg>'
    )
    shown = f"display({{'text/html': {svg * 2!r}, 'image/svg+xml': {svg!r}}}, raw=True)"
    book = books.make(tmp_path, {"one.qmd": "# One\n\n" + cell(f"{shown}\n{shown}", "echo: false")})
    page = (books.built(book, "--to", "html") / "one.html").read_text("utf-8")
    names = re.findall(r'<linearGradient id="([^"]+)"', page)
    assert len(set(names)) == 4
    assert names == re.findall(r"url\(#([^)]+)\)", page) == re.findall(r'use href="#([^"]+)"', page)
