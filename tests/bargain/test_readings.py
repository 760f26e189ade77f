"""Chapter 1: the models of the launch record, against closed forms, brute force and planted truths."""

import itertools
import re
import shutil

import edits
import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma, kstest, norm, poisson

from bargain import evidence, ledger, readings, results, terms
from bargain.chunks import readings as readings_chunks

CHAPTER = "chapters/01-readings.qmd"

RNG = np.random.default_rng(11)
QUIET = np.r_[np.zeros(12, int), np.ones(12, int), np.zeros(12, int)]


def small(**prior):
    return readings.grid(rates=24, persistences=6, scales=10, effects=6, points=31, **prior)


# ---------------------------------------------------------------- the panel


def test_the_panel_ends_where_the_last_table_ends_and_lags_talks_by_a_month():
    p = readings.panel()
    talks = evidence.table("talks_by_month").set_index("month")["talks_under_way"]
    assert str(p.index[0]) == "2012-01" and p.index[-1] == readings.coverage()
    assert all(p["talks"].iloc[k] == talks[str(m - 1)] for k, m in enumerate(p.index))
    assert len(p) == (p.index[-1] - p.index[0]).n + 1


def test_a_day_counts_once_and_by_its_korean_date():
    p = readings.panel()
    flights = evidence.table("missile_tests")
    day = pd.concat([flights["date_kst"], evidence.table("nuclear_tests")["date_kst"]])
    inside = day[(day >= "2012-01") & (day < str(p.index[-1] + 1))]
    assert p["days"].sum() == inside.nunique() < len(inside)
    moved = flights[(flights["date"] != flights["date_kst"]) & (flights["date"] >= "2012")]
    assert len(moved) and (p["strategic"] <= p["days"]).all()


def test_pressure_counts_only_measures_that_press_and_only_afterwards():
    p, rows = readings.panel(), evidence.table("un_sanctions")
    assert p.at[pd.Period("2018-04"), "pressure"] == 0  # March 2018 renewed a panel's mandate
    first = rows.loc[(rows["adds_pressure"] == 1) & (rows["date"] >= "2016"), "date"].min()
    month = pd.Period(first[:7])
    assert p.at[month, "pressure"] == 0 and all(p.at[month + k, "pressure"] == 1 for k in (1, 2, 3))


# ---------------------------------------------------------------- the naive model


@pytest.mark.parametrize("days", [[0], [3], [0, 0, 0, 0], [0, 1, 2, 9, 4], list(range(30))])
def test_quadrature_meets_the_closed_form(days):
    assert readings.naive_log_marginal(days, np.inf) == pytest.approx(readings.poisson_log_marginal(days), abs=1e-9)


def test_a_large_size_is_nearly_poisson_and_a_small_one_is_not():
    days = [0, 0, 7, 0, 1, 0]
    limit = readings.poisson_log_marginal(days)
    assert readings.naive_log_marginal(days, 1e7) == pytest.approx(limit, abs=1e-4)
    assert readings.naive_log_marginal(days, 0.3) > limit + 1


def test_the_closed_form_is_the_product_of_its_own_predictions():
    days, shape, rate, total = [2, 0, 5], 1.0, 1.0, 0.0
    for y in days:  # a negative binomial step by step
        total += gamma.logpdf(1.0, shape, scale=1 / rate) + poisson.logpmf(y, 1.0)
        shape, rate = shape + y, rate + 1
        total -= gamma.logpdf(1.0, shape, scale=1 / rate)
    assert readings.poisson_log_marginal(days) == pytest.approx(total, abs=1e-10)


def test_a_coarse_grid_would_be_wrong():
    """Why several hundred nodes: the probability of a long quiet spell in few nodes is off in its second digit."""
    days = np.r_[np.zeros(15, int), [0, 1, 0, 4]]
    fine = readings.naive_log_marginal(days)
    assert readings.naive_log_marginal(days, nodes=2400) == pytest.approx(fine, abs=1e-9)
    assert abs(np.exp(readings.naive_log_marginal(days, nodes=12) - fine) - 1) > 0.01


# ---------------------------------------------------------------- months with memory


def _brute(days, flag, mu, beta, phi, sigma, n=61):
    """The likelihood by summing over all paths of z on a grid of its own: no forward pass."""
    u = np.linspace(-5.5, 5.5, n)
    step = u[1] - u[0]
    paths = np.array(list(itertools.product(u, repeat=len(days))))
    p = norm.pdf(paths[:, 0]) * step
    for a, b in itertools.pairwise(range(len(days))):
        p *= norm.pdf(paths[:, b], phi * paths[:, a], np.sqrt(1 - phi**2)) * step
    p *= poisson.pmf(days, np.exp(mu + beta * np.asarray(flag) + sigma * paths)).prod(1)
    return np.log(p.sum())


def _one(phi, mu, sigma, points):
    whole = np.ones((1, 1), bool)
    return readings.Grid(
        np.array([phi]), np.array([mu]), np.array([sigma]), np.zeros(1), whole, np.ones(1), np.zeros(1), points
    )


@pytest.mark.parametrize("phi, sigma", [(0.0, 0.8), (0.6, 1.2), (0.9, 0.5)])
def test_the_forward_pass_is_the_sum_over_all_paths(phi, sigma):
    days, flag = [1, 0, 3], [0, 1, 1]
    got = readings.forward(days, flag, _one(phi, 0.2, sigma, 61), [-0.7])[0][0][0, 0]
    assert got == pytest.approx(_brute(days, flag, 0.2, -0.7, phi, sigma), abs=1e-6)


def test_without_spread_it_is_plain_poisson():
    days, flag = np.array([1, 0, 3, 2]), np.array([0, 1, 1, 0])
    got = readings.forward(days, flag, _one(0.5, 0.3, 1e-9, 31), [-1.0])[0][0][0, 0]
    assert got == pytest.approx(poisson.logpmf(days, np.exp(0.3 - flag)).sum(), abs=1e-5)


@pytest.mark.parametrize("prior", [{}, {"rd_phi_max": float(evidence.assumptions().at["rd_phi_max", "high"])}])
def test_doubling_the_grid_of_z_changes_nothing(prior):
    p = readings.panel().loc["2017":"2021"]  # errors of months add up: a third of them, a third of what is allowed
    days, flag = p["days"].to_numpy(), p["talks"].to_numpy()
    one = readings.coarse(**prior)
    # the longest memory, whose news of a month is the narrowest, and one of middle length
    some = [len(one.persistence) // 2, -1]
    one = one._replace(persistence=one.persistence[some], keep=one.keep[some])
    two = one._replace(points=2 * one.points)
    for key in ("flat", "restrained", "provoked"):
        a, b = (readings.log_evidence(days, flag, readings.prune(days, g))[key] for g in (one, two))
        assert abs(a - b) < 0.003


def test_the_chain_loses_no_probability_however_long_the_memory():
    for top in evidence.assumptions().loc["rd_phi_max", ["low", "central", "high"]].astype(float):
        g = readings.coarse(rd_phi_max=top)
        for phi in g.persistence:
            u, stationary, step = readings.transition(phi, g.points)
            inner = np.abs(u) < 2.5
            assert step.sum(1)[inner] == pytest.approx(1, abs=1e-4)
            assert (stationary @ step)[inner] == pytest.approx(stationary[inner], abs=1e-4)
    # why points_needed: thirty-one points would inflate every month of a memory of 0.99
    assert np.abs(readings.transition(0.99, 31)[2].sum(1)[15] - 1) > 0.01


def test_pruning_and_the_smaller_grid_change_no_factor():
    p = readings.panel()
    days, flag = p["days"].to_numpy(), p["talks"].to_numpy()
    whole = readings.log_bayes_factors(days[:60], flag[:60], readings.coarse(), pruned=False)
    cut = readings.log_bayes_factors(days[:60], flag[:60], readings.coarse())
    assert cut["restrained"] == pytest.approx(whole["restrained"], abs=1e-4)
    fine = readings.prune(days, readings.grid(effects=10))
    for column in ("talks", "talks_alt"):
        rough = readings.log_bayes_factors(days, p[column].to_numpy(), readings.coarse())["restrained"]
        exact = readings.log_bayes_factors(days, p[column].to_numpy(), fine, pruned=False)["restrained"]
        assert rough == pytest.approx(exact, abs=0.02)


def test_a_later_month_can_be_added_to_a_finished_pass():
    days, flag, g = np.array([1, 0, 2, 4, 0]), np.array([0, 1, 0, 1, 1]), small()
    whole = readings.log_evidence(days, flag, g)["flat"]
    beta = np.r_[0.0, -g.effect, g.effect]
    part = readings.forward(days[:3], flag[:3], g, beta)
    assert readings.log_evidence(days[3:], flag[3:], g, part)["flat"] == pytest.approx(whole, abs=1e-9)


def test_priors_integrate_to_one():
    g = readings.grid()
    assert np.exp(g.log_weight).sum() * len(g.persistence) == pytest.approx(1, abs=0.01)
    assert np.exp(g.effect_weight).sum() == pytest.approx(1)
    # the mean of a half-normal
    assert np.exp(g.effect_weight) @ g.effect == pytest.approx(np.sqrt(2 / np.pi), rel=1e-3)


def test_a_planted_restraint_is_found_and_its_sign_is_right():
    rng = np.random.default_rng(3)
    flag = np.tile(np.r_[np.zeros(6, int), np.ones(6, int)], 14)
    days = readings.simulate(rng, flag, 0.5, 0.6, 0.5, np.log(0.25))[0]
    log = readings.log_bayes_factors(days, flag, readings.coarse())
    assert log["restrained"] > np.log(30) and log["provoked"] < 0
    assert log["high"] < 0 and log["low"] < np.log(0.25) < log["high"]


def test_planted_memory_is_not_called_restraint():
    """Long moods without any effect: the naive model cries restraint far more often than the chapter's."""
    rng, naive, memory = np.random.default_rng(5), 0, 0
    flag = np.r_[np.zeros(60, int), np.ones(20, int), np.zeros(60, int)]
    for _ in range(16):
        days = np.minimum(readings.simulate(rng, flag, 0.0, 0.93, 1.3, 0.0)[0], 31)
        naive += readings.naive_log_bayes_factor(days, flag) > np.log(3)
        memory += readings.log_bayes_factors(days, flag, readings.coarse())["restrained"] > np.log(3)
    assert naive >= 3 * max(memory, 1)


def test_two_sided_is_the_mean_of_the_sides_and_rewards_provocation():
    rng = np.random.default_rng(8)
    flag = np.tile(np.r_[np.zeros(8, int), np.ones(4, int)], 10)
    days = readings.simulate(rng, flag, -0.2, 0.3, 0.3, np.log(4))[0]
    log = readings.log_bayes_factors(days, flag, readings.coarse())
    both = np.log((np.exp(log["restrained"]) + np.exp(log["provoked"])) / 2)
    assert log["both"] == pytest.approx(both) and log["both"] > 0 > log["restrained"]


def test_a_flag_that_never_varies_is_no_information():
    log = readings.log_bayes_factors([1, 0, 2], [0, 0, 0], small())
    assert all(np.isnan(v) for v in log.values())
    with pytest.raises(ValueError, match="3 months of launches but 2"):
        readings.forward([1, 2, 3], [0, 1], small(), [0.0])


# ---------------------------------------------------------------- honesty


def test_the_placebo_rank_is_uniform_on_shuffled_labels():
    rng, ranks = np.random.default_rng(2), []
    flag = QUIET.copy()
    for _ in range(300):
        days = rng.normal(5, 1, len(flag))  # continuous, so that no two shifts tie
        ranks.append(readings.tail_share(readings.shifted_ratios(days, flag)))
    assert kstest(ranks, "uniform").pvalue > 0.01
    assert min(ranks) >= 1 / len(flag)  # the record itself is one of the shifts


def test_the_placebo_sees_a_real_pause():
    days = np.where(QUIET == 1, 0, np.tile([1, 2, 3], 12)).astype(float)
    assert readings.tail_share(readings.shifted_ratios(days, QUIET)) == pytest.approx(1 / len(QUIET))


def test_leads_and_lags_at_one_month_are_the_panels_own_flag():
    p, frame = readings.panel(), readings.leads_and_lags().set_index("lag")
    coded = set(evidence.table("talks_by_month")["month"])
    window = p[[str(m + readings.LAST) in coded for m in p.index]]
    assert frame.at[1, "ratio"] == pytest.approx(readings.rate_ratio(window["days"], window["talks"]))


def test_episodes_cover_all_flagged_months_once():
    p = readings.panel()
    for column in ("talks", "talks_alt"):
        frame = readings.episodes(column)
        assert frame["months"].sum() == p[column].sum()
        assert frame["days"].sum() == p.loc[p[column] == 1, "days"].sum()


def test_the_two_codings_differ_only_in_2019():
    p = readings.panel()
    differ = p.index[p["talks"] != p["talks_alt"]]
    assert len(differ) and {m.year for m in differ} == {2019}


def test_posterior_of_a_reader():
    like = np.array([0.0, np.log(2), np.log(0.5)])
    assert readings.posterior([1 / 3] * 3, like) == pytest.approx(np.array([2, 4, 1]) / 7)
    assert readings.posterior([0, 0, 1], like).tolist() == [0, 0, 1]  # no evidence moves a certainty
    with pytest.raises(ValueError, match="sum to 1"):
        readings.posterior([0.5, 0.5, 0.5], like)


# ---------------------------------------------------------------- calibration, stored


def test_ranks_of_true_effects_are_uniform():
    frame = results.load("readings_calibration")
    ranks = frame.loc[frame["world"] == "prior", "rank"].dropna()
    assert len(ranks) > 100 and kstest(ranks, "uniform").pvalue > 0.01


def test_beliefs_are_calibrated_under_the_model():
    """Over histories drawn from the model, a reading that gets belief p is true in a share p of them."""
    part = results.load("readings_calibration").query("world == 'prior'")
    for reading in terms.READINGS:
        said, true = part[f"p_{reading}"], part["truth"] == reading
        error = np.sqrt((said * (1 - said)).sum()) / len(part)
        assert abs(said.mean() - true.mean()) < 3.3 * error


def test_one_stored_history_is_what_the_code_gives(monkeypatch):
    stored = results.load("readings_calibration")
    monkeypatch.setattr(readings_chunks, "HISTORIES", 1)
    fresh = readings_chunks.calibration_chunk(0).iloc[0]
    row = stored[(stored["chunk"] == 0) & (stored["world"] == "prior")].iloc[0]
    assert row["memory"] == pytest.approx(fresh["memory"], rel=1e-5) and row["truth"] == fresh["truth"]


# ---------------------------------------------------------------- competing hypotheses


def _items(rows):
    frame = pd.DataFrame(rows, columns=["item", "cluster", "reading", "lr_central"])
    return frame.assign(lr_low=frame["lr_central"] * 0.5, lr_high=frame["lr_central"] * 2)


def test_rules_of_combination_by_hand():
    rows = [(i, "a", r, v) for i in "xyzw" for r, v in zip(terms.READINGS, (1.0, 2.0, 0.5), strict=True)]
    rows += [("u", "b", r, v) for r, v in zip(terms.READINGS, (3.0, 1.0, 1.0), strict=True)]
    table = _items(rows)
    log2, log3 = np.log(2), np.log(3)
    assert readings.combine(table, "independent") == pytest.approx([log3, 4 * log2, -4 * log2])
    assert readings.combine(table, "root") == pytest.approx([log3, 2 * log2, -2 * log2])
    assert readings.combine(table, "one") == pytest.approx([log3, log2, -log2])
    size = readings.cluster_size(table)
    rest = table["item"] != "x"  # voices stay those of the whole table: three of four are left
    assert readings.combine(table[rest], "one", size[rest]) == pytest.approx([log3, 0.75 * log2, -0.75 * log2])


def test_draws_lie_in_the_ranges_and_their_middle_is_the_centre():
    table = _items([("x", "a", r, v) for r, v in zip(terms.READINGS, (1.0, 2.0, 0.5), strict=True)])
    logs = readings.drawn_ratios(table, 4000)
    drawn = readings.combined_draws(table, "independent", logs)
    assert (np.abs(drawn - np.log([1.0, 2.0, 0.5])) <= np.log(2) + 1e-9).all()
    assert drawn.mean(0) == pytest.approx(np.log([1.0, 2.0, 0.5]), abs=0.03)
    twice = pd.concat([table, table.assign(item="y")], ignore_index=True)
    both = np.concatenate([logs, logs], axis=1)
    assert readings.combined_draws(twice, "one", both) == pytest.approx(drawn)  # two that agree count as one


@pytest.mark.slow
def test_what_is_printed_is_what_two_seeds_share():
    a, b = (readings.rule_draws(seed) for seed in (readings.SEED, readings.SEED + 1))
    for key in a:
        assert a[key][0] == pytest.approx(b[key][0])  # centres are no draws
        low, high = (np.quantile(x[key][1], [0.05, 0.95], axis=0) for x in (a, b))
        assert np.abs(low - high).max() < 0.05


def test_the_belief_that_the_report_uses():
    table, rules = readings.beliefs(), readings.posteriors_by_rule().query("items == 'all'")
    assert list(table.index) == list(terms.READINGS) and table["central"].sum() == pytest.approx(1)
    assert (table["low"] <= table["central"]).all() and (table["central"] <= table["high"]).all()
    for row in rules.itertuples():
        assert table.at[row.reading, "low"] <= row.low and row.high <= table.at[row.reading, "high"]


def test_computed_items_are_read_from_the_models():
    table = readings.items()
    computed = table[table["basis"] == "computed"]
    assert len(computed) and computed[["lr_low", "lr_central", "lr_high"]].notna().all().all()
    low, central, high = (table[c].astype(float) for c in ("lr_low", "lr_central", "lr_high"))
    assert (low <= central + 1e-12).all() and (central <= high + 1e-12).all()
    launches = computed[computed["test_id"] == "launch_model"].set_index("reading")["lr_central"]
    like = np.exp(readings.log_likelihoods())
    assert launches[list(terms.READINGS)].to_numpy() == pytest.approx(like / like.mean())
    assert set(evidence.table("evidence")["test_id"].dropna()) == set(readings.TESTS)


def test_order_restricted_rates():
    """The cut prior is a density: over all data the marginal likelihood sums to one, and order pays when it holds."""
    total = 0.0
    for s1, s0 in itertools.product(range(4), range(3)):
        ways = [1, 3, 3, 1][s1] * [1, 2, 1][s0]
        total += ways * np.exp(readings.ordered_log_marginal((s1, 3), (s0, 2)))
    assert total == pytest.approx(1, abs=1e-3)
    right, wrong = readings.ordered_log_marginal((9, 10), (1, 10)), readings.ordered_log_marginal((1, 10), (9, 10))
    assert right > readings.one_rate_log_marginal([(9, 10), (1, 10)]) > wrong


def test_worthless_items_are_those_that_say_nothing(monkeypatch):
    rows = [("useless", "a", r, 1.05) for r in terms.READINGS] + [
        ("useful", "a", r, v) for r, v in zip(terms.READINGS, (1.0, 1.3, 1.0), strict=True)
    ]
    table = _items(rows).assign(text=lambda d: d["item"])
    monkeypatch.setattr("bargain.readings.hypotheses.items", lambda: table)
    assert readings.worthless() == ["useless"]


# ---------------------------------------------------------------- what the record could still teach


def test_a_future_month_by_month_is_the_longer_record():
    """The factor after added months equals that of the record with the months written at its end."""
    p = readings.panel()
    cycle = readings.RESTARTED
    months, log = readings.months_needed(cycle, 1.5, 4)
    n = months or 4
    extra = np.array([cycle[m % len(cycle)] for m in range(n)])
    days = np.r_[p["days"].to_numpy(), extra[:, 1]]
    flag = np.r_[p["talks"].to_numpy(), extra[:, 0]]
    assert readings.log_bayes_factors(days, flag, readings.coarse())["restrained"] == pytest.approx(log, abs=1e-3)


def test_expected_information_is_no_loss():
    table = readings.expected_information()
    assert (table["bits"] > -0.02).all() and (table["bits"] <= table["before_bits"]).all()
    before = table[[f"before_{r}" for r in terms.READINGS]].to_numpy()
    assert before.sum(1) == pytest.approx(1) and np.ptp(before, axis=0).max() == 0


def test_the_mood_follows_the_months():
    frame = readings.mood()
    assert (frame["low"] <= frame["central"]).all() and (frame["central"] <= frame["high"]).all()
    assert np.corrcoef(frame["central"], frame["days"])[0, 1] > 0.6
    assert frame["central"].mean() == pytest.approx(frame["days"].mean(), rel=0.2)


# ---------------------------------------------------------------- words


def test_odds_as_they_are_said():
    assert readings.verdict(np.log(2.7)) == "2.7 to 1 for" and readings.verdict(-np.log(25)) == "25 to 1 against"
    assert readings.verdict(0.05) == "nothing either way" and readings.verdict(np.nan) == "no information"
    assert readings.odds(9) == "1,000 or more"


def test_what_is_learned_runs_from_nothing_to_all():
    assert readings.learned(readings.EVEN) == pytest.approx(0) and readings.learned([0, 1, 0]) == pytest.approx(1)
    assert readings.learned([0.5, 0.5, 0]) == pytest.approx(1 - np.log(2) / np.log(3))
    with pytest.raises(ValueError, match="belief"):
        readings.learned([0.5, 0.4, 0.3])


def test_the_longest_spell_is_taken_out_month_by_month():
    p = readings.panel()
    for column in readings.TALKS.values():
        spell = readings.longest_spell(column)
        months = pd.period_range(spell.first, spell.last, freq="M")
        assert (p.loc[months, column] == 1).all() and len(months) == readings.episodes(column)["months"].max()
        rest = p[(p[column] == 1) & ~p.index.isin(months)]
        assert spell.rest == pytest.approx(rest["days"].sum() / len(rest))
        assert spell.other == pytest.approx(p.loc[p[column] == 0, "days"].mean())


def test_months_before_hanoi_are_all_counted_once():
    p, early = readings.panel(), readings.before_hanoi()
    until = p[p.index <= pd.Period("2019-02")]
    assert early.months + early.months_without == len(until)
    assert early.days + early.days_without == until["days"].sum()
    assert early.months == until["talks"].sum()


def test_the_two_kinds_of_item_add_up_to_all():
    log = readings.combine(readings.items(), "root")
    pulls = readings.pulls("root")
    assert pulls.sum() == pytest.approx(log[2] - log[1]) and pulls.equals(readings.pulls())
    shares = readings.dealer_before_narrow()
    assert shares.between(0, 1).all() and len(shares) == 3


def test_leaders_have_the_largest_belief():
    table = readings.posteriors_by_rule().set_index(["items", "rule", "reading"])["central"]
    for items, row in readings.leaders().iterrows():
        for rule, reading in row.items():
            assert table[items, rule, reading] == table[items, rule].max()


def test_kept_promises_split_twice_into_the_same_sum():
    table = readings.kept_promises()
    for pair in (["dear", "cheap"], ["matched", "unmatched"]):
        assert table.loc[pair, "of"].sum() == len(readings.promises())
        assert table.loc[pair, "kept"].sum() == readings.promises()["kept"].sum()


def test_the_tables_for_the_page_have_every_flag_and_act():
    assert len(readings.factor_table()) == len(readings.comparison())
    table, counts = readings.answers_table().set_index("After"), readings.answers()
    assert int(table.at["Pressure", "Escalate"].split(" ")[0]) == counts.at["pressure", "escalate"]


def _changed(tmp_path, monkeypatch, forget, **edits):
    """A copy of the data with edited tables ({table: function of its text}), read from now on in this process.

    forget: functions whose kept results read the edited tables (default: all).
    """
    folder = tmp_path / "data"
    shutil.copytree(evidence.DATA, folder)
    for table, edit in edits.items():
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        new = edit(text)
        assert new != text
        path.write_text(new, encoding="utf-8")
    monkeypatch.setattr(evidence, "DATA", folder)
    forget()


@pytest.fixture
def changed(tmp_path, monkeypatch):
    forgotten = []

    def change(forget=readings.forget, **edits):
        forgotten.append(forget)
        _changed(tmp_path, monkeypatch, forget, **edits)

    yield change
    monkeypatch.undo()
    for forget in forgotten:
        forget()


def printed_as_it_is():
    """The chapter's text, and what its claims in headings and captions print, with the report's own numbers."""
    run = ledger.run(CHAPTER)
    return "\n".join([run.text, *(claim.text if claim.test else claim.otherwise for claim in run.claims)])


@pytest.mark.slow
def test_flip_the_other_coding_of_2019_and_the_page_follows(tmp_path):
    """Taken over by the table, on the page, rendered, with the placebo and the simulated histories computed again."""

    def edit(row):
        if row["month"] in ("2019-07", "2019-08", "2019-09"):
            row["talks_under_way"] = "0"

    page = edits.page(tmp_path / "project", CHAPTER, "data/talks_by_month.csv", edit, stale="recompute")
    for fallen in ("The coding of one summer decides", "Those three months alone double the chance"):
        assert fallen in printed_as_it_is() and fallen not in page
    assert "What each prior does to the case for talks and for pressure" in page
    assert "Without it, launches were still rarer under talks" in page


@pytest.mark.slow
def test_flip_a_judged_item_and_the_page_follows():
    """One treaty, judged the other way, changes who leads, in the text and the caption."""
    new = {"narrow": (0.05, 0.1, 0.2), "dealer": (2, 2.7, 3), "irrational": (0.1, 0.2, 0.3)}  # centres have the mean 1

    def judge(rows):
        for reading, values in new.items():
            at = (rows["item"] == "russia_treaty") & (rows["reading"] == reading)
            rows.loc[at, ["lr_low", "lr_central", "lr_high"]] = values

    said = "what is judged to the narrowly"
    assert said in printed_as_it_is()
    with edits.changed("evidence", judge):
        assert said not in printed_as_it_is()


def test_flip_a_prior_without_memory(changed):
    p = readings.panel()
    days, talks = p["days"].to_numpy(), p["talks"].to_numpy()

    def verdict():
        return readings.verdict(readings.log_bayes_factors(days, talks)["restrained"])

    assert verdict() == readings.verdict(readings.log_likelihoods()[2]) and verdict().endswith("against")

    def edit(text):
        return re.sub(r"(rd_phi_max,[^\n]*?correlation),[\d.,]*,pert", r"\1,0.01,0.02,0.03,pert", text)

    changed(lambda: None, assumptions=edit)  # no result that is kept is asked again
    assert evidence.central("rd_phi_max") == 0.02
    assert verdict().endswith("for")  # it was memory that took the case away


def test_flip_a_judged_item(changed):
    judged = readings.pulls()["judged"]
    leader = readings.beliefs()["central"].idxmax()
    other, third = [r for r in ("dealer", "narrow", "irrational") if r != leader][:2]
    new = {leader: "0.05,0.1,0.2", other: "2,2.7,3", third: "0.1,0.2,0.3"}  # centres have the mean 1

    def edit(text):
        row = r"(\nrussia_treaty_(\w+),[^\n]*?,\2,)[\d.]+,[\d.]+,[\d.]+,"
        return re.sub(row, lambda m: m[1] + new[m[2]] + ",", text)

    def forget():  # the models of the launches read nothing of the evidence's table
        readings.items.cache_clear()
        readings.rule_draws.cache_clear()

    changed(forget, evidence=edit)
    assert readings.beliefs()["central"].idxmax() == other
    assert set(readings.leaders().loc["all"]) == {other} and readings.pulls()["judged"] != pytest.approx(judged)


@pytest.mark.slow
def test_flip_talks_that_never_were(changed):
    """Without the talks of 2018 the longest spell, the heading and the verdict on talks are others.

    Months of talks follow from the table of negotiations: their meetings go with them.
    """
    spell = readings.longest_spell()

    def edit(text):
        return re.sub(r"\n(2018-(?:0[3-9]|1[0-2])|2019-0[12]),1,1,[01],", r"\n\1,0,0,0,", text)

    def unmet(text):
        return re.sub(r"\n(2018-(?:0[3-9]|1[0-2])|2019-0[12])-\d\d,(?:talks|summit|agreement),[^\n]*", "", text)

    changed(talks_by_month=edit, negotiations=unmet)
    assert readings.longest_spell().first != spell.first
    assert readings.before_hanoi().months < 17


def test_listings_are_pressure_too_and_since_2022_they_vary():
    """What the Council's measures cannot say since 2022, rounds of listings are asked, and the page prints it."""
    late = readings.splits().query("split == '2022' and part == 'from then'").set_index("flag")
    assert late.loc[["talks", "pressure"], "log_bayes_factor"].isna().all()
    for flag in ("pressure_alt", "listed"):
        row = late.loc[flag]
        assert 0 < row["flagged"] < row["months"] and np.isfinite(row["log_bayes_factor"])
    assert late.at["listed", "flagged"] < late.at["pressure_alt", "flagged"]
    assert len(readings.splits_table()) == 5


def test_the_month_after_a_round_is_flagged_and_no_other():
    known = readings.months.pressing(True)
    p = readings.panel()
    late = p.index >= pd.Period("2022-01")
    due = sum(month - 1 in known for month in p.index[late])
    got = readings.splits().query("split == '2022' and part == 'from then' and flag == 'listed'")["flagged"].iloc[0]
    assert got == due


def test_flip_the_other_coding_of_2019(changed, monkeypatch):
    """The second coding, taken over by the table: what stood beside it leads, and nothing is left to recode.

    On a grid of few nodes, as it is true of any.
    """
    whole = readings.memory.grid
    few = lambda persistences=3, **more: whole(10, persistences, 3, 3, 11)  # noqa: E731
    monkeypatch.setattr(readings.memory, "grid", few)
    readings.memory.comparison.cache_clear()
    second = readings.after_launches()["second"]
    changed(talks_by_month=lambda text: re.sub(r"\n(2019-0[789]),1,0,", r"\n\1,0,0,", text))
    after = readings.after_launches()
    assert after["table"].to_numpy() == pytest.approx(second.to_numpy()) and readings.coded_twice() == 0
    assert (after["table"] == after["second"]).all()


# ---------------------------------------------------------------- tables, from planted rows


def spelled(monkeypatch, days, **flags):
    """A made-up panel of months from 2012-01 in place of the record's."""
    months = pd.period_range("2012-01", periods=len(days), freq="M", name="month")
    frame = pd.DataFrame({"days": days, **flags}, index=months)
    for module in (readings.honesty, readings.calibration):
        monkeypatch.setattr(module, "panel", lambda: frame)
    return frame


def stored(monkeypatch, name, rows):
    monkeypatch.setattr(results, "load", lambda asked: {name: pd.DataFrame(rows)}[asked])


def test_spells_stand_beside_the_unflagged_year_about_them_by_hand(monkeypatch):
    """Months 3 and 4, and the last two of twenty: a year before or after holds no month of another spell."""
    days = [1, 2, 30, 50, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 70, 100]
    flag = np.isin(np.arange(20), [2, 3, 18, 19]).astype(int)
    spelled(monkeypatch, days, talks=flag, talks_alt=1 - flag)
    got = readings.episodes()
    assert got.columns.tolist() == ["first", "last", "months", "days", "rate", "rate_before", "rate_after"]
    after, before = np.mean(range(3, 15)), np.mean(range(5, 17))  # twelve months each way
    assert got.iloc[0].tolist() == ["2012-03", "2012-04", 2, 80, 40.0, 1.5, pytest.approx(after)]
    assert got.iloc[1, :6].tolist() == ["2013-07", "2013-08", 2, 170, 85.0, pytest.approx(before)]
    assert np.isnan(got.iloc[1]["rate_after"])
    frame = readings.episode_frame()
    assert frame["coding"].tolist() == ["table"] * 6 + ["second"] * 6
    first = frame.iloc[:3].set_index("when")
    assert set(first["spell"]) == {"2012-03 to 2012-04"} and first.index.tolist() == ["before", "during", "after"]
    assert first["months"].tolist() == [2, 2, 12] and first["days"].tolist() == [3, 80, 102]
    for row in frame.itertuples():  # gamma(1, 1) before the months are seen
        ends = gamma(1 + row.days, scale=1 / (1 + row.months)).ppf([0.05, 0.5, 0.95])
        assert [row.low, row.central, row.high] == pytest.approx(ends)


def test_placebos_are_ranked_within_their_own_flag(monkeypatch):
    rows = [("talks", 2, 0.5, 1.0), ("talks", 0, 0.8, 2.0), ("talks", 1, 0.9, 1.5), ("talks", 3, 0.8, 3.0)]
    rows += [("pressure", 0, 0.1, -1.0), ("pressure", 1, 0.2, 5.0)]
    frame = pd.DataFrame(rows, columns=["flag", "shift", "ratio", "log_bayes_factor"])
    stored(monkeypatch, "readings_placebo", frame)
    got = readings.placebo_summary()
    assert got.columns.tolist() == ["flag", "ratio", "p_ratio", "log_bayes_factor", "p_model"]
    # at most .8 are three of four ratios; at least 2 are two of four factors
    assert got.to_numpy().tolist() == [["talks", 0.8, 0.75, 2.0, 0.5], ["pressure", 0.1, 0.5, -1.0, 1.0]]
    assert readings.placebo_frame()["own"].tolist() == [False, True, False, False, True, False]


def test_alarms_are_counted_by_world_and_factor(monkeypatch):
    """Factors just beside 3 and 10; a naive factor cries restraint only where the flagged months are the quieter."""
    two, four, twelve = np.log([2.9, 3.1, 10.5])
    rows = [
        dict(world="flat", naive=twelve, ratio=0.5, memory=-0.1, effect=-1.0),
        dict(world="flat", naive=twelve, ratio=1.5, memory=two, effect=-3.0),
        dict(world="flat", naive=four, ratio=0.9, memory=four, effect=-2.0),
        dict(world="flat", naive=two, ratio=0.1, memory=four, effect=-2.0),
        dict(world="bent", naive=twelve, ratio=1.0, memory=twelve, effect=0.5),
    ]
    stored(monkeypatch, "readings_calibration", rows)
    got = readings.calibration_summary()
    assert got.index.tolist() == ["flat", "bent"]
    columns = ["histories", "naive_3", "naive_10", "memory_3", "memory_10", "against", "effect"]
    assert got.columns.tolist() == columns
    assert got.to_numpy().tolist() == [[4, 0.5, 0.25, 0.5, 0, 0.25, -2], [1, 0, 0, 1, 1, 0, 0.5]]


def future(scenario, truth, after, days, before=(0.5, 0.25, 0.25)):
    columns = [f"{when}_{r}" for when in ("before", "after") for r in terms.READINGS]
    return dict(zip(columns, (*before, *after), strict=True)) | dict(scenario=scenario, truth=truth, launch_days=days)


def test_bits_of_a_future_by_hand(monkeypatch):
    """Entropy is 1.5 bits before; after: none where the first is true, 1 bit or none where the second is, 1 else."""
    one, two, three = terms.READINGS
    rows = [
        future("quiet", one, (1, 0, 0), 10),
        future("quiet", two, (0.5, 0.5, 0), 20),
        future("quiet", two, (0, 1, 0), 40),
        future("quiet", three, (0, 0.5, 0.5), 50),
        future("loud", one, (0.5, 0.25, 0.25), 1),
        future("loud", two, (0.5, 0.25, 0.25), 2),
        future("loud", three, (0.5, 0.25, 0.25), 3),
    ]
    stored(monkeypatch, "readings_future", rows)
    got = readings.expected_information().set_index("scenario")
    assert got.index.tolist() == ["quiet", "loud"]
    assert got["bits"].tolist() == pytest.approx([1.5 - (0.25 * 0.5 + 0.25 * 1), 0])
    assert got["before_bits"].tolist() == pytest.approx([1.5, 1.5])
    quiet = got.loc["quiet"]
    for k, (reading, after, days) in enumerate(zip(terms.READINGS, (1, 0.75, 0.5), (10, 30, 50), strict=True)):
        assert quiet[f"before_{reading}"] == (0.5, 0.25, 0.25)[k]
        assert (quiet[f"after_{reading}"], quiet[f"days_{reading}"]) == (after, days)
    frame = readings.future_frame()
    assert frame.columns.tolist() == ["scenario", "truth", "before", "low", "central", "high"]
    row = frame[(frame["scenario"] == "quiet") & (frame["truth"] == two)].iloc[0]
    assert row[["before", "low", "central", "high"]].tolist() == pytest.approx([0.25, 0.525, 0.75, 0.975])
    assert len(frame) == 6 and frame["scenario"].tolist() == ["quiet"] * 3 + ["loud"] * 3


def test_a_first_flight_is_the_earliest_of_a_named_type(monkeypatch):
    rows = {
        "missile_type": ["B", "A", "unknown type", "A", "Unknown"],
        "date_kst": ["2014-02-01", "2013-05-06", "2012-01-01", "2013-05-05", "2011-01-01"],
    }
    monkeypatch.setattr(evidence, "table", lambda name: {"missile_tests": pd.DataFrame(rows)}[name])
    got = readings.months.first_flights()
    assert got.columns.tolist() == ["missile_type", "day", "month"] and got.index.tolist() == [0, 1]
    assert got.to_numpy().tolist() == [["A", "2013-05-05", "2013-05"], ["B", "2014-02-01", "2014-02"]]


def test_the_panel_ends_with_the_last_month_that_all_tables_cover_whole(monkeypatch):
    ends = dict.fromkeys(readings.months.TABLES, "2024-06")
    monkeypatch.setattr(evidence, "names", lambda: list(ends))
    monkeypatch.setattr(evidence, "coverage", lambda name: {"to": ends[name]})
    for end, month in (
        ("2024-05", "2024-05"),
        ("2024-05-31", "2024-05"),
        ("2024-05-30", "2024-04"),
        ("2024-06-30", "2024-06"),
    ):
        ends["un_sanctions"] = end
        assert str(readings.coverage()) == month, end
    ends["a table of another chapter"] = "1999"
    del ends["exercises"]  # one that is not there holds nothing back
    assert str(readings.coverage()) == "2024-06"


def test_measures_are_known_by_month_and_listings_only_when_asked_for(monkeypatch):
    tables = {
        "un_sanctions": pd.DataFrame({"date": ["2013-03-07", "2014-01-02", "2015"], "adds_pressure": [1, 0, 1]}),
        "designations": pd.DataFrame({"date": ["2018-02-23", "2019-08"]}),
    }
    monkeypatch.setattr(evidence, "table", tables.get)
    assert {str(m) for m in readings.months.pressing()} == {"2013-03"}
    assert {str(m) for m in readings.months.pressing(True)} == {"2013-03", "2018-02", "2019-08"}


def test_measures_after_quiet_and_busy_months_by_hand(monkeypatch):
    """Launches in months 2 and 6 of eight: months 3, 4, 7 and 8 follow one within two months."""
    frame = spelled(monkeypatch, [0, 1, 0, 0, 0, 2, 0, 0])
    flagged = {frame.index[k] for k in (2, 6, 7, 4)}
    monkeypatch.setattr(readings.calibration, "pressing", lambda: flagged)
    readings.measure_hazard.cache_clear()
    try:
        assert readings.measure_hazard() == (0.25, 0.75, 0.5)  # quiet, busy, overall
    finally:
        readings.measure_hazard.cache_clear()


def test_simulated_counts_have_the_moments_of_the_model():
    """Lognormal rates: mean exp(μ + β x + σ²/2); log rates of neighbours are correlated by φ."""
    n, flag = 200_000, np.array([0, 1, 1, 0])
    mu, phi, sigma, beta = 2.0, 0.6, 0.5, -0.7
    got = readings.simulate(np.random.default_rng(1), flag, np.full(n, mu), phi, sigma, beta)
    assert got.shape == (n, 4)
    mean = np.exp(mu + beta * flag + sigma**2 / 2)
    assert got.mean(axis=0) == pytest.approx(mean, rel=0.02)
    assert got.var(axis=0) == pytest.approx(mean + mean**2 * (np.exp(sigma**2) - 1), rel=0.06)
    for k in (1, 3):  # Cov = E₁E₂ (exp(σ² φ^k) - 1)
        cov = np.cov(got[:, 0], got[:, k])[0, 1]
        assert cov == pytest.approx(mean[0] * mean[k] * (np.exp(sigma**2 * phi**k) - 1), rel=0.08)  # 4 standard errors
    # from a known state the next month keeps φ of it
    start = np.full(n, 1.0)
    led = readings.simulate(np.random.default_rng(2), [0], np.full(n, mu), phi, sigma, 0.0, start)
    spread = sigma**2 * (1 - phi**2)
    assert led.mean() == pytest.approx(np.exp(mu + phi + spread / 2), rel=0.02)


def test_the_table_of_splits_names_flags_and_parts(monkeypatch):
    rows = [
        (split, part, flag, n, log)
        for split, part, add in (("Hanoi", "before", 0), ("Hanoi", "from then", 1))
        for flag, n, log in (
            ("talks", 5 + add, np.log(2.7)),
            ("talks_alt", 0, np.nan),
            ("pressure", 7, -np.log(25)),
            ("pressure_alt", 8, 0.01),
            ("listed", 9, np.log(4)),
        )
    ]
    frame = pd.DataFrame(rows, columns=["split", "part", "flag", "flagged", "log_bayes_factor"])
    monkeypatch.setattr(readings.honesty, "splits", lambda: frame)
    got = readings.splits_table()
    assert got.columns.tolist() == ["Flag", "Hanoi, before", "Hanoi, from then"]
    assert got["Flag"].tolist() == [
        terms.CASES["dealer", "table"][0],
        terms.CASES["dealer", "second"][0],
        terms.CASES["narrow", "table"][0],
        terms.CASES["narrow", "second"][0],
        "The month after a round or measure",
    ]
    assert got["Hanoi, before"].tolist() == [
        "2.7 to 1 for (5)",
        "no information",
        "25 to 1 against (7)",
        "nothing either way (8)",
        "4.0 to 1 for (9)",
    ]
    assert got["Hanoi, from then"].iloc[0] == "2.7 to 1 for (6)"


def test_only_differences_of_log_likelihoods_count():
    for shift in (-2000.0, 0.0, 2000.0):
        got = readings.posterior([0.2, 0.3, 0.5], np.log([1.0, 2.0, 4.0]) + shift)
        assert got == pytest.approx(np.array([0.2, 0.6, 2.0]) / 2.8)
    grid = readings.posterior([[1, 0, 0], [0.5, 0.5, 0]], np.log([1.0, 3.0, 9.0]))
    assert grid == pytest.approx(np.array([[1, 0, 0], [0.25, 0.75, 0]]))


def test_the_naive_factor_is_of_flagged_months_against_the_others():
    days, flag = [0, 7, 1, 9, 0, 8], [0, 1, 0, 1, 0, 1]
    parts = [readings.naive_log_marginal(x) for x in ([7, 9, 8], [0, 1, 0], days)]
    assert readings.naive_log_bayes_factor(days, flag) == pytest.approx(parts[0] + parts[1] - parts[2])
    assert readings.naive_log_bayes_factor(days, flag) > 0 > readings.naive_log_bayes_factor(days, [1, 1, 0, 0, 0, 0])


# ---------------------------------------------------------------- the second instrument, by hand


def test_promises_are_his_by_cost_and_by_what_others_kept(monkeypatch):
    rows = pd.DataFrame(
        [  # accord, side, delivered, cost
            ("A2011", "PRK", "yes", "words"),
            ("B2012", "PRK", "partly", "security"),
            ("B2012", "USA", "yes", "money"),
            ("B2012", "USA;KOR", "no", "money"),
            ("C2018JUN", "PRK;USA", "yes", "politics"),
            ("C2018JUN", "KOR", "partly", "words"),
            ("C2018JUN", "KOR", "no", "words"),
            ("D2019", "PRK", "no", "money"),
            ("D2019", "PRK", "unknown", "money"),
        ],
        columns=["agreement_id", "side", "delivered", "cost_of_keeping"],
    )
    monkeypatch.setattr(evidence, "table", lambda name: {"agreement_commitments": rows}[name])
    got = readings.promises()
    assert got.to_numpy().tolist() == [
        ["B2012", True, True, 0.5],  # the others kept just half
        ["C2018JUN", False, False, 1.0],  # a quarter
        ["D2019", True, False, 0.0],  # nobody else promised
    ]
    assert readings.promises("1990")["accord"].tolist() == ["A2011", "B2012", "C2018JUN", "D2019"]
    like = readings.hypotheses.promise_likelihoods(2.0)
    one, ordered = readings.one_rate_log_marginal, readings.ordered_log_marginal
    cheap, dear = (1.0, 1), (0.5, 2)
    matched, others = (0.5, 1), (1.0, 2)
    want = [one([cheap, dear], 2, 2), ordered(cheap, dear, 2, 2), ordered(matched, others, 2, 2)]
    assert like == pytest.approx(want)


def test_answers_are_counted_by_kind_and_compared_with_the_rest(monkeypatch):
    kinds = ["pressure"] * 3 + ["concession"] * 2 + ["refusal"] * 2
    said = ["hold", "escalate", "accommodate", "accommodate", "accommodate", "hold", "hold"]
    rows = pd.DataFrame({"kind": kinds, "answer": said, "answer_alt": "hold", "date": "2015-01-01"})
    rows.loc[6, "date"] = "2011-12-31"
    monkeypatch.setattr(evidence, "table", lambda name: {"answers": rows}[name])
    got = readings.answers()
    assert got.index.tolist() == ["concession", "refusal", "pressure"]
    assert got.columns.tolist() == ["accommodate", "hold", "escalate"]
    assert got.to_numpy().tolist() == [[2, 0, 0], [0, 1, 0], [1, 1, 1]]
    assert readings.answers("answer_alt", "1990").to_numpy().tolist() == [[0, 2, 0], [0, 2, 0], [0, 3, 0]]
    like = readings.hypotheses.answer_likelihoods(a=0.5)
    one, ordered = readings.one_rate_log_marginal, readings.ordered_log_marginal
    want = [one([(3, 6)], 0.5, 0.5), ordered((1, 3), (2, 3), 0.5, 0.5), ordered((2, 2), (1, 4), 0.5, 0.5)]
    assert like == pytest.approx(want)


WEIGHED = [  # item, cluster, basis, and low, central, high of each reading
    ("x", "a", "computed", [(0.4, 0.5, 0.6), (1.01, 1.5, 2.0), (0.9, 1.0, 1.1)]),
    ("y", "a", "judged", [(1.0, 4.0, 8.0), (0.5, 1.0, 2.0), (0.5, 1.0, 2.0)]),
    ("z", "b", "judged", [(1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (1.1, 1.2, 1.3)]),
]


@pytest.fixture
def weighed(monkeypatch):
    table = pd.DataFrame(
        [
            dict(item=i, text=f"text of {i}", cluster=c, basis=b, reading=r, lr_low=low, lr_central=mid, lr_high=high)
            for i, c, b, ratios in WEIGHED
            for r, (low, mid, high) in zip(terms.READINGS, ratios, strict=True)
        ]
    )
    monkeypatch.setattr(readings.hypotheses, "items", lambda: table)
    readings.rule_draws.cache_clear()
    yield table
    readings.rule_draws.cache_clear()


def share(*weights):
    return np.array(weights) / sum(weights)


def test_items_are_ordered_by_what_they_tell_apart(weighed):
    got = readings.diagnostic()
    assert got.columns.tolist() == ["item", "text", "cluster", "basis", "serves", "spread", "sure"]
    one, two, three = terms.READINGS
    assert got.to_numpy().tolist() == [
        ["y", "text of y", "a", "judged", one, 4.0, False],  # its range begins at 1
        ["x", "text of x", "a", "computed", two, 3.0, True],
        ["z", "text of z", "b", "judged", three, 1.2, True],
    ]


def test_what_each_item_moves_by_hand(weighed):
    """One voice a cluster: x and y have half a voice each, with or without the other."""
    got = readings.leave_one_out("one").set_index("item")
    whole = share((0.5 * 4) ** 0.5, 1.5**0.5, 1.2)
    without = {"x": share(2, 1, 1.2), "y": share(0.5**0.5, 1.5**0.5, 1.2), "z": share(2**0.5, 1.5**0.5, 1)}
    for item, belief in without.items():
        assert got.loc[item, list(terms.READINGS)].tolist() == pytest.approx(belief)
        assert got.at[item, "moves"] == pytest.approx(np.abs(belief - whole).sum() / 2)
        assert (got.at[item, "text"], got.at[item, "cluster"]) == (f"text of {item}", "b" if item == "z" else "a")
    assert got["moves"].is_monotonic_decreasing
    skewed = readings.leave_one_out("independent", (0.5, 0.25, 0.25)).set_index("item")
    assert skewed.loc["y", list(terms.READINGS)].tolist() == pytest.approx(share(2 * 0.5, 1.5, 1.2))


def test_rules_are_tabled_for_all_and_for_computed_items(weighed):
    draws, half = readings.rule_draws(), 2**-0.5
    assert list(draws) == [(i, r) for i in ("all", "computed") for r in ("independent", "root", "one")]
    assert draws["all", "independent"][0] == pytest.approx(share(2, 1.5, 1.2))
    assert draws["all", "root"][0] == pytest.approx(share(2**half, 1.5**half, 1.2))
    assert draws["computed", "one"][0] == pytest.approx(share(0.5, 1.5, 1))  # alone in its cluster
    frame = readings.posteriors_by_rule().set_index(["items", "rule", "reading"])
    table = readings.rules_table()
    assert table.columns.tolist() == ["Items", "Rule", *(f"{terms.LABELS[r]}, %" for r in terms.READINGS)]
    assert table["Items"].tolist() == ["All"] * 3 + ["Computed"] * 3
    rules = ["Each item a voice", "√n voices a cluster", "One voice a cluster"]
    assert table["Rule"].tolist() == rules * 2
    for k, ((items, rule), (centre, drawn)) in enumerate(draws.items()):
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        for j, r in enumerate(terms.READINGS):
            assert frame.loc[(items, rule, r), ["low", "central", "high"]].tolist() == [low[j], centre[j], high[j]]
            said = f"{100 * centre[j]:.0f} ({100 * low[j]:.0f}–{100 * high[j]:.0f})"
            assert table.iloc[k][f"{terms.LABELS[r]}, %"] == said
    used = readings.beliefs()
    own = frame.loc["all"]
    for r in terms.READINGS:
        ends = own.xs(r, level="reading")
        assert used.loc[r].tolist() == [ends["low"].min(), own.loc[("root", r), "central"], ends["high"].max()]


def test_the_triangle_begins_at_equal_beliefs_and_holds_centres_and_draws(weighed, monkeypatch):
    logs = {"table": np.log([1.0, 2.0, 5.0]), "second": np.log([1.0, 2.0, 1.0])}
    monkeypatch.setattr(readings.hypotheses, "log_likelihoods", logs.get)
    got = readings.triangle_frame(4)
    first = got[got["draw"] == 0].set_index("case")[list(terms.READINGS)]
    assert first.index[:3].tolist() == ["start", "launches", "second"]
    assert first.loc["start"].tolist() == pytest.approx([1 / 3] * 3)
    assert first.loc["launches"].tolist() == pytest.approx(share(1, 2, 5))
    assert first.loc["second"].tolist() == pytest.approx(share(1, 2, 1))
    for (items, rule), (centre, drawn) in readings.rule_draws().items():
        own = got[got["case"] == f"{items}, {rule}"]
        assert own["draw"].tolist() == [0, 1, 2, 3, 4]
        np.testing.assert_array_equal(own[list(terms.READINGS)], np.vstack([centre, drawn[:4]]))


def test_flows_go_from_every_inner_prior(monkeypatch):
    logs = {"table": np.log([1.0, 2.0, 5.0]), "second": np.log([1.0, 2.0, 1.0])}
    monkeypatch.setattr(readings.memory, "log_likelihoods", logs.get)
    got = readings.flow_frame(4)
    assert len(got) == 2 * 3 * 2  # (1, 1, 2), (1, 2, 1), (2, 1, 1) quarters
    for coding, factors in (("table", (1, 2, 5)), ("second", (1, 2, 1))):
        own = got[got["coding"] == coding].set_index(["prior", "when"])[list(terms.READINGS)]
        priors = [(4 * own.loc[(k, "prior")]).round(9).tolist() for k in range(3)]
        assert sorted(priors) == [[1, 1, 2], [1, 2, 1], [2, 1, 1]]
        for k, prior in enumerate(priors):
            assert own.loc[(k, "posterior")].tolist() == pytest.approx(share(*np.multiply(prior, factors)))
