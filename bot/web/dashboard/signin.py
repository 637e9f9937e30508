"""Sign-in with GitHub: the button, the way back, and signing out.

State and PKCE tie the way back to the browser that began; nobody is ever sent to another site than GitHub.
"""

from __future__ import annotations

import logging
import re
import secrets
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.errors import GitHubError, SignedOut
from bot.github import OAuth, Token
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Sessions, SignIn

log = logging.getLogger(__name__)

BACK = "/login/callback"
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")


def local(address: str) -> str:
    """`address` if it is a path of this server, else the start page: no redirect leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return address if _LOCAL.fullmatch(address) and not parts.scheme and not parts.netloc else "/"


def login_address(request: web.Request) -> str:
    """Where to send somebody who must sign in to see this page."""
    return f"/login?next={quote(local(request.path_qs), safe='')}"


class SigningIn:
    """The three handlers."""

    def __init__(self, parts: Parts, sessions: Sessions) -> None:
        self._parts = parts
        self._sessions = sessions

    async def begin(self, request: web.Request) -> web.Response:
        """`GET /login`: off to GitHub."""
        oauth, base = self._parts.oauth, self._parts.base(request)
        if oauth is None or base is None:
            raise web.HTTPNotFound
        sign_in = SignIn(
            state=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            back_to=local(request.query.get("next", "/")),
        )
        address = oauth.address(back=base + BACK, state=sign_in.state, verifier=sign_in.verifier)
        response = web.Response(status=303, headers={"Location": address})
        self._sessions.begin_sign_in(request, response, sign_in)
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """`GET /login/callback`: back from GitHub with a code. A wrong or old state signs nobody in."""
        oauth, base = self._parts.oauth, self._parts.base(request)
        if oauth is None or base is None:
            raise web.HTTPNotFound
        sign_in = self._sessions.sign_in(request, request.query.get("state", ""))
        code = request.query.get("code", "")
        if sign_in is None or not _CODE.fullmatch(code):
            return self._gone_wrong(request)
        try:
            tokens = await oauth.exchange(code, back=base + BACK, verifier=sign_in.verifier)
            person = await self._parts.person(tokens.access).who()
        except SignedOut as error:
            log.info("a sign-in failed: %s", error)
            return self._gone_wrong(request)
        response = web.Response(status=303, headers={"Location": sign_in.back_to})
        self._sessions.end_sign_in(request, response)
        self._sessions.keep(request, response, self._sessions.start(person, tokens))
        return response

    def _gone_wrong(self, request: web.Request) -> web.Response:
        response = web.Response(status=303, headers={"Location": "/?sign-in=failed"})
        self._sessions.end_sign_in(request, response)
        return response

    @staticmethod
    async def leave(oauth: OAuth, token: Token) -> None:
        """The token is of no use to anybody afterwards; signing out works even if GitHub does not answer."""
        try:
            await oauth.revoke(token)
        except GitHubError as error:
            log.info("a token could not be revoked at sign-out: %s", error)
