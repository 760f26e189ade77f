"""Tables too heavy for a page: computed once by `make results`, kept in `results/` with what made them.

A job is computed in fixed chunks, each with its own seed, so that any chunk can be computed anywhere and compared with
what is stored. The manifest says of each table which code it reached (`reach`), and what its computation read of the
data (`reads`), value by value: it is stale when any of that has changed, and only then. Chunks that are done are kept
until their table is whole, so that a run can be interrupted. With the environment variable BARGAIN_QUICK set, tables
rest on a tenth of the draws (`evidence.quick`) and lie in `results/quick/`: the others stay as they are.
"""

import argparse
import contextlib
import hashlib
import importlib
import io
import json
import multiprocessing as mp
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing import connection
from pathlib import Path
from typing import IO, Any, NamedTuple

import pandas as pd

from bargain import evidence, reach, reads

WORKERS = 2


class Job(NamedTuple):
    """`chunks.module.function(k)` returns a tidy frame, for k = 0 … chunks - 1."""

    module: str
    function: str
    chunks: int


JOBS = {
    "scorecard_launches": Job("scorecard", "launches_chunk", 1),
    "readings_placebo": Job("readings", "placebo_chunk", 3),
    "readings_calibration": Job("readings", "calibration_chunk", 20),
    "readings_future": Job("readings", "future_chunk", 12),
    "own_kim_effects": Job("own_kim", "effects_chunk", 4),
    "deterrence_bounds": Job("deterrence", "bounds_chunk", 3),
    **{
        f"exchange_{name}": Job("exchange", f"{name}_chunk", chunks)
        for name, chunks in (
            ("shares", 6),
            ("sample", 6),
            ("lists", 3),
            ("plane", 6),
            ("packages", 6),
            ("hanoi", 6),
            ("sizes", 6),
        )
    },
    **{
        f"schedules_{name}": Job("schedules", f"{name}_chunk", chunks)
        for name, chunks in (
            ("sample", 15),
            ("second", 3),
            ("why", 9),
            ("lever", 9),
            ("restore", 9),
            ("zero", 9),
            ("hold", 9),
            ("rule", 9),
            ("horizon", 9),
            ("order", 9),
            ("carry", 9),
            ("value", 9),
            ("kept", 3),
        )
    },
    "decisive_rows": Job("decisive", "rows_chunk", 7),
    "roadmaps_verdicts": Job("roadmaps", "verdicts_chunk", 3),
    **{
        f"futures_{name}": Job("futures", f"{name}_chunk", chunks)
        for name, chunks in (
            ("regret", 2),
            ("information", 2),
            ("rows", 2),
            ("groups", 8),
            ("singles", 8),
            ("boxes", 12),
            ("forms", 2),
            ("dimensions", 1),
        )
    },
}

AFTER = {  # jobs that load stored tables, and which: these are computed first
    "decisive_rows": ("exchange_sample", "schedules_sample"),
    "schedules_kept": ("schedules_order",),
}


class StaleResult(Exception):
    """A stored table whose code or data have changed since it was computed."""


class ResultsError(Exception):
    """Stored results that cannot be read or computed; the message says what to do."""


def folder() -> Path:
    """Where the stored tables lie: quick ones apart."""
    return evidence.ROOT / "results" / "quick" if evidence.quick() else evidence.ROOT / "results"


# ------------------------------------------------------------------------------------------------ what is stored
def manifest() -> dict[str, dict[str, Any]]:
    """{name: code, chunks, reads, rows, seconds, sha256} of all stored tables. Raises ResultsError if it is broken."""
    path = folder() / "manifest.json"
    if not path.exists():
        return {}
    try:
        known, why = json.loads(path.read_text("utf-8")), "it is no list of tables with what made them"
    except ValueError as error:
        known, why = None, str(error)
    if not isinstance(known, dict) or not all(_whole(entry) for entry in known.values()):
        raise ResultsError(
            f"results/{path.name} cannot be read ({why}): put back the last good one, such as with "
            f"`git checkout results/{path.name}`, or delete it and run `make results` to compute all tables"
        )
    return known


def _whole(entry: object) -> bool:
    """Whether an entry of the manifest has all that is asked of it."""
    kinds = {"code": str, "chunks": int, "reads": dict, "rows": int, "seconds": int | float, "sha256": str}
    return isinstance(entry, dict) and all(isinstance(entry.get(key), kind) for key, kind in kinds.items())


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_register: tuple[pd.DataFrame, dict[str, str]] | None = None  # the assumptions as loaded, and what they say


def _assumptions() -> dict[str, str]:
    """{assumption: its values as text}, written out once as long as the register is the same: it is asked often."""
    global _register
    rows = evidence._table("assumptions", Path(evidence.DATA))
    if _register is None or _register[0] is not rows:
        columns = (rows[column].tolist() for column in ("id", *reads.VALUES))
        _register = rows, {name: " ".join(map(str, values)) for name, *values in zip(*columns, strict=True)}
    return _register[1]


@reads.paused()
def value(key: str) -> str | None:
    """What a key of `reads` stands for now: the values of an assumption, else a hash; None where there is nothing."""
    kind, _, name = key.partition("/")
    if kind == "assumptions":
        return _assumptions().get(name)
    if kind == "column":
        rows = evidence.assumptions()
        told = rows[[name] if name in rows.columns else []].to_csv()
    elif kind == "results":
        return manifest().get(name, {}).get("sha256")
    elif name not in evidence.names():
        return None
    else:
        told = evidence.table(name).to_csv(index=False) if kind == "data" else json.dumps(evidence.coverage(name))
    return _sha(told)[:16]


def changed(name: str) -> list[str]:
    """What differs from what made the stored table, in words; an empty list when it is fresh."""
    entry, file = manifest().get(name), folder() / f"{name}.csv"
    if entry is None or not file.exists():
        return ["never computed"]
    if _sha(file.read_bytes().decode("utf-8", "replace")) != entry["sha256"]:
        return [f"results/{name}.csv is not what was stored: it was edited or cut short"]
    return _differs(name, entry)


def _differs(name: str, entry: Mapping[str, Any]) -> list[str]:
    """What of the code and the data has changed since an entry of the manifest, or a chunk, was made."""
    job = JOBS[name]
    found = ["code"] if entry["code"] != reach.code_hash(f"chunks.{job.module}", job.function) else []
    if entry["chunks"] != job.chunks:
        found.append("chunks")
    for key, was in entry["reads"].items():
        now, (kind, _, what) = value(key), key.partition("/")
        if now != was or kind == "results" and what in JOBS and changed(what):
            told = f": {was} before, now {now or 'gone'}" if kind == "assumptions" else "" if now else " is gone"
            found.append(
                {
                    "assumptions": "assumption",
                    "data": "table",
                    "coverage": "coverage of",
                    "column": "assumptions, column",
                    "results": "result",
                }[kind]
                + f" {what}{told}"
            )
    return found


def load(name: str) -> pd.DataFrame:
    """A stored table. When it is stale: recomputed with a message, or, where the environment variable
    BARGAIN_STALE is `error`, StaleResult; where it is `use`, taken as it is. Raises ResultsError where none is."""
    why = changed(name)
    policy = os.environ.get("BARGAIN_STALE", "recompute")
    reads.note("results", name)
    for behind, entry in manifest().items():
        reads.made(behind, entry.get("reads", ()))
    if why and (policy == "error" or _behind):  # a job must not wait for the run that it is part of
        raise StaleResult(f"results/{name}.csv is stale ({'; '.join(why)}): run `make results`")
    if why and policy != "use":
        print(f"results/{name}.csv is stale ({'; '.join(why)}): recomputing", file=sys.stderr, flush=True)
        compute([name], stale=True, report=lambda line: print(line, file=sys.stderr, flush=True))
    if not (folder() / f"{name}.csv").exists():
        raise ResultsError(f"results/{name}.csv is not there: run `make results {name}`")
    return pd.read_csv(folder() / f"{name}.csv")


# ------------------------------------------------------------------------------------------------- computing it
def _as_csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, float_format="%.9g", lineterminator="\n")


def chunk(name: str, number: int) -> pd.DataFrame:
    """Chunk `number` (from 0) of a job, computed now: its frame with a leading column `chunk`."""
    job = JOBS[name]
    frame = getattr(importlib.import_module(f"bargain.chunks.{job.module}"), job.function)(number)
    frame = frame.copy()
    frame.insert(0, "chunk", number)
    # as it is stored, so that stored and fresh chunks compare
    return pd.read_csv(io.StringIO(_as_csv(frame)))


_last = None  # the job that this process computed last


def part(name: str, number: int) -> dict[str, Any]:
    """A chunk with what made it: dict of code, chunks, reads {key: value}, seconds (of the processor), csv."""
    global _last
    if name != _last:  # what a function keeps of earlier calls would hide reads
        reads.start()
        _last = name
    job, started = JOBS[name], time.process_time()
    frame = chunk(name, number)
    seconds, keys = time.process_time() - started, reads.noted()
    return {
        "code": reach.code_hash(f"chunks.{job.module}", job.function),
        "chunks": job.chunks,
        "reads": {key: value(key) for key in keys},
        "seconds": round(seconds, 1),
        "csv": _as_csv(frame),
    }


def compute(
    names: Iterable[str], *, stale: bool = False, workers: int | None = None, report: Callable[[str], object] = print
) -> None:
    """Compute and store jobs, chunk by chunk, on `workers` processes (default: WORKERS), with progress.

    Chunks kept from an interrupted run are taken as they are. One run at a time: another waits until the first is
    done, and leaves out what is fresh by then, as with `stale`. Stale tables that a job loads come first (AFTER).
    Raises ResultsError naming the chunk that failed; others are kept.
    """
    workers = workers or WORKERS
    with _alone(report) as waited:
        reach.forget()
        stale = stale or waited
        names = [name for name in names if not stale or changed(name)]
        first = [one for name in names for one in AFTER.get(name, ()) if one not in names and changed(one)]
        names = [*dict.fromkeys(first), *names]
        kept = {(name, k): one for name in names for k in range(JOBS[name].chunks) if (one := _kept(name, k))}
        todo = [(name, k) for name in names for k in range(JOBS[name].chunks) if (name, k) not in kept]
        if kept:
            report(f"{len(kept)} chunks are kept from a run that was interrupted")
        for name in names:
            _store_if_whole(name, kept, report)
        if not todo:
            return
        started, done, failed = time.monotonic(), 0, None
        pool = ProcessPoolExecutor(workers, initializer=_begin)
        try:
            running, waiting = {}, list(todo)
            while True:
                while not failed and len(running) < workers and (item := _next(waiting, running.values())):
                    running[pool.submit(part, *item)] = item
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name, k = running.pop(future)
                    try:
                        kept[name, k] = future.result()
                    except Exception as error:
                        failed = failed or (name, k, error)
                        continue
                    done += 1
                    _write(_place(name, k), json.dumps(kept[name, k]))
                    spent = time.monotonic() - started
                    left = _clock(spent / done * (len(todo) - done))
                    mine = f"{sum(1 for n, _ in kept if n == name)}/{JOBS[name].chunks}"
                    report(f"results: {name} {mine} ({done}/{len(todo)}, {_clock(spent)}, about {left} left)")
                    _store_if_whole(name, kept, report)
        except KeyboardInterrupt:
            for process in mp.active_children():
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        if failed:
            name, k, cause = failed
            raise ResultsError(
                f"results: chunk {k} of {name} failed: {type(cause).__name__}: {cause}; "
                "the chunks that were done are kept"
            ) from cause


def _next(waiting: list[tuple[str, int]], running: Collection[tuple[str, int]]) -> tuple[str, int] | None:
    """Take the next chunk whose job loads no table that is still to be computed; None while there is none."""
    unfinished = {name for name, _ in (*waiting, *running)}
    for item in waiting:
        if unfinished.isdisjoint(AFTER.get(item[0], ())):
            waiting.remove(item)
            return item
    return None


_behind = False  # whether this process computes for another, which holds the lock
_held: IO[str] | None = None  # the lock, as long as this process holds it


def _begin() -> None:
    """In a process that computes: let go of the lock that it was born with, and end when the run that began it ends."""
    global _behind, _held
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends its processes
    _behind = True
    if _held:
        _held.close()
        _held = None
    parent = mp.parent_process()
    assert parent is not None
    ends = parent.sentinel
    threading.Thread(target=lambda: (connection.wait([ends]), os._exit(1)), daemon=True).start()


def _place(name: str, number: int) -> Path:
    return folder() / "parts" / f"{name}-{number}.json"


def _kept(name: str, number: int) -> dict[str, Any] | None:
    """A chunk of an interrupted run if it is whole, and all that made it is as it was; else None."""
    try:
        one = json.loads(_place(name, number).read_text("utf-8"))
        return None if _differs(name, one) else one
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _store_if_whole(name: str, kept: Mapping[tuple[str, int], dict[str, Any]], report: Callable[[str], object]) -> None:
    """Store a job whose chunks are all there. Raises ResultsError where code or data changed while it ran."""
    parts = [one for k in range(JOBS[name].chunks) if (one := kept.get((name, k)))]
    if len(parts) < JOBS[name].chunks:
        return
    made = {key: was for one in parts for key, was in one["reads"].items()}
    entry = {"code": parts[0]["code"], "chunks": JOBS[name].chunks, "reads": dict(sorted(made.items()))}
    if any(one["code"] != entry["code"] or any(made[k] != v for k, v in one["reads"].items()) for one in parts):
        raise ResultsError(f"results: the code or the data of {name} changed while it was computed: run it again")
    frame = pd.concat([pd.read_csv(io.StringIO(one["csv"])) for one in parts], ignore_index=True)
    text = _as_csv(frame)
    entry |= {"rows": len(frame), "seconds": round(sum(one["seconds"] for one in parts)), "sha256": _sha(text)}
    _write(folder() / f"{name}.csv", text)
    _write(folder() / "manifest.json", json.dumps(manifest() | {name: entry}, indent=1, sort_keys=True) + "\n")
    for number in range(JOBS[name].chunks):
        _place(name, number).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        _place(name, 0).parent.rmdir()


def _write(path: Path, text: str) -> None:
    """Write a file at once: whoever reads it finds all of it, or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, "utf-8", newline="")
    os.replace(new, path)


@contextlib.contextmanager
def _alone(report: Callable[[str], object]) -> Iterator[bool]:
    """Hold the lock of the results folder; wait, and say so, while another run holds it. Gives whether it waited."""
    global _held
    folder().mkdir(parents=True, exist_ok=True)
    with open(folder() / ".lock", "a+") as file:
        try:
            _lock(file, False)
            waited = False
        except OSError:
            report("another run computes results: waiting until it is done")
            _lock(file, True)
            waited = True
        _held = file
        try:
            yield waited
        finally:
            _held = None
        # closing the file lets the lock go, and so does the end of the process


def _lock(file: IO[str], patient: bool) -> None:
    try:
        import fcntl  # noqa: PLC0415 (as the platform has it)
    except ImportError:  # Windows
        import msvcrt  # noqa: PLC0415 (as the platform has it)

        while True:
            try:
                file.seek(0)
                return msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
            except OSError:
                if not patient:
                    raise
                time.sleep(1)
    fcntl.flock(file, fcntl.LOCK_EX if patient else fcntl.LOCK_EX | fcntl.LOCK_NB)


# --------------------------------------------------------------------------------------------------- the command
def estimate(names: Collection[str]) -> tuple[float, list[str]]:
    """Seconds that computing these will take, by what each took last: (seconds, names never timed)."""
    known, seconds, unknown = manifest(), 0.0, []
    for name in names:
        took = known.get(name, {}).get("seconds")
        left = sum(1 for k in range(JOBS[name].chunks) if not _place(name, k).exists()) / JOBS[name].chunks
        if took is None:
            unknown.append(name)
        else:
            seconds += took * left
    return seconds / WORKERS, unknown


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def plan(why: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What will be computed and about how long it takes: lines of text. why: {name: list of reasons}."""
    known = manifest()
    width = max(map(len, why))
    for name, reasons in why.items():
        took = known.get(name, {}).get("seconds")
        told = "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3} more" if len(reasons) > 3 else "")
        yield f"  {name:<{width}}  {f'about {_clock(took / WORKERS)}' if took is not None else 'not timed yet'}  {told}"
    seconds, unknown = estimate(why)
    yield (
        f"Computing {len(why)} of {len(JOBS)} stored tables: about {_clock(seconds)} on {WORKERS} processors"
        + (f", and {len(unknown)} that were never timed" if unknown else "")
        + ". It can be interrupted: what is done is kept, and the same command goes on from there."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m bargain.results`: 0 when done, 1 with a sentence when not, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bargain.results", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="tables to compute, fresh or not (default: all)")
    parser.add_argument("--stale", action="store_true", help="only tables whose code or data have changed")
    parser.add_argument("--plan", action="store_true", help="say what is stale, why, and how long it takes, no more")
    parser.add_argument("--list", action="store_true", help="list the tables, with what makes each stale")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in JOBS]
    if unknown:
        print(f"no such result: {', '.join(unknown)}; there are {', '.join(JOBS)}", file=sys.stderr)
        return 1
    try:
        evidence.names()  # without a clone around the package, it says so before anything is written
        return _run(asked)
    except (ResultsError, evidence.EvidenceError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\ninterrupted: the chunks that were done are kept, and the same command goes on from there",
            file=sys.stderr,
        )
        return 130


def _run(asked: argparse.Namespace) -> int:
    names = asked.names or list(JOBS)
    why = {name: changed(name) for name in names}
    if asked.list:
        for name in names:
            print(f"{name}: {'; '.join(why[name]) or 'fresh'}")
        return 0
    if asked.stale or asked.plan and not asked.names:
        why = {name: reasons for name, reasons in why.items() if reasons}
    if not why:
        print(f"All {len(names)} stored tables are fresh.")
        return 0
    print("\n".join(plan({name: reasons or ["fresh"] for name, reasons in why.items()})), flush=True)
    if not asked.plan:
        compute(list(why), stale=asked.stale, report=lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
