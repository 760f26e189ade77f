"""Set your own Kim: the table behind the page, what would change an answer, and the page itself in a browser."""

import inspect
import random
import re
import subprocess
import sys
from functools import cache
from itertools import product
from pathlib import Path

import books
import numpy as np
import pandas as pd
import pytest

from bargain import argument, evidence, live, options, results, simplex, terms
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


# --- the page


@pytest.fixture(scope="module")
def site(once):
    """A small book with the page and its compact version, rendered by the press: both have the real template."""

    def make(folder):
        cell = "```{{python}}\n#| echo: false\nfrom bargain.live import own_kim_page\nown_kim_page.widget({})\n```\n"
        pages = {"index.qmd": "# Three Kims {.unnumbered}\n\n" + cell.replace("widget({})", "triangle()").format(),
                 "chapters/own-kim.qmd": "# Own {.unnumbered}\n\n" + cell.format(""),
                 "chapters/05-options.qmd": "# Options\n\n" + cell.format("compact=True"),
                 "chapters/06-plain.qmd": "# Plain\n\nNo script of its own.\n"}  # fmt: skip
        books.make(folder, pages)
        # in a process of its own: the browser's loop runs in this one
        done = subprocess.run([sys.executable, "-m", "press", folder, "--to", "html"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("own_kim", make) / "_book"


@pytest.fixture
def opened(tabs, site):
    """opened(hash, …): the page in a tab of its own."""

    def open_one(fragment="", page="own-kim.html", **more):
        return tabs((site / "chapters" / page).as_uri() + (f"#{fragment}" if fragment else ""), **more)

    return open_one


STATE = """() => {
  const text = q => document.querySelector('.own-kim ' + q)?.textContent, all = q => [...document.querySelectorAll('.own-kim ' + q)];
  const area = p => { const c = [...p.points]; return Math.abs(c.reduce((t, a, i) => { const b = c[(i + 1) % c.length]; return t + a.x * b.y - a.y * b.x; }, 0)) / 2; };
  return { sentence: text('.answer'), belief: text('.flips .belief'), price: text('.flips .price'), effects: text('.flips .effects'),
    bars: all('.bars div').map(d => [...d.querySelectorAll('span')].map(s => s.textContent)),
    beliefs: ['irrational', 'narrow', 'dealer'].map(k => Number(document.querySelector(`[name=${k}]`).value)),
    shown: all('.set output').map(o => o.textContent), link: document.querySelector('.own-kim .link').getAttribute('href'),
    pressed: all('[aria-pressed=true]').map(b => b.dataset.preset),
    fields: all('.tri g:first-child polygon').map(p => [p.style.fill, Number(p.style.opacity), area(p) / (200 * 200 * Math.sqrt(3))]),
    knob: ['cx', 'cy'].map(k => Number(document.querySelector('.own-kim .knob').getAttribute(k))) };
}"""  # noqa: E501
GO = """hash => new Promise(done => {
  if (location.hash === '#' + hash) return done();
  addEventListener('hashchange', () => setTimeout(done, 0), { once: true }); location.hash = hash; })"""


def compared(data, own, state):
    """Everything that the page shows of a setting, against Python."""
    found = own_kim.answer(data, own)
    for key in ("sentence", "belief", "price", "effects"):
        assert state[key] == found[key], (key, own)
    named = {terms.LABELS[p]: p for p in terms.POLICIES}
    assert {named[name] for name, _ in state["bars"]} == set(found["saved"])
    for name, shown in state["bars"]:
        saved = found["saved"][named[name]]
        sign = "" if own_kim.amount(saved) == "0" else "+" if saved > 0 else "−"
        assert shown == sign + own_kim.amount(saved), (name, own)
    assert state["bars"][0][0] == terms.LABELS[found["best"]]
    assert state["beliefs"] == own["belief"] and state["shown"][:3] == [f"{b}%" for b in own["belief"]]
    assert state["link"] == "#" + own_kim.fragment(own)
    loss, n = own_kim.losses(data, own), 5 if own["all"] else 3
    drawn = {(fill[len("var(--") : -1], opacity): share for fill, opacity, share in state["fields"]}
    for policy in terms.POLICIES[:n]:  # the coloured fields are the model's regions
        for opacity, margin in ((0.28, 0.0), (0.6, data["indiff"])):
            region = simplex.best_region(loss[:, :n], policy, margin)
            assert drawn.get((policy, opacity), 0) == pytest.approx(simplex.region_share(region), abs=1e-3)
    corners = np.array([[0, 200 * 3**0.5], [400, 200 * 3**0.5], [200, 0]])
    assert state["knob"] == pytest.approx(np.array(own["belief"]) / 100 @ corners, abs=1e-6)


def test_the_page_says_what_python_says_at_100_settings(data, opened):
    tab = opened()
    compared(data, own_kim.setting("undecided"), tab.evaluate(STATE))
    for own in settings(data, 100, 2017):
        tab.evaluate(GO, own_kim.fragment(own))
        compared(data, own, tab.evaluate(STATE))


def test_a_link_carries_the_setting(data, opened):
    for own in settings(data, 3, 21):
        first = opened(own_kim.fragment(own)).evaluate(STATE)
        compared(data, own, first)
        assert opened(first["link"].removeprefix("#")).evaluate(STATE) == first
    tab = opened()
    start, good = tab.evaluate(STATE), own_kim.fragment(own_kim.setting("talks"))
    changes = {"10,20,70": ["10,30,70", "10,90", "110,20,-30"], "500,": ["501,", ""],
               "talks": ["nobody", "constructor"],
               ",5;all": [",11;all", ",5;none", ",5;all;<b>"]}  # fmt: skip
    bent = [good.replace(old, new) for old, news in changes.items() for new in news]
    assert len({good, *bent}) == 11
    notice = "(one => one?.checkVisibility() ? one.textContent : '')(document.querySelector('.own-kim .notice'))"
    for bad in ("main", "kim=", "%E0%A4", *bent):
        tab.evaluate(GO, bad)
        assert tab.evaluate(STATE) == start, bad
        assert ("cannot be read" in tab.evaluate(notice)) == bad.startswith("kim="), bad
    tab.click("[data-preset=talks]")
    assert tab.evaluate(notice) == ""
    broken = opened(bent[0])
    assert broken.evaluate(STATE) == start and "cannot be read" in broken.evaluate(notice)


def test_a_camp_that_is_chosen_says_something_at_once(opened):
    tab = opened()
    before = tab.evaluate(STATE)
    tab.select_option("[name=camp]", "force")
    assert tab.input_value("[name=step]") == "5" and tab.evaluate(STATE)["bars"] != before["bars"]
    tab.locator("[name=step]").fill("2")
    tab.select_option("[name=camp]", "talks")
    assert tab.input_value("[name=step]") == "2"  # a distance that the reader chose stays


def test_print_is_whole_and_dark_on_white_from_a_dark_page(opened):
    tab = opened(width=794, color_scheme="dark")
    tab.click("button.theme")
    tab.click("button.theme")
    assert tab.get_attribute("button.theme", "aria-pressed") == "true"
    tab.emulate_media(media="print")
    dark = tab.evaluate("getComputedStyle(document.body).color")
    assert max(int(n) for n in re.findall(r"\d+", dark)[:3]) < 60
    box = tab.locator(".own-kim").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 794


def test_presets_and_reset(data, opened):
    tab = opened(own_kim.fragment(settings(data, 1, 23)[0]))
    for key in own_kim.PRESETS:
        tab.click(f"[data-preset={key}]")
        state = tab.evaluate(STATE)
        compared(data, own_kim.setting(key), state)
        assert state["pressed"] == [key]
    tab.click("[data-preset=force]")
    tab.uncheck("[name=all]")
    tab.click(".reset")
    compared(data, own_kim.setting("undecided"), tab.evaluate(STATE))
    assert tab.evaluate("location.hash") == "" and tab.is_checked("[name=all]")


def test_beliefs_always_add_up_to_100(opened):
    tab, chance = opened(), random.Random(1)
    for _ in range(100):
        reading, value = chance.choice(READINGS), chance.randrange(101)
        tab.locator(f"[name={reading}]").fill(str(value))
        beliefs = tab.evaluate(STATE)["beliefs"]
        assert sum(beliefs) == 100 and min(beliefs) >= 0 and beliefs[READINGS.index(reading)] == value


def test_one_slider_keeps_the_proportion_of_the_other_two(opened):
    tab = opened()
    tab.click("[data-preset=talks]")
    drag = "(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }"
    for v in (100, 10):  # as in one drag: to the end and back
        tab.locator("[name=dealer]").evaluate(drag, v)
    assert tab.evaluate(STATE)["beliefs"] == [30, 60, 10]


def test_the_keyboard_alone_sets_everything(data, opened):
    tab = opened()
    tab.focus("[data-preset=undecided]")
    met = []
    for _ in range(24):
        name = "e => e.name || e.dataset.preset || e.getAttribute('class') || e.tagName"
        met.append(tab.locator("*:focus").evaluate(name))
        if met[-1] == "irrational":
            tab.keyboard.press("Home")
            tab.keyboard.press("ArrowRight")
        if met[-1] == "v_warhead":
            tab.keyboard.press("End")
        if met[-1] == "step":
            tab.keyboard.press("ArrowRight")
        if met[-1] == "all":
            tab.keyboard.press("Space")
        if met[-1] == "narrow":
            ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        tab.keyboard.press("Tab")
        if met[-1] == "link":
            break
    wanted = [*own_kim.PRESETS, *READINGS, "svg", *options.RATES, "camp", "step", "all", "reset", "link"]
    assert met == wanted and ring == "solid"
    own = own_kim.setting("undecided") | {"belief": [1, 50, 49], "step": 1, "all": False}
    own["values"][1] = data["stops"][1][-1]
    state = tab.evaluate(STATE)
    own["belief"] = state["beliefs"]  # 99 points shared evenly, either way round
    assert sorted(own["belief"][1:]) == [49, 50] and own["belief"][0] == 1
    compared(data, own, state)
    assert tab.evaluate("document.querySelector('[name=v_warhead]').getAttribute('aria-valuetext')") == "5,000 lives"


def test_the_triangle_answers_to_keys_and_pointer(data, opened):
    tab = opened()
    tab.click("[data-preset=talks]")
    triangle = tab.locator(".tri > svg")
    triangle.focus()
    for key, beliefs in (("ArrowRight", [9, 21, 70]), ("Shift+ArrowUp", [9, 11, 80]), ("ArrowLeft", [10, 10, 80]),
                         ("Shift+ArrowDown", [10, 20, 70]), ("Shift+ArrowRight", [0, 30, 70]),
                         ("Shift+ArrowRight", [0, 40, 60])):  # fmt: skip
        triangle.press(key)
        assert tab.evaluate(STATE)["beliefs"] == beliefs, key
    triangle.scroll_into_view_if_needed()
    at = """b => { const m = document.querySelector('.tri > svg').getScreenCTM(), h = 200 * Math.sqrt(3);
      const q = new DOMPoint(4 * b[1] + 2 * b[2], h * (1 - b[2] / 100)).matrixTransform(m); return [q.x, q.y]; }"""
    for target in ([60, 20, 20], [5, 5, 90], [100, 0, 0]):
        tab.mouse.click(*tab.evaluate(at, target))
        assert np.abs(np.array(tab.evaluate(STATE)["beliefs"]) - target).max() <= 1
    tab.mouse.move(*tab.evaluate(at, tab.evaluate(STATE)["beliefs"]))
    tab.mouse.down()
    tab.mouse.move(*tab.evaluate(at, [30, 30, 40]), steps=4)
    tab.mouse.move(*tab.evaluate(at, [-40, 120, 20]), steps=4)  # beyond the edge
    tab.mouse.up()
    beliefs = tab.evaluate(STATE)["beliefs"]
    assert sum(beliefs) == 100 and beliefs[0] == 0 and min(beliefs) >= 0
    compared(data, own_kim.setting("talks") | {"belief": beliefs}, tab.evaluate(STATE))


def test_a_finger_works_and_a_phone_needs_no_sideways_scroll(opened):
    for mode in ("light", "dark"):
        tab = opened(width=340, has_touch=True, color_scheme=mode)
        room = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert room <= 0
        box = tab.locator(".tri > svg").bounding_box()
        tab.locator(".tri > svg").tap(position={"x": box["width"] / 2, "y": box["height"] * 0.15})
        assert tab.evaluate(STATE)["beliefs"][2] > 80
        small = tab.locator(".own-kim button, .own-kim select, .own-kim label")
        assert min(small.evaluate_all("a => a.map(e => e.clientHeight)")) >= 32
        # the answer stays in sight while the last slider is moved
        tab.locator("[name=step]").scroll_into_view_if_needed()
        assert tab.locator(".answer").bounding_box()["y"] >= -1


def test_every_control_has_a_name_and_the_answer_is_announced(opened):
    tab = opened()
    tree = tab.locator(".own-kim").aria_snapshot()
    for reading in READINGS:
        assert re.search(rf'slider "{terms.LABELS[reading]}', tree)
    for words, _, _ in own_kim.PRICES.values():
        assert f'slider "{words}' in tree, words
    assert tree.count("group ") >= 4 and 'combobox "As seen by"' in tree and 'checkbox "Count' in tree
    assert tab.locator(".answer").get_attribute("aria-live") == "polite"


def test_the_compact_version_leads_to_the_page(data, opened):
    tab = opened(page="05-options.html")
    assert tab.locator("[name=v_life]").count() == 0 and tab.locator(".flips .effects").count() == 0
    tab.click("[data-preset=force]")
    tab.locator("[name=dealer]").fill("40")
    state = tab.evaluate(STATE)
    own = own_kim.setting("force") | {"belief": state["beliefs"]}
    assert state["link"] == "own-kim.html#" + own_kim.fragment(own)
    compared(data, own, state | {"link": "#" + own_kim.fragment(own), "effects": own_kim.effects_flip(data, own)})
    tab.click(".link")
    tab.wait_for_url("**/own-kim.html#*")
    compared(data, own, tab.evaluate(STATE))


def test_without_scripts_one_setting_is_drawn(data, opened):
    tab = opened(java_script_enabled=False)
    found = own_kim.answer(data, own_kim.setting("undecided"))
    assert tab.locator(".answer").inner_text() == found["sentence"]
    assert tab.locator(".set:visible").count() == 0 and tab.locator(".still").is_visible()
    assert tab.locator(".tri .chart.phone svg").is_visible() and tab.locator(".bars div").count() == 5


def test_the_front_page_s_triangle_answers_in_a_sentence_and_hands_its_setting_on(data, tabs, site):
    tab, own = tabs((site / "index.html").as_uri()), own_kim.setting("undecided")
    assert tab.locator(".answer").inner_text() == own_kim.answer(data, own)["sentence"]
    assert (
        tab.locator(".tri .you").text_content() == "you are here"
        and tab.locator(".own-kim input, .own-kim .still").count() == 0
    )
    tab.keyboard.press("Tab")
    while tab.evaluate("document.activeElement.getAttribute('role')") != "application":
        tab.keyboard.press("Tab")
    for key, belief in (("Shift+ArrowUp", [24, 33, 43]), ("ArrowRight", [23, 34, 43])):
        tab.keyboard.press(key)
        assert tab.locator(".answer").inner_text() == own_kim.answer(data, own | {"belief": belief})["sentence"]
    tab.locator(".tri > svg").click(position={"x": 200, "y": 45})  # near the deal-seeker's corner
    said = tab.locator(".answer").inner_text()
    assert re.search(r"(8|9)\d% deal-seeker, talks are best: ", said)
    tab.click(".link")
    tab.wait_for_url("**/chapters/own-kim.html#*")
    assert tab.locator(".answer").inner_text() == said


@pytest.mark.parametrize("width, mode", [(1360, "light"), (390, "dark"), (320, "light")])
def test_what_stands_at_the_dot_covers_no_name(tabs, site, width, mode):
    tab = tabs((site / "index.html").as_uri(), width, color_scheme=mode)
    boxes = "[...document.querySelectorAll('.tri > svg text')].map(e => { const b = e.getBoundingClientRect(); "
    boxes += "return [e.textContent, b.left, b.top + 4, b.right, b.bottom - 4]; })"
    tab.locator(".tri > svg").focus()
    for key in ("", *["Shift+ArrowUp"] * 4, *["Shift+ArrowDown"] * 8, *["Shift+ArrowRight"] * 6):
        if key:
            tab.keyboard.press(key)
        seen = tab.evaluate(boxes)
        you = next(box for box in seen if box[0] == "you are here")
        assert 0 <= you[1] and you[3] <= width and you[4] - you[2] > 3, key
        for name, left, top, right, bottom in seen:
            apart = name == you[0] or left > you[3] or right < you[1] or top > you[4] or bottom < you[2]
            assert apart, (name, key)


def test_without_scripts_the_front_page_has_a_figure(data, tabs, site):
    tab = tabs((site / "index.html").as_uri(), 320, java_script_enabled=False)
    assert tab.locator(".tri .chart.phone svg").is_visible() and tab.locator(".still").is_visible()
    found = own_kim.answer(data, own_kim.setting("undecided"))["sentence"]
    assert found in tab.locator(".tri .chart.phone").get_attribute("aria-label")
    assert tab.locator(".answer").inner_text() == found


def test_only_pages_that_need_the_script_load_it(site):
    loads = {p.name: 'src="../_extensions/report/own-kim.js"' in p.read_text("utf-8")
             for p in (site / "chapters").glob("*.html")}  # fmt: skip
    assert loads == {"own-kim.html": True, "05-options.html": True, "06-plain.html": False}
    assert 'src="_extensions/report/own-kim.js"' in (site / "index.html").read_text("utf-8")
    assert (site / "_extensions/report/own-kim.js").exists()
