"""A case of the deal: minds and assumptions drawn, and the steps priced for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, kims, sampling
from bargain.deal.beliefs import hazards
from bargain.deal.steps import BELIEFS, CAPITAL, FIXED, LATENT, LEVER_ROWS, SCALES, Case, Deal, remade, table, tranches
from bargain.terms import COALITION, GOALS, KIM, SIDES


# ------------------------------------------------------------------------------------------------ minds
def minds(reading: str, n: int, seed: int = 0) -> np.ndarray:
    """(n, 8) goal weights of the first n minds of a reading, in the order of GOALS."""
    checks.counts(n=n, seed=seed)
    return kims.minds(reading, n, seed)


def mean_mind(reading: str) -> np.ndarray:
    """(8,) mean goal weights of a reading, from the register; ValueError when the eight do not sum to 1."""
    weights = np.array([evidence.central(f"mean_{reading}_{g}") for g in GOALS])
    if abs(weights.sum() - 1) > 1e-6:
        raise ValueError(f"mean_{reading}_…: the eight weights add up to {weights.sum():.4f}, not 1")
    return weights


def multiplier(deal: Deal, weights: ArrayLike) -> np.ndarray:
    """8 Σ_g share_g w_g: how a mind scales Kim's value of each step; (n,) for one mind, (minds, n) for many.

    The table is written for the reference mind of equal weights, whose multiplier is 1 for every step.
    """
    checks.weights(weights=weights)
    return len(GOALS) * np.asarray(weights) @ deal.shares.T


def with_mind(case: Case, weights: ArrayLike, dominance: float = 0.0) -> Case:
    """The case as a mind sees it: all of Kim's values scaled by its multipliers.

    dominance: weight on power over the South; the other weights shrink to 1 - w, and peace no longer lessens
    that part of the arsenal's worth (ε becomes (1 - w) ε + w for K08 to K12).
    """
    checks.weights(weights=weights)
    checks.shares(dominance=dominance)
    deal = case.deal
    live, hostile = deal.live.copy(), deal.hostile.copy()
    if dominance:
        arms = deal.at(*LATENT)
        live[KIM, arms] = (1 - dominance) * live[KIM, arms] + dominance * hostile[KIM, arms]
    scale = (1 - dominance) * multiplier(deal, weights)
    live[KIM] *= scale
    hostile[KIM] *= scale
    return replace(case, deal=replace(deal, live=live, hostile=hostile))


# ------------------------------------------------------------------------------------------------ draws
def parameters() -> dict[str, float]:
    """Central value of every register row the deal uses: dict id -> float."""
    return {i: evidence.central(i) for i in BELIEFS + SCALES + LEVER_ROWS + FIXED}


def draws(n: int, seed: int | Sequence[int]) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """n joint draws of all assumptions: (frame of parameters, dict of uniforms for the steps' values).

    One dimension a drawn parameter, and a step and side (live and hostile value move together) and a step's
    undo time, in one set of points.
    """
    checks.counts(n=n, seed=seed)
    frame, rows = table(), evidence.assumptions()
    steps = int(frame.needs.notna().sum())
    drawn = BELIEFS + SCALES + LEVER_ROWS
    u = sampling.points(n, len(drawn) + 2 * len(frame) + steps, seed)
    out = pd.DataFrame({i: sampling.quantile(rows.loc[i], u[:, k]) for k, i in enumerate(drawn)})
    for i in FIXED:
        out[i] = evidence.central(i)
    k = len(drawn)
    return out, {
        "kim": u[:, k : k + len(frame)],
        "coalition": u[:, k + len(frame) : k + 2 * len(frame)],
        "undo": u[:, k + 2 * len(frame) :],
    }


def _ranged(frame: pd.DataFrame, value: str, u: np.ndarray | None) -> np.ndarray:
    low, mid, high = (frame[f"{value}_{x}"].to_numpy(float) for x in ("low", "central", "high"))
    if u is None:
        return mid.copy()
    fixed = ~np.isfinite(high) | (low == high)
    return np.where(
        fixed, mid, sampling.pert(u, np.where(fixed, 0, low), np.where(fixed, 0, mid), np.where(fixed, 0, high))
    )


def build(values: Any = None, uniforms: Mapping[str, np.ndarray] | None = None) -> Case:
    """A case for the reference mind: central table and register, or one joint draw.

    values: mapping id -> number (a row of `draws`), overriding the register's central values; uniforms: dict
    of (n,) arrays for kim, coalition and (steps,) for undo. Multipliers act over their central value: H_A and
    ε on Kim's arsenal, the war risk on the coalition's, φ and politics on its cost of relief; sunk capital
    costs the stock times 1 - δ at the δ in force; undo of the tranches follows the remake rate and the plants.
    """
    checks.finite(values=values)
    checks.shares(uniforms=uniforms)
    frame, mid = table(), parameters()
    v = {**mid, **(dict(values) if values is not None else {})}
    u = uniforms or {"kim": None, "coalition": None, "undo": None}  # type: ignore[dict-item]  # None: the centre
    live = np.array([_ranged(frame, f"{s}_coop", u[s]) for s in SIDES])
    hostile = np.array([_ranged(frame, f"{s}_host", u[s]) for s in SIDES])
    group = frame.group.to_numpy()
    over = {i: v[i] / mid[i] for i in SCALES if mid[i]}
    arms, relief = group == "arsenal", group == "relief"
    hostile[KIM, arms] *= over["arsenal_worth"]
    live[KIM, arms] *= over["arsenal_worth"] * over["arsenal_peace"]
    hostile[COALITION, arms] *= over["ua_risk"]
    live[COALITION, arms] *= over["ua_risk"]
    live[COALITION, relief] *= over["phi_live"] * over["relief_politics"]
    hostile[COALITION, relief] *= over["phi_broken"] * over["relief_politics"]
    capital = frame.index.isin(CAPITAL)
    for flow in (live, hostile):
        flow[COALITION, capital] *= (1 - v["delta_coalition"]) / (1 - mid["delta_coalition"])
    is_step = frame.needs.notna().to_numpy()
    steps = frame[is_step]
    undo = _ranged(steps, "undo", u["undo"])
    ids = list(frame.index)
    chain = list(tranches().index)
    if uniforms is not None or v["remake_rate"] != mid["remake_rate"]:
        undo[[ids.index(i) for i in chain]] = remade(v["remake_rate"], undo[ids.index("K07")])
    members = tuple(tuple(ids.index(i) for i in m) for m in frame.members[~is_step])
    undo = np.concatenate([undo, [min(undo[list(m)]) for m in members]])
    deal = Deal(
        ids=tuple(ids),
        owner=np.array([SIDES.index(s) for s in frame.side]),
        group=tuple(group),
        live=live,
        hostile=hostile,
        undo=undo,
        shares=frame[[f"share_{g}" for g in GOALS]].to_numpy(float),
        weapons=frame.weapons.to_numpy(float),
        earliest=steps.earliest_start.to_numpy(int),
        duration=steps.duration.to_numpy(int),
        needs=tuple(tuple(ids.index(j) for j in ns) for ns in steps.needs),
        members=members,
    )
    belief = [hazards(v[f"fear_first_{s}"], v[f"doubt_{s}"], v["eta0"]) for s in SIDES]
    return Case(
        deal,
        *(  # type: ignore[arg-type, misc]  # the six arrays that follow the deal
            np.array(x, float)
            for x in (
                [v[f"delta_{s}"] for s in SIDES],
                *zip(*belief, strict=True),
                [v[f"out_{s}"] for s in SIDES],
                [v["election_spike"], 0.0],
            )
        ),
        spike_at=int(v["election_period"]),
        patient=np.array([v["patient_share"], 0.0]),
    )


def sample(reading: str, n: int, seed: int = 0) -> tuple[list[Case], pd.DataFrame]:
    """n cases of a reading, a list: mind k with draw k; and the frame of the drawn parameters."""
    checks.counts(n=n, seed=seed)
    values, uniforms = draws(n, seed)
    weights = minds(reading, n, seed)
    cases = [
        with_mind(build(values.iloc[k].to_dict(), {s: x[k] for s, x in uniforms.items()}), weights[k]) for k in range(n)
    ]
    return cases, values
