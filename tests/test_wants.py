"""Minds, answers and how far apart the readings are: laws of the model, limits, and errors that name the row."""
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bargain import evidence, sampling, wants

CENTRAL = evidence.assumptions()["central"].astype(float).to_dict()
MEANS = np.stack([wants.mean_mind(r) for r in wants.READINGS])


def test_minds_are_weights_with_dirichlet_moments():
    for reading in wants.READINGS:
        mean, c = wants.mean_mind(reading), evidence.central(f"conc_{reading}")
        w = wants.minds(reading, 2**13, seed=3)
        assert w.shape == (2**13, 8) and (w >= 0).all()
        np.testing.assert_allclose(w.sum(axis=1), 1, atol=1e-12)
        np.testing.assert_allclose(w.mean(axis=0), mean, atol=5e-4)
        np.testing.assert_allclose(w.var(axis=0), mean * (1 - mean) / (c + 1), rtol=0.02)
        i, j = 0, 2
        np.testing.assert_allclose(np.cov(w[:, i], w[:, j])[0, 1], -mean[i] * mean[j] / (c + 1), rtol=0.1)


def test_a_weight_alone_is_beta():
    mean, c = wants.mean_mind("narrow"), evidence.central("conc_narrow")
    w = wants.minds("narrow", 2**12, seed=5)[:, 0]
    assert stats.kstest(w, stats.beta(c * mean[0], c * (1 - mean[0])).cdf).statistic < 0.01


def test_fewer_minds_are_a_prefix_and_readings_have_columns_of_their_own():
    many = wants.minds("dealer", 1000, seed=1)
    np.testing.assert_array_equal(many[:100], wants.minds("dealer", 100, seed=1))
    u = sampling.net(1024, 24, 1)[:, 16:24]
    expected = wants.weights(u, wants.mean_mind("dealer"), evidence.central("conc_dealer"))
    np.testing.assert_array_equal(expected[:1000], many)
    assert [wants.columns(r) for r in wants.READINGS] == [slice(0, 8), slice(8, 16), slice(16, 24)]


@given(st.floats(1e-4, 1e3), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_tiny_shapes_and_extreme_uniforms_never_give_nan(concentration, seed):
    u = np.random.default_rng(seed).random((4, 8))
    u[0], u[1], u[2, ::2] = 0.0, 1.0, 1e-300
    w = wants.weights(u, MEANS[1], np.full(4, concentration))
    assert np.isfinite(w).all() and np.allclose(w.sum(axis=1), 1)


def test_underflow_follows_the_exact_quantile():
    # at shape 0.02 most draws underflow; their logarithms must still compare as the exact quantiles do
    u = np.array([[1e-9, 0.3]])
    w = wants.weights(u, np.array([0.5, 0.5]), np.array([0.04]))
    from scipy.special import gammaln
    log = (np.log(u) + gammaln(1.02)) / 0.02  # P(a, x) = x^a / Γ(a+1) to first order
    assert w[0, 0] == pytest.approx(np.exp(log[0, 0] - log[0, 1]), abs=1e-12)
    assert w[0, 1] == pytest.approx(1)


def test_no_weight_without_a_mean():
    w = wants.weights(np.full((3, 2), 0.5), np.array([0.0, 1.0]), np.full(3, 2.0))
    np.testing.assert_array_equal(w, [[0, 1]] * 3)


@pytest.mark.parametrize("bad,message", [
    (lambda r: r.drop("mean_dealer_reform"), "mean_dealer_reform"),
    (lambda r: r.drop("conc_dealer"), "conc_dealer"),
])
def test_a_missing_row_is_named(bad, message):
    with pytest.raises(KeyError, match=message):
        wants.minds("dealer", 8, 1, register=bad(evidence.assumptions()))


def test_means_that_do_not_sum_to_one_are_refused():
    register = evidence.assumptions().copy()
    register.loc["mean_narrow_regime", "central"] = 0.5
    with pytest.raises(ValueError, match="mean_narrow_"):
        wants.mean_mind("narrow", register)


def test_a_missing_parameter_and_a_strange_cell_are_named():
    with pytest.raises(KeyError, match="q_follow"):
        wants.changes({k: v for k, v in CENTRAL.items() if k != "q_follow"})
    with pytest.raises(ValueError, match="dg_force_yield_personal"):
        wants.changes(CENTRAL | {"dg_force_yield_personal": 0.1})
    with pytest.raises(ValueError, match="pi0_acc and pi0_esc"):
        wants.habit({"pi0_acc": 0.7, "pi0_esc": 0.5})
    with pytest.raises(ValueError, match="number of futures"):
        wants.futures({"lam": np.ones(3), "h0": np.ones(4)})
    with pytest.raises(ValueError, match="shape"):
        wants.respond(CENTRAL, MEANS)


def test_unlistening_he_follows_his_habit_exactly():
    p = wants.respond(CENTRAL | {"lam": 0.0, "lam_irr_force": 0.0}, MEANS[None])
    habit = wants.habit(CENTRAL)[0]
    np.testing.assert_allclose(p, np.broadcast_to(habit, p.shape), atol=1e-15)
    uniform = wants.respond(CENTRAL | {"lam": 0.0, "lam_irr_force": 0.0, "pi0_acc": 1 / 3, "pi0_esc": 1 / 3}, MEANS[None])
    np.testing.assert_allclose(uniform, 1 / 3, atol=1e-15)


def test_listening_closely_he_takes_the_best_response():
    p = wants.respond(CENTRAL | {"lam": 1e7, "lam_irr_force": 1e7}, MEANS[None])[0]
    delta = wants.changes(CENTRAL)[0]
    for k in (1, 2):
        np.testing.assert_allclose(p[k].max(axis=-1), 1)
        np.testing.assert_array_equal(p[k].argmax(axis=-1), (delta @ MEANS[k]).argmax(axis=-1))
    force = wants.POLICIES.index("force")
    assert p[0, force].argmax() == (delta[force] @ MEANS[0]).argmax() and p[0, force].max() == pytest.approx(1)


def test_the_irrational_mind_hears_force_alone():
    p = wants.respond(CENTRAL, MEANS[None])[0, 0]
    habit = wants.habit(CENTRAL)[0]
    np.testing.assert_allclose(p[1:], np.broadcast_to(habit, (4, 3)), atol=1e-15)
    assert not np.allclose(p[0], habit)


@given(st.floats(0, 30), st.floats(0.01, 0.5), st.floats(0.01, 0.49), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_the_logit_odds_are_habit_odds_times_exp_of_the_gain(lam, acc, esc, seed):
    mind = np.random.default_rng(seed).dirichlet(np.ones(8))
    p = wants.respond(CENTRAL | {"lam": lam, "pi0_acc": acc, "pi0_esc": esc}, mind[None, None], ("narrow",))[0, 0]
    gain = wants.changes(CENTRAL)[0] @ mind
    np.testing.assert_allclose(np.log(p[:, 0] / p[:, 2]), np.log(acc / esc) + lam * (gain[:, 0] - gain[:, 2]), atol=1e-8)


def test_credibility_makes_holding_out_cost_what_escalation_costs():
    plain, sure = wants.changes(CENTRAL | {"q_follow": 0.0})[0], wants.changes(CENTRAL | {"q_follow": 1.0})[0]
    np.testing.assert_array_equal(sure[0, 1], plain[0, 2])
    np.testing.assert_array_equal(sure[1:], plain[1:])
    half = wants.changes(CENTRAL | {"q_follow": 0.5})[0]
    np.testing.assert_allclose(half[0, 1], (plain[0, 1] + plain[0, 2]) / 2)


def test_without_credible_further_force_no_mind_yields_more():
    low, high = (wants.respond(CENTRAL | {"q_follow": q}, MEANS[None])[0, :, 0, 0] for q in (0.0, 1.0))
    assert (high > low).all()


def test_acceptance_offers_a_share_of_the_deal_and_spares_the_deterrent():
    d = wants.changes(CENTRAL)[0]
    talks, accept, z = d[2], d[4], wants.GOALS.index("deterrent")
    np.testing.assert_array_equal(accept[1:], talks[1:])
    np.testing.assert_allclose(np.delete(accept[0], z), CENTRAL["share_accept"] * np.delete(talks[0], z))
    assert accept[0, z] == CENTRAL["dg_accept_accommodate_deterrent"]


def test_cells_not_listed_are_zero():
    delta = wants.changes(CENTRAL)[0]
    for g, policy in enumerate(wants.POLICIES[1:4], start=1):
        for r, response in enumerate(wants.RESPONSES):
            for z, goal in enumerate(wants.GOALS):
                assert delta[g, r, z] == CENTRAL.get(f"dg_{policy}_{response}_{goal}", 0.0)


def test_the_survival_mind_minds_force_alone_and_only_his_survival():
    readings = ("narrow", "survival")
    p = wants.respond(CENTRAL, np.stack([MEANS[1], MEANS[1]])[None], readings)[0, 1]
    np.testing.assert_allclose(p[1:], np.broadcast_to(wants.habit(CENTRAL)[0], (4, 3)), atol=1e-15)
    half = np.array([0.5, 0.5, 0, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(p[0], wants.respond(CENTRAL, half[None, None], ("narrow",))[0, 0, 0], atol=1e-15)


def test_dominance_without_weight_is_the_narrow_mind_and_with_all_of_it_counts_nothing_else():
    minds = MEANS[1][None, None]
    narrow = wants.respond(CENTRAL, minds, ("narrow",))
    np.testing.assert_allclose(wants.respond(CENTRAL | {"w_dominance": 0.0}, minds, ("dominance",)), narrow, atol=1e-15)
    all_in = wants.respond(CENTRAL | {"w_dominance": 1.0}, minds, ("dominance",))[0, 0, 2]
    gain = np.array([CENTRAL.get(f"dg_talks_{r}_dominance", 0.0) for r in wants.RESPONSES])
    score = wants.habit(CENTRAL)[0] * np.exp(CENTRAL["lam"] * gain)
    np.testing.assert_allclose(all_in, score / score.sum(), atol=1e-12)


def test_adding_a_reading_changes_no_other():
    three = wants.respond(CENTRAL, MEANS[None])
    five = wants.respond(CENTRAL, np.concatenate([MEANS, MEANS[[1, 1]]])[None], wants.READINGS + wants.OPTIONAL)
    np.testing.assert_array_equal(five[:, :3], three)


def test_futures_are_computed_as_one_by_one():
    rng = np.random.default_rng(7)
    n = 5
    p = CENTRAL | {"lam": rng.uniform(4, 25, n), "q_follow": rng.uniform(0, 1, n), "pi0_acc": rng.uniform(0.02, 0.2, n),
                   "dg_talks_accommodate_reform": rng.uniform(-1, 1, n), "share_accept": rng.uniform(0.3, 0.8, n)}
    minds = rng.dirichlet(np.ones(8), size=(n, 3))
    together = wants.respond(p, minds)
    for i in range(n):
        one = {k: (v[i] if np.ndim(v) else v) for k, v in p.items()}
        np.testing.assert_allclose(wants.respond(one, minds[[i]])[0], together[i], atol=1e-14)


def test_divergence_by_hand_and_never_below_zero():
    p = np.zeros((2, 5, 3))
    p[0], p[1] = [0.2, 0.3, 0.5], [0.1, 0.4, 0.5]
    d = wants.divergence(p, ("narrow", "dealer")).query("policy == 'talks' and truth == 'narrow'").iloc[0]
    nats = 0.2 * np.log(2) + 0.3 * np.log(0.75)
    assert d.nats == pytest.approx(nats) and d.answers == pytest.approx(np.log(20) / nats)
    same = wants.divergence(np.broadcast_to(p[0], (2, 5, 3)), ("narrow", "dealer"))
    assert (same.nats == 0).all() and np.isinf(same.answers).all()
    assert (wants.divergence(wants.respond(CENTRAL, MEANS[None])[0]).nats >= 0).all()
    assert isinstance(same, pd.DataFrame)
