"""Chapter 10: the same dead as chapter 5, closed forms, limits of aversion, tables by hand."""

import edits
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import evidence, kims, options, simplex, stakes, terms
from bargain.plots import stakes as stakes_plots

FORCE, PRESSURE, TALKS, ACCEPT = range(4)


@pytest.fixture(scope="module")
def draw():
    return options.head(stakes.sample(1), 2**10)


# ---------------------------------------------------------------- shared with chapter 5
def test_the_draw_is_that_of_the_options(draw):
    shared = options.sample(1)
    for name, values in shared.parameters.items():
        np.testing.assert_array_equal(draw.parameters[name], values[: 2**10] if np.ndim(values) else values)
    np.testing.assert_array_equal(draw.minds, shared.minds[: 2**10])
    mine = set(draw.parameters) - set(shared.parameters)
    assert {"camp_deaths", "end_force", "st_nuclear", "risk_aversion", "time_preference"} <= mine
    assert not {"x_pressure", "d_conv", "v_justice"} & set(stakes.rows().index)  # those are the other chapter's


def test_same_deaths_as_the_options_where_nothing_is_added(draw):
    whole = options.outcomes(draw.parameters, draw.minds)[:, :, stakes.AT, 0]
    found = stakes.deaths(draw)
    np.testing.assert_allclose(found[..., 0] + found[..., 2], whole, rtol=1e-12, atol=1e-6)
    none = draw._replace(parameters=draw.parameters | {"camp_deaths": 0.0, "x_pressure": 0.0, "x_acc": 0.0})
    quiet = options.outcomes(none.parameters, none.minds)[:, :, stakes.AT, 0]
    np.testing.assert_allclose(stakes.deaths(none).sum(axis=-1), quiet, rtol=1e-12, atol=1e-6)


def test_wars_add_up_to_the_cells_and_chances_to_one(draw):
    chance, dead = stakes.wars(draw.parameters)
    cells = options.cells(draw.parameters | {"x_pressure": 0.0, "x_acc": 0.0})[..., 0][:, stakes.AT]
    np.testing.assert_allclose((chance * dead).sum(axis=-1), cells, rtol=1e-12)
    np.testing.assert_allclose(chance.sum(axis=-1), 1)
    assert (chance >= 0).all() and (dead[..., 2] >= dead[..., 1]).all() and (dead[..., 1] >= dead[..., 0]).all()


def test_camps_by_hand():
    p = {"horizon": 10.0, "camp_deaths": 3000.0, "end_force": 0.4, "end_pressure": 0.1}
    assert stakes.camps(p)[0] == pytest.approx([18_000, 28_500, 30_000, 30_000])


def test_the_second_elicitation_by_hand(draw):
    names = [i for i in stakes.rows().index if i.startswith("st_")]
    p = (
        draw.parameters
        | dict.fromkeys(names, 0.0)
        | {
            "st_war_force": 0.5,
            "st_war_pressure": 0.1,
            "st_limited": 0.25,
            "st_dead_limited": 40.0,
            "st_dead_whole": 80.0,
            "st_nuclear": 0.5,
            "st_dead_nuclear": 200.0,
            "st_want_pressure": 3.0,
            "st_relief_talks": 2.0,
            "camp_deaths": 0.0,
            "st_acc_force": 0.3,
        }
    )
    dead, justice = stakes.direct(draw._replace(parameters=p))
    lost = 0.25 * 40 + 0.75 * 80 + 0.5 * 200
    assert dead[0].sum(axis=-1) == pytest.approx([0.5 * lost, 0.1 * lost + 30, -20])
    assert justice[0] == pytest.approx([0.3, 0, 0])


def test_chance_of_war_and_its_dead_give_the_dead_of_war(draw):
    none = draw._replace(parameters=draw.parameters | {"d_strike": 0.0, "d_limited": 0.0})
    chance, lost = stakes.war_chance(none)
    np.testing.assert_allclose(chance * lost, stakes.deaths(none)[..., 0], rtol=1e-9)
    assert (chance < 1).all() and np.array_equal(chance, stakes.war_chance(draw)[0])


# ---------------------------------------------------------------- break-even
@settings(max_examples=100)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1, 1), st.floats(-1, 1))
def test_flip_point_solves_its_equation_and_flips_the_choice(d_g, d_t, a_g, a_t):
    at = float(stakes.flip(d_g, d_t, a_g, a_t))
    if (d_g - d_t) * (a_g - a_t) <= 0:
        assert np.isnan(at)
        return
    if abs(a_g - a_t) < 1e-6 or abs(d_g - d_t) < 1e-3:
        return
    dead, just = np.array([d_g, d_t]), np.array([a_g, a_t])
    losses = stakes.choice(dead, just, at)
    scale = np.abs(dead).max() + at * np.abs(just).max()
    assert abs(losses[0] - losses[1]) <= 1e-9 * scale
    more = int(np.argmax(just))
    assert stakes.choice(dead, just, at * 1.001).argmin() == more
    assert stakes.choice(dead, just, at * 0.999).argmin() == 1 - more


def test_flip_points_of_the_draw_solve_their_equation_to_1e_9():
    dead, justice = stakes.parts()
    at = stakes.flip(dead[:, PRESSURE], dead[:, TALKS], justice[:, PRESSURE], justice[:, TALKS])
    ok = ~np.isnan(at)
    assert ok.mean() > 0.5
    gap = (dead[ok, PRESSURE] - at[ok] * justice[ok, PRESSURE]) - (dead[ok, TALKS] - at[ok] * justice[ok, TALKS])
    assert np.abs(gap / (np.abs(dead[ok, PRESSURE]) + at[ok] * np.abs(justice[ok, PRESSURE]))).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e5, 1e5), st.floats(-0.5, 0.5))
def test_a_constant_added_to_all_options_moves_no_weight(lives, index):
    rng = np.random.default_rng(3)
    dead, just = rng.normal(1e5, 4e4, (200, 4)), rng.normal(0, 0.1, (200, 4))
    before = stakes.flip(dead[:, 0], dead[:, TALKS], just[:, 0], just[:, TALKS])
    after = stakes.flip(dead[:, 0] + lives, dead[:, TALKS] + lives, just[:, 0] + index, just[:, TALKS] + index)
    np.testing.assert_allclose(before, after, rtol=1e-6)
    assert stakes.quadrants(dead + lives, just + index, 0) == stakes.quadrants(dead, just, 0)


def test_quadrants_are_what_their_names_say():
    dead = np.array([[2.0, 0, 1, 0], [2, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 0]])
    just = np.array([[0.0, 0, 1, 0], [2, 0, 1, 0], [2, 0, 1, 0], [0, 0, 1, 0]])
    names = ("talks dominate", "trade-off", "the other dominates", "talks cost lives and give justice")
    for k, words in enumerate(names):
        got = stakes.quadrants(dead[[k]], just[[k]], FORCE)
        assert got[words] == 1 and sum(got.values()) == 1
    assert sum(stakes.quadrants(dead, just, FORCE).values()) == 1


def test_the_tie_is_where_deaths_are_equal():
    for row in pd.concat([stakes.surface(), stakes.surface("stated")]).itertuples():
        assert row.tie * row.lost + row.rest == pytest.approx(row.talks_dead, rel=1e-12)
        lines = stakes_plots.surface_lines(pd.DataFrame([row]))
        for price, part in lines.groupby("J"):
            x, y = part.x.iloc[1], part.y.iloc[1]
            at = stakes.flip(x * row.lost + row.rest, row.talks_dead, y, row.talks_justice)
            assert at == pytest.approx(price, rel=1e-9)
    model = stakes.surface().set_index("option")
    dead, _ = stakes.parts()
    for g in (FORCE, PRESSURE):
        row = model.loc[stakes.OPTIONS[g]]
        assert row.war * row.lost + row.rest == pytest.approx(dead[:, g].mean(), rel=1e-9)


def test_the_weight_on_lives_is_where_force_ties(draw):
    means = options.outcomes(draw.parameters, draw.minds).mean(axis=0)
    values = options.preset("security_hawk")
    at = stakes.life_weight(means, values)
    for factor, best in ((0.999, True), (1.001, False)):
        losses = simplex.mix(stakes.EVEN, means) @ options.prices(values | {"v_life": at * factor})
        assert (losses.argmin() == 0) == best
    assert np.isnan(stakes.life_weight(means, options.preset("lives_only")))


def test_linking_the_camps_breaks_even_where_it_says(draw):
    fall, p = stakes.linkage(draw, 0.5)
    answers = kims.respond(draw.parameters, draw.minds)[:, :, terms.TALKS, terms.ACC].mean()
    assert p == pytest.approx(answers) and 0 < fall < p
    saved = 0.5 * stakes.camps(draw.parameters)[:, TALKS].mean()
    chance, dead = stakes.wars(draw.parameters)
    cell = ((chance * dead).sum(axis=-1) + stakes.want(draw.parameters))[:, TALKS].mean(axis=0)
    assert (p - fall) * saved == pytest.approx(fall * (cell[terms.HOLD] - cell[terms.ACC]), rel=1e-9)


# ---------------------------------------------------------------- aversion and time
def test_no_aversion_gives_the_expected_value(draw):
    odds, dead = stakes.atoms(draw)
    np.testing.assert_allclose(odds.sum(axis=-1), 1)
    expected = stakes.mixed(stakes.deaths(draw)).sum(axis=-1).mean(axis=0)
    np.testing.assert_allclose(stakes.certainty(odds, dead, 0.0), expected, rtol=1e-9)
    np.testing.assert_allclose(stakes.certainty(odds, dead, 1e-7), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="theta"):
        stakes.certainty(odds, dead, -1.0)


def test_growing_aversion_tends_to_the_worst_case(draw):
    odds, dead = stakes.atoms(draw)
    worst = np.where(odds > 0, dead, -np.inf).max(axis=-1)
    last = np.zeros(4)
    for theta in (0.0, 0.1, 0.5, 1.0, 5.0, 50.0, 5e3):
        now = stakes.certainty(odds, dead, theta)
        assert (now >= last - 1e-6).all() and (now <= worst + 1e-6).all()
        last = now
    np.testing.assert_allclose(last, worst, rtol=1e-2)
    np.testing.assert_allclose(stakes.certainty(odds, dead, 1e7), worst, rtol=1e-4)


def test_the_worst_thousandth_by_hand():
    odds, dead = np.array([0.0005, 0.0015, 0.998]), np.array([4e6, 2e6, 0.0])
    assert stakes.carried(odds, dead, 0.0) == pytest.approx((0.0005 * 4 + 0.0005 * 2) / (0.0005 * 4 + 0.0015 * 2))
    assert stakes.carried(odds, dead, 50.0) == pytest.approx(1, abs=1e-6)
    assert stakes.carried(odds, dead, 400.0) == pytest.approx(1, abs=1e-6)  # beyond what doubles can exponentiate
    shares = [stakes.carried(odds, dead, x) for x in (0, 0.5, 1, 2)]
    assert shares == sorted(shares)


def test_discounting(draw):
    assert stakes.discount(0.0, 10) == 1 and stakes.discount(0.05, 10) == pytest.approx((1 - np.exp(-0.5)) / 0.5)
    whole = stakes.deaths(draw).sum(axis=-1).mean(axis=0)
    np.testing.assert_allclose(stakes.discounted(draw, 0.0), whole, rtol=1e-9)
    half = stakes.discounted(draw, 0.05)
    np.testing.assert_allclose(half[:, 1:], whole[:, 1:] * stakes.discount(0.05, 10), rtol=1e-9)
    assert (half[:, FORCE] > whole[:, FORCE] * stakes.discount(0.05, 10)).all()  # its dead come at once


def test_the_weight_on_lives_equals_a_search_on_planted_means():
    """Random means, policies and beliefs: the policy loses least up to the weight that is found, and not beyond."""
    rng, values = np.random.default_rng(4), options.preset("security_hawk")
    rest = options.prices(values | {"v_life": 0.0})
    grid, met, never = np.geomspace(1e-3, 1e3, 4000), 0, 0
    for _ in range(80):
        means = rng.normal(0, 1, (3, len(terms.POLICIES), len(terms.OUTCOMES)))
        means[..., 1:] /= np.where(rest[1:], np.abs(rest[1:]), 1)
        belief, policy = rng.dirichlet(np.ones(3)), str(rng.choice(terms.POLICIES))
        mean = np.tensordot(belief, means, 1)
        losses = mean @ rest + grid[:, None] * mean[:, 0]
        best = grid[losses.argmin(axis=1) == terms.POLICIES.index(policy)]
        at = stakes.life_weight(means, values, belief, policy)
        if len(best):
            met += 1
            assert best[-1] <= at and (best[-1] == grid[-1] or at <= best[-1] * 1.01)
        else:
            never += np.isnan(at)
            assert np.isnan(at) or at < grid[0]
    assert met > 15 and never > 15


def futures(dead, justice):
    """What `both` gives, for planted deaths (future, reading, option, cause) and accountability."""
    return lambda chunks=2, seed=0: (np.asarray(dead, float), np.asarray(justice, float))


@pytest.fixture
def planted(monkeypatch):
    """Forty futures, all numbers different: deaths (future, reading, option, cause), accountability, the draw."""
    rng = np.random.default_rng(6)
    dead, justice = rng.normal(1e5, 4e4, (40, 3, 4, 3)), rng.normal(0, 0.3, (40, 3, 4))
    monkeypatch.setattr(stakes, "both", futures(dead, justice))
    return dead, justice


def test_a_table_of_deaths_adds_up_causes_and_evens_out_readings(planted):
    dead, _ = planted
    got = stakes.table((1, 2)).set_index(["reading", "option", "cause", "seed"])
    assert list(got.columns) == ["deaths", "low", "high"] and len(got) == 4 * 4 * 4 * 2
    for k, reading in enumerate((*terms.READINGS, "even")):
        of = dead.mean(axis=1) if reading == "even" else dead[:, k]
        for g, option in enumerate(stakes.OPTIONS):
            for j, cause in enumerate((*stakes.CAUSES, "all")):
                x = of[:, g].sum(axis=-1) if cause == "all" else of[:, g, j]
                row = got.loc[(reading, option, cause, 2)]
                assert row.tolist() == pytest.approx([x.mean(), np.quantile(x, 0.05), np.quantile(x, 0.95)])


def test_deaths_by_cause_are_in_thousands_from_both_elicitations():
    got = stakes.causes(stakes.table((options.SEED,))).set_index(["option", "cause", "source"])
    assert list(got.columns) == ["mean", "low", "high"] and len(got) == 4 * 4 + 3 * 4
    dead, _ = stakes.both()
    x = dead.mean(axis=1)[:, PRESSURE, 0] / 1000
    expected = [x.mean(), *np.quantile(x, [0.05, 0.95])]
    assert got.loc[("pressure", "war", "model")].tolist() == pytest.approx(expected)
    stated, _ = stakes.direct(stakes.sample())
    for cause, x in (("want", stated[:, TALKS, 2]), ("all", stated[:, TALKS].sum(axis=-1))):
        expected = [x.mean() / 1000, *np.quantile(x / 1000, [0.05, 0.95])]
        assert got.loc[("talks", cause, "stated")].tolist() == pytest.approx(expected)


def test_parts_are_a_readings_or_the_even_mixture(planted):
    dead, justice = planted
    one = stakes.parts(reading="narrow")
    assert np.array_equal(one[0], dead[:, 1].sum(axis=-1)) and np.array_equal(one[1], justice[:, 1])
    even = stakes.parts()
    assert even[0] == pytest.approx(dead.sum(axis=-1).mean(axis=1)) and even[1] == pytest.approx(justice.mean(axis=1))
    stated = stakes.parts("stated")
    all_of, just = stakes.direct(stakes.sample())
    assert np.array_equal(stated[0], all_of.sum(axis=-1)) and np.array_equal(stated[1], just)


def test_weights_are_quantiles_over_the_futures_that_trade_off(planted):
    dead, justice = planted
    got = stakes.weights((1,)).query("source == 'model'").set_index(["who", "option"])
    for who in ("even", *terms.READINGS):
        d, a = stakes.parts(reading=None if who == "even" else who)
        for g in (FORCE, PRESSURE):
            row = got.loc[(who, stakes.OPTIONS[g])]
            prices = [
                (d[k, g] - d[k, TALKS]) / (a[k, g] - a[k, TALKS])
                for k in range(40)
                if d[k, g] > d[k, TALKS] and a[k, g] > a[k, TALKS]
            ]
            assert row["share"] == pytest.approx(len(prices) / 40) and row.seed == 1
            expected = np.quantile(prices, [0.05, 0.25, 0.5, 0.75, 0.95])
            assert row[["q5", "q25", "q50", "q75", "q95"]].to_numpy(float) == pytest.approx(expected)
            more, just = d[:, g].mean() - d[:, TALKS].mean(), a[:, g].mean() - a[:, TALKS].mean()
            assert row.means == pytest.approx(more / just if more * just > 0 else np.nan, nan_ok=True)
    assert set(stakes.weights((1,)).query("source == 'stated'").who) == {"even"}


def test_the_surface_splits_deaths_into_war_and_rest():
    """By the model: war's dead are those of the hazards; as stated: chance times dead of a war. Ends are 5 and 95%."""
    draw = stakes.sample()
    for source in ("model", "stated"):
        got = stakes.surface(source).set_index("option")
        dead, justice = stakes.parts(source)
        if source == "stated":
            chance = np.stack([draw.parameters[f"st_war_{o}"] for o in ("force", "pressure", "talks")], axis=-1)
            war = stakes.direct(draw)[0][..., 0]
        else:
            each, lost = stakes.war_chance(draw)
            war, chance = (each * lost).mean(axis=1), each.mean(axis=1)
        for g in (FORCE, PRESSURE):
            row = got.loc[stakes.OPTIONS[g]]
            assert row.source == source and row.war == pytest.approx(chance[:, g].mean())
            assert row.lost * row.war == pytest.approx(war[:, g].mean())
            assert row.rest == pytest.approx((dead[:, g] - war[:, g]).mean())
            assert row.talks_dead == pytest.approx(dead[:, TALKS].mean())
            assert row.talks_justice == pytest.approx(justice[:, TALKS].mean())
            assert row.justice == pytest.approx(justice[:, g].mean())
            assert [row.war_low, row.war_high] == pytest.approx(np.quantile(chance[:, g], [0.05, 0.95]))
            assert [row.justice_low, row.justice_high] == pytest.approx(np.quantile(justice[:, g], [0.05, 0.95]))


def test_what_a_reader_weighs_and_prices_by_hand(planted, monkeypatch):
    dead, justice = planted
    got = stakes.reader()
    assert got.option.tolist() == list(stakes.OPTIONS)
    assert got.deaths.to_numpy() == pytest.approx(dead.sum(axis=-1).mean(axis=(0, 1)) / 1000)
    assert got.justice.to_numpy() == pytest.approx(justice.mean(axis=(0, 1)))
    monkeypatch.setattr(options, "preset", lambda name: {"v_justice": 30.0, "v_life": 4.0 * (name == "some")})
    assert stakes.price_of("some") == 7.5 and stakes.price_of("none") == np.inf


def test_without_a_trade_off_there_is_no_weight(monkeypatch):
    """Where the other option costs more lives and brings less in every future, share 0 and no number."""
    dead, justice = np.zeros((6, 3, 4, 3)), np.zeros((6, 3, 4))
    dead[:, :, (FORCE, PRESSURE)], justice[:, :, TALKS] = 1.0, 0.5
    monkeypatch.setattr(stakes, "both", futures(dead, justice))
    got = stakes.weights((1,)).query("source == 'model'")
    assert (got["share"] == 0).all() and got[["q5", "q50", "q95", "means"]].isna().all().all()


def test_endings_are_the_tables_rows_without_natural_deaths():
    found = evidence.table("accountability")
    found = found[found.period.astype(str).str.contains("five years")].set_index("ending")
    got = stakes.endings()
    since, got = got[got.ending.str.contains("since")], got[~got.ending.str.contains("since")]
    assert set(got.ending) == set(found.index) - {"natural death in office"}
    for row in got.itertuples():
        source = found.loc[row.ending]
        assert row.number == source[row.fate] and row.share == row.number / row.cases
        assert row.cases == source[["unpunished", "exile", "imprisoned", "killed"]].sum()
    after = evidence.table("accountability").set_index("id").loc[["ACC27", "ACC28"]]
    assert since.set_index("fate").number.to_dict() == after[list(stakes.FATES)].sum().astype(int).to_dict()
    assert (since.cases == 2).all() and since.ending.iloc[0].endswith("2026") and since.share.sum() == 1


def test_quadrant_shares_are_those_of_each_option(planted):
    dead, justice = planted
    got = stakes.quadrant_table((3,))
    d, a = dead.sum(axis=-1).mean(axis=1), justice.mean(axis=1)
    for g, option in ((FORCE, "force"), (PRESSURE, "pressure"), (3, "accept")):
        row = got[(got.source == "model") & (got.option == option)].set_index("quadrant")["share"]
        assert row["trade-off"] == np.mean((d[:, g] > d[:, TALKS]) & (a[:, g] > a[:, TALKS]))
        assert row["talks dominate"] == np.mean((d[:, g] > d[:, TALKS]) & (a[:, g] <= a[:, TALKS]))
        assert row.sum() == pytest.approx(1)
    assert set(got.query("source == 'stated'").option) == {"force", "pressure"} and set(got.seed) == {3}


def test_the_cloud_counts_every_future_once(planted):
    dead, justice = planted
    d, a = dead.sum(axis=-1).mean(axis=1), justice.mean(axis=1)
    got = stakes.cloud(6)
    for g, option in ((FORCE, "force"), (PRESSURE, "pressure"), (3, "accept")):
        part = got[got.option == option]
        assert part["share"].sum() == pytest.approx(1)
        x, y = a[:, g] - a[:, TALKS], (d[:, g] - d[:, TALKS]) / 1000
        for cell in part.itertuples():
            inner = abs(cell.x0) < got.x1.max() - 1e-9 and cell.x1 < got.x1.max() and cell.y1 < got.y1.max()
            if inner and cell.y0 > got.y0.min() and cell.x0 > got.x0.min():
                inside = (x >= cell.x0) & (x < cell.x1) & (y >= cell.y0) & (y < cell.y1)
                assert cell.share == pytest.approx(inside.mean())
    assert got.x1.max() == pytest.approx(-got.x0.min()) and got.y1.max() == pytest.approx(-got.y0.min())


def test_the_cells_of_the_cloud_are_as_many_each_way_as_asked(planted):
    got = stakes.cloud(6)
    for low, high in (("x0", "x1"), ("y0", "y1")):
        width = (got[high].max() - got[low].min()) / 6
        assert (got[high] - got[low]).to_numpy() == pytest.approx(width)


def test_aversion_runs_from_the_mean_to_the_end_of_the_registers_range(draw, monkeypatch):
    monkeypatch.setattr(stakes, "sample", lambda seed: draw)
    got = stakes.aversion(3)
    odds, dead = stakes.atoms(draw)
    top = evidence.assumptions().at["risk_aversion", "high"]
    assert list(got.columns) == ["option", "theta", "lives", "carried"] and len(got) == 4 * 3
    for g, option in enumerate(stakes.OPTIONS):
        part = got[got.option == option]
        assert part.theta.tolist() == pytest.approx([0, top / 2, top])
        assert part.lives.iloc[0] == pytest.approx((odds[g] * dead[g]).sum())
        for row in part.itertuples():
            assert row.lives == pytest.approx(stakes.certainty(odds[g], dead[g], row.theta))
            assert row.carried == pytest.approx(stakes.carried(odds[g], dead[g], row.theta))


def test_drivers_are_the_rows_with_the_largest_rank_correlation():
    got, draw = stakes.drivers(top=4), stakes.sample()
    dead, _ = stakes.parts()
    more = pd.Series(dead[:, PRESSURE] - dead[:, TALKS]).rank()
    rank = pd.Series(
        {k: np.corrcoef(pd.Series(v).rank(), more)[0, 1] for k, v in draw.parameters.items() if np.ndim(v)}
    )
    first = rank.abs().sort_values(ascending=False).index[:4]
    assert got.row.tolist() == first.tolist() and got["rank"].tolist() == pytest.approx(rank[first].tolist())
    rows = evidence.assumptions().loc[got.row]
    for column in ("meaning", "low", "high"):
        assert got[column].tolist() == rows[column].tolist()


def test_a_readers_turns_are_the_edge_of_the_lines():
    """At each price the option in force loses least, by looking at many prices."""
    rng = np.random.default_rng(2)
    for _ in range(30):
        frame = pd.DataFrame({"deaths": rng.uniform(50, 200, 4), "justice": rng.uniform(-0.2, 0.6, 4)})
        first, turns = stakes.reader_turns(frame)
        for price in np.linspace(0, 3e6, 400):
            now = [first, *(k for p, k in turns if p <= price)][-1]
            losses = 1000 * frame.deaths - price * frame.justice
            assert losses[now] == pytest.approx(losses.min())
        assert [p for p, _ in turns] == sorted(p for p, _ in turns)


# ---------------------------------------------------------------- tables and sentences
def test_tables_are_read_as_they_are():
    ends = stakes.endings()
    assert ends.groupby("ending").share.sum().to_numpy() == pytest.approx(1)
    assert ends[ends.ending == "removed by a foreign state"].number.sum() == 8
    held = stakes.held()
    assert (held.low <= held.high).all() and held.year.is_monotonic_increasing
    gaps = stakes.gaps()
    assert gaps.columns.tolist() == ["Missing", "Rows that say so", "Where it would come from"]
    assert (gaps["Rows that say so"] > 0).all() and len(gaps) == len(stakes.GAPS) + 2 and gaps.notna().all(axis=None)
    assert stakes.price_of("human_rights") == 200_000 and stakes.price_of("justice_only") == np.inf


def test_a_camp_estimate_stands_in_the_middle_of_its_years_and_at_the_ends_that_it_has(monkeypatch):
    rows = [  # topic, unit, id, years, low, central, high
        ("camps_held", "persons", "late", 2010, 2014, 80.0, 100.0, 130.0),
        ("camps_held", "persons", "early", 1997, 2000, np.nan, 200.0, np.nan),
        ("camps_held", "persons", "camps_held_07", 2001, 2001, 1.0, 1.0, 1.0),
        ("camps_held", "share", "other_unit", 2002, 2002, 1.0, 1.0, 1.0),
        ("want_now", "persons", "other_topic", 2003, 2003, 1.0, 1.0, 1.0),
    ]
    columns = ["topic", "unit", "id", "year_from", "year_to", "value_low", "value_central", "value_high"]
    frame = pd.DataFrame(rows, columns=columns).assign(estimator=[row[2] for row in rows])
    monkeypatch.setattr(evidence, "table", lambda name: frame)
    assert stakes.held().to_numpy().tolist() == [
        [1998.5, 200.0, 200.0, 200.0, "early"],
        [2012.0, 80.0, 100.0, 130.0, "late"],
    ]


def test_a_count_is_the_central_value_of_its_row(monkeypatch):
    rows = pd.DataFrame({"id": ["a", "b"], "value_low": [1.0, 2.0], "value_central": [3.0, 4.0]})
    monkeypatch.setattr(evidence, "table", {"deaths": rows}.get)
    assert (stakes.count_of("a"), stakes.count_of("b")) == (3, 4)
    with pytest.raises(KeyError, match="c"):
        stakes.count_of("c")


def test_force_loses_least_just_below_the_weight_of_a_foreign_life_and_not_above(draw, monkeypatch):
    monkeypatch.setattr(stakes, "sample", lambda seed: draw)
    got = stakes.foreign(5)
    assert got.preset.tolist() == list(options.presets()) and list(got.columns) == ["preset", "weight", "own"]
    mean = options.outcomes(draw.parameters, draw.minds).mean(axis=(0, 1))
    for row in got.itertuples():
        values = options.preset(row.preset)
        assert row.own == values["v_life"]
        best = {}
        for side in (0.99, 1.01) if row.weight == row.weight else (1e-6, 1e-3, 1.0, 1e3):
            weight = side * (row.weight if row.weight == row.weight else 1.0)
            losses = mean @ options.prices(values | {"v_life": weight})
            best[side] = terms.POLICIES[losses.argmin()] == "force"
        assert best == {0.99: True, 1.01: False} or not any(best.values()) and np.isnan(row.weight), row
    assert got.weight.notna().any()


@pytest.mark.parametrize("name", ["dead", "justice", "price", "life"])
def test_a_choice_without_a_number_is_refused(name):
    with pytest.raises(ValueError, match=name):
        stakes.choice(**{"dead": [1.0, 2.0], "justice": [0.1, 0.2], "price": 3.0, "life": 1.0} | {name: np.nan})


def test_gaps_are_counted_in_rows_without_any_figure(monkeypatch):
    topics = [*stakes.GAPS, "another"]
    dead = pd.DataFrame({"topic": topics * 2 + topics[:1]})
    empty = [True] * 4 + [False, True, False, True] + [True]
    for column in ("value_low", "value_central", "value_high"):
        dead[column] = [np.nan if e else 1.0 for e in empty]
    dead.loc[4, ["value_low", "value_central"]] = np.nan  # one end is a figure too
    war = pd.DataFrame({"kind": ["forecast"] * 3 + ["record"], "probability_central_pct": [np.nan, 5, np.nan, np.nan]})
    kept = pd.DataFrame({"unit": ["gap", "share", "gap", "gap"]})
    tables = {"deaths": dead, "war_probability": war, "accountability": kept}
    monkeypatch.setattr(evidence, "table", tables.get)
    gaps = stakes.gaps()
    assert gaps["Rows that say so"].tolist() == [2, 2, 1, 2, 3]
    assert list(zip(gaps["Missing"], gaps["Where it would come from"], strict=True))[:3] == list(stakes.GAPS.values())


def test_two_draws_agree():
    one, two = stakes.SEEDS
    assert stakes.drivers(seed=one).row.tolist()[:4] == stakes.drivers(seed=two).row.tolist()[:4]
    assert stakes.discount_gap(one) == pytest.approx(stakes.discount_gap(two), rel=0.05)
    first, again = (stakes.foreign(seed).set_index("preset").weight for seed in (one, two))
    assert first.to_numpy() == pytest.approx(again.to_numpy(), rel=0.05, nan_ok=True)


def test_discounting_moves_the_gap_as_the_discounted_means_do():
    draw, rate = stakes.sample(), float(evidence.assumptions().high["time_preference"])
    for got, at in zip(stakes.discount_gap(), (0.0, rate), strict=True):
        mean = stakes.discounted(draw, at).mean(axis=0)
        assert got == pytest.approx(mean[FORCE] - mean[TALKS])


def test_differences_are_those_of_the_bars():
    bars = stakes.causes(stakes.table((stakes.SEEDS[0],))).set_index(["source", "cause", "option"])["mean"]
    for option, source, cause in (
        ("force", "stated", "war"),
        ("pressure", "model", "all"),
        ("accept", "model", "want"),
    ):
        more = 1000 * (bars[source, cause, option] - bars[source, cause, "talks"])
        assert stakes.difference(option, source, cause) == pytest.approx(more)


def test_linkage_without_a_loss_may_take_all_of_his_chance(draw, monkeypatch):
    """Where holding out costs no more lives than accommodating, the link saves lives however far the chance falls."""
    want, given_way = stakes.want, np.arange(len(terms.RESPONSES)) == terms.ACC
    monkeypatch.setattr(stakes, "want", lambda parameters: want(parameters) + 1e6 * given_way)
    fall, p = stakes.linkage(draw, 0.5)
    assert fall == pytest.approx(p) and p > 0


def test_a_changed_register_turns_the_answer():
    """Pressure that feeds people and calms: it costs fewer lives than talks, and is no trade."""
    calm = {"x_pressure": (-9000, -8000, -7000), "m_pressure": (0.1, 0.11, 0.12), "m_talks": (1.4, 1.45, 1.5)}
    few = {"chunk_log2": (10,) * 3}
    assert stakes.difference("pressure") > 0 and stakes.weights().query("who == 'even'").share.min() > 0.5
    with edits.register(calm | few):
        assert stakes.difference("pressure") < 0 and stakes.weights().query("who == 'even'").share.min() < 0.5
