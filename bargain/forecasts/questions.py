"""The questions: what each asks of its table, and its outcome by year."""

from collections import defaultdict
from collections.abc import Collection
from functools import partial
from typing import Callable, NamedTuple

import numpy as np
import pandas as pd

from bargain import checks, evidence
from bargain.reads import lru_cache

LEAD = 2  # years from the last year of data to the year that is forecast
END = 2030  # "any of the year forecast to END"
GRACE = 3  # years after the year in question in which its table may still come
FIRST_ISSUE = 2025  # last year of data of the first issue: later growth resolves on its first release alone
NAIVE = ("climatology", "persistence", "coin")
SCORED = ("model", *NAIVE)
TAIL = (0.1, 0.5, 0.9)  # the quantiles that are issued
HEADLINE = {
    "binary": "pool of beta-binomial and Markov",
    "count": "negative binomial, discounted",
    "quantity": "pool of random walk and discounted mean",
}


class Question(NamedTuple):
    """One question and the rule that resolves it.

    id, words (with the threshold in braces), kind (binary, count, quantity), family (questions that move together),
    table (names joined by semicolons), since (first year of its history), value (year → number, or None where the year
    has no figure; with a threshold: (year, threshold)), rule in words, scale on which a quantity moves (share, log,
    plain), unit, threshold (id of its assumption), what no model of repetition knows (breaks), and, where it asks for
    a threshold of a count or quantity, the question whose distribution its chance is read off (of) and the side that
    is a yes (side: "at least" the threshold, or "below" 0).
    """

    id: str
    words: str
    kind: str
    family: str
    table: str
    since: int
    value: Callable
    rule: str
    scale: str = ""
    unit: str = ""
    threshold: str = ""
    breaks: str = ""
    of: str = ""
    side: str = ""


# ------------------------------------------------------------------------------------------------ the rules


def _events(name: str, year: int, column: str = "date") -> pd.DataFrame:
    return by_year(name, column, str(evidence.DATA))[str(year)]


@lru_cache
def by_year(name: str, column: str, data: str) -> defaultdict[str, pd.DataFrame]:
    """The rows of a table by the year of a column of dates."""
    rows = evidence.table(name)
    parts = rows.groupby(rows[column].astype(str).str[:4])
    return defaultdict(lambda: rows.iloc[:0], {str(year): part for year, part in parts})


def _launch_dates(year: int) -> set[str]:
    days = set(_events("missile_tests", year, "date_kst")["date_kst"])
    return days | set(_events("nuclear_tests", year, "date_kst")["date_kst"])


def launch_days(year: int) -> int:
    """Distinct days (Korean date) with a launch or a nuclear test."""
    return len(_launch_dates(year))


def busy(year: int, least: float) -> int:
    """1 if there were at least `least` launch days."""
    checks.nonnegative(least=least)
    return int(launch_days(year) >= least)


def quiet_quarter(year: int) -> int:
    """1 if a calendar quarter had no launch day."""
    return int(len({(int(day[5:7]) - 1) // 3 for day in _launch_dates(year)}) < 4)


def flight(year: int, kind: str) -> int:
    """1 if a missile or rocket of a range class flew."""
    return int((_events("missile_tests", year, "date_kst")["range_class"] == kind).any())


def satellite(year: int) -> int:
    """1 if a space launcher flew, or a rocket without a known class left the Sohae satellite station."""
    rows = _events("missile_tests", year, "date_kst")
    unnamed = (rows["range_class"] == "Unknown") & (rows["launch_site"] == "sohae")
    return int(((rows["range_class"] == "SLV") | unnamed).any())


def nuclear_test(year: int) -> int:
    """1 if there was a nuclear test."""
    return int(len(_events("nuclear_tests", year, "date_kst")) > 0)


def summit(year: int, parties: Collection[str]) -> int:
    """1 if a meeting of the leaders of these parties is on record."""
    rows = _events("negotiations", year)
    rows = rows[rows["kind"] == "summit"]
    return int(rows["parties"].str.split(";").map(lambda p: set(parties) <= set(p)).any())


def us_meeting(year: int) -> int:
    """1 if an official meeting in person between the United States and the North is on record."""
    return int(_events("talks_by_month", year, "month")["meeting_in_month"].eq(1).any())


def measure(year: int, body: str) -> int:
    """1 if a body took a measure that adds pressure."""
    rows = _events("un_sanctions", year)
    return int(((rows["body"] == body) & (rows["adds_pressure"] == 1)).any())


def inspectors(year: int) -> int:
    """1 if inspectors, and not only visitors, were on the ground on any day."""
    rows = evidence.table("verification")
    there = (rows["period_start"].str[:4] <= str(year)) & (rows["period_end"].str[:4] >= str(year))
    return int((there & rows["inspectors_present"].isin(("yes", "partial", "limited"))).any())


def drills_cut(year: int) -> int:
    """1 if a joint exercise was suspended, cancelled or cut for diplomacy."""
    rows = _events("exercises", year, "start")
    cut = rows["status"].isin(("suspended", "cancelled", "scaled")) & rows["reason"].str.contains("diplomacy", na=False)
    return int(cut.any())


def cell(year: int, name: str, column: str, **where: str) -> float | None:
    """The figure of a yearly table; None where the year has none."""
    rows = evidence.table(name)
    rows = rows[rows["year"] == year]
    for key, wanted in where.items():
        rows = rows[rows[key] == wanted]
    found = rows[column].dropna()
    return float(found.iloc[0]) if len(found) else None


def growth(year: int) -> float | None:
    """Real growth on its first release; for years up to FIRST_ISSUE that lack one, as it stands now."""
    first = cell(year, "gdp", "real_growth_pct_first_release")
    if first is not None or year > FIRST_ISSUE:
        return first
    return cell(year, "gdp", "real_growth_pct_current_vintage")


def shrinks(year: int) -> int | None:
    """1 if growth was below 0."""
    value = growth(year)
    return None if value is None else int(value < 0)


def theft(year: int) -> float | None:
    """Gross theft of crypto-assets in the year, million dollars."""
    return cell(year, "illicit_revenue", "usd_m_central", stream="crypto_theft", annual_estimate="yes")


def theft_above(year: int, least: float) -> int | None:
    """1 if gross theft of crypto-assets reached `least` million dollars."""
    checks.nonnegative(least=least)
    value = theft(year)
    return None if value is None else int(value >= least)


def large_hack(year: int, least: float) -> int:
    """1 if a single hack of at least `least` million dollars, attributed or reported, is on record."""
    checks.nonnegative(least=least)
    rows = _events("cyber_incidents", year)
    rows = rows[rows["attribution_status"] != "contested"]
    return int((rows["usd_m_taken"] >= least).any())


china_share = partial(cell, name="china_trade_share", column="china_share_excl_inter_korean_pct")
army_share = partial(cell, name="leadership_economy", column="military_pct")
VETO = "since the veto of 2022 the Council has lost its monitors and takes no new measure"
RUSSIA = "Russia pays, buys and trains: the record before 2022 had no such patron"
NO_SOUTH = "unification and the South were given up as partners at the end of 2023"
PARITY = "he asks that disarmament be dropped first, and Washington may do so or not"
LAUNCHES = "missile_tests;nuclear_tests"
_LISTED = (
    Question(
        "launch_days",
        "How many launch days?",
        "count",
        "launches",
        LAUNCHES,
        1998,
        launch_days,
        "distinct Korean dates in missile_tests and nuclear_tests",
        unit="days",
    ),
    Question(
        "busy",
        "At least {} launch days?",
        "binary",
        "launches",
        LAUNCHES,
        1998,
        busy,
        "launch days, as above, reach the threshold",
        threshold="fc_busy_days",
        of="launch_days",
        side="at least",
    ),
    Question(
        "quiet_quarter",
        "A quarter without a launch?",
        "binary",
        "launches",
        LAUNCHES,
        1998,
        quiet_quarter,
        "a calendar quarter holds no launch day",
    ),
    Question(
        "icbm",
        "A flight of an ICBM?",
        "binary",
        "icbm",
        "missile_tests",
        1998,
        partial(flight, kind="ICBM"),
        "a row of missile_tests with range class ICBM",
    ),
    Question(
        "satellite",
        "A launch of a satellite?",
        "binary",
        "satellite",
        "missile_tests",
        1998,
        satellite,
        "a row of missile_tests with range class SLV, or of no known class from Sohae, in orbit or not",
    ),
    Question(
        "nuclear_test",
        "A nuclear test?",
        "binary",
        "test",
        "nuclear_tests",
        2006,
        nuclear_test,
        "a row of nuclear_tests",
    ),
    Question(
        "leaders_meet",
        "A meeting of the leaders of the US and the North?",
        "binary",
        "us_talks",
        "negotiations",
        1990,
        partial(summit, parties=("PRK", "USA")),
        "a row of negotiations of kind summit with both",
        breaks=PARITY,
    ),
    Question(
        "us_meeting",
        "An official meeting of the US and the North?",
        "binary",
        "us_talks",
        "talks_by_month",
        1990,
        us_meeting,
        "a month of talks_by_month with a meeting in person",
        breaks=PARITY,
    ),
    Question(
        "korean_summit",
        "A summit of the two Koreas?",
        "binary",
        "korean",
        "negotiations",
        1990,
        partial(summit, parties=("KOR", "PRK")),
        "a row of negotiations of kind summit with both",
        breaks=NO_SOUTH,
    ),
    Question(
        "drills_cut",
        "A large exercise cut for diplomacy?",
        "binary",
        "drills",
        "exercises",
        2010,
        drills_cut,
        "a row of exercises suspended, cancelled or scaled with diplomacy among the reasons",
    ),
    Question(
        "un_sanctions",
        "A new measure of the Security Council?",
        "binary",
        "un",
        "un_sanctions",
        1993,
        partial(measure, body="UNSC"),
        "a row of un_sanctions by the UNSC that adds pressure",
        breaks=VETO,
    ),
    Question(
        "us_measure",
        "A new US law or order that adds pressure?",
        "binary",
        "us_law",
        "un_sanctions",
        1993,
        partial(measure, body="US"),
        "a row of un_sanctions by the US that adds pressure",
    ),
    Question(
        "inspectors",
        "Inspectors on the ground?",
        "binary",
        "inspectors",
        "verification",
        1990,
        inspectors,
        "a period of verification with inspectors, more than a visit, reaches into the year",
    ),
    Question(
        "china_share",
        "China’s share of trade?",
        "quantity",
        "trade",
        "china_trade_share",
        1995,
        china_share,
        "china_trade_share, without the South",
        "share",
        "per cent",
        breaks="trade with Russia is only partly in the figures",
    ),
    Question(
        "growth",
        "Growth on the first release?",
        "quantity",
        "economy",
        "gdp",
        1990,
        growth,
        "gdp, real growth on its first release",
        "plain",
        "per cent",
        breaks=RUSSIA,
    ),
    Question(
        "shrinks",
        "A shrinking economy?",
        "binary",
        "economy",
        "gdp",
        1990,
        shrinks,
        "growth on its first release is below 0",
        breaks=RUSSIA,
        of="growth",
        side="below",
    ),
    Question(
        "theft",
        "Gross theft of crypto-assets?",
        "quantity",
        "theft",
        "illicit_revenue",
        2016,
        theft,
        "illicit_revenue, the yearly estimate of crypto_theft",
        "log",
        "million US$",
    ),
    Question(
        "theft_above",
        "Crypto theft of {} million dollars or more?",
        "binary",
        "theft",
        "illicit_revenue",
        2016,
        theft_above,
        "the yearly estimate reaches the threshold",
        threshold="fc_theft_usd_m",
        of="theft",
        side="at least",
    ),
    Question(
        "large_hack",
        "A single hack of {} million dollars or more?",
        "binary",
        "theft",
        "cyber_incidents",
        2015,
        large_hack,
        "a row of cyber_incidents, not contested, reaches the threshold",
        threshold="fc_hack_usd_m",
    ),
    Question(
        "army_share",
        "Military share of his appearances?",
        "quantity",
        "court",
        "leadership_economy",
        2012,
        army_share,
        "leadership_economy, military share",
        "share",
        "per cent",
    ),
)
QUESTIONS = {q.id: q for q in _LISTED}
LOG = {name for name, q in QUESTIONS.items() if q.scale == "log"}  # drawn on a logarithmic axis


def threshold(question: Question) -> float:
    """The question's threshold as the register has it now; NaN for a question without one."""
    return evidence.central(question.threshold) if question.threshold else np.nan


def words(question: Question, least: float | None = None) -> str:
    """The question in words, with a threshold (by default the register's)."""
    checks.nonnegative(least=least)
    return question.words.format(f"{threshold(question) if least is None else least:,.0f}")


def kept_to(tables: str) -> str | None:
    """The day, month or year to which all of `tables` (names joined by semicolons) are kept; None when one is gone."""
    named = tables.split(";")
    return min(str(evidence.coverage(name)["to"]) for name in named) if set(named) <= set(evidence.names()) else None


def last_covered(tables: str) -> int | None:
    """The last year that `tables` cover to its end; None when one of them is gone."""
    return last_covered_of(tables, str(evidence.DATA))


@lru_cache
def last_covered_of(tables: str, data: str) -> int | None:
    """The last year that `tables` of a folder cover to its end; None when one of them is gone."""
    end = kept_to(tables)
    if end is None:
        return None
    return int(end[:4]) if end[4:] in ("", "-12", "-12-31") else int(end[:4]) - 1


def outcome(question: Question, year: int, least: float | None = None) -> tuple[str, float]:
    """(status, value): resolved with its value, open while the year is not covered in full, void without its table."""
    checks.nonnegative(least=least)
    last = last_covered(question.table)
    if last is None:
        return "void", np.nan
    if year > last:
        return "open", np.nan
    least = threshold(question) if least is None else least
    value = question.value(year, least) if question.threshold else question.value(year)
    return ("open", np.nan) if value is None else ("resolved", float(value))


def history(name: str, last: int) -> pd.Series:
    """The question's past by year up to `last` (int): a Series of floats, years without a figure left out."""
    past = history_of(name, str(evidence.DATA))
    return past[past.index <= last]


@lru_cache
def history_of(name: str, data: str) -> pd.Series:
    """All resolved outcomes of a question by year, as a series of floats: none rests on a later year."""
    question = QUESTIONS[name]
    years = range(question.since, (last_covered(question.table) or 0) + 1)
    found = {year: outcome(question, year) for year in years}
    resolved = {year: value for year, (status, value) in found.items() if status == "resolved"}
    return pd.Series(resolved.values(), index=pd.Index(resolved.keys(), dtype=int), dtype=float)


# ------------------------------------------------------------------------------------------------ what is said


def label(question_words: str) -> str:
    """A question as a row's name: without its mark."""
    return question_words.rstrip("?")


def phrase(question_words: str) -> str:
    """A question as it stands inside a sentence: without its mark, and small where it begins with no name."""
    name = label(question_words)
    return name if name.startswith("China") else name[0].lower() + name[1:]


def record(*kinds: str, read_off: bool = True) -> list[str]:
    """The names of the tables that answer the questions of these kinds (all, where none is named).

    read_off: also those of questions that are read off another's distribution.
    """
    asked = [q for q in QUESTIONS.values() if (not kinds or q.kind in kinds) and (read_off or not q.of)]
    return list(dict.fromkeys(name for q in asked for name in q.table.split(";")))


def year_of(rows: pd.DataFrame) -> int:
    """The year that an issue forecasts."""
    return int(rows["resolves_by"].iloc[0][:4])


PERIODS = {"2005–2011": (2005, 2011), "2012–2018": (2012, 2018), "2019 and after": (2019, 2100)}


def fan_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """History and forecast of counts and quantities. Columns: question, name, unit, year, value (history) or low,
    median, high, climatology, persistence (the forecast's year)."""
    out = []
    for row in rows[rows["kind"] != "binary"].to_dict("records"):
        question, past = QUESTIONS[row["question"]], history(row["question"], int(row["data_to"]))
        base = dict(question=question.id, name=FAN[question.id], unit=question.unit)
        out += [base | dict(year=y, value=v) for y, v in past.items()]
        out.append(
            base
            | dict(
                year=int(row["resolves_by"][:4]),
                low=row["q10"],
                median=row["q50"],
                high=row["q90"],
                climatology=row["climatology"],
                persistence=row["persistence"],
            )
        )
    return pd.DataFrame(out)


FAN = {
    "launch_days": "Launch days",
    "china_share": "China’s share of trade",
    "growth": "Growth, first release",
    "theft": "Theft of crypto-assets",
    "army_share": "Military share of appearances",
}


def inside(rows: pd.DataFrame) -> pd.DataFrame:
    """How wide the issued ranges of counts and quantities are by their own past, the widest first.

    Columns: question, name, unit, q10, q90, years (on record), share (of these years that lie in the range).
    """
    out = []
    for row in rows[rows["kind"] != "binary"].to_dict("records"):
        question, past = QUESTIONS[row["question"]], history(row["question"], int(row["data_to"]))
        base = dict(question=question.id, name=FAN[question.id], unit=question.unit, q10=row["q10"], q90=row["q90"])
        out.append(base | dict(years=len(past), share=past.between(row["q10"], row["q90"]).mean()))
    return pd.DataFrame(out).sort_values("share", ascending=False, ignore_index=True)
