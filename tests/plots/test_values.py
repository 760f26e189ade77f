"""What is said of the marks of a drawing: the values of its data, at the places where they are drawn."""

import json
import re

import altair as alt
import pandas as pd
import pytest

from bargain.plots import theme, values

FRAME = pd.DataFrame({"year": [2018, 2019, 2020], "share": [0.1234567, 0.5, 1 / 3], "who": ["dealer", "narrow", "USA"]})


def line(**more):
    return alt.Chart(FRAME).mark_line().encode(x="year:Q", y=alt.Y("share:Q", title="Share, %"), **more)


@pytest.mark.parametrize(
    "description, said",
    [
        ("year: 2018; Share, %: 0.1234567", "2018 · Share, % 0.1235"),
        ("row: Crypto theft; low: 12.5; high: 20.25", "Crypto theft · range 12.5 to 20.25"),
        ("Weight, %: 7; row: Deterrent; high: 33.9", "Deterrent · Weight, % 7 to 33.9"),
        ("Share, %: 36.888971%; high: 0.5", "Share, % 36.89% to 50%"),
        ("reading: dealer; v: -0.00012349", "Deal-seeker · value −0.0001235"),
        ("deaths: 1234567.8; token: kim; x: 3", "deaths 1234568"),
        ("x: 1; y: 2; order: 3", ""),
        ("low: 4; high: 4", "range 4"),
        ("share: null; who: NaN", ""),
        ("", ""),
    ],
)
def test_a_description_is_said_for_readers(description, said):
    assert values.said(values.pairs(description)) == said


def test_each_place_of_a_line_is_a_mark_where_it_is_drawn():
    spec = line().to_dict()
    found = values.marks(spec)
    assert [text for _, text in found] == ["2018 · Share, % 0.1235", "2019 · Share, % 0.5", "2020 · Share, % 0.3333"]
    path = re.search(r'<path[^>]* d="(M[^"]*)"[^>]*stroke="#6E6257"', theme.pictures.svg_of(spec, "fig-test"))[1]
    drawn = [float(n) for n in re.findall(r"[\d.]+", path)]
    (x0, y0, *_), (x1, y1, *_) = found[0][0], found[1][0]
    assert x1 - x0 == pytest.approx(drawn[2] - drawn[0], abs=1.5)
    assert y1 - y0 == pytest.approx(drawn[3] - drawn[1], abs=1.5)


def test_axes_may_round_and_values_do_not():
    rounded = line().encode(y=alt.Y("share:Q", axis=alt.Axis(format=".0f")))
    assert values.marks(rounded.to_dict())[0][1].endswith("0.1235")


def test_the_ends_of_a_range_say_nothing_of_their_own():
    data = pd.DataFrame({"year": [2019, 2020], "low": [1.5, 2.5], "high": [3.5, 4.5], "mid": [2, 3]})
    drawn = theme.ranges(data, theme.TOKENS["light"], "low", "high", "mid", x=alt.X("year:Q"), y={})
    texts = [text for _, text in values.marks(drawn.to_dict())]
    assert texts == ["2019 · range 1.5 to 3.5", "2020 · range 2.5 to 4.5", "2019 · middle 2", "2020 · middle 3"]


def test_small_multiples_say_the_value_and_not_its_scaled_height():
    panel = dict(name="Deterrent", unit="missiles", x=[2012, 2018, 2025], v=[12, 69, 11], fmt=".0f")
    drawn = theme.multiples([panel], theme.TOKENS["light"], False)
    assert "Deterrent, 2018 69" in [text for _, text in values.marks(drawn.to_dict())]


def test_words_and_mere_places_are_no_values():
    words = alt.Chart(FRAME).mark_text().encode(x="year:Q", y="share:Q", text="who:N")
    places = alt.Chart(FRAME.rename(columns={"year": "x", "share": "y"})).mark_point().encode(x="x:Q", y="y:Q")
    assert values.marks(words.to_dict()) == values.marks(places.to_dict()) == []
    assert values.element({"desk": places.to_dict()}) == ""


def test_texts_stand_once_for_both_drawings_and_cannot_end_the_element():
    frame = FRAME.assign(who="</script><b>")
    drawn = alt.Chart(frame).mark_point().encode(x="year:Q", y="share:Q", color="who:N")
    element = values.element(
        {"desk": drawn.properties(width=600).to_dict(), "phone": drawn.properties(width=300).to_dict()}
    )
    assert element.count("<") == 2  # its own tags
    told = json.loads(re.fullmatch(r"<script[^>]*>(.*)</script>", element)[1])
    assert len(told["texts"]) == 3 and "</script><b>" in told["texts"][0]
    assert told["desk"][4::5] == told["phone"][4::5] == [0, 1, 2] and told["desk"] != told["phone"]
