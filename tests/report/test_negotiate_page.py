"""Negotiate it yourself, in a browser: the page says what Python says of every deal, whoever lays it out."""

import base64
import gzip
import re
import shutil
from dataclasses import replace

import looks
import numpy as np
import pytest
import test_phasing
from books import thorough
from test_negotiate import OTHER, STEPS, deals

from bargain import deal, evidence, phasing, results, roadmaps
from bargain.deal.timing import answer
from bargain.live import negotiate
from bargain.terms import COALITION, KIM, MINDS

BROKEN = ["cut.html", "text.html"]


@pytest.fixture(scope="module")
def broken(report_book, tmp_path_factory):
    """A folder with copies of the page whose table is broken."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copytree(report_book / "_extensions", folder / "_extensions")
    text = (report_book / "chapters" / "negotiate.html").read_text("utf-8")
    (folder / "chapters").mkdir()
    for name, old, new in (("cut", '"steps":[', '"steps":'), ("text", '"values":[[[', '"values":[[["x",')):
        assert old in text
        (folder / "chapters" / f"{name}.html").write_text(text.replace(old, new, 1), "utf-8")
    return folder


@pytest.fixture
def opened(tabs, report_book, broken):
    """opened(hash, …): the page in a tab of its own."""

    def open_one(fragment="", page="negotiate.html", **more):
        folder = broken if page in BROKEN else report_book
        tab = tabs((folder / "chapters" / page).as_uri() + (f"#{fragment}" if fragment else ""), **more)
        if more.get("java_script_enabled", True) and page == "negotiate.html":
            settled(tab)
        return tab

    return open_one


def settled(tab):
    tab.wait_for_selector('.negotiate .moves[aria-busy="false"]', state="attached")


STATE = """() => {
  const text = q => document.querySelector('.negotiate ' + q)?.textContent, all = q => [...document.querySelectorAll('.negotiate ' + q)];
  return { first: text('.answer'), rest: text('.rest'), notice: text('.notice'), against: text('.against'),
    starts: all('.row input').map(i => Number(i.value)), link: document.querySelector('.negotiate .link').getAttribute('href'),
    counts: all('.counts > div').slice(1).map(r => [...r.children].map(c => c.textContent)),
    strip: all('.strip > div').slice(1).map(r => [...r.children].slice(1).map(c => c.textContent)),
    pressed: all('[aria-pressed=true]').map(b => b.dataset.preset),
    own: all('.own input').map(i => Number(i.value)) };
}"""  # noqa: E501
GO = """hash => new Promise(done => {
  if (location.hash === '#' + hash) return done();
  addEventListener('hashchange', () => setTimeout(done, 0), { once: true }); location.hash = hash; })"""
IDS = [s["id"] for s in negotiate.page_data()["steps"]]


def link(starts, own=negotiate.OWN):
    return negotiate.fragment(dict(zip(IDS, starts, strict=True)), own)


def compared(starts, own, state, got=None, which=0):
    """Everything that the page says of a deal, against Python."""
    said = negotiate.summary(got or negotiate.judge([starts], own), which, starts, own)
    assert (state["first"], state["rest"]) == negotiate.answer(said, not any(starts), not any(own["belief"]))
    assert state["counts"] == negotiate.counts(said)
    assert state["starts"] == list(starts) and state["link"] == "#" + link(starts, own)

    def count(x):
        return str(int(np.floor(100 * x + 0.5)) or "·")

    cut = negotiate.STARTS
    assert state["strip"][0] == [count(x) for x in (said.signed, *said.alive[:cut], said.lasts)]
    for p in (KIM, COALITION):
        assert state["strip"][1 + p] == ["", *(count(x) for x in (*said.walks[p, :cut], said.walks[p, cut:].sum()))]


VALUES = """([starts, own]) => {
  const D = window.D ||= JSON.parse(document.querySelector('.deal-data').textContent), X = window.X ||= negotiate.model(D);
  X.believe(own);
  const said = X.judge(starts), bytes = a => { let s = ''; const b = new Uint8Array(a.buffer);
    for (let i = 0; i < b.length; i += 8192) s += String.fromCharCode(...b.subarray(i, i + 8192)); return btoa(s); };
  return { C: bytes(said.values.C), W: bytes(said.values.W), due: said.dues.map(bytes), lives: said.lives, ends: said.ends };
}"""  # noqa: E501


@pytest.mark.parametrize("step", thorough([10, 1]))
def test_browser_and_python_agree_on_each_of_so_many_of_200_deals(opened, step):
    tab, some = opened(), deals(200, 2019)[::step]
    got = negotiate.judge(some)
    shape = got.carry.shape[1:]
    for which in range(len(some)):
        page = tab.evaluate(VALUES, [some[which], negotiate.OWN])
        for name, values in (("C", got.carry[which]), ("W", got.walk[which])):
            there = np.frombuffer(base64.b64decode(page[name]), "<f8").reshape(shape)
            assert np.abs(there - values).max() <= 1e-9 * max(1.0, np.abs(values).max()), which
        due = [np.frombuffer(base64.b64decode(x), "<f8") for x in page["due"]]
        np.testing.assert_allclose([due[0]] * len(MINDS) + [due[1]], got.due, rtol=1e-9)
        first = negotiate.first_failing(got.carry[which], got.walk[which], got.due)
        lives = np.where(first > 0, first - 1, shape[-1])
        assert page["lives"] == lives.ravel().tolist(), which
        until = np.minimum(lives[:-1], lives[-1])
        for r, k in np.ndindex(until.shape):  # who leaves each pair, when, over what, and whether walking pays
            end, t = page["ends"][r * shape[1] + k], until[r, k]
            if t == shape[-1]:
                assert end is None
                continue
            short = (
                got.due[[r, -1], k] + np.maximum(got.walk[which, [r, -1], k, t], 0) - got.carry[which, [r, -1], k, t]
            )
            unit = (r, -1)[short.argmax()]
            pays = int(got.walk[which, unit, k, t] > 0)
            assert end[1:] == [short.argmax(), t + 1, got.cause[which, unit, k], pays], (which, r, k)
    for which in range(0, len(some), 2):
        tab.evaluate(GO, link(some[which]))
        compared(some[which], negotiate.OWN, tab.evaluate(STATE), got, which)


def test_browser_and_python_agree_on_a_readers_own(opened):
    tab = opened()
    for k, starts in enumerate(deals(2, 7)):
        own = OTHER | {"premium": 25 + 50 * k} | ({"doubt": [2, 0], "belief": [0, 0, 0, 0]} if k else {})
        tab.evaluate(GO, link(starts, own))
        state = tab.evaluate(STATE)
        compared(starts, own, state)
        assert state["own"] == [*own["belief"], *own["doubt"], *own["out"], own["premium"]]


def test_every_deal_to_start_from_says_on_the_page_what_the_table_says(opened):
    tab, table = opened(), negotiate.verdicts_table().set_index("Deal")
    rows = [negotiate.row(plan["starts"]) for plan in negotiate.presets().values()]
    got = negotiate.judge(rows)
    for which, (key, plan) in enumerate(negotiate.presets().items()):
        tab.click(f'[data-preset="{key}"]')
        state = tab.evaluate(STATE)
        assert key in state["pressed"]
        compared(rows[which], negotiate.OWN, state, got, which)
        if plan["starts"]:
            said = negotiate.judged()[key]
            assert table.at[plan["name"], "Kept"] == f"{said.lasts:.0%}"
            assert sum(int(row[3]) for row in state["counts"][:3]) == sum(said.kept)


def test_a_roadmaps_row_in_the_chapter_is_what_the_page_says_of_it(opened):
    """The chapter's printed table, cell by cell, against the page in which the roadmap is loaded."""
    printed = roadmaps.shown(roadmaps.summary(results.load("roadmaps_verdicts"))).set_index("Roadmap")
    tab, n, told = opened(), negotiate.draws(), set()
    for roadmap, name in roadmaps.listed()["name"].items():
        tab.evaluate(GO, f"start={roadmap}")
        state, row = tab.evaluate(STATE), printed.loc[name]
        kims, coalition = state["counts"][: len(MINDS)], int(state["counts"][-1][1])
        assert row["Kims that sign, per cent"].split("\u00a0/\u00a0") == [f"{int(k[1]) / n * 100:.0f}" for k in kims]
        assert row["Coalitions that sign"] == f"{coalition / n:.0%}"
        for column, at in (("Both sign", 2), ("Both keep", 3)):
            assert row[column] == f"{sum(int(k[at]) for k in kims) / n / len(MINDS):.0%}", (name, column)
        gone = re.search(r"removes (\d+) weapons’ worth in six years(?:, and (\d+) in the mean)?", state["rest"])
        whole, mean = (gone[1], gone[2]) if gone else ("0", "0")
        assert row["Gone in six years"].split("\u00a0(")[0] == whole, name
        assert abs(float(row["Gone in six years"].split("(")[1].rstrip(")")) - float(mean)) <= 0.5, name
        bill = re.search(r"(costs|earns) it US\$ ([\d.]+) bn", state["rest"])
        cost = float(bill[2]) * (1 if bill[1] == "costs" else -1) if bill else 0
        assert float(row["Cost, US$ bn"]) == pytest.approx(cost, abs=0.051), name
        where, over = row["Where it breaks first"], r"over (?:“(.*?)”|what holding)"
        pattern = rf"(Kim|coalition) refuses more often than the other side, {over}"
        if refused := re.search(pattern, state["rest"]):
            assert where.startswith(f"Refused by {refused[1]}: {refused[2] or 'no one step'}"), name
            told.add("refused")
        pattern = rf"(Kim|coalition) is more often the first to leave, about half-year ([\d.]+), {over}"
        if "Left by" in where and (left := re.search(pattern, state["rest"])):
            words = f"Left by {left[1]} in half-year {left[2]}: {left[3] or 'no one step'} ("
            assert words in where, name
            told.add("left")
    assert told == {"refused", "left"}


# --- small tables, every deal of which can be looked at

EVERY = """([D, deals]) => {
  const X = negotiate.model(D), R = negotiate.rules(D);
  X.believe(D.own);
  return deals.map(starts => [R.broken(starts).length, X.judge(starts).kept[0]]);
}"""


def small(case, T):
    """A page's data of one draw: a case as it stands, for one mind of equal weights."""
    base = case.deal

    def columns(values):
        return [[0, [None if np.isinf(x) else float(x)]] for x in np.ravel(values)]

    return {
        "steps": [
            {"id": base.ids[i], "name": base.ids[i], "side": int(base.owner[i]), "start": int(base.earliest[i]),
             "duration": int(base.duration[i]), "weapons": float(base.weapons[i]), "needs": list(base.needs[i])}
            for i in range(base.steps)
        ],
        "pairs": [{"members": list(m), "side": int(base.owner[base.steps + k])} for k, m in enumerate(base.members)],
        "minds": ["any"], "shares": base.shares.tolist(), "draws": 1, "periods": T, "starts": T,
        "tail": int(evidence.central("tail")), "spike_at": case.spike_at, "tolerance": deal.TOLERANCE,
        "table": {
            "values": [columns(np.stack([base.live[p], base.hostile[p]], axis=1)) for p in (KIM, COALITION)],
            "undo": columns(base.undo[: base.steps]),
            **{name: columns(getattr(case, name)) for name in negotiate.BELIEFS},
            "minds": [columns(np.full(base.shares.shape[1], 1.0))],
        },
        "own": {"belief": [1, 0], "doubt": [1, 1], "out": [1, 1], "premium": 0},
    }  # fmt: skip


def test_the_page_finds_what_the_programme_finds_on_small_tables(opened):
    """Every deal of 24 random tables in the page: which the table allows, which both sides keep; of these the one that
    removes most is the programme's own."""
    tab, T, some, late = opened(), 3, 0, 0
    for seed in range(24):
        case = test_phasing.random_case(np.random.default_rng((3, seed)), 4, pairs=seed % 3)
        case, clock = replace(case, patient=np.zeros(2)), deal.Clock(periods=T)
        duration, prog = case.deal.duration, deal.programme(case, clock)
        every = np.stack(np.meshgrid(*[range(T + 1)] * case.deal.steps), axis=-1).reshape(-1, case.deal.steps)
        every = every[((every == 0) | (every > duration)).all(axis=1)]  # dates; work begins in half-year 1 or later
        starts = np.where(every > 0, every - duration, 0)
        page = np.array(tab.evaluate(EVERY, [small(case, T), starts.tolist()]))
        open_to_it = set(map(tuple, test_phasing.possible_dates(case, clock, "derived", (0, 0), clock.start).tolist()))
        best = -np.inf
        for dates, (broken, kept) in zip(every, page, strict=True):
            against = deal.forbidden(case.deal, dates)
            assert (broken > 0) == bool(against), (seed, dates)
            late += bool(against)
            got = answer(prog, dates, "given", np.nan)
            assert bool(kept) == bool(deal.kept(deal.shortfalls(got)).all()), (seed, dates)
            if kept and tuple(dates) in open_to_it:
                best = max(best, got.expected)
        found = phasing.solve(case, clock, tie=False, gap=0.0)
        assert (found.status == "infeasible") == np.isneginf(best), seed
        if best > -np.inf:
            assert found.expected == pytest.approx(best, rel=1e-5, abs=1e-5), seed
            assert deal.forbidden(case.deal, found.dates) == []
            some += best > 0
    assert some >= 8 and late > 100


# --- the three changes


def legal(starts, base):
    """Every single move of one step that the table allows: (kind, step, starts after it)."""
    out = []
    for i in range(STEPS):
        needed = [k for k in range(STEPS) if i in base.needs[k] and starts[k]]
        dates = negotiate.dates(starts)
        if starts[i]:
            gone = {i}
            while more := {k for k in range(STEPS) if k not in gone and starts[k] and gone & set(base.needs[k])}:
                gone |= more
            out.append(("out", i, [0 if k in gone else s for k, s in enumerate(starts)]))
        if all(starts[j] for j in base.needs[i]):
            low = max([base.earliest[i], *(dates[j] for j in base.needs[i])])
            high = min([negotiate.STARTS, *(starts[k] - base.duration[i] for k in needed)])
            for s in range(int(low), int(high) + 1):
                if s != starts[i]:
                    out.append(("start", i, [s if k == i else t for k, t in enumerate(starts)]))
    return out


COMPARED = """([starts, tries, own]) => {
  const D = JSON.parse(document.querySelector('.deal-data').textContent), X = negotiate.model(D);
  X.believe(own);
  return X.compare(starts, [starts, ...tries]);
}"""


def test_the_changes_are_the_best_single_moves(opened):
    plan = negotiate.row(negotiate.presets()["NAUT2018"]["starts"])
    base, own = deal.build().deal, OTHER
    moves = legal(plan, base)
    tries = [plan, *(m[2] for m in moves)]
    got, weight = negotiate.judge(tries, own), np.array(own["belief"][:3])
    first = negotiate.first_failing(got.carry, got.walk, got.due)
    life = np.where(first > 0, first - 1, got.carry.shape[-1])
    until, signs = np.minimum(life[:, :-1], life[:, -1:]), got.due - got.carry[..., 0] <= deal.TOLERANCE
    kept, signed = (
        (until == got.carry.shape[-1]).sum(axis=2) @ weight,
        (signs[:, :-1] & signs[:, -1:]).sum(axis=2) @ weight,
    )
    gone = [deal.paths(base, negotiate.dates(t), negotiate.STARTS)[:, -1] @ base.weapons for t in tries]
    tab = opened(link(plan, own))
    assert tab.evaluate(COMPARED, [plan, tries[1:], own]) == [
        [int(k), int(n), g] for k, n, g in zip(kept, signed, gone, strict=True)
    ]
    order = sorted(
        (k for k in range(1, len(tries)) if kept[k] > kept[0] or (kept[k] == kept[0] and signed[k] > signed[0])),
        key=lambda k: (gone[k] < gone[0], kept[0] - kept[k], signed[0] - signed[k]),
    )
    best = {}
    for k in order:
        best.setdefault(moves[k - 1][1], k)
    wanted = list(best.values())[:3]
    shown = tab.locator(".moves li").all_inner_texts()
    assert len(shown) == len(wanted) == 3
    names = [s["name"] for s in negotiate.page_data()["steps"]]
    for text, k in zip(shown, wanted, strict=True):
        assert names[moves[k - 1][1]] in text
        if kept[k] > kept[0]:
            share = kept[k] / negotiate.draws() / sum(own["belief"])
            assert f": {negotiate.in100(share)} of 100 keep it" in text
        if gone[k] != gone[0]:
            assert f"{abs(gone[k] - gone[0]):g} weapons’ worth {'more' if gone[k] > gone[0] else 'fewer'}" in text
    tab.locator(".moves button").first.click()
    assert tab.evaluate(STATE)["starts"] == tries[wanted[0]]


def test_where_nothing_helps_the_page_says_so(opened):
    tab = opened("deal=")
    assert "No single change" in tab.locator(".moves").inner_text()
    assert tab.evaluate(STATE)["first"].startswith("Nothing is on the table")


# --- what the table allows


def test_what_prerequisites_forbid_is_said(opened):
    base, ids = deal.build().deal, IDS
    chain = next(i for i in range(STEPS) if base.needs[i] and all(not base.needs[j] for j in base.needs[i]))
    need = base.needs[chain][0]
    names = [s["name"] for s in negotiate.page_data()["steps"]]
    tab = opened("deal=")
    at = {i: tab.locator(f'[data-step="{ids[i]}"] input') for i in (chain, need)}
    at[chain].fill("9")
    state = tab.evaluate(STATE)
    assert not any(state["starts"])
    assert f"“{names[chain]}” needs “{names[need]}”" in state["notice"]
    tab.click(".notice button")  # adds them, each as early as can be
    state = tab.evaluate(STATE)
    earliest = deal.possible(base) - base.duration
    assert state["starts"][chain] == earliest[chain] and state["starts"][need] == earliest[need]
    assert f"“{names[need]}”" in state["notice"]
    at[need].fill("12")  # no later than what needs it
    state = tab.evaluate(STATE)
    last = state["starts"][chain] - base.duration[need]
    assert state["starts"][need] == last
    assert f"cannot start after half-year {last}: “{names[chain]}” needs it" in state["notice"]
    at[chain].fill("8")
    at[need].fill("6")
    assert tab.evaluate(STATE)["notice"] == ""
    at[chain].fill("2")  # no earlier than what it needs
    state = tab.evaluate(STATE)
    done = 6 + base.duration[need]
    assert state["starts"][chain] == done
    assert f"cannot start before half-year {done}: it needs “{names[need]}”" in state["notice"]
    at[need].press("Delete")  # takes with it what needs it, and says which
    state = tab.evaluate(STATE)
    assert not state["starts"][need] and not state["starts"][chain]
    assert f"went what needs it: “{names[chain]}”" in state["notice"]
    tab.click(".notice button")
    assert tab.evaluate(STATE)["starts"][chain] == done


def test_a_deal_from_elsewhere_that_breaks_the_order_is_shown_with_what_it_breaks(opened):
    base = deal.build().deal
    chain = next(i for i in range(STEPS) if base.needs[i] and base.earliest[i] == 1)
    starts = [3 if k == chain else 0 for k in range(STEPS)]
    tab = opened(link(starts))
    state = tab.evaluate(STATE)
    assert state["starts"] == starts
    names = [s["name"] for s in negotiate.page_data()["steps"]]
    for some in deals(12, 31):  # what is said is what the model finds forbidden
        tab.evaluate(GO, link(some))
        said = tab.evaluate(STATE)["against"]
        found = deal.forbidden(base, negotiate.dates(some))
        broken = {names[IDS.index(f.step)] for f in found}
        needs = {names[IDS.index(f.needs)] for f in found if f.needs}
        assert {n for n in names if f"“{n}”" in said} == broken | needs, some
    assert f"“{names[chain]}” without “{names[base.needs[chain][0]]}”" in state["against"]


# --- links


def test_a_link_carries_the_deal(opened):
    for k, starts in enumerate(deals(3, 21)):
        first = opened(link(starts, OTHER if k else negotiate.OWN)).evaluate(STATE)
        assert first["starts"] == starts
        again = opened(first["link"].removeprefix("#")).evaluate(STATE)
        assert again == first
    derived = opened("start=derived").evaluate(STATE)
    assert derived["pressed"] == ["derived"] and derived["notice"] == ""


def test_bad_links_say_so_and_show_the_derived_deal(opened):
    plain = opened().evaluate(STATE)
    assert plain["pressed"] == ["derived"]
    tab = opened(link(deals(1, 3)[0]))
    good = "5,5,5,0;1,1;1,1;0"
    for bad, words in {
        "deal=X99:1": "a step that does not exist: X99",
        "deal=K01:13": "K01 in half-year 13",
        "deal=K01:0": "K01 in half-year 0",
        "deal=K01": "cannot be read",
        "deal=constructor:1": "a step that does not exist: constructor",
        "deal=K01:1;5,5,5;1,1;1,1;0": "beliefs in this link",
        f"deal=K01:1;{good.replace('1,1;0', '1,1;9999')}": "beliefs in this link",
        f"deal=K01:1;{good.replace('5,5', 'x,5', 1)}": "beliefs in this link",
        f"deal=K01:1;{good.replace('1,1', ',', 1)}": "beliefs in this link",
        "deal=K01:1,K01:5": "names K01 twice",
        "deal=K01:1e1": "cannot be read",
        "deal=%E0%A4": "cannot be read",
        "deal=K01:1,%": "cannot be read",
        f"deal={'X' * 100_000}:1": "exist: " + 40 * "X" + "…",
        f"deal=K01:{'9' * 100_000}": "half-year " + 40 * "9" + "…",
        "start=nobody": "a deal that the page does not know: nobody",
    }.items():
        tab.evaluate(GO, bad)
        state = tab.evaluate(STATE)
        assert words in state["notice"] and "“Derived” is shown instead" in state["notice"], bad
        assert len(state["notice"]) < 200, bad[:40]
        assert state | {"notice": ""} == plain, bad
        tab.evaluate(GO, link(deals(1, 3)[0]))
    before = tab.evaluate(STATE)
    for other in ("sec-x", "main", "%E0%A4"):  # no deals at all
        tab.evaluate(GO, other)
        assert tab.evaluate(STATE) == before
    assert "does not exist" in opened("deal=X99:1").evaluate(STATE)["notice"]


@pytest.mark.parametrize("page", BROKEN)
def test_a_table_that_does_not_load_leaves_the_drawn_deal(opened, page):
    tab = opened(page=page)
    assert "table of draws did not load" in tab.locator(".notice").inner_text()
    assert tab.locator(".row").count() == STEPS and tab.locator(".row .force:visible").count() > 5
    assert tab.locator(".set:visible, .row input:visible, .presets:visible").count() == 0


# --- hands and eyes


def test_the_keyboard_alone_lays_out_a_deal(opened):
    tab = opened("deal=")
    tab.focus('[data-preset="empty"]')
    met = []
    for _ in range(90):
        met.append(tab.locator("*:focus").evaluate("e => e.dataset.preset || e.name || e.closest('.row')?.dataset.step"
                                                   " || e.className || e.tagName"))  # fmt: skip
        if met[-1] == "K01":
            tab.keyboard.press("ArrowRight")  # in, as early as can be
            tab.keyboard.press("ArrowRight")
            said = tab.locator("*:focus").get_attribute("aria-valuetext")
        if met[-1] == "U01":
            tab.keyboard.press("Enter")
        if met[-1] == "U02":
            tab.keyboard.press("End")
            tab.keyboard.press("Delete")
        if met[-1] == "U03":
            tab.keyboard.press("End")
            ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if met[-1] == "belief3":
            tab.keyboard.press("ArrowRight")
        if met[-1] == "link":
            break
        tab.keyboard.press("Tab")
    rows = [m for m in met if m in IDS]
    assert rows == IDS and ring == "solid"
    assert {"reset", "copy", "print", "link", "premium", *negotiate.presets()} <= set(met)
    starts = [0] * STEPS
    starts[IDS.index("K01")], starts[IDS.index("U01")], starts[IDS.index("U03")] = 2, 1, 12
    assert said == "starts in half-year 2, in force in half-year 2"
    compared(starts, negotiate.OWN | {"belief": [5, 5, 5, 1]}, tab.evaluate(STATE))


def test_a_mouse_drags_a_step(opened):
    tab = opened("deal=K01:3")
    track = tab.locator('[data-step="K01"] .track')
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    column, y = box["width"] / 14, box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 3.5 * column, y)
    tab.mouse.down()
    for k in (5, 8, 9):
        tab.mouse.move(box["x"] + (k + 0.5) * column, y)
    tab.mouse.up()
    assert tab.evaluate(STATE)["starts"][0] == 9
    bar = tab.locator('[data-step="K01"] .force').bounding_box()
    assert bar["x"] == pytest.approx(box["x"] + 9 * column, abs=2)
    tab.mouse.click(box["x"] + 4.5 * column, y)  # a click moves it, too
    assert tab.evaluate(STATE)["starts"][0] == 4
    tab.mouse.move(box["x"] + 4.5 * column, y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.4 * column, y, steps=3)
    tab.mouse.up()
    assert tab.evaluate(STATE)["starts"][0] == 0


def test_a_finger_steps_and_a_phone_needs_no_sideways_scroll(opened):
    for mode in ("light", "dark"):
        tab = opened("deal=", width=360, has_touch=True, color_scheme=mode)
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        row = tab.locator('[data-step="K01"]')
        more, less = row.locator("[data-by='1']"), row.locator("[data-by='-1']")
        for _ in range(3):
            more.tap()
        assert tab.evaluate(STATE)["starts"][0] == 3 and row.locator("output").inner_text() == "3"
        for _ in range(3):
            less.tap()
        assert tab.evaluate(STATE)["starts"][0] == 0 and row.locator("output").inner_text() == "out"
        sizes = tab.locator(".stepper button, .from button, .do-more button").evaluate_all(
            "a => a.map(e => Math.min(e.offsetWidth, e.offsetHeight))"
        )
        assert min(sizes) >= 36
        tab.locator('[data-step="U17"]').scroll_into_view_if_needed()
        assert tab.locator(".answer").bounding_box()["y"] >= -1  # in sight while the last step is moved


IN_SIGHT = """selector => { const r = document.querySelector('.negotiate ' + selector).getBoundingClientRect();
  return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight; }"""


@pytest.mark.parametrize(("width", "height"), [(1360, 800), (360, 740)])
def test_what_is_forbidden_is_said_in_sight_of_the_step(opened, width, height):
    """Whatever step is asked for what cannot be, the words, the offer and the answer stand on the screen."""
    tab = opened("deal=", width=width, has_touch=width < 500)
    tab.set_viewport_size({"width": width, "height": height})
    for step in ("K12", "U11", "U15"):
        row = tab.locator(f'[data-step="{step}"]')
        row.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        if width < 500:
            row.locator("[data-by='1']").tap()
        else:
            box = row.locator(".track").bounding_box()
            tab.mouse.click(box["x"] + 9.5 / 14 * box["width"], box["y"] + box["height"] / 2)
        assert f"“{row.locator('.name').inner_text().split(' ', 1)[1].strip()}” needs" in tab.inner_text(".notice")
        for part in (".notice", ".notice button", ".answer", f'[data-step="{step}"]'):
            assert tab.evaluate(IN_SIGHT, part), (step, part)
        tab.click(".notice button")
        assert tab.evaluate(STATE)["starts"][IDS.index(step)] and tab.evaluate(IN_SIGHT, ".notice")
    tab.evaluate(GO, "deal=X99:1")
    assert tab.evaluate(IN_SIGHT, ".notice")
    assert opened("deal=X99:1", width=width).evaluate(IN_SIGHT, ".notice")


BETWEEN = """step => {
  const [row, panel, answer] = [`[data-step="${step}"]`, ".panel", ".answer"]
    .map(one => document.querySelector(one).getBoundingClientRect());
  return answer.bottom <= row.top + 1 && row.bottom <= panel.top + 1;
}"""


def test_by_keyboard_no_row_hides_and_an_offer_is_taken_where_it_is_made(opened):
    tab, checked = opened("deal="), {s["id"]: s["checked"] for s in negotiate.page_data()["steps"]}
    tab.set_viewport_size({"width": 1360, "height": 700})
    tab.focus('[data-step="K01"] input')
    for step in IDS:
        assert tab.evaluate("document.activeElement.closest('.row').dataset.step") == step
        assert checked[step] in tab.inner_text(".about") and tab.evaluate(IN_SIGHT, ".about")
        looks.until(tab, BETWEEN, step)  # what is told of a step can raise the panel by a line
        if step == "U11":
            tab.keyboard.press("Enter")
            assert "needs" in tab.inner_text(".notice")
            tab.keyboard.press("Enter")  # what the page offers
            starts = tab.evaluate(STATE)["starts"]
            assert starts[IDS.index("U11")] and starts[IDS.index("K13")]
            tab.keyboard.press("Enter")  # and back
            assert not any(tab.evaluate(STATE)["starts"])
        tab.keyboard.press("Tab")


def test_a_phone_tells_the_readings_apart_before_the_chart(opened):
    tab = opened(width=360)
    assert tab.locator(".counts").bounding_box()["y"] < tab.locator(".chart-of").bounding_box()["y"]
    assert opened().locator(".counts").bounding_box()["x"] > tab.locator(".chart-of").bounding_box()["x"]


def test_every_control_has_a_name_and_the_answer_is_announced(opened):
    tab = opened()
    tree = tab.locator(".negotiate").aria_snapshot()
    for step in negotiate.page_data()["steps"]:
        assert f'slider "{step["id"]} {step["name"]}"' in tree
    for _, words, *_ in negotiate.SLIDERS:
        assert f'slider "{words}' in tree
    assert tab.locator(".answer").get_attribute("aria-live") == "polite"
    assert tab.locator(".notice").get_attribute("role") == "status"
    assert tree.count("- table") == 2 and "columnheader" in tree


def test_start_again_text_and_print(opened):
    tab = opened(link(deals(1, 5)[0], OTHER))
    tab.evaluate("window.print = () => { window.printed = true; }")
    tab.click(".print")
    assert tab.evaluate("window.printed")
    tab.click(".copy")
    text = tab.input_value(".text")
    state = tab.evaluate(STATE)
    assert state["first"] in text and state["rest"] in text and text.endswith(state["link"])
    for step, start in zip(negotiate.page_data()["steps"], state["starts"], strict=True):
        line = f"from half-year {start}, in force in {start + step['duration']}: {step['name']} ({step['id']})"
        assert (line in text) == bool(start)
    tab.click(".reset")
    state = tab.evaluate(STATE)
    assert state["pressed"] == ["derived"] and state["own"][:4] == negotiate.OWN["belief"]
    assert tab.evaluate("location.hash") == ""


def test_on_paper_the_deal_stays_and_the_controls_go(opened):
    tab = opened()
    tab.emulate_media(media="print")
    assert tab.locator(".negotiate button:visible, .own input:visible").count() == 0
    assert tab.locator(".row .force:visible").count() > 5 and tab.locator(".strip").is_visible()
    assert tab.locator(".row input:visible, .panel:visible").count() == 0


def test_without_scripts_the_derived_deal_is_drawn(opened):
    tab = opened(java_script_enabled=False)
    starts = negotiate.row(negotiate.presets()["derived"]["starts"])
    said = negotiate.summary(negotiate.judge([starts]), 0, starts)
    assert (tab.inner_text(".answer"), tab.inner_text(".rest")) == negotiate.answer(said)
    assert tab.locator(".still").is_visible() and tab.locator(".set:visible, .negotiate button:visible").count() == 0
    shown = tab.locator(".row .force:visible")
    assert shown.count() == sum(s > 0 for s in starts)


def test_the_compact_version_says_of_each_deal_what_the_page_says(opened):
    """Chosen by buttons: sentences, strip and link are Python's own answer, and the page that it opens says so."""
    tab, plans = opened(page="08-phasing.html"), negotiate.presets()
    judged = {key: negotiate.row(plan["starts"]) for key, plan in plans.items() if plan["starts"]}
    got = negotiate.judge(judged.values())
    assert tab.locator("[data-deal]").count() == len(judged) and not tab.locator(".still").count()
    for k, (key, who) in enumerate(zip(judged, ["all", *MINDS] * 3, strict=False)):
        tab.click(f'[data-deal="{key}"]')
        tab.click(f'[data-who="{who}"]')
        own = negotiate.OWN | {"belief": negotiate.WHO[who][1]}
        said = negotiate.summary(got, k, judged[key], own)
        assert (tab.inner_text(".answer"), tab.inner_text(".rest")) == negotiate.answer(said), (key, who)
        cells = tab.locator(".strip [role=cell]").all_inner_texts()
        told = [c for _, _, row in negotiate.strip(said) for c in row]
        assert cells == ["" if c is None else str(c or "·") for c in told], (key, who)
        assert tab.locator('[aria-pressed="true"]').count() == 2
    href = tab.get_attribute(".negotiate .link", "href")
    whole = opened(href.partition("#")[2])
    assert (whole.inner_text(".answer"), whole.inner_text(".rest")) == negotiate.answer(said)


def test_the_compact_version_is_light_and_stands_without_scripts(opened):
    html = negotiate.compact_html()
    assert len(gzip.compress(html.encode())) < 10_000
    tab = opened(page="08-phasing.html", java_script_enabled=False)
    assert tab.inner_text(".answer") == negotiate.compact_data()["deals"]["derived"]["all"][0]
    assert tab.is_visible(".strip") and tab.is_visible(".still") and not tab.is_visible("button")


def test_only_pages_that_need_the_script_load_it(report_book):
    loads = {p.stem for p in (report_book / "chapters").glob("*.html")
             if 'src="../_extensions/report/negotiate.js"' in p.read_text("utf-8")}  # fmt: skip
    assert loads == {"negotiate"}  # the compact one carries its few answers with it
