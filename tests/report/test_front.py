"""The front page: the question, an answer with its confidence, six findings, four doors, and nothing of the making."""

import re

import pytest
from bs4 import BeautifulSoup

from bargain import evidence, prose


@pytest.fixture(scope="module")
def front(report_book):
    return BeautifulSoup((report_book / "index.html").read_text("utf-8"), "lxml")


def test_the_answer_stands_before_the_first_heading_with_its_confidence(front):
    answer = front.select_one("main > .finding")
    assert 8 <= len(answer.find("p").get_text().split()) <= 40
    assert re.search(r"(High|Medium|Low) confidence", answer.select_one(".conf").get_text())
    order = [tag for tag in front.select("main > *") if tag is answer or tag.name == "section"]
    assert order[0] is answer


def test_four_doors(front):
    doors = [link["href"] for link in front.select(".do a")]
    assert doors == ["report.html", "chapters/own-kim.html", "chapters/negotiate.html", "chapters/a-data.html"]


def test_the_findings_are_those_of_the_brief(front, report_book):
    """Six, each with a confidence and a chapter; their numbers are printed in the brief, so rounded."""
    brief = BeautifulSoup((report_book / "report.html").read_text("utf-8"), "lxml").select(".findings .num")
    items = front.select(".findings .item")
    assert len(items) == 6
    for item in items:
        assert item.select_one(".num").get_text() in {number.get_text() for number in brief}, item.get_text()
        assert "confidence" in item.select_one(".conf").get_text() and item.select_one(".conf a")["href"]


def test_it_says_to_when_the_evidence_runs(front):
    said = front.find("main").get_text()
    assert f"The evidence runs to {prose.day(evidence.evidence_to())}" in said
    assert f"digests of the press to {prose.day(evidence.digests_to())}" in said


def test_nothing_of_the_making_stands_there(front):
    assert front.select_one("#refs") is None and not front.select(".citation")
    assert not re.search(r"(Python|Pandoc|Typst|vl-convert) \d", front.get_text())
    assert "irrational" not in " ".join(t.get_text() for t in front.select(".readings .name, .tri")).lower()
