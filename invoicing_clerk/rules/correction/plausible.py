"""Input that is more likely a slip of the keyboard than a correction."""

from __future__ import annotations

# A price or quantity that differs by this factor or more is asked about.
FACTOR = 100


def times(billed: float, corrected: float) -> int:
    """Return how many times larger or smaller a value has become, if implausibly.

    0 is returned for plausible changes: what is billed no longer, or for the first
    time, is none of a decimal point.

    >>> times(10.0, 1000.0), times(1000.0, 10.0), times(10.0, 999.0)
    (100, 100, 0)
    >>> times(0.29, 29.0), times(-0.29, -29.0)
    (100, 100)
    >>> times(0.0, 5000.0), times(5000.0, 0.0), times(7.0, 7.0)
    (0, 0, 0)

    A ratio is rounded to six decimals:

    >>> times(1.0, 99.9999996), times(1.0, 99.999996)
    (100, 0)
    """
    small, large = sorted((abs(billed), abs(corrected)))
    if not small:
        return 0
    factor = round(large / small, 6)
    return int(factor) if factor >= FACTOR else 0
