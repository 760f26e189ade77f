"""Which groups of beliefs the choice of policy hangs on: Sobol indices."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from bargain import checks, evidence, options, sampling
from bargain.futures.sampled import at, drawn_losses
from bargain.terms import TALKS

# ---------------------------------------------------------------- sensitivity
IDLE = ("test_first", "robustness", "reader_mind")  # groups that no output of the sensitivity analysis depends on


def groups(register: pd.DataFrame | None = None, single: bool = False) -> list[str]:
    """Name of the group of every dimension of the draw, in order.

    Rows by their group of the table, the 24 dimensions of the minds with their concentrations as `minds`, the true
    reading as `reading`, rows that enter no output as `idle`. single: each row its own group, but for `minds`, `idle`.
    """
    register = evidence.assumptions() if register is None else register
    out = []
    for name in options.dimensions(register):
        if name == "true_reading":
            out.append("reading")
        elif name.startswith(("mind_", "conc_")):
            out.append("minds")
        elif register.at[name, "group"] in IDLE:
            out.append("idle")
        else:
            out.append(name if single else register.at[name, "group"])
    return out


def outputs(
    uniforms: np.ndarray, register: pd.DataFrame | None = None, size: int = 8192
) -> tuple[np.ndarray, np.ndarray]:
    """Two outputs at points of the unit cube: talks less the best other (life-equivalents), and the best policy.

    Returns (lead, best): lead (n,) is L_talks - min of the others in the future's own true reading and values, below 0
    where talks are best; best (n,) the index of the best policy. Evaluated in pieces, so that memory stays small.
    """
    checks.counts(size=size)
    checks.shares(uniforms=uniforms)
    lead, best = [], []
    for start in range(0, len(uniforms), size):
        losses = drawn_losses(at(uniforms[start : start + size], register))
        lead.append(losses[:, TALKS] - np.delete(losses, TALKS, axis=1).min(axis=1))
        best.append(losses.argmin(axis=1))
    return np.concatenate(lead), np.concatenate(best)


def design(names: Sequence[str], n: int, seed: int) -> np.ndarray:
    """Saltelli's points (n, groups + 2, dimensions): A, then A with one group of dimensions from B, then B.

    A and B are drawn together; SALib's own design takes them from a Sobol net (see `sampling.points`).
    """
    checks.counts(n=n, seed=seed)
    a, b = np.split(sampling.points(n, 2 * len(names), seed), 2, axis=1)
    blocks = [np.where([name == group for name in names], b, a) for group in dict.fromkeys(names)]
    return np.stack([a, *blocks, b], axis=1)


def indices(
    names: Sequence[str], n: int, seed: int, evaluate: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] = outputs
) -> pd.DataFrame:
    """Sobol indices by groups of dimensions: first order (Saltelli and others 2010), total (Jansen 1999), by SALib.

    names: group of each dimension; n: base sample; evaluate(u) -> (lead, best). Returns a frame with
    columns group, output (`lead`, `talks best`), first, total, and changed: how often the best policy changes when only
    this group is drawn anew. Raises ValueError naming an output that does not vary.
    """
    checks.counts(n=n, seed=seed)
    from SALib.analyze import sobol as analysis  # noqa: PLC0415 (slow to load)

    problem = {
        "num_vars": len(names),
        "names": [f"x{i}" for i in range(len(names))],
        "groups": list(names),
        "bounds": [[0.0, 1.0]] * len(names),
    }
    order = list(dict.fromkeys(names))
    lead, best = evaluate(design(names, n, seed).reshape(-1, len(names)))
    blocks = best.reshape(n, len(order) + 2)
    changed = (blocks[:, 1:-1] != blocks[:, :1]).mean(axis=0)
    rows = []
    for output, y in (("lead", lead), ("talks best", (best == TALKS).astype(float))):
        if y.std() == 0:
            raise ValueError(f"output {output!r} does not vary: no index can be computed")
        found = analysis.analyze(problem, y, calc_second_order=False, num_resamples=2, seed=1)
        rows += list(zip(order, [output] * len(order), found["S1"], found["ST"], changed, strict=True))
    return pd.DataFrame(rows, columns=["group", "output", "first", "total", "changed"])
