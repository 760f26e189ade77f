"""From a drawing to the picture of a page, of paper and of a download."""

import hashlib
import json
import re
import textwrap
from collections.abc import Iterable
from html import escape
from typing import Any

import vl_convert

from bargain.files import folder, from_here
from bargain.plots import values
from bargain.plots.kept import kept
from bargain.plots.theme.downloads import RUNTIME
from bargain.plots.theme.tokens import DISPLAY_STACK, NARROW, SANS_STACK, TOKENS, WIDE, Draw


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def svg_of(spec: dict[str, Any], name: str) -> str:
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


def check_colours(svg: str, name: str) -> None:
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
        svg = drawings[which] = svg_of(spec, f"{name}-{which}")
        check_colours(svg, name)
        width = float(re.findall(r'<svg[^>]* width="([\d.]+)"', svg)[0])
        if width > outer * 1.05:
            raise ValueError(f"{name}: the {which} drawing is {width:g} px wide, more than {outer} px")
        hidden = " hidden" if narrow else ""
        html.append(
            f'<div class="chart {which}" role="img" aria-label="{escape(alt)}"{hidden}>{_coloured(svg)}'
            f"{_live(spec) if interactive else ''}</div>"
        )
    if interactive:  # it says its values itself, once the reader has asked for the program that draws it
        told = [f'<a class="run" href="{escape(from_here(folder() / RUNTIME))}" hidden>Move it yourself</a>']
    else:
        told = [values.element(specs)]
    return {
        "html": "\n".join([*html, *filter(None, told)]),
        "svg": _printed(drawings["desk"], alt),
        "framed": _framed(drawings["desk"], finding, unit, source, alt),
    }


def picture(draw: Draw, narrow: bool = False, mode: str = "light") -> bytes:
    """A drawing as PNG (bytes), to look at while it is being made: mode light, dark or print."""
    svg = svg_of(draw(TOKENS["light"], narrow).to_dict(), "fig-preview")
    check_colours(svg, "fig-preview")
    ground = TOKENS[mode]["paper"]
    to = {value.lower(): TOKENS[mode][token] for token, value in TOKENS["light"].items()}
    svg = re.sub(r'"(#[0-9A-Fa-f]{6})"', lambda m: f'"{to[m[1].lower()]}"', svg)
    svg = re.sub(r"(<svg[^>]*>)", rf'\1<rect width="100%" height="100%" fill="{ground}"/>', svg, count=1)
    return vl_convert.svg_to_png(svg, scale=2)
