"""Draws from ranges: PERT quantiles and scrambled Sobol nets, reproducible on any machine."""
import numpy as np
from scipy.special import betaincinv
from scipy.stats import qmc

EDGE = 1e-12  # uniforms stay this far from 0 and 1, where quantiles degenerate


def pert(u, low, central, high):
    """Quantiles of the PERT distribution on [low, high] with mode `central`.

    Shape parameters 1 + 4(c - l)/(h - l) and 1 + 4(h - c)/(h - l) (Malcolm and others 1959, with the
    usual weight of 4). Arguments broadcast; where low = high the value is that constant.
    Raises ValueError when a range is out of order.
    """
    u, low, central, high = np.broadcast_arrays(*(np.asarray(x, float) for x in (u, low, central, high)))
    if np.any((low > central) | (central > high)):
        raise ValueError("a range must satisfy low ≤ central ≤ high")
    width = high - low
    safe = np.where(width > 0, width, 1.0)
    a = 1 + 4 * (central - low) / safe
    return low + width * betaincinv(a, 6 - a, np.clip(u, EDGE, 1 - EDGE))


def quantile(row, u):
    """Quantiles of one assumption (a row with low, central, high, distribution) at the uniforms u."""
    low, central, high = float(row["low"]), float(row["central"]), float(row["high"])
    u = np.clip(np.asarray(u, float), EDGE, 1 - EDGE)
    kind = row["distribution"]
    if kind == "pert":
        return pert(u, low, central, high)
    if kind == "uniform":
        return low + (high - low) * u
    if kind == "log-uniform":
        return np.exp(np.log(low) + (np.log(high) - np.log(low)) * u)
    if kind.startswith("fixed"):
        return np.full_like(u, central)
    raise ValueError(f"unknown distribution {kind!r}")


def net(n, dimensions, seed):
    """n points of a scrambled Sobol net, shape (n, dimensions); `seed` may be a sequence such as (seed, chunk)."""
    sobol = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    return np.clip(sobol.random(n), EDGE, 1 - EDGE)
