"""Claims: a sentence stands while its test holds, and the margin says how far it is from turning."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargain import prose

NUMBERS = st.floats(-1e6, 1e6)


@given(NUMBERS, NUMBERS)
def test_a_comparison_holds_one_way_at_most_and_its_margin_has_the_sign(a, b):
    up, down = prose.more(a, b), prose.less(a, b)
    assert not (up and down)
    assert up.holds == (up.margin > 0) and down.holds == (down.margin > 0)
    assert up.margin == -down.margin


def test_what_is_not_a_number_bears_nothing_out():
    for test in (prose.more(np.nan, 1), prose.less(1, np.nan), prose.between(np.nan, 0, 1)):
        assert not test


@given(st.lists(NUMBERS, min_size=2, max_size=6, unique=True))
def test_one_leads_one_trails_and_the_lead_is_the_distance_to_the_next(values):
    named = {str(i): v for i, v in enumerate(values)}
    first = [n for n in named if prose.leads(named, n)]
    last = [n for n in named if prose.trails(named, n)]
    assert [named[n] for n in first] == [max(values)] and [named[n] for n in last] == [min(values)]
    assert prose.leads(named, first[0]).margin == pytest.approx(max(values) - sorted(values)[-2])


def test_a_tie_leads_nowhere():
    assert not prose.leads({"a": 1.0, "b": 1.0}, "a") and not prose.trails({"a": 1.0, "b": 1.0}, "a")


def test_every_test_must_hold_and_the_nearest_gives_the_margin():
    near, far, not_so = prose.more(1.01, 1), prose.more(9, 1), prose.more(1, 2)
    assert prose.every(near, far).margin == near.margin
    assert prose.every(near, far) and not prose.every(near, far, not_so)
    assert prose.every(near, far, not_so).margin == not_so.margin
    assert math.isnan(prose.same("a", "a").margin) and prose.every(prose.same("a", "a"), far).margin == far.margin


def test_most_counts_draws_and_a_claim_prints_one_of_its_two_wordings():
    assert prose.most([1, 1, 0]) and not prose.most([1, 0]) and not prose.most([1, 1, 0], 0.9)
    assert prose.claim(prose.more(2, 1), "more", "not more") == "more"
    assert prose.claim(prose.more(1, 2), "more", "not more") == "not more"


def test_small_numbers_have_no_exponent():
    shown = [prose.plain_number(x) for x in (5.6e-17, -3e-17, 1e-9, 1e-5, -1e-5, 0.25, 0, 1234.4)]
    assert shown == ["0", "0", "0.000000001", "0.00001", "-0.00001", "0.25", "0", "1,234"]


def test_what_a_test_compares_is_read_in_words():
    assert prose.same(True, np.True_).words == "yes = yes" and prose.same(12.0, 12).words == "12 = 12"
    assert prose.same([], ["talks", "force"]).words == "none = talks and force"
    assert prose.same({"b", "a"}, {"a", "b"}).words == "a and b = a and b" and prose.same(None, "x").words == "none = x"


def test_a_table_has_its_headings_and_rows_in_words():
    frame = pd.DataFrame({"who": ["dealer", "status_quo", "no change"], "x": [1.0, 2.0, 3.0], "y": [0, 0, 0]})
    shown = prose.in_words(frame.rename_axis(columns="z"), {"x": "Share"}, rows="who")
    assert shown.to_dict() == {"Share": {"Deal-seeker": 1, "Status quo": 2, "No change": 3}}
    assert shown.index.name is None and shown.columns.name is None
    assert str(shown["Share"].iloc[0]) == "1"
    pd.testing.assert_frame_equal(prose.in_words(frame.set_index("who"), {"x": "Share"}), shown)
    with pytest.raises(KeyError):
        prose.in_words(frame, {"w": "Weight"})
