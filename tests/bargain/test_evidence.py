"""The data keep their rules, every broken cell is reported by file, line and column, and sources resolve."""

import contextlib
import csv
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from bargain import appendices, evidence, listings, prose, takeover
from bargain.evidence import checking
from bargain.evidence.__main__ import main

NAMES = evidence.names()
FIELD = {n: {f["name"]: f for f in evidence.describe(n)["schema"]["fields"]} for n in NAMES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the data folder that a test may break and must mend."""
    copy = tmp_path_factory.mktemp("data") / "data"
    shutil.copytree(evidence.DATA, copy)
    return copy


def read(name):
    """Header and rows of a table as text, with the line on which each row ends."""
    with open(evidence.DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


ROWS = {n: read(n) for n in NAMES}


def text(header, rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header] + rows)
    return out.getvalue()


# --- ways to break a cell that the schema forbids ------------------------------------------------------------
# Each takes (rows as dicts, random source) and returns (index, column, {column: text}) or None where the table
# has no row to which it applies.

SPOILT = ["NaN", "n/a", "NULL", "#REF!", "nan"]
WORDS = ["about 5", "1,000", "12 %", "5-7", "~3", "x"]
NO_DATES = ["2017-02-30", "3 September 2017", "2017/09/03", "03.09.2017", "2017-13", "2017-9-3", "17"]


def _some(rows, rng, test):
    found = [i for i, row in enumerate(rows) if test(row)]
    return rng.choice(found) if found else None


def _put(column, make, test=lambda row: True):
    def broken(rows, rng):
        i = _some(rows, rng, test)
        if i is None:
            return None
        value = make(rows[i], rng)
        return None if value is None or value == rows[i][column] else (i, column, {column: value})

    return broken


def cell_breaks(name):
    """(label, break) for every clause of the schema that one cell of a table can violate."""
    resource = evidence.describe(name)
    for c, field in FIELD[name].items():
        limits, kind = field.get("constraints", {}), field["type"]

        def change(label, make, filled=True, c=c):
            test = (lambda row: row[c] != "") if filled else (lambda row: True)
            return f"{c} {label}", _put(c, make, test)

        def one_of(values):
            return lambda row, rng: rng.choice(values)

        yield change("with a space behind", lambda row, rng, c=c: row[c] + " ")
        yield change("with an invisible character", lambda row, rng, c=c: row[c] + "\u200b")
        yield change("not a value", one_of(SPOILT), filled=False)
        if limits.get("required"):
            yield change("empty", lambda row, rng: "")
        if kind in ("number", "integer", "year"):
            yield change("words", one_of(WORDS), filled=False)
            if "maximum" in limits:
                yield change("too high", lambda row, rng, m=limits["maximum"]: str(int(m) + rng.randint(1, 9)), False)
            if "minimum" in limits:
                yield change("too low", lambda row, rng, m=limits["minimum"]: str(int(m) - rng.randint(1, 9)), False)
            if kind != "number":
                yield change("with a fraction", lambda row, rng, c=c: row[c] + ".5")
            if "enum" in limits:
                yield change("no flag", one_of(["2", "-1", "yes"]), filled=False)
        elif "enum" in limits:
            yield change("unknown code", one_of(["other", "XXX", "?"]), filled=False)
            yield change(
                "in the wrong case",
                lambda row, rng, c=c, known=tuple(limits["enum"]): (
                    None if row[c].swapcase() in known else row[c].swapcase()
                ),
            )
        elif kind in ("date", "yearmonth") or field.get("calendar"):
            yield change("no date", one_of(NO_DATES), filled=False)
        elif "pattern" in limits:
            bad = [v for v in ("§", "?!", "…", "- -") if not re.fullmatch(limits["pattern"], v)]
            if bad:
                yield change("against the pattern", one_of(bad), filled=False)
        if field.get("sources"):
            yield change("unknown source", lambda row, rng: "no_such_source_2099", filled=False)
            yield change("source twice", lambda row, rng, c=c: f"{row[c]};{row[c]}")
            yield change("one source of two unknown", lambda row, rng, c=c: f"{row[c]};xyz_1999")
    key = resource["schema"]["primaryKey"]
    if len(key) == 1:

        def repeated(rows, rng, c=key[0]):
            i, j = rng.sample(range(len(rows)), 2)
            return i, c, {c: rows[j][c]}

        yield f"{key[0]} repeated", repeated
    for link in resource["schema"].get("foreignKeys", []):
        c = link["fields"][0]
        yield (
            f"{c} without a partner",
            _put(c, lambda row, rng, c=c: row[c][:-2] + ("02" if row[c][-1] == "1" else "01")),
        )
    span = resource["coverage"]
    if span["by"] in ("year", "month", "event"):
        c, first = span["column"], str(int(str(span["from"])[:4]) - 1)
        yield "before coverage", _put(c, lambda row, rng, c=c, y=first: y + row[c][4:])
        if span["by"] == "event":
            later = str(int(span.get("found_to", span["kept_to"])[:4]) + 1)
            yield "after kept_to", _put(c, lambda row, rng, c=c, y=later: y + row[c][4:])


def _applies(rule, row):
    asked = rule.get("where", {}).items()
    return all((row[c] or None) in (v if isinstance(v, list) else [v]) for c, v in asked)


def _above(value):
    """A number or date clearly above one."""
    if re.fullmatch(r"\d{4}(-\d\d)+|(19|20)\d\d", value):
        return str(int(value[:4]) + 3) + value[4:]
    return f"{float(value) + abs(float(value)) / 2 + 3:.10g}"


def _break_order(rule, rows, rng):
    def filled(row):
        return [c for c in rule["order"] if row[c] not in ("", "INF")]

    i = _some(rows, rng, lambda row: _applies(rule, row) and len(filled(row)) > 1)
    if i is None:
        return None
    k = rng.randrange(len(filled(rows[i])) - 1)
    a, b = filled(rows[i])[k : k + 2]
    return i, a, {a: _above(rows[i][b])}


def _break_result(rule, rows, rng):
    """Raise the cell that a sum, ratio, count or mean fixes."""
    kind = next(iter(rule))
    target = rule[kind] if kind in ("tally", "mean", "running") else rule["is"]
    target = target if isinstance(target, str) else rule[kind][0]
    needed = [target] if kind in ("tally", "mean") else [rule["of"]] if kind == "running" else rule[kind]
    if kind == "parts":
        needed = needed[1:2]
    i = _some(rows, rng, lambda row: _applies(rule, row) and row[target] and all(row[c] for c in needed))
    return None if i is None else (i, target, {target: _above(rows[i][target])})


def _break_filled(rule, rows, rng):
    i = _some(rows, rng, lambda row: _applies(rule, row) and any(row[c] for c in rule["filled"]))
    return None if i is None else (i, rule["filled"][0], dict.fromkeys(rule["filled"], ""))


def _break_blank(rule, rows, rng, fields):
    c, i = rng.choice(rule["blank"]), _some(rows, rng, lambda row: _applies(rule, row))
    value = "2012-02" if fields[c].get("calendar") else fields[c].get("constraints", {}).get("enum", ["5"])[0]
    return None if i is None else (i, c, {c: value})


def _break_together(rule, rows, rng, fields):
    free = [c for c in rule["together"] if not fields[c].get("constraints", {}).get("required")]
    c = rng.choice(free)
    i = _some(rows, rng, lambda row: row[c] and len(rule["together"]) > 1)
    return None if i is None else (i, c, {c: ""})


def _break_matches(rule, rows, rng, fields):
    c = rule["column"]
    i = _some(rows, rng, lambda row: _applies(rule, row) and row[c])
    enum = fields[c].get("constraints", {}).get("enum")
    known = list(map(str, enum)) if enum else sorted({row[c] for row in rows if row[c]}) + ["1953-01-01", "7", "A: b"]
    bad = [v for v in known if not re.search(rule["matches"], v)]
    return None if i is None or not bad else (i, c, {c: rng.choice(bad)})


def _break_sequence(rule, rows, rng):
    c = rule[next(iter(rule))]
    near = [
        i
        for i, (a, b) in enumerate(zip(rows, rows[1:], strict=False))
        if a[c] and b[c] and all(a[k] == b[k] for k in rule.get("per", []))
    ]
    i = rng.choice(near)
    return i, c, {c: _above(rows[i + 1][c])}


def _break_one(rule, rows, rng):
    c, marked = rule["one"], {tuple(row[k] for k in rule["per"]) for row in rows if row[rule["one"]] == "1"}
    many = _some(rows, rng, lambda row: row[c] == "0" and tuple(row[k] for k in rule["per"]) in marked)
    none = None if rule.get("or_none") else _some(rows, rng, lambda row: row[c] == "1")
    i = rng.choice([k for k in (many, none) if k is not None])
    return i, c, {c: "10"[int(rows[i][c])]}


def _break_circle(rule, rows, rng):
    """A step that others need is made to need one of these."""
    c = rule["no_circle"]
    i = _some(rows, rng, lambda row: row[c])
    first = next(k for k, row in enumerate(rows) if row["id"] == rows[i][c].split(";")[0])
    return first, c, {c: rows[i]["id"]}


def _break_bounds(rule, rows, rng):
    c = rng.choice(rule["columns"])

    def start(row):
        return next((s for s in rule["bounds"] if row[rule["by"]].startswith(s)), None)

    i = _some(rows, rng, lambda row: start(row) and row[c])
    return None if i is None else (i, c, {c: _above(str(rule["bounds"][start(rows[i])][1]))})


def _break_korea(rule, rows, rng):
    i = _some(rows, rng, lambda row: row["time_utc"] and row["date_kst"] != row["date"])
    if rng.random() < 0.5:
        return i, "date_kst", {"date_kst": rows[i]["date"]}
    return i, "time_utc", {"time_utc": ""}


def _break_list(rule, rows, rng):
    c = rule[next(iter(rule))]
    i = _some(rows, rng, lambda row: row[c])
    return i, c, {c: f"{rows[i][c]};{rows[i][c]}" if "list" in rule else rows[i][c][:-2] + "99"}


def _shifted_year(row, column):
    return {column: str(int(row[column][:4]) + 1) + row[column][4:]}


def _break_same(rule, rows, rng):
    c = rule["same"][1]
    i = _some(rows, rng, lambda row: row[c])
    return i, c, _shifted_year(rows[i], c)


def _break_since(rule, rows, rng):
    c = rule["since"]
    i = _some(
        rows,
        rng,
        lambda row: (
            row[c] and row[rule["by"]] in rule["from"] and not any(word in row[k] for k, word in rule["unless"].items())
        ),
    )
    return i, c, {c: "1990-01-01"}


def _break_sums(rule, rows, rng):
    c, groups = rule["sums"], {}
    for i, row in enumerate(rows):
        groups.setdefault(tuple(row[k] for k in rule["per"]), []).append(i)
    i = rng.choice(rng.choice([g for g in groups.values() if len(g) > 1]))
    return i, c, {c: "100"}


def _break_covers(rule, rows, rng):
    low, high = rule["covers"]
    i = _some(rows, rng, lambda row: _applies(rule, row) and int(row["year"]) >= max(rule["from"], 2020))
    return i, low, {"usd_m_low": "", low: "1", high: ""}


def _break_span(rule, rows, rng):
    c = rule["range"][1]
    i = _some(rows, rng, lambda row: row[rule["span"]] in rule["only"])
    return i, c, {c: rng.choice(["9", "49999"])}


def _break_coded(rule, rows, rng):
    header, events = ROWS[rule["events"]]
    events = [dict(zip(header, r, strict=True)) for r in events]
    months = {
        r["date"][:7]
        for r in events
        if r["kind"] in rule["kinds"] and set(rule["parties"]) <= set(r["parties"].split(";"))
    }
    i = _some(rows, rng, lambda row: _applies(rule, row) and row[rule["month"]] in months)
    return i, "meeting_in_month", {"meeting_in_month": "0"}


def _break_answers(rule, rows, rng):
    c = rule["answers"]
    i = _some(rows, rng, lambda row: True)
    return i, c, {c: rng.choice([v for v in ("accommodate", "escalate", "hold") if v != rows[i][c]])}


def _break_equals(rule, rows, rng):
    c, years = rule["equals"], 0
    header, there = ROWS[rule["table"]]
    there = [dict(zip(header, r, strict=True)) for r in there]
    years = {r["year"] for r in there if all(r[k] == str(v) for k, v in rule["only"].items()) and r[rule["of"]]}
    i = _some(rows, rng, lambda row: row[c] and row["year"] in years)
    return i, c, {c: _above(rows[i][c])}


def _break_quoted(rule, rows, rng):
    i = _some(
        rows,
        rng,
        lambda row: (
            re.fullmatch(r"\d{4}", row["row_key"])
            and re.fullmatch(r"[\d.]+", row["value"])
            and row["column"] in FIELD[row["table"]]
            and "year" in FIELD[row["table"]]
        ),
    )
    return i, "value", {"value": _above(rows[i]["value"])}


def _break_needs(rule, rows, rng):
    """A step that starts before it can; `test_roadmaps` takes what it needs away instead."""
    header, steps = ROWS[rule["in"]]
    first = {r[header.index("id")]: int(r[header.index("earliest_start")]) for r in steps}
    start = rule["needs"]
    i = _some(rows, rng, lambda row: row[start] and first[row[rule["of"]]] > 1 and "earlier" not in row[rule["unless"]])
    return i, start, {start: "1"}


def _break_stands(rule, rows, rng):
    asked = {(t, k) for tables in rule["stands"].values() for t, keys in tables.items() for k in keys}
    i = _some(rows, rng, lambda row: (row["table"], row["row_key"]) in asked and not row["row_key"].isdigit())
    return i, "row_key", {"row_key": "another row"}


def _break_moved(rule, rows, rng):
    """A reading whose rows are in no other table; `test_kims` takes the rows away instead."""
    i = _some(rows, rng, lambda row: True)
    return i, "id", {"id": "stranger"}


def _break_read_off(rule, rows, rng):
    """A chance far from what the distribution of its quantity says."""
    i = _some(
        rows, rng, lambda row: row["question"] in rule["pairs"] and row["issued_on"] >= rule["since"] and row["p"]
    )
    return i, "p", {"p": "0.995" if float(rows[i]["p"]) < 0.5 else "0.005"}


def _break_curve(rule, rows, rng):
    """A quantile that is not the one of the row's levels."""
    c = next(iter(rule["is"].values()))
    i = _some(rows, rng, lambda row: row["issued_on"] >= rule["since"] and row[c])
    return i, c, {c: "-123456"}


BROKEN = {
    "order": _break_order,
    "filled": _break_filled,
    "sorted": _break_sequence,
    "complete": _break_sequence,
    "one": _break_one,
    "bounds": _break_bounds,
    "korea": _break_korea,
    "list": _break_list,
    "no_circle": _break_circle,
    "refers": _break_list,
    "same": _break_same,
    "since": _break_since,
    "sums": _break_sums,
    "covers": _break_covers,
    "span": _break_span,
    "coded": _break_coded,
    "answers": _break_answers,
    "equals": _break_equals,
    "quoted": _break_quoted,
    "moved": _break_moved,
    "needs": _break_needs,
    "read_off": _break_read_off,
    "curve": _break_curve,
    "stands": _break_stands,
    **dict.fromkeys(("sum", "ratio", "months", "days", "tally", "mean", "parts", "running"), _break_result),
}
BROKEN_BY_FIELD = {"blank": _break_blank, "together": _break_together, "matches": _break_matches}


def rule_breaks(name):
    """(label, break) for every rule across columns or rows of a table."""
    for n, rule in enumerate(evidence.describe(name).get("rules", [])):
        kind = next(iter(rule))
        if kind in BROKEN:
            yield f"rule {n} {kind}", lambda rows, rng, r=rule, k=kind: BROKEN[k](r, rows, rng)
        else:
            yield f"rule {n} {kind}", lambda rows, rng, r=rule, k=kind: BROKEN_BY_FIELD[k](r, rows, rng, FIELD[name])


CELLS = [(n, label, how) for n in NAMES for label, how in cell_breaks(n)]
ACROSS = [(n, label, how) for n in NAMES for label, how in rule_breaks(n)]
BREAKS = CELLS + ACROSS


def report(folder, name, label, how, rng):
    """Break one cell, return what is reported; None where the clause has no row to break."""
    header, rows = ROWS[name]
    dicts = [dict(zip(header, r, strict=True)) for r in rows]
    done = how(dicts, rng)
    if done is None:
        return None
    i, column, changes = done
    new = [list(r) for r in rows]
    for c, value in changes.items():
        new[i][header.index(c)] = value
    path = folder / f"{name}.csv"
    path.write_text(text(header, new), encoding="utf-8")
    try:
        found = evidence.problems(name, folder)
    finally:
        path.write_text(text(header, rows), encoding="utf-8")
    assert found, f"{name}: {label}: passed silently ({rows[i]} -> {changes})"
    hit = [p for p in found if p.file == f"{name}.csv" and p.line == i + 2 and column in p.column.split(", ")]
    assert hit, f"{name}: {label}: {changes} in line {i + 2} reported elsewhere: {[str(p) for p in found[:5]]}"
    return hit


def test_every_rule_and_every_column_is_enforced(folder):
    """Every rule of every table, and a random clause of every column, is broken once and reported where it is."""
    rng = random.Random(5)
    by_column = {}
    for name, label, how in CELLS:
        by_column.setdefault((name, label.split()[0]), []).append((name, label, how))
    done = {(n, label): report(folder, n, label, how, rng) for n, label, how in ACROSS}
    done |= {(n, label): report(folder, n, label, how, rng) for n, label, how in map(rng.choice, by_column.values())}
    idle = sorted(k for k, hit in done.items() if hit is None)
    assert len(done) - len(idle) > 600
    assert len(idle) < 0.05 * len(done), f"clauses that no row can break: {idle}"


def test_the_environment_names_another_folder_of_data(folder):
    header, rows = ROWS["assumptions"]
    at = {name: header.index(name) for name in ("id", "low", "central", "high", "distribution")}
    new = [list(row) for row in rows]
    row = next(row for row in new if row[at["id"]] == "v_warhead")
    for name, value in dict(low="321", central="321", high="321", distribution="fixed").items():
        row[at[name]] = value
    path = folder / "assumptions.csv"
    path.write_text(text(header, new), encoding="utf-8")
    code = "from bargain import evidence; print(evidence.central('v_warhead'))"
    environment = os.environ | {"BARGAIN_DATA": str(folder)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=evidence.ROOT, env=environment, capture_output=True, text=True
    )
    path.write_text(text(header, rows), encoding="utf-8")
    assert run.stdout == "321.0\n", run.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_table_that_lost_its_end_is_named(folder, name):
    """Half of the rows, or only the last one, are lost in silence nowhere: in no table, and in no ledger."""
    header, rows = ROWS[name]
    for left in (len(rows) // 2, len(rows) - 1):
        assert broken(folder, name, text(header, rows[:left]).encode()), (name, left)


HOW_MANY = [100, pytest.param(1000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("number", HOW_MANY)
def test_random_corruptions_of_cells_are_reported(folder, number):
    """Any cell of any table, broken in any way that the schema forbids, is reported with file, line and column."""
    rng = random.Random(number)
    for _ in range(number):
        report(folder, *rng.choice(BREAKS), rng)


# Ways to spoil a file that ask no schema what it forbids: (header, rows, random source) -> bytes, or None.


def _one(header, rows, rng, change):
    """The table with one row changed by `change(cells)`."""
    i = rng.randrange(len(rows))
    return text(header, [*rows[:i], *change(list(rows[i]), i), *rows[i + 1 :]]).encode()


def _columns(name, *types):
    return [c for c, f in FIELD[name].items() if f["type"] in types and "enum" not in f.get("constraints", {})]


def _typed_cell(name, header, rows, rng, columns, values):
    if not columns:
        return None
    c = header.index(rng.choice(columns))
    return _one(header, rows, rng, lambda r, i: [[*r[:c], rng.choice(values), *r[c + 1 :]]])


def _dates(name):
    return [c for c, f in FIELD[name].items() if f["type"] in ("date", "yearmonth") or f.get("calendar")]


def _swapped(name, header, rows, rng):
    """Two cells of a row change places, a number and a text."""
    numbers, words = _columns(name, "number", "integer", "year"), [c for c in FIELD[name] if c == "source_id"]
    if not numbers or not words:
        return None
    a, b = header.index(rng.choice(numbers)), header.index(words[0])
    return _one(header, rows, rng, lambda r, i: [[r[b] if k == a else r[a] if k == b else x for k, x in enumerate(r)]])


SPOIL = {
    "words for a number": lambda n, h, r, g: _typed_cell(
        n,
        h,
        r,
        g,
        _columns(n, "number", "integer", "year"),
        ["many", "1,5", "12,5", "1.000,0", "12 km", "1e", "--3", "0x1F", "½", "1 000", "²", "٣", "+", "True"],
    ),
    "no date": lambda n, h, r, g: _typed_cell(
        n,
        h,
        r,
        g,
        _dates(n),
        ["2017-13-45", "2017-00", "2019-02-29", "13/09/2017", "Sep 3, 2017", "2017-9-3", "42981", "soon", "2017-06-31"],
    ),
    "a date that is none, in a text": lambda n, h, r, g: _typed_cell(
        n,
        h,
        r,
        g,
        [c for c in FIELD[n] if c in ("note", "text", "title", "event", "fate")],
        ["seen on 2017-13-45", "2019-02-30"],
    ),
    "a source that nobody named": lambda n, h, r, g: _typed_cell(
        n, h, r, g, [c for c, f in FIELD[n].items() if f.get("sources")], ["nobody_2099", "a b", ";", "seen"]
    ),
    "a row twice": lambda n, h, r, g: _one(h, r, g, lambda row, i: [row, row]),
    "a cell too many": lambda n, h, r, g: _one(h, r, g, lambda row, i: [[*row, "x"]]),
    "a cell too few": lambda n, h, r, g: _one(h, r, g, lambda row, i: [row[:-1]]),
    "an empty row": lambda n, h, r, g: _one(h, r, g, lambda row, i: [row, [""] * len(row)]),
    "a row of text": lambda n, h, r, g: _one(h, r, g, lambda row, i: [row, ["x"] * len(row)]),
    "cells in each other's place": _swapped,
    "bytes of another encoding": lambda n, h, r, g: _one(h, r, g, lambda row, i: [row]).replace(b"\n", b"\xfc\n", 2),
    "a zero byte": lambda n, h, r, g: _one(h, r, g, lambda row, i: [[row[0] + "\0", *row[1:]]]),
    "an open quotation": lambda n, h, r, g: text(h, r).encode() + b'"',
    "a file cut off": lambda n, h, r, g: (lambda raw: raw[: g.randrange(len(raw) // 4, len(raw) - 1)].rstrip(b"\n"))(
        text(h, r).encode()
    ),
    "a column gone": lambda n, h, r, g: (lambda c: text(h[:c] + h[c + 1 :], [x[:c] + x[c + 1 :] for x in r]).encode())(
        g.randrange(len(h))
    ),
    "a column renamed": lambda n, h, r, g: text([*h[:-1], h[-1] + "s"], r).encode(),
    "a spreadsheet's form": lambda n, h, r, g: g.choice(
        [b"\xef\xbb\xbf" + text(h, r).encode(), text(h, r).encode("utf-16"), semicolons(h, r), semicolons(h, r, "\t")]
    ),
    "a row gone": lambda n, h, r, g: _one(h, r, g, lambda row, i: []),
    "half of the rows gone": lambda n, h, r, g: text(h, r[: len(r) // 2]).encode(),
    "a column without its values": lambda n, h, r, g: _emptied(h, r, g),
    "a quotation mark inside": lambda n, h, r, g: _inside(h, r, g, '"'),
    "a line end of an old kind": lambda n, h, r, g: _inside(h, r, g, "\r"),
    "a sign that cannot be seen": lambda n, h, r, g: _cell(
        h, r, g, lambda v: f"{v[:1]}{g.choice(UNSEEN)}{v[1:]}" if v else v
    ),
    "a wrong encoding": lambda n, h, r, g: _cell(h, r, g, lambda v: v and v + g.choice(["â€™", "Ã©", "\ufffd", "??"])),
    "an accent apart": lambda n, h, r, g: _cell(h, r, g, lambda v: v and v + "e\u0301"),
    "digits of another script": lambda n, h, r, g: _cell(h, r, g, lambda v: v.translate(g.choice(SCRIPTS))),
    "a formula": lambda n, h, r, g: _cell(
        h, r, g, lambda v: v and g.choice(["=A1+1", "@SUM(1)", "#REF!", "#DIV/0!", "#N/A", "#NAME?", "#####"])
    ),
    "a zero before a number": lambda n, h, r, g: _typed_cell(
        n, h, r, g, _columns(n, "number", "integer", "year"), ["007", "01990", "00", "1e999", "-INF", "1e"]
    ),
    "nothing but a mark": lambda n, h, r, g: g.choice([b"\xef\xbb\xbf", b"\n\n", b"  ", b",,,\n", b"\xef\xbb\xbf\r\n"]),
    "no table at all": lambda n, h, r, g: g.choice(
        [b"<!DOCTYPE html><html></html>\n", b"PK\x03\x04\x14\x00", b"[{}]\n"]
    ),
}

UNSEEN = "\u00a0\u00ad\u2009\u200b\u202e\u202f\u2060\u3000\x07\x1c\x85\u2028"
SCRIPTS = [str.maketrans("0123456789", digits) for digits in ("０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩")]


def _cell(header, rows, rng, change):
    """The table with one cell changed; None where it stays as it was."""
    i, c = rng.randrange(len(rows)), rng.randrange(len(header))
    value = change(rows[i][c])
    new = [*rows[:i], [*rows[i][:c], value, *rows[i][c + 1 :]], *rows[i + 1 :]]
    return None if value == rows[i][c] else text(header, new).encode()


def _emptied(header, rows, rng):
    c = rng.randrange(len(header))
    return text(header, [[*r[:c], "", *r[c + 1 :]] for r in rows]).encode() if any(r[c] for r in rows) else None


def _inside(header, rows, rng, sign):
    """A sign in the midst of a word, as an editor leaves it: no writer of CSV has quoted the cell."""
    lines = text(header, rows).split("\n")
    i = rng.randrange(1, len(lines) - 1)
    places = [m.start() for m in re.finditer(r"(?<=[A-Za-z0-9])(?=[A-Za-z0-9])", lines[i])]
    at = rng.choice(places)
    lines[i] = lines[i][:at] + sign + lines[i][at:]
    return "\n".join(lines).encode()


def semicolons(header, rows, sign=";"):
    """A table as a German spreadsheet saves it: the sign between cells, commas in numbers, CRLF."""
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(
        [header] + [[re.sub(r"^(-?\d+)\.(\d+)$", r"\1,\2", c) for c in r] for r in rows]
    )
    return out.getvalue().encode()


@pytest.mark.parametrize("number", HOW_MANY)
def test_no_spoilt_file_is_silent(folder, number):
    """Files spoilt in ways that do not look at the schema: each is reported for that file, and never as a crash."""
    rng, tried = random.Random(number + 1), {}
    while sum(tried.values()) < number:
        name, kind = rng.choice(NAMES), rng.choice(list(SPOIL))
        raw = SPOIL[kind](name, *ROWS[name], rng)
        if raw is None or raw == text(*ROWS[name]).encode():
            continue
        found = broken(folder, name, raw)
        assert found and {p.file for p in found} == {f"{name}.csv"}, (name, kind, raw[:80])
        tried[kind] = tried.get(kind, 0) + 1
    assert set(tried) == set(SPOIL) or number < 1000


# --- files as a whole ----------------------------------------------------------------------------------------


def broken(folder, name, raw):
    path = folder / f"{name}.csv"
    path.write_bytes(raw)
    try:
        return evidence.problems(name, folder)
    finally:
        path.write_text(text(*ROWS[name]), encoding="utf-8")


@pytest.mark.parametrize("name", ["trade_by_partner", "assumptions", "deal_steps", "talks_by_month"])
def test_the_form_of_a_file(folder, name):
    """Header, encoding, byte order mark, ragged rows, empty files: each is one clear error with its line."""
    header, rows = ROWS[name]
    good = text(header, rows).encode()

    def told(raw, line, words):
        found = broken(folder, name, raw)
        assert [p for p in found if p.file == f"{name}.csv" and p.line == line and words in str(p)], found

    assert broken(folder, name, good) == []
    assert broken(folder, name, good.replace(b"\n", b"\r\n")) == []  # as a spreadsheet saves it
    told(b"", None, "is empty")
    told(text(header, []).encode(), None, "no rows")
    told(b"\xef\xbb\xbf" + good, 1, "a byte order mark' was saved by a spreadsheet")
    told(semicolons(header, rows), 1, "semicolons between cells")
    told(semicolons(header, rows), 1, "save it again as CSV in UTF-8")
    told(good[:-1], len(rows) + 1, "cut off")
    told(good.replace(b"\n", b"\xe9\n", 3), 1, "not UTF-8")
    told(text(header[::-1], [r[::-1] for r in rows]).encode(), 1, "the order differs")
    told(text(header[:-1], [r[:-1] for r in rows]).encode(), 1, f"missing column '{header[-1]}'")
    told(text(header + ["extra"], [r + ["1"] for r in rows]).encode(), 1, "unknown column 'extra'")
    told(text(header, [rows[0], rows[1][:-1], *rows[2:]]).encode(), 3, f"has {len(header) - 1} cells")
    told(text(header, [rows[0], rows[1] + ["x"], *rows[2:]]).encode(), 3, f"has {len(header) + 1} cells")
    told(text(header, rows + [[]]).encode(), len(rows) + 2, "cells, the header")
    told(text(header, rows + [rows[0]]).encode(), len(rows) + 2, "")
    told(good + b'"open\n', len(rows) + 2, "a quotation mark out of place")
    told(good.replace(b"\n", b",\n"), 1, "a column without a name")


@pytest.mark.parametrize("name", ["gdp", "assumptions", "roadmaps"])
def test_what_is_no_file_is_named(folder, name):
    """A folder, or a link to nothing, in a table's place."""
    path = folder / f"{name}.csv"
    for put, words in ((path.mkdir, "Is a directory"), (lambda: path.symlink_to("nowhere.csv"), "file not found")):
        path.unlink()
        put()
        try:
            (found,) = evidence.problems(name, folder)
        finally:
            path.rmdir() if path.is_dir() else path.unlink()
            path.write_text(text(*ROWS[name]), encoding="utf-8")
        assert found.file == f"{name}.csv" and words in str(found)


def test_line_ends_of_a_spreadsheet_get_a_sentence(tmp_path, capsys):
    """CRLF alone harms no cell: the table is read, and the command says what to do."""
    shutil.copytree(evidence.DATA, tmp_path / "data")
    path = tmp_path / "data" / "gdp.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(evidence.table("gdp", tmp_path / "data"), evidence.table("gdp"))
    assert main([tmp_path / "data"]) == 0
    told = capsys.readouterr().out
    assert "gdp.csv has CRLF at line ends" in told and told.count("CRLF") == 1


def _resource(package, name="gdp"):
    return next(r for r in package["resources"] if r["name"] == name)


SPOILT_PACKAGES = {
    "resources: Field required": lambda d: d.pop("resources"),
    "schema.primaryKey: 'zz' is no column of gdp.csv": lambda d: _resource(d)["schema"].update(primaryKey=["zz"]),
    "coverage.column: 'yr' is no column": lambda d: _resource(d)["coverage"].update(column="yr"),
    "kept_to: '2026-13-40' must be a year, or a date": lambda d: _resource(d)["coverage"].update(kept_to="2026-13-40"),
    "coverage.by: 'yearly' must be": lambda d: _resource(d)["coverage"].update(by="yearly"),
    "'yearr' must be 'string'": lambda d: _resource(d)["schema"]["fields"][0].update(type="yearr"),
    "'([' is no regular expression": lambda d: _resource(d)["schema"]["fields"][0]["constraints"].update(pattern="(["),
    "constraints.maximun: '5'": lambda d: _resource(d)["schema"]["fields"][0]["constraints"].update(maximun=5),
    "'gdp' is the name of two tables": lambda d: d["resources"].append(_resource(d)),
    "'ordre' is none of the rules": lambda d: _resource(d)["rules"].append({"ordre": ["year"]}),
    "the rule 'order' names no column": lambda d: _resource(d)["rules"].append({"order": ["one", "two"]}),
    "'no' is no table of this file": lambda d: _resource(d)["schema"].update(
        foreignKeys=[{"fields": ["year"], "reference": {"resource": "no", "fields": ["x"]}}]
    ),
    "evidence_to: 'soon' must be": lambda d: d.update(evidence_to="soon"),
    "digests_to: 'later' must be": lambda d: d.update(digests_to="later"),
    "weak_alone: must be": lambda d: d.update(weak_alone=[]),
}


@pytest.mark.parametrize("told", SPOILT_PACKAGES)
def test_a_spoilt_data_package_is_named(folder, told):
    """Whatever is wrong in the description of the tables is one sentence with the table and the place, and no crash."""
    with _package_as(folder, lambda text: _changed(text, SPOILT_PACKAGES[told])):
        try:
            found = evidence.problems("gdp", folder)
        except evidence.EvidenceError as error:
            found = error.problems
    assert any(p.file == "datapackage.json" and told in f"{p.column}: {p.rule}" for p in found), found


def test_a_data_package_that_is_no_json_is_named_with_its_line(folder):
    with _package_as(folder, lambda text: text[: len(text) // 2]), pytest.raises(evidence.EvidenceError) as error:
        evidence.names(folder)
    assert error.value.problems[0].line > 100 and "is not JSON" in str(error.value)


def _changed(text, change):
    package = json.loads(text)
    change(package)
    return json.dumps(package)


@contextlib.contextmanager
def _package_as(folder, change):
    path = folder / "datapackage.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(change(whole), encoding="utf-8")
    evidence.schema.package.cache_clear()
    evidence.columns._model.cache_clear()
    try:
        yield
    finally:
        path.write_text(whole, encoding="utf-8")
        evidence.schema.package.cache_clear()
        evidence.columns._model.cache_clear()


def test_several_errors_are_listed_together(folder):
    header, rows = ROWS["gdp"]
    new = [list(r) for r in rows]
    new[3][header.index("real_growth_pct_current_vintage")] = "350"
    new[5][header.index("source_id")] = "nobody2026"
    new[7][header.index("verified")] = ""
    path = folder / "gdp.csv"
    path.write_text(text(header, new), encoding="utf-8")
    try:
        with pytest.raises(evidence.EvidenceError) as error:
            evidence.table("gdp", folder)
        assert evidence.table("nuclear_tests", folder) is not None  # only what is loaded is checked
    finally:
        path.write_text(text(header, rows), encoding="utf-8")
    places = {(p.line, p.column) for p in error.value.problems}
    assert places == {(5, "real_growth_pct_current_vintage"), (7, "source_id"), (9, "verified")}
    assert "gdp.csv, line 5, column real_growth_pct_current_vintage: '350'" in str(error.value)


def test_a_missing_or_bad_assumption_is_named(folder):
    with pytest.raises(evidence.EvidenceError, match="no_such_row"):
        evidence.central("no_such_row")
    header, rows = ROWS["assumptions"]
    new = [list(r) for r in rows]
    at = {c: header.index(c) for c in header}
    new[10][at["distribution"]] = "normal"
    new[20][at["low"]] = str(float(new[20][at["high"]]) + 1)
    found = broken(folder, "assumptions", text(header, new).encode())
    assert {p.key for p in found} == {rows[10][at["id"]], rows[20][at["id"]]}


def test_a_table_that_is_not_there(folder):
    with pytest.raises(evidence.EvidenceError, match="no such table"):
        evidence.table("moonbeams")
    (folder / "stray.csv").write_text("a,b\n1,2\n")
    (folder / "polls.csv").rename(folder / "polls.away")
    try:
        summary, found = checking.check(folder)
    finally:
        (folder / "stray.csv").unlink()
        (folder / "polls.away").rename(folder / "polls.csv")
    assert {("stray.csv", "is not in datapackage.json"), ("polls.csv", "file not found")} == {
        (p.file, p.rule) for p in found
    }


def test_a_deleted_assumption_is_named(folder):
    """Whoever deletes a row of the register is told which, before any page is built."""
    header, rows = ROWS["assumptions"]
    found = broken(folder, "assumptions", text(header, rows[:40] + rows[41:]).encode())
    assert [(p.column, p.value) for p in found] == [("id", rows[40][0])]
    assert f"has no row {rows[40][0]!r}" in str(found[0]) and "restore the row" in str(found[0])


def test_a_table_that_ends_early_says_why(folder):
    path = folder / "datapackage.json"
    whole = path.read_text(encoding="utf-8")
    package = json.loads(whole)
    gdp = next(r for r in package["resources"] if r["name"] == "gdp")
    del gdp["coverage"]["missing"]
    path.write_text(json.dumps(package), encoding="utf-8")
    evidence.schema.package.cache_clear()
    try:
        assert ["must say why" in p.rule for p in evidence.problems("gdp", folder)] == [True]
    finally:
        path.write_text(whole, encoding="utf-8")
        evidence.schema.package.cache_clear()


# --- taking an update over -----------------------------------------------------------------------------------


def update_of(folder, files):
    folder.mkdir()
    for name, (header, rows) in files.items():
        (folder / f"{name}.csv").write_text(text(header, rows), encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path):
    """A folder with data and bibliography, as the project's root has them."""
    shutil.copytree(evidence.DATA, tmp_path / "data")
    shutil.copy(evidence.BIBLIOGRAPHY, tmp_path / "references.bib")
    return tmp_path


def bytes_of(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_an_update_is_taken_over(project, tmp_path):
    """New rows go where the order wants them, corrections to the row they name, new sources to the end."""
    header, rows = ROWS["negotiations"]
    new = ["2020-01-15", "letter", "PRK", "A letter of the test", "", "", "test_2020", "seen", ""]
    old = next(r for r in rows if r[3] == "Singapore summit")
    update = update_of(
        tmp_path / "update",
        {"negotiations": ([*header, "replaces"], [[*new, ""], [*old[:-1], "noted again", f"{old[0]} {old[3]}"]])},
    )
    (update / "references.bib").write_text(
        "% new\n@misc{test_2020,\n  title = {{A test}},\n  author = {{Tester}},\n  year = {2020},\n"
        "  kind = {weak},\n}\n"
    )
    told = takeover.take_over(update, project / "data", project / "references.bib")
    assert told == {"negotiations": (["2020-01-15 A letter of the test"], [f"{old[0]} Singapore summit"])}
    there = list(csv.reader((project / "data/negotiations.csv").read_text(encoding="utf-8").splitlines()))[1:]
    days = [r[0] for r in there]
    assert len(there) == len(rows) + 1 and days.index("2020-01-15") == sum(d[:10] <= "2020-01-15" for d in days) - 1
    assert [r[-1] for r in there if r[3] == "Singapore summit"] == ["noted again"]
    assert (project / "references.bib").read_text(encoding="utf-8").count("test_2020") == 1


@pytest.mark.parametrize(
    "spoil, told",
    [
        (lambda r: [*r[:6], "nobody_2099", *r[7:]], "update/negotiations.csv, line 3, column source_id: 'nobody_2099'"),
        (lambda r: ["2017-13-45", *r[1:]], "update/negotiations.csv, line 3, column date: '2017-13-45'"),
        (lambda r: r[:-1], "negotiations.csv, line 3: '2020-02-01,letter,PRK"),
        (lambda r: [*r[:-1], "2020-02-02 no such row"], "column replaces: '2020-02-02 no such row' names 0 rows"),
    ],
)
def test_an_update_with_one_bad_row_changes_nothing(project, tmp_path, spoil, told):
    """A row that does not fit is named by file and line of the update, and not even its sound neighbours are taken."""
    header, _ = ROWS["negotiations"]
    good = ["2020-01-15", "letter", "PRK", "A sound row", "", "", "wiki_singapore", "seen", "", ""]
    second = ["2020-02-01", "letter", "PRK", "A row to spoil", "", "", "wiki_singapore", "seen", "", ""]
    gdp = ROWS["gdp"]
    update = update_of(
        tmp_path / "update",
        {
            "negotiations": ([*header, "replaces"], [good, spoil(second)]),
            "gdp": ([*gdp[0], "replaces"], [[*gdp[1][0], gdp[1][0][0]]]),
        },
    )
    before = bytes_of(project / "data") | {"bib": (project / "references.bib").read_bytes()}
    with pytest.raises(evidence.EvidenceError) as error:
        takeover.take_over(update, project / "data", project / "references.bib")
    assert told in str(error.value)
    assert bytes_of(project / "data") | {"bib": (project / "references.bib").read_bytes()} == before
    assert sorted(p.name for p in project.iterdir()) == ["data", "references.bib", "update"]


# --- the data as they are ------------------------------------------------------------------------------------


def test_every_rule_holds_and_the_command_says_so():
    done = subprocess.run([sys.executable, "-m", "bargain.evidence"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in NAMES:
        line = next(x for x in done.stdout.splitlines() if x.split()[0] == name)
        assert str(len(ROWS[name][1])) in line.split()
    assert checking.check(evidence.ROOT / "seeds")[1] == []


def test_frictionless_agrees():
    """An independent implementation finds the package valid, and every table valid against it."""
    from frictionless import Package

    package = Package(str(evidence.DATA / "datapackage.json"))
    assert [r.name for r in package.resources] == NAMES
    report = package.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:5]


def test_the_loader_is_light():
    """A page that needs one table loads neither the bibliography nor a second validator, nor any other table."""
    code = (
        "import builtins, sys; real, seen = open, []\n"
        "builtins.open = lambda f, *a, **k: (seen.append(str(f)), real(f, *a, **k))[1]\n"
        "from bargain import evidence; evidence.table('trade_by_partner')\n"
        "print([f for f in seen if f.endswith('.csv')])\n"
        "print(sorted({'frictionless', 'pandera', 'bibtexparser'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.splitlines()
    assert out == [str([str(evidence.DATA / "trade_by_partner.csv")]), "[]"]


@pytest.mark.parametrize("name", NAMES)
def test_each_table_is_described(name):
    about, span = evidence.describe(name), evidence.coverage(name)
    for key in ("title", "description", "made", "doubts"):
        assert len(about[key]) > (2 if key == "title" else 15), key
    assert about["title"] not in {f["title"] for f in FIELD[name].values()}
    assert span["from"] <= span["to"]
    assert all("unit" in f for f in FIELD[name].values() if f["type"] == "number")
    frame = evidence.table(name)
    assert list(frame.columns) == list(FIELD[name]) and len(frame) == len(ROWS[name][1])
    if span["by"] == "event":  # the end of coverage is not the last row
        assert frame[span["column"]].max()[:7] <= about["coverage"].get("found_to", span["to"])[:7]
    if span["by"] != "selection" and span["to"] < evidence.evidence_to()[: len(span["to"])]:
        assert len(span["missing"]) > 20  # what ends before the evidence as a whole says why
    if span["by"] in ("year", "month"):
        assert span["to"] == str(frame[span["column"]].max())


def test_korean_days_of_known_launches():
    """Days in Korea that any chronology gives, for launches late in the day by universal time."""
    flights = evidence.table("missile_tests").set_index("id")
    first = flights[flights["missile_type"] == "Hwasong-15"].iloc[0]
    assert (first["date"], first["date_kst"]) == ("2017-11-28", "2017-11-29")
    for day in ("2006-07-05", "2012-04-13", "2012-12-12", "2017-07-04", "2017-08-29", "2022-03-24", "2023-12-18"):
        assert day in set(flights["date_kst"]), day
    assert (flights["date_kst"] >= flights["date"]).all()
    assert flights.loc[flights["kst_basis"] == "hour", "time_utc"].notna().all()


def test_both_codings_of_2019():
    talks = evidence.table("talks_by_month").set_index("month")
    differ = talks.index[talks["talks_under_way"] != talks["talks_alt"]]
    assert list(differ) == ["2019-07", "2019-08", "2019-09"]


def test_what_adds_pressure():
    rows = evidence.table("un_sanctions")
    off = rows[rows["adds_pressure"] == 0]
    assert {"S/RES/825", "S/RES/2407", "S/RES/2680", "draft (US)"} <= set(off["measure"])
    assert not rows.loc[rows["measure"].isin(["S/RES/1718", "S/RES/2375", "S/RES/2397"]), "adds_pressure"].eq(0).any()
    assert off["result"].str.contains("vetoed").sum() == rows["result"].str.contains("vetoed").sum()


def test_one_default_basis_and_no_mixed_definitions():
    trade = evidence.table("trade_by_partner")
    assert (trade.groupby(["year", "partner"])["is_default"].sum() == 1).all()
    heads = evidence.table("warheads")
    counted = heads[["warheads_low", "warheads_central", "warheads_high"]].notna().any(axis=1)
    assert set(heads.loc[counted, "basis"]) <= {"assembled+material", "claimed"}
    sipri = heads[heads["is_default"] == 1].set_index("year")["basis"]
    assert set(sipri[sipri.index < 2022]) == {"material"} and set(sipri[sipri.index >= 2022]) == {"assembled+material"}


def test_what_is_from_memory_says_so():
    """No row counts as read whose only sources are entries that were not read."""
    notes = evidence.sources()["note"].str.lower()
    unread = set(notes.index[notes.str.startswith("from memory") | notes.str.contains("not re-read")])
    for name in NAMES:
        rows = evidence.table(name)
        if "verified" in rows:
            claimed = rows.loc[rows["verified"] == "seen", "source_id"].dropna()
            assert not [c for c in claimed if set(c.split(";")) <= unread], name


def test_headlines_of_all_nine_subjects_have_a_second_source_or_say_that_none_was_found(folder):
    """Every subject is asked for, a row taken out is missed, and none counts as found without a source."""
    (asked,) = (r["stands"] for r in evidence.describe("second_sources")["rules"] if "stands" in r)
    assert set(asked) == {
        "trade", "growth", "theft", "launches by year", "warheads", "war deaths", "talks", "promises", "oil"
    }  # fmt: skip
    second = evidence.table("second_sources")
    assert (second["second_source"].isna() == second["agrees"].isna()).all()
    assert second.loc[second["agrees"].isna(), "second_value"].eq("none found").all()
    apart = second[second["agrees"] != "same maker"]
    both = zip(apart["first_source"].fillna(""), apart["second_source"].fillna(""), strict=True)
    assert not [pair for pair in both if set(pair[0].split(";")) & set(pair[1].split(";")) - {""}]
    header, rows = ROWS["second_sources"]
    path = folder / "second_sources.csv"
    try:
        for subject, tables in asked.items():
            table, keys = next(iter(tables.items()))
            left = [r for r in rows if (r[header.index("table")], r[header.index("row_key")]) != (table, keys[0])]
            path.write_text(text(header, left), encoding="utf-8")
            assert any(subject in str(p) and keys[0] in str(p) for p in evidence.problems("second_sources", folder))
    finally:
        path.write_text(text(header, rows), encoding="utf-8")


def test_second_sources_quote_the_rows_as_they_stand():
    second = evidence.table("second_sources")
    for row in second.itertuples():
        if row.column in FIELD[row.table] and re.fullmatch(r"\d{4}", row.row_key):
            rows = evidence.table(row.table)
            assert float(rows.loc[rows["year"] == int(row.row_key), row.column].iloc[0]) == float(row.value), row.id


# --- sources -------------------------------------------------------------------------------------------------


def test_every_entry_has_author_title_and_a_short_name():
    books = evidence.sources()
    assert books.index.is_unique
    assert (books["title"].str.len() > 3).all() and (books["author"].str.len() > 1).all()
    for key in books.index:
        short = evidence.citation(key)
        assert 5 < len(short) < 75 and re.search(r"(\d{4}[a-z]?|n\.d\.)$", short), short
    assert evidence.citation("sipri_yb_2025") == "SIPRI 2025"
    assert evidence.citation("mckelvey1995quantal") == "McKelvey and Palfrey 1995"
    with pytest.raises(KeyError):
        evidence.citation("nobody2026")


def test_the_source_line_of_a_figure():
    line = evidence.provenance(["missile_tests", "assumptions"])
    assert line.startswith("Sources: CNS and NTI 2026") and "Judgement" in line and "Korean time" in line
    gdp = evidence.table("gdp")
    assert set(gdp["verified"]) == {"seen"} and f"all {len(gdp)} rows were read" in evidence.provenance("gdp")
    launches = evidence.table("missile_tests")
    told = f"of {len(launches)} rows {(launches['verified'] == 'part').sum()} checked only in part"
    assert told in evidence.provenance("missile_tests")
    talks = len(evidence.table("talks_by_month"))
    assert f"of {talks} rows {talks} coded by judgement" in evidence.provenance("talks_by_month")
    assert evidence.provenance(["assumptions"]).startswith("Judgement")
    aid = evidence.table("aid")
    assert f"of {len(aid)} rows {(aid['verified'] == 'memory').sum()} from memory" in evidence.provenance("aid")


def test_the_page_says_how_current_each_table_is():
    assert [prose.day(d) for d in ("2026-10-08", "2026-10", "2026")] == ["8 October 2026", "October 2026", "2026"]
    told = appendices.current().set_index("Table")
    assert len(told) == sum("verified" in evidence.table(n) for n in NAMES)
    launches = told.loc["[Ballistic-missile and space launches](#data-missile_tests)"]
    flights = evidence.table("missile_tests")
    assert launches["Last row"] == prose.day(flights["date"].max())
    assert launches["Kept to"] == prose.day(evidence.coverage("missile_tests")["to"])
    drills = next(row for name, row in told.iterrows() if "(#data-exercises)" in name)
    (exercises,) = (
        r
        for r in json.loads((evidence.DATA / "datapackage.json").read_text("utf-8"))["resources"]
        if r["name"] == "exercises"
    )
    assert drills["Known to be missing"] == exercises["coverage"]["missing"]
    assert (told["Known to be missing"].str.len() > 10).all()


def test_a_table_kept_by_the_year_reaches_the_month_that_lies_in_it(monkeypatch):
    spans = {"a": ("event", "2026-10-08"), "b": ("month", "2026-09"), "c": ("year", "2026"), "d": ("year", "2025")}
    spans["e"] = ("selection", "2026-10-08")
    monkeypatch.setattr(evidence, "names", lambda: list(spans))
    monkeypatch.setattr(evidence, "coverage", lambda name: dict(zip(("by", "to"), spans[name], strict=True)))
    monkeypatch.setattr(evidence, "evidence_to", lambda: "2026-10-08")
    assert appendices.reach() == (4, 2, "2026-10")


def test_rows_count_by_the_best_kind_of_source_that_they_cite(monkeypatch):
    books = evidence.sources().assign(kind="weak")
    rows = evidence.table("gdp")
    first = rows["source_id"].str.split(";").str[0]
    books.loc[first.iloc[-1], "kind"] = "official statistics"
    monkeypatch.setattr(evidence, "sources", lambda: books)
    good = int(rows["source_id"].str.split(";").map(lambda keys: first.iloc[-1] in keys).sum())
    told = evidence.kinds("gdp")
    assert told["official statistics"] >= good > 0 and sum(told.values()) == len(rows)
    monkeypatch.setattr(evidence, "sources", lambda: books.assign(kind=""))
    assert evidence.kinds("gdp") == {}


def test_every_entry_says_its_kind_and_what_was_read():
    """Six kinds, no other; where a copy was read, the address of the original that nobody opened is marked."""
    books = evidence.sources()
    assert set(books["kind"]) == set(evidence.KINDS)
    copies = books[books["note"].str.contains(r"read at http", regex=True)]
    assert len(copies) > 50
    for key, row in copies.iterrows():
        read = re.search(r"read at (\S+?)[,;]?(?:\s|$)", row["note"])[1]
        assert read != row["url"], f"{key}: the copy is not the original"
    unread = books[books["note"].str.contains("not re-read") & (books["url"] != "")]
    assert unread["note"].str.contains("address not opened").all()
    assert not books["url"].str.contains(r"\\|\s").any()


GOOD_ENTRY = "@book{a1999,\n title={One},\n author={A},\n year={1999},\n url={https://a.org/x},\n kind={weak}\n}\n"


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("kind={weak}", "kind={strong}", "line 1, column kind: 'strong' is none of"),
        (",\n kind={weak}", "", "line 1, column kind: '' is none of"),
        (" title={One},\n", "", "line 1, column title: '' must be filled in"),
        (" author={A},\n", "", "line 1, column author: '' must be filled in"),
        ("{1999}", "{soon}", "line 1, column year: 'soon' must be a year"),
        ("https:", "htps:", "line 1, column url: 'htps://a.org/x' must be an address"),
        ("{One}", "{On\u200be}", "line 1, column title: 'On\\u200be' has a line break or an invisible"),
        ("author={A},", "author={A,", "line 1: '' cannot be read: Un"),
        (GOOD_ENTRY, "", "references.bib: has no entry"),
        (GOOD_ENTRY, GOOD_ENTRY * 2, "line 8: 'a1999' cannot be read: Duplicate"),
    ],
)
def test_a_spoilt_bibliography_is_named(tmp_path, old, new, told):
    path = tmp_path / "references.bib"
    path.write_text(GOOD_ENTRY, encoding="utf-8")
    assert list(evidence.sources(path).index) == ["a1999"]
    evidence.sources.cache_clear()
    path.write_text(GOOD_ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(evidence.EvidenceError) as error:
        evidence.sources(path)
    assert told in str(error.value)
    evidence.sources.cache_clear()


def test_headline_rows_and_prose_do_not_rest_on_weak_sources_alone(tmp_path, monkeypatch):
    """The report keeps the rule; a row, a citation, and an exception that nothing needs are each found."""
    assert checking.weak_alone() == []
    books = evidence.sources()
    key = evidence.table("gdp")["source_id"].iloc[-1].split(";")[0]
    cited = [
        k
        for field in ("first_release_source_id", "rok_source_id", "source_id")
        for k in str(evidence.table("gdp")[field].iloc[-1]).split(";")
        if k in books.index
    ]
    weaker = books.copy()
    weaker.loc[cited, "kind"] = "weak"
    monkeypatch.setattr(evidence, "sources", lambda: weaker)
    found = [p for p in checking.weak_alone() if p.file == "gdp.csv"]
    assert any(p.line == len(evidence.table("gdp")) + 1 and key in p.value for p in found)
    page = tmp_path / "page.qmd"
    good = next(k for k in books.index if books.at[k, "kind"] == "scholarly")
    page.write_text(f"Fine [@{key}; @{good}]; so has @{good}.\n\nNot fine [see @{key}, p. 3].\n\nNor says @{key}.\n")
    assert [p.line for p in checking.weak_alone(pages=[page]) if p.file == "page.qmd"] == [3, 5]
    monkeypatch.setattr(evidence, "sources", lambda: books.assign(kind="scholarly"))
    idle = checking.weak_alone()
    assert idle and all("take it out" in p.rule for p in idle)


def test_a_source_of_a_row_of_which_nothing_was_read_is_weak():
    """Whatever it would be: its kind says how well a row is borne out. Rows that rest on such sources alone say so."""
    books = evidence.sources()
    unread = set(books.index[books["note"].str.contains(r"not re-read|\bfrom memory; not|table values from memory")])
    assert len(unread) > 5
    for name in NAMES:
        rows = evidence.table(name)
        if "verified" in rows:
            cited = unread & set(evidence.keys(name))
            assert not {k for k in cited if books.at[k, "kind"] != "weak"}, name
            assert not ((rows["verified"] == "seen") & rows["source_id"].isin(cited)).any(), name


def test_each_table_with_sources_shows_their_kinds_at_its_place():
    told = listings._kinds("trade_by_partner")
    assert "official statistics" in told and told.count("%") == len(evidence.kinds("trade_by_partner"))
    assert listings._kinds("forecasts") == ""


def test_the_appendix_shows_every_table_and_every_source(tmp_path, monkeypatch):
    """Each table has its place, file and small picture; each source that a row cites is there by key and by name."""
    monkeypatch.setenv("BARGAIN_FIGURES", str(tmp_path))
    monkeypatch.chdir(evidence.ROOT / "chapters")
    shown = "\n".join(part.get("text/html") or part["text/markdown"] for part in listings.tables())
    parts = dict(zip(NAMES, shown.split("\n## "), strict=True))
    for name, part in parts.items():
        assert f"{{#data-{name} " in part and f"../data/{name}.csv" in part
        alike = appendices.pictured(name)[0].nunique() == 1  # bars that are all equal say nothing
        assert ("small bars from" in part) != alike and part.count("<svg") == part.count("</svg>") == (not alike)
        assert alike or part.count("<rect") == len(appendices.pictured(name)[0])
        for key in evidence.keys(name):
            assert f"- `{key}` " in part, (name, key)
    counts = appendices.counts()
    assert counts["rows"] == sum(counts[state] for state in evidence.STATES)
