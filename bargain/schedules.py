"""Chapter 8 over sampled minds: schedules, switches, levers, hold-outs, the record's lives.

A draw is a mind of a reading together with all assumptions; the same draws feed every table here, the first tenth of
them those that solve many programmes a draw. Heavy: each `…_chunk` is a job of `results`. Below them, what the page
says and shows of the stored tables. Shares carry 95 % intervals of the count of draws, whatever the readings pooled:
a draw of assumptions is shared by the three readings, so that it counts once.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from bargain import checks, evidence, kims, phasing, sampling, terms
from bargain import deal as base
from bargain.prose import capital, signed
from bargain.reads import lru_cache
from bargain.terms import COALITION, DRIVERS, KIM, MINDS, SIDES

PERIODS = 12  # half-years of a sampled programme: the longest chain takes nine; `horizon_chunk` shows longer ones
NODES = 40  # nodes of a sampled programme; what is left open is stored as the proven bound
PARTS = 5  # chunks a reading of the full sample; the tenth comes in THIRDS a reading
THIRDS = 3
HORIZONS = (12, 16, 20, 24)
HOLD_GAP = 0.03  # at which the search for the largest hold-out may stop; the proven bound is stored beside it
SEED, OTHER_SEED = 0, 1


@lru_cache(maxsize=2)
def parameters(seed: int = SEED) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The n_schedules joint draws of the assumptions: (frame, a row a draw; uniforms of the steps' values)."""
    checks.counts(seed=seed)
    return base.draws(int(evidence.central("n_schedules")), seed)


@lru_cache(maxsize=6)
def _minds(reading: str, seed: int) -> np.ndarray:
    return kims.minds(reading, int(evidence.central("n_schedules")), seed)


def drawn(reading: str, i: int, seed: int = SEED) -> tuple[base.Case, dict[str, float]]:
    """Draw i of a reading: (case, dict of the drawn parameters)."""
    checks.counts(i=i, seed=seed)
    values, uniforms = parameters(seed)
    case = base.build(values.iloc[i].to_dict(), {s: u[i] for s, u in uniforms.items()})
    return base.with_mind(case, _minds(reading, seed)[i]), values.iloc[i].to_dict()


def tenth(k: int) -> tuple[str, list[tuple[int, base.Case, dict[str, float]]]]:
    """Reading, and (number, case, parameters) of part k of the first tenth of the draws (THIRDS parts a reading)."""
    checks.counts(k=k)
    reading = MINDS[k // THIRDS]
    some = np.array_split(np.arange(int(evidence.central("n_schedules")) // 10), THIRDS)[k % THIRDS]
    return reading, [(int(i), *drawn(reading, i)) for i in some]


def solve(case: base.Case, shape: str = "derived", clock: base.Clock | None = None, **options: Any) -> base.Schedule:
    """A schedule at the sample's horizon and node limit, without the second pass and without words."""
    options = {"tie": False, "nodes": NODES, "explain": False, **options}
    return phasing.solve(case, clock or base.Clock(periods=PERIODS), shape=shape, **options)


def outcome(got: base.Schedule) -> dict[str, Any]:
    """What is stored of a schedule: status, expected (E), bound, depth, deepest (date of the last removal)."""
    return {k: getattr(got, k) for k in ("status", "expected", "bound", "depth", "deepest")}


# ------------------------------------------------------------------------------------------------ why gradual?
OFF = ("learning", "durations", "irreversible")
SWITCHES = ((), *((o,) for o in OFF), OFF)  # nothing, one by one, all together


def switched(case: base.Case, off: Collection[str]) -> tuple[base.Case, base.Clock]:
    """The case and clock with learning, durations or irreversible gifts switched off.

    learning: fear stays at its first value for ever; durations: nothing takes time; irreversible: everything of the
    coalition's is undone as fast as escrowed capital.
    """
    clock = base.Clock(periods=PERIODS)
    if "durations" in off:
        case = base.timeless(case)
    if "irreversible" in off:
        deal = case.deal
        undo = np.where(deal.owner == COALITION, np.minimum(deal.undo, evidence.central("escrow_undo")), deal.undo)
        case = replace(case, deal=replace(deal, undo=undo))
    if "learning" in off:
        ever = range(1, PERIODS + int(evidence.central("tail")) + 1)
        clock = replace(clock, idle=(ever, ever))
    return case, clock


HELP = ("custody", "guarantor", "escrow", "snapback", "capital", "relief", "treaty", "training", "eta0")


def nearest(case: base.Case, need: Iterable[str]) -> dict[str, Any]:
    """The schedule with these steps that comes nearest to being kept: total, short (M), side and period of `short`."""
    got = phasing.elastic(case, base.Clock(periods=PERIODS), need=list(need), nodes=NODES)
    return {} if got is None else {**got, "side": SIDES[got["side"]]}


# ------------------------------------------------------------------------------------------- rules and horizons
def patient(case: base.Case, share: float, dates: Iterable[int] = (4, 7, 10)) -> base.Schedule:
    """The best schedule when a share of the coalition's unreliable types break behind the last delivery.

    The date of the last delivery is tried in a loop, the spike of fear behind it; the best value wins.
    """
    checks.shares(share=share)
    case = replace(case, patient=np.array([share, 0.0]))
    found = [solve(case, clock=base.Clock(periods=PERIODS, last=t)) for t in dates]
    return max(found, key=lambda s: -1 if np.isnan(s.expected) else s.expected)


def idle_spells(schedule: base.Schedule) -> tuple[tuple[int, ...], ...]:
    """Half-years after the first in which a side delivers nothing, up to its last delivery: (two tuples).

    Entry p lists what side p sees of its *partner*.
    """
    deal, out = schedule.programme.case.deal, []
    for p in (KIM, COALITION):
        dates = set(schedule.dates[(deal.owner[: deal.steps] != p) & (schedule.dates > 0)].tolist())
        out.append(tuple(t for t in range(1, max(dates, default=0)) if t not in dates))
    return tuple(out)


def without_idle_lessons(case: base.Case) -> base.Schedule:
    """The schedule when idle spells teach nothing: solved again with fear frozen across the plain one's spells."""
    return solve(case, clock=base.Clock(periods=PERIODS, idle=idle_spells(solve(case, arms_first=False))))


def later(case: base.Case, starts: Iterable[tuple[int, int]] = ((1, 3), (3, 1))) -> base.Schedule:
    """The best schedule in which one side's first delivery is due later, its clock with it."""
    found = [solve(case, clock=base.Clock(periods=PERIODS, start=s)) for s in starts]
    return max(found, key=lambda s: -1 if np.isnan(s.expected) else s.expected)


def _clock(**change: Any) -> Callable[[base.Case], base.Schedule]:
    return lambda c: solve(c, clock=base.Clock(periods=PERIODS, **change))


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


# ------------------------------------------------------------------------------------------ the record's lives
def lives() -> pd.Series:
    """Lives of past agreements in half-years, from the register: Series by name."""
    rows = evidence.assumptions()
    rows = rows[rows.index.str.startswith("life_")]
    names = rows.meaning.str.replace("Life of an agreement: ", "").str.split(",").str[0]
    return pd.Series(rows.central.to_numpy(float), index=names.to_list(), name="half_years")


def mixture(
    t: ArrayLike, trust: float | np.ndarray, hazard: float | np.ndarray, residual: float | np.ndarray
) -> np.ndarray:
    """Log density of a life t when either side may end it: 2 S f, S = π (1 - η0)^t + (1 - π)(1 - η)^t, f = -dS/dt."""
    checks.nonnegative(t=t)
    checks.shares(trust=trust, hazard=hazard, residual=residual)
    t = np.asarray(t, float)
    low, high = (np.maximum(1 - np.asarray(x, float), 1e-300) for x in (residual, hazard))
    alive = trust * low**t + (1 - trust) * high**t
    falls = -(trust * np.log(low) * low**t + (1 - trust) * np.log(high) * high**t)
    return np.log(2 * alive * np.maximum(falls, 1e-300))


def life_models() -> pd.DataFrame:
    """Log-likelihood of the recorded lives under four models of the hazard: frame by model.

    Columns: model, log_likelihood, trust, hazard, residual, parameters (fitted to the lives). The constant hazard and
    the best mixture are fitted; the central mixture and the one with η0 = 0 are the register's beliefs.
    """
    t = lives().to_numpy()
    c = evidence.central
    belief = base.hazards(c("fear_first_kim"), c("doubt_kim"), c("eta0"))
    none = base.hazards(c("fear_first_kim"), c("doubt_kim"), 0.0)
    rows: list[tuple[str, tuple[Any, ...], int]] = [
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


def _constant(t: np.ndarray) -> float:
    """Hazard a half-year of one side that makes the lives likeliest: total hazard 1/mean, half of it each."""
    return 1 - np.exp(-1 / (2 * t.mean()))


def _best(t: np.ndarray) -> tuple[float, float, float]:
    """(π, η, η0) of the likeliest mixture, from several starts."""

    def shape(z: np.ndarray) -> tuple[float, float, float]:
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


def variation(t: ArrayLike | None = None) -> float:
    """Coefficient of variation of the lives: 1 for a constant hazard, above for sorting, below for neither."""
    checks.nonnegative(t=t)
    t = lives().to_numpy() if t is None else np.asarray(t, float)
    return float(t.std(ddof=1) / t.mean())


def variation_chance(cv: float, n: int, rounds: int = 20000, seed: int = SEED) -> float:
    """Chance that n lives under a constant hazard have a coefficient of variation at most cv, by simulation."""
    checks.counts(n=n, rounds=rounds, seed=seed)
    checks.nonnegative(cv=cv)
    t = np.random.default_rng((seed, 11)).exponential(size=(rounds, n))
    return float((t.std(axis=1, ddof=1) / t.mean(axis=1) <= cv).mean())


def sorting(models: pd.DataFrame) -> float:
    """By how many units of log-likelihood the best mixture fits the lives better than a constant hazard. Its two more
    parameters must buy more than two (Akaike)."""
    fit = models.set_index("model")["log_likelihood"]
    return float(fit["best mixture"] - fit["constant hazard"])


# ------------------------------------------------------------------------------------------------------ shares
BETTER = 2e-3  # twice the solver's gap: what counts as removing more than another shape


def wilson(hits: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n draws, Wilson's: (low, high)."""
    checks.counts(n=n)
    checks.nonnegative(hits=hits)
    z, p = 1.959964, hits / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def share(frame: pd.DataFrame, mask: pd.Series) -> tuple[float, float, float]:
    """Share of rows where mask holds, with its 95 % interval: (p, low, high).

    n of the interval is the number of distinct draws, whatever the readings pooled. Raises ValueError for no rows.
    """
    checks.shares(mask=mask)
    if not len(frame):
        raise ValueError("a share of no draws")
    p = float(np.mean(mask))
    n = frame["draw"].nunique()
    return p, *wilson(p * n, n)


def interval(frame: pd.DataFrame, mask: pd.Series) -> str:
    """`share` for a cell of a table: "62% (56 to 67%)"."""
    p, low, high = share(frame, mask)
    return f"{p:.0%} ({100 * low:.0f} to {high:.0%})"


def gains(sample: pd.DataFrame) -> pd.DataFrame:
    """The sample with one row a draw: reading, draw, E and depth of each shape, some, half, all_gone, better.

    Columns <shape> and depth_<shape>; some, half, all_gone: the derived schedule removes a weapon, half of the arsenal
    or more, all of it; better: it removes more than all at once.
    """
    # nothing found within the limit of nodes: nothing for the derived order, the proven bound for its rivals
    unknown = sample["bound"].where(sample["shape"] != "derived", 0.0)
    sample = sample.assign(expected=sample["expected"].fillna(unknown))
    wide = sample.pivot(index=["reading", "draw"], columns="shape", values=["expected", "depth"])
    out = pd.DataFrame(
        {
            **{s: wide[("expected", s)] for s in base.SHAPES if ("expected", s) in wide},
            **{f"depth_{s}": wide[("depth", s)] for s in base.SHAPES if ("depth", s) in wide},
        }
    )
    out = out.reset_index()
    out["some"] = out["depth_derived"] > 0
    out["better"] = out["derived"] > (1 + BETTER) * out["at_once"]
    out["half"] = out["depth_derived"] >= evidence.central("arsenal_now") / 2 - 1e-9
    out["all_gone"] = out["depth_derived"] >= evidence.central("arsenal_now") - 1e-9
    return out


def removes_all(lever: pd.DataFrame) -> pd.Series:
    """Whether the derived schedule without a lever removes the whole arsenal, a boolean a draw of `schedules_lever`."""
    return lever.loc[lever["lever"] == "none", "depth"] >= evidence.central("arsenal_now") - 1e-9


def remains(sample: pd.DataFrame) -> pd.Series:
    """What each other shape keeps of the derived order's expected removal, over draws in which any weapons go."""
    wide = gains(sample)
    wide = wide[wide["some"]]
    return pd.Series({s: wide[s].sum() / wide["derived"].sum() for s in base.SHAPES[1:]})


def shapes_table(sample: pd.DataFrame) -> pd.DataFrame:
    """Shapes by reading, to print: share with any removal, depth, mean expected removal."""
    rows = []
    for reading in MINDS:
        for shape, name in terms.SHAPE_NAMES.items():
            got = sample[(sample["reading"] == reading) & (sample["shape"] == shape)]
            depth = got["depth"].quantile([0.5, 0.25, 0.75])
            rows.append(
                {
                    "Minds": terms.LABELS[reading],
                    "Shape": name,
                    "Weapons go": interval(got, got["depth"] > 0),
                    "Weapons gone, median (quartiles)": "{:.0f} ({:.0f} to {:.0f})".format(*depth),
                    "Expected removal, mean": f"{got['expected'].mean():.0f}",
                }
            )
    return pd.DataFrame(rows)


# --------------------------------------------------------------------------------------------- order and dates
def dates(order: pd.DataFrame) -> pd.DataFrame:
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
        out.append(
            {
                "step": step,
                "name": phasing.short_name(table["name"][step]),
                "side": table["side"][step],
                "share": len(done) / len(got),
                "low": low,
                "q25": q25,
                "median": median,
                "q75": q75,
                "high": high,
                "possible": got["possible"].median(),
            }
        )
    frame = pd.DataFrame(
        out, columns=["step", "name", "side", "share", "low", "q25", "median", "q75", "high", "possible"]
    )
    return frame.sort_values(["median", "q75", "side", "step"]).reset_index(drop=True)


def arms_dates(order: pd.DataFrame) -> pd.DataFrame:
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
            rows.append(
                {
                    "reading": reading,
                    "draw": draw,
                    "first": gone["date"].min(),
                    "last": end["date"],
                    "both": first == 2,
                    "late": end["date"] - end["possible"],
                }
            )
    return pd.DataFrame(rows, columns=["reading", "draw", "first", "last", "both", "late"])


class Watched(NamedTuple):
    """What it does that inspectors see where to strike: shares of the draws in which fewer weapons go (of those in
    which some do), and in which the declaration comes later and sooner (of those in which it comes either way);
    change: of the expected removal, as a share of it."""

    fewer: float
    change: float
    later: float
    sooner: float


def watched(order: pd.DataFrame, lever: pd.DataFrame) -> Watched:
    """From the stored dates and levers. Raises ValueError where the declaration is never made."""
    wide = lever.pivot(index=["reading", "draw"], columns="lever", values=["depth", "expected"])
    some = wide[wide[("depth", "none")] > 0]
    rows = order[(order["step"] == "K04") & (order["date"] > 0) & (order["watched"] > 0)]
    if not len(rows):
        raise ValueError("order: the declaration is never made")
    return Watched(
        fewer=float((some[("depth", "targeting")] < some[("depth", "none")]).mean()),
        change=float(some[("expected", "targeting")].sum() / some[("expected", "none")].sum() - 1),
        later=float((rows["watched"] > rows["date"]).mean()),
        sooner=float((rows["watched"] < rows["date"]).mean()),
    )


# ------------------------------------------------------------------------------------ regret, and where it is tightest
SORRY = -1.0  # M; a value of carrying on below it is counted as regret, above it as what the solver leaves open


def carry_bands(carry: pd.DataFrame, side: str = "kim") -> pd.DataFrame:
    """A side's value of carrying on along the schedules, by half-year: regret, half_year, and quantiles in US$ bn."""
    rows = carry[carry["side"] == side]
    q = rows.groupby(["regret", "half_year"])["carry"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack() / 1000
    q.columns = ["low", "q25", "median", "q75", "high"]
    return q.reset_index()


def sorry(carry: pd.DataFrame, side: str = "kim") -> pd.Series:
    """Whether a side, held to its schedule by self-enforcement alone, comes to wish that it had not signed: boolean by
    reading and draw."""
    rows = carry[(carry["side"] == side) & ~carry["regret"].astype(bool)]
    return rows.groupby(["reading", "draw"])["carry"].min() < SORRY


def tightest(carry: pd.DataFrame) -> pd.DataFrame:
    """Where each side is nearest to walking away, over the draws, a row a side: q25, half_year (median), q75, and
    loses, what walking would then cost it (M, median)."""
    rows = carry[carry["regret"].astype(bool)]
    low = rows.loc[rows.groupby(["reading", "draw", "side"])["slack"].idxmin()]
    q = low.groupby("side")["half_year"].quantile([0.25, 0.5, 0.75], interpolation="nearest").unstack()
    q.columns = ["q25", "half_year", "q75"]
    return q.assign(loses=low.assign(slack=low["slack"].clip(lower=0)).groupby("side")["slack"].median())


# ------------------------------------------------------------------------------------------------ why gradual
OFF_NAMES = {
    "none": "As the model stands",
    "learning": "Nothing teaches",
    "durations": "Nothing takes time",
    "irreversible": "Every gift can be undone",
    "learning+durations+irreversible": "All three together",
}


def why_shares(why: pd.DataFrame) -> pd.DataFrame:
    """Share of draws with any removal in which derived beats at once, by switch and reading, with intervals.

    Columns: off, name, reading, share, low, high, n, gain (derived over at once, sums, less 1).
    """
    rows = []
    for off in OFF_NAMES:
        for reading in MINDS:
            got = why[(why["off"] == off) & (why["reading"] == reading) & (why["depth"] > 0)]
            if not len(got):
                continue
            better = got["derived"] > (1 + BETTER) * got["at_once"]
            p, low, high = share(got, better)
            rows.append(
                {
                    "off": off,
                    "name": OFF_NAMES[off],
                    "reading": reading,
                    "share": p,
                    "low": low,
                    "high": high,
                    "n": len(got),
                    "gain": got["derived"].sum() / max(got["at_once"].sum(), 1e-9) - 1,
                }
            )
    return pd.DataFrame(rows, columns=["off", "name", "reading", "share", "low", "high", "n", "gain"])


def why_kind(why: pd.DataFrame) -> str:
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


def why_table(why: pd.DataFrame) -> pd.DataFrame:
    """The switches as a table to print: how many draws have a schedule, in how many of them gradual removes more, and
    by how much."""
    rows = []
    for off, name in OFF_NAMES.items():
        got = why[why["off"] == off]
        some = got[got["depth"] > 0]
        better, once = some["derived"] > (1 + BETTER) * some["at_once"], some["at_once"].sum()
        rows.append(
            {
                "Switch": name,
                "Weapons go": f"{len(some)} of {len(got)}",
                "Gradual removes more": f"{better.sum()} of {len(some)}",
                "Gain in mean expected removal": f"{some['derived'].sum() / once - 1:.0%}" if once > 0 else "–",
            }
        )
    return pd.DataFrame(rows)


# --------------------------------------------------------------------------------------------------------- levers
def lever_changes(lever: pd.DataFrame) -> pd.DataFrame:
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
        rows.append(
            {
                "lever": name,
                "name": base.LEVERS[name][1],
                "change": gap.mean(),
                "low": gap.mean() - half,
                "high": gap.mean() + half,
                "relative": gap.mean() / max(e["none"].mean(), 1e-9),
                "more": float((gap > floor).mean()),
                "less": float((gap < -floor).mean()),
                "depth": float((d[name] - d["none"]).mean()),
                "some": float((d[name] > 0).mean() - (d["none"] > 0).mean()),
                "cost": cost.get_group(name).median() / 1000,
            }
        )
    return pd.DataFrame(rows).sort_values("change", ascending=False).reset_index(drop=True)


def lever_table(changes: pd.DataFrame) -> pd.DataFrame:
    """The levers as a table to print."""
    cost = changes["cost"].round(1) + 0.0  # no minus before nought
    return pd.DataFrame(
        {
            "Lever": changes["name"].map(capital),
            "Expected removal": [
                f"{signed(r.change, 0)} ({signed(r.low, 0)} to {signed(r.high, 0)})" for r in changes.itertuples()
            ],
            "More in": changes["more"].map("{:.0%}".format),
            "Less in": changes["less"].map("{:.0%}".format),
            "Weapons gone": [signed(d, 0) for d in changes["depth"]],
            "Draws with removal": [f"{signed(100 * x, 0)} points" for x in changes["some"]],
            "Cost, US$ bn": cost.map("{:.1f}".format).str.replace("-", "−").where(cost.notna(), "–"),
        }
    )


class Nearest(NamedTuple):
    """Of `of` draws, `none` have no kept schedule; over those the nearest one: how many fail at Kim's row, in which
    half-year and by how much (M; medians, NaN where there are none)."""

    of: int
    none: int
    kim: int
    half_year: float
    short: float


def nearest_of(of: int, none: pd.DataFrame) -> Nearest:
    """The draws without a kept schedule (side, period, short; NaN where dates alone exclude one), counted."""
    checks.counts(of=of)
    known = none[none["total"].notna()]
    half_year, short = known["period"].median(), known["short"].median()
    return Nearest(of, len(none), int((known["side"] == SIDES[KIM]).sum()), float(half_year), float(short))


def to_zero(zero: pd.DataFrame) -> Nearest:
    """How many draws have no kept schedule to zero. The search maximises nothing: where it finds no shortfall (of more
    than a million dollars), zero can be kept."""
    return nearest_of(len(zero), zero[zero["total"].fillna(np.inf) > 1])


def to_any(restore: pd.DataFrame) -> Nearest:
    """How many draws have no kept schedule that removes a weapon."""
    return nearest_of(len(restore), restore[restore["levers"] > 0])


def restored(restore: pd.DataFrame) -> pd.Series:
    """Of the draws without a schedule, how many get one by 1, 2 or all nine levers; 99 = not even by all."""
    none = restore[restore["levers"] > 0]
    return none["levers"].value_counts().reindex([1, 2, len(HELP), 99], fill_value=0)


# --------------------------------------------------------------------------------------- hold-outs and what drives
def hold_limits(hold: pd.DataFrame) -> pd.DataFrame:
    """The largest hold-out (M a half-year) at which the first weapons still go, a row a side: q25, median, q75, high
    (the register's), stopped (draws in which that high end ends all removal), of."""
    rows = []
    for side, got in hold.groupby("side", sort=False):
        high = evidence.assumptions().at[f"out_{side}", "high"]
        q25, median, q75 = got["hold_out"].fillna(0).quantile([0.25, 0.5, 0.75])
        stopped = int((got["hold_out"].fillna(-1) < high).sum())
        rows.append((side, q25, median, q75, high, stopped, len(got)))
    return pd.DataFrame(rows, columns=["side", "q25", "median", "q75", "high", "stopped", "of"]).set_index("side")


def hold_curve(hold: pd.DataFrame, points: int = 51) -> pd.DataFrame:
    """In what share of the draws the first weapons still go, by what holding out earns: side, hold_out, share."""
    checks.counts(points=points)
    grid = np.linspace(0, 1000, points)
    return pd.DataFrame(
        [
            {"side": side, "hold_out": float(x), "share": float((got["hold_out"].fillna(-1) >= x).mean())}
            for side, got in hold.groupby("side", sort=False)
            for x in grid
        ]
    )


def horizons(horizon: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """The derived schedules of the same draws by horizon in half-years: depth and expected (means), last (median date
    of the last removal, of those that remove any)."""
    rows = horizon[horizon["shape"] == "derived"]
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(rows["draw"].unique())]
    both = pd.concat([plain.assign(periods=PERIODS), rows])
    last = both[both["depth"] > 0].groupby("periods")["deepest"].median()
    return both.groupby("periods")[["depth", "expected"]].mean().assign(last=last)


def rules(rule: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """What other rules change over the same draws, a row a rule, the first as specified: name, some (draws in which
    weapons go), of, depth and expected (means; nothing found counts as nothing)."""
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(rule["draw"].unique())]
    both = pd.concat([plain.assign(rule="plain"), rule])
    both = both.assign(expected=both["expected"].fillna(0), some=both["depth"] > 0)
    out = both.groupby("rule").agg(some=("some", "sum"), of=("some", "size"), depth=("depth", "mean"))
    out = out.assign(expected=both.groupby("rule")["expected"].mean())
    names = {"plain": "As specified", **{k: capital(v[1]) for k, v in RULES.items()}}
    return out.reindex(names).assign(name=list(names.values()))


def rules_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`rules` as a table to print."""
    return pd.DataFrame(
        {
            "Rule": frame["name"],
            "Weapons go": [f"{r.some} of {r.of}" for r in frame.itertuples()],
            "Weapons gone, mean": frame["depth"].map("{:.0f}".format),
            "Expected removal, mean": frame["expected"].map("{:.0f}".format),
        }
    )


def drivers(sample: pd.DataFrame, parts: int = 5) -> pd.DataFrame:
    """Shares of draws over fifths of the drawn value of each of DRIVERS.

    Columns: driver, value (mean), measure, share, low, high. measure: "some" (the derived schedule removes weapons)
    and "as_good" (all at once does as well, among those).
    """
    checks.counts(parts=parts)
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
                    rows.append(
                        {
                            "driver": driver,
                            "value": float(x[fifth == k].mean()),
                            "measure": measure,
                            "share": p,
                            "low": low,
                            "high": high,
                        }
                    )
    return pd.DataFrame(rows)


def ranks(sample: pd.DataFrame, top: int = 8) -> pd.DataFrame:
    """Rank correlations over the sample of depth, E and gain (derived less at once) with each drawn parameter.

    Columns: id, depth, expected, gain, low, high; the `top` by the largest of the three, means over readings. They are
    relative to the ranges, and no causes.
    """
    checks.counts(top=top)
    values, wide = parameters()[0], gains(sample)
    drawn_rows = [i for i in base.BELIEFS + base.SCALES if values[i].std() > 0]
    outcomes = pd.DataFrame(
        {"depth": wide["depth_derived"], "expected": wide["derived"], "gain": wide["derived"] - wide["at_once"]}
    )
    out = []
    for reading in MINDS:
        mine = (wide["reading"] == reading).to_numpy()
        x = values[drawn_rows].iloc[wide["draw"][mine].to_numpy()]
        out.append(sampling.rank_correlations(x.to_numpy().T, outcomes[mine].to_numpy().T))
    frame = pd.DataFrame(np.mean(out, axis=0), index=drawn_rows, columns=list(outcomes))
    rows = evidence.assumptions().loc[drawn_rows]
    frame["low"], frame["high"] = rows["low"], rows["high"]
    best = frame[list(outcomes)].abs().max(axis=1).sort_values(ascending=False).index[:top]
    return frame.loc[best].rename_axis("id").reset_index()


def ranks_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`ranks` as a table to print, with the range that each is relative to."""
    meaning = evidence.assumptions()["meaning"].str.split(";").str[0]
    columns = {"depth": "Weapons gone", "expected": "Expected removal", "gain": "Gain from going gradually"}
    return pd.DataFrame(
        {
            "Drawn": frame["id"].map(meaning),
            "Range": [f"{a:g} to {b:g}" for a, b in zip(frame["low"], frame["high"], strict=True)],
            **{name: frame[c].map("{:+.2f}".format).str.replace("-", "−") for c, name in columns.items()},
        }
    )


def shape_quantiles(sample: pd.DataFrame) -> pd.DataFrame:
    """Quantiles and mean of E by reading and shape: reading, shape, q2, q25, q50, q75, q97, mean."""
    sample = sample.assign(expected=sample["expected"].fillna(0), shape=sample["shape"].map(terms.SHAPE_NAMES))
    by = sample.groupby(["reading", "shape"], sort=False)["expected"]
    q = by.quantile([0.025, 0.25, 0.5, 0.75, 0.975]).unstack()
    q.columns = ["q2", "q25", "q50", "q75", "q97"]
    return q.assign(mean=by.mean()).reset_index()


def life_curves(models: pd.DataFrame, t: ArrayLike | None = None) -> pd.DataFrame:
    """Share of agreements still alive by age, as recorded and by three hazards: half_year, model, share."""
    checks.nonnegative(t=t)
    t = np.sort(lives().to_numpy() if t is None else np.asarray(t, float))
    grid, rows = np.linspace(0, t.max() * 1.15, 60), []
    for m in models.itertuples():
        if m.model != "best mixture":
            alive = m.trust * (1 - m.residual) ** grid + (1 - m.trust) * (1 - m.hazard) ** grid
            rows.append(pd.DataFrame({"half_year": grid, "model": m.model, "share": alive**2}))
    steps = pd.DataFrame(
        {"half_year": [0, *t], "model": "recorded", "share": [1.0, *(1 - np.arange(1, len(t) + 1) / len(t))]}
    )
    return pd.concat([steps, *rows], ignore_index=True)
