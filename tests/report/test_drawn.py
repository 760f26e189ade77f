"""Every drawing as a browser draws it: no name runs into a line, a bar, another name or the frame, or is too faint."""

from pathlib import Path

import looks
import pytest

WIDTHS = {"desk": 1280, "phone": 390}
GROUND = (
    '<!DOCTYPE html><html lang="en"><head><link rel="stylesheet" href="{css}"></head><body>'
    '<figure id="fig-x"><div class="chart desk"><svg width="300" height="100" viewBox="0 0 300 100">{drawn}</svg></div>'
    "</figure></body></html>"
)
NAME = '<text x="50" y="50" font-family="Report Sans" font-size="12" style="fill:var(--ink)">A name here</text>'
PLANTED = {
    "is crossed by a line": '<path d="M0,46H300" stroke-width="2" style="stroke:var(--kim);fill:none"/>' + NAME,
    "crosses the edge of a field": '<rect x="80" y="20" width="99" height="50" style="fill:var(--band);fill:#C24A6C"/>'
    + NAME,
    "overlap": NAME + NAME.replace('x="50"', 'x="90"').replace("A name", "Another"),
    "leaves the frame": NAME.replace('x="50"', 'x="-20"'),
    "has a contrast of": NAME.replace("--ink", "--talks"),
    "shown at": NAME.replace('"12"', '"9"'),
    "is covered": NAME + '<rect x="40" y="20" width="150" height="50" style="fill:var(--data)"/>',
    "is set in": NAME.replace("Report Sans", "serif"),
}
INNOCENT = [
    NAME,
    '<path d="M0,46H300" style="stroke:var(--grid);fill:none"/>' + NAME,  # a gridline may lie under a name
    '<path d="M0,70H300" stroke-width="2" style="stroke:var(--kim);fill:none"/>' + NAME,  # below it
    '<rect x="20" y="20" width="200" height="50" style="fill:var(--band)"/>' + NAME,  # wholly in a field
    '<rect x="20" y="20" width="50" height="50" style="fill:#C24A6C" fill-opacity=".5"/>'
    '<rect x="70" y="20" width="90" height="50" style="fill:#C24A6C" fill-opacity=".6"/>' + NAME,  # cells of one field
]


@pytest.fixture
def planted(browser, tmp_path):
    css = Path(__file__).parents[2] / "_extensions" / "report" / "report.css"

    def measure(drawn):
        page = tmp_path / "page.html"
        page.write_text(GROUND.format(css=css.as_uri(), drawn=drawn), "utf-8")
        sheet = browser.new_page()
        looks.shown(sheet, page, 1280)
        found = looks.names(sheet)
        sheet.close()
        return found

    return measure


@pytest.mark.parametrize("wrong", PLANTED)
def test_a_planted_fault_is_found(planted, wrong):
    found = planted(PLANTED[wrong])
    assert any(wrong in words for words in found), found


def test_a_drawing_without_fault_passes(planted):
    assert [planted(drawn) for drawn in INNOCENT] == [[]] * len(INNOCENT)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_names_stand_free_and_stand_out_in_print_from_a_dark_page(report_book, browser, width):
    """On the screen the tests of pages look at them."""
    pages = [path for path in sorted(report_book.rglob("*.html")) if path.parent.name != "rows"]
    sheet, found = browser.new_page(), {}
    for path in pages:
        looks.shown(sheet, path, WIDTHS[width], "dark", "print")
        found[path.name] = looks.names(sheet)
    sheet.close()
    assert not {name: wrong for name, wrong in found.items() if wrong}
