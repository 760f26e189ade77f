"""Negotiate it yourself: the table of draws, what the model makes of a deal over it, and the page in a browser."""

import gzip
import json
import random

import numpy as np
import pytest

from bargain import deal, evidence, one_deal, results, roadmaps, schedules
from bargain.live import negotiate
from bargain.terms import COALITION, KIM, MINDS, SIDES

STEPS = negotiate._base().steps
OTHER = {"belief": [1, 7, 2, 4], "doubt": [0.5, 1.4], "out": [2, 0.25], "premium": 75}


def some_deal(chance):
    """Starts of a random deal: any steps at any half-years, whether or not the table allows them."""
    share = chance.choice([0.2, 0.5, 0.8])
    return [chance.randrange(1, negotiate.STARTS + 1) if chance.random() < share else 0 for _ in range(STEPS)]


def deals(n, seed):
    chance = random.Random(seed)
    return [some_deal(chance) for _ in range(n)]


# --- the table


def test_what_is_packed_comes_back_rounded():
    columns = np.array([[1234.56789, 0.0, 7.0, np.inf, -1e-5], [-0.00123456, 0.0, 7.0, np.inf, 2e-5]])
    columns = np.repeat(columns, negotiate.draws() // 2, axis=0)
    got = negotiate.unpacked(json.loads(json.dumps(negotiate.packed(columns))))
    assert np.array_equal(got[:, 1:4], columns[:, 1:4])
    for k in (0, 4):  # to DIGITS of the column's largest value
        most = np.abs(columns[:, k]).max()
        assert 0 < np.abs(got[:, k] - columns[:, k]).max() <= most * 10.0 ** (1 - negotiate.DIGITS) or k == 4
    with pytest.raises(ValueError, match="partly infinite"):
        negotiate.packed(np.array([[1.0], [np.inf]]))


def test_the_page_has_the_draws_of_the_chapter():
    assert negotiate.draws() >= 200
    for reading in MINDS:
        for k in (0, 1, negotiate.draws() - 1):
            page, (chapter, _) = negotiate.drawn(reading, k), schedules.drawn(reading, k)
            for name in ("live", "hostile", "undo"):
                np.testing.assert_allclose(getattr(page.deal, name), getattr(chapter.deal, name), rtol=1e-4, atol=1e-3)
            for name in negotiate.BELIEFS:
                np.testing.assert_allclose(getattr(page, name), getattr(chapter, name), rtol=1e-4)


def test_patient_cheats_are_refused(monkeypatch):
    build = deal.build

    def patient(*values):
        case = build(*values)
        return case.__class__(**{**case.__dict__, "patient": np.array([0.1, 0.0])})

    monkeypatch.setattr(deal, "build", patient)
    monkeypatch.setattr(negotiate, "draws", lambda: 2)
    with pytest.raises(ValueError, match="patient_share"):
        negotiate.table.__wrapped__()


def test_table_and_script_are_light():
    script = (evidence.ROOT / "_extensions/report/negotiate.js").read_bytes()
    table = json.dumps(negotiate.page_data(), ensure_ascii=False, separators=(",", ":")).encode()
    assert len(gzip.compress(script)) + len(gzip.compress(table)) <= 250_000


# --- the sums


@pytest.fixture(scope="module")
def judged():
    some = [*deals(60, 2019), [0] * STEPS]
    return some, negotiate.judge(some)


def test_a_deal_is_judged_as_the_model_evaluates_it(judged):
    some, got = judged
    chance = random.Random(1)
    reasons = set()
    for which in chance.sample(range(len(some) - 1), 12):
        r, k = chance.randrange(len(MINDS)), chance.randrange(negotiate.draws())
        plain = deal.evaluate(negotiate.drawn(MINDS[r], k), negotiate.dates(some[which]))
        short = deal.shortfalls(plain) > deal.TOLERANCE
        for p, unit in ((KIM, r), (COALITION, len(MINDS))):
            np.testing.assert_allclose(got.carry[which, unit, k], plain.carry[p], rtol=1e-9, atol=1e-8)
            np.testing.assert_allclose(got.walk[which, unit, k], plain.walk[p], rtol=1e-9, atol=1e-8)
            assert got.due[unit, k] == pytest.approx(plain.due[p, 0], rel=1e-12)
            first = negotiate.first_failing(got.carry[which, unit, k], got.walk[which, unit, k], got.due[unit, k])
            assert first == (short[p].argmax() + 1 if short[p].any() else 0)
            reasons.add(_cause_is_the_heaviest(plain, p, int(first), int(got.cause[which, unit, k])))
    assert {"step", "stays"} <= reasons


def _cause_is_the_heaviest(plain, p, first, cause):
    """Taking any other own step out of the failing row would help its side less than taking out the cause."""
    if not first:
        assert cause == -1
        return "stays"
    x = deal.paths(plain.programme.case.deal, plain.dates, plain.programme.clock.periods)
    carry = (plain.programme.carry[p, first - 1] * x).sum(axis=1)
    walk = (plain.programme.walk[p, first - 1] * x).sum(axis=1)
    against = carry - (walk if walk.sum() > 0 else 0)
    mine = [i for i in range(STEPS) if plain.programme.case.deal.owner[i] == p]
    least = min(mine, key=lambda i: against[i])
    assert cause == (least if against[least] < 0 else -1)
    return "step" if cause >= 0 else "holding out"


def test_the_readers_own_moves_what_it_says(judged):
    case = negotiate.cases()[0][0]
    doubt = negotiate._owned(case, negotiate.OWN | {"doubt": [0.5, 9]})
    assert doubt.trust[KIM] == pytest.approx(1 - (1 - case.trust[KIM]) / 2) and doubt.trust[COALITION] == 0
    np.testing.assert_array_equal(doubt.hazard, case.hazard)
    out = negotiate._owned(case, negotiate.OWN | {"out": [2, 0], "premium": 50})
    assert out.out.tolist() == [case.out[KIM] * 2 + 50, 0]
    plain = negotiate._owned(case, negotiate.OWN)
    np.testing.assert_allclose([plain.trust, plain.out], [case.trust, case.out], rtol=1e-15)
    start = negotiate.row(negotiate.presets()["derived"]["starts"])
    others = (negotiate.OWN | {"premium": 300}, negotiate.OWN | {"belief": [0, 0, 0, 9]})
    signs = [negotiate.judged()["derived"]]
    signs += [negotiate.summary(negotiate.judge([start], own), 0, start, own) for own in others]
    assert sum(signs[1].kim) < sum(signs[0].kim) and signs[1].coalition == signs[0].coalition
    assert signs[2].signed == signs[2].lasts == signs[2].gone == 0 and signs[2].leaves is None


def test_a_summary_counts_pairs(judged):
    some, got = judged
    for which in range(0, len(some) - 1, 5):
        said = negotiate.summary(got, which, some[which], OTHER)
        signs = got.carry[which, :, :, 0] >= got.due - deal.TOLERANCE
        short = got.due[..., None] + np.maximum(got.walk[which], 0) - got.carry[which] > deal.TOLERANCE
        kept = ~short[:-1].any(axis=-1) & ~short[-1].any(axis=-1)
        weight = np.array(OTHER["belief"][:3]) / sum(OTHER["belief"]) / negotiate.draws()
        assert said.kim == signs[:-1].sum(axis=1).tolist() and said.kept == kept.sum(axis=1).tolist()
        assert said.lasts == pytest.approx(weight @ kept.sum(axis=1))
        assert said.signed == pytest.approx(weight @ (signs[:-1] & signs[-1]).sum(axis=1))
        assert said.alive[-1] == pytest.approx(said.lasts) and (np.diff(said.alive) <= 1e-12).all()
        # whoever has signed walks in some half-year, or keeps the deal
        assert said.walks.sum() + said.lasts == pytest.approx(said.signed)
        assert 0 <= said.gone <= said.removed + 1e-9


def test_an_empty_deal_is_worth_nothing(judged):
    some, got = judged
    assert not got.carry[-1].any() and not got.walk[-1].any() and (got.cause[-1] == -1).all()
    said = negotiate.answer(negotiate.summary(got, len(some) - 1, some[-1]), empty=True)
    assert said[0].startswith("Nothing is on the table")


def test_who_leaves_is_the_commonest_with_its_median():
    votes = [(1, 0, 3, 5, True), (2, 1, 2, 7, False), (1, 1, 9, 8, True), (1, 1, 4, 7, True)]
    assert negotiate._leaves(votes) == negotiate.Leaves(1, 3.0, 7, False)  # 2, 2, 4, 9; a tie of reasons: the lesser
    assert negotiate._leaves([]) is None


# --- deals to start from


def test_deals_to_start_from_are_those_of_the_tables():
    plans = negotiate.presets()
    assert list(plans)[:3] == ["empty", "derived", "kept"]
    assert list(plans)[3:] == list(evidence.table("roadmap_list")["id"])
    coded = evidence.table("roadmaps").dropna(subset=["start"])
    for plan, rows in coded.groupby("roadmap"):
        assert plans[plan]["starts"] == dict(zip(rows["step"], rows["start"].astype(int), strict=True))
    for plan in plans.values():
        assert len(negotiate.row(plan["starts"])) == STEPS
    if results.changed("schedules_order"):
        pytest.skip("the stored schedules are older than the table of steps")
    central = one_deal.central(results.load("schedules_order"))
    for key in ("derived", "kept"):
        dates = negotiate.dates(negotiate.row(plans[key]["starts"]))
        assert dates.any() and deal.forbidden(deal.build().deal, dates) == []
        assert (dates == central.dates.to_numpy()).all() or key == "kept"


def test_the_page_counts_what_the_table_of_roadmaps_counts():
    if results.changed("roadmaps_verdicts"):
        pytest.skip("the stored verdicts are older than what they rest on")
    table = roadmaps.summary(results.load("roadmaps_verdicts"))
    assert len(table) >= 9
    for plan, row in table.iterrows():
        said = negotiate.judged()[plan]
        assert [k / negotiate.draws() for k in said.kim] == pytest.approx([row[f"signs_{m}"] for m in MINDS], abs=1e-9)
        assert said.coalition / negotiate.draws() == pytest.approx(row["signs_coalition"], abs=1e-9)
        assert (said.signed, said.lasts) == pytest.approx((row["signs"], row["keeps"]), abs=1e-9)
        assert (said.removed, said.gone) == pytest.approx((row["removed"], row["gone"]), abs=1e-9)
        assert said.cost == pytest.approx(row["cost"], rel=1e-4)
        if said.leaves:
            if row["leaver"] == SIDES[said.leaves.side]:  # where as many of both leave, either is told
                assert said.leaves.period == row["period"]


def test_who_checks_is_named_in_the_middle_of_a_sentence():
    checked = {s["id"]: s["checked"] for s in negotiate.page_data()["steps"]}
    assert checked["U11"].startswith("Kim himself") and checked["K03"] == "the IAEA itself"
    assert checked["K01"].startswith("seismic stations")


def test_bad_starts_are_refused():
    with pytest.raises(KeyError, match="X99"):
        negotiate.row({"X99": 1})
    with pytest.raises(ValueError, match="K01 in 13"):
        negotiate.row({"K01": 13})


def test_counts_of_a_hundred():
    assert [negotiate.in100(x) for x in (0, 0.001, 0.005, 0.125, 0.994, 0.997, 1)] == [
        "0", "fewer than 1", "1", "13", "99", "more than 99", "100"]  # fmt: skip
