"""Title and body of a pull request, from what its changes have to say."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
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


class Proposal(Struct, frozen=True, kw_only=True):
    title: str
    body: str


def proposal(messages: Sequence[Message], frame: Frame) -> Proposal:
    """What to write over and into a pull request. All its messages are of one kind: a branch carries one kind."""
    match messages[0]:
        case Addition() as added:
            first = REGISTER_FIRST if added.index is None else SECRETS_FIRST
            registers = replace(frame, waits=added.index is None)
            return _waiting(first, addition.title(added), addition.body(added, registers), frame)
        case Move():
            moves = [each for each in messages if isinstance(each, Move)]
            return _waiting(REGISTER_FIRST, move.title(moves), move.body(moves, replace(frame, waits=True)), frame)
        case Mend():
            mends = [each for each in messages if isinstance(each, Mend)]
            return Proposal(title=mend.title(mends), body=mend.body(mends, frame))


def _waiting(first: str, title: str, body: str, frame: Frame) -> Proposal:
    return Proposal(title=title if frame.draft or frame.registered else first + title, body=body)
