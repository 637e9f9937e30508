"""Title and body of a pull request, from what its changes have to say."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot.messages import addition, mend, move
from bot.messages.addition import Addition
from bot.messages.frame import Frame
from bot.messages.mend import Mend
from bot.messages.move import Move

Message = Addition | Move | Mend

REGISTER_FIRST = "Register first: "
SECRETS_FIRST = "Add secrets first: "
"""Put before the title of what is no draft, though somebody must act before it is merged."""


def title(messages: Sequence[Message], frame: Frame) -> str:
    """What to write over a pull request. All its messages are of one kind: a branch carries one kind."""
    match messages[0]:
        case Addition() as added:
            return _waiting(REGISTER_FIRST if added.index is None else SECRETS_FIRST, addition.title(added), frame)
        case Move():
            return _waiting(REGISTER_FIRST, move.title(_moves(messages)), frame)
        case Mend():
            return mend.title(_mends(messages))


def body(messages: Sequence[Message], frame: Frame) -> str:
    """What to write into it."""
    match messages[0]:
        case Addition() as added:
            return addition.body(added, replace(frame, waits=added.index is None))
        case Move():
            return move.body(_moves(messages), replace(frame, waits=True))
        case Mend():
            return mend.body(_mends(messages), frame)


def _moves(messages: Sequence[Message]) -> list[Move]:
    return [each for each in messages if isinstance(each, Move)]


def _mends(messages: Sequence[Message]) -> list[Mend]:
    return [each for each in messages if isinstance(each, Mend)]


def _waiting(first: str, title: str, frame: Frame) -> str:
    return title if frame.draft or frame.registered else first + title
