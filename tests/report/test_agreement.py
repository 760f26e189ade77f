"""The report in brief and the chapters say the same, in the rendered pages."""

import re
from pathlib import Path

from bs4 import BeautifulSoup

from bargain.words import brief

ROOT = Path(__file__).parents[2]


def squash(text):
    """Text without white space, with straight quotes and dashes."""
    for mark, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-")):
        text = text.replace(mark, plain)
    return re.sub(r"\s+", "", text)


def test_each_finding_of_the_brief_stands_in_its_chapter_word_for_word(report_book):
    short = squash(BeautifulSoup((report_book / "report.html").read_text("utf-8"), "lxml").find("main").get_text())
    for name, found in brief.findings().items():
        (page,) = report_book.glob(f"chapters/*-{name}.html")
        if "from bargain.words import" not in (ROOT / "chapters" / page.name).with_suffix(".qmd").read_text("utf-8"):
            continue  # its words stand in the page, and the brief is not yet written from them
        chapter = squash(BeautifulSoup(page.read_text("utf-8"), "lxml").find("main").get_text())
        for sentence in found.sentence.split(". "):
            assert squash(sentence) in chapter, (name, sentence)
            assert squash(sentence) in short, (name, sentence)
