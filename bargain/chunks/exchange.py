"""Chunks of the stored tables of `bargain.exchange`: each computes chunk k with a seed of its own."""

import numpy as np
import pandas as pd

from bargain import deal as base
from bargain import evidence
from bargain.exchange.hanoi import answers
from bargain.exchange.hold_outs import frontier, left, signed_and_kept
from bargain.exchange.packages import COMMITMENTS, nash, reserve, size
from bargain.exchange.price_lists import CELLS, TRUSTS, price_list, prices, readings_minds, trusting
from bargain.terms import COALITION, KIM, MINDS, SIDES


def shares_chunk(k: int) -> pd.DataFrame:
    """Share of minds that take everything on the table for a commitment, over trust, for cell k of CELLS: a tidy frame.

    Columns: reading, seed, trust (π at the same hazards), commitment, accepts, both (shares of the n_minds minds, the
    table at its central values).
    """
    (reading, seed), rows = CELLS[k], []
    for trust in TRUSTS:
        got = prices(trusting(base.build(), trust), readings_minds(reading, seed))
        got = got.groupby("commitment", sort=False)[["accepts", "both"]].mean().reset_index()
        rows.append(got.assign(reading=reading, seed=seed, trust=trust))
    return pd.concat(rows, ignore_index=True)[["reading", "seed", "trust", "commitment", "accepts", "both"]]


def sample_chunk(k: int) -> pd.DataFrame:
    """Prices of the commitments when mind and all assumptions are drawn together, for cell k of CELLS: a tidy frame.

    Columns: reading, seed, draw, commitment, ask, most, accepts, both, changed (accepts differs when the value of pairs
    is put back on their single steps), over n_schedules draws; seed 0 is chapter 8's draw.
    """
    (reading, seed), frames = CELLS[k], []
    cases, _ = base.sample(reading, int(evidence.central("n_schedules")), seed)
    for number, case in enumerate(cases):
        got = prices(case)
        flat = prices(base.pairs_on_steps(case))
        frames.append(got.assign(reading=reading, seed=seed, draw=number, changed=got.accepts != flat.accepts))
    return pd.concat(frames, ignore_index=True)[
        ["reading", "seed", "draw", "commitment", "ask", "most", "accepts", "both", "changed"]
    ]


def lists_chunk(k: int, minds: int = 100) -> pd.DataFrame:
    """Price lists of the first minds of reading k at the central table: one row a mind and commitment.

    Columns: reading, mind, commitment, minimal (number of minimal sets), smallest (steps in the smallest), always (ids
    in all of them, joined by ;), declaration, treaty (share of the sets with U01, U16).
    """
    minds, case, rows = evidence.quick(minds), base.build(), []
    kappa = base.kappa(case)
    for mind, scale in enumerate(base.multiplier(case.deal, readings_minds(MINDS[k])[:minds])):
        seen = np.array([kappa[KIM] * scale, kappa[COALITION]])
        for name in COMMITMENTS:
            got = price_list(case, name, seen)
            sets = got["minimal"]
            rows.append(
                {
                    "reading": MINDS[k],
                    "mind": mind,
                    "commitment": name,
                    "minimal": len(sets),
                    "smallest": len(got["smallest"]) if sets else np.nan,
                    "always": ";".join(got["always"]),
                    "declaration": np.mean(["U01" in s for s in sets]) if sets else np.nan,
                    "treaty": np.mean(["U16" in s for s in sets]) if sets else np.nan,
                }
            )
    return pd.DataFrame(rows)


def plane_chunk(k: int, minds: int = 200) -> pd.DataFrame:
    """The largest hold-out of the coalition at which a disarming deal is left, over Kim's, for cell k of CELLS.

    Columns: reading, seed, out_kim (M a half-year), low, median, high (quartiles over minds of the coalition's
    hold-out, M a half-year; -inf: no deal is left, whatever hers). The table at its central values.
    """
    minds = evidence.quick(minds)
    case, (reading, seed), values = base.build(), CELLS[k], np.linspace(0, 600, 25)
    kappa, limit = base.kappa(case), np.full((minds, 25), -np.inf)
    for m, w in enumerate(base.multiplier(case.deal, readings_minds(reading, seed)[:minds])):
        him, her = frontier(case, np.array([kappa[KIM] * w, kappa[COALITION]]))
        points = np.searchsorted(-him, -values / (1 - case.delta[KIM]), side="left")  # those above his hold-out
        limit[m, points > 0] = her[points[points > 0] - 1] * (1 - case.delta[COALITION])
    low, mid, high = np.quantile(limit, [0.25, 0.5, 0.75], axis=0, method="lower")
    return pd.DataFrame({"reading": reading, "seed": seed, "out_kim": values, "low": low, "median": mid, "high": high})


def packages_chunk(k: int, minds: int = 200) -> pd.DataFrame:
    """What the table holds for the first minds of cell k of CELLS, at its central values: one row a mind.

    Columns: reading, seed, mind, total (packages there are), signed, kept (see `signed_and_kept`), any, disarming (see
    `left`), kim, coalition (steps of the Nash package), gone (weapons it removes; these three NaN without one), joint
    (weapons removed by the package with the largest sum of gains).
    """
    minds = evidence.quick(minds)
    case, (reading, seed), rows = base.build(), CELLS[k], []
    weights = readings_minds(reading, seed)[:minds]
    some, arms = left(case, weights)
    kappa, frame = base.kappa(case), base.table()
    total = size(case.deal)
    for m, scale in enumerate(base.multiplier(case.deal, weights)):
        mine = np.array([kappa[KIM] * scale, kappa[COALITION]])
        signed, kept = signed_and_kept(base.with_mind(case, weights[m]))
        found, largest = nash(case, mine), nash(case, mine, joint=True)
        removed = [sum(frame.weapons[i] for i in f["kim"]) if f else np.nan for f in (found, largest)]
        rows.append(
            {"reading": reading, "seed": seed, "mind": m, "total": total, "signed": signed, "kept": kept}
            | {"any": some[m], "disarming": arms[m]}
            | {side: len(found[side]) if found else np.nan for side in SIDES}
            | {"gone": removed[0], "joint": removed[1]}
        )
    return pd.DataFrame(rows)


def hanoi_chunk(k: int) -> pd.DataFrame:
    """Answers of both sides to the three offers over draws of minds and all assumptions, for cell k of CELLS: a frame.

    Columns: reading, seed, draw; for each offer and side whether the answer is right, and (value_…) what the offer is
    worth over holding out in M; all; alone (his answer to the freeze of 1994 when holding out is worth nothing to him).
    """
    (reading, seed), rows = CELLS[k], []
    cases, _ = base.sample(reading, int(evidence.central("n_schedules")), seed)
    for number, case in enumerate(cases):
        got, floor = answers(case), reserve(case)
        right = {f"{r.offer}_{r.side}": r.right for r in got.itertuples()}
        over = {f"value_{r.offer}_{r.side}": r.value - floor[SIDES.index(r.side)] for r in got.itertuples()}
        alone = over["value_freeze_1994_kim"] + floor[KIM] > 0
        rows.append(
            {"reading": reading, "seed": seed, "draw": number, **right, **over, "all": got.right.all(), "alone": alone}
        )
    return pd.DataFrame(rows)


def sizes_chunk(k: int) -> pd.DataFrame:
    """The price of zero when the arsenal had another size, for cell k of CELLS: a tidy frame.

    Columns: reading, seed, size (weapons), accepts, both (shares of minds). Sizes are the tranches' edges; each smaller
    arsenal is the last tranches alone.
    """
    case, chain, (reading, seed) = base.build(), base.tranches(), CELLS[k]
    rest = [i for i in COMMITMENTS["zero"][0] if i not in chain.index]
    asked = {a: (*rest, *chain.index[chain.a <= a]) for a in chain.a}
    got = prices(case, readings_minds(reading, seed), asked).groupby("commitment")[["accepts", "both"]].mean()
    return got.rename_axis("size").reset_index().assign(reading=reading, seed=seed)
