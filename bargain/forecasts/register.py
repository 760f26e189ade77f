"""The ledger of issued forecasts: seals, due dates, scores."""

import csv
import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence
from bargain.forecasts.backtests import MIN_HISTORY, backtest, beaten_by
from bargain.forecasts.kims import by_reading
from bargain.forecasts.predictive import LEVELS, forecast, to_scale
from bargain.forecasts.questions import (
    END,
    GRACE,
    HEADLINE,
    LEAD,
    NAIVE,
    QUESTIONS,
    SCORED,
    TAIL,
    history,
    kept_to,
    label,
    last_covered,
    outcome,
    threshold,
    words,
)
from bargain.forecasts.scores import log_score, quantile_score, score_one
from bargain.terms import READINGS

# ------------------------------------------------------------------------------------------------ the ledger

COLUMNS = (
    "id",
    "question",
    "words",
    "kind",
    "family",
    "table",
    "rule",
    "threshold",
    "issued_on",
    "data_to",
    "lead",
    "resolves_by",
    "model",
    "parameters",
    "p",
    "q10",
    "q50",
    "q90",
    "p_any_to_2030",
    *NAIVE,
    *(f"{who}_q{q}" for who in NAIVE[:2] for q in (10, 90)),
    *(f"{reading}_{end}" for reading in READINGS for end in ("low", "central", "high")),
    "backtest_n",
    *(f"backtest_{who}" for who in SCORED),
    "beaten_by",
    "breaks",
    "note",
    "seal",
)
RESOLVED = (
    "id",
    "part",
    "question",
    "year",
    "status",
    "value",
    "resolved_on",
    "source_row",
    "vintage",
    "measure",
    *(f"score_{who}" for who in SCORED),
    "score_judged",
    "note",
)
JUDGED = (
    "id",
    "question",
    "kind",
    "threshold",
    "issued_on",
    "known_to",
    "p",
    "q10",
    "q50",
    "q90",
    "reason",
    "source_id",
    "seal",
)
GIVEN = ("id", "known_to", "p", "q10", "q50", "q90", "reason", "source_id")  # what whoever judges writes
CSV = dict(index=False, float_format="%.4g", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def last_complete() -> int:
    """The last year that at least half of the questions' tables cover in full."""
    ends = sorted(end for q in QUESTIONS.values() if (end := last_covered(q.table)) is not None)
    return ends[(len(ends) - 1) // 2]


def due(data_to: int, issued_on: str) -> int:
    """The year to forecast: LEAD years after the data, and never one that has begun on the day of issue (ISO)."""
    return max(data_to + LEAD, datetime.date.fromisoformat(issued_on).year + 1)


def ledger(target: int | None = None, issued_on: str | None = None) -> pd.DataFrame:
    """New forecasts for a year, one row a question whose table still stands: the columns of forecasts.csv, unsealed.

    Each question is forecast from its own last year of data. Raises ValueError for a year that has begun.
    """
    issued_on = issued_on or datetime.date.today().isoformat()
    data_to = last_complete()
    target = target or due(data_to, issued_on)
    if target <= datetime.date.fromisoformat(issued_on).year:
        raise ValueError(f"{target} has begun on {issued_on}: only years ahead are forecast")
    rows = []
    for question in QUESTIONS.values():
        if last_covered(question.table) is None:
            continue
        past = history(question.id, data_to)
        if len(past) < MIN_HISTORY:
            continue
        lead = target - int(past.index[-1])
        said = forecast(question, past, lead, until=max(END - int(past.index[-1]), lead))
        tested = backtest(data_to, lead=lead)
        part = tested[tested["question"] == question.id]
        row = dict(
            id=f"{question.id}_{target}_{issued_on}",
            question=question.id,
            words=words(question),
            kind=question.kind,
            family=question.family,
            table=question.table,
            rule=question.rule,
            threshold=threshold(question),
            issued_on=issued_on,
            data_to=int(past.index[-1]),
            lead=lead,
            resolves_by=f"{target}-12-31",
            model=f"read off the distribution of {question.of}" if question.of else HEADLINE[question.kind],
            parameters=_parameters(QUESTIONS[question.of].kind if question.of else question.kind),
        )
        if question.kind == "binary":
            row |= dict(p=said["model"], p_any_to_2030=said["p_any"] if target <= END else np.nan)
            row |= {who: said[who] for who in NAIVE}
            for reading, values in by_reading(question, said["model"]).items():
                row |= {f"{reading}_{end}": v for end, v in zip(("low", "central", "high"), values, strict=True)}
        else:
            row |= {f"q{100 * q:.0f}": np.quantile(said["model"], q) for q in TAIL}
            for who in NAIVE[:2]:
                row |= {
                    f"{who}_q10": np.quantile(said[who], 0.1),
                    who: np.median(said[who]),
                    f"{who}_q90": np.quantile(said[who], 0.9),
                }
        row |= dict(backtest_n=len(part))
        row |= {f"backtest_{who}": part[f"score_{who}"].mean() for who in SCORED}
        rows.append(row | dict(beaten_by=";".join(beaten_by(question.id, tested)), breaks=question.breaks))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _parameters(kind: str) -> str:
    return f"half-life {evidence.central(f'fc_half_life_{kind}'):g} years"


def seals(frame: pd.DataFrame, before: str = "") -> list[str]:
    """The seal of each row: 12 hex digits of SHA-256 over the seal before it and the row's own text."""
    out = []
    for line in frame.drop(columns="seal").to_csv(header=False, **CSV).splitlines():
        before = hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()[:12]
        out.append(before)
    return out


def _sealed(name: str) -> pd.DataFrame:
    """A sealed table. Raises EvidenceError naming the row whose seal does not fit."""
    rows = evidence.table(name)
    for k, (has, due_seal) in enumerate(zip(rows["seal"], seals(rows), strict=True)):
        if has != due_seal:
            where = f"{name}.csv", k + 2, "seal", has
            raise evidence.EvidenceError(
                [
                    evidence.Problem(
                        *where,
                        f"must be {due_seal}: this row, or one before it, was changed after it was issued",
                        rows["id"].iloc[k],
                    )
                ]
            )
    return rows


def issued() -> pd.DataFrame:
    """All forecasts ever issued, oldest first. Raises EvidenceError naming the row whose seal does not fit."""
    return _sealed("forecasts")


def judged() -> pd.DataFrame:
    """All judged forecasts, oldest first, sealed as the others: the columns JUDGED; an empty frame before the first."""
    stands = (evidence.DATA / "judgements.csv").exists()
    return _sealed("judgements") if stands else pd.DataFrame(columns=list(JUDGED), dtype="str")


def judge(rows: pd.DataFrame, on: str | None = None) -> pd.DataFrame:
    """Append judged forecasts beside issued ones; returns them. They are scored apart and never edited.

    rows: a frame with the columns GIVEN, a row an issued forecast. Raises ValueError naming the row that stands beside
    no forecast, was judged before, has no chance from 0 to 1 or no quantiles in order, or gives no reason.
    """
    on = on or datetime.date.today().isoformat()
    beside, old = issued().set_index("id"), judged()
    missing = [c for c in GIVEN if c not in rows]
    if missing:
        raise ValueError(f"judgements need the columns {', '.join(missing)}")
    for row in rows.to_dict("records"):
        name = row["id"]
        if name not in beside.index:
            raise ValueError(f"{name} is no issued forecast")
        if name in set(old["id"]):
            raise ValueError(f"{name} has been judged before, and is not judged again")
        three = [float(row[c]) for c in ("q10", "q50", "q90")]
        if beside.at[name, "kind"] == "binary":
            if not 0 < float(row["p"]) < 1:
                raise ValueError(f"{name}: p must be a chance between 0 and 1: {row['p']}")
        elif not three[0] <= three[1] <= three[2]:
            raise ValueError(f"{name}: q10, q50 and q90 must be given in order: {three}")
        if not isinstance(row["reason"], str) or not row["reason"].strip():
            raise ValueError(f"{name}: a judged forecast needs its reason")
    new = rows.assign(
        question=rows["id"].map(beside["question"]),
        kind=rows["id"].map(beside["kind"]),
        threshold=rows["id"].map(beside["threshold"]),
        issued_on=on,
        seal="",
    )[list(JUDGED)]
    new["seal"] = seals(new, old["seal"].iloc[-1] if len(old) else "")
    _append("judgements", new)
    return new


def latest() -> pd.DataFrame:
    """The forecasts of the newest issue, with the judged ones beside them: judged (the chance, or the median),
    judged_q10, judged_q90, known_to, reason, source_id; NaN where nothing was judged."""
    rows = issued()
    rows = rows[rows["issued_on"] == rows["issued_on"].max()]
    said = judged().set_index("id")
    for column, of in (("judged", "p"), ("judged_q10", "q10"), ("judged_q90", "q90")):
        rows = rows.assign(**{column: rows["id"].map(said[of]).astype(float)})
    rows["judged"] = rows["judged"].fillna(rows["id"].map(said["q50"]).astype(float))
    for column in ("known_to", "reason", "source_id"):
        rows = rows.assign(**{column: rows["id"].map(said[column])})
    return rows.reset_index(drop=True)


def reissued() -> pd.DataFrame:
    """The questions on which the newest issue stakes otherwise than the one before it for the same year.

    Columns: question, words, issued_on (of the earlier), then, now (chance, or median), remodelled (whether its model
    is another); no row where there is no earlier issue, or none differs.
    """
    rows = issued()
    new = rows[rows["issued_on"] == rows["issued_on"].max()]
    old = rows[(rows["issued_on"] < new["issued_on"].iloc[0]) & rows["resolves_by"].isin(new["resolves_by"])]
    both = new.merge(old[old["issued_on"] == old["issued_on"].max()], on="question", suffixes=("", "_old"))
    out = pd.DataFrame(
        dict(
            question=both["question"],
            words=both["words"],
            issued_on=both["issued_on_old"],
            then=both["p_old"].fillna(both["q50_old"]),
            now=both["p"].fillna(both["q50"]),
            remodelled=both["model"] != both["model_old"],
        )
    )
    return out[(out["then"] != out["now"]) | out["remodelled"]].reset_index(drop=True)


def _append(name: str, frame: pd.DataFrame) -> None:
    """Append rows to a table of `data/`, leaving what stands there as it is; a header only where the file is new."""
    path = evidence.DATA / f"{name}.csv"
    text = frame.to_csv(header=not path.exists(), **CSV)
    with open(path, "a", encoding="utf-8", newline="") as file:
        file.write(text)
    evidence._table.cache_clear()  # no question is answered by the ledger's tables: what was read off others stays


def _known() -> pd.DataFrame:
    """What has been issued so far; an empty frame before the first issue."""
    stands = (evidence.DATA / "forecasts.csv").exists()
    return issued() if stands else pd.DataFrame(columns=list(COLUMNS), dtype="str")


def issue(target: int | None = None, on: str | None = None, anew: bool = False) -> pd.DataFrame:
    """Append new forecasts and their distributions; returns the forecasts.

    anew: also where the same data have forecast that year before, as when a model has changed; the old rows stay and
    are scored too. Otherwise, and twice on one day, that raises ValueError.
    """
    on = on or datetime.date.today().isoformat()
    rows, known = ledger(target, on), _known()
    old = known[known["question"].isin(rows["question"]) & known["resolves_by"].isin(rows["resolves_by"])]
    twice = old["id"].isin(rows["id"]).any()
    if twice or (not anew and len(old.merge(rows, on=["question", "data_to", "resolves_by"]))):
        raise ValueError(f"{rows['resolves_by'].iloc[0][:4]} has been forecast from these data: {old['id'].iloc[0]}")
    rows["seal"] = seals(rows, known["seal"].iloc[-1] if len(known) else "")
    _append("forecasts", rows)
    _append("forecast_levels", _levels(rows))
    return rows


def _levels(rows: pd.DataFrame) -> pd.DataFrame:
    """The distributions of counts and quantities of an issue: id, level, value (twentieths, as LEVELS)."""
    out = []
    for row in rows[rows["kind"] != "binary"].to_dict("records"):
        question = QUESTIONS[row["question"]]
        values = forecast(question, history(question.id, row["data_to"]), row["lead"])["model"]
        out += [dict(id=row["id"], level=level, value=np.quantile(values, level)) for level in LEVELS]
    return pd.DataFrame(out, columns=["id", "level", "value"])


def settled() -> pd.DataFrame:
    """What became of the forecasts: the latest row of each forecast and part."""
    if not (evidence.DATA / "resolutions.csv").exists():
        return pd.DataFrame(columns=list(RESOLVED), dtype="str")
    return evidence.table("resolutions").drop_duplicates(["id", "part"], keep="last")


def _outcome(row: Mapping[str, Any], year: int, resolved_on: str) -> tuple[str, float]:
    """(status, value) of an issued row's question in a year, by its own threshold; void when grace is over."""
    question = QUESTIONS.get(row["question"])
    if question is None:
        return "void", np.nan
    least = None if np.isnan(row["threshold"]) else row["threshold"]
    status, value = outcome(question._replace(table=row["table"]), year, least)
    late = datetime.date.fromisoformat(resolved_on).year > year + GRACE
    return ("void", np.nan) if status == "open" and late else (status, value)


def _any_outcome(row: Mapping[str, Any], year: int, resolved_on: str) -> tuple[str, float]:
    """(status, value) of "any of the year forecast to END", as far as `year`: a yes settles it early."""
    first = int(row["resolves_by"][:4])
    found = [_outcome(row, y, resolved_on) for y in range(first, min(year, END) + 1)]
    if any(value == 1 for _, value in found):
        return "resolved", 1.0
    if any(status == "void" for status, _ in found):
        return "void", np.nan
    complete = year >= END and all(status == "resolved" for status, _ in found)
    return ("resolved", 0.0) if complete else ("open", np.nan)


def row_scores(row: Mapping[str, Any], part: str, value: float) -> dict[str, float]:
    """{forecaster: score} of an issued row, from what the row says alone.

    Log score for yes or no, the quantile score on the question's scale for the rest. Over several years climatology
    and coin repeat their yearly chance, persistence stays with its answer.
    """
    checks.finite(value=value)
    if row["kind"] == "binary":
        n = END - int(row["resolves_by"][:4]) + 1
        said = {"model": row["p"], **{who: row[who] for who in NAIVE}}
        if part == "any":
            said |= {"model": row["p_any_to_2030"]} | {who: 1 - (1 - row[who]) ** n for who in ("climatology", "coin")}
        return {who: log_score(said[who], value) for who in SCORED}
    scale = QUESTIONS[row["question"]].scale or "log"
    three = {"model": ["q10", "q50", "q90"], **{who: [f"{who}_q10", who, f"{who}_q90"] for who in NAIVE[:2]}}
    return {
        who: quantile_score(to_scale([row[c] for c in names], scale), to_scale(value, scale))
        for who, names in three.items()
    } | {"coin": np.nan}


def _judged_score(row: dict, said: dict | None, part: str, value: float) -> float:
    """The score of the judgement beside an issued row; NaN without one. Judged is the year, not "any of the years"."""
    if part != "year" or said is None:
        return np.nan
    if row["kind"] == "binary":
        return log_score(said["p"], value)
    scale = QUESTIONS[row["question"]].scale or "log"
    return quantile_score(to_scale([said[c] for c in ("q10", "q50", "q90")], scale), to_scale(value, scale))


def resolve(forecasts: pd.DataFrame, year: int, resolved_on: str, old: pd.DataFrame | None = None) -> pd.DataFrame:
    """Rows of resolutions for what is due by the end of `year` and not settled in `old`: the columns RESOLVED.

    part: year (the year forecast) or any (from it to END); status resolved, open or void; measure log or quantile.
    A part that stands as open already is not written again.
    """
    old = settled() if old is None else old
    beside = {row["id"]: row for row in judged().to_dict("records")}
    done = {(i, p): s for i, p, s in zip(old["id"], old["part"], old["status"], strict=True)}
    rows = []
    for row in forecasts[forecasts["resolves_by"].str[:4].astype(int) <= year].to_dict("records"):
        parts = {"year": _outcome(row, int(row["resolves_by"][:4]), resolved_on)}
        if not np.isnan(row["p_any_to_2030"]):
            parts["any"] = _any_outcome(row, year, resolved_on)
        for part, (status, value) in parts.items():
            if done.get((row["id"], part), "open") != "open" or (status == "open" and (row["id"], part) in done):
                continue
            settled_now = status == "resolved"
            out = dict(
                id=row["id"],
                part=part,
                question=row["question"],
                year=int(row["resolves_by"][:4]),
                status=status,
                value=value,
                resolved_on=resolved_on,
                source_row=f"{row['table']} {row['resolves_by'][:4]}" + (f"-{END}" if part == "any" else ""),
                vintage=kept_to(row["table"]) or "",
                measure="log" if row["kind"] == "binary" else "quantile",
                note={
                    "open": "its table has no full year yet",
                    "void": "its table is gone, or has fallen silent",
                    "resolved": "",
                }[status],
            )
            if settled_now:
                out |= {f"score_{who}": s for who, s in row_scores(row, part, value).items()}
                out["score_judged"] = _judged_score(row, beside.get(row["id"]), part, value)
            rows.append(out)
    return pd.DataFrame(rows, columns=list(RESOLVED))


def score(year: int, on: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Resolve what is due by the end of `year`, append the result, and issue new forecasts once the data have grown.

    Returns (resolutions, new forecasts).
    """
    on = on or datetime.date.today().isoformat()
    known = issued()
    rows = resolve(known, year, on)
    fresh = pd.DataFrame(columns=list(COLUMNS))
    if len(rows):
        _append("resolutions", rows)
    data_to = last_complete()
    target = due(data_to, on)
    if data_to > known["data_to"].max() and f"{target}-12-31" not in set(known["resolves_by"]):
        fresh = issue(target, on)
    return rows, fresh


def standing() -> dict[str, Any]:
    """How the ledger stands: a dict with forecasts, asked (parts with an answer due), resolved, open, void, and the
    mean score of each forecaster over the resolved yes-or-no parts; judged and model_beside: over those parts with a
    judgement beside them (judged_n), the judgement's mean score and the model's."""
    rows, now = issued(), settled()
    parts = len(rows) + int(rows["p_any_to_2030"].notna().sum())
    count = now["status"].value_counts()
    out = dict(forecasts=len(rows), parts=parts, resolved=int(count.get("resolved", 0)), void=int(count.get("void", 0)))
    out["open"] = parts - out["resolved"] - out["void"]
    part = now[(now["status"] == "resolved") & (now["measure"] == "log")]
    out |= {who: part[f"score_{who}"].astype(float).mean() for who in SCORED}
    both = part[part["score_judged"].notna()].astype({"score_judged": float, "score_model": float})
    return out | dict(judged_n=len(both), judged=both["score_judged"].mean(), model_beside=both["score_model"].mean())


def replay(data_to: int, lead: int = LEAD) -> pd.DataFrame:
    """What this machinery would have said with data to a past year, beside what came: a frame.

    Columns: question, words, kind, year, p or q10/q50/q90, outcome, inside (the rest: within the 80 per cent range),
    score_… of all.
    """
    rows = []
    for question in QUESTIONS.values():
        past = history(question.id, data_to)
        status, y = outcome(question, data_to + lead)
        if len(past) < MIN_HISTORY or status != "resolved":
            continue
        said = forecast(question, past, data_to + lead - int(past.index[-1]))
        row = dict(question=question.id, words=words(question), kind=question.kind, year=data_to + lead, outcome=y)
        if question.kind == "binary":
            row["p"] = said["model"]
        else:
            row |= {f"q{100 * q:.0f}": np.quantile(said["model"], q) for q in TAIL}
            low, high = np.quantile(said["model"], [TAIL[0], TAIL[-1]])
            row["inside"] = low <= y <= high
        rows.append(row | {f"score_{who}": s for who, s in score_one(question, said, y).items()})
    return pd.DataFrame(rows)


def replayed(data_to: int = 2016, leads: Sequence[int] = (1, 2)) -> pd.DataFrame:
    """The yes-or-no forecasts of `replay` for several years ahead: question, name, year, p, outcome, and scores."""
    frame = pd.concat([replay(data_to, lead) for lead in leads], ignore_index=True)
    frame = frame[frame["kind"] == "binary"]
    frame["name"] = frame["words"].map(label)
    return frame[["question", "name", "year", "p", "outcome", "score_model", "score_climatology", "score_coin"]]
