"""Chapter 7: every package of steps, counted exactly for every mind; prices, paper, hold-outs and Hanoi.

A package is a set of steps signed and done at once. Its worth to a side is a sum over steps and pairs (κ), so
that for a mind only the sum of the two sides' lengths matters, and all packages can be counted without being
listed. Strict inequality: a package is acceptable when it beats holding out, V_p > out_p/(1 - δ_p).
Unit: million US$-equivalent (M), capitalised over the life of the deal.
"""
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from bargain import deal as base
from bargain import evidence
from bargain.deal import COALITION, KIM, READINGS, SIDES

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
OFFERS = {"kim_2019": "Kim’s offer at Hanoi", "washington_2019": "Washington’s offer at Hanoi",
          "freeze_1994": "the freeze for oil of 1994"}


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
    y = np.stack([sets[:, list(members[k])].all(axis=1) for k in pairs], axis=1) if pairs else \
        np.zeros((len(sets), 0), bool)
    cols = np.array(steps + [len(needs) + k for k in pairs], int)
    full = np.concatenate([sets[:, steps], y], axis=1)
    full.setflags(write=False)
    return full, cols


def allowed(deal, side):
    """All sets of a side's steps that respect prerequisites: boolean (sets, columns) and the columns' indices.

    Columns are the side's steps, then its pairs (true when all members are in the set).
    """
    owner = tuple(bool(x) for x in deal.owner[:deal.steps] == side)
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
        padded[:len(order)] = kim_gets[m, order]
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
        him = to_minds(case, weights[start:start + at_a_time], kappa)
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
    return {"kim": names_of(case.deal, KIM, k[i]), "coalition": names_of(case.deal, COALITION, u[j]),
            "gain": gains, "value": gains + floor}


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
    return {"ask": floor[KIM] - own[KIM], "most": worth[COALITION][KIM].max(), "acceptable": int(both.sum()),
            "minimal": lists, "always": sorted(set.intersection(*map(set, lists))) if lists else [],
            "smallest": min(lists, key=len) if lists else None,
            "cheapest": names_of(deal, COALITION, cheapest) if len(minimal) else None}


def columns_of(deal, ids):
    """Indices of a set's steps and of the pairs that it completes; the set may disregard prerequisites."""
    at = deal.at(*ids)
    return np.concatenate([at, [deal.steps + k for k, m in enumerate(deal.members) if set(m) <= set(at.tolist())]]
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
        best = np.maximum.accumulate(np.maximum.reduceat(gets[:, order[:cuts[-1]]], starts, axis=1), axis=1)
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
    best = reach(gets, kappa[COALITION, cols] @ sets.T, np.array([kappa[COALITION, k].sum() for k in at]),
                 floor[COALITION])
    return pd.concat([pd.DataFrame({"commitment": name, "mind": np.arange(len(most)), "ask": ask[k], "most": most,
                                    "accepts": most > ask[k], "both": best[:, k] > ask[k]})
                      for k, name in enumerate(asked)], ignore_index=True)


@lru_cache
def readings_minds(reading, n=None):
    """The first n_minds minds of a reading."""
    return base.minds(reading, n or int(evidence.central("n_minds")))


def trusting(case, trust=None, eta0=None):
    """The case with Kim's trust π in the coalition at the same hazards (which moves his first fear), or another η0."""
    change = {}
    if trust is not None:
        change["trust"] = np.array([trust, case.trust[COALITION]])
    if eta0 is not None:
        change["residual"] = np.array([eta0, case.residual[COALITION]])
    return replace(case, **change)


TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0)


def shares_chunk(k):
    """Share of minds that take everything on the table for a commitment, over trust, for reading k: a tidy frame.

    Columns: reading, trust (π at the same hazards), commitment, accepts, both (shares of the n_minds minds, the table
    at its central values).
    """
    reading, rows = READINGS[k], []
    for trust in TRUSTS:
        got = prices(trusting(base.build(), trust), readings_minds(reading))
        got = got.groupby("commitment", sort=False)[["accepts", "both"]].mean().reset_index()
        rows.append(got.assign(reading=reading, trust=trust))
    return pd.concat(rows, ignore_index=True)[["reading", "trust", "commitment", "accepts", "both"]]


def sample_chunk(k):
    """Prices of the commitments when mind and all assumptions are drawn together, for reading k: a tidy frame.

    Columns: reading, draw, commitment, ask, most, accepts, both, changed (accepts differs when the value of pairs is
    put back on their single steps), over n_schedules draws, the same as chapter 8's.
    """
    reading, frames = READINGS[k], []
    cases, _ = base.sample(reading, int(evidence.central("n_schedules")), 0)
    for number, case in enumerate(cases):
        got = prices(case)
        flat = prices(base.pairs_on_steps(case))
        frames.append(got.assign(reading=reading, draw=number, changed=got.accepts != flat.accepts))
    return pd.concat(frames, ignore_index=True)[["reading", "draw", "commitment", "ask", "most", "accepts", "both",
                                                 "changed"]]


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

    Columns: reading, variant, trust, commitment, multiple (ask over the worth of the papers, one row a mind; below 1
    the paper suffices; inf where it is worth nothing).
    """
    case, rows = case or base.build(), []
    for variant, alter in VARIANTS.items():
        for trust in trusts:
            now = trusting(alter(case), trust)
            kappa, floor = base.kappa(now), reserve(now)
            for reading in READINGS:
                scaled = base.multiplier(now.deal, readings_minds(reading)) * kappa[KIM]
                worth = scaled[:, columns_of(now.deal, papers)].sum(axis=1)
                for name, (ids, _) in COMMITMENTS.items():
                    ask = floor[KIM] - scaled[:, columns_of(now.deal, ids)].sum(axis=1)
                    multiple = np.where(worth > 0, ask / np.where(worth > 0, worth, 1), np.inf)
                    rows.append(pd.DataFrame({"reading": reading, "variant": variant, "trust": trust,
                                              "commitment": name, "multiple": multiple}))
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
    """The largest hold-out of the coalition at which a disarming deal is left, over Kim's, for reading k.

    Columns: reading, out_kim (M a half-year), low, median, high (quartiles over minds of the coalition's hold-out, M a
    half-year; -inf: no deal is left, whatever hers). The table at its central values.
    """
    case, reading, values = base.build(), READINGS[k], np.linspace(0, 600, 25)
    kappa, limit = base.kappa(case), np.full((minds, 25), -np.inf)
    for m, w in enumerate(base.multiplier(case.deal, readings_minds(reading)[:minds])):
        him, her = frontier(case, np.array([kappa[KIM] * w, kappa[COALITION]]))
        points = np.searchsorted(-him, -values / (1 - case.delta[KIM]), side="left")  # those above his hold-out
        limit[m, points > 0] = her[points[points > 0] - 1] * (1 - case.delta[COALITION])
    low, mid, high = np.quantile(limit, [.25, .5, .75], axis=0, method="lower")
    return pd.DataFrame({"reading": reading, "out_kim": values, "low": low, "median": mid, "high": high})


def left(case=None):
    """Share of minds with a package better for both, and with one that removes weapons: frame by reading.

    Columns: reading, any, disarming; at the case's hold-outs.
    """
    case, rows = case or base.build(), []
    kappa, floor, worth = base.kappa(case), reserve(case), worths(case)
    sets, cols = allowed(case.deal, KIM)
    arms = sets[:, list(cols).index(case.deal.at(DISARMS)[0])]
    for reading in READINGS:
        him = to_minds(case, readings_minds(reading), kappa)
        ok = reach(him[COALITION], worth[COALITION][COALITION], worth[KIM][COALITION], floor[COALITION]) \
            > floor[KIM] - him[KIM]
        rows.append({"reading": reading, "any": ok.any(axis=1).mean(), "disarming": ok[:, arms].any(axis=1).mean()})
    return pd.DataFrame(rows)


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
            rows.append({"offer": name, "side": SIDES[p], "value": float(value[p]), "agrees": agrees, "did": did[p],
                         "right": agrees == did[p]})
    return pd.DataFrame(rows)


def relief_cost(case, multiple):
    """The case with the coalition's security cost of relief (φ) multiplied."""
    return base.change(case, base.of_group(case, "relief"), side=COALITION, live=multiple, hostile=multiple)


def record_plane(reading, multiples=None, outs=None):
    """Which offers are answered as they were, over the cost of relief and the coalition's hold-out: a tidy frame.

    Columns: reading, phi (multiple of the central cost), out_coalition (M a half-year), kim_2019, washington_2019,
    freeze_1994 (True where *both* sides answer as they did), all; for the mean mind.
    """
    multiples = np.linspace(0.5, 6, 23) if multiples is None else multiples
    outs = np.linspace(0, 150, 16) if outs is None else outs
    case, rows = base.with_mind(base.build(), base.mean_mind(reading)), []
    for phi in multiples:
        now = relief_cost(case, phi)
        values = {name: offer(now, name) for name in HANOI}
        for out in outs:
            got = answers(replace(now, out=np.array([case.out[KIM], out])), values)
            right = got.groupby("offer").right.all()
            rows.append({"reading": reading, "phi": phi, "out_coalition": out, **right.to_dict(), "all": right.all()})
    return pd.DataFrame(rows)


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
    """Answers of both sides to the three offers over draws of minds and all assumptions, for reading k: a tidy frame.

    Columns: reading, draw, one column of right answers for each offer and side, all, phi (multiple of the security
    cost of relief, φ_live over its central value times politics), out_coalition.
    """
    reading, rows = READINGS[k], []
    cases, drawn = base.sample(reading, int(evidence.central("n_schedules")), 0)
    mid = evidence.central("phi_live")
    for number, case in enumerate(cases):
        got = answers(case)
        right = {f"{r.offer}_{r.side}": r.right for r in got.itertuples()}
        rows.append({"reading": reading, "draw": number, **right, "all": got.right.all(),
                     "phi": drawn.phi_live[number] / mid * drawn.relief_politics[number],
                     "out_coalition": drawn.out_coalition[number]})
    return pd.DataFrame(rows)


# -------------------------------------------------------------------------------------- what others would change
def declaration(case, multiples=(1, 2, 5, 10, 20, 50)):
    """In how many minimal sets the end-of-war declaration stays when it costs the coalition more: a tidy frame.

    Columns: multiple (of its cost to the coalition), commitment, minimal (number of sets), with_declaration.
    """
    rows = []
    for multiple in multiples:
        now = base.change(case, ["U01"], side=COALITION, live=multiple, hostile=multiple)
        for name in COMMITMENTS:
            sets = price_list(now, name)["minimal"]
            rows.append({"multiple": multiple, "commitment": name, "minimal": len(sets),
                         "with_declaration": sum("U01" in s for s in sets)})
    return pd.DataFrame(rows)


def by_size():
    """The price of zero when the arsenal had another size: frame reading, size (weapons), accepts, both, ask, most.

    Sizes are the tranches' edges; each smaller arsenal is the last tranches alone. Medians and shares over minds.
    """
    case, chain = base.build(), base.tranches()
    rest = [i for i in COMMITMENTS["zero"][0] if i not in chain.index]
    asked = {a: (*rest, *chain.index[chain.a <= a]) for a in chain.a}
    rows = []
    for reading in READINGS:
        got = prices(case, readings_minds(reading), asked)
        for size, part in got.groupby("commitment"):
            rows.append({"reading": reading, "size": size, "accepts": part.accepts.mean(), "both": part.both.mean(),
                         "ask": part.ask.median(), "most": part.most.median()})
    return pd.DataFrame(rows)
