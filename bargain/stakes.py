"""Peace and justice: deaths and accountability of four options, and the weights at which a choice between them turns.

Deaths over `horizon` years are those of war (the hazards, answers and losses of `options`, on the same draw), of the
political prison camps, and of want. War and camps are counted whole, want against today's course, as in `options`.
Arrays have the axes (future, reading, option, …), options in the order of OPTIONS. A second elicitation of everything
but the camps, stated directly (rows `st_…`), stands beside the first; the two are never mixed in one total.
"""

from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import logsumexp
from scipy.stats import spearmanr

from bargain import charts, evidence, exchange, options, sampling, wants
from bargain.wording import capital, counted, listed

OPTIONS = ("force", "pressure", "talks", "accept")
AT = [options.POLICIES.index(p) for p in OPTIONS]
FORCE, PRESSURE, TALKS, ACCEPT = range(4)
DIRECT = OPTIONS[:3]  # the options that the second elicitation covers
CAUSES = ("war", "camps", "want")
READINGS = options.READINGS
EVEN = options.EVEN
TAIL = 0.001  # the worst thousandth
QUADRANTS = {  # (the other option has more deaths than talks, more accountability): in words
    (True, False): "talks dominate",
    (True, True): "trade-off",
    (False, True): "the other dominates",
    (False, False): "talks cost lives and give justice",
}
PRESETS = {"lives_only": "lives only", "all_central": "all, central", "human_rights": "human rights"}
SEEDS = (options.SEED, 2)  # numbers from draws are printed with the digits that both share
WORDS = {"force": "force", "pressure": "pressure", "talks": "talks", "accept": "acceptance"}
HAVE = {"force": "Force costs", "pressure": "Pressure costs", "talks": "Talks cost", "accept": "Acceptance costs"}
IF_HE = {"irrational": "he is irrational", "narrow": "he is narrowly rational", "dealer": "he seeks a deal"}
GAPS = {  # topic of `deaths`: (what is missing, where it would come from)
    "camps_deaths": (
        "deaths a year in the camps since 2013",
        "the camps' registers after an opening; graves seen from space",
    ),
    "want_now": ("undernourishment after 2021", "a household survey such as those of 2012 and 2017, with access"),
    "sanctions": ("deaths by lost harvests and fuel; days that exemptions take", "the 1718 Committee's files, dated"),
}


# ---------------------------------------------------------------- the draw
def rows(register=None):
    """The register's rows for this chapter alone: those of chapter 10 that the draw of `options` does not have."""
    register = evidence.assumptions() if register is None else register
    mine = sampling.rows(register, ("10",))
    return mine.loc[~mine.index.isin(sampling.rows(register, options.CHAPTERS).index)]


def sample(chunks=2, seed=options.SEED):
    """The futures of `options.sample`, the same bits, with this chapter's own rows drawn beside them."""
    return _sample(chunks, seed, evidence.DATA)


@lru_cache
def _sample(chunks, seed, data):
    shared = options.sample(chunks, seed)
    size = len(shared.minds) // chunks
    own = [sampling.draw(rows(), size, (seed, 10, c))[0] for c in range(chunks)]
    more = {k: np.concatenate([d[k] for d in own]) if np.ndim(v) else v for k, v in own[0].items()}
    return shared._replace(parameters=shared.parameters | more)


def _columns(parameters):
    return lambda name: np.atleast_1d(wants.value(parameters, name))


# ---------------------------------------------------------------- deaths and accountability
def wars(parameters):
    """Chance and dead of no major war, a conventional and a nuclear one: two arrays (future, option, response, 3).

    Without a war the dead are those of a strike and of a limited exchange. Their product, added up over the three, is
    the war's part of `options.cells`.
    """
    p, n = _columns(parameters), wants.futures(parameters)
    chance, dead = np.zeros((2, n, len(OPTIONS), len(options.RESPONSES), 3))
    for (policy, response), warheads in options.arsenal(p).items():
        if policy not in AT:
            continue
        at = (slice(None), AT.index(policy), response)
        later, small = options.war(p, policy, response, warheads), np.zeros(1)
        nuclear = p("d_nuc") * (warheads / p("n0")) ** p("theta")
        if policy == options.FORCE:
            if response == options.ESC:  # his answer is the war, and the strike has found a part of the arsenal
                later, nuclear = np.ones(1), (1 - p("kappa")) * p("d_nuc")
            else:
                small = p("d_strike") + (p("d_limited") if response == options.HOLD else 0)
        for state, (odds, deaths) in enumerate(
            (
                (1 - later, 0 * nuclear),
                (later * (1 - p("p_nuc")), p("d_conv") + 0 * nuclear),
                (later * p("p_nuc"), p("d_conv") + nuclear),
            )
        ):
            chance[(*at, state)], dead[(*at, state)] = odds, small + deaths
    return chance, dead


def want(parameters):
    """Deaths of want over the horizon against today's course, (future, option, response): `x_pressure`, `x_acc`."""
    none = parameters | {"x_pressure": 0.0, "x_acc": 0.0}
    return (options.cells(parameters)[..., 0] - options.cells(none)[..., 0])[:, AT]


def camps(parameters):
    """Deaths in the camps over the horizon, (future, option): horizon × camp_deaths × (1 - the share that ends).

    Force ends them with chance `end_force`, at once; pressure with `end_pressure`, on average half-way; talks and
    acceptance leave them as they are.
    """
    p = _columns(parameters)
    ends = (p("end_force"), p("end_pressure") / 2, 0.0, 0.0)
    whole = p("horizon") * p("camp_deaths")
    return np.stack(np.broadcast_arrays(*(whole * (1 - end) for end in ends)), axis=-1)


def deaths(draw):
    """Expected deaths of each future by cause, (future, reading, option, cause), in the order of CAUSES."""
    answers = wants.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    of_war = np.einsum("nkgr,ngr->nkg", answers, (chance * dead).sum(axis=-1))
    of_want = np.einsum("nkgr,ngr->nkg", answers, np.broadcast_to(want(draw.parameters), answers[:, 0].shape))
    of_camps = np.broadcast_to(camps(draw.parameters)[:, None], of_war.shape)
    return np.stack([of_war, of_camps, of_want], axis=-1)


def accountability(draw):
    """The index of `options`, 0 to 1 (below 0: impunity granted), (future, reading, option)."""
    return options.outcomes(draw.parameters, draw.minds)[:, :, AT, options.OUTCOMES.index("accountability")]


def war_chance(draw):
    """Chance of a major war within the horizon, (future, reading, option), and deaths for each such war."""
    answers = wants.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    war = np.einsum("nkgr,ngr->nkg", answers, chance[..., 1:].sum(axis=-1))
    lost = np.einsum("nkgr,ngr->nkg", answers, (chance * dead)[..., 1:].sum(axis=-1))
    return war, lost / np.maximum(war, 1e-300)


def direct(draw):
    """The second elicitation: deaths (future, option, cause) and accountability (future, option) for DIRECT.

    War dead = P (l limited + (1 - l) whole + p_n nuclear); camps as in the first; want as stated a year.
    """
    p = _columns(draw.parameters)
    lost = (
        p("st_limited") * p("st_dead_limited")
        + (1 - p("st_limited")) * p("st_dead_whole")
        + p("st_nuclear") * p("st_dead_nuclear")
    )
    n, years = wants.futures(draw.parameters), p("horizon")
    war = [p(f"st_war_{o}") * lost for o in DIRECT]
    year = [np.zeros(1), years * p("st_want_pressure"), -years * p("st_relief_talks")]
    jail = camps(draw.parameters).T[:3]
    dead = np.array([[np.broadcast_to(x, n) for x in of] for of in zip(war, jail, year, strict=True)])
    just = np.array([np.broadcast_to(p(f"st_acc_{o}"), n) for o in DIRECT])
    return np.moveaxis(dead, -1, 0), just.T


def mixed(values, belief=EVEN):
    """Values of a reader with a belief over the readings (axis 1 of `values`): the axis is summed out."""
    return (
        np.tensordot(values, np.asarray(belief, float), axes=(1, 0))
        if values.ndim == 2
        else np.einsum("nk...,k->n...", values, np.asarray(belief, float))
    )


def both(chunks=2, seed=options.SEED):
    """Deaths (future, reading, option, cause) and accountability (future, reading, option) of the shared draw."""
    return _both(chunks, seed, evidence.DATA)


@lru_cache
def _both(chunks, seed, data):
    draw = sample(chunks, seed)
    return deaths(draw), accountability(draw)


# ---------------------------------------------------------------- quadrants and break-even
def quadrants(dead, justice, other, base=TALKS):
    """Share of futures in each quadrant of QUADRANTS, a dict in its order; dead, justice (future, option).

    A tie in deaths counts as no more deaths, one in accountability as no more accountability.
    """
    more, just = dead[:, other] > dead[:, base], justice[:, other] > justice[:, base]
    return {words: float(np.mean((more == d) & (just == a))) for (d, a), words in QUADRANTS.items()}


def flip(dead_other, dead_talks, just_other, just_talks):
    """Break-even weight J* = (D_g - D_talks)/(a_g - a_talks): lives that a unit of accountability must be worth.

    A price of two outcomes, so only a trade-off has one: nan unless one option has both more deaths and more
    accountability. At J* the losses D - J* a are equal; above it the one with more accountability loses less.
    """
    more, just = (
        np.asarray(x, float) for x in (np.subtract(dead_other, dead_talks), np.subtract(just_other, just_talks))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(more * just > 0, more / just, np.nan)


def tie(lost, rest_other, dead_talks):
    """The chance of war under the other option at which it and talks tie on deaths: P* = (D_talks - rest)/W.

    lost: dead for each war W; rest_other: the other's deaths of camps and want. Deaths rise with the chance of war,
    so below P* the other costs fewer lives.
    """
    return (dead_talks - rest_other) / lost


def choice(dead, justice, price, life=1.0):
    """Loss life × D - price × a of each option, in lives; the least is the choice."""
    return life * np.asarray(dead) - price * np.asarray(justice)


def price_of(name):
    """Lives that a unit of accountability is worth in a preset: v_justice over v_life (inf where a life is worth 0)."""
    values = options.preset(name)
    return values["v_justice"] / values["v_life"] if values["v_life"] else np.inf


def discount(rate, years):
    """Weight of a death spread evenly over the years, at a yearly rate: (1 - e^(-r H))/(r H), 1 at r = 0."""
    x = np.asarray(rate, float) * years
    return np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1), 1.0)


def discounted(draw, rate):
    """Mean deaths (reading, option) when later ones weigh less; strike, exchange and the war that answers are now."""
    answers = wants.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    war = (chance * dead).sum(axis=-1)
    now = np.zeros_like(war)
    now[:, FORCE] = dead[:, FORCE, :, 0]  # without a later war: strike and limited exchange
    now[:, FORCE, options.ESC] = war[:, FORCE, options.ESC]
    weight = discount(rate, _columns(draw.parameters)("horizon"))
    whole = now + weight[:, None, None] * (war - now + want(draw.parameters))
    dead = np.einsum("nkgr,ngr->nkg", answers, whole)
    return (dead + (weight[:, None] * camps(draw.parameters))[:, None]).mean(axis=0)


# ---------------------------------------------------------------- aversion to catastrophe
def atoms(draw, belief=EVEN):
    """The distribution of deaths by option: weights and deaths, two arrays (option, atoms), weights adding up to 1.

    One atom a future, reading, answer of his and kind of war; camps and want count at their expectation.
    """
    answers = wants.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    odds = np.einsum("nkgr,ngrs,k->gnrs", answers, chance, np.asarray(belief, float)) / len(answers)
    rest = want(draw.parameters) + camps(draw.parameters)[..., None]
    whole = np.moveaxis(dead + rest[..., None], 1, 0)
    return odds.reshape(len(OPTIONS), -1), np.broadcast_to(whole, odds.shape).reshape(len(OPTIONS), -1)


def certainty(odds, dead, theta):
    """Entropic certainty equivalent ln E e^(θ D)/θ, in deaths, along the last axis; θ per million deaths.

    θ = 0 gives the expected value; as θ grows it tends to the largest deaths that have any weight.
    Raises ValueError for θ < 0.
    """
    if theta < 0:
        raise ValueError(f"risk_aversion must not be negative, not {theta}")
    if theta == 0:
        return (odds * dead).sum(axis=-1)
    with np.errstate(divide="ignore"):
        return logsumexp(theta * dead / 1e6, b=odds, axis=-1) / theta * 1e6


def carried(odds, dead, theta, tail=TAIL):
    """Share of E (e^(θ D) - 1) that the worst `tail` of the probability carries, one option; at θ = 0 the share of E D.

    Where it is near 1 the certainty equivalent speaks of the few worst futures of the sample, not of the option.
    """
    order = np.argsort(-dead)
    w, d = odds[order], dead[order] / 1e6
    before = np.concatenate([[0.0], np.cumsum(w)[:-1]])
    part = np.clip(tail - before, 0, w)
    size = d if theta == 0 else np.expm1(theta * d) if theta * d[0] < 600 else np.exp(theta * (d - d[0]))
    return float((part * size).sum() / (w * size).sum())


# ---------------------------------------------------------------- linking rights to the deal; foreign lives
def linkage(draw, share=1.0):
    """How far linking the camps to the deal may lower his chance to accommodate talks: (fall, chance), means.

    If he accommodates, `share` of the camps' deaths end. With chance p and difference d between deaths when he holds
    out and when he accommodates, as many are saved as lost where (p - x) s C = x d, so x = p s C/(s C + d).
    """
    answers = wants.respond(draw.parameters, draw.minds)[:, :, options.TALKS]
    chance, dead = wars(draw.parameters)
    cell = ((chance * dead).sum(axis=-1) + want(draw.parameters))[:, TALKS]
    lost = float(np.mean(cell[:, options.HOLD] - cell[:, options.ACC]))
    saved = share * float(camps(draw.parameters)[:, TALKS].mean())
    p = float(mixed(answers[:, :, options.ACC]).mean())
    return p * saved / (saved + max(lost, 0)), p


def life_weight(means, values, belief=EVEN, policy="force"):
    """The weight of a death below which a policy loses least, all six outcomes of `options` counted; nan: none.

    means: (reading, policy, outcome). Losses are linear in v_life: best where v (D_f - D_g) < rest_g - rest_f for all.
    """
    mean, f = options.mix(belief, means), options.POLICIES.index(policy)
    rest = mean @ options.prices(values | {"v_life": 0.0})
    low, high = 0.0, np.inf
    for g in range(len(options.POLICIES)):
        more, gain = mean[f, 0] - mean[g, 0], rest[g] - rest[f]
        if more > 0:
            high = min(high, gain / more)
        elif more < 0:
            low = max(low, gain / more)
    return high if high > low else np.nan


# ---------------------------------------------------------------- what the chapter shows
def table(seeds=SEEDS):
    """Means of deaths: frame of reading, option, cause, deaths, low, high (5-95% of futures), seed.

    cause "all" is their sum; the ranges are of futures' expectations, not of single wars.
    """
    out = []
    for seed in seeds:
        dead, _ = both(seed=seed)
        dead = np.concatenate([dead, dead.sum(axis=-1, keepdims=True)], axis=-1)
        dead = np.concatenate([dead, dead.mean(axis=1, keepdims=True)], axis=1)
        low, high = np.quantile(dead, [0.05, 0.95], axis=0)
        mean = dead.mean(axis=0)
        out += [
            (r, o, c, mean[k, g, j], low[k, g, j], high[k, g, j], seed)
            for k, r in enumerate((*READINGS, "even"))
            for g, o in enumerate(OPTIONS)
            for j, c in enumerate((*CAUSES, "all"))
        ]
    return pd.DataFrame(out, columns=["reading", "option", "cause", "deaths", "low", "high", "seed"])


def causes(frame):
    """Deaths by option and cause, both elicitations: option, cause, source, mean, low, high (thousands)."""
    own = frame[(frame.reading == "even") & (frame.seed == SEEDS[0])].assign(source="model")
    dead, _ = direct(sample())
    dead = np.concatenate([dead, dead.sum(axis=-1, keepdims=True)], axis=-1)
    low, high = np.quantile(dead, [0.05, 0.95], axis=0)
    rows = [
        (o, c, dead[:, g, j].mean(), low[g, j], high[g, j], "stated")
        for g, o in enumerate(DIRECT)
        for j, c in enumerate((*CAUSES, "all"))
    ]
    stated = pd.DataFrame(rows, columns=["option", "cause", "deaths", "low", "high", "source"])
    out = pd.concat([own, stated], ignore_index=True)[["option", "cause", "source", "deaths", "low", "high"]]
    return out.assign(**{c: out[c] / 1000 for c in ("deaths", "low", "high")}).rename(columns={"deaths": "mean"})


def parts(source="model", seed=options.SEED, reading=None):
    """Deaths and accountability of every future, (future, option) each: `model` (undecided, or a reading), `stated`."""
    if source == "stated":
        dead, justice = direct(sample(seed=seed))
        return dead.sum(axis=-1), justice
    dead, justice = both(seed=seed)
    if reading is not None:
        k = READINGS.index(reading)
        return dead[:, k].sum(axis=-1), justice[:, k]
    return mixed(dead).sum(axis=-1), mixed(justice)


def quadrant_table(seeds=SEEDS):
    """Shares of futures in the quadrants against talks: source, option, quadrant, share, seed."""
    out = []
    for seed in seeds:
        for source, others in (("model", (FORCE, PRESSURE, ACCEPT)), ("stated", (FORCE, PRESSURE))):
            dead, justice = parts(source, seed)
            out += [
                (source, OPTIONS[g], words, share, seed)
                for g in others
                for words, share in quadrants(dead, justice, g).items()
            ]
    return pd.DataFrame(out, columns=["source", "option", "quadrant", "share", "seed"])


def cloud(bins=26):
    """Futures by their difference to talks, counted: option, x0, x1 (accountability), y0, y1 (thousand deaths), share.

    Differences are the option's less those of talks, clipped to the 1-99 per cent range of all.
    """
    dead, justice = parts()
    more = {g: (dead[:, g] - dead[:, TALKS]) / 1000 for g in (FORCE, PRESSURE, ACCEPT)}
    just = {g: justice[:, g] - justice[:, TALKS] for g in more}
    every, all_just = np.concatenate(list(more.values())), np.concatenate(list(just.values()))
    top, side = (max(abs(np.quantile(v, [0.01, 0.99]))) for v in (every, all_just))
    x, y = np.linspace(-side, side, bins + 1), np.linspace(-top, top, bins + 1)
    out = []
    for g in more:
        found, _, _ = np.histogram2d(np.clip(just[g], -side, side), np.clip(more[g], -top, top), [x, y])
        out += [
            (OPTIONS[g], x[i], x[i + 1], y[j], y[j + 1], found[i, j] / len(dead))
            for i, j in zip(*np.nonzero(found), strict=True)
        ]
    return pd.DataFrame(out, columns=["option", "x0", "x1", "y0", "y1", "share"])


def weights(seeds=SEEDS):
    """The break-even weight over futures that are a trade-off: source, who, option, share, q5 … q95, means, seed.

    Lives that a unit of accountability must be worth before the option is preferred to talks. who: a reading or
    "even"; means: the same at mean deaths and accountability (nan where these are no trade-off); medians and quantiles
    never mix futures in which the weight has the other sign.
    """
    out = []
    for seed in seeds:
        for source, whos in (("model", ("even", *READINGS)), ("stated", ("even",))):
            for who in whos:
                dead, justice = parts(source, seed, None if who == "even" else who)
                for g in (FORCE, PRESSURE):
                    trade = (dead[:, g] > dead[:, TALKS]) & (justice[:, g] > justice[:, TALKS])
                    at = flip(dead[trade, g], dead[trade, TALKS], justice[trade, g], justice[trade, TALKS])
                    q = np.quantile(at, [0.05, 0.25, 0.5, 0.75, 0.95]) if trade.any() else np.full(5, np.nan)
                    mean = flip(*(v[:, i].mean() for v in (dead, justice) for i in (g, TALKS)))
                    out.append((source, who, OPTIONS[g], trade.mean(), *q, float(mean), seed))
    return pd.DataFrame(
        out, columns=["source", "who", "option", "share", "q5", "q25", "q50", "q75", "q95", "means", "seed"]
    )


def surface(source="model", seed=options.SEED):
    """What the break-even weight hangs on, at means, undecided: a frame by option (force, pressure).

    Columns: war (chance within the horizon), justice, lost (dead a war), rest (camps, want, strikes), talks_dead,
    talks_justice, tie (chance of war at which the option and talks tie on deaths), war_low … justice_high (5-95%).
    """
    draw = sample(seed=seed)
    dead, justice = parts(source, seed)
    if source == "stated":
        p = _columns(draw.parameters)
        chance = np.stack([p(f"st_war_{o}") for o in DIRECT], axis=-1)
        of_war = direct(draw)[0][..., 0]
    else:
        chance, lost = war_chance(draw)
        of_war, chance = mixed(chance * lost), mixed(chance)
    out = []
    for g in (FORCE, PRESSURE):
        war, lost = chance[:, g].mean(), of_war[:, g].mean() / chance[:, g].mean()
        rest = dead[:, g].mean() - of_war[:, g].mean()
        talks = dead[:, TALKS].mean()
        ends = [np.quantile(v[:, g], q) for v in (chance, justice) for q in (0.05, 0.95)]
        out.append(
            (
                source,
                OPTIONS[g],
                war,
                justice[:, g].mean(),
                lost,
                rest,
                talks,
                justice[:, TALKS].mean(),
                tie(lost, rest, talks),
                *ends,
            )
        )
    return pd.DataFrame(
        out,
        columns=[
            "source",
            "option",
            "war",
            "justice",
            "lost",
            "rest",
            "talks_dead",
            "talks_justice",
            "tie",
            "war_low",
            "war_high",
            "justice_low",
            "justice_high",
        ],
    )


def aversion(points=21, seed=options.SEED):
    """Certainty equivalent over the aversion to catastrophe: option, theta (per million), lives, carried."""
    odds, dead = atoms(options.head(sample(seed=seed), 2**12))
    top = float(evidence.assumptions().high["risk_aversion"])
    return pd.DataFrame(
        [
            (o, float(x), float(certainty(odds[g], dead[g], x)), carried(odds[g], dead[g], x))
            for g, o in enumerate(OPTIONS)
            for x in np.linspace(0, top, points)
        ],
        columns=["option", "theta", "lives", "carried"],
    )


def drivers(other=PRESSURE, top=6, seed=options.SEED):
    """What the difference in deaths to talks hangs on: row, meaning, low, high, rank (Spearman), the largest first."""
    draw = sample(seed=seed)
    dead, _ = parts(seed=seed)
    more, register = dead[:, other] - dead[:, TALKS], evidence.assumptions()
    names = [k for k, v in draw.parameters.items() if np.ndim(v)]
    rank = {k: float(spearmanr(draw.parameters[k], more).statistic) for k in names}
    best = sorted(rank, key=lambda k: -abs(rank[k]))[:top]
    rows = register.loc[best]
    return pd.DataFrame(
        {
            "row": best,
            "meaning": rows.meaning.tolist(),
            "low": rows.low.tolist(),
            "high": rows.high.tolist(),
            "rank": [rank[k] for k in best],
        }
    )


def held():
    """Estimates of how many the camps hold, by year: year, low, central, high (persons), estimator."""
    found = evidence.table("deaths").query("topic == 'camps_held' and unit == 'persons' and id != 'camps_held_07'")
    year = (found.year_from + found.year_to) / 2
    low, high = found.value_low.fillna(found.value_central), found.value_high.fillna(found.value_central)
    return (
        pd.DataFrame(
            {"year": year, "low": low, "central": found.value_central, "high": high, "estimator": found.estimator}
        )
        .sort_values("year")
        .reset_index(drop=True)
    )


def endings():
    """What befell leaders of five years and more within a year of losing office: ending, fate, cases, share."""
    found = evidence.table("accountability")
    found = found[found.period.astype(str).str.contains("five years") & (found.ending != "natural death in office")]
    out = []
    for row in found.itertuples():
        total = row.unpunished + row.exile + row.imprisoned + row.killed
        out += [
            (row.ending, int(total), fate, int(getattr(row, fate)), getattr(row, fate) / total)
            for fate in ("unpunished", "exile", "imprisoned", "killed")
        ]
    return pd.DataFrame(out, columns=["ending", "cases", "fate", "number", "share"])


def gaps():
    """What is not known, and where it would come from: a table to read."""
    found = evidence.table("deaths")
    rows = []
    for topic, (what, where) in GAPS.items():
        empty = found[(found.topic == topic) & found[["value_low", "value_central", "value_high"]].isna().all(axis=1)]
        rows.append({"Missing": what, "Rows that say so": len(empty), "Where it would come from": where})
    war = evidence.table("war_probability")
    rows.append(
        {
            "Missing": "a dated forecast of war with a number since 2018",
            "Rows that say so": int(((war.kind == "forecast") & war.probability_central_pct.isna()).sum()),
            "Where it would come from": "forecasting tournaments and markets that ask for a year and a number",
        }
    )
    kept = evidence.table("accountability")
    rows.append(
        {
            "Missing": "what followed deals that left a ruler in place",
            "Rows that say so": int((kept.unit == "gap").sum()),
            "Where it would come from": "a coding of settlements, as there is one of transitions",
        }
    )
    return pd.DataFrame(rows)


# ---------------------------------------------------------------- sentences, worded by what is computed
def thousands(*values):
    """Deaths in thousands, in words with the digits that all draws share."""
    return exchange.digits(*(abs(v) / 1000 for v in values)) + ",000"


def million(*values):
    """Lives in words, with the digits that all draws share."""
    if min(values) < 999_500:
        return exchange.digits(*values)
    return exchange.digits(*(v / 1e6 for v in values)) + " million"


def _even(frame, option, cause="all"):
    rows = frame[(frame.reading == "even") & (frame.option == option) & (frame.cause == cause)]
    return rows.sort_values("seed").deaths.to_numpy()


def _against_talks(frame):
    """Deaths beyond talks by option, undecided: {option: (one a seed)}, and a sign, 0 within 5% of talks."""
    talks = _even(frame, "talks")
    more = {o: _even(frame, o) - talks for o in ("force", "pressure", "accept")}
    sign = {o: 0 if abs(v.mean()) < 0.05 * talks.mean() else int(np.sign(v.mean())) for o, v in more.items()}
    return more, sign


def deaths_heading(frame):
    """Which options cost more and fewer lives than talks, as a heading."""
    _, sign = _against_talks(frame)
    more, fewer = ([WORDS[o] for o, s in sign.items() if s == way] for way in (1, -1))
    if not more + fewer:
        return "All options cost about as many lives"
    first, word = (more, "more") if more else (fewer, "fewer")
    text = f"{capital(listed(first))} {'costs' if len(first) == 1 else 'cost'} {word} lives than talks"
    return f"{text}, {listed(fewer)} fewer" if more and fewer else text


def deaths_finding(frame):
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


def causes_finding(frame):
    """What part of the deaths the war is, by option, and which cause the differences come from."""
    share = {o: (_even(frame, o, "war") / _even(frame, o)).mean() for o in OPTIONS}
    low, high = min(share.values()), max(share.values())
    camp = [_even(frame, o, "camps") for o in ("talks", "force")]
    return (
        f"War is {round(100 * low, -1):.0f} to {round(100 * high, -1):.0f}% of all deaths counted; the camps take "
        f"{thousands(*camp[0])} lives under talks and {thousands(*camp[1])} under force"
    )


def _commonest(shares):
    """The quadrant that holds most futures of the model, by option."""
    return {
        o: shares[(shares.source == "model") & (shares.option == o)].groupby("quadrant").share.mean().idxmax()
        for o in ("force", "pressure", "accept")
    }


def quadrants_heading(shares):
    """Which options are in most futures a trade-off against talks, as a heading."""
    trade = [WORDS[o] for o, quadrant in _commonest(shares).items() if quadrant == "trade-off"]
    if not trade:
        return "Against talks, no option is most often a trade-off"
    return f"Against talks, {listed(trade)} {'is' if len(trade) == 1 else 'are'} most often a trade-off"


def of_futures(*shares):
    """A share of futures in words: all futures, no future, 85% of futures."""
    word = exchange.percent(*shares)
    return {"all": "all futures", "none": "no future"}.get(word, f"{word} of futures")


def quadrants_finding(shares):
    """In what share of futures force and pressure are a trade-off against talks, and what acceptance is."""

    def share(option, quadrant):
        return of_futures(*_seeded(shares, option, quadrant))

    first = _commonest(shares)
    said = []
    for option in ("force", "pressure", "accept"):
        words = {
            "trade-off": "costs more lives and brings more accountability",
            "talks dominate": "costs more lives and brings less accountability",
            "the other dominates": "costs fewer lives and brings more accountability",
            "talks cost lives and give justice": "costs fewer lives and brings less accountability",
        }[first[option]]
        said.append(f"{WORDS[option]} {words} in {share(option, first[option])}")
    text = "; ".join(said)
    return "Against talks, " + text


def weight_words(frame, option, source="model", who="even"):
    """Median and range of the break-even weight of an option, as words."""
    rows = frame[(frame.option == option) & (frame.source == source) & (frame.who == who)].sort_values("seed")
    if rows.q50.isna().any():
        return "no weight, for it is no trade-off in any future"
    return f"{million(*rows.q50)} lives ({million(*rows.q5)} to {million(*rows.q95)})"


def weights_heading(frame):
    """Which of force and pressure asks the higher price, as a heading; unsettled where model and stated values part."""
    price = frame[frame.who == "even"].pivot(index=["source", "seed"], columns="option", values="q50")
    if price.isna().any(axis=None):
        return "An option that is no trade-off has no price"
    if (price.force > price.pressure).all():
        return "Force asks the higher price, pressure the lower"
    if (price.force < price.pressure).all():
        return "Pressure asks the higher price, force the lower"
    return "Which option asks the higher price is unsettled"


def weights_finding(frame):
    """What full accountability must be worth before force or pressure is chosen over talks, and the presets."""
    rows = frame[(frame.source == "model") & (frame.who == "even")]
    top = max(price_of(name) for name in PRESETS)
    below = rows.groupby("option").q5.min() > top
    name = next(PRESETS[n] for n in PRESETS if price_of(n) == top)
    kept = [o for o in ("force", "pressure") if below.get(o, False)]
    where = f"below the range for {' and '.join(kept)}" if kept else "not below the range for either"
    tail = f"the preset that prices it highest, {name}, says {top:,.0f}: {where}"
    priced = [o for o in ("pressure", "force") if rows[rows.option == o].q50.notna().all()]
    said = " and ".join(f"{weight_words(frame, o)} for {o}" for o in priced)
    free = [f"{o} is a trade-off in no future" for o in ("pressure", "force") if o not in priced]
    if not priced:
        return capital(" and ".join(free)) + ", so no weight on accountability turns a choice"
    return "; ".join([f"Full accountability would have to be worth {said}", *free, tail])


def spared_words(frame):
    """What full accountability would have to spare elsewhere to pay for pressure, in a sentence."""
    rows = frame[(frame.option == "pressure") & (frame.source == "model") & (frame.who == "even")]
    if rows.q50.isna().any():
        return "In this model pressure is a trade-off in no future, and lives elsewhere do not turn it"
    weight = weight_words(frame, "pressure")
    return f"If one ruler’s full reckoning spares {weight} elsewhere, that alone pays for pressure"


def elicitation_words(frame, shares):
    """Where the two elicitations agree and where they do not, in words."""

    def trade(option, source):
        rows = shares[(shares.option == option) & (shares.source == source) & (shares.quadrant == "trade-off")]
        return of_futures(*rows.share)

    return (
        f"Stated directly, pressure is a trade-off in {trade('pressure', 'stated')} instead of "
        f"{trade('pressure', 'model')}, at {weight_words(frame, 'pressure', 'stated')}; force in "
        f"{trade('force', 'stated')} instead of {trade('force', 'model')}, at "
        f"{weight_words(frame, 'force', 'stated')}"
    )


def headline(frame, weights_frame, shares):
    """The chapter's finding: what is paid for what, and the weight at which the choice turns; never without it."""
    more = {o: (_even(frame, o) - _even(frame, "talks")) for o in ("force", "pressure")}
    trade = {o: np.mean(_seeded(shares, o, "trade-off")) for o in more}
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
    fewer = [WORDS[o] for o, v in more.items() if v.mean() <= 0]
    verb = "costs" if len(fewer) == 1 else "cost"
    return (
        f"{' and '.join(fewer).capitalize()} {verb} no more lives than talks in ten years: deaths alone do not speak "
        "for talks there, and no weight on justice is needed to prefer what also brings more of it"
    )


def surface_finding(frame):
    """The chance of war at which each option and talks tie on deaths, against the option's own."""
    said = []
    for row in frame.itertuples():
        now = f"{WORDS[row.option]}’s chance of war is {100 * row.war:.0f}%"
        at = (
            f"they tie on deaths at {100 * row.tie:.0f}%"
            if row.tie > 0
            else "no chance of war makes them tie on deaths"
        )
        said.append(f"{now}, and {at}")
    return "Against talks: " + "; ".join(said)


def reader_turns(frame):
    """The option that loses least at no price of accountability, and the prices at which another takes over:
    (first, [(price, next), …]), options by number."""
    d, a = 1000 * frame.deaths.to_numpy(), frame.justice.to_numpy()
    first = at = int(np.argmin(d))
    price, turns = 0.0, []
    while True:  # the upper edge of the lines d - price × a: walk to the next that overtakes
        cross = [flip(d[g], d[at], a[g], a[at]) if a[g] > a[at] else np.nan for g in range(len(d))]
        ahead = [g for g in range(len(d)) if cross[g] == cross[g] and cross[g] >= price]
        if not ahead:
            break
        at = min(ahead, key=lambda k: cross[k])
        price = float(cross[at])
        turns.append((price, at))
    return first, turns


def reader_heading(frame):
    """How often the price of accountability turns which option loses least, as a heading."""
    first, turns = reader_turns(frame)
    if not turns:
        verb = "loses" if OPTIONS[first] != "talks" else "lose"
        return f"{capital(WORDS[OPTIONS[first]])} {verb} least at every price of accountability"
    times = {1: "once", 2: "twice"}.get(len(turns), f"{len(turns)} times")
    return f"The price of accountability turns the choice {times}"


def reader_finding(frame):
    """Which option loses least at each price of accountability, from nothing up, undecided."""
    at, turns = reader_turns(frame)
    said = []
    for price, g in turns:
        unit = "" if said else " lives for full accountability"
        said.append(f"{WORDS[OPTIONS[at]]} up to {million(float(f'{price:.1g}'))}{unit}")
        at = g
    end = f"then {WORDS[OPTIONS[at]]}" if said else f"{WORDS[OPTIONS[at]]} at every price"
    return "Counting deaths and accountability alone, the least is lost under " + ", ".join([*said, end])


def published(row):
    """The central value of one row of the table of deaths, written out."""
    return f"{float(evidence.table('deaths').set_index('id').value_central[row]):,.0f}"


def _least(frame):
    """The option that counts the fewest deaths at each aversion, from none up."""
    return frame.pivot(index="theta", columns="option", values="lives")[list(OPTIONS)].idxmin(axis=1)


def aversion_heading(frame):
    """Whether aversion turns which option counts the fewest deaths before single draws decide, as a heading."""
    least = _least(frame)
    turn = least[least != least.iloc[0]]
    if not len(turn):
        return "Aversion to catastrophe does not turn the order"
    if turn.index[0] >= frame[frame.carried > 0.5].theta.min():
        return "Aversion that would turn the order rests on single draws"
    return f"Aversion to catastrophe can speak for {WORDS[turn.iloc[0]]}"


def aversion_words(frame):
    """What the two panels of the aversion figure show, for those who do not see them."""
    order = [
        tuple(part.set_index("option").lives.sort_values().index) for _, part in frame.groupby("theta", sort=True)
    ]
    cross = "that cross" if len(set(order)) > 1 else "that keep their order"
    low, high = (frame[frame.theta == end].carried.mean() for end in (frame.theta.min(), frame.theta.max()))
    return (
        f"Left, four rising curves {cross}; right, what the worst thousandth carries of each, on average "
        f"{wants.percent(low)} with no aversion and {wants.percent(high)} at the largest tried"
    )


def aversion_finding(frame):
    """Who counts the fewest deaths at no aversion, where that changes, and when the worst thousandth speaks."""
    least = _least(frame)
    first = least.iloc[0]
    turn = least[least != first]
    half = frame[frame.carried > 0.5].groupby("option").theta.min()
    text = f"With no aversion the fewest deaths are counted under {WORDS[first]}"
    if len(turn):
        text += f", from {turn.index[0]:.1f} per million on under {WORDS[turn.iloc[0]]}"
    else:
        text += " and so at every aversion tried"
    if len(half):
        text += f"; from {half.min():.1f} on the worst thousandth of the sample carries more than half of some numbers"
    return text


def tail_words(frame, theta=0.5):
    """What the worst thousandth carries at one aversion, the least and the largest share over options, in words."""
    at = frame[np.isclose(frame.theta, frame.theta.iloc[(frame.theta - theta).abs().argmin()])]
    low, high = 100 * at.carried.min(), 100 * at.carried.max()
    return (
        f"At an aversion of {theta:g} per million deaths the worst thousandth carries {low:.0f} to {high:.0f}% of the "
        "number"
    )


def force_words(frame):
    """Whether aversion to catastrophe speaks for force in this model, in a sentence; empty where it does not."""
    least = _least(frame)
    if least.iloc[0] == "force" or "force" not in set(least):
        return "In this model aversion to catastrophe does not turn the order towards force."
    return (
        "In this model it is the strongest form of the case for force: a strike takes weapons away before a war, and "
        "the other options leave more of them for the worst one."
    )


def bought_words(frame):
    """What each option brings of full accountability beyond talks, from `surface`."""
    rows = frame.set_index("option")
    more = {o: rows.justice[o] - rows.talks_justice[o] for o in ("pressure", "force")}
    return " and ".join(f"{WORDS[o]} {'brings' if v > 0 else 'loses'} {abs(v):.2f} of it" for o, v in more.items())


def drivers_words(frame):
    """The rows that move the difference in deaths between pressure and talks most, with their ranges."""
    said = []
    for row in frame.head(4).itertuples():
        rank = f"{row.rank:+.1f}".replace("-", "−")
        what = f"{row.meaning[0].lower()}{row.meaning[1:]}"
        said.append(f"{what} ({row.low:,g} to {row.high:,g}; rank correlation {rank})")
    return "; ".join(said)


def held_finding(frame):
    """How the estimates of prisoners moved, first to last."""
    first, last = frame.iloc[0], frame.iloc[-1]
    way = "fell" if last.high < first.low else "rose" if last.low > first.high else "did not clearly change"

    def said(row):
        low, high = (f"{v / 1000:.0f}" for v in (row.low, row.high))
        return f"{low} thousand" if low == high else f"{low}–{high} thousand"

    return f"Estimates of those held {way} from {said(first)} to {said(last)}; how many die there a year is not known"


def held_words(frame):
    """How many estimates the figure of those held shows, and from when to when."""
    many = counted(len(frame), "range or point", "ranges or points")
    return f"{many}, {frame.year.min():.0f} to {frame.year.max():.0f}"


def endings_finding(frame):
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


def discount_words(seed=options.SEED):
    """What discounting lives at the high end does to the difference between force and talks."""
    draw, rate = sample(seed=seed), float(evidence.assumptions().high["time_preference"])
    more = [discounted(draw, r).mean(axis=0) for r in (0.0, rate)]
    gap = [m[FORCE] - m[TALKS] for m in more]
    way = (
        "widens" if abs(gap[1]) > abs(gap[0]) and gap[0] * gap[1] > 0 else "narrows" if gap[0] * gap[1] > 0 else "turns"
    )
    return (
        f"Counting later deaths at {100 * rate:.0f}% a year less {way} the difference between force and talks from "
        f"{thousands(gap[0])} to {thousands(gap[1])}"
    )


def linkage_words(seeds=SEEDS, got=None):
    """The fall in his chance to accommodate at which linking the camps to the deal costs as much as it saves.

    got: pairs (fall, chance) of `linkage`, one a seed, for all of the deaths there and for half of them.
    """
    got = got or [[linkage(sample(seed=s), share) for s in seeds] for share in (1.0, 0.5)]
    if any(x > (1 - 1e-9) * p for row in got for x, p in row):  # nothing is lost where he holds out instead
        return (
            "If accommodation closed the camps, the link would save lives as long as it left him any chance to "
            "accommodate, for in these numbers his holding out costs no more lives elsewhere"
        )
    fall = [exchange.percent(*(x / p for x, p in row)) for row in got]
    return (
        f"If accommodation closed the camps, the link would save lives as long as it lowered his chance to "
        f"accommodate by less than {fall[0]} of itself; if it ended half of the deaths there, by less than {fall[1]}"
    )


def foreign_words(seed=options.SEED):
    """The weight of a death below which force loses least, by preset, in words; all six outcomes counted."""
    draw = sample(seed=seed)
    means = options.outcomes(draw.parameters, draw.minds).mean(axis=0)
    said = []
    for name in options.presets():
        values = options.preset(name)
        at = life_weight(means, values)
        if values["v_life"] and not np.isnan(at):
            own = values["v_life"]
            said.append(f"{options.PRESET_WORDS.get(name, name.replace('_', ' '))} ({at:.2g}, where it gives {own:g})")
    if not said:
        return "no weight on a death above nothing makes force lose least in any preset"
    return "force loses least below a weight on each death of so much of one’s own in the presets " + ", ".join(said)


# ---------------------------------------------------------------- charts
CAUSE_WORDS = {
    "war": "War",
    "camps": "Political prison camps",
    "want": "Want, against today’s course",
    "all": "All three",
}
SOURCE_ROWS = ("model", "stated")


def _options(t):
    return alt.Color("option:N", scale=alt.Scale(**charts.colours(OPTIONS, t)))


def draw_causes(t, narrow, frame):
    """Deaths by cause and option on one axis: model (bar and filled mark), stated (thin bar, open mark) below it."""
    names = [charts.LABELS[o] for o in OPTIONS]
    rows = frame.assign(row=frame.option.map(charts.LABELS))
    left, panels = 118, []
    domain = [min(-60.0, 1.1 * rows.low.min()), 1.03 * float(rows.high.max())]
    for cause, title in CAUSE_WORDS.items():
        part, last = rows[rows.cause == cause], cause == "all"
        x = {
            "scale": alt.Scale(domain=domain, nice=False),
            "title": "Thousand deaths in ten years" if last else None,
            "axis": alt.Axis(tickCount=3 if narrow else 6, grid=True, labels=last, ticks=last, domain=last),
        }
        y = alt.Y(
            "row:N", sort=names, title=None, axis=alt.Axis(minExtent=left - 6, maxExtent=left - 6, labelLimit=left - 8)
        )
        offset = alt.YOffset("source:N", sort=list(SOURCE_ROWS), scale=alt.Scale(paddingOuter=0.5))
        base = alt.Chart(part).encode(y=y, yOffset=offset, color=_options(t))
        dash = [3, 2] if cause in ("camps", "want") else [1, 0]
        model, stated = (base.transform_filter(f"datum.source == '{s}'") for s in SOURCE_ROWS)
        panels.append(
            alt.layer(
                alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("x:Q", **x)),
                model.mark_rule(strokeWidth=5, opacity=0.5, strokeDash=dash).encode(x=alt.X("low:Q", **x), x2="high:Q"),
                stated.mark_rule(strokeWidth=1.6, strokeDash=dash).encode(x=alt.X("low:Q", **x), x2="high:Q"),
                model.mark_point(size=46).encode(x=alt.X("mean:Q", **x)),
                stated.mark_point(size=40, filled=False).encode(x=alt.X("mean:Q", **x)),
            ).properties(width=charts.size(narrow, left), height=92, title=title)
        )
    return alt.vconcat(*panels, spacing=10)


def draw_cloud(t, narrow, frame, shares):
    """Futures by what each option does against talks: accountability across, deaths upwards, quadrants named."""
    panels, side, top = [], float(frame.x1.max()), float(frame.y1.max())
    words = {
        "talks dominate": "talks dominate",
        "trade-off": "trade-off",
        "the other dominates": "the other dominates",
        "talks cost lives and give justice": "talks more just",
    }
    for k, option in enumerate(("force", "pressure", "accept")):
        part = frame[frame.option == option]
        part = part.assign(strength=np.sqrt(part.share / part.share.max()))
        x = {
            "scale": alt.Scale(domain=[-side, side], nice=False),
            "title": "Accountability, more than under talks" if narrow or k == 1 else None,
            "axis": alt.Axis(values=[-0.1, 0, 0.1]),
        }
        first = narrow or k == 0
        y = {
            "scale": alt.Scale(domain=[-1.3 * top, 1.3 * top], nice=False),
            "title": None,
            "axis": alt.Axis(tickCount=4, grid=False, labels=first),
        }
        zero = pd.DataFrame({"z": [0.0]})
        corners = pd.DataFrame(
            [
                {
                    "x": sx * side,
                    "y": sy * 1.22 * top,
                    "align": "left" if sx < 0 else "right",
                    "word": f"{WORDS[option]} dominates" if (sx, sy) == (1, -1) else words[QUADRANTS[sy > 0, sx > 0]],
                    "share": exchange.percent(*_seeded(shares, option, QUADRANTS[sy > 0, sx > 0])),
                }
                for sx in (-1, 1)
                for sy in (-1, 1)
            ]
        )
        corners["below"] = corners.y - np.where(corners.y > 0, 0.17, -0.17) * top
        layers = [
            alt.Chart(part)
            .mark_rect(color=t[option])
            .encode(
                x=alt.X("x0:Q", **x),
                x2="x1:Q",
                y=alt.Y("y0:Q", **y),
                y2="y1:Q",
                opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.06, 1])),
            ),
            alt.Chart(zero).mark_rule(color=t["ink"]).encode(x=alt.X("z:Q", **x)),
            alt.Chart(zero).mark_rule(color=t["ink"]).encode(y=alt.Y("z:Q", **y)),
        ]
        for align in ("left", "right"):
            for field, row, weight in (("word", "y", 400), ("share", "below", 600)):
                layers.append(
                    charts.label(
                        corners[corners["align"] == align],
                        t,
                        f"{field}:N",
                        "ink2",
                        align,
                        weight,
                        dx=3 if align == "left" else -3,
                        size=11,
                        x=alt.X("x:Q", **x),
                        y=alt.Y(f"{row}:Q", **y),
                    )
                )
        panels.append(
            alt.layer(*layers).properties(
                width=charts.size(narrow, 46) if narrow else 186,
                height=240,
                title=f"{charts.LABELS[option]} against talks",
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=14)


def _seeded(shares, option, quadrant):
    rows = shares[(shares.source == "model") & (shares.option == option) & (shares.quadrant == quadrant)]
    return tuple(rows.share)


WHO = {"even": "undecided", "irrational": "irrational", "narrow": "narrowly rational", "dealer": "deal-seeker"}


def draw_weights(t, narrow, frame):
    """The break-even weight as strips on a logarithmic axis, with what two presets say that accountability is worth."""
    rows = frame[frame.seed == SEEDS[0]].copy()
    rows["row"] = np.where(rows.source == "stated", "stated directly", rows.who.map(WHO))
    order = [*WHO.values(), "stated directly"]
    marks = pd.DataFrame([{"x": price_of(name), "word": words} for name, words in PRESETS.items() if price_of(name)])
    panels, left = [], 122
    for option in ("force", "pressure"):
        part = rows[rows.option == option]
        x = dict(
            scale=alt.Scale(type="log", domain=[5e3, 1e8], nice=False),
            title="Lives for full accountability" if option == "pressure" else None,
            axis=alt.Axis(
                values=[1e4, 1e5, 1e6, 1e7, 1e8],
                grid=True,
                labelExpr=("datum.value < 1e6 ? format(datum.value, ',') : format(datum.value / 1e6, ',') + ' m'"),
            ),
        )
        y = alt.Y(
            "row:N", sort=order, title=None, axis=alt.Axis(minExtent=left - 6, maxExtent=left - 6, labelLimit=left)
        )
        layers = [
            charts.strips(part, t, ["q5", "q25", "q50", "q75", "q95"], color=option, x=x, y=y),
            alt.Chart(marks).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=alt.X("x:Q", **x)),
        ]
        if option == "force":
            layers.append(
                charts.label(
                    marks, t, "word:N", "accent", "center", dy=-8, base="bottom", x=alt.X("x:Q", **x), y=alt.value(0)
                )
            )
        panels.append(
            alt.layer(*layers).properties(
                width=charts.size(narrow, left),
                height=26 * len(order),
                title=alt.Title(f"{charts.LABELS[option]} instead of talks", offset=24 if option == "force" else 8),
            )
        )
    return alt.vconcat(*panels, spacing=16)


ISO = (200_000, 1_000_000, 5_000_000)


def surface_lines(frame):
    """Lines of equal break-even weight, straight through the tie: option, J, x (war), y (accountability), 2 points."""
    out = []
    for row in frame.itertuples():
        for price in ISO:
            for x in (row.tie, 1.0):
                out.append((row.option, price, x, row.talks_justice + (x - row.tie) * row.lost / price))
    return pd.DataFrame(out, columns=["option", "J", "x", "y"])


def draw_surface(t, narrow, frame):
    """Break-even weight over the option's chance of war and its accountability, as a fan of lines from the tie."""
    panels = []
    for row in frame.itertuples():
        high = 1.15 * float(row.war_high)
        top = 1.25 * float(row.justice_high)
        lines = surface_lines(frame[frame.option == row.option])
        start = row.talks_justice
        ends = []
        for price, part in lines.groupby("J"):
            slope = (part.y.iloc[1] - start) / (part.x.iloc[1] - row.tie)
            x = min(high, row.tie + (top - start) / slope)
            ends.append(
                {
                    "x0": row.tie,
                    "y0": start,
                    "x": x,
                    "y": start + slope * (x - row.tie),
                    "word": f"{price / 1e6:g} m" if price >= 1e6 else f"{price:,}",
                }
            )
        ends = pd.DataFrame(ends)
        X = {
            "scale": alt.Scale(domain=[0, high], nice=False),
            "axis": alt.Axis(format="%", tickCount=4),
            "title": "Chance of war in ten years",
        }
        Y = {"scale": alt.Scale(domain=[0, top], nice=False), "axis": alt.Axis(tickCount=4), "title": None}
        here = pd.DataFrame([row._asdict()])
        fewer = pd.DataFrame({"x": [0.0], "x2": [row.tie]})
        point = alt.Chart(here).encode(x=alt.X("war:Q", **X), y=alt.Y("justice:Q", **Y))
        flat = ends.x >= high - 1e-9
        layers = [
            alt.Chart(fewer).mark_rect(color=t["band"]).encode(x=alt.X("x:Q", **X), x2="x2:Q"),
            alt.Chart(ends)
            .mark_rule(color=t["ink3"])
            .encode(x=alt.X("x0:Q", **X), x2="x:Q", y=alt.Y("y0:Q", **Y), y2="y:Q"),
            charts.label(
                ends[~flat], t, "word:N", "ink2", "right", dx=-11, dy=8, x=alt.X("x:Q", **X), y=alt.Y("y:Q", **Y)
            ),
            charts.label(ends[flat], t, "word:N", "ink2", "right", dy=-9, x=alt.X("x:Q", **X), y=alt.Y("y:Q", **Y)),
            alt.Chart(here)
            .mark_rule(color=t[row.option], strokeWidth=2)
            .encode(x=alt.X("war_low:Q", **X), x2="war_high:Q", y=alt.Y("justice:Q", **Y)),
            alt.Chart(here)
            .mark_rule(color=t[row.option], strokeWidth=2)
            .encode(x=alt.X("war:Q", **X), y=alt.Y("justice_low:Q", **Y), y2="justice_high:Q"),
            point.mark_point(size=80, color=t[row.option], shape=charts.SHAPE[row.option]),
        ]
        panels.append(
            alt.layer(*layers).properties(
                width=charts.size(narrow, 40) if narrow else 280,
                height=230,
                title=f"{charts.LABELS[row.option]} against talks",
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=24)


def draw_aversion(t, narrow, frame):
    """Certainty equivalent over the aversion to catastrophe, and what the worst thousandth carries of it."""
    rows = frame.assign(name=frame.option.map(charts.LABELS))
    x = alt.X("theta:Q", title="Aversion, per million deaths", axis=alt.Axis(tickCount=5))
    dash = alt.StrokeDash("option:N", scale=alt.Scale(domain=list(OPTIONS), range=[charts.DASH[o] for o in OPTIONS]))
    end = rows[rows.theta == rows.theta.max()].sort_values("lives")
    gap = np.log(end.lives.max() / rows.lives.min()) / 14
    spots = []
    for v in np.log(end.lives):  # names apart from each other
        spots.append(max(v, spots[-1] + gap) if spots else v)
    end = end.assign(at=np.exp(spots))
    scale = alt.Scale(type="log", domain=[0.9 * float(rows.lives.min()), 1.1 * float(np.exp(max(spots)))], nice=False)
    left = alt.Y(
        "lives:Q",
        scale=scale,
        title=None,
        axis=alt.Axis(
            values=[1e5, 3e5, 1e6, 3e6, 1e7],
            labelExpr=("datum.value < 1e6 ? format(datum.value, ',') : format(datum.value / 1e6, ',') + ' m'"),
        ),
    )
    right = alt.Y("carried:Q", scale=alt.Scale(domain=[0, 1]), title=None, axis=alt.Axis(format="%", tickCount=5))
    lines = alt.Chart(rows).mark_line().encode(x=x, y=left, color=_options(t), strokeDash=dash)
    layers = [lines]
    for option in OPTIONS:
        layers.append(
            charts.label(
                end[end.option == option], t, "name:N", option, "left", 600, dx=5, x=x, y=alt.Y("at:Q", scale=scale)
            )
        )
    share = alt.Chart(rows).mark_line().encode(x=x, y=right, color=_options(t), strokeDash=dash)
    wide = charts.size(narrow, 172) if narrow else 220
    panels = [
        alt.layer(*layers).properties(width=wide, height=230, title="Deaths that count as much"),
        share.properties(
            width=charts.size(narrow, 40) if narrow else 190, height=230, title="Carried by the worst thousandth"
        ),
    ]
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=20)


def reader(seed=options.SEED):
    """What a reader's weight acts on, undecided between the readings: option, deaths (thousands), accountability."""
    dead, justice = parts(seed=seed)
    return pd.DataFrame({"option": OPTIONS, "deaths": dead.mean(axis=0) / 1000, "justice": justice.mean(axis=0)})


def draw_reader(t, narrow, frame):
    """Deaths less the reader's price of accountability times what each option brings of it; the price is a slider."""
    start = price_of("all_central") / 1000
    price = alt.param(
        name="price",
        value=start,
        bind=alt.binding_range(min=0, max=2000, step=10, name="Full accountability is worth, thousand lives: "),
    )
    rows = frame.assign(row=frame.option.map(charts.LABELS))
    low = float((rows.deaths - 2000 * rows.justice.clip(lower=0)).min())
    high = float((rows.deaths - 2000 * rows.justice.clip(upper=0)).max())
    x = dict(
        scale=alt.Scale(domain=[min(low, 0), 1.1 * high], nice=False),
        axis=alt.Axis(tickCount=5, grid=True),
        title="Thousand lives: deaths less accountability at its price",
    )
    y = alt.Y("row:N", sort=list(rows.row), title=None, axis=alt.Axis(minExtent=112, maxExtent=112, labelLimit=112))
    base = (
        alt.Chart(rows)
        .transform_calculate(loss="datum.deaths - price * datum.justice")
        .transform_joinaggregate(least="min(loss)")
        .transform_calculate(word="format(datum.loss, ',.0f') + (datum.loss <= datum.least ? ' · least' : '')")
    )
    bars = base.mark_bar(height=22).encode(x=alt.X("loss:Q", **x), y=y, color=_options(t))
    words = base.mark_text(align="left", dx=6, color=t["ink"], fontSize=12)
    words = words.encode(x=alt.X("loss:Q", **x), y=y, text="word:N")
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("x:Q", **x))
    return alt.layer(bars, zero, words).add_params(price).properties(width=charts.size(narrow, 118), height=150)


def draw_held(t, narrow, frame):
    """Published estimates of prisoners by year: a range, or a point where the source gives one number."""
    rows = frame.assign(low=frame.low / 1000, high=frame.high / 1000, central=frame.central / 1000)
    span = rows[rows.low < rows.high]
    x = alt.X(
        "year:Q",
        scale=alt.Scale(domain=[2004, 2027], nice=False),
        title=None,
        axis=alt.Axis(format="d", values=[2005, 2010, 2015, 2020, 2025]),
    )
    y = dict(scale=alt.Scale(domain=[0, 215]), title="Thousand held", axis=alt.Axis(tickCount=5))
    brief = {
        "ROK and US officials, NGOs to 2012": "officials, NGOs",
        "UN Commission of Inquiry": "UN inquiry",
        "National Human Rights Commission of Korea": "rights commission",
        "IBA War Crimes Committee inquiry": "lawyers’ inquiry",
    }
    rows = rows.assign(word=rows.estimator.replace(brief))
    layers = [
        charts.ranges(span, t, "low", "high", x=x, y=y),
        alt.Chart(rows[rows.low == rows.high])
        .mark_point(color=t["ink"], size=40)
        .encode(x=x, y=alt.Y("central:Q", **y)),
    ]
    place = {
        "officials, NGOs": ("low", "center", 0, 12),
        "rights commission": ("high", "left", 8, 0),
        "UN inquiry": ("low", "center", 8, 12),
        "lawyers’ inquiry": ("high", "center", 0, -10),
    }
    for row in rows.itertuples():
        edge, align, dx, dy = place.get(row.word, ("high", "right", -8, 0))
        layers.append(
            charts.label(
                rows.loc[[row.Index]], t, "word:N", "ink2", align, dx=dx, dy=dy, size=11, x=x, y=alt.Y(f"{edge}:Q", **y)
            )
        )
    return alt.layer(*layers).properties(width=charts.size(narrow, 34), height=220)


FATES = {
    "unpunished": ("left alone", 0.16),
    "exile": ("exile", 0.4),
    "imprisoned": ("prison", 0.7),
    "killed": ("killed", 1.0),
}


def draw_endings(t, narrow, frame):
    """Fate of long-serving leaders by how they lost office, as shares; darker is harder."""
    order = list(frame.ending.unique())
    rows = frame.assign(
        strength=frame.fate.map(lambda f: FATES[f][1]),
        word=frame.fate.map(lambda f: FATES[f][0]),
        row=[f"{e} ({n})" for e, n in zip(frame.ending, frame.cases, strict=True)],
    )
    names = [f"{e} ({frame[frame.ending == e].cases.iloc[0]})" for e in order]
    rows["x1"] = rows.groupby("ending").share.cumsum()
    rows["x0"] = rows.x1 - rows.share
    rows["mid"] = (rows.x0 + rows.x1) / 2
    left = 8 if narrow else 220
    x = dict(
        scale=alt.Scale(domain=[0, 1], nice=False),
        title=None,
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    names_axis = alt.Axis(labelLimit=left - 8, minExtent=left - 6, maxExtent=left - 6)
    y = alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labels=False) if narrow else names_axis)
    bars = (
        alt.Chart(rows)
        .mark_bar(color=t["data"], height=14, yOffset=9 if narrow else 0)
        .encode(x=alt.X("x0:Q", **x), x2="x1:Q", y=y, opacity=alt.Opacity("strength:Q", scale=None))
    )
    layers = [bars]
    widest = rows.loc[rows.groupby("fate").share.idxmax()]
    for fate, (_, strength) in FATES.items():
        spot = widest[widest.fate == fate]
        layers.append(
            charts.label(
                spot,
                t,
                "word:N",
                "paper" if strength > 0.5 else "ink",
                "center",
                600,
                size=11,
                halo=False,
                dy=9 if narrow else 0,
                x=alt.X("mid:Q", **x),
                y=y,
            )
        )
    if narrow:
        first = rows.drop_duplicates("ending")
        layers.append(charts.label(first, t, "row:N", "ink", "left", dy=-7, size=11, x=alt.X("x0:Q", **x), y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, left), height=(40 if narrow else 27) * len(order))
