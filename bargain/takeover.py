"""Take an update over into the tables: all of it, or, where a row does not fit, nothing.

    python -m bargain.takeover FOLDER

FOLDER holds one CSV for each table, in that table's own columns and a column `replaces`: empty for a new row, else the
key of the row it stands for (its key cells from the left, as many as needed, with spaces between). A `references.bib`
beside them holds the sources that are new. The whole is checked in a copy first; a row that does not fit is reported
with file and line of the update, and no file is touched.
"""

import argparse
import csv
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bargain import evidence
from bargain.evidence import EvidenceError, Problem
from bargain.evidence.checking import check
from bargain.evidence.files import read
from bargain.rules import before


class Taken(NamedTuple):
    """What an update did to one table: rows added and rows corrected, by their keys."""

    added: list[str]
    corrected: list[str]


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    text = read(path)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        raise EvidenceError([Problem(path.name, None, "", "", "is empty")])
    return rows[0], rows[1:]


def _key(row: Sequence[str], names: Iterable[str], fields: Sequence[str]) -> str:
    return " ".join(row[fields.index(name)] for name in names)


def _stands_for(told: str, rows: Sequence[Sequence[str]], names: Sequence[str], fields: Sequence[str]) -> list[int]:
    """Numbers of the rows that a cell of `replaces` names."""
    starts = [tuple(names[:n]) for n in range(len(names), 0, -1)]
    return next(
        (hits for some in starts if (hits := [i for i, r in enumerate(rows) if _key(r, some, fields) == told])), []
    )


def _place(row: Sequence[str], rows: Sequence[Sequence[str]], resource: Mapping[str, Any], fields: list[str]) -> int:
    """Where a new row goes: in order where the table is sorted, else at the end."""
    rule = next((r for r in resource.get("rules", []) if "sorted" in r), None)
    if rule is None:
        return len(rows)
    column, per = fields.index(rule["sorted"]), [fields.index(c) for c in rule.get("per", [])]
    alike = [i for i, r in enumerate(rows) if all(r[c] == row[c] for c in per)]
    earlier = [i for i in alike if before(rows[i][column], row[column])]
    return earlier[-1] + 1 if earlier else alike[0] if alike else len(rows)


def merge(name: str, update: Path, data: Path) -> tuple[list[str], list[list[str]], Taken, dict[int, int]]:
    """A table's rows with an update's file merged in: header, rows, Taken, and {row number: line of the update}.

    Raises EvidenceError naming the lines of the update that do not fit the table.
    """
    resource = evidence.describe(name, data)
    fields, names = [f["name"] for f in resource["schema"]["fields"]], resource["schema"]["primaryKey"]
    header, new = _rows(update)
    if header not in (fields, [*fields, "replaces"]):
        raise EvidenceError(
            [
                Problem(
                    update.name,
                    1,
                    "",
                    ",".join(header)[:60],
                    f"is not the header of {name}.csv with `replaces` at its end",
                )
            ]
        )
    path, wrong = data / resource["path"], []
    old = _rows(path)[1] if path.exists() else []
    rows: list[tuple[list[str], int | None]] = [(r, None) for r in old]
    taken = Taken([], [])
    for line, cells in enumerate(new, 2):
        row, told = cells[: len(fields)], cells[len(fields)] if len(cells) > len(fields) else ""
        if len(cells) != len(header):
            wrong.append(
                Problem(
                    update.name, line, "", ",".join(cells)[:60], f"has {len(cells)} cells, the header {len(header)}"
                )
            )
        elif told:
            hits = _stands_for(told, [r for r, _ in rows], names, fields)
            if len(hits) != 1:
                wrong.append(Problem(update.name, line, "replaces", told, f"names {len(hits)} rows of {name}.csv"))
            else:
                rows[hits[0]] = (row, line)
                taken.corrected.append(told)
        else:
            rows.insert(_place(row, [r for r, _ in rows], resource, fields), (row, line))
            taken.added.append(_key(row, names, fields))
    if wrong:
        raise EvidenceError(wrong)
    lines = {i: line for i, (_, line) in enumerate(rows, 2) if line}
    return fields, [r for r, _ in rows], taken, lines


def take_over(
    update: str | Path, data: str | Path | None = None, bibliography: str | Path | None = None
) -> dict[str, Taken]:
    """Check an update in a copy and, if every rule holds, write it: {table: Taken}.

    Raises EvidenceError that lists every row which does not fit, and then leaves every file as it was.
    """
    update, data = Path(update), Path(data or evidence.DATA)
    bibliography = Path(bibliography or evidence.BIBLIOGRAPHY)
    told, lines, found = {}, {}, []
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        copy = Path(folder) / "data"
        shutil.copytree(data, copy)
        sources = read(bibliography)
        if (update / "references.bib").exists():
            new = read(update / "references.bib")
            sources = sources.rstrip("\n") + "\n\n" + new[new.find("@") :]
        (copy.parent / "references.bib").write_text(sources, encoding="utf-8", newline="")
        for path in sorted(update.glob("*.csv")):
            try:
                fields, rows, told[path.stem], lines[path.name] = merge(path.stem, path, data)
            except EvidenceError as error:
                found += error.problems
                continue
            with open(copy / path.name, "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([fields, *rows])
        try:
            evidence.sources(copy.parent / "references.bib")
        except EvidenceError as error:
            found += error.problems
        if not found:
            found = [
                p._replace(file=f"{update.name}/{p.file}", line=line)
                if (line := lines.get(p.file, {}).get(p.line or 0))
                else p
                for p in check(copy)[1]
            ]
        if found:
            raise EvidenceError(found)
        for name in told:
            os.replace(copy / f"{name}.csv", data / f"{name}.csv")
        os.replace(copy.parent / "references.bib", bibliography)
    return told


def main(arguments: Iterable[object]) -> int:
    """Take over the folder named; 1 where a row does not fit, and then nothing was written."""
    parser = argparse.ArgumentParser(prog="python -m bargain.takeover", description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="one CSV for each table, with a column `replaces`")
    folder = parser.parse_args([str(a) for a in arguments]).folder
    if not Path(folder).is_dir():
        parser.error(f"no such folder: {folder}")
    try:
        evidence.names()  # without a clone around the package, it says so
        told = take_over(folder)
    except (EvidenceError, FileNotFoundError) as error:
        print(f"Nothing was taken over. {error}", file=sys.stderr)
        return 1
    for name, taken in told.items():
        print(f"{name}: {len(taken.added)} rows added, {len(taken.corrected)} corrected")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
