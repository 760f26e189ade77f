"""Sentences of chapter 3, worded by what is computed."""

from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, partners, terms
from bargain.prose import capital, counted, distance_words
from bargain.terms import GOODS, PARTNERS

# ---------------------------------------------------------------- sentences, worded by what is computed


def memory_words() -> str:
    """How many rows of the table of partners nobody looked up, or only in part; without its stop, in small letters."""
    state = evidence.table("partners")["verified"]
    return (
        f"{(state == 'memory').sum()} of the {len(state)} rows of the table behind the first figure are from memory "
        f"and {(state == 'part').sum()} were seen only in part"
    )


def _name(partner: str) -> str:
    return "the United States" if partner == "USA" else terms.LABELS[partner]


def order(year: int, **options: Any) -> list[str]:
    """Partners by their Shapley share, first to last."""
    s = partners.shares(year=year, **options)
    return list(s.sort_values(ascending=False, kind="stable").index)


def lead_finding(table: pd.DataFrame) -> str:
    """Who is first under every coding, with shares then and now, and who is second."""
    first, last = partners.years()[0], partners.years()[-1]
    firsts = table[table["rank"] == 1].groupby("partner").size()
    base = table[table.coding == "leaky"].pivot(index="partner", columns="year", values="share")
    then, now = base[first].idxmax(), base[last].idxmax()
    every = "under every coding" if len(firsts) == 1 else f"under {firsts[now]} of {firsts.sum()} codings and years"
    second = [base[y].sort_values().index[-2] for y in (first, last)]
    if then == now:
        text = (
            f"{capital(_name(now))} comes first {every}, with {base[first][now]:.0%} of what he could get in "
            f"{first} and {base[last][now]:.0%} in {last}"
        )
    else:
        text = (
            f"In {first} {_name(then)} came first with {base[first][then]:.0%}; in {last} {_name(now)} does with "
            f"{base[last][now]:.0%}"
        )
    return text + (
        f"; {_name(second[1])} has replaced {_name(second[0])} as second"
        if second[0] != second[1]
        else f"; {_name(second[1])} stays second"
    )


def lead_heading(table: pd.DataFrame) -> str:
    """Who is needed most, then and now; for a heading."""
    base = table[table.coding == "leaky"].pivot(index="partner", columns="year", values="share")
    then, now = (base[y].idxmax() for y in (partners.years()[0], partners.years()[-1]))
    if then != now:
        return f"{capital(_name(now))} has replaced {_name(then)} as the most needed"
    every = table[table["rank"] == 1].partner.nunique() == 1
    return f"{capital(_name(now))} is needed most, then and now{'' if every else ', by most codings'}"


def willing_heading() -> str:
    """Who is expected to deliver most at the willingness we judge for the latest year; for a heading."""
    year = partners.years()[-1]
    top = PARTNERS[int(partners.deliveries(partners.game(year), partners.willingness(year)).argmax())]
    return (
        "Washington is still expected to deliver most"
        if top == "USA"
        else f"{capital(_name(top))} is expected to deliver most, not Washington"
    )


def willing_finding(year: int | None = None) -> str:
    """Whether Washington leads in expected delivery at its judged willingness, and what it would take."""
    year = year or partners.years()[-1]
    d, p = partners.deliveries(partners.game(year), partners.willingness(year)), partners.willingness(year)
    top = PARTNERS[int(d.argmax())]
    if top == "USA":
        x = partners.crossings(year).set_index("rival").willing.drop("USA", errors="ignore").max()
        return (
            f"At the willingness we judge for {year} ({p[0]:.0%}), Washington still leads in expected delivery; "
            f"below {x:.0%} it would not"
        )
    x = partners.crossings(year).set_index("rival").willing[top]
    needed = "no willingness would restore it" if np.isnan(x) else f"it would take {x:.0%} to lead again"
    return (
        f"At the willingness we judge for {year} ({p[0]:.0%}), {_name(top)} is expected to deliver most, not "
        f"Washington; {needed}"
    )


def distance_heading(table: pd.DataFrame) -> str:
    """Whether a single fact dethrones the leader under leaky vetoes; for a heading."""
    base = table[table.coding == "leaky"]
    fact = (
        "a single fact could dethrone"
        if base[["supply", "bite"]].notna().any(axis=None)
        else "no single fact dethrones"
    )
    return f"With leaky vetoes {fact} {_name(base.leader.iloc[0])}"


def distance_finding(table: pd.DataFrame) -> str:
    """Nearest rival by weight in the base coding, and whether any single fact dethrones the leader."""
    base = table[table.coding == "leaky"]
    top = _name(base.leader.iloc[0])
    known = base.dropna(subset=["weight"])
    singles = int(base.supply.notna().sum() + base.bite.notna().sum())
    if known.empty:
        facts = "no single fact" if not singles else f"only {counted(singles, 'single fact')}"
        return f"With leaky vetoes, no weights on the goods and {facts} would put another ahead of {top}"
    near = known.loc[known.weight.idxmin()]
    fact = (
        "no single supply or veto, changed alone, would do it"
        if not singles
        else f"{singles} single change{'s' * (singles > 1)} of a supply or veto would do it too"
    )
    return (
        f"With leaky vetoes, {_name(near.rival)} would draw level with {top} if {near.weight:.0%} of all weight "
        f"moved to the goods that favour it; {fact}"
    )


def arms_finding() -> str:
    """The weight of arms at which Russia draws level, deliveries paid and unpaid."""
    paid, unpaid = (partners.arms_limit(x) for x in (True, False))
    now = partners.good_weights(partners.game(partners.years()[-1]))[GOODS.index("arms")]
    return (
        f"Russia would draw level with Washington if arms and backing were {distance_words(paid)} of all he wants, "
        f"or {distance_words(unpaid)} if its deliveries are not paid for; we give them {now:.0%}"
    )


def without_finding(table: pd.DataFrame) -> str:
    """What is left without the leader at no bite and at full bite, latest year."""
    last = table[table.year == partners.years()[-1]]
    least = last[last.bite == 1].set_index("partner").without
    i = least.idxmin()
    soft = last[(last.bite == 0) & (last.partner == i)].without.iloc[0]
    rest = least.drop(i)
    return (
        f"Without {_name(i)}, {soft:.0%} of the goods are left if vetoes have no bite and {least[i]:.0%} if they "
        f"bite fully; without {_name(rest.idxmin())}, the next, {rest.min():.0%} at full bite"
    )


def without_heading(table: pd.DataFrame) -> str:
    """Who would be missed most where vetoes bite fully, latest year; for a heading."""
    last = table[table.year == partners.years()[-1]].pivot(index="bite", columns="partner", values="without")
    full = last.loc[1].sort_values()
    if full.iloc[1] - full.iloc[0] < 0.005:
        return "No one partner would be missed most where vetoes bite"
    where = ", however vetoes bite" if (last.idxmin(axis=1) == full.index[0]).all() else " where vetoes bite"
    return f"{capital(_name(full.index[0]))} would be missed most{where}"


def share_of(partner: str, year: int, **options: Any) -> float:
    """Shapley share of one partner."""
    return float(partners.shares(year=year, **options)[partner])


ORDINALS = ("first", "second", "third", "fourth", "fifth")


def rank_words(partner: str, year: int, **options: Any) -> str:
    """first, second, … by Shapley share."""
    return ORDINALS[order(year, **options).index(partner)]


def lead(year: int | None = None, **options: Any) -> float:
    """Washington's lead over the best other, in percentage points; below 0 where another leads."""
    s = partners.shares(year=year or partners.years()[-1], **options)
    return 100 * (s["USA"] - s.drop("USA").max())


def lead_text(year: int | None = None, **options: Any) -> str:
    """`lead` in words: 1 point ahead of the second, 12 points behind the first."""
    points = round(lead(year, **options))
    return f"{counted(abs(points), 'point')} {'ahead of the second' if points >= 0 else 'behind the first'}"


def history_heading(none: float | None = None, every: float | None = None) -> str:
    """What discounting the gifts of all five does to Washington's lead (points without and with it); for a heading."""
    none, every = lead() if none is None else none, lead(discounts=PARTNERS) if every is None else every
    if every < 0:
        return "Discount every gift, and Washington does not lead"
    word = (
        "gains the lead"
        if none < 0
        else "keeps its lead"
        if abs(every - none) < 1
        else "leads by less"
        if every < none
        else "leads by more"
    )
    return f"Discount every gift, and Washington {word}"


def goods_heading(table: pd.DataFrame) -> str:
    """In what part of the kinds of goods Washington supplies most or ties for it; for a heading."""
    most = (table.loc[table.groupby("part").supply.idxmax()].partner == "USA").mean()
    part = "most" if most > 0.5 else "half of the" if most == 0.5 else "fewer than half of the"
    return f"Washington leads or ties in {part} kinds of goods"


def goods_finding(table: pd.DataFrame) -> str:
    """In how many goods Washington supplies most, and where it alone holds a veto."""
    most = table.loc[table.groupby("part").supply.idxmax()]
    lead = int((most.partner == "USA").sum())
    sole = table[table.bite > 0].groupby("part").partner.agg(list)
    alone = int((sole.map(lambda who: who == ["USA"])).sum())
    return (
        f"Washington could supply the most of {lead} of the {table.part.nunique()} kinds of goods or ties for it, "
        f"and holds the only veto over {alone}"
    )


def elimination_finding() -> str:
    """Whom elimination by supply leaves, and how much the others still deliver without him."""
    left = partners.power(partners.game(partners.years()[-1])).set_index("partner").without
    needed = left.idxmin()
    same = "They agree on who remains" if needed == "USA" else f"They disagree: by supply {_name(needed)} is needed"
    return (
        f"{same}. But to be left over is not to be indispensable: without it, the other four deliver "
        f"{left[needed]:.0%} of the goods"
    )


def direction_finding() -> str:
    """Whether Washington's share fell from the essay's year to the latest, with both partners' shares."""
    first, last = partners.years()[0], partners.years()[-1]
    a, b, c, d = (share_of(i, y) for i in ("USA", "RUS") for y in (first, last))
    moved = (a - b >= 0.02, d - c >= 0.02)  # two points: what the coding of a single supply can move
    said = {
        (True, True): "agrees",
        (False, True): "agrees about Moscow, not about Washington",
        (True, False): "agrees about Washington, not about Moscow",
        (False, False): "does not agree",
    }[moved]
    return f"The count {said}: Washington's share went from {a:.0%} to {b:.0%}, Russia's from {c:.0%} to {d:.0%}"


def title_finding() -> str:
    """Who is first when each argument for Washington is taken away."""
    table = partners.stripped(partners.years()[-1]).set_index("case")
    firsts = table.idxmax(axis=1).drop("as coded")
    lost = [case for case, who in firsts.items() if who != "USA"]
    if not lost:
        return "it stays first in every case"
    return f"it is no longer first {' or '.join(lost)}"


def china_veto() -> str:
    """What a veto of China over added trade changes, computed for both readings of trade."""
    year = partners.years()[-1]
    parts = [share_of("CHN", year, trade=r, vetoes=v) for r in ("increment", "today") for v in ((), ("trade_CHN",))]
    return (
        f"A veto of China over trade, at the high end of its range, moves its share from {parts[0]:.0%} to "
        f"{parts[1]:.0%} where trade is what can be added, and from {parts[2]:.0%} to {parts[3]:.0%} where it is "
        f"what there is"
    )


def needed_willingness() -> str:
    """From which willingness of Washington on it leads in expected delivery in the latest year, a sentence."""
    year = partners.years()[-1]
    p = np.array(partners.willingness(year))
    p[0] = 1
    if partners.deliveries(partners.game(year), p).argmax():
        return "At no willingness would Washington lead in expected delivery."
    x = partners.crossings(year).willing.max()
    start = "at any willingness" if np.isnan(x) else f"from a willingness of {x:.0%} on"
    return f"Washington leads in expected delivery {start}."


def arms_matter() -> str:
    """Washington's share in both years with arms as a good in both, in neither, and in the latest alone."""
    first, last = partners.years()[0], partners.years()[-1]
    (then, now), (bare, left) = ([share_of("USA", y, arms=arms) for y in (first, last)] for arms in (True, False))
    return (
        f"Count arms in both years and Washington's share goes from {then:.0%} to {now:.0%}; leave them out of "
        f"both, and it goes from {bare:.0%} to {left:.0%}. Only who holds that arms became a want between the two "
        f"years sees it go from {bare:.0%} to {now:.0%}"
    )


def law_finding() -> str:
    """Whether law alone gives the shares of no vetoes at all, which it does while its holders supply equally."""
    gap = max(
        abs(partners.shares(year=y, coding="legal") - partners.shares(year=y, coding="none")).max()
        for y in partners.years()
    )
    if gap < 1e-9:
        return "Law alone therefore gives exactly the shares of no vetoes: the two panels are one result, not two"
    return f"Law alone moves no share of the game without vetoes by more than {100 * gap:.1f} points"


def summit_text(year: int = 2018) -> str:
    """Who would have delivered most at the willingness judged for the year of the summits, goods as in the first
    year."""
    d = pd.Series(partners.deliveries(partners.game(partners.years()[0]), partners.willingness(year)), PARTNERS)
    top, usa = d.idxmax(), d["USA"]
    head = f"At the willingness of {year}, the year of the summits,"
    if top == "USA":
        return f"{head} Washington was expected to deliver most: {usa:.0%} of all goods"
    return f"{head} {_name(top)} was expected to deliver {d[top]:.0%} of all goods and Washington {usa:.0%}"


def china_trade_text() -> str:
    """China's share of recorded trade in the last year that does not rest on one unconfirmed copy."""
    rows = evidence.table("china_trade_share").query("share_kind != 'unconfirmed'")
    last = rows.dropna(subset=["china_share_excl_inter_korean_pct"]).sort_values("year").iloc[-1]
    return f"{last['china_share_excl_inter_korean_pct']:.0f} per cent of recorded trade in {int(last['year'])}"
