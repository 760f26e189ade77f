"""The smallest price lists of each commitment, and what paper alone would have to be worth."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence
from bargain import deal as base
from bargain.exchange.packages import COMMITMENTS, NAMES, PAPER, allowed, answering, names_of, reserve, row_of, worths
from bargain.reads import lru_cache
from bargain.terms import COALITION, KIM, MINDS


# -------------------------------------------------------------------------------------- prices of commitments
def price_list(case: base.Case, commitment: str, kappa: np.ndarray | None = None) -> dict[str, Any]:
    """What a commitment of Kim's costs in the coalition's steps: dict.

    ask: what he wants for it, in M (with his hold-out); most: the most the table offers him; acceptable: number of
    the coalition's sets that both sides prefer to holding out; minimal: those of them of which no proper allowed
    subset is acceptable (lists of ids); always: steps in all of these; smallest, cheapest (for the coalition): ids
    or None. Minimality is exact whatever the signs of the steps: every subset is looked at, by a subset transform.
    On the table are the coalition's sets that the commitment allows: none with a step that needs more of Kim.
    """
    checks.finite(kappa=kappa)
    ids = COMMITMENTS[commitment][0] if isinstance(commitment, str) else tuple(commitment)
    deal, worth, floor = case.deal, worths(case, kappa), reserve(case)
    own = worth[KIM][:, row_of(deal, KIM, ids)]
    value = worth[COALITION] + own[:, None]
    fits = answering(deal, ids)
    both = fits & (value[KIM] > floor[KIM]) & (value[COALITION] > floor[COALITION])
    sets, cols = allowed(deal, COALITION)
    n = int((cols < deal.steps).sum())
    masks = sets[:, :n] @ (1 << np.arange(n))
    below = np.zeros(1 << n, bool)  # an acceptable set at or below
    below[masks[both]] = True
    for bit in range(n):  # subset transform: or over all subsets
        view = below.reshape(-1, 2, 1 << bit)
        view[:, 1] |= view[:, 0]
    drop = np.zeros(1 << n, bool)
    for bit in range(n):  # an acceptable set strictly below: below one of the sets with one step less
        view, under = drop.reshape(-1, 2, 1 << bit), below.reshape(-1, 2, 1 << bit)
        view[:, 1] |= under[:, 0]
    minimal = np.flatnonzero(both & ~drop[masks])
    lists = [names_of(deal, COALITION, m) for m in minimal]
    cheapest = minimal[np.argmax(worth[COALITION][COALITION, minimal])] if len(minimal) else None
    return {
        "ask": floor[KIM] - own[KIM],
        "most": worth[COALITION][KIM, fits].max(initial=-np.inf),
        "acceptable": int(both.sum()),
        "minimal": lists,
        "always": sorted(set.intersection(*map(set, lists))) if lists else [],
        "smallest": min(lists, key=len) if lists else None,
        "cheapest": names_of(deal, COALITION, cheapest) if len(minimal) else None,
    }


def columns_of(deal: base.Deal, ids: Iterable[str]) -> np.ndarray:
    """Indices of a set's steps and of the pairs that it completes; the set may disregard prerequisites."""
    at = deal.at(*ids)
    return np.concatenate(
        [at, [deal.steps + k for k, m in enumerate(deal.members) if set(m) <= set(at.tolist())]]
    ).astype(int)


def reach(gets: np.ndarray, own: np.ndarray, coalition_gets: np.ndarray, floor: float) -> np.ndarray:
    """The most Kim gets from sets that the coalition still accepts for each set of his, (minds, K); -inf for none.

    gets (minds, U): his worth of the coalition's sets; own (U,): the coalition's; coalition_gets (K,): its worth of
    his sets; floor: what holding out is worth to it. The sets it accepts are a prefix of its order.
    """
    checks.finite(gets=gets, own=own, coalition_gets=coalition_gets, floor=floor)
    order = np.argsort(-own, kind="stable")
    prefix = np.searchsorted(-own[order], coalition_gets - floor, side="left")
    cuts = np.unique(prefix[prefix > 0])
    out = np.full((len(gets), len(coalition_gets)), -np.inf)
    if len(cuts):
        starts = np.concatenate([[0], cuts[:-1]])
        best = np.maximum.accumulate(np.maximum.reduceat(gets[:, order[: cuts[-1]]], starts, axis=1), axis=1)
        some = prefix > 0
        out[:, some] = best[:, np.searchsorted(cuts, prefix[some])]
    return out


def prices(
    case: base.Case, weights: np.ndarray | None = None, commitments: Mapping[str, Collection[str]] | None = None
) -> pd.DataFrame:
    """Ask, most on offer and acceptance of every commitment, one row a commitment and mind.

    Columns: commitment, mind, ask, most (M), accepts (Kim takes everything on the table for it), both (some package
    is better for both). On the table are the sets that the commitment allows (`answering`). weights (minds, 8), or
    None for the case as it stands; commitments: dict name -> ids.
    """
    checks.weights(weights=weights)
    asked = commitments or {name: ids for name, (ids, _) in COMMITMENTS.items()}
    deal, kappa, floor = case.deal, base.kappa(case), reserve(case)
    sets, cols = allowed(deal, COALITION)
    scaled = kappa[[KIM]] if weights is None else base.multiplier(deal, weights) * kappa[KIM]
    gets = scaled[:, cols] @ sets.T.astype(float)
    own = kappa[COALITION, cols] @ sets.T
    frames = []
    for name, ids in asked.items():
        k, on = columns_of(deal, ids), answering(deal, ids)
        ask, most = floor[KIM] - scaled[:, k].sum(axis=1), gets[:, on].max(axis=1, initial=-np.inf)
        best = reach(gets[:, on], own[on], kappa[COALITION, k].sum()[None], floor[COALITION])[:, 0]
        frames.append(
            pd.DataFrame(
                {
                    "commitment": name,
                    "mind": np.arange(len(most)),
                    "ask": ask,
                    "most": most,
                    "accepts": most > ask,
                    "both": best > ask,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


@lru_cache
def readings_minds(reading: str, seed: int = 0, n: int | None = None) -> np.ndarray:
    """The first n_minds (or n) minds of a reading; seed 0 is the draw that the chapters share."""
    checks.counts(seed=seed, n=n)
    return base.minds(reading, n or int(evidence.central("n_minds")), seed)


def trusting(case: base.Case, trust: float | None = None, eta0: float | None = None) -> base.Case:
    """The case with Kim's trust π in the coalition at the same hazards (which moves his first fear), or another η0."""
    checks.shares(trust=trust, eta0=eta0)
    change = {}
    if trust is not None:
        change["trust"] = np.array([trust, case.trust[COALITION]])
    if eta0 is not None:
        change["residual"] = np.array([eta0, case.residual[COALITION]])
    return replace(case, **change)  # type: ignore[arg-type]  # arrays all


def alike(case: base.Case) -> base.Case:
    """The case in which each weapon is worth the same to him: the arsenal as much as before, split by weapons alone."""
    deal = case.deal
    at = deal.at(*base.tranches().index)
    part = deal.weapons[at] / deal.weapons[at].sum()
    live, hostile = deal.live.copy(), deal.hostile.copy()
    for values in (live, hostile):
        values[KIM, at] = values[KIM, at].sum() * part
    return replace(case, deal=replace(deal, live=live, hostile=hostile))


TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0)
SEEDS = (0, 1)  # every sampled table is drawn twice: the text prints only what both draws share
CELLS = [(reading, seed) for seed in SEEDS for reading in MINDS]  # one chunk each


def takers(trust: float | None = None, weapons_alike: bool = False, out_kim: float | None = None) -> pd.DataFrame:
    """Share of minds that take everything on the table: rows commitments in words, columns readings; seed 0.

    trust: Kim's in the coalition (None: the register's); weapons_alike: each weapon is worth the same to him; out_kim:
    what holding out earns him, M a half-year (None: the register's).
    """
    checks.nonnegative(out_kim=out_kim)
    checks.shares(trust=trust)
    case = trusting(base.build(), trust)
    case = alike(case) if weapons_alike else case
    case = case if out_kim is None else replace(case, out=np.array([out_kim, case.out[COALITION]]))
    columns = {
        reading: prices(case, readings_minds(reading)).groupby("commitment", sort=False)["accepts"].mean()
        for reading in MINDS
    }
    return pd.DataFrame(columns).rename(NAMES)


def dominance() -> pd.DataFrame:
    """What a weight on power over the South does to narrowly rational minds: commitment, weight, share that accept.

    weight: 0 and the register's w_dominance, which goes to the arsenal's part; the mind's other weights follow. Means
    over the seeds.
    """
    case, rows = base.build(), []
    wanted = {name: COMMITMENTS[name][0] for name in ("thirty", "zero")}
    for weight in (0.0, evidence.central("w_dominance")):
        seen = base.with_mind(case, np.full(8, 1 / 8), weight)
        got = pd.concat([prices(seen, readings_minds("narrow", seed), wanted) for seed in SEEDS])
        share = got.groupby("commitment", sort=False)["accepts"].mean()
        rows += [{"commitment": name, "weight": weight, "share": float(x)} for name, x in share.items()]
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------------ paper
def without_peace_worth(case: base.Case) -> base.Case:
    """ε = 0: a live deal takes the whole worth out of the arsenal (K08 to K12 cost him nothing while it lives)."""
    deal = case.deal
    live = deal.live.copy()
    live[KIM, deal.at(*base.LATENT)] = 0
    return replace(case, deal=replace(deal, live=live))


VARIANTS = {
    "base": lambda c: c,
    "no arms in peace": without_peace_worth,
    "no residual hazard": lambda c: trusting(c, eta0=0.0),
    "both": lambda c: trusting(without_peace_worth(c), eta0=0.0),
}


def paper(
    case: base.Case | None = None, trusts: Iterable[float] = TRUSTS, papers: Iterable[str] = PAPER
) -> pd.DataFrame:
    """By what multiple paper alone would have to be worth more to Kim to buy a commitment: a tidy frame.

    Columns: reading, seed, variant, trust, commitment, multiple (ask over the worth of the papers, one row a mind;
    below 1 the paper suffices; inf where it is worth nothing).
    """
    checks.shares(trusts=trusts)
    case, rows = case or base.build(), []
    for variant, alter in VARIANTS.items():
        for trust in trusts:
            now = trusting(alter(case), trust)
            kappa, floor = base.kappa(now), reserve(now)
            for reading, seed in CELLS:
                scaled = base.multiplier(now.deal, readings_minds(reading, seed)) * kappa[KIM]
                worth = scaled[:, columns_of(now.deal, papers)].sum(axis=1)
                for name, (ids, _) in COMMITMENTS.items():
                    ask = floor[KIM] - scaled[:, columns_of(now.deal, ids)].sum(axis=1)
                    multiple = np.where(worth > 0, ask / np.where(worth > 0, worth, 1), np.inf)
                    where = {"reading": reading, "seed": seed, "variant": variant, "trust": trust, "commitment": name}
                    rows.append(pd.DataFrame({**where, "multiple": multiple}))
    return pd.concat(rows, ignore_index=True)


def asked(seed: int = 0) -> pd.DataFrame:
    """Quantiles over minds of ask and most on offer: reading, commitment, ask_5 … ask_95, most_5 … (US$ bn)."""
    checks.counts(seed=seed)
    case, rows = base.build(), []
    for reading in MINDS:
        got = prices(case, readings_minds(reading, seed))
        for name, part in got.groupby("commitment", sort=False):
            row = {"reading": reading, "commitment": NAMES[name]}
            for column in ("ask", "most"):
                row |= {f"{column}_{p}": np.quantile(part[column], p / 100) / 1000 for p in (5, 25, 50, 75, 95)}
            rows.append(row)
    return pd.DataFrame(rows)
