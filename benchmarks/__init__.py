"""How long the models, the pages and the render take."""

import csv
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]


def chromium():
    """The path of the browser that pages are tried and timed in, or None."""
    # the shell is the same browser without windows, and takes two thirds of the time
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def store(name, rows):
    """Write rows, dicts with the same keys, to `benchmarks/<name>.csv`."""
    with open(ROOT / "benchmarks" / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
