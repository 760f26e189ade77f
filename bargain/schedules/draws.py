"""Joint draws of minds and assumptions, and the programme solved for each."""

from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence, kims, phasing
from bargain import deal as base
from bargain.reads import lru_cache
from bargain.terms import MINDS

PERIODS = 12  # half-years of a sampled programme: the longest chain takes nine; `horizon_chunk` shows longer ones
NODES = 40  # nodes of a sampled programme; what is left open is stored as the proven bound
PARTS = 5  # chunks a reading of the full sample; the tenth comes in THIRDS a reading
THIRDS = 3
SEED, OTHER_SEED = 0, 1


@lru_cache(maxsize=2)
def parameters(seed: int = SEED) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The n_schedules joint draws of the assumptions: (frame, a row a draw; uniforms of the steps' values)."""
    checks.counts(seed=seed)
    return base.draws(int(evidence.central("n_schedules")), seed)


@lru_cache(maxsize=6)
def _minds(reading: str, seed: int) -> np.ndarray:
    return kims.minds(reading, int(evidence.central("n_schedules")), seed)


def drawn(reading: str, i: int, seed: int = SEED) -> tuple[base.Case, dict[str, float]]:
    """Draw i of a reading: (case, dict of the drawn parameters)."""
    checks.counts(i=i, seed=seed)
    values, uniforms = parameters(seed)
    case = base.build(values.iloc[i].to_dict(), {s: u[i] for s, u in uniforms.items()})
    return base.with_mind(case, _minds(reading, seed)[i]), values.iloc[i].to_dict()


def tenth(k: int) -> tuple[str, list[tuple[int, base.Case, dict[str, float]]]]:
    """Reading, and (number, case, parameters) of part k of the first tenth of the draws (THIRDS parts a reading)."""
    checks.counts(k=k)
    reading = MINDS[k // THIRDS]
    some = np.array_split(np.arange(int(evidence.central("n_schedules")) // 10), THIRDS)[k % THIRDS]
    return reading, [(int(i), *drawn(reading, i)) for i in some]


def solve(case: base.Case, shape: str = "derived", clock: base.Clock | None = None, **options: Any) -> base.Schedule:
    """A schedule at the sample's horizon and node limit, without the second pass and without words."""
    options = {"tie": False, "nodes": NODES, "explain": False, **options}
    return phasing.solve(case, clock or base.Clock(periods=PERIODS), shape=shape, **options)


def outcome(got: base.Schedule) -> dict[str, Any]:
    """What is stored of a schedule: status, expected (E), bound, depth, deepest (date of the last removal)."""
    return {k: getattr(got, k) for k in ("status", "expected", "bound", "depth", "deepest")}
