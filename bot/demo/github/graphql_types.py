"""What GraphQL resolvers pass around, beside the records themselves."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from graphql import GraphQLResolveInfo

from bot.demo.github import access
from bot.demo.github.answers import Refusal
from bot.demo.github.site import Actor, Site, actor_of
from bot.demo.github.state import Json, Pull, Repository
from bot.demo.github.tokens import Caller

T = TypeVar("T")
Info = GraphQLResolveInfo[Any]
Argument = Any
"""A query's argument, of the type that the schema gives it."""
Resolver = Callable[..., Any]
"""graphql-core calls `resolver(source, info, **arguments)`; it types neither."""


def of(read: Callable[[Any], Any]) -> Resolver:
    """A field that needs nothing but its record."""
    return lambda source, _info, **_arguments: read(source)


MOST = 100
"""Of a connection, in one page."""


class Trouble(Exception):
    """An entry of `errors`; `kind` is GitHub's `type`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def trouble(refusal: Refusal) -> Trouble:
    """The same refusal as REST gives, in GraphQL's clothes."""
    kind = {403: "FORBIDDEN", 404: "NOT_FOUND"}.get(refusal.status, "UNPROCESSABLE")
    details = [str(one["message"]) for one in refusal.errors or () if isinstance(one, dict) and "message" in one]
    return Trouble(kind, ", ".join(details) or refusal.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request's context."""

    site: Site
    caller: Caller

    @property
    def actor(self) -> Actor:
        return actor_of(self.caller)

    def may(self, repository: Repository, needs: str) -> None:
        """Raises Trouble."""
        try:
            access.check(self.caller, repository, needs)
        except Refusal as refusal:
            raise trouble(refusal) from refusal


def asking(info: Info) -> Asking:
    found = info.context
    assert isinstance(found, Asking)
    return found


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """A git object of a repository."""

    repository: Repository
    oid: str


@dataclass(frozen=True, slots=True)
class RefOf:
    repository: Repository
    name: str


@dataclass(frozen=True, slots=True)
class EntryOf:
    repository: Repository
    folder: str
    item: Any


@dataclass(frozen=True, slots=True)
class PullOf:
    repository: Repository
    pull: Pull


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A connection's answer."""

    nodes: list[T]
    totalCount: int  # noqa: N815 - GraphQL's own name
    pageInfo: Json  # noqa: N815 - GraphQL's own name


def page(items: Sequence[T], arguments: dict[str, Any], what: str) -> Page[T]:
    """Cursors are positions. Raises Trouble without `first` or `last`, or with more than a hundred."""
    first, last = arguments.get("first"), arguments.get("last")
    size = first if first is not None else last
    if size is None:
        raise Trouble("MISSING_PAGINATION_BOUNDARIES", _boundaries(what))
    if size < 0:
        raise Trouble("INVALID_CURSOR_ARGUMENTS", f"`first` and `last` on the `{what}` connection cannot be negative.")
    if size > MOST:
        name = "first" if first is not None else "last"
        text = f"Requesting {size} records on the `{what}` connection exceeds the `{name}` limit of {MOST} records."
        raise Trouble("EXCESSIVE_PAGINATION", text)
    low = _place(arguments.get("after"), -1) + 1
    high = _place(arguments.get("before"), len(items))
    if first is not None:
        high = min(high, low + first)
    else:
        low = max(low, high - size)
    shown = list(items[low:high])
    info: Json = {
        "hasNextPage": high < len(items),
        "hasPreviousPage": low > 0,
        "startCursor": _cursor(low) if shown else None,
        "endCursor": _cursor(low + len(shown) - 1) if shown else None,
    }
    return Page(shown, len(items), info)


def _boundaries(what: str) -> str:
    return f"You must provide a `first` or `last` value to properly paginate the `{what}` connection."


def _cursor(place: int) -> str:
    return base64.b64encode(f"cursor:v2:{place}".encode()).decode()


def _place(cursor: str | None, default: int) -> int:
    if cursor is None:
        return default
    try:
        return int(base64.b64decode(cursor, validate=True).decode().rpartition(":")[2])
    except ValueError as error:
        raise Trouble("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from error
