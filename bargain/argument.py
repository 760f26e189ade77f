"""The essay's argument as a machine: what rests on what, and which single belief brings a conclusion down.

A node is true with its credence if every group of its needs has a true member; if not, with credence times its
leak; each help that is false takes off a share (`ar_help`). Two ends: `offer_deal` and `deal_ends_programme`.
"""
from functools import lru_cache
from itertools import combinations

import altair as alt
import numpy as np
import pandas as pd

from bargain import charts, evidence, sampling

ENDS = ("offer_deal", "deal_ends_programme")
TIMES = ("2017", "now")
KINDS = ("fact", "reading", "prediction", "prescription")
RANGE = ("low", "central", "high")


# ------------------------------------------------------------------------------------------------ the graph

def seed(name):
    """A table of `seeds/`, read as the data are: through the one loader."""
    return evidence.table(name, evidence.ROOT / "seeds")


@lru_cache
def nodes():
    """The graph: {id: row}, with needs a tuple of groups (tuples of ids) and helps a tuple of ids.

    Raises ValueError, naming the node, for an unknown id or a circle.
    """
    rows = {}
    for row in seed("argument").fillna("").to_dict("records"):
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
    state = dict(zip(above, grid))
    met = np.ones(2 ** len(above), bool)
    for group in graph[name]["needs"]:
        met &= np.any([state[n] for n in group], axis=0)
    missing = np.sum([~state[n] for n in graph[name]["helps"]], axis=0) if graph[name]["helps"] else 0
    leak = float(graph[name]["leak"] or 0)
    true = credence[:, None] * (np.where(met, 1.0, leak) * help_share ** missing)[None, :]
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
    return {n: probability(graph, end, credence, (n,), help_share) / base if n in on_path else np.ones_like(base)
            for n in graph if n != end}


def drawn_credences(frame, n=64, seed=2017):
    """n draws of all credences from their ranges (PERT, one Sobol net): {id: (n,)}."""
    u = sampling.net(n, len(frame), seed)
    return {name: sampling.pert(u[:, k], *row) for k, (name, row) in enumerate(
        zip(frame.index, frame[list(RANGE)].to_numpy()))}


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
    out = pd.DataFrame({
        "node": names, "text": [graph[k]["text"] for k in names], "kind": [graph[k]["kind"] for k in names],
        "stated": [graph[k]["stated"] for k in names], "single": [k in singles for k in names],
        "survival": [float(central[k][0]) for k in names],
        "low": np.quantile(values, 0.05, axis=1), "high": np.quantile(values, 0.95, axis=1),
        "rank_low": np.quantile(ranks, 0.05, axis=1).round().astype(int),
        "rank_high": np.quantile(ranks, 0.95, axis=1).round().astype(int)})
    out["rank"] = out["survival"].round(9).rank(method="min").astype(int)
    return out.sort_values(["survival", "node"], ignore_index=True)
