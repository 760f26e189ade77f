"""The deal's shared ground: steps, complements, beliefs, draws and minds (chapters 7 to 10 stand on it).

Unit everywhere: million US$-equivalent a half-year ("M") to the decision-maker of a side, against today's
course without the step. Sides: row 0 Kim, row 1 the coalition. A step is worth `live` a half-year while the
deal lives, and `hostile` a half-year after it broke for as long as the step lasts, `undo` half-years.
"""
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from bargain import evidence, sampling

SIDES = ("kim", "coalition")
KIM, COALITION = 0, 1
GOALS = ("personal", "regime", "deterrent", "currency", "legitimacy", "recognition", "autonomy", "reform")
READINGS = ("irrational", "narrow", "dealer")
VALUES = tuple(f"{side}_{state}" for side in SIDES for state in ("coop", "host"))
# What is drawn beside the steps' own values; each id is a row of the assumptions register.
BELIEFS = ("fear_first_kim", "doubt_kim", "delta_kim", "fear_first_coalition", "doubt_coalition",
           "delta_coalition", "eta0", "election_spike")
SCALES = ("out_kim", "out_coalition", "relief_politics", "arsenal_worth", "arsenal_peace", "ua_risk",
          "phi_live", "phi_broken", "remake_rate")
LEVER_ROWS = ("custody_undo", "custody_live", "custody_broken", "guarantor", "escrow_undo", "snapback_undo",
              "capital_multiple", "relief_multiple", "treaty_multiple", "eta0_multiple", "training_short",
              "targeting")
FIXED = ("election_period", "arsenal_now", "arsenal_m0", "arsenal_m1", "patient_share")
LATENT = ("K08", "K09", "K10", "K11", "K12")  # what power over the South rests on
CAPITAL = ("U14", "U15")  # sunk stocks: their cost is the stock times (1 - discount factor) a half-year


@dataclass(frozen=True)
class Deal:
    """Steps first, then pairs (complements and substitutes); n = steps + pairs.

    ids, owner (n,), group (n,); live and hostile (2, n) in M a half-year, undo (n,) in half-years (inf = never);
    shares (n, 8) of Kim's value by goal, weapons (n,) removed; earliest, duration (steps,) in half-years;
    needs: the prerequisites of each step, members: the steps of each pair, both as tuples of indices.
    """
    ids: tuple
    owner: np.ndarray
    group: tuple
    live: np.ndarray
    hostile: np.ndarray
    undo: np.ndarray
    shares: np.ndarray
    weapons: np.ndarray
    earliest: np.ndarray
    duration: np.ndarray
    needs: tuple
    members: tuple

    @property
    def steps(self):
        """Number of steps, without pairs."""
        return len(self.earliest)

    def at(self, *ids):
        """Indices of the named steps or pairs; KeyError names what is missing."""
        missing = [i for i in ids if i not in self.ids]
        if missing:
            raise KeyError(f"no such step or pair: {', '.join(missing)}")
        return np.array([self.ids.index(i) for i in ids], int)


@dataclass(frozen=True)
class Case:
    """A deal with both sides' beliefs: everything a schedule or a package is judged by.

    All arrays have one entry a side. trust π, hazard η and residual η0 describe the *partner* as that side
    sees him; delta is its discount factor a half-year; out what holding out earns it (M a half-year);
    spike the extra chance of breaking in half-year `spike_at`; patient the share of unreliable types that
    behave until the last delivery.
    """
    deal: Deal
    delta: np.ndarray
    trust: np.ndarray
    hazard: np.ndarray
    residual: np.ndarray
    out: np.ndarray
    spike: np.ndarray
    spike_at: int
    patient: np.ndarray


# ------------------------------------------------------------------------------------------ the table of steps
def _ids(cell):
    return tuple(x for x in str(cell).split(";") if x) if isinstance(cell, str) else ()


@lru_cache
def table():
    """Steps and pairs in one frame indexed by id, checked; `members` and `needs` are tuples of ids.

    Raises ValueError naming the row for ranges out of order, goal shares that do not add up to 1, a
    prerequisite that is unknown, of the other side or circular, and a pair of fewer than two or mixed steps.
    """
    steps = evidence.table("deal_steps").set_index("id")
    pairs = evidence.table("deal_pairs").set_index("id")
    steps["needs"] = steps.prerequisites.map(_ids)
    pairs["members"] = pairs.all_of.map(_ids)
    twice = pd.concat([steps, pairs]).index
    if twice.has_duplicates:
        raise ValueError(f"deal_steps, deal_pairs: id used twice: {twice[twice.duplicated()].tolist()}")
    for name, frame in (("deal_steps", steps), ("deal_pairs", pairs)):
        for row in frame.itertuples():
            where = f"{name} row {row.Index}"
            if row.side not in SIDES:
                raise ValueError(f"{where}: side {row.side!r} is neither kim nor coalition")
            for value in VALUES + (("undo",) if name == "deal_steps" else ()):
                low, mid, high = (getattr(row, f"{value}_{x}") for x in ("low", "central", "high"))
                if not low <= mid <= high:
                    raise ValueError(f"{where}: {value} must satisfy low ≤ central ≤ high, not {low}, {mid}, {high}")
    for row in steps.itertuples():
        where = f"deal_steps row {row.Index}"
        share = sum(getattr(row, f"share_{g}") for g in GOALS)
        if abs(share - 1) > 1e-9:
            raise ValueError(f"{where}: goal shares add up to {share:.3f}, not 1")
        if row.undo_low < 0 or row.weapons < 0 or row.earliest_start < 1 or row.duration < 0:
            raise ValueError(f"{where}: undo, weapons and duration must not be negative, earliest_start at least 1")
        for j in row.needs:
            if j not in steps.index:
                raise ValueError(f"{where}: unknown prerequisite {j}")
            if steps.side[j] != row.side:
                raise ValueError(f"{where}: prerequisite {j} belongs to the other side")
    for row in pairs.itertuples():
        where = f"deal_pairs row {row.Index}"
        unknown = [i for i in row.members if i not in steps.index]
        if unknown or len(row.members) < 2:
            raise ValueError(f"{where}: all_of must name two or more steps of deal_steps, not {row.all_of!r}")
        if {steps.side[i] for i in row.members} != {row.side}:
            raise ValueError(f"{where}: a pair stays within one side")
    _order({i: steps.needs[i] for i in steps.index})
    for value in ("low", "central", "high"):
        pairs[f"undo_{value}"] = [min(steps.at[i, f"undo_{value}"] for i in m) for m in pairs.members]
    for g in GOALS:
        pairs[f"share_{g}"] = [np.mean([steps.at[i, f"share_{g}"] for i in m]) for m in pairs.members]
    pairs["weapons"] = 0.0
    return pd.concat([steps, pairs])


def _order(needs):
    """Ids so that each comes after its prerequisites; ValueError names a circle."""
    done, left = [], dict(needs)
    while left:
        free = [i for i, ns in left.items() if all(n in done for n in ns)]
        if not free:
            raise ValueError(f"deal_steps: prerequisites run in a circle among {sorted(left)}")
        done += free
        for i in free:
            del left[i]
    return done


def tranches(frame=None):
    """Kim's steps that remove weapons, in order: frame with id, a (weapons before), b (after), last first back."""
    frame = table() if frame is None else frame
    chain = frame[frame.weapons > 0]
    before = evidence.central("arsenal_now") - chain.weapons.cumsum() + chain.weapons
    if abs(chain.weapons.sum() - evidence.central("arsenal_now")) > 1e-9:
        raise ValueError(f"deal_steps: weapons of {', '.join(chain.index)} do not add up to arsenal_now")
    return pd.DataFrame({"a": before, "b": before - chain.weapons})


def remade(rate, plants):
    """Half-years until each tranche is remade, (tranches,): plants first, then weapons, last given first back.

    rate in weapons a year; plants = undo time of the plants. The first tranche leaves the plants standing.
    """
    t = tranches()
    undo = plants + 2 * t.a.to_numpy() / rate
    undo[0] = 2 * (t.a.iloc[0] - t.b.iloc[0]) / rate
    return undo


# --------------------------------------------------------------------------------------------- beliefs
def hazards(first, doubt, eta0):
    """(π, η, η0) from the first fear q1, doubt d and residual hazard η0: π = 1 - d, η = (q1 - (1 - d) η0)/d.

    Arguments broadcast. η0 is cut at q1. Raises ValueError naming the rows when η leaves [η0, 1].
    """
    first, doubt, eta0 = np.broadcast_arrays(*(np.asarray(x, float) for x in (first, doubt, eta0)))
    eta0 = np.minimum(eta0, first)
    if np.any((doubt <= 0) | (doubt > 1)):
        raise ValueError("doubt_kim, doubt_coalition: doubt must lie in (0, 1]")
    eta = (first - (1 - doubt) * eta0) / doubt
    if np.any((eta > 1 + 1e-9) | (eta < eta0 - 1e-9)):
        raise ValueError("fear_first, doubt and eta0 do not fit: the unreliable partner's hazard "
                         f"{np.max(eta):.3f} leaves [eta0, 1]")
    return 1 - doubt, np.clip(eta, eta0, 1), eta0


def fear(trust, hazard, residual, periods, *, spike=0.0, spike_at=0, patient=0.0, last=None, idle=()):
    """q_t, the fear that the partner breaks in period t = 1…periods, shape (periods,).

    A share π = trust of types is reliable (hazard η0 a half-year), the rest breaks with η; Bayes' rule after
    each period survived. `spike` is added to both in period `spike_at`. A share `patient` of the unreliable
    behaves like the reliable until `last` (the date of the last delivery), then breaks. In `idle` periods
    nothing is delivered and nothing learnt.
    """
    share = np.array([trust, (1 - trust) * (1 - patient), (1 - trust) * patient], float)
    q = np.empty(periods)
    settled = max(spike_at, last or 0, *idle, 0)
    for t in range(1, periods + 1):
        final = 1.0 if last is not None and t > last else residual
        break_now = np.array([residual, hazard, final])
        if t == spike_at:
            break_now = np.minimum(break_now + spike, 1.0)
        q[t - 1] = min(share @ break_now, 1.0)
        if t > settled and share[0] > 1 - 1e-15:  # nothing is left to learn
            q[t - 1:] = q[t - 1]
            break
        if t not in idle and q[t - 1] < 1:
            share = share * (1 - break_now)
            share = share / share.sum()  # normalised each period, so that nothing underflows
    return q


def fears(case, periods, *, last=None, idle=((), ()), start=(1, 1)):
    """Both sides' fear of the partner, shape (2, periods).

    idle[p]: periods in which side p learns nothing; before the partner's first delivery (start of the other
    side) nothing is learnt either.
    """
    out = []
    for p in (KIM, COALITION):
        quiet = set(idle[p]) | set(range(1, start[1 - p]))
        out.append(fear(case.trust[p], case.hazard[p], case.residual[p], periods, spike=case.spike[p],
                        spike_at=case.spike_at, patient=case.patient[p], last=last if case.patient[p] else None,
                        idle=quiet))
    return np.array(out)


def survival(delta, q):
    """D(1, t) = Π_{s<t} δ (1 - q_s) for t = 1…len(q)+1, shape (len(q)+1,)."""
    return np.concatenate([[1.0], np.cumprod(delta * (1 - q))])


def sums(delta, q):
    """A = Σ D(1, t)(1 - q_t) and B = Σ D(1, t) q_t over all t, the last fear of q running on for ever."""
    d = survival(delta, q)
    rest = d[-1] / (1 - delta * (1 - q[-1]))
    return d[:-1] @ (1 - q) + rest * (1 - q[-1]), d[:-1] @ q + rest * q[-1]


def lasting(deal, delta):
    """β (2, n): worth of a step that outlives the breakdown, h (1 - δ^L)/(1 - δ); h/(1 - δ) for L = inf."""
    delta = np.asarray(delta, float)[:, None]
    return deal.hostile * (1 - delta ** deal.undo) / (1 - delta)


def kappa(case, periods=None):
    """κ (2, n): value of each step or pair in a package signed and done at once, without a horizon, in M.

    κ = A c + B β, with B less the first fear for the partner's steps, which have not been delivered if he
    breaks in the first period.
    """
    periods = periods or int(evidence.central("periods") + evidence.central("tail"))
    q = fears(case, periods)
    beta = lasting(case.deal, case.delta)
    out = np.empty_like(beta)
    for p in (KIM, COALITION):
        a, b = sums(case.delta[p], q[p])
        own = case.deal.owner == p
        out[p] = a * case.deal.live[p] + np.where(own, b, b - q[p, 0]) * beta[p]
    return out


# ------------------------------------------------------------------------------------------------ minds
def minds(reading, n, seed=0):
    """(n, 8) goal weights of the first n minds of a reading, in the order of GOALS."""
    from bargain import wants
    return wants.minds(reading, n, seed)


def mean_mind(reading):
    """(8,) mean goal weights of a reading, from the register."""
    weights = np.array([evidence.central(f"mean_{reading}_{g}") for g in GOALS])
    if abs(weights.sum() - 1) > 1e-6:
        raise ValueError(f"mean_{reading}_…: the eight weights add up to {weights.sum():.4f}, not 1")
    return weights


def multiplier(deal, weights):
    """8 Σ_g share_g w_g: how a mind scales Kim's value of each step; (n,) for one mind, (minds, n) for many.

    The table is written for the reference mind of equal weights, whose multiplier is 1 for every step.
    """
    return len(GOALS) * np.asarray(weights) @ deal.shares.T


def with_mind(case, weights, dominance=0.0):
    """The case as a mind sees it: all of Kim's values scaled by its multipliers.

    dominance: weight on power over the South; the other weights shrink to 1 - w, and peace no longer lessens
    that part of the arsenal's worth (ε becomes (1 - w) ε + w for K08 to K12).
    """
    deal = case.deal
    live, hostile = deal.live.copy(), deal.hostile.copy()
    if dominance:
        arms = deal.at(*LATENT)
        live[KIM, arms] = (1 - dominance) * live[KIM, arms] + dominance * hostile[KIM, arms]
    scale = (1 - dominance) * multiplier(deal, weights)
    live[KIM] *= scale
    hostile[KIM] *= scale
    return replace(case, deal=replace(deal, live=live, hostile=hostile))


# ------------------------------------------------------------------------------------------------ draws
def parameters():
    """Central value of every register row the deal uses: dict id -> float."""
    return {i: evidence.central(i) for i in BELIEFS + SCALES + LEVER_ROWS + FIXED}


def draws(n, seed):
    """n joint draws of all assumptions: (frame of parameters, dict of uniforms for the steps' values).

    One dimension a drawn parameter, and a step and side (live and hostile value move together) and a step's
    undo time; scrambled Sobol net of 2^k ≥ n points, the first n.
    """
    frame, rows = table(), evidence.assumptions()
    steps = int(frame.needs.notna().sum())
    drawn = BELIEFS + SCALES + LEVER_ROWS
    u = sampling.net(1 << max(n - 1, 1).bit_length(), len(drawn) + 2 * len(frame) + steps, seed)[:n]
    out = pd.DataFrame({i: sampling.quantile(rows.loc[i], u[:, k]) for k, i in enumerate(drawn)})
    for i in FIXED:
        out[i] = evidence.central(i)
    k = len(drawn)
    return out, {"kim": u[:, k:k + len(frame)], "coalition": u[:, k + len(frame):k + 2 * len(frame)],
                 "undo": u[:, k + 2 * len(frame):]}


def _ranged(frame, value, u):
    low, mid, high = (frame[f"{value}_{x}"].to_numpy(float) for x in ("low", "central", "high"))
    if u is None:
        return mid.copy()
    fixed = ~np.isfinite(high) | (low == high)
    return np.where(fixed, mid, sampling.pert(u, np.where(fixed, 0, low), np.where(fixed, 0, mid),
                                              np.where(fixed, 0, high)))


def build(values=None, uniforms=None):
    """A case for the reference mind: central table and register, or one joint draw.

    values: mapping id -> number (a row of `draws`), overriding the register's central values; uniforms: dict
    of (n,) arrays for kim, coalition and (steps,) for undo. Multipliers act over their central value: H_A and
    ε on Kim's arsenal, the war risk on the coalition's, φ and politics on its cost of relief; sunk capital
    costs the stock times 1 - δ at the δ in force; undo of the tranches follows the remake rate and the plants.
    """
    frame, mid = table(), parameters()
    v = {**mid, **(dict(values) if values is not None else {})}
    u = uniforms or {"kim": None, "coalition": None, "undo": None}
    live = np.array([_ranged(frame, f"{s}_coop", u[s]) for s in SIDES])
    hostile = np.array([_ranged(frame, f"{s}_host", u[s]) for s in SIDES])
    group = frame.group.to_numpy()
    over = {i: v[i] / mid[i] for i in SCALES if mid[i]}
    arms, relief = group == "arsenal", group == "relief"
    hostile[KIM, arms] *= over["arsenal_worth"]
    live[KIM, arms] *= over["arsenal_worth"] * over["arsenal_peace"]
    hostile[COALITION, arms] *= over["ua_risk"]
    live[COALITION, arms] *= over["ua_risk"]
    live[COALITION, relief] *= over["phi_live"] * over["relief_politics"]
    hostile[COALITION, relief] *= over["phi_broken"] * over["relief_politics"]
    capital = frame.index.isin(CAPITAL)
    for flow in (live, hostile):
        flow[COALITION, capital] *= (1 - v["delta_coalition"]) / (1 - mid["delta_coalition"])
    is_step = frame.needs.notna().to_numpy()
    steps = frame[is_step]
    undo = _ranged(steps, "undo", u["undo"])
    ids = list(frame.index)
    chain = list(tranches().index)
    if uniforms is not None or v["remake_rate"] != mid["remake_rate"]:
        undo[[ids.index(i) for i in chain]] = remade(v["remake_rate"], undo[ids.index("K07")])
    members = tuple(tuple(ids.index(i) for i in m) for m in frame.members[~is_step])
    undo = np.concatenate([undo, [min(undo[list(m)]) for m in members]])
    deal = Deal(ids=tuple(ids), owner=np.array([SIDES.index(s) for s in frame.side]), group=tuple(group), live=live,
                hostile=hostile, undo=undo, shares=frame[[f"share_{g}" for g in GOALS]].to_numpy(float),
                weapons=frame.weapons.to_numpy(float), earliest=steps.earliest_start.to_numpy(int),
                duration=steps.duration.to_numpy(int),
                needs=tuple(tuple(ids.index(j) for j in ns) for ns in steps.needs), members=members)
    belief = [hazards(v[f"fear_first_{s}"], v[f"doubt_{s}"], v["eta0"]) for s in SIDES]
    return Case(deal, *(np.array(x, float) for x in (
        [v[f"delta_{s}"] for s in SIDES], *zip(*belief, strict=True), [v[f"out_{s}"] for s in SIDES],
        [v["election_spike"], 0.0])), spike_at=int(v["election_period"]),
        patient=np.array([v["patient_share"], 0.0]))


def sample(reading, n, seed=0):
    """n cases of a reading, a list: mind k with draw k; and the frame of the drawn parameters."""
    values, uniforms = draws(n, seed)
    weights = minds(reading, n, seed)
    cases = [with_mind(build(values.iloc[k].to_dict(), {s: x[k] for s, x in uniforms.items()}), weights[k])
             for k in range(n)]
    return cases, values


# ------------------------------------------------------------------------------------------- switches, levers
def change(case, ids, *, side=None, live=1.0, hostile=1.0, undo=None):
    """The case with the values of some steps or pairs multiplied (of one side, or both) and their undo time set.

    A pair keeps the least undo time of its members.
    """
    deal, at = case.deal, case.deal.at(*ids)
    who = [KIM, COALITION] if side is None else [side]
    c, h, last = deal.live.copy(), deal.hostile.copy(), deal.undo.copy()
    c[np.ix_(who, at)] *= live
    h[np.ix_(who, at)] *= hostile
    if undo is not None:
        last[at] = undo
        for k, m in enumerate(deal.members):
            last[deal.steps + k] = min(last[list(m)])
    return replace(case, deal=replace(deal, live=c, hostile=h, undo=last))


def without(case, ids):
    """The case without some steps, all that need them, and their pairs."""
    deal = case.deal
    gone = set(deal.at(*ids).tolist())
    while more := {i for i in range(deal.steps) if i not in gone and gone & set(deal.needs[i])}:
        gone |= more
    keep = [i for i in range(deal.steps) if i not in gone]
    pairs = [k for k, m in enumerate(deal.members) if not gone & set(m)]
    place = {i: k for k, i in enumerate(keep)}
    every = keep + [deal.steps + k for k in pairs]
    return replace(case, deal=Deal(
        ids=tuple(deal.ids[i] for i in every), owner=deal.owner[every], group=tuple(deal.group[i] for i in every),
        live=deal.live[:, every], hostile=deal.hostile[:, every], undo=deal.undo[every], shares=deal.shares[every],
        weapons=deal.weapons[every], earliest=deal.earliest[keep], duration=deal.duration[keep],
        needs=tuple(tuple(place[j] for j in deal.needs[i]) for i in keep),
        members=tuple(tuple(place[j] for j in deal.members[k]) for k in pairs)))


def of_group(case, group, side=None):
    """Ids of a group's steps and pairs."""
    return [i for k, i in enumerate(case.deal.ids)
            if case.deal.group[k] == group and (side is None or case.deal.owner[k] == side)]


def _training(case, v):
    deal = case.deal
    duration = deal.duration.copy()
    duration[deal.at("U10")] = int(round(v["training_short"]))
    return replace(case, deal=replace(deal, duration=duration))


def _custody(case, v):
    return change(change(case, ["K10", "K11", "K12"], undo=v["custody_undo"]), ["K10", "K11", "K12"],
                  side=COALITION, live=v["custody_live"], hostile=v["custody_broken"])


def _relief(case, v):
    return change(case, of_group(case, "relief"), live=v["relief_multiple"], hostile=v["relief_multiple"])


def _guarantor(case, v):
    own = [i for k, i in enumerate(case.deal.ids) if case.deal.owner[k] == KIM]
    return change(case, own, side=KIM, hostile=v["guarantor"])


def _treaty(case, v):
    return change(case, ["U16"], side=KIM, live=v["treaty_multiple"], hostile=v["treaty_multiple"])


def _eta0(case, v):
    residual = case.residual.copy()
    residual[KIM] *= v["eta0_multiple"]  # a commitment bound at home lowers what Kim fears, not what he is feared for
    return replace(case, residual=residual)


UN_BANS = ("U05", "U06", "U07", "U08")
LEVERS = {  # name: (what it does to a case and the drawn strengths, in words)
    "custody": (_custody, "sealed custody at home"),
    "guarantor": (_guarantor, "a third party guarantees"),
    "escrow": (lambda c, v: change(c, CAPITAL, undo=v["escrow_undo"]), "capital through escrow"),
    "snapback": (lambda c, v: change(c, UN_BANS, undo=v["snapback_undo"]), "sanctions snap back"),
    "veto": (lambda c, v: change(c, UN_BANS, undo=float(table().undo_high[list(UN_BANS)].max())),
             "sanctions cannot return"),
    "capital": (lambda c, v: change(c, of_group(c, "capital"), live=v["capital_multiple"],
                                    hostile=v["capital_multiple"]), "more capital"),
    "relief": (_relief, "more relief"),
    "treaty": (_treaty, "a weightier treaty"),
    "training": (_training, "bank training rushed"),
    "no_training": (lambda c, v: without(c, ["U10"]), "no bank training"),
    "eta0": (_eta0, "a commitment bound at home"),
    "targeting": (lambda c, v: change(c, ["K03", "K04"], side=KIM, hostile=v["targeting"]),
                  "inspectors show where to strike"),
}


def pull(case, names, values=None):
    """The case with the named levers pulled, at the given strengths (default: the register's central values)."""
    v = {**parameters(), **(dict(values) if values is not None else {})}
    for name in names:
        if name not in LEVERS:
            raise KeyError(f"no such lever: {name}; there are {', '.join(LEVERS)}")
        case = LEVERS[name][0](case, v)
    return case


def pairs_on_steps(case):
    """The case without pairs, each pair's value put back on its single steps in equal parts."""
    deal = case.deal
    n = deal.steps
    live, hostile = deal.live[:, :n].copy(), deal.hostile[:, :n].copy()
    for k, m in enumerate(deal.members):
        live[:, list(m)] += deal.live[:, [n + k]] / len(m)
        hostile[:, list(m)] += deal.hostile[:, [n + k]] / len(m)
    return replace(case, deal=replace(deal, ids=deal.ids[:n], owner=deal.owner[:n], group=deal.group[:n], live=live,
                                      hostile=hostile, undo=deal.undo[:n], shares=deal.shares[:n],
                                      weapons=deal.weapons[:n], members=()))


# --------------------------------------------------------------------------------- values from the other tables
def arsenal():
    """Worth of the tranches and of the long-range missiles, from the register: frame id -> the four values in M.

    v(m) = (1 - e^{-m/m0})/(1 - e^{-M/m0}) splits Kim's worth H_A, u(m) (with m1) the coalition's share of
    U = ua_risk × war_loss / 2; a hostile world multiplies the coalition's worth.
    """
    c = evidence.central
    total = c("ua_risk") * c("war_loss") * 1000 / 2
    t = tranches()

    def split(scale):
        part = [np.expm1(-m / scale) / np.expm1(-c("arsenal_now") / scale) for m in (t.a.to_numpy(), t.b.to_numpy())]
        return part[0] - part[1]
    kim = -c("arsenal_worth") * split(c("arsenal_m0"))
    coalition = total * c("ua_weapons") * split(c("arsenal_m1"))
    out = pd.DataFrame({"kim_coop": c("arsenal_peace") * kim, "kim_host": kim, "coalition_coop": coalition,
                        "coalition_host": coalition * c("ua_host")}, index=t.index)
    missiles = total * c("ua_missiles")
    out.loc["K08", ["coalition_coop", "coalition_host"]] = missiles, missiles * c("ua_host_missiles")
    return out.sort_index()


def lost_exports():
    """Exports to China lost 2016-18, M a year: total, textiles, coal (up to the cap of resolution 2321) and rest."""
    trade = evidence.table("trade_by_partner").query("partner == 'CHN' and basis == 'KOTRA'").set_index("year")
    lost = float(trade.exports_usd_m[2016] - trade.exports_usd_m[2018])
    caps = evidence.table("un_sanctions").query("measure == 'S/RES/2321' and cap_unit == 'US$ million coal per year'")
    textile, coal = evidence.central("share_textile") * lost, float(caps.cap_value.iloc[0])
    return pd.Series({"total": lost, "textile": textile, "coal": coal, "rest": lost - textile - coal})


def smuggled_coal():
    """Coal smuggled in a year, M: the published eight months scaled to twelve."""
    rows = evidence.table("illicit_revenue").query("stream == 'coal_smuggling' and period == 'Jan-Aug'")
    return float(rows.usd_m_central.iloc[0] * 12 / 8)


def oil_prices():
    """What a tonne of the heavy fuel oil of 1995-99 and of 2007-09 cost, US$ m: (early, late)."""
    aid = evidence.table("aid").query("donor == 'United States'").set_index("kind")
    hfo = evidence.table("hfo_deliveries").query("source_id == 'gao_1999_hfo' and cumulative_t == 1900000")
    early = 222.0 / hfo.cumulative_t.iloc[0]  # US$ m, in the row's note
    late = aid.usd_m["Six-Party heavy fuel oil, dollars"] / aid.tonnes["Six-Party heavy fuel oil, tonnes"]
    return float(early), float(late)


def money():
    """What the tables of trade, sanctions, aid and theft make of the money steps: frame id -> central M a half-year.

    Columns kim and coalition (NaN where the step's value for that side is not derived from a table), live values.
    """
    c, lost = evidence.central, lost_exports()
    illicit = evidence.table("illicit_revenue")
    smuggled = smuggled_coal() * c("displaced") * c("margin_smuggled") / 2
    oil = evidence.table("economy_indicators").query("indicator == 'refined_oil_imports_jan_oct'")
    oil = oil.value.iloc[0] * 12 / 10
    theft = illicit.query("stream == 'crypto_theft' and annual_estimate == 'yes' and year == 2024")
    theft = theft.usd_m_central.iloc[0]
    trade = evidence.table("trade_by_partner").query("year == 2024 and partner == 'total_excl_inter_korean'")
    bank = c("bank_saving") / 2
    capital = c("capital_yield") / 2 / 2  # half a year's return, half of it only with trade
    tranche = [2500.0, 5000.0]  # US$ m, named in the table of steps
    food = evidence.table("aid").query("donor == 'United States'")
    price = food[(food.kind == "food aid") & (food.year.astype(str) == "2008")]
    tonnes = food[food.kind == "food aid pledge (Leap Day)"].tonnes.iloc[0]
    aid = float(tonnes * price.usd_m.iloc[0] / price.tonnes.iloc[0] / 2)
    oil_aid = 500000 * np.sqrt(np.prod(oil_prices())) / 2
    kim = {
        "U03": aid, "U04": oil_aid,
        "U05": lost.textile * c("margin_textile") / 2,
        "U06": lost.coal * c("margin_coal") / 2 - smuggled / 2,
        "U07": lost.rest * c("margin_rest") / 2 - smuggled / 2,
        "U08": oil * c("oil_price") * c("oil_premium") / 2 / 1000,
        "U11": trade.total_usd_m.iloc[0] * bank, "P03": lost.total * bank,
        "U14": tranche[0] * capital, "U15": tranche[1] * capital,
        "P04": tranche[0] * capital, "P05": tranche[1] * capital,
        "K13": -theft / 2 * c("kept_laundering"),
    }
    stock = 1 - c("delta_coalition")
    coalition = {"U03": -aid, "U04": -oil_aid, "U14": -tranche[0] * stock, "U15": -tranche[1] * stock,
                 "K13": theft / 2,
                 **{i: -kim[i] * c("phi_live") for i in ("U05", "U06", "U07", "U08", "U11", "P03")}}
    return pd.DataFrame({"kim": kim, "coalition": coalition}).sort_index()
