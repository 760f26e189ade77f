"""Every number is counted once: pages and print show the same at headings, captions, equations and references."""

import re
import shutil

import books
import digest
import pytest
from bs4 import BeautifulSoup

KINDS = "Figure|Table|Listing|Equation|Section|Chapter|Appendix"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


def squash(text):
    """Letters and digits alone: how lines break and hyphenate is each format's own affair."""
    return re.sub(r"[\W_]", "", text.replace("[math]", ""))


def of_pages(folder):
    """(captions, headings with a number, references) as a site's pages show them, as text."""
    captions, headings, references = [], [], []
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text("utf-8")
        if "site_libs" in path.parts or not re.search(r"quarto-(?:float|subfloat|xref)|header-section-number", text):
            continue
        main = BeautifulSoup(text, "lxml").main
        for formula in main.find_all("math"):
            formula.replace_with("[math]")
        captions += [
            tag.get_text()
            for tag in main.select(
                "figcaption.quarto-float-caption, figcaption.quarto-subfloat-caption, figcaption[class*=quarto-float]"
            )
        ]
        headings += [tag.parent.get_text() for tag in main.select(".header-section-number")]
        references += [tag.get_text() for tag in main.select("a.quarto-xref")]
    return captions, headings, references


def of_paper(folder):
    (path,) = folder.glob("*.pdf")
    return books.sheets(path)


def differing(folder, paper=None):
    """What the pages number that print does not show so, and numbers in print that no page has."""
    captions, headings, references = of_pages(folder)
    pages = paper or of_paper(folder)
    printed = squash(" ".join(pages))
    lost = [text for text in dict.fromkeys(captions + headings + references) if squash(text) not in printed]
    shown = {squash(text) for text in captions + references}
    known = {found[0] for text in shown for found in re.finditer(rf"({KINDS})[A-Z]?\d+", text)}
    mentioned = re.findall(r"\b((?:Figure|Table|Listing)[\s\u00a0]+(?:[A-Z]+\.)?\d[\d.]*)", " ".join(pages))
    strange = sorted({one for one in mentioned if not any(name.startswith(squash(one)) for name in shown | known)})
    return lost, strange


@pytest.mark.parametrize("name", ["sample_book", "second_book"])
def test_of_the_books_beside_the_tests(name, request):
    assert differing(request.getfixturevalue(name) / "_book") == ([], [])


def test_a_difference_is_found(second_book, tmp_path):
    book = shutil.copytree(second_book / "_book", tmp_path / "book")
    for page in book.rglob("*.html"):
        page.write_text(page.read_text("utf-8").replace("Figure\u00a02.1", "Figure\u00a02.9"), "utf-8")
    lost, strange = differing(book)
    assert "Figure\u00a02.9" in lost and strange


def test_of_the_report(report_book, report_paper):
    assert differing(report_book, report_paper) == ([], [])


CHAPTER = """# {name} {{#sec-{key}}}

## Inside {{#sec-in-{key}}}

![Picture of {name}.](p.svg){{#fig-{key} fig-alt="a"}}

| a |
|---|
| 1 |

: Table of {name}. {{#tbl-{key}}}

$$
x = 1
$$ {{#eq-{key}}}

From {name}: @sec-one, @sec-in-one, @fig-one, @tbl-one, @eq-one; @sec-two, @sec-in-two, @fig-two, @tbl-two, @eq-two.
"""
PAIR = {f"{key}.qmd": CHAPTER.format(name=name, key=key) for key, name in (("one", "First"), ("two", "Second"))}
CONFIG = books.CONFIG.format(chapters="    - one.qmd\n    - two.qmd\n", appendices="", more="")
OWN = "\n![The front.](p.svg){#fig-front fig-alt='a'}\n\nSee @fig-front, @fig-two.\n"
BOOKS = {
    "the key is left out": (PAIR, CONFIG.replace("number-sections: true\n", "")),
    "no numbers": (PAIR, CONFIG.replace("number-sections: true", "number-sections: false")),
    "no numbers in one chapter": (PAIR | {"two.qmd": "---\nnumber-sections: false\n---\n\n" + PAIR["two.qmd"]}, CONFIG),
    "a front page without heading": (PAIR | {"index.qmd": "Words.\n" + OWN}, CONFIG),
    "a front page that counts": (PAIR | {"index.qmd": "# Preface {#sec-preface}\n" + OWN}, CONFIG),
    "a front page that does not": (PAIR | {"index.qmd": "# Preface {.unnumbered}\n" + OWN}, CONFIG),
    "a chapter without heading": (
        PAIR | {"bare.qmd": "Words.\n\n![Bare.](p.svg){#fig-bare fig-alt='a'}\n\nSee @fig-bare.\n"},
        CONFIG.replace("    - two.qmd", "    - bare.qmd\n    - two.qmd"),
    ),
    "a part with a page of its own": (
        PAIR | {"part.qmd": "# The part\n\n## Of it\n\n![Part.](p.svg){#fig-part fig-alt='a'}\n\nSee @fig-part.\n"},
        CONFIG.replace("    - two.qmd", "    - part: part.qmd\n      chapters: [two.qmd]"),
    ),
    "a chapter without number": (
        PAIR
        | {"own.qmd": "# Own {.unnumbered}\n\n## In it\n\n![O.](p.svg){#fig-own fig-alt='a'}\n\n@fig-own, @sec-two\n"},
        CONFIG.replace("    - two.qmd", "    - own.qmd\n    - two.qmd"),
    ),
    "depth": (
        PAIR | {"one.qmd": PAIR["one.qmd"].replace("## Inside", "## Between\n\n### Inside")},
        CONFIG + "number-depth: 2\n",
    ),
}


QUICK = [  # a front page, a chapter and a part that are numbered in their own way; the depth
    "no numbers in one chapter",
    "a front page that counts",
    "a chapter without heading",
    "a part with a page of its own",
    "depth",
]


@pytest.mark.parametrize("name", books.thorough(BOOKS, QUICK))
def test_of_books_with_a_twist(tmp_path, name):
    chapters, config = BOOKS[name]
    built = books.built(books.make(tmp_path, chapters, config=config, files={"p.svg": SVG}))
    captions, _, references = of_pages(built)
    assert len(captions) >= 4 and len(set(captions)) == len(captions) and len(references) >= 20
    assert differing(built) == ([], [])


@pytest.mark.slow
def test_appendices_after_the_letter_z(tmp_path):
    files = {f"a{n:02}.qmd": f"# App {n}\n\nText.\n" for n in range(27)}
    files["a26.qmd"] = (
        "# Last {#sec-last}\n\n## In\n\n![P.](p.svg){#fig-last fig-alt='a'}\n\nSee @sec-last, @fig-last.\n"
    )
    built = books.built(
        books.make(tmp_path, {"one.qmd": "# One\n\nBy @fig-last.\n"}, appendices=files, files={"p.svg": SVG})
    )
    assert differing(built) == ([], [])
    assert ["caption", "Figure AA.1: P."] in digest.digest(built)["a26"]


@pytest.mark.parametrize(
    "second", ["# Second {#sec-b}\n\ny @sec-b\n", "# Second {.unnumbered}\n\ny\n", "Second\n======\n"]
)
def test_two_headings_of_the_first_level(tmp_path, second):
    """The pages would call two chapters by one number, and print by two."""
    code, said = books.press(books.make(tmp_path, {"one.qmd": "# First {#sec-a}\n\nx\n\n" + second}))
    assert code == 1 and "one.qmd:5: a second heading of the first level" in said


def test_two_headings_of_the_first_level_on_the_front_page(tmp_path):
    code, said = books.press(books.make(tmp_path, {"index.qmd": "# Welcome {.unnumbered}\n\nx\n\n# More\n"}))
    assert code == 1 and "index.qmd:5: a second heading of the first level" in said


CELL = (
    '```{{python}}\n#| label: {0}\n#| tbl-cap: "T"\nfrom IPython.display import Markdown\n'
    'Markdown("| a |\\n|---|\\n| 1 |")\n```\n'
)
# name: (a chapter's text, the line that is named)
TWICE = {
    "of cells": ("# One\n\n" + CELL.format("tbl-b") + "\n" + CELL.format("tbl-b"), "b.qmd:11: the label tbl-b"),
    "of a cell and a table": (
        "# One\n\n" + CELL.format("tbl-c") + "\n| a |\n|---|\n| 1 |\n\n: T {#tbl-c}\n",
        "c.qmd:14: the label tbl-c",
    ),
    "of equations": ("# One\n\n$$\na\n$$ {#eq-d}\n\n$$\nb\n$$ {#eq-d}\n", "d.qmd:9: the label eq-d"),
    "of two chapters": ("# One\n\n## A {#sec-last}\n", "last.qmd:1: the label sec-last"),
    "of two chapters, by a cell": ("# One\n\n" + CELL.format('"tbl-last"'), "last.qmd:4: the label tbl-last"),
}


def test_a_label_twice_names_the_line(tmp_path):
    chapters = {f"{letter}.qmd": text for letter, (text, _) in zip("bcdef", TWICE.values(), strict=True)}
    chapters["last.qmd"] = "# Last {#sec-last}\n\n" + CELL.format("tbl-last")
    code, said = books.press(books.make(tmp_path, chapters))
    assert code == 1
    for name, (_, line) in TWICE.items():
        assert re.search(rf"^{line} is used twice", said, re.M), (name, said)
