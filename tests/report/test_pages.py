"""Every page in a real browser: no error, nothing from elsewhere, nothing cut off, no barrier, no name run over.

Three widths and two themes make six ways to see a page. A quick run sees each page in one of them, in turn, so that
each way is tried on some pages, and has axe look for barriers on every fifth, which brings it to one in each way; the
long form does both for every page in all six.
"""

from itertools import chain, cycle, product, repeat

import looks
import pytest

from bargain import evidence

WAYS = list(product((1280, 390, 320), ("light", "dark")))
HEAD = '<!DOCTYPE html><html lang="en"><head><title>A page</title></head>'
GROUND = HEAD + "<body><main><h1>A page</h1>{}</main></body></html>"
BARRIERS = {
    "image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    "color-contrast": '<p style="color: #aaa; background: #fff">Hardly to be read.</p>',
    "label": "<input type='text'>",
    "scrollable-region-focusable": '<div style="overflow: scroll; width: 90px"><pre>a long line of words</pre></div>',
}


@pytest.fixture
def tab(browser):
    """A tab that notes in `wrong` what goes wrong while pages load: errors, files missing or from elsewhere."""
    one = browser.new_page()
    one.wrong = []
    one.on("pageerror", lambda error: one.wrong.append(str(error)))
    one.on("console", lambda message: message.type in ("error", "warning") and one.wrong.append(message.text))
    one.on("requestfailed", lambda request: one.wrong.append(f"{request.url} cannot be loaded"))
    own = ("file:", "data:")
    one.on("request", lambda request: request.url.startswith(own) or one.wrong.append(f"{request.url} is elsewhere"))
    yield one
    one.close()


def seen(tab, path, width, mode, axe="whole"):
    """What is wrong with a page seen in one way; barriers are looked for on the whole page, on a cut one, or not."""
    tab.wrong.clear()
    looks.shown(tab, path, width, mode)
    found = [*tab.wrong, *looks.sideways(tab), *looks.doubled(tab), *looks.names(tab)]
    return found + (looks.barred(tab, whole=axe == "whole") if axe else [])


def pages(book):
    """The pages of the book, without those of rows."""
    found = [path for path in sorted(book.rglob("*.html")) if path.parent.name != "rows"]
    assert len(found) > 20
    return found


def rows(book):
    """The pages of rows: first those of tables, that with most columns first, as it would give way first."""
    tables = sorted(evidence.names(), key=lambda name: -len(evidence.table(name).columns))
    found = [book / "rows" / f"{name}.html" for name in tables]
    return found + sorted(set((book / "rows").glob("*.html")) - set(found))


def wrong_with(tab, ways, axe=None):
    axe = axe or repeat("whole")
    found = {f"{path.name} at {way}": seen(tab, path, *way, one) for (path, way), one in zip(ways, axe, strict=False)}
    return {where: wrong for where, wrong in found.items() if wrong}


def test_every_page_in_one_way(report_book, tab):
    some = cycle(chain(["cut"], [""] * (len(WAYS) - 2)))
    assert not wrong_with(tab, zip(pages(report_book), cycle(WAYS)), some)


def test_pages_of_the_widest_tables_in_one_way(report_book, tab):
    assert not wrong_with(tab, zip(rows(report_book)[:6], WAYS, strict=True), ["cut", *[""] * 5])


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS, ids=[f"{width} {mode}" for width, mode in WAYS])
def test_every_page_in_every_way(report_book, tab, way):
    assert not wrong_with(tab, product(pages(report_book), [way]))
    assert not wrong_with(tab, product(rows(report_book)[:6], [way]), repeat("cut"))  # axe does not end with a thousand


@pytest.mark.slow
def test_every_page_of_rows_in_one_way(report_book, tab):
    assert not wrong_with(tab, zip(rows(report_book), cycle(WAYS)), repeat("cut"))


@pytest.mark.parametrize("rule", BARRIERS)
def test_a_planted_barrier_is_found(tab, tmp_path, rule):
    page = tmp_path / "page.html"
    page.write_text(GROUND.format(BARRIERS[rule]), "utf-8")
    looks.shown(tab, page, 390)
    assert [one.split()[0] for one in looks.barred(tab)] == [rule]
    page.write_text(GROUND.format("<p>Words.</p>"), "utf-8")
    looks.shown(tab, page, 390)
    assert not looks.barred(tab)


def test_a_planted_error_is_found(tab, tmp_path):
    (tmp_path / "wrong.js").write_text("throw Error('a planted one')", "utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        GROUND.format(
            '<p style="width: 2000px">Wide.</p><script src="wrong.js"></script><img alt="no" src="none.png">'
        ),
        "utf-8",
    )
    found = " ".join(seen(tab, page, 390, "light"))
    assert "a planted one" in found and "none.png cannot be loaded" in found and "sideways" in found
