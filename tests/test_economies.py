"""Laws of the economies module: PERT moments, sums, the closed form of years and bridge, recomputed relief."""

import numpy as np
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
