"""Lists in pages, with GitHub's `Link` header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from bot.demo.github.site import Call

T = TypeVar("T")


def paged(call: Call, items: Sequence[T], path: str) -> tuple[list[T], dict[str, str]]:
    """The page that was asked for (30 a page, 100 at most) and the headers that name the others."""
    size = min(100, max(1, _number(call, "per_page", 30)))
    page = max(1, _number(call, "page", 1))
    last = max(1, -(-len(items) // size))
    wanted: dict[str, int] = {}
    if page > 1:
        wanted |= {"prev": page - 1, "first": 1}
    if page < last:
        wanted |= {"next": page + 1, "last": last}
    links = [f'<{_address(call, path, number)}>; rel="{name}"' for name, number in wanted.items()]
    headers = {"Link": ", ".join(links)} if links else {}
    return list(items[(page - 1) * size : page * size]), headers


def _number(call: Call, name: str, default: int) -> int:
    found = call.query.get(name, "")
    return int(found) if found.isdigit() else default


def _address(call: Call, path: str, page: int) -> str:
    query = urlencode({**call.query, "page": str(page)})
    return f"{call.world.addresses.api}{path}?{query}"
