"""Chapter 7: every package of steps, counted exactly for every mind; prices, paper, hold-outs and Hanoi.

A package is a set of steps signed and done at once. Its worth to a side is a sum over steps and pairs (κ), so
that for a mind only the sum of the two sides' lengths matters, and all packages can be counted without being
listed. Strict inequality: a package is acceptable when it beats holding out, V_p > out_p/(1 - δ_p).
"""
from functools import lru_cache

import numpy as np

from bargain import deal as base
from bargain.deal import COALITION, KIM


@lru_cache(maxsize=64)
def _sets(owner, needs, members):
    """Allowed sets of one side's steps as a boolean matrix (sets, own steps and pairs) and their column indices."""
    steps = [i for i in range(len(needs)) if owner[i]]
    order = base._order({i: needs[i] for i in steps})
    sets = np.zeros((1, len(needs)), bool)
    for i in order:
        with_i = sets[sets[:, list(needs[i])].all(axis=1)].copy()
        with_i[:, i] = True
        sets = np.concatenate([sets, with_i])
    pairs = [k for k, m in enumerate(members) if owner[m[0]]]
    y = np.stack([sets[:, list(members[k])].all(axis=1) for k in pairs], axis=1) if pairs else \
        np.zeros((len(sets), 0), bool)
    cols = np.array(steps + [len(needs) + k for k in pairs], int)
    full = np.concatenate([sets[:, steps], y], axis=1)
    full.setflags(write=False)
    return full, cols


def allowed(deal, side):
    """All sets of a side's steps that respect prerequisites: boolean (sets, columns) and the columns' indices.

    Columns are the side's steps, then its pairs (true when all members are in the set).
    """
    owner = tuple(bool(x) for x in deal.owner[:deal.steps] == side)
    return _sets(owner, deal.needs, deal.members)


def worths(case, kappa=None):
    """Worth of every allowed set: dict side -> (2, sets), the value of that side's sets to Kim and the coalition."""
    kappa = base.kappa(case) if kappa is None else kappa
    out = {}
    for side in (KIM, COALITION):
        sets, cols = allowed(case.deal, side)
        out[side] = kappa[:, cols] @ sets.T.astype(float)
    return out


def front(first, second):
    """Indices of the undominated points of two vectors, in descending order of the first."""
    order = np.lexsort((-second, -first))
    best = np.maximum.accumulate(second[order])
    keep = np.concatenate([[True], best[1:] > best[:-1]])
    return order[keep]


def nash(case, kappa=None):
    """The Nash package: the largest product of both sides' gains over holding out; dict or None.

    None when no package is better for both. Keys: kim, coalition (ids of the steps), gain (2,) in M over
    holding out, value (2,). Dominated sets cannot win (the product rises in both gains), so only the two
    fronts are paired.
    """
    worth = worths(case, kappa)
    reserve = case.out / (1 - case.delta)
    k, u = front(*worth[KIM]), front(*worth[COALITION])
    gain = [worth[KIM][p][k][:, None] + worth[COALITION][p][u][None, :] - reserve[p] for p in (KIM, COALITION)]
    product = np.where((gain[0] > 0) & (gain[1] > 0), gain[0] * gain[1], -np.inf)
    i, j = np.unravel_index(np.argmax(product), product.shape)
    if product[i, j] == -np.inf:
        return None
    names = []
    for side, at in ((KIM, k[i]), (COALITION, u[j])):
        sets, cols = allowed(case.deal, side)
        names.append([case.deal.ids[c] for c, x in zip(cols, sets[at], strict=True) if x and c < case.deal.steps])
    gains = np.array([gain[0][i, j], gain[1][i, j]])
    return {"kim": names[0], "coalition": names[1], "gain": gains, "value": gains + reserve}


def weights(case):
    """1/V_p of the Nash package, (2,): how chapter 8 adds the two sides' values among equals.

    Without a package better for both, each side's total of absolute step values takes its place.
    """
    got = nash(case)
    return 1 / (got["gain"] if got else np.abs(base.kappa(case)).sum(axis=1))
