"""Who is signed in: a sealed cookie that holds the person's own GitHub tokens, and nothing kept here.

The cookie is HttpOnly, SameSite=Lax (the way back from GitHub is a cross-site navigation) and, over https, Secure under
a `__Host-` name. A new session is made at every sign-in, so that none can be planted beforehand.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from hmac import compare_digest
from typing import TypeVar

import msgspec
from aiohttp import web

from bot.errors import SignedOut
from bot.github import OAuth, Person, PersonTokens, Token
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.seal import Seal

LONGEST = 14 * 86400
"""Seconds after which somebody signs in anew, whatever happened since."""
IDLE = 7 * 86400
RENEWED_BEFORE = 300.0
SESSION = "pubflow-session"
_SIGN_IN = "pubflow-sign-in"
_SIGN_IN_SECONDS = 600
_REMEMBERED = 1000

Value = TypeVar("Value")


class Session(msgspec.Struct, frozen=True):
    """One sign-in. `csrf` stands in every form of its pages."""

    id: str
    person: int
    login: str
    csrf: str
    access: str
    refresh: str
    expires_at: float
    refreshable_until: float
    started_at: float

    def __repr__(self) -> str:
        return f"Session({self.login}, ***)"

    @property
    def token(self) -> Token:
        return Token(self.access)


class SignIn(msgspec.Struct, frozen=True):
    """What is remembered between the button and the way back."""

    state: str
    verifier: str
    back_to: str


@dataclass(frozen=True, slots=True)
class Found:
    """A session, and whether its cookie must be written anew."""

    session: Session
    renewed: bool = False


class Sessions:
    """The cookies of one server."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seal = Seal(parts.session_secret, "session")
        self._sign_in = Seal(parts.session_secret, "sign-in")
        self._renewing: dict[str, asyncio.Task[Session]] = {}
        self._renewed: OrderedDict[str, Session] = OrderedDict()
        """Sessions whose tokens were renewed: a second tab still sends the cookie with the old ones."""
        self._ended: OrderedDict[str, None] = OrderedDict()

    async def current(self, request: web.Request, oauth: OAuth) -> Found | None:
        """Who sent this request. Raises SignedOut when their tokens cannot be renewed, Unavailable."""
        session = self._seal.open(request.cookies.get(self._name(request, SESSION), ""), Session, seconds=IDLE)
        now = self._parts.clock()
        if session is None or now > session.started_at + LONGEST or session.id in self._ended:
            return None
        known = self._renewed.get(session.id)
        if known is not None and known.expires_at > session.expires_at:
            return Found(known, renewed=True)
        if now < session.expires_at - RENEWED_BEFORE:
            return Found(session)
        return Found(await self._renew(session, oauth), renewed=True)

    def start(self, person: Person, tokens: PersonTokens) -> Session:
        return Session(
            id=secrets.token_urlsafe(16),
            person=person.id,
            login=person.login,
            csrf=secrets.token_urlsafe(24),
            access=tokens.access.reveal(),
            refresh=tokens.refresh.reveal() if tokens.refresh is not None else "",
            expires_at=tokens.expires_at,
            refreshable_until=tokens.refreshable_until,
            started_at=self._parts.clock(),
        )

    def keep(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        """Write the cookie, unless this answer takes it back."""
        if self._name(request, SESSION) not in response.cookies:
            self._set(request, response, SESSION, self._seal.close(session), IDLE)

    def end(self, request: web.Request, response: web.StreamResponse, session: Session | None = None) -> None:
        """Take the cookie back; a copy of it that somebody kept is not taken by this process either."""
        if session is not None:
            _note(self._ended, session.id, None)
        self._set(request, response, SESSION, "", 0)

    def begin_sign_in(self, request: web.Request, response: web.StreamResponse, sign_in: SignIn) -> None:
        self._set(request, response, _SIGN_IN, self._sign_in.close(sign_in), _SIGN_IN_SECONDS)

    def end_sign_in(self, request: web.Request, response: web.StreamResponse) -> None:
        self._set(request, response, _SIGN_IN, "", 0)

    def sign_in(self, request: web.Request, state: str) -> SignIn | None:
        """What this browser began with this very state."""
        kept = request.cookies.get(self._name(request, _SIGN_IN), "")
        found = self._sign_in.open(kept, SignIn, seconds=_SIGN_IN_SECONDS)
        return found if found is not None and compare_digest(found.state.encode(), state.encode()) else None

    async def _renew(self, session: Session, oauth: OAuth) -> Session:
        """A refresh token is good once, so requests that come together share one renewal."""
        task = self._renewing.get(session.id)
        if task is None:
            task = asyncio.create_task(self._ask(session, oauth), name="renew a session")
            self._renewing[session.id] = task
            task.add_done_callback(lambda _done: self._renewing.pop(session.id, None))
        return await asyncio.shield(task)

    async def _ask(self, session: Session, oauth: OAuth) -> Session:
        if not session.refresh or self._parts.clock() >= session.refreshable_until:
            raise SignedOut("the sign-in is over")
        tokens = await oauth.renew(Token(session.refresh))
        fresh = msgspec.structs.replace(
            session,
            access=tokens.access.reveal(),
            refresh=tokens.refresh.reveal() if tokens.refresh is not None else "",
            expires_at=tokens.expires_at,
            refreshable_until=tokens.refreshable_until,
        )
        _note(self._renewed, session.id, fresh)
        return fresh

    def _name(self, request: web.Request, name: str) -> str:
        return f"__Host-{name}" if self._secure(request) else name

    def _secure(self, request: web.Request) -> bool:
        return (self._parts.base(request) or "").startswith("https://")

    def _set(self, request: web.Request, response: web.StreamResponse, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            self._name(request, name),
            value,
            max_age=seconds,
            path="/",
            secure=self._secure(request),
            httponly=True,
            samesite="Lax",
        )


def _note(kept: OrderedDict[str, Value], name: str, value: Value) -> None:
    """What was noted longest ago is forgotten first."""
    kept[name] = value
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
