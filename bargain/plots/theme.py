"""Drawings of the page `theme`."""

import hashlib
import inspect
import json
import os
import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert
from numpy.typing import ArrayLike

from bargain import evidence, reads, rowpages
from bargain.plots import values
from bargain.plots.kept import FONTS, kept
from bargain.simplex import CORNERS, clip, xy
from bargain.terms import LABELS

SANS = "Report Sans"
SANS_STACK, DISPLAY_STACK = "Report Sans, 'Source Sans 3', sans-serif", "Report Display, 'Source Serif 4', serif"
Layers = alt.LayerChart | alt.FacetChart  # what `alt.layer` makes
Tokens = Mapping[str, str]  # the colours of a page, by name
Draw = Callable[[Tokens, bool], alt.typing.ChartType]
RUNTIME = "vega.js"  # what draws live charts, among the figures
WIDE, NARROW = 660, 340  # outer widths in px: the text column, and a phone

# Every light value is unique: `_coloured` maps it back to its name. report.css and report.typ repeat
# these values; tests/test_edition.py compares them, and checks contrast and colour vision.
TOKENS = {
    "light": dict(
        paper="#FAF6EE",
        card="#F1EADD",
        ink="#211C17",
        ink2="#574E44",
        ink3="#6A6055",
        rule="#D9CFBF",
        grid="#E7DFD1",
        band="#EDE3CF",
        data="#6E6257",
        accent="#8A2A1E",
        irrational="#74173A",
        undecided="#332C52",
        narrow="#7F620D",
        dealer="#0A6A76",
        force="#C24A6C",
        pressure="#A37F1E",
        talks="#2B909C",
        status_quo="#5E5348",
        accept="#604C9D",
        test_first="#0D3A40",
        kim="#43203F",
        coalition="#2B6CA2",
        USA="#123F6F",
        CHN="#8C1D18",
        KOR="#337D5E",
        JPN="#94680C",
        RUS="#7B5EB3",
    ),
    "dark": dict(
        paper="#191613",
        card="#24201B",
        ink="#EEE6D8",
        ink2="#C3B8A7",
        ink3="#A0958A",
        rule="#403930",
        grid="#2E2923",
        band="#322B20",
        data="#A79B8E",
        accent="#F08A74",
        irrational="#DB7891",
        undecided="#F2EFFA",
        narrow="#F0CF6A",
        dealer="#46BFCE",
        force="#B8486E",
        pressure="#A5891E",
        talks="#1F97A3",
        status_quo="#BDB0A2",
        accept="#A5A2FD",
        test_first="#9FDCE5",
        kim="#F0CDF0",
        coalition="#5598D6",
        USA="#4A97E8",
        CHN="#E06C6C",
        KOR="#8FE3BE",
        JPN="#D6B545",
        RUS="#CFC3F5",
    ),
}
# The printed edition: light on white, so that no page is flooded with ink.
TOKENS["print"] = {**TOKENS["light"], "paper": "#FFFFFF", "card": "#F6F2EA"}

READINGS = ["irrational", "narrow", "dealer"]
MINDS = ["undecided", "narrow", "dealer"]  # who can bargain
POLICIES = ["force", "pressure", "talks"]
OTHERS = ["status_quo", "accept", "test_first"]  # what stands beside the three policies
SIDES = ["kim", "coalition"]
GIVES = {"kim": "Kim gives", "coalition": "The coalition gives"}  # over the steps of a side
PARTNERS = ["USA", "CHN", "KOR", "JPN", "RUS"]
# A second channel beside colour, for lines and for marks.
DASH: dict[str, list[float]] = {
    "irrational": [1, 0],
    "undecided": [1, 0],
    "narrow": [6, 3],
    "dealer": [1.5, 3],
    "kim": [1, 0],
    "coalition": [6, 3],
    "force": [1, 0],
    "pressure": [6, 3],
    "talks": [1.5, 3],
    "status_quo": [10, 3],
    "accept": [8, 3, 2, 3],
    "test_first": [3, 2],
}
SHAPE = {
    "irrational": "circle",
    "undecided": "circle",
    "narrow": "square",
    "dealer": "triangle-up",
    "kim": "circle",
    "coalition": "diamond",
    "force": "circle",
    "pressure": "square",
    "talks": "triangle-up",
    "status_quo": "stroke",
    "accept": "cross",
    "test_first": "triangle-down",
}


# ------------------------------------------------------------------ theme


def theme(t: Tokens) -> dict[str, Any]:
    """The Vega-Lite configuration in the colours t."""
    small = dict(font=SANS, fontSize=12)
    axis = {f"{part}{key[0].upper()}{key[1:]}": value for part in ("label", "title") for key, value in small.items()}
    return {
        "background": None,
        "font": SANS,
        "padding": 2,
        "view": {"stroke": None, "continuousWidth": WIDE - 32, "continuousHeight": 260},
        "title": {
            "font": SANS,
            "fontSize": 13,
            "fontWeight": 600,
            "color": t["ink"],
            "anchor": "start",
            "frame": "group",
            "offset": 8,
            "subtitleFont": SANS,
            "subtitleFontSize": 12,
            "subtitleColor": t["ink2"],
            "subtitlePadding": 3,
        },
        "axis": {
            **axis,
            "labelColor": t["ink2"],
            "labelPadding": 5,
            "titleFontWeight": 400,
            "titleColor": t["ink2"],
            "domain": False,
            "ticks": False,
            "gridColor": t["grid"],
            "gridWidth": 1,
            "tickColor": t["rule"],
        },
        # Units stand above the axis, horizontally: nobody turns the head to read.
        "axisY": {
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleBaseline": "bottom",
            "titleY": -8,
            "titleX": 0,
            "tickCount": 5,
        },
        "axisX": {
            "grid": False,
            "domain": True,
            "domainColor": t["ink3"],
            "ticks": True,
            "tickSize": 4,
            "tickColor": t["ink3"],
            "tickCount": 6,
            "labelFlush": False,
        },
        "header": {
            "labelFont": SANS,
            "labelFontSize": 12,
            "labelFontWeight": 600,
            "labelColor": t["ink"],
            "labelAnchor": "start",
            "labelAlign": "left",
            "title": None,
        },
        "legend": {"disable": True},  # names stand where lines end or peak
        "mark": {"color": t["data"]},
        "text": {**small, "color": t["ink2"]},
        "line": {"color": t["data"], "strokeWidth": 2, "strokeCap": "round"},
        "bar": {"color": t["data"], "discreteBandSize": {"band": 0.72}},
        "area": {"color": t["data"], "fillOpacity": 0.18},
        "rect": {"color": t["band"]},
        "rule": {"color": t["ink3"], "strokeWidth": 1},
        "tick": {"color": t["ink"], "thickness": 2, "opacity": 1},
        "point": {"color": t["data"], "filled": True, "size": 52, "strokeWidth": 1.4, "opacity": 1},
        "range": {"category": [t[k] for k in PARTNERS]},
    }


alt.data_transformers.disable_max_rows()
alt.theme.register("report", enable=True)(lambda: alt.theme.ThemeConfig(config=theme(TOKENS["light"])))  # type: ignore[typeddict-item]
vl_convert.register_font_directory(str(FONTS))


def size(narrow: bool, left: int = 26) -> int:
    """The inner width in px of a drawing: the outer one less what stands left of the axis."""
    return (NARROW if narrow else WIDE) - left - 6


def colours(names: Iterable[str], t: Tokens) -> dict[str, Any]:
    """Domain and range of a fixed colour scale: alt.Scale(**colours(READINGS, t))."""
    return dict(domain=list(names), range=[t[name] for name in names])


# ------------------------------------------------------------------ from a drawing to a page


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def _svg(spec: dict[str, Any], name: str) -> str:
    """Vega's SVG made fit for a page: ids of its own, short numbers, no roles inside the picture."""
    told = json.dumps(spec, sort_keys=True)
    svg = kept("svg", told, lambda: vl_convert.vegalite_to_svg(spec).encode()).decode()
    key = _hash(name, told)
    # the library counts its ids over the whole process: number them anew, in the order of the picture
    new = {old: f"{key}-{n}" for n, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)))}
    svg = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{new[m[1]]}"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{new[m[1]]})", svg)
    svg = re.sub(r' (?:role|aria-[a-z]+|class|pointer-events|version)="[^"]*"', "", svg)
    svg = re.sub(
        r' (?:d|transform|[xy][12]?|width|height|c[xy]|r)="[^"]*"',
        lambda a: re.sub(r"-?\d+\.\d{3,}(?:e-?\d+)?", lambda n: f"{round(float(n[0]), 2):g}", a[0]),
        svg,
    )
    # the halo of a label lies under its letters, not over them
    svg = re.sub(r"<text (?=[^>]*stroke=)", '<text paint-order="stroke" ', svg)
    return svg.replace('font-family="Report Sans"', f'font-family="{SANS_STACK}"')


def _check_colours(svg: str, name: str) -> None:
    """Refuse a colour that is no token: it could not follow the page from light to dark."""
    known = {value.lower() for value in TOKENS["light"].values()} | {"none", "transparent"}
    for colour in re.findall(r'(?:fill|stroke)="([^"]*)"', svg):
        if colour.lower() not in known and not colour.startswith("url("):
            raise ValueError(f"{name}: the colour {colour} is not a token of the theme (for a ramp, vary the opacity)")


def _coloured(svg: str) -> str:
    """Each token as a CSS variable with its light value to fall back on: the page recolours the drawing."""
    names = {value.lower(): token for token, value in TOKENS["light"].items()}

    def style(tag: re.Match[str]) -> str:
        found = re.findall(r' (fill|stroke)="(#[0-9A-Fa-f]{6})"', tag[0])
        if not found:
            return tag[0]
        plain = re.sub(r' (?:fill|stroke)="#[0-9A-Fa-f]{6}"', "", tag[0])
        css = ";".join(f"{part}:var(--{names[value.lower()]},{value})" for part, value in found)
        return re.sub(r"(\s*/?>)$", rf' style="{css}"\1', plain)

    return re.sub(r"<[a-z][^>]*>", style, svg)


def _printed(svg: str, alt_text: str) -> str:
    """The drawing on white paper, in plain colours, its text alternative on the root."""
    for token, value in TOKENS["print"].items():
        if value != TOKENS["light"][token]:
            svg = re.sub(TOKENS["light"][token], value, svg, flags=re.I)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt_text)}" ', 1)


def _framed(svg: str, finding: str, unit: str, source: str, alt_text: str) -> str:
    """The drawing with its finding, scope and source inside the picture: the file that a reader downloads."""
    width, height = (float(re.findall(rf'<svg[^>]* {side}="([\d.]+)"', svg)[0]) for side in ("width", "height"))
    t = TOKENS["light"]
    outer = max(width, WIDE) + 36
    parts, y = [], 14.0
    lines = [
        (DISPLAY_STACK, 19, 600, t["ink"], 24, textwrap.wrap(finding, 70)),
        (SANS_STACK, 12.5, 400, t["ink2"], 17, textwrap.wrap(unit, 112)),
    ]

    def write(family: str, px: float, weight: Any, colour: str, step: float, texts: Iterable[str]) -> None:
        nonlocal y
        for line in texts:
            y += step
            parts.append(
                f'<text x="18" y="{y:g}" font-family="{family}" font-size="{px}" font-weight="{weight}" '
                f'fill="{colour}">{escape(line)}</text>'
            )

    write(*lines[0])
    y += 3
    write(*lines[1])
    y += 14
    parts.append(svg.replace("<svg ", f'<svg x="18" y="{y:g}" ', 1))
    y += height + 8
    write(SANS_STACK, 11.5, 400, t["ink3"], 16, textwrap.wrap(source, 122))
    y += 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt_text)}" width="{outer:g}" '
        f'height="{y:g}" viewBox="0 0 {outer:g} {y:g}"><rect width="100%" height="100%" fill="{t["paper"]}"/>'
        f"{''.join(parts)}</svg>"
    )


def _live(spec: dict[str, Any]) -> str:
    """A specification for the page's runtime: colours as CSS variables, and safe inside a script element."""
    names = {value.lower(): token for token, value in TOKENS["light"].items()}
    text = re.sub(
        r'"(#[0-9A-Fa-f]{6})"',
        lambda m: f'"var(--{names[m[1].lower()]},{m[1]})"' if m[1].lower() in names else m[0],
        json.dumps(spec, sort_keys=True, ensure_ascii=False),
    )
    return f'<script type="application/json" class="vega-spec">{text.replace("<", chr(92) + "u003c")}</script>'


def render(
    name: str, draw: Draw, *, finding: str, unit: str, alt: str, source: str = "", interactive: bool = False
) -> dict[str, str]:
    """The texts of one figure: dict with html, svg (for print) and framed (for download).

    Raises ValueError, naming the figure, for an empty finding or text alternative, a name that is no
    label of a figure, a drawing wider than its column by more than a twentieth, or a colour outside the theme.
    """
    if not re.fullmatch(r"fig-[a-z0-9-]+", name):
        raise ValueError(f"{name!r} is not a figure's label: fig- and then small letters, digits or hyphens")
    for field, text in (("finding", finding), ("alt", alt)):
        if not str(text or "").strip():
            raise ValueError(f"{name}: the {field} is empty")
    drawings, specs, html = {}, {}, []
    for which, narrow, outer in (("desk", False, WIDE), ("phone", True, NARROW)):
        spec = specs[which] = draw(TOKENS["light"], narrow).to_dict(validate=not narrow)
        svg = drawings[which] = _svg(spec, f"{name}-{which}")
        _check_colours(svg, name)
        width = float(re.findall(r'<svg[^>]* width="([\d.]+)"', svg)[0])
        if width > outer * 1.05:
            raise ValueError(f"{name}: the {which} drawing is {width:g} px wide, more than {outer} px")
        hidden = " hidden" if narrow else ""
        html.append(
            f'<div class="chart {which}" role="img" aria-label="{escape(alt)}"{hidden}>{_coloured(svg)}'
            f"{_live(spec) if interactive else ''}</div>"
        )
    if interactive:  # it says its values itself, once the reader has asked for the program that draws it
        told = [f'<a class="run" href="{escape(_from_here(folder() / RUNTIME))}" hidden>Move it yourself</a>']
    else:
        told = [values.element(specs)]
    return {
        "html": "\n".join([*html, *filter(None, told)]),
        "svg": _printed(drawings["desk"], alt),
        "framed": _framed(drawings["desk"], finding, unit, source, alt),
    }


def picture(draw: Draw, narrow: bool = False, mode: str = "light") -> bytes:
    """A drawing as PNG (bytes), to look at while it is being made: mode light, dark or print."""
    svg = _svg(draw(TOKENS["light"], narrow).to_dict(), "fig-preview")
    _check_colours(svg, "fig-preview")
    ground = TOKENS[mode]["paper"]
    to = {value.lower(): TOKENS[mode][token] for token, value in TOKENS["light"].items()}
    svg = re.sub(r'"(#[0-9A-Fa-f]{6})"', lambda m: f'"{to[m[1].lower()]}"', svg)
    svg = re.sub(r"(<svg[^>]*>)", rf'\1<rect width="100%" height="100%" fill="{ground}"/>', svg, count=1)
    return vl_convert.svg_to_png(svg, scale=2)


def _source(tables: Sequence[str], note: str) -> str:
    """The source line: what the tables say of themselves, and a caveat."""
    text = evidence.provenance(tables)
    quick = "A quick look: a tenth of the draws, or fewer" if evidence.quick() else ""
    return " ".join(part if part.endswith((".", "!", "?")) else part + "." for part in (text, note, quick) if part)


def _links(name: str, folder: Path, page: Path) -> str:
    """Links to the page of the figure's rows and to its files, relative to the running chapter."""
    files = _from_here(folder / name)
    links = [f"[{word}]({files}.{kind})" for word, kind in (("CSV", "csv"), ("SVG", "svg"), ("PNG", "png"))]
    return " ".join([f"[Rows and sources]({_from_here(page)})", *links])


def _from_here(path: Path) -> str:
    return os.path.relpath(path, Path.cwd()).replace(os.sep, "/")


def rows_folder() -> Path:
    """Where the pages of rows go: `rows/` of the project, or beside the files where BARGAIN_FIGURES names a folder."""
    return folder() / "rows" if "BARGAIN_FIGURES" in os.environ else evidence.ROOT / "rows"


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


def folder() -> Path:
    """Where the files for download go: `figures/` of the project, or what BARGAIN_FIGURES names."""
    return Path(os.environ.get("BARGAIN_FIGURES", evidence.ROOT / "figures"))


def _write(path: Path, content: bytes) -> None:
    """Write whole: two chapters may write the shared runtime at once. What stood there before is not looked at: the
    press would take it for something that the page is made from."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def _write_runtime(path: Path) -> None:
    """Vega for live charts, of the version that drew the static ones; it takes seconds, so only when it is new."""
    version = f"/* vl-convert {vl_convert.__version__} */\n"  # type: ignore[attr-defined]
    if not (path.exists() and path.read_text("utf-8").startswith(version)):
        _write(path, (version + vl_convert.javascript_bundle()).encode())  # type: ignore[call-arg]


def write(name: str, pieces: Mapping[str, str], data: pd.DataFrame, interactive: bool = False) -> Path:
    """Write a figure's data (CSV) and framed picture (SVG, PNG) for download; returns the folder."""
    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    keep = data.index.names != [None]
    csv = data.to_csv(index=keep, float_format="%.10g", lineterminator="\n")
    _write(target / f"{name}.csv", csv.encode())
    _write(target / f"{name}.svg", pieces["framed"].encode())
    png = kept("png", pieces["framed"], lambda: vl_convert.svg_to_png(pieces["framed"], scale=2))
    _write(target / f"{name}.png", png)
    if interactive:
        _write_runtime(target / RUNTIME)
    return target


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
    if judged is not None and len(judged):
        used["assumptions"] = judged
    page = rows_folder() / f"{name}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    with reads.paused():
        _write(page, rowpages.figure_page(finding, used, _back(name), source).encode())
    display(_block("unit", unit), raw=True)
    display({"text/html": pieces["html"], "image/svg+xml": pieces["svg"], "text/plain": alt}, raw=True)
    display(_block("source", f'{source}\n\n<span class="data">{_links(name, target, page)}</span>'), raw=True)


# ------------------------------------------------------------------ shapes that chapters share


def label(
    data: Any,
    t: Tokens,
    text: Any,
    color: str = "ink2",
    align: Any = "left",
    weight: Any = 400,
    dx: Any = 0,
    dy: Any = 0,
    base: Any = "middle",
    size: float = 12,
    halo: bool = True,
    **encodings: Any,
) -> alt.Chart:
    """Direct labels: words at x and y of each row, over a thin halo of paper (which `picture` and `figure` draw).

    text is an encoding ("name:N", alt.value("Kim"), alt.Text(…)), color a token's name: the colours of policies are
    those of fields, too pale for words, so that a policy's name is in ink. halo=False where a label lies on a
    coloured field.
    """
    color = "ink" if color in (*POLICIES, *OTHERS) else color
    ground: dict[str, Any] = (
        dict(stroke=t["paper"], strokeWidth=3, strokeJoin="round", strokeOpacity=0.85) if halo else {}
    )
    return (
        alt.Chart(data)
        .mark_text(color=t[color], align=align, dx=dx, dy=dy, baseline=base, fontWeight=weight, fontSize=size, **ground)
        .encode(text=text, **encodings)
    )


def rows(names: Sequence[str], width: int, narrow: bool) -> alt.Y:
    """The y channel of named rows (`row`, in the order of `names`), their names in a column of `width` px."""
    axis = alt.Axis(
        labelLimit=width + 20, labelPadding=6, minExtent=width, maxExtent=width, labelFontSize=11 if narrow else 12
    )
    return alt.Y("row:N", sort=names, title=None, axis=axis)


def ranges(
    data: pd.DataFrame,
    t: Tokens,
    low: str,
    high: str,
    central: str | None = None,
    *,
    color: str = "data",
    width: int = 7,
    cap: int = 11,
    vertical: bool = True,
    **encodings: Any,
) -> Layers:
    """Range bars with end ticks, and a dot where the source gives a central value (none where it is missing).

    data has the numeric columns low, high and (if named) central; encodings place the rows: for vertical bars
    x and the y scale (y=alt.Y(scale=…, title=…, axis=…) without a field), else y and the x scale.
    """
    main, second = ("y", "y2") if vertical else ("x", "x2")
    scale = encodings.pop(main, {})
    channel = alt.Y if vertical else alt.X
    value = lambda field: channel(f"{field}:Q", **scale)  # noqa: E731
    base = alt.Chart(data).encode(**encodings)
    ends = base.mark_tick(
        color=t["ink2"] if color == "data" else t[color],
        thickness=1.4,
        width=cap,
        height=cap,
        orient="horizontal" if vertical else "vertical",
    )
    bar = base.mark_rule(strokeWidth=width, color=t[color], opacity=0.45, strokeCap="butt")
    layers = [
        bar.encode(**{main: value(low), second: f"{high}:Q"}),
        ends.encode(**{main: value(low)}),
        ends.encode(**{main: value(high)}),
    ]
    if central:
        known = alt.Chart(data[data[central].notna()]).encode(**encodings)
        layers.append(
            known.mark_point(color=t["ink"] if color == "data" else t[color], size=34).encode(**{main: value(central)})
        )
    return alt.layer(*layers)


def strips(
    data: pd.DataFrame, t: Tokens, quantiles: Sequence[str], *, color: str = "data", height: int = 12, **encodings: Any
) -> Layers:
    """Distributions as horizontal strips: a 95 % band, a 50 % band and the median, one row each.

    data has five numeric columns, named in rising order by `quantiles` (2.5, 25, 50, 75, 97.5 %); encodings give
    y, and x as a dict of options (scale, title, axis). color: a token, or the column that holds tokens' names.
    """
    x = encodings.pop("x", {})
    parts = data.groupby(color, sort=False) if color in data.columns else [(color, data)]
    layers = []
    for token, rows in parts:
        base = alt.Chart(rows).encode(**encodings)
        for (low, high), opacity in (((0, 4), 0.18), ((1, 3), 0.34)):
            layers.append(
                base.mark_bar(color=t[token], opacity=opacity, height=height).encode(
                    x=alt.X(f"{quantiles[low]}:Q", **x), x2=f"{quantiles[high]}:Q"
                )
            )
        layers.append(
            base.mark_tick(color=t[token], thickness=2.4, height=height + 6, orient="vertical").encode(
                x=alt.X(f"{quantiles[2]}:Q", **x)
            )
        )
    return alt.layer(*layers)


def reach(least: float, values: ArrayLike, margin: float = 0.0) -> float:
    """The end of an axis: `least`, or, where a value lies beyond it less the margin, that value and the margin."""
    return max(least, float(np.nanmax(np.asarray(values, float))) + margin)


def multiples(
    panels: Sequence[Mapping[str, Any]],
    t: Tokens,
    narrow: bool,
    *,
    events: Iterable[tuple[float, str]] = (),
    columns: int = 4,
    height: int = 96,
) -> alt.FacetChart:
    """Small multiples of unlike series over common years: first, middle and last year, last value and peak in figures.

    panels: dicts with name, unit, x (whole years), v (values), and fmt (of the figures, as in Python's format).
    events: pairs (year, word); the word stands in the first panel only.
    """
    columns = 2 if narrow else columns
    width = (size(narrow, 0) - (columns - 1) * 26) / columns - 4
    years = np.concatenate([np.asarray(panel["x"], float) for panel in panels])
    first, last = int(years.min()), int(years.max())
    span = max(last - first, 1)
    rows = []
    for number, panel in enumerate(panels):  # each series is scaled to its own range, zero included
        d = pd.DataFrame({"x": np.asarray(panel["x"], float), "v": np.asarray(panel["v"], float)})
        d = d.dropna().sort_values("x")
        low, high = min(0, d.v.min()), max(0, d.v.max())
        scaled = (d.v - low) / ((high - low) or 1)
        mark = lambda what, x, y, text="": rows.append(  # noqa: E731
            dict(panel=panel["name"], what=what, x=x, y=y, text=text)  # noqa: B023 (used in its own round)
        )
        for x, y in zip(d.x, scaled, strict=True):
            mark("line", x, y)
        for row, year, value in zip(rows[-len(d) :], d.x, d.v, strict=True):
            row["said"] = f"{panel['name']}, {year:g}: {format(value, panel['fmt'])}"
        zero = -low / ((high - low) or 1)
        mark("zero", first, zero)
        mark("unit", first - 0.04 * span, 1.42, panel["unit"])
        mark("end", d.x.iloc[-1], scaled.iloc[-1], format(d.v.iloc[-1], panel["fmt"]))
        rows[-1]["lift"] = 9.0 if abs(scaled.iloc[-1] - zero) < 0.06 else 0.0  # off the zero line
        if abs(d.x[d.v.idxmax()] - d.x.iloc[-1]) > 2 and d.v.max() > 1.12 * d.v.iloc[-1]:
            mark("peak", d.x[d.v.idxmax()], 1, format(d.v.max(), panel["fmt"]))
        for year, word in events:
            mark("event", year, -0.05)
            if number == 0:
                mark("word", year - 0.02 * span, 1.12, word)
    data = pd.DataFrame(rows).fillna({"lift": 0.0})
    axis = alt.Axis(
        values=[first, (first + last) // 2, last],
        labelFontSize=11,
        domain=False,
        ticks=False,
        labelExpr="'’' + substring(toString(datum.value), 2)",
    )
    x = alt.X(
        "x:Q", title=None, axis=axis, scale=alt.Scale(domain=[first - 0.04 * span, last + 0.36 * span], nice=False)
    )
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.05, 1.5], nice=False))
    only = lambda what: f"datum.what === '{what}'"  # noqa: E731
    words = lambda what, *look, **more: label(  # noqa: E731
        alt.Undefined, t, "text:N", *look, x=x, y=y, **more
    ).transform_filter(only(what))
    rule = alt.Chart().mark_rule
    layers = [
        rule(color=t["ink3"]).encode(y=y).transform_filter(only("zero")),
        rule(color=t["accent"], strokeDash=[2, 3]).encode(x=x, y=y, y2=alt.datum(1.22)).transform_filter(only("event")),
        alt.Chart()
        .mark_line(color=t["ink2"], strokeWidth=1.8)
        .encode(x=x, y=y, description="said:N")
        .transform_filter(only("line")),
        alt.Chart().mark_point(color=t["ink"], size=32).encode(x=x, y=y).transform_filter(only("end")),
        words("end", "ink", weight=600, dx=7, dy=alt.expr("-datum.lift")),
        words("peak", align="center", dy=-9),
        words("word", "accent", "right", size=11),
        words("unit", size=11.5),
    ]
    return (
        alt.layer(*layers, data=data)
        .properties(width=width, height=height)
        .facet(
            alt.Facet(
                "panel:N",
                sort=[panel["name"] for panel in panels],
                title=None,
                header=alt.Header(labelFontSize=13, labelPadding=2),
            ),
            columns=columns,
            spacing={"row": 22, "column": 26},
        )
    )


def name_rows(narrow: bool, field: str, names: Iterable[str], left: int, limit: int | None = None) -> tuple[alt.Y, int]:
    """Rows in the order of `names`, and the px by which marks stand lower when narrow: names are then drawn above them.

    left: px beside the plot for the names, which are cut at `limit` px (default: what the room holds).
    """
    room = left - 8 if limit is None else limit
    axis = None if narrow else alt.Axis(labelLimit=room, labelPadding=8, minExtent=left - 10, maxExtent=left - 10)
    return alt.Y(f"{field}:N", sort=list(names), title=None, axis=axis), 8 if narrow else 0


def half_years(end: int, zero: str, labels: bool = True) -> alt.Axis:
    """An axis of half-years from 0 to `end`, a line and a label for each year; `zero` is what the start is called."""
    label = f"datum.value == 0 ? '{zero}' : datum.value / 2 + ' y'"
    return alt.Axis(
        values=list(range(0, end + 1, 2)),
        title=None,
        domain=False,
        ticks=False,
        grid=True,
        labels=labels,
        labelExpr=label,
    )


def waterfall(
    steps: pd.DataFrame,
    t: Tokens,
    narrow: bool,
    *,
    fmt: str = ".1f",
    title: str = "",
    gain: str = "data",
    loss: str = "accent",
    total: str = "ink2",
    left: int = 170,
) -> Layers:
    """How amounts add up, row by row: floating bars joined by hairlines, totals from zero, figures at their ends.

    steps: columns step (name) and amount; rows with total = True show the sum so far and add nothing.
    On the phone names stand above bars.
    """
    d = steps.copy()
    d["total"] = d["total"].astype(bool) if "total" in d else False
    running = d.amount.where(~d.total, 0).cumsum()
    d["b"] = running
    d["a"] = np.where(d.total, 0, running - d.amount)
    d["kind"] = np.where(d.total, total, np.where(d.amount >= 0, gain, loss))
    d["shown"] = np.where(d.total, running, d.amount)
    d["right"] = d[["a", "b"]].max(axis=1)
    d["next"] = d.step.shift(-1)
    pad = 0.14 * (d.right.max() - min(0, d[["a", "b"]].min().min()))
    x: dict[str, Any] = dict(
        scale=alt.Scale(domain=[min(0, d[["a", "b"]].min().min()), d.right.max() + pad], nice=False), title=title
    )
    y, drop = name_rows(narrow, "step", d.step, left, left + 40)
    color = alt.Color("kind:N", scale=alt.Scale(**colours(dict.fromkeys([gain, loss, total]), t)))
    base = alt.Chart(d)
    layers = [
        base.mark_bar(height=13, yOffset=drop).encode(x=alt.X("a:Q", **x), x2="b:Q", y=y, color=color),
        alt.Chart(pd.DataFrame({"v": [0]})).mark_rule(color=t["ink"]).encode(x=alt.X("v:Q", **x)),
        alt.Chart(d.iloc[:-1]).mark_rule(color=t["ink3"], yOffset=drop).encode(x=alt.X("b:Q", **x), y=y, y2="next:N"),
        label(d, t, alt.Text("shown:Q", format=fmt), "ink", weight=600, dx=6, dy=drop, x=alt.X("right:Q", **x), y=y),
    ]
    if narrow:
        names = d.assign(left=x["scale"].domain[0])
        layers.append(label(names, t, "step:N", "ink", dx=4, dy=-9, x=alt.X("left:Q", **x), y=y))
    return alt.layer(*layers).properties(
        width=size(narrow, 6 if narrow else left), height=(38 if narrow else 28) * len(d)
    )


def best_fields(utility: Mapping[str, ArrayLike], margin: float = 0.0) -> dict[str, np.ndarray]:
    """Where each choice is best by at least `margin`, if its value is linear in the beliefs.

    utility: {choice: (3,) value under each reading}. Returns {choice: convex barycentric polygon (n, 3)}; a choice
    that is best nowhere has an empty polygon.
    """
    value = {choice: np.asarray(u, float) for choice, u in utility.items()}
    fields = {}
    for choice, u in value.items():
        polygon = np.eye(3)
        for other, w in value.items():
            if other != choice and len(polygon):
                polygon = clip(polygon, u - w, margin)
        fields[choice] = polygon if len(polygon) > 2 else np.empty((0, 3))
    return fields


def hatch(polygon: np.ndarray, gap: float = 0.035) -> pd.DataFrame:
    """Level lines across a convex barycentric polygon, the pattern of `test_first`: frame x, y, x2, y2."""
    points, lines = xy(polygon), []
    for level in np.arange(gap / 2, 1, gap):
        ends = []
        for p, q in zip(points, np.roll(points, -1, axis=0), strict=True):
            if (p[1] - level) * (q[1] - level) < 0:
                ends.append(p[0] + (q[0] - p[0]) * (level - p[1]) / (q[1] - p[1]))
        if len(ends) == 2:
            lines.append((min(ends), level, max(ends), level))
    return pd.DataFrame(lines, columns=["x", "y", "x2", "y2"])


def triangle(
    t: Tokens,
    narrow: bool,
    polygons: Sequence[tuple[str, float, np.ndarray]],
    *,
    names: Sequence[tuple[str, ArrayLike]] = (),
    points: Sequence[tuple[str, ArrayLike]] = (),
    hatched: Collection[str] = ("test_first",),
    side: float | None = None,
) -> Layers:
    """The triangle of beliefs: filled polygons, a grid of quarters, and the three marks at its corners.

    polygons  tuples (token, opacity, (n, 3) barycentric polygon), drawn in order: 0.28 where the choice is within
              the error, 0.6 where it is decided; an undecided region is ("data", 0.2, polygon); heat cells are
              many polygons of one token
    names     tuples (text, (3,) beliefs): words on the fields
    points    tuples (text, (3,) beliefs): an open dot with its name
    hatched   tokens whose fields also get level lines
    """
    width = size(narrow, 0)
    side = side or (270 if narrow else 400)
    pad, high = (width - side) / 2 / side, 3**0.5 / 2
    x = alt.X("x:Q", scale=alt.Scale(domain=[-pad, 1 + pad], nice=False, zero=False), axis=None)
    y = alt.Y(
        "y:Q", scale=alt.Scale(domain=[-0.12 if narrow else -0.09, high + 0.1], nice=False, zero=False), axis=None
    )

    def frame(points: ArrayLike) -> pd.DataFrame:
        return pd.DataFrame(np.atleast_2d(points), columns=["x", "y"])

    def fill(
        rows: Iterable[tuple[str, float, np.ndarray]], token: str
    ) -> alt.Chart:  # the polygons of one token in one mark: hundreds of cells stay one layer
        data = pd.concat(
            [
                frame(xy(np.vstack([p, p[:1]]))).assign(id=i, opacity=o, order=range(len(p) + 1))
                for i, (_, o, p) in enumerate(rows)
            ]
        )
        return (
            alt.Chart(data)
            .mark_line(filled=True, fill=t[token], strokeWidth=0, strokeJoin="round")
            .encode(x, y, order="order:Q", detail="id:N", fillOpacity=alt.FillOpacity("opacity:Q", scale=None))
        )

    layers = []
    filled = [p for p in polygons if len(p[2])]
    for token in dict.fromkeys(p[0] for p in filled):
        layers.append(fill([p for p in filled if p[0] == token], token))
    for token, _, polygon in filled:
        if token in hatched:
            layers.append(
                alt.Chart(hatch(polygon))
                .mark_rule(color=t["paper"], strokeWidth=1.2)
                .encode(x, y, x2="x2:Q", y2="y2:Q")
            )
    lines = [
        np.concatenate([xy(p), xy(q)])
        for f in (0.25, 0.5, 0.75)
        for p, q in (((f, 1 - f, 0), (f, 0, 1 - f)), ((1 - f, f, 0), (0, f, 1 - f)), ((1 - f, 0, f), (0, 1 - f, f)))
    ]
    grid = pd.DataFrame(lines, columns=["x", "y", "x2", "y2"])
    layers.append(alt.Chart(grid).mark_rule(color=t["ink"], opacity=0.16).encode(x, y, x2="x2:Q", y2="y2:Q"))
    edge = frame(CORNERS[[0, 1, 2, 0]]).assign(order=range(4))
    layers.append(
        alt.Chart(edge).mark_line(color=t["ink"], strokeWidth=1.3, strokeJoin="round").encode(x, y, order="order:Q")
    )
    corners = frame(CORNERS).assign(
        reading=READINGS,
        text=[LABELS[r] for r in READINGS],
        dy=[20, 20, -14] if narrow else [6, 6, -14],
        dx=[-8, 8, 0] if narrow else [-12, 12, 0],
        align=["left", "right", "center"] if narrow else ["right", "left", "center"],
    )
    color = alt.Color("reading:N", scale=alt.Scale(**colours(READINGS, t)))
    shape = alt.Shape("reading:N", scale=alt.Scale(domain=READINGS, range=[SHAPE[r] for r in READINGS]))
    layers.append(alt.Chart(corners).mark_point(size=90, stroke=t["paper"]).encode(x, y, color=color, shape=shape))
    layers.append(
        alt.Chart(corners)
        .mark_text(
            fontSize=13,
            fontWeight=600,
            baseline="middle",
            align=alt.expr("datum.align"),
            dx=alt.expr("datum.dx"),
            dy=alt.expr("datum.dy"),
        )
        .encode(x, y, text="text:N", color=color)
    )
    if len(names):
        on = frame(np.vstack([xy(beliefs) for _, beliefs in names])).assign(text=[text for text, _ in names])
        layers.append(label(on, t, "text:N", "ink", "center", 600, size=14, halo=False, x=x, y=y))
    if len(points):
        at = frame(np.vstack([xy(beliefs) for _, beliefs in points])).assign(text=[text for text, _ in points])
        layers.append(
            alt.Chart(at)
            .mark_point(color=t["paper"], stroke=t["ink"], strokeWidth=2, size=110, shape="circle")
            .encode(x, y)
        )
        layers.append(label(at, t, "text:N", "ink", "right", 600, dx=-11, x=x, y=y))
    return alt.layer(*layers).properties(width=width, height=round((high + (0.22 if narrow else 0.19)) * side))
