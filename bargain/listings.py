"""The lists of the appendices as Markdown, with their links: the tables, the register, the essay's claims, the package.

Each is as long as what it lists, so that no page can hold it; what a page can say stands in the page.
"""

import re
import textwrap
from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from bargain import api, appendices, argument, decisive, evidence, one_deal, prose, rowpages, scorecard
from bargain.files import from_here, rows_folder, write_file
from bargain.plots import appendices as appendices_plots
from bargain.prose import plain_number

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


def listed() -> set[str]:
    """Names of the chapters that the book has, from their files."""
    return {path.stem.partition("-")[2] for path in (evidence.ROOT / "chapters").iterdir() if path.suffix == ".qmd"}


def chapter_link(codes: str) -> str:
    """References to the chapters of a code such as "7;8", plain numbers for chapters that the book does not have."""
    have = listed()
    names = [CHAPTERS.get(code, code) for code in str(codes).split(";")]
    return ", ".join(f"@sec-{name}" if name in have else name for name in names)


def small_picture(name: str) -> dict[str, str]:
    """A table's small picture as an output of a cell, {kind: content}; empty where all bars are equal."""
    bars, words = appendices.pictured(name)
    if bars.nunique() == 1:
        return {}
    order = f"from {bars.index[0]} to {bars.index[-1]}"
    alt = f"{len(bars)} small bars {order}: {words}; the highest is {plain_number(float(bars.max()))}."
    drawn = appendices_plots.draw_small(bars, words)
    shown = f'<div class="small-picture" role="img" aria-label="{escape(alt)}">{drawn}</div>'
    return {"text/html": shown, "text/markdown": alt, "text/plain": alt}


def _to_data(name: str) -> str:
    return f"[{name}.csv]({from_here(evidence.ROOT / 'data' / f'{name}.csv')})"


def _to_rows(name: str) -> str:
    """Write the page of a table's rows and return the link to it."""
    page = rows_folder() / f"{name}.html"
    write_file(page, rowpages.table_page(name).encode())
    return f"[Each with its source]({from_here(page)})"


def _cited(name: str, most: int = 6) -> str:
    keys = evidence.keys(name)
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return appendices.plain("; ".join(dict.fromkeys(map(evidence.citation, keys[:most])))) + more if keys else "none"


def tables() -> Iterator[dict[str, str]]:
    """Outputs of a cell, a section for each table: what it is, how it was made, doubts, coverage, counts, file, picture
    and sources."""
    for row in appendices.overview().itertuples():
        about = evidence.describe(row.name)
        later = ", with single later rows" if about["coverage"].get("found_to") else ""
        kept = {"event": f", kept up to the last date{later}", "selection": ", a selection"}.get(row.by, "")
        seen = "" if row.seen is None or pd.isna(row.seen) else f" {row.seen:.0%} of the rows were read in a source."
        yield {
            "text/markdown": f"## {about['title']} {{#data-{row.name} .unnumbered}}\n\n"
            f"{about['description']} {about['made']}\n\n"
            f"*Doubts.* {about['doubts']}\n\n"
            f"*Coverage.* {row.covers}{kept}; {row.rows} rows.{seen} *Sources.* {_cited(row.name)}."
            f"{_kinds(row.name)} *File.* {_to_data(row.name)}. *Rows.* {_to_rows(row.name)}.\n"
        }
        if picture := small_picture(row.name):
            yield picture
        yield {"text/markdown": appendices.sources_markdown(row.name)}


def tables_lines() -> str:
    """The tables for print, a paragraph each: what it is, doubts, coverage, rows and how many were read in a source."""
    parts = []
    for row in appendices.overview().itertuples():
        about = evidence.describe(row.name)
        seen = "" if row.seen is None or pd.isna(row.seen) else f", {row.seen:.0%} of them read in a source"
        parts.append(
            f"[**{about['title']}.**]{{#data-{row.name}}} {about['description']} *Doubts.* {about['doubts']} "
            f"*Coverage.* {row.covers}; {row.rows} rows{seen}."
        )
    return "\n\n".join(parts) + "\n"


def _kinds(name: str) -> str:
    """Shares of a table's rows by the best kind of source that each cites, in a sentence with a space before it."""
    count = evidence.kinds(name)
    count.pop("unnamed", None)  # judgements name no source
    if not count:
        return ""
    whole = sum(count.values())
    parts = [f"{kind} {n / whole:.0%}" if n / whole >= 0.01 else f"{kind} under 1%" for kind, n in count.items()]
    return f" *By the best kind of source cited.* {', '.join(parts)}."


def _range(row: Any) -> str:
    """Low, central (in bold) and high of an assumption, with real minus signs; one number where it has no range."""
    low, central, high = (plain_number(x).replace("-", "−") for x in (row.low, row.central, row.high))
    return central if row.low == row.high else f"{low} – **{central}** – {high}"


def _rows_of(chapter: str) -> pd.DataFrame:
    rows = evidence.assumptions()
    return rows[rows["chapter"].astype(str) == str(chapter)]


def register(chapter: str) -> pd.DataFrame:
    """The assumptions of one chapter code (such as "7;8"), as a table to read: what each means and its name, which has
    an anchor here and leads to its page; its range with the unit; on what it rests; how it moves a headline."""
    rows = _rows_of(chapter)
    rho = decisive.matters()["rho"].reindex(rows.index)
    return pd.DataFrame(
        {
            "Meaning and name": _named(rows, "row-"),
            "Low – central – high": [f"{_range(row)} {appendices.plain(row.unit)}" for row in rows.itertuples()],
            "Basis": _basis(rows),
            "Rank correlation": rho.map(lambda r: "" if pd.isna(r) else prose.signed(r, 2)),
        }
    ).reset_index(drop=True)


def _linked(rows: pd.DataFrame) -> list[str]:
    """The names of assumptions, each leading to its row on its page."""
    page = from_here(rows_folder() / "assumptions.html")
    anchors = rowpages.anchors("assumptions", rows.reset_index())
    return [f"[`{row}`]({page}#{anchor})" for row, anchor in zip(rows.index, anchors, strict=True)]


def _named(rows: pd.DataFrame, prefix: str = "") -> list[str]:
    """What assumptions mean, each with its name below, which leads to its page; a prefix makes anchors of the names."""
    parts = zip(rows["meaning"].map(appendices.plain), _linked(rows), rows.index, strict=True)
    return [f"{words} [{link}]{{{f'#{prefix}{name} ' if prefix else ''}.key}}" for words, link, name in parts]


def decisive_rows(top: int = 40) -> pd.DataFrame:
    """The assumptions that move a headline most, as a table to read: what is moved, and how strongly."""
    found = decisive.matters().head(top)
    rows = evidence.assumptions().loc[found.index]
    return pd.DataFrame(
        {
            "Meaning and name": _named(rows),
            "Low – central – high": [f"{_range(row)} {appendices.plain(row.unit)}" for row in rows.itertuples()],
            "Rank correlation": [prose.signed(rho, 2) for rho in found["rho"]],
            "with": [f"{row.words} (chapter {row.chapter})" for row in found.itertuples()],
        }
    )


def _basis(rows: pd.DataFrame) -> pd.Series:
    cited = (
        rows["source_id"]
        .fillna("")
        .map(lambda cell: "; ".join(dict.fromkeys(map(evidence.citation, cell.split(";")))) if cell else "")
    )
    return rows["basis"] + (": " + cited).where(cited != "", "")


def _codes() -> list[tuple[str, str, str]]:
    """The chapter codes of the register in order, each with its heading and anchor."""
    codes = evidence.assumptions()["chapter"].astype(str).unique()
    names = {code: ", ".join(CHAPTERS[x] for x in code.split(";")).capitalize() for code in codes}
    order = sorted(codes, key=lambda code: [int(x) for x in code.split(";")])
    return [(code, names[code], f"register-{code.replace(';', '-')}") for code in order]


WIDTHS = {"Meaning and name": 42, "Low – central – high": 25, "Basis": 23, "Rank correlation": 10}


def register_markdown() -> str:
    """The whole register, a section a chapter code in order, each with its table."""
    parts = []
    for code, name, anchor in _codes():
        parts.append(f"### {name} {{#{anchor} .unnumbered}}\n\n{one_deal.laid_out(register(code), WIDTHS)}\n")
    return "\n".join(parts)


WORDED = {"flat": "put outright", "hedged": "hedged or implied", "perhaps": "put as a perhaps"}
BASIS = {"record": "tested on the record", "model": "judged by our own models", "none": "no table could decide it"}


def claims(rivals: bool = False) -> str:
    """The essay's claims, or its rivals', as a list in Markdown: each with indicator, rules and verdicts, in full."""
    parts = []
    for row in scorecard.card().sort_values("id").to_dict("records"):
        if (row["speaker"] != "feffer2017what") != rivals:
            continue
        where = f"@{row['speaker']}" if rivals else f"Paragraph {row['paragraphs']}"
        about = [f"{where}; {row['kind']}, {WORDED[row['wording']]}; {BASIS[row['evidence']]}; {_tested_in(row)}."]
        about.append(f"*Indicator*: {_told(row['indicator'])}.")
        about.append(f"*Our rule*: {_told(row['rule'])}. Verdict: **{row['verdict']}**.")
        if row["rule_alt"]:
            about.append(f"*Another’s rule*: {_told(row['rule_alt'])}. Verdict: **{row['alt']}**.")
        if row["disputed_by"]:
            about.append("*Disputed by* " + ", ".join(f"@{key}" for key in row["disputed_by"].split(";")) + ".")
        parts.append(
            f"[{row['id']}.]{{#claim-{row['id']}}} {appendices.plain(row['paraphrase'])}\n:   " + " ".join(about)
        )
    return "\n\n".join(parts)


def _told(rule: str) -> str:
    """A rule or an indicator as Markdown, tables by their titles."""
    return rowpages.titled(appendices.plain(rule))


def _tested_in(row: Any) -> str:
    """Where a claim is treated, as words with references."""
    return f"see {chapter_link(row['chapter'])}"


def first_rules() -> str:
    """The rules that were mended, as they first stood: a list in Markdown."""
    return "\n".join(
        f"- {row['id']}: {_told(row['rule'])}. Verdict then: {row['verdict']}."
        for row in argument.seed("first_rules").to_dict("records")
    )


def docstring(text: str) -> str:
    """A docstring as Markdown that shows its words.

    Code, names of exceptions and paragraphs that are set in are code; a word between stars is emphasis; aligned rows
    are a list.
    """
    return "\n\n".join(_paragraph(block) for block in text.split("\n\n"))


def _paragraph(block: str) -> str:
    """A paragraph of a docstring. Its rows `name  words` are a list; a line that is set in goes on the one before."""
    if all(line.startswith("    ") for line in block.splitlines()):
        return f"```\n{textwrap.dedent(block)}\n```"
    lines = []
    for line in block.splitlines():
        item = re.fullmatch(r"(\w+)  +(\S.*)", line)
        in_list = bool(lines) and lines[-1].startswith("- ")
        if item:
            lines += [""] * (bool(lines) and not in_list) + [f"- `{item[1]}`: {_coded(item[2])}"]
        elif lines and line.startswith(" "):
            lines[-1] += " " + _coded(line.strip())
        else:
            lines += [""] * in_list + [_coded(line)]
    return "\n".join(lines)


def _coded(line: str) -> str:
    parts = re.split(r"(`[^`]+`|(?<!\w)\*\w+\*(?!\w)|\b[A-Z]\w*Error\b)", line)
    marked = [part if part[0] in "`*" else f"`{part}`" for part in parts[1::2]]
    texts = [appendices.plain(part) for part in parts[::2]]
    return "".join(text + code for text, code in zip(texts, [*marked, ""], strict=True))


def package_page() -> str:
    """The package's modules for the website: each with its constants, rules, and names with their docstrings."""
    package = api.modules()
    rows = api.names(package)
    parts = []
    for path, module in package.items():
        own = rows[rows["module"] == path]
        anchor = "api-" + re.sub(r"[._]", "-", path)
        parts.append(f"## `{path}` {{#{anchor} .unnumbered}}\n\n{docstring(api.told(module))}\n")
        if constants := api.constants(module):
            parts.append("Constants: " + ", ".join(f"`{name}`" for name in constants) + ".\n")
        if own["rule"].any():
            judged = ", ".join(f"`{name}`" for name in own.loc[own["rule"], "name"])
            parts.append(f"Rules of the claims so named (@sec-claims): {judged}.\n")
        for row in own[~own["rule"]].itertuples():
            home = "".join(row.name.rpartition(".")[:2])
            told = docstring(row.docstring).replace("\n", "\n    ")
            parts.append(f"`{home}{row.signature}`\n:   {told}\n")
    return "\n".join(parts)


def package_lines() -> str:
    """The package's modules for print: each in a line, the first paragraph of its docstring."""
    firsts = {path: api.told(module).split("\n\n")[0] for path, module in api.modules().items()}
    return "\n".join(f"- `{path}`: {docstring(first)}" for path, first in firsts.items())
