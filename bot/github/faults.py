"""GitHub's refusals as exceptions of `bot.errors`: which status and which words mean what.

Texts name the request by its template, and quote nothing of the answer but GitHub's own message, cleaned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

import gidgethub

from bot.errors import Conflict, Forbidden, GitHubError, Gone, Unavailable, Unwanted
from bot.github.wire import Request, fit
from bot.github.words import clean

LIMIT_WORDS: Final = ("secondary rate limit", "abuse detection", "rate limit exceeded")
GONE_WORDS: Final = (
    "suspended",
    "was archived",
    "access blocked",
    "repository is disabled",
    "installation has been deleted",
)
_BY_STATUS: Final[Mapping[int, type[GitHubError]]] = {403: Gone, 404: Gone, 410: Gone, 451: Gone, 409: Conflict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One entry of a 422's `errors`."""

    message: str = ""
    field: str = ""
    code: str = ""
    resource: str = ""
    type: str = ""


class Unauthorized(GitHubError):
    """401: the secret was not taken. `ahead`: seconds by which GitHub's clock is ahead of ours. Stays in this room."""

    def __init__(self, text: str, *, said: str, ahead: float | None) -> None:
        super().__init__(text, status=401)
        self.said = said
        self.ahead = ahead


class Elsewhere(GitHubError):
    """What was asked for lies at `address`, which opens it for whoever knows it. Stays in this room."""

    def __init__(self, text: str, *, address: str) -> None:
        super().__init__(text, status=302)
        self.address = address


class Unprocessable(Unwanted):
    """422, with what GitHub said of each field; whoever knows the request can tell more of it."""

    def __init__(self, text: str, *, message: str, details: tuple[Detail, ...]) -> None:
        super().__init__(text, status=422)
        self.details = details
        self.message = " ".join(message.split())
        """GitHub's own words."""
        self._words = " ".join((message, *(detail.message for detail in details))).lower()

    def says(self, *phrases: str) -> bool:
        """Claims that one of the phrases (lower case) stands in what GitHub said."""
        return any(phrase in self._words for phrase in phrases)

    def names(self, field: str) -> bool:
        """Claims that GitHub complains of this field."""
        return any(detail.field == field for detail in self.details)


def is_limit(error: gidgethub.HTTPException) -> bool:
    """Claims that the answer is a rate limit, primary or secondary (403 or 429, with or without Retry-After)."""
    status = error.status_code.value
    if status == 429:
        return True
    if status != 403:
        return False
    headers = error.headers
    text = _message(error).lower()
    spent = headers.get("x-ratelimit-remaining") == "0" and "rate limit" in text
    return (
        isinstance(error, gidgethub.RateLimitExceeded) or spent or "retry-after" in headers or _any(text, LIMIT_WORDS)
    )


def translated(error: gidgethub.HTTPException, request: Request, now: float) -> GitHubError:
    """The exception to raise instead of `error`; `now` in seconds since the epoch."""
    status = error.status_code.value
    message = _message(error)
    text = f"GitHub answered {status} to {request}" + (f": {message}" if message else "")
    if status == 401:
        return Unauthorized(text, said=message, ahead=_ahead(error.headers, now))
    if status == 403 and not _any(message.lower(), GONE_WORDS):
        return Forbidden(text, status=status, permission=_permission(error.headers, message))
    if status == 422:
        return Unprocessable(text, message=message, details=fit(_errors(error), tuple[Detail, ...]))
    return _BY_STATUS.get(status, Unavailable if status >= 500 or status < 400 else Unwanted)(text, status=status)


def _message(error: gidgethub.HTTPException) -> str:
    """What GitHub said; the details of a 422 follow its message."""
    first = clean(error.args[0]) if error.args else ""
    if error.status_code.value != 422:
        return "" if first == error.status_code.phrase and not error.headers else first
    details = fit(_errors(error), tuple[Detail, ...])
    head = first.partition(": '")[0].partition(" for '")[0]  # gidgethub appends them in a form of its own
    said = [detail.message or f"{detail.field} {detail.code}".strip() for detail in details]
    return clean("; ".join([head, *filter(None, said)]))


def _errors(error: gidgethub.HTTPException) -> object:
    if isinstance(error, gidgethub.InvalidField | gidgethub.ValidationError):
        return error.errors
    return []


def _permission(headers: Mapping[str, str], message: str) -> str | None:
    """The App permission that is missing, as far as GitHub tells.

    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
    """
    accepted = headers.get("x-accepted-github-permissions", "")
    if "workflow" in message.lower() or "workflows" in accepted:  # the rarer one: a token of ours always has contents
        return "workflows"
    return clean(accepted.replace(";", ",").split(",")[0].partition("=")[0]) or None


def _ahead(headers: Mapping[str, str], now: float) -> float | None:
    try:
        return parsedate_to_datetime(headers["date"]).timestamp() - now
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _any(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)
