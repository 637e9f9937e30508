"""One request to the REST API -> one answer; no sockets here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.demo.github import access, body
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.routes import For, Route, match
from bot.demo.github.site import Call, Site
from bot.demo.github.state import Repository
from bot.demo.github.tokens import Anonymous, AsApp, AsClient, AsInstallation, Caller

_BY_ID = re.compile(r"/repositories/(\d+)(/.*)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`path` starts below the API's base."""

    method: str
    path: str
    query: Mapping[str, str]
    accept: str
    raw: bytes = field(repr=False)


def answer(site: Site, caller: Caller, request: Request) -> Answer:
    """Raises Refusal."""
    path = _named(site, request.path)
    found = match(request.method, path)
    if found is None:
        raise not_found()
    route, values = found
    repository = _allowed(site, caller, route, values, path)
    if route.creates:
        site.limits.create(caller)
    call = Call(
        site=site,
        caller=caller,
        values=values,
        query=request.query,
        body=body.parse(request.raw) if request.method != "GET" else {},
        accept=request.accept,
        found=repository,
    )
    return route.handler(call)


def _named(site: Site, path: str) -> str:
    """`/repositories/{id}/...` is another spelling of `/repos/{owner}/{repo}/...`."""
    by_id = _BY_ID.match(path)
    if by_id is None:
        return path
    repository = site.world.repositories.get(int(by_id[1]))
    if repository is None:
        raise not_found()
    return f"/repos/{repository.full_name}{by_id[2] or ''}"


def _allowed(site: Site, caller: Caller, route: Route, values: Mapping[str, str], path: str) -> Repository | None:
    match route.whom:
        case For.APP if isinstance(caller, Anonymous):
            raise Refusal(401, "A JSON web token could not be decoded")
        case For.APP if not isinstance(caller, AsApp):
            raise Refusal(401, "A JSON web token could not be decoded")
        case For.OAUTH if not isinstance(caller, AsClient) or caller.app.client_id != values["client_id"]:
            raise not_found()
        case For.INSTALLATION if not isinstance(caller, AsInstallation):
            status = 401 if isinstance(caller, Anonymous) else 403
            raise Refusal(status, "Requires authentication" if status == 401 else _INSTALLATIONS_ONLY)
        case For.REPOSITORY:
            return _repository(site, caller, route, values, path)
    return None


_INSTALLATIONS_ONLY = (
    "You must authenticate with an installation access token in order to list repositories for an installation."
)


def _repository(site: Site, caller: Caller, route: Route, values: Mapping[str, str], path: str) -> Repository:
    owner, name = values["owner"], values["repo"]
    found = site.world.former(owner, name)
    if found is None or not access.visible(caller, found):
        raise not_found()
    if site.world.repository(owner, name) is None:
        rest = path.split("/", 4)[4:]
        address = "/".join([f"{site.world.addresses.api}/repositories/{found.id}", *rest])
        status = 301 if route.method == "GET" else 307
        raise Refusal(status, "Moved Permanently", headers={"Location": address}, extra={"url": address})
    access.check(caller, found, route.needs)
    return found
