"""Futures drawn together: the parameters of chapters 5 and 6, the minds, and which reading is true."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bargain import checks, evidence, kims, sampling, terms
from bargain.reads import lru_cache
from bargain.terms import ACC, POLICIES, READINGS

CHAPTERS = ("5", "6")  # whose rows the draw covers
SEED = 2017  # of every draw that the book prints


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
        concentration = np.broadcast_to(sampling.value(parameters, row), len(uniforms))
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
