"""Keys, references between tables, sources, coverage and the rules across cells."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bargain.evidence.bibliography import bib_keys, cited_by
from bargain.evidence.columns import typed_rows
from bargain.evidence.files import read_rows
from bargain.evidence.problems import EvidenceError, Problem
from bargain.evidence.schema import described, package, source_fields
from bargain.rules import ACROSS, RULES, WHOLE, applies, before

REMEMBERED = re.compile(r"\b(from (memory|general knowledge)|remembered)\b|\(memory\)")


def _other(data: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Rows of other tables as {column: value}, each table read once for a check; [] where its cells are not sound."""

    @lru_cache
    def rows_of(name: str) -> list[dict[str, Any]]:
        resource = described(name, data)
        try:
            rows, found = read_rows(resource, data)
        except EvidenceError:
            return []  # that table's own check says so
        typed, wrong = typed_rows(resource, rows, data) if rows else ([], [])
        if found or wrong:
            return []
        fields = [f["name"] for f in resource["schema"]["fields"]]
        return [dict(zip(fields, row, strict=True)) for row in typed if row is not None]

    return rows_of


def broken(
    resource: Mapping[str, Any], rows: list[tuple[int, dict[str, Any]]], data: Path, partial: bool
) -> list[Problem]:
    """Problems of keys, references, coverage and rules; rows are (line, typed values); partial: some rows are out."""
    file, schema = resource["path"], resource["schema"]
    found = []

    def report(index: int | None, columns: Sequence[str], rule: str) -> None:
        if index is None:
            found.append(Problem(file, None, ", ".join(columns), "", rule))
            return
        line, row = rows[index]
        value = "; ".join("" if row[c] is None else str(row[c]) for c in dict.fromkeys(columns))
        found.append(Problem(file, line, ", ".join(dict.fromkeys(columns)), value, rule))

    key = schema.get("primaryKey", [])
    seen = {}
    for i, (line, row) in enumerate(rows):
        value = tuple(row[c] for c in key)
        if key and value in seen:
            report(seen[value], key, f"is the key of line {line} too")
            report(i, key, f"repeats the key of line {rows[seen[value]][0]}")
        seen.setdefault(value, i)
    for field in source_fields(resource):
        books = bib_keys(cited_by(data))
        for i, (_, row) in enumerate(rows):
            cited = row[field].split(";") if row[field] else []
            for name in cited:
                if name not in books:
                    report(i, [field], f"names {name!r}, which is not in references.bib")
            if len(set(cited)) < len(cited):
                report(i, [field], "names a source twice")
    for link in schema.get("foreignKeys", []):
        other = described(link["reference"]["resource"], data)
        known = {tuple(cells[c] for c in link["reference"]["fields"]) for _, cells in read_rows(other, data)[0]}
        for i, (_, row) in enumerate(rows):
            value = tuple("" if row[c] is None else str(row[c]) for c in link["fields"])
            if any(value) and value not in known:
                report(i, link["fields"], f"is not in {other['path']}")
    span = resource["coverage"]
    if span["by"] in ("year", "month", "event"):
        last = span.get("found_to", span["kept_to"]) if span["by"] == "event" else None
        for i, (_, row) in enumerate(rows):
            value = row[span["column"]]
            if value is None:
                continue
            if not before(str(span["from"]), str(value)):
                report(i, [span["column"]], f"lies before {span['from']}, where coverage begins in datapackage.json")
            elif last and not before(str(value), last):
                report(
                    i,
                    [span["column"]],
                    f"lies after {last}, to which the table was kept: if it is now kept to "
                    "a later day, raise kept_to in datapackage.json",
                )
    end = package(data).get("evidence_to", "")
    if span["by"] != "selection" and not span.get("missing") and not before(end, str(span["kept_to"])[:7]):
        found.append(
            Problem(
                file,
                None,
                "",
                "",
                f"is kept to {span['kept_to']}, before {end[:7]}: its coverage in "
                "datapackage.json must say why (`missing`)",
            )
        )
    cited = source_fields(resource)
    for i, (_, row) in enumerate(rows):
        if row.get("verified") == "seen" and REMEMBERED.search(row.get("note") or ""):
            report(i, ["verified", "note"], "must be part: the note says that a part is remembered")
        if row.get("verified") in ("seen", "part") and cited and not any(row[c] for c in cited):
            report(i, [cited[-1], "verified"], "must name the source in which it was read")
    if not partial:
        found += _absent(resource, rows)
    elsewhere = _other(data)
    for rule in resource.get("rules", []):
        kind = next(iter(rule))
        if partial and kind in WHOLE:
            continue
        try:
            some = [(i, row) for i, (_, row) in enumerate(rows) if applies(rule, row)]
            result = RULES[kind](rule, some) if kind in RULES else ACROSS[kind](rule, some, elsewhere)
            for i, columns, text in result:
                report(i, columns, text)
        except (
            KeyError,
            TypeError,
            ValueError,
            re.error,
        ) as error:  # the fault of the rule: cells have their types by now
            told = f"the rule {kind!r} names no column, or no value of its kind: {type(error).__name__} {error}"
            found.append(Problem("datapackage.json", None, "rules", "", told, resource["name"]))
    return found


def _absent(resource: Mapping[str, Any], rows: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    """What was there and is gone: rows below the number that the package knows, a column's values, and codes of a
    column marked `every` in the schema that have no row."""
    known = resource.get("rows", 0)
    if len(rows) < known:
        told = f"has {len(rows)} rows, and datapackage.json knows {known}: restore what is lost, or lower `rows` there"
        yield Problem(resource["path"], len(rows) + 2, resource["schema"]["fields"][0]["name"], "", told)
    for field in resource["schema"]["fields"]:
        if not field.get("empty") and all(row[field["name"]] is None for _, row in rows):
            told = "has no value in any row: restore the column, or mark it as `empty` in datapackage.json"
            yield Problem(resource["path"], 2, field["name"], "", told)
        if field.get("every"):
            have = {row[field["name"]] for _, row in rows}
            yield from (
                Problem(
                    resource["path"],
                    None,
                    field["name"],
                    code,
                    f"has no row {code!r}, which the schema "
                    "lists: restore the row, or take its code out of datapackage.json",
                )
                for code in field["constraints"]["enum"]
                if code not in have
            )
