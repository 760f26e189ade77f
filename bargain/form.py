"""The form of the files in `data/`, whatever a table means: what a spreadsheet, an editor or a bad copy leaves in them.

Functions give what is wrong in words, and nothing where the form is sound; `evidence` says it with file and line.
"""

import csv
import datetime
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

SPREADSHEET = (
    "was saved by a spreadsheet in its own form: save it again as CSV in UTF-8 without a byte order mark, with commas "
    "between cells and points in numbers (in LibreOffice: Save as, Text CSV, “Edit filter settings”), or take back the "
    "change with `git checkout`"
)
BOM = chr(0xFEFF)  # a byte order mark; by its number, since it is no letter that a page could print
NOT_A_VALUE = {"nan", "na", "n/a", "null", "nat", "-nan"}
DIGIT = re.compile(r"(?![0-9])\d")  # a digit of another script
GARBLED = re.compile(r"[ÃÂ][\u0080-\u00bf ]|â€|ï¿½|\ufffd|\?\?")  # UTF-8 that was read as another encoding
FORMULA = re.compile(r"[=@]\S|#+$|#[A-Z/0]+[!?]$|#N/A$", re.I)  # a sum, or the sign of one that failed
CELL = re.compile(r'"(?:[^"]|"")*"|[^",\r\n]*')  # one cell of a line of CSV


def spreadsheet(text: str, columns: Sequence[str]) -> list[str]:
    """What shows that a spreadsheet saved a table in its own form; empty where the form is plain."""
    first = text.lstrip(BOM).split("\n")[0].rstrip("\r")
    marks = ["a byte order mark"] if text.startswith(BOM) else []
    for sign, words in ((";", "semicolons between cells"), ("\t", "tabs between cells")):
        if len(columns) > 1 and [c.strip('"') for c in first.split(sign)][: len(columns)] == list(columns):
            marks.append(words)
            rows = csv.reader(io.StringIO(text), delimiter=sign)
            if any(re.fullmatch(r"-?\d+,\d+", cell) for row in rows for cell in row):
                marks.append("commas in numbers")
    return marks + (["CRLF at line ends"] if marks and "\r\n" in text else [])


def torn(text: str, columns: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """Lines that are no row of CSV, as (line, column, the place, what is wrong)."""
    for line, row in enumerate(text.split("\n"), 1):
        row, at, cells = row.removesuffix("\r"), 0, 0
        while (match := CELL.match(row, at)) and (at := match.end()) < len(row) and row[at] == ",":
            at, cells = at + 1, cells + 1
        if at < len(row):
            told = "has a quotation mark out of place: one that belongs to the text is doubled, and its cell stands "
            told += "between two of them on one line"
            if row[at] == "\r":
                told = "has a line end of an old kind inside it: save the file with plain line ends"
            yield line, columns[min(cells, len(columns) - 1)], row[max(at - 20, 0) : at + 20], told


def column_at(raw: bytes, place: int) -> str:
    """The column of a table in which a byte stands, by the header of its file; the last where there are too many."""
    header = raw.split(b"\n", 1)[0].decode("utf-8", "replace").strip().split(",")
    start = raw[:place].decode("utf-8", "replace").rsplit("\n", 1)[-1]
    return header[min(len(next(csv.reader([start]), [""])), len(header)) - 1]


def spoilt(cell: str) -> str:
    """What no cell of any table may hold, in words; empty where the text is sound."""
    if cell.isascii() and cell.isalnum():  # most cells
        return "is not a value: leave the cell empty" if cell.casefold() in NOT_A_VALUE else ""
    if cell != cell.strip() or "  " in cell:
        return "has stray white space"
    if GARBLED.search(cell):
        return "has letters that were read in a wrong encoding: type them again, and save the file as UTF-8"
    if not cell.isprintable():
        return "has a line break or an invisible character"
    if DIGIT.search(cell):
        return "has digits of another script: write 0 to 9"
    if not unicodedata.is_normalized("NFC", cell):
        return "has a letter and its accent apart: type the letter again"
    if FORMULA.match(cell):
        return "is a spreadsheet's formula, or the sign of one that failed: write its value"
    return "is not a value: leave the cell empty" if cell.casefold() in NOT_A_VALUE else ""


# --- datapackage.json ----------------------------------------------------------------------------------------


def _day(value: object) -> object:
    """A year, month or day of the calendar."""
    try:
        datetime.date.fromisoformat((str(value) + "-01-01")[:10])
    except ValueError:
        raise ValueError("must be a year, or a date of the calendar, YYYY-MM-DD") from None
    return value


def _pattern(value: object) -> object:
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return value


Day = Annotated[str | int, BeforeValidator(_day)]
Pattern = Annotated[str, BeforeValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Limits(_Strict):
    required: bool = False
    enum: Annotated[list[str | int], Field(min_length=1)] = ["any"]
    pattern: Pattern = ""
    minimum: float = 0
    maximum: float = 0
    maxLength: int = 0


class _Field(_Strict):
    name: str
    type: Literal["string", "number", "integer", "year", "date", "yearmonth"]
    title: str
    unit: str = ""
    constraints: _Limits = _Limits()
    sources: bool = False  # names of entries of references.bib
    calendar: bool = False  # years, months and days
    every: bool = False  # each word of its list has a row
    empty: bool = False  # it may hold no value at all
    never: bool = False  # INF stands for never


class _Reference(_Strict):
    resource: str
    fields_: list[str] = Field(alias="fields")


class _Link(_Strict):
    fields_: list[str] = Field(alias="fields")
    reference: _Reference


class _Schema(_Strict):
    fields_: list[_Field] = Field(alias="fields")
    primaryKey: Annotated[list[str], Field(min_length=1)]
    foreignKeys: list[_Link] = []
    missingValues: list[str] = []


class _Coverage(_Strict):
    by: Literal["year", "month", "event", "selection"]
    from_: Day = Field(alias="from")
    kept_to: Day
    column: str = ""
    missing: str = ""
    found_to: Day = 0


class _Table(BaseModel):
    name: str
    path: str
    title: str
    description: str
    made: str
    doubts: str
    coverage: _Coverage
    schema_: _Schema = Field(alias="schema")
    rules: list[dict[str, Any]] = []
    rows: Annotated[int, Field(ge=0)] = 0


class _Exception(_Strict):
    keys: list[str]
    why: str


class _Weak(_Strict):
    tables: list[str]
    allowed: list[_Exception]


class _Package(BaseModel):
    resources: list[_Table]
    evidence_to: Annotated[str, BeforeValidator(_day)] = ""
    digests_to: Annotated[str, BeforeValidator(_day)] = ""
    weak_alone: _Weak | None = None


def misshapen(package: Any, kinds: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    """What a data package lacks, as (table, key, value, what is wrong): its keys and their types, columns that it names
    and does not have, and rules that are none of `kinds`."""
    try:
        tables = _Package.model_validate(package).resources
    except ValidationError as error:
        for e in error.errors(include_url=False):
            place = [str(step) for step in e["loc"]]
            try:
                name = str(package["resources"][e["loc"][1]]["name"])
            except (KeyError, IndexError, TypeError):
                name = ""
            value = "" if isinstance(e["input"], (dict, list)) else str(e["input"])
            yield (
                name,
                ".".join(place[2:] or place),
                value,
                e["msg"].removeprefix("Value error, ").replace("Input should be", "must be"),
            )
        return
    names = [table.name for table in tables]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield name, "name", name, "is the name of two tables"
    for table in tables:
        columns = [field.name for field in table.schema_.fields_]
        named = [("schema.primaryKey", column) for column in table.schema_.primaryKey]
        if table.coverage.by != "selection" or table.coverage.column:
            named.append(("coverage.column", table.coverage.column))
        for link in table.schema_.foreignKeys:
            named += [("schema.foreignKeys", column) for column in link.fields_]
            if link.reference.resource not in names:
                yield table.name, "schema.foreignKeys", link.reference.resource, "is no table of this file"
        for key, column in named:
            if column not in columns:
                yield table.name, key, column, f"is no column of {table.path}"
        for column in sorted({column for column in columns if columns.count(column) > 1}):
            yield table.name, "schema.fields", column, "stands there twice"
        for rule in table.rules:
            kind = next(iter(rule), "")
            if kind not in kinds:
                yield table.name, "rules", kind, f"is none of the rules: {', '.join(kinds)}"
