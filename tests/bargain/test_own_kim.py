"""Set your own Kim: the table behind the page, what would change an answer, and the page itself in a browser."""

import inspect
import random
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bargain import argument, evidence, live, options, results, terms
from bargain.live import own_kim, own_kim_page

READINGS = terms.READINGS


@pytest.fixture(scope="module")
def data():
    return own_kim.page_data()


def some_setting(data, chance):
    """A random setting: any beliefs in whole points, any stops, any effects."""
    a, b = sorted(chance.choices(range(101), k=2))
    return {
        "belief": [a, b - a, 100 - b],
        "values": [chance.choice(marks) for marks in data["stops"]],
        "camp": chance.choice(list(data["camps"])),
        "step": chance.choice([0, chance.randrange(own_kim.STEPS + 1)]),
        "all": chance.random() < 0.7,
    }


def settings(data, n, seed):
    chance = random.Random(seed)
    return [some_setting(data, chance) for _ in range(n)]


@cache
def effects():
    return own_kim.effects_table(), {k: evidence.central(k) for k in ("people", "horizon", "ramp")}


def mixed(data, own, beliefs=None):
    """Losses on offer by a direct sum over the table: (policy,), or (m, policy) for several beliefs."""
    n = 5 if own["all"] else 3
    means, constants = effects()
    values = dict(zip(options.RATES, own["values"], strict=True)) | constants
    if own["step"] == 0:
        table = means["drawn", 0]
    elif own["camp"] == "each":
        table = np.stack([means[options.PAIRING[k], own["step"]][i] for i, k in enumerate(READINGS)])
    else:
        table = means[own["camp"], own["step"]]
    return np.array(own["belief"] if beliefs is None else beliefs) @ options.loss(table, values)[:, :n] / 100


# --- the table


def test_the_table_is_the_model_and_the_draw_of_the_options():
    job = results.JOBS["own_kim_effects"]
    assert job.chunks == inspect.signature(options.sample).parameters["chunks"].default
    assert inspect.signature(options.sample).parameters["seed"].default == options.SEED
    stored = results.load("own_kim_effects")
    first = stored[stored.chunk == 0]
    draw = options.draw(2 ** int(evidence.central("chunk_log2")), options.SEED, 0)
    shape = (3, 5, 6)

    def means(camp, step):
        rows = first[(first.camp == camp) & (first.step == step)]
        return rows[list(terms.OUTCOMES)].to_numpy().reshape(shape)

    drawn = options.outcomes(draw.parameters, draw.minds).mean(axis=0)
    np.testing.assert_allclose(means("drawn", 0), drawn, rtol=1e-7, atol=1e-9)
    packages = options.packages(draw, 0.5)
    each = np.stack([means(options.PAIRING[k], 5)[i] for i, k in enumerate(READINGS)])
    np.testing.assert_allclose(each, packages, rtol=1e-7, atol=1e-9)
    assert len(stored) == job.chunks * (1 + 3 * own_kim.STEPS) * 15


def test_the_page_rounds_and_does_no_more(data):
    stored = results.load("own_kim_effects")
    drawn = stored[stored.camp == "drawn"].groupby(["reading", "policy"], sort=False)[list(terms.OUTCOMES)].mean()
    page = np.array(data["effects"]["drawn,0"]).reshape(15, 6)
    np.testing.assert_allclose(page, drawn.to_numpy(), rtol=10.0 ** (1 - own_kim.DIGITS))
    assert len(data["effects"]) == 1 + 3 * own_kim.STEPS
    assert len(own_kim_page.widget_html(compact=True)) < len(own_kim_page.widget_html()) / 2


def test_losses_are_those_of_the_options(data):
    for own in settings(data, 40, 3):
        losses = np.array(own["belief"]) / 100 @ own_kim.losses(data, own)
        np.testing.assert_allclose(losses[: 5 if own["all"] else 3], mixed(data, own), rtol=1e-12)


def test_printed_digits_are_those_that_two_draws_share(data):
    draws = [options.draw(2**13, 1, c) for c in range(4)]
    for key in own_kim.PRESETS:
        own = own_kim.setting(key)
        moved = [
            options.advocate(d.parameters, own["camp"], own["step"] / own_kim.STEPS) if own["step"] else d.parameters
            for d in draws
        ]
        other = np.mean([options.outcomes(p, d.minds).mean(axis=0) for p, d in zip(moved, draws, strict=True)], axis=0)
        loss = np.array(own["belief"]) / 100 @ (other @ (np.array(data["weights"]) * own["values"]))
        for policy, saved in own_kim.answer(data, own)["saved"].items():
            again = loss[3] - loss[terms.POLICIES.index(policy)]
            unit = 1000 if abs(saved) >= 5e3 else max(1.0, 10 ** (np.floor(np.log10(abs(saved) + 1)) - 1))
            assert abs(saved - again) < unit, (key, policy)
            printed = float(own_kim.amount(saved).replace(",", ""))
            assert abs(printed - abs(saved)) <= unit / 2 + 1e-9 and printed % unit == 0


# --- what would change the answer


def test_the_least_shift_of_belief_is_the_least(data):
    every = np.array([(a, b, 100 - a - b) for a in range(101) for b in range(101 - a)])
    shifted = 0
    for own in settings(data, 60, 5):
        best = mixed(data, own).argmin()
        wins = mixed(data, own, every).argmin(axis=1) != best
        away = np.abs(every - own["belief"]).sum(axis=1) // 2
        found = own_kim.nearest_belief(data, own)
        if found is None:
            assert not wins.any()
            continue
        moved, to, belief = found
        assert sum(belief) == 100 and min(belief) >= 0 and moved[to] == 0
        assert sum(moved) == away[wins].min() == np.abs(np.array(belief) - own["belief"]).sum() / 2
        assert mixed(data, own | {"belief": belief}).argmin() != best
        shifted += 1
    assert 5 < shifted < 55


def test_the_break_even_price_is_exact_and_the_nearest(data):
    flipped = 0
    for own in settings(data, 60, 7):
        best, found = mixed(data, own).argmin(), own_kim.nearest_price(data, own)

        def at(r, v, own=own):
            return mixed(data, own | {"values": [v if i == r else x for i, x in enumerate(own["values"])]})

        reach = np.inf
        if found is not None:
            r, v, policy = found
            low = np.sort(at(r, v))
            assert abs(low[1] - low[0]) < 1e-6 * abs(low[0]) + 1e-6  # a tie, and another policy best beyond it
            assert at(r, v + np.sign(v - own["values"][r]) * 1e-5 * v).argmin() == policy != best
            marks = data["stops"][r]
            reach = abs(np.interp(v, marks, range(len(marks))) - marks.index(own["values"][r])) / (len(marks) - 1)
            flipped += 1
        for r, marks in enumerate(data["stops"]):  # no shorter move of any slider does it
            here = marks.index(own["values"][r])
            for place in np.linspace(0, len(marks) - 1, 60):
                if abs(place - here) / (len(marks) - 1) < reach - 1e-9:
                    assert at(r, np.interp(place, range(len(marks)), marks)).argmin() == best
    assert 5 < flipped < 60


def test_the_nearest_effects_are_the_nearest(data):
    for own in settings(data, 20, 9):
        best, least = mixed(data, own).argmin(), np.inf
        for camp, step in product(data["camps"], range(own_kim.STEPS + 1)):
            if mixed(data, own | {"camp": camp, "step": step}).argmin() != best:
                same = camp == own["camp"] or 0 in (step, own["step"])
                least = min(least, abs(step - own["step"]) if same else step + own["step"])
        found = own_kim.nearest_effects(data, own)
        if found is None:
            assert least == np.inf
        else:
            camp, step, policy = found
            assert mixed(data, own | {"camp": camp, "step": step}).argmin() == policy != best
            same = camp == own["camp"] or 0 in (step, own["step"])
            assert least == (abs(step - own["step"]) if same else step + own["step"])


def test_best_at_all_corners_means_no_shift_of_belief(data):
    seen = 0
    for own in settings(data, 200, 11):
        corners = {int(own_kim.losses(data, own)[k, : 5 if own["all"] else 3].argmin()) for k in range(3)}
        if len(corners) == 1:
            assert own_kim.nearest_belief(data, own) is None
            seen += 1
    assert seen > 10


def test_doubling_all_prices_changes_no_answer(data):
    for own in settings(data, 20, 13):
        twice = own_kim.answer(data, own | {"values": [2 * v for v in own["values"]]})
        once = own_kim.answer(data, own)
        assert (once["best"], once["tied"], once["belief"]) == (twice["best"], twice["tied"], twice["belief"])


def test_the_sentence_says_whether_the_choice_is_clear(data):
    clear = 0
    for own in settings(data, 300, 15):
        losses, found = mixed(data, own), own_kim.answer(data, own)
        near = (losses <= losses.min() + evidence.central("indiff") * abs(losses.min())).sum() > 1
        assert ("not clearly" in found["sentence"]) == near == bool(found["tied"])
        assert found["best"] == terms.POLICIES[losses.argmin()]
        clear += not near
    assert 20 < clear < 280


# --- sentences: authored in answers.csv


def test_every_sentence_of_the_pages_is_said_somewhere():
    code = "".join(p.read_text("utf-8") for p in Path(live.__file__).parent.glob("*.py"))
    for row in argument.seed("answers").itertuples():
        assert f'"{row.id}"' in code, f"{row.page} {row.id} is never said"


@pytest.mark.parametrize(
    ("name", "facts", "error"),
    [
        ("gone", {}, "row own-kim gone: is missing"),
        ("effects_drawn", {}, "row own-kim effects_drawn, column sentence: asks for 'then'"),
        ("effects_never", {"then": 1}, "row own-kim effects_never, column sentence: nothing is said of then"),
    ],
)
def test_a_sentence_that_does_not_fit_is_an_error_naming_its_row(name, facts, error):
    with pytest.raises(ValueError, match=f"^answers.csv, {error}"):
        live.say("own-kim", name, **facts)
    assert live.say("own-kim", "effects_drawn", then="talks are") == "Take effects as drawn, and talks are best."


# --- presets


def test_presets_add_up_and_their_prices_are_on_the_sliders(data):
    for key, preset in own_kim.PRESETS.items():
        own = own_kim.setting(key)
        assert sum(own["belief"]) == 100 and preset["note"]
        assert all(v in marks for v, marks in zip(own["values"], data["stops"], strict=True))
    for rate, marks in zip(options.RATES, data["stops"], strict=True):
        row = evidence.assumptions().loc[rate]
        assert marks == sorted(set(marks)) and {row.low, row.central, row.high} <= set(marks)


def test_bad_presets_are_refused(monkeypatch):
    with pytest.raises(KeyError, match="nobody"):
        own_kim.setting("nobody")
    essay = own_kim.PRESETS["talks"]
    monkeypatch.setitem(own_kim.PRESETS, "talks", essay | {"belief": (10, 20, 60)})
    with pytest.raises(ValueError, match="'talks'.*do not add up to 100"):
        own_kim.setting("talks")
    monkeypatch.setitem(own_kim.PRESETS, "talks", essay | {"position": "no_such"})
    with pytest.raises(KeyError, match="no_such"):
        own_kim.stops("v_life")


def test_a_reader_of_each_camp_is_told_his_own_policy(data):
    best = own_kim.preset_best(data)
    assert all(best[camp] == camp for camp in own_kim.CAMPED)
    for key, preset in own_kim.PRESETS.items():  # each argues from his own camp's effects, the others from the draw
        own = own_kim.setting(key)
        assert (own["camp"], own["step"]) == ((key, own_kim.HALF) if key in options.CAMPS else ("each", 0))
        assert ("camp" in preset) == (key in options.CAMPS)
    prices = {key: dict(zip(options.RATES, own_kim.setting(key)["values"], strict=True)) for key in own_kim.PRESETS}
    assert all(p["v_life"] == 1 and p["v_justice"] > 0 for p in prices.values())


def test_the_price_table_is_the_register(data):
    table = own_kim.preset_table().set_index("Lives for …")
    owed = evidence.assumptions().central["preset_human_rights_v_justice"]
    assert table.at["Full justice", "For pressure"] == f"{owed:,.0f}"
    assert table.at["Effects", "For force"] == "half-way to those of force’s advocates"
    assert isinstance(own_kim.presets_frame(data), pd.DataFrame) and len(own_kim.presets_frame(data)) == 20
