"""Chunks of the stored tables of `bargain.own_kim`: each computes chunk k with a seed of its own."""

import pandas as pd

from bargain import evidence, options, terms
from bargain.live.own_kim import STEPS


# ---------------------------------------------------------------- the table behind the page
def effects_chunk(chunk: int) -> pd.DataFrame:
    """Mean outcomes over one chunk of the draw, by whose effects and how far they are moved.

    Returns a frame: camp (`drawn` or one of `options.CAMPS`), step (tenths of the way), reading, policy and the six
    outcomes in their units.
    """
    draw = options.draw(2 ** int(evidence.central("chunk_log2")), options.SEED, chunk)
    rows = []
    for camp, step in [("drawn", 0), *((c, s) for c in options.CAMPS for s in range(1, STEPS + 1))]:
        moved = draw.parameters if camp == "drawn" else options.advocate(draw.parameters, camp, step / STEPS)
        means = options.outcomes(moved, draw.minds).mean(axis=0)
        rows += [
            (camp, step, k, p, *means[i, g]) for i, k in enumerate(terms.READINGS) for g, p in enumerate(terms.POLICIES)
        ]
    return pd.DataFrame(rows, columns=["camp", "step", "reading", "policy", *terms.OUTCOMES])
