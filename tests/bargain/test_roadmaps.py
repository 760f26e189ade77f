"""Roadmaps in the steps of a deal: read as they stand, judged as a schedule is, and refused where the table forbids."""

import csv
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import uneven

from bargain import deal as base
from bargain import evidence, results, roadmaps, schedules
from bargain.live import negotiate
from bargain.terms import COALITION, KIM, MINDS, SIDES


def _raw(name):
    with open(evidence.DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------------------------------------ as data
def test_a_roadmap_is_what_its_rows_say():
    """Starts are those of the file, and a step is done when its duration is over."""
    deal, steps = base.build().deal, {row["id"]: row for row in _raw("deal_steps")}
    for roadmap in roadmaps.listed().index:
        mine = [r for r in _raw("roadmaps") if r["roadmap"] == roadmap and r["start"]]
        begin = roadmaps.starts(roadmap)
        assert begin == {r["step"]: int(r["start"]) for r in mine} and begin
        done = roadmaps.dates(deal, begin)
        for i, step in enumerate(deal.ids[: deal.steps]):
            assert done[i] == (begin[step] + int(steps[step]["duration"]) if step in begin else 0), (roadmap, step)
    assert set(roadmaps.coded()["roadmap"]) == set(roadmaps.listed().index)


def test_what_is_no_roadmap_and_no_start_is_refused():
    deal = base.build().deal
    with pytest.raises(KeyError, match="no such roadmap: 'GENEVA'"):
        roadmaps.starts("GENEVA")
    with pytest.raises(KeyError, match="K99"):
        roadmaps.dates(deal, {"K99": 1})
    with pytest.raises(ValueError, match="K01 starts in half-year 0"):
        roadmaps.dates(deal, {"K01": 0})


SPOILT = [  # (rows of a roadmap, what is changed in them, what the report names)
    ({"roadmap": "USA2019", "step": "K03"}, None, "must wait for K03"),  # a row taken out
    ({"roadmap": "SIX2007", "step": "K04"}, {"start": "1"}, "must be 2 or more"),
    ({"roadmap": "AF1994", "step": "K02"}, {"start": "13"}, "start"),
    ({"roadmap": "AF1994", "step": "K02"}, {"step": "K77"}, "K77"),
    ({"roadmap": "AF1994", "step": "K02"}, {"step": "K03"}, "K03"),  # twice
    ({"roadmap": "AF1994", "step": "X1"}, {"start": "2"}, "must be empty"),
    ({"roadmap": "KIM2019", "step": "K06"}, {"start": ""}, "must be filled in"),
    ({"roadmap": "LIB2003", "step": "K08"}, {"note": ""}, "must wait for K04"),
]


@pytest.mark.parametrize(("where", "change", "told"), SPOILT)
def test_a_promise_that_cannot_stand_is_reported_where_it_is(tmp_path, where, change, told):
    """Prerequisites, half-years, steps and doubles of a roadmap are checked with the data."""
    folder = tmp_path / "data"
    shutil.copytree(evidence.DATA, folder)
    rows = _raw("roadmaps")
    (hit,) = [r for r in rows if where.items() <= r.items()]
    if change is None:
        rows.remove(hit)
    else:
        hit.update(change)
    with open(folder / "roadmaps.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    found = [str(p) for p in evidence.problems("roadmaps", folder)]
    assert any(told in p and "roadmaps.csv, line" in p for p in found), found


def test_broken_names_what_a_roadmap_does_not_wait_for():
    """As the rule of the data: a roadmap may start before what it needs only where its note names that."""
    deal = base.build().deal
    assert roadmaps.broken(deal, {"K02": 1, "K03": 1}) == {}
    assert roadmaps.broken(deal, {"K03": 1}) == {"K03": ["K02"]}
    late = {"K02": 1, "K03": 1, "K06": 1, "K04": 2, "K07": 3}
    assert "K07" not in roadmaps.broken(deal, late)  # both are done by half-year 3
    assert roadmaps.broken(deal, {**late, "K04": 3}) == {"K07": ["K04"]}
    notes = {(r["roadmap"], r["step"]): r["note"] for r in _raw("roadmaps")}
    for roadmap in roadmaps.listed().index:
        for step, needs in roadmaps.broken(deal, roadmaps.starts(roadmap)).items():
            assert all(j in notes[roadmap, step] for j in needs), (roadmap, step)


# ------------------------------------------------------------------------------------------------ verdicts
def _judged(case, begin, **clock):
    return roadmaps.judge(base.evaluate(case, roadmaps.dates(case.deal, begin), base.Clock(**clock)))


def test_doing_nothing_is_signed_where_nothing_is_held_out_for_and_removes_nothing():
    case = uneven.build({"out_kim": 0.0, "out_coalition": 0.0})
    assert _judged(case, {}) == roadmaps.Verdict((True, True), (True, True), "", 0, "", 0.0, 0.0, 0.0)
    waits = _judged(uneven.build({"out_kim": 5.0, "out_coalition": 0.0}), {})
    assert waits.signs == waits.keeps == (False, True) and waits.leaver == "kim" and waits.period == 1


def test_the_verdict_is_that_of_the_rows():
    """Signing is the first no-regret row, keeping is all rows of both kinds, on a hundred random deals."""
    rng, case = np.random.default_rng(4), uneven.build({"out_kim": 0.0, "out_coalition": 0.0})
    kept = signed = 0
    for _ in range(100):
        some = rng.choice(case.deal.steps, rng.integers(1, 9), replace=False)
        begin = {case.deal.ids[i]: int(rng.integers(1, 13)) for i in some}
        got = base.evaluate(case, roadmaps.dates(case.deal, begin))
        verdict = roadmaps.judge(got)
        for p in (KIM, COALITION):
            over = got.carry[p] - got.due[p] + base.TOLERANCE
            assert verdict.signs[p] == (over[0] >= 0)
            assert verdict.keeps[p] == (np.all(over >= 0) and np.all(over >= got.walk[p]))
        assert all(s or not k for s, k in zip(verdict.signs, verdict.keeps, strict=True))
        assert (verdict.leaver == "") == all(verdict.keeps) and verdict.gone <= verdict.removed
        kept, signed = kept + all(verdict.keeps), signed + all(verdict.signs)
    assert 0 < kept <= signed < 100


def _planted():
    """Two steps of Kim's and two of the coalition's in a world without fear; all others are worth nothing."""
    case = uneven.build({"out_kim": 0.0, "out_coalition": 0.0})
    live, hostile = np.zeros_like(case.deal.live), np.zeros_like(case.deal.hostile)
    for step, kim, coalition in (("K02", -1, 30), ("K09", -1, 30), ("U03", 40, -1), ("U02", 40, -20)):
        live[:, case.deal.at(step)[0]] = kim, coalition
    deal = replace(case.deal, live=live, hostile=hostile)
    return replace(case, deal=deal, trust=np.ones(2), residual=np.zeros(2), hazard=np.zeros(2), spike=np.zeros(2))


def test_a_deal_breaks_first_where_the_dear_step_is_due():
    """Without fear a side stays while its future is worth more than nothing; a planted loss ends it on its date."""
    case = _planted()
    begin = {"K02": 1, "K09": 2, "U03": 1, "U02": 5}
    whole = _judged(case, begin)
    assert whole.keeps == (True, True) and whole.removed == whole.gone == 30
    assert whole.cost == pytest.approx(12 * 1 + 8 * 20)  # the flows of a living deal over six years
    live = case.deal.live.copy()
    live[COALITION, case.deal.at("U02")[0]] = -500
    dear = replace(case, deal=replace(case.deal, live=live))
    left = _judged(dear, begin)
    assert left.leaver == "coalition" and left.step == "U02" and not left.keeps[COALITION]
    # 60 a half-year of gains less 1 until half-year 4, then a loss of 441 for ever: worth less than nothing at once
    assert left.period == 1 and not left.signs[COALITION] and left.gone == 0
    live[COALITION, case.deal.at("U02")[0]] = -72
    later = _judged(replace(case, deal=replace(case.deal, live=live)), {**begin, "U02": 12})
    values = [
        sum(0.96 ** (s - t) * (30 - 1 + (30 if s >= 3 else 0) - (72 if s >= 12 else 0)) for s in range(t, 600))
        for t in range(1, 13)
    ]
    first = next(t for t, v in enumerate(values, 1) if v < 0)
    assert values[0] > 0 and first > 3
    assert later.signs == (True, True) and later.leaver == "coalition" and later.period == first
    assert later.step == "U02" and later.removed == later.gone == 30


def test_what_is_promised_in_part_can_count_half():
    """Values and weapons of such a step are halved, all others stay; a whole promise changes nothing."""
    case = uneven.build()
    frame = roadmaps.coded()
    part = set(frame[(frame["roadmap"] == "IRN2015") & (frame["extent"] == "part")]["step"])
    half = roadmaps.partly(case, "IRN2015", 0.5).deal
    for i, step in enumerate(case.deal.ids):
        factor = 0.5 if step in part else 1.0
        for name in ("live", "hostile"):
            assert np.allclose(getattr(half, name)[:, i], factor * getattr(case.deal, name)[:, i])
        assert half.weapons[i] == factor * case.deal.weapons[i]
    assert "K09" in part and np.array_equal(roadmaps.partly(case, "IRN2015", 1.0).deal.live, case.deal.live)
    with pytest.raises(ValueError, match="share"):
        roadmaps.partly(case, "IRN2015", 1.5)


def test_a_gift_never_lowers_the_side_that_gets_it():
    """One more step of the partner's that costs him nothing and is worth something: who signed still signs."""
    case = _planted()
    poor = _judged(case, {"K02": 1, "U03": 1})
    rich = _judged(case, {"K02": 1, "U03": 1, "U02": 1})
    assert poor.signs[KIM] <= rich.signs[KIM] and rich.signs[KIM]


# ------------------------------------------------------------------------------------------------ counted
def test_a_summary_counts_what_is_planted():
    """Shares, sides and steps of four draws by hand; what nobody signed has no leaver."""
    base_row = {"roadmap": "AF1994", "period": 1, "removed": 10.0, "gone": 0.0, "cost": 5.0}
    rows = [  # reading, Kim signs, coalition signs, Kim keeps, coalition keeps, leaver, step, period, gone
        ("narrow", False, True, False, True, "kim", "K03", 1, 0.0),
        ("narrow", True, False, True, False, "coalition", "U04", 1, 0.0),
        ("dealer", True, True, True, True, "", "", 0, 10.0),
        ("dealer", True, True, True, False, "coalition", "U09", 7, 4.0),
        ("dealer", True, False, True, False, "coalition", "U04", 1, 0.0),
    ]
    frame = pd.DataFrame(
        [
            base_row
            | dict(zip(("reading", "signs_kim", "signs_coalition", "keeps_kim", "keeps_coalition"), r[:5], strict=True))
            | {"draw": i, "half": i > 1, "leaver": r[5], "step": r[6], "period": r[7], "gone": r[8]}
            for i, r in enumerate(rows)
        ]
    )
    others = [frame.assign(roadmap=r) for r in roadmaps.listed().index if r != "AF1994"]
    got = roadmaps.summary(pd.concat([frame, *others])).loc["AF1994"]
    assert got["signs_narrow"] == 0.5 and got["signs_dealer"] == 1 and got["signs_coalition"] == 0.6
    assert got["half"] == 0.6 and got["signs"] == 0.4 and got["keeps"] == 0.2 and got["gone"] == pytest.approx(14 / 5)
    assert (got["refuses"], got["over"], got["refusing"]) == ("coalition", "U04", 0.4)
    assert (got["leaver"], got["step"], got["period"], got["leaving"]) == ("coalition", "U09", 7, 0.5)
    none = roadmaps.summary(pd.concat([frame[:2], *others])).loc["AF1994"]
    assert none["leaver"] == "" and np.isnan(none["period"]) and none["keeps"] == 0


def test_the_timeline_shows_each_coded_promise_on_its_side():
    frame = roadmaps.timeline()
    assert len(frame) == len(roadmaps.coded()) and set(frame["side"]) == set(SIDES)
    assert (frame["step"].str[0].map({"K": "kim", "U": "coalition"}) == frame["side"]).all()
    assert frame["start"].between(1, 12).all() and (frame["done"] >= frame["start"]).all()
    own, late = frame[frame["roadmap"] == "LIB2003"].set_index("step"), roadmaps.starts("LIB2003")
    for step, needs in {"K02": [], **roadmaps.broken(base.build().deal, late)}.items():
        assert own.loc[step, "broken"] == " ".join(needs)


def test_the_table_to_read_names_who_leaves_only_where_some_sign():
    counts = roadmaps.summary(results.load("roadmaps_verdicts"))
    printed = roadmaps.shown(counts).set_index("Roadmap")
    for row in counts.itertuples():
        told = printed.loc[row.name]
        assert ("Left by" in told["Where it breaks first"]) == (row.signs >= roadmaps.SOME and row.leaver != "")
        assert told["Both keep"] == f"{row.keeps:.0%}" and told["Kims that sign, per cent"].count("/") == 2


def test_the_table_says_what_the_page_of_negotiations_says():
    """Two ways to the same counts: the page's own sums, over draws rounded to its digits, and the stored verdicts."""
    counts, page = roadmaps.summary(results.load("roadmaps_verdicts")), negotiate.judged()
    n, readings = negotiate.draws(), len(MINDS)
    for roadmap, row in counts.iterrows():
        said = page[roadmap]
        for count, of in zip(said.kim, MINDS, strict=True):
            assert count / n == pytest.approx(row[f"signs_{of}"], abs=1.5 / n), (roadmap, of)
        assert said.coalition / n == pytest.approx(row["signs_coalition"], abs=1.5 / n), roadmap
        assert said.signed == pytest.approx(row["signs"], abs=1.5 / n / readings), roadmap
        assert said.lasts == pytest.approx(row["keeps"], abs=1.5 / n / readings), roadmap
        assert said.removed == row["removed"] and said.gone == pytest.approx(row["gone"], abs=0.1), roadmap
        assert said.cost == pytest.approx(row["cost"], rel=0.01), roadmap
        steps = said.refuses.step, said.leaves.step if said.leaves else -1
        ids = [base.build().deal.ids[k] if k >= 0 else "" for k in steps]
        assert ids[0] == row["over"] and (ids[1] == row["step"] or not said.leaves), roadmap


def test_the_stored_verdicts_are_those_of_their_draws():
    """A few draws judged afresh by `evaluate`; the coalition's verdict is the same whoever the Kim is."""
    stored = results.load("roadmaps_verdicts")
    assert set(stored["reading"]) == set(MINDS) and stored.groupby("roadmap").size().nunique() == 1
    for reading, i in (("narrow", 3), ("dealer", 11), ("undecided", 40)):
        case, _ = schedules.drawn(reading, i)
        rows = stored[(stored["reading"] == reading) & (stored["draw"] == i)].set_index("roadmap")
        for roadmap in roadmaps.listed().index:
            got = roadmaps.judge(base.evaluate(case, roadmaps.dates(case.deal, roadmaps.starts(roadmap))))
            row = rows.loc[roadmap]
            assert got.signs == (row["signs_kim"], row["signs_coalition"])
            assert got.keeps == (row["keeps_kim"], row["keeps_coalition"])
            assert (got.period, got.leaver) == (row["period"], "" if pd.isna(row["leaver"]) else row["leaver"])
            assert got.cost == pytest.approx(row["cost"], rel=1e-4)
    sides = stored.pivot(index=["roadmap", "draw"], columns="reading", values="signs_coalition")
    assert (sides.nunique(axis=1) == 1).all()
