"""actions/github-script: since version 9 its own library cannot be required, and `getOctokit` is a name of its own.

https://github.com/actions/github-script/releases/tag/v9.0.0
"""

from __future__ import annotations

import re

from bot.bumping.codemods.codemod import NOTHING, Crossing, Rewrite
from bot.errors import Refused

ACTIONS = frozenset({"actions/github-script"})

_LIBRARY = "@actions/github"
_DECLARED = re.compile(r"\b(?:const|let|class)\s+(?:\{[^}]*\bgetOctokit\b|getOctokit\b)")


def rewrite(crossing: Crossing) -> Rewrite:
    """Nothing; but a script that would not run is not raised. Raises Refused."""
    script = crossing.given("script") or ""
    if crossing.passes(9) and (_LIBRARY in script or _DECLARED.search(script)):
        raise Refused(
            f"In github-script 9 a script can neither require `{_LIBRARY}` nor declare `getOctokit`, which is given to "
            "it; change the script, then raise the action."
        )
    return NOTHING
