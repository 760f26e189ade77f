"""What a side believes of the other: fear of a breakdown by half-year, and what a flow is worth under it."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from bargain import checks, evidence
from bargain.deal.steps import Case, Deal
from bargain.terms import COALITION, KIM


# --------------------------------------------------------------------------------------------- beliefs
def hazards(
    first: float | np.ndarray, doubt: float | np.ndarray, eta0: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(π, η, η0) from the first fear q1, doubt d and residual hazard η0: π = 1 - d, η = (q1 - (1 - d) η0)/d.

    Arguments broadcast. η0 is cut at q1. Raises ValueError naming the rows when η leaves [η0, 1].
    """
    checks.shares(first=first, doubt=doubt, eta0=eta0)
    first, doubt, eta0 = np.broadcast_arrays(*(np.asarray(x, float) for x in (first, doubt, eta0)))
    eta0 = np.minimum(eta0, first)
    if np.any((doubt <= 0) | (doubt > 1)):
        raise ValueError("doubt_kim, doubt_coalition: doubt must lie in (0, 1]")
    eta = (first - (1 - doubt) * eta0) / doubt
    if np.any((eta > 1 + 1e-9) | (eta < eta0 - 1e-9)):
        raise ValueError(
            f"fear_first, doubt and eta0 do not fit: the unreliable partner's hazard {np.max(eta):.3f} leaves [eta0, 1]"
        )
    return 1 - doubt, np.clip(eta, eta0, 1), eta0  # type: ignore[return-value]  # arrays by now


def fear(
    trust: float,
    hazard: float,
    residual: float,
    periods: int,
    *,
    spike: float = 0.0,
    spike_at: int = 0,
    patient: float = 0.0,
    last: int | None = None,
    idle: Collection[int] = (),
) -> np.ndarray:
    """q_t, the fear that the partner breaks in period t = 1…periods, shape (periods,).

    A share π = trust of types is reliable (hazard η0 a half-year), the rest breaks with η; Bayes' rule after
    each period survived. `spike` is added to both in period `spike_at`. A share `patient` of the unreliable
    behaves like the reliable until `last` (the date of the last delivery), then breaks. In `idle` periods
    nothing is delivered and nothing learnt.
    """
    checks.counts(periods=periods)
    checks.shares(trust=trust, hazard=hazard, residual=residual, spike=spike, patient=patient)
    share = np.array([trust, (1 - trust) * (1 - patient), (1 - trust) * patient], float)
    q = np.empty(periods)
    settled = max(spike_at, last or 0, *idle, 0)
    for t in range(1, periods + 1):
        final = 1.0 if last is not None and t > last else residual
        break_now = np.array([residual, hazard, final])
        if t == spike_at:
            break_now = np.minimum(break_now + spike, 1.0)
        q[t - 1] = min(share @ break_now, 1.0)
        if t > settled and share[0] > 1 - 1e-15:  # nothing is left to learn
            q[t - 1 :] = q[t - 1]
            break
        if t not in idle and q[t - 1] < 1:
            share = share * (1 - break_now)
            share = share / share.sum()  # normalised each period, so that nothing underflows
    return q


def fears(
    case: Case,
    periods: int,
    *,
    last: int | None = None,
    idle: Sequence[Iterable[int]] = ((), ()),
    start: Sequence[int] = (1, 1),
) -> np.ndarray:
    """Both sides' fear of the partner, shape (2, periods).

    idle[p]: periods in which side p learns nothing; before the partner's first delivery (start of the other
    side) nothing is learnt either.
    """
    checks.counts(periods=periods)
    out = []
    for p in (KIM, COALITION):
        quiet = set(idle[p]) | set(range(1, start[1 - p]))
        out.append(
            fear(
                case.trust[p],
                case.hazard[p],
                case.residual[p],
                periods,
                spike=case.spike[p],
                spike_at=case.spike_at,
                patient=case.patient[p],
                last=last if case.patient[p] else None,
                idle=quiet,
            )
        )
    return np.array(out)


def survival(delta: float, q: np.ndarray) -> np.ndarray:
    """D(1, t) = Π_{s<t} δ (1 - q_s) for t = 1…len(q)+1, shape (len(q)+1,)."""
    checks.shares(delta=delta, q=q)
    return np.concatenate([[1.0], np.cumprod(delta * (1 - q))])


def sums(delta: float, q: np.ndarray) -> tuple[float, float]:
    """A = Σ D(1, t)(1 - q_t) and B = Σ D(1, t) q_t over all t, the last fear of q running on for ever."""
    checks.discounts(delta=delta)
    checks.shares(q=q)
    d = survival(delta, q)
    rest = d[-1] / (1 - delta * (1 - q[-1]))
    return d[:-1] @ (1 - q) + rest * (1 - q[-1]), d[:-1] @ q + rest * q[-1]


def lasting(deal: Deal, delta: ArrayLike) -> np.ndarray:
    """β (2, n): worth of a step that outlives the breakdown, h (1 - δ^L)/(1 - δ); h/(1 - δ) for L = inf."""
    checks.discounts(delta=delta)
    delta = np.asarray(delta, float)[:, None]
    return deal.hostile * (1 - delta**deal.undo) / (1 - delta)


def kappa(case: Case, periods: int | None = None) -> np.ndarray:
    """κ (2, n): value of each step or pair in a package signed and done at once, without a horizon, in M.

    κ = A c + B β, with B less the first fear for the partner's steps, which have not been delivered if he
    breaks in the first period.
    """
    checks.counts(periods=periods)
    periods = periods or int(evidence.central("periods") + evidence.central("tail"))
    q = fears(case, periods)
    beta = lasting(case.deal, case.delta)
    out = np.empty_like(beta)
    for p in (KIM, COALITION):
        a, b = sums(case.delta[p], q[p])
        own = case.deal.owner == p
        out[p] = a * case.deal.live[p] + np.where(own, b, b - q[p, 0]) * beta[p]
    return out
