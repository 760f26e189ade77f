"""Which assumptions matter: the measure, on planted draws, and its table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from bargain import decisive, evidence, results

RNG = np.random.default_rng(5)
DRAWN = {"strong": RNG.normal(size=400), "weak": RNG.normal(size=400), "fixed": np.full(400, 2.0), "one": 3.0}


def test_a_planted_driver_is_found_and_its_sign_kept():
    rho = decisive.ranks(DRAWN, -np.exp(3 * DRAWN["strong"]))
    assert rho["strong"] == pytest.approx(-1) and abs(rho["weak"]) < 0.15
    assert list(rho.index) == ["strong", "weak"]  # what is not drawn says nothing


@given(st.lists(st.integers(-4, 4), min_size=8, max_size=30), st.integers(0, 99))
def test_ties_are_ranked_as_scipy_ranks_them(outcome, seed):
    x = np.random.default_rng(seed).normal(size=len(outcome))
    expected = spearmanr(x, outcome).statistic if len(set(outcome)) > 1 else 0.0
    assert decisive.ranks({"x": x}, np.array(outcome))["x"] == pytest.approx(expected, abs=1e-12)


def test_readings_are_averaged_and_a_reading_that_never_changes_is_left_out():
    x = DRAWN["strong"]
    assert decisive.ranks(DRAWN, np.stack([x, -x]))["strong"] == pytest.approx(0, abs=1e-12)
    assert decisive.ranks(DRAWN, np.stack([x, np.zeros(400)]))["strong"] == pytest.approx(1)


@pytest.mark.parametrize("outcome", [np.full(400, np.nan), np.zeros(399)])
def test_what_is_no_outcome_of_the_draws_is_refused(outcome):
    with pytest.raises(ValueError, match="outcome"):
        decisive.ranks(DRAWN, outcome)


def test_each_row_stands_once_by_its_largest_correlation():
    stored, table = results.load("decisive_rows"), decisive.matters()
    assert table.index.is_unique and set(table.index) == set(stored["id"]) <= set(evidence.assumptions().index)
    largest = stored["rho"].abs().groupby(stored["id"]).max()
    assert np.allclose(table["rho"].abs(), largest[table.index]) and (table["rho"].abs().diff().dropna() <= 0).all()
    assert set(table["chapter"]) == {3, 4, 5, 7, 8, 9, 10} and table["rho"].abs().max() <= 1


def test_each_assumption_says_by_itself_what_it_is():
    """A row is linked, filtered and ranked alone: none leans on the one above it."""
    meaning = evidence.assumptions()["meaning"]
    assert not meaning[meaning.str.match(r"(?i)(the same|as above|likewise|ditto)\b")].index.tolist()
    assert not meaning[meaning.duplicated(keep=False)].index.tolist()
