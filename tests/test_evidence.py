"""The data keep their rules, every broken cell is reported by file, line and column, and sources resolve."""
import csv
import io
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import evidence

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
    for column, field in FIELD[name].items():
        limits, kind = field.get("constraints", {}), field["type"]
        full = lambda row, c=column: row[c] != ""  # noqa: E731
        yield f"{column} with a space behind", _put(column, lambda row, rng, c=column: row[c] + " ", full)
        yield f"{column} with an invisible character", _put(column, lambda row, rng, c=column: row[c] + "\u200b", full)
        yield f"{column} not a value", _put(column, lambda row, rng: rng.choice(["NaN", "n/a", "NULL", "#REF!", "nan"]))
        if limits.get("required"):
            yield f"{column} empty", _put(column, lambda row, rng: "")
        if kind in ("number", "integer", "year"):
            yield f"{column} words", _put(column, lambda row, rng: rng.choice(["about 5", "1,000", "12 %", "5-7", "~3", "x"]))
            if "maximum" in limits:
                yield f"{column} too high", _put(column, lambda row, rng, m=limits["maximum"]: str(int(m) + rng.randint(1, 9)))
            if "minimum" in limits:
                yield f"{column} too low", _put(column, lambda row, rng, m=limits["minimum"]: str(int(m) - rng.randint(1, 9)))
            if kind != "number":
                yield f"{column} with a fraction", _put(column, lambda row, rng, c=column: row[c] + ".5", full)
            if "enum" in limits:
                yield f"{column} no flag", _put(column, lambda row, rng: rng.choice(["2", "-1", "yes"]))
        elif "enum" in limits:
            yield f"{column} unknown code", _put(column, lambda row, rng: rng.choice(["other", "XXX", "?"]))
            yield f"{column} in the wrong case", _put(
                column, lambda row, rng, c=column: None if row[c].swapcase() in FIELD[name][c]["constraints"]["enum"]
                else row[c].swapcase(), full)
        elif kind in ("date", "yearmonth") or field.get("calendar"):
            yield f"{column} no date", _put(column, lambda row, rng: rng.choice(
                ["2017-02-30", "3 September 2017", "2017/09/03", "03.09.2017", "2017-13", "2017-9-3", "17"]))
        elif "pattern" in limits:
            bad = [v for v in ("§", "?!", "…", "- -") if not re.fullmatch(limits["pattern"], v)]
            if bad:
                yield f"{column} against the pattern", _put(column, lambda row, rng, b=bad: rng.choice(b))
        if field.get("sources"):
            yield f"{column} unknown source", _put(column, lambda row, rng: "no_such_source_2099")
            yield f"{column} source twice", _put(column, lambda row, rng, c=column: f"{row[c]};{row[c]}", full)
            yield f"{column} one source of two unknown", _put(column, lambda row, rng, c=column: f"{row[c]};xyz_1999", full)
    key = resource["schema"]["primaryKey"]
    if len(key) == 1:
        def repeated(rows, rng, c=key[0]):
            i, j = rng.sample(range(len(rows)), 2)
            return i, c, {c: rows[j][c]}
        yield f"{key[0]} repeated", repeated
    for link in resource["schema"].get("foreignKeys", []):
        c = link["fields"][0]
        yield f"{c} without a partner", _put(c, lambda row, rng, c=c: row[c][:-2] + ("01" if row[c][-2:] != "01" else "02"))
    span = resource["coverage"]
    if span["by"] in ("year", "month", "event"):
        yield "before coverage", _put(span["column"], lambda row, rng, s=span: (
            str(int(str(s["from"])[:4]) - 1) + str(row[s["column"]])[4:]))
        if span["by"] == "event":
            later = str(int(span["kept_to"][:4]) + 1)
            yield "after kept_to", _put(span["column"], lambda row, rng, s=span, y=later: y + str(row[s["column"]])[4:])


def _applies(rule, row):
    return all(row[c] in (v if isinstance(v, list) else [v]) for c, v in rule.get("where", {}).items())


def _above(value):
    """A number or date clearly above one."""
    if re.fullmatch(r"\d{4}(-\d\d)+|(19|20)\d\d", value):
        return str(int(value[:4]) + 3) + value[4:]
    return f"{float(value) + abs(float(value)) / 2 + 3:.10g}"


def rule_breaks(name):
    """(label, break) for every rule across columns or rows."""
    for n, rule in enumerate(evidence.describe(name).get("rules", [])):
        kind = next(iter(rule))
        label = f"rule {n} {kind}"
        if kind == "order":
            def order(rows, rng, r=rule):
                filled = lambda row: [c for c in r["order"] if row[c] not in ("", "INF")]  # noqa: E731
                i = _some(rows, rng, lambda row: _applies(r, row) and len(filled(row)) > 1)
                if i is None:
                    return None
                k = rng.randrange(len(filled(rows[i])) - 1)
                a, b = filled(rows[i])[k:k + 2]
                return i, a, {a: _above(rows[i][b])}
            yield label, order
        elif kind in ("sum", "ratio", "months", "tally"):
            target = rule["is"] if kind != "tally" else rule["tally"]
            if not isinstance(target, str):
                target = rule["sum"][0]
            needed = rule.get(kind, [target]) if kind != "tally" else [target]
            def off(rows, rng, r=rule, t=target, need=needed):
                i = _some(rows, rng, lambda row: _applies(r, row) and row[t] != "" and all(row[c] != "" for c in need))
                return None if i is None else (i, t, {t: _above(rows[i][t])})
            yield label, off
        elif kind == "filled":
            def emptied(rows, rng, r=rule):
                i = _some(rows, rng, lambda row: _applies(r, row))
                return None if i is None else (i, r["filled"][0], {c: "" for c in r["filled"]})
            yield label, emptied
        elif kind == "blank":
            def written(rows, rng, r=rule):
                c = rng.choice(r["blank"])
                i = _some(rows, rng, lambda row: _applies(r, row))
                value = "2012-02" if FIELD[name][c].get("calendar") else "5"
                return None if i is None else (i, c, {c: value})
            yield label, written
        elif kind == "together":
            c = rule["together"][0]
            yield label, _put(c, lambda row, rng: "", lambda row, c=c: row[c] != "" and not FIELD[name][c].get(
                "constraints", {}).get("required"))
        elif kind == "matches":
            def unmatched(rows, rng, r=rule):
                c = r["column"]
                i = _some(rows, rng, lambda row: _applies(r, row) and row[c] != "")
                enum = FIELD[name][c].get("constraints", {}).get("enum")
                known = [str(v) for v in enum] if enum else sorted({row[c] for row in rows if row[c]}) + ["1953-01-01", "7", "A: b"]
                bad = [v for v in known if not re.search(r["matches"], v)]
                return None if i is None or not bad else (i, c, {c: rng.choice(bad)})
            yield label, unmatched
        elif kind in ("sorted", "complete"):
            c = rule[kind]
            def disordered(rows, rng, c=c, r=rule):
                group = [i for i, (a, b) in enumerate(zip(rows, rows[1:], strict=False)) if a[c] and b[c] and all(
                    a[k] == b[k] for k in r.get("per", []))]
                i = rng.choice(group)
                return i, c, {c: _above(rows[i + 1][c])}
            yield label, disordered
        elif kind == "one":
            yield label, _put(rule["one"], lambda row, rng, c=rule["one"]: "0", lambda row, c=rule["one"], r=rule:
                              row[c] == "1" and not r.get("or_none"))
            def second(rows, rng, r=rule):
                marked = {tuple(row[k] for k in r["per"]) for row in rows if row[r["one"]] == "1"}
                i = _some(rows, rng, lambda row: row[r["one"]] == "0" and tuple(row[k] for k in r["per"]) in marked)
                return None if i is None else (i, r["one"], {r["one"]: "1"})
            yield label + " twice", second
        elif kind == "bounds":
            def beyond(rows, rng, r=rule):
                c = rng.choice(r["columns"])
                start = lambda row: next((s for s in r["bounds"] if row[r["by"]].startswith(s)), None)  # noqa: E731
                i = _some(rows, rng, lambda row: start(row) and row[c] != "")
                return None if i is None else (i, c, {c: _above(str(r["bounds"][start(rows[i])][1]))})
            yield label, beyond
        elif kind == "korea":
            yield label, _put("date_kst", lambda row, rng: row["date"] if row["date_kst"] != row["date"] else "1953-07-27",
                              lambda row: row["time_utc"] != "")
            yield label + " hour", _put("time_utc", lambda row, rng: "", lambda row: row["time_utc"] != "")
        elif kind == "refers":
            c = rule["refers"]
            yield label, _put(c, lambda row, rng, c=c: row[c][:-2] + "99", lambda row, c=c: row[c] != "")
        elif kind == "list":
            c = rule["list"]
            yield label, _put(c, lambda row, rng, c=c: f"{row[c]};{row[c]}", lambda row, c=c: row[c] != "")
        else:
            raise AssertionError(f"no way known to break the rule {kind}")


BREAKS = [(n, label, how) for n in NAMES for label, how in [*cell_breaks(n), *rule_breaks(n)]]


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


def test_every_clause_of_the_schema_is_enforced(folder):
    """Each clause of every table is broken once, in a random row, and reported at that row and column."""
    rng, broken = random.Random(5), 0
    for name, label, how in BREAKS:
        broken += report(folder, name, label, how, rng) is not None
    assert broken > 1000


@settings(max_examples=500, deadline=None, derandomize=True)
@given(which=st.integers(0, len(BREAKS) - 1), seed=st.integers(0, 2**32))
def test_random_corruptions_are_reported(folder, which, seed):
    name, label, how = BREAKS[which]
    report(folder, name, label, how, random.Random(seed))
