"""One way out to GitHub: limits, pace, retries, bounds and redirects for REST and GraphQL alike, over gidgethub.

Knows nothing of repositories or tokens' origin: it sends one `Request` with the secret that it is given.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import aiohttp
import gidgethub
import gidgethub.abc
from yarl import URL

from bot import __version__
from bot.errors import Unavailable, Unwanted, WaitUntil
from bot.github.answers import read_bounded, tidied
from bot.github.budget import Budget, OwnBudget
from bot.github.credentials import Token
from bot.github.faults import Elsewhere, is_limit, translated
from bot.github.limits import Lane, LaneKey, retry_after
from bot.github.wire import Answer, Clock, Endpoints, Options, Request

USER_AGENT = f"pubflow/{__version__}"
API_VERSION = "2022-11-28"
MOST_REDIRECTS = 3

_FOLLOWED = frozenset({301, 302, 307, 308})
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_deadline: ContextVar[float | None] = ContextVar("pubflow_github_deadline", default=None)


class Client:
    """Sends requests; one for the whole process, on the process's session.

    The session should keep no cookies (`aiohttp.DummyCookieJar`): GitHub's API needs none.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        api_url: str,
        clock: Clock = time.time,
        options: Options | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.session = session
        self.endpoints = Endpoints.of(api_url)
        self.clock = clock
        self.options = options or Options()
        self.slots = asyncio.Semaphore(self.options.concurrency)
        self.budget = budget or OwnBudget(self.options.writes)
        self._lanes: dict[LaneKey, Lane] = {}
        self.asked: Counter[tuple[LaneKey, str]] = Counter()
        """Requests by lane and by the limit that they count against."""

    def lane(self, key: LaneKey) -> Lane:
        """The state of one installation's traffic."""
        if key not in self._lanes:
            slots = asyncio.Semaphore(self.options.concurrency_per_installation)
            self._lanes[key] = Lane(slots=slots)
        return self._lanes[key]

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Within it no request starts, and none waits, beyond `seconds` from now; an outer, nearer end stays."""
        outer = _deadline.get()
        end = self.clock() + seconds
        mark = _deadline.set(end if outer is None else min(end, outer))
        try:
            yield
        finally:
            _deadline.reset(mark)

    async def send(self, request: Request, *, lane: LaneKey, secret: Token | None) -> Answer:
        """Carry out one request. Raises GitHubError: WaitUntil for limits, Unavailable for 5xx and the network."""
        call = _Call(self, lane, request, secret)
        address, values = request.path, dict(request.values)
        if any(value in {".", ".."} for value in values.values()):
            raise Unwanted(f"a part of {request} is a relative path")
        for _ in range(MOST_REDIRECTS + 1):
            try:
                data, following, _ = await call.make(address, values)
                return Answer(data=data, next=self._page(following, call.address), etag=call.etag)
            except gidgethub.RedirectionException as error:
                if request.etag is not None and error.status_code is HTTPStatus.NOT_MODIFIED:
                    return Answer(data=None, etag=request.etag, unchanged=True)
                address, values = self._target(error, call.address, request), {}
            except gidgethub.HTTPException as error:
                raise translated(error, request, self.clock()) from None  # the cause holds what may not be shown
        raise Unavailable(f"GitHub redirected {request} more than {MOST_REDIRECTS} times")

    async def fetch(self, address: str, feed: Callable[[bytes], None], *, most: int) -> bool:
        """Hand what lies at `address` to `feed`, the first `most` bytes of it; False when it is not there any more.

        Nobody is told who we are: the address is a credential of its own. Raises Unavailable.
        """
        if urlsplit(address).scheme not in {"https", urlsplit(self.endpoints.rest).scheme}:
            raise Unavailable("an answer lies at an address that is not https")
        timeout = aiohttp.ClientTimeout(total=self.time_left(), sock_connect=self.options.connect_timeout)
        left, headers = most, {"User-Agent": USER_AGENT}
        try:
            async with (
                self.slots,
                self.session.get(
                    URL(address, encoded=True), headers=headers, timeout=timeout, allow_redirects=False
                ) as response,
            ):
                if response.status != 200:
                    return False
                async for chunk in response.content.iter_chunked(64 * 1024):
                    feed(chunk[:left])
                    left -= len(chunk)
                    if left <= 0:
                        break
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # Not `from error`: aiohttp's exceptions hold the address.
            raise Unavailable(f"what was asked for could not be fetched: {type(error).__name__}") from None
        return True

    def left(self, lane: LaneKey, resource: str) -> int | None:
        """What GitHub said last was left of this limit; None if it said nothing yet."""
        return self.lane(lane).left().get(resource)

    async def book(self, lane: LaneKey, count: int) -> None:
        """Reserve `count` writing requests at once, so that a plan once begun is not stopped by the pace half-way.

        Raises WaitUntil when that needs a long wait.
        """
        while wait := await self.budget.take(lane, count, self.clock()):
            await self.pause(wait, "enough was written for now")

    async def wait_to_write(self, lane: LaneKey, count: int) -> float:
        """Seconds after which `count` writing requests may be booked, as it looks now; 0 when they may be at once."""
        return await self.budget.wait(lane, count, self.clock())

    async def pause(self, seconds: float, why: str) -> None:
        """Sleep if that is short and ends before the deadline, else raise WaitUntil."""
        end = _deadline.get()
        if seconds > self.options.patience or (end is not None and self.clock() + seconds >= end):
            raise WaitUntil(f"{why}: wait {seconds:.0f} s", seconds=seconds)
        await self.options.sleep(seconds)

    def time_left(self) -> float:
        """Seconds for one attempt. Raises Unavailable when the deadline is over."""
        end = _deadline.get()
        left = self.options.timeout if end is None else min(self.options.timeout, end - self.clock())
        if left <= 0:
            raise Unavailable("the time for this job is used up")
        return left

    def _page(self, following: str | None, address: str) -> str | None:
        """Where the page after the one at `address` is: never on another host, which would get our token.

        Behind a proxy a server links to itself by a name that we were not told to speak to. Its pages differ by their
        query alone, so that is what is taken over.
        """
        if not following:
            return None
        try:
            target = urljoin(address, following)
            query = urlsplit(target).query
        except ValueError:  # brackets that are no address
            return None
        if self.endpoints.same_host(target):
            return target
        return f"{address.partition('?')[0]}?{query}" if query else None

    def _target(self, error: gidgethub.RedirectionException, address: str, request: Request) -> str:
        try:
            target = urljoin(address, error.headers.get("location", ""))
        except ValueError:  # brackets that are no address
            target = address
        if error.status_code.value not in _FOLLOWED or target == address:
            raise Unavailable(f"GitHub answered {error.status_code.value} to {request}") from None
        if request.located and not target.startswith(f"{self.endpoints.rest}/"):
            raise Elsewhere(f"{request} is answered elsewhere", address=target) from None
        if not self.endpoints.same_host(target):
            raise Unavailable(f"{request} was redirected to another host, which is not followed") from None
        return target


class _Call(gidgethub.abc.GitHubAPI):
    """One logical request: gidgethub builds, deciphers and loops; its hooks say when to wait and when to try again.

    The secret is added as late as possible and never given to gidgethub, so that no frame of a traceback holds it.
    """

    def __init__(self, client: Client, key: LaneKey, request: Request, secret: Token | None) -> None:
        super().__init__(USER_AGENT, base_url=client.endpoints.rest)
        self._client = client
        self._key = key
        self._lane = client.lane(key)
        self._asked = request
        self._secret = secret
        self._resource = "graphql" if request.path == client.endpoints.graphql else "core"
        self.address = ""
        self.etag: str | None = None

    async def make(self, address: str, values: dict[str, str | int]) -> tuple[object, str | None, int]:
        """Carry it out, trying again after network errors; gidgethub itself does so after refusals."""
        request = self._asked
        data: object = b"" if request.body is None else dict(request.body)
        more = {"x-github-api-version": API_VERSION}
        if request.etag is not None:
            more["if-none-match"] = request.etag
        for attempt in range(1, self._client.options.attempts + 1):
            try:
                return await self._make_request(
                    request.method, address, values, data, "application/vnd.github+json", extra_headers=more
                )
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                await self._after_network_error(error, attempt)
            except (ValueError, RecursionError):
                raise Unavailable(f"the answer to {request} is no JSON") from None
        raise AssertionError("the last attempt returns or raises")

    async def sleep(self, seconds: float) -> None:
        await self._client.options.sleep(seconds)

    async def manage_rate_limit(self, *, method: str, url: str) -> None:  # noqa: ARG002 - gidgethub's signature
        """Before each attempt: wait for GitHub's limits and for our own pace."""
        client, lane = self._client, self._lane
        heard = await client.budget.hear(self._key, client.clock())
        lane.close(heard.closed_until)
        for resource, left in heard.left.items():
            lane.learn(resource, left)
        while wait := lane.wait(self._resource, client.clock()):
            await client.pause(wait, "GitHub's rate limit")
        if self._asked.permit is not None and not self._asked.booked:
            await client.book(self._key, 1)
        lane.sent(self._resource)

    async def handle_rate_limit_error(
        self,
        *,
        method: str,  # noqa: ARG002 - gidgethub's signature
        url: str,  # noqa: ARG002 - gidgethub's signature
        exception: gidgethub.HTTPException,
        attempt: int,
    ) -> bool:
        """After a refusal: True to try again, after the wait that it asks for. Raises WaitUntil if that is long."""
        client = self._client
        if is_limit(exception):
            wait = self._lane.refused(exception.headers, client.clock())
            await client.budget.close(self._key, client.clock() + wait)
            if attempt >= client.options.attempts:
                raise WaitUntil("GitHub's rate limit, again and again", seconds=wait) from None
            await client.pause(wait, "GitHub's rate limit")
            return True
        again = self._asked.repeatable and self._asked.patient and attempt < client.options.attempts
        if exception.status_code.value < 500 or not again:
            return False
        asked = retry_after(exception.headers, client.clock()) or 0.0
        await client.pause(max(self._backoff(attempt), asked), "GitHub is not well")
        return True

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One exchange. The permission to write is asked for when nothing stands between it and the request."""
        client, asked = self._client, self._asked
        self.address = url
        if not client.endpoints.same_host(url):
            raise Unavailable(f"{asked} would leave GitHub's host")
        client.asked[self._key, self._resource] += 1
        async with self._lane.slots, client.slots:
            timeout = aiohttp.ClientTimeout(total=client.time_left(), sock_connect=client.options.connect_timeout)
            if asked.permit is not None:
                await asked.permit()
            async with client.session.request(
                method,
                URL(url, encoded=True),
                headers={**headers, **self._authorization()},
                data=body or None,
                allow_redirects=False,
                raise_for_status=False,
                timeout=timeout,
            ) as response:
                read = await read_bounded(response, client.options.largest_answer)
                raw = tidied(response.status, response.headers, read, graphql=self._resource == "graphql")
        if said := self._lane.observe(raw[1], self._resource):
            await client.budget.tell(self._key, *said)
        self.etag = raw[1].get("etag")
        if raw[0] < 400:
            self._lane.accepted()
        return raw

    def _authorization(self) -> dict[str, str]:
        return {} if self._secret is None else {"authorization": f"Bearer {self._secret.reveal()}"}

    async def _after_network_error(self, error: Exception, attempt: int) -> None:
        unknown = not isinstance(error, _NEVER_SENT) and not self._asked.repeatable
        if unknown or attempt >= self._client.options.attempts:
            # Not `from error`: aiohttp's exceptions and frames hold the request's headers.
            raise Unavailable(f"no answer to {self._asked}: {type(error).__name__}") from None
        try:
            await self._client.pause(self._backoff(attempt), "no connection to GitHub")
        except WaitUntil:
            raise Unavailable(f"no answer to {self._asked}: {type(error).__name__}") from None

    def _backoff(self, attempt: int) -> float:
        """Seconds: doubling, with jitter so that many waiting jobs do not come back at once."""
        options = self._client.options
        return options.backoff * 2.0 ** (attempt - 1) * options.rng.uniform(0.5, 1.5)
