"""Bad input: each is told by file and line, ends with exit code 1, and leaves the last good site as it is."""

import re

import books
import pytest

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
BIB = "@book{known2000, author={Known, Ann}, title={A Title}, year={2000}}\n"
MARK = {"_book/.made-by-press.json": '{"whole": true, "files": {"html": ["index.html"]}}'}
CELL = "```{{python}}\n{}\n```\n"


def cell(code):
    return CELL.format(code)


# name: (chapter one's text, files beside it, what must be said, with its line in one.qmd)
CHAPTERS = {
    "reference to nothing": ("# One\n\nSee\n@fig-none.\n", "one.qmd:4: a reference to nothing: @fig-none"),
    "section reference to nothing": ("# One\n\nSee @sec-none.\n", "one.qmd:3: a reference to nothing: @sec-none"),
    "capital reference to nothing": ("# One\n\nSee @Tbl-none.\n", "one.qmd:3: a reference to nothing: @Tbl-none"),
    "reference to a chapter without number": (
        "# One {.unnumbered #sec-own}\n\nSee @sec-own.\n",
        "one.qmd:3: a reference to nothing: @sec-own (one.qmd:1 has no number",
    ),
    "reference to a callout": (
        "# One\n\n::: {#nte-x .callout-note}\nA.\n:::\n\n@nte-x\n",
        "one.qmd:7: a reference to nothing",
    ),
    "a chapter's heading in a quote": ("# One\n\n> # Two\n", "one.qmd:3: a chapter's heading inside a quote"),
    "a chapter's heading in a list": ("# One\n\n- # Two\n", "one.qmd:3: a chapter's heading inside a quote, a list"),
    "a cell behind a tab": (
        "# One\n\nText.\n\n\t" + cell("x = 1").replace("\n", "\n\t"),
        "one.qmd:5: a cell within indented",
    ),
    "options below code": ("# One\n\n" + cell("x = 1\n#| echo: false"), "one.qmd:5: an option below the code"),
    "options below a blank line": (
        "# One\n\n" + cell("#| echo: true\n\n#| output: false\nprint(1)"),
        "one.qmd:6: an option below the code",
    ),
    "inline code that is open": ("# One\n\nIs `{python} 1 + 1\n", "one.qmd:3: inline code that is never closed"),
    "a div without its brace": (
        "# One\n\n::: {.callout-note\nWords.\n:::\n",
        "one.qmd:3: attributes that cannot be read: {.callout-note",
    ),
    "a span without its brace": ("# One\n\n[words]{.c\n", "one.qmd:3: attributes that cannot be read"),
    "words in a reference's brackets": (
        "# One\n\n## A {#sec-a}\n\nSee\n@sec-a [left panel].\n",
        "one.qmd:6: words within brackets that follow @sec-a are lost",
    ),
    "a formula that a cell breaks": (
        '# One\n\nText with x.\n\nLet $x = `{python} f"{1 / 4:.2f}"`$.\n',
        "one.qmd:5: a formula that cannot be set: x = 0\\.25",
    ),
    "label twice": ("# One\n\n## A {#sec-a}\n\n## B {#sec-a}\n", "one.qmd:5: the label sec-a is used twice"),
    "identifier twice on a page": (
        "# One\n\n[a]{#here} and [b]{#here}\n",
        "one.qmd:3: the identifier 'here' is on the page twice",
    ),
    "an identifier of the page's own": (
        "# One\n\n## Chapters\n",
        "one.qmd:3: the identifier 'chapters' is on the page",
    ),
    "cells of one label": (
        "# One\n\n" + 2 * cell("#| label: some-cell\nprint(1)"),
        "one.qmd:8: the identifier 'some-cell' is on the page twice",
    ),
    "a second title with markup": ("# One\n\nText.\n\n# Two *of* `them`\n", "one.qmd:5: a second heading of the first"),
    "a picture's address, written anew": (
        "# One\n\n![Words](https://example.org/badge/a b%20c-d.svg){fig-alt=a}\n",
        "one.qmd:3: a picture from elsewhere",
    ),
    "a title that is none": ("---\ntitle: true\n---\n\nText.\n", "one.qmd:2: title: must be text"),
    "a title's attributes": (
        '---\ntitle: "Words {.unnumbered}"\n---\n\nText.\n',
        "one.qmd:2: a title with attributes begins like a heading",
    ),
    "a style": ('# One\n\n[a]{style="color:red"}\n', "one.qmd:3: the attribute style is not supported"),
    "an event": ('# One\n\n[a]{onclick="x"}\n', "one.qmd:3: the attribute onclick is not supported"),
    "a picture without width": ("# One\n\n![A](p.svg){fig-alt=a width=0}\n", "one.qmd:3: width: a number with"),
    "a formula's own number": ("# One\n\n$$\nx \\tag{7}\n$$\n", "one.qmd:4: a number of a formula's own"),
    "a note within a note": ("# One\n\nText^[Outer words^[inner].]\n", "one.qmd:3: a note within a note"),
    "a note in a title": ("Text.\n\n# Words^[Note.]\n", "one.qmd:3: a note or a picture in a chapter's title"),
    "a cell too many": (
        "# One\n\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n",
        "one.qmd:5: a row of more cells than its table",
    ),
    "a column too many": ("# One\n\n| a | b | c |\n|---|---|\n| 1 | 2 |\n", "one.qmd:3: a row of more cells than its"),
    "a printed cell too many": (
        "# One\n\n" + cell("#| output: asis\nprint('|a|\\n|-|\\n|x|y|')"),
        "one.qmd:3: a row of more cells than its table",
    ),
    "a heading in a callout": (
        "# One\n\n::: {.callout-note}\n## Title\n\nOwn words.\n\n#### Deep\n:::\n",
        "one.qmd:4: Typst: PDF/UA-1 error: skipped",
    ),
    "YAML in a quotation": ("# One\n\n> ---\n> a: b\n> ---\n", "one.qmd:3: YAML in the midst of a chapter"),
    "unknown citation": (
        "# One\n\nAs\n[@known2000; @none1999] says.\n",
        "one.qmd:4: the citation @none1999 is in no bib",
    ),
    "unknown citation in a caption": (
        "# One\n\n| a |\n|---|\n| 1 |\n\n: Cap [@none1999] {#tbl-c}\n",
        "one.qmd:7: the citation @none1999",
    ),
    "picture without alternative": (
        "# One\n\n![A caption.](p.svg){#fig-p}\n",
        "one.qmd:3: a picture without a text alternative",
    ),
    "empty alternative": (
        '# One\n\n![A caption.](p.svg){#fig-p fig-alt=""}\n',
        "one.qmd:3: a picture without a text alt",
    ),
    "bare picture": ("# One\n\nText ![](p.svg) text.\n", "one.qmd:3: a picture without a text alternative"),
    "cell's picture without alternative": (
        "# One\n\n"
        + cell(
            "#| label: fig-c\n#| fig-cap: Cap.\nimport base64\nfrom IPython.display import Image\n"
            f"Image(base64.b64decode('{books.PIXEL}'))"
        ),
        "a picture without a text alternative",
    ),
    "chart without description": (
        "# One\n\n" + cell("from IPython.display import HTML\nHTML('<svg></svg>')"),
        "one.qmd:3: a drawing without a text alternative",
    ),
    "missing picture": ("# One\n\n![Words.](none.svg)\n", "one.qmd:3: 'none.svg': no such file"),
    "picture outside": ("# One\n\n![Words.](../../p.svg)\n", "one.qmd:3: '../../p.svg' lies outside the book"),
    "missing link": ("# One\n\nA\n[link](none.csv).\n", "one.qmd:4: 'none.csv': no such file"),
    "missing chapter link": ("# One\n\nA [link](three.qmd).\n", "one.qmd:3: 'three.qmd': no such file"),
    "missing place": ("# One\n\nA [link](#nowhere).\n", "one.qmd:3: a link to '#nowhere': there is no such place"),
    "missing place elsewhere": ("# One\n\nA [link](two.qmd#nowhere).\n", "one.qmd:3: a link to 'two.qmd#nowhere'"),
    "link in HTML output": (
        "# One\n\n" + cell("from IPython.display import HTML\nHTML('<p><a href=\"none.csv\">x</a></p>')"),
        "one.qmd:3: 'none.csv': no such file",
    ),
    "unknown cell option": (
        "# One\n\n```{python}\n#| label: a\n#| eccho: false\n1\n```\n",
        "one.qmd:5: unknown or unsupported key 'eccho' among the options of a cell (is 'echo' meant?)",
    ),
    "wrong cell option": ("# One\n\n```{python}\n#| eval: maybe\n1\n```\n", "one.qmd:4: eval: must be true or false"),
    "broken cell options": ('# One\n\n```{python}\n#| label: a\n#| fig-cap: "open\n1\n```\n', "one.qmd:5: broken YAML"),
    "cell options twice": ("# One\n\n```{python}\n#| echo: true\n#| echo: false\n1\n```\n", "one.qmd:5: broken YAML"),
    "caption that would compute": (
        '# One\n\n```{python}\n#| label: fig-a\n#| fig-cap: "`{python} n` things"\n1\n```\n',
        "one.qmd:5: fig-cap: an option does not compute",
    ),
    "another language": ("# One\n\nText.\n\n```{r}\n1\n```\n", "one.qmd:5: a cell of 'r': only {python} cells are run"),
    "diagram": ("# One\n\n```{mermaid}\ngraph\n```\n", "one.qmd:3: a cell of 'mermaid'"),
    "failing cell": (
        "# One\n\n```{python}\n#| label: bad\nx = 1\nx / 0\n```\n",
        "one.qmd:6: cell bad: ZeroDivisionError: division",
    ),
    "failing inline code": (
        "# One\n\nIt is\n`{python} nothing`.\n",
        "one.qmd:4: NameError: name 'nothing' is not defined",
    ),
    "shortcode": ("# One\n\nA {{< video x.mp4 >}}.\n", "one.qmd:3: shortcodes are not supported"),
    "shortcode in code": ("# One\n\n```\n{{< meta x >}}\n```\n", "one.qmd:4: shortcodes are not supported"),
    "shortcode in a title": (
        '# One\n\n::: {.callout-note title="{{< meta x >}}"}\nA.\n:::\n',
        "one.qmd:3: shortcodes are not supported",
    ),
    "shortcode in a link": ("# One\n\nA [b]({{< meta x >}}).\n", "one.qmd:3: shortcodes are not supported"),
    "raw HTML block": ("# One\n\n<table><tr><td>a</table>\n", "one.qmd:3: raw HTML is not supported: <table>"),
    "raw HTML inline": ("# One\n\nA <b>b</b>.\n", "one.qmd:3: raw HTML is not supported: <b>"),
    "raw block": ("# One\n\n```{=html}\n<p>\n```\n", "one.qmd:4: raw HTML is not supported: <p>"),
    "raw typst": ("# One\n\n`#x`{=typst}\n", "one.qmd:3: raw typst is not supported"),
    "raw TeX": ("# One\n\n\\newpage\n", "one.qmd:3: raw tex is not supported"),
    "HTML printed by a cell": ("# One\n\n" + cell("#| output: asis\nprint('<b>x</b>')"), "a cell prints raw HTML"),
    "tabset": ("# One\n\n::: {.panel-tabset}\n## A\n\na\n:::\n", "one.qmd:3: .panel-tabset: tabsets are not supported"),
    "column class": (
        "# One\n\n::: {.column-page}\na\n:::\n",
        "one.qmd:3: .column-page: only .column-margin is supported",
    ),
    "theorem": ("# One\n\n::: {#thm-a}\na\n:::\n", "one.qmd:3: #thm-a: theorems are not supported"),
    "unknown callout": (
        "# One\n\nText.\n\n::: {.callout-danger}\na\n:::\n",
        "one.qmd:5: unknown callout .callout-danger",
    ),
    "condition": ('# One\n\n::: {.content-visible when-profile="x"}\na\n:::\n', "one.qmd:3: when-profile"),
    "list of all references": ("# One\n\n::: {#refs}\n:::\n", "one.qmd:3: #refs: a list of all references"),
    "missing style": ("---\ncsl: none.csl\n---\n\n# One\n", "one.qmd:2: citation style 'none.csl': no such file"),
    "undefined footnote": ("# One\n\nA note[^a].\n", "one.qmd:3: the footnote [^a] is not defined"),
    "unused footnote": ("# One\n\nText.\n\n[^a]: Nobody refers to it.\n", "one.qmd:5: Note with key 'a'"),
    "footnote twice": ("# One\n\nA[^a].\n\n[^a]: One.\n\n[^a]: Two.\n", "one.qmd:7: Duplicate note reference 'a'"),
    "open fence": ("# One\n\nText.\n\n```{python}\n1\n", "one.qmd:5: a code fence that is never closed"),
    "open listing": ("# One\n\nText.\n\n```python\n1\n", "one.qmd:5: a code fence that is never closed"),
    "open div": ("# One\n\n::: {.callout-note}\n\nText.\n", "one.qmd:3: a div (:::) that is never closed"),
    "stray fence of a div": (
        "# One\n\nText.\n\n:::\n\nMore.\n",
        "one.qmd:5: a div's fence (:::) that opens or closes nothing",
    ),
    "broken head": ("---\ntitle: x\nexecute: [\n---\n\nText.\n", "one.qmd:4: broken YAML"),
    "open head": ("---\ntitle: x\n\nText.\n", "one.qmd:1: the YAML at the head is never closed"),
    "unsupported key in the head": ("---\nfilters: [x.lua]\n---\n\n# One\n", "one.qmd:2: unknown or unsupported key"),
    "bibliography of another type": ("---\nbibliography: {a: b}\n---\n\n# One\n", "one.qmd:2: bibliography: must be a"),
    "formats in a list": ("---\nformat: [report-html]\n---\n\n# One\n", "one.qmd:2: format: must be a format"),
    "missing script": ("---\nscripts: [none.js]\n---\n\n# One\n", "one.qmd:2: 'none.js': no such file"),
    "missing bibliography of a chapter": (
        "---\nbibliography: none.bib\n---\n\n# One\n",
        "one.qmd:2: 'none.bib': no such file",
    ),
    "not UTF-8": (b"# One\n\nA caf\xe9.\n", "one.qmd:3: not UTF-8"),
    "a byte of nought": ("# One\n\nWords.\n\0\n", "one.qmd:4: no text"),
    "widget": (
        "# One\n\n" + cell("from IPython.display import Javascript\nJavascript('1')"),
        "one.qmd:3: an output that the page cannot show: application/javascript",
    ),
    "inline script": (
        "# One\n\n" + cell("from IPython.display import HTML\nHTML('<script>1</script>')"),
        "one.qmd:3: an inline script",
    ),
    "another host": (
        "# One\n\n" + cell('from IPython.display import HTML\nHTML(\'<img alt="a" src="https://example.org/a.png">\')'),
        "from another host",
    ),
    "a table too clever": (
        '# One\n\n| a |\n|---|\n| 1 |\n\n: Cap {#tbl-a tbl-colwidths="[50]"}\n',
        "one.qmd:7: the attribute tbl-col",
    ),
}


LABEL = re.compile(r"((?:fig|tbl|sec)-(?:[pca]|own))\b")  # of a chapter's own


@pytest.fixture(scope="module")
def said_of_all(tmp_path_factory):
    """What the press says of books of all these chapters; each leaves the last good site."""

    def check(book):
        assert (book / "_book/index.html").read_text() == "the last good site"
        assert not list(book.glob("._book*"))

    chapters = {}
    for number, (text, _) in enumerate(CHAPTERS.values()):
        text = (
            text if isinstance(text, bytes) else LABEL.sub(rf"\g<1>{number}", text).replace("one.qmd", f"c{number}.qmd")
        )
        chapters[f"c{number}.qmd"] = text
    more = {
        "more": "bibliography: some.bib\n",
        "files": {"some.bib": BIB, "p.svg": PICTURE, "_book/index.html": "the last good site", **MARK},
        "check": check,
        "appendices": {"two.qmd": "# Two {#sec-two}\n\nText.\n"},
    }
    # what the finished pages alone show is found where print has no fault of its own
    alone = {name: text for name, text in chapters.items() if name == f"c{list(CHAPTERS).index('another host')}.qmd"}
    many = {name: text for name, text in chapters.items() if name not in alone}
    said = books.refusals(tmp_path_factory.mktemp("many"), many, **more)
    return said + books.refusals(tmp_path_factory.mktemp("alone"), alone, "--to", "html", **more)


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter(said_of_all, name):
    number = list(CHAPTERS).index(name)
    message = LABEL.sub(rf"\g<1>{number}", CHAPTERS[name][1]).replace("one.qmd", f"c{number}.qmd")
    lines = [line for line in said_of_all.split("\n") if re.search(rf"\bc{number}\.qmd\b", line)]
    assert any(message in line for line in lines), lines


def test_all_problems_at_once(tmp_path):
    """Problems of several chapters are told together, in order of file and line."""
    book = books.make(
        tmp_path, {"one.qmd": "# One\n\n<b>\n\nA[^x].\n", "two.qmd": "# Two\n\n{{< x >}}\n\n```{r}\n```\n"}
    )
    code, said = books.press(book)
    assert code == 1 and "two.qmd:5: a cell of 'r'" in said
    (book / "two.qmd").write_text("# Two\n\n{{< x >}}\n")
    code, said = books.press(book)
    assert re.findall(r"^\w+\.qmd:\d+", said, re.M) == ["one.qmd:3", "one.qmd:5", "two.qmd:3"]


def test_failing_cells_of_several_chapters(tmp_path):
    book = books.make(tmp_path, {"one.qmd": "# One\n\n" + cell("1 / 0"), "two.qmd": "# Two\n\n" + cell("\nint('x')")})
    code, said = books.press(book)
    assert code == 1
    assert "one.qmd:4: ZeroDivisionError" in said and "two.qmd:5: ValueError: invalid literal" in said


GOOD = books.CONFIG.format(chapters="    - one.qmd\n", appendices="", more="")
CONFIGS = {
    "missing chapter": (GOOD.replace("one.qmd", "three.qmd"), "_quarto.yml:10: chapter 'three.qmd': no such file"),
    "a chapter over two lines": (
        GOOD.replace("index.qmd", "index.qmd\n     a.qmd"),
        "_quarto.yml:9: chapter 'index.qmd a.qmd': no such file",
    ),
    "chapter twice": (GOOD.replace("    - one.qmd\n", "    - one.qmd\n    - one.qmd\n"), "'one.qmd' is listed twice"),
    "no index": (GOOD.replace("    - index.qmd\n", ""), "a book needs an index.qmd"),
    "broken YAML": (GOOD.replace("number-sections: true", "number-sections: [true"), "_quarto.yml:12: broken YAML"),
    "a tab": (GOOD.replace("  title:", "\ttitle:"), "_quarto.yml:4: broken YAML"),
    "a key twice": (GOOD + "lang: en\nlang: en\n", "_quarto.yml:16: broken YAML: the key 'lang' is there twice"),
    "no book": ("project:\n  type: website\n", "_quarto.yml:1: no `book:`"),
    "another project": (GOOD.replace("type: book", "type: website"), "_quarto.yml:2: project type 'website'"),
    "unknown key of the book": (
        GOOD.replace("  author:", "  cover-image: x.png\n  author:"),
        "_quarto.yml:5: unknown or unsupported key",
    ),
    "unsupported key": (GOOD + "filters: [a.lua]\n", "_quarto.yml:15: unknown or unsupported key 'filters'"),
    "missing bibliography": (
        GOOD + "bibliography: none.bib\n",
        "_quarto.yml:15: bibliography 'none.bib': no such file",
    ),
    "a letter that the fonts lack": (
        GOOD.replace("An Author", "An Author \N{ROCKET}"),
        "_quarto.yml:5: Typst: PDF/UA-1",
    ),
    "an empty title": (GOOD.replace("A Book", ""), "_quarto.yml:4: the book has no title"),
    "no title": (GOOD.replace("  title:", "  subtitle:"), "_quarto.yml:3: the book has no title"),
    "a link in the title": (GOOD.replace("A Book", "A [Book](one.qmd)"), "_quarto.yml:4: a note, a picture, a link"),
    "no format": (GOOD.split("format:")[0], "_quarto.yml: no `format:`"),
    "Quarto's own format": (GOOD.replace("report-html: default", "html: default"), "_quarto.yml:13: format 'html'"),
    "missing edition": (GOOD.replace("report-html", "novel-html"), "no _extensions/novel/_extension.yml"),
    "another language": (GOOD + "lang: de\n", "_quarto.yml:15: lang: must be English"),
    "no date": (GOOD.replace("2026-01-31", "some day"), "_quarto.yml:6: cannot read the date 'some day'"),
    "not UTF-8": (GOOD.encode().replace(b"A Book", b"A B\xf6ok"), "_quarto.yml:4: not UTF-8"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_config(tmp_path, name):
    text, message = CONFIGS[name]
    book = books.make(tmp_path, {"one.qmd": "# One\n"}, files={"_book/index.html": "the last good site", **MARK})
    books.write(book, {"_quarto.yml": text})
    code, said = books.press(book)
    assert code == 1 and message in said
    assert (book / "_book/index.html").read_text() == "the last good site"


def test_broken_bibliography(tmp_path):
    book = books.make(
        tmp_path,
        {"one.qmd": "# One\n\n[@known2000]\n"},
        more="bibliography: some.bib\n",
        files={"some.bib": BIB + "@book{open, title={never closed\n"},
    )
    code, said = books.press(book)
    assert code == 1 and "some.bib:" in said and "cannot read the bibliography" in said


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("some.bib", BIB + BIB.replace("A Title", "Another"), "some.bib:1: two entries have the key known2000"),
        ("some.json", "[\n{]", "some.json:2: broken JSON"),
        ("some.json", '{"a": 1}', "some.json:1: cannot read the bibliography"),
        *[
            ("some.bib", BIB.replace("A Title", title), f"some.bib:1: {message}")
            for title, message in (
                ("A #1 Title", "the title of known2000 is lost or cut: # is written \\#"),
                ("Some {5% of} it", "the title of known2000 is lost or cut: % is written \\%"),
                ("For $5", "the title of known2000 is lost or cut: $ is written \\$"),
                ("A \\unknown{word}", "LaTeX that is lost from the entry known2000: \\unknown{word}"),
            )
        ],
        ("some.csl", "<style/>", "_quarto.yml:13: CiteprocParseError"),
    ],
)
def test_broken_source_of_citations(tmp_path, name, text, message):
    more = "bibliography: some.bib\ncsl: some.csl\n" if name == "some.csl" else f"bibliography: {name}\n"
    files = {"some.bib": BIB, name: text}
    code, said = books.press(books.make(tmp_path, {"one.qmd": "# One\n\n[@known2000]\n"}, more=more, files=files))
    assert code == 1 and message in said and "Traceback" not in said, said


def test_signs_of_latex_that_are_none(tmp_path):
    """Escaped, in formulas, in addresses, in what no list shows, or in an entry that nobody cites."""
    fields = "url={https://example.org/a%20b#c}, abstract={5% #1 $}, note={\\url{https://example.org/%20}}"
    bib = BIB.replace("A Title", r"Here, 5\% of \#1 for \$2").replace("year=", f"{fields}, year=")
    files = {"some.bib": bib + "@book{other, title={#1}, year={2000}}\n"}
    more = {"files": files, "more": "bibliography: some.bib\n"}
    code, said = books.press(books.make(tmp_path, {"one.qmd": "# One\n\n[@known2000]\n"}, **more))
    assert code == 0, said
    page = (tmp_path / "_book/one.html").read_text("utf-8")
    assert [sign for sign in ("5%", "#1", "$2") if sign not in page] == []


def test_no_book_at_all(tmp_path):
    assert books.press(tmp_path) == (1, "_quarto.yml: no such file\n")


def test_error_of_typst_is_led_back(tmp_path):
    """What only Typst can refuse, such as a skipped level of headings, is told by chapter and line."""
    book = books.make(tmp_path, {"one.qmd": "# One\n\nText.\n\n#### Too deep\n\nText.\n"})
    code, said = books.press(book)
    assert code == 1 and re.search(r"one\.qmd:5: Typst: .*heading", said), said


def test_output_that_holds_the_book(tmp_path):
    book = books.make(tmp_path / "book", {"one.qmd": "# One\n"})
    for folder in (book, tmp_path):
        code, said = books.press(book, "--output", folder)
        assert code == 1 and "holds the book itself" in said
    assert (book / "one.qmd").exists()


def test_only_needs_an_output(tmp_path):
    with pytest.raises(SystemExit):
        books.press(tmp_path, "--only", "one.qmd")
