"""What the appendices show: tables and their coverage, the register of assumptions, the essay's claims."""

import re
from typing import Any, NamedTuple

import pandas as pd

from bargain import evidence, prose


def overview() -> pd.DataFrame:
    """A row a table: name, title, rows, covers, seen (share; NaN where rows have no source), sources (their number)."""
    out = []
    for name in evidence.names():
        covers = evidence.coverage(name)
        seen = evidence.share_seen(name)
        out.append(
            {
                "name": name,
                "title": evidence.describe(name)["title"],
                "rows": len(evidence.table(name)),
                "covers": " to ".join(dict.fromkeys((covers["from"], covers["to"]))),
                "by": covers["by"],
                "seen": seen,
                "sources": len(evidence.keys(name)),
            }
        )
    return pd.DataFrame(out)


def counts() -> dict[str, int]:
    """The honest count over all tables whose rows name a source: rows, by state of checking, and keys of sources."""
    rows = [evidence.table(name) for name in evidence.names()]
    rows = [frame["verified"] for frame in rows if "verified" in frame]
    verified = pd.concat(rows)
    keys = {key for name in evidence.names() for key in evidence.keys(name)}
    return {
        "tables": len(evidence.names()),
        "rows": len(verified),
        **{state: int((verified == state).sum()) for state in evidence.STATES},
        "sources": len(keys),
    }


def years() -> pd.DataFrame:
    """Rows by table and year for tables with dates or years: title, year, rows, and the share of the table's peak."""
    out = []
    for name in evidence.names():
        column = evidence.coverage(name)["column"]
        frame = evidence.table(name)
        if not column or column not in frame:
            continue
        year = pd.to_numeric(frame[column].astype(str).str[:4], errors="coerce").dropna().astype(int)
        count = year[year >= 1985].value_counts()
        title = evidence.describe(name)["title"]
        out.append(pd.DataFrame({"title": title, "year": count.index, "rows": count, "share": count / count.max()}))
    return pd.concat(out, ignore_index=True)


# What a table's small picture shows: (column by year, how rows of a year combine, rows to keep, words), or
# (column, words) where rows have no year. Tables that are not named show their rows by year.
PICTURES: dict[str, tuple[Any, ...]] = {
    "missile_tests": ("number_launched", "sum", None, "missiles launched a year"),
    "missile_tests_by_year": ("launches", "sum", None, "missiles launched a year"),
    "warheads": ("warheads_central", "max", "is_default == 1", "warheads assembled, by SIPRI"),
    "talks_by_month": ("talks_under_way", "sum", None, "months of a year with talks under way"),
    "trade_by_partner": ("total_usd_m", "sum", "partner == 'CHN' and is_default == 1", "trade with China a year"),
    "china_trade_share": ("china_share_excl_inter_korean_pct", "sum", None, "China’s share of trade, per cent"),
    "gdp": ("nominal_gni_krw_trn", "sum", None, "national income, trillion South Korean won"),
    "prices": ("usd_kpw", "max", "basis == 'survey' and city == 'Pyongyang'", "won to the dollar, highest of the year"),
    "illicit_revenue": (
        "usd_m_central",
        "sum",
        "stream == 'crypto_theft' and annual_estimate == 'yes'",
        "crypto theft a year, gross",
    ),
    "cyber_incidents": ("usd_m_taken", "sum", None, "taken in the hacks of a year"),
    "state_budget": ("defence_share_plan_pct", "sum", None, "announced share of defence, per cent"),
    "leadership_economy": ("kju_appearances", "sum", None, "appearances a year"),
    "agreement_commitments": ("delivered", "promises by what became of them"),
    "base_rates": ("trials", "cases behind each rate"),
    "imf_wb_votes": ("institution", "rows by institution"),
    "partners": ("partner", "rows by partner"),
    "accountability": ("unit", "rows by what is counted"),
    "second_sources": ("agrees", "rows by whether the second source agrees"),
    "assumptions": ("basis", "rows by basis"),
    "deal_steps": ("group", "steps by group"),
    "deal_pairs": ("group", "pairs by group"),
    "roadmaps": ("roadmap", "promises by roadmap"),
    "readings": ("id", "one row a reading"),
    "forecast_levels": ("id", "levels by forecast"),
}


def pictured(name: str) -> tuple[pd.Series, str]:
    """The bars of a table's small picture (Series indexed by year, or by category), and the words for what it shows.

    Raises ValueError for a table without dates that PICTURES does not name.
    """
    frame, column = evidence.table(name), evidence.coverage(name)["column"]
    chosen = PICTURES.get(name)
    if chosen and len(chosen) == 2:
        what, words = chosen
        if frame[what].dtype == "str":
            return frame[what].fillna("none found").value_counts(), words
        return frame.set_index(frame.columns[0])[what].dropna(), words
    if column is None:
        raise ValueError(f"{name}.csv has no column of dates: say in appendices.PICTURES what its picture shows")
    year = pd.to_numeric(frame[column].astype(str).str[:4], errors="coerce")
    if not chosen:
        bars, words = year.value_counts(), "rows by year"
    else:
        what, how, keep, words = chosen
        kept = frame.assign(_year=year).query(keep) if keep else frame.assign(_year=year)
        bars = kept.dropna(subset=[what]).groupby("_year")[what].agg(how)
    bars.index = bars.index.astype(int)
    return bars.sort_index(), words


def sources_markdown(name: str) -> str:
    """All sources of a table, folded, for the website: key as in the rows, citation, title, link, kind and note."""
    keys, books = sorted(evidence.keys(name)), evidence.sources()
    if not keys:
        return ""
    items = []
    for key in keys:
        entry = books.loc[key]
        title = plain(entry["title"])
        title = f"[{title}](<{entry['url']}>)" if entry["url"].startswith("http") and " " not in entry["url"] else title
        told = "; ".join(x for x in (entry["kind"], entry["note"]) if x)
        items.append(f"- `{key}` {plain(evidence.citation(key))}: {title}" + f" ({plain(told)})" * bool(told))
    heading = f"All {len(keys)} sources" if len(keys) > 1 else "The source"
    opened = f'::::: {{.content-visible when-format="html"}}\n::: {{.callout-note title="{heading}" collapse="true"}}'
    return opened + "\n\n" + "\n".join(items) + "\n\n:::\n:::::\n"


def plain(text: object) -> str:
    """Text as Markdown that shows just that text, inside a cell of a table."""
    return re.sub(r"([\\`*_{}\[\]<>$|@#~^])", r"\\\1", str(text))


def basis_counts() -> pd.Series:
    """Rows of the register by basis: Series indexed by judgement, data, literature."""
    return evidence.assumptions()["basis"].value_counts()


def seeds() -> pd.Series:
    """The seeds of the modules' draws, from their constant SEED: Series indexed by the module's name."""
    found = {}
    for path in sorted((evidence.ROOT / "bargain").rglob("*.py")):
        with open(path, encoding="utf-8") as file:
            code = file.read()
        if match := re.search(r"^(?:\w+, )*SEED = (?:.*, )?(\d+)\b", code, re.M):
            found[path.parent.name if path.parent.name != "bargain" else path.stem] = int(match[1])
    return pd.Series(found)


CHOSEN = "It claims no completeness."


def current() -> pd.DataFrame:
    """How current each table is: Table, Last row, Kept to, Known to be missing; selections come last."""
    out = []
    for name in evidence.names():
        span, about = evidence.coverage(name), evidence.describe(name)
        if "verified" not in evidence.table(name):
            continue  # judgements and forecasts are dated by their own rows
        dated = evidence.table(name)[span["column"]].dropna() if span["column"] else []
        out.append(
            {
                "Table": f"[{about['title']}](#data-{name})",
                "Last row": prose.day(str(max(dated))) if len(dated) else "",
                "Kept to": prose.day(span["to"]) + " (a selection)" * (span["by"] == "selection"),
                "Known to be missing": span["missing"] or (CHOSEN if span["by"] == "selection" else "Nothing known."),
                "by": span["by"],
                "to": span["to"],
            }
        )
    frame = pd.DataFrame(out)
    order = frame["by"].map({"event": 0, "month": 0, "year": 1, "selection": 2})
    return frame.loc[order.sort_values(kind="stable").index].drop(columns=["by", "to"]).reset_index(drop=True)


class Reach(NamedTuple):
    """How many tables are kept on by day, month or year, and how many of them reach the month of the evidence."""

    kept: int
    reach: int
    month: str  # ISO


def reach() -> Reach:
    """How far the tables that are kept on go: those kept by the year reach a month if they reach its year."""
    kept = [evidence.coverage(n)["to"] for n in evidence.names() if evidence.coverage(n)["by"] != "selection"]
    end = evidence.evidence_to()[:7]
    return Reach(len(kept), sum(to[:7] >= end[: len(to[:7])] for to in kept), end)


AGREES = {
    "yes": "agrees",
    "roughly": "agrees roughly",
    "contested": "can be read either way",
    "no": "contradicts",
    "same maker": "only the same maker",
    "none found": "none found",
}


def second_by_subject() -> pd.DataFrame:
    """Rows on which headlines rest, by subject and by what a second source says of them (counts)."""
    (asked,) = (rule["stands"] for rule in evidence.describe("second_sources")["rules"] if "stands" in rule)
    subject = {(t, key): s for s, tables in asked.items() for t, keys in tables.items() for key in keys}
    rows = evidence.table("second_sources")
    rows = rows.assign(
        subject=[subject.get(pair) for pair in zip(rows["table"], rows["row_key"], strict=True)],
        agrees=rows["agrees"].fillna("none found"),
    )
    counts = pd.crosstab(rows["subject"], rows["agrees"])
    return counts.reindex(index=list(asked), columns=list(AGREES), fill_value=0)


def second_table() -> pd.DataFrame:
    """The counts by subject, under the headings of the page."""
    return (
        second_by_subject().rename(columns=AGREES).rename(str.capitalize).rename_axis("Headline rows on").reset_index()
    )
