"""Chapter 12: rules, models against closed forms, proper scores, no leak, and a ledger that only grows."""

import csv
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln
from scipy.stats import beta, nbinom, norm, poisson
from scipy.stats import t as student

from bargain import evidence, terms
from bargain import forecasts as f
from bargain.forecasts import backtests, kims, predictive, questions, register, scores
from bargain.forecasts.__main__ import main

TABLES = sorted({name for q in f.QUESTIONS.values() for name in q.table.split(";")})
chance = st.floats(0.02, 0.98)
answers = st.lists(st.integers(0, 1), min_size=6, max_size=40)


def series(values, last=2025):
    return pd.Series(np.asarray(values, float), index=range(last + 1 - len(values), last + 1))


# ------------------------------------------------------------------------------------------------ a copy of the data


class Copy:
    """A copy of `data/`, its ledger whole or of the first issue alone, to which years can be added."""

    def __init__(self, folder, whole=False):
        self.folder = folder
        shutil.copytree(evidence.ROOT / "data", folder)
        if whole:
            return
        for name in ("forecasts", "resolutions"):
            lines = (folder / f"{name}.csv").read_text("utf-8").splitlines(keepends=True)
            (folder / f"{name}.csv").write_text("".join(x for x in lines if "2026-11-29" not in x), "utf-8")
        for name in ("forecast_levels", "judgements"):
            (folder / f"{name}.csv").unlink()

        def another_past(package):  # with fewer rows than the report's, and columns that they leave empty
            for resource in package["resources"]:
                resource.pop("rows", None)
                for field in resource["schema"]["fields"]:
                    field["empty"] = True

        self.package(another_past)

    def rows(self, name):
        with open(self.folder / f"{name}.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, name, rows):
        with open(self.folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def package(self, change):
        path = self.folder / "datapackage.json"
        package = json.loads(path.read_text("utf-8"))
        change(package)
        path.write_text(json.dumps(package, ensure_ascii=False), "utf-8")

    def add_year(self, year, without=()):
        """Cover `year` in every table of the questions: quiet events, and yearly figures as in the year before."""
        for name in set(TABLES) - set(without):
            rows, span = self.rows(name), evidence.coverage(name)
            if span["by"] == "month":
                have = {r["month"] for r in rows}
                rows += [rows[-1] | {"month": m} for m in (f"{year}-{n:02d}" for n in range(1, 13)) if m not in have]
            elif name == "illicit_revenue":
                last = [r for r in rows if r["stream"] == "crypto_theft" and r["annual_estimate"] == "yes"][-1]
                rows.append(last | {"year": str(year)})
            elif span["by"] == "year":
                rows.append(rows[-1] | {"year": str(year)})
                if name == "gdp":
                    source = [r["first_release_source_id"] for r in rows if r["first_release_source_id"]][-1]
                    rows[-1] |= {"real_growth_pct_first_release": "1.5", "first_release_source_id": source}
            self.write(name, rows)
            if span["by"] in ("event", "selection"):

                def raise_end(package, name=name):
                    covers = next(r for r in package["resources"] if r["name"] == name)["coverage"]
                    covers["kept_to"] = f"{year}-12-31"
                    covers.pop("found_to", None)

                self.package(raise_end)

    def set(self, name, low, central, high):
        """Change one assumption."""
        rows = self.rows("assumptions")
        row = next(r for r in rows if r["id"] == name)
        row |= {"low": str(low), "central": str(central), "high": str(high)}
        row |= {"distribution": "fixed"} if low == high else {}
        self.write("assumptions", rows)

    def drop(self, name):
        """Take a table out of the package, and what other tables say of it."""

        def without(package):
            package["resources"] = [r for r in package["resources"] if r["name"] != name]
            for resource in package["resources"]:
                schema = resource["schema"]
                schema["foreignKeys"] = [k for k in schema.get("foreignKeys", []) if k["reference"]["resource"] != name]

        self.package(without)

    def fly(self, day, kind):
        rows = self.rows("missile_tests")
        new = rows[-1] | {"id": f"L{len(rows) + 1}", "date": day, "date_kst": day, "time_utc": "", "range_class": kind}
        self.write("missile_tests", rows + [new | {"kst_basis": "day" if rows[-1]["kst_basis"] == "day" else "source"}])

    def use(self, monkeypatch):
        """Point the loader at the copy, under a new name: what is kept of it as it was stands under the old one."""
        self.folder = self.folder.rename(self.folder.with_name(self.folder.name + "+"))
        monkeypatch.setattr(evidence, "DATA", self.folder)

    def bytes(self, name):
        return (self.folder / f"{name}.csv").read_bytes()


@pytest.fixture(scope="module")
def tested():
    """The back-test of the report's data, made once."""
    return f.backtest(2025)


@pytest.fixture
def copy(tmp_path, monkeypatch, tested):
    """A copy whose new forecasts are issued beside the report's back-test: one of its own costs most of an issue."""
    monkeypatch.setattr(register, "backtest", lambda last, lead: tested)
    return Copy(tmp_path / "data")


@pytest.fixture
def whole(tmp_path):
    return Copy(tmp_path / "data", whole=True)


# ------------------------------------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    "name, year, value",
    [
        ("icbm", 2017, 1),
        ("icbm", 2018, 0),
        ("icbm", 2022, 1),
        ("nuclear_test", 2016, 1),
        ("nuclear_test", 2018, 0),
        ("satellite", 2016, 1),
        ("satellite", 2023, 1),
        ("satellite", 2024, 1),
        ("satellite", 2017, 0),
        ("leaders_meet", 2018, 1),
        ("leaders_meet", 2019, 1),
        ("leaders_meet", 2020, 0),
        ("korean_summit", 2000, 1),
        ("korean_summit", 2018, 1),
        ("korean_summit", 2019, 0),
        ("un_sanctions", 2017, 1),
        ("un_sanctions", 2024, 0),
        ("inspectors", 2008, 1),
        ("inspectors", 2012, 0),
        ("launch_days", 2018, 0),
        ("quiet_quarter", 2018, 1),
        ("busy", 2022, 1),
        ("growth", 2024, 3.7),
        ("shrinks", 2020, 1),
        ("theft_above", 2025, 1),
        ("drills_cut", 2018, 1),
        ("us_meeting", 2019, 1),
        ("us_meeting", 2022, 0),
    ],
)
def test_rules_give_the_record(name, year, value):
    """Events that any chronology lists resolve as they happened."""
    assert f.outcome(f.QUESTIONS[name], year) == ("resolved", value)


def test_histories_lie_within_what_their_tables_cover():
    for q in f.QUESTIONS.values():
        first = q.table.split(";")[0]  # launch days before the first nuclear test were launches
        assert q.since >= int(str(evidence.coverage(first)["from"])[:4]), q.id
        past = f.history(q.id, 2025)
        assert past.index[-1] == 2025 and len(past) >= f.MIN_HISTORY, q.id
        assert q.kind != "binary" or set(past) <= {0, 1}, q.id


def test_questions_are_well_formed():
    assert 15 <= len(f.QUESTIONS) <= 20
    for q in f.QUESTIONS.values():
        assert q.kind in f.HEADLINE and q.rule and f.words(q).endswith("?") and "{" not in f.words(q)
        assert (q.scale in ("share", "log", "plain")) == (q.kind == "quantity"), q.id
    assert f.words(f.QUESTIONS["busy"], 20) == "At least 20 launch days?"


def test_a_year_that_is_not_covered_is_open_never_no():
    for q in f.QUESTIONS.values():
        assert f.outcome(q, f.last_covered(q.table) + 1)[0] == "open", q.id
    assert f.outcome(f.QUESTIONS["theft"], 2026)[0] == "open"  # rows of part of the year are no yearly figure
    assert f.outcome(f.QUESTIONS["icbm"]._replace(table="nowhere"), 2020)[0] == "void"


def test_a_question_over_two_tables_waits_for_both(copy, monkeypatch):
    copy.add_year(2026, without=("nuclear_tests",))
    copy.use(monkeypatch)
    assert f.outcome(f.QUESTIONS["icbm"], 2026)[0] == "resolved"  # launches alone
    assert f.outcome(f.QUESTIONS["launch_days"], 2026)[0] == "open"
    copy.drop("nuclear_tests")
    copy.use(monkeypatch)
    assert f.outcome(f.QUESTIONS["busy"], 2020)[0] == "void"


@pytest.fixture
def planted_tables(monkeypatch):
    """planted_tables(name=rows, …): the tables that the rules then read."""

    def plant(**tables):
        frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
        monkeypatch.setattr(evidence, "table", lambda name: frames[name])
        questions.by_year.cache_clear()

    yield plant
    questions.by_year.cache_clear()


def test_rules_on_planted_rows(planted_tables):
    """Each rule at its edge: a threshold met exactly, a row that is not of the kind asked for, a year beside."""
    days = ["2020-02-01", "2020-02-01", "2020-05-01", "2020-08-01", "2021-11-01"]
    kinds = dict(range_class=["SRBM", "IRBM", "Unknown", "SRBM", "SLV"], launch_site=["a", "a", "b", "a", "sohae"])
    planted_tables(missile_tests=dict(date_kst=days, **kinds), nuclear_tests=dict(date_kst=["2020-09-03"]))
    assert questions.launch_days(2020) == 4 and questions.launch_days(2021) == 1 and questions.launch_days(2019) == 0
    assert (questions.busy(2020, 4), questions.busy(2020, 5)) == (1, 0)
    assert questions.quiet_quarter(2020) == 1  # nothing from October on
    assert questions.flight(2020, "IRBM") == 1 and questions.flight(2021, "IRBM") == 0
    assert questions.satellite(2020) == 0 and questions.satellite(2021) == 1
    assert questions.nuclear_test(2020) == 1 and questions.nuclear_test(2021) == 0
    full = days + ["2020-12-31"]
    rows = dict(date_kst=full, range_class=["SRBM"] * 5 + ["Unknown"], launch_site=["a"] * 5 + ["sohae"])
    planted_tables(missile_tests=rows, nuclear_tests=dict(date_kst=["2020-09-03"]))
    assert questions.quiet_quarter(2020) == 0 and questions.satellite(2020) == 1


def test_rules_of_diplomacy_on_planted_rows(planted_tables):
    met = dict(
        date=["2020-01-01", "2020-02-01", "2021-03-01"],
        kind=["summit", "talks", "summit"],
        parties=["KOR;PRK;USA", "PRK;USA", "CHN;PRK"],
    )
    planted_tables(
        negotiations=met,
        talks_by_month=dict(month=["2020-01", "2020-02", "2021-01"], meeting_in_month=[0, 1, 0]),
        un_sanctions=dict(
            date=["2020-01-01", "2020-02-01", "2021-01-01"], body=["US", "UNSC", "UNSC"], adds_pressure=[1, 0, 1]
        ),
        verification=dict(
            period_start=["2019-05-01", "2021-01-01"],
            period_end=["2020-01-31", "2022-01-01"],
            inspectors_present=["limited", "visit"],
        ),
        exercises=dict(
            start=["2020-03-01", "2021-03-01", "2022-03-01"],
            status=["scaled", "held", "cancelled"],
            reason=["diplomacy, cost", "diplomacy", "disease"],
        ),
    )
    assert questions.summit(2020, ("PRK", "USA")) == 1 and questions.summit(2021, ("PRK", "USA")) == 0
    assert questions.us_meeting(2020) == 1 and questions.us_meeting(2021) == 0
    assert [questions.measure(y, "UNSC") for y in (2020, 2021)] == [0, 1] and questions.measure(2020, "US") == 1
    assert [questions.inspectors(y) for y in (2018, 2019, 2020, 2021)] == [0, 1, 1, 0]
    assert [questions.drills_cut(y) for y in (2020, 2021, 2022)] == [1, 0, 0]


def test_rules_of_money_on_planted_rows(planted_tables):
    hacks = dict(
        date=["2020-01-01", "2021-01-01", "2022-01-01"],
        usd_m_taken=[100.0, 99.0, 500.0],
        attribution_status=["attributed", "reported", "contested"],
    )
    income = dict(
        year=[2020, 2020, 2021],
        stream=["crypto_theft", "labour", "crypto_theft"],
        annual_estimate=["yes", "yes", "no"],
        usd_m_central=[700.0, 9.0, 5.0],
    )
    gdp = dict(
        year=[2020, 2024, questions.FIRST_ISSUE + 1],
        real_growth_pct_first_release=[np.nan, 3.0, np.nan],
        real_growth_pct_current_vintage=[-4.5, 3.7, -1.0],
    )
    planted_tables(cyber_incidents=hacks, illicit_revenue=income, gdp=gdp)
    assert [questions.large_hack(y, 100) for y in (2020, 2021, 2022)] == [1, 0, 0]
    assert questions.theft(2020) == 700 and questions.theft(2021) is None and questions.theft_above(2021, 1) is None
    assert (questions.theft_above(2020, 700), questions.theft_above(2020, 701)) == (1, 0)
    assert questions.growth(2020) == -4.5 and questions.growth(2024) == 3.0  # the first release goes before
    assert questions.growth(questions.FIRST_ISSUE + 1) is None and questions.shrinks(questions.FIRST_ISSUE + 1) is None
    assert (questions.shrinks(2020), questions.shrinks(2024)) == (1, 0)


@pytest.mark.parametrize(
    "end, year", [("2026", 2026), ("2026-12", 2026), ("2026-12-31", 2026), ("2026-11", 2025), ("2026-12-30", 2025)]
)
def test_a_year_is_covered_to_its_last_day_or_not_at_all(monkeypatch, end, year):
    ends = {"gdp": end, "prices": "2030"}
    monkeypatch.setattr(evidence, "names", lambda: list(ends))
    monkeypatch.setattr(evidence, "coverage", lambda name: {"to": ends[name]})
    monkeypatch.setattr(evidence, "DATA", end)  # what is kept of the report's coverage is not of this one
    assert f.last_covered("gdp;prices") == f.last_covered("prices;gdp") == f.last_covered("gdp") == year
    assert f.last_covered("gdp;gone") is None and questions.kept_to("prices;gdp") == end


# ------------------------------------------------------------------------------------------------ models


def test_the_beta_posterior_is_the_closed_form_without_discount():
    past = series([0, 1, 1, 0, 1, 0, 0])
    assert f.beta_posterior(past, 1e9) == pytest.approx((3.5, 4.5))


@given(answers, st.floats(1, 30))
def test_discounted_counts_keep_their_weight(past, half_life):
    a, b = f.beta_posterior(series(past), half_life)
    total = sum(0.5 ** (k / half_life) for k in range(len(past)))
    assert a + b == pytest.approx(1 + total)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.5, 9), st.floats(0.5, 9), st.integers(1, 9))
def test_quadrature_gives_moments_of_the_beta(a, b, k):
    x, w = f.beta_nodes(a, b)
    assert w @ x**k == pytest.approx(beta.moment(k, a, b), abs=1e-9)
    assert w.sum() == pytest.approx(1)


@pytest.mark.parametrize("a, b", [(0.5, 0.5), (0.5 + 1e-16, 0.5 + 1e-16), (0.3, 0.7), (0.3, 0.7 + 2e-16)])
def test_quadrature_holds_where_its_recurrence_divides_by_nothing(a, b):
    x, w = f.beta_nodes(a, b)
    assert [w @ x**k for k in range(5)] == pytest.approx([beta.moment(k, a, b) if k else 1 for k in range(5)], abs=1e-8)


def test_the_pool_equals_numerical_integration():
    past, half_life = series([0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1]), evidence.central("fc_half_life_binary")
    a, b = f.beta_posterior(past, half_life)
    up, stay = (beta(*law) for law in f.markov_posterior(past, half_life))
    n, lead = 4, 2

    def mean(law, g):
        return quad(lambda x: g(x) * law.pdf(x), 0, 1)[0]

    # the state is yes at the end of the data: p = s² + (1 − s) u two years later
    steady = a / (a + b), mean(beta(a, b), lambda x: 1 - (1 - x) ** n)
    no = mean(stay, lambda s: 1 - s)
    p = mean(stay, lambda s: s * s) + no * up.mean()
    never = mean(stay, lambda s: 1 - s * s) * mean(up, lambda u: (1 - u) ** (n - 1))
    never -= no * mean(up, lambda u: u * (1 - u) ** (n - 1))
    expected = (steady[0] + p) / 2, (steady[1] + 1 - never) / 2
    assert f.binary_forecast(past, lead, lead + n - 1) == pytest.approx(expected, abs=2e-4)


@given(answers)
@settings(max_examples=60, deadline=None)
def test_any_of_several_years_integrates_the_rate(past):
    """P(any) lies between p and what independent years at the beta mean would give; a single year gives p itself."""
    past, half_life = series(past), evidence.central("fc_half_life_binary")
    p, p_any = f.binary_forecast(past, 2, 5)
    assert 0 < p < p_any < 1
    a, b = f.beta_posterior(past, half_life)
    _, steady = f.beta_posterior(past, half_life), 1 - np.exp(betaln(a, b + 4) - betaln(a, b))
    assert steady < 1 - (b / (a + b)) ** 4  # Jensen: an uncertain rate makes "any" less likely
    assert f.binary_forecast(past, 2, 2) == pytest.approx((p, p))


@given(answers)
@settings(max_examples=40, deadline=None)
def test_yes_and_no_are_treated_alike(past):
    past = series(past)
    assert f.binary_forecast(past)[0] == pytest.approx(1 - f.binary_forecast(1 - past)[0])


def test_the_chain_forgets_its_start():
    assert f.chain(1, 0.2, 0.7, 0) == 1 and f.chain(0, 0.2, 0.7, 1) == pytest.approx(0.2)
    assert f.chain(1, 0.2, 0.7, 200) == pytest.approx(0.2 / (0.2 + 0.3)) == pytest.approx(f.chain(0, 0.2, 0.7, 200))


def test_the_negative_binomial_is_that_of_the_books():
    y = np.arange(30)
    ours = f.negbin_log(y, 6.0, 2.5)
    assert ours == pytest.approx(nbinom.logpmf(y, 2.5, 2.5 / (2.5 + 6)))
    assert f.negbin_log(y, 6.0, 1e9) == pytest.approx(poisson.logpmf(y, 6), abs=1e-5)
    pmf = f.count_forecast(series([3, 4, 8, 12, 6, 9, 11]))
    assert pmf.sum() == pytest.approx(1) and (pmf >= 0).all()


def test_counts_learn_how_unruly_they_are():
    """A series that a Poisson process made gets a narrower forecast than one of the same level in bursts."""
    calm = f.sample_of(f.count_forecast(series([9, 11, 10, 10, 9, 11, 10, 10, 9, 11, 10, 10])))
    wild = f.sample_of(f.count_forecast(series([0, 20, 0, 20, 0, 20, 0, 20, 0, 20, 0, 20])))
    spread = [np.quantile(x, 0.9) - np.quantile(x, 0.1) for x in (calm, wild)]
    assert spread[1] > 1.5 * spread[0]


@given(st.lists(st.floats(1, 99), min_size=6, max_size=25))
@settings(max_examples=40, deadline=None)
def test_quantities_stay_on_their_scale(values):
    share = f.quantity_forecast(series(values), "share")
    assert (share >= 0).all() and (share <= 100).all() and (np.diff(share) >= 0).all()
    assert f.from_scale(f.to_scale(values, "share"), "share") == pytest.approx(np.array(values))
    assert f.from_scale(f.to_scale(values, "log"), "log") == pytest.approx(np.array(values))


def test_a_walk_widens_with_the_lead():
    past = series(np.cumsum([1.0, -1, 2, 1, -2, 1, 1, -1, 2, -1]))
    width = [np.quantile(x, 0.9) - np.quantile(x, 0.1) for x in (f.quantity_forecast(past, "plain", k) for k in (1, 4))]
    assert width[1] > width[0]


READ_OFF = [q for q in f.QUESTIONS.values() if q.of]


@pytest.mark.parametrize("question", READ_OFF, ids=[q.id for q in READ_OFF])
@pytest.mark.parametrize("last", [2012, 2019, 2025])
def test_a_threshold_is_read_off_the_distribution_of_its_quantity(question, last):
    past = f.history(question.id, last)
    if len(past) < 2:
        return
    said = f.forecast(question, past, 2, 5)
    values = f.forecast(f.QUESTIONS[question.of], f.history(question.of, last), 2)["model"]
    at = f.threshold(question) if question.threshold else 0
    share = np.mean(values < at) if question.side == "below" else np.mean(values >= at)
    assert said["model"] == pytest.approx(np.clip(share, 0.005, 0.995)) and said["model"] <= said["p_any"] < 1


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=60), st.floats(-60, 60))
def test_both_sides_of_a_threshold_make_a_whole(values, at):
    above, below = f.read_off(values, "at least", at), f.read_off(values, "below", at)
    assert 0.005 <= above <= 0.995 and above + below == pytest.approx(1)
    assert f.read_off(values, "below", at) <= f.read_off(values, "below", at + 1)


def test_every_question_that_asks_for_a_threshold_of_another_is_read_off_it():
    """The pairs of `make check` are those of the questions, and none that moves with a quantity is left out."""
    package = json.loads((evidence.DATA / "datapackage.json").read_text("utf-8"))
    pairs = {q.id: [q.of, q.side] for q in READ_OFF}
    for name in ("forecasts", "judgements"):
        rules = next(r for r in package["resources"] if r["name"] == name)["rules"]
        assert [r["pairs"] for r in rules if "read_off" in r] == [pairs], name
    for q in f.QUESTIONS.values():
        wholes = [w for w in f.QUESTIONS.values() if w.kind != "binary" and w.table == q.table and q.kind == "binary"]
        if wholes and q.id != "quiet_quarter":  # a quarter is no threshold of the year's count
            assert q.of == wholes[0].id, q.id


@pytest.mark.parametrize(
    "name, row, p",
    [
        ("forecasts", "theft_above_2027_2026-11-29", 0.4624),
        ("forecasts", "shrinks_2027_2026-11-29", 0.4262),
        ("forecasts", "busy_2027_2026-11-29", 0.1),
        ("judgements", "theft_above_2027_2026-11-29", 0.3),
        ("judgements", "shrinks_2027_2026-11-29", 0.05),
    ],
)
def test_a_threshold_that_contradicts_its_quantity_is_refused(whole, monkeypatch, name, row, p):
    """What the first issue staked could not be staked again: the check names file, line and column."""
    rows = whole.rows(name)
    at = next(k for k, r in enumerate(rows) if r["id"] == row)
    rows[at]["p"] = str(p)
    whole.write(name, rows)
    whole.use(monkeypatch)
    found = [x for x in evidence.problems(name, whole.folder) if "p" in x.column.split(", ")]
    assert [(x.file, x.line, x.key) for x in found] == [(f"{name}.csv", at + 2, row)]
    assert "must lie between" in str(found[0])


def test_a_distribution_that_is_not_that_of_the_row_is_refused(whole, monkeypatch):
    rows = whole.rows("forecast_levels")
    at = next(k for k, r in enumerate(rows) if r["id"].startswith("growth") and r["level"] == "0.5")
    rows[at]["value"] = "2.5"
    whole.write("forecast_levels", rows)
    whole.use(monkeypatch)
    assert any("q50" in x.column and "growth" in x.key for x in evidence.problems("forecasts", whole.folder))


# ------------------------------------------------------------------------------------------------ judged forecasts


def _judgement(**change):
    row = dict(id="icbm_2027_2026-11-24", known_to="2026-10-08", p=0.4, q10=np.nan, q50=np.nan, q90=np.nan)
    return pd.DataFrame([row | dict(reason="A new type has yet to fly.", source_id="ap_2024_veto") | change])


@pytest.mark.parametrize(
    "change, told",
    [
        (dict(id="icbm_2027_1999-01-01"), "icbm_2027_1999-01-01 is no issued forecast"),
        (dict(p=1.3), "p must be a chance"),
        (dict(p=np.nan), "p must be a chance"),
        (dict(id="growth_2027_2026-11-24", q10=3, q50=1, q90=4), "in order"),
        (dict(id="growth_2027_2026-11-24"), "in order"),
        (dict(reason=" "), "needs its reason"),
    ],
)
def test_a_bad_judgement_is_refused_and_nothing_is_written(copy, monkeypatch, change, told):
    copy.use(monkeypatch)
    with pytest.raises(ValueError, match=told):
        f.judge(_judgement(**change), "2026-11-24")
    assert not (copy.folder / "judgements.csv").exists()


def test_a_judgement_is_sealed_made_once_and_scored_apart(copy, monkeypatch, tmp_path, capsys):
    copy.add_year(2026)
    copy.add_year(2027)
    copy.fly("2027-03-03", "ICBM")
    copy.use(monkeypatch)
    plain = f.resolve(f.issued(), 2027, "2028-10-01").set_index(["id", "part"])
    both = pd.concat([_judgement(), _judgement(id="growth_2027_2026-11-24", p=np.nan, q10=0, q50=2, q90=4)])
    both.to_csv(tmp_path / "said.csv", index=False)
    assert main(["judge", str(tmp_path / "said.csv"), "--on", "2026-11-25"]) == 0
    assert "2 judged" in capsys.readouterr().out and not evidence.problems("judgements", copy.folder)
    with pytest.raises(ValueError, match="judged before"):
        f.judge(_judgement(), "2026-11-26")
    rows, _ = f.score(2027, "2028-10-01")
    got = rows.set_index(["id", "part"])
    assert got["score_model"].equals(plain["score_model"])  # the models' scores know nothing of it
    assert got.at[("icbm_2027_2026-11-24", "year"), "score_judged"] == pytest.approx(-np.log(0.4))
    assert got.at[("growth_2027_2026-11-24", "year"), "score_judged"] == pytest.approx(
        2 / 3 * (0.1 * 1.5 + 0.5 * 0.5 + 0.1 * 2.5)
    )
    assert got["score_judged"].notna().sum() == 2
    stand = f.standing()
    assert stand["judged_n"] == 1 and stand["judged"] == pytest.approx(-np.log(0.4), abs=1e-3)
    lines = copy.rows("judgements")
    lines[0]["p"] = "0.9"
    copy.write("judgements", lines)
    copy.use(monkeypatch)
    with pytest.raises(evidence.EvidenceError, match="judgements.csv, line 2"):
        f.judged()


def test_a_later_judgement_is_sealed_over_the_earlier_ones(copy, monkeypatch):
    copy.use(monkeypatch)
    f.judge(_judgement(), "2026-11-25")
    f.judge(_judgement(id="growth_2027_2026-11-24", p=np.nan, q10=0, q50=2, q90=4), "2026-11-26")
    rows = f.judged()  # which checks every seal over the one before it
    assert len(rows) == 2 and rows["seal"].nunique() == 2
    assert register.seals(rows) == rows["seal"].tolist() != register.seals(rows, "another")


def test_judged_quantiles_are_scored_on_the_scale_of_the_question():
    said = {"p": 0.2, "q10": 3.0, "q50": 7.0, "q90": 15.0}
    ids = {q.scale or "log": q.id for q in f.QUESTIONS.values() if q.kind != "binary"}
    assert {"log", "share"} <= set(ids)
    for scale, move in (("log", np.log1p), ("share", lambda x: np.log(x / (100 - x)))):
        gap = move(5.0) - np.array([move(said[c]) for c in ("q10", "q50", "q90")])
        want = 2 / 3 * sum(max(t * g, (t - 1) * g) for t, g in zip((0.1, 0.5, 0.9), gap, strict=True))
        row = {"kind": "quantity", "question": ids[scale]}
        assert register._judged_score(row, said, "year", 5.0) == pytest.approx(want)
        assert np.isnan(register._judged_score(row, said, "any", 5.0))
        assert np.isnan(register._judged_score(row, None, "year", 5.0))
    assert register._judged_score({"kind": "binary", "question": ""}, said, "year", 1) == pytest.approx(-np.log(0.2))


def test_the_tables_of_questions_say_source_deadline_and_who():
    """Two tables of one source are named once; the first table's keeper resolves; what is not foretold is empty."""
    row = {"words": "Does it?", "rule": "at_least one", "resolves_by": "2027-12-31", "kind": "binary", "p": 0.256}
    row |= {"climatology": 0.333, "persistence": 0.9}
    row |= {"table": "negotiations;talks_by_month", "p_any_to_2030": np.nan, "backtest_n": 9, "beaten_by": "coin;none"}
    amount = {"kind": "quantity", "q10": -1234.4, "q50": 2.5e4, "q90": 3e4, "p_any_to_2030": 0.5, "beaten_by": None}
    amount |= {"climatology": -7.0, "persistence": 1234.5}
    rows = pd.DataFrame([row, row | amount | {"words": "How much?", "table": "gdp;missile_tests"}])
    assert f.questions_table(rows).to_numpy().tolist() == [
        [
            "Does it?",
            "at\\_least one",
            "announcements of the parties, and the press",
            f"end of 2027; void after {2027 + f.GRACE}",
            "its keeper, who codes the event",
        ],
        [
            "How much?",
            "at\\_least one",
            "the Bank of Korea, each summer; CNS and NTI, and the Japanese ministry of defence",
            f"end of 2027; void after {2027 + f.GRACE}",
            "its keeper",
        ],
    ]
    assert f.questions_table(rows).columns.tolist() == [
        "Question",
        "Rule",
        "Source",
        "Deadline",
        "Who resolves it",
    ]
    got = f.rules_table(rows)
    assert got.columns.tolist() == ["Question", "2027", f"To {f.END}", "Record", "Last year", "Tests", "Beaten by"]
    assert got.to_numpy().tolist() == [
        ["Does it?", "26%", "", "33%", "90%", 9, "coin, none"],
        ["How much?", "25,000 (−1,234 to 30,000)", "50%", "−7", "1,234", 9, ""],
    ]


def test_every_forecast_of_the_newest_issue_has_a_judgement_with_its_reason():
    rows = f.latest()
    assert rows["judged"].notna().all() and rows["reason"].str.len().min() > 40
    assert (rows["known_to"] <= rows["issued_on"]).all()
    table = f.judged_table(rows)
    assert len(table) == len(f.QUESTIONS) and table["Reason"].str.contains(r"\[@\w+").all()


def test_the_page_prints_question_rule_source_deadline_and_who_resolves_it():
    rows = f.latest()
    table = f.questions_table(rows)
    assert list(table.columns) == ["Question", "Rule", "Source", "Deadline", "Who resolves it"]
    assert len(table) == len(rows) and (table.map(len) > 3).all().all()
    assert table["Deadline"].str.contains(str(f.year_of(rows) + f.GRACE)).all()


def test_an_issue_anew_adds_rows_and_leaves_the_old_ones(copy, monkeypatch, capsys):
    was = copy.bytes("forecasts")
    copy.use(monkeypatch)
    assert main(["issue", "2027", "--on", "2026-12-01"]) == 1 and "has been forecast" in capsys.readouterr().err
    assert main(["issue", "2027", "--on", "2026-12-01", "--anew"]) == 0
    assert copy.bytes("forecasts").startswith(was) and len(f.issued()) == 2 * len(f.QUESTIONS)
    assert not evidence.problems("forecasts", copy.folder) and not evidence.problems("forecast_levels", copy.folder)
    assert main(["issue", "2027", "--on", "2026-12-01", "--anew"]) == 1  # not twice on one day
    again = f.reissued().set_index("question")
    assert set(again["issued_on"]) == {"2026-11-24"} and again.index[again["remodelled"]].tolist() == [
        q.id for q in f.QUESTIONS.values() if q.of
    ]
    assert (again["then"] != again["now"]).all() and again.loc["theft_above", "then"] == 0.4624
    copy.add_year(2026)
    copy.add_year(2027)
    copy.use(monkeypatch)
    rows = f.resolve(f.issued(), 2027, "2028-10-01")
    done = rows[(rows["part"] == "year") & (rows["status"] == "resolved")]
    assert done.groupby(done["id"].str[-10:])["score_model"].count().nunique() == 1  # both issues are scored
    assert set(done["id"].str[-10:]) == {"2026-11-24", "2026-12-01"}


# ------------------------------------------------------------------------------------------------ scores


@pytest.mark.parametrize("p", [1.3, -0.1, np.nan, np.inf])
def test_what_is_no_probability_is_refused_by_name(p):
    for score in (f.log_score, f.brier):
        with pytest.raises(ValueError, match=r"\bp must be a probability"):
            score(p, 1)
        with pytest.raises(ValueError, match=r"\by must be 0 or 1"):
            score(0.5, np.nan if p != p else 0.4)


@pytest.mark.parametrize(
    "arguments, name",
    [
        ((series([0, 1, np.nan]),), "past"),
        ((series([0, 1, 2]),), "past"),
        ((series([0, 1, 0.5]),), "past"),
        ((pd.Series(dtype=float),), "past"),
        ((series([0, 1]), 0), "lead"),
        ((series([0, 1]), np.nan), "lead"),
        ((series([0, 1]), 1.5), "lead"),
        ((series([0, 1]), 2, 1), "until"),
        ((series([0, 1]), 2, np.nan), "until"),
    ],
)
def test_a_forecast_from_what_is_no_record_is_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        f.binary_forecast(*arguments)


def test_scores_by_hand():
    assert f.log_score(0.25, 1) == pytest.approx(np.log(4)) and f.log_score(0.25, 0) == pytest.approx(-np.log(0.75))
    assert f.log_score(0, 1) == f.log_score(0.005, 1)  # certainty is never infinite
    assert f.brier(0.2, 1) == pytest.approx(0.64)
    assert f.crps([3, 3, 3], 5) == pytest.approx(2)  # a point mass scores its distance
    assert f.crps([0, 2], 1) == pytest.approx(1 - 0.5)  # E|X − y| = 1, E|X − X'| = 1
    assert f.quantile_score([1, 2, 4], 3) == pytest.approx(2 / 3 * (0.1 * 2 + 0.5 * 1 + 0.1 * 1))


def test_crps_of_the_normal_is_the_closed_form():
    """σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π), Gneiting and Raftery (2007), equation 5."""
    sample, y = 1 + 2 * norm.ppf((np.arange(20000) + 0.5) / 20000), 2.5
    z = (y - 1) / 2
    closed = 2 * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert f.crps(sample, y) == pytest.approx(closed, rel=1e-3)


@given(chance, chance)
def test_binary_scores_are_proper(truth, said):
    for score in (f.log_score, f.brier):
        honest, other = (truth * score(p, 1) + (1 - truth) * score(p, 0) for p in (truth, said))
        assert honest <= other + 1e-12
        assert abs(truth - said) < 1e-3 or honest < other


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=12), st.lists(st.floats(-5, 5), min_size=3, max_size=12))
@settings(max_examples=60)
def test_crps_is_proper(truth, said):
    honest, other = (np.mean([f.crps(sample, y) for y in truth]) for sample in (truth, said))
    assert honest <= other + 1e-9


@given(st.floats(-1, 1), st.floats(0.5, 2), st.floats(-1, 1))
@settings(max_examples=25)
def test_the_quantile_score_is_proper(centre, spread, shift):
    y = centre + spread * norm.ppf((np.arange(400) + 0.5) / 400)
    honest = np.quantile(y, f.TAIL)
    score = lambda q: np.mean([f.quantile_score(q, v) for v in y])  # noqa: E731
    assert score(honest) <= score(honest + shift) + 2e-3 * spread


# ------------------------------------------------------------------------------------------------ the back-test


def test_no_forecast_knows_its_future(monkeypatch, tested):
    """With every outcome after a year replaced, all that was said from data up to that year stays the same."""
    before, cut, real = tested, 2014, f.history

    def altered(name, last):
        past = real(name, last)
        binary = f.QUESTIONS[name].kind == "binary"
        return past.where(past.index <= cut, 1 - past if binary else past * 0.5 + 1)

    monkeypatch.setattr("bargain.forecasts.backtests.history", altered)
    monkeypatch.setattr("bargain.forecasts.predictive.history", altered)
    f.backtest_all.cache_clear()
    try:
        after = f.backtest(2025)
    finally:
        f.backtest_all.cache_clear()
    key = ["question", "origin", "target"]
    both = before.merge(after, on=key, suffixes=("_a", "_b"))
    early = both[(both["origin"] <= cut) & both["p_a"].notna()]
    assert len(early) > 80 and (early["p_a"] == early["p_b"]).all()
    late = both[(both["origin"] > cut + 1) & both["p_a"].notna()]
    assert (late["p_a"] != late["p_b"]).mean() > 0.9


def test_every_forecast_of_the_back_test_has_its_lead(tested):
    assert (tested["target"] - tested["origin"] == f.LEAD).all() and tested["target"].between(2005, 2025).all()
    assert not tested.duplicated(["question", "target"]).any()
    longer = f.backtest(2025, lead=4)
    assert len(longer) < len(tested) and (longer["target"] - longer["origin"] == 4).all()


def test_a_longer_view_is_not_better_informed(tested):
    """A row of the back-test equals a forecast made by hand from the history cut at its origin."""
    row = tested.query("question == 'icbm' and target == 2022").iloc[0]
    past = f.history("icbm", 2025)
    p, _ = f.binary_forecast(past[past.index <= 2020])
    assert row["p"] == p and row["score_model"] == pytest.approx(-np.log(p)) and row["outcome"] == 1


def planted(p, said, seed=0, years=60, per_year=20):
    rng = np.random.default_rng(seed)
    n = years * per_year
    truth = np.resize(p, n)
    return pd.DataFrame(
        {
            "kind": "binary",
            "p": np.resize(said, n),
            "outcome": (rng.random(n) < truth).astype(float),
            "target": np.repeat(np.arange(years), per_year),
        }
    )


def test_a_calibrated_simulator_is_called_calibrated():
    p = np.array([0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
    good, bad = f.calibration(planted(p, p)), f.calibration(planted(p, 0.5 + (p - 0.5) * 0.2))
    assert ((good["low"] <= good["p"]) & (good["p"] <= good["high"])).sum() >= 5
    assert ((bad["low"] <= bad["p"]) & (bad["p"] <= bad["high"])).sum() <= 1
    many = pd.concat(f.calibration(planted(p, p, seed)) for seed in range(40))
    assert 0.82 < ((many["low"] <= many["p"]) & (many["p"] <= many["high"])).mean() < 0.97  # 90 per cent intervals


def test_the_model_is_calibrated_on_a_planted_rate():
    """Constant chances, many series: the forecasts for the year after agree with what then happens."""
    rng, rows = np.random.default_rng(3), []
    for p in rng.beta(1, 2, 600):
        y = (rng.random(32) < p).astype(float)
        rows.append({"kind": "binary", "p": f.binary_forecast(series(y[:30]), 2)[0], "outcome": y[31]})
    frame = pd.DataFrame(rows)
    assert abs((frame["p"] - frame["outcome"]).mean()) < 0.04
    table = f.calibration(frame)
    assert (np.abs(table["p"] - table["share"]) < 0.13).all()


def test_errors_are_clustered_by_year():
    gain, year = pd.Series([0.1, -0.2, 0.3, 0.4]), pd.Series([1, 2, 3, 4])
    mean, se = f.clustered(gain, year)
    assert (mean, se) == (pytest.approx(0.15), pytest.approx(gain.std() / 2))
    twice = pd.concat([gain, gain], ignore_index=True), pd.concat([year, year], ignore_index=True)
    assert f.clustered(*twice)[1] == pytest.approx(se)  # the same surprises written twice teach nothing new


def test_skill_on_a_toy_record():
    toy = pd.DataFrame(
        {
            "target": [1, 2],
            "score_model": [0.2, 0.4],
            "score_climatology": [0.5, 0.5],
            "score_persistence": [0.1, 0.3],
            "score_coin": [np.nan, np.nan],
        }
    )
    row = f.skill(toy).iloc[0]
    assert row["gain_climatology"] == pytest.approx(0.2) and row["gain_persistence"] == pytest.approx(-0.1)
    assert row["se_persistence"] == pytest.approx(0) and np.isnan(row["gain_coin"])


def test_near_duplicates_are_left_out_once(tested):
    few = f.without_duplicates(tested)
    families = {q.family for q in f.QUESTIONS.values()}
    assert set(few["family"]) == families and few.groupby("family")["question"].nunique().max() == 1


def test_bins_of_calibration_by_hand():
    """Edges belong to the bin above them, the last to its own; intervals are of Beta(k + ½, n - k + ½)."""
    frame = pd.DataFrame({"p": [0.1, 0.2, 0.3, 0.95, 1.0, 0.5], "outcome": [1, 0, 1, 1, 1, 1], "kind": "binary"})
    frame.loc[5, "kind"] = "count"
    got = f.calibration(frame, (0, 0.1, 0.3, 0.9, 1.0))
    assert got.columns.tolist() == ["p", "share", "low", "high", "n"]
    want = [(0.15, 0.5, 1, 2), (0.3, 1.0, 1, 1), (0.975, 1.0, 2, 2)]  # p, share, yeses, forecasts
    for row, (p, share, k, n) in zip(got.itertuples(), want, strict=True):
        ends = beta(k + 0.5, n - k + 0.5).ppf([0.05, 0.95])
        assert (row.p, row.share, row.n) == (pytest.approx(p), share, n)
        assert (row.low, row.high) == (pytest.approx(ends[0]), pytest.approx(ends[1]))


def test_the_verdict_on_skill_is_that_of_students_interval(monkeypatch):
    """Gains of 1, 2, 3 in three years beat, their like below 0 lose, and what crosses 0 cannot be told."""
    years = [2013, 2014, 2015]
    rows = pd.DataFrame({"target": years, "kind": "binary", "question": "q", "family": "q", "score_model": 10.0})
    rows["score_climatology"], rows["score_persistence"] = [20.0, 21, 22], [0.0, -1, -2]
    rows["score_coin"] = [10.0, 12, 9]
    more = pd.concat(
        [rows, rows.assign(kind="count", score_coin=99.0), rows.assign(target=2006, score_coin=500.0)],
        ignore_index=True,
    )
    monkeypatch.setattr(backtests, "without_duplicates", lambda frame: frame[frame["target"] > 2013])
    got = f.skill_frame(more).set_index(["group", "naive"])
    assert list(dict.fromkeys(got.index.get_level_values(0)))[:3] == [
        "All since 2005",
        "One question a family",
        "All since 2012",
    ]
    assert got.loc[("All since 2005", "coin"), ["n", "years"]].tolist() == [6, 4]
    assert got.loc[("One question a family", "coin"), ["n", "years"]].tolist() == [2, 2]
    since = got.loc["All since 2012"]
    assert since["verdict"].to_dict() == {
        "climatology": "beat",
        "persistence": "lose to",
        "coin": "cannot be told from",
    }
    assert since["gain"].to_dict() == pytest.approx({"climatology": 11, "persistence": -11, "coin": 1 / 3})
    t = student(2).ppf(0.95)
    for who, gains in (("climatology", [10, 11, 12]), ("persistence", [-10, -11, -12]), ("coin", [0, 2, -1])):
        half = t * np.std(gains, ddof=1) / 3**0.5
        assert since.loc[who, ["low", "high"]].tolist() == pytest.approx([np.mean(gains) - half, np.mean(gains) + half])
        assert since.loc[who, ["n", "years"]].tolist() == [3, 3]


def test_a_question_is_beaten_by_those_that_score_lower():
    frame = pd.DataFrame(
        {
            "question": ["a", "a", "b"],
            "score_model": [1.0, 3.0, 0.0],
            "score_climatology": [1.5, 2.0, 9.0],
            "score_persistence": [2.0, 2.0, 9.0],  # level is not better
            "score_coin": [np.nan, np.nan, np.nan],
        }
    )
    assert backtests.beaten_by("a", frame) == ["climatology"] and backtests.beaten_by("b", frame) == []
    frame["score_coin"] = [0.0, 0.0, 0.0]
    assert backtests.beaten_by("a", frame) == ["climatology", "coin"]


def test_the_naive_forecasters_by_hand():
    binary = next(q for q in f.QUESTIONS.values() if q.kind == "binary")
    stay = evidence.central("fc_persistence")
    for last, p in ((1, stay), (0, 1 - stay)):
        got = predictive.naive(binary, series([1, 0, 0, last]))
        assert got == {"climatology": (1 + last + 0.5) / 5, "persistence": p, "coin": 0.5}
    count = binary._replace(kind="count", scale="")
    got = predictive.naive(count, series([3, 0, 7, 1]), 2)
    assert got["coin"] is None and got["climatology"].tolist() == [0, 1, 3, 7]
    # log(1 + x) moved by 7 - 3 and 1 - 0 over two years, up or down: (1 + 1) · 2, · ½; never below nothing
    assert got["persistence"] == pytest.approx([0, 0, 3, 3])
    quantity = binary._replace(kind="quantity", scale="plain")
    assert predictive.naive(quantity, series([1.0, 4, 2]), 1)["persistence"].tolist() == [-1, 0, 4, 5]
    assert predictive.naive(quantity, series([6.0]), 1)["persistence"].tolist() == [6, 6]  # nothing to move by


def test_half_of_a_quantity_walks_and_half_returns_to_its_mean():
    """Without discount, at three years that are not neighbours: the spreads by hand, with Student's tails."""
    past = pd.Series([1.0, 5.0, 3.0], index=[2015, 2019, 2020])

    def half_life(name):
        return {"fc_half_life_quantity": 1e9}[name]

    with pytest.MonkeyPatch.context() as m:
        m.setattr(evidence, "central", half_life)
        got = f.quantity_forecast(past, "plain", 2)
    steps = np.array([4 / 4**0.5, -2.0])
    walk = 3 + np.sqrt((steps**2).mean() * 2) * student(2).ppf(predictive.U)
    mean = 3 + np.sqrt(8 / 3 * (1 + 1 / 3)) * student(2).ppf(predictive.U)
    assert got == pytest.approx(np.sort(np.concatenate([walk, mean])))


def test_the_range_of_a_chance_is_of_both_posteriors():
    """Against many draws of the rates; and it closes on the rate as the record grows."""
    past, rng = series([0, 1, 1, 0, 1, 0, 0, 1]), np.random.default_rng(4)
    half_life = evidence.central("fc_half_life_binary")
    steady = rng.beta(*f.beta_posterior(past, half_life), 200_000)
    up, stay = (rng.beta(*law, 200_000) for law in f.markov_posterior(past, half_life))
    both = np.concatenate([steady, f.chain(1, up, stay, 3)])
    assert predictive.chance_range(past, 3) == pytest.approx(np.quantile(both, [0.1, 0.9]), abs=0.01)
    assert predictive.chance_range(past, 3, 0.3, 0.6) == pytest.approx(np.quantile(both, [0.3, 0.6]), abs=0.01)


def test_transitions_are_weighted_by_the_year_they_end_in():
    """No, yes, yes, no with a half-life of a year: 1/4, 1/2 and 1 for the three transitions."""
    past = series([0, 1, 1, 0])
    assert f.markov_posterior(past, 1.0) == ((0.5 + 0.25, 0.5), (0.5 + 0.5, 0.5 + 1))
    assert f.beta_posterior(past, 1.0) == (0.5 + 0.25 + 0.5, 0.5 + 0.125 + 1)


def test_counts_are_sampled_at_even_steps_of_their_distribution():
    got = f.sample_of(np.array([0.25, 0.5, 0.0, 0.25]))
    assert np.bincount(got).tolist() == [50, 100, 0, 50]
    assert [f.read_off([1, 2, 3, 4], side, 2) for side in ("at least", "below")] == [0.75, 0.25]
    assert f.read_off([1, 2], "at least", 5) == 0.005 and f.read_off([1, 2], "below", 5) == 0.995


def test_sizes_of_a_count_are_weighed_by_what_they_foretold():
    """Recomputed year by year: from three years on each later figure is foretold at the lead from those before it."""
    past, lead = series([2, 9, 4, 0, 6, 13, 1]), 2
    half_life, y = evidence.central("fc_half_life_count"), [2, 9, 4, 0, 6, 13, 1]

    def mean(k):
        w = [0.5 ** ((k - 1 - i) / half_life) for i in range(k)]
        return (0.5 + sum(a * b for a, b in zip(w, y[:k], strict=True))) / (0.5 + sum(w))

    def law(size, k):
        return nbinom(size, size / (size + mean(k)))

    weight = np.array(
        [np.prod([law(s, k).pmf(y[k + lead - 1]) for k in range(3, len(y) - lead + 1)]) for s in predictive.SIZES]
    )
    weight /= weight.sum()
    want = sum(w * law(s, len(y)).pmf(np.arange(60)) for w, s in zip(weight, predictive.SIZES, strict=True))
    assert f.count_forecast(past, lead)[:60] == pytest.approx(want, abs=1e-9)


def test_scores_are_on_the_scale_of_the_question():
    question = next(iter(f.QUESTIONS.values()))
    said = {"model": 0.8, "climatology": 0.5, "persistence": 0.1, "coin": None}
    got = scores.score_one(question._replace(kind="binary"), said, 1)
    assert [got[k] for k in ("model", "climatology", "persistence")] == pytest.approx(-np.log([0.8, 0.5, 0.1]))
    assert np.isnan(got["coin"])
    said = {"model": [3.0], "climatology": [7.0], "persistence": [0.0], "coin": None}
    for scale, values in (("plain", [2, 6, 1]), ("log", np.log([2, 4, 2])), ("", np.log([2, 4, 2]))):
        got = scores.score_one(question._replace(kind="quantity", scale=scale), said, 1.0)
        assert [got[k] for k in ("model", "climatology", "persistence")] == pytest.approx(values)


# ------------------------------------------------------------------------------------------------ by reading


@given(chance, st.floats(0.2, 5))
def test_odds_are_odds(p, ratio):
    q = f.odds(p, ratio)
    assert q / (1 - q) == pytest.approx(ratio * p / (1 - p)) and f.odds(p, 1) == pytest.approx(p)


@pytest.mark.parametrize("p, ratio, name", [(1.2, 1.0, "p"), (-0.1, 1.0, "p"), (0.5, -1.0, "ratio")])
def test_odds_of_no_probability_are_refused_by_name(p, ratio, name):
    with pytest.raises(ValueError, match=f"^{name}\\b"):
        f.odds(p, ratio)


def test_log_ratios_contain_their_centre_and_answer_in_turn():
    rows = f.log_ratios(f.issued())
    assert (rows["low"] <= rows["central"]).all() and (rows["central"] <= rows["high"]).all()
    pair = rows.pivot_table(index=["question", "against"], columns="answer", values="central")
    assert ((pair["yes"] > 0) == (pair["no"] < 0)).all()  # if yes speaks for a reading, no speaks against it


def three(**ends):
    return {
        f"{r}_{e}": x for r, values in ends.items() for e, x in zip(("low", "central", "high"), values, strict=True)
    }


def test_ratios_by_hand():
    row = dict(question="q", words="Q?", p=0.4) | three(
        irrational=(0.1, 0.2, 0.3), narrow=(0.2, 0.3, 0.4), dealer=(0.4, 0.5, 0.6)
    )
    silent = row | three(irrational=[np.nan] * 3, narrow=[np.nan] * 3, dealer=[np.nan] * 3)
    got = f.log_ratios(pd.DataFrame([row, silent])).set_index(["answer", "against"])
    assert len(got) == 4 and got["question"].eq("q").all()
    want = {
        ("yes", "irrational"): (0.4 / 0.3, 0.5 / 0.2, 0.6 / 0.1),
        ("yes", "narrow"): (0.4 / 0.4, 0.5 / 0.3, 0.6 / 0.2),
        ("no", "irrational"): (0.4 / 0.9, 0.5 / 0.8, 0.6 / 0.7),
        ("no", "narrow"): (0.4 / 0.8, 0.5 / 0.7, 0.6 / 0.6),
    }
    for key, ratios in want.items():
        assert 10 ** got.loc[key, ["low", "central", "high"]].astype(float).to_numpy() == pytest.approx(ratios), key
    assert got["chance"].to_list() == pytest.approx([0.4, 0.4, 0.6, 0.6])


def test_what_a_reading_would_do_is_the_registers_odds():
    got = kims.by_reading(f.QUESTIONS["icbm"], 0.3)
    rows = evidence.assumptions()
    for reading in terms.READINGS:
        ends = rows.loc[f"fc_or_icbm_{reading}", ["low", "central", "high"]].astype(float)
        assert got[reading] == pytest.approx([f.odds(0.3, x) for x in ends])
    assert kims.by_reading(f.QUESTIONS["satellite"], 0.3) == {}


def test_what_one_answer_teaches_is_the_closed_form(copy, monkeypatch):
    """With odds that are sure, one question: Bayes from even beliefs, averaged over yes and no."""
    ratio = dict(irrational=0.25, narrow=1.0, dealer=4.0)
    for reading, x in ratio.items():
        copy.set(f"fc_or_icbm_{reading}", x, x, x)
    copy.use(monkeypatch)
    rows = f.issued().query("question == 'icbm'").assign(p=0.5, p_any_to_2030=0.5)
    yes = np.array([0.2, 0.5, 0.8])
    like = np.array([yes, 1 - yes])
    after = like / like.sum(1, keepdims=True)
    belief = (like * after).sum(0)
    marginal = like.mean(1)
    bits = np.log2(3) + (marginal[:, None] * after * np.log2(after)).sum()
    got = f.teach_frame(rows, n=8)
    assert got["horizon"].tolist() == ["2027"] * 3 + [f"any year to {f.END}"] * 3
    first = got[got["horizon"] == "2027"].set_index("reading").loc[list(terms.READINGS)]
    assert first["mean"].to_list() == pytest.approx(belief) and first["bits"].to_list() == pytest.approx([bits] * 3)
    assert first["q2"].to_list() == pytest.approx(belief) == first["q98"].to_list()
    assert first.loc["dealer", "ahead"] == pytest.approx(0.8) and first.loc["irrational", "ahead"] == pytest.approx(0.8)
    assert first.loc["narrow", "ahead"] == 0
    low, high = sorted(after[:, 2])
    assert first.loc["dealer", ["lucky_low", "lucky_high"]].astype(float).to_list() == pytest.approx([low, high])


def test_readings_that_agree_teach_nothing(copy, monkeypatch):
    for name in evidence.assumptions().index[evidence.assumptions().index.str.startswith("fc_or_")]:
        copy.set(name, 1, 1, 1)
    copy.use(monkeypatch)
    learnt = f.teaching(f.issued(), n=4)
    assert learnt["bits"].abs().max() < 1e-12 and learnt["belief_dealer"].sub(1 / 3).abs().max() < 1e-12


def test_what_the_answers_teach_does_not_hang_on_a_seed():
    a, b = (f.teaching(f.issued(), seed=seed) for seed in (12, 13))
    assert (a["bits"] > 0).all() and a["bits"].max() < np.log2(3)
    for column in a:
        assert abs(a[column].mean() - b[column].mean()) < 0.01, column  # the chapter draws the quantiles, to the eye
    assert (a[[f"belief_{r}" for r in terms.READINGS]] >= 1 / 3 - 0.02).all().all()
    longer = f.teaching(f.issued(), "p_any_to_2030")
    assert longer["bits"].mean() != a["bits"].mean()


def test_one_question_a_family_is_used_to_learn():
    rows = f.telling(f.issued())
    assert rows["family"].is_unique and "us_meeting" in set(rows["question"])
    assert "leaders_meet" not in set(rows["question"])


# ------------------------------------------------------------------------------------------------ the ledger


def test_the_issued_rows_are_sealed_and_in_order():
    rows = f.issued()
    assert list(rows.columns) == list(f.COLUMNS) and len(rows) >= 15
    assert (rows["issued_on"].str[:4].astype(int) < rows["resolves_by"].str[:4].astype(int)).all()
    assert rows["issued_on"].is_monotonic_increasing
    binary = rows[rows["kind"] == "binary"]
    assert binary["p"].between(0.005, 0.995).all() and (binary["p"] <= binary["p_any_to_2030"]).all()


def test_a_changed_forecast_is_found_and_named(copy, monkeypatch):
    rows = copy.rows("forecasts")
    rows[3]["p"] = "0.5"
    copy.write("forecasts", rows)
    copy.use(monkeypatch)
    with pytest.raises(evidence.EvidenceError, match=re.escape(rows[3]["id"])):
        f.issued()


def test_a_row_says_what_the_model_says(copy, monkeypatch):
    copy.use(monkeypatch)
    monkeypatch.setattr(register, "backtest", f.backtest)
    rows = f.ledger(2027, "2026-11-24").set_index("question")
    row, own = rows.loc["icbm"], f.backtest(2025)
    for question, part in own.groupby("question"):
        assert rows.at[question, "backtest_n"] == len(part)
        for who in f.SCORED:
            assert rows.at[question, f"backtest_{who}"] == pytest.approx(part[f"score_{who}"].mean(), nan_ok=True)
        assert rows.at[question, "beaten_by"] == ";".join(backtests.beaten_by(question, own))
    p, p_any = f.binary_forecast(f.history("icbm", 2025), 2, 5)
    assert (row["p"], row["p_any_to_2030"], row["lead"], row["data_to"]) == (p, p_any, 2, 2025)
    assert row["dealer_central"] == pytest.approx(f.odds(p, evidence.central("fc_or_icbm_dealer")))


def test_a_new_year_resolves_exactly_what_it_should(copy, monkeypatch, capsys):
    """2026 and 2027 are made up; the launch table and the trade table lag behind and stay open."""
    copy.add_year(2026)
    copy.add_year(2027, without=("china_trade_share", "missile_tests"))
    old = {name: copy.bytes(name) for name in ("forecasts", "resolutions")}
    copy.use(monkeypatch)
    assert main(["score", "2027", "--on", "2028-10-01"]) == 0
    out = capsys.readouterr().out
    for name, was in old.items():
        assert copy.bytes(name).startswith(was) and len(copy.bytes(name)) > len(was)
    now = f.settled().set_index(["question", "part"])["status"].unstack()
    lagging = {q.id for q in f.QUESTIONS.values() if q.table.split(";")[0] in ("china_trade_share", "missile_tests")}
    assert set(now.index[now["year"] == "open"]) == lagging
    assert set(now.index[now["year"] == "resolved"]) == set(f.QUESTIONS) - lagging
    settled = (now == "resolved").sum().sum()
    assert f"{settled} resolved, 0 open, 0 void" in out and "mean log score" in out
    new = f.issued().query("issued_on == '2028-10-01'")
    assert len(new) == len(f.QUESTIONS) and set(new["resolves_by"]) == {"2029-12-31"}
    lag = new["question"].isin(lagging)
    assert set(new.loc[lag, "data_to"]) == {2026} and set(new.loc[lag, "lead"]) == {3}
    assert set(new.loc[~lag, "data_to"]) == {2027} and set(new.loc[~lag, "lead"]) == {2}
    # a second run finds nothing to do, and writes nothing
    again = {name: copy.bytes(name) for name in old}
    assert main(["score", "2027", "--on", "2028-10-02"]) == 0
    assert {name: copy.bytes(name) for name in old} == again and "nothing new is due" in capsys.readouterr().out


def test_scores_of_a_resolved_year_are_those_of_the_row(copy, monkeypatch):
    copy.add_year(2026)
    copy.add_year(2027)
    copy.fly("2027-03-03", "ICBM")
    copy.use(monkeypatch)
    said = f.issued().set_index("question")
    rows, _ = f.score(2027, "2028-10-01")
    got = rows[rows["part"] == "year"].set_index("question")
    assert (got["status"] == "resolved").all() and (got.loc[["icbm", "launch_days"], "value"] == 1).all()
    assert got.loc["nuclear_test", "value"] == 0
    assert got.loc["icbm", ["source_row", "measure", "year", "resolved_on"]].to_list() == [
        "missile_tests 2027",
        "log",
        2027,
        "2028-10-01",
    ]
    assert got.loc["icbm", "vintage"] == "2027-12-31" and got.loc["growth", "measure"] == "quantile"
    assert (got["note"] == "").all()
    assert got.loc["icbm", "score_model"] == pytest.approx(-np.log(said.loc["icbm", "p"]))
    assert got.loc["nuclear_test", "score_coin"] == pytest.approx(np.log(2))
    low, mid, high, y = *said.loc["growth", ["q10", "q50", "q90"]], 1.5
    assert low < y < high
    loss = 0.1 * (y - low) + 0.5 * abs(y - mid) + 0.1 * (high - y)
    assert got.loc["growth", "score_model"] == pytest.approx(2 * loss / 3)
    early = rows[rows["part"] == "any"].set_index("question")
    assert set(early.index) == {"icbm"} | set(early.index[early["value"] == 1])  # a yes settles "any" before 2030
    assert early.loc["icbm", "score_model"] == pytest.approx(-np.log(said.loc["icbm", "p_any_to_2030"]))
    never = (1 - said.loc["icbm", "climatology"]) ** 4
    assert early.loc["icbm", "score_climatology"] == pytest.approx(-np.log(1 - never))


def test_what_stands_is_what_the_answers_gave(copy, monkeypatch):
    assert np.isnan(f.standing()["model"]) and f.standing()["resolved"] == 0
    copy.add_year(2026)
    copy.add_year(2027)
    copy.use(monkeypatch)
    f.score(2027, "2028-10-01")
    stand, logs = f.standing(), f.settled().query("status == 'resolved' and measure == 'log'")
    assert all(stand[who] == pytest.approx(logs[f"score_{who}"].mean()) for who in f.SCORED)
    assert stand["resolved"] + stand["open"] + stand["void"] == stand["parts"] and np.isnan(stand["judged"])
    assert f.year_of(f.latest()) == 2029 and not len(f.reissued())  # no other issue asks about that year


def test_an_issue_beyond_the_horizon_has_no_any(copy, monkeypatch):
    copy.use(monkeypatch)
    f.issue(f.END + 1, "2026-12-01")
    rows = f.latest()
    assert rows["p_any_to_2030"].isna().all()
    assert len(f.teach_frame(rows, n=16)) == len(terms.READINGS)


def test_any_year_is_no_only_when_all_have_passed(copy, monkeypatch):
    for year in range(2026, 2031):
        copy.add_year(year)
    copy.use(monkeypatch)
    rows = f.resolve(f.issued(), 2029, "2031-10-01")
    assert "icbm" not in set(rows.loc[rows["part"] == "any", "question"])  # stands as open already
    rows = f.resolve(f.issued(), 2030, "2031-10-01")
    icbm = rows[(rows["question"] == "icbm") & (rows["part"] == "any")].iloc[0]
    assert (icbm["status"], icbm["value"]) == ("resolved", 0)


def test_a_source_that_is_gone_makes_a_question_void_and_is_counted(copy, monkeypatch, capsys):
    copy.add_year(2026)
    copy.add_year(2027)
    copy.drop("leadership_economy")
    copy.use(monkeypatch)
    assert main(["score", "2027", "--on", "2028-10-01"]) == 0
    assert "1 void" in capsys.readouterr().out
    void = f.settled().query("status == 'void'")
    assert list(void["question"]) == ["army_share"] and void["score_model"].isna().all()
    assert f.standing()["void"] == 1
    assert "army_share" not in set(f.issued().query("issued_on == '2028-10-01'")["question"])


def test_a_source_that_falls_silent_is_void_after_the_grace(copy, monkeypatch):
    for year in (2026, 2027):
        copy.add_year(year, without=("gdp",))
    copy.use(monkeypatch)
    quiet = {"growth", "shrinks"}
    rows = f.resolve(f.issued(), 2027, f"{2027 + f.GRACE}-12-31")
    assert quiet.isdisjoint(rows.loc[rows["part"] == "year", "question"])  # open, as it stands
    rows = f.resolve(f.issued(), 2027, f"{2028 + f.GRACE}-01-01")
    assert set(rows.loc[(rows["status"] == "void") & (rows["part"] == "year"), "question"]) == quiet


def test_a_threshold_stays_as_it_was_asked(copy, monkeypatch):
    copy.add_year(2026)
    copy.add_year(2027)
    copy.set("fc_theft_usd_m", 5000, 5000, 5000)
    copy.use(monkeypatch)
    assert evidence.central("fc_theft_usd_m") == 5000
    rows = f.resolve(f.issued(), 2027, "2028-10-01").set_index(["question", "part"])
    assert rows.loc[("theft_above", "year"), "value"] == 1  # 2,020 million against the 1,000 of the issued row


def test_growth_resolves_on_its_first_release_alone(copy, monkeypatch):
    copy.add_year(2026)
    rows = copy.rows("gdp")
    rows[-1] |= {"real_growth_pct_first_release": "", "first_release_source_id": ""}
    rows[-1] |= {"real_growth_pct_current_vintage": "3.1"}
    copy.write("gdp", rows)
    copy.use(monkeypatch)
    assert f.outcome(f.QUESTIONS["growth"], 2026)[0] == "open"


def test_only_years_ahead_are_forecast_and_only_once(copy, monkeypatch, capsys):
    copy.use(monkeypatch)
    assert f.due(2025, "2026-11-24") == 2027 and f.due(2025, "2028-01-01") == 2029 and f.due(2028, "2028-12-31") == 2030
    was = copy.bytes("forecasts")
    assert main(["issue", "2026", "--on", "2026-11-24"]) == 1 and "has begun" in capsys.readouterr().err
    assert main(["issue", "2027", "--on", "2026-12-01"]) == 1 and "has been forecast" in capsys.readouterr().err
    assert copy.bytes("forecasts") == was
    assert main(["issue", "2028", "--on", "2026-12-01"]) == 0
    assert copy.bytes("forecasts").startswith(was) and len(f.issued()) == 2 * len(f.QUESTIONS)


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["score"], "YEAR"),
        (["guess", "2027"], "guess"),
        (["score", "soon"], "soon"),
        (["issue", "--on", "2026-13-01"], "2026-13-01"),
        (["score", "2027", "--on"], "--on"),
        ([], "issue|score"),
    ],
)
def test_a_bad_command_is_explained(arguments, told, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and told in capsys.readouterr().err


def test_a_missing_assumption_is_named(copy, monkeypatch):
    copy.write("assumptions", [r for r in copy.rows("assumptions") if r["id"] != "fc_half_life_binary"])
    copy.use(monkeypatch)
    with pytest.raises(evidence.EvidenceError, match="fc_half_life_binary"):
        f.binary_forecast(series([0, 1, 0, 0, 1, 1]))


def test_the_first_issue_needs_no_ledger(copy, monkeypatch):
    (copy.folder / "forecasts.csv").unlink()
    (copy.folder / "resolutions.csv").unlink()
    copy.use(monkeypatch)
    assert main(["issue", "--on", "2026-11-24"]) == 0 and len(f.issued()) == len(f.QUESTIONS)
    rows, fresh = f.score(2027, "2026-11-24")
    assert (rows["status"] == "open").all() and not len(fresh) and f.standing()["open"] == len(rows)
    assert not evidence.problems("forecasts", copy.folder) and not evidence.problems("resolutions", copy.folder)


# ------------------------------------------------------------------------------------------ what the page rests on


def reissue(copy, monkeypatch):
    """The ledger issued anew in a copy whose tables or assumptions differ."""
    (copy.folder / "forecasts.csv").unlink()
    (copy.folder / "resolutions.csv").unlink()
    copy.use(monkeypatch)
    f.issue(2027, "2026-11-24")


def test_odds_the_other_way_round_speak_against_the_deal_seeker(copy, monkeypatch):
    loudest = lambda rows: rows.loc[rows["central"].abs().idxmax()]  # noqa: E731
    before = loudest(f.log_ratios(f.latest()))
    for question in ("us_meeting", "leaders_meet", "korean_summit", "inspectors"):
        copy.set(f"fc_or_{question}_dealer", 0.1, 0.2, 0.4)
        copy.set(f"fc_or_{question}_irrational", 1, 1.6, 2)
    reissue(copy, monkeypatch)
    after = loudest(f.log_ratios(f.latest()))
    assert (before["question"], before["answer"]) == ("inspectors", "yes") and before["central"] > 0
    assert after["question"] in f.DIPLOMACY and after["answer"] == "yes" and after["central"] < 0


def test_a_past_that_repeats_itself_lets_the_models_beat_a_coin(copy, monkeypatch, tested):
    def verdict(frame):
        return f.skill_frame(frame).set_index(["group", "naive"]).loc[("All since 2012", "coin"), "verdict"]

    assert verdict(tested) == "cannot be told from"
    rows = copy.rows("missile_tests")
    copy.write("missile_tests", [r for r in rows if r["date"] < "2006" or r["range_class"] == "none"])
    for name in ("negotiations", "un_sanctions"):
        copy.write(name, [r for r in copy.rows(name) if r["date"] < "2000"])
    copy.write("nuclear_tests", copy.rows("nuclear_tests")[:1])
    copy.write("cyber_incidents", copy.rows("cyber_incidents")[:1])
    copy.use(monkeypatch)
    assert verdict(f.backtest(2025)) == "beat"


def test_sharper_odds_make_the_answers_teach_more(copy, monkeypatch):
    before = f.teach_frame(f.latest(), n=64)["bits"].iloc[0]
    for question in ("us_meeting", "korean_summit", "icbm", "nuclear_test", "inspectors"):
        copy.set(f"fc_or_{question}_dealer", 60, 80, 90)
        copy.set(f"fc_or_{question}_irrational", 0.01, 0.02, 0.03)
    reissue(copy, monkeypatch)
    assert before < 0.25 * np.log2(3) < f.teach_frame(f.latest(), n=64)["bits"].iloc[0]


def test_a_person_does_not_give_the_council_what_the_machine_gives_it():
    """What has broken in the record is known to the judged forecast, and its reason says so."""
    row = f.latest().set_index("question").loc["un_sanctions"]
    assert row["p"] > 0.15 and row["judged"] < 0.05 and "takes no new measure" in row["breaks"]
    assert {"epoch_2022_veto", "ap_2024_veto"} <= set(row["source_id"].split(";"))


def test_judged_forecasts_know_months_that_the_models_do_not():
    rows = f.latest()
    assert (rows["known_to"].str[:4].astype(int) > rows["data_to"]).all() and (
        rows["known_to"] <= rows["issued_on"]
    ).all()


def test_who_always_says_no_is_scored_beside_the_model():
    rows = pd.DataFrame(
        dict(
            question=["leaders_meet", "inspectors", "drills_cut", "icbm", "us_meeting"],
            target=[2018, 2019, 2020, 2020, 2003],
            outcome=[1, 0, 0, 0, 1],
            score_model=[1.0, 0.5, 0.3, 9.0, 7.0],
        )
    )
    got = f.never(rows, 0.1)
    assert (
        got.n == 3 and got.model == pytest.approx(0.6) and got.said == pytest.approx((np.log(10) - 2 * np.log(0.9)) / 3)
    )
    assert f.never(rows, 0.1, since=2019) == pytest.approx((-np.log(0.9), 0.4, 2))
    with pytest.raises(ValueError, match="since"):
        f.never(rows, since=2021)
    with pytest.raises(ValueError, match="p"):
        f.never(rows, 1.2)


def test_the_surest_forecasts_are_the_ends_alone():
    rows = pd.DataFrame(
        dict(kind=["binary"] * 5 + ["count"], p=[0.02, 0.06, 0.1, 0.7, 0.9, 0.01], outcome=[0, 1, 1, 1, 1, 5])
    )
    got = f.surest(rows)
    assert list(got.index) == ["no", "yes"] and got["n"].tolist() == [2, 1]
    assert got["p"].tolist() == pytest.approx([0.04, 0.9]) and got["share"].tolist() == [0.5, 1]
    assert got.loc["no", ["low", "high"]].tolist() == pytest.approx(beta.ppf([0.05, 0.95], 1.5, 1.5))
    assert list(f.surest(rows[rows["p"] < 0.5]).index) == ["no"]


def test_wins_on_quantities_are_counted_by_question():
    rows = pd.DataFrame(
        dict(
            kind=["count", "count", "quantity", "binary"],
            question=["a", "a", "b", "c"],
            score_model=[1.0, 3.0, 5.0, 0.0],
            score_climatology=[2.0, 2.5, 5.0, 9.0],
            score_persistence=[1.0, 2.5, 6.0, 9.0],
            score_coin=np.nan,
        )
    )
    assert f.quantity_wins(rows) == {"climatology": 1, "persistence": 1, "of": 2}


def test_a_range_is_as_wide_as_the_past_years_that_it_holds():
    rows = f.latest()
    got = f.inside(rows).set_index("question")
    assert got["share"].is_monotonic_decreasing and set(got.index) == set(
        rows.loc[rows["kind"] != "binary", "question"]
    )
    past = f.history("growth", 2025)
    low, high = rows.set_index("question").loc["growth", ["q10", "q90"]]
    assert got.loc["growth", "years"] == len(past)
    assert got.loc["growth", "share"] == pytest.approx(np.mean([low <= x <= high for x in past]))


def test_the_tables_behind_a_figure_are_those_that_its_frame_reads():
    """What a frame of the page reads of the data is what its figure names."""
    from bargain import reads  # noqa: PLC0415

    rows = f.latest()
    frames = {
        "staked": (lambda: f.staked(rows), f.record("binary", read_off=False)),
        "fan": (lambda: f.fan_frame(rows), f.record("count", "quantity")),
        "tested": (lambda: f.backtest(2025), f.record()),
        "ratios": (lambda: f.log_ratios(rows), []),
    }
    for name, (make, tables) in frames.items():
        reads.start()
        try:
            make()
            seen = {key.partition("/")[2] for key in reads.noted() if key.startswith("data/")}
            judged = any(key.startswith("assumptions/") for key in reads.noted())
        finally:
            reads.stop()
        assert seen == set(tables) and judged == (name in ("staked", "tested")), name


def test_a_question_stands_in_a_sentence_with_its_names_kept():
    assert f.phrase("A flight of an ICBM?") == "a flight of an ICBM"
    assert f.phrase("China’s share of trade?") == "China’s share of trade"


def test_a_replay_is_of_yes_and_no_with_what_came():
    got = f.replayed(2016, (1, 2)).set_index(["question", "year"])
    assert got.loc[("icbm", 2017), "outcome"] == 1 and got.loc[("leaders_meet", 2018), "outcome"] == 1
    past = f.history("icbm", 2016)
    assert got.loc[("icbm", 2017), "p"] == pytest.approx(f.binary_forecast(past, 1)[0])
    assert got.loc[("icbm", 2017), "score_model"] == pytest.approx(-np.log(got.loc[("icbm", 2017), "p"]))
    assert "launch_days" not in got.index.get_level_values(0)


def test_the_walk_through_names_the_command_and_it_works(copy, monkeypatch, capsys):
    text = (evidence.ROOT / "CONTRIBUTING.md").read_text("utf-8")
    steps = text.partition("<!-- add-a-year -->")[2].partition("<!-- /add-a-year -->")[0]
    assert "python -m bargain.forecasts score YEAR" in steps and "kept_to" in steps
    copy.add_year(2026)
    copy.use(monkeypatch)
    assert main(["score", "2026", "--on", "2027-10-01"]) == 0
    out = capsys.readouterr().out
    assert "nothing new is due" in out and f"{len(f.QUESTIONS)} new forecasts for 2028" in out
