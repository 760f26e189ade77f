"""The forecasts that would have been made each year since 2012, scored."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import beta as beta_law
from scipy.stats import t as student

from bargain import checks, evidence
from bargain.forecasts.predictive import forecast
from bargain.forecasts.questions import LEAD, NAIVE, PERIODS, QUESTIONS, SCORED, history
from bargain.forecasts.scores import brier, log_score, score_one
from bargain.reads import lru_cache

# ------------------------------------------------------------------------------------------------ the back-test

MIN_HISTORY = 6


def backtest(last: int, first: int = 2005, lead: int = LEAD) -> pd.DataFrame:
    """Every forecast that could have been made: at each origin only the data up to it are used.

    Columns: question, kind, family, origin, target, outcome, p (binary), and score_… of model and naive forecasters,
    brier_… for binary questions.
    """
    return backtest_all(last, first, lead, str(evidence.DATA)).copy()


@lru_cache
def backtest_all(last: int, first: int, lead: int, data: str) -> pd.DataFrame:
    """Every forecast that could have been made: a row a question and target year, with outcome and scores."""
    rows = []
    for question in QUESTIONS.values():
        past = history(question.id, last)
        for target in [int(y) for y in past.index if y >= first]:
            known = past[past.index <= target - lead]
            if len(known) < MIN_HISTORY:
                continue
            said, y = forecast(question, known, target - int(known.index[-1])), past[target]
            row = dict(
                question=question.id,
                kind=question.kind,
                family=question.family,
                origin=target - lead,
                target=target,
                outcome=y,
                p=said["model"] if question.kind == "binary" else np.nan,
            )
            row |= {f"score_{who}": s for who, s in score_one(question, said, y).items()}
            if question.kind == "binary":
                row |= {f"brier_{who}": brier(said[who], y) for who in SCORED}
            rows.append(row)
    return pd.DataFrame(rows)


def clustered(gain: pd.Series, cluster: pd.Series) -> tuple[float, float]:
    """Mean of `gain` and its standard error when all of a cluster share their surprises: (mean, se)."""
    checks.finite(gain=gain, cluster=cluster)
    residual = (gain - gain.mean()).groupby(cluster).sum()
    m = len(residual)
    return gain.mean(), np.sqrt((residual**2).sum() * m / max(m - 1, 1)) / len(gain)


def skill(frame: pd.DataFrame, by: str | None = None, measure: str = "score") -> pd.DataFrame:
    """Mean scores and the model's mean gain over each naive forecaster with a standard error clustered by year.

    One row a group (`by`: a column, or None for all): group, n, years, mean_model, and for each naive forecaster
    mean_…, gain_…, se_…; a gain above 0 says that the model did better.
    """
    rows = []
    for name, part in frame.groupby(by, sort=False) if by else [("all", frame)]:
        row = dict(group=name, n=len(part), years=part["target"].nunique(), mean_model=part[f"{measure}_model"].mean())
        for who in NAIVE:
            gain = (part[f"{measure}_{who}"] - part[f"{measure}_model"]).dropna()
            row[f"mean_{who}"] = part[f"{measure}_{who}"].mean()
            row[f"gain_{who}"], row[f"se_{who}"] = (
                clustered(gain, part.loc[gain.index, "target"]) if len(gain) else (np.nan, np.nan)
            )
        rows.append(row)
    return pd.DataFrame(rows)


def without_duplicates(frame: pd.DataFrame) -> pd.DataFrame:
    """One question a family (the first binary one listed), so that n is not inflated by what moves together."""
    first = {}
    for question in sorted(QUESTIONS.values(), key=lambda q: q.kind != "binary"):
        first.setdefault(question.family, question.id)
    return frame[frame["question"].isin(first.values())]


def calibration(frame: pd.DataFrame, edges: Sequence[float] = (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)) -> pd.DataFrame:
    """Binary forecasts by their probability: p (mean), share (of yeses), low, high (90 per cent, Beta(½, ½)), n."""
    checks.shares(edges=edges)
    binary = frame[frame["kind"] == "binary"]
    rows = []
    for low, high in zip(edges, edges[1:], strict=False):
        part = binary[(binary["p"] >= low) & ((binary["p"] < high) | (high == edges[-1]))]
        if len(part):
            k, n = part["outcome"].sum(), len(part)
            ends = beta_law.ppf([0.05, 0.95], k + 0.5, n - k + 0.5)
            rows.append(dict(p=part["p"].mean(), share=k / n, low=ends[0], high=ends[1], n=n))
    return pd.DataFrame(rows)


def beaten_by(question: str, frame: pd.DataFrame) -> list[str]:
    """The naive forecasters that scored better than the model on a question's back-test: a list."""
    part = frame[frame["question"] == question]
    return [
        who
        for who in NAIVE
        if part[f"score_{who}"].notna().any() and part[f"score_{who}"].mean() < part["score_model"].mean()
    ]


def skill_frame(tested: pd.DataFrame) -> pd.DataFrame:
    """Gain in log score over each naive forecaster, yes-or-no questions.

    One row a group and forecaster: group, naive, gain, low, high (90 per cent, Student's t with a cluster a year), n,
    years, verdict (beat, cannot be told from, lose to).
    """
    binary = tested[tested["kind"] == "binary"]
    groups = {
        "All since 2005": binary,
        "One question a family": without_duplicates(binary),
        "All since 2012": binary[binary["target"] >= 2012],
    }
    groups |= {name: binary[binary["target"].between(*span)] for name, span in PERIODS.items()}
    rows = []
    for name, part in groups.items():
        row = skill(part).iloc[0]
        for who in NAIVE:
            half = student.ppf(0.95, row["years"] - 1) * row[f"se_{who}"]
            gain = row[f"gain_{who}"]
            verdict = "beat" if gain - half > 0 else "lose to" if gain + half < 0 else "cannot be told from"
            rows.append(
                dict(
                    group=name,
                    naive=who,
                    gain=gain,
                    low=gain - half,
                    high=gain + half,
                    n=row["n"],
                    years=row["years"],
                    verdict=verdict,
                )
            )
    return pd.DataFrame(rows)


DIPLOMACY = ("leaders_meet", "us_meeting", "korean_summit", "inspectors", "drills_cut")


class Never(NamedTuple):
    """Mean log scores over the questions of diplomacy: of who always says no, of the model, and over how many."""

    said: float
    model: float
    n: int


def never(tested: pd.DataFrame, p: float = 0.05, since: int = 2005) -> Never:
    """The case for "never": whoever gives `p` to every act of diplomacy since a year, beside the model.

    Raises ValueError naming p, which is no chance, or since, from when on nothing was tested.
    """
    checks.shares(p=p)
    rows = tested[tested["question"].isin(DIPLOMACY) & (tested["target"] >= since)]
    if not len(rows):
        raise ValueError(f"since: no question of diplomacy was tested in or after {since}")
    said = float(np.mean([log_score(p, y) for y in rows["outcome"]]))
    return Never(said, float(rows["score_model"].mean()), len(rows))


def surest(tested: pd.DataFrame, low: float = 0.1, high: float = 0.7) -> pd.DataFrame:
    """The surest noes (below `low`) and yeses (above `high`): rows no and yes, each where there is any.

    Columns: n, p (mean chance given), share (of yeses), low, high (90 per cent of it, Beta(½, ½)).
    """
    checks.shares(low=low, high=high)
    binary, out = tested[tested["kind"] == "binary"], {}
    for name, part in {"no": binary[binary["p"] < low], "yes": binary[binary["p"] > high]}.items():
        if len(part):
            k, n = part["outcome"].sum(), len(part)
            ends = beta_law.ppf([0.05, 0.95], k + 0.5, n - k + 0.5)
            out[name] = dict(n=n, p=part["p"].mean(), share=k / n, low=ends[0], high=ends[1])
    return pd.DataFrame.from_dict(out, orient="index")


def quantity_wins(tested: pd.DataFrame) -> dict[str, int]:
    """On how many counts and quantities the model's mean CRPS is below that of climatology, of persistence; and of."""
    rows = tested[tested["kind"] != "binary"].groupby("question")[[f"score_{who}" for who in SCORED]].mean()
    won = {who: int((rows["score_model"] < rows[f"score_{who}"]).sum()) for who in NAIVE[:2]}
    return won | {"of": len(rows)}
