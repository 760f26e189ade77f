"""Sentences of chapter 7, worded by what is computed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bargain import deal as base
from bargain import evidence, exchange, terms
from bargain.prose import listed, span_percent, two_figures
from bargain.terms import COALITION, KIM, MINDS, SIDES

EMBASSIES = ("U01", "U16", "U17")


IF_HE = {"undecided": "weighs all his goals alike", "narrow": "is narrowly rational", "dealer": "seeks a deal"}


def by_seed(frame: pd.DataFrame, value: str) -> tuple[float, ...]:
    """Mean of a column in each draw of a stored table, a tuple."""
    return tuple(frame.groupby("seed")[value].mean())


def digits(*values: Any) -> str:
    """Numbers of one thing from several draws: two figures, or one, whichever all share; else the span."""
    for figures in (2, 1):
        got = {float(f"{v:.{figures}g}") for v in values}
        if len(got) == 1:
            return f"{got.pop():,.15g}"
    return f"{two_figures(min(values))} to {two_figures(max(values))}"


def last_taken(frame: pd.DataFrame, trust: float = 0.5, share: float = 0.5, column: str = "accepts") -> Any:
    """For each reading the furthest commitment that at least `share` of the minds take in either draw of them, as dict
    reading -> words."""
    out = {}
    each = frame[np.isclose(frame.trust, trust)].groupby(["reading", "commitment", "seed"], sort=False)[column].mean()
    rows = each.groupby(["reading", "commitment"], sort=False).min()
    for reading in MINDS:
        got = [name for name, x in rows[reading].items() if x >= share]
        out[reading] = exchange.NAMES[got[-1]] if got else "nothing"
    return out


def shares_words(frame: pd.DataFrame) -> str:
    """How far each reading's minds go for everything on the table, in one sentence."""
    got = last_taken(frame)
    at = frame[np.isclose(frame.trust, 0.5) & (frame.commitment == "zero")]
    zero = {r: span_percent(*by_seed(at[at.reading == r], "accepts")) for r in MINDS}
    got = {r: "a freeze" if words == "freeze" else words for r, words in got.items()}
    return (
        f"For everything on the table most minds go as far as {got['narrow']} if he {IF_HE['narrow']}, "
        f"{got['dealer']} if he {IF_HE['dealer']} and {got['undecided']} if he {IF_HE['undecided']}; "
        f"zero is taken by {zero['narrow']}, {zero['dealer']} and {zero['undecided']} of them"
    )


def shares_heading(frame: pd.DataFrame) -> str:
    """In how many readings everything on the table takes most minds to zero, as a heading."""
    n = sum(words in (exchange.NAMES["zero"], exchange.NAMES["zero_no_theft"]) for words in last_taken(frame).values())
    if n in (0, len(MINDS)):
        return f"All on the table {'takes' if n else 'does not take'} most minds to zero"
    return "Whether all on the table buys zero hangs on the reading"


SAME = 0.01  # a value of the table is the worked-out one when it differs by no more than this share of it


def derived_words(frame: pd.DataFrame) -> str:
    """How the table's values compare with those worked out from other tables and the register (`deal.derived`)."""
    same = (frame["derived"] - frame["central"]).abs() <= SAME * frame["central"].abs()
    inside = frame["derived"].between(frame["low"], frame["high"])
    text = f"Of {len(frame)} such values {same.sum()} are those of the table, to {SAME:.0%}"
    for rows, words in (
        (frame[~same & inside], "within its range, but not its centre"),
        (frame[~inside], "outside it"),
    ):
        if len(rows):
            text += f"; {words}: {listed(dict.fromkeys(rows['name']))}"
    return text


def trust_words(frame: pd.DataFrame, commitment: str = "zero") -> str:
    """How far trust and reading move the share of minds that take a commitment, in words."""
    rows = frame[frame.commitment == commitment].groupby(["reading", "trust"], sort=False).accepts.mean().unstack()
    by_trust, by_reading = (rows.max(axis=axis) - rows.min(axis=axis) for axis in (1, 0))
    more = by_trust.max() > by_reading.max()
    return (
        f"From no trust to full trust the share that takes {exchange.NAMES[commitment]} moves by up to "
        f"{5 * round(20 * by_trust.max())} points, from one reading to another by up to "
        f"{5 * round(20 * by_reading.max())}: "
        + ("what he fears matters more than what he wants" if more else "what he wants matters more than what he fears")
        + ", over these spans"
    )


def asked_words(frame: pd.DataFrame) -> str:
    """From which commitment on the median ask passes the median of all on offer, by reading."""
    words = []
    for reading in ("narrow", "dealer", "undecided"):
        rows = frame[frame.reading == reading]
        over = rows[rows.ask_50 > rows.most_50]
        point = f"from {over.commitment.iloc[0]} on" if len(over) else "nowhere"
        words.append(f"{point} if he {IF_HE[reading]}")
    return "The median mind asks more than all that the table offers " + ", ".join(words)


def asked_heading(frame: pd.DataFrame, commitment: str = "zero") -> str:
    """In how many readings the median mind asks more for a commitment than is on offer, as a heading."""
    rows = frame[frame.commitment == exchange.NAMES[commitment]]
    n = int((rows.ask_50 > rows.most_50).sum())
    return (
        "What is on offer covers the median price of zero",
        "The median price of zero tops the offer in one reading",
        "The median price of zero tops the offer in two readings",
        "The median price of zero tops the offer in every reading",
    )[n]


def _span(medians: pd.DataFrame) -> str:
    """Least and largest of a frame seed × reading with two figures, rounded outwards, so that both seeds lie inside."""
    low, high = medians.to_numpy().min(), medians.to_numpy().max()
    step = [10.0 ** (np.floor(np.log10(x)) - 1) for x in (low, high)]
    ends = [f"{np.floor(low / step[0]) * step[0]:.6g}", f"{np.ceil(high / step[1]) * step[1]:.6g}"]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def multiples_words(frame: pd.DataFrame, commitment: str = "zero") -> str:
    """The median multiple that paper needs for a commitment, and what the switches make of it."""
    got = frame[frame.commitment == commitment].pivot(index=["variant", "seed"], columns="reading", values="median")
    span = {v: _span(got.loc[v]) for v in exchange.VARIANTS}
    low, high = got.loc["both"].min().min(), got.loc["both"].max().max()
    verb = (
        "still more than they are worth in every reading"
        if low > 1
        else "no longer more than they are worth"
        if high <= 1
        else "no longer more than they are worth in every reading"
    )
    return (
        f"For {exchange.NAMES[commitment]} the papers would have to be worth {span['base']} times as much (medians by "
        "reading), "
        f"{span['no residual hazard']} if a reliable partner never broke, {span['no arms in peace']} if peace took all "
        f"worth from the arsenal, {span['both']} with both: {verb}"
    )


def multiples_heading(frame: pd.DataFrame) -> str:
    """What the papers buy from the median minds as the table has them, as a heading."""
    rows = frame[frame.variant == "base"].groupby("commitment")["median"]
    dearest, cheapest = rows.max(), rows.min()
    if dearest["zero"] < 1:
        return "Paper alone buys the arsenal"
    if cheapest["zero"] < 1:
        return "Whether paper buys the arsenal hangs on the reading"
    return "Paper buys a freeze, not the arsenal" if dearest["freeze"] < 1 else "Paper does not buy the arsenal"


def switches_words(frame: pd.DataFrame, commitment: str = "zero") -> str:
    """Which of the two beliefs makes more of the difference to what paper is worth, in words."""
    got = frame[frame.commitment == commitment].groupby(["seed", "variant"])["median"].mean().unstack()
    fear, arms = (1 - got[v] / got["base"] for v in ("no residual hazard", "no arms in peace"))
    more = "fear more than about the arsenal" if fear.mean() > arms.mean() else "the arsenal more than about fear"
    return (
        "Without the fear that a reliable partner breaks all the same the multiple for "
        f"{exchange.NAMES[commitment]} falls by "
        f"{span_percent(*fear)}, without the arsenal's worth in peace by {span_percent(*arms)}: the claim is "
        f"about {more}"
    )


def trusting_words(frame: pd.DataFrame, commitment: str = "zero") -> str:
    """The median multiple at no trust and at full trust, from `paper` over trusts, in words."""
    rows = frame[(frame.commitment == commitment) & (frame.variant == "base")]
    got = rows.groupby(["trust", "seed", "reading"]).multiple.median().unstack()
    return (
        f"Over trust the medians for {exchange.NAMES[commitment]} run from {_span(got.loc[0.0])} times at none to "
        f"{_span(got.loc[1.0])} at full trust"
    )


def enough_words(frame: pd.DataFrame) -> str:
    """For which commitments paper suffices as the table has it, by share of minds (a twentieth or more)."""
    rows, words = frame[frame.variant == "base"], []
    for name, part in rows.groupby("commitment", sort=False):
        got = part.pivot(index="seed", columns="reading", values="enough")
        low, high = (span_percent(*got.agg(f, axis=1)) for f in ("min", "max"))
        if got.to_numpy().max() >= 0.05:
            span = low if low == high else f"{low.removesuffix('%')} to {high}"
            words.append(f"{'a freeze' if name == 'freeze' else exchange.NAMES[name]} for {span} of the minds")
    return "Paper alone buys " + (" and ".join(words) + ", by reading" if words else "next to nothing")


def plane_words(frame: pd.DataFrame) -> str:
    """How large Kim's and the coalition's hold-outs may be when the other's is 0, by reading (medians)."""
    words = []
    for reading in MINDS:
        rows = frame[frame.reading == reading]
        some = rows[rows["median"] > 0].groupby("seed").out_kim.max()
        most = rows[rows.out_kim == 0].groupby("seed")["median"].max()
        who = terms.LABELS[reading].lower()
        words.append(f"{who} {digits(*some)} and {digits(*most)}" if len(some) else f"{who}: none")
    return (
        "For the median mind a deal that removes weapons is left up to a hold-out of Kim’s, or one of the coalition’s, "
        "of so many US$ m a half-year, the other’s being 0: " + "; ".join(words)
    )


def plane_heading(frame: pd.DataFrame) -> str:
    """Whether the median minds leave a disarming deal at the high ends of both hold-outs, as a heading."""
    high = evidence.assumptions().high.astype(float)
    left_over = []
    for _, rows in frame.sort_values("out_kim").groupby(["reading", "seed"]):
        most = np.interp(high["out_kim"], rows.out_kim, rows["median"].clip(lower=-1e6))
        left_over.append(most > high["out_coalition"])
    if all(left_over):
        return "Even with both hold-outs high, the median mind has a deal"
    return (
        "With both hold-outs high, a deal hangs on the reading"
        if any(left_over)
        else "With both hold-outs high, the median mind has no deal left"
    )


def regained(case: base.Case) -> np.ndarray:
    """What holding out is worth to each side when it comes back at a breakdown, out × Σ D (1 - q), (2,) in M.

    The base (`reserve`) takes it as forgone for good; the hold-out that leaves a deal scales by the ratio of the two.
    """
    q = base.fears(case, int(evidence.central("periods") + evidence.central("tail")))
    return case.out * [base.sums(case.delta[p], q[p])[0] for p in (KIM, COALITION)]


def regained_words() -> str:
    """How many times larger the hold-outs may be when they come back at a breakdown, in words."""
    case = replace(base.build(), out=np.ones(2))
    kim, coalition = exchange.reserve(case) / regained(case)
    return (
        f"If holding out earned the same again once the deal broke, his hold-out could be {kim:.1f} times and the "
        f"coalition’s {coalition:.1f} times as large"
    )


def hanoi_words(frame: pd.DataFrame) -> str:
    """In what share of the draws the three offers are all answered as they were, and which answer fails most."""
    columns = [f"{o}_{s}" for o in exchange.HANOI for s in SIDES]
    worst = frame[columns].mean().idxmin()
    name, side = worst.rsplit("_", 1)
    did = "agreed to" if exchange.HANOI[name][2][SIDES.index(side)] else "refused"
    who = "Kim" if side == "kim" else "Washington"
    return (
        f"In {span_percent(*by_seed(frame, 'all'))} of the draws the three offers are all answered as they were; "
        "the answer "
        f"that fails most is that {who} {did} {terms.OFFERS[name]}, right in {span_percent(*by_seed(frame, worst))}"
    )


def hanoi_heading(frame: pd.DataFrame) -> str:
    """How often the three offers are all answered as on record, as a heading."""
    share = frame["all"].mean()
    if share >= 0.5:
        return "Most draws answer all three offers as on record"
    return f"{'Hardly a draw answers' if share < 0.05 else 'A minority of draws answer'} all offers as on record"


def one_set_words(frame: pd.DataFrame) -> str:
    """Whether any one set of values answers all three offers as they were answered, in words."""
    n = int(frame["all"].sum())
    if not n:
        return "No draw answers all three offers as they were answered"
    return (
        f"A set of values that answers all three as they were answered exists, but is rare: {n} of {len(frame)} draws"
        if n < len(frame) / 20
        else f"One set of values can answer all three: it does in {n} of {len(frame)} draws"
    )


def alone_words(frame: pd.DataFrame) -> str:
    """The freeze of 1994 without today's hold-out of Kim's, in words."""
    now, then = by_seed(frame, "freeze_1994_kim"), by_seed(frame, "alone")
    return (
        f"In 1994 nobody in Moscow was offering what holding out earns him today. With that taken to be nothing, he "
        f"signs the freeze for oil in {span_percent(*then)} of the draws instead of {span_percent(*now)}"
    )


def turning_words(frame: pd.DataFrame | None = None) -> str:
    """The least cost of relief, hold-out or trust at which each wrong answer comes right, in sentences."""
    frame = exchange.turning_table() if frame is None else frame
    if not len(frame):
        return "At the central values both sides answer all three offers as they did."
    said = []
    for row in frame.itertuples():
        who = "Washington" if row.side == "coalition" else f"Kim ({terms.LABELS[row.reading].lower()}, mean mind)"
        levers = [
            f"relief costing it {row.phi:.1f} times what the table says" if row.phi == row.phi else "",
            f"holding out worth {row.out:.0f} US$ m a half-year" if row.out == row.out else "",
            f"a trust of {span_percent(row.trust)}" if row.trust == row.trust else "",
        ]
        levers = [x for x in levers if x]
        need = "would take " + " or ".join(levers) if levers else "none of the three levers would do"
        done = "agree to" if row.did else "refuse"
        said.append(f"For {who} to {done} {terms.OFFERS[row.offer]}, as on record, {need}")
    return ". ".join(said) + "."


def impossible_words() -> str:
    """When the table lets zero be reached at the earliest, against the two years that Washington spoke of."""

    deal = base.build().deal
    first = base.possible(deal)[deal.at("K12")[0]] / 2
    return f"the table lets the last weapon leave after {first:g} years at the earliest" + (
        ", so two years were impossible" if first > 2 else ", so two years were possible"
    )


def counted_words(frame: pd.DataFrame) -> str:
    """How many packages there are, and the median share that both sides prefer to holding out, by reading."""
    words = []
    for reading in MINDS:
        rows = frame[frame.reading == reading]
        share = (rows.signed / rows.total).groupby(rows.seed).median()
        words.append(f"{span_percent(*share)} ({terms.LABELS[reading].lower()})")
    total = f"{frame.total.iloc[0] / 1e6:.1f} million packages"
    return f"{total}; the median mind and the coalition both prefer to no deal " + ", ".join(words)


def left_words(frame: pd.DataFrame) -> str:
    """For how many minds nothing that removes weapons is better for both than no deal."""
    none = frame.assign(none=1 - frame.disarming)
    if none.none.max() == 0:
        return "every mind has a package with weapons removed that is better for both than no deal"
    share = {r: span_percent(*by_seed(none[none.reading == r], "none")) for r in MINDS}
    return "no package that removes weapons is better for both than no deal for " + ", ".join(
        f"{words} of the {terms.LABELS[r].lower()} minds" for r, words in share.items()
    )


def lists_read(frame: pd.DataFrame) -> str:
    """The price lists as a table to read: reading, commitment, minds with a price, medians of sets and of steps.

    A hundred minds carry shares in fives and counts with one figure.
    """
    rows = []
    for (reading, name), part in frame.groupby(["reading", "commitment"], sort=False):
        some = part[part.minimal > 0]
        rows.append(
            {
                "Reading": terms.LABELS[reading],
                "Commitment": exchange.NAMES[name],
                "Minds with a price": span_percent(len(some) / len(part), 0.05 * round(20 * len(some) / len(part))),
                "Minimal sets": f"about {float(f'{some.minimal.median():.1g}'):.0f}" if len(some) else "–",
                "Steps in the smallest": f"{some.smallest.median():.0f}" if len(some) else "–",
            }
        )
    return pd.DataFrame(rows)


def always_words(frame: pd.DataFrame, commitment: str = "zero") -> str:
    """Which steps stand in every minimal set of a commitment, for half or more of the minds that have a price."""
    words, names = {}, base.table().name.str.replace("$", r"\$", regex=False)  # a dollar sign would open mathematics
    for reading in MINDS:
        some = frame[(frame.reading == reading) & (frame.commitment == commitment) & (frame.minimal > 0)]
        seen = some.always.fillna("").str.split(";").explode().value_counts()
        often = sorted(i for i, n in seen.items() if i and n >= len(some) / 2)
        words.setdefault(", ".join(names[i] for i in often) or "none", []).append(terms.LABELS[reading].lower())
    said = [f"{steps} ({', '.join(who)})" for steps, who in words.items()]
    return f"Steps in every set for {exchange.NAMES[commitment]}, for most minds: " + "; ".join(said)


def declaration_words(frame: pd.DataFrame) -> str:
    """Up to what cost to the coalition the end-of-war declaration stays in some minimal set, for the reference mind."""
    rows = frame.groupby("multiple").with_declaration.sum()
    kept = rows[rows > 0]
    if not len(kept):
        return "the declaration is in no minimal set"
    share = frame[frame.multiple == frame.multiple.min()]
    share = share.with_declaration.sum() / max(share.minimal.sum(), 1)
    end = (
        "and stays in some at every loss tried"
        if kept.index.max() == rows.index.max()
        else f"and is in none at {rows[rows == 0].index.min():.0f} times that cost"
    )
    return (
        f"for the mind of equal weights the declaration is in {span_percent(share)} of the minimal sets at the table’s "
        f"cost, "
        f"is still in some at {kept.index.max():.0f} times that cost, {end}"
    )


def closing_words() -> str:
    """How Washington answers Kim's Hanoi offer when relief once given never comes back, in words."""
    case = base.build()
    final = base.change(case, base.of_group(case, "relief"), undo=np.inf)
    floor = exchange.reserve(case)[COALITION]
    now, then = (exchange.offer(c, "kim_2019")[COALITION] for c in (case, final))
    verb = "would refuse" if then <= floor else "would still take"
    return (
        f"if relief could never be taken back, Kim’s offer would be worth {then / 1000:+.1f} bn US$ to the coalition "
        f"instead of {now / 1000:+.1f}, and it {verb} it".replace("-", "−")
    )


def size_words(frame: pd.DataFrame) -> str:
    """Whether the share of minds that accept zero is lowest at a middle size of the arsenal."""
    words = []
    for reading in MINDS:
        rows = frame[frame.reading == reading].groupby("size").accepts.agg(["mean", "min", "max"]).sort_index()
        low, ends = rows["mean"].min(), (rows["mean"].iloc[0], rows["mean"].iloc[-1])
        shape = (
            "U-shaped"
            if low < min(ends) - 0.02
            else "falling"
            if ends[0] > ends[1] + 0.02
            else "rising"
            if ends[1] > ends[0] + 0.02
            else "level"
        )
        at = [span_percent(rows["min"].iloc[i], rows["max"].iloc[i]) for i in (0, -1)]
        words.append(f"{terms.LABELS[reading].lower()} {shape}, from {at[0]} to {at[1]}")
    sizes = sorted(frame["size"].unique())
    return (
        f"the share of minds that take everything for zero, from an arsenal of {sizes[0]:.0f} to one of "
        f"{sizes[-1]:.0f} weapons: " + "; ".join(words)
    )


def kept_words(frame: pd.DataFrame) -> str:
    """Of the packages that both sign, the median share that both would also keep in the first half-year, by reading."""
    words, some = [], frame[frame.signed > 0]
    for reading in MINDS:
        rows = some[some.reading == reading]
        share = (rows.kept / rows.signed).groupby(rows.seed).median()
        words.append(f"{span_percent(*share)} ({terms.LABELS[reading].lower()})" if len(share) else "none")
    return ", ".join(words)


def nash_read(frame: pd.DataFrame) -> str:
    """The Nash package over minds: reading, share of minds with one, weapons it removes and its steps on each side."""
    rows = []
    for reading in MINDS:
        part = frame[frame.reading == reading]
        median = {c: f"{part[c].median():.0f}" for c in ("gone", "kim", "coalition", "joint")}
        rows.append(
            {
                "Reading": terms.LABELS[reading],
                "Minds with one": span_percent(*by_seed(part.assign(gone=part.gone.notna()), "gone")),
                "Weapons removed (median)": median["gone"],
                "Steps of Kim’s": median["kim"],
                "Steps of the coalition’s": median["coalition"],
                "Weapons removed at the largest sum of values": median["joint"],
            }
        )
    return pd.DataFrame(rows)


def dominance_words() -> str:
    """What a weight on power over the South does to the share of narrowly rational minds that take a commitment."""
    case, weight, taken = base.build(), evidence.central("w_dominance"), {}
    asked_for = {name: exchange.COMMITMENTS[name][0] for name in ("thirty", "zero")}
    for dominance in (0.0, weight):
        seen = base.with_mind(case, np.full(8, 1 / 8), dominance)  # the arsenal's part; the mind's follows
        for seed in exchange.SEEDS:
            got = (
                exchange.prices(seen, exchange.readings_minds("narrow", seed), asked_for)
                .groupby("commitment")
                .accepts.mean()
            )
            for name, share in got.items():
                taken.setdefault((name, dominance), []).append(share)
    moved = [
        f"for {exchange.NAMES[n]} from {span_percent(*taken[n, 0.0])} to {span_percent(*taken[n, weight])}"
        for n in asked_for
    ]
    return (
        f"with {span_percent(weight)} of the weight on power over the South, the share of narrowly rational minds that "
        f"takes everything on the table goes {' and '.join(moved)}"
    )


def sample_words(frame: pd.DataFrame) -> str:
    """How the central table compares with all assumptions drawn: the share of draws that take everything for zero."""
    rows = frame[frame.commitment == "zero"]
    taken, both = (
        ", ".join(
            f"{span_percent(*by_seed(rows[rows.reading == r], column))} ({terms.LABELS[r].lower()})" for r in MINDS
        )
        for column in ("accepts", "both")
    )
    return (
        f"With every assumption drawn together with the mind, everything on the table buys zero in {taken} of the "
        f"draws, and a package for zero that is better for both exists in {both}. Putting the complements’ value on "
        f"single steps changes {span_percent(*by_seed(frame, 'changed'))} of these verdicts"
    )


def answers_read(frame: pd.DataFrame) -> str:
    """Shares of draws in which each side answers each offer as it did: a table to read."""
    rows = []
    for name, words in terms.OFFERS.items():
        for p, side in enumerate(SIDES):
            row = {
                "Offer": words,
                "Side": terms.LABELS[side],
                "On record": "agreed" if exchange.HANOI[name][2][p] else "refused",
            }
            for reading in MINDS:
                row[terms.LABELS[reading]] = span_percent(*by_seed(frame[frame.reading == reading], f"{name}_{side}"))
            rows.append(row)
    return pd.DataFrame(rows)


def matrix_words(frame: pd.DataFrame) -> str:
    """In how many steps the receiver gains more than the giver pays, and which side's cheapest step gains most."""
    wide = frame.pivot(index=["id", "giver"], columns="side", values="central").reset_index()
    giver = np.where(wide.giver == "kim", wide.kim, wide.coalition)
    taker = np.where(wide.giver == "kim", wide.coalition, wide.kim)
    gains = int((taker > -giver).sum())
    return f"While the deal lives, {gains} of {len(wide)} steps are worth more to who gets them than to who gives them"


def matrix_heading(frame: pd.DataFrame) -> str:
    """Whether what one side gives is mostly worth more to the other, as a heading."""
    wide = frame.pivot(index=["id", "giver"], columns="side", values="central").reset_index()
    net = wide.kim + wide.coalition  # the taker's gain less the giver's cost, whoever gives
    if (net > 0).mean() > 0.5:
        return "Most steps are worth more to the taker than to the giver"
    return "Half of the steps or more bring no more than they cost"


def both_words(frame: pd.DataFrame, trust: float = 0.5) -> str:
    """For which commitments a package better for both exists less often than one that he would take, in words."""
    rows = frame[np.isclose(frame.trust, trust)].groupby(["reading", "commitment"], sort=False)[["accepts", "both"]]
    gap = rows.mean().eval("accepts - both")
    if gap.max() <= 0.02:
        return (
            "Wherever he would take everything on the table, some package leaves the coalition better off as well, "
            "with at most two minds in a hundred apart."
        )
    reading, commitment = gap.idxmax()
    part = frame[np.isclose(frame.trust, trust) & (frame.reading == reading) & (frame.commitment == commitment)]
    return (
        f"A package for {exchange.NAMES[commitment]} that is better for both exists for "
        f"{span_percent(*by_seed(part, 'both'))} of "
        f"the {terms.LABELS[reading].lower()} minds, against {span_percent(*by_seed(part, 'accepts'))} that would take "
        "everything: the rest would ask more than it is worth to the coalition."
    )


def embassies_words(papers: pd.DataFrame, commitment: str = "thirty") -> str:
    """What full diplomatic relations add to the papers, as medians of the multiple over minds, in words."""
    more = exchange.paper(trusts=(0.5,), papers=EMBASSIES)
    one, two = (
        _span(
            f[(f.variant == "base") & (f.commitment == commitment) & np.isclose(f.trust, 0.5)]
            .groupby(["seed", "reading"])
            .multiple.median()
            .unstack()
        )
        for f in (papers, more)
    )
    return (
        f"With embassies added, {exchange.NAMES[commitment]} costs {two} times the worth of the papers "
        f"instead of {one}."
    )
