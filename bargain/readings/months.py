"""The panel of months: launches, flags of each reading, and the naive model of independent months."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaln, logsumexp
from scipy.stats import norm

from bargain import checks, evidence, results
from bargain.reads import lru_cache

EVEN = (1 / 3, 1 / 3, 1 / 3)
FLAG = {"dealer": "talks", "narrow": "pressure", "force_only": "exercises", "programme": "programme"}
DIRECTION = {"dealer": -1, "narrow": -1, "force_only": -1, "programme": 1}
START = "2012-01"
SPLITS = {"Hanoi": "2019-03", "2022": "2022-01"}  # the first month after each break
STRATEGIC = ("ICBM", "IRBM", "SLV")  # what could carry a warhead, or a satellite, beyond Japan
LAST = 6  # leads and lags, in months
SPAN = 5.0  # the grid of z reaches this many standard deviations either way
TABLES = ("missile_tests", "nuclear_tests", "talks_by_month", "un_sanctions", "exercises")


# ------------------------------------------------------------------------------------------------ the panel


def pressing(listings: bool = False) -> set[pd.Period]:
    """Months (Periods) with a measure that adds pressure: adopted UN sanctions and new US measures.

    With `listings`, rounds of single US listings count too; their table begins in 2017 and is not the whole.
    """
    measures = evidence.table("un_sanctions")
    dates = list(measures.loc[measures["adds_pressure"] == 1, "date"].astype(str))
    dates += list(evidence.table("designations")["date"].astype(str)) if listings else []
    return {pd.Period(day[:7], "M") for day in dates if len(day) >= 7}


def _within(months: pd.PeriodIndex, flagged: set[pd.Period], before: int) -> np.ndarray:
    """1 where any of the `before` months before a month is in `flagged` (a set of Periods)."""
    return np.array([any(m - k in flagged for k in range(1, before + 1)) for m in months], int)


def first_flights() -> pd.DataFrame:
    """The first flight of each named missile type since 1984: columns missile_type, day, month."""
    flights = evidence.table("missile_tests")
    flights = flights[~flights["missile_type"].str.contains("unknown", case=False)]
    first = flights.sort_values("date_kst").drop_duplicates("missile_type")
    day = first["date_kst"].astype(str)
    return pd.DataFrame({"missile_type": first["missile_type"], "day": day, "month": day.str[:7]}).reset_index(
        drop=True
    )


def coverage() -> pd.Period:
    """The last month that every table of the panel covers whole, as the tables themselves declare.

    A table kept to a day inside a month does not cover that month.
    """
    ends = [str(evidence.coverage(name)["to"]) for name in TABLES if name in evidence.names()]
    # the month of the day after the last covered one is the first that is not covered
    return min((pd.Period(end, "D" if len(end) > 7 else "M") + 1).asfreq("M") - 1 for end in ends)


@lru_cache
def panel() -> pd.DataFrame:
    """One row a month from 2012-01, index `month` (Period). Columns, all integers:

    days       distinct days (Korean date) with a launch or a nuclear test
    strategic  the same for missiles of intermediate range and more, satellite launches and nuclear tests
    talks      talks under way in the month before; talks_alt the same under the second coding of 2019
    pressure   a measure that adds pressure in any of the `rd_pressure_months` months before; pressure_alt counts
               single US listings too, which are known from 2017 on
    programme  a first flight of a type in this month or the `rd_programme_months` months before
    programme_after  the same without the month of the flight itself, which holds a launch by construction
    exercises  a large exercise held in full in this month; exercises_alt counts the scaled ones too
               (only where the table of exercises exists)
    """
    months = pd.period_range(START, coverage(), freq="M", name="month")
    flights, tests = evidence.table("missile_tests"), evidence.table("nuclear_tests")
    # a row known only by month has the month for a date, and so counts as one day
    day, tested = flights["date_kst"].astype(str), set(tests["date_kst"].astype(str))
    far = day[flights["range_class"].isin(STRATEGIC)]
    out = pd.DataFrame(index=months)
    for column, launched in (("days", day), ("strategic", far)):
        count = pd.Series(sorted(set(launched) | tested)).str[:7].value_counts()
        out[column] = [int(count.get(str(m), 0)) for m in months]
    talks = evidence.table("talks_by_month").set_index("month")
    for column, source in (("talks", "talks_under_way"), ("talks_alt", "talks_alt")):
        out[column] = [int(talks.at[str(m - 1), source]) for m in months]
    for column, listings in (("pressure", False), ("pressure_alt", True)):
        out[column] = _within(months, pressing(listings), int(evidence.central("rd_pressure_months")))
    new = {pd.Period(m, "M") for m in first_flights()["month"]}
    out["programme_after"] = _within(months, new, int(evidence.central("rd_programme_months")))
    out["programme"] = out["programme_after"] | np.array([m in new for m in months], int)
    if exercises() is not None:
        for column, statuses in (("exercises", ("held",)), ("exercises_alt", ("held", "scaled"))):
            drills = exercises(statuses)
            out[column] = [int(m in drills) for m in months]  # type: ignore[operator]  # there is a table
    return out


def exercises(statuses: Collection[str] = ("held",)) -> set[pd.Period] | None:
    """Months with a large joint exercise as a set of Periods; None where the report has no table of them."""
    if "exercises" not in evidence.names():
        return None
    table = evidence.table("exercises")
    chosen = table[(table["large"] == 1) & table["status"].isin(statuses)]
    return {
        month
        for row in chosen.itertuples()
        for month in pd.period_range(str(row.start)[:7], str(row.end)[:7], freq="M")
    }


# ---------------------------------------------------------------------------------------- the naive model


def poisson_log_marginal(days: ArrayLike, shape: float = 1.0, rate: float = 1.0) -> float:
    """log p(days) for Poisson counts with λ ~ Gamma(shape, rate), in closed form."""
    checks.nonnegative(days=days)
    checks.positive(shape=shape, rate=rate)
    days = np.asarray(days, int)
    total = days.sum()
    return float(
        gammaln(shape + total)
        - gammaln(shape)
        + shape * np.log(rate)
        - (shape + total) * np.log(rate + len(days))
        - gammaln(days + 1).sum()
    )


def naive_log_marginal(days: ArrayLike, kappa: float | None = None, nodes: int = 1200) -> float:
    """log p(days) for y ~ NegBin(mean λ, size κ), λ ~ Gamma(1, 1), log κ ~ N(0, 1), by quadrature.

    `kappa` fixes κ (infinity gives the Poisson limit). Several hundred nodes in log λ are needed: on a coarse
    grid the probability of an order is wrong in its second digit.
    """
    checks.counts(nodes=nodes)
    checks.nonnegative(days=days)
    checks.spans(kappa=kappa)
    days = np.asarray(days, int)
    values, count = np.unique(days, return_counts=True)
    shape, rate = evidence.central("rd_rate_shape"), evidence.central("rd_rate_rate")
    x = np.linspace(-34, 7, nodes)
    prior = shape * np.log(rate) - gammaln(shape) + shape * x - rate * np.exp(x) + np.log(x[1] - x[0])
    if kappa is None:
        width = evidence.central("rd_kappa_sd")
        k = np.linspace(-8, 8, 161) * width
        log_k = norm.logpdf(k, scale=width) + np.log(k[1] - k[0])
    else:
        k, log_k = np.log([kappa]), np.zeros(1)
    size, mean = np.exp(k)[:, None], np.exp(x)[None, :]
    total = days.sum() * x - (count * gammaln(values + 1)).sum()
    if np.isinf(size).all():
        total = total - len(days) * mean
    else:
        total = total - len(days) * size * np.log1p(mean / size) - days.sum() * np.log(size + mean)
        total += sum(n * (gammaln(y + size) - gammaln(size)) for y, n in zip(values, count, strict=True))
    return float(logsumexp(total + prior + log_k[:, None]))


def naive_log_bayes_factor(days: ArrayLike, flag: ArrayLike) -> float:
    """Naive log Bayes factor of two kinds of month, each with its own rate and size, against one kind."""
    checks.nonnegative(days=days)
    checks.shares(flag=flag)
    days, flag = np.asarray(days), np.asarray(flag, bool)
    return naive_log_marginal(days[flag]) + naive_log_marginal(days[~flag]) - naive_log_marginal(days)


CODINGS = {"table": "the table's coding", "second": "the second coding"}
EQUAL = np.log(1.1)  # a factor within a tenth of 1 is no evidence


def odds(log: float) -> str:
    """A Bayes factor without its side, in the digits that it deserves: '2.7', '25'; '1,000 or more' at the top."""
    checks.known(log=log)
    factor = np.exp(abs(log))
    return "1,000 or more" if factor >= 1000 else f"{factor:.0f}" if factor >= 9.95 else f"{factor:.1f}"


def verdict(log: float) -> str:
    """A log Bayes factor in words: '2.7 to 1 for', '1.7 to 1 against', 'nothing either way', 'no information'."""
    if np.isnan(log):
        return "no information"
    return "nothing either way" if abs(log) < EQUAL else f"{odds(log)} to 1 {'for' if log > 0 else 'against'}"


TALKS = {"table": "talks", "second": "talks_alt"}


# ---------------------------------------------------------------------------------------------------- drawings


def placebo_frame() -> pd.DataFrame:
    """All circular shifts: flag, shift, ratio, log_bayes_factor, and whether it is the record's own (shift 0)."""
    return results.load("readings_placebo").assign(own=lambda d: d["shift"] == 0)


def future_frame() -> pd.DataFrame:
    """Simulated futures: scenario, truth and the belief in the truth, before and after, with quantiles over futures."""
    frame, rows = results.load("readings_future"), []
    for (scenario, truth), part in frame.groupby(["scenario", "truth"], sort=False):
        low, central, high = np.quantile(part[f"after_{truth}"], [0.05, 0.5, 0.95])
        rows.append(
            dict(
                scenario=scenario,
                truth=truth,
                before=part[f"before_{truth}"].iloc[0],
                low=low,
                central=central,
                high=high,
            )
        )
    return pd.DataFrame(rows)
