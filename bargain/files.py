"""The files that pages offer for download: where they lie, how pages link to them, how they are written."""

import os
from pathlib import Path

from bargain import evidence


def folder() -> Path:
    """Where the files for download go: `figures/` of the project, or what BARGAIN_FIGURES names."""
    return Path(os.environ.get("BARGAIN_FIGURES", evidence.ROOT / "figures"))


def rows_folder() -> Path:
    """Where the pages of rows go: `rows/` of the project, or beside the files where BARGAIN_FIGURES names a folder."""
    return folder() / "rows" if "BARGAIN_FIGURES" in os.environ else evidence.ROOT / "rows"


def from_here(path: Path) -> str:
    """A path as a link of the running chapter."""
    return os.path.relpath(path, Path.cwd()).replace(os.sep, "/")


def write_file(path: Path, content: bytes) -> None:
    """Write whole: two chapters may write the shared runtime at once. What stood there before is not looked at: the
    press would take it for something that the page is made from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
