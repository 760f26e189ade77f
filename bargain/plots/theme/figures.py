"""A figure in a chapter: its drawing, the line of its sources, the page of its rows."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from bargain import evidence, reads, rowpages
from bargain.files import rows_folder, write_file
from bargain.plots.theme.downloads import file_links, write
from bargain.plots.theme.pictures import render
from bargain.plots.theme.tokens import Draw


def _source(tables: Sequence[str], note: str) -> str:
    """The source line: what the tables say of themselves, and a caveat."""
    text = evidence.provenance(tables)
    quick = "A quick look: a tenth of the draws, or fewer" if evidence.quick() else ""
    return " ".join(part if part.endswith((".", "!", "?")) else part + "." for part in (text, note, quick) if part)


def _back(name: str) -> str:
    """The link from a page of rows to its figure; empty where no chapter has the name that the label begins with."""
    chapters = {path.stem.partition("-")[2]: path.stem for path in (evidence.ROOT / "chapters").glob("*.qmd")}
    chapters |= {stem: stem for stem in chapters.values()}
    own = name.removeprefix("fig-")
    found = max((c for c in chapters if own.startswith(c + "-") or own == c), key=len, default=None)
    return f"../chapters/{chapters[found]}.html#{name}" if found else ""


def _unread(tables: Iterable[str]) -> list[str]:
    """Those of the tables that the notebook's running statement does not rest on; none outside a notebook."""
    keys = reads.here()
    return [] if keys is None else [t for t in tables if t != "assumptions" and f"data/{t}" not in keys]


@reads.paused()
def _used(name: str, tables: Sequence[str], chosen: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """{table: its rows that a figure uses}. Raises ValueError, naming the figure, where there are none such."""
    used = {}
    for table in dict.fromkeys(tables):
        if table not in evidence.names():
            raise ValueError(f"{name}: there is no table {table!r} (tables=)")
        used[table] = evidence.table(table)
    for table, query in chosen.items():
        if table not in used:
            raise ValueError(f"{name}: rows of {table!r} are chosen, but it is not among its tables")
        try:
            rows = used[table].query(query)
        except Exception as error:
            raise ValueError(f"{name}: rows of {table!r}: {query!r} cannot be asked: {error}") from None
        if not len(rows):
            raise ValueError(f"{name}: no row of {table!r} has {query}")
        used[table] = rows
    return used


def _block(kind: str, text: str) -> dict[str, str]:
    """A div that Pandoc reads as `::: {.kind}` and that a notebook shows as plain text."""
    return {"text/markdown": f'<div class="{kind}">\n\n{text}\n\n</div>\n', "text/plain": text}


def drawing(name: str, draw: Callable[..., alt.typing.ChartType], frames: Sequence[Any]) -> Draw:
    """draw with what it draws put in; one that takes only colours and width has its frames already."""
    for given in (frames, ()):
        try:
            inspect.signature(draw).bind({}, False, *given)
        except TypeError:
            continue
        return lambda t, narrow: draw(t, narrow, *given)
    raise ValueError(f"{name}: {getattr(draw, '__name__', draw)} does not take colours, width and {len(frames)} more")


def figure(
    name: str,
    draw: Callable[..., alt.typing.ChartType],
    *frames: Any,
    data: pd.DataFrame | None = None,
    finding: str,
    unit: str,
    alt: str,
    tables: Sequence[str],
    rows: Mapping[str, str] | None = None,
    note: str = "",
    interactive: bool = False,
) -> None:
    """Show a figure in the running cell (unit line, chart, source line) and write its files for download.

    name         the figure's label, "fig-…"; also the name of its files
    draw         draw(t, narrow, *frames) -> Altair chart, in the colours t, at most 660 px wide, or 340 when narrow
    frames       what it draws: tidy frames, and whatever else it takes
    data         the frame that readers may download, where it is not the first of the frames
    finding      the caption's sentence, unit: scope and unit, alt: what is seen and what relation it shows
    tables       names of the tables that it rests on; "assumptions" when it rests on judgement; none where it rests on
                 no table of `data/`: then the note says on what
    rows         {table: query} where it uses some rows of a table only, such as {"prices": "city == 'Pyongyang'"}
    note         a caveat for the source line
    interactive  also give the page the live chart; the static one stays where scripts are off

    Raises ValueError, naming the figure, for empty texts, empty data, no tables, tables or rows that there are not,
    tables that were not read in its making, or what `render` refuses.
    """
    from IPython.display import display  # noqa: PLC0415 (models that draw nothing need no IPython)

    data = frames[0] if data is None and frames else data
    if not isinstance(data, pd.DataFrame) or not len(data):
        raise ValueError(f"{name}: no data: the first frame, or data=, is the table that readers may download")
    if not (tables or note):
        raise ValueError(f"{name}: no table is named as its source, and no note says what it rests on")
    used = _used(name, tables, rows or {})
    source = _source(tables, note)
    pieces = render(
        name, drawing(name, draw, frames), finding=finding, unit=unit, alt=alt, source=source, interactive=interactive
    )
    target = write(name, pieces, data, interactive)
    judged = rowpages.judged()  # what drawing has read is among it
    if judged is not None and "assumptions" in used and not len(judged):
        raise ValueError(f"{name}: names the assumptions among its tables, and read none of them (tables=)")
    if idle := _unread(used):
        raise ValueError(f"{name}: names {', '.join(idle)} among its tables, and read nothing of them (tables=)")
    if tables and judged is not None and len(judged):  # else the claim of its finding has read them, not the drawing
        used["assumptions"] = judged
    page = rows_folder() / f"{name}.html"
    with reads.paused():
        write_file(page, rowpages.figure_page(finding, used, _back(name), source).encode())
    display(_block("unit", unit), raw=True)
    display({"text/html": pieces["html"], "image/svg+xml": pieces["svg"], "text/plain": alt}, raw=True)
    display(_block("source", f'{source}\n\n<span class="data">{file_links(name, target, page)}</span>'), raw=True)
