"""Tables of an issue, for print: what is asked, what is staked, what is judged, and what the record cannot know."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bargain import rowpages
from bargain.forecasts.questions import END, GRACE, label, year_of
from bargain.prose import capital

SOURCES = {  # table: who publishes what resolves it, who enters the row, and whether that takes a judgement
    "missile_tests": ("CNS and NTI, and the Japanese ministry of defence", "its keeper"),
    "nuclear_tests": ("the North’s own announcement, borne out by seismic networks", "its keeper"),
    "negotiations": ("announcements of the parties, and the press", "its keeper, who codes the event"),
    "talks_by_month": ("announcements of the parties, and the press", "its keeper, who codes the month"),
    "exercises": ("announcements of the two allies", "its keeper, who codes status and reason"),
    "un_sanctions": ("the Security Council and the US government", "its keeper, who codes the measure"),
    "verification": ("the IAEA’s reports", "its keeper, who codes the period"),
    "china_trade_share": ("KOTRA, each July", "its keeper"),
    "gdp": ("the Bank of Korea, each summer", "its keeper"),
    "illicit_revenue": ("Chainalysis, each January, and the monitoring team of eleven states", "its keeper"),
    "cyber_incidents": ("governments, else firms that trace the coins", "its keeper, who codes who did it"),
    "leadership_economy": ("KINU’s database, each January", "its keeper"),
}


def questions_table(rows: pd.DataFrame) -> pd.DataFrame:
    """What was asked, for print: the question, its rule, source, deadline, and who resolves it."""
    out = []
    for row in rows.to_dict("records"):
        sources = [SOURCES[name] for name in row["table"].split(";")]
        year = int(row["resolves_by"][:4])
        out.append(
            {
                "Question": row["words"],
                "Rule": rowpages.titled(row["rule"].replace("_", "\\_")),
                "Source": "; ".join(dict.fromkeys(s[0] for s in sources)),
                "Deadline": f"end of {year}; void after {year + GRACE}",
                "Who resolves it": sources[0][1],
            }
        )
    return pd.DataFrame(out)


def _three(row: Mapping[str, Any], low: str, mid: str, high: str) -> str:
    low, mid, high = (_whole(row[key]) for key in (low, mid, high))
    return f"{mid} ({low} to {high})"


def _whole(x: float) -> str:
    """A whole number with a real minus, and no sign on what rounds to nothing."""
    return f"{round(x):,}".replace("-", "−")


def rules_table(rows: pd.DataFrame) -> pd.DataFrame:
    """What is staked: chance or range, what the record's average and last year's answer give, and the back-test."""
    out = []
    for row in rows.to_dict("records"):
        yes = row["kind"] == "binary"
        naive = {
            "Record": f"{row['climatology']:.0%}" if yes else _whole(row["climatology"]),
            "Last year": f"{row['persistence']:.0%}" if yes else _whole(row["persistence"]),
        }
        beaten = row["beaten_by"]
        out.append(
            {
                "Question": row["words"],
                f"{year_of(rows)}": f"{row['p']:.0%}" if yes else _three(row, "q10", "q50", "q90"),
                f"To {END}": "" if np.isnan(row["p_any_to_2030"]) else f"{row['p_any_to_2030']:.0%}",
                **naive,
                "Tests": row["backtest_n"],
                "Beaten by": beaten.replace(";", ", ") if isinstance(beaten, str) else "",
            }
        )
    return pd.DataFrame(out)


def judged_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The judged forecasts of `latest` beside the mechanical ones: Question, Machine, Person, Reason (with sources)."""
    out = []
    for row in rows[rows["judged"].notna()].to_dict("records"):
        yes = row["kind"] == "binary"
        cited = "; ".join(f"@{key}" for key in row["source_id"].split(";"))
        out.append(
            {
                "Question": row["words"],
                "Machine": f"{row['p']:.0%}" if yes else _three(row, "q10", "q50", "q90"),
                "Person": f"{row['judged']:.0%}" if yes else _three(row, "judged_q10", "judged", "judged_q90"),
                "Reason": f"{row['reason']} [{cited}]",
            }
        )
    return pd.DataFrame(out)


def breaks_table(rows: pd.DataFrame) -> pd.DataFrame:
    """What no model of repetition knows, and the questions that it touches."""
    rows = rows[rows["breaks"].notna()]
    named = rows.groupby("breaks", sort=False)["words"].agg(lambda w: "; ".join(label(x) for x in w))
    return pd.DataFrame({"What has broken": [capital(b) for b in named.index], "Questions": named.to_list()})
