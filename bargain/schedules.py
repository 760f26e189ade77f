"""Chapter 8 over sampled minds: schedules, switches, levers, hold-outs, the record's lives, replays of agreements.

A draw is a mind of a reading together with all assumptions; the same draws feed every table here, the first tenth of
them those that solve many programmes a draw. Heavy: each `…_chunk` is a job of `results`. Below them, what the page
says and shows of the stored tables. Shares carry 95 % intervals of the count of draws, whatever the readings pooled:
a draw of assumptions is shared by the three readings, so that it counts once.
"""

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import altair as alt
import numpy as np
import pandas as pd
from scipy.optimize import minimize

from bargain import charts, evidence, phasing, sampling, wants
from bargain import deal as base
from bargain.deal import COALITION, KIM, READINGS, SIDES
from bargain.wording import capital, listed

PERIODS = 12  # half-years of a sampled programme: the longest chain takes nine; `horizon_chunk` shows longer ones
NODES = 40  # nodes of a sampled programme; what is left open is stored as the proven bound
PARTS = 5  # chunks a reading of the full sample; the tenth comes in THIRDS a reading
THIRDS = 3
HORIZONS = (12, 16, 20, 24)
NAMES = 270  # px for the names of the steps in the Gantt chart
HOLD_GAP = 0.03  # at which the search for the largest hold-out may stop; the proven bound is stored beside it
SEED, OTHER_SEED = 0, 1


@lru_cache(maxsize=2)
def parameters(seed=SEED):
    """The n_schedules joint draws of the assumptions: (frame, a row a draw; uniforms of the steps' values)."""
    return base.draws(int(evidence.central("n_schedules")), seed)


@lru_cache(maxsize=6)
def _minds(reading, seed):
    return wants.minds(reading, int(evidence.central("n_schedules")), seed)


def drawn(reading, i, seed=SEED):
    """Draw i of a reading: (case, dict of the drawn parameters)."""
    values, uniforms = parameters(seed)
    case = base.build(values.iloc[i].to_dict(), {s: u[i] for s, u in uniforms.items()})
    return base.with_mind(case, _minds(reading, seed)[i]), values.iloc[i].to_dict()


def tenth(k):
    """Reading, and (number, case, parameters) of part k of the first tenth of the draws (THIRDS parts a reading)."""
    reading = READINGS[k // THIRDS]
    some = np.array_split(np.arange(int(evidence.central("n_schedules")) // 10), THIRDS)[k % THIRDS]
    return reading, [(int(i), *drawn(reading, i)) for i in some]


def solve(case, shape="derived", clock=None, **options):
    """A schedule at the sample's horizon and node limit, without the second pass and without words."""
    options = {"tie": False, "nodes": NODES, "explain": False, **options}
    return phasing.solve(case, clock or phasing.Clock(periods=PERIODS), shape=shape, **options)


def outcome(got):
    """What is stored of a schedule: status, expected (E), bound, depth, deepest (date of the last removal)."""
    return {k: getattr(got, k) for k in ("status", "expected", "bound", "depth", "deepest")}


def sample_chunk(k):
    """The four shapes over a fifth of a reading's draws: reading, draw, shape, and `outcome`'s columns."""
    reading, rows = READINGS[k // PARTS], []
    for i in np.array_split(np.arange(int(evidence.central("n_schedules"))), PARTS)[k % PARTS]:
        case, _ = drawn(reading, i)
        rows += [{"reading": reading, "draw": int(i), "shape": s, **outcome(solve(case, s))} for s in phasing.SHAPES]
    return pd.DataFrame(rows)


def second_chunk(k):
    """Derived and at once over a third of the draws of another seed, reading k: the columns of `sample_chunk`."""
    rows = []
    for i in range(int(evidence.central("n_schedules")) // 3):
        case, _ = drawn(READINGS[k], i, OTHER_SEED)
        rows += [{"reading": READINGS[k], "draw": i, "shape": s, **outcome(solve(case, s))} for s in phasing.SHAPES[:2]]
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------ why gradual?
OFF = ("learning", "durations", "irreversible")
SWITCHES = ((), *((o,) for o in OFF), OFF)  # nothing, one by one, all together


def switched(case, off):
    """The case and clock with learning, durations or irreversible gifts switched off.

    learning: fear stays at its first value for ever; durations: nothing takes time; irreversible: everything of the
    coalition's is undone as fast as escrowed capital.
    """
    clock = phasing.Clock(periods=PERIODS)
    if "durations" in off:
        case = phasing.timeless(case)
    if "irreversible" in off:
        deal = case.deal
        undo = np.where(deal.owner == COALITION, np.minimum(deal.undo, evidence.central("escrow_undo")), deal.undo)
        case = replace(case, deal=replace(deal, undo=undo))
    if "learning" in off:
        ever = range(1, PERIODS + int(evidence.central("tail")) + 1)
        clock = replace(clock, idle=(ever, ever))
    return case, clock


def why_chunk(k):
    """Derived against all at once with each of SWITCHES, over a tenth of the draws.

    Columns: reading, draw, off (names joined by +, "none"), derived, at_once (E), depth, depth_at_once, open (largest
    part of E that the node limit leaves open in the derived schedule, bound/E - 1).
    """
    rows = []
    reading, some = tenth(k)
    for i, case, _ in some:
        for off in SWITCHES:
            now, clock = switched(case, off)
            one, two = solve(now, clock=clock), solve(now, "at_once", clock)
            rows.append({"reading": reading, "draw": i, "off": "+".join(off) or "none", "derived": one.expected,
                         "at_once": two.expected, "depth": one.depth, "depth_at_once": two.depth,
                         "open": max(one.bound / one.expected - 1, 0) if one.expected > 0 else 0.0})
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------------ levers
def lever_chunk(k):
    """Each lever at its drawn strength over a tenth of the draws: reading, draw, lever ("none" first), …, cost.

    cost: what the lever costs the coalition in M if nothing else in the schedule of "none" changed (nan where the
    lever takes steps away); the other columns are `outcome`'s.
    """
    rows = []
    reading, some = tenth(k)
    for i, case, values in some:
        plain = solve(case)
        rows.append({"reading": reading, "draw": i, "lever": "none", **outcome(plain), "cost": 0.0})
        for lever in base.LEVERS:
            now = base.pull(case, [lever], values)
            got, cost = solve(now), np.nan
            if now.deal.ids == case.deal.ids:
                same = phasing.evaluate(now, plain.dates, phasing.Clock(periods=PERIODS))
                cost = plain.carry[COALITION, 0] - same.carry[COALITION, 0] if plain.dates.any() else 0.0
            rows.append({"reading": reading, "draw": i, "lever": lever, **outcome(got), "cost": cost})
    return pd.DataFrame(rows)


HELP = ("custody", "guarantor", "escrow", "snapback", "capital", "relief", "treaty", "training", "eta0")


def restore_chunk(k):
    """Where no schedule removes a weapon: least shortfall, and the fewest levers that restore one.

    Columns: reading, draw, status, total and short (M, the least sum of shortfalls that lets the first tranche go, and
    its largest), side, period, levers (fewest that restore, 99 where all together do not), which (names joined by +;
    every smallest set, sets separated by a blank). Over a tenth of the draws; nan where a schedule exists.
    """
    rows = []
    reading, some = tenth(k)
    for i, case, values in some:
        plain = solve(case)
        row = {"reading": reading, "draw": i, "status": plain.status, "total": np.nan, "short": np.nan, "side": "",
               "period": 0, "levers": 0, "which": ""}
        if plain.depth == 0:
            row |= {"levers": 99, **_nearest(case, base.tranches().index[:1])}
            for size in (1, 2, len(HELP)):
                found = [s for s in combinations(HELP, size) if solve(base.pull(case, s, values)).depth > 0]
                if found:
                    row |= {"levers": size, "which": " ".join("+".join(s) for s in found)}
                    break
        rows.append(row)
    return pd.DataFrame(rows)


def _nearest(case, need):
    """The schedule with these steps that comes nearest to being kept: total, short (M), side and period of `short`."""
    got = phasing.elastic(case, phasing.Clock(periods=PERIODS), need=list(need), nodes=NODES)
    return {} if got is None else {**got, "side": SIDES[got["side"]]}


def zero_chunk(k):
    """How far a tenth of the draws are from a kept schedule to zero: reading, draw, total, short, side, period."""
    reading, some = tenth(k)
    rows = [{"reading": reading, "draw": i, "total": np.nan, "short": np.nan, "side": "", "period": 0,
             **_nearest(case, base.tranches().index)} for i, case, _ in some]
    return pd.DataFrame(rows)


def hold_chunk(k):
    """The largest hold-out of each side at which the first tranche still goes, over a tenth of the draws.

    Columns: reading, draw, side, hold_out (M a half-year; nan where none is small enough), bound (proven). The other
    side's hold-out is as drawn.
    """
    reading, some = tenth(k)
    clock, first = phasing.Clock(periods=PERIODS), base.tranches().index[0]
    rows = []
    for i, case, _ in some:
        for p in (KIM, COALITION):
            most, bound = phasing.largest_hold_out(case, p, first, clock, nodes=NODES, gap=HOLD_GAP)
            rows.append({"reading": reading, "draw": i, "side": SIDES[p], "hold_out": most, "bound": bound})
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------- rules and horizons
def patient(case, share, dates=(4, 7, 10)):
    """The best schedule when a share of the coalition's unreliable types break behind the last delivery.

    The date of the last delivery is tried in a loop, the spike of fear behind it; the best value wins.
    """
    case = replace(case, patient=np.array([share, 0.0]))
    found = [solve(case, clock=phasing.Clock(periods=PERIODS, last=t)) for t in dates]
    return max(found, key=lambda s: -1 if np.isnan(s.expected) else s.expected)


def idle_spells(schedule):
    """Half-years after the first in which a side delivers nothing, up to its last delivery: (two tuples).

    Entry p lists what side p sees of its *partner*.
    """
    deal, out = schedule.programme.case.deal, []
    for p in (KIM, COALITION):
        dates = set(schedule.dates[(deal.owner[: deal.steps] != p) & (schedule.dates > 0)].tolist())
        out.append(tuple(t for t in range(1, max(dates, default=0)) if t not in dates))
    return tuple(out)


def without_idle_lessons(case):
    """The schedule when idle spells teach nothing: solved again with fear frozen across the plain one's spells."""
    return solve(case, clock=phasing.Clock(periods=PERIODS, idle=idle_spells(solve(case))))


def later(case, starts=((1, 3), (3, 1))):
    """The best schedule in which one side's first delivery is due later, its clock with it."""
    found = [solve(case, clock=phasing.Clock(periods=PERIODS, start=s)) for s in starts]
    return max(found, key=lambda s: -1 if np.isnan(s.expected) else s.expected)


def _clock(**change):
    return lambda c: solve(c, clock=phasing.Clock(periods=PERIODS, **change))


RULES = {  # id: (schedule under another rule, in words)
    "locked": (lambda c: solve(c, regret=False), "regret allowed"),
    "lag": (_clock(lag=2), "cheating noticed after a year"),
    "grab": (_clock(grab=True), "the cheat is surely paid once more"),
    "frozen": (_clock(frozen=True), "no learning after the horizon"),
    "regain": (_clock(regain=True), "holding out is regained at a breakdown"),
    "idle": (without_idle_lessons, "idle half-years teach nothing"),
    "later": (later, "one side may start a year later"),
    "patient": (lambda c: patient(c, PATIENT), "a quarter of the unreliable cheat at the end"),
}
PATIENT = 0.25  # of the unreliable, within the register's range of patient_share


def rule_chunk(k):
    """Schedules under each of RULES over a tenth of the draws: reading, draw, rule, and `outcome`'s columns."""
    reading, some = tenth(k)
    return pd.DataFrame([{"reading": reading, "draw": i, "rule": rule, **outcome(find(case))}
                         for i, case, _ in some for rule, (find, _) in RULES.items()])


def horizon_chunk(k):
    """Schedules at other horizons, and the sudden one at the register's, over a tenth of the draws.

    Columns: reading, draw, periods, shape, and `outcome`'s.
    """
    rows = []
    reading, some = tenth(k)
    full = int(evidence.central("periods"))
    for i, case, _ in some:
        for T in sorted({*HORIZONS, full} - {PERIODS}):  # PERIODS itself is in `sample_chunk`
            for shape in phasing.SHAPES[:2] if T == full else phasing.SHAPES[:1]:
                got = solve(case, shape, phasing.Clock(periods=T))
                rows.append({"reading": reading, "draw": i, "periods": T, "shape": shape, **outcome(got)})
    return pd.DataFrame(rows)


def order_chunk(k):
    """Dates of every step in the derived schedules of a tenth of the draws, with the second pass.

    Columns: reading, draw, step, date (half-year; 0 = never), possible (first physically possible date), watched (the
    date where inspectors show where to strike, at the drawn strength of `targeting`).
    """
    rows = []
    reading, some = tenth(k)
    for i, case, values in some:
        got, watched = solve(case, tie=True), solve(base.pull(case, ["targeting"], values), tie=True)
        rows.append(pd.DataFrame({"reading": reading, "draw": i, "step": case.deal.ids[: case.deal.steps],
                                  "date": got.dates, "possible": phasing.possible(case.deal),
                                  "watched": watched.dates}))
    return pd.concat(rows, ignore_index=True)


def carry_chunk(k):
    """Along the derived schedules of a tenth of the draws, with and without the no-regret rows, what each side has.

    Columns: reading, draw, regret (True: with those rows), half_year, side, carry (C - due), slack (C - W - due), in M;
    only draws whose schedule delivers something.
    """
    rows = []
    reading, some = tenth(k)
    for i, case, _ in some:
        for regret in (True, False):
            got = solve(case, tie=True, regret=regret)
            if got.dates.any():
                rows.append(phasing.slack(got).assign(reading=reading, draw=i, regret=regret))
    empty = pd.DataFrame(columns=["half_year", "side", "slack", "carry", "reading", "draw", "regret"])
    return (pd.concat(rows, ignore_index=True) if rows else empty)[
        ["reading", "draw", "regret", "half_year", "side", "carry", "slack"]]


# ------------------------------------------------------------------------------------------ the record's lives
def lives():
    """Lives of past agreements in half-years, from the register: Series by name."""
    rows = evidence.assumptions()
    rows = rows[rows.index.str.startswith("life_")]
    names = rows.meaning.str.replace("Life of an agreement: ", "").str.split(",").str[0]
    return pd.Series(rows.central.to_numpy(float), index=names.to_list(), name="half_years")


def mixture(t, trust, hazard, residual):
    """Log density of a life t when either side may end it: 2 S f, S = π (1 - η0)^t + (1 - π)(1 - η)^t, f = -dS/dt."""
    t = np.asarray(t, float)
    low, high = (np.maximum(1 - np.asarray(x, float), 1e-300) for x in (residual, hazard))
    alive = trust * low**t + (1 - trust) * high**t
    falls = -(trust * np.log(low) * low**t + (1 - trust) * np.log(high) * high**t)
    return np.log(2 * alive * np.maximum(falls, 1e-300))


def life_models():
    """Log-likelihood of the recorded lives under four models of the hazard: frame by model.

    Columns: model, log_likelihood, trust, hazard, residual, parameters (fitted to the lives). The constant hazard and
    the best mixture are fitted; the central mixture and the one with η0 = 0 are the register's beliefs.
    """
    t = lives().to_numpy()
    c = evidence.central
    belief = base.hazards(c("fear_first_kim"), c("doubt_kim"), c("eta0"))
    none = base.hazards(c("fear_first_kim"), c("doubt_kim"), 0.0)
    rows = [
        ("constant hazard", (1.0, 0.0, _constant(t)), 1),
        ("central mixture", belief, 0),
        ("central, reliable partners never break", none, 0),
        ("best mixture", _best(t), 3),
    ]
    return pd.DataFrame(
        [
            {
                "model": name,
                "log_likelihood": float(mixture(t, *p).sum()),
                "trust": float(p[0]),
                "hazard": float(p[1]),
                "residual": float(p[2]),
                "parameters": k,
            }
            for name, p, k in rows
        ]
    )


def _constant(t):
    """Hazard a half-year of one side that makes the lives likeliest: total hazard 1/mean, half of it each."""
    return 1 - np.exp(-1 / (2 * t.mean()))


def _best(t):
    """(π, η, η0) of the likeliest mixture, from several starts."""

    def shape(z):
        trust, hazard = 1 / (1 + np.exp(-z[0])), 1 / (1 + np.exp(-z[1]))
        return trust, hazard, hazard / (1 + np.exp(-z[2]))

    tries = [
        minimize(
            lambda z: -mixture(t, *shape(z)).sum(),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000},
        )
        for start in ([0, -1, -1], [1, 0, -3], [-1, -2, 0], [0, 1, -4])
    ]
    return shape(min(tries, key=lambda r: r.fun).x)


def variation(t=None):
    """Coefficient of variation of the lives: 1 for a constant hazard, above for sorting, below for neither."""
    t = lives().to_numpy() if t is None else np.asarray(t, float)
    return float(t.std(ddof=1) / t.mean())


# ----------------------------------------------------------------------------------------------------- replays
# Promises as a schedule: side's step or kind, half-year from signature, as promised or as delivered
# (agreement_commitments.csv). A kind is a step of the table or one of `_other`; then who broke or refused it.
REPLAYS = {
    "1994, as promised": ("K02:1 K03:1 K05:18", "U04:2 U17:2 U09:1 reactors:18", "both"),
    "1994, as delivered": ("K02:1 K03:1", "U04:2 U09:12", "both"),
    "2003, Libya": ("K03:1 K06:1 compensation:10", "libya_relief:2", "kept"),
    "2012, Leap Day": ("K01:1 K02:1 K03:1", "U03:1", "kim"),
    "2015, Iran": ("K03:1 K06:1 K09:1", "iran_relief:1 iran_money:1", "coalition"),
    "2019, Kim’s paper": ("K02:1 K03:1 K05:2 K06:3", "U05:1 U06:1 U07:2", "coalition"),
    # disarmament as fast as the table allows, relief and treaty after it
    "2019, Washington’s paper": ("K01:1 K02:1 K03:1 K04:3 K05:2 K06:3 K07:5 K08:4 K09:3 K10:4 K11:6 K12:7",
                                 "U01:8 U05:8 U06:8 U07:8 U08:8 U09:8 U16:10", "kim"),
}
REPLAY_ROWS = ("replay_reactors", "replay_libya_comp", "replay_libya_relief", "replay_iran_relief",
               "replay_iran_money")


def promises(name):
    """Steps of a replay: list of (side, kind, half-year)."""
    return [(side, item.partition(":")[0], int(item.partition(":")[2]))
            for side, items in zip(SIDES, REPLAYS[name], strict=False) for item in items.split()]


def _other(v, delta):
    """Steps outside the table: kind -> (live, hostile for Kim's side; live, hostile for the coalition; undo).

    Stocks cost K(1 - δ) a half-year to who pays; reactors earn the yield on capital; relief and released money cost the
    coalition φ; Libya's compensation is paid by its own side and worth its sum to the other. A step's id in place of
    the undo time: as long as that step.
    """
    reactors, paid, money = (v[i] * 1000 for i in ("replay_reactors", "replay_libya_comp", "replay_iran_money"))
    live, broken, gift = v["phi_live"], v["phi_broken"], money * (1 - delta[KIM])
    earns = reactors * v["capital_yield"] / 2
    lost, got = -paid * (1 - delta[KIM]), paid * (1 - delta[COALITION])
    relief = {f"{who}_relief": (r, r, -live * r, -broken * r, "U09")
              for who, r in (("libya", v["replay_libya_relief"]), ("iran", v["replay_iran_relief"]))}
    return {"reactors": (earns, earns / 2, *(-reactors * (1 - delta[COALITION]),) * 2, np.inf),
            "compensation": (lost, lost, got, got, np.inf),
            "iran_money": (gift, gift, -live * gift, -broken * gift, np.inf), **relief}


def replay_case(name, values, uniforms, spread):
    """One replay as a case and dates: the table's values of the same kind, each times its own factor of `spread`.

    values: a row of `deal.draws` with REPLAY_ROWS; spread (2, steps). Complements of the table whose steps are all in
    the replay count; oil of 1994 is at the price of its day; nothing is held out for and no election is known.
    """
    case, steps = base.build(values, uniforms), promises(name)
    deal, n = case.deal, len(promises(name))
    others = _other({"capital_yield": evidence.central("capital_yield"), **values}, case.delta)
    kinds = [kind for _, kind, _ in steps]
    pairs = [k for k, m in enumerate(deal.members) if {deal.ids[i] for i in m} <= set(kinds)]
    at = [deal.steps + k for k in pairs]
    live, hostile, undo = np.zeros((2, n + len(at))), np.zeros((2, n + len(at))), np.zeros(n + len(at))
    early, late = base.oil_prices()
    for j, kind in enumerate(kinds):
        if kind in others:
            live[KIM, j], hostile[KIM, j], live[COALITION, j], hostile[COALITION, j], lasts = others[kind]
            undo[j] = deal.undo[deal.at(lasts)[0]] if isinstance(lasts, str) else lasts
        else:
            k = deal.at(kind)[0]
            price = np.sqrt(early / late) if kind == "U04" else 1.0  # the table holds the mean of both prices
            live[:, j], hostile[:, j], undo[j] = price * deal.live[:, k], price * deal.hostile[:, k], deal.undo[k]
    live[:, n:], hostile[:, n:], undo[n:] = deal.live[:, at], deal.hostile[:, at], deal.undo[at]
    factor = np.hstack([spread, np.ones((2, len(at)))])
    members = tuple(tuple(kinds.index(deal.ids[i]) for i in deal.members[k]) for k in pairs)
    owner = [SIDES.index(side) for side, _, _ in steps]
    new = base.Deal((*kinds, *(deal.ids[k] for k in at)), np.array([*owner, *(owner[m[0]] for m in members)]),
                    ("replay",) * (n + len(at)), live * factor, hostile * factor, undo,
                    np.full((n + len(at), 8), 1 / 8), np.zeros(n + len(at)), np.ones(n, int), np.zeros(n, int),
                    ((),) * n, members)
    return replace(case, deal=new, out=np.zeros(2), spike=np.zeros(2)), [date for _, _, date in steps]


def replay(name, n=None, seed=SEED):
    """A past agreement as a fixed schedule under chapter 8's rows, over draws of beliefs and values: a tidy frame.

    Columns: replay, draw, fails (kept, kim, coalition: whose row fails first; the larger shortfall where both fail at
    once), period, short (M, the largest), regrets (the row that fails first is the no-regret row).
    """
    n, rows = n or int(evidence.central("replay_draws")), []
    values, uniforms = base.draws(n, (seed, 8))
    register, steps = evidence.assumptions(), promises(name)
    u = sampling.net(1 << (n - 1).bit_length(), 2 * 24 + len(REPLAY_ROWS), (seed, 9))[:n]
    factors = sampling.quantile(register.loc["replay_spread"], u[:, : 2 * len(steps)])
    for k, i in enumerate(REPLAY_ROWS):
        values[i] = sampling.quantile(register.loc[i], u[:, 48 + k])
    clock = phasing.Clock(periods=max(max(date for *_, date in steps) + 2, PERIODS))
    for i in range(n):
        case, dates = replay_case(name, values.iloc[i].to_dict(), {s: x[i] for s, x in uniforms.items()},
                                  factors[i].reshape(2, -1))
        got = phasing.evaluate(case, dates, clock)
        short = phasing.shortfalls(got)
        short[short < 1e-6] = 0
        row = {"replay": name, "draw": i, "fails": "kept", "period": 0, "short": float(short.max()), "regrets": False}
        if short.any():
            t = int(short.any(axis=0).argmax())
            side = int(short[:, t].argmax())
            row |= {"fails": SIDES[side], "period": t + 1, "regrets": bool(got.carry[side, t] < -1e-6)}
        rows.append(row)
    return pd.DataFrame(rows)


def replay_chunk(k):
    """Replay number k over its draws; see `replay`."""
    return replay(list(REPLAYS)[k])


# ------------------------------------------------------------------------------------------------------ shares
BETTER = 2e-3  # twice the solver's gap: what counts as removing more than another shape


def wilson(hits, n):
    """95 % interval of a share of n draws, Wilson's: (low, high)."""
    z, p = 1.959964, hits / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def share(frame, mask):
    """Share of rows where mask holds, with its 95 % interval: (p, low, high).

    n of the interval is the number of distinct draws, whatever the readings pooled. Raises ValueError for no rows.
    """
    if not len(frame):
        raise ValueError("a share of no draws")
    p = float(np.mean(mask))
    n = frame["draw"].nunique()
    return p, *wilson(p * n, n)


def share_words(frame, mask):
    """A share with its interval, as prose: "62% (56 to 67%)"."""
    p, low, high = share(frame, mask)
    return f"{p:.0%} ({100 * low:.0f} to {high:.0%})"


def by_reading(frame, flag):
    """The shares of the three readings, in words; flag names a boolean column."""
    words = []
    for reading in READINGS:
        rows = frame[frame["reading"] == reading]
        words.append(f"{share_words(rows, rows[flag])} of the {charts.LABELS[reading].lower()}")
    return f"{words[0]}, {words[1]} and {words[2]} minds"


def gains(sample):
    """The sample with one row a draw: reading, draw, E and depth of each shape, some, better, all_gone.

    Columns <shape> and depth_<shape>; some: the derived schedule removes a weapon; better: it removes more than all at
    once; all_gone: nothing is left.
    """
    # nothing found within the limit of nodes: nothing for the derived order, the proven bound for its rivals
    unknown = sample["bound"].where(sample["shape"] != "derived", 0.0)
    sample = sample.assign(expected=sample["expected"].fillna(unknown))
    wide = sample.pivot(index=["reading", "draw"], columns="shape", values=["expected", "depth"])
    out = pd.DataFrame({**{s: wide[("expected", s)] for s in phasing.SHAPES if ("expected", s) in wide},
                        **{f"depth_{s}": wide[("depth", s)] for s in phasing.SHAPES if ("depth", s) in wide}})
    out = out.reset_index()
    out["some"] = out["depth_derived"] > 0
    out["better"] = out["derived"] > (1 + BETTER) * out["at_once"]
    out["all_gone"] = out["depth_derived"] >= evidence.central("arsenal_now") - 1e-9
    return out


SHAPE_WORDS = {"derived": "the derived order", "at_once": "all at once", "kim_first": "Kim first",
               "coalition_first": "the coalition first"}


def headline(sample):
    """In what share of draws a schedule that both sides keep removes weapons, and the whole arsenal, as a sentence."""
    wide = gains(sample)
    if not wide["some"].any():
        return "In no draw is there a schedule that both sides keep and that removes a weapon."
    some = wide[wide["some"]]
    return (f"A schedule that both sides keep removes weapons in {share_words(wide, wide['some'])} of sampled minds "
            "and "
            f"assumptions, half of the arsenal or more in {share_words(wide, _half(wide))} and all of it in "
            f"{share_words(wide, wide['all_gone'])}; where any go, the median is {some['depth_derived'].median():.0f} "
            "of "
            f"{evidence.central('arsenal_now'):.0f} weapons’ worth.")


def _half(wide):
    return wide["depth_derived"] >= evidence.central("arsenal_now") / 2


def gradual_finding(sample):
    """How often going gradually removes more than all at once, and what the other shapes keep, in words."""
    wide = gains(sample)
    wide = wide[wide["some"]]
    if not len(wide):
        return "No schedule of any shape removes a weapon in any draw"
    p, low, high = share(wide, wide["better"])
    kept = {s: wide[s].sum() / wide["derived"].sum() for s in phasing.SHAPES[1:]}
    worst = SHAPE_WORDS[min(kept, key=kept.get)]
    often = "more often than not" if low > 0.5 else "in a minority of draws" if high < 0.5 else "about as often as not"
    head = (f"Where any weapons go, going gradually removes more than all at once {often}, in "
            f"{share_words(wide, wide['better'])}, and all at once keeps {kept['at_once']:.0%} of the expected removal"
            if wide["better"].any() else "In no draw does going gradually remove more than all at once")
    return f"{head}; {worst} is dearest and keeps {min(kept.values()):.0%}"


def gradual_heading(sample):
    """Whether going gradually removes more than all at once, as a heading."""
    wide = gains(sample)
    wide = wide[wide["some"]]
    if not len(wide):
        return "No shape of schedule removes a weapon"
    if not wide["better"].any():
        return "Going gradually never removes more than all at once"
    _, low, high = share(wide, wide["better"])
    often = "more often than not" if low > 0.5 else "in a minority of draws" if high < 0.5 else "about as often as not"
    return f"Going gradually removes more {often}"


def shapes_table(sample):
    """Shapes by reading, to read: share with any removal, median depth, mean expected removal."""
    rows = []
    for reading in READINGS:
        for shape, name in phasing.SHAPE_NAMES.items():
            got = sample[(sample["reading"] == reading) & (sample["shape"] == shape)]
            rows.append({"Minds": charts.LABELS[reading], "Shape": name,
                         "Weapons go": share_words(got, got["depth"] > 0),
                         "Depth, median (quartiles)": "{:.0f} ({:.0f} to {:.0f})".format(
                             *got["depth"].quantile([0.5, 0.25, 0.75])),
                         "Expected removal, mean": f"{got['expected'].mean():.0f}"})
    return pd.DataFrame(rows)


def measure_words(sample):
    """Whether the worst shape is the same by depth as by expected removal over the sample, in words."""
    means = sample.groupby("shape")[["depth", "expected"]].mean()
    by_depth, by_removal = means["depth"].idxmin(), means["expected"].idxmin()
    if by_depth == by_removal:
        return f"{SHAPE_WORDS[by_depth]} is worst by either measure"
    return (f"{SHAPE_WORDS[by_depth]} is the shallowest in the mean, {SHAPE_WORDS[by_removal]} removes least in "
            f"expectation")


def second_words(sample, second):
    """What another seed's draws give for the two shares of the headline, in words."""
    one, two = gains(sample), gains(second)
    some, other = one[one["some"]], two[two["some"]]
    return (f"Another set of {two['draw'].nunique()} draws a reading gives {share_words(two, two['some'])} in place of "
            f"{share_words(one, one['some'])} for any removal, and {share_words(other, other['better'])} in place of "
            f"{share_words(some, some['better'])} for going gradually")


# --------------------------------------------------------------------------------------------- order and dates
def dates(order):
    """When each step is done in the derived schedules that remove weapons, one row a step.

    Columns: step, name, side, share (of those schedules), low, q25, median, q75, high (half-years; 5 to 95 %),
    possible (first physically possible date, median). Steps done in less than a third are left out.
    """
    table = base.table()
    arms = order["step"].isin(base.tranches().index)
    going = order[arms].groupby(["reading", "draw"])["date"].max() > 0
    rows = order.set_index(["reading", "draw"])
    rows = rows[going.reindex(rows.index).to_numpy()].reset_index()
    out = []
    for step, got in rows.groupby("step", sort=False):
        done = got["date"][got["date"] > 0]
        if len(done) < len(got) / 3:
            continue
        low, q25, median, q75, high = done.quantile([0.05, 0.25, 0.5, 0.75, 0.95])
        out.append({"step": step, "name": phasing.short_name(table["name"][step]), "side": table["side"][step],
                    "share": len(done) / len(got), "low": low, "q25": q25, "median": median, "q75": q75, "high": high,
                    "possible": got["possible"].median()})
    frame = pd.DataFrame(out, columns=["step", "name", "side", "share", "low", "q25", "median", "q75", "high",
                                       "possible"])
    return frame.sort_values(["median", "q75", "side", "step"]).reset_index(drop=True)


def arms_dates(order):
    """Draws whose derived schedule removes weapons: reading, draw, first, last (half-years of first and last removal),
    both (both sides deliver in half-year 1), late (half-years by which the last removal lags its possible date)."""
    table = base.table()
    order = order.assign(arms=order["step"].isin(base.tranches().index), side=order["step"].map(table["side"]))
    rows = []
    for (reading, draw), got in order.groupby(["reading", "draw"], sort=False):
        gone = got[got["arms"] & (got["date"] > 0)]
        if len(gone):
            first = got[got["date"] == 1]["side"].nunique()
            end = gone.loc[gone["date"].idxmax()]
            rows.append({"reading": reading, "draw": draw, "first": gone["date"].min(), "last": end["date"],
                         "both": first == 2, "late": end["date"] - end["possible"]})
    return pd.DataFrame(rows, columns=["reading", "draw", "first", "last", "both", "late"])


def _spread(values, unit=phasing.years):
    low, mid, high = values.quantile([0.25, 0.5, 0.75], interpolation="nearest")
    return f"{unit(mid)} (quartiles {low / 2:g} to {high / 2:g})"


def order_finding(order):
    """Who delivers first and when weapons leave over the sampled schedules, in words."""
    rows = arms_dates(order)
    if not len(rows):
        return "No weapons leave in any sampled schedule"
    p = rows["both"].mean()
    both = ("Both sides deliver in the first half-year" if p == 1 else
            f"Both sides deliver in the first half-year in {share_words(rows, rows['both'])} of schedules")
    return (f"{both}; the first weapons leave after {_spread(rows['first'])}, the last of those that go after "
            f"{_spread(rows['last'])}")


def order_heading(order):
    """Whether weapons leave later than the first deliveries in the median schedule, as a heading."""
    rows = arms_dates(order)
    if not len(rows):
        return "No weapons leave"
    start = f"{'Both sides start' if rows['both'].mean() > 0.5 else 'One side starts'} at once"
    return f"{start}, weapons {'leave later' if rows['first'].median() > 1 else 'among the first steps'}"


def durations_words(order):
    """How often the last removal waits longer than durations alone would make it, in words."""
    rows = arms_dates(order)
    if not len(rows):
        return "no weapons leave"
    late = rows[rows["late"] > 0]
    prompt = share_words(rows, rows["late"] == 0)
    if not len(late):
        return "durations alone explain every date: the last weapons leave as soon as they physically can"
    return (f"in {prompt} of the schedules the last weapons leave as soon as they physically can; in the others they "
            "wait "
            f"a median of {phasing.years(late['late'].median())} more")


def watched_words(order, lever):
    """What a loss from being watched does to depth, expected removal and the date of the declaration, in words."""
    wide = lever.pivot(index=["reading", "draw"], columns="lever", values=["depth", "expected"])
    some = wide[wide[("depth", "none")] > 0].reset_index()
    change = some[("expected", "targeting")].sum() / some[("expected", "none")].sum() - 1
    shallower = share_words(some, some[("depth", "targeting")] < some[("depth", "none")])
    rows = order[(order["step"] == "K04") & (order["date"] > 0) & (order["watched"] > 0)]
    depth = (f"the reachable cut shrinks in {shallower} of the draws and expected removal changes by "
             f"{signed(100 * change)}%")
    if not len(rows):
        return f"{depth}; the declaration is never made in both"
    later, sooner = (rows["watched"] > rows["date"]).mean(), (rows["watched"] < rows["date"]).mean()
    moved = "moves back more often than forward" if later > sooner else "does not move back more often than forward"
    return f"{depth}; the declaration {moved} ({later:.0%} of draws against {sooner:.0%})"


# -------------------------------------------------------------------------------------------- regret along the way
def carry_bands(carry, side="kim"):
    """A side's value of carrying on along the schedules, by half-year: regret, half_year, and quantiles in US$ bn."""
    rows = carry[carry["side"] == side]
    q = rows.groupby(["regret", "half_year"])["carry"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack() / 1000
    q.columns = ["low", "q25", "median", "q75", "high"]
    return q.reset_index()


def regret_finding(carry, rule, sample):
    """In what share of draws he comes to wish that he had not signed without the no-regret row, in words."""
    rows = carry[(carry["side"] == "kim") & ~carry["regret"].astype(bool)]
    worst = rows.groupby(["reading", "draw"])["carry"].min().reset_index()
    if not len(worst):
        return "No schedule delivers anything, with or without the no-regret row"
    sorry = worst["carry"] < -1
    one = sample[sample["shape"] == "derived"].merge(rule[rule["rule"] == "locked"], on=["reading", "draw"])
    kept, free = round(one["depth_x"].mean()), round(one["depth_y"].mean())
    depth = f"the mean depth stays at {kept}" if free == kept else f"the mean depth is {free} in place of {kept}"
    if not sorry.any():
        return f"The no-regret row costs nothing: he never comes to wish that he had not signed, and {depth}"
    return (f"Without the no-regret row {depth}, and in {share_words(worst, sorry)} of the schedules Kim comes to "
            "wish that "
            f"he had not signed: lock-in, not peace")


def regret_heading(carry):
    """Whether a schedule that is kept without the no-regret row can be regretted, as a heading."""
    rows = carry[(carry["side"] == "kim") & ~carry["regret"].astype(bool)]
    if not len(rows):
        return "No schedule delivers anything that could be regretted"
    return "Kept is not the same as unregretted" if rows["carry"].min() < -1 else "What is kept is never regretted here"


def tight_words(carry):
    """At which half-year each side is nearest to walking away, over the sampled schedules, in words."""
    rows = carry[carry["regret"].astype(bool)]
    low = rows.loc[rows.groupby(["reading", "draw", "side"])["slack"].idxmin()]
    words = []
    for side, name in (("kim", "Kim"), ("coalition", "the coalition")):
        got = low[low["side"] == side]
        q = got["half_year"].quantile([0.5, 0.25, 0.75], interpolation="nearest")
        words.append(f"{name} is nearest to walking at half-year {q[0.5]:.0f} (quartiles {q[0.25]:.0f} to "
                     f"{q[0.75]:.0f}), "
                     f"where {'he' if side == 'kim' else 'it'} would lose {got['slack'].clip(lower=0).median():,.0f} "
                     "million "
                     f"dollars in the median")
    return "; ".join(words)


# ------------------------------------------------------------------------------------------------ why, in words
OFF_NAMES = {"none": "As the model stands", "learning": "Nothing teaches", "durations": "Nothing takes time",
             "irreversible": "Every gift can be undone", "learning+durations+irreversible": "All three together"}


def why_shares(why):
    """Share of draws with any removal in which derived beats at once, by switch and reading, with intervals.

    Columns: off, name, reading, share, low, high, n, gain (derived over at once, sums, less 1).
    """
    rows = []
    for off in OFF_NAMES:
        for reading in READINGS:
            got = why[(why["off"] == off) & (why["reading"] == reading) & (why["depth"] > 0)]
            if not len(got):
                continue
            better = got["derived"] > (1 + BETTER) * got["at_once"]
            p, low, high = share(got, better)
            rows.append({"off": off, "name": OFF_NAMES[off], "reading": reading, "share": p, "low": low, "high": high,
                         "n": len(got), "gain": got["derived"].sum() / max(got["at_once"].sum(), 1e-9) - 1})
    return pd.DataFrame(rows, columns=["off", "name", "reading", "share", "low", "high", "n", "gain"])


def why_kind(why):
    """What going gradually rests on: one of OFF, "order", "many" (no single reason), "gone" (none left with the reasons
    switched off), "nothing" (no schedule removes a weapon)."""
    alive = why[why["depth"] > 0]
    better = alive["derived"] > (1 + BETTER) * alive["at_once"]
    p, all_off = better.groupby(alive["off"]).mean(), "+".join(OFF)
    single = p[[o for o in OFF if o in p.index]]
    if "none" not in p.index:
        return "nothing"
    if all_off not in p.index or not len(single):
        return "gone"
    if p[all_off] >= p["none"] - 0.05:
        return "order"
    low = single.idxmin()
    return low if p["none"] - single[low] > (p["none"] - p[all_off]) / 2 else "many"


def why_heading(why):
    """What going gradually rests on, as a heading."""
    return {"learning": "Going gradually pays mostly because time teaches",
            "durations": "Going gradually pays mostly because things take time",
            "irreversible": "Going gradually pays mostly because gifts cannot be undone",
            "order": "What going gradually rests on is order",
            "many": "No single reason carries going gradually",
            "gone": "With the reasons for going gradually gone, no weapon goes",
            "nothing": "No weapon goes, gradually or not"}[why_kind(why)]


def why_finding(why):
    """What going gradually rests on: how often it still pays with each switch, in words."""
    alive = why[why["depth"] > 0]
    alive = alive.assign(better=alive["derived"] > (1 + BETTER) * alive["at_once"])
    plain = alive[alive["off"] == "none"]
    if not len(plain):
        return "No sampled schedule removes a weapon, so that nothing can be said of going gradually"
    p, all_off, kind = alive.groupby("off")["better"].mean(), "+".join(OFF), why_kind(why)
    head = f"Going gradually removes more in {share_words(plain, plain['better'])} of draws"
    if kind == "gone":
        return f"{head}; with the reasons for it switched off, no schedule removes a weapon"
    rest, single = alive[alive["off"] == all_off], p[[o for o in OFF if o in p.index]]
    left = share_words(rest, rest["better"])
    if kind == "order":
        return f"{head}, and in {left} with all three reasons switched off: what it rests on is order"
    if kind in ROOTS:
        return f"{head}; most of that is {ROOTS[kind]}: without it, in {single[kind]:.0%}, with all three off in {left}"
    return (f"{head}; no single reason carries that: switched off one by one, it still does in {single.min():.0%} to "
            f"{single.max():.0%}, with all three off in {left}")


ROOTS = {"learning": "that time teaches", "durations": "that things take time",
         "irreversible": "that some gifts cannot be undone"}


def why_table(why):
    """The switches as a table to read: how many draws have a schedule, how often and by how much gradual is better."""
    rows = []
    for off, name in OFF_NAMES.items():
        got = why[why["off"] == off]
        some = got[got["depth"] > 0]
        better = some["derived"] > (1 + BETTER) * some["at_once"]
        rows.append({"Switch": name, "Weapons go": share_words(got, got["depth"] > 0),
                     "Gradual removes more": share_words(some, better) if len(some) else "–",
                     "Gain in mean expected removal": f"{some['derived'].sum() / some['at_once'].sum() - 1:.0%}"
                     if some["at_once"].sum() > 0 else "–"})
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------ levers, in words
def lever_changes(lever):
    """What each lever changes, over the draws: one row a lever, by mean change of expected removal.

    Columns: lever, name, change (mean of E - E none), low, high (its 95 % interval over distinct draws), relative
    (change over the mean E of none), more, less (shares of draws with more and less E), depth (mean change), some
    (change in the share with any removal), cost (median to the coalition, US$ bn, at an unchanged schedule; nan where
    steps go).
    """
    e = lever.pivot(index=["reading", "draw"], columns="lever", values="expected")
    d = lever.pivot(index=["reading", "draw"], columns="lever", values="depth")
    cost, rows = lever.groupby("lever")["cost"], []
    for name in base.LEVERS:
        if name not in e:
            continue
        gap = e[name] - e["none"]
        each = gap.groupby("draw").mean()
        half = 1.959964 * each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan
        floor = BETTER * e["none"].clip(lower=1)
        rows.append({"lever": name, "name": base.LEVERS[name][1], "change": gap.mean(), "low": gap.mean() - half,
                     "high": gap.mean() + half, "relative": gap.mean() / max(e["none"].mean(), 1e-9),
                     "more": float((gap > floor).mean()), "less": float((gap < -floor).mean()),
                     "depth": float((d[name] - d["none"]).mean()),
                     "some": float((d[name] > 0).mean() - (d["none"] > 0).mean()),
                     "cost": cost.get_group(name).median() / 1000})
    return pd.DataFrame(rows).sort_values("change", ascending=False).reset_index(drop=True)


def lever_finding(changes):
    """Which lever raises the removal most, which do not, and which lower it, in words."""
    best, rest = changes.iloc[0], changes.iloc[1:]
    if best["low"] <= 0:
        head = "No lever raises the expected removal by more than the draws leave open"
    else:
        tied = rest[rest["high"] >= best["change"]]
        head = (f"{capital(best['name'])} raises the removal most: expected removal by {best['relative']:.0%} in "
                f"the mean, in {best['more']:.0%} of draws")
        if len(tied):
            head += f", with {listed(tied['name'])} inside its margin"
    deep = changes.loc[changes["depth"].idxmax()]
    if deep["depth"] >= 0.5:
        head += f"; in depth {deep['name']} adds most, {deep['depth']:.0f} weapons’ worth in the mean"
    harm = changes[changes["high"] < 0]
    verb = "lower" if len(harm) > 1 else "lowers"
    return head + (f"; {listed(harm['name'])} {verb} the expected removal" if len(harm) else "")


def lever_heading(changes):
    """The lever that raises the expected removal most, as a heading."""
    best = changes.iloc[0]
    return f"The strongest lever: {best['name']}" if best["low"] > 0 else "No lever surely raises the expected removal"


def signed(x):
    """A rounded change with its sign: "+3", "−2", "0"."""
    return f"{round(x):+d}".replace("-", "−") if round(x) else "0"


def lever_table(changes):
    """The levers as a table to read."""
    return pd.DataFrame({
        "Lever": changes["name"].map(capital),
        "Expected removal": [f"{signed(r.change)} ({signed(r.low)} to {signed(r.high)})" for r in changes.itertuples()],
        "More in": changes["more"].map("{:.0%}".format), "Less in": changes["less"].map("{:.0%}".format),
        "Depth": changes["depth"].map(signed),
        "Draws with removal": [f"{signed(100 * x)} points" for x in changes["some"]],
        "Cost, US$ bn": ["–" if np.isnan(x) else f"{x + 0.0:.1f}" for x in changes["cost"].round(1)]})


def restore_words(restore):
    """Where no schedule removes a weapon: how far it is, who would walk, and what would restore one, in words."""
    none = restore[restore["levers"] > 0]
    if not len(none):
        return "In every draw some schedule removes weapons, so that nothing has to be restored."
    near = none[none["total"].notna()]
    out = [f"In {share_words(restore, restore['levers'] > 0)} of the draws no kept schedule removes a weapon."]
    if len(near):
        kim = (near["side"] == "kim").mean()
        who = "Kim" if kim >= 0.5 else "the coalition"
        out.append(f"The schedule that comes nearest fails at {who}’s row in {max(kim, 1 - kim):.0%} of them, mostly "
                   f"at half-year {near['period'].median():.0f}, and falls short by {near['short'].median():,.0f} "
                   f"million dollars in the median.")
    one, two, all_ = ((none["levers"] == n) for n in (1, 2, len(HELP)))
    never = none["levers"] == 99
    out.append(f"One lever restores a schedule in {one.mean():.0%} of them, two in another {two.mean():.0%}, all nine "
               "in "
               f"another {all_.mean():.0%}; in {never.mean():.0%} not even all do.")
    which = none["which"][one].str.split(" ").explode().value_counts()
    if len(which):
        out.append(f"The single lever that does it most often is: {base.LEVERS[which.index[0]][1]}.")
    return " ".join(out)


def zero_words(zero, lever):
    """How many draws have a kept schedule to zero, and who would walk from one in the others, in words."""
    total = evidence.central("arsenal_now")
    plain = lever[lever["lever"] == "none"]
    gone = plain["depth"] >= total - 1e-9
    # the search for the nearest schedule maximises nothing: where it finds no shortfall, zero can be kept
    short = zero[zero["total"].fillna(np.inf) > 1]
    out = f"The whole arsenal goes in the derived schedule of {share_words(plain, gone)} of the draws."
    if not len(short):
        return out + " In every draw some kept schedule ends at zero."
    known = short[short["total"].notna()]
    kim = (known["side"] == "kim").mean()
    who = "Kim" if kim >= 0.5 else "the coalition"
    return (f"{out} In {share_words(zero, zero['total'].fillna(np.inf) > 1)} none was found that both keep to zero: "
            f"in the one that comes nearest {who} would walk first in {max(kim, 1 - kim):.0%}, at half-year "
            f"{known['period'].median():.0f} in the median, short by {known['short'].median() / 1000:,.1f} billion "
            "dollars.")


def zero_heading(zero):
    """How often a kept schedule to zero is found, as a heading."""
    found = zero["total"].fillna(np.inf) <= 1
    _, low, high = share(zero, found)
    often = ("in every draw" if found.all() else "in no draw" if not found.any() else "in most draws" if low > 0.5 else
             "in a minority of draws" if high < 0.5 else "about as often as not")
    return f"A kept schedule to zero is found {often}"


# -------------------------------------------------------------------------------------- hold-outs and what drives
def hold_words(hold, side):
    """The largest hold-out of a side at which weapons still go, and the share that the register's high end stops."""
    high = evidence.assumptions().at[f"out_{side}", "high"]
    rows = hold[hold["side"] == side]
    most = rows["hold_out"].fillna(-1)
    q = rows["hold_out"].fillna(0).quantile([0.5, 0.25, 0.75])
    return (f"{q[0.5]:,.0f} million dollars a half-year in the median (quartiles {q[0.25]:,.0f} to {q[0.75]:,.0f}); "
            "the high "
            f"end of the register, {high:,.0f}, would end all removal in {share_words(rows, most < high)} of the draws")


DRIVERS = {"arsenal_worth": ("Worth of the arsenal", "US$ bn a year", 1 / 500),
           "fear_first_kim": ("Kim’s first fear", "% a half-year", 100),
           "out_kim": ("Kim’s hold-out", "US$ m a half-year", 1),
           "out_coalition": ("Coalition’s hold-out", "US$ m a half-year", 1)}


DRIVER_WORDS = {"arsenal_worth": "the worth of the arsenal", "fear_first_kim": "Kim’s first fear",
                "out_kim": "Kim’s hold-out", "out_coalition": "the coalition’s hold-out"}


def drivers(sample, parts=5):
    """Shares of draws over fifths of the drawn value of each of DRIVERS.

    Columns: driver, value (mean), measure, share, low, high. measure: "some" (the derived schedule removes weapons)
    and "as_good" (all at once does as well, among those).
    """
    values, wide = parameters()[0], gains(sample)
    rows = []
    for driver in DRIVERS:
        x = values[driver].iloc[wide["draw"].to_numpy()].to_numpy()
        fifth = pd.qcut(x, parts, labels=False, duplicates="drop")
        for k in range(fifth.max() + 1):
            got = wide[fifth == k]
            alive = got[got["some"]]
            for measure, frame, mask in (("some", got, got["some"]), ("as_good", alive, ~alive["better"])):
                if len(frame):
                    p, low, high = share(frame, mask)
                    rows.append({"driver": driver, "value": float(x[fifth == k].mean()), "measure": measure, "share": p,
                                 "low": low, "high": high})
    return pd.DataFrame(rows)


def drivers_finding(frame):
    """What ends removal and what makes all at once as good, from the lowest to the highest fifth, in words."""
    ends = frame.groupby(["driver", "measure"])["share"].agg(["first", "last"])
    gap, names = (ends["last"] - ends["first"]).unstack(), DRIVER_WORDS
    worst = gap["some"].abs().idxmax()
    a, b = ends.loc[(worst, "some")]
    border = gap["as_good"].abs().idxmax()
    c, d = ends.loc[(border, "as_good")]
    return (f"From the lowest to the highest fifth of {names[worst]}, the share of draws in which weapons go "
            f"{'falls' if b < a else 'rises'} from {a:.0%} to {b:.0%}; all at once does as well as the derived order "
            f"in {c:.0%} at one end of {names[border]} and {d:.0%} at the other")


def drivers_heading(frame):
    """Which of the four moves the share of draws in which weapons go most, as a heading."""
    some = frame[frame["measure"] == "some"].groupby("driver")["share"]
    gap = (some.last() - some.first()).abs()
    if gap.max() == 0:
        return "Nothing drawn here moves whether weapons go"
    return f"Whether weapons go hangs most on {DRIVER_WORDS[gap.idxmax()]}"


def ranks(sample, top=8):
    """Rank correlations over the sample of depth, E and gain (derived less at once) with each drawn parameter.

    Columns: id, depth, expected, gain, low, high; the `top` by the largest of the three, means over readings. They are
    relative to the ranges, and no causes.
    """
    values, wide = parameters()[0], gains(sample)
    drawn_rows = [i for i in base.BELIEFS + base.SCALES if values[i].std() > 0]
    outcomes = pd.DataFrame({"depth": wide["depth_derived"], "expected": wide["derived"],
                             "gain": wide["derived"] - wide["at_once"]})
    out = []
    for reading in READINGS:
        mine = (wide["reading"] == reading).to_numpy()
        x = values[drawn_rows].iloc[wide["draw"][mine].to_numpy()].rank().to_numpy()
        y = outcomes[mine].rank().to_numpy()
        out.append(np.corrcoef(x.T, y.T)[: len(drawn_rows), len(drawn_rows):])
    frame = pd.DataFrame(np.mean(out, axis=0), index=drawn_rows, columns=list(outcomes))
    rows = evidence.assumptions().loc[drawn_rows]
    frame["low"], frame["high"] = rows["low"], rows["high"]
    best = frame[list(outcomes)].abs().max(axis=1).sort_values(ascending=False).index[:top]
    return frame.loc[best].rename_axis("id").reset_index()


def ranks_table(frame):
    """The rank correlations as a table to read, with the range that each is relative to."""
    meaning = evidence.assumptions()["meaning"].str.split(";").str[0]
    return pd.DataFrame({"Drawn": frame["id"].map(meaning),
                         "Range": [f"{a:g} to {b:g}" for a, b in zip(frame["low"], frame["high"], strict=True)],
                         **{name: frame[c].map("{:+.2f}".format) for c, name in (
                             ("depth", "Depth"), ("expected", "Expected removal"), ("gain", "Gain from going "
                                                                                            "gradually"))}})


def rule_table(rule, sample):
    """What other rules change, to read: share with removal, mean depth and expected removal."""
    draws = rule["draw"].unique()
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(draws)].assign(rule="")
    names = {"": "as specified", **{k: v[1] for k, v in RULES.items()}}
    rows = []
    for key, name in names.items():
        got = (plain if key == "" else rule[rule["rule"] == key])
        e = got["expected"].fillna(0)
        rows.append({"Rule": capital(name), "Weapons go": share_words(got, got["depth"] > 0),
                     "Depth, mean": f"{got['depth'].mean():.0f}", "Expected removal, mean": f"{e.mean():.0f}"})
    return pd.DataFrame(rows)


def idle_words(rule, sample):
    """What is left when half-years without a delivery teach nothing, in words."""
    got = sample[sample["shape"] == "derived"].merge(rule[rule["rule"] == "idle"], on=["reading", "draw"])
    some = got[got["depth_x"] > 0]
    if not len(some):
        return "no schedule removes a weapon in any case"
    kept = some["expected_y"].fillna(0).sum() / some["expected_x"].sum()
    return (f"expected removal falls to {kept:.0%}, and weapons still go in {share_words(some, some['depth_y'] > 0)} "
            "of the "
            f"schedules that removed any")


def horizon_words(horizon, sample):
    """How depth, last removal and E move with the horizon over the same draws, in words."""
    rows = horizon[horizon["shape"] == "derived"]
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(rows["draw"].unique())].assign(periods=PERIODS)
    means = pd.concat([plain, rows]).groupby("periods")[["depth", "expected"]].mean()
    last = pd.concat([plain, rows]).query("depth > 0").groupby("periods")["deepest"].median()
    low, high = means.index.min(), means.index.max()
    moves = [(f"{what} {_moved(a, b)}", a != b) for what, a, b in (
        ("mean depth", *(f"{means['depth'][T]:.0f}" for T in (low, high))),
        ("the median date of the last removal", phasing.years(last[low]), phasing.years(last[high])),
        ("mean expected removal", *(f"{means['expected'][T]:.0f}" for T in (low, high))))]
    end = ("What moves is about the horizon as much as about the deal" if any(moved for _, moved in moves)
           else "The horizon decides none of them")
    return f"From {phasing.years(low)} to {phasing.years(high)}, {listed(text for text, _ in moves)}. {end}"


def _moved(a, b):
    return f"stays at {a}" if a == b else f"goes from {a} to {b}"


def limit_words(sample):
    """How many of the sampled programmes stopped at the node limit, and how much that leaves open, in words."""
    open_ = sample[sample["status"] == "limit"]
    if not len(open_):
        return f"All {len(sample):,} programmes were solved to the stated gap"
    gap = (open_["bound"] / open_["expected"].clip(lower=1e-9) - 1).median()
    return (f"{len(open_):,} of {len(sample):,} programmes stopped at the limit of {NODES} nodes, with a median of "
            f"{gap:.0%} left open")


# ---------------------------------------------------------------------------------------- lives and replays, in words
def life_chance(cv, n, rounds=20000, seed=SEED):
    """Chance that n lives under a constant hazard have a coefficient of variation at most cv, by simulation."""
    t = np.random.default_rng((seed, 11)).exponential(size=(rounds, n))
    return float((t.std(axis=1, ddof=1) / t.mean(axis=1) <= cv).mean())


def life_finding(models, t=None):
    """Whether the recorded lives speak for a hazard that falls, in words."""
    t = lives().to_numpy() if t is None else np.asarray(t, float)
    ll, cv = models.set_index("model")["log_likelihood"], variation(t)
    gain = ll["best mixture"] - ll["constant hazard"]
    if gain > 2:  # two more parameters must buy more than two units of log-likelihood (Akaike)
        return (f"The lives of {len(t)} agreements speak for sorting: a mixture fits better by {gain:.1f} units of "
                f"log-likelihood, and their coefficient of variation is {cv:.2f}")
    return (f"The lives of {len(t)} agreements do not show that time teaches: their coefficient of variation is "
            f"{cv:.2f}, and "
            f"no mixture fits better than a constant hazard by more than its two extra parameters would by chance")


def life_heading(models):
    """Whether the recorded lives show that time teaches, as a heading."""
    ll = models.set_index("model")["log_likelihood"]
    shown = ll["best mixture"] - ll["constant hazard"] > 2  # as in `life_finding`
    return "The record speaks for sorting: time teaches" if shown else "The record does not show that time teaches"


def hits(frame):
    """Replays with what the rows say most often and what happened, misses first: a frame.

    Columns: replay, kept, kim, coalition (shares of draws), period (median half-year of failure), happened, says (the
    likeliest), hit (either side counts where both ended it).
    """
    rows = []
    for name in frame["replay"].unique():
        got = frame[frame["replay"] == name]
        shares = {s: float((got["fails"] == s).mean()) for s in ("kept", *SIDES)}
        says, happened = max(shares, key=shares.get), REPLAYS[name][2]
        late = got["period"][got["fails"] != "kept"]
        rows.append({"replay": name, **shares, "period": float(late.median()) if len(late) else np.nan,
                     "happened": happened, "says": says,
                     "hit": says == happened or (happened == "both" and says != "kept")})
    return pd.DataFrame(rows).sort_values("hit", kind="stable").reset_index(drop=True)


def as_well_guessed(table):
    """Chance that guessing among the three answers is right as often as the rows of the replays are."""
    return guessed([2 / 3 if h == "both" else 1 / 3 for h in table["happened"]], int(table["hit"].sum()))


def hits_heading(table):
    """Whether the replays tell the rows from guessing, as a heading."""
    if as_well_guessed(table) < 0.05:
        return "On past papers the rows beat guessing"
    return "On past papers the rows do not surely beat guessing"


def hits_finding(table):
    """How many replays the rows get right, and how often guessing would do as well, in words."""
    n, good = len(table), int(table["hit"].sum())
    as_well = as_well_guessed(table)
    how = ("more than guessing among the three answers would give" if as_well < 0.05 else
           f"which guessing among the three answers reaches in {as_well:.0%} of tries")
    return f"The rows’ likeliest answer is what happened in {good} of {n} replays, {how}"


def guessed(chances, hits):
    """Chance of at least `hits` successes in independent trials with these chances."""
    pmf = np.ones(1)
    for p in chances:
        pmf = np.convolve(pmf, [1 - p, p])
    return float(pmf[hits:].sum())


def replay_words(frame):
    """When the rows of the replays fail, in words: most of what they say is about signing."""
    failed = frame[frame["fails"] != "kept"]
    if not len(failed):
        return "No replay fails at any row"
    first, regrets = (failed["period"] == 1).mean(), failed["regrets"].mean()
    moral = (": the rows say who should not have signed, not when a signed agreement ends"
             if min(first, regrets) > 0.5 else "")
    return (f"Where a replay fails, it does so in the first half-year in {first:.0%} of draws and at the no-regret row "
            f"in {regrets:.0%}{moral}")


def replay_range(replays):
    """By how much the shares of a replay's three answers would move with other draws: largest 95 % half-width."""
    n = replays.groupby("replay")["draw"].nunique().min()
    return max(high - low for low, high in (wilson(p * n, n) for p in np.linspace(0, 1, 21))) / 2


# ---------------------------------------------------------------------------------------------------- figures
def draw_dates(t, narrow, frame):
    """When each step is done over the sampled schedules: 5 to 95 %, half of them, median; their share at the right."""
    end = PERIODS
    left = 26 if narrow else NAMES
    ticks = alt.Axis(values=list(range(0, end + 1, 2)), title=None, domain=False, ticks=False, grid=True,
                     labelExpr="datum.value == 0 ? 'start' : datum.value / 2 + ' y'")
    scale = alt.Scale(domain=[0, end + 1.4], nice=False)
    names = alt.Axis(labelLimit=left - 8, labelPadding=8, minExtent=left - 10, maxExtent=left - 10)
    y = alt.Y("name:N", sort=list(frame["name"]), title=None, axis=None if narrow else names)
    colour = alt.Color("side:N", scale=alt.Scale(**charts.colours(charts.SIDES, t)))
    drop = 8 if narrow else 0
    rows = alt.Chart(frame.assign(begin=frame["q25"] - 1, words=[f"{p:.0%}" for p in frame["share"]], far=end + 1.3))

    def x(field):
        return alt.X(f"{field}:Q", scale=scale, axis=ticks, title=None)

    layers = [rows.mark_rule(strokeWidth=2, opacity=.5, yOffset=drop).encode(x("low"), x2="high:Q", y=y, color=colour),
              rows.mark_bar(height=10, opacity=.5, yOffset=drop).encode(x("begin"), x2="q75:Q", y=y, color=colour),
              rows.mark_point(size=46, yOffset=drop).encode(
                  x("median"), y=y, color=colour, shape=alt.Shape("side:N", scale=alt.Scale(
                      domain=charts.SIDES, range=[charts.SHAPE[s] for s in charts.SIDES]))),
              rows.mark_text(align="right", color=t["ink2"], yOffset=drop).encode(x("far"), y=y, text="words:N")]
    if narrow:
        name = charts.label(frame.assign(zero=0), t, "name:N", "ink", "left", dy=-7, y=y,
                            x=alt.X("zero:Q", scale=scale, axis=ticks))
        layers.append(name)
    return alt.layer(*layers).properties(width=charts.size(narrow, left), height=(30 if narrow else 20) * len(frame))


def draw_carry(t, narrow, bands):
    """Kim's value of carrying on over the sampled schedules, by half-year, with and without the no-regret row."""
    low, high = bands["low"].min(), bands["high"].max()
    room = 0.06 * (high - low)
    scale, panels = alt.Scale(domain=[low - room, high + room], nice=False), []
    for k, (regret, title) in enumerate(((True, phasing.CARRIES[0]), (False, phasing.CARRIES[1]))):
        rows = bands[bands["regret"].astype(bool) == regret]
        first = narrow or k == 0
        x = alt.X("half_year:Q", title="Half-year", axis=alt.Axis(values=[1, 4, 7, 10, 13]),
                  scale=alt.Scale(domain=[1, bands["half_year"].max()], nice=False))

        def y(field, first=first):
            return alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(labels=first, tickCount=5))

        chart = alt.Chart(rows)
        zero = alt.Chart(pd.DataFrame({"z": [0.0]})).mark_rule(color=t["ink"]).encode(y=y("z"))
        layers = [chart.mark_area(color=t["kim"], fillOpacity=.18).encode(x=x, y=y("low"), y2="high:Q"),
                  chart.mark_area(color=t["kim"], fillOpacity=.34).encode(x=x, y=y("q25"), y2="q75:Q"),
                  zero, chart.mark_line(color=t["kim"]).encode(x=x, y=y("median"))]
        panels.append(alt.layer(*layers).properties(
            width=charts.size(narrow, 40) if narrow else 290, height=190, title=title))
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def draw_shapes(t, narrow, quantiles):
    """Expected removal by shape and reading as strips: 95 %, half of the draws, median, and the mean as a mark."""
    panels, top = [], quantiles["q97"].max() * 1.03
    order = list(phasing.SHAPE_NAMES.values())
    for k, reading in enumerate(READINGS):
        rows = quantiles[quantiles["reading"] == reading]
        first = narrow or k == 0
        y = alt.Y("shape:N", sort=order, title=None, axis=alt.Axis(labels=first))
        x = {"title": "Expected removal", "scale": alt.Scale(domain=[0, top], nice=False),
             "axis": alt.Axis(tickCount=4, grid=True)}
        strip = charts.strips(rows, t, ("q2", "q25", "q50", "q75", "q97"), color=reading, y=y, x=x)
        mean = alt.Chart(rows).mark_point(shape="diamond", size=52, color=t["ink"]).encode(x=alt.X("mean:Q", **x), y=y)
        width = charts.size(narrow, 104) if narrow else 172
        panels.append(alt.layer(strip, mean).properties(width=width, height=120, title=charts.LABELS[reading]))
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=16)


def shape_quantiles(sample):
    """Quantiles and mean of E by reading and shape: reading, shape, q2, q25, q50, q75, q97, mean."""
    sample = sample.assign(expected=sample["expected"].fillna(0), shape=sample["shape"].map(phasing.SHAPE_NAMES))
    by = sample.groupby(["reading", "shape"], sort=False)["expected"]
    q = by.quantile([0.025, 0.25, 0.5, 0.75, 0.975]).unstack()
    q.columns = ["q2", "q25", "q50", "q75", "q97"]
    return q.assign(mean=by.mean()).reset_index()


def draw_why(t, narrow, frame):
    """Share of draws in which going gradually removes more than all at once, by switch and reading, with intervals."""
    names = list(dict.fromkeys(frame["name"]))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=170) if not narrow else None)
    offset = alt.YOffset("reading:N", sort=charts.READINGS)
    x = {"title": "Draws in which gradual removes more", "scale": alt.Scale(domain=[0, 1]),
         "axis": alt.Axis(format="%", values=[0, .25, .5, .75, 1], grid=True)}
    colour = alt.Color("reading:N", scale=alt.Scale(**charts.colours(charts.READINGS, t)))
    shape = alt.Shape("reading:N", scale=alt.Scale(domain=charts.READINGS,
                                                   range=[charts.SHAPE[r] for r in charts.READINGS]))
    rows = alt.Chart(frame)
    layers = [rows.mark_rule(strokeWidth=5, opacity=.4).encode(alt.X("low:Q", **x), x2="high:Q", y=y, yOffset=offset,
                                                              color=colour),
              rows.mark_point(size=50).encode(alt.X("share:Q", **x), y=y, yOffset=offset, color=colour, shape=shape)]
    if narrow:
        words = frame.drop_duplicates("name").assign(zero=0.0)
        layers.append(charts.label(words, t, "name:N", "ink", "left", dy=-35, y=y, x=alt.X("zero:Q", **x)))
    return alt.layer(*layers).properties(width=charts.size(narrow, 14 if narrow else 150),
                                         height=(88 if narrow else 54) * len(names))


def draw_levers(t, narrow, changes):
    """Mean change of expected removal by lever with its 95 % interval, and the share of draws that it helps."""
    names = list(changes["name"])
    low, high = min(changes["low"].min(), 0), max(changes["high"].max(), 0)
    room = 0.05 * (high - low)
    scale = alt.Scale(nice=False, domain=[low - room, high + 5 * room])
    step = max(5 * round((high - low) / 20), 1)
    ticks = [v for v in range(-20 * step, 21 * step, step) if low - room <= v <= high]  # none under the shares
    x = {"title": "Change of mean expected removal", "scale": scale, "axis": alt.Axis(values=ticks, grid=True)}
    y = alt.Y("name:N", sort=names, title=None, axis=None if narrow else alt.Axis(labelLimit=200))
    drop = 8 if narrow else 0
    rows = alt.Chart(changes.assign(words=[f"{p:.0%}" for p in changes["more"]], far=high + 5 * room))
    if narrow:  # names stand above the bars, where a line would cross them
        zero = rows.transform_calculate(z="0").mark_tick(color=t["ink"], thickness=1.4, height=14, width=14,
                                                         orient="vertical", yOffset=drop).encode(alt.X("z:Q", **x), y=y)
    else:
        zero = alt.Chart(pd.DataFrame({"z": [0.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("z:Q", **x))
    layers = [zero, rows.mark_rule(strokeWidth=6, color=t["data"], opacity=.45, yOffset=drop).encode(
                  alt.X("low:Q", **x), x2="high:Q", y=y),
              rows.mark_point(size=46, color=t["ink"], yOffset=drop).encode(alt.X("change:Q", **x), y=y),
              rows.mark_text(align="right", color=t["ink2"], yOffset=drop).encode(
                  alt.X("far:Q", **x), y=y, text="words:N")]
    if narrow:
        layers.append(charts.label(changes.assign(edge=low - room), t, "name:N", "ink", "left", dy=-8, y=y,
                                   x=alt.X("edge:Q", **x)))
    return alt.layer(*layers).properties(width=charts.size(narrow, 14 if narrow else 200),
                                         height=(34 if narrow else 24) * len(changes))


MEASURES = {"some": ("weapons go", "data", [1, 0], "left"),
            "as_good": ("all at once does as well", "accent", [4, 3], "right")}


def draw_drivers(t, narrow, frame):
    """Shares of draws over fifths of four drawn values: some removal (solid), all at once as good (dashed)."""
    panels = []
    for k, (driver, (title, unit, scale)) in enumerate(DRIVERS.items()):
        rows = frame[frame["driver"] == driver].assign(x=lambda f, scale=scale: f["value"] * scale)
        x = alt.X("x:Q", title=unit, scale=alt.Scale(zero=False, nice=False, padding=6), axis=alt.Axis(tickCount=4))

        def y(field, first=narrow or k % 2 == 0):
            return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, 1.12], nice=False),
                         axis=alt.Axis(format="%", values=[0, .25, .5, .75, 1], labels=first))

        areas, lines, names = [], [], []
        for measure, (name, colour, dash, side) in MEASURES.items():
            part = rows[rows["measure"] == measure]
            chart = alt.Chart(part)
            areas.append(chart.mark_area(color=t[colour], fillOpacity=.18).encode(x=x, y=y("low"), y2="high:Q"))
            lines.append(chart.mark_line(color=t[colour], strokeDash=dash).encode(x=x, y=y("share")))
            if k == 0 and len(part):  # in the strip above 100 %, where no line can run
                spot = part.iloc[[0 if side == "left" else -1]].assign(share=1.07)
                names.append(charts.label(spot, t, alt.value(name), "ink2" if colour == "data" else colour, side, 600,
                                          x=x, y=y("share")))
        panels.append(alt.layer(*areas, *lines, *names).properties(
            width=charts.size(narrow, 40) if narrow else 290, height=140, title=title))
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def life_curves(models, t=None):
    """Share of agreements still alive by age, as recorded and by three hazards: half_year, model, share."""
    t = np.sort(lives().to_numpy() if t is None else np.asarray(t, float))
    grid, rows = np.linspace(0, t.max() * 1.15, 60), []
    for m in models.itertuples():
        if m.model != "best mixture":
            alive = m.trust * (1 - m.residual) ** grid + (1 - m.trust) * (1 - m.hazard) ** grid
            rows.append(pd.DataFrame({"half_year": grid, "model": m.model, "share": alive ** 2}))
    steps = pd.DataFrame({"half_year": [0, *t], "model": "recorded",
                          "share": [1.0, *(1 - np.arange(1, len(t) + 1) / len(t))]})
    return pd.concat([steps, *rows], ignore_index=True)


LIFE_LINES = {  # model: (word, colour, dash, half-year of the label, share at it or None for the line's, align, dy)
    "recorded": ("recorded", "ink", [1, 0], 7.5, None, "left", -12),
    "constant hazard": ("constant hazard", "accent", [6, 3], 10.5, 0.5, "left", 0),
    "central mixture": ("our beliefs", "data", [1.5, 3], 6.0, None, "right", 16),
    "central, reliable partners never break": ("our beliefs, η₀ = 0", "data", [8, 3, 2, 3], 99, None, "right", -11)}


def draw_lives(t, narrow, curves):
    """Share of eight agreements still alive by age beside what three hazards expect."""
    x = alt.X("half_year:Q", title="Half-years from signature", scale=alt.Scale(nice=False),
              axis=alt.Axis(values=[0, 4, 8, 12, 16]))
    y = alt.Y("share:Q", title="Still alive", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=4))
    lines, names = [], []
    for model, (word, colour, dash, at, level, align, dy) in LIFE_LINES.items():
        rows = curves[curves["model"] == model]
        shape = {"interpolate": "step-after"} if model == "recorded" else {}
        lines.append(alt.Chart(rows).mark_line(color=t[colour], strokeDash=dash, **shape).encode(x=x, y=y))
        spot = rows.iloc[[(rows["half_year"] - at).abs().argmin()]]
        spot = spot if level is None else spot.assign(half_year=at, share=level)
        names.append(charts.label(spot, t, alt.value(word), "ink2" if colour == "data" else colour, align, 600,
                                  dx=8 if align == "left" else 0, dy=dy, x=x, y=y))
    return alt.layer(*lines, *names).properties(width=charts.size(narrow, 40), height=240)


HAPPENED = {"both": "ended by both", "kept": "kept", "kim": "ended by Kim’s side", "coalition": "ended by the "
                                                                                                "coalition"}


def draw_replays(t, narrow, table):
    """Shares of draws in which a replay is kept or fails at a side's row, misses first; what happened in words."""
    names = list(table["replay"])
    rows = table.melt("replay", ["kim", "coalition", "kept"], "fails", "share")
    order = ["kim", "coalition", "kept"]
    rows["rank"] = rows["fails"].map(order.index)
    x = {"scale": alt.Scale(domain=[0, 1], nice=False), "title": "Share of draws",
         "axis": alt.Axis(format="%", values=[0, .5, 1])}
    y = alt.Y("replay:N", sort=names, title=None, axis=None if narrow else alt.Axis(labelLimit=180))
    colour = alt.Color("fails:N", scale=alt.Scale(domain=order, range=[t["kim"], t["coalition"], t["rule"]]))
    drop = 10 if narrow else 0
    bars = alt.Chart(rows).mark_bar(height=14, yOffset=drop).encode(
        alt.X("share:Q", stack="zero", **x), y=y, color=colour, order="rank:Q")
    words = table.assign(words=[("" if r.hit else "miss: "
                                                  "") + HAPPENED[r.happened] for r in table.itertuples()], edge=1.0)
    width = charts.size(narrow, 14) if narrow else 300
    if narrow:
        words["words"] = words["replay"] + ": " + words["words"]
        text = charts.label(words.assign(edge=0.0), t, "words:N", "ink", "left", dy=-8, y=y, x=alt.X("edge:Q", **x))
    else:
        text = charts.label(words, t, "words:N", "ink2", "left", dx=8, halo=False, y=y, x=alt.X("edge:Q", **x))
    key = [charts.label(words.iloc[[0]].assign(edge=at), t, alt.value(word), colour, align, 600, y=y,
                        dy=-28 if narrow else -20, x=alt.X("edge:Q", **x))
           for word, colour, at, align in (("Kim’s row fails first", "kim", 0.0, "left"),
                                           ("the coalition’s", "coalition", 0.62, "center"),
                                           ("kept", "ink3", 1.0, "right"))]
    return alt.layer(bars, text, *key).properties(width=width, height=(42 if narrow else 30) * len(table))
