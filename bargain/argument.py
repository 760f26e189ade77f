"""The essay's argument as a machine: what rests on what, and which single belief brings a conclusion down.

A node is true with its credence if every group of its needs has a true member; if not, with credence times its
leak; each help that is false takes off a share (`ar_help`). Two ends: `offer_deal` and `deal_ends_programme`.
"""

import os
import textwrap
from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import evidence, sampling
from bargain.reads import lru_cache
from bargain.terms import END_WORDS, ENDS

TIMES = ("2017", "now")
RANGE = ("low", "central", "high")
SEEDS = Path(os.environ.get("BARGAIN_SEEDS", evidence.ROOT / "seeds"))

Row = Mapping[str, Any]  # a node of argument.csv, as `nodes` has it
Graph = Mapping[str, Row]
Factor = tuple[tuple[str, ...], np.ndarray]  # names, and a table with an axis for the draws and one for each name


# ------------------------------------------------------------------------------------------------ the graph


def seed(name: str) -> pd.DataFrame:
    """A table of `seeds/`, read as the data are: through the one loader."""
    return evidence.table(name, SEEDS)


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


@lru_cache
def nodes() -> Graph:
    """The graph: {id: row}, with needs a tuple of groups (tuples of ids) and helps a tuple of ids,
    short its name on the map, in lines.

    Raises ValueError, naming the node, for an unknown id or a circle.
    """
    rows = {}
    for row in seed("argument").astype(object).fillna("").to_dict("records"):
        row["needs"] = tuple(tuple(group.split("|")) for group in str(row["needs"]).split(";") if group)
        row["helps"] = tuple(part for part in str(row["helps"]).split(";") if part)
        row["short"] = SHORT.get(row["id"]) or "\n".join(textwrap.wrap(row["text"], 15)[:2])
        rows[row["id"]] = row
    check(rows)
    return rows


def parents(row: Row) -> tuple[str, ...]:
    """All nodes that a node needs or is helped by, each once, in order."""
    return tuple(dict.fromkeys([n for group in row["needs"] for n in group] + list(row["helps"])))


def check(graph: Graph) -> list[str]:
    """Raise ValueError for a reference to no node, or for a circle; otherwise return a topological order."""
    for name, row in graph.items():
        for parent in parents(row):
            if parent not in graph:
                raise ValueError(f"argument.csv: {name} rests on {parent!r}, which is no node")
    try:
        return list(TopologicalSorter({name: parents(row) for name, row in graph.items()}).static_order())
    except CycleError as error:  # it names each node after one that needs it
        raise ValueError(f"argument.csv: the argument runs in a circle: {' → '.join(error.args[1][::-1])}") from None


def rests_on(graph: Graph, end: str) -> list[str]:
    """The nodes from which a path leads to the end, the end included, in topological order."""
    found, todo = set(), [end]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += parents(graph[name])
    return [name for name in check(graph) if name in found]


# ------------------------------------------------------------------------------------------------ structure


def stands(graph: Graph, off: Collection[str] = ()) -> dict[str, bool]:
    """Which nodes stand when `off` are false and everything else is as true as its needs allow: {id: bool}.

    Structure alone: leaks and helps are left out.
    """
    alive = {}
    for name in check(graph):
        alive[name] = name not in off and all(any(alive[n] for n in group) for group in graph[name]["needs"])
    return alive


def cut_sets(graph: Graph, end: str, unstated: bool = True) -> tuple[list[str], list[tuple[str, str]]]:
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


def credences(
    time: str, verdicts: Mapping[str, str] | None = None, chapter: Mapping[str, Sequence[float]] | None = None
) -> pd.DataFrame:
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
        if time == "now" and chapter and name in chapter:
            values = list(chapter[name])
        if "" in list(values):
            raise ValueError(f"argument.csv: {name} has no credence for {time}, and no verdict gives one")
        rows[name] = [float(v) for v in values]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(RANGE))


def _factor(graph: Graph, name: str, credence: np.ndarray, help_share: float, off: Collection[str]) -> Factor:
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


def probability(
    graph: Graph,
    end: str,
    credence: Mapping[str, ArrayLike],
    off: Collection[str] = (),
    help_share: float | None = None,
) -> np.ndarray:
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
    out = np.ones((1, 1))
    for left, table in factors:
        out = out * (table if left else table[:, None])
    return out[:, 1] / out.sum(1)


def survival(
    graph: Graph, end: str, credence: Mapping[str, ArrayLike], help_share: float | None = None
) -> dict[str, np.ndarray]:
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


def drawn_credences(frame: pd.DataFrame, n: int = 64, seed: int = 2017) -> dict[str, np.ndarray]:
    """n draws of all credences from their ranges (PERT, drawn together): {id: (n,)}."""
    u = sampling.points(n, len(frame), seed)
    return {
        name: sampling.pert(u[:, k], *row)
        for k, (name, row) in enumerate(zip(frame.index, frame[list(RANGE)].to_numpy(), strict=False))
    }


def survival_table(end: str, frame: pd.DataFrame, n: int = 64) -> pd.DataFrame:
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


def columns(graph: Graph) -> dict[str, int]:
    """Each node's column, from what it rests on (left) to the ends (right): as far right as its use allows."""
    order = check(graph)
    depth = dict.fromkeys(order, 0)
    for name in reversed(order):
        for parent in parents(graph[name]):
            depth[parent] = max(depth[parent], depth[name] + 1)
    last = max(depth.values(), default=0)
    return {name: last - depth[name] for name in order}


def layout(graph: Graph, rounds: int = 12) -> dict[str, tuple[int, float]]:
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


def map_frame() -> pd.DataFrame:
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


# ------------------------------------------------------------------------------------------------ single beliefs


def cuts_frame() -> pd.DataFrame:
    """Which single belief brings an end down: end, node, label, kind, stated, rank; also pairs as rows of two names.

    Sorted within an end: stated first, then the order of the table.
    """
    graph, rows = nodes(), []
    for end in ENDS:
        singles, pairs = cut_sets(graph, end)
        singles = sorted(singles, key=lambda n: (graph[n]["stated"] != "yes", list(graph).index(n)))
        rows += [
            (end, n, graph[n]["short"].replace("\n", " "), graph[n]["kind"], graph[n]["stated"], k)
            for k, n in enumerate(singles)
        ]
        for a, b in pairs:
            stated = "yes" if graph[a]["stated"] == graph[b]["stated"] == "yes" else "no"
            text = " + ".join(graph[n]["short"].replace("\n", " ") for n in (a, b))
            rows.append((end, f"{a}+{b}", text, "pair", stated, len(singles)))
    return pd.DataFrame(rows, columns=["end", "node", "label", "kind", "stated", "rank"])


def pairs_table() -> pd.DataFrame:
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


def survivals(today: pd.DataFrame, n: int = 64) -> pd.DataFrame:
    """`survival_table` of both ends in 2017 and today (a frame of credences): with columns end and time."""
    rows = []
    for time in TIMES:
        frame = credences("2017") if time == "2017" else today
        rows += [survival_table(end, frame, n).assign(end=end, time=time) for end in ENDS]
    return pd.concat(rows, ignore_index=True)


def weakest(end: str, frame: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """The single cuts of an end whose own credence in `frame` is lowest, as a frame node, text, credence."""
    singles = [n for n in cut_sets(nodes(), end)[0] if n not in ENDS]
    chosen = frame.loc[singles, "central"].sort_values(kind="stable").head(count)
    return pd.DataFrame(
        {"node": chosen.index, "text": [nodes()[n]["text"] for n in chosen.index], "credence": chosen.to_numpy()}
    )
