"""Which assumptions matter: how the drawn rows move with the headlines of the chapters."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import (
    checks,
    deal,
    deterrence,
    economies,
    evidence,
    options,
    partners,
    results,
    sampling,
    schedules,
    stakes,
    terms,
)
from bargain.games import shapley

N = 4096  # draws of a headline that is not stored
SEED = 7


class Headline(NamedTuple):
    """A number that a chapter leads with, draw by draw."""

    chapter: int
    words: str
    parameters: Mapping[str, np.ndarray]  # {row of the register: its value in each draw}
    outcome: np.ndarray  # (draws,), or (readings, draws) where each reading has its own


def ranks(parameters: Mapping[str, np.ndarray], outcome: ArrayLike) -> pd.Series:
    """The rank correlation of each drawn parameter with the outcome (`sampling.rank_correlations`), averaged over the
    readings whose outcome changes; 0 for all where none does.

    parameters: {name: array (draws,)}, constants are left out; outcome: (draws,) or (readings, draws). Raises
    ValueError where the outcome is not finite, or has another number of draws.
    """
    checks.finite(outcome=outcome, parameters=parameters)
    names = [name for name, values in parameters.items() if np.ndim(values) and np.ptp(values) > 0]
    rho = sampling.rank_correlations([parameters[name] for name in names], outcome)
    changes = np.ptp(np.atleast_2d(outcome), axis=1) > 0
    return pd.Series(rho[:, changes].mean(axis=1) if changes.any() else 0.0, index=names)


def _partners() -> list[Headline]:
    p = partners.draw(N, SEED)
    v = partners.values(partners.game(partners.years()[-1], p))
    share = shapley(v) / v[..., -1:]
    return [Headline(3, "Washington’s share of what he wants", _arrays(p), share[..., partners.PARTNERS.index("USA")])]


def _economies() -> list[Headline]:
    p = sampling.draw(evidence.assumptions().loc[list(economies.MARGINS)], N, SEED)[0]
    return [Headline(4, "what an end of the trade bans would net him", _arrays(p), economies.relief(p))]


def _options() -> list[Headline]:
    draw, prices = options.head(options.sample(), N), options.prices(options.preset("all_central"))
    lost = (options.outcomes(draw.parameters, draw.minds) @ prices).mean(axis=1)
    talks, accept, force = (lost[:, terms.POLICIES.index(k)] for k in ("talks", "accept", "force"))
    p = _arrays(draw.parameters)
    return [
        Headline(5, "what talks lose against acceptance", p, talks - accept),
        Headline(5, "what talks lose against force", p, talks - force),
    ]


def _exchange() -> list[Headline]:
    zero = results.load("exchange_sample").query("commitment == 'zero' and seed == 0")
    zero = zero.assign(short=zero["most"] - zero["ask"]).pivot(index="reading", columns="draw", values="short")
    values = deal.draws(int(evidence.central("n_schedules")), 0)[0].iloc[zero.columns]
    return [Headline(7, "what is offered for the whole arsenal against its price", _rows(values), zero.to_numpy())]


def _schedules() -> list[Headline]:
    kept = schedules.gains(results.load("schedules_sample")).pivot(index="reading", columns="draw", values="derived")
    values = schedules.parameters()[0].iloc[kept.columns]
    return [Headline(8, "warheads that a kept schedule should remove", _rows(values), kept.to_numpy())]


def _deterrence() -> list[Headline]:
    frame = deterrence.sampled_windows()
    beliefs = {name: frame[name].to_numpy() for name in deterrence.BELIEFS}
    return [Headline(9, "whether cameras leave a window", beliefs, frame["open_cameras"].to_numpy(float))]


def _stakes() -> list[Headline]:
    drawn, (dead, _) = stakes.sample(), stakes.parts()
    more = dead[:, stakes.PRESSURE] - dead[:, stakes.TALKS]
    return [Headline(10, "deaths under pressure against those under talks", _arrays(drawn.parameters), more)]


HEADLINES = (_partners, _economies, _options, _exchange, _schedules, _deterrence, _stakes)


def correlations(headlines: Iterable[Headline]) -> pd.DataFrame:
    """The drawn rows with each headline: columns chapter, words, id, rho."""
    found = []
    for one in headlines:
        rho = ranks(one.parameters, one.outcome)
        found.append(pd.DataFrame({"chapter": one.chapter, "words": one.words, "id": rho.index, "rho": rho.to_numpy()}))
    every = pd.concat(found, ignore_index=True)
    return every[every["id"].isin(evidence.assumptions().index)]


def _arrays(parameters: Mapping[str, np.ndarray | float]) -> dict[str, np.ndarray]:
    return {name: np.asarray(values) for name, values in parameters.items() if np.ndim(values)}


def _rows(values: pd.DataFrame) -> dict[str, np.ndarray]:
    return {str(name): values[name].to_numpy(float) for name in values if values[name].nunique() > 1}


def matters() -> pd.DataFrame:
    """How much each drawn row matters: index id; rho (the rank correlation largest in size), chapter and words of its
    headline; the largest in size first. Rows that no headline's draws vary are missing."""
    every = results.load("decisive_rows")
    every = every.sort_values("rho", key=lambda r: -r.abs(), kind="stable").drop_duplicates("id").set_index("id")
    return every[["rho", "chapter", "words"]]
