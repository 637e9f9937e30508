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
from bot.errors import Forbidden, Gone, Unavailable
from bot.model import Done, InstallationId, Job, Later, Outcome
from bot.queue import Queue, QueueOptions
from bot.redaction import Redactor
from bot.settings import Settings
from bot.store import make_engine
from tests.cli.running import command, environment, here
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
            it.package("anvil")
            it.github.install(it.credentials.app, ORGANISATION)
            log += await _until(process, b"scanned")
            seen |= {page: await _page(base, page) for page in PAGES}
            it.github.faults.add(Answer(status=401, body={"message": " ".join(canaries.secrets)}), on("GET", ""))
            seen["doctor"] = await _said(it, "doctor")
            process.terminate()
            out, rest = await process.communicate()
        seen |= {"log": log + rest, "stdout": out}
        seen |= {path.name: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()}
        [pull] = it.github.repository(f"{ORGANISATION}/anvil").pulls.values()
        seen["pull request"] = repr(pull).encode()
        assert len(canaries.secrets) > len(GIVEN) + len(SHAPED) + 4
    assert {name: canaries.seen_in(text) for name, text in seen.items() if canaries.seen_in(text)} == {}


async def _until(process: Process, word: bytes) -> bytes:
    """The log up to and with the line that has this word."""
    assert process.stderr is not None
    read = b""
    while word not in (line := await process.stderr.readline()):
        assert line, "it ended by itself"
        read += line
    return read + line


async def test_no_secret_is_stored_with_a_job_that_failed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is raised, chained or returned: neither our tables nor the engine's have it."""
    settings = Settings.of(webhook_secret=GIVEN["CLIENT_SECRET"], session_secret=GIVEN["SESSION_SECRET"])
    canaries = Canaries([GIVEN["CLIENT_SECRET"], GIVEN["SESSION_SECRET"], *SHAPED])
    everything = " ".join(canaries.secrets)

    async def work(job: Job) -> Outcome:
        match job.key:
            case "raised":
                raise RuntimeError(everything)
            case "chained":
                raise Unavailable("try again") from ValueError(everything)
            case "set aside":
                raise Forbidden(everything)
            case "gone":
                raise Gone(everything)
            case "put off":
                return Later(seconds=3600, reason=everything)
        return Done(summary=everything)

    keys = ("raised", "chained", "set aside", "gone", "put off", "done")
    engine = make_engine(f"sqlite:///{tmp_path / 'pubflow.sqlite3'}")
    queue = Queue(
        engine, tmp_path / "home", redact=Redactor(settings.secrets()), options=QueueOptions(poll=0.02, tries=1)
    )
    await queue.start({"scan": work})
    try:
        installation = InstallationId(1)
        await queue.submit([Job(kind="scan", key=key, installation=installation, args={}) for key in keys])
        async with asyncio.timeout(60):
            while [job.error is None for job in await queue.jobs()] != [False] * 4:  # noqa: ASYNC110 - two of them end
                await asyncio.sleep(0.02)
        told = repr(await queue.jobs()).encode()
    finally:
        await queue.stop()
        engine.dispose()
    assert told.count(b"***") >= 3
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    seen = files | {"jobs": told, "log": Redactor(settings.secrets())(caplog.text).encode()}
    assert {name: canaries.seen_in(text) for name, text in seen.items() if canaries.seen_in(text)} == {}


async def _page(base: str, path: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(base + path, allow_redirects=False) as response:
        return repr(response.headers).encode() + await response.read()


async def _said(it: Site, *words: str) -> bytes:
    ended = await it.run(*words)
    return (ended.out + ended.err).encode()


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_the_database_password_is_in_no_complaint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scheme: str
) -> None:
    canaries = Canaries(["canary%21of%21a%21password", "canary!of!a!password"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://bot:{canaries.secrets[0]}@127.0.0.1:1/pubflow")
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path))
    ended = here(capsys, "pause", "--list")
    assert (ended.code, ended.out) == (2, "")
    assert canaries.seen_in(ended.err.encode()) == []


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
