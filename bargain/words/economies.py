"""Sentences of chapter 4, worded by what is computed."""

import numpy as np
import pandas as pd

from bargain import deal, economies, evidence, terms
from bargain.prose import listed


def munitions() -> pd.DataFrame:
    """Deliveries of arms to Russia, cumulative value ranges as published: year, period, low, high (million US$)."""
    rows = evidence.table("illicit_revenue")
    rows = rows[(rows["stream"] == "russia_munitions") & rows["usd_m_low"].notna() & rows["usd_m_high"].notna()]
    return rows.rename(columns={"usd_m_low": "low", "usd_m_high": "high"})[["year", "period", "low", "high"]]


# --- words: sentences that follow the numbers --------------------------------------------------------


def bn(usd_m: float) -> str:
    """A sum in million dollars, as prose: "2.8 billion dollars", "240 million dollars"."""
    return f"{usd_m / 1000:.1f} billion dollars" if usd_m >= 950 else f"{usd_m:.0f} million dollars"


def times(ratio: float) -> str:
    """A ratio as prose, to one decimal: "2.6 times", "0.8 times"."""
    return f"{ratio:.1f} times"


def range_text(parameter: str) -> str:
    """The range of an assumption that is a share: "20 to 80 per cent"."""
    row = evidence.assumptions().loc[parameter]
    return f"{float(row['low']) * 100:.0f} to {float(row['high']) * 100:.0f} per cent"


def at_year(frame: pd.DataFrame, year: int) -> pd.Series:
    return frame.loc[frame["year"] == year].iloc[0]


def price_moved(theft: pd.DataFrame, then: int, now: int) -> str:
    """How gross theft stood to relief in one year and in a later one."""
    before, after = (at_year(theft, y) for y in (then, now))
    a, b = before["gross_p50"] / before["relief_p50"], after["gross_p50"] / after["relief_p50"]
    turn = "The price has risen" if b > a else "The price has fallen"
    return f"{turn}: in {then} the ratio was {a:.2f}."


def price_heading(theft: pd.DataFrame, then: int, now: int) -> str:
    """Whether gross theft has risen against relief between two years; for a heading."""
    before, after = (row["gross_p50"] / row["relief_p50"] for row in (at_year(theft, y) for y in (then, now)))
    return f"The price of giving up theft has {'risen' if after > before else 'fallen'} since {then}"


def margins_text(theft: pd.DataFrame) -> str:
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


def share_text(trade: pd.DataFrame, year: int) -> str:
    row = at_year(trade, year)
    return f"{row['share_incl']:.0f} per cent of the total, without it {row['share_excl']:.0f}"


def trade_heading(trade: pd.DataFrame) -> str:
    """How many customers the recorded trade has, by China's share of it in the latest year; for a heading."""
    share = trade.loc[trade["confirmed"], "share_excl"].dropna().iloc[-1]
    one = "one customer" if share >= 90 else "one main customer" if share > 50 else "more than one main customer"
    return f"The open economy has {one}"


def bans_text() -> str:
    """What recorded exports did between the year of the first wide bans and the first full year under all of them."""
    sold = economies.exports()
    fell = sold[2018] < sold[2016]
    did = "did what they were meant to do" if fell else "did not do what they were meant to do"
    return (
        f"The bans of 2016 and 2017 {did}. Recorded exports {'fell' if fell else 'rose'} from {bn(sold[2016])} in "
        f"2016 to {bn(sold[2018])} in 2018. In {sold.index[-1]} they stood at {bn(sold.iloc[-1])}."
    )


def trade_finding(trade: pd.DataFrame) -> str:
    last = trade[trade["confirmed"]].dropna(subset=["share_excl"]).iloc[-1]
    gap = trade.assign(gap=trade["share_excl"] - trade["share_incl"]).dropna(subset=["gap"])
    widest = gap.loc[gap["gap"].idxmax()]
    return (
        f"China takes {last['share_excl']:.0f} per cent of recorded trade in {int(last['year'])}; in "
        f"{int(widest['year'])} the answer still hung on {widest['gap']:.0f} points of trade with the South"
    )


def trade_alt(trade: pd.DataFrame) -> str:
    first, last = trade[trade["confirmed"]].dropna(subset=["share_excl"]).iloc[[0, -1]].to_dict("records")
    peak = trade.loc[trade["china"].idxmax()]
    return (
        f"Two panels. Above, China's share of trade from {first['share_excl']:.0f} per cent in {int(first['year'])} to "
        f"{last['share_excl']:.0f} in {int(last['year'])}; a dashed line with inter-Korean trade counted runs lower "
        f"until 2016. Below, trade with China peaks at {peak['china'] / 1000:.1f} billion dollars in "
        f"{int(peak['year'])}, falls, and partly returns; trade with South Korea ends."
    )


def streams_heading(rows: pd.DataFrame) -> str:
    """The latest crypto theft against the latest estimate for workers abroad, as `streams_finding`; for a heading."""
    crypto = rows[rows["stream"] == "crypto_theft"].set_index("year")["central"].dropna()
    above = crypto.iloc[-1] > rows[rows["stream"] == "overseas_labour"].iloc[-1]["high"]
    return f"Gross crypto theft is {'now' if above else 'not'} clearly above work abroad"


def spread_text(rows: pd.DataFrame) -> str:
    """By how much estimates of one stream in one year differ at most."""
    return f"Estimates of one year can differ by a factor of {(rows['high'] / rows['low']).max():.1f}"


def streams_finding(rows: pd.DataFrame) -> str:
    crypto = rows[rows["stream"] == "crypto_theft"].set_index("year")["central"].dropna()
    labour = rows[rows["stream"] == "overseas_labour"]
    last_labour, year = labour.iloc[-1], crypto.index[-1]
    above = crypto.iloc[-1] > last_labour["high"]
    return (
        f"Crypto theft of {year}, {crypto.iloc[-1] / 1000:.1f} billion dollars, is "
        f"{'above' if above else 'not above'} the highest recent estimate for workers abroad, "
        f"{last_labour['high'] / 1000:.1f}"
    )


def streams_alt(rows: pd.DataFrame) -> str:
    parts = []
    for stream, name in terms.STREAMS.items():
        r = rows[rows["stream"] == stream]
        parts.append(
            f"{name}, {len(r)} estimates from {r['year'].min()} to {r['year'].max()}, the last from "
            f"{r['low'].iloc[-1]:.0f} to {r['high'].iloc[-1]:.0f} million dollars"
        )
    return "Three panels of ranges by year. " + "; ".join(parts) + "."


def hacks_with_totals() -> pd.DataFrame:
    """`hacks` in one long table with the yearly totals published: year, kind, taken, rank (order in a bar)."""
    order = ["official", "reported", "contested"]
    incidents = economies.hacks().rename(columns={"attribution_status": "kind"})[["year", "kind", "taken", "incidents"]]
    totals = economies.theft_ranges().rename(columns={"central": "taken"})[["year", "taken"]].assign(kind="published")
    out = pd.concat([incidents, totals], ignore_index=True)
    return out.assign(rank=out["kind"].map({k: i for i, k in enumerate(order)}).fillna(3).astype(int))


def hacks_finding(frame: pd.DataFrame) -> str:
    by_kind = frame[frame["kind"] != "published"].groupby("kind")["taken"].sum()
    official = by_kind.get("official", 0) / by_kind.sum()
    single = economies.largest_hack()
    return (
        f"Governments have attributed {official:.0%} of the value taken in the thefts listed; one theft, of "
        f"{str(single['date'])[:4]}, is {single['usd_m_taken'] / by_kind.sum():.0%} of it"
    )


def hacks_alt(frame: pd.DataFrame) -> str:
    sums = frame[frame["kind"] != "published"].groupby("year")["taken"].sum()
    totals = frame[frame["kind"] == "published"].set_index("year")["taken"]
    under = int((sums.reindex(totals.index, fill_value=0) < totals).sum())
    return (
        f"Stacked bars by year from {sums.index.min()} to {sums.index.max()}, split by who attributed the theft, with "
        f"the published yearly totals as diamonds. The tallest bar is {sums.idxmax()}, {sums.max():.0f} million "
        f"dollars; bars stay under the diamonds in {under} of {len(totals)} years, since small thefts are not listed."
    )


def largest_share() -> str:
    """The largest single theft over the published total of its year, as prose."""
    single = economies.largest_hack()
    total = economies.theft_ranges().set_index("year")["central"][int(str(single["date"])[:4])]
    return f"{single['usd_m_taken'] / total * 100:.0f} per cent"


def munitions_text() -> str:
    row = munitions().iloc[-1]
    return f"{row['low'] / 1000:.1f} to {row['high'] / 1000:.1f} billion dollars"


def return_text() -> str:
    rows = evidence.table("illicit_revenue")
    return bn(rows.loc[rows["stream"] == "russia_return_aid", "usd_m_high"].iloc[0])


def markets_finding() -> str:
    counts = evidence.table("markets")
    counts = counts[counts["indicator"] == "official_markets_count"].sort_values("year")
    seen = counts[counts["verified"] == "seen"]
    first, last = seen.iloc[0], seen.iloc[-1]
    return (
        f"about {first['value']:.0f} official markets in {first['year']} and {last['value']:.0f} in {last['year']}, "
        "and no count since"
    )


def _won_between(frame: pd.DataFrame, start: str, end: str) -> tuple[float, float]:
    rows = frame[(frame["series"] == "usd") & frame["date"].between(start, end)]["won"]
    return rows.min(), rows.max()


def won_state(frame: pd.DataFrame) -> str:
    """What the won did: fell (steady within a factor of two from 2013 to 2023, then less than half its worth), slipped
    (steady, then weaker), held (steady and no weaker now), unsteady (not even steady to 2023)."""
    low, high = _won_between(frame, "2013", "2023-12-31")
    last = frame[frame["series"] == "usd"]["won"].iloc[-1]
    return "unsteady" if high >= 2 * low else "fell" if last > 2 * high else "slipped" if last > high else "held"


def won_heading(frame: pd.DataFrame) -> str:
    """What the won did; for a heading."""
    return {
        "fell": "The won held for ten years, then lost most of its value",
        "slipped": "The won held for ten years and has slipped since",
        "held": "The won has held since 2013",
        "unsteady": "The won was not steady even before 2024",
    }[won_state(frame)]


def won_text(frame: pd.DataFrame) -> str:
    """What the won says of the markets."""
    kept = "For ten years the won was steady without a word of official policy: the markets held it."
    sign = "sign that the economy from below was being left alone"
    return {
        "fell": f"{kept} That has ended, and with it the plainest {sign}.",
        "slipped": f"{kept} It has weakened since, and with it the plainest {sign}.",
        "held": f"{kept} It still is, which is the plainest {sign.replace('was', 'is')}.",
        "unsteady": f"A won that moved by more than a factor of two to 2023 is no {sign}.",
    }[won_state(frame)]


def won_finding(frame: pd.DataFrame) -> str:
    low, high = _won_between(frame, "2013", "2023-12-31")
    last = frame[frame["series"] == "usd"].iloc[-1]
    return (
        f"From 2013 to 2023 a dollar cost between {low:,.0f} and {high:,.0f} won; in "
        f"{str(last['date'])[:4]} it costs {last['won']:,.0f}"
    )


def won_alt(frame: pd.DataFrame) -> str:
    low, high = _won_between(frame, "2013", "2023-12-31")
    last = frame[frame["series"] == "usd"].iloc[-1]
    return (
        f"Two lines on a logarithmic scale from 2010, the price of a dollar and the price of rice. From 2013 to 2023 a "
        f"dollar is between {low:,.0f} and {high:,.0f}; in {str(last['date'])[:7]} it is at {last['won']:,.0f}."
    )


def relief_finding(theft: pd.DataFrame) -> str:
    net, gross = theft[theft["p_net"] > 0.5], theft[theft["p_gross"] > 0.5]
    if not len(gross):
        return "In no year did theft, even gross, exceed what lifting the bans would net him in most draws"
    words = f"Gross theft has been worth more than relief since {int(gross['year'].min())}"
    if theft[theft["year"] >= gross["year"].min()]["p_gross"].min() <= 0.5:
        words = f"Gross theft was worth more than relief in {listed(str(int(y)) for y in gross['year'])}"
    after = f"only in {listed(str(int(y)) for y in net['year'])}" if len(net) else "in no year yet"
    return f"{words}; after laundering {after} in most draws"


def relief_alt(theft: pd.DataFrame) -> str:
    last = theft.iloc[-1]
    return (
        f"By year, bars of gross theft and of theft left after laundering, against a horizontal band of relief from "
        f"{last['relief_p5']:.0f} to {last['relief_p95']:.0f} million dollars. In {int(last['year'])} gross theft is "
        f"{last['gross_p5']:.0f} to {last['gross_p95']:.0f}, after laundering {last['net_p5']:.0f} to "
        f"{last['net_p95']:.0f}."
    )


def equality_finding(theft: pd.DataFrame) -> str:
    last = theft.iloc[-1]
    return (
        f"For the theft of {int(last['year'])} to be worth less than relief, he must keep less than "
        f"{last['equal_p50']:.0%} of it ({last['equal_p5']:.0%} to {last['equal_p95']:.0%})"
    )


def equality_alt(theft: pd.DataFrame) -> str:
    rows = theft[theft["equal_p5"] < 2]
    return (
        "Bars by year of the share of the theft at which theft equals relief: "
        + "; ".join(f"{int(r.year)} {r.equal_p50:.0%}" for r in rows.itertuples())
        + ". A line marks the whole theft; years above it are years in which relief is worth more whatever he keeps."
    )


def openings_finding(paths: pd.DataFrame) -> str:
    last = paths.sort_values("t").groupby("case").tail(1)
    grew, n = int((last["multiple"] >= 2).sum()), len(last)
    fell = int((last["multiple"] < 1).sum())
    return f"Of {n} openings, exports at least doubled by the end of the record in {grew} and ended lower in {fell}"


def openings_alt(paths: pd.DataFrame) -> str:
    last = paths.sort_values("t").groupby("case").tail(1).sort_values("multiple")
    return (
        "Lines of exports per head after openings, from the decision to ten years later. At the end: "
        + "; ".join(f"{r.case} {r.multiple:.1f} times" for r in last.itertuples())
        + " the earlier level."
    )


def substitution_both(then: int, now: int) -> pd.DataFrame:
    """`substitution` for two years, from the exports of each: the earlier year's, and the latest recorded."""
    sold = economies.exports()
    base = {then: sold[then], now: sold[sold.index <= now].iloc[-1]}
    return pd.concat(
        [economies.substitution(base[y], y).assign(base_year=y, base=base[y]) for y in (then, now)], ignore_index=True
    )


def substitution_after(now: int, relief: float) -> pd.DataFrame:
    """`substitution` for the latest year with relief first: the lost trade comes back at once, worth `relief` a year
    (million US$), and exports then grow from today's and the restored ones together."""
    sold = economies.exports()
    base = sold[sold.index <= now].iloc[-1] + deal.lost_exports()["total"]
    frame = economies.substitution(base, now, first=relief)
    return frame.assign(base_year=now, base=base)


def after_finding(frame: pd.DataFrame, after: pd.DataFrame) -> str:
    """What each base gives for all and for half of the latest year's income; a sentence without its stop."""
    now = int(after["base_year"].iloc[0])
    parts = []
    for share, name in ((1.0, "all of his illicit income"), (0.5, "half of it")):
        (a, n), (b, _) = _reached(frame, now, share), _reached(after, now, share)
        parts.append(
            f"{name} is covered on {a or 'none'} of {n} paths from today’s exports and on {b or 'none'} with "
            "relief first"
        )
    return f"For {now}, " + "; ".join(parts)


def after_table(frame: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Years until all and half of the latest year's income is covered, by opening, from each base."""
    now = int(after["base_year"].iloc[0])
    out = {}
    for name, rows in (("today’s exports", frame[frame["base_year"] == now]), ("relief first", after)):
        for share, part in ((1.0, "All"), (0.5, "Half")):
            years = rows[rows["share"] == share].set_index("case")["years"]
            out[f"{part}, {name}"] = years.map(lambda v: "never" if np.isnan(v) else f"{v:.0f}")
    return pd.DataFrame(out).reset_index(names="Opening")


def incomes_table(then: int, now: int) -> pd.DataFrame:
    """The two incomes stream by stream, million US$: gross and kept in each year, with their sums."""
    frame = economies.incomes((then, now))
    wide = frame.pivot(index="stream", columns="year", values=["gross", "kept"]).loc[
        list(dict.fromkeys(frame["stream"]))
    ]
    wide.loc["Sum of the rows"] = wide.sum()
    wide.columns = [f"{kind.capitalize()}, {year}" for kind, year in wide.columns]
    return wide.map(lambda v: f"{v:,.0f}").reset_index(names="Stream")


def incomes_finding(then: int, now: int) -> str:
    """Which stream grew most in what he keeps, and what the largest of the first year was; without its stop."""
    frame = economies.incomes((then, now)).pivot(index="stream", columns="year", values="kept")
    most, first = (frame[now] - frame[then]).idxmax(), frame[then].idxmax()
    name = {s: s.split(" (")[0][0].lower() + s.split(" (")[0][1:] for s in frame.index}
    name = {s: "IT workers abroad" if s.startswith("IT") else v for s, v in name.items()}
    return (
        f"In {then} {name[first]} brought most, {bn(frame.at[first, then])}; what grew most to {now} is {name[most]}, "
        f"from {bn(frame.at[most, then])} kept to {bn(frame.at[most, now])}"
    )


def _reached(frame: pd.DataFrame, year: int, share: float) -> tuple[int, int]:
    rows = frame[(frame["base_year"] == year) & (frame["share"] == share)]
    return int(rows["years"].notna().sum()), len(rows)


def bridge_heading(frame: pd.DataFrame, after: pd.DataFrame | None = None) -> str:
    """On what part of the recorded paths licit income would cover all illicit income of the latest year, from today's
    exports and, where `after` is given, with relief first; for a heading."""
    reached, n = _reached(frame, frame["base_year"].max(), 1.0)
    part = (
        "No opening"
        if not reached
        else "A minority of openings"
        if reached < n / 2
        else "Most openings"
        if reached > n / 2
        else "Half of the openings"
    )
    said = f"{part} on record would cover his illicit income now"
    if after is None:
        return said
    more, n = _reached(after, after["base_year"].max(), 1.0)
    return f"{said} from today’s exports; with relief first {more or 'none'} of {n} would"


def bridge_finding(frame: pd.DataFrame) -> str:
    then, now = frame["base_year"].min(), frame["base_year"].max()
    (a, n), (b, _) = _reached(frame, then, 1.0), _reached(frame, now, 1.0)
    half, _ = _reached(frame, now, 0.5)
    return (
        f"On {a} of {n} recorded paths licit income would have covered all illicit income of {then}; for {now} on "
        f"{b if b else 'none'}, and half of it on {half if half else 'none'}"
    )


def bridge_alt(frame: pd.DataFrame) -> str:
    then, now = frame["base_year"].min(), frame["base_year"].max()
    parts = []
    for share in economies.SHARES:
        (a, n), (b, _) = _reached(frame, then, share), _reached(frame, now, share)
        parts.append(f"{share:.0%}: covered on {a} of {n} paths in {then}, on {b} in {now}")
    return (
        "Three panels, a row an opening, a mark a year of reference, by the share to be covered. "
        + "; ".join(parts)
        + "."
    )


def causes_text(frame: pd.DataFrame, then: int, now: int) -> str:
    a, b = (frame[(frame["base_year"] == y) & (frame["share"] == 1.0)].iloc[0] for y in (then, now))
    verbs = {k: "grew" if b[k] > a[k] else "shrank" for k in ("target", "base")}
    return (
        f"The income to be replaced {verbs['target']} from {bn(a['target'])} to {bn(b['target'])} a year, and the "
        f"exports from which licit income would have to grow {verbs['base']} from {bn(a['base'])} to {bn(b['base'])}. "
        f"The needed multiple of exports went from "
        f"{1 + a['target'] / (evidence.central('margin_rest') * a['base']):.1f} to "
        f"{1 + b['target'] / (evidence.central('margin_rest') * b['base']):.1f}."
    )


def bridge_table(frame: pd.DataFrame, share: float = 0.5) -> pd.DataFrame:
    """The bridge for one share by opening and year of reference, US$ bn: Opening, and a column a year."""
    rows = frame[frame["share"] == share]
    cell = rows["bridge"].map(lambda v: f"{v / 1000:.1f}") + np.where(rows["years"].isna(), ", never covered", "")
    table = rows.assign(cell=cell).pivot(index="case", columns="base_year", values="cell")
    return table.loc[list(dict.fromkeys(rows["case"]))].reset_index().rename(columns={"case": "Opening"})


def bridge_table_finding(frame: pd.DataFrame, share: float = 0.5) -> str:
    rows = frame[frame["share"] == share]
    low, high = (rows.groupby("base_year")["bridge"].median() / 1000).sort_index()
    then, now = sorted(rows["base_year"].unique())
    return f"a median of {low:.1f} for {then} and {high:.1f} for {now}"


def channel_text(row: pd.Series) -> str:
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


def squeeze_text() -> str:
    """How exports and output moved in the years of the full ban, beside the forecast."""
    sold, gdp = economies.exports(), evidence.table("gdp").set_index("year")["real_growth_pct_current_vintage"]
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
