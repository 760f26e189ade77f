"""Verdicts on claims that the record judges: one rule a claim."""

import re
from collections.abc import Collection

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from bargain import evidence, results
from bargain.prose import day, signed
from bargain.scorecard.tables import (
    HELD,
    NAMED,
    NEAR,
    OFFICIAL,
    Verdict,
    accords,
    grade,
    inspected,
    kept,
    material,
    no_attack,
    number,
    removals,
    rule,
    series,
    since,
    talks,
    trade,
)


@rule
def s1b() -> Verdict:
    a, b = np.exp(results.load("scorecard_launches").groupby("coding")["log"].max())[["table", "second"]]
    verdict = grade(min(a, b) >= 3, max(a, b) <= 1 / 3, not (min(a, b) >= 3 or max(a, b) >= 3 or max(a, b) <= 1 / 3))
    quiet = no_attack()
    return Verdict(
        verdict,
        "untested" if quiet is None else grade(quiet, not quiet),
        {"first": a, "second": b},
    )


@rule
def s1c() -> Verdict:
    return Verdict("untested", "untested", {})


@rule
def s2a() -> Verdict:
    ruler = evidence.table("missile_tests").sort_values("date")["leader"].iloc[-1]
    stays = ruler == "Kim Jong Un"
    rows = since(removals(OFFICIAL).query("kind == 'person' and leader == 'Kim Jong Un'"))
    return Verdict(
        grade(False, not stays, stays),
        grade(stays and len(rows) > 0, not stays, stays and not len(rows)),
        {"ruler": ruler, "removed": len(rows)},
        stays,
    )


@rule
def s2b() -> Verdict:
    def early(status: str) -> int:
        rows = removals(status).query("kind == 'person' and leader == 'Kim Jong Un' and 2012 <= year <= 2016")
        return len(rows)

    official, confirmed = early(OFFICIAL), early("confirmed")
    return Verdict(
        grade(official >= 3, official == 0),
        grade(confirmed >= 3, confirmed == 0),
        {"removed": official, "confirmed": confirmed or "none"},
    )


@rule
def s2c() -> Verdict:
    rows = removals(r"confirmed|reported|uncertain")
    rows = rows[~rows["person"].str.match(r"\d")]  # groups known only by their size name nobody
    his = rows.query("leader == 'Kim Jong Un' and 2012 <= year <= 2016")
    old = rows.query("leader == 'Kim Il Sung' and 1953 <= year <= 1958")
    few = min(len(his), len(old))
    faction = his["person"].str.contains("faction").any()
    return Verdict(
        grade(few >= 3, few == 0),
        grade(faction, not faction),
        {"his": len(his), "grandfather": len(old) or "none"},
        not faction,
    )


@rule
def s2d() -> Verdict:
    met = set(talks(("summit", "talks"), "USA")["date"].str[:4])
    offers = since(evidence.table("negotiations")).query("kind == 'proposal' and parties == 'USA'")
    asked = met | set(offers["date"].str[:4])
    late = [d for d in offers["date"] if d >= "2020"]
    none = bool(late) and not any(year >= "2020" for year in met)
    verdict = grade(2 * len(met) >= len(asked), not met, not asked)
    return Verdict(
        verdict,
        grade(False, True) if none else verdict,
        {"asked": len(asked), "met": len(met) or "none", "last": max(met, default="no year"), "late": len(late)},
        bool(met) and none,
    )


def _china_share() -> pd.Series:
    """China's share of trade by year, per cent; years that rest on one unconfirmed copy are left out."""
    rows = evidence.table("china_trade_share").query("share_kind != 'unconfirmed'")
    return rows.set_index("year")["china_share_excl_inter_korean_pct"].dropna()


@rule
def s2e() -> Verdict:
    share = _china_share()
    last = int(share.index.max())
    change = share[last] - share[2016]
    rows = since(evidence.table("negotiations")).query("kind == 'agreement'")
    rows = rows[rows["parties"].str.split(";").map(lambda p: "PRK" in p)]
    near = rows["parties"].str.contains("CHN|JPN|KOR|RUS")
    far = rows[~near]
    return Verdict(
        grade(bool(len(far)) and not near.any(), near.any() and not len(far), not len(rows)),
        grade(change <= -5, change >= 5),
        {"far": len(far), "near": near.sum() or "none", "before": share[2016], "now": share[last], "last": last},
    )


@rule
def s2f() -> Verdict:
    rows = since(evidence.table("reform_measures"))
    rows = rows[~rows["measure"].str.contains("border closure", case=False)]  # against a disease, not against markets
    good = rows["direction"].isin(("liberalising", "economy_first")).sum()
    bad = (rows["direction"] == "restrictive").sum()
    hard = (rows["direction"] == "liberalising").sum()
    few = good + bad < 4
    return Verdict(
        grade(good > bad, good < bad, few),
        grade(hard > bad, hard < bad, hard + bad < 4),
        {"towards": good, "against": bad or "none"},
    )


@rule
def s2g() -> Verdict:
    rows = (
        evidence.table("state_budget")
        .query("year >= 2017")
        .dropna(subset=["sci_tech_growth_plan_pct", "expenditure_growth_plan_pct"])
    )
    more = (rows["sci_tech_growth_plan_pct"] > rows["expenditure_growth_plan_pct"]).sum()
    share = more / max(len(rows), 1)
    return Verdict(
        grade(share >= 2 / 3, share < 1 / 3, len(rows) < 3),
        "untested",
        {"faster": more, "budgets": len(rows)},
    )


@rule
def s2h() -> Verdict:
    share = series("state_budget", "defence_share_plan_pct")
    late, early = share[share.index >= 2017], share[(share.index >= 2012) & (share.index <= 2016)]
    change = late.mean() - early.mean()
    army = series("leadership_economy", "military_pct")
    known = share[share.index >= 2012]
    still = known.max() - known.min() < 0.5  # a figure that does not vary says nothing
    shift = army.tail(5).mean() - army[(army.index >= 2012) & (army.index <= 2016)].mean()
    return Verdict(
        grade(change <= -0.5, change >= 0.5, still or min(len(late), len(early)) < 5),
        grade(shift <= -5, shift >= 5),
        {"least": known.min(), "most": known.max(), "shift": signed(shift, 0)},
    )


@rule
def s3b() -> Verdict:
    return Verdict("untested", "untested", {})


@rule
def s3c() -> Verdict:
    measures = evidence.table("un_sanctions").query("adds_pressure == 1")
    last = measures.loc[measures["date"].str[:4] == "2017", "date"].max()
    stock = material()
    before = stock[stock.index <= int(last[:4]) + 1].iloc[-1]
    rose, signed = stock.iloc[-1] > before, inspected()
    fell = stock.iloc[-1] < before
    return Verdict(
        grade(rose and not signed, fell or (bool(signed) and not rose)),
        "untested",
        {"before": before, "now": stock.iloc[-1], "accords": len(signed)},
    )


@rule
def s4a() -> Verdict:
    rows = accords()
    rows = rows[rows["sides"].map(lambda s: {"CHN", "PRK"} <= s or s == {"CHN"})]
    limits = [a for a, part in accords().groupby("agreement_id") if a in set(rows["agreement_id"]) and _limits(part)]
    share = _china_share().iloc[-1]
    return Verdict(
        grade(not limits, bool(limits)),
        grade(share <= 90, share > 90),
        {"accords": len(limits), "share": share},
    )


def _limits(rows: pd.DataFrame) -> list[float]:
    """The promises of the North, among some, that limit its nuclear or missile programme."""
    mine = rows["sides"].map(lambda s: "PRK" in s)
    named = rows["commitment"].str.contains(r"nuclear|yongbyon|missile|engine|enrich|reactor|punggye", case=False)
    return list(rows.loc[mine & named & (rows["cost_of_keeping"] == "security"), "kept"])


@rule
def s4b() -> Verdict:
    met = talks(("agreement", "summit"), "JPN")
    ties = since(evidence.table("diplomacy"))
    opened = (
        (ties["country"] == "JPN") & ties["measure"].str.contains("relations with the DPRK") & (ties["value"] == 1)
    ).any()
    rows = evidence.table("trade_by_partner").query("partner == 'JPN' and is_default == 1")
    trade = rows.sort_values("year")["total_usd_m"].iloc[-1]
    verdict = grade(not opened and trade == 0, opened)
    return Verdict(verdict, verdict, {"met": len(met), "trade": "some" if trade else "no"}, not opened)


ENDED = {"CMA2018": "Military agreement suspended in full", "PANM2018": "Two hostile states line"}


@rule
def s4c() -> Verdict:
    rows = accords()
    rows = rows[rows["sides"].map(lambda s: {"KOR", "PRK"} <= s)]
    signed_by = sorted(set(rows["agreement_id"]))
    events = evidence.table("negotiations")["title"]
    alive = [a for a in signed_by if not (a in ENDED and events.str.startswith(ENDED[a]).any())]
    good = [a for a in alive if rows.loc[rows["agreement_id"] == a, "kept"].mean() >= 0.5]
    grand = talks(("agreement", "summit"), "KOR")["title"].str.contains("peace treaty|unification", case=False).any()
    mine = accords()
    given = _limits(mine[mine["agreement_id"].isin(signed_by)])
    share = sum(given) / len(given) if given else 0.0
    return Verdict(
        grade(not grand and not given, grand or share >= 0.5),
        grade(not signed_by, bool(good)),
        {"accords": len(signed_by), "alive": len(alive) or "none", "promises": len(given), "kept": share},
        not grand,
    )


@rule
def s4d() -> Verdict:
    rows = since(evidence.table("negotiations")).query("kind == 'agreement'")
    rows = rows[
        rows["title"].str.contains("treaty|partnership|alliance", case=False)
        & rows["parties"].str.split(";").map(lambda p: "PRK" in p and bool(set(p) & set(NEAR)))
    ]
    ties = evidence.table("diplomacy")
    here = ties["measure"] == "relations with the DPRK"
    opened = since(ties[here & (ties["value"] == 1)], "2017")
    usa, japan = ((ties.loc[here & (ties["country"] == c), "value"] == 1).any() for c in ("USA", "JPN"))
    return Verdict(
        grade(not len(opened) and not usa and not japan, len(opened) > 1 or (japan and not usa)),
        grade(not len(rows), len(rows) >= 2),
        {"opened": len(opened), "treaties": len(rows)},
    )


@rule
def s4e() -> Verdict:
    rows = since(evidence.table("exercises"), "2017", "start")
    rows = rows[rows["status"].isin(("suspended", "cancelled", "scaled")) & rows["reason"].str.contains("diplomacy")]
    all_us = rows["announced_by"].str.contains("USA").all()  # a joint decision needs Washington too
    treaty = len(talks(("agreement",), "RUS")) > 0
    return Verdict(
        grade(all_us, not all_us, not len(rows)),
        grade(all_us and not treaty, not all_us, not len(rows)),
        {"exercises": len(rows), "decided": "all" if all_us else "not all", "treaty": "a" if treaty else "no"},
    )


@rule
def s4f() -> Verdict:
    total, sold = trade(), trade("exports_usd_m")
    last, known = int(total.index.max()), int(sold.index.max())
    measures = since(evidence.table("un_sanctions"), "2017")
    relief = measures["measure"].str.contains("easing|removal").any()
    ratio = total[last] / total[2016]
    rows = evidence.table("illicit_revenue").query("annual_estimate == 'yes' and year == @known")
    crime = rows["usd_m_central"].fillna((rows["usd_m_low"] + rows["usd_m_high"]) / 2).sum()
    enough = sold[known] + crime > sold[2016]
    return Verdict(
        grade(ratio < 0.5, ratio >= 1, relief),
        grade(not enough, enough),
        {"ratio": ratio, "last": last, "known": known, "with_crime": (sold[known] + crime) / sold[2016]},
    )


@rule
def s5a() -> Verdict:
    rows = evidence.table("markets")
    count = rows.query("indicator == 'official_markets_count'").set_index("year")["value"]
    late = rows[(rows["year"] > 2015) & rows["indicator"].str.contains("household_income")]
    grew, half = count.iloc[-1] >= count.iloc[0], (late["value"] >= 50).any()
    newest = int(rows["year"].max())
    return Verdict(
        grade(grew and half, not grew and not half, not len(late)),
        "untested",
        {
            "before": count.iloc[0],
            "first": count.index[0],
            "now": count.iloc[-1],
            "last": count.index[-1],
            "newest": newest,
        },
        bool(half),
    )


def _crime(years: Collection[int]) -> tuple[int, int]:
    rows = evidence.table("illicit_revenue").query("annual_estimate == 'yes'")
    theft = rows.query("stream == 'crypto_theft'").set_index("year")["usd_m_central"]
    sold = trade("exports_usd_m")
    big = [y for y in years if y in theft and y in sold and theft[y] >= sold[y] / 10]
    other = [y for y in years if (rows.query("stream != 'crypto_theft'")["year"] == y).any()]
    return len(big), len(other)


@rule
def s5b() -> Verdict:
    hacks = evidence.table("cyber_incidents")
    banks = hacks[
        (hacks["date"].astype(str).str[:4] <= "2017")
        & (hacks["usd_m_taken"] > 0)
        & (hacks["attribution_status"] == "official")
        & hacks["target"].str.contains("bank", case=False)
    ]
    rows = evidence.table("illicit_revenue").query("2016 <= year <= 2017")
    goods = rows[~rows["stream"].str.contains("theft|labour|workers")]["usd_m_central"].max()
    sold = trade("exports_usd_m")[2017]
    enough = goods >= sold / 10
    n = int(len(banks) > 0) + int(enough)
    return Verdict(
        grade(n == 2, n == 0),
        _word(*_crime([2016, 2017]), 2),
        {"banks": len(banks), "goods": goods / sold},
    )


def _word(big: int, other: int, n: int) -> str:
    return grade(2 * big >= n and 2 * other >= n, 2 * big < n and 2 * other < n)


def _exchanges(north: str, partners: Collection[str]) -> list[tuple[str, float, float]]:
    """Accords since the essay in which he promises what costs security, and partners promise all these costs."""
    rows = accords()
    out = []
    for accord, part in rows.groupby("agreement_id"):
        given = part[part["sides"].map(lambda s: "PRK" in s)]["cost_of_keeping"]
        got = set(part[part["sides"].map(lambda s: "PRK" not in s)]["cost_of_keeping"])
        if (given == north).any() and set(partners) <= got:
            out.append((accord, kept(part, True), kept(part, False)))
    return out


@rule
def s5c() -> Verdict:
    found = [his for _, his, theirs in _exchanges("security", ("money",)) if theirs >= 0.5]
    good = [his for his in found if his >= 0.5]
    verdict = grade(bool(good), bool(found) and not good, not found)
    return Verdict(verdict, verdict, {"accords": len(found)})


@rule
def s6a() -> Verdict:
    rows = accords()
    rows = rows[rows["sides"].map(lambda s: bool(s & {"USA", "KOR"}))]
    costs = rows.groupby("agreement_id")["cost_of_keeping"].agg(set)
    safe = costs.map(lambda c: "security" in c)
    money = costs.map(lambda c: c <= {"money"})
    demand = evidence.table("negotiations")["title"].eq("Hanoi summit").any()
    return Verdict(
        grade(safe.any() and not money.any(), money.all() if len(money) else False, not len(costs)),
        grade(False, demand, not demand),
        {"safe": int(safe.sum()), "accords": len(costs), "money": int(money.sum()) or "none"},
        bool(demand),
    )


@rule
def s6c() -> Verdict:
    found = [row for row in _exchanges("security", ("money", "security")) if row[2] >= 0.5]
    stock = material()
    smaller = [a for a, *_ in found if stock.iloc[-1] < stock[stock.index >= int(re.findall(r"\d{4}", a)[0])].iloc[0]]
    verdict = grade(bool(smaller), bool(found) and not smaller, not found)
    return Verdict(verdict, verdict, {"accords": len(found)})


def keeping(rows: pd.DataFrame) -> tuple[int, float]:
    """Accords with promises of both sides, and the rank correlation of what each kept (nan where one does not vary)."""
    rows = (
        rows.groupby("agreement_id")
        .apply(lambda p: pd.Series({"his": kept(p, True), "theirs": kept(p, False)}), include_groups=False)
        .dropna()
    )
    vary = rows["his"].nunique() > 1 and rows["theirs"].nunique() > 1
    rho = spearmanr(rows["his"], rows["theirs"])[0] if len(rows) > 2 and vary else np.nan
    return len(rows), rho


@rule
def s7b() -> Verdict:
    rows = apart()
    n, rho = keeping(rows)
    few, dear = keeping(rows[rows["cost_of_keeping"] != "words"])
    before = n - keeping(apart(HIS))[0]
    return Verdict(
        grade(rho > 0.3, rho < -0.3, n < 6),
        grade(dear > 0.3, dear < -0.3, few < 6),
        {"accords": n, "before": number(before), "rho": signed(rho), "dear": signed(dear)},
        bool(np.isfinite([rho, dear]).all()),
    )


HIS = 2012  # his first whole year in power


def apart(start: int = 1990) -> pd.DataFrame:
    """Promises of accords since a year that one side alone made: what both promise, both keep or break."""
    rows = accords(start)
    return rows[~rows["sides"].map(lambda s: "PRK" in s and len(s) > 1)]


@rule
def s7c() -> Verdict:
    relief = since(evidence.table("un_sanctions"))["measure"].str.contains("easing|removal").any()
    peace = since(evidence.table("negotiations"))
    peace = ((peace["kind"] == "agreement") & peace["title"].str.contains("peace", case=False)).any()
    rows = accords()
    bank = (rows["commitment"].str.contains("bank", case=False) & (rows["kept"] > 0)).any()
    n, stock = int(relief) + int(peace) + int(bank), material()
    shrank = stock.iloc[-1] < stock[stock.index <= 2018].iloc[-1]
    verdict = grade(n >= 2 and shrank, n >= 2 and not shrank, n < 2)
    return Verdict(verdict, verdict, {"delivered": n or "none"})


@rule
def s8b() -> Verdict:
    rows = evidence.table("breakout")
    rows = rows[(rows["country"] == "JPN") & (rows[NAMED] == "separated plutonium held in Japan")]
    rows = rows.sort_values("year").iloc[-1]
    value = rows[HELD]
    amount = value * 1000 / 8
    return Verdict(
        grade(amount >= 100, amount < 10),
        "untested",
        {"tonnes": value, "year": int(rows["year"]), "quantities": amount},
    )


@rule
def s9c() -> Verdict:
    rows = evidence.table("war_probability")
    rows = rows[rows["date"].astype(str).str[:4].isin(("2017", "2018")) & ~rows["kind"].isin(("politician", "record"))]
    rows = rows[~rows["note"].fillna("").str.contains("leave out")].dropna(subset=["per_year_central_pct"])
    median, n = rows["per_year_central_pct"].median(), len(rows)
    return Verdict(
        grade(median >= 5, median < 1, n < 3),
        grade(False, bool(no_attack()), no_attack() is None),
        {"estimates": n, "median": median},
        bool(no_attack()),
    )


@rule
def s9d() -> Verdict:
    met = talks(("summit",), "USA")
    rows = accords().query("agreement_id == 'SING2018'")
    his, theirs = kept(rows, True), rows.loc[rows["sides"].map(lambda s: "USA" in s), "kept"].mean()
    n = int(his >= 0.5) + int(theirs >= 0.5)
    return Verdict(
        grade(his >= 0.5, his < 0.5, not len(met) or not theirs >= 0.5),
        grade(n == 2, n == 0, not len(met)),
        {"met": len(met), "his": his, "theirs": theirs},
    )


# ------------------------------------------------------------------------------------------------ rivals


def _flights(kind: str = "ICBM") -> pd.DataFrame:
    rows = since(evidence.table("missile_tests"), "2017")
    return rows[rows["range_class"] == kind]


def _war(start: str = "2017") -> bool:
    """Whether the table of negotiations records a war with the North, as a crisis with the word in its title."""
    rows = since(evidence.table("negotiations"), start).query("kind == 'crisis'")
    return bool(rows["title"].str.contains(r"\bwar\b", case=False).any())


@rule
def b1a() -> Verdict:
    # the statement is of 28 February 2018: what flew before it cannot bear it out
    days = [*_flights()["date_kst"], *evidence.table("nuclear_tests")["date_kst"]]
    grew = sum("2018-03" <= day < "2020-03" for day in days)
    verdict = grade(_war(), not _war() and not grew)
    return Verdict(verdict, verdict, {"tests": grew}, not _war())


@rule
def b1b() -> Verdict:
    years = sorted(set(_flights()["date_kst"].str[:4]))
    went_on = any(year > "2017" for year in years)
    verdict = grade(went_on and _war(), went_on and not _war(), not went_on)
    return Verdict(verdict, verdict, {"years": len(years)}, not _war())


def _fall() -> float:
    sold = trade("exports_usd_m")
    return 1 - sold[2018] / sold[2016]


@rule
def b1c() -> Verdict:
    fell, signed = _fall() >= 0.5, [a for a in inspected(2017) if int(re.findall(r"\d{4}", a)[0]) <= 2022]
    return Verdict(
        grade(fell and bool(signed), fell and not signed, not fell),
        "untested",
        {"fall": _fall(), "accords": len(signed)},
    )


@rule
def b1d() -> Verdict:
    growth = series("gdp", "real_growth_pct_current_vintage")
    worst = min(growth[2017], growth[2018])
    talks = evidence.table("talks_by_month").query("'2018' <= month < '2020'")["meeting_in_month"].any()
    n = int(_fall() >= 0.5) + int(worst <= -2.5) + int(talks)
    verdict = grade(n == 3, n < 2)
    return Verdict(verdict, verdict, {"fall": _fall(), "worst": signed(worst)}, bool(talks))


@rule
def b1e() -> Verdict:
    rows = since(evidence.table("missile_tests"), "2017").query("date < '2021-02'")
    changed = rows["leader"].nunique() > 1
    verdict = grade(changed, not changed)
    return Verdict(verdict, verdict, {}, not changed)


@rule
def b1f() -> Verdict:
    end = evidence.coverage("negotiations")["to"]
    war = _war("2024")
    verdict = grade(war, not war and end >= "2026-01", not war and end < "2026-01")
    return Verdict(verdict, verdict, {"end": day(end)}, not war)


@rule
def b1g() -> Verdict:
    stock = material()
    stock = stock[stock.index >= 2017]
    fell, signed = (stock.diff().dropna() < 0).any(), inspected()
    return Verdict(
        grade(not fell and not signed, fell and bool(signed)),
        "untested",
        {"before": stock.iloc[0], "now": stock.iloc[-1], "accords": len(signed)},
        not fell,
    )


@rule
def b1h() -> Verdict:
    made = since(evidence.table("un_sanctions"), "2016")["measure"].str.contains("easing|removal").any()
    law = evidence.table("negotiations")["title"].str.contains("Nuclear forces law").any()
    taken = bool(_exchanges("security", ("money",)))
    return Verdict(
        grade(not taken, taken, not made),
        grade(law, not law),
        {"answer": "taken" if taken else "refused"},
        not made,
    )
