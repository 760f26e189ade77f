"""Laws of the economies module: PERT moments, sums, the closed form of years and bridge, recomputed relief."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import deal, economies, evidence, sampling

RANGE = st.tuples(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.floats(0.01, 1e3))


@settings(max_examples=40, deadline=None)
@given(RANGE)
def test_pert_moments(r):
    low, central, high = r[0], r[0] + r[1], r[0] + r[1] + r[2]
    x = sampling.pert((np.arange(20000) + 0.5) / 20000, low, central, high)
    mean = (low + 4 * central + high) / 6
    assert x.mean() == pytest.approx(mean, abs=1e-3 * (high - low))
    assert x.var() == pytest.approx((mean - low) * (high - mean) / 7, rel=1e-2)
    assert low <= x.min() and x.max() <= high and (np.diff(x) >= 0).all()


def test_pert_rejects_a_range_out_of_order():
    with pytest.raises(ValueError, match="low ≤ central ≤ high"):
        sampling.pert(0.5, 2, 1, 3)


@pytest.mark.parametrize("growth", [0.05, 0.2, 0.6])
@pytest.mark.parametrize("target", [50, 300, 900])
def test_constant_growth_gives_the_closed_form(growth, target):
    """Added income m B ((1 + g)^t − 1) reaches T at t* = ln(1 + T/(m B))/ln(1 + g); the gaps sum geometrically."""
    base, margin, t = 1000.0, 0.4, np.arange(1, 400)
    years, money = economies.bridge((1 + growth) ** t, base, margin, target)
    exact = np.log1p(target / (margin * base)) / np.log1p(growth)
    n = int(np.ceil(exact)) - 1  # years with a shortfall
    assert years == n + 1
    powers = (1 + growth) * ((1 + growth) ** n - 1) / growth
    assert money == pytest.approx(n * target - margin * base * (powers - n), abs=1e-6)


def test_a_path_that_never_covers_it_says_so():
    years, money = economies.bridge([1.1, 0.9, 1.0], 100.0, 0.5, 10.0)
    assert np.isnan(years)
    assert money == pytest.approx(5 + 15 + 10)  # a fall below the base widens the gap


def test_the_bridge_grows_with_the_target_and_shrinks_with_the_base():
    path = [1.2, 1.5, 2, 3, 5]
    assert economies.bridge(path, 100, 0.4, 50)[1] < economies.bridge(path, 100, 0.4, 80)[1]
    assert economies.bridge(path, 200, 0.4, 50)[1] < economies.bridge(path, 100, 0.4, 50)[1]


def test_relief_is_the_sum_of_the_three_steps_that_lift_the_bans():
    """At central values the yearly relief is twice the half-yearly worth of U05 + U06 + U07 to Kim."""
    p = {name: evidence.central(name) for name in economies.MARGINS}
    steps = evidence.table("deal_steps").set_index("id")["kim_coop_central"].astype(float)
    assert economies.relief(p) == pytest.approx(2 * steps[["U05", "U06", "U07"]].sum(), abs=0.3)


def test_relief_is_linear_in_margins_and_falls_with_smuggling():
    p = {name: evidence.central(name) for name in economies.MARGINS}
    more = economies.relief(p | {"margin_rest": p["margin_rest"] + 0.1})
    lost = deal.lost_exports()
    rest = lost["total"] * (1 - p["share_textile"]) - lost["coal"]
    assert more - economies.relief(p) == pytest.approx(0.1 * rest)
    assert economies.relief(p | {"displaced": 0.0}) - economies.relief(p) == pytest.approx(
        deal.smuggled_coal() * p["displaced"] * p["margin_smuggled"]
    )


def test_theft_draws_stay_inside_their_ranges_and_net_below_gross():
    table = economies.theft_against_relief(n=2**10)
    ranges = economies.theft_ranges()
    assert (table["gross_p5"].to_numpy() >= ranges["low"].to_numpy()).all()
    assert (table["gross_p95"].to_numpy() <= ranges["high"].to_numpy()).all()
    assert (table["net_p95"] < table["gross_p95"]).all() and (table["p_net"] <= table["p_gross"]).all()


def test_equality_share_is_relief_over_theft():
    """Where theft is kept at exactly the equality share, it is worth what relief is: the medians must agree."""
    table = economies.theft_against_relief(n=2**12)
    ratio = table["relief_p50"] / table["gross_p50"]
    assert np.allclose(table["equal_p50"], ratio, rtol=0.05)
    certain = table[table["equal_p95"] < 0.2]  # kept_laundering never falls below .2: theft must then win
    assert (certain["p_net"] > 0.94).all()


def test_one_shared_factor_moves_all_streams_together():
    draws = economies.stream_draws(2024, n=2**12)
    ranged = [x for x in draws.values() if np.ptp(x) > 0]  # a single estimate is a constant
    assert len(ranged) >= 2
    rank = np.corrcoef([np.argsort(np.argsort(x)) for x in ranged])
    rho = evidence.central("stream_correlation")
    spearman = 6 / np.pi * np.arcsin(rho / 2)  # of a normal copula
    off = rank[np.triu_indices(len(rank), 1)]
    assert np.allclose(off, spearman, atol=0.06)


def test_trade_parts_add_up_to_the_published_total():
    rows = evidence.table("china_trade_share").sort_values("year").reset_index(drop=True)
    trade = economies.trade()
    total = rows["total_excl_inter_korean_usd_m"]
    parts = trade["china"] + trade["others"]
    known = parts.notna() & total.notna()
    assert known.sum() > 30
    assert np.allclose(parts[known], total[known], rtol=0.01)


def test_openings_start_from_their_own_base():
    rows = evidence.table("normalisation_cases")
    paths = economies.openings()
    assert 6 <= paths["case"].nunique() <= rows["case"].nunique()
    one = rows[rows["case"] == "Vietnam normalisation"].set_index("t_rel")
    heads = one["gdp_per_capita_usd"] * one["exports_pct_gdp"] / 100
    got = paths[(paths["case"] == "Vietnam 1995") & (paths["t"] == 10)]["multiple"].iloc[0]
    assert got == pytest.approx(heads[10] / heads[[-3, -2, -1]].mean())


def test_hacks_leave_out_failed_attempts_and_keep_attribution_apart():
    hacks = economies.hacks()
    assert (hacks["taken"] > 0).all()
    assert set(hacks["attribution_status"]) == {"official", "reported", "contested"}
    assert hacks["taken"].sum() == pytest.approx(evidence.table("cyber_incidents")["usd_m_taken"].sum())


def test_relief_first_is_the_closed_form_and_never_slower():
    path = [1.2, 1.5, 2.0]
    assert economies.bridge(path, 100, 0.5, 30, first=10) == (2, pytest.approx(10))  # added 20, 35, 60
    assert economies.bridge(path, 100, 0.5, 5, first=10) == (1, 0)


def test_three_starts_of_growth():
    """Relief first is never slower than today's exports; the income replaced is the same; each base is its own."""
    sold, lost = economies.exports(), deal.lost_exports()["total"]
    got = economies.substitutions(2017, 2025, 800.0)
    parts = {start: rows.set_index(["case", "share"]) for start, rows in got.groupby("start")}
    assert list(parts) == ["relief", "then", "today"]
    fast, slow = parts["relief"], parts["today"]
    assert (fast["target"] == slow["target"]).all() and (fast["bridge"] <= slow["bridge"] + 1e-9).all()
    assert (fast["years"].fillna(99) <= slow["years"].fillna(99)).all()
    bases = {start: rows["base"].unique().tolist() for start, rows in parts.items()}
    assert bases == {"then": [sold[2017]], "today": [sold.iloc[-1]], "relief": [sold.iloc[-1] + lost]}
    years = {start: set(rows["base_year"]) for start, rows in parts.items()}
    assert years == {"then": {2017}, "today": {2025}, "relief": {2025}}
    one = economies.substitution(sold.iloc[-1] + lost, 2025, first=800.0)
    assert one["bridge"].tolist() == fast["bridge"].tolist()
    earlier = economies.substitutions(2017, 2018, 0.0)
    assert earlier.loc[earlier["start"] == "today", "base"].unique().tolist() == [sold[2018]]


def test_what_the_starts_reach_is_counted_and_tabled():
    nan = np.nan
    frame = pd.DataFrame(
        [
            ("today", "A", 1.0, nan, 2500.0),
            ("today", "A", 0.5, 9.0, 100.0),
            ("today", "B", 1.0, nan, 40.0),
            ("today", "B", 0.5, nan, 20.0),
            ("relief", "A", 1.0, 4.0, 1000.0),
            ("relief", "A", 0.5, 1.0, 0.0),
            ("relief", "B", 1.0, nan, 10.0),
            ("relief", "B", 0.5, 2.0, 260.0),
        ],
        columns=["start", "case", "share", "years", "bridge"],
    ).assign(target=80.0, base=lambda d: np.where(d["start"] == "today", 100.0, 400.0))
    assert economies.reached(frame).to_dict() == {"today": 0, "relief": 1}
    assert economies.reached(frame, 0.5).to_dict() == {"today": 1, "relief": 2}
    margin = evidence.central("margin_rest")
    needed = economies.needed_multiple(frame).to_dict()
    assert needed == pytest.approx({"today": 1 + 0.8 / margin, "relief": 1 + 0.2 / margin})
    table = economies.years_table(frame, {"relief": "Relief", "today": "Today"})
    assert table.columns.tolist() == ["Opening", "Relief, 100%", "Relief, 50%", "Today, 100%", "Today, 50%"]
    assert table.to_numpy().tolist() == [["A", "4", "1", "never", "9"], ["B", "never", "2", "never", "never"]]
    money = economies.bridge_table(frame, {"today": "Today", "relief": "Relief"})
    assert money.columns.tolist() == ["Opening", "Today", "Relief"]
    assert money.to_numpy().tolist() == [["A", "0.1", "0.0"], ["B", "0.0, never covered", "0.3"]]


def test_contraband_is_in_both_incomes_and_its_months_are_scaled_to_a_year():
    rows = evidence.table("illicit_revenue").query("stream == 'coal_smuggling'").set_index("year")["usd_m_central"]
    assert economies.contraband(2017) == pytest.approx(rows[2017] * 12 / 7)  # February to August
    assert economies.contraband(2025) == pytest.approx(rows[2019] * 12 / 8)  # January to August
    frame = economies.incomes((2017, 2025))
    assert frame.groupby("year")["stream"].nunique().eq(4).all()
    coal = frame[frame["stream"].str.contains("coal")].set_index("year")
    assert coal["kept"].to_numpy() == pytest.approx(coal["gross"] * evidence.central("margin_smuggled"))
    target = economies.substitution(1000, 2017, (1.0,))["target"].iloc[0]
    assert target == pytest.approx(frame[frame["year"] == 2017]["kept"].sum(), rel=0.15)


# ---------------------------------------------------------------- tables planted by hand, every figure another
def planted(monkeypatch, **frames):
    """`evidence.table` gives these frames, and no other."""
    monkeypatch.setattr(evidence, "table", lambda name: pd.DataFrame(frames[name]))


def test_a_constant_has_its_value_at_every_quantile():
    assert sampling.pert([0.0, 0.4, 1.0], 3.0, 3.0, 3.0).tolist() == [3.0] * 3
    got = sampling.pert(0.4, [1.0, 3.0], [1.5, 3.0], [2.0, 3.0])
    assert got[1] == 3.0 and got[0] == pytest.approx(sampling.pert(0.4, 1.0, 1.5, 2.0))


def test_quantiles_are_those_of_their_kind():
    row, u = {"low": 1.0, "central": 3.0, "high": 16.0}, np.array([0, 0.25, 0.5, 1])
    cases = {"uniform": [1, 4.75, 8.5, 16], "log-uniform": [1, 2, 4, 16], "fixed by the text": [3] * 4}
    for kind, values in cases.items():
        assert sampling.quantile(row | {"distribution": kind}, u) == pytest.approx(values)
    assert sampling.quantile(row | {"distribution": "pert"}, u) == pytest.approx(sampling.pert(u, 1, 3, 16))
    with pytest.raises(ValueError, match="unknown distribution 'normal'"):
        sampling.quantile(row | {"distribution": "normal"}, u)


def test_a_draw_is_each_rows_own_quantile_in_its_own_dimension():
    """Ranged rows take the dimensions in the order of the table; a fixed row and a point take none."""
    kinds = ["uniform", "fixed by the text", "pert", "log-uniform", "pert", "uniform"]
    rows = pd.DataFrame({"distribution": kinds}, index=list("abcdef"))
    rows["low"], rows["central"] = [1.0, 2, 3, 4, 5, 6], [1.5, 2.5, 4, 5, 5, 7]
    rows["high"] = [2.0, 3, 9, 40, 5, 8]
    assert sampling.ranged(rows) == ["a", "c", "d", "f"]
    got, further = sampling.draw(rows, 50, (3, 1), 2)
    u = sampling.points(50, 6, (3, 1))
    np.testing.assert_array_equal(further, u[:, 4:])
    assert list(got) == list("abcdef") and got["b"] == 2.5 and got["e"] == 5.0
    for column, name in enumerate("acdf"):
        row = rows.loc[name]
        error = sampling.TABLE_ERROR * (row["high"] - row["low"])
        np.testing.assert_allclose(got[name], sampling.quantile(row, u[:, column]), rtol=1e-12, atol=error)
    with pytest.raises(ValueError, match="at least 1 future, not 0"):
        sampling.draw(rows, 0, 1)
    assert len(sampling.draw(rows, 1, 1)[0]["a"]) == 1


def test_rows_of_chapters_are_chosen_whole_and_refused_by_name():
    rows = pd.DataFrame({"chapter": ["5", "15", "6;5", "7"]}, index=list("abcd"))
    rows["low"], rows["central"], rows["high"] = 1.0, 1.0, 2.0
    assert list(sampling.rows(rows, ("5", "7")).index) == list("acd")
    for column, value in (("low", 1.5), ("high", 0.5), ("central", np.nan)):
        wrong = rows.copy()
        wrong.loc["c", column] = value
        with pytest.raises(ValueError, match="fails: c$"):
            sampling.rows(wrong, ("5",))
        assert list(sampling.rows(wrong, ("7",)).index) == ["d"]
    with pytest.raises(ValueError, match="listed twice: a$"):
        sampling.rows(pd.concat([rows, rows.loc[["a"]]]), ("5",))


def test_trade_fills_chinas_part_from_its_share(monkeypatch):
    rows = {
        "year": [2002, 2001, 2003],
        "total_excl_inter_korean_usd_m": [200.0, 100.0, 50.0],
        "china_share_excl_inter_korean_pct": [30.0, 41.0, 90.0],
        "china_share_incl_inter_korean_pct": [20.0, 40.0, 80.0],
        "china_usd_m": [np.nan, 42.0, 51.0],
        "inter_korean_usd_m": [7.0, 8.0, 9.0],
        "share_kind": ["unconfirmed", "printed", "computed"],
    }
    planted(monkeypatch, china_trade_share=rows)
    got = economies.trade()
    assert got.index.tolist() == [0, 1, 2] and got["year"].tolist() == [2001, 2002, 2003]
    assert got["china"].tolist() == [42.0, 60.0, 51.0]  # printed where it is, else a share of the total
    assert got["others"].tolist() == [58.0, 140.0, 0.0]  # China's own count above the total leaves no others
    assert got["inter_korean"].tolist() == [8.0, 7.0, 9.0]
    assert got["confirmed"].tolist() == [True, False, True]
    assert got["share_excl"].tolist() == [41.0, 30.0, 90.0] and got["share_incl"].tolist() == [40.0, 20.0, 80.0]


def test_exports_are_those_of_one_basis_without_seouls(monkeypatch):
    rows = {
        "partner": ["total_excl_inter_korean"] * 4 + ["china"],
        "basis": ["KOTRA", "mirror", "KOTRA", "KOTRA", "KOTRA"],
        "year": [2005, 2005, 2004, 2003, 2005],
        "exports_usd_m": [5.0, 6.0, 4.0, np.nan, 7.0],
    }
    planted(monkeypatch, trade_by_partner=rows)
    assert economies.exports().to_dict() == {2004: 4.0, 2005: 5.0}
    assert economies.exports().index.tolist() == [2004, 2005]


def test_streams_are_yearly_estimates_with_their_own_ends(monkeypatch):
    one, two = list(economies.STREAMS)[:2]
    rows = {
        "stream": [two, one, one, one, "another"],
        "year": [2020, 2021, 2019, 2018, 2020],
        "annual_estimate": ["yes", "yes", "yes", "no", "yes"],
        "usd_m_low": [1.0, np.nan, 3.0, 9.0, 9.0],
        "usd_m_central": [np.nan, 5.0, 4.0, 9.0, 9.0],
        "usd_m_high": [2.0, np.nan, 8.0, 9.0, 9.0],
    }
    planted(monkeypatch, illicit_revenue=rows)
    got = economies.streams()
    assert got.index.tolist() == [0, 1, 2]
    want = {(one, 2019): (3, 4, 8), (one, 2021): (5, 5, 5), (two, 2020): (1, np.nan, 2)}
    assert list(zip(got["stream"], got["year"], strict=True)) == sorted(want)
    for row in got.itertuples():
        np.testing.assert_equal((row.low, row.central, row.high), want[row.stream, row.year])


def test_hacks_are_summed_and_counted_by_year_and_attribution(monkeypatch):
    rows = {
        "date": ["2020-01-02", "2020-11", "2020-05-05", "2021", "2021-02-01"],
        "attribution_status": ["official", "official", "reported", "official", "official"],
        "target": list("abcde"),
        "usd_m_taken": [1.0, 10.0, 100.0, 0.0, 1000.0],
        "usd_m_recovered": [0.5, 2.0, np.nan, np.nan, 30.0],
    }
    planted(monkeypatch, cyber_incidents=rows)
    got = economies.hacks()
    assert got.columns.tolist() == ["year", "attribution_status", "taken", "recovered", "incidents"]
    assert got.to_numpy().tolist() == [
        [2020, "official", 11.0, 2.5, 2],
        [2020, "reported", 100.0, 0.0, 1],
        [2021, "official", 1000.0, 30.0, 1],
    ]
    assert economies.largest_hack()["target"] == "e"


def test_the_estimate_of_a_stream_is_the_nearest_that_is_not_later(monkeypatch):
    rows = pd.DataFrame(
        {"stream": stream, "year": year, "low": value, "central": value, "high": value}
        for k, stream in enumerate(economies.STREAMS)
        for year, value in ((2010, 10.0 + k), (2020, 20.0 + k))
    )
    monkeypatch.setattr(economies, "streams", lambda: rows)
    for year, start in ((2005, 10.0), (2010, 10.0), (2019, 10.0), (2020, 20.0), (2030, 20.0)):
        got = economies.stream_draws(year, n=4)
        assert list(got) == list(economies.STREAMS)
        for k, x in enumerate(got.values()):
            assert x.tolist() == [start + k] * 4


def test_a_range_without_a_centre_has_its_geometric_middle_as_mode(monkeypatch):
    ranged = {"low": 1.0, "central": np.nan, "high": 100.0}
    rows = pd.DataFrame({"stream": s, "year": 2010, **ranged} for s in economies.STREAMS)
    monkeypatch.setattr(economies, "streams", lambda: rows)
    for x in economies.stream_draws(2010, n=2**12).values():
        assert x.mean() == pytest.approx((1 + 4 * 10 + 100) / 6, rel=0.03)


def test_only_theft_is_laundered():
    gross = {name: np.array([10.0**k, 2 * 10.0**k]) for k, name in enumerate(economies.STREAMS)}
    half = economies.kept(gross, np.array([0.5, 0.25]))
    lost = gross["crypto_theft"] * [0.5, 0.75]
    assert half == pytest.approx(sum(gross.values()) - lost)


def test_contraband_of_a_year_is_scaled_from_its_own_months(monkeypatch):
    rows = {
        "stream": ["coal_smuggling"] * 4 + ["another"],
        "year": [2019, 2017, 2018, 2020, 2016],
        "period": ["Jan-Aug", "Feb-Aug", "Mar-Mar 2018", "whole year", "Jan-Dec"],
        "usd_m_central": [80.0, 70.0, 5.0, 999.0, 888.0],
    }
    planted(monkeypatch, illicit_revenue=rows)
    got = [economies.contraband(year) for year in (2010, 2017, 2018, 2019, 2025)]
    assert got == pytest.approx([120.0, 120.0, 60.0, 120.0, 120.0])
    rows["usd_m_central"][1] = 7.0
    assert economies.contraband(2016) == pytest.approx(12.0)  # the earliest, where none is before


def test_single_years_of_theft_are_spread_and_ranges_are_kept(monkeypatch):
    rows = pd.DataFrame(
        {
            "stream": ["crypto_theft", "crypto_theft", "another"],
            "year": [2018, 2017, 2017],
            "low": [200.0, 100.0, 1.0],
            "central": [300.0, 100.0, 1.0],
            "high": [700.0, 100.0, 1.0],
        }
    )
    monkeypatch.setattr(economies, "streams", lambda: rows)
    spread = evidence.assumptions().loc["theft_spread"]
    got = economies.theft_ranges().set_index("year")
    assert got.loc[2018, ["low", "central", "high"]].tolist() == [200.0, 300.0, 700.0]
    assert got.loc[2017, ["low", "central", "high"]].tolist() == [100 * spread["low"], 100, 100 * spread["high"]]


def test_openings_need_three_years_before_and_have_their_own_base(monkeypatch):
    """Exports per head of A before: 10, 20, 30; of B one year is missing; the year -4 counts in neither."""
    t = [-4, -3, -2, -1, 0, 1, 2]
    rows = {
        "case": ["Aland opens"] * 7 + ["Bland opens"] * 7,
        "event_year": [1990] * 7 + [1995] * 7,
        "t_rel": t * 2,
        "gdp_per_capita_usd": [900.0, 100, 200, 300, 400, 500, np.nan] + [100.0] * 7,
        "exports_pct_gdp": [10.0] * 7 + [10.0, np.nan, 10, 10, 10, 10, 10],
        "fdi_inflow_pct_gdp": [50.0, 1, 2, 3, 4, 6, 8] + [1.0] * 7,
    }
    planted(monkeypatch, normalisation_cases=rows)
    got = economies.openings()
    assert got["case"].tolist() == ["Aland 1990"] * 2 and got["t"].tolist() == [0, 1]
    assert got["multiple"].tolist() == pytest.approx([2.0, 2.5]) and got["fdi"].tolist() == pytest.approx([2.0, 4.0])
    assert got.index.tolist() == [0, 1]
    rows["case"] = ["Zland opens"] * 7 + ["Bland opens"] * 7
    rows["exports_pct_gdp"] = [10.0] * 14
    planted(monkeypatch, normalisation_cases=rows)
    assert economies.openings()["case"].tolist() == ["Zland 1990"] * 2 + ["Bland 1995"] * 3  # as the table has them


def test_the_bridge_is_what_is_short_until_the_target_is_reached():
    """Added income 5 and 15 a year: 10 is reached in the second year, 5 short; 20 never, 15 and 5 short."""
    path = [1.1, 1.3]
    years, money = economies.bridge(path, 100.0, 0.5, 20.0)
    assert np.isnan(years) and money == pytest.approx(15 + 5)
    assert economies.bridge(path, 100.0, 0.5, 10.0) == (2, pytest.approx(5))
    with pytest.raises(ValueError, match="multiples"):  # a year that nobody knows is no year without a shortfall
        economies.bridge([1.1, np.nan, 1.3], 100.0, 0.5, 20.0)
    assert economies.bridge([1.125, 1.25, 1.5], 100.0, 0.5, 12.5) == (2, 6.25)  # level is reached


def test_a_year_of_an_opening_without_a_record_lies_between_its_neighbours(monkeypatch):
    """The others keep their years, and the path ends with its last record: as if the missing year had been written."""
    rows = [("A", 0, 1.0), ("A", 1, 1.5), ("A", 3, 2.5), ("A", 4, 9.0), ("A", 5, np.nan)]
    got = {}
    for name, extra in (("gap", []), ("whole", [("A", 2, 2.0)])):
        frame = pd.DataFrame(rows + extra, columns=["case", "t", "multiple"])
        monkeypatch.setattr(economies, "openings", lambda frame=frame: frame)
        got[name] = economies.substitution(1000.0, 2017)
    pd.testing.assert_frame_equal(got["gap"], got["whole"])
    assert got["gap"]["observed"].eq(4).all()


def test_substitution_is_the_bridge_of_each_opening_and_share(monkeypatch):
    """Two openings on made-up paths, out of order, with years outside the window that must not count."""
    rows = pd.DataFrame(
        [("A", 2, 3.0), ("A", 1, 2.0), ("A", 0, 99.0), ("A", 3, 4.0)]
        + [("B", t, 1 + t / 10) for t in range(1, economies.HORIZON + 1)]
        + [("B", economies.HORIZON + 1, 99.0)],
        columns=["case", "t", "multiple"],
    )
    monkeypatch.setattr(economies, "openings", lambda: rows)
    margin, year = evidence.central("margin_rest"), 2017
    got = economies.substitution(700.0, year, (0.5, 1.0), first=30.0)
    assert list(zip(got["case"], got["share"], strict=True)) == [("A", 0.5), ("A", 1.0), ("B", 0.5), ("B", 1.0)]
    assert got["observed"].tolist() == [3, 3, 10, 10]
    paths = {"A": [2.0, 3.0, 4.0], "B": [1 + t / 10 for t in range(1, 11)]}
    laundering = np.median(economies.kept(economies.stream_draws(year), _laundering()))
    income = laundering + economies.contraband(year) * evidence.central("margin_smuggled")
    for row in got.itertuples():
        years, money = economies.bridge(paths[row.case], 700.0, margin, row.share * income, 30.0)
        np.testing.assert_equal(row.years, years)
        assert row.bridge == pytest.approx(money) and row.target == pytest.approx(row.share * income)
        assert row.covered == pytest.approx((30 + margin * 700 * (paths[row.case][-1] - 1)) / row.target)


def _laundering():
    return economies._draws(("kept_laundering",))["kept_laundering"]


def test_incomes_are_medians_before_and_after_costs():
    frame = economies.incomes((2017,)).set_index("stream")
    for stream, x in economies.stream_draws(2017).items():
        left = x * _laundering() if stream == "crypto_theft" else x
        row = frame.loc[economies.STREAMS[stream]]
        assert (row["gross"], row["kept"]) == (np.median(x), np.median(left))
    assert frame.loc["Smuggled coal (sales)", "gross"] == economies.contraband(2017)


def test_theft_is_compared_with_relief_draw_by_draw():
    """The same margins in every year, another draw of theft; recomputed from the draws."""
    n, seed = 256, 5
    table, ranges = economies.theft_against_relief(n, seed), economies.theft_ranges()
    p = economies._draws((*economies.MARGINS, "kept_laundering"), n, seed)
    worth, u = economies.relief(p), sampling.points(n, len(ranges), (seed, 1))
    assert table["year"].tolist() == ranges["year"].tolist()
    for k, row in ranges.iterrows():
        gross = sampling.pert(u[:, k], row["low"], row["central"], row["high"])
        net = gross * p["kept_laundering"]
        assert table.loc[k, "p_gross"] == (gross > worth).mean() and table.loc[k, "p_net"] == (net > worth).mean()
        for name, x in {"gross": gross, "net": net, "relief": worth, "equal": worth / gross}.items():
            got = table.loc[k, [f"{name}_p5", f"{name}_p50", f"{name}_p95"]].to_numpy(float)
            assert got == pytest.approx(np.quantile(x, [0.05, 0.5, 0.95]))


def test_markets_show_the_last_two_of_each_indicator_in_their_order(monkeypatch):
    one, two = list(economies.MARKET_ROWS)[:2]
    rows = {
        "indicator": [two, one, one, one, "another"],
        "year": [2018, 2021, 2001, 2011, 2020],
        "value": [436.0, 1.5, 9.0, 2000.0, 9.0],
        "verified": ["memory", "seen", "seen", "part", "seen"],
    }
    planted(monkeypatch, markets=rows)
    got = economies.markets_table()
    names = economies.MARKET_ROWS
    assert got.columns.tolist() == ["What", "Year", "Value", "Seen"]
    assert got.to_numpy().tolist() == [
        [names[one], 2011, "2000", "in part"],
        [names[one], 2021, "1.5", "yes"],
        [names[two], 2018, "436", "no"],
    ]


def test_the_won_is_pyongyangs_as_surveyed_since_2010_06(monkeypatch):
    rows = {
        "city": ["Pyongyang", "Pyongyang", "Pyongyang", "Hyesan", "Pyongyang", "Pyongyang"],
        "basis": ["press", "survey", "official", "survey", "survey", "survey"],
        "date": ["2012-01", "2010-06", "2012-02", "2012-02", "2010-05", "2013-01"],
        "usd_kpw": [4500.0, 1000.0, 1.0, 2.0, 3.0, np.nan],
        "rice_kpw_per_kg": [2800.0, 400.0, 1.0, 2.0, 3.0, 5000.0],
    }
    planted(monkeypatch, prices=rows)
    assert economies.won().to_numpy().tolist() == [
        ["2010-06", "rice", 400.0],
        ["2012-01", "rice", 2800.0],
        ["2013-01", "rice", 5000.0],
        ["2010-06", "usd", 1000.0],
        ["2012-01", "usd", 4500.0],
    ]


def test_a_dollar_cost_between_its_least_and_most_inside_the_dates():
    rows = [("2012-12", "usd", 1.0), ("2013-01", "usd", 5.0), ("2014", "usd", 3.0), ("2013-06", "rice", 99.0)]
    frame = pd.DataFrame([*rows, ("2024-01-01", "usd", 70.0)], columns=["date", "series", "won"])
    assert economies.dollar_range(frame, "2013", "2023-12-31") == (3.0, 5.0)


def test_arms_are_the_latest_range_and_the_most_that_came_back(monkeypatch):
    rows = {
        "stream": ["russia_munitions", "russia_munitions", "russia_munitions", "russia_return_aid"],
        "usd_m_low": [1.0, 2.0, 9.0, np.nan],
        "usd_m_high": [3.0, 5.0, np.nan, 0.7],
    }
    planted(monkeypatch, illicit_revenue=rows)
    assert economies.munitions().to_dict() == {"low": 2.0, "high": 5.0, "back": 0.7}


def test_incomes_to_read_have_both_years_and_their_sums():
    frame = pd.DataFrame(
        [(2017, "b", 1.0, 0.5), (2017, "a", 20.0, 20.0), (2025, "b", 3000.0, 1500.0), (2025, "a", 4.0, 4.0)],
        columns=["year", "stream", "gross", "kept"],
    )
    table = economies.incomes_table(frame)
    assert table.columns.tolist() == ["Stream", "Gross, 2017", "Gross, 2025", "Kept, 2017", "Kept, 2025"]
    assert table["Stream"].tolist() == ["b", "a", "Sum of the rows"]
    assert table.iloc[2].tolist()[1:] == ["21", "3,004", "20", "1,504"]


def test_published_totals_stand_beside_the_thefts_listed():
    table, hacks = economies.hacks_with_totals(), economies.hacks()
    published = table[table["kind"] == "published"]
    assert published["taken"].tolist() == economies.theft_ranges()["central"].tolist()
    assert table[table["kind"] != "published"]["taken"].sum() == pytest.approx(hacks["taken"].sum())
    ranks = {"official": 0, "reported": 1, "contested": 2, "published": 3}
    assert table.groupby("kind")["rank"].first().to_dict() == ranks
