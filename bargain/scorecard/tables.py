"""What the rules of the scorecard read off the tables of the record."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import pandas as pd

from bargain import checks, evidence

SCORE = {"held": 1.0, "mixed": 0.5, "failed": 0.0}
TABLES = ["negotiations", "agreement_commitments", "trade_by_partner", "warheads", "reform_measures", "assumptions"]
ORDER = ("failed", "mixed", "held", "untested")
KINDS = ("fact", "reading", "prediction", "prescription")
ESSAY = "feffer2017what"
SINCE = "2017-05"  # events from the month after the essay
KEPT = {"yes": 1.0, "partly": 0.5, "no": 0.0}
NAMED, HELD = "quantity", "value_central"  # columns of the breakout table
NEAR = ("CHN", "FRA", "GBR", "RUS", "USA")  # permanent members of the Security Council


class Verdict(NamedTuple):
    """What a rule returns.

    verdict  by the rule
    alt      by the rule of those who would dispute it
    facts    {name: number or word} for the sentence in the claim's row of `claims.csv`
    holds    where the row has two sentences, whether the first holds; else the second is said. None: it has one
    """

    verdict: str
    alt: str
    facts: dict[str, Any]
    holds: bool | None = None


Rule = Callable[[], Verdict]
RULES: dict[str, Rule] = {}  # {claim id in small letters: its rule}, filled by `rule`


def rule(function: Rule) -> Rule:
    """Register a rule: a function of no arguments, named for its claim, that returns a Verdict."""
    RULES[function.__name__] = function
    return function


def grade(held: bool, failed: bool, untested: bool = False) -> str:
    """The word of a rule: untested before all, then held, then failed, else mixed."""
    return "untested" if untested else "held" if held else "failed" if failed else "mixed"


# ------------------------------------------------------------------------------------------------ reading tables


def since(frame: pd.DataFrame, start: str = SINCE, column: str = "date") -> pd.DataFrame:
    """The rows of a frame from a date on."""
    return frame[frame[column].astype(str) >= start]


def series(name: str, column: str, index: str = "year") -> pd.Series:
    """A column of a table by year, as floats, without gaps."""
    return evidence.table(name).dropna(subset=[column]).set_index(index)[column].astype(float)


def trade(column: str = "total_usd_m") -> pd.Series:
    """Trade with all partners but the South by year, millions of dollars, in the series that is taken."""
    rows = evidence.table("trade_by_partner")
    rows = rows[(rows["partner"] == "total_excl_inter_korean") & (rows["is_default"] == 1)]
    return rows.dropna(subset=[column]).set_index("year")[column].astype(float)


def removals(status: str) -> pd.DataFrame:
    """Removals of people or groups from senior posts, as a frame with year; status is a pattern of what counts."""
    rows = evidence.table("leadership_purges")
    rows = rows[rows["kind"].isin(("person", "group")) & ~rows["status"].str.contains("false")]
    rows = rows[rows["status"].str.contains(status, case=False)]
    return rows.assign(year=rows["date"].str[:4].astype(int))


OFFICIAL = r"confirmed|reported by|state media"


def accords(start: int = 2017) -> pd.DataFrame:
    """Commitments of accords made since a year (the year ends an accord's id), with kept and the sides as a set."""
    rows = evidence.table("agreement_commitments")
    year = rows["agreement_id"].str.extract(r"(\d{4})")[0].astype(int)
    rows = rows[year >= start]
    return rows.assign(kept=rows["delivered"].map(KEPT), sides=rows["side"].str.split(";").map(set))


def kept(rows: pd.DataFrame, north: bool) -> float:
    """Mean share kept of the promises of the North, or of its partners; NaN where there are none."""
    chosen = rows["sides"].map(lambda s: "PRK" in s) if north else rows["sides"].map(lambda s: bool(s - {"PRK"}))
    return rows.loc[chosen, "kept"].mean()


def talks(kinds: Collection[str], party: str, start: str = SINCE) -> pd.DataFrame:
    """Rows of the negotiations table of some kinds in which a party and the North took part."""
    rows = since(evidence.table("negotiations"), start)
    return rows[rows["kind"].isin(kinds) & rows["parties"].str.split(";").map(lambda p: party in p and "PRK" in p)]


def material() -> pd.Series:
    """The default series of material or warheads: year and the central or middle estimate."""
    rows = evidence.table("warheads")
    rows = rows[rows["is_default"] == 1]
    middle = rows["fissile_equiv_central"].fillna((rows["fissile_equiv_low"] + rows["fissile_equiv_high"]) / 2)
    middle = middle.fillna(rows["fissile_equiv_high"])
    return pd.Series(middle.to_numpy(), rows["year"]).dropna()


def assembled() -> pd.Series:
    """Assembled warheads by year: the central estimate, or the middle of its range."""
    rows = evidence.table("warheads")
    rows = rows[(rows["is_default"] == 1)]
    middle = rows["warheads_central"].fillna((rows["warheads_low"] + rows["warheads_high"]) / 2)
    return pd.Series(middle.to_numpy(), rows["year"]).dropna()


def inspected(start: int = 2018) -> list[str]:
    """Accords since a year with a promise of the North that inspectors check."""
    rows = accords(start)
    rows = rows[
        rows["sides"].map(lambda s: "PRK" in s)
        & rows["commitment"].str.contains(r"inspect|IAEA|monitor|verif", case=False)
    ]
    return sorted(set(rows["agreement_id"]))


def rounded(x: float) -> str:
    """A large number to two digits."""
    checks.finite(x=x)
    return f"{float(f'{x:.2g}'):,.0f}"


def no_attack() -> bool | None:
    """True where the table of evidence records that no attack killed ten or more; None where it says nothing."""
    if "evidence" not in evidence.names():
        return None
    return bool((evidence.table("evidence")["item"] == "no_big_attack").any())


# ------------------------------------------------------------------------------------------------ words

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(n: float) -> str:
    """A whole number in words up to twelve."""
    checks.finite(n=n)
    n = int(n)
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


# ------------------------------------------------------------------------------------------------ figures

NAMES = {  # claims in a few words, for figures; a claim without a name shows its paraphrase, cut short
    "S1a": "Policy rests on an idea of what he wants",
    "S1b": "Reasons and costs reach him",
    "S1c": "Even opponents grant him sensible ends",
    "S2a": "Staying in power comes first",
    "S2b": "He removed rivals in his first years",
    "S2c": "As his grandfather did",
    "S2d": "He looks to terms with Washington",
    "S2e": "He wants to depend less on neighbours",
    "S2f": "He wants a reform with markets",
    "S2g": "He wants more technology",
    "S2h": "He wants resources moved from the army",
    "S3a": "Policies are of three main kinds",
    "S3b": "Friends of talks must say what he wants",
    "S3c": "Sticks alone do not make him give way",
    "S4a": "Beijing is no partner for the bargain",
    "S4b": "With Tokyo only a little way",
    "S4c": "No great bargain with Seoul",
    "S4d": "Recognition is in Washington’s gift alone",
    "S4e": "Only Washington can loosen the ring",
    "S4f": "Isolation ends in Washington or nowhere",
    "S4g": "Washington is the partner that decides",
    "S5a": "Markets have grown from below",
    "S5b": "The state lives on crime abroad",
    "S5c": "A bargain must swap unlawful for lawful",
    "S5d": "Lawful income can replace unlawful",
    "S6a": "He wants safety as well as money",
    "S6b": "Paper does not buy the weapons",
    "S6c": "Offer capital, reform, trade and safety",
    "S7a": "The programme goes by degrees",
    "S7b": "He keeps his word if others do",
    "S7c": "Lift sanctions, train banks, sign a peace",
    "S8a": "A latent remainder would do for him",
    "S8b": "Japan lives with such a capability",
    "S9a": "Peace is bought with justice",
    "S9b": "At times peace should come first",
    "S9c": "The danger of war is real",
    "S9d": "The two leaders should meet",
}
PLACE = {"failed": 0.0, "mixed": 1.0, "held": 2.0, "untested": 3.0}
