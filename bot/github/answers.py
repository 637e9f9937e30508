"""Answers made safe: read with a bound, errors cut to what may be shown, GraphQL's failures told by status.

After this gidgethub deciphers them without surprise.
"""

from __future__ import annotations

import http
import json
import re
from collections.abc import Mapping

import aiohttp

from bot.errors import Unavailable
from bot.github.words import clean

Raw = tuple[int, dict[str, str], bytes]
"""Status, headers with lower-case names, body."""

_PASSED_ON = frozenset({"date", "etag", "retry-after", "x-accepted-github-permissions"})
_NUMBER = re.compile(r"[0-9]{1,11}\Z")
_KNOWN = frozenset(status.value for status in http.HTTPStatus)
_RATE_LIMITED = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
_TOO_MUCH = "RESOURCE_LIMITS_EXCEEDED"
"""GitHub stopped looking things up half-way: like a time-out, less may go through."""
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_RELATION = re.compile(r""";\s*rel\s*=\s*["']?([\w -]+)""", re.IGNORECASE)
_LONGEST_LINK = 4096
_TIMED_OUT = ("timeout", "timed out", "something went wrong")


async def read_bounded(response: aiohttp.ClientResponse, largest: int) -> bytes:
    """The whole body, decompressed. Raises Unavailable when it is longer than `largest`."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > largest:
            raise Unavailable(f"an answer was longer than {largest} bytes and was not read", status=response.status)
    return bytes(body)


def tidied(status: int, headers: Mapping[str, str], body: bytes, *, graphql: bool) -> Raw:
    """The same answer with few headers, a status that has a name, and an error body of short clean strings."""
    kept = _headers(headers, {200: "link"}.get(status, "location" if 300 <= status < 400 else ""))
    if status < 300 and not (graphql and b'"errors"' in body):
        return status, kept, body
    data = _decoded(body)
    if status < 300:
        return _graphql_status(data, status), kept, _graphql_body(data)
    known = status if status in _KNOWN else (502 if status >= 500 else 400)
    return known, kept, json.dumps(_fault(data)).encode()


def _headers(headers: Mapping[str, str], leading: str) -> dict[str, str]:
    """Those that we look at; `leading` is the one that leads somewhere else."""
    kept = {"content-type": "application/json"}
    for name, value in headers.items():
        lower = name.lower()
        limit = lower.startswith("x-ratelimit-") and (lower.endswith("-resource") or _NUMBER.match(value) is not None)
        if lower in _PASSED_ON or lower == leading or limit:
            kept[lower] = _canonical(value) if lower == "link" else value
    return kept


def _canonical(link: str) -> str:
    """The next page of a `Link` header in the one spelling that gidgethub reads; parameters may be bare or many.

    https://www.rfc-editor.org/rfc/rfc8288#section-3
    """
    for found in _LINK.finditer(link[:_LONGEST_LINK]):
        if "next" in {word for words in _RELATION.findall(found[2]) for word in words.lower().split()}:
            return f'<{found[1]}>; rel="next"'
    return ""


def _decoded(body: bytes) -> dict[str, object]:
    try:
        data = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _fault(data: dict[str, object]) -> dict[str, object]:
    return {"message": clean(data.get("message")), "errors": _details(data.get("errors"))}


def _details(errors: object) -> list[dict[str, str]]:
    listed = errors if isinstance(errors, list) else [errors] if errors else []
    return [_detail(item) for item in listed[:10]]


def _detail(item: object) -> dict[str, str]:
    if not isinstance(item, dict):
        return {"code": "custom", "message": clean(item)}
    return {name: clean(item.get(name)) for name in ("type", "resource", "field", "code", "message")}


def _graphql_status(data: dict[str, object], status: int) -> int:
    """GraphQL fails with 200; limits and time-outs get the status that REST gives them, and so the same treatment.

    https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api#exceeding-the-rate-limit
    """
    for detail in _details(data.get("errors")):
        text = detail["message"].lower()
        if detail.get("type") in _RATE_LIMITED or "secondary rate limit" in text:
            return 429
        if detail.get("type") == _TOO_MUCH or (not detail.get("type") and any(words in text for words in _TIMED_OUT)):
            return 502
    return status


def _graphql_body(data: dict[str, object]) -> bytes:
    details = _details(data.get("errors"))
    message = details[0]["message"] if details else ""
    return json.dumps({"data": data.get("data"), "errors": details, "message": message}).encode()
