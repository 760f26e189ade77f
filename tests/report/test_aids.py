"""What helps to find one's way, to quote and to cite: links at headings, the place on the page, references, cards."""

import json
import subprocess
import sys
import xml.etree.ElementTree

import books
import pytest
from bs4 import BeautifulSoup

from press import finish

BIB = "@book{kim, author={Kim, A. B.}, title={A {Book} of Things}, year={2001}, publisher={Press}}\n"
PACKAGE = json.dumps({"resources": [{"title": "Falls </script>", "path": "falls.csv", "description": "A row a fall."}]})
ONE = """# Does it rise? {#sec-one}

::: {.finding confidence="low"}
It rises & falls, "so".

few know.
:::

Others deny it [@kim].

## What rises {#sec-rises}

%s

## Then {#sec-then}

It ends.
""" % ("Prices.\n\n" * 30)
LONG = """::: {.filtered}

## Trees

| Name | |
|---|---|
| an apple | 1 |
| a pear | 2 |

## Grass

| Name | |
|---|---|
| [rye]{#row-rye} | 3 |

:::

::: {.filtered}

A fig
:   Soft, with seeds.

A nut
:   Hard.

:::
"""
MEAL = """# What is eaten?

::: {.filtered}

## Bread

Of rye.

## Butter

Of cream.

:::

| What | Who | Why |
|---|---|---|
| a meal | | WORDS |

: At table
""".replace("WORDS", "because one is hungry, " * 8)
PAGES = {
    "index.qmd": "# Welcome {.unnumbered}\n\nHello.\n",
    "one.qmd": ONE,
    "chapters/two.qmd": "# Does it fall?\n\nWords of the second, which have no finding.\n\n"
    "::: {#tbl-fall}\n\n|   | B |\n|---|---|\n| 1 | x & y |\n\nIt *falls* & stays\n:::\n\n" + LONG,
    "chapters/three.qmd": MEAL,
}


@pytest.fixture(scope="module")
def small(once):
    """A small book with a citation, whose address is known."""

    def make(folder):
        more = "toc: true\nlink-citations: true\nbibliography: r.bib\n"
        books.make(folder, PAGES, files={"r.bib": BIB, "data/datapackage.json": PACKAGE}, more=more, finished=True)
        config = (folder / "_quarto.yml").read_text("utf-8")
        own = "  output-file: book\n  site-url: https://example.org/kim\n  repo-url: https://example.org/sources\n"
        config = config.replace("  output-file: book\n", own)
        (folder / "_quarto.yml").write_text(config, "utf-8")
        done = subprocess.run([sys.executable, "-m", "press", folder, "--to", "html"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("aids", make) / "_book"


def read(small, page):
    return BeautifulSoup((small / page).read_text("utf-8"), "lxml")


def test_a_page_has_a_card_of_its_own(small):
    one, two = read(small, "one.html"), read(small, "chapters/two.html")

    def said(page, name):
        return [tag["content"] for tag in page.select(f"[property='{name}'], [name='{name}']")]

    assert said(one, "description") == said(one, "og:description") == ["It rises & falls, “so”."]
    assert said(two, "description") == ["Words of the second, which have no finding."]
    assert said(one, "og:title") == ["Does it rise?"] and said(one, "og:site_name") == ["A Book"]
    assert two.select_one("[rel=canonical]")["href"] == "https://example.org/kim/chapters/two.html"
    assert read(small, "index.html").select_one("[rel=canonical]")["href"] == "https://example.org/kim/"
    assert two.select_one("[rel=icon]")["href"].startswith("data:image/svg+xml,%3Csvg")  # no further request


def test_without_an_address_none_is_claimed(second_book):
    page = BeautifulSoup((second_book / "_book" / "index.html").read_text("utf-8"), "lxml")
    assert not page.select("[rel=canonical], [property='og:url'], [property='og:image']")


def test_a_page_says_how_it_is_cited(small):
    from press import pandoc

    cite = read(small, "one.html").select_one(".cite")
    assert cite.p.get_text().startswith(
        "An Author. Does it rise? In A Book, chapter 1. 2026-01-31. https://example.org/"
    )
    document, _ = pandoc.read(cite.pre.get_text(), cache=None, format="biblatex")
    (entry,) = document["meta"]["references"]["c"]
    assert "rise?" in str(entry) and "2026" in str(entry)
    assert "https://example.org/kim/one.html" in str(entry) and "An" in str(entry)


def test_a_reader_who_finds_an_error_is_led_to_the_sources(small, second_book):
    for page in ("index.html", "chapters/two.html", "list-of-figures.html"):
        links = read(small, page).select(".foot a[href='https://example.org/sources']")
        assert [link.get_text() for link in links] == ["Sources and corrections"], page
    assert "Sources and corrections" not in (second_book / "_book" / "index.html").read_text("utf-8")


def test_a_table_is_cited_by_its_number_and_place(small, tabs):
    from press import pandoc

    tab = tabs((small / "chapters/two.html").as_uri())
    page = tab.locator(".cite").text_content()
    caption = tab.locator("#tbl-fall figcaption")
    assert caption.locator(".label a").get_attribute("href") == "#tbl-fall"
    caption.get_by_role("button", name="Cite table 2.1").press("Enter")
    assert tab.evaluate("document.activeElement.textContent") == "Cite table 2.1"
    place = "https://example.org/kim/chapters/two.html#tbl-fall"
    assert tab.locator(".cite p").inner_text() == (
        "An Author. It falls & stays. Table 2.1 in: Does it fall? In A Book, chapter 2. 2026-01-31. " + place
    )
    document, _ = pandoc.read(tab.locator(".cite pre").inner_text(), cache=None, format="biblatex")
    (entry,) = document["meta"]["references"]["c"]
    said = str(entry)
    assert place in said and "stays" in said and "Table" in said and "two-tbl-fall" in said
    tab.locator(".cite summary").click()
    tab.locator(".cite summary", has_text="Cite this page").wait_for()
    assert tab.locator(".cite").text_content() == page


def test_a_heading_without_words_heads_nothing(small):
    assert [th.get("role") for th in read(small, "chapters/two.html").select("#tbl-fall thead th")] == ["cell", None]


def test_a_button_is_called_by_what_it_shows(small, tabs):
    """So that who speaks to the browser can press it."""
    tab = tabs((small / "chapters/two.html").as_uri())
    tab.locator("button.theme").wait_for()
    named = tab.evaluate("[...document.querySelectorAll('button[aria-label]')].map(b => [b.ariaLabel, b.textContent])")
    assert len(named) > 1 and all(shown.strip() in name for name, shown in named), named


def test_headings_can_be_linked_and_the_list_says_where_one_is(small, tabs):
    tab = tabs((small / "one.html").as_uri())
    assert tab.locator("h2 > .anchor").count() == 3
    assert tab.locator(".on-page [aria-current]").count() == 0
    tab.locator("#sec-rises > h2 > .anchor").click()
    tab.wait_for_url("**#sec-rises")
    tab.locator(".on-page [href='#sec-rises'][aria-current=location]").wait_for()
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    tab.locator(".on-page [href='#references'][aria-current=location]").wait_for()


@pytest.mark.parametrize("width", [1360, 320])
def test_a_citation_shows_its_reference(small, tabs, width):
    tab = tabs((small / "one.html").as_uri(), width)
    link = tab.locator("main a[href='#ref-kim']")
    link.hover()
    assert tab.locator(".preview").inner_text() == "Kim, A. B. 2001. A Book of Things. Press."
    box = tab.locator(".preview").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    tab.mouse.move(1, 1)
    assert tab.locator(".preview").count() == 0
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.hash") == "#ref-kim":
            break
    assert link.get_attribute("aria-describedby") == tab.locator(".preview").get_attribute("id")
    tab.keyboard.press("Escape")
    assert tab.locator(".preview").count() == 0 and link.get_attribute("aria-describedby") is None


def test_without_scripts_the_page_is_whole(small, tabs):
    tab = tabs((small / "one.html").as_uri(), java_script_enabled=False)
    assert tab.locator("#ref-kim").is_visible() and tab.locator(".anchor").count() == 0
    tab.locator(".cite summary").click()
    assert tab.locator(".cite pre").is_visible()


def test_a_row_of_a_long_table_is_a_paragraph_on_a_phone(small, tabs):
    tab = tabs((small / "chapters/two.html").as_uri(), 390)
    row = tab.locator(".filtered tbody tr").first
    assert row.evaluate("e => getComputedStyle(e).display") == "block"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.set_viewport_size({"width": 1280, "height": 900})
    assert row.evaluate("e => getComputedStyle(e).display") == "table-row"


def test_a_row_of_long_texts_names_its_cells_on_a_phone(small, tabs):
    tab = tabs((small / "chapters/three.html").as_uri(), 390)
    cells = tab.locator(".cell-by-cell tbody td")
    assert [cell.is_visible() for cell in cells.all()] == [True, False, True]  # what is empty says nothing
    said = cells.nth(2).evaluate("e => getComputedStyle(e, '::before').content")
    assert said.startswith('"Why')
    width = "e => e.getBoundingClientRect().width"
    assert cells.nth(2).evaluate(width) == cells.nth(0).evaluate(width) > 300
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.set_viewport_size({"width": 1280, "height": 900})
    assert cells.nth(1).evaluate("e => getComputedStyle(e).display") == "table-cell"
    still = tabs((small / "chapters/three.html").as_uri(), 390, java_script_enabled=False)
    assert still.locator(".cell-by-cell thead").evaluate("e => getComputedStyle(e).position") == "static"


def test_sections_are_filtered_where_there_are_no_rows(small, tabs):
    tab = tabs((small / "chapters/three.html").as_uri())
    part = tab.locator(".filtered").first
    part.get_by_label("Entries that contain").fill("cream")
    assert part.locator("h2:visible").count() == 1 and part.locator("output").inner_text() == "1 of 2 entries"
    tab.evaluate("location.hash = 'bread'")
    part.locator("#bread").wait_for()
    assert part.locator("h2:visible").count() == 2


def test_long_tables_are_filtered_by_words_and_by_their_heading(small, tabs):
    tab = tabs((small / "chapters/two.html").as_uri())
    field, said = tab.locator(".filtered .filter input").first, tab.locator(".filtered output").first
    tab.get_by_label("Rows that contain").focus()
    for words, rows, heads in (("apple", 1, 1), ("trees", 2, 1), ("TREES pear", 1, 1), ("(", 0, 0), (" ", 3, 2)):
        field.fill(words)
        assert tab.locator(".filtered tbody tr:visible").count() == rows, words
        assert tab.locator(".filtered h2:visible").count() == heads, words
        assert said.inner_text() == (f"{rows} of 3 rows" if words.strip() else "")
    field.fill("apple")
    tab.evaluate("location.hash = 'row-rye'")
    tab.locator("#row-rye").wait_for()
    assert field.input_value() == ""
    tab.get_by_label("Entries that contain").fill("seeds fig")
    assert tab.locator(".filtered :is(dt, dd):visible").all_inner_texts() == ["A fig", "Soft, with seeds."]
    assert tab.locator(".filtered output").nth(1).inner_text() == "1 of 2 entries"
    still = tabs((small / "chapters/two.html").as_uri(), java_script_enabled=False)
    assert still.locator(".filtered tbody tr:visible").count() == 3 and still.locator(".filter").count() == 0


def test_figures_and_tables_are_listed_and_lead_to_their_place(small, tabs):
    tab = tabs((small / "index.html").as_uri())
    tab.click("text=Figures and tables")
    assert tab.locator("main h1").inner_text() == "Figures and tables" and tab.locator(".finding, .cite").count() == 0
    assert tab.locator(".listed li").all_inner_texts() == ["Table 2.1\nIt falls & stays"]
    tab.click(".listed a")
    tab.wait_for_url("**/chapters/two.html#tbl-fall")
    assert tab.locator("#tbl-fall").count() == 1


def test_every_listed_figure_of_the_report_is_there(report_book):
    page = BeautifulSoup((report_book / "list-of-figures.html").read_text("utf-8"), "lxml")
    ids = {tag["id"] for tag in page.select("[id]")}
    assert {a["href"][1:] for a in page.select("a[href^='#']")} <= ids  # nothing of the front page's own
    listed = [a["href"].partition("#") for a in page.select(".listed a")]
    pages = {
        path: BeautifulSoup((report_book / path).read_text("utf-8"), "lxml") for path in {path for path, _, _ in listed}
    }
    for path, _, anchor in listed:
        assert pages[path].find(id=anchor), (path, anchor)
    shown = sum(len(page.select("main figcaption.quarto-float-caption")) for page in pages.values())
    assert len(listed) == shown > 80


def test_programs_read_pages_as_markdown(small):
    told = (small / "llms.txt").read_text("utf-8")
    assert told.startswith("# A Book\n")
    for page in ("index", "one", "chapters/two"):
        assert f"(https://example.org/kim/{page}.md)" in told and (small / f"{page}.md").is_file()
    text = (small / "chapters/two.md").read_text("utf-8")
    assert "# Does it fall?" in text and "x & y" in text and "<svg" not in text and "<div" not in text


def test_crawlers_find_every_page_and_an_address_that_leads_nowhere_is_told(small, tabs):
    places = [place.text for place in xml.etree.ElementTree.parse(small / "sitemap.xml").findall(".//{*}loc")]
    pages = ("", "one.html", "chapters/two.html", "chapters/three.html")
    assert places == [f"https://example.org/kim/{page}" for page in pages]
    tab = tabs((small / "404.html").as_uri())
    assert tab.locator("h1").inner_text() == "No such page"
    assert tab.locator("a").get_attribute("href") == "https://example.org/kim/"


def test_without_an_address_there_is_no_sitemap():
    pages = {"index.html": "<title>A Book</title><main><h1>A</h1></main>"}
    plain, placed = (set(finish.extras(pages, book, dict)) for book in ({}, {"site-url": "https://example.org"}))
    assert placed - plain == {"sitemap.xml"} and "404.html" in plain


def test_the_report_and_its_tables_are_told_to_search_engines(small):
    said = json.loads(read(small, "index.html").select_one("script[type='application/ld+json']").string)
    assert said["@type"] == "Report" and said["name"] == "A Book" and said["datePublished"] == "2026-01-31"
    (table,) = said["hasPart"]
    assert table["name"] == "Falls </script>" and table["description"] == "A row a fall."
    assert table["distribution"]["contentUrl"] == "https://example.org/kim/data/falls.csv"
