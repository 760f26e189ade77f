"""What a page says as it is rendered is what the ledger has, whichever renderer runs it; and never what is stale."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from books import thorough
from nbclient import NotebookClient

from bargain import hearing, ledger, prose

ROOT = Path(__file__).parents[2]
PAGE = "chapters/x.qmd"
TEXT = """\
# Of a page {#sec-x}

```{python}
#| include: false
from bargain import evidence
from bargain.prose import claim, less, more
rows = len(evidence.table("gdp"))
many = more(rows, 1)
def said(n):
    return claim(more(rows, n), f"more than {n}", "no more")
kept = [claim(less(rows, k), f"below {k}", "not below") for k in (1, 10**6)]
```

It is `{python} claim(many, "a long table", "a short table")` of `{python} rows` rows,
`{python} said(2)` and `{python} claim(more(rows,
10**6), "huge", "not huge")`.

```{python}
print(said(10**7))
```
"""
SETUP = nbformat.v4.new_code_cell("own = 1")  # Quarto's own, not kept in history


def quarto(folder, text=TEXT, times=1):
    """Run a page as Quarto does: its own cell before and after, all expressions of a piece of text in one request."""
    pieces = re.split(r"^```\{python\}\n(.*?)^```\n", text, flags=re.M | re.S)
    client = NotebookClient(nbformat.v4.new_notebook(), resources={"metadata": {"path": str(folder / "chapters")}})
    with client.setup_kernel(env={**os.environ, "PYTHONPATH": str(folder)}):
        for _ in range(times):
            client.nb.cells = [SETUP.copy()]
            client.execute_cell(client.nb.cells[0], 0, store_history=False)
            for n, piece in enumerate(pieces):
                if n % 2:
                    client.nb.cells.append(nbformat.v4.new_code_cell(re.sub(r"^#\|.*\n", "", piece, flags=re.M)))
                    client.execute_cell(client.nb.cells[-1], len(client.nb.cells) - 1)
                elif found := re.findall(r"`\{python\} ([^`]+)`", piece):
                    asked = client.kc.execute("", user_expressions={str(k): code for k, code in enumerate(found)})
                    client.wait_for_reply(asked)
            client.execute_cell(client.nb.cells[0], 0, store_history=False)


def told(folder, **environment):
    """(The page's claims as the ledger of the copy has them, whether the page was run for it)."""
    script = """
import json
from bargain import ledger
ran, run = [], ledger.run
ledger.run = lambda *a, **o: ran.append(a) or run(*a, **o)
claims = ledger.claims()
print(json.dumps([[list(c.test), *c[:4], *c[5:]] for c in claims]), len(ran), sep="\\n")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.returncode, done.stderr
    claims, ran = done.stdout.splitlines()
    return json.loads(claims), bool(int(ran))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for name in ("bargain", "data", "references.bib"):
        target = folder / name
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, target)
    (folder / "chapters").mkdir()
    (folder / PAGE).write_text(TEXT)
    (folder / "_quarto.yml").write_text(f"book:\n  chapters: [{PAGE}]\n")
    return folder


@pytest.fixture(scope="module")
def by_run(copy):
    claims, ran = told(copy)
    assert ran
    return claims


@pytest.fixture(scope="module")
def heard(copy, by_run):
    """The copy after two renders of its page by one kernel, as for two formats."""
    quarto(copy, times=2)
    return copy


@contextlib.contextmanager
def changed(path, change):
    """While it lasts, a file has another text."""
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")
    assert path.read_text("utf-8") != before
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def test_what_is_heard_is_what_a_run_gives(heard, by_run):
    assert told(heard) == (by_run, False)
    assert len(by_run) == 6 and {claim[5] for claim in by_run} >= {"more(rows, 1)", "more(rows, n)", "less(rows, k)"}
    assert len(list((heard / "bargain/__pycache__/pages").iterdir())) == 1  # what was kept on the way is gone


def test_a_changed_paragraph_changes_the_sentence_and_runs_nothing(heard, by_run):
    with changed(heard / PAGE, lambda text: text.replace("It is ", "It surely is ")):
        claims, ran = told(heard)
    assert not ran and claims != by_run and claims[2][-1].startswith("It surely is a long table of")


CHANGES = {  # file of the copy, and what becomes of its text
    "a row": ("data/gdp.csv", lambda text: text.replace("\n2025,3.5,", "\n2025,3.4,")),
    "the code": ("bargain/prose.py", lambda text: text + "\n\ndef unused():\n    pass\n"),
    "a cell": (PAGE, lambda text: text.replace("(1, 10**6)", "(2, 10**6)")),
    "an expression": (PAGE, lambda text: text.replace("said(2)", "said(3)")),
}


@pytest.mark.parametrize("what", thorough(list(CHANGES)))
def test_what_is_stale_is_not_taken(heard, by_run, what):
    file, change = CHANGES[what]
    with changed(heard / file, change):
        assert told(heard)[1]


def test_what_is_changed_and_changed_back_is_still_known(heard, by_run):
    with changed(heard / "data/gdp.csv", CHANGES["a row"][1]):
        quarto(heard)
        assert not told(heard)[1]
    assert told(heard) == (by_run, False)


def test_a_new_file_beside_a_page_changes_nothing(heard, by_run):
    """Python looks into the page's folder for modules, which is no reading of it."""
    note = heard / PAGE.replace("x.qmd", "note.txt")
    note.write_text("to be done", "utf-8")
    assert told(heard) == (by_run, False)
    note.unlink()


def test_a_quick_look_takes_nothing_of_a_whole_one(heard):
    assert told(heard, BARGAIN_QUICK="1")[1]


def test_a_torn_record_is_none(heard, by_run):
    record = max((heard / "bargain/__pycache__/pages").iterdir(), key=lambda path: path.stat().st_mtime)
    with changed(record, lambda text: text[:-9]):
        assert told(heard) == (by_run, True)
    assert told(heard) == (by_run, False)


def test_half_a_page_is_no_page(heard, by_run):
    shutil.rmtree(heard / "bargain/__pycache__/pages")
    quarto(heard, TEXT.partition("```{python}\nprint")[0])
    assert told(heard) == (by_run, True)


def test_outside_a_kernel_nothing_is_heard(monkeypatch, tmp_path):
    monkeypatch.setattr(hearing, "KEPT", tmp_path / "pages")
    assert prose.claim(prose.more(2, 1), "yes", "no") == "yes"
    assert hearing.recall([]) is None and not (tmp_path / "pages").exists() and ledger.prose is prose
