"""The sockets: HTTP in, HTTP out, and what surrounds every answer: limits, faults, ETags, records."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web
from multidict import CIMultiDictProxy

from bot.demo.github import dispatch, graphql, pages
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.faults import Asked, Drop, Fault, Faults, Hang, Lost
from bot.demo.github.limits import RateLimited, Window, who
from bot.demo.github.recorder import Exchange, Recorder
from bot.demo.github.site import Site
from bot.demo.github.tokens import Caller

MOST_BYTES = 100 * 1024 * 1024
NO_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header "
    "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request with its body; `path` as sent, still quoted."""

    request: web.Request = field(repr=False)
    path: str
    raw: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was found out before an answer goes out."""

    answer: Answer
    window: Window | None = None
    caller: str = ""
    scripted: bool = False


class Server:
    """Serves one site."""

    def __init__(self, site: Site, faults: Faults, recorder: Recorder) -> None:
        self._site = site
        self._faults = faults
        self._recorder = recorder
        self._base = "/api/v3" if site.world.enterprise is not None else ""
        self._graphql = "/api/graphql" if site.world.enterprise is not None else "/graphql"

    def application(self) -> web.Application:
        application = web.Application(client_max_size=MOST_BYTES)
        application.router.add_route("*", "/{rest:.*}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0]
        if path != self._graphql and pages.is_page(self._site, self._base, path, request.headers.get("Accept", "")):
            return await pages.serve(self._site, request)
        incoming = Incoming(request=request, path=path, raw=await request.read())
        fault = self._faults.take(Asked(method=request.method, path=path, body=incoming.raw))
        if isinstance(fault, Hang):
            await asyncio.sleep(fault.seconds)
            fault = None
        return self._respond(incoming, self._outcome(incoming, fault))

    def _outcome(self, incoming: Incoming, fault: Fault | None) -> Outcome | None:
        """None: the connection is to be dropped."""
        match fault:
            case Answer():
                return Outcome(answer=fault, scripted=True)
            case Drop(after=after):
                if after:
                    self._answer(incoming)
                return None
            case Lost(answer=answer):
                self._answer(incoming)
                return Outcome(answer=answer, scripted=True)
        return self._answer(incoming)

    def _respond(self, incoming: Incoming, outcome: Outcome | None) -> web.StreamResponse:
        if outcome is None:
            self._note(incoming, Outcome(answer=Answer(status=0), scripted=True), {}, b"")
            if incoming.request.transport is not None:
                incoming.request.transport.abort()
            return web.Response(status=500)
        data, headers = _encoded(outcome.answer), self._headers(outcome)
        self._note(incoming, outcome, headers, data)
        return web.Response(status=outcome.answer.status, body=data, headers=headers)

    def _answer(self, incoming: Incoming) -> Outcome:
        """A Refusal becomes an answer here and nowhere else."""
        found = Outcome(answer=Answer())
        try:
            caller = self._caller(incoming.request)
            found.caller = who(caller)
            resource = "graphql" if incoming.path == self._graphql else "core"
            found.window = self._site.limits.window(caller, resource)
            if not incoming.path.endswith("/rate_limit"):
                found.window = self._site.limits.spend(caller, resource)
            answer = self._ask(caller, incoming.request, incoming.path, incoming.raw)
            found.answer = self._conditional(incoming.request, caller, resource, answer)
        except Refusal as refusal:
            found.answer = refusal.answer()
        except RateLimited as problem:
            found.answer = Answer(body={"errors": [{"type": "RATE_LIMITED", "message": str(problem)}]})
        return found

    def _caller(self, request: web.Request) -> Caller:
        """Raises Refusal."""
        if not request.headers.get("User-Agent"):
            raise Refusal(403, NO_AGENT)
        return self._site.tokens.caller(request.headers.get("Authorization"))

    def _ask(self, caller: Caller, request: web.Request, path: str, raw: bytes) -> Answer:
        if path == self._graphql:
            if request.method != "POST":
                raise not_found()
            return graphql.answer(self._site, caller, raw)
        if not path.startswith(self._base + "/"):
            raise not_found()
        asked = dispatch.Request(
            method=request.method,
            path=path[len(self._base) :],
            query=dict(request.query),
            accept=request.headers.get("Accept", ""),
            raw=raw,
        )
        return dispatch.answer(self._site, caller, asked)

    def _conditional(self, request: web.Request, caller: Caller, resource: str, answer: Answer) -> Answer:
        """ETag on every good GET; what the caller has already is a 304 and costs nothing."""
        if request.method != "GET" or answer.status != 200:
            return answer
        tag = f'W/"{hashlib.sha256(_encoded(answer)).hexdigest()}"'
        headers = {**answer.headers, "ETag": tag}
        known = request.headers.get("If-None-Match", "")
        if tag.removeprefix("W/") in known.replace("W/", ""):
            self._site.limits.give_back(caller, resource)
            return Answer(status=304, headers=headers)
        return Answer(status=200, body=answer.body, headers=headers, content_type=answer.content_type)

    def _headers(self, outcome: Outcome) -> dict[str, str]:
        answer, window = outcome.answer, outcome.window
        headers = {
            "Server": "github.com",
            "X-GitHub-Request-Id": uuid.uuid4().hex.upper()[:20],
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-Content-Type-Options": "nosniff",
        }
        if answer.status not in {204, 304}:
            headers["Content-Type"] = answer.content_type
        if self._site.world.enterprise is not None:
            headers["X-GitHub-Enterprise-Version"] = self._site.world.enterprise
        if window is not None:
            headers |= {
                "X-RateLimit-Limit": str(window.limit),
                "X-RateLimit-Remaining": str(window.remaining),
                "X-RateLimit-Used": str(window.used),
                "X-RateLimit-Reset": str(int(window.reset)),
                "X-RateLimit-Resource": window.resource,
            }
        return headers | dict(answer.headers)

    def _note(self, incoming: Incoming, outcome: Outcome, headers: Mapping[str, str], data: bytes) -> None:
        path, request = incoming.path, incoming.request
        path = "/graphql" if path == self._graphql else path.removeprefix(self._base)
        self._recorder.note(
            Exchange(
                method=request.method,
                path=path,
                query=dict(request.query),
                request_headers=_lower(request.headers),
                request=incoming.raw,
                caller=outcome.caller,
                status=outcome.answer.status,
                response_headers={name.lower(): value for name, value in headers.items()},
                response=data,
                scripted=outcome.scripted,
            )
        )


def _lower(headers: CIMultiDictProxy[str]) -> dict[str, str]:
    """Without the credential: what is recorded may be shown."""
    return {name.lower(): value for name, value in headers.items() if name.lower() != "authorization"}


def _encoded(answer: Answer) -> bytes:
    if answer.body is None:
        return b""
    if isinstance(answer.body, bytes):
        return answer.body
    return json.dumps(answer.body, ensure_ascii=False).encode()
