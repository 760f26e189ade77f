"""Verdicts on claims that the models judge: one rule a claim."""

import numpy as np
import pandas as pd

from bargain import economies, evidence, exchange, options, partners, results, schedules, stakes, terms
from bargain.reads import lru_cache
from bargain.scorecard.tables import Verdict, accords, assembled, grade, number, rounded, rule

# ------------------------------------------------------------------------------------------------ the models' verdicts


@lru_cache
def _outcomes() -> np.ndarray:
    """Chapter 5's expected outcomes over its futures, (future, reading, policy, outcome)."""
    draw = options.sample()
    return options.outcomes(draw.parameters, draw.minds)


def losses() -> np.ndarray:
    """Loss in lives by future, reading and policy, at chapter 5's central prices."""
    return options.loss(_outcomes(), options.preset("all_central"))


def _policies() -> dict[str, pd.DataFrame]:
    """Mean loss and its 5–95 per cent interval by reading and policy, central prices: frames indexed by policy."""

    lost = losses()
    return {
        r: pd.DataFrame(
            {
                "mean": lost[:, k].mean(0),
                "low": np.quantile(lost[:, k], 0.05, axis=0),
                "high": np.quantile(lost[:, k], 0.95, axis=0),
            },
            index=list(terms.POLICIES),
        ).sort_values("mean")
        for k, r in enumerate(terms.READINGS)
    }


@rule
def s1a() -> Verdict:
    frames = _policies()
    best = [f.index[0] for f in frames.values()]
    second = [f.index[1] for f in frames.values()]
    overlap = all(f["low"].iloc[1] <= f["high"].iloc[0] for f in frames.values())
    different = len(set(best)) > 1
    chosen = losses().argmin(axis=2)
    changes = (chosen != chosen[:, :1]).any(axis=1).mean()
    least = {r: terms.LABELS[b].lower() for r, b in zip(frames, best, strict=True)}
    return Verdict(
        grade(different, not different and len(set(second)) == 1, overlap),
        grade(changes > 0.25, changes <= 0.25),
        least | {"changes": changes},
        overlap,
    )


@rule
def s3a() -> Verdict:
    frames = _policies()
    outside = sum(f.index[0] in ("status_quo", "accept") for f in frames.values())
    named = {"lewis2022accept", "sagan2017korean", "panda2020bomb"} & set(evidence.sources().index)
    return Verdict(
        "untested",
        grade(not outside and not named, outside > 0 and bool(named)),
        {"named": len(named), "outside": number(outside)},
    )


@rule
def s4g() -> Verdict:
    first = {
        (year, coding): partners.leader(partners.game(year, coding=coding))
        for year in (partners.years()[0], partners.years()[-1])
        for coding in terms.CODINGS
    }
    then, now = partners.years()[0], partners.years()[-1]
    wins = sum(first[now, coding] == "USA" for coding in terms.CODINGS)
    base = [first[year, "leaky"] == "USA" for year in (then, now)]
    words = ["first" if is_first else "not first" for is_first in base]
    bare = partners.stripped(now).set_index("case").loc["without its supplies"].astype(float).idxmax() == "USA"
    return Verdict(
        grade(all(base) and wins >= 3, not base[0]),
        "untested" if bare else grade(all(base), not base[0]),
        {"was": words[0], "then": then, "now_is": words[1], "now": now, "wins": wins, "codings": len(terms.CODINGS)},
    )


@rule
def s5d() -> Verdict:
    frame = economies.theft_against_relief().set_index("year")["p_net"]
    then, now = frame[2017], frame.iloc[-1]
    return Verdict(
        grade(then < 0.5 and now < 0.5, then >= 0.5 and now >= 0.5),
        _half_price(),
        {"then": then, "now": now, "year": frame.index[-1]},
    )


def _half_price() -> str:
    """The verdict on S5d when a dollar of lawful income is worth half its face to him: medians compared."""
    frame = economies.theft_against_relief().set_index("year")
    over = frame["net_p50"] > frame["relief_p50"] / 2
    return grade(not over[2017] and not over.iloc[-1], over[2017] and over.iloc[-1])


@rule
def s6b() -> Verdict:
    # "zero" is the programme; the central trust is one less the share of partners he thinks unreliable
    frame = exchange.paper(trusts=(1 - evidence.central("doubt_kim"),))
    frame = frame[(frame["reading"] == "dealer") & (frame["variant"] == "base") & (frame["commitment"] == "zero")]
    multiple = frame["multiple"]
    rows = accords(1990)
    words = [
        part
        for _, part in rows.groupby("agreement_id")
        if set(part[part["sides"].map(lambda s: "PRK" not in s)]["cost_of_keeping"]) == {"words"}
    ]
    gave = any(
        (part["sides"].map(lambda s: "PRK" in s) & (part["cost_of_keeping"] == "security") & (part["kept"] == 1)).any()
        for part in words
    )
    return Verdict(
        grade((multiple > 2).mean() > 0.5, (multiple <= 1).mean() > 0.5),
        grade(not gave, gave),
        {"share": (multiple > 2).mean(), "accords": len(words)},
    )


@rule
def s7a() -> Verdict:
    draws = schedules.gains(results.load("schedules_sample"))
    slow, fast = draws["depth_derived"], draws["depth_at_once"]
    gap = slow.mean() - fast.mean()
    return Verdict(
        grade(gap > 1, gap < -1, slow.mean() <= 0),
        "untested",
        {"slow": slow.mean(), "fast": fast.mean(), "more": (slow - fast > 1).mean()},
    )


@rule
def s8a() -> Verdict:
    frame = results.load("deterrence_bounds")
    fit = np.isfinite(frame["floor"]) & (frame["floor"] <= frame["ceiling"])
    fits, none = fit.mean(), (frame["floor"] == 0).mean()
    made = assembled().dropna()
    rose = len(made) > 1 and made.iloc[-1] > made.iloc[0]
    law = evidence.table("negotiations")["title"].str.contains("Nuclear forces law").any()
    return Verdict(
        grade(fits >= 0.5, fits < 0.1),
        grade(False, rose and law, not (rose and law)),
        {"fits": fits, "none": none, "before": made.iloc[0], "now": made.iloc[-1]},
    )


def moral() -> tuple[pd.DataFrame, ...]:
    """Chapter 10's trade-off for a reader undecided between the readings: deaths and accountability, two frames with a
    row a future and columns force, pressure and talks."""
    names = ("force", "pressure", "talks")
    at = [stakes.OPTIONS.index(name) for name in names]
    return tuple(pd.DataFrame(values[:, at], columns=list(names)) for values in stakes.parts())


@rule
def s9a() -> Verdict:
    dead, just = moral()
    largest, shares = 0, []
    for rival in ("force", "pressure"):
        saves, less = dead["talks"] < dead[rival], just["talks"] < just[rival]
        quadrants = {(a, b): ((saves == a) & (less == b)).mean() for a in (True, False) for b in (True, False)}
        largest += max(quadrants, key=lambda k: quadrants[k]) == (True, True)
        shares.append(quadrants[True, True])
    best = just[dead.mean().idxmin()].mean()
    return Verdict(
        grade(largest == 2, largest == 0),
        grade(best >= 0.05, best < 0.05),
        {"force": shares[0], "pressure": shares[1]},
    )


@rule
def s9b() -> Verdict:
    dead, just = moral()
    price, ok, middle = evidence.central("v_justice"), 0, []
    for rival in ("force", "pressure"):
        trade = (dead["talks"] < dead[rival]) & (just["talks"] < just[rival])
        even = ((dead[rival] - dead["talks"]) / (just[rival] - just["talks"]))[trade].median()
        middle.append(even)
        ok += even > price
    return Verdict(
        grade(ok == 2, ok == 0),
        "untested",
        {"force": rounded(middle[0]), "pressure": rounded(middle[1]), "price": price},
    )
