"""How much of the long tests is run: all that is claimed, or many times that in a soak (`make soak`)."""

from __future__ import annotations

import os

FACTOR = int(os.environ.get("IVIG_SOAK", "1"))
"""What the number of cases is multiplied by."""
EXPLORE = FACTOR > 1
"""Whether cases are drawn anew in every run, rather than the same each time."""
