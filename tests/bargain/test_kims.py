"""Three Kims, each stated once: what moves each in the models is what his reading says of him."""

import shutil
from itertools import product

import numpy as np
import pytest

from bargain import evidence, futures, kims, options, readings
from bargain.terms import GOALS, POLICIES, READINGS

REGISTER = evidence.assumptions()
FORCE, PRESSURE, TALKS, QUO, ACCEPT = range(5)
MOVES = ("gain", "loss", "blow")


@pytest.fixture(scope="module")
def draw():
    return options.draw(2**11, 3)


def yields(draw, **rows):
    """Mean chance to accommodate, (reading, policy)."""
    return kims.respond(draw.parameters | rows, draw.minds).mean(axis=0)[..., 0]


def ends(reading):
    """Every corner of the ranges of what moves a reading: {row: value}."""
    names = [f"{kind}_{reading}" for kind in MOVES]
    for corner in product(*({REGISTER.at[n, "low"], REGISTER.at[n, "high"]} for n in names)):
        yield dict(zip(names, corner, strict=True))


def test_the_narrow_kim_yields_more_to_pressure_than_to_nothing(draw):
    for rows in ends("narrow"):
        chance = yields(draw, **rows)[READINGS.index("narrow")]
        assert chance[PRESSURE] > 1.2 * chance[QUO], rows
    chance = yields(draw)[READINGS.index("narrow")]
    assert chance[PRESSURE] > 3 * chance[TALKS]  # and offers hardly move him


def test_the_deal_seeker_yields_most_to_talks(draw):
    for rows in ends("dealer"):
        chance = yields(draw, **rows)[READINGS.index("dealer")]
        assert chance.argmax() == TALKS, (rows, chance)


def test_the_creature_of_habit_yields_to_nothing_but_force(draw):
    habit = kims.habit(draw.parameters)[:, 0].mean()
    for rows in ends("irrational"):
        chance = yields(draw, **rows)[READINGS.index("irrational")]
        np.testing.assert_allclose(chance[[PRESSURE, TALKS, QUO, ACCEPT]], habit, rtol=1e-9)
        assert chance[FORCE] > 1.2 * habit, rows


def test_the_flags_of_the_record_test_these_very_claims():
    """Chapter 1: pressure restrains the narrow Kim, talks the deal-seeker, nothing the creature of habit."""
    assert {"pressure", "talks"} <= set(readings.panel().columns)
    told = evidence.table("readings").set_index("id")
    assert "Costs, and only costs" in told.at["narrow", "moves"] and told.at["narrow", "policy"].startswith("Pressure")
    assert "Offers" in told.at["dealer", "moves"] and told.at["dealer", "policy"].startswith("Talks")
    assert "Neither offers nor costs" in told.at["irrational", "moves"]
    assert options.PAIRING == {r: told.at[r, "policy"].split(":")[0].lower() for r in READINGS}


def test_what_he_feels_by_hand(draw):
    p, delta = draw.parameters, kims.changes(draw.parameters)
    for k, reading in enumerate(("narrow", "dealer")):
        felt = kims.felt(p, delta, reading)
        for i, g, r, z in product((0, 700), range(5), range(3), range(8)):
            rest, added = delta[i, QUO, r, z], delta[i, g, r, z] - delta[i, QUO, r, z]
            row = "gain" if added > 0 else "blow" if g == FORCE else "loss"
            times = 1.0 if added <= 0 and r == 0 else p[f"{row}_{reading}"][i]
            assert felt[i, g, r, z] == pytest.approx(rest + times * added, abs=1e-12), (k, g, r, z)


def test_at_one_everything_is_felt_as_it_is(draw):
    whole = draw.parameters | {f"{kind}_narrow": 1.0 for kind in MOVES}
    delta = kims.changes(whole)
    np.testing.assert_allclose(kims.felt(whole, delta, "narrow"), delta, atol=1e-12)


def test_a_probe_asks_the_same_kim(draw):
    honest = draw.parameters | {"probe_bluff": 0.0}
    accept = futures.accepts(honest, draw.minds, (1.0,))[0][0].mean(axis=0)
    assert accept[READINGS.index("dealer")] > 2 * accept[READINGS.index("narrow")]
    deaf = draw.parameters | {"gain_dealer": 0.0, "probe_bluff": 0.0}
    assert futures.accepts(deaf, draw.minds, (1.0,))[0][0].mean(axis=0)[READINGS.index("dealer")] < 0.1


def test_a_missing_row_is_named(draw):
    for kind in MOVES:
        less = {k: v for k, v in draw.parameters.items() if k != f"{kind}_narrow"}
        with pytest.raises(KeyError, match=f"{kind}_narrow"):
            kims.respond(less, draw.minds)


def test_a_reading_without_what_moves_him_is_named_by_file_row_and_column(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(evidence.DATA, folder)
    path = folder / "assumptions.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("loss_narrow,")), "utf-8")
    found = [p for p in evidence.problems("readings", folder) if "loss_narrow" in p.rule]
    assert [(p.line, p.column, p.key) for p in found] == [(3, "id", "narrow")]


def test_weights_that_do_not_sum_to_one_are_named(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(evidence.DATA, folder)
    path = folder / "assumptions.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    more = [x.replace("0.13,0.13,0.13", "0.2,0.2,0.2") if x.startswith("mean_dealer_reform,") else x for x in lines]
    assert more != lines
    path.write_text("".join(more), "utf-8")
    found = [p for p in evidence.problems("readings", folder) if "sum to 1" in p.rule]
    assert [(p.line, p.column, p.key) for p in found] == [(4, "id", "dealer")]


def test_weights_and_names_come_from_one_table():
    told = evidence.table("readings").set_index("id")
    assert tuple(told.index) == READINGS
    for reading in READINGS:
        assert kims.means(reading).sum() == pytest.approx(1) and len(kims.means(reading)) == len(GOALS)
    assert {p.split(":")[0].lower() for p in told.policy} < set(POLICIES)


def test_answers_of_many_futures_are_each_futures_own():
    """Row k of all together is the row of parameters and minds k alone: dominance, habit and movers included."""
    several = (*READINGS, "survival", "dominance")
    p, minds, _ = options.draw(8, 5, readings=several)
    p |= {"w_dominance": np.linspace(0.1, 0.9, 8)}
    together = kims.respond(p, minds, several)
    for k in range(8):
        alone = {name: value[k] if np.ndim(value) else value for name, value in p.items()}
        np.testing.assert_allclose(together[k], kims.respond(alone, minds[k : k + 1], several)[0], atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 2, 8), (1, 4, 8), (1, 3, 4), (3, 8), (8,)])
def test_minds_of_another_shape_are_refused(draw, shape):
    even = np.full(shape, 1 / shape[-1])
    with pytest.raises(ValueError, match="must have the shape"):
        kims.respond(draw.parameters, even)


def test_pairing_takes_the_longer_of_the_two_and_refuses_what_is_no_number():
    delta, minds = np.arange(48.0).reshape(1, 3, 2, 8), np.arange(40.0).reshape(5, 8)
    for one, other in ((delta, minds), (np.repeat(delta, 5, axis=0), minds[:1])):
        left, right = kims.pair(one, other)
        assert left.shape == (5, 3, 2, 8) and right.shape == (5, 8)
        assert (left == one).all() and (right == other).all()
    with pytest.raises(ValueError, match="delta"):
        kims.pair(np.where(delta == 7, np.nan, delta), minds)
    with pytest.raises(ValueError, match="minds"):
        kims.pair(delta, np.where(minds == 7, np.inf, minds))
