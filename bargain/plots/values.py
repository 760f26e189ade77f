"""The values behind the marks of a drawing: for the page's script, which says them at pointer, tap and keyboard."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import vl_convert

from bargain.plots.kept import kept
from bargain.terms import LABELS

Box = tuple[int, int, int, int]  # x, y, width, height in px of the drawing
Pair = tuple[str, str]
# Columns that place or paint a mark and say nothing of it.
PLACES = {"x", "y", "x2", "y2", "a", "b", "at", "dx", "dy", "id", "index", "order", "opacity", "lift", "zero", "text"}
PLACES |= {"token", "dash", "line", "side", "rank", "drop", "colour", "color"}
NAMES = {"v": "value", "mid": "middle", "p50": "median", "median": "median", "p5": "5%", "p95": "95%", "lo": "low"}
NAMES |= {"q5": "5%", "q25": "25%", "q50": "median", "q75": "75%", "q95": "95%", "hi": "high"}
LEAVE = {"text", "group", "image"}  # words are read as they stand
NUMBER = re.compile(r"[-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?%?")


def _number(text: str) -> str:
    """A number as a reader wants it: whole, or with four figures."""
    found = re.fullmatch(r"([-−+]?)(\d+\.\d+(?:e[-+]?\d+)?)(%?)", text)
    if not found:
        return text
    value = float(found[2])
    digits = max(0, 3 - math.floor(math.log10(value))) if value else 0
    short = f"{value:.{min(digits, 9)}f}"
    short = short.rstrip("0").rstrip(".") if "." in short else short
    if short == "0":
        return "0" + found[3]
    return found[1].replace("-", "−") + short + found[3]


def pairs(description: str) -> list[Pair]:
    """Vega's description of a mark ("year: 2018; share: 0.1234567") as pairs of name and value, for readers.

    What only places a mark is left out. A name of the book's own terms (`dealer`, `USA`) is given as readers know it.
    """
    found: list[Pair] = []
    for part in re.split(r"; (?=[^;:]+: )", description):
        name, colon, value = (piece.strip() for piece in part.partition(": "))
        if not colon or name in PLACES or value in ("", "null", "NaN", "undefined", "true", "false"):
            continue
        number = NUMBER.fullmatch(value)
        value = _number(value) if number else LABELS.get(value, value.replace("_", " "))
        dated = re.fullmatch(r"(?:19|20)\d\d", value) and name in ("year", "date", "mid", "month", "x")
        name = NAMES.get(name, name.replace("_", " ")) if number and not dated else ""
        low = next((i for i in reversed(range(len(found))) if found[i][0]), None)
        if name.endswith("high") and low is not None:  # the two ends of a range, as one
            before, start = found.pop(low)
            if start.endswith("%") and not value.endswith("%"):
                value = _number(f"{100 * float(value.replace('−', '-')):.9f}") + "%"
            name = re.sub(r"\s*\blow$", "", before) or "range"
            value = start if start == value else f"{start} to {value}"
        found.append((name, value))
    return list(dict.fromkeys(found))


def said(told: Iterable[Pair]) -> str:
    """Pairs as one line: names first, then what is counted."""
    ordered = sorted(told, key=lambda pair: pair[0] != "")
    return " · ".join(f"{name} {value}".strip() for name, value in ordered)


def _marks(item: Mapping[str, Any], x: float, y: float) -> Iterator[tuple[Box, tuple[Pair, ...]]]:
    for child in item.get("items", ()):
        at = (x + child.get("x", 0), y + child.get("y", 0))
        if item.get("marktype") == "group":
            for mark in child.get("items", ()):
                yield from _marks(mark, *at)
        elif item.get("role") == "mark" and item["marktype"] not in LEAVE and child.get("defined", True):
            told = pairs(child.get("description") or "")
            if any(name for name, _ in told) and told != [("value", "0")] and child.get("opacity", 1) != 0:
                yield _box(item["marktype"], child, *at), tuple(told)


def _box(kind: str, mark: Mapping[str, Any], x: float, y: float) -> Box:
    """Where a mark lies: bars and rules as they are, points and places of a line without extent."""
    if kind == "rect":
        wide, high = mark.get("width", 0), mark.get("height", 0)
    elif kind == "rule":
        wide, high = (
            mark.get("x2", mark.get("x", 0)) - mark.get("x", 0),
            mark.get("y2", mark.get("y", 0)) - mark.get("y", 0),
        )
    else:
        wide = high = 0
    return round(min(x, x + wide)), round(min(y, y + high)), round(abs(wide)), round(abs(high))


def _exact(part: Any) -> Any:
    """A specification without the rounding of its axes, which Vega gives to descriptions too; percentages stay."""
    if isinstance(part, dict):
        return {
            key: {k: v for k, v in value.items() if k not in ("format", "labelExpr") or "%" in str(v)}
            if key == "axis" and isinstance(value, dict)
            else value
            if key == "datasets"
            else _exact(value)
            for key, value in part.items()
        }
    return [_exact(one) for one in part] if isinstance(part, list) else part


def _figures(told: Iterable[Pair]) -> set[str]:
    return {word for _, value in told for word in value.split(" to ")}


def _within(inner: Box, outer: Box, slack: int = 8) -> bool:
    (x, y, w, h), (left, top, wide, high) = inner, outer
    return left - slack <= x and x + w <= left + wide + slack and top - slack <= y and y + h <= top + high + slack


def marks(spec: dict[str, Any]) -> list[tuple[Box, str]]:
    """The marks of a drawing that stand for values, in the order in which they are drawn: (box, text) of each.

    Each place of a line counts as a mark. The end of a range, which tells no more than the range itself, is left out;
    so is what is told twice at a place.
    """
    exact = _exact(spec)
    made = lambda: json.dumps(vl_convert.vegalite_to_scenegraph(exact)).encode()  # noqa: E731
    graph = json.loads(kept("json", json.dumps(exact, sort_keys=True), made))
    left, top = graph.get("origin", (0, 0))
    found = list(dict.fromkeys(_marks(graph["scenegraph"], left, top)))
    wide = [(box, _figures(told)) for box, told in found if box[2] or box[3]]
    return [
        (box, said(told))
        for box, told in found
        if not any(_within(box, outer) and _figures(told) < figures for outer, figures in wide)
    ]


def element(drawings: Mapping[str, dict[str, Any]]) -> str:
    """What the page's script reads, for the drawings of one figure; empty where no mark stands for a value.

    drawings: {name of the drawing: its specification}. The texts stand once, the marks of each drawing as five
    whole numbers: x, y, width, height, number of the text.
    """
    texts: dict[str, int] = {}
    found = {
        name: [n for box, text in marks(spec) for n in (*box, texts.setdefault(text, len(texts)))]
        for name, spec in drawings.items()
    }
    if not texts:
        return ""
    told = json.dumps({"texts": list(texts)} | found, ensure_ascii=False, separators=(",", ":"))
    return f'<script type="application/json" class="values">{told.replace("<", chr(92) + "u003c")}</script>'
