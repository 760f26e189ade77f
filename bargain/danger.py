"""One yearly danger of war: who puts it how high, on one scale, and which results of chapter 10 turn with it.

The models draw the danger under the status quo from the row `h0` of the register. Here the same draws are taken with
that one row set to a number, so that nothing else moves. Chances over several years are put on a yearly scale by
1 − (1 − P)^(1/years).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import checks, evidence, options, stakes
from bargain.reads import lru_cache

ARMISTICE = 1953  # years without a second war are counted from here
SPOKEN = ("2017", "2018")  # when the statements were made that are compared
HAZARDS = np.geomspace(0.001, 0.5, 19)
DRAWS = 2**12
TIE = 0.05  # differences in deaths below this share of those under talks are "about as many"
GROUPS = ("Our models", "Stated directly", "Said in 2017–18", "What happened")
HEADLINES = {  # a result: its name in a table, and the level that it turns at
    "force_deaths": ("Force less talks, thousand dead", 0.0),
    "pressure_deaths": ("Pressure less talks, thousand dead", 0.0),
    "accept_deaths": ("Acceptance less talks, thousand dead", 0.0),
    "force_trade": ("Force a trade-off against talks, % of futures", 50.0),
    "pressure_trade": ("Pressure a trade-off against talks, % of futures", 50.0),
    "price_gap": ("Price of force less that of pressure, thousand lives", 0.0),
    "force_loss": ("Force less the best other, six outcomes", 0.0),
}


def yearly(chance: ArrayLike, years: float) -> np.ndarray:
    """The constant yearly chance that makes up a chance over so many years: 1 − (1 − P)^(1/years)."""
    checks.shares(chance=chance)
    checks.positive(years=years)
    return -np.expm1(np.log1p(-np.minimum(np.asarray(chance, float), 1 - 1e-12)) / years)


def statements() -> pd.DataFrame:
    """What persons said of the danger of war in 2017 and 2018: who, date, low, central, high (chances of a year).

    Left out are shares of respondents and what is conditional or in retrospect: rows whose note says so.
    """
    rows = evidence.table("war_probability")
    said = rows["date"].astype(str).str[:4].isin(SPOKEN) & rows["kind"].isin(("expert", "politician"))
    rows = rows[said & rows["per_year_central_pct"].notna() & ~rows["note"].fillna("").str.contains("leave out")]
    central = rows["per_year_central_pct"] / 100
    low, high = (rows[f"probability_{end}_pct"] / 100 for end in ("low", "high"))
    who = rows["source_name"].str.split(",").str[0]
    out = pd.DataFrame({"who": who, "date": rows["date"].astype(str), "central": central})
    return out.assign(low=low.fillna(central), high=high.fillna(central)).reset_index(drop=True)


def feared() -> float:
    """The middle of what experts stated in 2017 and 2018, a chance of a year: the one of the options, everywhere."""
    return float(options.stated_dangers()["chance"].median())


def quiet_years() -> int:
    """Whole years since the armistice, to the date to which the evidence runs."""
    return int(evidence.evidence_to()[:4]) - ARMISTICE


def scale() -> pd.DataFrame:
    """The yearly danger of war by who puts it: group (of GROUPS), row, low, central, high.

    Of the models and of what is stated directly the mean and the 5–95 per cent range of futures; of the record the
    95 per cent upper bound that no war in so many years leaves, with no central value.
    """
    draw, years = stakes.sample(), evidence.central("horizon")
    row = evidence.assumptions().loc["h0"]
    out: list[tuple[Any, ...]] = [(GROUPS[0], "Status quo, today’s arsenal", row["low"], row["central"], row["high"])]
    chance = stakes.mixed(stakes.war_chance(draw)[0])
    for k, option in enumerate(stakes.OPTIONS):
        low, high = np.quantile(chance[:, k], [0.05, 0.95])
        out.append((GROUPS[0], option, *(float(yearly(x, years)) for x in (low, chance[:, k].mean(), high))))
    for option in stakes.DIRECT:
        said = np.asarray(draw.parameters[f"st_war_{option}"], float)
        ends = (np.quantile(said, 0.05), said.mean(), np.quantile(said, 0.95))
        out.append((GROUPS[1], option, *(float(yearly(x, years)) for x in ends)))
    for row in statements().sort_values("date").itertuples():
        out.append((GROUPS[2], f"{row.who}, {row.date[:7]}", row.low, row.central, row.high))
    n = quiet_years()
    out.append((GROUPS[3], f"No second war in {n} years", HAZARDS[0], np.nan, float(yearly(0.95, n))))
    return pd.DataFrame(out, columns=["group", "row", "low", "central", "high"])


def by_danger(hazards: Sequence[float] = tuple(HAZARDS), draws: int = DRAWS, seed: int = options.SEED) -> pd.DataFrame:
    """What becomes of the options if the yearly danger under the status quo is each of `hazards`, undecided.

    Columns: hazard, option, deaths (thousand in the horizon), justice, trade (per cent of futures that are a trade-off
    against talks), price (median break-even worth of full accountability there, thousand lives; nan: none).
    """
    checks.counts(seed=seed)
    checks.shares(hazards=hazards)
    draw, out = options.head(stakes.sample(seed=seed), draws), []
    for h in hazards:
        at = draw._replace(parameters=draw.parameters | {"h0": float(h)})
        dead = stakes.mixed(stakes.deaths(at)).sum(axis=-1)
        just = stakes.mixed(stakes.accountability(at))
        out += [(float(h), *row) for row in _rows(dead, just)]
    return pd.DataFrame(out, columns=["hazard", "option", "deaths", "justice", "trade", "price"])


def _rows(dead: np.ndarray, just: np.ndarray) -> list[tuple[str, float, float, float, float]]:
    """Option, mean deaths (thousand), accountability, per cent of futures that trade off, median price (thousand)."""
    talks, out = stakes.TALKS, []
    for g, option in enumerate(stakes.OPTIONS[: dead.shape[1]]):
        trade = (dead[:, g] > dead[:, talks]) & (just[:, g] > just[:, talks])
        at = stakes.flip(dead[trade, g], dead[trade, talks], just[trade, g], just[trade, talks])
        price = float(np.median(at)) / 1000 if trade.any() else np.nan
        out.append((option, dead[:, g].mean() / 1000, just[:, g].mean(), 100 * trade.mean(), price))
    return out


def crossing(hazards: ArrayLike, values: ArrayLike) -> float:
    """Where a value first changes its sign as the hazard rises, linear in the logarithm of the hazard; nan: nowhere."""
    checks.known(values=values)
    checks.positive(hazards=hazards)
    x, y = np.log(np.asarray(hazards, float)), np.asarray(values, float)
    at = np.flatnonzero(np.sign(y[1:]) * np.sign(y[:-1]) < 0)
    if not at.size:
        return np.nan
    k = int(at[0])
    return float(np.exp(x[k] + (x[k + 1] - x[k]) * y[k] / (y[k] - y[k + 1])))


def turn(frame: pd.DataFrame, option: str, other: str = "talks") -> float:
    """The yearly danger at which an option first costs as many lives as another, of `by_danger`; nan: nowhere."""
    dead = frame.pivot(index="hazard", columns="option", values="deaths")
    return crossing(dead.index, dead[option] - dead[other])


def _results(rows: pd.DataFrame) -> dict[str, float]:
    """The results of HEADLINES but the last, and the deaths of talks, of rows with option, deaths, trade, price."""
    at = rows.set_index("option").reindex(stakes.OPTIONS)
    less = at["deaths"] - at["deaths"]["talks"]
    more = {f"{o}_deaths": less[o] for o in ("force", "pressure", "accept")}
    trade = {f"{o}_trade": at["trade"][o] for o in ("force", "pressure")}
    gap = at["price"]["force"] - at["price"]["pressure"]
    return more | trade | {"price_gap": gap, "talks": at["deaths"]["talks"]}


def _loss_lead(hazards: Iterable[float] | None = None) -> np.ndarray:
    """Loss of force less that of the best other, all six outcomes at the rates of `all_central`, undecided, thousand.

    One for each hazard; without hazards the one of the draw as it is.
    """
    draw, values = options.head(stakes.sample(), DRAWS), options.preset("all_central")
    if hazards is None:
        losses = options.loss(options.outcomes(draw.parameters, draw.minds), values).mean(axis=0)[None]
    else:
        losses = options.hazard_losses(draw, values, hazards)
    mixed = losses.mean(axis=1)
    return (mixed[:, 0] - mixed[:, 1:].min(axis=1)) / 1000


def headlines(curves: pd.DataFrame | None = None) -> pd.DataFrame:
    """Results that may turn with the danger of war: result, level, model, stated, feared, turns, flips.

    model: as drawn; stated: stated directly (nan where it says nothing); feared: with the danger of `feared`; turns:
    the yearly danger at which it crosses its level (nan: nowhere up to the largest tried, or level already in the
    model); flips: whether the three lie on both sides of the level, ties (TIE) on neither. curves: of `by_danger`,
    else computed.
    """
    return _headlines(evidence.DATA) if curves is None else _table(curves)


@lru_cache
def _headlines(data: object) -> pd.DataFrame:
    return _table(by_danger())


def _table(curves: pd.DataFrame) -> pd.DataFrame:
    columns = ["option", "deaths", "justice", "trade", "price"]
    model = _results(pd.DataFrame(_rows(*stakes.parts()), columns=columns))
    stated = _results(pd.DataFrame(_rows(*stakes.parts("stated")), columns=columns))
    at = _results(by_danger([feared()]))
    grid = np.array(sorted(set(curves["hazard"])))
    lines = pd.DataFrame([_results(curves[curves["hazard"] == h]) for h in grid])
    model["force_loss"], stated["force_loss"] = float(_loss_lead()[0]), np.nan
    at["force_loss"], lines["force_loss"] = float(_loss_lead([feared()])[0]), _loss_lead(grid)
    out = []
    for key, (name, level) in HEADLINES.items():
        three = [x[key] - level for x in (model, stated, at)]
        tie = [TIE * x["talks"] if key.endswith("_deaths") else 0.0 for x in (model, stated, at)]
        signs = [0.0 if abs(x) <= t else float(np.sign(x)) for x, t in zip(three, tie, strict=True)]
        turns = crossing(grid, lines[key] - level) if signs[0] else np.nan
        flips = {-1.0, 1.0} <= set(signs)
        out.append((key, name, level, model[key], stated[key], at[key], turns, flips))
    return pd.DataFrame(out, columns=["key", "result", "level", "model", "stated", "feared", "turns", "flips"])


def show(table: pd.DataFrame) -> pd.DataFrame:
    """`headlines` to print: whole numbers with their sign, the danger in per cent, a dash where there is none."""
    number: Callable[[float], str] = lambda x: "–" if np.isnan(x) else f"{x:+,.0f}".replace("-", "−")  # noqa: E731
    share: Callable[[float], str] = lambda x: "–" if np.isnan(x) else f"{x:,.0f}"  # noqa: E731
    rows = []
    for r in table.itertuples():
        said = share if r.level else number
        at = "–" if np.isnan(r.turns) else f"{100 * r.turns:.0f}%" if r.turns >= 0.0095 else f"{100 * r.turns:.1f}%"
        rows.append((r.result, said(r.model), said(r.stated), said(r.feared), at, "turns" if r.flips else ""))
    return pd.DataFrame(rows, columns=["Result", "Model", "Stated", "As feared", "Turns at", ""])


def choose(price: float = 10_000, danger: float | None = None) -> pd.DataFrame:
    """The options at a reader's price of full accountability and yearly danger of war, the least loss first.

    price: lives that full accountability is worth; danger: chance of war in a year (default: as the models draw it).
    Columns: option, deaths (thousand), accountability, loss (deaths less price times accountability), undecided.
    """
    checks.finite(price=price)
    checks.shares(danger=danger)
    rows = stakes.reader() if danger is None else by_danger([danger])
    out = rows[["option", "deaths", "justice"]].rename(columns={"justice": "accountability"})
    return out.assign(loss=out["deaths"] - price / 1000 * out["accountability"]).sort_values("loss", ignore_index=True)
