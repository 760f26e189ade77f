"""Everything that enters one number is drawn independently: no two drawn parameters are tied by more than chance."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, qmc

from bargain import (
    argument,
    deal,
    deterrence,
    economies,
    evidence,
    futures,
    kims,
    options,
    partners,
    sampling,
    stakes,
    terms,
)
from bargain.forecasts import kims as events
from bargain.terms import GOALS, POLICIES

CHANCE = 1e-4  # that independent draws would fail, for each result below


def limit(n, pairs):
    """The largest |ρ| that n independent draws of so many pairs give, but for a chance of CHANCE.

    Spearman's ρ of independent draws has variance 1/(n - 1) and is near normal; the pairs' chances add up (Boole).
    """
    return norm.isf(CHANCE / 2 / pairs) / np.sqrt(n - 1)


def largest(frame):
    """The largest |ρ| of all pairs of columns that vary, but those within one mind, whose weights sum to 1.

    Columns of one mind are named mind_<reading>_…; returns (ρ, its two columns, the number of pairs, the draws).
    """
    frame = frame.loc[:, frame.nunique() > 2]
    rho = np.corrcoef(frame.rank().to_numpy().T)
    mind = np.array([c.rsplit("_", 1)[0] if str(c).startswith("mind_") else str(c) for c in frame.columns])
    rho[mind[:, None] == mind[None, :]] = 0
    at = np.unravel_index(np.abs(rho).argmax(), rho.shape)
    pairs = int((mind[:, None] != mind[None, :]).sum() / 2)
    return abs(rho[at]), tuple(frame.columns[list(at)]), pairs, len(frame)


def named(prefix, array):
    return pd.DataFrame(np.asarray(array), columns=[f"{prefix}_{k}" for k in range(np.shape(array)[1])])


def varying(parameters, n):
    return pd.DataFrame({k: v for k, v in parameters.items() if np.shape(v) == (n,)})


def the_deal(reading, n, seed):
    """What chapters 7 to 9 join: the assumptions, the steps' values and undo times, and the minds."""
    values, uniforms = deal.draws(n, seed)
    minds = pd.DataFrame(deal.minds(reading, n, seed), columns=[f"mind_{reading}_{g}" for g in GOALS])
    return pd.concat([values, *(named(k, u) for k, u in uniforms.items()), minds], axis=1)


def the_floor(reading, n, seed):
    """Chapter 9's floor and ceiling: the deal, and what is believed about warning, detection and answer."""
    return pd.concat([the_deal(reading, n, seed), varying(deterrence.beliefs(n, seed), n)], axis=1)


def the_futures(n, seed, chunk):
    """Chapters 5 and 6, with the shocks that one form of the model adds, and chapter 10's own rows."""
    d = options.draw(n, seed, chunk)
    shocks = named("shock", sampling.points(n, len(POLICIES), (seed, chunk, 1)))
    own = varying(sampling.draw(stakes.rows(), n, (seed, 10, chunk))[0], n)
    of_minds = named("uniform", d.uniforms)  # not the minds: their concentration is drawn too
    return pd.concat([varying(d.parameters, n), of_minds, shocks, own], axis=1)


def the_theft(n, seed):
    """Chapter 4: margins beside the gross theft of every year."""
    p = varying(economies._draws((*economies.MARGINS, "kept_laundering"), n, seed), n)
    return pd.concat([p, named("theft", sampling.points(n, len(economies.theft_ranges()), (seed, 1)))], axis=1)


RESULTS = {
    "schedules, and exchange's sample": lambda: the_deal("narrow", int(evidence.central("n_schedules")), 0),
    "schedules, another seed": lambda: the_deal("dealer", int(evidence.central("n_schedules")), 1),
    "schedules, a tenth": lambda: the_deal("dealer", int(evidence.central("n_schedules")), 0).head(
        int(evidence.central("n_schedules")) // 10
    ),
    "deterrence": lambda: the_floor("narrow", deterrence.MINDS, deterrence.SEED),
    "options, futures and stakes": lambda: the_futures(2 ** int(evidence.central("chunk_log2")), options.SEED, 0),
    "another chunk": lambda: the_futures(2 ** int(evidence.central("chunk_log2")), options.SEED, 3),
    "theft against relief": lambda: the_theft(economies.N, economies.SEED),
    "partners": lambda: varying(partners.draw(1024, 2017), 1024),
    "argument": lambda: pd.DataFrame(argument.drawn_credences(argument.credences("2017"), 64)),
    "sensitivity, groups": lambda: named("x", futures.design(["a"] * len(options.dimensions()), 2048, 7)[:, 0]),
    "sensitivity, single rows": lambda: pd.concat(
        [named(k, futures.design(["a"] * len(options.dimensions()), 512, 7)[:, i]) for i, k in enumerate("ab")], axis=1
    ).iloc[:, : 2 * len(options.dimensions())],
}


@pytest.mark.parametrize("name", RESULTS)
def test_no_two_drawn_parameters_are_tied(name):
    frame = RESULTS[name]()
    rho, columns, pairs, n = largest(frame)
    assert pairs > 100 and rho <= limit(n, pairs), f"{columns}: |ρ| = {rho:.2f}, at most {limit(n, pairs):.2f}"


def test_the_bound_is_met_by_independent_draws_and_missed_by_joined_nets():
    rng = np.random.default_rng(5)
    for n, d in ((30, 100), (300, 130), (4096, 100)):
        rho, _, pairs, _ = largest(named("x", rng.random((n, d))))
        assert 0.4 * limit(n, pairs) < rho <= limit(n, pairs)
    joined = [qmc.Sobol(d, rng=np.random.default_rng(s)).random(512)[:300] for d, s in ((24, 1), (100, 2))]
    rho, _, pairs, n = largest(pd.concat([named(k, u) for k, u in zip("ab", joined, strict=True)], axis=1))
    assert rho > 2 * limit(n, pairs)


def test_points_are_stratified_apart_and_the_same_each_time():
    u = sampling.points(300, 7, (3, 1))
    assert (np.sort((u * 300).astype(int), axis=0) == np.arange(300)[:, None]).all()
    np.testing.assert_array_equal(u, sampling.points(300, 7, (3, 1)))
    for other in (sampling.points(300, 7, (3, 2)), sampling.points(300, 8, (3, 1))[:, :7], sampling.points(300, 7, 3)):
        both = pd.concat([named("a", u), named("b", other)], axis=1)
        assert largest(both)[0] <= limit(300, 91)


def test_minds_of_a_reading_are_those_of_its_own_columns():
    u = sampling.points(50, 24, 4)
    for k, reading in enumerate(terms.READINGS):
        conc = evidence.central(f"conc_{reading}")
        own = kims.weights(u[:, 8 * k : 8 * k + 8], kims.means(reading), conc)
        np.testing.assert_array_equal(kims.minds(reading, 50, 4), own)


def test_odds_of_the_events_are_drawn_together():
    register = evidence.assumptions()
    rows = [i for i in register.index if i.startswith("fc_or_")]
    frame = varying(sampling.draw(register.loc[rows], 1024, 12)[0], 1024)
    rho, _, pairs, n = largest(frame)
    assert events.teaching and rho <= limit(n, pairs)
