"""Sentences of chapter 6, worded by what is computed."""

from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, futures, options, results, wants
from bargain.plots import futures as futures_plots
from bargain.prose import capital, listed, per_cent, shared, two_figures, whole_thousands
from bargain.terms import READINGS

IF_HE = {"irrational": "irrational", "narrow": "narrowly rational", "dealer": "a deal-seeker"}


# ---------------------------------------------------------------- what the chapter shows, in the digits two seeds share
def stored(name: str) -> pd.DataFrame:
    """A stored table of this chapter from the printed seed, with the second seed's number beside each: `again`."""
    table = results.load(f"futures_{name}")
    first, second = (table[table.chunk == c].drop(columns="chunk").reset_index(drop=True) for c in (0, 1))
    return first.assign(again=second["value" if "value" in second else "mean"])


def thousand(a: float, b: float) -> str:
    """Life-equivalents in whole thousands, from two seeds; in words where both round to 0."""
    text = shared(a, b, whole_thousands)
    return "next to nothing" if text == "0" else f"{text} thousand"


def _word(policy: str) -> str:
    return wants.POLICY_WORDS[policy]


def _are(policy: str) -> str:
    return "are" if policy == "talks" else "is"


def by_policy(table: pd.DataFrame, **where: Any) -> pd.DataFrame:
    """The rows of `stored("regret")` with the given kind, values and x, indexed by policy."""
    rows = table
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.set_index("policy")


def regret_finding(table: pd.DataFrame) -> str:
    """Who is regretted least and most on average, and whether the stated values say the same."""
    mean = by_policy(table, kind="mean", values="drawn").sort_values("value")
    said = [f"{_word(p)} {thousand(r.value, r.again)}" for p, r in mean.iterrows()]
    stated = by_policy(table, kind="mean", values="stated").value.idxmin()
    least = mean.index[0]
    same = "so it is with the stated values" if stated == least else f"with the stated values it is {_word(stated)}"
    return (
        f"On average over all futures the least is regretted under {_word(least)}: in life-equivalents, "
        f"{listed(said)}; {same}"
    )


def regret_heading(table: pd.DataFrame) -> str:
    """Which policies are regretted least and most on average, as a heading."""
    mean = by_policy(table, kind="mean", values="drawn").value
    least = mean.idxmin()
    return f"On average {_word(least)} {_are(least)} regretted least and {_word(mean.idxmax())} most"


def error_text(table: pd.DataFrame) -> str:
    """The largest standard error of a mean regret and of a share, in words."""
    mean = table[(table.kind == "mean")].se.max()
    share = table[table.kind.isin(["best", "under"])].se.max()
    return f"{mean:,.0f} life-equivalents for a mean regret and {100 * share:.1f} percentage points for a share"


def shifted_finding(table: pd.DataFrame, policy: str = "talks") -> str:
    """The change of one policy's standing between the two sets of values: share at or under the marked threshold."""
    tau = evidence.central("regret_tau")
    two = [by_policy(table, kind="under", values=v, x=tau).loc[policy] for v in ("drawn", "stated")]
    drawn, stated = (per_cent(r.value, r.again) for r in two)
    return f"{drawn} with drawn values and {stated} with stated"


def best_finding(table: pd.DataFrame) -> str:
    """How often the least regretted policy is best, and which comes next."""
    best = by_policy(table, kind="best", values="drawn").sort_values("value", ascending=False)
    (first, a), (second, b) = list(best.iterrows())[:2]
    return (
        f"{_word(first).capitalize()} {_are(first)} best in {per_cent(a.value, a.again)} of futures, "
        f"{_word(second)} in {per_cent(b.value, b.again)}"
    )


def _leaders(under: pd.DataFrame) -> pd.Series:
    """The policy with the greatest share at or under each threshold at which no curve has reached 97 per cent."""
    return under[under.value < 0.97].pivot_table(index="x", columns="policy", values="value").dropna().idxmax(axis=1)


def map_finding(table: pd.DataFrame) -> str:
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
    return (
        f"Regret stays at or under {whole_thousands(tau)} thousand life-equivalents under {listed(said)} of "
        f"futures; {_word(first)} {'come' if first == 'talks' else 'comes'} first {where}"
    )


def map_heading(table: pd.DataFrame) -> str:
    """Whether one policy comes first at every threshold, as a heading."""
    under = table[(table.kind == "under") & (table["values"] == "drawn")]
    first = by_policy(under, x=evidence.central("regret_tau")).value.idxmax()
    if (_leaders(under) == first).all():
        return f"{capital(_word(first))} {'come' if first == 'talks' else 'comes'} first, however sorry is too sorry"
    return "Which policy comes first depends on how sorry is too sorry"


GROUP_WORDS = {
    "reading": "who he is",
    "war": "war",
    "values": "prices",
    "minds": "his mind",
    "arsenal": "the arsenal",
    "goals": "his goals",
    "response": "his answers",
    "accept": "acceptance",
    "income": "income",
    "cost": "money",
    "humanitarian": "deaths under sanctions",
    "spread": "spread",
    "justice": "accountability",
}


def groups_finding(table: pd.DataFrame, output: str = "talks best") -> str:
    """The three groups with the greatest total index, and where the values stand."""
    own = table[table.output == output].sort_values("total", ascending=False).reset_index(drop=True)
    said = [f"{_lower(futures_plots.GROUP_LABELS[r.group])} ({r.total:.1f})" for r in own.head(3).itertuples()]
    rank = own.index[own.group == "values"][0] + 1
    what = "Whether talks are best" if output == "talks best" else "By how much talks lead"
    return (
        f"{what} turns most on {listed(said)}, by total index; the prices of outcomes, which no evidence can "
        f"settle, are {'among the three' if rank <= 3 else f'number {rank} of {len(own)}'}"
    )


def groups_heading(table: pd.DataFrame) -> str:
    """The three groups with the greatest total index for whether talks are best, as a heading."""
    own = table[table.output == "talks best"].sort_values("total", ascending=False)
    return f"Whether talks are best turns on {listed(GROUP_WORDS[g] for g in own.group.head(3))}"


def together_text(table: pd.DataFrame, output: str = "talks best") -> str:
    """How much of the variance the groups explain alone, and how much only together."""
    alone = float(table[table.output == output]["first"].sum())
    return f"Alone, the groups explain {alone:.0%} of the variance; {1 - alone:.0%} is explained only together"


def changed_text(table: pd.DataFrame) -> str:
    """How often the best policy changes when only one group is drawn anew: the three largest."""
    own = table[table.output == "talks best"].sort_values("changed", ascending=False).head(3)
    said = [
        f"{_lower(futures_plots.GROUP_LABELS[r.group])} changes the best policy in {r.changed:.0%} of futures"
        if not i
        else f"{_lower(futures_plots.GROUP_LABELS[r.group])} in {r.changed:.0%}"
        for i, r in enumerate(own.itertuples())
    ]
    return listed(said)


def single_table(most: int = 10) -> pd.DataFrame:
    """The single rows with the greatest total index for "talks best": row, what it is, total, error."""
    table = results.load("futures_singles")
    own = table[(table.output == "talks best") & ~table.group.isin(["idle", "reading", "minds"])]
    by = own.groupby("group").total
    found = pd.DataFrame({"total": by.mean(), "error": 2 * by.std() / np.sqrt(own.chunk.nunique())})
    return found.sort_values("total", ascending=False).head(most).reset_index(names="row")


def singles_frame(table: pd.DataFrame) -> pd.DataFrame:
    """`single_table` to print."""
    meaning = evidence.assumptions().meaning
    return pd.DataFrame(
        [
            {
                "Row": r.row,
                "What it is": meaning[r.row],
                "Kind": "value" if r.row in options.RATES else "belief",
                "Total index": f"{max(r.total - r.error, 0):.2f}–{r.total + r.error:.2f}",
            }
            for r in table.itertuples()
        ]
    )


def limit_words(rows: pd.DataFrame) -> str:
    """One restricted belief in words, with the limits that the searches found: "a chance that he … below 16–24%"."""
    label, unit, factor = futures_plots.BELIEFS[rows.belief.iloc[0]]
    out = []
    for end, word in (("low", "above"), ("high", "below")):
        found = rows[end].dropna() * factor
        if len(found):
            number = shared(found.iloc[0], found.iloc[-1], two_figures)
            out.append(f"{word} {number}{unit if unit in ('%', '×') else ' ' + unit if unit else ''}")
    article = "" if label.startswith(("War risk", "Growth", "Warheads", "Deaths")) else "a "
    return f"{article}{_lower(label)} {' and '.join(out)}"


def restrictions(table: pd.DataFrame, target: str) -> str:
    """The beliefs that a box restricts in both searches, in words; those of one search alone come after."""
    own = table[table.target == target]
    both = [name for name in futures.BELIEF_NAMES if own[own.belief == name].seed.nunique() == 2]
    once = [name for name in futures.BELIEF_NAMES if own[own.belief == name].seed.nunique() == 1]
    text = "no belief that both searches met"
    if both:
        text = listed(limit_words(own[own.belief == name]) for name in both)
    if once:
        text += " (in one of two searches also " + listed(limit_words(own[own.belief == n]) for n in once) + ")"
    return text


def box_table() -> pd.DataFrame:
    """`discovery` of both seeds: column seed 0 (printed) or 1."""
    table = results.load("futures_boxes")
    return table.assign(seed=table.chunk // len(futures.TARGETS)).drop(columns="chunk")


def box_finding(table: pd.DataFrame, target: str) -> str:
    """The box of a target in words, its coverage and density on fresh futures, or that there is no usable one."""
    here, there = (table[(table.target == target) & (table.seed == seed)].iloc[0] for seed in (0, 1))
    name = futures_plots.TARGET_WORDS[target]
    if not futures.usable(table, target):
        return (
            f"{name} in {per_cent(here.base, there.base)} of futures, and no box of {futures.MOST} beliefs or "
            "fewer holds "
            f"them together: no usable box"
        )
    return (
        f"{name} in {per_cent(here.base, there.base)} of all futures, but in "
        f"{per_cent(here.density, there.density)} of those with {restrictions(table, target)}; the box holds "
        f"{per_cent(here.coverage, there.coverage)} of all such futures"
    )


def boxes_heading(table: pd.DataFrame) -> str:
    """How many beliefs hold together where talks are regretted, as a heading."""
    own = table[table.target == "talks regretted"]
    together = own.groupby("belief").seed.nunique().eq(2).sum() if futures.usable(table, "talks regretted") else 0
    if not together:
        return "No few beliefs together mark where talks are regretted"
    return (
        "One way to be wrong about talks: several beliefs that hold together"
        if together > 1
        else "One way to be wrong about talks: one belief"
    )


def left_out(table: pd.DataFrame, target: str) -> str:
    """The share of a target's futures that its box does not cover, from both searches."""
    own = table[table.target == target].groupby("seed").coverage.first()
    return per_cent(1 - own[0], 1 - own[1])


def regretted_finding(table: pd.DataFrame) -> str:
    """One way to regret talks more often than not, and what it leaves out, as a sentence."""
    if not futures.usable(table, "talks regretted"):
        return f"No {futures.MOST} beliefs held together make talks a policy that is regretted more often than not"
    return (
        f"One way to regret talks more often than not is to believe all of this at once: "
        f"{restrictions(table, 'talks regretted')}; {left_out(table, 'talks regretted')} of the futures in which talks "
        f"are regretted lie elsewhere"
    )


def priced_text(table: pd.DataFrame) -> str:
    """Which usable boxes have prices of outcomes among their limits, as a sentence."""
    words = {
        "talks regretted": "when talks are regretted",
        "force best": "when force is best",
        "pressure best": "when pressure is best",
        "accept best": "when acceptance is best",
    }
    priced = [
        words[t]
        for t in futures.TARGETS
        if futures.usable(table, t) and table[table.target == t].belief.isin(futures_plots.VALUES).any()
    ]
    if not priced:
        return "No usable box has a price of an outcome among its limits: the quarrel is about beliefs"
    return f"Prices of outcomes are among the limits {listed(priced)}: there the quarrel is not about North Korea"


def talks_finding(table: pd.DataFrame) -> str:
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
    return (
        f"Talks are best more often than any other policy once the chance that he accommodates them is above "
        f"{start:.0%}; below that {_word(below)} {'lead' if below == 'talks' else 'leads'}"
    )


def talks_heading(table: pd.DataFrame) -> str:
    """From which chance of his accommodating talks they lead, as a heading."""
    own = table[(table.kind == "by_talks") & (table.policy != "all")]
    ahead = own.pivot_table(index="x", columns="policy", values="value").sort_index().idxmax(axis=1) == "talks"
    if ahead.all():
        return "Talks lead, however unlikely he is to accommodate them"
    if not ahead.iloc[-1]:
        return "Talks do not lead, however likely he is to accommodate them"
    start = ahead.index[np.flatnonzero(~ahead.to_numpy())[-1] + 1]
    return f"Talks lead once the chance that he accommodates passes {start:.0%}"


def information_finding(table: pd.DataFrame) -> str:
    """What knowing the effects, the reading, and the probe's answer is worth at the stated values, largest first."""
    names = {"effects": "what each policy does", "reading": "which Kim he is", "probe": "his answer to a probe"}
    found = {k: futures.worth(table, k) for k in names}
    order = sorted(found, key=lambda k: -found[k][0])
    said = listed(f"{thousand(*found[k])} to know {names[k]}" for k in order)
    if max(found["effects"] + found["reading"]) < 500:
        return f"At the stated values it is worth, in life-equivalents, {said}: one policy is best almost regardless"
    more = "what policies do" if found["effects"][0] > found["reading"][0] else "who he is"
    less = "who he is" if more == "what policies do" else "what policies do"
    return f"At the stated values it is worth, in life-equivalents, {said}; {more} matters more than {less}"


def information_heading(table: pd.DataFrame) -> str:
    """Whether the effects of policies or the reading is worth more to know at the stated values, as a heading."""
    effects, reading = futures.worth(table, "effects"), futures.worth(table, "reading")
    if max(effects + reading) < 500:
        return "At the stated values there is little worth knowing"
    if effects[0] > reading[0]:
        return "It is worth more to know what policies do than who he is"
    return "It is worth more to know who he is than what policies do"


def peak_finding(table: pd.DataFrame, kind: str = "reading") -> str:
    """At which price of a warhead a kind of information is worth most, and where it is worth nothing."""
    rows = table[(table.kind == kind) & table.stakes.isna()].sort_values("warhead")
    top = rows.loc[rows.value.idxmax()]
    none = rows[np.maximum(rows.value, rows.again).abs() < 500].warhead
    text = f"worth most, {thousand(top.value, top.again)}, where a warhead is priced at about {top.warhead:,.0f} lives"
    above = none[none > top.warhead]
    return text + (f", and next to nothing from {above.min():,.0f} on" if len(above) else "")


def probe_finding(table: pd.DataFrame) -> str:
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
        text = (
            f"At the stated values an answer is worth next to nothing below stakes of {least.stakes:.0%} of a "
            f"deal, and {thousand(top.value, top.again)} life-equivalents for a whole one"
        )
    best = net.loc[net.value.idxmax()]
    if min(best.value, best.again) > 0:
        return text + f"; testing first pays, at best {thousand(best.value, best.again)} more than it costs"
    lost = delay.loc[best.stakes]
    if max(lost.value, lost.again) < 500:
        why = "its delay costs next to nothing, since who talks on has lost no time, but its price is more"
    else:
        why = f"its delay costs {thousand(lost.value, lost.again)} even before its price"
    return text + (
        f"; {why}, so that at the stated values testing first loses to choosing now, by "
        f"{thousand(-best.value, -best.again)} at best"
    )


def probe_heading(table: pd.DataFrame) -> str:
    """Whether testing first pays at the stated values for any stakes, as a heading."""
    net = table[(table.kind == "test_first") & table.stakes.notna()]
    best = net.loc[net.value.idxmax()]
    return f"At the stated values testing first {'pays' if min(best.value, best.again) > 0 else 'does not pay'}"


def paying(table: pd.DataFrame) -> str:
    """The prices of a warhead (stakes drawn) at which testing first pays before or after its price, in words."""
    rows = table[table.stakes.isna()].pivot_table(index="warhead", columns="kind", values="value")
    ahead = rows.index[rows.test_first > 0]
    free = rows.index[rows.probe > rows.delay + 500]
    if len(ahead):
        return f"Testing first pays where a warhead is priced between {ahead.min():,.0f} and {ahead.max():,.0f} lives"
    if len(free):
        return (
            f"A probe at no price would pay where a warhead is priced between {free.min():,.0f} and "
            f"{free.max():,.0f} lives, but at its price it pays nowhere"
        )
    return f"At no price of a warhead up to {rows.index.max():,.0f} lives does a probe pay, even one at no price"


def breakeven_text(table: pd.DataFrame) -> str:
    """The price of a probe, money and prize together, at which testing first breaks even.

    Stated values, drawn stakes.
    """
    (told, told2), (late, late2) = futures.worth(table, "probe"), futures.worth(table, "delay")
    first, second = told - late, told2 - late2
    if max(abs(first), abs(second)) < 500:
        return "It would break even only at no price at all"
    if max(first, second) < 0:
        return (
            f"The price at which it would break even is below zero, by {thousand(-first, -second)} "
            f"life-equivalents: something else would have to pay for it"
        )
    return (
        f"It breaks even at a price, money and prize together, of {thousand(first, second)} life-equivalents; we "
        f"charge {thousand(*futures.worth(table, 'price'))}"
    )


def stakes_text(table: pd.DataFrame) -> str:
    """What the chance of a deal-seeker's acceptance is at no stakes and at a whole deal's."""
    own = table[(table.kind == "answer") & (table.name == "dealer")]
    ends = [own[np.isclose(own.stakes, s)].iloc[0] for s in (futures.STAKES[0], futures.STAKES[-1])]
    none, whole = (per_cent(r.value, r.again) for r in ends)
    return f"the deal-seeker accepts an offer without stakes in {none} of cases, a whole deal's in {whole}"


def moral_text(table: pd.DataFrame) -> str:
    """What follows from the probe's balance, worded by its sign at the best stakes."""
    net = table[(table.kind == "test_first") & table.stakes.notna()]
    best = net.loc[net.value.idxmax()]
    if max(best.value, best.again) < 0:
        return (
            "This is no case against talks. It says that an offer made only to learn teaches too little about him "
            "to pay for itself, and that who wants talks had better offer something"
        )
    return "An offer made only to learn can pay for itself, if its stakes are high enough"


def agree_text(table: pd.DataFrame) -> str:
    """Whether the charge for a probe turns its worth negative at the stated values with drawn stakes."""
    net, other = futures.worth(table, "test_first")
    if max(net, other) < 0:
        return f"at the stated values it comes out {thousand(-net, -other)} life-equivalents short: here they are right"
    return f"it still comes out {thousand(net, other)} life-equivalents ahead at the stated values"


def show_finding(table: pd.DataFrame) -> str:
    """How many of those who accept a probe of drawn stakes do it for show, by reading."""
    own = table[table.stakes.isna() & table.kind.isin(["answer", "show"])]
    wide = {k: own[own.kind == k].set_index("name") for k in ("answer", "show")}
    share = {k: [wide["show"][seed][k] / wide["answer"][seed][k] for seed in ("value", "again")] for k in READINGS}
    said = [f"{per_cent(*share[k])} if he is {IF_HE[k]}" for k in READINGS]
    return f"Of acceptances, {listed(said)} would be for show"


def rows_finding(table: pd.DataFrame, most: int = 3) -> str:
    """The rows worth most to know, against the noise of the same bins."""
    top = table.loc[(-table.value - table.again).sort_values().index].head(most)
    meaning = evidence.assumptions().meaning
    noise = table.permuted.max()
    real = top[np.minimum(top.value, top.again) > max(2 * noise, 500)]
    if real.empty:
        return "No single row is worth knowing at the stated values"
    said = [
        f"{futures.ROW_LABELS.get(r.row, meaning[r.row].lower())} ({thousand(r.value, r.again)})"
        for r in real.itertuples()
    ]
    return f"The single facts worth most to know are {listed(said)}"


def top_text(table: pd.DataFrame) -> str:
    """The single row most worth knowing, as a sentence."""
    top = table.loc[(table.value + table.again).idxmax()]
    name = futures.ROW_LABELS.get(top.row, evidence.assumptions().meaning[top.row].lower())
    return f"The single fact most worth knowing is {name}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def forms_finding(table: pd.DataFrame) -> str:
    """Under which forms of the model the least regretted policy stays the same, and where it changes."""
    least = table.loc[table.groupby("form")["mean"].idxmin()].set_index("form")
    base = least.policy["base"]
    moved = [f for f in futures.FORMS if least.policy[f] != base]
    stay = len(futures.FORMS) - 1 - len(moved)
    words = {
        "survival": "a survival-only Kim in place of the narrow one",
        "together": "rows that move together",
        "shock": "a shock of its own to each policy",
        "collapse": "a hazard of collapse",
        "force": "half-way to force's effects",
        "pressure": "half-way to pressure's effects",
        "talks": "half-way to talks' effects",
    }
    if not moved:
        return (
            f"The least is regretted under {_word(base)} in every one of {len(futures.FORMS) - 1} other forms "
            "of the model"
        )
    said = listed(f"{_word(least.policy[f])} with {words[f]}" for f in moved)
    return (
        f"In {stay} of {len(futures.FORMS) - 1} other forms of the model the least is still regretted under "
        f"{_word(base)}; "
        f"it is regretted under {said}"
    )


def forms_count(table: pd.DataFrame) -> str:
    """In how many other forms of the model the least regretted policy is another, as a clause."""
    least = table.loc[table.groupby("form")["mean"].idxmin()].set_index("form").policy
    moved = sum(least[f] != least["base"] for f in futures.FORMS)
    if not moved:
        return (
            f"the least regretted policy is the same in all {len(futures.FORMS) - 1} other forms of the model we tried"
        )
    return f"in {moved} of {len(futures.FORMS) - 1} other forms of the model another policy is regretted least"


def forms_heading(table: pd.DataFrame) -> str:
    """Whether other forms of the model leave the least regretted policy as it is, as a heading."""
    least = table.loc[table.groupby("form")["mean"].idxmin()].set_index("form").policy
    stay = (least.drop("base") == least["base"]).sum()
    how = (
        "Every other form"
        if stay == len(least) - 1
        else "No other form"
        if not stay
        else "Most other forms"
        if 2 * stay > len(least) - 1
        else "Few other forms"
    )
    verb = "leaves" if how.endswith("form") else "leave"
    return f"{how} of the model {verb} {_word(least['base'])} least regretted"


def form_text(table: pd.DataFrame, form: str) -> str:
    """The least regretted policy under one form of the model, and its lead over the next."""
    own = table[table.form == form].sort_values("mean")
    first, second = own.iloc[0], own.iloc[1]
    lead = thousand(second["mean"] - first["mean"], second.again - first.again)
    return f"{_word(first.policy)}, by {lead} life-equivalents over {_word(second.policy)}"
