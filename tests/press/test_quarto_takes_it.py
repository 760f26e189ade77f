"""What real Quarto's own way to Typst cannot take, found without it: in the sources and in what the cells gave."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from press import pandoc, source, tree
from press.keys import PHASES

ROOT = Path(__file__).parents[2]
EDITION = ROOT / "_extensions" / "report"
SOURCES = sorted([*ROOT.glob("*.qmd"), *ROOT.glob("chapters/*.qmd")])
# Quarto copies a length into Typst as it stands. A bare number is a picture's size in pixels, which it converts.
LENGTH = re.compile(r"\d*\.?\d+(in|cm|mm|pt|em|%)?")
PICTURES = {".png", ".jpg", ".jpeg", ".svg", ".gif"}


def refused(markdown, folder, root=ROOT):
    """What Quarto's way to Typst would stumble over in some Markdown whose paths start in `folder`."""
    found = []
    document, _ = pandoc.read(markdown)
    for element in tree.elements(document["blocks"]):
        for side, value in (tree.attr(element) or ["", [], []])[2]:
            if side in ("width", "height", "fig-width", "fig-height") and not LENGTH.fullmatch(value):
                found.append(f"{side}={value}: Typst has no such length")
        if element["t"] == "Image":
            target = unquote(element["c"][2][0])
            path = (root if target.startswith("/") else folder) / target.lstrip("/")
            if re.match(r"\w+:", target):
                found.append(f"{target}: a picture from elsewhere")
            elif path.suffix.lower() not in PICTURES:
                found.append(f"{target}: a picture that Typst cannot set")
            elif not path.is_file():
                found.append(f"{target}: no such file")
            elif not path.resolve().is_relative_to(root.resolve()):
                found.append(f"{target}: lies outside the project, which is Typst's root")
        if element["t"] == "RawBlock" and element["c"][0] == "html":
            style = re.search(r"<img[^>]*\s(?:width|height)=\"?[\d.]+px", element["c"][1])
            found += [f"{style[0]}: Typst has no such length"] if style else []
    return found


def texts(notebook):
    """The Markdown of a notebook: its text, what its cells give as Markdown, and what they print as such."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield source.joined(cell["source"])
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield source.joined(data.get("text/markdown", ""))
            if output.get("name") == "stdout":
                yield source.joined(output["text"])


@pytest.mark.parametrize(
    "bad, words",
    [
        ("![a](p.png){width=320px}", "width=320px"),
        ("![a](p.png){height=2rem}", "height=2rem"),
        ("::: {#fig-x width=20vw}\n![a](p.png)\n\nCaption\n:::", "width=20vw"),
        ("![a](p.tiff)", "cannot set"),
        ("![a](none.png)", "no such file"),
        ("![a](https://example.org/p.png)", "elsewhere"),
        ("![a](../out.png)", "outside"),
    ],
)
def test_the_check_finds_what_it_is_for(tmp_path, bad, words):
    root = tmp_path / "book"
    root.mkdir()
    for path in (root / "p.png", root / "p.tiff", tmp_path / "out.png"):
        path.write_bytes(b"")
    assert words in " ".join(refused(bad, root, root))
    for good in ("4in", "50%", "3.5cm", "12em", "320"):
        assert refused(f"![a](p.png){{width={good}}}", root, root) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_quarto_can_take_the_sources(path):
    assert refused(path.read_text("utf-8"), path.parent) == []


def test_quarto_can_take_what_the_cells_give(report_book):
    notebooks = sorted(report_book.rglob("*.ipynb"))
    assert len(notebooks) > 10
    wrong = {}
    for path in notebooks:
        folder = ROOT / path.relative_to(report_book).parent
        if found := refused("\n\n".join(texts(path)), folder):
            wrong[path.name] = found
    assert wrong == {}


def test_quarto_knows_the_phases_of_the_filters_and_finds_their_files():
    formats = yaml.safe_load((EDITION / "_extension.yml").read_text("utf-8"))["contributes"]["formats"]
    for name, options in formats.items():
        for entry in options["filters"]:
            assert entry["at"] in PHASES and (EDITION / entry["path"]).is_file(), (name, entry)
        order = [PHASES.index(entry["at"]) for entry in options["filters"]]
        assert order == sorted(order), f"{name}: Quarto runs filters by phase; listed so, nobody is misled"


def test_a_plain_render_of_quarto_sees_changed_data_and_code():
    config = yaml.safe_load((ROOT / "_quarto.yml").read_text("utf-8"))
    assert config["execute"]["freeze"] is False  # any other looks at the .qmd alone
    for path in SOURCES:
        front = source.front_matter(path.read_text("utf-8"), path.name)[0]
        assert "freeze" not in (front.get("execute") or {}), path.name
