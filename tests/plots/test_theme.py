"""Charts: the same bytes every time, ids of their own, alternatives demanded, colours that follow the page."""

import json
import re
import struct
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargain import evidence, simplex
from bargain.plots import theme

FRAME = pd.DataFrame({"x": [1, 2, 3], "y": [1.0, 3.0, 2.0]})


def draw(t, narrow):
    return (
        alt.Chart(FRAME)
        .mark_line(color=t["narrow"], clip=True)
        .encode(x="x:Q", y="y:Q")
        .properties(width=theme.size(narrow), height=120)
    )


def render(name="fig-test", **changed):
    given = dict(
        finding="It rises, then falls", unit="a unit", alt="A line that rises and falls.", source="Source: made up."
    )
    return theme.render(name, draw, **(given | changed))


def test_two_drawings_are_the_same_bytes():
    assert render() == render()


def test_ids_differ_between_drawings_and_figures():
    html = render()["html"] + render("fig-other")["html"]
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert ids and len(ids) == len(set(ids))
    for target in re.findall(r"url\(#([^)]+)\)", html):
        assert target in ids


def test_both_widths_and_the_alternative_are_there():
    pieces = render()
    assert 'class="chart desk"' in pieces["html"] and 'class="chart phone"' in pieces["html"]
    assert pieces["html"].count('aria-label="A line that rises and falls."') == 2
    assert 'aria-label="A line that rises and falls."' in pieces["svg"]


def test_colours_follow_the_page_but_not_the_paper():
    pieces = render()
    assert f"var(--narrow,{theme.TOKENS['light']['narrow']})" in pieces["html"]
    assert "var(" not in pieces["svg"] and "var(" not in pieces["framed"]


def test_the_download_carries_finding_and_source():
    framed = render()["framed"]
    assert "It rises, then falls" in framed and "Source: made up." in framed


@pytest.mark.parametrize("field", ["finding", "alt"])
def test_a_figure_without_finding_or_alternative_is_refused(field):
    with pytest.raises(ValueError, match=f"fig-test.*{field}"):
        render(**{field: " "})


def test_a_wrong_label_is_refused():
    with pytest.raises(ValueError, match="label"):
        render("Trade")


def test_a_colour_outside_the_theme_is_refused():
    def wrong(t, narrow):
        return alt.Chart(FRAME).mark_line(color="#ff0000").encode(x="x:Q", y="y:Q").properties(width=100)

    with pytest.raises(ValueError, match="ff0000"):
        theme.render("fig-test", wrong, finding="f", unit="u", alt="a")


def test_a_drawing_too_wide_is_refused():
    def wide(t, narrow):
        return alt.Chart(FRAME).mark_line(color=t["ink"]).encode(x="x:Q", y="y:Q").properties(width=900)

    with pytest.raises(ValueError, match="660"):
        theme.render("fig-test", wide, finding="f", unit="u", alt="a")


def test_a_live_specification_cannot_end_its_element():
    def sly(t, narrow):
        frame = FRAME.assign(z="</script><b>")
        return alt.Chart(frame).mark_point(color=t["ink"]).encode(x="x:Q", y="y:Q", tooltip="z:N").properties(width=90)

    html = theme.render("fig-test", sly, finding="f", unit="u", alt="a", interactive=True)["html"]
    assert html.count("</script>") == html.count("<script") == 2


def test_files_for_download_are_the_same_each_time_whatever_stood_there(tmp_path, monkeypatch):
    monkeypatch.setenv("BARGAIN_FIGURES", str(tmp_path))
    theme.write("fig-test", render(), FRAME)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert set(before) == {"fig-test.csv", "fig-test.svg", "fig-test.png"}
    (tmp_path / "fig-test.svg").write_text("<svg/>")
    theme.write("fig-test", render(), FRAME)
    assert before == {p.name: p.read_bytes() for p in tmp_path.iterdir()}


# --- what a cell shows


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """The outputs of a cell in a chapter: the bundles given to display, in order; files go to a folder of the test."""
    import IPython.display

    outputs = []
    (tmp_path / "chapters").mkdir()
    monkeypatch.chdir(tmp_path / "chapters")
    monkeypatch.setenv("BARGAIN_FIGURES", str(tmp_path / "figures"))
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: outputs.append(bundle))
    return outputs


WORDS = dict(finding="It rises", unit="a unit", alt="A line.", tables=["gdp"])


def test_a_cell_shows_scope_then_chart_then_source(shown):
    theme.figure("fig-test", draw, FRAME, **WORDS, note="A caveat")
    scope, chart, source = shown
    assert scope["text/markdown"].startswith('<div class="unit">') and "a unit" in scope["text/markdown"]
    assert set(chart) == {"text/html", "image/svg+xml", "text/plain"} and chart["text/plain"] == "A line."
    text = source["text/markdown"]
    assert text.startswith('<div class="source">') and "A caveat." in text
    for ending in ("csv", "svg", "png"):
        assert f"(../figures/fig-test.{ending})" in text


def test_the_source_line_leads_to_the_rows(shown):
    theme.figure(
        "fig-test", draw, FRAME, **(WORDS | dict(tables=["gdp", "prices"])), rows={"prices": "city == 'Sinuiju'"}
    )
    link = re.search(r"\[Rows and sources\]\(([^)]*)\)", shown[2]["text/markdown"])[1]
    page = (Path.cwd() / link).read_text("utf-8")
    assert len(re.findall('<tr id="gdp-', page)) == len(evidence.table("gdp"))
    found = re.findall('<tr id="prices-([^"]*)"', page)
    assert 0 < len(found) < len(evidence.table("prices")) and all("Sinuiju" in anchor for anchor in found)


def test_a_figure_of_no_table_says_on_what_it_rests(shown):
    theme.figure("fig-test", draw, FRAME, **(WORDS | dict(tables=[])), note="Judgement: our drawing")
    link = re.search(r"\[Rows and sources\]\(([^)]*)\)", shown[2]["text/markdown"])[1]
    page = (Path.cwd() / link).read_text("utf-8")
    assert "Judgement: our drawing." in page and "<tr" not in page
    assert shown[2]["text/markdown"].count("Judgement") == 1


def test_a_figure_of_no_table_lists_no_assumptions_that_its_claim_has_read(shown, monkeypatch):
    register = theme.figures.evidence.table("assumptions")
    monkeypatch.setattr(theme.figures.rowpages, "judged", lambda: register.iloc[:2])
    theme.figure("fig-test", draw, FRAME, **(WORDS | dict(tables=[])), note="Judgement: our drawing")
    link = re.search(r"\[Rows and sources\]\(([^)]*)\)", shown[2]["text/markdown"])[1]
    assert "<tr" not in (Path.cwd() / link).read_text("utf-8")


def test_a_static_chart_carries_no_specification_and_a_live_one_does(shown, tmp_path):
    theme.figure("fig-test", draw, FRAME, **WORDS)
    assert "vega-spec" not in shown[1]["text/html"] and not (tmp_path / "figures" / "vega.js").exists()
    assert "vega.js" not in shown[1]["text/html"]
    theme.figure("fig-live", draw, FRAME, **WORDS, interactive=True)
    specs = re.findall(r'class="vega-spec">(.*?)</script>', shown[4]["text/html"])
    assert [json.loads(spec)["mark"]["type"] for spec in specs] == ["line", "line"]
    assert all(theme.TOKENS["light"]["narrow"] + ")" in spec and "var(--narrow," in spec for spec in specs)
    assert "vegaEmbed" in (tmp_path / "figures" / "vega.js").read_text("utf-8")
    assert '<a class="run" href="../figures/vega.js" hidden>' in shown[4]["text/html"]


def test_a_drawing_gets_what_follows_it_and_the_first_frame_is_offered(shown, tmp_path):
    got, other = [], FRAME.assign(y=-1.0)

    def lines(t, narrow, frame, more, height):
        got.append((narrow, frame, more, height))
        return draw(t, narrow)

    theme.figure("fig-test", lines, FRAME, other, 7, **WORDS)
    assert [narrow for narrow, *_ in got] == [False, True]
    assert all(frame is FRAME and more is other and height == 7 for _, frame, more, height in got)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "figures" / "fig-test.csv"), FRAME, check_dtype=False)
    theme.figure("fig-test", lines, FRAME, other, 7, data=other, **WORDS)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "figures" / "fig-test.csv"), other, check_dtype=False)


def test_a_drawing_that_does_not_take_its_frames_is_refused(shown):
    with pytest.raises(ValueError, match="fig-test: pair .* 3 more"):

        def pair(t, narrow, one, two):
            return draw(t, narrow)

        theme.figure("fig-test", pair, FRAME, FRAME, FRAME, **WORDS)
    with pytest.raises(ValueError, match="fig-test: no data"):
        theme.figure("fig-test", draw, **WORDS)
    assert not shown


def test_a_figure_that_names_assumptions_and_read_none_is_refused(shown, monkeypatch):
    register = theme.figures.evidence.table("assumptions")
    words = WORDS | dict(tables=["assumptions"])
    monkeypatch.setattr(theme.figures.rowpages, "judged", lambda: register.iloc[:0])
    with pytest.raises(ValueError, match="fig-test: names the assumptions among its tables, and read none"):
        theme.figure("fig-test", draw, FRAME, **words)
    assert not shown
    monkeypatch.setattr(theme.figures.rowpages, "judged", lambda: register.iloc[:2])
    theme.figure("fig-test", draw, FRAME, **words)
    assert shown


@pytest.mark.parametrize("wrong", [dict(tables=[], note=""), dict(data=FRAME.iloc[:0])])
def test_a_figure_without_data_or_source_is_refused(shown, wrong):
    given = dict(data=FRAME, **WORDS) | wrong
    with pytest.raises(ValueError, match="fig-test"):
        theme.figure("fig-test", draw, given.pop("data"), **given)
    assert not shown


def test_the_data_beside_the_picture_are_the_data(shown, tmp_path):
    frame = pd.DataFrame({"who": ["a, b", "c"], "v": [0.1 + 0.2, 1e-9]})
    theme.figure("fig-test", draw, frame, **WORDS)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "figures" / "fig-test.csv"), frame)
    png = (tmp_path / "figures" / "fig-test.png").read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert png[:4] == b"\x89PNG" and width == 2 * (theme.WIDE + 36) and height > 240


def test_a_preview_in_another_mode_has_its_colours():
    light, dark = theme.picture(draw), theme.picture(draw, mode="dark")
    assert light[:4] == dark[:4] == b"\x89PNG" and light != dark


# --- the shapes

T = theme.TOKENS["light"]
RANGES = pd.DataFrame({"year": [2019, 2020, 2021], "lo": [1, 2, 3], "hi": [2, 4, 6], "mid": [1.5, np.nan, 4]})
QUANTILES = pd.DataFrame({"row": ["x", "y"], "a": [0, 1], "b": [1, 2], "m": [2, 3], "d": [3, 4], "e": [4, 5]})
FALL = pd.DataFrame({"step": ["in", "out", "left"], "amount": [5.0, -2.0, 0.0], "total": [False, False, True]})
PANELS = [dict(name=f"P{i}", unit="a year", x=[2012, 2018, 2025], v=[i, 9, 2], fmt=".0f") for i in range(5)]


def ranged(t, narrow):
    x = alt.X("year:Q", scale=alt.Scale(domain=[2018, 2022]))
    return theme.ranges(RANGES, t, "lo", "hi", "mid", x=x, y=dict(title="unit")).properties(width=200)


def stripped(t, narrow):
    return theme.strips(QUANTILES, t, list("abmde"), y=alt.Y("row:N"), x=dict(title="value")).properties(width=200)


def believed(t, narrow):
    fields = theme.best_fields({"talks": (0, 0, 1), "test_first": (0.5, 0.5, 0.5)})
    polygons = [(choice, 0.62, polygon) for choice, polygon in fields.items()]
    return theme.triangle(t, narrow, polygons, names=[("Talks", (0, 0.1, 0.9))], points=[("you", (0.2, 0.4, 0.4))])


SHAPES = {
    "ranges": ranged,
    "strips": stripped,
    "triangle": believed,
    "multiples": lambda t, narrow: theme.multiples(PANELS, t, narrow, events=[(2019.2, "Hanoi")]),
    "waterfall": lambda t, narrow: theme.waterfall(FALL, t, narrow, title="US$ bn"),
}
WORDS_SEEN = {
    "triangle": ["Creature of habit", "Narrowly rational", "Deal-seeker", "Talks", "you"],
    "multiples": ["P0", "P4", "a year", "Hanoi", "’12", "’25"],
    "waterfall": ["in", "out", "left", "5.0", "−2.0", "3.0"],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_fits_both_columns_in_the_colours_of_the_theme(shape):
    pieces = theme.render(f"fig-{shape}", SHAPES[shape], finding="f", unit="u", alt="a")  # refuses others
    for drawing in pieces["html"].split('<div class="chart')[1:]:
        for word in WORDS_SEEN.get(shape, []):
            assert f">{word}<" in drawing, word


def test_no_dot_is_drawn_where_the_source_gives_no_central_value():
    spec = ranged(T, False).to_dict()
    dots = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    (rows,) = [spec["datasets"][layer["data"]["name"]] for layer in dots]
    assert [row["year"] for row in rows] == [2019, 2021]


def test_a_waterfall_adds_up():
    spec = theme.waterfall(FALL.assign(amount=[5.0, -2.0, 99.0]), T, False).to_dict()
    rows = next(rows for rows in spec["datasets"].values() if len(rows) == 3)
    assert [(row["a"], row["b"], row["shown"]) for row in rows] == [(0, 5, 5), (5, 3, -2), (0, 3, 3)]


def test_a_label_has_its_halo_below_its_letters():
    def words(t, narrow):
        return theme.label(FRAME, t, alt.value("name"), x="x:Q", y="y:Q").properties(width=200)

    html = theme.render("fig-test", words, finding="f", unit="u", alt="a")["html"]
    marks = re.findall(r"<text[^>]*>name<", html)
    assert len(marks) == 6 and all('paint-order="stroke"' in mark and "stroke:var(--paper" in mark for mark in marks)


# --- the triangle of beliefs

beliefs = st.tuples(*[st.floats(0.01, 1)] * 3).map(lambda p: np.array(p) / sum(p))
values = st.tuples(*[st.floats(-5, 5)] * 3)


def area(polygon):
    x, y = simplex.xy(polygon).T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


WHOLE = area(np.eye(3))


@given(values, values, values)
def test_best_fields_tile_the_triangle(u, v, w):
    fields = theme.best_fields({"force": u, "pressure": v, "talks": w})
    if len({tuple(np.round(z, 6)) for z in (u, v, w)}) == 3:  # equal choices share their field
        assert sum(area(p) for p in fields.values() if len(p)) == pytest.approx(WHOLE, abs=1e-6)


@given(values, values, beliefs)
def test_within_its_field_a_choice_is_best(u, v, p):
    margin = float(np.dot(u, p) - np.dot(v, p))
    fields = theme.best_fields({"force": u, "talks": v})
    middle = {choice: polygon.mean(axis=0) for choice, polygon in fields.items() if len(polygon)}
    for choice, sign in (("force", 1), ("talks", -1)):
        if choice in middle:
            assert sign * (np.dot(u, middle[choice]) - np.dot(v, middle[choice])) >= -1e-9
        else:
            assert sign * margin <= 1e-9


def test_a_margin_shrinks_a_field():
    utility = {"force": (1, 0, 0), "talks": (0, 0, 1)}
    assert area(theme.best_fields(utility, 0.2)["force"]) < area(theme.best_fields(utility)["force"])


@pytest.mark.parametrize("n", [1, 2, 7])
def test_cells_tile_the_triangle(n):
    corners, centres = simplex.cells(n)
    assert len(corners) == n * n and np.allclose(centres.sum(axis=1), 1) and (centres > 0).all()
    assert [area(c) for c in corners] == pytest.approx([WHOLE / n**2] * n**2)


def test_hatching_stays_inside_its_field():
    polygon = np.array([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]])
    lines = theme.hatch(polygon)
    x, y = simplex.xy(polygon).T
    assert len(lines) > 5 and lines.x.min() >= x.min() and lines.x2.max() <= x.max()
    assert lines.y.between(y.min(), y.max()).all()


def test_the_best_field_of_a_dominant_choice_is_the_whole_triangle():
    fields = theme.best_fields({"talks": (3, 3, 3), "force": (1, 2, 0)})
    assert len(fields["talks"]) == 3 and len(fields["force"]) == 0


def test_fields_of_opposed_choices_meet_half_way():
    fields = theme.best_fields({"force": (1, 0, 0), "talks": (0, 1, 0)})
    assert any(abs(p[0] - p[1]) < 1e-12 for p in fields["force"])
