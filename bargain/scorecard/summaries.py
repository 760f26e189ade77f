"""What the card says in few numbers, and its tables for a page."""

from typing import NamedTuple

import pandas as pd

from bargain import argument, rowpages
from bargain.prose import capital
from bargain.scorecard.claims import edition, rivals
from bargain.scorecard.tables import SCORE

MOVED = 1 / 3  # a larger share of verdicts that another fair coding moves makes a finding one of low confidence


class Tally(NamedTuple):
    """Claims that held, failed and came out mixed, and how many that are together."""

    held: int
    failed: int
    mixed: int
    tested: int


def tally(frame: pd.DataFrame, basis: str, column: str = "verdict") -> Tally:
    """The tested claims of a card that rest on the record, or on our models, by verdict (or alt, the critic's)."""
    n = frame.loc[frame["evidence"] == basis, column].value_counts()
    held, failed, mixed = (int(n.get(word, 0)) for word in ("held", "failed", "mixed"))
    return Tally(held, failed, mixed, held + failed + mixed)


def moved(frame: pd.DataFrame) -> int:
    """How many verdicts another fair coding moves."""
    return int((frame["verdict"] != frame["alt"]).sum())


def confidence(frame: pd.DataFrame) -> str:
    """low where another fair coding moves more than a third of the verdicts, else medium: the rule of the methods."""
    return "low" if moved(frame) > MOVED * len(frame) else "medium"


def mended(frame: pd.DataFrame) -> pd.DataFrame:
    """Rules that were mended after their verdicts were known: id, why, first (the first rule's verdict), now."""
    first, now = argument.seed("first_rules"), frame.set_index("id")["verdict"]
    first = first[first["id"].isin(now.index)]
    return pd.DataFrame(
        {"id": first["id"], "why": first["why"], "first": first["verdict"], "now": first["id"].map(now)}
    )


def first_counts(frame: pd.DataFrame) -> pd.Series:
    """Verdicts of a card as they were before any rule was mended, counted."""
    was, rules = frame.set_index("id")["verdict"].copy(), mended(frame)
    was[rules["id"]] = rules["first"].to_numpy()
    return was.value_counts().reindex([*SCORE, "untested"], fill_value=0)


# ------------------------------------------------------------------------------------------------ tables for a page


def mended_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`mended` to read."""
    rules = mended(frame)
    return pd.DataFrame(
        {
            "Claim": rules["id"],
            "Why the first rule was mended": rules["why"].map(capital),
            "By the first rule": rules["first"],
            "Now": rules["now"],
        }
    )


def rules_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The rules of some claims in full: Claim, Indicator, Our rule, Another’s rule, the rules with their verdicts."""
    ours, theirs = (frame[a] + " → " + frame[b] for a, b in (("rule", "verdict"), ("rule_alt", "alt")))
    return pd.DataFrame(
        {
            "Claim": frame["id"] + ". " + frame["paraphrase"],
            "Indicator": frame["indicator"],
            "Our rule": ours,
            "Another’s rule": theirs.where(frame["rule_alt"] != "", "the same"),
        }
    ).map(lambda text: rowpages.titled(text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")))


def edition_table() -> pd.DataFrame:
    """`edition` to read: the deal's part, its claims with their verdicts, the record, an edition of 2026."""
    frame = edition()
    pairs = [zip(a.split(", "), b.split(", "), strict=True) for a, b in frame[["claims", "verdicts"]].to_numpy()]
    return pd.DataFrame(
        {
            "Part of the deal": frame["part"],
            "Claims": ["; ".join(f"{i} {v}" for i, v in pair) for pair in pairs],
            "The record": frame["says"],
            "In an edition of 2026": frame["words"],
        }
    )


SPOKE = {"graham2017overthere": "Lindsey Graham", "thae2016trillion": "Thae Yong-ho"}  # quoted by the work's author


def rivals_table() -> pd.DataFrame:
    """The essay's rivals by the same rules: Who, Claim, Verdict, By the other rule, The record."""
    frame = rivals()
    return pd.DataFrame(
        {
            "Who": [f"{SPOKE[key]} [@{key}]" if key in SPOKE else f"@{key}" for key in frame["speaker"]],
            "Claim": frame["paraphrase"],
            "Verdict": frame["verdict"],
            "By the other rule": frame["alt"].where(frame["rule_alt"] != "", "–"),
            "The record": frame["says"],
        }
    )
