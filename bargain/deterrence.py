"""How little is enough: the chance that a latent remainder is ready in time, the chance that it is dashed unseen,
and the least and the largest remainder that both sides would live with. Times are in days unless a name says otherwise.
"""

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import spearmanr

from bargain import charts, deal, evidence, sampling
from bargain.wording import counted

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
FIXED = ("surprise_days", "camera_interval")
N, SEED = 2**10, 20170424
MINDS = 2**9  # sampled minds a reading for floor and ceiling
MISSED = 14  # looks missed in a row that are followed one by one; the rest is put on the last
NODES, WEIGHTS = (x / 2 for x in np.polynomial.legendre.leggauss(6))
NODES = NODES + 0.5  # of Gauss and Legendre on [0, 1]
TAUS = np.geomspace(1, 730, 120)  # where the window is looked for


# --- chances ---------------------------------------------------------------------------------------


def lognormal_above(days, median, sd):
    """P(X > days) for a log-normal X; 1 where days ≤ 0. Arguments broadcast."""
    days = np.asarray(days, float)
    with np.errstate(divide="ignore"):
        return np.where(days > 0, ndtr((np.log(median) - np.log(np.maximum(days, 1e-300))) / sd), 1.0)


def warning_above(p):
    """The chance that warning is longer than τ, as a function of τ.

    p: warn_median, warn_sd, warn_surprise, surprise_days. With chance `warn_surprise` warning is uniform on
    [0, surprise_days], else log-normal.
    """

    def above(tau):
        tau = np.asarray(tau, float)
        none = np.clip(1 - tau / p["surprise_days"], 0, 1)
        some = lognormal_above(tau, p["warn_median"], p["warn_sd"])
        return p["warn_surprise"] * none + (1 - p["warn_surprise"]) * some

    return above


def ready(tau, above):
    """P(τ < W): the chance that weaponisation taking `tau` days is done before the attack comes.

    above: P(W > t) as a function of t. The mean over `tau` where that is uncertain is taken by the caller.
    """
    return above(tau)


def dash(tau, answer_above, interval, detect):
    """P(τ < D + R): the chance that a dash of `tau` days succeeds before it is found and answered.

    Detection D: the dash starts at a uniform moment between looks `interval` days apart; each look finds it with
    chance `detect`, so that D = interval × (U + number missed), the latter geometric. answer_above: P(R > t) of the
    answer. Arguments broadcast.
    """
    tau, interval, detect = np.broadcast_arrays(*(np.asarray(x, float) for x in (tau, interval, detect)))
    total = np.zeros(tau.shape)
    for missed in range(MISSED + 1):
        weight = (1 - detect) ** missed * (detect if missed < MISSED else 1.0)
        for node, share in zip(NODES, WEIGHTS, strict=True):
            total = total + weight * share * answer_above(tau - interval * (node + missed))
    return total


def mean_detection(interval, detect):
    """Mean days until a dash is found: I/2 + I (1 − d)/d."""
    return interval / 2 + interval * (1 - detect) / detect


def breakout(form):
    """Days of weaponisation for a form: the quadrature nodes (36,) and their weights, conversion + assembly.

    Both are uniform between the low and the high of their rows, and independent.
    """
    rows = evidence.assumptions()
    convert, assemble = rows.loc[FORMS[form][1]], rows.loc["assembly"]
    a, b = (float(r["low"]) + (float(r["high"]) - float(r["low"])) * NODES for r in (convert, assemble))
    return (a[:, None] + b[None, :]).ravel(), np.outer(WEIGHTS, WEIGHTS).ravel()


def beliefs(n=N, seed=SEED):
    """n draws of what is believed about warning, detection and answer: dict id → (n,), fixed rows as numbers."""
    return sampling.draw(evidence.assumptions().loc[list(BELIEFS + FIXED)], n, seed)[0]


def central_beliefs():
    """The central values of the same rows: dict id → float."""
    return {name: evidence.central(name) for name in BELIEFS + FIXED}


def chances(form, watch, p):
    """(ready, dash) of a form of material under a watch (visits or cameras), for beliefs p; each like p's entries."""
    taus, weights = breakout(form)
    tau = taus.reshape((-1,) + (1,) * np.ndim(p["warn_median"]))
    share = weights.reshape(tau.shape)
    interval, detect = (p[name] for name in WATCHES[watch])

    def answer(t):
        return lognormal_above(t, p["answer_median"], p["answer_sd"])

    return (share * ready(tau, warning_above(p))).sum(0), (share * dash(tau, answer, interval, detect)).sum(0)


# --- the window in time ----------------------------------------------------------------------------


def curves(watch, p, taus=TAUS):
    """(ready, dash) for fixed weaponisation times: each (taus, …) over the beliefs p."""
    tau = np.asarray(taus, float).reshape((-1,) + (1,) * np.ndim(p["warn_median"]))
    interval, detect = (p[name] for name in WATCHES[watch])

    def answer(t):
        return lognormal_above(t, p["answer_median"], p["answer_sd"])

    return ready(tau, warning_above(p)), dash(tau, answer, interval, detect)


def window(watch, p, ready_min=None, dash_max=None, taus=TAUS):
    """The window of weaponisation times that reassure him and can still be stopped: (from, to), NaN where shut.

    from = the least τ with dash ≤ dash_max, to = the largest with ready ≥ ready_min; open where from ≤ to. Both
    chances fall as τ grows. Found on the grid `taus`.
    """
    floor = evidence.central("ready_min") if ready_min is None else ready_min
    top = evidence.central("dash_max") if dash_max is None else dash_max
    is_ready, is_dashed = curves(watch, p, taus)
    fits = (is_ready >= floor) & (is_dashed <= top)
    grid = np.asarray(taus, float).reshape((-1,) + (1,) * (fits.ndim - 1))
    first = np.where(fits, grid, np.inf).min(0)
    last = np.where(fits, grid, -np.inf).max(0)
    return np.where(fits.any(0), first, np.nan), np.where(fits.any(0), last, np.nan)


def sampled_windows(n=N, seed=SEED):
    """Every draw of beliefs with its windows: the beliefs, and open_visits, open_cameras (True where some τ fits)."""
    p = beliefs(n, seed)
    frame = pd.DataFrame(p)
    for watch in WATCHES:
        frame[f"open_{watch}"] = ~np.isnan(window(watch, p)[0])
    return frame


def form_chances(n=N, seed=SEED):
    """ready and dash by form and watch over sampled beliefs: form, watch, what, and p5, p25, p50, p75, p95."""
    p, out = beliefs(n, seed), []
    for form, (name, _) in FORMS.items():
        for watch in WATCHES:
            for what, x in zip(("ready", "dash"), chances(form, watch, p), strict=True):
                if what == "dash" or watch == "visits":  # readiness does not depend on the watch
                    q = np.percentile(x, (5, 25, 50, 75, 95))
                    out.append({"form": name, "watch": watch, "what": what} | dict(zip(QUANTILES, q, strict=True)))
    return pd.DataFrame(out)


QUANTILES = ("p5", "p25", "p50", "p75", "p95")


def rank_correlations(frame, watch="visits"):
    """Spearman's rank correlation of each belief with an open window: belief, rho; relative to the ranges chosen."""
    rows = [name for name in BELIEFS if not (watch == "visits" and name.startswith("camera"))]
    if watch == "cameras":
        rows = [name for name in rows if not name.startswith("visit")]
    rho = [spearmanr(frame[name], frame[f"open_{watch}"]).statistic for name in rows]
    return pd.DataFrame({"belief": rows, "rho": rho}).sort_values("rho", key=abs, ascending=False)


def plane(watch, warns, answers):
    """ready and dash thresholds over medians of warning and answer, all else central: warn, answer, open."""
    w, a = np.meshgrid(warns, answers)
    base = central_beliefs()
    p = {name: np.full(w.size, value) for name, value in base.items()}
    p |= {"warn_median": w.ravel(), "answer_median": a.ravel()}
    first, last = window(watch, p)
    return pd.DataFrame({"warn": w.ravel(), "answer": a.ravel(), "open": ~np.isnan(first), "from": first, "to": last})


# --- floor and ceiling ------------------------------------------------------------------------------


def worth(m, scale, total):
    """v(m) = (1 − e^{−m/scale})/(1 − e^{−M/scale}): the share of the whole arsenal's worth in m weapons."""
    return np.expm1(-np.asarray(m, float) / scale) / np.expm1(-total / scale)


def weapons_for(share, scale, total):
    """The m with v(m) = share, for shares in [0, 1]."""
    with np.errstate(divide="ignore"):
        return np.minimum(-scale * np.log1p(np.asarray(share, float) * np.expm1(-total / scale)), total)


def final_state(case):
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


def floor(case, reach, *, arsenal_worth, arsenal_peace, multiplier):
    """Least remainder m (weapons' worth) with Kim's final state unregretted; inf where none is enough.

    rest − A H_A φ [(1 − q) ε + q a_L] (1 − reach v(m)) ≥ out/(1 − δ), with a_L = (1 − δ^L)/(1 − δ), L the undo time
    of the last tranche, φ the mind's multiplier of it, reach the chance to be ready in time.
    """
    delta = case.delta[deal.KIM]
    q = deal.fears(case, int(evidence.central("periods") + evidence.central("tail")))[deal.KIM, -1]
    last = case.deal.undo[case.deal.at("K12")[0]]
    lasting = (1 - delta**last) / (1 - delta)
    scale = arsenal_worth * multiplier / (1 - delta * (1 - q)) * ((1 - q) * arsenal_peace + q * lasting)
    rest = final_state(case)[0][deal.KIM] - case.out[deal.KIM] / (1 - delta)
    if rest >= scale:
        return 0.0
    needed = (1 - rest / scale) / reach if reach > 0 else np.inf
    if needed > 1:
        return np.inf
    return float(weapons_for(needed, evidence.central("arsenal_m0"), evidence.central("arsenal_now")))


def ceiling(case, dashed, hold_out=None):
    """Largest remainder m with the coalition's final state unregretted; NaN where not even 0 is, M where all is.

    The share dashed × u(m) of its gain on weapons is lost; it must be left with at least hold_out/(1 − δ) (default:
    the case's own).
    """
    rest, arms = (x[deal.COALITION] for x in final_state(case))
    out = case.out[deal.COALITION] if hold_out is None else hold_out
    spare = rest + arms - out / (1 - case.delta[deal.COALITION])
    total = evidence.central("arsenal_now")
    if spare < 0:
        return np.nan
    if dashed * arms <= spare:
        return float(total)
    return float(weapons_for(spare / (dashed * arms), evidence.central("arsenal_m1"), total))


def bounds_chunk(k):
    """`bounds` of the reading with number k, for the stored results."""
    return bounds(deal.READINGS[k], MINDS)


def bounds(reading, n=256, seed=SEED, form="metal", watch="visits"):
    """Floor and ceiling over sampled minds of a reading, for one form and watch.

    Columns: reading, reach, dashed, floor (inf: none), ceiling (NaN: not even 0), ceiling_out (against the high end of
    the coalition's hold-out), zero_loss (the share of its gain on weapons that the floor would cost it, against zero).
    """
    cases, values = deal.sample(reading, n, seed)
    weights = deal.minds(reading, n, seed)
    p = beliefs(max(2 ** int(np.ceil(np.log2(n))), 2), seed)
    reach, dashed = (x[:n] for x in chances(form, watch, p))
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
CASES = {  # rows of the breakout table that are times to a weapon or to its material, as a reader knows them
    "time to a prototype weapon, internal study": "Japan, internal study",
    "time to a weapon, popular claim": "Japan, popular claim",
    "breakout time before the interim deal": "Iran 2013, material",
    "breakout time under the JCPOA": "Iran 2015, material",
    "breakout time, US Secretary of State": "Iran, material",
    "material to deliverable tested weapon": "Iran 2013, weapon",
    "announced restart to reactor restart": "North Korea, reactor restart",
    "announcement to first removal of material": "Libya, first removal",
    "approval of dismantling to NPT accession": "South Africa, dismantling",
}


def reference_times():
    """Times of latent and disarming states: case, year, low, high (days), seen (yes or no)."""
    rows = evidence.table("breakout")
    rows = rows[rows["quantity"].isin(CASES) & rows["unit"].isin(DAYS)].copy()
    factor = rows["unit"].map(DAYS)
    low = rows["value_low"].fillna(rows["value_central"]).fillna(rows["value_high"])
    high = rows["value_high"].fillna(rows["value_central"]).fillna(rows["value_low"])
    names = rows["quantity"].map(CASES)
    repeated = names.duplicated(keep=False)
    names = names.where(~repeated, names + " " + rows["year"].astype(str))
    seen = rows["verified"].map({"seen": "yes", "memory": "no"})
    out = pd.DataFrame({"case": names, "year": rows["year"], "low": low * factor, "high": high * factor, "seen": seen})
    return out.sort_values("low").reset_index(drop=True)


def schools():
    """The two schools on latency: the change in the yearly chance of a violent dispute at each end of the row, over
    the yearly war risk that all disarmament is taken to remove: (published, mirror, war risk)."""
    row = evidence.assumptions().loc["latency_disputes"]
    return float(row["low"]), float(row["high"]), evidence.central("ua_risk")


def gave_up():
    """Posterior of the share of states that gave up weapons they had acquired, Beta(1 + 1, 1 + n − 1): (low, mean,
    high) with a 90 per cent interval, and the count (successes, trials)."""
    from scipy.stats import beta

    rows = evidence.table("base_rates")
    row = rows[rows["quantity"].str.startswith("states that gave up weapons")].iloc[0]
    good, n = int(row["successes"]), int(row["trials"])
    posterior = beta(1 + good, 1 + n - good)
    return posterior.ppf(0.05), posterior.mean(), posterior.ppf(0.95), good, n


# --- charts ----------------------------------------------------------------------------------------


def draw_forms(t, narrow, frame):
    """Chances to be ready and to dash by form of material, visits and cameras: 5–95 and 25–75 per cent, median."""
    kinds = [
        ("ready", "visits", "kim", "Ready before the attack"),
        ("dash", "visits", "coalition", "Dashed, with visits"),
        ("dash", "cameras", "talks", "Dashed, with cameras"),
    ]
    order, panels = [name for name, _ in FORMS.values()], []
    for k, (what, watch, ink, title) in enumerate(kinds):
        rows = frame[(frame["what"] == what) & (frame["watch"] == watch)]
        chart = charts.strips(
            rows,
            t,
            QUANTILES,
            color=ink,
            height=13,
            x={
                "scale": alt.Scale(domain=[0, 1]),
                "title": None,
                "axis": alt.Axis(format="%", values=[0, 0.5, 1], grid=True),
            },
            y=alt.Y("form:N", sort=order, title=None, axis=alt.Axis(labels=narrow or k == 0)),
        )
        panels.append(chart.properties(width=charts.size(narrow, 130) if narrow else 160, height=130, title=title))
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=18)


def draw_curves(t, narrow, frame):
    """Ready and dash against the days that weaponisation takes, at central beliefs; the window shaded."""
    x = {
        "scale": alt.Scale(type="log", domain=[1, 730]),
        "axis": alt.Axis(values=[1, 3, 10, 30, 100, 365], format="d"),
        "title": "Days from decision to weapon",
    }
    y = alt.Y(
        "chance:Q", title="Chance", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.2, 0.5, 1])
    )
    names = {
        "ready": ("kim", "Ready in time", 7, 0.63, "right"),
        "visits": ("coalition", "Dashed, visits", 62, 0.72, "left"),
        "cameras": ("talks", "Dashed, cameras", 21, 0.95, "left"),
    }
    layers = []
    for what, (ink, text, at, high, side) in names.items():
        rows = frame[frame["what"] == what]
        layers.append(
            alt.Chart(rows)
            .mark_line(color=t[ink], strokeDash=[6, 3] if what == "visits" else [1, 0])
            .encode(x=alt.X("days:Q", **x), y=y)
        )
        layers.append(
            charts.label(
                pd.DataFrame({"days": [at], "chance": [high]}),
                t,
                alt.value(text),
                ink,
                side,
                600,
                x=alt.X("days:Q", **x),
                y=y,
            )
        )
    for value in (evidence.central("ready_min"), evidence.central("dash_max")):
        layers.insert(
            0, alt.Chart(pd.DataFrame({"chance": [value]})).mark_rule(color=t["ink3"], strokeDash=[1, 3]).encode(y=y)
        )
    return alt.layer(*layers).properties(width=charts.size(narrow, 40), height=250)


def draw_plane(t, narrow, frame):
    """Where a window is open, over the medians of warning and answer: shaded cells, cameras beside visits."""
    panels = []
    for watch, title in (("visits", "Visits"), ("cameras", "Cameras")):
        rows = frame[frame["watch"] == watch]
        step = rows["warn"].unique()
        rows = rows[rows["open"]]
        half = (step[1] - step[0]) / 2
        rows = rows.assign(
            x=rows["warn"] - half, x2=rows["warn"] + half, y=rows["answer"] - half / 2, y2=rows["answer"] + half / 2
        )
        cells = (
            alt.Chart(rows)
            .mark_rect(color=t["talks"], opacity=0.5, strokeWidth=0)
            .encode(
                x=alt.X(
                    "x:Q",
                    title="Median warning, days",
                    scale=alt.Scale(domain=[0, 180], nice=False),
                    axis=alt.Axis(values=[0, 60, 120, 180]),
                ),
                x2="x2:Q",
                y=alt.Y(
                    "y:Q",
                    title="Median answer, days",
                    scale=alt.Scale(domain=[0, 90], nice=False),
                    axis=alt.Axis(values=[0, 30, 60, 90]),
                ),
                y2="y2:Q",
            )
        )
        here = pd.DataFrame({"x": [evidence.central("warn_median")], "y": [evidence.central("answer_median")]})
        mark = alt.Chart(here).mark_point(color=t["accent"], size=70, shape="diamond").encode(x="x:Q", y="y:Q")
        word = charts.label(here, t, alt.value("Our middle"), "accent", "left", 600, dx=9, x="x:Q", y="y:Q")
        panels.append(
            alt.layer(cells, mark, word).properties(
                width=charts.size(narrow, 40) if narrow else 280, height=190, title=title
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=26)


def draw_bounds(t, narrow, frame):
    """Shares of minds by the floor they need and by the ceiling the coalition would bear, a panel each."""
    panels = []
    for measure, title, kinds in (
        ("floor", "The least that he would need", FLOORS),
        ("ceiling_out", "The most that they would bear", CEILINGS),
    ):
        rows = frame[frame["measure"] == measure]
        bars = (
            alt.Chart(rows)
            .mark_bar()
            .encode(
                x=alt.X(
                    "share:Q",
                    title=None,
                    axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True),
                    scale=alt.Scale(domain=[0, 1]),
                ),
                y=alt.Y("name:N", title=None, sort=[charts.LABELS[r] for r in charts.READINGS]),
                color=alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=[t["rule"], t["data"], t["kim"]])),
                order="rank:Q",
            )
        )
        inks = zip(kinds, ("ink", "paper", "paper"), strict=True)
        at = {"x": alt.X("middle:Q"), "y": alt.Y("name:N", sort=[charts.LABELS[r] for r in charts.READINGS])}
        big = rows[rows["share"] > (0.2 if narrow else 0.08)]
        words = [
            charts.label(big[big["kind"] == kind], t, "kind:N", ink, "center", 600, halo=False, **at)
            for kind, ink in inks
        ]
        panels.append(alt.layer(bars, *words).properties(width=charts.size(narrow, 130), height=110, title=title))
    return alt.vconcat(*panels, spacing=22)


def draw_custody(t, narrow, frame):
    """What makes a remainder reassuring makes it dashable: a dot a form and watch, ready against dash."""
    base = alt.Chart(frame).encode(
        x=alt.X(
            "ready:Q",
            title="Chance to be ready in time",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", grid=True),
        ),
        y=alt.Y(
            "dash:Q",
            title="Chance that a dash succeeds unseen",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%"),
        ),
    )
    good = pd.DataFrame(
        {"x": [evidence.central("ready_min")], "x2": [1.0], "y": [0.0], "y2": [evidence.central("dash_max")]}
    )
    box = alt.Chart(good).mark_rect(color=t["talks"], opacity=0.3).encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q")
    word = charts.label(
        good, t, alt.value("Both are served"), "dealer", "left", 600, dx=5, dy=9, base="top", x="x:Q", y="y2:Q"
    )
    colour = alt.Color("watch:N", scale=alt.Scale(domain=list(WATCHES), range=[t["coalition"], t["talks"]]))
    shape = alt.Shape("watch:N", scale=alt.Scale(domain=list(WATCHES), range=["diamond", "circle"]))
    lines = base.mark_line(strokeWidth=1).encode(color=colour, order="ready:Q")
    visits = frame[frame["watch"] == "visits"]
    near = visits["ready"] < 0.2  # a name left of the first point would leave the picture
    names = alt.layer(
        charts.label(visits[~near], t, "form:N", "ink2", "right", 400, dx=-9, dy=-6, x="ready:Q", y="dash:Q"),
        charts.label(visits[near], t, "form:N", "ink2", "left", 400, dx=2, dy=-14, x="ready:Q", y="dash:Q"),
    )
    ends = frame[frame["form"] == "Metal"]
    tags = charts.label(ends, t, "watch:N", "ink", "left", 600, dx=9, dy=-6, x="ready:Q", y="dash:Q")
    return alt.layer(
        box, lines, base.mark_point(size=70).encode(color=colour, shape=shape), word, names, tags
    ).properties(width=charts.size(narrow, 44), height=270)


def draw_cases(t, narrow, frame):
    """Times of reference cases as bars on a logarithmic scale of days, with the window at central beliefs shaded."""
    order = list(frame["case"])
    x = {
        "scale": alt.Scale(type="log", domain=[5, 3000]),
        "title": None,
        "axis": alt.Axis(
            values=[7, 30, 91, 365, 1826],
            grid=True,
            labelExpr="{'7':'week','30':'month','91':'quarter','365':'year','1826':'5 years'}[datum.value]",
        ),
    }
    drop = 9 if narrow else 0
    y = alt.Y("case:N", sort=order, title=None, axis=None if narrow else alt.Axis(labelLimit=220))
    rows = frame.assign(high=np.maximum(frame["high"], frame["low"] * 1.04))
    bar = (
        alt.Chart(rows)
        .mark_bar(height=9, color=t["data"], yOffset=drop)
        .encode(x=alt.X("low:Q", **x), x2="high:Q", y=y)
    )
    layers = [bar]
    if narrow:
        layers.append(
            charts.label(rows.assign(edge=5.5), t, "case:N", "ink2", "left", 400, dy=-5, x=alt.X("edge:Q", **x), y=y)
        )
    return alt.layer(*layers).properties(
        width=charts.size(narrow, 6 if narrow else 190), height=(36 if narrow else 24) * len(order)
    )


# --- what the pages say ------------------------------------------------------------------------------

FLOORS = ("nothing", "some", "more")  # "more": more than a latent remainder can give
CEILINGS = ("all", "some", "none")


def bound_shares(table):
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
    return table.assign(name=table["reading"].map(charts.LABELS))


def share_of(table, measure, kind, reading):
    row = table[(table["measure"] == measure) & (table["kind"] == kind) & (table["reading"] == reading)]
    return float(row["share"].iloc[0])


def curve_frame(p=None):
    """Ready and dash over τ at central beliefs, long: days, what (ready, visits, cameras), chance."""
    p = p or central_beliefs()
    parts = [pd.DataFrame({"days": TAUS, "what": "ready", "chance": curves("visits", p)[0]})]
    parts += [pd.DataFrame({"days": TAUS, "what": w, "chance": curves(w, p)[1]}) for w in WATCHES]
    return pd.concat(parts, ignore_index=True)


def plane_frame(cells=46):
    """`plane` for both watches on a grid of medians: watch, warn, answer, open, from, to."""
    warns, answers = np.linspace(2, 178, cells), np.linspace(1, 89, cells)
    return pd.concat([plane(w, warns, answers).assign(watch=w) for w in WATCHES], ignore_index=True)


def custody_frame(forms):
    """Medians of ready and dash by form and watch, wide: form, watch, ready, dash."""
    readiness = forms[forms["what"] == "ready"].set_index("form")["p50"]
    dashes = forms[forms["what"] == "dash"]
    return dashes.assign(ready=dashes["form"].map(readiness), dash=dashes["p50"])[["form", "watch", "ready", "dash"]]


def window_words(watch):
    """The window at central beliefs in words."""
    first, last = (float(x) for x in window(watch, central_beliefs()))
    if np.isnan(first):
        return "no weaponisation time serves both sides"
    return f"a weapon that takes {first:.0f} to {last:.0f} days serves both sides"


def curves_finding():
    """Where the window lies at central beliefs, with cameras and with visits."""
    cameras, visits = window_words("cameras"), window_words("visits")
    if cameras == visits:
        return f"At the middle of our beliefs {cameras}, with cameras or with visits"
    return f"At the middle of our beliefs, with cameras {cameras}; with visits, {visits}"


def about(share):
    """A share of sampled minds as prose, to five points: what two seeds agree on."""
    return f"about {round(20 * share) * 5} per cent"


def both_served(forms):
    """The forms and watches whose median chances meet both thresholds: rows of `custody_frame`."""
    table = custody_frame(forms)
    return table[(table["ready"] >= evidence.central("ready_min")) & (table["dash"] <= evidence.central("dash_max"))]


def forms_heading(forms):
    """How many forms of material serve both sides under some watch, as a heading."""
    n = both_served(forms)["form"].nunique()
    if not n:
        return "No form of material is both ready and hard to dash"
    some = "Every form" if n == len(FORMS) else counted(n, "form").replace("1 form", "One form")
    return f"{some} of material can be both ready and hard to dash"


def forms_finding(forms):
    good = both_served(forms)
    if not len(good):
        return "No form of material is at once likely to be ready in time and unlikely to be dashed unseen"
    pairs = ", ".join(f"{r.form.lower()} under {r.watch}" for r in good.itertuples())
    return f"Only {pairs} would be ready in time and hard to dash unseen"


def open_heading(frame):
    """Whether the window is open in more draws with cameras than with visits, as a heading."""
    more = "more often" if frame["open_cameras"].mean() > frame["open_visits"].mean() else "no more often"
    return f"Cameras open the window {more} than visits"


def open_finding(frame):
    a, b = frame["open_visits"].mean(), frame["open_cameras"].mean()
    more = "Cameras open the window" if b > a else "Cameras open the window no more often than visits"
    return (
        f"{more}: some weaponisation time serves both sides in {b:.0%} of the draws with them, in {a:.0%} with visits"
    )


def plane_words(plane):
    """What the shaded region of `plane_frame` shows, for those who do not see it."""
    visits, cameras = (plane.loc[plane["watch"] == watch, "open"].mean() for watch in WATCHES)
    if not visits + cameras:
        return "No cell is shaded"
    size = "larger" if cameras > visits else "smaller" if cameras < visits else "no larger"
    return f"The shaded region lies where warning is long and the answer quick, and is {size} with cameras"


def bounds_heading(table):
    """Which reading's minds most often need more than a latent remainder can give, as a heading."""
    shares = {r: share_of(table, "floor", "more", r) for r in charts.READINGS}
    most, least = max(shares, key=shares.get), min(shares, key=shares.get)
    if about(shares[most]) == about(shares[least]):
        return "Minds of all readings need more than that equally often"
    return f"{charts.LABELS[most]} minds most often need more than a remainder"


def bounds_finding(table):
    shares = {r: share_of(table, "floor", "more", r) for r in charts.READINGS}
    most, least = max(shares, key=shares.get), min(shares, key=shares.get)
    return (
        f"Of {charts.LABELS[most].lower()} minds {about(shares[most])} need more than any latent remainder can give; "
        f"of {charts.LABELS[least].lower()} ones {about(shares[least])}"
    )


def ceiling_words(table):
    """Does the ceiling bind at all against no deal, and against the belief that pressure will soften him?"""
    reading = charts.READINGS[0]  # the coalition's side is the same whatever the reading
    free, strict = (share_of(table, m, "all", reading) for m in ("ceiling", "ceiling_out"))
    return (
        f"Against no deal the ceiling does not bind in {about(free)} of the draws: the rest of the deal pays the "
        f"coalition by itself, and it would tolerate the whole arsenal's material. Against the high end of what it may "
        f"expect from more pressure, it still does not bind in {about(strict)}."
    )


def span_words(days):
    """The unit in which a time is spoken of: days, weeks, months or years."""
    return "days" if days < 14 else "weeks" if days < 60 else "months" if days < 730 else "years"


def form_words(form):
    """The unit of the mean time from a form of material to a delivered weapon, as `span_words`."""
    taus, weights = breakout(form)
    return span_words(float(taus @ weights))


def examples(frame):
    """The latest row on Iran's material and the internal study on Japan, of `reference_times`."""
    iran = frame[frame["case"].str.startswith("Iran, material")].sort_values("year").iloc[-1]
    return iran, frame[frame["case"].str.startswith("Japan, internal")].iloc[0]


def iran_words(frame):
    """The latest published time of Iran's material to a weapon's worth, in words."""
    iran, _ = examples(frame)
    span = f"{iran['low']:.0f}" if iran["low"] == iran["high"] else f"{iran['low']:.0f} to {iran['high']:.0f}"
    return f"{span} days from a weapon’s worth of material by the figure for {int(iran['year'])}"


def cases_heading(frame):
    """Iran's latest time against Japan's, as a heading."""
    iran, japan = examples(frame)
    first, other = span_words(iran["high"]), span_words(japan["low"])
    if first == other:
        return f"Latency is put at {first} for Iran and Japan alike"
    return f"Latency is put at {first} for Iran and {other} for Japan"


def cases_finding(frame):
    iran, japan = examples(frame)
    low, high = (f"{japan[end] / 365.25:.2g}" for end in ("low", "high"))
    return (
        f"Latency is a number of days: Iran’s material was {iran['low']:.0f} to {iran['high']:.0f} days from a "
        f"weapon’s worth in {int(iran['year'])}, and a Japanese study put Japan {low} to {high} years away"
    )


BELIEF_WORDS = {
    "warn_median": "the length of warning",
    "warn_sd": "the spread of warnings",
    "warn_surprise": "the share of surprise attacks",
    "visit_interval": "the days between visits",
    "visit_detect": "what a visit finds",
    "camera_detect": "what a camera finds",
    "answer_median": "the speed of the answer",
    "answer_sd": "the spread of answers",
}


def leading_beliefs(frame, watch="visits", count=3):
    """The beliefs that move an open window most, in words, with their rank correlations."""
    rows = rank_correlations(frame, watch).head(count)
    if rows["rho"].isna().any():
        return "none does, for the window is open in every draw or in none"
    said = ", ".join(f"{BELIEF_WORDS[r.belief]} ({r.rho:+.1f})" for r in rows.itertuples())
    return said.replace("-", "−")


def warning_words(frame, watch="visits"):
    """Whether a belief about warning is the one that moves an open window most, in a clause."""
    top = rank_correlations(frame, watch).iloc[0]
    if np.isnan(top["rho"]):
        return "no belief moves the window here"
    if top["belief"].startswith("warn"):
        return "warning moves the window more than anything else here"
    return f"only {BELIEF_WORDS[top['belief']]} moves the window more than any part of warning"


def quarrel_words():
    """How the published effect of latency compares with the war risk that disarmament removes, in a sentence."""
    low, high, risk = schools()
    times = min(abs(low), abs(high)) / risk
    end = "so the quarrel is not about details" if times >= 2 else "so the quarrel may be about little"
    return f"Either number is {times:.2g} times the yearly war risk that we let the whole disarmament remove, {end}"


def _custody(table):
    """Whether reach and dash rise together under both watches, and what cameras take off the dash, by form."""
    rises = all(rows.sort_values("ready")["dash"].is_monotonic_increasing for _, rows in table.groupby("watch"))
    gain = table.pivot(index="form", columns="watch", values="dash")
    return rises, gain["visits"] - gain["cameras"]


def custody_words(table):
    """What the points and lines of the custody figure show, for those who do not see them."""
    rises, drop = _custody(table)
    points = "Points for four forms rise" if rises else "Points for four forms do not all rise"
    lies = "lies below" if (drop > 0).all() else "lies above" if (drop < 0).all() else "lies partly below"
    return f"{points} from the lower left to the upper right; the line with cameras {lies} the line with visits"


def custody_finding(table):
    """Whether reach and dash rise together, over the forms, under both watches."""
    rises, drop = _custody(table)
    first = "What makes a remainder reassuring makes it dashable" if rises else "Reach and dash do not rise together"
    points = f"{100 * drop.max():.0f} points"
    cut = f"cut the chance of a dash by up to {points}" if drop.max() >= 0.005 else "do not cut the chance of a dash"
    return f"{first}; cameras {cut} and leave readiness alone"
