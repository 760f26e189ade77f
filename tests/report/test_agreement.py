"""The report in brief and the chapters say the same, in the rendered pages."""

import re

from bs4 import BeautifulSoup

from bargain import brief


def squash(text):
    """Text without white space, with straight quotes and dashes."""
    for mark, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-")):
        text = text.replace(mark, plain)
    return re.sub(r"\s+", "", text)


def test_each_number_of_the_brief_stands_in_its_chapter(report_book):
    """The figures beside a finding are printed, so rounded, on a page that the finding leads to."""
    first = BeautifulSoup((report_book / "report.html").read_text("utf-8"), "lxml").find("main")
    items = first.select(".findings .item")
    assert len(items) == 10
    for item in items:
        pages = {link["href"].partition("#")[0] for link in item.select("a.quarto-xref")}
        text = squash(
            " ".join(
                BeautifulSoup((report_book / page).read_text("utf-8"), "lxml").find("main").get_text() for page in pages
            )
        )
        for number in re.findall(r"\d[\d,.]*\d|\d", item.select_one(".num").get_text()):
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", text), (item.get_text(), number)


def test_shares_of_deals_that_disarm_are_said_together(report_book):
    """Where one depth of the schedules that both sides keep is said, all three are, with how the real offers went."""
    facts = brief.facts()
    shares = [f"{facts.kept[depth].mean():.0%}" for depth in ("some", "half", "all_gone")]
    said = [*shares, "{} of {:,}".format(*facts.answered)]
    for page, place in (("index", ".findings .item"), ("report", ".findings .item"), ("chapters/08-phasing", "p")):
        parts = BeautifulSoup((report_book / f"{page}.html").read_text("utf-8"), "lxml").find("main").select(place)
        assert any(all(word in " ".join(part.get_text().split()) for word in said) for part in parts), (page, said)


def test_the_brief_stands_on_one_page_of_print(report_book, report_paper):
    """Its question, every finding and its closing words are on the same page."""
    items = BeautifulSoup((report_book / "report.html").read_text("utf-8"), "lxml").select(".findings .item .num")
    (page,) = (words for words in report_paper if "The question." in words and "The answer." in words)
    words = " ".join(page.split())
    assert "If you are undecided:" in words
    assert len(items) >= 8 and not [one.get_text() for one in items if one.get_text() not in words]
