"""Drawings of chapter 4, from the frames of `bargain.economies`."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from bargain import terms
from bargain.plots import theme

# --- charts ----------------------------------------------------------------------------------------


def _years(narrow: bool, first: int, last: int, step: int) -> alt.Axis:
    return alt.Axis(format="d", values=list(range(first, last + 1, step * 2 if narrow else step)))


def draw_trade(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """China's share with two denominators above, trade by partner below."""
    end = theme.reach(2028, frame["year"], 3)  # the margin holds the last figure
    x = alt.X(
        "year:Q",
        title=None,
        axis=_years(narrow, 1990, int(end) - 3, 5),
        scale=alt.Scale(domain=[1990, end], nice=False),
    )
    width = theme.size(narrow)
    share = alt.Chart(frame).encode(x=x)
    y: dict[str, Any] = {"scale": alt.Scale(domain=[0, 100]), "axis": alt.Axis(values=[0, 25, 50, 75, 100])}
    excl = share.mark_line(color=t["CHN"], strokeWidth=2.4).encode(
        y=alt.Y("share_excl:Q", title="China’s share of recorded trade, %", **y)
    )
    incl = share.mark_line(color=t["CHN"], strokeWidth=1.6, strokeDash=[4, 4]).encode(y=alt.Y("share_incl:Q", **y))
    last = frame.dropna(subset=["share_excl"]).iloc[[-1]]
    names = [
        theme.label(
            pd.DataFrame({"x": [2006.5], "y": [83]}),
            t,
            alt.value(["Without inter-", "Korean trade"]),
            "CHN",
            "right",
            600,
            x="x:Q",
            y="y:Q",
        ),
        theme.label(
            pd.DataFrame({"x": [2008.6], "y": [33]}), t, alt.value("With it"), "CHN", "left", 400, x="x:Q", y="y:Q"
        ),
        theme.label(
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
        (2005.6, 2.6, ["South", "Korea"], "KOR", "right"),
        (1992.5, 3.0, "All others", "ink2", "left"),
    ]
    named = [
        theme.label(pd.DataFrame({"x": [a], "y": [b]}), t, alt.value(text), colour, side, 600, x="x:Q", y="y:Q")
        for a, b, text, colour, side in spots
    ]
    bottom = alt.layer(lines, *named).properties(width=width, height=170)
    return alt.vconcat(top, bottom, spacing=26).resolve_scale(color="independent")


def draw_streams(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """A panel a stream: ranges as bars with end ticks, the central estimate as a dot where there is one."""
    panels, end, top = [], theme.reach(2026.8, frame["year"], 0.8), theme.reach(2400, frame["high"], 100)
    for stream, name in terms.STREAMS.items():
        rows = frame[frame["stream"] == stream]
        x = alt.X(
            "year:Q",
            title=None,
            axis=alt.Axis(format="d", values=list(range(2013, int(end) + 1, 4))),
            scale=alt.Scale(domain=[2012.4, end], nice=False),
        )
        y = alt.Y(
            "low:Q", title=None, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(values=list(range(0, int(top), 1000)))
        )
        base = alt.Chart(rows).encode(x=x)
        bar = base.mark_rule(strokeWidth=7, color=t["data"], opacity=0.45, strokeCap="butt").encode(y=y, y2="high:Q")
        ends = [
            base.mark_tick(color=t["ink2"], thickness=1.4, width=10, orient="horizontal").encode(y=alt.Y(f"{k}:Q"))
            for k in ("low", "high")
        ]
        dot = base.transform_filter("isValid(datum.central)").mark_point(color=t["ink"], size=30).encode(y="central:Q")
        panels.append(
            alt.layer(bar, *ends, dot).properties(
                width=theme.size(narrow, 40) if narrow else 178, height=120, title=name
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing={"row": 20, "column": 22})


def draw_hacks(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Hacks in the incident table by year, stacked by who attributed them, beside the yearly total published."""
    order = ["official", "reported", "contested"]
    colours = [t["ink"], t["ink3"], t["rule"]]
    years = list(range(2015, int(theme.reach(2026, frame["year"])) + 1, 3 if narrow else 1))
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, values=years))
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
    words = theme.label(key, t, "text:N", dx=10, x=alt.X("year:O"), y="y:Q")
    return (
        alt.layer(bars, dots, marks, words)
        .resolve_scale(color="independent", shape="independent")
        .properties(width=theme.size(narrow, 40), height=240)
    )


def draw_won(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """The price of a dollar and of a kilogram of rice in Pyongyang, on a logarithmic scale."""
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount=4 if narrow else 8))
    y = alt.Y(
        "won:Q",
        title="North Korean won, logarithmic",
        scale=alt.Scale(
            type="log", nice=False, domain=[min(700, frame["won"].min()), theme.reach(100000, frame["won"])]
        ),
        axis=alt.Axis(values=[1000, 3000, 10000, 30000, 100000], format=","),
    )
    colour = alt.Color("series:N", scale=alt.Scale(domain=["usd", "rice"], range=[t["ink"], t["data"]]))
    base = alt.Chart(frame).encode(x=x, y=y, color=colour)
    spots = (("A dollar", "ink", 11500), ("A kilogram of rice", "ink2", 3300))
    names = [
        theme.label(
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
        width=theme.size(narrow, 46), height=240
    )


def draw_theft(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Theft gross and net of laundering by year, 5–95 per cent, against the band of relief."""
    end = theme.reach(2026.1, frame["year"], 1.1)
    x: dict[str, Any] = {
        "title": None,
        "axis": _years(narrow, 2016, int(end) - 1, 1),
        "scale": alt.Scale(domain=[2015.4, end], nice=False),
    }
    y = alt.Y("low:Q", title="US$ m a year", axis=alt.Axis(values=[0, 500, 1000, 1500, 2000]))
    one = frame.iloc[[0]].assign(a=2015.4, b=end)
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
        theme.label(
            one,
            t,
            alt.value(["What lifting the", "bans would net him"] if narrow else "What lifting the bans would net him"),
            "coalition",
            "left",
            600,
            dx=4,
            dy=-22 if narrow else -8,
            x="a:Q",
            y="relief_p95:Q",
        ),
        theme.label(
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
        theme.label(
            last.assign(at=last["year"] + 0.16, top=last["net_p95"]),
            t,
            alt.value(["Left after", "laundering"]),
            "kim",
            "center",
            600,
            dx=-8,
            dy=-24,
            x="at:Q",
            y="top:Q",
        ),
    ]
    return alt.layer(*layers).properties(width=theme.size(narrow, 40), height=270)


def draw_equality(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
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
    text = theme.label(
        pd.DataFrame({"y": [1.72]}),
        t,
        alt.value(words),
        "ink2",
        "right",
        400,
        dx=-4,
        x=alt.value(theme.size(narrow, 40)),
        y="y:Q",
    )
    bar = base.mark_rule(strokeWidth=10, color=t["kim"], opacity=0.45, strokeCap="butt").encode(y=y, y2="high:Q")
    dot = (
        base.transform_filter("datum.equal_p50 < 2").mark_point(color=t["kim"], size=40).encode(y=alt.Y("equal_p50:Q"))
    )
    return alt.layer(whole, bar, dot, text).properties(width=theme.size(narrow, 40), height=230)


def _apart(values: np.ndarray, gap: float) -> np.ndarray:
    """Rising values moved upwards as little as needed, so that neighbours are at least `gap` apart."""
    out = np.array(values, float)
    for k in range(1, len(out)):
        out[k] = max(out[k], out[k - 1] + gap)
    return out


def draw_openings(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
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
    names = theme.label(top.assign(at=np.exp(shown)), t, "case:N", "ink2", "left", 400, dx=6, x="t:Q", y=alt.Y("at:Q"))
    return alt.layer(one, lines, names).properties(width=theme.size(narrow, 36), height=260 if not narrow else 300)


def draw_incomes(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """What he keeps of each stream in two years, a row a stream, the two marks joined."""
    years = sorted(frame["year"].unique())
    wide = frame.pivot(index="stream", columns="year", values="kept").loc[frame["stream"].unique()]
    short = {name: name.split(" (")[0] for name in wide.index}
    d = wide.reset_index().rename(columns={years[0]: "then", years[1]: "now"}).assign(row=wide.index.map(short))
    names, width = list(d["row"]), 142
    y = theme.rows(names, width, narrow)
    x: dict[str, Any] = {
        "title": "Kept, US$ m a year",
        "scale": alt.Scale(domain=[0, theme.reach(1150, d[["then", "now"]].max(axis=1), 150)], nice=False),
        "axis": alt.Axis(values=[0, 250, 500, 750, 1000], format=",d", grid=True),
    }
    bar = alt.Chart(d).mark_rule(color=t["data"], strokeWidth=3, opacity=0.5)
    layers = [bar.encode(x=alt.X("then:Q", **x), x2="now:Q", y=y)]
    for column, shape, ink in (("then", "circle", "data"), ("now", "diamond", "kim")):
        mark = alt.Chart(d).mark_point(shape=shape, size=80, color=t[ink])
        layers.append(mark.encode(x=alt.X(f"{column}:Q", **x), y=y))
    for column, ink, lift in (("then", "ink2", -13), ("now", "kim", 15)):
        text = d.assign(text=d[column].map("{:,.0f}".format))
        layers.append(theme.label(text, t, "text:N", ink, "center", 600, dy=lift, x=alt.X(f"{column}:Q", **x), y=y))
    key = pd.DataFrame({"row": [names[1]] * 2, "x": [720.0] * 2, "text": [f"● {years[0]}", f"◆ {years[1]}"]})
    for (_, line), lift, ink in zip(key.iterrows(), (-8, 8), ("ink2", "kim"), strict=True):
        layers.append(theme.label(line.to_frame().T, t, "text:N", ink, "left", 600, dy=lift, x=alt.X("x:Q", **x), y=y))
    return alt.layer(*layers).properties(width=theme.size(narrow, width), height=54 * len(names))


def draw_bridge(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, starts: Mapping[str, str], horizon: int
) -> alt.typing.ChartType:
    """Years (up to `horizon`) until added licit income covers a share of the illicit, from two starts ({start: its name
    in the key})."""
    frame = frame[frame["start"].isin(starts)]
    frame = frame.assign(x=frame["years"].fillna(horizon + 1.4), which=frame["start"].map(starts), row=frame["case"])
    sets = list(starts.values())
    shape = alt.Shape("which:N", scale=alt.Scale(domain=sets, range=["circle", "diamond"]))
    colour = alt.Color("which:N", scale=alt.Scale(domain=sets, range=[t["data"], t["kim"]]))
    panels = []
    shares = sorted(frame["share"].unique())
    for share in shares:
        rows = frame[frame["share"] == share]
        named = bool(share == shares[0]) or narrow
        base = alt.Chart(rows).encode(
            x=alt.X(
                "x:Q",
                title=None,
                scale=alt.Scale(domain=[0, horizon + 2], nice=False),
                axis=alt.Axis(
                    values=[1, 5, horizon + 1.4],
                    labelExpr=f"datum.value > {horizon} ? 'never' : datum.label",
                ),
            ),
            y=alt.Y("row:N", title=None, sort=None, axis=alt.Axis(labels=named, grid=True, labelLimit=170)),
        )
        panels.append(
            base.mark_point(size=70, opacity=0.9)
            .encode(shape=shape, color=colour)
            .properties(
                width=theme.size(narrow, 150) if narrow else 150,
                height=190,
                title=f"{share:.0%} of the illicit income",
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=14)
