"""The offers on record, and what others could change."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from bargain import checks
from bargain import deal as base
from bargain.exchange.packages import COMMITMENTS, HANOI, reserve
from bargain.exchange.price_lists import price_list
from bargain.terms import COALITION, KIM, MINDS, OFFERS, SIDES


# ------------------------------------------------------------------------------------------------------ Hanoi
def offer(case: base.Case, name: str) -> np.ndarray:
    """What an offer of the record is worth to both sides, (2,) in M, each step at its first possible date.

    Washington's has Kim's steps first and its own after the last of them, as chapter 8's shape does.
    """
    kim, coalition, _ = HANOI[name]
    deal = case.deal
    first, dates = base.possible(deal), np.zeros(deal.steps, int)
    at_kim, at_coalition = deal.at(*kim), deal.at(*coalition)
    dates[at_kim] = first[at_kim]
    dates[at_coalition] = first[at_coalition]
    start = (1, 1)
    if name == "washington_2019":
        wait = int(first[at_kim].max())
        dates[at_coalition] = np.maximum(first[at_coalition], wait + 1)
        start = (1, wait + 1)
    return base.evaluate(case, dates, base.Clock(start=start)).carry[:, 0]


def on_record() -> dict[str, tuple[bool, bool]]:
    """{offer: (Kim agreed, the coalition agreed)}, as on record."""
    return {offer: did for offer, (_, _, did) in HANOI.items()}


def answers(case: base.Case, values: Mapping[str, np.ndarray] | None = None) -> pd.DataFrame:
    """How both sides answer the three offers: frame with offer, side, value, agrees, did (on record), right."""
    checks.finite(values=values)
    rows, floor = [], reserve(case)
    for name, (_, _, did) in HANOI.items():
        value = offer(case, name) if values is None else values[name]
        for p in (KIM, COALITION):
            agrees = bool(value[p] > floor[p])
            rows.append(
                {
                    "offer": name,
                    "side": SIDES[p],
                    "value": float(value[p]),
                    "agrees": agrees,
                    "did": did[p],
                    "right": agrees == did[p],
                }
            )
    return pd.DataFrame(rows)


def relief_cost(case: base.Case, multiple: float) -> base.Case:
    """The case with the coalition's security cost of relief (φ) multiplied."""
    checks.nonnegative(multiple=multiple)
    return base.change(case, base.of_group(case, "relief"), side=COALITION, live=multiple, hostile=multiple)


def turning(case: base.Case, name: str, side: int, lever: str) -> float:
    """The least value of a lever at which a side answers an offer as it did: float, or nan within its span.

    lever: "phi" (multiple of the cost of relief, 1 to 20), "out" (that side's hold-out, 0 to 2000 M a half-year),
    "trust" (that side's trust π at the same hazards: the value nearest to the central one).
    """
    did = HANOI[name][2][side]

    def agrees(x: float) -> bool:
        now = case
        if lever == "phi":
            now = relief_cost(case, x)
        elif lever == "out":
            out = case.out.copy()
            out[side] = x
            now = replace(case, out=out)
        else:
            trust = case.trust.copy()
            trust[side] = x
            now = replace(case, trust=trust)
        return (offer(now, name)[side] > reserve(now)[side]) == did

    here = {"phi": 1.0, "out": float(case.out[side]), "trust": float(case.trust[side])}[lever]
    if agrees(here):
        return here
    for there in {"phi": (20.0,), "out": (2000.0,), "trust": (0.0, 1.0)}[lever]:
        if agrees(there):
            a, b = here, there
            for _ in range(40):
                mid = (a + b) / 2
                a, b = (a, mid) if agrees(mid) else (mid, b)
            return b
    return np.nan


# -------------------------------------------------------------------------------------- what others would change
def declaration(case: base.Case | None = None, multiples: Iterable[float] = (1, 2, 5, 10, 20, 50)) -> pd.DataFrame:
    """In how many minimal sets the end-of-war declaration stays when it costs the coalition more: a tidy frame.

    Columns: multiple (of its cost to the coalition), commitment, minimal (number of sets), with_declaration.
    """
    checks.nonnegative(multiples=multiples)
    case, rows = case or base.build(), []
    for multiple in multiples:
        now = base.change(case, ["U01"], side=COALITION, live=multiple, hostile=multiple)
        for name in COMMITMENTS:
            sets = price_list(now, name)["minimal"]
            rows.append(
                {
                    "multiple": multiple,
                    "commitment": name,
                    "minimal": len(sets),
                    "with_declaration": sum("U01" in s for s in sets),
                }
            )
    return pd.DataFrame(rows)


def final_relief(name: str = "kim_2019") -> tuple[float, float]:
    """What an offer is worth to the coalition over no deal, in M: by the table, and if relief could not be undone."""
    case = base.build()
    final = base.change(case, base.of_group(case, "relief"), undo=np.inf)
    now, then = (float((offer(c, name) - reserve(c))[COALITION]) for c in (case, final))
    return now, then


def coalition_lines(points: int = 15) -> pd.DataFrame:
    """What the three offers are worth to the coalition over no deal: frame of lever, offer, x, bn (US$), right.

    Minds play no part. lever: "phi", the cost of relief as a multiple of the table's, or "out", its hold-out in M a
    half-year, all else at the central values; right: whether it would answer as it did.
    """
    checks.counts(points=points)
    case, rows = base.build(), []
    for lever, values in (("phi", np.linspace(0.5, 6, points)), ("out", np.linspace(0, 150, points))):
        for x in values:
            now = relief_cost(case, x) if lever == "phi" else replace(case, out=np.array([case.out[KIM], x]))
            for name, (_, _, did) in HANOI.items():
                over = (offer(now, name) - reserve(now))[COALITION]
                row = {"lever": lever, "offer": OFFERS[name], "x": float(x), "bn": over / 1000}
                rows.append(row | {"right": bool((over > 0) == did[COALITION])})
    return pd.DataFrame(rows)


def turning_table() -> pd.DataFrame:
    """What would turn each wrong answer at the central values: offer, side, did, reading, phi, out, trust (nan: none).

    Only answers that the model gets wrong for the mean mind of a reading; the coalition's do not depend on the mind.
    """
    rows, case = [], base.build()
    for name, (_, _, did) in HANOI.items():
        for p in (KIM, COALITION):
            for reading in MINDS if p == KIM else (None,):
                now = case if reading is None else base.with_mind(case, base.mean_mind(reading))
                if (offer(now, name)[p] > reserve(now)[p]) == did[p]:
                    continue
                least = {lever: turning(now, name, p, lever) for lever in ("phi", "out", "trust")}
                rows.append({"offer": name, "side": SIDES[p], "did": did[p], "reading": reading, **least})
    return pd.DataFrame(rows, columns=["offer", "side", "did", "reading", "phi", "out", "trust"])
