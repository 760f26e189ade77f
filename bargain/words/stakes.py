"""Sentences of chapter 10, worded by what is computed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, options, prose, stakes
from bargain.plots import stakes as stakes_plots
from bargain.prose import capital, counted, listed, two_figures
from bargain.words import exchange as exchange_words

HAVE = {"force": "Force costs", "pressure": "Pressure costs", "talks": "Talks cost", "accept": "Acceptance costs"}


# ---------------------------------------------------------------- sentences, worded by what is computed
def thousands(*values: Any) -> str:
    """Deaths in thousands, in words with the digits that all draws share."""
    return exchange_words.digits(*(abs(v) / 1000 for v in values)) + ",000"


def million(*values: Any) -> str:
    """Lives in words, with the digits that all draws share."""
    if min(values) < 999_500:
        return exchange_words.digits(*values)
    return exchange_words.digits(*(v / 1e6 for v in values)) + " million"


def _even(frame: pd.DataFrame, option: str, cause: str = "all") -> np.ndarray:
    rows = frame[(frame.reading == "even") & (frame.option == option) & (frame.cause == cause)]
    return rows.sort_values("seed").deaths.to_numpy()


def _against_talks(frame: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Deaths beyond talks by option, undecided: {option: (one a seed)}, and a sign, 0 within 5% of talks."""
    talks = _even(frame, "talks")
    more = {o: _even(frame, o) - talks for o in ("force", "pressure", "accept")}
    sign = {o: 0 if abs(v.mean()) < 0.05 * talks.mean() else int(np.sign(v.mean())) for o, v in more.items()}
    return more, sign


def deaths_heading(frame: pd.DataFrame) -> str:
    """Which options cost more and fewer lives than talks, as a heading."""
    _, sign = _against_talks(frame)
    more, fewer = ([stakes_plots.WORDS[o] for o, s in sign.items() if s == way] for way in (1, -1))
    if not more + fewer:
        return "All options cost about as many lives"
    first, word = (more, "more") if more else (fewer, "fewer")
    text = f"{capital(listed(first))} {'costs' if len(first) == 1 else 'cost'} {word} lives than talks"
    return f"{text}, {listed(fewer)} fewer" if more and fewer else text


def deaths_finding(frame: pd.DataFrame) -> str:
    """Which options cost fewer and more lives than talks, undecided, by how many."""
    said, talks = [], _even(frame, "talks")
    beyond, sign = _against_talks(frame)
    for option, more in beyond.items():
        if not sign[option]:
            said.append(f"{HAVE[option]} about as many")
            continue
        said.append(f"{HAVE[option]} about {thousands(*more)} {'more' if sign[option] > 0 else 'fewer'}")
    first, *rest = said
    return (
        f"Talks leave about {thousands(*talks)} dead in ten years for a reader undecided about the man. {first}, "
        + ", ".join(r[0].lower() + r[1:] for r in rest)
    )


def causes_finding(frame: pd.DataFrame) -> str:
    """What part of the deaths the war is, by option, and which cause the differences come from."""
    share = {o: (_even(frame, o, "war") / _even(frame, o)).mean() for o in stakes.OPTIONS}
    low, high = min(share.values()), max(share.values())
    camp = [_even(frame, o, "camps") for o in ("talks", "force")]
    return (
        f"War is {round(100 * low, -1):.0f} to {round(100 * high, -1):.0f}% of all deaths counted; the camps take "
        f"{thousands(*camp[0])} lives under talks and {thousands(*camp[1])} under force"
    )


def _commonest(shares: pd.DataFrame) -> dict[str, str]:
    """The quadrant that holds most futures of the model, by option."""
    return {
        o: shares[(shares.source == "model") & (shares.option == o)].groupby("quadrant").share.mean().idxmax()
        for o in ("force", "pressure", "accept")
    }


def quadrants_heading(shares: pd.DataFrame) -> str:
    """Which options are in most futures a trade-off against talks, as a heading."""
    trade = [stakes_plots.WORDS[o] for o, quadrant in _commonest(shares).items() if quadrant == "trade-off"]
    if not trade:
        return "Against talks, no option is most often a trade-off"
    return f"Against talks, {listed(trade)} {'is' if len(trade) == 1 else 'are'} most often a trade-off"


def of_futures(*shares: pd.DataFrame) -> str:
    """A share of futures in words: all futures, no future, 85% of futures."""
    word = prose.span_percent(*shares)
    return {"all": "all futures", "none": "no future"}.get(word, f"{word} of futures")


def quadrants_finding(shares: pd.DataFrame) -> str:
    """In what share of futures force and pressure are a trade-off against talks, and what acceptance is."""

    def share(option: str, quadrant: str) -> str:
        return of_futures(*stakes_plots.seeded(shares, option, quadrant))

    first = _commonest(shares)
    said = []
    for option in ("force", "pressure", "accept"):
        words = {
            "trade-off": "costs more lives and brings more accountability",
            "talks dominate": "costs more lives and brings less accountability",
            "the other dominates": "costs fewer lives and brings more accountability",
            "talks cost lives and give justice": "costs fewer lives and brings less accountability",
        }[first[option]]
        said.append(f"{stakes_plots.WORDS[option]} {words} in {share(option, first[option])}")
    text = "; ".join(said)
    return "Against talks, " + text


def weight_words(frame: pd.DataFrame, option: str, source: str = "model", who: str = "even") -> str:
    """Median and range of the break-even weight of an option, as words."""
    rows = frame[(frame.option == option) & (frame.source == source) & (frame.who == who)].sort_values("seed")
    if rows.q50.isna().any():
        return "no weight, for it is no trade-off in any future"
    return f"{million(*rows.q50)} lives ({million(*rows.q5)} to {million(*rows.q95)})"


def weights_heading(frame: pd.DataFrame) -> str:
    """Which of force and pressure asks the higher price, as a heading; unsettled where model and stated values part."""
    price = frame[frame.who == "even"].pivot(index=["source", "seed"], columns="option", values="q50")
    if price.isna().any(axis=None):
        return "An option that is no trade-off has no price"
    if (price.force > price.pressure).all():
        return "Force asks the higher price, pressure the lower"
    if (price.force < price.pressure).all():
        return "Pressure asks the higher price, force the lower"
    return "Which option asks the higher price is unsettled"


def weights_finding(frame: pd.DataFrame) -> str:
    """What full accountability must be worth before force or pressure is chosen over talks, and the presets."""
    rows = frame[(frame.source == "model") & (frame.who == "even")]
    top = max(stakes.price_of(name) for name in stakes_plots.PRESETS)
    below = rows.groupby("option").q5.min() > top
    name = next(stakes_plots.PRESETS[n] for n in stakes_plots.PRESETS if stakes.price_of(n) == top)
    kept = [o for o in ("force", "pressure") if below.get(o, False)]
    where = f"below the range for {' and '.join(kept)}" if kept else "not below the range for either"
    tail = f"the preset that prices it highest, {name}, says {top:,.0f}: {where}"
    priced = [o for o in ("pressure", "force") if rows[rows.option == o].q50.notna().all()]
    said = " and ".join(f"{weight_words(frame, o)} for {o}" for o in priced)
    free = [f"{o} is a trade-off in no future" for o in ("pressure", "force") if o not in priced]
    if not priced:
        return capital(" and ".join(free)) + ", so no weight on accountability turns a choice"
    return "; ".join([f"Full accountability would have to be worth {said}", *free, tail])


def spared_words(frame: pd.DataFrame) -> str:
    """What full accountability would have to spare elsewhere to pay for pressure, in a sentence."""
    rows = frame[(frame.option == "pressure") & (frame.source == "model") & (frame.who == "even")]
    if rows.q50.isna().any():
        return "In this model pressure is a trade-off in no future, and lives elsewhere do not turn it"
    weight = weight_words(frame, "pressure")
    return f"If one ruler’s full reckoning spares {weight} elsewhere, that alone pays for pressure"


def elicitation_words(frame: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Where the two elicitations agree and where they do not, in words."""

    def trade(option: str, source: str) -> str:
        rows = shares[(shares.option == option) & (shares.source == source) & (shares.quadrant == "trade-off")]
        return of_futures(*rows.share)

    return (
        f"Stated directly, pressure is a trade-off in {trade('pressure', 'stated')} instead of "
        f"{trade('pressure', 'model')}, at {weight_words(frame, 'pressure', 'stated')}; force in "
        f"{trade('force', 'stated')} instead of {trade('force', 'model')}, at "
        f"{weight_words(frame, 'force', 'stated')}"
    )


def headline(frame: pd.DataFrame, weights_frame: pd.DataFrame, shares: pd.DataFrame) -> str:
    """The chapter's finding: what is paid for what, and the weight at which the choice turns; never without it."""
    more = {o: (_even(frame, o) - _even(frame, "talks")) for o in ("force", "pressure")}
    trade = {o: np.mean(stakes_plots.seeded(shares, o, "trade-off")) for o in more}
    if min(trade.values()) > 0.5 and all(v.mean() > 0 for v in more.values()):
        return (
            f"Peace and justice are a trade: against talks, pressure costs about {thousands(*more['pressure'])} "
            f"lives in ten years and force about {thousands(*more['force'])}, and both bring more accountability. Who "
            f"gives full accountability a worth of less than {weight_words(weights_frame, 'pressure')} chooses "
            f"talks over pressure, who gives it more does not"
        )
    if all(v.mean() > 0 for v in more.values()):
        return (
            f"Against talks, pressure costs about {thousands(*more['pressure'])} lives in ten years and force about "
            f"{thousands(*more['force'])}, and in most futures at least one of the two does not bring "
            "accountability for those lives"
        )
    fewer = [stakes_plots.WORDS[o] for o, v in more.items() if v.mean() <= 0]
    verb = "costs" if len(fewer) == 1 else "cost"
    return (
        f"{' and '.join(fewer).capitalize()} {verb} no more lives than talks in ten years: deaths alone do not speak "
        "for talks there, and no weight on justice is needed to prefer what also brings more of it"
    )


def surface_finding(frame: pd.DataFrame) -> str:
    """The chance of war at which each option and talks tie on deaths, against the option's own."""
    said = []
    for row in frame.itertuples():
        now = f"{stakes_plots.WORDS[row.option]}’s chance of war is {100 * row.war:.0f}%"
        at = (
            f"they tie on deaths at {100 * row.tie:.0f}%"
            if row.tie > 0
            else "no chance of war makes them tie on deaths"
        )
        said.append(f"{now}, and {at}")
    return "Against talks: " + "; ".join(said)


def reader_heading(frame: pd.DataFrame) -> str:
    """How often the price of accountability turns which option loses least, as a heading."""
    first, turns = stakes.reader_turns(frame)
    if not turns:
        verb = "loses" if stakes.OPTIONS[first] != "talks" else "lose"
        return f"{capital(stakes_plots.WORDS[stakes.OPTIONS[first]])} {verb} least at every price of accountability"
    times = {1: "once", 2: "twice"}.get(len(turns), f"{len(turns)} times")
    return f"The price of accountability turns the choice {times}"


def reader_finding(frame: pd.DataFrame) -> str:
    """Which option loses least at each price of accountability, from nothing up, undecided."""
    at, turns = stakes.reader_turns(frame)
    said = []
    for price, g in turns:
        unit = "" if said else " lives for full accountability"
        said.append(f"{stakes_plots.WORDS[stakes.OPTIONS[at]]} up to {million(float(f'{price:.1g}'))}{unit}")
        at = g
    end = (
        f"then {stakes_plots.WORDS[stakes.OPTIONS[at]]}"
        if said
        else f"{stakes_plots.WORDS[stakes.OPTIONS[at]]} at every price"
    )
    return "Counting deaths and accountability alone, the least is lost under " + ", ".join([*said, end])


def published(row: str) -> str:
    """The central value of one row of the table of deaths, written out."""
    return f"{float(evidence.table('deaths').set_index('id').value_central[row]):,.0f}"


def _least(frame: pd.DataFrame) -> pd.Series:
    """The option that counts the fewest deaths at each aversion, from none up."""
    return frame.pivot(index="theta", columns="option", values="lives")[list(stakes.OPTIONS)].idxmin(axis=1)


def aversion_heading(frame: pd.DataFrame) -> str:
    """Whether aversion turns which option counts the fewest deaths before single draws decide, as a heading."""
    least = _least(frame)
    turn = least[least != least.iloc[0]]
    if not len(turn):
        return "Aversion to catastrophe does not turn the order"
    if turn.index[0] >= frame[frame.carried > 0.5].theta.min():
        return "Aversion that would turn the order rests on single draws"
    return f"Aversion to catastrophe can speak for {stakes_plots.WORDS[turn.iloc[0]]}"


def aversion_words(frame: pd.DataFrame) -> str:
    """What the two panels of the aversion figure show, for those who do not see them."""
    order = [tuple(part.set_index("option").lives.sort_values().index) for _, part in frame.groupby("theta", sort=True)]
    cross = "that cross" if len(set(order)) > 1 else "that keep their order"
    low, high = (frame[frame.theta == end].carried.mean() for end in (frame.theta.min(), frame.theta.max()))
    return (
        f"Left, four rising curves {cross}; right, what the worst thousandth carries of each, on average "
        f"{prose.percent(low)} with no aversion and {prose.percent(high)} at the largest tried"
    )


def aversion_finding(frame: pd.DataFrame) -> str:
    """Who counts the fewest deaths at no aversion, where that changes, and when the worst thousandth speaks."""
    least = _least(frame)
    first = least.iloc[0]
    turn = least[least != first]
    half = frame[frame.carried > 0.5].groupby("option").theta.min()
    text = f"With no aversion the fewest deaths are counted under {stakes_plots.WORDS[first]}"
    if len(turn):
        text += f", from {turn.index[0]:.1f} per million on under {stakes_plots.WORDS[turn.iloc[0]]}"
    else:
        text += " and so at every aversion tried"
    if len(half):
        text += (
            f"; from about {half.min():.0f} on the worst thousandth of the sample carries more than half of some "
            f"numbers"
        )
    return text


def tail_words(frame: pd.DataFrame, theta: float = 0.5) -> str:
    """What the worst thousandth carries at one aversion, the least and the largest share over options, in words."""
    at = frame[np.isclose(frame.theta, frame.theta.iloc[(frame.theta - theta).abs().argmin()])]
    low, high = 100 * at.carried.min(), 100 * at.carried.max()
    return (
        f"At an aversion of {theta:g} per million deaths the worst thousandth carries {low:.0f} to {high:.0f}% of the "
        "number"
    )


def force_words(frame: pd.DataFrame) -> str:
    """Whether aversion to catastrophe speaks for force in this model, in a sentence; empty where it does not."""
    least = _least(frame)
    if least.iloc[0] == "force" or "force" not in set(least):
        return "In this model aversion to catastrophe does not turn the order towards force."
    return (
        "In this model it is the strongest form of the case for force: a strike takes weapons away before a war, and "
        "the other options leave more of them for the worst one."
    )


def bought_words(frame: pd.DataFrame) -> str:
    """What each option brings of full accountability beyond talks, from `surface`."""
    rows = frame.set_index("option")
    more = {o: rows.justice[o] - rows.talks_justice[o] for o in ("pressure", "force")}
    return " and ".join(
        f"{stakes_plots.WORDS[o]} {'brings' if v > 0 else 'loses'} {abs(v):.2f} of it" for o, v in more.items()
    )


def drivers_words(frame: pd.DataFrame) -> str:
    """The rows that move the difference in deaths between pressure and talks most, with their ranges."""
    said = []
    for row in frame.head(4).itertuples():
        rank = f"{row.rank:+.1f}".replace("-", "−")
        what = f"{row.meaning[0].lower()}{row.meaning[1:]}"
        said.append(f"{what} ({row.low:,g} to {row.high:,g}; rank correlation {rank})")
    return "; ".join(said)


def held_finding(frame: pd.DataFrame) -> str:
    """How the estimates of prisoners moved, first to last."""
    first, last = frame.iloc[0], frame.iloc[-1]
    way = "fell" if last.high < first.low else "rose" if last.low > first.high else "did not clearly change"

    def said(row: pd.Series) -> str:
        low, high = (f"{v / 1000:.0f}" for v in (row.low, row.high))
        return f"{low} thousand" if low == high else f"{low}–{high} thousand"

    return f"Estimates of those held {way} from {said(first)} to {said(last)}; how many die there a year is not known"


def held_words(frame: pd.DataFrame) -> str:
    """How many estimates the figure of those held shows, and from when to when."""
    many = counted(len(frame), "range or point", "ranges or points")
    return f"{many}, {frame.year.min():.0f} to {frame.year.max():.0f}"


def endings_finding(frame: pd.DataFrame) -> str:
    """How many long-serving leaders removed by a foreign state were left alone, against those who left regularly."""
    free = frame[frame.fate == "unpunished"].set_index("ending")
    force, own = free.loc["removed by a foreign state"], free.loc["regular"]
    killed = (
        frame[frame.fate.isin(["imprisoned", "killed"])].groupby("ending").number.sum()["removed by a foreign state"]
    )
    return (
        f"Of {force.cases} long-serving leaders whom a foreign state removed {force.number or 'none'} "
        f"{'was' if force.number == 1 else 'were'} left alone, {killed} went to prison or died; of {own.cases} who "
        f"left by the rules {100 * own.share:.0f}% were left alone"
    )


def discount_words(seed: int = options.SEED) -> str:
    """What discounting lives at the high end does to the difference between force and talks."""
    draw, rate = stakes.sample(seed=seed), float(evidence.assumptions().high["time_preference"])
    more = [stakes.discounted(draw, r).mean(axis=0) for r in (0.0, rate)]
    gap = [m[stakes.FORCE] - m[stakes.TALKS] for m in more]
    way = (
        "widens" if abs(gap[1]) > abs(gap[0]) and gap[0] * gap[1] > 0 else "narrows" if gap[0] * gap[1] > 0 else "turns"
    )
    return (
        f"Counting later deaths at {100 * rate:.0f}% a year less {way} the difference between force and talks from "
        f"{thousands(gap[0])} to {thousands(gap[1])}"
    )


def linkage_words(seeds: Sequence[int] = stakes.SEEDS, got: Any = None) -> str:
    """The fall in his chance to accommodate at which linking the camps to the deal costs as much as it saves.

    got: pairs (fall, chance) of `linkage`, one a seed, for all of the deaths there and for half of them.
    """
    got = got or [[stakes.linkage(stakes.sample(seed=s), share) for s in seeds] for share in (1.0, 0.5)]
    if any(x > (1 - 1e-9) * p for row in got for x, p in row):  # nothing is lost where he holds out instead
        return (
            "If accommodation closed the camps, the link would save lives as long as it left him any chance to "
            "accommodate, for in these numbers his holding out costs no more lives elsewhere"
        )
    fall = [prose.span_percent(*(x / p for x, p in row)) for row in got]
    return (
        f"If accommodation closed the camps, the link would save lives as long as it lowered his chance to "
        f"accommodate by less than {fall[0]} of itself; if it ended half of the deaths there, by less than {fall[1]}"
    )


def foreign_words(seed: int = options.SEED) -> str:
    """The weight of a death below which force loses least, by preset, in words; all six outcomes counted."""
    draw = stakes.sample(seed=seed)
    means = options.outcomes(draw.parameters, draw.minds).mean(axis=0)
    said = []
    for name in options.presets():
        values = options.preset(name)
        at = stakes.life_weight(means, values)
        if values["v_life"] and not np.isnan(at):
            own = values["v_life"]
            who = options.PRESET_WORDS.get(name, name.replace("_", " "))
            said.append(f"{who} ({two_figures(at)}, where it gives {own:g})")
    if not said:
        return "no weight on a death above nothing makes force lose least in any preset"
    return "force loses least below a weight on each death of so much of one’s own in the presets " + ", ".join(said)
