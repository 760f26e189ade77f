"""Whole deals against their definitions: the central schedule, its phases, the packages that most minds sign."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import test_phasing
import uneven

from bargain import deal as base
from bargain import exchange, one_deal, phasing, results, schedules, terms
from bargain.chunks import schedules as chunks
from bargain.exchange import price_lists, whole
from bargain.terms import COALITION, KIM

STEPS = list(base.table().index[base.table().needs.notna()])


def order(*schedules_):
    """A stored table of dates from {step: date}, one a draw; what is not named is never done."""
    return pd.DataFrame(
        [
            {"reading": "narrow", "draw": k, "step": step, "date": dates.get(step, 0), "possible": 1, "watched": 0}
            for k, dates in enumerate(schedules_)
            for step in STEPS
        ]
    )


def test_the_central_schedule_is_the_one_nearest_to_all_others():
    got = one_deal.central(order({"K09": 4}, {"K09": 5, "U01": 1}, {"K09": 9, "U01": 1}, {"U01": 2}))
    assert (got.draw, got.others) == (1, 2)  # the last removes nothing, and is no deal to compare with
    assert got.distance == pytest.approx(((1 + 12) + 4) / 2)  # never is the half-year behind the twelfth
    assert got.agree["K09"] == 0.5 and got.agree["U01"] == 0.5 and got.agree["K12"] == 1
    with pytest.raises(ValueError, match="order: 1 schedules"):
        one_deal.central(order({"K09": 4}, {}))


def test_central_equals_a_plain_search_on_random_schedules():
    rng = np.random.default_rng(1)
    for _ in range(20):
        plans = [{step: int(rng.integers(0, 13)) for step in STEPS} for _ in range(7)]
        plans = [plan | {"K09": max(plan["K09"], 1)} for plan in plans]
        got = one_deal.central(order(*plans))

        def apart(a, b):
            return sum(abs((a[s] or 13) - (b[s] or 13)) for s in STEPS)

        totals = [sum(apart(a, b) for b in plans) for a in plans]
        assert totals[got.draw] == min(totals) and got.distance == pytest.approx(min(totals) / 6)


def test_the_stored_deal_keeps_its_rows_and_the_tables_order():
    """The page's deal is the schedule of a real draw, which both sides keep and which breaks no prerequisite."""
    got = one_deal.central(results.load("schedules_order"))
    case, _ = schedules.drawn(got.reading, got.draw)
    dates = got.dates[list(case.deal.ids[: case.deal.steps])].to_numpy()
    assert base.forbidden(case.deal, dates) == []
    plan = base.evaluate(case, dates, base.Clock(periods=schedules.PERIODS))
    assert base.kept(base.shortfalls(plan)).all() and plan.depth > 0
    assert got.agree.between(0, 1).all() and got.others > 40


def test_no_derived_schedule_breaks_a_prerequisite():
    wide = one_deal.removing(results.load("schedules_order"))
    deal = base.build().deal
    steps = list(deal.ids[: deal.steps])
    assert len(wide) > 40
    for dates in wide[steps].to_numpy():
        assert base.forbidden(deal, dates) == []


def test_bars_last_as_long_as_the_work_and_stand_by_side_and_date():
    got = one_deal.bars(one_deal.central(order({"K09": 4, "U10": 9, "U01": 1}, {"K09": 4})))
    assert got[["step", "begin", "done"]].to_numpy().tolist() == [["K09", 3, 4], ["U01", 0, 1], ["U10", 1, 9]]
    assert got["name"].iloc[0] == "Arsenal, 90 to 60, shipped out"


def test_phases_say_what_releases_the_next_and_how_fast_each_can_be_taken_back():
    plan = {"K02": 1, "K03": 1, "U03": 1, "K04": 3, "U01": 4}
    got = one_deal.phases(one_deal.central(order(plan | {"K09": 12}, {"K09": 12}))).set_index("half_year")
    assert got.loc[1, "months"] == "1 to 6" and got.loc[3, "months"] == "13 to 18" and list(got.index) == [1, 3, 4, 12]
    assert got.loc[1, "release"] == "inspectors at declared sites"  # the declaration needs them
    assert got.loc[3, "release"] == "all of this phase, verified" and got.loc[12, "release"] == "nothing more is due"
    assert got.loc[1, "theirs"].startswith("food aid") and got.loc[3, "theirs"] == ""
    assert got.loc[1, "back"] == "his: 3 months to 4 months; theirs: 2 months" and "IAEA" in got.loc[3, "verifiers"]
    assert (
        one_deal._who(["K02", "K03", "K06", "U01"])
        == "satellites; the IAEA; experts of the coalition on site; Kim himself"
    )
    assert one_deal._who(["K09", "K09"]) == "the IAEA and the state that takes the material"


@pytest.mark.parametrize(
    ("half_years", "words"),
    [(0.1, "weeks"), (0.5, "3 months"), (3.9, "23 months"), (7.5, "4 years"), (np.inf, "never")],
)
def test_times_as_they_are_said(half_years, words):
    assert one_deal.lasts(half_years) == words


def test_a_whole_package_is_what_most_minds_sign_and_nothing_as_good_is_cheaper():
    """By looking at every set of the coalition's: nobody's share beats it by more than NEAR, no near one is cheaper."""
    case, minds = uneven.build(), {r: price_lists.readings_minds(r)[:40] for r in terms.MINDS}
    deal, kappa, floor = case.deal, base.kappa(case), exchange.reserve(case)
    ids = exchange.COMMITMENTS["thirty"][0]
    got = whole.bought(case, ids, minds)
    sets, cols = exchange.allowed(deal, COALITION)
    mine = exchange.columns_of(deal, ids)
    found = []
    for k in range(len(sets)):
        chosen = {deal.ids[c] for c, x in zip(cols, sets[k], strict=True) if x and c < deal.steps}
        needs = {deal.ids[j] for i in chosen for j in deal.needs[deal.at(i)[0]]}
        value = kappa[COALITION, mine].sum() + kappa[COALITION, cols[sets[k]]].sum()
        if needs <= chosen | set(ids) and value > floor[COALITION]:
            on = np.concatenate([mine, cols[sets[k]]])
            signs = [(base.multiplier(deal, w)[:, on] @ kappa[KIM, on] > floor[KIM]).mean() for w in minds.values()]
            found.append((signs, -kappa[COALITION, cols[sets[k]]].sum(), chosen))
    best = max(max(signs) for signs, _, _ in found)
    at = list(minds).index(got.reading)
    assert max(s[at] for s, _, _ in found) == best
    near = min((cost, sorted(chosen)) for s, cost, chosen in found if s[at] >= best - whole.NEAR)
    assert sorted(got.coalition) == near[1] and got.cost == pytest.approx(near[0])
    assert got.signs[got.reading] >= best - whole.NEAR and got.gain > 0
    assert whole.bought(uneven.build({"out_coalition": 1e6}), ids, minds) is None


def test_packages_in_numbers_say_when_nobody_signs():
    got = whole.Package(("K01",), ("U01", "U02"), "dealer", {"undecided": 0.2, "narrow": 0.1, "dealer": 0.4}, 5.0, 7.0)
    frame = whole.facts({"one": got, "none": None})
    assert frame.loc["one"].to_dict() == {"reading": "dealer", "steps": 2, "cost": 5.0, "gain": 7.0, **got.signs}
    assert (frame.loc["none", list(terms.MINDS)] == 0).all() and pd.isna(frame.loc["none", "cost"])


def test_the_matrix_of_packages_names_steps_times_and_shares():
    packages = whole.whole()
    table = one_deal.exchange_matrix(packages | {"freeze": None})
    assert table["package"].tolist() == [head for _, head in whole.WHOLE.values()] and pd.isna(table["signs"][0])
    everything = table.iloc[2]
    assert "correspondent banking opened" in everything["buys"] and "heists ended" in everything["gives"]
    assert everything["undo"].endswith("theirs: weeks to never")
    shares = [float(x.strip("*%")) / 100 for x in everything["minds"].split(" / ")]
    assert shares == pytest.approx([packages["everything"].signs[m] for m in terms.MINDS], abs=0.005)
    assert everything["minds"].count("**") == 2 and max(shares) == float(everything["minds"].split("**")[1][:-1]) / 100
    assert everything["signs"] == packages["everything"].signs[everything["reading"]]
    marks = one_deal.marks(packages)
    assert len(marks) == 3 * len(STEPS) and marks.groupby("package")["has"].sum()["freeze"] == len(
        packages["freeze"].kim + packages["freeze"].coalition
    )
    for name, got in packages.items():  # a package is one that the table allows
        assert set(base.table().loc[list(got.kim + got.coalition), "needs"].explode().dropna()) <= set(
            got.kim + got.coalition
        ), name


# ------------------------------------------------------------------------------------------- other objectives
def test_the_coalitions_best_schedule_is_kept_and_worth_most_to_it():
    """No other kept schedule of the same small horizon is worth more to it, by looking at every one."""
    found = 0
    for seed in range(12):
        case = test_phasing.random_case(np.random.default_rng((14, seed)), 4, pairs=1)
        case, clock = replace(case, patient=np.zeros(2)), base.Clock(periods=3)
        got, best = phasing.best_for(case, COALITION, clock, gap=0.0), -np.inf
        for dates in test_phasing.possible_dates(case, clock, "derived", (0, 0), clock.start):
            one = base.evaluate(case, dates, clock)
            if base.shortfalls(one).max() <= 1e-3:
                best = max(best, one.carry[COALITION, 0])
        if best == -np.inf:
            assert got.status == "infeasible"
            continue
        found += best > 1
        assert got.carry[COALITION, 0] == pytest.approx(best, rel=1e-6, abs=1e-2)
        assert base.forbidden(case.deal, got.dates) == []
    assert found > 5


def test_who_keeps_a_plan_is_what_its_rows_say():
    cases = [schedules.drawn(r, i)[0] for r in terms.MINDS for i in (0, 7)]
    plans = one_deal.removing(results.load("schedules_order")).to_numpy()[:4]
    got = one_deal.kept(cases, plans)
    assert got.shape == (6, 2, 4) and 0 < got.sum() < got.size
    for k, case in enumerate(cases):
        for m, dates in enumerate(plans):
            short = base.shortfalls(base.evaluate(case, dates, base.Clock(periods=schedules.PERIODS)))
            assert got[k, :, m].tolist() == (short.max(axis=1) <= base.TOLERANCE).tolist()


def test_a_draw_keeps_its_own_derived_schedule():
    order_ = results.load("schedules_order")
    for (reading, i), dates in list(one_deal.removing(order_).iterrows())[::17]:
        assert one_deal.kept([schedules.drawn(reading, i)[0]], dates.to_numpy()[None]).all()


def test_the_widest_plan_removes_most_of_those_that_half_keep():
    frame = pd.DataFrame(
        [
            ("narrow", "dealer", 1, 90.0, 0.4),
            ("narrow", "dealer", 2, 60.0, 0.6),
            ("narrow", "dealer", 3, 30.0, 0.9),
            ("dealer", "dealer", 1, 90.0, 0.7),
            ("dealer", "dealer", 2, 60.0, 0.6),
            ("dealer", "dealer", 3, 30.0, 0.9),
        ],
        columns=["reading", "plan_reading", "plan_draw", "removed", "both"],
    )
    got = one_deal.widest(frame).set_index("reading")
    assert got["removed"].to_dict() == {"narrow": 60, "dealer": 90, "all": 60}
    none = one_deal.widest(frame, 0.95).set_index("reading")
    assert none["removed"].isna().all() and none.loc["narrow", "kept"] == 0.9
    with pytest.raises(ValueError, match="share"):
        one_deal.widest(frame, 1.5)


def test_what_is_stored_of_other_objectives_is_what_is_computed_now():
    stored = results.load("schedules_kept").query("reading == 'dealer'").reset_index(drop=True)
    wide = one_deal.removing(results.load("schedules_order"))
    cases = (schedules.drawn("dealer", i)[0] for i in range(300))
    now = one_deal.kept(cases, wide.to_numpy()[:2]).all(axis=1).mean(axis=0)
    assert stored["both"][:2].to_numpy() == pytest.approx(now)
    value = results.load("schedules_value")
    reading, i = value["reading"].iloc[0], int(value["draw"].iloc[0])
    got = phasing.best_for(schedules.drawn(reading, i)[0], COALITION, base.Clock(periods=12), nodes=schedules.NODES)
    assert value["expected"].iloc[0] == pytest.approx(got.expected, rel=1e-6)
    assert chunks.tenth(0)[0] == reading
