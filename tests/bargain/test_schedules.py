"""Chapter 8 over sampled minds: draws, switches, hold-outs and lives, and what is counted of them."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import binomtest, expon, spearmanr

from bargain import deal as base
from bargain import evidence, phasing, prose, results, schedules, terms
from bargain.plots import schedules as schedules_plots
from bargain.plots import theme
from bargain.schedules import draws, survival, variants
from bargain.terms import COALITION, KIM, MINDS


@pytest.fixture
def few(monkeypatch):
    """Twenty draws a reading in place of the register's number."""
    central = evidence.central
    for f in (schedules.parameters, draws._minds):
        f.cache_clear()
    monkeypatch.setattr(evidence, "central", lambda i: 20.0 if i == "n_schedules" else central(i))
    yield 20
    for f in (schedules.parameters, draws._minds):
        f.cache_clear()


# ------------------------------------------------------------------------------------------------- the draws
def test_draws_are_those_of_the_other_chapters(few):
    """Draw i of a reading is mind i with assumptions i of `deal.sample`, and the same whatever else was drawn."""
    cases, values = base.sample("dealer", few, schedules.SEED)
    for i in (7, 2):
        case, drawn = schedules.drawn("dealer", i)
        assert drawn == values.iloc[i].to_dict()
        assert np.array_equal(case.deal.live, cases[i].deal.live) and np.array_equal(case.trust, cases[i].trust)
    assert not np.array_equal(schedules.drawn("dealer", 2, schedules.OTHER_SEED)[0].deal.live, cases[2].deal.live)


def test_chunks_cover_every_draw_once(few):
    parts = [np.array_split(np.arange(few), schedules.PARTS)[k] for k in range(schedules.PARTS)]
    assert np.array_equal(np.concatenate(parts), np.arange(few))
    got = [
        (reading, i) for k in range(3 * schedules.THIRDS) for reading, some in [schedules.tenth(k)] for i, _, _ in some
    ]
    assert sorted(got) == sorted((r, i) for r in MINDS for i in range(few // 10))


@pytest.mark.parametrize("name", [n for n in results.JOBS if n.startswith("schedules_")])
def test_chunks_are_those_that_the_jobs_count(name):
    """Every reading comes up in a job's chunks, and the last chunk exists while the next does not."""
    parts = {"schedules_sample": schedules.PARTS, "schedules_second": 1, "schedules_kept": 1}
    sizes = len(MINDS) * parts.get(name, schedules.THIRDS)
    assert results.JOBS[name].chunks == sizes


# ----------------------------------------------------------------------------------------- switches and rules
def test_switches_do_what_they_say():
    case = schedules.drawn("narrow", 0)[0]
    still, clock = schedules.switched(case, ("learning",))
    q = base.programme(replace(still, spike=np.zeros(2)), clock).q
    assert np.allclose(q, q[:, [0]])
    quick, _ = schedules.switched(case, ("durations",))
    assert base.possible(quick.deal).max() == 1
    soft, _ = schedules.switched(case, ("irreversible",))
    theirs = case.deal.owner == COALITION
    assert soft.deal.undo[theirs].max() <= evidence.central("escrow_undo")
    assert np.array_equal(soft.deal.undo[~theirs], case.deal.undo[~theirs])


def test_all_three_switches_leave_only_order():
    """A derived schedule is never worth less than the sudden one, whatever is switched off: it may copy it."""
    case = schedules.drawn("dealer", 4)[0]
    for off in schedules.SWITCHES:
        now, clock = schedules.switched(case, off)
        one, two = schedules.solve(now, clock=clock), schedules.solve(now, "at_once", clock)
        assert np.nan_to_num(one.bound) >= two.expected * (1 - 2e-3)


def test_patient_cheats_in_no_share_change_nothing():
    case = schedules.drawn("narrow", 0)[0]
    assert schedules.patient(case, 0.0).expected == pytest.approx(schedules.solve(case).expected, rel=2e-3)


def test_idle_spells_are_the_partners():
    case = schedules.drawn("narrow", 0)[0]
    got = schedules.solve(case)
    spells = schedules.idle_spells(got)
    kims = set(got.dates[case.deal.owner[: case.deal.steps] == KIM].tolist()) - {0}
    assert set(spells[COALITION]) == set(range(1, max(kims))) - kims
    assert schedules.without_idle_lessons(case).expected <= got.expected * (1 + 2e-3)


@pytest.mark.parametrize("side", [KIM, COALITION])
def test_largest_hold_out_is_where_the_schedule_ends(side):
    """Just below it a kept schedule still has the first tranche, just above it none has."""
    case, clock = schedules.drawn("dealer", 0)[0], base.Clock(periods=8)
    first = base.tranches().index[0]
    most, bound = phasing.largest_hold_out(case, side, first, clock, gap=1e-4)
    assert 0 < most <= bound * (1 + 1e-6)

    def removes(value):
        out = case.out.copy()
        out[side] = value
        m = phasing.model(base.programme(replace(case, out=out), clock))
        m["floor"][int(case.deal.at(first)[0]) * 8 + 7] = 1
        return phasing._highs({**m, "cost": np.zeros_like(m["cost"])}, 1.0, base.NODES).x is not None

    assert removes(0.998 * most) and not removes(1.002 * bound)


def test_no_hold_out_is_small_enough():
    case, _ = schedules.drawn("narrow", 0)
    dear = base.change(case, [i for i in case.deal.ids if i.startswith("K")], side=KIM, live=50, hostile=50)
    assert np.isnan(phasing.largest_hold_out(dear, KIM, base.tranches().index[0], base.Clock(periods=8))[0])


# ------------------------------------------------------------------------------------------------ shares, ranks
def test_wilson_interval_is_scipys():
    for hits, n in ((0, 30), (10, 30), (281, 300)):
        ours, theirs = schedules.wilson(hits, n), binomtest(hits, n).proportion_ci(method="wilson")
        assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_a_draw_counts_once_whatever_the_readings():
    frame = pd.DataFrame([{"reading": r, "draw": i, "x": i < 5} for r in MINDS for i in range(10)])
    p, low, high = schedules.share(frame, frame["x"])
    assert p == 0.5 and (low, high) == pytest.approx(schedules.wilson(5, 10))
    with pytest.raises(ValueError, match="no draws"):
        schedules.share(frame[:0], frame["x"][:0])


def planted(n=40, *, gradual=True, depth=60.0, **shapes):
    """A sample in which the derived schedule removes 100, the others what `shapes` says (default 50)."""
    value = {"derived": 100.0, "at_once": 50.0 if gradual else 100.0, "kim_first": 20.0, "coalition_first": 40.0}
    return pd.DataFrame(
        [
            {
                "reading": r,
                "draw": i,
                "shape": s,
                "status": "optimal",
                "expected": {**value, **shapes}[s],
                "bound": 100.0,
                "depth": depth,
                "deepest": 5,
            }
            for r in MINDS
            for i in range(n)
            for s in base.SHAPES
        ]
    )


def test_ranks_find_a_planted_driver_and_equal_scipys():
    sample, values = planted(300), schedules.parameters()[0]
    e = sample["draw"].map(values["arsenal_worth"])
    sample["expected"] = np.where(sample["shape"] == "derived", 1e6 - e, 0.0)
    sample["depth"] = sample["draw"].map(values["eta0"])
    assert schedules.gains(sample.assign(expected=np.nan))["derived"].eq(0).all()
    top = schedules.ranks(sample, top=30).set_index("id")
    assert top.at["arsenal_worth", "expected"] == pytest.approx(-1) and top.at["eta0", "depth"] == pytest.approx(1)
    other = spearmanr(values["arsenal_worth"], values["phi_live"]).statistic
    assert top.at["phi_live", "expected"] == pytest.approx(-other, abs=1e-9)
    assert top.at["eta0", "low"] == evidence.assumptions().at["eta0", "low"]


def test_ranks_are_tabled_with_signs_and_the_range_of_each():
    frame = pd.DataFrame(
        {"id": ["eta0", "arsenal_worth"], "depth": [0.126, -0.5], "expected": [-0.333, 0.0], "gain": [1.0, -0.04]}
    ).assign(low=[0.01, 1200.0], high=[0.25, 9000.0])
    meaning = evidence.assumptions()["meaning"]
    assert schedules.ranks_table(frame).to_dict("list") == {
        "Drawn": [meaning[i].split(";")[0] for i in frame["id"]],
        "Range": ["0.01 to 0.25", "1200 to 9000"],
        "Weapons gone": ["+0.13", "−0.50"],
        "Expected removal": ["−0.33", "+0.00"],
        "Gain from going gradually": ["+1.00", "−0.04"],
    }


def test_the_whole_arsenal_is_gone_where_no_weapon_is_left_without_any_lever():
    whole = evidence.central("arsenal_now")
    rows = [("none", whole), ("none", whole - 0.1), ("treaty", whole), ("none", 0.0), ("none", whole - 1e-12)]
    got = schedules.removes_all(pd.DataFrame(rows, columns=["lever", "depth"]))
    assert got.tolist() == [True, False, False, True]


def test_levers_are_ranked_by_what_they_add():
    rows = []
    for i, (r, lever) in product(range(30), product(MINDS, ("none", "capital", "treaty", "veto"))):
        e = {"none": 100.0, "capital": 130.0 + i, "treaty": 100.0 + (i % 2) * 10 - 5, "veto": 90.0 - i / 9}[lever]
        rows.append({"reading": r, "draw": i, "lever": lever, "expected": e, "depth": e / 2, "cost": 1000.0})
    changes = schedules.lever_changes(pd.DataFrame(rows))
    assert list(changes["lever"]) == ["capital", "treaty", "veto"]
    assert changes["more"].tolist() == [1.0, 0.5, 0.0] and changes["cost"].tolist() == [1.0] * 3
    assert changes["high"].iloc[2] < 0 < changes["low"].iloc[0]
    table = schedules.lever_table(changes)
    assert table["Expected removal"][2].startswith("−12 (") and table["Lever"][0] == "More capital"
    assert table["Weapons gone"].tolist() == ["+22", "0", "−6"] and table["Less in"].tolist() == ["0%", "50%", "100%"]
    assert [prose.signed(x, 0) for x in (-0.4, 0.2, 2.6, -3)] == ["0", "0", "+3", "−3"]


# ----------------------------------------------------------------------------------------- the record's lives
def test_density_of_lives_is_a_density():
    for p in ((0.5, 0.2, 0.03), (0.8, 0.6, 0.01), (1.0, 0.0, 0.1)):
        total, _ = quad(lambda t, p=p: np.exp(schedules.mixture(t, *p)), 0, 3000, limit=500)
        assert total == pytest.approx(1, abs=1e-4)


def test_constant_hazard_is_the_exponential_of_the_mean():
    """Either of two sides with the fitted hazard ends it: the likeliest exponential, whose mean is the sample's."""
    t = schedules.lives().to_numpy()
    assert schedules.mixture(t, 1.0, 0.0, survival._constant(t)).sum() == pytest.approx(
        expon(scale=t.mean()).logpdf(t).sum()
    )


def test_planted_sorting_is_found_and_absent_sorting_is_not():
    """Quantiles of a mixture and of an exponential: variation above and at 1, a better fit only where it is true."""
    u = (np.arange(400) + 0.5) / 400
    constant = -10 * np.log(1 - u)
    grid = np.linspace(0, 800, 400001)
    alive = (0.5 * 0.995**grid + 0.5 * 0.5**grid) ** 2
    sorting = np.interp(u, 1 - alive, grid)
    assert schedules.variation(sorting) > 1.3 and schedules.variation(constant) == pytest.approx(1, abs=0.03)
    for t, better in ((sorting, True), (constant, False)):
        best = schedules.mixture(t, *survival._best(t)).sum()
        flat = schedules.mixture(t, 1.0, 0.0, survival._constant(t)).sum()
        assert best >= flat - 1e-6 and (best - flat > 10) == better


def test_sorting_is_what_the_best_mixture_adds_to_a_constant_hazard():
    models = schedules.life_models()
    plain = schedules.sorting(models)
    assert 0 <= plain < 2  # the recorded lives do not buy its two parameters
    models.loc[models["model"] == "best mixture", "log_likelihood"] += 5
    assert schedules.sorting(models) == pytest.approx(plain + 5)


def test_chance_of_a_variation_grows_to_one():
    found = [schedules.variation_chance(cv, 8) for cv in (0.3, 0.8, 1.2, 9.0)]
    assert found == sorted(found) and found[-1] == 1 and 0.2 < found[1] < 0.6
    with pytest.raises(ValueError, match="cv"):
        schedules.variation_chance(-1.0, 8)


@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(1, 8), marks=pytest.mark.slow)])
def test_the_last_bits_of_a_sum_choose_no_schedule(seeds, few, monkeypatch):
    """Sums differ in their last bits with the machine and its threads; schedules that tie must not turn on them."""
    exact = phasing._highs
    case, _ = schedules.drawn("dealer", 1)  # whose schedules tie
    one = schedules.solve(case, tie=True)
    assert one.dates.any()
    for seed in seeds:
        rng = np.random.default_rng(seed)

        def noisy(m, *limits, rng=rng):
            last_bits = 1 + 4e-16 * rng.integers(-1, 2, m["cost"].size)
            return exact({**m, "cost": m["cost"] * last_bits}, *limits)

        monkeypatch.setattr(phasing, "_highs", noisy)
        assert np.array_equal(one.dates, schedules.solve(case, tie=True).dates), seed


# ------------------------------------------------------------------------------------------- counts over draws
def test_what_other_shapes_keep_is_of_the_draws_in_which_weapons_go():
    sample = planted()
    idle = planted(3, depth=0.0, derived=0.0, at_once=0.0, kim_first=0.0, coalition_first=0.0)
    kept = schedules.remains(pd.concat([sample, idle.assign(draw=idle["draw"] + 1000)]))
    assert kept.to_dict() == {"at_once": 0.5, "kim_first": 0.2, "coalition_first": 0.4}
    table = schedules.shapes_table(sample)
    assert table["Weapons go"].str.startswith("100% (").all() and len(table) == len(MINDS) * len(base.SHAPES)
    assert table.loc[table["Shape"] == "Kim first", "Expected removal, mean"].tolist() == ["20"] * 3


def test_depth_is_counted_as_some_half_and_all():
    for depth, flags in ((0.0, (0, 0, 0)), (30.0, (1, 0, 0)), (45.0, (1, 1, 0)), (90.0, (1, 1, 1))):
        wide = schedules.gains(planted(2, depth=depth))
        assert wide[["some", "half", "all_gone"]].mean().tolist() == list(flags)


def test_two_seeds_agree_in_what_the_page_says_first(monkeypatch):
    """The stored draws of another seed lie inside the intervals that the page prints, widened by their own."""
    monkeypatch.setenv("BARGAIN_STALE", "use")
    one, two = (schedules.gains(results.load(f"schedules_{n}")) for n in ("sample", "second"))
    for flag in ("some", "half", "better", "all_gone"):
        for reading in MINDS:
            a, b = (f[f["reading"] == reading] for f in (one, two))
            _, low, high = schedules.share(a, a[flag])
            _, other_low, other_high = schedules.share(b, b[flag])
            assert low <= other_high and other_low <= high, (flag, reading)


def test_why_names_the_switch_that_matters():
    def frame(p):
        return pd.DataFrame(
            [
                {
                    "reading": r,
                    "draw": i,
                    "off": off,
                    "derived": 100.0,
                    "open": 0.0,
                    "depth": 60.0,
                    "depth_at_once": 60.0,
                    "at_once": 50.0 if i < p[off] * 20 else 100.0,
                }
                for off in schedules.OFF_NAMES
                for r in MINDS
                for i in range(20)
            ]
        )

    base_p = dict.fromkeys(schedules.OFF_NAMES, 0.8)
    every = "+".join(schedules.OFF)
    assert schedules.why_kind(frame(base_p)) == "order"
    assert schedules.why_kind(frame({**base_p, every: 0.2})) == "many"
    for off in schedules.OFF:
        assert schedules.why_kind(frame({**base_p, off: 0.1, every: 0.1})) == off
    assert schedules.why_kind(frame(base_p).assign(depth=0.0)) == "nothing"
    gone = frame(base_p)
    assert schedules.why_kind(gone.assign(depth=gone["depth"].where(gone["off"] == "none", 0.0))) == "gone"
    table = schedules.why_table(frame(base_p))
    assert (table["Weapons go"] == "60 of 60").all() and (table["Gradual removes more"] == "48 of 60").all()
    assert (table["Gain in mean expected removal"] == "67%").all()
    shares = schedules.why_shares(frame(base_p))
    assert len(shares) == 15 and (shares["share"] == 0.8).all() and shares["gain"].iloc[0] == pytest.approx(1 / 0.6 - 1)


def test_draws_without_a_schedule_are_counted_with_who_would_walk():
    rows = pd.DataFrame(
        [
            {
                "reading": "narrow",
                "draw": i,
                "total": 900.0 if i < 3 else np.nan,
                "short": 100.0 * (i + 1) if i < 3 else np.nan,
                "side": "kim" if i < 2 else "coalition",
                "period": 3 + i,
                "levers": (1, 2, 99, 9, 0)[i],
            }
            for i in range(5)
        ]
    )
    assert schedules.to_any(rows) == (5, 4, 2, 4, 200)  # the fourth has no nearest schedule: nobody would walk from it
    assert schedules.restored(rows).to_dict() == {1: 1, 2: 1, len(schedules.HELP): 1, 99: 1}
    assert schedules.to_zero(rows.assign(total=[0.0, 0.5, 2.0, np.nan, 1.0]))[:3] == (5, 2, 0)
    nothing = schedules.to_zero(rows.assign(total=0.0))
    assert nothing.none == nothing.kim == 0 and np.isnan(nothing.short)


def test_hold_outs_are_counted_against_the_register():
    frame = pd.DataFrame(
        [
            {"reading": r, "draw": i, "side": s, "hold_out": 100.0 * i, "bound": 100.0 * i}
            for r in MINDS
            for i in range(11)
            for s in terms.SIDES
        ]
    )
    got = schedules.hold_limits(frame)
    for side in terms.SIDES:
        high = evidence.assumptions().at[f"out_{side}", "high"]
        stopped = len(MINDS) * sum(100.0 * i < high for i in range(11))
        assert got.loc[side].tolist() == [200, 500, 800, high, stopped, 33]
    never = schedules.hold_limits(frame.assign(hold_out=np.nan))
    assert (never["stopped"] == 33).all() and (never["median"] == 0).all()
    curve = schedules.hold_curve(frame).set_index(["side", "hold_out"])["share"]
    assert curve["kim", 0.0] == 1 and curve["kim", 500.0] == pytest.approx(6 / 11) and curve["coalition", 1000.0] > 0
    assert curve["kim"].is_monotonic_decreasing
    assert (schedules.hold_curve(frame.assign(hold_out=np.nan))["share"] == 0).all()


def test_regret_and_tightest_dates():
    carry = pd.DataFrame(
        [
            {
                "reading": "narrow",
                "draw": i,
                "regret": g,
                "half_year": t,
                "side": s,
                "slack": (10.0 if s == "kim" else -10.0) * t,
                "carry": -50.0 if not g and i == 0 and t == 2 and s == "kim" else 5000.0,
            }
            for i in range(4)
            for g in (True, False)
            for t in range(1, 5)
            for s in terms.SIDES
        ]
    )
    assert schedules.sorry(carry).tolist() == [True, False, False, False]
    assert not schedules.sorry(carry, "coalition").any()
    assert not schedules.sorry(carry.assign(carry=carry["carry"].clip(lower=-0.5))).any()
    tight = schedules.tightest(carry)
    assert tight.loc["kim"].tolist() == [1, 1, 1, 10] and tight.loc["coalition"].tolist() == [4, 4, 4, 0]
    bands = schedules.carry_bands(carry)
    assert len(bands) == 8 and bands["high"].max() == 5 and set(bands["regret"]) == {True, False}


def test_rules_and_horizons_are_means_over_the_same_draws():
    sample = planted(6)
    rule = pd.DataFrame(
        [
            {"reading": r, "draw": i, "rule": k, "depth": 30.0 * (i > 0), "expected": np.nan if i == 0 else 40.0}
            for r in MINDS
            for i in range(4)
            for k in schedules.RULES
        ]
    )
    got = schedules.rules(rule, sample)
    assert list(got.index) == ["plain", *schedules.RULES] and (got["of"] == 12).all()
    assert got.loc["plain", ["some", "depth", "expected"]].tolist() == [12, 60, 100]
    assert got.loc["lag", ["some", "depth", "expected"]].tolist() == [9, 22.5, 30]
    assert schedules.rules_table(got)["Weapons go"].tolist()[:2] == ["12 of 12", "9 of 12"]
    horizon = sample[sample["draw"] < 2].assign(periods=20, depth=90.0, deepest=8)
    far = schedules.horizons(horizon, sample)
    assert far.loc[12].tolist() == [60, 100, 5] and far.loc[20].tolist() == [90, 100, 8]


def planted_order(last=6):
    steps = base.table().index[:30]
    side = base.table()["side"]
    return pd.DataFrame(
        [
            {
                "reading": r,
                "draw": i,
                "step": s,
                "possible": 2,
                "watched": 4,
                "date": (last if s in ("K09", "K10") else 0 if s in ("K11", "K12") else 1 if s in ("K01", "U01") else 3)
                if side[s]
                else 0,
            }
            for r in MINDS
            for i in range(6)
            for s in steps
        ]
    )


def test_dates_of_planted_schedules_and_what_watching_does_to_them():
    order = planted_order()
    rows = schedules.arms_dates(order)
    assert rows["both"].all() and (rows["first"] == 6).all() and (rows["late"] == 4).all()
    assert not schedules.arms_dates(order[order["step"] != "U01"])["both"].any()
    frame = schedules.dates(order).set_index("step")
    assert "K12" not in frame.index and frame.at["K09", "median"] == 6 and frame.at["K01", "share"] == 1
    lever = pd.DataFrame(
        [
            {"reading": r, "draw": i, "lever": n, "depth": d * (i > 0), "expected": d * (i > 0)}
            for r in MINDS
            for i in range(6)
            for n, d in (("none", 60.0), ("targeting", 30.0))
        ]
    )
    assert schedules.watched(order, lever) == (1, -0.5, 1, 0)  # of the draws in which weapons go
    assert schedules.watched(order.assign(watched=1), lever)[2:] == (0, 1)
    with pytest.raises(ValueError, match="never made"):
        schedules.watched(order.assign(watched=0), lever)


def planted_hold():
    rows = [{"side": s, "draw": i, "hold_out": 90.0 * i} for s in terms.SIDES for i in range(9)]
    return schedules.hold_curve(pd.DataFrame(rows))


@pytest.mark.parametrize("narrow", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_figures_draw_planted_tables(narrow):
    """Every figure of the page accepts a table of its shape and stays within its column."""
    t, sample = theme.TOKENS["light"], planted(300)
    models, order = schedules.life_models(), planted_order()
    drawn = [
        schedules_plots.draw_dates(t, narrow, schedules.dates(order), schedules.PERIODS),
        schedules_plots.draw_shapes(t, narrow, schedules.shape_quantiles(sample)),
        schedules_plots.draw_drivers(t, narrow, schedules.drivers(sample)),
        schedules_plots.draw_lives(t, narrow, schedules.life_curves(models)),
        schedules_plots.draw_hold(t, narrow, planted_hold(), 420.0),
    ]
    for n, chart in enumerate(drawn):
        svg = theme.pictures.svg_of(chart.to_dict(), f"fig-test-{n}")
        width = float(svg.split('width="')[1].split('"')[0])
        assert width <= 1.05 * (theme.NARROW if narrow else theme.WIDE), n


# ------------------------------------------------------------------- frames from planted draws, by definition
def random_order(seed=3, n=12):
    """Dates of a few steps by draw and reading, some never done; the last draws remove nothing."""
    rng = np.random.default_rng(seed)
    steps, rows = ["K01", "K09", "K10", "K12", "U03", "U17"], []
    for reading in MINDS[1:]:
        for draw in range(n):
            for step in steps:
                date = int(rng.integers(0, 9)) if step != "U17" else int(draw == 0)
                if draw >= n - 2 and step in ("K09", "K10", "K12"):
                    date = 0
                rows.append(
                    {"reading": reading, "draw": draw, "step": step, "date": date, "possible": int(rng.integers(1, 4))}
                )
    return pd.DataFrame(rows)


def test_dates_are_quantiles_over_the_schedules_that_remove_weapons():
    order = random_order()
    got = schedules.dates(order).set_index("step")
    table, arms = base.table(), ("K09", "K10", "K12")
    going = {key for key, part in order.groupby(["reading", "draw"]) if part[part.step.isin(arms)]["date"].max() > 0}
    assert 0 < len(going) < 24 and "U17" not in got.index  # done in one draw: less than a third
    for step in got.index:
        mine = [r for r in order[order.step == step].itertuples() if (r.reading, r.draw) in going]
        done = [r.date for r in mine if r.date]
        row = got.loc[step]
        assert row.share == pytest.approx(len(done) / len(mine)) and row.side == table.side[step]
        expected = np.quantile(done, [0.05, 0.25, 0.5, 0.75, 0.95])
        assert row[["low", "q25", "median", "q75", "high"]].to_numpy(float) == pytest.approx(expected)
        assert row.possible == np.median([r.possible for r in mine])
    assert got["median"].is_monotonic_increasing


def test_arms_dates_are_the_first_and_last_removal_of_each_draw():
    order = random_order(5)
    got = schedules.arms_dates(order).set_index(["reading", "draw"])
    seen = set()
    for key, part in order.groupby(["reading", "draw"]):
        gone = [r for r in part.itertuples() if r.step in ("K09", "K10", "K12") and r.date]
        if not gone:
            assert key not in got.index
            continue
        row, last = got.loc[key], max(r.date for r in gone)
        assert (row["first"], row["last"]) == (min(r.date for r in gone), last)
        assert row["late"] in [r.date - r.possible for r in gone if r.date == last]
        at_first = {r.step[0] for r in part.itertuples() if r.date == 1}
        assert row["both"] == (at_first == {"K", "U"})
        seen.add(bool(row["both"]))
    assert seen == {True, False}


def planted_sample(seed=1, n=30):
    """E and depth of the derived schedule and its rivals, with some that the solver did not find."""
    rng, rows = np.random.default_rng(seed), []
    for reading in MINDS:
        for draw in range(n):
            for shape in base.SHAPES:
                lost = rng.random() < 0.1
                rows.append(
                    {
                        "reading": reading,
                        "draw": draw,
                        "shape": shape,
                        "expected": np.nan if lost else rng.uniform(0, 60),
                        "bound": rng.uniform(60, 70),
                        "depth": 0.0 if lost else float(rng.choice([0, 30, 60, 90])),
                    }
                )
    return pd.DataFrame(rows)


def test_gains_count_what_was_not_found_against_the_derived_order():
    sample = planted_sample()
    got = schedules.gains(sample).set_index(["reading", "draw"])
    for (reading, draw), part in sample.groupby(["reading", "draw"]):
        row, by = got.loc[(reading, draw)], part.set_index("shape")
        for shape in base.SHAPES:
            found = by.at[shape, "expected"]
            if np.isnan(found):
                found = 0.0 if shape == "derived" else by.at[shape, "bound"]
            assert row[shape] == found and row[f"depth_{shape}"] == by.at[shape, "depth"]
        assert row["some"] == (by.at["derived", "depth"] > 0) and row["all_gone"] == (by.at["derived", "depth"] >= 90)
        assert row["better"] == (row["derived"] > (1 + schedules.BETTER) * row["at_once"])


def test_quantiles_of_shapes_count_nothing_found_as_nothing():
    sample = planted_sample(2)
    got = schedules.shape_quantiles(sample).set_index(["reading", "shape"])
    for (reading, shape), part in sample.groupby(["reading", "shape"]):
        x = np.where(np.isnan(part.expected), 0, part.expected)
        expected = [*np.quantile(x, [0.025, 0.25, 0.5, 0.75, 0.975]), x.mean()]
        row = got.loc[(reading, terms.SHAPE_NAMES[shape]), ["q2", "q25", "q50", "q75", "q97", "mean"]]
        assert row.to_numpy(float) == pytest.approx(expected)


def test_shares_of_why_are_of_the_draws_with_any_removal():
    rng = np.random.default_rng(8)
    why = pd.DataFrame(
        [
            {"off": off, "reading": r, "draw": k, "depth": float(rng.choice([0, 0.5, 30])), "derived": a, "at_once": b}
            for off in schedules.OFF_NAMES
            for r in MINDS[:2]
            for k, (a, b) in enumerate(rng.uniform(1, 9, (14, 2)))
        ]
    )
    got = schedules.why_shares(why).set_index(["off", "reading"])
    assert len(got) == len(schedules.OFF_NAMES) * 2
    for key, part in why[why.depth > 0].groupby(["off", "reading"]):
        row = got.loc[key]
        better = (part.derived > (1 + schedules.BETTER) * part.at_once).to_numpy()
        interval = binomtest(int(better.sum()), len(part)).proportion_ci(method="wilson")
        assert (row["share"], row.n) == (better.mean(), len(part)) and row["name"] == schedules.OFF_NAMES[key[0]]
        assert [row.low, row.high] == pytest.approx([interval.low, interval.high], abs=1e-6)
        assert row.gain == pytest.approx(part.derived.sum() / part.at_once.sum() - 1)


def test_changes_of_levers_are_means_over_draws():
    rng = np.random.default_rng(9)
    lever = pd.DataFrame(
        [
            {"reading": r, "draw": k, "lever": name, "expected": e, "depth": float(d), "cost": c}
            for name in ("none", "treaty", "escrow")
            for r in MINDS[:2]
            for k, (e, c, d) in enumerate(
                zip(rng.uniform(0, 30, 10), rng.uniform(0, 5e3, 10), rng.choice([0, 30, 60], 10), strict=True)
            )
        ]
    )
    got = schedules.lever_changes(lever).set_index("lever")
    by = {name: part.set_index(["reading", "draw"]) for name, part in lever.groupby("lever")}
    assert set(got.index) == {"treaty", "escrow"} and got["change"].is_monotonic_decreasing
    none = by["none"]
    for name, row in got.iterrows():
        gap = by[name].expected - none.expected
        each = [gap.xs(k, level="draw").mean() for k in range(10)]
        half = 1.959964 * np.std(each, ddof=1) / np.sqrt(10)
        assert [row.change, row.low, row.high] == pytest.approx([gap.mean(), gap.mean() - half, gap.mean() + half])
        assert row.relative == pytest.approx(gap.mean() / none.expected.mean())
        floor = schedules.BETTER * np.maximum(none.expected, 1)
        assert (row.more, row.less) == (np.mean(gap > floor), np.mean(gap < -floor))
        assert row["depth"] == pytest.approx((by[name].depth - none.depth).mean())
        assert row["some"] == pytest.approx(np.mean(by[name].depth > 0) - np.mean(none.depth > 0))
        assert row.cost == pytest.approx(by[name].cost.median() / 1000) and row["name"] == base.LEVERS[name][1]


def test_fifths_of_a_driver_hold_shares_of_their_draws(few):
    sample = planted_sample(4, few)
    got, values, wide = schedules.drivers(sample), schedules.parameters()[0], schedules.gains(sample)
    for driver, part in got.groupby("driver"):
        drawn = values[driver].iloc[wide["draw"]].to_numpy()
        some = part[part.measure == "some"].sort_values("value")
        edges = np.quantile(drawn, np.linspace(0, 1, 6))
        for k, row in enumerate(some.itertuples()):
            inside = (drawn <= edges[k + 1]) & ((drawn > edges[k]) | (k == 0))
            assert row.value == pytest.approx(drawn[inside].mean())
            assert row.share == pytest.approx(wide["some"][inside].mean())
            alive = wide[inside & wide["some"]]
            good = part[(part.measure == "as_good") & np.isclose(part.value, row.value)]
            if len(alive):
                assert good["share"].iloc[0] == pytest.approx(1 - alive["better"].mean())


def test_curves_of_lives_fall_as_their_hazards_say():
    models = pd.DataFrame(
        [
            {"model": "model", "trust": 0.4, "hazard": 0.3, "residual": 0.05},
            {"model": "constant", "trust": 1.0, "hazard": 0.0, "residual": 0.1},
            {"model": "best mixture", "trust": 0.5, "hazard": 0.2, "residual": 0.0},
        ]
    )
    got = schedules.life_curves(models, [4, 2, 10, 6])
    assert set(got.model) == {"recorded", "model", "constant"}
    steps = got[got.model == "recorded"]
    assert steps.half_year.tolist() == [0, 2, 4, 6, 10] and steps["share"].tolist() == [1, 0.75, 0.5, 0.25, 0]
    for row in got[got.model == "model"].itertuples():
        one = 0.4 * 0.95**row.half_year + 0.6 * 0.7**row.half_year
        assert row.share == pytest.approx(one**2)  # both sides must hold
    assert got[got.model == "model"].half_year.max() == pytest.approx(11.5)


def test_of_later_starts_and_last_dates_the_best_is_taken(monkeypatch):
    """Planted values by clock: the largest wins, an unsolved one never does."""
    seen = {(1, 3): np.nan, (3, 1): 4.0, 4: 2.0, 7: np.nan, 10: 1.0}

    def planted(case, clock, **_):
        key = clock.last if clock.last else clock.start
        return SimpleNamespace(expected=seen[key], key=key, patient=case.patient, periods=clock.periods)

    monkeypatch.setattr(variants, "solve", planted)
    case = base.build()
    assert schedules.later(case).key == (3, 1)
    got = schedules.patient(case, 0.3)
    assert got.key == 4 and got.patient.tolist() == [0.3, 0] and got.periods == schedules.PERIODS


def test_a_schedule_that_comes_nearest_names_its_side():
    case = schedules.drawn("dealer", 0)[0]
    dear = replace(case, out=np.array([0.0, 1e5]))
    got = schedules.nearest(dear, ["K09"])
    assert got["side"] == "coalition" and got["total"] >= got["short"] > 0


def test_only_what_is_needed_falls_short():
    """His steps cost him dearly and nothing is held out for: a shortfall comes from the need alone."""
    case = schedules.drawn("narrow", 0)[0]
    dear = base.change(case, [i for i in case.deal.ids if i.startswith("K")], side=KIM, live=50, hostile=50)
    dear = replace(dear, out=np.zeros(2))
    assert schedules.nearest(dear, [])["total"] == pytest.approx(0, abs=1e-3)
    one, two = schedules.nearest(dear, ["K01"]), schedules.nearest(dear, ["K01", "K09"])
    assert 1 < one["total"] < two["total"]
    hopeless = base.timeless(case)
    hopeless = replace(hopeless, deal=replace(hopeless.deal, earliest=hopeless.deal.earliest + 99))
    assert schedules.nearest(hopeless, ["K01"]) == {}


def test_of_a_schedule_its_own_numbers_are_stored():
    got = SimpleNamespace(status="optimal", expected=1.5, bound=2.5, depth=3.5, deepest=4, words="not these")
    assert schedules.outcome(got) == dict(status="optimal", expected=1.5, bound=2.5, depth=3.5, deepest=4)


def test_parameters_of_a_chunk_are_its_own_draws(few, monkeypatch):
    """Part 1 of the second reading: its name, and the draws of its third of the first tenth."""
    central = evidence.central
    monkeypatch.setattr(evidence, "central", lambda i: 70.0 if i == "n_schedules" else central(i))
    schedules.parameters.cache_clear(), draws._minds.cache_clear()
    reading, some = schedules.tenth(schedules.THIRDS + 1)
    assert reading == MINDS[1] and [i for i, *_ in some] == [3, 4]  # of seven: three, two, two
    for i, case, values in some:
        same, others = schedules.drawn(reading, i)
        assert values == others and np.array_equal(case.deal.live, same.deal.live)
