"""Drawings with a time axis: a later year, appended to their frames, lies inside the frame of the drawing."""

from functools import cache

import pandas as pd
import pytest

from bargain import appendices, economies, forecasts, stakes, wants
from bargain.plots import appendices as appendices_plots
from bargain.plots import economies as economies_plots
from bargain.plots import forecasts as forecasts_plots
from bargain.plots import readings as readings_plots
from bargain.plots import stakes as stakes_plots
from bargain.plots import theme
from bargain.plots import wants as wants_plots
from bargain.readings.calibration import panel_frame

LATER = 7  # years after the last one of a table


def later(frame, column="year"):
    """The frame with its last rows once more, some years later."""
    if isinstance(frame, list):  # panels of unlike series
        return [p | {"x": [*p["x"], max(p["x"]) + LATER], "v": [*p["v"], list(p["v"])[-1]]} for p in frame]
    last = frame[frame[column] == frame[column].max()].copy()
    if frame[column].dtype.kind in "if":
        last[column] += LATER
    else:
        last[column] = last[column].str.replace(r"^\d{4}", lambda m: str(int(m[0]) + LATER), regex=True)
    return pd.concat([frame, last], ignore_index=True)


DRAWINGS = {  # name: (frame, its column of time, how it is drawn)
    "trade": (economies.trade, "year", economies_plots.draw_trade),
    "streams": (economies.streams, "year", economies_plots.draw_streams),
    "hacks": (economies.hacks_with_totals, "year", economies_plots.draw_hacks),
    "won": (economies.won, "date", economies_plots.draw_won),
    "theft": (lambda: economies.theft_against_relief(16), "year", economies_plots.draw_theft),
    "equality": (lambda: economies.theft_against_relief(16), "year", economies_plots.draw_equality),
    "held": (stakes.held, "year", stakes_plots.draw_held),
    "launches": (panel_frame, "month", readings_plots.draw_panel),
    "tables": (appendices.years, "year", appendices_plots.draw_years),
    "fan": (
        lambda: forecasts.fan_frame(forecasts.latest()),
        "year",
        lambda t, narrow, frame: forecasts_plots.draw_fan(t, narrow, frame, forecasts.LOG),
    ),
    "indicators": (wants.indicators, "x", wants_plots.draw_indicators),
}


@cache
def made(name):
    """A drawing's frame with its later year, made once for both sizes."""
    frame, column, _ = DRAWINGS[name]
    return later(frame(), column)


def views(spec, data=None):
    """Each view that shares its scales: a chart, or all layers of a layered one, with the data that it takes."""
    data = spec.get("data", data)
    for part in [p for key in ("concat", "hconcat", "vconcat") for p in spec.get(key, ())]:
        yield from views(part, data)
    if "spec" in spec:
        yield from views(spec["spec"], data)
    elif "layer" in spec:
        yield list(flat(spec, data))
    elif "encoding" in spec:
        yield [{"data": data, **spec}]


def flat(spec, data):
    """The layers of a view, those of its layers included, with their data."""
    for layer in spec["layer"]:
        own = layer.get("data", data)
        yield from flat(layer, own) if "layer" in layer else [{**layer, "data": own}]


def outside(spec, channel):
    """Values of a channel beyond the domain that their view states, and how many values there are.

    What a layer filters or computes for itself is left out.
    """
    beyond, seen = [], 0
    for view in views(spec):
        ways = [layer.get("encoding", {}).get(channel, {}) for layer in view]
        stated = [way["scale"]["domain"] for way in ways if "domain" in (way.get("scale") or {})]
        for layer, way in zip(view, ways, strict=True):
            fields = [way.get("field"), layer.get("encoding", {}).get(f"{channel}2", {}).get("field")]
            rows = spec["datasets"].get((layer.get("data") or {}).get("name"), [])
            values = [row[f] for row in rows for f in fields if isinstance(row.get(f), (int, float))]
            seen += len(values)
            if stated and way.get("type") == "quantitative" and ("transform" not in layer or channel == "x"):
                beyond += [v for v in values if not stated[0][0] - 1e-9 <= v <= stated[0][1] + 1e-9]
    return beyond, seen


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", DRAWINGS)
def test_a_later_year_is_drawn_inside(name, narrow):
    *_, draw = DRAWINGS[name]
    spec = draw(theme.TOKENS["light"], narrow, made(name)).to_dict()
    beyond, seen = outside(spec, "x")
    assert beyond == [] and (seen or name == "won")  # its axis of dates takes what is drawn
    assert outside(spec, "y")[0] == []
