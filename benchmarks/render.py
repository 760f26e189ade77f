"""Time the built-in renderer: python -m benchmarks.render [BOOK_DIR] [--times N]

A copy of the book is rendered, so that nothing in the book's folder is touched or taken from its cache. Compared:

    serial          the chapters' cells, inline expressions included, in plain nbclient, one chapter after another;
                    nothing is converted, and reading the sources and importing nbclient are not counted
    full            `python -m press`, both formats, nothing kept from before: the whole process, from start to end
    plain           the same, with plain kernels instead of forked ones
    unchanged       the same command again
    one paragraph   again, after a paragraph was added to the longest chapter
    one cell        again, after a comment was added to a cell of that chapter
    one row         again, after a number of `data/gdp.csv` was changed, if there is one

Each is timed N times (default 2), in turn, and the shortest time counts: other work on the machine only adds. Where
much else runs, the seconds of the processor say more, of the command and all that it started: they stand beside.
Prints a table with ratios and writes `benchmarks/render.csv`.
"""
import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import ROOT, store

LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "_book", ".press", ".quarto", "_freeze", "__pycache__", "tests",
                                  ".pytest_cache", ".ruff_cache", ".hypothesis")
# (compared with, ratio, or seconds)
GOALS = {"plain": ("serial", None, None), "full": ("serial", 0.35, 0), "unchanged": ("full", 0.005, 0),
         "one paragraph": ("full", 0.05, 0), "one cell": ("full", None, None), "one row": ("full", 0.3, 0)}


def serial(book):
    """Seconds, by the clock and of the processor, to run the cells of all chapters of `book`, one after another, each
    in a new plain kernel."""
    import nbformat
    from nbclient import NotebookClient

    from press.build import Builder
    from press.execute import runs
    chapters = Builder(book).to_run()
    start, used = time.perf_counter(), processor()
    for name, cells in chapters.items():
        cells = [nbformat.v4.new_code_cell(cell.code) for cell in cells if runs(cell)]
        if cells:
            where = {"metadata": {"path": str((book / name).parent)}}
            NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3", resources=where).execute()
    return time.perf_counter() - start, processor() - used


def processor():
    """Seconds of the processor that finished children, and theirs, have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command, **environment):
    """((seconds that a command takes, by the clock and of the processor), what it said). Raises CalledProcessError,
    with what it said, if it fails."""
    start, used = time.perf_counter(), processor()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        done.check_returncode()
    return (time.perf_counter() - start, processor() - used), done.stdout


def add_paragraph(path, number):
    path.write_text(path.read_text("utf-8") + f"\nA paragraph that the benchmark adds, the {number}th.\n", "utf-8")


def change_cell(path, number):
    before, mark, rest = path.read_text("utf-8").partition("```{python}\n")
    options, end, code = rest.partition("\n```")
    path.write_text(f"{before}{mark}{options}\n# changed by the benchmark, {number}{end}{code}", "utf-8")


def change_row(path):
    """Raise the second number of the last row but two by a thousandth: later ones must agree with another table."""
    rows = path.read_text("utf-8").splitlines(keepends=True)
    year, number, rest = rows[-3].split(",", 2)
    rows[-3] = f"{year},{float(number) + 0.001:.3f},{rest}"
    path.write_text("".join(rows), "utf-8")


def measure(book, times):
    """{what: [(seconds by the clock, of the processor), …]} for the copy `book`."""
    output, found = book.parent / "out", {}
    # the copy's own modules; one thread for arithmetic in all ways alike
    environment = {"PYTHONPATH": str(book), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    press = [sys.executable, "-m", "press", str(book), "--output", str(output)]
    itself = [sys.executable, "-m", "benchmarks.render", "--serial", str(book)]
    longest = None

    def build(what, **more):
        seconds, said = timed(press, **environment, **more)
        found.setdefault(what, []).append(seconds)
        print(f"  {what}: {seconds[0]:.1f} s, {seconds[1]:.1f} s of the processor", flush=True)
        return said

    def clear():
        """Remove all that is kept from before, but compiled modules."""
        for path in (book / ".press", output, *book.glob("bargain/**/__pycache__/p*/")):
            shutil.rmtree(path, ignore_errors=True)

    for number in range(times):
        clear()
        _, said = timed(itself, **environment)
        found.setdefault("serial", []).append(tuple(map(float, said.splitlines()[-1].split())))
        print("  serial: {:.1f} s, {:.1f} s of the processor".format(*found["serial"][-1]), flush=True)
        clear()
        build("plain", PRESS_KERNELS="plain")
        clear()
        said = build("full", PRESS_KERNELS="fork")
        chapters = [line.split() for line in said.splitlines() if re.match(r"\S+\.qmd [\d.]+ s", line)]
        longest = longest or max(chapters, key=lambda words: float(words[1]))[0]
        build("unchanged")
        add_paragraph(book / longest, number)
        build("one paragraph")
        change_cell(book / longest, number)
        build("one cell")
        if (book / "data/gdp.csv").exists():
            change_row(book / "data/gdp.csv")
            build("one row")
    return found


def table(found):
    """Rows of the result: what, seconds, compared with, ratio, goal, whether it is met."""
    best = {what: [min(some) for some in zip(*seconds, strict=True)] for what, seconds in found.items()}
    rows = [{"what": "serial", "seconds": best["serial"], "compared_with": "", "ratio": "", "processor": "",
             "goal": "", "met": ""}]
    for what in [what for what in GOALS if what in best]:
        other, goal, limit = GOALS[what]
        ratio, processor = (mine / others for mine, others in zip(best[what], best[other], strict=True))
        met = "" if goal is None else "yes" if ratio <= goal or best[what][0] <= limit else "no"
        shown = "" if goal is None else f"{goal}" + (f" or {limit:.0f} s" if limit else "")
        rows.append({"what": what, "seconds": best[what], "compared_with": other, "ratio": f"{ratio:.3f}",
                     "processor": f"{processor:.3f}", "goal": shown, "met": met})
    return [{**row, "seconds": "{:.2f} ({:.2f})".format(*row["seconds"])} for row in rows]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render", description=__doc__.partition("\n")[0])
    parser.add_argument("book", nargs="?", default=ROOT, type=Path)
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--serial", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serial:
        print(*serial(asked.book))
        return
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Rendering {asked.book.name}, {asked.times} times each; {os.cpu_count()} cores{load}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        shutil.copytree(asked.book, book, ignore=LEFT_OUT)
        rows = table(measure(book, asked.times))
    widths = {key: max(len(key), *(len(row[key]) for row in rows)) for key in rows[0]}
    for row in [dict(zip(widths, widths, strict=True)), *rows]:
        print("  ".join(f"{row[key]:<{width}}" for key, width in widths.items()).rstrip())
    if asked.book == ROOT:
        store("render", rows)


if __name__ == "__main__":
    main()
