"""What he wants: goals, minds, readings, and how a mind answers a policy.

A *mind* is a vector of weights over eight goals that sum to 1, a *reading* a distribution over minds. Answers follow
a logit around a habit (rational inattention, Matějka and McKay 2015):

    P(r | g, mind) = π0(r) exp(λ_g w·Δ(g, r)) / Σ_s π0(s) exp(λ_g w·Δ(g, s))

Arrays have their axes in the order (future, reading, policy, response, goal) as far as they have them.
"""
import altair as alt
import numpy as np
import pandas as pd
from scipy.special import gammaincinv, gammaln, logit
from scipy.stats import beta

from bargain import charts, evidence, sampling
from bargain.wording import capital, listed

GOALS = ("personal", "regime", "deterrent", "currency", "legitimacy", "recognition", "autonomy", "reform")
READINGS = ("irrational", "narrow", "dealer")
OPTIONAL = ("survival", "dominance")  # two further minds, both built on the narrow reading's draw
POLICIES = ("force", "pressure", "talks", "status_quo", "accept")
RESPONSES = ("accommodate", "hold", "escalate")


# ---------------------------------------------------------------- minds
def means(reading, register=None):
    """Mean weights of a reading over GOALS, (8,), from the rows `mean_<reading>_<goal>`.

    Raises KeyError naming a missing row, ValueError when a mean is negative or the eight do not sum to 1.
    """
    register = evidence.assumptions() if register is None else register
    ids = [f"mean_{reading}_{goal}" for goal in GOALS]
    missing = [i for i in ids if i not in register.index]
    if missing:
        raise KeyError(f"reading {reading!r}: no row {', '.join(missing)} among the assumptions")
    mean = register.loc[ids, "central"].to_numpy(float)
    if (mean < 0).any() or abs(mean.sum() - 1) > 1e-6:
        raise ValueError(f"rows mean_{reading}_<goal> must be at least 0 and sum to 1, not to {mean.sum():g}")
    return mean / mean.sum()


def weights(u, mean, concentration):
    """Dirichlet weights by inversion, shape of `u` (…, goals): x = P⁻¹(concentration × mean, u), w = x / Σx.

    P is the regularised lower incomplete gamma function. Where x underflows, its logarithm is taken from the leading
    term P(a, x) ≈ x^a / Γ(a + 1), so that tiny shapes never give 0/0. A mean of 0 gives a weight of 0.
    """
    u = np.clip(np.asarray(u, float), sampling.EDGE, 1 - sampling.EDGE)
    shape = np.broadcast_to(np.asarray(concentration, float)[..., None] * mean, u.shape)
    if not (np.asarray(concentration) > 0).all():
        raise ValueError("a Dirichlet concentration must be above 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        x = gammaincinv(shape, u)
        small = (np.log(u) + gammaln(shape + 1)) / shape
        log = np.where(x > 1e-280, np.log(x), small)
    log = np.where(shape > 0, log, -np.inf)
    x = np.exp(log - log.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def columns(reading):
    """Which eight columns of the 24-dimensional net a reading uses; readings that a reader adds share narrow's."""
    start = 8 * READINGS.index(reading if reading in READINGS else "narrow")
    return slice(start, start + 8)


def minds(reading, n, seed, register=None):
    """n minds of a reading, (n, 8) in the order of GOALS, at the central `conc_<reading>`.

    The first n points of one scrambled Sobol net of 24 dimensions, eight a reading, so that a smaller n is a prefix.
    Raises KeyError naming a missing row.
    """
    register = evidence.assumptions() if register is None else register
    mean, row = means(reading, register), f"conc_{reading}"
    if row not in register.index:
        raise KeyError(f"reading {reading!r}: no row {row} among the assumptions")
    u = sampling.net(1 << max(n - 1, 0).bit_length(), 24, seed)[:n, columns(reading)]
    return weights(u, mean, register.at[row, "central"])


def mean_mind(reading, register=None):
    """The mean weights of a reading, (8,): the centre of its Dirichlet."""
    return means(reading, register)


# ---------------------------------------------------------------- goal cells
def value(parameters, name):
    """One parameter as a float or an array over futures; KeyError names it when it is missing."""
    try:
        return np.asarray(parameters[name], float)
    except KeyError:
        raise KeyError(f"parameter {name!r} is missing") from None


def futures(parameters):
    """Length of the futures axis of a parameter set: 1 when all are single numbers."""
    sizes = {np.size(v) for v in parameters.values() if np.ndim(v)}
    if len(sizes - {1}) > 1:
        raise ValueError(f"parameters differ in their number of futures: {sorted(sizes)}")
    return max(sizes, default=1)


def changes(parameters, goals=GOALS):
    """Goal changes Δ over the horizon, (future, policy, response, goal), in the order of POLICIES and RESPONSES.

    Cells `dg_<policy>_<response>_<goal>` that are not listed are 0. Holding out under force costs
    (1 - q) Δ(force, hold) + q Δ(force, escalate), q = `q_follow`. Accept and deter: hold and escalate as under talks;
    accommodate = `share_accept` × that of talks, except the deterrent (`dg_accept_accommodate_deterrent`).
    Raises ValueError naming a goal cell that belongs to no policy, response or goal.
    """
    out = np.zeros((futures(parameters), len(POLICIES), len(RESPONSES), len(goals)))
    for name, cell in parameters.items():
        if not name.startswith("dg_"):
            continue
        policy, response, goal = parse(name)
        if policy != "accept" and goal in goals:
            out[:, POLICIES.index(policy), RESPONSES.index(response), goals.index(goal)] = cell
    force, talks, accept = (POLICIES.index(p) for p in ("force", "talks", "accept"))
    q = value(parameters, "q_follow")[..., None]
    out[:, force, 1] = (1 - q) * out[:, force, 1] + q * out[:, force, 2]
    out[:, accept] = out[:, talks]
    out[:, accept, 0] *= value(parameters, "share_accept")[..., None]
    if "deterrent" in goals:
        out[:, accept, 0, goals.index("deterrent")] = value(parameters, "dg_accept_accommodate_deterrent")
    return out


def parse(name):
    """Policy, response and goal of a cell's name; ValueError names a cell that fits none."""
    for policy in POLICIES:
        for response in RESPONSES:
            head = f"dg_{policy}_{response}_"
            if name.startswith(head) and name[len(head):] in (*GOALS, "dominance"):
                return policy, response, name[len(head):]
    raise ValueError(f"row {name!r} is no goal cell: dg_<policy>_<response>_<goal>")


# ---------------------------------------------------------------- answers
def habit(parameters):
    """Default response π0, (future, response), from `pi0_acc` and `pi0_esc`. ValueError when they exceed 1 together."""
    acc, esc = np.broadcast_arrays(value(parameters, "pi0_acc"), value(parameters, "pi0_esc"))
    if (acc < 0).any() or (esc < 0).any() or (acc + esc > 1).any():
        raise ValueError("rows pi0_acc and pi0_esc must be at least 0 and sum to at most 1")
    return np.atleast_2d(np.stack([acc, 1 - acc - esc, esc], axis=-1))


def answer(utility, precision, default):
    """Response probabilities of the logit around a habit, shape of `utility` (…, response).

    precision has the shape of `utility` without its last axis (or broadcasts to it); 0 returns the habit.
    """
    with np.errstate(divide="ignore"):
        score = np.asarray(precision, float)[..., None] * utility + np.log(default)
    score -= score.max(axis=-1, keepdims=True)
    out = np.exp(score)
    return out / out.sum(axis=-1, keepdims=True)


def respond(parameters, minds, readings=READINGS):
    """P(response | policy, reading), (future, reading, policy, response).

    minds: (future, reading, 8), the weights of each reading in each future, in the order of `readings`.
    λ = `lam`, except the irrational reading: 0 under all but force, where it is `lam_irr_force`. Two names are special:
    "survival" ignores its weights: its utility is the mean of personal and regime survival, and only force touches
    them; "dominance" gives `w_dominance` to power over the South and scales its other weights to 1 - that.
    """
    minds = np.asarray(minds, float)
    if minds.ndim != 3 or minds.shape[1:] != (len(readings), len(GOALS)):
        raise ValueError(f"minds must have the shape (futures, {len(readings)}, {len(GOALS)}), not {minds.shape}")
    delta, force = changes(parameters), POLICIES.index("force")
    default = habit(parameters)[:, None, :]
    lam = np.broadcast_to(value(parameters, "lam").reshape(-1, 1), (1, len(POLICIES)) if futures(parameters) == 1
                          else (futures(parameters), len(POLICIES)))
    out = []
    for k, reading in enumerate(readings):
        precision = lam
        if reading == "irrational":
            precision = np.zeros_like(lam)
            precision[:, force] = value(parameters, "lam_irr_force")
        if reading == "survival":
            utility = np.zeros(delta.shape[:3])
            utility[:, force] = delta[:, force, :, :2].mean(axis=-1)
        else:
            utility = np.einsum("ngrz,nz->ngr", *pair(delta, minds[:, k]))
        if reading == "dominance":
            w = value(parameters, "w_dominance").reshape(-1, 1, 1)
            utility = (1 - w) * utility + w * changes(parameters, ("dominance",))[..., 0]
        out.append(answer(utility, precision, default))
    return np.stack(np.broadcast_arrays(*out), axis=1)


def pair(delta, minds):
    """Goal changes and minds with one length of futures, whichever of the two has 1."""
    n = max(len(delta), len(minds))
    return np.broadcast_to(delta, (n, *delta.shape[1:])), np.broadcast_to(minds, (n, *minds.shape[1:]))


# ---------------------------------------------------------------- how far apart are the readings?
def divergence(mean_response, readings=READINGS):
    """Kullback-Leibler divergence between readings under each policy, and the answers needed for 20 to 1.

    mean_response: (reading, policy, response), *mean* probabilities of each reading. Returns a frame with columns
    policy, truth, rival, nats (expected log likelihood ratio of one answer when `truth` is true) and
    answers (ln 20 / nats; infinite where the two readings answer alike).
    """
    rows = []
    for g, policy in enumerate(POLICIES):
        for i, truth in enumerate(readings):
            for j, rival in enumerate(readings):
                if i == j:
                    continue
                p, q = mean_response[i, g], mean_response[j, g]
                with np.errstate(divide="ignore", invalid="ignore"):
                    nats = float(np.where(p > 0, p * np.log(p / q), 0.0).sum())
                nats = max(nats, 0.0)
                rows.append((policy, truth, rival, nats, np.log(20) / nats if nats > 1e-15 else np.inf))
    return pd.DataFrame(rows, columns=["policy", "truth", "rival", "nats", "answers"])


# ---------------------------------------------------------------- what the chapter shows
GOAL_LABELS = {"personal": "Personal survival", "regime": "Regime survival", "deterrent": "Deterrent",
               "currency": "Hard currency", "legitimacy": "Legitimacy", "recognition": "Recognition",
               "autonomy": "Autonomy", "reform": "Reform"}
READING_WORDS = {"irrational": "the irrational Kim", "narrow": "the narrowly rational Kim",
                 "dealer": "the deal-seeker", "survival": "the survival-only Kim", "dominance": "the dominance-seeker"}
POLICY_WORDS = {"force": "force", "pressure": "pressure", "talks": "talks", "status_quo": "the status quo",
                "accept": "acceptance"}
WORTHLESS = np.log(1.1)  # a likelihood ratio within a tenth of 1 tells nothing


def _talk_months():
    """Months of talks with Washington in each whole year from 2012, a series."""
    talks = evidence.table("talks_by_month")
    talks = talks[talks.month >= "2012"]
    return talks.groupby(talks.month.str[:4]).talks_under_way.agg(["sum", "size"]).query("size == 12")["sum"]


def indicators():
    """One observable a goal by year from 2012: dicts with goal, name, unit, x, v, fmt, meaning of a rise.

    Only whole years. These are the nearest things that can be seen, not the goals themselves.
    """
    leader = evidence.table("leadership_economy")
    launches = evidence.table("missile_tests_by_year").query("year >= 2012 and complete_year == 1")
    theft = evidence.table("illicit_revenue").query("stream == 'crypto_theft' and annual_estimate == 'yes'")
    theft = theft.sort_values("year")
    trade = evidence.table("china_trade_share").query("year >= 2012").dropna(
        subset=["china_share_excl_inter_korean_pct"])
    growth = evidence.table("gdp").query("year >= 2012")
    talks = _talk_months()
    rows = [
        ("personal", "public appearances a year", leader.year, leader.kju_appearances, "d",
         "he feels safe enough to be seen, or needs to be"),
        ("regime", "real growth, % a year", growth.year, growth.real_growth_pct_current_vintage, "+.1f",
         "the economy that feeds the elite recovers"),
        ("deterrent", "missiles launched a year", launches.year, launches.launches, "d",
         "the programme moves; says nothing about its aim"),
        ("currency", "crypto stolen, US$ bn", theft.year, theft.usd_m_central / 1000, ".1f",
         "cash is wanted, and other ways are shut"),
        ("legitimacy", "military visits, % of all", leader.year, leader.military_pct, ".0f",
         "he rules by the gun rather than by the rice bowl"),
        ("recognition", "months of talks with the US", talks.index.astype(int), talks.to_numpy(), "d",
         "he is received; it takes two"),
        ("autonomy", "China's share of trade, %", trade.year, trade.china_share_excl_inter_korean_pct, ".0f",
         "less autonomy: one customer"),
        ("reform", "economic visits, % of all", leader.year, leader.economic_guidance_pct, ".0f",
         "the economy is worth his time"),
    ]
    out = []
    for goal, unit, x, v, fmt, rise in rows:
        v = np.asarray(v, float)
        out.append({"goal": goal, "name": GOAL_LABELS[goal], "unit": unit, "x": np.asarray(x, int),
                    "v": v.astype(int) if fmt == "d" else v, "fmt": ",.0f" if fmt == "d" else fmt, "rise": rise})
    return out


def indicator_frame(panels):
    """The panels of `indicators` as a tidy frame: goal, indicator, year, value."""
    return pd.concat([pd.DataFrame({"goal": p["goal"], "indicator": p["unit"], "year": p["x"], "value": p["v"]})
                      for p in panels], ignore_index=True)


def moved(panels, goal, before, after):
    """Mean of a goal's indicator over the years `before` and over `after` (inclusive pairs), as two floats."""
    p = next(p for p in panels if p["goal"] == goal)
    return tuple(float(np.mean(p["v"][(p["x"] >= a) & (p["x"] <= b)])) for a, b in (before, after))


def goals_table(panels):
    """Goals, what can be seen of each, and what a rise would mean: a frame to print."""
    return pd.DataFrame([{"Goal": p["name"], "What can be seen": p["unit"], "A rise would mean": p["rise"]}
                         for p in panels])


def purges():
    """Named removals of senior figures: leader, years since the first of his in the table, person, kind of report.

    kind: confirmed (by the state or beyond dispute), reported (by one intelligence service, lawmaker or paper), false
    (later seen alive). Counts without names are left out.
    """
    table = evidence.table("leadership_purges")
    table = table[table.kind != "count"].copy()
    table["year"] = table.date.str[:4].astype(int) + (pd.to_numeric(table.date.str[5:7]).fillna(7) - 1) / 12
    table["since"] = table.year - table.groupby("leader").year.transform("min")
    false, sure = (table.status.str.contains(words) for words in ("false", "confirm|state media|date"))
    table["report"] = np.select([false, sure], ["false", "confirmed"], "reported")
    return table[["leader", "date", "year", "since", "person", "post", "fate", "report"]].reset_index(drop=True)


def habit_record(since="2012-01", prior=1.0):
    """His habit from the record: months coded escalate (a launch or a nuclear test), else accommodate (talks under
    way), else hold; counts and the mean and 5-95 per cent range of Dirichlet(prior + counts).

    Returns a frame with columns response, months, mean, low, high. Months that the talks table covers.
    """
    talks = evidence.table("talks_by_month").set_index("month").talks_under_way
    talks = talks[talks.index >= since]
    fired = {m for t in ("missile_tests", "nuclear_tests") for m in evidence.table(t).date.astype(str).str[:7]}
    last = max(m for m in fired)  # a month after the last known launch may only be unrecorded
    talks = talks[talks.index <= last]
    escalate = talks.index.isin(fired)
    counts = np.array([(~escalate & (talks == 1)).sum(), (~escalate & (talks != 1)).sum(), escalate.sum()])
    total = counts.sum() + 3 * prior
    a = counts + prior
    return pd.DataFrame({"response": RESPONSES, "months": counts, "mean": a / total,
                         "low": beta.ppf(0.05, a, total - a), "high": beta.ppf(0.95, a, total - a)})


def weight_table(minds, readings=READINGS):
    """Weights by reading and goal over a draw of minds (future, reading, 8): reading, goal, mean, low, high (5-95
    %)."""
    low, high = np.quantile(minds, [0.05, 0.95], axis=0)
    mean = minds.mean(axis=0)
    return pd.DataFrame([(r, z, mean[k, i], low[k, i], high[k, i]) for k, r in enumerate(readings)
                         for i, z in enumerate(GOALS)], columns=["reading", "goal", "mean", "low", "high"])


def answer_table(answers, readings=READINGS):
    """Response probabilities over a draw (future, reading, policy, response): reading, policy, response, mean, low,
    high."""
    low, high = np.quantile(answers, [0.05, 0.95], axis=0)
    mean = answers.mean(axis=0)
    rows = [(k, g, a, mean[i, j, r], low[i, j, r], high[i, j, r]) for i, k in enumerate(readings)
            for j, g in enumerate(POLICIES) for r, a in enumerate(RESPONSES)]
    return pd.DataFrame(rows, columns=["reading", "policy", "response", "mean", "low", "high"])


def best_teacher(divergences, pair=("dealer", "narrow")):
    """The policy under which two readings are told apart in the fewest answers: (policy, answers), averaged both
    ways."""
    both = divergences[divergences.truth.isin(pair) & divergences.rival.isin(pair)]
    nats = both.groupby("policy").nats.mean()
    policy = nats.idxmax()
    return policy, float(np.log(20) / nats[policy])


def answers_needed(divergences):
    """Answers needed for 20 to 1 by policy and unordered pair: policy, pair, answers (ln 20 over the mean of both
    ways)."""
    d = divergences.assign(pair=[" or ".join(sorted((a, b), key=READINGS.index))
                                 for a, b in zip(divergences.truth, divergences.rival, strict=True)])
    nats = d.groupby(["policy", "pair"], sort=False).nats.mean()
    return (np.log(20) / nats).rename("answers").reset_index()


def diagnosticity(parameters, answers, readings=("narrow", "dealer")):
    """What a rise or fall of each goal's indicator would tell between two readings, if indicators follow goal changes.

    P(rise of goal z | policy, reading) = Σ_r mean P(r | policy, reading) × P(Δ(policy, r, z) > 0), likewise for a fall;
    the log of the ratio of the two readings, second over first. Columns policy, goal, move (rise, fall), log_ratio,
    p_first, p_second, worthless (the ratio within a tenth of 1, or the move all but impossible under both).
    """
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


def gains(parameters, minds, readings=("narrow", "dealer"), policy="talks"):
    """Where the gain of accommodating over holding out comes from, goal by goal: reading, goal, mean, low, high.

    w_z × (Δ(policy, accommodate, z) - Δ(policy, hold, z)) over the draw; the goal "all" is their sum.
    """
    delta = changes(parameters)[:, POLICIES.index(policy)]
    step = delta[:, 0] - delta[:, 1]
    rows = []
    for reading in readings:
        part = minds[:, READINGS.index(reading)] * step
        for goal, column in [*zip(GOALS, part.T, strict=True), ("all", part.sum(axis=1))]:
            rows.append((reading, goal, column.mean(), *np.quantile(column, [0.05, 0.95])))
    return pd.DataFrame(rows, columns=["reading", "goal", "mean", "low", "high"])


def not_for_sale(parameters, minds, readings=READINGS):
    """Share of minds for which holding out under talks beats accommodating, {reading: share}; habit apart."""
    delta = changes(parameters)[:, POLICIES.index("talks")]
    better = np.einsum("nz,nkz->nk", delta[:, 0] - delta[:, 1], minds) < 0
    return dict(zip(readings, better.mean(axis=0), strict=True))


def sale_limit(reading, parameters):
    """Weight on the deterrent above which a full deal no longer beats holding out, other weights in proportion.

    At the mean goal changes of the draw. 1 where even he who wants nothing else would sell; 0 where nobody would.
    """
    delta = changes(parameters)[:, POLICIES.index("talks")].mean(axis=0)
    step, z = delta[0] - delta[1], GOALS.index("deterrent")
    w = mean_mind(reading).copy()
    w[z] = 0
    rest = float(step @ w / w.sum())
    if rest <= 0:
        return 0.0
    return 1.0 if step[z] >= 0 else rest / (rest - float(step[z]))


def yielding(parameters, minds, credibility, precision):
    """Mean chance that the irrational Kim accommodates force, over `q_follow` and his precision for force.

    Returns a frame with columns credibility, precision, chance; minds (future, reading, 8).
    """
    own, force = minds[:, READINGS.index("irrational")], POLICIES.index("force")
    ends = [np.einsum("nrz,nz->nr", *pair(changes(parameters | {"q_follow": q})[:, force], own)) for q in (0.0, 1.0)]
    default, rows = habit(parameters), []
    for q in credibility:  # utility is linear in the credibility
        utility = (1 - q) * ends[0] + q * ends[1]
        rows += [(q, lam, float(answer(utility, np.asarray(lam), default)[:, 0].mean())) for lam in precision]
    return pd.DataFrame(rows, columns=["credibility", "precision", "chance"])


def frozen(parameters, minds, register=None):
    """Does a group of goal cells matter? The spread of P(accommodate) over the draw, with groups at central values.

    Spread = the standard deviation of the log odds, which a few extreme draws hardly move. Returns a frame: group
    (cells of a policy, all cells, the minds), reading and policy of the rational Kim's answer that is calmed most,
    calmed (the share of its spread that goes away).
    """
    register = evidence.assumptions() if register is None else register
    cells = {f"cells of {POLICY_WORDS[g]}": [n for n in parameters if n.startswith(f"dg_{g}_")] for g in POLICIES}
    cells["all cells"] = [n for names in cells.values() for n in names]
    tests = {k: (parameters | {n: float(register.at[n, "central"]) for n in names}, minds)
             for k, names in cells.items()}
    middle = np.stack([means(r, register) for r in READINGS])
    tests["minds"] = (parameters, np.broadcast_to(middle, minds.shape))

    def spread(p, m):
        return logit(respond(p, m)[:, 1:, :, 0]).std(axis=0)

    whole, rows = spread(parameters, minds), []
    for name, (p, m) in tests.items():
        lost = 1 - spread(p, m) / whole
        k, g = np.unravel_index(lost.argmax(), lost.shape)
        rows.append((name, READINGS[k + 1], POLICIES[g], float(lost[k, g])))
    return pd.DataFrame(rows, columns=["group", "reading", "policy", "calmed"])


def cells_table(register=None):
    """The goal cells of talks and force, the two policies that part the readings: a frame to print, central (low to
    high)."""
    register = evidence.assumptions() if register is None else register

    def cell(policy, response, goal):
        name = f"dg_{policy}_{response}_{goal}"
        if name not in register.index:
            return "0"
        row = register.loc[name]
        text = f"{row.central:+g} ({row.low:+g} to {row.high:+g})"
        return text.replace("+0 ", "0 ").replace("+0)", "0)").replace("-", "−")

    words = {"accommodate": "accommodates", "hold": "holds out", "escalate": "escalates"}
    return pd.DataFrame([{"Goal": GOAL_LABELS[z]} | {f"{charts.LABELS[g]}: {words[r]}": cell(g, r, z)
                                                     for g in ("talks", "force") for r in RESPONSES} for z in GOALS])


def habit_table(record):
    """The habit as the record has it beside the range that the models use: a frame to print."""
    used = {"accommodate": "pi0_acc", "escalate": "pi0_esc"}
    rows = []
    for r in record.itertuples():
        ours = "the rest"
        if r.response in used:
            row = evidence.assumptions().loc[used[r.response]]
            ours = f"{percent(row.low)} to {percent(row.high)}"
        rows.append({"Response": r.response, "Months": r.months, "Record": percent(r.mean),
                     "Record, 5–95 %": f"{percent(r.low)} to {percent(r.high)}", "Range in the models": ours})
    return pd.DataFrame(rows)


def frozen_table(table):
    """`frozen` as a frame to print."""
    return pd.DataFrame({"Held at its centre": table.group,
                         "Answer that moves least then": [f"{charts.LABELS[k]}, {POLICY_WORDS[g]}" for k, g in
                                                          zip(table.reading, table.policy, strict=True)],
                         "Share of its spread that goes": [fives(v) for v in table.calmed]})


def reform_as_threat(parameters):
    """The parameters with reform under an accommodated policy as a loss of the same size: reform undoes his control."""
    names = [n for n in parameters if n.endswith("_accommodate_reform")]
    return parameters | {n: -np.abs(value(parameters, n)) for n in names}


def money_share(table, reading="dealer"):
    """Share of a deal's positive goal changes that is money and reform rather than standing and safety, from
    `gains`."""
    own = table[table.reading == reading].set_index("goal")["mean"].drop("all").clip(lower=0)
    return float(own[["currency", "reform"]].sum() / own.sum())


# ---------------------------------------------------------------- sentences, worded by what is computed
def percent(x):
    """A share in whole per cents."""
    return f"{x:.0%}"


def fives(x):
    """A share to the nearest five per cent."""
    return "under 5%" if x < 0.05 else f"{5 * round(20 * x)}%"


def count(x):
    """A number of answers in words that claim no more digits than two seeds share."""
    if not np.isfinite(x) or x > 999:
        return "more than a thousand"
    return f"about {tens(x)}"


def tens(x):
    """A number with the digits that two seeds share: whole below 20, then tens, from 200 on fifties."""
    step = 1 if x < 20 else 10 if x < 200 else 50
    return f"{step * round(x / step):,.0f}"


def needed_by(divergences, policy, pair=("narrow", "dealer")):
    """Answers that tell a pair of readings apart under a policy."""
    table = answers_needed(divergences).set_index(["policy", "pair"]).answers
    return float(table[policy, " or ".join(sorted(pair, key=READINGS.index))])


def teacher_finding(divergences):
    """Which policy tells the deal-seeker from the narrowly rational Kim soonest, and how slowly the others do."""
    best, answers = best_teacher(divergences)
    rest = [p for p in ("talks", "pressure", "force") if p != best]
    others = listed(f"{POLICY_WORDS[p]} {count(needed_by(divergences, p))}" for p in rest)
    return (f"Under {POLICY_WORDS[best]}, {count(answers)} answers would tell the deal-seeker from the narrowly "
            f"rational Kim at 20 to 1; under {others}")


def answers_finding(mean, default):
    """Under which policy the readings part, from mean answers (reading, policy, response)."""
    yields = mean[..., 0]
    g = int(np.ptp(yields[:, :4], axis=0).argmax())
    order = np.argsort(-yields[:, g])
    return (f"The three Kims part under {POLICY_WORDS[POLICIES[g]]}: {READING_WORDS[READINGS[order[0]]]} accommodates "
            f"in {percent(yields[order[0], g])} of cases, {READING_WORDS[READINGS[order[1]]]} in "
            f"{percent(yields[order[1], g])}, {READING_WORDS[READINGS[order[2]]]} in "
            f"{percent(yields[order[2], g])}; his habit alone gives {percent(default[0])}")


def answers_heading(mean):
    """Under which policy the readings part most; for a heading."""
    return f"The three Kims part most under {POLICY_WORDS[POLICIES[int(np.ptp(mean[:, :4, 0], axis=0).argmax())]]}"


def teacher_heading(divergences):
    """Answers to which policy would tell the two rational readings apart soonest; for a heading."""
    policy, answers = best_teacher(divergences)
    if not np.isfinite(answers) or answers > 999:  # as `count` has it
        return "No policy would tell the two rational Kims apart"
    return f"{capital(POLICY_WORDS[policy])} would tell the two rational Kims apart soonest"


def gains_heading(sale):
    """For most minds of which rational reading a full deal beats holding out; for a heading."""
    dealer, narrow = (sale[k] < 0.5 for k in ("dealer", "narrow"))
    if dealer == narrow:
        return f"A full deal suits most minds of {'both rational Kims' if dealer else 'neither rational Kim'}"
    return ("A full deal suits most deal-seekers, not most narrow minds" if dealer
            else "A full deal suits most narrow minds, not most deal-seekers")


def gains_finding(sale):
    """For whom a full deal is worth more than holding out, from `not_for_sale`."""
    return (f"A full deal beats holding out for {percent(1 - sale['dealer'])} of the deal-seeking minds and "
            f"{percent(1 - sale['narrow'])} of the narrowly rational ones")


def yielding_finding(table):
    """What close listening does to yielding under force, with and without a credible sequel."""
    end = table[table.precision == table.precision.max()].set_index("credibility").chance
    deaf = table[table.precision == 0].chance.iloc[0]
    low, high = end[end.index.min()], end[end.index.max()]
    word = "less" if low < deaf else "more"
    return (f"A Kim who reads force closely yields {word} often than by habit if nothing follows a strike "
            f"({percent(low)} against {percent(deaf)}), and in {percent(high)} of cases if more is sure to follow")


def lesson(table):
    """Whom a strike makes yield more often than by habit, of those who read force closely, from `yielding`.

    sequel: him who expects that more will follow; always: him whatever he expects; last: him who expects no more;
    never: nobody.
    """
    end = table[table.precision == table.precision.max()].set_index("credibility").chance
    deaf = table[table.precision == 0].chance.iloc[0]
    alone, sure = end[end.index.min()] > deaf, end[end.index.max()] > deaf
    return (("never", "sequel"), ("last", "always"))[int(alone)][int(sure)]


def yielding_heading(table):
    """Whom force makes yield; for a heading."""
    return {"sequel": "Force moves only a man who expects the next blow",
            "always": "Force moves a man who reads it well, sequel or not",
            "last": "Force moves only a man who expects no further blow",
            "never": "Force moves nobody, however well he reads it"}[lesson(table)]


def diagnosticity_finding(table):
    """How many moves tell nothing between the two readings, and what the plainest move is."""
    seen = table[table.policy.isin(["pressure", "talks"])]
    top = seen.loc[seen.log_ratio.abs().idxmax()]
    towards = READING_WORDS["dealer" if top.log_ratio > 0 else "narrow"]
    return (f"Of {len(seen)} moves that could be watched, {int(seen.worthless.sum())} tell nothing; none is more than "
            f"{np.exp(abs(top.log_ratio)):.0f} times likelier under one reading ({towards})")


def weights_finding(table):
    """On which goals the rational readings' mean weights differ most, by the stated means; `table` has the draws'
    spread."""
    narrow, dealer = (100 * mean_mind(r) for r in ("narrow", "dealer"))
    gap = dealer - narrow

    def named(far):
        at = [z for z in range(len(GOALS)) if far[z] > far.max() - 0.5]  # half a point is a tie
        return " and ".join(f"{GOAL_LABELS[GOALS[z]].lower()} ({dealer[z]:.0f}% against {narrow[z]:.0f}%)" for z in at)

    within = "more than that" if wide(table) else "less than that"
    return (f"The deal-seeker cares more for {named(gap)} and less for {named(-gap)}; within a reading the minds "
            f"differ by {within}")


def wide(table):
    """Whether minds within a rational reading (5-95 per cent of a weight) lie further apart than the two means do."""
    spread = (table.high - table.low)[table.reading != "irrational"].max()
    return spread > abs(mean_mind("dealer") - mean_mind("narrow")).max()


def weights_heading(table):
    """Minds within a rational reading against the distance between the two; for a heading."""
    return ("The minds of one reading differ more than two readings do" if wide(table)
            else "Two readings differ more than the minds of one")


def attention(panels):
    """Whether his attention followed the outside world from 2017 to the year of talks, with the military visits."""
    before, after = moved(panels, "legitimacy", (2017, 2017), (2018, 2018))
    did = {"fell": "did follow", "rose": "did not follow", "stayed": "hardly followed"}[direction(before, after)]
    return (f"His attention {did} the outside world: military visits were {before:.0f} per cent of his appearances in "
            f"2017 and {after:.0f} in 2018")


def direction(before, after):
    """rose, fell or stayed, by a tenth."""
    if abs(after - before) <= 0.1 * max(abs(before), abs(after)):
        return "stayed"
    return "rose" if after > before else "fell"


def indicators_finding(panels):
    """What the indicators did between the summit year and the last two years."""
    last = max(int(p["x"].max()) for p in panels)
    parts = []
    for goal, words in (("recognition", "months of talks"), ("currency", "theft"), ("deterrent", "launches"),
                        ("reform", "economic visits")):
        parts.append((words, direction(*moved(panels, goal, (2018, 2018), (last - 1, last)))))
    groups = {verb: [w for w, v in parts if v == verb] for verb in ("rose", "fell", "stayed")}
    said = [f"{listed(words)} {verb if verb != 'stayed' else 'stayed as they were'}"
            for verb, words in groups.items() if words]
    return f"From 2018 to {last - 1}–{last}, " + "; ".join(said)


def purges_finding(table, years=6):
    """Known removals of the founder and of the grandson in the first years of each."""
    a, b = early_removals(table, years)
    sure = int(((table.leader == "Kim Jong Un") & (table.since <= years) & (table.report == "confirmed")).sum())
    word = "more" if a > b else "fewer" if a < b else "as many"
    return (f"Within {years} years of the first, the table names {a} removal{'s' * (a != 1)} under Kim Jong Un, {word} "
            f"{'than' if word != 'as many' else 'as'} the {b} under his grandfather; {sure or 'none'} of them "
            f"{'is' if sure == 1 else 'are'} confirmed")


def purges_heading(table, years=6):
    """The count of `purges_finding`; for a heading."""
    a, b = early_removals(table, years)
    if a == b:
        return "He has as many early removals listed as his grandfather"
    return f"He has {'more' if a > b else 'fewer'} early removals listed than his grandfather"


def early_removals(table, years):
    """Removals in the first years of each, false reports apart: of the grandson, of the founder."""
    first = table[(table.since <= years) & (table.report != "false")].groupby("leader").size()
    return int(first.get("Kim Jong Un", 0)), int(first.get("Kim Il Sung", 0))


def before_essay(table, month="2017-04"):
    """How many of Kim Jong Un's known removals, false reports apart, came before the essay."""
    own = table[(table.leader == "Kim Jong Un") & (table.report != "false")]
    early = int((own.date.str[:7] < month).sum())
    return f"Of the {len(own)} removals in the table that are not known to be false, {early} came before the essay"


def frozen_finding(table):
    """What holding all cells, and what holding the minds, takes away at most."""
    calmed = table.set_index("group").calmed
    return (f"Holding every goal change at its centre takes away at most {fives(calmed['all cells'])} of the spread of "
            f"any answer of a rational Kim; holding his weights takes away up to {fives(calmed['minds'])}")


def yielding_moral(table):
    """Whether a strike without a sequel teaches holding out, and whether a sequel helps only a man who reads well."""
    return {"sequel": "A strike persuades only a man who reads it well and also believes that the next will follow; "
                      "one that is expected to be the last teaches him to hold out.",
            "always": "A strike persuades a man who reads it well, whether or not the next is sure to follow.",
            "last": "A strike persuades only a man who reads it well and believes that it is the last.",
            "never": "A strike persuades nobody here, however well he reads it."}[lesson(table)]


def ratio(table, policy, goal, move):
    """How many times likelier a move is under the likelier of the two readings, in words of one digit."""
    row = table[(table.policy == policy) & (table.goal == goal) & (table.move == move)].iloc[0]
    return f"{np.exp(abs(row.log_ratio)):.1f}"


# ---------------------------------------------------------------- drawings
def draw_indicators(t, narrow, panels):
    """Small multiples, one observable a goal."""
    return charts.multiples(panels, t, narrow, events=[(2019.15, "Hanoi")])


def draw_purges(t, narrow, table):
    """Known removals by years since the first of each leader's, one row a leader."""
    names = list(dict.fromkeys(table.leader))
    table = table.assign(row=table.leader, pick=table.person.map({
        "Jang Song Thaek": "Jang Song Thaek", "Kim Jong Nam": "Kim Jong Nam", "Pak Hon-yong": "Pak Hon-yong",
        "Pak Kum-chol and the Kapsan faction": "Kapsan faction"}).fillna(""))
    scale = alt.Scale(domain=[-1, np.ceil(table.since.max()) + 1], nice=False)
    x = alt.X("since:Q", title="Years since the first removal in the table", scale=scale)
    y = alt.Y("row:N", sort=names, title=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    layers = []
    marks = (("confirmed", "circle", "kim"), ("reported", "circle", "paper"), ("false", "cross", "ink3"))
    for report, shape, fill in marks:
        rows = table[table.report == report]
        layers.append(alt.Chart(rows).mark_point(shape=shape, size=80, filled=True, color=t[fill], stroke=t["kim"],
                                                 strokeWidth=1.4).encode(x=x, y=y))
    named = table[table.pick != ""].assign(dy=lambda d: np.where(d.person == "Kim Jong Nam", 18, -14))
    for dy, rows in named.groupby("dy"):
        layers.append(charts.label(rows, t, "pick:N", "ink2", "center", dy=int(dy), size=11, x=x, y=y))
    heads = pd.DataFrame({"row": names, "since": -1.0})
    layers.append(charts.label(heads, t, "row:N", "ink", weight=600, dy=-34, x=x, y=y))
    key = pd.DataFrame({"row": names[0], "since": 20.0, "at": [-16, 0, 16],
                        "text": ["● confirmed", "○ reported", "+ false report"]})
    for at, rows in key.groupby("at"):
        layers.append(charts.label(rows, t, "text:N", "ink2", dy=int(at), x=x, y=y))
    return alt.layer(*layers).properties(width=charts.size(narrow, 6), height=90 * len(names))


def _panel(t, title, color="ink", left=0):
    return alt.Title(title, color=t[color], anchor="start", frame="group", dx=left, fontSize=13)


def draw_weights(t, narrow, table):
    """Goals by rows, one panel a reading: mean weight and its 5-95 per cent range."""
    names, width = [GOAL_LABELS[z] for z in GOALS], 108
    d = table.assign(row=table.goal.map(GOAL_LABELS), low=table.low * 100, mean=table["mean"] * 100,
                     high=table.high * 100)
    inner = (charts.size(narrow, width) - 2 * (14 if narrow else 24)) / 3
    top = 5 * np.ceil(d.high.max() / 5)
    panels = []
    for k, reading in enumerate(READINGS):
        y = charts.rows(names, width, narrow) if k == 0 else alt.Y("row:N", sort=names, axis=None)
        x = dict(scale=alt.Scale(domain=[0, top], nice=False), title="Weight, %" if k == 0 else None,
                 axis=alt.Axis(values=[0, 20, 40], grid=True))
        rows = d[d.reading == reading]
        bars = charts.ranges(rows, t, "low", "high", color=reading, vertical=False, x=x, y=y)
        dots = alt.Chart(rows).mark_point(size=56, color=t[reading], shape=charts.SHAPE[reading]).encode(
            x=alt.X("mean:Q", **x), y=y)
        short = {"narrow": "Narrow"} if narrow else {}
        panels.append(alt.layer(bars, dots).properties(
            width=inner, height=26 * len(names), title=_panel(t, short.get(reading, charts.LABELS[reading]), reading)))
    return alt.hconcat(*panels, spacing=14 if narrow else 24)


def draw_answers(t, narrow, table, habit):
    """Chance of each response by policy and reading, with the habit as a line: three panels."""
    names, width = [charts.LABELS[g] for g in POLICIES], 118
    d = table.assign(row=table.policy.map(charts.LABELS), low=table.low * 100, mean=table["mean"] * 100,
                     high=table.high * 100)
    inner = charts.size(narrow, width) if narrow else (charts.size(False, width) - 96) / 3
    color = alt.Color("reading:N", scale=alt.Scale(**charts.colours(READINGS, t)))
    panels = []
    for r, response in enumerate(RESPONSES):
        axis = charts.rows(names, width, narrow) if r == 0 or narrow else alt.Y("row:N", sort=names, axis=None)
        y = axis.scale(paddingInner=0.25)
        offset = alt.YOffset("reading:N", sort=list(READINGS))
        last = not narrow or r == 2
        x = dict(scale=alt.Scale(domain=[0, 100], nice=False), title="Chance, %" if (r == 0 and not narrow) or
                  (narrow and last) else None, axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=True))
        base = alt.Chart(d[d.response == response]).encode(y=y, yOffset=offset, color=color)
        rule = alt.Chart(pd.DataFrame({"h": [habit[r] * 100]})).mark_rule(color=t["ink"], strokeDash=[2, 3]).encode(
            x=alt.X("h:Q", **x))
        bars = base.mark_rule(strokeWidth=5, opacity=.4).encode(
            x=alt.X("low:Q", **x), x2="high:Q")
        dots = base.mark_point(size=46).encode(x=alt.X("mean:Q", **x), shape=alt.Shape("reading:N", scale=alt.Scale(
            domain=list(READINGS), range=[charts.SHAPE[k] for k in READINGS])))
        layers = [bars, rule, dots]
        if r == 0:
            at = pd.DataFrame({"row": names[3], "reading": READINGS, "x": 40.0,
                               "text": [charts.LABELS[k] for k in READINGS]})
            layers.append(alt.Chart(at).mark_text(align="left", fontWeight=600, fontSize=12, dy=0).encode(
                x=alt.X("x:Q", **x), y=y, yOffset=offset, text="text:N", color=color))
        title = {"accommodate": "He accommodates", "hold": "He holds out", "escalate": "He escalates"}[response]
        panels.append(alt.layer(*layers).properties(width=inner, height=50 * len(names), title=_panel(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=18 if narrow else 24)


def draw_gains(t, narrow, table, readings=("narrow", "dealer")):
    """What accommodating talks gives over holding out, goal by goal, two readings a row."""
    labels = GOAL_LABELS | {"all": "All together"}
    names, width = list(labels.values()), 108
    d = table.assign(row=table.goal.map(labels))
    y = charts.rows(names, width, narrow).scale(paddingInner=0.2)
    offset = alt.YOffset("reading:N", sort=list(readings))
    color = alt.Color("reading:N", scale=alt.Scale(**charts.colours(readings, t)))
    x = dict(scale=alt.Scale(domain=[-.3, .33], nice=False), title="Weighted goal change, deal less holding out",
              axis=alt.Axis(values=[-.2, 0, .2], format="+.1f", labelExpr="datum.value == 0 ? '0' : datum.label",
                            grid=True))
    base = alt.Chart(d).encode(y=y, yOffset=offset, color=color)
    zero = alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x))
    bars = base.mark_rule(strokeWidth=5, opacity=.4).encode(
        x=alt.X("low:Q", **x), x2="high:Q")
    dots = base.mark_point(size=52).encode(x=alt.X("mean:Q", **x), shape=alt.Shape("reading:N", scale=alt.Scale(
        domain=list(readings), range=[charts.SHAPE[k] for k in readings])))
    at = pd.DataFrame({"row": GOAL_LABELS["legitimacy"], "reading": readings, "x": .1,
                       "text": [charts.LABELS[k] for k in readings]})
    key = alt.Chart(at).mark_text(align="left", fontWeight=600, fontSize=12).encode(
        x=alt.X("x:Q", **x), y=y, yOffset=offset, text="text:N", color=color)
    return alt.layer(zero, bars, dots, key).properties(width=charts.size(narrow, width), height=36 * len(names))


def draw_needed(t, narrow, table):
    """Answers needed to tell two readings apart, one panel a pair, on a logarithmic axis."""
    names, width = [charts.LABELS[g] for g in POLICIES], 118
    d = table.assign(row=table.policy.map(charts.LABELS), text=table.answers.map(tens))
    pairs = list(dict.fromkeys(d.pair))
    inner = charts.size(narrow, width) - 30 if narrow else (charts.size(False, width) - 72) / 3
    panels = []
    for i, pair in enumerate(pairs):
        rows = d[d.pair == pair]
        y = charts.rows(names, width, narrow) if i == 0 or narrow else alt.Y("row:N", sort=names, axis=None)
        x = dict(scale=alt.Scale(type="log", domain=[4, 2000], nice=False), title="Answers (log scale)" if i ==
                  (2 if narrow else 0) else None, axis=alt.Axis(values=[10, 100, 1000], grid=True, format=",d"))
        stem = alt.Chart(rows.assign(start=4)).mark_rule(color=t["data"], opacity=.5).encode(
            x=alt.X("start:Q", **x), x2="answers:Q", y=y)
        at = alt.X("answers:Q", **x)
        dots = alt.Chart(rows).mark_point(size=60, color=t["ink"]).encode(x=at, y=y)
        words = charts.label(rows, t, "text:N", "ink", weight=600, dx=8, x=at, y=y)
        title = " or ".join(charts.LABELS[k] if j == 0 else charts.LABELS[k].lower()
                            for j, k in enumerate(pair.split(" or ")))
        panels.append(alt.layer(stem, dots, words).properties(
            width=inner, height=24 * len(names), title=_panel(t, title)))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=18 if narrow else 30)


def draw_diagnosticity(t, narrow, table):
    """Goals by rows, moves under pressure and under talks by columns: how many times likelier under one reading."""
    names, width = [GOAL_LABELS[z] for z in GOALS], 108
    d = table[table.policy.isin(["pressure", "talks"])].copy()
    d["row"], d["column"] = d.goal.map(GOAL_LABELS), d.policy + " " + d.move
    order = ["pressure rise", "pressure fall", "talks rise", "talks fall"]
    d["text"] = ["" if w else f"{np.exp(abs(v)):.1f}×" for v, w in zip(d.log_ratio, d.worthless, strict=True)]
    d["token"] = np.where(d.worthless, "grid", np.where(d.log_ratio > 0, "dealer", "narrow"))
    d["opacity"] = np.where(d.worthless, 1.0, np.clip(np.abs(d.log_ratio) / 2.4, .1, .55))
    head = "{'pressure rise': 'rise', 'pressure fall': 'fall', 'talks rise': 'rise', 'talks fall': 'fall'}[datum.value]"
    x = alt.X("column:N", sort=order, title=None,
              axis=alt.Axis(orient="top", labelExpr=head, labelAngle=0, domain=False, ticks=False))
    y = charts.rows(names, width, narrow)
    layers = []
    for token, rows in d.groupby("token"):
        layers.append(alt.Chart(rows).mark_rect(color=t[token], stroke=t["paper"], strokeWidth=2).encode(
            x=x, y=y, opacity=alt.Opacity("opacity:Q", scale=None)))
    layers.append(charts.label(d, t, "text:N", "ink", "center", halo=False, x=x, y=y))
    inner = charts.size(narrow, width)
    tops = pd.DataFrame({"column": ["pressure rise", "talks rise"], "row": names[0],
                         "text": ["Under pressure", "Under talks"]})
    layers.append(charts.label(tops, t, "text:N", "ink", weight=600, dy=-46, dx=-inner / 8 + 2, x=x, y=y))
    room = {"top": 26, "left": 2, "right": 2, "bottom": 2}
    return alt.layer(*layers).properties(width=inner, height=27 * len(names), padding=room)


def draw_yielding(t, narrow, table, drawn):
    """Chance of yielding to force over credibility and precision; drawn = (q low, q high, λ low, λ high), a frame on
    it."""
    d = table.copy()
    qs, ls = (np.sort(d[c].unique()) for c in ("credibility", "precision"))
    dq, dl = qs[1] - qs[0], ls[1] - ls[0]
    d = d.assign(x=d.precision - dl / 2, x2=d.precision + dl / 2, y=(d.credibility - dq / 2) * 100,
                 y2=(d.credibility + dq / 2) * 100, opacity=np.clip(d.chance * 1.05, 0.02, 1),
                 text=[f"{v:.0%}" if v >= .005 else "0%" for v in d.chance])
    x = dict(scale=alt.Scale(domain=[ls[0] - dl / 2, ls[-1] + dl / 2], nice=False), axis=alt.Axis(values=list(ls[::2])),
              title="His precision for force")
    y = dict(scale=alt.Scale(domain=[100 * (qs[0] - dq / 2), 100 * (qs[-1] + dq / 2)], nice=False),
              title="Credibility that more force follows, %", axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False))
    cells = alt.Chart(d).mark_rect(color=t["force"], stroke=None).encode(
        x=alt.X("x:Q", **x), x2="x2:Q", y=alt.Y("y:Q", **y), y2="y2:Q", opacity=alt.Opacity("opacity:Q", scale=None))
    edge = np.minimum(abs(d.precision - drawn[2]), abs(d.precision - drawn[3])) < (1.2 if narrow else .6) * dl
    framed = edge & d.credibility.between(drawn[0] - dq / 2, drawn[1] + dq / 2)  # a figure would cross the frame
    even = (np.round(d.credibility / dq) % 2 == 0) & (np.round(d.precision / dl) % 2 == 0)
    some = d[even & ~framed].assign(yc=lambda r: r.credibility * 100)
    words = charts.label(some, t, "text:N", "ink", "center", halo=False, x=alt.X("precision:Q", **x),
                         y=alt.Y("yc:Q", **y), size=11)
    box = pd.DataFrame({"x": [drawn[2]], "x2": [drawn[3]], "y": [100 * drawn[0]], "y2": [100 * drawn[1]]})
    frame = alt.Chart(box).mark_rect(fillOpacity=0, fill=t["paper"], stroke=t["ink"], strokeWidth=1.6,
                                     strokeDash=[4, 3]).encode(
        x=alt.X("x:Q", **x), x2="x2:Q", y=alt.Y("y:Q", **y), y2="y2:Q")
    name = charts.label(box, t, alt.value("our range"), "ink", weight=600, dx=5, dy=-9, x=alt.X("x:Q", **x),
                        y=alt.Y("y2:Q", **y), halo=True)
    return alt.layer(cells, words, frame, name).properties(width=charts.size(narrow), height=300)
