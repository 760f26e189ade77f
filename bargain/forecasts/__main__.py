"""The command that issues, resolves and scores forecasts."""

import argparse
import datetime
import sys
from collections.abc import Sequence

import pandas as pd

from bargain.forecasts.questions import SCORED
from bargain.forecasts.register import issue, judge, score

# ------------------------------------------------------------------------------------------------ command line


def _table(rows: pd.DataFrame) -> str:
    """Resolutions as the text that the command prints: what was asked, what came, and all scores."""
    shown = rows[["id", "part", "status", "value", *(f"score_{who}" for who in SCORED)]]
    return shown.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.3g}")


def _say(rows: pd.DataFrame, fresh: pd.DataFrame) -> str:
    """What `score` did, in words."""
    count = rows["status"].value_counts()
    lines = [_table(rows)] if len(rows) else ["nothing new is due"]
    lines.append(", ".join(f"{count.get(s, 0)} {s}" for s in ("resolved", "open", "void")))
    done = rows[(rows["status"] == "resolved") & (rows["measure"] == "log")]
    if len(done):
        means = ", ".join(f"{who} {done[f'score_{who}'].astype(float).mean():.3f}" for who in SCORED)
        lines.append(f"mean log score of {len(done)} answers, smaller is better: {means}")
    where = f" for {fresh['resolves_by'].iloc[0][:4]}" if len(fresh) else ""
    return "\n".join([*lines, f"{len(fresh)} new forecasts{where}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code: 0 done, 1 refused with a reason (2, by argparse, for a bad command)."""
    parser = argparse.ArgumentParser(prog="python -m bargain.forecasts", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="issue|score|judge")
    told = {
        "issue": "forecast YEAR, or the year two years after the data",
        "score": "resolve what is due by the end of YEAR, score it, issue anew",
    }
    for name, words in told.items():
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("year", metavar="YEAR", type=int, nargs="?" if name == "issue" else None)
        command.add_argument("--on", metavar="DATE", type=datetime.date.fromisoformat, help="as if today were DATE")
        if name == "issue":
            command.add_argument("--anew", action="store_true", help="as new rows though these data were used before")
    words = "put the judged forecasts of a CSV file beside the issued ones"
    command = commands.add_parser("judge", help=words, description=words)
    command.add_argument("file", metavar="FILE", help="columns id, known_to, p, q10, q50, q90, reason, source_id")
    command.add_argument("--on", metavar="DATE", type=datetime.date.fromisoformat, help="as if today were DATE")
    args = parser.parse_args(arguments)
    on = args.on.isoformat() if args.on else None
    try:
        if args.command == "issue":
            rows = issue(args.year, on, args.anew)
            print(f"{len(rows)} forecasts issued for {rows['resolves_by'].iloc[0][:4]}")
        elif args.command == "judge":
            print(f"{len(judge(pd.read_csv(args.file), on))} judged forecasts put beside them")
        else:
            print(_say(*score(args.year, on)))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
