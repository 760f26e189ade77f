"""The data package: what each table holds, in which unit, and which rules its rows keep."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bargain import form
from bargain.evidence.files import read
from bargain.evidence.problems import EvidenceError, Problem
from bargain.rules import ACROSS, RULES


@lru_cache
def package(data: Path) -> dict[str, Any]:
    """The data package of a folder, as `datapackage.json` has it.

    Raises FileNotFoundError where the folder has none, EvidenceError naming what is misshapen in it.
    """
    if not (data / "datapackage.json").exists():
        raise FileNotFoundError(
            f"no data in {data}: the tables are no part of the package, so it needs a clone of the "
            "report around it, or BARGAIN_DATA set to the folder `data` of one"
        )
    try:
        package = json.loads(read(data / "datapackage.json"))
    except json.JSONDecodeError as error:
        told = f"is not JSON: {error.msg}, at sign {error.colno} of the line"
        raise EvidenceError(
            [Problem("datapackage.json", error.lineno, "", error.doc[error.pos :][:20], told)]
        ) from None
    if found := [
        Problem("datapackage.json", None, place, "", f"{value!r} {told}" if value else told, table)
        for table, place, value, told in form.misshapen(package, [*RULES, *ACROSS])
    ]:
        raise EvidenceError(found)
    return package


def described(name: str, data: Path) -> dict[str, Any]:
    """The schema's entry of one table. Raises EvidenceError naming a table that has none."""
    for resource in package(data)["resources"]:
        if resource["name"] == name:
            return resource
    raise EvidenceError([Problem(f"{name}.csv", None, "", "", "no such table in datapackage.json")])


def source_fields(resource: Mapping[str, Any]) -> list[str]:
    """Names of the columns of a table that hold keys of sources."""
    return [f["name"] for f in resource["schema"]["fields"] if f.get("sources")]
