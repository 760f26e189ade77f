"""Chapter 1's months with memory, piece by piece: quadrature, sums, draws, worlds, and what is made of them."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import gamma as gamma_function
from scipy.stats import norm, poisson

from bargain import evidence, readings, terms
from bargain.readings import calibration, honesty, memory

RAW = memory.grid  # tests put smaller ones in its place


def grid(rates, scales, persistence=(0.0,), weights=None, effects=(0.5, 1.0), effect_weights=(0.25, 0.75), points=31):
    """A grid by hand: pairs (μ, σ) with their weights, φ, and nodes of the effect."""
    weights = np.full(len(rates), 1 / len(rates)) if weights is None else np.array(weights)
    shape = (len(persistence), len(rates))
    return readings.Grid(
        np.array(persistence, float),
        np.array(rates, float),
        np.array(scales, float),
        np.log(weights) - np.log(len(persistence)),
        np.ones(shape, bool),
        np.array(effects, float),
        np.log(effect_weights),
        points,
    )


def months(n, start="2012-01", **columns):
    return pd.DataFrame(columns, index=pd.period_range(start, periods=n, freq="M", name="month"))


# ---------------------------------------------------------------- quadrature


def test_nodes_of_the_half_normal_are_gausss():
    """Moments scaleᵏ 2^(k/2) Γ((k + 1)/2) / √π: exact up to degree 2n − 1, and not beyond."""
    node, weight = memory.half_normal_nodes(3, 2.0)
    for k in range(7):
        moment = 2.0**k * 2 ** (k / 2) * gamma_function((k + 1) / 2) / np.sqrt(np.pi)
        assert (weight @ node**k == pytest.approx(moment, rel=1e-3)) == (k < 6), k


def test_priors_are_those_of_the_register_that_are_asked_for():
    """Gamma, half-normal, uniform and half-normal, with parameters of which no two are alike."""
    prior = dict(rd_rate_shape=2.0, rd_rate_rate=3.0, rd_phi_max=0.6, rd_sigma=0.5, rd_beta=2.5)
    g = readings.grid(rates=60, persistences=4, scales=20, effects=8, points=5, **prior)
    weight = np.exp(g.log_weight) * 4
    assert weight.sum() == pytest.approx(1, abs=1e-3)
    assert weight @ np.exp(g.log_rate) == pytest.approx(2 / 3, abs=1e-3)
    assert weight @ np.exp(2 * g.log_rate) == pytest.approx(2 * 3 / 9, abs=1e-3)
    assert weight @ g.scale == pytest.approx(0.5 * np.sqrt(2 / np.pi), rel=1e-2)
    assert weight @ g.scale**2 == pytest.approx(0.25, rel=1e-2)
    assert g.persistence == pytest.approx([0, 0.2, 0.4, 0.6])
    assert np.exp(g.effect_weight) @ g.effect == pytest.approx(2.5 * np.sqrt(2 / np.pi), rel=1e-3)
    assert g.keep.shape == (4, 60 * 20) and g.keep.all() and g.points == memory.points_needed(0.6) > 5
    assert readings.grid(4, 1, 3, 3, 50).persistence.tolist() == [0] and readings.grid(4, 1, 3, 3, 50).points == 50


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.95, 0.99])
def test_as_few_points_as_a_month_s_news_allows(phi):
    n, news = memory.points_needed(phi), np.sqrt(1 - phi**2)
    assert 10 / (n - 1) <= 1.1 * news < 10 / (n - 2)


def test_nodes_that_weigh_less_than_told_are_cut():
    """Two rates without spread: the lighter one's weight beside the other's is by Poisson's law."""
    days, g = np.array([5, 6, 4]), grid(np.log([5, 2]), [1e-9, 1e-9], weights=[0.2, 0.8])
    ratio = 0.8 * poisson.pmf(days, 2).prod() / (0.2 * poisson.pmf(days, 5).prod())
    assert readings.prune(days, g, ratio / 1.1).keep.tolist() == [[True, True]]
    assert readings.prune(days, g, ratio * 1.1).keep.tolist() == [[True, False]]


# ---------------------------------------------------------------- evidence, and the effect's posterior


def test_a_long_record_of_unlikely_months_is_no_rounding_error():
    """Months without memory are independent: four hundred, too unlikely for any number, are four hundred times one."""
    g = grid([0.0], [0.3])
    one, many = (readings.forward(np.full(n, 9), np.zeros(n, int), g, [0.0])[0][0][0, 0] for n in (1, 400))
    assert many == pytest.approx(400 * one) and np.exp(many) == 0


def test_the_evidence_is_that_of_the_nodes_by_hand():
    """Two rates without spread, two sizes of an effect: sums of Poisson's law."""
    days, flag = np.array([1, 0, 3, 2]), np.array([0, 1, 1, 0])
    g = grid(np.log([1.5, 0.7]), [1e-9, 1e-9], (0.0, 0.5), [0.3, 0.7])

    def mean(beta):
        return sum(w * poisson.pmf(days, r * np.exp(beta * flag)).prod() for w, r in ((0.3, 1.5), (0.7, 0.7)))

    got = readings.log_evidence(days, flag, g)
    assert got["flat"] == pytest.approx(np.log(mean(0)), abs=1e-4)
    assert got["by_effect"] == pytest.approx(np.log([mean(b) for b in (-0.5, -1, 0.5, 1)]), abs=1e-4)
    assert got["restrained"] == pytest.approx(np.log(0.25 * mean(-0.5) + 0.75 * mean(-1)), abs=1e-4)
    assert got["provoked"] == pytest.approx(np.log(0.25 * mean(0.5) + 0.75 * mean(1)), abs=1e-4)


@pytest.mark.parametrize("side, low, high", [(-1, -1, 0), (0, -1, 1), (1, 0, 1)])
def test_where_the_record_is_silent_the_effect_keeps_its_prior(side, low, high):
    node, weight = memory.half_normal_nodes(6, 0.7)
    g = grid([0.0], [1.0], effects=node, effect_weights=weight)
    beta, density = memory.effect_density(dict(flat=-3.0, by_effect=np.full(12, -3.0)), g, side)
    top = min(node[-1], 4 * 0.7)
    assert (beta[0], beta[-1]) == pytest.approx((low * top, high * top), rel=1e-3)
    law = norm(scale=0.7)
    assert density == pytest.approx(law.pdf(beta) / (law.cdf(beta[-1]) - law.cdf(beta[0])), abs=5e-3)


def test_the_posterior_of_an_effect_is_that_of_poissons_law():
    """One known rate, no mood: density, its mean and ends, and both factors by numerical integration."""
    days, flag = np.array([2, 0, 1, 0, 3, 1, 0, 1]), np.array([0, 1, 1, 0, 0, 1, 1, 0])
    node, weight = memory.half_normal_nodes(10, 0.8)
    g = grid([0.2], [1e-9], effects=node, effect_weights=weight)

    def mass(low, high, power=0):
        def f(b):
            return b**power * norm.pdf(b, scale=0.8) * poisson.pmf(days, np.exp(0.2 + b * flag)).prod()

        return quad(f, low, high, epsabs=0, epsrel=1e-9)[0]

    got, flat = readings.log_bayes_factors(days, flag, g), poisson.pmf(days, np.exp(0.2)).prod()
    assert got["restrained"] == pytest.approx(np.log(2 * mass(-4, 0) / flat), abs=2e-3)
    assert got["provoked"] == pytest.approx(np.log(2 * mass(0, 4) / flat), abs=2e-3)
    whole = mass(-4, 4)
    assert got["both"] == pytest.approx(np.log(whole / flat), abs=2e-3)
    assert got["effect"] == pytest.approx(mass(-4, 4, 1) / whole, abs=5e-3)
    for end, share in ((got["low"], 0.05), (got["high"], 0.95)):
        assert mass(-4, end) / whole == pytest.approx(share, abs=5e-3)


# ---------------------------------------------------------------- draws and worlds


def test_draws_from_the_grid_come_as_often_as_they_weigh():
    """Two persistences, two pairs of which one is cut at the first, two effects: six nodes, all unlike."""
    days, flag, beta, prior = np.array([1, 3, 0]), np.array([0, 1, 1]), [-0.6, 0.4], np.log([0.3, 0.7])
    g = grid([0.1, 0.9], [0.4, 0.9], (0.0, 0.5), [0.4, 0.6])
    g = g._replace(keep=np.array([[True, False], [True, True]]))
    run = readings.forward(days, flag, g, beta)
    u, weight, mean = np.linspace(-5, 5, g.points), {}, {}
    for p, (log, state) in enumerate(run):
        for k, pair in enumerate(np.flatnonzero(g.keep[p])):
            for b in (0, 1):
                node = g.log_rate[pair], g.persistence[p], g.scale[pair], beta[b]
                weight[node] = np.exp(log[k, b] + g.log_weight[pair] + prior[b])
                mean[node] = g.scale[pair] * u @ state[k, b] / state[k, b].sum()
    n = 40_000
    draws = np.array(calibration.posterior_draws(days, flag, g, beta, prior, n, np.random.default_rng(1))).T
    whole = sum(weight.values())
    for node, w in weight.items():
        own = (draws[:, :4] == node).all(axis=1)
        assert own.mean() == pytest.approx(w / whole, abs=0.01)
        assert draws[own, 4].mean() == pytest.approx(mean[node], abs=0.04)
    assert sum((draws[:, :4] == node).all(axis=1).sum() for node in weight) == n


def test_draws_of_the_flat_model_know_the_days_and_no_effect(monkeypatch):
    days = np.array([3, 0, 2, 5])
    monkeypatch.setattr(calibration, "panel", lambda: months(4, days=days, talks=[0, 1, 1, 0]))
    g = grid(np.log([1.0, 3.0]), [0.5, 0.5], weights=[0.6, 0.4])
    monkeypatch.setattr(calibration, "coarse", lambda: g)
    (log, _), *_ = readings.forward(days, np.zeros(4, int), g, [0.0])
    weight = np.exp(log[:, 0]) * [0.6, 0.4]
    mu, phi, sigma, beta, z = calibration.flat_draws(10_000, np.random.default_rng(6))
    assert (mu == np.log(3.0)).mean() == pytest.approx(weight[1] / weight.sum(), abs=0.015)
    assert set(phi) == {0} == set(beta) and set(sigma) == {0.5} and len(z) == 10_000


def test_a_history_of_the_prior_has_its_truth_its_effect_and_its_flag(monkeypatch):
    """Each Kim comes as often; his flag alone changes the rate, by the mean of exp β of a half-normal −|β|."""
    frame = months(12, days=0, talks=[0, 1] * 6, pressure=[0, 0, 1, 1] * 3)
    monkeypatch.setattr(calibration, "panel", lambda: frame)
    prior = dict(zip(memory.PRIOR, (8.0, 4.0, 0.3, 0.4, 0.5), strict=True))
    monkeypatch.setattr(evidence, "central", prior.get)
    rng = np.random.default_rng(2)
    drawn = [calibration.prior_draw(rng, 12) for _ in range(3000)]
    less = 2 * np.exp(0.5**2 / 2) * norm.cdf(-0.5)
    for reading, flags in (("irrational", None), ("narrow", "pressure"), ("dealer", "talks")):
        own = [(beta, days) for truth, beta, days in drawn if truth == reading]
        assert len(own) / len(drawn) == pytest.approx(1 / 3, abs=0.03)
        beta, days = np.array([b for b, _ in own]), np.array([d for _, d in own])
        assert days.shape[1] == 12 and days.max() <= 31
        assert (beta == 0).all() if flags is None else beta.max() < 0
        if flags is None:  # the mean of Gamma(8, 4) and of exp σ²/2, σ half-normal
            spread = quad(lambda s: 2 * norm.pdf(s, scale=0.4) * np.exp(s * s / 2), 0, 1.2)[0]
            assert days.mean() == pytest.approx(2 * spread, rel=0.05)
        else:
            assert np.mean(beta) == pytest.approx(-0.5 * np.sqrt(2 / np.pi), abs=0.03)
        for column in ("talks", "pressure"):
            on = frame[column].to_numpy() == 1
            ratio = days[:, on].mean() / days[:, ~on].mean()
            assert ratio == pytest.approx(less if column == flags else 1, abs=0.05), (reading, column)


def test_a_history_is_judged_by_the_evidence_of_each_flag():
    days, flags = np.array([2, 0, 1, 4, 0, 1]), (np.array([0, 1, 1, 0, 0, 1]), np.array([0, 1, 0, 0, 1, 0]))
    g = RAW(8, 3, 3, 3, 15)
    like, narrow, dealer, kept = calibration.judge(days, flags, g)
    assert np.array_equal(kept.keep, readings.prune(days, g, 1e-5).keep) and not kept.keep.all()
    one, two = (readings.log_evidence(days, flag, kept) for flag in flags)
    assert like == pytest.approx([one["flat"], one["restrained"], two["restrained"]])
    assert narrow["restrained"] == one["restrained"] != dealer["restrained"] == two["restrained"]


@pytest.fixture
def hazards(monkeypatch):
    """hazards(quiet, busy, mean, months): a panel of so many months, and chances of a measure."""

    def use(quiet, busy, mean, n):
        monkeypatch.setattr(calibration, "panel", lambda: months(n, days=0))
        monkeypatch.setattr(calibration, "measure_hazard", lambda: (quiet, busy, mean))
        monkeypatch.setattr(evidence, "central", {"rd_pressure_months": 3.0}.get)

    return use


def test_measures_that_chase_launches_come_in_turns_with_them(hazards):
    """A measure follows two months with a launch, and holds back all launches for three: a cycle of seven months."""
    hazards(0.0, 1.0, 0.5, 40)
    rng = np.random.default_rng(3)
    days, flag = calibration.chased(rng, 3.0, 0.5, 0.0, -50.0)
    assert flag.tolist() == ([0, 0, 1, 1, 1, 1, 1] * 6)[:40]
    assert ((days > 0) == (flag == 0)).all()
    hazards(1.0, 1.0, 0.0, 40)
    days, flag = calibration.chased(rng, 3.0, 0.5, 0.0, -50.0, chased=False)
    assert not flag.any() and (days > 0).all()  # whatever he does, none comes
    hazards(0.0, 0.0, 1.0, 40)
    days, flag = calibration.chased(rng, 3.0, 0.5, 0.0, -50.0, chased=False)
    assert flag.tolist() == [0] + [1] * 39


def test_the_mood_under_measures_is_that_of_the_model(hazards):
    """Without an effect: lognormal rates whose logs are correlated by φ, from the first month on."""
    hazards(0.5, 0.5, 0.5, 3)
    rng, mu, phi, sigma = np.random.default_rng(4), 1.0, 0.6, 0.5
    got = np.array([calibration.chased(rng, mu, phi, sigma, 0.0)[0] for _ in range(4000)])
    mean = np.exp(mu + sigma**2 / 2)
    assert got.mean(axis=0) == pytest.approx(np.full(3, mean), rel=0.03)
    for k in (1, 2):
        cov = np.cov(got[:, 0], got[:, k])[0, 1]
        assert cov == pytest.approx(mean**2 * (np.exp(sigma**2 * phi**k) - 1), rel=0.2)
    assert got.var(axis=0) == pytest.approx(np.full(3, mean + mean**2 * (np.exp(sigma**2) - 1)), rel=0.1)


def test_the_mood_of_a_month_knows_the_months_before_and_after(monkeypatch):
    """Rates of three months against the sum over all paths of z, for one node of the posterior."""
    days, n, mu, phi, sigma = np.array([4, 0, 1]), 4000, 0.3, 0.7, 0.9
    frame = months(3, days=days, talks=[0, 1, 1])
    monkeypatch.setattr(calibration, "panel", lambda: frame)
    node = [np.full(n, x) for x in (mu, phi, sigma, 0.0, 0.0)]
    monkeypatch.setattr(calibration, "flat_draws", lambda *_: node)
    calibration.mood.cache_clear()
    try:
        got = readings.mood(n)
    finally:
        calibration.mood.cache_clear()
    assert got.columns.tolist() == ["month", "days", "low", "central", "high"]
    assert got["month"].tolist() == ["2012-01", "2012-02", "2012-03"] and got["days"].tolist() == days.tolist()
    u = np.linspace(-5, 5, readings.coarse().points)
    paths = np.array(list(itertools.product(u, repeat=3)))
    weight = norm.pdf(paths[:, 0])
    for a in (0, 1):
        weight *= norm.pdf(paths[:, a + 1], phi * paths[:, a], np.sqrt(1 - phi**2))
    weight *= poisson.pmf(days, np.exp(mu + sigma * paths)).prod(axis=1)
    for m, row in enumerate(got.itertuples()):
        order = np.argsort(paths[:, m], kind="stable")
        share = np.cumsum(weight[order]) / weight.sum()
        rate = np.exp(mu + sigma * paths[order, m])
        for value, level in ((row.low, 0.05), (row.central, 0.5), (row.high, 0.95)):
            below, within = (share[np.searchsorted(rate, value * x, side="right") - 1] for x in (0.999, 1.001))
            assert below - 0.03 <= level <= within + 0.03, (m, level)


# ---------------------------------------------------------------- frames of the record, from planted months


@pytest.fixture
def planted(monkeypatch):
    """Forty months from 2018 on in which all flags differ, and grids of a few nodes."""
    rng = np.random.default_rng(5)
    flags = "talks talks_alt pressure pressure_alt programme programme_after exercises exercises_alt".split()
    frame = months(48, "2018-06", days=rng.poisson(2, 48), strategic=rng.poisson(0.7, 48))
    for k, name in enumerate(flags):
        frame[name] = (rng.random(48) < 0.2 + 0.07 * k).astype(int)
    monkeypatch.setattr(memory, "panel", lambda: frame)
    monkeypatch.setattr(honesty, "panel", lambda: frame)

    def few(persistences=3, **more):
        prior = {name: value for name, value in more.items() if name.startswith("rd_")}
        return RAW(10, persistences, 3, 3, 11, **prior)

    monkeypatch.setattr(memory, "grid", few)
    kept = (memory.comparison, honesty.leads_and_lags, honesty.splits, honesty.prior_sensitivity)
    for cache in kept:
        cache.cache_clear()
    yield frame
    for cache in kept:
        cache.cache_clear()


def test_each_flag_is_compared_on_its_own_side(planted):
    days, strategic = planted["days"].to_numpy(), planted["strategic"].to_numpy()
    got = readings.comparison().set_index(["reading", "coding"])
    columns = {
        ("dealer", "table"): "talks",
        ("dealer", "second"): "talks_alt",
        ("narrow", "table"): "pressure",
        ("narrow", "second"): "pressure_alt",
        ("programme", "table"): "programme",
        ("programme", "after"): "programme_after",
        ("force_only", "table"): "exercises",
        ("force_only", "second"): "exercises_alt",
    }
    assert set(got.index) == set(columns)
    g, alone, far = (readings.prune(x, RAW(10, k, 3, 3, 11)) for x, k in ((days, 3), (days, 1), (strategic, 3)))
    for key, column in columns.items():
        flag, row = planted[column].to_numpy(), got.loc[key]
        side = "provoked" if key[0] == "programme" else "restrained"
        log, none, some = (
            readings.log_bayes_factors(x, flag, grid, pruned=False)
            for x, grid in ((days, g), (days, alone), (strategic, far))
        )
        assert (row["months"], row["days_flagged"]) == (flag.sum(), days[flag == 1].sum())
        assert row["ratio"] == pytest.approx(days[flag == 1].mean() / days[flag == 0].mean())
        assert row["naive"] == pytest.approx(readings.naive_log_bayes_factor(days, flag))
        assert row[["memory", "no_memory", "strategic"]].tolist() == pytest.approx([x[side] for x in (log, none, some)])
        assert row[["two_sided", "effect", "low", "high"]].tolist() == pytest.approx(
            [log[x] for x in ("both", "effect", "low", "high")]
        )
    for coding in ("table", "second"):
        like = readings.log_likelihoods(coding)
        want = [0, got.loc[("narrow", "table"), "memory"], got.loc[("dealer", coding), "memory"]]
        assert like == pytest.approx(want)


def test_a_flag_that_never_varies_tells_no_reading_apart(planted):
    planted["pressure"] = 1
    row = readings.comparison().set_index(["reading", "coding"]).loc[("narrow", "table")]
    assert row[["naive", "memory", "ratio"]].isna().all() and row["months"] == 48
    assert readings.log_likelihoods()[1] == 0


def test_talks_are_moved_month_by_month_within_one_window(planted, monkeypatch):
    """Talks in one month alone, the tenth from the first: k months on, the flagged month is the tenth + k."""
    around = pd.period_range("2018-03", "2022-03", freq="M")
    table = pd.DataFrame({"month": around.astype(str), "talks_under_way": 0, "talks_alt": 0})
    table.loc[table["month"] == "2019-06", "talks_under_way"] = 1
    table.loc[table["month"].isin(["2019-06", "2019-07"]), "talks_alt"] = 1
    monkeypatch.setattr(evidence, "table", {"talks_by_month": table}.get)
    window = planted.loc["2018-09":"2021-09", "days"]  # from which six months either way are coded
    g = readings.prune(window.to_numpy(), RAW(10, 10, 3, 3, 11))
    for column, span in (("talks", 1), ("talks_alt", 2)):
        got = readings.leads_and_lags(column).set_index("lag")
        assert got.index.tolist() == list(range(-6, 7))
        for lag, row in got.iterrows():
            flag = np.isin(window.index, pd.period_range(pd.Period("2019-06") + lag, periods=span, freq="M"))
            assert row["ratio"] == pytest.approx(window[flag].mean() / window[~flag].mean())
            log = readings.log_evidence(window.to_numpy(), flag.astype(int), g)
            assert row["log_bayes_factor"] == pytest.approx(log["restrained"] - log["flat"])
    both = readings.lags_frame()
    assert both["coding"].tolist() == ["table"] * 13 + ["second"] * 13


def test_the_record_is_split_at_the_first_month_after_each_break(planted, monkeypatch):
    rounds = {pd.Period("2019-02"), pd.Period("2021-12"), pd.Period("2022-01")}
    monkeypatch.setattr(honesty, "pressing", lambda listings: rounds if listings else set())
    got = readings.splits().set_index(["split", "part", "flag"])
    assert len(got) == 2 * 2 * 5
    for split, first in (("Hanoi", "2019-03"), ("2022", "2022-01")):
        early = planted.index < pd.Period(first)
        for part, chosen in (("before", early), ("from then", ~early)):
            days = planted.loc[chosen, "days"].to_numpy()
            g = readings.prune(days, RAW(10, 10, 3, 3, 11))
            for flag in ("talks", "talks_alt", "pressure", "pressure_alt", "listed"):
                row = got.loc[(split, part, flag)]
                on = planted.loc[chosen, flag].to_numpy() if flag != "listed" else None
                if on is None:  # the month after a round, and no other
                    on = np.array([str(m) in ("2019-03", "2022-01", "2022-02") for m in planted.index[chosen]], int)
                assert (row["months"], row["flagged"]) == (chosen.sum(), on.sum())
                assert row["reading"] == ("dealer" if flag.startswith("talks") else "narrow")
                want = readings.log_bayes_factors(days, on, g, pruned=False)["restrained"]
                assert row["log_bayes_factor"] == pytest.approx(want, nan_ok=True)


def test_each_prior_is_moved_to_either_end_of_its_range_alone(planted):
    days, register = planted["days"].to_numpy(), evidence.assumptions()
    got = readings.prior_sensitivity()
    cases = [("central", "central")] + [(name, end) for name in memory.PRIOR for end in ("low", "high")]
    assert list(zip(got["prior"], got["end"], strict=True)) == cases
    for row in got.itertuples():
        prior = {} if row.prior == "central" else {row.prior: float(register.at[row.prior, row.end])}
        assert row.value == pytest.approx(prior.get(row.prior, np.nan), nan_ok=True)
        g = readings.prune(days, RAW(10, 10, 3, 3, 11, **prior))
        want = [
            readings.log_bayes_factors(days, planted[column].to_numpy(), g, pruned=False)["restrained"]
            for column in ("talks", "talks_alt", "pressure")
        ]
        assert [row.dealer, row.dealer_second, row.narrow] == pytest.approx(want)


@pytest.mark.parametrize("cycle, side", [(((0, 0), (1, 9)), -1), (((1, 0), (0, 9)), 1)])
def test_months_are_needed_until_the_odds_are_reached_and_no_longer(planted, monkeypatch, cycle, side):
    """Busy months under talks speak against the deal-seeker, quiet ones for him; the factor is the longer record's."""
    readings.months_needed.cache_clear()
    monkeypatch.setattr(memory, "coarse", lambda: RAW(10, 3, 3, 3, 11))
    days, flag = planted["days"].to_numpy(), planted["talks"].to_numpy()
    g = readings.prune(days, RAW(10, 3, 3, 3, 11), 1e-6)

    def after(n):
        more = np.array([cycle[m % 2] for m in range(n)]).reshape(-1, 2)
        log = readings.log_evidence(np.r_[days, more[:, 1]], np.r_[flag, more[:, 0]], g)
        return log["restrained"] - log["flat"]

    target = np.exp(max(abs(after(k)) for k in range(1, 4))) * 1.01
    needed, log = readings.months_needed(cycle, target, 40)
    assert needed > 3 and log == pytest.approx(after(needed)) and abs(log) >= np.log(target) > abs(after(needed - 1))
    assert np.sign(log) == side
    assert readings.months_needed(cycle, target, 2) == (None, pytest.approx(after(2)))
    readings.months_needed.cache_clear()


# ---------------------------------------------------------------- what is said of them


def test_the_longest_spell_by_hand(monkeypatch):
    """Spells of two, three and one month; the rest of the talks are the others'."""
    frame = months(10, days=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], talks=[1, 1, 0, 1, 1, 1, 0, 0, 1, 0])
    monkeypatch.setattr(readings.summaries, "panel", lambda: frame)
    monkeypatch.setattr(honesty, "panel", lambda: frame)
    got = readings.longest_spell()
    assert (str(got.first), str(got.last)) == ("2012-04", "2012-06")
    assert (got.rest, got.other) == ((1 + 2 + 9) / 3, (3 + 7 + 8 + 10) / 4)


def test_counts_of_the_panel_by_hand(monkeypatch):
    frame = months(
        8,
        "2018-10",
        days=[1, 2, 0, 4, 9, 3, 50, 60],
        talks=[1, 0, 1, 1, 0, 1, 0, 0],
        talks_alt=[1, 0, 0, 1, 1, 1, 0, 0],
        exercises=[1, 0, 0, 1, 0, 0, 0, 1],
    )
    monkeypatch.setattr(readings.summaries, "panel", lambda: frame)
    assert readings.coded_twice() == 2
    assert readings.before_hanoi() == (5, 3, 11, 2)  # to February 2019
    apart = readings.exercises_apart()
    assert apart.ratio == pytest.approx((8 / 4) / (121 / 4)) and apart.both == 2
    assert apart.calm == pytest.approx((3 / 2) / (61 / 3))


def test_leads_as_good_as_talks_of_the_month_before_are_counted(monkeypatch):
    frame = pd.DataFrame({"lag": [-3, -2, -1, 0, 1, 2], "log_bayes_factor": [0.4, 0.5, 0.7, 9.0, 0.5, 9.0]})
    monkeypatch.setattr(readings.summaries, "leads_and_lags", {"talks": frame, "talks_alt": frame.tail(3)}.get)
    assert readings.as_good_ahead() == 2  # the one that is level counts, and the month itself does not
    assert readings.as_good_ahead("talks_alt") == 0


def test_beliefs_over_planted_histories_by_hand(monkeypatch):
    one, two, three = terms.READINGS
    rows = [("prior", one, (0.6, 0.3, 0.1)), ("prior", two, (0.2, 0.5, 0.3)), ("prior", two, (0.1, 0.1, 0.8))]
    rows += [("flat", three, (1.0, 0.0, 0.0))]
    frame = pd.DataFrame(
        [dict(world=w, truth=t) | {f"p_{r}": x for r, x in zip(terms.READINGS, p, strict=True)} for w, t, p in rows]
    )
    monkeypatch.setattr(readings.summaries.results, "load", {"readings_calibration": frame}.get)
    got = readings.calibrated()
    # mean beliefs .3, .3, .4 beside true shares 1/3, 2/3, 0
    assert got.histories == 3 and got.gap == pytest.approx(0.4) and got.truth == pytest.approx((0.6 + 0.5 + 0.1) / 3)


def test_promises_and_answers_are_tabled_as_they_are_counted(monkeypatch):
    kept = pd.DataFrame(
        {"dear": [True, True, False, False, False], "matched": [True, False, True, True, False]}
        | {"kept": [0.5, 0.0, 1.0, 0.5, 1.0]}
    )
    monkeypatch.setattr(readings.summaries, "promises", lambda: kept)
    got = readings.kept_promises()
    assert got.index.tolist() == ["dear", "cheap", "matched", "unmatched"]
    want = [[0.5, 2, 0.25], [2.5, 3, 2.5 / 3], [2.0, 3, 2 / 3], [1.0, 2, 0.5]]
    assert got[["kept", "of", "share"]].to_numpy() == pytest.approx(np.array(want))
    kinds, said = ["concession", "refusal", "pressure"], ["accommodate", "hold", "escalate"]
    first = pd.DataFrame([[1, 2, 3], [4, 5, 6], [7, 8, 9]], index=kinds, columns=said)
    second = first.copy()
    second.loc["refusal", "hold"] = 50
    coded = {"answer": first, "answer_alt": second}
    monkeypatch.setattr(readings.summaries, "answers", lambda coding="answer": coded[coding])
    table = readings.answers_table()
    assert table.columns.tolist() == ["After", "Accommodate", "Hold", "Escalate"]
    assert table.to_numpy().tolist() == [
        ["Concession", "1", "2", "3"],
        ["Refusal", "4", "5 (50)", "6"],
        ["Pressure", "7", "8", "9"],
    ]


def test_factors_are_tabled_in_the_order_of_their_cases(monkeypatch):
    same = dict(naive=np.log(3.0), memory=-np.log(2), two_sided=np.nan, strategic=0.01)
    same |= dict(effect=np.log(0.5), low=np.log(0.25), high=np.log(1.5))
    rows = [
        same | dict(reading=r, coding=c, months=10 + k, days_flagged=3 * k, ratio=0.25 + k)
        for k, (r, c) in enumerate(reversed(terms.CASES))
    ]
    monkeypatch.setattr(readings.summaries, "comparison", lambda: pd.DataFrame(rows))
    got = readings.factor_table()
    assert got["Months"].tolist() == [words[0] for words in terms.CASES.values()]
    assert got.iloc[-1].tolist() == [
        list(terms.CASES.values())[-1][0],
        10,
        0,
        "0.25",
        "3.0 to 1 for",
        "2.0 to 1 against",
        "no information",
        "nothing either way",
        "0.50 (0.25–1.50)",
    ]
    columns = "Months|n|Launch days|Ratio|Naive|With memory|Two-sided|Strategic alone|Rate × (90 %)"
    assert got.columns.tolist() == columns.split("|")


def test_odds_lose_digits_as_they_grow():
    said = [readings.odds(np.log(x)) for x in (9.94, 9.96, 999.4, 1001)]
    assert said == ["9.9", "10", "999", "1,000 or more"]
    assert readings.verdict(np.log(1.12)) == "1.1 to 1 for" and readings.verdict(-np.log(1.08)) == "nothing either way"


@pytest.mark.parametrize("a, b", [(1.0, 1.0), (2.0, 0.6)])
def test_marginal_likelihoods_of_rates_are_densities(a, b):
    """Over all data they sum to one, whatever the prior; one rate behind all is that of the sums."""
    comb = {2: (1, 2, 1), 3: (1, 3, 3, 1)}
    ordered = one = 0.0
    for s1, s0 in itertools.product(range(4), range(3)):
        ways = comb[3][s1] * comb[2][s0]
        ordered += ways * np.exp(readings.ordered_log_marginal((s1, 3), (s0, 2), a, b))
        one += ways * np.exp(readings.one_rate_log_marginal([(s1, 3), (s0, 2)], a, b))
    assert ordered == pytest.approx(1, abs=5e-3) and one == pytest.approx(1)
    # E θ³ (1 − θ) of Beta(2, 0.6) by its moments
    got = np.exp(readings.one_rate_log_marginal([(2, 2), (1, 2)], 2.0, 0.6))
    moment = lambda k: np.prod([(2 + i) / (2.6 + i) for i in range(k)])  # noqa: E731
    assert got == pytest.approx(moment(3) - moment(4))
