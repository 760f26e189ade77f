"""Outside checks of the deterrence module: fixed times, exponential warning, mean detection, the floor against the
schedule's own row, and limits."""

from dataclasses import replace

import numpy as np
import pytest
import uneven
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import deal, deterrence, evidence, results, terms
from bargain.words import deterrence as deterrence_words


def fixed(value):
    return lambda t: (np.asarray(t, float) < value).astype(float)


@settings(max_examples=60, deadline=None)
@given(st.floats(2, 400), st.floats(0, 300), st.floats(0, 200))
def test_with_fixed_times_a_window_exists_iff_warning_exceeds_detection_and_answer(warning, detection, answer):
    """ready = 1[τ < W], dash = 1[τ < D + R]: some τ has ready 1 and dash 0 exactly if W > D + R."""
    taus = np.unique(np.concatenate([np.linspace(0, 1000, 2001), [detection + answer], [np.nextafter(warning, 0)]]))
    is_ready = deterrence.ready(taus, fixed(warning)) >= 0.5
    is_dashed = fixed(detection + answer)(taus) > 0.2
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
    case = deal.build({"arsenal_worth": worth})
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
    case = deal.build()
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
    assert mean == pytest.approx((1 + good) / (2 + trials)) and low < mean < high


# --- words that turn with what is computed ----------------------------------------------------------


def test_headings_turn_with_what_is_computed(monkeypatch):
    """Each heading from the report's own frame and from a changed one, beside its caption."""
    forms = deterrence.form_chances(2**7)
    none = forms.assign(p50=forms["p50"].where(forms["what"] == "ready", 1.0))  # every dash succeeds
    assert deterrence_words.forms_heading(none) == "No form of material is both ready and hard to dash"
    assert deterrence_words.forms_finding(none).startswith("No form")
    every = forms.assign(p50=forms["what"].map({"ready": 1.0, "dash": 0.0}))
    assert deterrence_words.forms_heading(every) == "Every form of material can be both ready and hard to dash"
    one = every.assign(p50=every["p50"].where((every["what"] == "ready") | (every["form"] == "Metal"), 1.0))
    assert deterrence_words.forms_heading(one).startswith(
        "One form of"
    ) and "Only metal" in deterrence_words.forms_finding(one)
    assert deterrence_words.forms_heading(forms).startswith("No") == deterrence_words.forms_finding(forms).startswith(
        "No"
    )

    draws = deterrence.sampled_windows(2**7)
    swapped = draws.rename(columns={"open_visits": "open_cameras", "open_cameras": "open_visits"})
    for frame in (draws, swapped):
        more = frame["open_cameras"].mean() > frame["open_visits"].mean()
        assert ("no more" in deterrence_words.open_heading(frame)) != more
        assert ("no more" in deterrence_words.open_finding(frame)) != more
    assert deterrence_words.open_heading(draws) != deterrence_words.open_heading(swapped)

    bounds = deterrence.bound_shares(results.load("deterrence_bounds"))
    first = deterrence_words.bounds_heading(bounds).split(" minds")[0]
    assert deterrence_words.bounds_finding(bounds).startswith(f"Of {first.lower()} minds")
    turned = bounds.assign(share=bounds["share"].where(bounds["kind"] != "more", 1 - bounds["share"]))
    assert deterrence_words.bounds_heading(turned).split(" minds")[0] != first
    level = bounds.assign(share=0.3)
    assert deterrence_words.bounds_heading(level) == "Minds of all readings need more than that equally often"

    cases = deterrence.reference_times()
    assert deterrence_words.cases_heading(cases) == "Latency is put at weeks for Iran and years for Japan"
    slow = cases.assign(
        **{end: cases[end].where(~cases["case"].str.startswith("Iran"), 1000.0) for end in ("low", "high")}
    )
    assert deterrence_words.cases_heading(slow) == "Latency is put at years for Iran and Japan alike"
    assert "1000 days from" in deterrence_words.iran_words(slow)


def test_what_is_said_of_cameras_and_of_warning_follows_the_numbers(monkeypatch):
    custody = deterrence_words.custody_frame(deterrence.form_chances(2**7))
    swapped = custody.assign(watch=custody["watch"].map({"visits": "cameras", "cameras": "visits"}))
    assert "cut the chance of a dash by up to" in deterrence_words.custody_finding(custody)
    assert "do not cut" in deterrence_words.custody_finding(swapped)
    assert "lies below" in deterrence_words.custody_words(custody) and "lies above" in deterrence_words.custody_words(
        swapped
    )
    falls = custody.assign(ready=-custody["ready"])
    assert "do not rise together" in deterrence_words.custody_finding(falls)
    assert "do not all rise" in deterrence_words.custody_words(falls)

    plane = deterrence_words.plane_frame(12)
    other = plane.assign(watch=plane["watch"].map({"visits": "cameras", "cameras": "visits"}))
    assert "is larger with cameras" in deterrence_words.plane_words(plane)
    assert "is smaller with cameras" in deterrence_words.plane_words(other)
    assert deterrence_words.plane_words(plane.assign(open=False)) == "No cell is shaded"

    draws = deterrence.sampled_windows(2**7)
    late = draws.assign(open_visits=draws["visit_interval"] < draws["visit_interval"].median())
    early = draws.assign(open_visits=draws["warn_median"] > draws["warn_median"].median())
    assert "warning moves the window more than anything else" in deterrence_words.warning_words(early)
    assert "only the days between visits moves" in deterrence_words.warning_words(late)
    shut = draws.assign(open_visits=False)
    assert "none does" in deterrence_words.leading_beliefs(shut) and "no belief" in deterrence_words.warning_words(shut)

    monkeypatch.setattr(deterrence, "schools", lambda: (-0.03, 0.03, 0.001))
    assert "30 times" in deterrence_words.quarrel_words() and "not about details" in deterrence_words.quarrel_words()
    monkeypatch.setattr(deterrence, "schools", lambda: (-0.03, 0.03, 0.1))
    assert "0.3 times" in deterrence_words.quarrel_words() and "about little" in deterrence_words.quarrel_words()
