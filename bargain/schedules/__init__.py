"""Chapter 8 over sampled minds: schedules, switches, levers, hold-outs, the record's lives.

A draw is a mind of a reading together with all assumptions; the same draws feed every table here, the first tenth of
them those that solve many programmes a draw. Heavy: each `…_chunk` of `chunks` is a job of `results`. Beside what is
computed for them stands what the page says and shows of the stored tables. Shares carry 95 % intervals of the count of
draws, whatever the readings pooled: a draw of assumptions is shared by the three readings, so that it counts once.
"""

from bargain.schedules.draws import (
    NODES,
    OTHER_SEED,
    PARTS,
    PERIODS,
    SEED,
    THIRDS,
    drawn,
    outcome,
    parameters,
    solve,
    tenth,
)
from bargain.schedules.gradual import OFF, OFF_NAMES, SWITCHES, switched, why_kind, why_shares, why_table
from bargain.schedules.hold_outs import HOLD_GAP, hold_curve, hold_limits
from bargain.schedules.levers import lever_changes, lever_table
from bargain.schedules.order import arms_dates, dates, watched
from bargain.schedules.regret import carry_bands, sorry, tightest
from bargain.schedules.sensitivity import drivers, ranks, ranks_table
from bargain.schedules.shapes import gains, remains, removes_all, shape_quantiles, shapes_table
from bargain.schedules.shares import BETTER, interval, share, wilson
from bargain.schedules.shortfall import HELP, nearest, restored, to_any, to_zero
from bargain.schedules.survival import life_curves, life_models, lives, mixture, sorting, variation, variation_chance
from bargain.schedules.variants import (
    HORIZONS,
    RULES,
    horizons,
    idle_spells,
    later,
    patient,
    rules,
    rules_table,
    without_idle_lessons,
)

__all__ = [
    "BETTER",
    "HELP",
    "HOLD_GAP",
    "HORIZONS",
    "NODES",
    "OFF",
    "OFF_NAMES",
    "OTHER_SEED",
    "PARTS",
    "PERIODS",
    "RULES",
    "SEED",
    "SWITCHES",
    "THIRDS",
    "arms_dates",
    "carry_bands",
    "dates",
    "drawn",
    "drivers",
    "gains",
    "hold_curve",
    "hold_limits",
    "horizons",
    "idle_spells",
    "interval",
    "later",
    "lever_changes",
    "lever_table",
    "life_curves",
    "life_models",
    "lives",
    "mixture",
    "nearest",
    "outcome",
    "parameters",
    "patient",
    "ranks",
    "ranks_table",
    "remains",
    "removes_all",
    "restored",
    "rules",
    "rules_table",
    "shape_quantiles",
    "shapes_table",
    "share",
    "solve",
    "sorry",
    "sorting",
    "switched",
    "tenth",
    "tightest",
    "to_any",
    "to_zero",
    "variation",
    "variation_chance",
    "watched",
    "why_kind",
    "why_shares",
    "why_table",
    "wilson",
    "without_idle_lessons",
]
