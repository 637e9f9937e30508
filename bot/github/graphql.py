"""One GraphQL document through the same door as REST: variables in, a typed `data` or an exception of ours out.

Limits and time-outs were given a status by `answers.py` and are treated as REST's; here are the errors that remain.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.errors import Forbidden, GitHubError, Gone, Unavailable
from bot.github.access import Access
from bot.github.faults import GONE_WORDS, Detail, Unprocessable
from bot.github.wire import Permit, Request, Shape, fit

_DENIED = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES"})


class _Result(msgspec.Struct, frozen=True):
    data: dict[str, object] | None = None
    errors: tuple[Detail, ...] = ()


async def query(  # noqa: PLR0913 - what a query may be told, by name
    access: Access,
    document: str,
    variables: Mapping[str, object],
    shape: type[Shape],
    *,
    permit: Permit | None = None,
    partial: bool = False,
    patient: bool = True,
) -> Shape:
    """The `data` of the answer as `shape`. A document that writes comes with a `permit`, its pace booked beforehand.

    `partial`: what came beside errors is taken as it is, nulls included, as long as anything came. Not `patient`: what
    GitHub did not answer in time is not asked again, because the caller will ask for less.
    Raises Gone for NOT_FOUND, Forbidden, Unprocessable for other errors that name a type, Unavailable.
    """
    request = Request(
        method="POST",
        path=access.client.endpoints.graphql,
        body={"query": document, "variables": dict(variables)},
        permit=permit,
        booked=permit is not None,
        repeatable=permit is None,
        patient=patient,
    )
    result = (await access.send(request)).fit(_Result)
    if result.errors and not (partial and _holds_something(result.data)):
        raise _fault(result.errors)
    if result.data is None:
        raise Unavailable("a GraphQL answer holds neither data nor errors")
    return fit(result.data, shape)


def _holds_something(data: Mapping[str, object] | None) -> bool:
    return data is not None and any(value is not None for value in data.values())


def _fault(errors: tuple[Detail, ...]) -> GitHubError:
    first = errors[0]
    text = f"GraphQL {first.type}: {first.message}"
    if first.type == "NOT_FOUND" or any(words in first.message.lower() for words in GONE_WORDS):
        return Gone(text, status=404)
    if first.type in _DENIED:
        return Forbidden(text, status=403, permission="workflows" if "workflow" in first.message.lower() else None)
    return Unprocessable(text, message=first.message, details=errors)
