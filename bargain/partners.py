"""Who could give what he wants, who could block it, and who is needed: cooperative games with leaky vetoes.

Partners supply goods; a veto held by one outside the coalition takes away a share of a good, its *bite*:

    v_g(S) = Σ_{j∈S} s_gj Π_{k∈T_g∖S} (1 - b_gk),   v(S) = Σ_g w_g v_g(S)

Power indices are exact, over the 2^5 coalitions. Arrays end in the axes (part, partner), in the order of PARTS and
PARTNERS; leading axes are futures. Sanctions relief is one good of two parts, UN and US secondary sanctions.
"""
from math import comb, factorial
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from bargain import charts, evidence, sampling
from bargain.wording import capital, counted

PARTNERS = tuple(charts.PARTNERS)
GOODS = ("recognition", "security", "relief", "banks", "capital", "trade", "arms")
PARTS = ("recognition", "security", "un_relief", "us_secondary", "banks", "capital", "trade", "arms")
GOOD_OF = tuple(GOODS.index("relief" if part in ("un_relief", "us_secondary") else part) for part in PARTS)
CODINGS = ("leaky", "hard", "legal", "none")
TRADES = ("increment", "today", "peak")  # what a partner can add, what he has, what there was in 2015 with Seoul's
ESSAY = ("CHN", "KOR", "JPN")  # whose gifts the essay's three arguments from history discount


class Game(NamedTuple):
    """weights (part,), supplies (…, part, partner), bites (…, part, partner), shares (part,): a part's share of its
    good."""
    weights: np.ndarray
    supplies: np.ndarray
    bites: np.ndarray
    shares: np.ndarray


def years(register=None):
    """The years that the supplies are given for, ascending: the essay's and the latest."""
    register = evidence.assumptions() if register is None else register
    head = "sup_recognition_USA_"
    return sorted(int(i.removeprefix(head)) for i in register.index if i.startswith(head))


def draw(n, seed):
    """n = 2^k draws of the chapter's ranged rows, {id: (n,) or float}."""
    return sampling.draw(sampling.rows(evidence.assumptions(), ("3",)), n, seed)[0]


def central():
    """The chapter's parameters at their central values, {id: float}. ValueError names rows out of order."""
    return sampling.rows(evidence.assumptions(), ("3",))["central"].astype(float).to_dict()


def game(year, parameters=None, *, coding="leaky", trade="increment", arms=True, discounts=(), vetoes=(), paid=True,
         weights=None):
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
    if coding not in CODINGS or trade not in TRADES or set(discounts) - set(PARTNERS):
        raise ValueError(f"unknown coding, reading of trade or partner: {coding!r}, {trade!r}, {discounts!r}")
    register = evidence.assumptions()
    p = central() if parameters is None else parameters
    first = years()[0]

    def supply(part, partner):
        good, when = part, year
        if part == "trade":
            good, when = {"increment": ("tradeinc", year), "today": ("trade", year), "peak": ("trade", 2015)}[trade]
        if not paid and (part, partner) == ("capital", "RUS"):
            when = first
        return _value(p, f"sup_{good}_{partner}_{when}")

    def bite(part, partner):
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
        factor = np.asarray(_value(p, f"discount_{partner}"))[..., None]
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


def _value(parameters, name):
    try:
        return np.asarray(parameters[name], float)
    except KeyError:
        raise KeyError(f"parameter {name!r} is missing") from None


def _grid(entry):
    """(…, part, partner) from a function of their names; single numbers and arrays over futures may mix."""
    cells = np.broadcast_arrays(*(entry(part, partner) for part in PARTS for partner in PARTNERS))
    return np.stack(cells, axis=-1).reshape(*cells[0].shape, len(PARTS), len(PARTNERS))


# ---------------------------------------------------------------- coalitions and indices
def members(n):
    """Which players each coalition holds, (2^n, n) of 0 and 1; row = bit mask, the empty coalition first."""
    return (np.arange(1 << n)[:, None] >> np.arange(n)) & 1


def part_values(game):
    """Worth of each coalition in each part, (…, part, coalition)."""
    inside = members(game.supplies.shape[-1]).astype(bool)
    kept = np.where(inside, 1.0, 1 - game.bites[..., None, :]).prod(axis=-1)
    return (game.supplies @ inside.T) * kept


def values(game):
    """v(S), (…, coalition), in the order of `members`."""
    return np.einsum("g,...gs->...s", game.weights, part_values(game))


def shapley(v):
    """Shapley values, (…, player), of a game v (…, 2^n): the average step over all orders of joining."""
    return v @ _steps(v, lambda n, size: factorial(size) * factorial(n - size - 1) / factorial(n))


def banzhaf(v):
    """Raw Banzhaf values, (…, player), of a game v (…, 2^n): the average step over all coalitions."""
    return v @ _steps(v, lambda n, size: 0.5 ** (n - 1))


def _steps(v, weight):
    """Matrix (2^n, n) that sums each player's steps v(S ∪ i) - v(S), weighted by the size of S."""
    n = int(np.log2(v.shape[-1]))
    inside = members(n)
    size = inside.sum(axis=1)
    joins = np.array([weight(n, s) for s in range(n)])
    return np.where(inside == 1, joins[np.maximum(size - 1, 0)][:, None], -joins[np.minimum(size, n - 1)][:, None])


def extension(v, p):
    """Multilinear extension f(p) = Σ_S Π_S p Π_{N∖S} (1 - p) v(S) (Owen 1972); p (n,)."""
    inside = members(int(np.log2(v.shape[-1])))
    return v @ np.where(inside == 1, p, 1 - np.asarray(p)).prod(axis=1)


def slopes(v, p):
    """∂f/∂p_i of the multilinear extension at p, (…, player)."""
    p = np.asarray(p, float)
    out = []
    for i in range(len(p)):
        at = [np.where(np.arange(len(p)) == i, x, p) for x in (0.0, 1.0)]
        out.append(extension(v, at[1]) - extension(v, at[0]))
    return np.stack(out, axis=-1)


def council(quota=9, vetoes=5, elected=10):
    """Shapley-Shubik power of a veto holder and of an elected member of a council, counted by combinatorics.

    A motion passes with all veto holders and `quota` votes in all (Shapley and Shubik 1954, for the rules of 1965).
    """
    n, need = vetoes + elected, quota - vetoes
    holder = sum(comb(elected, e) * factorial(vetoes - 1 + e) * factorial(n - vetoes - e)
                 for e in range(max(need, 0), elected + 1)) / factorial(n)
    member = comb(elected - 1,
                  need - 1) * factorial(quota - 1) * factorial(n - quota) / factorial(n) if need > 0 else 0.0
    return holder, member


def power(game):
    """Shares of the grand coalition's worth, a frame of partner, shapley, banzhaf (normalised), without.

    shapley = φ_i / v(N); banzhaf scaled to sum 1; without = v(N∖i) / v(N), what is left when a partner is eliminated.
    For a game of single numbers.
    """
    v = values(game)
    phi, raw = shapley(v), banzhaf(v)
    last = len(v) - 1
    without = np.array([v[last & ~(1 << i)] for i in range(len(PARTNERS))]) / v[last]
    return pd.DataFrame({"partner": PARTNERS, "shapley": phi / v[last], "banzhaf": raw / raw.sum(), "without": without})


def deliveries(game, willingness):
    """Expected delivery of each partner, p_i ∂f/∂p_i, (…, partner), at the partners' willingness (partner,)."""
    return np.asarray(willingness) * slopes(values(game), willingness)


def willingness(year, parameters=None):
    """`will_<partner>_<year>`, (partner,)."""
    p = central() if parameters is None else parameters
    return np.array([float(_value(p, f"will_{partner}_{year}")) for partner in PARTNERS])


def crossing(game, willing, rival, of="USA"):
    """Willingness of one partner at which its expected delivery equals a rival's; nan where none in [0, 1] does.

    One's own delivery is linear in one's willingness, the rival's is affine in it: a closed form.
    """
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
def good_shares(game):
    """Shapley values good by good, (good, partner), of a game of single numbers; v sums them by the weights of
    goods."""
    phi = shapley(part_values(game)) * game.shares[:, None]
    out = np.zeros((len(GOODS), len(PARTNERS)))
    np.add.at(out, list(GOOD_OF), phi)
    return out


def good_weights(game):
    """Weights of the goods, (good,), from those of the parts."""
    out = np.zeros(len(GOODS))
    np.add.at(out, list(GOOD_OF), game.weights)
    return out


def leader(game):
    """The partner with the largest Shapley value."""
    return PARTNERS[int(shapley(values(game)).argmax())]


def weight_distance(game, rival):
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


def supply_distance(game, rival, goods=1):
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
    pairs = [(g,) for g in range(len(PARTS))] if goods == 1 else [
        (g, h) for g in range(len(PARTS)) for h in range(g)]
    found = [(now / gain[list(pair)].sum(), pair) for pair in pairs if gain[list(pair)].sum() >= now > 0]
    if now <= 0:
        return 0.0, ""
    if not found:
        return np.nan, ""
    t, pair = min(found)
    return float(t), " and ".join(PARTS[g].replace("_", " ") for g in sorted(pair))


def bite_distance(game, rival):
    """Least change of one single bite, the leader's down or the rival's up, for the rival to draw level.

    v is linear in a single bite: a closed form. Returns (change, words); (nan, "") where none does it.
    """
    top = leader(game)

    def gap(bites):
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
                found.append((room * now / gain, f"{charts.LABELS[who]}, {part.replace('_', ' ')}"))
    return min(found) if found else (np.nan, "")


def stripped(year, partner="USA"):
    """Shapley shares of all partners with one argument for a partner removed at a time: a frame of case and partners.

    Cases: as coded; its supplies set to nothing (its vetoes stay); no vetoes at all; only the vetoes of the UN.
    """
    base, i = game(year), PARTNERS.index(partner)
    empty = base.supplies.copy()
    empty[:, i] = 0.0
    legal = np.where(np.array(PARTS)[:, None] == "un_relief", game(year, coding="hard").bites, 0.0)
    cases = {"as coded": base, "without its supplies": base._replace(supplies=empty),
             "without any veto": game(year, coding="none"), "with UN vetoes alone": base._replace(bites=legal)}
    rows = {name: power(g).set_index("partner").shapley for name, g in cases.items()}
    return pd.DataFrame(rows).T.rename_axis("case").reset_index()


def distances(year, coding="leaky", **options):
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
            rows.append((year, coding, top, rival, weight_distance(g, rival), supply, supply_of, pair, pair_of, bite,
                         bite_of, crossing(g, willing, rival, top)))
    return pd.DataFrame(rows, columns=["year", "coding", "leader", "rival", "weight", "supply", "supply_of", "pair",
                                       "pair_of", "bite", "bite_of", "willing"])


# ---------------------------------------------------------------- what the chapter shows
PART_LABELS = {"recognition": "Recognition", "security": "Eased containment", "un_relief": "UN sanctions relief",
               "us_secondary": "US secondary relief", "banks": "Development banks", "capital": "Capital",
               "trade": "Added trade", "arms": "Arms and backing"}
CODING_WORDS = {"leaky": "leaky vetoes", "hard": "hard vetoes", "legal": "law alone", "none": "no vetoes"}


def share_table(n=1024, seed=3):
    """Shapley shares by year, coding and partner: central values, and 5-95 per cent over drawn supplies and bites.

    Columns year, coding, partner, share, low, high, rank (1 = first). Weights of the goods stay at their centre.
    """
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


def bite_sweep(points=21):
    """v without each partner, as a share of all, when every positive bite is set to one number: year, bite, partner,
    without."""
    rows = []
    for year in years():
        g = game(year)
        for b in np.linspace(0, 1, points):
            left = power(g._replace(bites=np.where(g.bites > 0, b, 0.0))).without
            rows += [(year, b, i, v) for i, v in zip(PARTNERS, left, strict=True)]
    return pd.DataFrame(rows, columns=["year", "bite", "partner", "without"])


def willing_sweep(points=41):
    """Expected deliveries as the willingness of Washington runs from 0 to 1: year, willing, partner, delivery."""
    rows = []
    for year in years():
        g, p = game(year), willingness(year)
        for x in np.linspace(0, 1, points):
            p[PARTNERS.index("USA")] = x
            rows += [(year, x, i, v) for i, v in zip(PARTNERS, deliveries(g, p), strict=True)]
    return pd.DataFrame(rows, columns=["year", "willing", "partner", "delivery"])


def crossings(year):
    """The willingness of Washington at which it overtakes each rival in expected delivery: rival, willing, delivery."""
    g, p, rows = game(year), willingness(year), []
    for rival in PARTNERS[1:]:
        x = crossing(g, p, rival)
        at = np.array(p)
        at[0] = x
        rows.append((rival, x, np.nan if np.isnan(x) else deliveries(g, at)[0]))
    return pd.DataFrame(rows, columns=["rival", "willing", "delivery"])


def arms_sweep(points=26):
    """Shares of Russia and of Washington in the latest year against the weight of arms, deliveries paid and unpaid.

    weight is the share of all weight that arms get, the rest spread as at the centre. Columns weight, paid, partner,
    share.
    """
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


def arms_limit(paid=True):
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


def goods_frame(year):
    """Supplies (share of a good) and bites by part and partner at central values: part, partner, supply, bite,
    weight."""
    g = game(year)
    return pd.DataFrame([(part, i, g.supplies[k, j], g.bites[k, j], g.weights[k]) for k, part in enumerate(PARTS)
                         for j, i in enumerate(PARTNERS)], columns=["part", "partner", "supply", "bite", "weight"])


SWITCHES = {"none": (), "the essay's three": ESSAY, "those, and an enemy's gifts": (*ESSAY, "USA"),
            "all five": PARTNERS}


def _percent_table(rows, head):
    return pd.DataFrame([{head: name} | {charts.LABELS[i]: f"{s[i]:.0%}" for i in PARTNERS} for name, s in rows])


def _shares(**options):
    return power(game(**options)).set_index("partner").shapley


def switch_table():
    """Shapley shares in both years with the arguments from history as discounts: a frame to print."""
    rows = [(f"{year}: {name}", _shares(year=year, discounts=who)) for year in years() for name,
            who in SWITCHES.items()]
    return _percent_table(rows, "Discounted")


def case_table():
    """Shapley shares under the cases of those who disagree, latest year: a frame to print."""
    year = years()[-1]
    cases = {"base": {}, "trade as it is, vetoes leaky": dict(trade="today"),
             "trade as it is, China's veto on it": dict(trade="today", vetoes=["trade_CHN"]),
             "trade as in 2015, with Seoul": dict(trade="peak"),
             "deliveries to Russia unpaid": dict(paid=False), "arms no good at all": dict(arms=False),
             "Seoul's veto on troops and money": dict(vetoes=["security_KOR", "capital_KOR"])}
    return _percent_table([(name, _shares(year=year, **o)) for name, o in cases.items()], "Case")


def elimination_table():
    """What is left of all goods without each partner, by year and coding: a frame to print."""
    rows = [(f"{year}: {CODING_WORDS[c]}", power(game(year, coding=c)).set_index("partner").without)
            for year in years() for c in CODINGS]
    return _percent_table(rows, "Left without")


def title_table():
    """Washington's title with one argument for it removed at a time, latest year: a frame to print."""
    rows = [(r["case"], r) for r in stripped(years()[-1]).to_dict("records")]
    return _percent_table(rows, "Case")


# ---------------------------------------------------------------- sentences, worded by what is computed
def _name(partner):
    return "the United States" if partner == "USA" else charts.LABELS[partner]


def order(year, **options):
    """Partners by their Shapley share, first to last."""
    s = _shares(year=year, **options)
    return list(s.sort_values(ascending=False, kind="stable").index)


def lead_finding(table):
    """Who is first under every coding, with shares then and now, and who is second."""
    first, last = years()[0], years()[-1]
    firsts = table[table["rank"] == 1].groupby("partner").size()
    base = table[table.coding == "leaky"].pivot(index="partner", columns="year", values="share")
    then, now = base[first].idxmax(), base[last].idxmax()
    every = "under every coding" if len(firsts) == 1 else f"under {firsts[now]} of {firsts.sum()} codings and years"
    second = [base[y].sort_values().index[-2] for y in (first, last)]
    if then == now:
        text = (f"{capital(_name(now))} comes first {every}, with {base[first][now]:.0%} of what he could get in "
                f"{first} and {base[last][now]:.0%} in {last}")
    else:
        text = (f"In {first} {_name(then)} came first with {base[first][then]:.0%}; in {last} {_name(now)} does with "
                f"{base[last][now]:.0%}")
    return text + (f"; {_name(second[1])} has replaced {_name(second[0])} as second" if second[0] != second[1]
                   else f"; {_name(second[1])} stays second")


def lead_heading(table):
    """Who is needed most, then and now; for a heading."""
    base = table[table.coding == "leaky"].pivot(index="partner", columns="year", values="share")
    then, now = (base[y].idxmax() for y in (years()[0], years()[-1]))
    if then != now:
        return f"{capital(_name(now))} has replaced {_name(then)} as the most needed"
    every = table[table["rank"] == 1].partner.nunique() == 1
    return f"{capital(_name(now))} is needed most, then and now{'' if every else ', by most codings'}"


def willing_heading():
    """Who is expected to deliver most at the willingness we judge for the latest year; for a heading."""
    year = years()[-1]
    top = PARTNERS[int(deliveries(game(year), willingness(year)).argmax())]
    return ("Washington is still expected to deliver most" if top == "USA"
            else f"{capital(_name(top))} is expected to deliver most, not Washington")


def willing_finding(year=None):
    """Whether Washington leads in expected delivery at its judged willingness, and what it would take."""
    year = year or years()[-1]
    d, p = deliveries(game(year), willingness(year)), willingness(year)
    top = PARTNERS[int(d.argmax())]
    if top == "USA":
        x = crossings(year).set_index("rival").willing.drop("USA", errors="ignore").max()
        return (f"At the willingness we judge for {year} ({p[0]:.0%}), Washington still leads in expected delivery; "
                f"below {x:.0%} it would not")
    x = crossings(year).set_index("rival").willing[top]
    needed = "no willingness would restore it" if np.isnan(x) else f"it would take {x:.0%} to lead again"
    return (f"At the willingness we judge for {year} ({p[0]:.0%}), {_name(top)} is expected to deliver most, not "
            f"Washington; {needed}")


def distance_words(x):
    """A distance as a share, or never."""
    return "never" if np.isnan(x) else f"{x:.0%}"


def distance_heading(table):
    """Whether a single fact dethrones the leader under leaky vetoes; for a heading."""
    base = table[table.coding == "leaky"]
    fact = "a single fact could dethrone" if base[["supply", "bite"]].notna().any(axis=None) else \
        "no single fact dethrones"
    return f"With leaky vetoes {fact} {_name(base.leader.iloc[0])}"


def distance_finding(table):
    """Nearest rival by weight in the base coding, and whether any single fact dethrones the leader."""
    base = table[table.coding == "leaky"]
    top = _name(base.leader.iloc[0])
    known = base.dropna(subset=["weight"])
    singles = int(base.supply.notna().sum() + base.bite.notna().sum())
    if known.empty:
        facts = "no single fact" if not singles else f"only {counted(singles, 'single fact')}"
        return f"With leaky vetoes, no weights on the goods and {facts} would put another ahead of {top}"
    near = known.loc[known.weight.idxmin()]
    fact = "no single supply or veto, changed alone, would do it" if not singles else \
        f"{singles} single change{'s' * (singles > 1)} of a supply or veto would do it too"
    return (f"With leaky vetoes, {_name(near.rival)} would draw level with {top} if {near.weight:.0%} of all weight "
            f"moved to the goods that favour it; {fact}")


def arms_finding():
    """The weight of arms at which Russia draws level, deliveries paid and unpaid."""
    paid, unpaid = (arms_limit(x) for x in (True, False))
    now = good_weights(game(years()[-1]))[GOODS.index("arms")]
    return (f"Russia would draw level with Washington if arms and backing were {distance_words(paid)} of all he wants, "
            f"or {distance_words(unpaid)} if its deliveries are not paid for; we give them {now:.0%}")


def without_finding(table):
    """What is left without the leader at no bite and at full bite, latest year."""
    last = table[table.year == years()[-1]]
    least = last[last.bite == 1].set_index("partner").without
    i = least.idxmin()
    soft = last[(last.bite == 0) & (last.partner == i)].without.iloc[0]
    rest = least.drop(i)
    return (f"Without {_name(i)}, {soft:.0%} of the goods are left if vetoes have no bite and {least[i]:.0%} if they "
            f"bite fully; without {_name(rest.idxmin())}, the next, {rest.min():.0%} at full bite")


def without_heading(table):
    """Who would be missed most where vetoes bite fully, latest year; for a heading."""
    last = table[table.year == years()[-1]].pivot(index="bite", columns="partner", values="without")
    full = last.loc[1].sort_values()
    if full.iloc[1] - full.iloc[0] < 0.005:
        return "No one partner would be missed most where vetoes bite"
    where = ", however vetoes bite" if (last.idxmin(axis=1) == full.index[0]).all() else " where vetoes bite"
    return f"{capital(_name(full.index[0]))} would be missed most{where}"


def share_of(partner, year, **options):
    """Shapley share of one partner."""
    return float(_shares(year=year, **options)[partner])


ORDINALS = ("first", "second", "third", "fourth", "fifth")


def rank_words(partner, year, **options):
    """first, second, … by Shapley share."""
    return ORDINALS[order(year, **options).index(partner)]


def lead(year=None, **options):
    """Washington's lead over the best other, in percentage points; below 0 where another leads."""
    s = _shares(year=year or years()[-1], **options)
    return 100 * (s["USA"] - s.drop("USA").max())


def lead_text(year=None, **options):
    """`lead` in words: 1 point ahead of the second, 12 points behind the first."""
    points = round(lead(year, **options))
    return f"{counted(abs(points), 'point')} {'ahead of the second' if points >= 0 else 'behind the first'}"


def history_heading(none=None, every=None):
    """What discounting the gifts of all five does to Washington's lead (points without and with it); for a heading."""
    none, every = lead() if none is None else none, lead(discounts=PARTNERS) if every is None else every
    if every < 0:
        return "Discount every gift, and Washington does not lead"
    word = "gains the lead" if none < 0 else "keeps its lead" if abs(every - none) < 1 else \
        "leads by less" if every < none else "leads by more"
    return f"Discount every gift, and Washington {word}"


def goods_heading(table):
    """In what part of the kinds of goods Washington supplies most or ties for it; for a heading."""
    most = (table.loc[table.groupby("part").supply.idxmax()].partner == "USA").mean()
    part = "most" if most > 0.5 else "half of the" if most == 0.5 else "fewer than half of the"
    return f"Washington leads or ties in {part} kinds of goods"


def goods_finding(table):
    """In how many goods Washington supplies most, and where it alone holds a veto."""
    most = table.loc[table.groupby("part").supply.idxmax()]
    lead = int((most.partner == "USA").sum())
    sole = table[table.bite > 0].groupby("part").partner.agg(list)
    alone = int((sole.map(lambda who: who == ["USA"])).sum())
    return (f"Washington could supply the most of {lead} of the {table.part.nunique()} kinds of goods or ties for it, "
            f"and holds the only veto over {alone}")


def elimination_finding():
    """Whom elimination by supply leaves, and how much the others still deliver without him."""
    left = power(game(years()[-1])).set_index("partner").without
    needed = left.idxmin()
    same = "They agree on who remains" if needed == "USA" else f"They disagree: by supply {_name(needed)} is needed"
    return (f"{same}. But to be left over is not to be indispensable: without it, the other four deliver "
            f"{left[needed]:.0%} of the goods")


def direction_finding():
    """Whether Washington's share fell from the essay's year to the latest, with both partners' shares."""
    first, last = years()[0], years()[-1]
    a, b, c, d = (share_of(i, y) for i in ("USA", "RUS") for y in (first, last))
    moved = (a - b >= 0.02, d - c >= 0.02)  # two points: what the coding of a single supply can move
    said = {(True, True): "agrees", (False, True): "agrees about Moscow, not about Washington",
            (True, False): "agrees about Washington, not about Moscow", (False, False): "does not agree"}[moved]
    return f"The count {said}: Washington's share went from {a:.0%} to {b:.0%}, Russia's from {c:.0%} to {d:.0%}"


def title_finding():
    """Who is first when each argument for Washington is taken away."""
    table = stripped(years()[-1]).set_index("case")
    firsts = table.idxmax(axis=1).drop("as coded")
    lost = [case for case, who in firsts.items() if who != "USA"]
    if not lost:
        return "it stays first in every case"
    return f"it is no longer first {' or '.join(lost)}"


def china_veto():
    """What a veto of China over added trade changes, computed for both readings of trade."""
    year = years()[-1]
    parts = [share_of("CHN", year, trade=r, vetoes=v) for r in ("increment", "today") for v in ((), ("trade_CHN",))]
    return (f"A veto of China over trade, at the high end of its range, moves its share from {parts[0]:.0%} to "
            f"{parts[1]:.0%} where trade is what can be added, and from {parts[2]:.0%} to {parts[3]:.0%} where it is "
            f"what there is")


def needed_willingness():
    """From which willingness of Washington on it leads in expected delivery in the latest year, a sentence."""
    year = years()[-1]
    p = np.array(willingness(year))
    p[0] = 1
    if deliveries(game(year), p).argmax():
        return "At no willingness would Washington lead in expected delivery."
    x = crossings(year).willing.max()
    start = "at any willingness" if np.isnan(x) else f"from a willingness of {x:.0%} on"
    return f"Washington leads in expected delivery {start}."


def arms_matter():
    """Washington's share in both years with arms as a good in both, in neither, and in the latest alone."""
    first, last = years()[0], years()[-1]
    (then, now), (bare, left) = ([share_of("USA", y, arms=arms) for y in (first, last)] for arms in (True, False))
    return (f"Count arms in both years and Washington's share goes from {then:.0%} to {now:.0%}; leave them out of "
            f"both, and it goes from {bare:.0%} to {left:.0%}. Only who holds that arms became a want between the two "
            f"years sees it go from {bare:.0%} to {now:.0%}")


def law_finding():
    """Whether law alone gives the shares of no vetoes at all, which it does while its holders supply equally."""
    gap = max(abs(_shares(year=y, coding="legal") - _shares(year=y, coding="none")).max() for y in years())
    if gap < 1e-9:
        return "Law alone therefore gives exactly the shares of no vetoes: the two panels are one result, not two"
    return f"Law alone moves no share of the game without vetoes by more than {100 * gap:.1f} points"


def summit_text(year=2018):
    """Who would have delivered most at the willingness judged for the year of the summits, goods as in the first
    year."""
    d = pd.Series(deliveries(game(years()[0]), willingness(year)), PARTNERS)
    top, usa = d.idxmax(), d["USA"]
    head = f"At the willingness of {year}, the year of the summits,"
    if top == "USA":
        return f"{head} Washington was expected to deliver most: {usa:.0%} of all goods"
    return f"{head} {_name(top)} was expected to deliver {d[top]:.0%} of all goods and Washington {usa:.0%}"


# ---------------------------------------------------------------- drawings
def _names(partners=PARTNERS):
    return [charts.LABELS[i] for i in partners]


def draw_shares(t, narrow, table):
    """Shapley shares, one panel a coding: the first year open, the latest filled with its 5-95 per cent range."""
    width = 88 if narrow else 92
    columns = 2 if narrow else 4
    inner = (charts.size(narrow, width) - (columns - 1) * 22) / columns - (6 if narrow else 8)
    hues = alt.Scale(**charts.colours(PARTNERS, t))
    color = alt.Color("partner:N", scale=hues)
    d = table.assign(row=table.partner.map(charts.LABELS), share=table.share * 100, low=table.low * 100,
                     high=table.high * 100)
    top = 10 * np.ceil(d.high.max() / 10)
    x = dict(scale=alt.Scale(domain=[0, top], nice=False), title=None, axis=alt.Axis(values=[0, 20, 40, 60], grid=True))
    first, last, panels = years()[0], years()[-1], []
    for k, coding in enumerate(CODINGS):
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width) if k % columns == 0 else None
        y = alt.Y("row:N", sort=_names(), title=None, axis=axis)
        now, then = (d[(d.coding == coding) & (d.year == year)] for year in (last, first))
        link = now.merge(then[["partner", "share"]], on="partner", suffixes=("", "_then"))
        layers = [
            alt.Chart(now).mark_rule(strokeWidth=9, opacity=.35).encode(
                x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color),
            alt.Chart(link).mark_rule(strokeWidth=1.2).encode(
                x=alt.X("share:Q", **x), x2="share_then:Q", y=y, color=color),
            alt.Chart(then).mark_point(size=40, filled=True, color=t["paper"], strokeWidth=1.8).encode(
                x=alt.X("share:Q", **x), y=y, stroke=alt.Stroke("partner:N", scale=hues)),
            alt.Chart(now).mark_point(size=44).encode(x=alt.X("share:Q", **x), y=y, color=color)]
        if k == 0:  # the years are named where the two marks lie furthest apart
            far = link.loc[(link.share - link.share_then).abs().idxmax()]
            low, high = (first, last) if far.share >= far.share_then else (last, first)
            dy = 14 if far.partner == PARTNERS[0] else -14
            for field, align, dx in (("min", "right", 2), ("max", "left", -2)):
                at = pd.DataFrame({"row": [far.row], "share": [getattr(np, field)([far.share, far.share_then])],
                                   "text": [str(low if field == "min" else high)]})
                layers.append(charts.label(at, t, "text:N", far.partner, align, 600, dx=dx, dy=dy, size=11,
                                           x=alt.X("share:Q", **x), y=y))
        panels.append(alt.layer(*layers).properties(width=inner, height=34 * len(PARTNERS),
                                                    title=_title(t, capital(CODING_WORDS[coding]))))
    if narrow:
        return alt.vconcat(alt.hconcat(*panels[:2], spacing=22), alt.hconcat(*panels[2:], spacing=22), spacing=18)
    return alt.hconcat(*panels, spacing=22)


def _title(t, words):
    return alt.Title(words, color=t["ink"], anchor="start", frame="group", fontSize=13)


def _lines(t, narrow, d, field, value, marks=None, *, x, y, left=26, right=86, gap=13):
    """Lines by partner in one panel a year, named at their right ends, spread so that no name meets another."""
    panels = []
    last = d[field].max()
    for year in years():
        rows = d[d.year == year]
        ends = rows[rows[field] == last].sort_values(value).assign(name=lambda r: r.partner.map(charts.LABELS))
        height = 210
        span = (y["scale"].domain[1] - y["scale"].domain[0]) / height * gap
        at = list(ends[value])
        for i in range(1, len(at)):
            at[i] = max(at[i], at[i - 1] + span)
        over = at[-1] - y["scale"].domain[1] if at else 0
        at = [a - max(over, 0) for a in at]
        ends = ends.assign(at=at)
        color = alt.Color("partner:N", scale=alt.Scale(**charts.colours(PARTNERS, t)))
        layers = [alt.Chart(rows).mark_line(strokeWidth=2.2).encode(
                      x=alt.X(f"{field}:Q", **x), y=alt.Y(f"{value}:Q", **y), color=color),
                  alt.Chart(ends).mark_text(align="left", dx=6, fontWeight=600, fontSize=12).encode(
                      x=alt.X(f"{field}:Q", **x), y=alt.Y("at:Q", **y), text="name:N", color=color)]
        if marks is not None:
            under, over = marks(year, x, y)
            layers = [*under, *layers, *over]
        inner = charts.size(narrow, left) - right if narrow else (charts.size(False, left) - 2 * right - 80) / 2
        panels.append(alt.layer(*layers).properties(width=inner, height=height, title=_title(t, str(year))))
    return (alt.vconcat if narrow else alt.hconcat)(*panels, spacing=22 if narrow else 34)


def draw_without(t, narrow, table):
    """What is left without each partner, against the bite of every veto."""
    d = table.assign(without=table.without * 100, bite=table.bite * 100)
    whole = alt.Scale(domain=[0, 100], nice=False)
    x = dict(scale=whole, title="Bite of every veto, %", axis=alt.Axis(values=[0, 50, 100]))
    y = dict(scale=whole, title="Goods left without, %", axis=alt.Axis(values=[0, 25, 50, 75, 100]))
    return _lines(t, narrow, d, "bite", "without", x=x, y=y)


def draw_willing(t, narrow, table):
    """Expected deliveries against the willingness of Washington; crossing points and the judged willingness marked."""
    d = table.assign(willing=table.willing * 100, delivery=table.delivery * 100)
    top = 10 * np.ceil(d.delivery.max() / 10)
    x = dict(scale=alt.Scale(domain=[0, 100], nice=False), title="Willingness of Washington, %",
             axis=alt.Axis(values=[0, 50, 100]))
    y = dict(scale=alt.Scale(domain=[0, top], nice=False), title="Expected delivery, % of all goods",
             axis=alt.Axis(values=[0, 20, 40, 60]))

    def marks(year, x, y):
        row = evidence.assumptions().loc[f"will_USA_{year}"]
        band = pd.DataFrame({"a": [100 * row.low], "b": [100 * row.high], "m": [100 * row.central]})
        cross = crossings(year).dropna().assign(willing=lambda c: c.willing * 100, delivery=lambda c: c.delivery * 100)
        return [alt.Chart(band).mark_rect(color=t["band"]).encode(x=alt.X("a:Q", **x), x2="b:Q"),
                alt.Chart(band).mark_rule(color=t["ink3"], strokeDash=[2, 3]).encode(x=alt.X("m:Q", **x)),
                charts.label(band, t, alt.value("judged"), "ink3", "left", dx=4, size=11, x=alt.X("b:Q", **x),
                             y=alt.datum(top * .96, scale=y["scale"]))], [
                alt.Chart(cross).mark_point(size=60, color=t["paper"], stroke=t["ink"], strokeWidth=1.6).encode(
                    x=alt.X("willing:Q", **x), y=alt.Y("delivery:Q", **y))]
    return _lines(t, narrow, d, "willing", "delivery", marks, x=x, y=y)


def draw_distances(t, narrow, table):
    """Bars of the least change that puts a rival level with the leader, by coding; never where there is none."""
    measures = {"weight": "Weight moved", "pair": "Pair of supplies", "willing": "Leader's willingness"}
    d = table.assign(row=table.rival.map(charts.LABELS) + ", " + table.coding.map(CODING_WORDS))
    names = list(d.sort_values("rival", key=lambda s: s.map(PARTNERS.index), kind="stable").row)
    width = 146 if narrow else 168
    inner = (charts.size(narrow, width) - 2 * (10 if narrow else 24)) / 3 - (14 if narrow else 14)
    color = alt.Color("rival:N", scale=alt.Scale(**charts.colours(PARTNERS, t)))
    panels = []
    for k, (field, words) in enumerate(measures.items()):
        axis = alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelFontSize=11) if k == 0 else None
        y = alt.Y("row:N", sort=names, title=None, axis=axis)
        x = dict(scale=alt.Scale(domain=[0, 100], nice=False), title=None,
                 axis=alt.Axis(values=[0, 50] if narrow else [0, 50, 100], grid=True))
        rows = d.assign(v=d[field] * 100, text=[distance_words(v) for v in d[field]])
        known, none = rows[rows.v.notna()], rows[rows.v.isna()].assign(v=0)
        layers = [alt.Chart(known).mark_bar(height=11).encode(x=alt.X("v:Q", **x), y=y,
                                                              color=color)] if len(known) else []
        if len(known):
            wide = known.assign(inside=known.v > 70)
            for inside, part in wide.groupby("inside"):
                layers.append(charts.label(part, t, "text:N", "paper" if inside else "ink", "right" if inside
                                           else "left", size=11,
                                           halo=False, dx=-4 if inside else 4, x=alt.X("v:Q", **x), y=y))
        if len(none):
            layers.append(charts.label(none, t, "text:N", "ink3", dx=4, size=11, x=alt.X("v:Q", **x), y=y))
        title = words.replace("Leader's willingness", "Willing").replace("Pair of supplies", "Supplies").replace(
            "Weight moved", "Weight") if narrow else words
        panels.append(alt.layer(*layers).properties(width=inner, height=19 * len(names), title=_title(t, title)))
    return alt.hconcat(*panels, spacing=10 if narrow else 24)


def draw_goods(t, narrow, table):
    """Goods by partners: share supplied as depth of colour and figure; the bite of a veto beneath it."""
    d = table.assign(row=table.part.map(PART_LABELS), column=table.partner.map(
        lambda i: {"USA": "US", "KOR": "S. Korea"}.get(i, charts.LABELS[i]) if narrow else charts.LABELS[i]),
        share=[f"{v:.0%}" if v > 0 else "–" for v in table.supply],
        veto=[f"({b:.0%})" if b > 0 else "" for b in table.bite],
        opacity=.06 + .46 * table.supply)
    columns = list(dict.fromkeys(d.column))
    width = 118 if narrow else 136
    x = alt.X("column:N", sort=columns, title=None, axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False,
                                                                 labelFontSize=10.5 if narrow else 12))
    y = alt.Y("row:N", sort=list(PART_LABELS.values()), title=None,
              axis=alt.Axis(labelLimit=width + 10, minExtent=width, maxExtent=width, labelFontSize=11 if narrow
                            else 12))
    rects = alt.Chart(d).mark_rect(stroke=t["paper"], strokeWidth=2).encode(
        x=x, y=y, opacity=alt.Opacity("opacity:Q", scale=None),
        color=alt.Color("partner:N", scale=alt.Scale(**charts.colours(PARTNERS, t))))
    upper = charts.label(d, t, "share:N", "ink", "center", 600, dy=-6, halo=False, x=x, y=y)
    lower = charts.label(d, t, "veto:N", "ink", "center", dy=8, size=10 if narrow else 11, halo=False, x=x, y=y)
    return alt.layer(rects, upper, lower).properties(width=charts.size(narrow, width) - 6, height=38 * len(PARTS))


def draw_arms(t, narrow, table):
    """Shares of Russia and Washington against the weight of arms, deliveries paid (solid) and unpaid (dashed)."""
    d = table.assign(weight=table.weight * 100, share=table.share * 100, line=table.partner + table.paid.astype(str),
                     dash=np.where(table.paid, "paid", "unpaid"))
    x = dict(scale=alt.Scale(domain=[0, 50], nice=False), title="Weight of arms and backing, % of all he wants",
             axis=alt.Axis(values=[0, 10, 20, 30, 40, 50]))
    y = dict(scale=alt.Scale(domain=[0, 60], nice=False), title="Shapley share, %",
             axis=alt.Axis(values=[0, 20, 40, 60]))
    color = alt.Color("partner:N", scale=alt.Scale(**charts.colours(PARTNERS, t)))
    lines = alt.Chart(d).mark_line(strokeWidth=2.2).encode(
        x=alt.X("weight:Q", **x), y=alt.Y("share:Q", **y), color=color, detail="line:N",
        strokeDash=alt.StrokeDash("dash:N", scale=alt.Scale(domain=["paid", "unpaid"], range=[[1, 0], [5, 4]])))
    now = pd.DataFrame({"weight": [100 * good_weights(game(years()[-1]))[GOODS.index("arms")]]})
    rule = alt.Chart(now).mark_rule(color=t["ink3"], strokeDash=[2, 3]).encode(x=alt.X("weight:Q", **x))
    word = charts.label(now, t, alt.value("our weight"), "ink3", dx=5, size=11, x=alt.X("weight:Q", **x),
                        y=alt.datum(57, scale=y["scale"]))
    at = d[d.paid & (d.weight == sorted(d.weight.unique())[12])]
    heads = [charts.label(at[at.partner == i], t, alt.value(charts.LABELS[i]), i, "left", 600, dx=8, dy=dy,
                          x=alt.X("weight:Q", **x), y=alt.Y("share:Q", **y)) for i, dy in (("USA", -12), ("RUS", 20))]
    end = d[(d.weight == d.weight.max()) & (d.partner == "RUS")]
    tails = [charts.label(end[end.dash == k], t, "dash:N", "RUS", dx=6, dy=dy, x=alt.X("weight:Q", **x),
                          y=alt.Y("share:Q", **y)) for k, dy in (("paid", -7), ("unpaid", 7))]
    return alt.layer(rule, lines, word, *heads, *tails).properties(width=charts.size(narrow) - 48, height=260)
