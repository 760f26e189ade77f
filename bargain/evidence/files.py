"""Files of the data as text, and the rows of a CSV."""

import csv
import io
import os
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bargain import form
from bargain.evidence.problems import EvidenceError, Problem

ROOT = Path(__file__).resolve().parents[2]
Folder = str | os.PathLike[str] | None  # None: the report's own


def read(path: Path) -> str:
    """Text of a file, opened here and nowhere else, so that a build can see every file a page rests on.

    Raises EvidenceError where it is not there, cannot be read or is not plain UTF-8.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        raise EvidenceError([Problem(path.name, None, "", "", "file not found")]) from None
    except OSError as error:
        told = f"cannot be read: {error.strerror or error}"
        raise EvidenceError([Problem(path.name, None, "", "", told)]) from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        told = form.SPREADSHEET if path.suffix == ".csv" else "is not UTF-8: save the file as UTF-8"
        raise EvidenceError([Problem(path.name, 1, "", "UTF-16", told)])
    if raw.startswith(b"\xef\xbb\xbf"):
        if path.suffix == ".csv":  # the file's other marks of a spreadsheet are named with this one
            return raw.decode("utf-8", "replace")
        raise EvidenceError([Problem(path.name, 1, "", "BOM", "starts with a byte order mark: save as plain UTF-8")])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = form.column_at(raw, error.start) if path.suffix == ".csv" else ""
        raise EvidenceError(
            [
                Problem(
                    path.name,
                    line,
                    column,
                    raw[error.start : error.start + 1].hex(),
                    "is not UTF-8: save the file as UTF-8",
                )
            ]
        ) from None


def read_rows(resource: Mapping[str, Any], data: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Header-checked rows of a CSV as (line, {column: text}) and the problems of the file's form."""
    file, fields = resource["path"], [f["name"] for f in resource["schema"]["fields"]]
    text = read(data / file)
    if not text.strip(form.BOM + "\r\n\t ,;"):
        return [], [Problem(file, None, "", "", "is empty")]
    if marks := form.spreadsheet(text, fields):
        return [], [Problem(file, 1, "", ", ".join(marks), form.SPREADSHEET)]
    if torn := [Problem(file, *place) for place in form.torn(text, fields)]:
        return [], torn
    reader, rows, problems = csv.reader(io.StringIO(text, newline=""), strict=True), [], []
    if not text.endswith("\n"):
        problems.append(
            Problem(
                file,
                text.count("\n") + 1,
                "",
                text.rsplit("\n", 1)[-1][-60:],
                "does not end with a line end: is the file cut off?",
            )
        )
    try:
        header = next(reader)
        if header != fields:
            odd = [f"unknown column {c!r}" if c else "a column without a name" for c in header if c not in fields]
            odd += [f"missing column {c!r}" for c in fields if c not in header]
            odd += [f"column {c!r} twice" for c in dict.fromkeys(header) if header.count(c) > 1]
            return [], [
                Problem(
                    file,
                    1,
                    next((f for f, c in zip_longest(fields, header) if f != c and f), fields[-1]),
                    ",".join(header)[:60],
                    "is not the header of the schema: " + ("; ".join(odd) or "the order differs"),
                )
            ]
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(fields):
                problems.append(
                    Problem(
                        file,
                        line,
                        fields[min(len(cells), len(fields)) - 1] if cells else fields[0],
                        ",".join(cells)[:60],
                        f"has {len(cells)} cells, the header {len(fields)}",
                    )
                )
                continue
            rows.append((line, dict(zip(fields, cells, strict=True))))
            for column, cell in zip(fields, cells, strict=True):
                if told := form.spoilt(cell):
                    problems.append(Problem(file, line, column, cell, told))
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, "", "", f"is not CSV: {error}"))
    if not rows and not problems:
        problems.append(Problem(file, None, "", "", "has a header and no rows"))
    return rows, problems
