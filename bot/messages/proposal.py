"""Title and body of a pull request, from what its changes have to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import addition, mend, move
from bot.messages.addition import Addition
from bot.messages.frame import Frame
from bot.messages.mend import Mend
from bot.messages.move import Move

Message = Addition | Move | Mend

REGISTER_FIRST = "Register first: "
"""Put before the title where GitHub knows no drafts and somebody must act before merging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    title: str
    body: str


def proposal(messages: Sequence[Message], frame: Frame) -> Proposal:
    """What to write over and into a pull request. All its messages are of one kind: a branch carries one kind."""
    first = messages[0]
    waits = not isinstance(first, Mend)
    title = first.title if frame.draft or not waits else REGISTER_FIRST + first.title
    return Proposal(title=title, body=_body(messages, frame))


def _body(messages: Sequence[Message], frame: Frame) -> str:
    match messages[0]:
        case Addition() as added:
            return addition.body(added, frame)
        case Move():
            return move.body([each for each in messages if isinstance(each, Move)], frame)
        case Mend():
            return mend.body([each for each in messages if isinstance(each, Mend)], frame)
