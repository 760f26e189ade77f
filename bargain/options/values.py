"""What a reader's values make of outcomes: moral positions, prices, the loss in life-equivalents."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, sampling
from bargain.readings import EVEN
from bargain.simplex import mix
from bargain.terms import OUTCOMES, POLICIES, READINGS

RATES = ("v_life", "v_warhead", "v_spread", "v_bn", "v_justice", "v_income")
PRESET_WORDS = {"own_lives_only": "own lives first"}


def preset(name: str, register: pd.DataFrame | None = None) -> dict[str, float]:
    """A stated moral position: {rate: value} of `preset_<name>_<rate>`, with people, horizon and ramp.

    Raises KeyError naming a missing row.
    """
    register = evidence.assumptions() if register is None else register
    ids = [f"preset_{name}_{rate}" for rate in RATES]
    missing = [i for i in (*ids, "people", "horizon", "ramp") if i not in register.index]
    if missing:
        raise KeyError(f"preset {name!r}: no row {', '.join(missing)} among the assumptions")
    out = {rate: float(register.at[i, "central"]) for rate, i in zip(RATES, ids, strict=True)}
    return out | {i: float(register.at[i, "central"]) for i in ("people", "horizon", "ramp")}


def presets(register: pd.DataFrame | None = None) -> list[str]:
    """Names of the presets, in the order of the table."""
    register = evidence.assumptions() if register is None else register
    return [
        i.removeprefix("preset_").removesuffix("_v_life")
        for i in register.index
        if i.startswith("preset_") and i.endswith("_v_life")
    ]


def prices(values: Mapping[str, Any]) -> np.ndarray:
    """Life-equivalents of one unit of each outcome, (6,) or (future, 6): the loss is outcomes · prices.

    L = v_life deaths + v_warhead A + v_spread spread + v_bn cost - v_justice accountability
        - v_income people horizon ramp income.
    """
    v = {rate: sampling.value(values, rate) for rate in RATES}
    people = sampling.value(values, "people") * sampling.value(values, "horizon") * sampling.value(values, "ramp")
    worth = {
        "deaths": v["v_life"],
        "arsenal": v["v_warhead"],
        "spread": v["v_spread"],
        "cost": v["v_bn"],
        "accountability": -v["v_justice"],
        "income": -v["v_income"] * people,
    }
    return np.stack(np.broadcast_arrays(*(worth[o] for o in OUTCOMES)), axis=-1)


def loss(outcomes: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Loss in life-equivalents, shape of `outcomes` without its last axis.

    values: a preset, a reader's own {rate: number}, or a draw's parameters (one value a future, on the first axis).
    """
    checks.finite(outcomes=outcomes)
    price = prices(values)
    if price.ndim == 1:
        return outcomes @ price
    return np.einsum("n...o,no->n...", outcomes, price)


def loss_table(means: np.ndarray, values: Mapping[str, Any], belief: ArrayLike = EVEN) -> pd.DataFrame:
    """Expected losses in life-equivalents, a row a reading and one for `undecided` (at `belief`), a column a policy."""
    checks.finite(means=means)
    lost = means @ prices(values)
    return pd.DataFrame([*lost, mix(belief, lost)], index=[*READINGS, "undecided"], columns=list(POLICIES))


class IncomeWeight(NamedTuple):
    """What the income that a deal brings weighs, in life-equivalents: at the stated price of incomes and at the top of
    that price's range; and the dead of a conventional war."""

    stated: float
    top: float
    war: float


def income_weight(values: Mapping[str, Any]) -> IncomeWeight:
    """`IncomeWeight` at the prices `values`, with the central effect of a deal on income."""
    register = evidence.assumptions()
    at = OUTCOMES.index("income")
    deal, rates = register.central["i_deal"], (values["v_income"], register.high["v_income"])
    stated, top = (float(prices({**values, "v_income": rate})[at] * -deal) for rate in rates)
    return IncomeWeight(abs(stated), abs(top), float(register.central["d_conv"]))
