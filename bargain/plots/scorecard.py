"""Drawings of chapter 11, from the frames of `bargain.scorecard`."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from bargain.plots import theme

TONE = {"failed": "accent", "mixed": "data", "held": "ink", "untested": "ink3"}
MARK = {"failed": "cross", "mixed": "diamond", "held": "circle", "untested": "square"}


def draw_strip(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """One row a claim, failures first: a filled mark for our rule, a ring for the critic's."""
    left = 278
    width = theme.size(narrow, 8 if narrow else left)
    tested = {"model": ", model"}
    frame = frame.assign(
        row=[
            f"{n} ({i}{tested.get(e, '')})"
            for n, i, e in zip(frame["name"], frame["id"], frame["evidence"], strict=True)
        ]
    )
    axis = (
        None if narrow else alt.Axis(labelLimit=left, labelPadding=8, labelColor=t["ink"], grid=True, gridOpacity=0.6)
    )
    y = alt.Y("row:N", sort=list(frame["row"]), title=None, axis=axis)
    words = "['Failed', 'Mixed', 'Held', 'Untested'][datum.value]"
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[-0.3, 3.3], nice=False),
        axis=alt.Axis(
            values=[0, 1, 2, 3], labelExpr=words, orient="top", title=None, domain=False, ticks=False, grid=True
        ),
    )
    drop = 8 if narrow else 0
    color = alt.Color("verdict:N", scale=alt.Scale(domain=list(TONE), range=[t[k] for k in TONE.values()]))
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=list(MARK), range=list(MARK.values())))
    base = alt.Chart(frame)
    layers = [
        base.mark_rule(color=t["ink3"], opacity=0.7, yOffset=drop).encode(x=alt.X("ours:Q", **x), x2="critic:Q", y=y),
        base.mark_point(
            filled=False, fill=t["paper"], stroke=t["ink3"], size=125, strokeWidth=1.3, yOffset=drop
        ).encode(x=alt.X("critic:Q", **x), y=y),
        base.mark_point(size=58, yOffset=drop, strokeWidth=2).encode(
            x=alt.X("ours:Q", **x), y=y, color=color, shape=shape
        ),
    ]
    if narrow:
        names = frame.assign(start=-0.3)
        layers.append(theme.label(names, t, "row:N", "ink", dx=2, dy=-7, x=alt.X("start:Q", **x), y=y))
    return alt.layer(*layers).properties(width=width, height=(31 if narrow else 18) * len(frame))


RULE_WORDS = {"ours": "Our rules", "critic": "A critic’s rules"}


def draw_groups(
    t: theme.Tokens, narrow: bool, frame: pd.DataFrame, labels: Mapping[str, str] | None = None
) -> alt.typing.ChartType:
    """Mean scores by group with intervals: our rules filled, a critic's open, how many claims at the right."""
    frame = frame.assign(name=[(labels or {}).get(g, g.capitalize()) for g in frame["group"]])
    frame = frame.assign(row=[f"{g} {r}" for g, r in zip(frame["group"], frame["rule"], strict=True)])
    step, high = 24, {}
    for k, row in enumerate(frame["row"]):
        high[row] = 12 + step * k + 20 * (k // 2)
    frame = frame.assign(py=frame["row"].map(high), lift=frame["row"].map(high))
    height = max(high.values()) + 14
    width = theme.size(narrow, 12 if narrow else 118) - 74
    y = alt.Y("py:Q", scale=alt.Scale(domain=[height, -6], nice=False), axis=None)
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], labelExpr="['0 failed', '½ mixed', '1 held'][datum.value * 2]", grid=True),
        title=None,
    )
    layers = []
    for rule, fill, width_ in (("ours", t["ink"], 7), ("critic", t["paper"], 3)):
        rows = frame[(frame["rule"] == rule) & frame["mean"].notna()]
        bar = alt.Chart(rows).mark_rule(strokeWidth=width_, color=t["data"], opacity=0.45, strokeCap="butt")
        layers.append(bar.encode(x=alt.X("low:Q", **x), x2="high:Q", y=y))
        dot = alt.Chart(rows).mark_point(size=52, fill=fill, stroke=t["ink"], strokeWidth=1.4)
        layers.append(dot.encode(x=alt.X("mean:Q", **x), y=y))
    if "said" in frame:
        said = frame[frame["rule"] == "ours"].assign(top=frame["py"] - 9, bottom=frame["py"] + 33)
        layers.append(
            alt.Chart(said)
            .mark_rule(color=t["accent"], strokeWidth=2)
            .encode(
                x=alt.X("said:Q", **x),
                y=alt.Y("top:Q", scale=alt.Scale(domain=[height, -6], nice=False), axis=None),
                y2="bottom:Q",
            )
        )
    ends = frame.assign(
        right=1.0,
        text=[f"{n} claim{'s' if n != 1 else ''}" if n else "none tested" for n in frame["claims"]],
    )
    layers.append(theme.label(ends, t, "text:N", dx=8, x=alt.X("right:Q", **x), y=y))
    heads = frame[frame["rule"] == "ours"].assign(zero=0.0)
    if narrow:
        heads = heads.assign(py=heads["py"] - 15)
        layers.append(theme.label(heads, t, "name:N", "ink", weight=600, x=alt.X("zero:Q", **x), y=y))
    else:
        heads = heads.assign(py=heads["py"] + step / 2)
        layers.append(theme.label(heads, t, "name:N", "ink", "right", 600, dx=-12, x=alt.X("zero:Q", **x), y=y))
    return alt.layer(*layers).properties(width=width, height=height)


def draw_scores(t: theme.Tokens, narrow: bool, frame: pd.DataFrame) -> alt.typing.ChartType:
    """Brier scores of the four forecasters under both rules, with intervals: lower is better."""
    frame = frame[frame["basis"] == "record"]
    panels = []
    order = ["essay", "always held", "coin", "no change"]
    names = {"essay": "The essay", "always held": "“All held”", "coin": "A coin", "no change": "Nothing changes"}
    left = 104
    end = max(0.75, frame["high"].max() + 0.2)  # room for the figure at the end of the longest bar
    for k, rule in enumerate(RULE_WORDS):
        rows = frame[frame["rule"] == rule].assign(name=lambda d: d["forecaster"].map(names))
        axis = alt.Axis(labelPadding=8, labelColor=t["ink"], labels=narrow or k == 0)
        y = alt.Y("name:N", sort=[names[o] for o in order], title=None, axis=axis)
        x: dict[str, Any] = dict(
            scale=alt.Scale(domain=[0, end], nice=False),
            axis=alt.Axis(values=[v for v in (0, 0.25, 0.5, 0.75, 1) if v < end - 0.2], grid=True, format=".2f"),
            title=None,
        )
        base = alt.Chart(rows)
        color = alt.condition("datum.forecaster === 'essay'", alt.value(t["accent"]), alt.value(t["data"]))
        layers = [
            base.mark_rule(strokeWidth=7, opacity=0.45, strokeCap="butt").encode(
                x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color
            ),
            base.mark_point(size=52).encode(x=alt.X("brier:Q", **x), y=y, color=color),
            theme.label(
                rows.assign(text=[f"{v:.2f}" for v in rows["brier"]]),
                t,
                "text:N",
                "ink",
                dx=7,
                x=alt.X("high:Q", **x),
                y=y,
            ),
        ]
        width = theme.size(True, left + 12) if narrow else (theme.size(False, left) - 36) // 2
        panels.append(alt.layer(*layers).properties(width=width, height=26 * len(rows), title=RULE_WORDS[rule]))
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=26)
