"""Futures: chunks that are the same anywhere, laws of regret and of information, and results that others published."""

import math
import os
import re
import signal
import sys
import time
import tracemalloc
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from edits import assume, printed
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from bargain import evidence, futures, kims, options, results, sampling, terms
from bargain.chunks import futures as futures_chunks
from bargain.futures import discovery, knowing, sampled
from bargain.futures.__main__ import main
from bargain.plots import futures as futures_plots
from bargain.plots import theme

REGISTER = evidence.assumptions()
POLICIES, READINGS = terms.POLICIES, terms.READINGS
LIVES = options.preset(futures.PRESET)
FORCE, PRESSURE, TALKS = terms.FORCE, terms.PRESSURE, terms.TALKS


@pytest.fixture(scope="module")
def sample():
    return options.draw(1024, seed=5)


@pytest.fixture(scope="module")
def part():
    return futures.summary(0, seed=5, size=1024)


@pytest.fixture(scope="module")
def local():
    return futures.run(1024, seed=3, size=128)


# ---------------------------------------------------------------- the same futures as those of options
def test_a_point_of_the_cube_is_the_future_that_options_draws():
    names = options.dimensions()
    u, d = sampling.points(256, len(names), (9, 4)), options.draw(256, 9, 4)
    mine = futures.at(u)
    assert mine.minds.tobytes() == d.minds.tobytes() and mine.uniforms.tobytes() == d.uniforms.tobytes()
    assert all(np.asarray(mine.parameters[k]).tobytes() == np.asarray(v).tobytes() for k, v in d.parameters.items())
    with pytest.raises(ValueError, match=f"{len(names)} dimensions, not 3"):
        futures.at(np.full((2, 3), 0.5))


def test_many_futures_at_once_equal_one_at_a_time(sample):
    losses, rng = futures.drawn_losses(sample), np.random.default_rng(0)
    true = options.true_reading(sample.uniforms[:, -1], futures.BELIEF)
    for i in rng.integers(0, 1024, 25):
        alone = {k: (float(v[i]) if np.ndim(v) else v) for k, v in sample.parameters.items()}
        outcome = options.outcomes(alone, sample.minds[[i]])[0, true[i]]
        by_hand = [sum(o * p for o, p in zip(row, options.prices(alone), strict=True)) for row in outcome]
        np.testing.assert_allclose(losses[i], by_hand, rtol=1e-12, atol=1e-9)


def test_the_chunks_are_those_of_chapter_five():
    """Regret at the stated values, chunk by chunk, is the regret that chapter 5 prints of its own sample."""
    d = options.draw(2048, options.SEED, 1)
    mine = futures.summary(1, size=2048)
    theirs = options.regrets(d, LIVES, futures.BELIEF).query("effects == 'drawn'")
    np.testing.assert_allclose(mine["regret"][1][:, 0], theirs["mean"], rtol=1e-12)
    np.testing.assert_allclose(mine["regret"][1][:, 2], theirs["q95"], rtol=1e-12)
    np.testing.assert_allclose(mine["regret"][1][:, 4], theirs["best"], rtol=1e-12)
    np.testing.assert_allclose(mine["means"], options.outcomes(d.parameters, d.minds).mean(axis=0), rtol=1e-12)


# ---------------------------------------------------------------- regret
def test_regret_by_hand():
    losses = np.array([[0, 5, 1, 1, 9.0], [2, 2, 2, 2, 2], [60001, 3, 0, 7, 1], [4, 3, 2, 1, 0]])
    m = futures.measures(losses)
    assert m[:, 0] == pytest.approx(options.regret(losses).mean(axis=0))
    assert list(m[:, 4]) == [0.5, 0.25, 0.5, 0.25, 0.5]  # a tie counts for all that tie
    assert m[0, 5] == 0.5 and m[2, 5] == 0.5 and m[0, -1] == 0.75 and m[2, -1] == 1  # at 0, and at regret_tau
    assert (np.diff(m[:, 5:-1], axis=1) >= 0).all() and m.max() <= 60001
    assert m[0, 3] < 60001  # the 99th per cent, never the largest


# ---------------------------------------------------------------- the probe
def test_answers_to_the_probe_by_hand(sample):
    p, s = sample.parameters, sample.parameters["probe_stakes"]
    accept, show = futures.accepts(p, sample.minds, (s, 0.0, 1.0))
    delta = kims.changes(p)
    for i in range(0, 1024, 97):
        for k, reading in enumerate(READINGS):
            felt = kims.felt(p, delta, reading)[i, TALKS]
            gain = sum(sample.minds[i, k, z] * (felt[0, z] - felt[1, z]) for z in range(8))
            lam = 0 if reading == "irrational" else p["lam"][i]
            x = np.log(p["pi0_acc"][i] / (1 - p["pi0_acc"][i])) + s[i] * lam * gain
            sincere = 1 / (1 + np.exp(-x))
            assert accept[0, i, k] == pytest.approx(sincere + (1 - sincere) * p["probe_bluff"][i], rel=1e-12)
            assert show[0, i, k] == pytest.approx((1 - sincere) * p["probe_bluff"][i], rel=1e-12)
    np.testing.assert_allclose(accept[1] - show[1], np.repeat(p["pi0_acc"][:, None], 3, axis=1), rtol=1e-12)
    np.testing.assert_array_equal(accept[:, :, 0], np.repeat(accept[:1, :, 0], 3, axis=0))  # stakes do not move him
    never = p | {"probe_bluff": 0.0}
    assert (futures.accepts(never, sample.minds, (s,))[1] == 0).all()


def test_after_a_probe_there_are_more_warheads_less_containment_and_fewer_years(sample):
    p = sample.parameters
    later = futures.after_probe(p)
    np.testing.assert_allclose(later["n0"] - p["n0"], p["probe_years"] * p["grow"] * p["grow_talks"], rtol=1e-9)
    np.testing.assert_allclose(later["horizon"] + p["probe_years"], p["horizon"])
    held = p["grow_pressure"] < 1
    assert 0 < held.mean() < 1
    assert (later["grow_pressure"][held] >= p["grow_pressure"][held]).all()
    assert (later["grow_pressure"][held] <= 1).all()
    np.testing.assert_array_equal(later["grow_pressure"][~held], p["grow_pressure"][~held])
    moved = {"n0", "grow_pressure", "horizon", "h0", "d_nuc", "s0", "i_sq", "i_deal", "i_pacc", "i_pressure"}
    assert all(later[k] is p[k] for k in p if k not in moved)


def now_and_tested(parameters, minds):
    """Outcomes now and after a probe."""
    answers = kims.respond(parameters, minds)
    now = options.expected(answers, options.cells(parameters))
    return now, futures.probed(parameters, answers, now)


LIKE_TALKS = {  # at these values another policy does, to a Kim who always holds out, what talks do
    **{f"{row}_{policy}": None for row in ("m", "grow") for policy in ("pressure", "accept")},
    "s_pressure": 1,
    "x_pressure": 0,
    "i_pressure": 0,
    "a_pressure": 0,
    "a_accept": 0,
    "precedent_accept": 0,
    "share_failed": 0,
    "probe_erode": 0,
    "lam": 0,
    "lam_irr_force": 0,
    "pi0_acc": 0,
    "pi0_esc": 0,
    "h_cap": 1,
}


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_probe_without_erosion_that_then_goes_on_alike_costs_what_talking_costs(sample):
    """Same acts to the same end date: talks; a probe and talks; a probe and a policy that does what talks do."""
    p = dict(sample.parameters)
    p |= {k: p[k.rsplit("_", 1)[0] + "_talks"] if v is None else float(v) for k, v in LIKE_TALKS.items()}
    p |= {"c_pressure": p["c_sq"], "c_accept": p["c_sq"]}
    now, later = now_and_tested(p, sample.minds)
    np.testing.assert_allclose(later[:, :, TALKS], now[:, :, TALKS], rtol=1e-12)
    few = (now[..., 2] < 1).all(axis=(1, 2))  # where no cap binds
    assert few.mean() > 0.9
    for policy in (terms.PRESSURE, terms.ACCEPT):
        for outcome, error in ((0, 1e-9), (1, 1e-9), (3, 0.02), (4, 1e-9), (5, 0.05)):  # a war ends what runs on
            one, other = later[:, :, policy, outcome], now[:, :, TALKS, outcome]
            np.testing.assert_allclose(one, other, rtol=error, atol=error * np.abs(other).mean() + 1e-9)
    # spread goes with the warheads at the end of each part, of which the first has all
    assert (later[few][:, :, terms.ACCEPT, 2] >= now[few][:, :, TALKS, 2] - 0.02).all()
    part = futures.summary(0, seed=5, size=1024)
    always = LIVES | {"v_warhead": 500.0, "v_spread": 200_000.0}
    worth = options.prices(always)
    best = {k: (np.array(futures.BELIEF) @ (part[k] @ worth)).argmin() for k in ("means", "later")}
    assert set(best.values()) == {TALKS}
    assert futures.information(part, always, stakes=1)["delay"] == pytest.approx(0, abs=1e-6)  # no stakes: talks anyway


def test_a_probe_of_no_length_changes_nothing(sample):
    now, later = now_and_tested(sample.parameters | {"probe_years": 1e-12, "probe_erode": 0.0}, sample.minds)
    np.testing.assert_allclose(later, now, rtol=1e-6, atol=1e-8)


def test_a_war_while_the_probe_runs_by_hand(sample):
    p = sample.parameters
    chance, years = futures.while_probing(p)
    for i in range(0, 1024, 131):
        q = {k: (float(v[i]) if np.ndim(v) else v) for k, v in p.items()}
        arsenal = q["n0"] + q["horizon"] * q["grow"] * q["grow_talks"]
        hazard = min(q["h0"] * q["m_talks"] * (arsenal / q["n0"]) ** q["psi"], q["h_cap"])
        deaths = q["d_conv"] + q["p_nuc"] * q["d_nuc"] * (arsenal / q["n0"]) ** q["theta"]
        assert chance[i, 1] == pytest.approx(1 - (1 - hazard) ** q["probe_years"], rel=1e-10)
        assert years[i, 1, 0] == pytest.approx(chance[i, 1] * deaths, rel=1e-10)
        assert years[i, 1, 3] == pytest.approx(q["probe_years"] * q["c_sq"] + chance[i, 1] * q["c_war"], rel=1e-10)


# ---------------------------------------------------------------- what knowing is worth
def test_everything_is_worth_at_least_any_probe_and_nothing_less_than_zero(part):
    prices = futures.warhead_prices()
    paid = []
    for i, price in enumerate(prices):
        for stakes in range(1 + len(futures.STAKES)):
            v = futures.information(part, LIVES | {"v_warhead": price}, stakes=stakes, index=i)
            error = 1e-9 * abs(part["everything"]).max()
            assert min(v[k] for k in ("reading", "effects", "probe", "everything")) >= -error
            assert v["everything"] >= max(v["probe"], v["reading"], v["effects"]) - error
            assert v["test_first"] == pytest.approx(v["probe"] - v["delay"] - v["price"])
            paid.append((v["probe"] > v["reading"] + error, v["probe"] > 0))
    assert np.any(paid, axis=0)[1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda b: sum(b) > 0.01),
    st.integers(0, 10),
    st.floats(0, 2e4),
    st.floats(0, 2e5),
)
def test_an_answer_never_costs_whatever_one_believes_and_values(part, b, stakes, warhead, spread):
    belief = np.array(b) / sum(b)
    values = LIVES | {"v_warhead": warhead, "v_spread": spread}
    v = futures.information(part, values, belief, stakes)
    scale = 1e-9 * (1 + np.abs(part["means"] @ options.prices(values)).max())
    assert v["probe"] >= -scale and v["reading"] >= -scale


def test_information_by_hand(sample):
    """Every kind of information at one price, from the definition, future by future."""
    part = futures.summary(0, seed=5, size=1024)
    prices, i, s = futures.warhead_prices(), 9, 1 + 8
    values = LIVES | {"v_warhead": prices[i]}
    found = futures.information(part, values, stakes=s, index=i)
    losses = options.loss(options.outcomes(sample.parameters, sample.minds), values)
    later = options.loss(now_and_tested(sample.parameters, sample.minds)[1], values)
    chance = futures.accepts(sample.parameters, sample.minds, (futures.STAKES[s - 1],))[0][0][..., None]
    b = np.array(futures.BELIEF)
    v0 = (b @ losses.mean(axis=0)).min()
    assert found["reading"] == pytest.approx(v0 - sum(b[k] * losses[:, k].mean(axis=0).min() for k in range(3)))
    assert found["effects"] == pytest.approx(v0 - np.einsum("k,nkg->ng", b, losses).min(axis=1).mean())
    assert found["everything"] == pytest.approx(v0 - (losses.min(axis=2) @ b).mean())
    told = sum((b @ (p * losses).mean(axis=0)).min() for p in (chance, 1 - chance))
    assert found["probe"] == pytest.approx(v0 - told, abs=1e-6)
    late = sum((b @ (p * later).mean(axis=0)).min() for p in (chance, 1 - chance))
    p = sample.parameters
    toll = (values["v_bn"] * p["probe_cost"] + p["probe_prize"]).mean()
    assert found["test_first"] == pytest.approx(v0 - late - toll)
    clairvoyant = sum(
        ((p * later) @ np.ones(5) * 0 + (p * later).min(axis=2)).mean(axis=0) @ b for p in (chance, 1 - chance)
    )
    assert late > clairvoyant  # one choice for each answer, not one for each future


def test_the_reading_is_worth_nothing_where_one_policy_is_best_at_every_corner(part):
    worth = [futures.information(part, LIVES | {"v_warhead": w})["reading"] for w in futures.warhead_prices()]
    best = [(part["means"] @ options.prices(LIVES | {"v_warhead": w})).argmin(axis=1) for w in futures.warhead_prices()]
    one = np.array([len(set(b)) == 1 for b in best])
    assert one.any() and not one.all()
    assert np.abs(np.array(worth)[one]).max() < 1e-6 and np.array(worth)[~one].min() > 0


def test_an_answer_may_be_worth_more_than_the_reading():
    """Two futures, equal under every reading: the reading teaches nothing, an answer that differs teaches all."""
    outcomes = np.zeros((2, 3, 5, 6))
    outcomes[..., 0] = 10.0
    outcomes[0, :, TALKS, 0], outcomes[1, :, FORCE, 0] = 0, 0
    chance = np.array([1.0, 0.0])[:, None, None, None]
    mean, yes = outcomes.mean(axis=0), [(chance * outcomes).mean(axis=0)]
    means = {"means": mean, "later": mean, "accept": yes, "later_accept": yes, "toll": np.zeros(2)}
    v = futures.information(means, LIVES | {"v_life": 1.0})
    assert v["reading"] == 0 and v["probe"] == 5 and v["test_first"] == 5


def test_knowing_a_row_that_does_nothing_is_worth_what_its_permutation_is(sample):
    losses = options.loss(options.outcomes(sample.parameters, sample.minds), LIVES | {"v_warhead": 2200.0})
    table = futures.row_information(sample, losses).set_index("row")
    assert not set(options.RATES) & set(table.index) and "probe_prize" not in table.index
    assert (table.value >= -1e-6).all() and (table.permuted >= -1e-6).all()
    top = table.value.idxmax()
    assert table.value[top] > 3 * table.permuted.median()
    draw = sample._replace(
        parameters=sample.parameters | {top: np.random.default_rng(1).permutation(sample.parameters[top])}
    )
    noise = futures.row_information(draw, losses).set_index("row")
    assert noise.value[top] < 0.5 * table.value[top]


# ---------------------------------------------------------------- sensitivity
def ishigami(u):
    x = np.pi * (2 * u - 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return y, np.where(y > 3.5, TALKS, FORCE)


def test_ishigami():
    found = futures.indices(["a", "b", "c"], 2**16, 1, ishigami).query("output == 'lead'")
    np.testing.assert_allclose(found["first"], [0.3139, 0.4424, 0], atol=0.006)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.006)
    joint = futures.indices(["ac", "b", "ac"], 2**16, 1, ishigami).query("output == 'lead'")
    np.testing.assert_allclose(joint.total, [0.5576, 0.4424], atol=0.006)  # b acts alone: the rest is theirs
    np.testing.assert_allclose(joint["first"], [0.5576, 0.4424], atol=0.006)


def test_groups_cover_the_draw_and_what_enters_nothing_has_no_index():
    names, single = futures.groups(), futures.groups(single=True)
    assert len(names) == len(single) == len(options.dimensions())
    assert names[-1] == "reading" and names.count("minds") == 27 and names.count("values") == 6
    assert set(single) - {"minds", "idle", "reading"} == set(sampling.ranged(sampling.rows(REGISTER, ("5", "6")))) - {
        n for n, g in zip(options.dimensions(), names, strict=True) if g in ("minds", "idle")
    }
    found = futures.indices(names, 2**6, 3)
    idle = found[found.group == "idle"]
    assert (idle[["first", "total", "changed"]] == 0).to_numpy().all() and found.changed.between(0, 1).all()
    assert found.changed.max() > 0.1
    with pytest.raises(ValueError, match="does not vary"):
        futures.indices(["a"], 16, 1, lambda u: (u[:, 0], np.full(len(u), FORCE)))


# ---------------------------------------------------------------- scenario discovery
def bryant_lempert():
    """The 882 cases that EMAworkbench ships: nine inputs, and whether the cost is among the greatest tenth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ema = pytest.importorskip("ema_workbench")
    table = pd.read_csv(Path(ema.__file__).parent / "examples" / "data" / "bryant et al 2010 data.csv")
    return table.iloc[:, 2:11], table.iloc[:, 15].to_numpy()


def test_bryant_and_lempert():
    x, y = bryant_lempert()
    assert x.shape == (882, 9)
    path = futures.peel(x.to_numpy(float), y, 0.1, 0.05)
    published = [b for b in path if abs(b.coverage - 0.752809) < 5e-7]
    assert len(published) == 1
    assert published[0].density == pytest.approx(0.770115, abs=5e-7)
    assert published[0].mass == pytest.approx(0.098639, abs=5e-7)


def test_the_whole_peeling_path_is_that_of_emaworkbench():
    x, y = bryant_lempert()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        theirs = prim.Prim(x, y, threshold=0.8, peel_alpha=0.1, mass_min=0.05).find_box().peeling_trajectory
    mine = futures.peel(x.to_numpy(float), y, 0.1, 0.05)
    n = len(mine)
    assert n <= len(theirs)  # theirs may end with boxes that were pasted back
    for name in ("coverage", "density", "mass"):
        np.testing.assert_allclose([getattr(b, name) for b in mine], theirs[name].to_numpy()[:n], atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_planted_box_is_recovered(seed):
    rng = np.random.default_rng(seed)
    low, high = np.array([0, 0.3, 0, 0, 0]), np.array([0.4, 1, 1, 0.6, 1.0])

    def draw():
        x = rng.random((6000, 5))
        within = ((x >= low) & (x <= high)).all(axis=1)
        return x, np.where(within, rng.random(6000) < 0.95, rng.random(6000) < 0.02)

    x, y = draw()
    path = futures.peel(x, y, 0.05, 0.02)
    box, p = futures.without_failing(futures.choose(path, 0.9), path[0], x, y)
    assert set(p) == {(0, "high"), (1, "low"), (3, "high")}  # the three planted limits, and no other
    assert box.high[0] == pytest.approx(0.4, abs=0.03) and box.low[1] == pytest.approx(0.3, abs=0.03)
    assert box.high[3] == pytest.approx(0.6, abs=0.03)
    fresh = futures.judged(futures._open(box, path[0]), *draw())
    assert fresh.density > 0.85 and fresh.coverage > 0.8


def test_paths_shrink_and_keep_to_few_beliefs():
    rng = np.random.default_rng(3)
    x = rng.random((2000, 6))
    y = x.sum(axis=1) > 3.6
    path = futures.peel(x, y, 0.05, 0.05, most=2)
    whole = path[0]
    assert whole.coverage == whole.mass == 1 and whole.density == y.mean()
    assert all(a.mass > b.mass for a, b in zip(path, path[1:], strict=False)) and path[-1].mass >= 0.05
    assert max(((b.low > whole.low) | (b.high < whole.high)).sum() for b in path) == 2
    for b in path:
        assert futures.judged(b, x, y)[2:] == pytest.approx(b[2:], abs=1e-12)
    with pytest.raises(ValueError, match="cases and others"):
        futures.peel(x, np.ones(len(x)), 0.05, 0.05)


def test_a_limit_that_does_nothing_fails_its_quasi_p():
    rng = np.random.default_rng(4)
    x = rng.random((4000, 2))
    y = x[:, 0] < 0.3
    whole = futures.Box(x.min(axis=0), x.max(axis=0), 1, 1, 1)
    box = whole._replace(high=np.array([0.4, 0.7]))
    p = futures.quasi_p(box, whole, x, y)
    assert p[0, "high"] < 1e-6 < 0.01 < p[1, "high"]
    kept, left = futures.without_failing(box, whole, x, y)
    assert list(left) == [(0, "high")] and kept.high[1] == whole.high[1]


def test_gain_counts_per_share_of_mass_removed():
    """Twenty rows are no cases: half the sample removed takes all of them away, a slice ten at a tenth of the price."""
    x = np.column_stack([np.arange(200) / 200, np.arange(200) >= 100])
    x[100:180, 1], x[20:100, 1] = 0, 1
    y = np.arange(200) >= 20
    assert y[x[:, 1] == 1].all() and (x[:20, 1] == 0).all()
    first = futures.peel(x.astype(float), y, 0.05, 0.05)[1]
    assert first.low[0] > 0 and first.low[1] == 0 and first.mass == 0.95


def test_ties_are_stepped_over():
    ordered = np.array([0, 1, 1, 1, 1, 1, 1, 1, 1, 2.0])
    assert futures._midpoint(ordered, 0.4) == 1.5 and futures._midpoint(ordered, 0.6) == 0.5
    assert futures._midpoint(np.arange(10.0), 0.05) == 0.5 and futures._midpoint(np.arange(11.0), 0.1) == 1.5


def quo_war(p, i):
    """Chance of war under the status quo by response, of one future, written out."""
    for share, multiple in (
        (p["rho_sq"][i], p["m_acc"][i]),
        (1 + 10 * p["grow"][i] / p["n0"][i], 1.0),
        (1 + 10 * p["grow"][i] * p["g_esc"][i] / p["n0"][i], p["m_esc"][i]),
    ):
        yield 1 - (1 - min(p["h0"][i] * multiple * share ** p["psi"][i], p["h_cap"])) ** p["horizon"]


def test_derived_beliefs_are_his_in_the_true_reading(sample):
    table = futures.beliefs(sample)
    true = options.true_reading(sample.uniforms[:, -1], futures.BELIEF)
    answers = kims.respond(sample.parameters, sample.minds)
    assert list(table) == list(futures.BELIEFS) == list(futures.BELIEF_NAMES) and not table.isna().to_numpy().any()
    np.testing.assert_array_equal(table.acc_talks, answers[np.arange(1024), true, TALKS, 0])
    np.testing.assert_array_equal(table.war_force, answers[np.arange(1024), true, FORCE, 2])
    p = sample.parameters
    np.testing.assert_allclose(table.war_deaths, p["d_conv"] + p["p_nuc"] * p["d_nuc"], rtol=1e-12)
    mine = [sum(answers[i, true[i], 3, r] * chance for r, chance in enumerate(quo_war(p, i))) for i in (0, 77, 500)]
    np.testing.assert_allclose(table.war_risk[[0, 77, 500]], mine, rtol=1e-10)
    kinds = futures.targets(np.array([[0, 1, 60000, 2, 2], [3, 0, 0, 0, 0.0]]))
    assert kinds.to_numpy().tolist() == [[True, True, False, False, False], [False, False, True, True, True]]


# ---------------------------------------------------------------- other forms
def test_forms_change_what_they_name_and_nothing_else(monkeypatch):
    register = REGISTER.copy()
    register.loc["chunk_log2", ["low", "central", "high"]] = 8
    base = futures.form_losses("base", 0, register=register)
    np.testing.assert_array_equal(base, futures.drawn_losses(options.draw(256, futures.SEED, 0)))
    d = options.draw(256, futures.SEED, 0)
    narrow = options.true_reading(d.uniforms[:, -1], futures.BELIEF) == 1
    survival = futures.form_losses("survival", 0, register=register)
    np.testing.assert_array_equal(survival[~narrow], base[~narrow])
    assert not np.array_equal(survival[narrow], base[narrow])
    shock = futures.form_losses("shock", 0, register=register) - base
    z = shock / d.parameters["shock_sd"][:, None]
    assert abs(z.mean()) < 0.01 and z.std() == pytest.approx(1, abs=0.05)
    fallen = futures.form_losses("collapse", 0, register=register) - base
    p = d.parameters
    more = (1 - (1 - p["h_collapse"]) ** 10) * p["s_collapse"] * p["v_spread"]
    unclipped = np.abs(fallen[:, TALKS] - more) < 1e-6
    assert unclipped.mean() > 0.95 and (fallen >= -1e-6).all()
    for form in options.CAMPS:
        assert not np.array_equal(futures.form_losses(form, 0, register=register), base)


def test_rows_that_move_together_share_one_coordinate():
    names = [futures.ACCEPTING.get(d, g) for d, g in zip(options.dimensions(), futures.groups(), strict=True)]
    assert set(futures.ACCEPTING) < set(options.dimensions())
    assert names.count("accept") == 2  # the share of a deal that goes with a cap, and what a cap does to his goal
    u = sampling.points(64, len(names), 1)
    moved = futures.together(u)
    for group in set(names):
        columns = [i for i, n in enumerate(names) if n == group]
        if group in futures.TOGETHER:
            assert (moved[:, columns] == u[:, columns[:1]]).all()
        else:
            np.testing.assert_array_equal(moved[:, columns], u[:, columns])


# ---------------------------------------------------------------- runs: speed, memory, the same bits anywhere
def test_the_seconds_of_ten_thousand_futures_on_one_core():
    size = 2 ** int(evidence.central("chunk_log2"))
    futures.summary(0, size=64)
    spent = []
    for c in range(2):
        start = time.process_time()
        futures.summary(c)
        spent.append(time.process_time() - start)
    assert size / min(spent) > 10_000


def test_memory_does_not_grow_with_the_number_of_futures(monkeypatch):
    monkeypatch.setattr("bargain.futures.sampled.BATCHES", 2)  # beyond so many chunks nothing may be added

    def peak(chunks):
        tracemalloc.start()
        futures.run(512 * chunks, seed=8, size=512)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1)
    few, many = peak(2), peak(8)
    assert many < 1.05 * few and many < 100e6


def test_a_run_is_its_seed_and_its_chunks(local):
    again = futures.run(1024, seed=3, size=128)
    assert again.fingerprint() == local.fingerprint() != futures.run(1024, seed=4, size=128).fingerprint()
    parts = [futures.summary(c, 3, 128) for c in range(8)]
    for name, value in local.mean().items():
        np.testing.assert_allclose(value, np.mean([p[name] for p in parts], axis=0), rtol=1e-12, atol=1e-12)
    value, error = futures.jackknife(lambda m: m["means"], local)
    spread = np.std([p["means"] for p in parts], axis=0, ddof=1) / np.sqrt(8)
    np.testing.assert_allclose(error, spread, rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="power of 2"):
        futures.run(1000)


def test_batches_hold_however_many_chunks(monkeypatch):
    monkeypatch.setattr("bargain.futures.sampled.BATCHES", 4)
    done = futures.run(1024, seed=3, size=128)
    assert {len(v) for v in done.batches.values()} == {4}
    more = futures.run(1024, seed=3, size=64)
    assert {len(v) for v in more.batches.values()} == {4} and more.futures == 1024


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_a_cluster_gives_the_same_bits(cluster, local):
    seen = []
    done = futures.run(1024, seed=3, client=cluster, size=128, report=lambda *a: seen.append(a))
    assert done.fingerprint() == local.fingerprint()
    assert seen == [(i + 1, 8) for i in range(8)]


def test_workers_are_asked_for_few_chunks_ahead_in_their_order_and_of_the_size_asked_for(local):
    """With a client of one thread: at most four chunks wait, and their sums are those computed here."""
    waiting, most = [], []

    class Client:
        def nthreads(self):
            return {"one": 1}

        def submit(self, function, *arguments, **_):
            waiting.append(arguments)
            most.append(len(waiting))
            return SimpleNamespace(result=lambda: function(*waiting.pop(0)))

    done = futures.run(1024, seed=3, client=Client(), size=128)
    assert done.fingerprint() == local.fingerprint() and max(most) == 4 and len(most) == 8


def test_a_worker_that_dies_in_mid_run_changes_no_bit(cluster, local):
    before = cluster.run(os.getpid)

    def kill(done, chunks):
        if done == 2:
            os.kill(next(iter(before.values())), signal.SIGKILL)

    done = futures.run(1024, seed=3, client=cluster, size=128, report=kill)
    assert done.fingerprint() == local.fingerprint()
    with pytest.raises(ProcessLookupError):
        for _ in range(100):  # it is dead, not merely asked to die
            os.kill(next(iter(before.values())), 0)
            time.sleep(0.1)


def test_the_command(capsys):
    assert main(["--futures", "256"]) == 0
    here = capsys.readouterr()
    assert "256 futures" in here.out and "chunk 1/1" in here.err
    assert futures.run(256).fingerprint() in here.out
    for policy in POLICIES:
        assert policy in here.out
    for bad, text in (
        (["--futures", "1000"], "power of 2"),
        (["--workers", "0"], "at least 1"),
        (["--workers", "2", "--scheduler", "tcp://x"], "not allowed with"),
    ):
        with pytest.raises(SystemExit):
            main(bad)
        assert text in capsys.readouterr().err


def test_the_command_on_a_running_scheduler(cluster, capsys):
    address = cluster.scheduler_info()["address"]
    assert main(["--futures", "1024", "--scheduler", address]) == 0
    out = capsys.readouterr()
    assert futures.run(1024).fingerprint() in out.out and "chunk 1/1" in out.err


def test_a_missing_cluster_is_said_clearly(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SystemExit, match=r"distributed.*kim-bargain\[cluster\]"):
        main(["--futures", "256", "--workers", "2"])


# ---------------------------------------------------------------- what is printed
def twice(name):
    """A stored table, and the same with the two seeds exchanged."""
    table = futures.stored(name)
    column = "value" if "value" in table else "mean"
    assert not np.allclose(table[column].dropna(), table.again.dropna(), rtol=1e-6)
    return table, table.assign(**{column: table.again, "again": table[column]})


def test_two_seeds_answer_alike():
    """Who is regretted least and most, who is best most often, where talks lead, and what is worth more to know."""
    found = []
    for regret, information, rows in zip(*(twice(name) for name in ("regret", "information", "rows")), strict=True):
        order = [
            regret[(regret.kind == k) & (regret["values"] == v)].set_index("policy").value.sort_values().index
            for k in ("mean", "best")
            for v in ("drawn", "stated")
        ]
        worth = {
            k: futures.worth(information, k)[0] for k in ("everything", "effects", "reading", "probe", "test_first")
        }
        top = rows.set_index("row").value.nlargest(2).index
        shares = regret.assign(again=regret.value)
        found.append(
            (
                [list(o) for o in order],
                futures.leads_from(futures.by_talks(shares)),
                futures.leaders(regret).nunique(),
                sorted(worth, key=worth.get),
                worth["test_first"] > 0,
                set(top),
            )
        )
    assert found[0] == found[1]


def test_boxes_and_indices_are_those_of_two_seeds():
    boxes = futures.boxes()
    for target, density in futures.KINDS:
        own = boxes[(boxes.target == target) & (boxes.rule == density)]
        first, second = (own[own.seed == seed] for seed in (0, 1))
        assert abs(first.base.iloc[0] - second.base.iloc[0]) < 0.01
        if futures.usable(boxes, target, density):
            assert set(first[first.box == 1].belief) & set(second[second.box == 1].belief)
    assert (boxes.own_density - boxes.left_density).abs().max() < 0.1  # fresh futures agree with those of the search
    firsts = boxes[boxes.box == 1]
    np.testing.assert_allclose(firsts.covered, firsts.coverage, rtol=1e-9)
    np.testing.assert_allclose(firsts.density, firsts.left_density, rtol=1e-9)
    assert (boxes.groupby(["target", "rule", "seed"]).covered.diff().dropna() >= -1e-12).all()
    assert (boxes.covered >= boxes.coverage - 1e-12).all()
    np.testing.assert_allclose(boxes.density * boxes.mass, boxes.coverage * boxes.base, rtol=0.06)  # base of the search
    table = futures.group_table()
    assert (table.total_error < 0.05).all()  # one digit, as it is printed
    assert (table.total >= table["first"] - 2 * table.first_error - table.total_error).all()


def test_the_dimensions_of_the_draw_are_recorded_with_the_results():
    stored = results.load("futures_dimensions")
    assert list(stored.name) == options.dimensions() and list(stored.group) == futures.groups()


def test_standard_errors_are_what_two_seeds_differ_by():
    table = futures.stored("regret")
    own = table[table.kind.isin(["mean", "best", "under"]) & (table.se > 0)]
    z = (own.value - own.again) / (own.se * np.sqrt(2))
    assert 0.4 < z.std() < 2 and z.abs().max() < 6


def test_chapters_five_and_six_print_the_same_regret():
    """Chapter 5's sample is the first chunks of this draw: its mean regret lies within the error of this chapter's."""
    d = options.sample(2)
    losses = futures.own(options.loss(options.outcomes(d.parameters, d.minds), LIVES), d)
    theirs = pd.Series(options.regret(losses).mean(axis=0), POLICIES)
    mine = futures.by_policy(futures.stored("regret"), "mean", "stated")
    assert (theirs - mine[list(POLICIES)]).abs().max() < 1500 and theirs.idxmin() == mine.idxmin()


def small(monkeypatch, folder, **central):
    """The chapter's tables from changed assumptions, on few futures."""
    assume(monkeypatch, folder, "n_log2", 11)
    path = folder / "assumptions.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("id")
    for row, value in central.items():
        rows.loc[row, ["low", "central", "high"]] = str(value)
        rows.loc[row, "distribution"] = "fixed"
    rows.reset_index().to_csv(path, index=False, lineterminator="\n")
    assume(monkeypatch, folder, "chunk_log2", 9)  # which also has the loader read the file anew

    def table(name):
        first, second = (getattr(futures_chunks, f"{name}_chunk")(c) for c in (0, 1))
        return first.assign(again=second["value" if "value" in second else "mean"])

    return table


def test_flip_if_talks_bring_war_another_policy_is_regretted_least(monkeypatch, tmp_path):
    before = futures.stored("regret")
    table = small(monkeypatch, tmp_path / "data", m_talks=4.0)("regret")
    assert futures.by_policy(before, "mean").idxmin() == futures.by_policy(before, "best").idxmax() == "talks"
    assert futures.by_policy(table, "mean").idxmin() == futures.by_policy(table, "best").idxmax() == "accept"
    assert set(futures.leaders(before)) == {"talks"} and set(futures.leaders(table)) == {"accept"}


def test_flip_a_free_and_instant_probe_pays(monkeypatch, tmp_path):
    before = futures.stored("information")
    free = dict(probe_years=1e-6, probe_cost=0, probe_prize=0, probe_erode=0, probe_bluff=0, probe_stakes=1)
    table = small(monkeypatch, tmp_path / "data", **free)("information")

    def best(information):
        return information[(information.kind == "test_first") & information.stakes.isna()].value.max()

    assert best(before) < 0 < best(table)


def test_flip_where_effects_are_known_the_reading_is_worth_more_or_nothing_is(monkeypatch, tmp_path):
    before = futures.stored("information")
    known = {
        row: REGISTER.at[row, "central"]
        for row in sampling.ranged(sampling.rows(REGISTER, ("5", "6")))
        if row not in options.RATES
    }
    table = small(monkeypatch, tmp_path / "data", preset_all_central_v_warhead=1500, **known)("information")
    assert min(futures.worth(before, "effects")) > max(futures.worth(before, "reading"))
    assert min(futures.worth(table, "reading", 1500)) > max(futures.worth(table, "effects", 1500))


def test_flip_the_marked_threshold_moves(monkeypatch, tmp_path):
    before = futures.by_policy(futures.stored("regret"), "under", x=50_000)
    table = small(monkeypatch, tmp_path / "data", regret_tau=12_000)("regret")
    assert len(before) == 5 and (futures.by_policy(table, "under", x=12_000) < before).all()


@pytest.fixture(scope="module")
def chapter():
    with pytest.MonkeyPatch.context() as patch:
        start = time.process_time()
        return printed(patch, "06-futures.qmd"), time.process_time() - start


def test_the_chapter_prints_its_findings_and_is_light(chapter):
    text, seconds = chapter
    assert seconds < 20
    whole = " ".join(text)
    for words in ("nan", "None", "e-0", "e+0"):
        assert words not in whole.replace("governance", ""), words
    best = futures.by_policy(futures.stored("regret"), "best")
    assert re.search(f"best in (?:only )?{best['talks']:.0%}", whole)


@pytest.mark.parametrize(
    "name", ["regret", "map", "talks", "groups", "boxes", "information", "order", "test", "danger"]
)
def test_every_figure_draws_in_both_sizes(name):
    tables = {
        "groups": futures.group_table,
        "boxes": lambda: futures.boxes().query("rule == @futures.USABLE"),
        "order": lambda: futures.order_frame(futures.stored("information"), futures.stored("rows")),
        "danger": lambda: futures.by_danger(options.draw(256, 1), [0.001, 0.01, 0.1]),
    }
    stored = "regret" if name in ("regret", "map", "talks") else "information"
    table = tables.get(name, lambda: futures.stored(stored))()
    tokens, row = theme.TOKENS["light"], REGISTER.loc["h0"]
    more = {
        "map": [10_000.0],
        "talks": [futures.TALK_EDGES],
        "information": [500.0],
        "danger": [(row.low, row.central, row.high), options.stated_dangers()],
    }
    for narrow in (False, True):
        chart = getattr(futures_plots, f"draw_{name}")(tokens, narrow, table, *more.get(name, []))
        assert chart.to_dict()


def box(**given):
    """A row of a frame of boxes."""
    row = dict(target="talks regretted", rule=0.4, box=1, belief="acc_talks", low=np.nan, high=np.nan, floor=0.0)
    row |= dict(ceiling=1.0, seed=0, label="Chance", unit="%", factor=100, value=False, coverage=0.5, density=0.45)
    return row | dict(mass=0.2, covered=0.5) | given


def test_a_box_is_drawn_on_scales_of_its_own():
    """A belief from 0 to 1, kept below a quarter, and one from 2 to 12, kept between 4.5 and 7."""
    table = pd.DataFrame(
        [box(high=0.25), box(belief="grow", label="Warheads", unit="", factor=1, floor=2, ceiling=12, low=4.5, high=7)]
    )
    rows, ticks = futures_plots._box_rows(table, {"acc_talks"})
    assert rows["row"].tolist() == ["Chance", "Warheads ‡"]
    assert rows["mark"].tolist() == ["below 25%", "4.5 to 7"]
    assert rows[["a", "b"]].to_numpy().tolist() == [[0, 0.25], [0.25, 0.5]]
    assert ticks[ticks["row"] == "Chance"].text.tolist() == ["0%", "50%", "100%"]
    assert ticks[ticks["row"] != "Chance"].text.tolist() == ["5", "10"]
    assert ticks[ticks["row"] != "Chance"].v.tolist() == pytest.approx([0.3, 0.8])


def test_boxes_are_tabled_and_a_kind_without_one_says_so():
    rows = [box(seed=s, high=0.25, **kind) for s in (0, 1) for kind in ({}, {"target": "force best", "density": 0.3})]
    rows += [box(box=2, belief="v_warhead", label="Price of a warhead", unit="lives", factor=1, low=800, density=0.5)]
    got = futures.boxes_table(pd.DataFrame(rows), {"talks regretted": "Talks", "force best": "Force"})
    assert got.iloc[:, 0].tolist() == ["Talks", "Talks", "Force"]
    assert got.iloc[:, 1].tolist() == [
        "chance below 25%",
        "price of a warhead above 800 lives",
        "no few beliefs mark it",
    ]
    assert got["Density"].tolist() == ["45%", "50%", "–"] and got["Coverage"].tolist() == ["50%", "50%", "–"]


def test_stored_numbers_are_means_of_two_seeds():
    rows = [("mean", "drawn", "talks", np.nan, 1.0, 3.0), ("under", "drawn", "talks", 5e4, 0.5, 0.7)]
    rows += [("under", "drawn", "talks", 1e5, 0.9, 0.9), ("mean", "stated", "talks", np.nan, 9.0, 9.0)]
    table = pd.DataFrame(rows, columns=["kind", "values", "policy", "x", "value", "again"])
    assert futures.by_policy(table, "mean").to_dict() == {"talks": 2.0}
    assert futures.by_policy(table, "under", x=5e4).to_dict() == {"talks": pytest.approx(0.6)}
    assert futures.by_policy(table, "mean", "stated").to_dict() == {"talks": 9.0}


def test_a_policy_leads_from_the_first_bin_after_which_it_is_never_behind():
    best = pd.DataFrame({"talks": [0.9, 0.1, 0.6, 0.7], "accept": [0.1, 0.9, 0.4, 0.3]}, index=[0.0, 0.1, 0.2, 0.4])
    assert futures.leads_from(best) == 0.2 and np.isnan(futures.leads_from(best, "accept"))
    assert futures.leads_from(best.iloc[2:]) == 0.2 and futures.leads_from(best.iloc[[1]], "accept") == 0.1


def test_leaders_are_read_where_no_curve_is_full():
    rows = [
        ("under", "drawn", p, x, v)
        for x, a, b in ((1, 0.2, 0.3), (2, 0.5, 0.4), (3, 0.98, 0.9))
        for p, v in (("talks", a), ("accept", b))
    ]
    table = pd.DataFrame(rows, columns=["kind", "values", "policy", "x", "value"])
    assert futures.leaders(table).to_dict() == {1: "accept", 2: "talks"}
    assert futures.leaders(table, 0.45).to_dict() == {1: "accept"}
    for wrong in (1.5, np.nan):
        with pytest.raises(ValueError, match="below"):
            futures.leaders(table, wrong)


def test_single_rows_are_ranked_by_the_mean_of_their_replicates(monkeypatch):
    """Groups that are no row are left out, and so is the other output; the interval is that of the replicates' mean."""
    totals = {"h0": (0.5, 0.7, 0.3), "v_life": (0.8, 0.8, 0.8), "lam": (0.1, 0.2, 0.0)}
    totals |= dict.fromkeys(("idle", "reading", "minds", "test_first"), (0.9,) * 3)
    rows = [(c, name, "talks best", x[c]) for name, x in totals.items() for c in range(3)]
    rows += [(c, name, "lead", 0.95) for name in totals for c in range(3)]
    table = pd.DataFrame(rows, columns=["chunk", "group", "output", "total"])
    monkeypatch.setattr(results, "load", {"futures_singles": table}.get)
    got = futures.singles(2)
    assert got[["row", "kind"]].to_numpy().tolist() == [["v_life", "value"], ["h0", "belief"]]
    assert got.total.tolist() == pytest.approx([0.8, 0.5])
    assert got.error.tolist() == pytest.approx([0, 2 * 0.2 / np.sqrt(3)], abs=1e-12)
    assert got.meaning.tolist() == REGISTER.meaning[["v_life", "h0"]].tolist()
    shown = futures.singles_table(futures.singles(3))
    assert shown.columns.tolist() == ["What it is", "Kind", "Total index"] and shown["Kind"].tolist()[0] == "value"
    assert shown["Total index"].tolist() == ["0.80–0.80", "0.27–0.73", "0.00–0.22"]


# ---------------------------------------------------------------- another yearly danger of war
def test_another_danger_moves_one_row_and_none_is_that_of_the_draw(sample):
    got = futures.by_danger(sample, [None, 0.2])
    assert got.policy.tolist() == list(POLICIES) * 2 and got.danger.isna().sum() == 5
    drawn = futures.drawn_losses(sample)
    np.testing.assert_allclose(got.regret[:5], options.regret(drawn).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.best[:5], options.best_share(drawn), rtol=1e-12)
    moved = futures.drawn_losses(sample._replace(parameters=sample.parameters | {"h0": np.full(1024, 0.2)}))
    np.testing.assert_allclose(got.regret[5:], options.regret(moved).mean(axis=0), rtol=1e-12)
    assert futures.at_danger(sample, None) is sample
    with pytest.raises(ValueError, match="danger"):
        futures.at_danger(sample, 1.2)


def test_regret_at_a_danger_follows_the_belief(sample):
    sure = futures.by_danger(sample, [0.01], (0, 0, 1)).regret
    p = sample.parameters | {"h0": 0.01}
    losses = np.einsum("ngo,no->ng", options.outcomes(p, sample.minds)[:, 2], options.prices(p))
    np.testing.assert_allclose(sure, options.regret(losses).mean(axis=0), rtol=1e-9)


def test_answers_are_those_of_the_stored_run():
    """The first futures of the printed draw, and the run of all: within the error of so few."""
    got, regret, information = (
        futures.answers(options.draw(4096, options.SEED)),
        futures.stored("regret"),
        futures.stored("information"),
    )
    mean, best = (futures.by_policy(regret, kind)[list(POLICIES)] for kind in ("mean", "best"))
    assert (got.regret - mean).abs().max() < 4000 and (got.best - best).abs().max() < 0.03
    assert got.under == pytest.approx(
        futures.by_policy(regret, "under", x=evidence.central("regret_tau"))["talks"], abs=0.02
    )
    for kind in ("reading", "effects"):
        assert getattr(got, kind) == pytest.approx(futures.worth(information, kind)[0], abs=1500)
    top = information[(information.kind == "test_first") & information.stakes.notna()].value.max()
    assert got.test == pytest.approx(top, abs=1500)
    assert got.leads == pytest.approx(futures.leads_from(futures.by_talks(regret)), abs=0.031)  # a bin


def test_a_table_of_two_dangers_marks_what_turns():
    regret, best = pd.Series([5.0, 1], ["force", "talks"]), pd.Series([0.3, 0.7], ["force", "talks"])
    ours = futures.Answers(regret, best, 0.8, 0.05, 5000.0, 16000.0, -3000.0)
    theirs = futures.Answers(regret[::-1].set_axis(["force", "talks"]), best, 0.3, np.nan, 5000.0, 4000.0, 2000.0)
    got = futures.danger_table(ours, theirs)
    assert got.iloc[:, 1].tolist() == ["Talks", "Talks", "70%", "20%", "5%", "16 thousand", "5 thousand", "−3 thousand"]
    assert got.iloc[:, 2].tolist() == ["Force", "Talks", "70%", "70%", "none", "4 thousand", "5 thousand", "2 thousand"]
    assert got.iloc[:, 3].tolist() == ["turns", "", "", "turns", "", "turns", "turns", "turns"]
    assert not futures.danger_table(ours, ours).iloc[:, 3].any()
    ours_by_row = got.set_index("Answer").iloc[:, 0]
    for row, value in (
        ("Least regretted", "Talks"),
        ("Talks are regretted in", "20%"),
        ("Worth of knowing what policies do", "16 thousand"),
        ("Worth of knowing who he is", "5 thousand"),
        ("Testing first, at the best stakes", "−3 thousand"),
    ):
        assert ours_by_row[row] == value


# ---------------------------------------------------------------- boxes one after the other
def test_a_second_planted_box_is_found_in_what_the_first_leaves():
    """Two boxes far apart: both are found, the wider first, with the statistics of what was left; and there is no
    third."""
    rng = np.random.default_rng(5)
    x = rng.random((8000, 3))
    first, second = x[:, 0] < 0.3, (x[:, 1] > 0.8) & (x[:, 2] > 0.2)
    y = np.where(first | second, rng.random(8000) < 0.9, rng.random(8000) < 0.02)
    (one, p), (two, q) = futures.cover(x, y, 0.05, 0.02, 0.8)
    assert set(p) == {(0, "high")} and one.high[0] == pytest.approx(0.3, abs=0.04)
    assert {(1, "low"), (2, "low")} <= set(q) and two.low[1] == pytest.approx(0.8, abs=0.03)
    left = ~discovery.inside(one, x)
    again = futures.judged(two, x[left], y[left])
    assert (two.density, two.coverage) == pytest.approx((again.density, again.coverage)) and two.density >= 0.8
    assert np.isinf(one.low).all() and np.isinf(one.high[1:]).all()


def test_the_first_box_is_given_even_where_it_is_thin():
    rng = np.random.default_rng(6)
    x = rng.random((3000, 2))
    found = futures.cover(x, rng.random(3000) < 0.1 + 0.2 * (x[:, 0] > 0.7), 0.05, 0.02, 0.9)
    assert len(found) == 1 and found[0][0].density < 0.9
    with pytest.raises(ValueError, match="density"):
        futures.cover(x, x[:, 0] > 0.5, 0.05, 0.02, 1.5)


def test_what_would_have_been_best_in_the_boxes_and_outside(monkeypatch):
    """Four futures: two in the only box, of which one regrets talks; outside both do, and one with a small chance."""
    x = pd.DataFrame({"acc_talks": [0.1, 0.2, 0.6, 0.1], "grow": [5.0, 6, 5, 1]})
    losses = np.array(
        [[0, 9e5, 9e5, 9e5, 9e5], [9e5, 9e5, 0, 9e5, 9e5], [9e5, 9e5, 9e5, 9e5, 0], [9e5, 0, 9e5, 9e5, 9e5]]
    )
    monkeypatch.setattr(discovery, "beliefs", lambda draw: x)
    monkeypatch.setattr(discovery, "drawn_losses", lambda draw: losses)
    table = pd.DataFrame([box(high=0.3), box(belief="grow", low=4.0)])
    assert discovery.held(table, x).tolist() == [True, True, False, False]
    got = futures.instead(table, None)
    assert got["share"].tolist() == [0.5, 0.5, 1] and got["density"].tolist() == [0.5, 1, 0.75]
    assert got["base"].tolist() == [1, 0.5, 0.75] and got["below"].tolist() == [1, 0.5, pytest.approx(2 / 3)]
    assert got[list(POLICIES)].to_numpy()[:2].tolist() == [[1, 0, 0, 0, 0], [0, 0.5, 0, 0, 0.5]]
    shown = futures.instead_table(got)
    assert shown["Where"].tolist() == ["Box 1", "Outside", "All"] and shown["Regretted"].tolist() == ["50", "100", "75"]
    empty = futures.instead(table.assign(low=9.0), None)  # a box that holds no future
    assert empty.loc["box 1", ["density", "base", "below", "force"]].isna().all() and empty["density"]["all"] == 0.75
    assert futures.instead_table(empty)["Regretted"].tolist() == ["–", "75", "75"]


# ---------------------------------------------------------------- tables and boxes, by hand
def test_a_box_holds_its_limits_and_is_judged_on_what_it_is_shown():
    """Five points; two of three cases and one other lie in the box, one of them on its edge."""
    x = np.array([[0.0, 0], [1, 2], [2, 1], [3, 0], [1, 3]])
    y = np.array([1, 1, 1, 0, 0])
    box = discovery.Box(np.array([0, 1.0]), np.array([2, 3.0]), 9.0, 9.0, 9.0)
    assert discovery.inside(box, x).tolist() == [False, True, True, False, True]
    got = discovery.judged(box, x, y)
    assert got[2:] == (pytest.approx(2 / 3), pytest.approx(2 / 3), 0.6)
    empty = discovery.judged(box._replace(low=np.array([9.0, 9])), x, y)
    assert empty[2:] == (0, 0, 0)
    assert discovery.judged(box, x, np.zeros(5))[2:] == (0, 0, 0.6)


def test_a_midpoint_steps_over_ties_away_from_the_middle():
    ordered = np.array([0.0, 1, 1, 1, 4, 6, 6, 6, 7, 9, 9])
    assert discovery._midpoint(ordered, 0.05) == 0.5  # between the first two
    assert discovery._midpoint(ordered, 0.1) == 2.5  # at a tie of 1s: with the first above them
    assert discovery._midpoint(ordered, 0.6) == 5  # at a tie of 6s: with the last below them
    assert discovery._midpoint(ordered, 0.85) == 8 and discovery._midpoint(np.full(3, 2.0), 0.9) == 2


def test_the_quasi_p_of_each_limit_is_binomial():
    """A box with a limit on two dimensions: lifting one brings in others, and a limit that was never cut has none."""
    rng = np.random.default_rng(0)
    x, y = rng.random((400, 3)), rng.random(400) < 0.3
    y[(x[:, 0] > 0.5) & (x[:, 2] < 0.4)] = True
    whole = discovery.Box(x.min(axis=0), x.max(axis=0), 0.0, 0.0, 0.0)
    box = whole._replace(low=np.where([1, 0, 0], 0.5, whole.low), high=np.where([0, 0, 1], 0.4, whole.high))
    got = discovery.quasi_p(box, whole, x, y)
    within = (x[:, 0] >= 0.5) & (x[:, 2] <= 0.4)
    for key, lifted in (((0, "low"), x[:, 2] <= 0.4), ((2, "high"), x[:, 0] >= 0.5)):
        by_hand = binom(within.sum(), y[lifted].mean()).sf(y[within].sum() - 1)
        assert got[key] == pytest.approx(by_hand)
    assert set(got) == {(0, "low"), (2, "high")}


def test_a_quasi_p_counts_as_many_cases_as_there_are_or_more():
    """Ten in the box, of which four are cases; twenty without its only limit, of which six are."""
    x, y = np.arange(20.0)[:, None], np.isin(np.arange(20), [0, 3, 5, 9, 12, 19])
    whole = discovery.Box(x.min(axis=0), x.max(axis=0), 0.0, 0.0, 0.0)
    got = discovery.quasi_p(whole._replace(high=np.array([9.0])), whole, x, y)
    by_hand = sum(math.comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(4, 11))
    assert got == {(0, "high"): pytest.approx(by_hand)}


def test_boxes_are_judged_on_futures_that_the_search_has_not_seen(monkeypatch):
    """One belief planted: sought on two chunks of a seed, judged on two of the next, whose cases are told otherwise."""
    name = "grow"
    at = discovery.BELIEF_NAMES.index(name)

    def beliefs(draw):
        size, *seed = draw
        return pd.DataFrame(np.random.default_rng(seed).random((size, 24)), columns=discovery.BELIEF_NAMES)

    def told(draw):
        x = beliefs(draw)[name]
        return pd.DataFrame({"talks regretted": (x < 0.3) if draw[1] == 7 else (x < 0.2) | (x > 0.9)})

    central = evidence.central
    monkeypatch.setattr(evidence, "central", lambda i: 9.0 if i == "chunk_log2" else central(i))
    monkeypatch.setattr(discovery.options, "draw", lambda *of: of)
    for function, planted in (("beliefs", beliefs), ("drawn_losses", lambda draw: draw), ("targets", told)):
        monkeypatch.setattr(discovery, function, planted)
    got = discovery.discovery("talks regretted", 0.4, 2, 7)
    seen, fresh = (pd.concat([beliefs((512, seed, c)) for c in range(2)]).to_numpy() for seed in (7, 8))
    cases, others = seen[:, at] < 0.3, (fresh[:, at] < 0.2) | (fresh[:, at] > 0.9)
    first = got[got.box == 1].set_index("belief").loc[name]
    assert np.isnan(first.low) and 0.25 < first.high < 0.75  # the widest that is dense enough
    assert [first.floor, first.ceiling] == pytest.approx(np.quantile(seen[:, at], [0.01, 0.99]))
    assert first.base == cases.mean() and (first.target, first.rule) == ("talks regretted", 0.4)
    within = discovery.held(got[got.box == 1], pd.DataFrame(fresh, columns=discovery.BELIEF_NAMES))
    assert first["mass"] == within.mean() and first.density == pytest.approx(others[within].mean())
    assert [first.coverage, first.covered] == pytest.approx([others[within].sum() / others.sum()] * 2)
    assert first.own_density >= 0.44 and first.left_density == first.density and first.p <= 0.05


def test_the_widest_dense_box_is_chosen_or_the_densest():
    box = discovery.Box(np.zeros(1), np.ones(1), 0.0, 0.0, 0.0)
    path = [box._replace(coverage=c, density=d) for c, d in ((1.0, 0.2), (0.8, 0.55), (0.5, 0.7), (0.1, 0.6))]
    assert discovery.choose(path, 0.55) is path[1] and discovery.choose(path, 0.6) is path[2]
    assert discovery.choose(path, 0.9) is path[2]
    assert discovery.choose(path).density >= 1.1 * discovery.USABLE - 1e-12


def test_limits_that_were_never_cut_are_open():
    whole = discovery.Box(np.array([0.0, 0]), np.array([1.0, 1]), 0.5, 0.5, 0.5)
    got = discovery._open(whole._replace(low=np.array([0.3, 0]), high=np.array([1, 0.6])), whole)
    assert got.low.tolist() == [0.3, -np.inf] and got.high.tolist() == [np.inf, 0.6] and got.coverage == 0.5


def test_a_box_is_usable_where_both_searches_find_one(monkeypatch):
    edge = discovery.USABLE
    table = pd.DataFrame({"target": ["a", "a", "b", "b", "c"], "belief": ["x", "y", "x", "none", "x"]})
    table["density"] = [edge, 0.9, 0.9, 0.9, edge - 0.01]
    table = table.assign(rule=edge, box=1)
    assert [discovery.usable(table, t) for t in "abc"] == [True, False, False]
    assert discovery.usable(pd.concat([table, table.assign(box=2, density=0.1)]), "a")  # the first box decides


def test_targets_are_told_by_losses(monkeypatch):
    monkeypatch.setattr(evidence, "central", lambda i: {"regret_tau": 10.0}[i])
    losses = np.array([[0.0, 9, 11, 5, 0], [5, 1, 11, 9, 9], [9, 9, 3, 4, 4]])
    got = discovery.targets(losses)
    assert got.columns.tolist() == ["talks regretted", "force best", "pressure best", "status quo best", "accept best"]
    assert got.to_numpy().tolist() == [  # a regret of just the limit is none
        [True, True, False, False, True],
        [False, False, True, False, False],
        [False, False, False, False, False],
    ]


def test_futures_are_sorted_by_how_likely_talks_are_to_be_taken(sample, part):
    answers = futures.own(kims.respond(sample.parameters, sample.minds), sample)[:, TALKS, 0]
    losses, edges = futures.drawn_losses(sample), sampled.TALK_EDGES
    inside = [(answers >= a) & (answers < b if b < 1 else answers <= b) for a, b in zip(edges, edges[1:], strict=False)]
    best = losses == losses.min(axis=1, keepdims=True)
    np.testing.assert_allclose(part["talks"], [i.mean() for i in inside])
    np.testing.assert_allclose(part["talks_best"], [(best & i[:, None]).mean(axis=0) for i in inside])
    assert part["talks"].sum() == pytest.approx(1)


def test_a_chunk_sums_answers_and_tolls_of_the_probe(sample, part):
    p, stakes = sample.parameters, (sample.parameters["probe_stakes"], *futures.STAKES)
    accept, show = futures.accepts(p, sample.minds, stakes)
    outcomes, later = now_and_tested(p, sample.minds)
    np.testing.assert_allclose(part["answer"], accept.mean(axis=1))
    np.testing.assert_allclose(part["show"], show.mean(axis=1))
    np.testing.assert_allclose(part["toll"], [p["probe_cost"].mean(), np.mean(p["probe_prize"])])
    for s in (0, 4):
        for name, of in (("accept", outcomes), ("later_accept", later)):
            np.testing.assert_allclose(part[name][s], (accept[s][:, :, None, None] * of).mean(axis=0))
    regret = futures.drawn_losses(sample)
    np.testing.assert_allclose(part["regret"][0], futures.measures(regret))


def test_the_error_of_a_mean_is_its_batches_spread():
    values = np.array([[1.0, 4], [3, 4], [8, 7]])
    run = sampled.Run({"x": values}, 3)
    whole, error = futures.jackknife(lambda m: m["x"], run)
    assert whole.tolist() == [4, 5] and error == pytest.approx(values.std(axis=0, ddof=1) / 3**0.5)
    square, error = futures.jackknife(lambda m: m["x"] ** 2, run)
    less = np.array([[5.5, 5.5], [4.5, 5.5], [2, 4]]) ** 2
    assert square.tolist() == [16, 25]
    assert error == pytest.approx(np.sqrt(2 / 3 * ((less - less.mean(axis=0)) ** 2).sum(axis=0)))
    assert np.isnan(futures.jackknife(lambda m: m["x"], sampled.Run({"x": values[:1]}, 1))[1]).all()


def test_information_is_tabled_over_prices_and_over_stakes(local):
    table, grid = knowing.information_frame(local), futures.warhead_prices()
    assert table.columns.tolist() == ["kind", "warhead", "stakes", "value", "se"]
    drawn, staked = table[table.stakes.isna()], table[table.stakes.notna()]
    kinds = ["reading", "probe", "delay", "price", "test_first"]
    assert set(drawn.kind) == {*kinds, "effects", "everything"} and set(staked.kind) == set(kinds)
    assert len(drawn) == 7 * len(grid) and len(staked) == 5 * len(futures.STAKES)
    assert set(staked.warhead) == {LIVES["v_warhead"]}
    for i in (0, 7):
        want = futures.information(local.mean(), LIVES | {"v_warhead": grid[i]}, stakes=0, index=i)
        assert drawn[drawn.warhead == grid[i]].set_index("kind").value.to_dict() == pytest.approx(want)
    for j in (0, 6):
        want = futures.information(local.mean(), LIVES, stakes=1 + j)
        assert staked[staked.stakes == futures.STAKES[j]].set_index("kind").value.to_dict() == pytest.approx(want)
    best = knowing.best_frame(local, belief=(0.2, 0.3, 0.5))
    assert best.columns.tolist() == ["warhead", "policy"] and best.warhead.tolist() == grid.tolist()
    for row in best.itertuples():
        losses = np.array([0.2, 0.3, 0.5]) @ (
            local.mean()["means"] @ options.prices(LIVES | {"v_warhead": row.warhead})
        )
        assert row.policy == POLICIES[losses.argmin()]


def test_indices_of_groups_are_means_over_replicates(monkeypatch):
    rows = [("lead", "war", k, 0.1 * k, 0.2 * k, 0.3) for k in (1, 2, 6)]
    rows += [("lead", "idle", k, 0.0, 0.0, 0.0) for k in (1, 2, 6)] + [
        ("lead", "cost", k, 0.5, 0.5, k) for k in (1, 2, 6)
    ]
    columns = ["output", "group", "chunk", "first", "total", "changed"]
    monkeypatch.setattr(results, "load", lambda name: {"futures_groups": pd.DataFrame(rows, columns=columns)}[name])
    got = futures.group_table().set_index("group")
    assert set(got.index) == {"war", "cost"}
    assert got.loc["war", ["first", "total", "changed"]].tolist() == pytest.approx([0.3, 0.6, 0.3])
    spread = 2 * np.std([1, 2, 6], ddof=1) / 3**0.5
    errors = ["first_error", "total_error", "changed_error"]
    assert got.loc["war", errors].tolist() == pytest.approx([0.1 * spread, 0.2 * spread, 0], abs=1e-9)
    assert got.loc["cost", errors].tolist() == pytest.approx([0, 0, spread])


def worths():
    price = LIVES["v_warhead"]
    kinds = {"everything": 90.0, "effects": 50.0, "reading": 7.0, "probe": 60.0}
    rows = [(kind, price, np.nan, v, v + 1) for kind, v in kinds.items()]
    rows += [("probe", price, 0.3, 2.0, 3.0), ("probe", 2 * price, np.nan, 4.0, 5.0)]
    return pd.DataFrame(rows, columns=["kind", "warhead", "stakes", "value", "again"])


def test_one_worth_is_found_by_kind_price_and_stakes():
    table = worths()
    assert sampled.worth(table, "probe") == (60, 61) and sampled.worth(table, "reading") == (7, 8)
    assert sampled.worth(table, "probe", stakes=0.1 + 0.2) == (2, 3)  # whatever the last bits of a share
    assert sampled.worth(table, "probe", 2 * LIVES["v_warhead"]) == (4, 5)


def test_what_is_worth_knowing_is_in_order_with_the_noise_last():
    rows = pd.DataFrame(
        [("h0", 30.0, 10.0, 1.5), ("psi", 25.0, 25.0, 0.5), ("theta", 1.0, 2.0, 0.1)],
        columns=["row", "value", "again", "permuted"],
    )
    got = sampled.order_frame(worths(), rows, 2)  # by the sum over both seeds: psi before h0
    assert got.columns.tolist() == ["name", "value", "again", "kind"]
    assert got["name"].tolist() == [
        "Everything",
        "His answer to a probe",
        "All that policies do",
        "How war risk moves with the arsenal",
        "The yearly risk of war",
        "Which Kim he is",
        "A row in another order, at most",
    ]
    assert got["value"].tolist() == [90, 60, 50, 25, 30, 7, 1.5]
    assert got["again"].tolist() == [91, 61, 51, 25, 10, 8, 1.5]
    assert got["kind"].tolist() == ["whole"] * 3 + ["row"] * 2 + ["whole", "noise"]
    meaning = REGISTER.at["theta", "meaning"]  # a row without a name of its own
    assert sampled.order_frame(worths(), rows)["name"].tolist()[-2] == meaning[0].upper() + meaning[1:]


def test_forms_are_tabled_with_the_least_regret_in_bold():
    """Thousands, both seeds where they differ; the least by the first seed's mean."""
    rows = [
        (form, policy, 1000.0 * (k + 10 * g), 1000.0 * (k + 10 * g) + 1000 * (g == 3))
        for k, form in enumerate(sampled.FORM_LABELS)
        for g, policy in enumerate(POLICIES)
    ]
    rows[0] = (rows[0][0], rows[0][1], 99_000.0, 99_000.0)
    got = sampled.forms_frame(pd.DataFrame(rows, columns=["form", "policy", "mean", "again"]))
    names = ["Accept" if p == "accept" else terms.LABELS[p] for p in POLICIES]
    assert got.columns.tolist() == ["Form of the model", *names]
    assert got["Form of the model"].tolist() == list(sampled.FORM_LABELS.values())
    assert got.iloc[0, 1:].tolist() == ["99", "**10**", "20", "30–31", "40"]
    assert got.iloc[2, 1:].tolist() == ["**2**", "12", "22", "32–33", "42"]


def test_regret_under_a_belief_is_of_the_reading_that_is_then_true(sample):
    outcomes, prices = options.outcomes(sample.parameters, sample.minds), options.prices(sample.parameters)
    got = sampled.belief_table(sample, {"narrow": np.array([0, 1.0, 0]), "half": np.array([0.5, 0, 0.5])})
    assert got["Belief"].tolist() == ["narrow", "half"]
    for row, second in zip(got.to_dict("records"), (False, True), strict=True):
        true = np.where(sample.uniforms[:, -1] < 0.5, 0, 2) if second else np.ones(1024, int)
        losses = np.einsum("ngo,no->ng", outcomes[np.arange(1024), true], prices)
        mean = (losses - losses.min(axis=1, keepdims=True)).mean(axis=0)
        for g, policy in enumerate(POLICIES):
            text = f"{round(mean[g] / 1000):,}"
            assert row[terms.LABELS[policy]] == (f"**{text}**" if g == mean.argmin() else text)


def test_one_group_at_a_time_comes_from_the_other_half_of_the_points():
    names = ["a", "b", "a"]
    u, points = futures.design(names, 8, 3), sampling.points(8, 6, 3)
    one, two = points[:, :3], points[:, 3:]
    assert u.shape == (8, 4, 3)
    np.testing.assert_array_equal(u[:, 0], one)
    np.testing.assert_array_equal(u[:, 1], np.stack([two[:, 0], one[:, 1], two[:, 2]], axis=1))
    np.testing.assert_array_equal(u[:, 2], np.stack([one[:, 0], two[:, 1], one[:, 2]], axis=1))
    np.testing.assert_array_equal(u[:, 3], two)


def test_a_collapse_is_added_to_what_spreads_under_every_policy():
    """Two futures by hand; under pressure the yearly chance is threefold, and no more than certain."""
    outcomes = np.zeros((2, 1, 5, 6))
    outcomes[..., 2], outcomes[..., 0] = 0.25, 7.0
    p = {"h_collapse": np.array([0.1, 0.5]), "m_collapse_pressure": np.array([3.0, 3.0])}
    p |= {"s_collapse": np.array([0.5, 0.9]), "horizon": 2.0}
    got = futures.forms.collapsed(outcomes, p)
    others = [0.25 + (1 - 0.9**2) * 0.5, 0.25 + (1 - 0.5**2) * 0.9]
    pressed = [0.25 + (1 - 0.7**2) * 0.5, 1.0]
    for g in range(5):
        assert got[:, 0, g, 2] == pytest.approx(pressed if g == PRESSURE else others)
    assert (got[..., 0] == 7).all() and (outcomes[..., 2] == 0.25).all()
