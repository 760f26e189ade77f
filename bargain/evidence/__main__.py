"""Check a whole folder of tables, and print what it holds: `python -m bargain.evidence [DATA_DIR]`."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from bargain import evidence
from bargain.evidence.checking import check
from bargain.evidence.files import read
from bargain.evidence.problems import EvidenceError
from bargain.evidence.schema import package


def main(arguments: Iterable[object]) -> int:
    """Check a folder and print what it holds; 1 when a rule is broken, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bargain.evidence", description="Check a folder of tables.")
    parser.add_argument("data", nargs="?", default=evidence.DATA, help="the folder (default: the report's)")
    data = Path(parser.parse_args([str(a) for a in arguments]).data).resolve()
    try:
        summary, found = check(data)
    except (EvidenceError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    for column in (*evidence.STATES, "rules"):
        if column in summary:
            summary[column] = [int(n) if n != "" else "" for n in summary[column]]
    print(summary.to_string(index=False))
    if found:
        print(EvidenceError(found), file=sys.stderr)
        return 1
    for name in evidence.names(data):
        if "\r\n" in read(data / evidence.describe(name, data)["path"]):
            print(f"{name}.csv has CRLF at line ends. It is read all the same; saved with LF, as it was, Git will show")
            print("the lines that changed, and not every line.")
    states_told = ", ".join(f"{s} {sum(n for n in summary[s] if n != ''):,}" for s in evidence.STATES if s in summary)
    until = package(data).get("evidence_to")
    print(
        f"{len(summary)} tables, {summary['rows'].sum():,} rows"
        + (f" ({states_told})" if states_told else "")
        + (f", evidence to {until}" if until else "")
        + f": each of {summary['rules'].sum():,} rules holds"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
