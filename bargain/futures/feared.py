"""The answers of chapter 6 at another yearly danger of war: the same draws, with that one row set to a number."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from bargain import checks, kims, options, terms
from bargain.futures.knowing import information
from bargain.futures.sampled import BELIEF, PRESET, STAKES, TALK_EDGES, own, price, summarised, warhead_prices
from bargain.futures.stored import leads_from
from bargain.prose import percent, whole_thousands
from bargain.terms import POLICIES, TALKS


def at_danger(draw: options.Draw, danger: float | None) -> options.Draw:
    """The draw with the yearly danger of war under the status quo at one number; as it is where that is None."""
    checks.shares(danger=danger)
    return draw if danger is None else draw._replace(parameters=draw.parameters | {"h0": float(danger)})


def by_danger(draw: options.Draw, dangers: Sequence[float | None], belief: Sequence[float] = BELIEF) -> pd.DataFrame:
    """Mean regret (life-equivalents) and share best of each policy at each yearly danger: danger, policy, regret, best.

    In each future's own true reading, which follows `belief` (over READINGS), and at its own drawn values. A danger of
    None is the drawn one, and nan in the frame.
    """
    checks.weights(belief=belief)
    answers, rows = kims.respond(draw.parameters, draw.minds), []
    for danger in dangers:
        p = at_danger(draw, danger).parameters
        losses = price(own(options.expected(answers, options.cells(p)), draw, belief), options.prices(p))
        found = options.regret(losses).mean(axis=0), options.best_share(losses)
        rows += [(np.nan if danger is None else float(danger), *row) for row in zip(POLICIES, *found, strict=True)]
    return pd.DataFrame(rows, columns=["danger", "policy", "regret", "best"])


class Answers(NamedTuple):
    """What the chapter says of one set of futures."""

    regret: pd.Series  # mean regret by policy, life-equivalents, values as drawn
    best: pd.Series  # share of futures in which each policy is best
    under: float  # share in which the regret of talks is at most `regret_tau`
    leads: float  # chance that he accommodates from which talks are best most often; nan: from none
    reading: float  # what knowing the reading is worth at the stated values, life-equivalents
    effects: float  # what knowing all else is worth
    test: float  # what testing first is worth at the best stakes


def answers(draw: options.Draw) -> Answers:
    """The chapter's answers on a draw."""
    found, values = summarised(draw), options.preset(PRESET)
    drawn = pd.DataFrame(found["regret"][0], POLICIES)
    best = found["talks_best"] / np.maximum(found["talks"], 1e-12)[:, None]
    told = information(found, values, index=int(np.searchsorted(warhead_prices(), values["v_warhead"])))
    tested = max(information(found, values, stakes=1 + j)["test_first"] for j in range(len(STAKES)))
    return Answers(
        drawn[0],
        drawn[4],
        float(drawn.iloc[TALKS, -1]),
        leads_from(pd.DataFrame(best, TALK_EDGES[:-1], POLICIES)),
        told["reading"],
        told["effects"],
        tested,
    )


def danger_table(ours: Answers, theirs: Answers) -> pd.DataFrame:
    """Two sets of answers side by side, to print, with `turns` where the answer is another."""

    def thousands(x: float) -> str:
        return f"{whole_thousands(x)} thousand".replace("-", "−")

    rows = [
        ("Least regretted", *(terms.LABELS[a.regret.idxmin()] for a in (ours, theirs))),
        ("Most often best", *(terms.LABELS[a.best.idxmax()] for a in (ours, theirs))),
        ("Talks are best in", *(percent(a.best["talks"]) for a in (ours, theirs))),
        ("Talks are regretted in", *(percent(1 - a.under) for a in (ours, theirs))),
        ("Talks lead from a chance that he accommodates of", *(_percent(a.leads) for a in (ours, theirs))),
        ("Worth of knowing what policies do", *(thousands(a.effects) for a in (ours, theirs))),
        ("Worth of knowing who he is", *(thousands(a.reading) for a in (ours, theirs))),
        ("Testing first, at the best stakes", *(thousands(a.test) for a in (ours, theirs))),
    ]
    table = pd.DataFrame(rows, columns=["Answer", "Our danger", "The experts’"])
    turned = [
        rows[0][1] != rows[0][2],
        rows[1][1] != rows[1][2],
        False,
        (ours.under > 0.5) != (theirs.under > 0.5),
        False,
        (ours.effects > ours.reading) != (theirs.effects > theirs.reading),
        (ours.effects > ours.reading) != (theirs.effects > theirs.reading),
        (ours.test > 0) != (theirs.test > 0),
    ]
    return table.assign(**{" ": np.where(turned, "turns", "")})


def _percent(x: float) -> str:
    return "none" if np.isnan(x) else percent(x)
