"""A small package index on localhost: the two read addresses of PyPI that pubflow asks, with ETags, and a page in place
of those that only a person can use.

Answers have the shape of https://docs.pypi.org/api/json/ and https://docs.pypi.org/api/index-api/.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Self

from aiohttp import web
from packaging.utils import canonicalize_name

_SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedProject:
    """One project as the index knows it."""

    name: str
    version: str = "1.0.0"
    urls: Mapping[str, str] = field(default_factory=dict)


class LocalPyPI:
    """An index with a fixed set of projects; `requests` lists what was asked, oldest first."""

    def __init__(self, projects: tuple[IndexedProject, ...] = ()) -> None:
        self._projects = {canonicalize_name(project.name): project for project in projects}
        self.requests: list[tuple[str, int]] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    def add(self, project: IndexedProject) -> None:
        """Register one more project, or replace it."""
        self._projects[canonicalize_name(project.name)] = project

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; `url` is valid afterwards."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/pypi/{name}/json", self._project),
                web.get("/simple/{name}/", self._simple),
                web.get("/manage/{page:.*}", _for_people),
            ],
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"

    async def stop(self) -> None:
        """Stop listening; safe to call twice."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _project(self, request: web.Request) -> web.Response:
        project = self._projects.get(canonicalize_name(request.match_info["name"]))
        if project is None:
            return self._answer(request, {"message": "Not Found"}, status=404)
        info = {"name": project.name, "version": project.version, "home_page": None, "project_urls": dict(project.urls)}
        return self._answer(request, {"info": info, "last_serial": 1, "urls": [], "vulnerabilities": []})

    async def _simple(self, request: web.Request) -> web.Response:
        project = self._projects.get(canonicalize_name(request.match_info["name"]))
        if project is None:
            return self._answer(request, {"message": "Not Found"}, status=404)
        listing = {"meta": {"api-version": "1.1"}, "name": canonicalize_name(project.name), "files": [], "versions": []}
        return self._answer(request, listing, content_type=_SIMPLE_JSON)

    def _answer(
        self,
        request: web.Request,
        data: Mapping[str, object],
        *,
        status: int = 200,
        content_type: str = "application/json",
    ) -> web.Response:
        body = json.dumps(data).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == 200 and request.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.requests.append((request.path, status))
        return web.Response(status=status, body=body, content_type=content_type, headers={"ETag": etag})


async def _for_people(request: web.Request) -> web.Response:
    """What stands behind a link in a pull request: on the real PyPI, this page with these values filled in."""
    rows = "".join(f"<tr><th>{escape(name)}<td><code>{escape(value)}</code>" for name, value in request.query.items())
    path = escape(request.match_info["page"])
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>A stand-in for PyPI</title>"
        f"<h1>A stand-in for PyPI</h1><p>On pypi.org this is <code>/manage/{path}</code>, "
        f"where the owner of a project signs in.</p><table>{rows}</table>"
    )
    headers = {"Content-Security-Policy": "default-src 'none'"}
    return web.Response(text=page, content_type="text/html", headers=headers)
