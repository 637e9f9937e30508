"""What surrounds every page: who asks, may they, what they are told when not, and the proof that a form is ours."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import GitHubError, Gone, SignedOut
from bot.github import OAuth
from bot.web.dashboard.pages import render
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.rates import Rates
from bot.web.dashboard.sessions import Found, Session, Sessions
from bot.web.dashboard.signin import login_address
from bot.web.guard import Handler, guarded

log = logging.getLogger(__name__)

Page = Callable[[web.Request, Session], Awaitable[web.Response]]
CSRF = "csrf"
LARGEST_FORM = 16 * 1024


class Shell:
    """Wraps handlers; each wrapped handler is guarded too."""

    def __init__(self, parts: Parts, sessions: Sessions) -> None:
        self._parts = parts
        self._sessions = sessions
        self._rates = Rates(per_minute=120, burst=60)

    def public(self, handler: Handler) -> Handler:
        """For everybody, but not as often as they like."""

        async def limited(request: web.Request) -> web.StreamResponse:
            wait = self._rates.wait(request.remote or "")
            if wait:
                headers = {"Retry-After": str(int(wait) + 1)}
                return web.Response(status=429, text="too many requests; wait a moment\n", headers=headers)
            try:
                return await handler(request)
            except web.HTTPNotFound:
                return self.missing(None)
            except GitHubError as error:
                return self._unavailable(error)

        return guarded(limited)

    def signed_in(self, page: Page) -> Handler:
        """For who is signed in; others are sent to sign in."""

        async def handle(request: web.Request) -> web.StreamResponse:
            found = None
            try:
                found = await self.found(request)
                if found is None:
                    return self._sign_in(request)
                response = await page(request, found.session)
            except SignedOut:
                response = self._sign_in(request)
                self._sessions.end(request, response)
                return response
            except (Gone, web.HTTPNotFound):
                response = self.missing(found.session if found else None)
            except GitHubError as error:
                response = self._unavailable(error)
            if found is not None and found.renewed:
                self._sessions.keep(request, response, found.session)
            return response

        return guarded(handle)

    def operators(self, page: Page) -> Handler:
        """For OPERATORS; to everybody else the page does not exist."""

        async def checked(request: web.Request, session: Session) -> web.Response:
            if not self._parts.is_operator(session.login):
                raise web.HTTPNotFound
            return await page(request, session)

        return self.signed_in(checked)

    def form(self, page: Page) -> Page:
        """For what changes something: the request must come from a form of ours, with the session's own token."""

        async def checked(request: web.Request, session: Session) -> web.Response:
            if not self._is_ours(request):
                raise web.HTTPForbidden(text="this form was sent from another site\n")
            if (request.content_length or 0) > LARGEST_FORM:
                raise web.HTTPRequestEntityTooLarge(LARGEST_FORM, request.content_length or 0)
            form = await request.post()
            token = form.get(CSRF)
            if not isinstance(token, str) or not compare_digest(token.encode(), session.csrf.encode()):
                raise web.HTTPForbidden(text="this form is too old: go back, reload the page and send it again\n")
            return await page(request, session)

        return checked

    async def found(self, request: web.Request) -> Found | None:
        """Who asks. Raises SignedOut, GitHubError."""
        oauth: OAuth | None = self._parts.oauth
        return None if oauth is None else await self._sessions.current(request, oauth)

    def missing(self, session: Session | None) -> web.Response:
        """The same for what is not there and for what is not theirs."""
        return self.page("missing.html", session, status=404)

    def page(self, name: str, session: Session | None, *, status: int = 200, **values: object) -> web.Response:
        """A page with the frame around it."""
        operator = session is not None and self._parts.is_operator(session.login)
        frame = {"session": session, "operator": operator}
        return render(name, values | frame, now=self._parts.clock(), status=status)

    def _is_ours(self, request: web.Request) -> bool:
        """Claims that the browser says so, or says nothing: https://owasp.org/www-community/attacks/csrf"""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        origin, base = request.headers.get("Origin"), self._parts.base(request)
        if origin is None or base is None:
            return True
        return urlsplit(origin)[:2] == urlsplit(base)[:2]

    def _sign_in(self, request: web.Request) -> web.Response:
        if self._parts.oauth is None:
            return self.missing(None)
        address = login_address(request) if request.method == "GET" else "/"
        return web.Response(status=303, headers={"Location": address})

    def _unavailable(self, error: GitHubError) -> web.Response:
        log.warning("a page could not be shown: %s", error)
        return self.page("unavailable.html", None, status=503)
