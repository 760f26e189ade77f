"""Pages of rows: from a figure to row and source in two clicks, with scripts on and off; every row is there."""

import gzip
import html
import json
import posixpath
import random
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import altair as alt
import lxml.html
import pandas as pd
import pytest
from books import thorough
from bs4 import BeautifulSoup

from bargain import evidence, rowpages
from bargain.plots import theme
from press import finish
from press.site import Reading

ROOT = Path(__file__).parents[2]
LEFT = re.compile(r"\{python\}|\{\{|\?@|:::|\\[a-z]+\{|\$(?:title|label|book|body)\b|\bnan\b|&(?:amp|lt|gt|quot);")
FRAME = pd.DataFrame({"x": [1, 2], "y": [1.0, 3.0]})
WORDS = dict(finding="It rises", unit="a unit", alt="A line.")


@pytest.fixture(scope="module")
def pages(report_book):
    """{name: text} of the pages of rows."""
    found = {path.stem: path.read_text("utf-8") for path in sorted((report_book / "rows").glob("*.html"))}
    assert len(found) > len(evidence.names())
    return found


@pytest.fixture(scope="module")
def figures(report_book):
    """{label: the chapter's page} of all figures that the chapters draw."""
    found, drawn = {}, set()
    for path in sorted([*report_book.glob("*.html"), *report_book.glob("chapters/*.html")]):
        if path.name in (finish.LIST, finish.LOST):  # no chapters
            continue
        for label in re.findall(r'href="(?:\.\./)?rows/(fig-[a-z0-9-]+)\.html"', path.read_text("utf-8")):
            found[label] = path
        source = (ROOT / path.relative_to(report_book)).with_suffix(".qmd").read_text("utf-8")
        drawn |= set(re.findall(r'theme\.figure\(\s*"(fig-[a-z0-9-]+)"', source))
    assert drawn and drawn <= set(found), drawn - set(found)
    return found


# --- what a page holds


@pytest.mark.parametrize("name", evidence.names())
def test_every_row_of_every_table_is_there_once(pages, name):
    """Each row with its key, its citation, its state and its note, at an anchor of its own."""
    frame, page = evidence.table(name), lxml.html.fromstring(pages[name])
    (table,) = page.find_class("records")
    rows = {row.get("id"): row for row in table.iterfind("tbody/tr")}
    anchors = rowpages.anchors(name, frame)
    assert list(rows) == anchors and len(set(anchors)) == len(frame)
    fields = [f["name"] for f in evidence.describe(name)["schema"]["fields"] if f.get("sources")]
    books = evidence.sources()
    known = {one.get("id") for one in page.iter() if one.get("id")}
    for anchor, (_, row) in zip(anchors, frame.iterrows(), strict=True):
        shown = rows[anchor]
        said = " ".join(" ".join(shown.itertext()).split())
        assert shown.find("th/a").get("href") == f"#{anchor}"
        (*_, origin) = shown.find_class("from")
        links = [a.get("href") for a in origin.iter("a")]
        for key in {key for field in fields if not pd.isna(row[field]) for key in row[field].split(";")}:
            url = books.at[key, "url"]
            assert (url if url.startswith("http") else f"#source-{key}") in links, (name, anchor, key)
            assert f"source-{key}" in known
        if "verified" in row:
            assert origin.find(".//b").text == rowpages.STATES[row["verified"]]
        for column in frame.columns.difference([*fields, "verified"]):
            if not pd.isna(row[column]):
                assert " ".join(rowpages._shown(row[column]).split()) in said, (name, anchor, column)


def test_every_figure_has_its_page(pages, figures):
    """Its rows are those of its tables, and each leads to its place among all rows."""
    assert set(figures) == {name for name in pages if name.startswith("fig-")}
    for name in figures:
        heads = [head for head in re.findall(r'<h2 id="([a-z_]+)">', pages[name]) if head != "sources"]
        assert set(heads) <= set(evidence.names())
        if not heads:  # it rests on no table: then its page says on what, in words
            assert re.search(r'<p class="told">[^<]{20,}</p>', pages[name]), name
            continue
        tables = re.findall(r"<table class=.records.*?</table>", pages[name], re.S)
        for table, records in zip(heads, tables, strict=True):
            rows = re.findall(r'<tr id="([^"]+)"><th scope=row><a href="([^"]+)"', records)
            anchors = set(rowpages.anchors(table, evidence.table(table)))
            assert rows and {row for row, _ in rows} <= {f"{table}-{anchor}" for anchor in anchors}
            assert all(link == f"{table}.html#{row.removeprefix(table + '-')}" for row, link in rows)


def test_links_resolve_ids_are_unique_and_nothing_is_loaded_from_elsewhere(report_book, pages):
    read = {f"rows/{name}.html": Reading(text) for name, text in pages.items()}
    ids = {name: set(one.ids) for name, one in read.items()}
    for name, one in read.items():
        assert not one.wrong, (name, one.wrong)
        assert len(one.ids) == len(ids[name]), (name, [i for i in one.ids if one.ids.count(i) > 1][:5])
        for tag, target in set(one.targets):
            parts = urlsplit(target)
            if parts.scheme:
                wanted = ("http", "https") if tag == "a" else ("data",)  # the page's icon is in the page
                assert parts.scheme in wanted, (name, target)
                continue
            path = posixpath.normpath(posixpath.join("rows", unquote(parts.path))) if parts.path else name
            assert (report_book / path).is_file(), (name, target)
            if parts.fragment:
                if path not in ids:
                    ids[path] = set(re.findall(r' id="([^"]+)"', (report_book / path).read_text("utf-8")))
                assert unquote(parts.fragment) in ids[path], (name, target)


def test_a_page_is_light_and_nothing_of_its_making_is_left(report_book, pages):
    edition = report_book / "_extensions" / "report"
    shared = sum(len(gzip.compress((edition / f).read_bytes())) for f in ("report.css", "report.js", "rows.js"))
    for name, text in pages.items():
        assert shared + len(gzip.compress(text.encode())) <= 250_000, name
        shown = html.unescape(re.sub(r"<[^>]*>", " ", text))
        assert not LEFT.search(shown), (name, LEFT.search(shown)[0])


def test_a_copy_that_was_read_is_named_with_the_original():
    """Where original and copy are both known, a row links both."""
    books = evidence.sources()
    copied = [key for key in books.index if rowpages.copies(key)]
    assert len(copied) > 100
    for key in copied:
        told = rowpages._citation(key)
        assert all(f'href="{url}"' in told.replace("&amp;", "&") for url in rowpages.copies(key)) and "read at" in told


# --- in a browser


def opened(browser, path, scripts=True, **options):
    """A tab on a file of the book; what lies on other hosts answers with its own address."""
    context = browser.new_context(java_script_enabled=scripts, **options)
    context.route(
        re.compile("^https?:"), lambda route: route.fulfill(body=route.request.url, content_type="text/plain")
    )
    tab = context.new_page()
    tab.wrong = []
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.on("console", lambda message: message.type in ("error", "warning") and tab.wrong.append(message.text))
    tab.goto(path.as_uri())
    return tab


@pytest.mark.parametrize(("number", "scripts"), thorough([(4, True), (10, True), (10, False)]))
def test_from_figures_to_the_source_in_two_clicks(browser, report_book, pages, figures, number, scripts):
    # a figure whose values all stand in its chapter has no rows to go to; one of judgement alone goes to its seeds
    some = [name for name in sorted(figures) if 'table class="records' in pages[name]]
    assert sum("../seeds/" not in pages[name] for name in set(figures) - set(some)) <= 4
    chosen = random.Random(17).sample(some, number)
    books, followed = evidence.sources(), 0
    for label in chosen:
        tab = opened(browser, figures[label], scripts)
        tab.evaluate("document.querySelectorAll('details').forEach(fine => fine.open = true)")
        source = tab.locator(f'.source a[href$="rows/{label}.html"]')
        assert source.is_visible() and source.inner_text() == "Rows and sources"
        assert source.evaluate("a => a.closest('figure').id || a.closest('[id^=fig-]').id", label) in (label, "")
        source.click()  # the first click
        tab.wait_for_url((report_book / "rows" / f"{label}.html").as_uri())
        rows = tab.locator("table.records tbody tr")
        rows.first.wait_for()
        links = tab.locator("table.records td.from a")
        if links.count():
            link = links.nth(random.Random(label).randrange(links.count()))
            table = link.evaluate("a => a.closest('table').previousElementSibling && a.closest('tr').id")
            assert table
            href = link.get_attribute("href")
            link.click()  # the second
            if href.startswith("#"):
                assert urlsplit(tab.url).fragment == href[1:] and tab.locator(href).is_visible()
            else:
                assert unquote(tab.url).rstrip("/") == unquote(href).rstrip("/")
                assert href in set(books["url"]) | {u for key in books.index for u in rowpages.copies(key)}
            followed += 1
        else:  # judgement alone: each row says on what basis
            assert "judgement" in rows.first.inner_text()
        assert not tab.wrong, (label, tab.wrong)
        tab.context.close()
    assert followed >= number - 2


def test_scripts_filter_and_order(browser, report_book):
    frame = evidence.table("trade_by_partner")
    tab = opened(browser, report_book / "rows" / "trade_by_partner.html")
    visible = "Array.from(document.querySelectorAll('.records tbody tr')).filter(r => r.offsetParent).length"
    assert tab.evaluate(visible) == len(frame)
    tab.fill(".filter input", "CHN 2016")
    texts = tab.evaluate(
        "Array.from(document.querySelectorAll('.records tbody tr')).filter(r => r.offsetParent).map(r => r.textContent)"
    )
    assert 0 < len(texts) < len(frame) and all("CHN" in t and "2016" in t for t in texts)
    tab.fill(".filter input", "no such word anywhere")
    assert tab.evaluate(visible) == 0 and f"0 of {len(frame)} rows" in tab.inner_text(".filter output")
    tab.fill(".filter input", "")
    column = [h.strip() for h in tab.locator(".records thead th").all_inner_texts()].index("total usd m")
    tab.select_option(".filter select", f"{column} ↓")
    cells = tab.locator(f".records tbody tr > :nth-child({column + 1})").all_text_contents()
    numbers = [float(c) for c in cells if c]
    assert numbers == sorted(numbers, reverse=True) and sorted(numbers) == sorted(frame["total_usd_m"].dropna())
    assert all(cells[: len(numbers)])  # rows without a figure come last
    tab.context.close()


def test_a_row_can_be_linked(browser, report_book):
    anchor = "L164"
    assert anchor in rowpages.anchors("missile_tests", evidence.table("missile_tests"))
    path = report_book / "rows" / "missile_tests.html"
    tab = opened(browser, path, scripts=False, reduced_motion="reduce")
    tab.goto(f"{path.as_uri()}#{anchor}")
    assert 0 <= tab.locator(f"#{anchor}").evaluate("r => r.getBoundingClientRect().top / innerHeight") < 1
    tab.context.close()


# --- bad input


def draw(t, narrow):
    return alt.Chart(FRAME).mark_line(color=t["ink"]).encode(x="x:Q", y="y:Q").properties(width=100)


@pytest.mark.parametrize(
    "given, told",
    [
        (dict(tables=["gpd"]), "'gpd'"),
        (dict(tables=["gdp"], rows={"prices": "city == 'Pyongyang'"}), "'prices'.*not among its tables"),
        (dict(tables=["gdp"], rows={"gdp": "year == 1789"}), "no row of 'gdp'.*1789"),
        (dict(tables=["gdp"], rows={"gdp": "yaer == 2016"}), "'gdp'.*yaer"),
        (dict(tables=["gdp"], rows={"gdp": "year =="}), "'gdp'.*cannot be asked"),
    ],
)
def test_a_figure_whose_table_or_rows_do_not_exist_is_refused(tmp_path, monkeypatch, given, told):
    monkeypatch.setenv("BARGAIN_FIGURES", str(tmp_path))
    with pytest.raises(ValueError, match=f"(?s)fig-test.*{told}"):
        theme.figure("fig-test", draw, FRAME, **WORDS, **given)
    assert not list(tmp_path.rglob("*.html"))


def test_a_table_that_does_not_exist_has_no_page():
    with pytest.raises(evidence.EvidenceError, match="gpd"):
        rowpages.table_page("gpd")


def test_an_anchor_stays_when_rows_are_added():
    for name in evidence.names():
        frame = evidence.table(name)
        whole = rowpages.anchors(name, frame)
        assert rowpages.anchors(name, frame.iloc[::2]) == whole[::2], name


def test_readers_see_titles_of_tables_and_words_of_their_values():
    """A name of a table is its title, in Markdown as it stands and escaped; a value is words; any other name stays."""
    title = evidence.describe("talks_by_month")["title"]
    assert rowpages.titled("in talks_by_month, talks\\_by\\_month") == f"in *{title}*, *{title}*"
    assert rowpages.titled("of crypto\\_theft and sells\\_short") == "of crypto theft and sells\\_short"


def test_a_figure_of_no_table_leads_to_the_seeds_that_it_names(report_book):
    page = rowpages.figure_page("It hangs on two", {}, source="Our reading of the essay, in seeds/argument.csv.")
    (link,) = (a["href"] for a in BeautifulSoup(page, "lxml").select(".told a"))
    assert (report_book / "rows" / link).resolve().is_file()


def test_what_a_cell_holds_is_shown_as_text(monkeypatch):
    """Markup in a cell is no markup of the page."""
    frame = evidence.table("gdp").head(2).assign(note=["<script>alert(1)</script> & <b>", "a \"quoted\" 'word'"])
    page = rowpages.figure_page("It <rises> & falls", {"gdp": frame})
    soup = BeautifulSoup(page, "lxml")
    assert len(soup.select("script:not([src])")) == 0 and soup.h1.get_text() == "It <rises> & falls"
    assert soup.select(".from small")[0].get_text() == "<script>alert(1)</script> & <b>"
    assert json.dumps(soup.title.get_text())
