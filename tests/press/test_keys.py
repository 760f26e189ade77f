"""What the press does not know is an error with its line, never silence: keys, their values, headers of fences."""

import re

import books
import pytest

BOOK = books.CONFIG.format(chapters="    - one.qmd\n", appendices="", more="")
CONFIGS = {
    "a key misspelt": (
        BOOK + "nmber-sections: false\n",
        "15: unknown or unsupported key 'nmber-sections' (is 'number-s",
    ),
    "execute misspelt": (BOOK + "excute:\n  echo: false\n", "15: unknown or unsupported key 'excute' (is 'execute' m"),
    "a key of execute": (BOOK + "execute:\n  ecko: false\n", "16: unknown or unsupported key 'ecko' in execute (is 'e"),
    "a key of Quarto's": (BOOK + "papersize: a4\n", "15: unknown or unsupported key 'papersize'"),
    "a font": (BOOK + "mainfont: Arial\n", "15: unknown or unsupported key 'mainfont'"),
    "a list of figures": (BOOK + "lof: true\n", "15: unknown or unsupported key 'lof'"),
    "a key in the wrong place": (BOOK + "subtitle: S\n", "15: unknown or unsupported key 'subtitle' (it stands under"),
    "a key of a format": (
        BOOK.replace("report-html: default", "report-html:\n    toc: true\n    draft: true"),
        "15: unknown or unsupported key 'draft' in report-html",
    ),
    "execute of a format": (
        BOOK.replace("report-html: default", "report-html:\n    execute: {ecko: true}"),
        "14: unknown or unsupported key 'ecko' in execute",
    ),
    "a key of the project": (
        BOOK.replace("  type: book", "  type: book\n  rendr: x"),
        "3: unknown or unsupported key 'r",
    ),
    "a script after the render": (
        BOOK.replace("  type: book", "  type: book\n  post-render: mine.py"),
        "3: post-render: must be press/finish.py: the press runs no script",
    ),
    "a key of the book": (
        BOOK.replace("  author:", "  autor: x\n  author:"),
        "5: unknown or unsupported key 'autor' in b",
    ),
    "the same word elsewhere": (
        BOOK.replace("A Book", "lof: a book") + "lof: true\n",
        "15: unknown or unsupported key 'lof'",
    ),
    "a switch that is none": (
        BOOK.replace("s: true", "s: yes"),
        "11: number-sections: must be true or false, not 'yes'",
    ),
    "a depth in words": (BOOK + "number-depth: two\n", "15: number-depth: must be a positive whole number, not 'two'"),
    "no value": (BOOK + "toc:\n", "15: toc: must be true or false, not nothing"),
    "a title of two": (BOOK.replace('"A Book"', "[A, Book]"), "4: title: must be text, not ['A', 'Book']"),
    "an address without a host": (
        BOOK.replace("  author:", "  site-url: kim/\n  author:"),
        "5: site-url: must be an address, such as https://example.org/report, not 'kim/'",
    ),
    "another engine": (BOOK + "engine: knitr\n", "15: engine: must be jupyter or markdown, not 'knitr'"),
    "another kernel": (BOOK + "jupyter: ir\n", "15: jupyter: must be a Python kernel"),
    "a bibliography that is no file": (BOOK + "bibliography: 3\n", "15: bibliography: must be a file, or a list of"),
    "an author without name": (
        BOOK.replace('"An Author"', "{nme: A}"),
        "5: author: must be a name, or a list of names",
    ),
    "chapters that are no list": (
        BOOK.replace("    - one.qmd", "    - part: P\n      chapters: one.qmd"),
        "11: `chapters:` and `appendices:` are lists, not 'one.qmd'",
    ),
    "a part of two": (
        BOOK.replace("    - one.qmd", "    - part: [a]\n      chapters: [one.qmd]"),
        "8: cannot read the entry",
    ),
    "a text that nothing shows": (
        BOOK.replace("    - one.qmd", "    - file: one.qmd\n      text: Other"),
        "8: cannot read the entry",
    ),
    "a chapter outside": (
        BOOK.replace("- one.qmd", "- ../one.qmd"),
        "10: '../one.qmd': a chapter is named by its path fr",
    ),
    "one page for two": (
        BOOK.replace("    - one.qmd", "    - one.qmd\n    - one.md"),
        "10: 'one.qmd': another chapter has",
    ),
    "resources outside": (
        BOOK.replace("type: book", "type: book\n  resources: ['../*.qmd']"),
        "3: resources: '../*.qmd' names no files inside the book",
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_of_a_book(tmp_path, name):
    config, message = CONFIGS[name]
    books.write(tmp_path, {"one.qmd": "# Not of the book\n"})
    code, said = books.press(books.make(tmp_path / "book", {"one.qmd": "# One\n", "one.md": "# One\n"}, config=config))
    assert code == 1 and f"_quarto.yml:{message}" in said, said


def cell(*options):
    return "# One\n\n```{python}\n" + "".join(f"#| {option}\n" for option in options) + "1\n```\n"


CHAPTERS = {
    "a key of the head": ("---\ntitle: A\ndraft: true\n---\n", "3: unknown or unsupported key 'draft' in the head"),
    "a key misspelt": (
        "---\nbiblography: a.bib\n---\n\n# One\n",
        "2: unknown or unsupported key 'biblography' in the h",
    ),
    "an author": ("---\nauthor: Me\n---\n\n# One\n", "2: unknown or unsupported key 'author' in the head of a chapter"),
    "a key of execute": (
        "---\nexecute:\n  ecko: true\n---\n\n# One\n",
        "3: unknown or unsupported key 'ecko' in execute",
    ),
    "another format": ("---\nformat: html\n---\n\n# One\n", "2: unsupported format 'html'"),
    "a format's key": (
        "---\nformat:\n  report-html: {tok: true}\n---\n\n# One\n",
        "3: unknown or unsupported key 'tok' i",
    ),
    "a title that computes": ('---\ntitle: "The `{python} 1`"\n---\n', "2: the head of a chapter does not compute"),
    "a heading that computes": ("\n# The `{python} 1`\n", "2: a chapter's title does not compute"),
    "an option": (
        cell("labl: a"),
        "4: unknown or unsupported key 'labl' among the options of a cell (is 'label' meant?)",
    ),
    "an option of Quarto's": (cell("echo: true", "fig-width: 3"), "5: unknown or unsupported key 'fig-width' among"),
    "an option without a value": (cell("label:"), "4: label: must be an identifier, not nothing"),
    "an identifier": (cell("label: 3 x"), "4: label: must be an identifier, not '3 x'"),
    "rows of a layout": (cell('layout: "[[1, 1]]"'), "4: unknown or unsupported key 'layout' among the options"),
    "columns of no figure": (cell("layout-ncol: 2"), "3: layout-ncol stands at a figure or table"),
    "several captions": (cell("label: fig-x", "fig-cap: [a, b]"), "5: fig-cap: must be text"),
    "columns": (cell("layout-ncol: none"), "4: layout-ncol: must be a positive whole number"),
    "columns of a div": ("# One\n\n::: {layout-ncol=two}\na\n:::\n", "3: layout-ncol: must be a positive whole number"),
    "columns of a div without label": ("# One\n\n::: {layout-ncol=2}\na\n:::\n", "3: layout-ncol stands at"),
    "a layout of a div": ('# One\n\n::: {layout="[1"}\na\n:::\n', "3: the attribute layout is not supported"),
    "a numbered listing": ('# One\n\n```{#lst-a .py lst-cap="A"}\n1\n```\n', "3: the attribute lst-cap is not"),
    "a reference to a listing": ("# One\n\nSee @lst-a.\n", "3: a reference to nothing: @lst-a"),
    "a width": ("# One\n\n![A](a.png){fig-alt=a width=5parsecs}\n", "3: width: a number with px, %, in, cm, mm, pt"),
    "attributes that are open": ("# One\n\n## Two {#sec-x>y}\n", "3: attributes that cannot be read: {#sec-x>y}"),
    "attributes of inline code": ("# One\n\nIs `{python} 1`{.x}.\n", "3: inline code that is run has no attributes"),
    "a script as a link": ("# One\n\n[x](javascript:alert(1))\n", "3: a link by javascript:, which leads nowhere"),
    "a figure without anything": ("# One\n\n::: {#fig-x}\n:::\n", "3: a figure or table with nothing in it: fig-x"),
    "a cell that is shown, by itself": ("# One\n\n```{{python}}\n1\n```\n", "3: a fence that cannot be read"),
    "a place of another chapter": ("# One\n\n[x](#hello)\n", "3: a link to '#hello': there is no such place"),
    "where captions stand": ("---\nfig-cap-location: bottom\n---\n\n# One\n", "2: unknown or unsupported key 'fig-cap"),
    "options in the header": (
        "# One\n\n```{python, echo=FALSE}\n1\n```\n",
        "3: a fence that cannot be read: ```{python, ",
    ),
    "a key in the header": ("# One\n\n```{python echo=false}\n1\n```\n", "3: a fence that cannot be read"),
    "no brace": ("# One\n\n```{python\n1\n```\n", "3: a fence that cannot be read: ```{python (a cell opens with"),
    "tildes": ("# One\n\n~~~{python}\n1\n~~~\n", "3: a fence that cannot be read: ~~~{python}"),
    "in a list": ("# One\n\n1. a\n\n   ```{python, a=1}\n   1\n   ```\n", "5: a fence that cannot be read"),
    "in a quotation": ("# One\n\n> ```{python\n> 1\n> ```\n", "3: a fence that cannot be read"),
    "an inline language": ("# One\n\nIs `{r} 1+1`.\n", "3: inline code that is not run: {r} 1+1"),
    "inline without blank": ("# One\n\nIs `{python}1+1`.\n", "3: inline code that is not run: {python}1+1"),
    "inline over two lines": ("# One\n\nIs `{python}\n1`.\n", "3: inline code that is not run: {python} 1"),
    "inline with two ticks": (
        "# One\n\nIs `{python} 1` and ``{python} 2``.\n",
        "3: inline code that is not run: {python} 2",
    ),
    "a cell in indented code": ("# One\n\n    ```{python}\n    1\n    ```\n", "3: a cell within indented code"),
    "YAML in the midst": ("# One\n\nA.\n\n---\ntitle: Two\n---\n\nMore.\n", "5: YAML in the midst of a chapter"),
    "YAML that is printed": (
        "# One\n\n```{python}\n#| output: asis\nprint('---\\na: b\\n---')\n```\n",
        "3: something printed is YAML",
    ),
}


@pytest.mark.parametrize("name", CHAPTERS)
def test_of_a_chapter(tmp_path, name):
    text, message = CHAPTERS[name]
    code, said = books.press(books.make(tmp_path, {"one.qmd": text}))
    assert code == 1 and f"one.qmd:{message}" in said and "Traceback" not in said, said


@pytest.mark.parametrize(
    "header",
    [
        "```python",
        "``` {.python}",
        '```{#lst-a .python lst-cap="A b."}',
        "~~~",
        "~~~{.r}",
        "```{=html}",
        "``` python {.numberLines}",
        "```{.python code-fold=true}",
        "> 1. ```{python}",
        "```",
    ],
)
def test_headers_that_can_be_read(header):
    from press.source import unread_fences

    assert unread_fences([header, "x", "~~~" if "~" in header else "```"]) == []


@pytest.mark.parametrize("title", ["1984", "|\n  1984\n  in two lines", "'# 1984'"])
def test_a_title_in_the_head(tmp_path, title):
    books.built(books.make(tmp_path, {"one.qmd": f"---\ntitle: {title}\n---\n\nText.\n"}), "--to", "html")
    page = re.sub(r"</?span[^>]*>", "", (tmp_path / "_book/one.html").read_text("utf-8"))
    assert re.search(r"<h1[^>]*>[^<]*1984", page)
