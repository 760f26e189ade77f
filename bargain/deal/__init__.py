"""The deal's shared ground: steps, complements, beliefs, draws and minds (chapters 7 to 10 stand on it).

Unit everywhere: million US$-equivalent a half-year ("M") to the decision-maker of a side, against today's
course without the step. Sides: row 0 Kim, row 1 the coalition. A step is worth `live` a half-year while the
deal lives, and `hostile` a half-year after it broke for as long as the step lasts, `undo` half-years.
"""

from bargain.deal.beliefs import fear, fears, hazards, kappa, lasting, sums
from bargain.deal.cases import build, draws, mean_mind, minds, multiplier, parameters, sample, with_mind
from bargain.deal.levers import LEVERS, change, of_group, pairs_on_steps, pull, without
from bargain.deal.steps import (
    BELIEFS,
    LATENT,
    SCALES,
    Case,
    Deal,
    arsenal,
    derived,
    lost_exports,
    money,
    oil_prices,
    ordered,
    remade,
    smuggled_coal,
    table,
    tranches,
)
from bargain.deal.timing import (
    NODES,
    SHAPES,
    Clock,
    Programme,
    Schedule,
    evaluate,
    paths,
    possible,
    programme,
    shortfalls,
    timeless,
)

__all__ = [
    "BELIEFS",
    "Case",
    "Clock",
    "Programme",
    "Schedule",
    "Deal",
    "LATENT",
    "LEVERS",
    "NODES",
    "SCALES",
    "SHAPES",
    "arsenal",
    "build",
    "change",
    "derived",
    "draws",
    "evaluate",
    "fear",
    "fears",
    "hazards",
    "kappa",
    "lasting",
    "lost_exports",
    "mean_mind",
    "minds",
    "money",
    "multiplier",
    "of_group",
    "oil_prices",
    "ordered",
    "pairs_on_steps",
    "parameters",
    "paths",
    "possible",
    "programme",
    "pull",
    "remade",
    "sample",
    "shortfalls",
    "smuggled_coal",
    "sums",
    "table",
    "timeless",
    "tranches",
    "with_mind",
    "without",
]
