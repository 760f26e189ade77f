"""The stored tables of chapter 6, each number twice: from the printed seed and from a second."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence, options, results
from bargain.futures.discovery import KINDS, USABLE, usable
from bargain.futures.sampled import SEED
from bargain.futures.sensitivity import IDLE
from bargain.prose import percent, two_figures

BELIEFS = {  # those of `BELIEF_NAMES` in words that a reader can hold: (label, unit, factor)
    "acc_talks": ("Chance that he accommodates talks", "%", 100),
    "acc_pressure": ("Chance that he accommodates pressure", "%", 100),
    "acc_force": ("Chance that he accommodates force", "%", 100),
    "war_force": ("Chance that force brings war", "%", 100),
    "war_risk": ("Risk of war in ten years", "%", 100),
    "m_talks": ("War risk under talks", "×", 1),
    "m_pressure": ("War risk under pressure", "×", 1),
    "m_force": ("War risk after force", "×", 1),
    "m_accept": ("War risk under acceptance", "×", 1),
    "war_deaths": ("Deaths in a war now", "thousand", 1e-3),
    "grow": ("Warheads added a year", "", 1),
    "grow_talks": ("Growth under talks", "×", 1),
    "grow_pressure": ("Growth under pressure", "×", 1),
    "grow_accept": ("Growth under acceptance", "×", 1),
    "gen_talks": ("Chance that a deal in talks is kept", "%", 100),
    "gen_pressure": ("Chance that a deal under pressure is kept", "%", 100),
    "gen_accept": ("Chance that a cap is kept", "%", 100),
    "x_pressure": ("Deaths a year from pressure", "thousand", 1e-3),
    "v_life": ("Worth of a life elsewhere", "", 1),
    "v_warhead": ("Price of a warhead", "lives", 1),
    "v_spread": ("Price of a spread event", "thousand lives", 1e-3),
    "v_bn": ("Price of a billion dollars", "lives", 1),
    "v_justice": ("Worth of full accountability", "thousand lives", 1e-3),
    "v_income": ("Price of 1% of a million incomes", "lives", 1e4),
}


def seed(chunk: int) -> int:
    """Stored tables hold every number twice, from two seeds: chunk 0 is what is printed, chunk 1 says which digits."""
    return SEED + 10 * chunk


def stored(name: str) -> pd.DataFrame:
    """A stored table of this chapter from the printed seed, with the second seed's number beside each: `again`."""
    table = results.load(f"futures_{name}")
    first, second = (table[table.chunk == c].drop(columns="chunk").reset_index(drop=True) for c in (0, 1))
    return first.assign(again=second["value" if "value" in second else "mean"])


def boxes() -> pd.DataFrame:
    """`discovery` of every kind from both seeds: its columns; seed, 0 (printed) or 1; label, unit and factor of the
    belief as BELIEFS has them; value: whether it is a price of an outcome, which no evidence can settle."""
    table = results.load("futures_boxes")
    told = table.belief.map(lambda name: BELIEFS.get(name, (name, "", 1)))
    words = {name: [x[k] for x in told] for k, name in enumerate(("label", "unit", "factor"))}
    return table.assign(seed=table.chunk // len(KINDS), **words, value=table.belief.str.startswith("v_")).drop(
        columns="chunk"
    )


def boxes_table(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Boxes of `boxes`, seed 0, to print: what is said of a policy, what one must believe, density and coverage.

    names: {target: words}. Numbers of the second seed are not shown; a kind without a usable box says so.
    """
    out = []
    for target, words in names.items():
        own = table[(table.target == target) & (table.rule == USABLE)]
        if not usable(own, target):
            out.append((words, "no few beliefs mark it", "–", "–"))
            continue
        for _, box in own[own.seed == 0].groupby("box"):
            told = "; ".join(_limits(r) for r in box.itertuples())
            out.append((words, told, percent(box.density.iloc[0]), percent(box.coverage.iloc[0])))
    return pd.DataFrame(out, columns=["", "if one believes all of this", "Density", "Coverage"])


def _limits(row: Any) -> str:
    """A restricted belief with its limits: chance that he accommodates talks below 11%."""
    ends = (("above", row.low), ("below", row.high))
    unit = row.unit if row.unit in ("%", "×", "") else f" {row.unit}"
    told = " and ".join(f"{side} {two_figures(x * row.factor)}{unit}" for side, x in ends if np.isfinite(x))
    return f"{row.label[0].lower()}{row.label[1:]} {told}"


def by_policy(table: pd.DataFrame, kind: str, values: str = "drawn", x: float | None = None) -> pd.Series:
    """One kind of number of `stored("regret")` by policy, the mean of both seeds; x: the threshold of a share."""
    checks.finite(x=x)
    rows = table[(table.kind == kind) & (table["values"] == values)]
    rows = rows if x is None else rows[np.isclose(rows.x, x, rtol=1e-6)]
    return rows.set_index("policy")[["value", "again"]].mean(axis=1)


def by_talks(table: pd.DataFrame) -> pd.DataFrame:
    """How often each policy is best, by the chance that he accommodates talks: rows are lower ends of the bins, columns
    policies, from `stored("regret")`, the mean of both seeds."""
    rows = table[(table.kind == "by_talks") & (table.policy != "all")]
    return rows.assign(mean=rows[["value", "again"]].mean(axis=1)).pivot(index="x", columns="policy", values="mean")


def leads_from(best: pd.DataFrame, policy: str = "talks") -> float:
    """The lower end of the first bin from which on a policy is best most often; nan where it is not in the last."""
    ahead = (best.idxmax(axis=1) == policy).to_numpy()
    if not ahead[-1]:
        return np.nan
    behind = np.flatnonzero(~ahead)
    return float(best.index[behind[-1] + 1 if len(behind) else 0])


def leaders(table: pd.DataFrame, below: float = 0.97) -> pd.Series:
    """The policy with the greatest share of futures at or under each threshold at which no share has reached `below`,
    from `stored("regret")` with values as drawn."""
    checks.shares(below=below)
    rows = table[(table.kind == "under") & (table["values"] == "drawn")]
    return rows[rows.value < below].pivot_table(index="x", columns="policy", values="value").dropna().idxmax(axis=1)


def singles(most: int = 6) -> pd.DataFrame:
    """The single rows with the greatest total index for "talks best": row, meaning, kind (value or belief), total, and
    error (the half-width of a 95 per cent interval)."""
    checks.counts(most=most)
    table = results.load("futures_singles")
    own = table[(table.output == "talks best") & ~table.group.isin(["idle", "reading", "minds", *IDLE])]
    by = own.groupby("group").total
    found = pd.DataFrame({"total": by.mean(), "error": 2 * by.std() / np.sqrt(own.chunk.nunique())})
    found = found.sort_values("total", ascending=False).head(most).reset_index(names="row")
    kind = np.where(found.row.isin(list(options.RATES)), "value", "belief")
    return found.assign(meaning=found.row.map(evidence.assumptions().meaning), kind=kind)


def singles_table(table: pd.DataFrame) -> pd.DataFrame:
    """`singles` to print."""
    span = [f"{max(r.total - r.error, 0):.2f}–{r.total + r.error:.2f}" for r in table.itertuples()]
    return pd.DataFrame({"What it is": table.meaning, "Kind": table.kind, "Total index": span})
