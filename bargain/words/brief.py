"""The findings of the report in brief: one of each chapter, by the chapter's own functions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from bargain import (
    deterrence,
    economies,
    forecasts,
    options,
    partners,
    prose,
    readings,
    results,
    schedules,
    scorecard,
    stakes,
    terms,
    wants,
)
from bargain.prose import hazard_words, listed, percent, two_digits
from bargain.reads import lru_cache
from bargain.terms import POLICIES, READINGS
from bargain.words import exchange as exchange_words
from bargain.words import forecasts as forecasts_words
from bargain.words import futures as futures_words
from bargain.words import schedules as schedules_words


class Finding(NamedTuple):
    """A short number for the margin, and a sentence without its stop."""

    number: str
    sentence: str


# What each finding depends on most, and who disagrees: the chapters' own answers in a clause, judgement.
DEPENDS = {
    "readings": (
        "Readings",
        "how June to October 2019 is coded; then the memory between months",
        "those who see coercive diplomacy in the tests, timed to bargain [@michishita2009playing]",
    ),
    "partners": (
        "Partners",
        "what arms and trade from Moscow and Beijing can replace",
        "those who see little American leverage left beside Russia [@town2023leverage]",
    ),
    "economies": (
        "Economies",
        "what survives laundering, which nobody has published",
        "those who hold that crime is built into the state and adapts [@chestnut2005sopranos]",
    ),
    "options": (
        "Options",
        "the yearly danger of war under each policy, and the price of a warhead",
        "the case for coercion without war [@cha2018right]",
    ),
    "futures": (
        "Futures",
        "the chance that he answers talks with accommodation",
        "those who say that he will not deal at all [@kelly2021missed]",
    ),
    "exchange": (
        "Exchange",
        "the worth of the arsenal to him, and fear of a partner who leaves",
        "those who hold that he has said he will not trade it, and means it [@klingner2021end]",
    ),
    "phasing": (
        "Phasing",
        "the life of agreements, and what cannot be undone",
        "those who would settle for arms control without a phase-out [@jackson2019risk]",
    ),
    "deterrence": (
        "Deterrence",
        "warning, and the time to turn material into weapons",
        "those who find that latency invites coercion and deters none [@mehta2017benefits]",
    ),
    "stakes": (
        "Stakes",
        "judged chances of war, and the reader’s own weight on justice",
        "those for whom crimes against humanity admit no trade [@coi2014report]",
    ),
    "scorecard": (
        "Scorecard",
        "who writes the rules: ours and a critic’s are both shown",
        "the critic, whose rules stand beside ours in @sec-claims",
    ),
}


IF_HE = {"irrational": "irrational", "narrow": "narrowly rational", "dealer": "a deal-seeker"}


def _by_reading(best: Sequence[str]) -> str:
    """Which policy is best if he is what, readings with one policy together."""
    groups: dict[str, list[str]] = {}
    for reading, policy in zip(READINGS, best, strict=True):
        groups.setdefault(policy, []).append(IF_HE[reading])
    if len(groups) == 1:
        return f"{wants.POLICY_WORDS[best[0]]} whatever he is"
    return listed(f"{wants.POLICY_WORDS[p]} if he is {' or '.join(who)}" for p, who in groups.items())


def essay_finding(losses: np.ndarray) -> str:
    """Which of the essay's three policies loses least, by reading."""
    best = [POLICIES[g] for g in losses[:, :3].argmin(axis=1)]
    return f"Of the essay's three policies the least is lost under {_by_reading(best)}"


def force_finding(price: float, hazard: float) -> str:
    """What must hold for force to be best at undecided beliefs: price of a warhead (low end), yearly hazard."""
    parts = [
        f"a warhead is worth more than {two_digits(price)} lives" if not np.isnan(price) else "",
        f"the yearly risk of war is above {hazard_words(hazard)}" if not np.isnan(hazard) else "",
    ]
    parts = [p for p in parts if p]
    if not parts:
        return "For a reader undecided between the readings no price of a warhead and no risk of war makes force best"
    return f"For a reader undecided between the readings, force is best only if {' or '.join(parts)}"


def open_finding(frame: pd.DataFrame) -> str:
    """In what share of the draws some weaponisation time serves both sides, with cameras and with visits."""
    a, b = frame["open_visits"].mean(), frame["open_cameras"].mean()
    more = "Cameras open the window" if b > a else "Cameras open the window no more often than visits"
    return (
        f"{more}: some weaponisation time serves both sides in {b:.0%} of the draws with them, in {a:.0%} with visits"
    )


def stakes_finding(worth: float) -> str:
    """What force and pressure cost in lives against talks, and the worth of accountability that turns to pressure."""
    said = []
    for option in ("pressure", "force"):
        more = stakes.difference(option)
        said.append(f"{option} costs about {prose.two_figures(abs(more) / 1000)},000 {'more' if more > 0 else 'fewer'}")
    text = f"Against talks, {' and '.join(said)} lives in ten years"
    if np.isnan(worth):
        return text + "; no price of accountability turns the choice to pressure"
    return (
        f"{text}; full accountability worth about {float(f'{worth:.1g}'):,.0f} lives would turn the choice to pressure"
    )


def _name(partner: str) -> str:
    return "the United States" if partner == "USA" else terms.LABELS[partner]


def lead_finding(table: pd.DataFrame) -> str:
    """Who is first under every coding, with shares then and now, and who is second."""
    first, last = partners.years()[0], partners.years()[-1]
    firsts = table[table["rank"] == 1].groupby("partner").size()
    base = table[table.coding == "leaky"].pivot(index="partner", columns="year", values="share")
    then, now = base[first].idxmax(), base[last].idxmax()
    every = "under every coding" if len(firsts) == 1 else f"under {firsts[now]} of {firsts.sum()} codings and years"
    second = [base[y].sort_values().index[-2] for y in (first, last)]
    if then == now:
        text = (
            f"{prose.capital(_name(now))} comes first {every}, with {base[first][now]:.0%} of what he could get in "
            f"{first} and {base[last][now]:.0%} in {last}"
        )
    else:
        text = (
            f"In {first} {_name(then)} came first with {base[first][then]:.0%}; in {last} {_name(now)} does with "
            f"{base[last][now]:.0%}"
        )
    return text + (
        f"; {_name(second[1])} has replaced {_name(second[0])} as second"
        if second[0] != second[1]
        else f"; {_name(second[1])} stays second"
    )


def launches_finding(told: list[str]) -> str:
    """How much of the doubt between three equal readings the launches remove, from the least to the most by coding."""
    return f"The record of launches removes {told[0]} to {told[1]} of the doubt between three equal readings"


def held_finding(claims: pd.DataFrame) -> str:
    """How many claims held on the record, by our rules and by another's, and on our models."""
    ours, theirs = (scorecard.tally(claims, "record", column) for column in ("verdict", "alt"))
    models = scorecard.tally(claims, "model")
    return (
        f"By our rules {ours.held} of {ours.tested} claims that the record can test held. By another’s it is "
        f"{theirs.held} of {theirs.tested}. Of {models.tested} more that only our own models judge {models.held} held, "
        "which is no evidence from the world"
    )


def _size(percent: str) -> tuple[int, str]:
    return len(percent), percent


def theft_words(latest: pd.Series) -> str:
    """Gross theft of the latest year over relief, the sentence that opens chapter 4; without its stop."""
    times = f"{latest.gross_p50 / latest.relief_p50:.1f} times"
    return f"Gross crypto theft of {latest.year:.0f} was worth {times} what an end of the trade bans would net him"


@lru_cache
def findings() -> dict[str, Finding]:
    """{chapter: Finding}, in the order of the chapters."""
    told = sorted(readings.learned(belief) for _, belief in readings.after_launches().items())
    told = [percent(share) for share in told]
    shares = partners.share_table()
    usa = shares[(shares.year == partners.years()[-1]) & (shares.coding == "leaky") & (shares.partner == "USA")].share
    theft = economies.theft_against_relief()
    latest = theft.iloc[-1]
    draw, values = options.sample(), options.preset("all_central")
    means = options.outcomes(draw.parameters, draw.minds).mean(axis=0)
    losses = means @ options.prices(values)
    price = options.price_interval(means, values, np.vstack([np.eye(3), options.EVEN]))[0][3]
    hazard = options.hazard_grid(options.head(draw, 8192), values)[-1]
    regret = futures_words.stored("regret")
    best = futures_words.by_policy(regret, kind="best", values="drawn").sort_values("value").iloc[-1]
    sold, sample = results.load("exchange_shares"), results.load("schedules_sample")
    zero = sold[np.isclose(sold.trust, 0.5) & (sold.commitment == "zero")].groupby(["reading", "seed"]).accepts.mean()
    zero = zero.groupby("reading").agg(lambda by_seed: prose.span_percent(*by_seed))
    wide, windows = schedules.gains(sample), deterrence.sampled_windows()
    weights, claims = stakes.weights((stakes.SEEDS[0],)), scorecard.essay()
    model = (weights.source == "model") & (weights.who == "even") & (weights.option == "pressure")
    worth = float(weights[model].q50.iloc[0])
    return {
        "readings": Finding("–".join(told).replace("%–", "–"), launches_finding(told)),
        "partners": Finding(f"{usa.iloc[0]:.0%}", lead_finding(shares)),
        "economies": Finding(f"{latest.gross_p50 / latest.relief_p50:.1f}×", theft_words(latest)),
        "options": Finding(
            "no price" if np.isnan(price) else prose.two_digits(price),
            f"{essay_finding(losses)}. {force_finding(price, hazard[3])}",
        ),
        "futures": Finding(prose.per_cent(best.value, best.again), futures_words.best_finding(regret)),
        "exchange": Finding(
            f"{min(zero, key=_size)}–{max(zero, key=_size)}".replace("%–", "–"), exchange_words.shares_words(sold)
        ),
        "phasing": Finding(f"{wide['some'].mean():.0%}", schedules_words.headline(sample).rstrip(".")),
        "deterrence": Finding(f"{windows.open_cameras.mean():.0%}", open_finding(windows)),
        "stakes": Finding(
            prose.two_digits(worth) if np.isnan(worth) else f"{float(f'{worth:.1g}'):,.0f}",
            stakes_finding(worth),
        ),
        "scorecard": Finding("{0} of {3}".format(*scorecard.tally(claims, "record")), held_finding(claims)),
    }


def table() -> pd.DataFrame:
    """What each finding depends on most, and who disagrees: columns for the page."""
    rows = [(name, depends, against) for name, depends, against in DEPENDS.values()]
    return pd.DataFrame(rows, columns=["Chapter", "Depends most on", "Who disagrees"])


def stake() -> str:
    """What is staked for the next year, as a sentence without its stop."""
    rows = forecasts_words.latest()
    return (
        f"{len(rows)} dated forecasts for {forecasts.year_of(rows)} are issued and sealed: "
        f"{forecasts_words.staked_finding(rows)[0].lower()}{forecasts_words.staked_finding(rows)[1:]}"
    )
