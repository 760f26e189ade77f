"""Outside checks of the deterrence module: fixed times, exponential warning, mean detection, the floor against the
schedule's own row, and limits."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import uneven
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bargain import deal, deterrence, evidence, terms


def fixed(value):
    return lambda t: (np.asarray(t, float) < value).astype(float)


@settings(max_examples=60, deadline=None)
@given(st.floats(2, 400), st.floats(0, 300), st.floats(0, 200))
@example(10, 5, 4.5)
@example(10, 5, 5.5)
def test_with_fixed_times_a_window_exists_iff_warning_exceeds_detection_and_answer(warning, detection, answer):
    """ready = 1[τ < W], dash = 1[τ < D + R]: some τ has ready 1 and dash 0 exactly if W > D + R."""
    taus = np.unique(np.concatenate([np.linspace(0, 1000, 2001), [detection + answer], [np.nextafter(warning, 0)]]))
    is_ready = deterrence.ready(taus, fixed(warning)) >= 0.5
    is_dashed = deterrence.dash(taus, fixed(detection + answer), 0, 1) > 0.2  # the looks never cease
    assert (is_ready & ~is_dashed).any() == (warning > detection + answer)


def test_exponential_warning_gives_the_laplace_transform():
    taus, weights = deterrence.breakout("spent")
    mean = 45.0
    got = weights @ deterrence.ready(taus, lambda t: np.exp(-np.asarray(t) / mean))
    rows = evidence.assumptions()
    exact = 1.0
    for name in ("convert_spent", "assembly"):  # E e^{-X/w} of a uniform X
        a, b = float(rows.at[name, "low"]), float(rows.at[name, "high"])
        exact *= mean * (np.exp(-a / mean) - np.exp(-b / mean)) / (b - a)
    assert got == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("interval, detect", [(30, 0.8), (1, 0.9), (90, 0.5)])
def test_mean_detection_time(interval, detect):
    """E D is the area under P(D > τ): the dash with an instant answer."""
    taus = np.linspace(0, interval * 40, 200001)
    instant = lambda t: (np.asarray(t) < 0).astype(float)  # noqa: E731  R = 0
    above = deterrence.dash(taus, instant, interval, detect)
    got = np.trapezoid(above, taus)
    assert got == pytest.approx(interval / 2 + interval * (1 - detect) / detect, rel=2e-2)


def test_no_delay_at_all_means_no_dash():
    instant = lambda t: (np.asarray(t) < 0).astype(float)  # noqa: E731
    assert deterrence.dash(np.array([0.5, 5.0, 50.0]), instant, 1e-9, 1.0) == pytest.approx(0.0)


def test_instant_weaponisation_is_ready_whenever_there_is_warning():
    p = deterrence.central_beliefs() | {"warn_surprise": 0.0}
    assert deterrence.ready(0.0, deterrence.warning_above(p)) == pytest.approx(1.0)
    shut = deterrence.central_beliefs() | {"warn_median": 1e-6, "warn_sd": 0.1, "surprise_days": 1e-9}
    assert deterrence.ready(7.0, deterrence.warning_above(shut)) == pytest.approx(0.0, abs=1e-12)


def test_both_chances_fall_with_time_and_cameras_lower_only_the_dash():
    p = deterrence.central_beliefs()
    ready_v, visits = deterrence.curves("visits", p)
    ready_c, cameras = deterrence.curves("cameras", p)
    for x in (ready_v, visits, cameras):
        assert (np.diff(x) <= 1e-12).all()
    assert np.array_equal(ready_v, ready_c)
    assert (cameras <= visits + 1e-9).all() and (cameras < visits - 0.05).any()


def test_quadrature_of_the_dash_agrees_with_simulation():
    rng = np.random.default_rng(1)
    n, interval, detect, median, sd = 400_000, 30.0, 0.8, 30.0, 0.5
    wait = interval * (rng.random(n) + rng.geometric(detect, n) - 1)
    total = wait + median * np.exp(sd * rng.standard_normal(n))
    for tau in (10.0, 30.0, 80.0):
        got = deterrence.dash(tau, lambda t: deterrence.lognormal_above(t, median, sd), interval, detect)
        assert got == pytest.approx((tau < total).mean(), abs=5e-3)


@pytest.mark.parametrize("detect", [0.15, 0.6])
def test_a_dash_lives_through_each_look_with_the_chance_that_it_is_missed(detect):
    """With an instant answer P(D > k looks) = (1 - detect)^k: exact, as the last look of the sum takes all the rest."""
    instant = lambda t: (np.asarray(t) < 0).astype(float)  # noqa: E731  R = 0
    looks = np.arange(deterrence.MISSED + 1)
    assert deterrence.dash(20.0 * looks, instant, 20.0, detect) == pytest.approx((1 - detect) ** looks)
    assert deterrence.dash(20.0 * (looks[-1] + 1), instant, 20.0, detect) == 0


@pytest.mark.parametrize("limits", [{}, {"ready_min": 0.3}, {"dash_max": 0.4}, {"ready_min": 0.2, "dash_max": 0.3}])
def test_the_window_is_the_times_that_keep_both_limits(limits):
    """For each draw of beliefs by itself, on a grid of its own, by looking at each time."""
    p, taus = deterrence.beliefs(8, 3), np.geomspace(1, 300, 30)
    first, last = deterrence.window("visits", p, **limits, taus=taus)
    floor, top = (limits.get(name, evidence.central(name)) for name in ("ready_min", "dash_max"))
    shut = 0
    for k in range(8):
        one = {name: v[k] if np.ndim(v) else v for name, v in p.items()}
        fits = [
            tau
            for tau in taus
            if deterrence.ready(tau, deterrence.warning_above(one)) >= floor
            and deterrence.curves("visits", one, [tau])[1][0] <= top
        ]
        shut += not fits
        found = (min(fits), max(fits)) if fits else (np.nan, np.nan)
        assert (first[k], last[k]) == pytest.approx(found, nan_ok=True)
    assert 0 < shut < 8 or not limits


def test_sampled_chances_are_those_of_each_draw():
    """Quantiles over the draws of what each draw gives by itself; readiness is listed once, under visits."""
    frame = deterrence.form_chances(2**5, 4).set_index(["form", "watch", "what"])
    assert len(frame) == 4 * 3 and ("Metal", "cameras", "ready") not in frame.index
    p = deterrence.beliefs(2**5, 4)
    for form, (name, _) in deterrence.FORMS.items():
        taus, weights = deterrence.breakout(form)
        for watch in deterrence.WATCHES:
            each = [{i: v[k] if np.ndim(v) else v for i, v in p.items()} for k in range(2**5)]
            both = np.array([[weights @ x for x in deterrence.curves(watch, one, taus)] for one in each])
            assert both == pytest.approx(np.array(deterrence.chances(form, watch, p)).T)
            for what, x in (("ready", both[:, 0]), ("dash", both[:, 1])):
                if what == "dash" or watch == "visits":
                    expected = np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95])
                    assert frame.loc[(name, watch, what)].to_numpy(float) == pytest.approx(expected)


def test_an_open_window_is_one_that_some_time_fits():
    frame, p = deterrence.sampled_windows(2**5, 4), deterrence.beliefs(2**5, 4)
    for watch in deterrence.WATCHES:
        first, last = deterrence.window(watch, p)
        assert frame[f"open_{watch}"].tolist() == (first <= last).tolist()
    assert frame["warn_median"].tolist() == p["warn_median"].tolist()


# --- floor and ceiling ----------------------------------------------------------------------------
def test_the_final_state_is_the_sum_over_half_years_at_the_last_fear():
    """Each side's own patience and fear; the weapons' tranches apart from everything else."""
    case = uneven.build()
    q = deal.fears(case, int(evidence.central("periods") + evidence.central("tail")))[:, -1]
    assert q[0] != q[1]
    parts = deterrence.final_state(case)
    for p in (terms.KIM, terms.COALITION):
        a = ((case.delta[p] * (1 - q[p])) ** np.arange(3000)).sum()
        flow = a * ((1 - q[p]) * case.deal.live[p] + q[p] * deal.lasting(case.deal, case.delta)[p])
        arms = np.isin(case.deal.ids, ["K09", "K10", "K11", "K12"])
        assert parts[1][p] == pytest.approx(flow[arms].sum()) and parts[0][p] == pytest.approx(flow[~arms].sum())


@pytest.mark.parametrize("reach, worth, phi", [(0.95, 4500.0, 0.8), (0.8, 2200.0, 1.3)])
def test_the_floor_solves_its_own_equation(reach, worth, phi):
    """What Kim loses for good, but for the share that the remainder gives back in time, is what the rest is worth."""
    case, peace = uneven.build(), 0.3
    m = deterrence.floor(case, reach, arsenal_worth=worth, arsenal_peace=peace, multiplier=phi)
    total = evidence.central("arsenal_now")
    assert 0 < m < total
    q = deal.fears(case, int(evidence.central("periods") + evidence.central("tail")))[terms.KIM, -1]
    delta, last = 0.93, case.deal.undo[case.deal.at("K12")[0]]
    alone = sum(delta**t for t in range(int(last))) + delta ** int(last) * (1 - delta ** (last % 1)) / (1 - delta)
    lost = worth * phi * ((1 - q) * peace + q * alone) / (1 - delta * (1 - q))
    kept = reach * deterrence.worth(m, evidence.central("arsenal_m0"), total)
    rest = deterrence.final_state(case)[0][terms.KIM]
    assert rest - lost * (1 - kept) == pytest.approx(uneven.VALUES["out_kim"] / (1 - delta))


def test_no_remainder_where_the_rest_is_worth_it_and_none_enough_where_it_comes_too_late():
    case = uneven.build()
    assert deterrence.floor(case, 0.9, arsenal_worth=1.0, arsenal_peace=0.2, multiplier=1.0) == 0
    assert deterrence.floor(case, 0.0, arsenal_worth=9000.0, arsenal_peace=0.2, multiplier=1.0) == np.inf
    assert deterrence.floor(case, 0.01, arsenal_worth=9000.0, arsenal_peace=0.2, multiplier=1.0) == np.inf


def test_bounds_are_each_minds_own():
    """Row k: case, mind and beliefs k together; the loss is that of the floor, in share of her gain on weapons."""
    n, seed = 6, 11
    frame = deterrence.bounds("dealer", n, seed, form="spent", watch="cameras")
    cases, values = deal.sample("dealer", n, seed)
    weights, p = deal.minds("dealer", n, seed), deterrence.beliefs(n, seed)
    ready, dashed = deterrence.chances("spent", "cameras", p)
    assert frame["reach"].tolist() == pytest.approx(ready[:n]) and frame["dashed"].tolist() == pytest.approx(dashed[:n])
    assert len(frame) == n and set(frame["reading"]) == {"dealer"}
    high = float(evidence.assumptions().at["out_coalition", "high"])
    scale, total = evidence.central("arsenal_m1"), evidence.central("arsenal_now")
    for k, row in enumerate(frame.itertuples()):
        phi = 8 * weights[k] @ cases[k].deal.shares[cases[k].deal.at("K12")[0]]
        drawn = values.iloc[k]
        least = deterrence.floor(
            cases[k],
            ready[k],
            arsenal_worth=drawn["arsenal_worth"],
            arsenal_peace=drawn["arsenal_peace"],
            multiplier=phi,
        )
        assert row.floor == least
        assert row.ceiling == pytest.approx(deterrence.ceiling(cases[k], dashed[k]), nan_ok=True)
        assert row.ceiling_out == pytest.approx(deterrence.ceiling(cases[k], dashed[k], high), nan_ok=True)
        loss = dashed[k] * (1 - np.exp(-least / scale)) / (1 - np.exp(-total / scale)) if np.isfinite(least) else np.nan
        assert row.zero_loss == pytest.approx(loss, nan_ok=True)
    whole = deterrence.bounds("dealer", n, seed)
    assert whole["reach"].tolist() == pytest.approx(deterrence.chances("metal", "visits", p)[0][:n])


def test_shares_of_floors_and_ceilings_by_hand():
    total = evidence.central("arsenal_now")
    minds = pd.DataFrame(
        {
            "reading": "narrow",
            "floor": [0.0, 0, 0, 12, np.inf, np.inf, np.inf, np.inf],
            "ceiling": [np.nan, 3, 4, 5, 6, 7, total, total],
            "ceiling_out": [np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, total],
        }
    )
    got = deterrence.bound_shares(minds)
    shares = {m: part.sort_values("rank")["share"].tolist() for m, part in got.groupby("measure")}
    assert shares == {
        "floor": [3 / 8, 1 / 8, 4 / 8],
        "ceiling": [2 / 8, 5 / 8, 1 / 8],
        "ceiling_out": [1 / 8, 0, 7 / 8],
    }
    first = got[got["measure"] == "floor"].sort_values("rank")
    assert first["middle"].tolist() == [3 / 16, 7 / 16, 6 / 8]
    assert first["kind"].tolist() == list(terms.FLOORS) and set(first["name"]) == {terms.LABELS["narrow"]}


def test_reference_times_are_in_days():
    rows = evidence.table("breakout")
    got = deterrence.reference_times().set_index("case")
    assert got["low"].is_monotonic_increasing and (got["low"] <= got["high"]).all()
    days = {"day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}
    for row in rows[rows["quantity"].isin(deterrence.CASES) & rows["unit"].isin(days)].itertuples():
        name, _ = deterrence.CASES[row.quantity]
        one = got.loc[name if name in got.index else f"{name} {row.year}"]
        ends = [x for x in (row.value_low, row.value_central, row.value_high) if x == x]
        assert one["low"] == pytest.approx(ends[0] * days[row.unit], rel=2e-3)
        assert one["high"] == pytest.approx(ends[-1] * days[row.unit], rel=2e-3)
        assert one["seen"] == {"seen": "yes", "part": "in part", "memory": "no"}[row.verified]


@pytest.mark.parametrize("verified, seen", [("seen", "yes"), ("part", "in part"), ("memory", "no")])
def test_a_reference_time_says_how_far_its_source_was_seen(monkeypatch, verified, seen):
    rows = evidence.table("breakout")
    rows = rows[rows["quantity"].isin(deterrence.CASES)].head(1).assign(verified=verified)
    monkeypatch.setattr(evidence, "table", lambda name: rows)
    assert deterrence.reference_times()["seen"].tolist() == [seen]


def test_the_window_hardly_depends_on_the_size_of_the_remainder(monkeypatch):
    """By construction: the window takes no size at all; the size enters floor and ceiling only."""
    import inspect

    assert "m" not in inspect.signature(deterrence.window).parameters
    asked = []
    monkeypatch.setattr(evidence, "central", lambda name, central=evidence.central: asked.append(name) or central(name))
    deterrence.window("visits", deterrence.central_beliefs())
    assert "ready_min" in asked and not [name for name in asked if name.startswith("arsenal")]


@pytest.mark.parametrize("worth", [1500.0, 2500.0, 4000.0])
def test_floor_with_a_certain_remainder_is_the_last_row_of_the_schedule(worth):
    """With ready = 1 the floor, rounded up to a tranche edge, is the least remainder that meets Kim's no-regret row
    at T + 1 alone: everything else done, the undo time of all tranches set to the last one's."""
    case = uneven.build({"arsenal_worth": worth})
    last = case.deal.undo[case.deal.at("K12")[0]]
    arms = np.flatnonzero(case.deal.weapons > 0)
    undo = case.deal.undo.copy()
    undo[arms] = last
    case = replace(case, deal=replace(case.deal, undo=undo))
    q = deal.fears(case, int(evidence.central("periods") + evidence.central("tail")))[terms.KIM, -1]
    delta = case.delta[terms.KIM]
    a = 1 / (1 - delta * (1 - q))
    per_step = a * ((1 - q) * case.deal.live[terms.KIM] + q * deal.lasting(case.deal, case.delta)[terms.KIM])
    done = np.ones(len(per_step), bool)
    edges = [0.0]
    kept = None
    for k in arms[::-1]:  # give back the last tranche first
        if per_step[done].sum() >= case.out[terms.KIM] / (1 - delta) - 1e-9:
            kept = edges[-1]
            break
        done[k] = False
        edges.append(edges[-1] + case.deal.weapons[k])
    else:
        kept = edges[-1] if per_step[done].sum() >= 0 else np.inf
    got = deterrence.floor(
        case, 1.0, arsenal_worth=worth, arsenal_peace=evidence.central("arsenal_peace"), multiplier=1.0
    )
    rounded = next((e for e in [0.0, 10.0, 30.0, 60.0, 90.0] if e >= got - 0.35), np.inf)
    assert rounded == kept


def test_the_floor_falls_with_reach_and_rises_with_worth():
    case = uneven.build()
    kw = dict(arsenal_peace=evidence.central("arsenal_peace"), multiplier=1.0)
    by_reach = [deterrence.floor(case, r, arsenal_worth=3000, **kw) for r in (0.2, 0.6, 1.0)]
    assert by_reach[0] >= by_reach[1] >= by_reach[2]
    by_worth = [deterrence.floor(case, 1.0, arsenal_worth=w, **kw) for w in (500, 2000, 4000)]
    assert by_worth[0] <= by_worth[1] <= by_worth[2]
    assert deterrence.floor(case, 0.0, arsenal_worth=50_000, **kw) == np.inf


def test_the_ceiling_solves_its_own_equation():
    case = uneven.build()
    rest, arms = (x[terms.COALITION] for x in deterrence.final_state(case))
    total, m1 = evidence.central("arsenal_now"), evidence.central("arsenal_m1")
    target = rest + arms * (1 - 0.9 * deterrence.worth(25.0, m1, total))  # what 25 weapons' worth leave
    hold_out = target * (1 - case.delta[terms.COALITION])
    assert deterrence.ceiling(case, 0.9, hold_out) == pytest.approx(25.0, abs=1e-6)
    assert deterrence.ceiling(case, 0.0) == total
    assert np.isnan(deterrence.ceiling(case, 0.5, 1e9))


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(1, 90))
def test_worth_and_its_inverse(share, scale):
    m = deterrence.weapons_for(share, scale, 90.0)
    assert 0 <= m <= 90 + 1e-9
    assert deterrence.worth(m, scale, 90.0) == pytest.approx(share, abs=1e-9)


def test_a_planted_posterior():
    low, mean, high, good, trials = deterrence.gave_up()
    rows = evidence.table("base_rates")
    row = rows[rows["quantity"].str.startswith("states that gave up weapons")].iloc[0]
    assert (good, trials) == (row.successes, row.trials)
    x = np.linspace(0, 1, 200_001)
    density = x**good * (1 - x) ** (trials - good)  # Bayes from an even prior
    below = np.cumsum(density) / density.sum()
    assert (low, high) == pytest.approx(np.interp([0.05, 0.95], below, x), abs=1e-4)
    assert mean == pytest.approx((1 + good) / (2 + trials)) and low < mean < high


# --- what the pages show ----------------------------------------------------------------------------


def test_laxer_limits_open_more_windows():
    usual, lax, none = (deterrence.open_shares(*x) for x in ((), (1 / 3, 0.2), (1.0, 0.0)))
    assert (lax >= usual).all() and lax["cameras"] > usual["cameras"] and (none == 0).all()
    draws = deterrence.sampled_windows()
    assert usual["visits"] == draws["open_visits"].mean() and usual["cameras"] == draws["open_cameras"].mean()
    with pytest.raises(ValueError, match="ready_min"):
        deterrence.open_shares(ready_min=1.5)


def test_the_leading_belief_is_the_one_that_opens_the_window():
    """A window planted on one belief alone has rank correlation ±0.87 with it, that of a split at the median."""
    draws = deterrence.sampled_windows(2**7)
    for name, watch, way in (("warn_median", "cameras", 1), ("visit_interval", "visits", -1)):
        above = draws[name] > draws[name].median()
        planted = draws.assign(**{f"open_{watch}": above if way > 0 else ~above})
        top = deterrence.leading_beliefs(planted, watch).iloc[0]
        assert top["belief"] == name and top["rho"] == pytest.approx(way * 0.866, abs=0.01)
    cameras = set(deterrence.leading_beliefs(draws, "cameras")["belief"])
    assert not [name for name in cameras if name.startswith("visit")] and "camera_detect" in cameras
    table = deterrence.belief_table(draws)
    assert sorted(table["Belief"]) == sorted(deterrence.BELIEF_NAMES[name] for name in deterrence.BELIEFS)
    assert table["Visits"].isna().sum() == 1


@pytest.mark.filterwarnings("ignore::scipy.stats.ConstantInputWarning")
def test_a_window_that_is_never_open_has_no_leading_belief():
    draws = deterrence.sampled_windows(2**5).assign(open_visits=False)
    assert deterrence.leading_beliefs(draws)["rho"].isna().all()


def test_the_least_warning_is_where_the_window_opens():
    for watch in deterrence.WATCHES:
        days = deterrence.least_warning(watch)
        for warning, opens in ((days, True), (days - 1, False)):
            p = deterrence.central_beliefs() | {"warn_median": warning}
            assert (not np.isnan(deterrence.window(watch, p)[0])) == opens
    assert deterrence.least_warning("cameras") < deterrence.least_warning("visits")
    assert np.isnan(deterrence.least_warning("visits", longest=5))


def test_the_plane_is_shut_where_an_attack_is_sudden_and_the_answer_slow():
    plane = deterrence.plane(6)
    for watch, rows in plane.groupby("watch"):
        corner = rows.sort_values(["warn", "answer"])
        assert not corner["open"][(rows["warn"] == rows["warn"].min()) & (rows["answer"] == rows["answer"].max())].any()
        first = rows[(rows["warn"] == rows["warn"].max()) & (rows["answer"] == rows["answer"].min())].iloc[0]
        p = deterrence.central_beliefs() | {"warn_median": first["warn"], "answer_median": first["answer"]}
        assert first["open"] == (not np.isnan(deterrence.window(watch, p)[0])) and first["open"]


def test_each_cell_of_the_plane_is_the_window_at_its_own_warning_and_answer():
    plane = deterrence.plane(4)
    for row in plane.itertuples():
        p = deterrence.central_beliefs() | {"warn_median": row.warn, "answer_median": row.answer}
        assert row.open == (not np.isnan(deterrence.window(row.watch, p)[0])), row
    for _, rows in plane.groupby("watch"):  # at one and the same warning, a slow answer shuts what a quick one opens
        assert (rows.groupby("warn")["open"].nunique() == 2).any()


def test_central_curves_are_those_of_each_watch():
    table, p = deterrence.central_curves(), deterrence.central_beliefs()
    days, ready = deterrence.line(table, "ready")
    assert np.array_equal(days, deterrence.TAUS) and np.array_equal(ready, deterrence.curves("visits", p)[0])
    for watch in deterrence.WATCHES:
        assert np.array_equal(deterrence.line(table, watch)[1], deterrence.curves(watch, p)[1])


def test_the_limits_are_the_registers_readiness_then_dash(monkeypatch):
    monkeypatch.setattr(evidence, "central", {"ready_min": 0.7, "dash_max": 0.2}.get)
    assert deterrence.limits() == (0.7, 0.2)


def test_medians_by_hand_and_who_keeps_both_limits():
    rows = [("Metal", "visits", "ready", 0.6), ("Metal", "visits", "dash", 0.9), ("Metal", "cameras", "dash", 0.2)]
    got = deterrence.medians(pd.DataFrame(rows, columns=["form", "watch", "what", "p50"])).set_index("watch")
    assert got["ready"].tolist() == [0.6, 0.6] and got["dash"].to_dict() == {"visits": 0.9, "cameras": 0.2}
    assert got["both"].to_dict() == {"visits": False, "cameras": True}


def test_mean_days_to_a_weapon_are_the_middles_of_both_ranges():
    rows = evidence.assumptions()
    for form, (_, name) in deterrence.FORMS.items():
        middle = sum((rows.at[row, "low"] + rows.at[row, "high"]) / 2 for row in (name, "assembly"))
        assert deterrence.weapon_days(form) == pytest.approx(middle)


def test_who_fits_and_who_needs_nothing_by_hand():
    minds = pd.DataFrame({"floor": [0.0, 0, 0, 12, 12, np.inf], "ceiling": [5.0, 90, np.nan, 12, 6, 90]})
    assert deterrence.fits(minds) == (pytest.approx(3 / 6), pytest.approx(2 / 3))
    whole, idle = deterrence.fits(minds.assign(floor=np.inf))
    assert whole == 0 and np.isnan(idle)


def test_the_latest_time_of_a_case():
    row = deterrence.reference_time("Iran, material")
    others = deterrence.reference_times()
    assert row["kind"] == "material" and row["year"] == others[others["case"].str.startswith("Iran, m")]["year"].max()
    assert deterrence.reference_time("Japan, internal")["kind"] == "weapon"
    with pytest.raises(KeyError, match="Atlantis"):
        deterrence.reference_time("Atlantis")


def test_the_two_schools_are_the_ends_of_their_row():
    row = evidence.assumptions().loc["latency_disputes"]
    assert deterrence.schools() == (row.low, row.high, evidence.central("ua_risk"))
