"""How often Python looks for objects that only each other hold.

It does so after every 700 containers that are made, which a single workflow has: five to ten percent of what a decision
costs, and several milliseconds of every start, for next to nothing, since values of ours hold no circles.
"""

from __future__ import annotations

import gc

_MADE = 50_000
"""Containers between two looks at the youngest: a few megabytes, should all of them be garbage."""


def calm() -> None:
    """Look seldom, from now on, in this process."""
    gc.set_threshold(_MADE)
