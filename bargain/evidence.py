"""The one loader: every table, parameter and source of the report comes through here, checked.

Tables are CSV files in `data/`; `data/datapackage.json` (a Frictionless data package) says what each holds,
in which unit, how it was made and which rules its rows keep. A table is checked when it is loaded, and only
that table: types, ranges, codes and patterns by pydantic from the schema; keys, references between tables,
source keys (in `references.bib`) and coverage here; the rules across columns, rows and tables in `rules`.
`python -m bargain.evidence [DATA_DIR]` checks a whole folder and prints what it holds.
"""

import argparse
import csv
import datetime
import io
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Optional, overload

import pandas as pd
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, create_model

from bargain import form, reads
from bargain.rules import ACROSS, RULES, WHOLE, applies, before

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("BARGAIN_DATA", ROOT / "data"))
BIBLIOGRAPHY = ROOT / "references.bib"

STATES = ("seen", "part", "coded", "memory")
REMEMBERED = re.compile(r"\b(from (memory|general knowledge)|remembered)\b|\(memory\)")
WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(rf"{WHOLE_NUMBER.pattern}(\.[0-9]+)?([eE][+-]?[0-9]+)?")
KINDS = ("primary document", "scholarly", "official statistics", "quality press", "specialised outlet", "weak")

Folder = str | os.PathLike[str] | None  # None: the report's own


class Problem(NamedTuple):
    """One broken rule: file name, line in the file (None: the file as a whole), column(s), value, rule, row's key."""

    file: str
    line: int | None
    column: str
    value: str
    rule: str
    key: str = ""

    def __str__(self) -> str:
        where = ", ".join(
            [self.file]
            + ([f"line {self.line}"] if self.line else [])
            + ([f"column {self.column}"] if self.column else [])
        )
        told = f"{where}: {self.value!r} {self.rule}" if self.line else f"{where}: {self.rule}"
        return told + (f" (row {self.key})" if self.key else "")


class EvidenceError(ValueError):
    """Data that break the schema; `problems` lists every broken rule with file, line, column, value and rule."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        shown = "\n  ".join(str(p) for p in self.problems[:40])
        more = len(self.problems) - 40
        super().__init__(
            f"{len(self.problems)} problem{'s' * (len(self.problems) != 1)} in the data:\n  {shown}"
            + (f"\n  … and {more} more" if more > 0 else "")
        )


COUNTS = {"n_minds": 10, "n_schedules": 10}  # rows that count draws, and what a quick look takes
POWERS = {"n_log2": 3, "chunk_log2": 3}  # exponents of 2: an eighth, since a net has a power of 2 of points


@overload
def quick() -> bool: ...


@overload
def quick(number: int) -> int: ...


def quick(number: int | None = None) -> int:
    """Whether this is a quick look (BARGAIN_QUICK is set): with a number of draws, the tenth of it then, at least 1."""
    on = os.environ.get("BARGAIN_QUICK", "") not in ("", "0")
    return on if number is None else max(number // 10, 1) if on else number


# --- what other modules call ---------------------------------------------------------------------------------


def table(name: str, data: Folder = None) -> pd.DataFrame:
    """A table of `data/` as a checked frame.

    Numbers are float64, whole numbers int64 (float64 where cells are empty), all else text; an empty cell is NaN.
    Dates stay ISO text (a year or a month where the day is unknown), so that nothing is invented.
    Raises EvidenceError that lists every broken rule, or names an unknown table.
    """
    reads.note("data", name)
    return _table(name, Path(data or DATA)).copy()


def assumptions(data: Folder = None) -> pd.DataFrame:
    """The assumptions register, indexed by id; columns low, central, high, distribution and the rest."""
    return reads.register(_table("assumptions", Path(data or DATA)).set_index("id"))


def central(parameter: str, data: Folder = None) -> float:
    """The central value of one assumption. Raises EvidenceError naming the id when the row is missing."""
    reads.note("assumptions", parameter)
    values = _centrals(Path(data or DATA))
    if parameter not in values:
        raise EvidenceError([Problem("assumptions.csv", None, "id", parameter, f"no row with id {parameter!r}")])
    return values[parameter]


def names(data: Folder = None) -> list[str]:
    """Names of all tables, in the order of the data package."""
    return [r["name"] for r in _package(Path(data or DATA))["resources"]]


def describe(name: str, data: Folder = None) -> dict[str, Any]:
    """The schema's entry of one table: title, description, made, doubts, caveat, coverage, schema, rules.

    Raises EvidenceError naming a table that has none.
    """
    for resource in _package(Path(data or DATA))["resources"]:
        if resource["name"] == name:
            return resource
    raise EvidenceError([Problem(f"{name}.csv", None, "", "", "no such table in datapackage.json")])


def coverage(name: str, data: Folder = None) -> dict[str, Any]:
    """What a table covers: a dict with `by` (year, month, event, selection), `from`, `to` (ISO dates), `column`.

    For a table with rows for each year or month, `to` is its last row. For events it is the date up to which
    the table was kept (`kept_to` in datapackage.json): silence before it means that nothing happened, silence
    after it means nothing, even where single later events were found (`found_to`). A selection claims no
    completeness. `missing` says what is known to be missing, or why the table ends before the others.
    """
    reads.note("coverage", name)
    declared = describe(name, data)["coverage"]
    end, column = declared["kept_to"], declared.get("column")
    if declared["by"] != "event" and column:
        end = max(str(end), str(_table(name, Path(data or DATA))[column].max()))
    return {
        "by": declared["by"],
        "from": str(declared["from"]),
        "to": str(end),
        "column": column,
        "missing": declared.get("missing", ""),
    }


def evidence_to(data: Folder = None) -> str:
    """The last day on which anything could be read, as an ISO date: the date of the evidence as a whole."""
    return _package(Path(data or DATA))["evidence_to"]


def states(name: str, data: Folder = None) -> dict[str, int] | None:
    """Rows of a table by state of checking: {seen, part, coded, memory: rows}; None where rows do not say."""
    rows = table(name, data)
    if "verified" not in rows:
        return None
    return {state: int((rows["verified"] == state).sum()) for state in STATES}


def share_seen(name: str, data: Folder = None) -> float | None:
    """Share of a table's rows whose figure was read in a source; None where rows do not say."""
    rows = table(name, data)
    return float((rows["verified"] == "seen").mean()) if "verified" in rows else None


def keys(name: str, data: Folder = None) -> list[str]:
    """Source keys that the rows of a table cite, most cited first."""
    cited = _cited(table(name, data), describe(name, data))
    return list(pd.Series(cited, dtype="str").value_counts().index)


def _cited(rows: pd.DataFrame, resource: Mapping[str, Any]) -> list[str]:
    return [key for field in _source_fields(resource) for cell in rows[field].dropna() for key in cell.split(";")]


@lru_cache
def sources(path: str | Path | None = None) -> pd.DataFrame:
    """The bibliography as a frame by key: type, author, short, grouped, title, year, publisher, url, note, kind.

    `short` is the entry's shortauthor, if it has one; `grouped` is true where the author is an organisation.
    Raises EvidenceError naming the lines of entries that cannot be read, lack a title or an author, or are of no known
    kind.
    """
    import bibtexparser  # noqa: PLC0415 (only pages that show sources need it)

    library = bibtexparser.parse_string(_read(Path(path or BIBLIOGRAPHY)))
    if library.failed_blocks:
        raise EvidenceError(
            [
                Problem(
                    "references.bib",
                    (b.start_line or 0) + 1,
                    "",
                    getattr(b, "key", ""),
                    f"cannot be read: {getattr(b.error, 'abort_reason', b.error)}",
                )
                for b in library.failed_blocks
            ]
        )
    if not library.entries:
        raise EvidenceError([Problem("references.bib", None, "", "", "has no entry")])
    rows: list[dict[str, Any]] = []
    bad = []
    for entry in library.entries:
        field = {k.lower(): _plain(f.value) for k, f in entry.fields_dict.items()}
        where = next(
            (field[k] for k in ("publisher", "institution", "journal", "organization", "school") if k in field), ""
        )
        link = field.get("url") or (field.get("howpublished", "") if "http" in field.get("howpublished", "") else "")
        raw = str(entry.fields_dict["author"].value).strip() if "author" in entry.fields_dict else ""
        rows.append(
            {
                "key": entry.key,
                "type": entry.entry_type,
                "author": field.get("author", ""),
                "short": field.get("shortauthor", ""),
                "grouped": raw.startswith("{"),
                "title": field.get("title", ""),
                "year": field.get("year", ""),
                "publisher": where,
                "url": link or (f"https://doi.org/{field['doi']}" if "doi" in field else ""),
                "note": "; ".join(field[k] for k in ("note", "pubstate") if k in field),
                "kind": field.get("kind", ""),
            }
        )
        for name, sound, told in (
            ("title", rows[-1]["title"], "must be filled in"),
            ("author", rows[-1]["author"], "must be filled in"),
            ("year", re.fullmatch(r"([0-9]{4})?", rows[-1]["year"]), "must be a year, or be left out"),
            ("url", re.fullmatch(r"(https?://\S+)?", rows[-1]["url"]), "must be an address, https://…"),
            ("kind", rows[-1]["kind"] in KINDS, f"is none of: {', '.join(KINDS)}"),
        ):
            if not sound or form.spoilt(rows[-1][name]):
                line = (entry.start_line or 0) + 1
                told = form.spoilt(rows[-1][name]) or told
                bad.append(Problem("references.bib", line, name, rows[-1][name], told, entry.key))
    if bad:
        raise EvidenceError(bad)
    return pd.DataFrame(rows).set_index("key")


def citation(key: str, path: str | Path | None = None) -> str:
    """Short citation of a source: who published it and when, such as "SIPRI 2025". KeyError for an unknown key."""
    entry: dict[str, Any] = dict(sources(path).loc[key])
    if entry["short"]:
        return f"{entry['short']} {entry['year'] or 'n.d.'}"
    if entry["grouped"]:
        who = [re.split(r",? via |, quoted|, copied", re.sub(r"\s*\(.*?\)", "", entry["author"]))[0].strip()]
    else:
        people = re.split(r"\s+and\s+", entry["author"])
        who = [p.split(",")[0].strip() if "," in p else p.split()[-1] for p in people]
    short = " and ".join(who) if len(who) < 3 else f"{who[0]} and others"
    return f"{short} {entry['year'] or 'n.d.'}"


def provenance(tables: str | Iterable[str], data: Folder = None, most: int = 3) -> str:
    """The source line of a figure, made from the names of the tables it rests on; plain text.

    Names the sources cited by most rows, says how many rows were read in a source, says "judgement" where
    assumptions are among the tables, and ends with the tables' caveats from the schema.
    """
    tables = [tables] if isinstance(tables, str) else list(dict.fromkeys(tables))
    frames = {t: _table(t, Path(data or DATA)) for t in tables}
    facts = [t for t in tables if "verified" in frames[t]]
    parts = []
    if facts:
        weight = pd.concat([pd.Series(_cited(frames[t], describe(t, data)), dtype="str") for t in facts]).value_counts()
        named = list(dict.fromkeys(citation(k) for k in weight.index[:most]))
        more = len(weight) - min(len(weight), most)
        rows = sum(len(frames[t]) for t in facts)
        count = {state: sum(int((frames[t]["verified"] == state).sum()) for t in facts) for state in STATES}
        words = {"memory": "from memory", "part": "checked only in part", "coded": "coded by judgement"}
        told = [f"{count[s]:,} {w}" for s, w in words.items() if count[s]]
        checked = f"of {rows:,} rows " + ", ".join(told) if told else f"all {rows:,} rows were read in a source"
        parts.append("Sources: " + "; ".join(named) + (f"; and {more} more" if more else "") + f"; {checked}.")
    if len(facts) < len(tables):
        parts.append(
            "Judgement: "
            + ("some of its" if facts else "its")
            + " values are assumptions, with ranges in the register."
        )
    return " ".join(parts + [c for t in tables if (c := describe(t, data).get("caveat"))])


# --- reading -------------------------------------------------------------------------------------------------


def _read(path: Path) -> str:
    """Text of a file, opened here and nowhere else, so that a build can see every file a page rests on."""
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


@lru_cache
def _package(data: Path) -> dict[str, Any]:
    if not (data / "datapackage.json").exists():
        raise FileNotFoundError(
            f"no data in {data}: the tables are no part of the package, so it needs a clone of the "
            "report around it, or BARGAIN_DATA set to the folder `data` of one"
        )
    try:
        package = json.loads(_read(data / "datapackage.json"))
    except json.JSONDecodeError as error:
        told = f"is not JSON: {error.msg}, at sign {error.colno} of the line"
        raise EvidenceError(
            [Problem("datapackage.json", error.lineno, "", error.doc[error.pos :][:20], told)]
        ) from None
    if found := [
        Problem("datapackage.json", None, place, "", f"{value!r} {told}" if value else told, table)
        for table, place, value, told in form.misshapen(package, [*RULES, *ACROSS])
    ]:
        raise EvidenceError(found)
    return package


@lru_cache
def _centrals(data: Path) -> dict[str, float]:
    rows = _table("assumptions", data)
    return dict(zip(rows["id"], rows["central"].astype(float), strict=True))


@lru_cache
def _bib_keys(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^@\w+\{\s*([^,\s]+)\s*,", _read(path), re.M))


def _plain(text: object) -> str:
    """A BibTeX value as plain text: accents and quotation marks as they are read, braces, escapes and \\url dropped."""
    text = re.sub(r"\\url\{([^}]*)\}", r"\1", str(text))
    if re.search(r"`|\\(?![&%$#_])", text):
        from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 (few entries need it)

        text = re.sub(r"`([^`']+)'(?!\w)", "‘\\1’", LatexNodes2Text().latex_to_text(text))
    if "://" not in text:
        text = re.sub(r"(?<=\d)--(?=\d)", "–", text)
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", re.sub(r"\\([&%$#_])", r"\1", text))).strip()


def _bibliography(data: Path) -> Path:
    """The bibliography that a folder's rows cite: the one beside it, else the project's."""
    beside = data.parent / "references.bib"
    return beside if beside.exists() else BIBLIOGRAPHY


def _source_fields(resource: Mapping[str, Any]) -> list[str]:
    return [f["name"] for f in resource["schema"]["fields"] if f.get("sources")]


def _cells(resource: Mapping[str, Any], data: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Header-checked rows of a CSV as (line, {column: text}) and the problems of the file's form."""
    file, fields = resource["path"], [f["name"] for f in resource["schema"]["fields"]]
    text = _read(data / file)
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


# --- cells ---------------------------------------------------------------------------------------------------


def _number(cell: object) -> object:
    if isinstance(cell, str):
        if not NUMBER.fullmatch(cell) or math.isinf(float(cell)):
            raise ValueError("must be a plain number such as 12.5: a point, no comma, no unit, no thousands separator")
        return float(cell)
    return cell


def _number_or_never(cell: object) -> object:
    return math.inf if cell == "INF" else _number(cell)


def _whole(cell: object) -> object:
    if isinstance(cell, str):
        if not WHOLE_NUMBER.fullmatch(cell):
            raise ValueError("must be a whole number, without a zero before it")
        return int(cell)
    return cell


def _calendar(pattern: str) -> Callable[[str], str]:
    """A check that each date in a text which fits the pattern is one of the calendar."""

    def check(cell: str) -> str:
        for day in re.findall(pattern, cell) if isinstance(cell, str) else []:
            try:
                datetime.date.fromisoformat((day + "-01")[:10])
            except ValueError:
                raise ValueError("must be a date of the calendar, YYYY-MM-DD") from None
        return cell

    return check


_days = _calendar(r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])")  # in any text
_months = _calendar(r"(?<!\d)\d{4}(?:-\d\d(?!\d)){1,2}")  # in a column of dates


def _column(field: Mapping[str, Any]) -> Any:
    """The pydantic type of one field of a Frictionless schema."""
    limits, kind = field.get("constraints", {}), field["type"]
    made: Any
    low, high = limits.get("minimum"), limits.get("maximum")
    if kind in ("number", "integer", "year"):
        base = float if kind == "number" else int
        number = _number_or_never if field.get("never") else _number
        before = BeforeValidator(number if kind == "number" else _whole)
        if "enum" in limits:
            made = Annotated[Literal[tuple(limits["enum"])], before]
        else:
            made = Annotated[base, Field(ge=low, le=high), before]
    elif "enum" in limits:
        made = Literal[tuple(limits["enum"])]
    else:
        pattern = {"date": r"^\d{4}-\d\d-\d\d$", "yearmonth": r"^\d{4}-\d\d$"}.get(kind, limits.get("pattern"))
        made = Annotated[str, Field(pattern=pattern, max_length=limits.get("maxLength"))]
        dated = kind in ("date", "yearmonth") or field.get("calendar")
        made = Annotated[made, BeforeValidator(_months if dated else _days)]
    return made if limits.get("required") else Optional[made]


@lru_cache
def _model(name: str, data: Path) -> TypeAdapter:
    fields = describe(name, data)["schema"]["fields"]
    columns: dict[str, Any] = {f"f{i}": (_column(f), Field(alias=f["name"])) for i, f in enumerate(fields)}
    return TypeAdapter(list[create_model("Row", **columns)])  # type: ignore[arg-type, misc]  # made as it runs


def _typed(
    resource: Mapping[str, Any], rows: list[tuple[int, dict[str, str]]], data: Path
) -> tuple[list[list[Any] | None], list[Problem]]:
    """Rows as typed values (None for an empty cell, and for a row with a bad cell) and the problems of single cells."""
    file, blank = resource["path"], [{c: v if v != "" else None for c, v in cells.items()} for _, cells in rows]
    try:
        typed = _model(resource["name"], data).validate_python(blank)
        return [list(vars(r).values()) for r in typed], []
    except ValidationError as error:
        sound = [b for i, b in enumerate(blank) if i not in {e["loc"][0] for e in error.errors(include_url=False)}]
        typed = iter(_model(resource["name"], data).validate_python(sound))
        problems = {}
        for e in error.errors(include_url=False):
            index, column = int(e["loc"][0]), str(e["loc"][1])
            value = rows[index][1][column]
            rule = (
                "must be filled in"
                if value == ""
                else e["msg"]
                .removeprefix("Value error, ")
                .replace("Input should be", "must be")
                .replace("String should", "must")
            )
            problems[index, column] = Problem(file, rows[index][0], column, value, rule)
        bad = {index for index, _ in problems}
        return [None if i in bad else list(vars(next(typed)).values()) for i in range(len(rows))], [*problems.values()]


# --- keys, references, coverage and rules ---------------------------------------------------------------------


def _other(data: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Rows of other tables as {column: value}, each table read once for a check; [] where its cells are not sound."""

    @lru_cache
    def rows_of(name: str) -> list[dict[str, Any]]:
        resource = describe(name, data)
        try:
            rows, found = _cells(resource, data)
        except EvidenceError:
            return []  # that table's own check says so
        typed, wrong = _typed(resource, rows, data) if rows else ([], [])
        if found or wrong:
            return []
        fields = [f["name"] for f in resource["schema"]["fields"]]
        return [dict(zip(fields, row, strict=True)) for row in typed if row is not None]

    return rows_of


def _check_rules(
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
    for field in _source_fields(resource):
        for i, (_, row) in enumerate(rows):
            cited = row[field].split(";") if row[field] else []
            for name in cited:
                if name not in _bib_keys(_bibliography(data)):
                    report(i, [field], f"names {name!r}, which is not in references.bib")
            if len(set(cited)) < len(cited):
                report(i, [field], "names a source twice")
    for link in schema.get("foreignKeys", []):
        other = describe(link["reference"]["resource"], data)
        known = {tuple(cells[c] for c in link["reference"]["fields"]) for _, cells in _cells(other, data)[0]}
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
    end = _package(data).get("evidence_to", "")
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
    cited = _source_fields(resource)
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


# --- a table -------------------------------------------------------------------------------------------------


def problems(name: str, data: Folder = None) -> list[Problem]:
    """Every broken rule of one table, as a list of Problem."""
    return _load(name, Path(data or DATA))[1]


def _with_keys(
    resource: Mapping[str, Any], rows: list[tuple[int, dict[str, str]]], found: Iterable[Problem]
) -> list[Problem]:
    """The problems, sorted by line, each with the key of its row where the key is one short word."""
    key = resource["schema"]["primaryKey"]
    named = {line: cells[key[0]] for line, cells in rows} if len(key) == 1 else {}
    return sorted((p._replace(key=named.get(p.line or 0, "")) for p in found), key=lambda p: p.line or 0)


def _load(name: str, data: Path) -> tuple[pd.DataFrame, list[Problem]] | tuple[None, list[Problem]]:
    resource = describe(name, data)
    try:
        rows, found = _cells(resource, data)
    except EvidenceError as error:
        return None, error.problems
    if not rows:
        return None, found
    typed, wrong = _typed(resource, rows, data)
    known = {(p.line, p.column) for p in found}
    found += [p for p in wrong if (p.line, p.column) not in known]
    fields = [f["name"] for f in resource["schema"]["fields"]]
    values = [(line, dict(zip(fields, row, strict=True))) for (line, _), row in zip(rows, typed, strict=True) if row]
    found += _check_rules(resource, values, data, partial=bool(found))
    if found:
        return None, _with_keys(resource, rows, found)
    frame = {}
    for field, column in zip(resource["schema"]["fields"], zip(*typed, strict=True), strict=True):
        whole = field["type"] in ("integer", "year") and None not in column
        kind = "int64" if whole else "float64" if field["type"] in ("number", "integer", "year") else "str"
        frame[field["name"]] = pd.Series(list(column), dtype=kind)
    return pd.DataFrame(frame), []


@lru_cache
def _table(name: str, data: Path) -> pd.DataFrame:
    frame, found = _load(name, data)
    if frame is None:
        raise EvidenceError(found)
    return _fewer(frame) if name == "assumptions" and quick() else frame


def _fewer(frame: pd.DataFrame) -> pd.DataFrame:
    """The assumptions of a quick look: the rows that count draws, made smaller."""
    columns = ["low", "central", "high"]
    for row, by in COUNTS.items():
        frame.loc[frame["id"] == row, columns] //= by
    for row, by in POWERS.items():
        frame.loc[frame["id"] == row, columns] -= by
    return frame


# --- python -m bargain.evidence ------------------------------------------------------------------------------


def rules_checked(name: str, data: Folder = None) -> int:
    """How many rules a table is held to: types and limits of its columns, key, references, and those across cells."""
    resource = describe(name, data)
    cells = sum(
        1 + len(field.get("constraints", {})) + bool(field.get("sources")) + bool(field.get("every"))
        for field in resource["schema"]["fields"]
    )
    return cells + 1 + len(resource["schema"].get("foreignKeys", [])) + len(resource.get("rules", []))


def kinds(name: str, data: Folder = None) -> dict[str, int]:
    """Rows of a table by the kind of the best source that each cites: {kind: rows}, from `kind` in the bibliography."""
    rows, resource = _table(name, Path(data or DATA)), describe(name, data)
    books = sources()
    if not books["kind"].any() or not _source_fields(resource):
        return {}
    rank = {kind: n for n, kind in enumerate(KINDS)}
    cited = rows[_source_fields(resource)].fillna("").agg(";".join, axis=1).str.strip(";")
    best = [
        min(
            (str(books.at[k, "kind"] or "") for k in cell.split(";") if k in books.index),
            key=lambda kind: rank.get(kind, len(rank)),
            default="",
        )
        for cell in cited
    ]
    return {str(kind) or "unnamed": count for kind, count in pd.Series(best, dtype="str").value_counts().items()}


def weak_alone(data: Folder = None, pages: Iterable[Path] | None = None) -> list[Problem]:
    """Headline rows, and citations in prose, that rest on weak sources alone and are no written exception: problems.

    `weak_alone` in datapackage.json names the headline tables, and for each weak source that may stand alone says why
    nothing better was found. `pages` are the folder's Markdown pages (default: the report's). An exception that nothing
    rests on is a problem too, so that the list cannot outlive its reasons.
    """
    data, books, found, needed = Path(data or DATA), sources(), [], set()
    rule = _package(data).get("weak_alone")
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
        rows, fields = _table(name, data), _source_fields(describe(name, data))
        cells = rows[fields].fillna("").agg(";".join, axis=1)
        for line, (cell, key) in enumerate(zip(cells, rows.iloc[:, 0], strict=True), 2):
            rests(f"{name}.csv", line, ", ".join(fields), [k for k in cell.split(";") if k], str(key))
    for page in sorted((ROOT / "chapters").glob("*.qmd")) + [ROOT / "report.qmd"] if pages is None else pages:
        for line, words in enumerate(_read(page).split("\n"), 1):
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
    data, found = Path(data or DATA), []
    lines: list[dict[str, Any]] = []
    try:
        sources(_bibliography(data))
    except EvidenceError as error:
        found += error.problems
    listed = {describe(n, data)["path"] for n in names(data)}
    found += [
        Problem(p.name, None, "", "", "is not in datapackage.json")
        for p in sorted(data.glob("*.csv"))
        if p.name not in listed
    ]
    for name in names(data):
        bad = problems(name, data)
        found += bad
        if bad:
            lines.append({"table": name, "rows": f"{len(bad)} problems"})
            continue
        rows, span = _table(name, data), coverage(name, data)
        dated = rows[span["column"]].dropna() if span["column"] else []
        lines.append(
            {
                "table": name,
                "rows": len(rows),
                "kept to": span["to"],
                "last row": str(max(dated)) if len(dated) else "",
                **(states(name, data) or {}),
                "rules": rules_checked(name, data),
                "sources": ", ".join(f"{kind} {n}" for kind, n in kinds(name, data).items()),
            }
        )
    if not found:
        found += weak_alone(data)
    return pd.DataFrame(lines).astype(object).fillna(""), found


def main(arguments: Iterable[object]) -> int:
    """Check a folder and print what it holds; 1 when a rule is broken, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bargain.evidence", description="Check a folder of tables.")
    parser.add_argument("data", nargs="?", default=DATA, help="the folder (default: the report's)")
    data = Path(parser.parse_args([str(a) for a in arguments]).data).resolve()
    try:
        summary, found = check(data)
    except (EvidenceError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    for column in (*STATES, "rules"):
        if column in summary:
            summary[column] = [int(n) if n != "" else "" for n in summary[column]]
    print(summary.to_string(index=False))
    if found:
        print(EvidenceError(found), file=sys.stderr)
        return 1
    for name in names(data):
        if "\r\n" in _read(data / describe(name, data)["path"]):
            print(f"{name}.csv has CRLF at line ends. It is read all the same; saved with LF, as it was, Git will show")
            print("the lines that changed, and not every line.")
    states_told = ", ".join(f"{s} {sum(n for n in summary[s] if n != ''):,}" for s in STATES if s in summary)
    until = _package(data).get("evidence_to")
    print(
        f"{len(summary)} tables, {summary['rows'].sum():,} rows"
        + (f" ({states_told})" if states_told else "")
        + (f", evidence to {until}" if until else "")
        + f": each of {summary['rules'].sum():,} rules holds"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
