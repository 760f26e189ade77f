"""The house: the choice of a renderer, sources that resolve, and a walk-through that works."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bargain import evidence, terms
from press import renderer

ROOT = Path(__file__).parents[2]
MADE = "results/parts/"  # a folder that is there while tables are computed


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


@pytest.mark.parametrize("page", sorted(ROOT.glob("chapters/*.qmd")), ids=lambda p: p.stem)
def test_no_cell_is_longer_than_fifteen_lines(page):
    cells = re.findall(r"```\{python\}\n(.*?)```", page.read_text("utf-8"), flags=re.S)
    assert [cell for cell in cells if len(cell.strip().splitlines()) > 15] == []


def test_an_unknown_renderer_is_refused(capsys):
    assert renderer.main("word") == 1
    assert "auto, press or quarto" in capsys.readouterr().err


def test_without_quarto_and_without_its_extra_the_answer_explains(monkeypatch, capsys):
    monkeypatch.setattr(renderer, "quarto_version", lambda: None)
    assert renderer.main("quarto") == 1
    said = capsys.readouterr().err
    assert renderer.EXTRA in said and "RENDERER=press" in said


def test_the_extra_is_the_package_that_downloads_quarto():
    """PyPI's `quarto` 0.1.0 is another thing; a release that the edition can use is at least `OLDEST`."""
    wanted = Requirement(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["quarto"][0]
    )
    assert str(wanted) == renderer.EXTRA and wanted.name == "quarto-cli"
    assert "1.10.19" in wanted.specifier and "1.8.27" not in wanted.specifier


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_what_a_page_tells_to_run_or_open_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    told = set(re.findall(r"(?:^|`)(?:[A-Z]+=\S+ )?make ([a-z-]+)", text, re.M))
    assert told and told <= targets, told - targets
    files = set(re.findall(r"`((?:data|results|press|bargain|tests|seeds|_extensions)/[\w./-]*)`", text))
    missing = {f for f in files if not (ROOT / f).exists() and f not in ("bargain/name.py", "tests/test_name.py", MADE)}
    assert files and not missing


def _cited():
    """Every key that data, seeds, schema or pages cite."""
    keys = {k for name in evidence.names() for k in evidence.keys(name)}
    keys |= {k for name in evidence.names(ROOT / "seeds") for k in evidence.keys(name, ROOT / "seeds")}
    pages = [ROOT / "index.qmd", ROOT / "report.qmd", *(ROOT / "chapters").glob("*.qmd")]
    for page in pages:
        keys |= set(re.findall(r"@([a-z][a-z0-9_]*\d{4}[a-z0-9_]*)", page.read_text("utf-8")))
    text = "".join(p.read_text("utf-8") for p in [ROOT / "data/datapackage.json", *(ROOT / "bargain").rglob("*.py")])
    return keys | set(evidence.sources().index) & set(re.findall(r"\w+", text))


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

    def check(*changes):
        lines = [",".join((row | changed)[c] for c in header) + "\n" for changed in changes]
        path.write_text(rows + "".join(lines), "utf-8")
        return subprocess.run([sys.executable, "-m", "bargain.evidence", str(data)], capture_output=True, text=True)

    good = check({})
    assert good.returncode == 0, good.stderr
    assert str(year) in next(line for line in good.stdout.splitlines() if line.split()[0] == "gdp")
    mistakes = {
        "year": {"year": str(year - 1)},
        "real_growth_pct_current_vintage": {"year": str(year + 1), "real_growth_pct_current_vintage": "350"},
        "source_id": {"source_id": "nobody2026"},
    }
    bad = check(*mistakes.values())
    assert bad.returncode == 1
    for line, column in enumerate(mistakes, len(rows.splitlines()) + 1):
        assert f"gdp.csv, line {line}, column {column}" in bad.stderr, bad.stderr


def _required(name):
    fields = evidence.describe(name)["schema"]["fields"]
    return {f["name"] for f in fields if f.get("constraints", {}).get("required")}


def test_how_it_fits_together_names_what_is_there():
    """Each file of the tables in CONTRIBUTING exists, each function stands in the file named with it, rows exist."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = evidence.assumptions().index
    seen = 0
    for name in ("one-number", "look-first", "add-a-reading"):
        table = re.search(rf"<!-- {name} -->(.*?)<!-- /{name} -->", text, re.S)[1]
        for line in table.strip().splitlines()[2:]:
            files = [w for w in re.findall(r"`([^`]+)`", line) if "/" in w]
            code = "".join((ROOT / w).read_text("utf-8") for w in files)
            for word in re.findall(r"`([^`]+)`", line):
                if "…" in word:  # rows of the assumptions by their ends
                    head, tail = word.split("…")
                    assert any(r.startswith(head) and r.endswith(tail) for r in rows), word
                elif "/" not in word and word not in rows:
                    assert re.search(rf"^(?:def {word}\(|{word}\b)", code, re.M), f"{word} is not in {files}"
                seen += 1
    assert seen > 45


def test_the_four_questions_of_a_newcomer_are_answered():
    """The prior of chapter 1, the place of figure 8.4, the price of a warhead, what a new reading would touch."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for asked in ("the prior of chapter 1", "where the price of a warhead enters", "what a new reading would touch"):
        [row] = re.findall(rf"^\| {asked} \| (.*) \|$", text, re.M)
        assert re.search(r"`bargain/[\w/]+\.py`", row), asked
    [(chapter, number, draw)] = re.findall(r"figure (\d+)\.(\d+) is `(\w+)` in `bargain/plots/\w+\.py`", text)
    [page] = (ROOT / "chapters").glob(f"{int(chapter):02}-*.qmd")
    figures = re.findall(r"^::: \{#fig-.*?^:::$", page.read_text("utf-8"), re.M | re.S)
    assert re.search(rf"\.{draw}\b", figures[int(number) - 1])


def _lists_of_all_readings():
    """(file, name) of each constant of the package that names all readings, as keys or items."""
    for path in sorted((ROOT / "bargain").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                words = {n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)}
                if words >= set(terms.READINGS):
                    [target] = node.targets if isinstance(node, ast.Assign) else [node.target]
                    yield path.relative_to(ROOT).as_posix(), target.id


def test_every_list_of_the_readings_is_named_for_who_adds_one():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = re.search(r"<!-- add-a-reading -->(.*?)<!-- /add-a-reading -->", text, re.S)[1]
    missing = [
        (file, name)
        for file, name in _lists_of_all_readings()
        if not any(f"`{file}`" in line and f"`{name}`" in line for line in table.splitlines())
    ]
    assert not missing


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The package by itself, as an install elsewhere would have it."""
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(ROOT / "bargain", folder / "bargain", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "-c 'from bargain import economies; economies.trade()'",
        "-m bargain.evidence",
        "-m bargain.forecasts issue",
        "-m bargain.futures --futures 16",
        "-m bargain.results",
        "-m bargain.takeover .",
    ],
)
def test_a_package_without_its_clone_says_what_it_needs(alone, command):
    """In words, and a command without a traceback; nothing is written."""
    before = sorted(p for p in alone.rglob("*") if p.suffix != ".pyc" and p.name != "__pycache__")
    done = subprocess.run(
        [sys.executable, *shlex.split(command)],
        cwd=alone,
        env={**os.environ, "PYTHONPATH": str(alone)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "needs a clone" in done.stderr
    assert command.startswith("-c") or "Traceback" not in done.stderr
    assert sorted(p for p in alone.rglob("*") if p.suffix != ".pyc" and p.name != "__pycache__") == before


def test_a_folder_to_take_over_must_be_there():
    done = subprocess.run(
        [sys.executable, "-m", "bargain.takeover", "no such"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2 and "no such folder: no such" in done.stderr


def test_no_package_gives_a_part_of_its_own_the_name_of_another_module():
    """Else `from bargain.live import argument` gives the one or the other, by what was imported first."""
    for folder in sorted(path.parent for path in (ROOT / "bargain").rglob("__init__.py")):
        parts = {path.stem for path in folder.iterdir() if path.suffix == ".py"} | {
            path.name for path in folder.iterdir() if path.is_dir()
        }
        tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        for node in imports:
            own = isinstance(node, ast.ImportFrom) and f".{folder.name}" in f".{node.module}"
            bound = {(name.asname or name.name).split(".")[0] for name in node.names}
            assert own or not bound & parts - {"__init__"}, (folder.name, node.lineno, bound & parts)
