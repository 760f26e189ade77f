"""The deal's shared ground: table, money from the other tables, beliefs, draws, minds, levers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import uneven
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain import deal as base
from bargain import evidence, terms
from bargain.terms import COALITION, KIM


# ------------------------------------------------------------------------------------------------- the table
def test_money_steps_follow_from_the_tables():
    """Textiles, coal, the rest, oil, banks, capital, theft and food: the table has the tables' sums."""
    table, money = base.table(), base.money()
    for step in money.index.drop("U04"):
        for side in terms.SIDES:
            value = money.at[step, side]
            if not np.isnan(value):
                assert value == pytest.approx(table.at[step, f"{side}_coop_central"], rel=0.01), (step, side)
    row = table.loc["U04"]  # prices of 1995-99 and 2007-08 differ fivefold: inside the range, not at its middle
    assert row.kim_coop_low < money.at["U04", "kim"] < row.kim_coop_high


def test_arsenal_is_split_by_its_curves():
    table, arsenal = base.table(), base.arsenal()
    for step in arsenal.index:
        for value in arsenal.columns[arsenal.loc[step].notna()]:
            assert arsenal.at[step, value] == pytest.approx(table.at[step, f"{value}_central"], rel=0.01)
    chain = base.tranches()
    assert arsenal.loc[chain.index, "kim_host"].sum() == pytest.approx(-evidence.central("arsenal_worth"))


def test_values_worked_out_stand_beside_those_of_the_table(monkeypatch):
    table, worked = base.table(), {"U04": (60.0, np.nan), "U12": (70.0, -7.0)}
    money = pd.DataFrame.from_dict(worked, orient="index", columns=["kim", "coalition"])
    arsenal = pd.DataFrame({"kim_host": [-500.0]}, index=["K09"])
    monkeypatch.setattr("bargain.deal.steps.money", lambda: money)
    monkeypatch.setattr("bargain.deal.steps.arsenal", lambda: arsenal)
    got = base.derived().set_index(["step", "value"])
    expected = {
        ("U04", "kim_coop"): 60.0,
        ("U12", "kim_coop"): 70.0,
        ("U12", "coalition_coop"): -7.0,
        ("K09", "kim_host"): -500.0,
    }
    assert got["derived"].to_dict() == expected
    for (step, value), row in got.iterrows():
        ends = table.loc[step, [f"{value}_{end}" for end in ("low", "central", "high")]]
        assert row[["low", "central", "high"]].tolist() == ends.tolist() and row["name"] == table.at[step, "name"]
        assert row["inside"] == (row["low"] <= row["derived"] <= row["high"])


def test_undo_of_tranches_is_plants_then_weapons():
    table, rate = base.table(), evidence.central("remake_rate")
    made = base.remade(rate, table.undo_central["K07"])
    assert made == pytest.approx(table.undo_central[base.tranches().index].to_numpy(), rel=1e-6)
    # high rate and quick plants: the low end of the range
    low = base.remade(evidence.assumptions().at["remake_rate", "high"], table.undo_low["K07"])
    assert low == pytest.approx(table.undo_low[base.tranches().index].to_numpy(), rel=0.01)


def test_bank_training_lasts_as_long_as_it_took_others():
    times = evidence.table("fatf_timelines")
    assert round(2 * times.years_to_delist[times.status == "delisted"].mean()) == base.table().duration["U10"]


def test_capital_costs_its_stock():
    """A sunk stock costs K(1 - δ) a half-year at the δ in force, so that its worth at that δ is K at any δ."""
    for delta in (0.9, 0.95, 0.98):
        case = base.build({"delta_coalition": delta})
        at = case.deal.at("U14", "U15")
        assert base.lasting(case.deal, case.delta)[COALITION, at] == pytest.approx([-2500, -5000])


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda s, p: s.__setitem__("kim_coop_low", s.kim_coop_low.where(s.id != "K05", 7)), "deal_steps row K05"),
        (lambda s, p: s.__setitem__("share_reform", s.share_reform.where(s.id != "U02", 0.5)), "row U02: goal shares"),
        (  # K03 comes before U05, through the other side too
            lambda s, p: s.__setitem__("prerequisites", s.prerequisites.where(s.id != "K02", "U05")),
            "circle.*K02.*K03.*U05",
        ),
        (lambda s, p: s.__setitem__("prerequisites", s.prerequisites.where(s.id != "K03", "K99")), "row K03: unknown"),
        (lambda s, p: s.__setitem__("prerequisites", s.prerequisites.where(s.id != "K02", "K03")), "circle.*K02"),
        (lambda s, p: p.__setitem__("all_of", p.all_of.where(p.id != "P01", "K02;U01")), "row P01: a pair stays"),
        (lambda s, p: s.__setitem__("side", s.side.where(s.id != "K01", "moscow")), "row K01: side 'moscow'"),
        (lambda s, p: s.__setitem__("duration", s.duration.where(s.id != "U10", -1)), "row U10"),
    ],
)
def test_bad_tables_name_the_row(monkeypatch, change, message):
    steps, pairs = (evidence.table(t).copy() for t in ("deal_steps", "deal_pairs"))
    change(steps, pairs)
    real = evidence.table
    monkeypatch.setattr(
        evidence,
        "table",
        lambda name: {"deal_steps": steps, "deal_pairs": pairs}.get(name) if name.startswith("deal_") else real(name),
    )
    base.table.cache_clear()
    try:
        with pytest.raises(ValueError, match=message):
            base.table()
    finally:
        base.table.cache_clear()


# --------------------------------------------------------------------------------------------------- beliefs
def test_first_fear_is_what_was_asked_for():
    trust, hazard, residual = base.hazards(0.115, 0.5, 0.03)
    assert base.fear(trust, hazard, residual, 1)[0] == pytest.approx(0.115)
    assert hazard == pytest.approx(0.2)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.02, 0.25), st.floats(0.3, 0.9), st.floats(0, 0.06))
def test_fear_falls_to_the_residual_hazard(first, doubt, eta0):
    trust, hazard, residual = base.hazards(first, doubt, eta0)
    q = base.fear(trust, hazard, residual, 2000)
    assert np.all(np.diff(q) <= 1e-12) and q[-1] >= residual - 1e-12
    if hazard - residual > 0.03:
        assert q[-1] == pytest.approx(residual, abs=1e-6)
    # the posterior is the definition's: shares of types that survived so far
    for t in (1, 2, 7):
        alive = np.array([trust * (1 - residual) ** t, (1 - trust) * (1 - hazard) ** t])
        assert q[t] == pytest.approx(alive @ [residual, hazard] / alive.sum(), abs=1e-12)


def test_beliefs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="fear_first, doubt and eta0"):
        base.hazards(0.9, 0.25, 0.0)
    with pytest.raises(ValueError, match="doubt"):
        base.hazards(0.1, 0.0, 0.0)


def test_idle_periods_teach_nothing_and_patient_cheats_wait():
    trust, hazard, residual = base.hazards(0.115, 0.5, 0.03)
    plain = base.fear(trust, hazard, residual, 30)
    idle = base.fear(trust, hazard, residual, 30, idle=(3, 4))
    assert idle[2] == idle[3] == idle[4] == plain[2] and idle[5:] == pytest.approx(plain[3:-2])
    patient = base.fear(trust, hazard, residual, 30, patient=1.0, last=8)
    assert patient[:8] == pytest.approx(residual) and patient[8] > 0.4 and patient[9] == pytest.approx(residual)
    spike = base.fear(trust, hazard, residual, 30, spike=0.1, spike_at=8)
    assert spike[7] == pytest.approx(plain[7] + 0.1, abs=1e-12)


def test_each_side_learns_from_the_others_deliveries():
    """Kim, whose first step is due in half-year 3, learns nothing before the coalition's in 5; it learns from 3 on."""
    case = uneven.build({"election_spike": 0.0})
    q = base.fears(case, 12, start=(3, 5), idle=((8,), (10,)))
    learns = np.diff(q, axis=1) < 0  # entry t - 1: whether half-year t taught anything
    assert [t for t in range(1, 12) if not learns[KIM, t - 1]] == [1, 2, 3, 4, 8]
    assert [t for t in range(1, 12) if not learns[COALITION, t - 1]] == [1, 2, 10]
    assert q[:, 0] == pytest.approx([0.13, 0.1])  # each begins at its own first fear


def test_the_election_frightens_kim_and_patient_cheats_are_the_coalitions():
    """The spike adds to his fear in its half-year alone; the patient break behind the last delivery, for him alone."""
    case = uneven.build({"election_spike": 0.07, "election_period": 4, "patient_share": 0.3})
    calm = uneven.build({"election_spike": 0.0, "patient_share": 0.3})
    some, none = base.fears(case, 6, last=20), base.fears(calm, 6, last=20)
    assert (some - none)[KIM] == pytest.approx([0, 0, 0, 0.07, 0, 0], abs=1e-3) and some[KIM, 3] > none[KIM, 3]
    assert np.array_equal(some[COALITION], none[COALITION])
    broken = base.fears(calm, 12, last=7)
    assert broken[KIM, 7] > broken[KIM, 6] + 0.05 and broken[COALITION, 7] < broken[COALITION, 6]


def test_kappa_is_the_sum_over_half_years_for_each_side():
    """Each side's own discount factor, fear and flows; of the partner's steps the first breakdown leaves nothing."""
    case = uneven.build()
    q, kappa = base.fears(case, 3000), base.kappa(case)
    for p in (KIM, COALITION):
        delta, beta = case.delta[p], base.lasting(case.deal, case.delta)[p]
        for k in range(len(case.deal.ids)):
            alive, worth = 1.0, 0.0
            for t in range(3000):
                left = 0.0 if t == 0 and case.deal.owner[k] != p else beta[k]
                worth += alive * ((1 - q[p, t]) * case.deal.live[p, k] + q[p, t] * left)
                alive *= delta * (1 - q[p, t])
            assert kappa[p, k] == pytest.approx(worth, rel=1e-7, abs=1e-7), (p, case.deal.ids[k])


def test_what_outlives_a_breakdown_is_counted_by_half_years():
    """h (1 + δ + … + δ^(L - 1)) at whole L, with the δ of the side."""
    case = uneven.build()
    undo = np.full_like(case.deal.undo, 3)
    got = base.lasting(replace(case.deal, undo=undo), case.delta)
    for p, delta in enumerate(case.delta):
        assert got[p] == pytest.approx(case.deal.hostile[p] * (1 + delta + delta**2))


def test_kappa_without_fear_is_the_perpetuity():
    """κ at η0 = 0 and π = 1 is c/(1 - δ), for own and partner's steps, whatever outlives a breakdown."""
    case = uneven.build()
    zero, one = np.zeros(2), np.ones(2)
    case = replace(case, trust=one, residual=zero, hazard=zero, spike=zero)
    assert base.kappa(case) == pytest.approx(case.deal.live / (1 - case.delta[:, None]), rel=1e-9)


def test_a_step_undone_at_once_leaves_nothing_and_one_for_ever_its_perpetuity():
    case = uneven.build()
    undo = np.zeros_like(case.deal.undo)
    assert not base.lasting(replace(case.deal, undo=undo), case.delta).any()
    ever = base.lasting(replace(case.deal, undo=undo + np.inf), case.delta)
    assert ever == pytest.approx(case.deal.hostile / (1 - case.delta[:, None]))


# ------------------------------------------------------------------------------------------- minds and draws
def test_the_reference_mind_sees_the_table():
    case = uneven.build()
    assert base.multiplier(case.deal, np.full(8, 1 / 8)) == pytest.approx(1)
    same = base.with_mind(case, np.full(8, 1 / 8))
    assert same.deal.live == pytest.approx(case.deal.live)
    coalition = base.with_mind(case, base.mean_mind("narrow")).deal
    assert np.array_equal(coalition.live[COALITION], case.deal.live[COALITION])  # his mind is not the coalition's


def test_power_over_the_south_undoes_what_peace_lessens():
    case = uneven.build()
    arms = case.deal.at(*base.LATENT)
    w = 0.5
    bent = base.with_mind(case, np.full(8, 1 / 8), dominance=w).deal
    ratio = bent.live[KIM, arms] / bent.hostile[KIM, arms]
    plain = case.deal.live[KIM, arms] / case.deal.hostile[KIM, arms]
    assert ratio == pytest.approx((1 - w) * plain + w)


def test_draws_stay_in_their_ranges_and_repeat():
    values, uniforms = base.draws(64, 3)
    again, _ = base.draws(64, 3)
    pd.testing.assert_frame_equal(values, again)
    rows = evidence.assumptions()
    for i in values:
        assert values[i].between(rows.at[i, "low"] - 1e-9, rows.at[i, "high"] + 1e-9).all(), i
    table = base.table()
    for k in range(64):
        deal = base.build(values.iloc[k].to_dict(), {s: u[k] for s, u in uniforms.items()}).deal
        free = np.array([g not in ("arsenal", "relief", "capital") for g in deal.group])
        low, high = (table[[f"{s}_coop_{x}" for s in terms.SIDES]].to_numpy(float).T for x in ("low", "high"))
        assert np.all((deal.live >= low - 1e-9)[:, free] & (deal.live <= high + 1e-9)[:, free])
        chain = deal.at(*base.tranches().index)
        assert deal.undo[chain] == pytest.approx(base.remade(values.remake_rate[k], deal.undo[deal.at("K07")[0]]))


def test_multipliers_act_over_their_central_value():
    mid = uneven.build()
    double = uneven.build({"arsenal_worth": 2 * evidence.central("arsenal_worth"), "relief_politics": 3.0})
    arms = [i for i, g in enumerate(mid.deal.group) if g == "arsenal"]
    relief = [i for i, g in enumerate(mid.deal.group) if g == "relief"]
    assert double.deal.live[KIM, arms] == pytest.approx(2 * mid.deal.live[KIM, arms])
    assert double.deal.live[COALITION, arms] == pytest.approx(mid.deal.live[COALITION, arms])
    assert double.deal.hostile[COALITION, relief] == pytest.approx(3 * mid.deal.hostile[COALITION, relief])
    assert double.deal.live[KIM, relief] == pytest.approx(mid.deal.live[KIM, relief])


# ---------------------------------------------------------------------------------------------------- levers
def test_each_lever_changes_only_what_it_names():
    case = uneven.build()
    touched = {
        "custody": {"K10", "K11", "K12"},
        "escrow": {"U14", "U15", "P04", "P05"},
        "treaty": {"U16"},
        "targeting": {"K03", "K04"},
        "snapback": {"U05", "U06", "U07", "U08", "P04", "P05"},
        "training": {"U10"},
    }
    values = {"targeting": 2.0, "training_short": 3.0}
    for lever, ids in touched.items():
        new = base.pull(case, [lever], values).deal
        moved = {
            i
            for k, i in enumerate(new.ids)
            if not (
                np.array_equal(new.live[:, k], case.deal.live[:, k])
                and np.array_equal(new.hostile[:, k], case.deal.hostile[:, k])
                and new.undo[k] == case.deal.undo[k]
            )
            or k < new.steps
            and new.duration[k] != case.deal.duration[k]
        }
        assert ids - {"P04", "P05"} <= moved <= ids, lever
    assert base.pull(case, ["eta0"]).residual[KIM] < case.residual[KIM]
    assert base.pull(case, ["eta0"]).hazard[KIM] == case.hazard[KIM]
    with pytest.raises(KeyError, match="no such lever"):
        base.pull(case, ["hope"])


def test_without_takes_what_needs_it_along():
    case = base.without(uneven.build(), ["U10"])
    assert not {"U10", "U11", "P03"} & set(case.deal.ids) and "U09" in case.deal.ids
    at = case.deal.at("U15")[0]
    assert [case.deal.ids[j] for j in case.deal.needs[at]] == ["U14"]


def test_pairs_put_back_on_steps_keep_the_sum():
    case = uneven.build()
    flat = base.pairs_on_steps(case)
    assert flat.deal.live.sum(axis=1) == pytest.approx(case.deal.live.sum(axis=1))
    assert not flat.deal.members


# --------------------------------------------------------------------------------- each row moves what it names
def side_of(case, what, group, side):
    """The values of a group's steps and pairs to one side, live or hostile."""
    return getattr(case.deal, what)[side, [k for k, g in enumerate(case.deal.group) if g == group]]


@pytest.mark.parametrize(
    "row, group, side, flows",
    [
        ("arsenal_worth", "arsenal", KIM, ("live", "hostile")),
        ("arsenal_peace", "arsenal", KIM, ("live",)),
        ("ua_risk", "arsenal", COALITION, ("live", "hostile")),
        ("phi_live", "relief", COALITION, ("live",)),
        ("phi_broken", "relief", COALITION, ("hostile",)),
        ("relief_politics", "relief", COALITION, ("live", "hostile")),
    ],
)
def test_a_multiplier_scales_what_it_names_and_nothing_else(row, group, side, flows):
    before, after = uneven.build(), uneven.build({row: 1.7 * evidence.central(row)})
    for g in set(before.deal.group):
        for what in ("live", "hostile"):
            for p in (KIM, COALITION):
                times = 1.7 if (g, p) == (group, side) and what in flows else 1.0
                assert side_of(after, what, g, p) == pytest.approx(times * side_of(before, what, g, p)), (g, what, p)
    assert np.array_equal(before.deal.undo, after.deal.undo)


def test_a_faster_remake_rate_shortens_the_tranches_alone():
    before, after = uneven.build(), uneven.build({"remake_rate": 2 * evidence.central("remake_rate")})
    chain = before.deal.at(*base.tranches().index)
    plants = before.deal.undo[before.deal.at("K07")[0]]
    gone = np.cumsum(before.deal.weapons[chain])  # the last weapons are remade first, the plants before them
    left = before.deal.weapons[chain].sum() - gone + before.deal.weapons[chain]
    rate = 2 * evidence.central("remake_rate")
    assert after.deal.undo[chain[1:]] == pytest.approx(plants + 2 * left[1:] / rate)
    assert after.deal.undo[chain[0]] == pytest.approx(2 * before.deal.weapons[chain[0]] / rate)
    rest = np.setdiff1d(np.arange(len(before.deal.ids)), chain)
    assert np.array_equal(before.deal.undo[rest], after.deal.undo[rest])


def test_a_case_holds_each_sides_own_beliefs():
    v = uneven.VALUES | {"eta0": 0.02, "election_spike": 0.11, "election_period": 5, "patient_share": 0.4}
    case = uneven.build(v)
    for p, side in enumerate(terms.SIDES):
        doubt = v[f"doubt_{side}"]
        assert case.trust[p] == pytest.approx(1 - doubt) and case.residual[p] == 0.02
        assert (1 - doubt) * 0.02 + doubt * case.hazard[p] == pytest.approx(v[f"fear_first_{side}"])
        assert case.delta[p] == v[f"delta_{side}"] and case.out[p] == v[f"out_{side}"]
    assert case.spike.tolist() == [0.11, 0] and case.spike_at == 5 and case.patient.tolist() == [0.4, 0]


def test_the_ends_of_the_ranges_are_the_tables():
    """Uniforms at 0 and 1 give the lows and highs of each value, each from its own uniform; undo of pairs the least."""
    table = base.table()
    steps = table[table.needs.notna()]
    for edge, name in ((0.0, "low"), (1.0, "high")):
        for drawn in ("kim", "coalition", "undo"):
            u = {s: np.full(len(table), 0.5) for s in terms.SIDES} | {"undo": np.full(len(steps), 0.5)}
            middle = base.build(None, u).deal
            u[drawn] = np.full_like(u[drawn], edge)
            deal = base.build(None, u).deal
            for p, side in enumerate(terms.SIDES):
                for what, state in (("live", "coop"), ("hostile", "host")):
                    expected = table[f"{side}_{state}_{name}"].to_numpy(float)
                    got, same = getattr(deal, what)[p], getattr(middle, what)[p]
                    assert got == pytest.approx(expected if drawn == side else same, abs=0.02 * np.abs(expected).max())
            free = ~steps.index.isin(base.tranches().index) & np.isfinite(steps.undo_high)
            if drawn == "undo":
                assert deal.undo[: deal.steps][free] == pytest.approx(steps[f"undo_{name}"][free].to_numpy(), abs=0.5)
            else:
                assert np.array_equal(deal.undo, middle.undo)
            for k, m in enumerate(deal.members):
                assert deal.undo[deal.steps + k] == min(deal.undo[list(m)])


def test_what_never_ends_and_what_has_no_range_is_so_in_every_draw(monkeypatch):
    table = base.table().copy()
    for x in ("low", "central", "high"):
        table[f"kim_coop_{x}"] = table[f"kim_coop_{x}"].where(table.index != "U17", 12.5)
        table[f"undo_{x}"] = table[f"undo_{x}"].where(table.index != "U17", 3.0)
    monkeypatch.setattr("bargain.deal.cases.table", lambda: table)
    ever = [i for i in table.index[np.isinf(table.undo_central)] if table.needs.notna()[i]]
    assert ever
    _, uniforms = base.draws(4, 3)
    for k in range(4):
        deal = base.build(None, {s: u[k] for s, u in uniforms.items()}).deal
        assert np.isinf(deal.undo[deal.at(*ever)]).all() and np.isfinite(deal.undo).sum() > len(deal.undo) / 2
        at = deal.at("U17")[0]
        assert (deal.live[KIM, at], deal.undo[at]) == (12.5, 3.0)


def test_draws_give_every_row_and_step_a_dimension_of_its_own():
    values, uniforms = base.draws(256, 3)
    table = base.table()
    assert {s: u.shape for s, u in uniforms.items()} == {
        "kim": (256, len(table)),
        "coalition": (256, len(table)),
        "undo": (256, int(table.needs.notna().sum())),
    }
    drawn = values.loc[:, values.nunique() > 1].to_numpy()
    every = np.hstack([drawn, *uniforms.values()])
    ranks = every.argsort(axis=0).argsort(axis=0)
    assert len(np.unique(ranks, axis=1).T) == every.shape[1]  # no two share one, nor the order of one
    rows = evidence.assumptions()
    for i in values.columns[values.nunique() > 1]:  # of a balanced net the mean of each is that of its distribution
        low, mid, high = (rows.at[i, x] for x in ("low", "central", "high"))
        if rows.at[i, "distribution"] == "pert":
            assert values[i].mean() == pytest.approx((low + 4 * mid + high) / 6, abs=0.02 * (high - low)), i
    assert not base.draws(256, 4)[0].equals(values)


def test_a_sampled_case_is_mind_k_with_draw_k():
    cases, values = base.sample("narrow", 3, 5)
    weights, (expected, uniforms) = base.minds("narrow", 3, 5), base.draws(3, 5)
    pd.testing.assert_frame_equal(values, expected)
    for k, case in enumerate(cases):
        own = base.build(expected.iloc[k].to_dict(), {s: u[k] for s, u in uniforms.items()})
        assert np.array_equal(case.deal.live, base.with_mind(own, weights[k]).deal.live)
        assert case.delta.tolist() == [expected.delta_kim[k], expected.delta_coalition[k]]
    assert not np.allclose(weights, base.minds("narrow", 3, 6)) and not np.allclose(weights, base.minds("dealer", 3, 5))


def test_a_mind_scales_kims_values_by_the_goals_they_serve():
    """A mind with one goal alone counts a step eight times its share of that goal, before and after a breakdown."""
    case = uneven.build()
    for g in range(8):
        seen = base.with_mind(case, np.eye(8)[g]).deal
        for what in ("live", "hostile"):
            before, after = (getattr(d, what) for d in (case.deal, seen))
            assert after[KIM] == pytest.approx(8 * case.deal.shares[:, g] * before[KIM])
            assert np.array_equal(after[COALITION], before[COALITION])


def test_a_reading_whose_weights_do_not_add_up_is_refused(monkeypatch):
    real = evidence.central
    monkeypatch.setattr(evidence, "central", lambda i: real(i) + (0.01 if i == "mean_narrow_reform" else 0))
    with pytest.raises(ValueError, match="mean_narrow_.*1.01"):
        base.mean_mind("narrow")


# ------------------------------------------------------------------------------------------------- levers by hand
STRENGTHS = {
    "custody_undo": 1.5,
    "custody_live": 0.7,
    "custody_broken": 0.4,
    "guarantor": 0.6,
    "escrow_undo": 2.5,
    "snapback_undo": 0.75,
    "capital_multiple": 3.0,
    "relief_multiple": 1.9,
    "treaty_multiple": 2.2,
    "eta0_multiple": 0.3,
    "targeting": 2.6,
    "training_short": 3.0,
}
UN_BANS = ("U05", "U06", "U07", "U08")


@pytest.mark.parametrize(
    "lever, picked, undo, scaled",
    [
        ("custody", ("K10", "K11", "K12"), 1.5, {(COALITION, "live"): 0.7, (COALITION, "hostile"): 0.4}),
        ("guarantor", "kim", None, {(KIM, "hostile"): 0.6}),
        ("escrow", ("U14", "U15"), 2.5, {}),
        ("snapback", UN_BANS, 0.75, {}),
        ("capital", "capital", None, {(p, w): 3.0 for p in (KIM, COALITION) for w in ("live", "hostile")}),
        ("relief", "relief", None, {(p, w): 1.9 for p in (KIM, COALITION) for w in ("live", "hostile")}),
        ("treaty", ("U16",), None, {(KIM, "live"): 2.2, (KIM, "hostile"): 2.2}),
        ("targeting", ("K03", "K04"), None, {(KIM, "hostile"): 2.6}),
        ("veto", UN_BANS, "highest", {}),
    ],
)
def test_a_lever_does_by_hand_what_it_says(lever, picked, undo, scaled):
    case = uneven.build()
    old, new = case.deal, base.pull(case, [lever], STRENGTHS).deal
    ids = np.array(old.ids)
    on = np.isin(ids, picked) if isinstance(picked, tuple) else np.array(old.group) == picked
    if picked == "kim":
        on = old.owner == KIM
    for p in (KIM, COALITION):
        for what in ("live", "hostile"):
            times = np.where(on, scaled.get((p, what), 1.0), 1.0)
            assert getattr(new, what)[p] == pytest.approx(times * getattr(old, what)[p]), (p, what)
    last = old.undo.copy()
    if undo is not None:
        last[on] = base.table().undo_high[list(UN_BANS)].max() if undo == "highest" else undo
        for k, m in enumerate(old.members):
            last[old.steps + k] = last[list(m)].min()
    assert new.undo == pytest.approx(last)
    assert np.array_equal(new.duration, old.duration)


def test_levers_of_time_and_belief_by_hand():
    case = uneven.build()
    short = base.pull(case, ["training"], STRENGTHS).deal
    assert short.duration[short.at("U10")[0]] == 3
    bound = base.pull(case, ["eta0"], STRENGTHS)
    assert bound.residual == pytest.approx([0.3 * case.residual[KIM], case.residual[COALITION]])
    assert "U10" not in base.pull(case, ["no_training"]).deal.ids
    # without strengths of the caller's own, the register's
    default = base.pull(case, ["treaty"]).deal
    at = default.at("U16")[0]
    assert default.live[KIM, at] == pytest.approx(evidence.central("treaty_multiple") * case.deal.live[KIM, at])
    both = base.pull(case, ["treaty", "snapback"], STRENGTHS).deal
    assert both.undo[both.at("U05")[0]] == 0.75 and both.live[KIM, at] == pytest.approx(2.2 * case.deal.live[KIM, at])


def test_groups_are_of_a_side_where_one_is_asked_for():
    case = uneven.build()
    frame = base.table()
    assert set(base.of_group(case, "arsenal")) == set(frame.index[frame.group == "arsenal"])
    assert base.of_group(case, "arsenal", COALITION) == [] and base.of_group(case, "relief", KIM) == []
    assert base.of_group(case, "relief", COALITION) == base.of_group(case, "relief")


def test_what_is_left_after_taking_steps_out_is_as_it_was():
    case = uneven.build()
    old, new = case.deal, base.without(case, ["U10", "K05"]).deal
    gone = {"U10", "U11", "K05"}
    gone |= {i for i in old.ids[: old.steps] if gone & {old.ids[j] for j in old.needs[old.ids.index(i)]}}
    gone |= {p for p, m in zip(old.ids[old.steps :], old.members, strict=True) if gone & {old.ids[j] for j in m}}
    assert {"U10", "U11", "K05", "P03"} <= gone
    assert list(new.ids) == [i for i in old.ids if i not in gone]
    at = old.at(*new.ids)
    for what in ("owner", "undo", "weapons", "shares"):
        assert np.array_equal(getattr(new, what), getattr(old, what)[at]), what
    for what in ("live", "hostile"):
        assert np.array_equal(getattr(new, what), getattr(old, what)[:, at]), what
    for what in ("earliest", "duration"):
        assert np.array_equal(getattr(new, what), getattr(old, what)[at[: new.steps]]), what
    assert new.group == tuple(old.group[k] for k in at) and new.steps == old.steps - sum(i[0] != "P" for i in gone)
    for i in new.ids[: new.steps]:
        names = [{d.ids[j] for j in d.needs[d.ids.index(i)]} for d in (new, old)]
        assert names[0] == names[1] - gone
    for k, m in enumerate(new.members):
        whole = old.members[old.ids.index(new.ids[new.steps + k]) - old.steps]
        assert [new.ids[j] for j in m] == [old.ids[j] for j in whole]


def test_pairs_put_back_are_shared_equally_by_their_steps():
    case = uneven.build()
    old, new = case.deal, base.pairs_on_steps(case).deal
    assert new.ids == old.ids[: old.steps] and new.steps == len(new.ids)
    for what in ("live", "hostile"):
        expected = getattr(old, what)[:, : old.steps].copy()
        for k, m in enumerate(old.members):
            for j in m:
                expected[:, j] += getattr(old, what)[:, old.steps + k] / len(m)
        assert getattr(new, what) == pytest.approx(expected)
    for what in ("owner", "undo", "weapons", "shares", "earliest", "duration"):
        assert np.array_equal(getattr(new, what), getattr(old, what)[: old.steps]), what
    assert new.group == old.group[: old.steps] and new.needs == old.needs


# ---------------------------------------------------------------------------------------------------- the clock
def test_a_step_waits_for_its_prerequisites_and_its_own_time():
    deal = replace(
        uneven.build().deal,
        ids=tuple("abcd"),
        owner=np.array([COALITION, KIM, KIM, KIM]),
        earliest=np.array([1, 2, 1, 6]),
        duration=np.array([2, 0, 3, 1]),
        needs=((), (3,), (1,), ()),  # what c needs stands before it, what b needs behind
        members=(),
    )
    assert base.possible(deal).tolist() == [3, 7, 10, 7]
    assert base.possible(deal, (2, 0)).tolist() == [3, 9, 12, 9] and base.possible(deal, (0, 2))[0] == 5
    free = base.timeless(replace(uneven.build(), deal=deal))
    assert base.possible(free.deal).tolist() == [1, 1, 1, 1]


def test_what_a_row_falls_short_by_is_the_worse_of_the_two():
    case = uneven.build()
    got = replace(
        base.evaluate(case, np.zeros(case.deal.steps, int), base.Clock(periods=2)),
        due=np.array([[5.0, 5, 5], [1, 1, 1]]),
        carry=np.array([[9.0, 4, 2], [3, 0, 1]]),
        walk=np.array([[5.0, -9, 0], [0, 0, 2]]),
    )
    assert base.shortfalls(got).tolist() == [[1, 1, 3], [0, 1, 2]]
    assert base.shortfalls(got, regret=False).tolist() == [[1, 0, 3], [0, 1, 2]]


def test_a_row_is_kept_within_twice_what_the_solver_may_miss_and_never_where_it_is_unknown():
    solver = 1e-6 / evidence.central("row_scale")  # in M
    assert base.kept([-5.0, 0.0, 1.9 * solver, 2.1 * solver, np.nan, np.inf]).tolist() == [True] * 3 + [False] * 3


def test_an_evaluated_schedule_says_what_is_removed_and_when():
    case = uneven.build()
    deal = case.deal
    dates = np.zeros(deal.steps, int)
    dates[deal.at("K09", "K10", "U01")] = 3, 7, 9
    got = base.evaluate(case, dates, base.Clock(periods=12))
    assert (got.status, got.depth, got.deepest) == ("given", 60.0, 7) and np.isnan(got.bound)
    assert got.words == "60 weapons' worth removed by half-year 7"
    alive = np.cumprod(np.concatenate([[1], 0.96 * (1 - got.programme.q[KIM]) * (1 - got.programme.q[COALITION])]))
    last = alive[-1] / alive[-2]
    weights = np.concatenate([alive[:-1], alive[-1] * last ** np.arange(4000)])
    assert got.expected == pytest.approx(30 * weights[2:].sum() + 30 * weights[6:].sum(), rel=1e-6)
    dates[deal.at("K11")] = 12  # the last half-year of all counts
    assert base.evaluate(case, dates, base.Clock(periods=12)).words == "80 weapons' worth removed by half-year 12"
    nothing = base.evaluate(case, 0 * dates, base.Clock(periods=12))
    assert (nothing.expected, nothing.depth, nothing.deepest) == (0, 0, 0) and not nothing.carry.any()


def test_what_falls_with_a_step_is_what_needs_it_directly_or_through_others():
    deal = base.build().deal
    assert base.falls_with(deal, ["K13"]) == ("K13", "U11", "P03")  # no bank for a state that robs banks
    assert {"K04", "K09", "K12", "U05", "U11", "U14", "P05"} <= set(base.falls_with(deal, ["K03"]))
    assert base.falls_with(deal, ["K12", "U08"]) == ("K12", "U08") and base.falls_with(deal, []) == ()
    for step in deal.ids[: deal.steps]:
        gone = set(base.falls_with(deal, [step]))
        rest = [k for k in range(deal.steps) if deal.ids[k] not in gone]
        assert all(deal.ids[j] not in gone for k in rest for j in deal.needs[k])  # what stands needs nothing that fell
        assert set(base.without(uneven.build(), [step]).deal.ids) == set(deal.ids) - gone
    with pytest.raises(KeyError, match="K99"):
        base.falls_with(deal, ["K99"])


def test_who_is_left_gains_nothing_by_having_stopped_a_part():
    """In a broken deal every step costs its giver: undoing one and being left is no better than undoing all.

    So that the rows on walking away stand for undoing any step.
    """
    _, uniforms = base.draws(20, 3)
    for u in [None, *({s: x[k] for s, x in uniforms.items()} for k in range(20))]:
        deal = base.build(None, u).deal
        for side in (KIM, COALITION):
            own = deal.owner[: deal.steps] == side
            assert deal.hostile[side, : deal.steps][own].max() <= 0


def test_every_step_has_its_reason_verifier_and_time_of_notice():
    steps = evidence.table("deal_steps").set_index("id")
    assert steps[["prerequisites_reason", "verifier", "notice_days", "notice_basis"]].notna().all().all()
    needs = {i: set(str(p).split(";")) for i, p in steps.prerequisites.dropna().items()}
    first, reach = {"K01", "K02", "K03", "K04"}, {}
    for i in base.ordered({i: needs.get(i, set()) for i in steps.index}):
        reach[i] = set().union(needs.get(i, set()), *(reach[j] for j in needs.get(i, set())))
    for step in base.tranches().index:  # no warhead leaves before these are in force
        assert first <= reach[step]
    assert {"K13", "U09", "U10"} <= reach["U11"]


def test_forbidden_dates_are_named_with_what_forbids_them():
    deal = replace(
        uneven.build().deal,
        ids=tuple("abcd"),
        owner=np.array([KIM, COALITION, KIM, COALITION]),
        earliest=np.array([1, 2, 1, 1]),
        duration=np.array([0, 1, 2, 0]),
        needs=((), (0,), (1,), (0, 2)),
        members=(),
    )
    assert base.forbidden(deal, [1, 3, 5, 5]) == [] and base.forbidden(deal, [0, 0, 0, 0]) == []
    assert base.forbidden(deal, [1, 2, 0, 0]) == [("b", "", 3)]
    assert base.forbidden(deal, [3, 3, 4, 0]) == [("b", "a", 4), ("c", "b", 5)]
    assert base.forbidden(deal, [0, 0, 0, 2]) == [("d", "a", 0), ("d", "c", 0)]
    first = base.possible(deal)
    for seed in range(200):  # forbidden or as early as possible: nothing that is not forbidden comes before it
        dates = np.random.default_rng(seed).integers(0, 7, 4)
        if not base.forbidden(deal, dates):
            assert np.all((dates == 0) | (dates >= first))


def test_prerequisites_come_first_and_a_circle_is_named():
    assert base.ordered({"c": ("a",), "b": (), "a": ("b",), "d": ()}) == ["b", "d", "a", "c"]
    with pytest.raises(ValueError, match="circle among .*'x', 'y'"):
        base.ordered({"x": ("y",), "y": ("x",), "z": ()})
