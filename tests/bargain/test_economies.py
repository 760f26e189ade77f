"""Laws of the economies module: PERT moments, sums, the closed form of years and bridge, recomputed relief."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import deal, economies, evidence, sampling
from bargain.words import economies as economies_words

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


def test_headings_turn_with_what_is_computed():
    trade, streams, won = economies.trade(), economies.streams(), economies.won()
    assert economies_words.trade_heading(trade) == "The open economy has one customer"
    heads = [economies_words.trade_heading(trade.assign(share_excl=share)) for share in (90.0, 60.0, 40.0)]
    assert [h.split(" has ")[1] for h in heads] == ["one customer", "one main customer", "more than one main customer"]

    assert economies_words.streams_heading(streams) == "Gross crypto theft is now clearly above work abroad"
    less = streams.assign(central=streams["central"].where(streams["stream"] != "crypto_theft", 1.0))
    assert "not clearly above" in economies_words.streams_heading(
        less
    ) and "not above" in economies_words.streams_finding(less)

    assert economies_words.won_state(won) == "fell" and economies_words.won_heading(won).endswith(
        "lost most of its value"
    )
    usd, late = won["series"] == "usd", won["date"] >= "2024"
    high = won.loc[usd & won["date"].between("2013", "2023-12-31"), "won"].max()
    for value, state in ((high * 1.5, "slipped"), (high, "held"), (high * 2.5, "fell")):
        moved = won.assign(won=won["won"].where(~(usd & late), value))
        assert economies_words.won_state(moved) == state
        assert ("has ended" in economies_words.won_text(moved)) is (state == "fell")
        assert economies_words.won_heading(moved).startswith("The won held" if state != "held" else "The won has held")
    wild = won.assign(won=won["won"].where(won["date"] != won.loc[usd, "date"].loc["2019" < won["date"]].iloc[0], 9e5))
    assert "not steady" in economies_words.won_heading(wild) and "is no sign" in economies_words.won_text(wild)

    theft = economies.theft_against_relief(n=2**8)
    now = int(theft["year"].max())
    assert economies_words.price_heading(theft, 2017, now) == "The price of giving up theft has risen since 2017"
    fallen = theft.assign(gross_p50=theft["gross_p50"].to_numpy()[::-1])
    assert "has fallen" in economies_words.price_heading(fallen, 2017, now)
    assert "has fallen" in economies_words.price_moved(fallen, 2017, now)

    both = economies_words.substitution_both(2017, now)
    assert economies_words.bridge_heading(both) == "No opening on record would cover his illicit income now"
    for share, word in ((1.0, "Most openings"), (0.3, "A minority")):
        cases = list(dict.fromkeys(both["case"]))
        reached = both["case"].isin(cases[: int(share * len(cases))])
        some = both.assign(years=np.where(reached, 5.0, np.nan))
        assert economies_words.bridge_heading(some).startswith(word)
        assert f"for {now} on {int(share * len(cases))}, " in economies_words.bridge_finding(some)


def test_halved_margins_move_the_year_of_headings_that_draws_give():
    """The year said must be the first in which gross theft exceeds relief at halved margins in most draws."""
    theft = economies.theft_against_relief(n=2**10)
    half = theft.assign(equal_p50=theft["equal_p50"] / 2)
    first = theft.loc[theft["p_gross"] > 0.5, "year"].min()
    said = economies_words.margins_text(theft)
    assert said.endswith(f"instead of {first}.") and f"in {half.loc[half['equal_p50'] < 1, 'year'].min()} " in said
    assert "where now there is none" in economies_words.margins_text(theft.assign(equal_p50=1.5))
    assert "in no year" in economies_words.margins_text(theft.assign(equal_p50=3.0))
    assert "all the same" in economies_words.margins_text(theft.assign(equal_p50=0.5))


def test_words_on_bans_and_causes_follow_headings_of_the_data(monkeypatch):
    sold = economies.exports()
    assert "fell from" in economies_words.bans_text() and economies_words.squeeze_text().startswith("It did better")
    both = economies_words.substitution_both(2017, 2025)
    assert "grew from" in economies_words.causes_text(
        both, 2017, 2025
    ) and "shrank from" in economies_words.causes_text(both, 2017, 2025)
    turned = economies_words.causes_text(both.assign(base=1000.0 + both["base_year"]), 2017, 2025)
    assert "to grow grew from" in turned and "shrank" not in turned
    monkeypatch.setattr(economies, "exports", lambda: sold.where(sold.index != 2018, 2 * sold[2016]))
    assert "did not do what" in economies_words.bans_text() and "rose from" in economies_words.bans_text()
    assert economies_words.squeeze_text().startswith("It did not come out so: exports moved by +100%")


def test_relief_first_is_the_closed_form_and_never_slower():
    path = [1.2, 1.5, 2.0]
    assert economies.bridge(path, 100, 0.5, 30, first=10) == (2, pytest.approx(10))  # added 20, 35, 60
    assert economies.bridge(path, 100, 0.5, 5, first=10) == (1, 0)
    now = int(economies.theft_against_relief(n=2**8)["year"].max())
    both, after = economies_words.substitution_both(2017, now), economies_words.substitution_after(now, 800.0)
    slow = both[both["base_year"] == now].set_index(["case", "share"])
    fast = after.set_index(["case", "share"])
    assert (fast["target"] == slow["target"]).all() and (fast["bridge"] <= slow["bridge"] + 1e-9).all()
    assert (fast["years"].fillna(99) <= slow["years"].fillna(99)).all()
    assert "with relief first" in economies_words.bridge_heading(both, after)
    assert len(economies_words.after_table(both, after)) == both["case"].nunique()


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
