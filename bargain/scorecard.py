"""Chapter 11: every claim of the essay by a rule that was written before looking, failures first.

The rules stand in `seeds/claims.csv`, in words; here each is a function over the tables, or over a chapter's model.
A verdict is held (1), mixed (½), failed (0) or untested (no score, counted apart).
"""
import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from bargain import argument, evidence

SCORE = {"held": 1.0, "mixed": 0.5, "failed": 0.0}
ORDER = ("failed", "mixed", "held", "untested")
KINDS = ("fact", "reading", "prediction", "prescription")
ESSAY = "feffer2017what"
SINCE = "2017-05"  # events from the month after the essay
KEPT = {"yes": 1.0, "partly": 0.5, "no": 0.0}
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
    rows = rows[rows["sides"].map(lambda s: "PRK" in s)
                & rows["commitment"].str.contains(r"inspect|IAEA|monitor|verif", case=False)]
    return sorted(set(rows["agreement_id"]))


def _count(n, one, many=None):
    return f"{n} {one if n == 1 else many or one + 's'}"


def _no_attack():
    """True where the table of evidence records that no attack killed ten or more; None where it says nothing."""
    if "evidence" not in evidence.names():
        return None
    return bool((evidence.table("evidence")["item"] == "no_big_attack").any())


# ------------------------------------------------------------------------------------------------ the record's verdicts

def s1b():
    from bargain import readings

    best = {}
    for coding in ("table", "second"):
        best[coding] = float(np.exp(np.max(readings.log_likelihoods(coding)[1:])))
    a, b = best["table"], best["second"]
    verdict = grade(min(a, b) >= 3, max(a, b) <= 1 / 3, not (min(a, b) >= 3 or max(a, b) >= 3 or max(a, b) <= 1 / 3))
    quiet = _no_attack()
    return Verdict(verdict, "untested" if quiet is None else grade(quiet, not quiet),
                   f"The better of the two responsive readings stands {a:.1f} to 1 against the flat one under the coding "
                   f"fixed first, and {b:.1f} to 1 under the other.")


def s1c():
    return Verdict("untested", "untested", "Nobody has coded what the opponents of talks wrote.")


def s2a():
    last = last_year("leadership_purges")
    years = sorted(set(_removals(OFFICIAL).query("2017 <= year <= @last")["year"]))
    n = last - 2017 + 1
    return Verdict(grade(2 * len(years) >= n, not years, n < 1), "untested",
                   f"Removals from senior posts are on record in {len(years)} of the {n} years since 2017.")


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
        says += f"; officials executed in his first years about {found[0][0]}, under his father in a like time {found[0][1]}"
    # the only count that compares the two comes from one intelligence service: a critic leaves it out
    return Verdict(grade(early > late and more, not early > late and not more, not found), "untested",
                   says + f". Confirmed removals alone: {confirmed[0]:.1f} against {confirmed[1]:.1f}.")


def s2c():
    rows = _removals(r"confirmed|reported|uncertain")
    rows = rows[~rows["person"].str.match(r"\d")]  # groups known only by their size name nobody
    his = rows.query("leader == 'Kim Jong Un' and 2012 <= year <= 2016")
    old = rows.query("leader == 'Kim Il Sung' and 1953 <= year <= 1958")
    ratio = len(his) / max(len(old), 1)
    faction = his["person"].str.contains("faction").any()
    return Verdict(grade(min(len(his), len(old)) >= 3 and 0.5 <= ratio <= 2, min(len(his), len(old)) == 0),
                   grade(faction, not faction),
                   f"{_count(len(his), 'named person or faction', 'named persons or factions')} removed in 2012–2016, "
                   f"{len(old)} in 1953–1958; {'one was' if faction else 'none of the later was'} a faction with a base "
                   "of its own.")


def s2d():
    talks, last = evidence.table("talks_by_month"), last_year("talks_by_month")
    met = talks.loc[talks["meeting_in_month"] == 1, "month"].str[:4].astype(int)
    years = sorted(set(met[(met >= 2017) & (met <= last)]))
    n = last - 2016
    offers = _since(evidence.table("negotiations"), "2020").query("kind == 'proposal' and parties == 'USA'")
    refused = offers["outcome"].fillna("").str.contains("no DPRK reply|no meeting|refused|no public answer").sum()
    none = not any(year >= 2020 for year in years)
    verdict = grade(2 * len(years) >= n, not years)
    return Verdict(verdict, grade(False, True) if none and refused else verdict,
                   f"Official meetings took place in {len(years)} of the {n} years since 2017"
                   + (f", the last in {years[-1]}" if years else "")
                   + f"; {_count(int(refused), 'US offer')} since 2020 went unanswered.")


def s2e():
    share = _series("china_trade_share", "china_share_excl_inter_korean_pct")
    last = int(share.index.max())
    change = share[last] - share[2016]
    other = _talks(("agreement",), "RUS")
    return Verdict(grade(change <= -5, change >= 5), grade(len(other) > 0, change >= 5 and not len(other)),
                   f"China's share of trade went from {share[2016]:.1f} per cent in 2016 to {share[last]:.1f} in {last}; "
                   + (f"a treaty with Russia was added in {other['date'].iloc[0][:4]}." if len(other)
                      else "no treaty with another state was added."))


def s2f():
    rows = _since(evidence.table("reform_measures"))
    good = rows["direction"].isin(("liberalising", "economy_first")).sum()
    bad = (rows["direction"] == "restrictive").sum()
    hard = (rows["direction"] == "liberalising").sum()
    few = good + bad < 4
    return Verdict(grade(good > bad, good < bad, few), grade(hard > bad, hard < bad, few),
                   f"Since the essay: {_count(int(good), 'measure')} towards markets or the economy first, "
                   f"{int(bad)} against.")


def s2g():
    rows = evidence.table("state_budget").query("year >= 2017").dropna(
        subset=["sci_tech_growth_plan_pct", "expenditure_growth_plan_pct"])
    more = (rows["sci_tech_growth_plan_pct"] > rows["expenditure_growth_plan_pct"]).sum()
    share = more / max(len(rows), 1)
    return Verdict(grade(share >= 2 / 3, share < 1 / 3, len(rows) < 3), "untested",
                   f"Science and technology was to grow faster than all spending in {more} of {len(rows)} budgets.")


def s2h():
    share = _series("state_budget", "defence_share_plan_pct")
    late, early = share[share.index >= 2017], share[(share.index >= 2012) & (share.index <= 2016)]
    change = late.mean() - early.mean()
    army = _series("leadership_economy", "military_pct")
    shift = army.tail(5).mean() - army[(army.index >= 2012) & (army.index <= 2016)].mean()
    return Verdict(grade(change <= -0.5, change >= 0.5, min(len(late), len(early)) < 5), grade(shift <= -5, shift >= 5),
                   f"The announced defence share moved by {change:+.1f} points, the military share of his appearances by "
                   f"{shift:+.0f} points in the last five years.")


def s3b():
    return Verdict("untested", "untested", "No table says what moved governments to talk.")


def s3c():
    measures = evidence.table("un_sanctions").query("adds_pressure == 1")
    last = measures.loc[measures["date"].str[:4] == "2017", "date"].max()
    stock = _material()
    before = stock[stock.index <= int(last[:4]) + 1].iloc[-1]
    rose, signed = stock.iloc[-1] > before, _inspected()
    fell = stock.iloc[-1] < before
    return Verdict(grade(rose and not signed, fell or (bool(signed) and not rose)), "untested",
                   f"After the last measure of 2017 the estimate of material went from {before:.0f} to "
                   f"{stock.iloc[-1]:.0f} weapons' worth; {_count(len(signed), 'accord')} with inspected limits followed.")


def s4a():
    from bargain import partners

    signed = _talks(("agreement",), "CHN")
    first = partners.leader(partners.game(partners.years()[-1])) == "CHN"
    share = _series("china_trade_share", "china_share_excl_inter_korean_pct").iloc[-1]
    return Verdict(grade(not len(signed) and not first, len(signed) > 0 and first), grade(share <= 90, share > 90),
                   f"{_count(len(signed), 'new accord')} with China; in chapter 3 China is "
                   f"{'' if first else 'not '}the first partner; its share of trade is {share:.0f} per cent.")


def s4b():
    met = _talks(("agreement", "summit"), "JPN")
    ties = _since(evidence.table("diplomacy"))
    opened = ((ties["country"] == "JPN") & ties["measure"].str.contains("relations with the DPRK")
              & (ties["value"] == 1)).any()
    rows = evidence.table("trade_by_partner").query("partner == 'JPN' and is_default == 1")
    trade = rows.sort_values("year")["total_usd_m"].iloc[-1]
    verdict = grade(not len(met) and not opened and trade == 0, opened)
    return Verdict(verdict, verdict, f"{_count(len(met), 'accord or summit', 'accords or summits')} with Japan, "
                   f"{'relations were' if opened else 'no relations'} opened, trade of {trade:.0f} million dollars.")


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
    return Verdict(grade(not accords, bool(good)), grade(not grand, grand),
                   f"{_count(len(accords), 'accord')} between the two Koreas, {len(alive)} still in force"
                   + (f"; {kept:.0%} of their joint promises were kept." if accords else "."))


def s4d():
    rows = _since(evidence.table("negotiations")).query("kind == 'agreement'")
    rows = rows[rows["title"].str.contains("treaty|partnership|alliance", case=False)
                & rows["parties"].str.split(";").map(lambda p: "PRK" in p and bool(set(p) & set(NEAR)))]
    ties = evidence.table("diplomacy")
    opened = _since(ties, "2017")
    opened = opened[(opened["measure"] == "relations with the DPRK") & (opened["value"] == 1)]
    ours = ties[ties["country"].isin(("USA", "JPN")) & (ties["measure"] == "relations with the DPRK")]["value"].max()
    return Verdict(grade(not len(rows), len(rows) >= 2), grade(not len(opened) and not ours, len(opened) > 1),
                   f"{_count(len(rows), 'treaty', 'treaties')} of alliance or partnership with a permanent member since the "
                   f"essay; {_count(len(opened), 'state')} opened relations.")


def s4e():
    if "exercises" not in evidence.names():
        return Verdict("untested", "untested", "There is no table of exercises.")
    rows = _since(evidence.table("exercises"), "2017", "start")
    rows = rows[rows["status"].isin(("suspended", "cancelled", "scaled")) & rows["reason"].str.contains("diplomacy")]
    all_us = rows["announced_by"].str.contains("USA").all()
    treaty = len(_talks(("agreement",), "RUS")) > 0
    return Verdict(grade(all_us and not treaty, not all_us and treaty, not len(rows)), grade(all_us, not all_us, not len(rows)),
                   f"{_count(len(rows), 'exercise')} were suspended or cut for diplomacy, "
                   f"{'all' if all_us else 'not all'} with a US decision; {'one' if treaty else 'no'} defence treaty with a "
                   "power other than China was signed.")


def s4f():
    total, sold = _trade(), _trade("exports_usd_m")
    last, known = int(total.index.max()), int(sold.index.max())
    measures = _since(evidence.table("un_sanctions"), "2017")
    relief = measures["measure"].str.contains("easing|removal").any()
    ratio = total[last] / total[2016]
    rows = evidence.table("illicit_revenue").query("annual_estimate == 'yes' and year == @known")
    crime = rows["usd_m_central"].fillna((rows["usd_m_low"] + rows["usd_m_high"]) / 2).sum()
    enough = sold[known] + crime > sold[2016]
    return Verdict(grade(ratio < 0.5, ratio >= 1, relief), grade(not enough, enough),
                   f"Trade without relief was {ratio:.0%} of 2016's in {last}; with the illicit income on record, exports of "
                   f"{known} came to {(sold[known] + crime) / sold[2016]:.0%} of 2016's.")


def s5a():
    rows = evidence.table("markets")
    count = rows.query("indicator == 'official_markets_count'").set_index("year")["value"]
    late = rows[(rows["year"] > 2015) & rows["indicator"].str.contains("household_income")]
    grew, half = count.iloc[-1] >= count.iloc[0], (late["value"] >= 50).any()
    newest = int(rows["year"].max())
    return Verdict(grade(grew and half, not grew and not half, not len(late)), "untested",
                   f"Official markets: {count.iloc[0]:.0f} in {count.index[0]}, {count.iloc[-1]:.0f} in {count.index[-1]}; "
                   f"surveys to {newest} put most household income outside the state.")


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

    return Verdict(word(big, other, n), word(*_crime([2016, 2017]), 2),
                   f"Theft reached a tenth of recorded exports in {big} of {n} years since 2017; another stream has a yearly "
                   f"estimate in {other} of them.")


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
    return Verdict(verdict, verdict, f"{_count(len(found), 'accord')} since the essay traded economic access for limits.")


def s6a():
    rows = _accords()
    rows = rows[rows["sides"].map(lambda s: bool(s & {"USA", "KOR"}))]
    costs = rows.groupby("agreement_id")["cost_of_keeping"].agg(set)
    safe = costs.map(lambda c: "security" in c)
    money = costs.map(lambda c: c <= {"money"})
    demand = evidence.table("negotiations")["title"].eq("Hanoi summit").any()
    return Verdict(grade(safe.any() and not money.any(), money.all() if len(money) else False, not len(costs)),
                   grade(False, demand, not demand),
                   f"{int(safe.sum())} of {_count(len(costs), 'accord')} since the essay promise him something in security, "
                   f"{int(money.sum())} pay in money alone"
                   + ("; at Hanoi the demand on the table was relief from sanctions." if demand else "."))


def s6c():
    found = _exchanges("security", ("money", "security"))
    stock = _material()
    smaller = [a for a, *_ in found if stock.iloc[-1] < stock[stock.index >= int(re.search(r"\d{4}", a)[0])].iloc[0]]
    verdict = grade(bool(smaller), bool(found) and not smaller, not found)
    return Verdict(verdict, verdict, f"{_count(len(found), 'accord')} since the essay promised money and safety for limits.")


def _keeping(rows):
    rows = rows.groupby("agreement_id").apply(lambda p: pd.Series({"his": _kept(p, True), "theirs": _kept(p, False)}),
                                              include_groups=False).dropna()
    rho = spearmanr(rows["his"], rows["theirs"])[0] if len(rows) > 2 else np.nan
    return len(rows), rho


def s7b():
    rows = _accords(1990)
    n, rho = _keeping(rows)
    few, dear = _keeping(rows[rows["cost_of_keeping"] != "words"])
    return Verdict(grade(rho > 0.3, rho < -0.3, n < 6), grade(dear > 0.3, dear < -0.3, few < 6),
                   f"Over {n} accords the shares kept by the two sides have a rank correlation of {rho:+.2f} "
                   f"({dear:+.2f} without mere words).")


def s7c():
    relief = _since(evidence.table("un_sanctions"))["measure"].str.contains("easing|removal").any()
    peace = _since(evidence.table("negotiations"))
    peace = ((peace["kind"] == "agreement") & peace["title"].str.contains("peace", case=False)).any()
    rows = _accords()
    bank = (rows["commitment"].str.contains("bank", case=False) & (rows["kept"] > 0)).any()
    n, stock = int(relief) + int(peace) + int(bank), _material()
    shrank = stock.iloc[-1] < stock[stock.index <= 2018].iloc[-1]
    verdict = grade(n >= 2 and shrank, n >= 2 and not shrank, n < 2)
    return Verdict(verdict, verdict, f"{n} of relief, bank training and a peace were delivered since the essay.")


def s8b():
    rows = evidence.table("breakout")
    rows = rows[(rows["country"] == "JPN") & (rows.iloc[:, 1] == "separated plutonium held in Japan")]
    rows = rows.sort_values("year").iloc[-1]
    value = rows[[c for c in rows.index if c.endswith("central") or c == "value"]].dropna().astype(float).iloc[0]
    amount = value * 1000 / 8
    return Verdict(grade(amount >= 100, amount < 10), "untested",
                   f"Japan held {value:.1f} t of separated plutonium in {int(rows['year'])}, {amount:,.0f} significant "
                   "quantities.")


def s9c():
    if "war_probability" not in evidence.names():
        return Verdict("untested", "untested", "There is no table of estimates.")
    rows = evidence.table("war_probability")
    rows = rows[rows["date"].astype(str).str[:4].isin(("2017", "2018"))].dropna(subset=["per_year_central_pct"])
    median, n = rows["per_year_central_pct"].median(), len(rows)
    return Verdict(grade(median >= 5, median < 1, n < 3), grade(False, bool(_no_attack()), _no_attack() is None),
                   f"The middle of {n} estimates of 2017–18 is {median:.0f} per cent a year; no such war came.")


def s9d():
    met = _talks(("summit",), "USA")
    rows = _accords().query("agreement_id == 'SING2018'")
    his, theirs = _kept(rows, True), rows.loc[rows["sides"].map(lambda s: "USA" in s), "kept"].mean()
    n = int(his >= 0.5) + int(theirs >= 0.5)
    return Verdict(grade(n == 2, n == 0, not len(met)), "untested",
                   f"They met {_count(len(met), 'time')}; of the Singapore promises the North kept {his:.0%}, the United "
                   f"States {theirs:.0%}.")


# ------------------------------------------------------------------------------------------------ rivals

def _flights(kind="ICBM"):
    rows = _since(evidence.table("missile_tests"), "2017")
    return rows[rows["range_class"] == kind]


def _war():
    """Whether the table of negotiations records a war between the two since 2017: none does so far."""
    return _since(evidence.table("negotiations"), "2017")["title"].str.contains(r"\bwar\b", case=False).any()


def b1a():
    first = _flights().query("outcome == 'success'")["date_kst"].min()
    flew = isinstance(first, str) and first < "2020-03"
    verdict = grade(flew and _war(), not flew and not _war())
    return Verdict(verdict, verdict, f"The first ICBM flew on {first}; no attack followed." if flew else "No ICBM flew.")


def b1b():
    years = sorted(set(_flights()["date_kst"].str[:4]))
    went_on = any(year > "2017" for year in years)
    verdict = grade(went_on and _war(), went_on and not _war(), not went_on)
    return Verdict(verdict, verdict, f"ICBMs flew in {_count(len(years), 'year')} since 2017; no war came.")


def _fall():
    sold = _trade("exports_usd_m")
    return 1 - sold[2018] / sold[2016]


def b1c():
    fell, signed = _fall() >= 0.5, [a for a in _inspected(2017) if int(re.search(r"\d{4}", a)[0]) <= 2022]
    return Verdict(grade(fell and bool(signed), fell and not signed, not fell), "untested",
                   f"Exports fell by {_fall():.0%} from 2016 to 2018; {_count(len(signed), 'accord')} with inspected limits "
                   "followed within five years.")


def b1d():
    growth = _series("gdp", "real_growth_pct_current_vintage")
    worst = min(growth[2017], growth[2018])
    talks = evidence.table("talks_by_month").query("'2018' <= month < '2020'")["meeting_in_month"].any()
    n = int(_fall() >= 0.5) + int(worst <= -2.5) + int(talks)
    verdict = grade(n == 3, n < 2)
    return Verdict(verdict, verdict, f"Exports fell by {_fall():.0%}, growth reached {worst:.1f} per cent, official talks "
                   f"{'were' if talks else 'were not'} under way within two years.")


def b1e():
    rows = _since(evidence.table("missile_tests"), "2017").query("date < '2021-02'")
    changed = rows["leader"].nunique() > 1
    verdict = grade(changed, not changed)
    return Verdict(verdict, verdict, "There was a change of ruler." if changed else "He ruled throughout.")


def b1f():
    end = evidence.coverage("negotiations")["to"]
    war = _since(evidence.table("negotiations"), "2024")["title"].str.contains(r"\bwar\b", case=False).any()
    verdict = grade(war, not war and end >= "2026-01", not war and end < "2026-01")
    return Verdict(verdict, verdict, f"{'A war' if war else 'No war'} is on record from January 2024 to {end}.")


def b1g():
    stock = _material()
    stock = stock[stock.index >= 2017]
    fell, signed = (stock.diff().dropna() < 0).any(), _inspected()
    return Verdict(grade(not fell and not signed, fell and bool(signed)), "untested",
                   f"The estimate went from {stock.iloc[0]:.0f} to {stock.iloc[-1]:.0f} weapons' worth"
                   + (", with a fall on the way" if fell else ", without a fall")
                   + f"; {_count(len(signed), 'accord')} with inspected limits.")


def b1h():
    made = _since(evidence.table("un_sanctions"), "2016")["measure"].str.contains("easing|removal").any()
    law = evidence.table("negotiations")["title"].str.contains("Nuclear forces law").any()
    return Verdict(grade(False, False, not made), grade(law, not law),
                   "No relief on that scale was ever put on the table." if not made else "Relief was offered.")


# ------------------------------------------------------------------------------------------------ the models' verdicts

def _policies():
    """Mean loss and its 5–95 per cent interval by reading and policy, central prices: frames indexed by policy."""
    from bargain import options

    draw = options.sample()
    lost = options.loss(options.outcomes(draw.parameters, draw.minds), options.preset(options.presets()[0]))
    return {r: pd.DataFrame({"mean": lost[:, k].mean(0), "low": np.quantile(lost[:, k], 0.05, axis=0),
                             "high": np.quantile(lost[:, k], 0.95, axis=0)}, index=list(options.POLICIES)).sort_values("mean")
            for k, r in enumerate(options.READINGS)}


def s1a():
    frames = _policies()
    best = [f.index[0] for f in frames.values()]
    second = [f.index[1] for f in frames.values()]
    overlap = all(f["low"].iloc[1] <= f["high"].iloc[0] for f in frames.values())
    different = len(set(best)) > 1
    return Verdict(grade(different, not different and len(set(second)) == 1, overlap), "untested",
                   "The best policy at default values is " + ", ".join(
                       f"{b.replace('_', ' ')} if he is {r}" for r, b in zip(frames, best)) + ".")


def s3a():
    frames = _policies()
    outside = sum(f.index[0] in ("status_quo", "accept") for f in frames.values())
    named = {"lewis2022accept", "sagan2017korean", "panda2020bomb"} & set(evidence.sources().index)
    return Verdict(grade(outside == 0, outside >= 2), grade(not named, bool(named)),
                   f"A policy outside the three is best under {outside} of three readings; to accept the weapons and deter "
                   f"has {_count(len(named), 'named advocate')}.")


def s4g():
    from bargain import partners

    first = {(year, coding): partners.leader(partners.game(year, coding=coding))
             for year in (partners.years()[0], partners.years()[-1]) for coding in partners.CODINGS}
    then, now = partners.years()[0], partners.years()[-1]
    wins = sum(first[now, coding] == "USA" for coding in partners.CODINGS)
    base = [first[year, "leaky"] == "USA" for year in (then, now)]
    bare = partners.stripped(now).set_index("case").loc["without its supplies"].astype(float).idxmax() == "USA"
    return Verdict(grade(all(base) and wins >= 3, not base[0]), "untested" if bare else grade(all(base), not base[0]),
                   f"The United States is {'' if base[0] else 'not '}first in {then} and {'' if base[1] else 'not '}first in "
                   f"{now}, under {wins} of {len(partners.CODINGS)} codings of the vetoes.")


def s5d():
    from bargain import economies

    frame = economies.theft_against_relief().set_index("year")["p_net"]
    then, now = frame[2017], frame.iloc[-1]
    return Verdict(grade(then < 0.5 and now < 0.5, then >= 0.5 and now >= 0.5), _half_price(),
                   f"The chance that a year's theft is worth more to him than relief: {then:.0%} in 2017, {now:.0%} in "
                   f"{frame.index[-1]}.")


def _half_price():
    """The verdict on S5d when a dollar of lawful income is worth half its face to him: medians compared."""
    from bargain import economies

    frame = economies.theft_against_relief().set_index("year")
    over = frame["net_p50"] > frame["relief_p50"] / 2
    return grade(not over[2017] and not over.iloc[-1], over[2017] and over.iloc[-1])


# ------------------------------------------------------------------------------------------------ the card

RULES = {name: rule for name, rule in globals().items() if re.fullmatch(r"[sb]\d[a-h]", name)}


@lru_cache
def card():
    """Every claim with its verdict under both rules: the columns of claims.csv and verdict, alt, says, p_essay, score.

    p_essay is how sure the wording is (`sc_flat`, `sc_hedged`, `sc_perhaps`); score is 1, ½, 0, or NaN where untested.
    Failures come first. Raises KeyError, naming the claim, where a claim has no rule.
    """
    claims = argument.seed("claims").fillna({"rule_alt": "", "disputed_by": "", "paragraphs": ""})
    missing = [i for i in claims["id"] if i.lower() not in RULES]
    if missing:
        raise KeyError(f"claims.csv: no rule for {', '.join(missing)}")
    found = [RULES[i.lower()]() for i in claims["id"]]
    claims["verdict"], claims["alt"], claims["says"] = zip(*found)
    claims["p_essay"] = [evidence.central(f"sc_{word}") for word in claims["wording"]]
    claims["score"] = claims["verdict"].map(SCORE)
    claims["score_alt"] = claims["alt"].map(SCORE)
    rank = claims["verdict"].map({word: k for k, word in enumerate(ORDER)})
    return claims.assign(rank=rank).sort_values(["rank", "id"], kind="stable").drop(columns="rank").reset_index(drop=True)


def essay(frame=None):
    """The rows of the essay's own claims."""
    frame = card() if frame is None else frame
    return frame[frame["speaker"] == ESSAY]


def verdicts(column="verdict"):
    """{claim id: verdict}, for the argument map."""
    return card().set_index("id")[column].to_dict()


def counts(frame, by="kind", column="verdict"):
    """Verdicts counted by kind (or another column): a frame with one column a verdict, in the order of ORDER."""
    return pd.crosstab(frame[by], frame[column]).reindex(columns=list(ORDER), fill_value=0)


def brier(probability, outcome):
    """Mean squared distance of probabilities from outcomes (1, ½, 0); NaN outcomes are left out (Brier 1950)."""
    probability, outcome = np.asarray(probability, float), np.asarray(outcome, float)
    known = ~np.isnan(outcome)
    return float(((probability - outcome)[known] ** 2).mean()) if known.any() else np.nan


def forecasters(frame):
    """What each forecaster said of each claim: the essay, a coin, and the forecast that nothing changes."""
    return {"essay": frame["p_essay"].to_numpy(float), "coin": np.full(len(frame), 0.5),
            "no change": frame["no_change"].to_numpy(float)}


def scores(frame, column="score", n=4000, seed=1):
    """Brier scores with 5–95 per cent intervals from resampled claims: forecaster, brier, low, high, claims.

    `gap` and its interval: the essay's score less the other's on the same resamples (below 0: the essay did better).
    """
    frame = frame[frame[column].notna()]
    rng = np.random.default_rng(seed)
    said, outcome = forecasters(frame), frame[column].to_numpy(float)
    pick = rng.integers(len(frame), size=(n, max(len(frame), 1))) if len(frame) else np.empty((n, 0), int)
    error = {who: (p - outcome) ** 2 for who, p in said.items()}
    rows = []
    for who, e in error.items():
        drawn, gap = e[pick].mean(1), (error["essay"] - e)[pick].mean(1)
        rows.append(dict(forecaster=who, brier=e.mean(), low=np.quantile(drawn, 0.05), high=np.quantile(drawn, 0.95),
                         gap=(error["essay"] - e).mean(), gap_low=np.quantile(gap, 0.05), gap_high=np.quantile(gap, 0.95),
                         claims=len(frame)))
    return pd.DataFrame(rows)
