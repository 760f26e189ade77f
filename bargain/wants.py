"""What he wants: goals, minds, readings, and how a mind answers a policy.

A *mind* is a vector of weights over eight goals that sum to 1, a *reading* a distribution over minds. Answers follow
a logit around a habit (rational inattention, Matějka and McKay 2015):

    P(r | g, mind) = π0(r) exp(λ_g w·Δ(g, r)) / Σ_s π0(s) exp(λ_g w·Δ(g, s))

Arrays have their axes in the order (future, reading, policy, response, goal) as far as they have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import beta

from bargain import checks, evidence, sampling, terms
from bargain.kims import answer, changes, divergence, felt, habit, mean_mind, means, pair, respond
from bargain.prose import day, fives, percent
from bargain.terms import GOAL_LABELS, GOALS, POLICIES, READINGS, RESPONSES

# ---------------------------------------------------------------- what the chapter shows
POLICY_WORDS = {
    "force": "force",
    "pressure": "pressure",
    "talks": "talks",
    "status_quo": "the status quo",
    "accept": "acceptance",
}
WORTHLESS = np.log(1.1)  # a likelihood ratio within a tenth of 1 tells nothing


def _talk_months() -> pd.Series:
    """Months of talks with Washington in each whole year from 2012, a series."""
    talks = evidence.table("talks_by_month")
    talks = talks[talks.month >= "2012"]
    return talks.groupby(talks.month.str[:4]).talks_under_way.agg(["sum", "size"]).query("size == 12")["sum"]


def indicators() -> list[dict[str, Any]]:
    """One observable a goal by year from 2012: dicts with goal, name, unit, x, v, fmt, meaning of a rise.

    Only whole years. These are the nearest things that can be seen, not the goals themselves.
    """
    leader = evidence.table("leadership_economy")
    launches = evidence.table("missile_tests_by_year").query("year >= 2012 and complete_year == 1")
    theft = evidence.table("illicit_revenue").query("stream == 'crypto_theft' and annual_estimate == 'yes'")
    theft = theft.sort_values("year")
    trade = (
        evidence.table("china_trade_share")
        .query("year >= 2012 and share_kind != 'unconfirmed'")
        .dropna(subset=["china_share_excl_inter_korean_pct"])
    )
    growth = evidence.table("gdp").query("year >= 2012")
    talks = _talk_months()
    rows = [
        (
            "personal",
            "public appearances a year",
            leader.year,
            leader.kju_appearances,
            "d",
            "he feels safe enough to be seen, or needs to be",
        ),
        (
            "regime",
            "real growth, % a year",
            growth.year,
            growth.real_growth_pct_current_vintage,
            "+.1f",
            "the economy that feeds the elite recovers",
        ),
        (
            "deterrent",
            "missiles launched a year",
            launches.year,
            launches.launches,
            "d",
            "the programme moves; says nothing about its aim",
        ),
        (
            "currency",
            "crypto stolen, US$ bn",
            theft.year,
            theft.usd_m_central / 1000,
            ".1f",
            "cash is wanted, and other ways are shut",
        ),
        (
            "legitimacy",
            "military visits, % of all",
            leader.year,
            leader.military_pct,
            ".0f",
            "he rules by the gun rather than by the rice bowl",
        ),
        (
            "recognition",
            "months of talks with the US",
            talks.index.astype(int),
            talks.to_numpy(),
            "d",
            "he is received; it takes two",
        ),
        (
            "autonomy",
            "China's share of trade, %",
            trade.year,
            trade.china_share_excl_inter_korean_pct,
            ".0f",
            "less autonomy: one customer",
        ),
        (
            "reform",
            "economic visits, % of all",
            leader.year,
            leader.economic_guidance_pct,
            ".0f",
            "the economy is worth his time",
        ),
    ]
    out = []
    for goal, unit, x, v, fmt, rise in rows:
        v = np.asarray(v, float)
        out.append(
            {
                "goal": goal,
                "name": GOAL_LABELS[goal],
                "unit": unit,
                "x": np.asarray(x, int),
                "v": v.astype(int) if fmt == "d" else v,
                "fmt": ",.0f" if fmt == "d" else fmt,
                "rise": rise,
            }
        )
    return out


def indicator_frame(panels: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The panels of `indicators` as a tidy frame: goal, indicator, year, value."""
    return pd.concat(
        [pd.DataFrame({"goal": p["goal"], "indicator": p["unit"], "year": p["x"], "value": p["v"]}) for p in panels],
        ignore_index=True,
    )


def moved(
    panels: Sequence[Mapping[str, Any]], goal: str, before: tuple[int, int], after: tuple[int, int]
) -> tuple[float, ...]:
    """Mean of a goal's indicator over the years `before` and over `after` (inclusive pairs), as two floats."""
    p = next(p for p in panels if p["goal"] == goal)
    return tuple(float(np.mean(p["v"][(p["x"] >= a) & (p["x"] <= b)])) for a, b in (before, after))


def purges() -> pd.DataFrame:
    """Named removals of senior figures: leader, date, year, since (years from his first in the table), kind (person or
    group), person, post, fate, report.

    report: confirmed (by the state or beyond dispute), reported (by one intelligence service, lawmaker or paper), false
    (later seen alive). Counts without names are left out. A group is a purge of several that the source tells as one:
    individuals are compared with individuals alone (`first_years`).
    """
    table = evidence.table("leadership_purges")
    table = table[table.kind != "count"].copy()
    table["year"] = table.date.str[:4].astype(int) + (pd.to_numeric(table.date.str[5:7]).fillna(7) - 1) / 12
    table["since"] = table.year - table.groupby("leader").year.transform("min")
    false, sure = (table.status.str.contains(words) for words in ("false", "confirm|state media|date"))
    table["report"] = np.select([false, sure], ["false", "confirmed"], "reported")
    columns = ["leader", "date", "year", "since", "kind", "person", "post", "fate", "report"]
    return table[columns].reset_index(drop=True)


def first_years(table: pd.DataFrame, years: float = 6) -> pd.DataFrame:
    """Removals of `purges` within some years of each leader's first, false reports apart, by leader (index):
    persons, confirmed (persons whose removal is confirmed), groups. Leaders without one have zeros.
    """
    checks.positive(years=years)
    early = table[(table.since <= years) & (table.report != "false")]
    person = early.kind == "person"
    parts = {"persons": person, "confirmed": person & (early.report == "confirmed"), "groups": ~person}
    counts = {name: early[mask].groupby("leader").size() for name, mask in parts.items()}
    return pd.DataFrame(counts, index=pd.unique(table.leader)).fillna(0).astype(int)


def said(dates: Iterable[str]) -> pd.DataFrame:
    """What was asked, offered or refused on some days, from `negotiations`: Date, What, Terms, What came of it, Source.

    dates: as the table has them, each with the start of its title where a day has several ("2018-06-12 Singapore").
    Returns a frame to print. ValueError names a date that meets no row or several.
    """
    table, rows = evidence.table("negotiations"), []
    for key in dates:
        date, _, title = key.partition(" ")
        found = table[(table.date == date) & table.title.str.startswith(title)]
        if len(found) != 1:
            raise ValueError(f"dates: {key!r} meets {len(found)} rows of negotiations, not one")
        rows.append(found.iloc[0])
    chosen = pd.DataFrame(rows).astype(object).fillna("")
    cited = chosen.source_id.str.split(";").map(lambda keys: "[" + "; ".join(f"@{k}" for k in keys) + "]")
    return pd.DataFrame(
        {
            "Date": chosen.date.map(day),
            "What": chosen.title,
            "Terms": chosen.what_was_agreed,
            "What came of it": chosen.outcome,
            "Source": cited,
        }
    )


def habit_record(
    since: str = "2012-01", prior: float = 1.0, coding: str = "answer", in_kind: bool = False
) -> pd.DataFrame:
    """His habit from the record of his answers to policies: counts, mean and 5-95 per cent range of Dirichlet(prior +
    counts).

    Accommodation is what the models mean by it: an answer coded so that was followed, in its year or the next, by fewer
    warheads (default estimates). Answers coded so that rolled nothing back count as holding out, but with `in_kind` as
    accommodation too. coding: the column of `answers`, "answer" or "answer_alt" (the second rule). Returns a frame with
    columns response, answers, mean, low, high. Raises ValueError for another column.
    """
    checks.positive(prior=prior)
    if coding not in ("answer", "answer_alt"):
        raise ValueError(f"coding must be answer or answer_alt, not {coding!r}")
    rows, stock = evidence.table("answers"), evidence.table("warheads")
    rows = rows[rows.date.astype(str) >= since]
    stock = stock[stock.is_default == 1]
    size = stock.warheads_central.fillna((stock.warheads_low + stock.warheads_high) / 2)
    stock = size.groupby(stock.year).mean().dropna()
    fell = set(stock.index[stock.diff() < 0])
    when = rows.answer_date.fillna(rows.date).astype(str).str[:4].astype(int)
    back = (rows[coding] == "accommodate") & (in_kind | np.array([bool({y, y + 1} & fell) for y in when]))
    escalate = rows[coding] == "escalate"
    counts = np.array([back.sum(), (~back & ~escalate).sum(), escalate.sum()])
    total, a = counts.sum() + 3 * prior, counts + prior
    return pd.DataFrame(
        {
            "response": RESPONSES,
            "answers": counts,
            "mean": a / total,
            "low": beta.ppf(0.05, a, total - a),
            "high": beta.ppf(0.95, a, total - a),
        }
    )


def habits(register: pd.DataFrame | None = None) -> pd.DataFrame:
    """Habits that the record could be read as: coding, accommodate, hold, escalate (chances).

    The models' centre and the ends of their range of accommodation; the record under the second rule of coding, and
    with answers in kind counted as accommodation; and no habit at all, every answer alike.
    """
    register = evidence.assumptions() if register is None else register
    acc, esc = (register.loc[name] for name in ("pi0_acc", "pi0_esc"))
    rows: list[tuple[Any, ...]] = [
        (words, acc[end], 1 - acc[end] - esc.central, esc.central)
        for words, end in (("As modelled", "central"), ("Low end", "low"), ("High end", "high"))
    ]
    for words, kind in (
        ("Second rule", {"coding": "answer_alt"}),
        ("Answers in kind count", {"in_kind": True}),
    ):
        rows.append((words, *habit_record(**kind)["mean"]))
    rows.append(("No habit", 1 / 3, 1 / 3, 1 / 3))
    return pd.DataFrame(rows, columns=["coding", *RESPONSES])


def by_habit(parameters: dict[str, Any], minds: np.ndarray, table: pd.DataFrame) -> pd.DataFrame:
    """What rests on the habit, under each row of `habits`: coding, habit (its chance of accommodation), then by policy
    and reading the mean chance that he accommodates (`talks_dealer`, …) and `answers`, those needed under talks to tell
    the two rational readings apart at 20 to 1.
    """
    checks.weights(minds=minds)
    out = []
    for row in table.itertuples():
        mean = respond(parameters | {"pi0_acc": row.accommodate, "pi0_esc": row.escalate}, minds).mean(axis=0)
        needed = answers_needed(divergence(mean)).set_index(["policy", "pair"]).answers
        line = {"coding": row.coding, "habit": row.accommodate}
        for policy in ("talks", "pressure", "force"):
            line |= {f"{policy}_{r}": mean[k, POLICIES.index(policy), 0] for k, r in enumerate(READINGS)}
        out.append(line | {"answers": float(needed["talks", "narrow or dealer"])})
    return pd.DataFrame(out)


def weight_table(minds: np.ndarray, readings: Sequence[str] = READINGS) -> pd.DataFrame:
    """Weights by reading and goal over a draw of minds (future, reading, 8): reading, goal, mean, low, high (5-95
    %)."""
    checks.weights(minds=minds)
    low, high = np.quantile(minds, [0.05, 0.95], axis=0)
    mean = minds.mean(axis=0)
    return pd.DataFrame(
        [(r, z, mean[k, i], low[k, i], high[k, i]) for k, r in enumerate(readings) for i, z in enumerate(GOALS)],
        columns=["reading", "goal", "mean", "low", "high"],
    )


def width(table: pd.DataFrame) -> tuple[float, float]:
    """How wide the minds of one rational reading lie, and how far the two means: the widest 5-95 per cent range of a
    weight, and the widest distance between the two stated means."""
    within = (table.high - table.low)[table.reading.isin(["narrow", "dealer"])].max()
    return float(within), float(abs(mean_mind("dealer") - mean_mind("narrow")).max())


def answer_table(answers: np.ndarray, readings: Sequence[str] = READINGS) -> pd.DataFrame:
    """Response probabilities over a draw (future, reading, policy, response): reading, policy, response, mean, low,
    high."""
    checks.shares(answers=answers)
    low, high = np.quantile(answers, [0.05, 0.95], axis=0)
    mean = answers.mean(axis=0)
    rows = [
        (k, g, a, mean[i, j, r], low[i, j, r], high[i, j, r])
        for i, k in enumerate(readings)
        for j, g in enumerate(POLICIES)
        for r, a in enumerate(RESPONSES)
    ]
    return pd.DataFrame(rows, columns=["reading", "policy", "response", "mean", "low", "high"])


def answers_needed(divergences: pd.DataFrame) -> pd.DataFrame:
    """Answers needed for 20 to 1 by policy and unordered pair: policy, pair, answers (ln 20 over the mean of both
    ways)."""
    d = divergences.assign(
        pair=[
            " or ".join(sorted((a, b), key=READINGS.index))
            for a, b in zip(divergences.truth, divergences.rival, strict=True)
        ]
    )
    nats = d.groupby(["policy", "pair"], sort=False).nats.mean()
    return (np.log(20) / nats).rename("answers").reset_index()


def diagnosticity(
    parameters: dict[str, Any], answers: np.ndarray, readings: Sequence[str] = ("narrow", "dealer")
) -> pd.DataFrame:
    """What a rise or fall of each goal's indicator would tell between two readings, if indicators follow goal changes.

    P(rise of goal z | policy, reading) = Σ_r mean P(r | policy, reading) × P(Δ(policy, r, z) > 0), likewise for a fall;
    the log of the ratio of the two readings, second over first. Columns policy, goal, move (rise, fall), log_ratio,
    p_first, p_second, worthless (the ratio within a tenth of 1, or the move all but impossible under both).
    """
    checks.shares(answers=answers)
    delta = changes(parameters)
    up, down = (delta > 1e-9).mean(axis=0), (delta < -1e-9).mean(axis=0)
    mean = answers.mean(axis=0)
    i, j = (READINGS.index(r) for r in readings)
    rows = []
    for policy in ("force", "pressure", "talks", "status_quo"):
        g = POLICIES.index(policy)
        for z, goal in enumerate(GOALS):
            for move, table in (("rise", up), ("fall", down)):
                p, q = (float(mean[k, g] @ table[g, :, z]) for k in (i, j))
                ratio = np.log(q / p) if min(p, q) > 0 else 0.0
                rows.append((policy, goal, move, ratio, p, q, abs(ratio) < WORTHLESS or max(p, q) < 0.01))
    return pd.DataFrame(rows, columns=["policy", "goal", "move", "log_ratio", "p_first", "p_second", "worthless"])


def gains(
    parameters: dict[str, Any], minds: np.ndarray, readings: Sequence[str] = ("narrow", "dealer"), policy: str = "talks"
) -> pd.DataFrame:
    """Where the gain of accommodating over holding out comes from, goal by goal: reading, goal, mean, low, high.

    w_z × (Δ(policy, accommodate, z) - Δ(policy, hold, z)) over the draw, Δ as he feels it; "all" is their sum.
    """
    checks.weights(minds=minds)
    delta, rows = changes(parameters), []
    for reading in readings:
        own = felt(parameters, delta, reading)[:, POLICIES.index(policy)]
        step = own[:, 0] - own[:, 1]
        part = minds[:, READINGS.index(reading)] * step
        for goal, column in [*zip(GOALS, part.T, strict=True), ("all", part.sum(axis=1))]:
            rows.append((reading, goal, column.mean(), *np.quantile(column, [0.05, 0.95])))
    return pd.DataFrame(rows, columns=["reading", "goal", "mean", "low", "high"])


def not_for_sale(parameters: dict[str, Any], minds: np.ndarray, readings: Sequence[str] = READINGS) -> dict[str, float]:
    """Share of minds for which holding out under talks beats accommodating, {reading: share}; habit apart."""
    checks.weights(minds=minds)
    delta, out = changes(parameters), {}
    for k, reading in enumerate(readings):
        own = felt(parameters, delta, reading)[:, POLICIES.index("talks")]
        step = np.einsum("nz,nz->n", *pair(own[:, 0] - own[:, 1], minds[:, k]))
        out[reading] = float((step < 0).mean())
    return out


def sale_limit(reading: str, parameters: dict[str, Any]) -> float:
    """Weight on the deterrent above which a full deal no longer beats holding out, other weights in proportion.

    At the mean goal changes of the draw. 1 where even he who wants nothing else would sell; 0 where nobody would.
    """
    delta = felt(parameters, changes(parameters), reading)[:, POLICIES.index("talks")].mean(axis=0)
    step, z = delta[0] - delta[1], GOALS.index("deterrent")
    w = mean_mind(reading).copy()
    w[z] = 0
    rest = float(step @ w / w.sum())
    if rest <= 0:
        return 0.0
    return 1.0 if step[z] >= 0 else rest / (rest - float(step[z]))


def yielding(
    parameters: dict[str, Any], minds: np.ndarray, credibility: Iterable[float], precision: Sequence[float]
) -> pd.DataFrame:
    """Mean chance that the irrational Kim accommodates force, over `q_follow` and his precision for force.

    Returns a frame with columns credibility, precision, chance; minds (future, reading, 8).
    """
    checks.weights(minds=minds)
    checks.shares(credibility=credibility)
    checks.nonnegative(precision=precision)
    own, force = minds[:, READINGS.index("irrational")], POLICIES.index("force")
    default, rows = habit(parameters), []
    for q in credibility:
        delta = felt(parameters, changes(parameters | {"q_follow": q}), "irrational")[:, force]
        utility = np.einsum("nrz,nz->nr", *pair(delta, own))
        rows += [(q, lam, float(answer(utility, np.asarray(lam), default)[:, 0].mean())) for lam in precision]
    return pd.DataFrame(rows, columns=["credibility", "precision", "chance"])


def frozen(parameters: dict[str, Any], minds: np.ndarray, register: pd.DataFrame | None = None) -> pd.DataFrame:
    """Does a group of goal cells matter? The spread of P(accommodate) over the draw, with groups at central values.

    Spread = the standard deviation of the log odds, which a few extreme draws hardly move. Returns a frame: group
    (cells of a policy, all cells, the minds), reading and policy of the rational Kim's answer that is calmed most,
    calmed (the share of its spread that goes away).
    """
    checks.weights(minds=minds)
    register = evidence.assumptions() if register is None else register
    cells = {f"cells of {POLICY_WORDS[g]}": [n for n in parameters if n.startswith(f"dg_{g}_")] for g in POLICIES}
    cells["all cells"] = [n for names in cells.values() for n in names]
    tests = {
        k: (parameters | {n: float(register.at[n, "central"]) for n in names}, minds) for k, names in cells.items()
    }
    middle = np.stack([means(r, register) for r in READINGS])
    tests["minds"] = (parameters, np.broadcast_to(middle, minds.shape))

    def spread(p: Mapping[str, Any], m: np.ndarray) -> np.ndarray:
        return logit(respond(p, m)[:, 1:, :, 0]).std(axis=0)

    whole, rows = spread(parameters, minds), []
    for name, (p, m) in tests.items():
        lost = 1 - spread(p, m) / whole
        k, g = np.unravel_index(lost.argmax(), lost.shape)
        rows.append((name, READINGS[k + 1], POLICIES[g], float(lost[k, g])))
    return pd.DataFrame(rows, columns=["group", "reading", "policy", "calmed"])


def frozen_table(table: pd.DataFrame) -> pd.DataFrame:
    """`frozen` as a frame to print."""
    return pd.DataFrame({"Held at its centre": table.group, "Spread that goes away": table.calmed.map(fives)})


SAID = {
    "wants": "What he wants",
    "moves": "What moves him",
    "habit": "His habit",
    "policy": "His believers’ policy",
    "refuted": "What would refute him",
}
STRENGTHS = {"gain": "Offers", "loss": "Costs", "blow": "Blows"}


def readings_table() -> pd.DataFrame:
    """The three readings from their table, with how strongly each feels an offer, a cost and a blow: to print."""
    register, out = evidence.assumptions(), {}
    for r in evidence.table("readings").itertuples():
        own = {label: getattr(r, key) for key, label in SAID.items()}
        for kind, label in STRENGTHS.items():
            row = register.loc[f"{kind}_{r.id}"]
            span = f" ({row.low:g} to {row.high:g})" if row.low < row.high else ""
            own[label] = f"{row.central:g}{span}".replace("-", "−")
        out[r.name] = own
    return pd.DataFrame(out).rename_axis("").reset_index()


def goals_table(panels: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Goals, what can be seen of each, and what a rise would mean: a frame to print."""
    return pd.DataFrame(
        [{"Goal": p["name"], "What can be seen": p["unit"], "A rise would mean": p["rise"]} for p in panels]
    )


def cells_table(register: pd.DataFrame | None = None) -> pd.DataFrame:
    """The goal cells of talks and force, the two policies that part the readings: a frame to print, central (low to
    high)."""
    register = evidence.assumptions() if register is None else register

    def cell(policy: str, response: str, goal: str) -> str:
        name = f"dg_{policy}_{response}_{goal}"
        if name not in register.index:
            return "0"
        row = register.loc[name]
        text = f"{row.central:+g} ({row.low:+g} to {row.high:+g})"
        return text.replace("+0 ", "0 ").replace("+0)", "0)").replace("-", "−")

    words = {"accommodate": "accommodates", "hold": "holds out", "escalate": "escalates"}
    return pd.DataFrame(
        [
            {"Goal": GOAL_LABELS[z]}
            | {f"{terms.LABELS[g]}: {words[r]}": cell(g, r, z) for g in ("talks", "force") for r in RESPONSES}
            for z in GOALS
        ]
    )


def habit_table(record: pd.DataFrame) -> pd.DataFrame:
    """The habit as the record has it beside the range that the models use: a frame to print."""
    used = {"accommodate": "pi0_acc", "escalate": "pi0_esc"}
    rows = []
    for r in record.itertuples():
        ours = "the rest"
        if r.response in used:
            row = evidence.assumptions().loc[used[r.response]]
            ours = f"{percent(row.low)} to {percent(row.high)}"
        rows.append(
            {
                "Response": r.response,
                "Answers": r.answers,
                "Record": percent(r.mean),
                "Record, 5–95 %": f"{percent(r.low)} to {percent(r.high)}",
                "Range in the models": ours,
            }
        )
    return pd.DataFrame(rows)


def reform_as_threat(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with reform under an accommodated policy as a loss of the same size: reform undoes his control."""
    checks.finite(parameters=parameters)
    names = [n for n in parameters if n.endswith("_accommodate_reform")]
    return parameters | {n: -np.abs(sampling.value(parameters, n)) for n in names}


def money_share(table: pd.DataFrame, reading: str = "dealer") -> float:
    """Share of a deal's positive goal changes that is money and reform rather than standing and safety, from
    `gains`."""
    own = table[table.reading == reading].set_index("goal")["mean"].drop("all").clip(lower=0)
    return float(own[["currency", "reform"]].sum() / own.sum())
