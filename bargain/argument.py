"""The essay's argument as a machine: what rests on what, and which single belief brings a conclusion down.

A node is true with its credence if every group of its needs has a true member; if not, with credence times its
leak; each help that is false takes off a share (`ar_help`). Two ends: `offer_deal` and `deal_ends_programme`.
"""

import json
import os
import textwrap
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from bargain import charts, evidence, sampling
from bargain.wording import listed

ENDS = ("offer_deal", "deal_ends_programme")
TIMES = ("2017", "now")
KINDS = ("fact", "reading", "prediction", "prescription")
RANGE = ("low", "central", "high")
SEEDS = Path(os.environ.get("BARGAIN_SEEDS", evidence.ROOT / "seeds"))


# ------------------------------------------------------------------------------------------------ the graph


def seed(name):
    """A table of `seeds/`, read as the data are: through the one loader."""
    return evidence.table(name, SEEDS)


@lru_cache
def nodes():
    """The graph: {id: row}, with needs a tuple of groups (tuples of ids) and helps a tuple of ids.

    Raises ValueError, naming the node, for an unknown id or a circle.
    """
    rows = {}
    for row in seed("argument").astype(object).fillna("").to_dict("records"):
        row["needs"] = tuple(tuple(group.split("|")) for group in str(row["needs"]).split(";") if group)
        row["helps"] = tuple(part for part in str(row["helps"]).split(";") if part)
        rows[row["id"]] = row
    check(rows)
    return rows


def parents(row):
    """All nodes that a node needs or is helped by, each once, in order."""
    return tuple(dict.fromkeys([n for group in row["needs"] for n in group] + list(row["helps"])))


def check(graph):
    """Raise ValueError for a reference to no node, or for a circle; otherwise return a topological order."""
    for name, row in graph.items():
        for parent in parents(row):
            if parent not in graph:
                raise ValueError(f"argument.csv: {name} rests on {parent!r}, which is no node")
    order, state = [], {}

    def visit(name, path):
        if state.get(name) == "open":
            raise ValueError(f"argument.csv: the argument runs in a circle: {' → '.join([*path, name])}")
        if name not in state:
            state[name] = "open"
            for parent in parents(graph[name]):
                visit(parent, [*path, name])
            state[name] = "done"
            order.append(name)

    for name in graph:
        visit(name, [])
    return order


def rests_on(graph, end):
    """The nodes from which a path leads to the end, the end included, in topological order."""
    found, todo = set(), [end]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += parents(graph[name])
    return [name for name in check(graph) if name in found]


# ------------------------------------------------------------------------------------------------ structure


def stands(graph, off=()):
    """Which nodes stand when `off` are false and everything else is as true as its needs allow: {id: bool}.

    Structure alone: leaks and helps are left out.
    """
    alive = {}
    for name in check(graph):
        alive[name] = name not in off and all(any(alive[n] for n in group) for group in graph[name]["needs"])
    return alive


def cut_sets(graph, end, unstated=True):
    """Minimal sets of one and of two nodes whose falsity brings the end down: (singles, pairs).

    unstated=False: the premises that the essay does not state are granted, so that only what it says can fail.
    The end itself is left out.
    """
    names = [n for n in rests_on(graph, end) if n != end and (unstated or graph[n]["stated"] == "yes")]
    singles = [n for n in names if not stands(graph, (n,))[end]]
    rest = [n for n in names if n not in singles]
    pairs = [p for p in combinations(rest, 2) if not stands(graph, p)[end]]
    return singles, pairs


# ------------------------------------------------------------------------------------------------ probability


def credences(time, verdicts=None, chapter=None):
    """Credences of all nodes in 2017 or now: frame indexed by id with low, central, high.

    verdicts: {claim id: held, mixed, failed or untested} for the nodes whose basis is the scorecard; chapter: {node:
    (low, central, high)} for those a chapter computes. Where neither is given the table's own judgement stands.
    Raises ValueError for a node without a credence.
    """
    rows = {}
    for name, row in nodes().items():
        values = [row[f"credence_{time}_{end}"] for end in RANGE]
        verdict = (verdicts or {}).get(row["claim_id"]) if time == "now" and row["basis"] == "scorecard" else None
        if verdict:
            register = evidence.assumptions().loc[f"ar_{verdict}"]
            values = [register[end] for end in RANGE]
        if time == "now" and name in (chapter or {}):
            values = chapter[name]
        if "" in list(values):
            raise ValueError(f"argument.csv: {name} has no credence for {time}, and no verdict gives one")
        rows[name] = [float(v) for v in values]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(RANGE))


def _factor(graph, name, credence, help_share, off):
    """The table P(node, parents) as (names, array): axes draws, then each name, false 0 and true 1."""
    above = parents(graph[name])
    draws = len(credence)
    if name in off:
        return (name,), np.broadcast_to(np.array([1.0, 0.0]), (draws, 2))
    grid = np.indices((2,) * len(above)).reshape(len(above), 2 ** len(above)).astype(bool)
    state = dict(zip(above, grid, strict=False))
    met = np.ones(2 ** len(above), bool)
    for group in graph[name]["needs"]:
        met &= np.any([state[n] for n in group], axis=0)
    missing = np.sum([~state[n] for n in graph[name]["helps"]], axis=0) if graph[name]["helps"] else 0
    leak = float(graph[name]["leak"] or 0)
    true = credence[:, None] * (np.where(met, 1.0, leak) * help_share**missing)[None, :]
    table = np.stack([1 - true, true], axis=1)
    return (name, *above), table.reshape(draws, 2, *(2,) * len(above))


def probability(graph, end, credence, off=(), help_share=None):
    """P(end is true), exact, by variable elimination; `off` are switched to false.

    credence: {id: array of draws}. Switching off is an intervention: what a node rests on keeps its own chance.
    Returns an array of draws.
    """
    share = evidence.central("ar_help") if help_share is None else help_share
    names = rests_on(graph, end)
    factors = [_factor(graph, n, np.atleast_1d(credence[n]), share, off) for n in names]
    todo = [n for n in names if n != end]
    while todo:
        # next the variable whose elimination builds the smallest table
        width = {n: len(set().union(*(f[0] for f in factors if n in f[0]))) for n in todo}
        name = min(todo, key=lambda n: (width[n], n))
        todo.remove(name)
        touching = [f for f in factors if name in f[0]]
        factors = [f for f in factors if name not in f[0]]
        kept = tuple(dict.fromkeys(v for f in touching for v in f[0] if v != name))
        axis = {v: i + 1 for i, v in enumerate((*kept, name))}
        arguments = [part for f in touching for part in (f[1], [0, *(axis[v] for v in f[0])])]
        factors.append((kept, np.einsum(*arguments, [0, *(axis[v] for v in kept)], optimize="greedy")))
    out = 1.0
    for left, table in factors:
        out = out * (table if left else table[:, None])
    return out[:, 1] / out.sum(1)


def survival(graph, end, credence, help_share=None):
    """S(n) = P(end | n switched off) / P(end) for every node but the end: {id: array of draws}.

    0: without it the conclusion is gone; 1: it does not matter. A node without a path to the end has 1.
    """
    base = probability(graph, end, credence, help_share=help_share)
    on_path = set(rests_on(graph, end))
    return {
        n: probability(graph, end, credence, (n,), help_share) / base if n in on_path else np.ones_like(base)
        for n in graph
        if n != end
    }


def drawn_credences(frame, n=64, seed=2017):
    """n draws of all credences from their ranges (PERT, one Sobol net): {id: (n,)}."""
    u = sampling.net(n, len(frame), seed)
    return {
        name: sampling.pert(u[:, k], *row)
        for k, (name, row) in enumerate(zip(frame.index, frame[list(RANGE)].to_numpy(), strict=False))
    }


def survival_table(end, frame, n=64):
    """Survival by node: columns survival (central credences), low, high (5 and 95 per cent of draws), rank, rank_low,
    rank_high (1 = the most is lost without it), single (a single cut), stated, kind, text; sorted by survival."""
    graph = nodes()
    central = survival(graph, end, {k: np.array([v]) for k, v in frame["central"].items()})
    drawn = survival(graph, end, drawn_credences(frame, n))
    names = [k for k in rests_on(graph, end) if k != end]
    singles, _ = cut_sets(graph, end)
    values = np.array([drawn[k] for k in names])
    # equal survivals share a rank
    ranks = pd.DataFrame(values.round(9)).rank(method="min").to_numpy()
    out = pd.DataFrame(
        {
            "node": names,
            "text": [graph[k]["text"] for k in names],
            "kind": [graph[k]["kind"] for k in names],
            "stated": [graph[k]["stated"] for k in names],
            "single": [k in singles for k in names],
            "survival": [float(central[k][0]) for k in names],
            "low": np.quantile(values, 0.05, axis=1),
            "high": np.quantile(values, 0.95, axis=1),
            "rank_low": np.quantile(ranks, 0.05, axis=1).round().astype(int),
            "rank_high": np.quantile(ranks, 0.95, axis=1).round().astype(int),
        }
    )
    out["rank"] = out["survival"].round(9).rank(method="min").astype(int)
    return out.sort_values(["survival", "node"], ignore_index=True)


# ------------------------------------------------------------------------------------------------ the map

SHORT = {  # names for the map, at most two lines of fifteen letters; a node without one shows its text
    "reading_matters": "Policy rests on\nwhat he wants",
    "responsive": "He responds to\ncosts and gains",
    "survival_first": "Power comes\nfirst",
    "rivals_removed": "Rivals\nremoved",
    "looks_to_us": "He looks to\nWashington",
    "less_dependence": "He wants fewer\npatrons",
    "wants_reform": "He wants\nreform",
    "markets_below": "Markets from\nbelow",
    "illicit_state": "The state lives\non crime",
    "uneasy_with_china": "China is no\npartner",
    "japan_limited": "Tokyo: only a\nlittle",
    "seoul_limited": "No bargain\nwith Seoul",
    "us_recognises": "US alone\nrecognises",
    "us_eases_ring": "US alone loosens\nthe ring",
    "us_ends_isolation": "US alone ends\nisolation",
    "us_key": "Washington\ndecides",
    "no_better_patron": "No one pays\nmore for less",
    "wants_capital": "Lawful capital is\nworth much",
    "lawful_replaces": "Lawful income\ncan replace",
    "price_payable": "The price can\nbe paid",
    "wants_safety": "He wants safety\ntoo",
    "paper_not_enough": "Paper is not\nenough",
    "for_sale": "At some price\nfor sale",
    "relief_deliverable": "Relief gets\nthrough abroad",
    "war_danger": "War is a real\ndanger",
    "force_worse": "Force is worse\nthan talks",
    "pressure_insufficient": "Pressure alone\nfails",
    "offer_cheap": "A refused offer\ncosts little",
    "peace_first": "Peace before\njustice",
    "some_chance": "Some chance\nthat he takes it",
    "checkable": "Promises can\nbe checked",
    "partners_stay": "Partners keep\ntheir word",
    "he_keeps": "He keeps his\nword",
    "by_degrees": "It goes by\ndegrees",
    "remainder_enough": "A remainder is\nenough for him",
    "remainder_tolerable": "A remainder\ncan be borne",
    "end_state": "There is an\nend state",
    "offer_deal": "Offer the\nphased deal",
    "signed": "Both sides\nsign",
    "schedule_holds": "The schedule\nholds",
    "deal_ends_programme": "The deal ends\nthe programme",
}
END_WORDS = {"offer_deal": "Offer the deal", "deal_ends_programme": "The deal ends the programme"}
SHAPES = {"fact": "circle", "reading": "square", "prediction": "triangle-up", "prescription": "diamond"}
BRINGS = ("both", "second", "neither")  # which end a node brings down alone: both, only that the deal works, none
WIDE_MAP, ROW = 650, 49  # px of the map, and of a row of it


def short(name):
    """A node's name on the map, in lines."""
    return SHORT.get(name) or "\n".join(textwrap.wrap(nodes()[name]["text"], 15)[:2])


def _two_lines(name):
    return short(name) if "\n" in short(name) else "\n" + short(name)


def columns(graph):
    """Each node's column, from what it rests on (left) to the ends (right): as far right as its use allows."""
    order = check(graph)
    depth = dict.fromkeys(order, 0)
    for name in reversed(order):
        for parent in parents(graph[name]):
            depth[parent] = max(depth[parent], depth[name] + 1)
    last = max(depth.values(), default=0)
    return {name: last - depth[name] for name in order}


def layout(graph, rounds=12):
    """Places of the nodes: {id: (column, y)} with y from 0 to 1 down the column; the same every time.

    Within a column nodes are sorted by the mean place of their neighbours, in sweeps to and fro (Sugiyama, Tagawa and
    Toda 1981), ties by the order of the table.
    """
    column = columns(graph)
    width = max(column.values()) + 1
    rows = [[n for n in graph if column[n] == c] for c in range(width)]
    near = {n: set(parents(graph[n])) for n in graph}
    for n in graph:
        for parent in parents(graph[n]):
            near[parent] = near[parent] | {n}
    y = {n: (i + 0.5) / len(r) for r in rows for i, n in enumerate(r)}
    for k in range(rounds):
        for c in range(width) if k % 2 else reversed(range(width)):
            mean = {n: np.mean([y[m] for m in near[n]]) if near[n] else y[n] for n in rows[c]}
            rows[c].sort(key=lambda n: (round(mean[n], 9), n))  # noqa: B023
            y |= {n: (i + 0.5) / len(rows[c]) for i, n in enumerate(rows[c])}
    return {n: (column[n], y[n]) for n in graph}


def edges(graph):
    """What rests on what: a frame source, target, link (needs, or: one of several is enough, helps)."""
    rows = []
    for name, row in graph.items():
        rows += [(n, name, "needs" if len(group) == 1 else "or") for group in row["needs"] for n in group]
        rows += [(n, name, "helps") for n in row["helps"]]
    return pd.DataFrame(rows, columns=["source", "target", "link"])


def map_frame():
    """The map's nodes: node, text, kind, stated, brings (of BRINGS), column, y (0 to 1), order (down the page)."""
    graph = nodes()
    singles = {end: set(cut_sets(graph, end)[0]) | {end} for end in ENDS}
    place = layout(graph)
    frame = pd.DataFrame(
        {
            "node": list(graph),
            "text": [row["text"] for row in graph.values()],
            "kind": [row["kind"] for row in graph.values()],
            "stated": [row["stated"] for row in graph.values()],
            "brings": [
                "both" if n in singles[ENDS[0]] else "second" if n in singles[ENDS[1]] else "neither" for n in graph
            ],
            "column": [place[n][0] for n in graph],
            "y": [place[n][1] for n in graph],
        }
    )
    frame = frame.sort_values(["column", "y"], ignore_index=True)
    return frame.assign(order=range(len(frame)))


def _size(frame):
    """Width of a column and height of the map, in px."""
    return WIDE_MAP / (frame["column"].max() + 1), ROW * frame.groupby("column").size().max()


def _curves(frame, x, y):
    """The edges as curves from x to x, in three points each: edge, link, step, x, y."""
    at = {row.node: (x(row), y(row)) for row in frame.itertuples()}
    rows = []
    for k, edge in enumerate(edges(nodes()).itertuples()):
        (x0, y0), (x1, y1) = at[edge.source], at[edge.target]
        bend = 0.4 * (x1 - x0)
        for step, point in enumerate(((x0, y0), (x0 + bend, y0), (x1 - bend, y1), (x1, y1))):
            rows.append((k, edge.link, step, *point))
    return pd.DataFrame(rows, columns=["edge", "link", "step", "x", "y"])


def _marks(frame, t, x, y, size=120):
    """Nodes as marks: shape by kind, filled by what they bring down alone, dashed where unstated."""
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())))
    layers = []
    looks = (("both", "accent", "accent"), ("second", "ink2", "ink2"), ("neither", "ink3", "paper"))
    for brings, colour, fill in looks:
        for stated in ("yes", "no"):
            rows = frame[(frame["brings"] == brings) & (frame["stated"] == stated)]
            if not len(rows):
                continue
            opacity = 1 if stated == "yes" or fill == "paper" else 0.35  # an unstated premise: a pale field, dashed
            ground = alt.Chart(rows).mark_point(size=size, color=t["paper"], opacity=1).encode(x=x, y=y, shape=shape)
            layers.append(ground)
            layers.append(
                alt.Chart(rows)
                .mark_point(
                    size=size,
                    fill=t[fill],
                    fillOpacity=opacity,
                    stroke=t[colour],
                    strokeWidth=1.6,
                    strokeDash=[2.5, 2] if stated == "no" else [1, 0],
                    opacity=1,
                    strokeOpacity=1,
                )
                .encode(x=x, y=y, shape=shape)
            )
    return layers


LINKS = {"needs": [1, 0], "or": [5, 3], "helps": [1, 3]}  # how each kind of line is dashed


def _places(width, high):
    """A function from two columns, in px from the left and from the top, to their encodings."""
    scales = (alt.Scale(domain=[0, width], nice=False), alt.Scale(domain=[high, 0], nice=False))
    return lambda x, y: (alt.X(f"{x}:Q", scale=scales[0], axis=None), alt.Y(f"{y}:Q", scale=scales[1], axis=None))


def _lines(curves, t, x, y):
    return [
        alt.Chart(curves[curves["link"] == link])
        .mark_line(color=t["ink3"], strokeWidth=1, strokeDash=dash, opacity=0.6, interpolate="basis", strokeCap="butt")
        .encode(x=x, y=y, detail="edge:N", order="step:Q")
        for link, dash in LINKS.items()
        if (curves["link"] == link).any()
    ]


def draw_map(t, narrow, frame):
    """The map: from what the argument rests on to its two ends; on the phone a list with the lines beside it."""
    if narrow:
        return _draw_list(t, frame)
    wide, high = _size(frame)
    placed = frame.assign(
        px=(frame["column"] + 0.5) * wide, py=frame["y"] * high + 8, label=[_two_lines(n) for n in frame["node"]]
    )
    curves = _curves(placed, lambda r: r.px, lambda r: r.py)
    place = _places(WIDE_MAP, high)
    x, y = place("px", "py")
    layers = [*_lines(curves, t, *place("x", "y")), *_marks(placed, t, x, y)]
    ends = placed["node"].isin(ENDS)
    for rows, weight, colour in ((placed[~ends], 400, "ink"), (placed[ends], 600, "ink")):
        layers.append(
            alt.Chart(rows)
            .mark_text(
                color=t[colour],
                fontSize=11.5,
                fontWeight=weight,
                align="center",
                baseline="bottom",
                dy=-21,  # the first line; the second stands between it and the mark
                lineBreak="\n",
                lineHeight=12,
                stroke=t["paper"],
                strokeWidth=3,
                strokeJoin="round",
                strokeOpacity=0.9,
            )
            .encode(x=x, y=y, text="label:N")
        )
    return alt.layer(*layers).properties(width=WIDE_MAP, height=high)


def _draw_list(t, frame):
    """The map for a phone: nodes down the page in the map's order, arcs from each to what it rests on."""
    row, left = 21, 84
    placed = frame.assign(
        px=float(left), py=(frame["order"] + 0.5) * row, label=[short(n).replace("\n", " ") for n in frame["node"]]
    )
    high = row * len(frame)
    width = charts.size(True, 0)
    place = _places(width, high)
    x, y = place("px", "py")
    at, rows = dict(zip(placed["node"], placed["py"], strict=True)), []
    for k, edge in enumerate(edges(nodes()).itertuples()):
        a, b = sorted((at[edge.source], at[edge.target]))
        out = left - 8 - (left - 12) * min(1, (b - a) / (0.55 * high))  # long spans swing out further
        for step, point in enumerate(((left, a), (out, a + 0.12 * (b - a)), (out, b - 0.12 * (b - a)), (left, b))):
            rows.append((k, edge.link, step, *point))
    curves = pd.DataFrame(rows, columns=["edge", "link", "step", "x", "y"])
    layers = [*_lines(curves, t, *place("x", "y")), *_marks(placed, t, x, y, 90)]
    ends = placed["node"].isin(ENDS)
    for rows, weight in ((placed[~ends], 400), (placed[ends], 600)):
        layers.append(charts.label(rows, t, "label:N", "ink", weight=weight, dx=12, x=x, y=y))
    return alt.layer(*layers).properties(width=width, height=high)


# ------------------------------------------------------------------------------------------------ single beliefs


def cuts_frame():
    """Which single belief brings an end down: end, node, label, kind, stated, rank; also pairs as rows of two names.

    Sorted within an end: stated first, then the order of the table.
    """
    graph, rows = nodes(), []
    for end in ENDS:
        singles, pairs = cut_sets(graph, end)
        singles = sorted(singles, key=lambda n: (graph[n]["stated"] != "yes", list(graph).index(n)))
        rows += [
            (end, n, short(n).replace("\n", " "), graph[n]["kind"], graph[n]["stated"], k)
            for k, n in enumerate(singles)
        ]
        for a, b in pairs:
            stated = "yes" if graph[a]["stated"] == graph[b]["stated"] == "yes" else "no"
            text = " + ".join(short(n).replace("\n", " ") for n in (a, b))
            rows.append((end, f"{a}+{b}", text, "pair", stated, len(singles)))
    return pd.DataFrame(rows, columns=["end", "node", "label", "kind", "stated", "rank"])


def draw_cuts(t, narrow, frame):
    """Every belief that alone brings an end down, by end and by whether it is stated: fits the report in brief."""
    singles = frame[frame["kind"] != "pair"]
    shared = {*singles.loc[singles["end"] == ENDS[0], "node"], ENDS[0]}
    first, second = singles[singles["end"] == ENDS[0]], singles[singles["end"] == ENDS[1]]
    parts = [(f"{END_WORDS[ENDS[0]]}: {len(first)}", first)]
    for stated, words in (("yes", "stated"), ("no", "unstated")):
        rows = second[second["stated"] == stated]
        parts.append(
            (f"{END_WORDS[ENDS[1]]}: {len(rows)} {words}" if stated == "yes" else f"and {len(rows)} {words}", rows)
        )
    panels, most = [], 20 * max(len(rows) for _, rows in parts) + 4
    width = charts.size(narrow, 0) if narrow else (charts.WIDE - 46) // 3
    for title, rows in parts:
        if not len(rows):
            continue
        high = 20 * len(rows) + 4 if narrow else most
        rows = rows.assign(
            px=10.0,
            py=10.0 + 20 * np.arange(len(rows)),
            brings=["both" if n in shared else "second" for n in rows["node"]],
        )
        x, y = _places(width, high)("px", "py")
        layers = [*_marks(rows, t, x, y, 90), charts.label(rows, t, "label:N", "ink", dx=14, x=x, y=y)]
        panels.append(alt.layer(*layers).properties(width=width, height=high, title=title))
    return alt.vconcat(*panels, spacing=14) if narrow else alt.hconcat(*panels, spacing=20)


def brief(name="fig-brief-argument"):
    """Show `draw_cuts` under a name, for the report in brief; gives its finding, for the caption."""
    frame, finding = cuts_frame(), cuts_finding()
    charts.figure(
        name,
        lambda t, narrow: draw_cuts(t, narrow, frame),
        frame,
        finding=finding,
        unit="Statements that alone bring an end down; circle: fact, square: reading, triangle: prediction, diamond: "
        "prescription; dashed: unstated; coloured ones bring down both",
        alt=f"Three lists of marked statements: under the offer, and under success, stated and unstated. {finding}.",
        tables=["assumptions"],
        note="The graph is our reading of the essay.",
    )
    return finding


def pairs_table():
    """The pairs that bring an end down though neither does alone: End, Pair, Stated."""
    frame = cuts_frame().query("kind == 'pair'")
    return pd.DataFrame(
        {
            "End": frame["end"].map(END_WORDS),
            "Pair": frame["label"],
            "Both stated": frame["stated"].map({"yes": "yes", "no": "no"}),
        }
    )


# ------------------------------------------------------------------------------------------------ survival


@lru_cache
def survivals(n=64):
    """`survival_table` of both ends in 2017 and today: with columns end and time."""
    from bargain import scorecard

    rows = []
    for time in TIMES:
        frame = credences("2017") if time == "2017" else scorecard.today()
        rows += [survival_table(end, frame, n).assign(end=end, time=time) for end in ENDS]
    return pd.concat(rows, ignore_index=True)


def draw_survival(t, narrow, frame, below=0.9):
    """How much of each end survives the loss of a belief: 2017 open, today filled with its range."""
    least = frame.groupby("node")["survival"].min()
    frame = frame[frame["node"].map(least) < below]
    frame = frame.assign(label=[short(n).replace("\n", " ") for n in frame["node"]])
    now = frame[(frame["time"] == "now")]
    order = now.groupby("label")["survival"].mean().sort_values().index.tolist()
    panels = []
    for end in ENDS:
        rows = frame[frame["end"] == end]
        shown = [name for name in order if name in set(rows["label"])] if narrow else order
        axis = (
            None
            if narrow
            else alt.Axis(labelLimit=200, labelPadding=8, ticks=False, domain=False, labels=end == ENDS[0])
        )
        y = alt.Y("label:N", sort=shown, title=None, axis=axis, scale=alt.Scale(domain=shown))
        scale = {
            "scale": alt.Scale(domain=[0, 1], nice=False),
            "title": None,
            "axis": alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="%", grid=True),
        }
        drop = 7 if narrow else 0
        new, old = rows[rows["time"] == "now"], rows[rows["time"] == "2017"]
        x = alt.X("survival:Q", **scale)
        layers = [
            alt.Chart(new)
            .mark_rule(strokeWidth=6, color=t["data"], opacity=0.45, strokeCap="butt", yOffset=drop)
            .encode(x=alt.X("low:Q", **scale), x2="high:Q", y=y),
            alt.Chart(old)
            .mark_point(filled=False, fill=t["paper"], stroke=t["ink2"], strokeWidth=1.4, size=46, yOffset=drop)
            .encode(x=x, y=y),
            alt.Chart(new).mark_point(color=t["ink"], size=38, yOffset=drop).encode(x=x, y=y),
        ]
        if narrow:
            layers.append(
                charts.label(new.assign(zero=0.0), t, "label:N", "ink", dx=2, dy=-8, x=alt.X("zero:Q", **scale), y=y)
            )
        width = charts.size(True, 14) if narrow else (charts.size(False, 176) - 24) // 2
        panels.append(
            alt.layer(*layers).properties(width=width, height=(32 if narrow else 19) * len(shown), title=END_WORDS[end])
        )
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=22)


# ------------------------------------------------------------------------------------------------ words


def _names(ids):
    return [f"“{nodes()[n]['text'][0].lower() + nodes()[n]['text'][1:]}”" for n in ids]


def cuts_finding():
    """On how many single beliefs each end rests, and how many of them the essay does not state; no stop."""
    graph = nodes()
    first, second = (cut_sets(graph, end)[0] for end in ENDS)
    unstated = sum(graph[n]["stated"] == "no" for n in second)
    return (
        f"To offer the deal rests on {_count(first)} that must hold; that the deal ends the programme rests on "
        f"{_count(second)}, {_number(unstated)} of which the essay does not state"
    )


def _number(n):
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[n] if n < len(words) else str(n)


def _count(ids):
    return f"{_number(len(ids)).replace('none', 'no')} single belief{'s' if len(ids) != 1 else ''}"


def map_finding():
    """What separates the two ends, in a sentence without its stop."""
    graph = nodes()
    first, second = (set(cut_sets(graph, end)[0]) for end in ENDS)
    only = len(second - first - set(ENDS))
    return (
        f"The two ends rest on different things: {_number(only)} beliefs can each bring down the deal’s success and "
        "leave the case for offering it standing"
    )


def map_alt():
    """What the map shows, for those who do not see it: how many nodes, and what brings each end down."""
    graph = nodes()
    kinds = pd.Series([row["kind"] for row in graph.values()]).value_counts()
    parts = ", ".join(f"{kinds.get(kind, 0)} {kind}s" for kind in KINDS)
    return (
        f"A graph of {len(graph)} statements from left to right ({parts}), ending in two conclusions. {map_finding()}. "
        f"Alone under the offer: {'; '.join(graph[n]['text'] for n in cut_sets(graph, ENDS[0])[0])}."
    )


def unstated_words():
    """How many statements the essay does not make."""
    n = sum(row["stated"] == "no" for row in nodes().values())
    return f"{_number(n)} of them premises that it needs and does not state"


def offer_words():
    """The single beliefs under the offer, named, with the unstated ones marked."""
    graph = nodes()
    singles = cut_sets(graph, ENDS[0])[0]
    named = [
        f"{words}{'' if graph[n]['stated'] == 'yes' else ' (unstated)'}"
        for n, words in zip(singles, _names(singles), strict=True)
    ]
    return "; ".join(named) if named else "none"


def silences_words():
    """The unstated premises that alone bring down the second end and leave the first standing, named."""
    graph = nodes()
    first, second = (set(cut_sets(graph, end)[0]) for end in ENDS)
    found = [n for n in graph if n in second - first and graph[n]["stated"] == "no"]
    return "; ".join(_names(found)) if found else "none"


def weakest(end, time="now", count=3):
    """The single cuts of an end whose own credence is lowest, as a frame node, text, credence."""
    from bargain import scorecard

    frame = credences("2017") if time == "2017" else scorecard.today()
    singles = [n for n in cut_sets(nodes(), end)[0] if n not in ENDS]
    chosen = frame.loc[singles, "central"].sort_values(kind="stable").head(count)
    return pd.DataFrame(
        {"node": chosen.index, "text": [nodes()[n]["text"] for n in chosen.index], "credence": chosen.to_numpy()}
    )


def weakest_words(end, time="now", count=3):
    """The weakest of the beliefs on which an end hangs, with their credences."""
    rows = weakest(end, time, count)
    words = [f"{name} ({c:.2f})" for name, c in zip(_names(rows["node"]), rows["credence"], strict=True)]
    return listed(words) or "none"


def survival_finding(table):
    """Which belief that is no single cut matters most to the offer today, and what replaced it since 2017; no stop."""
    rows = table[(table["end"] == ENDS[0]) & ~table["single"]]
    top = {time: rows[rows["time"] == time].sort_values(["survival", "node"]).iloc[0] for time in TIMES}
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


def survival_heading(table):
    """What the offer hangs most on today, besides what brings it down outright; for a heading."""
    rows = table[(table["end"] == ENDS[0]) & ~table["single"] & (table["time"] == "now")]
    return f"After those, the offer hangs most on {_names([rows.sort_values(['survival', 'node']).iloc[0]['node']])[0]}"


def leak_words():
    """Why survival of the second end can rise as its chance falls, where it does; else that it does not."""
    table = survivals()
    rows = table[(table["end"] == ENDS[1]) & table["single"]].pivot(index="node", columns="time", values="survival")
    rose = int((rows["now"] > rows["2017"] + 0.005).sum())
    if not rose:
        return "No single belief’s survival has risen since 2017."
    return (
        f"For {_number(rose)} single beliefs under the second end survival has risen since 2017, and not because "
        "they matter less: the whole has become so unlikely that what is left of it is mostly the small chance of a "
        "deal for reasons outside the argument."
    )


# ------------------------------------------------------------------------------------------------ the page


def graph_json():
    """The graph for the page: nodes with id, text, label, kind, stated, needs, column, y; ends with id and words."""
    graph, frame = nodes(), map_frame()
    wide, high = _size(frame)
    rows = [
        {
            "id": r.node,
            "text": r.text,
            "label": short(r.node).split("\n"),
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


def switch(figure="fig-argument-map"):
    """Show the switch in the running cell: the graph as JSON, which argument.js turns into controls.

    Without scripts nothing shows, and the drawn map stays.
    """
    from IPython.display import display

    text = json.dumps(graph_json(), ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    opening = f'<div class="argument" data-script="argument.js" data-figure="{figure}" hidden>'
    display(
        {"text/html": f'{opening}<script type="application/json">{text}</script></div>', "text/plain": ""}, raw=True
    )
