"""Chapter 11: every claim of the essay by a rule that was written before looking, failures first.

The rules stand in `seeds/claims.csv`, in words; here each is a function over the tables, or over a chapter's model.
A verdict is held (1), mixed (½), failed (0) or untested (no score, counted apart).
"""

import re
from functools import lru_cache
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from bargain import argument, charts, evidence
from bargain.wording import capital, counted, listed

SCORE = {"held": 1.0, "mixed": 0.5, "failed": 0.0}
TABLES = ["negotiations", "agreement_commitments", "trade_by_partner", "warheads", "reform_measures", "assumptions"]
ORDER = ("failed", "mixed", "held", "untested")
KINDS = ("fact", "reading", "prediction", "prescription")
ESSAY = "feffer2017what"
SINCE = "2017-05"  # events from the month after the essay
KEPT = {"yes": 1.0, "partly": 0.5, "no": 0.0}
NAMED, HELD = "quantity", "value_central"  # columns of the breakout table
NEAR = ("CHN", "FRA", "GBR", "RUS", "USA")  # permanent members of the Security Council


class Verdict(NamedTuple):
    """verdict by the rule, alt by the rule of those who would dispute it, says: the sentence with its figures."""

    verdict: str
    alt: str
    says: str


def grade(held, failed, untested=False):
    """The word of a rule: untested before all, then held, then failed, else mixed."""
    return "untested" if untested else "held" if held else "failed" if failed else "mixed"


# ------------------------------------------------------------------------------------------------ reading tables


def last_year(name):
    """The last complete year that a table covers."""
    end = evidence.coverage(name)["to"]
    year = int(end[:4])
    return year if len(end) == 4 or end[5:7] == "12" or by_year(name) else year - 1


def by_year(name):
    """True for a table with a row for each year."""
    return evidence.coverage(name)["by"] == "year"


def _since(frame, start=SINCE, column="date"):
    return frame[frame[column].astype(str) >= start]


def _series(name, column, index="year"):
    return evidence.table(name).dropna(subset=[column]).set_index(index)[column].astype(float)


def _trade(column="total_usd_m"):
    rows = evidence.table("trade_by_partner")
    rows = rows[(rows["partner"] == "total_excl_inter_korean") & (rows["is_default"] == 1)]
    return rows.dropna(subset=[column]).set_index("year")[column].astype(float)


def _removals(status):
    """Removals of people or groups from senior posts, as a frame with year; status is a pattern of what counts."""
    rows = evidence.table("leadership_purges")
    rows = rows[rows["kind"].isin(("person", "group")) & ~rows["status"].str.contains("false")]
    rows = rows[rows["status"].str.contains(status, case=False)]
    return rows.assign(year=rows["date"].str[:4].astype(int))


OFFICIAL = r"confirmed|reported by|state media"


def _accords(start=2017):
    """Commitments of accords made since a year (the year ends an accord's id), with kept and the sides as a set."""
    rows = evidence.table("agreement_commitments")
    year = rows["agreement_id"].str.extract(r"(\d{4})")[0].astype(int)
    rows = rows[year >= start]
    return rows.assign(kept=rows["delivered"].map(KEPT), sides=rows["side"].str.split(";").map(set))


def _kept(rows, north):
    """Mean share kept of the promises of the North, or of its partners; NaN where there are none."""
    chosen = rows["sides"].map(lambda s: "PRK" in s) if north else rows["sides"].map(lambda s: bool(s - {"PRK"}))
    return rows.loc[chosen, "kept"].mean()


def _talks(kinds, party, start=SINCE):
    """Rows of the negotiations table of some kinds in which a party and the North took part."""
    rows = _since(evidence.table("negotiations"), start)
    return rows[rows["kind"].isin(kinds) & rows["parties"].str.split(";").map(lambda p: party in p and "PRK" in p)]


def _material():
    """The default series of material or warheads: year and the central or middle estimate."""
    rows = evidence.table("warheads")
    rows = rows[rows["is_default"] == 1]
    middle = rows["fissile_equiv_central"].fillna((rows["fissile_equiv_low"] + rows["fissile_equiv_high"]) / 2)
    middle = middle.fillna(rows["fissile_equiv_high"])
    return pd.Series(middle.to_numpy(), rows["year"]).dropna()


def _assembled():
    rows = evidence.table("warheads")
    rows = rows[(rows["is_default"] == 1)]
    middle = rows["warheads_central"].fillna((rows["warheads_low"] + rows["warheads_high"]) / 2)
    return pd.Series(middle.to_numpy(), rows["year"]).dropna()


def _inspected(start=2018):
    """Accords since a year with a promise of the North that inspectors check."""
    rows = _accords(start)
    rows = rows[
        rows["sides"].map(lambda s: "PRK" in s)
        & rows["commitment"].str.contains(r"inspect|IAEA|monitor|verif", case=False)
    ]
    return sorted(set(rows["agreement_id"]))


def _round(x):
    """A large number to two digits."""
    return f"{float(f'{x:.2g}'):,.0f}"


def _signed(x, digits=1):
    """A number with its sign, a real minus, and no sign on what rounds to nothing."""
    text = f"{x:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def _no_attack():
    """True where the table of evidence records that no attack killed ten or more; None where it says nothing."""
    if "evidence" not in evidence.names():
        return None
    return bool((evidence.table("evidence")["item"] == "no_big_attack").any())


# ------------------------------------------------------------------------------------------------ the record's verdicts


def launches_chunk(_):
    """Log Bayes factors of the launch record against the flat reading: columns coding, reading, log (restraint).

    The model with memory of chapter 1, one-sided, on its full grid, under both codings of June–October 2019. A flag
    that never varies tells nothing: 0.
    """
    from bargain import readings

    frame = readings.panel()
    days, rows = frame["days"].to_numpy(), []
    g = readings.prune(days, readings.grid())
    for coding, reading, column in (
        ("table", "narrow", "pressure"),
        ("table", "dealer", "talks"),
        ("second", "dealer", "talks_alt"),
    ):
        log = readings.log_bayes_factors(days, frame[column].to_numpy(), g, pruned=False)["restrained"]
        rows.append(dict(coding=coding, reading=reading, log=0.0 if np.isnan(log) else log))
    rows.append({**rows[0], "coding": "second"})  # the second coding moves talks alone
    return pd.DataFrame(rows)


def s1b():
    from bargain import results

    a, b = np.exp(results.load("scorecard_launches").groupby("coding")["log"].max())[["table", "second"]]
    verdict = grade(min(a, b) >= 3, max(a, b) <= 1 / 3, not (min(a, b) >= 3 or max(a, b) >= 3 or max(a, b) <= 1 / 3))
    quiet = _no_attack()
    return Verdict(
        verdict,
        "untested" if quiet is None else grade(quiet, not quiet),
        f"The better of the two responsive readings stands {a:.1f} to 1 against the flat one under the coding "
        f"fixed first, and {b:.1f} to 1 under the other.",
    )


def s1c():
    return Verdict("untested", "untested", "Nobody has coded what the opponents of talks wrote.")


def s2a():
    last = last_year("leadership_purges")
    years = sorted(set(_removals(OFFICIAL).query("2017 <= year <= @last")["year"]))
    n = last - 2017 + 1
    rows = evidence.table("leadership_purges")
    return Verdict(
        grade(2 * len(years) >= n, not years, n < 1 or not (rows["date"].str[:4] > "2017").any()),
        "untested",
        f"Removals from senior posts are on record in {len(years)} of the {n} years since 2017.",
    )


def _purge_rates(status):
    rows, last = _removals(status), last_year("leadership_purges")
    early = len(rows.query("2012 <= year <= 2016")) / 5
    return early, len(rows.query("2017 <= year <= @last")) / (last - 2016)


def s2b():
    counts = evidence.table("leadership_purges").query("kind == 'count'")
    found = [re.search(r"about (\d+) \(about (\d+)", text) for text in counts["fate"]]
    found = [(int(m[1]), int(m[2])) for m in found if m]
    more = bool(found) and found[0][0] > found[0][1]
    early, late = _purge_rates(OFFICIAL)
    confirmed = _purge_rates("confirmed")
    says = f"Removals on record: {early:.1f} a year in 2012–2016 against {late:.1f} since"
    if found:
        says += f"; officials executed in his first years about {found[0][0]}, in his father's {found[0][1]}"
    # the only count that compares the two comes from one intelligence service: a critic leaves it out
    return Verdict(
        grade(early > late and more, not early > late and not more, not found),
        "untested",
        says + f". Confirmed removals alone: {confirmed[0]:.1f} against {confirmed[1]:.1f}.",
    )


def s2c():
    rows = _removals(r"confirmed|reported|uncertain")
    rows = rows[~rows["person"].str.match(r"\d")]  # groups known only by their size name nobody
    his = rows.query("leader == 'Kim Jong Un' and 2012 <= year <= 2016")
    old = rows.query("leader == 'Kim Il Sung' and 1953 <= year <= 1958")
    ratio = len(his) / max(len(old), 1)
    faction = his["person"].str.contains("faction").any()
    return Verdict(
        grade(min(len(his), len(old)) >= 3 and 0.5 <= ratio <= 2, min(len(his), len(old)) == 0),
        grade(faction, not faction),
        f"{counted(len(his), 'named person or faction', 'named persons or factions')} removed in 2012–2016, "
        f"{len(old)} in 1953–1958; {'one was' if faction else 'none of the later was'} a faction with a base "
        "of its own.",
    )


def s2d():
    talks, last = evidence.table("talks_by_month"), last_year("talks_by_month")
    met = talks.loc[talks["meeting_in_month"] == 1, "month"].str[:4].astype(int)
    years = sorted(set(met[(met >= 2017) & (met <= last)]))
    n = last - 2016
    offers = _since(evidence.table("negotiations"), "2020").query("kind == 'proposal' and parties == 'USA'")
    refused = offers["outcome"].fillna("").str.contains("no DPRK reply|no meeting|refused|no public answer").sum()
    none = not any(year >= 2020 for year in years)
    verdict = grade(2 * len(years) >= n, not years)
    return Verdict(
        verdict,
        grade(False, True) if none and refused else verdict,
        f"Official meetings took place in {len(years)} of the {n} years since 2017"
        + (f", the last in {years[-1]}" if years else "")
        + f"; {counted(int(refused), 'US offer')} since 2020 went unanswered.",
    )


def s2e():
    share = _series("china_trade_share", "china_share_excl_inter_korean_pct")
    last = int(share.index.max())
    change = share[last] - share[2016]
    other = _talks(("agreement",), "RUS")
    return Verdict(
        grade(change <= -5, change >= 5),
        grade(len(other) > 0, change >= 5 and not len(other)),
        f"China's share of trade went from {share[2016]:.1f} per cent in 2016 to {share[last]:.1f} in {last}; "
        + (
            f"a treaty with Russia was added in {other['date'].iloc[0][:4]}."
            if len(other)
            else "no treaty with another state was added."
        ),
    )


def s2f():
    rows = _since(evidence.table("reform_measures"))
    good = rows["direction"].isin(("liberalising", "economy_first")).sum()
    bad = (rows["direction"] == "restrictive").sum()
    hard = (rows["direction"] == "liberalising").sum()
    few = good + bad < 4
    return Verdict(
        grade(good > bad, good < bad, few),
        grade(hard > bad, hard < bad, hard + bad < 4),
        f"Since the essay, {counted(good, 'measure')} towards markets or the economy first, {int(bad)} against.",
    )


def s2g():
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
        f"Science and technology was to grow faster than all spending in {more} of {len(rows)} budgets.",
    )


def s2h():
    share = _series("state_budget", "defence_share_plan_pct")
    late, early = share[share.index >= 2017], share[(share.index >= 2012) & (share.index <= 2016)]
    change = late.mean() - early.mean()
    army = _series("leadership_economy", "military_pct")
    shift = army.tail(5).mean() - army[(army.index >= 2012) & (army.index <= 2016)].mean()
    return Verdict(
        grade(change <= -0.5, change >= 0.5, min(len(late), len(early)) < 5),
        grade(shift <= -5, shift >= 5),
        f"The announced defence share moved by {_signed(change)} points; the military share of his appearances in the "
        f"last five years by {_signed(shift, 0)}, against 2012–2016.",
    )


def s3b():
    return Verdict("untested", "untested", "No table says what moved governments to talk.")


def s3c():
    measures = evidence.table("un_sanctions").query("adds_pressure == 1")
    last = measures.loc[measures["date"].str[:4] == "2017", "date"].max()
    stock = _material()
    before = stock[stock.index <= int(last[:4]) + 1].iloc[-1]
    rose, signed = stock.iloc[-1] > before, _inspected()
    fell = stock.iloc[-1] < before
    return Verdict(
        grade(rose and not signed, fell or (bool(signed) and not rose)),
        "untested",
        f"After the last measure of 2017 the estimate of material went from {before:.0f} to "
        f"{stock.iloc[-1]:.0f} weapons’ worth; {counted(len(signed), 'accord')} with inspected limits followed.",
    )


def s4a():
    from bargain import partners

    signed = _talks(("agreement",), "CHN")
    first = partners.leader(partners.game(partners.years()[-1])) == "CHN"
    share = _series("china_trade_share", "china_share_excl_inter_korean_pct").iloc[-1]
    return Verdict(
        grade(not len(signed) and not first, len(signed) > 0 and first),
        grade(share <= 90, share > 90),
        f"{capital(counted(len(signed), 'new accord'))} with China; by the count of partners China is "
        f"{'' if first else 'not '}the first; its share of trade is {share:.0f} per cent.",
    )


def s4b():
    met = _talks(("agreement", "summit"), "JPN")
    ties = _since(evidence.table("diplomacy"))
    opened = (
        (ties["country"] == "JPN") & ties["measure"].str.contains("relations with the DPRK") & (ties["value"] == 1)
    ).any()
    rows = evidence.table("trade_by_partner").query("partner == 'JPN' and is_default == 1")
    trade = rows.sort_values("year")["total_usd_m"].iloc[-1]
    verdict = grade(not len(met) and not opened and trade == 0, opened)
    return Verdict(
        verdict,
        verdict,
        f"{capital(counted(len(met), 'accord or summit', 'accords or summits'))} with Japan, "
        f"{'and relations' if opened else 'no relations'} opened, {'no trade' if not trade else 'some trade'}.",
    )


ENDED = {"CMA2018": "Military agreement suspended in full", "PANM2018": "Two hostile states line"}


def s4c():
    rows = _accords()
    rows = rows[rows["sides"].map(lambda s: {"KOR", "PRK"} <= s)]
    accords = sorted(set(rows["agreement_id"]))
    events = evidence.table("negotiations")["title"]
    alive = [a for a in accords if not (a in ENDED and events.str.startswith(ENDED[a]).any())]
    good = [a for a in alive if rows.loc[rows["agreement_id"] == a, "kept"].mean() >= 0.5]
    grand = _talks(("agreement", "summit"), "KOR")["title"].str.contains("peace treaty|unification", case=False).any()
    kept = rows["kept"].mean()
    return Verdict(
        grade(not accords, bool(good)),
        grade(not grand, grand),
        f"{capital(counted(len(accords), 'accord'))} between the two Koreas, {len(alive) or 'none'} still in force"
        + (f"; {kept:.0%} of their joint promises were kept." if accords else "."),
    )


def s4d():
    rows = _since(evidence.table("negotiations")).query("kind == 'agreement'")
    rows = rows[
        rows["title"].str.contains("treaty|partnership|alliance", case=False)
        & rows["parties"].str.split(";").map(lambda p: "PRK" in p and bool(set(p) & set(NEAR)))
    ]
    ties = evidence.table("diplomacy")
    opened = _since(ties, "2017")
    opened = opened[(opened["measure"] == "relations with the DPRK") & (opened["value"] == 1)]
    ours = ties[ties["country"].isin(("USA", "JPN")) & (ties["measure"] == "relations with the DPRK")]["value"].max()
    return Verdict(
        grade(not len(rows), len(rows) >= 2),
        grade(not len(opened) and not ours, len(opened) > 1),
        f"{capital(counted(len(rows), 'treaty', 'treaties'))} of alliance or partnership with a permanent member "
        f"since the essay; {counted(len(opened), 'state')} opened relations.",
    )


def s4e():
    if "exercises" not in evidence.names():
        return Verdict("untested", "untested", "There is no table of exercises.")
    rows = _since(evidence.table("exercises"), "2017", "start")
    rows = rows[rows["status"].isin(("suspended", "cancelled", "scaled")) & rows["reason"].str.contains("diplomacy")]
    all_us = rows["announced_by"].str.contains("USA").all()
    treaty = len(_talks(("agreement",), "RUS")) > 0
    return Verdict(
        grade(all_us and not treaty, not all_us and treaty, not len(rows)),
        grade(all_us, not all_us, not len(rows)),
        f"{capital(counted(len(rows), 'exercise'))} suspended or cut for diplomacy, "
        f"{'all' if all_us else 'not all'} by a US decision; {'a' if treaty else 'no'} defence treaty with a power "
        "other than China.",
    )


def s4f():
    total, sold = _trade(), _trade("exports_usd_m")
    last, known = int(total.index.max()), int(sold.index.max())
    measures = _since(evidence.table("un_sanctions"), "2017")
    relief = measures["measure"].str.contains("easing|removal").any()
    ratio = total[last] / total[2016]
    rows = evidence.table("illicit_revenue").query("annual_estimate == 'yes' and year == @known")
    crime = rows["usd_m_central"].fillna((rows["usd_m_low"] + rows["usd_m_high"]) / 2).sum()
    enough = sold[known] + crime > sold[2016]
    return Verdict(
        grade(ratio < 0.5, ratio >= 1, relief),
        grade(not enough, enough),
        f"Trade without relief was {ratio:.0%} of 2016's in {last}; with the illicit income on record, exports of "
        f"{known} came to {(sold[known] + crime) / sold[2016]:.0%} of 2016's.",
    )


def s5a():
    rows = evidence.table("markets")
    count = rows.query("indicator == 'official_markets_count'").set_index("year")["value"]
    late = rows[(rows["year"] > 2015) & rows["indicator"].str.contains("household_income")]
    grew, half = count.iloc[-1] >= count.iloc[0], (late["value"] >= 50).any()
    newest = int(rows["year"].max())
    return Verdict(
        grade(grew and half, not grew and not half, not len(late)),
        "untested",
        f"Official markets: {count.iloc[0]:.0f} in {count.index[0]}, {count.iloc[-1]:.0f} in {count.index[-1]}; "
        f"surveys to {newest} put most household income outside the state.",
    )


def _crime(years):
    rows = evidence.table("illicit_revenue").query("annual_estimate == 'yes'")
    theft = rows.query("stream == 'crypto_theft'").set_index("year")["usd_m_central"]
    sold = _trade("exports_usd_m")
    big = [y for y in years if y in theft and y in sold and theft[y] >= sold[y] / 10]
    other = [y for y in years if (rows.query("stream != 'crypto_theft'")["year"] == y).any()]
    return len(big), len(other)


def s5b():
    years = list(range(2017, last_year("trade_by_partner") + 1))
    big, other = _crime(years)
    n = len(years)

    def word(big, other, n):
        return grade(2 * big >= n and 2 * other >= n, 2 * big < n and 2 * other < n)

    return Verdict(
        word(big, other, n),
        word(*_crime([2016, 2017]), 2),
        f"Theft reached a tenth of recorded exports in {big} of {n} years since 2017; another stream has a yearly "
        f"estimate in {other} of them.",
    )


def _exchanges(north, partners):
    """Accords since the essay in which he promises what costs security, and partners promise all these costs."""
    rows = _accords()
    out = []
    for accord, part in rows.groupby("agreement_id"):
        given = part[part["sides"].map(lambda s: "PRK" in s)]["cost_of_keeping"]
        got = set(part[part["sides"].map(lambda s: "PRK" not in s)]["cost_of_keeping"])
        if (given == north).any() and set(partners) <= got:
            out.append((accord, _kept(part, True), _kept(part, False)))
    return out


def s5c():
    found = _exchanges("security", ("money",))
    good = [a for a, his, theirs in found if min(his, theirs) >= 0.5]
    verdict = grade(bool(good), bool(found) and not good, not found)
    return Verdict(
        verdict,
        verdict,
        f"{capital(counted(len(found), 'accord'))} since the essay traded economic access for limits.",
    )


def s6a():
    rows = _accords()
    rows = rows[rows["sides"].map(lambda s: bool(s & {"USA", "KOR"}))]
    costs = rows.groupby("agreement_id")["cost_of_keeping"].agg(set)
    safe = costs.map(lambda c: "security" in c)
    money = costs.map(lambda c: c <= {"money"})
    demand = evidence.table("negotiations")["title"].eq("Hanoi summit").any()
    return Verdict(
        grade(safe.any() and not money.any(), money.all() if len(money) else False, not len(costs)),
        grade(False, demand, not demand),
        f"{int(safe.sum())} of {counted(len(costs), 'accord')} since the essay promise him something in security, "
        f"{int(money.sum()) or 'none'} pay in money alone"
        + ("; at Hanoi the demand on the table was relief from sanctions." if demand else "."),
    )


def s6c():
    found = _exchanges("security", ("money", "security"))
    stock = _material()
    smaller = [a for a, *_ in found if stock.iloc[-1] < stock[stock.index >= int(re.search(r"\d{4}", a)[0])].iloc[0]]
    verdict = grade(bool(smaller), bool(found) and not smaller, not found)
    says = f"{capital(counted(len(found), 'accord'))} since the essay promised money and safety for limits."
    return Verdict(verdict, verdict, says)


def _keeping(rows):
    rows = (
        rows.groupby("agreement_id")
        .apply(lambda p: pd.Series({"his": _kept(p, True), "theirs": _kept(p, False)}), include_groups=False)
        .dropna()
    )
    vary = rows["his"].nunique() > 1 and rows["theirs"].nunique() > 1
    rho = spearmanr(rows["his"], rows["theirs"])[0] if len(rows) > 2 and vary else np.nan
    return len(rows), rho


def s7b():
    rows = _accords(1990)
    n, rho = _keeping(rows)
    few, dear = _keeping(rows[rows["cost_of_keeping"] != "words"])
    return Verdict(
        grade(rho > 0.3, rho < -0.3, n < 6),
        grade(dear > 0.3, dear < -0.3, few < 6),
        f"Over {n} accords the shares kept by the two sides have a rank correlation of {_signed(rho)} "
        f"({_signed(dear)} without mere words).",
    )


def s7c():
    relief = _since(evidence.table("un_sanctions"))["measure"].str.contains("easing|removal").any()
    peace = _since(evidence.table("negotiations"))
    peace = ((peace["kind"] == "agreement") & peace["title"].str.contains("peace", case=False)).any()
    rows = _accords()
    bank = (rows["commitment"].str.contains("bank", case=False) & (rows["kept"] > 0)).any()
    n, stock = int(relief) + int(peace) + int(bank), _material()
    shrank = stock.iloc[-1] < stock[stock.index <= 2018].iloc[-1]
    verdict = grade(n >= 2 and shrank, n >= 2 and not shrank, n < 2)
    says = f"Of relief, bank training and a peace, {n or 'none'} delivered since the essay."
    return Verdict(verdict, verdict, says)


def s8b():
    rows = evidence.table("breakout")
    rows = rows[(rows["country"] == "JPN") & (rows[NAMED] == "separated plutonium held in Japan")]
    rows = rows.sort_values("year").iloc[-1]
    value = rows[HELD]
    amount = value * 1000 / 8
    return Verdict(
        grade(amount >= 100, amount < 10),
        "untested",
        f"Japan held {value:.1f} t of separated plutonium in {int(rows['year'])}, {amount:,.0f} significant "
        "quantities.",
    )


def s9c():
    if "war_probability" not in evidence.names():
        return Verdict("untested", "untested", "There is no table of estimates.")
    rows = evidence.table("war_probability")
    rows = rows[rows["date"].astype(str).str[:4].isin(("2017", "2018"))].dropna(subset=["per_year_central_pct"])
    median, n = rows["per_year_central_pct"].median(), len(rows)
    return Verdict(
        grade(median >= 5, median < 1, n < 3),
        grade(False, bool(_no_attack()), _no_attack() is None),
        f"The middle of {n} estimates of 2017–18 is {median:.0f} per cent a year; no such war came.",
    )


def s9d():
    met = _talks(("summit",), "USA")
    rows = _accords().query("agreement_id == 'SING2018'")
    his, theirs = _kept(rows, True), rows.loc[rows["sides"].map(lambda s: "USA" in s), "kept"].mean()
    n = int(his >= 0.5) + int(theirs >= 0.5)
    return Verdict(
        grade(n == 2, n == 0, not len(met)),
        "untested",
        f"They met {counted(len(met), 'time')}; of the Singapore promises the North kept {his:.0%}, the United "
        f"States {theirs:.0%}.",
    )


# ------------------------------------------------------------------------------------------------ rivals


def _flights(kind="ICBM"):
    rows = _since(evidence.table("missile_tests"), "2017")
    return rows[rows["range_class"] == kind]


def _war(start="2017"):
    """Whether the table of negotiations records a war with the North, as a crisis with the word in its title."""
    rows = _since(evidence.table("negotiations"), start).query("kind == 'crisis'")
    return bool(rows["title"].str.contains(r"\bwar\b", case=False).any())


def _war_words():
    return "a war came" if _war() else "no war came"


def b1a():
    first = _flights().query("outcome == 'success'")["date_kst"].min()
    flew = isinstance(first, str) and first < "2020-03"
    verdict = grade(flew and _war(), not flew and not _war())
    return Verdict(
        verdict, verdict, f"The first ICBM flew on {first}; {_war_words()}." if flew else "No ICBM flew in time."
    )


def b1b():
    years = sorted(set(_flights()["date_kst"].str[:4]))
    went_on = any(year > "2017" for year in years)
    verdict = grade(went_on and _war(), went_on and not _war(), not went_on)
    return Verdict(verdict, verdict, f"ICBMs flew in {counted(len(years), 'year')} since 2017; {_war_words()}.")


def _fall():
    sold = _trade("exports_usd_m")
    return 1 - sold[2018] / sold[2016]


def b1c():
    fell, signed = _fall() >= 0.5, [a for a in _inspected(2017) if int(re.search(r"\d{4}", a)[0]) <= 2022]
    return Verdict(
        grade(fell and bool(signed), fell and not signed, not fell),
        "untested",
        f"Exports fell by {_fall():.0%} from 2016 to 2018; {counted(len(signed), 'accord')} with inspected limits "
        "followed within five years.",
    )


def b1d():
    growth = _series("gdp", "real_growth_pct_current_vintage")
    worst = min(growth[2017], growth[2018])
    talks = evidence.table("talks_by_month").query("'2018' <= month < '2020'")["meeting_in_month"].any()
    n = int(_fall() >= 0.5) + int(worst <= -2.5) + int(talks)
    verdict = grade(n == 3, n < 2)
    return Verdict(
        verdict,
        verdict,
        f"Exports fell by {_fall():.0%}, growth reached {_signed(worst)} per cent, official talks "
        f"{'were' if talks else 'were not'} under way within two years.",
    )


def b1e():
    rows = _since(evidence.table("missile_tests"), "2017").query("date < '2021-02'")
    changed = rows["leader"].nunique() > 1
    verdict = grade(changed, not changed)
    return Verdict(verdict, verdict, "There was a change of ruler." if changed else "He ruled throughout.")


def b1f():
    end = evidence.coverage("negotiations")["to"]
    war = _war("2024")
    verdict = grade(war, not war and end >= "2026-01", not war and end < "2026-01")
    return Verdict(verdict, verdict, f"{'A war' if war else 'No war'} is on record from January 2024 to {end}.")


def b1g():
    stock = _material()
    stock = stock[stock.index >= 2017]
    fell, signed = (stock.diff().dropna() < 0).any(), _inspected()
    return Verdict(
        grade(not fell and not signed, fell and bool(signed)),
        "untested",
        f"The estimate went from {stock.iloc[0]:.0f} to {stock.iloc[-1]:.0f} weapons’ worth"
        + (", with a fall on the way" if fell else ", without a fall")
        + f"; {counted(len(signed), 'accord')} with inspected limits.",
    )


def b1h():
    made = _since(evidence.table("un_sanctions"), "2016")["measure"].str.contains("easing|removal").any()
    law = evidence.table("negotiations")["title"].str.contains("Nuclear forces law").any()
    taken = bool(_exchanges("security", ("money",)))
    return Verdict(
        grade(not taken, taken, not made),
        grade(law, not law),
        f"Relief was offered and {'taken' if taken else 'refused'}."
        if made
        else "No relief from the main sanctions is on record as offered and given.",
    )


# ------------------------------------------------------------------------------------------------ the models' verdicts


@lru_cache
def _outcomes():
    """Chapter 5's expected outcomes over its futures, (future, reading, policy, outcome)."""
    from bargain import options

    draw = options.sample()
    return options.outcomes(draw.parameters, draw.minds)


def _losses():
    """Loss in lives by future, reading and policy, at chapter 5's central prices."""
    from bargain import options

    return options.loss(_outcomes(), options.preset("all_central"))


def _policies():
    """Mean loss and its 5–95 per cent interval by reading and policy, central prices: frames indexed by policy."""
    from bargain import options

    lost = _losses()
    return {
        r: pd.DataFrame(
            {
                "mean": lost[:, k].mean(0),
                "low": np.quantile(lost[:, k], 0.05, axis=0),
                "high": np.quantile(lost[:, k], 0.95, axis=0),
            },
            index=list(options.POLICIES),
        ).sort_values("mean")
        for k, r in enumerate(options.READINGS)
    }


def s1a():
    frames = _policies()
    best = [f.index[0] for f in frames.values()]
    second = [f.index[1] for f in frames.values()]
    overlap = all(f["low"].iloc[1] <= f["high"].iloc[0] for f in frames.values())
    different = len(set(best)) > 1
    chosen = _losses().argmin(axis=2)
    changes = (chosen != chosen[:, :1]).any(axis=1).mean()
    names = charts.LABELS
    return Verdict(
        grade(different, not different and len(set(second)) == 1, overlap),
        grade(changes > 0.25, changes <= 0.25),
        "Least loss on average: "
        + ", ".join(f"{names[b].lower()} if he is {names[r].lower()}" for r, b in zip(frames, best, strict=True))
        + f"; the intervals {'overlap under each' if overlap else 'are apart under some reading'}. In {changes:.0%} of "
        "futures the best policy hangs on the reading.",
    )


def s3a():
    frames = _policies()
    outside = sum(f.index[0] in ("status_quo", "accept") for f in frames.values())
    named = {"lewis2022accept", "sagan2017korean", "panda2020bomb"} & set(evidence.sources().index)
    return Verdict(
        grade(outside == 0, outside >= 2),
        grade(not named, bool(named)),
        f"A policy outside the three is best under {number(outside)} of the three readings; to accept the weapons and "
        f"deter has {counted(len(named), 'named advocate')}.",
    )


def s4g():
    from bargain import partners

    first = {
        (year, coding): partners.leader(partners.game(year, coding=coding))
        for year in (partners.years()[0], partners.years()[-1])
        for coding in partners.CODINGS
    }
    then, now = partners.years()[0], partners.years()[-1]
    wins = sum(first[now, coding] == "USA" for coding in partners.CODINGS)
    base = [first[year, "leaky"] == "USA" for year in (then, now)]
    bare = partners.stripped(now).set_index("case").loc["without its supplies"].astype(float).idxmax() == "USA"
    return Verdict(
        grade(all(base) and wins >= 3, not base[0]),
        "untested" if bare else grade(all(base), not base[0]),
        f"The United States is {'' if base[0] else 'not '}first in {then} and {'' if base[1] else 'not '}first in "
        f"{now}, under {wins} of {len(partners.CODINGS)} codings of the vetoes.",
    )


def s5d():
    from bargain import economies

    frame = economies.theft_against_relief().set_index("year")["p_net"]
    then, now = frame[2017], frame.iloc[-1]
    return Verdict(
        grade(then < 0.5 and now < 0.5, then >= 0.5 and now >= 0.5),
        _half_price(),
        f"The chance that a year’s theft is worth more to him than relief: {then:.0%} in 2017, {now:.0%} in "
        f"{frame.index[-1]}.",
    )


def _half_price():
    """The verdict on S5d when a dollar of lawful income is worth half its face to him: medians compared."""
    from bargain import economies

    frame = economies.theft_against_relief().set_index("year")
    over = frame["net_p50"] > frame["relief_p50"] / 2
    return grade(not over[2017] and not over.iloc[-1], over[2017] and over.iloc[-1])


def s6b():
    from bargain import exchange

    # "zero" is the programme; the central trust is one less the share of partners he thinks unreliable
    frame = exchange.paper(trusts=(1 - evidence.central("doubt_kim"),))
    frame = frame[(frame["reading"] == "dealer") & (frame["variant"] == "base") & (frame["commitment"] == "zero")]
    multiple = frame["multiple"]
    rows = _accords(1990)
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
        f"For {(multiple > 2).mean():.0%} of a deal-seeker’s minds paper would have to be worth more than twice what "
        f"it is; {counted(len(words), 'accord')} on record paid in words alone.",
    )


def s7a():
    from bargain import results, schedules

    draws = schedules.gains(results.load("schedules_sample"))
    slow, fast = draws["depth_derived"], draws["depth_at_once"]
    gap = slow.mean() - fast.mean()
    return Verdict(
        grade(gap > 1, gap < -1, slow.mean() <= 0),
        "untested",
        f"Over the sampled minds a schedule removes {slow.mean():.0f} weapons’ worth on average, the best exchange at "
        f"once {fast.mean():.0f}; it removes more for {(slow - fast > 1).mean():.0%} of the minds.",
    )


def s8a():
    from bargain import results

    frame = results.load("deterrence_bounds")
    fit = np.isfinite(frame["floor"]) & (frame["floor"] <= frame["ceiling"])
    fits, none = fit.mean(), (frame["floor"] == 0).mean()
    made = _assembled().dropna()
    rose = len(made) > 1 and made.iloc[-1] > made.iloc[0]
    law = evidence.table("negotiations")["title"].str.contains("Nuclear forces law").any()
    return Verdict(
        grade(fits >= 0.5, fits < 0.1),
        grade(False, rose and law, not (rose and law)),
        f"The least remainder that deters fits under the largest that is borne in {fits:.0%} of draws (in {none:.0%} "
        f"he needs none); assembled warheads went from {made.iloc[0]:.0f} to {made.iloc[-1]:.0f}.",
    )


def moral():
    """Chapter 10's trade-off for a reader undecided between the readings: deaths and accountability, two frames with a
    row a future and columns force, pressure and talks."""
    from bargain import stakes

    names = ("force", "pressure", "talks")
    at = [stakes.OPTIONS.index(name) for name in names]
    return tuple(pd.DataFrame(values[:, at], columns=list(names)) for values in stakes.parts())


def s9a():
    dead, just = moral()
    largest, shares = 0, []
    for rival in ("force", "pressure"):
        saves, less = dead["talks"] < dead[rival], just["talks"] < just[rival]
        quadrants = {(a, b): ((saves == a) & (less == b)).mean() for a in (True, False) for b in (True, False)}
        largest += max(quadrants, key=quadrants.get) == (True, True)
        shares.append(quadrants[True, True])
    best = just[dead.mean().idxmin()].mean()
    return Verdict(
        grade(largest == 2, largest == 0),
        grade(best >= 0.05, best < 0.05),
        f"Talks save lives and give less accountability in {shares[0]:.0%} of draws against force and "
        f"{shares[1]:.0%} against pressure.",
    )


def s9b():
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
        f"Where there is a trade-off, full accountability would have to be worth {_round(middle[0])} lives to choose "
        f"force and {_round(middle[1])} to choose pressure; its central price here is {price:,.0f}.",
    )


# ------------------------------------------------------------------------------------------------ the card

RULES = {name: rule for name, rule in globals().items() if re.fullmatch(r"[sb]\d[a-h]", name)}


@lru_cache
def card():
    """Every claim with its verdict under both rules: the columns of claims.csv and verdict, alt, says, p_essay, score.

    p_essay is how sure the wording is (`sc_flat`, `sc_hedged`, `sc_perhaps`); score is 1, ½, 0, or NaN where untested;
    score_alt the same by the critic's rule, which is the main one where claims.csv has no other.
    Failures come first. Raises KeyError, naming the claim, where a claim has no rule.
    """
    claims = argument.seed("claims").fillna({"rule_alt": "", "disputed_by": "", "paragraphs": ""})
    missing = [i for i in claims["id"] if i.lower() not in RULES]
    if missing:
        raise KeyError(f"claims.csv: no rule for {', '.join(missing)}")
    found = [RULES[i.lower()]() for i in claims["id"]]
    claims["verdict"], claims["alt"], claims["says"] = zip(*found, strict=True)
    claims["says"] = claims["says"].str.replace("'", "’")
    claims["alt"] = claims["alt"].where(claims["rule_alt"] != "", claims["verdict"])
    claims["p_essay"] = [evidence.central(f"sc_{word}") for word in claims["wording"]]
    claims["score"] = claims["verdict"].map(SCORE)
    claims["score_alt"] = claims["alt"].map(SCORE)
    rank = claims["verdict"].map({word: k for k, word in enumerate(ORDER)})
    return (
        claims.assign(rank=rank).sort_values(["rank", "id"], kind="stable").drop(columns="rank").reset_index(drop=True)
    )


def essay(frame=None):
    """The rows of the essay's own claims."""
    frame = card() if frame is None else frame
    return frame[frame["speaker"] == ESSAY].reset_index(drop=True)


def rivals(frame=None):
    """The rows of the essay's rivals."""
    frame = card() if frame is None else frame
    return frame[frame["speaker"] != ESSAY].reset_index(drop=True)


def verdicts(column="verdict"):
    """{claim id: verdict}, for the argument map."""
    return card().set_index("id")[column].to_dict()


@lru_cache
def chapter_credences():
    """Credences that chapters compute, {node: (low, central, high)}: the range is over readings, or over codings.

    us_key: share of chapter 3's draws in which the United States is first, over codings of the vetoes. force_worse:
    share of chapter 5's futures in which talks lose less than force, over readings. for_sale: share of chapter 7's
    minds that accept some package for the whole programme, over readings, at middling trust.
    """
    from bargain import options, partners, results

    draws = partners.draw(256, 3)
    first = []
    for coding in partners.CODINGS:
        share = partners.shapley(partners.values(partners.game(partners.years()[-1], draws, coding=coding)))
        first.append((share.argmax(axis=-1) == partners.PARTNERS.index("USA")).mean())
    lost, names = _losses(), list(options.POLICIES)
    better = (lost[:, :, names.index("talks")] < lost[:, :, names.index("force")]).mean(axis=0)
    sold = results.load("exchange_shares").query("commitment == 'zero' and trust == 0.5")
    sold = sold.groupby("reading")["accepts"].mean()
    found = {"us_key": first, "force_worse": better, "for_sale": sold}
    return {
        name: tuple(float(np.clip(f(v), 0.01, 0.99)) for f in (np.min, np.mean, np.max)) for name, v in found.items()
    }


def today():
    """Today's credences of the argument's nodes: verdicts and chapters' own results in."""
    return argument.credences("now", verdicts(), chapter_credences())


# ------------------------------------------------------------------------------------------------ scores


def counts(frame, by="kind", column="verdict"):
    """Verdicts counted by kind (or another column): a frame with one column a verdict, in the order of ORDER."""
    return pd.crosstab(frame[by], frame[column]).reindex(columns=list(ORDER), fill_value=0)


def brier(probability, outcome):
    """Mean squared distance of probabilities from outcomes (1, ½, 0); NaN outcomes are left out (Brier 1950)."""
    probability, outcome = np.asarray(probability, float), np.asarray(outcome, float)
    known = ~np.isnan(outcome)
    return float(((probability - outcome)[known] ** 2).mean()) if known.any() else np.nan


def forecasters(frame):
    """What each forecaster said of each claim: the essay by its wording, one who says "held" of all, a coin, and the
    forecast that nothing changes."""
    return {
        "essay": frame["p_essay"].to_numpy(float),
        "always held": np.ones(len(frame)),
        "coin": np.full(len(frame), 0.5),
        "no change": frame["no_change"].to_numpy(float),
    }


def scores(frame, column="score", by=None, n=4000, seed=1):
    """Brier scores with 5–95 per cent intervals from resampled claims: forecaster, brier, low, high, claims.

    `gap` and its interval: the essay's score less the other's on the same resamples (below 0: the essay did better).
    by: a column; then whole groups of claims are resampled, since claims of one paragraph stand or fall together.
    Raises ValueError where no claim has a score.
    """
    frame = frame[frame[column].notna()]
    if not len(frame):
        raise ValueError("no claim has a score: every verdict is untested")
    rng, outcome = np.random.default_rng(seed), frame[column].to_numpy(float)
    groups = pd.factorize(frame[by])[0] if by else np.arange(len(frame))
    size = groups.max() + 1
    often = rng.multinomial(size, np.full(size, 1 / size), size=n)[:, groups]  # how often each claim is drawn
    error = {who: (p - outcome) ** 2 for who, p in forecasters(frame).items()}
    rows = []
    for who, e in error.items():
        drawn, gap = ((often @ x) / often.sum(1) for x in (e, error["essay"] - e))
        rows.append(
            dict(
                forecaster=who,
                brier=e.mean(),
                low=np.quantile(drawn, 0.05),
                high=np.quantile(drawn, 0.95),
                gap=(error["essay"] - e).mean(),
                gap_low=np.quantile(gap, 0.05),
                gap_high=np.quantile(gap, 0.95),
                claims=len(frame),
            )
        )
    return pd.DataFrame(rows)


def mean_score(values, n=20000, seed=7):
    """Mean score of a group of claims with 5–95 per cent: (mean, low, high) of the posterior mean of a verdict.

    The shares of held, mixed and failed have Jeffreys' prior, Dirichlet(½, ½, ½): a handful of claims says little, and
    an interval from resampling would have no width where all agree. The point is the plain mean of the scores; NaN
    where nothing is scored.
    """
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    seen = np.array([(values == s).sum() for s in SCORE.values()])
    if not len(values):
        return np.nan, np.nan, np.nan
    drawn = np.random.default_rng(seed).dirichlet(seen + 0.5, n) @ np.array(list(SCORE.values()))
    mean = values.mean()
    if mean in (0, 1):  # all alike: the same mass, on the one side that is left
        return (mean, *((0.0, np.quantile(drawn, 0.9)) if mean == 0 else (np.quantile(drawn, 0.1), 1.0)))
    return mean, *np.quantile(drawn, [0.05, 0.95])


def groups(frame, by, order):
    """Mean scores by a column under both rules: group, rule, mean, low, high, claims (scored), untested."""
    rows = []
    for name in order:
        part = frame if name == "all" else frame[frame[by] == name]
        for rule, column in (("ours", "score"), ("critic", "score_alt")):
            mean, low, high = mean_score(part[column])
            known = int(part[column].notna().sum())
            rows.append(
                dict(group=name, rule=rule, mean=mean, low=low, high=high, claims=known, untested=len(part) - known)
            )
    return pd.DataFrame(rows)


def by_kind(frame=None):
    """`groups` by kind of claim, and over all."""
    return groups(essay() if frame is None else frame, "kind", ("all", *KINDS))


WORDINGS = ("flat", "hedged", "perhaps")


def by_wording(frame=None):
    """`groups` by how surely a claim is put, with said: the sureness of that wording."""
    out = groups(essay() if frame is None else frame, "wording", WORDINGS)
    return out.assign(said=[evidence.central(f"sc_{word}") for word in out["group"]])


def card_scores():
    """Brier scores under both rules, over all claims of the essay, on the record alone, and on models alone.

    Columns of `scores`, and rule (ours, critic), basis (all, record, model), low and high by groups of claims.
    """
    rows = []
    for rule, column in (("ours", "score"), ("critic", "score_alt")):
        for basis in ("all", "record", "model"):
            part = essay() if basis == "all" else essay().query("evidence == @basis")
            if part[column].notna().any():
                rows.append(scores(part, column, by="claim").assign(rule=rule, basis=basis))
    return pd.concat(rows, ignore_index=True)


# ------------------------------------------------------------------------------------------------ words

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(n):
    """A whole number in words up to twelve."""
    n = int(n)
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def tally(frame, column="verdict"):
    """The verdicts of a frame in words, failures first."""
    n = frame[column].value_counts()
    return listed([f"{number(n.get(word, 0)).replace('none', 'no')} {word}" for word in ORDER])


def strip_finding(frame):
    """How many claims held, under both rules: the chapter's first sentence, without its stop."""
    held, failed = ((frame["verdict"] == word).sum() for word in ("held", "failed"))
    held_alt = (frame["alt"] == "held").sum()
    known, known_alt = int(frame["score"].notna().sum()), int(frame["score_alt"].notna().sum())
    return (
        f"Of {known} claims of the essay that can be tested {held} held, {failed} failed and {known - held - failed} "
        f"came out mixed; by the rules that a critic would write, {held_alt} of {known_alt} held"
    )


def failed_heading(frame):
    """How many claims failed, and how many of those are about what he wants (readings); for a heading."""
    rows = frame[frame["verdict"] == "failed"]
    n, his = len(rows), int((rows["kind"] == "reading").sum())
    if not n:
        return "No claim failed by its rule"
    claims = f"claim{'s' if n != 1 else ''}"
    return f"{capital(number(n))} {claims} failed, {number(his)} of them about what he wants"


def kind_heading(table):
    """Which kinds of claim stand at the top and at the foot; for a heading."""
    rows = table[(table["rule"] == "ours") & (table["group"] != "all") & (table["claims"] > 0)]
    best, worst = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    if best["mean"] - worst["mean"] < 0.005:
        return "All kinds of claim held up alike"
    return f"{capital(best['group'])}s held up best, {worst['group']}s worst"


def wording_heading(table):
    """Whether sure words mark what held; for a heading."""
    ours = table[table["rule"] == "ours"].set_index("group")
    flat, hedged = ours.loc["flat"], ours.loc["hedged"]
    if flat["low"] > hedged["high"]:
        return "What is said outright held more often"
    if hedged["low"] > flat["high"]:
        return "What is hedged held more often"
    return "Sure words are no mark of what held"


def score_heading(table):
    """The essay against a coin; for a heading."""
    rows = table[(table["rule"] == "ours") & (table["basis"] == "all")].set_index("forecaster")
    told = {"better than": "The essay beats a coin", "worse than": "A coin beats the essay"}
    return told.get(_against(rows.loc["coin"]), "The essay cannot be told from a coin")


def rivals_heading():
    """The rivals' score beside the essay's; for a heading."""
    mine, theirs = (brier(f["p_essay"], f["score"]) for f in (essay(), rivals()))
    told = "did worse" if theirs > mine + 0.005 else "did better" if theirs < mine - 0.005 else "did no differently"
    return f"By the same rules its rivals {told}"


def failures_words(frame):
    """The essay's failed claims, each with its figures, as a list in Markdown; a sentence where none failed."""
    rows = frame[frame["verdict"] == "failed"]
    if not len(rows):
        return "No claim failed by its rule."
    return "\n".join(f"- **{row.paraphrase}** {row.says}" for row in rows.itertuples())


def kind_finding(table):
    """Which kind of claim did best and worst by our rules, and whether their intervals are apart."""
    rows = table[(table["rule"] == "ours") & (table["group"] != "all") & (table["claims"] > 0)]
    best, worst = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    apart = best["low"] > worst["high"]
    if best["mean"] - worst["mean"] < 0.005:
        return "Every kind of claim has the same mean score"
    return (
        f"{capital(best['group'])}s did best and {worst['group']}s worst, at {best['mean']:.2f} against "
        f"{worst['mean']:.2f} of 1"
        + (", and their intervals are apart" if apart else "; with so few claims the intervals overlap")
    )


def wording_finding(table):
    """Whether what was stated flatly held more often than what was hedged, and how far below its own sureness."""
    ours = table[table["rule"] == "ours"].set_index("group")
    flat, hedged = ours.loc["flat"], ours.loc["hedged"]
    gap = flat["mean"] - hedged["mean"]
    apart = abs(gap) > 0.005 and (flat["low"] > hedged["high"] or hedged["low"] > flat["high"])
    words = "as often as" if abs(gap) <= 0.005 else "more often than" if gap > 0 else "less often than"
    tail = "" if apart or abs(gap) <= 0.005 else ", within the error"
    short = [w for w, row in (("the outright", flat), ("the hedged", hedged)) if row["mean"] < row["said"] - 0.005]
    fall = {0: "neither falls", 1: f"{short[0] if short else ''} falls", 2: "both fall"}[len(short)]
    whose = "their" if len(short) == 2 else "its"
    return (
        f"What the essay states outright held {words} what it hedges ({flat['mean']:.2f} against {hedged['mean']:.2f})"
        f"{tail}; {fall} short of {whose} wording"
    )


def _against(row):
    """better than, worse than or no differently from another forecaster: the essay, by the interval of the gap."""
    return "better than" if row["gap_high"] < 0 else "worse than" if row["gap_low"] > 0 else "no differently from"


def score_finding(table, rule="ours"):
    """The essay's Brier score against a coin and against no change, in words that follow the interval."""
    rows = table[(table["rule"] == rule) & (table["basis"] == "all")].set_index("forecaster")
    coin, still = _against(rows.loc["coin"]), _against(rows.loc["no change"])
    both = f"{coin} a coin and " + ("" if coin == still else f"{still} ") + "the forecast that nothing changes"
    return f"As forecasts, the essay’s claims score {both}"


def critic_finding(table):
    """The score under the critic's rules, in a sentence without its stop."""
    rows = table[(table["rule"] == "critic") & (table["basis"] == "all")].set_index("forecaster")
    said = (
        f"At {rows.loc['essay', 'brier']:.2f} against a coin’s {rows.loc['coin', 'brier']:.2f} by the critic’s rules, "
        f"it scores {_against(rows.loc['coin'])} a coin"
    )
    few = rows.loc["coin", "gap_low"] <= 0 <= rows.loc["coin", "gap_high"] and abs(rows.loc["coin", "gap"]) > 0.02
    return said + (": so few claims cannot tell the two apart" if few else "")


def always_finding(table):
    """What it would have scored to call every claim held, beside the essay's own wording; no stop."""
    rows = table[(table["rule"] == "ours") & (table["basis"] == "all")].set_index("forecaster")
    way = {"better than": "Its hedges helped", "worse than": "Its hedges did not help"}
    told = way.get(_against(rows.loc["always held"]), "Its hedges made no difference")
    return (
        f"{told}: to call every claim held would have scored {rows.loc['always held', 'brier']:.2f}, its own wording "
        f"scored {rows.loc['essay', 'brier']:.2f}"
    )


def lesson(table):
    """What the score says to those who take the essay as knowledge; a sentence without its stop."""
    rows = table[(table["rule"] == "ours") & (table["basis"] == "all")].set_index("forecaster")
    ahead = _against(rows.loc["coin"]) == "better than" and _against(rows.loc["no change"]) == "better than"
    if ahead:
        return "Who takes it as knowledge of the man may know that it has told more than a coin or standing still"
    return "But who takes it as knowledge of the man should know that it has not yet told more than simple rivals do"


def held_words(frame, column="verdict"):
    """How many of the claims that can be tested held, in words."""
    known = int((frame[column] != "untested").sum())
    return f"{(frame[column] == 'held').sum()} of {known} held"


def untested_words(frame):
    """How many claims are untested, and how many of them are prescriptions, in words."""
    rows = frame[frame["verdict"] == "untested"]
    advice = int((rows["kind"] == "prescription").sum())
    all_ = int((frame["kind"] == "prescription").sum())
    return f"{number(len(rows))} claims are untested, {number(advice)} of them prescriptions (of {number(all_)} in all)"


def moved_words(frame):
    """How many verdicts move under the other rules, and which way, in words."""
    a, b = frame["score"], frame["score_alt"]
    down, up = int((b < a).sum()), int((b > a).sum())
    lost, new = int((a.notna() & b.isna()).sum()), int((a.isna() & b.notna()).sum())
    ways = ((down, "down"), (up, "up"), (lost, "to untested"), (new, "from untested"))
    ways = [f"{number(n)} {way}" for n, way in ways if n]
    n = int((frame["verdict"] != frame["alt"]).sum())
    return f"{capital(number(n))} of {len(frame)} verdicts move" + (f": {listed(ways)}" if ways else "")


def joint_promises():
    """Rank correlation of promises kept with the promises made by both sides at once left out: (accords, rho)."""
    rows = _accords(1990)
    joint = rows["sides"].map(lambda s: "PRK" in s and len(s) > 1)
    return _keeping(rows[~joint])


def joint_words():
    """What is left of the claim that kept promises answer kept promises, once joint promises are left out."""
    n, rho = joint_promises()
    if not n or np.isnan(rho):
        return "without joint promises too few accords are left to say anything"
    strong = "stands" if rho > 0.3 else "turns round" if rho < -0.3 else "falls to nothing much"
    return f"without them {number(n)} accords are left and the correlation {strong}, at {_signed(rho)}"


# ------------------------------------------------------------------------------------------------ an edition of 2026

CHANGES = (  # element of the deal, claims it rests on, what keeps, what an edition of 2026 says where they do not hold
    (
        "Who is asked first",
        ("S2d", "S4g"),
        "Washington, which still has most to give",
        "Washington with Moscow and Beijing in the room: he no longer looks to Washington alone",
    ),
    (
        "His dependence on others",
        ("S2e", "S4d"),
        "an offer of more than one partner",
        "a price for leaving a patron who pays, and a part for that patron",
    ),
    (
        "Reform as the bait",
        ("S2f", "S5a"),
        "help with a reform he wants",
        "relief and goods the state can use without reform; help with reform on request",
    ),
    (
        "What money must replace",
        ("S5b", "S5d"),
        "trade relief worth more than the theft",
        "a sum set against theft as it is now, with an end of theft among his steps",
    ),
    (
        "Safety beside money",
        ("S6a", "S6b"),
        "both together; paper alone buys nothing",
        "safety he can see, before money",
    ),
    (
        "How fast",
        ("S7a", "S7b"),
        "by degrees, each side’s step hanging on the other’s",
        "a first step so large that a broken promise shows at once",
    ),
    (
        "What comes off first",
        ("S7c", "S9d"),
        "relief, training of banks and a peace in stages",
        "delivery before meetings: relief in the first stage, and no summit without it",
    ),
    ("What he keeps", ("S8a",), "a latent remainder", "an arsenal capped before it is cut"),
)


def edition():
    """What a 2026 edition of the essay's deal would have to change, by the verdicts of the claims each part rests on.

    Columns: part, claims, verdicts, keep (every tested claim held; NaN: none was tested), words, says (the figures).
    """
    frame, rows = card().set_index("id"), []
    for part, ids, kept, changed in CHANGES:
        mine = frame.loc[[i for i in ids if i in frame.index]]
        known = mine[mine["verdict"] != "untested"]
        keep = bool((known["verdict"] == "held").all()) if len(known) else None
        words = f"Still to be tried: {kept}" if keep is None else f"Keep: {kept}" if keep else f"Change: {changed}"
        first = mine.sort_values("score", na_position="last").iloc[0]  # the worst verdict gives the figures
        rows.append(
            dict(
                part=part,
                claims=", ".join(mine.index),
                verdicts=", ".join(mine["verdict"]),
                keep=keep,
                words=words,
                says=first["says"],
            )
        )
    return pd.DataFrame(rows)


def edition_table():
    """`edition` to read: The deal's part, Verdicts, What the record says, In an edition of 2026."""
    frame = edition()
    return pd.DataFrame(
        {
            "Part of the deal": frame["part"],
            "Claims": [
                "; ".join(f"{i} {v}" for i, v in zip(a.split(", "), b.split(", "), strict=True))
                for a, b in zip(frame["claims"], frame["verdicts"], strict=True)
            ],
            "The record": frame["says"],
            "In an edition of 2026": frame["words"],
        }
    )


def edition_finding(frame):
    """How much of the deal would have to change, in words."""
    change, never = int((frame["keep"] == False).sum()), int(frame["keep"].isna().sum())  # noqa: E712
    tail = f"; {number(never)} rests on claims that were never tried" if never else ""
    return f"{capital(number(change))} of {number(len(frame))} parts of the deal would have to change{tail}"


SPOKE = {"graham2017overthere": "Lindsey Graham", "thae2016trillion": "Thae Yong-ho"}  # quoted by the work's author


def rivals_table():
    """The essay's rivals by the same rules: Who, Claim, Verdict, By the other rule, The record."""
    frame = rivals()
    return pd.DataFrame(
        {
            "Who": [f"{SPOKE[key]} [@{key}]" if key in SPOKE else f"@{key}" for key in frame["speaker"]],
            "Claim": frame["paraphrase"],
            "Verdict": frame["verdict"],
            "By the other rule": frame["alt"].where(frame["rule_alt"] != "", "–"),
            "The record": frame["says"],
        }
    )


def rivals_words():
    """The rivals' tally and their Brier score beside the essay's, in words that follow the numbers."""

    def mean(frame):
        return brier(frame["p_essay"], frame["score"])

    mine, theirs = mean(essay()), mean(rivals())
    order = "better than" if mine < theirs - 0.005 else "worse than" if mine > theirs + 0.005 else "level with"
    return (
        f"Of the {number(len(rivals()))} dated statements of its rivals {tally(rivals())}; by the same score the essay "
        f"({mine:.2f}) is {order} them ({theirs:.2f}; lower is better)"
    )


def by_part(frame=None):
    """Verdicts by part of the essay: Part, Paragraphs, and one column a verdict, by our rules."""
    frame = essay() if frame is None else frame
    table = counts(frame, "claim")
    pages = {c: _span(part["paragraphs"]) for c, part in frame.groupby("claim")}
    table.insert(0, "Paragraphs", [pages[c] for c in table.index])
    table.insert(0, "Part", [PARTS.get(c, c) for c in table.index])
    return table.rename(columns=str.capitalize).reset_index(drop=True)


PARTS = {
    "S1": "Three readings",
    "S2": "What he wants",
    "S3": "Three policies",
    "S4": "Why Washington",
    "S5": "Two economies",
    "S6": "The exchange",
    "S7": "By degrees",
    "S8": "A latent remainder",
    "S9": "Peace and justice",
}


def _span(paragraphs):
    """The first and last paragraph named in a column such as "4-5", "18"."""
    numbers = [int(n) for text in paragraphs for n in re.findall(r"\d+", text)]
    return f"{min(numbers)}–{max(numbers)}" if min(numbers) != max(numbers) else str(min(numbers))


# ------------------------------------------------------------------------------------------------ figures

NAMES = {  # claims in a few words, for figures; a claim without a name shows its paraphrase, cut short
    "S1a": "Policy rests on an idea of what he wants",
    "S1b": "Reasons and costs reach him",
    "S1c": "Even opponents grant him sensible ends",
    "S2a": "Staying in power comes first",
    "S2b": "He removed rivals in his first years",
    "S2c": "As his grandfather did",
    "S2d": "He looks to terms with Washington",
    "S2e": "He wants to depend less on neighbours",
    "S2f": "He wants a reform with markets",
    "S2g": "He wants more technology",
    "S2h": "He wants resources moved from the army",
    "S3a": "There are three choices",
    "S3b": "Friends of talks must say what he wants",
    "S3c": "Sticks alone do not make him give way",
    "S4a": "Beijing is no partner for the bargain",
    "S4b": "With Tokyo only a little way",
    "S4c": "No great bargain with Seoul",
    "S4d": "Recognition is in Washington’s gift alone",
    "S4e": "Only Washington can loosen the ring",
    "S4f": "Isolation ends in Washington or nowhere",
    "S4g": "Washington is the partner that decides",
    "S5a": "Markets have grown from below",
    "S5b": "The state lives on crime abroad",
    "S5c": "A bargain must swap unlawful for lawful",
    "S5d": "Lawful income can replace unlawful",
    "S6a": "He wants safety as well as money",
    "S6b": "Paper does not buy the weapons",
    "S6c": "Offer capital, reform, trade and safety",
    "S7a": "The programme goes by degrees",
    "S7b": "He keeps his word if others do",
    "S7c": "Lift sanctions, train banks, sign a peace",
    "S8a": "A latent remainder would do for him",
    "S8b": "Japan lives with such a capability",
    "S9a": "Peace is bought with justice",
    "S9b": "At times peace should come first",
    "S9c": "The danger of war is real",
    "S9d": "The two leaders should meet",
}
PLACE = {"failed": 0.0, "mixed": 1.0, "held": 2.0, "untested": 3.0}
TONE = {"failed": "accent", "mixed": "data", "held": "ink", "untested": "ink3"}
MARK = {"failed": "cross", "mixed": "diamond", "held": "circle", "untested": "square"}


def strip_frame(frame=None):
    """The essay's claims for the strip: id, name, verdict, alt, ours and critic (0 failed … 3 untested), says."""
    frame = essay() if frame is None else frame
    return pd.DataFrame(
        {
            "id": frame["id"],
            "name": [NAMES.get(i, p[:38]) for i, p in zip(frame["id"], frame["paraphrase"], strict=True)],
            "verdict": frame["verdict"],
            "alt": frame["alt"],
            "ours": frame["verdict"].map(PLACE),
            "critic": frame["alt"].map(PLACE),
            "says": frame["says"],
        }
    )


def draw_strip(t, narrow, frame):
    """One row a claim, failures first: a filled mark for our rule, a ring for the critic's."""
    left = 262
    width = charts.size(narrow, 8 if narrow else left)
    frame = frame.assign(row=[f"{n} ({i})" for n, i in zip(frame["name"], frame["id"], strict=True)])
    axis = (
        None if narrow else alt.Axis(labelLimit=left, labelPadding=8, labelColor=t["ink"], grid=True, gridOpacity=0.6)
    )
    y = alt.Y("row:N", sort=list(frame["row"]), title=None, axis=axis)
    words = "['Failed', 'Mixed', 'Held', 'Untested'][datum.value]"
    x = dict(
        scale=alt.Scale(domain=[-0.3, 3.3], nice=False),
        axis=alt.Axis(
            values=[0, 1, 2, 3], labelExpr=words, orient="top", title=None, domain=False, ticks=False, grid=True
        ),
    )
    drop = 8 if narrow else 0
    color = alt.Color("verdict:N", scale=alt.Scale(domain=list(TONE), range=[t[k] for k in TONE.values()]))
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=list(MARK), range=list(MARK.values())))
    base = alt.Chart(frame)
    layers = [
        base.mark_rule(color=t["ink3"], opacity=0.7, yOffset=drop).encode(x=alt.X("ours:Q", **x), x2="critic:Q", y=y),
        base.mark_point(
            filled=False, fill=t["paper"], stroke=t["ink3"], size=125, strokeWidth=1.3, yOffset=drop
        ).encode(x=alt.X("critic:Q", **x), y=y),
        base.mark_point(size=58, yOffset=drop, strokeWidth=2).encode(
            x=alt.X("ours:Q", **x), y=y, color=color, shape=shape
        ),
    ]
    if narrow:
        names = frame.assign(start=-0.3)
        layers.append(charts.label(names, t, "row:N", "ink", dx=2, dy=-7, x=alt.X("start:Q", **x), y=y))
    return alt.layer(*layers).properties(width=width, height=(31 if narrow else 18) * len(frame))


RULE_WORDS = {"ours": "Our rules", "critic": "A critic’s rules"}


def draw_groups(t, narrow, frame, labels=None):
    """Mean scores by group with intervals: our rules filled, a critic's open, how many claims at the right."""
    frame = frame.assign(name=[(labels or {}).get(g, g.capitalize()) for g in frame["group"]])
    frame = frame.assign(row=[f"{g} {r}" for g, r in zip(frame["group"], frame["rule"], strict=True)])
    step, high = 24, {}
    for k, row in enumerate(frame["row"]):
        high[row] = 12 + step * k + 20 * (k // 2)
    frame = frame.assign(py=frame["row"].map(high), lift=frame["row"].map(high))
    height = max(high.values()) + 14
    width = charts.size(narrow, 12 if narrow else 118) - 74
    y = alt.Y("py:Q", scale=alt.Scale(domain=[height, -6], nice=False), axis=None)
    x = dict(
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], labelExpr="['0 failed', '½ mixed', '1 held'][datum.value * 2]", grid=True),
        title=None,
    )
    layers = []
    for rule, fill, width_ in (("ours", t["ink"], 7), ("critic", t["paper"], 3)):
        rows = frame[(frame["rule"] == rule) & frame["mean"].notna()]
        bar = alt.Chart(rows).mark_rule(strokeWidth=width_, color=t["data"], opacity=0.45, strokeCap="butt")
        layers.append(bar.encode(x=alt.X("low:Q", **x), x2="high:Q", y=y))
        dot = alt.Chart(rows).mark_point(size=52, fill=fill, stroke=t["ink"], strokeWidth=1.4)
        layers.append(dot.encode(x=alt.X("mean:Q", **x), y=y))
    if "said" in frame:
        said = frame[frame["rule"] == "ours"].assign(top=frame["py"] - 9, bottom=frame["py"] + 33)
        layers.append(
            alt.Chart(said)
            .mark_rule(color=t["accent"], strokeWidth=2)
            .encode(
                x=alt.X("said:Q", **x),
                y=alt.Y("top:Q", scale=alt.Scale(domain=[height, -6], nice=False), axis=None),
                y2="bottom:Q",
            )
        )
    ends = frame.assign(
        right=1.0,
        text=[f"{n} claim{'s' if n != 1 else ''}" if n else "none tested" for n in frame["claims"]],
    )
    layers.append(charts.label(ends, t, "text:N", dx=8, x=alt.X("right:Q", **x), y=y))
    heads = frame[frame["rule"] == "ours"].assign(zero=0.0)
    if narrow:
        heads = heads.assign(py=heads["py"] - 15)
        layers.append(charts.label(heads, t, "name:N", "ink", weight=600, x=alt.X("zero:Q", **x), y=y))
    else:
        heads = heads.assign(py=heads["py"] + step / 2)
        layers.append(charts.label(heads, t, "name:N", "ink", "right", 600, dx=-12, x=alt.X("zero:Q", **x), y=y))
    return alt.layer(*layers).properties(width=width, height=height)


def draw_scores(t, narrow, frame):
    """Brier scores of the four forecasters under both rules, with intervals: lower is better."""
    frame = frame[frame["basis"] == "all"]
    panels = []
    order = ["essay", "always held", "coin", "no change"]
    names = {"essay": "The essay", "always held": "“All held”", "coin": "A coin", "no change": "Nothing changes"}
    left = 104
    for k, rule in enumerate(RULE_WORDS):
        rows = frame[frame["rule"] == rule].assign(name=lambda d: d["forecaster"].map(names))
        axis = alt.Axis(labelPadding=8, labelColor=t["ink"], labels=narrow or k == 0)
        y = alt.Y("name:N", sort=[names[o] for o in order], title=None, axis=axis)
        x = dict(
            scale=alt.Scale(domain=[0, 0.75], nice=False),
            axis=alt.Axis(values=[0, 0.25, 0.5], grid=True, format=".2f"),
            title=None,
        )
        base = alt.Chart(rows)
        color = alt.condition("datum.forecaster === 'essay'", alt.value(t["accent"]), alt.value(t["data"]))
        layers = [
            base.mark_rule(strokeWidth=7, opacity=0.45, strokeCap="butt").encode(
                x=alt.X("low:Q", **x), x2="high:Q", y=y, color=color
            ),
            base.mark_point(size=52).encode(x=alt.X("brier:Q", **x), y=y, color=color),
            charts.label(
                rows.assign(text=[f"{v:.2f}" for v in rows["brier"]]),
                t,
                "text:N",
                "ink",
                dx=7,
                x=alt.X("high:Q", **x),
                y=y,
            ),
        ]
        width = charts.size(True, left + 12) if narrow else (charts.size(False, left) - 36) // 2
        panels.append(alt.layer(*layers).properties(width=width, height=26 * len(rows), title=RULE_WORDS[rule]))
    return alt.vconcat(*panels, spacing=18) if narrow else alt.hconcat(*panels, spacing=26)
