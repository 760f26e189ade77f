"""The one loader: every table, parameter and source of the report comes through here, checked.

Tables are CSV files in `data/`; `data/datapackage.json` (a Frictionless data package) says what each holds,
in which unit, how it was made and which rules its rows keep. A table is checked when it is loaded, and only
that table: types, ranges, codes and patterns by pydantic from the schema; keys, references between tables,
source keys (in `references.bib`) and coverage in `integrity`; the rules across columns, rows and tables in `rules`.
Its other modules serve what stands here: files, the data package, the bibliography, typed columns, the integrity of a
table. `python -m bargain.evidence [DATA_DIR]` checks a whole folder and prints what it holds.
"""

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import pandas as pd

from bargain import reads
from bargain.evidence.bibliography import BIBLIOGRAPHY, KINDS, citation, sources
from bargain.evidence.files import ROOT, Folder
from bargain.evidence.loading import load
from bargain.evidence.problems import EvidenceError, Problem
from bargain.evidence.schema import described, package, source_fields

__all__ = [
    "BIBLIOGRAPHY",
    "COUNTS",
    "DATA",
    "EvidenceError",
    "KINDS",
    "POWERS",
    "Problem",
    "ROOT",
    "STATES",
    "assumptions",
    "central",
    "citation",
    "coverage",
    "describe",
    "digests_to",
    "evidence_to",
    "keys",
    "kinds",
    "names",
    "problems",
    "provenance",
    "quick",
    "share_seen",
    "sources",
    "states",
    "table",
]

DATA = Path(os.environ.get("BARGAIN_DATA", ROOT / "data"))
STATES = ("seen", "part", "coded", "memory")
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
    return [r["name"] for r in package(Path(data or DATA))["resources"]]


def describe(name: str, data: Folder = None) -> dict[str, Any]:
    """The schema's entry of one table: title, description, made, doubts, caveat, coverage, schema, rules.

    Raises EvidenceError naming a table that has none.
    """
    return described(name, Path(data or DATA))


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
    """The last day to which a table was kept, as an ISO date: the date of the evidence as a whole."""
    return package(Path(data or DATA))["evidence_to"]


def digests_to(data: Folder = None) -> str:
    """The day of the last press digest that was read, as an ISO date: no row rests on anything later."""
    return package(Path(data or DATA))["digests_to"]


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
    return [key for field in source_fields(resource) for cell in rows[field].dropna() for key in cell.split(";")]


def kinds(name: str, data: Folder = None) -> dict[str, int]:
    """Rows of a table by the kind of the best source that each cites: {kind: rows}, from `kind` in the bibliography."""
    rows, resource = _table(name, Path(data or DATA)), describe(name, data)
    books = sources()
    if not books["kind"].any() or not source_fields(resource):
        return {}
    rank = {kind: n for n, kind in enumerate(KINDS)}
    cited = rows[source_fields(resource)].fillna("").agg(";".join, axis=1).str.strip(";")
    best = [
        min(
            (str(books.at[k, "kind"] or "") for k in cell.split(";") if k in books.index),
            key=lambda kind: rank.get(kind, len(rank)),
            default="",
        )
        for cell in cited
    ]
    return {str(kind) or "unnamed": count for kind, count in pd.Series(best, dtype="str").value_counts().items()}


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


def problems(name: str, data: Folder = None) -> list[Problem]:
    """Every broken rule of one table, as a list of Problem."""
    return load(name, Path(data or DATA))[1]


@lru_cache
def _centrals(data: Path) -> dict[str, float]:
    rows = _table("assumptions", data)
    return dict(zip(rows["id"], rows["central"].astype(float), strict=True))


@lru_cache
def _table(name: str, data: Path) -> pd.DataFrame:
    frame, found = load(name, data)
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
