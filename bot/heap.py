"""How often Python looks for objects that only each other hold.

It does so after every 700 containers that are made, which a single workflow has: five to ten percent of what a decision
costs, and several milliseconds of every start, for next to nothing, since values of ours hold no circles.
"""

from __future__ import annotations

import gc

_MADE = 200_000
"""Containers between two looks at the youngest: twenty megabytes, should all of them be garbage. Each look takes longer
than a dozen repositories: it touches what the processor's own cache let go of long ago."""


def calm() -> None:
    """Look seldom, from now on, in this process."""
    gc.set_threshold(_MADE)
