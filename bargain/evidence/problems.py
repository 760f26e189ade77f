"""What is wrong with the data, said by file, line, column, value and rule."""

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One broken rule: file name, line in the file (None: the file as a whole), column(s), value, rule, row's key."""

    file: str
    line: int | None
    column: str
    value: str
    rule: str
    key: str = ""

    def __str__(self) -> str:
        where = ", ".join(
            [self.file]
            + ([f"line {self.line}"] if self.line else [])
            + ([f"column {self.column}"] if self.column else [])
        )
        told = f"{where}: {self.value!r} {self.rule}" if self.line else f"{where}: {self.rule}"
        return told + (f" (row {self.key})" if self.key else "")


class EvidenceError(ValueError):
    """Data that break the schema; `problems` lists every broken rule with file, line, column, value and rule."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        shown = "\n  ".join(str(p) for p in self.problems[:40])
        more = len(self.problems) - 40
        super().__init__(
            f"{len(self.problems)} problem{'s' * (len(self.problems) != 1)} in the data:\n  {shown}"
            + (f"\n  … and {more} more" if more > 0 else "")
        )
