"""What the events of conversations share: who said what where, and the jobs that hear and answer it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, Struct, UnsetType

from bot.commands import BOXES, TAKEN_BACK
from bot.commands.parsing import LONGEST
from bot.events.payload import Login, Moment, named
from bot.messages import remark_marker
from bot.messages.checkboxes import Box, ticked
from bot.model import InstallationId, Job, JsonValue, RepoRef, Thread

ANSWER = "answer"
HEAR = "hear"


class User(Struct, frozen=True, gc=False):
    """Of a kind that GitHub calls `User`, `Bot`, `Organization` or, in time, something else."""

    login: Login
    type: str

    @property
    def is_bot(self) -> bool:
        return self.type == "Bot" or self.login.endswith("[bot]")


class Before(Struct, frozen=True, gc=False, rename={"text": "from"}):
    text: str = ""


class Edited(Struct, frozen=True, gc=False):
    """What an edit changed; the body is named only if it is what changed."""

    body: Before | UnsetType = UNSET

    @property
    def before(self) -> str | None:
        return None if self.body is UNSET else self.body.text


class Speech(Struct, frozen=True, kw_only=True):
    """Somebody (`login`) in the conversation `number`; `author` is who began it."""

    number: int
    pull: bool
    login: str
    author: str | None = None

    @property
    def thread(self) -> Thread:
        return Thread(number=self.number, pull=self.pull)


class Source(Struct, frozen=True, kw_only=True):
    """What is answered: a comment of somebody's, or boxes that were ticked at a moment (`ticked`, as GitHub writes it).

    The boxes are in the body of the pull request or, if `comment` is given too, in that comment of ours.
    """

    comment: int | None = None
    ticked: str | None = None
    boxes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """By which the answer is known: letters, digits and hyphens."""
        if self.ticked is None:
            return f"reply-{self.comment}"
        moment = "".join(letter for letter in self.ticked if letter.isalnum())
        return "-".join(("tick", str(self.comment or "body"), moment, *self.boxes))

    @property
    def marker(self) -> str:
        return remark_marker(self.name)


def answer_job(installation: InstallationId, ref: RepoRef, speech: Speech, source: Source, lines: Iterable[str]) -> Job:
    """The job that answers, in the repository's lane; told any number of times it is worked once."""
    told: dict[str, JsonValue] = msgspec.to_builtins({"speech": speech, "source": source, "lines": list(lines)})
    key = f"{ref.id}:{speech.number}:{source.name}"
    return Job(kind=ANSWER, key=key, installation=installation, args=named(ref) | told, once=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """Boxes that an edit ticked, or emptied although they stay ticked by themselves; at a moment."""

    ticked: frozenset[Box]
    emptied: frozenset[Box]
    moment: Moment
    comment: int | None = None
    """The comment in which they are; None: in the body of the pull request."""

    def __bool__(self) -> bool:
        return bool(self.ticked or self.emptied)


def ticks(before: str, after: str, moment: Moment, comment: int | None = None) -> Ticks:
    """What an edit from `before` to `after` ticked and emptied."""
    then, now = ticked(before), ticked(after)
    return Ticks(ticked=now - then, emptied=(then - now) & TAKEN_BACK.keys(), moment=moment, comment=comment)


def tick_job(installation: InstallationId, ref: RepoRef, speech: Speech, asked: Ticks) -> Job:
    """The job that does what the boxes ask for; two that ask for the same ask once."""
    chosen = [box for box in Box if box in asked.ticked]
    emptied = [box for box in Box if box in asked.emptied]
    names = (*(box.value for box in chosen), *(f"no-{box.value}" for box in emptied))
    source = Source(comment=asked.comment, ticked=asked.moment, boxes=names)
    said = dict.fromkeys((*(BOXES[box] for box in chosen), *(TAKEN_BACK[box] for box in emptied)))
    return answer_job(installation, ref, speech, source, said)


def hear_job(installation: InstallationId, ref: RepoRef, speech: Speech, comment: int, body: str) -> Job:
    """The job that looks for commands in a comment; in a lane of its own, as it keeps people waiting for a sign."""
    args: dict[str, JsonValue] = {
        "repository": named(ref),
        "speech": msgspec.to_builtins(speech),
        "comment": comment,
        "body": body[:LONGEST],
    }
    return Job(kind=HEAR, key=f"{ref.id}:{comment}", installation=installation, args=args, once=True)
