"""No file is lost: the press writes only into folders that are empty, absent or its own."""

import os
import zipfile

import books
import pytest

from press import publish

CHAPTER = "# One {#sec-one}\n\nThe first edition.\n"


@pytest.fixture
def book(tmp_path):
    return books.make(
        tmp_path / "book",
        {"one.qmd": CHAPTER, "text/two.qmd": "# Two\n\nText.\n"},
        files={"data/x.csv": "1,2\n", ".git/HEAD": "ref", "drafts/thesis.docx": "mine"},
    )


def everything(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".press" not in path.parts
    }


@pytest.mark.parametrize(
    "output",
    ["text", "data", ".git", "drafts", ".", "..", "one.qmd", "data/x.csv", ".press/pages", "_extensions/x", "text/.."],
)
@pytest.mark.parametrize("by_key", [False, True])
def test_a_folder_that_is_not_the_press_s_own(book, output, by_key):
    before = everything(book)
    if by_key:
        config = book / "_quarto.yml"
        config.write_text(config.read_text().replace("type: book", f"type: book\n  output-dir: '{output}'"))
        before = everything(book)
        code, said = books.press(book)
        assert "_quarto.yml:3: " in said
    else:
        code, said = books.press(book, "--output", book / output)
        assert "--output: " in said
    assert code == 1 and "Traceback" not in said and everything(book) == before


def test_a_symbolic_link(book, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/own.txt").write_text("x")
    for target in ("real", "nowhere"):
        link = tmp_path / f"to-{target}"
        link.symlink_to(tmp_path / target)
        code, said = books.press(book, "--output", link)
        assert code == 1 and "symbolic link" in said and link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["book", "real", "to-nowhere", "to-real"]
    assert os.listdir(tmp_path / "real") == ["own.txt"]


def test_an_empty_folder_and_an_absent_one(book, tmp_path):
    (tmp_path / "empty").mkdir()
    for output in (tmp_path / "empty", tmp_path / "new/deep"):
        code, said = books.press(book, "--to", "html", "--output", output)
        assert code == 0 and (output / "one.html").is_file(), said


def test_one_format_after_the_other(book):
    site = books.built(book, "--to", "html")
    before = everything(site)
    books.built(book, "--to", "pdf")
    after = everything(site)
    assert (site / "book.pdf").is_file() and before.keys() <= after.keys()
    assert all(after[path] == before[path] for path in before if path.name != publish.MARK)
    (book / "text/two.qmd").rename(book / "text/three.qmd")
    config = book / "_quarto.yml"
    config.write_text(config.read_text().replace("text/two.qmd", "text/three.qmd"))
    books.built(book, "--to", "html")
    assert (site / "book.pdf").is_file() and (site / "text/three.html").is_file()
    assert not (site / "text/two.html").exists()


def test_the_one_download_holds_the_pdf_of_the_last_build(tmp_path):
    book = books.make(tmp_path / "book", {"index.qmd": "# A\n\nFirst.\n", "one.qmd": CHAPTER}, finished=True)
    site = books.built(book)

    def held():
        with zipfile.ZipFile(site / "book.zip") as packed:
            return packed.read("book/book.pdf")

    assert held() == (site / "book.pdf").read_bytes()
    first = held()
    (book / "one.qmd").write_text(CHAPTER + "\nAnd a second.\n", "utf-8")
    books.built(book, "--to", "pdf")
    assert held() == (site / "book.pdf").read_bytes() != first
    before = everything(site)
    books.built(book, "--to", "pdf")
    assert everything(site) == before
    books.built(book, "--to", "html")  # pages that link to neither
    assert not (site / "book.zip").exists() and (site / "book.pdf").is_file()


def test_a_part_never_replaces_the_whole(book, tmp_path):
    site = books.built(book)
    before = everything(site)
    code, said = books.press(book, "--only", "one.qmd", "--output", site)
    assert code == 1 and "a whole book" in said and everything(site) == before
    for chapter in ("one.qmd", "text/two.qmd"):
        code, said = books.press(book, "--only", chapter, "--output", tmp_path / "look")
        assert code == 0, said
    assert not (tmp_path / "look/one.html").exists()


def test_what_others_put_into_the_site_stays(book):
    site = books.built(book)
    books.write(site, {"CNAME": "example.org", ".git/HEAD": "ref"})
    (site / ".git/refs").mkdir()
    (site / "manifest.json").write_text("{}")
    (site / "latest").symlink_to("one.html")
    (book / "one.qmd").write_text(CHAPTER.replace("first", "second"))
    books.built(book)
    assert "second edition" in (site / "one.html").read_text()
    assert (site / "CNAME").read_text() == "example.org" and (site / ".git/HEAD").read_text() == "ref"
    assert not (site / "manifest.json").exists(), "the archive's list of files that are no more"
    assert (site / ".git/refs").is_dir() and os.readlink(site / "latest") == "one.html"


def test_a_stranger_s_file_where_a_page_would_stand(book):
    site = books.built(book)
    (site / "new.html").write_text("mine")
    books.write(book, {"new.qmd": "# New\n"})
    config = book / "_quarto.yml"
    config.write_text(config.read_text().replace("    - one.qmd\n", "    - one.qmd\n    - new.qmd\n"))
    code, said = books.press(book)
    assert code == 1 and "new.html" in said and "did not make it" in said
    assert (site / "new.html").read_text() == "mine"


@pytest.mark.parametrize(
    "yaml, message",
    [
        ("[a, b]: c\n", "_quarto.yml:12: broken YAML: a key must be a word"),
        ("? {a: b}\n: c\n", "_quarto.yml:12: broken YAML: a key must be a word"),
        ("a: &a [*a]\n", "_quarto.yml:12: broken YAML: aliases"),
        ("a: " + "[" * 5000 + "\n", "_quarto.yml:"),
    ],
)
def test_strange_yaml(tmp_path, yaml, message):
    book = books.make(tmp_path, {"one.qmd": CHAPTER}, more=yaml)
    code, said = books.press(book)
    assert code == 1 and message in said and "Traceback" not in said


def test_unreadable_python_beside_the_book(tmp_path):
    book = books.make(
        tmp_path,
        {"one.qmd": "# One\n\n```{python}\nprint('done')\n```\n"},
        files={"gen.py": "x = " + "(" * 500 + "1" + ")" * 500, "gen2.py": "x = " + "-" * 100000 + "1", "b.py": b"\xff"},
    )
    os.mkfifo(book / "pipe.py")
    (book / "folder.py").mkdir()
    assert "done" in (books.built(book, "--to", "html") / "one.html").read_text()


def test_names_of_what_goes_along_are_taken(tmp_path):
    """A chapter or a file by the name of one that is made here would be lost, or would take its place."""
    book = books.make(tmp_path / "a", {"404.qmd": CHAPTER, "list-of-figures.qmd": CHAPTER}, finished=True)
    code, said = books.press(book)
    assert code == 1 and "_quarto.yml:11: '404.qmd': the book has a page" in said and "_quarto.yml:12: 'list" in said
    book = books.make(tmp_path / "b", {"one.qmd": "# One\n\n[x](search/index.js)\n"}, files={"search/index.js": "mine"},
                      finished=True)
    code, said = books.press(book)
    assert code == 1 and "search/index.js: the press makes a file of this name" in said
