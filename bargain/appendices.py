"""What the appendices show: tables and their coverage, the register of assumptions, the essay's claims."""

import os
import re
from pathlib import Path

import altair as alt
import pandas as pd

from bargain import charts, evidence

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
    """A row a table: name, title, rows, covers, seen (share, NaN where rows have no source), sources (number of keys)."""
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
        f"Of {n.sum()} rows on which headlines rest, {n['yes'] + n['roughly']} have an independent second source that "
        f"agrees at least roughly, {n['no'] + n['contested']} one that does not, and {n['none found']} none was found for"
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


def _to_data(name):
    here = os.path.relpath(evidence.ROOT / "data" / f"{name}.csv", Path.cwd()).replace(os.sep, "/")
    return f"[{name}.csv]({here})"


def _cited(name, most=6):
    keys = evidence.keys(name)
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return _plain("; ".join(dict.fromkeys(map(evidence.citation, keys[:most])))) + more if keys else "none"


def tables_markdown():
    """A section for each table: what it is, how it was made, doubts, coverage, counts, sources and the file."""
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
            f"{_to_data(row.name)}.\n"
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
