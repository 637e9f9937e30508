"""No secret gets out: a whole site with canaries for secrets, and a GitHub that throws them back in its faces.

Looked at is everything that a site writes or says: its log, its pages and metrics, every byte of its database, what its
commands print, and all that stands on GitHub afterwards.
"""

from __future__ import annotations

import asyncio
import base64
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from bot.demo.github import Answer, on
from bot.demo.github.recorder import Exchange
from bot.queue import Queue
from bot.store import make_engine
from tests.cli.running import beside, command, environment
from tests.cli.site import ORGANISATION, Site, site
from tests.judges import Judge

GIVEN = {
    "CLIENT_SECRET": 'canary/of\\the "client\'s" secret',
    "SESSION_SECRET": "canary-of-the-session-0123456789abcdef",
    "WEBHOOK_SECRET_PREVIOUS": "canary+of+the+previous+hook",
    "GITHUB_TOKEN": "ghp_canaryOfAPersonalToken0123456789abcd",
}
SHAPED = ("pypi-AgEIcHlwaS5vcmcCJGNhbmFyeQ0123456789", "ghs_canaryOfSomebodyElses0123456789abcdef")
PAGES = ("/", "/healthz", "/readyz", "/metrics", "/setup", "/webhook", "/nothing", "/%00", "/queue", "/login")


@dataclass
class Canaries:
    """What must be seen nowhere."""

    secrets: list[str] = field(default_factory=list)

    def listen(self, exchange: Exchange) -> None:
        """Remember every token that this GitHub hands out."""
        if exchange.path.endswith("/access_tokens") and exchange.status == 201:
            self.secrets.append(json.loads(exchange.response)["token"])

    def seen_in(self, text: bytes) -> list[str]:
        return [secret for secret in self.secrets for form in forms(secret) if form in text]


def forms(secret: str) -> Iterator[bytes]:
    yield secret.encode()
    yield json.dumps(secret)[1:-1].encode()
    yield quote(secret, safe="").encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")


@asynccontextmanager
async def serving(it: Site) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *command("serve"), env=environment(**it.variables), cwd=it.folder, stdout=PIPE, stderr=PIPE, limit=2**24
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def test_no_secret_gets_out(tmp_path: Path, judge: Judge) -> None:
    canaries = Canaries()
    seen: dict[str, bytes] = {}
    async with site(tmp_path, judge) as it:
        it.github.recorder.listeners.append(canaries.listen)
        key = it.credentials.private_key
        canaries.secrets += [*GIVEN.values(), *SHAPED, it.credentials.webhook_secret, *key.splitlines()[2:4], key]
        it.variables |= GIVEN | {"LOG_LEVEL": "DEBUG", "PUBFLOW_TRACEBACK": "1"}
        async with serving(it) as process:
            log = await _until(process, b"listening")
            base = f"http://127.0.0.1:{it.variables['PORT']}"
            it.github.set_hook(it.credentials.app, f"{base}/webhook")
            said = [f"no {' '.join(some)} here" for some in batched(canaries.secrets, 3)]
            for number, text in enumerate(said):
                it.package(f"anvil-{number}")
                told = {"errors": [{"type": "FORBIDDEN", "message": text}]} if number % 2 else {"message": text}
                answer = Answer(status=200 if number % 2 else 403, body=told)
                it.github.faults.add(answer, on("POST", "/graphql"))
            it.github.install(it.credentials.app, ORGANISATION)
            await _failed(it, len(said))
            it.package("anvil")
            await it.github.delivered()
            log += await _until(process, b"scanned")
            seen |= {page: await _page(base, page) for page in PAGES}
            it.github.faults.add(Answer(status=401, body={"message": " ".join(canaries.secrets)}), on("GET", ""))
            asked = (("jobs", "list"), ("jobs", "list", "--format", "json"), ("doctor",))
            seen |= dict(
                zip(map(" ".join, asked), await asyncio.gather(*(_said(it, *words) for words in asked)), strict=True)
            )
            process.terminate()
            out, rest = await process.communicate()
        seen |= {"log": log + rest, "stdout": out}
        seen |= {path.name: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()}
        [pull] = it.github.repository(f"{ORGANISATION}/anvil").pulls.values()
        seen["pull request"] = repr(pull).encode()
        assert len(canaries.secrets) > len(GIVEN) + len(SHAPED) + 4
    assert seen["jobs list"].count(b"***") >= len(said)
    assert {name: canaries.seen_in(text) for name, text in seen.items() if canaries.seen_in(text)} == {}


def batched(values: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


async def _until(process: Process, word: bytes) -> bytes:
    """The log up to and with the line that has this word."""
    assert process.stderr is not None
    read = b""
    while word not in (line := await process.stderr.readline()):
        assert line, "it ended by itself"
        read += line
    return read + line


async def _failed(it: Site, count: int) -> None:
    """Return when so many jobs say why they failed."""
    engine = make_engine(f"sqlite:///{it.folder / 'home' / 'pubflow.sqlite3'}")
    queue = Queue(engine, it.folder / "home")
    await queue.open()
    try:
        async with asyncio.timeout(30):
            while sum(job.error is not None for job in await queue.jobs()) < count:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.1)
    finally:
        await queue.stop()
        engine.dispose()


async def _page(base: str, path: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(base + path, allow_redirects=False) as response:
        return repr(response.headers).encode() + await response.read()


async def _said(it: Site, *words: str) -> bytes:
    ended = await asyncio.to_thread(beside, it.folder, *words, **it.variables)
    return (ended.out + ended.err).encode()


PROGRAM = """
import logging, sys, threading, warnings
from bot import logs
from bot.settings import Settings
secret = "canary-" + "of-this-process"
logs.configure(Settings.of(webhook_secret=secret, log_format=sys.argv[1]))
log = logging.getLogger("somebody")

class Late:
    def __del__(self):
        raise RuntimeError("finalizer " + secret)

Late()
thread = threading.Thread(target=lambda: int("thread " + secret))
thread.start()
thread.join()
warnings.warn("warning " + secret)
log.error("%d of a broken record", secret)
try:
    try:
        int("chain " + secret)
    except ValueError as error:
        raise KeyError("other") from error
except KeyError:
    log.exception("before")
raise ExceptionGroup("uncaught", [ValueError("group " + secret), KeyError(secret)])
"""


@pytest.mark.parametrize("style", ["text", "json"])
async def test_what_python_prints_by_itself_is_masked_too(tmp_path: Path, style: str) -> None:
    words = [command()[0], "-c", PROGRAM, style]
    process = await asyncio.create_subprocess_exec(*words, env=environment(), cwd=tmp_path, stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()
    for word in ("finalizer ***", "thread ***", "warning ***", "chain ***", "group ***", "could not be written"):
        assert word.encode() in err, word
    assert b"canary-of-this-process" not in out + err
