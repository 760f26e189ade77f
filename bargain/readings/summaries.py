"""What the models of the launch record say, in few numbers: frames and small named tuples for a page."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, results, terms
from bargain.readings.honesty import episodes, leads_and_lags
from bargain.readings.hypotheses import answers, cluster_size, combine, items, posteriors_by_rule, promises, rule_draws
from bargain.readings.memory import comparison, log_likelihoods, posterior, rate_ratio
from bargain.readings.months import CODINGS, EVEN, SPLITS, panel, verdict
from bargain.terms import READINGS

STEADY = ((1, 0),)  # talks, and no launch
RESTARTED = ((1, 0),) * 3 + ((0, 1),) * 3  # a quarter of quiet talks, a quarter without talks and a launch a month


def learned(belief: ArrayLike) -> float:
    """The share of the uncertainty of equal beliefs in three readings that is gone: 1 − entropy / log 3."""
    checks.weights(belief=belief)
    b = np.asarray(belief, float)
    return float(1 + (b * np.log(np.maximum(b, 1e-300))).sum() / np.log(3))


def after_launches() -> pd.DataFrame:
    """Where equal beliefs end after the months of launches: a row a reading, a column a coding of talks."""
    beliefs = {coding: posterior(EVEN, log_likelihoods(coding)) for coding in CODINGS}
    return pd.DataFrame(beliefs, index=pd.Index(READINGS, name="reading"))


def coded_twice() -> int:
    """How many months of the panel the two codings of talks call differently."""
    return int((panel()["talks"] != panel()["talks_alt"]).sum())


class Spell(NamedTuple):
    """The longest spell of talks, and launch days a month under the other talks (NaN: none) and without talks."""

    first: pd.Period
    last: pd.Period
    rest: float
    other: float


def longest_spell(column: str = "talks") -> Spell:
    """The longest spell of talks (a column of the panel), and what the others look like without it."""
    p, table = panel(), episodes(column)
    longest = table.loc[table["months"].idxmax()]
    first, last = pd.Period(longest["first"]), pd.Period(longest["last"])
    rest = p[(p[column] == 1) & ~((p.index >= first) & (p.index <= last))]
    return Spell(first, last, float(rest["days"].mean()), float(p.loc[p[column] == 0, "days"].mean()))


class Launches(NamedTuple):
    """Launch days and months, with talks in the month before and without."""

    days: int
    months: int
    days_without: int
    months_without: int


def before_hanoi() -> Launches:
    """Launch days and months with and without talks, from the panel's first month to the summit at Hanoi."""
    p = panel()[panel().index < pd.Period(SPLITS["Hanoi"])]
    flag = p["talks"] == 1
    days = [int(p.loc[chosen, "days"].sum()) for chosen in (flag, ~flag)]
    return Launches(days[0], int(flag.sum()), days[1], int((~flag).sum()))


class Exercises(NamedTuple):
    """Launch days under talks over those in other months: in all, and in months without a large exercise; and the
    number of months with both talks and an exercise."""

    ratio: float
    calm: float
    both: int


def exercises_apart() -> Exercises:
    """Whether talks look quiet because large exercises were called off. KeyError without a table of exercises."""
    p = panel()
    calm = p[p["exercises"] == 0]
    both = int(((p["exercises"] == 1) & (p["talks"] == 1)).sum())
    return Exercises(rate_ratio(p["days"], p["talks"]), rate_ratio(calm["days"], calm["talks"]), both)


def as_good_ahead(column: str = "talks") -> int:
    """How many months of lead make talks still to come explain quiet as well as talks of the month before do."""
    log = leads_and_lags(column).set_index("lag")["log_bayes_factor"]
    return int((log[log.index < 0] >= log[1]).sum())


class Calibrated(NamedTuple):
    """Histories drawn from the model: how many, the largest gap of mean belief and true share, and the mean belief in
    the truth."""

    histories: int
    gap: float
    truth: float


def calibrated() -> Calibrated:
    """How beliefs fare over histories drawn from the model itself."""
    part = results.load("readings_calibration").query("world == 'prior'")
    gap = max(abs(part[f"p_{r}"].mean() - (part["truth"] == r).mean()) for r in READINGS)
    truth = np.mean([row[f"p_{row['truth']}"] for row in part.to_dict("records")])
    return Calibrated(len(part), float(gap), float(truth))


def leaders() -> pd.DataFrame:
    """The reading that leads at central values: a row for all items and for the computed ones, a column a rule."""
    table = posteriors_by_rule()
    lead = table.loc[table.groupby(["items", "rule"], sort=False)["central"].idxmax()]
    return lead.pivot(index="items", columns="rule", values="reading")


def dealer_before_narrow() -> pd.Series:
    """Share of the draws of all items in which the deal-seeker stands before the narrowly rational Kim, by rule."""
    narrow, dealer = READINGS.index("narrow"), READINGS.index("dealer")
    draws = {rule: drawn for (name, rule), (_, drawn) in rule_draws().items() if name == "all"}
    return pd.Series({rule: float((d[:, dealer] > d[:, narrow]).mean()) for rule, d in draws.items()})


def pulls(rule: str = "root") -> pd.Series:
    """Log odds of the deal-seeker against the narrowly rational Kim from computed and from judged items."""
    table = items()
    part = table["basis"] == "computed"
    counted = combine(table[part], rule, cluster_size(table)[part])
    judged = combine(table, rule) - counted
    narrow, dealer = READINGS.index("narrow"), READINGS.index("dealer")
    return pd.Series({"computed": counted[dealer] - counted[narrow], "judged": judged[dealer] - judged[narrow]})


def kept_promises() -> pd.DataFrame:
    """His promises by what they cost and by whether the others kept theirs: kept (half-kept as ½), of, share."""
    d = promises()
    cases = {"dear": d["dear"], "cheap": ~d["dear"], "matched": d["matched"], "unmatched": ~d["matched"]}
    rows = {name: dict(kept=d.loc[chosen, "kept"].sum(), of=int(chosen.sum())) for name, chosen in cases.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.assign(share=table["kept"] / table["of"])


# ------------------------------------------------------------------------------------------------ tables for a page


def factor_table() -> pd.DataFrame:
    """`comparison` to read: a row for each flag and coding, odds in words."""
    frame = comparison()
    order = list(terms.CASES)
    keys = list(zip(frame["reading"], frame["coding"], strict=True))
    frame = frame.iloc[np.argsort([order.index(k) for k in keys])]
    effect = zip(np.exp(frame["effect"]), np.exp(frame["low"]), np.exp(frame["high"]), strict=True)
    return pd.DataFrame(
        {
            "Months": [terms.CASES[r, c][0] for r, c in zip(frame["reading"], frame["coding"], strict=True)],
            "n": frame["months"],
            "Launch days": frame["days_flagged"],
            "Ratio": frame["ratio"].map("{:.2f}".format),
            "Naive": frame["naive"].map(verdict),
            "With memory": frame["memory"].map(verdict),
            "Two-sided": frame["two_sided"].map(verdict),
            "Strategic alone": frame["strategic"].map(verdict),
            "Rate × (90 %)": [f"{e:.2f} ({a:.2f}–{b:.2f})" for e, a, b in effect],
        }
    )


def answers_table() -> pd.DataFrame:
    """Answers by kind of act since 2012, with those of the second coding in brackets where it differs."""
    a, b = answers(), answers("answer_alt")
    cells = {
        c.capitalize(): [f"{x}" if x == y else f"{x} ({y})" for x, y in zip(a[c], b[c], strict=True)] for c in a.columns
    }
    return pd.DataFrame({"After": [kind.capitalize() for kind in a.index]} | cells)
