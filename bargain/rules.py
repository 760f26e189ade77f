"""The rules that one cell cannot show: across the columns of a row, the rows of a table, and tables.

Each rule is a line under `rules` in `data/datapackage.json`; its first key names the function here. A function
takes the rule, the rows as (number, {column: value}) and, where it looks at other tables, `other(name)`, which
gives their rows; it yields (number, columns, what the row must keep) for each broken row.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Rule = Mapping[str, Any]  # as it stands in datapackage.json
Row = Mapping[str, Any]  # {column: value}; None where the cell is empty
Rows = Sequence[tuple[int, Row]]
Broken = Iterator[tuple[int, list[str], str]]
Other = Callable[[str], Sequence[Row]]


def _pairs(values: Iterable[tuple[str, Any]]) -> Iterator[tuple[tuple[str, Any], tuple[str, Any]]]:
    """Neighbours among the filled cells."""
    return pairwise((c, v) for c, v in values if v is not None)


def before(a: Any, b: Any) -> bool:
    """a ≤ b, for numbers and for ISO dates of differing precision."""
    if isinstance(a, str):
        n = min(len(a), len(b))
        return a[:n] <= b[:n]
    return a <= b


def applies(rule: Rule, row: Row) -> bool:
    """Whether a row has the values that a rule asks for in `where`."""
    return all(row[c] in (v if isinstance(v, list) else [v]) for c, v in rule.get("where", {}).items())


def _order(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        for (c, a), (d, b) in _pairs([(c, row[c]) for c in rule["order"]]):
            if not before(a, b):
                yield i, [c, d], f"must keep {' ≤ '.join(rule['order'])}"


def _sum(rule: Rule, rows: Rows) -> Broken:
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


def _ratio(rule: Rule, rows: Rows) -> Broken:
    (a, b), target, times = rule["ratio"], rule["is"], rule.get("times", 1)
    for i, row in rows:
        if row[a] is None or not row[b] or row[target] is None:
            continue
        if abs(times * row[a] / row[b] - row[target]) > rule["margin"]:
            yield i, [a, b, target], f"must keep {times} × {a} / {b} = {target} within {rule['margin']}"


def _months(rule: Rule, rows: Rows) -> Broken:
    """Years between two months, as printed."""
    (a, b), target = rule["months"], rule["is"]
    for i, row in rows:
        if row[a] is not None and row[b] is not None and row[target] is not None:
            gap = int(row[b][:4]) - int(row[a][:4]) + (int(row[b][5:7]) - int(row[a][5:7])) / 12
            if abs(gap - row[target]) > rule["margin"]:
                yield i, [a, b, target], f"must keep {target} = {gap:.1f}, the years from {a} to {b}"


def _days(rule: Rule, rows: Rows) -> Broken:
    (a, b), target = rule["days"], rule["is"]
    for i, row in rows:
        if all(row[c] is not None and len(row[c]) == 10 for c in (a, b)) and row[target] is not None:
            gap = (datetime.date.fromisoformat(row[b]) - datetime.date.fromisoformat(row[a])).days
            if gap != row[target]:
                yield i, [target, a, b], f"must keep {target} = {gap}, the days from {a} to {b}"


def _mean(rule: Rule, rows: Rows) -> Broken:
    c, groups = rule["mean"], {}
    for i, row in rows:
        if row[c] is not None:
            groups.setdefault(tuple(row[k] for k in rule["per"]), []).append((i, row[c]))
    for group in groups.values():
        mean = sum(value for _, value in group) / len(group)
        if abs(mean - rule["is"]) > rule["margin"]:
            for i, _ in group:
                yield i, [c] + rule["per"], f"must have a mean of {rule['is']} for each {', '.join(rule['per'])}"


def _filled(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        if sum(row[c] is not None for c in rule["filled"]) < rule.get("least", len(rule["filled"])):
            yield i, rule["filled"], "must be filled in (" + rule.get("says", "all, or as many as the rule asks") + ")"


def _blank(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        if any(row[c] is not None for c in rule["blank"]):
            yield i, rule["blank"], "must be empty here (" + rule["says"] + ")"


def _together(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        if 0 < sum(row[c] is not None for c in rule["together"]) < len(rule["together"]):
            yield i, rule["together"], "must be filled in together or not at all"


def _matches(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        cell = row[rule["column"]]
        if cell is not None and not re.search(rule["matches"], str(cell)):
            yield i, [rule["column"]] + list(rule.get("where", {})), f"must match {rule['matches']} ({rule['says']})"


def _sorted(rule: Rule, rows: Rows) -> Broken:
    for (i, a), (j, b) in pairwise(rows):
        c = rule["sorted"]
        same = all(a[k] == b[k] for k in rule.get("per", []))
        if same and a[c] is not None and b[c] is not None and not before(a[c], b[c]):
            yield i, [c], f"must come in order: the row after has {b[c]}"
            yield j, [c], f"must come in order: the row before has {a[c]}"


def _complete(rule: Rule, rows: Rows) -> Broken:
    c, groups = rule["complete"], {}
    for i, row in rows:
        groups.setdefault(tuple(row[k] for k in rule.get("per", [])), []).append((i, row[c]))
    for group in groups.values():
        for (i, a), (j, b) in pairwise(group):
            after = _next_month(a) if isinstance(a, str) else a + 1
            if b != after:
                yield i, [c], f"must be followed by {after}, without a gap"
                yield j, [c], f"must follow the row before without a gap: {after} is due"


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _no_circle(rule: Rule, rows: Rows) -> Broken:
    """Ids that a cell lists, each the id of a row, must not lead back to the row's own."""
    c = rule["no_circle"]
    needs = {row["id"]: set(row[c].split(";")) if row[c] else set() for _, row in rows}
    for i, row in rows:
        behind, ahead = set(), set(needs[row["id"]])
        while ahead - behind:
            behind |= ahead
            ahead = set().union(*(needs.get(j, set()) for j in behind))
        if row["id"] in behind:
            yield i, [c], f"leads back to {row['id']}: what must come first cannot come after"


def _one(rule: Rule, rows: Rows) -> Broken:
    groups = {}
    for i, row in rows:
        groups.setdefault(tuple(row[k] for k in rule["per"]), []).append((i, row[rule["one"]]))
    for group in groups.values():
        marked = sum(flag == 1 for _, flag in group)
        if marked > 1 or (marked == 0 and not rule.get("or_none")):
            for i, _ in group:
                yield i, [rule["one"]] + rule["per"], f"must mark one row for each {', '.join(rule['per'])}"


def _bounds(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        for start, (low, high) in rule["bounds"].items():
            if str(row[rule["by"]]).startswith(start):
                for c in rule["columns"]:
                    if row[c] is not None and not low <= row[c] <= high:
                        yield i, [c, rule["by"]], f"must lie between {low} and {high}: its {rule['by']} is a {start}"
                break


def _korea(rule: Rule, rows: Rows) -> Broken:
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


def _refers(rule: Rule, rows: Rows, other: Other) -> Broken:
    to_table, to_column = rule["to"].split(".")
    known = {r[to_column]: r for r in other(to_table)}
    for i, row in rows:
        cell = row[rule["refers"]]
        for key in re.split("[;|]", cell) if cell else []:
            if key not in known:
                yield i, [rule["refers"]], f"names {key!r}, which is no {to_column} of {to_table}.csv"
            elif any(known[key][c] != row[c] for c in rule.get("same", [])):
                yield i, [rule["refers"]] + rule["same"], f"names {key!r}, which differs in {', '.join(rule['same'])}"


def _needs(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A step starts no earlier than it can, and when all that it needs is done; where not, its note names what."""
    known = {r["id"]: r for r in other(rule["in"])}
    starts = {(row[rule["per"]], row[rule["of"]]): row[rule["needs"]] for _, row in rows}
    for i, row in rows:
        group, step, start, note = row[rule["per"]], row[rule["of"]], row[rule["needs"]], row[rule["unless"]] or ""
        if start is None or step not in known:
            continue
        earliest = known[step]["earliest_start"]
        if start < earliest and "earlier" not in note:
            yield i, [rule["needs"]], f"must be {earliest} or more, or its {rule['unless']} must say earlier"
        for j in filter(None, (known[step]["prerequisites"] or "").split(";")):
            begun = starts.get((group, j))
            late = j in known and (begun is None or begun + known[j]["duration"] > start)
            if late and j not in note:
                yield i, [rule["needs"], rule["of"]], f"must wait for {j}, or its {rule['unless']} must name {j}"


def _tally(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A row's number is the sum (or count) over the rows of another table in the same year."""
    from_table, counted = rule["table"], rule.get("of")
    totals = {}
    for cells in other(from_table):
        if all(cells[c] in (v if isinstance(v, list) else [v]) for c, v in rule.get("only", {}).items()):
            year = int(cells[rule["by"]][:4])
            if rule.get("distinct"):
                totals.setdefault(year, set()).add(cells[rule["distinct"]])
            else:
                totals[year] = totals.get(year, 0) + (cells[counted] or 0 if counted else 1)
    for i, row in rows:
        total = totals.get(row["year"], 0)
        total = len(total) if isinstance(total, set) else total
        if row[rule["tally"]] is not None and row[rule["tally"]] != total:
            yield i, [rule["tally"], "year"], f"must be {total}: the rows of {from_table}.csv for {row['year']}"


def _twice(rule: Rule, rows: Rows) -> Broken:
    for i, row in rows:
        cells = (row[rule["list"]] or "").split(";")
        if len(set(cells)) < len(cells) or ("" in cells and len(cells) > 1):
            yield i, [rule["list"]], "names something twice, or nothing between two semicolons"


def _parts(rule: Rule, rows: Rows) -> Broken:
    """A total is the sum of its parts; a part that is not there counts nothing."""
    for i, row in rows:
        parts, total = [row[c] for c in rule["parts"] if row[c] is not None], row[rule["is"]]
        if total is not None and parts and sum(parts) != total:
            yield i, rule["parts"] + [rule["is"]], f"must keep {' + '.join(rule['parts'])} = {rule['is']}"


def _running(rule: Rule, rows: Rows) -> Broken:
    """A running total is the sum of the amounts to its row, where the row has both."""
    sums = {}
    for i, row in rows:
        group, amount, total = tuple(row[k] for k in rule["per"]), row[rule["of"]], row[rule["running"]]
        if amount is not None:
            sums[group] = sums.get(group, 0) + amount
            if total is not None and total != sums[group]:
                yield i, [rule["running"], rule["of"]], f"must be {sums[group]:g}: the sum of {rule['of']} to this row"


def _same_start(rule: Rule, rows: Rows) -> Broken:
    """Two cells share their first or last signs: a year and its date, a number and the month it is named for."""
    a, b = rule["same"]
    for i, row in rows:
        if row[a] is not None and row[b] is not None:
            x, y, n = str(row[a]), str(row[b]), rule["signs"]
            if (x[-n:] if rule.get("end") else x[:n]) != y[:n]:
                yield i, [a, b], f"must {'end in' if rule.get('end') else 'begin with'} {y[:n]}, as its {b} does"


def _since(rule: Rule, rows: Rows) -> Broken:
    """What answers a promise does not come before it."""
    for i, row in rows:
        start, day = rule["from"].get(row[rule["by"]]), row[rule["since"]]
        excused = any(word in (row[c] or "") for c, word in rule.get("unless", {}).items())
        if start and day is not None and not excused and not before(start, day):
            yield i, [rule["since"], rule["by"]], f"must not come before {start}, the day of {row[rule['by']]}"


def _at_most(rule: Rule, rows: Rows) -> Broken:
    """The cells of a group sum to no more than a limit, such as the answers to one question."""
    groups = {}
    for i, row in rows:
        if row[rule["sums"]] is not None:
            groups.setdefault(tuple(row[k] for k in rule["per"]), []).append((i, row[rule["sums"]]))
    for group in groups.values():
        if sum(value for _, value in group) > rule["limit"]:
            for i, _ in group:
                yield i, [rule["sums"]], f"must sum to at most {rule['limit']} for each {', '.join(rule['per'])}"


def _span(rule: Rule, rows: Rows) -> Broken:
    """A figure over several years lies between the sums of the lows and of the highs of its years.

    `span` is the column with the years ("2016-2025"); the years' rows are those that keep `years`.
    """
    low, central, high = rule["range"]
    year = {row["year"]: row for _, row in rows if all(row[c] == v for c, v in rule["years"].items())}
    for i, row in rows:
        match = re.search(r"(\d{4})-(\d{4})$", row[rule["span"]] or "")
        if not match or row[central] is None or row[rule["span"]] not in rule["only"]:
            continue
        some = [year.get(y) for y in range(int(match[1]), int(match[2]) + 1)]
        if None in some:
            yield i, [rule["span"]], "must have a row for each of its years"
            continue
        least = sum(r[low] if r[low] is not None else r[central] for r in some if r)
        most = sum(r[high] if r[high] is not None else r[central] for r in some if r)
        if not least * 0.999 <= row[central] <= most * 1.001:
            yield i, [central, rule["span"]], f"must lie between {least:.10g} and {most:.10g}, the sums of its years"


def _equals(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A cell repeats a cell of another table, found by the columns that they share."""
    mine, there = list(rule["on"]), list(rule["on"].values())
    known = {
        tuple(r[c] for c in there): r[rule["of"]]
        for r in other(rule["table"])
        if all(r[c] == v for c, v in rule.get("only", {}).items())
    }
    for i, row in rows:
        due = known.get(tuple(row[c] for c in mine))
        if row[rule["equals"]] is not None and due is not None and abs(row[rule["equals"]] - due) > rule["margin"]:
            yield i, [rule["equals"]], f"must be {due:g}, as {rule['table']}.csv has it"


def _covers(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A yearly figure is at least the sum of the single cases of its year."""
    sums = {}
    for r in other(rule["table"]):
        if r[rule["of"]] is not None and r[next(iter(rule["not"]))] not in next(iter(rule["not"].values())):
            sums[int(r["date"][:4])] = sums.get(int(r["date"][:4]), 0) + r[rule["of"]]
    for i, row in rows:
        value = max((row[c] for c in rule["covers"] if row[c] is not None), default=None)
        if value is not None and row["year"] >= rule["from"] and value < sums.get(row["year"], 0):
            yield (
                i,
                rule["covers"],
                (f"must reach {sums[row['year']]:g}, the sum of the year's rows in {rule['table']}.csv"),
            )


def _coded(rule: Rule, rows: Rows, other: Other) -> Broken:
    """Each event of another table falls in a month that these columns code as 1."""
    months = {row[rule["month"]]: (i, row) for i, row in rows}
    for r in other(rule["events"]):
        named = set((r["parties"] or "").split(";"))
        if r["kind"] in rule["kinds"] and set(rule["parties"]) <= named and r["date"][:7] in months:
            i, row = months[r["date"][:7]]
            for c in rule["coded"]:
                if row[c] != 1:
                    yield i, [c], f"must be 1: {rule['events']}.csv has {r['title']!r} on {r['date']}"


def _read_off(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A chance of a threshold agrees with the distribution of the count or quantity that it is a threshold of.

    `pairs` gives for a question that one's name and the side that is a yes. The distribution stands in a table of
    levels, or in the quantile columns of the pair's own row (`levels`: a table's name, or {level: column}).
    """
    levels, known = rule["levels"], {row["id"]: row for _, row in rows}
    asked = [(i, row) for i, row in rows if row["question"] in rule["pairs"] and row["issued_on"] >= rule["since"]]
    if not asked:
        return
    curves = {}
    if isinstance(levels, str):
        for r in other(levels):
            curves.setdefault(r["id"], []).append((r["level"], r["value"]))
    else:
        curves = {k: [(float(level), row[c]) for level, c in levels.items()] for k, row in known.items()}
    for i, row in asked:
        whole, side = rule["pairs"][row["question"]]
        key = row["id"].replace(row["question"], whole, 1)
        curve = sorted(point for point in curves.get(key, []) if None not in point)
        if not curve:
            yield i, ["id"], f"must stand beside {key}, whose distribution its chance is read off"
            continue
        at = row["threshold"] or 0
        below = max((level for level, value in curve if value < at), default=0)  # so much at least lies below
        up_to = min((level for level, value in curve if value >= at), default=1)  # and at most so much
        low, high = (1 - up_to, 1 - below) if side == "at least" else (below, up_to)
        if row["p"] is not None and not low - rule["margin"] <= row["p"] <= high + rule["margin"]:
            said = f"must lie between {low:.2f} and {high:.2f}: so much of {key} lies {side} {at:g}"
            yield i, ["p", "threshold"], said


def _curve(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A row's quantiles are those of its distribution in a table of levels, from a day of issue on."""
    asked = [(i, row) for i, row in rows if row["issued_on"] >= rule["since"]]
    known = {(r["id"], r["level"]): r["value"] for r in other(rule["curve"])} if asked else {}
    for i, row in asked:
        for level, c in rule["is"].items():
            if row[c] is not None and known.get((row["id"], float(level))) != row[c]:
                due = known.get((row["id"], float(level)))
                yield i, [c], f"must be {due}, as {rule['curve']}.csv has it at {level}"


def _answers(rule: Rule, rows: Rows, other: Other) -> Broken:
    """Both codings of answers agree with the launches and nuclear tests, by their day in Korea.

    First coding: no launch of the classes in `far` and no test comes before an accommodation or inside the window of
    a row coded hold. Second coding: it is `escalate` if any launch or test comes before the accommodation, or inside
    the window where there was none; else it repeats the first.
    """
    tests = [r["date_kst"] for r in other("nuclear_tests")]
    flights = [(r["date_kst"], r["range_class"]) for r in other("missile_tests")]
    near = sorted({d for d, _ in flights} | set(tests))
    far = sorted({d for d, kind in flights if kind in rule["far"]} | set(tests))
    for i, row in rows:
        if len(row["date"]) < 10:
            continue
        start = datetime.date.fromisoformat(row["date"])
        end = (start + datetime.timedelta(rule["within"])).isoformat()
        limit = row["answer_date"] if row["answer"] == "accommodate" else end
        if limit is None:
            continue
        hits = [
            next((d for d in days if len(d) == 10 and row["date"] < d and (d < limit or d == limit == end)), None)
            for days in (far, near)
        ]
        if row["answer"] != "escalate" and hits[0]:
            yield i, ["answer"], f"must be escalate: {hits[0]} comes first"
        due = "escalate" if hits[1] else row["answer"]
        if row[rule["answers"]] != due:
            yield (
                i,
                [rule["answers"]],
                f"must be {due}" + (f": {hits[1]} comes first" if hits[1] else ": no launch or test comes first"),
            )


def _quoted(rule: Rule, rows: Rows, other: Other) -> Broken:
    """A value said to stand in another table stands there."""
    for i, row in rows:
        if re.fullmatch(r"\d{4}", row["row_key"] or "") and re.fullmatch(r"-?\d+(\.\d+)?", row["value"] or ""):
            there = [r for r in other(row["table"]) if r.get("year") == int(row["row_key"])]
            values = [r[row["column"]] for r in there if row["column"] in r]
            if values and float(row["value"]) not in values:
                yield i, ["value"], f"must be {values[0]:g}, as {row['table']}.csv has it for {row['row_key']}"


def _stands(rule: Rule, rows: Rows) -> Broken:
    """Each row that a headline rests on is named; a missing one is laid to the rows that no headline asks for."""
    for subject, tables in rule["stands"].items():
        for table, keys in tables.items():
            mine = [(i, row["row_key"]) for i, row in rows if row["table"] == table]
            for key in sorted(set(keys) - {k for _, k in mine}):
                for i in [i for i, k in mine if k not in keys] or [i for i, _ in rows[-1:]]:
                    yield i, ["row_key"], f"a headline on {subject} rests on {key} of {table}.csv, and no row names it"


def _moved(rule: Rule, rows: Rows, other: Other) -> Broken:
    """Every reading has its rows in another table: what moves him, and weights over goals that sum to 1."""
    there = {r["id"]: r for r in other(rule["table"])}
    for i, row in rows:
        weights = [f"{rule['weights']}_{row['id']}_{goal}" for goal in rule["goals"]]
        wanted = [f"{kind}_{row['id']}" for kind in rule["moved"]] + weights
        gone = [name for name in wanted if name not in there]
        if gone:
            yield i, ["id"], f"must have its rows in {rule['table']}.csv: no {', '.join(gone)}"
            continue
        total = sum(there[name]["central"] for name in weights)
        if abs(total - 1) > 1e-6:
            yield i, ["id"], f"must have weights {weights[0]}, … in {rule['table']}.csv that sum to 1, not to {total:g}"


RULES = {
    "order": _order,
    "sum": _sum,
    "ratio": _ratio,
    "months": _months,
    "days": _days,
    "mean": _mean,
    "filled": _filled,
    "blank": _blank,
    "together": _together,
    "matches": _matches,
    "sorted": _sorted,
    "complete": _complete,
    "one": _one,
    "no_circle": _no_circle,
    "bounds": _bounds,
    "korea": _korea,
    "list": _twice,
    "parts": _parts,
    "running": _running,
    "same": _same_start,
    "since": _since,
    "sums": _at_most,
    "span": _span,
    "stands": _stands,
}
ACROSS = {
    "refers": _refers,
    "needs": _needs,
    "tally": _tally,
    "equals": _equals,
    "covers": _covers,
    "coded": _coded,
    "answers": _answers,
    "read_off": _read_off,
    "curve": _curve,
    "quoted": _quoted,
    "moved": _moved,
}
WHOLE = {"sorted", "complete", "one", "no_circle", "mean", "running", "sums", "span", "stands"}  # wait for the cells
