"""astral-sh/setup-uv: inputs that were renamed or went, and the environment that is no more activated unasked.

https://github.com/astral-sh/setup-uv/releases
"""

from __future__ import annotations

from bot.bumping.codemods.codemod import NOTHING, Crossing, Rewrite
from bot.errors import Refused
from bot.yaml import Op, Rename

ACTIONS = frozenset({"astral-sh/setup-uv"})

_FILES = ("pyproject-file", "uv-file")


def rewrite(crossing: Crossing) -> Rewrite:
    """Today's names, and `activate-environment` where version 5 activated one. Raises Refused."""
    if crossing.passes(7) and crossing.given("server-url") is not None:
        raise Refused("setup-uv 7 has no input `server-url`; it asks the server that runs it, so take the input out.")
    if crossing.passes(8) and crossing.given("manifest-file") is not None:
        raise Refused(
            "setup-uv 8 reads another format of `manifest-file`; write that file anew, then raise the action."
        )
    if not crossing.passes(6):
        return NOTHING
    ops: list[Op] = []
    said: list[str] = []
    given = [name for name in _FILES if crossing.given(name) is not None]
    if len(given) > 1:
        raise Refused(
            "setup-uv 6 knows one `version-file` in place of `pyproject-file` and `uv-file`; keep one of them."
        )
    if given:
        ops.append(Rename((*crossing.step.path, "with", crossing.spelt(given[0])), "version-file"))
        said.append(f"`{given[0]}` is called `version-file`")
    if crossing.given("python-version") is not None and crossing.given("activate-environment") is None:
        ops.append(crossing.adding("activate-environment", "true"))
        said.append("`activate-environment: true` goes on activating an environment")
    return Rewrite(ops=tuple(ops), said=tuple(said), covers=frozenset(_FILES))
