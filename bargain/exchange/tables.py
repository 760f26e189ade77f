"""What the page of chapter 7 reads off the stored tables: frames to print, and a few named numbers."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from bargain import checks
from bargain.exchange.packages import HANOI, NAMES
from bargain.terms import LABELS, MINDS, OFFERS, SIDES


def signers(shares: pd.DataFrame, column: str = "accepts", trust: float = 0.5) -> dict[str, pd.DataFrame]:
    """Shares of minds by commitment and reading at a trust: {"mean", "min", "max"} over the seeds, a frame each.

    shares: the stored table `exchange_shares`; column: accepts or both; rows are commitments, columns readings.
    """
    checks.shares(trust=trust)
    rows = shares[np.isclose(shares["trust"], trust)]
    each = rows.groupby(["commitment", "reading"], sort=False)[column]
    return {how: each.agg(how).unstack()[list(MINDS)] for how in ("mean", "min", "max")}


def by_trust(shares: pd.DataFrame, commitment: str = "zero") -> pd.DataFrame:
    """Share of minds that take all on the table for a commitment: rows readings, columns trust; mean of the seeds."""
    rows = shares[shares["commitment"] == commitment]
    return rows.groupby(["reading", "trust"], sort=False)["accepts"].mean().unstack().loc[list(MINDS)]


def agreed(sample: pd.DataFrame) -> pd.DataFrame:
    """How often his yes and a deal that suits both exist when everything is drawn: reading, commitment, his, both.

    sample: the stored table `exchange_sample`. his: share of draws in which he takes everything on the table; both:
    share in which some package is better than no deal for both. A fourth reading, "all", gives each the same weight.
    """
    each = sample.groupby(["reading", "commitment"], sort=False)[["accepts", "both"]].mean()
    pooled = each.groupby("commitment", sort=False).mean().assign(reading="all").set_index("reading", append=True)
    out = pd.concat([each.reset_index(), pooled.reset_index()]).rename(columns={"accepts": "his"})
    return out[["reading", "commitment", "his", "both"]].reset_index(drop=True)


def lists_table(lists: pd.DataFrame) -> pd.DataFrame:
    """The price lists to read, a row a reading and commitment: share of minds with one, medians of sets and of steps.

    lists: the stored table `exchange_lists`. Medians are over the minds that have a list; NaN where none has.
    """
    rows = []
    for (reading, name), part in lists.groupby(["reading", "commitment"], sort=False):
        some = part[part["minimal"] > 0]
        rows.append(
            {
                "reading": LABELS[reading],
                "commitment": NAMES[name],
                "minds": len(some) / len(part),
                "sets": some["minimal"].median(),
                "smallest": some["smallest"].median(),
            }
        )
    return pd.DataFrame(rows)


def always(lists: pd.DataFrame, commitment: str = "zero") -> dict[str, tuple[str, ...]]:
    """Steps in every minimal set of a commitment, for half or more of the minds that have one: {reading: ids}."""
    out = {}
    for reading in MINDS:
        some = lists[(lists["reading"] == reading) & (lists["commitment"] == commitment) & (lists["minimal"] > 0)]
        seen = some["always"].fillna("").str.split(";").explode().value_counts()
        out[reading] = tuple(sorted(i for i, n in seen.items() if i and n >= len(some) / 2))
    return out


def bargains(packages: pd.DataFrame) -> pd.DataFrame:
    """What a bargain splits, a row a reading: medians over minds of the stored table `exchange_packages`.

    Columns: reading, some (share of minds with a Nash package), gone (weapons that it removes), kim, coalition (its
    steps), joint (weapons removed at the largest sum of values), signed (share of all packages that both prefer to no
    deal), kept (share of those that both would keep in the first half-year), none (share of minds for whom no package
    that removes weapons is better for both).
    """
    rows = []
    for reading in MINDS:
        part = packages[packages["reading"] == reading]
        signed = part[part["signed"] > 0]
        rows.append(
            {
                "reading": LABELS[reading],
                "some": float(part["gone"].notna().mean()),
                **{c: part[c].median() for c in ("gone", "kim", "coalition", "joint")},
                "signed": float((part["signed"] / part["total"]).median()),
                "kept": float((signed["kept"] / signed["signed"]).median()) if len(signed) else np.nan,
                "none": float((1 - part["disarming"]).mean()),
            }
        )
    return pd.DataFrame(rows)


def answers_table(offers: pd.DataFrame) -> pd.DataFrame:
    """Share of draws in which each side answers each offer as it did: offer, side, did, right, and a column a reading.

    offers: the stored table `exchange_hanoi`; right: over all draws. Minds play no part in the coalition's answers.
    """
    rows = []
    for name, words in OFFERS.items():
        for p, side in enumerate(SIDES):
            column = f"{name}_{side}"
            each = offers.groupby("reading")[column].mean()
            rows.append(
                {
                    "offer": words,
                    "side": LABELS[side],
                    "did": "agreed" if HANOI[name][2][p] else "refused",
                    "right": float(offers[column].mean()),
                    **{reading: float(each[reading]) for reading in MINDS},
                }
            )
    return pd.DataFrame(rows)


class Room(NamedTuple):
    """Largest hold-outs, in M a half-year, at which the median mind is left a deal that removes weapons.

    kim, coalition: by reading, the other side's hold-out being 0; both: whether such a deal is left, by reading, at the
    given pair of hold-outs, in every seed.
    """

    kim: dict[str, float]
    coalition: dict[str, float]
    both: dict[str, bool]


def room(plane: pd.DataFrame, kim: float, coalition: float) -> Room:
    """How much holding out may earn before nothing that removes weapons is left, from the stored `exchange_plane`.

    kim, coalition: the hold-outs, M a half-year, at which `both` is asked. The least of the seeds is taken.
    """
    checks.nonnegative(kim=kim, coalition=coalition)
    his, theirs, both = {}, {}, {}
    for reading in MINDS:
        rows = plane[plane["reading"] == reading].sort_values("out_kim")
        some = rows[rows["median"] > 0].groupby("seed")["out_kim"].max()
        his[reading] = float(some.min()) if len(some) == rows["seed"].nunique() else 0.0
        theirs[reading] = float(max(rows.loc[rows["out_kim"] == 0, "median"].min(), 0))
        both[reading] = all(
            np.interp(kim, part["out_kim"], part["median"].clip(lower=-1e6)) > coalition
            for _, part in rows.groupby("seed")
        )
    return Room(his, theirs, both)
