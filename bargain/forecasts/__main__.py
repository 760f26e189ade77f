"""The command that issues, resolves and scores forecasts."""

import datetime
import sys

from bargain.forecasts.ledger import issue, score
from bargain.forecasts.questions import SCORED

# ------------------------------------------------------------------------------------------------ command line


def _table(rows):
    """Resolutions as the text that the command prints: what was asked, what came, and all scores."""
    shown = rows[["id", "part", "status", "value", *(f"score_{who}" for who in SCORED)]]
    return shown.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.3g}")


def _say(rows, fresh):
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


def main(arguments):
    """The command line; returns the exit code: 0 done, 1 refused with a reason."""
    on, words_ = None, list(arguments)
    try:
        if "--on" in words_:
            k = words_.index("--on")
            on = datetime.date.fromisoformat(words_[k + 1]).isoformat()
            del words_[k : k + 2]
        if words_[:1] not in (["issue"], ["score"]) or len(words_) > 2 or words_ == ["score"]:
            raise IndexError
        year = int(words_[1]) if len(words_) == 2 else None
        if words_[0] == "issue":
            rows = issue(year, on)
            print(f"{len(rows)} forecasts issued for {rows['resolves_by'].iloc[0][:4]}")
        else:
            print(_say(*score(year, on)))
    except IndexError:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
