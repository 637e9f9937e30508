"""A webhook's body becomes jobs, or is not for us: one function an event, one line of `EVENTS` each.

The signature covers the body alone, so the event's name is untrusted: a body must fit the event that it came under, and
the body of another event is malformed. Nothing here reads, writes or waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from msgspec import MsgspecError, Raw, Struct
from msgspec.json import Decoder

from bot.errors import Malformed
from bot.events.installation import InstallationPayload, installation
from bot.events.installation_repositories import RepositoriesPayload, installation_repositories
from bot.events.issue_comment import IssueCommentPayload, issue_comment
from bot.events.issues import IssuesPayload, issues
from bot.events.payload import Decision, Jobs, NotForUs, Watched
from bot.events.ping import Ping, ping
from bot.events.pull_request import PullRequestPayload, pull_request
from bot.events.push import Push, push
from bot.events.repository import FOREIGN, RepositoryPayload, repository
from bot.events.workflow_run import WorkflowRunPayload, workflow_run

__all__ = ["EVENTS", "Event", "Jobs", "NotForUs", "Watched", "decide"]

UNKNOWN = NotForUs("an event that nothing is done for")

Payload = TypeVar("Payload", bound=Struct)


@dataclass(frozen=True, slots=True)
class Event:
    """How bodies of one event are read and decided."""

    payload: type[Struct]
    decide: Callable[[bytes, Watched], Decision]


def _event(
    payload: type[Payload],
    function: Callable[[Payload, Watched], Decision],
    *,
    foreign: frozenset[str] = frozenset(),
) -> Event:
    """`foreign`: keys that only other events' bodies have, for an event that has no key of its own."""
    read = Decoder(payload).decode

    def decide_body(body: bytes, watched: Watched) -> Decision:
        if foreign and not foreign.isdisjoint(_KEYS(body)):
            raise Malformed("a payload of another event")
        return function(read(body), watched)

    return Event(payload, decide_body)


_KEYS = Decoder(dict[str, Raw]).decode


_OTHER_ISSUES = frozenset({"comment", "sub_issue", "parent_issue"})
"""Other events about an issue carry one as `issues` does, and something of their own."""

EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "ping": _event(Ping, ping),
        "push": _event(Push, push),
        "installation": _event(InstallationPayload, installation),
        "installation_repositories": _event(RepositoriesPayload, installation_repositories),
        "repository": _event(RepositoryPayload, repository, foreign=FOREIGN),
        "pull_request": _event(PullRequestPayload, pull_request),
        "issue_comment": _event(IssueCommentPayload, issue_comment),
        "workflow_run": _event(WorkflowRunPayload, workflow_run),
        "issues": _event(IssuesPayload, issues, foreign=_OTHER_ISSUES),
    }
)


def decide(event: str, body: bytes, watched: Watched) -> Decision:
    """What a verified body of this event asks for. Raises `Malformed` when it is no body of this event.

    `event` is the `X-GitHub-Event` header; `body` is JSON.
    """
    known = EVENTS.get(event)
    if known is None:
        return UNKNOWN
    try:
        return known.decide(body, watched)
    except (MsgspecError, RecursionError, UnicodeError, OverflowError) as error:
        raise Malformed(f"not a payload of the event {event}") from error
