"""One-way sensitivity: each row at the ends of its range, all else as drawn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, kims, sampling, terms
from bargain.options.consequences import cells, expected
from bargain.options.draws import CHAPTERS, Draw, minds_of
from bargain.options.values import RATES, prices
from bargain.simplex import mix
from bargain.terms import POLICIES

CLEAR = 10_000  # life-equivalents: a flip with a smaller lead can come and go with the seed of a small draw


def flips(
    draw: Draw, values: dict[str, Any], beliefs: Mapping[str, ArrayLike], register: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Every ranged row set to its low and high end, all else as drawn: who is then best?

    beliefs: {name: belief over readings}. Returns a frame with columns row, end, belief, best (policy), base (best with
    the row as drawn), lead (loss of the second best less that of the best). A row of prices moves the values.
    """
    checks.weights(beliefs=beliefs)
    register = evidence.assumptions() if register is None else register
    table = sampling.rows(register, CHAPTERS)
    answers, effects = kims.respond(draw.parameters, draw.minds), cells(draw.parameters)
    base = expected(answers, effects).mean(axis=0)
    out = []

    def record(row: str, end: str, means: np.ndarray, value: Mapping[str, Any]) -> None:
        for name, belief in beliefs.items():
            mixed, before = mix(belief, means) @ prices(value), mix(belief, base) @ prices(values)
            order = np.sort(mixed)
            out.append((row, end, name, POLICIES[mixed.argmin()], POLICIES[before.argmin()], order[1] - order[0]))

    for row in sampling.ranged(table):
        for end in ("low", "high"):
            extreme = float(table.at[row, end])
            moved = draw.parameters | {row: extreme}
            if row in RATES:
                record(row, end, base, values | {row: extreme})
                continue
            minds, asked, done = draw.minds, answers, effects
            if row.startswith("conc_"):
                minds = minds_of(moved, draw.uniforms, register)
            if row.startswith(("conc_", "dg_", "lam", "pi0_")) or row in ("q_follow", "share_accept"):
                asked = kims.respond(moved, minds)
            if not row.startswith(("conc_", "dg_", "lam", "pi0_")):
                done = cells(moved)
            record(row, end, expected(asked, done).mean(axis=0), values)
    return pd.DataFrame(out, columns=["row", "end", "belief", "best", "base", "lead"])


def flips_table(found: pd.DataFrame, register: pd.DataFrame | None = None, belief: str = "undecided") -> pd.DataFrame:
    """The rows that clearly flip the best policy of an undecided reader: a frame to print."""
    register = evidence.assumptions() if register is None else register
    own = found[(found.belief == belief) & (found.best != found.base) & (found.lead >= CLEAR)]
    return pd.DataFrame(
        [
            {
                "Assumption": register.at[r.row, "meaning"],
                "At its": r.end,
                "Best is then": terms.LABELS[r.best],
                "Lead, thousand": f"{20 * int(r.lead / 20_000 + 0.5):,}",  # halves up: a lead of CLEAR is no 0
            }
            for r in own.itertuples()
        ]
        or [{"Assumption": "no single row", "At its": "–", "Best is then": "–", "Lead, thousand": "–"}]
    )


# The multiples by which a policy, whatever he answers, scales the risk of war, growth of the arsenal and spread.
MULTIPLES = ("m_talks", "m_pressure", "m_force", "m_accept", "grow_talks", "grow_pressure", "grow_accept", "s_pressure")


def straddling(register: pd.DataFrame | None = None) -> float:
    """Share of MULTIPLES whose range has 1, no effect, inside."""
    rows = (evidence.assumptions() if register is None else register).loc[list(MULTIPLES)]
    return float(((rows.low < 1) & (rows.high > 1)).mean())
