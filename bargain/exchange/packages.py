"""Packages of steps: which both sides would sign, counted exactly, and how a bargain splits the gain."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks
from bargain import deal as base
from bargain.prose import capital
from bargain.reads import lru_cache
from bargain.terms import COALITION, KIM, OFFERS, SIDES

COMMITMENTS = {  # name: (Kim's steps, in words)
    "freeze": (("K01", "K02", "K03"), "freeze"),
    "yongbyon": (("K01", "K02", "K03", "K05", "K06"), "Yongbyon"),
    "thirty": (tuple(f"K{i:02d}" for i in (1, 2, 3, 4, 5, 6, 7, 9, 10)), "thirty left"),
    "ten": (tuple(f"K{i:02d}" for i in range(1, 12)), "ten left"),
    "zero": (tuple(f"K{i:02d}" for i in range(1, 13)), "zero"),
    "zero_no_theft": (tuple(f"K{i:02d}" for i in range(1, 14)), "zero and no theft"),
}
PAPER = ("U01", "U16")
EMBASSIES = (*PAPER, "U17")  # papers, and the embassies that go with peace
DISARMS = "K09"  # the first tranche: nothing with disarmament leaves it out
HANOI = {  # name: (Kim's steps, the coalition's steps, (did Kim agree, did the coalition))
    "kim_2019": (("K02", "K03", "K05", "K06"), ("U05", "U06", "U07"), (True, False)),
    "washington_2019": (COMMITMENTS["zero"][0], ("U01", "U05", "U06", "U07", "U08", "U09", "U16"), (False, True)),
    "freeze_1994": (("K02", "K03"), ("U04",), (True, True)),
}


# ------------------------------------------------------------------------------------------------ packages
@lru_cache(maxsize=64)
def _sets(
    owner: tuple[bool, ...], needs: tuple[tuple[int, ...], ...], members: tuple[tuple[int, ...], ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Allowed sets of one side's steps as a boolean matrix (sets, own steps and pairs) and their column indices."""
    steps = [i for i in range(len(needs)) if owner[i]]
    within = {i: [j for j in needs[i] if owner[j]] for i in steps}
    sets = np.zeros((1, len(needs)), bool)
    for i in base.ordered(within):
        more = sets[sets[:, within[i]].all(axis=1)].copy()
        more[:, i] = True
        sets = np.concatenate([sets, more])
    pairs = [k for k, m in enumerate(members) if owner[m[0]]]
    y = (
        np.stack([sets[:, list(members[k])].all(axis=1) for k in pairs], axis=1)
        if pairs
        else np.zeros((len(sets), 0), bool)
    )
    cols = np.array(steps + [len(needs) + k for k in pairs], int)
    full = np.concatenate([sets[:, steps], y], axis=1)
    full.setflags(write=False)
    return full, cols


def allowed(deal: base.Deal, side: int) -> tuple[np.ndarray, np.ndarray]:
    """All sets of a side's steps that respect its own prerequisites: boolean (sets, columns) and the columns' indices.

    Columns are the side's steps, then its pairs (true when all members are in the set). What a step needs of the other
    side is not looked at here, but in `blocks`.
    """
    return _sets(_whose(deal, side), deal.needs, deal.members)


def _whose(deal: base.Deal, side: int) -> tuple[bool, ...]:
    return tuple(bool(x) for x in deal.owner[: deal.steps] == side)


def blocks(deal: base.Deal) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """All packages, as products: pairs of rows of Kim's and of the coalition's allowed sets, (k,) and (u,).

    Each set in a pair keeps its prerequisites with each of the other; a package that keeps all prerequisites lies in
    exactly one pair. Kim's sets are split by what they give of the steps that the coalition's need, and by what they
    need of its; where nothing crosses, one pair holds all.
    """
    return _blocks(_whose(deal, KIM), deal.needs, deal.members)


@lru_cache(maxsize=64)
def _blocks(
    kim: tuple[bool, ...], needs: tuple[tuple[int, ...], ...], members: tuple[tuple[int, ...], ...]
) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    his, her = _crossing(kim, needs, members), _crossing(tuple(not x for x in kim), needs, members)
    keys, group = np.unique(np.concatenate(his, axis=1), axis=0, return_inverse=True)
    found = []
    for g, key in enumerate(keys):
        gives, wants = key[: len(needs)], key[len(needs) :]
        fits = ~np.any(wants & ~her[0], axis=1) & ~np.any(her[1] & ~gives, axis=1)
        if fits.any():
            found.append((np.flatnonzero(group.ravel() == g), np.flatnonzero(fits)))
    return tuple(found)


@lru_cache(maxsize=64)
def _crossing(
    owner: tuple[bool, ...], needs: tuple[tuple[int, ...], ...], members: tuple[tuple[int, ...], ...]
) -> tuple[np.ndarray, np.ndarray]:
    """What each of a side's sets gives of the steps that the other side's need, and what it needs of the other side's:
    two boolean (sets, steps)."""
    sets, cols = _sets(owner, needs, members)
    mine = [i for i in range(len(needs)) if owner[i]]
    asked = {j for i in range(len(needs)) if not owner[i] for j in needs[i] if owner[j]}
    gives, wants = np.zeros((len(sets), len(needs)), bool), np.zeros((len(sets), len(needs)), bool)
    for column, i in enumerate(mine):
        gives[:, i] = sets[:, column] & (i in asked)
        for j in needs[i]:
            if not owner[j]:
                wants[:, j] |= sets[:, column]
    return gives, wants


def answering(deal: base.Deal, ids: Collection[str]) -> np.ndarray:
    """Which of the coalition's allowed sets keep the prerequisites across sides with a set of Kim's, boolean (sets,).

    The set may disregard prerequisites within his side.
    """
    given = np.zeros(deal.steps, bool)
    given[deal.at(*ids)] = True
    wanted = [j for i in np.flatnonzero(given) for j in deal.needs[i] if deal.owner[j] == COALITION]
    sets, cols = allowed(deal, COALITION)
    _, wants = _crossing(_whose(deal, COALITION), deal.needs, deal.members)
    has = sets[:, [list(cols).index(j) for j in wanted]].all(axis=1)
    return has & ~np.any(wants & ~given, axis=1)


def worths(case: base.Case, kappa: np.ndarray | None = None) -> dict[int, np.ndarray]:
    """Worth of every allowed set: dict side -> (2, sets), the value of that side's sets to Kim and the coalition."""
    checks.finite(kappa=kappa)
    kappa = base.kappa(case) if kappa is None else kappa
    out = {}
    for side in (KIM, COALITION):
        sets, cols = allowed(case.deal, side)
        out[side] = kappa[:, cols] @ sets.T.astype(float)
    return out


def to_minds(case: base.Case, weights: np.ndarray, kappa: np.ndarray | None = None) -> dict[int, np.ndarray]:
    """Kim's worth of every allowed set for many minds: dict side -> (minds, sets); one matrix product a side."""
    checks.weights(weights=weights)
    checks.finite(kappa=kappa)
    kappa = base.kappa(case) if kappa is None else kappa
    scaled = base.multiplier(case.deal, weights) * kappa[KIM]
    out = {}
    for side in (KIM, COALITION):
        sets, cols = allowed(case.deal, side)
        out[side] = scaled[:, cols] @ sets.T.astype(float)
    return out


def reserve(case: base.Case) -> np.ndarray:
    """What holding out is worth to each side, out/(1 - δ), (2,)."""
    return case.out / (1 - case.delta)


def row_of(deal: base.Deal, side: int, ids: Collection[str]) -> int:
    """Row of a set of a side's steps among its allowed sets; ValueError when prerequisites forbid it."""
    sets, cols = allowed(deal, side)
    steps = cols < deal.steps
    want = np.isin(cols[steps], deal.at(*ids)) if ids else np.zeros(steps.sum(), bool)
    found = np.flatnonzero((sets[:, steps] == want).all(axis=1))
    if not len(found):
        raise ValueError(f"not allowed by prerequisites: {', '.join(ids)}")
    return int(found[0])


def names_of(deal: base.Deal, side: int, row: Any) -> list[str]:
    """Ids of the steps in an allowed set."""
    sets, cols = allowed(deal, side)
    return [deal.ids[c] for c, x in zip(cols, sets[row], strict=True) if x and c < deal.steps]


def count(
    kim_own: np.ndarray,
    kim_gets: np.ndarray,
    coalition_gets: np.ndarray,
    coalition_own: np.ndarray,
    floor: np.ndarray,
    block: int = 512,
) -> np.ndarray:
    """How many packages both sides prefer to holding out, for each mind: exact, (minds,) integers.

    kim_own (minds, K), kim_gets (minds, U): Kim's worth of his own and of the coalition's sets; coalition_gets (K,),
    coalition_own (U,): the coalition's worth of them; floor (2,): what holding out is worth. A set of Kim's meets
    in the coalition's order a prefix that the coalition accepts; inside it the sets that pay Kim's ask are counted
    in sorted blocks. The order is the coalition's, the same for all minds.
    """
    checks.counts(block=block)
    checks.finite(
        kim_own=kim_own, kim_gets=kim_gets, coalition_gets=coalition_gets, coalition_own=coalition_own, floor=floor
    )
    order = np.argsort(-coalition_own, kind="stable")
    prefix = np.searchsorted(-coalition_own[order], coalition_gets - floor[COALITION], side="left")
    ask = floor[KIM] - kim_own
    whole, rest = prefix // block, prefix % block
    blocks = -(-len(order) // block)
    padded = np.full(blocks * block + block, -np.inf)
    within = np.arange(block) < rest[:, None]
    out = np.zeros(len(kim_own), np.int64)
    for m in range(len(kim_own)):
        padded[: len(order)] = kim_gets[m, order]
        tiles = padded.reshape(blocks + 1, block)
        last = tiles[whole]
        total = int(((last > ask[m][:, None]) & within).sum())
        ranked = np.sort(tiles[:blocks], axis=1)
        for b in range(blocks):
            full = ask[m][whole > b]
            if len(full):
                total += block * len(full) - int(np.searchsorted(ranked[b], full, side="right").sum())
        out[m] = total
    return out


def count_packages(case: base.Case, weights: np.ndarray, at_a_time: int = 250) -> tuple[np.ndarray, int]:
    """Number of packages that both sides prefer to holding out, for each mind, (minds,), and the number there are.

    Packages keep all prerequisites, those across sides too: they are counted pair by pair of `blocks`.
    """
    checks.counts(at_a_time=at_a_time)
    checks.weights(weights=weights)
    kappa, floor = base.kappa(case), reserve(case)
    worth = worths(case, kappa)
    parts, pairs = [], blocks(case.deal)
    for start in range(0, len(weights), at_a_time):  # in parts, so that memory stays small
        him = to_minds(case, weights[start : start + at_a_time], kappa)
        parts.append(
            sum(
                count(
                    him[KIM][:, k],
                    him[COALITION][:, u],
                    worth[KIM][COALITION, k],
                    worth[COALITION][COALITION, u],
                    floor,
                )
                for k, u in pairs
            )
        )
    return np.concatenate(parts), size(case.deal)


def size(deal: base.Deal) -> int:
    """Number of packages that keep all prerequisites."""
    return sum(len(k) * len(u) for k, u in blocks(deal))


def front(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Indices of the undominated points of two vectors, in descending order of the first."""
    checks.finite(first=first, second=second)
    order = np.lexsort((-second, -first))
    best = np.maximum.accumulate(second[order])
    keep = np.concatenate([[True], best[1:] > best[:-1]])
    return order[keep]


def nash(case: base.Case, kappa: np.ndarray | None = None, joint: bool = False) -> dict[str, Any] | None:
    """The Nash package: the largest product of both sides' gains over holding out; dict or None.

    None when no package is better for both. Keys: kim, coalition (ids of the steps), gain (2,) in M over
    holding out, value (2,). Dominated sets cannot win (the product rises in both gains), so only the two
    fronts are paired. joint: the largest sum of gains instead, which depends on the units.
    """
    checks.finite(kappa=kappa)
    worth, floor, best = worths(case, kappa), reserve(case), (-np.inf, 0, 0)
    for rows, columns in blocks(case.deal):
        k = rows[front(*worth[KIM][:, rows])]
        u = columns[front(*worth[COALITION][:, columns])]
        gain = [worth[KIM][p][k][:, None] + worth[COALITION][p][u][None, :] - floor[p] for p in (KIM, COALITION)]
        goal = gain[0] + gain[1] if joint else gain[0] * gain[1]
        goal = np.where((gain[0] > 0) & (gain[1] > 0), goal, -np.inf)
        i, j = np.unravel_index(np.argmax(goal), goal.shape)
        best = max(best, (float(goal[i, j]), int(k[i]), int(u[j])), key=lambda x: x[0])
    if best[0] == -np.inf:
        return None
    _, row, column = best
    value = worth[KIM][:, row] + worth[COALITION][:, column]
    return {
        "kim": names_of(case.deal, KIM, row),
        "coalition": names_of(case.deal, COALITION, column),
        "gain": value - floor,
        "value": value,
    }


def weights(case: base.Case) -> np.ndarray:
    """1/V_p of the Nash package, (2,): how chapter 8 adds the two sides' values among equals.

    Without a package better for both, each side's total of absolute step values takes its place.
    """
    got = nash(case)
    return 1 / (got["gain"] if got else np.abs(base.kappa(case)).sum(axis=1))


# ------------------------------------------------------------------------------------------------------- charts
NAMES = {name: words for name, (_, words) in COMMITMENTS.items()}


def matrix() -> pd.DataFrame:
    """Worth of every step to both sides while the deal lives, with ranges: giver, step, id, side, low, central, high.

    M a half-year, for the reference mind.
    """
    table, rows = base.table(), []
    steps = table[table.needs.notna()]
    for row in steps.itertuples():
        name = row.name.replace("material and warheads from ", "arsenal, ").replace(
            " weapons shipped out", ", shipped out"
        )
        name = name.replace(" and strategic deployments", "").replace(
            "state theft of crypto-assets and bank heists", "theft"
        )
        for side in SIDES:
            low, mid, high = (getattr(row, f"{side}_coop_{x}") for x in ("low", "central", "high"))
            rows.append(
                {
                    "giver": row.side,
                    "id": row.Index,
                    "step": name if name.startswith("US ") else capital(name),
                    "side": side,
                    "low": low,
                    "central": mid,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def multiples(frame: pd.DataFrame, trust: float = 0.5) -> pd.DataFrame:
    """Quartiles over minds of the multiple that paper needs, a row a reading, seed, variant and commitment.

    Columns beside these: low, median, high, enough (share of minds for which the paper suffices as it is).
    """
    checks.shares(trust=trust)
    keys = ["reading", "seed", "variant", "commitment"]
    got = frame[np.isclose(frame.trust, trust)].groupby(keys, sort=False).multiple
    out = got.quantile([0.25, 0.5, 0.75]).unstack().set_axis(["low", "median", "high"], axis=1)
    out["enough"] = got.apply(lambda m: float((m < 1).mean()))
    return out.reset_index()


def kim_values(frame: pd.DataFrame) -> pd.DataFrame:
    """Quantiles over draws of what the three offers are worth to Kim: reading, offer, low, median, high (US$ bn)."""
    rows = []
    for reading, part in frame.groupby("reading", sort=False):
        for name, words in OFFERS.items():
            low, mid, high = np.quantile(part[f"value_{name}_kim"], [0.05, 0.5, 0.95]) / 1000
            rows.append({"reading": reading, "offer": words, "low": low, "median": mid, "high": high})
    return pd.DataFrame(rows)
