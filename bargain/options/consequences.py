"""What follows from each policy and answer, in the units of OUTCOMES, and its expectation over his answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, kims, sampling
from bargain.options.draws import Draw
from bargain.terms import (
    ACC,
    ACCEPT,
    ESC,
    FORCE,
    HOLD,
    OUTCOMES,
    POLICIES,
    PRESSURE,
    READINGS,
    RESPONSES,
    STATUS_QUO,
    TALKS,
)


def arsenal(p: Callable[[str], np.ndarray]) -> dict[tuple[int, int], np.ndarray]:
    """Warheads after the horizon, {(policy, response): array}; `p` looks a parameter up by its name.

    Raises ValueError when today's number `n0` is not above 0.
    """
    n0, growth, ratio = p("n0"), p("horizon") * p("grow"), p("g_esc")
    if np.any(n0 <= 0):
        raise ValueError("row n0 must be above 0")
    out = {
        (STATUS_QUO, ACC): p("rho_sq") * n0,
        (STATUS_QUO, HOLD): n0 + growth,
        (STATUS_QUO, ESC): n0 + growth * ratio,
        (FORCE, ACC): p("rho_force") * n0,
        (FORCE, HOLD): (1 - p("kappa")) * n0 + growth,
        (FORCE, ESC): p("rho_war") * n0,
    }
    for g in (PRESSURE, TALKS, ACCEPT):
        name = POLICIES[g]
        kept, sincere = n0 + growth * p(f"grow_{name}"), p(f"gen_{name}")
        out[g, ACC] = sincere * p(f"rho_{name}") * n0 + (1 - sincere) * kept
        out[g, HOLD] = kept
        out[g, ESC] = n0 + growth * p(f"grow_{name}") * ratio
    return out


def war(p: Callable[[str], np.ndarray], policy: int, response: int, warheads: np.ndarray) -> np.ndarray:
    """Chance of a later major war within the horizon; 0 under (force, escalate), where the response is the war.

    Yearly hazard h = min(h0 m_policy m_response (max(A, 1)/n0)^psi, h_cap); P = 1 - (1 - h)^horizon.
    """
    checks.nonnegative(warheads=warheads)
    if (policy, response) == (FORCE, ESC):
        return np.zeros_like(warheads)
    multiple = 1.0 if policy == STATUS_QUO else p(f"m_{POLICIES[policy]}")
    answer = (p("m_acc"), 1.0, p("m_esc"))[response]
    hazard = p("h0") * multiple * answer * (np.maximum(warheads, 1) / p("n0")) ** p("psi")
    return 1 - (1 - np.minimum(hazard, p("h_cap"))) ** p("horizon")


def cells(parameters: Mapping[str, Any]) -> np.ndarray:
    """Outcomes of every policy and response, (future, policy, response, outcome), in the order of OUTCOMES.

    Units: deaths, warheads, spread events, USD bn, index of accountability, log points of the ordinary North
    Korean's income; war deaths, spread and cost are expected totals over the horizon. Raises KeyError naming a missing
    parameter, ValueError for n0 ≤ 0.
    """
    found = {}

    def p(name: str) -> np.ndarray:  # each parameter as a column over futures, looked up once
        if name not in found:
            found[name] = np.atleast_1d(sampling.value(parameters, name))
        return found[name]

    out = {o: np.zeros((kims.futures(parameters), len(POLICIES), len(RESPONSES))) for o in OUTCOMES}
    deaths, spread, cost = out["deaths"], out["spread"], out["cost"]
    justice, income = out["accountability"], out["income"]
    years = p("horizon")
    lethal = p("p_nuc") * p("d_nuc")
    for (g, r), warheads in arsenal(p).items():
        later = war(p, g, r, warheads)
        event = np.minimum(p("s0") * warheads / p("spread_ref"), 1)
        if g == PRESSURE and r != ACC:
            event = event * p("s_pressure")
        deaths[:, g, r] = later * (p("d_conv") + lethal * (warheads / p("n0")) ** p("theta"))
        out["arsenal"][:, g, r] = warheads
        spread[:, g, r] = np.minimum(event + later * p("s_war"), 1)
        cost[:, g, r] = later * p("c_war")
        justice[:, g, r] = later * p("a_war")
        income[:, g, r] = p("i_sq") + later * p("i_war")

    deaths[:, FORCE, ACC] += p("d_strike")
    deaths[:, FORCE, HOLD] += p("d_strike") + p("d_limited")
    deaths[:, FORCE, ESC] = p("d_conv") + (1 - p("kappa")) * lethal
    cost[:, FORCE, ACC] += p("c_strike")
    cost[:, FORCE, HOLD] += p("c_limited")
    justice[:, FORCE, ACC] += p("a_force_acc")
    income[:, FORCE, ACC] += p("share_flim") * p("i_limited")
    income[:, FORCE, HOLD] += p("i_limited")
    for outcome, name in ((spread, "s_war"), (cost, "c_war"), (justice, "a_war"), (income, "i_war")):
        outcome[:, FORCE, ESC] = p(name)

    deaths[:, TALKS, ACC] += years * p("x_acc")
    spread[:, TALKS, ACC] += p("precedent")
    cost[:, TALKS, ACC] += p("c_deal")
    cost[:, TALKS, HOLD:] += (years * p("c_sq") + p("share_failed") * p("c_deal"))[:, None]
    justice[:, TALKS, ACC] += p("a_deal")
    income[:, TALKS, ACC] += p("i_deal")

    deaths[:, PRESSURE, ACC] += p("share_pacc") * years * p("x_acc")
    deaths[:, PRESSURE, HOLD:] += (years * p("x_pressure"))[:, None]
    cost[:, PRESSURE, ACC] += p("share_pacc") * p("c_deal") + p("years_pacc") * p("c_pressure")
    cost[:, PRESSURE, HOLD:] += (years * p("c_pressure"))[:, None]
    justice[:, PRESSURE, ACC] += p("share_pacc") * p("a_deal")
    justice[:, PRESSURE, HOLD:] += p("a_pressure")[:, None]
    income[:, PRESSURE, ACC] += p("i_pacc")
    income[:, PRESSURE, HOLD:] += p("i_pressure")[:, None]

    cost[:, STATUS_QUO] += (years * p("c_sq"))[:, None]

    # relief goes with a cap that he takes, as it goes with a deal that he takes, kept in good faith or not
    deaths[:, ACCEPT, ACC] += p("share_accept") * years * p("x_acc")
    spread[:, ACCEPT] += p("precedent_accept")[:, None]
    cost[:, ACCEPT] += (years * p("c_accept"))[:, None]
    cost[:, ACCEPT, ACC] += p("share_accept") * p("c_deal")
    justice[:, ACCEPT] += p("a_accept")[:, None]
    income[:, ACCEPT, ACC] += p("share_accept") * p("i_deal")
    return np.stack([out[o] for o in OUTCOMES], axis=-1)


def expected(answers: ArrayLike, table: ArrayLike) -> np.ndarray:
    """Σ_r P(r) × outcome(r): (future, reading, policy, outcome) from `kims.respond` and `cells`."""
    checks.shares(answers=answers)
    checks.finite(table=table)
    answers, table = np.asarray(answers), np.asarray(table)
    n = max(len(answers), len(table))
    answers = np.broadcast_to(answers, (n, *answers.shape[1:]))
    table = np.broadcast_to(table, (n, *table.shape[1:]))
    return np.matmul(answers.swapaxes(1, 2), table).swapaxes(1, 2)  # one small product a future and policy


def outcomes(parameters: Mapping[str, Any], minds: np.ndarray, readings: Sequence[str] = READINGS) -> np.ndarray:
    """Expected outcomes, (future, reading, policy, outcome).

    minds: (future, reading, 8), in the order of `readings` (see `kims.respond` for names with a meaning of their own).
    """
    return expected(kims.respond(parameters, minds, readings), cells(parameters))


def matrix_table(outcomes: np.ndarray, readings: Sequence[str] = READINGS) -> pd.DataFrame:
    """Outcomes over the draw: reading, policy, outcome, mean, low, high (5-95 per cent of futures), in the outcomes'
    units.

    Means are of all futures, the ranges of the first 2^13, which is enough for a picture.
    """
    checks.finite(outcomes=outcomes)
    mean = outcomes.mean(axis=0)
    low, high = np.quantile(outcomes[: 2**13], [0.05, 0.95], axis=0)
    rows = [
        (k, p, o, mean[i, g, j], low[i, g, j], high[i, g, j])
        for i, k in enumerate(readings)
        for g, p in enumerate(POLICIES)
        for j, o in enumerate(OUTCOMES)
    ]
    return pd.DataFrame(rows, columns=["reading", "policy", "outcome", "mean", "low", "high"])


def clamps(draw: Draw) -> pd.DataFrame:
    """How often the model's guards bind: a frame of guard and share of all futures, policies and responses.

    The cap on the yearly war hazard, the arsenal raised to one warhead in the hazard, and the limits of 1 on spread.
    """
    found: dict[str, np.ndarray] = {}

    def p(name: str) -> np.ndarray:
        return found.setdefault(name, np.atleast_1d(sampling.value(draw.parameters, name)))

    capped, small, spread = [], [], []
    for (g, r), warheads in arsenal(p).items():
        small.append((warheads < 1).mean())
        spread.append((p("s0") * warheads / p("spread_ref") > 1).mean())
        chance = war(p, g, r, warheads)
        capped.append((chance >= 1 - (1 - p("h_cap")) ** p("horizon") - 1e-12).mean())
    total = (cells(draw.parameters)[..., OUTCOMES.index("spread")] >= 1).mean()
    guards = ["hazard capped", "arsenal below one warhead", "spread from the arsenal capped", "all spread capped"]
    return pd.DataFrame({"guard": guards, "share": [np.mean(capped), np.mean(small), np.mean(spread), total]})
