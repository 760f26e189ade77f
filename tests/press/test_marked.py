"""A copy of a book whose pages begin with a notice."""

from pathlib import Path

import books
import pytest

from press import marked

NOTICE = "Only a try."


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A copy of the sample book, in which the command runs."""
    folder = books.copy("sample", tmp_path / "book")
    monkeypatch.chdir(folder)
    return Path(folder)


def test_every_page_of_the_copy_has_the_notice_below_its_title_and_the_book_has_none(book):
    before = {p: p.read_bytes() for p in book.rglob("*") if p.is_file()}
    assert marked.main(["_copy", NOTICE]) == 0 and marked.main(["_copy", NOTICE]) == 0
    pages = [p.relative_to(book) for p in before if p.suffix == ".qmd"]
    assert pages
    for page in pages:
        old, new = (book / page).read_text("utf-8"), (book / "_copy" / page).read_text("utf-8")
        assert new.count(NOTICE) == 1
        title = new.find("\n# ") if old.startswith("---") else 0
        assert new.index(NOTICE) > title and new.replace(f"\n::: {{.callout-warning}}\n{NOTICE}\n:::\n\n", "") == old
    assert {p: p.read_bytes() for p in before} == before
    assert (book / "_copy" / "_quarto.yml").exists()


def test_a_page_that_left_the_book_leaves_the_copy_and_what_was_built_there_stays(book):
    marked.main(["_copy", NOTICE])
    page = next(book.glob("chapters/*.qmd"))
    page.unlink()
    (book / "_copy" / "built").write_text("kept")
    marked.main(["_copy", NOTICE])
    assert not (book / "_copy" / page.relative_to(book)).exists() and (book / "_copy" / "built").exists()


def test_a_folder_of_someone_else_stays_as_it_is(book, capsys):
    (book / "mine").mkdir()
    (book / "mine" / "text").write_text("mine")
    assert marked.main(["mine", NOTICE]) == 1
    assert "stays as it is" in capsys.readouterr().err and [p.name for p in (book / "mine").iterdir()] == ["text"]


def test_without_a_book_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert marked.main(["_copy", NOTICE]) == 1 and "no _quarto.yml" in capsys.readouterr().err
