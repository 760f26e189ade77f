"""What else could have made the record: placebo flags, leads and lags, episodes, splits, other priors."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import gamma

from bargain import checks, evidence, results
from bargain.readings.memory import PRIOR, coarse, log_bayes_factors, log_evidence, prune, rate_ratio
from bargain.readings.months import LAST, SPLITS, TALKS, panel, pressing, verdict
from bargain.reads import lru_cache
from bargain.terms import CASES

# ------------------------------------------------------------------------------------------------ honesty


def shifted_ratios(days: np.ndarray, flag: np.ndarray) -> np.ndarray:
    """Rate ratios under every circular shift of the flag, the unshifted one first: shape (months,)."""
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    return np.array([rate_ratio(days, np.roll(flag, k)) for k in range(len(flag))])


def tail_share(values: ArrayLike) -> float:
    """Exact placebo p-value: the share of shifts whose value is at most the unshifted one (which counts itself)."""
    checks.known(values=values)
    values = np.asarray(values, float)
    return float(np.mean(values <= values[0] + 1e-12))


def placebo_summary() -> pd.DataFrame:
    """One row a flag: ratio and its p-value, the model's log Bayes factor and its p-value (large is rare)."""
    rows = []
    for flag, part in results.load("readings_placebo").groupby("flag", sort=False):
        part = part.sort_values("shift")
        rows.append(
            dict(
                flag=flag,
                ratio=part["ratio"].iloc[0],
                p_ratio=tail_share(part["ratio"]),
                log_bayes_factor=part["log_bayes_factor"].iloc[0],
                p_model=tail_share(-part["log_bayes_factor"]),
            )
        )
    return pd.DataFrame(rows)


@lru_cache
def leads_and_lags(column: str = "talks") -> pd.DataFrame:
    """Talks moved by k months, k from −6 (talks six months later) to +6 (six months earlier), one common window.

    The panel's own flag is k = 1: talks of the month before. Columns: lag, ratio, log_bayes_factor (restraint).
    """
    talks = evidence.table("talks_by_month").set_index("month")
    source = talks["talks_under_way" if column == "talks" else "talks_alt"]
    source.index = pd.PeriodIndex(source.index, freq="M")
    p = panel()
    months = [m for m in p.index if m - LAST in source.index and m + LAST in source.index]
    days, g, rows = p.loc[months, "days"].to_numpy(), coarse(), []
    g = prune(days, g)
    for lag in range(-LAST, LAST + 1):
        flag = np.array([int(source[m - lag]) for m in months])
        if len(set(flag.tolist())) < 2:
            rows.append(dict(lag=lag, ratio=np.nan, log_bayes_factor=np.nan))
            continue
        log = log_evidence(days, flag, g)
        rows.append(dict(lag=lag, ratio=rate_ratio(days, flag), log_bayes_factor=log["restrained"] - log["flat"]))
    return pd.DataFrame(rows)


def episodes(column: str = "talks") -> pd.DataFrame:
    """Each spell of flagged months: first, last, months, days, rate; and the rate in the year before and after."""
    p = panel()
    flag = p[column] == 1
    spell = (flag != flag.shift(fill_value=False)).cumsum()[flag]
    rows = []
    for _, part in p[flag].groupby(spell):
        first, last = part.index[0], part.index[-1]
        before = p.loc[(p.index < first) & (p.index >= first - 12) & ~flag, "days"]
        after = p.loc[(p.index > last) & (p.index <= last + 12) & ~flag, "days"]
        rows.append(
            dict(
                first=str(first),
                last=str(last),
                months=len(part),
                days=int(part["days"].sum()),
                rate=part["days"].mean(),
                rate_before=before.mean(),
                rate_after=after.mean(),
            )
        )
    return pd.DataFrame(rows)


@lru_cache
def splits() -> pd.DataFrame:
    """Bayes factors before and after each break: split, part, reading, months, flagged, log_bayes_factor.

    Where a flag never varies the record holds no information, and the value is NaN. Pressure is flagged by measures of
    the Council and new US laws (pressure), by rounds of single US listings too (pressure_alt), and by either in the
    month before alone (listed), since rounds come so often that three months hold nearly always one.
    """
    p, rows = panel(), []
    known = pressing(True)
    p = p.assign(listed=[int(month - 1 in known) for month in p.index])
    flags = [("dealer", "talks"), ("dealer", "talks_alt")]
    flags += [("narrow", flag) for flag in ("pressure", "pressure_alt", "listed")]
    for name, first in SPLITS.items():
        for part, chosen in (("before", p.index < pd.Period(first)), ("from then", p.index >= pd.Period(first))):
            days = p.loc[chosen, "days"].to_numpy()
            g = prune(days, coarse())
            for reading, coding in flags:
                flag = p.loc[chosen, coding].to_numpy()
                rows.append(
                    dict(
                        split=name,
                        part=part,
                        reading=reading,
                        flag=coding,
                        months=len(days),
                        flagged=int(flag.sum()),
                        log_bayes_factor=log_bayes_factors(days, flag, g, pruned=False)["restrained"],
                    )
                )
    return pd.DataFrame(rows)


@lru_cache
def prior_sensitivity() -> pd.DataFrame:
    """Log Bayes factors with each prior at the ends of its range: prior, end, value, dealer, dealer_second, narrow."""
    p, rows = panel(), []
    days, register = p["days"].to_numpy(), evidence.assumptions()
    cases = [("central", "central", {})]
    cases += [(name, end, {name: float(register.at[name, end])}) for name in PRIOR for end in ("low", "high")]
    for name, end, prior in cases:
        g = prune(days, coarse(**prior))
        row = dict(prior=name, end=end, value=prior.get(name, np.nan))
        for label, column in (("dealer", "talks"), ("dealer_second", "talks_alt"), ("narrow", "pressure")):
            row[label] = log_bayes_factors(days, p[column].to_numpy(), g, pruned=False)["restrained"]
        rows.append(row)
    return pd.DataFrame(rows)


def splits_table() -> pd.DataFrame:
    """Factors before and after each break, as a table for the page."""
    names = {
        "talks": CASES["dealer", "table"][0],
        "talks_alt": CASES["dealer", "second"][0],
        "pressure": CASES["narrow", "table"][0],
        "pressure_alt": CASES["narrow", "second"][0],
        "listed": "The month after a round or measure",
    }
    frame = splits().assign(
        cell=lambda d: [
            f"{verdict(v)} ({n})" if n else verdict(v) for v, n in zip(d["log_bayes_factor"], d["flagged"], strict=True)
        ],
        column=lambda d: d["split"] + ", " + d["part"],
        row=lambda d: d["flag"].map(names),
    )
    out = frame.pivot(index="row", columns="column", values="cell")
    return out.loc[list(names.values()), list(dict.fromkeys(frame["column"]))].reset_index(names="Flag")


def lags_frame() -> pd.DataFrame:
    """Leads and lags under both codings: columns coding, lag, ratio, log_bayes_factor."""
    return pd.concat(
        [leads_and_lags(column).assign(coding=coding) for coding, column in TALKS.items()], ignore_index=True
    )


def episode_frame() -> pd.DataFrame:
    """Every spell under both codings, with the rate before, during and after: columns coding, spell, when, months,
    days, low, central, high (90 per cent of the posterior of a rate that starts at one a month)."""
    p, rows = panel(), []
    for coding, column in TALKS.items():
        for e in episodes(column).itertuples():
            first, last = pd.Period(e.first), pd.Period(e.last)
            spans = {
                "before": (p.index < first) & (p.index >= first - 12),
                "during": (p.index >= first) & (p.index <= last),
                "after": (p.index > last) & (p.index <= last + 12),
            }
            for when, inside in spans.items():
                part = p.loc[inside & ((p[column] == 1) == (when == "during")), "days"]
                low, central, high = gamma.ppf([0.05, 0.5, 0.95], 1 + part.sum(), scale=1 / (1 + len(part)))
                rows.append(
                    dict(
                        coding=coding,
                        spell=f"{e.first} to {e.last}",
                        when=when,
                        months=len(part),
                        days=int(part.sum()),
                        low=low,
                        central=central,
                        high=high,
                    )
                )
    return pd.DataFrame(rows)
