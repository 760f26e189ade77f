"""Sentences of chapter 11, worded by what is computed."""

from collections.abc import Sequence

import pandas as pd

from bargain import argument
from bargain.plots import argument as argument_plots
from bargain.plots import theme
from bargain.prose import listed
from bargain.terms import ENDS

KINDS = ("fact", "reading", "prediction", "prescription")
BRINGS = ("both", "second", "neither")  # which end a node brings down alone: both, only that the deal works, none


def brief(name: str = "fig-brief-argument") -> str:
    """Show `draw_cuts` under a name, for the report in brief; gives its finding, for the caption."""
    frame, finding = argument.cuts_frame(), cuts_finding()
    theme.figure(
        name,
        lambda t, narrow: argument_plots.draw_cuts(t, narrow, frame),
        frame,
        finding=finding,
        unit="Statements that alone bring an end down; circle: fact, square: reading, triangle: prediction, diamond: "
        "prescription; dashed: unstated; coloured ones bring down both",
        alt=f"Three lists of marked statements: under the offer, and under success, stated and unstated. {finding}.",
        tables=["assumptions"],
        note="The graph is our reading of the essay.",
    )
    return finding


# ------------------------------------------------------------------------------------------------ words


def _names(ids: Sequence[str]) -> list[str]:
    return [f"“{argument.nodes()[n]['text'][0].lower() + argument.nodes()[n]['text'][1:]}”" for n in ids]


def cuts_finding() -> str:
    """On how many single beliefs each end rests, and how many of them the essay does not state; no stop."""
    graph = argument.nodes()
    first, second = (argument.cut_sets(graph, end)[0] for end in ENDS)
    unstated = sum(graph[n]["stated"] == "no" for n in second)
    return (
        f"To offer the deal rests on {_count(first)} that must hold; that the deal ends the programme rests on "
        f"{_count(second)}, {_number(unstated)} of which the essay does not state"
    )


def _number(n: int) -> str:
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[n] if n < len(words) else str(n)


def _count(ids: Sequence[str]) -> str:
    return f"{_number(len(ids)).replace('none', 'no')} single belief{'s' if len(ids) != 1 else ''}"


def map_finding() -> str:
    """What separates the two ends, in a sentence without its stop."""
    graph = argument.nodes()
    first, second = (set(argument.cut_sets(graph, end)[0]) for end in ENDS)
    only = len(second - first - set(ENDS))
    return (
        f"The two ends rest on different things: {_number(only)} beliefs can each bring down the deal’s success and "
        "leave the case for offering it standing"
    )


def map_alt() -> str:
    """What the map shows, for those who do not see it: how many nodes, and what brings each end down."""
    graph = argument.nodes()
    kinds = pd.Series([row["kind"] for row in graph.values()]).value_counts()
    parts = ", ".join(f"{kinds.get(kind, 0)} {kind}s" for kind in KINDS)
    return (
        f"A graph of {len(graph)} statements from left to right ({parts}), ending in two conclusions. {map_finding()}. "
        f"Alone under the offer: {'; '.join(graph[n]['text'] for n in argument.cut_sets(graph, ENDS[0])[0])}."
    )


def unstated_words() -> str:
    """How many statements the essay does not make."""
    n = sum(row["stated"] == "no" for row in argument.nodes().values())
    return f"{_number(n)} of them premises that it needs and does not state"


def offer_words() -> str:
    """The single beliefs under the offer, named, with the unstated ones marked."""
    graph = argument.nodes()
    singles = argument.cut_sets(graph, ENDS[0])[0]
    named = [
        f"{words}{'' if graph[n]['stated'] == 'yes' else ' (unstated)'}"
        for n, words in zip(singles, _names(singles), strict=True)
    ]
    return "; ".join(named) if named else "none"


def silences_words() -> str:
    """The unstated premises that alone bring down the second end and leave the first standing, named."""
    graph = argument.nodes()
    first, second = (set(argument.cut_sets(graph, end)[0]) for end in ENDS)
    found = [n for n in graph if n in second - first and graph[n]["stated"] == "no"]
    return "; ".join(_names(found)) if found else "none"


def weakest_words(end: str, frame: pd.DataFrame, count: int = 3) -> str:
    """The weakest of the beliefs on which an end hangs, with their credences."""
    rows = argument.weakest(end, frame, count)
    words = [f"{name} ({c:.2f})" for name, c in zip(_names(rows["node"]), rows["credence"], strict=True)]
    return listed(words) or "none"


def survival_finding(table: pd.DataFrame) -> str:
    """Which belief that is no single cut matters most to the offer today, and what replaced it since 2017; no stop."""
    rows = table[(table["end"] == ENDS[0]) & ~table["single"]]
    top = {time: rows[rows["time"] == time].sort_values(["survival", "node"]).iloc[0] for time in argument.TIMES}
    now, then = top["now"], top["2017"]
    same = now["node"] == then["node"]
    words = (
        f"Besides what brings it down outright, the offer hangs most on {_names([now['node']])[0]}: without it "
        f"{now['survival']:.0%} of its chance is left"
    )
    near = int(((rows["time"] == "now") & (rows["node"] != now["node"]) & (rows["low"] < now["high"])).sum())
    words += (
        f", though {_number(near)} other{'s’ ranges overlap' if near != 1 else '’s range overlaps'}" if near else ""
    )
    return words + (", as in 2017" if same else f"; in 2017 it was {_names([then['node']])[0]}")


def survival_heading(table: pd.DataFrame) -> str:
    """What the offer hangs most on today, besides what brings it down outright; for a heading."""
    rows = table[(table["end"] == ENDS[0]) & ~table["single"] & (table["time"] == "now")]
    return f"After those, the offer hangs most on {_names([rows.sort_values(['survival', 'node']).iloc[0]['node']])[0]}"


def leak_words(table: pd.DataFrame) -> str:
    """Why survival of the second end can rise as its chance falls, where it does; else that it does not."""
    rows = table[(table["end"] == ENDS[1]) & table["single"]].pivot(index="node", columns="time", values="survival")
    rose = int((rows["now"] > rows["2017"] + 0.005).sum())
    if not rose:
        return "No single belief’s survival has risen since 2017."
    return (
        f"For {_number(rose)} single beliefs under the second end survival has risen since 2017, and not because "
        "they matter less: the whole has become so unlikely that what is left of it is mostly the small chance of a "
        "deal for reasons outside the argument."
    )
