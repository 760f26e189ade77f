"""What the appendices show: tables and their coverage, the register of assumptions, the essay's claims."""

import os
import re
from html import escape
from pathlib import Path

import altair as alt
import pandas as pd

from bargain import charts, evidence, wording

CHAPTERS = {
    "1": "readings",
    "2": "wants",
    "3": "partners",
    "4": "economies",
    "5": "options",
    "6": "futures",
    "7": "exchange",
    "8": "phasing",
    "9": "deterrence",
    "10": "stakes",
    "11": "scorecard",
    "12": "forecasts",
}


def listed():
    """Names of the chapters that the book has, from their files."""
    return {path.stem.partition("-")[2] for path in (evidence.ROOT / "chapters").iterdir() if path.suffix == ".qmd"}


def chapter_link(codes):
    """References to the chapters of a code such as "7;8", plain numbers for chapters that the book does not have."""
    have = listed()
    names = [CHAPTERS.get(code, code) for code in str(codes).split(";")]
    return ", ".join(f"@sec-{name}" if name in have else name for name in names)


def overview():
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


def counts():
    """The honest count over all tables whose rows name a source: rows, seen, memory, and keys of sources."""
    rows = [evidence.table(name) for name in evidence.names()]
    rows = [frame["verified"] for frame in rows if "verified" in frame]
    verified = pd.concat(rows)
    keys = {key for name in evidence.names() for key in evidence.keys(name)}
    return {
        "tables": len(evidence.names()),
        "rows": len(verified),
        "seen": int((verified == "seen").sum()),
        "memory": int((verified == "memory").sum()),
        "sources": len(keys),
    }


def second_sources():
    """How second sources agree: Series of counts indexed by yes, roughly, contested, no, none found."""
    agrees = evidence.table("second_sources")["agrees"].fillna("none found")
    return agrees.value_counts().reindex(["yes", "roughly", "contested", "no", "none found"]).fillna(0).astype(int)


def second_finding():
    n = second_sources()
    return (
        f"Of {n.sum()} rows on which headlines rest, {n['yes'] + n['roughly']} have a second source that agrees at "
        f"least roughly, {n['no'] + n['contested']} one that does not, and {n['none found']} none was found for"
    )


def years():
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


def years_finding(frame):
    per_year = frame.groupby("year")["title"].nunique()
    recent = per_year[per_year.index >= 2012]
    return (
        f"{frame['title'].nunique()} tables have dates; the years since 2012 are covered by {recent.min()} to "
        f"{recent.max()} of them, and {recent.idxmax()} best"
    )


def draw_years(t, narrow, frame):
    """Tables by year: the darker a cell, the more rows of that table fall into the year."""
    order = list(frame.groupby("title")["year"].min().sort_values().index)
    first, last = frame["year"].min(), frame["year"].max()
    ticks = [y for y in range(1990, last + 1, 10 if narrow else 5)]
    y = alt.Y(
        "title:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelLimit=150 if narrow else 230, labelFontSize=11, domain=False),
    )
    return (
        alt.Chart(frame.assign(end=frame["year"] + 0.9))
        .mark_rect(color=t["ink2"], height=11, strokeWidth=0)
        .encode(
            x=alt.X(
                "year:Q",
                title=None,
                axis=alt.Axis(values=ticks, format="d"),
                scale=alt.Scale(domain=[first, last + 1], nice=False),
            ),
            x2="end:Q",
            y=y,
            opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.2, 1])),
        )
        .properties(width=charts.size(narrow, 160 if narrow else 240), height=15 * len(order))
    )


# What a table's small picture shows: (column by year, how rows of a year combine, rows to keep, words), or
# (column, words) where rows have no year. Tables that are not named show their rows by year.
PICTURES = {
    "missile_tests": ("number_launched", "sum", None, "missiles launched a year"),
    "missile_tests_by_year": ("launches", "sum", None, "missiles launched a year"),
    "warheads": ("warheads_central", "max", "is_default == 1", "warheads assembled, by SIPRI"),
    "talks_by_month": ("talks_under_way", "sum", None, "months of a year with talks under way"),
    "trade_by_partner": ("total_usd_m", "sum", "partner == 'CHN' and is_default == 1", "trade with China a year"),
    "china_trade_share": ("china_share_excl_inter_korean_pct", "sum", None, "China’s share of trade, per cent"),
    "gdp": ("nominal_gni_krw_trn", "sum", None, "national income, trillion South Korean won"),
    "prices": ("usd_kpw", "max", "basis == 'survey' and city == 'Pyongyang'", "won to the dollar, highest of the year"),
    "illicit_revenue": (
        "usd_m_central", "sum", "stream == 'crypto_theft' and annual_estimate == 'yes'", "crypto theft a year, gross"),
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
}
GREY, WIDTH = "#7d7a72", 320  # one grey that reads on light and on dark paper alike


def pictured(name):
    """The bars of a table's small picture (Series indexed by year, or by category), and the words for what it shows."""
    frame, column = evidence.table(name), evidence.coverage(name)["column"]
    chosen = PICTURES.get(name)
    if chosen and len(chosen) == 2:
        what, words = chosen
        if frame[what].dtype == "str":
            return frame[what].fillna("none found").value_counts(), words
        return frame.set_index(frame.columns[0])[what].dropna(), words
    year = pd.to_numeric(frame[column].astype(str).str[:4], errors="coerce")
    if not chosen:
        bars, words = year.value_counts(), "rows by year"
    else:
        what, how, keep, words = chosen
        kept = frame.assign(_year=year).query(keep) if keep else frame.assign(_year=year)
        bars = kept.dropna(subset=[what]).groupby("_year")[what].agg(how)
    bars.index = bars.index.astype(int)
    return bars.sort_index(), words


def draw_small(bars, words):
    """A small picture as SVG text: standing bars by year with both ends named, or lying bars by category.

    The words stand in the picture, so that no page break parts them from it.
    """
    top = max(float(bars.max()), 1e-9)
    if pd.api.types.is_integer_dtype(bars.index.dtype):
        height, first, last = 92, int(bars.index.min()), int(bars.index.max())
        step = WIDTH / (last - first + 1)
        parts = [
            f'<rect x="{(year - first) * step + step * 0.1:.1f}" y="{78 - max(58 * value / top, 0.6):.1f}" '
            f'width="{step * 0.8:.1f}" height="{max(58 * value / top, 0.6):.1f}"/>' for year, value in bars.items()]
        parts += [f'<text y="90" x="0">{first}</text>', f'<text y="90" x="{WIDTH}" text-anchor="end">{last}</text>',
                  f'<text y="11" x="{WIDTH}" text-anchor="end">highest {_number(float(bars.max()))}</text>']
    else:
        height, parts = 14 * len(bars) + 20, []
        for i, (label, value) in enumerate(bars.items()):
            wide, y = max(110 * float(value) / top, 0.6), 18 + 14 * i
            short = label if len(label) < 28 else label[:26] + "…"
            parts.append(f'<text x="164" y="{y + 11}" text-anchor="end">{escape(short)}</text>'
                         f'<rect x="170" y="{y + 3}" width="{wide:.1f}" height="9"/>'
                         f'<text x="{174 + wide:.1f}" y="{y + 11}">{_number(float(value))}</text>')
    parts.insert(0, f'<text y="11" x="0">{escape(wording.capital(words))}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
            f'fill="{GREY}" font-family="sans-serif" font-size="11">{"".join(parts)}</svg>\n')


def small_picture(name):
    """Write a table's small picture and return the Markdown that shows it."""
    bars, words = pictured(name)
    path = charts.folder() / f"data-{name.replace('_', '-')}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    charts._write(path, draw_small(bars, words).encode())
    here = os.path.relpath(path, Path.cwd()).replace(os.sep, "/")
    order = f"from {bars.index[0]} to {bars.index[-1]}"
    alt = f"{len(bars)} small bars {order}: {words}; the highest is {_number(float(bars.max()))}."
    return f"![{alt}]({here}){{width={WIDTH}px}}\\ "  # the hard space keeps it from being a figure with a caption


def _to_data(name):
    here = os.path.relpath(evidence.ROOT / "data" / f"{name}.csv", Path.cwd()).replace(os.sep, "/")
    return f"[{name}.csv]({here})"


def _cited(name, most=6):
    keys = evidence.keys(name)
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return _plain("; ".join(dict.fromkeys(map(evidence.citation, keys[:most])))) + more if keys else "none"


def sources_markdown(name):
    """All sources of a table, folded, for the website: key as in the rows, short citation, title and link."""
    keys, books = sorted(evidence.keys(name)), evidence.sources()
    if not keys:
        return ""
    items = []
    for key in keys:
        entry = books.loc[key]
        title = _plain(entry["title"])
        title = f"[{title}](<{entry['url']}>)" if entry["url"].startswith("http") and " " not in entry["url"] else title
        items.append(f"- `{key}` {_plain(evidence.citation(key))}: {title}")
    heading = f"All {len(keys)} sources" if len(keys) > 1 else "The source"
    opened = f'::::: {{.content-visible when-format="html"}}\n::: {{.callout-note title="{heading}" collapse="true"}}'
    return opened + "\n\n" + "\n".join(items) + "\n\n:::\n:::::\n"


def tables_markdown():
    """A section for each table: what it is, how it was made, doubts, coverage, counts, file, picture and sources."""
    parts = []
    for row in overview().itertuples():
        about = evidence.describe(row.name)
        kept = {"event": ", kept up to the last date", "selection": ", a selection"}.get(row.by, "")
        seen = "" if row.seen is None or pd.isna(row.seen) else f" {row.seen:.0%} of the rows were read in a source."
        parts.append(
            f"## {about['title']} {{#data-{row.name} .unnumbered}}\n\n"
            f"{about['description']} {about['made']}\n\n"
            f"*Doubts.* {about['doubts']}\n\n"
            f"*Coverage.* {row.covers}{kept}; {row.rows} rows.{seen} *Sources.* {_cited(row.name)}. *File.* "
            f"{_to_data(row.name)}.\n\n"
            f"{small_picture(row.name)}\n\n"
            f"{sources_markdown(row.name)}"
        )
    return "\n".join(parts)


def _plain(text):
    """Text as Markdown that shows just that text, inside a cell of a table."""
    return re.sub(r"([\\`*_{}\[\]<>$|@#~^])", r"\\\1", str(text))


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def register(chapter):
    """The assumptions of one chapter code (such as "7;8"), as a table to read."""
    rows = evidence.assumptions()
    rows = rows[rows["chapter"].astype(str) == str(chapter)]
    span = [
        _number(r.central) if r.low == r.high else f"{_number(r.low)} – **{_number(r.central)}** – {_number(r.high)}"
        for r in rows.itertuples()
    ]
    basis = rows["basis"] + rows["source_id"].fillna("").map(
        lambda cell: ": " + "; ".join(dict.fromkeys(map(evidence.citation, cell.split(";")))) if cell else ""
    )
    return pd.DataFrame(
        {
            "Row": "`" + rows.index + "`",
            "Meaning": rows["meaning"].map(_plain),
            "Low – central – high": span,
            "Unit": rows["unit"].map(_plain),
            "Basis": basis,
        }
    ).reset_index(drop=True)


def register_markdown():
    """The whole register, a section a chapter code in order, each with its table."""
    codes = evidence.assumptions()["chapter"].astype(str)
    order = sorted(codes.unique(), key=lambda c: [int(x) for x in c.split(";")])
    parts = []
    for code in order:
        names = [CHAPTERS[x] for x in code.split(";")]
        table = register(code).to_markdown(index=False)
        parts.append(
            f"## {', '.join(names).capitalize()} {{#register-{code.replace(';', '-')} .unnumbered}}\n\n{table}\n"
        )
    return "\n".join(parts)


def basis_counts():
    """Rows of the register by basis: Series indexed by judgement, data, literature."""
    return evidence.assumptions()["basis"].value_counts()


def seeds():
    """The seeds of the modules' draws, from their constant SEED: Series indexed by the module's name."""
    found = {}
    for path in sorted((evidence.ROOT / "bargain").glob("*.py")):
        with open(path, encoding="utf-8") as file:
            code = file.read()
        if match := re.search(r"^(?:\w+, )*SEED = (?:.*, )?(\d+)\b", code, re.M):
            found[path.stem] = int(match[1])
    return pd.Series(found)


def seeds_sentence():
    """Each module's seed, for a sentence."""
    parts = [f"{seed} in `{name}`" for name, seed in seeds().items()]
    return wording.listed(parts)


def claims():
    """The essay's claims as a table to read: Claim, Paragraph, In our words, Kind, Rule, Chapter."""
    rows = evidence.table("claims", evidence.ROOT / "seeds")
    return pd.DataFrame(
        {
            "Claim": rows["id"],
            "¶": rows["paragraphs"].fillna(""),
            "In our words": rows["paraphrase"].map(_plain),
            "Kind": rows["kind"],
            "Rule, written before looking": rows["rule"].map(_plain),
            "Tested in": [chapter_link(c) for c in rows["chapter"]],
        }
    )
