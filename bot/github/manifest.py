"""The last step of registering an App from a manifest: the code that a browser brought becomes its credentials.

https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
"""

from __future__ import annotations

from dataclasses import dataclass, field

import aiohttp
import msgspec

from bot.github.client import Client
from bot.github.limits import LaneKey
from bot.github.wire import Request

_ANONYMOUS = LaneKey(-2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new App; GitHub shows its key this once."""

    id: int
    slug: str
    owner: str
    page: str
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    private_key: str = field(repr=False)


class _Owner(msgspec.Struct, frozen=True):
    login: str = ""


class _Converted(msgspec.Struct, frozen=True):
    id: int
    client_id: str
    client_secret: str
    pem: str
    html_url: str
    slug: str = ""
    webhook_secret: str | None = None
    owner: _Owner = _Owner()

    def __repr__(self) -> str:
        return "_Converted(***)"


async def convert(session: aiohttp.ClientSession, api_url: str, code: str) -> Registered:
    """Raises Gone for a code that is unknown, used or older than an hour, and other GitHubErrors."""
    client = Client(session, api_url=api_url)
    path = "/app-manifests/{code}/conversions"
    # A second attempt could not get what a first one took: the code is good once.
    request = Request(method="POST", path=path, values={"code": code}, repeatable=False)
    found = (await client.send(request, lane=_ANONYMOUS, secret=None)).fit(_Converted)
    return Registered(
        id=found.id,
        slug=found.slug,
        owner=found.owner.login,
        page=found.html_url,
        client_id=found.client_id,
        client_secret=found.client_secret,
        webhook_secret=found.webhook_secret or "",
        private_key=found.pem,
    )
