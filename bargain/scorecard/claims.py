"""The card: every claim with its verdict, its scores under other codings, and what an edition of 2026 would change."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import argument, checks, evidence, games, partners, prose, results, terms
from bargain.reads import lru_cache
from bargain.scorecard import by_model, record  # noqa: F401 (importing them registers the rules)
from bargain.scorecard.by_model import losses
from bargain.scorecard.tables import ESSAY, KINDS, NAMES, ORDER, PLACE, RULES, SCORE, Verdict

# ------------------------------------------------------------------------------------------------ the card


SENTENCES = ("record", "record_otherwise")  # the columns of claims.csv that say what a rule found


def told(row: Mapping[str, Any], found: Verdict) -> str:
    """The sentence of a claim's row with the facts of its rule, all of its sentences checked against them.

    Raises ValueError, naming claims.csv, row and column, for a sentence that asks for a fact which the rule does not
    return or cannot be written as asked, for a fact that no sentence uses, and for a second sentence that is missing
    or never said.
    """
    where = f"claims.csv, row {row['id']}, column"
    if (found.holds is not None) != bool(row["record_otherwise"]):
        wrong = "is empty, but the rule can find" if found.holds is not None else "is never said: the rule never finds"
        raise ValueError(f"{where} record_otherwise: {wrong} that the first sentence does not hold")
    said, used = {}, set()
    for column in filter(row.get, SENTENCES):
        try:
            said[column] = prose.filled(row[column], found.facts)
            used |= prose.asked(row[column])
        except ValueError as error:
            raise ValueError(f"{where} {column}: {error}") from None
    if unused := sorted(set(found.facts) - used):
        raise ValueError(f"{where} {' or '.join(said)}: nothing is said of {', '.join(unused)}, which the rule returns")
    return said["record_otherwise" if found.holds is False else "record"]


@lru_cache
def card() -> pd.DataFrame:
    """Every claim with its verdict under both rules: the columns of claims.csv and verdict, alt, says, p_essay, score.

    p_essay is how sure the wording is (`sc_flat`, `sc_hedged`, `sc_perhaps`); score is 1, ½, 0, or NaN where untested;
    score_alt the same by the critic's rule, which is the main one where claims.csv has no other.
    Failures come first. Raises KeyError, naming the claim, where a claim has no rule, and ValueError, naming row and
    column, where its sentence does not fit the facts of its rule.
    """
    claims = argument.seed("claims").fillna({c: "" for c in ("rule_alt", "disputed_by", "paragraphs", *SENTENCES)})
    missing = [i for i in claims["id"] if i.lower() not in RULES]
    if missing:
        raise KeyError(f"claims.csv: no rule for {', '.join(missing)}")
    found = [RULES[i.lower()]() for i in claims["id"]]
    claims["verdict"], claims["alt"] = ([getattr(v, column) for v in found] for column in ("verdict", "alt"))
    claims["says"] = [told(row, v) for row, v in zip(claims.to_dict("records"), found, strict=True)]
    claims["alt"] = claims["alt"].where(claims["rule_alt"] != "", claims["verdict"])
    claims["p_essay"] = [evidence.central(f"sc_{word}") for word in claims["wording"]]
    claims["score"] = claims["verdict"].map(SCORE)
    claims["score_alt"] = claims["alt"].map(SCORE)
    rank = claims["verdict"].map({word: k for k, word in enumerate(ORDER)})
    return (
        claims.assign(rank=rank).sort_values(["rank", "id"], kind="stable").drop(columns="rank").reset_index(drop=True)
    )


def essay(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows of the essay's own claims."""
    frame = card() if frame is None else frame
    return frame[frame["speaker"] == ESSAY].reset_index(drop=True)


def rivals(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows of the essay's rivals."""
    frame = card() if frame is None else frame
    return frame[frame["speaker"] != ESSAY].reset_index(drop=True)


def verdicts(column: str = "verdict") -> dict[str, str]:
    """{claim id: verdict}, for the argument map."""
    return card().set_index("id")[column].to_dict()


@lru_cache
def chapter_credences() -> dict[str, tuple[float, ...]]:
    """Credences that chapters compute, {node: (low, central, high)}: the range is over readings, or over codings.

    us_key: share of chapter 3's draws in which the United States is first, over codings of the vetoes. force_worse:
    share of chapter 5's futures in which talks lose less than force, over readings. for_sale: share of chapter 7's
    minds that accept some package for the whole programme, over readings, at middling trust.
    """
    draws = partners.draw(256, 3)
    first = []
    for coding in terms.CODINGS:
        share = games.shapley(partners.values(partners.game(partners.years()[-1], draws, coding=coding)))
        first.append((share.argmax(axis=-1) == terms.PARTNERS.index("USA")).mean())
    lost, names = losses(), list(terms.POLICIES)
    better = (lost[:, :, names.index("talks")] < lost[:, :, names.index("force")]).mean(axis=0)
    sold = results.load("exchange_shares").query("commitment == 'zero' and trust == 0.5")
    sold = sold.groupby("reading")["accepts"].mean()
    found = {"us_key": first, "force_worse": better, "for_sale": sold}
    return {
        name: tuple(float(np.clip(f(v), 0.01, 0.99)) for f in (np.min, np.mean, np.max)) for name, v in found.items()
    }


def today() -> pd.DataFrame:
    """Today's credences of the argument's nodes: verdicts and chapters' own results in."""
    return argument.credences("now", verdicts(), chapter_credences())


# ------------------------------------------------------------------------------------------------ scores


def counts(frame: pd.DataFrame, by: str = "kind", column: str = "verdict") -> pd.DataFrame:
    """Verdicts counted by kind (or another column): a frame with one column a verdict, in the order of ORDER."""
    return pd.crosstab(frame[by], frame[column]).reindex(columns=list(ORDER), fill_value=0)


def brier(probability: ArrayLike, outcome: ArrayLike) -> float:
    """Mean squared distance of probabilities from outcomes (1, ½, 0); NaN outcomes are left out (Brier 1950)."""
    checks.shares(probability=probability)
    probability, outcome = np.asarray(probability, float), np.asarray(outcome, float)
    known = ~np.isnan(outcome)
    return float(((probability - outcome)[known] ** 2).mean()) if known.any() else np.nan


def forecasters(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """What each forecaster said of each claim: the essay by its wording, one who says "held" of all, a coin, and the
    forecast that nothing changes."""
    return {
        "essay": frame["p_essay"].to_numpy(float),
        "always held": np.ones(len(frame)),
        "coin": np.full(len(frame), 0.5),
        "no change": frame["no_change"].to_numpy(float),
    }


def scores(
    frame: pd.DataFrame, column: str = "score", by: str | None = None, n: int = 4000, seed: int = 1
) -> pd.DataFrame:
    """Brier scores with 5–95 per cent intervals from resampled claims: forecaster, brier, low, high, claims.

    `gap` and its interval: the essay's score less the other's on the same resamples (below 0: the essay did better).
    by: a column; then whole groups of claims are resampled, since claims of one paragraph stand or fall together.
    Raises ValueError where no claim has a score.
    """
    checks.counts(n=n, seed=seed)
    frame = frame[frame[column].notna()]
    if not len(frame):
        raise ValueError("no claim has a score: every verdict is untested")
    rng, outcome = np.random.default_rng(seed), frame[column].to_numpy(float)
    groups = pd.factorize(frame[by])[0] if by else np.arange(len(frame))
    size = groups.max() + 1
    often = rng.multinomial(size, np.full(size, 1 / size), size=n)[:, groups]  # how often each claim is drawn
    error = {who: (p - outcome) ** 2 for who, p in forecasters(frame).items()}
    rows = []
    for who, e in error.items():
        drawn, gap = ((often @ x) / often.sum(1) for x in (e, error["essay"] - e))
        rows.append(
            dict(
                forecaster=who,
                brier=e.mean(),
                low=np.quantile(drawn, 0.05),
                high=np.quantile(drawn, 0.95),
                gap=(error["essay"] - e).mean(),
                gap_low=np.quantile(gap, 0.05),
                gap_high=np.quantile(gap, 0.95),
                claims=len(frame),
            )
        )
    return pd.DataFrame(rows)


def mean_score(values: np.ndarray, n: int = 20000, seed: int = 7) -> tuple[float, float, float]:
    """Mean score of a group of claims with 5–95 per cent: (mean, low, high) of the posterior mean of a verdict.

    The shares of held, mixed and failed have Jeffreys' prior, Dirichlet(½, ½, ½): a handful of claims says little, and
    an interval from resampling would have no width where all agree. The point is the plain mean of the scores; NaN
    where nothing is scored.
    """
    checks.counts(n=n, seed=seed)
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    seen = np.array([(values == s).sum() for s in SCORE.values()])
    if not len(values):
        return np.nan, np.nan, np.nan
    drawn = np.random.default_rng(seed).dirichlet(seen + 0.5, n) @ np.array(list(SCORE.values()))
    mean = values.mean()
    if mean in (0, 1):  # all alike: the same mass, on the one side that is left
        return (mean, *((0.0, np.quantile(drawn, 0.9)) if mean == 0 else (np.quantile(drawn, 0.1), 1.0)))
    return mean, *np.quantile(drawn, [0.05, 0.95])


def groups(frame: pd.DataFrame, by: str, order: Iterable[str]) -> pd.DataFrame:
    """Mean scores by a column under both rules: group, rule, mean, low, high, claims (scored), untested."""
    rows = []
    for name in order:
        part = frame if name == "all" else frame[frame[by] == name]
        for rule, column in (("ours", "score"), ("critic", "score_alt")):
            mean, low, high = mean_score(part[column])
            known = int(part[column].notna().sum())
            rows.append(
                dict(group=name, rule=rule, mean=mean, low=low, high=high, claims=known, untested=len(part) - known)
            )
    return pd.DataFrame(rows)


def by_kind(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """`groups` by kind of claim, and over all."""
    return groups(essay() if frame is None else frame, "kind", ("all", *KINDS))


WORDINGS = ("flat", "hedged", "perhaps")


def by_wording(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """`groups` by how surely a claim is put, with said: the sureness of that wording."""
    out = groups(essay() if frame is None else frame, "wording", WORDINGS)
    return out.assign(said=[evidence.central(f"sc_{word}") for word in out["group"]])


def card_scores() -> pd.DataFrame:
    """Brier scores under both rules, over all claims of the essay, on the record alone, and on models alone.

    Columns of `scores`, and rule (ours, critic), basis (all, record, model), low and high by groups of claims.
    """
    rows = []
    for rule, column in (("ours", "score"), ("critic", "score_alt")):
        for basis in ("all", "record", "model"):
            part = essay() if basis == "all" else essay().query("evidence == @basis")
            if part[column].notna().any():
                rows.append(scores(part, column, by="claim").assign(rule=rule, basis=basis))
    return pd.concat(rows, ignore_index=True)


# ------------------------------------------------------------------------------------------------ an edition of 2026

CHANGES = (  # element of the deal, claims it rests on, what keeps, what an edition of 2026 says where they do not hold
    (
        "Who is asked first",
        ("S2d", "S4g"),
        "Washington, which still has most to give",
        "Washington with Moscow and Beijing in the room: he no longer looks to Washington alone",
    ),
    (
        "His dependence on others",
        ("S2e", "S4d"),
        "an offer of more than one partner",
        "a price for leaving a patron who pays, and a part for that patron",
    ),
    (
        "Reform as the bait",
        ("S2f", "S5a"),
        "help with a reform he wants",
        "relief and goods the state can use without reform; help with reform on request",
    ),
    (
        "What money must replace",
        ("S5b", "S5d"),
        "trade relief worth more than the theft",
        "a sum set against theft as it is now, with an end of theft among his steps",
    ),
    (
        "Safety beside money",
        ("S6a", "S6b"),
        "both together; paper alone buys nothing",
        "safety he can see, before money",
    ),
    (
        "How fast",
        ("S7a", "S7b"),
        "by degrees, each side’s step hanging on the other’s",
        "a first step so large that a broken promise shows at once",
    ),
    (
        "What comes off first",
        ("S7c", "S9d"),
        "relief, training of banks and a peace in stages",
        "delivery before meetings: relief in the first stage, and no summit without it",
    ),
    ("What he keeps", ("S8a",), "a latent remainder", "an arsenal capped before it is cut"),
)


def edition() -> pd.DataFrame:
    """What a 2026 edition of the essay's deal would have to change, by the verdicts of the claims each part rests on.

    Columns: part, claims, verdicts, keep (every tested claim held; NaN: none was tested), words, says (the figures).
    """
    frame, rows = card().set_index("id"), []
    for part, ids, kept, changed in CHANGES:
        mine = frame.loc[[i for i in ids if i in frame.index]]
        known = mine[mine["verdict"] != "untested"]
        keep = bool((known["verdict"] == "held").all()) if len(known) else None
        words = f"Still to be tried: {kept}" if keep is None else f"Keep: {kept}" if keep else f"Change: {changed}"
        first = mine.sort_values("score", na_position="last").iloc[0]  # the worst verdict gives the figures
        rows.append(
            dict(
                part=part,
                claims=", ".join(mine.index),
                verdicts=", ".join(mine["verdict"]),
                keep=keep,
                words=words,
                says=first["says"],
            )
        )
    return pd.DataFrame(rows)


def by_part(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Verdicts by part of the essay: Part, Paragraphs, and one column a verdict, by our rules."""
    frame = essay() if frame is None else frame
    table = counts(frame, "claim")
    pages = {c: _span(part["paragraphs"]) for c, part in frame.groupby("claim")}
    table.insert(0, "Paragraphs", [pages[c] for c in table.index])
    table.insert(0, "Part", [PARTS.get(c, c) for c in table.index])
    return table.rename(columns=str.capitalize).reset_index(drop=True)


PARTS = {
    "S1": "Three readings",
    "S2": "What he wants",
    "S3": "Three policies",
    "S4": "Why Washington",
    "S5": "Two economies",
    "S6": "The exchange",
    "S7": "By degrees",
    "S8": "A latent remainder",
    "S9": "Peace and justice",
}


def _span(paragraphs: Iterable[str]) -> str:
    """The first and last paragraph named in a column such as "4-5", "18"."""
    numbers = [int(n) for text in paragraphs for n in re.findall(r"\d+", text)]
    return f"{min(numbers)}–{max(numbers)}" if min(numbers) != max(numbers) else str(min(numbers))


def strip_frame(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The essay's claims for the strip: id, name, evidence, verdict, alt, ours and critic (0 failed … 3 untested)."""
    frame = essay() if frame is None else frame
    return pd.DataFrame(
        {
            "id": frame["id"],
            "name": [NAMES.get(i, p[:38]) for i, p in zip(frame["id"], frame["paraphrase"], strict=True)],
            "evidence": frame["evidence"],
            "verdict": frame["verdict"],
            "alt": frame["alt"],
            "ours": frame["verdict"].map(PLACE),
            "critic": frame["alt"].map(PLACE),
            "says": frame["says"],
        }
    )
