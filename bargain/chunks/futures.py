"""Chunks of the stored tables of `bargain.futures`: each computes chunk k with a seed of its own."""

import numpy as np
import pandas as pd

from bargain import evidence, options
from bargain.futures.discovery import KINDS, discovery
from bargain.futures.forms import FORMS, form_losses
from bargain.futures.knowing import best_frame, information_frame, row_information
from bargain.futures.sampled import LEVELS, PRESET, SEED, STAKES, TALK_EDGES, THRESHOLDS, jackknife, price, run
from bargain.futures.sensitivity import groups, indices
from bargain.futures.stored import seed
from bargain.terms import POLICIES, READINGS


def dimensions_chunk(chunk: int) -> pd.DataFrame:
    """The dimensions of the draw in order: dimension (from 0), name, group of the sensitivity analysis."""
    names = options.dimensions()
    return pd.DataFrame({"dimension": range(len(names)), "name": names, "group": groups()})


def regret_chunk(chunk: int) -> pd.DataFrame:
    """Regret, robustness map and best policy by P(accommodate | talks) of one whole run, a frame.

    Columns: kind, values (drawn or stated), policy, x (threshold, or lower end of a bin), value, se."""
    done = run(seed=seed(chunk))
    value, error = jackknife(lambda m: m["regret"], done)
    names = ["mean", *(f"q{100 * q:.0f}" for q in LEVELS), "best"]
    rows = []
    for v, values in enumerate(("drawn", "stated")):
        for g, policy in enumerate(POLICIES):
            cells = list(zip(value[v, g], error[v, g], strict=True))
            rows += [(kind, values, policy, np.nan, *c) for kind, c in zip(names, cells, strict=False)]
            limits = zip([*THRESHOLDS, evidence.central("regret_tau")], cells[len(names) :], strict=True)
            rows += [("under", values, policy, limit, *c) for limit, c in limits]
    share, spread = jackknife(lambda m: m["talks_best"] / np.maximum(m["talks"], 1e-12)[:, None], done)
    for i, weight in enumerate(done.mean()["talks"]):
        rows += [("by_talks", "drawn", p, TALK_EDGES[i], share[i, g], spread[i, g]) for g, p in enumerate(POLICIES)]
        rows.append(("by_talks", "drawn", "all", TALK_EDGES[i], weight, np.nan))
    return pd.DataFrame(rows, columns=["kind", "values", "policy", "x", "value", "se"])


def information_chunk(chunk: int) -> pd.DataFrame:
    """`information_frame` of one whole run, with the mean answers to the probe and the best policy by price."""
    done = run(seed=seed(chunk))
    frame = information_frame(done).assign(name="")
    mean = done.mean()
    told = [
        (kind, np.nan, s, mean[kind][j, k], np.nan, reading)
        for kind in ("answer", "show")
        for j, s in enumerate((np.nan, *STAKES))
        for k, reading in enumerate(READINGS)
    ]
    best = [("best", v, np.nan, np.nan, np.nan, p) for v, p in best_frame(done).itertuples(index=False)]
    return pd.concat([frame, pd.DataFrame(told + best, columns=frame.columns)], ignore_index=True)


def rows_chunk(chunk: int) -> pd.DataFrame:
    """`row_information` over four chunks of a seed, at the stated values."""
    size = 2 ** int(evidence.central("chunk_log2"))
    parts = [options.draw(size, seed(chunk), c) for c in range(4)]
    worth = options.prices(options.preset(PRESET))
    losses = np.concatenate([price(options.outcomes(d.parameters, d.minds), worth) for d in parts])
    joint = parts[0]._replace(
        parameters={
            k: np.concatenate([d.parameters[k] for d in parts]) if np.ndim(v) else v
            for k, v in parts[0].parameters.items()
        }
    )
    return row_information(joint, losses)


def groups_chunk(chunk: int) -> pd.DataFrame:
    """One replicate of the grouped indices, from a Saltelli sample of 2^11 base points of its own."""
    return indices(groups(), 2 ** (11 - 3 * evidence.quick()), SEED + chunk)


def singles_chunk(chunk: int) -> pd.DataFrame:
    """One replicate of the indices of single rows, from 2^9 base points of its own."""
    return indices(groups(single=True), 2 ** (9 - 3 * evidence.quick()), SEED + chunk)


def boxes_chunk(chunk: int) -> pd.DataFrame:
    """`discovery` of one of KINDS from one of two seeds: first all kinds, then the same again."""
    target, density = KINDS[chunk % len(KINDS)]
    return discovery(target, density, seed=seed(chunk // len(KINDS)))


def forms_chunk(chunk: int) -> pd.DataFrame:
    """Every form of the model on four chunks of a seed: form, policy, mean (regret), best, under (share at or under
    `regret_tau`), loss."""
    rows = []
    for form in FORMS:
        losses = np.concatenate([form_losses(form, c, seed(chunk)) for c in range(4)])
        regret = options.regret(losses)
        under = (regret <= evidence.central("regret_tau")).mean(axis=0)
        rows += list(
            zip(
                [form] * len(POLICIES),
                POLICIES,
                regret.mean(axis=0),
                options.best_share(losses),
                under,
                losses.mean(axis=0),
                strict=True,
            )
        )
    return pd.DataFrame(rows, columns=["form", "policy", "mean", "best", "under", "loss"])
