"""Sentences of chapter 11, worded by what is computed."""

from typing import Any

import pandas as pd

from bargain import argument, scorecard
from bargain.prose import capital, listed, signed


def tally(frame: pd.DataFrame, column: str = "verdict") -> str:
    """The verdicts of a frame in words, failures first; a verdict that nobody has is left out."""
    n = frame[column].value_counts()
    return listed(f"{scorecard.number(n[word])} {word}" for word in scorecard.ORDER if word in n)


def tested(frame: pd.DataFrame, basis: str, column: str = "verdict") -> tuple[int, ...]:
    """(held, failed, mixed, tested) of the claims that rest on the record, or on our models."""
    n = frame.loc[frame["evidence"] == basis, column].value_counts()
    three = tuple(int(n.get(word, 0)) for word in ("held", "failed", "mixed"))
    return *three, sum(three)


def strip_finding(frame: pd.DataFrame) -> str:
    """How many claims held on the record, by our rules and a critic's, and on our models: without its stop."""
    held, failed, mixed, known = tested(frame, "record")
    held_alt, failed_alt, _, known_alt = tested(frame, "record", "alt")
    by_model, *_, judged = tested(frame, "model")
    return (
        f"Of {known} claims of the essay that the record can test {held} held, {failed} failed and {mixed} came out "
        f"mixed; by the rules that a critic would write, {held_alt} of {known_alt} held and {failed_alt} failed. Of "
        f"{judged} more that only our own models judge {by_model} held, which is no evidence from the world"
    )


def failed_heading(frame: pd.DataFrame) -> str:
    """How many claims failed by our rules and by a critic's; for a heading."""
    ours, theirs = (int((frame[column] == "failed").sum()) for column in ("verdict", "alt"))
    claims = f"claim{'s' if ours != 1 else ''} failed by our rules" if ours else "claim failed by our rules"
    return f"{capital(scorecard.number(ours)) if ours else 'No'} {claims}, {scorecard.number(theirs)} by a critic’s"


MOVED = 1 / 3  # a larger share of verdicts that another fair coding moves makes a finding one of low confidence


def confidence(frame: pd.DataFrame) -> str:
    """low where another fair coding moves more than a third of the verdicts, else medium: the rule of the methods."""
    return "low" if (frame["verdict"] != frame["alt"]).mean() > MOVED else "medium"


def confidence_words(frame: pd.DataFrame) -> str:
    """Why the confidence is what it is; a sentence without its stop, in small letters."""
    n = int((frame["verdict"] != frame["alt"]).sum())
    return (
        f"{scorecard.number(n)} of {len(frame)} verdicts move under another fair coding, and a finding that a "
        f"plausible coding turns round has {confidence(frame)} confidence by our own rule"
        if confidence(frame) == "low"
        else f"only {scorecard.number(n)} of {len(frame)} verdicts move under another fair coding"
    )


def kind_heading(table: pd.DataFrame) -> str:
    """Which kinds of claim stand at the top and at the foot; for a heading."""
    rows = table[(table["rule"] == "ours") & (table["group"] != "all") & (table["claims"] > 0)]
    best, worst = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    if best["mean"] - worst["mean"] < 0.005:
        return "All kinds of claim held up alike"
    return f"{capital(best['group'])}s held up best, {worst['group']}s worst"


def wording_heading(table: pd.DataFrame) -> str:
    """Whether sure words mark what held; for a heading."""
    ours = table[table["rule"] == "ours"].set_index("group")
    flat, hedged = ours.loc["flat"], ours.loc["hedged"]
    if flat["low"] > hedged["high"]:
        return "What is said outright held more often"
    if hedged["low"] > flat["high"]:
        return "What is hedged held more often"
    return "Sure words are no mark of what held"


def score_heading(table: pd.DataFrame) -> str:
    """The essay against a coin, by our rules and a critic's; for a heading."""
    told = {"better than": "the essay beats a coin", "worse than": "a coin beats the essay"}
    ours, theirs = (
        told.get(_against(_row(table, rule, "coin")), "nobody can tell it from a coin") for rule in ("ours", "critic")
    )
    return f"By either’s rules {ours}" if ours == theirs else f"By our rules {ours}, by a critic’s {theirs}"


def _row(table: pd.DataFrame, rule: str, who: str) -> pd.Series:
    """The scores of one forecaster on the record under one rule."""
    return table[(table["rule"] == rule) & (table["basis"] == "record") & (table["forecaster"] == who)].iloc[0]


def rivals_heading() -> str:
    """The rivals' score beside the essay's; for a heading."""
    record = scorecard.essay().query("evidence == 'record'")
    mine, theirs = (scorecard.brier(f["p_essay"], f["score"]) for f in (record, scorecard.rivals()))
    told = "did worse" if theirs > mine + 0.005 else "did better" if theirs < mine - 0.005 else "did no differently"
    return f"By the same rules its rivals {told}"


def failures_words(frame: pd.DataFrame) -> str:
    """The essay's failed claims, each with its figures, as a list in Markdown; a sentence where none failed."""
    rows = frame[frame["verdict"] == "failed"]
    if not len(rows):
        return "No claim failed by its rule."
    return "\n".join(f"- **{row.paraphrase}** {row.says}" for row in rows.itertuples())


def kind_finding(table: pd.DataFrame) -> str:
    """Which kind of claim did best and worst by our rules, and whether their intervals are apart."""
    rows = table[(table["rule"] == "ours") & (table["group"] != "all") & (table["claims"] > 0)]
    best, worst = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    apart = best["low"] > worst["high"]
    if best["mean"] - worst["mean"] < 0.005:
        return "Every kind of claim has the same mean score"
    return (
        f"{capital(best['group'])}s did best and {worst['group']}s worst, at {best['mean']:.2f} against "
        f"{worst['mean']:.2f} of 1"
        + (", and their intervals are apart" if apart else "; with so few claims the intervals overlap")
    )


def wording_finding(table: pd.DataFrame) -> str:
    """Whether what was stated flatly held more often than what was hedged, and how far below its own sureness."""
    ours = table[table["rule"] == "ours"].set_index("group")
    flat, hedged = ours.loc["flat"], ours.loc["hedged"]
    gap = flat["mean"] - hedged["mean"]
    apart = abs(gap) > 0.005 and (flat["low"] > hedged["high"] or hedged["low"] > flat["high"])
    words = "as often as" if abs(gap) <= 0.005 else "more often than" if gap > 0 else "less often than"
    tail = "" if apart or abs(gap) <= 0.005 else ", within the error"
    short = [w for w, row in (("the outright", flat), ("the hedged", hedged)) if row["mean"] < row["said"] - 0.005]
    fall = {0: "neither falls", 1: f"{short[0] if short else ''} falls", 2: "both fall"}[len(short)]
    whose = "their" if len(short) == 2 else "its"
    return (
        f"What the essay states outright held {words} what it hedges ({flat['mean']:.2f} against {hedged['mean']:.2f})"
        f"{tail}; {fall} short of {whose} wording"
    )


def _against(row: Any) -> str:
    """better than, worse than or no differently from another forecaster: the essay, by the interval of the gap."""
    return "better than" if row["gap_high"] < 0 else "worse than" if row["gap_low"] > 0 else "no differently from"


def score_finding(table: pd.DataFrame) -> str:
    """The essay's Brier score against a coin and against no change, by our rules and a critic's: no stop."""

    def against(rule: str) -> Any:
        rows = table[(table["rule"] == rule) & (table["basis"] == "record")].set_index("forecaster")
        coin, still = _against(rows.loc["coin"]), _against(rows.loc["no change"])
        return f"{coin} a coin and " + ("" if coin == still else f"{still} ") + "the forecast that nothing changes"

    ours, theirs = against("ours"), against("critic")
    both = f"{ours}, by our rules and by a critic’s" if ours == theirs else f"{ours}; by a critic’s rules, {theirs}"
    return f"As forecasts, the essay’s claims on the record score {both}"


def critic_finding(table: pd.DataFrame) -> str:
    """The score under the critic's rules, in a sentence without its stop."""
    rows = table[(table["rule"] == "critic") & (table["basis"] == "record")].set_index("forecaster")
    said = (
        f"At {rows.loc['essay', 'brier']:.2f} against a coin’s {rows.loc['coin', 'brier']:.2f} by the critic’s rules, "
        f"it scores {_against(rows.loc['coin'])} a coin"
    )
    few = rows.loc["coin", "gap_low"] <= 0 <= rows.loc["coin", "gap_high"] and abs(rows.loc["coin", "gap"]) > 0.02
    return said + (": so few claims cannot tell the two apart" if few else "")


def always_finding(table: pd.DataFrame) -> str:
    """What it would have scored to call every claim held, beside the essay's own wording; no stop."""
    rows = table[(table["rule"] == "ours") & (table["basis"] == "record")].set_index("forecaster")
    way = {"better than": "Its hedges helped", "worse than": "Its hedges did not help"}
    told = way.get(_against(rows.loc["always held"]), "Its hedges made no difference")
    return (
        f"{told}: to call every claim held would have scored {rows.loc['always held', 'brier']:.2f}, its own wording "
        f"scored {rows.loc['essay', 'brier']:.2f}"
    )


def lesson(table: pd.DataFrame) -> str:
    """What the score says to those who take the essay as knowledge; a sentence without its stop."""
    ahead = {
        rule: all(_against(_row(table, rule, who)) == "better than" for who in ("coin", "no change"))
        for rule in ("ours", "critic")
    }
    if ahead["ours"] and ahead["critic"]:
        return "Who takes it as knowledge of the man may know that it has told more than a coin or standing still"
    if ahead["ours"]:
        return "Whether it has told more than a coin or standing still hangs on who writes the rules"
    return "But who takes it as knowledge of the man should know that it has not yet told more than simple rivals do"


def held_words(frame: pd.DataFrame, column: str = "verdict") -> str:
    """How many of the claims that can be tested held, in words."""
    known = int((frame[column] != "untested").sum())
    return f"{(frame[column] == 'held').sum()} of {known} held"


def untested_words(frame: pd.DataFrame) -> str:
    """How many claims are untested, and how many of them are prescriptions, in words."""
    rows = frame[frame["verdict"] == "untested"]
    advice = int((rows["kind"] == "prescription").sum())
    all_ = int((frame["kind"] == "prescription").sum())
    return (
        f"{scorecard.number(len(rows))} claims are untested, {scorecard.number(advice)} of them prescriptions (of "
        f"{scorecard.number(all_)} in all)"
    )


def moved_words(frame: pd.DataFrame) -> str:
    """How many verdicts move under the other rules, and which way, in words."""
    a, b = frame["score"], frame["score_alt"]
    down, up = int((b < a).sum()), int((b > a).sum())
    lost, new = int((a.notna() & b.isna()).sum()), int((a.isna() & b.notna()).sum())
    moves = ((down, "down"), (up, "up"), (lost, "to untested"), (new, "from untested"))
    ways = [f"{scorecard.number(n)} {way}" for n, way in moves if n]
    n = int((frame["verdict"] != frame["alt"]).sum())
    return f"{capital(scorecard.number(n))} of {len(frame)} verdicts move" + (f": {listed(ways)}" if ways else "")


def joint_words() -> str:
    """What the claim that kept promises answer kept promises looks like with the promises that both sides made."""
    n, rho = scorecard.keeping(scorecard.accords(1990))
    return f"with them {scorecard.number(n)} accords have a correlation of {signed(rho)}"


def mended_words(frame: pd.DataFrame) -> str:
    """How many rules were mended after their verdicts were known, and what the first ones gave; no stop."""
    first = argument.seed("first_rules")
    now = frame.set_index("id")["verdict"]
    first = first[first["id"].isin(now.index)]
    moved = first["verdict"] != first["id"].map(now)
    was = now.copy()
    was[first["id"]] = first["verdict"].to_numpy()
    n = was.value_counts()
    return (
        f"{capital(scorecard.number(len(first)))} of the {len(frame)} rules were mended on 29 November 2026, when "
        f"their verdicts were known, because they did not test what the claim says; {scorecard.number(moved.sum())} "
        f"verdicts changed with them. By the first rules {n.get('failed', 0)} claims failed, {n.get('mixed', 0)} were "
        f"mixed and {n.get('held', 0)} held"
    )


def mended_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The rules that were mended: Claim, What was wrong, First verdict, Verdict now."""
    first, now = argument.seed("first_rules"), frame.set_index("id")["verdict"]
    first = first[first["id"].isin(now.index)]
    return pd.DataFrame(
        {
            "Claim": first["id"],
            "Why the first rule was mended": first["why"].map(capital),
            "By the first rule": first["verdict"],
            "Now": first["id"].map(now),
        }
    )


def edition_table() -> pd.DataFrame:
    """`edition` to read: The deal's part, Verdicts, What the record says, In an edition of 2026."""
    frame = scorecard.edition()
    return pd.DataFrame(
        {
            "Part of the deal": frame["part"],
            "Claims": [
                "; ".join(f"{i} {v}" for i, v in zip(a.split(", "), b.split(", "), strict=True))
                for a, b in zip(frame["claims"], frame["verdicts"], strict=True)
            ],
            "The record": frame["says"],
            "In an edition of 2026": frame["words"],
        }
    )


def edition_finding(frame: pd.DataFrame) -> str:
    """How much of the deal would have to change, in words."""
    change, never = int((frame["keep"] == False).sum()), int(frame["keep"].isna().sum())  # noqa: E712
    tail = f"; {scorecard.number(never)} rests on claims that were never tried" if never else ""
    return (
        f"{capital(scorecard.number(change))} of {scorecard.number(len(frame))} parts of the deal would have to "
        f"change{tail}"
    )


SPOKE = {"graham2017overthere": "Lindsey Graham", "thae2016trillion": "Thae Yong-ho"}  # quoted by the work's author


def rivals_table() -> pd.DataFrame:
    """The essay's rivals by the same rules: Who, Claim, Verdict, By the other rule, The record."""
    frame = scorecard.rivals()
    return pd.DataFrame(
        {
            "Who": [f"{SPOKE[key]} [@{key}]" if key in SPOKE else f"@{key}" for key in frame["speaker"]],
            "Claim": frame["paraphrase"],
            "Verdict": frame["verdict"],
            "By the other rule": frame["alt"].where(frame["rule_alt"] != "", "–"),
            "The record": frame["says"],
        }
    )


def rivals_words() -> str:
    """The rivals' tally and their Brier score beside the essay's, in words that follow the numbers."""

    def mean(frame: pd.DataFrame) -> Any:
        return scorecard.brier(frame["p_essay"], frame["score"])

    mine, theirs = mean(scorecard.essay().query("evidence == 'record'")), mean(scorecard.rivals())
    order = "better than" if mine < theirs - 0.005 else "worse than" if mine > theirs + 0.005 else "level with"
    return (
        f"Of the {scorecard.number(len(scorecard.rivals()))} dated statements of its rivals "
        f"{tally(scorecard.rivals())}; by the same score the essay on the record "
        f"({mine:.2f}) is {order} them ({theirs:.2f}; lower is better)"
    )
