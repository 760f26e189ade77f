"""Minds, answers and how far apart the readings are: laws of the model, limits, and errors that name the row."""

import numpy as np
import pandas as pd
import pytest
from edits import assume, printed_by_two_seeds
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bargain import evidence, kims, options, prose, sampling, terms, wants

CENTRAL = evidence.assumptions()["central"].astype(float).to_dict()
MEANS = np.stack([kims.mean_mind(r) for r in terms.READINGS])


def test_minds_are_weights_with_dirichlet_moments():
    for reading in terms.READINGS:
        mean, c = kims.mean_mind(reading), evidence.central(f"conc_{reading}")
        w = kims.minds(reading, 2**13, seed=3)
        assert w.shape == (2**13, 8) and (w >= 0).all()
        np.testing.assert_allclose(w.sum(axis=1), 1, atol=1e-12)
        np.testing.assert_allclose(w.mean(axis=0), mean, atol=1.5e-3)
        np.testing.assert_allclose(w.var(axis=0), mean * (1 - mean) / (c + 1), rtol=0.06)
        i, j = 0, 2
        np.testing.assert_allclose(np.cov(w[:, i], w[:, j])[0, 1], -mean[i] * mean[j] / (c + 1), rtol=0.1)


def test_a_weight_alone_is_beta():
    mean, c = kims.mean_mind("narrow"), evidence.central("conc_narrow")
    w = kims.minds("narrow", 2**12, seed=5)[:, 0]
    assert stats.kstest(w, stats.beta(c * mean[0], c * (1 - mean[0])).cdf).statistic < 0.01


def test_readings_have_columns_of_their_own():
    u = sampling.points(1000, 24, 1)[:, 16:24]
    expected = kims.weights(u, kims.mean_mind("dealer"), evidence.central("conc_dealer"))
    np.testing.assert_array_equal(expected, kims.minds("dealer", 1000, seed=1))
    assert [kims.columns(r) for r in terms.READINGS] == [slice(0, 8), slice(8, 16), slice(16, 24)]


@given(st.floats(1e-4, 1e3), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_tiny_shapes_and_extreme_uniforms_never_give_nan(concentration, seed):
    u = np.random.default_rng(seed).random((4, 8))
    u[0], u[1], u[2, ::2] = 0.0, 1.0, 1e-300
    w = kims.weights(u, MEANS[1], np.full(4, concentration))
    assert np.isfinite(w).all() and np.allclose(w.sum(axis=1), 1)


def test_underflow_follows_the_exact_quantile():
    # at shape 0.02 most draws underflow; their logarithms must still compare as the exact quantiles do
    u = np.array([[1e-9, 0.3]])
    w = kims.weights(u, np.array([0.5, 0.5]), np.array([0.04]))
    from scipy.special import gammaln

    log = (np.log(u) + gammaln(1.02)) / 0.02  # P(a, x) = x^a / Γ(a+1) to first order
    assert w[0, 0] == pytest.approx(np.exp(log[0, 0] - log[0, 1]), abs=1e-12)
    assert w[0, 1] == pytest.approx(1)


def test_no_weight_without_a_mean():
    w = kims.weights(np.full((3, 2), 0.5), np.array([0.0, 1.0]), np.full(3, 2.0))
    np.testing.assert_array_equal(w, [[0, 1]] * 3)


@pytest.mark.parametrize(
    "bad,message",
    [
        (lambda r: r.drop("mean_dealer_reform"), "mean_dealer_reform"),
        (lambda r: r.drop("conc_dealer"), "conc_dealer"),
    ],
)
def test_a_missing_row_is_named(bad, message):
    with pytest.raises(KeyError, match=message):
        kims.minds("dealer", 8, 1, register=bad(evidence.assumptions()))


def test_means_that_do_not_sum_to_one_are_refused():
    register = evidence.assumptions().copy()
    register.loc["mean_narrow_regime", "central"] = 0.5
    with pytest.raises(ValueError, match="mean_narrow_"):
        kims.mean_mind("narrow", register)


def test_a_missing_parameter_and_a_strange_cell_are_named():
    with pytest.raises(KeyError, match="q_follow"):
        kims.changes({k: v for k, v in CENTRAL.items() if k != "q_follow"})
    with pytest.raises(ValueError, match="dg_force_yield_personal"):
        kims.changes(CENTRAL | {"dg_force_yield_personal": 0.1})
    with pytest.raises(ValueError, match="pi0_acc and pi0_esc"):
        kims.habit({"pi0_acc": 0.7, "pi0_esc": 0.5})
    with pytest.raises(ValueError, match="number of futures"):
        kims.futures({"lam": np.ones(3), "h0": np.ones(4)})
    with pytest.raises(ValueError, match="shape"):
        kims.respond(CENTRAL, MEANS)


def test_unlistening_he_follows_his_habit_exactly():
    p = kims.respond(CENTRAL | {"lam": 0.0, "lam_irr_force": 0.0}, MEANS[None])
    habit = kims.habit(CENTRAL)[0]
    np.testing.assert_allclose(p, np.broadcast_to(habit, p.shape), atol=1e-15)
    uniform = kims.respond(
        CENTRAL | {"lam": 0.0, "lam_irr_force": 0.0, "pi0_acc": 1 / 3, "pi0_esc": 1 / 3}, MEANS[None]
    )
    np.testing.assert_allclose(uniform, 1 / 3, atol=1e-15)


def test_listening_closely_he_takes_the_best_response():
    p = kims.respond(CENTRAL | {"lam": 1e7, "lam_irr_force": 1e7}, MEANS[None])[0]
    delta = kims.changes(CENTRAL)[0]
    felt = [kims.felt(CENTRAL, delta[None], r)[0] @ MEANS[k] for k, r in enumerate(terms.READINGS)]
    for k in (1, 2):
        np.testing.assert_allclose(p[k].max(axis=-1), 1)
        np.testing.assert_array_equal(p[k].argmax(axis=-1), felt[k].argmax(axis=-1))
    force = terms.POLICIES.index("force")
    assert p[0, force].argmax() == felt[0][force].argmax() and p[0, force].max() == pytest.approx(1)


def test_the_irrational_mind_hears_force_alone():
    p = kims.respond(CENTRAL, MEANS[None])[0, 0]
    habit = kims.habit(CENTRAL)[0]
    np.testing.assert_allclose(p[1:], np.broadcast_to(habit, (4, 3)), atol=1e-15)
    assert not np.allclose(p[0], habit)


@given(st.floats(0, 30), st.floats(0.01, 0.5), st.floats(0.01, 0.49), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_the_logit_odds_are_habit_odds_times_exp_of_the_gain(lam, acc, esc, seed):
    mind = np.random.default_rng(seed).dirichlet(np.ones(8))
    p = kims.respond(CENTRAL | {"lam": lam, "pi0_acc": acc, "pi0_esc": esc}, mind[None, None], ("narrow",))[0, 0]
    gain = kims.felt(CENTRAL, kims.changes(CENTRAL), "narrow")[0] @ mind
    np.testing.assert_allclose(
        np.log(p[:, 0] / p[:, 2]), np.log(acc / esc) + lam * (gain[:, 0] - gain[:, 2]), atol=1e-8
    )


def test_credibility_makes_holding_out_cost_what_escalation_costs():
    plain, sure = kims.changes(CENTRAL | {"q_follow": 0.0})[0], kims.changes(CENTRAL | {"q_follow": 1.0})[0]
    np.testing.assert_array_equal(sure[0, 1], plain[0, 2])
    np.testing.assert_array_equal(sure[1:], plain[1:])
    half = kims.changes(CENTRAL | {"q_follow": 0.5})[0]
    np.testing.assert_allclose(half[0, 1], (plain[0, 1] + plain[0, 2]) / 2)


def test_without_credible_further_force_no_mind_yields_more():
    low, high = (kims.respond(CENTRAL | {"q_follow": q}, MEANS[None])[0, :, 0, 0] for q in (0.0, 1.0))
    assert (high > low).all()


def test_acceptance_offers_a_share_of_the_deal_and_spares_the_deterrent():
    d = kims.changes(CENTRAL)[0]
    talks, accept, z = d[2], d[4], terms.GOALS.index("deterrent")
    np.testing.assert_array_equal(accept[1:], talks[1:])
    np.testing.assert_allclose(np.delete(accept[0], z), CENTRAL["share_accept"] * np.delete(talks[0], z))
    assert accept[0, z] == CENTRAL["dg_accept_accommodate_deterrent"]


def test_cells_not_listed_are_zero():
    delta = kims.changes(CENTRAL)[0]
    for g, policy in enumerate(terms.POLICIES[1:4], start=1):
        for r, response in enumerate(terms.RESPONSES):
            for z, goal in enumerate(terms.GOALS):
                assert delta[g, r, z] == CENTRAL.get(f"dg_{policy}_{response}_{goal}", 0.0)


def test_the_survival_mind_minds_force_alone_and_only_his_survival():
    readings = ("narrow", "survival")
    p = kims.respond(CENTRAL, np.stack([MEANS[1], MEANS[1]])[None], readings)[0, 1]
    np.testing.assert_allclose(p[1:], np.broadcast_to(kims.habit(CENTRAL)[0], (4, 3)), atol=1e-15)
    half = np.array([0.5, 0.5, 0, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(p[0], kims.respond(CENTRAL, half[None, None], ("narrow",))[0, 0, 0], atol=1e-15)


def test_dominance_without_weight_is_the_narrow_mind_and_with_all_of_it_counts_nothing_else():
    minds = MEANS[1][None, None]
    narrow = kims.respond(CENTRAL, minds, ("narrow",))
    np.testing.assert_allclose(kims.respond(CENTRAL | {"w_dominance": 0.0}, minds, ("dominance",)), narrow, atol=1e-15)
    all_in = kims.respond(CENTRAL | {"w_dominance": 1.0}, minds, ("dominance",))[0, 0, 2]
    gain = np.array([CENTRAL.get(f"dg_talks_{r}_dominance", 0.0) for r in terms.RESPONSES])
    score = kims.habit(CENTRAL)[0] * np.exp(CENTRAL["lam"] * gain)
    np.testing.assert_allclose(all_in, score / score.sum(), atol=1e-12)


def test_adding_a_reading_changes_no_other():
    three = kims.respond(CENTRAL, MEANS[None])
    five = kims.respond(CENTRAL, np.concatenate([MEANS, MEANS[[1, 1]]])[None], terms.READINGS + terms.OPTIONAL)
    np.testing.assert_array_equal(five[:, :3], three)


def test_futures_are_computed_as_one_by_one():
    rng = np.random.default_rng(7)
    n = 5
    p = CENTRAL | {
        "lam": rng.uniform(4, 25, n),
        "q_follow": rng.uniform(0, 1, n),
        "pi0_acc": rng.uniform(0.02, 0.2, n),
        "dg_talks_accommodate_reform": rng.uniform(-1, 1, n),
        "share_accept": rng.uniform(0.3, 0.8, n),
    }
    minds = rng.dirichlet(np.ones(8), size=(n, 3))
    together = kims.respond(p, minds)
    for i in range(n):
        one = {k: (v[i] if np.ndim(v) else v) for k, v in p.items()}
        np.testing.assert_allclose(kims.respond(one, minds[[i]])[0], together[i], atol=1e-14)


def test_divergence_by_hand_and_never_below_zero():
    p = np.zeros((2, 5, 3))
    p[0], p[1] = [0.2, 0.3, 0.5], [0.1, 0.4, 0.5]
    d = kims.divergence(p, ("narrow", "dealer")).query("policy == 'talks' and truth == 'narrow'").iloc[0]
    nats = 0.2 * np.log(2) + 0.3 * np.log(0.75)
    assert d.nats == pytest.approx(nats) and d.answers == pytest.approx(np.log(20) / nats)
    same = kims.divergence(np.broadcast_to(p[0], (2, 5, 3)), ("narrow", "dealer"))
    assert (same.nats == 0).all() and np.isinf(same.answers).all()
    assert (kims.divergence(kims.respond(CENTRAL, MEANS[None])[0]).nats >= 0).all()
    assert isinstance(same, pd.DataFrame)


# ---------------------------------------------------------------- tables and sentences of the chapter
def test_the_habit_counts_every_answer_of_his_once():
    record = wants.habit_record()
    answers = evidence.table("answers")
    own = answers[answers.date.astype(str) >= "2012"]
    counts = record.set_index("response").answers
    assert counts.sum() == len(own) and counts["escalate"] == (own.answer == "escalate").sum()
    assert counts["accommodate"] == 0 < (own.answer == "accommodate").sum()  # none took a warhead away


def test_an_answer_that_took_warheads_away_would_count(monkeypatch):
    table = evidence.table("warheads").copy()
    for year, size in ((2018, 50.0), (2019, 1.0)):
        own = (table.year == year) & (table.is_default == 1)
        assert own.any()
        table.loc[own, ["warheads_low", "warheads_central", "warheads_high"]] = size
    real = evidence.table
    monkeypatch.setattr(wants.evidence, "table", lambda name: table if name == "warheads" else real(name))
    assert wants.habit_record().set_index("response").answers["accommodate"] > 0


def test_the_habit_lies_in_its_ranges():
    record = wants.habit_record()
    assert record["mean"].sum() == pytest.approx(1) and (record.low < record["mean"]).all()
    for r, row in (("accommodate", "pi0_acc"), ("escalate", "pi0_esc")):
        mean = record.set_index("response").loc[r, "mean"]
        assert evidence.assumptions().at[row, "low"] < mean < evidence.assumptions().at[row, "high"]


def test_the_limit_of_sale_is_where_a_deal_ties_with_holding_out():
    for reading in ("narrow", "dealer"):
        limit, z = wants.sale_limit(reading, CENTRAL), terms.GOALS.index("deterrent")
        w = kims.mean_mind(reading).copy()
        w *= (1 - limit) / (1 - w[z])
        w[z] = limit
        step = kims.felt(CENTRAL, kims.changes(CENTRAL), reading)[0, 2]
        if limit == 0:
            assert (step[0] - step[1]) @ w < 0  # nobody would sell
        else:
            assert (step[0] - step[1]) @ w == pytest.approx(0, abs=1e-12)


def test_gains_add_up_and_count_the_unsold():
    minds = np.random.default_rng(3).dirichlet(np.ones(8), size=(40, 3))
    gains = wants.gains(CENTRAL, minds).set_index(["reading", "goal"])["mean"]
    for reading in ("narrow", "dealer"):
        assert gains[reading].drop("all").sum() == pytest.approx(gains[reading, "all"])
    step = kims.changes(CENTRAL)[0, 2]
    sale = wants.not_for_sale(CENTRAL, minds)
    assert sale["dealer"] == pytest.approx((minds[:, 2] @ (step[0] - step[1]) < 0).mean())


def test_diagnosticity_by_hand():
    answers = kims.respond(CENTRAL, MEANS[None])
    table = wants.diagnosticity(CENTRAL, answers).set_index(["policy", "goal", "move"])
    p = answers[0, :, 2]  # under talks the deterrent falls only if he accommodates
    assert table.loc[("talks", "deterrent", "fall"), "log_ratio"] == pytest.approx(np.log(p[2, 0] / p[1, 0]))
    assert table.loc[("talks", "personal", "fall"), "worthless"]  # no cell falls at the centre
    same = wants.diagnosticity(CENTRAL, answers[:, [0, 1, 1]])
    assert same.worthless.all()


def test_yielding_starts_at_the_habit():
    table = wants.yielding(CENTRAL, MEANS[None], [0.0, 1.0], [0.0, 20.0])
    np.testing.assert_allclose(table[table.precision == 0].chance, CENTRAL["pi0_acc"])
    end = table[table.precision == 20].set_index("credibility").chance
    assert end[1.0] > end[0.0]


def test_indicators_are_whole_years_of_one_series_each():
    panels = wants.indicators()
    assert [p["goal"] for p in panels] == list(terms.GOALS)
    for p in panels:
        assert len(p["x"]) == len(set(p["x"])) == len(p["v"]) and min(p["x"]) >= 2012
    launches = evidence.table("missile_tests_by_year").set_index("year")
    deterrent = next(p for p in panels if p["goal"] == "deterrent")
    assert launches.loc[list(deterrent["x"]), "complete_year"].eq(1).all()


@pytest.mark.slow
def test_the_chapter_prints_what_two_seeds_share(monkeypatch):
    pages = printed_by_two_seeds(monkeypatch, "02-wants.qmd")
    assert len(pages[0]) > 40
    for one, two in zip(*pages, strict=True):
        assert one == two


def test_freezing_all_groups_at_once_leaves_no_spread_and_nothing_frozen_leaves_all():
    d = options.draw(2**9, 1)
    table = wants.frozen(d.parameters, d.minds).set_index("group").calmed
    assert table["all cells"] >= table[[f"cells of {wants.POLICY_WORDS[g]}" for g in terms.POLICIES]].max() - 0.05
    still = {k: (v if k.startswith("dg_") else float(np.mean(v))) for k, v in d.parameters.items()}
    table = wants.frozen(still, np.broadcast_to(MEANS, d.minds.shape)).set_index("group").calmed
    assert table["all cells"] == pytest.approx(1) and table["minds"] == pytest.approx(0, abs=0.02)


def test_yielding_is_what_the_answers_give():
    rng = np.random.default_rng(3)
    minds = rng.dirichlet(np.ones(8), size=(30, 3))
    table = wants.yielding(CENTRAL, minds, [0.3], [7.0])
    p = kims.respond(CENTRAL | {"q_follow": 0.3, "lam_irr_force": 7.0}, minds)
    assert table.chance[0] == pytest.approx(p[:, 0, 0, 0].mean(), abs=1e-12)


def some_answers(n=60, seed=8):
    """Planted answers (future, reading, policy, response), all different."""
    return np.random.default_rng(seed).dirichlet([2, 3, 4], size=(n, 3, len(terms.POLICIES)))


def test_tables_of_a_draw_are_its_means_and_ends():
    answers = some_answers()
    minds = np.random.default_rng(1).dirichlet(np.ones(8), size=(60, 3))
    got = wants.answer_table(answers).set_index(["reading", "policy", "response"])
    weights = wants.weight_table(minds).set_index(["reading", "goal"])
    assert len(got) == 3 * len(terms.POLICIES) * 3 and len(weights) == 3 * 8
    for k, reading in enumerate(terms.READINGS):
        for g, policy in enumerate(terms.POLICIES):
            for r, response in enumerate(terms.RESPONSES):
                x = answers[:, k, g, r]
                expected = [x.mean(), *np.quantile(x, [0.05, 0.95])]
                assert got.loc[(reading, policy, response), ["mean", "low", "high"]].tolist() == pytest.approx(expected)
        for z, goal in enumerate(terms.GOALS):
            x = minds[:, k, z]
            expected = [x.mean(), *np.quantile(x, [0.05, 0.95])]
            assert weights.loc[(reading, goal), ["mean", "low", "high"]].tolist() == pytest.approx(expected)


def test_answers_needed_average_both_ways():
    divergences = kims.divergence(some_answers().mean(axis=0))
    got = wants.answers_needed(divergences).set_index(["policy", "pair"]).answers
    nats = divergences.set_index(["policy", "truth", "rival"]).nats
    assert len(got) == len(terms.POLICIES) * 3
    means = {}
    for policy in terms.POLICIES:
        for a, b in (("irrational", "narrow"), ("irrational", "dealer"), ("narrow", "dealer")):
            means[policy, a, b] = (nats[policy, a, b] + nats[policy, b, a]) / 2
            assert got[policy, f"{a} or {b}"] == pytest.approx(np.log(20) / means[policy, a, b])


def test_diagnosticity_is_the_chance_of_a_move_under_each_reading():
    """By adding up answers and drawn cells, for each policy, goal and direction; of the two readings that are named."""
    d, answers = options.draw(2**6, 3), some_answers(2**6)
    got = wants.diagnosticity(d.parameters, answers, ("irrational", "dealer")).set_index(["policy", "goal", "move"])
    delta = kims.changes(d.parameters)
    assert len(got) == 4 * 8 * 2
    for (policy, goal, move), row in got.iterrows():
        g, z = terms.POLICIES.index(policy), terms.GOALS.index(goal)
        moved = [np.mean(delta[:, g, r, z] * (1 if move == "rise" else -1) > 1e-9) for r in range(3)]
        p, q = (sum(answers[:, k, g, r].mean() * moved[r] for r in range(3)) for k in (0, 2))
        assert [row.p_first, row.p_second] == pytest.approx([p, q])
        ratio = np.log(q / p) if p > 0 and q > 0 else 0
        assert row.log_ratio == pytest.approx(ratio)
        assert row.worthless == (1 / 1.1 < np.exp(ratio) < 1.1 or (p < 0.01 and q < 0.01))


def test_gains_are_weights_times_changes_goal_by_goal():
    d = options.draw(2**6, 3)
    got = wants.gains(d.parameters, d.minds, ("irrational", "narrow"), "pressure").set_index(["reading", "goal"])
    changes = kims.changes(d.parameters)
    for k, reading in enumerate(("irrational", "narrow")):
        delta = kims.felt(d.parameters, changes, reading)[:, terms.POLICIES.index("pressure")]
        parts = [d.minds[:, k, z] * (delta[:, 0, z] - delta[:, 1, z]) for z in range(8)]
        for goal, x in (*zip(terms.GOALS, parts, strict=True), ("all", sum(parts))):
            assert got.loc[(reading, goal)].tolist() == pytest.approx([x.mean(), *np.quantile(x, [0.05, 0.95])])
    sale = wants.not_for_sale(d.parameters, d.minds)
    for k, reading in enumerate(terms.READINGS):
        talks = kims.felt(d.parameters, changes, reading)[:, terms.POLICIES.index("talks")]
        worse = [d.minds[n, k] @ talks[n, 0] < d.minds[n, k] @ talks[n, 1] for n in range(2**6)]
        assert sale[reading] == np.mean(worse)
    table = pd.DataFrame(
        [("dealer", g, v) for g, v in zip(terms.GOALS, (-4.0, 1, 2, 3, 0, 1, 0, 2), strict=True)]
        + [("dealer", "all", 99.0), ("narrow", "reform", 50.0)],
        columns=["reading", "goal", "mean"],
    )
    own = dict(zip(table.goal[:8], table["mean"][:8], strict=True))
    positive = sum(max(v, 0) for v in own.values())
    assert wants.money_share(table) == pytest.approx((own["currency"] + own["reform"]) / positive)


def test_the_limit_of_sale_at_its_ends():
    """Nobody sells where the rest gains nothing; everybody where giving up the deterrent costs nothing."""
    cells = [n for n in CENTRAL if n.startswith(("dg_talks_", "dg_status_quo_"))]
    nothing = CENTRAL | dict.fromkeys(cells, 0.0)
    assert wants.sale_limit("dealer", nothing) == 0
    assert wants.sale_limit("dealer", nothing | {"dg_talks_accommodate_reform": 0.5}) == 1


def test_what_a_frozen_group_calms_is_the_spread_that_it_takes_away():
    """By definition: standard deviations of log odds before and after, of the rational readings, the largest fall."""
    d, register = options.draw(2**7, 2), evidence.assumptions()
    got = wants.frozen(d.parameters, d.minds).set_index("group")
    assert len(got) == len(terms.POLICIES) + 2

    def spreads(parameters, minds):
        p = kims.respond(parameters, minds)[..., 0]
        return np.log(p / (1 - p)).std(axis=0)

    whole, means = spreads(d.parameters, d.minds), np.stack([kims.mean_mind(r) for r in terms.READINGS])
    for group, row in got.iterrows():
        heads = [f"dg_{g}_" for g in terms.POLICIES if group in ("all cells", f"cells of {wants.POLICY_WORDS[g]}")]
        names = [n for n in d.parameters if n.startswith(tuple(heads))]
        minds = np.broadcast_to(means, d.minds.shape) if group == "minds" else d.minds
        fixed = {} if group == "minds" else {n: float(register.at[n, "central"]) for n in names}
        calmed = 1 - spreads(d.parameters | fixed, minds) / whole
        k, g = terms.READINGS.index(row.reading), terms.POLICIES.index(row.policy)
        assert k > 0 and row.calmed == pytest.approx(calmed[1:].max()) == pytest.approx(calmed[k, g])


def test_reform_as_a_threat_is_a_loss_of_the_same_size():
    p = CENTRAL | {"dg_talks_accommodate_reform": np.array([0.4, -0.2])}
    got = wants.reform_as_threat(p)
    assert got["dg_talks_accommodate_reform"].tolist() == [-0.4, -0.2]
    others = [n for n in CENTRAL if not n.endswith("_accommodate_reform")]
    assert all(got[n] == CENTRAL[n] for n in others)
    assert any(n.endswith("_accommodate_reform") and not n.startswith("dg_talks") for n in CENTRAL)


def test_tables_to_read_are_the_register_and_the_record():
    register = evidence.assumptions().copy()
    register.loc["dg_talks_accommodate_reform", ["low", "central", "high"]] = -0.25, 0.0, 0.5
    table = wants.cells_table(register).set_index("Goal")
    head = terms.LABELS["talks"] + ": accommodates"
    assert table.at[terms.GOAL_LABELS["reform"], head] == "0 (−0.25 to +0.5)"
    assert len(table) == 8 and len(table.columns) == 6
    for goal in terms.GOALS:
        for policy in ("talks", "force"):
            for response, words in (("accommodate", "accommodates"), ("hold", "holds out"), ("escalate", "escalates")):
                name = f"dg_{policy}_{response}_{goal}"
                text = table.at[terms.GOAL_LABELS[goal], f"{terms.LABELS[policy]}: {words}"].replace("−", "-")
                found = [float(x) for x in text.replace("(", "").replace(")", "").replace("to ", "").split()]
                row = register.loc[name, ["central", "low", "high"]].tolist() if name in register.index else [0]
                assert found == pytest.approx(row, rel=1e-5)
    plain = wants.cells_table()
    assert plain.at[0, head] == wants.cells_table(evidence.assumptions()).at[0, head]
    record = pd.DataFrame(
        {
            "response": terms.RESPONSES,
            "answers": [3, 5, 12],
            "mean": [0.15, 0.25, 0.6],
            "low": [0.05, 0.1, 0.41],
            "high": [0.3, 0.45, 0.77],
        }
    )
    said = wants.habit_table(record)
    assert list(said.columns) == ["Response", "Answers", "Record", "Record, 5–95 %", "Range in the models"]
    assert said.Answers.tolist() == [3, 5, 12] and said.Response.tolist() == list(terms.RESPONSES)
    assert said.Record.tolist() == [prose.percent(x) for x in record["mean"]]
    assert said["Record, 5–95 %"].iloc[2] == f"{prose.percent(0.41)} to {prose.percent(0.77)}"
    ends = evidence.assumptions().loc["pi0_esc"]
    assert said["Range in the models"].tolist()[1:] == [
        "the rest",
        f"{prose.percent(ends.low)} to {prose.percent(ends.high)}",
    ]


def test_the_habit_is_dirichlet_on_counts_by_hand():
    """Answers from 2013 on: none was followed by fewer warheads, launches and tests escalate, the rest holds out."""
    record = wants.habit_record("2013-01", 2.0).set_index("response")
    own = [r for r in evidence.table("answers").itertuples() if str(r.date) >= "2013-01"]
    escalate = sum(r.answer == "escalate" for r in own)
    counts = {"escalate": escalate, "accommodate": 0, "hold": len(own) - escalate}
    total = len(own) + 6
    for response, n in counts.items():
        row, law = record.loc[response], stats.beta(n + 2, total - n - 2)
        assert row.answers == n and row["mean"] == pytest.approx((n + 2) / total)
        assert [row.low, row.high] == pytest.approx(law.ppf([0.05, 0.95]))


def test_each_indicator_is_its_column_of_its_table():
    leader = evidence.table("leadership_economy").set_index("year")
    launches = evidence.table("missile_tests_by_year").query("complete_year == 1").set_index("year").launches
    stolen = evidence.table("illicit_revenue").query("stream == 'crypto_theft' and annual_estimate == 'yes'")
    trade = evidence.table("china_trade_share").query("share_kind != 'unconfirmed'").set_index("year")
    talks = evidence.table("talks_by_month")
    months = talks[talks.talks_under_way == 1].month.str[:4].value_counts()
    expected = {
        "personal": leader.kju_appearances,
        "regime": evidence.table("gdp").set_index("year").real_growth_pct_current_vintage,
        "deterrent": launches,
        "currency": stolen.set_index("year").usd_m_central / 1000,
        "legitimacy": leader.military_pct,
        "autonomy": trade.china_share_excl_inter_korean_pct.dropna(),
        "reform": leader.economic_guidance_pct,
    }
    for panel in wants.indicators():
        if panel["goal"] == "recognition":
            assert panel["v"].tolist() == [months.get(str(y), 0) for y in panel["x"]]
            assert all((talks.month.str[:4] == str(y)).sum() == 12 for y in panel["x"])
            continue
        source = expected[panel["goal"]]
        source = source[source.index >= 2012].sort_index()
        assert panel["x"].tolist() == source.index.tolist(), panel["goal"]
        assert panel["v"] == pytest.approx(source.to_numpy(float), nan_ok=True)
        assert panel["name"] == terms.GOAL_LABELS[panel["goal"]]
    counts = {p["goal"] for p in wants.indicators() if p["v"].dtype.kind == "i"}
    assert counts == {"personal", "deterrent", "recognition"}
    assert {p["goal"] for p in wants.indicators() if p["fmt"] == ",.0f"} == counts


def test_years_before_and_after_are_averaged_inclusively():
    panels = [
        {"goal": "reform", "unit": "u", "x": np.array([2012, 2013, 2014, 2015, 2017]), "v": np.array([1, 2, 4, 9, 7])},
        {"goal": "currency", "unit": "w", "x": np.array([2012]), "v": np.array([50])},
    ]
    assert wants.moved(panels, "reform", (2012, 2013), (2015, 2017)) == (1.5, 8.0)
    frame = wants.indicator_frame(panels)
    assert frame.columns.tolist() == ["goal", "indicator", "year", "value"] and len(frame) == 6
    assert frame.iloc[-1].tolist() == ["currency", "w", 2012, 50]


def test_individuals_are_counted_apart_from_groups_and_false_reports():
    table = pd.DataFrame(
        [
            ("A", 0.0, "person", "confirmed"),
            ("A", 6.0, "person", "reported"),
            ("A", 6.1, "person", "confirmed"),
            ("A", 2.0, "person", "false"),
            ("A", 3.0, "group", "confirmed"),
            ("B", 0.0, "group", "reported"),
            ("C", 9.0, "person", "confirmed"),
        ],
        columns=["leader", "since", "kind", "report"],
    )
    got = wants.first_years(table)
    assert got.loc["A"].tolist() == [2, 1, 1] and got.loc["B"].tolist() == [0, 0, 1]
    assert got.loc["C"].tolist() == [0, 0, 0] and got.columns.tolist() == ["persons", "confirmed", "groups"]
    assert wants.first_years(table, 9.5).loc[["A", "C"], "persons"].tolist() == [3, 1]
    more = pd.concat([table, table[table.report == "false"]])
    assert wants.first_years(more).equals(got)


def test_what_was_said_is_the_row_of_its_day():
    table = wants.said(["2019-02-27", "2018-06-12 Singapore"])
    assert table.columns.tolist() == ["Date", "What", "Terms", "What came of it", "Source"]
    assert table.Date.tolist() == ["27 February 2019", "12 June 2018"] and "Yongbyon" in table.Terms.iloc[0]
    assert table.Source.tolist() == ["[@nhub_2019_hanoi]", "[@wiki_singapore]"]
    for day in ("2019-02-28", "2018-06-12 Hanoi", ""):
        with pytest.raises(ValueError, match="meets .* rows of negotiations"):
            wants.said([day])


def test_a_kinder_record_yields_more_and_the_order_stays():
    d = options.draw(2**9, 4)
    table = wants.habits()
    assert np.allclose(table[list(terms.RESPONSES)].sum(axis=1), 1)
    strict, kind = (wants.habit_record(in_kind=k).set_index("response") for k in (False, True))
    coded = evidence.table("answers").query("date >= '2012-01'").answer
    assert kind.answers["accommodate"] == (coded == "accommodate").sum() > strict.answers["accommodate"]
    assert kind.answers.sum() == strict.answers.sum() and kind.answers["escalate"] == strict.answers["escalate"]
    second = wants.habit_record(coding="answer_alt").set_index("response")
    assert (
        second.answers["escalate"]
        == (evidence.table("answers").query("date >= '2012-01'").answer_alt == "escalate").sum()
    )
    with pytest.raises(ValueError, match="coding must be"):
        wants.habit_record(coding="other")
    got = wants.by_habit(d.parameters, d.minds, table).set_index("coding")
    assert got.talks_dealer["Low end"] < got.talks_dealer["As modelled"] < got.talks_dealer["High end"]
    assert got.talks_dealer["Answers in kind count"] > 2 * got.talks_dealer["As modelled"]
    assert (got.talks_dealer > got[["talks_narrow", "talks_irrational"]].max(axis=1)).all()
    np.testing.assert_allclose(got.talks_irrational, table.accommodate)
    one = table.iloc[0]
    mean = kims.respond(d.parameters | {"pi0_acc": one.accommodate, "pi0_esc": one.escalate}, d.minds).mean(axis=0)
    assert got.pressure_narrow["As modelled"] == pytest.approx(mean[1, 1, 0])


def test_widths_are_those_of_the_rational_readings():
    table = pd.DataFrame(
        [("irrational", 0.0, 0.9), ("narrow", 0.1, 0.4), ("dealer", 0.2, 0.3)], columns=["reading", "low", "high"]
    )
    within, apart = wants.width(table)
    assert within == pytest.approx(0.3)
    assert apart == pytest.approx(abs(kims.mean_mind("narrow") - kims.mean_mind("dealer")).max())


def test_the_readings_are_tabled_as_their_tables_have_them():
    table = wants.readings_table().set_index("")
    source = evidence.table("readings").set_index("name")
    assert list(table.columns) == list(source.index)
    for name, row in source.iterrows():
        assert table[name].tolist()[:5] == [row[k] for k in ("wants", "moves", "habit", "policy", "refuted")]
    assert table.at["Offers", "Narrowly rational"] == "0.1 (−0.3 to 0.5)" and table.iloc[5, 0] == "0"


def test_removals_count_from_the_first_of_each_leader():
    table = wants.purges()
    assert (table.groupby("leader").since.min() == 0).all() and set(table.report) <= {"confirmed", "reported", "false"}
    source = evidence.table("leadership_purges").query("kind != 'count'")
    assert table.person.tolist() == source.person.tolist()
    for row, date in zip(table.itertuples(), source.date, strict=True):
        month = int(date[5:7]) if len(date) >= 7 else 7
        assert row.year == pytest.approx(int(date[:4]) + (month - 1) / 12)


# ---------------------------------------------------------------- one row changed in a copy of the data
def test_a_deal_that_gives_nothing_teaches_nothing(monkeypatch, tmp_path):
    def told():
        needed = wants.answers_needed(kims.divergence(apart()))
        return needed[needed.pair == "narrow or dealer"].set_index("policy").answers

    assert told().idxmin() == "talks"
    for goal in ("recognition", "currency", "autonomy", "reform", "legitimacy", "personal", "regime"):
        assume(monkeypatch, tmp_path / "data", f"dg_talks_accommodate_{goal}", 0)
    d = options.draw(2**10, 5)
    assert told().idxmin() != "talks" and wants.not_for_sale(*d[:2])["dealer"] > 0.95
    assert wants.sale_limit("dealer", d.parameters) < 0.01


def test_a_strike_that_hurts_nothing_persuades_nobody(monkeypatch, tmp_path):
    def closely():
        d = options.draw(2**9, 5)
        return wants.yielding(*d[:2], [0.0, 1.0], [0.0, 24.0]).set_index(["credibility", "precision"]).chance

    got = closely()
    assert got[1.0, 24.0] > 0.8 > 0.1 > got[0.0, 24.0]
    for goal in terms.GOALS:
        assume(monkeypatch, tmp_path / "data", f"dg_force_escalate_{goal}", 0)
    assert closely()[1.0, 24.0] < 0.1


def apart(n=2**10):
    return kims.respond(*options.draw(n, 5)[:2]).mean(axis=0)
