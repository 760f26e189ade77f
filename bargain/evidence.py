"""The one loader: every table, parameter and source of the report comes through here, checked.

Tables are CSV files in `data/`; `data/datapackage.json` (a Frictionless data package) says what each holds,
in which unit, how it was made and which rules its rows keep. A table is checked when it is loaded, and only
that table: types, ranges, codes and patterns by pydantic from the schema; keys, references between tables,
source keys (in `references.bib`) and the rules across columns and rows (`rules` in the schema) here.
`python -m bargain.evidence [DATA_DIR]` checks a whole folder and prints what it holds.
"""
import csv
import datetime
import json
import os
import re
import sys
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Optional

import pandas as pd
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, create_model

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("BARGAIN_DATA", ROOT / "data"))
BIBLIOGRAPHY = ROOT / "references.bib"

NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|-?INF")
NOT_A_VALUE = {"nan", "na", "n/a", "null", "nat", "-nan", "#n/a", "#ref!", "#value!", "#div/0!", "#name?"}
STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00a0\u200b-\u200f\u2028\u2029\ufeff\ufffd]")


class Problem(NamedTuple):
    """One broken rule: file name, line in the file (None: the file as a whole), column(s), value, rule, row's key."""

    file: str
    line: int | None
    column: str
    value: str
    rule: str
    key: str = ""

    def __str__(self):
        where = ", ".join([self.file] + ([f"line {self.line}"] if self.line else [])
                          + ([f"column {self.column}"] if self.column else []))
        told = f"{where}: {self.value!r} {self.rule}" if self.line else f"{where}: {self.rule}"
        return told + (f" (row {self.key})" if self.key else "")


class EvidenceError(ValueError):
    """Data that break the schema; `problems` lists every broken rule with file, line, column, value and rule."""

    def __init__(self, problems):
        self.problems = list(problems)
        shown = "\n  ".join(str(p) for p in self.problems[:40])
        more = len(self.problems) - 40
        super().__init__(f"{len(self.problems)} problem{'s' * (len(self.problems) != 1)} in the data:\n  {shown}"
                         + (f"\n  … and {more} more" if more > 0 else ""))


# --- what other modules call ---------------------------------------------------------------------------------

def table(name, data=None):
    """A table of `data/` as a checked frame.

    Numbers are float64, whole numbers int64 (float64 where cells are empty), all else text; an empty cell is NaN.
    Dates stay ISO text (a year or a month where the day is unknown), so that nothing is invented.
    Raises EvidenceError that lists every broken rule, or names an unknown table.
    """
    return _table(name, Path(data or DATA)).copy()


def assumptions(data=None):
    """The assumptions register, indexed by id; columns low, central, high, distribution and the rest."""
    return table("assumptions", data).set_index("id")


def central(parameter, data=None):
    """The central value of one assumption. Raises EvidenceError naming the id when the row is missing."""
    values = _centrals(Path(data or DATA))
    if parameter not in values:
        raise EvidenceError([Problem("assumptions.csv", None, "id", parameter, f"no row with id {parameter!r}")])
    return values[parameter]


def names(data=None):
    """Names of all tables, in the order of the data package."""
    return [r["name"] for r in _package(Path(data or DATA))["resources"]]


def describe(name, data=None):
    """The schema's entry of one table: title, description, made, doubts, caveat, coverage, schema, rules."""
    for resource in _package(Path(data or DATA))["resources"]:
        if resource["name"] == name:
            return resource
    raise EvidenceError([Problem(f"{name}.csv", None, "", "", "no such table in datapackage.json")])


def coverage(name, data=None):
    """What a table covers: a dict with `by` (year, month, event, selection), `from`, `to` (ISO dates), `column`.

    For a table with rows for each year or month, `to` is its last row. For events it is the date up to which
    the table was kept (`kept_to` in datapackage.json): silence before it means that nothing happened, silence
    after it means nothing. A selection claims no completeness.
    """
    declared = describe(name, data)["coverage"]
    end, column = declared.get("kept_to", declared.get("to")), declared.get("column")
    if declared["by"] != "event" and column:
        end = max(str(end), str(_table(name, Path(data or DATA))[column].max()))
    return {"by": declared["by"], "from": str(declared["from"]), "to": str(end), "column": column}


def share_seen(name, data=None):
    """Share of a table's rows whose figure was read in a source; None where rows do not say."""
    rows = _table(name, Path(data or DATA))
    return float((rows["verified"] == "seen").mean()) if "verified" in rows else None


def keys(name, data=None):
    """Source keys that the rows of a table cite, most cited first."""
    cited = _cited(_table(name, Path(data or DATA)), describe(name, data))
    return list(pd.Series(cited, dtype="str").value_counts().index)


def _cited(rows, resource):
    return [key for field in _source_fields(resource) for cell in rows[field].dropna() for key in cell.split(";")]


@lru_cache
def sources(path=None):
    """The bibliography as a frame indexed by key: type, author, short, grouped, title, year, publisher, url, note.

    `short` is the entry's shortauthor, if it has one; `grouped` is true where the author is an organisation.
    """
    import bibtexparser  # late: only pages that show sources need it

    library = bibtexparser.parse_string(_read(Path(path or BIBLIOGRAPHY)))
    if library.failed_blocks:
        block = library.failed_blocks[0]
        raise EvidenceError([Problem("references.bib", block.start_line + 1, "", getattr(block, "key", ""),
                                     f"cannot be read: {block.error}")])
    rows = []
    for entry in library.entries:
        field = {k.lower(): _plain(f.value) for k, f in entry.fields_dict.items()}
        where = next((field[k] for k in ("publisher", "institution", "journal", "organization", "school")
                      if k in field), "")
        link = field.get("url") or (field.get("howpublished", "") if "http" in field.get("howpublished", "") else "")
        raw = str(entry.fields_dict["author"].value).strip() if "author" in entry.fields_dict else ""
        rows.append({"key": entry.key, "type": entry.entry_type, "author": field.get("author", ""),
                     "short": field.get("shortauthor", ""), "grouped": raw.startswith("{"),
                     "title": field.get("title", ""),
                     "year": field.get("year", ""), "publisher": where,
                     "url": link or (f"https://doi.org/{field['doi']}" if "doi" in field else ""),
                     "note": field.get("note", "")})
    return pd.DataFrame(rows).set_index("key")


def citation(key, path=None):
    """Short citation of a source: who published it and when, such as "SIPRI 2025". KeyError for an unknown key."""
    entry = sources(path).loc[key]
    if entry["short"]:
        return f"{entry['short']} {entry['year'] or 'n.d.'}"
    if entry["grouped"]:
        who = [re.split(r",? via |, quoted|, copied", re.sub(r"\s*\(.*?\)", "", entry["author"]))[0].strip()]
    else:
        people = re.split(r"\s+and\s+", entry["author"])
        who = [p.split(",")[0].strip() if "," in p else p.split()[-1] for p in people]
    short = " and ".join(who) if len(who) < 3 else f"{who[0]} and others"
    return f"{short} {entry['year'] or 'n.d.'}"


def provenance(tables, data=None, most=3):
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
        memory = sum(int((frames[t]["verified"] != "seen").sum()) for t in facts)
        checked = f"all {rows:,} rows were read in a source" if not memory else (
            f"{memory:,} of {rows:,} rows {'is' if memory == 1 else 'are'} from memory")
        parts.append("Sources: " + "; ".join(named) + (f"; and {more} more" if more else "") + f"; {checked}.")
    if len(facts) < len(tables):
        parts.append("Judgement: " + ("some of its" if facts else "its")
                     + " values are assumptions, with ranges in the register.")
    return " ".join(parts + [c for t in tables if (c := describe(t, data).get("caveat"))])


# --- reading -------------------------------------------------------------------------------------------------

def _read(path):
    """Text of a file, opened here and nowhere else, so that a build can see every file a page rests on."""
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        raise EvidenceError([Problem(path.name, None, "", "", "file not found")]) from None
    if raw.startswith(b"\xef\xbb\xbf"):
        raise EvidenceError([Problem(path.name, 1, "", "BOM", "starts with a byte order mark: save as plain UTF-8")])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[:error.start].count(b"\n") + 1
        raise EvidenceError([Problem(path.name, line, "", raw[error.start:error.start + 1].hex(),
                                     "is not UTF-8: save the file as UTF-8")]) from None


@lru_cache
def _package(data):
    return json.loads(_read(data / "datapackage.json"))


@lru_cache
def _centrals(data):
    rows = _table("assumptions", data)
    return dict(zip(rows["id"], rows["central"].astype(float), strict=True))


@lru_cache
def _bib_keys(path):
    return frozenset(re.findall(r"^@\w+\{\s*([^,\s]+)\s*,", _read(path), re.M))


def _plain(text):
    """A BibTeX value as plain text: braces, escapes and \\url dropped."""
    text = re.sub(r"\\url\{([^}]*)\}", r"\1", str(text))
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", re.sub(r"\\([&%$#_])", r"\1", text))).strip()


def _source_fields(resource):
    return [f["name"] for f in resource["schema"]["fields"] if f.get("sources")]


def _cells(resource, data):
    """Header-checked rows of a CSV as (line, {column: text}) and the problems of the file's form."""
    file, fields = resource["path"], [f["name"] for f in resource["schema"]["fields"]]
    text = _read(data / file)
    if not text.strip():
        return [], [Problem(file, None, "", "", "is empty")]
    reader, rows, problems = csv.reader(text.splitlines(keepends=True), strict=True), [], []
    try:
        header = next(reader)
        if header != fields:
            odd = [f"unknown column {c!r}" for c in header if c not in fields]
            odd += [f"missing column {c!r}" for c in fields if c not in header]
            odd += [f"column {c!r} twice" for c in dict.fromkeys(header) if header.count(c) > 1]
            return [], [Problem(file, 1, "", ",".join(header)[:60],
                                "is not the header of the schema: " + ("; ".join(odd) or "the order differs"))]
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(fields):
                problems.append(Problem(file, line, fields[min(len(cells), len(fields)) - 1] if cells else "",
                                        ",".join(cells)[:60], f"has {len(cells)} cells, the header {len(fields)}"))
                continue
            rows.append((line, dict(zip(fields, cells, strict=True))))
            for column, cell in zip(fields, cells, strict=True):
                if cell != cell.strip() or "  " in cell:
                    problems.append(Problem(file, line, column, cell, "has stray white space"))
                elif STRANGE.search(cell) or "\n" in cell:
                    problems.append(Problem(file, line, column, cell, "has a line break or an invisible character"))
                elif cell.casefold() in NOT_A_VALUE:
                    problems.append(Problem(file, line, column, cell, "is not a value: leave the cell empty"))
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, "", "", f"is not CSV: {error}"))
    if not rows and not problems:
        problems.append(Problem(file, None, "", "", "has a header and no rows"))
    return rows, problems


# --- cells ---------------------------------------------------------------------------------------------------

def _number(cell):
    if isinstance(cell, str):
        if not NUMBER.fullmatch(cell):
            raise ValueError("must be a plain number such as 12.5, without unit or thousands separator")
        return float(cell.replace("INF", "inf"))
    return cell


def _whole(cell):
    if isinstance(cell, str):
        if not re.fullmatch(r"-?\d+", cell):
            raise ValueError("must be a whole number")
        return int(cell)
    return cell


def _date(cell):
    """An ISO date, or an ISO year or month; the calendar is checked."""
    if isinstance(cell, str):
        try:
            datetime.date.fromisoformat((cell + "-01-01")[:10] if len(cell) == 4 else (cell + "-01")[:10])
        except ValueError:
            raise ValueError("must be a date of the calendar, YYYY-MM-DD") from None
    return cell


def _column(field):
    """The pydantic type of one field of a Frictionless schema."""
    limits, kind = field.get("constraints", {}), field["type"]
    low, high = limits.get("minimum"), limits.get("maximum")
    if kind in ("number", "integer", "year"):
        base = float if kind == "number" else int
        before = BeforeValidator(_number if kind == "number" else _whole)
        if "enum" in limits:
            made = Annotated[Literal[tuple(limits["enum"])], before]
        else:
            made = Annotated[base, Field(ge=low, le=high), before]
    elif "enum" in limits:
        made = Literal[tuple(limits["enum"])]
    else:
        pattern = {"date": r"^\d{4}-\d\d-\d\d$", "yearmonth": r"^\d{4}-\d\d$"}.get(kind, limits.get("pattern"))
        made = Annotated[str, Field(pattern=pattern, max_length=limits.get("maxLength"))]
        if kind in ("date", "yearmonth") or field.get("calendar"):
            made = Annotated[made, BeforeValidator(_date)]
    return made if limits.get("required") else Optional[made]


@lru_cache
def _model(name, data):
    fields = describe(name, data)["schema"]["fields"]
    row = create_model("Row", **{f"f{i}": (_column(f), Field(alias=f["name"])) for i, f in enumerate(fields)})
    return TypeAdapter(list[row])


def _typed(resource, rows, data):
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
            index, column = e["loc"][0], str(e["loc"][1])
            value = rows[index][1][column]
            rule = ("must be filled in" if value == "" else e["msg"].removeprefix("Value error, ")
                    .replace("Input should be", "must be").replace("String should", "must"))
            problems[index, column] = Problem(file, rows[index][0], column, value, rule)
        bad = {index for index, _ in problems}
        return [None if i in bad else list(vars(next(typed)).values()) for i in range(len(rows))], [*problems.values()]


# --- rules across columns and rows ---------------------------------------------------------------------------

def _pairs(values):
    """Neighbours among the filled cells."""
    return pairwise((c, v) for c, v in values if v is not None)


def _before(a, b):
    """a ≤ b, for numbers and for ISO dates of differing precision."""
    if isinstance(a, str):
        n = min(len(a), len(b))
        return a[:n] <= b[:n]
    return a <= b


def _applies(rule, row):
    return all(row[c] in (v if isinstance(v, list) else [v]) for c, v in rule.get("where", {}).items())


def _order(rule, rows):
    for i, row in rows:
        for (c, a), (d, b) in _pairs([(c, row[c]) for c in rule["order"]]):
            if not _before(a, b):
                yield i, [c, d], f"must keep {' ≤ '.join(rule['order'])}"


def _sum(rule, rows):
    target = rule["is"]
    for i, row in rows:
        parts = [row[c] for c in rule["sum"]]
        total = row[target] if isinstance(target, str) else target
        if total is None or any(p is None for p in parts):
            continue
        room = rule.get("tolerance", 0) * abs(total) + rule.get("margin", 1e-9)
        if abs(sum(parts) - total) > room:
            named = rule["sum"] + ([target] if isinstance(target, str) else [])
            yield i, named, f"must keep {' + '.join(rule['sum'])} = {target} within {room:.3g}"


def _ratio(rule, rows):
    (a, b), target, times = rule["ratio"], rule["is"], rule.get("times", 1)
    for i, row in rows:
        if row[a] is None or not row[b] or row[target] is None:
            continue
        if abs(times * row[a] / row[b] - row[target]) > rule["margin"]:
            yield i, [a, b, target], f"must keep {times} × {a} / {b} = {target} within {rule['margin']}"


def _months(rule, rows):
    """Years between two months, as printed."""
    (a, b), target = rule["months"], rule["is"]
    for i, row in rows:
        if row[a] is not None and row[b] is not None and row[target] is not None:
            gap = int(row[b][:4]) - int(row[a][:4]) + (int(row[b][5:7]) - int(row[a][5:7])) / 12
            if abs(gap - row[target]) > rule["margin"]:
                yield i, [a, b, target], f"must keep {target} = {gap:.1f}, the years from {a} to {b}"


def _days(rule, rows):
    (a, b), target = rule["days"], rule["is"]
    for i, row in rows:
        if all(row[c] is not None and len(row[c]) == 10 for c in (a, b)) and row[target] is not None:
            gap = (datetime.date.fromisoformat(row[b]) - datetime.date.fromisoformat(row[a])).days
            if gap != row[target]:
                yield i, [target, a, b], f"must keep {target} = {gap}, the days from {a} to {b}"


def _mean(rule, rows):
    c, groups = rule["mean"], {}
    for i, row in rows:
        if row[c] is not None:
            groups.setdefault(tuple(row[k] for k in rule["per"]), []).append((i, row[c]))
    for group in groups.values():
        mean = sum(value for _, value in group) / len(group)
        if abs(mean - rule["is"]) > rule["margin"]:
            for i, _ in group:
                yield i, [c] + rule["per"], f"must have a mean of {rule['is']} for each {', '.join(rule['per'])}"


def _filled(rule, rows):
    for i, row in rows:
        if sum(row[c] is not None for c in rule["filled"]) < rule.get("least", len(rule["filled"])):
            yield i, rule["filled"], "must be filled in (" + rule.get("says", "all, or as many as the rule asks") + ")"


def _blank(rule, rows):
    for i, row in rows:
        if any(row[c] is not None for c in rule["blank"]):
            yield i, rule["blank"], "must be empty here (" + rule["says"] + ")"


def _together(rule, rows):
    for i, row in rows:
        if 0 < sum(row[c] is not None for c in rule["together"]) < len(rule["together"]):
            yield i, rule["together"], "must be filled in together or not at all"


def _matches(rule, rows):
    for i, row in rows:
        cell = row[rule["column"]]
        if cell is not None and not re.search(rule["matches"], str(cell)):
            yield i, [rule["column"]] + list(rule.get("where", {})), f"must match {rule['matches']} ({rule['says']})"


def _sorted(rule, rows):
    for (i, a), (j, b) in pairwise(rows):
        c = rule["sorted"]
        same = all(a[k] == b[k] for k in rule.get("per", []))
        if same and a[c] is not None and b[c] is not None and not _before(a[c], b[c]):
            yield i, [c], f"must come in order: the row after has {b[c]}"
            yield j, [c], f"must come in order: the row before has {a[c]}"


def _complete(rule, rows):
    c, groups = rule["complete"], {}
    for i, row in rows:
        groups.setdefault(tuple(row[k] for k in rule.get("per", [])), []).append((i, row[c]))
    for group in groups.values():
        for (i, a), (j, b) in pairwise(group):
            after = _next_month(a) if isinstance(a, str) else a + 1
            if b != after:
                yield i, [c], f"must be followed by {after}, without a gap"
                yield j, [c], f"must follow the row before without a gap: {after} is due"


def _next_month(month):
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _one(rule, rows):
    groups = {}
    for i, row in rows:
        groups.setdefault(tuple(row[k] for k in rule["per"]), []).append((i, row[rule["one"]]))
    for group in groups.values():
        marked = sum(flag == 1 for _, flag in group)
        if marked > 1 or (marked == 0 and not rule.get("or_none")):
            for i, _ in group:
                yield i, [rule["one"]] + rule["per"], f"must mark one row for each {', '.join(rule['per'])}"


def _bounds(rule, rows):
    for i, row in rows:
        for start, (low, high) in rule["bounds"].items():
            if str(row[rule["by"]]).startswith(start):
                for c in rule["columns"]:
                    if row[c] is not None and not low <= row[c] <= high:
                        yield i, [c, rule["by"]], f"must lie between {low} and {high}: its {rule['by']} is a {start}"
                break


def _korea(rule, rows):
    """The Korean day is the day of the UTC hour plus nine; with the hour unknown the source's day is kept."""
    for i, row in rows:
        day, hour, korean = row["date"], row["time_utc"], row["date_kst"]
        if (row["kst_basis"] == "hour") != (hour is not None):
            yield i, ["kst_basis", "time_utc"], "must be 'hour' where the hour is known, and only there"
        elif hour is not None and len(day) < 10:
            yield i, ["time_utc", "date"], "must not give an hour without a day"
        elif hour is not None:
            due = datetime.datetime.fromisoformat(f"{day}T{hour}") + datetime.timedelta(hours=9)
            if due.date().isoformat() != korean:
                yield i, ["date_kst", "date", "time_utc"], f"must be {due.date()}: nine hours after {day} {hour} UTC"
        elif korean != day and row["kst_basis"] != "source":
            yield i, ["date_kst", "date", "kst_basis"], "must equal the date: the hour is not known"


def _refers(rule, rows, data):
    to_table, to_column = rule["to"].split(".")
    rows_there = [cells for _, cells in _cells(describe(to_table, data), data)[0]]
    known = {r[to_column]: r for r in rows_there}
    for i, row in rows:
        cell = row[rule["refers"]]
        for key in re.split("[;|]", cell) if cell else []:
            if key not in known:
                yield i, [rule["refers"]], f"names {key!r}, which is no {to_column} of {to_table}.csv"
            elif any(known[key][c] != row[c] for c in rule.get("same", [])):
                yield i, [rule["refers"]] + rule["same"], f"names {key!r}, which differs in {', '.join(rule['same'])}"


def _tally(rule, rows, data):
    """A row's number is the sum (or count) over the rows of another table in the same year."""
    from_table, counted = rule["table"], rule.get("of")
    totals = {}
    for _, cells in _cells(describe(from_table, data), data)[0]:
        if all(cells[c] in (v if isinstance(v, list) else [v]) for c, v in rule.get("only", {}).items()):
            year = int(cells[rule["by"]][:4])
            if rule.get("distinct"):
                totals.setdefault(year, set()).add(cells[rule["distinct"]])
            else:
                totals[year] = totals.get(year, 0) + (int(cells[counted]) if counted else 1)
    for i, row in rows:
        total = totals.get(row["year"], 0)
        total = len(total) if isinstance(total, set) else total
        if row[rule["tally"]] is not None and row[rule["tally"]] != total:
            yield i, [rule["tally"], "year"], f"must be {total}: the rows of {from_table}.csv for {row['year']}"


def _twice(rule, rows):
    for i, row in rows:
        cells = (row[rule["list"]] or "").split(";")
        if len(set(cells)) < len(cells) or ("" in cells and len(cells) > 1):
            yield i, [rule["list"]], "names something twice, or nothing between two semicolons"


RULES = {"order": _order, "sum": _sum, "ratio": _ratio, "months": _months, "days": _days,
         "mean": _mean, "filled": _filled, "blank": _blank,
         "together": _together, "matches": _matches, "sorted": _sorted, "complete": _complete, "one": _one,
         "bounds": _bounds, "korea": _korea, "list": _twice}
ACROSS = {"refers": _refers, "tally": _tally}
WHOLE = {"sorted", "complete", "one", "mean"}  # rules that need every row: they wait until single cells are right


def _check_rules(resource, rows, data, partial):
    """Problems of keys, references, coverage and rules; rows are (line, typed values); partial: some rows are out."""
    file, schema = resource["path"], resource["schema"]
    found = []

    def report(index, columns, rule):
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
                if name not in _bib_keys(BIBLIOGRAPHY):
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
        last = span.get("kept_to") if span["by"] == "event" else None
        for i, (_, row) in enumerate(rows):
            value = row[span["column"]]
            if value is None:
                continue
            if not _before(str(span["from"]), str(value)):
                report(i, [span["column"]], f"lies before {span['from']}, where coverage begins in datapackage.json")
            elif last and not _before(str(value), last):
                report(i, [span["column"]], f"lies after {last}, to which the table was kept: if it is now kept to "
                                            "a later day, raise kept_to in datapackage.json")
    for rule in resource.get("rules", []):
        kind = next(iter(rule))
        if partial and kind in WHOLE:
            continue
        some = [(i, row) for i, (_, row) in enumerate(rows) if _applies(rule, row)]
        result = RULES[kind](rule, some) if kind in RULES else ACROSS[kind](rule, some, data)
        for i, columns, text in result:
            report(i, columns, text)
    return found


# --- a table -------------------------------------------------------------------------------------------------

def problems(name, data=None):
    """Every broken rule of one table, as a list of Problem."""
    return _load(name, Path(data or DATA))[1]


def _with_keys(resource, rows, found):
    """The problems, sorted by line, each with the key of its row where the key is one short word."""
    key = resource["schema"]["primaryKey"]
    named = {line: cells[key[0]] for line, cells in rows} if len(key) == 1 else {}
    return sorted((p._replace(key=named.get(p.line, "")) for p in found), key=lambda p: p.line or 0)


def _load(name, data):
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
def _table(name, data):
    frame, found = _load(name, data)
    if found:
        raise EvidenceError(found)
    return frame


# --- python -m bargain.evidence ------------------------------------------------------------------------------

def check(data=None):
    """All tables: a frame with rows, coverage, share seen and last entry for each, and all problems."""
    data, found, lines = Path(data or DATA), [], []
    listed = {describe(n, data)["path"] for n in names(data)}
    found += [Problem(p.name, None, "", "", "is not in datapackage.json")
              for p in sorted(data.glob("*.csv")) if p.name not in listed]
    for name in names(data):
        bad = problems(name, data)
        found += bad
        if bad:
            lines.append({"table": name, "rows": f"{len(bad)} problems"})
            continue
        rows, span = _table(name, data), coverage(name, data)
        dated = rows[span["column"]].dropna() if span["column"] else []
        seen = share_seen(name, data)
        lines.append({"table": name, "rows": len(rows), "covers": f"{span['from']} to {span['to']}",
                      "seen": "" if seen is None else f"{seen:.0%}",
                      "last entry": str(max(dated)) if len(dated) else ""})
    return pd.DataFrame(lines).fillna(""), found


def main(arguments):
    """Check a folder and print what it holds; 1 when a rule is broken, 0 otherwise."""
    data = Path(arguments[0] if arguments else DATA).resolve()
    try:
        summary, found = check(data)
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1
    print(summary.to_string(index=False))
    if found:
        print(EvidenceError(found), file=sys.stderr)
        return 1
    print(f"{len(summary)} tables, {summary['rows'].sum():,} rows: every rule holds")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
