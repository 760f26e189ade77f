"""Charts: the same bytes every time, ids of their own, alternatives demanded, colours that follow the page."""

import re

import altair as alt
import pandas as pd
import pytest

from bargain import charts

FRAME = pd.DataFrame({"x": [1, 2, 3], "y": [1.0, 3.0, 2.0]})


def draw(t, narrow):
    return (
        alt.Chart(FRAME)
        .mark_line(color=t["narrow"], clip=True)
        .encode(x="x:Q", y="y:Q")
        .properties(width=charts.size(narrow), height=120)
    )


def render(name="fig-test", **changed):
    given = dict(
        finding="It rises, then falls", unit="a unit", alt="A line that rises and falls.", source="Source: made up."
    )
    return charts.render(name, draw, **(given | changed))


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
    assert f"var(--narrow,{charts.TOKENS['light']['narrow']})" in pieces["html"]
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
        charts.render("fig-test", wrong, finding="f", unit="u", alt="a")


def test_a_drawing_too_wide_is_refused():
    def wide(t, narrow):
        return alt.Chart(FRAME).mark_line(color=t["ink"]).encode(x="x:Q", y="y:Q").properties(width=900)

    with pytest.raises(ValueError, match="660"):
        charts.render("fig-test", wide, finding="f", unit="u", alt="a")


def test_a_live_specification_cannot_end_its_element():
    def sly(t, narrow):
        frame = FRAME.assign(z="</script><b>")
        return alt.Chart(frame).mark_point(color=t["ink"]).encode(x="x:Q", y="y:Q", tooltip="z:N").properties(width=90)

    html = charts.render("fig-test", sly, finding="f", unit="u", alt="a", interactive=True)["html"]
    assert html.count("</script>") == html.count("<script") == 2


def test_files_for_download_are_written_once_and_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("BARGAIN_FIGURES", str(tmp_path))
    charts.write("fig-test", render(), FRAME)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    assert set(before) == {"fig-test.csv", "fig-test.svg", "fig-test.png"}
    charts.write("fig-test", render(), FRAME)
    assert before == {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}


def test_the_best_field_of_a_dominant_choice_is_the_whole_triangle():
    fields = charts.best_fields({"talks": (3, 3, 3), "force": (1, 2, 0)})
    assert len(fields["talks"]) == 3 and len(fields["force"]) == 0


def test_fields_of_opposed_choices_meet_half_way():
    fields = charts.best_fields({"force": (1, 0, 0), "talks": (0, 1, 0)})
    assert any(abs(p[0] - p[1]) < 1e-12 for p in fields["force"])
