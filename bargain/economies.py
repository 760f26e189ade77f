"""What would have to be replaced: licit trade, illicit streams, markets, and the price of substitution.

Money is in million US dollars a year unless a name says otherwise. Ranges are low, central, high.
"""

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import norm

from bargain import charts, deal, evidence, sampling
from bargain.wording import listed

# Illicit and sanctioned streams with yearly estimates, and what their figures measure.
STREAMS = {
    "crypto_theft": "Crypto theft (gross)",
    "it_workers": "IT workers abroad (gross)",
    "overseas_labour": "Other workers abroad (gross)",
}
MARGINS = ("margin_textile", "margin_coal", "margin_rest", "share_textile", "margin_smuggled", "displaced")
SHARES = (0.25, 0.5, 1.0)  # shares of the illicit income that a deal would have to replace
HORIZON = 10  # years after an opening that the reference class covers
N, SEED = 2**13, 20170421


# --- licit trade -----------------------------------------------------------------------------------


def trade():
    """Recorded trade by partner and year: year, China, inter_korean, others (million US$), and China's share
    without and with inter-Korean trade in the denominator (per cent). KOTRA basis, estimated crude oil included.
    """
    rows = evidence.table("china_trade_share").sort_values("year")
    out = rows[["year"]].copy()
    excl, share = rows["total_excl_inter_korean_usd_m"], rows["china_share_excl_inter_korean_pct"]
    out["china"] = rows["china_usd_m"].fillna(excl * share / 100)
    out["inter_korean"] = rows["inter_korean_usd_m"]
    out["others"] = (excl - out["china"]).clip(lower=0)
    out["share_excl"], out["share_incl"] = share, rows["china_share_incl_inter_korean_pct"]
    return out.reset_index(drop=True)


def exports():
    """Recorded exports by year without inter-Korean trade, KOTRA basis: Series indexed by year, million US$."""
    rows = evidence.table("trade_by_partner")
    rows = rows[(rows["partner"] == "total_excl_inter_korean") & (rows["basis"] == "KOTRA")]
    return rows.set_index("year")["exports_usd_m"].dropna().sort_index()


# --- illicit streams -------------------------------------------------------------------------------


def streams():
    """Yearly estimates of each stream in STREAMS: stream, year, low, central, high; central is NaN where the
    source gives only a range, and low = high = central where it gives one figure."""
    rows = evidence.table("illicit_revenue")
    rows = rows[(rows["annual_estimate"] == "yes") & rows["stream"].isin(STREAMS)]
    out = rows[["stream", "year"]].copy()
    out["central"] = rows["usd_m_central"]
    out["low"] = rows["usd_m_low"].fillna(rows["usd_m_central"])
    out["high"] = rows["usd_m_high"].fillna(rows["usd_m_central"])
    return out.sort_values(["stream", "year"]).reset_index(drop=True)


def munitions():
    """Deliveries of arms to Russia, cumulative value ranges as published: year, period, low, high (million US$)."""
    rows = evidence.table("illicit_revenue")
    rows = rows[(rows["stream"] == "russia_munitions") & rows["usd_m_low"].notna() & rows["usd_m_high"].notna()]
    return rows.rename(columns={"usd_m_low": "low", "usd_m_high": "high"})[["year", "period", "low", "high"]]


def hacks():
    """Hacks by year and attribution: year, attribution_status, taken and recovered (million US$), incidents."""
    rows = evidence.table("cyber_incidents")
    rows = rows[rows["usd_m_taken"].fillna(0) > 0]
    rows = rows.assign(year=rows["date"].astype(str).str[:4].astype(int))
    grouped = rows.groupby(["year", "attribution_status"])
    return grouped.agg(
        taken=("usd_m_taken", "sum"), recovered=("usd_m_recovered", "sum"), incidents=("target", "size")
    ).reset_index()


def largest_hack():
    """The largest single theft in the table, as a row."""
    rows = evidence.table("cyber_incidents")
    return rows.loc[rows["usd_m_taken"].idxmax()]


# --- draws -----------------------------------------------------------------------------------------


def _draws(ids, n=N, seed=SEED):
    """Draws of assumptions, one dimension each in the order given: {id: array (n,)}."""
    return sampling.draw(evidence.assumptions().loc[list(ids)], n, seed)[0]


def stream_draws(year, n=N, seed=SEED):
    """Draws of each stream in its estimate nearest to `year` (not later; the earliest if there is none before):
    {stream: array (n,)}, million US$.

    PERT draws, correlated within the year through one shared factor: u = Φ(√ρ z + √(1 − ρ) e), with
    ρ = `stream_correlation`. A range without a central value takes its geometric middle as mode.
    """
    rho = evidence.central("stream_correlation")
    points = norm.ppf(sampling.net(n, len(STREAMS) + 1, (seed, year)))
    estimates, out = streams(), {}
    for k, stream in enumerate(STREAMS, 1):
        rows = estimates[estimates["stream"] == stream]
        before = rows[rows["year"] <= year]
        row = (before if len(before) else rows.iloc[:1]).iloc[-1]
        mode = row["central"] if np.isfinite(row["central"]) else np.sqrt(row["low"] * row["high"])
        u = norm.cdf(np.sqrt(rho) * points[:, 0] + np.sqrt(1 - rho) * points[:, k])
        out[stream] = sampling.pert(u, row["low"], mode, row["high"])
    return out


def kept(draws, laundering):
    """Income left of gross streams: crypto theft × the share kept after laundering, the others as they are."""
    return sum(x * laundering if stream == "crypto_theft" else x for stream, x in draws.items())


# --- theft against relief --------------------------------------------------------------------------


def relief(p):
    """What the banned trade would net him, million US$ a year, for parameters p = {id: value or array}.

    Lost textiles × margin + coal up to the cap × margin + the rest × margin − the smuggled coal that legal
    exports displace × its margin.
    """
    lost = deal.lost_exports()
    textiles = p["share_textile"] * lost["total"]
    rest = lost["total"] - textiles - lost["coal"]
    displaced = deal.smuggled_coal() * p["displaced"] * p["margin_smuggled"]
    return textiles * p["margin_textile"] + lost["coal"] * p["margin_coal"] + rest * p["margin_rest"] - displaced


def theft_ranges():
    """Gross theft of crypto-assets by year: year, low, central, high (million US$). A year for which the table
    has one value is spread by `theft_spread`."""
    rows = streams()
    rows = rows[rows["stream"] == "crypto_theft"].drop(columns="stream").set_index("year")
    spread = evidence.assumptions().loc["theft_spread"]
    single = rows["low"] == rows["high"]
    for side in ("low", "high"):
        rows.loc[single, side] = rows.loc[single, "central"] * spread[side]
    return rows.reset_index()


def theft_against_relief(n=N, seed=SEED):
    """Theft beside relief by year, the same draw of margins in all years.

    Columns: year; for `gross`, `net` (theft) and `relief`: _p5, _p50, _p95 (million US$ a year); p_gross, p_net:
    share of draws in which theft, gross or net of laundering, exceeds relief; equal_p5/p50/p95: the share of
    the theft that he would have to keep for the two to be equal (above 1: relief is worth more whatever is kept).
    """
    years = theft_ranges()
    p = _draws(MARGINS + ("kept_laundering",), n, seed)
    worth = relief(p)
    points = sampling.net(n, len(years), (seed, 1))
    out = []
    for k, row in enumerate(years.itertuples()):
        gross = sampling.pert(points[:, k], row.low, row.central, row.high)
        net = gross * p["kept_laundering"]
        line = {"year": row.year, "p_gross": np.mean(gross > worth), "p_net": np.mean(net > worth)}
        for name, x in (("gross", gross), ("net", net), ("relief", worth), ("equal", worth / gross)):
            line |= {f"{name}_p{q}": np.percentile(x, q) for q in (5, 50, 95)}
        out.append(line)
    return pd.DataFrame(out)


# --- the reference class of openings ---------------------------------------------------------------


def openings():
    """Paths of exports after openings: case, t (years after the decision), multiple (exports per head in current
    dollars over their mean in the three years before), fdi (inflow in per cent of GDP, less its mean before).

    Exports per head = GDP per head × exports' share of GDP. Cases without three earlier years or without
    exports are left out.
    """
    rows = evidence.table("normalisation_cases").copy()
    rows["exports"] = rows["gdp_per_capita_usd"] * rows["exports_pct_gdp"] / 100
    out = []
    for case, path in rows.groupby("case", sort=False):
        before = path[path["t_rel"].between(-3, -1)]
        if before["exports"].notna().sum() < 3:
            continue
        after = path[path["t_rel"] >= 0]
        out.append(
            pd.DataFrame(
                {
                    "case": f"{case.split()[0]} {path['event_year'].iloc[0]}",
                    "t": after["t_rel"],
                    "multiple": after["exports"] / before["exports"].mean(),
                    "fdi": after["fdi_inflow_pct_gdp"] - before["fdi_inflow_pct_gdp"].mean(),
                }
            )
        )
    return pd.concat(out, ignore_index=True).dropna(subset=["multiple"])


def bridge(multiples, base, margin, target):
    """Years until added licit income covers `target`, and the money that bridges the gap until then.

    multiples : path of exports over their base in years 1, 2, … after the opening; base : exports before it;
    margin : hard currency kept of a dollar of exports; target : yearly income to be replaced. Added income of
    year t is margin × base × (multiple − 1). Returns (years, bridge): the first year in which it reaches the
    target (NaN if the path ends before), and the sum of yearly shortfalls up to it, undiscounted.
    """
    added = margin * base * (np.asarray(multiples, float) - 1)
    gaps = np.clip(target - added, 0, None)
    reached = np.flatnonzero(gaps <= 0)
    if len(reached) == 0:
        return np.nan, float(np.nansum(gaps))
    return int(reached[0]) + 1, float(gaps[: reached[0]].sum())


def substitution(base_exports, year, shares=SHARES):
    """Years and bridge by opening and share of the illicit income of `year` (kept income, medians of the draws).

    Columns: case, share, years (NaN: not within the record), bridge (million US$), target (million US$ a year),
    covered (share of the target covered in the last year of the record).
    """
    laundering = _draws(("kept_laundering",))["kept_laundering"]
    income = float(np.median(kept(stream_draws(year), laundering)))
    margin = evidence.central("margin_rest")
    out = []
    for case, path in openings().groupby("case", sort=False):
        multiples = path[path["t"].between(1, HORIZON)].sort_values("t")["multiple"].dropna().to_numpy()
        for share in shares:
            years, money = bridge(multiples, base_exports, margin, share * income)
            last = margin * base_exports * (multiples[-1] - 1) / (share * income)
            out.append(
                {
                    "case": case,
                    "share": share,
                    "years": years,
                    "bridge": money,
                    "target": share * income,
                    "covered": last,
                    "observed": len(multiples),
                }
            )
    return pd.DataFrame(out)


# --- charts ----------------------------------------------------------------------------------------


def _years(narrow, first, last, step):
    return alt.Axis(format="d", values=list(range(first, last + 1, step * 2 if narrow else step)))


def draw_trade(t, narrow, frame):
    """China's share with two denominators above, trade by partner below."""
    x = alt.X(
        "year:Q", title=None, axis=_years(narrow, 1990, 2025, 5), scale=alt.Scale(domain=[1990, 2028], nice=False)
    )
    width = charts.size(narrow)
    share = alt.Chart(frame).encode(x=x)
    y = {"scale": alt.Scale(domain=[0, 100]), "axis": alt.Axis(values=[0, 25, 50, 75, 100])}
    excl = share.mark_line(color=t["CHN"], strokeWidth=2.4).encode(
        y=alt.Y("share_excl:Q", title="China’s share of recorded trade, %", **y)
    )
    incl = share.mark_line(color=t["CHN"], strokeWidth=1.6, strokeDash=[4, 4]).encode(y=alt.Y("share_incl:Q", **y))
    last = frame.dropna(subset=["share_excl"]).iloc[[-1]]
    names = [
        charts.label(
            pd.DataFrame({"x": [2006.5], "y": [83]}),
            t,
            alt.value(["Without inter-", "Korean trade"]),
            "CHN",
            "right",
            600,
            x="x:Q",
            y="y:Q",
        ),
        charts.label(
            pd.DataFrame({"x": [2008.6], "y": [33]}), t, alt.value("With it"), "CHN", "left", 400, x="x:Q", y="y:Q"
        ),
        charts.label(
            last, t, alt.Text("share_excl:Q", format=".0f"), "CHN", "left", 600, dx=5, x="year:Q", y="share_excl:Q"
        ),
    ]
    top = alt.layer(excl, incl, *names).properties(width=width, height=180)
    long = frame.melt("year", ["china", "inter_korean", "others"], "partner", "usd_bn").dropna()
    long["usd_bn"] /= 1000
    colour = alt.Color(
        "partner:N", scale=alt.Scale(domain=["china", "inter_korean", "others"], range=[t["CHN"], t["KOR"], t["data"]])
    )
    lines = alt.Chart(long).mark_line().encode(x=x, y=alt.Y("usd_bn:Q", title="Trade, US$ bn a year"), color=colour)
    spots = [
        (2009.3, 4.6, "China", "CHN", "right"),
        (2016.2, 2.6, "South Korea", "KOR", "left")
        if not narrow
        else (2005.6, 2.6, ["South", "Korea"], "KOR", "right"),
        (1992.5, 3.0, "All others", "ink2", "left"),
    ]
    named = [
        charts.label(pd.DataFrame({"x": [a], "y": [b]}), t, alt.value(text), colour, side, 600, x="x:Q", y="y:Q")
        for a, b, text, colour, side in spots
    ]
    bottom = alt.layer(lines, *named).properties(width=width, height=170)
    return alt.vconcat(top, bottom, spacing=26).resolve_scale(color="independent")


def draw_streams(t, narrow, frame):
    """A panel a stream: ranges as bars with end ticks, the central estimate as a dot where there is one."""
    panels = []
    for stream, name in STREAMS.items():
        rows = frame[frame["stream"] == stream]
        x = alt.X(
            "year:Q",
            title=None,
            axis=alt.Axis(format="d", values=[2013, 2017, 2021, 2025]),
            scale=alt.Scale(domain=[2012.4, 2026.8], nice=False),
        )
        y = alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 2400]), axis=alt.Axis(values=[0, 1000, 2000]))
        base = alt.Chart(rows).encode(x=x)
        bar = base.mark_rule(strokeWidth=7, color=t["data"], opacity=0.45, strokeCap="butt").encode(y=y, y2="high:Q")
        ends = [
            base.mark_tick(color=t["ink2"], thickness=1.4, width=10, orient="horizontal").encode(y=alt.Y(f"{k}:Q"))
            for k in ("low", "high")
        ]
        dot = base.transform_filter("isValid(datum.central)").mark_point(color=t["ink"], size=30).encode(y="central:Q")
        panels.append(
            alt.layer(bar, *ends, dot).properties(
                width=charts.size(narrow, 40) if narrow else 178, height=120, title=name
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing={"row": 20, "column": 22})


def draw_hacks(t, narrow, frame):
    """Hacks in the incident table by year, stacked by who attributed them, beside the yearly total published."""
    order = ["official", "reported", "contested"]
    colours = [t["ink"], t["ink3"], t["rule"]]
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, values=list(range(2015, 2027, 3 if narrow else 1))))
    bars = (
        alt.Chart(frame[frame["kind"] != "published"])
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("taken:Q", title="Taken, US$ m a year", axis=alt.Axis(values=[0, 500, 1000, 1500, 2000])),
            color=alt.Color("kind:N", scale=alt.Scale(domain=order, range=colours), sort=order),
            order=alt.Order("rank:Q"),
        )
    )
    dots = (
        alt.Chart(frame[frame["kind"] == "published"])
        .mark_point(shape="diamond", color=t["accent"], size=60)
        .encode(x=x, y="taken:Q")
    )
    key = pd.DataFrame(
        {
            "y": [2050, 1880, 1710, 1540],
            "text": [
                "Attributed by a government",
                "Reported by industry or press",
                "Contested",
                "Yearly total as published",
            ],
            "kind": order + ["published"],
        }
    )
    key["year"] = 2015
    marks = (
        alt.Chart(key)
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X("year:O"),
            y="y:Q",
            shape=alt.Shape(
                "kind:N", scale=alt.Scale(domain=order + ["published"], range=["square"] * 3 + ["diamond"])
            ),
            color=alt.Color("kind:N", scale=alt.Scale(domain=order + ["published"], range=colours + [t["accent"]])),
        )
    )
    words = charts.label(key, t, "text:N", dx=10, x=alt.X("year:O"), y="y:Q")
    return (
        alt.layer(bars, dots, marks, words)
        .resolve_scale(color="independent", shape="independent")
        .properties(width=charts.size(narrow, 40), height=240)
    )


def draw_won(t, narrow, frame):
    """The price of a dollar and of a kilogram of rice in Pyongyang, on a logarithmic scale."""
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount=4 if narrow else 8))
    y = alt.Y(
        "won:Q",
        title="North Korean won, logarithmic",
        scale=alt.Scale(type="log", domain=[700, 100000]),
        axis=alt.Axis(values=[1000, 3000, 10000, 30000, 100000], format=","),
    )
    colour = alt.Color("series:N", scale=alt.Scale(domain=["usd", "rice"], range=[t["ink"], t["data"]]))
    base = alt.Chart(frame).encode(x=x, y=y, color=colour)
    spots = (("A dollar", "ink", 11500), ("A kilogram of rice", "ink2", 3300))
    names = [
        charts.label(
            pd.DataFrame({"date": ["2017-06-01"], "won": [won]}),
            t,
            alt.value(text),
            ink,
            "center",
            600,
            x="date:T",
            y="won:Q",
        )
        for text, ink, won in spots
    ]
    return alt.layer(base.mark_line(), base.mark_point(size=18), *names).properties(
        width=charts.size(narrow, 46), height=240
    )


def draw_theft(t, narrow, frame):
    """Theft gross and net of laundering by year, 5–95 per cent, against the band of relief."""
    x = {"title": None, "axis": _years(narrow, 2016, 2025, 1), "scale": alt.Scale(domain=[2015.4, 2026.1], nice=False)}
    y = alt.Y("low:Q", title="US$ m a year", axis=alt.Axis(values=[0, 500, 1000, 1500, 2000]))
    one = frame.iloc[[0]].assign(a=2015.4, b=2026.1)
    band = (
        alt.Chart(one)
        .mark_rect(color=t["coalition"], opacity=0.18)
        .encode(x=alt.X("a:Q", **x), x2="b:Q", y=alt.Y("relief_p5:Q", title="US$ m a year"), y2="relief_p95:Q")
    )
    middle = (
        alt.Chart(one)
        .mark_rule(color=t["coalition"], strokeWidth=1.6)
        .encode(x=alt.X("a:Q", **x), x2="b:Q", y="relief_p50:Q")
    )
    layers = [band, middle]
    for kind, shift, ink in (("gross", -0.16, "data"), ("net", 0.16, "kim")):
        rows = frame.assign(
            at=frame["year"] + shift, low=frame[f"{kind}_p5"], high=frame[f"{kind}_p95"], mid=frame[f"{kind}_p50"]
        )
        base = alt.Chart(rows).encode(x=alt.X("at:Q", **x))
        layers += [
            base.mark_rule(strokeWidth=7, color=t[ink], opacity=0.5, strokeCap="butt").encode(y=y, y2="high:Q"),
            base.mark_point(color=t[ink], size=30, shape="circle" if kind == "net" else "square").encode(y="mid:Q"),
        ]
    last = frame.iloc[[-1]]
    layers += [
        charts.label(
            one,
            t,
            alt.value("What lifting the bans would net him"),
            "coalition",
            "left",
            600,
            dx=4,
            dy=-8,
            x="a:Q",
            y="relief_p95:Q",
        ),
        charts.label(
            last.assign(at=last["year"] - 0.16),
            t,
            alt.value("Gross theft"),
            "ink2",
            "right",
            600,
            dx=-8,
            x="at:Q",
            y="gross_p50:Q",
        ),
        charts.label(
            last.assign(at=last["year"] + 0.16),
            t,
            alt.value(["Left after", "laundering"]),
            "kim",
            "right",
            600,
            dx=-18,
            dy=-4,
            x="at:Q",
            y="net_p50:Q",
        ),
    ]
    return alt.layer(*layers).properties(width=charts.size(narrow, 40), height=270)


def draw_equality(t, narrow, frame):
    """The share of the theft that must survive laundering for theft to equal relief, by year."""
    rows = frame[frame["year"] >= 2018]
    rows = rows.assign(low=rows["equal_p5"].clip(upper=2), high=rows["equal_p95"].clip(upper=2))
    y = alt.Y(
        "low:Q",
        title="Share of the theft he must keep, %",
        scale=alt.Scale(domain=[0, 2]),
        axis=alt.Axis(format="%", values=[0, 0.5, 1, 1.5, 2]),
    )
    base = alt.Chart(rows).encode(x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)))
    whole = alt.Chart(pd.DataFrame({"y": [1.0]})).mark_rule(color=t["ink"]).encode(y="y:Q")
    words = ["Above the line relief is worth", "more, whatever he keeps"]
    text = charts.label(
        pd.DataFrame({"y": [1.72]}),
        t,
        alt.value(words),
        "ink2",
        "right",
        400,
        dx=-4,
        x=alt.value(charts.size(narrow, 40)),
        y="y:Q",
    )
    bar = base.mark_rule(strokeWidth=10, color=t["kim"], opacity=0.45, strokeCap="butt").encode(y=y, y2="high:Q")
    dot = (
        base.transform_filter("datum.equal_p50 < 2").mark_point(color=t["kim"], size=40).encode(y=alt.Y("equal_p50:Q"))
    )
    return alt.layer(whole, bar, dot, text).properties(width=charts.size(narrow, 40), height=230)


def _apart(values, gap):
    """Rising values moved upwards as little as needed, so that neighbours are at least `gap` apart."""
    out = np.array(values, float)
    for k in range(1, len(out)):
        out[k] = max(out[k], out[k - 1] + gap)
    return out


def draw_openings(t, narrow, frame):
    """Exports after openings, multiples of their earlier level on a logarithmic scale, a line an opening."""
    ends = frame.sort_values("t").groupby("case").tail(1)
    top = ends.sort_values("multiple")
    x = alt.X(
        "t:Q",
        title="Years after the decision",
        axis=alt.Axis(values=[0, 2, 4, 6, 8, 10]),
        scale=alt.Scale(domain=[0, 14.5 if narrow else 12.4], nice=False),
    )
    y = alt.Y(
        "multiple:Q",
        title="Exports per head over their level before",
        scale=alt.Scale(type="log", domain=[0.1, 10]),
        axis=alt.Axis(values=[0.1, 0.3, 1, 3, 10], format="~g"),
    )
    lines = alt.Chart(frame).mark_line(color=t["data"], strokeWidth=1.6).encode(x=x, y=y, detail="case:N")
    one = alt.Chart(pd.DataFrame({"y": [1.0]})).mark_rule(color=t["ink"]).encode(y="y:Q")
    shown = _apart(np.log(top["multiple"].to_numpy()), np.log(100) / 260 * 14)
    names = charts.label(top.assign(at=np.exp(shown)), t, "case:N", "ink2", "left", 400, dx=6, x="t:Q", y=alt.Y("at:Q"))
    return alt.layer(one, lines, names).properties(width=charts.size(narrow, 36), height=260 if not narrow else 300)


def draw_bridge(t, narrow, frame):
    """Years until added licit income covers a share of the illicit income, 2017 beside the latest year."""
    frame = frame.assign(
        label=frame["years"].map(lambda v: "never" if np.isnan(v) else f"{v:.0f}"),
        x=frame["years"].fillna(HORIZON + 1.4),
        which=frame["base_year"].astype(str),
        row=frame["case"],
    )
    sets = list(frame["which"].unique())
    shape = alt.Shape("which:N", scale=alt.Scale(domain=sets, range=["circle", "diamond"]))
    colour = alt.Color("which:N", scale=alt.Scale(domain=sets, range=[t["data"], t["kim"]]))
    panels = []
    for share in SHARES:
        rows = frame[frame["share"] == share]
        first = share == SHARES[0]
        base = alt.Chart(rows).encode(
            x=alt.X(
                "x:Q",
                title=None,
                scale=alt.Scale(domain=[0, HORIZON + 2], nice=False),
                axis=alt.Axis(
                    values=[1, 5, 10, HORIZON + 1.4], labelExpr=f"datum.value > {HORIZON} ? 'never' : datum.label"
                ),
            ),
            y=alt.Y("row:N", title=None, sort=None, axis=alt.Axis(labels=first or narrow, grid=True, labelLimit=170)),
        )
        panels.append(
            base.mark_point(size=70, opacity=0.9)
            .encode(shape=shape, color=colour)
            .properties(
                width=charts.size(narrow, 150) if narrow else 150,
                height=190,
                title=f"{share:.0%} of the illicit income",
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=14)


# --- words: sentences that follow the numbers --------------------------------------------------------


def bn(usd_m):
    """A sum in million dollars, as prose: "2.8 billion dollars", "240 million dollars"."""
    return f"{usd_m / 1000:.1f} billion dollars" if usd_m >= 950 else f"{usd_m:.0f} million dollars"


def times(ratio):
    """A ratio as prose, to one decimal: "2.6 times", "0.8 times"."""
    return f"{ratio:.1f} times"


def range_text(parameter):
    """The range of an assumption that is a share: "20 to 80 per cent"."""
    row = evidence.assumptions().loc[parameter]
    return f"{float(row['low']) * 100:.0f} to {float(row['high']) * 100:.0f} per cent"


def at_year(frame, year):
    return frame.loc[frame["year"] == year].iloc[0]


def price_moved(theft, then, now):
    """How gross theft stood to relief in one year and in a later one."""
    before, after = (at_year(theft, y) for y in (then, now))
    a, b = before["gross_p50"] / before["relief_p50"], after["gross_p50"] / after["relief_p50"]
    turn = "The price has risen" if b > a else "The price has fallen"
    return f"{turn}: in {then} the ratio was {a:.2f}."


def price_heading(theft, then, now):
    """Whether gross theft has risen against relief between two years; for a heading."""
    before, after = (row["gross_p50"] / row["relief_p50"] for row in (at_year(theft, y) for y in (then, now)))
    return f"The price of giving up theft has {'risen' if after > before else 'fallen'} since {then}"


def margins_text(theft):
    """First year in which gross theft is worth more than relief in most draws, as it is and with every margin halved.

    Relief is linear in its margins: halved, theft exceeds it where the share for equality is below 2 instead of 1.
    """
    whole, half = (theft.loc[theft["equal_p50"] < limit, "year"] for limit in (1, 2))
    if not len(half):
        return "Halving every margin halves relief, and gross theft would still exceed it in no year."
    stead = f"instead of {int(whole.min())}" if len(whole) else "where now there is none"
    if len(whole) and whole.min() == half.min():
        return f"Halving every margin halves relief; gross theft first exceeds it in {int(half.min())} all the same."
    return f"Halving every margin halves relief; gross theft would first exceed it in {int(half.min())} {stead}."


def share_text(trade, year):
    row = at_year(trade, year)
    return f"{row['share_incl']:.0f} per cent of the total, without it {row['share_excl']:.0f}"


def trade_heading(trade):
    """How many customers the recorded trade has, by China's share of it in the latest year; for a heading."""
    share = trade["share_excl"].dropna().iloc[-1]
    one = "one customer" if share >= 90 else "one main customer" if share > 50 else "more than one main customer"
    return f"The open economy has {one}"


def bans_text():
    """What recorded exports did between the year of the first wide bans and the first full year under all of them."""
    sold = exports()
    fell = sold[2018] < sold[2016]
    did = "did what they were meant to do" if fell else "did not do what they were meant to do"
    return (f"The bans of 2016 and 2017 {did}. Recorded exports {'fell' if fell else 'rose'} from {bn(sold[2016])} in "
            f"2016 to {bn(sold[2018])} in 2018. In {sold.index[-1]} they stood at {bn(sold.iloc[-1])}.")


def trade_finding(trade):
    last = trade.dropna(subset=["share_excl"]).iloc[-1]
    gap = trade.assign(gap=trade["share_excl"] - trade["share_incl"]).dropna(subset=["gap"])
    widest = gap.loc[gap["gap"].idxmax()]
    return (
        f"China takes {last['share_excl']:.0f} per cent of recorded trade in {int(last['year'])}; in "
        f"{int(widest['year'])} the answer still hung on {widest['gap']:.0f} points of trade with the South"
    )


def trade_alt(trade):
    first, last = trade.dropna(subset=["share_excl"]).iloc[[0, -1]].to_dict("records")
    peak = trade.loc[trade["china"].idxmax()]
    return (
        f"Two panels. Above, China's share of trade from {first['share_excl']:.0f} per cent in {int(first['year'])} to "
        f"{last['share_excl']:.0f} in {int(last['year'])}; a dashed line with inter-Korean trade counted runs lower "
        f"until 2016. Below, trade with China peaks at {peak['china'] / 1000:.1f} billion dollars in "
        f"{int(peak['year'])}, falls, and partly returns; trade with South Korea ends."
    )


def streams_heading(rows):
    """The latest crypto theft against the latest estimate for workers abroad, as `streams_finding`; for a heading."""
    crypto = rows[rows["stream"] == "crypto_theft"].set_index("year")["central"].dropna()
    above = crypto.iloc[-1] > rows[rows["stream"] == "overseas_labour"].iloc[-1]["high"]
    return f"Gross crypto theft is {'now' if above else 'not'} clearly above work abroad"


def spread_text(rows):
    """By how much estimates of one stream in one year differ at most."""
    return f"Estimates of one year can differ by a factor of {(rows['high'] / rows['low']).max():.1f}"


def streams_finding(rows):
    crypto = rows[rows["stream"] == "crypto_theft"].set_index("year")["central"].dropna()
    labour = rows[rows["stream"] == "overseas_labour"]
    last_labour, year = labour.iloc[-1], crypto.index[-1]
    above = crypto.iloc[-1] > last_labour["high"]
    return (
        f"Crypto theft of {year}, {crypto.iloc[-1] / 1000:.1f} billion dollars, is "
        f"{'above' if above else 'not above'} the highest recent estimate for workers abroad, "
        f"{last_labour['high'] / 1000:.1f}"
    )


def streams_alt(rows):
    parts = []
    for stream, name in STREAMS.items():
        r = rows[rows["stream"] == stream]
        parts.append(
            f"{name}, {len(r)} estimates from {r['year'].min()} to {r['year'].max()}, the last from "
            f"{r['low'].iloc[-1]:.0f} to {r['high'].iloc[-1]:.0f} million dollars"
        )
    return "Three panels of ranges by year. " + "; ".join(parts) + "."


def hacks_with_totals():
    """`hacks` in one long table with the yearly totals published: year, kind, taken, rank (order in a bar)."""
    order = ["official", "reported", "contested"]
    incidents = hacks().rename(columns={"attribution_status": "kind"})[["year", "kind", "taken", "incidents"]]
    totals = theft_ranges().rename(columns={"central": "taken"})[["year", "taken"]].assign(kind="published")
    out = pd.concat([incidents, totals], ignore_index=True)
    return out.assign(rank=out["kind"].map({k: i for i, k in enumerate(order)}).fillna(3).astype(int))


def hacks_finding(frame):
    by_kind = frame[frame["kind"] != "published"].groupby("kind")["taken"].sum()
    official = by_kind.get("official", 0) / by_kind.sum()
    single = largest_hack()
    return (
        f"Governments have attributed {official:.0%} of the value taken in the thefts listed; one theft, of "
        f"{str(single['date'])[:4]}, is {single['usd_m_taken'] / by_kind.sum():.0%} of it"
    )


def hacks_alt(frame):
    sums = frame[frame["kind"] != "published"].groupby("year")["taken"].sum()
    totals = frame[frame["kind"] == "published"].set_index("year")["taken"]
    under = int((sums.reindex(totals.index, fill_value=0) < totals).sum())
    return (
        f"Stacked bars by year from {sums.index.min()} to {sums.index.max()}, split by who attributed the theft, with "
        f"the published yearly totals as diamonds. The tallest bar is {sums.idxmax()}, {sums.max():.0f} million "
        f"dollars; bars stay under the diamonds in {under} of {len(totals)} years, since small thefts are not listed."
    )


def largest_share():
    """The largest single theft over the published total of its year, as prose."""
    single = largest_hack()
    total = theft_ranges().set_index("year")["central"][int(str(single["date"])[:4])]
    return f"{single['usd_m_taken'] / total * 100:.0f} per cent"


def munitions_text():
    row = munitions().iloc[-1]
    return f"{row['low'] / 1000:.1f} to {row['high'] / 1000:.1f} billion dollars"


def return_text():
    rows = evidence.table("illicit_revenue")
    return bn(rows.loc[rows["stream"] == "russia_return_aid", "usd_m_high"].iloc[0])


MARKET_ROWS = {
    "official_markets_count": "Official markets, counted from satellite pictures",
    "official_markets_count_rok_intelligence": "Official markets, South Korean intelligence",
    "state_revenue_from_markets_usd_m_per_year": "State revenue from stalls and taxes, US$ m a year",
    "informal_share_of_household_income_pct": "Household income from informal work, %",
    "defectors_engaged_in_private_sector_2006_2010_pct": "Leavers of 2006–10 who worked in the private sector, %",
    "defectors_engaged_in_private_sector_2016_2019_pct": "Leavers of 2016–19 who worked in the private sector, %",
    "defectors_with_bribery_experience_pct": "Leavers who had paid bribes, %",
}


def markets_table():
    """Counts and surveys of markets: What, Year, Value, Seen in a source (yes or no)."""
    rows = evidence.table("markets")
    rows = rows[rows["indicator"].isin(MARKET_ROWS)]
    rows = rows.sort_values("year").groupby("indicator", sort=False).tail(2)
    order = {k: i for i, k in enumerate(MARKET_ROWS)}
    rows = rows.assign(place=rows["indicator"].map(order)).sort_values(["place", "year"])
    return pd.DataFrame(
        {
            "What": rows["indicator"].map(MARKET_ROWS),
            "Year": rows["year"],
            "Value": rows["value"].map("{:g}".format),
            "Seen": rows["verified"].map({"seen": "yes", "memory": "no"}),
        }
    )


def markets_finding():
    counts = evidence.table("markets")
    counts = counts[counts["indicator"] == "official_markets_count"].sort_values("year")
    seen = counts[counts["verified"] == "seen"]
    first, last = seen.iloc[0], seen.iloc[-1]
    return (
        f"about {first['value']:.0f} official markets in {first['year']} and {last['value']:.0f} in {last['year']}, "
        "and no count since"
    )


def won():
    """Won per dollar and per kilogram of rice in Pyongyang: date, series (usd, rice), won."""
    rows = evidence.table("prices")
    rows = rows[(rows["city"] == "Pyongyang") & rows["basis"].isin(["survey", "press"]) & (rows["date"] >= "2010-06")]
    long = rows.rename(columns={"usd_kpw": "usd", "rice_kpw_per_kg": "rice"}).melt(
        "date", ["usd", "rice"], "series", "won"
    )
    return long.dropna().sort_values(["series", "date"]).reset_index(drop=True)


def _won_between(frame, start, end):
    rows = frame[(frame["series"] == "usd") & frame["date"].between(start, end)]["won"]
    return rows.min(), rows.max()


def won_state(frame):
    """What the won did: fell (steady within a factor of two from 2013 to 2023, then less than half its worth), slipped
    (steady, then weaker), held (steady and no weaker now), unsteady (not even steady to 2023)."""
    low, high = _won_between(frame, "2013", "2023-12-31")
    last = frame[frame["series"] == "usd"]["won"].iloc[-1]
    return "unsteady" if high >= 2 * low else "fell" if last > 2 * high else "slipped" if last > high else "held"


def won_heading(frame):
    """What the won did; for a heading."""
    return {"fell": "The won held for ten years, then lost most of its value",
            "slipped": "The won held for ten years and has slipped since",
            "held": "The won has held since 2013",
            "unsteady": "The won was not steady even before 2024"}[won_state(frame)]


def won_text(frame):
    """What the won says of the markets."""
    kept = "For ten years the won was steady without a word of official policy: the markets held it."
    sign = "sign that the economy from below was being left alone"
    return {"fell": f"{kept} That has ended, and with it the plainest {sign}.",
            "slipped": f"{kept} It has weakened since, and with it the plainest {sign}.",
            "held": f"{kept} It still is, which is the plainest {sign.replace('was', 'is')}.",
            "unsteady": f"A won that moved by more than a factor of two to 2023 is no {sign}."}[won_state(frame)]


def won_finding(frame):
    low, high = _won_between(frame, "2013", "2023-12-31")
    last = frame[frame["series"] == "usd"].iloc[-1]
    return (
        f"From 2013 to 2023 a dollar cost between {low:,.0f} and {high:,.0f} won; in "
        f"{str(last['date'])[:4]} it costs {last['won']:,.0f}"
    )


def won_alt(frame):
    low, high = _won_between(frame, "2013", "2023-12-31")
    last = frame[frame["series"] == "usd"].iloc[-1]
    return (
        f"Two lines on a logarithmic scale from 2010, the price of a dollar and the price of rice. From 2013 to 2023 a "
        f"dollar is between {low:,.0f} and {high:,.0f}; in {str(last['date'])[:7]} it is at {last['won']:,.0f}."
    )


def relief_finding(theft):
    net, gross = theft[theft["p_net"] > 0.5], theft[theft["p_gross"] > 0.5]
    if not len(gross):
        return "In no year did theft, even gross, exceed what lifting the bans would net him in most draws"
    words = f"Gross theft has been worth more than relief since {int(gross['year'].min())}"
    if theft[theft["year"] >= gross["year"].min()]["p_gross"].min() <= 0.5:
        words = f"Gross theft was worth more than relief in {listed(str(int(y)) for y in gross['year'])}"
    after = f"only in {listed(str(int(y)) for y in net['year'])}" if len(net) else "in no year yet"
    return f"{words}; after laundering {after} in most draws"


def relief_alt(theft):
    last = theft.iloc[-1]
    return (
        f"By year, bars of gross theft and of theft left after laundering, against a horizontal band of relief from "
        f"{last['relief_p5']:.0f} to {last['relief_p95']:.0f} million dollars. In {int(last['year'])} gross theft is "
        f"{last['gross_p5']:.0f} to {last['gross_p95']:.0f}, after laundering {last['net_p5']:.0f} to "
        f"{last['net_p95']:.0f}."
    )


def equality_finding(theft):
    last = theft.iloc[-1]
    return (
        f"For the theft of {int(last['year'])} to be worth less than relief, he must keep less than "
        f"{last['equal_p50']:.0%} of it ({last['equal_p5']:.0%} to {last['equal_p95']:.0%})"
    )


def equality_alt(theft):
    rows = theft[theft["equal_p5"] < 2]
    return (
        "Bars by year of the share of the theft at which theft equals relief: "
        + "; ".join(f"{int(r.year)} {r.equal_p50:.0%}" for r in rows.itertuples())
        + ". A line marks the whole theft; years above it are years in which relief is worth more whatever he keeps."
    )


def openings_finding(paths):
    last = paths.sort_values("t").groupby("case").tail(1)
    grew, n = int((last["multiple"] >= 2).sum()), len(last)
    fell = int((last["multiple"] < 1).sum())
    return f"Of {n} openings, exports at least doubled by the end of the record in {grew} and ended lower in {fell}"


def openings_alt(paths):
    last = paths.sort_values("t").groupby("case").tail(1).sort_values("multiple")
    return (
        "Lines of exports per head after openings, from the decision to ten years later. At the end: "
        + "; ".join(f"{r.case} {r.multiple:.1f} times" for r in last.itertuples())
        + " the earlier level."
    )


def substitution_both(then, now):
    """`substitution` for two years, from the exports of each: the earlier year's, and the latest recorded."""
    sold = exports()
    base = {then: sold[then], now: sold[sold.index <= now].iloc[-1]}
    return pd.concat(
        [substitution(base[y], y).assign(base_year=y, base=base[y]) for y in (then, now)], ignore_index=True
    )


def _reached(frame, year, share):
    rows = frame[(frame["base_year"] == year) & (frame["share"] == share)]
    return int(rows["years"].notna().sum()), len(rows)


def bridge_heading(frame):
    """On what part of the recorded paths licit income would cover all illicit income of the latest year; for a
    heading."""
    reached, n = _reached(frame, frame["base_year"].max(), 1.0)
    part = "No opening" if not reached else "A minority of openings" if reached < n / 2 else \
        "Most openings" if reached > n / 2 else "Half of the openings"
    return f"{part} on record would cover his illicit income now"


def bridge_finding(frame):
    then, now = frame["base_year"].min(), frame["base_year"].max()
    (a, n), (b, _) = _reached(frame, then, 1.0), _reached(frame, now, 1.0)
    half, _ = _reached(frame, now, 0.5)
    return (
        f"On {a} of {n} recorded paths licit income would have covered all illicit income of {then}; for {now} on "
        f"{b if b else 'none'}, and half of it on {half if half else 'none'}"
    )


def bridge_alt(frame):
    then, now = frame["base_year"].min(), frame["base_year"].max()
    parts = []
    for share in SHARES:
        (a, n), (b, _) = _reached(frame, then, share), _reached(frame, now, share)
        parts.append(f"{share:.0%}: covered on {a} of {n} paths in {then}, on {b} in {now}")
    return (
        "Three panels, a row an opening, a mark a year of reference, by the share to be covered. "
        + "; ".join(parts)
        + "."
    )


def causes_text(frame, then, now):
    a, b = (frame[(frame["base_year"] == y) & (frame["share"] == 1.0)].iloc[0] for y in (then, now))
    verbs = {k: "grew" if b[k] > a[k] else "shrank" for k in ("target", "base")}
    return (
        f"The income to be replaced {verbs['target']} from {bn(a['target'])} to {bn(b['target'])} a year, and the "
        f"exports from which licit income would have to grow {verbs['base']} from {bn(a['base'])} to {bn(b['base'])}. "
        f"The needed multiple of exports went from "
        f"{1 + a['target'] / (evidence.central('margin_rest') * a['base']):.1f} to "
        f"{1 + b['target'] / (evidence.central('margin_rest') * b['base']):.1f}."
    )


def bridge_table(frame, share=0.5):
    """The bridge for one share by opening and year of reference, US$ bn: Opening, and a column a year."""
    rows = frame[frame["share"] == share]
    cell = rows["bridge"].map(lambda v: f"{v / 1000:.1f}") + np.where(rows["years"].isna(), ", never covered", "")
    table = rows.assign(cell=cell).pivot(index="case", columns="base_year", values="cell")
    return table.loc[list(dict.fromkeys(rows["case"]))].reset_index().rename(columns={"case": "Opening"})


def bridge_table_finding(frame, share=0.5):
    rows = frame[frame["share"] == share]
    low, high = (rows.groupby("base_year")["bridge"].median() / 1000).sort_index()
    then, now = sorted(rows["base_year"].unique())
    return f"a median of {low:.1f} for {then} and {high:.1f} for {now}"


def channel_text(row):
    """The worth of an open dollar, over one of his own, below which relief cannot match the kept theft."""
    worth = row["net_p50"] / row["relief_p50"]
    if worth >= 1:
        return (
            f"even at par, relief falls short of the theft kept in {int(row['year'])}: an open dollar would have to "
            f"be worth {worth:.1f} of his own."
        )
    return (
        f"below {worth:.0%} of a dollar of his own, no lifting of the trade bans matches the theft kept in "
        f"{int(row['year'])}."
    )


def squeeze_text():
    """How exports and output moved in the years of the full ban, beside the forecast."""
    sold, gdp = exports(), evidence.table("gdp").set_index("year")["real_growth_pct_current_vintage"]
    fall = sold[2018] / sold[2016] - 1
    after = (
        f"Growth of {gdp[2019]:+.1f} per cent came back in 2019 without relief."
        if gdp[2019] > 0
        else f"In 2019 output moved by {gdp[2019]:+.1f} per cent, still without relief."
    )
    if fall > -0.4 or max(gdp[2017], gdp[2018]) >= 0:
        return (
            f"It did not come out so: exports moved by {fall:+.0%} from 2016 to 2018, output by {gdp[2017]:+.1f} per "
            f"cent in 2017 and {gdp[2018]:+.1f} in 2018. {after}"
        )
    return (
        f"It did better than most forecasts: exports fell by {-fall:.0%} from 2016 to 2018, output by "
        f"{-gdp[2017]:.1f} per cent in 2017 and {-gdp[2018]:.1f} in 2018, and talks followed. {after}"
    )

