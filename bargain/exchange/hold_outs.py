"""What holding out earns, and which packages are signed and would be kept."""

from dataclasses import replace

import numpy as np

from bargain import checks, evidence
from bargain import deal as base
from bargain.exchange.packages import DISARMS, allowed, blocks, front, reserve, to_minds, worths
from bargain.exchange.price_lists import reach
from bargain.terms import COALITION, KIM


# -------------------------------------------------------------------------------------------------- hold-outs
def comeback(case: base.Case) -> np.ndarray:
    """How many times as large each side's hold-out may be when it comes back at a breakdown, (2,), at least 1."""
    checks.discounts(delta=case.delta)
    unit = replace(case, out=np.ones(2))
    return reserve(unit) / regained(unit)


def regained(case: base.Case) -> np.ndarray:
    """What holding out is worth to each side when it comes back at a breakdown, out × Σ D (1 - q), (2,) in M.

    The base (`reserve`) takes it as forgone for good; the hold-out that leaves a deal scales by the ratio of the two.
    """
    q = base.fears(case, int(evidence.central("periods") + evidence.central("tail")))
    return case.out * [base.sums(case.delta[p], q[p])[0] for p in (KIM, COALITION)]


def frontier(case: base.Case, kappa: np.ndarray | None = None, disarms: bool = True) -> np.ndarray:
    """Undominated values of all packages to both sides, (2, points), by Kim's value falling; with disarmament only."""
    checks.finite(kappa=kappa)
    deal, worth = case.deal, worths(case, kappa)
    arms, points = _disarms(deal) if disarms else None, []
    for rows, columns in blocks(deal):
        rows = rows if arms is None else rows[arms[rows]]
        if not len(rows):
            continue
        k, u = rows[front(*worth[KIM][:, rows])], columns[front(*worth[COALITION][:, columns])]
        points.append([(worth[KIM][p][k][:, None] + worth[COALITION][p][u]).ravel() for p in (KIM, COALITION)])
    pair = np.concatenate(points, axis=1)
    return pair[:, front(*pair)]


def _disarms(deal: base.Deal) -> np.ndarray:
    """Which of Kim's allowed sets remove a weapon, boolean (sets,)."""
    sets, cols = allowed(deal, KIM)
    return sets[:, list(cols).index(deal.at(DISARMS)[0])]


def left(case: base.Case, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each mind has a package better for both, and one that removes weapons: two boolean arrays (minds,)."""
    checks.weights(weights=weights)
    kappa, floor, worth = base.kappa(case), reserve(case), worths(case)
    arms, him = _disarms(case.deal), to_minds(case, weights, kappa)
    ok = np.zeros(him[KIM].shape, bool)
    for k, u in blocks(case.deal):
        most = reach(him[COALITION][:, u], worth[COALITION][COALITION, u], worth[KIM][COALITION, k], floor[COALITION])
        ok[:, k] = most > floor[KIM] - him[KIM][:, k]
    return ok.any(axis=1), ok[:, arms].any(axis=1)  # type: ignore[return-value]  # numpy calls a row's truth a scalar


# --------------------------------------------------------------------------------------------- signed and kept
def kept_kappa(case: base.Case, kappa: np.ndarray | None = None) -> np.ndarray:
    """κ less what walking away in the first half-year leaves, (2, n): the row of chapter 8 at t = 1, done at once.

    A deviator gets the partner's steps only if the partner was going to deliver them: (1 - q_1) β.
    """
    checks.finite(kappa=kappa)
    kappa = base.kappa(case) if kappa is None else kappa
    q, beta, out = base.fears(case, 1)[:, 0], base.lasting(case.deal, case.delta), kappa.copy()
    for p in (KIM, COALITION):
        other = case.deal.owner != p
        out[p, other] -= (1 - q[p]) * beta[p, other]
    return out


def signed_and_kept(case: base.Case) -> tuple[int, int]:
    """(packages both sign, packages both sign and would keep in the first half-year): exact, all pairs looked at."""
    kappa, floor = base.kappa(case), reserve(case)
    value, row = worths(case, kappa), worths(case, kept_kappa(case, kappa))
    signed = kept = 0
    for rows, u in blocks(case.deal):
        gets, stays = value[COALITION][:, u], row[COALITION][:, u]
        for k in rows:
            ok = np.all(value[KIM][:, [k]] + gets > floor[:, None], axis=0)
            signed += int(ok.sum())
            ok &= np.all(row[KIM][:, [k]] + stays >= floor[:, None], axis=0)
            kept += int(ok.sum())
    return signed, kept
