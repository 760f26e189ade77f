"""Full-text search: every page's words are found, from a folder and from a server, by keyboard, whatever is asked."""

import functools
import gzip
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import books
import pytest

from press import finish

ROOT = Path(__file__).parents[2]
PLANTED = {"index.html": "quokka", "one.html": "wombat", "chapters/two.html": "bandicoot", "chapters/z.html": "numbat"}


@pytest.fixture(scope="module")
def small(once):
    """A small book with a rare word on each page, rendered."""

    def make(folder):
        pages = {
            "index.qmd": "# Welcome {.unnumbered}\n\nHello quokka.\n",
            "one.qmd": "# Does it rise? {#sec-one}\n\nIt rises.\n\n## Deeper {#sec-deep}\n\nWombats rise.\n",
            "chapters/two.qmd": "# Does it fall?\n\n```python\nhidden = 'code'\n```\n\n| A | B |\n|---|---|\n"
            "| a bandicoot | rises |\n",
        }
        last = {"chapters/z.qmd": "# More\n\n- A numbat, “quoted” & odd: 1 < 2.\n"}
        books.make(folder, pages, appendices=last, finished=True)
        done = subprocess.run([sys.executable, "-m", "press", folder, "--to", "html"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("search", make) / "_book"


def asked(tab, query):
    """What the search says to a query, and where its results lead."""
    tab.fill(".finder input", query)
    tab.locator(".finder .told", has_not_text="Reading the index").wait_for()
    return tab.locator(".finder .told").inner_text(), [a.get_attribute("href") for a in tab.locator(".finder a").all()]


@pytest.mark.parametrize("start", PLANTED)
def test_a_planted_word_of_each_page_is_found_from_each_page(small, tabs, start):
    tab = tabs((small / start).as_uri())
    tab.keyboard.press("/")
    for page, word in PLANTED.items():
        told, found = asked(tab, word)
        assert told == "1 section." and found[0].partition("#")[0] == (small / page).as_uri()
    assert found == [(small / "chapters/z.html").as_uri()]
    assert asked(tab, "wombat rising")[1] == [(small / "one.html").as_uri() + "#sec-deep"]  # by the words' stems


TABLE = (
    "<main><h1>Things &amp; rows</h1><table><tbody>"
    '<tr id="th_1"><th scope=row><a href="#th_1">th_1</a></th><td>12</td><td>A bilby dug, <b>seen</b></td></tr>\n'
    '<tr id="th_2"><th scope=row><a href="#th_2">th_2</a></th><td>1988</td><td>A wombat at Sinpo</td></tr>'
    "</tbody></table></main>"
)
COPY = '<main><h1>F</h1><table><tr id="b"><th scope=row><a href="x.html#b">b</a></th><td>9</td></tr></table></main>'


def test_rows_of_data_are_found_by_name_place_and_year(small, tabs, tmp_path):
    shutil.copytree(small, tmp_path / "book")
    (tmp_path / "book" / "rows").mkdir()
    made = finish.rows({"rows/things.html": TABLE, "rows/fig-x.html": COPY})
    (tmp_path / "book" / "search" / "rows.js").write_bytes(made)
    tab, there = tabs((tmp_path / "book" / "one.html").as_uri()), (tmp_path / "book" / "rows" / "things.html").as_uri()
    tab.keyboard.press("/")
    for query in ("th_2", "sinpo", "Sinpo 1988", "things wombat"):
        told, found = asked(tab, query)
        assert told == "1 row of data." and found == [there + "#th_2"], query
    assert asked(tab, "th_1")[1] == [there + "#th_1"] and asked(tab, "bilby · 12")[1] == [there + "#th_1"]
    told, found = asked(tab, "wombat")
    assert told == "1 section and 1 row of data." and found[1] == there + "#th_2"  # the report's words first
    assert asked(tab, "inpo")[0].startswith("Nothing here holds")


def test_the_rows_of_the_report_are_in_the_index_and_it_stays_light(report_book):
    text = (report_book / "search" / "rows.js").read_text("utf-8")
    tables = json.loads(text.removeprefix("window.tableRows=").removesuffix(";\n"))
    listed = {f"{table['u']}#{row[0]}" for table in tables for row in table["r"]}
    assert len(listed) > 3000 and {f"rows/{name}.html" for name in ("assumptions", "missile_tests")} <= {
        table["u"] for table in tables
    }
    for table in tables:
        page = (report_book / table["u"]).read_text("utf-8")
        assert all(f'id="{row[0]}"' in page for row in table["r"]), table["u"]
    weight = sum(len(gzip.compress(path.read_bytes())) for path in (report_book / "search").iterdir())
    assert weight < 1.5e6


def test_the_keyboard_alone_finds_and_goes(small, tabs):
    tab = tabs((small / "index.html").as_uri())
    for _ in range(9):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.className") == "search":
            break
    tab.keyboard.press("Enter")
    tab.keyboard.type("rise")
    tab.wait_for_selector(".finder li")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    second = tab.evaluate("document.activeElement.href")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate("document.activeElement.type") == "search"
    tab.keyboard.press("Escape")
    assert not tab.locator(".finder").is_visible()
    tab.keyboard.press("Control+k")
    tab.wait_for_selector(".finder li")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        tab.keyboard.press(key)
    tab.wait_for_url(second)
    assert tab.locator("main h1").is_visible()


@pytest.mark.parametrize("query", ["zzyzx", "\\", "[a-", "(", "*", "“”", "한국", "<b>x</b>", "a" * 2000])
def test_a_search_for_nothing_says_so(small, tabs, query):
    tab = tabs((small / "one.html").as_uri())
    tab.keyboard.press("/")
    told, found = asked(tab, query)
    assert told.startswith("Nothing here holds “") and not found
    assert asked(tab, "   ") == ("Results come as you type.", [])


def test_some_of_the_words_are_better_than_none(small, tabs):
    tab = tabs((small / "one.html").as_uri())
    tab.keyboard.press("/")
    told, found = asked(tab, "wombat bandicoot")
    assert told.startswith("No section holds all these words; 2 sections") and len(found) == 2


def test_without_an_index_without_dialogs_and_without_scripts(small, browser, tabs, tmp_path):
    shutil.copytree(small, tmp_path / "book")
    shutil.rmtree(tmp_path / "book" / "search")
    tab = browser.new_page()
    tab.goto((tmp_path / "book" / "one.html").as_uri())
    tab.keyboard.press("/")
    assert "could not be loaded" in asked(tab, "wombat")[0]
    tab.close()
    tab = browser.new_page()
    tab.add_init_script("delete window.HTMLDialogElement")
    tab.goto((small / "one.html").as_uri())
    tab.keyboard.press("/")
    assert tab.locator("button.search").is_hidden() and tab.locator(".finder").count() == 0
    tab.close()
    assert tabs((small / "one.html").as_uri(), java_script_enabled=False).locator("button.search").is_hidden()


def test_from_a_server_only_when_asked(small, browser):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=small)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tab, loaded = browser.new_page(), []
        tab.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
        tab.goto(f"http://127.0.0.1:{server.server_port}/chapters/two.html")
        assert "index.js" not in loaded
        tab.click("button.search")
        assert len(asked(tab, "quokka")[1]) == 1 and "index.js" in loaded
        tab.close()
        server.shutdown()


def test_the_bar_fits_the_narrowest_screen(small, tabs):
    tab = tabs((small / "one.html").as_uri(), 320)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320 and tab.locator("button.search").is_visible()


def test_after_quarto_the_same_is_made(small, tmp_path):
    shutil.copytree(small, tmp_path / "book")
    made = {path.name: path.read_bytes() for path in (tmp_path / "book" / "search").iterdir()}
    shutil.rmtree(tmp_path / "book" / "search")
    script = re.search(r"post-render: (\S+)", (ROOT / "_quarto.yml").read_text("utf-8"))[1]
    environment = {"QUARTO_PROJECT_OUTPUT_DIR": str(tmp_path / "book")}
    subprocess.run([sys.executable, ROOT / script], env=environment, check=True, cwd=tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "book" / "search").iterdir()} == made


def test_an_environment_without_the_library_is_told(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pdoc", None)
    assert finish.extras({"one.html": "<main><h1>One</h1></main>"}, {}, None) == {}
    assert "pdoc" in capsys.readouterr().err


def test_a_folder_without_pages_is_told(tmp_path, capsys):
    assert finish.main(tmp_path) == 1 and "no pages there" in capsys.readouterr().err


def test_where_quarto_made_the_pdf_alone_there_is_nothing_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("QUARTO_PROJECT_OUTPUT_DIR", str(tmp_path))
    assert finish.main() == 1
    (tmp_path / "a-book.pdf").write_bytes(b"%PDF")
    assert finish.main() == 0 and [path.name for path in tmp_path.iterdir()] == ["a-book.pdf"]


def test_every_page_of_the_report_is_in_the_index(report_book):
    text = (report_book / "search" / "index.js").read_text("utf-8")
    rows = json.loads(text.removeprefix("window.pageIndex=").removesuffix(";\n"))
    pages = {row["u"].partition("#")[0] for row in rows}
    made = {finish.LIST, finish.LOST}  # which hold no words of their own
    there = {p.relative_to(report_book).as_posix() for p in report_book.rglob("*.html") if p.parent.name != "rows"}
    assert pages == there - made and made <= there
    for row in rows:
        page, _, anchor = row["u"].partition("#")
        assert not anchor or f'id="{anchor}"' in (report_book / page).read_text("utf-8"), row["u"]


def test_the_library_is_the_one_that_is_installed_with_its_licence(small):
    script = (small / "search" / finish.LIBRARY).read_bytes()
    assert script == finish.library() and b"MIT Licensed" in script[:200]
    assert not re.search(rb"\beval\(|new Function", script)
