"""What must one believe? Many futures, in chunks: regret, sensitivity, boxes of beliefs, and what knowing is worth.

    python -m bargain.futures --futures 131072                       in this process
    python -m bargain.futures --futures 131072 --workers 2           on a local Dask cluster
    python -m bargain.futures --futures 131072 --scheduler ADDRESS   on a running one

A future is one point of the draw of `options`: every ranged row, the minds, and which reading is true. Chunk c is a
scrambled Sobol net of its own, seeded by (seed, c) alone, so that it can run anywhere; chunks are reduced in their
order, so that the result has the same bits whoever computed them, given the same numerical libraries and processor.
Arrays have the axes (future, reading, policy, outcome) of `options`; losses and values are life-equivalents.
"""
import argparse
import hashlib
import sys
import time
from collections import deque
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri
from scipy.stats import binom

from bargain import charts, evidence, options, results, sampling, wants
from bargain.wording import capital, listed

POLICIES, READINGS = options.POLICIES, options.READINGS
FORCE, PRESSURE, TALKS, ACCEPT = options.FORCE, options.PRESSURE, options.TALKS, options.ACCEPT
SEED = options.SEED
BATCHES = 16  # chunks are gathered into so many batches: their spread gives every standard error
BELIEF = options.EVEN
PRESET = "all_central"  # the stated values of the text; they are fixed wherever information is valued
STAKES = tuple(s / 10 for s in range(11))  # of the probe, beside the drawn ones
LEVELS = (0.5, 0.95, 0.99)
THRESHOLDS = np.concatenate([[0.0], np.geomspace(1e3, 1e6, 31)])  # of regret, life-equivalents
TALK_EDGES = np.array([0, .01, .02, .05, .1, .2, .3, .4, .5, .6, .7, .8, 1.0])  # bins of P(accommodate | talks)


# ---------------------------------------------------------------- one future, from its uniforms
def at(uniforms, register=None):
    """The futures at given points of the unit cube, (n, dimensions), as `options.draw` would make of them.

    Columns are those of `options.dimensions`. Raises ValueError when their number is another.
    """
    register = evidence.assumptions() if register is None else register
    rows = sampling.rows(register, options.CHAPTERS)
    names = sampling.ranged(rows)
    if uniforms.shape[1] != len(names) + 25:
        raise ValueError(f"futures have {len(names) + 25} dimensions, not {uniforms.shape[1]}")
    u = np.clip(uniforms, sampling.EDGE, 1 - sampling.EDGE)
    parameters = rows["central"].astype(float).to_dict()
    for column, row in enumerate(rows.loc[names].to_dict("records")):
        if row["distribution"] == "pert":
            value = sampling.pert_table(u[:, column], float(row["low"]), float(row["central"]), float(row["high"]))
        else:
            value = sampling.quantile(row, u[:, column])
        parameters[names[column]] = value
    rest = u[:, len(names):]
    return options.Draw(parameters, options.minds_of(parameters, rest, register), rest)


def own(array, draw, belief=BELIEF):
    """The part of an array (future, reading, …) under the reading that is true in each future."""
    k = options.true_reading(draw.uniforms[:, -1], belief)
    return array[np.arange(len(k)), k]


def price(outcomes, prices):
    """Losses from outcomes (…, 6) and prices (6,) or (future, 6), summed in one order on every machine."""
    return np.einsum("n...o,no->n...", outcomes, np.broadcast_to(prices, (len(outcomes), outcomes.shape[-1])))


def drawn_losses(draw, readings=READINGS):
    """Loss of every policy in each future's own true reading and at its own drawn values, (future, policy)."""
    outcomes = options.outcomes(draw.parameters, draw.minds, readings)
    return price(own(outcomes, draw), options.prices(draw.parameters))


# ---------------------------------------------------------------- the probe
def accepts(parameters, minds, stakes):
    """How each mind answers offers with a share `stakes` of a deal's goal changes, two arrays (stake, future, reading).

    P(accept) = logistic(logit(π0acc) + s λ w·[Δ(talks, accommodate) - Δ(talks, hold)]), λ = 0 for the irrational
    reading; a Kim who would refuse accepts for show with `probe_bluff`. stakes: a sequence of numbers or of arrays over
    futures. Returns (P, the part of P that is show).
    """
    delta = wants.changes(parameters)
    gain = np.einsum("nz,nkz->nk", *wants.pair(delta[:, TALKS, 0] - delta[:, TALKS, 1], minds))
    gain[:, READINGS.index("irrational")] = 0
    column = lambda x: np.reshape(np.asarray(x, float), (-1, 1))  # noqa: E731
    gain = gain * column(wants.value(parameters, "lam"))
    habit = logit(column(wants.value(parameters, "pi0_acc")))
    sincere = np.stack([expit(habit + column(s) * gain) for s in stakes])
    show = (1 - sincere) * column(wants.value(parameters, "probe_bluff"))
    return sincere + show, show


def after_probe(parameters):
    """Parameters once the probe has run: n0 + years γ γ_talks warheads, and what containment lost is not regained.

    γ_pressure ← 1 - (1 - probe_erode)(1 - γ_pressure) where it is below 1. Shares and elasticities of the arsenal refer
    to the new start.
    """
    p = lambda name: wants.value(parameters, name)  # noqa: E731
    grow = p("grow_pressure")
    return parameters | {"n0": p("n0") + p("probe_years") * p("grow") * p("grow_talks"),
                         "grow_pressure": np.where(grow < 1, 1 - (1 - p("probe_erode")) * (1 - grow), grow)}


def probe_deaths(parameters):
    """Expected deaths by war while the probe runs, (future,): its years at the hazard of (talks, hold)."""
    def p(name):
        return np.atleast_1d(wants.value(parameters, name))

    warheads = options.arsenal(p)[TALKS, options.HOLD]
    chance = options.war(lambda name: p("probe_years" if name == "horizon" else name), TALKS, options.HOLD, warheads)
    return chance * (p("d_conv") + p("p_nuc") * p("d_nuc") * (warheads / p("n0")) ** p("theta"))


# ---------------------------------------------------------------- a chunk, and a run of chunks
def warhead_prices(register=None):
    """The prices of a warhead at which information is valued: 41 from 0 to twice the top of its range, and the stated
    one."""
    register = evidence.assumptions() if register is None else register
    stated = options.preset(PRESET, register)["v_warhead"]
    return np.unique(np.append(np.linspace(0, 2 * float(register.at["v_warhead", "high"]), 41), stated))


def measures(losses):
    """Regret of every policy over futures, (policy, 1 + levels + 1 + thresholds).

    Mean, the quantiles LEVELS, the share of futures in which the policy is best (exact ties count for all), and the
    share with regret at or under each of THRESHOLDS and `regret_tau` (the last). Never the maximum.
    """
    regret = options.regret(losses)
    limits = np.append(THRESHOLDS, evidence.central("regret_tau"))
    under = np.stack([np.searchsorted(np.sort(r), limits, side="right") for r in regret.T]) / len(regret)
    return np.concatenate([regret.mean(axis=0)[:, None], np.quantile(regret, LEVELS, axis=0).T,
                           options.best_share(losses)[:, None], under], axis=1)


def summary(chunk, seed=SEED, size=None, register=None):
    """What one chunk contributes, {name: array}, all means over its futures (its size does not depend on theirs).

    means, later: outcomes (reading, policy, outcome), now and after a probe; accept, later_accept: the same times
    P(accept), by stakes (drawn, then STAKES); answer, show: mean P(accept) and its part for show (stakes, reading);
    toll: deaths, money and prize of a probe; effects, everything: mean losses with foresight, by price of a warhead;
    regret: `measures` at the drawn and at the stated values; talks, talks_best: futures by P(accommodate | talks).
    """
    register = evidence.assumptions() if register is None else register
    size = size or 2 ** int(register.at["chunk_log2", "central"])
    draw = options.draw(size, seed, chunk, register)
    parameters = draw.parameters
    answers = wants.respond(parameters, draw.minds)
    outcomes = options.expected(answers, options.cells(parameters))
    later = options.expected(answers, options.cells(after_probe(parameters)))
    values = options.preset(PRESET, register)

    accept, show = accepts(parameters, draw.minds, (parameters["probe_stakes"], *STAKES))
    out = {"means": outcomes.mean(axis=0), "later": later.mean(axis=0),
           "accept": np.stack([np.einsum("nk,nkgo->kgo", p, outcomes) for p in accept]) / size,
           "later_accept": np.stack([np.einsum("nk,nkgo->kgo", p, later) for p in accept]) / size,
           "answer": accept.mean(axis=1), "show": show.mean(axis=1),
           "toll": np.array([np.mean(probe_deaths(parameters)), np.mean(parameters["probe_cost"]),
                             np.mean(parameters["probe_prize"])])}

    rest = price(outcomes, options.prices(values | {"v_warhead": 0.0}))
    rest, arms = (np.ascontiguousarray(a.transpose(1, 2, 0)) for a in (rest, outcomes[..., 1]))  # minima run fast so
    both = [sum(b * a[k] for k, b in enumerate(BELIEF)) for a in (rest, arms)]
    grid = warhead_prices(register)
    out["effects"] = np.array([(both[0] + v * both[1]).min(axis=0).mean() for v in grid])
    out["everything"] = np.array([sum(b * (rest[k] + v * arms[k]).min(axis=0).mean() for k, b in enumerate(BELIEF))
                                  for v in grid])

    true = own(outcomes, draw)
    losses = price(true, options.prices(parameters))
    out["regret"] = np.stack([measures(losses), measures(price(true, options.prices(values)))])
    place = np.searchsorted(TALK_EDGES, own(answers, draw)[:, TALKS, options.ACC], side="right") - 1
    place = np.clip(place, 0, len(TALK_EDGES) - 2)
    best = losses == losses.min(axis=1, keepdims=True)
    out["talks"] = np.bincount(place, minlength=len(TALK_EDGES) - 1) / size
    out["talks_best"] = np.stack([np.bincount(place, best[:, g], len(TALK_EDGES) - 1)
                                  for g in range(len(POLICIES))], axis=1) / size
    return out


def _mix(array, belief):
    """Σ_k b_k array[:, k]: the readings are on the second axis; term by term, so that no sum is reordered."""
    return sum(b * array[:, k] for k, b in enumerate(belief))


class Run(NamedTuple):
    """Batches of chunks, {name: (batch, …)}: every quantity is their mean, its error their spread."""
    batches: dict
    futures: int

    def mean(self):
        """{name: array}, means over all futures."""
        return {name: value.mean(axis=0) for name, value in self.batches.items()}

    def fingerprint(self):
        """SHA-256 of every number: equal only for the same bits."""
        digest = hashlib.sha256()
        for name in sorted(self.batches):
            digest.update(name.encode() + np.ascontiguousarray(self.batches[name]).tobytes())
        return digest.hexdigest()


def in_order(chunks, seed, size, client=None):
    """The summaries of chunks 0, 1, …, in that order: computed here, or by the workers of a Dask client.

    Only a few chunks more than there are threads are asked for at a time, so that memory does not grow with `chunks`. A
    chunk lost with its worker is computed again elsewhere, to the same bits.
    """
    if client is None:
        for c in range(chunks):
            yield summary(c, seed, size)
        return
    ahead, asked = deque(), iter(range(chunks))
    while True:
        window = 2 + 2 * sum(client.nthreads().values())
        while len(ahead) < window and (c := next(asked, None)) is not None:
            ahead.append(client.submit(summary, c, seed, size, pure=False, retries=3))
        if not ahead:
            return
        yield ahead.popleft().result()


def run(futures=None, seed=SEED, client=None, report=None, size=None):
    """A run of `futures` (a power of 2; by default 2^n_log2) in chunks of 2^chunk_log2, as a Run.

    client: a Dask client, or None for this process. report(done, chunks) is called after every chunk. size: another
    size of chunk, a power of 2, which makes another draw. Raises ValueError when `futures` is no power of 2.
    """
    futures = futures or 2 ** int(evidence.central("n_log2"))
    if futures < 1 or futures & (futures - 1):
        raise ValueError(f"a balanced run has a power of 2 of futures, not {futures}")
    size = min(futures, size or 2 ** int(evidence.central("chunk_log2")))
    chunks = futures // size
    batches = min(BATCHES, chunks)
    total = [None] * batches
    for c, part in enumerate(in_order(chunks, seed, size, client)):
        b = c * batches // chunks
        total[b] = part if total[b] is None else {name: total[b][name] + value for name, value in part.items()}
        if report:
            report(c + 1, chunks)
    return Run({name: np.stack([t[name] for t in total]) * (batches / chunks) for name in total[0]}, futures)


def jackknife(function, run):
    """A function of the means of a run and its standard error, by leaving out one batch at a time: two arrays.

    For a plain mean this is the spread between batches over the square root of their number. One batch: nan.
    """
    whole = np.asarray(function(run.mean()))
    n = len(next(iter(run.batches.values())))
    if n == 1:
        return whole, np.full_like(whole, np.nan, dtype=float)
    less = np.stack([function({k: (v.sum(axis=0) - v[b]) / (n - 1) for k, v in run.batches.items()})
                     for b in range(n)])
    return whole, np.sqrt((n - 1) / n * ((less - less.mean(axis=0)) ** 2).sum(axis=0))


# ---------------------------------------------------------------- what knowing is worth
def information(means, values, belief=BELIEF, stakes=0, index=None):
    """Value of information from the means of a run, {name: life-equivalents}, at fixed values and a belief.

    means: as `summary`; stakes: an index of (drawn, *STAKES); index: that of values' v_warhead in `warhead_prices`, for
    `effects` and `everything` (left out when None). With v0 the least expected loss of one policy:

    reading     v0 - Σ_k b_k min_g ⟨L_kg⟩ (0 wherever one policy is best at every reading)
    effects     v0 - ⟨min_g Σ_k b_k L_kg⟩;  everything: v0 - ⟨Σ_k b_k min_g L_kg⟩
    probe       v0 - Σ_y min_g ⟨Σ_k b_k P(y | k) L_kg⟩: its answer and nothing else, never below 0
    delay       what the probe's time costs: the same choice a probe later, and the deaths meanwhile
    price       its money and the prize;  test_first: probe - delay - price, which can be below 0
    """
    worth, b = options.prices(values), np.asarray(belief)
    loss = lambda table: np.einsum("kgo,o->kg", table, worth)  # noqa: E731
    mixed = lambda table: b @ loss(table)  # noqa: E731
    v0 = mixed(means["means"]).min()
    told = mixed(means["accept"][stakes]).min() + mixed(means["means"] - means["accept"][stakes]).min()
    late = mixed(means["later_accept"][stakes]).min() + mixed(means["later"] - means["later_accept"][stakes]).min()
    deaths, money, prize = means["toll"]
    out = {"reading": v0 - b @ loss(means["means"]).min(axis=1), "probe": v0 - told,
           "delay": late - told + values["v_life"] * deaths, "price": values["v_bn"] * money + prize}
    out["test_first"] = out["probe"] - out["delay"] - out["price"]
    if index is not None:
        out |= {"effects": v0 - means["effects"][index], "everything": v0 - means["everything"][index]}
    return out


def information_frame(run, values=None, belief=BELIEF):
    """`information` over prices of a warhead (stakes drawn), and over stakes at the stated price: a tidy frame.

    Columns: kind, warhead (price), stakes (nan: as drawn), value, se.
    """
    values = options.preset(PRESET) if values is None else values
    grid, rows = warhead_prices(), []
    settings = [(float(v), np.nan, 0, i) for i, v in enumerate(grid)]
    settings += [(float(values["v_warhead"]), s, 1 + j, None) for j, s in enumerate(STAKES)]
    for warhead, stakes, slot, index in settings:
        at_price = values | {"v_warhead": warhead}
        names = list(information(run.mean(), at_price, belief, slot, index))
        found = jackknife(lambda m, a=(at_price, belief, slot, index): np.array(list(information(m, *a).values())), run)
        rows += [(name, warhead, stakes, v, e) for name, v, e in zip(names, *found, strict=True)]
    return pd.DataFrame(rows, columns=["kind", "warhead", "stakes", "value", "se"])


def best_frame(run, values=None, belief=BELIEF):
    """The best policy without more knowledge at each price of a warhead: columns warhead, policy."""
    values = options.preset(PRESET) if values is None else values
    means = run.mean()["means"]
    return pd.DataFrame([(v, POLICIES[int((np.asarray(belief) @ np.einsum(
        "kgo,o->kg", means, options.prices(values | {"v_warhead": float(v)}))).argmin())])
        for v in warhead_prices()], columns=["warhead", "policy"])


def row_information(draw, losses, belief=BELIEF, bins=16, seed=SEED, register=None):
    """Value of knowing one row perfectly, by conditional means in bins of equally many futures: a frame.

    losses: (future, reading, policy). Columns row, group, value, permuted. Binned estimates are biased upward:
    `permuted` is what the same bins give for the row's values in another order, where there is nothing to learn. Values
    are left out: they are not knowledge.
    """
    register = evidence.assumptions() if register is None else register
    mixed = _mix(losses, belief)
    v0, rng, rows = mixed.mean(axis=0).min(), np.random.default_rng(seed), []

    def worth(order):
        parts = mixed[order].reshape(bins, -1, mixed.shape[1]).mean(axis=1)
        return v0 - parts.min(axis=1).mean()

    for name in sampling.ranged(sampling.rows(register, options.CHAPTERS)):
        if register.at[name, "group"] in ("values", "test_first", "robustness", "reader_mind"):
            continue
        order = np.argsort(draw.parameters[name], kind="stable")
        rows.append((name, register.at[name, "group"], worth(order), worth(rng.permutation(order))))
    return pd.DataFrame(rows, columns=["row", "group", "value", "permuted"])


# ---------------------------------------------------------------- sensitivity
IDLE = ("test_first", "robustness", "reader_mind")  # groups that no output of the sensitivity analysis depends on


def groups(register=None, single=False):
    """Name of the group of every dimension of the draw, in order.

    Rows by their group of the table, the 24 dimensions of the minds with their concentrations as `minds`, the true
    reading as `reading`, rows that enter no output as `idle`. single: each row its own group, but for `minds`, `idle`.
    """
    register = evidence.assumptions() if register is None else register
    out = []
    for name in options.dimensions(register):
        if name == "true_reading":
            out.append("reading")
        elif name.startswith(("mind_", "conc_")):
            out.append("minds")
        elif register.at[name, "group"] in IDLE:
            out.append("idle")
        else:
            out.append(name if single else register.at[name, "group"])
    return out


def outputs(uniforms, register=None, size=8192):
    """Two outputs at points of the unit cube: talks less the best other (life-equivalents), and the best policy.

    Returns (lead, best): lead (n,) is L_talks - min of the others in the future's own true reading and values, below 0
    where talks are best; best (n,) the index of the best policy. Evaluated in pieces, so that memory stays small.
    """
    lead, best = [], []
    for start in range(0, len(uniforms), size):
        losses = drawn_losses(at(uniforms[start:start + size], register))
        lead.append(losses[:, TALKS] - np.delete(losses, TALKS, axis=1).min(axis=1))
        best.append(losses.argmin(axis=1))
    return np.concatenate(lead), np.concatenate(best)


def indices(names, n, seed, evaluate=outputs):
    """Sobol indices by groups of dimensions: first order (Saltelli and others 2010), total (Jansen 1999), by SALib.

    names: group of each dimension; n: base sample, a power of 2; evaluate(u) -> (lead, best). Returns a frame with
    columns group, output (`lead`, `talks best`), first, total, and changed: how often the best policy changes when only
    this group is drawn anew.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as saltelli
    problem = {"num_vars": len(names), "names": [f"x{i}" for i in range(len(names))], "groups": list(names),
               "bounds": [[0.0, 1.0]] * len(names)}
    lead, best = evaluate(saltelli.sample(problem, n, calc_second_order=False, scramble=True, seed=seed))
    order = list(dict.fromkeys(names))
    blocks = best.reshape(n, len(order) + 2)  # each base point: A, then A with one group from B, then B
    changed = (blocks[:, 1:-1] != blocks[:, :1]).mean(axis=0)
    rows = []
    for output, y in (("lead", lead), ("talks best", (best == TALKS).astype(float))):
        if y.std() == 0:
            raise ValueError(f"output {output!r} does not vary: no index can be computed")
        found = analysis.analyze(problem, y, calc_second_order=False, num_resamples=2, seed=1)
        rows += list(zip(order, [output] * len(order), found["S1"], found["ST"], changed, strict=True))
    return pd.DataFrame(rows, columns=["group", "output", "first", "total", "changed"])


# ---------------------------------------------------------------- scenario discovery
class Box(NamedTuple):
    """Limits (dimension,) of a box and its statistics on the sample it was judged on."""
    low: np.ndarray
    high: np.ndarray
    coverage: float
    density: float
    mass: float


def inside(box, x):
    """Which rows of x lie in the box, limits included."""
    return ((x >= box.low) & (x <= box.high)).all(axis=1)


def judged(box, x, y):
    """The box with coverage (share of all cases inside), density (share of cases among those inside), mass, on x, y."""
    within = inside(box, x)
    cases = float(y[within].sum())
    return box._replace(coverage=cases / max(float(y.sum()), 1.0), density=cases / max(int(within.sum()), 1),
                        mass=float(within.mean()))


def _midpoint(ordered, q):
    """Midpoint of the two order statistics about (n - 1) q, stepping over ties away from the middle of the sample."""
    place = (len(ordered) - 1) * q
    low, high = int(np.floor(place)), int(np.ceil(place))
    if ordered[low] == ordered[high]:
        tie = ordered[low]
        if q > 0.5:
            low = max(int(np.searchsorted(ordered, tie)) - 1, 0)
        else:
            high = min(int(np.searchsorted(ordered, tie, side="right")), len(ordered) - 1)
    return (ordered[low] + ordered[high]) / 2


def peel(x, y, alpha, smallest, most=None):
    """The peeling path of the patient rule induction method (Friedman and Fisher 1999), a list of boxes from the whole
    space on.

    x: (n, d); y: (n,) 0 or 1. Each step removes about the share alpha at one end of one dimension, that with the
    greatest gain in mean per share of mass removed; equal gains go to the box with more free dimensions, then to the
    first dimension, upper end before lower. Ends when no peel gains or the box would fall below the mass `smallest`.
    most: how many dimensions may be restricted at all, so that a box can be told; None: any number. Raises ValueError
    when there is no case, or nothing but cases.
    """
    y = np.asarray(y, float)
    if not 0 < y.sum() < len(y):
        raise ValueError("there must be cases and others to tell apart")
    whole = Box(x.min(axis=0), x.max(axis=0), 0.0, 0.0, 0.0)
    path, box = [judged(whole, x, y)], whole
    xs, ys = x, y
    while True:
        best = None
        for j in range(x.shape[1]):
            ordered = np.sort(xs[:, j])
            for end in ("high", "low"):
                cut = _midpoint(ordered, 1 - alpha if end == "high" else alpha)
                keep = xs[:, j] <= cut if end == "high" else xs[:, j] >= cut
                left = int(keep.sum())
                if left == len(ys) or left == 0:
                    continue
                limits = {end: np.where(np.arange(x.shape[1]) == j, cut, getattr(box, end))}
                new = box._replace(**limits)
                gain = (ys[keep].mean() - ys.mean()) / (len(ys) - left)
                free = int(((new.low == whole.low) & (new.high == whole.high)).sum())
                if most is not None and x.shape[1] - free > most:
                    continue
                if best is None or (gain, free) > best[:2]:
                    best = gain, free, new, keep
        if best is None or best[0] <= 0 or best[3].sum() / len(y) < smallest:
            return path
        box, (xs, ys) = best[2], (xs[best[3]], ys[best[3]])
        path.append(box._replace(coverage=ys.sum() / y.sum(), density=ys.mean(), mass=len(ys) / len(y)))


def quasi_p(box, whole, x, y):
    """For every limit of a box, {(dimension, end): p}: the chance of its density or more without it.

    The binomial chance of as many cases inside as there are, at the density of the box with this limit alone lifted
    (Bryant and Lempert 2010).
    """
    within = inside(box, x)
    hits, size, out = int(y[within].sum()), int(within.sum()), {}
    for end in ("low", "high"):
        for j in np.flatnonzero(getattr(box, end) != getattr(whole, end)):
            limit = getattr(box, end).copy()
            limit[j] = getattr(whole, end)[j]
            density = y[inside(box._replace(**{end: limit}), x)].mean()
            out[int(j), end] = float(binom.sf(hits - 1, size, density))
    return out


def without_failing(box, whole, x, y, most=0.05):
    """The box without the limits whose quasi-p is above `most`, the worst taken away first; and the p of the rest."""
    while True:
        p = quasi_p(box, whole, x, y)
        worst = max(p, key=p.get, default=None)
        if worst is None or p[worst] <= most:
            return judged(box, x, y), p
        j, end = worst
        limit = getattr(box, end).copy()
        limit[j] = getattr(whole, end)[j]
        box = box._replace(**{end: limit})


MOST = 4  # beliefs that a box may restrict: more, nobody can hold in mind
USABLE = 0.5  # density on a fresh seed below which a box is not worth its words


def choose(path, least=1.1 * USABLE):
    """The widest box of a path with a density of at least `least`; the densest when none has it."""
    dense = [b for b in path if b.density >= least]
    return max(dense, key=lambda b: b.coverage) if dense else max(path, key=lambda b: b.density)


BELIEF_NAMES = (
    "acc_talks", "acc_pressure", "acc_force", "war_force", "war_risk", "m_talks", "m_pressure", "m_force",
    "m_accept", "war_deaths", "grow", "grow_talks", "grow_pressure", "grow_accept", "gen_talks", "gen_pressure",
    "gen_accept", "x_pressure", "v_life", "v_warhead", "v_spread", "v_bn", "v_justice", "v_income")
BELIEFS = {  # the same in words that a reader can hold: (label, unit, factor)
    "acc_talks": ("Chance that he accommodates talks", "%", 100),
    "acc_pressure": ("Chance that he accommodates pressure", "%", 100),
    "acc_force": ("Chance that he accommodates force", "%", 100),
    "war_force": ("Chance that force brings war", "%", 100),
    "war_risk": ("Risk of war in ten years", "%", 100), "m_talks": ("War risk under talks", "×", 1),
    "m_pressure": ("War risk under pressure", "×", 1), "m_force": ("War risk after force", "×", 1),
    "m_accept": ("War risk under acceptance", "×", 1), "war_deaths": ("Deaths in a war now", "thousand", 1e-3),
    "grow": ("Warheads a year", "", 1), "grow_talks": ("Growth under talks", "×", 1),
    "grow_pressure": ("Growth under pressure", "×", 1), "grow_accept": ("Growth under acceptance", "×", 1),
    "gen_talks": ("Chance that a deal in talks is kept", "%", 100),
    "gen_pressure": ("Chance that a deal under pressure is kept", "%", 100),
    "gen_accept": ("Chance that a cap is kept", "%", 100),
    "x_pressure": ("Deaths a year from pressure", "thousand", 1e-3),
    "v_life": ("Worth of a life elsewhere", "", 1), "v_warhead": ("Price of a warhead", "lives", 1),
    "v_spread": ("Price of a spread event", "thousand lives", 1e-3),
    "v_bn": ("Price of a billion dollars", "lives", 1),
    "v_justice": ("Worth of full accountability", "thousand lives", 1e-3),
    "v_income": ("Price of 1% of a million incomes", "lives", 1e4),
}
VALUES = tuple(b for b in BELIEF_NAMES if b in options.RATES)


def beliefs(draw, answers=None):
    """The derived beliefs of each future, a frame with the columns BELIEF_NAMES; answers are those of his true mind.

    war_risk: the chance of a war within the horizon under the status quo, over his answers; war_deaths: d_conv + p_nuc
    d_nuc; the m_ and grow_ are multiples of the status quo.
    """
    p = draw.parameters
    answers = own(wants.respond(p, draw.minds) if answers is None else answers, draw)

    def column(name):
        return np.atleast_1d(wants.value(p, name))

    quo, warheads = options.STATUS_QUO, options.arsenal(column)
    risk = sum(answers[:, quo, r] * options.war(column, quo, r, warheads[quo, r]) for r in range(3))
    out = {"acc_talks": answers[:, TALKS, 0], "acc_pressure": answers[:, PRESSURE, 0],
           "acc_force": answers[:, FORCE, 0], "war_force": answers[:, FORCE, 2], "war_risk": risk,
           "war_deaths": p["d_conv"] + p["p_nuc"] * p["d_nuc"]}
    return pd.DataFrame({name: np.broadcast_to(out.get(name, p.get(name)), len(answers)) for name in BELIEF_NAMES})


TARGETS = ("talks regretted", "force best", "pressure best", "accept best")


def targets(losses):
    """Futures of each kind, a frame of booleans over TARGETS, from losses (future, policy); ties count as best."""
    best = losses == losses.min(axis=1, keepdims=True)
    bad = options.regret(losses)[:, TALKS] > evidence.central("regret_tau")
    return pd.DataFrame(dict(zip(TARGETS, (bad, best[:, FORCE], best[:, PRESSURE], best[:, ACCEPT]), strict=True)))


def discovery(target, chunks=4, seed=SEED):
    """The box of beliefs for one target, found on `chunks` chunks of a seed and judged on as many of the next seed.

    Returns a frame, a row a restricted belief: target, belief, low, high (limits; nan: open), floor, ceiling (the 1st
    and 99th per cent of the belief), p (the larger quasi-p of its limits); and on every row base (share of cases),
    coverage, density, mass (fresh), own_density (on the sample it was found on).
    """
    size = 2 ** int(evidence.central("chunk_log2"))

    def sample(seed):
        parts = [options.draw(size, seed, c) for c in range(chunks)]
        return (pd.concat([beliefs(d) for d in parts]).to_numpy(),
                pd.concat([targets(drawn_losses(d)) for d in parts])[target].to_numpy())

    x, y = sample(seed)
    path = peel(x, y, evidence.central("prim_alpha"), evidence.central("prim_mass"), MOST)
    box, p = without_failing(choose(path), path[0], x, y)
    fresh = judged(_open(box, path[0]), *sample(seed + 1))
    low, high = np.quantile(x, [.01, .99], axis=0)
    rows = []
    for j, name in enumerate(BELIEF_NAMES):
        ends = [e for e in ("low", "high") if (j, e) in p]
        if ends:
            limits = (getattr(box, e)[j] if e in ends else np.nan for e in ("low", "high"))
            rows.append((target, name, *limits, low[j], high[j], max(p[j, e] for e in ends)))
    frame = pd.DataFrame(rows or [(target, "none", *[np.nan] * 5)],
                         columns=["target", "belief", "low", "high", "floor", "ceiling", "p"])
    return frame.assign(base=y.mean(), coverage=fresh.coverage, density=fresh.density, mass=fresh.mass,
                        own_density=box.density)


def _open(box, whole):
    """The box with limits that were never cut moved to infinity, so that a fresh sample is not clipped by the old."""
    return box._replace(low=np.where(box.low == whole.low, -np.inf, box.low),
                        high=np.where(box.high == whole.high, np.inf, box.high))


# ---------------------------------------------------------------- other forms of the model
FORMS = ("base", "survival", "together", "shock", "collapse", "force", "pressure", "talks")
TOGETHER = ("war", "humanitarian", "arsenal", "spread", "cost", "justice", "income")
ACCEPTING = {"m_accept": "war", "grow_accept": "arsenal", "rho_accept": "arsenal", "gen_accept": "arsenal",
             "precedent_accept": "spread", "c_accept": "cost", "a_accept": "justice"}


def together(uniforms, register=None):
    """Uniforms in which all rows of one group share one coordinate: as far as positive dependence can go.

    The first dimension of each group of TOGETHER serves all its rows, those of acceptance with their like for the other
    policies (ACCEPTING), so that no policy is spared; goals, minds, responses and values keep theirs.
    """
    dims, out = options.dimensions(register), uniforms.copy()
    names = [ACCEPTING.get(d, name) for d, name in zip(dims, groups(register), strict=True)]
    for group in TOGETHER:
        columns = [i for i, name in enumerate(names) if name == group]
        out[:, columns] = uniforms[:, columns[:1]]
    return out


def collapsed(outcomes, parameters):
    """Outcomes (future, …, policy, outcome) with collapse as a hazard: chance × `s_collapse` more spread, at most 1.

    Chance 1 - (1 - h)^horizon with h = `h_collapse`, under pressure times `m_collapse_pressure`. What else collapse
    would bring is in nobody's table.
    """
    out = outcomes.copy()
    yearly = np.repeat(parameters["h_collapse"][:, None], len(POLICIES), axis=1)
    yearly[:, PRESSURE] *= parameters["m_collapse_pressure"]
    more = (1 - (1 - np.minimum(yearly, 1)) ** parameters["horizon"]) * parameters["s_collapse"][:, None]
    more = more.reshape(len(more), *[1] * (outcomes.ndim - 3), len(POLICIES))
    out[..., 2] = np.minimum(out[..., 2] + more, 1)
    return out


def form_losses(form, chunk, seed=SEED, register=None):
    """Losses (future, policy) of one chunk under one form of the model, in its own true reading and values."""
    register = evidence.assumptions() if register is None else register
    size = 2 ** int(register.at["chunk_log2", "central"])
    if form == "together":
        return drawn_losses(at(together(sampling.net(size, len(options.dimensions(register)), (seed, chunk)), register),
                               register))
    draw = options.draw(size, seed, chunk, register)
    if form == "survival":
        return drawn_losses(draw, tuple("survival" if r == "narrow" else r for r in READINGS))
    if form in options.CAMPS:
        draw = draw._replace(parameters=options.advocate(draw.parameters, form, 0.5, register))
    if form == "collapse":
        outcomes = collapsed(options.outcomes(draw.parameters, draw.minds), draw.parameters)
        return price(own(outcomes, draw), options.prices(draw.parameters))
    losses = drawn_losses(draw)
    if form == "shock":
        u = sampling.net(size, len(POLICIES), (seed, chunk, 1))
        losses = losses + draw.parameters["shock_sd"][:, None] * ndtri(u)
    return losses


# ---------------------------------------------------------------- stored results
def _seed(chunk):
    """Stored tables hold every number twice, from two seeds: chunk 0 is what is printed, chunk 1 says which digits."""
    return SEED + 10 * chunk


def dimensions_chunk(chunk):
    """The dimensions of the draw in order: dimension (from 0), name, group of the sensitivity analysis."""
    names = options.dimensions()
    return pd.DataFrame({"dimension": range(len(names)), "name": names, "group": groups()})


def regret_chunk(chunk):
    """Regret, robustness map and best policy by P(accommodate | talks) of one whole run, a frame.

    Columns: kind, values (drawn or stated), policy, x (threshold, or lower end of a bin), value, se."""
    done = run(seed=_seed(chunk))
    value, error = jackknife(lambda m: m["regret"], done)
    names = ["mean", *(f"q{100 * q:.0f}" for q in LEVELS), "best"]
    rows = []
    for v, values in enumerate(("drawn", "stated")):
        for g, policy in enumerate(POLICIES):
            cells = list(zip(value[v, g], error[v, g], strict=True))
            rows += [(kind, values, policy, np.nan, *c) for kind, c in zip(names, cells, strict=False)]
            limits = zip([*THRESHOLDS, evidence.central("regret_tau")], cells[len(names):], strict=True)
            rows += [("under", values, policy, limit, *c) for limit, c in limits]
    share, spread = jackknife(lambda m: m["talks_best"] / np.maximum(m["talks"], 1e-12)[:, None], done)
    for i, weight in enumerate(done.mean()["talks"]):
        rows += [("by_talks", "drawn", p, TALK_EDGES[i], share[i, g], spread[i, g]) for g, p in enumerate(POLICIES)]
        rows.append(("by_talks", "drawn", "all", TALK_EDGES[i], weight, np.nan))
    return pd.DataFrame(rows, columns=["kind", "values", "policy", "x", "value", "se"])


def information_chunk(chunk):
    """`information_frame` of one whole run, with the mean answers to the probe and the best policy by price."""
    done = run(seed=_seed(chunk))
    frame = information_frame(done).assign(name="")
    mean = done.mean()
    told = [(kind, np.nan, s, mean[kind][j, k], np.nan, reading) for kind in ("answer", "show")
            for j, s in enumerate((np.nan, *STAKES)) for k, reading in enumerate(READINGS)]
    best = [("best", v, np.nan, np.nan, np.nan, p) for v, p in best_frame(done).itertuples(index=False)]
    return pd.concat([frame, pd.DataFrame(told + best, columns=frame.columns)], ignore_index=True)


def rows_chunk(chunk):
    """`row_information` over four chunks of a seed, at the stated values."""
    size = 2 ** int(evidence.central("chunk_log2"))
    parts = [options.draw(size, _seed(chunk), c) for c in range(4)]
    worth = options.prices(options.preset(PRESET))
    losses = np.concatenate([price(options.outcomes(d.parameters, d.minds), worth) for d in parts])
    joint = parts[0]._replace(parameters={k: np.concatenate([d.parameters[k] for d in parts]) if np.ndim(v) else v
                                          for k, v in parts[0].parameters.items()})
    return row_information(joint, losses)


def groups_chunk(chunk):
    """One replicate of the grouped indices, from a Saltelli sample of 2^11 base points of its own."""
    return indices(groups(), 2**11, SEED + chunk)


def singles_chunk(chunk):
    """One replicate of the indices of single rows, from 2^9 base points of its own."""
    return indices(groups(single=True), 2**9, SEED + chunk)


def boxes_chunk(chunk):
    """`discovery` for one target, from one of two seeds: chunks 0-3 are the targets, 4-7 the same again."""
    return discovery(TARGETS[chunk % len(TARGETS)], seed=_seed(chunk // len(TARGETS)))


def forms_chunk(chunk):
    """Every form of the model on four chunks of a seed: form, policy, mean (regret), best, under (share at or under
    `regret_tau`), loss."""
    rows = []
    for form in FORMS:
        losses = np.concatenate([form_losses(form, c, _seed(chunk)) for c in range(4)])
        regret = options.regret(losses)
        under = (regret <= evidence.central("regret_tau")).mean(axis=0)
        rows += list(zip([form] * len(POLICIES), POLICIES, regret.mean(axis=0), options.best_share(losses), under,
                         losses.mean(axis=0), strict=True))
    return pd.DataFrame(rows, columns=["form", "policy", "mean", "best", "under", "loss"])


# ---------------------------------------------------------------- what the chapter shows, in the digits two seeds share
def stored(name):
    """A stored table of this chapter from the printed seed, with the second seed's number beside each: `again`."""
    table = results.load(f"futures_{name}")
    first, second = (table[table.chunk == c].drop(columns="chunk").reset_index(drop=True) for c in (0, 1))
    return first.assign(again=second["value" if "value" in second else "mean"])


def shared(a, b, words):
    """A number in words; where two seeds differ in the digits, both, the smaller first."""
    a, b = sorted((a, b))
    return words(a) if words(a) == words(b) else f"{words(a)}–{words(b)}"


def whole_thousands(x):
    return f"{round(x / 1000) + 0:,.0f}"


def thousand(a, b):
    """Life-equivalents in whole thousands, from two seeds; in words where both round to 0."""
    text = shared(a, b, whole_thousands)
    return "next to nothing" if text == "0" else f"{text} thousand"


def per_cent(a, b):
    """A share in whole per cents, from two seeds."""
    return shared(a, b, lambda x: f"{100 * x:.0f}") + "%"


def _word(policy):
    return wants.POLICY_WORDS[policy]


def _are(policy):
    return "are" if policy == "talks" else "is"


def by_policy(table, **where):
    """The rows of `stored("regret")` with the given kind, values and x, indexed by policy."""
    rows = table
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.set_index("policy")


def regret_finding(table):
    """Who is regretted least and most on average, and whether the stated values say the same."""
    mean = by_policy(table, kind="mean", values="drawn").sort_values("value")
    said = [f"{_word(p)} {thousand(r.value, r.again)}" for p, r in mean.iterrows()]
    stated = by_policy(table, kind="mean", values="stated").value.idxmin()
    least = mean.index[0]
    same = "so it is with the stated values" if stated == least else f"with the stated values it is {_word(stated)}"
    return (f"On average over all futures the least is regretted under {_word(least)}: in life-equivalents, "
            f"{listed(said)}; {same}")


def regret_heading(table):
    """Which policies are regretted least and most on average, as a heading."""
    mean = by_policy(table, kind="mean", values="drawn").value
    least = mean.idxmin()
    return f"On average {_word(least)} {_are(least)} regretted least and {_word(mean.idxmax())} most"


def error_text(table):
    """The largest standard error of a mean regret and of a share, in words."""
    mean = table[(table.kind == "mean")].se.max()
    share = table[table.kind.isin(["best", "under"])].se.max()
    return f"{mean:,.0f} life-equivalents for a mean regret and {100 * share:.1f} percentage points for a share"


def shifted_finding(table, policy="talks"):
    """The change of one policy's standing between the two sets of values: share at or under the marked threshold."""
    tau = evidence.central("regret_tau")
    two = [by_policy(table, kind="under", values=v, x=tau).loc[policy] for v in ("drawn", "stated")]
    drawn, stated = (per_cent(r.value, r.again) for r in two)
    return f"{drawn} with drawn values and {stated} with stated"


def best_finding(table):
    """How often the least regretted policy is best, and which comes next."""
    best = by_policy(table, kind="best", values="drawn").sort_values("value", ascending=False)
    (first, a), (second, b) = list(best.iterrows())[:2]
    return (f"{_word(first).capitalize()} {_are(first)} best in {per_cent(a.value, a.again)} of futures, "
            f"{_word(second)} in {per_cent(b.value, b.again)}")


def _leaders(under):
    """The policy with the greatest share at or under each threshold at which no curve has reached 99 per cent."""
    return under[under.value < .99].pivot_table(index="x", columns="policy", values="value").dropna().idxmax(axis=1)


def map_finding(table):
    """Shares of futures under the marked threshold, and up to which threshold the leader leads."""
    under = table[(table.kind == "under") & (table["values"] == "drawn")]
    tau = evidence.central("regret_tau")
    at_tau = by_policy(under, x=tau).sort_values("value", ascending=False)
    said = [f"{_word(p)} in {per_cent(r.value, r.again)}" for p, r in at_tau.iterrows()]
    first, lead = at_tau.index[0], _leaders(under)
    off = lead.index[lead != first]
    if not len(off):
        where = "and lead at every threshold shown" if first == "talks" else "and leads at every threshold shown"
    else:
        where = f"though not at every threshold: {_word(lead[off[0]])} leads at {whole_thousands(off[0])} thousand"
    return (f"Regret stays at or under {whole_thousands(tau)} thousand life-equivalents under {listed(said)} of "
            f"futures; {_word(first)} {'come' if first == 'talks' else 'comes'} first {where}")


def map_heading(table):
    """Whether one policy comes first at every threshold, as a heading."""
    under = table[(table.kind == "under") & (table["values"] == "drawn")]
    first = by_policy(under, x=evidence.central("regret_tau")).value.idxmax()
    if (_leaders(under) == first).all():
        return f"{capital(_word(first))} {'come' if first == 'talks' else 'comes'} first, however sorry is too sorry"
    return "Which policy comes first depends on how sorry is too sorry"


GROUP_LABELS = {"reading": "Which Kim is true", "war": "War: risk and deaths", "values": "Prices of outcomes",
                "minds": "Minds within a reading", "arsenal": "Arsenal", "goals": "What each answer does to his goals",
                "response": "How he answers", "accept": "What acceptance does", "income": "Income",
                "cost": "Money", "humanitarian": "Deaths under sanctions, and relief", "spread": "Spread",
                "justice": "Accountability"}

GROUP_WORDS = {"reading": "who he is", "war": "war", "values": "prices", "minds": "his mind", "arsenal": "the arsenal",
               "goals": "his goals", "response": "his answers", "accept": "acceptance", "income": "income",
               "cost": "money", "humanitarian": "deaths under sanctions", "spread": "spread",
               "justice": "accountability"}


def group_table():
    """Mean index of each group over replicates with its standard error: output, group, first, total, changed, and the
    half-width of a 95 per cent interval (two standard errors)."""
    table = results.load("futures_groups")
    table = table[table.group != "idle"]
    n = table.chunk.nunique()
    by = table.groupby(["output", "group"])[["first", "total", "changed"]]
    spread = 2 * by.std() / np.sqrt(n)
    return by.mean().join(spread.add_suffix("_error")).reset_index()


def groups_finding(table, output="talks best"):
    """The three groups with the greatest total index, and where the values stand."""
    own = table[table.output == output].sort_values("total", ascending=False).reset_index(drop=True)
    said = [f"{_lower(GROUP_LABELS[r.group])} ({r.total:.1f})" for r in own.head(3).itertuples()]
    rank = own.index[own.group == "values"][0] + 1
    what = "Whether talks are best" if output == "talks best" else "By how much talks lead"
    return (f"{what} turns most on {listed(said)}, by total index; the prices of outcomes, which no evidence can "
            f"settle, are {'among the three' if rank <= 3 else f'number {rank} of {len(own)}'}")


def groups_heading(table):
    """The three groups with the greatest total index for whether talks are best, as a heading."""
    own = table[table.output == "talks best"].sort_values("total", ascending=False)
    return f"Whether talks are best turns on {listed(GROUP_WORDS[g] for g in own.group.head(3))}"


def together_text(table, output="talks best"):
    """How much of the variance the groups explain alone, and how much only together."""
    alone = float(table[table.output == output]["first"].sum())
    return f"Alone, the groups explain {alone:.0%} of the variance; {1 - alone:.0%} is explained only together"


def changed_text(table):
    """How often the best policy changes when only one group is drawn anew: the three largest."""
    own = table[table.output == "talks best"].sort_values("changed", ascending=False).head(3)
    said = [f"{_lower(GROUP_LABELS[r.group])} changes the best policy in {r.changed:.0%} of futures" if not i else
            f"{_lower(GROUP_LABELS[r.group])} in {r.changed:.0%}" for i, r in enumerate(own.itertuples())]
    return listed(said)


def single_table(most=10):
    """The single rows with the greatest total index for "talks best": row, what it is, total, error."""
    table = results.load("futures_singles")
    own = table[(table.output == "talks best") & ~table.group.isin(["idle", "reading", "minds"])]
    by = own.groupby("group").total
    found = pd.DataFrame({"total": by.mean(), "error": 2 * by.std() / np.sqrt(own.chunk.nunique())})
    return found.sort_values("total", ascending=False).head(most).reset_index(names="row")


def singles_frame(table):
    """`single_table` to print."""
    meaning = evidence.assumptions().meaning
    return pd.DataFrame([{"Row": r.row, "What it is": meaning[r.row],
                          "Kind": "value" if r.row in options.RATES else "belief",
                          "Total index": f"{max(r.total - r.error, 0):.2f}–{r.total + r.error:.2f}"}
                         for r in table.itertuples()])


def limit_words(rows):
    """One restricted belief in words, with the limits that the searches found: "a chance that he … below 16–24%"."""
    label, unit, factor = BELIEFS[rows.belief.iloc[0]]
    out = []
    for end, word in (("low", "above"), ("high", "below")):
        found = rows[end].dropna() * factor
        if len(found):
            number = shared(found.iloc[0], found.iloc[-1], _two)
            out.append(f"{word} {number}{unit if unit in ('%', '×') else ' ' + unit if unit else ''}")
    article = "" if label.startswith(("War risk", "Growth", "Warheads", "Deaths")) else "a "
    return f"{article}{_lower(label)} {' and '.join(out)}"


def restrictions(table, target):
    """The beliefs that a box restricts in both searches, in words; those of one search alone come after."""
    own = table[table.target == target]
    both = [name for name in BELIEF_NAMES if own[own.belief == name].seed.nunique() == 2]
    once = [name for name in BELIEF_NAMES if own[own.belief == name].seed.nunique() == 1]
    text = "no belief that both searches met"
    if both:
        text = listed(limit_words(own[own.belief == name]) for name in both)
    if once:
        text += " (in one of two searches also " + listed(limit_words(own[own.belief == n]) for n in once) + ")"
    return text


def usable(table, target):
    """Whether the boxes of both searches restrict something and reach the density USABLE on fresh futures."""
    own = table[table.target == target]
    return (own.belief != "none").all() and own.density.min() >= USABLE


def _two(x):
    """Two digits that a reader can hold."""
    return f"{float(f'{x:.2g}'):,.10g}"


def box_table():
    """`discovery` of both seeds: column seed 0 (printed) or 1."""
    table = results.load("futures_boxes")
    return table.assign(seed=table.chunk // len(TARGETS)).drop(columns="chunk")


TARGET_WORDS = {"talks regretted": "Talks are regretted", "force best": "Force is best",
                "pressure best": "Pressure is best", "accept best": "Acceptance is best"}


def box_finding(table, target):
    """The box of a target in words, its coverage and density on fresh futures, or that there is no usable one."""
    here, there = (table[(table.target == target) & (table.seed == seed)].iloc[0] for seed in (0, 1))
    name = TARGET_WORDS[target]
    if not usable(table, target):
        return (f"{name} in {per_cent(here.base, there.base)} of futures, and no box of {MOST} beliefs or fewer holds "
                f"them together: no usable box")
    return (f"{name} in {per_cent(here.base, there.base)} of all futures, but in "
            f"{per_cent(here.density, there.density)} of those with {restrictions(table, target)}; the box holds "
            f"{per_cent(here.coverage, there.coverage)} of all such futures")


def boxes_heading(table):
    """How many beliefs hold together where talks are regretted, as a heading."""
    own = table[table.target == "talks regretted"]
    together = own.groupby("belief").seed.nunique().eq(2).sum() if usable(table, "talks regretted") else 0
    if not together:
        return "No few beliefs together mark where talks are regretted"
    return ("Talks are regretted where several beliefs hold together" if together > 1
            else "Talks are regretted where one belief holds")


def regretted_finding(table):
    """What one must believe together for talks to be regretted more often than not, as a sentence."""
    if not usable(table, "talks regretted"):
        return f"No {MOST} beliefs held together make talks a policy that is regretted more often than not"
    return (f"To regret talks more often than not, one must believe all of this at once: "
            f"{restrictions(table, 'talks regretted')}")


def priced_text(table):
    """Which usable boxes have prices of outcomes among their limits, as a sentence."""
    words = {"talks regretted": "when talks are regretted", "force best": "when force is best",
             "pressure best": "when pressure is best", "accept best": "when acceptance is best"}
    priced = [words[t] for t in TARGETS if usable(table, t) and table[table.target == t].belief.isin(VALUES).any()]
    if not priced:
        return "No usable box has a price of an outcome among its limits: the quarrel is about beliefs"
    return f"Prices of outcomes are among the limits {listed(priced)}: there the quarrel is not about North Korea"


def talks_finding(table):
    """From which chance of his accommodating talks they are best more often than all else together, and what leads
    below."""
    own = table[(table.kind == "by_talks") & (table.policy != "all")]
    wide = own.pivot_table(index="x", columns="policy", values="value").sort_index()
    ahead = wide.idxmax(axis=1) == "talks"
    if ahead.all():
        return "Talks are best most often however small the chance that he accommodates them"
    if not ahead.iloc[-1]:
        return "Talks are not best most often even if he is nearly sure to accommodate them"
    start = wide.index[np.flatnonzero(~ahead.to_numpy())[-1] + 1]
    below = wide[wide.index < start].mean().idxmax()
    return (f"Talks are best more often than any other policy once the chance that he accommodates them is above "
            f"{start:.0%}; below that {_word(below)} {'lead' if below == 'talks' else 'leads'}")


def talks_heading(table):
    """From which chance of his accommodating talks they lead, as a heading."""
    own = table[(table.kind == "by_talks") & (table.policy != "all")]
    ahead = own.pivot_table(index="x", columns="policy", values="value").sort_index().idxmax(axis=1) == "talks"
    if ahead.all():
        return "Talks lead, however unlikely he is to accommodate them"
    if not ahead.iloc[-1]:
        return "Talks do not lead, however likely he is to accommodate them"
    start = ahead.index[np.flatnonzero(~ahead.to_numpy())[-1] + 1]
    return f"Talks lead once the chance that he accommodates passes {start:.0%}"


# --- information
def worth(table, kind, warhead=None, stakes=None):
    """One value of information and the second seed's, at a price of a warhead (default: stated) and stakes (drawn)."""
    warhead = options.preset(PRESET)["v_warhead"] if warhead is None else warhead
    rows = table[(table.kind == kind) & (table.warhead == warhead)]
    rows = rows[rows.stakes.isna()] if stakes is None else rows[np.isclose(rows.stakes, stakes)]
    return float(rows.value.iloc[0]), float(rows.again.iloc[0])


def information_finding(table):
    """What knowing the effects, the reading, and the probe's answer is worth at the stated values, largest first."""
    names = {"effects": "what each policy does", "reading": "which Kim he is", "probe": "his answer to a probe"}
    found = {k: worth(table, k) for k in names}
    order = sorted(found, key=lambda k: -found[k][0])
    said = listed(f"{thousand(*found[k])} to know {names[k]}" for k in order)
    if max(found["effects"] + found["reading"]) < 500:
        return f"At the stated values it is worth, in life-equivalents, {said}: one policy is best almost regardless"
    more = "what policies do" if found["effects"][0] > found["reading"][0] else "who he is"
    less = "who he is" if more == "what policies do" else "what policies do"
    return f"At the stated values it is worth, in life-equivalents, {said}; {more} matters more than {less}"


def information_heading(table):
    """Whether the effects of policies or the reading is worth more to know at the stated values, as a heading."""
    effects, reading = worth(table, "effects"), worth(table, "reading")
    if max(effects + reading) < 500:
        return "At the stated values there is little worth knowing"
    if effects[0] > reading[0]:
        return "It is worth more to know what policies do than who he is"
    return "It is worth more to know who he is than what policies do"


def peak_finding(table, kind="reading"):
    """At which price of a warhead a kind of information is worth most, and where it is worth nothing."""
    rows = table[(table.kind == kind) & table.stakes.isna()].sort_values("warhead")
    top = rows.loc[rows.value.idxmax()]
    none = rows[np.maximum(rows.value, rows.again).abs() < 500].warhead
    text = (f"worth most, {thousand(top.value, top.again)}, where a warhead is priced at about {top.warhead:,.0f} "
            f"lives")
    above = none[none > top.warhead]
    return text + (f", and next to nothing from {above.min():,.0f} on" if len(above) else "")


def probe_finding(table):
    """Whether any stakes make a probe pay at the stated values, from which its answer is worth anything, and the
    break-even price."""
    rows = table[(table.kind == "probe") & table.stakes.notna()].sort_values("stakes")
    net = table[(table.kind == "test_first") & table.stakes.notna()]
    delay = table[(table.kind == "delay") & table.stakes.notna()].set_index("stakes")
    worthwhile = rows[np.minimum(rows.value, rows.again) >= 500]
    if worthwhile.empty:
        text = "At the stated values no answer to a probe is worth as much as five hundred lives"
    else:
        least = worthwhile.iloc[0]
        top = rows.iloc[-1]
        text = (f"At the stated values an answer is worth next to nothing below stakes of {least.stakes:.0%} of a "
                f"deal, and {thousand(top.value, top.again)} life-equivalents for a whole one")
    best = net.loc[net.value.idxmax()]
    if min(best.value, best.again) > 0:
        return text + f"; testing first pays, at best {thousand(best.value, best.again)} more than it costs"
    lost = delay.loc[best.stakes]
    return text + (f"; its delay costs {thousand(lost.value, lost.again)} even before its price, so that at the stated "
                   f"values testing first loses to choosing now, by {thousand(-best.value, -best.again)} at best")


def probe_heading(table):
    """Whether testing first pays at the stated values for any stakes, as a heading."""
    net = table[(table.kind == "test_first") & table.stakes.notna()]
    best = net.loc[net.value.idxmax()]
    return f"At the stated values testing first {'pays' if min(best.value, best.again) > 0 else 'does not pay'}"


def paying(table):
    """The prices of a warhead (stakes drawn) at which testing first pays before or after its price, in words."""
    rows = table[table.stakes.isna()].pivot_table(index="warhead", columns="kind", values="value")
    ahead = rows.index[rows.test_first > 0]
    free = rows.index[rows.probe > rows.delay]
    if len(ahead):
        return f"Testing first pays where a warhead is priced between {ahead.min():,.0f} and {ahead.max():,.0f} lives"
    if len(free):
        return (f"A probe at no price would pay where a warhead is priced between {free.min():,.0f} and "
                f"{free.max():,.0f} lives, but at its price it pays nowhere")
    return f"At no price of a warhead up to {rows.index.max():,.0f} lives does a probe pay, even one at no price"


def breakeven_text(table):
    """The price of a probe, money and prize together, at which testing first breaks even; stated values, drawn stakes.
    """
    (told, told2), (late, late2) = worth(table, "probe"), worth(table, "delay")
    first, second = told - late, told2 - late2
    if max(abs(first), abs(second)) < 500:
        return "It would break even only at no price at all"
    if max(first, second) < 0:
        return (f"The price at which it would break even is below zero, by {thousand(-first, -second)} "
                f"life-equivalents: something else would have to pay for it")
    return (f"It breaks even at a price, money and prize together, of {thousand(first, second)} life-equivalents; we "
            f"charge {thousand(*worth(table, 'price'))}")


def stakes_text(table):
    """What the chance of a deal-seeker's acceptance is at no stakes and at a whole deal's."""
    own = table[(table.kind == "answer") & (table.name == "dealer")]
    ends = [own[np.isclose(own.stakes, s)].iloc[0] for s in (STAKES[0], STAKES[-1])]
    none, whole = (per_cent(r.value, r.again) for r in ends)
    return f"the deal-seeker accepts an offer without stakes in {none} of cases, a whole deal's in {whole}"


def moral_text(table):
    """What follows from the probe's balance, worded by its sign at the best stakes."""
    net = table[(table.kind == "test_first") & table.stakes.notna()]
    best = net.loc[net.value.idxmax()]
    if max(best.value, best.again) < 0:
        return ("This is no case against talks. It says that an offer made only to learn teaches too little about him "
                "to pay for itself, and that who wants talks had better offer something")
    return "An offer made only to learn can pay for itself, if its stakes are high enough"


def agree_text(table):
    """Whether the charge for a probe turns its worth negative at the stated values with drawn stakes."""
    net, other = worth(table, "test_first")
    if max(net, other) < 0:
        return f"at the stated values it comes out {thousand(-net, -other)} life-equivalents short: here they are right"
    return f"it still comes out {thousand(net, other)} life-equivalents ahead at the stated values"


def show_finding(table):
    """How many of those who accept a probe of drawn stakes do it for show, by reading."""
    own = table[table.stakes.isna() & table.kind.isin(["answer", "show"])]
    wide = {k: own[own.kind == k].set_index("name") for k in ("answer", "show")}
    share = {k: [wide["show"][seed][k] / wide["answer"][seed][k] for seed in ("value", "again")] for k in READINGS}
    said = [f"{per_cent(*share[k])} if he is {options.IF_HE[k]}" for k in READINGS]
    return f"Of acceptances, {listed(said)} would be for show"


def rows_finding(table, most=3):
    """The rows worth most to know, against the noise of the same bins."""
    top = table.loc[(-table.value - table.again).sort_values().index].head(most)
    meaning = evidence.assumptions().meaning
    noise = table.permuted.max()
    real = top[np.minimum(top.value, top.again) > max(2 * noise, 500)]
    if real.empty:
        return "No single row is worth knowing at the stated values"
    said = [f"{ROW_LABELS.get(r.row, meaning[r.row].lower())} ({thousand(r.value, r.again)})"
            for r in real.itertuples()]
    return f"The single facts worth most to know are {listed(said)}"


ROW_LABELS = {"m_accept": "the risk of war under acceptance", "m_talks": "the risk of war under talks",
              "grow_accept": "growth of the arsenal under acceptance",
              "grow_talks": "growth of the arsenal under talks",
              "share_accept": "how much of a deal goes with acceptance", "h0": "the yearly risk of war",
              "psi": "how war risk moves with the arsenal", "lam": "how closely he reads what others do"}


def top_text(table):
    """The single row most worth knowing, as a sentence."""
    top = table.loc[(table.value + table.again).idxmax()]
    name = ROW_LABELS.get(top.row, evidence.assumptions().meaning[top.row].lower())
    return f"The single fact most worth knowing is {name}"


def order_frame(information, rows, most=6):
    """What is worth knowing, in order, at the stated values: name, value, again, kind (whole, row or noise)."""
    wholes = {"everything": "Everything", "effects": "All that policies do", "reading": "Which Kim he is",
              "probe": "His answer to a probe"}
    out = [(label, *worth(information, k), "whole") for k, label in wholes.items()]
    meaning = evidence.assumptions().meaning
    out += [(capital(ROW_LABELS.get(r.row, meaning[r.row])), r.value, r.again, "row")
            for r in rows.loc[(-rows.value - rows.again).sort_values().index].head(most).itertuples()]
    frame = pd.DataFrame(out, columns=["name", "value", "again", "kind"])
    frame = frame.loc[(-frame.value - frame.again).sort_values(kind="stable").index]
    noise = ("A row in another order, at most", rows.permuted.max(), rows.permuted.max(), "noise")
    return pd.concat([frame, pd.DataFrame([noise], columns=frame.columns)], ignore_index=True)


def _lower(text):
    return text[0].lower() + text[1:]


FORM_LABELS = {"base": "As drawn", "survival": "A survival-only Kim", "together": "Groups move together",
               "shock": "Shocks to policies", "collapse": "Collapse may come", "force": "Half-way to force’s",
               "pressure": "Half-way to pressure’s", "talks": "Half-way to talks’"}


def forms_finding(table):
    """Under which forms of the model the least regretted policy stays the same, and where it changes."""
    least = table.loc[table.groupby("form")["mean"].idxmin()].set_index("form")
    base = least.policy["base"]
    moved = [f for f in FORMS if least.policy[f] != base]
    stay = len(FORMS) - 1 - len(moved)
    words = {"survival": "a survival-only Kim in place of the narrow one", "together": "rows that move together",
             "shock": "a shock of its own to each policy", "collapse": "a hazard of collapse",
             "force": "half-way to force's effects", "pressure": "half-way to pressure's effects",
             "talks": "half-way to talks' effects"}
    if not moved:
        return f"The least is regretted under {_word(base)} in every one of {len(FORMS) - 1} other forms of the model"
    said = listed(f"{_word(least.policy[f])} with {words[f]}" for f in moved)
    return (f"In {stay} of {len(FORMS) - 1} other forms of the model the least is still regretted under {_word(base)}; "
            f"it is regretted under {said}")


def forms_count(table):
    """In how many other forms of the model the least regretted policy is another, as a clause."""
    least = table.loc[table.groupby("form")["mean"].idxmin()].set_index("form").policy
    moved = sum(least[f] != least["base"] for f in FORMS)
    if not moved:
        return f"the least regretted policy is the same in all {len(FORMS) - 1} other forms of the model we tried"
    return f"in {moved} of {len(FORMS) - 1} other forms of the model another policy is regretted least"


def forms_heading(table):
    """Whether other forms of the model leave the least regretted policy as it is, as a heading."""
    least = table.loc[table.groupby("form")["mean"].idxmin()].set_index("form").policy
    stay = (least.drop("base") == least["base"]).sum()
    how = "Every other form" if stay == len(least) - 1 else "No other form" if not stay else \
        "Most other forms" if 2 * stay > len(least) - 1 else "Few other forms"
    verb = "leaves" if how.endswith("form") else "leave"
    return f"{how} of the model {verb} {_word(least['base'])} least regretted"


def form_text(table, form):
    """The least regretted policy under one form of the model, and its lead over the next."""
    own = table[table.form == form].sort_values("mean")
    first, second = own.iloc[0], own.iloc[1]
    lead = thousand(second["mean"] - first["mean"], second.again - first.again)
    return f"{_word(first.policy)}, by {lead} life-equivalents over {_word(second.policy)}"


def forms_frame(table):
    """Mean regret by form and policy, thousand life-equivalents, to print; the least of each row in bold."""
    rows = []
    for form, label in FORM_LABELS.items():
        own = table[table.form == form].set_index("policy")
        row = {"Form of the model": label}
        for p in POLICIES:
            text = shared(own["mean"][p], own.again[p], whole_thousands)
            name = "Accept" if p == "accept" else charts.LABELS[p]
            row[name] = f"**{text}**" if own["mean"].idxmin() == p else text
        rows.append(row)
    return pd.DataFrame(rows)


# ---------------------------------------------------------------- drawings
def _heading(t, text):
    return alt.Title(text, color=t["ink"], anchor="start", frame="group", fontSize=13)


def draw_regret(t, narrow, table):
    """Mean regret as a bar, its 95th and 99th per cent as ticks, by policy; values drawn and stated."""
    d = table[table.kind.isin(["mean", "q95", "q99"])].assign(v=table.value / 1000, row=table.policy.map(charts.LABELS))
    names, width = [charts.LABELS[p] for p in POLICIES], 112
    x = dict(scale=alt.Scale(domain=[0, float(50 * np.ceil(d.v.max() / 50))], nice=False), title=None,
             axis=alt.Axis(tickCount=4, grid=True))
    color = alt.Color("policy:N", scale=alt.Scale(**charts.colours(POLICIES, t)))
    inner = charts.size(narrow, width) - 16 if narrow else (charts.size(False, width) - 30) / 2 - 10
    panels = []
    for i, (values, title) in enumerate((("drawn", "Values as drawn"), ("stated", "One stated set of values"))):
        own = d[d["values"] == values]
        axis = None if i and not narrow else alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width,
                                                      labelPadding=6)
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        wide = own.pivot_table(index=["policy", "row"], columns="kind", values="v").reset_index()
        bars = alt.Chart(wide).mark_bar(height=14).encode(x=alt.X("mean:Q", **x), y=y, color=color)
        line = alt.Chart(wide).mark_rule(strokeWidth=1.4).encode(x=alt.X("mean:Q", **x), x2="q99:Q", y=y, color=color)
        ends = [alt.Chart(wide).mark_tick(thickness=2, height=h, width=h, orient="vertical").encode(
            x=alt.X(f"{q}:Q", **x), y=y, color=color) for q, h in (("q95", 14), ("q99", 8))]
        key = wide[wide.policy == POLICIES[0]]
        words = [charts.label(key, t, alt.value(text), "ink3", "center", dy=-13, size=11, x=alt.X(f"{q}:Q", **x), y=y)
                 for q, text in (("q95", "95%"), ("q99", "99%"))]
        panels.append(alt.layer(line, bars, *ends, *words).properties(width=inner, height=34 * len(names),
                                                                      title=_heading(t, title)))
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=30)


def draw_map(t, narrow, table):
    """Share of futures with regret at or under a threshold, a line a policy."""
    tau = evidence.central("regret_tau") / 1000
    own = table[(table.kind == "under") & (table["values"] == "drawn") & (table.x > 0)]
    d = own.assign(k=own.x / 1000, share=100 * own.value, text=own.policy.map(charts.LABELS))
    x = alt.X("k:Q", scale=alt.Scale(type="log", domain=[1, 1000], nice=False), title="Thousand life-equivalents",
              axis=alt.Axis(values=[1, 10, 100, 1000], format="d"))
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 100]), title="% of futures with regret at or under the threshold")
    color = alt.Color("policy:N", scale=alt.Scale(**charts.colours(POLICIES, t)))
    dash = alt.StrokeDash("policy:N", scale=alt.Scale(domain=list(POLICIES), range=[charts.DASH[p] for p in POLICIES]))
    lines = alt.Chart(d).mark_line().encode(x, y, color=color, strokeDash=dash)
    mark = alt.Chart(pd.DataFrame({"k": [tau]})).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=x)
    word = charts.label(pd.DataFrame({"k": [tau], "share": [4]}), t, alt.value(f"{tau:,.0f} thousand"), "accent", dx=6,
                        x=x, y=y)
    # a name stands where its line has room
    layers = [mark, lines, word]
    spot = {"talks": (1.15, -14, "left") if narrow else (2.2, -12, "left"),
            "accept": (1.15, -14 if narrow else -10, "left"), "status_quo": (17, -2, "right"),
            "force": (1.15, -9, "left"), "pressure": (1.15, -9, "left")}
    for p, (at, dy, align) in spot.items():
        line = d[d.policy == p].sort_values("k")
        point = pd.DataFrame({"k": [at], "share": [float(np.interp(np.log(at), np.log(line.k), line.share))]})
        name = {"accept": "Accept"}.get(p, charts.LABELS[p])
        layers.append(charts.label(point, t, alt.value(name), p, align, 600, dx=-8 if align == "right" else 0, dy=dy,
                                   x=x, y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 34), height=300)


def draw_groups(t, narrow, table):
    """Total and first-order indices by group for both outputs; the prices of outcomes in their own colour."""
    order = list(table[table.output == "talks best"].sort_values("total", ascending=False).group)
    d = table.assign(row=table.group.map(GROUP_LABELS), low=(table.total - table.total_error).clip(lower=0),
                     high=table.total + table.total_error, token=np.where(table.group == "values", "accent", "data"))
    names, width = [GROUP_LABELS[g] for g in order], 208
    x = dict(scale=alt.Scale(domain=[0, float(np.ceil(10 * d.high.max()) / 10)], nice=False), title=None,
             axis=alt.Axis(tickCount=4, grid=True))
    color = alt.Color("token:N", scale=alt.Scale(domain=["data", "accent"], range=[t["data"], t["accent"]]))
    inner = charts.size(True, 26) - 12 if narrow else (charts.size(False, width) - 24) / 2 - 8
    panels = []
    for i, (output, title) in enumerate((("talks best", "Whether talks are best"), ("lead", "By how much they lead"))):
        own = d[d.output == output]
        axis = None if narrow or i else alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width,
                                                 labelPadding=10)  # clear of a ring at 0
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        drop = 7 if narrow else 0
        base = alt.Chart(own)
        layers = [base.mark_bar(height=10, yOffset=drop).encode(x=alt.X("total:Q", **x), y=y, color=color),
                  base.mark_rule(strokeWidth=1.4, color=t["ink"], yOffset=drop).encode(
                      x=alt.X("low:Q", **x), x2="high:Q", y=y),
                  alt.Chart(own.assign(shown=own["first"].clip(lower=0))).mark_point(
                      shape="circle", size=30, color=t["paper"], stroke=t["ink"], strokeWidth=1.2,
                      yOffset=drop).encode(x=alt.X("shown:Q", **x), y=y)]
        if narrow:
            layers.append(charts.label(own.assign(zero=0), t, "row:N", "ink", dy=-6, x=alt.X("zero:Q", **x), y=y))
        panels.append(alt.layer(*layers).properties(width=inner, height=(30 if narrow else 25) * len(names),
                                                    title=_heading(t, title)))
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=24)


def draw_boxes(t, narrow, table):
    """The boxes as ranges on derived beliefs: the span of each belief, the part that the box keeps, limits in figures.

    One panel a target with a usable box.
    """
    panels, width = [], 208
    for target in TARGETS:
        own = table[(table.target == target) & (table.seed == 0)]
        twice = set(table[(table.target == target) & (table.seed == 1)].belief)
        if not usable(table, target):
            continue
        rows = []
        for r in own.itertuples():
            label, unit, factor = BELIEFS[r.belief]
            label += "" if r.belief in twice else " *"
            span = r.ceiling - r.floor
            a = 0.0 if np.isnan(r.low) else np.clip((r.low - r.floor) / span, 0, 1)
            b = 1.0 if np.isnan(r.high) else np.clip((r.high - r.floor) / span, 0, 1)
            suffix = unit if unit in ("%", "×") else f" {unit}" if unit else ""
            mark = " – ".join(_two(v * factor) for v in (r.low, r.high) if not np.isnan(v)) + suffix
            rows.append((label, a, b, _two(r.floor * factor), _two(r.ceiling * factor), mark,
                         a if np.isnan(r.high) else b, "accent" if r.belief in VALUES else "data"))
        d = pd.DataFrame(rows, columns=["row", "a", "b", "floor", "ceiling", "mark", "at", "token"])
        d = d.assign(zero=0.0, one=1.0)
        x = dict(scale=alt.Scale(domain=[0, 1], nice=False), title=None, axis=None)
        y = alt.Y("row:N", sort=list(d.row), title=None, axis=None if narrow else alt.Axis(
            labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=44))
        color = alt.Color("token:N", scale=alt.Scale(domain=["data", "accent"], range=[t["data"], t["accent"]]))
        drop = 8 if narrow else 0
        base = alt.Chart(d)
        layers = [base.mark_rule(strokeWidth=2, color=t["rule"], yOffset=drop).encode(
                      x=alt.X("zero:Q", **x), x2="one:Q", y=y),
                  base.mark_bar(height=9, opacity=.75, yOffset=drop).encode(
                      x=alt.X("a:Q", **x), x2="b:Q", y=y, color=color),
                  base.mark_tick(thickness=2, height=15, width=15, orient="vertical", yOffset=drop).encode(
                      x=alt.X("at:Q", **x), y=y, color=color),
                  charts.label(d, t, "floor:N", "ink3", "right", dx=-6, dy=drop, size=11, x=alt.X("zero:Q", **x), y=y),
                  charts.label(d, t, "ceiling:N", "ink3", "left", dx=6, dy=drop, size=11, x=alt.X("one:Q", **x), y=y),
                  charts.label(d, t, "mark:N", "ink", "center", 600, dy=drop - 13, size=11, x=alt.X("at:Q", **x), y=y)]
        if narrow:
            layers.append(charts.label(d, t, "row:N", "ink", dx=-34, dy=-20, x=alt.X("zero:Q", **x), y=y))
        title = alt.Title(TARGET_WORDS[target], color=t["ink"], anchor="start", frame="group", fontSize=13,
                          subtitle=f"density {own.iloc[0].density:.0%}, coverage {own.iloc[0].coverage:.0%}, "
                                   f"of all futures {own.iloc[0].mass:.0%}", subtitleColor=t["ink2"],
                          dx=-34 if narrow else 0)
        inner = charts.size(narrow, 40 if narrow else width + 44) - 44
        panels.append(alt.layer(*layers).properties(width=inner, height=(56 if narrow else 36) * len(d), title=title))
    if not panels:
        empty = pd.DataFrame({"text": ["No usable box for any of the four"]})
        return alt.Chart(empty).mark_text(color=t["ink2"]).encode(text="text:N").properties(
            width=charts.size(narrow, 26), height=60)
    return alt.vconcat(*panels, spacing=20)


def draw_talks(t, narrow, table):
    """Which policy is best, by the chance that he accommodates talks: a line a policy through the bins."""
    own = table[(table.kind == "by_talks") & (table.policy != "all")].copy()
    middle = dict(zip(TALK_EDGES[:-1], (TALK_EDGES[:-1] + TALK_EDGES[1:]) / 2, strict=True))
    near = np.abs(np.subtract.outer(own.x.to_numpy(), TALK_EDGES[:-1])).argmin(axis=1)
    own["chance"] = [100 * middle[TALK_EDGES[i]] for i in near]
    own["share"] = 100 * own.value
    x = alt.X("chance:Q", scale=alt.Scale(domain=[0, 100], nice=False), title="Chance that he accommodates talks, %",
              axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]))
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 100]), title="% of such futures in which a policy is best")
    color = alt.Color("policy:N", scale=alt.Scale(**charts.colours(POLICIES, t)))
    dash = alt.StrokeDash("policy:N", scale=alt.Scale(domain=list(POLICIES), range=[charts.DASH[p] for p in POLICIES]))
    lines = alt.Chart(own).mark_line().encode(x, y, color=color, strokeDash=dash)
    layers = [lines]
    spot = {"talks": (55, -12, "center"), "accept": (3, -13, "left"), "force": (60, -10, "center"),
            "status_quo": (22.5, -9, "left") if narrow else (24, -18, "left"), "pressure": (1, -9, "left")}
    for p, (at, dy, align) in spot.items():
        line = own[own.policy == p].sort_values("chance")
        point = pd.DataFrame({"chance": [at], "share": [float(np.interp(at, line.chance, line.share))]})
        name = {"accept": "Accept"}.get(p, charts.LABELS[p])
        layers.append(charts.label(point, t, alt.value(name), p, align, 600, dy=dy, x=x, y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 34), height=280)


def _worths(table, kinds):
    own = table[table.kind.isin(kinds) & table.stakes.isna() & table.warhead.notna()]
    return own.assign(v=own.value / 1000, low=(own.value - 2 * own.se) / 1000, high=(own.value + 2 * own.se) / 1000)


def draw_information(t, narrow, table):
    """What everything, the effects, the reading and the probe's answer are worth, against the price of a warhead."""
    styles = {"everything": ("ink", [1, 0], "Everything"), "effects": ("data", [6, 3], "Effects"),
              "reading": ("dealer", [1.5, 3], "Which Kim"), "probe": ("test_first", [3, 2], "A probe’s answer")}
    d = _worths(table, list(styles))
    stated = options.preset(PRESET)["v_warhead"]
    x = alt.X("warhead:Q", scale=alt.Scale(domain=[0, float(d.warhead.max())], nice=False),
              title="Price of a warhead, lives", axis=alt.Axis(format=",d", tickCount=5))
    top = float(10 * np.ceil(d.v.max() / 10))
    y = alt.Y("v:Q", title="Thousand life-equivalents", scale=alt.Scale(domain=[0, top]))
    mark = alt.Chart(pd.DataFrame({"warhead": [stated]})).mark_rule(color=t["accent"], strokeDash=[2, 3]).encode(x=x)
    word = charts.label(pd.DataFrame({"warhead": [stated], "v": [top]}), t, alt.value("stated"), "accent", dx=6, dy=6,
                        x=x, y=y)
    spot = {"everything": (.25, 1, "left", 8), "effects": (.99, .125, "right", 0), "reading": (.32, .125, "left", 0),
            "probe": (.55, .045, "center", 0)}  # shares of the axes: where each line has room
    layers, wide = [mark, word], float(d.warhead.max())
    for kind, (token, dash, name) in styles.items():
        own = d[d.kind == kind].sort_values("warhead")
        layers.append(alt.Chart(own).mark_line(color=t[token], strokeDash=dash).encode(x, y))
        at, up, align, dx = spot[kind]
        high = own.v.max() if kind == "everything" else up * top
        point = pd.DataFrame({"warhead": [at * wide], "v": [high]})
        layers.append(charts.label(point, t, alt.value(name), token, align, 600, dx=dx, x=x, y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 34), height=290)


def draw_order(t, narrow, frame):
    """What is worth knowing, in order: bars, single rows pale, the probe in its own colour."""
    few = np.where(frame.value > 50, "under 1", "0")  # thousand
    text = [shared(a, b, whole_thousands) for a, b in zip(frame.value, frame.again, strict=True)]
    d = frame.assign(v=frame.value.clip(lower=0) / 1000, text=np.where(np.array(text) == "0", few, text))
    d["token"] = np.select([d.name.str.contains("probe"), d.kind == "whole"], ["test_first", "ink2"], "data")
    names, width = list(d.name), 268
    top = float(d.v.max()) * 1.12
    x = dict(scale=alt.Scale(domain=[0, top], nice=False), title="Thousand life-equivalents",
             axis=alt.Axis(tickCount=4, grid=True))
    y = alt.Y("name:N", sort=names, title=None, axis=None if narrow else alt.Axis(
        labelLimit=width + 10, minExtent=width, maxExtent=width, labelPadding=6))
    tokens = ["test_first", "ink2", "data"]
    color = alt.Color("token:N", scale=alt.Scale(**charts.colours(tokens, t)))
    drop = 7 if narrow else 0
    bars = alt.Chart(d).mark_bar(height=11, yOffset=drop).encode(x=alt.X("v:Q", **x), y=y, color=color)
    layers = [bars, charts.label(d, t, "text:N", "ink2", dx=6, dy=drop, x=alt.X("v:Q", **x), y=y)]
    if narrow:
        layers.append(charts.label(d.assign(zero=0), t, "name:N", "ink", dy=-6, x=alt.X("zero:Q", **x), y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 26 if narrow else width) - 12,
                                         height=(32 if narrow else 25) * len(d))


def draw_test(t, narrow, table):
    """Net value of testing first over stakes at the stated values, and its parts: the answer, the delay, the price."""
    styles = {"probe": ("test_first", [3, 2], "The answer is worth"), "delay": ("data", [6, 3], "The delay costs"),
              "price": ("accent", [1.5, 3], "Money and prize cost"),
              "test_first": ("ink", [1, 0], "Testing first, net")}
    own = table[table.kind.isin(list(styles)) & table.stakes.notna()]
    d = own.assign(v=np.where(own.kind.isin(["delay", "price"]), -own.value, own.value) / 1000, s=100 * own.stakes)
    x = alt.X("s:Q", scale=alt.Scale(domain=[0, 100], nice=False), title="Stakes of the offer, % of a whole deal",
              axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]))
    low, high = min(0.0, d.v.min()), max(0.0, d.v.max())
    y = alt.Y("v:Q", title="Thousand life-equivalents, gains above 0", scale=alt.Scale(
        domain=[float(np.floor(low / 2) * 2 - 1), float(np.ceil(high / 2) * 2 + 1)], nice=False))
    zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(y=y)
    layers = [zero]
    for kind, (token, dash, name) in styles.items():
        line = d[d.kind == kind].sort_values("s")
        layers.append(alt.Chart(line).mark_line(color=t[token], strokeDash=dash).encode(x, y))
        point = pd.DataFrame({"s": [2.0], "v": [float(line.v.iloc[0])]})
        layers.append(charts.label(point, t, alt.value(name), token, "left", 600, dy=-10, x=x, y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 34), height=260)


# ---------------------------------------------------------------- the command
def _cluster(arguments):
    """A Dask client for --scheduler or --workers, or None. Says what is missing when `distributed` is."""
    if not (arguments.scheduler or arguments.workers):
        return None
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SystemExit("a cluster needs the package `distributed`: pip install 'kim-bargain[cluster]'") from None
    if arguments.scheduler:
        return Client(arguments.scheduler, timeout=30)
    return Client(LocalCluster(n_workers=arguments.workers, threads_per_worker=1, dashboard_address=None))


def main(arguments=None):
    """The command line: runs the futures, shows progress, prints regret by policy and the run's fingerprint."""
    parser = argparse.ArgumentParser(prog="python -m bargain.futures", description=__doc__.split("\n")[0])
    parser.add_argument("--futures", type=int, metavar="N", help="how many, a power of 2 (default 2^n_log2)")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help=f"seed of the draw (default {SEED})")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--scheduler", metavar="ADDRESS", help="address of a running Dask scheduler")
    where.add_argument("--workers", type=int, metavar="K", help="start a local Dask cluster of K processes")
    args = parser.parse_args(arguments)
    if args.futures is not None and (args.futures < 1 or args.futures & (args.futures - 1)):
        parser.error(f"--futures must be a power of 2, not {args.futures}")
    if args.workers is not None and args.workers < 1:
        parser.error(f"--workers must be at least 1, not {args.workers}")
    try:
        client = _cluster(args)
    except OSError as error:
        print(f"no scheduler answers at {args.scheduler}: {error}", file=sys.stderr)
        return 1
    started = time.monotonic()

    def report(done, chunks):
        print(f"futures: chunk {done}/{chunks} ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)

    done = run(args.futures, args.seed, client, report)
    if client is not None:
        cluster = client.cluster if args.workers else None
        client.close()
        if cluster is not None:
            cluster.close()
    value, error = jackknife(lambda m: m["regret"], done)
    print(f"{done.futures} futures, seed {args.seed}; regret in life-equivalents, values as drawn")
    for g, policy in enumerate(POLICIES):
        mean, _, q95, q99, best = value[0, g, :5]
        print(f"  {policy:<12} mean {mean:>10,.0f} (± {error[0, g, 0]:,.0f})  95% {q95:>10,.0f}  99% {q99:>10,.0f}  "
              f"best in {best:.1%}")
    print(f"sha256 {done.fingerprint()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
