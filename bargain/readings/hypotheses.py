"""The second instrument: competing hypotheses over promises, answers and launches, under three rules of combination."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaln
from scipy.stats import beta as beta_distribution

from bargain import checks, evidence, terms
from bargain.readings.calibration import measure_hazard, mood
from bargain.readings.honesty import leads_and_lags, prior_sensitivity, splits
from bargain.readings.memory import SEED, comparison, log_likelihoods, months_needed, posterior
from bargain.readings.months import EVEN, START, panel
from bargain.reads import lru_cache
from bargain.sampling import pert
from bargain.terms import READINGS


def forget() -> None:
    """Drop what is remembered of the tables, for a process in which they change."""
    for cache in (
        panel,
        comparison,
        mood,
        leads_and_lags,
        splits,
        prior_sensitivity,
        measure_hazard,
        items,
        rule_draws,
        months_needed,
    ):
        cache.cache_clear()


# ------------------------------------------------------------------------ second instrument: competing hypotheses

RULES = {"independent": lambda n: 1.0, "root": lambda n: n**-0.5, "one": lambda n: 1.0 / n}
KEPT = {"yes": 1.0, "partly": 0.5, "no": 0.0}


def ordered_log_marginal(high: tuple[int, int], low: tuple[int, int], a: float = 1.0, b: float = 1.0) -> float:
    """log p(data) when the rate behind `high` exceeds the rate behind `low`; each is (successes, trials).

    Rates have a Beta(a, b) prior cut to the order, so that the prior costs a factor of two and gains what the
    order is worth: 2 · p(data | two free rates) · P(order | data).
    """
    checks.positive(a=a, b=b)
    (s1, n1), (s0, n0) = high, low
    free = sum(betaln(a + s, b + n - s) - betaln(a, b) for s, n in (high, low))
    x = (np.arange(4000) + 0.5) / 4000
    above = beta_distribution.sf(x, a + s1, b + n1 - s1)
    order = (above * beta_distribution.pdf(x, a + s0, b + n0 - s0)).mean()
    return float(np.log(2) + free + np.log(max(order, 1e-12)))


def one_rate_log_marginal(counts: ArrayLike, a: float = 1.0, b: float = 1.0) -> float:
    """log p(data) when one rate is behind all counts (successes, trials)."""
    checks.nonnegative(counts=counts)
    checks.positive(a=a, b=b)
    s, n = np.sum(counts, axis=0)
    return float(betaln(a + s, b + n - s) - betaln(a, b))


def promises(since: str = START) -> pd.DataFrame:
    """The North's promises in accords since a month, by what they cost to keep and whether the other side kept its own.

    Columns: accord, dear (costs security or money, not words or politics), matched (the others kept at least half of
    its promises of the same accord), kept (1, ½, 0). A promise whose fate is unknown is left out.
    """
    table = evidence.table("agreement_commitments")
    table = table.assign(kept=table["delivered"].map(KEPT)).dropna(subset=["kept"])
    his = table["side"].str.split(";").map(lambda sides: "PRK" in sides)
    theirs = table[~his].groupby("agreement_id")["kept"].mean()
    # the year of an accord ends its id: AF1994, SIX2007FEB
    year = table["agreement_id"].str.extract(r"(\d{4})")[0]
    his = table[his & (year >= since[:4])]
    return pd.DataFrame(
        {
            "accord": his["agreement_id"],
            "dear": his["cost_of_keeping"].isin(("security", "money")),
            "matched": his["agreement_id"].map(theirs) >= 0.5,
            "kept": his["kept"],
        }
    )


def _counts(kept: pd.Series, chosen: pd.Series) -> tuple[tuple[int, int], tuple[int, int]]:
    """(successes, trials) of the chosen rows and of the others."""
    return (kept[chosen].sum(), chosen.sum()), (kept[~chosen].sum(), (~chosen).sum())


def promise_likelihoods(a: float = 1.0, since: str = START) -> np.ndarray:
    """Log likelihoods (3,) of the kept promises: one rate; cheap ones kept more; matched ones kept more."""
    checks.positive(a=a)
    d = promises(since)
    cheap, matched = _counts(d["kept"], ~d["dear"]), _counts(d["kept"], d["matched"])
    return np.array(
        [one_rate_log_marginal(cheap, a, a), ordered_log_marginal(*cheap, a, a), ordered_log_marginal(*matched, a, a)]
    )


def answers(coding: str = "answer", since: str = START) -> pd.DataFrame:
    """Answers to acts towards the North since a month, by kind of act: counts of accommodate, hold, escalate."""
    table = evidence.table("answers")
    table = table[table["date"].astype(str) >= since]
    return pd.crosstab(table["kind"], table[coding]).reindex(
        index=["concession", "refusal", "pressure"], columns=["accommodate", "hold", "escalate"], fill_value=0
    )


def answer_likelihoods(coding: str = "answer", a: float = 1.0, since: str = START) -> np.ndarray:
    """Log likelihoods (3,) of the answers: one rate of accommodation; more after pressure; more after concessions."""
    checks.positive(a=a)
    counts = answers(coding, since)
    pair = {kind: (counts.at[kind, "accommodate"], counts.loc[kind].sum()) for kind in counts.index}

    def others(kind: str) -> tuple[int, int]:
        return tuple(np.sum([v for k, v in pair.items() if k != kind], axis=0))

    return np.array(
        [
            one_rate_log_marginal(list(pair.values()), a, a),
            ordered_log_marginal(pair["pressure"], others("pressure"), a, a),
            ordered_log_marginal(pair["concession"], others("concession"), a, a),
        ]
    )


def _launch_likelihoods() -> list[np.ndarray]:
    """Log likelihoods of the months under the three readings: the leading one first, then the variants."""
    out = [log_likelihoods("table"), log_likelihoods("second")]
    for row in prior_sensitivity().itertuples():
        out += [np.array([0.0, row.narrow, row.dealer]), np.array([0.0, row.narrow, row.dealer_second])]
    return out


def _strategic_likelihoods() -> list[np.ndarray]:
    frame = comparison().set_index(["reading", "coding"])["strategic"].fillna(0.0)
    return [np.array([0.0, frame["narrow", "table"], frame["dealer", code]]) for code in ("table", "second")]


TESTS = {
    "launch_model": _launch_likelihoods,
    "strategic_model": _strategic_likelihoods,
    "promises_by_cost": lambda: [promise_likelihoods(a, s) for s in (START, "1990") for a in (1.0, 0.5, 2.0)],
    "answers_by_kind": lambda: [
        answer_likelihoods(c, a, s) for s in (START, "1990") for a in (1.0, 0.5, 2.0) for c in ("answer", "answer_alt")
    ],
}


@lru_cache
def items() -> pd.DataFrame:
    """The matrix of evidence with the computed ratios filled in, one row an item and reading.

    Ratios are relative to the mean of the three readings. A computed row has the leading model's value as its
    centre and the extremes over codings and priors as its range. Raises KeyError for an unknown test.
    """
    table = evidence.table("evidence").copy()
    for test in table.loc[table["basis"] == "computed", "test_id"].unique():
        ratios = np.array([np.exp(v - np.max(v)) / np.exp(v - np.max(v)).mean() for v in TESTS[test]()])
        for k, reading in enumerate(READINGS):
            chosen = (table["test_id"] == test) & (table["reading"] == reading)
            table.loc[chosen, ["lr_low", "lr_central", "lr_high"]] = (
                ratios[:, k].min(),
                ratios[0, k],
                ratios[:, k].max(),
            )
    return table


def cluster_size(table: pd.DataFrame) -> pd.Series:
    """The number of items in the cluster of each row: fixed from the whole table before anything is left out."""
    return table.groupby("cluster")["item"].transform("nunique")


def combine(table: pd.DataFrame, rule: str, size: pd.Series | None = None, column: str = "lr_central") -> np.ndarray:
    """Log likelihoods (3,) of all items under a rule of combination.

    independent: every item counts once; root: a cluster of n items has √n voices; one: a cluster has one voice.
    """
    checks.positive(size=size)
    voice = RULES[rule](cluster_size(table) if size is None else size)
    logs = np.log(table[column].astype(float)) * voice
    return np.array([logs[table["reading"] == r].sum() for r in READINGS])


def drawn_ratios(table: pd.DataFrame, n: int = 1000, seed: int = SEED) -> np.ndarray:
    """Log ratios (n, rows of the table), each drawn from its range (PERT on the logarithm)."""
    checks.counts(n=n, seed=seed)
    logs = np.log(table[["lr_low", "lr_central", "lr_high"]].astype(float).to_numpy())
    return pert(np.random.default_rng((seed, 11)).random((n, len(table))), *logs.T)


def combined_draws(table: pd.DataFrame, rule: str, drawn: np.ndarray, size: pd.Series | None = None) -> np.ndarray:
    """Log likelihoods (n, 3) under a rule of combination, from the drawn log ratios (n, rows of the table)."""
    checks.finite(drawn=drawn)
    checks.positive(size=size)
    voice = RULES[rule]((cluster_size(table) if size is None else size).to_numpy(float))
    return np.stack([(drawn * voice)[:, (table["reading"] == r).to_numpy()].sum(1) for r in READINGS], 1)


@lru_cache
def rule_draws(seed: int = SEED) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """Beliefs from equal ones: {(items, rule): (centre (3,), draws (n, 3))}, items `all` or `computed`."""
    checks.counts(seed=seed)
    everything, out = items(), {}
    drawn = drawn_ratios(everything, seed=seed)
    for name, chosen in (("all", np.ones(len(everything), bool)), ("computed", everything["basis"] == "computed")):
        table, part = everything[np.asarray(chosen)], drawn[:, np.asarray(chosen)]
        for rule in RULES:
            out[name, rule] = (
                posterior(EVEN, combine(table, rule)),
                posterior(EVEN, combined_draws(table, rule, part)),
            )
    return out


def posteriors_by_rule() -> pd.DataFrame:
    """Beliefs, from equal ones, after all items and after the computed items alone, under each rule: columns items,
    rule, reading, low, central, high (5 and 95 per cent of the draws)."""
    rows = []
    for (name, rule), (centre, drawn) in rule_draws().items():
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        rows += [
            dict(items=name, rule=rule, reading=r, low=low[k], central=centre[k], high=high[k])
            for k, r in enumerate(READINGS)
        ]
    return pd.DataFrame(rows)


def beliefs() -> pd.DataFrame:
    """The belief over the three readings that the report uses: one row a reading, columns low, central, high.

    From equal beliefs, all items, clusters with √n voices; low and high are the extremes over the three rules of
    combination of the 5 and 95 per cent points of the draws. Judgement weighs most in it: `posteriors_by_rule` has
    the computed items alone.
    """
    table = posteriors_by_rule()
    table = table[table["items"] == "all"]
    out = table[table["rule"] == "root"].set_index("reading")[["central"]]
    out.insert(0, "low", table.groupby("reading")["low"].min())
    out["high"] = table.groupby("reading")["high"].max()
    return out.loc[list(READINGS)]


def leave_one_out(rule: str = "root", prior: ArrayLike = EVEN) -> pd.DataFrame:
    """Beliefs without each item, cluster voices fixed from the whole table; sorted by how far the answer moves."""
    checks.weights(prior=prior)
    table = items()
    size = cluster_size(table)
    whole, rows = posterior(prior, combine(table, rule)), []
    for item, part in table.groupby("item", sort=False):
        rest = table["item"] != item
        now = posterior(prior, combine(table[rest], rule, size[rest]))
        rows.append(
            dict(
                item=item,
                text=part["text"].iloc[0],
                cluster=part["cluster"].iloc[0],
                moves=np.abs(now - whole).sum() / 2,
            )
            | dict(zip(READINGS, now, strict=False))
        )
    return pd.DataFrame(rows).sort_values("moves", ascending=False, ignore_index=True)


def worthless() -> list[str]:
    """Items whose every range holds 1 and whose every centre is within a tenth of it: a list of texts."""
    table = items()
    holds = (table["lr_low"] <= 1) & (table["lr_high"] >= 1) & ((table["lr_central"] - 1).abs() <= 0.1)
    return [
        part["text"].iloc[0]
        for _, part in table[holds.groupby(table["item"]).transform("all")].groupby("item", sort=False)
    ]


def diagnostic() -> pd.DataFrame:
    """One row an item: text, cluster, basis, ratio of the best-served reading to the worst, and which reading it serves
    (central), with `sure` true where that reading's range excludes 1."""
    rows = []
    for item, part in items().groupby("item", sort=False):
        part = part.set_index("reading")
        best = part["lr_central"].astype(float).idxmax()
        rows.append(
            dict(
                item=item,
                text=part["text"].iloc[0],
                cluster=part["cluster"].iloc[0],
                basis=part["basis"].iloc[0],
                serves=best,
                spread=part["lr_central"].max() / part["lr_central"].min(),
                sure=part.at[best, "lr_low"] > 1,
            )
        )
    return pd.DataFrame(rows).sort_values("spread", ascending=False, ignore_index=True)


def rules_table() -> pd.DataFrame:
    """Beliefs after all items and after the computed ones, by rule, as a table for the page."""
    names = {"independent": "Each item a voice", "root": "√n voices a cluster", "one": "One voice a cluster"}
    table = posteriors_by_rule()
    table["cell"] = [
        f"{100 * c:.0f} ({100 * a:.0f}–{100 * b:.0f})"
        for a, c, b in zip(table["low"], table["central"], table["high"], strict=True)
    ]
    out = table.pivot(index=["items", "rule"], columns="reading", values="cell")[list(READINGS)]
    out = out.loc[[(i, r) for i in ("all", "computed") for r in RULES]].reset_index()
    out["items"] = out["items"].map({"all": "All", "computed": "Computed"})
    out["rule"] = out["rule"].map(names)
    return out.rename(columns={"items": "Items", "rule": "Rule"} | {r: f"{terms.LABELS[r]}, %" for r in READINGS})


def triangle_frame(n: int = 150) -> pd.DataFrame:
    """Where equal beliefs go: columns case, draw, and one a reading. Draw 0 is the centre, the others the ranges'."""
    checks.counts(n=n)
    cases = {
        "start": [np.array(EVEN)],
        "launches": [posterior(EVEN, log_likelihoods("table"))],
        "second": [posterior(EVEN, log_likelihoods("second"))],
    }
    for (name, rule), (centre, drawn) in rule_draws().items():
        cases[f"{name}, {rule}"] = [centre, *drawn[:n]]
    return pd.DataFrame(
        [
            dict(case=case, draw=i) | dict(zip(READINGS, point, strict=True))
            for case, points in cases.items()
            for i, point in enumerate(points)
        ]
    )
