"""Sentences of chapter 5, worded by what is computed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, kims, options, prose, terms, wants
from bargain.prose import capital, fives, half_thousands, hazard_words, listed, two_digits
from bargain.terms import POLICIES, READINGS


def clamps(draw: options.Draw) -> pd.DataFrame:
    """How often the model's guards bind: a frame of guard and share of all futures, policies and responses.

    The cap on the yearly war hazard, the arsenal raised to one warhead in the hazard, and the limits of 1 on spread.
    """
    found = {}

    def p(name: str) -> np.ndarray:
        return found.setdefault(name, np.atleast_1d(kims.value(draw.parameters, name)))

    capped, small, spread = [], [], []
    for (g, r), warheads in options.arsenal(p).items():
        small.append((warheads < 1).mean())
        spread.append((p("s0") * warheads / p("spread_ref") > 1).mean())
        chance = options.war(p, g, r, warheads)
        capped.append((chance >= 1 - (1 - p("h_cap")) ** p("horizon") - 1e-12).mean())
    total = (options.cells(draw.parameters)[..., 2] >= 1).mean()
    return pd.DataFrame(
        {
            "guard": [
                "hazard capped",
                "arsenal below one warhead",
                "spread from the arsenal capped",
                "all spread capped",
            ],
            "share": [np.mean(capped), np.mean(small), np.mean(spread), total],
        }
    )


# The multiples by which a policy, whatever he answers, scales the risk of war, growth of the arsenal and spread.
MULTIPLES = ("m_talks", "m_pressure", "m_force", "m_accept", "grow_talks", "grow_pressure", "grow_accept", "s_pressure")


# ---------------------------------------------------------------- sentences, worded by what is computed
IF_HE = {"irrational": "irrational", "narrow": "narrowly rational", "dealer": "a deal-seeker"}


def thousands(x: float) -> str:
    """Life-equivalents in whole thousands."""
    return f"{abs(x) / 1000:,.0f} thousand"


def about_thousands(x: float) -> str:
    """Life-equivalents in steps of five thousand, as far as two seeds agree."""
    return f"about {5 * round(abs(x) / 5000):,} thousand"


def _by_reading(best: Sequence[str]) -> str:
    """Which policy is best if he is what, readings with one policy together."""
    groups = {}
    for reading, policy in zip(READINGS, best, strict=True):
        groups.setdefault(policy, []).append(IF_HE[reading])
    if len(groups) == 1:
        return f"{wants.POLICY_WORDS[best[0]]} whatever he is"
    return listed(f"{wants.POLICY_WORDS[p]} if he is {' or '.join(who)}" for p, who in groups.items())


def essay_finding(losses: np.ndarray) -> str:
    """Which of the essay's three policies loses least, by reading."""
    best = [POLICIES[g] for g in losses[:, :3].argmin(axis=1)]
    return f"Of the essay's three policies the least is lost under {_by_reading(best)}"


def rival_finding(losses: np.ndarray) -> str:
    """Which policy of all loses least, by reading, and where the choice is a tie."""
    best = [POLICIES[g] for g in losses.argmin(axis=1)]
    tied = [IF_HE[k] for k, row in zip(READINGS, losses, strict=True) if len(options.ties(row)) > 1]
    text = f"With the status quo and acceptance beside them it is lost under {_by_reading(best)}"
    return text + (
        f"; the choice is within {evidence.central('indiff'):.0%} if he is {' or '.join(tied)}" if tied else ""
    )


def force_finding(price: float, hazard: float) -> str:
    """What must hold for force to be best at undecided beliefs: price of a warhead (low end), yearly hazard."""
    parts = [
        f"a warhead is worth more than {two_digits(price)} lives" if not np.isnan(price) else "",
        f"the yearly risk of war is above {hazard_words(hazard)}" if not np.isnan(hazard) else "",
    ]
    parts = [p for p in parts if p]
    if not parts:
        return "For a reader undecided between the readings no price of a warhead and no risk of war makes force best"
    return f"For a reader undecided between the readings, force is best only if {' or '.join(parts)}"


def price_finding(prices_at: np.ndarray) -> str:
    """The break-even price of a warhead at the three corners."""
    if np.isnan(prices_at).all():
        return "No price of a warhead makes force best under any reading"
    said = [
        f"{half_thousands(p)} lives if he is {IF_HE[k]}" if not np.isnan(p) else f"no price if he is {IF_HE[k]}"
        for k, p in zip(READINGS, prices_at, strict=False)
    ]
    return f"Force overtakes when a warhead is priced at {listed(said)}"


def hazard_finding(roots: np.ndarray) -> str:
    """The break-even hazard at the three corners."""
    if np.isnan(roots).all():
        return f"No yearly risk of war up to {evidence.central('h_cap'):.0%} makes force best under any reading"
    said = [
        f"{hazard_words(h) if not np.isnan(h) else 'no level searched'} if he is {IF_HE[k]}"
        for k, h in zip(READINGS, roots, strict=False)
    ]
    return f"Force overtakes when the yearly risk of war reaches {listed(said)}"


def force_heading(losses: np.ndarray, prices_at: np.ndarray, roots: np.ndarray) -> str:
    """What force needs to be best, from losses (reading, policy) as drawn and the break-evens at the three corners."""
    best = losses.argmin(axis=1) == POLICIES.index("force")
    if best.any():
        return f"For {'every Kim' if best.all() else 'some Kims'} force is best as things are drawn"
    price, hazard = (not np.isnan(x).all() for x in (prices_at, roots))
    if price and hazard:
        return "Force needs a dearer warhead or a likelier war"
    if price or hazard:
        return (
            "Force needs a dearer warhead; no risk of war will do"
            if price
            else "Force needs a likelier war; no price of a warhead will do"
        )
    return "No price of a warhead and no risk of war makes force best"


def price_text(prices: np.ndarray) -> str:
    """Whether any price of a warhead makes force best for any belief, from break-even prices; a clause."""
    if np.isnan(prices).all():
        return "that no price of a warhead turns the answer to force"
    return "at what price of a warhead the answer turns to force"


def camps_finding(shares: pd.DataFrame) -> str:
    """How far towards each camp's effects an undecided reader must go, from {camp: share}."""
    said = []
    for camp in ("force", "pressure", "talks"):
        x = shares[camp]
        said.append(
            f"{camp} is not best even with all of its own effects"
            if np.isnan(x)
            else f"{camp} {'are' if camp == 'talks' else 'is'} best as things are drawn"
            if x == 0
            else f"{camp} {'need' if camp == 'talks' else 'needs'} {fives(x)} of the way to its own effects"
        )
    return "; ".join(said)


def waterfall_finding(table: pd.DataFrame, policy: str = "pressure") -> str:
    """From neutral to all effects: the start, the largest step and the end of a policy against the status quo."""
    own = table[(table.policy == policy) & (table.order == "average")].set_index("step")
    start, end = own.loc["neutral", "total"], own.loc["all", "total"]
    steps = own.change.drop(["neutral", "all"])
    step = steps.abs().idxmax()
    side = lambda x: "less" if x < 0 else "more"  # noqa: E731
    return (
        f"With neutral effects {policy} would cost {about_thousands(start)} life-equivalents {side(start)} than the "
        f"status quo; with all effects the cost is {about_thousands(end)} {side(end)}, and the largest step is {step} "
        f"({'+' if steps[step] > 0 else '−'}{about_thousands(steps[step]).removeprefix('about ')})"
    )


def waterfall_heading(table: pd.DataFrame, policy: str = "pressure") -> str:
    """What a policy gains or loses by his answer (all that is left with neutral effects) and by its own effects."""
    total = table[(table.policy == policy) & (table.order == "average")].set_index("step").total
    answer, effects = total["neutral"], total["all"] - total["neutral"]
    first, second = ("gains" if x < 0 else "loses" for x in (answer, effects))
    if first == second:
        return f"{capital(policy)} {first} by his answer and by its effects"
    how = "more" if abs(effects) > abs(answer) else "less"
    return f"{capital(policy)} {first} by his answer and {second} {how} by its effects"


def order_matters(table: pd.DataFrame) -> float:
    """The most that a step changes when the order of the groups is reversed, in life-equivalents, rounded up to a
    thousand."""
    wide = table.pivot_table(index=["policy", "step"], columns="order", values="change")
    return 1000.0 * np.ceil((wide.forward - wide.reverse).abs().max() / 1000)


def about(share: float, step: int = 5) -> str:
    """A share of a triangle in steps of so many per cent, as far as two seeds agree."""
    return f"{step * round(100 * share / step)}%" if 200 * share >= step else f"under {step}%"


def triangle_finding(regions: pd.DataFrame) -> str:
    """Shares of the triangle of minds by best policy, and how much of it is decided."""
    some = regions[regions.share > 0.005].sort_values("share", ascending=False)
    if len(some) == 1:
        text = f"For every mix of the readings the least is lost under {wants.POLICY_WORDS[some.policy.iloc[0]]}"
    else:
        text = "Of all mixes of the readings, " + listed(
            f"{about(s)} favour {wants.POLICY_WORDS[p]}" for p, s in zip(some.policy, some.share, strict=True)
        )
    return text + f"; the choice is clear of the error in {regions.decided.sum():.0%}"


def triangle_heading(regions: pd.DataFrame) -> str:
    """Whether beliefs about him decide between policies, and whether mostly within the error, as a heading."""
    best = [p for p in POLICIES if p in set(regions[regions.share > 0.005].policy)]
    words = [wants.POLICY_WORDS[p] for p in best]
    narrow = ", often narrowly" if regions.decided.sum() < 0.5 else ""
    if len(best) == 1:
        return f"Whatever one believes of him, {words[0]} {'are' if best == ['talks'] else 'is'} best{narrow}"
    if len(best) == 2:
        return f"Beliefs decide between {listed(words)}{narrow}"
    return f"Beliefs decide among {len(best)} policies{narrow}"


def packages_finding(half: pd.DataFrame, full: pd.DataFrame) -> str:
    """How the triangle divides when each reading comes with its own camp's effects."""

    def said(regions: pd.DataFrame) -> str:
        some = regions[regions.share > 0.005].sort_values("share", ascending=False)
        return listed(
            f"{wants.POLICY_WORDS[p]} about {about(s, 10)}" for p, s in zip(some.policy, some.share, strict=True)
        )

    moral = (
        "the quarrel is about effects as much as minds" if (full.share > 0.05).sum() > 2 else "effects divide it little"
    )
    return (
        f"If each Kim comes with his own camp's effects, half-way the triangle falls to {said(half)}; all the way "
        f"to {said(full)}: {moral}"
    )


def beliefs_finding(table: pd.DataFrame) -> str:
    """What the record changes in the best policy, beside equal beliefs, from `options.belief_table`."""
    equal, *others = table["Least is lost under"]
    changed = [best for best in others if best != equal]
    if not changed:
        return (
            f"The record of launches changes no choice: under both codings the least is lost under "
            f"{equal.lower()}, as under equal beliefs"
        )
    if len(changed) == len(others):
        now = listed(sorted({c.lower() for c in changed}))
        return f"The record of launches changes the choice under both codings, from {equal.lower()} to {now}"
    return (
        f"The record of launches changes the choice under one coding only, from {equal.lower()} to "
        f"{changed[0].lower()}: it decides nothing that a coder does not"
    )


def packages_heading(full: pd.DataFrame) -> str:
    """Which camps' policies are best somewhere once each Kim comes with his camp's effects, as a heading."""
    share = full.set_index("policy").share.reindex(list(options.CAMPS), fill_value=0)
    none = list(share.index[share <= 0.005])
    if not none:
        return "With each camp's effects every camp's policy wins somewhere"
    if len(none) == len(options.CAMPS):
        return "Even with each camp's effects no camp's policy wins anywhere"
    win = "wins" if len(none) == 1 and none != ["talks"] else "win"
    return f"Even with each camp's effects {listed(none)} {win} nowhere"


def regret_finding(table: pd.DataFrame) -> str:
    """Mean regret with effects as drawn, and whether each camp's own effects favour its own policy."""
    drawn = table[table.effects == "drawn"].set_index("policy")["mean"]
    least, most = drawn.idxmin(), drawn.idxmax()
    own = [c for c in options.CAMPS if table[table.effects == c].set_index("policy")["mean"].idxmin() == c]
    if len(own) == len(options.CAMPS):
        every = "each camp's own effects make its own policy the least regretted"
    else:
        every = f"by its own effects only {listed(own)} would be" if own else "no camp's effects save its policy"
    return (
        f"As drawn, the least is regretted under {wants.POLICY_WORDS[least]}, {about_thousands(drawn[least])} "
        f"life-equivalents on average, and the most under {wants.POLICY_WORDS[most]}, {about_thousands(drawn[most])}; "
        f"{every}"
    )


def regret_heading(table: pd.DataFrame) -> str:
    """Whether each camp's own effects make its policy the least regretted, as a heading."""
    lost = [c for c in options.CAMPS if table[table.effects == c].set_index("policy")["mean"].idxmin() != c]
    if not lost:
        return "By its own effects each camp's policy is least regretted"
    if len(lost) == len(options.CAMPS):
        return "By its own effects no camp's policy is least regretted"
    its = "their own effects are" if "talks" in lost else "its own effects is"
    return f"Not even by {its} {listed(lost, 'or')} least regretted"


def _outside(table: pd.DataFrame, low: float, high: float) -> tuple[pd.Series, list[str], bool]:
    """Implied success by reading, the readings outside the bracket, and whether all of those are within 0.01 of it."""
    three = table[table.reading.isin(READINGS)].set_index("reading")["mean"]
    out = [k for k, v in three.items() if not low <= v <= high]
    return three, out, all(min(abs(three[k] - low), abs(three[k] - high)) < 0.01 for k in out)


def bracket_finding(table: pd.DataFrame, low: float, high: float) -> str:
    """Which readings' implied success of pressure lies outside the bracket of the record."""
    three, out, near = _outside(table, low, high)
    out = [wants.READING_WORDS[k] for k in out]
    said = listed(f"{v:.0%} for {wants.READING_WORDS[k]}" for k, v in three.items())
    where = (
        f"{listed(out)} {'falls' if len(out) == 1 else 'fall'} {'just ' if near else ''}outside"
        if out
        else "none falls outside"
    )
    return f"Our implied success of pressure is {said}; against a record between {low:.0%} and {high:.0%}, {where}"


def bracket_heading(table: pd.DataFrame, low: float, high: float) -> str:
    """Whether the implied success of pressure lies within the bracket of the record, as a heading."""
    three, out, near = _outside(table, low, high)
    if out and not near:
        return f"{'None' if len(out) == len(three) else 'Not all'} of our chances for pressure lie within its record"
    return f"Our chances for pressure lie within its record{', or close' if out else ''}"


def flips_finding(found: pd.DataFrame, belief: str = "undecided") -> str:
    """How many rows, moved alone to an end of their range, change the best policy clearly, and to which policies.

    Flips with a lead under CLEAR depend on the draw: they are mentioned, not counted.
    """
    own = found[found.belief == belief]
    flipped = own[own.best != own.base]
    clear = flipped[flipped.lead >= options.CLEAR]
    base, every = wants.POLICY_WORDS[own.base.iloc[0]], own.row.nunique()
    if clear.empty:
        text = f"None of {every} rows, moved alone to an end of its range, clearly changes the best policy from {base}"
    else:
        by = clear.groupby("best").row.nunique().sort_values(ascending=False)
        said = listed(f"{n} to {wants.POLICY_WORDS[p]}" for p, n in by.items())
        text = (
            f"Of {every} rows moved alone to either end of their range, {clear.row.nunique()} change the best "
            f"policy of an undecided reader from {base} by more than {thousands(options.CLEAR)} "
            f"life-equivalents: {said}"
        )
    return text + ("; others do so by less" if len(clear) < len(flipped) else "")


def flips_heading(found: pd.DataFrame, belief: str = "undecided") -> str:
    """How many rows, moved alone, clearly change the best policy, as a heading."""
    own = found[found.belief == belief]
    share = own[(own.best != own.base) & (own.lead >= options.CLEAR)].row.nunique() / own.row.nunique()
    if not share:
        return "No row, moved alone, clearly changes the best policy"
    many = "Few" if share <= 0.1 else "Some" if share <= 0.5 else "Most"
    return f"{many} rows, moved alone, clearly change the best policy"


def guards_text(draw: options.Draw) -> str:
    """How often the guards bind, in one clause."""
    share = clamps(draw).share.max()
    return (
        "never bind"
        if share == 0
        else f"bind in at most {share:.1%} of cells"
        if share >= 0.001
        else "bind in fewer than one cell in a thousand"
    )


def undecided_finding(losses: np.ndarray) -> str:
    """What is best for an undecided reader, and by how much over the next."""
    mixed = options.mix(options.EVEN, losses)
    first, second = np.argsort(mixed)[:2]
    tie = mixed[second] - mixed[first] <= evidence.central("indiff") * abs(mixed[first])
    close = "a tie" if tie else "a clear lead"
    return (
        f"For a reader undecided between the readings the least is lost under "
        f"{wants.POLICY_WORDS[POLICIES[first]]}, {about_thousands(mixed[second] - mixed[first])} life-equivalents less "
        f"than under {wants.POLICY_WORDS[POLICIES[second]]}: {close}"
    )


def best_table(losses: np.ndarray) -> pd.DataFrame:
    """Share of futures in which each policy loses least, by reading, from losses (future, reading, policy): to
    print."""
    shares = options.best_share(losses)
    return pd.DataFrame(
        [
            {"If he is": terms.LABELS[k]}
            | {terms.LABELS[p]: prose.fives(v) for p, v in zip(POLICIES, row, strict=True)}
            for k, row in zip(READINGS, shares, strict=True)
        ]
    )


def alone_finding(found: pd.DataFrame, camp: str, belief: str = "undecided") -> str:
    """Whether any one of a camp's effects, moved alone to its best end, makes its policy best."""
    ends = {name: end for end, names in options.CAMPS[camp].items() for name in names}
    own = found[(found.belief == belief) & found.row.isin(ends)]
    own = own[[r.end == ends[r.row] for r in own.itertuples()]]
    win = list(own[own.best == camp].row)
    if not win:
        return (
            f"none of the {len(ends)} effects on which its advocates rely, moved alone to its best end, "
            f"makes {camp} best"
        )
    return f"{len(win)} of the {len(ends)} effects on which its advocates rely would make {camp} best alone"


def optional_finding(draw: options.Draw, values: Any) -> str:
    """What is best against the two further minds, survival only and dominance."""
    readings = terms.OPTIONAL
    minds = draw.minds[:, [READINGS.index("narrow")] * 2]
    losses = options.outcomes(draw.parameters, minds, readings).mean(axis=0) @ options.prices(values)
    best = [wants.POLICY_WORDS[POLICIES[g]] for g in losses.argmin(axis=1)]
    if best[0] == best[1]:
        both = listed(wants.READING_WORDS[r] for r in readings)
        return f"Against {both} the least is lost under {best[0]}"
    return (
        f"Against {wants.READING_WORDS['survival']} the least is lost under {best[0]}; against "
        f"{wants.READING_WORDS['dominance']}, under {best[1]}"
    )


def matrix_finding(means: np.ndarray) -> str:
    """Extremes of the matrix in words: which policy leaves fewest warheads and fewest dead, by reading."""
    arms = [POLICIES[g] for g in means[:, :, 1].argmin(axis=1)]
    dead = [POLICIES[g] for g in means[:, :, 0].argmin(axis=1)]
    return f"Fewest warheads are left by {_by_reading(arms)}; fewest people die under {_by_reading(dead)}"


def matrix_heading(means: np.ndarray) -> str:
    """Whether the policy that leaves the fewest warheads is also the one under which fewest die, as a heading."""
    same = means[:, :, 1].argmin(axis=1) == means[:, :, 0].argmin(axis=1)
    if not same.any():
        return "No policy leaves both the fewest warheads and the fewest dead"
    return f"For {'every Kim' if same.all() else 'some Kims'} fewest warheads and fewest dead go together"


def straddle_text(register: pd.DataFrame | None = None) -> str:
    """Whether the ranges of the policies' own multiples straddle 1, no effect, as a clause."""
    register = evidence.assumptions() if register is None else register
    rows = register.loc[list(MULTIPLES)]
    aside = int((~((rows.low < 1) & (1 < rows.high))).sum())
    if not aside:
        return "all straddle no effect, so that none is assumed"
    return f"straddle no effect, but for {aside} of {len(rows)}, where a direction is assumed"


def breakeven_frame(price: Sequence[np.ndarray], hazard: Sequence[np.ndarray]) -> pd.DataFrame:
    """The two break-even maps as a tidy frame: beliefs at the centres of small triangles, price and hazard (nan:
    never)."""
    centres = price[0].mean(axis=1)
    return pd.DataFrame(centres, columns=list(READINGS)).assign(price=price[1], hazard=hazard[1])


def prefer_text(x: float) -> str:
    """How far towards a camp's effects its policy becomes best (from `prefer`), as a clause."""
    return (
        "all the way, they do not either"
        if np.isnan(x)
        else "not at all, they do already"
        if x == 0
        else f"{fives(x)} of the way, they do"
    )


def people_text(table: pd.DataFrame) -> str:
    """What pressure's effects on people add against the status quo."""
    own = table[(table.policy == "pressure") & (table.order == "average")].set_index("step")
    step = own.loc["the people", "change"]
    word = "adds" if step >= 0 else "saves"
    return f"What pressure does to ordinary people {word} {about_thousands(step)} life-equivalents to its loss here."


def income_text(values: Any) -> str:
    """What the income that a deal brings weighs in lives, at the stated price and at the top of the price's range."""
    register = evidence.assumptions()
    deal, war = register.central["i_deal"], register.central["d_conv"]
    rates = values["v_income"], register.high["v_income"]
    stated, top = (thousands(options.prices(values | {"v_income": rate})[-1] * deal) for rate in rates)
    return (
        f"At the stated price the income that a deal brings counts as much as {stated} lives; at the top of the "
        f"range of that price, {top}, against {thousands(war)} dead in a conventional war"
    )


def deaths_text(table: pd.DataFrame) -> str:
    """What a count of few deaths under sanctions would take away, by whether they are the largest step against
    pressure."""
    own = table[(table.policy == "pressure") & (table.order == "average")].set_index("step").change
    step = own.drop(["neutral", "all"]).idxmax()
    if step == "the people":
        return "would take away the largest step against pressure"
    return f"would take away a step, but not the largest against pressure, which is {step}"


def pareto_finding(means: np.ndarray) -> str:
    """Which policies another matches or beats on every outcome, before any price is set, and under which readings."""
    keep = np.stack([options.pareto(m) for m in means])
    if keep.all():
        return (
            "Before any price is set, none of the five can be struck out: under no reading does another match or "
            "beat it on all six outcomes"
        )
    out = []
    for policy, hit in zip(POLICIES, keep.T, strict=True):
        under = [IF_HE[k] for k, kept in zip(READINGS, hit, strict=True) if not kept]
        out += [f"{wants.POLICY_WORDS[policy]} if he is {' or '.join(under)}"] if under else []
    return (
        f"Before any price is set, only {listed(out)} can be struck out: another policy does at least as "
        f"well on all six outcomes"
    )


def accept_text(losses: np.ndarray) -> str:
    """Where acceptance loses less than talks."""
    better = [IF_HE[k] for k, row in zip(READINGS, losses, strict=True) if row[options.ACCEPT] < row[options.TALKS]]
    if not better:
        return "here it loses more than talks under every reading"
    return f"here it loses less than talks if he is {' or '.join(better)}"


def kept_finding() -> str:
    """How much each side kept in full of what it promised alone, from `kept`."""
    table = options.kept().set_index("side")
    share = table.kept / table[["kept", "partly", "not"]].sum(axis=1)
    return (
        f"By our coding North Korea kept {share['PRK']:.0%} of what it promised alone in full, and the United "
        f"States {share['USA']:.0%}"
    )


def hazard_change(hazard: float) -> str:
    """What a rise in the yearly risk of war would do to an undecided reader."""
    if np.isnan(hazard):
        return "No yearly risk of war that we searched would turn an undecided reader to force"
    return f"A yearly risk of war above {hazard_words(hazard)} would turn an undecided reader to force, all else equal"


def kept_table() -> pd.DataFrame:
    """`kept` as a frame to print."""
    names = {"PRK": "North Korea", "USA": "United States"}
    return pd.DataFrame(
        [
            {
                "Promises of": names[r.side],
                "Kept": r.kept,
                "In part": r.partly,
                "Not": r.no,
                "Share, part as half": prose.percent(r.share),
            }
            for r in options.kept().rename(columns={"not": "no"}).itertuples()
        ]
    )
