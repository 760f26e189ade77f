"""Where the best policy changes: over beliefs, with the price of a warhead, with the yearly danger of war."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, kims, simplex, terms
from bargain.options.consequences import cells, expected
from bargain.options.draws import Draw
from bargain.options.values import loss_table, prices
from bargain.readings import EVEN
from bargain.simplex import best_region, mix, region_share
from bargain.terms import OUTCOMES, POLICIES, READINGS


def beliefs(steps: int = 40) -> np.ndarray:
    """Barycentric grid over the three readings, (points, 3): all beliefs in multiples of 1 / steps."""
    checks.counts(steps=steps)
    return np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]) / steps


def triangle(losses: np.ndarray, indiff: float) -> pd.DataFrame:
    """Who is best where: a frame of policy, share (of all beliefs), decided (best by more than `indiff`)."""
    checks.finite(losses=losses)
    checks.nonnegative(indiff=indiff)
    rows = [(p, region_share(best_region(losses, p)), region_share(best_region(losses, p, indiff))) for p in POLICIES]
    return pd.DataFrame(rows, columns=["policy", "share", "decided"])


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
    f, a = POLICIES.index(policy), mixed[..., OUTCOMES.index("arsenal")]
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


def breakeven_frame(price: np.ndarray, hazard: np.ndarray, corners: np.ndarray) -> pd.DataFrame:
    """The two break-even maps as a tidy frame: beliefs at the centres of the triangles, price, hazard (nan: never)."""
    return pd.DataFrame(corners.mean(axis=1), columns=list(READINGS)).assign(price=price, hazard=hazard)


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
