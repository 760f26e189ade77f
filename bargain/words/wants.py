"""Sentences of chapter 2, worded by what is computed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, kims, terms, wants
from bargain.prose import capital, fives, listed, percent, tens
from bargain.terms import GOALS, POLICIES, READINGS


def goals_table(panels: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Goals, what can be seen of each, and what a rise would mean: a frame to print."""
    return pd.DataFrame(
        [{"Goal": p["name"], "What can be seen": p["unit"], "A rise would mean": p["rise"]} for p in panels]
    )


def frozen_table(table: pd.DataFrame) -> pd.DataFrame:
    """`frozen` as a frame to print."""
    return pd.DataFrame(
        {
            "Held at its centre": table.group,
            "Share of the spread of the calmest answer that goes": [fives(v) for v in table.calmed],
        }
    )


def count(x: float) -> str:
    """A number of answers in words that claim no more digits than two seeds share."""
    if not np.isfinite(x) or x > 999:
        return "more than a thousand"
    return "several hundred" if x > 200 else f"about {tens(x)}"


def needed_by(divergences: pd.DataFrame, policy: str, pair: Sequence[str] = ("narrow", "dealer")) -> float:
    """Answers that tell a pair of readings apart under a policy."""
    table = wants.answers_needed(divergences).set_index(["policy", "pair"]).answers
    return float(table[policy, " or ".join(sorted(pair, key=READINGS.index))])


def teacher_finding(divergences: pd.DataFrame) -> str:
    """Which policy tells the deal-seeker from the narrowly rational Kim soonest, and how slowly the others do."""
    best, answers = wants.best_teacher(divergences)
    rest = [p for p in ("talks", "pressure", "force") if p != best]
    others = listed(f"{wants.POLICY_WORDS[p]} {count(needed_by(divergences, p))}" for p in rest)
    return (
        f"Under {wants.POLICY_WORDS[best]}, {count(answers)} answers would tell the deal-seeker from the narrowly "
        f"rational Kim at 20 to 1; under {others}"
    )


def answers_finding(mean: np.ndarray, default: np.ndarray) -> str:
    """Under which policy the readings part, from mean answers (reading, policy, response)."""
    yields = mean[..., 0]
    g = int(np.ptp(yields[:, :4], axis=0).argmax())
    order = np.argsort(-yields[:, g])
    return (
        f"The three Kims part under {wants.POLICY_WORDS[POLICIES[g]]}: {wants.READING_WORDS[READINGS[order[0]]]} "
        "accommodates "
        f"in {percent(yields[order[0], g])} of cases, {wants.READING_WORDS[READINGS[order[1]]]} in "
        f"{percent(yields[order[1], g])}, {wants.READING_WORDS[READINGS[order[2]]]} in "
        f"{percent(yields[order[2], g])}; his habit alone gives {percent(default[0])}"
    )


def answers_heading(mean: np.ndarray) -> str:
    """Under which policy the readings part most; for a heading."""
    return (
        f"The three Kims part most under {wants.POLICY_WORDS[POLICIES[int(np.ptp(mean[:, :4, 0], axis=0).argmax())]]}"
    )


def teacher_heading(divergences: pd.DataFrame) -> str:
    """Answers to which policy would tell the two rational readings apart soonest; for a heading."""
    policy, answers = wants.best_teacher(divergences)
    if not np.isfinite(answers) or answers > 999:  # as `count` has it
        return "No policy would tell the two rational Kims apart"
    return f"{capital(wants.POLICY_WORDS[policy])} would tell the two rational Kims apart soonest"


def gains_heading(sale: pd.DataFrame) -> str:
    """For most minds of which rational reading a full deal beats holding out; for a heading."""
    dealer, narrow = (sale[k] < 0.5 for k in ("dealer", "narrow"))
    if dealer == narrow:
        return f"A full deal suits most minds of {'both rational Kims' if dealer else 'neither rational Kim'}"
    return (
        "A full deal suits most deal-seekers, not most narrow minds"
        if dealer
        else "A full deal suits most narrow minds, not most deal-seekers"
    )


def gains_finding(sale: pd.DataFrame) -> str:
    """For whom a full deal is worth more than holding out, from `not_for_sale`."""
    return (
        f"A full deal beats holding out for {fives(1 - sale['dealer'])} of the deal-seeking minds and "
        f"{fives(1 - sale['narrow'])} of the narrowly rational ones"
    )


def yielding_finding(table: pd.DataFrame) -> str:
    """What close listening does to yielding under force, with and without a credible sequel."""
    end = table[table.precision == table.precision.max()].set_index("credibility").chance
    deaf = table[table.precision == 0].chance.iloc[0]
    low, high = end[end.index.min()], end[end.index.max()]
    word = "less" if low < deaf else "more"
    return (
        f"A Kim who reads force closely yields {word} often than by habit if nothing follows a strike "
        f"({percent(low)} against {percent(deaf)}), and in {fives(high)} of cases if more is sure to follow"
    )


def yielding_heading(table: pd.DataFrame) -> str:
    """Whom force makes yield; for a heading."""
    return {
        "sequel": "Force moves only a man who expects the next blow",
        "always": "Force moves a man who reads it well, sequel or not",
        "last": "Force moves only a man who expects no further blow",
        "never": "Force moves nobody, however well he reads it",
    }[kims.lesson(table)]


def diagnosticity_finding(table: pd.DataFrame) -> str:
    """How many moves tell nothing between the two readings, and what the plainest move is."""
    seen = table[table.policy.isin(["pressure", "talks"])]
    top = seen.loc[seen.log_ratio.abs().idxmax()]
    towards = wants.READING_WORDS["dealer" if top.log_ratio > 0 else "narrow"]
    return (
        f"Of {len(seen)} moves that could be watched, {int(seen.worthless.sum())} tell nothing; none is more than "
        f"{np.exp(abs(top.log_ratio)):.0f} times likelier under one reading ({towards})"
    )


def weights_finding(table: pd.DataFrame) -> str:
    """On which goals the rational readings' mean weights differ most, by the stated means; `table` has the draws'
    spread."""
    narrow, dealer = (100 * kims.mean_mind(r) for r in ("narrow", "dealer"))
    gap = dealer - narrow

    def named(far: pd.DataFrame) -> str:
        at = [z for z in range(len(GOALS)) if far[z] > far.max() - 0.5]  # half a point is a tie
        return " and ".join(
            f"{terms.GOAL_LABELS[GOALS[z]].lower()} ({dealer[z]:.0f}% against {narrow[z]:.0f}%)" for z in at
        )

    within = "more than that" if wide(table) else "less than that"
    return (
        f"The deal-seeker cares more for {named(gap)} and less for {named(-gap)}; within a reading the minds "
        f"differ by {within}"
    )


def wide(table: pd.DataFrame) -> pd.Series:
    """Whether minds within a rational reading (5-95 per cent of a weight) lie further apart than the two means do."""
    spread = (table.high - table.low)[table.reading != "irrational"].max()
    return spread > abs(kims.mean_mind("dealer") - kims.mean_mind("narrow")).max()


def weights_heading(table: pd.DataFrame) -> str:
    """Minds within a rational reading against the distance between the two; for a heading."""
    return (
        "The minds of one reading differ more than two readings do"
        if wide(table)
        else "Two readings differ more than the minds of one"
    )


def attention(panels: Sequence[Mapping[str, Any]]) -> str:
    """Whether his attention followed the outside world from 2017 to the year of talks, with the military visits."""
    before, after = wants.moved(panels, "legitimacy", (2017, 2017), (2018, 2018))
    did = {"fell": "did follow", "rose": "did not follow", "stayed": "hardly followed"}[direction(before, after)]
    return (
        f"His attention {did} the outside world: military visits were {before:.0f} per cent of his appearances in "
        f"2017 and {after:.0f} in 2018"
    )


def direction(before: float, after: float) -> str:
    """rose, fell or stayed, by a tenth."""
    if abs(after - before) <= 0.1 * max(abs(before), abs(after)):
        return "stayed"
    return "rose" if after > before else "fell"


def indicators_finding(panels: Sequence[Mapping[str, Any]]) -> str:
    """What the indicators did between the summit year and the last two years."""
    last = max(int(p["x"].max()) for p in panels)
    parts = []
    for goal, words in (
        ("recognition", "months of talks"),
        ("currency", "theft"),
        ("deterrent", "launches"),
        ("reform", "economic visits"),
    ):
        parts.append((words, direction(*wants.moved(panels, goal, (2018, 2018), (last - 1, last)))))
    groups = {verb: [w for w, v in parts if v == verb] for verb in ("rose", "fell", "stayed")}
    said = [
        f"{listed(words)} {verb if verb != 'stayed' else 'stayed as they were'}"
        for verb, words in groups.items()
        if words
    ]
    return f"From 2018 to {last - 1}–{last}, " + "; ".join(said)


def purges_finding(table: pd.DataFrame, years: int = 6) -> str:
    """Known removals of the founder and of the grandson in the first years of each."""
    a, b = early_removals(table, years)
    sure = int(((table.leader == "Kim Jong Un") & (table.since <= years) & (table.report == "confirmed")).sum())
    word = "more" if a > b else "fewer" if a < b else "as many"
    return (
        f"Within {years} years of the first, the table names {a} removal{'s' * (a != 1)} under Kim Jong Un, {word} "
        f"{'than' if word != 'as many' else 'as'} the {b} under his grandfather; {sure or 'none'} of them "
        f"{'is' if sure == 1 else 'are'} confirmed"
    )


def purges_heading(table: pd.DataFrame, years: int = 6) -> str:
    """The count of `purges_finding`; for a heading."""
    a, b = early_removals(table, years)
    if a == b:
        return "He has as many early removals listed as his grandfather"
    return f"He has {'more' if a > b else 'fewer'} early removals listed than his grandfather"


def early_removals(table: pd.DataFrame, years: int) -> tuple[int, int]:
    """Removals in the first years of each, false reports apart: of the grandson, of the founder."""
    first = table[(table.since <= years) & (table.report != "false")].groupby("leader").size()
    return int(first.get("Kim Jong Un", 0)), int(first.get("Kim Il Sung", 0))


def before_essay(table: pd.DataFrame, month: str = "2017-04") -> str:
    """How many of Kim Jong Un's known removals, false reports apart, came before the essay."""
    own = table[(table.leader == "Kim Jong Un") & (table.report != "false")]
    early = int((own.date.str[:7] < month).sum())
    return f"Of the {len(own)} removals in the table that are not known to be false, {early} came before the essay"


def frozen_finding(table: pd.DataFrame) -> str:
    """What holding all cells, and what holding the minds, takes away at most."""
    calmed = table.set_index("group").calmed
    return (
        f"Holding every goal change at its centre takes away at most {fives(calmed['all cells'])} of the spread of "
        f"any answer of a rational Kim; holding his weights takes away up to {fives(calmed['minds'])}"
    )


def yielding_moral(table: pd.DataFrame) -> str:
    """Whether a strike without a sequel teaches holding out, and whether a sequel helps only a man who reads well."""
    return {
        "sequel": "A strike persuades only a man who reads it well and also believes that the next will follow; "
        "one that is expected to be the last teaches him to hold out.",
        "always": "A strike persuades a man who reads it well, whether or not the next is sure to follow.",
        "last": "A strike persuades only a man who reads it well and believes that it is the last.",
        "never": "A strike persuades nobody here, however well he reads it.",
    }[kims.lesson(table)]


SAID = {
    "wants": "What he wants",
    "moves": "What moves him",
    "habit": "His habit",
    "policy": "His believers’ policy",
    "refuted": "What would refute him",
}
STRENGTHS = {"gain": "Offers", "loss": "Costs", "blow": "Blows"}


def readings_table() -> pd.DataFrame:
    """The three readings from their table, with how strongly each feels an offer, a cost and a blow: to print."""
    register, out = evidence.assumptions(), {}
    for r in evidence.table("readings").itertuples():
        own = {label: getattr(r, key) for key, label in SAID.items()}
        for kind, label in STRENGTHS.items():
            row = register.loc[f"{kind}_{r.id}"]
            span = f" ({row.low:g} to {row.high:g})" if row.low < row.high else ""
            own[label] = f"{row.central:g}{span}".replace("-", "−")
        out[r.name] = own
    return pd.DataFrame(out).rename_axis("").reset_index()


def ratio(table: pd.DataFrame, policy: str, goal: str, move: str) -> str:
    """How many times likelier a move is under the likelier of the two readings, in words of one digit."""
    row = table[(table.policy == policy) & (table.goal == goal) & (table.move == move)].iloc[0]
    return f"{np.exp(abs(row.log_ratio)):.1f}"
