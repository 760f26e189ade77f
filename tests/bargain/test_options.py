"""Outcomes, losses and beliefs: the formulas against a plain reference, limits, proofs as tests, and bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from edits import printed_by_two_seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import evidence, kims, options, results, sampling, simplex, terms, wants
from bargain.options import criteria

REGISTER = evidence.assumptions()
CENTRAL = REGISTER["central"].astype(float).to_dict()
LIVES = options.preset("all_central")
EVEN = np.full(3, 1 / 3)
POLICIES, RESPONSES, OUTCOMES = terms.POLICIES, terms.RESPONSES, terms.OUTCOMES


@pytest.fixture(scope="module")
def sample():
    return options.draw(2**11, seed=11)


def plain(p, policy, response):
    """One future, one policy, one response, written out as a reader would with pencil and table."""
    h_years, n0 = p["horizon"], p["n0"]
    acc, hold, esc = (response == r for r in RESPONSES)
    if policy == "force":
        warheads = p["rho_force"] * n0 if acc else p["rho_war"] * n0
        if hold:
            warheads = (1 - p["kappa"]) * n0 + h_years * p["grow"]
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
    assert names == ranged + [f"mind_{r}_{z}" for r in terms.READINGS for z in terms.GOALS] + ["true_reading"]
    assert {"v_life", "v_income", "q_follow", "conc_dealer"} <= set(names)
    assert not [n for n in names if n.startswith("preset_") or n == "horizon"]
    u = sampling.points(32, len(names), (4, 0))
    d = options.draw(32, 4)
    row = REGISTER.loc["h0"]
    np.testing.assert_allclose(
        d.parameters["h0"], sampling.quantile(row, u[:, names.index("h0")]), atol=1e-6 * (row.high - row.low)
    )
    np.testing.assert_array_equal(d.uniforms, u[:, -25:])


def test_tabulated_quantiles_are_exact_to_the_stated_error():
    u = np.concatenate([sampling.points(2**12, 1, 1)[:, 0], [1e-12, 1e-9, 1e-6, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12]])
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
    with pytest.raises(ValueError, match="at least 1"):
        options.draw(0, 1)
    with pytest.raises(KeyError, match="no_such"):
        options.preset("no_such")
    with pytest.raises(ValueError, match="n0"):
        options.cells(CENTRAL | {"n0": 0.0})
    with pytest.raises(KeyError, match="kappa"):
        options.advocate(CENTRAL, "force", 1.0, REGISTER.drop("kappa"))


def test_a_further_reading_changes_no_other(sample):
    more = options.draw(2**11, 11, readings=(*terms.READINGS, "survival", "dominance"))
    np.testing.assert_array_equal(more.minds[:, :3], sample.minds)
    five = options.outcomes(*more[:2], (*terms.READINGS, "survival", "dominance"))
    np.testing.assert_allclose(five[:, :3], options.outcomes(*sample[:2]), rtol=1e-12)


def test_true_reading_follows_the_belief():
    k = options.true_reading(np.array([0.0, 0.19, 0.21, 0.69, 0.71, 1 - 1e-12]), [0.2, 0.5, 0.3])
    assert k.tolist() == [0, 0, 1, 1, 2, 2]
    assert options.true_reading(np.array([0.999]), [1.0, 0.0, 0.0]).tolist() == [0]


# ---------------------------------------------------------------- outcomes
def test_every_cell_by_hand(sample):
    table = options.cells(sample.parameters)
    for i in range(0, 2**11, 97):
        p = one(sample.parameters, i)
        for g, policy in enumerate(POLICIES):
            for r, response in enumerate(RESPONSES):
                np.testing.assert_allclose(
                    table[i, g, r], plain(p, policy, response), rtol=1e-12, atol=1e-12, err_msg=f"{policy}, {response}"
                )


def test_outcomes_are_expectations_over_his_answer(sample):
    answers, table = kims.respond(sample.parameters, sample.minds), options.cells(sample.parameters)
    np.testing.assert_allclose(options.outcomes(*sample[:2]), np.einsum("nkgr,ngro->nkgo", answers, table), rtol=1e-10)


def test_a_war_now_leaves_no_later_war_and_nothing_to_the_power_nothing_is_one():
    table = options.cells(CENTRAL | {"h0": 0.4})[0]
    look = lambda name: np.array([CENTRAL[name]])  # noqa: E731
    assert (
        options.war(look, terms.FORCE, terms.ESC, np.array([50.0]))
        == 0
        < options.war(look, terms.FORCE, terms.HOLD, np.array([50.0]))
    )
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
    forced = (
        options.clamps(options.Draw(sample.parameters | {"h0": 9.0, "s0": 9.0}, *sample[1:])).set_index("guard").share
    )
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
    values = dict(
        v_life=0.5, v_warhead=10, v_spread=100, v_bn=2, v_justice=7, v_income=0.001, people=1000, horizon=10, ramp=0.5
    )
    outcome = np.array([1000, 60, 0.2, 30, 0.5, -0.1])
    expected = 500 + 600 + 20 + 60 - 3.5 + 0.001 * 1000 * 10 * 0.5 * 0.1
    assert options.loss(outcome, values) == pytest.approx(expected)
    drawn = values | {"v_life": np.array([0.5, 1.0])}
    np.testing.assert_allclose(options.loss(np.stack([outcome, outcome]), drawn), [expected, expected + 500])


def test_a_further_policy_changes_no_other_loss(sample):
    accept = [n for n in REGISTER.index if n.endswith("_accept") or n.startswith("dg_accept")]
    other = {n: float(REGISTER.at[n, "high"]) for n in accept}
    one, two = (
        options.loss(options.outcomes(p, sample.minds), LIVES) for p in (sample.parameters, sample.parameters | other)
    )
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
    assert (simplex.mix(options.beliefs(12), losses).argmin(axis=1) == winner).all()
    shares = options.triangle(losses, 0.05).share
    assert shares[winner] == pytest.approx(1) and np.delete(shares.to_numpy(), winner).max() == pytest.approx(0)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_regions_fill_the_triangle_and_agree_with_the_grid(seed):
    losses = np.random.default_rng(seed).normal(size=(3, 5)) * 1e5
    regions = options.triangle(losses, 0.05)
    assert regions.share.sum() == pytest.approx(1, abs=1e-9)
    assert (regions.decided <= regions.share + 1e-12).all()
    mixed = simplex.mix(options.beliefs(40), losses)
    best = np.bincount(mixed.argmin(axis=1), minlength=5) / len(mixed)
    np.testing.assert_allclose(best, regions.share, atol=0.05)
    order = np.sort(mixed, axis=1)
    decided = np.bincount(
        mixed.argmin(axis=1), minlength=5, weights=order[:, 1] - order[:, 0] >= 0.05 * np.abs(order[:, 0])
    ) / len(mixed)
    np.testing.assert_allclose(decided, regions.decided, atol=0.05)


def test_the_border_price_is_where_force_ties(sample):
    means = options.outcomes(*sample[:2]).mean(axis=0)
    low, high = options.price_interval(means, LIVES, np.vstack([np.eye(3), EVEN]))
    for belief, price in zip([*np.eye(3), EVEN], low, strict=True):
        for factor, best in ((1 - 1e-6, False), (1 + 1e-6, True)):
            losses = simplex.mix(belief, means) @ options.prices(LIVES | {"v_warhead": price * factor})
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
        assert bool(simplex.mix(EVEN, at).argmin() == 0) is forced
    assert np.isnan(options.hazard_root(losses[:5], hazards[:5], EVEN)[0])


def test_a_hazard_between_grid_points_is_linear_in_its_logarithm():
    losses = np.zeros((2, 1, 5))
    losses[0, 0], losses[1, 0] = [3, 0, 1, 1, 1], [-1, 0, 1, 1, 1]
    root = options.hazard_root(losses, np.array([0.01, 0.1]), [[1.0]])[0]
    assert root == pytest.approx(0.01 * 10**0.75)


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
        g, k = POLICIES.index(camp), terms.READINGS.index(reading)
        own, plainly = (options.packages(sample, s)[k] @ options.prices(LIVES) for s in (1.0, 0.0))
        rivals = [POLICIES.index(p) for p in options.PAIRING.values() if p != camp]
        for h in rivals:
            assert own[g] - own[h] < plainly[g] - plainly[h]


def test_preference_shares_end_where_the_camp_wins(sample):
    share = options.prefer(sample, LIVES, EVEN, "force")
    for s, wins in ((share - 0.05, False), (share + 0.05, True)):
        moved = options.advocate(sample.parameters, "force", s)
        losses = simplex.mix(EVEN, options.outcomes(moved, sample.minds).mean(axis=0)) @ options.prices(LIVES)
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
    losses = simplex.mix(
        EVEN, options.outcomes(d.parameters | {"m_talks": REGISTER.at["m_talks", "high"]}, d.minds).mean(axis=0)
    ) @ options.prices(LIVES)
    assert row.best == POLICIES[losses.argmin()] and row.lead == pytest.approx(np.diff(np.sort(losses))[0])
    goal = found[(found.row == "dg_talks_accommodate_deterrent") & (found.end == "low")].iloc[0]
    losses = simplex.mix(
        EVEN,
        options.outcomes(d.parameters | {"dg_talks_accommodate_deterrent": REGISTER.at[goal.row, "low"]}, d.minds).mean(
            axis=0
        ),
    ) @ options.prices(LIVES)
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
        d = options.draw(2**14, seed)
        m = options.outcomes(*d[:2]).mean(axis=0) @ options.prices(LIVES)
        leads.append(m - m[:, [3]])
    assert np.abs(leads[0] - leads[1]).max() < 2_000  # life-equivalents: whole thousands, give or take one
    assert math.isfinite(leads[0].sum())


# ---------------------------------------------------------------- sentences follow what is computed
def losses_with(best):
    """Losses (reading, policy) in which `best` names the winner of each reading."""
    out = np.full((3, 5), 100.0) + np.arange(5)
    for k, policy in enumerate(best):
        out[k, POLICIES.index(policy)] = 10.0
    return out


def test_chapters_share_their_numbers(sample):
    answers = kims.respond(sample.parameters, sample.minds)
    table = wants.answer_table(answers).set_index(["reading", "policy", "response"])["mean"]
    implied = options.implied_success(sample).set_index("reading")["mean"]
    for reading in terms.READINGS:
        assert implied[reading] == table[reading, "pressure", "accommodate"]
    assert options.optional_answers("pressure")["survival"] == pytest.approx(implied["survival"], abs=0.005)
    one = options.draw(2 ** int(evidence.central("chunk_log2")), options.SEED)
    np.testing.assert_array_equal(options.sample(1).minds, one.minds)


@pytest.mark.slow
def test_the_chapter_prints_what_two_seeds_share(monkeypatch):
    pages = printed_by_two_seeds(monkeypatch, "05-options.qmd")
    assert len(pages[0]) > 40
    for one, two in zip(*pages, strict=True):
        assert one == two


# ---------------------------------------------------------------- one row changed in a copy of the data
def mean_losses(preset="all_central", n=2**10):
    d = options.draw(n, 5)
    return options.outcomes(*d[:2]).mean(axis=0) @ options.prices(options.preset(preset))


# ---------------------------------------------------------------- the geometry of beliefs
def test_small_triangles_tile_all_beliefs():
    """n² of equal share, none over another: every belief not on an edge lies in just one."""
    for n in (1, 4):
        corners, centres = simplex.cells(n)
        assert corners.shape == (n * n, 3, 3) and centres == pytest.approx(corners.mean(axis=1))
        assert (corners >= 0).all() and corners.sum(axis=-1) == pytest.approx(1)
        assert [simplex.region_share(c) for c in corners] == pytest.approx([1 / n**2] * n**2)
        for belief in np.random.default_rng(n).dirichlet(np.ones(3), 60):
            inside = [(np.linalg.solve(c.T, belief) >= 0).all() for c in corners]
            assert sum(inside) == 1


def test_the_centre_of_gravity_and_what_is_cut_off():
    rng = np.random.default_rng(2)
    whole = np.eye(3)
    assert simplex.centroid(whole) == pytest.approx([1 / 3] * 3)
    cut = simplex.clip(whole, np.array([1.0, 0, 0]), 0.4)  # a triangle again, at the first corner
    assert simplex.centroid(cut) == pytest.approx([0.6, 0.2, 0.2])
    left = simplex.clip(whole, np.array([-1.0, 0, 0]), -0.4)  # what is left over, of four corners
    parts = simplex.region_share(cut), simplex.region_share(left)
    assert len(left) == 4 and parts == pytest.approx((0.36, 0.64))
    balance = parts[0] * simplex.centroid(cut) + parts[1] * simplex.centroid(left)
    assert balance == pytest.approx([1 / 3] * 3)
    edge = simplex.clip(whole, np.array([0.0, 1, -1]))  # a corner on the cut belongs to what is kept
    assert sorted(map(tuple, edge.round(9))) == [(0, 0.5, 0.5), (0, 1, 0), (1, 0, 0)]
    a = rng.normal(size=3)
    assert simplex.region_share(simplex.clip(whole, a)) + simplex.region_share(
        simplex.clip(whole, -a)
    ) == pytest.approx(1)


# ---------------------------------------------------------------- tables, from planted numbers
LABEL = terms.LABELS


def test_a_head_is_the_first_futures_and_the_centre_one(sample):
    first = options.head(sample, 3)
    for name, x in first.parameters.items():
        whole = sample.parameters[name]
        np.testing.assert_array_equal(x, whole[:3] if np.ndim(whole) else whole)
    np.testing.assert_array_equal(first.minds, sample.minds[:3])
    np.testing.assert_array_equal(first.uniforms, sample.uniforms[:3])
    register = REGISTER.copy()
    register.loc["h0", ["low", "central", "high"]] = 0.01, 0.02, 0.03
    one = options.centre(register, ("dealer", "survival"))
    assert one.parameters["h0"] == 0.02 and set(one.parameters) == set(sampling.rows(REGISTER, options.CHAPTERS).index)
    assert one.uniforms.shape == (1, 25) and (one.uniforms == 0.5).all() and one.minds.shape == (1, 2, 8)
    for k, reading in enumerate(("dealer", "narrow")):  # a mind without means of its own has those of narrow
        np.testing.assert_array_equal(one.minds[0, k], kims.means(reading))


def test_the_shared_sample_is_the_first_chunks_end_to_end():
    size = 2 ** int(evidence.central("chunk_log2"))
    both, parts = options.sample(2, 9), [options.draw(size, 9, c) for c in (0, 1)]
    for k, part in enumerate(parts):
        here = slice(k * size, (k + 1) * size)
        np.testing.assert_array_equal(both.minds[here], part.minds)
        np.testing.assert_array_equal(both.uniforms[here], part.uniforms)
        for name, x in part.parameters.items():
            np.testing.assert_array_equal(both.parameters[name][here] if np.ndim(x) else both.parameters[name], x)
    assert len(both.minds) == 2 * size


def test_all_beliefs_are_on_the_grid_once():
    got = options.beliefs(4)
    whole = {(i, j, k) for i in range(5) for j in range(5) for k in range(5) if i + j + k == 4}
    assert len(got) == len(whole) and {tuple((4 * b).astype(int)) for b in got} == whole


def test_the_triangle_is_shared_by_hand():
    """The loss of talks is b2, of the status quo 1 - b2, of the rest more; with a margin of half the loss."""
    losses = np.full((3, 5), 9.0)
    losses[:, POLICIES.index("talks")] = 0, 1, 0
    losses[:, POLICIES.index("status_quo")] = 1, 0, 1
    got = options.triangle(losses, 0.5).set_index("policy")
    # talks are best below b2 = 1/2: 1 - 1/4; clearly, where 1 - b2 ≥ 1.5 b2: below 0.4
    assert got.loc["talks"].tolist() == pytest.approx([0.75, 1 - 0.6**2])
    assert got.loc["status_quo"].tolist() == pytest.approx([0.25, 0.4**2])
    assert got.index.tolist() == list(POLICIES) and got["share"].sum() == pytest.approx(1)


def test_promises_are_counted_by_side_and_a_half_counts_half(monkeypatch):
    rows = pd.DataFrame({"side": ["PRK"] * 5 + ["USA"] * 3 + ["both"] * 2})
    rows["delivered"] = ["yes", "yes", "partly", "no", "no", "no", "no", "partly", "yes", "no"]
    monkeypatch.setattr(evidence, "table", lambda name: {"agreement_commitments": rows}[name])
    got = options.kept()
    assert got.columns.tolist() == ["side", "kept", "partly", "not", "share"]
    assert got.to_numpy().tolist() == [["PRK", 2, 1, 2, 0.5], ["USA", 0, 1, 2, 1 / 6]]


def test_the_bracket_is_of_sanctions_alone(monkeypatch):
    rows = pd.DataFrame(
        [("economic sanctions succeeded, a", 3, 10), ("economic sanctions succeeded, b", 1, 4), ("wars won", 9, 10)],
        columns=["quantity", "successes", "trials"],
    )
    monkeypatch.setattr(evidence, "table", lambda name: {"base_rates": rows}[name])
    assert options.bracket() == (0.25, 0.3)


def test_the_matrix_is_of_all_futures_and_its_ranges_of_the_first():
    """Values that name their own place; the mean is moved by futures behind the first 2^13, the range is not."""
    place = np.arange(2 * 5 * 6, dtype=float).reshape(2, 5, 6)
    first = place[None] + np.linspace(-1, 1, 2**13)[:, None, None, None]
    got = options.matrix_table(np.concatenate([first, first + 100]), ("narrow", "dealer"))
    assert got.columns.tolist() == ["reading", "policy", "outcome", "mean", "low", "high"]
    names = [(r, p, o) for r in ("narrow", "dealer") for p in POLICIES for o in OUTCOMES]
    assert list(got[["reading", "policy", "outcome"]].itertuples(index=False, name=None)) == names
    assert got["mean"].to_numpy() == pytest.approx(place.ravel() + 50)
    assert got["low"].to_numpy() == pytest.approx(place.ravel() - 0.9)
    assert got["high"].to_numpy() == pytest.approx(place.ravel() + 0.9)


def test_ties_are_within_a_share_of_the_best_loss():
    losses = np.array([112.0, 100.0, 110.0, 90.0, 99.0])
    assert options.ties(losses, 0.1) == [POLICIES[g] for g in (3, 4)]  # level at 99 is within
    assert options.ties(losses, 0.0) == [POLICIES[3]]
    assert options.ties(losses) == options.ties(losses, evidence.central("indiff"))
    assert options.ties(np.array([-90.0, -100.0, 5.0, -89.9, 0.0]), 0.1) == [POLICIES[1], POLICIES[0]]


def test_presets_are_tabled_by_reading_with_their_ties(monkeypatch):
    """One outcome, at a price of 1 in one preset and -1 in the other, so that the order of policies turns over."""
    monkeypatch.setattr(criteria, "presets", lambda: ["own_lives_only", "other_view"])
    monkeypatch.setattr(criteria, "preset", lambda name: name)
    price = {"own_lives_only": 1.0, "other_view": -1.0}
    monkeypatch.setattr(criteria, "prices", lambda name: np.array([price[name], 0, 0, 0, 0, 0]))
    means = np.zeros((3, 5, 6))
    means[..., 0] = [[10, 20, 30, 40, 50], [50, 20, 20, 40, 80], [50, 40, 30, 20, 10]]
    got = options.preset_table(means)
    assert got["Preset"].tolist() == ["own lives first", "other view"]
    first = [LABEL["force"], f"{LABEL['pressure']} ({LABEL['talks'].lower()})", LABEL["accept"]]
    assert got.iloc[0, 1:].tolist() == first and got.iloc[1, 1:].tolist() == [
        LABEL["accept"],
        LABEL["accept"],
        LABEL["force"],
    ]
    assert got.columns.tolist() == ["Preset", *(LABEL[r] for r in terms.READINGS)]


def test_grids_are_the_single_break_evens_at_their_centres(sample):
    d = options.head(sample, 64)
    means = options.outcomes(*d[:2]).mean(axis=0)
    corners, price = options.price_grid(means, LIVES, 3)
    same, centres = simplex.cells(3)
    np.testing.assert_array_equal(corners, same)
    for belief, x in zip(centres, price, strict=True):
        np.testing.assert_allclose(x, options.price_interval(means, LIVES, belief)[0][0])
    corners, inside, ends = options.hazard_grid(d, LIVES, 3, 7)
    hazards = np.geomspace(0.0005, evidence.central("h_cap"), 7)
    losses = options.hazard_losses(d, LIVES, hazards)
    np.testing.assert_array_equal(corners, same)
    for belief, x in zip([*centres, *np.eye(3), EVEN], [*inside, *ends], strict=True):
        np.testing.assert_allclose(x, options.hazard_root(losses, hazards, belief)[0])


def test_the_implied_success_of_pressure_is_his_mean_answer(sample):
    d = options.head(sample, 200)
    got = options.implied_success(d).set_index("reading")
    assert got.index.tolist() == [*terms.READINGS, *terms.OPTIONAL] and got.columns.tolist() == ["mean", "low", "high"]
    answers = kims.respond(d.parameters, d.minds)[:, :, POLICIES.index("pressure"), RESPONSES.index("accommodate")]
    more = kims.respond(d.parameters, d.minds[:, [1, 1]], terms.OPTIONAL)[:, :, 1, 0]  # they have the minds of narrow
    for k, reading in enumerate(terms.READINGS):
        low, high = np.quantile(answers[:, k], [0.05, 0.95])
        assert got.loc[reading].tolist() == pytest.approx([answers[:, k].mean(), low, high])
    for k, reading in enumerate(terms.OPTIONAL):
        assert got.loc[reading, "mean"] == pytest.approx(more[:, k].mean())


def test_beliefs_from_the_record_weigh_even_ones_by_its_factors(monkeypatch):
    narrow, dealer = terms.READINGS[1:]
    rows = [("table", narrow, 2.0), ("table", dealer, 3.0), ("second", dealer, 5.0), ("another", dealer, 70.0)]
    frame = pd.DataFrame(rows, columns=["coding", "reading", "log"]).assign(log=lambda f: np.log(f["log"]))
    monkeypatch.setattr(results, "load", lambda name: {"scorecard_launches": frame}[name])
    got = options.record_beliefs()
    assert list(got) == ["Equal", "The record, first coding", "The record, second coding"]
    want = [1 / 3] * 3, [1 / 6, 2 / 6, 3 / 6], [1 / 7, 1 / 7, 5 / 7]  # a reading without a row has a factor of 1
    for belief, values in zip(got.values(), want, strict=True):
        assert belief == pytest.approx(values)


def test_the_table_of_beliefs_names_the_best_the_next_and_the_lead():
    """Losses in thousands: under (1, 0, 0) pressure 10 before force 31; under (0, ½, ½) talks 20 before accept 26."""
    losses = 1e3 * np.array([[31, 10, 90, 80, 70], [99, 99, 30, 99, 40], [99, 99, 10, 99, 12]])
    got = options.belief_table(losses, {"sure": np.array([1, 0, 0]), "unsure": np.array([0, 0.5, 0.5])})
    assert got["Belief"].tolist() == ["sure", "unsure"]
    shares = got[[LABEL[r] for r in terms.READINGS]].to_numpy().tolist()
    assert shares == [["100%", "0%", "0%"], ["0%", "50%", "50%"]]
    assert got["Least is lost under"].tolist() == [LABEL["pressure"], LABEL["talks"]]
    assert got["Next"].tolist() == [LABEL["force"], LABEL["accept"]]
    assert got["Lead, thousand"].tolist() == ["about 20", "about 5"]


def test_the_table_of_flips_holds_clear_flips_of_one_belief():
    clear = float(options.CLEAR)
    rows = [
        ("h0", "low", "undecided", "accept", "talks", 1234567.0),
        ("theta", "high", "undecided", "force", "talks", clear),  # just clear
        ("psi", "high", "undecided", "force", "talks", clear - 1),
        ("kappa", "high", "undecided", "talks", "talks", 9e9),
        ("n0", "low", "other", "force", "talks", 9e9),
    ]
    found = pd.DataFrame(rows, columns=["row", "end", "belief", "best", "base", "lead"])
    got = options.flips_table(found)
    assert got.columns.tolist() == ["Assumption", "At its", "Best is then", "Lead, thousand"]
    meaning = REGISTER["meaning"]
    assert got.iloc[:, :3].to_numpy().tolist() == [
        [meaning["h0"], "low", LABEL["accept"]],
        [meaning["theta"], "high", LABEL["force"]],
    ]
    for said, lead in zip(got["Lead, thousand"], (1234567, clear), strict=True):  # in steps that two draws share
        assert abs(1000 * int(said.replace(",", "")) - lead) <= clear
    assert got["Lead, thousand"].iloc[0].startswith("1,2")
    assert options.flips_table(found, belief="other")["Assumption"].tolist() == [meaning["n0"]]
    none = options.flips_table(found, belief="nobody's")
    assert none.columns.tolist() == got.columns.tolist() and none["Assumption"].tolist() == ["no single row"]


def test_regrets_are_of_each_futures_own_reading():
    """Recomputed future by future, with a belief under which readings differ in how often they are true."""
    d, belief = options.draw(64, 3), (0.2, 0.3, 0.5)
    got = options.regrets(d, LIVES, belief, share=0.5)
    assert got.columns.tolist() == ["effects", "policy", "mean", "q95", "best"]
    got = got.set_index(["effects", "policy"])
    for effects in ("drawn", *options.CAMPS):
        moved = d.parameters if effects == "drawn" else options.advocate(d.parameters, effects, 0.5)
        losses = options.loss(options.outcomes(moved, d.minds), LIVES)
        own = np.array([losses[m, sum(u >= c for c in (0.2, 0.5))] for m, u in enumerate(d.uniforms[:, -1])])
        r = own - own.min(axis=1, keepdims=True)
        for g, policy in enumerate(POLICIES):
            want = [r[:, g].mean(), np.quantile(r[:, g], 0.95), (r[:, g] == 0).mean()]
            assert got.loc[(effects, policy)].tolist() == pytest.approx(want)


# ---------------------------------------------------------------- what the chapter's claims rest on
def test_the_table_of_losses_is_the_mean_outcome_priced(sample):
    means = options.outcomes(sample.parameters, sample.minds).mean(axis=0)
    table = options.loss_table(means, LIVES, (0.5, 0.5, 0))
    np.testing.assert_allclose(table.iloc[:3], options.loss(means, LIVES))
    np.testing.assert_allclose(table.loc["undecided"], (table.loc["irrational"] + table.loc["narrow"]) / 2)
    assert list(table.columns) == list(POLICIES)
    dear = options.loss_table(means, LIVES | {"v_warhead": 1e6})
    assert (dear.idxmin(axis=1) == "force").all()  # no life weighs anything beside a million for each warhead


def test_experts_statements_are_unconditional_and_of_two_years(monkeypatch):
    said = options.stated_dangers()
    assert said.chance.between(0, 1).all() and "Lindsey Graham, senator" not in set(said.source_name)
    table = evidence.table("war_probability")
    moved = table.assign(per_year_central_pct=table.per_year_central_pct.where(table.id != "W01", 90.0))
    monkeypatch.setattr(evidence, "table", lambda name: moved)
    assert options.stated_dangers().chance.max() == 0.9 and len(options.stated_dangers()) == len(said)


def test_who_is_best_at_a_danger_is_who_is_best_with_that_danger_in_the_register(sample):
    frame = options.danger_frame(sample, LIVES, [0.003, 0.25]).set_index(["danger", "row"])
    for h in (0.003, 0.25):
        means = options.outcomes(sample.parameters | {"h0": h}, sample.minds).mean(axis=0)
        table = options.loss_table(means, LIVES)
        assert (frame.loc[h].best == table.idxmin(axis=1)).all()
        np.testing.assert_allclose(frame.loc[h].lives, table.min(axis=1))
    assert (frame.loc[0.25].lives > frame.loc[0.003].lives).all()
    printed = options.danger_table(frame.reset_index())
    assert list(printed["Yearly danger"]) == ["0.3%", "25%"]
    with pytest.raises(ValueError, match="hazards"):
        options.danger_frame(sample, LIVES, [0.003, 0.0])


def test_effects_moved_alone_are_counted_at_the_camps_own_end_only():
    rows = [("loss_narrow", "high", "pressure"), ("loss_narrow", "low", "talks"), ("x_pressure", "high", "pressure"),
            ("kappa", "high", "force")]  # fmt: skip
    found = pd.DataFrame(rows, columns=["row", "end", "best"]).assign(belief="undecided", base="talks", lead=1e5)
    count = sum(len(names) for names in options.CAMPS["pressure"].values())
    assert options.alone(found, "pressure") == (1, count)  # x_pressure at its high end is not what that camp expects
    assert options.alone(found, "talks") == (0, sum(len(names) for names in options.CAMPS["talks"].values()))


def test_every_camp_moves_his_answer_to_its_own_policy(sample):
    for camp, kind, readings in (
        ("force", "blow", terms.READINGS),
        ("pressure", "loss", terms.READINGS[1:]),
        ("talks", "gain", terms.READINGS[1:]),
    ):
        assert {f"{kind}_{r}" for r in readings} <= set(options.CAMPS[camp]["high"])
        before = kims.respond(sample.parameters, sample.minds).mean(axis=0)
        after = kims.respond(options.advocate(sample.parameters, camp), sample.minds).mean(axis=0)
        g, k = POLICIES.index(camp), [terms.READINGS.index(r) for r in readings]
        assert (after[k, g, 0] > before[k, g, 0]).all()


def test_multiples_are_counted_where_no_effect_is_inside():
    assert options.straddling() == 1
    moved = REGISTER.copy()
    moved.loc["m_talks", "low"] = 1.1
    assert options.straddling(moved) == 1 - 1 / len(options.MULTIPLES)


def test_what_an_income_weighs_by_hand():
    weight, r = options.income_weight(LIVES), REGISTER.central
    by_hand = LIVES["v_income"] * r["people"] * r["horizon"] * r["ramp"] * r["i_deal"]
    assert weight.stated == pytest.approx(by_hand) and weight.top >= weight.stated and weight.war == r["d_conv"]
