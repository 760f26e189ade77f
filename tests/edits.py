"""Chapters run as they stand, tables with one cell changed in a copy of the data that the loader then reads, and
pages rendered from a copy of the project in which one table was changed."""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup

from bargain import evidence, options, reads
from bargain.plots import theme

SOURCES = ("_extensions", "bargain", "chapters", "data", "results", "seeds")


def edit(monkeypatch, folder, table, where, **cells):
    """Point the loader at a copy of the data in `folder` (made once), with `cells` set in the rows that have `where`.

    where: {column: text}. Returns the number of rows changed; AssertionError if there is none.
    """
    if not folder.exists():
        shutil.copytree(evidence.DATA, folder)
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hit = [row for row in rows if all(row[c] == v for c, v in where.items())]
    assert hit and set(cells) <= set(rows[0])
    for row in hit:
        row.update({c: str(v) for c, v in cells.items()})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for cache in (evidence.schema.package, evidence._centrals, evidence._table):
        cache.cache_clear()
    monkeypatch.setattr(evidence, "DATA", folder)
    return len(hit)


def assume(monkeypatch, folder, row, value):
    """The same for one assumption: low, central and high all at `value`."""
    edit(monkeypatch, folder, "assumptions", {"id": row}, low=value, central=value, high=value, distribution="fixed")


@contextmanager
def changed(table, change, folder=None):
    """One table, of `folder` (default: the data), as change(a copy of it) leaves it, while it lasts."""
    real = evidence._table
    frame = real(table, folder or evidence.DATA).copy()
    change(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "_table", lambda name, data: frame if name == table else real(name, data))
        forget()
        yield
    forget()


def register(ranges):
    """The register of assumptions with other ranges while it lasts, {row: (low, central, high)}."""

    def change(frame):
        for row, values in ranges.items():
            at = frame["id"] == row
            assert at.sum() == 1, row
            frame.loc[at, ["low", "central", "high"]] = values

    return changed("assumptions", change)


def forget():
    """Empty what functions keep from earlier calls."""
    evidence._centrals.cache_clear()
    reads.start()
    reads.stop()


def printed(monkeypatch, chapter):
    """All that a chapter's cells print, in order: values in sentences, tables, captions; no figure is drawn."""
    out, names = [], {}

    def figure(name, draw, *frames, **parts):
        out.append(parts["finding"])

    monkeypatch.setattr(theme, "figure", figure)
    text = (evidence.ROOT / "chapters" / chapter).read_text("utf-8")
    for cell in re.finditer(r"```\{python\}\n(.*?)```|`\{python\} ([^`]+)`", text, flags=re.S):
        if cell[2]:
            out.append(str(eval(cell[2], names)))
            continue
        tree = ast.parse(cell[1])
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, chapter, "exec"), names)
        shown = eval(compile(ast.Expression(last.value), chapter, "eval"), names) if last else None
        out += [getattr(shown, "data", str(shown))] if shown is not None else []
    return out


def printed_by_two_seeds(monkeypatch, chapter):
    """What a chapter that draws its futures from `options.sample` prints with the report's seed and with another.

    Whether its figures can be drawn, the render of the book says.
    """
    pages, sample = [], options.sample
    for seed in (options.SEED, 2):
        monkeypatch.setattr(options.draws, "SEED", seed)
        monkeypatch.setattr(options, "sample", lambda chunks=4, seed=seed: sample(chunks, seed))
        pages.append(printed(monkeypatch, chapter))
    return pages


def page(folder, chapter, file=None, edit=None, stale="error", also=()):
    """The text of a chapter's page, rendered by the press in `folder`, a copy of the project with one table edited.

    edit(row) is called with each row of `file`, a dict of text; also: further pairs of a file and its edit.
    stale: what to do about stored tables that the edit makes stale (see `bargain.results.load`).
    AssertionError when nothing was edited, or when the press fails.
    """
    copied(folder)
    for table, change in ((file, edit), *also) if file else ():
        with open(folder / table, encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        before = [dict(row) for row in rows]
        for row in rows:
            change(row)
        assert rows != before, f"nothing was edited in {table}"
        with open(folder / table, "w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return rendered(folder, chapter, stale)


def copied(folder):
    """A copy of what the press renders the report from."""
    for part in SOURCES:
        shutil.copytree(evidence.ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*evidence.ROOT.glob("*.qmd"), *evidence.ROOT.glob("*.bib"), evidence.ROOT / "_quarto.yml"):
        shutil.copy(path, folder)


def rendered(folder, chapter, stale="error", to="html"):
    """The text of a chapter's page, rendered by the press in a copy. AssertionError when the press fails."""
    book = folder / "book"
    what = ["--to", to] if to else []
    done = subprocess.run(
        [sys.executable, "-m", "press", folder, *what, "--only", chapter, "--output", book],
        cwd=evidence.ROOT,
        env={**os.environ, "PYTHONPATH": str(folder), "BARGAIN_STALE": stale},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return text(book, chapter)


def text(book, chapter):
    """The text of a chapter's page in a rendered book, each run of white space one space."""
    main = BeautifulSoup((book / chapter).with_suffix(".html").read_text("utf-8"), "lxml").find("main")
    return re.sub(r"\s+", " ", main.get_text())
