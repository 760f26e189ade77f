"""The same question in every chapter: each number is its chapter's own, and the pairs that differ are told apart."""

import numpy as np
import pandas as pd
import pytest

from bargain import brief, futures, kims, options, questions, results, terms, wants

DRAW = options.draw(2**10, 3)


@pytest.fixture(scope="module")
def table():
    return questions.same(DRAW).set_index("asked")


def test_the_table_asks_of_all_three_kinds_in_all_chapters(table):
    assert set(table["kind"]) == {"yield", "sign", "keep"} and set(table["chapter"]) == {"2", "5", "6", "7", "8"}
    assert table.index.is_unique and list(table.columns) == ["chapter", "kind", *questions.WHO]
    values = table[list(questions.WHO)].to_numpy()
    assert ((values >= 0) & (values <= 1) | np.isnan(values)).all()
    early = table["chapter"].isin(["2", "5", "6"])  # a creature of habit signs nothing, an undecided mind is no reading
    assert (table["undecided"].isna() == early).all() and (table["irrational"].isna() == ~early).all()


def test_answers_are_those_of_the_models(table):
    answers = kims.respond(DRAW.parameters, DRAW.minds).mean(axis=0)
    for policy in ("talks", "pressure", "force"):
        got = table.loc[f"Rolls back under {policy}", list(terms.READINGS)].to_numpy(float)
        np.testing.assert_allclose(got, answers[:, terms.POLICIES.index(policy), 0])
    said, show = futures.accepts(DRAW.parameters, DRAW.minds, [DRAW.parameters["probe_stakes"]])
    assert table.at["Takes a first, smaller offer", "dealer"] == pytest.approx(said[0, :, 2].mean())
    assert table.at["The same, meaning it", "narrow"] == pytest.approx((said - show)[0, :, 1].mean())


def test_signing_and_keeping_are_the_stored_tables(table):
    shares = results.load("exchange_shares")
    zero = shares[(shares["trust"] == 0.5) & (shares["commitment"] == "zero")].groupby("reading")["accepts"].mean()
    kept = results.load("schedules_sample").query("shape == 'derived'")
    for reading in terms.MINDS:
        assert table.at["Signs away every weapon for all on the table", reading] == pytest.approx(zero[reading])
        depth = kept[kept["reading"] == reading]["depth"]
        floors = [(depth > 0).mean(), (depth >= 45).mean(), (depth >= 90).mean()]
        assert table.loc[table["kind"] == "keep", reading].tolist() == pytest.approx(floors)


def test_chapters_and_front_page_give_the_same_answers():
    """On the draw that the chapters print from: what each page counts for itself is the row of the table."""
    draw, facts = options.sample(), brief.facts()
    table = questions.same(draw).set_index("asked")
    implied = options.implied_success(draw).set_index("reading")["mean"]  # chapter 5, beside the record of sanctions
    np.testing.assert_allclose(table.loc["Rolls back under pressure", list(terms.READINGS)].astype(float), implied[:3])
    stored = futures.stored("information")  # chapter 6, over more futures
    taken = stored[stored["stakes"].isna() & (stored["kind"] == "answer")].set_index("name")["value"]
    offered = table.loc["Takes a first, smaller offer", list(terms.READINGS)].astype(float)
    np.testing.assert_allclose(offered, taken[list(terms.READINGS)], atol=5e-4)
    depths = table.loc[table["kind"] == "keep", list(terms.MINDS)].astype(float).mean(axis=1)  # chapter 8, both pages
    np.testing.assert_allclose(depths, facts.kept[["some", "half", "all_gone"]].mean())
    real = table.loc["Both sides answer three real offers as they did", list(terms.MINDS)].astype(float).mean()
    assert real == pytest.approx(facts.answered[0] / facts.answered[1])
    likes = {r: 1 - share for r, share in wants.not_for_sale(draw.parameters, draw.minds).items()}
    assert table.at["Prefers a full deal, habit apart", "dealer"] == pytest.approx(likes["dealer"])


def test_what_holds_between_the_rows(table):
    """Show adds to a yes; more weapons are kept less often; a freeze is signed more often than zero."""
    for r in terms.READINGS:
        assert table.at["Takes a first, smaller offer", r] >= table.at["The same, meaning it", r]
    for r in terms.MINDS:
        assert table.loc[table["kind"] == "keep", r].is_monotonic_decreasing
        assert (
            table.at["Signs a freeze for all on the table", r]
            >= table.at["Signs away every weapon for all on the table", r]
        )


def test_the_table_to_read_has_dashes_where_nobody_is_asked(table):
    frame = pd.DataFrame([{"asked": "x", "chapter": "2", "irrational": 0.012, "narrow": 0.26, "dealer": 1.0}])
    said = questions.to_read(frame.reindex(columns=["asked", "chapter", *questions.WHO]))
    assert said.columns.tolist() == ["What is asked", "Chapter", *(terms.LABELS[r] for r in questions.WHO)]
    assert said.iloc[0].tolist() == ["x", "2", "under 5%", "25%", "100%", "–"]
