"""Chapter 7 against brute force, published properties of the Nash solution, and a record that the model can fail."""
import time
import tracemalloc
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import deal as base
from bargain import exchange
from bargain.deal import COALITION, KIM


def small(rng, own=(3, 4), pairs=2, out=0.0):
    """A small random deal without fear: prerequisites, pairs of either sign, both sides."""
    steps = sum(own)
    owner = np.array([KIM] * own[0] + [COALITION] * own[1])
    n = steps + pairs
    live = rng.normal(0, 10, (2, n))
    members = tuple(tuple(sorted(rng.choice(np.flatnonzero(owner == s), 2, replace=False).tolist()))
                    for s in rng.integers(0, 2, pairs))
    needs = tuple((i - 1,) if i and owner[i - 1] == owner[i] and rng.random() < .4 else () for i in range(steps))
    deal = base.Deal(tuple(f"s{i}" for i in range(n)), np.array([*owner, *(owner[m[0]] for m in members)], int),
                     ("x",) * n, live, 0 * live, np.zeros(n), np.full((n, 8), 1 / 8), np.zeros(n),
                     np.ones(steps, int), np.zeros(steps, int), needs, members)
    zero, one = np.zeros(2), np.ones(2)
    return base.Case(deal, np.array([.9, .9]), one, zero, zero, np.array([out, out]), zero, 0, zero)


def every_package(case, kappa):
    """Values of all packages by plain enumeration of subsets: list of (set of indices, value to both)."""
    deal, found = case.deal, []
    for size in range(deal.steps + 1):
        for chosen in combinations(range(deal.steps), size):
            inside = set(chosen)
            if all(set(deal.needs[i]) <= inside for i in chosen):
                on = list(chosen) + [deal.steps + k for k, m in enumerate(deal.members) if set(m) <= inside]
                found.append((inside, kappa[:, on].sum(axis=1)))
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, -1.0]))
def test_count_equals_brute_force_on_small_tables(seed, out):
    case = small(np.random.default_rng(seed), out=out)
    kappa, floor = base.kappa(case), exchange.reserve(case)
    brute = sum(bool(np.all(value > floor)) for _, value in every_package(case, kappa))
    worth = exchange.worths(case, kappa)
    for block in (1, 3, 512):
        got = exchange.count(worth[KIM][[KIM]], worth[COALITION][[KIM]], worth[KIM][COALITION],
                             worth[COALITION][COALITION], floor, block)
        assert got[0] == brute


def test_count_equals_brute_force_on_three_minds():
    """The whole table, all pairs of sets looked at."""
    case = base.build()
    weights = np.array([base.mean_mind(r) for r in base.READINGS])
    got, total = exchange.count_packages(case, weights)
    him, her = exchange.to_minds(case, weights), exchange.worths(case)
    for m in range(3):
        brute = 0
        for k in range(him[KIM].shape[1]):
            brute += int(np.sum((him[KIM][m, k] + him[COALITION][m] > 0)
                                & (her[KIM][COALITION, k] + her[COALITION][COALITION] > 0)))
        assert got[m] == brute and 0 < brute < total


def test_a_thousand_minds_in_ten_seconds_and_500_mb():
    case, weights = base.build(), exchange.readings_minds("narrow")
    exchange.allowed(case.deal, COALITION)
    tracemalloc.start()
    began = time.process_time()
    got, _ = exchange.count_packages(case, weights)
    spent, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(got) == 1000 and spent < 10 and peak < 300e6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_nash_is_the_best_product_and_ignores_units(seed):
    case = small(np.random.default_rng(seed))
    kappa = base.kappa(case)
    products = [v[0] * v[1] for _, v in every_package(case, kappa) if np.all(v > 0)]
    got = exchange.nash(case, kappa)
    if not products:
        assert got is None
        return
    assert got["gain"].prod() == pytest.approx(max(products))
    scaled = exchange.nash(case, kappa * np.array([[1.0], [7.0]]))
    assert (scaled["kim"], scaled["coalition"]) == (got["kim"], got["coalition"])


def test_the_joint_value_package_depends_on_units_and_nash_does_not():
    case = base.with_mind(base.build(), base.mean_mind("dealer"))
    kappa = base.kappa(case)
    other = kappa * np.array([[1.0], [0.1]])
    assert exchange.nash(case, kappa)["coalition"] == exchange.nash(case, other)["coalition"]
    one, two = (exchange.nash(case, k, joint=True) for k in (kappa, other))
    assert (one["kim"], one["coalition"]) != (two["kim"], two["coalition"])


def test_transferable_value_is_split_equally():
    """Many small transfers of money at par: the Nash package gives both the same gain, up to one coin."""
    coins = 12
    n = 1 + coins
    owner = np.array([KIM] + [COALITION] * coins)
    coin = 2.0 ** np.arange(coins) / 2
    live = np.array([[-30.0, *coin], [400.0, *-coin]])
    deal = base.Deal(tuple(f"s{i}" for i in range(n)), owner, ("x",) * n, live, 0 * live, np.zeros(n),
                     np.full((n, 8), 1 / 8), np.zeros(n), np.ones(n, int), np.zeros(n, int), ((),) * n, ())
    zero = np.zeros(2)
    case = base.Case(deal, np.array([.9, .9]), np.ones(2), zero, zero, zero, zero, 0, zero)
    got = exchange.nash(case)
    assert got["gain"].sum() == pytest.approx(3700)
    assert abs(got["gain"][0] - got["gain"][1]) <= 10 * 0.5


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_every_price_list_set_is_minimal(seed):
    """No proper allowed subset is acceptable, whatever the signs; and every acceptable set contains a minimal one."""
    rng = np.random.default_rng(seed)
    case = small(rng, own=(2, 6), pairs=3)
    kappa = base.kappa(case)
    commitment = ("s0",)
    got = exchange.price_list(case, commitment, kappa)
    acceptable = [{case.deal.ids[i] for i in inside if case.deal.owner[i] == COALITION}
                  for inside, value in every_package(case, kappa)
                  if np.all(value > 0) and {case.deal.ids[i] for i in inside if case.deal.owner[i] == KIM} == {"s0"}]
    brute = [s for s in acceptable if not any(other < s for other in acceptable)]
    assert sorted(map(sorted, brute)) == sorted(map(sorted, got["minimal"]))
    assert got["acceptable"] == len(acceptable)
    if brute:
        assert got["always"] == sorted(set.intersection(*brute))
        assert len(got["smallest"]) == min(map(len, brute))


def test_a_costless_step_never_removes_a_package():
    case = base.with_mind(base.build(), base.mean_mind("narrow"))
    k = case.deal.at("U17")[0]
    dear = case.deal.live.copy(), case.deal.hostile.copy()
    for flow in dear:
        flow[COALITION, k], flow[KIM, k] = 0, abs(flow[KIM, k])
    free = replace(case, deal=replace(case.deal, live=dear[0], hostile=dear[1]))
    packages, bare = exchange.worths(free), exchange.worths(base.without(free, ["U17"]))
    value = {side: w for side, w in packages.items()}

    def acceptable(worth):
        return sum(int(np.sum((worth[KIM][0, j] + worth[COALITION][0] > 0) & (worth[KIM][1, j] + worth[COALITION][1] > 0)))
                   for j in range(worth[KIM].shape[1]))
    assert acceptable(value) >= 2 * acceptable(bare) > 0  # each old package stands, and stands with the step added


def test_signed_and_kept_is_a_part_of_signed():
    case = base.with_mind(base.build(), base.mean_mind("dealer"))
    signed, kept = exchange.signed_and_kept(case)
    assert 0 < kept < signed
    assert signed == exchange.count_packages(base.build(), base.mean_mind("dealer")[None])[0][0]
    # the row at t = 1 is chapter 8's
    from bargain import phasing
    timeless = phasing.timeless(case)
    dates = np.zeros(case.deal.steps, int)
    some = case.deal.at("K01", "K02", "U01", "U03")
    dates[some] = 1
    got = phasing.evaluate(timeless, dates)
    assert got.carry[:, 0] - got.walk[:, 0] == pytest.approx(exchange.kept_kappa(case)[:, some].sum(axis=1))


def test_prerequisites_are_kept_and_named():
    deal = base.build().deal
    sets, cols = exchange.allowed(deal, COALITION)
    place = {deal.ids[c]: j for j, c in enumerate(cols)}
    assert not np.any(sets[:, place["U15"]] & ~sets[:, place["U14"]])
    assert not np.any(sets[:, place["U11"]] & ~(sets[:, place["U09"]] & sets[:, place["U10"]]))
    assert len(np.unique(sets, axis=0)) == len(sets)
    with pytest.raises(ValueError, match="not allowed by prerequisites: K12"):
        exchange.row_of(deal, KIM, ("K12",))
    for ids, _ in exchange.COMMITMENTS.values():
        assert set(exchange.names_of(deal, KIM, exchange.row_of(deal, KIM, ids))) == set(ids)


def test_the_coalition_counts_in_every_price():
    """At a hold-out of hers beyond everything, nothing is acceptable, though he asks no more."""
    case = base.with_mind(base.build({"out_coalition": 5000.0}), base.mean_mind("dealer"))
    got = exchange.price_list(case, "freeze")
    assert got["ask"] < got["most"] and got["acceptable"] == 0 and got["minimal"] == [] and got["cheapest"] is None
    plain = exchange.prices(case, base.mean_mind("dealer")[None])
    assert plain.accepts.any() and not plain.both.any()


def test_reach_agrees_with_the_price_list():
    for reading in base.READINGS:
        case = base.with_mind(base.build(), base.mean_mind(reading))
        got = exchange.prices(case).set_index("commitment")
        for name in exchange.COMMITMENTS:
            one = exchange.price_list(case, name)
            assert got.at[name, "both"] == (one["acceptable"] > 0)
            assert got.at[name, "ask"] == pytest.approx(one["ask"])
            assert got.at[name, "most"] == pytest.approx(one["most"])


def test_paper_that_is_worth_its_multiple_suffices():
    """Multiplying the papers by the multiple reported makes him indifferent: ask = worth."""
    case = base.build()
    got = exchange.paper(case, trusts=(0.5,)).query("variant == 'base' and commitment == 'zero' and reading == 'dealer'")
    for m in (0, 17):
        times = got.multiple.iloc[m]
        mind = base.with_mind(case, exchange.readings_minds("dealer")[m])
        rich = base.change(mind, [*exchange.PAPER, "P06"], side=KIM, live=times, hostile=times)
        kappa = base.kappa(rich)[KIM]
        whole = [*exchange.columns_of(rich.deal, exchange.PAPER),
                 *exchange.columns_of(rich.deal, exchange.COMMITMENTS["zero"][0])]
        assert kappa[whole].sum() == pytest.approx(0, abs=1e-6 * np.abs(kappa).sum())


def test_switching_fear_and_arms_off_makes_paper_go_further():
    got = exchange.paper(trusts=(0.5,)).query("commitment == 'zero'")
    median = got.groupby("variant").multiple.median()
    assert median["both"] < median["no arms in peace"] < median["base"]
    assert median["no residual hazard"] < median["base"]


def test_hanoi_can_fail_and_can_be_answered():
    """At the central values the model errs on the record; there are values at which each answer comes right."""
    case = base.with_mind(base.build(), base.mean_mind("dealer"))
    got = exchange.answers(case)
    assert not got.right.all(), "the record is a test only if the model can fail it; here it now passes: say so"
    least = exchange.turning(case, "kim_2019", COALITION, "phi")
    assert least > 1
    below, above = (exchange.answers(exchange.relief_cost(case, least * x)).set_index(["offer", "side"]).right
                    for x in (0.999, 1.001))
    assert not below["kim_2019", "coalition"] and above["kim_2019", "coalition"]
    assert np.isnan(exchange.turning(case, "kim_2019", COALITION, "trust"))


def test_frontier_holds_no_dominated_package():
    case = small(np.random.default_rng(5))
    him, her = exchange.frontier(case, disarms=False)
    assert np.all(np.diff(him) < 0) and np.all(np.diff(her) > 0)
    for _, value in every_package(case, base.kappa(case)):
        assert np.any((him >= value[0] - 1e-9) & (her >= value[1] - 1e-9))
