"""The numbers that the front page and the report in brief both lead with, each from its chapter's model."""

from typing import NamedTuple

import pandas as pd

from bargain import argument, economies, options, partners, readings, results, schedules, scorecard, terms


class Facts(NamedTuple):
    """What both pages quote."""

    years: float  # that the months of launches cover
    told: list[float]  # share of the doubt between three readings that the launches remove, by both codings, ascending
    then: pd.Series  # each partner's share of what he wants, in the first year
    now: pd.Series  # the same in the latest
    theft_year: int
    theft: float  # gross theft of that year over what an end of the trade bans would net him, medians
    best: pd.Series  # share of futures in which each policy is best
    kept: pd.DataFrame  # the derived schedules, a row a draw, as `schedules.gains` has them
    answered: tuple[int, int]  # draws that answer three real offers as they were answered, and all that were asked
    counted: pd.Series  # the essay's claims that the record can test, by verdict
    critic: float  # share of those that it can test by another's rules which held by these
    single: tuple[int, int]  # beliefs that each end of the argument hangs on alone: the offer, its success


def facts() -> Facts:
    """The numbers, from the models and the stored tables."""
    codings = [belief for name, belief in options.record_beliefs().items() if name in options.BELIEFS.values()]
    power = partners.share_table().query("coding == 'leaky'").pivot(index="partner", columns="year", values="share")
    theft = economies.theft_against_relief().iloc[-1]
    regret = results.load("futures_regret").query("kind == 'best' and values == 'drawn'")
    essay = scorecard.essay()
    verdicts = essay.query("evidence == 'record'").verdict.value_counts()
    theirs = scorecard.tally(essay, "record", "alt")
    offers = results.load("exchange_hanoi")
    offer, success = (len(argument.cut_sets(argument.nodes(), end)[0]) for end in terms.ENDS)
    return Facts(
        years=len(readings.panel()) / 12,
        told=sorted(readings.learned(belief) for belief in codings),
        then=power[partners.years()[0]],
        now=power[partners.years()[-1]],
        theft_year=int(theft.year),
        theft=float(theft.gross_p50 / theft.relief_p50),
        best=regret.groupby("policy")["value"].mean(),
        kept=schedules.gains(results.load("schedules_sample")),
        answered=(int(offers["all"].sum()), len(offers)),
        critic=theirs.held / theirs.tested,
        counted=verdicts.reindex(["held", "failed", "mixed"]).fillna(0),
        single=(offer, success),
    )
