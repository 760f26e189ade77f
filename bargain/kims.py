"""What moves each Kim: weights over goals, what policies do to the goals, and the answers that follow."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaincinv, gammaln

from bargain import checks, evidence, sampling
from bargain.terms import GOALS, MINDS, POLICIES, READINGS, RESPONSES


# ---------------------------------------------------------------- minds
def means(reading: str, register: pd.DataFrame | None = None) -> np.ndarray:
    """Mean weights of a reading over GOALS, (8,), from the rows `mean_<reading>_<goal>`.

    Raises KeyError naming a missing row, ValueError when a mean is negative or the eight do not sum to 1.
    """
    register = evidence.assumptions() if register is None else register
    ids = [f"mean_{reading}_{goal}" for goal in GOALS]
    missing = [i for i in ids if i not in register.index]
    if missing:
        raise KeyError(f"reading {reading!r}: no row {', '.join(missing)} among the assumptions")
    mean = register.loc[ids, "central"].to_numpy(float)
    if (mean < 0).any() or abs(mean.sum() - 1) > 1e-6:
        raise ValueError(f"rows mean_{reading}_<goal> must be at least 0 and sum to 1, not to {mean.sum():g}")
    return mean / mean.sum()


def weights(u: np.ndarray, mean: np.ndarray, concentration: float | np.ndarray) -> np.ndarray:
    """Dirichlet weights by inversion, shape of `u` (…, goals): x = P⁻¹(concentration × mean, u), w = x / Σx.

    P is the regularised lower incomplete gamma function. Where x underflows, its logarithm is taken from the leading
    term P(a, x) ≈ x^a / Γ(a + 1), so that tiny shapes never give 0/0. A mean of 0 gives a weight of 0.
    Raises ValueError for a concentration that is not above 0.
    """
    checks.shares(u=u)
    checks.nonnegative(mean=mean)
    checks.positive(concentration=concentration)
    u = np.clip(np.asarray(u, float), sampling.EDGE, 1 - sampling.EDGE)
    shape = np.broadcast_to(np.asarray(concentration, float)[..., None] * mean, u.shape)
    if not (np.asarray(concentration) > 0).all():
        raise ValueError("a Dirichlet concentration must be above 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        x = gammaincinv(shape, u)
        small = (np.log(u) + gammaln(shape + 1)) / shape
        log = np.where(x > 1e-280, np.log(x), small)
    log = np.where(shape > 0, log, -np.inf)
    x = np.exp(log - log.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def columns(reading: str) -> slice:
    """Which eight of the 24 dimensions a reading uses: undecided minds the first, those that a reader adds narrow's."""
    order = READINGS if reading in READINGS else MINDS if reading in MINDS else ("", reading)
    start = 8 * order.index(reading)
    return slice(start, start + 8)


def minds(reading: str, n: int, seed: int, register: pd.DataFrame | None = None) -> np.ndarray:
    """n minds of a reading, (n, 8) in the order of GOALS, at the central `conc_<reading>`.

    One set of n points in 24 dimensions, eight a reading.
    Raises KeyError naming a missing row.
    """
    checks.counts(n=n, seed=seed)
    register = evidence.assumptions() if register is None else register
    mean, row = means(reading, register), f"conc_{reading}"
    if row not in register.index:
        raise KeyError(f"reading {reading!r}: no row {row} among the assumptions")
    u = sampling.points(n, 24, seed)[:, columns(reading)]
    return weights(u, mean, register.at[row, "central"])


def mean_mind(reading: str, register: pd.DataFrame | None = None) -> np.ndarray:
    """The mean weights of a reading, (8,): the centre of its Dirichlet."""
    return means(reading, register)


# ---------------------------------------------------------------- goal cells
def futures(parameters: Mapping[str, Any]) -> int:
    """Length of the futures axis of a parameter set: 1 when all are single numbers; ValueError where lengths differ."""
    sizes = {np.size(v) for v in parameters.values() if np.ndim(v)}
    if len(sizes - {1}) > 1:
        raise ValueError(f"parameters differ in their number of futures: {sorted(sizes)}")
    return max(sizes, default=1)


def changes(parameters: Mapping[str, Any], goals: Sequence[str] = GOALS) -> np.ndarray:
    """Goal changes Δ over the horizon, (future, policy, response, goal), in the order of POLICIES and RESPONSES.

    Cells `dg_<policy>_<response>_<goal>` that are not listed are 0. Holding out under force costs
    (1 - q) Δ(force, hold) + q Δ(force, escalate), q = `q_follow`. Accept and deter: hold and escalate as under talks;
    accommodate = `share_accept` × that of talks, except the deterrent (`dg_accept_accommodate_deterrent`).
    Raises ValueError naming a goal cell that belongs to no policy, response or goal.
    """
    out = np.zeros((futures(parameters), len(POLICIES), len(RESPONSES), len(goals)))
    for name, cell in parameters.items():
        if not name.startswith("dg_"):
            continue
        checks.finite(**{name: cell})
        policy, response, goal = parse(name)
        if policy != "accept" and goal in goals:
            out[:, POLICIES.index(policy), RESPONSES.index(response), goals.index(goal)] = cell
    force, talks, accept = (POLICIES.index(p) for p in ("force", "talks", "accept"))
    q = sampling.value(parameters, "q_follow")[..., None]
    out[:, force, 1] = (1 - q) * out[:, force, 1] + q * out[:, force, 2]
    out[:, accept] = out[:, talks]
    out[:, accept, 0] *= sampling.value(parameters, "share_accept")[..., None]
    if "deterrent" in goals:
        out[:, accept, 0, goals.index("deterrent")] = sampling.value(parameters, "dg_accept_accommodate_deterrent")
    return out


def parse(name: str) -> tuple[str, str, str]:
    """Policy, response and goal of a cell's name; ValueError names a cell that fits none."""
    for policy in POLICIES:
        for response in RESPONSES:
            head = f"dg_{policy}_{response}_"
            if name.startswith(head) and name[len(head) :] in (*GOALS, "dominance"):
                return policy, response, name[len(head) :]
    raise ValueError(f"row {name!r} is no goal cell: dg_<policy>_<response>_<goal>")


# ---------------------------------------------------------------- answers
def habit(parameters: Mapping[str, Any]) -> np.ndarray:
    """Default response π0, (future, response), from `pi0_acc` and `pi0_esc`. ValueError when they exceed 1 together."""
    acc, esc = np.broadcast_arrays(sampling.value(parameters, "pi0_acc"), sampling.value(parameters, "pi0_esc"))
    if (acc < 0).any() or (esc < 0).any() or (acc + esc > 1).any():
        raise ValueError("rows pi0_acc and pi0_esc must be at least 0 and sum to at most 1")
    return np.atleast_2d(np.stack([acc, 1 - acc - esc, esc], axis=-1))


def answer(utility: np.ndarray, precision: ArrayLike, default: np.ndarray) -> np.ndarray:
    """Response probabilities of the logit around a habit, shape of `utility` (…, response).

    precision has the shape of `utility` without its last axis (or broadcasts to it); 0 returns the habit.
    """
    checks.finite(utility=utility)
    checks.nonnegative(precision=precision)
    checks.shares(default=default)
    with np.errstate(divide="ignore"):
        score = np.asarray(precision, float)[..., None] * utility + np.log(default)
    score -= score.max(axis=-1, keepdims=True)
    out = np.exp(score)
    return out / out.sum(axis=-1, keepdims=True)


def moved(parameters: Mapping[str, Any], reading: str) -> list[np.ndarray]:
    """What moves a reading, three columns over futures: gains, losses and blows, from `gain_…`, `loss_…`, `blow_…`.

    Readings that a reader adds are moved as the narrow one is. KeyError names a missing row.
    """
    own = reading if reading in READINGS else "narrow"
    return [sampling.value(parameters, f"{kind}_{own}").reshape(-1, 1, 1) for kind in ("gain", "loss", "blow")]


def felt(parameters: Mapping[str, Any], delta: np.ndarray, reading: str) -> np.ndarray:
    """Goal changes as a reading feels them, shape of `delta` (future, policy, response, goal).

    His own acts count in full: what each response changes under today's course, and what yielding costs him under any
    policy. What a policy adds is scaled: a gain (an offer) by `gain_…`, a cost of not yielding by `loss_…`, under force
    by `blow_…`. 1: as an equal change that he brings about himself; 0: not at all; below 0: it stiffens him.
    """
    checks.finite(delta=delta)
    gain, loss, blow = moved(parameters, reading)
    rest = delta[:, POLICIES.index("status_quo")]
    out = np.empty(np.broadcast_shapes(delta.shape, (len(gain), 1, 1, 1), (len(loss), 1, 1, 1), (len(blow), 1, 1, 1)))
    for g, policy in enumerate(POLICIES):
        added = delta[:, g] - rest
        cost = np.broadcast_to(blow if policy == "force" else loss, (len(out), len(RESPONSES), 1)).copy()
        cost[:, 0] = 1.0
        out[:, g] = rest + np.where(added > 0, gain, cost) * added
    return out


def respond(parameters: Mapping[str, Any], minds: np.ndarray, readings: Sequence[str] = READINGS) -> np.ndarray:
    """P(response | policy, reading), (future, reading, policy, response).

    minds: (future, reading, 8), the weights of each reading in each future, in the order of `readings`.
    Utilities are those of `felt`. λ = `lam`, except the irrational reading, a creature of habit: 0 under all but force,
    where it is `lam_irr_force`. Two names are special:
    "survival" ignores its weights: its utility is the mean of personal and regime survival, and only force touches
    them; "dominance" gives `w_dominance` to power over the South and scales its other weights to 1 - that.
    Raises ValueError for minds of another shape.
    """
    checks.weights(minds=minds)
    minds = np.asarray(minds, float)
    if minds.ndim != 3 or minds.shape[1:] != (len(readings), len(GOALS)):
        raise ValueError(f"minds must have the shape (futures, {len(readings)}, {len(GOALS)}), not {minds.shape}")
    delta, force = changes(parameters), POLICIES.index("force")
    default = habit(parameters)[:, None, :]
    lam = np.broadcast_to(
        sampling.value(parameters, "lam").reshape(-1, 1),
        (1, len(POLICIES)) if futures(parameters) == 1 else (futures(parameters), len(POLICIES)),
    )
    out = []
    for k, reading in enumerate(readings):
        precision = lam
        if reading == "irrational":
            precision = np.zeros_like(lam)
            precision[:, force] = sampling.value(parameters, "lam_irr_force")
        if reading == "survival":
            utility = np.zeros(delta.shape[:3])
            utility[:, force] = delta[:, force, :, :2].mean(axis=-1)
        else:
            utility = np.einsum("ngrz,nz->ngr", *pair(felt(parameters, delta, reading), minds[:, k]))
        if reading == "dominance":
            w = sampling.value(parameters, "w_dominance").reshape(-1, 1, 1)
            utility = (1 - w) * utility + w * changes(parameters, ("dominance",))[..., 0]
        out.append(answer(utility, precision, default))
    return np.stack(np.broadcast_arrays(*out), axis=1)


def pair(delta: np.ndarray, minds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Goal changes and minds with one length of futures, whichever of the two has 1."""
    checks.finite(delta=delta, minds=minds)
    n = max(len(delta), len(minds))
    return np.broadcast_to(delta, (n, *delta.shape[1:])), np.broadcast_to(minds, (n, *minds.shape[1:]))


# ---------------------------------------------------------------- how far apart are the readings?
def divergence(mean_response: np.ndarray, readings: Sequence[str] = READINGS) -> pd.DataFrame:
    """Kullback-Leibler divergence between readings under each policy, and the answers needed for 20 to 1.

    mean_response: (reading, policy, response), *mean* probabilities of each reading. Returns a frame with columns
    policy, truth, rival, nats (expected log likelihood ratio of one answer when `truth` is true) and
    answers (ln 20 / nats; infinite where the two readings answer alike).
    """
    checks.shares(mean_response=mean_response)
    rows = []
    for g, policy in enumerate(POLICIES):
        for i, truth in enumerate(readings):
            for j, rival in enumerate(readings):
                if i == j:
                    continue
                p, q = mean_response[i, g], mean_response[j, g]
                with np.errstate(divide="ignore", invalid="ignore"):
                    nats = float(np.where(p > 0, p * np.log(p / q), 0.0).sum())
                nats = max(nats, 0.0)
                rows.append((policy, truth, rival, nats, np.log(20) / nats if nats > 1e-15 else np.inf))
    return pd.DataFrame(rows, columns=["policy", "truth", "rival", "nats", "answers"])
