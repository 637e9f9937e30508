"""A small package index on localhost: what pubflow asks of PyPI, uploads that are really stored, trusted publishers,
and a page in place of those that only a person can use.

It is a stand-in and not PyPI: identity tokens are believed, and attestations are noted but not signed. Files lie in
memory or, for the demonstration, in a real pypiserver behind it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from html import escape
from typing import Self

from aiohttp import web

from bot.demo.pypi import shapes, uploads
from bot.demo.pypi.shelves import Memory, Shelf
from bot.demo.pypi.state import GitHubPublisher, IndexedProject, State, StoredFile, StoredProject
from bot.demo.pypi.uploads import identity_token

__all__ = ["GitHubPublisher", "IndexedProject", "LocalPyPI", "Shelf", "StoredFile", "identity_token"]

_MOST_BYTES = 20 * 1024 * 1024


class LocalPyPI:
    """An index that starts with some projects; `requests` lists what was asked, oldest first."""

    def __init__(
        self,
        projects: tuple[IndexedProject, ...] = (),
        *,
        clock: Callable[[], float] = time.time,
        shelf: Shelf | None = None,
    ) -> None:
        self.state = State()
        for project in projects:
            self.state.add(project)
        self.requests: list[tuple[str, int]] = []
        self.url = ""
        self.shelf: Shelf = shelf or Memory()
        self._clock = clock
        self._runner: web.AppRunner | None = None

    # ------------------------------------------------------------ what people do

    def add(self, project: IndexedProject) -> None:
        """Register one more project, or change what is known of one; its files stay."""
        self.state.add(project)

    def register(self, project: str, publisher: GitHubPublisher) -> None:
        """What an owner does on the project's publishing page. Raises KeyError."""
        self._known(project).publishers.append(publisher)

    def api_token(self, *projects: str) -> str:
        """A token that an owner makes by hand; its text. Raises KeyError."""
        return self.state.mint(frozenset(self._known(name).name for name in projects)).secret

    def revoke(self, token: str) -> None:
        """What an owner does on the page of their account. Raises KeyError."""
        del self.state.tokens[token]

    def files(self, project: str) -> tuple[StoredFile, ...]:
        """Oldest first. Raises KeyError."""
        return tuple(self._known(project).files)

    def _known(self, name: str) -> StoredProject:
        found = self.state.project(name)
        if found is None:
            raise KeyError(name)
        return found

    # ------------------------------------------------------------ the server

    @property
    def upload_url(self) -> str:
        return f"{self.url}/legacy/"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; `url` is valid afterwards."""
        app = web.Application(client_max_size=_MOST_BYTES)
        app.add_routes(
            [
                web.get("/pypi/{name}/json", self._page),
                web.get("/simple/{name}/", self._simple),
                web.get("/integrity/{name}/{version}/{filename}/provenance", self._provenance),
                web.get("/files/{filename}", self._file),
                web.get("/_/oidc/audience", _audience),
                web.post("/_/oidc/mint-token", self._mint),
                web.post("/legacy/", self._upload),
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

    async def _page(self, request: web.Request) -> web.Response:
        project = self.state.project(request.match_info["name"])
        return self._answer(request, None if project is None else shapes.page(project))

    async def _simple(self, request: web.Request) -> web.Response:
        project = self.state.project(request.match_info["name"])
        digests = {} if project is None else await self.shelf.listed(project.name)
        if project is not None and shapes.SIMPLE_JSON not in request.headers.get("Accept", ""):
            if self.shelf.url is not None:
                raise web.HTTPFound(f"{self.shelf.url}/simple/{project.name}/")
            return web.Response(text=shapes.simple_html(digests, self.url), content_type="text/html")
        data = None if project is None else shapes.simple(project, digests, self.url)
        return self._answer(request, data, content_type=shapes.SIMPLE_JSON)

    async def _provenance(self, request: web.Request) -> web.Response:
        project = self.state.project(request.match_info["name"])
        name = request.match_info["filename"]
        file = next((one for one in project.files if one.filename == name), None) if project is not None else None
        return self._answer(request, None if file is None else shapes.provenance(file), content_type=shapes.INTEGRITY)

    async def _file(self, request: web.Request) -> web.Response:
        content = await self.shelf.read(request.match_info["filename"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/octet-stream")

    async def _mint(self, request: web.Request) -> web.Response:
        return await uploads.mint(self.state, request)

    async def _upload(self, request: web.Request) -> web.Response:
        return await uploads.upload(self.state, self.shelf, request, self._clock())

    def _answer(
        self, request: web.Request, data: Mapping[str, object] | None, *, content_type: str = "application/json"
    ) -> web.Response:
        status = 404 if data is None else 200
        body = json.dumps(data or {"message": "Not Found"}).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == 200 and request.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.requests.append((request.path, status))
        return web.Response(status=status, body=body, content_type=content_type, headers={"ETag": etag})


async def _audience(_request: web.Request) -> web.Response:
    return web.json_response({"audience": "pypi"})


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
