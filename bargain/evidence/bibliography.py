"""The bibliography: sources, their short citations, and the keys that rows may cite."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from bargain import form
from bargain.evidence.files import ROOT, read
from bargain.evidence.problems import EvidenceError, Problem

BIBLIOGRAPHY = ROOT / "references.bib"
KINDS = ("primary document", "scholarly", "official statistics", "quality press", "specialised outlet", "weak")


@lru_cache
def sources(path: str | Path | None = None) -> pd.DataFrame:
    """The bibliography as a frame by key: type, author, short, grouped, title, year, publisher, url, note, kind.

    `short` is the entry's shortauthor, if it has one; `grouped` is true where the author is an organisation.
    Raises EvidenceError naming the lines of entries that cannot be read, lack a title or an author, or are of no known
    kind.
    """
    import bibtexparser  # noqa: PLC0415 (only pages that show sources need it)

    library = bibtexparser.parse_string(read(Path(path or BIBLIOGRAPHY)))
    if library.failed_blocks:
        raise EvidenceError(
            [
                Problem(
                    "references.bib",
                    (b.start_line or 0) + 1,
                    "",
                    getattr(b, "key", ""),
                    f"cannot be read: {getattr(b.error, 'abort_reason', b.error)}",
                )
                for b in library.failed_blocks
            ]
        )
    if not library.entries:
        raise EvidenceError([Problem("references.bib", None, "", "", "has no entry")])
    rows: list[dict[str, Any]] = []
    bad = []
    for entry in library.entries:
        field = {k.lower(): _plain(f.value) for k, f in entry.fields_dict.items()}
        where = next(
            (field[k] for k in ("publisher", "institution", "journal", "organization", "school") if k in field), ""
        )
        link = field.get("url") or (field.get("howpublished", "") if "http" in field.get("howpublished", "") else "")
        raw = str(entry.fields_dict["author"].value).strip() if "author" in entry.fields_dict else ""
        rows.append(
            {
                "key": entry.key,
                "type": entry.entry_type,
                "author": field.get("author", ""),
                "short": field.get("shortauthor", ""),
                "grouped": raw.startswith("{"),
                "title": field.get("title", ""),
                "year": field.get("year", ""),
                "publisher": where,
                "url": link or (f"https://doi.org/{field['doi']}" if "doi" in field else ""),
                "note": "; ".join(field[k] for k in ("note", "pubstate") if k in field),
                "kind": field.get("kind", ""),
            }
        )
        for name, sound, told in (
            ("title", rows[-1]["title"], "must be filled in"),
            ("author", rows[-1]["author"], "must be filled in"),
            ("year", re.fullmatch(r"([0-9]{4})?", rows[-1]["year"]), "must be a year, or be left out"),
            ("url", re.fullmatch(r"(https?://\S+)?", rows[-1]["url"]), "must be an address, https://…"),
            ("kind", rows[-1]["kind"] in KINDS, f"is none of: {', '.join(KINDS)}"),
        ):
            if not sound or form.spoilt(rows[-1][name]):
                line = (entry.start_line or 0) + 1
                told = form.spoilt(rows[-1][name]) or told
                bad.append(Problem("references.bib", line, name, rows[-1][name], told, entry.key))
    if bad:
        raise EvidenceError(bad)
    return pd.DataFrame(rows).set_index("key")


def citation(key: str, path: str | Path | None = None) -> str:
    """Short citation of a source: who published it and when, such as "SIPRI 2025". KeyError for an unknown key."""
    entry: dict[str, Any] = dict(sources(path).loc[key])
    if entry["short"]:
        return f"{entry['short']} {entry['year'] or 'n.d.'}"
    if entry["grouped"]:
        who = [re.split(r",? via |, quoted|, copied", re.sub(r"\s*\(.*?\)", "", entry["author"]))[0].strip()]
    else:
        people = re.split(r"\s+and\s+", entry["author"])
        who = [p.split(",")[0].strip() if "," in p else p.split()[-1] for p in people]
    short = " and ".join(who) if len(who) < 3 else f"{who[0]} and others"
    return f"{short} {entry['year'] or 'n.d.'}"


@lru_cache
def bib_keys(path: Path) -> frozenset[str]:
    """The keys of a bibliography's entries, read from its text: an entry that is spoilt has one too."""
    return frozenset(re.findall(r"^@\w+\{\s*([^,\s]+)\s*,", read(path), re.M))


def _plain(text: object) -> str:
    """A BibTeX value as plain text: accents and quotation marks as they are read, braces, escapes and \\url dropped."""
    text = re.sub(r"\\url\{([^}]*)\}", r"\1", str(text))
    if re.search(r"`|\\(?![&%$#_])", text):
        from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 (few entries need it)

        text = re.sub(r"`([^`']+)'(?!\w)", "‘\\1’", LatexNodes2Text().latex_to_text(text))
    if "://" not in text:
        text = re.sub(r"(?<=\d)--(?=\d)", "–", text)
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", re.sub(r"\\([&%$#_])", r"\1", text))).strip()


def cited_by(data: Path) -> Path:
    """The bibliography that a folder's rows cite: the one beside it, else the project's."""
    beside = data.parent / "references.bib"
    return beside if beside.exists() else BIBLIOGRAPHY
