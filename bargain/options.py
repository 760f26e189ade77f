"""Force, pressure or talks: outcomes of each policy under each reading, and what a reader's values make of them.

Outcomes of a policy under a reading are expectations over his answer, future by future:
Σ_r P(r | policy, mind) × outcome(policy, r). Arrays have the axes (future, reading, policy, outcome), in the order of
`wants.READINGS`, POLICIES and OUTCOMES; parameters are dictionaries {id: array over futures, or one number}, so that
one call evaluates many futures. Deaths and income are differences against today's course over `horizon` years.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, games, kims, readings, results, sampling, simplex, terms
from bargain.prose import fives
from bargain.reads import lru_cache
from bargain.simplex import best_region, region_share
from bargain.terms import OUTCOMES, POLICIES, READINGS, RESPONSES

RATES = ("v_life", "v_warhead", "v_spread", "v_bn", "v_justice", "v_income")
CHAPTERS = ("5", "6")  # whose rows the draw covers
SEED = 2017  # of every draw that the book prints
CLEAR = 10_000  # life-equivalents: a flip with a smaller lead can come and go with the seed of a small draw
FORCE, PRESSURE, TALKS, STATUS_QUO, ACCEPT = range(5)
ACC, HOLD, ESC = range(3)


# ---------------------------------------------------------------- the draw
class Draw(NamedTuple):
    """Futures drawn together: parameters {id: (n,) or float}, minds (n, reading, 8), and the uniforms of the 25 last
    dimensions (n, 25): 24 of the minds, one for which reading is true."""

    parameters: dict[str, Any]
    minds: np.ndarray
    uniforms: np.ndarray


def dimensions(register: pd.DataFrame | None = None) -> list[str]:
    """Names of the dimensions of the draw, in order: the ranged rows of the table, 24 of the minds, the true
    reading."""
    register = evidence.assumptions() if register is None else register
    names = sampling.ranged(sampling.rows(register, CHAPTERS))
    return [*names, *(f"mind_{r}_{z}" for r in READINGS for z in terms.GOALS), "true_reading"]


def draw(
    n: int, seed: int, chunk: int = 0, register: pd.DataFrame | None = None, readings: Sequence[str] = READINGS
) -> Draw:
    """One chunk of n futures, drawn together, seeded by (seed, chunk) alone.

    `readings` may add "survival", "dominance" or a reading whose means the register has; these share the eight
    columns of `narrow`, so that adding one changes no other. Raises ValueError naming rows out of order.
    """
    checks.counts(n=n, seed=seed, chunk=chunk)
    register = evidence.assumptions() if register is None else register
    parameters, u = sampling.draw(sampling.rows(register, CHAPTERS), n, (seed, chunk), further=25)
    return Draw(parameters, minds_of(parameters, u, register, readings), u)


def minds_of(
    parameters: Mapping[str, Any],
    uniforms: np.ndarray,
    register: pd.DataFrame | None = None,
    readings: Sequence[str] = READINGS,
) -> np.ndarray:
    """Minds (n, reading, 8) from their uniforms and the drawn concentrations `conc_<reading>`."""
    checks.shares(uniforms=uniforms)
    out = []
    for reading in readings:
        own = "narrow" if reading in terms.OPTIONAL else reading
        row = f"conc_{own}" if f"conc_{own}" in parameters else "conc_narrow"
        concentration = np.broadcast_to(kims.value(parameters, row), len(uniforms))
        out.append(kims.weights(uniforms[:, kims.columns(own)], kims.means(own, register), concentration))
    return np.stack(out, axis=1)


def sample(chunks: int = 4, seed: int = SEED) -> Draw:
    """The futures that the pages of the book share: the first chunks of the draw, end to end. Kept for each folder of
    data."""
    checks.counts(chunks=chunks, seed=seed)
    return _sample(chunks, seed, evidence.DATA)


@lru_cache(maxsize=2)
def _sample(chunks: int, seed: int, data: Path) -> Draw:
    size = 2 ** int(evidence.central("chunk_log2"))
    parts = [draw(size, seed, c) for c in range(chunks)]
    parameters = {
        k: np.concatenate([d.parameters[k] for d in parts]) if np.ndim(v) else v for k, v in parts[0].parameters.items()
    }
    return Draw(parameters, np.concatenate([d.minds for d in parts]), np.concatenate([d.uniforms for d in parts]))


def optional_answers(policy: str = "talks") -> dict[str, float]:
    """Mean chance that the survival-only and the dominance-seeking mind accommodate a policy, {reading: share}."""
    return _optional_answers(policy, evidence.DATA)


@lru_cache
def _optional_answers(policy: str, data: Path) -> dict[str, float]:
    more = draw(2 ** int(evidence.central("chunk_log2")), SEED, readings=terms.OPTIONAL)
    mean = kims.respond(more.parameters, more.minds, terms.OPTIONAL).mean(axis=0)
    return dict(zip(terms.OPTIONAL, mean[:, POLICIES.index(policy), ACC], strict=True))


def head(draw: Draw, n: int) -> Draw:
    """The first n futures of a draw."""
    checks.counts(n=n)
    return Draw(
        {k: (v[:n] if np.ndim(v) else v) for k, v in draw.parameters.items()}, draw.minds[:n], draw.uniforms[:n]
    )


def centre(register: pd.DataFrame | None = None, readings: Sequence[str] = READINGS) -> Draw:
    """The single future at the central values, with the mean minds: for unit tests and for explaining only."""
    register = evidence.assumptions() if register is None else register
    parameters = sampling.rows(register, CHAPTERS)["central"].astype(float).to_dict()
    minds = np.stack([kims.means("narrow" if r in terms.OPTIONAL else r, register) for r in readings])[None]
    return Draw(parameters, minds, np.full((1, 25), 0.5))


def true_reading(uniform: np.ndarray, belief: Sequence[float] | np.ndarray) -> np.ndarray:
    """Index of the true reading of each future, from its uniform (the last of the draw) and the belief over
    readings."""
    checks.shares(uniform=uniform)
    checks.weights(belief=belief)
    return np.minimum(np.searchsorted(np.cumsum(belief), uniform, side="right"), len(belief) - 1)


# ---------------------------------------------------------------- outcomes
def arsenal(p: Callable[[str], np.ndarray]) -> dict[tuple[int, int], np.ndarray]:
    """Warheads after the horizon, {(policy, response): array}; `p` looks a parameter up by its name.

    Raises ValueError when today's number `n0` is not above 0.
    """
    n0, growth, ratio = p("n0"), p("horizon") * p("grow"), p("g_esc")
    if np.any(n0 <= 0):
        raise ValueError("row n0 must be above 0")
    out = {
        (STATUS_QUO, ACC): p("rho_sq") * n0,
        (STATUS_QUO, HOLD): n0 + growth,
        (STATUS_QUO, ESC): n0 + growth * ratio,
        (FORCE, ACC): p("rho_force") * n0,
        (FORCE, HOLD): (1 - p("kappa")) * n0 + growth,
        (FORCE, ESC): p("rho_war") * n0,
    }
    for g in (PRESSURE, TALKS, ACCEPT):
        name = POLICIES[g]
        kept, sincere = n0 + growth * p(f"grow_{name}"), p(f"gen_{name}")
        out[g, ACC] = sincere * p(f"rho_{name}") * n0 + (1 - sincere) * kept
        out[g, HOLD] = kept
        out[g, ESC] = n0 + growth * p(f"grow_{name}") * ratio
    return out


def war(p: Callable[[str], np.ndarray], policy: int, response: int, warheads: np.ndarray) -> np.ndarray:
    """Chance of a later major war within the horizon; 0 under (force, escalate), where the response is the war.

    Yearly hazard h = min(h0 m_policy m_response (max(A, 1)/n0)^psi, h_cap); P = 1 - (1 - h)^horizon.
    """
    checks.nonnegative(warheads=warheads)
    if (policy, response) == (FORCE, ESC):
        return np.zeros_like(warheads)
    multiple = 1.0 if policy == STATUS_QUO else p(f"m_{POLICIES[policy]}")
    answer = (p("m_acc"), 1.0, p("m_esc"))[response]
    hazard = p("h0") * multiple * answer * (np.maximum(warheads, 1) / p("n0")) ** p("psi")
    return 1 - (1 - np.minimum(hazard, p("h_cap"))) ** p("horizon")


def cells(parameters: Mapping[str, Any]) -> np.ndarray:
    """Outcomes of every policy and response, (future, policy, response, outcome), in the order of OUTCOMES.

    Units: deaths, warheads, spread events, USD bn, index of accountability, log points of the ordinary North
    Korean's income; war deaths, spread and cost are expected totals over the horizon. Raises KeyError naming a missing
    parameter, ValueError for n0 ≤ 0.
    """
    found = {}

    def p(name: str) -> np.ndarray:  # each parameter as a column over futures, looked up once
        if name not in found:
            found[name] = np.atleast_1d(kims.value(parameters, name))
        return found[name]

    out = np.zeros((kims.futures(parameters), len(POLICIES), len(RESPONSES), len(OUTCOMES)))
    years = p("horizon")
    lethal = p("p_nuc") * p("d_nuc")
    for (g, r), warheads in arsenal(p).items():
        later = war(p, g, r, warheads)
        spread = np.minimum(p("s0") * warheads / p("spread_ref"), 1)
        if g == PRESSURE and r != ACC:
            spread = spread * p("s_pressure")
        out[:, g, r, 0] = later * (p("d_conv") + lethal * (warheads / p("n0")) ** p("theta"))
        out[:, g, r, 1] = warheads
        out[:, g, r, 2] = np.minimum(spread + later * p("s_war"), 1)
        out[:, g, r, 3] = later * p("c_war")
        out[:, g, r, 4] = later * p("a_war")
        out[:, g, r, 5] = p("i_sq") + later * p("i_war")

    deaths, spread, cost, justice, income = (out[..., o] for o in (0, 2, 3, 4, 5))
    deaths[:, FORCE, ACC] += p("d_strike")
    deaths[:, FORCE, HOLD] += p("d_strike") + p("d_limited")
    deaths[:, FORCE, ESC] = p("d_conv") + (1 - p("kappa")) * lethal
    cost[:, FORCE, ACC] += p("c_strike")
    cost[:, FORCE, HOLD] += p("c_limited")
    justice[:, FORCE, ACC] += p("a_force_acc")
    income[:, FORCE, ACC] += p("share_flim") * p("i_limited")
    income[:, FORCE, HOLD] += p("i_limited")
    for outcome, name in ((spread, "s_war"), (cost, "c_war"), (justice, "a_war"), (income, "i_war")):
        outcome[:, FORCE, ESC] = p(name)

    deaths[:, TALKS, ACC] += years * p("x_acc")
    spread[:, TALKS, ACC] += p("precedent")
    cost[:, TALKS, ACC] += p("c_deal")
    cost[:, TALKS, HOLD:] += (years * p("c_sq") + p("share_failed") * p("c_deal"))[:, None]
    justice[:, TALKS, ACC] += p("a_deal")
    income[:, TALKS, ACC] += p("i_deal")

    deaths[:, PRESSURE, ACC] += p("share_pacc") * years * p("x_acc")
    deaths[:, PRESSURE, HOLD:] += (years * p("x_pressure"))[:, None]
    cost[:, PRESSURE, ACC] += p("share_pacc") * p("c_deal") + p("years_pacc") * p("c_pressure")
    cost[:, PRESSURE, HOLD:] += (years * p("c_pressure"))[:, None]
    justice[:, PRESSURE, ACC] += p("share_pacc") * p("a_deal")
    justice[:, PRESSURE, HOLD:] += p("a_pressure")[:, None]
    income[:, PRESSURE, ACC] += p("i_pacc")
    income[:, PRESSURE, HOLD:] += p("i_pressure")[:, None]

    cost[:, STATUS_QUO] += (years * p("c_sq"))[:, None]

    # relief goes with a cap that he takes, as it goes with a deal that he takes, kept in good faith or not
    deaths[:, ACCEPT, ACC] += p("share_accept") * years * p("x_acc")
    spread[:, ACCEPT] += p("precedent_accept")[:, None]
    cost[:, ACCEPT] += (years * p("c_accept"))[:, None]
    cost[:, ACCEPT, ACC] += p("share_accept") * p("c_deal")
    justice[:, ACCEPT] += p("a_accept")[:, None]
    income[:, ACCEPT, ACC] += p("share_accept") * p("i_deal")
    return out


def expected(answers: ArrayLike, table: ArrayLike) -> np.ndarray:
    """Σ_r P(r) × outcome(r): (future, reading, policy, outcome) from `wants.respond` and `cells`."""
    checks.shares(answers=answers)
    checks.finite(table=table)
    answers, table = np.asarray(answers), np.asarray(table)
    n = max(len(answers), len(table))
    answers = np.broadcast_to(answers, (n, *answers.shape[1:]))
    table = np.broadcast_to(table, (n, *table.shape[1:]))
    return np.matmul(answers.swapaxes(1, 2), table).swapaxes(1, 2)  # one small product a future and policy


def outcomes(parameters: Mapping[str, Any], minds: np.ndarray, readings: Sequence[str] = READINGS) -> np.ndarray:
    """Expected outcomes, (future, reading, policy, outcome).

    minds: (future, reading, 8), in the order of `readings` (see `wants.respond` for names with a meaning of their own).
    """
    return expected(kims.respond(parameters, minds, readings), cells(parameters))


# ---------------------------------------------------------------- loss in lives
def preset(name: str, register: pd.DataFrame | None = None) -> dict[str, float]:
    """A stated moral position: {rate: value} of `preset_<name>_<rate>`, with people, horizon and ramp.

    Raises KeyError naming a missing row.
    """
    register = evidence.assumptions() if register is None else register
    ids = [f"preset_{name}_{rate}" for rate in RATES]
    missing = [i for i in (*ids, "people", "horizon", "ramp") if i not in register.index]
    if missing:
        raise KeyError(f"preset {name!r}: no row {', '.join(missing)} among the assumptions")
    out = {rate: float(register.at[i, "central"]) for rate, i in zip(RATES, ids, strict=True)}
    return out | {i: float(register.at[i, "central"]) for i in ("people", "horizon", "ramp")}


def presets(register: pd.DataFrame | None = None) -> list[str]:
    """Names of the presets, in the order of the table."""
    register = evidence.assumptions() if register is None else register
    return [
        i.removeprefix("preset_").removesuffix("_v_life")
        for i in register.index
        if i.startswith("preset_") and i.endswith("_v_life")
    ]


def prices(values: Mapping[str, Any]) -> np.ndarray:
    """Life-equivalents of one unit of each outcome, (6,) or (future, 6): the loss is outcomes · prices.

    L = v_life deaths + v_warhead A + v_spread spread + v_bn cost - v_justice accountability
        - v_income people horizon ramp income.
    """
    v = {rate: kims.value(values, rate) for rate in RATES}
    people = kims.value(values, "people") * kims.value(values, "horizon") * kims.value(values, "ramp")
    return np.stack(
        np.broadcast_arrays(
            v["v_life"], v["v_warhead"], v["v_spread"], v["v_bn"], -v["v_justice"], -v["v_income"] * people
        ),
        axis=-1,
    )


def loss(outcomes: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Loss in life-equivalents, shape of `outcomes` without its last axis.

    values: a preset, a reader's own {rate: number}, or a draw's parameters (one value a future, on the first axis).
    """
    checks.finite(outcomes=outcomes)
    price = prices(values)
    if price.ndim == 1:
        return outcomes @ price
    return np.einsum("n...o,no->n...", outcomes, price)


def regret(loss: np.ndarray) -> np.ndarray:
    """Loss less that of the best policy (last axis), same shape: 0 for the best."""
    checks.finite(loss=loss)
    return loss - loss.min(axis=-1, keepdims=True)


# ---------------------------------------------------------------- effects: neutral, one by one, and each camp's
# What holds whatever he answers. At these values policies differ only through his answer, the deal's cost and force.
NEUTRAL = {
    "m_talks": 1,
    "m_pressure": 1,
    "grow_talks": 1,
    "grow_pressure": 1,
    "s_pressure": 1,
    "x_pressure": 0,
    "i_pressure": 0,
    "a_pressure": 0,
    "precedent": 0,
    "c_sq": 1,
    "c_pressure": 1,
}
GROUPS = {
    "war risk": ("m_talks", "m_pressure"),
    "growth of the arsenal": ("grow_talks", "grow_pressure"),
    "the people": ("x_pressure", "i_pressure"),
    "proceeds, precedent, justice": ("s_pressure", "precedent", "a_pressure"),
    "running costs": ("c_sq", "c_pressure"),
}
# Which end of each range favours a camp, his answer to its policy included (the creature of habit answers blows alone).
CAMPS = {
    "force": {
        "high": ("q_follow", "kappa", "h0", "theta", "psi", "blow_irrational", "blow_narrow", "blow_dealer"),
        "low": ("p_nuc", "m_force", "d_limited", "rho_force"),
    },
    "pressure": {
        "high": ("gen_pressure", "grow_talks", "precedent", "m_talks", "i_pressure", "loss_narrow", "loss_dealer"),
        "low": ("grow_pressure", "m_pressure", "x_pressure", "gen_talks", "s_pressure", "c_pressure"),
    },
    "talks": {
        "high": ("gen_talks", "m_pressure", "x_pressure", "gain_narrow", "gain_dealer"),
        "low": ("m_talks", "grow_talks", "rho_talks", "precedent"),
    },
}
PAIRING = {"irrational": "force", "narrow": "pressure", "dealer": "talks"}  # whose Kim each camp's policy answers


def neutral(parameters: dict[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    """The parameters with every effect of GROUPS at its neutral value, except in the groups named in `keep`."""
    checks.finite(parameters=parameters)
    kept = {name for group in keep for name in GROUPS[group]}
    return parameters | {name: float(v) for name, v in NEUTRAL.items() if name not in kept}


def advocate(
    parameters: dict[str, Any], camp: str, share: float = 1.0, register: pd.DataFrame | None = None
) -> dict[str, Any]:
    """The parameters with each of a camp's effects moved `share` of the way from its drawn value to its best end.

    Raises KeyError naming a missing row.
    """
    checks.finite(parameters=parameters)
    checks.shares(share=share)
    register = evidence.assumptions() if register is None else register
    moved = {}
    for end, names in CAMPS[camp].items():
        for name in names:
            if name not in register.index:
                raise KeyError(f"row {name!r} of the {camp} camp is not among the assumptions")
            goal = float(register.at[name, end])
            moved[name] = kims.value(parameters, name) * (1 - share) + share * goal
    return parameters | moved


def waterfall(
    draw: Draw,
    values: dict[str, Any],
    belief: ArrayLike,
    policies: Sequence[str] = ("force", "pressure", "talks"),
    baseline: str = "status_quo",
) -> pd.DataFrame:
    """Mean loss of policies less that of the baseline, from neutral effects to all effects, one group at a time.

    Returns a frame with columns policy, step (`neutral`, the groups, `all`), order (`forward`, `reverse`, `average`
    over all orders), change (what the step adds), total (the difference after the step). Loss in life-equivalents.
    """
    checks.weights(belief=belief)
    answers = kims.respond(draw.parameters, draw.minds)
    price, names = prices(values), list(GROUPS)
    base = POLICIES.index(baseline)

    def difference(kept: Iterable[str]) -> np.ndarray:
        mean = expected(answers, cells(neutral(draw.parameters, kept))).mean(axis=0) @ price
        mixed = mix(belief, mean)
        return mixed - mixed[base]

    subsets = [difference([names[i] for i in np.flatnonzero(kept)]) for kept in games.members(len(names))]
    average = games.shapley(np.stack(subsets, axis=-1)).T
    full = len(subsets) - 1
    rows = []
    for order in ("forward", "reverse", "average"):
        if order == "average":
            steps = average
        else:
            steps, code = [None] * len(names), 0  # type: ignore[assignment]  # filled in any order
            for i in range(len(names)) if order == "forward" else reversed(range(len(names))):
                steps[i] = subsets[code | 1 << i] - subsets[code]
                code |= 1 << i
        sequence = list(range(len(names)))[:: -1 if order == "reverse" else 1]
        for policy in policies:
            g = POLICIES.index(policy)
            total = subsets[0][g]
            rows.append((policy, "neutral", order, total, total))
            for i in sequence:
                total = total + steps[i][g]
                rows.append((policy, names[i], order, steps[i][g], total))
            rows.append((policy, "all", order, 0.0, subsets[full][g]))
    return pd.DataFrame(rows, columns=["policy", "step", "order", "change", "total"])


# ---------------------------------------------------------------- beliefs: triangles and break-even points
def beliefs(steps: int = 40) -> np.ndarray:
    """Barycentric grid over the three readings, (points, 3): all beliefs in multiples of 1 / steps."""
    checks.counts(steps=steps)
    return np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]) / steps


def mix(belief: ArrayLike, means: np.ndarray) -> np.ndarray:
    """Σ_k b_k means[k]: readings are on the first axis of `means`; belief (reading,) or (m, reading)."""
    checks.weights(belief=belief)
    checks.finite(means=means)
    return np.tensordot(np.asarray(belief, float), means, axes=(-1, 0))


def triangle(losses: np.ndarray, indiff: float) -> pd.DataFrame:
    """Who is best where: a frame of policy, share (of all beliefs), decided (best by more than `indiff`)."""
    checks.finite(losses=losses)
    checks.nonnegative(indiff=indiff)
    rows = [(p, region_share(best_region(losses, p)), region_share(best_region(losses, p, indiff))) for p in POLICIES]
    return pd.DataFrame(rows, columns=["policy", "share", "decided"])


def packages(
    draw: Draw, share: float, register: pd.DataFrame | None = None, readings: Sequence[str] = READINGS
) -> np.ndarray:
    """Mean outcomes (reading, policy, outcome) where each reading comes with its own camp's effects, moved `share`."""
    checks.shares(share=share)
    out = []
    for k, reading in enumerate(readings):
        moved = advocate(draw.parameters, PAIRING[reading], share, register)
        out.append(outcomes(moved, draw.minds[:, [k]], (reading,)).mean(axis=0)[0])
    return np.stack(out)


def price_interval(
    means: np.ndarray, values: dict[str, Any], belief: ArrayLike, policy: str = "force"
) -> tuple[np.ndarray, np.ndarray]:
    """Warhead prices at which a policy is best: (low, high) per belief; (nan, nan) where there is none.

    means: (reading, policy, outcome) mean outcomes; belief (reading,) or (m, reading). The policy beats g where
    v_warhead (A_g - A_policy) is at least the rest of L_policy - L_g; intersected over g, from 0 to infinity.
    """
    checks.finite(means=means)
    checks.weights(belief=belief)
    mixed = mix(np.atleast_2d(belief), means)
    rest = mixed @ prices(values | {"v_warhead": 0.0})
    f, a = POLICIES.index(policy), mixed[..., 1]
    low, high = np.zeros(len(mixed)), np.full(len(mixed), np.inf)
    for g in range(len(POLICIES)):
        if g == f:
            continue
        gain, need = a[:, g] - a[:, f], rest[:, f] - rest[:, g]
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = need / gain
        low = np.where(gain > 0, np.maximum(low, limit), low)
        high = np.where(gain < 0, np.minimum(high, limit), high)
        high = np.where((gain == 0) & (need > 0), -1.0, high)  # no price helps
    empty = low > high
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def hazard_losses(
    draw: Draw, values: dict[str, Any], hazards: Iterable[float], readings: Sequence[str] = READINGS
) -> np.ndarray:
    """Mean losses (hazard, reading, policy) with the yearly war hazard `h0` set to each of `hazards`."""
    checks.nonnegative(hazards=hazards)
    answers, price = kims.respond(draw.parameters, draw.minds, readings), prices(values)
    return np.stack(
        [expected(answers, cells(draw.parameters | {"h0": float(h)})).mean(axis=0) @ price for h in hazards]
    )


def hazard_root(losses: np.ndarray, hazards: np.ndarray, belief: ArrayLike, policy: str = "force") -> np.ndarray:
    """The hazard from which a policy is best, per belief: first crossing of its gap to the best other; nan if none.

    losses: (hazard, reading, policy) from `hazard_losses` on a grid that rises; between grid points the gap is taken as
    linear in the logarithm of the hazard.
    """
    checks.finite(losses=losses)
    checks.positive(hazards=hazards)
    checks.weights(belief=belief)
    mixed = np.einsum("mk,hkg->mhg", np.atleast_2d(belief), losses)
    f = POLICIES.index(policy)
    gap = mixed[..., f] - np.delete(mixed, f, axis=-1).min(axis=-1)
    out = np.full(len(gap), np.nan)
    x = np.log(hazards)
    for m, row in enumerate(gap):
        at = int(np.argmax(row <= 0))
        if row[at] > 0:
            continue
        if at == 0:
            out[m] = hazards[0]
        else:
            out[m] = np.exp(x[at - 1] + (x[at] - x[at - 1]) * row[at - 1] / (row[at - 1] - row[at]))
    return out


def prefer(
    draw: Draw,
    values: dict[str, Any],
    belief: ArrayLike,
    camp: str,
    policy: str | None = None,
    steps: int = 10,
    register: pd.DataFrame | None = None,
) -> float:
    """How far towards a camp's effects one must go before its policy is best: the least share, nan if none does.

    Losses are means over the draw at shares 0, 1/steps, … 1; between them the gap is taken as linear.
    """
    checks.counts(steps=steps)
    checks.weights(belief=belief)
    f, price, before = POLICIES.index(policy or camp), prices(values), None
    for share in np.linspace(0, 1, steps + 1):
        moved = advocate(draw.parameters, camp, share, register)
        mixed = mix(belief, outcomes(moved, draw.minds).mean(axis=0)) @ price
        gap = mixed[f] - np.delete(mixed, f).min()
        if gap <= 0:
            return 0.0 if before is None else float(share - gap / (gap - before) / steps)
        before = gap
    return np.nan


# ---------------------------------------------------------------- comparing policies
def best_share(losses: np.ndarray) -> np.ndarray:
    """Share of futures in which each policy has the least loss (last axis), exact ties counted for all that tie."""
    checks.finite(losses=losses)
    losses = np.asarray(losses)
    return (losses == losses.min(axis=-1, keepdims=True)).mean(axis=0)


def pareto(means: np.ndarray) -> np.ndarray:
    """Which policies no other beats on every outcome: a boolean array over policies.

    means: (policy, outcome). Less is better, but for accountability and income. No values enter.
    """
    checks.finite(means=means)
    cost = means * np.array([1, 1, 1, 1, -1, -1])
    return np.array([not any((other <= mine).all() and (other < mine).any() for other in cost) for mine in cost])


def regrets(
    draw: Draw,
    values: dict[str, Any],
    belief: Sequence[float],
    register: pd.DataFrame | None = None,
    share: float = 1.0,
) -> pd.DataFrame:
    """Regret by policy in each future's own true reading, over the effects as drawn and as each camp's advocates see
    them.

    Returns a frame: effects (`drawn` or a camp), policy, mean, q95 (95 per cent of futures regret less), best (share of
    futures in which it is best). Life-equivalents.
    """
    checks.weights(belief=belief)
    checks.shares(share=share)
    k = true_reading(draw.uniforms[:, -1], belief)
    rows = []
    for effects in ("drawn", *CAMPS):
        moved = draw.parameters if effects == "drawn" else advocate(draw.parameters, effects, share, register)
        own = outcomes(moved, draw.minds)[np.arange(len(k)), k]
        lost = loss(own, values)
        r = regret(lost)
        rows += [
            (effects, p, r[:, g].mean(), np.quantile(r[:, g], 0.95), s)
            for g, (p, s) in enumerate(zip(POLICIES, best_share(lost), strict=True))
        ]
    return pd.DataFrame(rows, columns=["effects", "policy", "mean", "q95", "best"])


def flips(
    draw: Draw, values: dict[str, Any], beliefs: Mapping[str, ArrayLike], register: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Every ranged row set to its low and high end, all else as drawn: who is then best?

    beliefs: {name: belief over readings}. Returns a frame with columns row, end, belief, best (policy), base (best with
    the row as drawn), lead (loss of the second best less that of the best). A row of prices moves the values.
    """
    checks.weights(beliefs=beliefs)
    register = evidence.assumptions() if register is None else register
    table = sampling.rows(register, CHAPTERS)
    answers, effects = kims.respond(draw.parameters, draw.minds), cells(draw.parameters)
    base = expected(answers, effects).mean(axis=0)
    out = []

    def record(row: str, end: str, means: np.ndarray, value: Mapping[str, Any]) -> None:
        for name, belief in beliefs.items():
            mixed, before = mix(belief, means) @ prices(value), mix(belief, base) @ prices(values)
            order = np.sort(mixed)
            out.append((row, end, name, POLICIES[mixed.argmin()], POLICIES[before.argmin()], order[1] - order[0]))

    for row in sampling.ranged(table):
        for end in ("low", "high"):
            extreme = float(table.at[row, end])
            moved = draw.parameters | {row: extreme}
            if row in RATES:
                record(row, end, base, values | {row: extreme})
                continue
            minds, asked, done = draw.minds, answers, effects
            if row.startswith("conc_"):
                minds = minds_of(moved, draw.uniforms, register)
            if row.startswith(("conc_", "dg_", "lam", "pi0_")) or row in ("q_follow", "share_accept"):
                asked = kims.respond(moved, minds)
            if not row.startswith(("conc_", "dg_", "lam", "pi0_")):
                done = cells(moved)
            record(row, end, expected(asked, done).mean(axis=0), values)
    return pd.DataFrame(out, columns=["row", "end", "belief", "best", "base", "lead"])


def bracket() -> tuple[float, float]:
    """The implied success of pressure that the record of sanctions brackets: (low, high) shares of `base_rates`."""
    table = evidence.table("base_rates").set_index("quantity")
    rows = table[table.index.str.startswith("economic sanctions succeeded")]
    share = (rows.successes / rows.trials).astype(float)
    return float(share.min()), float(share.max())


def kept() -> pd.DataFrame:
    """Promises of either side alone in `agreement_commitments`: a frame of side, kept, partly, not, share.

    share counts a promise kept in part as half. Own coding.
    """
    table = evidence.table("agreement_commitments")
    rows = []
    for side in ("PRK", "USA"):
        own = table[table.side == side].delivered.value_counts()
        yes, partly, no = (int(own.get(k, 0)) for k in ("yes", "partly", "no"))
        rows.append((side, yes, partly, no, (yes + partly / 2) / (yes + partly + no)))
    return pd.DataFrame(rows, columns=["side", "kept", "partly", "not", "share"])


# ---------------------------------------------------------------- what the chapter shows
EVEN = (1 / 3, 1 / 3, 1 / 3)  # undecided between the readings
PRESET_WORDS = {"own_lives_only": "own lives first"}


def matrix_table(outcomes: np.ndarray, readings: Sequence[str] = READINGS) -> pd.DataFrame:
    """Outcomes over the draw: reading, policy, outcome, mean, low, high (5-95 per cent of futures), in the outcomes'
    units.

    Means are of all futures, the ranges of the first 2^13, which is enough for a picture.
    """
    checks.finite(outcomes=outcomes)
    mean = outcomes.mean(axis=0)
    low, high = np.quantile(outcomes[: 2**13], [0.05, 0.95], axis=0)
    rows = [
        (k, p, o, mean[i, g, j], low[i, g, j], high[i, g, j])
        for i, k in enumerate(readings)
        for g, p in enumerate(POLICIES)
        for j, o in enumerate(OUTCOMES)
    ]
    return pd.DataFrame(rows, columns=["reading", "policy", "outcome", "mean", "low", "high"])


def ties(losses: np.ndarray, indiff: float | None = None) -> list[str]:
    """Policies within `indiff` of the best, best first, from losses (policy,)."""
    checks.finite(losses=losses)
    checks.nonnegative(indiff=indiff)
    indiff = evidence.central("indiff") if indiff is None else indiff
    limit = losses.min() + indiff * abs(losses.min())
    return [POLICIES[g] for g in np.argsort(losses, kind="stable") if losses[g] <= limit]


def preset_table(means: np.ndarray) -> pd.DataFrame:
    """Best policy by preset and reading, with those within `indiff` of it in brackets: a frame to print."""
    checks.finite(means=means)
    rows = []
    for name in presets():
        losses = means @ prices(preset(name))
        row = {"Preset": PRESET_WORDS.get(name, name.replace("_", " "))}
        for k, reading in enumerate(READINGS):
            best, *rest = ties(losses[k])
            row[terms.LABELS[reading]] = terms.LABELS[best] + (
                f" ({', '.join(terms.LABELS[r].lower() for r in rest)})" if rest else ""
            )
        rows.append(row)
    return pd.DataFrame(rows)


def loss_table(means: np.ndarray, values: Mapping[str, Any], belief: ArrayLike = EVEN) -> pd.DataFrame:
    """Expected losses in life-equivalents, a row a reading and one for `undecided` (at `belief`), a column a policy."""
    checks.finite(means=means)
    lost = means @ prices(values)
    return pd.DataFrame([*lost, mix(belief, lost)], index=[*READINGS, "undecided"], columns=list(POLICIES))


def stated_dangers() -> pd.DataFrame:
    """What experts stated in 2017 and 2018 as the yearly chance of war, from `war_probability`: source_name, chance.

    Conditional statements, polls, and what somebody would have said before are left out.
    """
    table = evidence.table("war_probability")
    said = table[(table.kind == "expert") & table.date.astype(str).str[:4].isin(["2017", "2018"])]
    said = said.dropna(subset=["per_year_central_pct"])
    return pd.DataFrame({"source_name": said.source_name, "chance": said.per_year_central_pct / 100}).reset_index(
        drop=True
    )


def danger_frame(draw: Draw, values: dict[str, Any], hazards: Sequence[float]) -> pd.DataFrame:
    """Who loses least as the yearly danger of war under the status quo is set: row (a reading or `undecided`), danger,
    best (policy), price (of a warhead from which force is best at that danger; nan: none), lives (lost under it)."""
    checks.positive(hazards=np.asarray(hazards, float))
    answers, out = kims.respond(draw.parameters, draw.minds), []
    for h in hazards:
        means = expected(answers, cells(draw.parameters | {"h0": float(h)})).mean(axis=0)
        table = loss_table(means, values)
        price = price_interval(means, values, np.vstack([np.eye(len(READINGS)), EVEN]))[0]
        best = table.idxmin(axis=1)
        out += [(r, float(h), best[r], p, table.at[r, best[r]]) for r, p in zip(table.index, price, strict=True)]
    return pd.DataFrame(out, columns=["row", "danger", "best", "price", "lives"])


def danger_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`danger_frame` at a few dangers to print: the best policy by reading, and the price from which force is best."""
    rows = []
    for danger, own in frame.groupby("danger"):
        found = own.set_index("row")
        price = found.price["undecided"]
        row = {"Yearly danger": f"{danger:.2g}" if danger < 0.0001 else f"{100 * danger:.2g}%"}
        row |= {terms.LABELS.get(r, "Undecided"): terms.LABELS[found.best[r]] for r in found.index}
        needs = "none" if np.isnan(price) else "any" if price <= 0 else f"{float(f'{price:.2g}'):,.0f}"
        rows.append(row | {"Lives a warhead from which force is best": needs})
    return pd.DataFrame(rows)


def best_table(losses: np.ndarray) -> pd.DataFrame:
    """Share of futures in which each policy loses least, by reading, from losses (future, reading, policy): to
    print."""
    checks.finite(losses=losses)
    return pd.DataFrame(
        [
            {"If he is": terms.LABELS[k]} | {terms.LABELS[p]: fives(v) for p, v in zip(POLICIES, row, strict=True)}
            for k, row in zip(READINGS, best_share(losses), strict=True)
        ]
    )


def kept_table() -> pd.DataFrame:
    """`kept` as a frame to print."""
    table = kept().set_index("side").rename(index={"PRK": "North Korea", "USA": "United States"})
    table["share"] = [f"{x:.0%}" for x in table["share"]]
    table.columns = ["Kept", "In part", "Not", "Share, part as half"]
    return table.rename_axis("Promises of").reset_index()


def breakeven_frame(price: np.ndarray, hazard: np.ndarray, corners: np.ndarray) -> pd.DataFrame:
    """The two break-even maps as a tidy frame: beliefs at the centres of the triangles, price, hazard (nan: never)."""
    return pd.DataFrame(corners.mean(axis=1), columns=list(READINGS)).assign(price=price, hazard=hazard)


def alone(found: pd.DataFrame, camp: str, belief: str = "undecided") -> tuple[int, int]:
    """How many of a camp's effects, each moved alone to its best end, make its policy best, and how many there are."""
    ends = {name: end for end, names in CAMPS[camp].items() for name in names}
    own = found[(found.belief == belief) & found.row.isin(ends)]
    own = own[[r.end == ends[r.row] for r in own.itertuples()]]
    return int((own.best == camp).sum()), len(ends)


def clamps(draw: Draw) -> pd.DataFrame:
    """How often the model's guards bind: a frame of guard and share of all futures, policies and responses.

    The cap on the yearly war hazard, the arsenal raised to one warhead in the hazard, and the limits of 1 on spread.
    """
    found: dict[str, np.ndarray] = {}

    def p(name: str) -> np.ndarray:
        return found.setdefault(name, np.atleast_1d(kims.value(draw.parameters, name)))

    capped, small, spread = [], [], []
    for (g, r), warheads in arsenal(p).items():
        small.append((warheads < 1).mean())
        spread.append((p("s0") * warheads / p("spread_ref") > 1).mean())
        chance = war(p, g, r, warheads)
        capped.append((chance >= 1 - (1 - p("h_cap")) ** p("horizon") - 1e-12).mean())
    total = (cells(draw.parameters)[..., 2] >= 1).mean()
    guards = ["hazard capped", "arsenal below one warhead", "spread from the arsenal capped", "all spread capped"]
    return pd.DataFrame({"guard": guards, "share": [np.mean(capped), np.mean(small), np.mean(spread), total]})


# The multiples by which a policy, whatever he answers, scales the risk of war, growth of the arsenal and spread.
MULTIPLES = ("m_talks", "m_pressure", "m_force", "m_accept", "grow_talks", "grow_pressure", "grow_accept", "s_pressure")


def straddling(register: pd.DataFrame | None = None) -> float:
    """Share of MULTIPLES whose range has 1, no effect, inside."""
    rows = (evidence.assumptions() if register is None else register).loc[list(MULTIPLES)]
    return float(((rows.low < 1) & (rows.high > 1)).mean())


class IncomeWeight(NamedTuple):
    """What the income that a deal brings weighs, in life-equivalents: at the stated price of incomes and at the top of
    that price's range; and the dead of a conventional war."""

    stated: float
    top: float
    war: float


def income_weight(values: Mapping[str, Any]) -> IncomeWeight:
    """`IncomeWeight` at the prices `values`, with the central effect of a deal on income."""
    register = evidence.assumptions()
    deal, rates = register.central["i_deal"], (values["v_income"], register.high["v_income"])
    stated, top = (float(prices({**values, "v_income": rate})[-1] * -deal) for rate in rates)
    return IncomeWeight(abs(stated), abs(top), float(register.central["d_conv"]))


def price_grid(means: np.ndarray, values: dict[str, Any], steps: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Break-even price of a warhead over the triangle: corners of the small triangles and the price at their
    centres."""
    checks.counts(steps=steps)
    checks.finite(means=means)
    corners, centres = simplex.cells(steps)
    return corners, price_interval(means, values, centres)[0]


def hazard_grid(
    draw: Draw, values: dict[str, Any], steps: int = 12, points: int = 24
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Break-even yearly war hazard over the triangle, as `price_grid`; from 0.0005 to `h_cap`."""
    checks.counts(steps=steps, points=points)
    corners, centres = simplex.cells(steps)
    hazards = np.geomspace(0.0005, evidence.central("h_cap"), points)
    losses = hazard_losses(draw, values, hazards)
    return corners, hazard_root(losses, hazards, centres), hazard_root(losses, hazards, np.vstack([np.eye(3), EVEN]))


def implied_success(draw: Draw) -> pd.DataFrame:
    """P(accommodate | pressure) over the draw, of the three readings and the two further minds: reading, mean, low,
    high."""
    more = (*READINGS, *terms.OPTIONAL)
    minds = np.concatenate([draw.minds, draw.minds[:, [1, 1]]], axis=1)
    chance = kims.respond(draw.parameters, minds, more)[:, :, PRESSURE, ACC]
    low, high = np.quantile(chance, [0.05, 0.95], axis=0)
    return pd.DataFrame({"reading": more, "mean": chance.mean(axis=0), "low": low, "high": high})


BELIEFS = {"table": "The record, first coding", "second": "The record, second coding"}


def record_beliefs() -> dict[str, np.ndarray]:
    """Beliefs over READINGS, {name: (3,)}: equal, and what the months of launches make of equal ones (chapter 1), under
    both codings of June to October 2019."""
    rows, out = results.load("scorecard_launches"), {"Equal": np.array(EVEN, float)}
    for coding, name in BELIEFS.items():
        log = rows[rows.coding == coding].set_index("reading")["log"]
        out[name] = readings.posterior(out["Equal"], [log.get(r, 0.0) for r in READINGS])
    return out


def belief_table(losses: np.ndarray, beliefs: dict[str, np.ndarray]) -> pd.DataFrame:
    """The best policy under each belief, from mean losses (reading, policy): a frame to print.

    Beside the beliefs, the policy with the least expected loss, the next, and the lead in thousand life-equivalents.
    """
    checks.finite(losses=losses)
    checks.weights(beliefs=beliefs)
    rows = []
    for name, belief in beliefs.items():
        loss = np.asarray(belief) @ losses
        best, second = np.argsort(loss)[:2]
        rows.append(
            {"Belief": name}
            | {terms.LABELS[r]: f"{100 * b:.0f}%" for r, b in zip(READINGS, belief, strict=True)}
            | {
                "Least is lost under": terms.LABELS[POLICIES[best]],
                "Next": terms.LABELS[POLICIES[second]],
                "Lead, thousand": f"about {5 * round((loss[second] - loss[best]) / 5000):,}",
            }
        )
    return pd.DataFrame(rows)


def flips_table(found: pd.DataFrame, register: pd.DataFrame | None = None, belief: str = "undecided") -> pd.DataFrame:
    """The rows that clearly flip the best policy of an undecided reader: a frame to print."""
    register = evidence.assumptions() if register is None else register
    own = found[(found.belief == belief) & (found.best != found.base) & (found.lead >= CLEAR)]
    return pd.DataFrame(
        [
            {
                "Row": r.row,
                "What it is": register.at[r.row, "meaning"],
                "At its": r.end,
                "Best is then": terms.LABELS[r.best],
                "Lead, thousand": f"{20 * int(r.lead / 20_000 + 0.5):,}",  # halves up: a lead of CLEAR is no 0
            }
            for r in own.itertuples()
        ]
        or [{"Row": "none", "What it is": "no single row", "At its": "–", "Best is then": "–", "Lead, thousand": "–"}]
    )
