"""Chapter 1: can the record of launches tell the three Kims apart?

The unit is the month. A reading of Kim is a *restraint*: months in which he should launch less. The models:

* naive: independent months, negative-binomial counts, each kind of month with a rate of its own;
* the chapter's: y_m ~ Poisson(exp(μ + β x_m + z_m)), z a stationary AR(1) with persistence φ and standard
  deviation σ (a parameter-driven model of counts, Zeger 1988), summed exactly on a grid of z.
"""

from functools import lru_cache
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.special import betaln, gammaln, logsumexp
from scipy.stats import beta as beta_distribution
from scipy.stats import gamma, norm, poisson

from bargain import charts, evidence, results
from bargain.sampling import pert
from bargain.wants import READING_WORDS, percent
from bargain.wording import counted, listed

READINGS = ("irrational", "narrow", "dealer")
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


def _pressing():
    """Months (Periods) with a measure that adds pressure: adopted UN sanctions and new US measures."""
    measures = evidence.table("un_sanctions")
    dates = measures.loc[measures["adds_pressure"] == 1, "date"].astype(str)
    return {pd.Period(day[:7], "M") for day in dates if len(day) >= 7}


def _within(months, flagged, before):
    """1 where any of the `before` months before a month is in `flagged` (a set of Periods)."""
    return np.array([any(m - k in flagged for k in range(1, before + 1)) for m in months], int)


def first_flights():
    """The first flight of each named missile type since 1984: columns missile_type, day, month."""
    flights = evidence.table("missile_tests")
    flights = flights[~flights["missile_type"].str.contains("unknown", case=False)]
    first = flights.sort_values("date_kst").drop_duplicates("missile_type")
    day = first["date_kst"].astype(str)
    return pd.DataFrame({"missile_type": first["missile_type"], "day": day, "month": day.str[:7]}).reset_index(
        drop=True
    )


def coverage():
    """The last month that every table of the panel covers whole, as the tables themselves declare.

    A table kept to a day inside a month does not cover that month.
    """
    ends = [str(evidence.coverage(name)["to"]) for name in TABLES if name in evidence.names()]
    # the month of the day after the last covered one is the first that is not covered
    return min((pd.Period(end, "D" if len(end) > 7 else "M") + 1).asfreq("M") - 1 for end in ends)


@lru_cache
def panel():
    """One row a month from 2012-01, index `month` (Period). Columns, all integers:

    days       distinct days (Korean date) with a launch or a nuclear test
    strategic  the same for missiles of intermediate range and more, satellite launches and nuclear tests
    talks      talks under way in the month before; talks_alt the same under the second coding of 2019
    pressure   a measure that adds pressure in any of the `rd_pressure_months` months before
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
    out["pressure"] = _within(months, _pressing(), int(evidence.central("rd_pressure_months")))
    new = {pd.Period(m, "M") for m in first_flights()["month"]}
    out["programme_after"] = _within(months, new, int(evidence.central("rd_programme_months")))
    out["programme"] = out["programme_after"] | np.array([m in new for m in months], int)
    if exercises() is not None:
        for column, statuses in (("exercises", ("held",)), ("exercises_alt", ("held", "scaled"))):
            drills = exercises(statuses)
            out[column] = [int(m in drills) for m in months]
    return out


def exercises(statuses=("held",)):
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


def poisson_log_marginal(days, shape=1.0, rate=1.0):
    """log p(days) for Poisson counts with λ ~ Gamma(shape, rate), in closed form."""
    days = np.asarray(days, int)
    total = days.sum()
    return float(
        gammaln(shape + total)
        - gammaln(shape)
        + shape * np.log(rate)
        - (shape + total) * np.log(rate + len(days))
        - gammaln(days + 1).sum()
    )


def naive_log_marginal(days, kappa=None, nodes=1200):
    """log p(days) for y ~ NegBin(mean λ, size κ), λ ~ Gamma(1, 1), log κ ~ N(0, 1), by quadrature.

    `kappa` fixes κ (infinity gives the Poisson limit). Several hundred nodes in log λ are needed: on a coarse
    grid the probability of an order is wrong in its second digit.
    """
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


def naive_log_bayes_factor(days, flag):
    """Naive log Bayes factor of two kinds of month, each with its own rate and size, against one kind."""
    days, flag = np.asarray(days), np.asarray(flag, bool)
    return naive_log_marginal(days[flag]) + naive_log_marginal(days[~flag]) - naive_log_marginal(days)


# ------------------------------------------------------------------------------------ months with memory


class Grid(NamedTuple):
    """Quadrature nodes. log_rate, scale and log_weight have one entry a pair (μ, σ); `keep` (φ × pairs) says
    which are summed; effect and effect_weight are the positive half of β's prior; points is the grid of z."""

    persistence: np.ndarray
    log_rate: np.ndarray
    scale: np.ndarray
    log_weight: np.ndarray
    keep: np.ndarray
    effect: np.ndarray
    effect_weight: np.ndarray
    points: int


def half_normal_nodes(n, scale=1.0):
    """Gauss nodes and weights for a half-normal density (Stieltjes' recursion on a fine grid)."""
    x = np.linspace(0, 10, 40001)
    w = np.exp(-x * x / 2)
    w /= w.sum()
    a, b, last, now = [], [], np.zeros_like(x), np.ones_like(x)
    for _k in range(n):
        length = (w * now * now).sum()
        a.append((w * x * now * now).sum() / length)
        last, now = now, (x - a[-1]) * now - (b[-1] if b else 0) * last
        b.append((w * now * now).sum() / length)
    values, vectors = np.linalg.eigh(np.diag(a) + np.diag(np.sqrt(b[:-1]), 1) + np.diag(np.sqrt(b[:-1]), -1))
    return values * scale, vectors[0] ** 2


PRIOR = ("rd_rate_shape", "rd_rate_rate", "rd_phi_max", "rd_sigma", "rd_beta")


def grid(rates=28, persistences=20, scales=14, effects=8, points=41, **prior):
    """The quadrature grid; `prior` overrides register rows such as rd_sigma=2.

    exp μ ~ Gamma, φ uniform on its grid over [0, rd_phi_max], σ half-normal, β half-normal. `points` is raised
    where the longest memory needs a finer grid of z.
    """
    shape, rate, top, scale, effect = (prior.get(name, evidence.central(name)) for name in PRIOR)
    mu = np.linspace(-5.0, 2.6, rates)
    log_mu = shape * np.log(rate) - gammaln(shape) + shape * mu - rate * np.exp(mu) + np.log(mu[1] - mu[0])
    node, width = np.polynomial.legendre.leggauss(scales)
    # Gauss–Legendre in the prior's own probability, so that nodes lie where the prior does
    sigma, log_sigma = norm.isf((1 - node) / 4, scale=scale), np.log(width / 2)
    phi = np.linspace(0, top, persistences) if persistences > 1 else np.zeros(1)
    pairs = np.meshgrid(np.arange(rates), np.arange(scales), indexing="ij")
    m, s = pairs[0].ravel(), pairs[1].ravel()
    beta, weight = half_normal_nodes(effects, effect)
    return Grid(
        phi,
        mu[m],
        sigma[s],
        log_mu[m] + log_sigma[s] - np.log(len(phi)),
        np.ones((len(phi), len(m)), bool),
        beta,
        np.log(weight),
        max(points, points_needed(top)),
    )


def points_needed(persistence):
    """Points of z such that a step is at most 1.1 standard deviations of a month's news.

    The sum of a normal density over a grid of step h is off by 2 exp(−2 π² / h²): below 10⁻⁶ for h = 1.1, but six
    per cent a month, and so worthless over a record, for h = 2.4.
    """
    return int(np.ceil(2 * SPAN / (1.1 * np.sqrt(1 - persistence**2)))) + 1


def transition(phi, points):
    """Nodes of z in standard deviations, stationary weights, and the transition matrix of the AR(1)."""
    u = np.linspace(-SPAN, SPAN, points)
    step, spread = u[1] - u[0], np.sqrt(1 - phi * phi)
    return u, norm.pdf(u) * step, norm.pdf(u[None, :], phi * u[:, None], spread) * step


def forward(days, flag, g, beta, start=None):
    """Forward pass on the grid of z: log p(days | φ, μ, σ, β) and the filtered states of the last month.

    Returns a list over φ of (log likelihood, shape (pairs kept, len(beta)); filtered state, shape (…, points)).
    `start` continues from such a list: the new months follow those already summed.
    """
    days, flag, beta = np.asarray(days, int), np.asarray(flag, int), np.atleast_1d(np.asarray(beta, float))
    if days.shape != flag.shape:
        raise ValueError(f"{len(days)} months of launches but {len(flag)} of the flag")
    out = []
    seen = sorted(set(zip(days.tolist(), flag.tolist(), strict=False)))
    for p, phi in enumerate(g.persistence):
        kept = g.keep[p]
        u, stationary, step = transition(phi, g.points)
        eta = g.log_rate[kept, None] + np.multiply.outer(g.scale[kept], u)
        emit = {}
        for y, x in seen:
            e = eta[:, None, :] + (x * beta[None, :, None] if x else 0.0)
            emit[y, x] = np.exp(y * e - np.exp(e) - gammaln(y + 1))
        if start is None:
            state, log = np.broadcast_to(stationary, (kept.sum(), len(beta), g.points)).copy(), 0.0
        else:
            log, state = start[p][0], start[p][1] @ step  # a new array: the past is kept
        for m, key in enumerate(zip(days.tolist(), flag.tolist(), strict=False)):
            if m:
                # one matrix product for all nodes at once
                state = (state.reshape(-1, g.points) @ step).reshape(state.shape)
            state *= emit[key]
            if m % 12 == 11 or m == len(days) - 1:
                # far corners of the grid underflow: they weigh nothing
                total = np.maximum(state.sum(-1), 1e-290)
                state /= total[..., None]
                log = log + np.log(total)
        out.append((log, state))
    return out


def prune(days, g, tiny=1e-8):
    """The grid without nodes that carry less than `tiny` of the largest weight when nothing has an effect."""
    run = forward(days, np.zeros(len(days), int), g, [0.0])
    weight = np.full(g.keep.shape, -np.inf)
    for p, (log, _) in enumerate(run):
        weight[p, g.keep[p]] = log[:, 0] + g.log_weight[g.keep[p]]
    return g._replace(keep=weight > weight.max() + np.log(tiny))


def _sum(run, g, column):
    return logsumexp(np.concatenate([log[:, column] + g.log_weight[g.keep[p]] for p, (log, _) in enumerate(run)]))


def log_evidence(days, flag, g, start=None):
    """Log marginal likelihoods: dict with flat (β = 0), restrained (β < 0), provoked (β > 0), and by effect.

    `by_effect` is the log marginal likelihood at each node of −|β|, then at each of +|β|.
    """
    beta = np.r_[0.0, -g.effect, g.effect]
    run = forward(days, flag, g, beta, start)
    log = np.array([_sum(run, g, k) for k in range(len(beta))])
    n = len(g.effect)
    return dict(
        flat=log[0],
        restrained=logsumexp(log[1 : n + 1] + g.effect_weight),
        provoked=logsumexp(log[n + 1 :] + g.effect_weight),
        by_effect=log[1:],
    )


def effect_density(log, g, side=0):
    """Posterior density of β on a fine grid: (β, density). side −1: restraint alone; 1: provocation; 0: both."""
    node = np.r_[-g.effect[::-1], 0.0, g.effect]
    n = len(g.effect)
    height = np.r_[log["by_effect"][:n][::-1], log["flat"], log["by_effect"][n:]]
    top = min(g.effect[-1], 4 * _effect_scale(g))
    beta = np.linspace(-top if side <= 0 else 0.0, top if side >= 0 else 0.0, 2001)
    density = norm.logpdf(beta, scale=_effect_scale(g)) + CubicSpline(node, height)(beta)
    density = np.exp(density - density.max())
    return beta, density / (density.sum() * (beta[1] - beta[0]))


def _effect_scale(g):
    """The scale of β's prior, from its nodes: the second moment of a half-normal is its scale squared."""
    return float(np.sqrt(np.exp(g.effect_weight) @ g.effect**2))


def log_bayes_factors(days, flag, g=None, pruned=True):
    """Log Bayes factors against the flat model: dict restrained, provoked, both (two-sided), and effect.

    `effect` is the posterior mean of β under its two-sided prior, `low` and `high` its 5 and 95 per cent points.
    A flag that never varies carries no information: every value is NaN.
    """
    days, flag = np.asarray(days, int), np.asarray(flag, int)
    if len(set(flag.tolist())) < 2:
        return dict.fromkeys(("restrained", "provoked", "both", "effect", "low", "high"), np.nan)
    g = g or grid()
    log = log_evidence(days, flag, prune(days, g) if pruned else g)
    beta, density = effect_density(log, g)
    cumulated = np.cumsum(density) * (beta[1] - beta[0])
    low, high = np.interp([0.05, 0.95], cumulated, beta)
    both = np.logaddexp(log["restrained"], log["provoked"]) - np.log(2)
    return dict(
        restrained=log["restrained"] - log["flat"],
        provoked=log["provoked"] - log["flat"],
        both=both - log["flat"],
        effect=float(beta @ density * (beta[1] - beta[0])),
        low=low,
        high=high,
    )


def coarse(**prior):
    """A smaller grid for what is repeated hundreds of times: on the record within 0.08 of the full `grid`'s logs."""
    return grid(rates=20, persistences=10, scales=10, effects=6, points=31, **prior)


# --------------------------------------------------------------------------------- what the record says


def towards(reading, log):
    """The log Bayes factor on the side that a reading predicts."""
    return log["restrained"] if DIRECTION[reading] < 0 else log["provoked"]


def readings_tested():
    """The readings with a flag in the panel, in order of display."""
    return [r for r in FLAG if FLAG[r] in panel()]


@lru_cache
def comparison():
    """Bayes factors of each reading under the naive model, without memory and with it, and both codings of 2019.

    Columns: reading, coding (table, second, or after: only the months after a first flight), months flagged,
    days_flagged, ratio of rates; log Bayes factors naive, no_memory, memory (one-sided, natural logs), two_sided,
    and strategic (memory, strategic launches alone); effect, low, high of β (posterior, two-sided prior).
    """
    p, rows = panel(), []
    days, strategic = p["days"].to_numpy(), p["strategic"].to_numpy()
    middle = grid(scales=10, points=31)
    # without memory the rate is known more closely: finer nodes
    g, alone, far = prune(days, middle), prune(days, grid(rates=80, persistences=1)), prune(strategic, middle)
    cases = [(r, "table", FLAG[r]) for r in readings_tested()]
    cases += [("dealer", "second", "talks_alt"), ("programme", "after", "programme_after")]
    if "exercises_alt" in p:
        cases.append(("force_only", "second", "exercises_alt"))
    for reading, coding, column in cases:
        flag = p[column].to_numpy()
        log = log_bayes_factors(days, flag, g, pruned=False)
        rows.append(
            dict(
                reading=reading,
                coding=coding,
                months=int(flag.sum()),
                days_flagged=int(days[flag == 1].sum()),
                ratio=rate_ratio(days, flag),
                naive=naive_log_bayes_factor(days, flag) if 0 < flag.sum() < len(flag) else np.nan,
                no_memory=towards(reading, log_bayes_factors(days, flag, alone, pruned=False)),
                memory=towards(reading, log),
                two_sided=log["both"],
                strategic=towards(reading, log_bayes_factors(strategic, flag, far, pruned=False)),
                effect=log["effect"],
                low=log["low"],
                high=log["high"],
            )
        )
    return pd.DataFrame(rows)


def rate_ratio(days, flag):
    """Launch days a month in flagged months over those in the others; NaN when one kind of month is missing."""
    days, flag = np.asarray(days, float), np.asarray(flag, bool)
    if flag.all() or not flag.any() or not days[~flag].sum():
        return np.nan
    return days[flag].mean() / days[~flag].mean()


@lru_cache
def mood(n=400):
    """The monthly rate of launch days as the flat model sees it: columns month, days, low, central, high (90 %).

    n nodes are drawn from the posterior; each month's states from the forward and backward pass of its node.
    """
    days, rng = panel()["days"].to_numpy(), np.random.default_rng((SEED, 3))
    mu, phi, sigma, _, _ = flat_draws(n, rng)
    rates = np.empty((n, len(days)))
    for value in np.unique(phi):
        k = np.flatnonzero(phi == value)
        u, stationary, step = transition(value, coarse().points)
        rate = np.exp(mu[k, None] + sigma[k, None] * u)
        seen = poisson.pmf(days[:, None, None], rate)
        ahead = np.empty_like(seen)
        ahead[0] = stationary * seen[0]
        for m in range(1, len(days)):
            ahead[m] = ahead[m - 1] @ step * seen[m]
            ahead[m] /= ahead[m].sum(1, keepdims=True)
        weight = ahead[-1]
        for m in range(len(days) - 1, -1, -1):
            state = (rng.random((len(k), 1)) * weight.sum(1, keepdims=True) > np.cumsum(weight, 1)).sum(1)
            state = np.minimum(state, len(u) - 1)
            rates[k, m] = rate[np.arange(len(k)), state]
            if m:
                weight = ahead[m - 1] * step[:, state].T
    low, central, high = np.quantile(rates, [0.05, 0.5, 0.95], axis=0)
    return pd.DataFrame(dict(month=panel().index.astype(str), days=days, low=low, central=central, high=high))


def forget():
    """Drop what is remembered of the tables, for a process in which they change."""
    for cache in (panel, comparison, mood, leads_and_lags, splits, prior_sensitivity, measure_hazard, items, rule_draws,
                  months_needed):
        cache.cache_clear()


def log_likelihoods(coding="table"):
    """Log marginal likelihood of the record under each of the three readings, relative to the flat one: (3,)."""
    frame = comparison()

    def of(reading, code):
        value = frame.query("reading == @reading and coding == @code")["memory"].iloc[0]
        return 0.0 if np.isnan(value) else value  # a flag that never varies tells nothing

    return np.array([0.0, of("narrow", "table"), of("dealer", coding)])


def posterior(prior, log_likelihood):
    """Posterior beliefs: prior (…, 3) over READINGS, log likelihoods (3,); raises ValueError on a bad prior."""
    prior = np.asarray(prior, float)
    if np.any(prior < 0) or not np.allclose(prior.sum(-1), 1):
        raise ValueError(f"beliefs must be non-negative and sum to 1, not {prior.tolist()}")
    weight = prior * np.exp(np.asarray(log_likelihood) - np.max(log_likelihood))
    return weight / weight.sum(-1, keepdims=True)


# ------------------------------------------------------------------------------------------------ honesty


def shifted_ratios(days, flag):
    """Rate ratios under every circular shift of the flag, the unshifted one first: shape (months,)."""
    return np.array([rate_ratio(days, np.roll(flag, k)) for k in range(len(flag))])


def tail_share(values):
    """Exact placebo p-value: the share of shifts whose value is at most the unshifted one (which counts itself)."""
    values = np.asarray(values, float)
    return float(np.mean(values <= values[0] + 1e-12))


def placebo_chunk(number):
    """The model's own placebo: log Bayes factor of a restraint under every circular shift of one flag."""
    column = ("talks", "talks_alt", "pressure")[number]
    p = panel()
    days, flag = p["days"].to_numpy(), p[column].to_numpy()
    g = prune(days, coarse())
    rows = []
    for k in range(len(days)):
        moved = np.roll(flag, k)
        log = log_evidence(days, moved, g)
        rows.append(
            dict(flag=column, shift=k, ratio=rate_ratio(days, moved), log_bayes_factor=log["restrained"] - log["flat"])
        )
    return pd.DataFrame(rows)


def placebo_summary():
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
def leads_and_lags(column="talks"):
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


def episodes(column="talks"):
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
def splits():
    """Bayes factors before and after each break: split, part, reading, months, flagged, log_bayes_factor.

    Where a flag never varies the record holds no information, and the value is NaN.
    """
    p, rows = panel(), []
    for name, first in SPLITS.items():
        for part, chosen in (("before", p.index < pd.Period(first)), ("from then", p.index >= pd.Period(first))):
            days = p.loc[chosen, "days"].to_numpy()
            g = prune(days, coarse())
            for reading, coding in (("dealer", "talks"), ("dealer", "talks_alt"), ("narrow", "pressure")):
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
def prior_sensitivity():
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


# -------------------------------------------------------------------------------------------- calibration


def simulate(rng, flag, log_rate, persistence, scale, effect, start=None):
    """Counts of launch days: arrays of parameters of shape (n,), flag (months,) or (n, months) → (n, months)."""
    log_rate, persistence, scale, effect = np.broadcast_arrays(*np.atleast_1d(log_rate, persistence, scale, effect))
    flag = np.broadcast_to(np.asarray(flag, float), (len(log_rate), np.shape(flag)[-1]))
    z = rng.standard_normal(len(log_rate)) * scale if start is None else np.asarray(start, float)
    out = np.empty(flag.shape, int)
    for m in range(flag.shape[1]):
        if m or start is not None:
            z = persistence * z + np.sqrt(1 - persistence**2) * scale * rng.standard_normal(len(z))
        out[:, m] = rng.poisson(np.exp(np.minimum(log_rate + effect * flag[:, m] + z, 12)))
    return out


def posterior_draws(days, flag, g, beta, log_weight, n, rng):
    """n draws from the joint posterior on the grid: arrays log_rate, persistence, scale, effect, state (of z)."""
    run = forward(days, flag, g, beta)
    log = np.concatenate(
        [(part[0] + g.log_weight[g.keep[p]][:, None] + log_weight).ravel() for p, part in enumerate(run)]
    )
    weight = np.exp(log - logsumexp(log))
    index = rng.choice(len(weight), n, p=weight / weight.sum())
    b = len(np.atleast_1d(beta))
    phi = np.concatenate([np.full(k.sum() * b, g.persistence[p]) for p, k in enumerate(g.keep)])
    mu = np.concatenate([np.repeat(g.log_rate[k], b) for k in g.keep])
    sigma = np.concatenate([np.repeat(g.scale[k], b) for k in g.keep])
    state = np.concatenate([part[1].reshape(-1, g.points) for part in run])[index]
    u = np.linspace(-SPAN, SPAN, g.points)
    pick = (rng.random((n, 1)) > np.cumsum(state, 1) / state.sum(1, keepdims=True)).sum(1)
    z = sigma[index] * u[np.minimum(pick, g.points - 1)]
    return mu[index], phi[index], sigma[index], np.tile(np.atleast_1d(beta), len(mu) // b)[index], z


def flat_draws(n, rng):
    """Draws from the posterior of the flat model on the record: memory as it was, no effect of anything."""
    days = panel()["days"].to_numpy()
    return posterior_draws(days, np.zeros(len(days), int), prune(days, coarse(), 1e-6), [0.0], np.zeros(1), n, rng)


def _prior_draw(rng, months):
    """One history from the prior: truth, effect, counts. Redrawn while a month has more launch days than days."""
    p = panel()
    shape, rate, top, scale, effect = (evidence.central(name) for name in PRIOR)
    while True:
        truth = READINGS[rng.integers(3)]
        beta = 0.0 if truth == "irrational" else -abs(rng.normal(0, effect))
        flag = p[FLAG.get(truth, "talks")].to_numpy()
        mu, sigma, phi = np.log(rng.gamma(shape, 1 / rate)), abs(rng.normal(0, scale)), rng.uniform(0, top)
        if mu > -5 and sigma < 3 * scale:  # the reach of the grid
            days = simulate(rng, flag, mu, phi, sigma, beta)[0]
            if days.max() <= 31:
                return truth, beta, days


def _judge(days, flags, g):
    """Log likelihood of one history under the three readings, and the parts: (3,), logs of narrow and of dealer."""
    g = prune(days, g, 1e-5)
    narrow, dealer = (log_evidence(days, flag, g) for flag in flags)
    return np.array([narrow["flat"], narrow["restrained"], dealer["restrained"]]), narrow, dealer, g


@lru_cache
def measure_hazard():
    """Chance of a new measure of pressure in a month: after two quiet months, after two with a launch, and overall."""
    p, new = panel(), _pressing()
    active = (p["days"].shift(1, fill_value=0) + p["days"].shift(2, fill_value=0)) > 0
    measure = np.array([m in new for m in p.index])
    return float(measure[~active].mean()), float(measure[active].mean()), float(measure.mean())


def _chased(rng, mu, phi, sigma, beta, chased=True):
    """One history in which measures follow launches (or come at the same rate whatever he does) and restrain him."""
    p, months = panel(), int(evidence.central("rd_pressure_months"))
    quiet, busy, mean = measure_hazard()
    days, new, flag = np.zeros(len(p), int), np.zeros(len(p), bool), np.zeros(len(p), int)
    z = rng.normal(0, sigma)
    for m in range(len(p)):
        flag[m] = new[max(0, m - months) : m].any()
        days[m] = rng.poisson(np.exp(min(mu + beta * flag[m] + z, 4)))
        chance = (busy if days[max(0, m - 2) : m].any() else quiet) if chased else mean
        new[m] = rng.random() < chance
        z = phi * z + np.sqrt(1 - phi**2) * rng.normal(0, sigma)
    return days, flag


SEED = 20170427
HISTORIES = 8  # a chunk, in each world


def calibration_chunk(number):
    """Histories simulated from known worlds, judged as the record is judged. One row a history:

    world      prior (drawn from the model itself), memory (no effect at all, memory as in the record), planted
               (the record's talks, with the planted restraint), chased and steady (the planted restraint by
               pressure, with measures that follow launches, or that come whatever he does)
    truth, rank (posterior probability below the true β), p_irrational, p_narrow, p_dealer (from equal priors),
    ratio (of rates, flagged months over the others), naive, memory (log Bayes factors of the flag in question),
    effect (posterior mean of β, two-sided)
    """
    rng = np.random.default_rng((SEED, number))
    # histories drawn from the prior can have a very narrow posterior of the rate: finer nodes
    p, g, fine, rows = panel(), coarse(), grid(rates=80, persistences=10, scales=10, effects=6, points=31), []
    talks, pressure = p["talks"].to_numpy(), p["pressure"].to_numpy()
    planted = np.log(evidence.central("rd_planted_effect"))

    def row(world, truth, days, flags, beta, watched):
        log, narrow, dealer, kept = _judge(days, flags, fine if world == "prior" else g)
        part = narrow if watched == "narrow" else dealer
        flag = flags[0] if watched == "narrow" else flags[1]
        share = posterior(EVEN, log)
        b, density = effect_density(part, kept, -1)
        rank = float(density[b < beta].sum() * (b[1] - b[0])) if beta < 0 else np.nan
        both, two = effect_density(part, kept)
        varies = 0 < flag.sum() < len(flag)
        rows.append(
            dict(
                world=world,
                truth=truth,
                rank=rank,
                p_irrational=share[0],
                p_narrow=share[1],
                p_dealer=share[2],
                ratio=rate_ratio(days, flag),
                naive=naive_log_bayes_factor(days, flag) if varies else np.nan,
                memory=part["restrained"] - part["flat"],
                effect=float(both @ two * (both[1] - both[0])),
            )
        )

    for _ in range(HISTORIES):
        truth, beta, days = _prior_draw(rng, len(p))
        row("prior", truth, days, (pressure, talks), beta, "narrow" if truth == "narrow" else "dealer")
    for mu, phi, sigma, _, _ in zip(*flat_draws(HISTORIES, rng), strict=False):
        for world, effect in (("memory", 0.0), ("planted", planted)):
            days = simulate(rng, talks, mu, phi, sigma, effect)[0]
            row(world, "dealer" if effect else "irrational", days, (pressure, talks), effect, "dealer")
        for world in ("chased", "steady"):
            days, flag = _chased(rng, mu, phi, sigma, planted, world == "chased")
            row(world, "narrow", days, (flag, talks), planted, "narrow")
    return pd.DataFrame(rows)


def calibration_summary():
    """Shares of histories by world: false or true alarms of the naive model and of the chapter's (factor 3, 10)."""
    frame = results.load("readings_calibration")
    rows = []
    for world, part in frame.groupby("world", sort=False):
        # the naive factor has two sides: it cries restraint only where the flagged months are the quieter ones
        naive = part["naive"].where(part["ratio"] < 1, -np.inf)
        rows.append(
            dict(
                world=world,
                histories=len(part),
                naive_3=(naive > np.log(3)).mean(),
                naive_10=(naive > np.log(10)).mean(),
                memory_3=(part["memory"] > np.log(3)).mean(),
                memory_10=(part["memory"] > np.log(10)).mean(),
                against=(part["memory"] < 0).mean(),
                effect=part["effect"].mean(),
            )
        )
    return pd.DataFrame(rows).set_index("world")


# ------------------------------------------------------------------------- what the record could still teach

SCENARIOS = {"no talks": (0, 0), "talks all year": (1, 0), "new measures": (0, 1)}  # flags: talks, pressure
HORIZON = "2027-12"
FUTURES = 16  # a chunk, for each scenario and truth


def future_chunk(number, horizon=HORIZON):
    """Beliefs at the end of the horizon, from equal beliefs before the record, in simulated futures.

    One row a future: scenario, truth, and p_… before (the record alone) and after (record and future).
    """
    rng = np.random.default_rng((SEED, 7, number))
    p = panel()
    days, ahead = p["days"].to_numpy(), len(pd.period_range(p.index[-1] + 1, horizon, freq="M"))
    g = prune(days, coarse(), 1e-6)
    model = {
        "irrational": (np.zeros(len(p), int), np.zeros(1), np.zeros(1)),
        "narrow": (p["pressure"].to_numpy(), -g.effect, g.effect_weight),
        "dealer": (p["talks"].to_numpy(), -g.effect, g.effect_weight),
    }
    past = {r: forward(days, flag, g, beta) for r, (flag, beta, _) in model.items()}

    def total(run, weight):
        return logsumexp(
            np.concatenate(
                [(log + g.log_weight[g.keep[k]][:, None] + weight).ravel() for k, (log, _) in enumerate(run)]
            )
        )

    before = posterior(EVEN, np.array([total(past[r], model[r][2]) for r in READINGS]))
    rows = []
    for truth in READINGS:
        flag, beta, weight = model[truth]
        draws = posterior_draws(days, flag, g, beta, weight, FUTURES, rng)
        for scenario, (talks, pressure) in SCENARIOS.items():
            new = {"irrational": 0, "narrow": pressure, "dealer": talks}
            for mu, phi, sigma, effect, z in zip(*draws, strict=False):
                seen = simulate(rng, np.full(ahead, new[truth]), mu, phi, sigma, effect, [z])[0]
                seen = np.minimum(seen, 31)
                log = [
                    total(forward(seen, np.full(ahead, new[r]), g, model[r][1], past[r]), model[r][2]) for r in READINGS
                ]
                after = posterior(EVEN, np.array(log))
                rows.append(
                    {"scenario": scenario, "truth": truth, "launch_days": int(seen.sum())}
                    | {f"before_{r}": v for r, v in zip(READINGS, before, strict=False)}
                    | {f"after_{r}": v for r, v in zip(READINGS, after, strict=False)}
                )
    return pd.DataFrame(rows)


def expected_information():
    """By scenario: bits that the future is expected to tell about the reading, and the mean belief in the truth.

    The bits are the expected fall in entropy, with truths weighted by the beliefs that the record leaves.
    """
    frame, rows = results.load("readings_future"), []
    for scenario, part in frame.groupby("scenario", sort=False):
        before = part[[f"before_{r}" for r in READINGS]].iloc[0].to_numpy()
        after = part[[f"after_{r}" for r in READINGS]].to_numpy()
        entropy = -(after * np.log2(np.maximum(after, 1e-300))).sum(1)
        size = part.groupby("truth")["truth"].transform("size")
        weight = part["truth"].map(dict(zip(READINGS, before, strict=True))) / size
        row = dict(
            scenario=scenario,
            bits=-(before * np.log2(before)).sum() - float(weight @ entropy),
            before_bits=-(before * np.log2(before)).sum(),
        )
        for k, r in enumerate(READINGS):
            row[f"before_{r}"], row[f"after_{r}"] = before[k], after[(part["truth"] == r).to_numpy(), k].mean()
            row[f"days_{r}"] = part.loc[part["truth"] == r, "launch_days"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------ second instrument: competing hypotheses

RULES = {"independent": lambda n: 1.0, "root": lambda n: n**-0.5, "one": lambda n: 1.0 / n}
KEPT = {"yes": 1.0, "partly": 0.5, "no": 0.0}


def ordered_log_marginal(high, low, a=1.0, b=1.0):
    """log p(data) when the rate behind `high` exceeds the rate behind `low`; each is (successes, trials).

    Rates have a Beta(a, b) prior cut to the order, so that the prior costs a factor of two and gains what the
    order is worth: 2 · p(data | two free rates) · P(order | data).
    """
    (s1, n1), (s0, n0) = high, low
    free = sum(betaln(a + s, b + n - s) - betaln(a, b) for s, n in (high, low))
    x = (np.arange(4000) + 0.5) / 4000
    above = beta_distribution.sf(x, a + s1, b + n1 - s1)
    order = (above * beta_distribution.pdf(x, a + s0, b + n0 - s0)).mean()
    return float(np.log(2) + free + np.log(max(order, 1e-12)))


def one_rate_log_marginal(counts, a=1.0, b=1.0):
    """log p(data) when one rate is behind all counts (successes, trials)."""
    s, n = np.sum(counts, axis=0)
    return float(betaln(a + s, b + n - s) - betaln(a, b))


def promises(since=START):
    """The North's promises in accords since a month, by what they cost to keep and whether the other side kept its own.

    Columns: accord, dear (costs security or money, not words or politics), matched (the others kept at least half of
    its promises of the same accord), kept (1, ½, 0). A promise whose fate is unknown is left out.
    """
    table = evidence.table("agreement_commitments")
    table = table.assign(kept=table["delivered"].map(KEPT)).dropna(subset=["kept"])
    his = table["side"].str.split(";").map(lambda sides: "PRK" in sides)
    theirs = table[~his].groupby("agreement_id")["kept"].mean()
    # the year of an accord ends its id: AF1994, SIX2007FEB
    year = table["agreement_id"].str.extract(r"(\d{4})")[0]
    his = table[his & (year >= since[:4])]
    return pd.DataFrame(
        {
            "accord": his["agreement_id"],
            "dear": his["cost_of_keeping"].isin(("security", "money")),
            "matched": his["agreement_id"].map(theirs) >= 0.5,
            "kept": his["kept"],
        }
    )


def _counts(kept, chosen):
    """(successes, trials) of the chosen rows and of the others."""
    return (kept[chosen].sum(), chosen.sum()), (kept[~chosen].sum(), (~chosen).sum())


def promise_likelihoods(a=1.0, since=START):
    """Log likelihoods (3,) of the kept promises: one rate; cheap ones kept more; matched ones kept more."""
    d = promises(since)
    cheap, matched = _counts(d["kept"], ~d["dear"]), _counts(d["kept"], d["matched"])
    return np.array(
        [one_rate_log_marginal(cheap, a, a), ordered_log_marginal(*cheap, a, a), ordered_log_marginal(*matched, a, a)]
    )


def answers(coding="answer", since=START):
    """Answers to acts towards the North since a month, by kind of act: counts of accommodate, hold, escalate."""
    table = evidence.table("answers")
    table = table[table["date"].astype(str) >= since]
    return pd.crosstab(table["kind"], table[coding]).reindex(
        index=["concession", "refusal", "pressure"], columns=["accommodate", "hold", "escalate"], fill_value=0
    )


def answer_likelihoods(coding="answer", a=1.0, since=START):
    """Log likelihoods (3,) of the answers: one rate of accommodation; more after pressure; more after concessions."""
    counts = answers(coding, since)
    pair = {kind: (counts.at[kind, "accommodate"], counts.loc[kind].sum()) for kind in counts.index}

    def others(kind):
        return tuple(np.sum([v for k, v in pair.items() if k != kind], axis=0))

    return np.array(
        [
            one_rate_log_marginal(list(pair.values()), a, a),
            ordered_log_marginal(pair["pressure"], others("pressure"), a, a),
            ordered_log_marginal(pair["concession"], others("concession"), a, a),
        ]
    )


def _launch_likelihoods():
    """Log likelihoods of the months under the three readings: the leading one first, then the variants."""
    out = [log_likelihoods("table"), log_likelihoods("second")]
    for row in prior_sensitivity().itertuples():
        out += [np.array([0.0, row.narrow, row.dealer]), np.array([0.0, row.narrow, row.dealer_second])]
    return out


def _strategic_likelihoods():
    frame = comparison().set_index(["reading", "coding"])["strategic"].fillna(0.0)
    return [np.array([0.0, frame["narrow", "table"], frame["dealer", code]]) for code in ("table", "second")]


TESTS = {
    "launch_model": _launch_likelihoods,
    "strategic_model": _strategic_likelihoods,
    "promises_by_cost": lambda: [promise_likelihoods(a, s) for s in (START, "1990") for a in (1.0, 0.5, 2.0)],
    "answers_by_kind": lambda: [
        answer_likelihoods(c, a, s) for s in (START, "1990") for a in (1.0, 0.5, 2.0) for c in ("answer", "answer_alt")
    ],
}


@lru_cache
def items():
    """The matrix of evidence with the computed ratios filled in, one row an item and reading.

    Ratios are relative to the mean of the three readings. A computed row has the leading model's value as its
    centre and the extremes over codings and priors as its range. Raises KeyError for an unknown test.
    """
    table = evidence.table("evidence").copy()
    for test in table.loc[table["basis"] == "computed", "test_id"].unique():
        ratios = np.array([np.exp(v - np.max(v)) / np.exp(v - np.max(v)).mean() for v in TESTS[test]()])
        for k, reading in enumerate(READINGS):
            chosen = (table["test_id"] == test) & (table["reading"] == reading)
            table.loc[chosen, ["lr_low", "lr_central", "lr_high"]] = (
                ratios[:, k].min(),
                ratios[0, k],
                ratios[:, k].max(),
            )
    return table


def cluster_size(table):
    """The number of items in the cluster of each row: fixed from the whole table before anything is left out."""
    return table.groupby("cluster")["item"].transform("nunique")


def combine(table, rule, size=None, column="lr_central"):
    """Log likelihoods (3,) of all items under a rule of combination.

    independent: every item counts once; root: a cluster of n items has √n voices; one: a cluster has one voice.
    """
    voice = RULES[rule](cluster_size(table) if size is None else size)
    logs = np.log(table[column].astype(float)) * voice
    return np.array([logs[table["reading"] == r].sum() for r in READINGS])


def drawn_ratios(table, n=1000, seed=SEED):
    """Log ratios (n, rows of the table), each drawn from its range (PERT on the logarithm)."""
    logs = np.log(table[["lr_low", "lr_central", "lr_high"]].astype(float).to_numpy())
    return pert(np.random.default_rng((seed, 11)).random((n, len(table))), *logs.T)


def combined_draws(table, rule, drawn, size=None):
    """Log likelihoods (n, 3) under a rule of combination, from the drawn log ratios (n, rows of the table)."""
    voice = RULES[rule]((cluster_size(table) if size is None else size).to_numpy(float))
    return np.stack([(drawn * voice)[:, (table["reading"] == r).to_numpy()].sum(1) for r in READINGS], 1)


@lru_cache
def rule_draws(seed=SEED):
    """Beliefs from equal ones: {(items, rule): (centre (3,), draws (n, 3))}, items `all` or `computed`."""
    everything, out = items(), {}
    drawn = drawn_ratios(everything, seed=seed)
    for name, chosen in (("all", np.ones(len(everything), bool)), ("computed", everything["basis"] == "computed")):
        table, part = everything[np.asarray(chosen)], drawn[:, np.asarray(chosen)]
        for rule in RULES:
            out[name, rule] = (
                posterior(EVEN, combine(table, rule)),
                np.array([posterior(EVEN, v) for v in combined_draws(table, rule, part)]),
            )
    return out


def posteriors_by_rule():
    """Beliefs, from equal ones, after all items and after the computed items alone, under each rule: columns items,
    rule, reading, low, central, high (5 and 95 per cent of the draws)."""
    rows = []
    for (name, rule), (centre, drawn) in rule_draws().items():
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        rows += [
            dict(items=name, rule=rule, reading=r, low=low[k], central=centre[k], high=high[k])
            for k, r in enumerate(READINGS)
        ]
    return pd.DataFrame(rows)


def beliefs():
    """The belief over the three readings that the report uses: one row a reading, columns low, central, high.

    From equal beliefs, all items, clusters with √n voices; low and high are the extremes over the three rules of
    combination of the 5 and 95 per cent points of the draws. Judgement weighs most in it: `posteriors_by_rule` has
    the computed items alone.
    """
    table = posteriors_by_rule()
    table = table[table["items"] == "all"]
    out = table[table["rule"] == "root"].set_index("reading")[["central"]]
    out.insert(0, "low", table.groupby("reading")["low"].min())
    out["high"] = table.groupby("reading")["high"].max()
    return out.loc[list(READINGS)]


def leave_one_out(rule="root", prior=EVEN):
    """Beliefs without each item, cluster voices fixed from the whole table; sorted by how far the answer moves."""
    table = items()
    size = cluster_size(table)
    whole, rows = posterior(prior, combine(table, rule)), []
    for item, part in table.groupby("item", sort=False):
        rest = table["item"] != item
        now = posterior(prior, combine(table[rest], rule, size[rest]))
        rows.append(
            dict(
                item=item,
                text=part["text"].iloc[0],
                cluster=part["cluster"].iloc[0],
                moves=np.abs(now - whole).sum() / 2,
            )
            | dict(zip(READINGS, now, strict=False))
        )
    return pd.DataFrame(rows).sort_values("moves", ascending=False, ignore_index=True)


def worthless():
    """Items whose every range holds 1 and whose every centre is within a tenth of it: a list of texts."""
    table = items()
    holds = (table["lr_low"] <= 1) & (table["lr_high"] >= 1) & ((table["lr_central"] - 1).abs() <= 0.1)
    return [
        part["text"].iloc[0]
        for _, part in table[holds.groupby(table["item"]).transform("all")].groupby("item", sort=False)
    ]


def diagnostic():
    """One row an item: text, cluster, basis, ratio of the best-served reading to the worst, and which reading it serves
    (central), with `sure` true where that reading's range excludes 1."""
    rows = []
    for item, part in items().groupby("item", sort=False):
        part = part.set_index("reading")
        best = part["lr_central"].astype(float).idxmax()
        rows.append(
            dict(
                item=item,
                text=part["text"].iloc[0],
                cluster=part["cluster"].iloc[0],
                basis=part["basis"].iloc[0],
                serves=best,
                spread=part["lr_central"].max() / part["lr_central"].min(),
                sure=part.at[best, "lr_low"] > 1,
            )
        )
    return pd.DataFrame(rows).sort_values("spread", ascending=False, ignore_index=True)


# -------------------------------------------------------------------------------------------- findings in words

WORDS = READING_WORDS | {"force_only": "the Kim who understands force", "programme": "the engineers' clock"}
CODINGS = {"table": "the table's coding", "second": "the second coding"}
EQUAL = np.log(1.1)  # a factor within a tenth of 1 is no evidence


def odds(log):
    """A Bayes factor without its side, in the digits that it deserves: '2.7', '25'; '1,000 or more' at the top."""
    factor = np.exp(abs(log))
    return "1,000 or more" if factor >= 1000 else f"{factor:.0f}" if factor >= 9.95 else f"{factor:.1f}"


def verdict(log):
    """A log Bayes factor in words: '2.7 to 1 for', '1.7 to 1 against', 'nothing either way', 'no information'."""
    if np.isnan(log):
        return "no information"
    return "nothing either way" if abs(log) < EQUAL else f"{odds(log)} to 1 {'for' if log > 0 else 'against'}"


def naive_verdict(row):
    """The naive factor in words; it has two sides, so a surplus in flagged months is told apart from restraint."""
    if np.isnan(row.naive):
        return "no information"
    wrong = " the opposite" if row.naive > EQUAL and row.ratio > 1 else ""
    return verdict(row.naive) + wrong


def stand(log, what):
    """What months say of something, the verb with them: they stand 2.7 to 1 for it, or say nothing, or hold nothing."""
    if np.isnan(log):
        return f"hold no information on {what}"
    return f"say {verdict(log)} of {what}" if abs(log) < EQUAL else f"stand {verdict(log)} {what}"


def shares(belief):
    """Three beliefs in words, the largest first."""
    order = np.argsort(-np.asarray(belief), kind="stable")
    return listed(f"{percent(belief[k])} for {WORDS[READINGS[k]]}" for k in order)


def learned(belief):
    """The share of the uncertainty of equal beliefs that is gone: 1 − entropy / log 3."""
    b = np.asarray(belief, float)
    return float(1 + (b * np.log(np.maximum(b, 1e-300))).sum() / np.log(3))


def both_codings():
    return {coding: posterior(EVEN, log_likelihoods(coding)) for coding in CODINGS}


def lead_finding():
    """Where equal beliefs end after the months of launches, under both codings, and how little that is."""
    after = both_codings()
    a, b = after["table"], after["second"]
    first, other = READINGS[a.argmax()], READINGS[b.argmax()]
    said = f"Equal beliefs, shown {len(panel())} months of launches, become {shares(a)}"
    n = coded_twice()
    if not n:
        return said + "; the two codings of talks agree"
    turn = f"and {WORDS[other]} leads" if other != first else f"and {WORDS[first]} still leads"
    return f"{said}; recode {counted(n, 'month')} of talks and they become {shares(b)}, {turn}"


def little_finding():
    """How much of the question the record answers under each coding."""
    told = sorted(learned(b) for b in both_codings().values())
    span = percent(told[0]) if percent(told[0]) == percent(told[1]) else f"{percent(told[0])} to {percent(told[1])}"
    size = "little" if told[1] < 0.4 else "some" if told[1] < 0.7 else "much"
    return f"The record of launches tells {size}: it removes {span} of the doubt between three equal readings"


def confidence_words():
    """What the first finding rests on, and whether its direction hangs on the coding of talks."""
    first, other = (b.argmax() for b in both_codings().values())
    turn = "both codings point the same way" if first == other else "which way the little points hangs on one coding"
    return f"two models, a placebo and simulated histories stand behind it; {turn}"


def coded_twice():
    """How many months of the panel the two codings of talks call differently."""
    return int((panel()["talks"] != panel()["talks_alt"]).sum())


def panel_finding():
    """Months with and without talks, side by side, under both codings."""
    p, parts = panel(), []
    for column, coding in (("talks", "table"), ("talks_alt", "second")):
        flag = p[column] == 1
        days, months = counted(p.loc[flag, "days"].sum(), "launch day"), counted(flag.sum(), "month")
        parts.append(f"{days} in {months} after talks under {CODINGS[coding]}")
    return f"{listed(parts)}, of {p['days'].sum()} in {len(p)} months"


def memory_finding(frame=None):
    """What memory does to the case for talks, under both codings."""
    frame = comparison() if frame is None else frame
    parts = []
    for coding, words in CODINGS.items():
        row = frame[(frame["reading"] == "dealer") & (frame["coding"] == coding)].iloc[0]
        naive = naive_verdict(row)
        link = "" if naive.endswith((" for", " against")) else " of" if naive.endswith("opposite") else " on"
        parts.append(f"under {words} {naive}{link} a restraint by talks becomes {verdict(row['memory'])}")
    return "Let months remember, and " + "; ".join(parts)


def pressure_finding(frame=None):
    """What the months say of restraint by pressure."""
    frame = comparison() if frame is None else frame
    row = frame[frame["reading"] == "narrow"].iloc[0]
    if np.isnan(row["ratio"]):
        return "Of restraint by pressure the months hold no information"
    more = "more" if row["ratio"] > 1 else "fewer"
    return (f"Months after new measures hold {more} launches than others ({row['ratio']:.1f} times as many): "
            f"they {stand(row['memory'], 'a restraint by pressure')}")


def exercises_finding(frame=None):
    """What the months say of a restraint by large exercises."""
    frame = comparison() if frame is None else frame
    rows = frame[frame["reading"] == "force_only"].set_index("coding")
    if rows.empty:
        return "Without a table of exercises, the Kim who understands force cannot be tested"
    said = stand(rows.at["table", "memory"], "a Kim who falls quiet before force")
    return (f"Months of large exercises held in full {said}, and {verdict(rows.at['second', 'memory'])} if scaled "
            "exercises count too")


def programme_finding(frame=None):
    """What first flights explain, with and without the month of the flight."""
    frame = comparison() if frame is None else frame
    rows = frame[frame["reading"] == "programme"].set_index("coding")["memory"]
    return (f"The engineers' clock stands {verdict(rows['table'])}, but a month with a first flight has a launch by "
            f"construction; the months after one alone stand {verdict(rows['after'])}")


def placebo_finding(table=None):
    """How often talks moved round the calendar do as well as where they were."""
    table = (placebo_summary() if table is None else table).set_index("flag")
    a, b = table.at["talks", "p_model"], table.at["talks_alt", "p_model"]
    rare = sum(v <= 0.05 for v in (a, b))
    end = ("neither is rare", "one of the two is rarer than one in twenty", "both are rarer than one in twenty")[rare]
    return (f"Talks moved round the calendar make at least as good a case in {percent(a)} of placements under the "
            f"table's coding and in {percent(b)} under the second: {end}")


def lags_finding(frames=None):
    """Whether talks still to come explain the present quiet as well as talks of the month before."""
    frames = frames or {coding: leads_and_lags(column) for coding, column in TALKS.items()}
    parts = []
    for coding, frame in frames.items():
        log = frame.set_index("lag")["log_bayes_factor"]
        parts.append(f"{int((log[log.index < 0] >= log[1]).sum())} of {LAST} under {CODINGS[coding]}")
    return ("Talks one to six months in the future explain quiet at least as well as talks of the month before in "
            + listed(parts))


TALKS = {"table": "talks", "second": "talks_alt"}


def without_spell(column="talks"):
    """Launch days a month under talks without the longest spell, in other months, and the spell (a row)."""
    p, table = panel(), episodes(column)
    spell = table.loc[table["months"].idxmax()]
    inside = (p.index >= pd.Period(spell["first"])) & (p.index <= pd.Period(spell["last"]))
    rest = p[(p[column] == 1) & ~inside]
    return rest["days"].mean(), p.loc[p[column] == 0, "days"].mean(), spell


def month_words(month):
    """2018-04 → April 2018."""
    return pd.Period(month).strftime("%B %Y")


def episodes_finding(column="talks"):
    """What is left of the quiet under talks without its longest spell."""
    rest, other, spell = without_spell(column)
    if np.isnan(rest):
        return f"All talks fall into one spell, {month_words(spell['first'])} to {month_words(spell['last'])}"
    word = "no rarer" if rest > other else "rarer"
    return (f"Without {month_words(spell['first'])} to {month_words(spell['last'])}, launch days are {word} under "
            f"talks: {rest:.1f} a month against {other:.1f}")


def splits_finding():
    """Where a flag never varies, and how the case for talks changes at Hanoi."""
    frame = splits()
    at = frame[frame["split"] == "Hanoi"].set_index(["part", "flag"])["log_bayes_factor"]
    silent = frame[(frame["split"] == "2022") & (frame["part"] == "from then")]["log_bayes_factor"].isna().all()
    end = "; since 2022 no flag has varied, so there is no information" if silent else ""
    return (f"Before Hanoi the months {stand(at['before', 'talks'], 'a restraint by talks')}, after it "
            f"{verdict(at['from then', 'talks'])} under the table's coding and "
            f"{verdict(at['from then', 'talks_alt'])} under the second{end}")


def priors_heading(frame=None):
    """Which moves the case for talks more: the other coding of 2019, or any one prior over its range."""
    frame = prior_sensitivity() if frame is None else frame
    coding = abs(frame["dealer_second"].iloc[0] - frame["dealer"].iloc[0])
    prior = (frame["dealer"] - frame["dealer"].iloc[0]).abs().max()
    more, less = ("The coding of 2019", "any prior") if coding > prior else ("A prior", "the coding of 2019")
    return f"{more} decides more than {less}"


def priors_finding(frame=None):
    """Whether any prior, moved over its range, turns the sign of a factor."""
    frame = prior_sensitivity() if frame is None else frame
    names = {"dealer": "talks (table's coding)", "dealer_second": "talks (second coding)", "narrow": "pressure"}
    turned = [words for column, words in names.items() if frame[column].min() < 0 < frame[column].max()]
    low, high = frame["dealer"].min(), frame["dealer"].max()
    end = f"the sign turns for {listed(turned)}" if turned else "no prior turns a sign, and the coding does"
    if not turned and np.sign(frame["dealer"].iloc[0]) == np.sign(frame["dealer_second"].iloc[0]):
        end = "no prior turns a sign, nor does the coding"
    return f"Over the priors' ranges the case for talks runs from {verdict(low)} to {verdict(high)}: {end}"


def calibration_heading(table=None):
    """What the model with memory does to alarms, false and true, as a heading."""
    table = calibration_summary() if table is None else table
    none, real = table.loc["memory"], table.loc["planted"]
    if none["memory_3"] >= none["naive_3"]:
        return "The model with memory raises no fewer false alarms"
    true = "fewer true ones" if real["memory_3"] < real["naive_3"] else "no fewer true ones"
    return f"Memory means fewer false alarms and {true}"


def alarm_words(table=None):
    """What the false-alarm rates say for the model with memory, in words."""
    table = calibration_summary() if table is None else table
    none = table.loc["memory"]
    if none["memory_3"] < none["naive_3"]:
        return "the false-alarm rate, and it is the reason for the model with memory"
    return "the false-alarm rate, and it gives no reason for the model with memory"


def calibration_finding(table=None):
    """False alarms with memory and no effect, and how often a real halving is found."""
    table = calibration_summary() if table is None else table
    none, real = table.loc["memory"], table.loc["planted"]
    word = "more" if none["naive_3"] > none["memory_3"] else "no more"
    return (f"Where nothing restrains him and months remember, the naive model cries talks in "
            f"{percent(none['naive_3'])} of histories, {word} than the model with memory "
            f"({percent(none['memory_3'])}), which finds a real {left_words()} in {percent(real['memory_3'])}")


def left_words():
    """The planted restraint in words."""
    left = evidence.central("rd_planted_effect")
    return "halving" if left == 0.5 else f"fall to {percent(left)} of the rate"


def hidden_finding(table=None):
    """What measures that follow launches do to a real restraint by pressure."""
    table = calibration_summary() if table is None else table
    a, b = table.loc["chased"], table.loc["steady"]
    error = np.sqrt(sum(w["against"] * (1 - w["against"]) / w["histories"] for w in (a, b)))
    gap = a["against"] - b["against"]  # within two errors the histories do not tell the worlds apart
    word = "about as often as" if abs(gap) < 2 * error else "more often than" if gap > 0 else "less often than"
    return (f"A real {left_words()} by pressure counts against itself in {percent(a['against'])} of histories where "
            f"measures follow launches, {word} where they come whatever he does ({percent(b['against'])})")


def matrix_finding():
    """How many items point anywhere for certain, and how many are worthless."""
    table = diagnostic()
    sure, none = int(table["sure"].sum()), len(worthless())
    judged = int((table["basis"] != "computed").sum())
    return (f"Of {len(table)} items, {judged} judged and {len(table) - judged} computed, {sure} "
            f"{'favours' if sure == 1 else 'favour'} one reading over its whole range, and {none or 'none'} "
            f"{'are' if none > 1 else 'is'} worthless by the stated rule")


def matrix_heading(table=None):
    """How many items favour one reading over their whole range, as a heading."""
    table = diagnostic() if table is None else table
    sure = table["sure"].mean()
    if not sure:
        return "No item favours one reading over its whole range"
    many = "Few items favour" if sure < 0.25 else "Some items favour" if sure <= 0.5 else "Most items favour"
    return f"{many} one reading over their whole range"


def judged_words(table=None):
    """How many of all items are judged, in words."""
    table = diagnostic() if table is None else table
    return f"{int((table['basis'] != 'computed').sum())} of all {len(table)} items are judged"


def rules_finding():
    """Which reading leads under each rule, for all items and for those computed alone."""
    table = posteriors_by_rule()
    lead = table.loc[table.groupby(["items", "rule"], sort=False)["central"].idxmax()].set_index(["items", "rule"])
    whole = list(dict.fromkeys(lead.loc["all", "reading"]))
    facts = list(dict.fromkeys(lead.loc["computed", "reading"]))
    same = (f"{WORDS[whole[0]]} leads at central values under all three rules" if len(whole) == 1
            else f"the rule of combination decides whether {' or '.join(WORDS[r] for r in whole)} leads")
    computed = (f"computed items alone favour {WORDS[facts[0]]}" if len(facts) == 1
                else f"computed items alone favour {' or '.join(WORDS[r] for r in facts)} by rule")
    link = "but" if facts != whole else "and"
    return f"With all items {same}, {link} {computed}"


def pair_finding():
    """Whether the items settle between the narrowly rational Kim and the deal-seeker."""
    chances = [(drawn[:, 2] > drawn[:, 1]).mean() for (name, _), (_, drawn) in rule_draws().items() if name == "all"]
    low, high = min(chances), max(chances)
    if low > 0.95 or high < 0.05:
        winner = WORDS["dealer" if low > 0.95 else "narrow"]
        return f"Between the two rational readings the items settle for {winner}"
    return (f"Between the two rational readings the items do not settle: drawn from their ranges, they put the "
            f"deal-seeker first in {percent(low)} to {percent(high)} of cases, by rule")


def answers_finding():
    """How often he gave way, by what had been done to him."""
    table = answers()
    parts = [f"{row['accommodate']} of {row.sum()} {words}" for (_, row), words in zip(
        table.iterrows(), ("concessions", "refusals", "acts of pressure"), strict=True)]
    return f"Since {START[:4]} he gave way after {listed(parts)}"


def promises_finding():
    """Kept promises, dear and cheap, matched or not."""
    d = promises()

    def rate(chosen):
        return f"{d.loc[chosen, 'kept'].sum():g} of {int(chosen.sum())}"

    return (f"He kept {rate(d['dear'])} dear promises and {rate(~d['dear'])} cheap ones, {rate(d['matched'])} where "
            f"the other side kept its own and {rate(~d['matched'])} where it did not, half-kept ones as halves")


def future_finding(table=None):
    """How much the launches to the end of the horizon are expected to tell, by scenario."""
    table = (expected_information() if table is None else table).set_index("scenario")
    best, worst = table["bits"].idxmax(), table["bits"].idxmin()
    share = table["bits"].clip(lower=0) / table["before_bits"]
    return (f"Launches to the end of {HORIZON[:4]} are expected to remove {percent(share[worst])} of the remaining "
            f"doubt with {worst}, and {percent(share[best])} with {best}")


def memory_heading(frame=None):
    """What memory does to the larger naive case for talks, as a heading."""
    frame = comparison() if frame is None else frame
    row = frame[frame["reading"] == "dealer"].sort_values("naive").iloc[-1]
    if abs(row["memory"]) < abs(row["naive"]):
        return "Months remember, and memory eats the evidence"
    return "Months remember, and the evidence stands"


def placebo_heading(table=None):
    """What the placebo says of talks, as a heading."""
    table = (placebo_summary() if table is None else table).set_index("flag")["p_model"]
    rare = sum(table[flag] <= 0.05 for flag in ("talks", "talks_alt"))
    return ("A calendar moved at random does as well", "A moved calendar does as well under one coding",
            "A calendar moved at random does worse")[rare]


def episodes_heading(column="talks"):
    """What is left without the longest spell, as a heading."""
    rest, other, _ = without_spell(column)
    return ("The quiet under talks is one spell" if np.isnan(rest) or rest > other
            else "The quiet under talks is more than one spell")


def future_heading():
    """Which future teaches sooner, as a heading."""
    steady, restarted = (months_needed(cycle)[0] or np.inf for cycle in (STEADY, RESTARTED))
    if steady == restarted:
        return "Neither long talks nor interrupted ones would settle it soon"
    return ("Long talks teach less than talks that stop and start" if restarted < steady
            else "Long quiet talks teach more than talks that stop and start")


def future_moral():
    """The lesson of the two futures in a sentence."""
    steady, restarted = (months_needed(cycle)[0] or np.inf for cycle in (STEADY, RESTARTED))
    if restarted < steady:
        return ("What teaches is change, not length. Nobody should stop talks in order to learn, but whoever must "
                "interrupt them should know that it is the moment to watch")
    return "Here length teaches as much as change"


def missed_words(table=None):
    """How often a real restraint is missed, in words."""
    table = calibration_summary() if table is None else table
    return (f"a real {left_words()} by talks is missed in {percent(1 - table.loc['planted', 'memory_3'])} of "
            f"histories, one by pressure in {percent(1 - table.loc['steady', 'memory_3'])}")


def chase_words():
    """How much likelier a new measure is in a month after launches."""
    quiet, busy, _ = measure_hazard()
    word = "follow" if busy > quiet else "do not follow"
    return (f"measures against him {word} his launches: a new one comes in {percent(busy)} of months after a launch "
            f"and in {percent(quiet)} of the others")


def alive_words():
    """Which of the two stories of the summer of 2019 the table's coding tells, in words."""
    talks = evidence.table("talks_by_month").set_index("month")["talks_under_way"]
    alive = int(talks[["2019-07", "2019-08", "2019-09"]].sum())
    return "alive" if alive == 3 else "two meetings" if not alive else "alive for a part of it"


def spell_count():
    """How many spells of talks the panel holds under each coding, in words."""
    counts = [len(episodes(column)) for column in TALKS.values()]
    return f"{min(counts)} or {max(counts)}" if len(set(counts)) > 1 else str(counts[0])


def tug_finding(rule="root"):
    """Which way counted and judged items pull between the two rational readings, under a rule."""
    table = items()
    log = combine(table, rule)
    part = table["basis"] == "computed"
    counted = combine(table[part], rule, cluster_size(table)[part])
    judged = log - counted

    def pull(v):
        gap = v[2] - v[1]
        return "nothing either way" if abs(gap) < EQUAL else (
            f"{odds(gap)} to 1 for {WORDS['dealer' if gap > 0 else 'narrow']}")

    link = "but" if (counted[2] - counted[1]) * (judged[2] - judged[1]) < 0 else "and"
    return f"Between the same two, counted items say {pull(counted)}, {link} judged ones say {pull(judged)}"


def drills_words(frame=None):
    """The ratio of launch days in months of full exercises, and what is left of talks without those months."""
    frame = comparison() if frame is None else frame
    rows = frame[(frame["reading"] == "force_only") & (frame["coding"] == "table")]
    if rows.empty:
        return "without a table of exercises this cannot be tested here"
    ratio, calm, both = without_exercises()
    return (f"months of full exercises have {rows['ratio'].iloc[0]:.1f} times the launch days of others; "
            f"{counted(both, 'month')} had both exercises and talks, and without the months of exercises launch days "
            f"under talks are {calm:.2f} times those in other months, against {ratio:.2f} with them")


def pushed(log):
    """The readings towards which and away from which launches push a prior; None where the factors are even."""
    order = np.argsort(-log, kind="stable")
    return None if np.ptp(log) < EQUAL else (WORDS[READINGS[order[0]]], WORDS[READINGS[order[-1]]])


def flow_heading(logs=None):
    """Whether launches push towards the same reading under both codings, as a heading; logs: two of (3,)."""
    first, other = (pushed(log) for log in logs or [log_likelihoods(coding) for coding in CODINGS])
    if first is None and other is None:
        return "Launches push a prior nowhere"
    if first is None or other is None or first[0] != other[0]:
        return "The coding of 2019 turns where launches push"
    return f"Launches push every prior towards {first[0]}"


def flow_finding(logs=None):
    """Which way the launches push every prior, under both codings; logs: two of (3,)."""
    parts = []
    for words, log in zip(CODINGS.values(), logs or [log_likelihoods(coding) for coding in CODINGS], strict=True):
        way = pushed(log)
        parts.append((f"towards {way[0]} and away from {way[1]}" if way else "nowhere") + f" under {words}")
    return "Whatever the prior, launches push it " + listed(parts)


def worthless_words():
    """The worthless items by name, or that there are none."""
    names = worthless()
    if not names:
        return "No item is worthless by that rule, though " + _open_words()
    return f"Worthless by that rule: {listed(name[0].lower() + name[1:] for name in names)}"


def _open_words():
    table = items()
    holds = (table["lr_low"] <= 1) & (table["lr_high"] >= 1)
    n = int(holds.groupby(table["item"]).all().sum())
    return f"{n} of {table['item'].nunique()} have ranges that hold 1 for all three readings"


def weightiest_finding():
    """The item without which the answer would move most."""
    top = leave_one_out().iloc[0]
    return (f"The answer leans most on one item, *{top['text'][0].lower() + top['text'][1:]}*: without it "
            f"{percent(top['moves'])} of the belief would move elsewhere")


def checked_words():
    """How beliefs fared over histories drawn from the model itself."""
    part = results.load("readings_calibration").query("world == 'prior'")
    worst = max(abs(part[f"p_{r}"].mean() - (part["truth"] == r).mean()) for r in READINGS)
    truth = np.mean([getattr(row, f"p_{row.truth}") for row in part.itertuples()])
    return (f"Over {len(part)} histories drawn from the model itself, stated beliefs and true shares differ by at most "
            f"{100 * worst:.0f} points, and the true reading gets a mean belief of {percent(truth)}")


@lru_cache
def months_needed(cycle, target=20.0, longest=60):
    """Months from now on until the deal-seeker stands `target` to 1 against the flat reading, or it against him.

    cycle: pairs (talks 0 or 1, launch days), one a month, repeated. Returns (months, log Bayes factor then); months
    is None, and the factor that of the last month, when `longest` months do not suffice.
    """
    p, g = panel(), coarse()
    days, flag = p["days"].to_numpy(), p["talks"].to_numpy()
    g = prune(days, g, 1e-6)
    beta = np.r_[0.0, -g.effect]
    past, log = forward(days, flag, g, beta), np.nan
    ahead = np.array([cycle[m % len(cycle)] for m in range(longest)])
    for months in range(1, longest + 1):
        run = forward(ahead[:months, 1], ahead[:months, 0], g, beta, past)
        total = np.array([_sum(run, g, k) for k in range(len(beta))])
        log = logsumexp(total[1:] + g.effect_weight) - total[0]
        if abs(log) >= np.log(target):
            return months, log
    return None, log


STEADY = ((1, 0),)  # talks, and no launch
RESTARTED = ((1, 0),) * 3 + ((0, 1),) * 3  # a quarter of quiet talks, a quarter without talks and a launch a month


def needed_words(cycle, target=20.0, longest=60):
    """How long a future would have to last for launches alone to be decisive, in words that follow its name."""
    months, log = months_needed(cycle, target, longest)
    side = "for" if log > 0 else "against"
    if months is None:
        return f"leaves the odds at {verdict(log)} him even after {longest} months"
    return f"brings odds of {target:.0f} to 1 {side} him within {months} months"


def before_hanoi():
    """(launch days, months) with talks and without, from 2012 to Hanoi: two pairs."""
    p = panel()[panel().index < pd.Period(SPLITS["Hanoi"])]
    flag = p["talks"] == 1
    return (int(p.loc[flag, "days"].sum()), int(flag.sum())), (int(p.loc[~flag, "days"].sum()), int((~flag).sum()))


def without_exercises():
    """Launch days under talks over those in other months, in all months and in those without a large exercise; and
    the number of months with both: (float, float, int)."""
    p = panel()
    calm = p[p["exercises"] == 0]
    both = int(((p["exercises"] == 1) & (p["talks"] == 1)).sum())
    return rate_ratio(p["days"], p["talks"]), rate_ratio(calm["days"], calm["talks"]), both


def factor_table(frame=None):
    """The Bayes factors as a table for the page."""
    frame = comparison() if frame is None else frame
    order = list(CASES)
    frame = frame.iloc[np.argsort([order.index(k) for k in zip(frame["reading"], frame["coding"], strict=True)])]
    words = [verdict(v) for v in frame["memory"]]
    return pd.DataFrame({
        "Months": [CASES[r, c][0] for r, c in zip(frame["reading"], frame["coding"], strict=True)],
        "n": frame["months"], "Launch days": frame["days_flagged"], "Ratio": frame["ratio"].map("{:.2f}".format),
        "Naive": [verdict(v) for v in frame["naive"]], "With memory": words,
        "Two-sided": [verdict(v) for v in frame["two_sided"]],
        "Strategic alone": [verdict(v) for v in frame["strategic"]],
        "Rate × (90 %)": [f"{np.exp(e):.2f} ({np.exp(a):.2f}–{np.exp(b):.2f})"
                          for e, a, b in zip(frame["effect"], frame["low"], frame["high"], strict=True)]})


def splits_table():
    """Factors before and after each break, as a table for the page."""
    names = {"talks": CASES["dealer", "table"][0], "talks_alt": CASES["dealer", "second"][0],
             "pressure": CASES["narrow", "table"][0]}
    frame = splits().assign(cell=lambda d: [f"{verdict(v)} ({n})" if n else verdict(v)
                                            for v, n in zip(d["log_bayes_factor"], d["flagged"], strict=True)],
                            column=lambda d: d["split"] + ", " + d["part"], row=lambda d: d["flag"].map(names))
    out = frame.pivot(index="row", columns="column", values="cell")
    return out.loc[list(names.values()), list(dict.fromkeys(frame["column"]))].reset_index(names="Flag")


def answers_table():
    """Answers by kind of act since 2012, under both codings, as a table for the page."""
    a, b = answers(), answers("answer_alt")
    cells = {c.capitalize(): [f"{x}" if x == y else f"{x} ({y})" for x, y in zip(a[c], b[c], strict=True)]
             for c in a.columns}
    return pd.DataFrame({"After": [kind.capitalize() for kind in a.index]} | cells)


def rules_table():
    """Beliefs after all items and after the computed ones, by rule, as a table for the page."""
    names = {"independent": "Each item a voice", "root": "√n voices a cluster", "one": "One voice a cluster"}
    table = posteriors_by_rule()
    table["cell"] = [f"{100 * c:.0f} ({100 * a:.0f}–{100 * b:.0f})"
                     for a, c, b in zip(table["low"], table["central"], table["high"], strict=True)]
    out = table.pivot(index=["items", "rule"], columns="reading", values="cell")[list(READINGS)]
    out = out.loc[[(i, r) for i in ("all", "computed") for r in RULES]].reset_index()
    out["items"] = out["items"].map({"all": "All", "computed": "Computed"})
    out["rule"] = out["rule"].map(names)
    return out.rename(columns={"items": "Items", "rule": "Rule"} | {r: f"{charts.LABELS[r]}, %" for r in READINGS})


# ---------------------------------------------------------------------------------------------------- drawings

CASES = {  # what is compared, in order of display: (reading, coding) → (name, phone's name, token)
    ("dealer", "table"): ("Talks, table's coding", "Talks", "dealer"),
    ("dealer", "second"): ("Talks, second coding", "Talks, second", "dealer"),
    ("narrow", "table"): ("New pressure", "Pressure", "narrow"),
    ("force_only", "table"): ("Exercises in full", "Exercises", "force"),
    ("force_only", "second"): ("Exercises, scaled too", "Scaled too", "force"),
    ("programme", "table"): ("First flights", "First flights", "data"),
    ("programme", "after"): ("Months after them", "Months after", "data"),
}


def _title(t, text, color="ink"):
    return alt.Title(text, color=t[color], anchor="start", frame="group", fontSize=13)


def _factor(low, high, title, values):
    """A logarithmic axis of Bayes factors: '3 : 1', 'even', '1 : 3'."""
    words = "datum.value == 1 ? 'even' : datum.value > 1 ? datum.label + ' : 1' : '1 : ' + format(1 / datum.value, 'd')"
    return dict(scale=alt.Scale(type="log", domain=[low, high], nice=False), title=title,
                axis=alt.Axis(values=values, labelExpr=words, grid=True, format="d", labelOverlap=False))


def _even(t, x, at=1.0):
    return alt.Chart(pd.DataFrame({"v": [at]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x))


def panel_frame():
    """The panel with the mood beside it: one row a month."""
    return mood().merge(panel().drop(columns="days").reset_index().assign(month=lambda d: d["month"].astype(str)),
                        on="month")


def draw_panel(t, narrow, frame):
    """Launch days by month, the mood with its 90 per cent band, and the flags as strips below."""
    d = frame.assign(x=[pd.Period(m).year + (pd.Period(m).month - 1) / 12 for m in frame["month"]])
    d["x2"] = d["x"] + 1 / 12
    width, first, last = (78 if narrow else 108), d["x"].min(), d["x2"].max()
    ticks = [2012, 2018, 2024] if narrow else list(range(2012, int(last), 2))
    x = dict(scale=alt.Scale(domain=[first, last], nice=False), title=None, axis=alt.Axis(values=ticks, format="d"))
    top = max(d["days"].max(), d["high"].max()) + .5
    y = dict(scale=alt.Scale(domain=[0, top], nice=False), title="Launch days",
             axis=alt.Axis(values=list(range(0, int(top) + 1, 2)), minExtent=width, maxExtent=width))
    base = alt.Chart(d)
    bars = base.mark_rect(color=t["data"], opacity=.75).encode(
        x=alt.X("x:Q", **{**x, "axis": None}), x2="x2:Q", y=alt.Y("days:Q", **y), y2=alt.datum(0))
    middle = {**x, "axis": None}
    band = base.mark_area(color=t["accent"], fillOpacity=.28).encode(
        x=alt.X("mid:Q", **middle), y=alt.Y("low:Q", **y), y2="high:Q").transform_calculate(mid="datum.x + 1/24")
    line = base.mark_line(color=t["accent"], strokeWidth=1.8).encode(
        x=alt.X("mid:Q", **middle), y=alt.Y("central:Q", **y)).transform_calculate(mid="datum.x + 1/24")
    upper = alt.layer(bars, band, line).properties(width=charts.size(narrow, width), height=150 if narrow else 170)
    strips = {"talks": ("Talks", "talks"), "talks_alt": ("Second coding", "talks"),
              "pressure": ("Pressure", "pressure"), "exercises": ("Exercises", "force"),
              "programme": ("First flights", "data")}
    strips = {k: v for k, v in strips.items() if k in d}
    rows = []
    for k, (name, token) in strips.items():
        run = (d[k] != d[k].shift()).cumsum()[d[k] == 1]  # months in a row are one bar
        rows += [dict(x=part["x"].iloc[0], x2=part["x2"].iloc[-1], row=name, token=token)
                 for _, part in d[d[k] == 1].groupby(run)]
    rows = pd.DataFrame(rows)
    names, tokens = [name for name, _ in strips.values()], list(dict.fromkeys(rows["token"]))
    frame_rows = pd.DataFrame({"row": names, "x": first, "x2": last})
    lane = alt.Chart(frame_rows).mark_bar(color=t["grid"], height=9, opacity=.6).encode(
        x=alt.X("x:Q", **x), x2="x2:Q", y=charts.rows(names, width, narrow))
    marks = alt.Chart(rows).mark_bar(height=9).encode(
        x=alt.X("x:Q", **x), x2="x2:Q", y=charts.rows(names, width, narrow),
        color=alt.Color("token:N", scale=alt.Scale(**charts.colours(tokens, t))))
    lower = alt.layer(lane, marks).properties(width=charts.size(narrow, width), height=19 * len(names))
    return alt.vconcat(upper, lower, spacing=10)


def draw_memory(t, narrow, frame):
    """Bayes factors by model, one row a reading and coding: naive, without memory, with memory."""
    k = 1 if narrow else 0
    d = frame.assign(row=[CASES[r, c][k] for r, c in zip(frame["reading"], frame["coding"], strict=True)],
                     token=[CASES[r, c][2] for r, c in zip(frame["reading"], frame["coding"], strict=True)])
    names = [name[k] for key, name in CASES.items() if key in set(zip(d["reading"], d["coding"], strict=True))]
    for column in ("naive", "no_memory", "memory"):
        d[column] = np.exp(np.clip(d[column].astype(float), np.log(.07), np.log(1900)))
    width = 96 if narrow else 150
    x = _factor(.05, 7000, "Odds against one rate" + ("" if narrow else " whatever others do (log scale)"),
                [.1, 1, 10, 100] if narrow else [.1, 1, 10, 100, 1000])
    y = charts.rows(names, width, narrow)
    color = alt.Color("token:N", scale=alt.Scale(**charts.colours(list(dict.fromkeys(d["token"])), t)))
    base = alt.Chart(d.dropna(subset=["memory"]))
    at = {c: alt.X(f"{c}:Q", **x) for c in ("naive", "no_memory", "memory")}
    layers = [_even(t, x),
              base.mark_rule(strokeWidth=2, opacity=.45).encode(x=at["naive"], x2="memory:Q", y=y, color=color),
              base.mark_point(filled=False, size=60, fill=t["paper"], strokeWidth=1.6).encode(x=at["naive"], y=y,
                                                                                             stroke=color),
              base.mark_tick(thickness=2, height=13).encode(x=at["no_memory"], y=y, color=color),
              base.mark_point(size=90).encode(x=at["memory"], y=y, color=color)]
    top = d[d["row"] == names[1]]
    for column, text, align, dx, dy in (("naive", "naive", "center", -4, -13), ("memory", "memory", "center", 4, 14),
                                        ("no_memory", "without memory", "left", 8, 0)):
        layers.append(charts.label(top, t, alt.value(text), "ink", align, 600, dy=dy, dx=dx, size=11.5, x=at[column],
                                   y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, width), height=32 * len(names))


def placebo_frame():
    """All circular shifts: flag, shift, ratio, log_bayes_factor, and whether it is the record's own (shift 0)."""
    return results.load("readings_placebo").assign(own=lambda d: d["shift"] == 0)


def draw_placebo(t, narrow, frame):
    """Every placement of each flag as a tick; the true one as a large mark, in two panels."""
    names = {"talks": "Talks", "talks_alt": "Second coding", "pressure": "Pressure"}
    d = frame.assign(row=frame["flag"].map(names), factor=np.exp(frame["log_bayes_factor"]),
                     token=frame["flag"].map({"talks": "dealer", "talks_alt": "dealer", "pressure": "narrow"}))
    d["ratio"] = d["ratio"].clip(lower=.1)
    width = 90 if narrow else 100
    inner = charts.size(narrow, width) if narrow else (charts.size(False, width) - 30) / 2
    color = alt.Color("token:N", scale=alt.Scale(**charts.colours(["dealer", "narrow"], t)))
    high = 3 ** np.ceil(np.log(d["factor"].max()) / np.log(3))
    axes = [dict(scale=alt.Scale(type="log", domain=[.09, 4], nice=False),
                 title="Launch days, flagged over other months",
                 axis=alt.Axis(values=[.1, .3, 1, 3], grid=True, labelExpr="datum.value + ' ×'")),
            _factor(.06, high, "Odds for a restraint against one rate", [1 / 10, 1 / 3, 1, 3, 10])]
    panels = []
    for k, (column, x, title) in enumerate((("ratio", axes[0], "The naive ratio"), ("factor", axes[1], "The model"))):
        y = charts.rows(list(names.values()), width, narrow)
        if k and not narrow:
            y = alt.Y("row:N", sort=list(names.values()), axis=None)
        base = alt.Chart(d).encode(x=alt.X(f"{column}:Q", **x), y=y)
        panels.append(alt.layer(
            _even(t, x), base.transform_filter("!datum.own").mark_tick(height=18, thickness=1.4, opacity=.3,
                                                                     color=t["ink2"]),
            base.transform_filter("datum.own").mark_point(size=110, stroke=t["paper"], strokeWidth=1.5).encode(
                color=color)).properties(width=inner, height=44 * len(names), title=_title(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=18 if narrow else 30)


def lags_frame():
    """Leads and lags under both codings: columns coding, lag, ratio, log_bayes_factor."""
    return pd.concat([leads_and_lags(column).assign(coding=coding) for coding, column in TALKS.items()],
                     ignore_index=True)


def draw_lags(t, narrow, frame):
    """The model's factor by shift of the talks, both codings; the panel's own month marked."""
    d = frame.assign(factor=np.exp(frame["log_bayes_factor"])).dropna(subset=["factor"])
    x = dict(scale=alt.Scale(domain=[-LAST - .4, LAST + .4], nice=False),
             title="Months from talks to launches: below 0, talks come after",
             axis=alt.Axis(values=[-6, -3, 0, 3, 6]))
    y = dict(scale=alt.Scale(type="log", domain=[.25, 20], nice=False), title="Odds for a restraint against one rate",
             axis=alt.Axis(values=[.333, 1, 3, 10], labelExpr="datum.value == 1 ? 'even' : datum.value > 1 ? "
                           "datum.value + ' : 1' : '1 : 3'"))
    future = pd.DataFrame({"a": [-LAST - .4], "b": [-.5]})
    layers = [alt.Chart(future).mark_rect(color=t["band"]).encode(x=alt.X("a:Q", **x), x2="b:Q"),
              charts.label(pd.DataFrame({"a": [-4], "v": [.3]}), t, alt.value("talks still to come"), "ink2", "center",
                           x=alt.X("a:Q", **x), y=alt.Y("v:Q", **y)),
              alt.Chart(pd.DataFrame({"v": [1]})).mark_rule(color=t["ink"]).encode(y=alt.Y("v:Q", **y)),
              alt.Chart(pd.DataFrame({"v": [1]})).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(
                  x=alt.X("v:Q", **x))]
    for coding, dash, name in (("table", [1, 0], "table's coding"), ("second", [1.5, 3], "second coding")):
        part = d[d["coding"] == coding]
        base = alt.Chart(part).encode(x=alt.X("lag:Q", **x), y=alt.Y("factor:Q", **y))
        layers += [base.mark_line(color=t["dealer"], strokeDash=dash, strokeWidth=2),
                   base.mark_point(size=44, color=t["dealer"] if coding == "table" else t["paper"], stroke=t["dealer"],
                                   strokeWidth=1.5)]
        peak = part[part["lag"] == (4 if coding == "table" else 0)]
        layers.append(charts.label(peak, t, alt.value(name), "dealer", "center", 600, dy=-13, size=11.5,
                                   x=alt.X("lag:Q", **x), y=alt.Y("factor:Q", **y)))
    own = pd.DataFrame({"v": [1], "f": [.3]})
    layers.append(charts.label(own, t, alt.value("the panel's month"), "accent", dx=5, size=11.5, x=alt.X("v:Q", **x),
                               y=alt.Y("f:Q", **y)))
    return alt.layer(*layers).properties(width=charts.size(narrow, 36), height=240)


def episode_frame():
    """Every spell under both codings, with the rate before, during and after: columns coding, spell, when, months,
    days, low, central, high (90 per cent of the posterior of a rate that starts at one a month)."""
    p, rows = panel(), []
    for coding, column in TALKS.items():
        for e in episodes(column).itertuples():
            first, last = pd.Period(e.first), pd.Period(e.last)
            spans = {"before": (p.index < first) & (p.index >= first - 12),
                     "during": (p.index >= first) & (p.index <= last),
                     "after": (p.index > last) & (p.index <= last + 12)}
            for when, inside in spans.items():
                part = p.loc[inside & ((p[column] == 1) == (when == "during")), "days"]
                low, central, high = gamma.ppf([.05, .5, .95], 1 + part.sum(), scale=1 / (1 + len(part)))
                rows.append(dict(coding=coding, spell=f"{e.first} to {e.last}", when=when, months=len(part),
                                 days=int(part.sum()), low=low, central=central, high=high))
    return pd.DataFrame(rows)


def draw_episodes(t, narrow, frame):
    """Rates before, during and after each spell of talks, with intervals: one panel a coding."""
    d = frame[frame["months"] > 0].copy()
    width, panels = (96 if narrow else 130), []
    top = np.ceil(d["high"].max())
    x = dict(scale=alt.Scale(domain=[0, top], nice=False),
             axis=alt.Axis(values=list(range(0, int(top) + 1)), grid=True, format="d"))
    inner = charts.size(narrow, width) if narrow else (charts.size(False, width) - width - 20) / 2
    for coding, title in (("table", "Table's coding"), ("second", "Second coding")):
        part = d[d["coding"] == coding].assign(row=lambda r: [spell_words(s, narrow) for s in r["spell"]])
        names = list(dict.fromkeys(part["row"]))
        y = charts.rows(names, width, narrow).scale(paddingInner=.3)
        offset = alt.YOffset("when:N", sort=["before", "during", "after"])
        base = alt.Chart(part).encode(y=y, yOffset=offset)
        color = alt.Color("when:N", scale=alt.Scale(domain=["before", "during", "after"],
                                                    range=[t["data"], t["dealer"], t["data"]]))
        layers = [base.mark_rule(strokeWidth=6, opacity=.45).encode(x=alt.X("low:Q", title="Launch days a month", **x),
                                                                    x2="high:Q", color=color),
                  base.mark_point(size=40).encode(x=alt.X("central:Q", **x), color=color)]
        words = part[part["spell"] == part["spell"].value_counts(sort=False).idxmax()]  # one with all three
        layers.append(alt.Chart(words).mark_text(align="left", dx=6, fontSize=11).encode(
            x=alt.X("high:Q", **x), y=y, yOffset=offset, text="when:N", color=color))
        panels.append(alt.layer(*layers).properties(width=inner, height=62 * len(names), title=_title(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=16).resolve_scale(y="independent")


def spell_words(spell, narrow=False):
    """'2018-04 to 2019-03' → 'Apr 2018–Mar 2019'."""
    first, last = (pd.Period(m) for m in spell.split(" to "))
    form = "%m/%y" if narrow else "%b %Y"
    return first.strftime(form) + ("" if first == last else "–" + last.strftime(form))


PRIOR_WORDS = {"rd_rate_shape": "Rate: shape", "rd_rate_rate": "Rate: scale", "rd_phi_max": "Longest memory",
               "rd_sigma": "Spread of moods", "rd_beta": "Size of effects"}


def draw_priors(t, narrow, frame):
    """For each flag, the factor as each prior runs from the low to the high end of its range."""
    ends = frame[frame["prior"] != "central"]
    width, panels = (104 if narrow else 118), []
    inner = charts.size(narrow, width) if narrow else (charts.size(False, width) - 60) / 3
    x = _factor(.06, 7, None, [.1, 1 / 3, 1, 3])
    cases = (("dealer", "Talks, table's coding", "dealer"), ("dealer_second", "Talks, second coding", "dealer"),
             ("narrow", "Pressure", "narrow"))
    for k, (column, title, token) in enumerate(cases):
        d = ends.assign(row=ends["prior"].map(PRIOR_WORDS), v=np.exp(ends[column].astype(float)))
        wide = d.pivot(index="row", columns="end", values="v").reset_index()
        names = list(PRIOR_WORDS.values())
        y = charts.rows(names, width, narrow) if k == 0 or narrow else alt.Y("row:N", sort=names, axis=None)
        centre = float(np.exp(frame.loc[frame["prior"] == "central", column].iloc[0]))
        layers = [_even(t, x),
                  alt.Chart(pd.DataFrame({"v": [centre]})).mark_rule(color=t[token], strokeDash=[2, 3]).encode(
                      x=alt.X("v:Q", **x)),
                  alt.Chart(wide).mark_rule(strokeWidth=7, color=t[token], opacity=.45).encode(
                      x=alt.X("low:Q", **x), x2="high:Q", y=y),
                  alt.Chart(d).mark_point(size=46, strokeWidth=1.5, stroke=t[token]).encode(
                      x=alt.X("v:Q", **x), y=y, fill=alt.Fill("end:N", scale=alt.Scale(
                          domain=["low", "high"], range=[t["paper"], t[token]])))]
        panels.append(alt.layer(*layers).properties(width=inner, height=(22 if narrow else 26) * len(names),
                                                    title=_title(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=14 if narrow else 30).resolve_scale(
        fill="independent")


WORLDS = {"memory": "No effect, memory as it was", "planted": "Talks restrain him", "steady": "Pressure restrains him",
          "chased": "The same, measures follow launches"}


def draw_calibration(t, narrow, table):
    """Share of simulated histories in which each model cries restraint at three to one, with 90 per cent intervals."""
    short = ("No effect", "Talks restrain", "Pressure restrains", "… and is chased")
    names = list(short) if narrow else list(WORLDS.values())
    d = table.loc[list(WORLDS)].reset_index().assign(row=names)
    long = pd.concat([d[["row", "histories"]].assign(model=m, share=d[f"{m}_3"]) for m in ("naive", "memory")])
    hit = long["share"] * long["histories"]
    long["low"], long["high"] = (100 * beta_distribution.ppf(q, hit + .5, long["histories"] - hit + .5)
                                 for q in (.05, .95))
    long["share"] *= 100
    width = 118 if narrow else 215
    x = dict(scale=alt.Scale(domain=[0, 100], nice=False),
             title="Histories with odds above 3 to 1" + ("" if narrow else " for a restraint") + ", %",
             axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=True))
    y = charts.rows(names, width, narrow).scale(paddingInner=.3)
    offset = alt.YOffset("model:N", sort=["naive", "memory"])
    base = alt.Chart(long).encode(y=y, yOffset=offset)
    color = alt.Color("model:N", scale=alt.Scale(domain=["naive", "memory"], range=[t["data"], t["ink"]]))
    layers = [base.mark_rule(strokeWidth=6, opacity=.4).encode(x=alt.X("low:Q", **x), x2="high:Q", color=color),
              base.mark_point(size=52).encode(x=alt.X("share:Q", **x), color=color, shape=alt.Shape(
                  "model:N", scale=alt.Scale(domain=["naive", "memory"], range=["diamond", "circle"])))]
    words = long[long["row"] == names[0]].assign(text=lambda r: r["model"].map(
        {"naive": "naive", "memory": "with memory"}))
    layers.append(alt.Chart(words).mark_text(align="left", dx=7, fontSize=12, fontWeight=600).encode(
        x=alt.X("high:Q", **x), y=y, yOffset=offset, text="text:N", color=color))
    return alt.layer(*layers).properties(width=charts.size(narrow, width), height=46 * len(names))


def item_words(item):
    """kin_abroad → Kin abroad."""
    return item.replace("_", " ").capitalize()


def draw_matrix(t, narrow, table):
    """Items by rows, one panel a reading: the likelihood ratio with its range; computed items in ink."""
    order = list(dict.fromkeys(table.sort_values(["basis", "cluster"], key=lambda c: c.map(
        lambda v: (v != "computed", v)) if c.name == "basis" else c, kind="stable")["item"]))
    names, width = [item_words(i) for i in order], (120 if narrow else 140)
    d = table.assign(row=table["item"].map(item_words), computed=table["basis"] == "computed")
    for column in ("lr_low", "lr_central", "lr_high"):
        d[column] = d[column].astype(float).clip(.12, 3.4)
    inner = (charts.size(narrow, width) - 2 * (10 if narrow else 22)) / 3
    panels = []
    for k, reading in enumerate(READINGS):
        y = charts.rows(names, width, narrow) if k == 0 else alt.Y("row:N", sort=names, axis=None)
        x = dict(scale=alt.Scale(type="log", domain=[.11, 3.6], nice=False), title=None,
                 axis=alt.Axis(values=[.2, 1, 3] if narrow else [.2, .5, 1, 2], grid=True,
                               labelExpr="datum.value + (datum.value == 1 ? '' : ' ×')"))
        part = d[d["reading"] == reading]
        base = alt.Chart(part).encode(y=y)
        layers = [_even(t, x),
                  base.mark_rule(strokeWidth=5, color=t[reading], opacity=.4).encode(x=alt.X("lr_low:Q", **x),
                                                                                    x2="lr_high:Q"),
                  base.mark_point(size=36, strokeWidth=1.4, stroke=t[reading], shape=charts.SHAPE[reading]).encode(
                      x=alt.X("lr_central:Q", **x), fill=alt.Fill("computed:N", scale=alt.Scale(
                          domain=[True, False], range=[t[reading], t["paper"]])))]
        title = "Narrow" if narrow and reading == "narrow" else charts.LABELS[reading]
        panels.append(alt.layer(*layers).properties(width=inner, height=19 * len(names),
                                                    title=_title(t, title, reading)))
    return alt.hconcat(*panels, spacing=10 if narrow else 22).resolve_scale(fill="independent")


def triangle_frame(n=150):
    """Where equal beliefs go: columns case, draw, and one a reading. Draw 0 is the centre, the others the ranges'."""
    cases = {"start": [np.array(EVEN)], "launches": [posterior(EVEN, log_likelihoods("table"))],
             "second": [posterior(EVEN, log_likelihoods("second"))]}
    for (name, rule), (centre, drawn) in rule_draws().items():
        cases[f"{name}, {rule}"] = [centre, *drawn[:n]]
    return pd.DataFrame([dict(case=case, draw=i) | dict(zip(READINGS, point, strict=True))
                         for case, points in cases.items() for i, point in enumerate(points)])


def draw_triangle(t, narrow, frame):
    """Prior in, posterior out: from equal beliefs to what launches, computed items and all items make of them."""
    points = {c: part[list(READINGS)].to_numpy() for c, part in frame[frame["draw"] == 0].groupby("case", sort=False)}
    base = charts.triangle(t, narrow, [])
    side = 270 if narrow else 400
    pad, high = (charts.size(narrow, 0) - side) / 2 / side, 3 ** .5 / 2
    x = alt.X("x:Q", scale=alt.Scale(domain=[-pad, 1 + pad], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-.12 if narrow else -.09, high + .1], nice=False, zero=False), axis=None)

    def at(beliefs):
        return pd.DataFrame(charts.xy(np.atleast_2d(beliefs)), columns=["x", "y"])

    layers = list(base.layer)
    cloud = frame[frame["case"].str.endswith("root") & (frame["draw"] > 0)]
    tokens = cloud["case"].str.startswith("all").map({True: "accent", False: "ink2"})
    for token in ("ink2", "accent"):
        layers.append(alt.Chart(at(cloud.loc[tokens == token, list(READINGS)])).mark_point(
            size=9, color=t[token], opacity=.4, strokeWidth=0).encode(x, y))
    start = at(points["start"])
    for case, token in (("launches", "ink"), ("second", "ink"), ("computed, root", "ink2"), ("all, root", "accent")):
        path = pd.concat([start, at(points[case])]).assign(order=range(2))
        layers.append(alt.Chart(path).mark_line(color=t[token], strokeWidth=1.6).encode(x, y, order="order:Q"))
    marks = [("start", "start", "paper", "circle", "center", 0, 17),
             ("launches", "launches", "ink", "circle", "left", 2, -13),
             ("second", "recoded" if narrow else "launches, recoded", "ink", "circle", "left", 9, 2),
             ("computed, root", "computed" if narrow else "computed items", "ink2", "diamond", "right", -10, 2),
             ("all, root", "all items", "accent", "square", "left", 22 if narrow else 26, 4)]
    for case, text, token, shape, align, dx, dy in marks:
        one = at(points[case])
        edge = t["ink"] if case == "start" else t["paper"]
        layers.append(alt.Chart(one).mark_point(size=70, color=t[token], stroke=edge, strokeWidth=1.4,
                                                shape=shape).encode(x, y))
        layers.append(charts.label(one, t, alt.value(text), "ink" if token == "paper" else token, align, 600, dx=dx,
                                   dy=dy, x=x, y=y))
    for rule in ("independent", "one"):
        layers.append(alt.Chart(at(points[f"all, {rule}"])).mark_point(
            size=50, filled=False, stroke=t["accent"], strokeWidth=1.6, shape="square").encode(x, y))
    return alt.layer(*layers).properties(width=base.width, height=base.height)


def future_frame():
    """Simulated futures: scenario, truth and the belief in the truth, before and after, with quantiles over futures."""
    frame, rows = results.load("readings_future"), []
    for (scenario, truth), part in frame.groupby(["scenario", "truth"], sort=False):
        low, central, high = np.quantile(part[f"after_{truth}"], [.05, .5, .95])
        rows.append(dict(scenario=scenario, truth=truth, before=part[f"before_{truth}"].iloc[0], low=low,
                         central=central, high=high))
    return pd.DataFrame(rows)


def draw_future(t, narrow, frame):
    """Belief in the true reading at the end of the horizon, by scenario and truth, beside what it is now."""
    names, width = [s.capitalize() for s in SCENARIOS], (88 if narrow else 104)
    d = frame.assign(row=frame["scenario"].str.capitalize())
    for column in ("before", "low", "central", "high"):
        d[column] = 100 * d[column]
    inner = (charts.size(narrow, width) - 2 * (18 if narrow else 24)) / 3 - (6 if narrow else 12)  # labels stick out
    panels = []
    for k, reading in enumerate(READINGS):
        y = charts.rows(names, width, narrow) if k == 0 else alt.Y("row:N", sort=names, axis=None)
        x = dict(scale=alt.Scale(domain=[0, 100], nice=False), title="Belief, %" if k == 0 else None,
                 axis=alt.Axis(values=[0, 50, 100], grid=True))
        part = d[d["truth"] == reading]
        now = alt.Chart(part.head(1)).mark_rule(color=t["ink"], strokeDash=[2, 3]).encode(x=alt.X("before:Q", **x))
        bars = charts.ranges(part, t, "low", "high", color=reading, vertical=False, x=x, y=y)
        dots = alt.Chart(part).mark_point(size=60, color=t[reading], shape=charts.SHAPE[reading]).encode(
            x=alt.X("central:Q", **x), y=y)
        title = charts.LABELS[reading] if not narrow or reading != "narrow" else "Narrow"
        panels.append(alt.layer(bars, now, dots).properties(width=inner, height=34 * len(names),
                                                            title=_title(t, title, reading)))
    return alt.hconcat(*panels, spacing=18 if narrow else 24)


def flow_frame(steps=6):
    """Prior in, posterior out: a grid of priors inside the triangle, and what the months of launches make of each.

    Columns coding, prior (number of the point), when (prior, posterior), and one column a reading.
    """
    inside = [(i, j, steps - i - j) for i in range(1, steps) for j in range(1, steps - i)]
    rows = []
    for coding in CODINGS:
        log = log_likelihoods(coding)
        for k, point in enumerate(inside):
            prior = np.array(point) / steps
            for when, belief in (("prior", prior), ("posterior", posterior(prior, log))):
                rows.append(dict(coding=coding, prior=k, when=when) | dict(zip(READINGS, belief, strict=True)))
    return pd.DataFrame(rows)


def draw_flow(t, narrow, frame):
    """A triangle of priors (open dots), with lines to the posterior: solid for the table's coding, dashed recoded."""
    base = charts.triangle(t, narrow, [])
    side = 270 if narrow else 400
    pad, high = (charts.size(narrow, 0) - side) / 2 / side, 3 ** .5 / 2
    x = alt.X("x:Q", scale=alt.Scale(domain=[-pad, 1 + pad], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-.12 if narrow else -.09, high + .1], nice=False, zero=False), axis=None)
    d = frame.copy()
    d[["x", "y"]] = charts.xy(d[list(READINGS)].to_numpy())
    tip = ["when:N"] + [alt.Tooltip(f"{r}:Q", format=".0%", title=charts.LABELS[r]) for r in READINGS]
    layers = list(base.layer)
    for coding, token, dash in (("second", "dealer", [2, 3]), ("table", "ink", [1, 0])):
        part = d[d["coding"] == coding]
        layers.append(alt.Chart(part).mark_line(color=t[token], strokeWidth=1.3, strokeDash=dash).encode(
            x, y, detail="prior:N", order=alt.Order("when:N", sort="descending")))
        layers.append(alt.Chart(part[part["when"] == "posterior"]).mark_point(size=46, color=t[token]).encode(
            x, y, tooltip=tip))
    start = d[(d["when"] == "prior") & (d["coding"] == "table")]
    layers.append(alt.Chart(start).mark_point(size=46, color=t["paper"], stroke=t["ink"], strokeWidth=1.3).encode(
        x, y, tooltip=tip))
    return alt.layer(*layers).properties(width=base.width, height=base.height)
