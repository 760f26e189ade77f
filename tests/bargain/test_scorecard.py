"""The scorecard: rules, scores, and sentences that follow the data, the assumptions and the claims."""

from pathlib import Path

import edits
import numpy as np
import pandas as pd
import pytest

from bargain import appendices, argument, evidence, ledger, listings, rowpages, scorecard, terms
from bargain.plots import scorecard as scorecard_plots
from bargain.plots import theme

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / "chapters" / "11-scorecard.qmd"


def changed(monkeypatch, name, change):
    """Let the loader give a changed copy of one table."""
    real = evidence.table
    monkeypatch.setattr(evidence, "table", lambda n, data=None: change(real(n, data)) if n == name else real(n, data))


# --- rules


def test_every_claim_has_a_rule_and_every_rule_a_claim():
    assert {i.lower() for i in argument.seed("claims")["id"]} == set(scorecard.RULES)


def test_a_claim_without_a_rule_is_named(monkeypatch):
    changed(monkeypatch, "claims", lambda d: pd.concat([d, d.tail(1).assign(id="S9z")]))
    scorecard.card.cache_clear()
    with pytest.raises(KeyError, match="no rule for S9z"):
        scorecard.card()
    scorecard.card.cache_clear()


def test_verdicts_are_words_of_the_rule_and_come_failures_first():
    card = scorecard.card()
    assert set(card["verdict"]) | set(card["alt"]) <= set(scorecard.ORDER)
    rank = card["verdict"].map({word: k for k, word in enumerate(scorecard.ORDER)})
    assert rank.is_monotonic_increasing
    assert card["score"].isna().equals(card["verdict"] == "untested")
    assert card["says"].str.fullmatch(r"[^ ].*\.").all() and not card["says"].str.contains(r"\bnan\b|'").any()


def test_what_has_no_other_rule_is_judged_by_the_one_it_has():
    card = scorecard.card()
    alone = card[card["rule_alt"] == ""]
    assert len(alone) and alone["alt"].equals(alone["verdict"])


def test_untested_goes_before_all_and_held_before_failed():
    assert scorecard.grade(True, True, True) == "untested" and scorecard.grade(True, True) == "held"
    assert scorecard.grade(False, True) == "failed" and scorecard.grade(False, False) == "mixed"


def _set(column, where, value):
    def change(frame):
        frame.loc[frame.eval(where), column] = value
        return frame

    return change


def _add(**row):
    return lambda d: pd.concat([d, pd.DataFrame([row])], ignore_index=True)


def _delivers(frame):
    """Washington keeps all that it promised alone at Singapore."""
    return _set("delivered", "agreement_id == 'SING2018' and side == 'USA'", "yes")(frame)


SUMMIT = dict(date="2018-01-01", kind="summit", title="A summit", parties="JPN;PRK", outcome="")
PLANTED = [  # rule, table, change, the verdict that must come
    ("s2a", "leadership_purges", lambda d: d[d["date"] < "2017"], "untested"),
    ("s2a", "missile_tests", _set("leader", "date > '2020'", "Kim Ju Ae"), "failed"),
    ("s2b", "leadership_purges", lambda d: d[d["date"] > "2013-01"], "held"),
    ("s2b", "leadership_purges", lambda d: d[d["date"] > "2016-01"], "mixed"),
    ("s2b", "leadership_purges", lambda d: d[d["date"] > "2017"], "failed"),
    ("s2d", "negotiations", lambda d: d[~d["parties"].str.contains("USA")], "untested"),
    ("s2d", "negotiations", lambda d: d[~d["kind"].isin(["summit", "talks"])], "failed"),
    ("s2d", "negotiations", lambda d: d[d["kind"] != "proposal"], "held"),
    ("s2e", "negotiations", lambda d: d[~d["parties"].str.contains("RUS")], "held"),
    ("s2e", "negotiations", lambda d: d[~d["parties"].str.contains("BLR")], "failed"),
    ("s2h", "state_budget", _set("defence_share_plan_pct", "year >= 2020", 14.0), "held"),
    ("s2f", "reform_measures", _set("direction", "direction == 'restrictive'", "liberalising"), "held"),
    ("s2f", "reform_measures", _set("direction", "direction == 'liberalising'", "restrictive"), "failed"),
    ("s2f", "reform_measures", lambda d: d[d["date"] < "2020"], "untested"),
    ("s4b", "negotiations", _add(**SUMMIT), "held"),
    ("s4b", "diplomacy", _set("value", "country == 'JPN' and measure == 'relations with the DPRK'", 1), "held"),
    ("s4c", "negotiations", _add(**SUMMIT | {"title": "A peace treaty", "parties": "KOR;PRK"}), "failed"),
    ("s4d", "diplomacy", _set("value", "country == 'JPN' and measure == 'relations with the DPRK'", 1), "failed"),
    ("s4e", "exercises", _set("announced_by", "reason == 'diplomacy'", "KOR"), "failed"),
    ("s5b", "cyber_incidents", lambda d: d[~d["target"].str.contains("Bank")], "mixed"),
    ("s9d", "agreement_commitments", _set("delivered", "agreement_id == 'SING2018'", "yes"), "held"),
    ("s9d", "agreement_commitments", _delivers, "failed"),
    ("s9d", "negotiations", lambda d: d[~((d["kind"] == "summit") & d["parties"].str.contains("USA"))], "untested"),
    ("s7b", "agreement_commitments", _set("delivered", "side.str.contains('PRK')", "yes"), "mixed"),
    (
        "s5c",
        "agreement_commitments",
        lambda d: _set("cost_of_keeping", "agreement_id == 'SING2018' and side == 'USA'", "money")(_delivers(d)),
        "failed",
    ),
    ("s3c", "warheads", _set("fissile_equiv_high", "year > 2018", 5.0), "failed"),
    ("b1b", "negotiations", _add(**SUMMIT | {"kind": "crisis", "title": "A war", "parties": "PRK;USA"}), "held"),
    ("b1e", "missile_tests", _set("leader", "date > '2020'", "Kim Ju Ae"), "held"),
    ("s8b", "breakout", _set("value_central", "country == 'JPN'", 0.05), "failed"),
]
TURNED = [  # rule, table, a change by which its first sentence does not hold
    ("s2a", "missile_tests", _set("leader", "date > '2020'", "Kim Ju Ae")),
    ("s2c", "leadership_purges", _set("person", "date.str[:4] == '2013' and kind == 'person'", "A faction")),
    ("s2d", "negotiations", lambda d: d[~d["kind"].isin(["summit", "talks"])]),
    ("s4b", "diplomacy", _add(date="2019-01-01", country="JPN", measure="relations with the DPRK", value=1)),
    ("s4c", "negotiations", _add(**SUMMIT | {"title": "A peace treaty", "parties": "KOR;PRK"})),
    ("s5a", "markets", _set("value", "indicator.str.contains('household_income')", 10.0)),
    ("s6a", "negotiations", lambda d: d[d["title"] != "Hanoi summit"]),
    ("s7b", "agreement_commitments", _set("delivered", "side.str.contains('PRK')", "yes")),
    ("s9c", "evidence", lambda d: d[d["item"] != "no_big_attack"]),
    ("b1a", "negotiations", _add(**SUMMIT | {"kind": "crisis", "title": "A war", "parties": "PRK;USA"})),
    ("b1b", "negotiations", _add(**SUMMIT | {"kind": "crisis", "title": "A war", "parties": "PRK;USA"})),
    ("b1d", "talks_by_month", lambda d: d.assign(meeting_in_month=0)),
    ("b1e", "missile_tests", _set("leader", "date > '2018'", "Kim Ju Ae")),
    ("b1f", "negotiations", _add(**SUMMIT | {"kind": "crisis", "title": "A war", "date": "2025-01-01"})),
    ("b1g", "warheads", _set("fissile_equiv_high", "year > 2018", 5.0)),
    ("b1h", "un_sanctions", _add(date="2019-01-01", measure="easing of the ban on coal")),
]


@pytest.mark.parametrize(("rule", "table", "change", "verdict"), PLANTED, ids=[f"{r}-{v}" for r, _, _, v in PLANTED])
def test_a_rule_gives_the_verdict_that_its_table_was_changed_for(monkeypatch, rule, table, change, verdict):
    changed(monkeypatch, table, change)
    assert scorecard.RULES[rule]().verdict == verdict


def test_every_rule_of_the_record_with_two_sentences_can_turn():
    claims = argument.seed("claims").query("evidence != 'model'")
    assert {rule for rule, _, _ in TURNED} == set(claims.dropna(subset=["record_otherwise"])["id"].str.lower())


@pytest.mark.parametrize(("rule", "table", "change"), TURNED, ids=[rule for rule, _, _ in TURNED])
def test_the_second_sentence_is_said_where_its_table_was_changed_for_it(monkeypatch, rule, table, change):
    row = argument.seed("claims").fillna({"record_otherwise": ""})
    row = row[row["id"].str.lower() == rule].iloc[0].to_dict()
    before = scorecard.RULES[rule]()
    assert before.holds is True and scorecard.told(row, before) != ""
    changed(monkeypatch, table, change)
    after = scorecard.RULES[rule]()
    said = scorecard.told(row, after)
    assert after.holds is False and said != scorecard.told(row, before) and "nan" not in said


def _essay_by(**where):
    claims = argument.seed("claims")
    for column, value in where.items():
        claims = claims[claims[column] == value]
    return [i.lower() for i in claims["id"] if i.startswith("S")]


def test_no_prescription_fails_by_the_conduct_of_those_who_did_not_follow_it(monkeypatch):
    """Law: where nobody delivers anything, advice was not followed, and it is untested."""
    changed(monkeypatch, "agreement_commitments", lambda d: d.assign(delivered="no"))
    for claim in _essay_by(kind="prescription", evidence="record"):
        assert scorecard.RULES[claim]().verdict == "untested", claim


def test_what_he_wants_is_not_scored_by_what_others_decide(monkeypatch):
    """Law: no volume of trade, and no share of it, moves the verdict on a reading of his mind."""
    wants = [i for i in _essay_by(kind="reading", evidence="record") if i.startswith("s2")]
    assert len(wants) >= 5
    before = {i: scorecard.RULES[i]().verdict for i in wants}
    for factor in (0.1, 10):
        for name, column in (
            ("china_trade_share", "china_share_excl_inter_korean_pct"),
            ("trade_by_partner", "total_usd_m"),
            ("trade_by_partner", "exports_usd_m"),
        ):
            with monkeypatch.context() as patch:
                changed(patch, name, lambda d, c=column, f=factor: d.assign(**{c: d[c] * f}))
                assert {i: scorecard.RULES[i]().verdict for i in wants} == before, (name, column, factor)


def test_a_claim_tested_on_the_record_needs_no_model(monkeypatch):
    def refuse(*args, **kw):
        raise AssertionError("a model was asked")

    for name in (
        "partners.game",
        "results.load",
        "options.sample",
        "exchange.paper",
        "stakes.parts",
        "economies.theft_against_relief",
        "partners.stripped",
    ):
        monkeypatch.setattr(f"bargain.{name}", refuse)
    for claim in _essay_by(evidence="record"):
        assert scorecard.RULES[claim]().verdict in scorecard.ORDER
    with pytest.raises(AssertionError, match="a model was asked"):
        scorecard.RULES["s4g"]()


def test_what_is_only_implied_is_not_scored_as_if_it_were_put_outright():
    claims = argument.seed("claims")
    implied = claims[claims["paraphrase"].str.contains("implied")]
    assert len(implied) >= 3 and (implied["wording"] != "flat").all()


def test_a_mended_rule_stands_beside_the_first_one():
    first, claims = argument.seed("first_rules"), argument.seed("claims").set_index("id")
    for row in first.to_dict("records"):
        now = claims.loc[row["id"]]
        assert row["rule"] != now["rule"] or "left out" in now["indicator"], row["id"]
    essay = scorecard.essay()
    assert scorecard.first_counts(essay)["failed"] == 4  # as they stood on the day they were mended
    assert scorecard.first_counts(essay).sum() == len(essay)
    assert len(scorecard.mended_table(essay)) == len(first)


def test_the_record_and_our_models_are_counted_apart():
    essay = scorecard.essay()
    record, model = (scorecard.tally(essay, basis) for basis in ("record", "model"))
    scored = essay[essay["score"].notna()]
    assert record.tested + model.tested == len(scored)
    assert record.tested == (scored["evidence"] == "record").sum()
    assert record.held == ((essay["verdict"] == "held") & (essay["evidence"] == "record")).sum()
    more = essay.assign(verdict=essay["verdict"].where(essay["evidence"] != "model", "held"))
    assert scorecard.tally(more, "record") == record  # models never add to the count of the record


def test_confidence_follows_the_rule_of_the_methods():
    essay = scorecard.essay()
    same = essay.assign(alt=essay["verdict"])
    assert scorecard.confidence(same) == "medium" and scorecard.moved(same) == 0
    word = scorecard.confidence(essay)
    assert f'confidence="{word}"' in CHAPTER.read_text("utf-8")
    brief = (ROOT / "report.qmd").read_text("utf-8").split("{.item confidence=")
    assert [part for part in brief if "@sec-scorecard" in part][0].startswith(f'"{word}"')


def test_the_appendix_prints_every_rule_in_full():
    text = listings.claims() + listings.claims(rivals=True) + listings.first_rules()
    for row in argument.seed("claims").to_dict("records"):
        for column in ("paraphrase", "indicator", "rule", "rule_alt"):
            if isinstance(row[column], str):
                assert rowpages.titled(appendices.plain(row[column])) in text, (row["id"], column)
    pages = "".join(p.read_text("utf-8") for p in (ROOT / "chapters").glob("*.qmd"))
    assert "before looking" not in pages + text


def test_an_end_of_war_declaration_is_no_war(monkeypatch):
    row = SUMMIT | {"kind": "proposal", "title": "End-of-war declaration proposed", "date": "2021-09-21"}
    changed(monkeypatch, "negotiations", _add(**row))
    assert scorecard.b1b().verdict == "failed" and scorecard.b1b().holds


# --- sentences: authored in claims.csv, with the facts of the rule


def _told(found, **cells):
    return scorecard.told({"id": "S9z", "record": "All is well.", "record_otherwise": ""} | cells, found)


def _found(holds=None, **facts):
    return scorecard.tables.Verdict("held", "held", facts, holds)


def test_a_sentence_takes_the_facts_of_its_rule_and_the_second_stands_where_the_first_does_not_hold():
    cells = {"record": "{n:accord|accords} in {share:.0%}.", "record_otherwise": "{n:accord was|accords were} broken."}
    said = [_told(_found(holds, n=n, share=0.254), **cells) for holds, n in ((True, 0), (True, 1), (False, 2))]
    assert said == ["No accords in 25%.", "1 accord in 25%.", "2 accords were broken."]
    assert _told(_found()) == "All is well."


@pytest.mark.parametrize(
    ("found", "cells", "error"),
    [
        (_found(n=1), {"record": "{m} fell."}, "row S9z, column record: asks for 'm'; there is n"),
        (_found(), {"record": "{m} fell."}, "row S9z, column record: asks for 'm'; there is no fact"),
        (_found(n=1), {"record": "{n.real} fell."}, "column record: asks for 'n.real'; there is n"),
        (_found(n=1), {"record": "{} fell."}, "column record: asks for ''"),
        (_found(n=1), {"record": "{n fell."}, "column record: expected '}'"),
        (_found(n="none"), {"record": "{n:.0%} fell."}, "column record: Unknown format code '%'"),
        (_found(n="none"), {"record": "{n:man|men} fell."}, "column record: invalid literal"),
        (_found(n=1), {"record": "{n:{m}} fell."}, "column record: 'm'"),
        (_found(n=1), {}, "column record: nothing is said of n, which the rule returns"),
        (_found(True, n=1), {"record_otherwise": "No."}, "column record or record_otherwise: nothing is said of n"),
        (_found(True), {"record_otherwise": "{m} fell."}, "column record_otherwise: asks for 'm'"),
        (_found(True), {}, "column record_otherwise: is empty, but the rule can find that the first"),
        (_found(), {"record_otherwise": "No."}, "column record_otherwise: is never said: the rule never finds that"),
    ],
)
def test_a_sentence_that_does_not_fit_its_rule_is_an_error_naming_row_and_column(found, cells, error):
    with pytest.raises(ValueError, match="^claims.csv, row S9z, column ") as told:
        _told(found, **cells)
    assert error in str(told.value)


def test_a_sentence_edited_in_the_table_is_the_one_on_the_card(monkeypatch):
    changed(monkeypatch, "claims", _set("record", "id == 'B1e'", "The throne is his."))
    scorecard.card.cache_clear()
    assert scorecard.card().set_index("id").at["B1e", "says"] == "The throne is his."
    changed(monkeypatch, "claims", _set("record", "id == 'B1e'", "{years} on the throne."))
    scorecard.card.cache_clear()
    with pytest.raises(ValueError, match="claims.csv, row B1e, column record: asks for 'years'"):
        scorecard.card()
    scorecard.card.cache_clear()


# --- scores


def frame(*rows):
    """Claims from (p_essay, score, no_change)."""
    p, score, still = zip(*rows, strict=True)
    return pd.DataFrame(
        {"p_essay": p, "score": score, "no_change": still, "claim": [f"S{k // 2}" for k in range(len(p))]}
    )


def test_brier_scores_equal_hand_computed_values():
    assert scorecard.brier([1, 0.8, 0.5], [1, 0, 0.5]) == pytest.approx(0.64 / 3)
    assert scorecard.brier([0.5, 0.5], [0, 1]) == 0.25  # a coin, whatever happens
    assert scorecard.brier([1, 0], [1, 0]) == 0
    assert scorecard.brier([1, 1], [1, np.nan]) == 0
    assert np.isnan(scorecard.brier([1], [np.nan]))


def test_the_table_of_scores_is_that_of_the_claims():
    table = scorecard.scores(frame((1, 1, 0), (0.8, 0, 0), (1, 0.5, 1), (0.5, np.nan, 1))).set_index("forecaster")
    assert table.at["essay", "brier"] == pytest.approx((0 + 0.64 + 0.25) / 3)
    assert table.at["coin", "brier"] == pytest.approx((0.25 + 0.25 + 0) / 3)
    assert table.at["always held", "brier"] == pytest.approx((0 + 1 + 0.25) / 3)
    assert table.at["no change", "brier"] == pytest.approx((1 + 0 + 0.25) / 3)
    assert (table["claims"] == 3).all() and table.at["essay", "gap"] == 0
    assert (table["low"] <= table["brier"]).all() and (table["brier"] <= table["high"]).all()


@pytest.mark.parametrize(("score", "way"), [(1.0, -1), (0.0, 1)])
def test_a_perfect_and_a_wrong_essay_are_told_from_a_coin(score, way):
    table = scorecard.scores(frame(*[(0.9, score, 0.5)] * 12)).set_index("forecaster")
    assert (table.loc[["coin", "no change"], ["gap_low", "gap_high"]] * way > 0).all(axis=None)


def test_an_essay_like_a_coin_is_told_from_it_neither_way():
    table = scorecard.scores(frame(*[(0.9, 1.0, 0.5), (0.9, 0.2, 0.5)] * 6)).set_index("forecaster")
    assert table.at["coin", "gap_low"] <= 0 <= table.at["coin", "gap_high"]


def test_nothing_tested_is_an_error():
    with pytest.raises(ValueError, match="every verdict is untested"):
        scorecard.scores(frame((1, np.nan, 0)))


def test_groups_of_like_claims_widen_the_interval():
    rows = frame(*[(1, k % 4 > 1, 0.5) for k in range(40)])  # two claims of a group stand or fall together
    alone, grouped = (scorecard.scores(rows, by=by).iloc[0] for by in (None, "claim"))
    assert grouped["high"] - grouped["low"] > 1.2 * (alone["high"] - alone["low"])
    assert grouped["brier"] == alone["brier"]


def test_a_second_seed_gives_the_printed_digits_and_the_same_words():
    for by in (None, "claim"):
        one, two = (scorecard.scores(scorecard.essay(), by=by, seed=s) for s in (1, 2))
        assert np.allclose(one[["low", "high"]], two[["low", "high"]], atol=0.02)
        signs = [(np.sign(t["gap_low"]) + np.sign(t["gap_high"])).tolist() for t in (one, two)]
        assert signs[0] == signs[1]
    for kind in scorecard.KINDS:
        values = scorecard.essay().set_index("kind").loc[[kind], "score"]
        assert np.allclose(scorecard.mean_score(values), scorecard.mean_score(values, seed=8), atol=0.01)


def test_mean_scores_know_how_little_a_few_claims_say():
    mean, low, high = scorecard.mean_score([1, 0.5, 0, np.nan])
    assert mean == 0.5 and low == pytest.approx(1 - high, abs=0.01)
    narrow = scorecard.mean_score([1, 0.5, 0] * 20)
    assert narrow[2] - narrow[1] < 0.5 * (high - low)
    mean, low, high = scorecard.mean_score([1, 1])
    assert mean == high == 1 and low > 0.4
    assert np.isnan(scorecard.mean_score([np.nan])).all()


def test_counts_add_up_to_the_claims():
    essay = scorecard.essay()
    assert scorecard.counts(essay).to_numpy().sum() == len(essay)
    assert scorecard.by_part(essay)[["Failed", "Mixed", "Held", "Untested"]].to_numpy().sum() == len(essay)
    assert len(essay) + len(scorecard.rivals()) == len(scorecard.card())


def planted_card():
    """Five claims in which each column says something else: two of a rival, one without another rule."""
    return pd.DataFrame(
        {
            "id": ["S1z", "S2z", "S3z", "R1z", "R2z"],
            "speaker": [scorecard.claims.ESSAY] * 3 + ["somebody2017", "graham2017overthere"],
            "kind": ["event", "event", "claim", "event", "claim"],
            "paraphrase": [
                "He buys",
                "She | sells_short",
                "A long paraphrase that is cut after some letters",
                "W",
                "V",
            ],
            "indicator": ["prices", "a*b", "sums", "x", "y"],
            "rule": ["more", "less", "same", "above", "below"],
            "rule_alt": ["twice", "", "half", "", "never"],
            "evidence": ["record", "model", "record", "record", "model"],
            "verdict": ["held", "mixed", "failed", "untested", "held"],
            "alt": ["failed", "mixed", "untested", "untested", "mixed"],
            "score": [1, 0.5, 0, np.nan, 1],
            "score_alt": [0, 0.5, np.nan, np.nan, 0.5],
            "says": ["one", "two", "three", "four", "five"],
        }
    )


def test_groups_are_scored_by_their_own_claims_under_each_rule():
    got = scorecard.claims.groups(planted_card(), "kind", ("all", "event", "claim")).set_index(["group", "rule"])
    found = got[["mean", "claims", "untested"]].apply(tuple, axis=1).to_dict()
    assert found == {
        ("all", "ours"): (2.5 / 4, 4, 1),
        ("all", "critic"): (1 / 3, 3, 2),
        ("event", "ours"): (1.5 / 2, 2, 1),
        ("event", "critic"): (0.5 / 2, 2, 1),
        ("claim", "ours"): (0.5, 2, 0),
        ("claim", "critic"): (0.5, 1, 1),
    }
    few = scorecard.mean_score([1, 0.5])
    assert got.loc[("event", "ours"), ["low", "high"]].tolist() == pytest.approx(few[1:])


def test_essay_and_rivals_part_a_card_that_is_given():
    card = planted_card().iloc[::-1]
    assert scorecard.essay(card)["id"].tolist() == ["S3z", "S2z", "S1z"]
    assert scorecard.rivals(card)["id"].tolist() == ["R2z", "R1z"]


def test_the_strip_places_each_claim_by_both_rules():
    got = scorecard.strip_frame(planted_card().head(3)).set_index("id")
    assert got[["verdict", "alt"]].to_numpy().tolist() == [
        ["held", "failed"],
        ["mixed", "mixed"],
        ["failed", "untested"],
    ]
    assert got[["ours", "critic"]].to_numpy().tolist() == [[2, 0], [1, 1], [0, 3]]
    assert got["name"].tolist()[:2] == ["He buys", "She | sells_short"] and got["name"]["S3z"].startswith("A long")
    assert got["says"].tolist() == ["one", "two", "three"] and got["evidence"].tolist() == ["record", "model", "record"]


def test_tables_to_read_say_verdicts_by_each_rule_and_no_other_rule_where_there_is_none(monkeypatch):
    card = planted_card()
    rules = scorecard.rules_table(card.head(2))
    assert rules.to_dict("list") == {
        "Claim": ["S1z. He buys", "S2z. She \\| sells\\_short"],
        "Indicator": ["prices", "a\\*b"],
        "Our rule": ["more → held", "less → mixed"],
        "Another’s rule": ["twice → failed", "the same"],
    }
    monkeypatch.setattr("bargain.scorecard.summaries.rivals", lambda: card.tail(2))
    assert scorecard.rivals_table().to_dict("list") == {
        "Who": ["@somebody2017", "Lindsey Graham [@graham2017overthere]"],
        "Claim": ["W", "V"],
        "Verdict": ["untested", "held"],
        "By the other rule": ["–", "mixed"],
        "The record": ["four", "five"],
    }


def test_the_edition_is_tabled_with_each_claims_verdict(monkeypatch):
    frame = pd.DataFrame(
        {
            "part": ["Who pays", "How fast"],
            "claims": ["S1z, S2z", "S3z"],
            "verdicts": ["held, failed", "untested"],
            "words": ["Change: he", "Still to be tried: she"],
            "says": ["one", "two"],
        }
    )
    monkeypatch.setattr("bargain.scorecard.summaries.edition", lambda: frame)
    assert scorecard.edition_table().to_dict("list") == {
        "Part of the deal": ["Who pays", "How fast"],
        "Claims": ["S1z held; S2z failed", "S3z untested"],
        "The record": ["one", "two"],
        "In an edition of 2026": ["Change: he", "Still to be tried: she"],
    }


# --- what others take from it


def test_credences_of_chapters_are_chances_in_order():
    for name, values in scorecard.chapter_credences().items():
        assert argument.nodes()[name]["basis"] == "chapter"
        assert 0 < values[0] <= values[1] <= values[2] < 1


def test_todays_credences_follow_the_verdicts():
    now, verdicts = scorecard.today(), scorecard.verdicts()
    for name, row in argument.nodes().items():
        if row["basis"] == "scorecard":
            assert now.at[name, "central"] == evidence.central(f"ar_{verdicts[row['claim_id']]}")


def test_an_edition_keeps_what_held_and_changes_what_did_not(monkeypatch):
    card = scorecard.card()
    monkeypatch.setattr("bargain.scorecard.claims.card", lambda: card.assign(verdict="held", score=1.0))
    assert (scorecard.edition()["keep"] == True).all()  # noqa: E712
    monkeypatch.setattr("bargain.scorecard.claims.card", lambda: card.assign(verdict="failed", score=0.0))
    assert scorecard.edition()["words"].str.startswith("Change").all()
    monkeypatch.setattr("bargain.scorecard.claims.card", lambda: card.assign(verdict="untested", score=np.nan))
    assert scorecard.edition()["words"].str.startswith("Still to be tried").all()


@pytest.mark.parametrize("narrow", [False, True])
def test_every_drawing_keeps_to_the_page(narrow):
    strip, kinds, words, table = (
        scorecard.strip_frame(),
        scorecard.by_kind(),
        scorecard.by_wording(),
        scorecard.card_scores(),
    )
    for draw in (
        lambda t, n: scorecard_plots.draw_strip(t, n, strip),
        lambda t, n: scorecard_plots.draw_groups(t, n, kinds),
        lambda t, n: scorecard_plots.draw_groups(t, n, words),
        lambda t, n: scorecard_plots.draw_scores(t, n, table),
    ):
        assert theme.picture(draw, narrow)[:4] == b"\x89PNG"


# --- flips: one table is edited, the page is run again, and its sentences follow


def page():
    """The chapter as it is run: its text with the findings of its figures, and {test's source: whether it holds}."""
    run = ledger.run("chapters/11-scorecard.qmd", "11")
    text = "\n".join([run.text, *(figure.finding for figure in run.figures)])
    return text, {claim.source: bool(claim.test) for claim in run.claims}


@pytest.mark.slow
def test_flip_the_advice_that_was_followed_and_the_failure_is_told():
    def keep_the_promise(rows):
        rows.loc[(rows.agreement_id == "SING2018") & (rows.side == "USA"), "delivered"] = "yes"

    with edits.changed("agreement_commitments", keep_the_promise):
        after, holds = page()
        failed = scorecard.essay().query("verdict == 'failed'")["id"]
    assert "S9d" in set(failed) and "Two of all claims failed outright" in after
    assert not holds["same(set(failed['id']), {'S2f'})"]


@pytest.mark.slow
def test_flip_the_coding_of_reforms_and_the_deal_keeps_its_bait():
    def open_up(rows):
        rows.loc[rows.direction == "restrictive", "direction"] = "liberalising"

    before, (was, _) = scorecard.edition_table(), page()
    with edits.changed("reform_measures", open_up):
        after, (told, holds) = scorecard.edition_table(), page()
    kept = [table.iloc[:, -1].str.startswith("Keep").sum() for table in (before, after)]
    assert kept[1] == kept[0] + 1
    assert "Some parts would have to change" in told and "Some parts" not in was
    assert not holds["same(set(failed['id']), {'S2f'})"]


@pytest.mark.slow
def test_flip_how_sure_flat_words_sound_and_the_score_changes_sides():
    with edits.register({"sc_flat": (0.01, 0.01, 0.01)}):
        scores, (after, _) = scorecard.card_scores(), page()
    brier = scores.query("basis == 'all'").set_index(["rule", "forecaster"])["brier"]
    assert brier["ours", "essay"] > brier["ours", "coin"]
    assert "beats a coin" not in after and "The essay against a coin" in after


def cost_alone():
    """The argument while the offer needs no danger of war, and hardly anyone believes that the partners stay."""

    def change(rows):
        offer = rows.id == "offer_deal"
        rows.loc[offer, "needs"] = rows.loc[offer, "needs"].str.replace("offer_cheap|war_danger", "offer_cheap")
        rows.loc[rows.id == "partners_stay", ["credence_now_low", "credence_now_central"]] = (0.01, 0.02)

    return edits.changed("argument", change, argument.SEEDS)


def test_flip_the_argument_and_its_cut_sets_follow():
    offer, success = terms.ENDS
    assert "offer_cheap" not in argument.cut_sets(argument.nodes(), offer)[0]
    with cost_alone():
        assert "offer_cheap" in argument.cut_sets(argument.nodes(), offer)[0]
        held = dict.fromkeys((row["claim_id"] for row in argument.nodes().values()), "held")
        even = dict.fromkeys(("us_key", "force_worse", "for_sale"), (0.4, 0.5, 0.6))
        least = argument.weakest(success, argument.credences("now", held, even))["node"].iloc[0]
    assert least == "partners_stay"


@pytest.mark.slow
def test_flip_the_argument_and_its_sentences_follow():
    with cost_alone():
        after, _ = page()
    assert "The offer hangs on “an offer costs little if it is refused”" in after
    assert "the weakest today are “the other side keeps its word over elections and crises”" in after


@pytest.mark.slow
def test_flip_the_wording_of_a_claim_and_it_is_scored_as_worded():
    def hedge(rows):
        rows.loc[rows.id.isin(["S2e", "S2f", "S2d", "S4c"]), "wording"] = "hedged"

    before, (was, _) = scorecard.card_scores(), page()
    with edits.changed("claims", hedge, argument.SEEDS):
        after, (told, _) = scorecard.card_scores(), page()
    own = "rule == 'ours' and basis == 'all' and forecaster == 'essay'"
    score = [table.query(own)["brier"].item() for table in (before, after)]
    assert score[1] < score[0]  # S2f failed, and is now said with less weight
    assert "Sure words are no clear mark of what held" in was and "Sure words are no clear mark" not in told


# --- reading tables, from planted rows in which every figure is another


def planted(monkeypatch, name, **columns):
    """Let the loader give a made-up table of one name."""
    changed(monkeypatch, name, lambda _: pd.DataFrame(columns))


def test_material_and_warheads_are_central_or_the_middle_of_a_default_row(monkeypatch):
    planted(
        monkeypatch,
        "warheads",
        year=[2020, 2018, 2019, 2021, 2022],
        is_default=[1, 1, 0, 1, 1],
        fissile_equiv_central=[40.0, np.nan, 99.0, np.nan, np.nan],
        fissile_equiv_low=[1.0, 20.0, 99.0, np.nan, np.nan],
        fissile_equiv_high=[2.0, 30.0, 99.0, 70.0, np.nan],
        warheads_central=[np.nan, 15.0, 99.0, np.nan, 50.0],
        warheads_low=[20.0, 1.0, 99.0, np.nan, 1.0],
        warheads_high=[30.0, 2.0, 99.0, 60.0, 2.0],
    )
    # a row that says only "up to" counts by its upper end where it is material, and not where it is warheads
    assert scorecard.tables.material().to_dict() == {2020: 40.0, 2018: 25.0, 2021: 70.0}
    assert scorecard.tables.assembled().to_dict() == {2020: 25.0, 2018: 15.0, 2022: 50.0}


def test_rows_since_a_date_count_from_that_day(monkeypatch):
    frame = pd.DataFrame({"date": ["2017-04-30", "2017-05", "2017-05-01", "2018"], "n": range(4)})
    assert scorecard.tables.since(frame)["n"].tolist() == [1, 2, 3]
    assert scorecard.tables.since(frame.rename(columns={"date": "day"}), "2018", "day")["n"].tolist() == [3]
    planted(monkeypatch, "state_budget", year=[2003, 2001, 2002], share=[3, 1, np.nan], t=[7, 8, 9])
    assert scorecard.tables.series("state_budget", "share").to_dict() == {2003: 3.0, 2001: 1.0}
    assert scorecard.tables.series("state_budget", "share", "t").to_dict() == {7: 3.0, 8: 1.0}


def test_trade_is_the_default_series_without_the_souths(monkeypatch):
    planted(
        monkeypatch,
        "trade_by_partner",
        partner=["total_excl_inter_korean"] * 3 + ["china"],
        is_default=[1, 0, 1, 1],
        year=[2001, 2001, 2002, 2001],
        total_usd_m=[10, 20, np.nan, 40],
        exports_usd_m=[1, 2, 3, 4],
    )
    assert scorecard.tables.trade().to_dict() == {2001: 10.0}
    assert scorecard.tables.trade("exports_usd_m").to_dict() == {2001: 1.0, 2002: 3.0}


def test_removals_are_of_people_and_never_of_false_reports(monkeypatch):
    planted(
        monkeypatch,
        "leadership_purges",
        kind=["person", "group", "policy", "person", "person"],
        status=["Confirmed", "reported by Seoul", "confirmed", "confirmed false", "rumoured"],
        date=["2012-07-15", "2013", "2014", "2015", "2016-01"],
    )
    got = scorecard.tables.removals(scorecard.tables.OFFICIAL)
    assert got["year"].tolist() == [2012, 2013] and got["kind"].tolist() == ["person", "group"]
    assert scorecard.tables.removals("rumour")["year"].tolist() == [2016]


def test_promises_are_kept_by_side_and_half_counts_half(monkeypatch):
    planted(
        monkeypatch,
        "agreement_commitments",
        agreement_id=["A2016", "A2017", "B2018", "C2019", "C2019"],
        side=["PRK", "PRK", "USA;PRK", "KOR", "PRK"],
        delivered=["yes", "yes", "partly", "no", "pending"],
        commitment=["Inspectors come", "It is verified", "the IAEA returns", "monitors come", "no more"],
    )
    rows = scorecard.tables.accords()
    assert rows["agreement_id"].tolist() == ["A2017", "B2018", "C2019", "C2019"]
    assert rows["sides"].tolist() == [{"PRK"}, {"USA", "PRK"}, {"KOR"}, {"PRK"}]
    np.testing.assert_equal(rows["kept"].tolist(), [1.0, 0.5, 0.0, np.nan])
    assert scorecard.tables.kept(rows, north=True) == 0.75  # what is pending is left out
    assert scorecard.tables.kept(rows, north=False) == 0.25  # the joint promise is a partner's too
    assert np.isnan(scorecard.tables.kept(rows[rows["side"] == "PRK"], north=False))
    assert len(scorecard.tables.accords(2018)) == 3
    assert scorecard.tables.inspected() == ["B2018"] and scorecard.tables.inspected(2017) == ["A2017", "B2018"]


def test_talks_are_of_a_kind_with_both_parties_since_a_date(monkeypatch):
    planted(
        monkeypatch,
        "negotiations",
        date=["2017-04", "2018-01", "2018-02", "2018-03", "2018-04"],
        kind=["summit", "summit", "summit", "letter", "talks"],
        parties=["PRK;USA", "PRK;USA", "KOR;USA", "PRK;USA", "USA;CHN;PRK"],
    )
    got = scorecard.tables.talks(("summit", "talks"), "USA")
    assert got["date"].tolist() == ["2018-01", "2018-04"]
    assert scorecard.tables.talks(("summit",), "USA", "2017")["date"].tolist() == ["2017-04", "2018-01"]
    assert scorecard.tables.talks(("talks",), "CHN")["date"].tolist() == ["2018-04"]


def test_an_attack_is_unknown_where_the_table_is_missing(monkeypatch):
    tables = scorecard.tables
    monkeypatch.setattr(evidence, "names", lambda *_: ["evidence"])
    monkeypatch.setattr(evidence, "table", lambda name: pd.DataFrame({"item": ["no_big_attack", "another"]}))
    assert tables.no_attack() is True
    monkeypatch.setattr(evidence, "table", lambda name: pd.DataFrame({"item": ["another"]}))
    assert tables.no_attack() is False
    monkeypatch.setattr(evidence, "names", lambda *_: [])
    assert tables.no_attack() is None


def test_numbers_as_they_are_said():
    said = [scorecard.tables.number(n) for n in (0, 1, 12, 13, 2.9)]
    assert said == ["none", "one", "twelve", "13", "two"]
    assert [scorecard.tables.rounded(x) for x in (1249, 1251, 98765, 0.4)] == ["1,200", "1,300", "99,000", "0"]
