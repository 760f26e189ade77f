"""Outcomes, losses and beliefs: the formulas against a plain reference, limits, proofs as tests, and bad input."""
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import evidence, options, sampling, wants

REGISTER = evidence.assumptions()
CENTRAL = REGISTER["central"].astype(float).to_dict()
LIVES = options.preset("all_central")
EVEN = np.full(3, 1 / 3)
POLICIES, RESPONSES, OUTCOMES = options.POLICIES, options.RESPONSES, options.OUTCOMES


@pytest.fixture(scope="module")
def sample():
    return options.draw(2**11, seed=11)


def plain(p, policy, response):
    """One future, one policy, one response, written out as a reader would with pencil and table."""
    h_years, n0 = p["horizon"], p["n0"]
    acc, hold, esc = (response == r for r in RESPONSES)
    if policy == "force":
        warheads = p["rho_force"] * n0 if acc else (1 - p["kappa"]) * n0 + h_years * p["grow"] if hold else p["rho_war"] * n0
    else:
        growth = h_years * p["grow"] * (1.0 if policy == "status_quo" else p[f"grow_{policy}"])
        if acc and policy == "status_quo":
            warheads = p["rho_sq"] * n0
        elif acc:
            warheads = p[f"gen_{policy}"] * p[f"rho_{policy}"] * n0 + (1 - p[f"gen_{policy}"]) * (n0 + growth)
        else:
            warheads = n0 + growth * (p["g_esc"] if esc else 1.0)
    if policy == "force" and esc:
        deaths = p["d_conv"] + (1 - p["kappa"]) * p["p_nuc"] * p["d_nuc"]
        return [deaths, warheads, p["s_war"], p["c_war"], p["a_war"], p["i_war"]]
    hazard = p["h0"] * (max(warheads, 1) / n0) ** p["psi"]
    hazard *= 1.0 if policy == "status_quo" else p[f"m_{policy}"]
    hazard *= p["m_acc"] if acc else p["m_esc"] if esc else 1.0
    chance = 1 - (1 - min(hazard, p["h_cap"])) ** h_years
    deaths = chance * (p["d_conv"] + p["p_nuc"] * p["d_nuc"] * (warheads / n0) ** p["theta"])
    spread = min(p["s0"] * warheads / p["spread_ref"], 1)
    if policy == "pressure" and not acc:
        spread *= p["s_pressure"]
    spread = min(spread + chance * p["s_war"], 1)
    cost, justice, income = chance * p["c_war"], chance * p["a_war"], p["i_sq"] + chance * p["i_war"]
    if policy == "force":
        deaths += p["d_strike"] + (p["d_limited"] if hold else 0)
        cost += p["c_limited"] if hold else p["c_strike"]
        justice += 0 if hold else p["a_force_acc"]
        income += p["i_limited"] * (1 if hold else p["share_flim"])
    if policy == "pressure" and acc:
        deaths += p["share_pacc"] * h_years * p["x_acc"]
        cost += p["share_pacc"] * p["c_deal"] + p["years_pacc"] * p["c_pressure"]
        justice += p["share_pacc"] * p["a_deal"]
        income += p["i_pacc"]
    elif policy == "pressure":
        deaths += h_years * p["x_pressure"]
        cost += h_years * p["c_pressure"]
        justice += p["a_pressure"]
        income += p["i_pressure"]
    if policy == "talks" and acc:
        deaths += h_years * p["x_acc"]
        spread += p["precedent"]
        cost += p["c_deal"]
        justice += p["a_deal"]
        income += p["i_deal"]
    elif policy == "talks":
        cost += h_years * p["c_sq"] + p["share_failed"] * p["c_deal"]
    if policy == "status_quo":
        cost += h_years * p["c_sq"]
    if policy == "accept":
        spread += p["precedent_accept"]
        cost += h_years * p["c_accept"]
        justice += p["a_accept"]
        if acc:
            deaths += p["share_accept"] * h_years * p["x_acc"]
            cost += p["share_accept"] * p["c_deal"]
            income += p["share_accept"] * p["i_deal"]
    return [deaths, warheads, spread, cost, justice, income]


def one(parameters, i):
    return {k: (v[i] if np.ndim(v) else v) for k, v in parameters.items()}


# ---------------------------------------------------------------- the draw
def test_a_chunk_is_its_seed_and_number_alone():
    a, b = options.draw(64, 5, 2), options.draw(64, 5, 2)
    assert a.uniforms.tobytes() == b.uniforms.tobytes() and a.minds.tobytes() == b.minds.tobytes()
    assert all(np.asarray(a.parameters[k]).tobytes() == np.asarray(b.parameters[k]).tobytes() for k in a.parameters)
    assert not np.array_equal(a.minds, options.draw(64, 5, 3).minds)
    assert not np.array_equal(a.minds, options.draw(64, 6, 2).minds)


def test_dimensions_follow_the_table():
    names = options.dimensions()
    rows = REGISTER[[bool({"5", "6"} & set(str(c).split(";"))) for c in REGISTER.chapter]]
    ranged = [i for i in rows.index if rows.at[i, "low"] < rows.at[i, "high"]]
    assert names == ranged + [f"mind_{r}_{z}" for r in wants.READINGS for z in wants.GOALS] + ["true_reading"]
    assert {"v_life", "v_income", "q_follow", "conc_dealer"} <= set(names)
    assert not [n for n in names if n.startswith("preset_") or n == "horizon"]
    u = sampling.net(32, len(names), (4, 0))
    d = options.draw(32, 4)
    row = REGISTER.loc["h0"]
    np.testing.assert_allclose(d.parameters["h0"], sampling.quantile(row, u[:, names.index("h0")]),
                               atol=1e-6 * (row.high - row.low))
    np.testing.assert_array_equal(d.uniforms, u[:, -25:])


def test_tabulated_quantiles_are_exact_to_the_stated_error():
    u = np.concatenate([sampling.net(2**12, 1, 1)[:, 0], [1e-12, 1e-9, 1e-6, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12]])
    for central in (0.0, 0.01, 0.2, 0.5, 0.77, 1.0):
        error = np.abs(sampling.pert_table(u, 0, central, 1) - sampling.pert(u, 0, central, 1)).max()
        assert error < sampling.TABLE_ERROR
    assert (sampling.pert_table(u, 2.0, 2.0, 2.0) == 2.0).all()
    with pytest.raises(ValueError, match="low ≤ central ≤ high"):
        sampling.pert_table(u, 0, 2, 1)


def test_the_draw_has_pert_moments(sample):
    for name in ("h0", "m_talks", "psi", "d_nuc", "v_warhead"):
        row = REGISTER.loc[name]
        mean = (row.low + 4 * row.central + row.high) / 6
        assert sample.parameters[name].mean() == pytest.approx(mean, abs=0.01 * (row.high - row.low))


def test_bad_rows_are_named():
    register = REGISTER.copy()
    register.loc["h0", "low"] = 1.0
    with pytest.raises(ValueError, match="h0"):
        options.draw(8, 1, register=register)
    with pytest.raises(KeyError, match="g_esc"):
        options.outcomes(*options.draw(8, 1, register=REGISTER.drop("g_esc"))[:2])
    with pytest.raises(ValueError, match="power of 2"):
        options.draw(1000, 1)
    with pytest.raises(KeyError, match="no_such"):
        options.preset("no_such")
    with pytest.raises(ValueError, match="n0"):
        options.cells(CENTRAL | {"n0": 0.0})
    with pytest.raises(KeyError, match="kappa"):
        options.advocate(CENTRAL, "force", 1.0, REGISTER.drop("kappa"))


def test_a_further_reading_changes_no_other(sample):
    more = options.draw(2**11, 11, readings=(*wants.READINGS, "survival", "dominance"))
    np.testing.assert_array_equal(more.minds[:, :3], sample.minds)
    five = options.outcomes(*more[:2], (*wants.READINGS, "survival", "dominance"))
    np.testing.assert_allclose(five[:, :3], options.outcomes(*sample[:2]), rtol=1e-12)


def test_true_reading_follows_the_belief():
    k = options.true_reading(np.array([0.0, 0.19, 0.21, 0.69, 0.71, 1 - 1e-12]), [0.2, 0.5, 0.3])
    assert k.tolist() == [0, 0, 1, 1, 2, 2]
    assert options.true_reading(np.array([0.999]), [1.0, 0.0, 0.0]).tolist() == [0]


def test_ten_thousand_futures_a_second():
    options.draw(2**12, 1)  # quantile tables are made once a process
    started = time.process_time()
    d = options.draw(2**13, 1, 1)
    options.loss(options.outcomes(*d[:2]), d.parameters)
    assert 2**13 / (time.process_time() - started) > 10_000


# ---------------------------------------------------------------- outcomes
def test_every_cell_by_hand(sample):
    table = options.cells(sample.parameters)
    for i in range(0, 2**11, 97):
        p = one(sample.parameters, i)
        for g, policy in enumerate(POLICIES):
            for r, response in enumerate(RESPONSES):
                np.testing.assert_allclose(table[i, g, r], plain(p, policy, response), rtol=1e-12, atol=1e-12,
                                           err_msg=f"{policy}, {response}")


def test_outcomes_are_expectations_over_his_answer(sample):
    answers, table = wants.respond(sample.parameters, sample.minds), options.cells(sample.parameters)
    np.testing.assert_allclose(options.outcomes(*sample[:2]), np.einsum("nkgr,ngro->nkgo", answers, table), rtol=1e-10)


def test_a_war_now_leaves_no_later_war_and_nothing_to_the_power_nothing_is_one():
    table = options.cells(CENTRAL | {"h0": 0.4})[0]
    lethal = CENTRAL["p_nuc"] * CENTRAL["d_nuc"]
    assert table[0, 2, 0] == pytest.approx(CENTRAL["d_conv"] + (1 - CENTRAL["kappa"]) * lethal)
    gone = options.cells(CENTRAL | {"rho_force": 0.0, "theta": 0.0, "h0": 0.4, "psi": 0.0})[0, 0, 0, 0]
    chance = 1 - (1 - 0.4 * CENTRAL["m_force"] * CENTRAL["m_acc"]) ** CENTRAL["horizon"]
    assert gone == pytest.approx(chance * (CENTRAL["d_conv"] + lethal) + CENTRAL["d_strike"])
    scaled = options.cells(CENTRAL | {"rho_force": 0.0, "theta": 0.5, "h0": 0.4, "psi": 0.0})[0, 0, 0, 0]
    assert scaled == pytest.approx(chance * CENTRAL["d_conv"] + CENTRAL["d_strike"])


def test_the_hazard_is_capped_and_spread_stays_a_share():
    table = options.cells(CENTRAL | {"h0": 5.0})[0]
    sure = 1 - (1 - CENTRAL["h_cap"]) ** CENTRAL["horizon"]
    assert table[3, 1, 3] == pytest.approx(sure * CENTRAL["c_war"] + CENTRAL["horizon"] * CENTRAL["c_sq"])
    assert options.cells(CENTRAL | {"s0": 50.0})[0, 3, 1, 2] == 1.0


def test_guards_that_bind_are_counted(sample):
    guards = options.clamps(sample).set_index("guard").share
    assert guards["hazard capped"] == 0 and guards["all spread capped"] < 0.01
    forced = options.clamps(options.Draw(sample.parameters | {"h0": 9.0, "s0": 9.0}, *sample[1:])).set_index("guard").share
    assert forced["hazard capped"] > 0.9 and forced["spread from the arsenal capped"] > 0.9


def test_neutral_effects_leave_only_his_answer_and_failed_talks(sample):
    p = options.neutral(sample.parameters)
    table = options.cells(p)
    spent = np.zeros((2**11, 2, 6))
    spent[..., 3] = (p["share_failed"] * p["c_deal"])[:, None]
    pressure, talks, quo = (table[:, POLICIES.index(g), 1:] for g in ("pressure", "talks", "status_quo"))
    np.testing.assert_allclose(pressure, quo, rtol=1e-12)
    np.testing.assert_allclose(talks - spent, quo, rtol=1e-12, atol=1e-9)


def test_ranges_of_effects_straddle_neutral():
    for name in ("m_talks", "m_pressure", "grow_talks", "grow_pressure", "s_pressure", "m_force", "m_accept"):
        assert REGISTER.at[name, "low"] < 1 < REGISTER.at[name, "high"], name


# ---------------------------------------------------------------- loss
def test_loss_is_the_sum_of_priced_outcomes():
    values = dict(v_life=0.5, v_warhead=10, v_spread=100, v_bn=2, v_justice=7, v_income=0.001, people=1000, horizon=10,
                  ramp=0.5)
    outcome = np.array([1000, 60, 0.2, 30, 0.5, -0.1])
    expected = 500 + 600 + 20 + 60 - 3.5 + 0.001 * 1000 * 10 * 0.5 * 0.1
    assert options.loss(outcome, values) == pytest.approx(expected)
    drawn = values | {"v_life": np.array([0.5, 1.0])}
    np.testing.assert_allclose(options.loss(np.stack([outcome, outcome]), drawn), [expected, expected + 500])


def test_a_further_policy_changes_no_other_loss(sample):
    accept = [n for n in REGISTER.index if n.endswith("_accept") or n.startswith("dg_accept")]
    other = {n: float(REGISTER.at[n, "high"]) for n in accept}
    one, two = (options.loss(options.outcomes(p, sample.minds), LIVES) for p in (sample.parameters, sample.parameters | other))
    np.testing.assert_array_equal(one[..., :4], two[..., :4])
    assert not np.allclose(one[..., 4], two[..., 4])


def test_regret_of_the_best_is_nothing(sample):
    r = options.regret(options.loss(options.outcomes(*sample[:2]), sample.parameters))
    assert (r.min(axis=-1) == 0).all() and (r >= 0).all()


def test_best_shares_count_ties():
    np.testing.assert_allclose(options.best_share(np.array([[1.0, 1.0, 2.0], [3.0, 2.0, 2.0]])), [0.5, 1.0, 0.5])


@given(st.lists(st.floats(0.01, 1e5), min_size=6, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_pareto_set_knows_no_values_and_holds_every_best(rates):
    means = options.outcomes(*options.centre()[:2])[0]
    values = dict(zip(options.RATES, rates, strict=True), people=1.0, horizon=1.0, ramp=1.0)
    for k in range(3):
        keep = options.pareto(means[k])
        assert keep[(means[k] @ options.prices(values)).argmin()]
        np.testing.assert_array_equal(keep, options.pareto(means[k] * np.array(rates)))


def test_a_dominated_policy_is_not_in_the_pareto_set():
    means = np.array([[1, 1, 1, 1, 1, 1.0], [2, 1, 1, 1, 1, 1], [0, 2, 1, 1, 1, 1]])
    assert options.pareto(means).tolist() == [True, False, True]
    assert options.pareto(means[[0, 0]]).all()


# ---------------------------------------------------------------- beliefs
@given(st.integers(0, 2**32 - 1), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_best_at_every_corner_means_one_colour(seed, winner):
    losses = np.random.default_rng(seed).normal(size=(3, 5)) * 1e5
    losses[:, winner] = losses.min(axis=1) - 1e-3
    assert (options.mix(options.beliefs(12), losses).argmin(axis=1) == winner).all()
    shares = options.triangle(losses, 0.05).share
    assert shares[winner] == pytest.approx(1) and np.delete(shares.to_numpy(), winner).max() == pytest.approx(0)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_regions_fill_the_triangle_and_agree_with_the_grid(seed):
    losses = np.random.default_rng(seed).normal(size=(3, 5)) * 1e5
    regions = options.triangle(losses, 0.05)
    assert regions.share.sum() == pytest.approx(1, abs=1e-9)
    assert (regions.decided <= regions.share + 1e-12).all()
    mixed = options.mix(options.beliefs(40), losses)
    best = np.bincount(mixed.argmin(axis=1), minlength=5) / len(mixed)
    np.testing.assert_allclose(best, regions.share, atol=0.05)
    order = np.sort(mixed, axis=1)
    decided = np.bincount(mixed.argmin(axis=1), minlength=5,
                          weights=order[:, 1] - order[:, 0] >= 0.05 * np.abs(order[:, 0])) / len(mixed)
    np.testing.assert_allclose(decided, regions.decided, atol=0.05)


def test_the_border_price_is_where_force_ties(sample):
    means = options.outcomes(*sample[:2]).mean(axis=0)
    low, high = options.price_interval(means, LIVES, np.vstack([np.eye(3), EVEN]))
    for belief, price in zip([*np.eye(3), EVEN], low, strict=True):
        for factor, best in ((1 - 1e-6, False), (1 + 1e-6, True)):
            losses = options.mix(belief, means) @ options.prices(LIVES | {"v_warhead": price * factor})
            assert bool(losses.argmin() == 0) is best
    assert np.isinf(high).all()


def test_a_price_interval_can_be_empty_or_bounded():
    means = np.zeros((1, 5, 6))
    means[0, :, 1] = [10, 20, 5, 30, 30]  # talks leave fewer warheads than force
    means[0, :, 0] = [100, 90, 200, 90, 90]
    values = LIVES | {"v_life": 1.0}
    low, high = options.price_interval(means, values, [[1.0]])
    assert low[0] == pytest.approx(1) and high[0] == pytest.approx(20)
    means[0, 2, 0] = 50
    assert np.isnan(options.price_interval(means, values, [[1.0]])[0]).all()


def test_the_hazard_root_is_a_root(sample):
    hazards = np.geomspace(0.001, 0.5, 60)
    losses = options.hazard_losses(sample, LIVES, hazards)
    root = options.hazard_root(losses, hazards, EVEN)[0]
    for factor, forced in ((0.97, False), (1.03, True)):
        at = options.hazard_losses(sample, LIVES, [root * factor])[0]
        assert bool(options.mix(EVEN, at).argmin() == 0) is forced
    assert np.isnan(options.hazard_root(losses[:5], hazards[:5], EVEN)[0])


def test_waterfalls_add_up_in_every_order():
    w = options.waterfall(options.draw(2**8, 3), LIVES, EVEN)
    for (_, _), rows in w.groupby(["policy", "order"]):
        assert rows.step.iloc[0] == "neutral" and rows.step.iloc[-1] == "all"
        assert rows.change.iloc[:-1].sum() == pytest.approx(rows.total.iloc[-1], rel=1e-9)
        assert rows.total.iloc[-2] == pytest.approx(rows.total.iloc[-1], rel=1e-9)
    ends = w[w.step == "all"].groupby("policy").total.nunique()
    assert (ends == 1).all() or w[w.step == "all"].groupby("policy").total.std().max() < 1e-6


def test_every_group_of_effects_is_neutralised_once():
    grouped = [n for names in options.GROUPS.values() for n in names]
    assert sorted(grouped) == sorted(options.NEUTRAL)


def test_advocates_move_their_effects_and_nothing_else(sample):
    for camp, ends in options.CAMPS.items():
        none, half, full = (options.advocate(sample.parameters, camp, s) for s in (0, 0.5, 1))
        for end, names in ends.items():
            for name in names:
                assert np.ptp(full[name]) == 0 and full[name].flat[0] == REGISTER.at[name, end]
                np.testing.assert_allclose(none[name], sample.parameters[name])
                np.testing.assert_allclose(half[name], (sample.parameters[name] + REGISTER.at[name, end]) / 2)
        moved = {n for names in ends.values() for n in names}
        assert all(full[k] is sample.parameters[k] for k in full if k not in moved)


def test_each_camp_gains_from_its_own_effects(sample):
    for reading, camp in options.PAIRING.items():
        g, k = POLICIES.index(camp), wants.READINGS.index(reading)
        own, plainly = (options.packages(sample, s)[k] @ options.prices(LIVES) for s in (1.0, 0.0))
        rivals = [POLICIES.index(p) for p in options.PAIRING.values() if p != camp]
        for h in rivals:
            assert own[g] - own[h] < plainly[g] - plainly[h]


def test_preference_shares_end_where_the_camp_wins(sample):
    share = options.prefer(sample, LIVES, EVEN, "force")
    for s, wins in ((share - 0.05, False), (share + 0.05, True)):
        moved = options.advocate(sample.parameters, "force", s)
        losses = options.mix(EVEN, options.outcomes(moved, sample.minds).mean(axis=0)) @ options.prices(LIVES)
        assert bool(losses.argmin() == 0) is wins


def test_regrets_of_each_camps_effects(sample):
    table = options.regrets(sample, LIVES, EVEN)
    assert set(table.effects) == {"drawn", *options.CAMPS} and (table["mean"] >= 0).all()
    assert (table.groupby("effects").best.sum() >= 1 - 1e-12).all()


def test_flips_are_found_and_rows_without_force_find_none():
    d = options.draw(2**7, 2)
    found = options.flips(d, LIVES, {"even": EVEN})
    assert set(found.row) == set(sampling.ranged(sampling.rows(REGISTER, options.CHAPTERS)))
    still = found[found.row == "probe_prize"]  # a row that this chapter's outcomes do not use
    assert (still.best == still.base).all() and len(still) == 2
    row = found[(found.row == "m_talks") & (found.end == "high")].iloc[0]
    losses = options.mix(EVEN, options.outcomes(d.parameters | {"m_talks": REGISTER.at["m_talks", "high"]}, d.minds)
                         .mean(axis=0)) @ options.prices(LIVES)
    assert row.best == POLICIES[losses.argmin()] and row.lead == pytest.approx(np.diff(np.sort(losses))[0])
    goal = found[(found.row == "dg_talks_accommodate_deterrent") & (found.end == "low")].iloc[0]
    losses = options.mix(EVEN, options.outcomes(
        d.parameters | {"dg_talks_accommodate_deterrent": REGISTER.at[goal.row, "low"]}, d.minds).mean(axis=0)) \
        @ options.prices(LIVES)
    assert goal.best == POLICIES[losses.argmin()] and goal.lead == pytest.approx(np.diff(np.sort(losses))[0])


def test_base_rates_and_promises_come_from_the_tables():
    low, high = options.bracket()
    assert (low, high) == (5 / 115, 40 / 115)
    kept = options.kept().set_index("side")
    own = evidence.table("agreement_commitments").query("side == 'PRK'")
    assert kept.loc["PRK", ["kept", "partly", "not"]].sum() == len(own)


def test_digits_two_seeds_share():
    leads = []
    for seed in (1, 2):
        d = options.draw(2**12, seed)
        m = options.outcomes(*d[:2]).mean(axis=0) @ options.prices(LIVES)
        leads.append(m - m[:, [3]])
    assert np.abs(leads[0] - leads[1]).max() < 2_000  # life-equivalents: whole thousands, give or take one
    assert math.isfinite(leads[0].sum())
