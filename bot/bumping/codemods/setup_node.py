"""actions/setup-node: since version 5 it caches unasked where package.json names a package manager.

https://github.com/actions/setup-node/releases/tag/v5.0.0
"""

from __future__ import annotations

from bot.bumping.codemods.codemod import Crossing, Rewrite

ACTIONS = frozenset({"actions/setup-node"})

_SWITCH = "package-manager-cache"


def rewrite(crossing: Crossing) -> Rewrite:
    """No cache where there was none: what a release is built from should not come out of one."""
    if not crossing.passes(5) or crossing.given("cache") or crossing.given(_SWITCH) is not None:
        return Rewrite()
    return Rewrite(ops=(crossing.adding(_SWITCH, "false"),), said=(f"`{_SWITCH}: false` goes on caching nothing",))
