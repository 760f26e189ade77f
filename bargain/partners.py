"""Who could give what he wants, who could block it, and who is needed: cooperative games with leaky vetoes.

Partners supply goods; a veto held by one outside the coalition takes away a share of a good, its *bite*:

    v_g(S) = Σ_{j∈S} s_gj Π_{k∈T_g∖S} (1 - b_gk),   v(S) = Σ_g w_g v_g(S)

Power indices are exact, over the 2^5 coalitions. Arrays end in the axes (part, partner), in the order of PARTS and
PARTNERS; leading axes are futures. Sanctions relief is one good of two parts, UN and US secondary sanctions.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, sampling, terms
from bargain.games import banzhaf, members, shapley, slopes
from bargain.terms import CODING_WORDS, CODINGS, GOODS, PARTNERS, PARTS

GOOD_OF = tuple(GOODS.index("relief" if part in ("un_relief", "us_secondary") else part) for part in PARTS)
TRADES = ("increment", "today", "peak")  # what a partner can add, what he has, what there was in 2015 with Seoul's
OTHER_VETOES = ("GBR", "FRA")  # members of the Security Council with a veto that are no partners of the talks
ESSAY = ("CHN", "KOR", "JPN")  # whose gifts the essay's three arguments from history discount


class Promises(NamedTuple):
    """Promises of one side alone in the accords of the record: how many, and how many of them were kept in full."""

    all: int
    kept: int


class Payment(NamedTuple):
    """Arms sent to Russia since 2023 and what came back, bn US$: the least of one and the most of the other."""

    sent: float
    returned: float


class Trade(NamedTuple):
    """China's share of the North's recorded trade without the South's, per cent, in a year."""

    share: float
    year: int


Parameters = dict[str, float | np.ndarray]  # by id; a draw's values (n,)


class Game(NamedTuple):
    """weights (part,), supplies (…, part, partner), bites (…, part, partner), shares (part,): a part's share of its
    good."""

    weights: np.ndarray
    supplies: np.ndarray
    bites: np.ndarray
    shares: np.ndarray


def years(register: pd.DataFrame | None = None) -> list[int]:
    """The years that the supplies are given for, ascending: the essay's and the latest."""
    register = evidence.assumptions() if register is None else register
    head = "sup_recognition_USA_"
    return sorted(int(i.removeprefix(head)) for i in register.index if i.startswith(head))


def draw(n: int, seed: int) -> Parameters:
    """n = 2^k draws of the chapter's ranged rows, {id: (n,) or float}."""
    checks.counts(n=n, seed=seed)
    return sampling.draw(sampling.rows(evidence.assumptions(), ("3",)), n, seed)[0]


def central() -> dict[str, float]:
    """The chapter's parameters at their central values, {id: float}. ValueError names rows out of order."""
    return sampling.rows(evidence.assumptions(), ("3",))["central"].astype(float).to_dict()


def game(
    year: int,
    parameters: Mapping[str, float | np.ndarray] | None = None,
    *,
    coding: str = "leaky",
    trade: str = "increment",
    arms: bool = True,
    discounts: Collection[str] = (),
    vetoes: Collection[str] = (),
    paid: bool = True,
    weights: np.ndarray | None = None,
) -> Game:
    """The game of one year, from parameters (central values where None).

    coding     leaky (bites as given), hard (every positive bite 1), legal (only relief, at 1), none
    trade      which reading of the good: increment (the base), today, peak
    arms       whether a market for arms and military backing is among the goods
    discounts  partners whose supplies are multiplied by `discount_<partner>`, and not normalised again
    vetoes     ids without the year of bites that are off in the base and turned to the high end of their range,
               such as "security_KOR"
    paid       False: Russia's deliveries of the latest year bring no capital (its amount of the first year)
    weights    relative weights over GOODS; None: the central `wgood_<good>`
    Raises KeyError naming a missing supply, ValueError for an unknown coding, reading or partner.
    """
    checks.nonnegative(weights=weights)
    checks.finite(parameters=parameters)
    if coding not in CODINGS or trade not in TRADES or set(discounts) - set(PARTNERS):
        raise ValueError(f"unknown coding, reading of trade or partner: {coding!r}, {trade!r}, {discounts!r}")
    register = evidence.assumptions()
    p = central() if parameters is None else parameters
    first = years()[0]

    def supply(part: str, partner: str) -> np.ndarray:
        good, when = part, year
        if part == "trade":
            good, when = {"increment": ("tradeinc", year), "today": ("trade", year), "peak": ("trade", 2015)}[trade]
        if not paid and (part, partner) == ("capital", "RUS"):
            when = first
        return sampling.value(p, f"sup_{good}_{partner}_{when}")

    def bite(part: str, partner: str) -> np.ndarray:
        name = f"bite_{part}_{partner}_{year}"
        off = name in register.index and float(register.at[name, "central"]) == 0
        if f"{part}_{partner}" in vetoes:
            if name not in register.index:
                raise KeyError(f"no row {name} among the assumptions")
            b = np.asarray(float(register.at[name, "high"]))
        else:
            b = np.asarray(0.0 if off or name not in p else p[name], float)
        if coding == "none" or (coding == "legal" and part not in ("un_relief", "us_secondary")):
            return np.zeros_like(b)
        return b if coding == "leaky" else (b > 0).astype(float)

    supplies = _grid(supply)
    supplies = supplies / supplies.sum(axis=-1, keepdims=True)
    for partner in discounts:
        factor = np.asarray(sampling.value(p, f"discount_{partner}"))[..., None]
        j = PARTNERS.index(partner)
        supplies = supplies.copy()
        supplies[..., j] = supplies[..., j] * factor
    if weights is None:
        weights = np.array([float(register.at[f"wgood_{g}", "central"]) for g in GOODS])
        if not arms:
            weights[GOODS.index("arms")] = 0.0
    weights = np.asarray(weights, float) / np.sum(weights)
    un = float(register.at["w_un_relief", "central"])
    shares = np.array([{"un_relief": un, "us_secondary": 1 - un}.get(part, 1.0) for part in PARTS])
    return Game(weights[list(GOOD_OF)] * shares, supplies, _grid(bite), shares)


def _grid(entry: Callable[[str, str], np.ndarray]) -> np.ndarray:
    """(…, part, partner) from a function of their names; single numbers and arrays over futures may mix."""
    cells = np.broadcast_arrays(*(entry(part, partner) for part in PARTS for partner in PARTNERS))
    return np.stack(cells, axis=-1).reshape(*cells[0].shape, len(PARTS), len(PARTNERS))


# ---------------------------------------------------------------- worths and power
def part_values(game: Game) -> np.ndarray:
    """Worth of each coalition in each part, (…, part, coalition)."""
    inside = members(game.supplies.shape[-1]).astype(bool)
    kept = np.where(inside, 1.0, 1 - game.bites[..., None, :]).prod(axis=-1)
    return (game.supplies @ inside.T) * kept


def values(game: Game) -> np.ndarray:
    """v(S), (…, coalition), in the order of `members`."""
    return np.einsum("g,...gs->...s", game.weights, part_values(game))


def power(game: Game) -> pd.DataFrame:
    """Shares of the grand coalition's worth, a frame of partner, shapley, banzhaf (normalised), without.

    shapley = φ_i / v(N); banzhaf scaled to sum 1; without = v(N∖i) / v(N), what is left when a partner is eliminated.
    For a game of single numbers.
    """
    v = values(game)
    phi, raw = shapley(v), banzhaf(v)
    last = len(v) - 1
    without = np.array([v[last & ~(1 << i)] for i in range(len(PARTNERS))]) / v[last]
    return pd.DataFrame({"partner": PARTNERS, "shapley": phi / v[last], "banzhaf": raw / raw.sum(), "without": without})


def deliveries(game: Game, willingness: ArrayLike) -> np.ndarray:
    """Expected delivery of each partner, p_i ∂f/∂p_i, (…, partner), at the partners' willingness (partner,)."""
    checks.shares(willingness=willingness)
    return np.asarray(willingness) * slopes(values(game), willingness)


def willingness(year: int, parameters: Mapping[str, float | np.ndarray] | None = None) -> np.ndarray:
    """`will_<partner>_<year>`, (partner,)."""
    p = central() if parameters is None else parameters
    return np.array([float(sampling.value(p, f"will_{partner}_{year}")) for partner in PARTNERS])


def judged_willingness(partner: str) -> pd.DataFrame:
    """What is judged of a partner's willingness in each year with supplies: year, low, central, high."""
    register = evidence.assumptions().loc[[f"will_{partner}_{year}" for year in years()]]
    return register[["low", "central", "high"]].astype(float).assign(year=years())


def crossing(game: Game, willing: ArrayLike, rival: str, of: str = "USA") -> float:
    """Willingness of one partner at which its expected delivery equals a rival's; nan where none in [0, 1] does.

    One's own delivery is linear in one's willingness, the rival's is affine in it: a closed form.
    """
    checks.shares(willing=willing)
    i, j = PARTNERS.index(of), PARTNERS.index(rival)
    at = []
    for x in (0.0, 1.0):
        p = np.array(willing, float)
        p[i] = x
        at.append(deliveries(game, p))
    own, (start, end) = at[1][i], (at[0][j], at[1][j])
    gap = own - (end - start)
    found = start / gap if gap != 0 else np.nan
    return float(found) if 0 <= found <= 1 else np.nan


# ---------------------------------------------------------------- distances to dethroning
def good_shares(game: Game) -> np.ndarray:
    """Shapley values good by good, (good, partner), of a game of single numbers; v sums them by the weights of
    goods."""
    phi = shapley(part_values(game)) * game.shares[:, None]
    out = np.zeros((len(GOODS), len(PARTNERS)))
    np.add.at(out, list(GOOD_OF), phi)
    return out


def good_weights(game: Game) -> np.ndarray:
    """Weights of the goods, (good,), from those of the parts."""
    out = np.zeros(len(GOODS))
    np.add.at(out, list(GOOD_OF), game.weights)
    return out


def leader(game: Game) -> str:
    """The partner with the largest Shapley value."""
    return PARTNERS[int(shapley(values(game)).argmax())]


def weight_distance(game: Game, rival: str) -> float:
    """Least total weight that must move between goods, Σ|w - w0| / 2, for a rival to draw level with the leader.

    Linear: weight goes from the goods most in the leader's favour to the one most in the rival's, exact. Only goods
    that the game counts (weight above 0) take part. nan: no weights on them put the rival ahead.
    """
    w = good_weights(game)
    phi, w = good_shares(game)[w > 0], w[w > 0]
    favour = phi[:, PARTNERS.index(rival)] - phi[:, PARTNERS.index(leader(game))]
    gap, moved, best = -float(w @ favour), 0.0, favour.max()
    if best <= 1e-12:
        return np.nan
    for g in np.argsort(favour):
        if gap <= 1e-12:
            return moved
        gain = best - favour[g]
        if gain <= 0:
            break
        step = min(w[g], gap / gain)
        moved, gap = moved + step, gap - step * gain
    return moved if gap <= 1e-12 else np.nan


def supply_distance(game: Game, rival: str, goods: int = 1) -> tuple[float, str]:
    """Least share t by which supplies of one good, or of a pair at once, must shift: s_g ← (1 - t) s_g + t e_rival.

    φ is linear in t: a closed form. Returns (t, names of the parts); (nan, "") where no t ≤ 1 does it.
    """
    j, top = PARTNERS.index(rival), PARTNERS.index(leader(game))
    moved = game.supplies.copy()
    moved[...] = np.eye(len(PARTNERS))[j]
    gap = game.weights[:, None] * shapley(part_values(game))
    full = game.weights[:, None] * shapley(part_values(game._replace(supplies=moved)))
    now = float((gap[:, top] - gap[:, j]).sum())
    gain = (gap[:, top] - gap[:, j]) - (full[:, top] - full[:, j])
    pairs = [(g,) for g in range(len(PARTS))] if goods == 1 else [(g, h) for g in range(len(PARTS)) for h in range(g)]
    found = [(now / gain[list(pair)].sum(), pair) for pair in pairs if gain[list(pair)].sum() >= now > 0]
    if now <= 0:
        return 0.0, ""
    if not found:
        return np.nan, ""
    t, pair = min(found)
    return float(t), " and ".join(PARTS[g].replace("_", " ") for g in sorted(pair))


def bite_distance(game: Game, rival: str) -> tuple[float, str]:
    """Least change of one single bite, the leader's down or the rival's up, for the rival to draw level.

    v is linear in a single bite: a closed form. Returns (change, words); (nan, "") where none does it.
    """
    top = leader(game)

    def gap(bites: np.ndarray) -> float:
        phi = shapley(values(game._replace(bites=bites)))
        return float(phi[PARTNERS.index(top)] - phi[PARTNERS.index(rival)])

    now, found = gap(game.bites), []
    for who, end in ((top, 0.0), (rival, 1.0)):
        i = PARTNERS.index(who)
        for g, part in enumerate(PARTS):
            room = abs(end - game.bites[g, i])
            if room == 0 or game.weights[g] == 0:
                continue
            bites = game.bites.copy()
            bites[g, i] = end
            gain = now - gap(bites)
            if gain >= now > 0:
                found.append((room * now / gain, f"{terms.LABELS[who]}, {part.replace('_', ' ')}"))
    return min(found) if found else (np.nan, "")


def stripped(year: int, partner: str = "USA") -> pd.DataFrame:
    """Shapley shares of all partners with one argument for a partner removed at a time: a frame of case and partners.

    Cases: as coded; its supplies set to nothing (its vetoes stay); no vetoes at all; only the vetoes of the UN.
    """
    base, i = game(year), PARTNERS.index(partner)
    empty = base.supplies.copy()
    empty[:, i] = 0.0
    legal = np.where(np.array(PARTS)[:, None] == "un_relief", game(year, coding="hard").bites, 0.0)
    cases = {
        "as coded": base,
        "without its supplies": base._replace(supplies=empty),
        "without any veto": game(year, coding="none"),
        "with UN vetoes alone": base._replace(bites=legal),
    }
    rows = {name: power(g).set_index("partner").shapley for name, g in cases.items()}
    return pd.DataFrame(rows).T.rename_axis("case").reset_index()


def distances(year: int, coding: str = "leaky", **options: Any) -> pd.DataFrame:
    """How far from the base each rival is from the leader: a frame of coding, leader, rival and the four distances.

    Columns weight (share of total weight), supply and pair (t, with supply_of and pair_of), bite (with bite_of),
    willing (the leader's willingness at which expected deliveries are level; others as coded). nan: never.
    """
    g = game(year, coding=coding, **options)
    top, willing, rows = leader(g), willingness(year), []
    for rival in PARTNERS:
        if rival != top:
            supply, supply_of = supply_distance(g, rival)
            pair, pair_of = supply_distance(g, rival, goods=2)
            bite, bite_of = bite_distance(g, rival)
            rows.append(
                (
                    year,
                    coding,
                    top,
                    rival,
                    weight_distance(g, rival),
                    supply,
                    supply_of,
                    pair,
                    pair_of,
                    bite,
                    bite_of,
                    crossing(g, willing, rival, top),
                )
            )
    return pd.DataFrame(
        rows,
        columns=[
            "year",
            "coding",
            "leader",
            "rival",
            "weight",
            "supply",
            "supply_of",
            "pair",
            "pair_of",
            "bite",
            "bite_of",
            "willing",
        ],
    )


def share_table(n: int = 1024, seed: int = 3) -> pd.DataFrame:
    """Shapley shares by year, coding and partner: central values, and 5-95 per cent over drawn supplies and bites.

    Columns year, coding, partner, share, low, high, rank (1 = first). Weights of the goods stay at their centre.
    """
    checks.counts(n=n, seed=seed)
    p, rows = draw(n, seed), []
    for year in years():
        for coding in CODINGS:
            v = values(game(year, p, coding=coding))
            drawn = shapley(v) / v[..., -1:]
            low, high = np.quantile(np.atleast_2d(drawn), [0.05, 0.95], axis=0)
            share = power(game(year, coding=coding)).shapley.to_numpy()
            rank = 1 + (share[:, None] < share).sum(axis=1)
            rows += [(year, coding, *row) for row in zip(PARTNERS, share, low, high, rank, strict=True)]
    return pd.DataFrame(rows, columns=["year", "coding", "partner", "share", "low", "high", "rank"])


def bite_sweep(points: int = 21) -> pd.DataFrame:
    """v without each partner, as a share of all, when every positive bite is set to one number: year, bite, partner,
    without."""
    checks.counts(points=points)
    rows = []
    for year in years():
        g = game(year)
        for b in np.linspace(0, 1, points):
            left = power(g._replace(bites=np.where(g.bites > 0, b, 0.0))).without
            rows += [(year, b, i, v) for i, v in zip(PARTNERS, left, strict=True)]
    return pd.DataFrame(rows, columns=["year", "bite", "partner", "without"])


def willing_sweep(points: int = 41) -> pd.DataFrame:
    """Expected deliveries as the willingness of Washington runs from 0 to 1: year, willing, partner, delivery."""
    checks.counts(points=points)
    rows = []
    for year in years():
        g, p = game(year), willingness(year)
        for x in np.linspace(0, 1, points):
            p[PARTNERS.index("USA")] = x
            rows += [(year, x, i, v) for i, v in zip(PARTNERS, deliveries(g, p), strict=True)]
    return pd.DataFrame(rows, columns=["year", "willing", "partner", "delivery"])


def crossings(year: int) -> pd.DataFrame:
    """The willingness of Washington at which it overtakes each rival in expected delivery: rival, willing, delivery."""
    g, p, rows = game(year), willingness(year), []
    for rival in PARTNERS[1:]:
        x = crossing(g, p, rival)
        at = np.array(p)
        at[0] = x
        rows.append((rival, x, np.nan if np.isnan(x) else deliveries(g, at)[0]))
    return pd.DataFrame(rows, columns=["rival", "willing", "delivery"])


def all_crossings() -> pd.DataFrame:
    """`crossings` of every year, with a column year."""
    return pd.concat([crossings(year).assign(year=year) for year in years()], ignore_index=True)


def weight_of(good: str) -> float:
    """The weight of a good in the latest year's game."""
    return float(good_weights(game(years()[-1]))[GOODS.index(good)])


def arms_sweep(points: int = 26) -> pd.DataFrame:
    """Shares of Russia and of Washington in the latest year against the weight of arms, deliveries paid and unpaid.

    weight is the share of all weight that arms get, the rest spread as at the centre. Columns weight, paid, partner,
    share.
    """
    checks.counts(points=points)
    base = good_weights(game(years()[-1]))
    base[GOODS.index("arms")] = 0
    rows = []
    for paid in (True, False):
        for a in np.linspace(0, 0.5, points):
            w = base / base.sum() * (1 - a)
            w[GOODS.index("arms")] = a
            share = power(game(years()[-1], weights=w, paid=paid)).set_index("partner").shapley
            rows += [(a, paid, i, share[i]) for i in ("USA", "RUS")]
    return pd.DataFrame(rows, columns=["weight", "paid", "partner", "share"])


def arms_limit(paid: bool = True) -> float:
    """Weight of arms at which Russia draws level with Washington in the latest year; nan: none up to all of it.

    φ is linear in the weights: a closed form.
    """
    g = game(years()[-1], paid=paid)
    phi, w = good_shares(g), good_weights(g)
    a = GOODS.index("arms")
    lead = phi[:, PARTNERS.index("USA")] - phi[:, PARTNERS.index("RUS")]
    w[a] = 0
    rest = float(w @ lead / w.sum())
    found = rest / (rest - lead[a]) if rest != lead[a] else np.nan
    return float(found) if 0 <= found <= 1 else np.nan


def goods_frame(year: int) -> pd.DataFrame:
    """Supplies (share of a good) and bites by part and partner at central values: part, partner, supply, bite,
    weight."""
    g = game(year)
    return pd.DataFrame(
        [
            (part, i, g.supplies[k, j], g.bites[k, j], g.weights[k])
            for k, part in enumerate(PARTS)
            for j, i in enumerate(PARTNERS)
        ],
        columns=["part", "partner", "supply", "bite", "weight"],
    )


SWITCHES = {
    "none": (),
    "the essay's three": ESSAY,
    "those, and an enemy's gifts": (*ESSAY, "USA"),
    "all five": PARTNERS,
}


def _percent_table(rows: Iterable[tuple[str, Any]], head: str) -> pd.DataFrame:
    return pd.DataFrame([{head: name} | {terms.LABELS[i]: f"{s[i]:.0%}" for i in PARTNERS} for name, s in rows])


def shares(**options: Any) -> pd.Series:
    """Shapley shares by partner, as a series; options: those of `game`."""
    return power(game(**options)).set_index("partner").shapley


def with_other_vetoes(year: int, coding: str = "leaky") -> pd.Series:
    """Shapley shares where Britain and France sit in too, as GBR and FRA after the five: a series by partner.

    They supply nothing, and each one's veto over relief at the United Nations bites as Washington's does.
    """
    g, un = game(year, coding=coding), PARTS.index("un_relief")
    more = ((0, 0), (0, len(OTHER_VETOES)))
    bites = np.pad(g.bites, more)
    bites[un, len(PARTNERS) :] = g.bites[un, PARTNERS.index("USA")]
    v = values(g._replace(supplies=np.pad(g.supplies, more), bites=bites))
    return pd.Series(shapley(v) / v[-1], (*PARTNERS, *OTHER_VETOES))


def lead(year: int, **options: Any) -> float:
    """Washington's Shapley share less that of the best other; below 0 where another leads. Options: those of `game`."""
    s = shares(year=year, **options)
    return float(s["USA"] - s.drop("USA").max())


def expected(year: int, willing: int | None = None) -> pd.Series:
    """Expected deliveries by partner with a year's goods, at the willingness judged for that year or for another."""
    return pd.Series(deliveries(game(year), willingness(year if willing is None else willing)), PARTNERS)


def law_gap() -> float:
    """The most by which a share under law alone differs from the game without vetoes, over partners and years."""
    gaps = [abs(shares(year=y, coding="legal") - shares(year=y, coding="none")).max() for y in years()]
    return float(max(gaps))


def promises(side: str) -> Promises:
    """What became of the promises that one side, such as USA, made alone. ValueError where it made none."""
    delivered = evidence.table("agreement_commitments").query("side == @side").delivered
    if delivered.empty:
        raise ValueError(f"side: no promise of {side!r} alone in the record")
    return Promises(len(delivered), int((delivered == "yes").sum()))


def arms_payment() -> Payment:
    """What is known of the exchange of arms with Russia, from the table of partners."""
    facts = evidence.table("partners").query("partner == 'RUS'").set_index("attribute").value
    return Payment(float(facts["munitions_paid_value_2023_2025_low"]), float(facts["return_aid_2023_2025_max"]))


def china_trade() -> Trade:
    """The last year that does not rest on one unconfirmed copy."""
    rows = evidence.table("china_trade_share").query("share_kind != 'unconfirmed'")
    last = rows.dropna(subset=["china_share_excl_inter_korean_pct"]).sort_values("year").iloc[-1]
    return Trade(float(last.china_share_excl_inter_korean_pct), int(last.year))


def switch_table() -> pd.DataFrame:
    """Shapley shares in both years with the arguments from history as discounts: a frame to print."""
    rows = [(f"{year}: {name}", shares(year=year, discounts=who)) for year in years() for name, who in SWITCHES.items()]
    return _percent_table(rows, "Discounted")


def case_table() -> pd.DataFrame:
    """Shapley shares under the cases of those who disagree, latest year: a frame to print."""
    year = years()[-1]
    cases: dict[str, dict[str, Any]] = {
        "base": {},
        "trade as it is, vetoes leaky": dict(trade="today"),
        "trade as it is, China's veto on it": dict(trade="today", vetoes=["trade_CHN"]),
        "trade as in 2015, with Seoul": dict(trade="peak"),
        "deliveries to Russia unpaid": dict(paid=False),
        "arms no good at all": dict(arms=False),
        "Seoul's veto on troops and money": dict(vetoes=["security_KOR", "capital_KOR"]),
    }
    return _percent_table([(name, shares(year=year, **o)) for name, o in cases.items()], "Case")


def elimination_table() -> pd.DataFrame:
    """What is left of all goods without each partner, by year and coding: a frame to print."""
    rows = [
        (f"{year}: {CODING_WORDS[c]}", power(game(year, coding=c)).set_index("partner").without)
        for year in years()
        for c in CODINGS
    ]
    return _percent_table(rows, "Left without")


def title_table() -> pd.DataFrame:
    """Washington's title with one argument for it removed at a time, latest year: a frame to print."""
    rows = [(r["case"], r) for r in stripped(years()[-1]).to_dict("records")]
    return _percent_table(rows, "Case")
