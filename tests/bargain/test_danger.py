"""The yearly danger of war on one scale, and what turns with it: closed forms, planted crossings, tables by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargain import danger, evidence, options, scorecard, stakes


@given(st.floats(0, 0.99), st.floats(1, 30))
def test_a_yearly_chance_makes_up_the_whole(chance, years):
    assert 1 - (1 - danger.yearly(chance, years)) ** years == pytest.approx(chance, abs=1e-9)


def test_statements_leave_out_shares_conditions_and_retrospect():
    said = danger.statements()
    rows = evidence.table("war_probability").set_index("id")
    left_out = rows[rows["note"].fillna("").str.contains("leave out")]
    assert len(left_out) == 4 and len(said) == 6
    assert set(said["date"].str[:4]) == {"2017"} and "Ipsos" not in set(said["who"])
    assert (said["low"] <= said["central"]).all() and (said["central"] <= said["high"]).all()
    assert danger.feared() == pytest.approx(np.median([0.225, 0.4, 0.5, 0.25, 0.1]))  # a senator is no expert
    assert danger.feared() == options.stated_dangers()["chance"].median()


def test_one_middle_of_what_was_feared_stands_in_every_chapter():
    """Chapters 5, 6 and 10 and the verdict on the danger of war name the same number."""
    says = scorecard.essay().set_index("id")["says"]["S9c"]
    assert f" {len(options.stated_dangers())} estimates" in says and f" {100 * danger.feared():.0f} per cent" in says
    for chapter in ("05-options", "06-futures", "10-stakes"):
        page = (evidence.ROOT / "chapters" / f"{chapter}.qmd").read_text("utf-8")
        assert "stated_dangers" in page or "danger.feared()" in page


def test_planted_statements(monkeypatch):
    rows = pd.DataFrame(
        {
            "date": ["2017-10", "2018-01", "2019-01", "2017-11", "2017-12"],
            "source_name": ["Ann, here", "Ben", "Cid", "Dot", "Eve"],
            "kind": ["expert", "politician", "expert", "public poll", "expert"],
            "per_year_central_pct": [10.0, 30.0, 90.0, 90.0, np.nan],
            "probability_low_pct": [5.0, np.nan, 1.0, 1.0, 1.0],
            "probability_high_pct": [20.0, np.nan, 99.0, 99.0, 99.0],
            "note": [None, "a year assumed", None, None, None],
        }
    )
    monkeypatch.setattr(evidence, "table", lambda name: rows)
    said = danger.statements()
    assert said["who"].tolist() == ["Ann", "Ben"] and danger.feared() == pytest.approx(0.1)
    assert said[["low", "high"]].to_numpy() == pytest.approx(np.array([[0.05, 0.2], [0.3, 0.3]]))


def test_a_crossing_is_found_where_it_was_planted():
    hazards = np.geomspace(0.001, 0.5, 12)
    assert danger.crossing(hazards, np.log(hazards / 0.03)) == pytest.approx(0.03)
    assert danger.crossing(hazards, -np.log(hazards / 0.2)) == pytest.approx(0.2)
    assert np.isnan(danger.crossing(hazards, np.ones(12)))
    with pytest.raises(ValueError, match="hazards"):
        danger.crossing([0.0, 0.1], [1.0, -1.0])


def test_by_danger_is_the_draw_with_one_row_set():
    got = danger.by_danger([0.02], draws=2**8).set_index("option")
    draw = options.head(stakes.sample(), 2**8)
    draw = draw._replace(parameters=draw.parameters | {"h0": 0.02})
    dead, just = stakes.deaths(draw).mean(axis=1).sum(axis=-1), stakes.accountability(draw).mean(axis=1)
    for g, option in enumerate(stakes.OPTIONS):
        assert got.deaths[option] == pytest.approx(dead[:, g].mean() / 1000)
        assert got.justice[option] == pytest.approx(just[:, g].mean())
        trade = (dead[:, g] > dead[:, stakes.TALKS]) & (just[:, g] > just[:, stakes.TALKS])
        assert got.trade[option] == pytest.approx(100 * trade.mean())
    assert got.trade["talks"] == 0 and np.isnan(got.price["talks"])


def test_more_danger_means_more_dead_and_force_needs_it():
    curves = danger.by_danger([0.001, 0.01, 0.1, 0.5], draws=2**9)
    for _, rows in curves.groupby("option"):
        assert (np.diff(rows.sort_values("hazard").deaths) > 0).all()
    at = danger.turn(curves, "force")
    dead = curves.pivot(index="hazard", columns="option", values="deaths")
    more = dead["force"] > dead["talks"]
    assert more[more.index < at].all() and not more[more.index > at].any()
    with pytest.raises(ValueError, match="hazards"):
        danger.by_danger([1.5])


def test_the_scale_holds_the_four_groups_on_a_yearly_axis():
    scale = danger.scale()
    assert list(dict.fromkeys(scale["group"])) == list(danger.GROUPS)
    known = scale["central"].notna()
    assert (scale["low"] <= scale["high"]).all() and ((scale["central"] <= scale["high"]) | ~known).all()
    row = scale[(scale["group"] == "Stated directly") & (scale["row"] == "force")].iloc[0]
    said = stakes.sample().parameters["st_war_force"].mean()
    assert 1 - (1 - row["central"]) ** 10 == pytest.approx(said)
    bound = scale["high"].iloc[-1]
    assert (1 - bound) ** danger.quiet_years() == pytest.approx(0.05)


def test_headlines_flip_only_across_their_level(monkeypatch):
    """Planted deaths by the model and as stated: what flips, what ties, and a shown table without false signs."""
    hazards = [0.001, 0.01, 0.1]
    rows = [
        (h, o, 100.0 + d, 0.1, 60.0, p)
        for h in hazards
        for o, d, p in zip(stakes.OPTIONS, (100 * (0.02 - h), 10, 0, -1), (1700.0, 640.0, np.nan, np.nan), strict=True)
    ]
    curves = pd.DataFrame(rows, columns=["hazard", "option", "deaths", "justice", "trade", "price"])
    monkeypatch.setattr(danger, "by_danger", lambda h: curves[curves["hazard"] == 0.1])
    monkeypatch.setattr(danger, "_loss_lead", lambda h=None: np.full(len(h) if h is not None else 1, 5.0))
    dead, just = np.full((4, 4), 1e5), np.tile([0.2, 0.2, 0.0, 0.0], (4, 1))
    dead[:, 0], dead[:, 1], dead[:, 3] = 2e5, 1.5e5, 1.001e5
    monkeypatch.setattr(
        stakes, "parts", lambda source="model": (dead, just) if source == "model" else (dead[:, :3], just[:, :3])
    )
    got = danger.headlines(curves).set_index("key")
    assert got.model["force_deaths"] == pytest.approx(100) and got.feared["force_deaths"] == pytest.approx(-8)
    assert got.flips["force_deaths"] and 0.01 < got.turns["force_deaths"] < 0.1
    assert not got.flips[["pressure_deaths", "accept_deaths", "force_trade", "force_loss"]].any()
    assert np.isnan(got.stated["accept_deaths"]) and np.isnan(got.turns["price_gap"])
    shown = danger.show(got.reset_index()).set_index("Result")
    force = shown.loc[danger.HEADLINES["force_deaths"][0]]
    assert force[["Model", "As feared"]].tolist() == ["+100", "−8"] and force[""] == "turns"
    assert shown.loc[danger.HEADLINES["accept_deaths"][0], "Stated"] == "–"


def test_a_readers_choice_is_the_least_loss():
    for got in (danger.choose(price=300_000), danger.choose(price=300_000, danger=0.05)):
        assert got["loss"].is_monotonic_increasing
        assert got["loss"].to_numpy() == pytest.approx((got["deaths"] - 300 * got["accountability"]).to_numpy())
    assert danger.choose(price=0)["option"].iloc[0] == stakes.reader().set_index("option").deaths.idxmin()
    with pytest.raises(ValueError, match="danger"):
        danger.choose(danger=2.0)
