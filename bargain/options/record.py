"""What the record says beside the model: sanctions that succeeded, promises kept, stated dangers, beliefs."""

import numpy as np
import pandas as pd

from bargain import checks, evidence, kims, readings, results, terms
from bargain.options.draws import Draw
from bargain.terms import ACC, POLICIES, PRESSURE, READINGS


def bracket() -> tuple[float, float]:
    """The implied success of pressure that the record of sanctions brackets: (low, high) shares of `base_rates`."""
    table = evidence.table("base_rates").set_index("quantity")
    rows = table[table.index.str.startswith("economic sanctions succeeded")]
    share = (rows.successes / rows.trials).astype(float)
    return float(share.min()), float(share.max())


def implied_success(draw: Draw) -> pd.DataFrame:
    """P(accommodate | pressure) over the draw, of the three readings and the two further minds: reading, mean, low,
    high."""
    more = (*READINGS, *terms.OPTIONAL)
    minds = np.concatenate([draw.minds, draw.minds[:, [1, 1]]], axis=1)
    chance = kims.respond(draw.parameters, minds, more)[:, :, PRESSURE, ACC]
    low, high = np.quantile(chance, [0.05, 0.95], axis=0)
    return pd.DataFrame({"reading": more, "mean": chance.mean(axis=0), "low": low, "high": high})


def kept() -> pd.DataFrame:
    """Promises of either side alone in `agreement_commitments`: a frame of side, kept, partly, not, share.

    share counts a promise kept in part as half. Own coding.
    """
    table = evidence.table("agreement_commitments")
    rows = []
    for side in ("PRK", "USA"):
        own = table[table.side == side].delivered.value_counts()
        yes, partly, no = (int(own.get(k, 0)) for k in ("yes", "partly", "no"))
        rows.append((side, yes, partly, no, (yes + partly / 2) / (yes + partly + no)))
    return pd.DataFrame(rows, columns=["side", "kept", "partly", "not", "share"])


def kept_table() -> pd.DataFrame:
    """`kept` as a frame to print."""
    table = kept().set_index("side").rename(index={"PRK": "North Korea", "USA": "United States"})
    table["share"] = [f"{x:.0%}" for x in table["share"]]
    table.columns = ["Kept", "In part", "Not", "Share, part as half"]
    return table.rename_axis("Promises of").reset_index()


def stated_dangers() -> pd.DataFrame:
    """What experts stated in 2017 and 2018 as the yearly chance of war, from `war_probability`: source_name, chance.

    Conditional statements, polls, and what somebody would have said before are left out.
    """
    table = evidence.table("war_probability")
    said = table[(table.kind == "expert") & table.date.astype(str).str[:4].isin(["2017", "2018"])]
    said = said.dropna(subset=["per_year_central_pct"])
    return pd.DataFrame({"source_name": said.source_name, "chance": said.per_year_central_pct / 100}).reset_index(
        drop=True
    )


BELIEFS = {"table": "The record, first coding", "second": "The record, second coding"}


def record_beliefs() -> dict[str, np.ndarray]:
    """Beliefs over READINGS, {name: (3,)}: equal, and what the months of launches make of equal ones (chapter 1), under
    both codings of June to October 2019."""
    rows, out = results.load("scorecard_launches"), {"Equal": np.array(readings.EVEN, float)}
    for coding, name in BELIEFS.items():
        log = rows[rows.coding == coding].set_index("reading")["log"]
        out[name] = readings.posterior(out["Equal"], [log.get(r, 0.0) for r in READINGS])
    return out


def belief_table(losses: np.ndarray, beliefs: dict[str, np.ndarray]) -> pd.DataFrame:
    """The best policy under each belief, from mean losses (reading, policy): a frame to print.

    Beside the beliefs, the policy with the least expected loss, the next, and the lead in thousand life-equivalents.
    """
    checks.finite(losses=losses)
    checks.weights(beliefs=beliefs)
    rows = []
    for name, belief in beliefs.items():
        loss = np.asarray(belief) @ losses
        best, second = np.argsort(loss)[:2]
        rows.append(
            {"Belief": name}
            | {terms.LABELS[r]: f"{100 * b:.0f}%" for r, b in zip(READINGS, belief, strict=True)}
            | {
                "Least is lost under": terms.LABELS[POLICIES[best]],
                "Next": terms.LABELS[POLICIES[second]],
                "Lead, thousand": f"about {5 * round((loss[second] - loss[best]) / 5000):,}",
            }
        )
    return pd.DataFrame(rows)
