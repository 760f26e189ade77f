"""The part of Quarto that the press renders: a table, each of whose rows is rendered and read, on page and paper.

`table()` writes it for CONTRIBUTING.md.
"""

import re

import books
import pytest
from bs4 import BeautifulSoup

SETUP = f'''```{{python}}
#| include: false
import base64, sys
import pandas as pd
from IPython.display import HTML, SVG, Image, Latex, Markdown, display
PNG = base64.b64decode("{books.PIXEL}")
frame = pd.DataFrame({{"word": ["ape", "bee"], "count": [10, 2.5]}})
n = 7
```
'''
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60">'
    '<rect width="60" height="60" fill="var(--ink, #333)"/></svg>'
)


def code(text, *options):
    return "```{python}\n" + "".join(f"#| {option}\n" for option in options) + text + "\n```\n"


# feature, how it is written, source, what a page must show [(selector, text)], what paper must show
ROWS = [
    (
        "text",
        "paragraphs, emphasis, lists, quotations, line blocks, rules, smart quotes",
        """\
Some *soft* and **hard** words -- "quoted".

1. One

    - nested

> A quotation.

| A line
| another line

* * *
""",
        [("em", "soft"), ("strong", "hard"), ("ol li ul li", "nested"), ("blockquote", "A quotation."), ("hr", "")],
        ["soft and hard words – “quoted”", "another line"],
    ),
    (
        "definition lists",
        "`Term` / `:   …`",
        "Term one\n:   Meaning one.\n",
        [("dt", "Term one"), ("dd", "Meaning one.")],
        ["Meaning one."],
    ),
    (
        "task lists",
        "`- [x] done`",
        "- [x] done task\n- [ ] open task\n",
        [("li input[checked]", ""), ("li", "open task")],
        ["done task"],
    ),
    (
        "footnotes",
        "`[^1]`, `^[inline]`",
        "A.[^n] B.^[Inline note.]\n\n[^n]: Far note.\n",
        [("a.footnote-ref", "1"), ("a.footnote-ref", "2")],
        ["Far note.", "Inline note."],
    ),
    (
        "formulas",
        "`$x$`, `$$ … $$`",
        "Let $x^2$ and\n\n$$\n\\sum_i y_i\n$$\n",
        [("math[display=inline]", ""), ("math[display=block]", "")],
        ["Let"],
    ),
    (
        "numbered equations",
        "`$$ … $$ {#eq-x}`, `@eq-x`",
        "$$\na = b\n$$ {#eq-row}\n\nBy @eq-row.\n",
        [("#eq-row math", "(1.1)"), ("a[href='#eq-row']", "Equation 1.1")],
        ["By Equation 1.1."],
    ),
    (
        "listings",
        "```` ```python ````",
        "```python\nlisted = 1\n```\n",
        [("pre.sourceCode", "listed = 1")],
        ["listed = 1"],
    ),
    (
        "listings that show a cell",
        "````` ```` markdown ````` around ```` ```{{python}} ````; `` `{{python}} x` ``",
        "```` markdown\n```{{python}}\nshown = 1\n```\n````\n\nAs `{{python}} shown`.\n",
        [("pre", "```{python}"), ("p code", "{python} shown")],
        ["As {python} shown."],
    ),
    (
        "sections",
        "`## Words {#sec-x}`, `@sec-x`, `[-@sec-x]`",
        "See @sec-row, [-@sec-row].\n\n### Deeper {#sec-row}\n",
        [("a[href='#sec-row']", "Section ")],
        ["See Section"],
    ),
    (
        "unnumbered sections",
        "`{.unnumbered}`",
        "### Plain words {.unnumbered}\n",
        [("h3.unnumbered", "Plain words")],
        ["Plain words"],
    ),
    (
        "pictures",
        '`![Caption.](a.png){#fig-x fig-alt="…" width=…}`',
        '![A picture.](a.svg){#fig-row fig-alt="A square." width=50%}\n\nSee @fig-row.\n',
        [
            ("#fig-row figcaption", "A picture."),
            ("#fig-row img[alt='A square.']", ""),
            ("a[href='#fig-row']", "Figure 1."),
        ],
        ["A picture."],
    ),
    (
        "pictures without a number",
        '`![Caption.](a.png){fig-alt="…"}`, `![Alternative](a.png)` in text',
        'Here ![a small square](a.svg) stands.\n\n![Unnumbered picture.](a.svg){fig-alt="A plain square."}\n',
        [
            ("p img[alt='a small square']", ""),
            ("figure img[alt='A plain square.']", ""),
            ("figcaption", "Unnumbered picture."),
        ],
        ["Unnumbered picture."],
    ),
    (
        "figure divs",
        "`::: {#fig-x}` … last paragraph = caption",
        '::: {#fig-div}\n\n![](a.svg){fig-alt="In a div."}\n\nA caption with `{python} n`.\n:::\n',
        [("#fig-div figcaption", "A caption with 7."), ("#fig-div img[alt='In a div.']", "")],
        ["A caption with 7."],
    ),
    (
        "panels of pictures",
        '`::: {#fig-x layout-ncol=2}`',
        '::: {#fig-many layout-ncol=2}\n\n![One](a.svg){#fig-m1 fig-alt="m1"}\n\n![Two](a.svg){#fig-m2 '
        'fig-alt="m2"}\n\n'
        '![Three](a.svg){#fig-m3 fig-alt="m3"}\n\nThree squares.\n:::\n\nSee @fig-m3.\n',
        [
            ("#fig-many figcaption", "Three squares."),
            ("#fig-m3 figcaption", "(c) Three"),
            (".quarto-layout-row", "(a) One"),
            ("a[href='#fig-m3']", "(c)"),
        ],
        ["Three squares."],
    ),
    (
        "tables",
        "pipe, grid, multiline and simple tables",
        "| a | b |\n|:--|--:|\n| c1 | d1 |\n",
        [("td", "d1")],
        ["d1"],
    ),
    (
        "numbered tables",
        "`: Caption. {#tbl-x}`, `@tbl-x`",
        "| e |\n|---|\n| f1 |\n\n: A typed table. {#tbl-row}\n\nSee @tbl-row.\n",
        [("#tbl-row figcaption", "A typed table."), ("a[href='#tbl-row']", "Table 1.")],
        ["A typed table.", "f1"],
    ),
    (
        "table divs",
        "`::: {#tbl-x}` … last paragraph = caption",
        "::: {#tbl-div}\n\n"
        + code("Markdown(frame.to_markdown(index=False))", "echo: false")
        + "\nRows: `{python} len(frame)`.\n:::\n",
        [("#tbl-div figcaption", "Rows: 2."), ("#tbl-div td", "ape")],
        ["Rows: 2."],
    ),
    (
        "references of several kinds",
        "`[@fig-a; @tbl-b]`, `@Fig-a`, `[Drawing @fig-a]`",
        "[@fig-row; @tbl-row], @Fig-row, [Drawing @fig-row].\n",
        [("p", ", Table 1."), ("p", "Drawing")],
        ["Drawing 1."],
    ),
    (
        "citations",
        "`[@a; @b, p. 3]`, `@a`, `[-@a]`; the references of each page, in print all at the end",
        "As @key2000 and [@key2000, p. 3; -@key2000].\n",
        [("p", "As Key (2000) and (Key 2000, 3; 2000)")],
        ["As Key (2000)", "Key, Kim. 2000."],
    ),
    (
        "callouts",
        '`::: {.callout-note title="…" collapse="true"}`; `note`, `tip`, `important`, `warning`, `caution`, and the '
        "edition's own",
        '::: {.callout-tip title="Title of @fig-row"}\nTip words.\n:::\n\n::: {.callout-note collapse="true"}\n## '
        "Heading title\nNote words.\n:::\n",
        [(".box.tip .box-title", "Title of Figure 1."), ("details.box.note summary", "Heading title")],
        ["Tip words.", "Heading title"],
    ),
    (
        "margin notes",
        "`::: {.column-margin}`",
        "::: {.column-margin}\nAt the side.\n:::\n",
        [(".margin-note", "At the side.")],
        ["At the side."],
    ),
    (
        "content by format",
        "`.content-visible`, `.content-hidden`, `when-format`, `unless-format`: `html`, `typst`",
        '::: {.content-visible when-format="html"}\nWeb words.\n:::\n\n::: {.content-visible unless-format="html"}\n'
        "Paper words.\n:::\n\n"
        '[Span web]{.content-hidden when-format="typst"}.\n',
        [("p", "Web words."), ("p", "Span web")],
        ["Paper words."],
    ),
    (
        "links",
        "to pages, places, chapters (`two.qmd#sec-x`) and files, which go along",
        "[to two](two.qmd#sec-two-a), [data](data.csv), [out](https://example.org).\n",
        [
            ("a[href='two.html#sec-two-a']", "to two"),
            ("a[href='data.csv']", "data"),
            ("a[href='https://example.org']", "out"),
        ],
        ["to two"],
    ),
    (
        "inline code",
        "`` `{python} expression` `` in text, headings, captions, cells of tables, formulas, attributes",
        'There are `{python} n`, `{python} "a*b"`, `{python} Markdown("**bold**")`, $k = `{python} n`$.\n\n### Sub '
        "`{python} n`\n\n"
        '::: {.callout-tip title="`{python} n` tips"}\nX.\n:::\n\n| v |\n|---|\n| v`{python} n` |\n',
        [
            ("p", "There are 7, a*b, bold"),
            ("p strong", "bold"),
            ("h3", "Sub 7"),
            (".box-title", "7 tips"),
            ("td", "v7"),
        ],
        ["There are 7", "7 tips"],
    ),
    (
        "cells: what is shown",
        "`echo`, `output`, `include`, `eval`, `warning`, `error`; also in `execute:` of a chapter or the book",
        code("print('shown out'); 'value'", "echo: true", "code-fold: false")
        + "\n"
        + code("print('unseen out')", "output: false")
        + "\n"
        + code("print('never out')", "include: false")
        + "\n"
        + code("undefined_name", "eval: false")
        + "\n"
        + code("print('unseen warning', file=sys.stderr)", "warning: false")
        + "\n"
        + code("1 / 0", "error: true"),
        [
            ("pre", "shown out"),
            ("pre", "'value'"),
            ("pre.sourceCode", "undefined_name"),
            (".cell-output-error pre", "ZeroDivisionError"),
        ],
        ["shown out", "ZeroDivisionError"],
    ),
    (
        "code folds",
        "`code-fold: true`, `false`, `show`; `code-summary`",
        code("folded = 1", 'code-summary: "Open *me*"') + "\n" + code("unfolded = 1", "code-fold: show"),
        [("details summary em", "me"), ("details[open] pre", "unfolded")],
        [],
    ),
    (
        "cells that show themselves",
        "`echo: fenced`",
        code("fenced = 1", "echo: fenced"),
        [("pre.markdown", "```{python}")],
        [],
    ),
    (
        "printed markup",
        "`output: asis`",
        code("print('A **printed** @fig-row.\\n')", "output: asis"),
        [("p strong", "printed"), ("p", "Figure 1.")],
        ["A printed Figure"],
    ),
    (
        "Markdown and LaTeX outputs",
        "`Markdown(…)`, `Latex('$…$')`",
        code("display(Markdown('Made *here*.'))\nLatex('$z$')"),
        [(".cell-output em", "here"), (".cell-output math", "")],
        ["Made here."],
    ),
    (
        "frames",
        "a DataFrame as the value of a cell; HTML tables",
        code("frame", "label: tbl-frame", "tbl-cap: A frame."),
        [("#tbl-frame td", "bee"), ("#tbl-frame figcaption", "A frame.")],
        ["A frame.", "bee"],
    ),
    (
        "panels of tables",
        "`tbl-subcap`, `layout-ncol`",
        code(
            "display(frame)\ndisplay(frame)",
            "label: tbl-pair",
            "tbl-cap: Both.",
            "tbl-subcap: [L1, R1]",
            "layout-ncol: 2",
        )
        + "\nSee @tbl-pair-2.\n",
        [("#tbl-pair figcaption", "Both."), ("#tbl-pair-2 figcaption", "(b) R1"), ("a[href='#tbl-pair-2']", "(b)")],
        ["Both.", "(b) R1"],
    ),
    (
        "pictures of cells",
        "PNG, JPEG and SVG outputs; `label`, `fig-cap`, `fig-alt`",
        code("Image(PNG)", "label: fig-cell", 'fig-cap: "A *cell\'s* picture."', "fig-alt: A dark block."),
        [("#fig-cell figcaption", "A cell’s picture."), ("#fig-cell img[alt='A dark block.']", "")],
        ["A cell’s picture."],
    ),
    (
        "charts",
        "one output with HTML for pages and SVG for paper, and the alternative as `aria-label` in both",
        code(
            'svg = \'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="A bar." width="9" height="9">'
            '<rect width="9" height="9"/></svg>\'\n'
            "display({'text/html': f'<div class=\"chart\">{svg}</div>', 'image/svg+xml': svg}, raw=True)",
            "label: fig-chart",
            "fig-cap: A chart.",
        ),
        [("#fig-chart figcaption", "A chart."), ("#fig-chart svg[aria-label='A bar.']", "")],
        ["A chart."],
    ),
    (
        "panels of cells",
        "`fig-subcap`, `layout-ncol`",
        code(
            "display(Image(PNG))\ndisplay(Image(PNG))",
            "label: fig-pair",
            "fig-cap: A pair.",
            "fig-subcap: [L2, R2]",
            "fig-alt: [left block, right block]",
            "layout-ncol: 2",
        )
        + "\nSee @fig-pair-1.\n",
        [
            ("#fig-pair figcaption", "A pair."),
            ("#fig-pair-1 figcaption", "(a) L2"),
            ("#fig-pair-2 img[alt='right block']", ""),
            ("a[href='#fig-pair-1']", "(a)"),
        ],
        ["A pair.", "(b) R2"],
    ),
    (
        "cells anywhere",
        "in lists, quotations, divs and callouts",
        "- item\n\n    "
        + code("print('in a list')").replace("\n", "\n    ").rstrip()
        + "\n\n> "
        + code("print('in a quotation')").rstrip().replace("\n", "\n> ")
        + "\n\n::: {.callout-tip}\n"
        + code("print('in a callout')")
        + ":::\n",
        [("li .cell-output pre", "in a list"), ("blockquote pre", "in a quotation"), (".box pre", "in a callout")],
        ["in a list", "in a quotation", "in a callout"],
    ),
]
WHOLE = [  # features of the book rather than of a page: (feature, how it is written)
    (
        "the book",
        "`_quarto.yml`: title, subtitle, author(s), date and `date-format`, description, `output-file`, "
        "`site-url`, `repo-url`",
    ),
    ("parts", '`part: "Title"` or `part: file.qmd`, with `chapters:`'),
    ("appendices", "`appendices:`, numbered A, A.1, Figure A.1"),
    (
        "chapters without a number",
        "`# Title {.unnumbered}`; their references show chapters by name, figures as Figure 1",
    ),
    ("titles in the head", "`title:` in the YAML head instead of `# Title`"),
    ("numbers", "`number-sections`, `number-depth`, `toc`, `toc-depth`"),
    ("bibliographies", "`bibliography:` (.bib, CSL .json), `csl:`, `nocite:`, of the book and of a chapter"),
    ("scripts", "`scripts:` in a chapter's head: loaded by its page"),
    (
        "chapters that run last",
        "`run-last: true` in a chapter's head: its cells start when those of the others are done",
    ),
    ("executed notebooks", "beside each page with cells"),
]


def table():
    """The table for CONTRIBUTING.md."""
    rows = [(feature, written) for feature, written, *_ in ROWS] + WHOLE
    return "\n".join(
        [
            "| feature | written as |",
            "|---|---|",
            *(f"| {feature} | {written.replace('|', chr(92) + '|')} |" for feature, written in rows),
        ]
    )


@pytest.fixture(scope="module")
def subset_book(once):
    def make(folder):
        text = (
            '# All rows {#sec-one short="Rows"}\n\n'
            + SETUP
            + "".join(f"\n## Row {number} {{#row-{number}}}\n\n{row[2]}\n" for number, row in enumerate(ROWS))
        )
        config = (
            books.CONFIG.replace(
                "{chapters}",
                '    - one.qmd\n    - part: "A part"\n      chapters:\n        - two.qmd\n        - name.qmd\n'
                "    - part: more/part.qmd\n      chapters:\n        - more/three.qmd\n",
            )
            .replace("{appendices}", "  appendices:\n    - app.qmd\n")
            .replace("{more}", "bibliography: some.bib\nnumber-depth: 2\nlink-citations: true\n")
        )
        config = config.replace('"An Author"', '["Ann One", {name: Bob Two}]').replace(
            "  output-file", "  date-format: long\n  output-file"
        )
        books.make(
            folder,
            {
                "one.qmd": text,
                "two.qmd": '---\ntitle: "Two in the *head*"\n---\n\n## A {#sec-two-a}\n\nAs @fig-row shows in '
                "@sec-one.\n",
                "name.qmd": "# Nameless {.unnumbered}\n\nSee @sec-one, @fig-own.\n\n![Own.](a.svg){#fig-own "
                'fig-alt="own square"}\n',
                "more/part.qmd": "# Part with words\n\nPart words.\n",
                "more/three.qmd": "---\nscripts: [own.js]\nrun-last: true\nbibliography: own.bib\n---\n\n# Three\n\n"
                "See @fig-own, @sec-app, @fig-app, "
                "@own1999, [there](../two.qmd).\n",
            },
            appendices={
                "app.qmd": '# More {#sec-app}\n\n## Inside {#sec-inside}\n\n![App.](a.svg){#fig-app fig-alt="app '
                'square"}\n\nSee @sec-inside.\n'
            },
            files={
                "a.svg": SQUARE,
                "data.csv": "x\n1\n",
                "some.bib": "@book{key2000, author={Key, Kim}, title={A Key}, year={2000}}\n",
                "more/own.js": "// own\n",
                "more/own.bib": "@book{own1999, author={Own, Oda}, title={Own Book}, year={1999}}\n",
            },
            config=config,
        )
        books.built(folder)

    return once("subset", make)


@pytest.fixture(scope="module")
def page(subset_book):
    def read(name):
        return BeautifulSoup((subset_book / "_book" / name).read_text(encoding="utf-8"), "lxml")

    return read


@pytest.fixture(scope="module")
def paper(subset_book):

    return squash(" ".join(books.sheets(subset_book / "_book/book.pdf")))


def squash(text):
    return re.sub(r"[\s\u00ad-]", "", text)


def words(tag):
    return " ".join(tag.get_text().replace("\u00a0", " ").split())


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row[0] for row in ROWS])
def test_row(page, paper, number):
    feature, _, _, web, printed = ROWS[number]
    section = page("one.html").find(id=f"row-{number}")
    for selector, text in web:
        found = [words(tag) for tag in section.select(selector)]
        assert any(text in one for one in found), (feature, selector, text, found)
    for text in printed:
        assert squash(text) in paper, (feature, text)


def test_hidden_things_are_nowhere(page, paper):
    for text in ("unseen out", "never out", "unseen warning"):
        assert text not in [words(tag) for tag in page("one.html").select("pre:not(.sourceCode)")]
        assert squash(text) not in paper


def test_book(page, paper):
    front = page("index.html")
    assert words(front.select_one(".byline")) == "Ann One, Bob Two · January 31, 2026"
    assert squash("Ann One, Bob Two") in paper


def test_parts_and_appendices(page, paper):
    contents = [words(tag) for tag in page("index.html").select("nav.toc h2, nav.toc li")]
    assert contents.index("A part") < contents.index("2 Two in the head") < contents.index("Appendices")
    assert "Part with words" in contents and words(page("more/part.html").find("main")).startswith(
        "Part with words Part words."
    )
    app = page("app.html")
    assert (
        words(app.select_one("main h2")) == "A.1 Inside" and words(app.select_one("figcaption")) == "Figure A.1: App."
    )
    assert "Section A.1." in words(app.main)
    assert squash("See Figure 1, Appendix A, Figure A.1, Own (1999), there") in paper
    assert "See Figure 1, Appendix A, Figure A.1, Own (1999), there." in words(page("more/three.html").main)


def test_chapters_without_a_number(page):
    assert "See 1 All rows, Figure 1." in words(page("name.html").main)


def test_titles_in_the_head(page):
    two = page("two.html")
    assert words(two.find("h1")) == "Two in the head" and words(two.select_one("main h2")) == "2.1 A"
    assert re.search(r"As Figure 1\.\d shows in Chapter 1\.", words(two.main))


def test_numbers(page):
    """Level 3 shows no number, but a reference to it does."""
    one = page("one.html")
    assert not one.select("h3 .header-section-number") and words(
        one.select_one("main p a[href='#sec-row']")
    ).startswith("Section 1.")
    assert re.fullmatch(r"Section 1\.\d+\.1", words(one.select_one("main p a[href='#sec-row']")))


def test_scripts_and_bibliographies_of_a_chapter(page, subset_book):
    three = page("more/three.html")
    assert "own.js" in [tag["src"] for tag in three.find_all("script")] and (
        subset_book / "_book/more/own.js"
    ).exists()
    assert "Own, Oda. 1999." in words(three.find(id="refs"))
    assert not page("one.html").find("script", src=re.compile("own"))


def test_contributing_has_the_table():
    contributing = books.HERE.parent / "CONTRIBUTING.md"
    assert table() in contributing.read_text(encoding="utf-8"), (
        "CONTRIBUTING.md: put in the table that `table()` writes"
    )


def test_scripts_of_the_fonts():
    """Latin as in western Europe, and Greek; nothing of the others, as CONTRIBUTING.md says."""
    from fontTools.ttLib import TTFont

    written = [*range(0x20, 0x7F), *(n for n in range(0xA0, 0x100) if n != 0xAD), *range(0x391, 0x3A2)]
    written += [*range(0x3A3, 0x3AA), *range(0x3B1, 0x3CA)]
    for face in sorted(books.EDITION.glob("fonts/*.ttf")):
        if "Hangul" not in face.name:
            letters = TTFont(face).getBestCmap().keys()
            assert not [chr(n) for n in written if n not in letters], face.name
            assert not letters & {*range(0x400, 0x600), *range(0x3040, 0xD7A4)}, face.name


WORDS = [("\u0440\u0443", "Typst's own fonts"), ("\ud55c", None), ("\U0001f600", None)]


@pytest.mark.parametrize("word, set_by", WORDS)
def test_letters_that_the_fonts_lack(tmp_path, word, set_by):
    code, said = books.press(books.make(tmp_path, {"one.qmd": f"# One\n\nA word, {word}.\n"}), "--to", "pdf")
    assert code == (0 if set_by else 1), said
    assert set_by or "one.qmd:3: Typst: PDF/UA-1 error: the text" in said
