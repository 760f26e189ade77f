"""The sample book, of which is known what a reader of Quarto's rendering sees."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import books
import digest
import pytest
from bs4 import BeautifulSoup

EXPECTED = json.loads((books.HERE / "sample_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(sample_book):
    return digest.digest(sample_book / "_book")


@pytest.mark.parametrize("page", sorted(EXPECTED))
def test_page_reads_as_in_quarto(found, page):
    assert found[page] == EXPECTED[page]


def test_no_page_more(found):
    assert found.keys() == EXPECTED.keys()


def page(book, name):
    return BeautifulSoup((book / "_book" / f"{name}.html").read_text(encoding="utf-8"), "lxml")


def test_alternatives_come_from_one_place(sample_book):
    """A chart's text alternative is its `description`."""
    labels = [chart["aria-label"] for chart in page(sample_book, "chapters/01-first").select(".chart")]
    assert labels == [
        "A line that rises from one to four.",
        "Left panel: four bars that rise.",
        "Right panel: four points that rise.",
    ]


def test_links_lead_where_they_say(sample_book):
    second = page(sample_book, "chapters/02-second")
    links = {" ".join(link.get_text().split()): link["href"] for link in second.select("main p a")}
    assert links["Figure 2.1"] == "01-first.html#fig-line"
    assert links["Chapter 2"] == "01-first.html"
    assert links["Appendix A"] == "a-data.html"
    assert links["Section 2.2"] == "01-first.html#sec-table"
    assert links["download"] == "../data/frame.csv" and links["A link"] == "https://example.org"
    assert second.find("a", string="download")["download"] == "frame.csv"
    assert (sample_book / "_book/data/frame.csv").read_bytes() == (sample_book / "data/frame.csv").read_bytes()
    front = page(sample_book, "index")
    assert front.select_one("main a.quarto-xref")["href"] == "report.html"


def test_folds(sample_book):
    """Code is folded, unless the cell says show; its summary is Code, unless the cell has one."""
    folds = page(sample_book, "chapters/02-second").select("details.code-fold")
    assert [(fold.summary.get_text(strip=True), fold.has_attr("open")) for fold in folds] == [
        ("Show the code", False),
        ("Code", True),
    ]


def test_callouts_fold(sample_book):
    report = page(sample_book, "report")
    assert report.select_one("details.box.note summary").get_text(strip=True) == "Note"
    assert report.select_one("div.box.important")["role"] == "note"


def test_formulas(sample_book):
    first = page(sample_book, "chapters/01-first")
    inline, shown = first.select("main math")
    assert inline["display"] == "inline" and "δ" in inline.get_text()
    assert shown["display"] == "block" and "(2.1)" in shown.get_text() and shown.find_parent(id="eq-ratio")


def test_panels_stand_in_a_row(sample_book):
    cells = page(sample_book, "chapters/01-first").select("#fig-two .quarto-layout-row > .quarto-layout-cell")
    assert [cell.find(id=True)["id"] for cell in cells] == ["fig-two-1", "fig-two-2"]


def test_print_has_its_own_words(sample_book):
    text = " ".join(books.sheets(sample_book / "_book/sample.pdf"))
    text = " ".join(text.split())
    assert "You are reading the printed edition." in text and "web edition" not in text
    assert "Only on paper." in text and "Data (CSV)" not in text and "import pandas" not in text
    assert text.count("References") >= 1 and "Fearon, James D. 1995." in text
    for reference in (
        "Figure 2.1 shows",
        "Figure 2.2 (a) and Figure 2.2 (b)",
        "Equation 2.1 gives",
        "Appendix A",
        "Section 3.2.1 says",
        "Table 3.1",
    ):
        assert reference in text, reference


def test_two_builds_are_alike_wherever_they_lie(sample_book, tmp_path):
    """Byte for byte, the PDF and the notebooks included, from another folder and with every cell run again."""
    other = books.copy("sample", tmp_path / "elsewhere" / "a copy")
    built = books.built(other, "--fresh")
    first = {
        path.relative_to(sample_book / "_book"): path.read_bytes()
        for path in (sample_book / "_book").rglob("*")
        if path.is_file()
    }
    second = {path.relative_to(built): path.read_bytes() for path in built.rglob("*") if path.is_file()}
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]


def test_the_pdf_carries_the_book_s_date(sample_book):
    from pypdf import PdfReader

    assert PdfReader(sample_book / "_book/sample.pdf").metadata.creation_date.strftime("%Y-%m-%d") == "2026-01-31"


def test_one_format_alone(sample_book, tmp_path):
    book = unbuilt(sample_book, tmp_path / "book")
    built = books.built(book, "--to", "html")
    assert not list(built.glob("*.pdf")) and "Download the PDF" not in (built / "index.html").read_text(
        encoding="utf-8"
    )
    built = books.built(book, "--to", "pdf", "--output", tmp_path / "paper")
    assert (tmp_path / "paper/sample.pdf").is_file() and not list((tmp_path / "paper").glob("*.html"))


def unbuilt(book, folder):
    """A copy of a rendered book with what its cells gave, to be rendered in another way."""
    return shutil.copytree(book, folder, symlinks=True, ignore=shutil.ignore_patterns("_book", "pages"))


@pytest.fixture(scope="module")
def finished(once, sample_book):
    """The sample book, which asks for what goes along with a website; by itself it does not."""

    def make(folder):
        config = unbuilt(sample_book, folder) / "_quarto.yml"
        config.write_text(books.asking(config.read_text("utf-8")), "utf-8")
        books.built(folder)

    return once("finished", make)


def test_what_goes_along_is_made_where_the_book_asks_for_it(sample_book, finished):
    plain, more = ({p.relative_to(b).as_posix() for p in (b / "_book").rglob("*")} for b in (sample_book, finished))
    names = ("404.html", "list-of-figures.html", "llms.txt", "sample.zip", "search/index.js")
    added = {f"_book/{name}" for name in names}
    assert added <= more and not added & plain and plain < more
    for page in (sample_book / "_book").rglob("*.html"):
        soup = BeautifulSoup(page.read_text("utf-8"), "lxml")
        assert not soup.select("button.search, a[href$='list-of-figures.html'], a[href$='.zip']")


def packed(book):
    (path,) = (book / "_book").glob("*.zip")
    return path, zipfile.ZipFile(path)


def test_one_file_holds_the_paper_the_notebooks_and_the_data(finished):
    path, archive = packed(finished)
    site = finished / "_book"
    held = {name.removeprefix("sample/"): archive.read(name) for name in archive.namelist()}
    assert held == {name: (site / name).read_bytes() for name in held}
    wanted = [*site.glob("*.pdf"), *site.rglob("*.ipynb"), *(site / "data").rglob("*.csv")]
    assert len(wanted) > 2 and {one.relative_to(site).as_posix() for one in wanted} <= held.keys()
    for page in ("index.html", "chapters/01-first.html"):
        link = BeautifulSoup((site / page).read_text("utf-8"), "lxml").select_one(".foot a[href$='.zip']")
        assert (site / page).parent.joinpath(link["href"]).resolve() == path.resolve()


def test_the_one_file_is_the_same_each_time_and_after_quarto(finished, tmp_path):
    path, _ = packed(finished)
    site = tmp_path / "elsewhere" / "_book"
    shutil.copytree(finished / "_book", site)
    shutil.copy(finished / "_quarto.yml", site.parent)
    (site / path.name).unlink()
    for one in site.rglob("*"):
        os.utime(one, (1, 1))
    script = books.HERE.parent / "press" / "finish.py"
    subprocess.run([sys.executable, script, site], check=True, cwd=site.parent)
    assert (site / path.name).read_bytes() == path.read_bytes()


def test_nothing_changed_and_a_paragraph_changed(sample_book, tmp_path):
    """A second build does nothing; a changed paragraph converts its chapter and runs no cell."""
    book = tmp_path / "book"
    shutil.copytree(sample_book, book, symlinks=True)
    books.built(book)
    before = {path: path.stat().st_mtime_ns for path in (book / "_book").rglob("*")}
    code, said = books.press(book)
    assert code == 0 and "Nothing has changed" in said and "index.html" in said and "sample.pdf" in said
    assert float(re.search(r"([\d.]+) s\s*$", said)[1]) < 1.5
    assert before == {path: path.stat().st_mtime_ns for path in (book / "_book").rglob("*")}
    chapter = book / "chapters/01-first.qmd"
    chapter.write_text(
        chapter.read_text(encoding="utf-8").replace("As @fig-line shows, it rises;", "It rises: @fig-line;"),
        encoding="utf-8",
    )
    code, said = books.press(book)
    assert code == 0 and "Nothing has changed" not in said and said.count("unchanged") == 3
    assert "It rises:" in (book / "_book/chapters/01-first.html").read_text(encoding="utf-8")


def test_a_touched_site_is_built_again(sample_book, tmp_path):
    book = tmp_path / "book"
    shutil.copytree(sample_book, book, symlinks=True)
    built = books.built(book)
    (built / "report.html").write_text("spoilt", encoding="utf-8")
    books.built(book)
    assert "spoilt" not in (built / "report.html").read_text(encoding="utf-8")
    (book / "data/frame.csv").write_text("x,y\n2,2\n", encoding="utf-8")
    books.built(book)
    assert (built / "data/frame.csv").read_text(encoding="utf-8") == "x,y\n2,2\n"
