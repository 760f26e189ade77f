"""A table read whole: its frame, or every rule that it breaks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bargain.evidence.columns import typed_rows
from bargain.evidence.files import read_rows
from bargain.evidence.integrity import broken
from bargain.evidence.problems import EvidenceError, Problem
from bargain.evidence.schema import described


def _with_keys(
    resource: Mapping[str, Any], rows: list[tuple[int, dict[str, str]]], found: Iterable[Problem]
) -> list[Problem]:
    """The problems, sorted by line, each with the key of its row where the key is one short word."""
    key = resource["schema"]["primaryKey"]
    named = {line: cells[key[0]] for line, cells in rows} if len(key) == 1 else {}
    return sorted((p._replace(key=named.get(p.line or 0, "")) for p in found), key=lambda p: p.line or 0)


def load(name: str, data: Path) -> tuple[pd.DataFrame, list[Problem]] | tuple[None, list[Problem]]:
    """A table's typed frame and no problem; or None, and every rule that it breaks."""
    resource = described(name, data)
    try:
        rows, found = read_rows(resource, data)
    except EvidenceError as error:
        return None, error.problems
    if not rows:
        return None, found
    typed, wrong = typed_rows(resource, rows, data)
    known = {(p.line, p.column) for p in found}
    found += [p for p in wrong if (p.line, p.column) not in known]
    fields = [f["name"] for f in resource["schema"]["fields"]]
    values = [(line, dict(zip(fields, row, strict=True))) for (line, _), row in zip(rows, typed, strict=True) if row]
    found += broken(resource, values, data, partial=bool(found))
    if found:
        return None, _with_keys(resource, rows, found)
    frame = {}
    for field, column in zip(resource["schema"]["fields"], zip(*typed, strict=True), strict=True):
        whole = field["type"] in ("integer", "year") and None not in column
        kind = "int64" if whole else "float64" if field["type"] in ("number", "integer", "year") else "str"
        frame[field["name"]] = pd.Series(list(column), dtype=kind)
    return pd.DataFrame(frame), []
