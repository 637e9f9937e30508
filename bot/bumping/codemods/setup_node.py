"""actions/setup-node: since version 5 it caches unasked where package.json names a package manager, and since version 7
it makes no token up where none is given.

https://github.com/actions/setup-node/releases/tag/v5.0.0, https://github.com/actions/setup-node/releases/tag/v7.0.0
"""

from __future__ import annotations

from bot.bumping.codemods.codemod import NOTHING, Crossing, Rewrite
from bot.errors import Refused

ACTIONS = frozenset({"actions/setup-node"})

_SWITCH = "package-manager-cache"
_TOKEN = "NODE_AUTH_TOKEN"  # noqa: S105 - the name of a variable


def rewrite(crossing: Crossing) -> Rewrite:
    """No cache where there was none: what a release is built from should not come out of one. Raises Refused."""
    if crossing.passes(7) and crossing.given("registry-url") and _TOKEN not in crossing.place.workflow.document.text:
        raise Refused(
            f"setup-node 7 sets no `{_TOKEN}` of its own, which the `.npmrc` that it writes for `registry-url` names; "
            "give it one, or take `registry-url` out, then raise the action."
        )
    if not crossing.passes(5) or crossing.given("cache") or crossing.given(_SWITCH) is not None:
        return NOTHING
    return Rewrite(ops=(crossing.adding(_SWITCH, "false"),), said=(f"`{_SWITCH}: false` goes on caching nothing",))
