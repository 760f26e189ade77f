"""What each finding of the report in brief depends on, who disagrees, and what is staked."""

import pandas as pd

from bargain import forecasts
from bargain.words import forecasts as forecasts_words

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
