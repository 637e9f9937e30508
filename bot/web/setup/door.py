"""Who may set this site up: whoever sees its terminal. A secret opens the page once; its browser alone goes on."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hmac import compare_digest

from aiohttp import web

COOKIE = "pubflow-setup"
_SECONDS = 3600


class Door:
    """One secret at a time. When it was used another is said, whose use shuts out the browser before: an operator who
    did not open the page themselves learns of it and takes it back."""

    def __init__(self, say: Callable[[str], None], address: Callable[[], str]) -> None:
        self._say = say
        self._address = address
        self._secret = ""
        self._browser = ""
        self.csrf = ""

    def announce(self) -> None:
        """Print the address that opens the page."""
        self._secret = secrets.token_urlsafe(32)
        self._say(f"{self._address()}/setup?secret={self._secret}")

    def opens(self, given: str) -> bool:
        """Claims that `given` is the secret; then it is used up, and whoever was inside is outside."""
        if not self._secret or not compare_digest(given.encode(), self._secret.encode()):
            return False
        self._browser, self.csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        self._say("The page was opened. If that was not you, take it back with this address:")
        self.announce()
        return True

    def let_in(self, response: web.Response, *, secure: bool) -> None:
        response.set_cookie(
            COOKIE, self._browser, max_age=_SECONDS, path="/setup", secure=secure, httponly=True, samesite="Lax"
        )

    def is_inside(self, request: web.Request) -> bool:
        kept = request.cookies.get(COOKIE, "")
        return bool(self._browser) and compare_digest(kept.encode(), self._browser.encode())

    def is_form(self, token: object) -> bool:
        return isinstance(token, str) and bool(self.csrf) and compare_digest(token.encode(), self.csrf.encode())
