"""A deal between sides that differ in everything, so that a test notices when the two are swapped.

The register's central values give both sides the same discount factor and the same doubt, and no hold-out.
"""

from bargain import deal

VALUES = {
    "delta_kim": 0.93,
    "delta_coalition": 0.96,
    "fear_first_kim": 0.13,
    "fear_first_coalition": 0.1,
    "doubt_kim": 0.6,
    "doubt_coalition": 0.4,
    "out_kim": 20.0,
    "out_coalition": 35.0,
}


def build(values=None, uniforms=None):
    """`deal.build` at values that differ by side, those of `values` on top."""
    return deal.build({**VALUES, **(values or {})}, uniforms)
