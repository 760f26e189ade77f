"""What would have to be replaced: licit trade, illicit streams, markets, and the price of substitution.

Money is in million US dollars a year unless a name says otherwise. Ranges are low, central, high.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from bargain import checks, deal, evidence, sampling
from bargain.terms import STREAMS

# Illicit and sanctioned streams with yearly estimates, and what their figures measure.
MARGINS = ("margin_textile", "margin_coal", "margin_rest", "share_textile", "margin_smuggled", "displaced")
SHARES = (0.25, 0.5, 1.0)  # shares of the illicit income that a deal would have to replace
HORIZON = 10  # years after an opening that the reference class covers
N, SEED = 2**13, 20170421


# --- licit trade -----------------------------------------------------------------------------------


def trade() -> pd.DataFrame:
    """Recorded trade by partner and year: year, China, inter_korean, others (million US$), and China's share
    without and with inter-Korean trade in the denominator (per cent). KOTRA basis, estimated crude oil included.
    `confirmed` is False where the share rests on one copy only: headlines leave such a year out.
    """
    rows = evidence.table("china_trade_share").sort_values("year")
    out = rows[["year"]].copy()
    excl, share = rows["total_excl_inter_korean_usd_m"], rows["china_share_excl_inter_korean_pct"]
    out["china"] = rows["china_usd_m"].fillna(excl * share / 100)
    out["inter_korean"] = rows["inter_korean_usd_m"]
    out["others"] = (excl - out["china"]).clip(lower=0)
    out["confirmed"] = rows["share_kind"] != "unconfirmed"
    out["share_excl"], out["share_incl"] = share, rows["china_share_incl_inter_korean_pct"]
    return out.reset_index(drop=True)


def exports() -> pd.Series:
    """Recorded exports by year without inter-Korean trade, KOTRA basis: Series indexed by year, million US$."""
    rows = evidence.table("trade_by_partner")
    rows = rows[(rows["partner"] == "total_excl_inter_korean") & (rows["basis"] == "KOTRA")]
    return rows.set_index("year")["exports_usd_m"].dropna().sort_index()


# --- illicit streams -------------------------------------------------------------------------------


def streams() -> pd.DataFrame:
    """Yearly estimates of each stream in STREAMS: stream, year, low, central, high; central is NaN where the
    source gives only a range, and low = high = central where it gives one figure."""
    rows = evidence.table("illicit_revenue")
    rows = rows[(rows["annual_estimate"] == "yes") & rows["stream"].isin(STREAMS)]
    out = rows[["stream", "year"]].copy()
    out["central"] = rows["usd_m_central"]
    out["low"] = rows["usd_m_low"].fillna(rows["usd_m_central"])
    out["high"] = rows["usd_m_high"].fillna(rows["usd_m_central"])
    return out.sort_values(["stream", "year"]).reset_index(drop=True)


def hacks() -> pd.DataFrame:
    """Hacks by year and attribution: year, attribution_status, taken and recovered (million US$), incidents."""
    rows = evidence.table("cyber_incidents")
    rows = rows[rows["usd_m_taken"].fillna(0) > 0]
    rows = rows.assign(year=rows["date"].astype(str).str[:4].astype(int))
    grouped = rows.groupby(["year", "attribution_status"])
    return grouped.agg(
        taken=("usd_m_taken", "sum"), recovered=("usd_m_recovered", "sum"), incidents=("target", "size")
    ).reset_index()


def hacks_with_totals() -> pd.DataFrame:
    """`hacks` in one long table with the yearly totals published: year, kind, taken, incidents, rank (order in a
    bar)."""
    order = ["official", "reported", "contested"]
    incidents = hacks().rename(columns={"attribution_status": "kind"})[["year", "kind", "taken", "incidents"]]
    totals = theft_ranges().rename(columns={"central": "taken"})[["year", "taken"]].assign(kind="published")
    out = pd.concat([incidents, totals], ignore_index=True)
    return out.assign(rank=out["kind"].map({k: i for i, k in enumerate(order)}).fillna(3).astype(int))


def munitions() -> pd.Series:
    """Arms and their return: low and high of what was delivered to Russia in the latest published range, and the most
    that came back (million US$, cumulative)."""
    rows = evidence.table("illicit_revenue")
    sent = rows[(rows["stream"] == "russia_munitions") & rows[["usd_m_low", "usd_m_high"]].notna().all(axis=1)].iloc[-1]
    back = rows.loc[rows["stream"] == "russia_return_aid", "usd_m_high"].iloc[0]
    return pd.Series({"low": sent["usd_m_low"], "high": sent["usd_m_high"], "back": back}, dtype=float)


def largest_hack() -> pd.Series:
    """The largest single theft in the table, as a row."""
    rows = evidence.table("cyber_incidents")
    return rows.loc[rows["usd_m_taken"].idxmax()]


# --- draws -----------------------------------------------------------------------------------------


def _draws(ids: Iterable[str], n: int = N, seed: int = SEED) -> dict[str, np.ndarray | float]:
    """Draws of assumptions, one dimension each in the order given: {id: array (n,)}."""
    return sampling.draw(evidence.assumptions().loc[list(ids)], n, seed)[0]


def stream_draws(year: int, n: int = N, seed: int = SEED) -> dict[str, np.ndarray]:
    """Draws of each stream in its estimate nearest to `year` (not later; the earliest if there is none before):
    {stream: array (n,)}, million US$.

    PERT draws, correlated within the year through one shared factor: u = Φ(√ρ z + √(1 − ρ) e), with
    ρ = `stream_correlation`. A range without a central value takes its geometric middle as mode.
    """
    checks.counts(n=n, seed=seed)
    rho = evidence.central("stream_correlation")
    points = norm.ppf(sampling.points(n, len(STREAMS) + 1, (seed, year)))
    estimates, out = streams(), {}
    for k, stream in enumerate(STREAMS, 1):
        rows = estimates[estimates["stream"] == stream]
        before = rows[rows["year"] <= year]
        row = (before if len(before) else rows.iloc[:1]).iloc[-1]
        mode = row["central"] if np.isfinite(row["central"]) else np.sqrt(row["low"] * row["high"])
        u = norm.cdf(np.sqrt(rho) * points[:, 0] + np.sqrt(1 - rho) * points[:, k])
        out[stream] = sampling.pert(u, row["low"], mode, row["high"])
    return out


def kept(draws: Mapping[str, np.ndarray], laundering: float | np.ndarray) -> np.ndarray:
    """Income left of gross streams: crypto theft × the share kept after laundering, the others as they are."""
    checks.nonnegative(draws=draws)
    checks.shares(laundering=laundering)
    return np.sum([x * laundering if stream == "crypto_theft" else x for stream, x in draws.items()], axis=0)


def contraband(year: int) -> float:
    """Goods smuggled in a year (coal, the one good that is counted), sales in million US$: the estimate nearest to
    `year` (not later; the earliest if there is none before), its months scaled to twelve."""
    rows = evidence.table("illicit_revenue")
    rows = rows[(rows["stream"] == "coal_smuggling") & rows["period"].str.contains(r"^[A-Z][a-z]{2}-[A-Z][a-z]{2}")]
    rows = rows.sort_values("year")
    before = rows[rows["year"] <= year]
    row = (before if len(before) else rows.iloc[:1]).iloc[-1]
    first, last = (MONTHS.index(name) for name in row["period"][:7].split("-"))
    return float(row["usd_m_central"] * 12 / (last - first + 1))


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def incomes(years: Iterable[int]) -> pd.DataFrame:
    """The illicit income of some years stream by stream: year, stream, gross and kept (million US$, medians).

    Kept is what is left of theft after laundering, and of smuggled goods after their cost (`margin_smuggled`). The
    streams and contraband as the essay names them; what was paid for arms is not counted, since no source says it.
    """
    laundering = _draws(("kept_laundering",))["kept_laundering"]
    out = []
    for year in years:
        for stream, x in stream_draws(year).items():
            left = x * laundering if stream == "crypto_theft" else x
            out.append((year, STREAMS[stream], float(np.median(x)), float(np.median(left))))
        sold = contraband(year)
        out.append((year, "Smuggled coal (sales)", sold, sold * evidence.central("margin_smuggled")))
    return pd.DataFrame(out, columns=["year", "stream", "gross", "kept"])


def incomes_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`incomes` by stream, million US$, gross and kept in each year, with the sums of the rows: a frame to print."""
    wide = frame.pivot(index="stream", columns="year", values=["gross", "kept"]).loc[frame["stream"].unique()]
    wide.index = wide.index.str.split(" (", regex=False).str[0]  # whether gross or kept its column says
    wide.loc["Sum of the rows"] = wide.sum()
    wide.columns = [f"{kind.capitalize()}, {year}" for kind, year in wide.columns]
    return wide.map(lambda v: f"{v:,.0f}").reset_index(names="Stream")


# --- theft against relief --------------------------------------------------------------------------


def relief(p: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """What the banned trade would net him, million US$ a year, for parameters p = {id: value or array}.

    Lost textiles × margin + coal up to the cap × margin + the rest × margin − the smuggled coal that legal
    exports displace × its margin.
    """
    checks.finite(p=p)
    lost = deal.lost_exports()
    textiles = p["share_textile"] * lost["total"]
    rest = lost["total"] - textiles - lost["coal"]
    displaced = deal.smuggled_coal() * p["displaced"] * p["margin_smuggled"]
    return textiles * p["margin_textile"] + lost["coal"] * p["margin_coal"] + rest * p["margin_rest"] - displaced


def theft_ranges() -> pd.DataFrame:
    """Gross theft of crypto-assets by year: year, low, central, high (million US$). A year for which the table
    has one value is spread by `theft_spread`."""
    rows = streams()
    rows = rows[rows["stream"] == "crypto_theft"].drop(columns="stream").set_index("year")
    spread = evidence.assumptions().loc["theft_spread"]
    single = rows["low"] == rows["high"]
    for side in ("low", "high"):
        rows.loc[single, side] = rows.loc[single, "central"] * spread[side]
    return rows.reset_index()


def theft_against_relief(n: int = N, seed: int = SEED) -> pd.DataFrame:
    """Theft beside relief by year, the same draw of margins in all years.

    Columns: year; for `gross`, `net` (theft) and `relief`: _p5, _p50, _p95 (million US$ a year); p_gross, p_net:
    share of draws in which theft, gross or net of laundering, exceeds relief; equal_p5/p50/p95: the share of
    the theft that he would have to keep for the two to be equal (above 1: relief is worth more whatever is kept).
    """
    checks.counts(n=n, seed=seed)
    years = theft_ranges()
    p = _draws(MARGINS + ("kept_laundering",), n, seed)
    worth = relief(p)
    points = sampling.points(n, len(years), (seed, 1))
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


def openings() -> pd.DataFrame:
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


def bridge(multiples: ArrayLike, base: float, margin: float, target: float, first: float = 0.0) -> tuple[float, float]:
    """Years until added licit income covers `target`, and the money that bridges the gap until then.

    multiples : path of exports over their base in years 1, 2, … after the opening; base : exports before it;
    margin : hard currency kept of a dollar of exports; target : yearly income to be replaced; first : income that
    comes at once, such as the end of trade bans. Added income of year t is first + margin × base × (multiple − 1).
    Returns (years, bridge): the first year in which it reaches the
    target (NaN if the path ends before), and the sum of yearly shortfalls up to it, undiscounted. Raises ValueError for
    a path with a gap.
    """
    checks.nonnegative(multiples=multiples, base=base, target=target)
    checks.finite(margin=margin, first=first)
    added = first + margin * base * (np.asarray(multiples, float) - 1)
    gaps = np.clip(target - added, 0, None)
    reached = np.flatnonzero(gaps <= 0)
    if len(reached) == 0:
        return np.nan, float(gaps.sum())
    return int(reached[0]) + 1, float(gaps[: reached[0]].sum())


def substitution(base_exports: float, year: int, shares: Iterable[float] = SHARES, first: float = 0.0) -> pd.DataFrame:
    """Years and bridge by opening and share of the illicit income of `year` (kept income, medians of the draws, and
    contraband). first: what the end of the trade bans brings at once, million US$ a year.

    A year of a path without a record lies on the line between its neighbours: he exported in it, too. A path ends with
    its last record. Columns: case, share, years (NaN: not within the record), bridge (million US$), target (million
    US$ a year), covered (share of the target covered in the last year of the record), observed (that year).
    """
    checks.nonnegative(base_exports=base_exports, first=first)
    checks.positive(shares=shares)
    laundering = _draws(("kept_laundering",))["kept_laundering"]
    smuggled = contraband(year) * evidence.central("margin_smuggled")
    income = float(np.median(kept(stream_draws(year), laundering))) + smuggled
    margin = evidence.central("margin_rest")
    out = []
    for case, path in openings().groupby("case", sort=False):
        path = path[path["t"].between(0, HORIZON)].set_index("t")["multiple"].dropna()
        multiples = path.reindex(range(int(path.index.max()) + 1)).interpolate().to_numpy()[1:]
        for share in shares:
            years, money = bridge(multiples, base_exports, margin, share * income, first)
            last = (first + margin * base_exports * (multiples[-1] - 1)) / (share * income)
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


def substitutions(then: int, now: int, at_once: float) -> pd.DataFrame:
    """`substitution` from three starts, with the columns start (then, today, relief), base_year and base
    (exports, million US$).

    then: the illicit income and the exports of an earlier year; today: those of `now` (exports: the latest record up to
    it); relief: the lost trade comes back first, worth `at_once` a year (million US$), and growth starts from today's
    and the restored exports together.
    """
    checks.nonnegative(at_once=at_once)
    sold = exports()
    latest = float(sold[sold.index <= now].iloc[-1])
    starts = {
        "then": (then, float(sold[then]), 0.0),
        "today": (now, latest, 0.0),
        "relief": (now, latest + float(deal.lost_exports()["total"]), at_once),
    }
    return pd.concat(
        [
            substitution(base, year, first=first).assign(start=start, base_year=year, base=base)
            for start, (year, base, first) in starts.items()
        ],
        ignore_index=True,
    )


def reached(frame: pd.DataFrame, share: float = 1.0) -> pd.Series:
    """On how many openings a share of the illicit income is covered within the record, by start of `substitutions`."""
    checks.shares(share=share)
    rows = frame[np.isclose(frame["share"], share)]
    return rows["years"].notna().groupby(rows["start"]).sum()


def needed_multiple(frame: pd.DataFrame) -> pd.Series:
    """The multiple of exports at which growth alone covers all illicit income, by start of `substitutions`."""
    rows = frame[np.isclose(frame["share"], 1.0)].groupby("start").first()
    return 1 + rows["target"] / (evidence.central("margin_rest") * rows["base"])


def years_table(frame: pd.DataFrame, starts: Mapping[str, str], shares: Iterable[float] = (1.0, 0.5)) -> pd.DataFrame:
    """Years until a share of the income is covered, by opening: a frame to print. starts: {start: its heading}."""
    out = {}
    for start, name in starts.items():
        for share in shares:
            rows = frame[(frame["start"] == start) & np.isclose(frame["share"], share)].set_index("case")
            out[f"{name}, {share:.0%}"] = rows["years"].map(lambda v: "never" if np.isnan(v) else f"{v:.0f}")
    return pd.DataFrame(out).reset_index(names="Opening")


def bridge_table(frame: pd.DataFrame, starts: Mapping[str, str], share: float = 0.5) -> pd.DataFrame:
    """The money of the bridge for one share by opening, US$ bn: a frame to print. starts: {start: its heading}."""
    checks.shares(share=share)
    rows = frame[np.isclose(frame["share"], share)]
    cell = rows["bridge"].map(lambda v: f"{v / 1000:.1f}") + np.where(rows["years"].isna(), ", never covered", "")
    table = rows.assign(cell=cell).pivot(index="case", columns="start", values="cell").loc[rows["case"].unique()]
    return table[list(starts)].rename(columns=starts).reset_index(names="Opening")


MARKET_ROWS = {
    "official_markets_count": "Official markets, counted from satellite pictures",
    "official_markets_count_rok_intelligence": "Official markets, South Korean intelligence",
    "state_revenue_from_markets_usd_m_per_year": "State revenue from stalls and taxes, US$ m a year",
    "informal_share_of_household_income_pct": "Household income from informal work, %",
    "defectors_engaged_in_private_sector_2006_2010_pct": "Leavers of 2006–10 who worked in the private sector, %",
    "defectors_engaged_in_private_sector_2016_2019_pct": "Leavers of 2016–19 who worked in the private sector, %",
    "defectors_with_bribery_experience_pct": "Leavers who had paid bribes, %",
}


def markets_table() -> pd.DataFrame:
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
            "Seen": rows["verified"].map({"seen": "yes", "part": "in part", "memory": "no"}),
        }
    )


def won() -> pd.DataFrame:
    """Won per dollar and per kilogram of rice in Pyongyang: date, series (usd, rice), won."""
    rows = evidence.table("prices")
    rows = rows[(rows["city"] == "Pyongyang") & rows["basis"].isin(["survey", "press"]) & (rows["date"] >= "2010-06")]
    long = rows.rename(columns={"usd_kpw": "usd", "rice_kpw_per_kg": "rice"}).melt(
        "date", ["usd", "rice"], "series", "won"
    )
    return long.dropna().sort_values(["series", "date"]).reset_index(drop=True)


def dollar_range(frame: pd.DataFrame, start: str, end: str) -> tuple[float, float]:
    """The least and the most won that a dollar cost between two dates, from `won`."""
    rows = frame[(frame["series"] == "usd") & frame["date"].between(start, end)]["won"]
    return float(rows.min()), float(rows.max())
