"""Sentences of chapter 12, worded by what is computed."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta as beta_law

from bargain import evidence, forecasts, readings, terms
from bargain.plots import forecasts as forecasts_plots
from bargain.prose import capital, listed


def inner(question_words: str) -> str:
    """A question as a phrase inside a sentence: without its mark, and small where it begins."""
    name = forecasts.label(question_words)
    return name if name.startswith("China") else name[0].lower() + name[1:]


def latest() -> pd.DataFrame:
    """The forecasts of the newest issue, with the judged ones beside them: judged (the chance, or the median),
    judged_q10, judged_q90, known_to, reason, source_id; NaN where nothing was judged."""
    rows = forecasts.issued()
    rows = rows[rows["issued_on"] == rows["issued_on"].max()]
    said = forecasts.judged().set_index("id")
    for column, of in (("judged", "p"), ("judged_q10", "q10"), ("judged_q90", "q90")):
        rows = rows.assign(**{column: rows["id"].map(said[of]).astype(float)})
    rows["judged"] = rows["judged"].fillna(rows["id"].map(said["q50"]).astype(float))
    for column in ("known_to", "reason", "source_id"):
        rows = rows.assign(**{column: rows["id"].map(said[column])})
    return rows.reset_index(drop=True)


def judged_finding(rows: pd.DataFrame, far: float = 0.1) -> str:
    """How far judgement departs from the models on yes and no, and where most; a sentence without its full stop."""
    both = rows[(rows["kind"] == "binary") & rows["judged"].notna()]
    if not len(both):
        return "Nothing has been judged beside these forecasts"
    gap = (both["judged"] - both["p"]).abs()
    row = both.loc[gap.idxmax()]
    return (
        f"On {int((gap > far).sum())} of {len(both)} chances judgement departs from the models by more than ten "
        f"points, most on {inner(row['words'])}: the models say {row['p']:.0%}, a person {row['judged']:.0%}"
    )


def judged_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The judged forecasts for print: Question, Models, Judged, Reason."""
    both = rows[rows["judged"].notna()]

    def three(row: Mapping[str, Any], low: str, mid: str, high: str) -> str:
        return f"{row[mid]:,.0f} ({row[low]:,.0f} to {row[high]:,.0f})".replace("-", "−")

    out = []
    for row in both.to_dict("records"):
        yes = row["kind"] == "binary"
        cited = "; ".join(f"@{key}" for key in row["source_id"].split(";"))
        out.append(
            {
                "Question": row["words"],
                "Models": f"{row['p']:.0%}" if yes else three(row, "q10", "q50", "q90"),
                "Judged": f"{row['judged']:.0%}" if yes else three(row, "judged_q10", "judged", "judged_q90"),
                "Reason": f"{row['reason']} [{cited}]",
            }
        )
    return pd.DataFrame(out)


def known_words(rows: pd.DataFrame) -> str:
    """The last day of which the judged forecasts know, as text."""
    known = rows["known_to"].dropna()
    return day_words(str(known.max())) if len(known) else "no day"


def issues_words() -> str:
    """What became of earlier issues of the year that is forecast; sentences without the last full stop."""
    rows = forecasts.issued()
    last = rows["issued_on"].max()
    same = rows[rows["resolves_by"] == rows.loc[rows["issued_on"] == last, "resolves_by"].iloc[0]]
    old = sorted(set(same["issued_on"]) - {last})
    if not old:
        return "No other issue asks about that year"
    moved = same[same["issued_on"].isin([old[-1], last])].pivot(index="question", columns="issued_on", values="model")
    changed = moved.index[moved[old[-1]] != moved[last]]
    named = [inner(same.loc[same["question"] == q, "words"].iloc[0]) for q in changed]
    why = (
        f": there the chances of {listed(named)} came from other models than the quantities whose thresholds they are, "
        "and could contradict them"
        if named
        else ""
    )
    return f"An issue of {day_words(old[-1])} asks the same of that year{why}. It stands and is scored too"


def staked_finding(rows: pd.DataFrame) -> str:
    """The surest yes and no of an issue, and how many chances are not sure; a sentence without its full stop."""
    frame = forecasts.staked(rows)
    top, last = frame.iloc[0], frame.iloc[-1]
    unsure = int(frame["p"].between(0.2, 0.8).sum())
    above = int((frame["p"] > 0.5).sum())
    likelier = {0: "none is", 1: "one is", 2: "two are", 3: "three are"}.get(above, f"{above} are")
    return (
        f"Of {len(frame)} things that could happen in {forecasts.year_of(rows)}, {likelier} more likely than not; "
        "the chances "
        f"run from {last['p']:.0%} ({inner(last['name'])}) to {top['p']:.0%} ({inner(top['name'])}), and {unsure} "
        "of them lie between a fifth and four fifths"
    )


def staked_heading(rows: pd.DataFrame) -> str:
    """How many things are more likely than not, as a heading."""
    frame = forecasts.staked(rows)
    above = int((frame["p"] > 0.5).sum())
    number = ("None", "One", "Two", "Three", "Four", "Five")[above] if above < 6 else f"{above}"
    return f"{number} of {len(frame)} things {'is' if above == 1 else 'are'} more likely than not"


def skill_heading(frame: pd.DataFrame) -> str:
    """The models against the coin since 2012, as a heading."""
    row = frame[(frame["group"] == "All since 2012") & (frame["naive"] == "coin")].iloc[0]
    return {
        "beat": "Since 2012 the models beat a coin",
        "lose to": "Since 2012 a coin beats the models",
        "cannot be told from": "Since 2012 the models cannot be told from a coin",
    }[row["verdict"]]


def ledger_heading(stand: Mapping[str, Any]) -> str:
    """How the ledger stands, as a heading."""
    return f"{stand['resolved']} answers are in, {stand['open']} are open, {stand['void']} void"


def standing_words(stand: Mapping[str, Any]) -> str:
    """What the answers so far say of the models, or when the first are due."""
    if np.isnan(stand["model"]):
        first = forecasts.issued()["resolves_by"].min()
        return f"No yes or no has been answered; the first are due at the end of {first[:4]}"
    names = {"model": "the models", **forecasts_plots.NAMES}
    order = sorted(forecasts.SCORED, key=lambda who: stand[who])
    said = "Mean log scores so far, the best first: " + ", ".join(f"{names[who]} {stand[who]:.2f}" for who in order)
    if stand["judged_n"]:
        said += (
            f". On the {stand['judged_n']} that were judged too, judgement scores {stand['judged']:.2f} and the models "
            f"{stand['model_beside']:.2f}"
        )
    return said


def any_words(rows: pd.DataFrame) -> str:
    """The question whose chance grows most when any year to END counts, in words."""
    frame = forecasts.staked(rows).dropna(subset="p_any_to_2030")
    if not len(frame):
        return f"none: {forecasts.year_of(rows)} lies beyond {forecasts.END}"
    row = frame.loc[(frame["p_any_to_2030"] - frame["p"]).idxmax()]
    once = 1 - (1 - row["p"]) ** (forecasts.END - forecasts.year_of(rows) + 1)
    return (
        f"{inner(row['name'])}, {row['p']:.0%} for {forecasts.year_of(rows)} and {row['p_any_to_2030']:.0%} for "
        "any year to "
        f"{forecasts.END}, where independent years at that chance would give {once:.0%}"
    )


def skill_finding(frame: pd.DataFrame, group: str = "All since 2012") -> str:
    """The models against the three naive forecasters, in words by the sign and the interval of the gain."""
    rows = frame[frame["group"] == group]
    parts = []
    for verdict in ("beat", "cannot be told from", "lose to"):
        who = [forecasts_plots.NAMES[n] for n in rows.loc[rows["verdict"] == verdict, "naive"]]
        if who:
            parts.append(f"{verdict} " + " and ".join(who))
    when = group[0].lower() + group[1:] if group.startswith(("All", "One")) else group
    when = {"all since 2012": "Since 2012", "all since 2005": "Since 2005"}.get(when, f"In {when}")
    return f"{when} the models " + (" and ".join(parts) if len(parts) < 3 else f"{parts[0]}, {parts[1]} and {parts[2]}")


def quantity_words(tested: pd.DataFrame) -> str:
    """On how many counts and quantities the model's CRPS is below that of each naive forecaster, in words."""
    rows = tested[tested["kind"] != "binary"].groupby("question")[[f"score_{who}" for who in forecasts.SCORED]].mean()
    won = {who: int((rows["score_model"] < rows[f"score_{who}"]).sum()) for who in ("climatology", "persistence")}
    return (
        f"Of {len(rows)} counts and quantities the model did better than the average of the record on "
        f"{won['climatology']}, and better than no change on {won['persistence']}"
    )


def brier_words(tested: pd.DataFrame) -> str:
    """Mean squared errors of all forecasters since 2012 on yes-or-no questions, in words."""
    part = tested[(tested["kind"] == "binary") & (tested["target"] >= 2012)]
    names = {"model": "the models", **forecasts_plots.NAMES}
    means = {names[who]: part[f"brier_{who}"].mean() for who in forecasts.SCORED}
    return "since 2012 " + ", ".join(f"{name} {value:.2f}" for name, value in sorted(means.items(), key=lambda x: x[1]))


def calibration_finding(tested: pd.DataFrame) -> str:
    """Whether the models were too sure of their surest noes and yeses; a sentence without its full stop."""
    binary, said = tested[tested["kind"] == "binary"], []
    surest = {"under 10 per cent": binary[binary["p"] < 0.1], "over 70 per cent": binary[binary["p"] > 0.7]}
    for name, part in surest.items():
        if not len(part):
            continue
        k, n, p = part["outcome"].sum(), len(part), part["p"].mean()
        low, high = beta_law.ppf([0.05, 0.95], k + 0.5, n - k + 0.5)
        verdict = (
            "as often as said, within the error"
            if low <= p <= high
            else "more often than said"
            if p < low
            else "less often than said"
        )
        said.append(f"of {n} forecasts {name} (mean {p:.0%}), {k / n:.0%} came, {verdict}")
    text = "; ".join(said)
    return capital(text)


FAN_INSIDE = {
    "launch_days": "launch days",
    "china_share": "China’s share of trade",
    "growth": "growth",
    "theft": "the theft of crypto-assets",
    "army_share": "the military share of his appearances",
}


def fan_finding(rows: pd.DataFrame) -> str:
    """The widest and the narrowest of the ranges by the share of past years inside; a sentence without full stop."""
    share = {}
    for row in rows[rows["kind"] != "binary"].to_dict("records"):
        past = forecasts.history(row["question"], int(row["data_to"]))
        share[row["question"]] = (past.between(row["q10"], row["q90"]).mean(), row)
    wide, narrow = (pick(share, key=lambda q: share[q][0]) for pick in (max, min))
    (a, wide_row), (b, narrow_row) = share[wide], share[narrow]
    said = {
        q: f"{row['q10']:,.0f} to {row['q90']:,.0f} {forecasts.QUESTIONS[q].unit}"
        for q, row in ((wide, wide_row), (narrow, narrow_row))
    }
    return (
        f"The widest stake by its own past is that on {FAN_INSIDE[wide]}, {said[wide]}, which holds {a:.0%} of the "
        f"years on record; the narrowest that on {FAN_INSIDE[narrow]}, {said[narrow]}, which holds {b:.0%}"
    )


def replay_frame(data_to: int = 2016, leads: Sequence[int] = (1, 2)) -> pd.DataFrame:
    """The yes-or-no forecasts from data to a past year for the years after, with what came."""
    frame = pd.concat([forecasts.replay(data_to, lead) for lead in leads], ignore_index=True)
    frame = frame[frame["kind"] == "binary"]
    frame["name"] = frame["words"].map(forecasts.label)
    return frame[["question", "name", "year", "p", "outcome", "score_model", "score_climatology", "score_coin"]]


def replay_finding(frame: pd.DataFrame) -> str:
    """What a past issue thought of the turn of 2018, and whether it scored better than a coin in each year."""
    turn = frame[(frame["year"] == 2018) & frame["question"].isin(("leaders_meet", "korean_summit", "drills_cut"))]
    verdicts = []
    for year, part in frame.groupby("year"):
        gain = part["score_coin"].mean() - part["score_model"].mean()
        verdicts.append(f"{'better' if gain > 0 else 'worse'} than a coin for {year}")
    return (
        f"With data to {frame['year'].min() - 1} the models gave the summits and the cut exercises of 2018 chances of "
        f"{turn['p'].min():.0%} to {turn['p'].max():.0%}, and over all questions did " + " and ".join(verdicts)
    )


def kims_finding(ratios: pd.DataFrame) -> str:
    """The answer that would tell most about the deal-seeker, and how likely it is; a sentence without its full stop."""
    size = ratios.assign(size=ratios["central"].abs())
    row = size.loc[size["size"].idxmax()]
    way = "for" if row["central"] > 0 else "against"
    dull = ratios[ratios["answer"] == "no"]["central"].abs().max()
    return (
        f"A {row['answer']} to “{inner(row['words'])}” would tell most: {10 ** row['size']:.1f} to 1 {way} the "
        f"deal-seeker and {'against' if way == 'for' else 'for'} the {terms.LABELS[row['against']].lower()} Kim, at a "
        f"chance of {row['chance']:.0%}; no answer of no moves these odds by more than {10**dull:.1f} to 1"
    )


def teach_finding(frame: pd.DataFrame) -> str:
    """How far a year's answers would move an even-handed reader towards the truth; a sentence without its full stop."""
    rows = frame[frame["horizon"] == frame["horizon"].iloc[0]]
    best, least = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    who = {"irrational": "the irrational Kim", "narrow": "the narrowly rational Kim", "dealer": "the deal-seeker"}
    return (
        f"All answers of {best['horizon']} together would move a reader with even beliefs from {1 / 3:.0%} to "
        f"{best['mean']:.0%} if {who[best['reading']]} is the true one, and to {least['mean']:.0%} if "
        f"{who[least['reading']]} is"
    )


def rare_words(ratios: pd.DataFrame) -> str:
    """Whether the answers that tell most are the rare ones: by the rank correlation of telling and chance."""
    tells = ratios.assign(size=ratios["central"].abs()).groupby(["question", "answer"])[["size", "chance"]].max()
    rank = tells.rank().corr().loc["size", "chance"]
    return f"The answers that would tell most are {'the rare' if rank < 0 else 'not the rare'} ones"


def quiet_words(ratios: pd.DataFrame) -> str:
    """How far a no moves the odds between the deal-seeker and another reading, in words."""
    most = 10 ** ratios[ratios["answer"] == "no"]["central"].abs().max()
    return f"a no to any one of them moves the odds by at most {most:.1f} to 1"


def top_answers(ratios: pd.DataFrame, k: int = 2) -> str:
    """The answers that speak most for the deal-seeker against either other reading, in words."""
    rows = ratios.sort_values("central", ascending=False).drop_duplicates(["question", "answer"]).head(k)
    return " and ".join(f"a {row['answer']} to “{inner(row['words'])}”" for row in rows.to_dict("records"))


def watching_words(learnt: pd.DataFrame) -> str:
    """What watching for a year is worth, by the share of the bits that it is expected to give."""
    share = learnt["bits"].iloc[0] / np.log2(3)
    kind = "a poor" if share < 0.25 else "a fair" if share < 0.5 else "a good"
    return f"Watching for a year is {kind} way to learn what he wants: it is expected to give {share:.0%} of the answer"


def coin_words(frame: pd.DataFrame) -> str:
    """What extrapolation has been worth against a coin since 2012."""
    row = frame[(frame["group"] == "All since 2012") & (frame["naive"] == "coin")].iloc[0]
    return {
        "beat": "an advantage over a coin",
        "lose to": "worse than a coin",
        "cannot be told from": "no advantage over a coin that can be told",
    }[row["verdict"]]


def odds_words() -> str:
    """How many odds by reading the register has, and how many of their ranges include no difference."""
    rows = evidence.assumptions()
    rows = rows[rows.index.str.startswith("fc_or_")]
    even = int(((rows["low"] <= 1) & (rows["high"] >= 1)).sum())
    return f"{len(rows)} rows of the register, of which {even} have ranges that include, or end at, no difference"


def chance_of(frame: pd.DataFrame, question: str, year: int) -> str:
    """The chance that a replayed issue gave to a question in a year, as text."""
    return f"{frame[(frame['question'] == question) & (frame['year'] == year)]['p'].iloc[0]:.0%}"


def launches_words() -> str:
    """What launch days to come are expected to teach beside the answers, from the stored futures of the readings."""
    bits = readings.expected_information().set_index("scenario")["bits"]
    return f"{max(bits['no talks'], 0):.2f} bits without talks and {bits['talks all year']:.2f} with talks all the time"


def finding(rows: pd.DataFrame, frame: pd.DataFrame, learnt: pd.DataFrame) -> str:
    """The chapter's finding: what is staked, what the back-test says of it, and what the answers can teach."""
    coin = frame[(frame["group"] == "All since 2012") & (frame["naive"] == "coin")]["verdict"].iloc[0]
    worth = {
        "beat": "have done better than a coin since 2012",
        "lose to": "have done worse than a coin since 2012",
        "cannot be told from": "cannot be told from a coin since 2012",
    }[coin]
    bits = learnt["bits"].iloc[0]
    return (
        f"For {forecasts.year_of(rows)} this report stakes {len(rows)} answers, by models that {worth}. All "
        "together they are "
        f"expected to teach {bits:.2f} of the {np.log2(3):.2f} bits that separate the three Kims"
    )


def day_words(day: str) -> str:
    """An ISO date as text: 24 November 2026."""
    date = datetime.date.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"


def breaks_table(rows: pd.DataFrame) -> pd.DataFrame:
    """What no model of repetition knows, and the questions that it touches."""
    rows = rows[rows["breaks"].notna()]
    named = rows.groupby("breaks", sort=False)["words"].agg(lambda w: "; ".join(forecasts.label(x) for x in w))
    return pd.DataFrame({"What has broken": [capital(b) for b in named.index], "Questions": named.to_list()})


def losing(rows: pd.DataFrame) -> tuple[int, int, list[str]]:
    """How many of an issue's forecasts a naive forecaster beat in the back-test: (count, of, names)."""
    lost = rows[rows["beaten_by"].notna()]
    return len(lost), len(rows), [inner(w) for w in lost["words"]]


DIPLOMACY = ("leaders_meet", "us_meeting", "korean_summit", "inspectors", "drills_cut")


def never(tested: pd.DataFrame, p: float = 0.05) -> tuple[float, float, int]:
    """Mean log scores over the diplomatic questions: (who always says `p`, the model, n), the case for "never"."""
    rows = tested[tested["question"].isin(DIPLOMACY)]
    said = float(np.mean([forecasts.log_score(p, y) for y in rows["outcome"]]))
    return said, rows["score_model"].mean(), len(rows)


def never_words(tested: pd.DataFrame, p: float = 0.05) -> str:
    """Whether the forecaster who says no to all diplomacy did better than the models, since 2005 and lately."""
    parts = []
    for when, rows in (("since 2005", tested), ("since 2020", tested[tested["target"] >= 2020])):
        his, ours, n = never(rows, p)
        parts.append(
            f"{when} it scores {his:.2f} over {n} answers against our {ours:.2f} and "
            f"{'wins' if his < ours else 'loses'}"
        )
    return "; ".join(parts)
