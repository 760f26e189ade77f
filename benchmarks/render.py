"""Time the render: cells one after another in plain nbclient, the full uncached build, nothing changed, one paragraph.

    python -m benchmarks.render [ROUNDS]

Prints a table of medians and ratios, and writes it to benchmarks/render.csv. Works on a copy of the book.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbclient
import nbformat
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
KEEP = ("bargain", "press", "chapters", "data", "seeds", "results", "_extensions")


def copied(folder):
    """The book without what was built."""
    for name in KEEP:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.*"):
        if path.is_file():
            shutil.copy(path, folder)
    return folder


def notebooks(book):
    """The executed notebooks of a built book: the cells that readers get, without their outputs."""
    found = sorted((book / "_book").rglob("*.ipynb"))
    return [(path, nbformat.read(path, as_version=4)) for path in found]


def serial(book):
    """Seconds for all chapters' cells, one chapter after another, each in a plain kernel of its own."""
    start = time.perf_counter()
    for path, notebook in notebooks(book):
        folder = book / path.relative_to(book / "_book").parent
        nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, timeout=600).execute()
    return time.perf_counter() - start


def build(book, *options):
    """Seconds for the press, both formats."""
    start = time.perf_counter()
    env = os.environ | {"PYTHONPATH": str(book)}
    subprocess.run(
        [sys.executable, "-m", "press", str(book), *options], cwd=book, check=True, env=env, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def main(rounds=3):
    times = {
        "cells one after another, plain nbclient": [],
        "full build, both formats, uncached": [],
        "nothing changed": [],
        "one paragraph edited": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        book = copied(Path(folder))
        os.environ["PYTHONPATH"] = str(book)
        build(book)
        for k in range(rounds):
            full, unchanged, edited = "full build, both formats, uncached", "nothing changed", "one paragraph edited"
            times["cells one after another, plain nbclient"].append(serial(book))
            times[full].append(build(book, "--fresh"))
            times[unchanged].append(build(book))
            page = book / "report.qmd"
            page.write_text(page.read_text("utf-8") + f"\nA paragraph more, number {k}.\n", "utf-8")
            times[edited].append(build(book))
    base, full = (statistics.median(x) for x in list(times.values())[:2])
    table = pd.DataFrame(
        [
            {
                "what": what,
                "seconds": round(statistics.median(x), 2),
                "least": round(min(x), 2),
                "most": round(max(x), 2),
                "over_serial": round(statistics.median(x) / base, 3),
                "over_full": round(statistics.median(x) / full, 3),
            }
            for what, x in times.items()
        ]
    )
    table.to_csv(ROOT / "benchmarks" / "render.csv", index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
