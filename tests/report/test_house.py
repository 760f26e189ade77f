"""The house: the choice of a renderer, sources that resolve, and a walk-through that works."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bargain import evidence
from press import renderer

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "wish, version, chosen, why",
    [
        ("auto", None, "press", "no Quarto"),
        ("auto", (1, 8), "press", "older than 1.9"),
        ("auto", (1, 9), "quarto", "1.9"),
        ("auto", (2, 0), "quarto", "2.0"),
        ("press", (1, 10), "press", "RENDERER=press"),
        ("quarto", None, "quarto", "RENDERER=quarto"),
    ],
)
def test_the_renderer_is_chosen_and_says_why(wish, version, chosen, why):
    got, reason = renderer.decide(wish, version)
    assert got == chosen and why in reason


def test_an_unknown_renderer_is_refused(capsys):
    assert renderer.main("word") == 1
    assert "auto, press or quarto" in capsys.readouterr().err


def test_without_quarto_and_without_its_extra_the_answer_explains(monkeypatch, capsys):
    monkeypatch.setattr(renderer, "quarto_version", lambda: None)
    monkeypatch.setattr(renderer.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1))
    assert renderer.main("quarto") == 1
    out = capsys.readouterr()
    assert "optional extra" in out.out and "RENDERER=press" in out.err


def _cited():
    """Every key that data, seeds, schema or pages cite."""
    keys = {k for name in evidence.names() for k in evidence.keys(name)}
    keys |= {k for name in evidence.names(ROOT / "seeds") for k in evidence.keys(name, ROOT / "seeds")}
    pages = [ROOT / "index.qmd", ROOT / "report.qmd", *(ROOT / "chapters").glob("*.qmd")]
    for page in pages:
        keys |= set(re.findall(r"@([a-z][a-z0-9_]*\d{4}[a-z0-9_]*)", page.read_text("utf-8")))
    text = "".join(p.read_text("utf-8") for p in [ROOT / "data/datapackage.json", *(ROOT / "bargain").rglob("*.py")])
    return keys | {k for k in evidence.sources().index if re.search(rf"\b{re.escape(k)}\b", text)}


def test_every_source_resolves_and_none_is_unused():
    have, cited = set(evidence.sources().index), _cited()
    assert cited - have == set()
    assert have - cited == set(), f"{len(have - cited)} unused entries of references.bib"


def test_the_walk_through_works(tmp_path):
    """CONTRIBUTING.md, "Add a year to a table": the row that it asks for passes, and its three mistakes are named."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    steps = text.partition("<!-- add-a-year -->")[2].partition("<!-- /add-a-year -->")[0]
    assert "data/gdp.csv" in steps and "make check" in steps and "kept_to" in steps
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    path = data / "gdp.csv"
    rows = path.read_text("utf-8")
    header, last = rows.splitlines()[0].split(","), rows.splitlines()[-1].split(",")
    year = int(last[header.index("year")]) + 1
    row = dict.fromkeys(header, "") | {"year": str(year), "real_growth_pct_current_vintage": "1.2"}
    row |= {"source_id": last[header.index("source_id")], "verified": "seen"}
    for column, old in zip(header, last, strict=True):  # what else the schema asks for stays as in the last year
        if not row[column] and column in _required("gdp"):
            row[column] = old

    def check(changed):
        path.write_text(rows + ",".join((row | changed)[c] for c in header) + "\n", "utf-8")
        return subprocess.run([sys.executable, "-m", "bargain.evidence", str(data)], capture_output=True, text=True)

    good = check({})
    assert good.returncode == 0, good.stderr
    assert str(year) in next(line for line in good.stdout.splitlines() if line.split()[0] == "gdp")
    line = len(rows.splitlines()) + 1
    for changed, column in (
        ({"year": str(year - 1)}, "year"),
        ({"real_growth_pct_current_vintage": "350"}, "real_growth_pct_current_vintage"),
        ({"source_id": "nobody2026"}, "source_id"),
    ):
        bad = check(changed)
        assert bad.returncode == 1
        assert f"gdp.csv, line {line}, column {column}" in bad.stderr, bad.stderr


def _required(name):
    fields = evidence.describe(name)["schema"]["fields"]
    return {f["name"] for f in fields if f.get("constraints", {}).get("required")}
