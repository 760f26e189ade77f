"""Chapter 12's issues, piece by piece, from planted rows: what is staked, told, scored and counted of them."""

import itertools

import numpy as np
import pandas as pd
import pytest

from bargain import evidence, terms
from bargain import forecasts as f
from bargain.forecasts import kims, predictive, questions, register, tables

QUANTITY = next(q for q in f.QUESTIONS.values() if q.kind == "quantity" and q.scale == "plain")


def ends(**values):
    """Low, central and high of each reading, as columns of an issued row."""
    return {
        f"{r}_{e}": x for r, three in values.items() for e, x in zip(("low", "central", "high"), three, strict=True)
    }


@pytest.fixture
def pasts(monkeypatch):
    """pasts[question] = a series: the history that frames and tables find, cut at the last year asked for."""
    kept = {}
    for module in (questions, predictive, register):
        monkeypatch.setattr(module, "history", lambda name, last: kept[name].loc[:last])
    return kept


# ------------------------------------------------------------------------------------------------ what is staked


def test_what_is_staked_is_put_with_the_surest_yes_first(pasts):
    """Its range is that of the chance itself at its own data and lead; what is read off a distribution has none."""
    plain = [q.id for q in f.QUESTIONS.values() if q.kind == "binary" and not q.of][:2]
    off = next(q.id for q in f.QUESTIONS.values() if q.of)
    for k, name in enumerate(plain):
        pasts[name] = pd.Series([0.0, 1, k, 0, 1, 1, k, 0], index=range(2016, 2024))
    same = dict(kind="binary", p_any_to_2030=0.9, climatology=0.5, persistence=0.1, breaks=None, data_to=2022)
    rows = pd.DataFrame(
        [
            same | dict(question=plain[0], words="Is it one?", p=0.2, lead=2),
            same | dict(question=off, words="Is it off?", p=0.5, lead=2),
            same | dict(question=plain[1], words="Is it two?", p=0.7, lead=4),
            same | dict(question=QUANTITY.id, words="How much?", p=np.nan, lead=2, kind="quantity"),
        ]
    )
    got = f.staked(rows)
    columns = "question name p low high p_any_to_2030 climatology persistence breaks".split()
    assert got.columns.tolist() == columns
    assert f.staked(rows.assign(judged=0.3)).columns.tolist() == [*columns, "judged"]
    assert got["question"].tolist() == [plain[1], off, plain[0]] and got["name"].tolist()[0] == "Is it two"
    for at, name, lead in ((0, plain[1], 4), (2, plain[0], 2)):
        want = predictive.chance_range(pasts[name].loc[:2022], lead)
        assert got.loc[at, ["low", "high"]].tolist() == pytest.approx(want)
    assert got.loc[1, ["low", "high"]].isna().all()


def test_a_fan_is_the_past_and_the_range_of_each_amount(pasts):
    pasts[QUANTITY.id] = pd.Series([1.0, 4.0, -2.0, 9.0], index=[2019, 2020, 2022, 2023])
    row = dict(
        kind="quantity", question=QUANTITY.id, data_to=2022, resolves_by="2025-12-31", q10=-1.0, q50=2.0, q90=4.0
    )
    rows = pd.DataFrame([row | dict(climatology=1.5, persistence=-2.0), row | dict(kind="binary", question="icbm")])
    got = f.fan_frame(rows)
    assert set(got["question"]) == {QUANTITY.id} and set(got["name"]) == {questions.FAN[QUANTITY.id]}
    assert set(got["unit"]) == {QUANTITY.unit} and got["year"].tolist() == [2019, 2020, 2022, 2025]
    assert got["value"].tolist()[:3] == [1, 4, -2] and np.isnan(got["value"][3])
    assert got.loc[3, ["low", "median", "high", "climatology", "persistence"]].tolist() == [-1, 2, 4, 1.5, -2]
    inside = f.inside(rows).iloc[0]
    assert inside[["q10", "q90", "years"]].tolist() == [-1, 4, 3] and inside["share"] == pytest.approx(2 / 3)
    assert (inside["question"], inside["unit"]) == (QUANTITY.id, QUANTITY.unit)


def test_an_amount_is_said_with_its_quantiles_and_its_naive_ones(monkeypatch):
    nothing = pd.DataFrame(columns=["question", *(f"score_{who}" for who in f.SCORED)], dtype=float)
    monkeypatch.setattr(
        register, "backtest", lambda last, lead: nothing
    )  # it costs most, and is another test's concern
    rows = f.ledger(f.END, f"{f.END - 2}-06-30").set_index("question")
    assert rows.columns.tolist() == [c for c in f.COLUMNS if c != "question"]
    for q in (x for x in f.QUESTIONS.values() if x.kind != "binary"):
        row, past = rows.loc[q.id], f.history(q.id, register.last_complete())
        assert (row["lead"], row["data_to"]) == (f.END - past.index[-1], past.index[-1])
        said = f.forecast(q, past, int(row["lead"]))
        assert row[["q10", "q50", "q90"]].tolist() == pytest.approx(np.quantile(said["model"], [0.1, 0.5, 0.9]))
        for who in ("climatology", "persistence"):
            three = row[[f"{who}_q10", who, f"{who}_q90"]].tolist()
            assert three == pytest.approx(np.quantile(said[who], [0.1, 0.5, 0.9]))
        assert row["p"] != row["p"] and row["coin"] != row["coin"] and row["model"] == f.HEADLINE[q.kind]
        life = evidence.central(f"fc_half_life_{q.kind}")
        assert row["parameters"] == f"half-life {life:g} years"
        assert (row["id"], row["resolves_by"]) == (f"{q.id}_{f.END}_{f.END - 2}-06-30", f"{f.END}-12-31")
    row = rows.loc["icbm"]
    assert row["p_any_to_2030"] == pytest.approx(row["p"])  # the year itself is the last
    assert row[["family", "table", "rule"]].tolist() == list(f.QUESTIONS["icbm"][3:5]) + [f.QUESTIONS["icbm"].rule]
    levels = register._levels(rows.reset_index())
    for name, part in levels.groupby("id"):
        own = rows[rows["id"] == name].iloc[0]
        assert part["level"].tolist() == list(predictive.LEVELS) and part["value"].is_monotonic_increasing
        assert part["value"].iloc[[1, 9, 17]].tolist() == pytest.approx(own[["q10", "q50", "q90"]].tolist())
    assert levels["id"].nunique() == sum(q.kind != "binary" for q in f.QUESTIONS.values())


def test_data_end_with_the_year_that_half_of_the_questions_cover(monkeypatch):
    """Of tables that end in 2020, 2021, …: the lower middle one; what is gone does not count."""
    few = dict(list(f.QUESTIONS.items())[:6])
    monkeypatch.setattr(register, "QUESTIONS", few)
    years = dict(zip((q.id for q in few.values()), [2020, 2021, 2022, 2023, 2019, None], strict=True))
    order = iter(())

    def last(table):
        nonlocal order
        return next(order)

    monkeypatch.setattr(register, "last_covered", last)
    for left, year in ((6, 2021), (5, 2021), (4, 2021), (3, 2021)):
        chosen = dict(list(few.items())[:left])
        monkeypatch.setattr(register, "QUESTIONS", chosen)
        order = iter([years[name] for name in chosen])
        assert register.last_complete() == year, left


# ------------------------------------------------------------------------------------------------ by reading


def test_of_a_family_the_question_nearer_to_even_odds_is_kept():
    rows = pd.DataFrame(
        dict(
            question=["a", "b", "c", "d", "e"],
            family=["x", "x", "y", "y", "z"],
            p=[0.9, 0.3, 0.4, 0.6, 0.5],
            dealer_central=[0.9, 0.3, 0.4, 0.6, np.nan],
        )
    )
    got = f.telling(rows)
    assert got["question"].tolist() == ["b", "c"] and got.columns.tolist() == rows.columns.tolist()
    assert f.telling(rows[::-1])["question"].tolist() == ["b", "d"]  # of two as near, the first


def test_two_answers_teach_what_all_four_pairs_of_them_say(monkeypatch):
    """Bayes by hand over the pairs, at odds that are sure, and the luck in the answers."""
    ratio = {"a": (0.3, 1.0, 5.0), "b": (2.0, 0.5, 1.5)}
    register_rows = pd.DataFrame(
        [
            dict(id=f"fc_or_{q}_{r}", low=x, central=x, high=x, distribution="fixed")
            for q, three in ratio.items()
            for r, x in zip(terms.READINGS, three, strict=True)
        ]
    ).set_index("id")
    monkeypatch.setattr(evidence, "assumptions", lambda: register_rows)
    rows = pd.DataFrame(
        dict(question=["a", "b"], family=["x", "y"], p=[0.4, 0.7], p_any_to_2030=np.nan, dealer_central=0.5)
        | dict(resolves_by="2027-12-31")
    )
    p = {q: np.array([f.odds(x, r) for r in ratio[q]]) for q, x in (("a", 0.4), ("b", 0.7))}
    like = np.array(
        [
            (p["a"] if yes else 1 - p["a"]) * (p["b"] if again else 1 - p["b"])
            for yes, again in itertools.product((0, 1), repeat=2)
        ]
    )
    after = like / like.sum(axis=1, keepdims=True)
    got = f.teaching(rows, n=2)
    bits = np.log2(3) + (like.mean(axis=1)[:, None] * after * np.log2(after)).sum()
    assert got["bits"].tolist() == pytest.approx([bits] * 2)
    frame = f.teach_frame(rows, n=2).set_index("reading")
    assert set(frame["horizon"]) == {"2027"}  # nothing is asked of any year
    for k, reading in enumerate(terms.READINGS):
        belief, ahead = (like[:, k] * after[:, k]).sum(), like[after.argmax(axis=1) == k, k].sum()
        assert got[f"belief_{reading}"].tolist() == pytest.approx([belief] * 2)
        assert got[f"ahead_{reading}"].tolist() == pytest.approx([ahead] * 2)
        assert frame.loc[reading, ["mean", "ahead", "bits"]].astype(float).tolist() == pytest.approx(
            [belief, ahead, bits]
        )
        pairs = sorted(zip(after[:, k], like[:, k], strict=True))
        total = np.cumsum([weight for _, weight in pairs])
        luck = [pairs[int((total < q).sum())][0] for q in (0.1, 0.9)]
        assert frame.loc[reading, ["lucky_low", "lucky_high"]].astype(float).tolist() == pytest.approx(luck)


def test_quantiles_of_what_is_learnt_are_those_of_the_draws(monkeypatch):
    rng = np.random.default_rng(2)
    fake = pd.DataFrame({f"{w}_{r}": rng.random(200) for w in ("belief", "ahead") for r in terms.READINGS})
    fake["bits"] = rng.random(200)
    monkeypatch.setattr(kims, "teaching", lambda rows, column, n, seed: fake)
    monkeypatch.setattr(kims, "_luck", lambda rows, column: [(0.1, 0.2)] * 3)
    rows = pd.DataFrame(dict(p=[0.5], p_any_to_2030=[0.6], resolves_by="2027-12-31"))
    got = f.teach_frame(rows)
    assert got["horizon"].tolist() == ["2027"] * 3 + [f"any year to {f.END}"] * 3
    for row in got.to_dict("records"):
        belief = fake[f"belief_{row['reading']}"]
        want = np.quantile(belief, [0.025, 0.25, 0.5, 0.75, 0.975])
        assert [row[q] for q in ("q2", "q25", "q50", "q75", "q98")] == pytest.approx(want)
        assert row["mean"] == pytest.approx(belief.mean()) and row["bits"] == pytest.approx(fake["bits"].mean())
        assert row["ahead"] == pytest.approx(fake[f"ahead_{row['reading']}"].mean())


# ------------------------------------------------------------------------------------------------ the ledger


def test_scores_of_a_row_over_several_years_by_hand():
    """To 2030 from 2028 are three years: climatology and coin repeat their chance, persistence keeps its answer."""
    row = dict(kind="binary", resolves_by="2028-12-31", p=0.4, p_any_to_2030=0.9, climatology=0.3)
    row |= dict(persistence=0.2, coin=0.5)
    for part, three in (("year", (0.4, 0.3, 0.2, 0.5)), ("any", (0.9, 1 - 0.7**3, 0.2, 1 - 0.5**3))):
        for y in (0, 1):
            got = register.row_scores(row, part, y)
            want = [-np.log(p if y else 1 - p) for p in three]
            assert [got[who] for who in ("model", "climatology", "persistence", "coin")] == pytest.approx(want)


@pytest.mark.parametrize("scale, move", [("plain", lambda x: x), ("log", np.log1p)])
def test_scores_of_an_amount_are_of_its_quantiles_on_its_scale(scale, move):
    name = next(q.id for q in f.QUESTIONS.values() if q.kind != "binary" and (q.scale or "log") == scale)
    row = dict(kind="quantity", question=name, resolves_by="2028-12-31", q10=1.0, q50=3.0, q90=8.0)
    row |= dict(climatology_q10=0.0, climatology=2.0, climatology_q90=5.0)
    row |= dict(persistence_q10=4.0, persistence=6.0, persistence_q90=7.0)
    got = register.row_scores(row, "year", 2.5)
    for who, three in (("model", (1, 3, 8)), ("climatology", (0, 2, 5)), ("persistence", (4, 6, 7))):
        gap = [move(2.5) - move(x) for x in three]
        want = 2 / 3 * sum(max(t * g, (t - 1) * g) for t, g in zip((0.1, 0.5, 0.9), gap, strict=True))
        assert got[who] == pytest.approx(want)
    assert np.isnan(got["coin"])


def test_how_the_ledger_stands_by_hand(monkeypatch):
    """Two parts asked of each yes-or-no row, one of an amount; judgements are averaged where there are any."""
    rows = pd.DataFrame(dict(id=list("abc"), p_any_to_2030=[0.5, 0.6, np.nan]))
    done = pd.DataFrame(
        [
            dict(id="a", status="resolved", measure="log", score_model=0.2, score_judged=0.5),
            dict(id="b", status="resolved", measure="log", score_model=0.6, score_judged=np.nan),
            dict(id="c", status="resolved", measure="quantile", score_model=9.0, score_judged=7.0),
            dict(id="a", status="void", measure="log", score_model=np.nan, score_judged=np.nan),
        ]
    )
    for k, who in enumerate(f.NAIVE):
        done[f"score_{who}"] = done["score_model"] + k + 1
    monkeypatch.setattr(register, "issued", lambda: rows)
    monkeypatch.setattr(register, "settled", lambda: done)
    got = f.standing()
    counts = ("forecasts", "parts", "resolved", "void", "open", "judged_n")
    assert [got[k] for k in counts] == [3, 5, 3, 1, 1, 1]
    assert [got[who] for who in f.SCORED] == pytest.approx([0.4, 1.4, 2.4, 3.4])
    assert (got["judged"], got["model_beside"]) == pytest.approx((0.5, 0.2))


def test_a_judgement_stands_beside_the_newest_issue_alone(monkeypatch):
    rows = pd.DataFrame(dict(id=["a1", "a2", "b2"], issued_on=["2026-01-01", "2026-02-01", "2026-02-01"]))
    said = pd.DataFrame(
        dict(id=["a2", "b2", "a1"], p=[0.3, np.nan, 0.9], q10=[np.nan, 1, np.nan], q50=[np.nan, 2, np.nan])
        | dict(q90=[np.nan, 3, np.nan], known_to=["k", "l", "m"], reason=["r", "s", "t"], source_id=["u", "v", "w"])
    )
    monkeypatch.setattr(register, "issued", lambda: rows)
    monkeypatch.setattr(register, "judged", lambda: said)
    got = f.latest()
    assert got["id"].tolist() == ["a2", "b2"] and got.index.tolist() == [0, 1]
    assert got["judged"].tolist() == [0.3, 2.0]
    assert got[["judged_q10", "judged_q90"]].to_numpy()[1].tolist() == [1, 3]
    assert got[["known_to", "reason", "source_id"]].to_numpy().tolist() == [["k", "r", "u"], ["l", "s", "v"]]


def test_what_is_staked_otherwise_than_before_is_found_by_question_and_year(monkeypatch):
    same = dict(words="W?", model="m", q50=np.nan)
    old, older, new = "2026-02-01", "2026-01-01", "2026-03-01"
    rows = [
        dict(question="a", issued_on=older, resolves_by="2027-12-31", p=0.1),
        dict(question="a", issued_on=old, resolves_by="2027-12-31", p=0.2),
        dict(question="a", issued_on=new, resolves_by="2027-12-31", p=0.3),
        dict(question="b", issued_on=old, resolves_by="2027-12-31", p=0.5),  # stands as it stood
        dict(question="b", issued_on=new, resolves_by="2027-12-31", p=0.5),
        dict(question="c", issued_on=old, resolves_by="2027-12-31", p=0.5),  # from another model
        dict(question="c", issued_on=new, resolves_by="2027-12-31", p=0.5, model="another"),
        dict(question="d", issued_on=old, resolves_by="2026-12-31", p=0.5),  # of another year
        dict(question="d", issued_on=new, resolves_by="2027-12-31", p=0.6),
        dict(question="e", issued_on=old, resolves_by="2027-12-31", p=np.nan, q50=4.0),
        dict(question="e", issued_on=new, resolves_by="2027-12-31", p=np.nan, q50=5.0),
    ]
    frame = pd.DataFrame([same | row for row in rows])
    monkeypatch.setattr(register, "issued", lambda: frame)
    got = f.reissued()
    assert got.columns.tolist() == ["question", "words", "issued_on", "then", "now", "remodelled"]
    assert got.to_numpy().tolist() == [
        ["a", "W?", old, 0.2, 0.3, False],
        ["c", "W?", old, 0.5, 0.5, True],
        ["e", "W?", old, 4.0, 5.0, False],
    ]
    monkeypatch.setattr(register, "issued", lambda: frame[frame["issued_on"] == older])
    assert not len(f.reissued())


def test_a_replay_of_amounts_says_whether_they_came_inside():
    got = f.replay(2016, 2).set_index("question")
    for q in (x for x in f.QUESTIONS.values() if x.kind != "binary" and x.id in got.index):
        past, row = f.history(q.id, 2016), got.loc[q.id]
        said = f.forecast(q, past, 2018 - int(past.index[-1]))["model"]
        ends = np.quantile(said, [0.1, 0.5, 0.9])
        assert row[["q10", "q50", "q90"]].astype(float).tolist() == pytest.approx(ends)
        assert row["outcome"] == f.outcome(q, 2018)[1] and (row["year"], row["kind"]) == (2018, q.kind)
        assert row["inside"] == (ends[0] <= row["outcome"] <= ends[2])
        gap = f.crps(f.to_scale(said, q.scale or "log"), float(f.to_scale(row["outcome"], q.scale or "log")))
        assert row["score_model"] == pytest.approx(gap)
    assert len(got) < len(f.QUESTIONS) or got["outcome"].notna().all()


# ------------------------------------------------------------------------------------------------ tables to read


def test_what_is_judged_stands_beside_what_is_computed():
    row = dict(words="Does it?", kind="binary", p=0.256, judged=0.1, reason="So.", source_id="a;b", q10=np.nan)
    much = dict(words="How much?", kind="count", q10=1.2, q50=1234.0, q90=2e4, judged=-7.0, judged_q10=-9.0)
    rows = pd.DataFrame(
        [row, much | dict(judged_q90=3.0, reason="Thus.", source_id="c"), row | dict(judged=np.nan, words="No?")]
    )
    got = f.judged_table(rows)
    assert got.columns.tolist() == ["Question", "Machine", "Person", "Reason"]
    assert got.to_numpy().tolist() == [
        ["Does it?", "26%", "10%", "So. [@a; @b]"],
        ["How much?", "1,234 (1 to 20,000)", "−7 (−9 to 3)", "Thus. [@c]"],
    ]


def test_what_has_broken_is_told_once_with_all_that_it_touches():
    rows = pd.DataFrame(
        dict(words=["Two?", "One?", "Three?", "Four?"], breaks=["the veto stands", "a treaty", "the veto stands", None])
    )
    got = f.breaks_table(rows)
    assert got.columns.tolist() == ["What has broken", "Questions"]
    assert got.to_numpy().tolist() == [["The veto stands", "Two; Three"], ["A treaty", "One"]]


def test_every_table_of_a_question_has_its_source_and_keeper():
    asked = {name for q in f.QUESTIONS.values() for name in q.table.split(";")}
    assert set(tables.SOURCES) == asked


def test_tables_that_answer_questions_of_a_kind():
    for kinds, read_off in (((), True), (("binary",), True), (("binary",), False), (("count", "quantity"), True)):
        asked = [q for q in f.QUESTIONS.values() if (q.kind in kinds or not kinds) and (read_off or not q.of)]
        got = f.record(*kinds, read_off=read_off)
        assert len(got) == len(set(got)) and set(got) == {name for q in asked for name in q.table.split(";")}
    assert set(f.record("binary", read_off=False)) < set(f.record())
