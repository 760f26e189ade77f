"""Drawings of chapter 8, from the frames of `bargain.phasing`."""

import altair as alt
import pandas as pd

from bargain.plots import theme


def draw_benchmark(t: theme.Tokens, narrow: bool, frame: pd.DataFrame, patience: float) -> alt.typing.ChartType:
    """Irreversible concessions by date, in shares of the first best, and the limits that they never pass."""
    x = alt.X("t:Q", title="Instalment", axis=alt.Axis(values=[1, 4, 8, 12, 16]))
    y = alt.Y(
        "share:Q",
        title="Conceded, % of the first best",
        scale=alt.Scale(domain=[0, 1.05], nice=False),
        axis=alt.Axis(format="%", values=[0, 0.4, 0.8, 1]),
    )
    dash = alt.StrokeDash("form:N", scale=alt.Scale(domain=["linear", "smooth"], range=[[1, 0], [5, 3]]))
    line = (
        alt.Chart(frame)
        .mark_line(color=t["data"], point={"color": t["data"], "size": 28})
        .encode(x=x, y=y, strokeDash=dash)
    )
    limits = (
        alt.Chart(pd.DataFrame({"share": [1.0, patience]})).mark_rule(color=t["ink3"], strokeDash=[1, 3]).encode(y=y)
    )
    names = [
        theme.label(
            frame[(frame["t"] == 10) & (frame["form"] == form)], t, alt.value(word), "ink2", align, 600, dy=dy, x=x, y=y
        )
        for form, word, align, dy in (
            ("linear", "Constant cost", "right", -11),
            ("smooth", "Rising cost", "left", 15),
        )
    ]
    return alt.layer(limits, line, *names).properties(width=theme.size(narrow, 40), height=230)
