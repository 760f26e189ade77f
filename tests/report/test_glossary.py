"""The glossary: each word once, in order, in two or three plain sentences, and no chapter links past it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "chapters" / "f-glossary.qmd").read_text("utf-8")
ENTRIES = re.findall(r"^\[(.+?)\]\{#term-([a-z-]+)\}\n\n:   (.+)$", GLOSSARY, re.M)
PAGES = [ROOT / "report.qmd", ROOT / "index.qmd", *sorted((ROOT / "chapters").glob("*.qmd"))]


def test_words_stand_once_and_in_order():
    words, slugs = [word.lower() for word, *_ in ENTRIES], [slug for _, slug, _ in ENTRIES]
    assert len(slugs) == GLOSSARY.count("#term-") > 20  # each anchor is an entry of the list
    assert words == sorted(words) and len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("word, slug, text", ENTRIES, ids=[slug for _, slug, _ in ENTRIES])
def test_a_word_is_told_in_a_few_plain_sentences(word, slug, text):
    """What it is, where it is used, what it is not: no formula, and no cell that could fail."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z@])", plain)
    assert 2 <= len(sentences) <= 4 and len(plain.split()) <= 75
    assert "$" not in text and "`" not in text
    assert re.search(r"\b(?:not|nor|no|less than|only as)\b", text)


def test_every_link_to_the_glossary_finds_its_word():
    slugs, linked = {slug for _, slug, _ in ENTRIES}, []
    for page in PAGES:
        for place, slug in re.findall(r"\(([^()\s]*)#(term-[^)\s]*)\)", page.read_text("utf-8")):
            home = "" if page.name == "f-glossary.qmd" else "f-glossary.qmd"
            assert place == (home if page.parent.name == "chapters" else f"chapters/{home}"), (page.name, place)
            linked.append((page.name, slug.removeprefix("term-")))
    assert not [link for link in linked if link[1] not in slugs]
    assert len(linked) == len(set(linked)), "a chapter links each word once, where it first stands"
