"""How long the models, the pages and the render take."""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def store(name, rows):
    """Write rows, dicts with the same keys, to `benchmarks/<name>.csv`."""
    with open(ROOT / "benchmarks" / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
