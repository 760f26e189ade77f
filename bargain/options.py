"""Force, pressure or talks: outcomes of each policy under each reading, and what a reader's values make of them.

Outcomes of a policy under a reading are expectations over his answer, future by future:
Σ_r P(r | policy, mind) × outcome(policy, r). Arrays have the axes (future, reading, policy, outcome), in the order of
`wants.READINGS`, POLICIES and OUTCOMES; parameters are dictionaries {id: array over futures, or one number}, so that
one call evaluates many futures. Deaths and income are differences against today's course over `horizon` years.
"""
from functools import lru_cache
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from bargain import charts, evidence, sampling, wants
from bargain.wording import capital, listed

POLICIES = wants.POLICIES
RESPONSES = wants.RESPONSES
READINGS = wants.READINGS
OUTCOMES = ("deaths", "arsenal", "spread", "cost", "accountability", "income")
RATES = ("v_life", "v_warhead", "v_spread", "v_bn", "v_justice", "v_income")
CHAPTERS = ("5", "6")  # whose rows the draw covers
SEED = 2017  # of every draw that the book prints
CLEAR = 5_000  # life-equivalents: a flip with a smaller lead can come and go with the seed of a small draw
FORCE, PRESSURE, TALKS, STATUS_QUO, ACCEPT = range(5)
ACC, HOLD, ESC = range(3)


# ---------------------------------------------------------------- the draw
class Draw(NamedTuple):
    """Futures drawn together: parameters {id: (n,) or float}, minds (n, reading, 8), and the uniforms of the 25 last
    dimensions (n, 25): 24 of the minds, one for which reading is true."""
    parameters: dict
    minds: np.ndarray
    uniforms: np.ndarray


def dimensions(register=None):
    """Names of the dimensions of the draw, in order: the ranged rows of the table, 24 of the minds, the true
    reading."""
    register = evidence.assumptions() if register is None else register
    names = sampling.ranged(sampling.rows(register, CHAPTERS))
    return [*names, *(f"mind_{r}_{z}" for r in READINGS for z in wants.GOALS), "true_reading"]


def draw(n, seed, chunk=0, register=None, readings=READINGS):
    """One chunk of n = 2^k futures, from a scrambled Sobol net of its own, seeded by (seed, chunk) alone.

    `readings` may add "survival", "dominance" or a reading whose means the register has; these share the eight
    columns of `narrow`, so that adding one changes no other. Raises ValueError naming rows out of order.
    """
    register = evidence.assumptions() if register is None else register
    parameters, u = sampling.draw(sampling.rows(register, CHAPTERS), n, (seed, chunk), further=25)
    return Draw(parameters, minds_of(parameters, u, register, readings), u)


def minds_of(parameters, uniforms, register=None, readings=READINGS):
    """Minds (n, reading, 8) from their uniforms and the drawn concentrations `conc_<reading>`."""
    out = []
    for reading in readings:
        own = "narrow" if reading in wants.OPTIONAL else reading
        row = f"conc_{own}" if f"conc_{own}" in parameters else "conc_narrow"
        concentration = np.broadcast_to(wants.value(parameters, row), len(uniforms))
        out.append(wants.weights(uniforms[:, wants.columns(own)], wants.means(own, register), concentration))
    return np.stack(out, axis=1)


def sample(chunks=4, seed=SEED):
    """The futures that the pages of the book share: the first chunks of the draw, end to end. Kept for each folder of
    data."""
    return _sample(chunks, seed, evidence.DATA)


@lru_cache(maxsize=2)
def _sample(chunks, seed, data):
    size = 2 ** int(evidence.central("chunk_log2"))
    parts = [draw(size, seed, c) for c in range(chunks)]
    parameters = {k: np.concatenate([d.parameters[k] for d in parts]) if np.ndim(v) else v
                  for k, v in parts[0].parameters.items()}
    return Draw(parameters, np.concatenate([d.minds for d in parts]), np.concatenate([d.uniforms for d in parts]))


def optional_answers(policy="talks"):
    """Mean chance that the survival-only and the dominance-seeking mind accommodate a policy, {reading: share}."""
    return _optional_answers(policy, evidence.DATA)


@lru_cache
def _optional_answers(policy, data):
    more = draw(2 ** int(evidence.central("chunk_log2")), SEED, readings=wants.OPTIONAL)
    mean = wants.respond(more.parameters, more.minds, wants.OPTIONAL).mean(axis=0)
    return dict(zip(wants.OPTIONAL, mean[:, POLICIES.index(policy), ACC], strict=True))


def head(draw, n):
    """The first n futures of a draw."""
    return Draw({k: (v[:n] if np.ndim(v) else v) for k, v in draw.parameters.items()}, draw.minds[:n],
                draw.uniforms[:n])


def centre(register=None, readings=READINGS):
    """The single future at the central values, with the mean minds: for unit tests and for explaining only."""
    register = evidence.assumptions() if register is None else register
    parameters = sampling.rows(register, CHAPTERS)["central"].astype(float).to_dict()
    minds = np.stack([wants.means("narrow" if r in wants.OPTIONAL else r, register) for r in readings])[None]
    return Draw(parameters, minds, np.full((1, 25), 0.5))


def true_reading(uniform, belief):
    """Index of the true reading of each future, from its uniform (the last of the draw) and the belief over
    readings."""
    return np.minimum(np.searchsorted(np.cumsum(belief), uniform, side="right"), len(belief) - 1)


# ---------------------------------------------------------------- outcomes
def arsenal(p):
    """Warheads after the horizon, {(policy, response): array}; `p` looks a parameter up by its name."""
    n0, growth, ratio = p("n0"), p("horizon") * p("grow"), p("g_esc")
    if np.any(n0 <= 0):
        raise ValueError("row n0 must be above 0")
    out = {(STATUS_QUO, ACC): p("rho_sq") * n0, (STATUS_QUO, HOLD): n0 + growth, (STATUS_QUO, ESC): n0 + growth * ratio,
           (FORCE, ACC): p("rho_force") * n0, (FORCE, HOLD): (1 - p("kappa")) * n0 + growth,
           (FORCE, ESC): p("rho_war") * n0}
    for g in (PRESSURE, TALKS, ACCEPT):
        name = POLICIES[g]
        kept, sincere = n0 + growth * p(f"grow_{name}"), p(f"gen_{name}")
        out[g, ACC] = sincere * p(f"rho_{name}") * n0 + (1 - sincere) * kept
        out[g, HOLD] = kept
        out[g, ESC] = n0 + growth * p(f"grow_{name}") * ratio
    return out


def war(p, policy, response, warheads):
    """Chance of a later major war within the horizon; 0 under (force, escalate), where the response is the war.

    Yearly hazard h = min(h0 m_policy m_response (max(A, 1)/n0)^psi, h_cap); P = 1 - (1 - h)^horizon.
    """
    if (policy, response) == (FORCE, ESC):
        return np.zeros_like(warheads)
    multiple = 1.0 if policy == STATUS_QUO else p(f"m_{POLICIES[policy]}")
    answer = (p("m_acc"), 1.0, p("m_esc"))[response]
    hazard = p("h0") * multiple * answer * (np.maximum(warheads, 1) / p("n0")) ** p("psi")
    return 1 - (1 - np.minimum(hazard, p("h_cap"))) ** p("horizon")


def cells(parameters):
    """Outcomes of every policy and response, (future, policy, response, outcome), in the order of OUTCOMES.

    Units: deaths, warheads, spread events, USD bn, index of accountability, log points of the ordinary North
    Korean's income; war deaths, spread and cost are expected totals over the horizon. Raises KeyError naming a missing
    parameter, ValueError for n0 ≤ 0.
    """
    found = {}

    def p(name):  # each parameter as a column over futures, looked up once
        if name not in found:
            found[name] = np.atleast_1d(wants.value(parameters, name))
        return found[name]

    out = np.zeros((wants.futures(parameters), len(POLICIES), len(RESPONSES), len(OUTCOMES)))
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


def expected(answers, table):
    """Σ_r P(r) × outcome(r): (future, reading, policy, outcome) from `wants.respond` and `cells`."""
    answers, table = np.asarray(answers), np.asarray(table)
    n = max(len(answers), len(table))
    answers = np.broadcast_to(answers, (n, *answers.shape[1:]))
    table = np.broadcast_to(table, (n, *table.shape[1:]))
    return np.matmul(answers.swapaxes(1, 2), table).swapaxes(1, 2)  # one small product a future and policy


def outcomes(parameters, minds, readings=READINGS):
    """Expected outcomes, (future, reading, policy, outcome).

    minds: (future, reading, 8), in the order of `readings` (see `wants.respond` for names with a meaning of their own).
    """
    return expected(wants.respond(parameters, minds, readings), cells(parameters))


# ---------------------------------------------------------------- loss in lives
def preset(name, register=None):
    """A stated moral position: {rate: value} of `preset_<name>_<rate>`, with people, horizon and ramp."""
    register = evidence.assumptions() if register is None else register
    ids = [f"preset_{name}_{rate}" for rate in RATES]
    missing = [i for i in (*ids, "people", "horizon", "ramp") if i not in register.index]
    if missing:
        raise KeyError(f"preset {name!r}: no row {', '.join(missing)} among the assumptions")
    out = {rate: float(register.at[i, "central"]) for rate, i in zip(RATES, ids, strict=True)}
    return out | {i: float(register.at[i, "central"]) for i in ("people", "horizon", "ramp")}


def presets(register=None):
    """Names of the presets, in the order of the table."""
    register = evidence.assumptions() if register is None else register
    return [i.removeprefix("preset_").removesuffix("_v_life") for i in register.index
            if i.startswith("preset_") and i.endswith("_v_life")]


def prices(values):
    """Life-equivalents of one unit of each outcome, (6,) or (future, 6): the loss is outcomes · prices.

    L = v_life deaths + v_warhead A + v_spread spread + v_bn cost - v_justice accountability
        - v_income people horizon ramp income.
    """
    v = {rate: wants.value(values, rate) for rate in RATES}
    people = wants.value(values, "people") * wants.value(values, "horizon") * wants.value(values, "ramp")
    return np.stack(np.broadcast_arrays(v["v_life"], v["v_warhead"], v["v_spread"], v["v_bn"], -v["v_justice"],
                                        -v["v_income"] * people), axis=-1)


def loss(outcomes, values):
    """Loss in life-equivalents, shape of `outcomes` without its last axis.

    values: a preset, a reader's own {rate: number}, or a draw's parameters (one value a future, on the first axis).
    """
    price = prices(values)
    if price.ndim == 1:
        return outcomes @ price
    return np.einsum("n...o,no->n...", outcomes, price)


def regret(loss):
    """Loss less that of the best policy (last axis), same shape: 0 for the best."""
    return loss - loss.min(axis=-1, keepdims=True)


# ---------------------------------------------------------------- effects: neutral, one by one, and each camp's
# What holds whatever he answers. At these values policies differ only through his answer, the deal's cost and force.
NEUTRAL = {"m_talks": 1, "m_pressure": 1, "grow_talks": 1, "grow_pressure": 1, "s_pressure": 1, "x_pressure": 0,
           "i_pressure": 0, "a_pressure": 0, "precedent": 0, "c_sq": 1, "c_pressure": 1}
GROUPS = {"war risk": ("m_talks", "m_pressure"), "growth of the arsenal": ("grow_talks", "grow_pressure"),
          "the people": ("x_pressure", "i_pressure"),
          "proceeds, precedent, justice": ("s_pressure", "precedent", "a_pressure"),
          "running costs": ("c_sq", "c_pressure")}
# Which end of each range favours a camp.
CAMPS = {
    "force": {"high": ("q_follow", "kappa", "h0", "theta", "psi"),
              "low": ("p_nuc", "m_force", "d_limited", "rho_force")},
    "pressure": {"high": ("gen_pressure", "grow_talks", "precedent", "m_talks", "i_pressure"),
                 "low": ("grow_pressure", "m_pressure", "x_pressure", "gen_talks", "s_pressure", "c_pressure")},
    "talks": {"high": ("gen_talks", "m_pressure", "x_pressure"),
              "low": ("m_talks", "grow_talks", "rho_talks", "precedent")},
}
PAIRING = {"irrational": "force", "narrow": "pressure", "dealer": "talks"}  # whose Kim each camp's policy answers


def neutral(parameters, keep=()):
    """The parameters with every effect of GROUPS at its neutral value, except in the groups named in `keep`."""
    kept = {name for group in keep for name in GROUPS[group]}
    return parameters | {name: float(v) for name, v in NEUTRAL.items() if name not in kept}


def advocate(parameters, camp, share=1.0, register=None):
    """The parameters with each of a camp's effects moved `share` of the way from its drawn value to its best end."""
    register = evidence.assumptions() if register is None else register
    moved = {}
    for end, names in CAMPS[camp].items():
        for name in names:
            if name not in register.index:
                raise KeyError(f"row {name!r} of the {camp} camp is not among the assumptions")
            goal = float(register.at[name, end])
            moved[name] = wants.value(parameters, name) * (1 - share) + share * goal
    return parameters | moved


def waterfall(draw, values, belief, policies=("force", "pressure", "talks"), baseline="status_quo"):
    """Mean loss of policies less that of the baseline, from neutral effects to all effects, one group at a time.

    Returns a frame with columns policy, step (`neutral`, the groups, `all`), order (`forward`, `reverse`, `average`
    over all orders), change (what the step adds), total (the difference after the step). Loss in life-equivalents.
    """
    answers = wants.respond(draw.parameters, draw.minds)
    price, names = prices(values), list(GROUPS)
    base = POLICIES.index(baseline)

    def difference(kept):
        mean = expected(answers, cells(neutral(draw.parameters, kept))).mean(axis=0) @ price
        mixed = mix(belief, mean)
        return mixed - mixed[base]

    subsets = {}
    for code in range(1 << len(names)):
        subsets[code] = difference([name for i, name in enumerate(names) if code >> i & 1])
    full = len(subsets) - 1
    rows = []
    for order in ("forward", "reverse", "average"):
        if order == "average":
            steps = _shapley(subsets, len(names))
        else:
            steps, code = [None] * len(names), 0
            for i in (range(len(names)) if order == "forward" else reversed(range(len(names)))):
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


def _shapley(value, players):
    """Shapley values of a game {bit mask: array}, a list over players: the average step over all orders."""
    weight = [1 / (players * _choose(players - 1, s)) for s in range(players)]
    return [sum(weight[code.bit_count()] * (value[code | 1 << i] - value[code])
                for code in range(1 << players) if not code >> i & 1) for i in range(players)]


def _choose(n, k):
    out = 1
    for i in range(k):
        out = out * (n - i) // (i + 1)
    return out


# ---------------------------------------------------------------- beliefs: triangles and break-even points
def beliefs(steps=40):
    """Barycentric grid over the three readings, (points, 3): all beliefs in multiples of 1 / steps."""
    return np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]) / steps


def best_region(losses, policy, margin=0.0):
    """Corners of the beliefs where a policy is best by at least a share `margin` of its loss, (corners, reading).

    losses: (reading, policy), expected losses; linear in belief, so the region is a convex polygon, cut from the
    triangle by half-planes: L_h - L_g ≥ margin |L_g| for every other h. Empty: an array of no rows.
    """
    polygon, g = np.eye(3), POLICIES.index(policy)
    for h in range(losses.shape[1]):
        for sign in (1, -1) if h != g else ():
            if len(polygon):
                polygon = charts.clip(polygon, losses[:, h] - losses[:, g] - sign * margin * losses[:, g])
    return polygon


def region_share(corners):
    """Area of a polygon of beliefs as a share of the triangle."""
    if len(corners) < 3:
        return 0.0
    x, y = corners[:, 0], corners[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)))  # the triangle itself has area 1/2 in (b1, b2)


def mix(belief, means):
    """Σ_k b_k means[k]: readings are on the first axis of `means`; belief (reading,) or (m, reading)."""
    return np.tensordot(np.asarray(belief, float), means, axes=(-1, 0))


def triangle(losses, indiff):
    """Who is best where: a frame of policy, share (of all beliefs), decided (best by more than `indiff`)."""
    rows = [(p, region_share(best_region(losses, p)), region_share(best_region(losses, p, indiff))) for p in POLICIES]
    return pd.DataFrame(rows, columns=["policy", "share", "decided"])


def packages(draw, share, register=None, readings=READINGS):
    """Mean outcomes (reading, policy, outcome) where each reading comes with its own camp's effects, moved `share`."""
    out = []
    for k, reading in enumerate(readings):
        moved = advocate(draw.parameters, PAIRING[reading], share, register)
        out.append(outcomes(moved, draw.minds[:, [k]], (reading,)).mean(axis=0)[0])
    return np.stack(out)


def price_interval(means, values, belief, policy="force"):
    """Warhead prices at which a policy is best: (low, high) per belief; (nan, nan) where there is none.

    means: (reading, policy, outcome) mean outcomes; belief (reading,) or (m, reading). The policy beats g where
    v_warhead (A_g - A_policy) is at least the rest of L_policy - L_g; intersected over g, from 0 to infinity.
    """
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


def hazard_losses(draw, values, hazards, readings=READINGS):
    """Mean losses (hazard, reading, policy) with the yearly war hazard `h0` set to each of `hazards`."""
    answers, price = wants.respond(draw.parameters, draw.minds, readings), prices(values)
    return np.stack([expected(answers, cells(draw.parameters | {"h0": float(h)})).mean(axis=0) @ price
                     for h in hazards])


def hazard_root(losses, hazards, belief, policy="force"):
    """The hazard from which a policy is best, per belief: first crossing of its gap to the best other; nan if none.

    losses: (hazard, reading, policy) from `hazard_losses` on a grid that rises; between grid points the gap is taken as
    linear in the logarithm of the hazard.
    """
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


def prefer(draw, values, belief, camp, policy=None, steps=10, register=None):
    """How far towards a camp's effects one must go before its policy is best: the least share, nan if none does.

    Losses are means over the draw at shares 0, 1/steps, … 1; between them the gap is taken as linear.
    """
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
def best_share(losses):
    """Share of futures in which each policy has the least loss (last axis), exact ties counted for all that tie."""
    losses = np.asarray(losses)
    return (losses == losses.min(axis=-1, keepdims=True)).mean(axis=0)


def pareto(means):
    """Which policies no other beats on every outcome: a boolean array over policies.

    means: (policy, outcome). Less is better, but for accountability and income. No values enter.
    """
    cost = means * np.array([1, 1, 1, 1, -1, -1])
    return np.array([not any((other <= mine).all() and (other < mine).any() for other in cost) for mine in cost])


def regrets(draw, values, belief, register=None, share=1.0):
    """Regret by policy in each future's own true reading, over the effects as drawn and as each camp's advocates see
    them.

    Returns a frame: effects (`drawn` or a camp), policy, mean, q95 (95 per cent of futures regret less), best (share of
    futures in which it is best). Life-equivalents.
    """
    k = true_reading(draw.uniforms[:, -1], belief)
    rows = []
    for effects in ("drawn", *CAMPS):
        moved = draw.parameters if effects == "drawn" else advocate(draw.parameters, effects, share, register)
        own = outcomes(moved, draw.minds)[np.arange(len(k)), k]
        lost = loss(own, values)
        r = regret(lost)
        rows += [(effects, p, r[:, g].mean(), np.quantile(r[:, g], 0.95), s)
                 for g, (p, s) in enumerate(zip(POLICIES, best_share(lost), strict=True))]
    return pd.DataFrame(rows, columns=["effects", "policy", "mean", "q95", "best"])


def flips(draw, values, beliefs, register=None):
    """Every ranged row set to its low and high end, all else as drawn: who is then best?

    beliefs: {name: belief over readings}. Returns a frame with columns row, end, belief, best (policy), base (best with
    the row as drawn), lead (loss of the second best less that of the best). A row of prices moves the values.
    """
    register = evidence.assumptions() if register is None else register
    table = sampling.rows(register, CHAPTERS)
    answers, effects = wants.respond(draw.parameters, draw.minds), cells(draw.parameters)
    base = expected(answers, effects).mean(axis=0)
    out = []

    def record(row, end, means, value):
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
                asked = wants.respond(moved, minds)
            if not row.startswith(("conc_", "dg_", "lam", "pi0_")):
                done = cells(moved)
            record(row, end, expected(asked, done).mean(axis=0), values)
    return pd.DataFrame(out, columns=["row", "end", "belief", "best", "base", "lead"])


def clamps(draw):
    """How often the model's guards bind: a frame of guard and share of all futures, policies and responses.

    The cap on the yearly war hazard, the arsenal raised to one warhead in the hazard, and the limits of 1 on spread.
    """
    found = {}

    def p(name):
        return found.setdefault(name, np.atleast_1d(wants.value(draw.parameters, name)))

    capped, small, spread = [], [], []
    for (g, r), warheads in arsenal(p).items():
        small.append((warheads < 1).mean())
        spread.append((p("s0") * warheads / p("spread_ref") > 1).mean())
        chance = war(p, g, r, warheads)
        capped.append((chance >= 1 - (1 - p("h_cap")) ** p("horizon") - 1e-12).mean())
    total = (cells(draw.parameters)[..., 2] >= 1).mean()
    return pd.DataFrame({"guard": ["hazard capped", "arsenal below one warhead", "spread from the arsenal capped",
                                   "all spread capped"],
                         "share": [np.mean(capped), np.mean(small), np.mean(spread), total]})


def bracket():
    """The implied success of pressure that the record of sanctions brackets: (low, high) shares of `base_rates`."""
    table = evidence.table("base_rates").set_index("quantity")
    rows = table[table.index.str.startswith("economic sanctions succeeded")]
    share = (rows.successes / rows.trials).astype(float)
    return float(share.min()), float(share.max())


def kept():
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
OUTCOME_LABELS = {"deaths": ("Deaths", "thousands; below 0: saved", 1e-3),
                  "arsenal": ("Arsenal", "warheads after ten years", 1.0),
                  "spread": ("Spread", "expected events", 1.0),
                  "cost": ("Cost", "US$ bn to the coalition", 1.0),
                  "accountability": ("Accountability", "index; below 0: impunity", 1.0),
                  "income": ("Income", "log points, ordinary North Korean", 1.0)}
PRESET_WORDS = {"own_lives_only": "own lives first"}
# The multiples by which a policy, whatever he answers, scales the risk of war, growth of the arsenal and spread.
MULTIPLES = ("m_talks", "m_pressure", "m_force", "m_accept", "grow_talks", "grow_pressure", "grow_accept", "s_pressure")


def matrix_table(outcomes, readings=READINGS):
    """Outcomes over the draw: reading, policy, outcome, mean, low, high (5-95 per cent of futures), in the outcomes'
    units.

    Means are of all futures, the ranges of the first 2^13, which is enough for a picture.
    """
    mean = outcomes.mean(axis=0)
    low, high = np.quantile(outcomes[:2**13], [0.05, 0.95], axis=0)
    rows = [(k, p, o, mean[i, g, j], low[i, g, j], high[i, g, j]) for i, k in enumerate(readings)
            for g, p in enumerate(POLICIES) for j, o in enumerate(OUTCOMES)]
    return pd.DataFrame(rows, columns=["reading", "policy", "outcome", "mean", "low", "high"])


def ties(losses, indiff=None):
    """Policies within `indiff` of the best, best first, from losses (policy,)."""
    indiff = evidence.central("indiff") if indiff is None else indiff
    limit = losses.min() + indiff * abs(losses.min())
    return [POLICIES[g] for g in np.argsort(losses, kind="stable") if losses[g] <= limit]


def preset_table(means):
    """Best policy by preset and reading, with those within `indiff` of it in brackets: a frame to print."""
    rows = []
    for name in presets():
        losses = means @ prices(preset(name))
        row = {"Preset": PRESET_WORDS.get(name, name.replace("_", " "))}
        for k, reading in enumerate(READINGS):
            best, *rest = ties(losses[k])
            row[charts.LABELS[reading]] = charts.LABELS[best] + (
                f" ({', '.join(charts.LABELS[r].lower() for r in rest)})" if rest else "")
        rows.append(row)
    return pd.DataFrame(rows)


def price_grid(means, values, steps=12):
    """Break-even price of a warhead over the triangle: corners of the small triangles and the price at their
    centres."""
    corners, centres = charts.cells(steps)
    return corners, price_interval(means, values, centres)[0]


def hazard_grid(draw, values, steps=12, points=24):
    """Break-even yearly war hazard over the triangle, as `price_grid`; from 0.0005 to `h_cap`."""
    corners, centres = charts.cells(steps)
    hazards = np.geomspace(0.0005, evidence.central("h_cap"), points)
    losses = hazard_losses(draw, values, hazards)
    return corners, hazard_root(losses, hazards, centres), hazard_root(losses, hazards, np.vstack([np.eye(3), EVEN]))


def implied_success(draw):
    """P(accommodate | pressure) over the draw, of the three readings and the two further minds: reading, mean, low,
    high."""
    more = (*READINGS, *wants.OPTIONAL)
    minds = np.concatenate([draw.minds, draw.minds[:, [1, 1]]], axis=1)
    chance = wants.respond(draw.parameters, minds, more)[:, :, PRESSURE, ACC]
    low, high = np.quantile(chance, [0.05, 0.95], axis=0)
    return pd.DataFrame({"reading": more, "mean": chance.mean(axis=0), "low": low, "high": high})


# ---------------------------------------------------------------- sentences, worded by what is computed
IF_HE = {"irrational": "irrational", "narrow": "narrowly rational", "dealer": "a deal-seeker"}


def thousands(x):
    """Life-equivalents in whole thousands."""
    return f"{abs(x) / 1000:,.0f} thousand"


def two_digits(x):
    """A break-even number with two digits, or never."""
    return "never" if np.isnan(x) else f"{float(f'{x:.2g}'):,.0f}"


def hazard_words(x):
    """A yearly hazard in per cent with the digits that two draws share (one, from 1 to 10 half per cents), or never."""
    if np.isnan(x):
        return "never"
    if 0.01 <= x < 0.0975:
        return f"{round(200 * x) / 2:g}%"
    return f"{float(f'{100 * x:.1g}'):g}%"


def _by_reading(best):
    """Which policy is best if he is what, readings with one policy together."""
    groups = {}
    for reading, policy in zip(READINGS, best, strict=True):
        groups.setdefault(policy, []).append(IF_HE[reading])
    if len(groups) == 1:
        return f"{wants.POLICY_WORDS[best[0]]} whatever he is"
    return listed(f"{wants.POLICY_WORDS[p]} if he is {' or '.join(who)}" for p, who in groups.items())


def essay_finding(losses):
    """Which of the essay's three policies loses least, by reading."""
    best = [POLICIES[g] for g in losses[:, :3].argmin(axis=1)]
    return f"Of the essay's three policies the least is lost under {_by_reading(best)}"


def rival_finding(losses):
    """Which policy of all loses least, by reading, and where the choice is a tie."""
    best = [POLICIES[g] for g in losses.argmin(axis=1)]
    tied = [IF_HE[k] for k, row in zip(READINGS, losses, strict=True) if len(ties(row)) > 1]
    text = f"With the status quo and acceptance beside them it is lost under {_by_reading(best)}"
    return text + (f"; the choice is within {evidence.central('indiff'):.0%} if he is {' or '.join(tied)}" if tied
                   else "")


def force_finding(price, hazard):
    """What must hold for force to be best at undecided beliefs: price of a warhead (low end), yearly hazard."""
    parts = [f"a warhead is worth more than {two_digits(price)} lives" if not np.isnan(price) else "",
             f"the yearly risk of war is above {hazard_words(hazard)}" if not np.isnan(hazard) else ""]
    parts = [p for p in parts if p]
    if not parts:
        return "For a reader undecided between the readings no price of a warhead and no risk of war makes force best"
    return f"For a reader undecided between the readings, force is best only if {' or '.join(parts)}"


def price_finding(prices_at):
    """The break-even price of a warhead at the three corners."""
    if np.isnan(prices_at).all():
        return "No price of a warhead makes force best under any reading"
    said = [f"{two_digits(p)} lives if he is {IF_HE[k]}" if not np.isnan(p) else f"no price if he is {IF_HE[k]}"
            for k, p in zip(READINGS, prices_at, strict=False)]
    return f"Force overtakes when a warhead is priced at {listed(said)}"


def hazard_finding(roots):
    """The break-even hazard at the three corners."""
    if np.isnan(roots).all():
        return f"No yearly risk of war up to {evidence.central('h_cap'):.0%} makes force best under any reading"
    said = [f"{hazard_words(h) if not np.isnan(h) else 'no level searched'} if he is {IF_HE[k]}" for k,
            h in zip(READINGS, roots, strict=False)]
    return f"Force overtakes when the yearly risk of war reaches {listed(said)}"


def force_heading(losses, prices_at, roots):
    """What force needs to be best, from losses (reading, policy) as drawn and the break-evens at the three corners."""
    best = losses.argmin(axis=1) == POLICIES.index("force")
    if best.any():
        return f"For {'every Kim' if best.all() else 'some Kims'} force is best as things are drawn"
    price, hazard = (not np.isnan(x).all() for x in (prices_at, roots))
    if price and hazard:
        return "Force needs a dearer warhead or a likelier war"
    if price or hazard:
        return ("Force needs a dearer warhead; no risk of war will do" if price else
                "Force needs a likelier war; no price of a warhead will do")
    return "No price of a warhead and no risk of war makes force best"


def price_text(prices):
    """Whether any price of a warhead makes force best for any belief, from break-even prices; a clause."""
    if np.isnan(prices).all():
        return "that no price of a warhead turns the answer to force"
    return "at what price of a warhead the answer turns to force"


def camps_finding(shares):
    """How far towards each camp's effects an undecided reader must go, from {camp: share}."""
    said = []
    for camp in ("force", "pressure", "talks"):
        x = shares[camp]
        said.append(f"{camp} is not best even with all of its own effects" if np.isnan(x) else
                    f"{camp} {'are' if camp == 'talks' else 'is'} best as things are drawn" if x == 0 else
                    f"{camp} {'need' if camp == 'talks' else 'needs'} {x:.0%} of the way to its own effects")
    return "; ".join(said)


def waterfall_finding(table, policy="pressure"):
    """From neutral to all effects: the start, the largest step and the end of a policy against the status quo."""
    own = table[(table.policy == policy) & (table.order == "average")].set_index("step")
    start, end = own.loc["neutral", "total"], own.loc["all", "total"]
    steps = own.change.drop(["neutral", "all"])
    step = steps.abs().idxmax()
    side = lambda x: "less" if x < 0 else "more"  # noqa: E731
    return (f"With neutral effects {policy} would cost {thousands(start)} life-equivalents {side(start)} than the "
            f"status quo; with all effects the cost is {thousands(end)} {side(end)}, and the largest step is {step} "
            f"({'+' if steps[step] > 0 else '−'}{thousands(steps[step])})")


def waterfall_heading(table, policy="pressure"):
    """What a policy gains or loses by his answer (all that is left with neutral effects) and by its own effects."""
    total = table[(table.policy == policy) & (table.order == "average")].set_index("step").total
    answer, effects = total["neutral"], total["all"] - total["neutral"]
    first, second = ("gains" if x < 0 else "loses" for x in (answer, effects))
    if first == second:
        return f"{capital(policy)} {first} by his answer and by its effects"
    how = "more" if abs(effects) > abs(answer) else "less"
    return f"{capital(policy)} {first} by his answer and {second} {how} by its effects"


def order_matters(table):
    """The most that a step changes when the order of the groups is reversed, in life-equivalents, rounded up to a
    thousand."""
    wide = table.pivot_table(index=["policy", "step"], columns="order", values="change")
    return 1000.0 * np.ceil((wide.forward - wide.reverse).abs().max() / 1000)


def triangle_finding(regions):
    """Shares of the triangle of minds by best policy, and how much of it is decided."""
    some = regions[regions.share > 0.005].sort_values("share", ascending=False)
    if len(some) == 1:
        text = f"For every mix of the readings the least is lost under {wants.POLICY_WORDS[some.policy.iloc[0]]}"
    else:
        text = "Of all mixes of the readings, " + listed(
            f"{s:.0%} favour {wants.POLICY_WORDS[p]}" for p, s in zip(some.policy, some.share, strict=True))
    return text + f"; the choice is clear of the error in {regions.decided.sum():.0%}"


def triangle_heading(regions):
    """Whether beliefs about him decide between policies, and whether mostly within the error, as a heading."""
    best = [p for p in POLICIES if p in set(regions[regions.share > 0.005].policy)]
    words = [wants.POLICY_WORDS[p] for p in best]
    narrow = ", often narrowly" if regions.decided.sum() < 0.5 else ""
    if len(best) == 1:
        return f"Whatever one believes of him, {words[0]} {'are' if best == ['talks'] else 'is'} best{narrow}"
    if len(best) == 2:
        return f"Beliefs decide between {listed(words)}{narrow}"
    return f"Beliefs decide among {len(best)} policies{narrow}"


def packages_finding(half, full):
    """How the triangle divides when each reading comes with its own camp's effects."""
    def said(regions):
        some = regions[regions.share > 0.005].sort_values("share", ascending=False)
        return listed(f"{wants.POLICY_WORDS[p]} {s:.0%}" for p, s in zip(some.policy, some.share, strict=True))
    moral = "the quarrel is about effects as much as minds" if (full.share > 0.05).sum() > 2 else \
        "effects divide it little"
    return (f"If each Kim comes with his own camp's effects, half-way the triangle falls to {said(half)}; all the way "
            f"to {said(full)}: {moral}")


def packages_heading(full):
    """Which camps' policies are best somewhere once each Kim comes with his camp's effects, as a heading."""
    share = full.set_index("policy").share.reindex(list(CAMPS), fill_value=0)
    none = list(share.index[share <= 0.005])
    if not none:
        return "With each camp's effects every camp's policy wins somewhere"
    if len(none) == len(CAMPS):
        return "Even with each camp's effects no camp's policy wins anywhere"
    win = "wins" if len(none) == 1 and none != ["talks"] else "win"
    return f"Even with each camp's effects {listed(none)} {win} nowhere"


def regret_finding(table):
    """Mean regret with effects as drawn, and whether each camp's own effects favour its own policy."""
    drawn = table[table.effects == "drawn"].set_index("policy")["mean"]
    least, most = drawn.idxmin(), drawn.idxmax()
    own = [c for c in CAMPS if table[table.effects == c].set_index("policy")["mean"].idxmin() == c]
    if len(own) == len(CAMPS):
        every = "each camp's own effects make its own policy the least regretted"
    else:
        every = f"by its own effects only {listed(own)} would be" if own else "no camp's effects save its policy"
    return (f"As drawn, the least is regretted under {wants.POLICY_WORDS[least]}, {thousands(drawn[least])} "
            f"life-equivalents on average, and the most under {wants.POLICY_WORDS[most]}, {thousands(drawn[most])}; "
            f"{every}")


def regret_heading(table):
    """Whether each camp's own effects make its policy the least regretted, as a heading."""
    lost = [c for c in CAMPS if table[table.effects == c].set_index("policy")["mean"].idxmin() != c]
    if not lost:
        return "By its own effects each camp's policy is least regretted"
    if len(lost) == len(CAMPS):
        return "By its own effects no camp's policy is least regretted"
    its = "their own effects are" if "talks" in lost else "its own effects is"
    return f"Not even by {its} {listed(lost, 'or')} least regretted"


def _outside(table, low, high):
    """Implied success by reading, the readings outside the bracket, and whether all of those are within 0.01 of it."""
    three = table[table.reading.isin(READINGS)].set_index("reading")["mean"]
    out = [k for k, v in three.items() if not low <= v <= high]
    return three, out, all(min(abs(three[k] - low), abs(three[k] - high)) < 0.01 for k in out)


def bracket_finding(table, low, high):
    """Which readings' implied success of pressure lies outside the bracket of the record."""
    three, out, near = _outside(table, low, high)
    out = [wants.READING_WORDS[k] for k in out]
    said = listed(f"{v:.0%} for {wants.READING_WORDS[k]}" for k, v in three.items())
    where = f"{listed(out)} {'falls' if len(out) == 1 else 'fall'} {'just ' if near else ''}outside" if out else \
        "none falls outside"
    return f"Our implied success of pressure is {said}; against a record between {low:.0%} and {high:.0%}, {where}"


def bracket_heading(table, low, high):
    """Whether the implied success of pressure lies within the bracket of the record, as a heading."""
    three, out, near = _outside(table, low, high)
    if out and not near:
        return f"{'None' if len(out) == len(three) else 'Not all'} of our chances for pressure lie within its record"
    return f"Our chances for pressure lie within its record{', or close' if out else ''}"


def flips_finding(found, belief="undecided"):
    """How many rows, moved alone to an end of their range, change the best policy clearly, and to which policies.

    Flips with a lead under CLEAR depend on the draw: they are mentioned, not counted.
    """
    own = found[found.belief == belief]
    flipped = own[own.best != own.base]
    clear = flipped[flipped.lead >= CLEAR]
    base, every = wants.POLICY_WORDS[own.base.iloc[0]], own.row.nunique()
    if clear.empty:
        text = f"None of {every} rows, moved alone to an end of its range, clearly changes the best policy from {base}"
    else:
        by = clear.groupby("best").row.nunique().sort_values(ascending=False)
        said = listed(f"{n} to {wants.POLICY_WORDS[p]}" for p, n in by.items())
        text = (f"Of {every} rows moved alone to either end of their range, {clear.row.nunique()} change the best "
                f"policy of an undecided reader from {base} by more than {thousands(CLEAR)} life-equivalents: {said}")
    return text + ("; others do so by less" if len(clear) < len(flipped) else "")


def flips_heading(found, belief="undecided"):
    """How many rows, moved alone, clearly change the best policy, as a heading."""
    own = found[found.belief == belief]
    share = own[(own.best != own.base) & (own.lead >= CLEAR)].row.nunique() / own.row.nunique()
    if not share:
        return "No row, moved alone, clearly changes the best policy"
    many = "Few" if share <= 0.1 else "Some" if share <= 0.5 else "Most"
    return f"{many} rows, moved alone, clearly change the best policy"


def flips_table(found, register=None, belief="undecided"):
    """The rows that clearly flip the best policy of an undecided reader: a frame to print."""
    register = evidence.assumptions() if register is None else register
    own = found[(found.belief == belief) & (found.best != found.base) & (found.lead >= CLEAR)]
    return pd.DataFrame([{"Row": r.row, "What it is": register.at[r.row, "meaning"], "At its": r.end,
                          "Best is then": charts.LABELS[r.best], "Lead, thousand": f"{5 * round(r.lead / 5000):,}"}
                         for r in own.itertuples()]
                        or [{"Row": "none", "What it is": "no single row", "At its": "–", "Best is then": "–",
                             "Lead, thousand": "–"}])


def guards_text(draw):
    """How often the guards bind, in one clause."""
    share = clamps(draw).share.max()
    return "never bind" if share == 0 else f"bind in at most {share:.1%} of cells" if share >= 0.001 else \
        "bind in fewer than one cell in a thousand"


def undecided_finding(losses):
    """What is best for an undecided reader, and by how much over the next."""
    mixed = mix(EVEN, losses)
    first, second = np.argsort(mixed)[:2]
    tie = mixed[second] - mixed[first] <= evidence.central("indiff") * abs(mixed[first])
    close = "a tie" if tie else "a clear lead"
    return (f"For a reader undecided between the readings the least is lost under "
            f"{wants.POLICY_WORDS[POLICIES[first]]}, {thousands(mixed[second] - mixed[first])} life-equivalents less "
            f"than under {wants.POLICY_WORDS[POLICIES[second]]}: {close}")


def best_table(losses):
    """Share of futures in which each policy loses least, by reading, from losses (future, reading, policy): to
    print."""
    shares = best_share(losses)
    return pd.DataFrame([{"If he is": charts.LABELS[k]} |
                         {charts.LABELS[p]: wants.fives(v) for p, v in zip(POLICIES, row, strict=True)}
                         for k, row in zip(READINGS, shares, strict=True)])


def alone_finding(found, camp, belief="undecided"):
    """Whether any one of a camp's effects, moved alone to its best end, makes its policy best."""
    ends = {name: end for end, names in CAMPS[camp].items() for name in names}
    own = found[(found.belief == belief) & found.row.isin(ends)]
    own = own[[r.end == ends[r.row] for r in own.itertuples()]]
    win = list(own[own.best == camp].row)
    if not win:
        return (f"none of the {len(ends)} effects on which its advocates rely, moved alone to its best end, "
                f"makes {camp} best")
    return f"{len(win)} of the {len(ends)} effects on which its advocates rely would make {camp} best alone"


def optional_finding(draw, values):
    """What is best against the two further minds, survival only and dominance."""
    readings = wants.OPTIONAL
    minds = draw.minds[:, [READINGS.index("narrow")] * 2]
    losses = outcomes(draw.parameters, minds, readings).mean(axis=0) @ prices(values)
    best = [wants.POLICY_WORDS[POLICIES[g]] for g in losses.argmin(axis=1)]
    if best[0] == best[1]:
        both = listed(wants.READING_WORDS[r] for r in readings)
        return f"Against {both} the least is lost under {best[0]}"
    return (f"Against {wants.READING_WORDS['survival']} the least is lost under {best[0]}; against "
            f"{wants.READING_WORDS['dominance']}, under {best[1]}")


def matrix_finding(means):
    """Extremes of the matrix in words: which policy leaves fewest warheads and fewest dead, by reading."""
    arms = [POLICIES[g] for g in means[:, :, 1].argmin(axis=1)]
    dead = [POLICIES[g] for g in means[:, :, 0].argmin(axis=1)]
    return f"Fewest warheads are left by {_by_reading(arms)}; fewest people die under {_by_reading(dead)}"


def matrix_heading(means):
    """Whether the policy that leaves the fewest warheads is also the one under which fewest die, as a heading."""
    same = means[:, :, 1].argmin(axis=1) == means[:, :, 0].argmin(axis=1)
    if not same.any():
        return "No policy leaves both the fewest warheads and the fewest dead"
    return f"For {'every Kim' if same.all() else 'some Kims'} fewest warheads and fewest dead go together"


def straddle_text(register=None):
    """Whether the ranges of the policies' own multiples straddle 1, no effect, as a clause."""
    register = evidence.assumptions() if register is None else register
    rows = register.loc[list(MULTIPLES)]
    aside = int((~((rows.low < 1) & (1 < rows.high))).sum())
    if not aside:
        return "all straddle no effect, so that none is assumed"
    return f"straddle no effect, but for {aside} of {len(rows)}, where a direction is assumed"


def breakeven_frame(price, hazard):
    """The two break-even maps as a tidy frame: beliefs at the centres of small triangles, price and hazard (nan:
    never)."""
    centres = price[0].mean(axis=1)
    return pd.DataFrame(centres, columns=list(READINGS)).assign(price=price[1], hazard=hazard[1])


def prefer_text(x):
    """How far towards a camp's effects its policy becomes best (from `prefer`), as a clause."""
    return "all the way, they do not either" if np.isnan(x) else "not at all, they do already" if x == 0 else \
        f"{x:.0%} of the way, they do"


def people_text(table):
    """What pressure's effects on people add against the status quo."""
    own = table[(table.policy == "pressure") & (table.order == "average")].set_index("step")
    step = own.loc["the people", "change"]
    word = "adds" if step >= 0 else "saves"
    return f"What pressure does to ordinary people {word} {thousands(step)} life-equivalents to its loss here."


def income_text(values):
    """What the income that a deal brings weighs in lives, at the stated price and at the top of the price's range."""
    register = evidence.assumptions()
    deal, war = register.central["i_deal"], register.central["d_conv"]
    rates = values["v_income"], register.high["v_income"]
    stated, top = (thousands(prices(values | {"v_income": rate})[-1] * deal) for rate in rates)
    return (f"At the stated price the income that a deal brings counts as much as {stated} lives; at the top of the "
            f"range of that price, {top}, against {thousands(war)} dead in a conventional war")


def deaths_text(table):
    """What a count of few deaths under sanctions would take away, by whether they are the largest step against
    pressure."""
    own = table[(table.policy == "pressure") & (table.order == "average")].set_index("step").change
    step = own.drop(["neutral", "all"]).idxmax()
    if step == "the people":
        return "would take away the largest step against pressure"
    return f"would take away a step, but not the largest against pressure, which is {step}"


def pareto_finding(means):
    """Which policies another matches or beats on every outcome, before any price is set, and under which readings."""
    keep = np.stack([pareto(m) for m in means])
    if keep.all():
        return ("Before any price is set, none of the five can be struck out: under no reading does another match or "
                "beat it on all six outcomes")
    out = []
    for policy, hit in zip(POLICIES, keep.T, strict=True):
        under = [IF_HE[k] for k, kept in zip(READINGS, hit, strict=True) if not kept]
        out += [f"{wants.POLICY_WORDS[policy]} if he is {' or '.join(under)}"] if under else []
    return (f"Before any price is set, only {listed(out)} can be struck out: another policy does at least as "
            f"well on all six outcomes")


def accept_text(losses):
    """Where acceptance loses less than talks."""
    better = [IF_HE[k] for k, row in zip(READINGS, losses, strict=True) if row[ACCEPT] < row[TALKS]]
    if not better:
        return "here it loses more than talks under every reading"
    return f"here it loses less than talks if he is {' or '.join(better)}"


def kept_finding():
    """How much each side kept in full of what it promised alone, from `kept`."""
    table = kept().set_index("side")
    share = table.kept / table[["kept", "partly", "not"]].sum(axis=1)
    return (f"By our coding North Korea kept {share['PRK']:.0%} of what it promised alone in full, and the United "
            f"States {share['USA']:.0%}")


def hazard_change(hazard):
    """What a rise in the yearly risk of war would do to an undecided reader."""
    if np.isnan(hazard):
        return "No yearly risk of war that we searched would turn an undecided reader to force"
    return f"A yearly risk of war above {hazard_words(hazard)} would turn an undecided reader to force, all else equal"


def kept_table():
    """`kept` as a frame to print."""
    names = {"PRK": "North Korea", "USA": "United States"}
    return pd.DataFrame([{"Promises of": names[r.side], "Kept": r.kept, "In part": r.partly, "Not": r.no,
                          "Share, part as half": wants.percent(r.share)}
                         for r in kept().rename(columns={"not": "no"}).itertuples()])


# ---------------------------------------------------------------- drawings
def _reading_marks(t):
    shape = alt.Shape("reading:N", scale=alt.Scale(domain=list(READINGS), range=[charts.SHAPE[k] for k in READINGS]))
    return alt.Color("reading:N", scale=alt.Scale(**charts.colours(READINGS, t))), shape


def draw_matrix(t, narrow, table):
    """Six panels, one an outcome: policies by rows, the three readings as marks with their 5-95 per cent ranges."""
    names, width = [charts.LABELS[p] for p in POLICIES], 112
    columns = 1 if narrow else 3
    inner = charts.size(narrow, width) - 14 if narrow else (charts.size(False, width) - 2 * 26) / 3 - 10
    color, shape = _reading_marks(t)
    offset = alt.YOffset("reading:N", sort=list(READINGS))
    panels = []
    for j, (outcome, (title, unit, scale)) in enumerate(OUTCOME_LABELS.items()):
        d = table[table.outcome == outcome].assign(row=lambda r: r.policy.map(charts.LABELS))
        d[["mean", "low", "high"]] *= scale
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width,
                        labelPadding=6) if j % columns == 0 else None
        y = alt.Y("row:N", sort=names, title=None, axis=axis, scale=alt.Scale(paddingInner=.25))
        x = dict(scale=alt.Scale(domain=[min(0, d.low.min()), max(0, d.high.max())], nice=True), title=None,
                 axis=alt.Axis(tickCount=3, grid=True))
        base = alt.Chart(d).encode(y=y, yOffset=offset, color=color)
        zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x))
        bars = base.mark_rule(strokeWidth=4, opacity=.4).encode(x=alt.X("low:Q", **x), x2="high:Q")
        dots = base.mark_point(size=38).encode(x=alt.X("mean:Q", **x), shape=shape)
        heading = alt.Title(title, subtitle=unit, color=t["ink"], anchor="start", frame="group", fontSize=13,
                            subtitleFontSize=11)
        layers = [zero, bars, dots]
        if outcome == "cost":
            key = pd.DataFrame({"row": charts.LABELS["accept"], "reading": READINGS, "v": float(d.high.max()),
                                "text": [charts.LABELS[k] for k in READINGS]})
            key["dy"] = [13 * (k - 1) for k in range(len(READINGS))]
            layers.append(alt.Chart(key).mark_text(align="right", fontSize=11, fontWeight=600, dx=6,
                                                   dy=alt.expr("datum.dy")).encode(
                x=alt.X("v:Q", **x), y=y, text="text:N", color=color))
        panels.append(alt.layer(*layers).properties(width=inner, height=40 * len(names), title=heading))
    if narrow:
        return alt.vconcat(*panels, spacing=18)
    return alt.vconcat(alt.hconcat(*panels[:3], spacing=26), alt.hconcat(*panels[3:], spacing=26), spacing=22)


STEP_LABELS = {"neutral": "Neutral effects", "war risk": "War risk", "growth of the arsenal": "Arsenal's growth",
               "the people": "The people", "proceeds, precedent, justice": "Spread and justice",
               "running costs": "Running costs", "all": "All effects"}


def draw_waterfall(t, narrow, table):
    """Pressure and talks against the status quo on one scale, from neutral effects to all, averaged over all orders."""
    own = table[(table.order == "average") & table.policy.isin(["pressure", "talks"])]
    d = pd.DataFrame({"policy": own.policy, "row": own.step.map(STEP_LABELS), "b": own.total / 1000,
                      "a": np.where(own.step == "all", 0, own.total - own.change) / 1000})
    d["kind"] = np.select([own.step.isin(["neutral", "all"]), own.change > 0], ["ink2", "accent"], "data")
    d["text"] = [signed(v if step == "all" else c) for step, c, v in zip(own.step, own.change, own.total, strict=True)]
    d["end"] = d[["a", "b"]].max(axis=1)
    names, width = list(STEP_LABELS.values()), 116
    span = d.end.max() - d[["a", "b"]].min().min()
    scale = alt.Scale(domain=[d[["a", "b"]].min().min() - .03 * span, d.end.max() + .17 * span], nice=False)
    x = dict(scale=scale, title=None, axis=alt.Axis(tickCount=5, grid=True))
    inner = (charts.size(narrow, width) - (0 if narrow else 24)) / (1 if narrow else 2)
    color = alt.Color("kind:N", scale=alt.Scale(**charts.colours(["ink2", "accent", "data"], t)))
    panels = []
    for k, policy in enumerate(("pressure", "talks")):
        rows = d[d.policy == policy].reset_index(drop=True)
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width) if narrow or k == 0 else None
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        joined = rows.iloc[:-1].assign(next=list(rows.row[1:]))
        panels.append(alt.layer(
            alt.Chart(joined).mark_rule(color=t["ink3"]).encode(x=alt.X("b:Q", **x), y=y, y2="next:N"),
            alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x)),
            alt.Chart(rows).mark_bar(height=14).encode(x=alt.X("a:Q", **x), x2="b:Q", y=y, color=color),
            charts.label(rows, t, "text:N", "ink", weight=600, dx=5, x=alt.X("end:Q", **x), y=y)).properties(
            width=inner, height=28 * len(names), title=alt.Title(charts.LABELS[policy], color=t["ink"], anchor="start",
                                                                 frame="group", fontSize=13)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=20 if narrow else 24)


def signed(x):
    """Life-equivalents as signed whole thousands: +44, −14, 0."""
    n = round(x / 1000)
    return f"{n:+,}".replace("-", "−") if n else "0"


SHORT = {"accept": "Accept"}


def _centre(corners):
    """Centre of gravity of a convex polygon of beliefs."""
    fans = [np.stack([corners[0], a, b]) for a, b in zip(corners[1:], corners[2:], strict=False)]
    area = np.array([region_share(f) for f in fans])
    return np.average([f.mean(axis=0) for f in fans], axis=0, weights=area)


def fields(losses, indiff):
    """Polygons and names for `charts.triangle`: pale where a policy is best, deep where it is so beyond the error."""
    polygons, names = [], []
    for policy in POLICIES:
        for opacity, margin in ((.28, 0.0), (.62, indiff)):
            corners = best_region(losses, policy, margin)
            if len(corners) > 2:
                polygons.append((policy, opacity, corners))
        regions = [q for p, _, q in polygons[::-1] if p == policy and region_share(q) > 0.03]
        if regions:  # the name lies where the choice is decided, if that is wide enough
            region = regions[0]
            names.append((SHORT.get(policy, charts.LABELS[policy]), _centre(region)))
    return polygons, names


def draw_triangle(t, narrow, losses):
    """The triangle of minds: the best policy for each mix of readings, deep where the choice is beyond the error."""
    polygons, names = fields(losses, evidence.central("indiff"))
    return charts.triangle(t, narrow, polygons, names=names)


def _pair(t, narrow, drawn):
    """Two triangles (polygons, names, title): beside each other, on the phone one above the other."""
    made = [charts.triangle(t, True, polygons, names=names, side=230).properties(
        title=alt.Title(words, color=t["ink"], anchor="middle", fontSize=13)) for polygons, names, words in drawn]
    return alt.vconcat(*made, spacing=8) if narrow else alt.hconcat(*made, spacing=0)


def draw_packages(t, narrow, half, full):
    """Two triangles: each reading with its own camp's effects, half-way and all the way."""
    return _pair(t, narrow, [(*fields(losses, evidence.central("indiff")), words) for losses, words in (
        (half, "Half-way to each camp's effects"), (full, "All the way"))])


def draw_breakeven(t, narrow, price, hazard):
    """Two maps over the triangle: the price of a warhead and the war hazard at which force overtakes; deeper =
    sooner."""
    drawn = []
    for (corners, v), words, fmt in ((price, "Price of a warhead, lives", two_digits),
                                     (hazard, "Yearly risk of war without it", hazard_words)):
        found = np.isfinite(v)
        x = np.log(np.where(found, v, np.nan))
        low, high = (np.nanmin(x), np.nanmax(x)) if found.any() else (0.0, 1.0)
        depth = np.where(found, .15 + .6 * (high - x) / max(high - low, 1e-9), 0.0)
        polygons = [("force", round(float(o), 2), c) for o, c in zip(depth, corners, strict=True) if o > 0]
        centres = corners.mean(axis=1)
        spots = [np.argmin(np.abs(centres - b).sum(axis=1)) for b in
                 ([.78, .11, .11], [.11, .78, .11], [.11, .11, .78], [1 / 3] * 3)]
        drawn.append((polygons, [(fmt(v[i]), centres[i]) for i in spots], words))
    return _pair(t, narrow, drawn)


def draw_regret(t, narrow, table):
    """Mean regret and its 95th percentile by policy, one panel a set of effects."""
    titles = {"drawn": "As drawn", "force": "Force's effects", "pressure": "Pressure's effects",
              "talks": "Talks' effects"}
    names, width = [charts.LABELS[p] for p in POLICIES], 112
    columns = 2 if narrow else 4
    inner = (charts.size(narrow, width) - (columns - 1) * 22) / columns - 10
    color = alt.Color("policy:N", scale=alt.Scale(**charts.colours(POLICIES, t)))
    d = table.assign(row=table.policy.map(charts.LABELS), mean=table["mean"] / 1000, q95=table.q95 / 1000)
    top = 200 * np.ceil(d.q95.max() / 200)
    x = dict(scale=alt.Scale(domain=[0, top], nice=False), title=None,
             axis=alt.Axis(values=[0, top / 3, 2 * top / 3] if top % 3 == 0 else [0, top / 2], grid=True))
    panels = []
    for k, (effects, title) in enumerate(titles.items()):
        rows = d[d.effects == effects]
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width,
                        labelPadding=6) if k % columns == 0 else None
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        bars = alt.Chart(rows).mark_bar(height=13).encode(x=alt.X("mean:Q", **x), y=y, color=color)
        tail = alt.Chart(rows).mark_rule(strokeWidth=1.4).encode(x=alt.X("mean:Q", **x), x2="q95:Q", y=y, color=color)
        ends = alt.Chart(rows).mark_tick(thickness=2, height=11, width=11, orient="vertical").encode(
            x=alt.X("q95:Q", **x), y=y, color=color)
        panels.append(alt.layer(tail, bars, ends).properties(width=inner, height=26 * len(names), title=alt.Title(
            title, color=t["ink"], anchor="start", frame="group", fontSize=13)))
    if narrow:
        return alt.vconcat(alt.hconcat(*panels[:2], spacing=22), alt.hconcat(*panels[2:], spacing=22), spacing=16)
    return alt.hconcat(*panels, spacing=22)


def draw_bracket(t, narrow, table, low, high):
    """Implied success of pressure by mind, over the bracket of the record."""
    labels = charts.LABELS | {"survival": "Survival only", "dominance": "Dominance"}
    d = table.assign(row=table.reading.map(labels), low=table.low * 100, mean=table["mean"] * 100,
                     high=table.high * 100,
                     token=[k if k in READINGS else "data" for k in table.reading])
    names, width = list(d.row), 118
    x = dict(scale=alt.Scale(domain=[0, 50], nice=False), title="Chance that he accommodates pressure, %",
             axis=alt.Axis(values=[0, 10, 20, 30, 40, 50]))
    y = alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width))
    tokens = [*READINGS, "data"]
    color = alt.Color("token:N", scale=alt.Scale(**charts.colours(tokens, t)))
    box = pd.DataFrame({"a": [100 * low], "b": [100 * high]})
    band = alt.Chart(box).mark_rect(color=t["band"]).encode(x=alt.X("a:Q", **x), x2="b:Q")
    word = charts.label(box.assign(row=names[-1]), t, alt.value("the record of sanctions"), "ink3", "right", dx=-6,
                        size=11, x=alt.X("b:Q", **x), y=y)
    bars = alt.Chart(d).mark_rule(strokeWidth=6, opacity=.45).encode(
        x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color)
    dots = alt.Chart(d).mark_point(size=60).encode(x=alt.X("mean:Q", **x), y=y, color=color, shape=alt.Shape(
        "token:N", scale=alt.Scale(domain=tokens, range=[*(charts.SHAPE[k] for k in READINGS), "diamond"])))
    return alt.layer(band, bars, dots, word).properties(width=charts.size(narrow, width), height=34 * len(names))
