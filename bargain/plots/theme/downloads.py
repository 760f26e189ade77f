"""A figure's files for download."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import vl_convert

from bargain.files import folder, from_here, write_file
from bargain.plots.kept import kept

RUNTIME = "vega.js"  # what draws live charts, among the figures


def file_links(name: str, folder: Path, page: Path) -> str:
    """Links to the page of the figure's rows and to its files, relative to the running chapter."""
    files = from_here(folder / name)
    links = [f"[{word}]({files}.{kind})" for word, kind in (("CSV", "csv"), ("SVG", "svg"), ("PNG", "png"))]
    return " ".join([f"[Rows and sources]({from_here(page)})", *links])


def _write_runtime(path: Path) -> None:
    """Vega for live charts, of the version that drew the static ones; it takes seconds, so only when it is new."""
    version = f"/* vl-convert {vl_convert.__version__} */\n"  # type: ignore[attr-defined]
    if not (path.exists() and path.read_text("utf-8").startswith(version)):
        write_file(path, (version + vl_convert.javascript_bundle()).encode())  # type: ignore[call-arg]


def write(name: str, pieces: Mapping[str, str], data: pd.DataFrame, interactive: bool = False) -> Path:
    """Write a figure's data (CSV) and framed picture (SVG, PNG) for download; returns the folder."""
    target = folder()
    keep = data.index.names != [None]
    csv = data.to_csv(index=keep, float_format="%.10g", lineterminator="\n")
    write_file(target / f"{name}.csv", csv.encode())
    write_file(target / f"{name}.svg", pieces["framed"].encode())
    png = kept("png", pieces["framed"], lambda: vl_convert.svg_to_png(pieces["framed"], scale=2))
    write_file(target / f"{name}.png", png)
    if interactive:
        _write_runtime(target / RUNTIME)
    return target
