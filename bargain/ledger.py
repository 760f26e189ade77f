"""The ledger of claims: each claim of a page, noted with its test as the page was rendered.

What a page's own run said is taken where it was heard (`hearing`) and all that it read is as it was; any other page
is run again, without its drawings.

`python -m bargain.ledger FOLDER` says of a rendered book which claims do not hold with its numbers.
"""

import argparse
import contextlib
import importlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pandas as pd
import yaml

from bargain import evidence, hearing, prose, terms
from bargain.prose import Holds

CODE = re.compile(
    r"^```\{python\}[ \t]*\n(?P<cell>.*?)^```[ \t]*$|(?<!`)`\{python\}[ \t](?P<inline>[^`]+)`", re.M | re.S
)
HEADING = re.compile(r"^(?P<level>#{1,3}) (?P<words>.+?)(?P<attributes>[ ]\{[^{}]*\})?[ ]*$", re.M)
FENCE = re.compile(r"^:{3,}[ ]*(?P<attributes>\S.*)?$", re.M)
FILE = Path("figures") / "claims.csv"  # within the project, and within a rendered book
SEEN = '{.content-visible when-format="html"}'  # on paper a line of code is wider than its column
Worded = Callable[[Holds, str, str], str]


class Part(NamedTuple):
    """A cell or an inline expression of a page."""

    code: str
    line: int  # of the file, where the code begins
    start: int  # place in the file's text
    end: int
    inline: bool
    section: str  # its number, such as 3.2, or the chapter's fine print; empty on a page without numbers
    label: str  # identifier of the nearest heading that has one; in fine print of the nearest figure, table or box


class Claim(NamedTuple):
    """A claim of a page."""

    page: str  # file, from the project
    section: str
    label: str
    line: int
    test: Holds
    source: str  # the test as the page has it
    text: str
    otherwise: str
    sentence: str  # as printed, with what stands around the claim; empty where it is no part of the running text


class Figure(NamedTuple):
    """What a page gives with a figure."""

    name: str
    finding: str
    unit: str
    alt: str


class Run(NamedTuple):
    """A page that was run."""

    claims: list[Claim]
    figures: list[Figure]
    text: str  # the page with the words of its inline expressions in it, and without its cells


def pages(root: Path = evidence.ROOT) -> dict[str, str]:
    """{file: its number in the book, 3 or A, empty where it has none}, in reading order, from `_quarto.yml`."""
    book = yaml.safe_load((root / "_quarto.yml").read_text("utf-8"))["book"]
    files = [f for entry in book["chapters"] for f in (entry["chapters"] if isinstance(entry, dict) else [entry])]
    out, count = {}, 0
    for file in files:
        title = HEADING.search((root / file).read_text("utf-8"))
        numbered = title is not None and ".unnumbered" not in (title["attributes"] or "") and file != "index.qmd"
        count += numbered
        out[file] = str(count) if numbered else ""
    return out | {file: chr(65 + n) for n, file in enumerate(book.get("appendices", []))}


def parts(text: str, number: str = "") -> list[Part]:
    """The cells (but those that are not run) and inline expressions of a page's text, in order, with their sections."""
    found = [m for m in CODE.finditer(text) if not re.search(r"^#\| *eval: *false", m["cell"] or "", re.M)]
    boxes = _fine_print(text)
    out, heads = [], [h for h in HEADING.finditer(text) if not any(m.start() < h.start() < m.end() for m in found)]
    for m in found:
        count, label = [0, 0], ""
        for head in heads:
            if head.start() > m.start():
                break
            named = re.search(r"#([\w-]+)", head["attributes"] or "")
            label = named[1] if named else label
            level = len(head["level"])
            if level > 1 and ".unnumbered" not in (head["attributes"] or ""):
                count = [count[0] + 1, 0] if level == 2 else [count[0], count[1] + 1]
        section = ".".join([number, *(str(n) for n in count if n)]) if number else ""
        for start, end, names in boxes:
            if start < m.start() < end:  # boxes stand after the last section, and are no part of it
                section = f"{number}, fine print" if number else ""
                label = next(
                    (name for place, name in reversed(names) if place < m.start()), names[0][1] if names else label
                )
        kind = "inline" if m["inline"] else "cell"
        at = m.start(kind)
        out.append(Part(m[kind], text.count("\n", 0, at) + 1, m.start(), m.end(), kind == "inline", section, label))
    return out


def _fine_print(text: str) -> list[tuple[int, int, list[tuple[int, str]]]]:
    """The boxes of fine print of a page: (start, end, [(place, identifier) of what in it has one])."""
    out: list[tuple[int, int, list[tuple[int, str]]]] = []
    started: list[tuple[int, str]] = []
    for fence in FENCE.finditer(text):
        if words := fence["attributes"]:
            started.append((fence.end(), words))
        elif started:
            start, words = started.pop()
            if "callout-note" in words:
                named = re.finditer(r"\{#([\w-]+)[ }]", text[start : fence.start()])
                out.append((start, fence.start(), [(start + n.start(), n[1]) for n in named]))
    return out


def run(file: str, number: str = "", worded: Worded = prose.claim, root: Path = evidence.ROOT) -> Run:
    """Run a page's cells and inline expressions in order, in a name space of their own; nothing is drawn or shown.

    `worded(test, text, otherwise)` stands in for `prose.claim`: what it gives is what the page prints. What the code
    raises is raised, with a note of page and line.
    """
    text = (root / file).read_text("utf-8")
    got, figures, heard = parts(text, number), [], hearing.Heard([], [])
    by_name = {f"{file}, line {part.line}" + f", code {n}" * part.inline: n for n, part in enumerate(got)}
    codes = _codes(got)

    def claim(test: Holds, text: str, otherwise: str) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame and frame.f_code.co_filename not in by_name:
            frame = frame.f_back
        if frame:  # else the claim belongs to no page
            n = by_name[frame.f_code.co_filename]
            code = codes[n] if got[n].inline else got[n].code
            heard.claims.append((n, test, hearing.source(frame, code, codes[: n + 1]) or "", text, otherwise))
        return worded(test, text, otherwise)

    def figure(name: str, *_: Any, finding: str, unit: str, alt: str, **__: Any) -> None:
        figures.append(Figure(name, finding, unit, alt))

    with _in_place_of(claim, figure), contextlib.chdir((root / file).parent):
        space: dict[str, Any] = {"__name__": "__main__"}
        for name, n in by_name.items():
            try:
                if got[n].inline:
                    value = eval(compile(codes[n], name, "eval"), space)
                    words = getattr(value, "data", None)  # of Markdown; a number is shown as Python writes it
                    heard.words.append(
                        value if isinstance(value, str) else words if isinstance(words, str) else repr(value)
                    )
                else:
                    heard.words.append(None)
                    exec(compile(got[n].code, name, "exec"), space)
            except Exception as error:
                error.add_note(f"in {name}")
                raise
    return _run(file, text, got, heard, figures)


def _codes(got: Sequence[Part]) -> list[str]:
    return [hearing.one_line(part.code) if part.inline else hearing.plain(part.code) for part in got]


def _run(file: str, text: str, got: Sequence[Part], heard: hearing.Heard, figures: Sequence[Figure] = ()) -> Run:
    """A page's run, its words woven into its text, from what was heard of each of its parts."""
    woven, place, places = [], 0, []
    for part, words in zip(got, heard.words, strict=True):
        woven += [text[place : part.start], words or ""]
        places.append((sum(map(len, woven[:-1])), len(words or "")))
        place = part.end
    whole = "".join(woven) + text[place:]
    claims = []
    for n, test, source, said, otherwise in heard.claims:
        part, sentence = got[n], _sentence(whole, *places[n]) if got[n].inline else ""
        claims.append(Claim(file, part.section, part.label, part.line, Holds(*test), source, said, otherwise, sentence))
    return Run(claims, list(figures), whole)


def _sentence(text: str, place: int, length: int) -> str:
    """The sentence, or sentences, that hold `length` signs from a place of a page's text on, without their Markdown."""
    bounds = [0, *(m.end() for m in re.finditer(r"\n\n|^:::.*\n|\n(?=:::|- |\d+\. )", text, re.M)), len(text)]
    start = max(b for b in bounds if b <= place)
    block = text[start : min(b for b in bounds if b > place)]
    ends = [
        0,
        *(m.end() for m in re.finditer(r"[.!?][\"”’)*]*(?: \[[^]]*@[^]]*\][.!?]?)?\s+(?=[^a-z])", block)),
        len(block),
    ]
    before = max(e for e in ends if e <= place - start)
    plain = block[before : min(e for e in ends if e >= min(place - start + max(length, 1), len(block)))]
    cited, referred = r"\s*\[[^]]*@[^]]*\]", r"\s*\(@[\w-]+(?:, @[\w-]+)*\)"
    for old, new in ((r"^\s*(?:[-*#]+|\d+\.)\s+", ""), (f"{cited}|{referred}", ""), (r"\{[^}]*\}\s*$", "")):
        plain = re.sub(old, new, plain)
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", plain)
    return " ".join(re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)", "", plain).split())


@contextlib.contextmanager
def _in_place_of(claim: Worded, figure: Callable[..., None]) -> Iterator[None]:
    """While it lasts, claims are heard, figures are noted in place of being drawn, and nothing is displayed."""
    new = {
        ("bargain.prose", "claim"): claim,
        ("bargain.plots.theme", "figure"): figure,
        ("IPython.display", "display"): lambda *_, **__: None,
    }
    places = [(importlib.import_module(module), name, value) for (module, name), value in new.items()]
    old = [(module, name, getattr(module, name)) for module, name, _ in places]
    try:
        for module, name, value in places:
            setattr(module, name, value)
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        for module, name, value in old:
            setattr(module, name, value)


def rendered(
    file: str, number: str = "", root: Path = evidence.ROOT, digest: Callable[[str], str | None] = hearing.digest
) -> Run:
    """A page as it was rendered, figures unheard, where all that it read is as it was; else by a run."""
    text = (root / file).read_text("utf-8")
    got = parts(text, number)
    heard = hearing.recall(_codes(got), digest)
    return _run(file, text, got, heard) if heard else run(file, number, root=root)


def claims(root: Path = evidence.ROOT) -> list[Claim]:
    """The claims of all pages of the book, in reading order: as heard where they were rendered, else by a run."""
    found, digest = [], lru_cache(maxsize=None)(hearing.digest)
    for file, number in pages(root).items():
        if any("claim(" in part.code for part in parts((root / file).read_text("utf-8"))):
            found += rendered(file, number, root, digest).claims
    hearing.forget()
    return found


def frame(claims: Sequence[Claim]) -> pd.DataFrame:
    """A row a claim.

    page, section, label, line; holds; printed (the sentence that stands in the report), other (the words that do not);
    test (its source), numbers (the comparison); margin in the unit of these, share (the margin against its size).
    """
    columns = "page section label line anchor holds printed other test numbers margin share".split()
    rows = []
    for c in claims:
        printed, other = (c.text, c.otherwise) if c.test.holds else (c.otherwise, c.text)
        printed = c.sentence or printed
        share = c.test.margin / c.test.size if c.test.size else float("nan")
        where = (c.page, c.section, c.label, c.line, prose.anchor(c.text))
        rows.append((*where, c.test.holds, printed, other, c.source, c.test.words, c.test.margin, share))
    table = pd.DataFrame(rows, columns=columns)
    table["anchor"] = table.anchor.mask(table.anchor.duplicated(), "")  # where two have the same words, the first
    return table.astype({"holds": bool, "margin": float, "share": float})


def nearest(table: pd.DataFrame, n: int = 10) -> pd.DataFrame:
    """The claims that hold whose margin is the smallest share of its size, the nearest to turning first."""
    return table[table.holds].nsmallest(n, "share")


def to_read(table: pd.DataFrame, anchors: bool = True) -> str:
    """Claims as a Markdown table: section, sentence, test, margin; with anchors, to which the marks † lead."""
    head = ["Section", "Sentence", "Test", "Margin"], [":--", f":{'-' * 16}", f":{'-' * 16}", ":----"]
    rows = [
        (
            _place(row) + (f"{{#{row.anchor}}}" if anchors and row.anchor else "{.place}"),
            prose.escaped(row.printed) + ("" if row.holds else f"† *Fell:* {prose.escaped(row.other)}"),
            f"[{_as_code(row.test.replace('prose.', ''))}]{SEEN} {_as_read(_shortened(row.numbers))}",
            "–" if pd.isna(row.margin) else f"{_signed(row.margin)} ({prose.percent(row.share).replace('-', '−')})",
        )
        for row in table.itertuples()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [*head, *rows]) + "\n"


def _place(row: Any) -> str:
    """A link to the section of a claim, as a span."""
    page = os.path.relpath(row.page, "chapters").replace(os.sep, "/")
    return f"[[{row.section or 'front'}]({page}{f'#{row.label}' if row.label else ''})]"


def _shortened(numbers: str, most: int = 3) -> str:
    parts = numbers.split("; ")
    return numbers if len(parts) <= most + 1 else f"{'; '.join(parts[:most])}; and {len(parts) - most} more"


def _as_read(numbers: str) -> str:
    """A comparison as Markdown, with real minus signs: names in the words that a reader sees, others as code."""
    parts = re.split(r"([A-Za-z]\w*)", re.sub(r"(?<!\w)-(?=\d)", "−", numbers))
    return "".join(_named(part) if n % 2 else prose.escaped(part) for n, part in enumerate(parts))


def _named(name: str) -> str:
    parts = [name] if name in terms.LABELS else name.split("_")
    if all(part in terms.LABELS for part in parts):
        labels = [terms.LABELS[part] for part in parts]
        return ", ".join(
            label if part in terms.PARTNERS else prose.inside(label) for part, label in zip(parts, labels, strict=True)
        )
    return f"`{name}`" if "_" in name else name


def _as_code(source: str) -> str:
    return f"`{source}`" if source and not set("`|") & set(source) else prose.escaped(source)


def _signed(margin: float) -> str:
    return prose.plain_number(margin).replace("-", "−")


def by_page(table: pd.DataFrame) -> str:
    """All claims as Markdown, a table with its heading for each page."""
    out = []
    for page in table.page.unique():
        title = next(HEADING.finditer((evidence.ROOT / page).read_text("utf-8")))
        short = re.search(r'short="([^"]*)"', title["attributes"] or "")
        out.append(f"### {short[1] if short else title['words']} {{.unnumbered}}\n")
        out.append(to_read(table[table.page == page]))
    return "\n".join(out)


def fallen(table: pd.DataFrame) -> str:
    """What the build says at its end, from the frame of the claims."""
    gone = table[~table.holds]
    if not len(gone):
        return f"All {len(table)} claims hold with these numbers."
    lines = [f"  {row.section or row.page}: {row.other}" for row in gone.fillna({"section": ""}).itertuples()]
    verb = "holds" if len(gone) == 1 else "hold"
    return "\n".join([f"{len(gone)} of {len(table)} claims no longer {verb} with your numbers:", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Say which claims of a rendered book do not hold; nothing is wrong with a book where some do not."""
    parser = argparse.ArgumentParser(prog="python -m bargain.ledger", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="the rendered book, such as _book")
    path = parser.parse_args(arguments).folder / FILE
    if not path.is_file():
        print(f"{path}: no ledger of claims there: render the book first", file=sys.stderr)
        return 1
    print(fallen(pd.read_csv(path, dtype={"section": str})))
    return 0


if __name__ == "__main__":
    sys.exit(main())
