"""The effects of policies: neutral, one group at a time, and as each camp's advocates see them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, games, kims, sampling
from bargain.options.consequences import cells, expected, outcomes
from bargain.options.draws import Draw
from bargain.options.values import prices
from bargain.simplex import mix
from bargain.terms import POLICIES, READINGS

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
            moved[name] = sampling.value(parameters, name) * (1 - share) + share * goal
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


def alone(found: pd.DataFrame, camp: str, belief: str = "undecided") -> tuple[int, int]:
    """How many of a camp's effects, each moved alone to its best end, make its policy best, and how many there are."""
    ends = {name: end for end, names in CAMPS[camp].items() for name in names}
    own = found[(found.belief == belief) & found.row.isin(ends)]
    own = own[[r.end == ends[r.row] for r in own.itertuples()]]
    return int((own.best == camp).sum()), len(ends)
