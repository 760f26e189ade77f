"""A sampled future from its uniforms, the probe, and the run over chunks of futures."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from bargain import checks, evidence, kims, options, results, sampling, terms
from bargain.prose import capital, shared, whole_thousands
from bargain.readings import EVEN
from bargain.terms import ACC, HOLD, OUTCOMES, POLICIES, READINGS, TALKS

ARSENAL, SPREAD = OUTCOMES.index("arsenal"), OUTCOMES.index("spread")
SEED = options.SEED
BATCHES = 16  # chunks are gathered into so many batches: their spread gives every standard error
BELIEF = EVEN
PRESET = "all_central"  # the stated values of the text; they are fixed wherever information is valued
STAKES = tuple(s / 10 for s in range(11))  # of the probe, beside the drawn ones
LEVELS = (0.5, 0.95, 0.99)
THRESHOLDS = np.concatenate([[0.0], np.geomspace(1e3, 1e6, 31)])  # of regret, life-equivalents
TALK_EDGES = np.array(
    [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0]
)  # bins of P(accommodate | talks)


# ---------------------------------------------------------------- one future, from its uniforms
def at(uniforms: np.ndarray, register: pd.DataFrame | None = None) -> options.Draw:
    """The futures at given points of the unit cube, (n, dimensions), as `options.draw` would make of them.

    Columns are those of `options.dimensions`. Raises ValueError when their number is another.
    """
    checks.shares(uniforms=uniforms)
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
    rest = u[:, len(names) :]
    return options.Draw(parameters, options.minds_of(parameters, rest, register), rest)


def own(array: np.ndarray, draw: options.Draw, belief: Sequence[float] = BELIEF) -> np.ndarray:
    """The part of an array (future, reading, …) under the reading that is true in each future."""
    checks.finite(array=array)
    checks.weights(belief=belief)
    k = options.true_reading(draw.uniforms[:, -1], belief)
    return array[np.arange(len(k)), k]


def price(outcomes: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """Losses from outcomes (…, 6) and prices (6,) or (future, 6), summed in one order on every machine."""
    checks.finite(outcomes=outcomes, prices=prices)
    return np.einsum("n...o,no->n...", outcomes, np.broadcast_to(prices, (len(outcomes), outcomes.shape[-1])))


def drawn_losses(draw: options.Draw, readings: Sequence[str] = READINGS) -> np.ndarray:
    """Loss of every policy in each future's own true reading and at its own drawn values, (future, policy)."""
    outcomes = options.outcomes(draw.parameters, draw.minds, readings)
    return price(own(outcomes, draw), options.prices(draw.parameters))


def belief_table(draw: options.Draw, beliefs: dict[str, np.ndarray]) -> pd.DataFrame:
    """Mean regret of each policy where the true reading follows a belief: thousand life-equivalents, a frame to print.

    beliefs: {name: (3,)}; values as drawn.
    """
    checks.weights(beliefs=beliefs)
    outcomes, prices = options.outcomes(draw.parameters, draw.minds), options.prices(draw.parameters)
    rows = []
    for name, belief in beliefs.items():
        mean = options.regret(price(own(outcomes, draw, list(belief)), prices)).mean(axis=0)
        own_best = int(mean.argmin())
        cells = [whole_thousands(v) for v in mean]
        cells[own_best] = f"**{cells[own_best]}**"
        rows.append({"Belief": name} | {terms.LABELS[p]: c for p, c in zip(POLICIES, cells, strict=True)})
    return pd.DataFrame(rows)


# ---------------------------------------------------------------- the probe
def accepts(
    parameters: dict[str, Any], minds: np.ndarray, stakes: Iterable[ArrayLike]
) -> tuple[np.ndarray, np.ndarray]:
    """How each mind answers offers with a share `stakes` of a deal's goal changes, two arrays (stake, future, reading).

    P(accept) = logistic(logit(π0acc) + s λ w·[Δ(talks, accommodate) - Δ(talks, hold)]), Δ as felt (`kims.felt`), λ = 0
    for the irrational reading; a Kim who would refuse accepts for show with `probe_bluff`. stakes: a sequence of
    numbers or of arrays over futures. Returns (P, the part of P that is show).
    """
    checks.weights(minds=minds)
    checks.finite(stakes=stakes)
    delta, gains = kims.changes(parameters), []
    for k, reading in enumerate(READINGS):
        felt = kims.felt(parameters, delta, reading)[:, TALKS]
        gains.append(np.einsum("nz,nz->n", *kims.pair(felt[:, 0] - felt[:, 1], minds[:, k])))
    gain = np.stack(np.broadcast_arrays(*gains), axis=-1)
    gain[:, READINGS.index("irrational")] = 0
    column = lambda x: np.reshape(np.asarray(x, float), (-1, 1))  # noqa: E731
    gain = gain * column(sampling.value(parameters, "lam"))
    habit = logit(column(sampling.value(parameters, "pi0_acc")))
    sincere = np.stack([expit(habit + column(s) * gain) for s in stakes])
    show = (1 - sincere) * column(sampling.value(parameters, "probe_bluff"))
    return sincere + show, show


INCOMES = ("i_sq", "i_deal", "i_pacc", "i_pressure")  # changes that last: priced over the whole horizon


def after_probe(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the years that are left once the probe has run, to the end date of choosing now.

    n0 + years γ γ_talks warheads, of which shares are counted; what containment lost is not regained, γ_pressure ← 1 -
    (1 - probe_erode)(1 - γ_pressure) where it is below 1. Elasticities still refer to today's arsenal, so that h0 and
    the dead of a nuclear war grow with the new start.
    """
    checks.finite(parameters=parameters)
    p = lambda name: sampling.value(parameters, name)  # noqa: E731
    grow, left = p("grow_pressure"), p("horizon") - p("probe_years")
    start = p("n0") + p("probe_years") * p("grow") * p("grow_talks")
    return parameters | {
        "horizon": left,
        "n0": start,
        "h0": p("h0") * (start / p("n0")) ** p("psi"),
        "d_nuc": p("d_nuc") * (start / p("n0")) ** p("theta"),
        "s0": p("s0") * left / p("horizon"),
        **{name: p(name) * left / p("horizon") for name in INCOMES},
        "grow_pressure": np.where(grow < 1, 1 - (1 - p("probe_erode")) * (1 - grow), grow),
    }


def while_probing(parameters: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Chance of a war while the probe runs, (future, response), and the outcomes of those years, (…, outcome).

    Wars are those of as many years of talks. Nothing is agreed yet, so that no deal is paid for, and relieves nobody.
    Warheads are 0 here, for they are counted at the end.
    """

    def p(name: str) -> np.ndarray:
        return np.atleast_1d(sampling.value(parameters, name))

    years, chances, outcomes = p("probe_years"), [], []
    part, arsenal = years / p("horizon"), options.arsenal(p)
    for response in range(len(terms.RESPONSES)):
        warheads = arsenal[TALKS, response]
        chance = options.war(lambda name: years if name == "horizon" else p(name), TALKS, response, warheads)
        dead = p("d_conv") + p("p_nuc") * p("d_nuc") * (warheads / p("n0")) ** p("theta")
        out = {
            "deaths": chance * dead,
            "arsenal": np.zeros(1),
            "spread": part * np.minimum(p("s0") * arsenal[TALKS, HOLD] / p("spread_ref"), 1) + chance * p("s_war"),
            "cost": years * p("c_sq") + chance * p("c_war"),
            "accountability": chance * p("a_war"),
            "income": part * p("i_sq") + chance * p("i_war"),
        }
        chances.append(chance)
        outcomes.append(np.stack(np.broadcast_arrays(*(out[o] for o in OUTCOMES)), axis=-1))
    return np.stack(np.broadcast_arrays(*chances), axis=-1), np.stack(np.broadcast_arrays(*outcomes), axis=-2)


def probed(parameters: dict[str, Any], answers: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Outcomes of a probe and then each policy, to the end date of choosing now: (future, reading, policy, outcome).

    answers, outcomes: those of choosing now. The probe's years, and where they end without a war what is left of the
    horizon under the policy (`after_probe`). To go on with talks is the act of talking: its outcomes are unchanged.
    """
    checks.shares(answers=answers)
    checks.finite(outcomes=outcomes)
    chance, years = while_probing(parameters)
    war = np.einsum("nkr,nr->nk", *kims.pair(answers[:, :, TALKS], chance))[..., None, None]
    meanwhile = np.einsum("nkr,nro->nko", *kims.pair(answers[:, :, TALKS], years))[:, :, None]
    rest = options.expected(answers, options.cells(after_probe(parameters)))
    out = meanwhile + (1 - war) * rest
    out[..., ARSENAL] = rest[..., ARSENAL]
    out[..., SPREAD] = np.minimum(out[..., SPREAD], 1)
    out[:, :, TALKS] = outcomes[:, :, TALKS]
    return out


# ---------------------------------------------------------------- a chunk, and a run of chunks
def warhead_prices(register: pd.DataFrame | None = None) -> np.ndarray:
    """The prices of a warhead at which information is valued: 41 from 0 to twice the top of its range, and the stated
    one."""
    register = evidence.assumptions() if register is None else register
    stated = options.preset(PRESET, register)["v_warhead"]
    return np.unique(np.append(np.linspace(0, 2 * float(register.at["v_warhead", "high"]), 41), stated))


def measures(losses: np.ndarray) -> np.ndarray:
    """Regret of every policy over futures, (policy, 1 + levels + 1 + thresholds).

    Mean, the quantiles LEVELS, the share of futures in which the policy is best (exact ties count for all), and the
    share with regret at or under each of THRESHOLDS and `regret_tau` (the last). Never the maximum.
    """
    checks.finite(losses=losses)
    regret = options.regret(losses)
    limits = np.append(THRESHOLDS, evidence.central("regret_tau"))
    under = np.stack([np.searchsorted(np.sort(r), limits, side="right") for r in regret.T]) / len(regret)
    return np.concatenate(
        [
            regret.mean(axis=0)[:, None],
            np.quantile(regret, LEVELS, axis=0).T,
            options.best_share(losses)[:, None],
            under,
        ],
        axis=1,
    )


def summarised(draw: options.Draw, register: pd.DataFrame | None = None) -> dict[str, np.ndarray]:
    """What the futures of a draw contribute, {name: array}, all means over them (its size does not depend on theirs).

    means, later: outcomes (reading, policy, outcome), now and after a probe; accept, later_accept: the same times
    P(accept), by stakes (drawn, then STAKES); answer, show: mean P(accept) and its part for show (stakes, reading);
    toll: money and prize of a probe; effects, everything: mean losses with foresight, by price of a warhead;
    regret: `measures` at the drawn and at the stated values; talks, talks_best: futures by P(accommodate | talks).
    """
    register = evidence.assumptions() if register is None else register
    parameters, size = draw.parameters, len(draw.minds)
    answers = kims.respond(parameters, draw.minds)
    outcomes = options.expected(answers, options.cells(parameters))
    later = probed(parameters, answers, outcomes)
    values = options.preset(PRESET, register)

    accept, show = accepts(parameters, draw.minds, (parameters["probe_stakes"], *STAKES))
    out = {
        "means": outcomes.mean(axis=0),
        "later": later.mean(axis=0),
        "accept": np.stack([np.einsum("nk,nkgo->kgo", p, outcomes) for p in accept]) / size,
        "later_accept": np.stack([np.einsum("nk,nkgo->kgo", p, later) for p in accept]) / size,
        "answer": accept.mean(axis=1),
        "show": show.mean(axis=1),
        "toll": np.array([np.mean(parameters["probe_cost"]), np.mean(parameters["probe_prize"])]),
    }

    rest = price(outcomes, options.prices(values | {"v_warhead": 0.0}))
    # minima run fast so
    rest, arms = (np.ascontiguousarray(a.transpose(1, 2, 0)) for a in (rest, outcomes[..., ARSENAL]))
    both = [sum(b * a[k] for k, b in enumerate(BELIEF)) for a in (rest, arms)]
    grid = warhead_prices(register)
    out["effects"] = np.array([(both[0] + v * both[1]).min(axis=0).mean() for v in grid])
    out["everything"] = np.array(
        [sum(b * (rest[k] + v * arms[k]).min(axis=0).mean() for k, b in enumerate(BELIEF)) for v in grid]
    )

    true = own(outcomes, draw)
    losses = price(true, options.prices(parameters))
    out["regret"] = np.stack([measures(losses), measures(price(true, options.prices(values)))])
    place = np.searchsorted(TALK_EDGES, own(answers, draw)[:, TALKS, ACC], side="right") - 1
    place = np.clip(place, 0, len(TALK_EDGES) - 2)
    best = losses == losses.min(axis=1, keepdims=True)
    out["talks"] = np.bincount(place, minlength=len(TALK_EDGES) - 1) / size
    out["talks_best"] = (
        np.stack([np.bincount(place, best[:, g], len(TALK_EDGES) - 1) for g in range(len(POLICIES))], axis=1) / size
    )
    return out


def summary(
    chunk: int, seed: int = SEED, size: int | None = None, register: pd.DataFrame | None = None
) -> dict[str, np.ndarray]:
    """`summarised` of one chunk: `size` futures, by default those of the register."""
    checks.counts(chunk=chunk, seed=seed, size=size)
    register = evidence.assumptions() if register is None else register
    size = size or 2 ** int(register.at["chunk_log2", "central"])
    return summarised(options.draw(size, seed, chunk, register), register)


class Run(NamedTuple):
    """Batches of chunks, {name: (batch, …)}: every quantity is their mean, its error their spread."""

    batches: dict[str, np.ndarray]
    futures: int

    def mean(self) -> dict[str, np.ndarray]:
        """{name: array}, means over all futures."""
        return {name: value.mean(axis=0) for name, value in self.batches.items()}

    def fingerprint(self) -> str:
        """SHA-256 of every number: equal only for the same bits."""
        digest = hashlib.sha256()
        for name in sorted(self.batches):
            digest.update(name.encode() + np.ascontiguousarray(self.batches[name]).tobytes())
        return digest.hexdigest()


def in_order(chunks: int, seed: int, size: int | None, client: Any = None) -> Iterator[dict[str, np.ndarray]]:
    """The summaries of chunks 0, 1, …, in that order: computed here, or by the workers of a Dask client.

    Only a few chunks more than there are threads are asked for at a time, so that memory does not grow with `chunks`. A
    chunk lost with its worker is computed again elsewhere, to the same bits.
    """
    checks.counts(chunks=chunks, seed=seed, size=size)
    if client is None:
        for c in range(chunks):
            yield summary(c, seed, size)
        return
    ahead, asked = deque(), iter(range(chunks))
    while True:
        window = 2 + 2 * sum(client.nthreads().values())
        while len(ahead) < window and (c := next(asked, None)) is not None:  # type: ignore[assignment]
            ahead.append(client.submit(summary, c, seed, size, pure=False, retries=3))
        if not ahead:
            return
        yield ahead.popleft().result()


def run(
    futures: int | None = None,
    seed: int = SEED,
    client: Any = None,
    report: Callable[[int, int], object] | None = None,
    size: int | None = None,
) -> Run:
    """A run of `futures` (a power of 2; by default 2^n_log2) in chunks of 2^chunk_log2, as a Run.

    client: a Dask client, or None for this process. report(done, chunks) is called after every chunk. size: another
    size of chunk, a power of 2, which makes another draw. Raises ValueError when `futures` is no power of 2.
    """
    checks.counts(futures=futures, seed=seed, size=size)
    futures = futures or 2 ** int(evidence.central("n_log2"))
    if futures < 1 or futures & (futures - 1):
        raise ValueError(f"a balanced run has a power of 2 of futures, not {futures}")
    size = min(futures, size or 2 ** int(evidence.central("chunk_log2")))
    chunks = futures // size
    batches = min(BATCHES, chunks)
    total: list[Any] = [None] * batches
    for c, part in enumerate(in_order(chunks, seed, size, client)):
        b = c * batches // chunks
        total[b] = part if total[b] is None else {name: total[b][name] + value for name, value in part.items()}
        if report:
            report(c + 1, chunks)
    return Run({name: np.stack([t[name] for t in total]) * (batches / chunks) for name in total[0]}, futures)


def jackknife(function: Callable[[dict[str, np.ndarray]], ArrayLike], run: Run) -> tuple[np.ndarray, np.ndarray]:
    """A function of the means of a run and its standard error, by leaving out one batch at a time: two arrays.

    For a plain mean this is the spread between batches over the square root of their number. One batch: nan.
    """
    whole = np.asarray(function(run.mean()))
    n = len(next(iter(run.batches.values())))
    if n == 1:
        return whole, np.full_like(whole, np.nan, dtype=float)
    less = np.stack([function({k: (v.sum(axis=0) - v[b]) / (n - 1) for k, v in run.batches.items()}) for b in range(n)])
    return whole, np.sqrt((n - 1) / n * ((less - less.mean(axis=0)) ** 2).sum(axis=0))


def group_table() -> pd.DataFrame:
    """Mean index of each group over replicates with its standard error: output, group, first, total, changed, and the
    half-width of a 95 per cent interval (two standard errors)."""
    table = results.load("futures_groups")
    table = table[table.group != "idle"]
    n = table.chunk.nunique()
    by = table.groupby(["output", "group"])[["first", "total", "changed"]]
    spread = 2 * by.std() / np.sqrt(n)
    return by.mean().join(spread.add_suffix("_error")).reset_index()


# --- information
def worth(
    table: pd.DataFrame, kind: str, warhead: float | None = None, stakes: float | None = None
) -> tuple[float, float]:
    """One value of information and the second seed's, at a price of a warhead (default: stated) and stakes (drawn)."""
    checks.nonnegative(warhead=warhead, stakes=stakes)
    warhead = options.preset(PRESET)["v_warhead"] if warhead is None else warhead
    rows = table[(table.kind == kind) & (table.warhead == warhead)]
    rows = rows[rows.stakes.isna()] if stakes is None else rows[np.isclose(rows.stakes, stakes)]
    return float(rows.value.iloc[0]), float(rows.again.iloc[0])


ROW_LABELS = {
    "m_accept": "the risk of war under acceptance",
    "m_talks": "the risk of war under talks",
    "grow_accept": "growth of the arsenal under acceptance",
    "grow_talks": "growth of the arsenal under talks",
    "share_accept": "how much of a deal goes with acceptance",
    "h0": "the yearly risk of war",
    "psi": "how war risk moves with the arsenal",
    "lam": "how closely he reads what others do",
}


def order_frame(information: pd.DataFrame, rows: pd.DataFrame, most: int = 6) -> pd.DataFrame:
    """What is worth knowing, in order, at the stated values: name, value, again, kind (whole, row or noise)."""
    checks.counts(most=most)
    wholes = {
        "everything": "Everything",
        "effects": "All that policies do",
        "reading": "Which Kim he is",
        "probe": "His answer to a probe",
    }
    out = [(label, *worth(information, k), "whole") for k, label in wholes.items()]
    meaning = evidence.assumptions().meaning
    out += [
        (capital(ROW_LABELS.get(r.row, meaning[r.row])), r.value, r.again, "row")
        for r in rows.loc[(-rows.value - rows.again).sort_values().index].head(most).itertuples()
    ]
    frame = pd.DataFrame(out, columns=["name", "value", "again", "kind"])
    frame = frame.loc[(-frame.value - frame.again).sort_values(kind="stable").index]
    noise = ("A row in another order, at most", rows.permuted.max(), rows.permuted.max(), "noise")
    return pd.concat([frame, pd.DataFrame([noise], columns=frame.columns)], ignore_index=True)


FORM_LABELS = {
    "base": "As drawn",
    "survival": "A survival-only Kim",
    "together": "Groups move together",
    "shock": "Shocks to policies",
    "collapse": "Collapse may come",
    "force": "Half-way to force’s",
    "pressure": "Half-way to pressure’s",
    "talks": "Half-way to talks’",
}


def forms_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Mean regret by form and policy, thousand life-equivalents, to print; the least of each row in bold."""
    rows = []
    for form, label in FORM_LABELS.items():
        own = table[table.form == form].set_index("policy")
        row = {"Form of the model": label}
        for p in POLICIES:
            text = shared(own["mean"][p], own.again[p], whole_thousands)
            name = "Accept" if p == "accept" else terms.LABELS[p]
            row[name] = f"**{text}**" if own["mean"].idxmin() == p else text
        rows.append(row)
    return pd.DataFrame(rows)
