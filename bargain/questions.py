"""The same question in every chapter: would he yield, would he sign, would he keep? One row a question and chapter.

Nothing is modelled here: each row is a mean of what its chapter computes or has stored.
"""

from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, futures, kims, options, results, terms, wants
from bargain.prose import fives
from bargain.terms import MINDS, POLICIES, READINGS

WHO = tuple(dict.fromkeys((*READINGS, *MINDS)))


def _sampled(chapter: str, kind: str, asked: str, values: np.ndarray) -> dict[str, Any]:
    """A row from a draw of the three readings, (future, reading), or from their means, (reading,)."""
    means = np.atleast_2d(values).mean(axis=0)
    return {"chapter": chapter, "kind": kind, "asked": asked} | dict(zip(READINGS, map(float, means), strict=True))


def _stored(chapter: str, kind: str, asked: str, frame: pd.DataFrame, flag: pd.Series) -> dict[str, Any]:
    """A row from a stored table of minds that can bargain, with the column reading."""
    means = flag.groupby(frame["reading"]).mean()
    return {"chapter": chapter, "kind": kind, "asked": asked} | {r: float(means[r]) for r in MINDS}


def same(draw: options.Draw) -> pd.DataFrame:
    """Chances to yield, to sign and to keep, by reading: chapter, kind (yield, sign, keep), asked, and a column a mind
    (`WHO`; NaN where the chapter does not ask him).

    Chapters 2, 5 and 6 from the draw, 7 and 8 from their stored tables: at even trust, over minds; half and all of
    the arsenal by the depth of the schedule that both sides keep.
    """
    p, minds = draw.parameters, draw.minds
    answers = kims.respond(p, minds)[..., 0]
    rows = [
        _sampled("2", "yield", f"Rolls back under {name}", answers[:, :, POLICIES.index(policy)])
        for policy, name in (("talks", "talks"), ("pressure", "pressure"), ("force", "force"))
    ]
    sale = wants.not_for_sale(p, minds)
    rows.append(_sampled("2", "yield", "Prefers a full deal, habit apart", np.array([1 - sale[r] for r in READINGS])))
    own = []
    for k, reading in enumerate(READINGS):
        camp = options.PAIRING[reading]
        moved = options.advocate(p, camp, 1.0)
        own.append(kims.respond(moved, minds[:, [k]], (reading,))[:, 0, POLICIES.index(camp), 0].mean())
    rows.append(_sampled("5", "yield", "Rolls back under his camp’s policy, as it claims", np.array(own)))
    said, show = futures.accepts(p, minds, [p["probe_stakes"]])
    rows.append(_sampled("6", "sign", "Takes a first, smaller offer", said[0]))
    rows.append(_sampled("6", "sign", "The same, meaning it", said[0] - show[0]))
    shares = results.load("exchange_shares")
    even = shares[np.isclose(shares["trust"], 0.5)]
    for commitment, words in (("freeze", "Signs a freeze"), ("zero", "Signs away every weapon")):
        part = even[even["commitment"] == commitment]
        rows.append(_stored("7", "sign", f"{words} for all on the table", part, part["accepts"]))
    offers = results.load("exchange_hanoi")
    answered = "Both sides answer three real offers as they did"
    rows.append(_stored("7", "sign", answered, offers, offers["all"].astype(float)))
    kept = results.load("schedules_sample")
    kept, arsenal = kept[kept["shape"] == "derived"], evidence.central("arsenal_now")
    for floor, words in ((0.0, "any weapon"), (arsenal / 2, "half of the arsenal"), (arsenal, "every weapon")):
        flag = kept["depth"] > 0 if floor == 0 else kept["depth"] >= floor - 1e-6
        rows.append(_stored("8", "keep", f"Keeps a schedule that removes {words}", kept, flag.astype(float)))
    return pd.DataFrame(rows).reindex(columns=["chapter", "kind", "asked", *WHO])


def to_read(table: pd.DataFrame) -> pd.DataFrame:
    """`same` as a frame to print, in fives; a dash where the chapter does not ask him."""
    out = table[["asked", "chapter"]].rename(columns={"asked": "What is asked", "chapter": "Chapter"})
    return out.assign(**{terms.LABELS[r]: table[r].map(lambda x: "–" if np.isnan(x) else fives(x)) for r in WHO})
