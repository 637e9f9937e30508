"""What a handler says: an `Answer`, or a `Refusal` raised from wherever it was noticed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.demo.github.state import Json

DOCS = "https://docs.github.com/rest"
SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to "
    "GitHub Support for help, please include the request ID."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: object = None
    """JSON; None sends no body; `bytes` go out as they are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


class Refusal(Exception):
    """An answer of 300 and above."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[object] | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def answer(self) -> Answer:
        body: Json = {"message": self.message, "documentation_url": DOCS, "status": str(self.status), **self.extra}
        if self.errors is not None:
            body["errors"] = self.errors
        return Answer(status=self.status, body=body, headers=self.headers)


def not_found() -> Refusal:
    """Also for what the caller may not know of."""
    return Refusal(404, "Not Found")


def forbidden(accepted: str) -> Refusal:
    """`accepted`: the permissions that would do, as GitHub lists them (`contents=read; contents=write`)."""
    return Refusal(403, "Resource not accessible by integration", headers={"X-Accepted-GitHub-Permissions": accepted})


def invalid(resource: str, field_name: str, *, code: str = "invalid", message: str | None = None) -> Refusal:
    """GitHub's 422 with one entry in `errors`."""
    error: Json = {"resource": resource, "code": code}
    if message is None:
        error["field"] = field_name
    else:
        error["message"] = message
    return Refusal(422, "Validation Failed", errors=[error])
