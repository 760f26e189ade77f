"""Peace and justice: deaths and accountability of four options, and the weights at which a choice between them turns.

Deaths over `horizon` years are those of war (the hazards, answers and losses of `options`, on the same draw), of the
political prison camps, and of want. War and camps are counted whole, want against today's course, as in `options`.
Arrays have the axes (future, reading, option, …), options in the order of OPTIONS. A second elicitation of everything
but the camps, stated directly (rows `st_…`), stands beside the first; the two are never mixed in one total.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from bargain import checks, evidence, kims, options, sampling, terms
from bargain.readings import EVEN
from bargain.reads import lru_cache
from bargain.simplex import mix
from bargain.terms import ACC, ESC, HOLD, QUADRANTS

OPTIONS = ("force", "pressure", "talks", "accept")
AT = [terms.POLICIES.index(p) for p in OPTIONS]
FORCE, PRESSURE, TALKS, ACCEPT = range(4)
DIRECT = OPTIONS[:3]  # the options that the second elicitation covers
CAUSES = ("war", "camps", "want")
READINGS = terms.READINGS
TAIL = 0.001  # the worst thousandth
SEEDS = (options.SEED, 2)  # numbers from draws are printed with the digits that both share
FATES = ("unpunished", "exile", "imprisoned", "killed")
GAPS = {  # topic of `deaths`: (what is missing, where it would come from)
    "camps_deaths": (
        "deaths a year in the camps since 2013",
        "the camps' registers after an opening; graves seen from space",
    ),
    "want_now": ("undernourishment after 2021", "a household survey such as those of 2012 and 2017, with access"),
    "sanctions": ("deaths by lost harvests and fuel; days that exemptions take", "the 1718 Committee's files, dated"),
}


# ---------------------------------------------------------------- the draw
def rows(register: pd.DataFrame | None = None) -> pd.DataFrame:
    """The register's rows for this chapter alone: those of chapter 10 that the draw of `options` does not have."""
    register = evidence.assumptions() if register is None else register
    mine = sampling.rows(register, ("10",))
    return mine.loc[~mine.index.isin(sampling.rows(register, options.CHAPTERS).index)]


def sample(chunks: int = 2, seed: int = options.SEED) -> options.Draw:
    """The futures of `options.sample`, the same bits, with this chapter's own rows drawn beside them."""
    checks.counts(chunks=chunks, seed=seed)
    return _sample(chunks, seed, evidence.DATA)


@lru_cache
def _sample(chunks: int, seed: int, data: Path) -> options.Draw:
    shared = options.sample(chunks, seed)
    size = len(shared.minds) // chunks
    own = [sampling.draw(rows(), size, (seed, 10, c))[0] for c in range(chunks)]
    more = {k: np.concatenate([d[k] for d in own]) if np.ndim(v) else v for k, v in own[0].items()}
    return shared._replace(parameters=shared.parameters | more)


def _columns(parameters: Mapping[str, Any]) -> Callable[[str], np.ndarray]:
    return lambda name: np.atleast_1d(sampling.value(parameters, name))


# ---------------------------------------------------------------- deaths and accountability
def wars(parameters: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Chance and dead of no major war, a conventional and a nuclear one: two arrays (future, option, response, 3).

    Without a war the dead are those of a strike and of a limited exchange. Their product, added up over the three, is
    the war's part of `options.cells`.
    """
    p, n = _columns(parameters), kims.futures(parameters)
    chance, dead = np.zeros((2, n, len(OPTIONS), len(terms.RESPONSES), 3))
    for (policy, response), warheads in options.arsenal(p).items():
        if policy not in AT:
            continue
        at = (slice(None), AT.index(policy), response)
        later, small = options.war(p, policy, response, warheads), np.zeros(1)
        nuclear = p("d_nuc") * (warheads / p("n0")) ** p("theta")
        if policy == terms.FORCE:
            if response == ESC:  # his answer is the war, and the strike has found a part of the arsenal
                later, nuclear = np.ones(1), (1 - p("kappa")) * p("d_nuc")
            else:
                small = p("d_strike") + (p("d_limited") if response == HOLD else 0)
        for state, (odds, deaths) in enumerate(
            (
                (1 - later, 0 * nuclear),
                (later * (1 - p("p_nuc")), p("d_conv") + 0 * nuclear),
                (later * p("p_nuc"), p("d_conv") + nuclear),
            )
        ):
            chance[(*at, state)], dead[(*at, state)] = odds, small + deaths
    return chance, dead


def want(parameters: dict[str, Any]) -> np.ndarray:
    """Deaths of want over the horizon against today's course, (future, option, response): `x_pressure`, `x_acc`."""
    none = parameters | {"x_pressure": 0.0, "x_acc": 0.0}
    dead = terms.OUTCOMES.index("deaths")
    return (options.cells(parameters)[..., dead] - options.cells(none)[..., dead])[:, AT]


def camps(parameters: Mapping[str, Any]) -> np.ndarray:
    """Deaths in the camps over the horizon, (future, option): horizon × camp_deaths × (1 - the share that ends).

    Force ends them with chance `end_force`, at once; pressure with `end_pressure`, on average half-way; talks and
    acceptance leave them as they are.
    """
    p = _columns(parameters)
    ends = (p("end_force"), p("end_pressure") / 2, 0.0, 0.0)
    whole = p("horizon") * p("camp_deaths")
    return np.stack(np.broadcast_arrays(*(whole * (1 - end) for end in ends)), axis=-1)


def deaths(draw: options.Draw) -> np.ndarray:
    """Expected deaths of each future by cause, (future, reading, option, cause), in the order of CAUSES."""
    answers = kims.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    of_war = np.einsum("nkgr,ngr->nkg", answers, (chance * dead).sum(axis=-1))
    of_want = np.einsum("nkgr,ngr->nkg", answers, np.broadcast_to(want(draw.parameters), answers[:, 0].shape))
    of_camps = np.broadcast_to(camps(draw.parameters)[:, None], of_war.shape)
    return np.stack([of_war, of_camps, of_want], axis=-1)


def accountability(draw: options.Draw) -> np.ndarray:
    """The index of `options`, 0 to 1 (below 0: impunity granted), (future, reading, option)."""
    return options.outcomes(draw.parameters, draw.minds)[:, :, AT, terms.OUTCOMES.index("accountability")]


def war_chance(draw: options.Draw) -> tuple[np.ndarray, np.ndarray]:
    """Chance of a major war within the horizon, (future, reading, option), and deaths for each such war."""
    answers = kims.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    war = np.einsum("nkgr,ngr->nkg", answers, chance[..., 1:].sum(axis=-1))
    lost = np.einsum("nkgr,ngr->nkg", answers, (chance * dead)[..., 1:].sum(axis=-1))
    return war, lost / np.maximum(war, 1e-300)


def direct(draw: options.Draw) -> tuple[np.ndarray, np.ndarray]:
    """The second elicitation: deaths (future, option, cause) and accountability (future, option) for DIRECT.

    War dead = P (l limited + (1 - l) whole + p_n nuclear); camps as in the first; want as stated a year.
    """
    p = _columns(draw.parameters)
    lost = (
        p("st_limited") * p("st_dead_limited")
        + (1 - p("st_limited")) * p("st_dead_whole")
        + p("st_nuclear") * p("st_dead_nuclear")
    )
    n, years = kims.futures(draw.parameters), p("horizon")
    war = [p(f"st_war_{o}") * lost for o in DIRECT]
    year = [np.zeros(1), years * p("st_want_pressure"), -years * p("st_relief_talks")]
    jail = camps(draw.parameters).T[:3]
    dead = np.array([[np.broadcast_to(x, n) for x in of] for of in zip(war, jail, year, strict=True)])
    just = np.array([np.broadcast_to(p(f"st_acc_{o}"), n) for o in DIRECT])
    return np.moveaxis(dead, -1, 0), just.T


def mixed(values: np.ndarray, belief: ArrayLike = EVEN) -> np.ndarray:
    """Values of a reader with a belief over the readings (axis 1 of `values`): the axis is summed out.

    Raises ValueError for a belief that does not sum to 1.
    """
    checks.finite(values=values)
    checks.weights(belief=belief)
    return (
        np.tensordot(values, np.asarray(belief, float), axes=(1, 0))
        if values.ndim == 2
        else np.einsum("nk...,k->n...", values, np.asarray(belief, float))
    )


def both(chunks: int = 2, seed: int = options.SEED) -> tuple[np.ndarray, np.ndarray]:
    """Deaths (future, reading, option, cause) and accountability (future, reading, option) of the shared draw."""
    checks.counts(chunks=chunks, seed=seed)
    return _both(chunks, seed, evidence.DATA)


@lru_cache
def _both(chunks: int, seed: int, data: Path) -> tuple[np.ndarray, np.ndarray]:
    draw = sample(chunks, seed)
    return deaths(draw), accountability(draw)


# ---------------------------------------------------------------- quadrants and break-even
def quadrants(dead: np.ndarray, justice: np.ndarray, other: int, base: int = TALKS) -> dict[str, float]:
    """Share of futures in each quadrant of QUADRANTS, a dict in its order; dead, justice (future, option).

    A tie in deaths counts as no more deaths, one in accountability as no more accountability.
    """
    checks.finite(dead=dead, justice=justice)
    more, just = dead[:, other] > dead[:, base], justice[:, other] > justice[:, base]
    return {words: float(np.mean((more == d) & (just == a))) for (d, a), words in QUADRANTS.items()}


def flip(dead_other: ArrayLike, dead_talks: ArrayLike, just_other: ArrayLike, just_talks: ArrayLike) -> np.ndarray:
    """Break-even weight J* = (D_g - D_talks)/(a_g - a_talks): lives that a unit of accountability must be worth.

    A price of two outcomes, so only a trade-off has one: nan unless one option has both more deaths and more
    accountability. At J* the losses D - J* a are equal; above it the one with more accountability loses less.
    """
    checks.finite(dead_other=dead_other, dead_talks=dead_talks, just_other=just_other, just_talks=just_talks)
    more, just = (
        np.asarray(x, float) for x in (np.subtract(dead_other, dead_talks), np.subtract(just_other, just_talks))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(more * just > 0, more / just, np.nan)


def tie(lost: float, rest_other: float, dead_talks: float) -> float:
    """The chance of war under the other option at which it and talks tie on deaths: P* = (D_talks - rest)/W.

    lost: dead for each war W; rest_other: the other's deaths of camps and want. Deaths rise with the chance of war,
    so below P* the other costs fewer lives.
    """
    checks.positive(lost=lost)
    checks.finite(rest_other=rest_other, dead_talks=dead_talks)
    return (dead_talks - rest_other) / lost


def choice(dead: ArrayLike, justice: ArrayLike, price: float, life: float = 1.0) -> np.ndarray:
    """Loss life × D - price × a of each option, in lives; the least is the choice."""
    checks.finite(dead=dead, justice=justice, price=price, life=life)
    return life * np.asarray(dead) - price * np.asarray(justice)


def price_of(name: str) -> float:
    """Lives that a unit of accountability is worth in a preset: v_justice over v_life (inf where a life is worth 0)."""
    values = options.preset(name)
    return values["v_justice"] / values["v_life"] if values["v_life"] else np.inf


def discount(rate: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Weight of a death spread evenly over the years, at a yearly rate: (1 - e^(-r H))/(r H), 1 at r = 0."""
    checks.nonnegative(rate=rate, years=years)
    x = np.asarray(rate, float) * years
    return np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1), 1.0)


def discounted(draw: options.Draw, rate: float) -> np.ndarray:
    """Mean deaths (reading, option) when later ones weigh less; strike, exchange and the war that answers are now."""
    checks.nonnegative(rate=rate)
    answers = kims.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    war = (chance * dead).sum(axis=-1)
    now = np.zeros_like(war)
    now[:, FORCE] = dead[:, FORCE, :, 0]  # without a later war: strike and limited exchange
    now[:, FORCE, ESC] = war[:, FORCE, ESC]
    weight = discount(rate, _columns(draw.parameters)("horizon"))
    whole = now + weight[:, None, None] * (war - now + want(draw.parameters))
    dead = np.einsum("nkgr,ngr->nkg", answers, whole)
    return (dead + (weight[:, None] * camps(draw.parameters))[:, None]).mean(axis=0)


# ---------------------------------------------------------------- aversion to catastrophe
def atoms(draw: options.Draw, belief: ArrayLike = EVEN) -> tuple[np.ndarray, np.ndarray]:
    """The distribution of deaths by option: weights and deaths, two arrays (option, atoms), weights adding up to 1.

    One atom a future, reading, answer of his and kind of war; camps and want count at their expectation.
    """
    checks.weights(belief=belief)
    answers = kims.respond(draw.parameters, draw.minds)[:, :, AT]
    chance, dead = wars(draw.parameters)
    odds = np.einsum("nkgr,ngrs,k->gnrs", answers, chance, np.asarray(belief, float)) / len(answers)
    rest = want(draw.parameters) + camps(draw.parameters)[..., None]
    whole = np.moveaxis(dead + rest[..., None], 1, 0)
    return odds.reshape(len(OPTIONS), -1), np.broadcast_to(whole, odds.shape).reshape(len(OPTIONS), -1)


def certainty(odds: np.ndarray, dead: np.ndarray, theta: float) -> np.ndarray:
    """Entropic certainty equivalent ln E e^(θ D)/θ, in deaths, along the last axis; θ per million deaths.

    θ = 0 gives the expected value; as θ grows it tends to the largest deaths that have any weight.
    Raises ValueError for θ < 0.
    """
    checks.nonnegative(odds=odds, theta=theta)
    checks.finite(dead=dead)
    if theta == 0:
        return (odds * dead).sum(axis=-1)
    with np.errstate(divide="ignore"):
        return logsumexp(theta * dead / 1e6, b=odds, axis=-1) / theta * 1e6


def carried(odds: np.ndarray, dead: np.ndarray, theta: float, tail: float = TAIL) -> float:
    """Share of E (e^(θ D) - 1) that the worst `tail` of the probability carries, one option; at θ = 0 the share of E D.

    Where it is near 1 the certainty equivalent speaks of the few worst futures of the sample, not of the option.
    """
    checks.nonnegative(odds=odds, theta=theta)
    checks.finite(dead=dead)
    checks.shares(tail=tail)
    order = np.argsort(-dead)
    w, d = odds[order], dead[order] / 1e6
    before = np.concatenate([[0.0], np.cumsum(w)[:-1]])
    part = np.clip(tail - before, 0, w)
    size = d if theta == 0 else np.expm1(theta * d) if theta * d[0] < 600 else np.exp(theta * (d - d[0]))
    return float((part * size).sum() / (w * size).sum())


# ---------------------------------------------------------------- linking rights to the deal; foreign lives
def linkage(draw: options.Draw, share: float = 1.0) -> tuple[float, float]:
    """How far linking the camps to the deal may lower his chance to accommodate talks: (fall, chance), means.

    If he accommodates, `share` of the camps' deaths end. With chance p and difference d between deaths when he holds
    out and when he accommodates, as many are saved as lost where (p - x) s C = x d, so x = p s C/(s C + d).
    """
    checks.shares(share=share)
    answers = kims.respond(draw.parameters, draw.minds)[:, :, terms.TALKS]
    chance, dead = wars(draw.parameters)
    cell = ((chance * dead).sum(axis=-1) + want(draw.parameters))[:, TALKS]
    lost = float(np.mean(cell[:, HOLD] - cell[:, ACC]))
    saved = share * float(camps(draw.parameters)[:, TALKS].mean())
    p = float(mixed(answers[:, :, ACC]).mean())
    return p * saved / (saved + max(lost, 0)), p


def life_weight(means: np.ndarray, values: dict[str, Any], belief: ArrayLike = EVEN, policy: str = "force") -> float:
    """The weight of a death below which a policy loses least, all six outcomes of `options` counted; nan: none.

    means: (reading, policy, outcome). Losses are linear in v_life: best where v (D_f - D_g) < rest_g - rest_f for all.
    """
    checks.finite(means=means, values=values)
    checks.weights(belief=belief)
    mean, f = mix(belief, means), terms.POLICIES.index(policy)
    rest = mean @ options.prices(values | {"v_life": 0.0})
    low, high = 0.0, np.inf
    for g in range(len(terms.POLICIES)):
        more, gain = mean[f, 0] - mean[g, 0], rest[g] - rest[f]
        if more > 0:
            high = min(high, gain / more)
        elif more < 0:
            low = max(low, gain / more)
    return high if high > low else np.nan


# ---------------------------------------------------------------- what the chapter shows
def table(seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
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


def causes(frame: pd.DataFrame) -> pd.DataFrame:
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


def parts(source: str = "model", seed: int = options.SEED, reading: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Deaths and accountability of every future, (future, option) each: `model` (undecided, or a reading), `stated`."""
    checks.counts(seed=seed)
    if source == "stated":
        dead, justice = direct(sample(seed=seed))
        return dead.sum(axis=-1), justice
    dead, justice = both(seed=seed)
    if reading is not None:
        k = READINGS.index(reading)
        return dead[:, k].sum(axis=-1), justice[:, k]
    return mixed(dead).sum(axis=-1), mixed(justice)


def quadrant_table(seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
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


def cloud(bins: int = 26) -> pd.DataFrame:
    """Futures by their difference to talks, counted: option, x0, x1 (accountability), y0, y1 (thousand deaths), share.

    Differences are the option's less those of talks, clipped to the 1-99 per cent range of all.
    """
    checks.counts(bins=bins)
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


def weights(seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
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


def surface(source: str = "model", seed: int = options.SEED) -> pd.DataFrame:
    """What the break-even weight hangs on, at means, undecided: a frame by option (force, pressure).

    Columns: war (chance within the horizon), justice, lost (dead a war), rest (camps, want, strikes), talks_dead,
    talks_justice, tie (chance of war at which the option and talks tie on deaths), war_low … justice_high (5-95%).
    """
    checks.counts(seed=seed)
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


def aversion(points: int = 21, seed: int = options.SEED) -> pd.DataFrame:
    """Certainty equivalent over the aversion to catastrophe: option, theta (per million), lives, carried."""
    checks.counts(points=points, seed=seed)
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


def drivers(other: int = PRESSURE, top: int = 6, seed: int = options.SEED) -> pd.DataFrame:
    """What the difference in deaths to talks hangs on: row, meaning, low, high, rank (Spearman), the largest first."""
    checks.counts(top=top, seed=seed)
    draw = sample(seed=seed)
    dead, _ = parts(seed=seed)
    more, register = dead[:, other] - dead[:, TALKS], evidence.assumptions()
    names = [k for k, v in draw.parameters.items() if np.ndim(v)]
    rho = sampling.rank_correlations([draw.parameters[k] for k in names], more)[:, 0]
    rank = dict(zip(names, rho.tolist(), strict=True))
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


def held() -> pd.DataFrame:
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


def endings() -> pd.DataFrame:
    """What befell leaders of five years and more within a year of losing office: ending, cases, fate, number, share.

    First, where there are any, single cases since the data end: leaders whom a foreign state removed.
    """
    found = evidence.table("accountability")
    period = found.period.astype(str)
    after = found[
        found.unit.eq("leaders") & period.str.fullmatch(r"\d{4}") & found.ending.str.contains("foreign state")
    ]
    found = found[period.str.contains("five years") & (found.ending != "natural death in office")]
    out = []
    if len(after):  # single cases since the data end, together
        counts = {name: int(after[name].sum()) for name in FATES}
        total = sum(counts.values())
        out += [
            (f"by a foreign state since {after.period.min()}", total, fate, n, n / total) for fate, n in counts.items()
        ]
    for row in found.itertuples():
        total = row.unpunished + row.exile + row.imprisoned + row.killed
        out += [(row.ending, int(total), fate, int(getattr(row, fate)), getattr(row, fate) / total) for fate in FATES]
    return pd.DataFrame(out, columns=["ending", "cases", "fate", "number", "share"])


def gaps() -> pd.DataFrame:
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


def reader_turns(frame: pd.DataFrame) -> tuple[int, list[tuple[float, int]]]:
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


def reader(seed: int = options.SEED) -> pd.DataFrame:
    """What a reader's weight acts on, undecided between the readings: option, deaths (thousands), accountability."""
    checks.counts(seed=seed)
    dead, justice = parts(seed=seed)
    return pd.DataFrame({"option": OPTIONS, "deaths": dead.mean(axis=0) / 1000, "justice": justice.mean(axis=0)})


def discount_gap(seed: int = options.SEED) -> tuple[float, float]:
    """Mean deaths of force less those of talks, undecided: with every death alike, and with later ones discounted at
    the high end of the register's rate."""
    checks.counts(seed=seed)
    draw, rate = sample(seed=seed), float(evidence.assumptions().high["time_preference"])
    whole, less = (discounted(draw, r).mean(axis=0) for r in (0.0, rate))
    return float(whole[FORCE] - whole[TALKS]), float(less[FORCE] - less[TALKS])


def foreign(seed: int = options.SEED) -> pd.DataFrame:
    """The weight of a death below which force loses least, all six outcomes counted: preset, weight (nan: none), own.

    own: the weight that the preset itself gives to a death.
    """
    checks.counts(seed=seed)
    draw = sample(seed=seed)
    means = options.outcomes(draw.parameters, draw.minds).mean(axis=0)
    rows = [
        (name, life_weight(means, options.preset(name)), options.preset(name)["v_life"]) for name in options.presets()
    ]
    return pd.DataFrame(rows, columns=["preset", "weight", "own"])


def difference(other: str, source: str = "model", cause: str = "all") -> float:
    """Mean deaths of an option less those of talks, undecided: by the model or as stated directly, one cause or all."""
    rows = causes(table((SEEDS[0],)))
    rows = rows[(rows.source == source) & (rows.cause == cause)].set_index("option")["mean"]
    return 1000 * float(rows[other] - rows["talks"])


def count_of(row: str) -> float:
    """The central value of one row of the table of deaths."""
    return float(evidence.table("deaths").set_index("id").value_central[row])
