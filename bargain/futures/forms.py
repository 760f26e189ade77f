"""Other forms of the model, and whether they choose otherwise."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from bargain import checks, evidence, options, sampling
from bargain.futures.sampled import SEED, SPREAD, at, drawn_losses, own, price
from bargain.futures.sensitivity import groups
from bargain.terms import POLICIES, PRESSURE, READINGS

# ---------------------------------------------------------------- other forms of the model
FORMS = ("base", "survival", "together", "shock", "collapse", "force", "pressure", "talks")
TOGETHER = ("war", "humanitarian", "arsenal", "spread", "cost", "justice", "income")
ACCEPTING = {
    "m_accept": "war",
    "grow_accept": "arsenal",
    "rho_accept": "arsenal",
    "gen_accept": "arsenal",
    "precedent_accept": "spread",
    "c_accept": "cost",
    "a_accept": "justice",
}


def together(uniforms: np.ndarray, register: pd.DataFrame | None = None) -> np.ndarray:
    """Uniforms in which all rows of one group share one coordinate: as far as positive dependence can go.

    The first dimension of each group of TOGETHER serves all its rows, those of acceptance with their like for the other
    policies (ACCEPTING), so that no policy is spared; goals, minds, responses and values keep theirs.
    """
    checks.shares(uniforms=uniforms)
    dims, out = options.dimensions(register), uniforms.copy()
    names = [ACCEPTING.get(d, name) for d, name in zip(dims, groups(register), strict=True)]
    for group in TOGETHER:
        columns = [i for i, name in enumerate(names) if name == group]
        out[:, columns] = uniforms[:, columns[:1]]
    return out


def collapsed(outcomes: np.ndarray, parameters: Mapping[str, Any]) -> np.ndarray:
    """Outcomes (future, …, policy, outcome) with collapse as a hazard: chance × `s_collapse` more spread, at most 1.

    Chance 1 - (1 - h)^horizon with h = `h_collapse`, under pressure times `m_collapse_pressure`. What else collapse
    would bring is in nobody's table.
    """
    checks.finite(outcomes=outcomes, parameters=parameters)
    out = outcomes.copy()
    yearly = np.repeat(parameters["h_collapse"][:, None], len(POLICIES), axis=1)
    yearly[:, PRESSURE] *= parameters["m_collapse_pressure"]
    more = (1 - (1 - np.minimum(yearly, 1)) ** parameters["horizon"]) * parameters["s_collapse"][:, None]
    more = more.reshape(len(more), *[1] * (outcomes.ndim - 3), len(POLICIES))
    out[..., SPREAD] = np.minimum(out[..., SPREAD] + more, 1)
    return out


def form_losses(form: str, chunk: int, seed: int = SEED, register: pd.DataFrame | None = None) -> np.ndarray:
    """Losses (future, policy) of one chunk under one form of the model, in its own true reading and values."""
    checks.counts(chunk=chunk, seed=seed)
    register = evidence.assumptions() if register is None else register
    size = 2 ** int(register.at["chunk_log2", "central"])
    if form == "together":
        return drawn_losses(
            at(together(sampling.points(size, len(options.dimensions(register)), (seed, chunk)), register), register)
        )
    draw = options.draw(size, seed, chunk, register)
    if form == "survival":
        return drawn_losses(draw, tuple("survival" if r == "narrow" else r for r in READINGS))
    if form in options.CAMPS:
        draw = draw._replace(parameters=options.advocate(draw.parameters, form, 0.5, register))
    if form == "collapse":
        outcomes = collapsed(options.outcomes(draw.parameters, draw.minds), draw.parameters)
        return price(own(outcomes, draw), options.prices(draw.parameters))
    losses = drawn_losses(draw)
    if form == "shock":
        u = sampling.points(size, len(POLICIES), (seed, chunk, 1))
        losses = losses + draw.parameters["shock_sd"][:, None] * ndtri(u)
    return losses
