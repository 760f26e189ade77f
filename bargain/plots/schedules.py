"""Drawings of chapter 8, from the frames of `bargain.schedules`."""

from typing import Any

import altair as alt
import pandas as pd

from bargain import terms
from bargain.plots import theme
from bargain.terms import MINDS

NAMES = 270  # px for the names of the steps in the Gantt chart


# ---------------------------------------------------------------------------------------------------- figures
def draw_dates(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, end: int) -> alt.typing.ChartType:
    """When each step is done over the sampled schedules: 5 to 95 %, half of them, median; their share at the right."""
    left = 26 if narrow else NAMES
    ticks = theme.half_years(end, "start")
    scale = alt.Scale(domain=[0, end + 1.4], nice=False)
    y, drop = theme.name_rows(narrow, "name", frame["name"], left)
    colour = alt.Color("side:N", scale=alt.Scale(**theme.colours(theme.SIDES, t)))
    rows = alt.Chart(frame.assign(begin=frame["q25"] - 1, words=[f"{p:.0%}" for p in frame["share"]], far=end + 1.3))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=ticks, title=None)

    layers = [
        rows.mark_rule(strokeWidth=2, opacity=0.5, yOffset=drop).encode(x("low"), x2="high:Q", y=y, color=colour),
        rows.mark_bar(height=10, opacity=0.5, yOffset=drop).encode(x("begin"), x2="q75:Q", y=y, color=colour),
        rows.mark_point(size=46, yOffset=drop).encode(
            x("median"),
            y=y,
            color=colour,
            shape=alt.Shape("side:N", scale=alt.Scale(domain=theme.SIDES, range=[theme.SHAPE[s] for s in theme.SIDES])),
        ),
        rows.mark_text(align="right", color=t["ink2"], yOffset=drop).encode(x("far"), y=y, text="words:N"),
    ]
    if narrow:
        name = theme.label(
            frame.assign(zero=0), t, "name:N", "ink", "left", dy=-7, y=y, x=alt.X("zero:Q", scale=scale, axis=ticks)
        )
        layers.append(name)
    return alt.layer(*layers).properties(width=theme.size(narrow, left), height=(30 if narrow else 20) * len(frame))


def draw_carry(t: theme.Tokens, narrow: bool, bands: pd.DataFrame) -> alt.typing.ChartType:
    """Kim's value of carrying on over the sampled schedules, by half-year, with and without the no-regret row."""
    low, high = bands["low"].min(), bands["high"].max()
    room = 0.06 * (high - low)
    scale, panels = alt.Scale(domain=[low - room, high + room], nice=False), []
    for k, (regret, title) in enumerate(((True, terms.CARRIES[0]), (False, terms.CARRIES[1]))):
        rows = bands[bands["regret"].astype(bool) == regret]
        first = narrow or k == 0
        x = alt.X(
            "half_year:Q",
            title="Half-year",
            axis=alt.Axis(values=[1, 4, 7, 10, 13]),
            scale=alt.Scale(domain=[1, bands["half_year"].max()], nice=False),
        )

        def y(field: str, first: bool = first) -> alt.Y:
            return alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(labels=first, tickCount=5))

        chart = alt.Chart(rows)
        zero = alt.Chart(pd.DataFrame({"z": [0.0]})).mark_rule(color=t["ink"]).encode(y=y("z"))
        layers = [
            chart.mark_area(color=t["kim"], fillOpacity=0.18).encode(x=x, y=y("low"), y2="high:Q"),
            chart.mark_area(color=t["kim"], fillOpacity=0.34).encode(x=x, y=y("q25"), y2="q75:Q"),
            zero,
            chart.mark_line(color=t["kim"]).encode(x=x, y=y("median")),
        ]
        panels.append(
            alt.layer(*layers).properties(width=theme.size(narrow, 40) if narrow else 290, height=190, title=title)
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


def draw_shapes(t: theme.Tokens, narrow: bool, quantiles: pd.DataFrame) -> alt.typing.ChartType:
    """Expected removal by shape and reading as strips: 95 %, half of the draws, median, and the mean as a mark."""
    panels, top = [], quantiles["q97"].max() * 1.03
    order = list(terms.SHAPE_NAMES.values())
    for k, reading in enumerate(MINDS):
        rows = quantiles[quantiles["reading"] == reading]
        first = narrow or k == 0
        y = alt.Y("shape:N", sort=order, title=None, axis=alt.Axis(labels=first))
        x: dict[str, Any] = {
            "title": "Expected removal",
            "scale": alt.Scale(domain=[0, top], nice=False),
            "axis": alt.Axis(tickCount=4, grid=True),
        }
        strip = theme.strips(rows, t, ("q2", "q25", "q50", "q75", "q97"), color=reading, y=y, x=x)
        mean = alt.Chart(rows).mark_point(shape="diamond", size=52, color=t["ink"]).encode(x=alt.X("mean:Q", **x), y=y)
        width = theme.size(narrow, 104) if narrow else 172
        panels.append(alt.layer(strip, mean).properties(width=width, height=120, title=terms.LABELS[reading]))
    return alt.concat(*panels, columns=1 if narrow else 3, spacing=16)


def draw_why(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Share of draws in which going gradually removes more than all at once, by switch and reading, with intervals."""
    names = list(dict.fromkeys(frame["name"]))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=170) if not narrow else None)
    offset = alt.YOffset("reading:N", sort=theme.MINDS)
    x: dict[str, Any] = {
        "title": "Draws in which gradual removes more",
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True),
    }
    colour = alt.Color("reading:N", scale=alt.Scale(**theme.colours(theme.MINDS, t)))
    shape = alt.Shape("reading:N", scale=alt.Scale(domain=theme.MINDS, range=[theme.SHAPE[r] for r in theme.MINDS]))
    rows = alt.Chart(frame)
    layers = [
        rows.mark_rule(strokeWidth=5, opacity=0.4).encode(
            alt.X("low:Q", **x), x2="high:Q", y=y, yOffset=offset, color=colour
        ),
        rows.mark_point(size=50).encode(alt.X("share:Q", **x), y=y, yOffset=offset, color=colour, shape=shape),
    ]
    if narrow:
        words = frame.drop_duplicates("name").assign(zero=0.0)
        layers.append(theme.label(words, t, "name:N", "ink", "left", dy=-35, y=y, x=alt.X("zero:Q", **x)))
    return alt.layer(*layers).properties(
        width=theme.size(narrow, 14 if narrow else 150), height=(88 if narrow else 54) * len(names)
    )


def draw_levers(t: theme.Tokens, narrow: bool, changes: pd.DataFrame) -> alt.typing.ChartType:
    """Mean change of expected removal by lever with its 95 % interval, and the share of draws that it helps."""
    names = list(changes["name"])
    low, high = min(changes["low"].min(), 0), max(changes["high"].max(), 0)
    room = 0.05 * (high - low)
    scale = alt.Scale(nice=False, domain=[low - room, high + 5 * room])
    step = max(5 * round((high - low) / 20), 1)
    ticks = [v for v in range(-20 * step, 21 * step, step) if low - room <= v <= high]  # none under the shares
    x: dict[str, Any] = {
        "title": "Change of mean expected removal",
        "scale": scale,
        "axis": alt.Axis(values=ticks, grid=True),
    }
    y = alt.Y("name:N", sort=names, title=None, axis=None if narrow else alt.Axis(labelLimit=200))
    drop = 8 if narrow else 0
    rows = alt.Chart(changes.assign(words=[f"{p:.0%}" for p in changes["more"]], far=high + 5 * room))
    if narrow:  # names stand above the bars, where a line would cross them
        zero = (
            rows.transform_calculate(z="0")
            .mark_tick(color=t["ink"], thickness=1.4, height=14, width=14, orient="vertical", yOffset=drop)
            .encode(alt.X("z:Q", **x), y=y)
        )
    else:
        zero = alt.Chart(pd.DataFrame({"z": [0.0]})).mark_rule(color=t["ink"]).encode(x=alt.X("z:Q", **x))
    layers = [
        zero,
        rows.mark_rule(strokeWidth=6, color=t["data"], opacity=0.45, yOffset=drop).encode(
            alt.X("low:Q", **x), x2="high:Q", y=y
        ),
        rows.mark_point(size=46, color=t["ink"], yOffset=drop).encode(alt.X("change:Q", **x), y=y),
        rows.mark_text(align="right", color=t["ink2"], yOffset=drop).encode(alt.X("far:Q", **x), y=y, text="words:N"),
    ]
    if narrow:
        layers.append(
            theme.label(changes.assign(edge=low - room), t, "name:N", "ink", "left", dy=-8, y=y, x=alt.X("edge:Q", **x))
        )
    return alt.layer(*layers).properties(
        width=theme.size(narrow, 14 if narrow else 200), height=(34 if narrow else 24) * len(changes)
    )


def draw_hold(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, paid: float) -> alt.typing.ChartType:
    """Share of draws in which the first weapons still go, by what holding out earns each side, and what Moscow is
    reported to have paid Kim (M a half-year)."""
    x = alt.X(
        "hold_out:Q", title="Hold-out, US$ m a half-year", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5)
    )
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=4))
    mark = pd.DataFrame({"hold_out": [paid], "share": [0.97]})
    lines = [alt.Chart(mark).mark_rule(color=t["ink2"], strokeDash=[4, 3]).encode(x=x)]
    names = [theme.label(mark, t, alt.value("the most that Moscow sent"), "ink2", "left", 600, dx=7, x=x, y=y)]
    for side, dash, level, dx, dy in (("kim", [1, 0], 0.6, -10, 8), ("coalition", [6, 3], 0.45, 8, -8)):
        rows = frame[frame["side"] == side]
        lines.append(alt.Chart(rows).mark_line(color=t[side], strokeDash=dash).encode(x=x, y=y))
        spot = rows.iloc[[(rows["share"] - level).abs().argmin()]]
        align = "right" if dx < 0 else "left"
        names.append(theme.label(spot, t, alt.value(terms.LABELS[side]), side, align, 600, dx=dx, dy=dy, x=x, y=y))
    return alt.layer(*lines, *names).properties(width=theme.size(narrow, 40), height=230)


MEASURES = {
    "some": ("weapons go", "data", [1, 0], "left"),
    "as_good": ("all at once does as well", "accent", [4, 3], "right"),
}


def draw_drivers(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Shares of draws over fifths of four drawn values: some removal (solid), all at once as good (dashed)."""
    panels = []
    for k, (driver, (title, unit, scale)) in enumerate(terms.DRIVERS.items()):
        rows = frame[frame["driver"] == driver].assign(x=lambda f, scale=scale: f["value"] * scale)
        x = alt.X("x:Q", title=unit, scale=alt.Scale(zero=False, nice=False, padding=6), axis=alt.Axis(tickCount=4))

        def y(field: str, first: bool = narrow or k % 2 == 0) -> alt.Y:
            return alt.Y(
                f"{field}:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1.12], nice=False),
                axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], labels=first),
            )

        areas, lines, names = [], [], []
        for measure, (name, colour, dash, side) in MEASURES.items():
            part = rows[rows["measure"] == measure]
            chart = alt.Chart(part)
            areas.append(chart.mark_area(color=t[colour], fillOpacity=0.18).encode(x=x, y=y("low"), y2="high:Q"))
            lines.append(chart.mark_line(color=t[colour], strokeDash=dash).encode(x=x, y=y("share")))
            if k == 0 and len(part):  # in the strip above 100 %, where no line can run
                spot = part.iloc[[0 if side == "left" else -1]].assign(share=1.07)
                names.append(
                    theme.label(
                        spot, t, alt.value(name), "ink2" if colour == "data" else colour, side, 600, x=x, y=y("share")
                    )
                )
        panels.append(
            alt.layer(*areas, *lines, *names).properties(
                width=theme.size(narrow, 40) if narrow else 290, height=140, title=title
            )
        )
    return alt.concat(*panels, columns=1 if narrow else 2, spacing=18)


# {model: (word, colour, dash, half-year of the label, share at it or None for the line's, align, dy)}
LIFE_LINES: dict[str, tuple[Any, ...]] = {
    "recorded": ("recorded", "ink", [1, 0], 7.5, None, "left", -12),
    "constant hazard": ("constant hazard", "accent", [6, 3], 10.5, 0.5, "left", 0),
    "central mixture": ("our beliefs", "data", [1.5, 3], 6.0, None, "right", 16),
    "central, reliable partners never break": ("our beliefs, η₀ = 0", "data", [8, 3, 2, 3], 99, None, "right", -11),
}


def draw_lives(t: theme.Tokens, narrow: bool, curves: pd.DataFrame) -> alt.typing.ChartType:
    """Share of eight agreements still alive by age beside what three hazards expect."""
    x = alt.X(
        "half_year:Q",
        title="Half-years from signature",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(values=[0, 4, 8, 12, 16]),
    )
    y = alt.Y("share:Q", title="Still alive", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=4))
    lines, names = [], []
    for model, (word, colour, dash, at, level, align, dy) in LIFE_LINES.items():
        rows = curves[curves["model"] == model]
        shape: dict[str, Any] = {"interpolate": "step-after"} if model == "recorded" else {}
        lines.append(alt.Chart(rows).mark_line(color=t[colour], strokeDash=dash, **shape).encode(x=x, y=y))
        spot = rows.iloc[[(rows["half_year"] - at).abs().argmin()]]
        spot = spot if level is None else spot.assign(half_year=at, share=level)
        names.append(
            theme.label(
                spot,
                t,
                alt.value(word),
                "ink2" if colour == "data" else colour,
                align,
                600,
                dx=8 if align == "left" else 0,
                dy=dy,
                x=x,
                y=y,
            )
        )
    return alt.layer(*lines, *names).properties(width=theme.size(narrow, 40), height=240)
