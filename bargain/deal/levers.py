"""What others could change about a deal: levers pulled, steps taken out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bargain import checks
from bargain.deal.cases import parameters
from bargain.deal.steps import CAPITAL, Case, Deal, falls_with, table
from bargain.terms import COALITION, KIM


# ------------------------------------------------------------------------------------------- switches, levers
def change(
    case: Case,
    ids: Iterable[str],
    *,
    side: int | None = None,
    live: float = 1.0,
    hostile: float = 1.0,
    undo: float | None = None,
) -> Case:
    """The case with the values of some steps or pairs multiplied (of one side, or both) and their undo time set.

    A pair keeps the least undo time of its members.
    """
    checks.finite(live=live, hostile=hostile)
    checks.spans(undo=undo)
    deal, at = case.deal, case.deal.at(*ids)
    who = [KIM, COALITION] if side is None else [side]
    c, h, last = deal.live.copy(), deal.hostile.copy(), deal.undo.copy()
    c[np.ix_(who, at)] *= live  # type: ignore[arg-type]  # numbers in lists do as well
    h[np.ix_(who, at)] *= hostile  # type: ignore[arg-type]
    if undo is not None:
        last[at] = undo
        for k, m in enumerate(deal.members):
            last[deal.steps + k] = min(last[list(m)])
    return replace(case, deal=replace(deal, live=c, hostile=h, undo=last))


def without(case: Case, ids: Iterable[str]) -> Case:
    """The case without some steps, all that need them, and their pairs."""
    deal = case.deal
    gone = set(deal.at(*falls_with(deal, ids)).tolist())
    keep = [i for i in range(deal.steps) if i not in gone]
    pairs = [k for k in range(len(deal.members)) if deal.steps + k not in gone]
    place = {i: k for k, i in enumerate(keep)}
    every = keep + [deal.steps + k for k in pairs]
    return replace(
        case,
        deal=Deal(
            ids=tuple(deal.ids[i] for i in every),
            owner=deal.owner[every],
            group=tuple(deal.group[i] for i in every),
            live=deal.live[:, every],
            hostile=deal.hostile[:, every],
            undo=deal.undo[every],
            shares=deal.shares[every],
            weapons=deal.weapons[every],
            earliest=deal.earliest[keep],
            duration=deal.duration[keep],
            needs=tuple(tuple(place[j] for j in deal.needs[i]) for i in keep),
            members=tuple(tuple(place[j] for j in deal.members[k]) for k in pairs),
        ),
    )


def of_group(case: Case, group: str, side: int | None = None) -> list[str]:
    """Ids of a group's steps and pairs."""
    return [
        i
        for k, i in enumerate(case.deal.ids)
        if case.deal.group[k] == group and (side is None or case.deal.owner[k] == side)
    ]


def _training(case: Case, v: Mapping[str, Any]) -> Case:
    deal = case.deal
    duration = deal.duration.copy()
    duration[deal.at("U10")] = int(round(v["training_short"]))
    return replace(case, deal=replace(deal, duration=duration))


def _custody(case: Case, v: Mapping[str, Any]) -> Case:
    return change(
        change(case, ["K10", "K11", "K12"], undo=v["custody_undo"]),
        ["K10", "K11", "K12"],
        side=COALITION,
        live=v["custody_live"],
        hostile=v["custody_broken"],
    )


def _relief(case: Case, v: Mapping[str, Any]) -> Case:
    return change(case, of_group(case, "relief"), live=v["relief_multiple"], hostile=v["relief_multiple"])


def _guarantor(case: Case, v: Mapping[str, Any]) -> Case:
    own = [i for k, i in enumerate(case.deal.ids) if case.deal.owner[k] == KIM]
    return change(case, own, side=KIM, hostile=v["guarantor"])


def _treaty(case: Case, v: Mapping[str, Any]) -> Case:
    return change(case, ["U16"], side=KIM, live=v["treaty_multiple"], hostile=v["treaty_multiple"])


def _eta0(case: Case, v: Mapping[str, Any]) -> Case:
    residual = case.residual.copy()
    residual[KIM] *= v["eta0_multiple"]  # a commitment bound at home lowers what Kim fears, not what he is feared for
    return replace(case, residual=residual)


UN_BANS = ("U05", "U06", "U07", "U08")
LEVERS = {  # name: (what it does to a case and the drawn strengths, in words)
    "custody": (_custody, "sealed custody at home"),
    "guarantor": (_guarantor, "a third party guarantees"),
    "escrow": (lambda c, v: change(c, CAPITAL, undo=v["escrow_undo"]), "capital through escrow"),
    "snapback": (lambda c, v: change(c, UN_BANS, undo=v["snapback_undo"]), "sanctions snap back"),
    "veto": (
        lambda c, v: change(c, UN_BANS, undo=float(table().undo_high[list(UN_BANS)].max())),
        "sanctions cannot return",
    ),
    "capital": (
        lambda c, v: change(c, of_group(c, "capital"), live=v["capital_multiple"], hostile=v["capital_multiple"]),
        "more capital",
    ),
    "relief": (_relief, "more relief"),
    "treaty": (_treaty, "a weightier treaty"),
    "training": (_training, "bank training rushed"),
    "no_training": (lambda c, v: without(c, ["U10"]), "no bank training"),
    "eta0": (_eta0, "a commitment bound at home"),
    "targeting": (
        lambda c, v: change(c, ["K03", "K04"], side=KIM, hostile=v["targeting"]),
        "inspectors show where to strike",
    ),
}


def pull(case: Case, names: Iterable[str], values: Any = None) -> Case:
    """The case with the named levers pulled, at the given strengths (default: the register's central values).

    Raises KeyError naming an unknown lever.
    """
    checks.finite(values=values)
    v = {**parameters(), **(dict(values) if values is not None else {})}
    for name in names:
        if name not in LEVERS:
            raise KeyError(f"no such lever: {name}; there are {', '.join(LEVERS)}")
        case = LEVERS[name][0](case, v)
    return case


def pairs_on_steps(case: Case) -> Case:
    """The case without pairs, each pair's value put back on its single steps in equal parts."""
    deal = case.deal
    n = deal.steps
    live, hostile = deal.live[:, :n].copy(), deal.hostile[:, :n].copy()
    for k, m in enumerate(deal.members):
        live[:, list(m)] += deal.live[:, [n + k]] / len(m)
        hostile[:, list(m)] += deal.hostile[:, [n + k]] / len(m)
    return replace(
        case,
        deal=replace(
            deal,
            ids=deal.ids[:n],
            owner=deal.owner[:n],
            group=deal.group[:n],
            live=live,
            hostile=hostile,
            undo=deal.undo[:n],
            shares=deal.shares[:n],
            weapons=deal.weapons[:n],
            members=(),
        ),
    )
