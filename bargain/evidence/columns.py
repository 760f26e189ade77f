"""Cells as typed values, column by column, by the types and limits of the schema."""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, create_model

from bargain.evidence.problems import Problem
from bargain.evidence.schema import described

WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(rf"{WHOLE_NUMBER.pattern}(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _number(cell: object) -> object:
    if isinstance(cell, str):
        if not NUMBER.fullmatch(cell) or math.isinf(float(cell)):
            raise ValueError("must be a plain number such as 12.5: a point, no comma, no unit, no thousands separator")
        return float(cell)
    return cell


def _number_or_never(cell: object) -> object:
    return math.inf if cell == "INF" else _number(cell)


def _whole(cell: object) -> object:
    if isinstance(cell, str):
        if not WHOLE_NUMBER.fullmatch(cell):
            raise ValueError("must be a whole number, without a zero before it")
        return int(cell)
    return cell


def _calendar(pattern: str) -> Callable[[str], str]:
    """A check that each date in a text which fits the pattern is one of the calendar."""

    def check(cell: str) -> str:
        for day in re.findall(pattern, cell) if isinstance(cell, str) else []:
            try:
                datetime.date.fromisoformat((day + "-01")[:10])
            except ValueError:
                raise ValueError("must be a date of the calendar, YYYY-MM-DD") from None
        return cell

    return check


_days = _calendar(r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])")  # in any text
_months = _calendar(r"(?<!\d)\d{4}(?:-\d\d(?!\d)){1,2}")  # in a column of dates


def _column(field: Mapping[str, Any]) -> Any:
    """The pydantic type of one field of a Frictionless schema."""
    limits, kind = field.get("constraints", {}), field["type"]
    made: Any
    low, high = limits.get("minimum"), limits.get("maximum")
    if kind in ("number", "integer", "year"):
        base = float if kind == "number" else int
        number = _number_or_never if field.get("never") else _number
        before = BeforeValidator(number if kind == "number" else _whole)
        if "enum" in limits:
            made = Annotated[Literal[tuple(limits["enum"])], before]
        else:
            made = Annotated[base, Field(ge=low, le=high), before]
    elif "enum" in limits:
        made = Literal[tuple(limits["enum"])]
    else:
        pattern = {"date": r"^\d{4}-\d\d-\d\d$", "yearmonth": r"^\d{4}-\d\d$"}.get(kind, limits.get("pattern"))
        made = Annotated[str, Field(pattern=pattern, max_length=limits.get("maxLength"))]
        dated = kind in ("date", "yearmonth") or field.get("calendar")
        made = Annotated[made, BeforeValidator(_months if dated else _days)]
    return made if limits.get("required") else Optional[made]


@lru_cache
def _model(name: str, data: Path) -> TypeAdapter:
    fields = described(name, data)["schema"]["fields"]
    columns: dict[str, Any] = {f"f{i}": (_column(f), Field(alias=f["name"])) for i, f in enumerate(fields)}
    return TypeAdapter(list[create_model("Row", **columns)])  # type: ignore[arg-type, misc]  # made as it runs


def typed_rows(
    resource: Mapping[str, Any], rows: list[tuple[int, dict[str, str]]], data: Path
) -> tuple[list[list[Any] | None], list[Problem]]:
    """Rows as typed values (None for an empty cell, and for a row with a bad cell) and the problems of single cells."""
    file, blank = resource["path"], [{c: v if v != "" else None for c, v in cells.items()} for _, cells in rows]
    try:
        typed = _model(resource["name"], data).validate_python(blank)
        return [list(vars(r).values()) for r in typed], []
    except ValidationError as error:
        sound = [b for i, b in enumerate(blank) if i not in {e["loc"][0] for e in error.errors(include_url=False)}]
        typed = iter(_model(resource["name"], data).validate_python(sound))
        problems = {}
        for e in error.errors(include_url=False):
            index, column = int(e["loc"][0]), str(e["loc"][1])
            value = rows[index][1][column]
            rule = (
                "must be filled in"
                if value == ""
                else e["msg"]
                .removeprefix("Value error, ")
                .replace("Input should be", "must be")
                .replace("String should", "must")
            )
            problems[index, column] = Problem(file, rows[index][0], column, value, rule)
        bad = {index for index, _ in problems}
        return [None if i in bad else list(vars(next(typed)).values()) for i in range(len(rows))], [*problems.values()]
