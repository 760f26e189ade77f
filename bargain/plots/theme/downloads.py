"""A figure's files for download, and where they lie."""

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import vl_convert

from bargain import evidence
from bargain.plots.kept import kept

RUNTIME = "vega.js"  # what draws live charts, among the figures


def folder() -> Path:
    """Where the files for download go: `figures/` of the project, or what BARGAIN_FIGURES names."""
    return Path(os.environ.get("BARGAIN_FIGURES", evidence.ROOT / "figures"))


def rows_folder() -> Path:
    """Where the pages of rows go: `rows/` of the project, or beside the files where BARGAIN_FIGURES names a folder."""
    return folder() / "rows" if "BARGAIN_FIGURES" in os.environ else evidence.ROOT / "rows"


def from_here(path: Path) -> str:
    """A path as a link of the running chapter."""
    return os.path.relpath(path, Path.cwd()).replace(os.sep, "/")


def file_links(name: str, folder: Path, page: Path) -> str:
    """Links to the page of the figure's rows and to its files, relative to the running chapter."""
    files = from_here(folder / name)
    links = [f"[{word}]({files}.{kind})" for word, kind in (("CSV", "csv"), ("SVG", "svg"), ("PNG", "png"))]
    return " ".join([f"[Rows and sources]({from_here(page)})", *links])


def write_file(path: Path, content: bytes) -> None:
    """Write whole: two chapters may write the shared runtime at once. What stood there before is not looked at: the
    press would take it for something that the page is made from."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def _write_runtime(path: Path) -> None:
    """Vega for live charts, of the version that drew the static ones; it takes seconds, so only when it is new."""
    version = f"/* vl-convert {vl_convert.__version__} */\n"  # type: ignore[attr-defined]
    if not (path.exists() and path.read_text("utf-8").startswith(version)):
        write_file(path, (version + vl_convert.javascript_bundle()).encode())  # type: ignore[call-arg]


def write(name: str, pieces: Mapping[str, str], data: pd.DataFrame, interactive: bool = False) -> Path:
    """Write a figure's data (CSV) and framed picture (SVG, PNG) for download; returns the folder."""
    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    keep = data.index.names != [None]
    csv = data.to_csv(index=keep, float_format="%.10g", lineterminator="\n")
    write_file(target / f"{name}.csv", csv.encode())
    write_file(target / f"{name}.svg", pieces["framed"].encode())
    png = kept("png", pieces["framed"], lambda: vl_convert.svg_to_png(pieces["framed"], scale=2))
    write_file(target / f"{name}.png", png)
    if interactive:
        _write_runtime(target / RUNTIME)
    return target
