"""Set-up: pages that register the App on GitHub or take one that is there, for whoever sees the terminal.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import ConfigurationError, GitHubError, Gone
from bot.features import ASKED
from bot.github import AppFacts, Registered
from bot.settings import Settings
from bot.web.dashboard.pages import render, serve_asset
from bot.web.dashboard.rates import Rates
from bot.web.guard import Handler, guarded
from bot.web.setup import forms
from bot.web.setup.door import Door

log = logging.getLogger(__name__)

LARGEST_FORM = 64 * 1024
_STATES = 20
"""Registrations that were begun and not finished, of which the oldest is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The App by the names of settings, and where it is installed."""

    values: Mapping[str, str]
    install_url: str

    def __repr__(self) -> str:
        return f"Finished(***, {self.install_url})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What set-up asks of the world."""

    convert: Callable[[str, str], Awaitable[Registered]]
    """API address, code -> the App. Raises GitHubError."""
    identify: Callable[[Settings], Awaitable[AppFacts]]
    """Who these settings are to GitHub. Raises ConfigurationError, GitHubError."""
    keep: Callable[[Mapping[str, str]], None]
    """Store what was found out. Raises ConfigurationError."""


class SetUp:
    """The pages; `finished` is set once there is an App."""

    def __init__(self, settings: Settings, door: Door, tools: Tools) -> None:
        self._settings = settings
        self._door = door
        self._tools = tools
        self._begun: dict[str, forms.Place] = {}
        self._rates = Rates(per_minute=60, burst=30)
        self.finished: asyncio.Future[Finished] = asyncio.get_running_loop().create_future()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", guarded(self._away)),
            web.get("/setup", self._limited(self._show)),
            web.post("/setup/register", self._limited(self._register)),
            web.get("/setup/created", self._limited(self._created)),
            web.post("/setup/enter", self._limited(self._enter)),
            web.get("/static/{digest}/{name}", guarded(serve_asset)),
        ]

    async def _away(self, _request: web.Request) -> web.Response:
        return self._closed(200)

    async def _show(self, request: web.Request) -> web.Response:
        if "secret" in request.query:
            if not self._door.opens(request.query["secret"]):
                return self._closed(403)
            # The secret leaves the address bar, and with it the browser's history.
            response = web.Response(status=303, headers={"Location": "/setup"})
            self._door.let_in(response, secure=_here(request).startswith("https://"))
            return response
        if not self._door.is_inside(request):
            return self._closed(403)
        return self._form(request, {}, problem=None)

    async def _register(self, request: web.Request) -> web.Response:
        form = await self._ours(request)
        try:
            wanted = forms.registration(form, self._settings)
        except ConfigurationError as error:
            return self._form(request, form, problem=str(error))
        state = secrets.token_urlsafe(32)
        self._begun[state] = wanted.place
        while len(self._begun) > _STATES:
            del self._begun[next(iter(self._begun))]
        here = _here(request) if _is_local(request) else wanted.place.public_url
        manifest = wanted.manifest(here)
        values = {"wanted": wanted, "address": wanted.address(state), "manifest": json.dumps(manifest)}
        return self._page("manifest.html", values, forms=wanted.place.web_url)

    async def _created(self, request: web.Request) -> web.Response:
        """Back from GitHub. The state is known to the browser that began alone, so it is proof enough."""
        place = self._begun.pop(request.query.get("state", ""), None)
        if place is None:
            return self._closed(403)
        try:
            made = await self._tools.convert(place.api_url, request.query.get("code", ""))
        except Gone:
            problem = "GitHub does not know this registration any more: it is good for an hour, and once. Begin anew."
            return self._form(request, {}, problem=problem)
        except GitHubError as error:
            return self._form(request, {}, problem=f"GitHub did not hand out the App's credentials: {error}")
        values = {
            "app_id": str(made.id),
            "client_id": made.client_id,
            "client_secret": made.client_secret,
            "webhook_secret": made.webhook_secret,
            "private_key": made.private_key.strip(),
        }
        return self._finish(forms.stored(place, values), f"{made.page}/installations/new")

    async def _enter(self, request: web.Request) -> web.Response:
        form = await self._ours(request)
        try:
            entered = forms.existing(form, self._settings)
            values = forms.stored(entered.place, entered.values)
            facts = await self._tools.identify(self._settings.having(**{"private_key_path": None, **values}))
            install_url = f"{entered.place.web_url}/apps/{facts.slug}/installations/new"
            return self._finish(values, install_url)
        except (ConfigurationError, GitHubError) as error:
            return self._form(request, form, problem=f"{error}")

    def _finish(self, values: Mapping[str, str], install_url: str) -> web.Response:
        """Store, and lead on to where the App is installed. Raises ConfigurationError."""
        if not self.finished.done():
            self._tools.keep(values)
            self.finished.set_result(Finished(values=values, install_url=install_url))
        return web.Response(status=303, headers={"Location": install_url})

    async def _ours(self, request: web.Request) -> dict[str, str]:
        """The form of a person who is inside. Raises HTTPForbidden, HTTPRequestEntityTooLarge."""
        if not self._door.is_inside(request):
            raise web.HTTPForbidden(text="open the address that the terminal shows\n")
        if (request.content_length or 0) > LARGEST_FORM:
            raise web.HTTPRequestEntityTooLarge(LARGEST_FORM, request.content_length or 0)
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if not self._door.is_form(form.get("csrf")):
            raise web.HTTPForbidden(text="this form is too old: go back, reload the page and send it again\n")
        return form

    def _form(self, request: web.Request, form: Mapping[str, str], *, problem: str | None) -> web.Response:
        if not self._door.is_inside(request):
            return self._closed(403)
        settings = self._settings
        known = {
            "name": "pubflow",
            "public_url": settings.public_url or (_here(request) if _is_local(request) else ""),
            "github": settings.github_web_url,
            **{name: value for name, value in form.items() if name not in {"private_key", "csrf"}},
        }
        values = {
            "known": known,
            "problem": problem,
            "csrf": self._door.csrf,
            "features": ASKED,
            "again": bool(form),
        }
        return self._page("setup.html", values, status=422 if problem else 200)

    def _closed(self, status: int) -> web.Response:
        return self._page("closed.html", {}, status=status)

    def _page(self, name: str, values: Mapping[str, object], *, status: int = 200, forms: str = "") -> web.Response:
        frame: dict[str, object] = {"session": None, "operator": False}
        return render(f"setup/{name}", {**values, **frame}, now=time.time(), status=status, forms=forms)

    def _limited(self, handler: Callable[[web.Request], Awaitable[web.Response]]) -> Handler:
        async def limited(request: web.Request) -> web.StreamResponse:
            if self._rates.wait(request.remote or ""):
                return web.Response(status=429, text="too many requests; wait a moment\n")
            return await handler(request)

        return guarded(limited)


def _here(request: web.Request) -> str:
    """How this browser reaches us."""
    secure = request.headers.get("X-Forwarded-Proto", request.scheme) == "https"
    return f"{'https' if secure else 'http'}://{request.host}"


def _is_local(request: web.Request) -> bool:
    try:
        return urlsplit(f"//{request.host}").hostname in {"127.0.0.1", "localhost", "::1"}
    except ValueError:
        return False
