"""Beliefs over the readings: mixtures, regions of a triangle of three beliefs, and its page coordinates."""

import numpy as np
from numpy.typing import ArrayLike

from bargain import checks
from bargain.terms import POLICIES


def mix(belief: ArrayLike, means: np.ndarray) -> np.ndarray:
    """Σ_k b_k means[k]: readings are on the first axis of `means`; belief (reading,) or (m, reading)."""
    checks.weights(belief=belief)
    checks.finite(means=means)
    return np.tensordot(np.asarray(belief, float), means, axes=(-1, 0))


# ------------------------------------------------------------------ the triangle of beliefs

CORNERS = np.array([[0, 0], [1, 0], [0.5, 3**0.5 / 2]])  # of READINGS, in a triangle of side 1


def xy(beliefs: ArrayLike) -> np.ndarray:
    """Barycentric beliefs (…, 3), in the order of READINGS, to points (…, 2) of the triangle of side 1."""
    checks.finite(beliefs=beliefs)
    return np.asarray(beliefs, float) @ CORNERS


def clip(polygon: ArrayLike, a: np.ndarray, c: float = 0.0) -> np.ndarray:
    """The part of a convex barycentric polygon (n, 3) where a·p ≥ c (Sutherland and Hodgman 1974)."""
    checks.finite(polygon=polygon, a=a, c=c)
    polygon, out = np.asarray(polygon, float), []
    for p, q in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        u, v = a @ p - c, a @ q - c
        if u >= 0:
            out.append(p)
        if u * v < 0:
            out.append(p + (q - p) * u / (u - v))
    return np.array(out).reshape(-1, 3)


def cells(n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n² small triangles that tile the space of beliefs: corners (n², 3, 3), and their centres (n², 3)."""
    checks.counts(n=n)
    point = lambda i, k: np.array([n - i - k, i, k]) / n  # noqa: E731
    up = [(point(i, k), point(i + 1, k), point(i, k + 1)) for k in range(n) for i in range(n - k)]
    down = [(point(i + 1, k), point(i + 1, k + 1), point(i, k + 1)) for k in range(n - 1) for i in range(n - k - 1)]
    corners = np.array(up + down)
    return corners, corners.mean(axis=1)


def best_region(losses: np.ndarray, policy: str, margin: float = 0.0) -> np.ndarray:
    """Corners of the beliefs where a policy is best by at least a share `margin` of its loss, (corners, reading).

    losses: (reading, policy), expected losses; linear in belief, so the region is a convex polygon, cut from the
    triangle by half-planes: L_h - L_g ≥ margin |L_g| for every other h. Empty: an array of no rows.
    """
    checks.finite(losses=losses, margin=margin)
    polygon, g = np.eye(3), POLICIES.index(policy)
    for h in range(losses.shape[1]):
        for sign in (1, -1) if h != g else ():
            if len(polygon):
                polygon = clip(polygon, losses[:, h] - losses[:, g] - sign * margin * losses[:, g])
    return polygon


def region_share(corners: np.ndarray) -> float:
    """Area of a polygon of beliefs as a share of the triangle."""
    checks.finite(corners=corners)
    if len(corners) < 3:
        return 0.0
    x, y = corners[:, 0], corners[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)))  # the triangle itself has area 1/2 in (b1, b2)


def centroid(corners: np.ndarray) -> np.ndarray:
    """Centre of gravity of a convex polygon of beliefs."""
    checks.finite(corners=corners)
    fans = [np.stack([corners[0], a, b]) for a, b in zip(corners[1:], corners[2:], strict=False)]
    area = np.array([region_share(f) for f in fans])
    return np.average([f.mean(axis=0) for f in fans], axis=0, weights=area)
