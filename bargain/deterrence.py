"""How little is enough: the chance that a latent remainder is ready in time, the chance that it is dashed unseen,
and the least and the largest remainder that both sides would live with. Times are in days unless a name says otherwise.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr
from scipy.stats import beta

from bargain import checks, deal, evidence, sampling, terms
from bargain.terms import CEILINGS, FLOORS, QUANTILES

FORMS = {  # the form of the material: name, row of the register
    "metal": ("Metal", "convert_metal"),
    "compounds": ("Pure compounds", "convert_compounds"),
    "spent": ("Irradiated fuel", "convert_spent"),
    "leu": ("Uranium below 20 %", "convert_leu"),
}
WATCHES = {"visits": ("visit_interval", "visit_detect"), "cameras": ("camera_interval", "camera_detect")}
BELIEFS = (
    "warn_median",
    "warn_sd",
    "warn_surprise",
    "visit_interval",
    "visit_detect",
    "camera_detect",
    "answer_median",
    "answer_sd",
)
BELIEF_NAMES = {  # as a table names them
    "warn_median": "Length of warning",
    "warn_sd": "Spread of warnings",
    "warn_surprise": "Share of surprise attacks",
    "visit_interval": "Days between visits",
    "visit_detect": "What a visit finds",
    "camera_detect": "What a look of a camera finds",
    "answer_median": "Days to an answer",
    "answer_sd": "Spread of answers",
}
FIXED = ("surprise_days", "camera_interval")
Above = Callable[[ArrayLike], np.ndarray]  # the chance that something takes longer than t days, by t
N, SEED = 2**10, 20170424
MINDS = 2**9  # sampled minds a reading for floor and ceiling
MISSED = 14  # looks missed in a row that are followed one by one; the rest is put on the last
NODES, WEIGHTS = (x / 2 for x in np.polynomial.legendre.leggauss(6))
NODES = NODES + 0.5  # of Gauss and Legendre on [0, 1]
TAUS = np.geomspace(1, 730, 120)  # where the window is looked for


# --- chances ---------------------------------------------------------------------------------------


def lognormal_above(days: ArrayLike, median: ArrayLike, sd: ArrayLike) -> np.ndarray:
    """P(X > days) for a log-normal X; 1 where days ≤ 0. Arguments broadcast."""
    checks.finite(days=days)
    checks.positive(median=median, sd=sd)
    days = np.asarray(days, float)
    with np.errstate(divide="ignore"):
        return np.where(days > 0, ndtr((np.log(median) - np.log(np.maximum(days, 1e-300))) / sd), 1.0)


def warning_above(p: Mapping[str, Any]) -> Above:
    """The chance that warning is longer than τ, as a function of τ.

    p: warn_median, warn_sd, warn_surprise, surprise_days. With chance `warn_surprise` warning is uniform on
    [0, surprise_days], else log-normal.
    """
    checks.finite(p=p)

    def above(tau: ArrayLike) -> np.ndarray:
        tau = np.asarray(tau, float)
        none = np.clip(1 - tau / p["surprise_days"], 0, 1)
        some = lognormal_above(tau, p["warn_median"], p["warn_sd"])
        return p["warn_surprise"] * none + (1 - p["warn_surprise"]) * some

    return above


def ready(tau: ArrayLike, above: Above) -> np.ndarray:
    """P(τ < W): the chance that weaponisation taking `tau` days is done before the attack comes.

    above: P(W > t) as a function of t. The mean over `tau` where that is uncertain is taken by the caller.
    """
    checks.nonnegative(tau=tau)
    return above(tau)


def dash(tau: ArrayLike, answer_above: Above, interval: ArrayLike, detect: ArrayLike) -> np.ndarray:
    """P(τ < D + R): the chance that a dash of `tau` days succeeds before it is found and answered.

    Detection D: the dash starts at a uniform moment between looks `interval` days apart; each look finds it with
    chance `detect`, so that D = interval × (U + number missed), the latter geometric. answer_above: P(R > t) of the
    answer. Arguments broadcast.
    """
    checks.nonnegative(tau=tau, interval=interval)
    checks.shares(detect=detect)
    tau, interval, detect = np.broadcast_arrays(*(np.asarray(x, float) for x in (tau, interval, detect)))
    total = np.zeros(tau.shape)
    for missed in range(MISSED + 1):
        weight = (1 - detect) ** missed * (detect if missed < MISSED else 1.0)
        for node, share in zip(NODES, WEIGHTS, strict=True):
            total = total + weight * share * answer_above(tau - interval * (node + missed))
    return total


def breakout(form: str) -> tuple[np.ndarray, np.ndarray]:
    """Days of weaponisation for a form: the quadrature nodes (36,) and their weights, conversion + assembly.

    Both are uniform between the low and the high of their rows, and independent.
    """
    rows = evidence.assumptions()
    convert, assemble = rows.loc[FORMS[form][1]], rows.loc["assembly"]
    a, b = (float(r["low"]) + (float(r["high"]) - float(r["low"])) * NODES for r in (convert, assemble))
    return (a[:, None] + b[None, :]).ravel(), np.outer(WEIGHTS, WEIGHTS).ravel()


def beliefs(n: int = N, seed: int = SEED) -> dict[str, Any]:
    """n draws of what is believed about warning, detection and answer: dict id → (n,), fixed rows as numbers."""
    checks.counts(n=n, seed=seed)
    return sampling.draw(evidence.assumptions().loc[list(BELIEFS + FIXED)], n, seed)[0]


def central_beliefs() -> dict[str, float]:
    """The central values of the same rows: dict id → float."""
    return {name: evidence.central(name) for name in BELIEFS + FIXED}


def chances(form: str, watch: str, p: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """(ready, dash) of a form of material under a watch (visits or cameras), for beliefs p; each like p's entries."""
    checks.finite(p=p)
    taus, weights = breakout(form)
    tau = taus.reshape((-1,) + (1,) * np.ndim(p["warn_median"]))
    share = weights.reshape(tau.shape)
    interval, detect = (p[name] for name in WATCHES[watch])

    def answer(t: ArrayLike) -> np.ndarray:
        return lognormal_above(t, p["answer_median"], p["answer_sd"])

    return (share * ready(tau, warning_above(p))).sum(0), (share * dash(tau, answer, interval, detect)).sum(0)


# --- the window in time ----------------------------------------------------------------------------


def curves(watch: str, p: Mapping[str, Any], taus: ArrayLike = TAUS) -> tuple[np.ndarray, np.ndarray]:
    """(ready, dash) for fixed weaponisation times: each (taus, …) over the beliefs p."""
    checks.finite(p=p)
    checks.nonnegative(taus=taus)
    tau = np.asarray(taus, float).reshape((-1,) + (1,) * np.ndim(p["warn_median"]))
    interval, detect = (p[name] for name in WATCHES[watch])

    def answer(t: ArrayLike) -> np.ndarray:
        return lognormal_above(t, p["answer_median"], p["answer_sd"])

    return ready(tau, warning_above(p)), dash(tau, answer, interval, detect)


def window(
    watch: str,
    p: Mapping[str, Any],
    ready_min: float | None = None,
    dash_max: float | None = None,
    taus: ArrayLike = TAUS,
) -> tuple[np.ndarray, np.ndarray]:
    """The window of weaponisation times that reassure him and can still be stopped: (from, to), NaN where shut.

    from = the least τ with dash ≤ dash_max, to = the largest with ready ≥ ready_min; open where from ≤ to. Both
    chances fall as τ grows. Found on the grid `taus`.
    """
    checks.finite(p=p)
    checks.nonnegative(taus=taus)
    checks.shares(ready_min=ready_min, dash_max=dash_max)
    floor = evidence.central("ready_min") if ready_min is None else ready_min
    top = evidence.central("dash_max") if dash_max is None else dash_max
    is_ready, is_dashed = curves(watch, p, taus)
    fits = (is_ready >= floor) & (is_dashed <= top)
    grid = np.asarray(taus, float).reshape((-1,) + (1,) * (fits.ndim - 1))
    first = np.where(fits, grid, np.inf).min(0)
    last = np.where(fits, grid, -np.inf).max(0)
    return np.where(fits.any(0), first, np.nan), np.where(fits.any(0), last, np.nan)


def sampled_windows(
    n: int = N, seed: int = SEED, ready_min: float | None = None, dash_max: float | None = None
) -> pd.DataFrame:
    """Every draw of beliefs with its windows: the beliefs, and open_visits, open_cameras (True where some τ fits)."""
    checks.shares(ready_min=ready_min, dash_max=dash_max)
    checks.counts(n=n, seed=seed)
    p = beliefs(n, seed)
    frame = pd.DataFrame(p)
    for watch in WATCHES:
        frame[f"open_{watch}"] = ~np.isnan(window(watch, p, ready_min, dash_max)[0])
    return frame


def open_shares(ready_min: float | None = None, dash_max: float | None = None) -> pd.Series:
    """Share of the draws of beliefs in which some weaponisation time keeps both limits, by watch.

    ready_min, dash_max: the least chance to be ready and the largest of a dash, in [0, 1]; default: the register's.
    """
    checks.shares(ready_min=ready_min, dash_max=dash_max)
    frame = sampled_windows(ready_min=ready_min, dash_max=dash_max)
    return pd.Series({watch: float(frame[f"open_{watch}"].mean()) for watch in WATCHES}, name="open")


def leading_beliefs(frame: pd.DataFrame, watch: str = "visits") -> pd.DataFrame:
    """Spearman's rank correlation of each belief with an open window, the largest first: belief, rho.

    frame: of `sampled_windows`. Relative to the ranges chosen; NaN where the window is open in every draw or in none.
    """
    other = {"visits": "camera", "cameras": "visit"}[watch]
    names = [name for name in BELIEFS if not name.startswith(other)]
    rho = sampling.rank_correlations(frame[names].to_numpy(float).T, frame[f"open_{watch}"].to_numpy(float))[:, 0]
    return pd.DataFrame({"belief": names, "rho": rho}).sort_values("rho", key=abs, ascending=False, ignore_index=True)


def least_warning(watch: str, longest: int = 730) -> float:
    """Least median warning, in whole days, with which some weaponisation time keeps both limits, all else central.

    NaN where no warning up to `longest` days is enough.
    """
    checks.counts(longest=longest)
    days = np.arange(1.0, longest + 1)
    p = {name: np.full(days.size, value) for name, value in central_beliefs().items()} | {"warn_median": days}
    open_at = days[~np.isnan(window(watch, p)[0])]
    return float(open_at[0]) if open_at.size else np.nan


def belief_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`leading_beliefs` of both watches side by side: Belief, Visits, Cameras (NaN where it does not enter)."""
    both = pd.DataFrame({w.capitalize(): leading_beliefs(frame, w).set_index("belief")["rho"] for w in WATCHES})
    both = both.sort_values("Cameras", key=abs, ascending=False)
    return both.set_axis(both.index.map(BELIEF_NAMES)).rename_axis("Belief").reset_index()


def limits() -> tuple[float, float]:
    """The least chance to be ready and the largest of a dash that the register calls enough."""
    return evidence.central("ready_min"), evidence.central("dash_max")


def line(curves: pd.DataFrame, what: str) -> tuple[np.ndarray, np.ndarray]:
    """(days, chance) of one line of `central_curves`."""
    rows = curves[curves["what"] == what]
    return rows["days"].to_numpy(), rows["chance"].to_numpy()


def central_curves() -> pd.DataFrame:
    """Both chances over τ at central beliefs, long: days, what (ready, visits, cameras), chance."""
    p = central_beliefs()
    rows = [("ready", curves("visits", p)[0]), *((watch, curves(watch, p)[1]) for watch in WATCHES)]
    return pd.concat([pd.DataFrame({"days": TAUS, "what": what, "chance": x}) for what, x in rows], ignore_index=True)


def plane(cells: int = 46) -> pd.DataFrame:
    """Windows over median warning (to 180 days) and answer (to 90), all else central: watch, warn, answer, open."""
    checks.counts(cells=cells)
    warn, answer = (x.ravel() for x in np.meshgrid(np.linspace(2, 178, cells), np.linspace(1, 89, cells)))
    p = {name: np.full(warn.size, value) for name, value in central_beliefs().items()}
    p |= {"warn_median": warn, "answer_median": answer}
    return pd.concat(
        [
            pd.DataFrame({"watch": w, "warn": warn, "answer": answer, "open": ~np.isnan(window(w, p)[0])})
            for w in WATCHES
        ],
        ignore_index=True,
    )


def form_chances(n: int = N, seed: int = SEED) -> pd.DataFrame:
    """ready and dash by form and watch over sampled beliefs: form, watch, what, and p5, p25, p50, p75, p95."""
    checks.counts(n=n, seed=seed)
    p, out = beliefs(n, seed), []
    for form, (name, _) in FORMS.items():
        for watch in WATCHES:
            for what, x in zip(("ready", "dash"), chances(form, watch, p), strict=True):
                if what == "dash" or watch == "visits":  # readiness does not depend on the watch
                    q = np.percentile(x, (5, 25, 50, 75, 95))
                    out.append({"form": name, "watch": watch, "what": what} | dict(zip(QUANTILES, q, strict=True)))
    return pd.DataFrame(out)


def medians(forms: pd.DataFrame) -> pd.DataFrame:
    """Median chances of `form_chances`, wide: form, watch, ready, dash, both (whether the two keep both limits)."""
    readiness = forms[forms["what"] == "ready"].set_index("form")["p50"]
    rows = forms[forms["what"] == "dash"].rename(columns={"p50": "dash"})
    rows = rows.assign(ready=rows["form"].map(readiness))[["form", "watch", "ready", "dash"]].reset_index(drop=True)
    kept = (rows["ready"] >= evidence.central("ready_min")) & (rows["dash"] <= evidence.central("dash_max"))
    return rows.assign(both=kept)


def weapon_days(form: str) -> float:
    """Mean days from a form of material to a delivered weapon."""
    taus, weights = breakout(form)
    return float(taus @ weights)


# --- floor and ceiling ------------------------------------------------------------------------------


def worth(m: ArrayLike, scale: float, total: float) -> np.ndarray:
    """v(m) = (1 − e^{−m/scale})/(1 − e^{−M/scale}): the share of the whole arsenal's worth in m weapons."""
    checks.nonnegative(m=m)
    checks.positive(scale=scale, total=total)
    return np.expm1(-np.asarray(m, float) / scale) / np.expm1(-total / scale)


def weapons_for(share: ArrayLike, scale: float, total: float) -> np.ndarray:
    """The m with v(m) = share, for shares in [0, 1]."""
    checks.shares(share=share)
    checks.positive(scale=scale, total=total)
    with np.errstate(divide="ignore"):
        return np.minimum(-scale * np.log1p(np.asarray(share, float) * np.expm1(-total / scale)), total)


def final_state(case: deal.Case) -> tuple[np.ndarray, np.ndarray]:
    """The deal fully done, as each side values it when fear has settled: (rest, arms), each (2,), in M.

    rest: the discounted sum of everything but the weapons' tranches, A Σ [(1 − q) c + q β] with A = 1/(1 − δ(1 − q));
    arms: the same of the tranches alone. q is the last fear, for ever.
    """
    q = deal.fears(case, int(evidence.central("periods") + evidence.central("tail")))[:, -1]
    a = 1 / (1 - case.delta * (1 - q))
    beta = deal.lasting(case.deal, case.delta)
    flow = a[:, None] * ((1 - q)[:, None] * case.deal.live + q[:, None] * beta)
    arms = case.deal.weapons > 0
    return flow[:, ~arms].sum(1), flow[:, arms].sum(1)


def floor(case: deal.Case, reach: float, *, arsenal_worth: float, arsenal_peace: float, multiplier: float) -> float:
    """Least remainder m (weapons' worth) with Kim's final state unregretted; inf where none is enough.

    rest − A H_A φ [(1 − q) ε + q a_L] (1 − reach v(m)) ≥ out/(1 − δ), with a_L = (1 − δ^L)/(1 − δ), L the undo time
    of the last tranche, φ the mind's multiplier of it, reach the chance to be ready in time.
    """
    checks.shares(reach=reach)
    checks.nonnegative(arsenal_worth=arsenal_worth, arsenal_peace=arsenal_peace, multiplier=multiplier)
    delta = case.delta[terms.KIM]
    q = deal.fears(case, int(evidence.central("periods") + evidence.central("tail")))[terms.KIM, -1]
    last = case.deal.undo[case.deal.at("K12")[0]]
    lasting = (1 - delta**last) / (1 - delta)
    scale = arsenal_worth * multiplier / (1 - delta * (1 - q)) * ((1 - q) * arsenal_peace + q * lasting)
    rest = final_state(case)[0][terms.KIM] - case.out[terms.KIM] / (1 - delta)
    if rest >= scale:
        return 0.0
    needed = (1 - rest / scale) / reach if reach > 0 else np.inf
    if needed > 1:
        return np.inf
    return float(weapons_for(needed, evidence.central("arsenal_m0"), evidence.central("arsenal_now")))


def ceiling(case: deal.Case, dashed: float, hold_out: float | None = None) -> float:
    """Largest remainder m with the coalition's final state unregretted; NaN where not even 0 is, M where all is.

    The share dashed × u(m) of its gain on weapons is lost; it must be left with at least hold_out/(1 − δ) (default:
    the case's own).
    """
    checks.shares(dashed=dashed)
    checks.finite(hold_out=hold_out)
    rest, arms = (x[terms.COALITION] for x in final_state(case))
    out = case.out[terms.COALITION] if hold_out is None else hold_out
    spare = rest + arms - out / (1 - case.delta[terms.COALITION])
    total = evidence.central("arsenal_now")
    if spare < 0:
        return np.nan
    if dashed * arms <= spare:
        return float(total)
    return float(weapons_for(spare / (dashed * arms), evidence.central("arsenal_m1"), total))


def bounds(reading: str, n: int = 256, seed: int = SEED, form: str = "metal", watch: str = "visits") -> pd.DataFrame:
    """Floor and ceiling over sampled minds of a reading, for one form and watch.

    Columns: reading, reach, dashed, floor (inf: none), ceiling (NaN: not even 0), ceiling_out (against the high end of
    the coalition's hold-out), zero_loss (the share of its gain on weapons that the floor would cost it, against zero).
    """
    checks.counts(n=n, seed=seed)
    cases, values = deal.sample(reading, n, seed)
    weights = deal.minds(reading, n, seed)
    p = beliefs(n, seed)
    reach, dashed = chances(form, watch, p)
    high = float(evidence.assumptions().at["out_coalition", "high"])
    m1, total = evidence.central("arsenal_m1"), evidence.central("arsenal_now")
    out = []
    for k, case in enumerate(cases):
        phi = deal.multiplier(case.deal, weights[k])[case.deal.at("K12")[0]]
        least = floor(
            case,
            reach[k],
            arsenal_worth=values["arsenal_worth"].iloc[k],
            arsenal_peace=values["arsenal_peace"].iloc[k],
            multiplier=phi,
        )
        out.append(
            {
                "reading": reading,
                "reach": reach[k],
                "dashed": dashed[k],
                "floor": least,
                "ceiling": ceiling(case, dashed[k]),
                "ceiling_out": ceiling(case, dashed[k], high),
                "zero_loss": dashed[k] * worth(least, m1, total) if np.isfinite(least) else np.nan,
            }
        )
    return pd.DataFrame(out)


# --- reference cases -------------------------------------------------------------------------------

DAYS = {"day": 1, "week": 7, "month": 30.4, "year": 365.25}
CASES = {  # rows of the breakout table: what a reader knows them as, and what the time leads to
    "time to a prototype weapon, internal study": ("Japan, internal study", "weapon"),
    "time to a weapon, popular claim": ("Japan, popular claim", "weapon"),
    "breakout time before the interim deal": ("Iran 2013, material", "material"),
    "breakout time under the JCPOA": ("Iran 2015, material", "material"),
    "breakout time, US Secretary of State": ("Iran, material", "material"),
    "material to deliverable tested weapon": ("Iran 2013, weapon", "weapon"),
    "announced restart to reactor restart": ("North Korea, reactor restart", "undone"),
    "announcement to first removal of material": ("Libya, first removal", "undone"),
    "approval of dismantling to NPT accession": ("South Africa, dismantling", "undone"),
}


def reference_times() -> pd.DataFrame:
    """Times of latent and disarming states: case, kind (weapon, material, undone), year, low, high (days), seen."""
    rows = evidence.table("breakout")
    rows = rows[rows["quantity"].isin(CASES) & rows["unit"].isin(DAYS)].copy()
    factor = rows["unit"].map(DAYS)
    low = rows["value_low"].fillna(rows["value_central"]).fillna(rows["value_high"])
    high = rows["value_high"].fillna(rows["value_central"]).fillna(rows["value_low"])
    names, kinds = (rows["quantity"].map({k: v[part] for k, v in CASES.items()}) for part in (0, 1))
    repeated = names.duplicated(keep=False)
    names = names.where(~repeated, names + " " + rows["year"].astype(str))
    seen = rows["verified"].map({"seen": "yes", "part": "in part", "memory": "no"})
    days = {"low": low * factor, "high": high * factor, "seen": seen}
    out = pd.DataFrame({"case": names, "kind": kinds, "year": rows["year"]} | days)
    return out.sort_values("low").reset_index(drop=True)


def reference_time(start: str) -> pd.Series:
    """The latest row of `reference_times` whose case starts so. KeyError where there is none."""
    rows = reference_times()
    rows = rows[rows["case"].str.startswith(start)]
    if rows.empty:
        raise KeyError(start)
    return rows.sort_values("year").iloc[-1]


def schools() -> tuple[float, float, float]:
    """The two schools on latency: the change in the yearly chance of a violent dispute at each end of the row, over
    the yearly war risk that all disarmament is taken to remove: (published, mirror, war risk)."""
    row = evidence.assumptions().loc["latency_disputes"]
    return float(row["low"]), float(row["high"]), evidence.central("ua_risk")


def gave_up() -> tuple[float, float, float, int, int]:
    """Posterior of the share of states that gave up weapons they had acquired, Beta(1 + 1, 1 + n − 1): (low, mean,
    high) with a 90 per cent interval, and the count (successes, trials)."""
    rows = evidence.table("base_rates")
    row = rows[rows["quantity"].str.startswith("states that gave up weapons")].iloc[0]
    good, n = int(row["successes"]), int(row["trials"])
    posterior = beta(1 + good, 1 + n - good)
    return posterior.ppf(0.05), posterior.mean(), posterior.ppf(0.95), good, n


# --- what the pages show -----------------------------------------------------------------------------


def bound_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of minds by floor and by ceiling: measure, reading, name, kind, share, rank, middle (of the bar)."""
    out = []
    for _, frame in table.groupby("reading", sort=False):
        for measure, kinds in (("floor", FLOORS), ("ceiling", CEILINGS), ("ceiling_out", CEILINGS)):
            x = frame[measure]
            if measure == "floor":
                parts = ((x == 0).mean(), ((x > 0) & np.isfinite(x)).mean(), np.isinf(x).mean())
            else:
                full = x >= evidence.central("arsenal_now")
                parts = (full.mean(), (x.notna() & ~full).mean(), x.isna().mean())
            for rank, (kind, share) in enumerate(zip(kinds, parts, strict=True)):
                out.append(
                    {
                        "measure": measure,
                        "reading": frame["reading"].iloc[0],
                        "kind": kind,
                        "share": share,
                        "rank": rank,
                        "middle": sum(parts[:rank]) + share / 2,
                    }
                )
    table = pd.DataFrame(out)
    return table.assign(name=table["reading"].map(terms.LABELS))


def fits(frame: pd.DataFrame) -> tuple[float, float]:
    """Of the minds of `bounds`: the share whose floor is at most the ceiling; the part of these whose floor is 0."""
    fit = np.isfinite(frame["floor"]) & (frame["floor"] <= frame["ceiling"])
    return float(fit.mean()), float((frame["floor"] == 0)[fit].mean()) if fit.any() else np.nan
