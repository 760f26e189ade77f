"""What must one believe? Many futures, in chunks: regret, sensitivity, boxes of beliefs, and what knowing is worth.

    python -m bargain.futures --futures 131072                       in this process
    python -m bargain.futures --futures 131072 --workers 2           on a local Dask cluster
    python -m bargain.futures --futures 131072 --scheduler ADDRESS   on a running one

A future is one point of the draw of `options`: every ranged row, the minds, and which reading is true. Chunk c is
drawn by itself, seeded by (seed, c) alone, so that it can run anywhere; chunks are reduced in their
order, so that the result has the same bits whoever computed them, given the same numerical libraries and processor.
Arrays have the axes (future, reading, policy, outcome) of `options`; losses and values are life-equivalents.
"""

from bargain.futures.discovery import (
    BELIEF_NAMES,
    MOST,
    TARGETS,
    USABLE,
    Box,
    _midpoint,
    _open,
    beliefs,
    choose,
    judged,
    peel,
    quasi_p,
    targets,
    usable,
    without_failing,
)
from bargain.futures.forms import ACCEPTING, FORMS, TOGETHER, form_losses, together
from bargain.futures.knowing import information, row_information
from bargain.futures.sampled import (
    BELIEF,
    FORCE,
    PRESET,
    PRESSURE,
    ROW_LABELS,
    SEED,
    STAKES,
    TALK_EDGES,
    TALKS,
    accepts,
    after_probe,
    at,
    belief_table,
    drawn_losses,
    forms_frame,
    group_table,
    jackknife,
    measures,
    order_frame,
    own,
    probed,
    run,
    summary,
    warhead_prices,
    while_probing,
    worth,
)
from bargain.futures.sensitivity import design, groups, indices

__all__ = [
    "ACCEPTING",
    "BELIEF",
    "BELIEF_NAMES",
    "Box",
    "FORCE",
    "FORMS",
    "MOST",
    "PRESET",
    "PRESSURE",
    "ROW_LABELS",
    "SEED",
    "STAKES",
    "TALKS",
    "TALK_EDGES",
    "TARGETS",
    "TOGETHER",
    "USABLE",
    "_midpoint",
    "_open",
    "accepts",
    "after_probe",
    "belief_table",
    "at",
    "beliefs",
    "choose",
    "design",
    "drawn_losses",
    "form_losses",
    "forms_frame",
    "group_table",
    "groups",
    "indices",
    "information",
    "jackknife",
    "judged",
    "measures",
    "order_frame",
    "own",
    "peel",
    "probed",
    "quasi_p",
    "row_information",
    "run",
    "summary",
    "targets",
    "together",
    "usable",
    "warhead_prices",
    "while_probing",
    "without_failing",
    "worth",
]
