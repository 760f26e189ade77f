"""A whole folder of tables checked: rows, states and kinds of source of each, and every problem."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from bargain import evidence
from bargain.evidence.bibliography import cited_by
from bargain.evidence.files import ROOT, Folder, read
from bargain.evidence.problems import EvidenceError, Problem
from bargain.evidence.schema import package, source_fields


def rules_checked(name: str, data: Folder = None) -> int:
    """How many rules a table is held to: types and limits of its columns, key, references, and those across cells."""
    resource = evidence.describe(name, data)
    cells = sum(
        1 + len(field.get("constraints", {})) + bool(field.get("sources")) + bool(field.get("every"))
        for field in resource["schema"]["fields"]
    )
    return cells + 1 + len(resource["schema"].get("foreignKeys", [])) + len(resource.get("rules", []))


def weak_alone(data: Folder = None, pages: Iterable[Path] | None = None) -> list[Problem]:
    """Headline rows, and citations in prose, that rest on weak sources alone and are no written exception: problems.

    `weak_alone` in datapackage.json names the headline tables, and for each weak source that may stand alone says why
    nothing better was found. `pages` are the folder's Markdown pages (default: the report's). An exception that nothing
    rests on is a problem too, so that the list cannot outlive its reasons.
    """
    data, books, found, needed = Path(data or evidence.DATA), evidence.sources(), [], set()
    rule = package(data).get("weak_alone")
    if rule is None:  # a package without the rule, such as the seeds
        return found
    allowed = {key for exception in rule["allowed"] for key in exception["keys"]}

    def rests(file: str, line: int, column: str, cited: list[str], key: str = "") -> None:
        if cited and all(k in books.index and books.at[k, "kind"] == "weak" for k in cited):
            needed.update(cited)
            if not set(cited) <= allowed:
                found.append(
                    Problem(
                        file,
                        line,
                        column,
                        ";".join(cited),
                        "rests on weak sources alone: find a better "
                        "one, or say in `weak_alone` of datapackage.json why none was found",
                        key,
                    )
                )

    for name in rule["tables"]:
        rows, fields = evidence._table(name, data), source_fields(evidence.describe(name, data))
        cells = rows[fields].fillna("").agg(";".join, axis=1)
        for line, (cell, key) in enumerate(zip(cells, rows.iloc[:, 0], strict=True), 2):
            rests(f"{name}.csv", line, ", ".join(fields), [k for k in cell.split(";") if k], str(key))
    for page in sorted((ROOT / "chapters").glob("*.qmd")) + [ROOT / "report.qmd"] if pages is None else pages:
        for line, words in enumerate(read(page).split("\n"), 1):
            together = r"\[[^\[\]]*@[^\[\]]*\]"
            for cited in [*re.findall(together, words), *re.findall(r"(?<!\w)@[\w:-]+", re.sub(together, "", words))]:
                rests(page.name, line, "", [k for k in re.findall(r"(?<!\w)@([\w:-]+)", cited) if k in books.index])
    if pages is None:
        found += [
            Problem("datapackage.json", None, "weak_alone", "", f"nothing rests on {key!r} alone: take it out")
            for key in sorted(allowed - needed)
        ]
    return found


def check(data: Folder = None) -> tuple[pd.DataFrame, list[Problem]]:
    """All tables: a frame with rows, kept to, states of checking, kinds of source, last row and rules; all problems."""
    data, found = Path(data or evidence.DATA), []
    lines: list[dict[str, Any]] = []
    try:
        evidence.sources(cited_by(data))
    except EvidenceError as error:
        found += error.problems
    listed = {evidence.describe(n, data)["path"] for n in evidence.names(data)}
    found += [
        Problem(p.name, None, "", "", "is not in datapackage.json")
        for p in sorted(data.glob("*.csv"))
        if p.name not in listed
    ]
    evidence._table.cache_clear()  # checked are the files as they are now, each read once
    for name in evidence.names(data):
        try:
            rows, span = evidence._table(name, data), evidence.coverage(name, data)
        except EvidenceError as error:
            found += error.problems
            lines.append({"table": name, "rows": f"{len(error.problems)} problems"})
            continue
        dated = rows[span["column"]].dropna() if span["column"] else []
        lines.append(
            {
                "table": name,
                "rows": len(rows),
                "kept to": span["to"],
                "last row": str(max(dated)) if len(dated) else "",
                **(evidence.states(name, data) or {}),
                "rules": rules_checked(name, data),
                "sources": ", ".join(f"{kind} {n}" for kind, n in evidence.kinds(name, data).items()),
            }
        )
    if not found:
        found += weak_alone(data)
    return pd.DataFrame(lines).astype(object).fillna(""), found
