"""The list of the package's names: complete by Python's own reading, in the source's words, with what is raised."""

import ast
import re
from pathlib import Path

import pypandoc
import pytest
from bs4 import BeautifulSoup

from bargain import api, evidence, listings

ROOT = Path(__file__).parents[2]
PLANTED = '''"""A module of two lines.

Its second paragraph.
"""

from typing import NamedTuple
from dataclasses import dataclass
from os.path import join

LIMIT = 3
_HIDDEN = 4


def share(part, whole: float = 1.0) -> float:
    """A share, `part` of whole_sum * 2; ValueError for a whole of 0."""
    if not whole:
        raise ValueError("whole is 0")
    return part / whole


def _helper():
    """Not for others."""


@rule
def s1a():
    pass


@dataclass(frozen=True)
class Case:
    """A case."""

    size: int
    names: tuple = ()

    def find(self, name):
        """Its place."""
        raise KeyError(name)


class Pair(NamedTuple):
    """A pair."""

    low: float
    high: float


class Trouble(Exception):
    """It went wrong."""
'''


@pytest.fixture
def planted(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "ROOT", tmp_path)
    for name in ("one.py", "deep/__init__.py", "deep/two.py", "plots/one.py", "deep/__main__.py"):
        path = tmp_path / "bargain" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLANTED, "utf-8")
    (tmp_path / "bargain" / "__init__.py").write_text('"""The whole."""\n', "utf-8")
    return tmp_path


def test_what_a_planted_module_offers(planted):
    package = api.modules()
    assert list(package) == ["deep", "deep.two", "one"]
    rows = api.names(package)
    assert (rows["module"].value_counts() == 6).all()
    one = rows[rows["module"] == "one"].set_index("name")
    assert list(one.index) == ["share", "s1a", "Case", "Case.find", "Pair", "Trouble"]
    assert list(one["signature"]) == [
        "share(part, whole: float = 1.0) -> float",
        "s1a()",
        "Case(size: int, names: tuple = ())",
        "find(name)",
        "Pair(low: float, high: float)",
        "Trouble",
    ]
    assert list(one.index[one["rule"]]) == ["s1a"] and one.at["s1a", "docstring"] == ""
    assert one.at["share", "raised"] == ("ValueError",) and one.at["Case.find", "raised"] == ("KeyError",)
    assert one.at["share", "docstring"].startswith("A share, `part`")
    assert api.constants(package["one"]) == ["LIMIT"]


def test_the_planted_module_as_a_page_and_in_print(planted):
    page, paper = listings.package_page(), listings.package_lines()
    assert page.count("`share(part, whole: float = 1.0) -> float`\n:   A share, `part`") == 3
    assert "whole\\_sum \\* 2; `ValueError` for" in page and "`Case.find(name)`" in page
    assert "Rules of the claims so named (@sec-claims): `s1a`" in page and "Constants: `LIMIT`" in page
    assert "- `deep.two`: A module of two lines." in paper
    assert "share" not in paper and "second paragraph" in page and "second paragraph" not in paper


def _written():
    """{(module, name)} of public functions and classes by Python's own reading, outside the rooms left out."""
    for path in sorted((ROOT / "bargain").rglob("*.py")):
        parts = path.relative_to(ROOT / "bargain").with_suffix("").parts
        parts = [p for p in parts if p != "__init__"]
        if not parts or parts[0] in api.ROOMS or parts[-1] == "__main__":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield ".".join(parts), node.name


def test_every_public_function_of_every_model_is_listed():
    rows = api.names()
    listed = {(r.module, r.name) for r in rows.itertuples() if "." not in r.name}
    assert listed == set(_written())
    assert {m for m, _ in listed} > {"kims", "options.values", "deal.timing", "readings.memory", "scorecard.record"}


def test_every_name_says_what_it_is_and_what_it_raises():
    """Rules are told by the claim of their name. What a function itself raises stands in its docstring."""
    rows = api.names()
    assert not list(rows.loc[(rows["docstring"] == "") & ~rows["rule"], "name"])
    silent = [(r.module, r.name, e) for r in rows.itertuples() for e in r.raised if e not in r.docstring]
    assert not silent
    assert rows["raised"].map(len).sum() > 50


def test_the_markdown_of_a_docstring_shows_its_words_and_nothing_else():
    """No character of a docstring is taken for markup, none is lost: its text through Pandoc is its text."""
    texts = [*api.names()["docstring"], *(m.docstring.value for m in api.modules().values())]
    texts += ["a_b_c *d e* <f> $g$ x^2^ [h](i) @fig-j {k} 1 * 2 \\* #l", "A *word*.\n\n    x_y = 2 * `z`\n\nEnd."]
    marked = "\n\n".join(f"::: {{#n{i}}}\n{listings.docstring(text)}\n:::" for i, text in enumerate(texts))
    shown = pypandoc.convert_text(marked, "html", format="markdown-smart", extra_args=["--wrap=none"])
    page = BeautifulSoup(shown, "lxml")
    assert {tag.name for tag in page.body.find_all(True)} == {"div", "p", "code", "pre", "em", "ul", "li"}
    blocks = page.body.find_all("div")
    assert len(blocks) == len(texts)
    for text, block in zip(texts, blocks, strict=True):
        for item in block.select("li code:first-child"):
            item.next_sibling.replace_with(item.next_sibling.removeprefix(":"))
        told = re.sub(r"(?<!\w)\*(\w+)\*(?!\w)", r"\1", text)
        assert re.sub(r"[\s`]+", "", block.get_text()) == re.sub(r"[\s`]+", "", told)


def test_aligned_rows_of_a_docstring_become_a_list():
    text = "Columns:\n\ndays   distinct days\nlong_name  goes on\n           in a second line\nThat is all.\n\nEnd."
    html = pypandoc.convert_text(listings.docstring(text), "html", format="markdown", extra_args=["--wrap=none"])
    assert "<li><code>days</code>: distinct days</li>" in html
    assert "<li><code>long_name</code>: goes on in a second line</li>" in html
    assert "<p>That is all.</p>" in html and "<p>End.</p>" in html
