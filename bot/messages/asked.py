"""What a body says of the wishes that it follows: what is ignored, who asked for it, and how that is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.markdown import code
from bot.wishes import Wish, Wished

_KINDS = {
    Wish.IGNORE_RULE: "the rule",
    Wish.IGNORE_ACTION: "the action",
    Wish.IGNORE_FILE: "the file",
}
_WAYS = {"sha": "by their commit", "tag": "by their tag"}
TOLD = (*_KINDS, Wish.PIN)
"""The wishes of which a body speaks."""


def lines(wishes: Sequence[Wished]) -> list[str]:
    """A sentence each, of those that are among `TOLD`."""
    return [_line(one) for one in wishes if one.wish in TOLD]


def _line(one: Wished) -> str:
    who = code(one.login) if one.login else "somebody"
    if one.wish is Wish.PIN:
        return f"Actions are written {_WAYS[one.value]}, as {who} asked. `/pubflow pin keep` takes that back."
    undo = code(f"/pubflow unignore {one.value}")
    return f"Ignored: {_KINDS[one.wish]} {code(one.value)}, as {who} asked. {undo} takes that back."
