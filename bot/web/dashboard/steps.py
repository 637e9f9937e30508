"""The way to Trusted Publishing as steps for people: what is behind, where a project stands, what is to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.rollout import State

LABELS: Mapping[State, str] = MappingProxyType(
    {
        State.PROPOSED: "Proposed",
        State.REGISTERED: "Publisher registered",
        State.MERGED: "Merged",
        State.PROVEN: "Trusted release seen",
        State.TOKEN_TO_BE_REVOKED: "Revoke the token",
        State.SECRET_TO_BE_DELETED: "Delete the secret",
        State.DONE: "Done",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """`place` is `done`, `now` or `later`."""

    label: str
    place: str


def steps(state: State) -> tuple[Step, ...]:
    """All of them, with those done that lie before `state`."""
    order = list(LABELS)
    here = order.index(state) if state in LABELS else -1
    return tuple(Step(LABELS[one], _place(number, here, state)) for number, one in enumerate(order))


def _place(number: int, here: int, state: State) -> str:
    if number < here or (state is State.DONE and number == here):
        return "done"
    return "now" if number == here else "later"
