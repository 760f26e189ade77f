"""Chapter 7: every package of steps, counted exactly for every mind; prices, paper, hold-outs and Hanoi.

A package is a set of steps signed and done at once. Its worth to a side is a sum over steps and pairs (κ), so
that for a mind only the sum of the two sides' lengths matters, and all packages can be counted without being
listed. Strict inequality: a package is acceptable when it beats holding out, V_p > out_p/(1 - δ_p).
Unit: million US$-equivalent (M), capitalised over the life of the deal.
"""

from dataclasses import replace
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from bargain import charts, evidence
from bargain import deal as base
from bargain.deal import COALITION, KIM, READINGS, SIDES
from bargain.wording import capital

COMMITMENTS = {  # name: (Kim's steps, in words)
    "freeze": (("K01", "K02", "K03"), "freeze"),
    "yongbyon": (("K01", "K02", "K03", "K05", "K06"), "Yongbyon"),
    "thirty": (tuple(f"K{i:02d}" for i in (1, 2, 3, 4, 5, 6, 7, 9, 10)), "thirty left"),
    "ten": (tuple(f"K{i:02d}" for i in range(1, 12)), "ten left"),
    "zero": (tuple(f"K{i:02d}" for i in range(1, 13)), "zero"),
    "zero_no_theft": (tuple(f"K{i:02d}" for i in range(1, 14)), "zero and no theft"),
}
PAPER = ("U01", "U16")
EMBASSIES = ("U01", "U16", "U17")
DISARMS = "K09"  # the first tranche: nothing with disarmament leaves it out
HANOI = {  # name: (Kim's steps, the coalition's steps, (did Kim agree, did the coalition))
    "kim_2019": (("K02", "K03", "K05", "K06"), ("U05", "U06", "U07"), (True, False)),
    "washington_2019": (COMMITMENTS["zero"][0], ("U01", "U05", "U06", "U07", "U08", "U09", "U16"), (False, True)),
    "freeze_1994": (("K02", "K03"), ("U04",), (True, True)),
}
OFFERS = {
    "kim_2019": "Kim’s offer at Hanoi",
    "washington_2019": "Washington’s offer at Hanoi",
    "freeze_1994": "the freeze for oil of 1994",
}


# ------------------------------------------------------------------------------------------------ packages
@lru_cache(maxsize=64)
def _sets(owner, needs, members):
    """Allowed sets of one side's steps as a boolean matrix (sets, own steps and pairs) and their column indices."""
    steps = [i for i in range(len(needs)) if owner[i]]
    order = base._order({i: needs[i] for i in steps})
    sets = np.zeros((1, len(needs)), bool)
    for i in order:
        more = sets[sets[:, list(needs[i])].all(axis=1)].copy()
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


def allowed(deal, side):
    """All sets of a side's steps that respect prerequisites: boolean (sets, columns) and the columns' indices.

    Columns are the side's steps, then its pairs (true when all members are in the set).
    """
    owner = tuple(bool(x) for x in deal.owner[: deal.steps] == side)
    return _sets(owner, deal.needs, deal.members)


def worths(case, kappa=None):
    """Worth of every allowed set: dict side -> (2, sets), the value of that side's sets to Kim and the coalition."""
    kappa = base.kappa(case) if kappa is None else kappa
    out = {}
    for side in (KIM, COALITION):
        sets, cols = allowed(case.deal, side)
        out[side] = kappa[:, cols] @ sets.T.astype(float)
    return out


def to_minds(case, weights, kappa=None):
    """Kim's worth of every allowed set for many minds: dict side -> (minds, sets); one matrix product a side."""
    kappa = base.kappa(case) if kappa is None else kappa
    scaled = base.multiplier(case.deal, weights) * kappa[KIM]
    out = {}
    for side in (KIM, COALITION):
        sets, cols = allowed(case.deal, side)
        out[side] = scaled[:, cols] @ sets.T.astype(float)
    return out


def reserve(case):
    """What holding out is worth to each side, out/(1 - δ), (2,)."""
    return case.out / (1 - case.delta)


def row_of(deal, side, ids):
    """Row of a set of a side's steps among its allowed sets; ValueError when prerequisites forbid it."""
    sets, cols = allowed(deal, side)
    steps = cols < deal.steps
    want = np.isin(cols[steps], deal.at(*ids)) if ids else np.zeros(steps.sum(), bool)
    found = np.flatnonzero((sets[:, steps] == want).all(axis=1))
    if not len(found):
        raise ValueError(f"not allowed by prerequisites: {', '.join(ids)}")
    return int(found[0])


def names_of(deal, side, row):
    """Ids of the steps in an allowed set."""
    sets, cols = allowed(deal, side)
    return [deal.ids[c] for c, x in zip(cols, sets[row], strict=True) if x and c < deal.steps]


def count(kim_own, kim_gets, coalition_gets, coalition_own, floor, block=512):
    """How many packages both sides prefer to holding out, for each mind: exact, (minds,) integers.

    kim_own (minds, K), kim_gets (minds, U): Kim's worth of his own and of the coalition's sets; coalition_gets (K,),
    coalition_own (U,): the coalition's worth of them; floor (2,): what holding out is worth. A set of Kim's meets
    in the coalition's order a prefix that the coalition accepts; inside it the sets that pay Kim's ask are counted
    in sorted blocks. The order is the coalition's, the same for all minds.
    """
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


def count_packages(case, weights, at_a_time=250):
    """Number of packages that both sides prefer to holding out, for each mind, (minds,), and the number there are."""
    kappa, floor = base.kappa(case), reserve(case)
    worth = worths(case, kappa)
    parts = []
    for start in range(0, len(weights), at_a_time):  # in parts, so that memory stays small
        him = to_minds(case, weights[start : start + at_a_time], kappa)
        parts.append(count(him[KIM], him[COALITION], worth[KIM][COALITION], worth[COALITION][COALITION], floor))
    return np.concatenate(parts), worth[KIM].shape[1] * worth[COALITION].shape[1]


def front(first, second):
    """Indices of the undominated points of two vectors, in descending order of the first."""
    order = np.lexsort((-second, -first))
    best = np.maximum.accumulate(second[order])
    keep = np.concatenate([[True], best[1:] > best[:-1]])
    return order[keep]


def nash(case, kappa=None, joint=False):
    """The Nash package: the largest product of both sides' gains over holding out; dict or None.

    None when no package is better for both. Keys: kim, coalition (ids of the steps), gain (2,) in M over
    holding out, value (2,). Dominated sets cannot win (the product rises in both gains), so only the two
    fronts are paired. joint: the largest sum of gains instead, which depends on the units.
    """
    worth, floor = worths(case, kappa), reserve(case)
    k, u = front(*worth[KIM]), front(*worth[COALITION])
    gain = [worth[KIM][p][k][:, None] + worth[COALITION][p][u][None, :] - floor[p] for p in (KIM, COALITION)]
    goal = gain[0] + gain[1] if joint else gain[0] * gain[1]
    goal = np.where((gain[0] > 0) & (gain[1] > 0), goal, -np.inf)
    i, j = np.unravel_index(np.argmax(goal), goal.shape)
    if goal[i, j] == -np.inf:
        return None
    gains = np.array([gain[0][i, j], gain[1][i, j]])
    return {
        "kim": names_of(case.deal, KIM, k[i]),
        "coalition": names_of(case.deal, COALITION, u[j]),
        "gain": gains,
        "value": gains + floor,
    }


def weights(case):
    """1/V_p of the Nash package, (2,): how chapter 8 adds the two sides' values among equals.

    Without a package better for both, each side's total of absolute step values takes its place.
    """
    got = nash(case)
    return 1 / (got["gain"] if got else np.abs(base.kappa(case)).sum(axis=1))


# -------------------------------------------------------------------------------------- prices of commitments
def price_list(case, commitment, kappa=None):
    """What a commitment of Kim's costs in the coalition's steps: dict.

    ask: what he wants for it, in M (with his hold-out); most: the most the table offers him; acceptable: number of
    the coalition's sets that both sides prefer to holding out; minimal: those of them of which no proper allowed
    subset is acceptable (lists of ids); always: steps in all of these; smallest, cheapest (for the coalition): ids
    or None. Minimality is exact whatever the signs of the steps: every subset is looked at, by a subset transform.
    """
    ids = COMMITMENTS[commitment][0] if isinstance(commitment, str) else tuple(commitment)
    deal, worth, floor = case.deal, worths(case, kappa), reserve(case)
    own = worth[KIM][:, row_of(deal, KIM, ids)]
    value = worth[COALITION] + own[:, None]
    both = (value[KIM] > floor[KIM]) & (value[COALITION] > floor[COALITION])
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
        "most": worth[COALITION][KIM].max(),
        "acceptable": int(both.sum()),
        "minimal": lists,
        "always": sorted(set.intersection(*map(set, lists))) if lists else [],
        "smallest": min(lists, key=len) if lists else None,
        "cheapest": names_of(deal, COALITION, cheapest) if len(minimal) else None,
    }


def columns_of(deal, ids):
    """Indices of a set's steps and of the pairs that it completes; the set may disregard prerequisites."""
    at = deal.at(*ids)
    return np.concatenate(
        [at, [deal.steps + k for k, m in enumerate(deal.members) if set(m) <= set(at.tolist())]]
    ).astype(int)


def reach(gets, own, coalition_gets, floor):
    """The most Kim gets from sets that the coalition still accepts for each set of his, (minds, K); -inf for none.

    gets (minds, U): his worth of the coalition's sets; own (U,): the coalition's; coalition_gets (K,): its worth of
    his sets; floor: what holding out is worth to it. The sets it accepts are a prefix of its order.
    """
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


def prices(case, weights=None, commitments=None):
    """Ask, most on offer and acceptance of every commitment, one row a commitment and mind.

    Columns: commitment, mind, ask, most (M), accepts (Kim takes everything on the table for it), both (some package
    is better for both). weights (minds, 8), or None for the case as it stands; commitments: dict name -> ids.
    """
    asked = commitments or {name: ids for name, (ids, _) in COMMITMENTS.items()}
    deal, kappa, floor = case.deal, base.kappa(case), reserve(case)
    sets, cols = allowed(deal, COALITION)
    scaled = kappa[[KIM]] if weights is None else base.multiplier(deal, weights) * kappa[KIM]
    gets = scaled[:, cols] @ sets.T.astype(float)
    most = gets.max(axis=1)
    at = [columns_of(deal, ids) for ids in asked.values()]
    ask = np.stack([floor[KIM] - scaled[:, k].sum(axis=1) for k in at])
    best = reach(
        gets, kappa[COALITION, cols] @ sets.T, np.array([kappa[COALITION, k].sum() for k in at]), floor[COALITION]
    )
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "commitment": name,
                    "mind": np.arange(len(most)),
                    "ask": ask[k],
                    "most": most,
                    "accepts": most > ask[k],
                    "both": best[:, k] > ask[k],
                }
            )
            for k, name in enumerate(asked)
        ],
        ignore_index=True,
    )


@lru_cache
def readings_minds(reading, seed=0, n=None):
    """The first n_minds (or n) minds of a reading; seed 0 is the draw that the chapters share."""
    return base.minds(reading, n or int(evidence.central("n_minds")), seed)


def trusting(case, trust=None, eta0=None):
    """The case with Kim's trust π in the coalition at the same hazards (which moves his first fear), or another η0."""
    change = {}
    if trust is not None:
        change["trust"] = np.array([trust, case.trust[COALITION]])
    if eta0 is not None:
        change["residual"] = np.array([eta0, case.residual[COALITION]])
    return replace(case, **change)


TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0)
SEEDS = (0, 1)  # every sampled table is drawn twice: the text prints only what both draws share
CELLS = [(reading, seed) for seed in SEEDS for reading in READINGS]  # one chunk each


def shares_chunk(k):
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


def sample_chunk(k):
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


def lists_chunk(k, minds=100):
    """Price lists of the first minds of reading k at the central table: one row a mind and commitment.

    Columns: reading, mind, commitment, minimal (number of minimal sets), smallest (steps in the smallest), always (ids
    in all of them, joined by ;), declaration, treaty (share of the sets with U01, U16).
    """
    case, rows = base.build(), []
    kappa = base.kappa(case)
    for mind, scale in enumerate(base.multiplier(case.deal, readings_minds(READINGS[k])[:minds])):
        seen = np.array([kappa[KIM] * scale, kappa[COALITION]])
        for name in COMMITMENTS:
            got = price_list(case, name, seen)
            sets = got["minimal"]
            rows.append(
                {
                    "reading": READINGS[k],
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


# ------------------------------------------------------------------------------------------------------ paper
def without_peace_worth(case):
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


def paper(case=None, trusts=TRUSTS, papers=PAPER):
    """By what multiple paper alone would have to be worth more to Kim to buy a commitment: a tidy frame.

    Columns: reading, seed, variant, trust, commitment, multiple (ask over the worth of the papers, one row a mind;
    below 1 the paper suffices; inf where it is worth nothing).
    """
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


# -------------------------------------------------------------------------------------------------- hold-outs
def frontier(case, kappa=None, disarms=True):
    """Undominated values of all packages to both sides, (2, points), by Kim's value falling; with disarmament only."""
    deal, worth = case.deal, worths(case, kappa)
    sets, cols = allowed(deal, KIM)
    if disarms:
        keep = np.flatnonzero(sets[:, list(cols).index(deal.at(DISARMS)[0])])
        worth[KIM] = worth[KIM][:, keep]
    k, u = front(*worth[KIM]), front(*worth[COALITION])
    pair = [(worth[KIM][p][k][:, None] + worth[COALITION][p][u]).ravel() for p in (KIM, COALITION)]
    best = front(*pair)
    return np.array([pair[KIM][best], pair[COALITION][best]])


def plane_chunk(k, minds=200):
    """The largest hold-out of the coalition at which a disarming deal is left, over Kim's, for cell k of CELLS.

    Columns: reading, seed, out_kim (M a half-year), low, median, high (quartiles over minds of the coalition's
    hold-out, M a half-year; -inf: no deal is left, whatever hers). The table at its central values.
    """
    case, (reading, seed), values = base.build(), CELLS[k], np.linspace(0, 600, 25)
    kappa, limit = base.kappa(case), np.full((minds, 25), -np.inf)
    for m, w in enumerate(base.multiplier(case.deal, readings_minds(reading, seed)[:minds])):
        him, her = frontier(case, np.array([kappa[KIM] * w, kappa[COALITION]]))
        points = np.searchsorted(-him, -values / (1 - case.delta[KIM]), side="left")  # those above his hold-out
        limit[m, points > 0] = her[points[points > 0] - 1] * (1 - case.delta[COALITION])
    low, mid, high = np.quantile(limit, [0.25, 0.5, 0.75], axis=0, method="lower")
    return pd.DataFrame({"reading": reading, "seed": seed, "out_kim": values, "low": low, "median": mid, "high": high})


def left(case, weights):
    """Whether each mind has a package better for both, and one that removes weapons: two boolean arrays (minds,)."""
    kappa, floor, worth = base.kappa(case), reserve(case), worths(case)
    sets, cols = allowed(case.deal, KIM)
    arms = sets[:, list(cols).index(case.deal.at(DISARMS)[0])]
    him = to_minds(case, weights, kappa)
    most = reach(him[COALITION], worth[COALITION][COALITION], worth[KIM][COALITION], floor[COALITION])
    ok = most > floor[KIM] - him[KIM]
    return ok.any(axis=1), ok[:, arms].any(axis=1)


# --------------------------------------------------------------------------------------------- signed and kept
def kept_kappa(case, kappa=None):
    """κ less what walking away in the first half-year leaves, (2, n): the row of chapter 8 at t = 1, done at once.

    A deviator gets the partner's steps only if the partner was going to deliver them: (1 - q_1) β.
    """
    kappa = base.kappa(case) if kappa is None else kappa
    q, beta, out = base.fears(case, 1)[:, 0], base.lasting(case.deal, case.delta), kappa.copy()
    for p in (KIM, COALITION):
        other = case.deal.owner != p
        out[p, other] -= (1 - q[p]) * beta[p, other]
    return out


def signed_and_kept(case):
    """(packages both sign, packages both sign and would keep in the first half-year): exact, all pairs looked at."""
    kappa, floor = base.kappa(case), reserve(case)
    value, row = worths(case, kappa), worths(case, kept_kappa(case, kappa))
    signed = kept = 0
    for k in range(value[KIM].shape[1]):
        ok = np.ones(value[COALITION].shape[1], bool)
        for p in (KIM, COALITION):
            ok &= value[KIM][p, k] + value[COALITION][p] > floor[p]
        signed += int(ok.sum())
        for p in (KIM, COALITION):
            ok &= row[KIM][p, k] + row[COALITION][p] >= floor[p]
        kept += int(ok.sum())
    return signed, kept


def packages_chunk(k, minds=200):
    """What the table holds for the first minds of cell k of CELLS, at its central values: one row a mind.

    Columns: reading, seed, mind, total (packages there are), signed, kept (see `signed_and_kept`), any, disarming (see
    `left`), kim, coalition (steps of the Nash package), gone (weapons it removes; these three NaN without one), joint
    (weapons removed by the package with the largest sum of gains).
    """
    case, (reading, seed), rows = base.build(), CELLS[k], []
    weights = readings_minds(reading, seed)[:minds]
    some, arms = left(case, weights)
    kappa, frame = base.kappa(case), base.table()
    total = allowed(case.deal, KIM)[0].shape[0] * allowed(case.deal, COALITION)[0].shape[0]
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


# ------------------------------------------------------------------------------------------------------ Hanoi
def offer(case, name):
    """What an offer of the record is worth to both sides, (2,) in M, each step at its first possible date.

    Washington's has Kim's steps first and its own after the last of them, as chapter 8's shape does.
    """
    from bargain import phasing

    kim, coalition, _ = HANOI[name]
    deal = case.deal
    first, dates = phasing.possible(deal), np.zeros(deal.steps, int)
    at_kim, at_coalition = deal.at(*kim), deal.at(*coalition)
    dates[at_kim] = first[at_kim]
    dates[at_coalition] = first[at_coalition]
    start = (1, 1)
    if name == "washington_2019":
        wait = int(first[at_kim].max())
        dates[at_coalition] = np.maximum(first[at_coalition], wait + 1)
        start = (1, wait + 1)
    return phasing.evaluate(case, dates, phasing.Clock(start=start)).carry[:, 0]


def answers(case, values=None):
    """How both sides answer the three offers: frame with offer, side, value, agrees, did (on record), right."""
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


def relief_cost(case, multiple):
    """The case with the coalition's security cost of relief (φ) multiplied."""
    return base.change(case, base.of_group(case, "relief"), side=COALITION, live=multiple, hostile=multiple)


def turning(case, name, side, lever):
    """The least value of a lever at which a side answers an offer as it did: float, or nan within its span.

    lever: "phi" (multiple of the cost of relief, 1 to 20), "out" (that side's hold-out, 0 to 2000 M a half-year),
    "trust" (that side's trust π at the same hazards: the value nearest to the central one).
    """
    did = HANOI[name][2][side]

    def agrees(x):
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


def hanoi_chunk(k):
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


# -------------------------------------------------------------------------------------- what others would change
def declaration(case=None, multiples=(1, 2, 5, 10, 20, 50)):
    """In how many minimal sets the end-of-war declaration stays when it costs the coalition more: a tidy frame.

    Columns: multiple (of its cost to the coalition), commitment, minimal (number of sets), with_declaration.
    """
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


def sizes_chunk(k):
    """The price of zero when the arsenal had another size, for cell k of CELLS: a tidy frame.

    Columns: reading, seed, size (weapons), accepts, both (shares of minds). Sizes are the tranches' edges; each smaller
    arsenal is the last tranches alone.
    """
    case, chain, (reading, seed) = base.build(), base.tranches(), CELLS[k]
    rest = [i for i in COMMITMENTS["zero"][0] if i not in chain.index]
    asked = {a: (*rest, *chain.index[chain.a <= a]) for a in chain.a}
    got = prices(case, readings_minds(reading, seed), asked).groupby("commitment")[["accepts", "both"]].mean()
    return got.rename_axis("size").reset_index().assign(reading=reading, seed=seed)


# ------------------------------------------------------------------------------------------------------- charts
NAMES = {name: words for name, (_, words) in COMMITMENTS.items()}
GIVES = {"kim": "What Kim gives", "coalition": "What the coalition gives"}


def matrix():
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


def draw_matrix(t, narrow, frame):
    """Ranges of what each step is worth to both sides, a panel a giver; on the phone the names stand above the bars."""
    left = 10 if narrow else 268
    domain = [-600, 1100]
    x = {"scale": alt.Scale(domain=domain, nice=False), "title": None}
    ticks = [-500, 0, 500, 1000]
    panels = []
    for giver in SIDES:
        rows = frame[frame.giver == giver]
        order = list(dict.fromkeys(rows.step))
        y = alt.Y(
            "step:N",
            sort=order,
            title=None,
            axis=alt.Axis(labels=False, grid=True, bandPosition=0)
            if narrow
            else alt.Axis(labelLimit=262, grid=True, bandPosition=0, minExtent=262, maxExtent=262),
            scale=alt.Scale(paddingInner=0),
        )
        offset = alt.YOffset("side:N", sort=list(SIDES), scale=alt.Scale(paddingOuter=0.9))
        axis = alt.Axis(values=ticks, labelExpr="datum.value > 0 ? '+' + datum.label : datum.label", grid=True)
        color = alt.Color("side:N", scale=alt.Scale(**charts.colours(SIDES, t)))
        plot = alt.Chart(rows).encode(y=y, yOffset=offset, color=color)
        nought = alt.X("x:Q", axis=axis, **x | {"title": "Worth a half-year, US$ m"})
        if narrow:  # names stand above the bars, where a line would cross them
            zero = alt.Chart(rows.drop_duplicates("step").assign(x=0)).encode(x=nought, y=y)
            zero = zero.mark_tick(color=t["ink"], thickness=1, height=33, width=33, orient="vertical", yOffset=8)
        else:
            zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=t["ink"]).encode(x=nought)
        layers = [
            zero,
            plot.mark_rule(strokeWidth=5, opacity=0.4).encode(
                x=alt.X("low:Q", axis=axis, **x | {"title": "Worth a half-year, US$ m"}), x2="high:Q"
            ),
            plot.mark_point(size=44).encode(
                x=alt.X("central:Q", **x),
                shape=alt.Shape("side:N", scale=alt.Scale(domain=list(SIDES), range=[charts.SHAPE[s] for s in SIDES])),
            ),
        ]
        side, step = ("coalition", "K08") if giver == "kim" else ("kim", "U07")  # who is who, where there is room
        key = rows[(rows.id == step) & (rows.side == side)].assign(word=charts.LABELS[side])
        layers.append(
            charts.label(key, t, "word:N", side, "left", 600, dx=6, x=alt.X("high:Q", **x), y=y, yOffset=offset)
        )
        if narrow:
            names = rows.drop_duplicates("step").assign(at=domain[0])
            layers.append(charts.label(names, t, "step:N", "ink", "left", dy=-18, size=11, x=alt.X("at:Q", **x), y=y))
        panels.append(
            alt.layer(*layers).properties(
                width=charts.size(narrow, left), title=GIVES[giver], height=(52 if narrow else 25) * len(order)
            )
        )
    return alt.vconcat(*panels, spacing=16).resolve_scale(color="shared", shape="shared")


def draw_shares(t, narrow, frame):
    """Share of minds that take everything on the table, over trust, a panel a commitment, a line a reading."""
    panels, across = [], 2 if narrow else 3
    width = (charts.size(narrow, 0) - across * 46 - (across - 1) * 22) // across
    domain, frame = list(READINGS), frame[frame.seed == SEEDS[0]]
    for k, (name, words) in enumerate(NAMES.items()):
        x = alt.X(
            "trust:Q",
            title="Trust" if k >= len(NAMES) - across else None,
            axis=alt.Axis(values=[0, 0.5, 1], format="%"),
        )
        y = alt.Y(
            "accepts:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(values=[0, 0.5, 1], format="%")
        )
        plot = alt.Chart(frame[frame.commitment == name]).encode(
            x=x, y=y, color=alt.Color("reading:N", scale=alt.Scale(**charts.colours(domain, t)))
        )
        lines = plot.mark_line().encode(
            strokeDash=alt.StrokeDash(
                "reading:N", scale=alt.Scale(domain=domain, range=[charts.DASH[r] for r in domain])
            )
        )
        dots = plot.mark_point(size=40).encode(
            shape=alt.Shape("reading:N", scale=alt.Scale(domain=domain, range=[charts.SHAPE[r] for r in domain]))
        )
        panels.append(alt.layer(lines, dots).properties(width=width, height=110, title=capital(words)))
    return alt.concat(*panels, columns=across, spacing={"row": 18, "column": 22}).resolve_scale(
        color="shared", shape="shared", strokeDash="shared"
    )


def asked(seed=0):
    """Quantiles over minds of ask and most on offer: reading, commitment, ask_5 … ask_95, most_5 … (US$ bn)."""
    case, rows = base.build(), []
    for reading in READINGS:
        got = prices(case, readings_minds(reading, seed))
        for name, part in got.groupby("commitment", sort=False):
            row = {"reading": reading, "commitment": NAMES[name]}
            for column in ("ask", "most"):
                row |= {f"{column}_{p}": np.quantile(part[column], p / 100) / 1000 for p in (5, 25, 50, 75, 95)}
            rows.append(row)
    return pd.DataFrame(rows)


def draw_asked(t, narrow, frame):
    """Bars of what he asks for each commitment, with the range over minds, against a band of the most on offer."""
    panels = []
    top = float(frame.ask_95.max()) * 1.03
    for k, reading in enumerate(READINGS):
        rows = frame[frame.reading == reading]
        y = alt.Y(
            "commitment:N",
            sort=list(NAMES.values()),
            title=None,
            axis=alt.Axis(labels=narrow or k == 0, labelLimit=150),
        )
        scale = alt.Scale(domain=[0, top], nice=False)
        x = {
            "scale": scale,
            "axis": alt.Axis(tickCount=4, format="d", grid=True),
            "title": "Over the deal’s life, US$ bn" if narrow or k == 1 else None,
        }
        plot = alt.Chart(rows)
        offer = plot.transform_filter("datum.commitment == 'freeze'")
        layers = [
            offer.mark_rect(color=t["data"], opacity=0.18).encode(x=alt.X("most_5:Q", **x), x2="most_95:Q"),
            offer.mark_rule(color=t["ink"], strokeWidth=1.4).encode(x=alt.X("most_50:Q", **x)),
            plot.mark_bar(color=t[reading], height=11).encode(x=alt.X("ask_50:Q", **x), y=y),
            plot.mark_rule(color=t["ink2"], strokeWidth=1.3).encode(x=alt.X("ask_5:Q", **x), x2="ask_95:Q", y=y),
        ]
        if k == 0:
            layers.append(
                charts.label(
                    rows[rows.commitment == "freeze"],
                    t,
                    alt.value("all on the table"),
                    "ink2",
                    "left",
                    dx=6,
                    x=alt.X("most_50:Q", **x),
                    y=y,
                )
            )
        panels.append(
            alt.layer(*layers).properties(
                width=(charts.size(narrow, 110) if narrow else 168), height=138, title=charts.LABELS[reading]
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


def multiples(frame, trust=0.5):
    """Quartiles over minds of the multiple that paper needs, a row a reading, seed, variant and commitment.

    Columns beside these: low, median, high, enough (share of minds for which the paper suffices as it is).
    """
    keys = ["reading", "seed", "variant", "commitment"]
    got = frame[np.isclose(frame.trust, trust)].groupby(keys, sort=False).multiple
    out = got.quantile([0.25, 0.5, 0.75]).unstack().set_axis(["low", "median", "high"], axis=1)
    out["enough"] = got.apply(lambda m: float((m < 1).mean()))
    return out.reset_index()


VARIANT_WORDS = {
    "base": "As the table has it",
    "no arms in peace": "Peace takes all worth from the arsenal",
    "no residual hazard": "A reliable partner never breaks",
    "both": "Both",
}


def draw_multiples(t, narrow, frame):
    """Multiple that paper needs by commitment: median and quartiles over minds, a panel a variant, a mark a reading."""
    panels, floor = [], 0.1
    frame = frame[frame.seed == SEEDS[0]]
    rows = frame.assign(
        words=frame.commitment.map(NAMES),
        low=frame.low.clip(floor),
        median=frame["median"].clip(floor),
        high=frame.high.clip(floor),
    )
    top = 10 ** np.ceil(np.log10(rows.high.replace(np.inf, np.nan).max()))
    for k, (variant, words) in enumerate(VARIANT_WORDS.items()):
        part = rows[rows.variant == variant]
        x = {
            "scale": alt.Scale(type="log", domain=[floor, float(top)], nice=False),
            "axis": alt.Axis(values=[0.1, 1, 10, 100], format="~g", grid=True),
            "title": "Multiple of the papers’ worth" if narrow and k == 3 or not narrow and k > 1 else None,
        }
        y = alt.Y(
            "words:N", sort=list(NAMES.values()), title=None, axis=alt.Axis(labels=narrow or k % 2 == 0, labelLimit=120)
        )
        offset = alt.YOffset("reading:N", sort=list(READINGS))
        color = alt.Color("reading:N", scale=alt.Scale(**charts.colours(READINGS, t)))
        plot = alt.Chart(part).encode(y=y, yOffset=offset, color=color)
        layers = [
            alt.Chart(pd.DataFrame({"x": [1.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("x:Q", **x)),
            plot.mark_rule(strokeWidth=4, opacity=0.45).encode(x=alt.X("low:Q", **x), x2="high:Q"),
            plot.mark_point(size=38).encode(
                x=alt.X("median:Q", **x),
                shape=alt.Shape(
                    "reading:N", scale=alt.Scale(domain=list(READINGS), range=[charts.SHAPE[r] for r in READINGS])
                ),
            ),
        ]
        panels.append(
            alt.layer(*layers).properties(width=charts.size(narrow, 106) if narrow else 258, height=150, title=words)
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18).resolve_scale(color="shared", shape="shared")


def draw_plane(t, narrow, frame):
    """The largest hold-out of the coalition that leaves a disarming deal, over Kim's: median and quartiles."""
    frame = frame[frame.seed == SEEDS[0]]
    rows = frame[frame.high > -1e6].assign(
        low=frame.low.clip(lower=0), median=frame["median"].clip(lower=0), high=frame.high.clip(lower=0)
    )
    high = evidence.assumptions().high.astype(float)
    top = float(rows.high.max())
    panels = []
    for k, reading in enumerate(READINGS):
        part = rows[rows.reading == reading]
        x = alt.X(
            "out_kim:Q",
            title="Kim’s hold-out, US$ m a half-year" if narrow or k == 1 else None,
            axis=alt.Axis(values=[0, 200, 400, 600]),
        )
        y = {
            "scale": alt.Scale(domain=[0, top]),
            "axis": alt.Axis(tickCount=4, labels=narrow or k == 0),
            "title": None,
        }
        plot = alt.Chart(part).encode(x=x)
        mark = pd.DataFrame({"out_kim": [high["out_kim"]], "median": [high["out_coalition"]], "word": ["high ends"]})
        spot = alt.Chart(mark).encode(x=x, y=alt.Y("median:Q", **y))
        layers = [
            plot.mark_area(color=t[reading], opacity=0.34).encode(y=alt.Y("low:Q", **y), y2="high:Q"),
            plot.mark_line(color=t[reading]).encode(y=alt.Y("median:Q", **y)),
            spot.mark_point(shape="cross", size=70, color=t["accent"]),
            charts.label(mark, t, "word:N", "accent", "right", dx=-7, dy=-8, x=x, y=alt.Y("median:Q", **y)),
        ]
        panels.append(
            alt.layer(*layers).properties(
                width=charts.size(narrow, 46) if narrow else 176, height=170, title=charts.LABELS[reading]
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


def coalition_lines(points=15):
    """What the three offers are worth to the coalition over no deal: frame of lever, offer, x, bn (US$), right.

    Minds play no part. lever: "phi", the cost of relief as a multiple of the table's, or "out", its hold-out in M a
    half-year, all else at the central values; right: whether it would answer as it did.
    """
    case, rows = base.build(), []
    for lever, values in (("phi", np.linspace(0.5, 6, points)), ("out", np.linspace(0, 150, points))):
        for x in values:
            now = relief_cost(case, x) if lever == "phi" else replace(case, out=np.array([case.out[KIM], x]))
            for name, (_, _, did) in HANOI.items():
                over = (offer(now, name) - reserve(now))[COALITION]
                row = {"lever": lever, "offer": OFFERS[name], "x": float(x), "bn": over / 1000}
                rows.append(row | {"right": bool((over > 0) == did[COALITION])})
    return pd.DataFrame(rows)


def draw_hanoi(t, narrow, lines, drawn):
    """The coalition's value of the three offers over the cost of relief and over its hold-out (strong where it answers
    as on record), and Kim's over draws of minds and values."""
    names = list(OFFERS.values())
    did = {
        OFFERS[o]: ["signed" if all(a) else "offered" if x else "refused" for x in a] for o, (_, _, a) in HANOI.items()
    }
    signed = "datum.value > 0 ? '+' + datum.label : datum.label"
    scale, panels = alt.Scale(type="symlog", constant=1, domain=[-4, 25], nice=False), []
    for lever, title, ticks in (
        ("phi", "Cost of relief, multiple of the table’s", [1, 2, 3, 4, 5, 6]),
        ("out", "Coalition’s hold-out, US$ m a half-year", [0, 50, 100, 150]),
    ):
        rows = lines[lines.lever == lever].assign(now=lambda f: f.right, group=lambda f: f.offer)
        parts = []
        for offer_name, part in rows.groupby("offer", sort=False):  # runs of one answer, joined where they meet
            run = (part.right != part.right.shift()).cumsum()
            for number, piece in part.groupby(run):
                after = part[run == number + 1].head(1)
                parts.append(pd.concat([piece, after]).assign(group=f"{offer_name} {number}", now=piece.right.iloc[0]))
        x = alt.X("x:Q", title=title, axis=alt.Axis(values=ticks))
        marks = [-3, -1, 0, 1, 3, 10]
        axis = alt.Axis(values=marks, tickCount=6, format="d", labelExpr=signed, labelOverlap=False, grid=True)
        y = alt.Y("bn:Q", title=None, scale=scale, axis=axis)
        strokes = alt.Chart(pd.concat(parts)).mark_line(color=t["coalition"])
        strokes = strokes.encode(
            x=x,
            y=y,
            detail="group:N",
            strokeDash=alt.StrokeDash("offer:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3], [1.5, 3]])),
            opacity=alt.Opacity("now:N", scale=alt.Scale(domain=[True, False], range=[1, 0.4])),
            strokeWidth=alt.StrokeWidth("now:N", scale=alt.Scale(domain=[True, False], range=[3, 1.5])),
        )
        layers = [
            alt.Chart(pd.DataFrame({"bn": [0.0]})).mark_rule(color=t["ink"]).encode(y=y),
            strokes,
        ]
        if lever == "phi":
            ends = rows.groupby("offer", sort=False)
            spots = (("first", "left", -11), ("first", "left", -12), ("last", "right", -9))
            for word, (end, side, dy) in zip(names, spots, strict=True):
                spot = getattr(ends, end)().loc[[word]].reset_index()
                spot["word"] = f"{word} ({did[word][COALITION]})"
                at = {"x": alt.X("x:Q"), "y": alt.Y("bn:Q", scale=scale)}
                dx = 2 if side == "left" else -2
                layers.append(charts.label(spot, t, "word:N", "coalition", side, 600, dx=dx, dy=dy, **at))
        wide = charts.size(narrow, 34) if narrow else 284
        heading = "Worth to the coalition, US$ bn" if lever == "phi" else "The same over what it holds out for"
        panels.append(alt.layer(*layers).properties(width=wide, height=200, title=heading))
    ends = [1.15 * float(drawn.low.min()), 1.3 * float(drawn.high.max())]
    scale = alt.Scale(type="symlog", constant=1, domain=ends, nice=False)
    drawn = drawn.assign(word=[f"{o} ({did[o][KIM]})" for o in drawn.offer])
    order = [f"{o} ({did[o][KIM]})" for o in names]
    row = alt.Y("word:N", sort=order, title=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    row = row.axis(labels=False, grid=True, bandPosition=0)
    offset = alt.YOffset("reading:N", sort=list(READINGS), scale=alt.Scale(range=[30, 74]))
    plot = alt.Chart(drawn).encode(
        y=row, yOffset=offset, color=alt.Color("reading:N", scale=alt.Scale(**charts.colours(READINGS, t)))
    )
    axis = alt.Axis(values=[-20, -5, -1, 0, 1, 5], format="d", labelExpr=signed, labelOverlap=False, grid=True)
    value = lambda f: alt.X(f"{f}:Q", scale=scale, title=None, axis=axis)  # noqa: E731
    shapes = alt.Scale(domain=list(READINGS), range=[charts.SHAPE[r] for r in READINGS])
    first = drawn[drawn.reading == READINGS[0]]
    panels.append(
        alt.layer(
            alt.Chart(pd.DataFrame({"low": [0.0]})).mark_rule(color=t["ink"]).encode(x=value("low")),
            plot.mark_rule(strokeWidth=4, opacity=0.45).encode(x=value("low"), x2="high:Q"),
            plot.mark_point(size=40).encode(x=value("median"), shape=alt.Shape("reading:N", scale=shapes)),
            charts.label(first, t, "word:N", "ink", "left", dy=-31, x=alt.value(0), y=row),
        ).properties(width=charts.size(narrow, 34), height=76 * len(names), title="Worth to Kim, US$ bn")
    )
    if narrow:
        return alt.vconcat(*panels, spacing=16)
    return alt.vconcat(alt.hconcat(*panels[:2], spacing=24), panels[2], spacing=18)


def kim_values(frame):
    """Quantiles over draws of what the three offers are worth to Kim: reading, offer, low, median, high (US$ bn)."""
    rows = []
    for reading, part in frame.groupby("reading", sort=False):
        for name, words in OFFERS.items():
            low, mid, high = np.quantile(part[f"value_{name}_kim"], [0.05, 0.5, 0.95]) / 1000
            rows.append({"reading": reading, "offer": words, "low": low, "median": mid, "high": high})
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------- in words
def percent(*shares):
    """Shares of one thing from several draws as prose: whole per cents, fives or tens, whichever is the finest step at
    which all agree; else the span from the least to the largest."""
    if min(shares) == max(shares) in (0, 1):
        return "none" if shares[0] == 0 else "all"
    for step in (1, 5, 10):
        got = {step * round(100 * x / step) for x in shares}
        if len(got) == 1:
            (whole,) = got
            return {0: f"fewer than {step}%", 100: f"more than {100 - step}%"}.get(whole, f"{whole}%")
    return f"{100 * min(shares):.0f} to {100 * max(shares):.0f}%"


IF_HE = {"irrational": "is irrational", "narrow": "is narrowly rational", "dealer": "seeks a deal"}


def by_seed(frame, value):
    """Mean of a column in each draw of a stored table, a tuple."""
    return tuple(frame.groupby("seed")[value].mean())


def digits(*values):
    """Numbers of one thing from several draws: two figures, or one, whichever all share; else the span."""
    for figures in (2, 1):
        got = {float(f"{v:.{figures}g}") for v in values}
        if len(got) == 1:
            return f"{got.pop():,.15g}"
    return f"{min(values):,.2g} to {max(values):,.2g}"


def last_taken(frame, trust=0.5, share=0.5, column="accepts"):
    """For each reading the furthest commitment that at least `share` of the minds take, as dict reading -> words."""
    out = {}
    rows = frame[np.isclose(frame.trust, trust)].groupby(["reading", "commitment"], sort=False)[column].mean()
    for reading in READINGS:
        got = [name for name, x in rows[reading].items() if x >= share]
        out[reading] = NAMES[got[-1]] if got else "nothing"
    return out


def shares_words(frame):
    """How far each reading's minds go for everything on the table, in one sentence."""
    got = last_taken(frame)
    at = frame[np.isclose(frame.trust, 0.5) & (frame.commitment == "zero")]
    zero = {r: percent(*by_seed(at[at.reading == r], "accepts")) for r in READINGS}
    got = {r: "a freeze" if words == "freeze" else words for r, words in got.items()}
    return (
        f"For everything on the table most minds go as far as {got['narrow']} if he {IF_HE['narrow']}, "
        f"{got['dealer']} if he {IF_HE['dealer']} and {got['irrational']} if he {IF_HE['irrational']}; "
        f"zero is taken by {zero['narrow']}, {zero['dealer']} and {zero['irrational']} of them"
    )


def shares_heading(frame):
    """In how many readings everything on the table takes most minds to zero, as a heading."""
    n = sum(words in (NAMES["zero"], NAMES["zero_no_theft"]) for words in last_taken(frame).values())
    if n in (0, len(READINGS)):
        return f"All on the table {'takes' if n else 'does not take'} most minds to zero"
    return "Whether all on the table buys zero hangs on the reading"


def trust_words(frame, commitment="zero"):
    """How far trust and reading move the share of minds that take a commitment, in words."""
    rows = frame[frame.commitment == commitment].groupby(["reading", "trust"], sort=False).accepts.mean().unstack()
    by_trust, by_reading = (rows.max(axis=axis) - rows.min(axis=axis) for axis in (1, 0))
    more = by_trust.max() > by_reading.max()
    return (
        f"From no trust to full trust the share that takes {NAMES[commitment]} moves by up to "
        f"{5 * round(20 * by_trust.max())} points, from one reading to another by up to "
        f"{5 * round(20 * by_reading.max())}: "
        + ("what he fears matters more than what he wants" if more else "what he wants matters more than what he fears")
        + ", over these spans"
    )


def asked_words(frame):
    """From which commitment on the median ask passes the median of all on offer, by reading."""
    words = []
    for reading in ("narrow", "dealer", "irrational"):
        rows = frame[frame.reading == reading]
        over = rows[rows.ask_50 > rows.most_50]
        point = f"from {over.commitment.iloc[0]} on" if len(over) else "nowhere"
        words.append(f"{point} if he {IF_HE[reading]}")
    return "The median mind asks more than all that the table offers " + ", ".join(words)


def asked_heading(frame, commitment="zero"):
    """In how many readings the median mind asks more for a commitment than is on offer, as a heading."""
    rows = frame[frame.commitment == NAMES[commitment]]
    n = int((rows.ask_50 > rows.most_50).sum())
    return (
        "What is on offer covers the median price of zero",
        "The median price of zero tops the offer in one reading",
        "The median price of zero tops the offer in two readings",
        "The median price of zero tops the offer in every reading",
    )[n]


def _span(medians):
    """Least and largest of a frame seed × reading with two figures, rounded outwards, so that both seeds lie inside."""
    low, high = medians.to_numpy().min(), medians.to_numpy().max()
    step = [10.0 ** (np.floor(np.log10(x)) - 1) for x in (low, high)]
    ends = [f"{np.floor(low / step[0]) * step[0]:.6g}", f"{np.ceil(high / step[1]) * step[1]:.6g}"]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def multiples_words(frame, commitment="zero"):
    """The median multiple that paper needs for a commitment, and what the switches make of it."""
    got = frame[frame.commitment == commitment].pivot(index=["variant", "seed"], columns="reading", values="median")
    span = {v: _span(got.loc[v]) for v in VARIANTS}
    low, high = got.loc["both"].min().min(), got.loc["both"].max().max()
    verb = (
        "still more than they are worth in every reading"
        if low > 1
        else "no longer more than they are worth"
        if high <= 1
        else "no longer more than they are worth in every reading"
    )
    return (
        f"For {NAMES[commitment]} the papers would have to be worth {span['base']} times as much (medians by reading), "
        f"{span['no residual hazard']} if a reliable partner never broke, {span['no arms in peace']} if peace took all "
        f"worth from the arsenal, {span['both']} with both: {verb}"
    )


def multiples_heading(frame):
    """What the papers buy from the median minds as the table has them, as a heading."""
    rows = frame[frame.variant == "base"].groupby("commitment")["median"]
    dearest, cheapest = rows.max(), rows.min()
    if dearest["zero"] < 1:
        return "Paper alone buys the arsenal"
    if cheapest["zero"] < 1:
        return "Whether paper buys the arsenal hangs on the reading"
    return "Paper buys a freeze, not the arsenal" if dearest["freeze"] < 1 else "Paper does not buy the arsenal"


def switches_words(frame, commitment="zero"):
    """Which of the two beliefs makes more of the difference to what paper is worth, in words."""
    got = frame[frame.commitment == commitment].groupby(["seed", "variant"])["median"].mean().unstack()
    fear, arms = (1 - got[v] / got["base"] for v in ("no residual hazard", "no arms in peace"))
    more = "fear more than about the arsenal" if fear.mean() > arms.mean() else "the arsenal more than about fear"
    return (
        f"Without the fear that a reliable partner breaks all the same the multiple for {NAMES[commitment]} falls by "
        f"{percent(*fear)}, without the arsenal's worth in peace by {percent(*arms)}: the claim is about {more}"
    )


def trusting_words(frame, commitment="zero"):
    """The median multiple at no trust and at full trust, from `paper` over trusts, in words."""
    rows = frame[(frame.commitment == commitment) & (frame.variant == "base")]
    got = rows.groupby(["trust", "seed", "reading"]).multiple.median().unstack()
    return (
        f"Over trust the medians for {NAMES[commitment]} run from {_span(got.loc[0.0])} times at none to "
        f"{_span(got.loc[1.0])} at full trust"
    )


def enough_words(frame):
    """For which commitments paper suffices as the table has it, by share of minds (a twentieth or more)."""
    rows, words = frame[frame.variant == "base"], []
    for name, part in rows.groupby("commitment", sort=False):
        got = part.pivot(index="seed", columns="reading", values="enough")
        low, high = (percent(*got.agg(f, axis=1)) for f in ("min", "max"))
        if got.to_numpy().max() >= 0.05:
            span = low if low == high else f"{low.removesuffix('%')} to {high}"
            words.append(f"{'a freeze' if name == 'freeze' else NAMES[name]} for {span} of the minds")
    return "Paper alone buys " + (" and ".join(words) + ", by reading" if words else "next to nothing")


def plane_words(frame):
    """How large Kim's and the coalition's hold-outs may be when the other's is 0, by reading (medians)."""
    words = []
    for reading in READINGS:
        rows = frame[frame.reading == reading]
        some = rows[rows["median"] > 0].groupby("seed").out_kim.max()
        most = rows[rows.out_kim == 0].groupby("seed")["median"].max()
        who = charts.LABELS[reading].lower()
        words.append(f"{who} {digits(*some)} and {digits(*most)}" if len(some) else f"{who}: none")
    return (
        "For the median mind a deal that removes weapons is left up to a hold-out of Kim’s, or one of the coalition’s, "
        "of so many US$ m a half-year, the other’s being 0: " + "; ".join(words)
    )


def plane_heading(frame):
    """Whether the median minds leave a disarming deal at the high ends of both hold-outs, as a heading."""
    high = evidence.assumptions().high.astype(float)
    left_over = []
    for _, rows in frame.sort_values("out_kim").groupby(["reading", "seed"]):
        most = np.interp(high["out_kim"], rows.out_kim, rows["median"].clip(lower=-1e6))
        left_over.append(most > high["out_coalition"])
    if all(left_over):
        return "Even with both hold-outs high, the median mind has a deal"
    return (
        "With both hold-outs high, a deal hangs on the reading"
        if any(left_over)
        else "With both hold-outs high, the median mind has no deal left"
    )


def regained(case):
    """What holding out is worth to each side when it comes back at a breakdown, out × Σ D (1 - q), (2,) in M.

    The base (`reserve`) takes it as forgone for good; the hold-out that leaves a deal scales by the ratio of the two.
    """
    q = base.fears(case, int(evidence.central("periods") + evidence.central("tail")))
    return case.out * [base.sums(case.delta[p], q[p])[0] for p in (KIM, COALITION)]


def regained_words():
    """How many times larger the hold-outs may be when they come back at a breakdown, in words."""
    case = replace(base.build(), out=np.ones(2))
    kim, coalition = reserve(case) / regained(case)
    return (
        f"If holding out earned the same again once the deal broke, his hold-out could be {kim:.1f} times and the "
        f"coalition’s {coalition:.1f} times as large"
    )


def hanoi_words(frame):
    """In what share of the draws the three offers are all answered as they were, and which answer fails most."""
    columns = [f"{o}_{s}" for o in HANOI for s in SIDES]
    worst = frame[columns].mean().idxmin()
    name, side = worst.rsplit("_", 1)
    did = "agreed to" if HANOI[name][2][SIDES.index(side)] else "refused"
    who = "Kim" if side == "kim" else "Washington"
    return (
        f"In {percent(*by_seed(frame, 'all'))} of the draws the three offers are all answered as they were; the answer "
        f"that fails most is that {who} {did} {OFFERS[name]}, right in {percent(*by_seed(frame, worst))}"
    )


def hanoi_heading(frame):
    """How often the three offers are all answered as on record, as a heading."""
    share = frame["all"].mean()
    if share >= 0.5:
        return "Most draws answer all three offers as on record"
    return f"{'Hardly a draw answers' if share < 0.05 else 'A minority of draws answer'} all offers as on record"


def one_set_words(frame):
    """Whether any one set of values answers all three offers as they were answered, in words."""
    n = int(frame["all"].sum())
    if not n:
        return "No draw answers all three offers as they were answered"
    return (
        f"A set of values that answers all three as they were answered exists, but is rare: {n} of {len(frame)} draws"
        if n < len(frame) / 20
        else f"One set of values can answer all three: it does in {n} of {len(frame)} draws"
    )


def alone_words(frame):
    """The freeze of 1994 without today's hold-out of Kim's, in words."""
    now, then = by_seed(frame, "freeze_1994_kim"), by_seed(frame, "alone")
    return (
        f"In 1994 nobody in Moscow was offering what holding out earns him today. With that taken to be nothing, he "
        f"signs the freeze for oil in {percent(*then)} of the draws instead of {percent(*now)}"
    )


def turning_table():
    """What would turn each wrong answer at the central values: offer, side, did, reading, phi, out, trust (nan: none).

    Only answers that the model gets wrong for the mean mind of a reading; the coalition's do not depend on the mind.
    """
    rows, case = [], base.build()
    for name, (_, _, did) in HANOI.items():
        for p in (KIM, COALITION):
            for reading in READINGS if p == KIM else (None,):
                now = case if reading is None else base.with_mind(case, base.mean_mind(reading))
                if (offer(now, name)[p] > reserve(now)[p]) == did[p]:
                    continue
                least = {lever: turning(now, name, p, lever) for lever in ("phi", "out", "trust")}
                rows.append({"offer": name, "side": SIDES[p], "did": did[p], "reading": reading, **least})
    return pd.DataFrame(rows, columns=["offer", "side", "did", "reading", "phi", "out", "trust"])


def turning_words(frame=None):
    """The least cost of relief, hold-out or trust at which each wrong answer comes right, in sentences."""
    frame = turning_table() if frame is None else frame
    if not len(frame):
        return "At the central values both sides answer all three offers as they did."
    said = []
    for row in frame.itertuples():
        who = "Washington" if row.side == "coalition" else f"Kim ({charts.LABELS[row.reading].lower()}, mean mind)"
        levers = [
            f"relief costing it {row.phi:.1f} times what the table says" if row.phi == row.phi else "",
            f"holding out worth {row.out:.0f} US$ m a half-year" if row.out == row.out else "",
            f"a trust of {percent(row.trust)}" if row.trust == row.trust else "",
        ]
        levers = [x for x in levers if x]
        need = "would take " + " or ".join(levers) if levers else "none of the three levers would do"
        done = "agree to" if row.did else "refuse"
        said.append(f"For {who} to {done} {OFFERS[row.offer]}, as on record, {need}")
    return ". ".join(said) + "."


def impossible_words():
    """When the table lets zero be reached at the earliest, against the two years that Washington spoke of."""
    from bargain import phasing

    deal = base.build().deal
    first = phasing.possible(deal)[deal.at("K12")[0]] / 2
    return f"the table lets the last weapon leave after {first:g} years at the earliest" + (
        ", so two years were impossible" if first > 2 else ", so two years were possible"
    )


def counted_words(frame):
    """How many packages there are, and the median share that both sides prefer to holding out, by reading."""
    words = []
    for reading in READINGS:
        rows = frame[frame.reading == reading]
        share = (rows.signed / rows.total).groupby(rows.seed).median()
        words.append(f"{percent(*share)} ({charts.LABELS[reading].lower()})")
    total = f"{frame.total.iloc[0] / 1e6:.1f} million packages"
    return f"{total}; the median mind and the coalition both prefer to no deal " + ", ".join(words)


def left_words(frame):
    """For how many minds nothing that removes weapons is better for both than no deal."""
    none = frame.assign(none=1 - frame.disarming)
    if none.none.max() == 0:
        return "every mind has a package with weapons removed that is better for both than no deal"
    share = {r: percent(*by_seed(none[none.reading == r], "none")) for r in READINGS}
    return "no package that removes weapons is better for both than no deal for " + ", ".join(
        f"{words} of the {charts.LABELS[r].lower()} minds" for r, words in share.items()
    )


def lists_read(frame):
    """The price lists as a table to read: reading, commitment, minds with a price, medians of sets and of steps.

    A hundred minds carry shares in fives and counts with one figure.
    """
    rows = []
    for (reading, name), part in frame.groupby(["reading", "commitment"], sort=False):
        some = part[part.minimal > 0]
        rows.append(
            {
                "Reading": charts.LABELS[reading],
                "Commitment": NAMES[name],
                "Minds with a price": percent(len(some) / len(part), 0.05 * round(20 * len(some) / len(part))),
                "Minimal sets": f"about {float(f'{some.minimal.median():.1g}'):.0f}" if len(some) else "–",
                "Steps in the smallest": f"{some.smallest.median():.0f}" if len(some) else "–",
            }
        )
    return pd.DataFrame(rows)


def always_words(frame, commitment="zero"):
    """Which steps stand in every minimal set of a commitment, for half or more of the minds that have a price."""
    words, names = {}, base.table().name.str.replace("$", r"\$", regex=False)  # a dollar sign would open mathematics
    for reading in READINGS:
        some = frame[(frame.reading == reading) & (frame.commitment == commitment) & (frame.minimal > 0)]
        seen = some.always.fillna("").str.split(";").explode().value_counts()
        often = sorted(i for i, n in seen.items() if i and n >= len(some) / 2)
        words.setdefault(", ".join(names[i] for i in often) or "none", []).append(charts.LABELS[reading].lower())
    said = [f"{steps} ({', '.join(who)})" for steps, who in words.items()]
    return f"Steps in every set for {NAMES[commitment]}, for most minds: " + "; ".join(said)


def declaration_words(frame):
    """Up to what cost to the coalition the end-of-war declaration stays in some minimal set, for the reference mind."""
    rows = frame.groupby("multiple").with_declaration.sum()
    kept = rows[rows > 0]
    if not len(kept):
        return "the declaration is in no minimal set"
    share = frame[frame.multiple == frame.multiple.min()]
    share = share.with_declaration.sum() / max(share.minimal.sum(), 1)
    end = (
        "and stays in some at every loss tried"
        if kept.index.max() == rows.index.max()
        else f"and is in none at {rows[rows == 0].index.min():.0f} times that cost"
    )
    return (
        f"for the mind of equal weights the declaration is in {percent(share)} of the minimal sets at the table’s "
        f"cost, "
        f"is still in some at {kept.index.max():.0f} times that cost, {end}"
    )


def closing_words():
    """How Washington answers Kim's Hanoi offer when relief once given never comes back, in words."""
    case = base.build()
    final = base.change(case, base.of_group(case, "relief"), undo=np.inf)
    floor = reserve(case)[COALITION]
    now, then = (offer(c, "kim_2019")[COALITION] for c in (case, final))
    verb = "would refuse" if then <= floor else "would still take"
    return (
        f"if relief could never be taken back, Kim’s offer would be worth {then / 1000:+.1f} bn US$ to the coalition "
        f"instead of {now / 1000:+.1f}, and it {verb} it".replace("-", "−")
    )


def size_words(frame):
    """Whether the share of minds that accept zero is lowest at a middle size of the arsenal."""
    words = []
    for reading in READINGS:
        rows = frame[frame.reading == reading].groupby("size").accepts.agg(["mean", "min", "max"]).sort_index()
        low, ends = rows["mean"].min(), (rows["mean"].iloc[0], rows["mean"].iloc[-1])
        shape = (
            "U-shaped"
            if low < min(ends) - 0.02
            else "falling"
            if ends[0] > ends[1] + 0.02
            else "rising"
            if ends[1] > ends[0] + 0.02
            else "level"
        )
        at = [percent(rows["min"].iloc[i], rows["max"].iloc[i]) for i in (0, -1)]
        words.append(f"{charts.LABELS[reading].lower()} {shape}, from {at[0]} to {at[1]}")
    sizes = sorted(frame["size"].unique())
    return (
        f"the share of minds that take everything for zero, from an arsenal of {sizes[0]:.0f} to one of "
        f"{sizes[-1]:.0f} weapons: " + "; ".join(words)
    )


def kept_words(frame):
    """Of the packages that both sign, the median share that both would also keep in the first half-year, by reading."""
    words, some = [], frame[frame.signed > 0]
    for reading in READINGS:
        rows = some[some.reading == reading]
        share = (rows.kept / rows.signed).groupby(rows.seed).median()
        words.append(f"{percent(*share)} ({charts.LABELS[reading].lower()})" if len(share) else "none")
    return ", ".join(words)


def nash_read(frame):
    """The Nash package over minds: reading, share of minds with one, weapons it removes and its steps on each side."""
    rows = []
    for reading in READINGS:
        part = frame[frame.reading == reading]
        median = {c: f"{part[c].median():.0f}" for c in ("gone", "kim", "coalition", "joint")}
        rows.append(
            {
                "Reading": charts.LABELS[reading],
                "Minds with one": percent(*by_seed(part.assign(gone=part.gone.notna()), "gone")),
                "Weapons removed (median)": median["gone"],
                "Steps of Kim’s": median["kim"],
                "Steps of the coalition’s": median["coalition"],
                "Weapons removed at the largest sum of values": median["joint"],
            }
        )
    return pd.DataFrame(rows)


def dominance_words():
    """What a weight on power over the South does to the share of narrowly rational minds that take a commitment."""
    case, weight, taken = base.build(), evidence.central("w_dominance"), {}
    asked_for = {name: COMMITMENTS[name][0] for name in ("thirty", "zero")}
    for dominance in (0.0, weight):
        seen = base.with_mind(case, np.full(8, 1 / 8), dominance)  # the arsenal's part; the mind's follows
        for seed in SEEDS:
            got = prices(seen, readings_minds("narrow", seed), asked_for).groupby("commitment").accepts.mean()
            for name, share in got.items():
                taken.setdefault((name, dominance), []).append(share)
    moved = [f"for {NAMES[n]} from {percent(*taken[n, 0.0])} to {percent(*taken[n, weight])}" for n in asked_for]
    return (
        f"with {percent(weight)} of the weight on power over the South, the share of narrowly rational minds that "
        f"takes everything on the table goes {' and '.join(moved)}"
    )


def sample_words(frame):
    """How the central table compares with all assumptions drawn: the share of draws that take everything for zero."""
    rows = frame[frame.commitment == "zero"]
    taken, both = (
        ", ".join(
            f"{percent(*by_seed(rows[rows.reading == r], column))} ({charts.LABELS[r].lower()})" for r in READINGS
        )
        for column in ("accepts", "both")
    )
    return (
        f"With every assumption drawn together with the mind, everything on the table buys zero in {taken} of the "
        f"draws, and a package for zero that is better for both exists in {both}. Putting the complements’ value on "
        f"single steps changes {percent(*by_seed(frame, 'changed'))} of these verdicts"
    )


def answers_read(frame):
    """Shares of draws in which each side answers each offer as it did: a table to read."""
    rows = []
    for name, words in OFFERS.items():
        for p, side in enumerate(SIDES):
            row = {
                "Offer": words,
                "Side": charts.LABELS[side],
                "On record": "agreed" if HANOI[name][2][p] else "refused",
            }
            for reading in READINGS:
                row[charts.LABELS[reading]] = percent(*by_seed(frame[frame.reading == reading], f"{name}_{side}"))
            rows.append(row)
    return pd.DataFrame(rows)


def matrix_words(frame):
    """In how many steps the receiver gains more than the giver pays, and which side's cheapest step gains most."""
    wide = frame.pivot(index=["id", "giver"], columns="side", values="central").reset_index()
    giver = np.where(wide.giver == "kim", wide.kim, wide.coalition)
    taker = np.where(wide.giver == "kim", wide.coalition, wide.kim)
    gains = int((taker > -giver).sum())
    return f"While the deal lives, {gains} of {len(wide)} steps are worth more to who gets them than to who gives them"


def matrix_heading(frame):
    """Whether what one side gives is mostly worth more to the other, as a heading."""
    wide = frame.pivot(index=["id", "giver"], columns="side", values="central").reset_index()
    net = wide.kim + wide.coalition  # the taker's gain less the giver's cost, whoever gives
    if (net > 0).mean() > 0.5:
        return "Most steps are worth more to the taker than to the giver"
    return "Half of the steps or more bring no more than they cost"


def both_words(frame, trust=0.5):
    """For which commitments a package better for both exists less often than one that he would take, in words."""
    rows = frame[np.isclose(frame.trust, trust)].groupby(["reading", "commitment"], sort=False)[["accepts", "both"]]
    gap = rows.mean().eval("accepts - both")
    if gap.max() <= 0.02:
        return (
            "Wherever he would take everything on the table, some package leaves the coalition better off as well, "
            "with at most two minds in a hundred apart."
        )
    reading, commitment = gap.idxmax()
    part = frame[np.isclose(frame.trust, trust) & (frame.reading == reading) & (frame.commitment == commitment)]
    return (
        f"A package for {NAMES[commitment]} that is better for both exists for {percent(*by_seed(part, 'both'))} of "
        f"the {charts.LABELS[reading].lower()} minds, against {percent(*by_seed(part, 'accepts'))} that would take "
        "everything: the rest would ask more than it is worth to the coalition."
    )


def embassies_words(papers, commitment="thirty"):
    """What full diplomatic relations add to the papers, as medians of the multiple over minds, in words."""
    more = paper(trusts=(0.5,), papers=EMBASSIES)
    one, two = (
        _span(
            f[(f.variant == "base") & (f.commitment == commitment) & np.isclose(f.trust, 0.5)]
            .groupby(["seed", "reading"])
            .multiple.median()
            .unstack()
        )
        for f in (papers, more)
    )
    return f"With embassies added, {NAMES[commitment]} costs {two} times the worth of the papers instead of {one}."
