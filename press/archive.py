"""What a published book holds, and whether a rebuild gives the same.

    python -m press.archive write FOLDER           write FOLDER/manifest.json: the sha256 and size of every file
    python -m press.archive verify FOLDER REBUILT  say which files of FOLDER differ in REBUILT, tables by value

A table (CSV) differs where a number does by more than one part in a thousand million; its row and column are named.
Other files differ by their bytes. The exit code is 1 where something differs or FOLDER is not what its manifest says.
"""

import argparse
import csv
import hashlib
import json
import math
import sys
from pathlib import Path

NAME = "manifest.json"
SHARE = 1e-9  # numbers nearer than this share of each other are the same
SHOWN = 5  # differing cells named a file


def checksums(folder: Path) -> dict[str, dict[str, object]]:
    """{path within the folder: sha256 and size in bytes} of all its files but the manifest, in order."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / NAME)
    return {p.relative_to(folder).as_posix(): {"sha256": hashlib.sha256(p.read_bytes()).hexdigest(),
                                               "bytes": p.stat().st_size}
            for p in files}


def _same(a: str, b: str) -> bool:
    try:
        return a == b or math.isclose(float(a), float(b), rel_tol=SHARE, abs_tol=0)
    except ValueError:
        return False


def cells(a: Path, b: Path) -> list[str]:
    """Where two CSV files differ: rows and columns with both values, or that they have not the same shape."""
    with open(a, encoding="utf-8", newline="") as one, open(b, encoding="utf-8", newline="") as other:
        left, right = list(csv.reader(one)), list(csv.reader(other))
    if left[:1] != right[:1] or len(left) != len(right):
        return [f"{len(left)} lines and {len(right)}, or other columns"]
    return [f"line {n}, column {name}: {x} and {y}"
            for n, (old, new) in enumerate(zip(left[1:], right[1:], strict=True), 2)
            for name, x, y in zip(left[0], old, new, strict=False) if not _same(x, y)]


def differences(folder: Path, rebuilt: Path) -> list[str]:
    """A sentence for each file that is missing, new or different in the rebuilt folder."""
    old, new, out = checksums(folder), checksums(rebuilt), []
    out += [f"{name}: not in the rebuilt folder" for name in old if name not in new]
    out += [f"{name}: only in the rebuilt folder" for name in new if name not in old]
    for name in old:
        if name not in new or old[name] == new[name]:
            continue
        if name.endswith(".csv"):
            found = cells(folder / name, rebuilt / name)
            more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            if found:
                out.append(f"{name}: {'; '.join(found[:SHOWN])}{more}")
        else:
            out.append(f"{name}: other bytes")
    return out


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m press.archive", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write").add_argument("folder", type=Path)
    verify = commands.add_parser("verify")
    verify.add_argument("folder", type=Path)
    verify.add_argument("rebuilt", type=Path)
    args = parser.parse_args(arguments)
    for folder in filter(None, (args.folder, getattr(args, "rebuilt", None))):
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    if args.command == "write":
        files = checksums(args.folder)
        (args.folder / NAME).write_text(json.dumps(files, indent=1) + "\n", encoding="utf-8")
        print(f"{args.folder / NAME}: {len(files)} files")
        return 0
    found = []
    if (args.folder / NAME).exists():
        try:
            stated, now = json.loads((args.folder / NAME).read_text("utf-8")), checksums(args.folder)
        except ValueError as error:  # which tells the line
            parser.error(f"{args.folder / NAME}: {error}")
        found += [f"{n}: not as {NAME} says" for n in sorted({*stated, *now}) if stated.get(n) != now.get(n)]
    found += differences(args.folder, args.rebuilt)
    print("\n".join(found) or f"{len(checksums(args.folder))} files: the rebuilt folder holds the same")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
