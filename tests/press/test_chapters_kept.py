"""What is kept of a page from one build to the next is never shown when anything that it rests on has changed: a build
after a change gives the same bytes as one from nothing, and makes no more anew than it must."""

import shutil

import books
import pytest

from press import execute
from press.build import Builder

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"><rect width="{0}" height="9"/></svg>'
CSL = """<?xml version="1.0"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>t</title><id>t</id></info>
<citation><layout prefix="[" suffix="]" delimiter=","><text variable="citation-number"/></layout></citation>
<bibliography><layout><text variable="citation-number" suffix=" "/><text variable="title"/></layout></bibliography>
</style>
"""
BIB = "".join(f"@book{{b{n}, author={{Bee, Ann}}, title={{Title {n}}}, year={{2000}}}}\n" for n in (1, 2, 3))
FILES = {
    "index.qmd": "# Welcome {.unnumbered}\n\nSee @fig-one, [one](one.qmd#inside) and [the data](d.csv).\n",
    "one.qmd": "---\ncsl: own.csl\nbibliography: own.bib\n---\n\n# First {#sec-one}\n\n## Inside\n\n"
    "![P.](p.svg){#fig-one fig-alt='a'}\n\nSee @sec-two[^n] [@b1; @own2].\n\n"
    "[^n]: A note.\n\n```{python}\n#| echo: true\nx\n```\n",
    "two.qmd": "# Second {#sec-two}\n\nSee @sec-one, @fig-one [@b2], `{python} x`.\n\n"
    '::: {.callout-note title="A _box_"}\nWords.\n:::\n',
    "p.svg": SVG.format(9),
    "d.csv": "a\n1\n",
    "refs.bib": BIB,
    "style.csl": CSL,
    "own.csl": CSL.replace("[", "&lt;"),
    "own.bib": BIB.replace("{b", "{own"),
    "data/datapackage.json": '{"resources": [{"title": "D", "path": "d.csv"}]}',
}
CONFIG = books.CONFIG.format(
    chapters="    - one.qmd\n    - part: The rest\n      chapters: [two.qmd]\n",
    appendices="",
    more="bibliography: refs.bib\ncsl: style.csl\n",
)
EDITION = "_extensions/report/"


def swap(file, old, new):
    """A change: what stands in a file, and what comes in its place."""
    return lambda book: books.write(book, {file: changed(book / file, old, new)})


def changed(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


# name: (change, the chapters that are made anew: None where it may be all)
CHANGES = {
    "nothing": (lambda book: None, []),
    "a paragraph": (swap("one.qmd", "A note", "A longer note"), ["one.qmd"]),
    "a cell's code": (swap("one.qmd", "\nx\n```", "\nx + 0\n```"), ["one.qmd"]),
    "what a cell gives": (lambda book: books.write(book, {"given": "8"}), ["one.qmd", "two.qmd"]),
    "a heading elsewhere": (swap("two.qmd", "See", "## New {#sec-new}\n\nSee"), None),
    "a figure before another": (
        swap("one.qmd", "## Inside\n", "## Inside\n\n![Q.](p.svg){#fig-new fig-alt='q'}\n"),
        None,
    ),
    "a chapter that comes to have a number": (swap("index.qmd", "# Welcome {.unnumbered}", "# Welcome"), None),
    "a title elsewhere": (swap("two.qmd", "# Second", "# The second"), None),
    "a citation before others": (swap("index.qmd", "See", "As [@b3] says, see"), None),
    "the order of chapters": (swap("_quarto.yml", "- index.qmd\n    - one.qmd", "- one.qmd\n    - index.qmd"), None),
    "a part's name": (swap("_quarto.yml", "The rest", "All the rest"), None),
    "the book's title": (swap("_quarto.yml", "A Book", "Another Book"), None),
    "a setting": (swap("_quarto.yml", "number-sections: true", "number-sections: false"), None),
    "the bibliography": (swap("refs.bib", "Title 2", "Title two"), None),
    "the style": (swap("style.csl", 'prefix="["', 'prefix="("'), None),
    "a table that is linked": (lambda book: books.write(book, {"d.csv": "a\n2\n"}), []),
    "the list of tables": (swap("data/datapackage.json", "D", "E"), None),
    "the page's template": (swap(EDITION + "page.html", "<body", '<body data-new="1"'), None),
    "the paper's template": (swap(EDITION + "print.typ", "$body$", "A first line.\n\n$body$"), None),
    "a filter": (swap(EDITION + "blocks.lua", 'note = "Note"', 'note = "Remark"'), None),
    "another filter": (swap(EDITION + "finish.lua", '"References"', '"Sources"'), None),
    "the paper's look": (swap(EDITION + "report.typ", "size: 9.5pt", "size: 9pt"), None),
    "the pages' look": (swap(EDITION + "report.css", "body", "body, .new"), None),
    "the edition's settings": (swap(EDITION + "_extension.yml", "code-fold: true", "code-fold: show"), None),
    "a chapter's own style": (swap("own.csl", 'prefix="&lt;"', 'prefix="("'), None),
    "a chapter's own bibliography": (swap("own.bib", "Title 2", "Title two"), None),
    "a picture": (lambda book: books.write(book, {"p.svg": SVG.format(7)}), None),
}
# at least one for each part of what a page is kept by: text, outputs, other chapters, configuration, files, edition
QUICK = [
    "nothing",
    "a paragraph",
    "what a cell gives",
    "a heading elsewhere",
    "a title elsewhere",
    "a citation before others",
    "the order of chapters",
    "the bibliography",
    "a table that is linked",
    "the list of tables",
    "the page's template",
    "a filter",
    "the paper's look",
    "a chapter's own style",
    "a picture",
]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "book"
    shutil.copytree(books.EDITION, folder / EDITION)
    books.write(folder, {"_quarto.yml": books.asking(CONFIG), **FILES, "given": "7"})
    return folder


@pytest.fixture
def book(original, monkeypatch):
    """The book, its cells given instead of run, built before each test and put back after it."""

    def run(root, chapters, **options):
        data = {"text/plain": (root / "given").read_text()}
        given = {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data}
        return {file: [[given] for _ in cells] for file, cells in chapters.items()}

    monkeypatch.setattr(execute, "run", run)
    books.built(original)
    files = {path: path.read_bytes() for path in original.rglob("*") if path.is_file() and unbuilt(path, original)}
    yield original
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def unbuilt(path, root):
    return not {".press", "_book"} & set(path.relative_to(root).parts)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def anew(monkeypatch, tmp_path):
    """A file with the chapters that a build made, once for each format, which may be made in a process of its own."""
    made, real = tmp_path / "made", Builder.page
    made.touch()

    def page(self, base, file, outputs):
        with made.open("a") as log:
            log.write(file + "\n")
        return real(self, base, file, outputs)

    monkeypatch.setattr(Builder, "page", page)
    return made


@pytest.mark.parametrize("name", books.thorough(CHANGES, QUICK))
def test_a_build_after_a_change_is_as_one_from_nothing(book, anew, tmp_path, name):
    change, wanted = CHANGES[name]
    change(book)
    found = contents(books.built(book))
    if wanted is not None:
        assert sorted(anew.read_text().split()) == sorted(wanted * 2)
    copy = shutil.copytree(book, tmp_path / "copy", ignore=shutil.ignore_patterns(".press", "_book"))
    assert found == contents(books.built(copy))


def test_a_kept_page_whose_file_is_gone_is_an_error(book):
    for file, told in (("d.csv", "index.qmd:3: 'd.csv': no such file"), ("p.svg", "one.qmd:10: 'p.svg': no such file")):
        (book / file).rename(book / "away")
        code, said = books.press(book)
        (book / "away").rename(book / file)
        assert code == 1 and told in said


def test_a_fault_is_told_in_every_build(book):
    """Nothing is kept of a chapter in which something is wrong, nor of one that a change elsewhere makes wrong."""
    for file, old, new in (("one.qmd", "A note", "A note @fig-none"), ("one.qmd", "## Inside", "## Elsewhere")):
        books.write(book, {file: changed(book / file, old, new)})
        told = [books.press(book) for _ in range(2)]
        assert told[0] == told[1] and told[0][0] == 1
        books.write(book, {file: FILES[file]})


def test_what_is_kept_may_be_spoilt_or_gone(book):
    """A broken file of the store is as good as none."""
    before = contents(books.built(book, "--fresh"))
    for number, path in enumerate(sorted((book / ".press" / "pages").iterdir())):
        path.unlink() if number % 2 else path.write_bytes(path.read_bytes()[:9])
    assert contents(books.built(book, "--fresh")) == before
