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
    told,
    verdicts,
)
from bargain.scorecard.record import b1b, keeping
from bargain.scorecard.summaries import (
    Tally,
    confidence,
    edition_table,
    first_counts,
    mended,
    mended_table,
    moved,
    rivals_table,
    rules_table,
    tally,
)
from bargain.scorecard.tables import KINDS, ORDER, TABLES, accords, grade, number

__all__ = [
    "KINDS",
    "ORDER",
    "RULES",
    "TABLES",
    "Tally",
    "accords",
    "b1b",
    "brier",
    "by_kind",
    "by_part",
    "by_wording",
    "card",
    "card_scores",
    "chapter_credences",
    "confidence",
    "counts",
    "edition",
    "edition_table",
    "essay",
    "first_counts",
    "grade",
    "keeping",
    "mean_score",
    "mended",
    "mended_table",
    "moved",
    "number",
    "rivals",
    "rivals_table",
    "rules_table",
    "scores",
    "strip_frame",
    "tally",
    "today",
    "told",
    "verdicts",
]
