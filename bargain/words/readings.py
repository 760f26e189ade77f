"""Sentences of chapter 1, worded by what is computed."""

from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, readings, results, terms
from bargain.prose import counted, listed, percent
from bargain.terms import READINGS
from bargain.wants import READING_WORDS

# -------------------------------------------------------------------------------------------- findings in words

WORDS = READING_WORDS | {"force_only": "the Kim who understands force", "programme": "the engineers' clock"}


def naive_verdict(row: Any) -> str:
    """The naive factor in words; it has two sides, so a surplus in flagged months is told apart from restraint."""
    if np.isnan(row.naive):
        return "no information"
    wrong = " the opposite" if row.naive > readings.EQUAL and row.ratio > 1 else ""
    return readings.verdict(row.naive) + wrong


def stand(log: float, what: str) -> str:
    """What months say of something, the verb with them: they stand 2.7 to 1 for it, or say nothing, or hold nothing."""
    if np.isnan(log):
        return f"hold no information on {what}"
    return (
        f"say {readings.verdict(log)} of {what}"
        if abs(log) < readings.EQUAL
        else f"stand {readings.verdict(log)} {what}"
    )


def shares(belief: np.ndarray) -> str:
    """Three beliefs in words, the largest first."""
    order = np.argsort(-np.asarray(belief), kind="stable")
    return listed(f"{percent(belief[k])} for {WORDS[READINGS[k]]}" for k in order)


def learned(belief: np.ndarray) -> float:
    """The share of the uncertainty of equal beliefs that is gone: 1 − entropy / log 3."""
    b = np.asarray(belief, float)
    return float(1 + (b * np.log(np.maximum(b, 1e-300))).sum() / np.log(3))


def both_codings() -> dict[str, np.ndarray]:
    return {coding: readings.posterior(readings.EVEN, readings.log_likelihoods(coding)) for coding in readings.CODINGS}


def lead_finding() -> str:
    """Where equal beliefs end after the months of launches, under both codings, and how little that is."""
    after = both_codings()
    a, b = after["table"], after["second"]
    first, other = READINGS[a.argmax()], READINGS[b.argmax()]
    said = f"Equal beliefs, shown {len(readings.panel())} months of launches, become {shares(a)}"
    n = coded_twice()
    if not n:
        return said + "; the two codings of talks agree"
    turn = f"and {WORDS[other]} leads" if other != first else f"and {WORDS[first]} still leads"
    return f"{said}; recode {counted(n, 'month')} of talks and they become {shares(b)}, {turn}"


def little_finding() -> str:
    """How much of the question the record answers under each coding."""
    told = sorted(learned(b) for b in both_codings().values())
    span = percent(told[0]) if percent(told[0]) == percent(told[1]) else f"{percent(told[0])} to {percent(told[1])}"
    size = "little" if told[1] < 0.4 else "some" if told[1] < 0.7 else "much"
    return f"The record of launches tells {size}: it removes {span} of the doubt between three equal readings"


def confidence_words() -> str:
    """What the first finding rests on, and whether its direction hangs on the coding of talks."""
    first, other = (b.argmax() for b in both_codings().values())
    turn = "both codings point the same way" if first == other else "which way the little points hangs on one coding"
    return f"two models, a placebo and simulated histories stand behind it; {turn}"


def coded_twice() -> int:
    """How many months of the panel the two codings of talks call differently."""
    return int((readings.panel()["talks"] != readings.panel()["talks_alt"]).sum())


def panel_finding() -> str:
    """Months with and without talks, side by side, under both codings."""
    p, parts = readings.panel(), []
    for column, coding in (("talks", "table"), ("talks_alt", "second")):
        flag = p[column] == 1
        days, months = counted(p.loc[flag, "days"].sum(), "launch day"), counted(flag.sum(), "month")
        parts.append(f"{days} in {months} after talks under {readings.CODINGS[coding]}")
    return f"{listed(parts)}, of {p['days'].sum()} in {len(p)} months"


def memory_finding(frame: pd.DataFrame | None = None) -> str:
    """What memory does to the case for talks, under both codings."""
    frame = readings.comparison() if frame is None else frame
    parts = []
    for coding, words in readings.CODINGS.items():
        row = frame[(frame["reading"] == "dealer") & (frame["coding"] == coding)].iloc[0]
        naive = naive_verdict(row)
        link = "" if naive.endswith((" for", " against")) else " of" if naive.endswith("opposite") else " on"
        parts.append(f"under {words} {naive}{link} a restraint by talks becomes {readings.verdict(row['memory'])}")
    return "Let months remember, and " + "; ".join(parts)


def pressure_finding(frame: pd.DataFrame | None = None) -> str:
    """What the months say of restraint by pressure."""
    frame = readings.comparison() if frame is None else frame
    rows = frame[frame["reading"] == "narrow"].set_index("coding")
    row = rows.loc["table"]
    if np.isnan(row["ratio"]):
        return "Of restraint by pressure the months hold no information"
    more = "more" if row["ratio"] > 1 else "fewer"
    return (
        f"Months after new measures hold {more} launches than others ({row['ratio']:.1f} times as many): "
        f"they {stand(row['memory'], 'a restraint by pressure')}, and {readings.verdict(rows.at['second', 'memory'])} "
        "if rounds of single US listings count too, which are known since 2017 and not all"
    )


def exercises_finding(frame: pd.DataFrame | None = None) -> str:
    """What the months say of a restraint by large exercises."""
    frame = readings.comparison() if frame is None else frame
    rows = frame[frame["reading"] == "force_only"].set_index("coding")
    if rows.empty:
        return "Without a table of exercises, the Kim who understands force cannot be tested"
    said = stand(rows.at["table", "memory"], "a Kim who falls quiet before force")
    return (
        f"Months of large exercises held in full {said}, and {readings.verdict(rows.at['second', 'memory'])} if scaled "
        "exercises count too"
    )


def programme_finding(frame: pd.DataFrame | None = None) -> str:
    """What first flights explain, with and without the month of the flight."""
    frame = readings.comparison() if frame is None else frame
    rows = frame[frame["reading"] == "programme"].set_index("coding")["memory"]
    return (
        f"The engineers' clock stands {readings.verdict(rows['table'])}, but a month with a first flight has a "
        "launch by "
        f"construction; the months after one alone stand {readings.verdict(rows['after'])}"
    )


def placebo_finding(table: pd.DataFrame | None = None) -> str:
    """How often talks moved round the calendar do as well as where they were."""
    table = (readings.placebo_summary() if table is None else table).set_index("flag")
    a, b = table.at["talks", "p_model"], table.at["talks_alt", "p_model"]
    rare = sum(v <= 0.05 for v in (a, b))
    end = ("neither is rare", "one of the two is rarer than one in twenty", "both are rarer than one in twenty")[rare]
    return (
        f"Talks moved round the calendar make at least as good a case in {percent(a)} of placements under the "
        f"table's coding and in {percent(b)} under the second: {end}"
    )


def lags_finding(frames: Any | None = None) -> str:
    """Whether talks still to come explain the present quiet as well as talks of the month before."""
    frames = frames or {coding: readings.leads_and_lags(column) for coding, column in readings.TALKS.items()}
    parts = []
    for coding, frame in frames.items():
        log = frame.set_index("lag")["log_bayes_factor"]
        parts.append(f"{int((log[log.index < 0] >= log[1]).sum())} of {readings.LAST} under {readings.CODINGS[coding]}")
    return (
        "Talks one to six months in the future explain quiet at least as well as talks of the month before in "
        + listed(parts)
    )


def without_spell(column: str = "talks") -> tuple[float, float, Any]:
    """Launch days a month under talks without the longest spell, in other months, and the spell (a row)."""
    p, table = readings.panel(), readings.episodes(column)
    spell = table.loc[table["months"].idxmax()]
    inside = (p.index >= pd.Period(spell["first"])) & (p.index <= pd.Period(spell["last"]))
    rest = p[(p[column] == 1) & ~inside]
    return rest["days"].mean(), p.loc[p[column] == 0, "days"].mean(), spell


def month_words(month: str) -> str:
    """2018-04 → April 2018."""
    return pd.Period(month).strftime("%B %Y")


def episodes_finding(column: str = "talks") -> str:
    """What is left of the quiet under talks without its longest spell."""
    rest, other, spell = without_spell(column)
    if np.isnan(rest):
        return f"All talks fall into one spell, {month_words(spell['first'])} to {month_words(spell['last'])}"
    word = "no rarer" if rest > other else "rarer"
    return (
        f"Without {month_words(spell['first'])} to {month_words(spell['last'])}, launch days are {word} under "
        f"talks: {rest:.1f} a month against {other:.1f}"
    )


def splits_finding() -> str:
    """Where a flag never varies, and how the case for talks changes at Hanoi."""
    frame = readings.splits()
    at = frame[frame["split"] == "Hanoi"].set_index(["part", "flag"])["log_bayes_factor"]
    late = frame[(frame["split"] == "2022") & (frame["part"] == "from then")].set_index("flag")
    silent = late.loc[["talks", "talks_alt", "pressure"], "log_bayes_factor"].isna().all()
    end = ""
    if silent:
        end = "; since 2022 neither talks nor measures of the Council and new US laws have varied: no information"
        wide, month = late.loc["pressure_alt"], late.loc["listed"]
        if not np.isnan(month["log_bayes_factor"]):
            end += (
                f". Rounds of single US listings have gone on: {wide['flagged']} of {wide['months']} months follow one "
                f"within a quarter and {month['flagged']} within a month. Counted so, the months "
                f"{stand(wide['log_bayes_factor'], 'a restraint by pressure')}, and by the month alone "
                f"{stand(month['log_bayes_factor'], 'it').removeprefix('stand ')}"
            )
    return (
        f"Before Hanoi the months {stand(at['before', 'talks'], 'a restraint by talks')}, after it "
        f"{readings.verdict(at['from then', 'talks'])} under the table's coding and "
        f"{readings.verdict(at['from then', 'talks_alt'])} under the second{end}"
    )


def priors_heading(frame: pd.DataFrame | None = None) -> str:
    """Which moves the case for talks more: the other coding of 2019, or any one prior over its range."""
    frame = readings.prior_sensitivity() if frame is None else frame
    coding = abs(frame["dealer_second"].iloc[0] - frame["dealer"].iloc[0])
    prior = (frame["dealer"] - frame["dealer"].iloc[0]).abs().max()
    more, less = ("The coding of 2019", "any prior") if coding > prior else ("A prior", "the coding of 2019")
    return f"{more} decides more than {less}"


def priors_finding(frame: pd.DataFrame | None = None) -> str:
    """Whether any prior, moved over its range, turns the sign of a factor."""
    frame = readings.prior_sensitivity() if frame is None else frame
    names = {"dealer": "talks (table's coding)", "dealer_second": "talks (second coding)", "narrow": "pressure"}
    turned = [words for column, words in names.items() if frame[column].min() < 0 < frame[column].max()]
    low, high = frame["dealer"].min(), frame["dealer"].max()
    end = f"the sign turns for {listed(turned)}" if turned else "no prior turns a sign, and the coding does"
    if not turned and np.sign(frame["dealer"].iloc[0]) == np.sign(frame["dealer_second"].iloc[0]):
        end = "no prior turns a sign, nor does the coding"
    return (
        f"Over the priors' ranges the case for talks runs from {readings.verdict(low)} to "
        f"{readings.verdict(high)}: {end}"
    )


def calibration_heading(table: pd.DataFrame | None = None) -> str:
    """What the model with memory does to alarms, false and true, as a heading."""
    table = readings.calibration_summary() if table is None else table
    none, real = table.loc["memory"], table.loc["planted"]
    if none["memory_3"] >= none["naive_3"]:
        return "The model with memory raises no fewer false alarms"
    true = "fewer true ones" if real["memory_3"] < real["naive_3"] else "no fewer true ones"
    return f"Memory means fewer false alarms and {true}"


def alarm_words(table: pd.DataFrame | None = None) -> str:
    """What the false-alarm rates say for the model with memory, in words."""
    table = readings.calibration_summary() if table is None else table
    none = table.loc["memory"]
    if none["memory_3"] < none["naive_3"]:
        return "the false-alarm rate, and it is the reason for the model with memory"
    return "the false-alarm rate, and it gives no reason for the model with memory"


def calibration_finding(table: pd.DataFrame | None = None) -> str:
    """False alarms with memory and no effect, and how often a real halving is found."""
    table = readings.calibration_summary() if table is None else table
    none, real = table.loc["memory"], table.loc["planted"]
    word = "more" if none["naive_3"] > none["memory_3"] else "no more"
    return (
        f"Where nothing restrains him and months remember, the naive model cries talks in "
        f"{percent(none['naive_3'])} of histories, {word} than the model with memory "
        f"({percent(none['memory_3'])}), which finds a real {left_words()} in {percent(real['memory_3'])}"
    )


def left_words() -> str:
    """The planted restraint in words."""
    left = evidence.central("rd_planted_effect")
    return "halving" if left == 0.5 else f"fall to {percent(left)} of the rate"


def hidden_finding(table: pd.DataFrame | None = None) -> str:
    """What measures that follow launches do to a real restraint by pressure."""
    table = readings.calibration_summary() if table is None else table
    a, b = table.loc["chased"], table.loc["steady"]
    error = np.sqrt(sum(w["against"] * (1 - w["against"]) / w["histories"] for w in (a, b)))
    gap = a["against"] - b["against"]  # within two errors the histories do not tell the worlds apart
    word = "about as often as" if abs(gap) < 2 * error else "more often than" if gap > 0 else "less often than"
    return (
        f"A real {left_words()} by pressure counts against itself in {percent(a['against'])} of histories where "
        f"measures follow launches, {word} where they come whatever he does ({percent(b['against'])})"
    )


def matrix_finding() -> str:
    """How many items point anywhere for certain, and how many are worthless."""
    table = readings.diagnostic()
    sure, none = int(table["sure"].sum()), len(readings.worthless())
    judged = int((table["basis"] != "computed").sum())
    return (
        f"Of {len(table)} items, {judged} judged and {len(table) - judged} computed, {sure} "
        f"{'favours' if sure == 1 else 'favour'} one reading over its whole range, and {none or 'none'} "
        f"{'are' if none > 1 else 'is'} worthless by the stated rule"
    )


def matrix_heading(table: pd.DataFrame | None = None) -> str:
    """How many items favour one reading over their whole range, as a heading."""
    table = readings.diagnostic() if table is None else table
    sure = table["sure"].mean()
    if not sure:
        return "No item favours one reading over its whole range"
    many = "Few items favour" if sure < 0.25 else "Some items favour" if sure <= 0.5 else "Most items favour"
    return f"{many} one reading over their whole range"


def judged_words(table: pd.DataFrame | None = None) -> str:
    """How many of all items are judged, in words."""
    table = readings.diagnostic() if table is None else table
    return f"{int((table['basis'] != 'computed').sum())} of all {len(table)} items are judged"


def rules_finding() -> str:
    """Which reading leads under each rule, for all items and for those computed alone."""
    table = readings.posteriors_by_rule()
    lead = table.loc[table.groupby(["items", "rule"], sort=False)["central"].idxmax()].set_index(["items", "rule"])
    whole = list(dict.fromkeys(lead.loc["all", "reading"]))
    facts = list(dict.fromkeys(lead.loc["computed", "reading"]))
    same = (
        f"{WORDS[whole[0]]} leads at central values under all three rules"
        if len(whole) == 1
        else f"the rule of combination decides whether {' or '.join(WORDS[r] for r in whole)} leads"
    )
    computed = (
        f"computed items alone favour {WORDS[facts[0]]}"
        if len(facts) == 1
        else f"computed items alone favour {' or '.join(WORDS[r] for r in facts)} by rule"
    )
    link = "but" if facts != whole else "and"
    return f"With all items {same}, {link} {computed}"


def pair_finding() -> str:
    """Whether the items settle between the narrowly rational Kim and the deal-seeker."""
    chances = [
        (drawn[:, 2] > drawn[:, 1]).mean() for (name, _), (_, drawn) in readings.rule_draws().items() if name == "all"
    ]
    low, high = min(chances), max(chances)
    if low > 0.95 or high < 0.05:
        winner = WORDS["dealer" if low > 0.95 else "narrow"]
        return f"Between the two rational readings the items settle for {winner}"
    return (
        f"Between the two rational readings the items do not settle: drawn from their ranges, they put the "
        f"deal-seeker first in {percent(low)} to {percent(high)} of cases, by rule"
    )


def answers_finding() -> str:
    """How often he gave way, by what had been done to him."""
    table = readings.answers()
    parts = [
        f"{row['accommodate']} of {row.sum()} {words}"
        for (_, row), words in zip(table.iterrows(), ("concessions", "refusals", "acts of pressure"), strict=True)
    ]
    return f"Since {readings.START[:4]} he gave way after {listed(parts)}"


def promises_finding() -> str:
    """Kept promises, dear and cheap, matched or not."""
    d = readings.promises()

    def rate(chosen: pd.Series) -> str:
        return f"{d.loc[chosen, 'kept'].sum():g} of {int(chosen.sum())}"

    return (
        f"He kept {rate(d['dear'])} dear promises and {rate(~d['dear'])} cheap ones, {rate(d['matched'])} where "
        f"the other side kept its own and {rate(~d['matched'])} where it did not, half-kept ones as halves"
    )


def future_finding(table: pd.DataFrame | None = None) -> str:
    """How much the launches to the end of the horizon are expected to tell, by scenario."""
    table = (readings.expected_information() if table is None else table).set_index("scenario")
    best, worst = table["bits"].idxmax(), table["bits"].idxmin()
    share = table["bits"].clip(lower=0) / table["before_bits"]
    return (
        f"Launches to the end of {readings.HORIZON[:4]} are expected to remove {percent(share[worst])} of the "
        "remaining "
        f"doubt with {worst}, and {percent(share[best])} with {best}"
    )


def memory_heading(frame: pd.DataFrame | None = None) -> str:
    """What memory does to the larger naive case for talks, as a heading."""
    frame = readings.comparison() if frame is None else frame
    row = frame[frame["reading"] == "dealer"].sort_values("naive").iloc[-1]
    if abs(row["memory"]) < abs(row["naive"]):
        return "Months remember, and memory eats the evidence"
    return "Months remember, and the evidence stands"


def placebo_heading(table: pd.DataFrame | None = None) -> str:
    """What the placebo says of talks, as a heading."""
    table = (readings.placebo_summary() if table is None else table).set_index("flag")["p_model"]
    rare = sum(table[flag] <= 0.05 for flag in ("talks", "talks_alt"))
    return (
        "A calendar moved at random does as well",
        "A moved calendar does as well under one coding",
        "A calendar moved at random does worse",
    )[rare]


def episodes_heading(column: str = "talks") -> str:
    """What is left without the longest spell, as a heading."""
    rest, other, _ = without_spell(column)
    return (
        "The quiet under talks is one spell"
        if np.isnan(rest) or rest > other
        else "The quiet under talks is more than one spell"
    )


def future_heading() -> str:
    """Which future teaches sooner, as a heading."""
    steady, restarted = (readings.months_needed(cycle)[0] or np.inf for cycle in (STEADY, RESTARTED))
    if steady == restarted:
        return "Neither long talks nor interrupted ones would settle it soon"
    return (
        "Long talks teach less than talks that stop and start"
        if restarted < steady
        else "Long quiet talks teach more than talks that stop and start"
    )


def future_moral() -> str:
    """The lesson of the two futures in a sentence."""
    steady, restarted = (readings.months_needed(cycle)[0] or np.inf for cycle in (STEADY, RESTARTED))
    if restarted < steady:
        return (
            "What teaches is change, not length. Nobody should stop talks in order to learn, but whoever must "
            "interrupt them should know that it is the moment to watch"
        )
    return "Here length teaches as much as change"


def missed_words(table: pd.DataFrame | None = None) -> str:
    """How often a real restraint is missed, in words."""
    table = readings.calibration_summary() if table is None else table
    return (
        f"a real {left_words()} by talks is missed in {percent(1 - table.loc['planted', 'memory_3'])} of "
        f"histories, one by pressure in {percent(1 - table.loc['steady', 'memory_3'])}"
    )


def chase_words() -> str:
    """How much likelier a new measure is in a month after launches."""
    quiet, busy, _ = readings.measure_hazard()
    word = "follow" if busy > quiet else "do not follow"
    return (
        f"measures against him {word} his launches: a new one comes in {percent(busy)} of months after a launch "
        f"and in {percent(quiet)} of the others"
    )


def alive_words() -> str:
    """Which of the two stories of the summer of 2019 the table's coding tells, in words."""
    talks = evidence.table("talks_by_month").set_index("month")["talks_under_way"]
    alive = int(talks[["2019-07", "2019-08", "2019-09"]].sum())
    return "alive" if alive == 3 else "two meetings" if not alive else "alive for a part of it"


def spell_count() -> str:
    """How many spells of talks the panel holds under each coding, in words."""
    counts = [len(readings.episodes(column)) for column in readings.TALKS.values()]
    return f"{min(counts)} or {max(counts)}" if len(set(counts)) > 1 else str(counts[0])


def tug_finding(rule: pd.DataFrame = "root") -> str:
    """Which way counted and judged items pull between the two rational readings, under a rule."""
    table = readings.items()
    log = readings.combine(table, rule)
    part = table["basis"] == "computed"
    counted = readings.combine(table[part], rule, readings.cluster_size(table)[part])
    judged = log - counted

    def pull(v: np.ndarray) -> str:
        gap = v[2] - v[1]
        return (
            "nothing either way"
            if abs(gap) < readings.EQUAL
            else (f"{readings.odds(gap)} to 1 for {WORDS['dealer' if gap > 0 else 'narrow']}")
        )

    link = "but" if (counted[2] - counted[1]) * (judged[2] - judged[1]) < 0 else "and"
    return f"Between the same two, counted items say {pull(counted)}, {link} judged ones say {pull(judged)}"


def drills_words(frame: pd.DataFrame | None = None) -> str:
    """The ratio of launch days in months of full exercises, and what is left of talks without those months."""
    frame = readings.comparison() if frame is None else frame
    rows = frame[(frame["reading"] == "force_only") & (frame["coding"] == "table")]
    if rows.empty:
        return "without a table of exercises this cannot be tested here"
    ratio, calm, both = without_exercises()
    return (
        f"months of full exercises have {rows['ratio'].iloc[0]:.1f} times the launch days of others; "
        f"{counted(both, 'month')} had both exercises and talks, and without the months of exercises launch days "
        f"under talks are {calm:.2f} times those in other months, against {ratio:.2f} with them"
    )


def pushed(log: np.ndarray) -> tuple[str, str] | None:
    """The readings towards which and away from which launches push a prior; None where the factors are even."""
    order = np.argsort(-log, kind="stable")
    return None if np.ptp(log) < readings.EQUAL else (WORDS[READINGS[order[0]]], WORDS[READINGS[order[-1]]])


def flow_heading(logs: Any | None = None) -> str:
    """Whether launches push towards the same reading under both codings, as a heading; logs: two of (3,)."""
    first, other = (pushed(log) for log in logs or [readings.log_likelihoods(coding) for coding in readings.CODINGS])
    if first is None and other is None:
        return "Launches push a prior nowhere"
    if first is None or other is None or first[0] != other[0]:
        return "The coding of 2019 turns where launches push"
    return f"Launches push every prior towards {first[0]}"


def flow_finding(logs: Any | None = None) -> str:
    """Which way the launches push every prior, under both codings; logs: two of (3,)."""
    parts = []
    for words, log in zip(
        readings.CODINGS.values(),
        logs or [readings.log_likelihoods(coding) for coding in readings.CODINGS],
        strict=True,
    ):
        way = pushed(log)
        parts.append((f"towards {way[0]} and away from {way[1]}" if way else "nowhere") + f" under {words}")
    return "Whatever the prior, launches push it " + listed(parts)


def worthless_words() -> str:
    """The worthless items by name, or that there are none."""
    names = readings.worthless()
    if not names:
        return "No item is worthless by that rule, though " + _open_words()
    return f"Worthless by that rule: {listed(name[0].lower() + name[1:] for name in names)}"


def _open_words() -> str:
    table = readings.items()
    holds = (table["lr_low"] <= 1) & (table["lr_high"] >= 1)
    n = int(holds.groupby(table["item"]).all().sum())
    return f"{n} of {table['item'].nunique()} have ranges that hold 1 for all three readings"


def weightiest_finding() -> str:
    """The item without which the answer would move most."""
    top = readings.leave_one_out().iloc[0]
    return (
        f"The answer leans most on one item, *{top['text'][0].lower() + top['text'][1:]}*: without it "
        f"{percent(top['moves'])} of the belief would move elsewhere"
    )


def checked_words() -> str:
    """How beliefs fared over histories drawn from the model itself."""
    part = results.load("readings_calibration").query("world == 'prior'")
    worst = max(abs(part[f"p_{r}"].mean() - (part["truth"] == r).mean()) for r in READINGS)
    truth = np.mean([getattr(row, f"p_{row.truth}") for row in part.itertuples()])
    return (
        f"Over {len(part)} histories drawn from the model itself, stated beliefs and true shares differ by at most "
        f"{100 * worst:.0f} points, and the true reading gets a mean belief of {percent(truth)}"
    )


STEADY = ((1, 0),)  # talks, and no launch
RESTARTED = ((1, 0),) * 3 + ((0, 1),) * 3  # a quarter of quiet talks, a quarter without talks and a launch a month


def needed_words(cycle: tuple[tuple[int, int], ...], target: float = 20.0, longest: int = 60) -> str:
    """How long a future would have to last for launches alone to be decisive, in words that follow its name."""
    months, log = readings.months_needed(cycle, target, longest)
    side = "for" if log > 0 else "against"
    if months is None:
        return f"leaves the odds at {readings.verdict(log)} him even after {longest} months"
    return f"brings odds of {target:.0f} to 1 {side} him within {months} months"


def before_hanoi() -> tuple[tuple[int, int], tuple[int, int]]:
    """(launch days, months) with talks and without, from 2012 to Hanoi: two pairs."""
    p = readings.panel()[readings.panel().index < pd.Period(readings.SPLITS["Hanoi"])]
    flag = p["talks"] == 1
    return (int(p.loc[flag, "days"].sum()), int(flag.sum())), (int(p.loc[~flag, "days"].sum()), int((~flag).sum()))


def without_exercises() -> tuple[float, float, Any]:
    """Launch days under talks over those in other months, in all months and in those without a large exercise; and
    the number of months with both: (float, float, int)."""
    p = readings.panel()
    calm = p[p["exercises"] == 0]
    both = int(((p["exercises"] == 1) & (p["talks"] == 1)).sum())
    return readings.rate_ratio(p["days"], p["talks"]), readings.rate_ratio(calm["days"], calm["talks"]), both


def factor_table(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The Bayes factors as a table for the page."""
    frame = readings.comparison() if frame is None else frame
    order = list(terms.CASES)
    frame = frame.iloc[np.argsort([order.index(k) for k in zip(frame["reading"], frame["coding"], strict=True)])]
    words = [readings.verdict(v) for v in frame["memory"]]
    return pd.DataFrame(
        {
            "Months": [terms.CASES[r, c][0] for r, c in zip(frame["reading"], frame["coding"], strict=True)],
            "n": frame["months"],
            "Launch days": frame["days_flagged"],
            "Ratio": frame["ratio"].map("{:.2f}".format),
            "Naive": [readings.verdict(v) for v in frame["naive"]],
            "With memory": words,
            "Two-sided": [readings.verdict(v) for v in frame["two_sided"]],
            "Strategic alone": [readings.verdict(v) for v in frame["strategic"]],
            "Rate × (90 %)": [
                f"{np.exp(e):.2f} ({np.exp(a):.2f}–{np.exp(b):.2f})"
                for e, a, b in zip(frame["effect"], frame["low"], frame["high"], strict=True)
            ],
        }
    )


def answers_table() -> pd.DataFrame:
    """Answers by kind of act since 2012, under both codings, as a table for the page."""
    a, b = readings.answers(), readings.answers("answer_alt")
    cells = {
        c.capitalize(): [f"{x}" if x == y else f"{x} ({y})" for x, y in zip(a[c], b[c], strict=True)] for c in a.columns
    }
    return pd.DataFrame({"After": [kind.capitalize() for kind in a.index]} | cells)
