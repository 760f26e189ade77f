"""Chapter 11: every claim of the essay by a rule that is printed in full, failures first.

The rules stand in `seeds/claims.csv`, in words; here each is a function over the tables, or over a chapter's model.
A verdict is held (1), mixed (½), failed (0) or untested (no score, counted apart).
"""

from bargain.scorecard.claims import (
    RULES,
    brier,
    by_kind,
    by_part,
    by_wording,
    card,
    card_scores,
    chapter_credences,
    counts,
    edition,
    essay,
    mean_score,
    rivals,
    scores,
    strip_frame,
    today,
    verdicts,
)
from bargain.scorecard.record import b1b, keeping
from bargain.scorecard.tables import KINDS, ORDER, TABLES, accords, grade, number

__all__ = [
    "KINDS",
    "ORDER",
    "RULES",
    "TABLES",
    "accords",
    "b1b",
    "brier",
    "by_kind",
    "by_part",
    "by_wording",
    "card",
    "card_scores",
    "chapter_credences",
    "counts",
    "edition",
    "essay",
    "grade",
    "keeping",
    "mean_score",
    "number",
    "rivals",
    "scores",
    "strip_frame",
    "today",
    "verdicts",
]
