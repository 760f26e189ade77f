"""Chapter 1: can the record of launches tell the three Kims apart?

The unit is the month. A reading of Kim is a *restraint*: months in which he should launch less. The models:

* naive: independent months, negative-binomial counts, each kind of month with a rate of its own;
* the chapter's: y_m ~ Poisson(exp(μ + β x_m + z_m)), z a stationary AR(1) with persistence φ and standard
  deviation σ (a parameter-driven model of counts, Zeger 1988), summed exactly on a grid of z.
"""
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.special import betaln, gammaln, logsumexp
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from bargain import evidence, results
from bargain.sampling import pert

READINGS = ("irrational", "narrow", "dealer")
FLAG = {"dealer": "talks", "narrow": "pressure", "force_only": "exercises", "programme": "programme"}
DIRECTION = {"dealer": -1, "narrow": -1, "force_only": -1, "programme": 1}
START = "2012-01"
SPLITS = {"Hanoi": "2019-03", "2022": "2022-01"}  # the first month after each break
STRATEGIC = ("ICBM", "IRBM", "SLV")  # what could carry a warhead, or a satellite, beyond Japan
LAST = 6  # leads and lags, in months


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
    return pd.DataFrame({"missile_type": first["missile_type"], "day": day, "month": day.str[:7]}).reset_index(drop=True)


def coverage():
    """The last month that every table of the panel covers, as the tables themselves declare."""
    names = ("missile_tests", "nuclear_tests", "talks_by_month", "un_sanctions")
    return min(pd.Period(str(evidence.coverage(name)["to"])[:7], "M") for name in names)


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
    return {month for row in chosen.itertuples()
            for month in pd.period_range(str(row.start)[:7], str(row.end)[:7], freq="M")}


# ---------------------------------------------------------------------------------------- the naive model

def poisson_log_marginal(days, shape=1.0, rate=1.0):
    """log p(days) for Poisson counts with λ ~ Gamma(shape, rate), in closed form."""
    days = np.asarray(days, int)
    total = days.sum()
    return float(gammaln(shape + total) - gammaln(shape) + shape * np.log(rate)
                 - (shape + total) * np.log(rate + len(days)) - gammaln(days + 1).sum())


def naive_log_marginal(days, kappa=None, nodes=1200):
    """log p(days) for y ~ NegBin(mean λ, size κ), λ ~ Gamma(1, 1), log κ ~ N(0, 1), by quadrature.

    `kappa` fixes κ (infinity gives the Poisson limit). Several hundred nodes in log λ are needed: on a coarse
    grid the probability of an order is wrong in its second digit.
    """
    days = np.asarray(days, int)
    values, count = np.unique(days, return_counts=True)
    shape, rate = evidence.central("rd_rate_shape"), evidence.central("rd_rate_rate")
    x = np.linspace(-16, 7, nodes)
    prior = shape * np.log(rate) - gammaln(shape) + shape * x - rate * np.exp(x) + np.log(x[1] - x[0])
    if kappa is None:
        width = evidence.central("rd_kappa_sd")
        k = np.linspace(-8, 8, 161) * width
        log_k = norm.logpdf(k, scale=width) + np.log(k[1] - k[0])
    else:
        k, log_k = np.log([kappa]), np.zeros(1)
    size, mean = np.exp(k)[:, None], np.exp(x)[None, :]
    total = np.zeros((len(k), nodes))
    for y, n in zip(values, count):
        if np.isinf(size).all():
            total += n * (y * x - mean - gammaln(y + 1))
        else:
            total += n * (gammaln(y + size) - gammaln(size) - gammaln(y + 1)
                          - size * np.log1p(mean / size) + y * (x - np.log(size + mean)))
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
    for k in range(n):
        length = (w * now * now).sum()
        a.append((w * x * now * now).sum() / length)
        last, now = now, (x - a[-1]) * now - (b[-1] if b else 0) * last
        b.append((w * now * now).sum() / length)
    values, vectors = np.linalg.eigh(np.diag(a) + np.diag(np.sqrt(b[:-1]), 1) + np.diag(np.sqrt(b[:-1]), -1))
    return values * scale, vectors[0] ** 2


PRIOR = ("rd_rate_shape", "rd_rate_rate", "rd_phi_max", "rd_sigma", "rd_beta")


def grid(rates=28, persistences=20, scales=14, effects=8, points=41, **prior):
    """The quadrature grid; `prior` overrides register rows such as rd_sigma=2.

    exp μ ~ Gamma, φ uniform on its grid over [0, rd_phi_max], σ half-normal, β half-normal.
    """
    shape, rate, top, scale, effect = (prior.get(name) or evidence.central(name) for name in PRIOR)
    mu = np.linspace(-5.0, 2.6, rates)
    log_mu = shape * np.log(rate) - gammaln(shape) + shape * mu - rate * np.exp(mu) + np.log(mu[1] - mu[0])
    node, width = np.polynomial.legendre.leggauss(scales)
    # Gauss–Legendre in the prior's own probability, so that nodes lie where the prior does
    sigma, log_sigma = norm.isf((1 - node) / 4, scale=scale), np.log(width / 2)
    phi = np.linspace(0, top, persistences) if persistences > 1 else np.zeros(1)
    pairs = np.meshgrid(np.arange(rates), np.arange(scales), indexing="ij")
    m, s = pairs[0].ravel(), pairs[1].ravel()
    beta, weight = half_normal_nodes(effects, effect)
    return Grid(phi, mu[m], sigma[s], log_mu[m] + log_sigma[s] - np.log(len(phi)),
                np.ones((len(phi), len(m)), bool), beta, np.log(weight), points)


def _transition(phi, points, span=5.0):
    """Nodes of z in standard deviations, stationary weights, and the transition matrix of the AR(1)."""
    u = np.linspace(-span, span, points)
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
    out, u = [], np.linspace(-5.0, 5.0, g.points)
    seen = sorted(set(zip(days.tolist(), flag.tolist())))
    for p, phi in enumerate(g.persistence):
        kept = g.keep[p]
        eta = g.log_rate[kept, None] + np.multiply.outer(g.scale[kept], u)
        emit = {}
        for y, x in seen:
            e = eta[:, None, :] + (x * beta[None, :, None] if x else 0.0)
            emit[y, x] = np.exp(y * e - np.exp(e) - gammaln(y + 1))
        _, stationary, step = _transition(phi, g.points)
        if start is None:
            state, log = np.broadcast_to(stationary, (kept.sum(), len(beta), g.points)).copy(), 0.0
        else:
            log, state = start[p][0], start[p][1] @ step  # a new array: the past is kept
        for m, key in enumerate(zip(days.tolist(), flag.tolist())):
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
    return dict(flat=log[0], restrained=logsumexp(log[1:n + 1] + g.effect_weight),
                provoked=logsumexp(log[n + 1:] + g.effect_weight), by_effect=log[1:])


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
    return float(np.sqrt(np.exp(g.effect_weight) @ g.effect ** 2))


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
    return dict(restrained=log["restrained"] - log["flat"], provoked=log["provoked"] - log["flat"],
                both=both - log["flat"], effect=float(beta @ density * (beta[1] - beta[0])), low=low, high=high)


def coarse(**prior):
    """A smaller grid for work that is repeated hundreds of times (log Bayes factors within about 0.05)."""
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
    g, alone, far = prune(days, grid()), prune(days, grid(persistences=1)), prune(strategic, grid())
    cases = [(r, "table", FLAG[r]) for r in readings_tested()]
    cases += [("dealer", "second", "talks_alt"), ("programme", "after", "programme_after")]
    if "exercises_alt" in p:
        cases.append(("force_only", "second", "exercises_alt"))
    for reading, coding, column in cases:
        flag = p[column].to_numpy()
        log = log_bayes_factors(days, flag, g, pruned=False)
        rows.append(dict(
            reading=reading, coding=coding, months=int(flag.sum()), days_flagged=int(days[flag == 1].sum()),
            ratio=rate_ratio(days, flag), naive=naive_log_bayes_factor(days, flag) if 0 < flag.sum() < len(flag) else np.nan,
            no_memory=towards(reading, log_bayes_factors(days, flag, alone, pruned=False)),
            memory=towards(reading, log), two_sided=log["both"],
            strategic=towards(reading, log_bayes_factors(strategic, flag, far, pruned=False)),
            effect=log["effect"], low=log["low"], high=log["high"]))
    return pd.DataFrame(rows)


def rate_ratio(days, flag):
    """Launch days a month in flagged months over those in the others; NaN when one kind of month is missing."""
    days, flag = np.asarray(days, float), np.asarray(flag, bool)
    if flag.all() or not flag.any() or not days[~flag].sum():
        return np.nan
    return days[flag].mean() / days[~flag].mean()


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
        rows.append(dict(flag=column, shift=k, ratio=rate_ratio(days, moved),
                         log_bayes_factor=log["restrained"] - log["flat"]))
    return pd.DataFrame(rows)


def placebo_summary():
    """One row a flag: ratio and its p-value, the model's log Bayes factor and its p-value (large is rare)."""
    rows = []
    for flag, part in results.load("readings_placebo").groupby("flag", sort=False):
        part = part.sort_values("shift")
        rows.append(dict(flag=flag, ratio=part["ratio"].iloc[0], p_ratio=tail_share(part["ratio"]),
                         log_bayes_factor=part["log_bayes_factor"].iloc[0],
                         p_model=tail_share(-part["log_bayes_factor"])))
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
        rows.append(dict(first=str(first), last=str(last), months=len(part), days=int(part["days"].sum()),
                         rate=part["days"].mean(), rate_before=before.mean(), rate_after=after.mean()))
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
                rows.append(dict(split=name, part=part, reading=reading, flag=coding, months=len(days),
                                 flagged=int(flag.sum()),
                                 log_bayes_factor=log_bayes_factors(days, flag, g, pruned=False)["restrained"]))
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
            z = persistence * z + np.sqrt(1 - persistence ** 2) * scale * rng.standard_normal(len(z))
        out[:, m] = rng.poisson(np.exp(np.minimum(log_rate + effect * flag[:, m] + z, 12)))
    return out


def posterior_draws(days, flag, g, beta, log_weight, n, rng):
    """n draws from the joint posterior on the grid: arrays log_rate, persistence, scale, effect, state (of z)."""
    run = forward(days, flag, g, beta)
    log = np.concatenate([(part[0] + g.log_weight[g.keep[p]][:, None] + log_weight).ravel()
                          for p, part in enumerate(run)])
    weight = np.exp(log - logsumexp(log))
    index = rng.choice(len(weight), n, p=weight / weight.sum())
    b = len(np.atleast_1d(beta))
    phi = np.concatenate([np.full(k.sum() * b, g.persistence[p]) for p, k in enumerate(g.keep)])
    mu = np.concatenate([np.repeat(g.log_rate[k], b) for k in g.keep])
    sigma = np.concatenate([np.repeat(g.scale[k], b) for k in g.keep])
    state = np.concatenate([part[1].reshape(-1, g.points) for part in run])[index]
    u = np.linspace(-5.0, 5.0, g.points)
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
    g = prune(days, g, 1e-7)
    narrow, dealer = (log_evidence(days, flag, g) for flag in flags)
    return np.array([narrow["flat"], narrow["restrained"], dealer["restrained"]]), narrow, dealer, g


def measure_hazard():
    """Chance of a new measure of pressure in a month, after two quiet months and after two with a launch: (2,)."""
    p, new = panel(), _pressing()
    active = (p["days"].shift(1, fill_value=0) + p["days"].shift(2, fill_value=0)) > 0
    measure = np.array([m in new for m in p.index])
    return float(measure[~active].mean()), float(measure[active].mean())


def _chased(rng, mu, phi, sigma, beta, chased=True):
    """One history in which measures follow launches (or come at the same rate whatever he does) and restrain him."""
    p, months = panel(), int(evidence.central("rd_pressure_months"))
    quiet, busy = measure_hazard()
    mean = np.mean([m in _pressing() for m in p.index])
    days, new, flag = np.zeros(len(p), int), np.zeros(len(p), bool), np.zeros(len(p), int)
    z = rng.normal(0, sigma)
    for m in range(len(p)):
        flag[m] = new[max(0, m - months):m].any()
        days[m] = rng.poisson(np.exp(min(mu + beta * flag[m] + z, 4)))
        chance = (busy if days[max(0, m - 2):m].any() else quiet) if chased else mean
        new[m] = rng.random() < chance
        z = phi * z + np.sqrt(1 - phi ** 2) * rng.normal(0, sigma)
    return days, flag


SEED = 20170427
HISTORIES = 12  # a chunk, in each world


def calibration_chunk(number):
    """Histories simulated from known worlds, judged as the record is judged. One row a history:

    world      prior (drawn from the model itself), memory (no effect at all, memory as in the record), planted
               (the record's talks, with the planted restraint), chased and steady (the planted restraint by
               pressure, with measures that follow launches, or that come whatever he does)
    truth, rank (posterior probability below the true β), p_irrational, p_narrow, p_dealer (from equal priors),
    naive, memory (log Bayes factors of the flag in question), effect (posterior mean of β, two-sided)
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
        share = posterior(np.full(3, 1 / 3), log)
        b, density = effect_density(part, kept, -1)
        rank = float(density[b < beta].sum() * (b[1] - b[0])) if beta < 0 else np.nan
        both, two = effect_density(part, kept)
        varies = 0 < flag.sum() < len(flag)
        rows.append(dict(world=world, truth=truth, rank=rank, p_irrational=share[0], p_narrow=share[1], p_dealer=share[2],
                         naive=naive_log_bayes_factor(days, flag) if varies else np.nan,
                         memory=part["restrained"] - part["flat"], effect=float(both @ two * (both[1] - both[0]))))

    for _ in range(HISTORIES):
        truth, beta, days = _prior_draw(rng, len(p))
        row("prior", truth, days, (pressure, talks), beta, "narrow" if truth == "narrow" else "dealer")
    for mu, phi, sigma, _, _ in zip(*flat_draws(HISTORIES, rng)):
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
        n = len(part)
        rows.append(dict(world=world, histories=n, naive_3=(part["naive"] > np.log(3)).mean(),
                         naive_10=(part["naive"] > np.log(10)).mean(), memory_3=(part["memory"] > np.log(3)).mean(),
                         memory_10=(part["memory"] > np.log(10)).mean(), against=(part["memory"] < 0).mean(),
                         effect=part["effect"].mean()))
    return pd.DataFrame(rows).set_index("world")


# ------------------------------------------------------------------------- what the record could still teach

SCENARIOS = {"no talks": (0, 0), "talks all year": (1, 0), "new measures": (0, 1)}  # flags: talks, pressure
FUTURES = 16  # a chunk, for each scenario and truth


def future_chunk(number, horizon="2027-12"):
    """Beliefs at the end of the horizon, from equal beliefs before the record, in simulated futures.

    One row a future: scenario, truth, and p_… before (the record alone) and after (record and future).
    """
    rng = np.random.default_rng((SEED, 7, number))
    p = panel()
    days, ahead = p["days"].to_numpy(), len(pd.period_range(p.index[-1] + 1, horizon, freq="M"))
    g = prune(days, coarse(), 1e-6)
    model = {"irrational": (np.zeros(len(p), int), np.zeros(1), np.zeros(1)),
             "narrow": (p["pressure"].to_numpy(), -g.effect, g.effect_weight),
             "dealer": (p["talks"].to_numpy(), -g.effect, g.effect_weight)}
    past = {r: forward(days, flag, g, beta) for r, (flag, beta, _) in model.items()}

    def total(run, weight):
        return logsumexp(np.concatenate([(log + g.log_weight[g.keep[k]][:, None] + weight).ravel()
                                         for k, (log, _) in enumerate(run)]))

    before = posterior(np.full(3, 1 / 3), np.array([total(past[r], model[r][2]) for r in READINGS]))
    rows = []
    for truth in READINGS:
        flag, beta, weight = model[truth]
        draws = posterior_draws(days, flag, g, beta, weight, FUTURES, rng)
        for scenario, (talks, pressure) in SCENARIOS.items():
            new = {"irrational": 0, "narrow": pressure, "dealer": talks}
            for mu, phi, sigma, effect, z in zip(*draws):
                seen = simulate(rng, np.full(ahead, new[truth]), mu, phi, sigma, effect, [z])[0]
                seen = np.minimum(seen, 31)
                log = [total(forward(seen, np.full(ahead, new[r]), g, model[r][1], past[r]), model[r][2])
                       for r in READINGS]
                after = posterior(np.full(3, 1 / 3), np.array(log))
                rows.append({"scenario": scenario, "truth": truth, "launch_days": int(seen.sum())}
                            | {f"before_{r}": v for r, v in zip(READINGS, before)}
                            | {f"after_{r}": v for r, v in zip(READINGS, after)})
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
        weight = part["truth"].map(dict(zip(READINGS, before))) / part.groupby("truth")["truth"].transform("size")
        row = dict(scenario=scenario, bits=-(before * np.log2(before)).sum() - float(weight @ entropy),
                   before_bits=-(before * np.log2(before)).sum())
        for k, r in enumerate(READINGS):
            row[f"before_{r}"], row[f"after_{r}"] = before[k], after[(part["truth"] == r).to_numpy(), k].mean()
            row[f"days_{r}"] = part.loc[part["truth"] == r, "launch_days"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------ second instrument: competing hypotheses

RULES = {"independent": lambda n: 1.0, "root": lambda n: n ** -0.5, "one": lambda n: 1.0 / n}
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
    """The North's promises in accords since a month, by what keeping them costs and whether the other side kept its own.

    Columns: accord, dear (costs security or money, not words or politics), matched (the other side kept at least half of
    its promises of the same accord), kept (1, ½, 0). A promise whose fate is unknown is left out.
    """
    table = evidence.table("agreement_commitments")
    table = table.assign(kept=table["delivered"].map(KEPT)).dropna(subset=["kept"])
    his = table["side"].str.split(";").map(lambda sides: "PRK" in sides)
    theirs = table[~his].groupby("agreement_id")["kept"].mean()
    # the year of an accord ends its id: AF1994, SIX2007FEB
    year = table["agreement_id"].str.extract(r"(\d{4})")[0]
    his = table[his & (year >= since[:4])]
    return pd.DataFrame({"accord": his["agreement_id"], "dear": his["cost_of_keeping"].isin(("security", "money")),
                         "matched": his["agreement_id"].map(theirs) >= 0.5, "kept": his["kept"]})


def _counts(kept, chosen):
    """(successes, trials) of the chosen rows and of the others."""
    return (kept[chosen].sum(), chosen.sum()), (kept[~chosen].sum(), (~chosen).sum())


def promise_likelihoods(a=1.0, since=START):
    """Log likelihoods (3,) of the kept promises: one rate; cheap ones kept more; matched ones kept more."""
    d = promises(since)
    cheap, matched = _counts(d["kept"], ~d["dear"]), _counts(d["kept"], d["matched"])
    return np.array([one_rate_log_marginal(cheap, a, a), ordered_log_marginal(*cheap, a, a),
                     ordered_log_marginal(*matched, a, a)])


def answers(coding="answer", since=START):
    """Answers to acts towards the North since a month, by kind of act: counts of accommodate, hold, escalate."""
    table = evidence.table("answers")
    table = table[table["date"].astype(str) >= since]
    return pd.crosstab(table["kind"], table[coding]).reindex(
        index=["concession", "refusal", "pressure"], columns=["accommodate", "hold", "escalate"], fill_value=0)


def answer_likelihoods(coding="answer", a=1.0, since=START):
    """Log likelihoods (3,) of the answers: one rate of accommodation; more after pressure; more after concessions."""
    counts = answers(coding, since)
    pair = {kind: (counts.at[kind, "accommodate"], counts.loc[kind].sum()) for kind in counts.index}

    def others(kind):
        return tuple(np.sum([v for k, v in pair.items() if k != kind], axis=0))

    return np.array([one_rate_log_marginal(list(pair.values()), a, a),
                     ordered_log_marginal(pair["pressure"], others("pressure"), a, a),
                     ordered_log_marginal(pair["concession"], others("concession"), a, a)])


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
    "answers_by_kind": lambda: [answer_likelihoods(c, a, s) for s in (START, "1990") for a in (1.0, 0.5, 2.0)
                                for c in ("answer", "answer_alt")],
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
                ratios[:, k].min(), ratios[0, k], ratios[:, k].max())
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


def combined_draws(table, rule, n=2000, seed=SEED):
    """Log likelihoods (n, 3) with each ratio drawn from its range (PERT on the logarithm)."""
    logs = np.log(table[["lr_low", "lr_central", "lr_high"]].astype(float).to_numpy())
    u = np.random.default_rng((seed, 11)).random((n, len(table)))
    drawn = pert(u, *logs.T) * np.broadcast_to(RULES[rule](cluster_size(table).to_numpy(float)), len(table))
    return np.stack([drawn[:, (table["reading"] == r).to_numpy()].sum(1) for r in READINGS], 1)


def posteriors_by_rule(prior=(1 / 3, 1 / 3, 1 / 3)):
    """Beliefs after all items and after the computed items alone, under each rule: columns items, rule, reading,
    low, central, high (5 and 95 per cent of the draws)."""
    everything, rows = items(), []
    for name, table in (("all", everything), ("computed", everything[everything["basis"] == "computed"])):
        for rule in RULES:
            centre = posterior(prior, combine(table, rule))
            drawn = np.array([posterior(prior, v) for v in combined_draws(table, rule)])
            low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
            rows += [dict(items=name, rule=rule, reading=r, low=low[k], central=centre[k], high=high[k])
                     for k, r in enumerate(READINGS)]
    return pd.DataFrame(rows)


def leave_one_out(rule="root", prior=(1 / 3, 1 / 3, 1 / 3)):
    """Beliefs without each item, cluster voices fixed from the whole table; sorted by how far the answer moves."""
    table = items()
    size = cluster_size(table)
    whole, rows = posterior(prior, combine(table, rule)), []
    for item, part in table.groupby("item", sort=False):
        rest = table["item"] != item
        now = posterior(prior, combine(table[rest], rule, size[rest]))
        rows.append(dict(item=item, text=part["text"].iloc[0], cluster=part["cluster"].iloc[0],
                         moves=np.abs(now - whole).sum() / 2) | dict(zip(READINGS, now)))
    return pd.DataFrame(rows).sort_values("moves", ascending=False, ignore_index=True)


def worthless():
    """Items whose every range holds 1 and whose every centre is within a tenth of it: a list of texts."""
    table = items()
    holds = (table["lr_low"] <= 1) & (table["lr_high"] >= 1) & ((table["lr_central"] - 1).abs() <= 0.1)
    return [part["text"].iloc[0] for _, part in table[holds.groupby(table["item"]).transform("all")].groupby(
        "item", sort=False)]


def diagnostic():
    """One row an item: text, cluster, basis, ratio of the best-served reading to the worst, and which reading it serves
    (central), with `sure` true where that reading's range excludes 1."""
    rows = []
    for item, part in items().groupby("item", sort=False):
        part = part.set_index("reading")
        best = part["lr_central"].astype(float).idxmax()
        rows.append(dict(item=item, text=part["text"].iloc[0], cluster=part["cluster"].iloc[0],
                         basis=part["basis"].iloc[0], serves=best,
                         spread=part["lr_central"].max() / part["lr_central"].min(),
                         sure=part.at[best, "lr_low"] > 1))
    return pd.DataFrame(rows).sort_values("spread", ascending=False, ignore_index=True)
