"""Chapter 12: dated questions that the report's own tables will resolve, with a back-test beside each.

    python -m bargain.forecasts issue [YEAR] [--on DATE]   forecast YEAR, or the year two years after the data
    python -m bargain.forecasts score YEAR [--on DATE]     resolve what is due by the end of YEAR, score it, issue anew

Forecasts are appended to `data/forecasts.csv` and never edited: each row carries a seal over itself and all rows
before it. What became of them is appended to `data/resolutions.csv`, where the latest row of a forecast stands. A year
that a table does not cover in full leaves its question open, never "no"; a table that is gone, or that has not
covered the year `GRACE` years later, makes it void.
"""

from bargain.forecasts.backtests import (
    MIN_HISTORY,
    backtest,
    backtest_all,
    calibration,
    clustered,
    forget,
    skill,
    skill_frame,
    without_duplicates,
)
from bargain.forecasts.kims import log_ratios, odds, teach_frame, teaching, telling
from bargain.forecasts.predictive import (
    beta_nodes,
    beta_posterior,
    binary_forecast,
    chain,
    count_forecast,
    from_scale,
    markov_posterior,
    negbin_log,
    quantity_forecast,
    sample_of,
    staked,
    to_scale,
)
from bargain.forecasts.questions import (
    END,
    GRACE,
    HEADLINE,
    LEAD,
    LOG,
    NAIVE,
    QUESTIONS,
    SCORED,
    TAIL,
    fan_frame,
    history,
    label,
    last_covered,
    outcome,
    rules_table,
    words,
    year_of,
)
from bargain.forecasts.register import COLUMNS, due, issue, issued, ledger, replay, resolve, score, settled, standing
from bargain.forecasts.scores import brier, crps, log_score, quantile_score

__all__ = [
    "LOG",
    "COLUMNS",
    "END",
    "GRACE",
    "HEADLINE",
    "LEAD",
    "MIN_HISTORY",
    "NAIVE",
    "QUESTIONS",
    "SCORED",
    "TAIL",
    "backtest",
    "backtest_all",
    "beta_nodes",
    "beta_posterior",
    "binary_forecast",
    "brier",
    "calibration",
    "chain",
    "clustered",
    "count_forecast",
    "crps",
    "due",
    "fan_frame",
    "forget",
    "from_scale",
    "history",
    "issue",
    "issued",
    "label",
    "last_covered",
    "ledger",
    "log_ratios",
    "log_score",
    "markov_posterior",
    "negbin_log",
    "odds",
    "outcome",
    "quantile_score",
    "quantity_forecast",
    "replay",
    "resolve",
    "rules_table",
    "sample_of",
    "score",
    "settled",
    "skill",
    "skill_frame",
    "staked",
    "standing",
    "teach_frame",
    "teaching",
    "telling",
    "to_scale",
    "without_duplicates",
    "words",
    "year_of",
]
