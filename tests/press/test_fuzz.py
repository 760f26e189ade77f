"""Books spoilt at random: a page with all its words, or an error with file and line; no traceback, no hang, no loss.

`make fuzz` tries five hundred of each book, `make test` the first eight, `make test-slow` the first sixty. A seed is a
mutation: `FUZZ=1 FUZZ_FROM=123` tries that one.
"""

import os
import random
import re
import shutil
import time
import unicodedata

import books
import pytest

FIRST, COUNT = int(os.environ.get("FUZZ_FROM", "0")), int(os.environ.get("FUZZ", "60"))
SEEDS = range(FIRST, FIRST + COUNT)
SECONDS = 300
CANARY = "Quokkazebu"  # a word put into a paragraph, which must not be lost
TOKENS = """
    ``` ~~~ ::: :::: { } {} [ ] ( ) ` `` $ $$ --- ... > - * ** _ | # ## ### #### | : {{< >}} <b> </b> <!-- --> <div>
    </div> ```{python} ```{r} ```{python,x} {#fig-line} {#sec-new} {.unnumbered} {=html} {python} `{python} `{r}1`
    @fig-line @fig-nowhere @fearon1995 [^1] [^1]: ![x](y.png) [x](y.qmd) [x](#nowhere) #| #|echo: &amp; &nosuch; \\
    \\frac{1} \\newpage :::{.callout-note} :::{.callout-odd} {press="0"} {=press} é 日 \u202e \x00 \ufeff 1. a) (@)
    +---+ ~~ ^ ~ %
    """.split()
TOKENS += [
    "#| label: fig-line\n",
    "\n\n",
    "\n",
    "    ",
    "  ",
    "\t",
    "\r",
    "% title\n",
    "#| eval: false\n",
    "---\na: b\n---\n",
]
YAML = [
    "true",
    "no",
    "[]",
    "{}",
    "[a, b]",
    "3",
    "-1",
    "''",
    "~",
    "*a",
    "&a x",
    "!!python/object:os x",
    "'",
    "x: y",
    "- x",
]
SOURCES = (".qmd", ".yml", ".bib")


def words(text):
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


class Book:
    """A book that is spoilt, rendered and restored, over and over in one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.texts = {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in sorted(folder.rglob("*"))
            if path.suffix in SOURCES and not {"_book", "_extensions", ".press"} & set(path.relative_to(folder).parts)
        }
        page, paper = self.shown()
        self.paragraphs = [  # (file, line) of prose that both formats show
            (file, number)
            for file, text in self.texts.items()
            for number, row in enumerate(text.split("\n"))
            if (plain := re.match(r"[A-Z][a-z]+ [a-z]+ [a-z]+[a-z ]*", row))
            if words(plain[0]) in page and words(plain[0]) in paper
        ]

    def shown(self):
        """The letters of all pages, tags included, and of the PDF."""
        output = self.folder / "_book"
        pages = [path.read_text("utf-8") for path in sorted(output.rglob("*.html")) if "site_libs" not in path.parts]
        (pdf,) = output.glob("*.pdf")
        return words("".join(pages)), words("".join(books.sheets(pdf)))

    def restore(self):
        for file, text in self.texts.items():
            (self.folder / file).write_text(text, "utf-8", newline="")


def mutated(book, chance):
    """(file, its text with one or a few things changed, what was done)."""
    file, number = chance.choice(book.paragraphs)
    rows = book.texts[file].split("\n")
    rows[number] = re.sub(r"^(\w+ )", rf"\1{CANARY} ", rows[number])
    canary = {file: "\n".join(rows)}
    target = chance.choice([file, file, file, *book.texts])
    text, done = canary.get(target, book.texts[target]), []
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        rows = text.split("\n")
        place, other = chance.randrange(len(rows)), chance.randrange(len(rows))
        change = chance.choice(
            [cut_row, twice, swapped, without_letter, insert, insert, insert, at_start, value, indented]
        )
        change(rows, place, other, chance)
        done.append(f"{change.__name__} {place + 1}")
        text = "\n".join(rows)
    return canary | {target: text}, f"{target}: {', '.join(done)}"


def for_one_format(texts):
    """Whether the word that must not be lost has come to stand in a block for one format."""
    blocks = []
    for row in "\n".join(texts.values()).split("\n"):
        if CANARY in row:
            return any("when-format" in block or "unless-format" in block for block in blocks)
        if fence := re.match(r"[ >]*:{3,}[ ]*(\S?.*)$", row):
            blocks = [*blocks, row] if fence[1] else blocks[:-1]
    return False


def cut_row(rows, place, other, chance):
    if CANARY not in rows[place]:
        del rows[place]


def twice(rows, place, other, chance):
    rows.insert(other, rows[place].replace(CANARY + " ", ""))


def swapped(rows, place, other, chance):
    rows[place], rows[other] = rows[other], rows[place]


def without_letter(rows, place, other, chance):
    row = rows[place]
    if row and CANARY not in row:
        at = chance.randrange(len(row))
        rows[place] = row[:at] + row[at + 1 :]


def insert(rows, place, other, chance):
    row = rows[place]
    at = chance.randrange(len(row) + 1)
    at = row.index(CANARY) if CANARY in row else at
    rows[place] = row[:at] + chance.choice(TOKENS) + row[at:]


def at_start(rows, place, other, chance):
    rows[place] = chance.choice(TOKENS) + chance.choice(["", " "]) + rows[place]


def value(rows, place, other, chance):
    """Another value for a key, of the head, of the book or of a cell."""
    keyed = [n for n, row in enumerate(rows) if re.match(r"(#\|)?\s*[\w-]+:", row)]
    if keyed:
        place = chance.choice(keyed)
        rows[place] = rows[place].partition(":")[0] + ": " + chance.choice(YAML)


def indented(rows, place, other, chance):
    for n in range(min(place, other), min(max(place, other), min(place, other) + 6)):
        rows[n] = chance.choice(["  ", "    ", "> ", "\t"]) + rows[n]


@pytest.fixture(scope="module", params=["sample", "second"])
def book(request, tmp_path_factory):
    rendered = request.getfixturevalue(f"{request.param}_book")
    return Book(shutil.copytree(rendered, tmp_path_factory.mktemp("fuzz") / "book", symlinks=True))


@pytest.mark.parametrize("seed", books.thorough(SEEDS, SEEDS if "FUZZ" in os.environ else SEEDS[:8]))
def test_spoilt(book, seed):
    chance = random.Random(seed)
    texts, done = mutated(book, chance)
    before = (book.folder / "_book" / "index.html").read_bytes()
    start = time.time()
    try:
        for file, text in texts.items():
            (book.folder / file).write_text(text, "utf-8", newline="")
        code, said = books.press(book.folder)
    finally:
        book.restore()
    assert time.time() - start < SECONDS, done
    assert "Traceback" not in said, (done, said)
    assert not list(book.folder.glob("._book*")) and all((book.folder / file).is_file() for file in book.texts)
    if code == 0:
        page, paper = book.shown()
        where = [words for words in (page, paper) if CANARY in words]
        wanted = 1 if for_one_format(texts) else 2
        assert len(where) >= wanted, (done, "a paragraph was lost")
    else:
        assert re.search(r"^[\w/.-]+\.(qmd|yml|bib|py):\d+: ", said, re.M), (done, said)
        assert (book.folder / "_book" / "index.html").read_bytes() == before, done
