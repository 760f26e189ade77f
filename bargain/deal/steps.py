"""The steps of a deal, from `deal_steps` and `deal_pairs`: who does what, what it needs, what it is worth to a side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import pandas as pd

from bargain import checks, evidence
from bargain.reads import lru_cache
from bargain.terms import GOALS, SIDES

VALUES = tuple(f"{side}_{state}" for side in SIDES for state in ("coop", "host"))
# What is drawn beside the steps' own values; each id is a row of the assumptions register.
BELIEFS = (
    "fear_first_kim",
    "doubt_kim",
    "delta_kim",
    "fear_first_coalition",
    "doubt_coalition",
    "delta_coalition",
    "eta0",
    "election_spike",
)
SCALES = (
    "out_kim",
    "out_coalition",
    "relief_politics",
    "arsenal_worth",
    "arsenal_peace",
    "ua_risk",
    "phi_live",
    "phi_broken",
    "remake_rate",
)
LEVER_ROWS = (
    "custody_undo",
    "custody_live",
    "custody_broken",
    "guarantor",
    "escrow_undo",
    "snapback_undo",
    "capital_multiple",
    "relief_multiple",
    "treaty_multiple",
    "eta0_multiple",
    "training_short",
    "targeting",
)
FIXED = ("election_period", "arsenal_now", "arsenal_m0", "arsenal_m1", "patient_share")
LATENT = ("K08", "K09", "K10", "K11", "K12")  # what power over the South rests on
CAPITAL = ("U14", "U15")  # sunk stocks: their cost is the stock times (1 - discount factor) a half-year


@dataclass(frozen=True)
class Deal:
    """Steps first, then pairs (complements and substitutes); n = steps + pairs.

    ids, owner (n,), group (n,); live and hostile (2, n) in M a half-year, undo (n,) in half-years (inf = never);
    shares (n, 8) of Kim's value by goal, weapons (n,) removed; earliest, duration (steps,) in half-years;
    needs: the prerequisites of each step, members: the steps of each pair, both as tuples of indices.
    Raises ValueError naming the array that holds what is no number of its kind.
    """

    ids: tuple[str, ...]
    owner: np.ndarray
    group: tuple[str, ...]
    live: np.ndarray
    hostile: np.ndarray
    undo: np.ndarray
    shares: np.ndarray
    weapons: np.ndarray
    earliest: np.ndarray
    duration: np.ndarray
    needs: tuple[tuple[int, ...], ...]
    members: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        checks.finite(live=self.live, hostile=self.hostile)
        checks.spans(undo=self.undo)
        checks.shares(shares=self.shares)
        checks.nonnegative(weapons=self.weapons, earliest=self.earliest, duration=self.duration)

    @property
    def steps(self) -> int:
        """Number of steps, without pairs."""
        return len(self.earliest)

    def at(self, *ids: str) -> np.ndarray:
        """Indices of the named steps or pairs; KeyError names what is missing."""
        missing = [i for i in ids if i not in self.ids]
        if missing:
            raise KeyError(f"no such step or pair: {', '.join(missing)}")
        return np.array([self.ids.index(i) for i in ids], int)


@dataclass(frozen=True)
class Case:
    """A deal with both sides' beliefs: everything a schedule or a package is judged by.

    All arrays have one entry a side. trust π, hazard η and residual η0 describe the *partner* as that side
    sees him; delta is its discount factor a half-year; out what holding out earns it (M a half-year);
    spike the extra chance of breaking in half-year `spike_at`; patient the share of unreliable types that
    behave until the last delivery. Raises ValueError naming the array that holds what is no number of its kind.
    """

    deal: Deal
    delta: np.ndarray
    trust: np.ndarray
    hazard: np.ndarray
    residual: np.ndarray
    out: np.ndarray
    spike: np.ndarray
    spike_at: int
    patient: np.ndarray

    def __post_init__(self) -> None:
        checks.discounts(delta=self.delta)
        checks.shares(trust=self.trust, hazard=self.hazard, residual=self.residual)
        checks.shares(spike=self.spike, patient=self.patient)
        checks.finite(out=self.out)


# ------------------------------------------------------------------------------------------ the table of steps
def _ids(cell: object) -> tuple[str, ...]:
    return tuple(x for x in str(cell).split(";") if x) if isinstance(cell, str) else ()


@lru_cache
def table() -> pd.DataFrame:
    """Steps and pairs in one frame indexed by id, checked; `members` and `needs` are tuples of ids.

    A prerequisite may be a step of the other side. Raises ValueError naming the row for ranges out of order, goal
    shares that do not add up to 1, a prerequisite that is unknown or circular, and a pair of fewer than two or
    mixed steps.
    """
    steps = evidence.table("deal_steps").set_index("id")
    pairs = evidence.table("deal_pairs").set_index("id")
    steps["needs"] = steps.prerequisites.map(_ids)
    pairs["members"] = pairs.all_of.map(_ids)
    twice = pd.concat([steps, pairs]).index
    if twice.has_duplicates:
        raise ValueError(f"deal_steps, deal_pairs: id used twice: {twice[twice.duplicated()].tolist()}")
    for name, frame in (("deal_steps", steps), ("deal_pairs", pairs)):
        for row in frame.itertuples():
            where = f"{name} row {row.Index}"
            if row.side not in SIDES:
                raise ValueError(f"{where}: side {row.side!r} is neither kim nor coalition")
            for value in VALUES + (("undo",) if name == "deal_steps" else ()):
                low, mid, high = (getattr(row, f"{value}_{x}") for x in ("low", "central", "high"))
                if not low <= mid <= high:
                    raise ValueError(f"{where}: {value} must satisfy low ≤ central ≤ high, not {low}, {mid}, {high}")
    for row in steps.itertuples():
        where = f"deal_steps row {row.Index}"
        share = sum(getattr(row, f"share_{g}") for g in GOALS)
        if abs(share - 1) > 1e-9:
            raise ValueError(f"{where}: goal shares add up to {share:.3f}, not 1")
        if row.undo_low < 0 or row.weapons < 0 or row.earliest_start < 1 or row.duration < 0:
            raise ValueError(f"{where}: undo, weapons and duration must not be negative, earliest_start at least 1")
        for j in row.needs:
            if j not in steps.index:
                raise ValueError(f"{where}: unknown prerequisite {j}")
    for row in pairs.itertuples():
        where = f"deal_pairs row {row.Index}"
        unknown = [i for i in row.members if i not in steps.index]
        if unknown or len(row.members) < 2:
            raise ValueError(f"{where}: all_of must name two or more steps of deal_steps, not {row.all_of!r}")
        if {steps.side[i] for i in row.members} != {row.side}:
            raise ValueError(f"{where}: a pair stays within one side")
    ordered({i: steps.needs[i] for i in steps.index})
    for value in ("low", "central", "high"):
        pairs[f"undo_{value}"] = [min(steps.at[i, f"undo_{value}"] for i in m) for m in pairs.members]
    for g in GOALS:
        pairs[f"share_{g}"] = [np.mean([steps.at[i, f"share_{g}"] for i in m]) for m in pairs.members]
    pairs["weapons"] = 0.0
    return pd.concat([steps, pairs])


def ordered(needs: Mapping[Any, Iterable[Any]]) -> list[Any]:
    """Ids of {id: prerequisites} so that each comes after its own, else as they stand; ValueError names a circle."""
    place = {step: k for k, step in enumerate(needs)}
    sorter, out = TopologicalSorter(needs), []
    try:
        sorter.prepare()
    except CycleError as error:
        raise ValueError(f"deal_steps: prerequisites run in a circle among {sorted(set(error.args[1]))}") from None
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        out += ready
        sorter.done(*ready)
    return out


def falls_with(deal: Deal, ids: Iterable[str]) -> tuple[str, ...]:
    """What falls when these steps are stopped or undone: they, every step that needs them directly or through others,
    and the pairs of all these; ids in the order of the table. KeyError names a step that does not exist."""
    gone = set(deal.at(*ids).tolist())
    while more := {i for i in range(deal.steps) if i not in gone and gone & set(deal.needs[i])}:
        gone |= more
    gone |= {deal.steps + k for k, m in enumerate(deal.members) if gone & set(m)}
    return tuple(deal.ids[i] for i in sorted(gone))


def tranches(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Kim's steps that remove weapons, in order: frame with id, a (weapons before), b (after), last first back.

    Raises ValueError when their weapons do not add up to `arsenal_now`.
    """
    frame = table() if frame is None else frame
    chain = frame[frame.weapons > 0]
    before = evidence.central("arsenal_now") - chain.weapons.cumsum() + chain.weapons
    if abs(chain.weapons.sum() - evidence.central("arsenal_now")) > 1e-9:
        raise ValueError(f"deal_steps: weapons of {', '.join(chain.index)} do not add up to arsenal_now")
    return pd.DataFrame({"a": before, "b": before - chain.weapons})


def remade(rate: float, plants: float) -> np.ndarray:
    """Half-years until each tranche is remade, (tranches,): plants first, then weapons, last given first back.

    rate in weapons a year; plants = undo time of the plants. The first tranche leaves the plants standing.
    """
    checks.nonnegative(rate=rate, plants=plants)
    t = tranches()
    undo = plants + 2 * t.a.to_numpy() / rate
    undo[0] = 2 * (t.a.iloc[0] - t.b.iloc[0]) / rate
    return undo


# --------------------------------------------------------------------------------- values from the other tables
def arsenal() -> pd.DataFrame:
    """Worth of the tranches and of the long-range missiles, from the register: frame id -> the four values in M.

    v(m) = (1 - e^{-m/m0})/(1 - e^{-M/m0}) splits Kim's worth H_A, u(m) (with m1) the coalition's share of
    U = ua_risk × war_loss / 2; a hostile world multiplies the coalition's worth.
    """
    c = evidence.central
    total = c("ua_risk") * c("war_loss") * 1000 / 2
    t = tranches()

    def split(scale: float) -> np.ndarray:
        part = [np.expm1(-m / scale) / np.expm1(-c("arsenal_now") / scale) for m in (t.a.to_numpy(), t.b.to_numpy())]
        return part[0] - part[1]

    kim = -c("arsenal_worth") * split(c("arsenal_m0"))
    coalition = total * c("ua_weapons") * split(c("arsenal_m1"))
    out = pd.DataFrame(
        {
            "kim_coop": c("arsenal_peace") * kim,
            "kim_host": kim,
            "coalition_coop": coalition,
            "coalition_host": coalition * c("ua_host"),
        },
        index=t.index,
    )
    missiles = total * c("ua_missiles")
    out.loc["K08", ["coalition_coop", "coalition_host"]] = missiles, missiles * c("ua_host_missiles")
    return out.sort_index()


def lost_exports() -> pd.Series:
    """Exports to China lost 2016-18, M a year: total, textiles, coal (up to the cap of resolution 2321) and rest."""
    trade = evidence.table("trade_by_partner").query("partner == 'CHN' and basis == 'KOTRA'").set_index("year")
    lost = float(trade.exports_usd_m[2016] - trade.exports_usd_m[2018])
    caps = evidence.table("un_sanctions").query("measure == 'S/RES/2321' and cap_unit == 'US$ million coal per year'")
    textile, coal = evidence.central("share_textile") * lost, float(caps.cap_value.iloc[0])
    return pd.Series({"total": lost, "textile": textile, "coal": coal, "rest": lost - textile - coal})


def smuggled_coal() -> float:
    """Coal smuggled in a year, M: the published eight months scaled to twelve."""
    rows = evidence.table("illicit_revenue").query("stream == 'coal_smuggling' and period == 'Jan-Aug'")
    return float(rows.usd_m_central.iloc[0] * 12 / 8)


def oil_prices() -> tuple[float, float]:
    """What a tonne of the heavy fuel oil of 1995-99 and of 2007-09 cost, US$ m: (early, late)."""
    aid = evidence.table("aid").query("donor == 'United States'").set_index("kind")
    hfo = evidence.table("hfo_deliveries").query("source_id == 'gao_1999_hfo' and cumulative_t == 1900000")
    early = 222.0 / hfo.cumulative_t.iloc[0]  # US$ m, in the row's note
    late = aid.usd_m["Six-Party heavy fuel oil, dollars"] / aid.tonnes["Six-Party heavy fuel oil, tonnes"]
    return float(early), float(late)


def money() -> pd.DataFrame:
    """What the tables of trade, sanctions, aid and theft make of the money steps: frame id -> central M a half-year.

    Columns kim and coalition (NaN where the step's value for that side is not derived from a table), live values.
    """
    c, lost = evidence.central, lost_exports()
    illicit = evidence.table("illicit_revenue")
    smuggled = smuggled_coal() * c("displaced") * c("margin_smuggled") / 2
    oil = evidence.table("economy_indicators").query("indicator == 'refined_oil_imports_jan_oct'")
    oil = oil.value.iloc[0] * 12 / 10
    theft = illicit.query("stream == 'crypto_theft' and annual_estimate == 'yes' and year == 2024")
    theft = theft.usd_m_central.iloc[0]
    trade = evidence.table("trade_by_partner").query("year == 2024 and partner == 'total_excl_inter_korean'")
    bank = c("bank_saving") / 2
    capital = c("capital_yield") / 2 / 2  # half a year's return, half of it only with trade
    tranche = [2500.0, 5000.0]  # US$ m, named in the table of steps
    food = evidence.table("aid").query("donor == 'United States'")
    price = food[(food.kind == "food aid") & (food.year.astype(str) == "2008")]
    tonnes = food[food.kind == "food aid pledge (Leap Day)"].tonnes.iloc[0]
    aid = float(tonnes * price.usd_m.iloc[0] / price.tonnes.iloc[0] / 2)
    oil_aid = 500000 * np.sqrt(np.prod(oil_prices())) / 2
    kim = {
        "U03": aid,
        "U04": oil_aid,
        "U05": lost.textile * c("margin_textile") / 2,
        "U06": lost.coal * c("margin_coal") / 2 - smuggled / 2,
        "U07": lost.rest * c("margin_rest") / 2 - smuggled / 2,
        "U08": oil * c("oil_price") * c("oil_premium") / 2 / 1000,
        "U11": trade.total_usd_m.iloc[0] * bank,
        "P03": lost.total * bank,
        "U14": tranche[0] * capital,
        "U15": tranche[1] * capital,
        "P04": tranche[0] * capital,
        "P05": tranche[1] * capital,
        "K13": -theft / 2 * c("kept_laundering"),
    }
    stock = 1 - c("delta_coalition")
    coalition = {
        "U03": -aid,
        "U04": -oil_aid,
        "U14": -tranche[0] * stock,
        "U15": -tranche[1] * stock,
        "K13": theft / 2,
        **{i: -kim[i] * c("phi_live") for i in ("U05", "U06", "U07", "U08", "U11", "P03")},
    }
    return pd.DataFrame({"kim": kim, "coalition": coalition}).sort_index()


SAME = 0.01  # a value of the table is the worked-out one when it differs by no more than this share of it


def beside(frame: pd.DataFrame) -> pd.DataFrame:
    """Values of the table beside those worked out (low, central, high, derived), with two columns more: same, inside.

    same: the two agree to SAME of the table's; inside: the worked-out one lies in the table's range.
    """
    same = (frame["derived"] - frame["central"]).abs() <= SAME * frame["central"].abs()
    return frame.assign(same=same, inside=frame["derived"].between(frame["low"], frame["high"]))


def derived() -> pd.DataFrame:
    """Values of steps worked out from other tables and rows of the register, beside those of the table of steps.

    Frame with a row a value: step (id), name, value (of VALUES), low, central, high (the table's), derived, all in M;
    same, inside (see `beside`).
    """
    got = pd.concat([money().add_suffix("_coop").stack(), arsenal().stack()])
    frame = table()
    rows = [
        (
            step,
            frame.at[step, "name"],
            value,
            *(frame.at[step, f"{value}_{end}"] for end in ("low", "central", "high")),
            x,
        )
        for (step, value), x in got.dropna().items()
    ]
    return beside(pd.DataFrame(rows, columns=["step", "name", "value", "low", "central", "high", "derived"]))
