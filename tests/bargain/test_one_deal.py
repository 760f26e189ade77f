"""Whole deals against their definitions: the central schedule, its phases, the packages that most minds sign."""

import numpy as np
import pandas as pd
import pytest
import uneven

from bargain import deal as base
from bargain import exchange, one_deal, results, schedules, terms
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
    assert base.shortfalls(plan).max() <= 2e-3 and plan.depth > 0
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


@pytest.mark.parametrize(
    ("half_years", "words"),
    [(0.1, "weeks"), (0.5, "3 months"), (3.9, "23 months"), (7.5, "4 years"), (np.inf, "never")],
)
def test_times_in_words(half_years, words):
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


def test_the_matrix_of_packages_names_steps_times_and_shares():
    packages = whole.whole()
    table = one_deal.exchange_matrix(packages | {"freeze": None})
    assert table["package"].tolist() == [head for _, head in whole.WHOLE.values()] and pd.isna(table["signs"][0])
    everything = table.iloc[2]
    assert "correspondent banking opened" in everything["buys"] and "heists ended" in everything["gives"]
    assert everything["undo"].endswith("theirs: weeks to never")
    assert everything["signs"] == packages["everything"].signs[everything["reading"]]
    marks = one_deal.marks(packages)
    assert len(marks) == 3 * len(STEPS) and marks.groupby("package")["has"].sum()["freeze"] == len(
        packages["freeze"].kim + packages["freeze"].coalition
    )
    for name, got in packages.items():  # a package is one that the table allows
        assert set(base.table().loc[list(got.kim + got.coalition), "needs"].explode().dropna()) <= set(
            got.kim + got.coalition
        ), name
