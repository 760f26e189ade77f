"""Pages of rows: each row with its source, how it was checked and its note, as HTML that needs no script.

`table_page` lists all rows of a table, `figure_page` those that a figure uses. Both stand in the folder `rows/` of the
book and carry the edition's look by the files that `resources` of `_quarto.yml` names. A row is found by its
anchor, made from its key alone: a row that is added moves no other.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from string import Template
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from bargain import evidence, reads
from bargain.evidence.schema import package

TEMPLATE = evidence.ROOT / "_extensions" / "report" / "rows.html"
TAKEN = {"main", "sources"}  # identifiers of the page itself
WIDEST = 118  # characters of cells side by side on a wide screen; where there are more, they follow each other
STATES = {"seen": "seen", "part": "seen in part", "coded": "coded", "memory": "from memory"}
SEED = re.compile(r"\bseeds/\w+\.csv\b")  # these lie in the book too, by `resources` of `_quarto.yml`
READ_AT = re.compile(r"read at (?:this address|(https?://\S+?)(?=[;,.]?(?:\s|$)))")


def table_page(name: str) -> str:
    """The page `rows/NAME.html` with all rows of a table. Raises EvidenceError for an unknown table."""
    about, frame = evidence.describe(name), evidence.table(name)
    span = evidence.coverage(name)
    told = [
        f"<p>{escape(about['description'])}</p>",
        f'<p class="told">{_counted(name, frame, len(frame))} Coverage: {escape(span["from"])} to {escape(span["to"])}'
        f"{', a selection' * (span['by'] == 'selection')}. "
        f'<a href="../chapters/a-data.html#data-{name}">How it was made, and doubts</a> · '
        f'<a href="../data/{about["path"]}" download>{about["path"]}</a></p>',
        _columns(about),
        _records(name, frame),
        _sources({name: frame}),
    ]
    return _page(about["title"], "Rows and sources", told)


def figure_page(finding: str, used: Mapping[str, pd.DataFrame], back: str = "", source: str = "") -> str:
    """The page of the rows that a figure uses, as HTML.

    finding  what the figure says, as its heading
    used     {table: frame of its rows in use, as `evidence.table` gives them}
    back     link to the figure
    source   what it rests on, for a figure that uses no table
    """
    parts = [f'<p class="told"><a href="{escape(back)}">Back to the figure</a></p>'] if back else []
    if not used and source:
        parts.append(f'<p class="told">{escape(source)}</p>')
        parts += [f'<p class="told"><a href="../{file}">{file}</a></p>' for file in re.findall(SEED, source)]
    if len(used) > 1:
        parts.append(
            '<p class="told">'
            + " · ".join(f'<a href="#{n}">{escape(evidence.describe(n)["title"])}</a>' for n in used)
            + "</p>"
        )
    for name, frame in used.items():
        about, whole = evidence.describe(name), len(evidence.table(name))
        told = _counted(name, frame, whole)
        parts += [
            f'<h2 id="{name}">{escape(about["title"])}</h2>',
            f'<p class="told">{told} <a href="{name}.html">The whole table</a></p>',
            _records(name, frame, f"{name}-"),
        ]
    return _page(finding, "Rows and sources of a figure", [*parts, _sources(used)])


def titled(text: str) -> str:
    """Markdown for readers: names of tables as their titles, in italics, and values that a table's column may have as
    words. What has no underscore is left as the word that it is, but for `gdp`."""

    def title(found: re.Match[str]) -> str:
        name = found[0].replace("\\", "")
        if name in evidence.names():
            return f"*{evidence.describe(name)['title']}*"
        return name.replace("_", " ") if name in _values() else found[0]

    return re.sub(r"[a-z]+(?:\\?_[a-z]+)+|\bgdp\b", title, text)


@lru_cache
def _values() -> set[str]:
    fields = [f for name in evidence.names() for f in evidence.describe(name)["schema"]["fields"]]
    return {value for field in fields for value in field.get("constraints", {}).get("enum", ())}


def anchors(name: str, frame: pd.DataFrame) -> list[str]:
    """The anchor of each row of a table: a list of strings, unique in the table."""
    key = evidence.describe(name)["schema"]["primaryKey"]
    out = []
    for row in frame[key].itertuples(index=False):
        cells = [_shown(value) for value in row if not pd.isna(value)]
        words = [re.sub(r"[^\w.]+", "-", cell).strip("-") for cell in cells]
        slug, plain = "-".join(words), words == [cell.replace(" ", "-") for cell in cells]
        if len(slug) > 48 or slug in TAKEN or not plain:  # told apart by what the words leave out
            slug = f"{slug[:40].strip('-')}-{hashlib.sha256(chr(0).join(map(_shown, row)).encode()).hexdigest()[:6]}"
        out.append(slug)
    return out


def judged() -> pd.DataFrame | None:
    """The assumptions that the notebook's running statement rests on, as rows of the register; None outside one."""
    keys = reads.here()
    if keys is None:
        return None
    with reads.paused():
        rows = evidence.table("assumptions")
    return rows[("assumptions/" + rows["id"]).isin(keys)]


def copies(key: str) -> list[str]:
    """Where a source was read when that was not its own address: a list of addresses, from its note."""
    return [found for found in READ_AT.findall(evidence.sources().loc[key, "note"]) if found]


# ------------------------------------------------------------------------------------------------------ parts
def _page(title: str, label: str, parts: Iterable[str]) -> str:
    book = package(evidence.DATA)["title"].partition("“")[2].partition("”")[0]
    return Template(_template()).substitute(
        title=escape(title), label=escape(label), book=escape(book), body="\n".join(part for part in parts if part)
    )


@lru_cache
def _template() -> str:
    with open(TEMPLATE, encoding="utf-8") as file:
        return file.read()


def _counted(name: str, frame: pd.DataFrame, whole: int) -> str:
    """How many rows of how many, and how they were checked, in a sentence or two."""
    some = f"{len(frame):,} rows" if len(frame) == whole else f"{len(frame):,} of {whole:,} rows"
    some = some.replace("1 rows", "1 row") if len(frame) == whole == 1 else some
    if "verified" not in frame:
        return f"{some}."
    count = frame["verified"].value_counts()
    if len(count) == 1:
        return f"{some}, {'all ' * (len(frame) > 1)}{STATES[count.index[0]]}."
    return f"{some}: " + ", ".join(f"{count[s]:,} {word}" for s, word in STATES.items() if s in count) + "."


def _columns(about: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<dt>{_name(f['name'])}</dt><dd>{escape(f.get('title', ''))}"
        + (f" ({escape(str(f['unit']))})" if f.get("unit") else "")
        + "</dd>"
        for f in about["schema"]["fields"]
    )
    return f'<details class="columns"><summary>What the columns mean</summary><dl>{rows}</dl></details>'


def _name(column: str) -> str:
    return escape(column.replace("_", " "))


def _width(column: str, cells: Sequence[str]) -> int:
    """The characters that a column needs: its longest word, or its cells' mean where that is more, within limits."""
    words = [column, *cells]
    longest = max(len(word) for text in words for word in re.split(r"[\s_]+" if text is column else r"\s+", text))
    return max(longest, min(24, sum(map(len, cells)) // max(len(cells), 1)))


def _shown(value: object) -> str:
    """A cell as text: numbers without idle zeros."""
    return "" if pd.isna(value) else f"{value:.10g}" if isinstance(value, (int, float)) else str(value)


def _records(name: str, frame: pd.DataFrame, prefix: str = "") -> str:
    """The rows as a table; in a figure's page each leads to its place among all rows of its table."""
    resource = evidence.describe(name)
    cited = [f["name"] for f in resource["schema"]["fields"] if f.get("sources")]
    key = [c for c in resource["schema"]["primaryKey"] if c not in cited]
    last = {*cited, "verified", "note"}
    shown = [c for c in frame if c not in last and c not in key and frame[c].notna().any()]
    text = {c: [escape(_shown(v)) for v in frame[c]] for c in (*key, *shown)}
    width = sum(2 + _width(column, cells) for column, cells in text.items())
    names = [" · ".join(filter(None, cells)) for cells in zip(*(text[c] for c in key), strict=True)]
    numeric = {c for c in shown if frame[c].dtype.kind in "if"}
    head = "".join(f"<th scope=col{' class=r' * (c in numeric)}>{_name(c)}</th>" for c in shown)
    out = [
        f'<table class="records{" stacked" * (width > WIDEST)}"><thead><tr><th scope=col>'
        f"{' · '.join(map(_name, key))}</th>{head}<th scope=col>source, state, note</th></tr></thead><tbody>"
    ]
    where = f"{name}.html" if prefix else ""
    for i, anchor in enumerate(anchors(name, frame)):
        cells = "".join(
            f'<td{" class=r" * (c in numeric)} data-l="{_name(c)}">{text[c][i]}</td>' if text[c][i] else "<td></td>"
            for c in shown
        )
        out.append(
            f'<tr id="{prefix}{anchor}"><th scope=row><a href="{where}#{anchor}">{names[i]}</a></th>'
            f"{cells}<td class=from>{_from(frame.iloc[i], cited)}</td></tr>"
        )
    return "\n".join(out) + "\n</tbody></table>"


def _from(row: Mapping[str, Any], cited: Iterable[str]) -> str:
    keys = dict.fromkeys(key for field in cited if not pd.isna(row[field]) for key in row[field].split(";"))
    told = "; ".join(map(_citation, keys))
    state = STATES.get(str(row.get("verified")), "")
    note = row.get("note")
    return " ".join(
        part
        for part in (
            told,
            f"<b>{state}</b>" if state else "",
            "" if pd.isna(note) or not note else f"<small>{escape(note)}</small>",
        )
        if part
    )


@lru_cache(maxsize=None)
def _citation(key: str) -> str:
    """A source in a row: short, with its title on hover, a link to its address, and to the copy that was read."""
    entry = evidence.sources().loc[key]
    where = entry["url"] if entry["url"].startswith("http") else f"#source-{key}"
    text = f'<a href="{escape(where)}" title="{escape(entry["title"])}">{escape(evidence.citation(key))}</a>'
    return text + "".join(f', read at <a href="{escape(url)}">{_host(url)}</a>' for url in copies(key))


def _host(url: str) -> str:
    return escape(urlsplit(url).netloc.removeprefix("www."))


def _sources(used: Mapping[str, pd.DataFrame]) -> str:
    """The full references of all rows in use, in the order of their short citations."""
    keys = set()
    for name, frame in used.items():
        for field in evidence.describe(name)["schema"]["fields"]:
            if field.get("sources"):
                keys |= {key for cell in frame[field["name"]].dropna() for key in cell.split(";")}
    if not keys:
        return ""
    order = sorted(keys, key=lambda key: (evidence.citation(key).lower(), key))
    items = "\n".join(f'<li id="source-{key}">{_reference(key)}</li>' for key in order)
    return f'<h2 id="sources">Sources of these rows</h2>\n<ul class="references">\n{items}\n</ul>'


@lru_cache(maxsize=None)
def _reference(key: str) -> str:
    entry = evidence.sources().loc[key]
    told = ", ".join(
        escape(part) for part in (entry["author"], entry["title"], entry["publisher"], entry["year"]) if part
    )
    link = f'. <a href="{escape(entry["url"])}">{escape(entry["url"])}</a>' if entry["url"] else ""
    note = "; ".join(part for part in (entry["kind"], entry["note"]) if part)
    return f"{told}{link}" + (f" <small>({_linked(note)})</small>" if note else "")


def _linked(text: str) -> str:
    """Escaped text, its addresses as links."""
    return re.sub(r"https?://[^\s<>]*[^\s<>.,;)]", lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(text))
