"""Power indices against published games and closed forms; distances against a linear programme; what holds by proof."""

import itertools
import math

import numpy as np
import pytest
from edits import assume, edit
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import linprog

from bargain import evidence, games, partners, prose, terms

N = len(terms.PARTNERS)
USA, CHN, KOR, JPN, RUS = range(N)


def worth(players, wins):
    """Simple game as an array over coalitions, in the order of `members`."""
    return np.array([float(wins({i for i in range(players) if code >> i & 1})) for code in range(1 << players)])


def by_orders(v, players):
    """Shapley values by going through all orders: the definition itself."""
    phi = np.zeros(players)
    for order in itertools.permutations(range(players)):
        code = 0
        for i in order:
            phi[i] += v[code | 1 << i] - v[code]
            code |= 1 << i
    return phi / math.factorial(players)


def hard_form(supplies, vetoers):
    """Shapley values of one good under hard vetoes: a sum of unanimity games."""
    phi = np.zeros(N)
    for j, s in enumerate(supplies):
        group = set(vetoers) | {j}
        for i in group:
            phi[i] += s / len(group)
    return phi


def leaky_form(supplies, bites):
    """Each veto is hard with chance b, independently: the expectation of the hard form."""
    holders = [k for k in range(N) if bites[k] > 0]
    phi = np.zeros(N)
    for size in range(len(holders) + 1):
        for chosen in itertools.combinations(holders, size):
            chance = np.prod([bites[k] if k in chosen else 1 - bites[k] for k in holders])
            phi += chance * hard_form(supplies, chosen)
    return phi


def random_game(seed, hard=False):
    rng = np.random.default_rng(seed)
    parts = len(terms.PARTS)
    supplies = rng.dirichlet(np.ones(N), size=parts)
    bites = rng.uniform(0, 1, (parts, N)) * (rng.uniform(size=(parts, N)) < 0.5)
    if hard:
        bites = (bites > 0).astype(float)
    shares = np.array([0.4 if p == "un_relief" else 0.6 if p == "us_secondary" else 1.0 for p in terms.PARTS])
    w = rng.dirichlet(np.ones(len(terms.GOODS)))
    return partners.Game(w[list(partners.GOOD_OF)] * shares, supplies, bites, shares)


# ---------------------------------------------------------------- published games and laws
def test_the_security_council():
    holder, member = games.council()
    assert holder == pytest.approx(0.196270, abs=5e-7) and member == pytest.approx(0.001865, abs=5e-7)
    assert 5 * holder + 10 * member == pytest.approx(1, abs=1e-14)
    holder, member = games.council(quota=7, vetoes=5, elected=6)  # the Council of 1954
    assert 5 * holder == pytest.approx(76 / 77, abs=1e-14) and 6 * member == pytest.approx(1 / 77, abs=1e-14)


def test_a_small_council_counted_both_ways():
    v = worth(5, lambda s: {0, 1} <= s and len(s) >= 3)
    holder, member = games.council(quota=3, vetoes=2, elected=3)
    np.testing.assert_allclose(games.shapley(v), [holder, holder, member, member, member], atol=1e-14)
    assert games.council(quota=2, vetoes=2, elected=3)[1] == 0  # a quota that the vetoes fill leaves nothing


def test_the_glove_game():
    v = worth(3, lambda s: 0 in s and len(s) > 1)
    np.testing.assert_allclose(games.shapley(v), [2 / 3, 1 / 6, 1 / 6], atol=1e-15)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_axioms(seed):
    rng = np.random.default_rng(seed)
    v = rng.normal(size=16)
    v[0] = 0
    phi = games.shapley(v)
    np.testing.assert_allclose(phi, by_orders(v, 4), atol=1e-12)
    assert phi.sum() == pytest.approx(v[-1])  # efficiency
    null = np.array([v[code & 0b0111] for code in range(16)])  # player 3 never adds anything
    assert games.shapley(null)[3] == pytest.approx(0, abs=1e-14)
    assert games.banzhaf(null)[3] == pytest.approx(0, abs=1e-14)
    size = np.array([bin(code).count("1") for code in range(16)])
    np.testing.assert_allclose(np.ptp(games.shapley(size.astype(float) ** 2)), 0, atol=1e-12)  # symmetry


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_the_multilinear_extension_ties_the_indices_together(seed):
    v = partners.values(random_game(seed))
    np.testing.assert_allclose(games.slopes(v, np.full(N, 0.5)), games.banzhaf(v), atol=1e-12)
    phi = [quad(lambda t, i=i: games.slopes(v, np.full(N, t))[i], 0, 1)[0] for i in range(N)]
    np.testing.assert_allclose(phi, games.shapley(v), atol=1e-10)


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=40, deadline=None)
def test_closed_forms_equal_enumeration(seed, hard):
    g = random_game(seed, hard)
    enumerated = games.shapley(partners.part_values(g))
    for part in range(len(terms.PARTS)):
        if hard:
            closed = hard_form(g.supplies[part], np.flatnonzero(g.bites[part]))
        else:
            closed = leaky_form(g.supplies[part], g.bites[part])
        np.testing.assert_allclose(enumerated[part], closed, atol=1e-12)


@pytest.mark.parametrize("year", partners.years())
@pytest.mark.parametrize("coding", terms.CODINGS)
def test_the_games_of_the_chapter_have_the_closed_form(year, coding):
    g = partners.game(year, coding=coding)
    closed = np.array([leaky_form(g.supplies[p], g.bites[p]) for p in range(len(terms.PARTS))])
    np.testing.assert_allclose(g.weights @ closed, games.shapley(partners.values(g)), atol=1e-12)
    assert games.shapley(partners.values(g)).sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(
        partners.good_weights(g) @ partners.good_shares(g), games.shapley(partners.values(g)), atol=1e-12
    )


def test_many_draws_at_once_equal_one_by_one():
    p = partners.draw(16, 3)
    together = games.shapley(partners.values(partners.game(2025, p)))
    for i in range(16):
        one = {k: (v[i] if np.ndim(v) else v) for k, v in p.items()}
        np.testing.assert_allclose(games.shapley(partners.values(partners.game(2025, one))), together[i], atol=1e-13)


# ---------------------------------------------------------------- true by construction
@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_a_sole_hard_veto_takes_half_even_with_empty_hands(seed):
    rng = np.random.default_rng(seed)
    supplies = np.zeros(N)
    supplies[1:] = rng.dirichlet(np.ones(N - 1))
    bites = np.zeros(N)
    bites[USA] = 1.0
    g = random_game(seed)
    g.supplies[:], g.bites[:] = supplies, bites
    phi = games.shapley(partners.part_values(g))
    np.testing.assert_allclose(phi[:, USA], 0.5, atol=1e-12)
    g.supplies[:, USA] = 0.3
    assert (games.shapley(partners.part_values(g))[:, USA] >= 0.5).all()


def test_vetoes_among_equal_suppliers_are_invisible():
    g = random_game(1)
    g.supplies[:] = [1 / 3, 1 / 3, 0, 0, 1 / 3]
    for bites in ([0, 0, 0, 0, 0], [1, 1, 0, 0, 1], [0.4, 0.4, 0, 0, 0.4]):
        g.bites[:] = bites
        np.testing.assert_allclose(games.shapley(partners.part_values(g))[0], [1 / 3, 1 / 3, 0, 0, 1 / 3], atol=1e-12)


def test_law_alone_therefore_elects_nobody():
    for year in partners.years():
        law, none = (partners.power(partners.game(year, coding=c)).shapley for c in ("legal", "none"))
        np.testing.assert_allclose(law, none, atol=1e-12)


# ---------------------------------------------------------------- distances
@pytest.mark.parametrize("seed", range(12))
def test_least_weight_is_the_linear_programme(seed):
    g = random_game(seed)
    top = terms.PARTNERS.index(partners.leader(g))
    phi, w = partners.good_shares(g), partners.good_weights(g)
    for j, rival in enumerate(terms.PARTNERS):
        if j == top:
            continue
        favour, n = phi[:, j] - phi[:, top], len(w)
        # variables: up and down moves of each weight; Σ up = Σ down, down ≤ w, (w + up - down) · favour ≥ 0
        lp = linprog(
            np.r_[np.ones(n), np.zeros(n)],
            A_ub=[np.r_[-favour, favour]],
            b_ub=[w @ favour],
            A_eq=[np.r_[np.ones(n), -np.ones(n)]],
            b_eq=[0],
            bounds=[(0, None)] * n + [(0, x) for x in w],
        )
        ours = partners.weight_distance(g, rival)
        assert (lp.status == 2) == np.isnan(ours)
        if lp.status == 0:
            assert ours == pytest.approx(lp.fun, abs=1e-9)


@pytest.mark.parametrize("coding", terms.CODINGS)
@pytest.mark.parametrize("goods", [1, 2])
def test_the_supply_that_dethrones_draws_level_and_is_the_least(coding, goods):
    g = partners.game(2025, coding=coding)
    top = terms.PARTNERS.index(partners.leader(g))
    seen = 0
    for rival in terms.PARTNERS:
        j = terms.PARTNERS.index(rival)
        t, where = partners.supply_distance(g, rival, goods)
        if j == top or np.isnan(t):
            continue
        seen += 1
        chosen = [terms.PARTS.index(w.replace(" ", "_")) for w in where.split(" and ")]
        moved = g.supplies.copy()
        moved[chosen] = (1 - t) * moved[chosen] + t * np.eye(N)[j]
        phi = games.shapley(partners.values(g._replace(supplies=moved)))
        assert phi[j] == pytest.approx(phi[top], abs=1e-12)
        for others in itertools.combinations(range(len(terms.PARTS)), goods):
            moved = g.supplies.copy()
            moved[list(others)] = (1 - t + 1e-6) * moved[list(others)] + (t - 1e-6) * np.eye(N)[j]
            phi = games.shapley(partners.values(g._replace(supplies=moved)))
            assert phi[j] < phi[top]
    assert seen or coding in ("leaky", "hard")


def test_a_bite_that_dethrones_draws_level():
    rng, found = np.random.default_rng(0), 0
    for _ in range(60):
        g = random_game(int(rng.integers(1e9)))
        order = np.argsort(-games.shapley(partners.values(g)))
        top, rival = terms.PARTNERS[order[0]], terms.PARTNERS[order[1]]
        change, words = partners.bite_distance(g, rival)
        if np.isnan(change):
            continue
        found += 1
        who, part = words.split(", ")
        i = order[0] if who == terms.LABELS[top] else order[1]
        row = terms.PARTS.index(part.replace(" ", "_"))
        bites = g.bites.copy()
        bites[row, i] += -change if i == order[0] else change
        phi = games.shapley(partners.values(g._replace(bites=bites)))
        assert phi[order[0]] == pytest.approx(phi[order[1]], abs=1e-10)
    assert found > 5


def test_the_crossing_of_willingness_is_a_tie():
    for year in partners.years():
        g, p = partners.game(year), partners.willingness(year)
        for rival in ("CHN", "KOR", "RUS"):
            x = partners.crossing(g, p, rival)
            at = p.copy()
            at[USA] = x
            d = partners.deliveries(g, at)
            assert d[USA] == pytest.approx(d[terms.PARTNERS.index(rival)], abs=1e-12)


@pytest.mark.filterwarnings("error")
def test_the_crossing_by_hand_and_none_for_one_whose_vetoes_only_spoil_in_part():
    """One good, where Seoul supplies half of what Washington does; then nothing of Washington's but a veto."""
    game = random_game(1)
    only = (np.arange(len(terms.PARTS)) == 0)[:, None]
    game = game._replace(weights=only[:, 0] * 1.0, supplies=only * [1.0, 0, 0.5, 0, 0], bites=0 * game.bites)
    for seoul, level in ((1.0, 0.5), (0.8, 0.4), (0.0, 0.0)):
        willing = np.where(np.arange(N) == KOR, seoul, 0.7)
        assert partners.crossing(game, willing, "KOR") == pytest.approx(level)
    vetoes = only * [0.5, 0, 0, 0, 0]
    spoiler = game._replace(supplies=only * [0, 0, 1.0, 0, 0], bites=vetoes)
    assert np.isnan(partners.crossing(spoiler, np.full(N, 1.0), "KOR"))  # both grow alike from unequal starts


def test_nobody_delivers_against_his_will_and_certainty_delivers_the_last_step():
    g = partners.game(2025)
    v = partners.values(g)
    assert partners.deliveries(g, np.zeros(N)).max() == 0
    ones = partners.deliveries(g, np.ones(N))
    np.testing.assert_allclose(ones, [v[-1] - v[31 & ~(1 << i)] for i in range(N)], atol=1e-12)
    without = partners.power(g).without
    np.testing.assert_allclose(1 - ones / v[-1], without, atol=1e-12)


def test_discounts_raise_everyone_else_and_shares_still_sum_to_one():
    plain = partners.power(partners.game(2017)).set_index("partner").shapley
    essay = partners.power(partners.game(2017, discounts=partners.ESSAY)).set_index("partner").shapley
    fair = partners.power(partners.game(2017, discounts=terms.PARTNERS)).set_index("partner").shapley
    assert essay["USA"] > plain["USA"] > fair["USA"]
    assert essay.sum() == pytest.approx(1) and fair.sum() == pytest.approx(1)
    v = partners.values(partners.game(2017, discounts=["CHN"]))
    assert v[-1] < 1


def test_a_switch_turns_on_a_veto_and_unpaid_deliveries_bring_no_capital():
    base = partners.power(partners.game(2025)).set_index("partner").shapley
    seoul = partners.power(partners.game(2025, vetoes=["security_KOR", "capital_KOR"])).set_index("partner").shapley
    assert seoul["KOR"] > base["KOR"]
    unpaid = partners.power(partners.game(2025, paid=False)).set_index("partner").shapley
    assert unpaid["RUS"] < base["RUS"]


def test_every_coding_orders_the_bites():
    leaky, hard, none = (partners.game(2025, coding=c).bites for c in ("leaky", "hard", "none"))
    assert ((hard == 1) == (leaky > 0)).all() and (none == 0).all()
    legal = partners.game(2025, coding="legal").bites
    others = [i for i, p in enumerate(terms.PARTS) if p not in ("un_relief", "us_secondary")]
    assert (legal[others] == 0).all() and (legal[2, [USA, CHN, RUS]] == 1).all()
    assert leaky[1, KOR] == 0  # Seoul's bite is off unless it is switched on


def test_stripped_cases():
    table = partners.stripped(2025).set_index("case")
    np.testing.assert_allclose(table.loc["without any veto"], table.loc["with UN vetoes alone"], atol=1e-12)
    assert 0 < table.loc["without its supplies", "USA"] < table.loc["as coded", "USA"]


def test_vetoes_of_london_and_paris_by_all_orders_of_seven():
    """Coalition by coalition from the coded goods: no other member adds a good, and each keeps what he can spoil."""
    g, un, seven = partners.game(2025), terms.PARTS.index("un_relief"), range(N + 2)

    def value(inside):
        total = 0.0
        for part, weight in enumerate(g.weights):
            kept = sum(g.supplies[part, i] for i in inside if i < N)
            for k in set(seven) - inside:
                kept *= 1 - (g.bites[part, k] if k < N else g.bites[part, USA] * (part == un))
            total += weight * kept
        return total

    v = np.array([value({i for i in seven if code >> i & 1}) for code in range(2 ** (N + 2))])
    got = partners.with_other_vetoes(2025)
    np.testing.assert_allclose(got, by_orders(v, N + 2) / v[-1], atol=1e-12)
    assert got["GBR"] == pytest.approx(got["FRA"]) and got["GBR"] > 0 and got["USA"] < partners.shares(year=2025)["USA"]
    bare = partners.with_other_vetoes(2025, coding="none")  # a veto that does not bite gives nobody anything
    np.testing.assert_allclose(bare, [*partners.shares(year=2025, coding="none"), 0, 0], atol=1e-12)


def test_what_is_judged_of_willingness_names_what_it_leans_on():
    """Each chance says in its note, and by a source, what was seen of the partner."""
    register = evidence.assumptions()
    rows = register[register.index.str.match(r"will_[A-Z]{3}_\d{4}$")]
    assert len(rows) == 3 * N and rows["source_id"].notna().all()
    assert rows["note"].str.contains(":").all() and (rows["basis"] == "judgement").all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="soft"):
        partners.game(2025, coding="soft")
    with pytest.raises(KeyError, match="sup_recognition_USA_2016"):
        partners.game(2016)
    with pytest.raises(KeyError, match="bite_trade_JPN_2025"):
        partners.game(2025, vetoes=["trade_JPN"])
    with pytest.raises(KeyError, match="will_USA_2016"):
        partners.willingness(2016)


def test_supplies_are_normalised_by_good():
    for year in partners.years():
        for trade in partners.TRADES:
            np.testing.assert_allclose(partners.game(year, trade=trade).supplies.sum(axis=1), 1)
    row = evidence.assumptions()
    raw = np.array([row.at[f"sup_banks_{j}_2025", "central"] for j in terms.PARTNERS])
    np.testing.assert_allclose(partners.game(2025).supplies[terms.PARTS.index("banks")], raw / raw.sum())


# ---------------------------------------------------------------- sentences follow what is computed
def test_the_arms_limit_is_a_tie():
    for paid in (True, False):
        a = partners.arms_limit(paid)
        base = partners.good_weights(partners.game(partners.years()[-1]))
        base[terms.GOODS.index("arms")] = 0
        w = base / base.sum() * (1 - a)
        w[terms.GOODS.index("arms")] = a
        s = partners.power(partners.game(partners.years()[-1], weights=w, paid=paid)).set_index("partner").shapley
        assert s["USA"] == pytest.approx(s["RUS"], abs=1e-12)


def test_without_its_supplies_the_leader_need_not_lead_and_a_distance_may_not_exist():
    table = partners.stripped(partners.years()[-1]).set_index("case")
    assert table.loc["as coded"].idxmax() == "USA" != table.loc["without its supplies"].idxmax()
    assert prose.distance_words(np.nan) == "never" and prose.distance_words(0.174) == "17%"
    far = partners.distances(partners.years()[-1])
    assert far.supply.isna().all() and far.bite.isna().all() and far.weight.notna().any()


def test_sweeps_start_and_end_at_the_games_they_vary():
    year = partners.years()[-1]
    sweep = partners.bite_sweep(3)
    none = sweep[(sweep.year == year) & (sweep.bite == 0)].set_index("partner").without
    np.testing.assert_allclose(none, partners.power(partners.game(year, coding="none")).without, atol=1e-12)
    hard = sweep[(sweep.year == year) & (sweep.bite == 1)].set_index("partner").without
    np.testing.assert_allclose(hard, partners.power(partners.game(year, coding="hard")).without, atol=1e-12)
    willing = partners.willing_sweep(3)
    assert (willing[(willing.willing == 0) & (willing.partner == "USA")].delivery == 0).all()


def percents(table, head, name):
    """A printed row, by partner: whole per cent as numbers."""
    row = table[table[head] == name].iloc[0]
    return np.array([float(row[terms.LABELS[i]].rstrip("%")) for i in terms.PARTNERS])


def test_tables_to_read_are_the_games_that_they_name():
    """Each row by its own game; what differs between two rows is what the row's name says."""
    first, last = partners.years()[0], partners.years()[-1]
    for table, head, rows in (
        (
            partners.case_table(),
            "Case",
            {
                "base": partners.game(last),
                "trade as it is, vetoes leaky": partners.game(last, trade="today"),
                "trade as it is, China's veto on it": partners.game(last, trade="today", vetoes=["trade_CHN"]),
                "trade as in 2015, with Seoul": partners.game(last, trade="peak"),
                "deliveries to Russia unpaid": partners.game(last, paid=False),
                "arms no good at all": partners.game(last, arms=False),
                "Seoul's veto on troops and money": partners.game(last, vetoes=["security_KOR", "capital_KOR"]),
            },
        ),
        (
            partners.switch_table(),
            "Discounted",
            {
                f"{first}: none": partners.game(first),
                f"{last}: the essay's three": partners.game(last, discounts=("CHN", "KOR", "JPN")),
                f"{first}: those, and an enemy's gifts": partners.game(first, discounts=("CHN", "KOR", "JPN", "USA")),
                f"{last}: all five": partners.game(last, discounts=terms.PARTNERS),
            },
        ),
    ):
        assert list(table.columns) == [head, *(terms.LABELS[i] for i in terms.PARTNERS)]
        for name, game in rows.items():
            found = 100 * games.shapley(partners.values(game)) / partners.values(game)[-1]
            assert percents(table, head, name) == pytest.approx(found, abs=0.51), name
    assert len(partners.case_table()) == 7 and len(partners.switch_table()) == 2 * 4
    left = partners.elimination_table()
    assert len(left) == 2 * len(terms.CODINGS)
    for year in (first, last):
        for coding, words in terms.CODING_WORDS.items():
            v = partners.values(partners.game(year, coding=coding))
            without = [100 * v[31 - (1 << i)] / v[31] for i in range(5)]
            assert percents(left, "Left without", f"{year}: {words}") == pytest.approx(without, abs=0.51)
    title, stripped = partners.title_table(), partners.stripped(last).set_index("case")
    assert title["Case"].tolist() == stripped.index.tolist()
    for name in stripped.index:
        assert percents(title, "Case", name) == pytest.approx(100 * stripped.loc[name, list(terms.PARTNERS)], abs=0.51)


def test_shares_are_ranked_from_the_largest_and_ranged_over_draws():
    table, p = partners.share_table(64, 5), partners.draw(64, 5)
    assert len(table) == len(partners.years()) * len(terms.CODINGS) * 5
    for (year, coding), part in table.groupby(["year", "coding"]):
        shares = part.set_index("partner").share
        for row in part.itertuples():
            assert row.rank == 1 + sum(shares > row.share)
        one = [
            games.shapley(v) / v[-1]
            for v in (
                partners.values(
                    partners.game(year, {k: x[m] if np.ndim(x) else x for k, x in p.items()}, coding=coding)
                )
                for m in range(64)
            )
        ]
        assert part[["low", "high"]].to_numpy().T == pytest.approx(np.quantile(one, [0.05, 0.95], axis=0))
        assert shares.tolist() == pytest.approx(partners.power(partners.game(year, coding=coding)).shapley.tolist())


def test_sweeps_are_the_games_on_their_way():
    """At each point between the ends too, for every year and partner, on an even grid."""
    years, order = partners.years(), list(terms.PARTNERS)
    bites, willing, arms = partners.bite_sweep(5), partners.willing_sweep(5), partners.arms_sweep(5)
    assert len(bites) == len(willing) == len(years) * 5 * 5 and len(arms) == 2 * 5 * 2
    assert sorted(set(arms.weight)) == pytest.approx([0, 0.125, 0.25, 0.375, 0.5])
    for year in years:
        game = partners.game(year)
        for x in (0.25, 0.75):
            v = partners.values(game._replace(bites=np.where(game.bites > 0, x, 0)))
            found = bites[(bites.year == year) & (bites.bite == x)].set_index("partner").without
            assert found[order].tolist() == pytest.approx([v[31 - (1 << i)] / v[31] for i in range(5)])
            at = partners.willingness(year)
            at[order.index("USA")] = x
            found = willing[(willing.year == year) & (willing.willing == x)].set_index("partner").delivery
            for i in range(5):  # p (f with him for certain - f without him)
                with_him, without = (np.where(np.arange(5) == i, end, at) for end in (1.0, 0.0))
                v = partners.values(game)
                step = games.extension(v, with_him) - games.extension(v, without)
                assert found[order[i]] == pytest.approx(at[i] * step)
    plain = partners.good_weights(partners.game(years[-1], arms=False))
    for paid in (True, False):
        w = 0.875 * plain + 0.125 * (np.array(terms.GOODS) == "arms")
        share = partners.power(partners.game(years[-1], weights=w, paid=paid)).set_index("partner").shapley
        found = arms[(arms.weight == 0.125) & (arms.paid == paid)].set_index("partner").share
        assert found.to_dict() == pytest.approx({i: share[i] for i in ("USA", "RUS")})
    for good, weight in zip(terms.GOODS, partners.good_weights(partners.game(years[-1])), strict=True):
        assert partners.weight_of(good) == weight


def test_crossings_are_ties_of_washington_with_each_rival():
    got, seen = partners.all_crossings(), 0
    assert got.index.tolist() == list(range(4 * len(partners.years())))
    for row in got.itertuples():
        at = partners.willingness(row.year)
        game = partners.game(row.year)
        if np.isnan(row.willing):
            ends = []
            for x in (0.0, 1.0):
                at[0] = x
                d = partners.deliveries(game, at)
                ends.append(d[0] - d[terms.PARTNERS.index(row.rival)])
            assert ends[0] * ends[1] > 0 and np.isnan(row.delivery)
            continue
        at[0] = row.willing
        d, seen = partners.deliveries(game, at), seen + 1
        assert row.delivery == pytest.approx(d[0]) == pytest.approx(d[terms.PARTNERS.index(row.rival)])
    assert seen


def test_no_weight_on_arms_helps_where_washington_sells_them(monkeypatch):
    real = partners.game(partners.years()[-1])
    supplies = real.supplies.copy()
    supplies[terms.PARTS.index("arms")] = np.eye(N)[USA]
    monkeypatch.setattr(partners, "game", lambda *_, **__: real._replace(supplies=supplies))
    assert np.isnan(partners.arms_limit())


def test_distances_are_each_measures_own():
    year = partners.years()[-1]
    got = partners.distances(year, "hard", trade="today").set_index("rival")
    game = partners.game(year, coding="hard", trade="today")
    top = partners.leader(game)
    assert set(got.index) == set(terms.PARTNERS) - {top} and set(got.leader) == {top} and set(got.year) == {year}
    for rival, row in got.iterrows():
        measures = {
            ("weight",): (partners.weight_distance(game, rival),),
            ("supply", "supply_of"): partners.supply_distance(game, rival),
            ("pair", "pair_of"): partners.supply_distance(game, rival, goods=2),
            ("bite", "bite_of"): partners.bite_distance(game, rival),
            ("willing",): (partners.crossing(game, partners.willingness(year), rival, top),),
        }
        for columns, values in measures.items():
            for column, value in zip(columns, values, strict=True):
                assert row[column] == value or np.isnan(row[column]) and np.isnan(value)
    assert set(got.coding) == {"hard"}


def test_goods_and_willingness_are_the_registers():
    register = evidence.assumptions()
    for year in partners.years():
        frame, game = partners.goods_frame(year), partners.game(year)
        assert frame.groupby("part").supply.sum().to_numpy() == pytest.approx(1)
        for row in frame.itertuples():
            k, j = terms.PARTS.index(row.part), terms.PARTNERS.index(row.partner)
            assert (row.supply, row.bite, row.weight) == (game.supplies[k, j], game.bites[k, j], game.weights[k])
    judged = partners.judged_willingness("RUS")
    assert judged.year.tolist() == partners.years()
    for row in judged.itertuples():
        assert row.Index == f"will_RUS_{row.year}"
        assert [row.low, row.central, row.high] == register.loc[row.Index, ["low", "central", "high"]].tolist()


# ---------------------------------------------------------------- one row changed in a copy of the data
def test_a_willing_washington_leads_again(monkeypatch, tmp_path):
    last = partners.years()[-1]
    for partner in terms.PARTNERS[1:]:
        assume(monkeypatch, tmp_path / "data", f"will_{partner}_{last}", 0.3)
    assume(monkeypatch, tmp_path / "data", f"will_USA_{last}", 0)
    assert partners.expected(last).idxmax() != "USA" and partners.expected(last)["USA"] == 0
    assume(monkeypatch, tmp_path / "data", f"will_USA_{last}", 0.96)
    assert partners.expected(last).idxmax() == "USA"
    assert partners.crossings(last).willing.max() < 0.96


def test_enough_weight_on_arms_makes_russia_first(monkeypatch, tmp_path):
    last, data = partners.years()[-1], tmp_path / "data"
    for good in terms.GOODS:
        assume(monkeypatch, data, f"wgood_{good}", 1)
    for partner in terms.PARTNERS:
        assume(monkeypatch, data, f"sup_arms_{partner}_{last}", float(partner == "RUS"))
    limit = partners.arms_limit()
    assume(monkeypatch, data, "wgood_arms", 0.5 * limit / (1 - limit) * (len(terms.GOODS) - 1))
    assert "RUS" not in set(partners.distances(last).leader)
    assume(monkeypatch, data, "wgood_arms", 2 * limit / (1 - limit) * (len(terms.GOODS) - 1))
    far = partners.distances(last)
    assert set(far.leader) == {"RUS"} and partners.lead(last) < 0
    assert partners.arms_limit() == pytest.approx(limit)  # the border is no matter of our weight


def test_unequal_supplies_of_un_relief_part_the_law_from_no_vetoes(monkeypatch, tmp_path):
    for year in partners.years():
        for partner in terms.PARTNERS:
            assume(
                monkeypatch, tmp_path / "data", f"sup_un_relief_{partner}_{year}", int(partner in ("USA", "CHN", "RUS"))
            )
    assert partners.law_gap() < 1e-9
    assume(monkeypatch, tmp_path / "data", f"sup_un_relief_RUS_{partners.years()[-1]}", 3)
    assert partners.law_gap() > 1e-3


def test_china_without_trade_ranks_no_higher(monkeypatch, tmp_path):
    last = partners.years()[-1]
    before = partners.shares(year=last, trade="today")["CHN"]
    assume(monkeypatch, tmp_path / "data", f"sup_trade_CHN_{last}", 0)
    assert partners.shares(year=last, trade="today")["CHN"] < before


def test_vetoes_and_votes_agree_with_the_tables_of_facts():
    facts = evidence.table("partners")
    block = facts[(facts.attribute == "can_block_un_sanctions_relief") & (facts.value == "yes")].partner
    register = evidence.assumptions()
    for year in partners.years():
        biting = [i for i in terms.PARTNERS if register.central.get(f"bite_un_relief_{i}_{year}", 0) > 0]
        assert set(biting) == set(block)
    votes = evidence.table("imf_wb_votes")
    votes = votes[(votes.institution == "IMF") & votes.vintage.str.startswith("202")]
    for i in terms.PARTNERS:
        assert register.at[f"sup_banks_{i}_2025", "central"] in set(votes[votes.country == i].voting_share_pct)


def test_an_unknown_row_is_refused_and_the_ranges_of_two_seeds_agree(monkeypatch, tmp_path):
    one, two = partners.share_table(1024, 3), partners.share_table(1024, 4)
    assert (one.share == two.share).all()  # what the text prints has no seed
    np.testing.assert_allclose(one[["low", "high"]], two[["low", "high"]], atol=0.01)
    with pytest.raises(AssertionError):
        edit(monkeypatch, tmp_path / "data", "assumptions", {"id": "no_such_row"}, central=1)


def test_the_confidence_is_that_of_a_table_in_part_from_memory():
    """Where rows of facts were not looked up, chapter and brief call the confidence low."""
    assert (evidence.table("partners")["verified"] == "memory").any()
    chapter = (evidence.ROOT / "chapters" / "03-partners.qmd").read_text("utf-8")
    item = (evidence.ROOT / "report.qmd").read_text("utf-8").split("@sec-partners")[0].split("{.item confidence=")[-1]
    assert '{.finding confidence="low"}' in chapter and item.startswith('"low"')


def test_what_the_chapter_says_of_the_record_is_in_its_tables(monkeypatch, tmp_path):
    accords = evidence.table("agreement_commitments")
    said = partners.promises("USA")
    alone = accords[accords.side == "USA"]
    assert said == (len(alone), (alone.delivered == "yes").sum()) and 0 < said.kept < said.all
    with pytest.raises(ValueError, match="JPN"):
        partners.promises("JPN")
    assert partners.arms_payment().sent > partners.arms_payment().returned > 0
    share, year = partners.china_trade()
    row = evidence.table("china_trade_share").set_index("year").loc[year]
    assert row.china_share_excl_inter_korean_pct == share and row.share_kind != "unconfirmed"
    edit(monkeypatch, tmp_path / "data", "partners", {"attribute": "munitions_paid_value_2023_2025_low"}, value=9.9)
    assert partners.arms_payment().sent == 9.9


def test_the_lead_is_over_the_best_other_and_expectation_follows_the_year_of_willingness():
    last = partners.years()[-1]
    shares = partners.shares(year=last, coding="hard")
    assert partners.lead(last, coding="hard") == pytest.approx(shares["USA"] - shares.drop("USA").max())
    first = partners.years()[0]
    by_hand = partners.deliveries(partners.game(first), partners.willingness(2018))
    np.testing.assert_allclose(partners.expected(first, 2018), by_hand)
    assert list(partners.expected(first).index) == list(terms.PARTNERS)
