"""How far one project has come on one index, from a stored token to nothing left to do: a table, and who acts next.

The state is a pure function of what GitHub and the index show, so a lost database loses nothing: the same facts give
the same state. `WAYS` lists every step from one state to another that a single new fact can cause, in both directions;
`docs/rollout.md` shows both tables to people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """In the order in which a project goes through them."""

    NOT_PUBLISHED = "not published"
    TOKEN = "token"
    PROPOSED = "proposed"
    REGISTERED = "registered?"
    """With a question mark for ever: nobody but the project's owners can see a publisher on the index."""
    MERGED = "merged"
    PROVEN = "proven"
    TOKEN_TO_BE_REVOKED = "token to be revoked"
    SECRET_TO_BE_DELETED = "secret to be deleted"
    DONE = "done"


class Uploads(StrEnum):
    """How the default branch uploads to this index."""

    NOTHING = "nothing"
    TOKEN = "token"
    """With a stored credential, at least in one place."""
    TRUSTED = "trusted"


class Proof(StrEnum):
    """What is known of releases through the publisher. The absence of provenance proves nothing: see `bot.pypi`."""

    NEVER_RELEASED = "never released"
    UNKNOWN = "unknown"
    PROVEN = "proven"


class Asked(StrEnum):
    """How the issue stands that asks people for the last two steps."""

    NOT_YET = "not yet"
    OPEN = "open"
    REVOKED = "revoked"
    """Open, and somebody ticked that the token is revoked."""
    SETTLED = "settled"
    """Closed, by a person or by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the state depends on."""

    uploads: Uploads
    proposed: bool = False
    """A pull request of ours that brings Trusted Publishing is open."""
    confirmed: bool = False
    """A person with write access said that the publisher is registered."""
    proof: Proof = Proof.UNKNOWN
    moved: bool = False
    """A pull request of ours replaced a stored token, so there is one to revoke."""
    asked: Asked = Asked.NOT_YET
    secrets_left: bool | None = None
    """Whether a secret that the move replaced still exists; None: not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One state: when it holds (the first row that holds counts), what it means, and who acts next."""

    state: State
    holds: Callable[[Facts], bool]
    means: str
    next: str


def _trusted(facts: Facts) -> bool:
    return facts.uploads is Uploads.TRUSTED


def _proven(facts: Facts) -> bool:
    return _trusted(facts) and facts.proof is Proof.PROVEN


TABLE: tuple[Row, ...] = (
    Row(
        state=State.DONE,
        holds=lambda it: _proven(it) and (not it.moved or it.secrets_left is False or it.asked is Asked.SETTLED),
        means="A release went through Trusted Publishing, and no secret that it replaced is left",
        next="Nobody",
    ),
    Row(
        state=State.SECRET_TO_BE_DELETED,
        holds=lambda it: _proven(it) and it.asked is Asked.REVOKED,
        means="Somebody ticked that the token is revoked; a secret of it is left, or nobody could look",
        next="An administrator of the repository deletes the secret, or closes the issue",
    ),
    Row(
        state=State.TOKEN_TO_BE_REVOKED,
        holds=lambda it: _proven(it) and it.asked is Asked.OPEN,
        means="The issue that asks to revoke the token, and then to delete its secret, is open",
        next="The token's owner revokes it on the index and ticks the box",
    ),
    Row(
        state=State.PROVEN,
        holds=_proven,
        means="A release went through Trusted Publishing",
        next="pubflow opens the issue that asks for the last two steps",
    ),
    Row(
        state=State.MERGED,
        holds=_trusted,
        means="The default branch uploads by Trusted Publishing; no release through it has been seen yet",
        next="A maintainer releases as always",
    ),
    Row(
        state=State.REGISTERED,
        holds=lambda it: it.proposed and (it.confirmed or it.proof is Proof.PROVEN),
        means="Somebody with write access says that the publisher is registered, or a release proves it",
        next="A maintainer merges the pull request",
    ),
    Row(
        state=State.PROPOSED,
        holds=lambda it: it.proposed,
        means="A pull request of pubflow is open and waits for the publisher to be registered",
        next="An owner of the project registers the publisher on the index and ticks the box",
    ),
    Row(
        state=State.TOKEN,
        holds=lambda it: it.uploads is Uploads.TOKEN,
        means="The default branch uploads with a stored credential",
        next="pubflow proposes the move, or says why it cannot",
    ),
    Row(
        state=State.NOT_PUBLISHED,
        holds=lambda _: True,
        means="Nothing on the default branch uploads the project to this index",
        next="pubflow proposes a workflow where that is wanted",
    ),
)


def state_of(facts: Facts) -> State:
    """The state of a project on an index."""
    return next(row.state for row in TABLE if row.holds(facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One step that a single new fact causes: from any of `before` to `after`."""

    before: tuple[State, ...]
    after: State
    because: str


_UNPROPOSED = (State.NOT_PUBLISHED, State.TOKEN)
_PROPOSED = (State.PROPOSED, State.REGISTERED)
_ASKED = (State.TOKEN_TO_BE_REVOKED, State.SECRET_TO_BE_DELETED)
PROVEN = (State.PROVEN, *_ASKED, State.DONE)
_TRUSTED = (State.MERGED, *PROVEN)
_KNOWN_BEFORE = (*_UNPROPOSED, State.REGISTERED, State.MERGED)
"""From where a proof that is known already leads past `proven`."""

WAYS: tuple[Way, ...] = (
    # forwards
    Way(before=_UNPROPOSED, after=State.PROPOSED, because="pubflow opens a pull request"),
    Way(
        before=_UNPROPOSED,
        after=State.REGISTERED,
        because="pubflow opens a pull request, and the publisher is known to be registered",
    ),
    Way(
        before=(State.PROPOSED,),
        after=State.REGISTERED,
        because="somebody with write access ticks the box or writes `/pubflow confirm`, or a release proves it",
    ),
    Way(
        before=(*_UNPROPOSED, *_PROPOSED),
        after=State.MERGED,
        because="the default branch uploads by Trusted Publishing: the pull request is merged, or somebody did it",
    ),
    Way(
        before=_KNOWN_BEFORE,
        after=State.PROVEN,
        because="a release has provenance of this workflow, or came from a green run of it",
    ),
    Way(
        before=(*_KNOWN_BEFORE, State.PROVEN),
        after=State.TOKEN_TO_BE_REVOKED,
        because="after proof, pubflow has opened the issue for the last two steps",
    ),
    Way(
        before=(*_KNOWN_BEFORE, State.PROVEN, State.TOKEN_TO_BE_REVOKED),
        after=State.SECRET_TO_BE_DELETED,
        because="after proof, somebody ticks that the token is revoked",
    ),
    Way(
        before=(*_KNOWN_BEFORE, State.PROVEN, *_ASKED),
        after=State.DONE,
        because="after proof, the secrets are gone, a person closed the issue, or there never was a token",
    ),
    # and back
    Way(before=_PROPOSED, after=State.NOT_PUBLISHED, because="the pull request is closed without a merge"),
    Way(before=_PROPOSED, after=State.TOKEN, because="the pull request is closed without a merge"),
    Way(before=(State.REGISTERED,), after=State.PROPOSED, because="the tick is taken back"),
    Way(
        before=(State.TOKEN, *_TRUSTED),
        after=State.NOT_PUBLISHED,
        because="the default branch no longer uploads the project",
    ),
    Way(
        before=(State.NOT_PUBLISHED, *_TRUSTED),
        after=State.TOKEN,
        because="an upload with a stored credential comes to the default branch",
    ),
    Way(
        before=(State.MERGED,),
        after=State.PROPOSED,
        because="the default branch goes back to a token while a pull request of pubflow is open",
    ),
    Way(
        before=_TRUSTED,
        after=State.REGISTERED,
        because="the default branch goes back to a token while a pull request of pubflow is open",
    ),
    Way(
        before=PROVEN,
        after=State.MERGED,
        because="the workflow's file, its environment or the repository changed: the proof is of another publisher",
    ),
    Way(
        before=(*_ASKED, State.DONE),
        after=State.PROVEN,
        because="the issue is gone, or a secret that the move replaced is there again",
    ),
    Way(
        before=(State.SECRET_TO_BE_DELETED, State.DONE),
        after=State.TOKEN_TO_BE_REVOKED,
        because="the tick is taken back, or the issue is opened again",
    ),
    Way(
        before=(State.DONE,),
        after=State.SECRET_TO_BE_DELETED,
        because="the issue is opened again, or a secret that the move replaced is there again",
    ),
)
