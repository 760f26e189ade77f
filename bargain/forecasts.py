"""Chapter 12: dated questions that the report's own tables will resolve, with a back-test beside each.

    python -m bargain.forecasts issue [YEAR] [--on DATE]   forecast YEAR, or the year two years after the data
    python -m bargain.forecasts score YEAR [--on DATE]     resolve what is due by the end of YEAR, score it, issue anew

Forecasts are appended to `data/forecasts.csv` and never edited: each row carries a seal over itself and all rows
before it. What became of them is appended to `data/resolutions.csv`, where the latest row of a forecast stands. A year
that a table does not cover in full leaves its question open, never "no"; a table that is gone, or that has not
covered the year `GRACE` years later, makes it void.
"""

import csv
import datetime
import hashlib
import sys
from functools import lru_cache, partial
from typing import Callable, NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import betaln, gammaln, roots_jacobi
from scipy.stats import beta as beta_law
from scipy.stats import t as student

from bargain import charts, evidence, sampling
from bargain.wording import capital

LEAD = 2  # years from the last year of data to the year that is forecast
END = 2030  # "any of the year forecast to END"
GRACE = 3  # years after the year in question in which its table may still come
FIRST_ISSUE = 2025  # last year of data of the first issue: later growth resolves on its first release alone
NAIVE = ("climatology", "persistence", "coin")
SCORED = ("model", *NAIVE)
READINGS = tuple(charts.READINGS)
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
    plain), unit, threshold (id of its assumption), and what no model of repetition knows (breaks).
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


# ------------------------------------------------------------------------------------------------ the rules


def _events(name, year, column="date"):
    rows = evidence.table(name)
    return rows[rows[column].astype(str).str[:4] == str(year)]


def _launch_dates(year):
    days = set(_events("missile_tests", year, "date_kst")["date_kst"])
    return days | set(_events("nuclear_tests", year, "date_kst")["date_kst"])


def launch_days(year):
    """Distinct days (Korean date) with a launch or a nuclear test."""
    return len(_launch_dates(year))


def busy(year, least):
    """1 if there were at least `least` launch days."""
    return int(launch_days(year) >= least)


def quiet_quarter(year):
    """1 if a calendar quarter had no launch day."""
    return int(len({(int(day[5:7]) - 1) // 3 for day in _launch_dates(year)}) < 4)


def flight(year, kind):
    """1 if a missile or rocket of a range class flew."""
    return int((_events("missile_tests", year, "date_kst")["range_class"] == kind).any())


def satellite(year):
    """1 if a space launcher flew, or a rocket without a known class left the Sohae satellite station."""
    rows = _events("missile_tests", year, "date_kst")
    unnamed = (rows["range_class"] == "Unknown") & (rows["launch_site"] == "sohae")
    return int(((rows["range_class"] == "SLV") | unnamed).any())


def nuclear_test(year):
    """1 if there was a nuclear test."""
    return int(len(_events("nuclear_tests", year, "date_kst")) > 0)


def summit(year, parties):
    """1 if a meeting of the leaders of these parties is on record."""
    rows = _events("negotiations", year)
    rows = rows[rows["kind"] == "summit"]
    return int(rows["parties"].str.split(";").map(lambda p: set(parties) <= set(p)).any())


def us_meeting(year):
    """1 if an official meeting in person between the United States and the North is on record."""
    return int(_events("talks_by_month", year, "month")["meeting_in_month"].eq(1).any())


def measure(year, body):
    """1 if a body took a measure that adds pressure."""
    rows = _events("un_sanctions", year)
    return int(((rows["body"] == body) & (rows["adds_pressure"] == 1)).any())


def inspectors(year):
    """1 if inspectors, and not only visitors, were on the ground on any day."""
    rows = evidence.table("verification")
    there = (rows["period_start"].str[:4] <= str(year)) & (rows["period_end"].str[:4] >= str(year))
    return int((there & rows["inspectors_present"].isin(("yes", "partial", "limited"))).any())


def drills_cut(year):
    """1 if a joint exercise was suspended, cancelled or cut for diplomacy."""
    rows = _events("exercises", year, "start")
    cut = rows["status"].isin(("suspended", "cancelled", "scaled")) & rows["reason"].str.contains("diplomacy", na=False)
    return int(cut.any())


def cell(year, name, column, **where):
    """The figure of a yearly table; None where the year has none."""
    rows = evidence.table(name)
    rows = rows[rows["year"] == year]
    for key, wanted in where.items():
        rows = rows[rows[key] == wanted]
    found = rows[column].dropna()
    return float(found.iloc[0]) if len(found) else None


def growth(year):
    """Real growth on its first release; for years up to FIRST_ISSUE that lack one, as it stands now."""
    first = cell(year, "gdp", "real_growth_pct_first_release")
    if first is not None or year > FIRST_ISSUE:
        return first
    return cell(year, "gdp", "real_growth_pct_current_vintage")


def shrinks(year):
    """1 if growth was below 0."""
    value = growth(year)
    return None if value is None else int(value < 0)


def theft(year):
    """Gross theft of crypto-assets in the year, million dollars."""
    return cell(year, "illicit_revenue", "usd_m_central", stream="crypto_theft", annual_estimate="yes")


def theft_above(year, least):
    """1 if gross theft of crypto-assets reached `least` million dollars."""
    value = theft(year)
    return None if value is None else int(value >= least)


def large_hack(year, least):
    """1 if a single hack of at least `least` million dollars, attributed or reported, is on record."""
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
    Question("launch_days", "How many launch days?", "count", "launches", LAUNCHES, 1998, launch_days,
             "distinct Korean dates in missile_tests and nuclear_tests", unit="days"),
    Question("busy", "At least {} launch days?", "binary", "launches", LAUNCHES, 1998, busy,
             "launch days, as above, reach the threshold", threshold="fc_busy_days"),
    Question("quiet_quarter", "A quarter without a launch?", "binary", "launches", LAUNCHES, 1998,
             quiet_quarter, "a calendar quarter holds no launch day"),
    Question("icbm", "A flight of an ICBM?", "binary", "icbm", "missile_tests", 1998, partial(flight, kind="ICBM"),
             "a row of missile_tests with range class ICBM"),
    Question("satellite", "A launch of a satellite?", "binary", "satellite", "missile_tests", 1998, satellite,
             "a row of missile_tests with range class SLV, or of no known class from Sohae, in orbit or not"),
    Question("nuclear_test", "A nuclear test?", "binary", "test", "nuclear_tests", 2006, nuclear_test,
             "a row of nuclear_tests"),
    Question("leaders_meet", "A meeting of the leaders of the US and the North?", "binary", "us_talks", "negotiations",
             1990, partial(summit, parties=("PRK", "USA")), "a row of negotiations of kind summit with both",
             breaks=PARITY),
    Question("us_meeting", "An official meeting of the US and the North?", "binary", "us_talks", "talks_by_month", 1990,
             us_meeting, "a month of talks_by_month with a meeting in person", breaks=PARITY),
    Question("korean_summit", "A summit of the two Koreas?", "binary", "korean", "negotiations", 1990,
             partial(summit, parties=("KOR", "PRK")), "a row of negotiations of kind summit with both",
             breaks=NO_SOUTH),
    Question("drills_cut", "A large exercise cut for diplomacy?", "binary", "drills", "exercises", 2010, drills_cut,
             "a row of exercises suspended, cancelled or scaled with diplomacy among the reasons"),
    Question("un_sanctions", "A new measure of the Security Council?", "binary", "un", "un_sanctions", 1993,
             partial(measure, body="UNSC"), "a row of un_sanctions by the UNSC that adds pressure", breaks=VETO),
    Question("us_measure", "A new US law or order that adds pressure?", "binary", "us_law", "un_sanctions", 1993,
             partial(measure, body="US"), "a row of un_sanctions by the US that adds pressure"),
    Question("inspectors", "Inspectors on the ground?", "binary", "inspectors", "verification", 1990, inspectors,
             "a period of verification with inspectors, more than a visit, reaches into the year"),
    Question("china_share", "China’s share of trade?", "quantity", "trade", "china_trade_share", 1995, china_share,
             "china_trade_share, without the South", "share", "per cent",
             breaks="trade with Russia is only partly in the figures"),
    Question("growth", "Growth on the first release?", "quantity", "economy", "gdp", 1990, growth,
             "gdp, real growth on its first release", "plain", "per cent", breaks=RUSSIA),
    Question("shrinks", "A shrinking economy?", "binary", "economy", "gdp", 1990, shrinks,
             "growth on its first release is below 0", breaks=RUSSIA),
    Question("theft", "Gross theft of crypto-assets?", "quantity", "theft", "illicit_revenue", 2016, theft,
             "illicit_revenue, the yearly estimate of crypto_theft", "log", "million US$"),
    Question("theft_above", "Crypto theft of {} million dollars or more?", "binary", "theft", "illicit_revenue", 2016,
             theft_above, "the yearly estimate reaches the threshold", threshold="fc_theft_usd_m"),
    Question("large_hack", "A single hack of {} million dollars or more?", "binary", "theft", "cyber_incidents", 2015,
             large_hack, "a row of cyber_incidents, not contested, reaches the threshold", threshold="fc_hack_usd_m"),
    Question("army_share", "Military share of his appearances?", "quantity", "court", "leadership_economy", 2012,
             army_share, "leadership_economy, military share", "share", "per cent"),
)
QUESTIONS = {q.id: q for q in _LISTED}


def threshold(question):
    """The question's threshold as the register has it now; NaN for a question without one."""
    return evidence.central(question.threshold) if question.threshold else np.nan


def words(question, least=None):
    """The question in words, with a threshold (by default the register's)."""
    return question.words.format(f"{threshold(question) if least is None else least:,.0f}")


def kept_to(tables):
    """The day, month or year to which all of `tables` (names joined by semicolons) are kept; None when one is gone."""
    tables = tables.split(";")
    return min(str(evidence.coverage(name)["to"]) for name in tables) if set(tables) <= set(evidence.names()) else None


def last_covered(tables):
    """The last year that `tables` cover to its end; None when one of them is gone."""
    end = kept_to(tables)
    if end is None:
        return None
    return int(end[:4]) if end[4:] in ("", "-12", "-12-31") else int(end[:4]) - 1


def outcome(question, year, least=None):
    """(status, value): resolved with its value, open while the year is not covered in full, void without its table."""
    last = last_covered(question.table)
    if last is None:
        return "void", np.nan
    if year > last:
        return "open", np.nan
    least = threshold(question) if least is None else least
    value = question.value(year, least) if question.threshold else question.value(year)
    return ("open", np.nan) if value is None else ("resolved", float(value))


def history(name, last):
    """The question's past by year up to `last` (int): a Series of floats, years without a figure left out."""
    return _history(name, last, str(evidence.DATA))


@lru_cache
def _history(name, last, data):
    question = QUESTIONS[name]
    found = {year: outcome(question, year) for year in range(question.since, last + 1)}
    return pd.Series({year: value for year, (status, value) in found.items() if status == "resolved"}, dtype=float)


def forget():
    """Drop what is remembered of the tables, for a process in which they change."""
    for cache in (_history, _backtest, evidence._table):
        cache.cache_clear()


# ------------------------------------------------------------------------------------------------ the models


def discount(years, last, half_life):
    """Weights ½^((last − year)/half-life)."""
    return 0.5 ** ((last - np.asarray(years, float)) / half_life)


def beta_posterior(past, half_life, prior=0.5):
    """(a, b) of the yearly chance: Beta(prior, prior) and the discounted yeses and noes."""
    w = discount(past.index, past.index[-1], half_life)
    return prior + float(w @ past.to_numpy()), prior + float(w @ (1 - past.to_numpy()))


def markov_posterior(past, half_life, prior=0.5):
    """Beta parameters of P(yes | no) and P(yes | yes) from discounted transitions: ((a, b), (a, b))."""
    now, after = past.to_numpy()[:-1], past.to_numpy()[1:]
    w = discount(past.index[1:], past.index[-1], half_life)
    return tuple(
        (prior + w[(now == s) & (after == 1)].sum(), prior + w[(now == s) & (after == 0)].sum()) for s in (0, 1)
    )


def beta_nodes(a, b, n=12):
    """Gauss–Jacobi nodes and weights of Beta(a, b): exact for polynomials up to degree 2n − 1."""
    x, w = roots_jacobi(n, b - 1, a - 1)
    return (1 + x) / 2, w / w.sum()


def chain(start, up, stay, lead):
    """P(yes) `lead` steps after the state `start` (0 or 1), with P(yes | no) = up and P(yes | yes) = stay."""
    p = np.full(np.broadcast(up, stay).shape, float(start))
    for _ in range(lead):
        p = p * stay + (1 - p) * up
    return p


def binary_forecast(past, lead=LEAD, until=None):
    """(p in the year, p of any yes from that year to `until` years after the data): pool of two simple models.

    The beta-binomial ignores order, the Markov chain knows only the last year; both discount the past, and the chance
    of any yes integrates the uncertain rates: 1 − E[(1 − θ)ⁿ], not 1 − (1 − E θ)ⁿ. Both are polynomials in beta
    variables, so the quadrature is exact.
    """
    half_life = evidence.central("fc_half_life_binary")
    a, b = beta_posterior(past, half_life)
    n = (until or lead) - lead + 1
    steady = a / (a + b), 1 - np.exp(betaln(a, b + n) - betaln(a, b))
    (up, w_up), (stay, w_stay) = (beta_nodes(*law) for law in markov_posterior(past, half_life))
    p = chain(past.iloc[-1], up[:, None], stay[None, :], lead)
    never = (1 - p) * (1 - up[:, None]) ** (n - 1)
    return (steady[0] + w_up @ p @ w_stay) / 2, (steady[1] + 1 - w_up @ never @ w_stay) / 2


def chance_range(past, lead=LEAD, low=0.1, high=0.9, n=40):
    """How uncertain the yearly chance itself is: quantiles of the pool of the two posteriors, (low, high)."""
    half_life, u = evidence.central("fc_half_life_binary"), (np.arange(n) + 0.5) / n
    steady = beta_law.ppf((np.arange(n * n) + 0.5) / n**2, *beta_posterior(past, half_life))
    up, stay = (beta_law.ppf(u, *law) for law in markov_posterior(past, half_life))
    both = np.concatenate([steady, chain(past.iloc[-1], up[:, None], stay[None, :], lead).ravel()])
    return tuple(np.quantile(both, [low, high]))


SIZES = np.geomspace(0.3, 30, 25)


def negbin_log(y, mean, size):
    """log P(y) of a negative binomial with mean and size."""
    return (
        gammaln(y + size)
        - gammaln(size)
        - gammaln(y + 1)
        + size * np.log(size / (size + mean))
        + y * np.log(mean / (size + mean))
    )


def count_forecast(past, lead=LEAD):
    """P(0), P(1), … of a negative binomial: discounted mean, size weighted by how well it foretold the past."""
    half_life = evidence.central("fc_half_life_count")
    y, years = past.to_numpy(), past.index.to_numpy()

    def mean(k):
        w = discount(years[:k], years[k - 1], half_life)
        return (0.5 + w @ y[:k]) / (0.5 + w.sum())

    log = np.zeros(len(SIZES))
    for k in range(3, len(y) - lead + 1):
        log += negbin_log(y[k + lead - 1], mean(k), SIZES)
    weight = np.exp(log - log.max())
    support = np.arange(0, 400)
    p = np.exp(negbin_log(support[:, None], mean(len(y)), SIZES[None, :])) @ (weight / weight.sum())
    return p / p.sum()


def to_scale(x, scale):
    """Values on the scale on which they move: logit of a per cent share, log(1 + x), or as they are."""
    x = np.asarray(x, float)
    if scale == "share":
        share = np.clip(x / 100, 0.001, 0.999)
        return np.log(share / (1 - share))
    return np.log1p(x) if scale == "log" else x


def from_scale(x, scale):
    """Back from `to_scale`."""
    return 100 / (1 + np.exp(-x)) if scale == "share" else np.expm1(x) if scale == "log" else x


U = (np.arange(200) + 0.5) / 200


def quantity_forecast(past, scale, lead=LEAD):
    """400 equally likely values: half from a random walk, half from a discounted mean, both with Student's tails."""
    half_life = evidence.central("fc_half_life_quantity")
    x, years = to_scale(past.to_numpy(), scale), past.index.to_numpy()
    w = discount(years, years[-1], half_life)
    free = max(w.sum() ** 2 / (w**2).sum() - 1, 2.0)
    step = np.diff(x) / np.sqrt(np.diff(years))
    spread = np.sqrt(np.average(step**2, weights=w[1:]) * lead)
    centre = np.average(x, weights=w)
    wide = np.sqrt(np.average((x - centre) ** 2, weights=w) * (1 + 1 / max(w.sum(), 1)))
    walk, mean = x[-1] + spread * student.ppf(U, free), centre + max(wide, 1e-6) * student.ppf(U, free)
    return np.sort(from_scale(np.concatenate([walk, mean]), scale))


def naive(question, past, lead=LEAD):
    """The naive forecasters: climatology (all years alike), persistence (as last year), coin (binary only).

    Probabilities for binary questions, equally likely values for the others; coin is None where it has no meaning.
    """
    y = past.to_numpy()
    if question.kind == "binary":
        p = evidence.central("fc_persistence")
        return {"climatology": (y.sum() + 0.5) / (len(y) + 1), "persistence": p if y[-1] else 1 - p, "coin": 0.5}
    scale = question.scale or "log"
    x = to_scale(y, scale)
    moves = x[lead:] - x[:-lead] if len(x) > lead else np.zeros(1)
    walk = from_scale(x[-1] + np.concatenate([moves, -moves]), scale)
    return {
        "climatology": np.sort(y),
        "persistence": np.sort(np.maximum(walk, 0) if question.kind == "count" else walk),
        "coin": None,
    }


def sample_of(p):
    """Equally likely values from a distribution over counts."""
    return np.searchsorted(np.cumsum(p), U)


def forecast(question, past, lead=LEAD, until=None):
    """All forecasters: dict model, climatology, persistence, coin, and p_any (binary)."""
    out = naive(question, past, lead)
    if question.kind == "binary":
        out["model"], out["p_any"] = binary_forecast(past, lead, until)
    elif question.kind == "count":
        out["model"] = sample_of(count_forecast(past, lead))
    else:
        out["model"] = quantity_forecast(past, question.scale, lead)
    return out


# ------------------------------------------------------------------------------------------------ scores


def log_score(p, y):
    """−log of the probability given to what happened (Good 1952); p is kept within 0.005 of certainty."""
    p = np.clip(p, 0.005, 0.995)
    return float(-np.log(p if y else 1 - p))


def brier(p, y):
    """(p − y)² (Brier 1950)."""
    return float((p - y) ** 2)


def crps(sample, y):
    """Continuous ranked probability score of equally likely values, E|X − y| − ½ E|X − X'| (Gneiting, Raftery 2007)."""
    x = np.sort(np.asarray(sample, float))
    n = len(x)
    spread = 2 * (np.arange(1, n + 1) * x).sum() / n**2 - (n + 1) / n**2 * x.sum()
    return float(np.abs(x - y).mean() - spread)


def quantile_score(quantiles, y, levels=TAIL):
    """Twice the mean pinball loss of issued quantiles, the CRPS as far as these quantiles know it."""
    gap = y - np.asarray(quantiles, float)
    levels = np.asarray(levels)
    return float(2 * np.mean(np.maximum(levels * gap, (levels - 1) * gap)))


def score_one(question, said, y):
    """{forecaster: score}: log score for binary questions, CRPS on the question's scale otherwise; NaN without one."""
    out = {}
    for who in SCORED:
        if said[who] is None:
            out[who] = np.nan
        elif question.kind == "binary":
            out[who] = log_score(said[who], y)
        else:
            scale = question.scale or "log"
            out[who] = crps(to_scale(said[who], scale), to_scale(y, scale))
    return out


# ------------------------------------------------------------------------------------------------ the back-test

MIN_HISTORY = 6


def backtest(last, first=2005, lead=LEAD):
    """Every forecast that could have been made: at each origin only the data up to it are used.

    Columns: question, kind, family, origin, target, outcome, p (binary), and score_… of model and naive forecasters,
    brier_… for binary questions.
    """
    return _backtest(last, first, lead, str(evidence.DATA)).copy()


@lru_cache
def _backtest(last, first, lead, data):
    rows = []
    for question in QUESTIONS.values():
        past = history(question.id, last)
        for target in [int(y) for y in past.index if y >= first]:
            known = past[past.index <= target - lead]
            if len(known) < MIN_HISTORY:
                continue
            said, y = forecast(question, known, target - int(known.index[-1])), past[target]
            row = dict(
                question=question.id,
                kind=question.kind,
                family=question.family,
                origin=target - lead,
                target=target,
                outcome=y,
                p=said["model"] if question.kind == "binary" else np.nan,
            )
            row |= {f"score_{who}": s for who, s in score_one(question, said, y).items()}
            if question.kind == "binary":
                row |= {f"brier_{who}": brier(said[who], y) for who in SCORED}
            rows.append(row)
    return pd.DataFrame(rows)


def clustered(gain, cluster):
    """Mean of `gain` and its standard error when all of a cluster share their surprises: (mean, se)."""
    residual = (gain - gain.mean()).groupby(cluster).sum()
    m = len(residual)
    return gain.mean(), np.sqrt((residual**2).sum() * m / max(m - 1, 1)) / len(gain)


def skill(frame, by=None, measure="score"):
    """Mean scores and the model's mean gain over each naive forecaster with a standard error clustered by year.

    One row a group (`by`: a column, or None for all): group, n, years, mean_model, and for each naive forecaster
    mean_…, gain_…, se_…; a gain above 0 says that the model did better.
    """
    rows = []
    for name, part in frame.groupby(by, sort=False) if by else [("all", frame)]:
        row = dict(group=name, n=len(part), years=part["target"].nunique(), mean_model=part[f"{measure}_model"].mean())
        for who in NAIVE:
            gain = (part[f"{measure}_{who}"] - part[f"{measure}_model"]).dropna()
            row[f"mean_{who}"] = part[f"{measure}_{who}"].mean()
            row[f"gain_{who}"], row[f"se_{who}"] = (
                clustered(gain, part.loc[gain.index, "target"]) if len(gain) else (np.nan, np.nan)
            )
        rows.append(row)
    return pd.DataFrame(rows)


def without_duplicates(frame):
    """One question a family (the first binary one listed), so that n is not inflated by what moves together."""
    first = {}
    for question in sorted(QUESTIONS.values(), key=lambda q: q.kind != "binary"):
        first.setdefault(question.family, question.id)
    return frame[frame["question"].isin(first.values())]


def calibration(frame, edges=(0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)):
    """Binary forecasts by their probability: p (mean), share (of yeses), low, high (90 per cent, Beta(½, ½)), n."""
    binary = frame[frame["kind"] == "binary"]
    rows = []
    for low, high in zip(edges, edges[1:], strict=False):
        part = binary[(binary["p"] >= low) & ((binary["p"] < high) | (high == edges[-1]))]
        if len(part):
            k, n = part["outcome"].sum(), len(part)
            ends = beta_law.ppf([0.05, 0.95], k + 0.5, n - k + 0.5)
            rows.append(dict(p=part["p"].mean(), share=k / n, low=ends[0], high=ends[1], n=n))
    return pd.DataFrame(rows)


def beaten_by(question, frame):
    """The naive forecasters that scored better than the model on a question's back-test: a list."""
    part = frame[frame["question"] == question]
    return [
        who
        for who in NAIVE
        if part[f"score_{who}"].notna().any() and part[f"score_{who}"].mean() < part["score_model"].mean()
    ]


# ------------------------------------------------------------------------------------------------ by reading


def odds(p, ratio):
    """The probability whose odds are `ratio` times those of p."""
    return p * ratio / (1 - p + p * ratio)


def by_reading(question, p):
    """What each Kim would do: {reading: (low, central, high)} from the odds ratios in the register; {} without any."""
    register, out = evidence.assumptions(), {}
    for reading in READINGS:
        name = f"fc_or_{question.id}_{reading}"
        if name in register.index:
            ends = register.loc[name, ["low", "central", "high"]].astype(float).to_numpy()
            out[reading] = tuple(odds(p, ends))
    return out


def telling(rows):
    """The issued yes-or-no forecasts on which the readings differ, one a family: a part of `rows`.

    Of questions that move together the one nearer to even odds is kept: it is expected to tell more.
    """
    rows = rows[rows["dealer_central"].notna()]
    rows = rows.assign(even=(rows["p"] - 0.5).abs()).sort_values("even", kind="stable")
    return rows.drop_duplicates("family").drop(columns="even").sort_index()


def log_ratios(rows):
    """By question and answer: log10 of the likelihood ratio of the deal-seeker against each other reading.

    Columns question, words, answer (yes, no), against, low, central, high, chance (of that answer). The ends take
    both readings' odds at the ends that make the ratio smallest and largest.
    """
    out = []
    for row in rows[rows["dealer_central"].notna()].to_dict("records"):
        for answer in ("yes", "no"):
            p = {(r, e): row[f"{r}_{e}"] if answer == "yes" else 1 - row[f"{r}_{e}"]
                 for r in READINGS for e in ("low", "central", "high")}
            for other in READINGS[:2]:
                ends = [np.log10(p["dealer", a] / p[other, b]) for a, b in
                        (("low", "high"), ("central", "central"), ("high", "low"))]
                low, central, high = sorted(ends) if answer == "yes" else sorted(ends)
                out.append(dict(question=row["question"], words=row["words"], answer=answer, against=other, low=low,
                                central=central, high=high, chance=row["p"] if answer == "yes" else 1 - row["p"]))
    return pd.DataFrame(out)


def teaching(rows, column="p", n=1024, seed=12):
    """What the answers to all telling questions are expected to teach, from equal beliefs.

    Odds ratios are drawn from the register (a balanced net of n draws), independently of one another; given a
    reading, answers are independent. Returns one row a draw: bits (expected fall in entropy) and, for each reading
    if it is the true one, the expected belief in it (belief_…) and the chance that it comes out ahead (ahead_…).
    """
    rows, register = telling(rows), evidence.assumptions()
    wanted = [f"fc_or_{q}_{r}" for q in rows["question"] for r in READINGS]
    drawn, _ = sampling.draw(register.loc[wanted], n, seed)
    ratio = np.stack([np.broadcast_to(drawn[name], n) for name in wanted], 1).reshape(n, len(rows), 3)
    p = odds(rows[column].to_numpy()[None, :, None], ratio)
    answers = (np.arange(2 ** len(rows))[:, None] >> np.arange(len(rows))) & 1
    like = np.ones((n, len(answers), 3))
    for k in range(len(rows)):
        yes = (answers[:, k] == 1)[None, :, None]
        like *= np.where(yes, p[:, None, k], 1 - p[:, None, k])
    after = like / like.sum(2, keepdims=True)
    entropy = -(after * np.log2(after)).sum(2)
    out = {"bits": np.log2(3) - (like.mean(2) * entropy).sum(1)}
    for k, reading in enumerate(READINGS):
        out[f"belief_{reading}"] = (like[:, :, k] * after[:, :, k]).sum(1)
        out[f"ahead_{reading}"] = (like[:, :, k] * (after.argmax(2) == k)).sum(1)
    return pd.DataFrame(out)


# ------------------------------------------------------------------------------------------------ the ledger

COLUMNS = (
    "id", "question", "words", "kind", "family", "table", "rule", "threshold", "issued_on", "data_to", "lead",
    "resolves_by", "model", "parameters", "p", "q10", "q50", "q90", "p_any_to_2030", *NAIVE,
    *(f"{who}_q{q}" for who in NAIVE[:2] for q in (10, 90)),
    *(f"{reading}_{end}" for reading in READINGS for end in ("low", "central", "high")),
    "backtest_n", *(f"backtest_{who}" for who in SCORED), "beaten_by", "breaks", "note", "seal",
)
RESOLVED = (
    "id", "part", "question", "year", "status", "value", "resolved_on", "source_row", "vintage", "measure",
    *(f"score_{who}" for who in SCORED), "note",
)
CSV = dict(index=False, float_format="%.4g", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def last_complete():
    """The last year that at least half of the questions' tables cover in full."""
    ends = sorted(end for q in QUESTIONS.values() if (end := last_covered(q.table)) is not None)
    return ends[(len(ends) - 1) // 2]


def due(data_to, issued_on):
    """The year to forecast: LEAD years after the data, and never one that has begun on the day of issue (ISO)."""
    return max(data_to + LEAD, datetime.date.fromisoformat(issued_on).year + 1)


def ledger(target=None, issued_on=None):
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
            id=f"{question.id}_{target}_{issued_on}", question=question.id, words=words(question), kind=question.kind,
            family=question.family, table=question.table, rule=question.rule, threshold=threshold(question),
            issued_on=issued_on, data_to=int(past.index[-1]), lead=lead, resolves_by=f"{target}-12-31",
            model=HEADLINE[question.kind], parameters=_parameters(question.kind),
        )
        if question.kind == "binary":
            row |= dict(p=said["model"], p_any_to_2030=said["p_any"] if target <= END else np.nan)
            row |= {who: said[who] for who in NAIVE}
            for reading, values in by_reading(question, said["model"]).items():
                row |= {f"{reading}_{end}": v for end, v in zip(("low", "central", "high"), values, strict=True)}
        else:
            row |= {f"q{100 * q:.0f}": np.quantile(said["model"], q) for q in TAIL}
            for who in NAIVE[:2]:
                row |= {f"{who}_q10": np.quantile(said[who], 0.1), who: np.median(said[who]),
                        f"{who}_q90": np.quantile(said[who], 0.9)}
        row |= dict(backtest_n=len(part))
        row |= {f"backtest_{who}": part[f"score_{who}"].mean() for who in SCORED}
        rows.append(row | dict(beaten_by=";".join(beaten_by(question.id, tested)), breaks=question.breaks))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _parameters(kind):
    return f"half-life {evidence.central(f'fc_half_life_{kind}'):g} years"


def seals(frame, before=""):
    """The seal of each row: 12 hex digits of SHA-256 over the seal before it and the row's own text."""
    out = []
    for line in frame.drop(columns="seal").to_csv(header=False, **CSV).splitlines():
        before = hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()[:12]
        out.append(before)
    return out


def issued():
    """All forecasts ever issued, oldest first. Raises EvidenceError naming the row whose seal does not fit."""
    rows = evidence.table("forecasts")
    for k, (has, due_seal) in enumerate(zip(rows["seal"], seals(rows), strict=True)):
        if has != due_seal:
            text = f"must be {due_seal}: this row, or one before it, was changed after it was issued"
            raise evidence.EvidenceError(
                [evidence.Problem("forecasts.csv", k + 2, "seal", has, text, rows["id"].iloc[k])]
            )
    return rows


def _append(name, frame):
    """Append rows to a table of `data/`, leaving what stands there as it is; a header only where the file is new."""
    path = evidence.DATA / f"{name}.csv"
    text = frame.to_csv(header=not path.exists(), **CSV)
    with open(path, "a", encoding="utf-8", newline="") as file:
        file.write(text)
    forget()


def _known():
    """What has been issued so far; an empty frame before the first issue."""
    stands = (evidence.DATA / "forecasts.csv").exists()
    return issued() if stands else pd.DataFrame(columns=list(COLUMNS), dtype="str")


def issue(target=None, on=None):
    """Append new forecasts; returns them. Raises ValueError where the same data have forecast that year before."""
    rows, known = ledger(target, on), _known()
    old = known[known["question"].isin(rows["question"]) & known["resolves_by"].isin(rows["resolves_by"])]
    if len(old.merge(rows, on=["question", "data_to", "resolves_by"])):
        raise ValueError(f"{rows['resolves_by'].iloc[0][:4]} has been forecast from these data: {old['id'].iloc[0]}")
    rows["seal"] = seals(rows, known["seal"].iloc[-1] if len(known) else "")
    _append("forecasts", rows)
    return rows


def settled():
    """What became of the forecasts: the latest row of each forecast and part."""
    if not (evidence.DATA / "resolutions.csv").exists():
        return pd.DataFrame(columns=list(RESOLVED), dtype="str")
    return evidence.table("resolutions").drop_duplicates(["id", "part"], keep="last")


def _outcome(row, year, resolved_on):
    """(status, value) of an issued row's question in a year, by its own threshold; void when grace is over."""
    question = QUESTIONS.get(row["question"])
    if question is None:
        return "void", np.nan
    least = None if np.isnan(row["threshold"]) else row["threshold"]
    status, value = outcome(question._replace(table=row["table"]), year, least)
    late = datetime.date.fromisoformat(resolved_on).year > year + GRACE
    return ("void", np.nan) if status == "open" and late else (status, value)


def _any_outcome(row, year, resolved_on):
    """(status, value) of "any of the year forecast to END", as far as `year`: a yes settles it early."""
    first = int(row["resolves_by"][:4])
    found = [_outcome(row, y, resolved_on) for y in range(first, min(year, END) + 1)]
    if any(value == 1 for _, value in found):
        return "resolved", 1.0
    if any(status == "void" for status, _ in found):
        return "void", np.nan
    complete = year >= END and all(status == "resolved" for status, _ in found)
    return ("resolved", 0.0) if complete else ("open", np.nan)


def row_scores(row, part, value):
    """{forecaster: score} of an issued row, from what the row says alone.

    Log score for yes or no, the quantile score on the question's scale for the rest. Over several years climatology
    and coin repeat their yearly chance, persistence stays with its answer.
    """
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


def resolve(forecasts, year, resolved_on, old=None):
    """Rows of resolutions for what is due by the end of `year` and not settled in `old`: the columns RESOLVED.

    part: year (the year forecast) or any (from it to END); status resolved, open or void; measure log or quantile.
    A part that stands as open already is not written again.
    """
    old = settled() if old is None else old
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
                id=row["id"], part=part, question=row["question"], year=int(row["resolves_by"][:4]), status=status,
                value=value, resolved_on=resolved_on,
                source_row=f"{row['table']} {row['resolves_by'][:4]}" + (f"-{END}" if part == "any" else ""),
                vintage=kept_to(row["table"]) or "",
                measure="log" if row["kind"] == "binary" else "quantile",
                note={"open": "its table has no full year yet", "void": "its table is gone, or has fallen silent",
                      "resolved": ""}[status],
            )
            if settled_now:
                out |= {f"score_{who}": s for who, s in row_scores(row, part, value).items()}
            rows.append(out)
    return pd.DataFrame(rows, columns=list(RESOLVED))


def score(year, on=None):
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


def standing():
    """How the ledger stands: a dict with forecasts, asked (parts with an answer due), resolved, open, void, and the
    mean score of each forecaster over the resolved yes-or-no parts."""
    rows, now = issued(), settled()
    parts = len(rows) + int(rows["p_any_to_2030"].notna().sum())
    count = now["status"].value_counts()
    out = dict(forecasts=len(rows), parts=parts, resolved=int(count.get("resolved", 0)), void=int(count.get("void", 0)))
    out["open"] = parts - out["resolved"] - out["void"]
    part = now[(now["status"] == "resolved") & (now["measure"] == "log")]
    return out | {who: part[f"score_{who}"].astype(float).mean() for who in SCORED}


def replay(data_to, lead=LEAD):
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
            row["inside"] = row["q10"] <= y <= row["q90"]
        rows.append(row | {f"score_{who}": s for who, s in score_one(question, said, y).items()})
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------ command line


def _table(rows):
    """Resolutions as the text that the command prints: what was asked, what came, and all scores."""
    shown = rows[["id", "part", "status", "value", *(f"score_{who}" for who in SCORED)]]
    return shown.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.3g}")


def _say(rows, fresh):
    """What `score` did, in words."""
    count = rows["status"].value_counts()
    lines = [_table(rows)] if len(rows) else ["nothing new is due"]
    lines.append(", ".join(f"{count.get(s, 0)} {s}" for s in ("resolved", "open", "void")))
    done = rows[(rows["status"] == "resolved") & (rows["measure"] == "log")]
    if len(done):
        means = ", ".join(f"{who} {done[f'score_{who}'].astype(float).mean():.3f}" for who in SCORED)
        lines.append(f"mean log score of {len(done)} answers, smaller is better: {means}")
    where = f" for {fresh['resolves_by'].iloc[0][:4]}" if len(fresh) else ""
    return "\n".join([*lines, f"{len(fresh)} new forecasts{where}"])


def main(arguments):
    """The command line; returns the exit code: 0 done, 1 refused with a reason."""
    on, words_ = None, list(arguments)
    try:
        if "--on" in words_:
            k = words_.index("--on")
            on = datetime.date.fromisoformat(words_[k + 1]).isoformat()
            del words_[k : k + 2]
        if words_[:1] not in (["issue"], ["score"]) or len(words_) > 2 or words_ == ["score"]:
            raise IndexError
        year = int(words_[1]) if len(words_) == 2 else None
        if words_[0] == "issue":
            rows = issue(year, on)
            print(f"{len(rows)} forecasts issued for {rows['resolves_by'].iloc[0][:4]}")
        else:
            print(_say(*score(year, on)))
    except IndexError:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


# ------------------------------------------------------------------------------------------------ what is said


def label(question_words):
    """A question as a row's name: without its mark."""
    return question_words.rstrip("?")


def inner(question_words):
    """A question as a phrase inside a sentence: without its mark, and small where it begins."""
    name = label(question_words)
    return name if name.startswith("China") else name[0].lower() + name[1:]


def latest():
    """The forecasts of the newest issue."""
    rows = issued()
    return rows[rows["issued_on"] == rows["issued_on"].max()].reset_index(drop=True)


def year_of(rows):
    """The year that an issue forecasts."""
    return int(rows["resolves_by"].iloc[0][:4])


def staked(rows):
    """The yes-or-no forecasts, surest yes first, with an 80 per cent range of the yearly chance itself: low, high."""
    frame = rows[rows["kind"] == "binary"].copy()
    ends = [chance_range(history(q, int(d)), int(k)) for q, d, k in
            zip(frame["question"], frame["data_to"], frame["lead"], strict=True)]
    frame["low"], frame["high"] = zip(*ends, strict=True)
    frame["name"] = frame["words"].map(label)
    return frame.sort_values("p", ascending=False, ignore_index=True)[
        ["question", "name", "p", "low", "high", "p_any_to_2030", "climatology", "persistence", "breaks"]]


def staked_finding(rows):
    """The surest yes and no of an issue, and how many chances are not sure; a sentence without its full stop."""
    frame = staked(rows)
    top, last = frame.iloc[0], frame.iloc[-1]
    unsure = int(frame["p"].between(0.2, 0.8).sum())
    above = int((frame["p"] > 0.5).sum())
    likelier = {0: "none is", 1: "one is", 2: "two are", 3: "three are"}.get(above, f"{above} are")
    return (
        f"Of {len(frame)} things that could happen in {year_of(rows)}, {likelier} more likely than not; the chances "
        f"run from {last['p']:.0%} ({inner(last['name'])}) to {top['p']:.0%} ({inner(top['name'])}), and {unsure} "
        "of them lie between a fifth and four fifths"
    )


def staked_heading(rows):
    """How many things are more likely than not, as a heading."""
    frame = staked(rows)
    above = int((frame["p"] > 0.5).sum())
    number = ("None", "One", "Two", "Three", "Four", "Five")[above] if above < 6 else f"{above}"
    return f"{number} of {len(frame)} things {'is' if above == 1 else 'are'} more likely than not"


def skill_heading(frame):
    """The models against the coin since 2012, as a heading."""
    row = frame[(frame["group"] == "All since 2012") & (frame["naive"] == "coin")].iloc[0]
    return {"beat": "Since 2012 the models beat a coin", "lose to": "Since 2012 a coin beats the models",
            "cannot be told from": "Since 2012 the models cannot be told from a coin"}[row["verdict"]]


def ledger_heading(stand):
    """How the ledger stands, as a heading."""
    return f"{stand['resolved']} answers are in, {stand['open']} are open, {stand['void']} void"


def standing_words(stand):
    """What the answers so far say of the models, or when the first are due."""
    if np.isnan(stand["model"]):
        first = issued()["resolves_by"].min()
        return f"No yes or no has been answered; the first are due at the end of {first[:4]}"
    names = {"model": "the models", **NAMES}
    order = sorted(SCORED, key=lambda who: stand[who])
    return "Mean log scores so far, the best first: " + ", ".join(f"{names[who]} {stand[who]:.2f}" for who in order)


def any_words(rows):
    """The question whose chance grows most when any year to END counts, in words."""
    frame = staked(rows).dropna(subset="p_any_to_2030")
    if not len(frame):
        return f"none: {year_of(rows)} lies beyond {END}"
    row = frame.loc[(frame["p_any_to_2030"] - frame["p"]).idxmax()]
    once = 1 - (1 - row["p"]) ** (END - year_of(rows) + 1)
    return (
        f"{inner(row['name'])}, {row['p']:.0%} for {year_of(rows)} and {row['p_any_to_2030']:.0%} for any year to "
        f"{END}, where independent years at that chance would give {once:.0%}"
    )


PERIODS = {"2005–2011": (2005, 2011), "2012–2018": (2012, 2018), "2019 and after": (2019, 2100)}


def skill_frame(tested):
    """Gain in log score over each naive forecaster, yes-or-no questions.

    One row a group and forecaster: group, naive, gain, low, high (90 per cent, Student's t with a cluster a year), n,
    years, verdict (beat, cannot be told from, lose to).
    """
    binary = tested[tested["kind"] == "binary"]
    groups = {"All since 2005": binary, "One question a family": without_duplicates(binary),
              "All since 2012": binary[binary["target"] >= 2012]}
    groups |= {name: binary[binary["target"].between(*span)] for name, span in PERIODS.items()}
    rows = []
    for name, part in groups.items():
        row = skill(part).iloc[0]
        for who in NAIVE:
            half = student.ppf(0.95, row["years"] - 1) * row[f"se_{who}"]
            gain = row[f"gain_{who}"]
            verdict = "beat" if gain - half > 0 else "lose to" if gain + half < 0 else "cannot be told from"
            rows.append(dict(group=name, naive=who, gain=gain, low=gain - half, high=gain + half, n=row["n"],
                             years=row["years"], verdict=verdict))
    return pd.DataFrame(rows)


NAMES = {"climatology": "the average of the record", "persistence": "last year’s answer", "coin": "a coin"}


def skill_finding(frame, group="All since 2012"):
    """The models against the three naive forecasters, in words by the sign and the interval of the gain."""
    rows = frame[frame["group"] == group]
    parts = []
    for verdict in ("beat", "cannot be told from", "lose to"):
        who = [NAMES[n] for n in rows.loc[rows["verdict"] == verdict, "naive"]]
        if who:
            parts.append(f"{verdict} " + " and ".join(who))
    when = group[0].lower() + group[1:] if group.startswith(("All", "One")) else group
    when = {"all since 2012": "Since 2012", "all since 2005": "Since 2005"}.get(when, f"In {when}")
    return f"{when} the models " + (" and ".join(parts) if len(parts) < 3 else f"{parts[0]}, {parts[1]} and {parts[2]}")


def quantity_words(tested):
    """On how many counts and quantities the model's CRPS is below that of each naive forecaster, in words."""
    rows = tested[tested["kind"] != "binary"].groupby("question")[[f"score_{who}" for who in SCORED]].mean()
    won = {who: int((rows["score_model"] < rows[f"score_{who}"]).sum()) for who in ("climatology", "persistence")}
    return (f"Of {len(rows)} counts and quantities the model did better than the average of the record on "
            f"{won['climatology']}, and better than no change on {won['persistence']}")


def brier_words(tested):
    """Mean squared errors of all forecasters since 2012 on yes-or-no questions, in words."""
    part = tested[(tested["kind"] == "binary") & (tested["target"] >= 2012)]
    names = {"model": "the models", **NAMES}
    means = {names[who]: part[f"brier_{who}"].mean() for who in SCORED}
    return "since 2012 " + ", ".join(f"{name} {value:.2f}" for name, value in sorted(means.items(), key=lambda x: x[1]))


def calibration_finding(tested):
    """Whether the models were too sure of their surest noes and yeses; a sentence without its full stop."""
    binary, said = tested[tested["kind"] == "binary"], []
    surest = {"under 10 per cent": binary[binary["p"] < 0.1], "over 70 per cent": binary[binary["p"] > 0.7]}
    for name, part in surest.items():
        if not len(part):
            continue
        k, n, p = part["outcome"].sum(), len(part), part["p"].mean()
        low, high = beta_law.ppf([0.05, 0.95], k + 0.5, n - k + 0.5)
        verdict = ("as often as said, within the error" if low <= p <= high else
                   "more often than said" if p < low else "less often than said")
        said.append(f"of {n} forecasts {name} (mean {p:.0%}), {k / n:.0%} came, {verdict}")
    text = "; ".join(said)
    return capital(text)


def fan_frame(rows):
    """History and forecast of counts and quantities. Columns: question, name, unit, year, value (history) or low,
    median, high, climatology, persistence (the forecast's year)."""
    out = []
    for row in rows[rows["kind"] != "binary"].to_dict("records"):
        question, past = QUESTIONS[row["question"]], history(row["question"], int(row["data_to"]))
        base = dict(question=question.id, name=FAN[question.id], unit=question.unit)
        out += [base | dict(year=y, value=v) for y, v in past.items()]
        out.append(base | dict(year=int(row["resolves_by"][:4]), low=row["q10"], median=row["q50"], high=row["q90"],
                               climatology=row["climatology"], persistence=row["persistence"]))
    return pd.DataFrame(out)


FAN = {"launch_days": "Launch days", "china_share": "China’s share of trade", "growth": "Growth, first release",
       "theft": "Theft of crypto-assets", "army_share": "Military share of appearances"}
FAN_INSIDE = {"launch_days": "launch days", "china_share": "China’s share of trade", "growth": "growth",
              "theft": "the theft of crypto-assets", "army_share": "the military share of his appearances"}


def fan_finding(rows):
    """The widest and the narrowest of the ranges by the share of past years inside; a sentence without full stop."""
    share = {}
    for row in rows[rows["kind"] != "binary"].to_dict("records"):
        past = history(row["question"], int(row["data_to"]))
        share[row["question"]] = (past.between(row["q10"], row["q90"]).mean(), row)
    wide, narrow = (pick(share, key=lambda q: share[q][0]) for pick in (max, min))
    (a, wide_row), (b, narrow_row) = share[wide], share[narrow]
    said = {q: f"{row['q10']:,.0f} to {row['q90']:,.0f} {QUESTIONS[q].unit}" for q, row in
            ((wide, wide_row), (narrow, narrow_row))}
    return (
        f"The widest stake by its own past is that on {FAN_INSIDE[wide]}, {said[wide]}, which holds {a:.0%} of the "
        f"years on record; the narrowest that on {FAN_INSIDE[narrow]}, {said[narrow]}, which holds {b:.0%}"
    )


def replay_frame(data_to=2016, leads=(1, 2)):
    """The yes-or-no forecasts from data to a past year for the years after, with what came."""
    frame = pd.concat([replay(data_to, lead) for lead in leads], ignore_index=True)
    frame = frame[frame["kind"] == "binary"]
    frame["name"] = frame["words"].map(label)
    return frame[["question", "name", "year", "p", "outcome", "score_model", "score_climatology", "score_coin"]]


def replay_finding(frame):
    """What a past issue thought of the turn of 2018, and whether it scored better than a coin in each year."""
    turn = frame[(frame["year"] == 2018) & frame["question"].isin(("leaders_meet", "korean_summit", "drills_cut"))]
    verdicts = []
    for year, part in frame.groupby("year"):
        gain = part["score_coin"].mean() - part["score_model"].mean()
        verdicts.append(f"{'better' if gain > 0 else 'worse'} than a coin for {year}")
    return (
        f"With data to {frame['year'].min() - 1} the models gave the summits and the cut exercises of 2018 chances of "
        f"{turn['p'].min():.0%} to {turn['p'].max():.0%}, and over all questions did " + " and ".join(verdicts)
    )


def kims_finding(ratios):
    """The answer that would tell most about the deal-seeker, and how likely it is; a sentence without its full stop."""
    size = ratios.assign(size=ratios["central"].abs())
    row = size.loc[size["size"].idxmax()]
    way = "for" if row["central"] > 0 else "against"
    dull = ratios[ratios["answer"] == "no"]["central"].abs().max()
    return (
        f"A {row['answer']} to “{inner(row['words'])}” would tell most: {10 ** row['size']:.1f} to 1 {way} the "
        f"deal-seeker and {'against' if way == 'for' else 'for'} the {charts.LABELS[row['against']].lower()} Kim, at a "
        f"chance of {row['chance']:.0%}; no answer of no moves these odds by more than {10 ** dull:.1f} to 1"
    )


def teach_frame(rows, n=1024, seed=12):
    """Belief in the true reading after all telling answers, from equal beliefs: one row a reading and horizon.

    Five quantiles over the drawn odds ratios (q2 … q98), their mean, the chance that the truth comes out ahead, bits,
    and what luck in the answers alone does at central odds (lucky_low, lucky_high: 10th and 90th percentile).
    """
    out, horizons = [], {"p": f"{year_of(rows)}", "p_any_to_2030": f"any year to {END}"}
    for column, horizon in horizons.items():
        if rows[column].isna().all():
            continue
        learnt = teaching(rows, column, n, seed)
        luck = _luck(rows, column)
        for k, reading in enumerate(READINGS):
            belief = learnt[f"belief_{reading}"]
            row = dict(horizon=horizon, reading=reading, mean=belief.mean(), ahead=learnt[f"ahead_{reading}"].mean(),
                       bits=learnt["bits"].mean())
            row |= dict(zip(("q2", "q25", "q50", "q75", "q98"), np.quantile(belief, [0.025, 0.25, 0.5, 0.75, 0.975]),
                            strict=True))
            out.append(row | dict(lucky_low=luck[k][0], lucky_high=luck[k][1]))
    return pd.DataFrame(out)


def _luck(rows, column):
    """For each reading, the 10th and 90th percentile of the belief in it over its answers, at the central odds."""
    rows, register = telling(rows), evidence.assumptions()["central"]
    ratio = np.array([[register[f"fc_or_{q}_{r}"] for r in READINGS] for q in rows["question"]])
    p = odds(rows[column].to_numpy()[:, None], ratio)
    answers = (np.arange(2 ** len(rows))[:, None] >> np.arange(len(rows))) & 1
    like = np.where(answers[:, :, None] == 1, p, 1 - p).prod(1)
    after, out = like / like.sum(1, keepdims=True), []
    for k in range(len(READINGS)):
        order = np.argsort(after[:, k])
        total = np.cumsum(like[order, k])
        out.append(tuple(after[order[np.searchsorted(total, q)], k] for q in (0.1, 0.9)))
    return out


def teach_finding(frame):
    """How far a year's answers would move an even-handed reader towards the truth; a sentence without its full stop."""
    rows = frame[frame["horizon"] == frame["horizon"].iloc[0]]
    best, least = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    who = {"irrational": "the irrational Kim", "narrow": "the narrowly rational Kim", "dealer": "the deal-seeker"}
    return (
        f"All answers of {best['horizon']} together would move a reader with even beliefs from {1 / 3:.0%} to "
        f"{best['mean']:.0%} if {who[best['reading']]} is the true one, and to {least['mean']:.0%} if "
        f"{who[least['reading']]} is"
    )


def rare_words(ratios):
    """Whether the answers that tell most are the rare ones: by the rank correlation of telling and chance."""
    tells = ratios.assign(size=ratios["central"].abs()).groupby(["question", "answer"])[["size", "chance"]].max()
    rank = tells.rank().corr().loc["size", "chance"]
    return f"The answers that would tell most are {'the rare' if rank < 0 else 'not the rare'} ones"


def quiet_words(ratios):
    """How far a no moves the odds between the deal-seeker and another reading, in words."""
    most = 10 ** ratios[ratios["answer"] == "no"]["central"].abs().max()
    return f"a no to any one of them moves the odds by at most {most:.1f} to 1"


def top_answers(ratios, k=2):
    """The answers that speak most for the deal-seeker against either other reading, in words."""
    rows = ratios.sort_values("central", ascending=False).drop_duplicates(["question", "answer"]).head(k)
    return " and ".join(f"a {row['answer']} to “{inner(row['words'])}”" for row in rows.to_dict("records"))


def watching_words(learnt):
    """What watching for a year is worth, by the share of the bits that it is expected to give."""
    share = learnt["bits"].iloc[0] / np.log2(3)
    kind = "a poor" if share < 0.25 else "a fair" if share < 0.5 else "a good"
    return f"Watching for a year is {kind} way to learn what he wants: it is expected to give {share:.0%} of the answer"


def coin_words(frame):
    """What extrapolation has been worth against a coin since 2012."""
    row = frame[(frame["group"] == "All since 2012") & (frame["naive"] == "coin")].iloc[0]
    return {"beat": "an advantage over a coin", "lose to": "worse than a coin",
            "cannot be told from": "no advantage over a coin that can be told"}[row["verdict"]]


def odds_words():
    """How many odds by reading the register has, and how many of their ranges include no difference."""
    rows = evidence.assumptions()
    rows = rows[rows.index.str.startswith("fc_or_")]
    even = int(((rows["low"] <= 1) & (rows["high"] >= 1)).sum())
    return f"{len(rows)} rows of the register, of which {even} have ranges that include, or end at, no difference"


def chance_of(frame, question, year):
    """The chance that a replayed issue gave to a question in a year, as text."""
    return f"{frame[(frame['question'] == question) & (frame['year'] == year)]['p'].iloc[0]:.0%}"


def launches_words():
    """What launch days to come are expected to teach beside the answers, from the stored futures of the readings."""
    from bargain import readings  # late: the chapter on the record is a large module

    bits = readings.expected_information().set_index("scenario")["bits"]
    return f"{max(bits['no talks'], 0):.2f} bits without talks and {bits['talks all year']:.2f} with talks all the time"


def finding(rows, frame, learnt):
    """The chapter's finding: what is staked, what the back-test says of it, and what the answers can teach."""
    coin = frame[(frame["group"] == "All since 2012") & (frame["naive"] == "coin")]["verdict"].iloc[0]
    worth = {"beat": "have done better than a coin since 2012", "lose to": "have done worse than a coin since 2012",
             "cannot be told from": "cannot be told from a coin since 2012"}[coin]
    bits = learnt["bits"].iloc[0]
    return (
        f"For {year_of(rows)} this report stakes {len(rows)} answers, by models that {worth}. All together they are "
        f"expected to teach {bits:.2f} of the {np.log2(3):.2f} bits that separate the three Kims"
    )


def day_words(day):
    """An ISO date as text: 24 November 2026."""
    date = datetime.date.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"


def rules_table(rows):
    """The questions for print: chance or range, forecasts in the back-test, who beat the model, what it misses."""
    out = []
    for row in rows.to_dict("records"):
        said = (f"{row['p']:.0%}" if row["kind"] == "binary"
                else f"{row['q50']:,.0f} ({row['q10']:,.0f} to {row['q90']:,.0f})".replace("-", "−"))
        later = "" if np.isnan(row["p_any_to_2030"]) else f"{row['p_any_to_2030']:.0%}"
        text = lambda x: "" if x is None or x != x else str(x).replace(";", ", ")  # noqa: E731
        out.append({"Question": row["words"], f"{year_of(rows)}": said, f"Any to {END}": later,
                    "Tested on": row["backtest_n"], "Beaten there by": text(row["beaten_by"])})
    return pd.DataFrame(out)


def breaks_table(rows):
    """What no model of repetition knows, and the questions that it touches."""
    rows = rows[rows["breaks"].notna()]
    named = rows.groupby("breaks", sort=False)["words"].agg(lambda w: "; ".join(label(x) for x in w))
    return pd.DataFrame({"What has broken": [capital(b) for b in named.index], "Questions": named.to_list()})


def losing(rows):
    """How many of an issue's forecasts a naive forecaster beat in the back-test: (count, of, names)."""
    lost = rows[rows["beaten_by"].notna()]
    return len(lost), len(rows), [inner(w) for w in lost["words"]]


DIPLOMACY = ("leaders_meet", "us_meeting", "korean_summit", "inspectors", "drills_cut")


def never(tested, p=0.05):
    """Mean log scores over the diplomatic questions: (who always says `p`, the model, n), the case for "never"."""
    rows = tested[tested["question"].isin(DIPLOMACY)]
    said = np.mean([log_score(p, y) for y in rows["outcome"]])
    return said, rows["score_model"].mean(), len(rows)


def never_words(tested, p=0.05):
    """Whether the forecaster who says no to all diplomacy did better than the models, since 2005 and lately."""
    parts = []
    for when, rows in (("since 2005", tested), ("since 2020", tested[tested["target"] >= 2020])):
        his, ours, n = never(rows, p)
        parts.append(f"{when} it scores {his:.2f} over {n} answers against our {ours:.2f} and "
                     f"{'wins' if his < ours else 'loses'}")
    return "; ".join(parts)


# ------------------------------------------------------------------------------------------------ how it is drawn


def _rows(t, narrow, names, left=262):
    """The y encoding of named rows, the offset of marks, and a layer of names for the phone."""
    y = alt.Y("name:N", sort=list(names), title=None, axis=None if narrow else alt.Axis(
        labelLimit=left, labelPadding=8, minExtent=left - 10, maxExtent=left - 10))
    return y, (8 if narrow else 0)


def draw_staked(t, narrow, frame):
    """Chances of an issue: dot and band, with the average of the record, last year's answer and any year to END."""
    y, drop = _rows(t, narrow, frame["name"])
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True)
    x = lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis, title=None)  # noqa: E731
    base = alt.Chart(frame)
    layers = [
        base.mark_bar(color=t["data"], opacity=0.3, height=11, yOffset=drop).encode(x("low"), x2="high:Q", y=y),
        base.mark_tick(color=t["accent"], thickness=2, height=15, orient="vertical", yOffset=drop).encode(
            x("climatology"), y=y),
        base.mark_text(text="×", color=t["ink2"], fontSize=18, yOffset=drop).encode(x("persistence"), y=y),
        base.mark_point(shape="diamond", filled=False, color=t["ink2"], size=62, yOffset=drop).encode(
            x("p_any_to_2030"), y=y),
        base.mark_point(color=t["ink"], size=62, yOffset=drop).encode(x("p"), y=y),
    ]
    if narrow:
        layers.append(charts.label(frame.assign(at=0), t, "name:N", "ink", dy=-9, x=x("at"), y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 12 if narrow else 262),
                                         height=(36 if narrow else 25) * len(frame))


def draw_fan(t, narrow, frame):
    """Counts and quantities: the past as a line, the forecast as a range with its median, naive values as marks."""
    panels, columns = [], 1 if narrow else 3
    for _, part in frame.groupby("question", sort=False):
        log = QUESTIONS[part["question"].iloc[0]].scale == "log"
        first, last = int(part["year"].min()), int(part["year"].max())
        x = alt.X("year:Q", title=None, scale=alt.Scale(domain=[first, last + 2], nice=False),
                  axis=alt.Axis(format="d", values=[first, (first + last) // 2, last]))
        scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
        yaxis = alt.Axis(values=[1, 10, 100, 1000, 10000], format=",d", minExtent=40) if log else alt.Axis(
            tickCount=4, minExtent=40)
        y = lambda column, scale=scale, yaxis=yaxis, part=part: alt.Y(  # noqa: E731
            f"{column}:Q", scale=scale, axis=yaxis, title=part["unit"].iloc[0])
        past, ahead = part[part["value"].notna()], part[part["median"].notna()]
        link = pd.DataFrame({"year": [past["year"].iloc[-1], last], "value": [past["value"].iloc[-1],
                                                                              ahead["median"].iloc[0]]})
        base = alt.Chart(ahead).encode(x=x)
        zero = [alt.Chart(pd.DataFrame({"value": [0]})).mark_rule(color=t["ink"]).encode(y=y("value"))]
        panels.append(alt.layer(
            *(zero if part["question"].iloc[0] == "growth" else []),
            alt.Chart(past).mark_line(color=t["ink2"], strokeWidth=1.6).encode(x, y("value")),
            alt.Chart(link).mark_line(color=t["ink3"], strokeDash=[2, 3], strokeWidth=1.2).encode(x, y("value")),
            base.mark_rule(color=t["data"], strokeWidth=8, opacity=0.45, strokeCap="butt").encode(
                y("low"), y2="high:Q"),
            base.mark_tick(color=t["accent"], thickness=2, width=15, orient="horizontal").encode(y("climatology")),
            base.mark_text(text="×", color=t["ink2"], fontSize=18).encode(y=y("persistence")),
            base.mark_point(color=t["ink"], size=50).encode(y("median")),
        ).properties(width=charts.size(narrow, 48) if narrow else 156, height=118, title=part["name"].iloc[0]))
    return alt.concat(*panels, columns=columns, spacing={"row": 26, "column": 26})


def draw_skill(t, narrow, frame):
    """Gains over the three naive forecasters by group: interval and dot, right of zero where the models are better."""
    groups, panels = list(dict.fromkeys(frame["group"])), []
    low, high = min(frame["low"].min(), 0), max(frame["high"].max(), 0)
    scale = alt.Scale(domain=[np.floor(low * 5) / 5, np.ceil(high * 5) / 5], nice=False)
    for k, who in enumerate(NAIVE):
        rows = frame[frame["naive"] == who]
        step = 0.2 if narrow else 0.4
        ticks = np.arange(np.ceil(scale.domain[0] / step), np.floor(scale.domain[1] / step) + 1) * step
        axis = alt.Axis(values=[round(v, 1) for v in ticks], grid=True, format=".1f")
        y = alt.Y("group:N", sort=groups, title=None,
                  axis=alt.Axis(labels=narrow or k == 0, minExtent=132 if narrow or k == 0 else 0, labelLimit=150))
        zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(
            alt.X("v:Q", scale=scale, axis=axis, title=None))
        dots = charts.ranges(rows, t, "low", "high", "gain", vertical=False, width=6, y=y,
                             x=dict(scale=scale, axis=axis, title=None))
        panels.append(alt.layer(zero, dots).properties(
            width=charts.size(narrow, 140) if narrow else 144, height=25 * len(groups),
            title=capital(NAMES[who])))
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=16)


def draw_calibration(t, narrow, table):
    """How often yes came against the chance given, with the line on which both are equal."""
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    line = alt.Chart(pd.DataFrame({"p": [0, 1], "share": [0, 1]})).mark_line(color=t["ink3"], strokeWidth=1).encode(
        alt.X("p:Q", scale=scale, axis=axis), alt.Y("share:Q", scale=scale))
    x = alt.X("p:Q", scale=scale, axis=axis, title="Chance given, mean of the bin")
    dots = charts.ranges(table, t, "low", "high", "share", x=x,
                         y=dict(scale=scale, axis=axis, title="Share in which yes came"))
    shown = table.assign(text=table["n"].map(lambda n: f"n = {n}"))
    names = []  # on the side away from the line
    above = shown["share"] >= shown["p"]
    for rows, column, dy in ((shown[above], "high", -9), (shown[~above], "low", 10)):
        names.append(charts.label(rows, t, "text:N", "ink3", align="center", dy=dy, size=11, x=x,
                                  y=alt.Y(f"{column}:Q", scale=scale)))
    return alt.layer(line, dots, *names).properties(width=charts.size(narrow, 44), height=260 if narrow else 300)


def draw_replay(t, narrow, frame):
    """Chances given by a past issue, filled where the thing happened, open where it did not; a panel a year."""
    order = list(frame.groupby("name")["p"].mean().sort_values(ascending=False).index)
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", values=[0, 0.5, 1], grid=True)
    x = alt.X("p:Q", scale=scale, axis=axis, title=None)
    color = alt.condition("datum.outcome === 1", alt.value(t["accent"]), alt.value(t["paper"]))
    stroke = alt.condition("datum.outcome === 1", alt.value(t["accent"]), alt.value(t["ink2"]))
    panels = []
    for k, (year, part) in enumerate(frame.groupby("year")):
        y, drop = _rows(t, narrow, order)
        if k and not narrow:
            y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labels=False))
        base = alt.Chart(part)
        layers = [
            base.mark_rule(color=t["rule"], yOffset=drop).encode(
                alt.X("zero:Q", scale=scale, axis=axis, title=None), x2="p:Q", y=y).transform_calculate(zero="0"),
            base.mark_point(size=70, strokeWidth=1.6, yOffset=drop).encode(x, y=y, fill=color, stroke=stroke),
        ]
        if narrow:
            layers.append(charts.label(part.assign(at=0), t, "name:N", "ink", dy=-9,
                                       x=alt.X("at:Q", scale=scale), y=y))
        width = charts.size(narrow, 12) if narrow else (charts.WIDE - 262 - 30) / 2
        panels.append(alt.layer(*layers).properties(width=width, height=(34 if narrow else 24) * len(order),
                                                    title=f"{year}"))
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def draw_kims(t, narrow, ratios):
    """Likelihood ratio of the deal-seeker against each other reading, by question: if yes and if no."""
    frame = ratios.assign(name=[f"{label(w)}" for w in ratios["words"]],
                          **{e: 10 ** ratios[e] for e in ("low", "central", "high")})
    spread = frame[frame["answer"] == "yes"].groupby("name")["central"].max().sort_values(ascending=False)
    ends = [min(0.25, 0.9 * frame["low"].min()), max(12, 1.1 * frame["high"].max())]
    scale = alt.Scale(type="log", domain=ends, nice=False)
    axis = alt.Axis(values=[0.25, 0.5, 1, 2, 4, 8], labelExpr="datum.value < 1 ? '1/' + 1/datum.value : datum.value",
                    grid=True)
    x = lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis, title=None)  # noqa: E731
    panels = []
    for k, answer in enumerate(("yes", "no")):
        y, drop = _rows(t, narrow, spread.index)
        if k and not narrow:
            y = alt.Y("name:N", sort=list(spread.index), title=None, axis=alt.Axis(labels=False))
        part, layers = frame[frame["answer"] == answer], []
        layers.append(alt.Chart(part.assign(one=1)).mark_tick(
            color=t["ink"], thickness=1.2, height=30, orient="vertical", yOffset=drop).encode(x("one"), y=y))
        for other, shift in zip(READINGS[:2], (-5, 5), strict=True):
            base = alt.Chart(part[part["against"] == other])
            layers += [
                base.mark_rule(color=t[other], strokeWidth=5, opacity=0.45, strokeCap="butt",
                               yOffset=drop + shift).encode(x("low"), x2="high:Q", y=y),
                base.mark_point(color=t[other], shape=charts.SHAPE[other], size=48, yOffset=drop + shift).encode(
                    x("central"), y=y)]
        if narrow:
            names = part[part["against"] == READINGS[0]].assign(at=ends[0])
            layers.append(charts.label(names, t, "name:N", "ink", dy=-13, x=x("at"), y=y))
        width = charts.size(narrow, 12) if narrow else (charts.WIDE - 262 - 30) / 2
        panels.append(alt.layer(*layers).properties(width=width, height=(46 if narrow else 34) * len(spread),
                                                    title=f"If the answer is {answer}"))
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def draw_teach(t, narrow, frame):
    """Belief in the true reading after the answers: strips over the drawn odds, a hairline for luck in the answers."""
    names = charts.LABELS
    frame = frame.assign(name=[f"{names[r]}, {h}" for r, h in zip(frame["reading"], frame["horizon"], strict=True)])
    y, drop = _rows(t, narrow, frame["name"], 210)
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True)
    x = lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis, title=None)  # noqa: E731
    even = alt.Chart(frame.assign(even=1 / 3))
    layers = [even.mark_tick(color=t["ink"], thickness=1.4, height=24, orient="vertical", yOffset=drop).encode(
        x("even"), y=y)]
    for reading in READINGS:
        base = alt.Chart(frame[frame["reading"] == reading])
        layers.append(base.mark_rule(color=t[reading], strokeWidth=1.2, yOffset=drop).encode(
            x("lucky_low"), x2="lucky_high:Q", y=y))
        for low, high, opacity in (("q2", "q98", 0.25), ("q25", "q75", 0.45)):
            layers.append(base.mark_bar(color=t[reading], opacity=opacity, height=13, yOffset=drop).encode(
                x(low), x2=f"{high}:Q", y=y))
        layers.append(base.mark_point(color=t[reading], shape=charts.SHAPE[reading], size=62, yOffset=drop).encode(
            x("mean"), y=y))
    if narrow:
        layers.append(charts.label(frame.assign(at=0), t, "name:N", "ink", dy=-10, x=x("at"), y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 12 if narrow else 210),
                                         height=(40 if narrow else 32) * len(frame))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
