"""Whole packages that can be read: what he gives, what buys it, and how many minds sign."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from bargain import checks
from bargain import deal as base
from bargain.exchange.packages import COMMITMENTS, allowed, answering, names_of, reserve
from bargain.exchange.price_lists import columns_of, readings_minds
from bargain.terms import COALITION, KIM, MINDS

# No tranche ends at half of the arsenal: two thirds gone is the nearest that the table has beyond it.
WHOLE = {
    "freeze": ("freeze", "A freeze"),
    "thirty": ("thirty", "Two thirds"),
    "everything": ("zero_no_theft", "Everything"),
}
NEAR = 0.01  # of the minds by which a cheaper set may fall short of the one that most sign


class Package(NamedTuple):
    """A whole package.

    kim, coalition: ids of the steps; reading: whose minds sign it most often; signs: {reading: share of minds that do};
    cost: of the coalition's steps to itself, M; gain: what the package is worth to it over holding out, M.
    """

    kim: tuple[str, ...]
    coalition: tuple[str, ...]
    reading: str
    signs: dict[str, float]
    cost: float
    gain: float


def bought(case: base.Case, ids: Collection[str], minds: dict[str, np.ndarray]) -> Package | None:
    """The coalition's steps that buy a set of Kim's from most minds of the reading that sells it most often; or None.

    Of the coalition's sets that keep all prerequisites with his and that it prefers to holding out, those are looked at
    that at most NEAR fewer minds sign than the best; of these the cheapest for the coalition is taken. minds: {reading:
    weights (minds, 8)}. None where no set is better for the coalition, or no mind of any reading signs one.
    """
    for weights in minds.values():
        checks.weights(weights=weights)
    deal, kappa, floor = case.deal, base.kappa(case), reserve(case)
    sets, cols = allowed(deal, COALITION)
    mine = columns_of(deal, ids)
    own = kappa[COALITION, cols] @ sets.T
    ok = np.flatnonzero(answering(deal, ids) & (own + kappa[COALITION, mine].sum() > floor[COALITION]))
    if not len(ok):
        return None
    share = {}
    for reading, weights in minds.items():
        scaled = base.multiplier(deal, weights) * kappa[KIM]
        gets = scaled[:, cols] @ sets[ok].T.astype(float)
        share[reading] = (gets > (floor[KIM] - scaled[:, mine].sum(axis=1))[:, None]).mean(axis=0)
    reading = max(share, key=lambda r: share[r].max())
    most = share[reading].max()
    if most <= 0:
        return None
    near = np.flatnonzero(share[reading] >= most - NEAR)
    k = near[np.argmax(own[ok[near]])]
    signs = {r: float(s[k]) for r, s in share.items()}
    return Package(
        tuple(ids),
        tuple(names_of(deal, COALITION, int(ok[k]))),
        max(signs, key=lambda r: signs[r]),
        signs,
        float(-own[ok[k]]),
        float(own[ok[k]] + kappa[COALITION, mine].sum() - floor[COALITION]),
    )


def whole() -> dict[str, Package | None]:
    """The three packages of WHOLE at the central values of the table, for the minds of seed 0: {name: Package}."""
    minds = {reading: readings_minds(reading) for reading in MINDS}
    case = base.build()
    return {name: bought(case, COMMITMENTS[commitment][0], minds) for name, (commitment, _) in WHOLE.items()}


def facts(packages: dict[str, Package | None]) -> pd.DataFrame:
    """The packages in numbers: a row a name; columns reading, steps (the coalition's), cost, gain (M) and, by reading,
    the share of minds that sign. Where nobody signs, gain and shares are 0 and the cost is missing."""
    rows = {
        name: {"reading": "", "steps": 0, "cost": np.nan, "gain": 0.0, **dict.fromkeys(MINDS, 0.0)}
        if got is None
        else {"reading": got.reading, "steps": len(got.coalition), "cost": got.cost, "gain": got.gain, **got.signs}
        for name, got in packages.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
