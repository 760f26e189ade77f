"""The appendix on the package, as readers get it: every public name on the website, every module in print."""

import ast
import gzip
import re
from pathlib import Path

from bs4 import BeautifulSoup

from bargain import api

ROOT = Path(__file__).parents[2]


def written():
    """{module: names of its public functions and classes} by Python's own reading of the files of the models."""
    found = {}
    for path in sorted((ROOT / "bargain").rglob("*.py")):
        parts = [p for p in path.relative_to(ROOT / "bargain").with_suffix("").parts if p != "__init__"]
        if parts and parts[0] not in api.ROOMS and parts[-1] != "__main__":
            body = ast.parse(path.read_text("utf-8")).body
            defined = [n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
            found[".".join(parts)] = {n for n in defined if not n.startswith("_")}
    return found


def check_page(html):
    """A section a module; in each a term for each public name, and text with it; no markup of the source is left."""
    main = BeautifulSoup(html, "lxml").find("main")
    sections = {h.get_text(strip=True): h.find_parent("section") or h.parent for h in main.find_all("h2")}
    expected = written()
    assert list(sections) == sorted(expected)
    for module, names in expected.items():
        terms = [re.match(r"\w+(?:\.\w+)?", t.get_text(strip=True))[0] for t in sections[module].find_all("dt")]
        rules = {
            c.get_text()
            for p in sections[module].find_all("p")
            if "Rules of the claims" in p.text
            for c in p.find_all("code")
        }
        assert {t for t in terms if "." not in t} | rules == names, module
        assert all(d.get_text(strip=True) for d in sections[module].find_all("dd")), module
    for code in main.find_all(["code", "pre"]):
        code.decompose()
    assert not re.search(r"`|\\|:::|\{#|\?@", main.get_text())
    assert len(gzip.compress(html.encode())) <= 250_000


def check_print(pages):
    """Each module once, after the appendix's title, and no signature."""
    text = re.sub(r"\s+", " ", " ".join(pages))
    text = text[text.rindex("In print each module has one line") :]
    for module in written():
        assert len(re.findall(rf"(?<![\w.]){re.escape(module)}: [A-Z]", text)) == 1, module
    assert "register=None" not in text


def test_every_public_name_stands_on_the_page(report_book):
    check_page((report_book / "chapters" / "e-package.html").read_text("utf-8"))


def test_every_module_stands_in_print(report_paper):
    check_print(report_paper)
