"""Tables too heavy for a page: computed once by `make results`, kept in `results/` with the hash of their inputs.

    python -m bargain.results            recompute all
    python -m bargain.results --stale    recompute those whose code, data or assumptions changed
    python -m bargain.results NAME …     recompute these

A job is computed in fixed chunks, each with its own seed, so that any chunk can be computed anywhere and
compared with what is stored. Its code is hashed function by function: a changed chart leaves it fresh.
"""
import ast
import hashlib
import importlib
import io
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from bargain import evidence

FOLDER = evidence.ROOT / "results"
MANIFEST = FOLDER / "manifest.json"


class Job(NamedTuple):
    """`module.function(chunk)` returns a tidy frame; `tables` and the assumptions of `chapters` are its data."""
    module: str
    function: str
    chunks: int
    tables: tuple
    chapters: tuple


_DEAL = ("deal_steps", "deal_pairs")
_LAUNCHES = ("missile_tests", "nuclear_tests", "talks_by_month", "un_sanctions", "exercises")
JOBS = {
    "scorecard_launches": Job("scorecard", "launches_chunk", 1, _LAUNCHES, ("1",)),
    "readings_placebo": Job("readings", "placebo_chunk", 3, _LAUNCHES, ("1",)),
    "readings_calibration": Job("readings", "calibration_chunk", 20, _LAUNCHES, ("1",)),
    "readings_future": Job("readings", "future_chunk", 12, _LAUNCHES, ("1",)),
    "own_kim_effects": Job("own_kim", "effects_chunk", 4, (), ("5", "6")),
    "deterrence_bounds": Job("deterrence", "bounds_chunk", 3, _DEAL, ("2", "5", "7", "8", "9")),
    **{f"exchange_{name}": Job("exchange", f"{name}_chunk", chunks, _DEAL, ("2", "5", "7", "8", "9"))
       for name, chunks in (("shares", 6), ("sample", 6), ("lists", 3), ("plane", 6), ("packages", 6), ("hanoi", 6),
                            ("sizes", 6))},
    **{f"schedules_{name}": Job("schedules", f"{name}_chunk", chunks, _DEAL, ("7", "8"))
       for name, chunks in (("sample", 15), ("second", 3), ("why", 9), ("lever", 9), ("restore", 9), ("zero", 9),
                            ("hold", 9), ("rule", 9), ("horizon", 9), ("order", 9), ("carry", 9))},
    "schedules_replay": Job("schedules", "replay_chunk", 7, (*_DEAL, "aid", "hfo_deliveries"), ("7", "8")),
    **{f"futures_{name}": Job("futures", f"{name}_chunk", chunks, (), ("2", "5", "6"))
       for name, chunks in (("regret", 2), ("information", 2), ("rows", 2), ("groups", 8), ("singles", 8), ("boxes", 8),
                            ("forms", 2), ("dimensions", 1))},
}


class StaleResult(Exception):
    """A stored table whose code, data or assumptions have changed since it was computed."""


def _sha(*texts):
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _without_docstrings(tree):
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            body[0] = ast.Pass()
    return tree


@lru_cache
def _names(module):
    """Top-level names of a module of this package: {name: syntax trees}, and {local name: module} of its imports."""
    place = evidence.ROOT / "bargain" / module.replace(".", "/")
    with open(place / "__init__.py" if place.is_dir() else place.with_suffix(".py"), encoding="utf-8") as file:
        tree = _without_docstrings(ast.parse(file.read()))
    defined, imported = {}, {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bargain":
            for alias in node.names:
                inside = node.module.partition(".")[2]
                imported[alias.asname or alias.name] = (inside, alias.name) if inside else (alias.name, None)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined.setdefault(node.name, []).append(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            for target in ast.walk(node):
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    defined.setdefault(target.id, []).append(node)
    return defined, imported


def code_hash(module, function):
    """SHA-256 of the syntax of a function and of all that it reaches inside the package, docstrings left out."""
    seen, todo, parts = set(), [(module, function)], []
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        defined, imported = _names(place[0])
        for node in defined.get(place[1], ()):
            parts.append(f"{place[0]}.{place[1]} {ast.dump(node)}")
            for child in ast.walk(node):
                if isinstance(child, ast.Name):
                    todo.append(imported[child.id] if child.id in imported else (place[0], child.id))
                elif isinstance(child, ast.Attribute) and getattr(child.value, "id", None) in imported:
                    todo.append((imported[child.value.id][0], child.attr))
        # the loader gives the tables, which are hashed themselves: a new check of the data makes nothing stale
        todo = [(m, n) for m, n in todo if m and n and m != "evidence"]
    return _sha(*sorted(parts))


def inputs(name):
    """The hashes that make a stored table fresh: code, each table, the assumptions of its chapters."""
    job = JOBS[name]
    hashes = {"code": code_hash(f"chunks.{job.module}", job.function), "chunks": str(job.chunks)}
    for table in job.tables:
        hashes[f"data/{table}"] = _sha(evidence.table(table).to_csv(index=False))
    rows = evidence.assumptions()
    mine = rows[[bool(set(str(c).split(";")) & set(job.chapters)) for c in rows["chapter"]]]
    hashes["assumptions"] = _sha(mine[["low", "central", "high", "distribution"]].to_csv())
    return hashes


def _manifest():
    if not MANIFEST.exists():
        return {}
    with open(MANIFEST, encoding="utf-8") as file:
        return json.load(file)


def _as_csv(frame):
    return frame.to_csv(index=False, float_format="%.9g", lineterminator="\n")


def changed(name):
    """What differs from the stored table's inputs, in words; an empty list when it is fresh."""
    entry = _manifest().get(name)
    path = FOLDER / f"{name}.csv"
    if entry is None or not path.exists():
        return ["never computed"]
    with open(path, encoding="utf-8", newline="") as file:
        if _sha(file.read()) != entry["sha256"]:
            return [f"results/{name}.csv was edited"]
    now = inputs(name)
    return [key for key in sorted(now | entry["inputs"]) if now.get(key) != entry["inputs"].get(key)]


def chunk(name, number):
    """Chunk `number` (from 0) of a job, computed now: its frame with a leading column `chunk`."""
    job = JOBS[name]
    frame = getattr(importlib.import_module(f"bargain.chunks.{job.module}"), job.function)(number)
    frame = frame.copy()
    frame.insert(0, "chunk", number)
    # as it is stored, so that stored and fresh chunks compare
    return pd.read_csv(io.StringIO(_as_csv(frame)))


def compute(names, workers=2, report=print):
    """Compute and store jobs, chunk by chunk, on `workers` processes, with progress."""
    if not names:
        return
    FOLDER.mkdir(exist_ok=True)
    started, frames = time.monotonic(), {name: {} for name in names}
    todo = [(name, number) for name in names for number in range(JOBS[name].chunks)]
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(chunk, *item): item for item in todo}
        for done, future in enumerate(as_completed(running), 1):
            name, number = running[future]
            frames[name][number] = future.result()
            report(f"results: {name} {len(frames[name])}/{JOBS[name].chunks} "
                   f"({done}/{len(todo)}, {time.monotonic() - started:.0f} s)")
            if len(frames[name]) == JOBS[name].chunks:
                _store(name, pd.concat([frames[name][k] for k in range(JOBS[name].chunks)], ignore_index=True))


def _store(name, frame):
    text, manifest = _as_csv(frame), _manifest()
    manifest[name] = {"inputs": inputs(name), "rows": len(frame), "sha256": _sha(text)}
    for path, content in ((FOLDER / f"{name}.csv", text),
                          (MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")):
        part = path.with_suffix(".part")
        with open(part, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        os.replace(part, path)


def load(name):
    """A stored table. When it is stale: recomputed with a message, or, where the environment variable
    BARGAIN_STALE is `error`, StaleResult; where it is `use`, taken as it is."""
    why = changed(name)
    policy = os.environ.get("BARGAIN_STALE", "recompute")
    if why and policy == "error":
        raise StaleResult(f"results/{name}.csv is stale ({', '.join(why)}): run `make results`")
    if why and policy != "use":
        print(f"results/{name}.csv is stale ({', '.join(why)}): recomputing", file=sys.stderr, flush=True)
        compute([name], report=lambda line: print(line, file=sys.stderr, flush=True))
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as file:
        return pd.read_csv(file)


def main(arguments):
    unknown = [a for a in arguments if a != "--stale" and a not in JOBS]
    if unknown:
        print(f"no such result: {', '.join(unknown)}; there are {', '.join(JOBS)}", file=sys.stderr)
        return 1
    names = [a for a in arguments if a != "--stale"] or list(JOBS)
    if "--stale" in arguments:
        names = [name for name in names if changed(name)]
        for name in names:
            print(f"results/{name}.csv is stale: {', '.join(changed(name))}", flush=True)
    compute(names, report=lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
