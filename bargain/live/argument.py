"""The switch beside the argument map: the graph that the page's script reads."""

from typing import Any

import IPython.display

from bargain import argument, live
from bargain.plots.argument import WIDE_MAP, size
from bargain.terms import END_WORDS, ENDS


def graph_json() -> dict[str, Any]:
    """The graph for the page: nodes with id, text, label, kind, stated, needs, column, y; ends with id and words."""
    graph, frame = argument.nodes(), argument.map_frame()
    wide, high = size(frame)
    rows = [
        {
            "id": r.node,
            "text": r.text,
            "label": graph[r.node]["short"].split("\n"),
            "kind": r.kind,
            "stated": r.stated == "yes",
            "needs": [list(group) for group in graph[r.node]["needs"]],
            "helps": list(graph[r.node]["helps"]),
            "brings": r.brings,
            "x": round((r.column + 0.5) * wide, 1),
            "y": round(r.y * high + 8, 1),
        }
        for r in frame.itertuples()
    ]
    return {
        "nodes": rows,
        "ends": [{"id": end, "text": END_WORDS[end]} for end in ENDS],
        "width": WIDE_MAP,
        "height": int(high) + 8,
    }


def switch(figure: str = "fig-argument-map") -> None:
    """Show the switch in the running cell: the graph as JSON, which argument.js turns into controls.

    Without scripts nothing shows, and the drawn map stays.
    """
    opening = f'<div class="argument" data-script="argument.js" data-figure="{figure}" hidden>'
    IPython.display.display(
        {"text/html": f"{opening}{live.data_script(graph_json())}</div>", "text/plain": ""}, raw=True
    )
