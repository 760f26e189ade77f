"""What each question would tell of the three Kims."""

from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence, sampling
from bargain.forecasts.questions import END, Question, year_of
from bargain.terms import READINGS

# ------------------------------------------------------------------------------------------------ by reading


def odds(p: Any, ratio: Any) -> Any:
    """The probability whose odds are `ratio` times those of p."""
    checks.shares(p=p)
    checks.nonnegative(ratio=ratio)
    return p * ratio / (1 - p + p * ratio)


def by_reading(question: Question, p: float) -> dict[str, tuple[float, ...]]:
    """What each Kim would do: {reading: (low, central, high)} from the odds ratios in the register; {} without any."""
    checks.shares(p=p)
    register, out = evidence.assumptions(), {}
    for reading in READINGS:
        name = f"fc_or_{question.id}_{reading}"
        if name in register.index:
            ends = register.loc[name, ["low", "central", "high"]].astype(float).to_numpy()
            out[reading] = tuple(odds(p, ends))
    return out


def telling(rows: pd.DataFrame) -> pd.DataFrame:
    """The issued yes-or-no forecasts on which the readings differ, one a family: a part of `rows`.

    Of questions that move together the one nearer to even odds is kept: it is expected to tell more.
    """
    rows = rows[rows["dealer_central"].notna()]
    rows = rows.assign(even=(rows["p"] - 0.5).abs()).sort_values("even", kind="stable")
    return rows.drop_duplicates("family").drop(columns="even").sort_index()


def log_ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """By question and answer: log10 of the likelihood ratio of the deal-seeker against each other reading.

    Columns question, words, answer (yes, no), against, low, central, high, chance (of that answer). The ends take
    both readings' odds at the ends that make the ratio smallest and largest.
    """
    out = []
    for row in rows[rows["dealer_central"].notna()].to_dict("records"):
        for answer in ("yes", "no"):
            p = {
                (r, e): row[f"{r}_{e}"] if answer == "yes" else 1 - row[f"{r}_{e}"]
                for r in READINGS
                for e in ("low", "central", "high")
            }
            for other in READINGS[:2]:
                ends = [
                    np.log10(p["dealer", a] / p[other, b])
                    for a, b in (("low", "high"), ("central", "central"), ("high", "low"))
                ]
                low, central, high = sorted(ends) if answer == "yes" else sorted(ends)
                out.append(
                    dict(
                        question=row["question"],
                        words=row["words"],
                        answer=answer,
                        against=other,
                        low=low,
                        central=central,
                        high=high,
                        chance=row["p"] if answer == "yes" else 1 - row["p"],
                    )
                )
    return pd.DataFrame(out)


def teaching(rows: pd.DataFrame, column: str = "p", n: int = 1024, seed: int = 12) -> pd.DataFrame:
    """What the answers to all telling questions are expected to teach, from equal beliefs.

    Odds ratios are drawn from the register (n draws), independently of one another; given a
    reading, answers are independent. Returns one row a draw: bits (expected fall in entropy) and, for each reading
    if it is the true one, the expected belief in it (belief_…) and the chance that it comes out ahead (ahead_…).
    """
    checks.counts(n=n, seed=seed)
    rows, register = telling(rows), evidence.assumptions()
    wanted = [f"fc_or_{q}_{r}" for q in rows["question"] for r in READINGS]
    drawn, _ = sampling.draw(register.loc[wanted], n, seed)
    ratio = np.stack([np.broadcast_to(drawn[name], n) for name in wanted], 1).reshape(n, len(rows), 3)
    p = odds(rows[column].to_numpy()[None, :, None], ratio)
    answers = (np.arange(2 ** len(rows))[:, None] >> np.arange(len(rows))) & 1
    like = np.ones((n, len(answers), 3))
    for k in range(len(rows)):
        yes = (answers[:, k] == 1)[None, :, None]
        like *= np.where(yes, p[:, None, k], 1 - p[:, None, k])
    after = like / like.sum(2, keepdims=True)
    entropy = -(after * np.log2(after)).sum(2)
    out = {"bits": np.log2(3) - (like.mean(2) * entropy).sum(1)}
    for k, reading in enumerate(READINGS):
        out[f"belief_{reading}"] = (like[:, :, k] * after[:, :, k]).sum(1)
        out[f"ahead_{reading}"] = (like[:, :, k] * (after.argmax(2) == k)).sum(1)
    return pd.DataFrame(out)


def teach_frame(rows: pd.DataFrame, n: int = 1024, seed: int = 12) -> pd.DataFrame:
    """Belief in the true reading after all telling answers, from equal beliefs: one row a reading and horizon.

    Five quantiles over the drawn odds ratios (q2 … q98), their mean, the chance that the truth comes out ahead, bits,
    and what luck in the answers alone does at central odds (lucky_low, lucky_high: 10th and 90th percentile).
    """
    checks.counts(n=n, seed=seed)
    out, horizons = [], {"p": f"{year_of(rows)}", "p_any_to_2030": f"any year to {END}"}
    for column, horizon in horizons.items():
        if rows[column].isna().all():
            continue
        learnt = teaching(rows, column, n, seed)
        luck = _luck(rows, column)
        for k, reading in enumerate(READINGS):
            belief = learnt[f"belief_{reading}"]
            row = dict(
                horizon=horizon,
                reading=reading,
                mean=belief.mean(),
                ahead=learnt[f"ahead_{reading}"].mean(),
                bits=learnt["bits"].mean(),
            )
            row |= dict(
                zip(
                    ("q2", "q25", "q50", "q75", "q98"),
                    np.quantile(belief, [0.025, 0.25, 0.5, 0.75, 0.975]),
                    strict=True,
                )
            )
            out.append(row | dict(lucky_low=luck[k][0], lucky_high=luck[k][1]))
    return pd.DataFrame(out)


def _luck(rows: pd.DataFrame, column: str) -> list[tuple[float, ...]]:
    """For each reading, the 10th and 90th percentile of the belief in it over its answers, at the central odds."""
    rows, register = telling(rows), evidence.assumptions()["central"]
    ratio = np.array([[register[f"fc_or_{q}_{r}"] for r in READINGS] for q in rows["question"]])
    p = odds(rows[column].to_numpy()[:, None], ratio)
    answers = (np.arange(2 ** len(rows))[:, None] >> np.arange(len(rows))) & 1
    like = np.where(answers[:, :, None] == 1, p, 1 - p).prod(1)
    after, out = like / like.sum(1, keepdims=True), []
    for k in range(len(READINGS)):
        order = np.argsort(after[:, k])
        total = np.cumsum(like[order, k])
        out.append(tuple(after[order[np.searchsorted(total, q)], k] for q in (0.1, 0.9)))
    return out
