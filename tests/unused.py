"""What neither chapters nor the packages use: `python tests/unused.py`. That a test calls it is no use.

Vulture reads the packages; the cells and the inline code of the book's pages are read beside them.
"""

import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parent.parent
CELL = re.compile(r"^```\{python\}.*?\n(.*?)^```", re.M | re.S)
INLINE = re.compile(r"`\{python\} (.*?)`")
FOUND_BY_NAME = ["*_chunk"]  # jobs of bargain.results
# name: why it stays though no Python of ours calls it
KEPT = {
    **dict.fromkeys(("get_kernel_spec", "kernel_name", "allow_stdin", "timeout"), "Jupyter calls or reads it"),
    **dict.fromkeys(("launch_kernel", "cmd", "kwargs"), "Jupyter calls or gives it"),
    "handle_startendtag": "html.parser calls it",
    "create_system": "zipfile writes it",
    "external_attr": "zipfile writes it",
    "write_report": "press.execute calls it in the kernel",
    "_repr_markdown_": "IPython calls it",
    "deepest": "bargain.schedules stores it by its name",
    "OTHERS": "the colours of the choices in the edition are checked against it",
    "BRINGS": "the values of a column",
    "distance": "how central the central schedule is: a fact of it",
    **dict.fromkeys(("days_without", "months_without"), "the other half of a count"),
    "TABLE_ERROR": "the bound that pert_table states",
    "best_fields": "the fields of the triangle by themselves",
    **dict.fromkeys(("missingValues", "from_", "found_to", "doubts"), "what a table's description may have"),
    **dict.fromkeys(("required", "enum", "maxLength"), "what a column's description may have"),
    "model_config": "pydantic reads it",
    "irreversible_unequal": "the closed form that the program's schedules are compared with",
}


def pages() -> str:
    """The Python of all pages, cells and inline code, one after the other."""
    texts = [page.read_text("utf-8") for page in [*ROOT.glob("*.qmd"), *ROOT.glob("chapters/*.qmd")]]
    parts = [part for text in texts for part in CELL.findall(text) + [f"({part})\n" for part in INLINE.findall(text)]]
    return "\n".join(parts)


def unused() -> list[str]:
    """A line for each name that nothing uses, with file and line."""
    found = Vulture(ignore_names=FOUND_BY_NAME, ignore_decorators=["@rule"])  # rules register themselves
    found.scavenge([str(ROOT / package) for package in ("bargain", "press")])
    found.scan(pages(), filename=Path("pages"))
    items = [item for item in found.get_unused_code(min_confidence=60) if str(item.filename) != "pages"]
    return [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}"
        for item in items
        if item.name not in KEPT
    ]


if __name__ == "__main__":
    lines = unused()
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(bool(lines))
