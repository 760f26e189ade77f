"""The report in brief and the chapters say the same, in the rendered pages."""

import re

from bs4 import BeautifulSoup

from bargain.words import brief


def squash(text):
    """Text without white space, with straight quotes and dashes."""
    for mark, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-")):
        text = text.replace(mark, plain)
    return re.sub(r"\s+", "", text)


def test_each_finding_of_the_brief_stands_in_its_chapter_word_for_word(report_book):
    short = squash(BeautifulSoup((report_book / "report.html").read_text("utf-8"), "lxml").find("main").get_text())
    for name, found in brief.findings().items():
        (page,) = report_book.glob(f"chapters/*-{name}.html")
        chapter = squash(BeautifulSoup(page.read_text("utf-8"), "lxml").find("main").get_text())
        for sentence in found.sentence.split(". "):
            assert squash(sentence) in chapter, (name, sentence)
            assert squash(sentence) in short, (name, sentence)
