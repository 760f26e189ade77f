"""What knowing a belief would be worth."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, options, sampling
from bargain.futures.sampled import BELIEF, PRESET, SEED, STAKES, Run, jackknife, warhead_prices
from bargain.simplex import mix
from bargain.terms import POLICIES


# ---------------------------------------------------------------- what knowing is worth
def information(
    means: Mapping[str, np.ndarray],
    values: Mapping[str, Any],
    belief: ArrayLike = BELIEF,
    stakes: int = 0,
    index: int | None = None,
) -> dict[str, float]:
    """Value of information from the means of a run, {name: life-equivalents}, at fixed values and a belief.

    means: as `summary`; stakes: an index of the drawn stakes, then STAKES; index: that of values' v_warhead in
    `warhead_prices`, for `effects` and `everything` (left out when None). v0: the least expected loss of one policy.

    reading     v0 - Σ_k b_k min_g ⟨L_kg⟩ (0 wherever one policy is best at every reading)
    effects     v0 - ⟨min_g Σ_k b_k L_kg⟩;  everything: v0 - ⟨Σ_k b_k min_g L_kg⟩
    probe       v0 - Σ_y min_g ⟨Σ_k b_k P(y | k) L_kg⟩: its answer and nothing else, never below 0
    delay       what the probe's time costs: the probe's years and then the choice, to the same end date
    price       its money and the prize;  test_first: probe - delay - price, which can be below 0
    """
    checks.finite(means=means, values=values)
    checks.weights(belief=belief)
    worth, b = options.prices(values), np.asarray(belief)
    loss = lambda table: np.einsum("kgo,o->kg", table, worth)  # noqa: E731
    mixed = lambda table: b @ loss(table)  # noqa: E731
    v0 = mixed(means["means"]).min()
    told = mixed(means["accept"][stakes]).min() + mixed(means["means"] - means["accept"][stakes]).min()
    late = mixed(means["later_accept"][stakes]).min() + mixed(means["later"] - means["later_accept"][stakes]).min()
    money, prize = means["toll"]
    out = {
        "reading": v0 - b @ loss(means["means"]).min(axis=1),
        "probe": v0 - told,
        "delay": late - told,
        "price": values["v_bn"] * money + prize,
    }
    out["test_first"] = out["probe"] - out["delay"] - out["price"]
    if index is not None:
        out |= {"effects": v0 - means["effects"][index], "everything": v0 - means["everything"][index]}
    return out


def information_frame(run: Run, values: dict[str, Any] | None = None, belief: ArrayLike = BELIEF) -> pd.DataFrame:
    """`information` over prices of a warhead (stakes drawn), and over stakes at the stated price: a tidy frame.

    Columns: kind, warhead (price), stakes (nan: as drawn), value, se.
    """
    checks.finite(values=values)
    checks.weights(belief=belief)
    values = options.preset(PRESET) if values is None else values
    grid, rows = warhead_prices(), []
    settings: list[tuple[float, float, int, int | None]] = [(float(v), np.nan, 0, i) for i, v in enumerate(grid)]
    settings += [(float(values["v_warhead"]), s, 1 + j, None) for j, s in enumerate(STAKES)]
    for warhead, stakes, slot, index in settings:
        at_price = values | {"v_warhead": warhead}
        names = list(information(run.mean(), at_price, belief, slot, index))
        found = jackknife(lambda m, a=(at_price, belief, slot, index): np.array(list(information(m, *a).values())), run)  # type: ignore[misc]
        rows += [(name, warhead, stakes, v, e) for name, v, e in zip(names, *found, strict=True)]
    return pd.DataFrame(rows, columns=["kind", "warhead", "stakes", "value", "se"])


def best_frame(run: Run, values: dict[str, Any] | None = None, belief: ArrayLike = BELIEF) -> pd.DataFrame:
    """The best policy without more knowledge at each price of a warhead: columns warhead, policy."""
    checks.finite(values=values)
    checks.weights(belief=belief)
    values = options.preset(PRESET) if values is None else values
    means = run.mean()["means"]
    return pd.DataFrame(
        [
            (
                v,
                POLICIES[
                    int(
                        (
                            np.asarray(belief)
                            @ np.einsum("kgo,o->kg", means, options.prices(values | {"v_warhead": float(v)}))
                        ).argmin()
                    )
                ],
            )
            for v in warhead_prices()
        ],
        columns=["warhead", "policy"],
    )


def row_information(
    draw: options.Draw,
    losses: np.ndarray,
    belief: Sequence[float] = BELIEF,
    bins: int = 16,
    seed: int = SEED,
    register: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Value of knowing one row perfectly, by conditional means in bins of equally many futures: a frame.

    losses: (future, reading, policy). Columns row, group, value, permuted. Binned estimates are biased upward:
    `permuted` is what the same bins give for the row's values in another order, where there is nothing to learn. Values
    are left out: they are not knowledge.
    """
    checks.counts(bins=bins, seed=seed)
    checks.finite(losses=losses)
    checks.weights(belief=belief)
    register = evidence.assumptions() if register is None else register
    mixed = mix(belief, losses.swapaxes(0, 1))
    v0, rng, rows = mixed.mean(axis=0).min(), np.random.default_rng(seed), []

    def worth(order: np.ndarray) -> float:
        parts = mixed[order].reshape(bins, -1, mixed.shape[1]).mean(axis=1)
        return v0 - parts.min(axis=1).mean()

    for name in sampling.ranged(sampling.rows(register, options.CHAPTERS)):
        if register.at[name, "group"] in ("values", "test_first", "robustness", "reader_mind"):
            continue
        order = np.argsort(draw.parameters[name], kind="stable")
        rows.append((name, register.at[name, "group"], worth(order), worth(rng.permutation(order))))
    return pd.DataFrame(rows, columns=["row", "group", "value", "permuted"])
