"""Official receipts: documents with a number of their own that payers get."""

from __future__ import annotations

from ..lifecycle import Lifecycle, Step

STATES = [("issued", "Issued"), ("void", "Void")]
LIFECYCLE = Lifecycle(STATES, {"void": Step(("issued",), "void", "clerk")})
# Receipts that are printed while the clerk waits.
MAX_AT_ONCE = 100
