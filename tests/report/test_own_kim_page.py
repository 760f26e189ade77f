"""Set your own Kim, in a browser: the page says what Python says, whoever sets it and however."""

import random
import re

import numpy as np
import pytest
from test_own_kim import settings

from bargain import options, simplex, terms
from bargain.live import own_kim

READINGS = terms.READINGS


@pytest.fixture(scope="module")
def data():
    return own_kim.page_data()


@pytest.fixture
def opened(tabs, report_book):
    """opened(hash, …): the page in a tab of its own."""

    def open_one(fragment="", page="own-kim.html", **more):
        return tabs((report_book / "chapters" / page).as_uri() + (f"#{fragment}" if fragment else ""), **more)

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


def test_the_front_page_s_triangle_answers_in_a_sentence_and_hands_its_setting_on(data, tabs, report_book):
    tab, own = tabs((report_book / "index.html").as_uri()), own_kim.setting("undecided")
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
def test_what_stands_at_the_dot_covers_no_name(tabs, report_book, width, mode):
    tab = tabs((report_book / "index.html").as_uri(), width, color_scheme=mode)
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


def test_without_scripts_the_front_page_has_a_figure(data, tabs, report_book):
    tab = tabs((report_book / "index.html").as_uri(), 320, java_script_enabled=False)
    assert tab.locator(".tri .chart.phone svg").is_visible() and tab.locator(".still").is_visible()
    found = own_kim.answer(data, own_kim.setting("undecided"))["sentence"]
    assert found in tab.locator(".tri .chart.phone").get_attribute("aria-label")
    assert tab.locator(".answer").inner_text() == found


def test_only_pages_that_need_the_script_load_it(report_book):
    loads = {p.stem for p in (report_book / "chapters").glob("*.html")
             if 'src="../_extensions/report/own-kim.js"' in p.read_text("utf-8")}  # fmt: skip
    assert loads == {"own-kim", "05-options"}
    assert 'src="_extensions/report/own-kim.js"' in (report_book / "index.html").read_text("utf-8")
    assert (report_book / "_extensions/report/own-kim.js").exists()
