"""The essay's argument as a machine: planted graphs, laws, exact chances, and the switch in a real browser."""

import itertools
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import argument, evidence, terms
from bargain.live import argument as live
from bargain.plots import argument as argument_plots
from bargain.plots import theme

ROOT = Path(__file__).parents[2]


def graph(**needs):
    """A small graph from {name: "a;b|c"}, or {name: ("a;b|c", "helps", leak)}."""
    rows = {}
    for name, value in needs.items():
        need, helps, leak = value if isinstance(value, tuple) else (value, "", 0.0)
        rows[name] = {
            "needs": tuple(tuple(part.split("|")) for part in need.split(";") if part),
            "helps": tuple(part for part in helps.split(";") if part),
            "leak": leak,
            "stated": "no" if name.startswith("u_") else "yes",
        }
    return rows


PLANTED = graph(a="", b="", c="", d="", u_e="", left="a;b|c", right="left;u_e", end="right;b|d")


def credence(names, value=0.5):
    return {n: np.array([value]) for n in names}


# --- structure


def test_cut_sets_of_a_planted_graph_are_those_that_were_planted():
    singles, pairs = argument.cut_sets(PLANTED, "end")
    assert set(singles) == {"a", "u_e", "left", "right"}
    assert {frozenset(p) for p in pairs} == {frozenset("bc"), frozenset("bd")}


def test_granting_the_unstated_premises_leaves_only_what_is_written():
    singles, _ = argument.cut_sets(PLANTED, "end", unstated=False)
    assert "u_e" not in singles and set(singles) == {"a", "left", "right"}


@st.composite
def random_graphs(draw):
    """Up to nine nodes, each resting on earlier ones only."""
    rows = {}
    for k in range(draw(st.integers(2, 9))):
        groups = []
        for _ in range(draw(st.integers(0, 2)) if k else 0):
            group = draw(st.lists(st.sampled_from([f"n{i}" for i in range(k)]), min_size=1, max_size=3, unique=True))
            groups.append("|".join(group))
        helps = draw(st.lists(st.sampled_from([f"n{i}" for i in range(k)]), max_size=1)) if k else []
        rows[f"n{k}"] = (";".join(groups), ";".join(helps), draw(st.sampled_from([0.0, 0.2])))
    return graph(**rows)


@settings(max_examples=60, deadline=None)
@given(random_graphs())
def test_cut_sets_are_minimal_and_complete(planted):
    end = list(planted)[-1]
    singles, pairs = argument.cut_sets(planted, end)
    for off in itertools.combinations([n for n in planted if n != end], 2):
        falls = not argument.stands(planted, off)[end]
        assert falls == (bool(set(off) & set(singles)) or off in pairs or off[::-1] in pairs)
    assert not set(singles) & {n for p in pairs for n in p}


@settings(max_examples=40, deadline=None)
@given(random_graphs(), st.integers(0, 10_000))
def test_the_exact_chance_equals_enumeration(planted, seed):
    rng, names, end = np.random.default_rng(seed), list(planted), list(planted)[-1]
    chance = {n: rng.uniform(0.05, 0.95, 1) for n in names}
    off = (names[0],) if seed % 2 and len(names) > 1 else ()
    total = 0.0
    for world in itertools.product((0, 1), repeat=len(names)):
        true, weight = dict(zip(names, world, strict=True)), 1.0
        for n in names:
            row = planted[n]
            met = all(any(true[m] for m in group) for group in row["needs"])
            p = chance[n][0] * (1 if met else row["leak"]) * 0.9 ** sum(not true[m] for m in row["helps"])
            p = 0.0 if n in off else p
            weight *= p if true[n] else 1 - p
        total += weight * true[end]
    assert argument.probability(planted, end, chance, off, help_share=0.9)[0] == pytest.approx(total, abs=1e-12)


def test_the_exact_chance_of_the_essay_equals_simulation():
    rows, rng, n = argument.nodes(), np.random.default_rng(3), 200_000
    central = argument.credences("2017")["central"]
    true = {}
    for name in argument.check(rows):
        row = rows[name]
        met = np.ones(n, bool)
        for group in row["needs"]:
            met &= np.any([true[m] for m in group], axis=0)
        p = central[name] * np.where(met, 1, float(row["leak"] or 0))
        for m in row["helps"]:
            p = p * np.where(true[m], 1, evidence.central("ar_help"))
        true[name] = rng.random(n) < p
    for end in ("offer_deal", "signed", "schedule_holds"):
        exact = argument.probability(rows, end, {k: np.array([v]) for k, v in central.items()})[0]
        error = np.sqrt(exact * (1 - exact) / n)
        assert abs(true[end].mean() - exact) < 4 * error


# --- survival


def test_a_leaf_in_a_single_cut_without_leaks_leaves_nothing_and_a_stranger_everything():
    planted = PLANTED | graph(stranger="")
    lost = argument.survival(planted, "end", credence(planted))
    assert lost["a"][0] == lost["u_e"][0] == 0 and lost["stranger"][0] == 1
    assert 0 < lost["b"][0] < 1


@settings(max_examples=40, deadline=None)
@given(random_graphs(), st.integers(0, 10_000))
def test_losing_a_belief_never_helps(planted, seed):
    rng, end = np.random.default_rng(seed), list(planted)[-1]
    chance = {n: rng.uniform(0.05, 0.95, 3) for n in planted}
    for values in argument.survival(planted, end, chance, help_share=0.9).values():
        assert (values <= 1 + 1e-9).all() and (values >= 0).all()


def test_a_chain_of_ands_multiplies_and_a_choice_adds():
    chain = graph(a="", b="a", end="b")
    assert argument.probability(chain, "end", credence(chain))[0] == pytest.approx(0.125)
    choice = graph(a="", b="", end="a|b")
    assert argument.probability(choice, "end", credence(choice))[0] == pytest.approx(0.5 * 0.75)


def test_a_shared_premise_makes_branches_dependent():
    shared = graph(root="", a="root", b="root", end="a;b")
    certain = {"root": np.array([0.5]), "a": np.array([1.0]), "b": np.array([1.0]), "end": np.array([1.0])}
    assert argument.probability(shared, "end", certain)[0] == pytest.approx(0.5)  # not a quarter


def test_ranks_of_a_sampled_table_bracket_the_central_ones():
    table = argument.survival_table("offer_deal", argument.credences("2017"), 64)
    assert (table["survival"].between(0, 1)).all() and (table["rank_low"] <= table["rank_high"]).all()
    assert table["survival"].is_monotonic_increasing
    assert (table.loc[table["single"], "survival"] == 0).all()  # under the offer no single cut leaks


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_lost_help_takes_off_the_share_that_is_asked_for(share):
    """end at c, helped by a at 1/2: P = c (1 + h)/2, and c h without a."""
    helped = graph(a="", end=("", "a", 0.0))
    lost = argument.survival(helped, "end", credence(helped), share)
    assert lost["a"] == pytest.approx(share / ((1 + share) / 2))


def test_credences_keep_to_their_own_ranges():
    frame = pd.DataFrame(
        {"low": [0.0, 0.4, 0.9], "central": [0.1, 0.5, 0.9], "high": [0.2, 0.8, 0.9]}, index=list("abc")
    )
    drawn = argument.drawn_credences(frame, 256, 4)
    assert list(drawn) == list("abc")
    for name, x in drawn.items():
        low, central, high = frame.loc[name]
        assert len(x) == 256 and (low <= x).all() and (x <= high).all()
        assert x.mean() == pytest.approx((low + 4 * central + high) / 6, abs=1e-3)


# --- tables of a planted graph


WORDS = {"a": "yes", "b": "no", "c": "yes", "d": "no"}


@pytest.fixture
def written(monkeypatch):
    """A graph in place of the essay's: its first end falls with a, b or d, its second also with e, or with c and f."""
    first, second = terms.ENDS
    rows = graph(a="", d="", b="", e="", c="", f="", **{first: "a;b;d", second: f"{first};e;c|f"})
    for k, (name, row) in enumerate(rows.items()):
        row |= {"text": f"text of {name}", "kind": f"kind {k}", "short": f"short\n{name}"}
        row["stated"] = WORDS.get(name, "yes")
    monkeypatch.setattr(argument, "nodes", lambda: rows)
    return rows


def test_single_beliefs_are_sorted_stated_first_and_pairs_come_after(written):
    first, second = terms.ENDS
    got = argument.cuts_frame()
    assert got.columns.tolist() == ["end", "node", "label", "kind", "stated", "rank"]
    assert got[got["end"] == first].drop(columns="end").to_numpy().tolist() == [
        ["a", "short a", "kind 0", "yes", 0],
        ["d", "short d", "kind 1", "no", 1],
        ["b", "short b", "kind 2", "no", 2],
    ]
    below = got[got["end"] == second]
    assert below["node"].tolist() == ["a", "e", first, "d", "b", "c+f"]
    assert below["rank"].tolist() == [0, 1, 2, 3, 4, 5]
    assert below.iloc[-1][["label", "kind", "stated"]].tolist() == ["short c + short f", "pair", "yes"]
    pairs = argument.pairs_table()
    assert pairs.columns.tolist() == ["End", "Pair", "Both stated"]
    assert pairs.to_numpy().tolist() == [[terms.END_WORDS[second], "short c + short f", "yes"]]
    written["f"]["stated"] = "no"
    assert argument.pairs_table()["Both stated"].tolist() == ["no"]


def test_the_weakest_are_the_single_beliefs_of_lowest_credence(written):
    central = pd.Series({"a": 0.7, "d": 0.4, "b": 0.6, "e": 0.5, "c": 0.1, "f": 0.2} | dict.fromkeys(terms.ENDS, 0.0))
    frame = pd.DataFrame({"low": central / 2, "central": central, "high": 1 - (1 - central) / 2})
    got = argument.weakest(terms.ENDS[1], frame, 2)
    assert got.columns.tolist() == ["node", "text", "credence"]
    assert got.to_numpy().tolist() == [["d", "text of d", 0.4], ["e", "text of e", 0.5]]
    assert argument.weakest(terms.ENDS[0], frame)["node"].tolist() == ["d", "b", "a"]


def test_the_map_shows_each_node_with_what_it_brings_down(written):
    got = argument.map_frame()
    assert set(got["node"]) == set(written) and got["order"].tolist() == list(range(len(written)))
    assert got[["column", "y"]].apply(tuple, axis=1).is_monotonic_increasing
    place = argument.layout(written)
    brings = dict.fromkeys(("a", "b", "d", terms.ENDS[0]), "both") | {"e": "second", terms.ENDS[1]: "second"}
    for row in got.itertuples():
        assert (row.column, row.y) == place[row.node]
        assert (row.text, row.kind, row.stated) == tuple(written[row.node][k] for k in ("text", "kind", "stated"))
        assert row.brings == brings.get(row.node, "neither")
    for _, part in got.groupby("column"):  # evenly down the column
        assert part["y"].tolist() == pytest.approx((np.arange(len(part)) + 0.5) / len(part))
    column = argument.columns(written)
    assert [column[n] for n in ("a", "e", terms.ENDS[0], terms.ENDS[1])] == [0, 1, 1, 2]  # as far right as used


def test_survival_of_the_planted_graph_by_hand(written):
    """Nothing leaks: a single cut leaves nothing; without c, P(c or f) shrinks to P(f)."""
    names = list(written)
    central = pd.Series(np.linspace(0.5, 0.85, len(names)), names)
    frame = pd.DataFrame({"low": central - 0.3, "central": central, "high": central + 0.1})
    got = argument.survival_table(terms.ENDS[1], frame, 200).set_index("node")
    either = 1 - (1 - central["c"]) * (1 - central["f"])
    assert got.loc["c", "survival"] == pytest.approx(central["f"] / either)
    assert got.loc["f", "survival"] == pytest.approx(central["c"] / either)
    assert got.index.tolist() == [*sorted(["a", "b", "d", "e", terms.ENDS[0]]), "f", "c"]
    assert got["rank"].tolist() == [1] * 5 + [6, 7] and got["single"].tolist() == [True] * 5 + [False] * 2
    drawn = argument.drawn_credences(frame, 200)
    own = drawn["f"] / (1 - (1 - drawn["c"]) * (1 - drawn["f"]))
    assert got.loc["c", ["low", "high"]].tolist() == pytest.approx(np.quantile(own, [0.05, 0.95]))
    assert got.loc["a", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert got.loc["c", ["rank_low", "rank_high"]].tolist() == [6, 7]
    for name, row in got.iterrows():
        assert row[["text", "kind", "stated"]].tolist() == [written[name][k] for k in ("text", "kind", "stated")]


def test_survivals_join_both_times_and_both_ends(written, monkeypatch):
    then, today = (pd.DataFrame(x, list(written), argument.RANGE) for x in (0.5, 0.8))
    monkeypatch.setattr(argument, "credences", lambda time: {"2017": then}[time])
    got = argument.survivals(today, 4)
    assert len(got) == 2 * (3 + 7) and got.index.tolist() == list(range(20))
    for time, frame in (("2017", then), ("now", today)):
        for end in terms.ENDS:
            part = got[(got["time"] == time) & (got["end"] == end)].drop(columns=["end", "time"])
            pd.testing.assert_frame_equal(part.reset_index(drop=True), argument.survival_table(end, frame, 4))


# --- the essay's graph


def test_the_graph_has_no_circle_and_the_first_end_lies_under_the_second():
    rows = argument.nodes()
    order = argument.check(rows)
    assert len(order) == len(rows) and set(terms.ENDS) <= set(rows)
    first, second = (set(argument.rests_on(rows, end)) for end in terms.ENDS)
    assert first < second


def test_the_unstated_premises_are_in_the_graph():
    unstated = {n for n, row in argument.nodes().items() if row["stated"] == "no"}
    assert {
        "checkable",
        "offer_cheap",
        "price_payable",
        "partners_stay",
        "remainder_tolerable",
        "end_state",
    } <= unstated


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (graph(a="b", b="a"), "circle: .*a → b"),
        (graph(a="nobody"), "a rests on 'nobody'"),
    ],
)
def test_a_graph_that_cannot_be_is_refused_by_name(rows, message):
    with pytest.raises(ValueError, match=message):
        argument.check(rows)


def test_a_node_without_a_credence_is_refused_by_name():
    with pytest.raises(ValueError, match="reading_matters has no credence for now"):
        argument.credences("now")


def test_verdicts_and_chapters_set_todays_credences():
    verdicts = {row["claim_id"]: "failed" for row in argument.nodes().values() if row["claim_id"]}
    low = argument.credences("now", verdicts)
    assert low.at["responsive", "central"] == evidence.central("ar_failed")
    own = argument.credences("now", verdicts, {"us_key": (0.2, 0.3, 0.4)})
    assert own.loc["us_key"].tolist() == [0.2, 0.3, 0.4] and low.at["us_key", "central"] != 0.3
    held = argument.credences("now", dict.fromkeys(verdicts, "held"))
    for end in terms.ENDS:
        chance = [
            argument.probability(argument.nodes(), end, {k: np.array([v]) for k, v in f["central"].items()})[0]
            for f in (low, held)
        ]
        assert chance[0] < chance[1]


# --- the map


def test_the_layout_runs_from_left_to_right_and_no_two_nodes_share_a_place():
    rows = argument.nodes()
    place = argument.layout(rows)
    for name, row in rows.items():
        assert all(place[p][0] < place[name][0] for p in argument.parents(row))
    assert len(set(place.values())) == len(rows) and place == argument.layout(dict(rows))


@pytest.mark.parametrize("narrow", [False, True])
def test_every_drawing_keeps_to_the_page(narrow):
    frame = argument.map_frame()
    cuts = argument.cuts_frame()
    for draw in (
        lambda t, n: argument_plots.draw_map(t, n, frame, argument.nodes()),
        lambda t, n: argument_plots.draw_cuts(t, n, cuts),
    ):
        found = theme.render("fig-x", draw, finding="f", unit="u", alt="a")  # refuses strange colours and widths
        assert "<svg" in found["html"]


# --- the page


@pytest.fixture(scope="module")
def switchboard(tmp_path_factory):
    """A page with the map and the switch, under the edition's own content-security policy."""
    shown = []
    import IPython.display

    before = IPython.display.display
    IPython.display.display = lambda data, **_: shown.append(data["text/html"])
    try:
        live.switch()
    finally:
        IPython.display.display = before
    frame = argument.map_frame()
    drawn = theme.render(
        "fig-argument-map",
        lambda t, n: argument_plots.draw_map(t, n, frame, argument.nodes()),
        finding="f",
        unit="u",
        alt="a",
    )
    folder = tmp_path_factory.mktemp("switch")
    edition = ROOT / "_extensions" / "report"
    for name in ("argument.js", "report.css"):
        shutil.copy(edition / name, folder)
    shutil.copytree(edition / "fonts", folder / "fonts")
    policy = re.search(r"<meta http-equiv=.*?>", (edition / "page.html").read_text("utf-8"))[0]
    page = folder / "page.html"
    page.write_text(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{policy}<script src="argument.js"></script>'
        f'<link rel="stylesheet" href="report.css"></head><body><main><figure id="fig-argument-map">{drawn["html"]}'
        f"</figure>{shown[0]}</main></body></html>",
        "utf-8",
    )
    return page


def opened(browser, page, **options):
    wrong, sheet = [], browser.new_page(viewport={"width": 1100, "height": 900}, **options)
    sheet.on("pageerror", lambda error: wrong.append(str(error)))
    sheet.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    sheet.goto(page.as_uri(), wait_until="load")
    return sheet, wrong


SAID = """() => ({
  standing: Object.fromEntries([...document.querySelectorAll('.argument input')].map(i =>
    [i.dataset.node, i.checked && !i.closest('li').classList.contains('fallen')])),
  ends: Object.fromEntries([...document.querySelectorAll('[data-end]')].map(e => [e.dataset.end, e.dataset.stands])),
  words: [...document.querySelectorAll('[data-end]')].map(e => e.textContent),
  status: document.querySelector('.argument [role=status]').textContent})"""

EACH = f"""names => names.map(name => {{
  const box = document.querySelector(`input[data-node=${{name}}]`);
  box.click();
  const said = ({SAID})();
  box.click();
  return said;
}})"""  # each switched off, and on again


def agrees(said, off):
    rows = argument.nodes()
    alive = argument.stands(rows, off)
    assert said["standing"] == alive
    assert said["ends"] == {end: str(alive[end]).lower() for end in terms.ENDS}
    for end, words in zip(terms.ENDS, said["words"], strict=True):
        assert words == f"{terms.END_WORDS[end]}: {'still stands' if alive[end] else 'falls'}"
    fallen = sum(not up for n, up in alive.items() if n not in off)
    if off:
        assert re.search(r"no other" if not fallen else rf"; {fallen} other", said["status"])


def test_the_page_says_what_python_says_for_every_node_and_some_pairs(browser, switchboard):
    sheet, wrong = opened(browser, switchboard)
    agrees(sheet.evaluate(SAID), ())
    names = list(argument.nodes())
    for name, said in zip(names, sheet.evaluate(EACH, names), strict=True):
        agrees(said, (name,))
    pairs = argument.cuts_frame().query("kind == 'pair'")["node"].str.split("+").tolist()
    for pair in [*pairs, ["markets_below", "illicit_state"], ["us_recognises", "us_eases_ring"]]:
        for name in pair:
            sheet.locator(f"input[data-node={name}]").uncheck()
        agrees(sheet.evaluate(SAID), tuple(pair))
        sheet.get_by_role("button", name="All on again").click()
        agrees(sheet.evaluate(SAID), ())
    sheet.close()
    assert not wrong


def test_the_switch_works_by_key_by_touch_and_by_a_click_on_the_map(browser, switchboard):
    sheet, wrong = opened(browser, switchboard, has_touch=True)
    box = sheet.locator("input[data-node=force_worse]")
    box.focus()
    sheet.keyboard.press("Space")
    agrees(sheet.evaluate(SAID), ("force_worse",))
    sheet.locator("label", has=sheet.locator("input[data-node=peace_first]")).tap()
    agrees(sheet.evaluate(SAID), ("force_worse", "peace_first"))
    node = sheet.locator("#fig-argument-map .chart.desk svg g", has_text="Promises can")
    node.click()
    agrees(sheet.evaluate(SAID), ("force_worse", "peace_first", "checkable"))
    assert node.get_attribute("aria-pressed") == "false" and node.get_attribute("role") == "button"
    node.focus()
    sheet.keyboard.press("Enter")
    agrees(sheet.evaluate(SAID), ("force_worse", "peace_first"))
    assert node.get_attribute("aria-pressed") == "true"
    sheet.close()
    assert not wrong


def test_without_scripts_the_drawn_map_stays_and_no_dead_switch_shows(browser, switchboard):
    sheet, _ = opened(browser, switchboard, java_script_enabled=False)
    assert sheet.locator("#fig-argument-map .chart.desk svg").is_visible()
    assert sheet.locator(".argument").is_hidden()
    sheet.close()


def test_the_page_is_given_the_whole_graph():
    found = json.loads(json.dumps(live.graph_json()))
    rows = argument.nodes()
    assert {n["id"]: tuple(map(tuple, n["needs"])) for n in found["nodes"]} == {k: r["needs"] for k, r in rows.items()}
    assert [e["id"] for e in found["ends"]] == list(terms.ENDS)


def test_the_lists_follow_the_graph(monkeypatch):
    rows = {k: dict(v) for k, v in argument.nodes().items()}
    before = argument.cut_sets(rows, "offer_deal")[0]
    rows["offer_deal"]["needs"] = (*rows["offer_deal"]["needs"], ("war_danger",))
    monkeypatch.setattr(argument, "nodes", lambda: rows)
    frame = argument.cuts_frame().query("end == 'offer_deal' and kind != 'pair'")
    assert set(frame["node"]) == {*before, "war_danger"}
