"""Builds everything from Settings: the only place where the rooms of the shell meet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
import aiohttp.web
import sqlalchemy as sa
import structlog
from prometheus_client.registry import Collector

from bot.actions import Actions
from bot.errors import StoreUnavailable, Unavailable
from bot.github import AppCredentials, AppFacts, Token, convert
from bot.jobs import JOBS, KINDS, SCHEDULE, Allowed, Services
from bot.jobs.redeliver import redeliver_job
from bot.model import Done, Job, Outcome
from bot.opening import credentials, speak, storage
from bot.pypi import PyPI
from bot.pypi.shelf import Table as AnswerTable
from bot.queue import Handler, Queue, QueueOptions
from bot.settings import Settings
from bot.store.actions import ActionBook
from bot.store.configurations import Configurations
from bot.store.ledger import Ledger
from bot.store.missed import Missed
from bot.store.oblivion import Oblivion
from bot.store.overview import Overview
from bot.store.pauses import Pauses
from bot.store.reports import Reports
from bot.store.repositories import Repositories
from bot.store.rollouts import Rollouts
from bot.store.sightings import Sightings
from bot.store.spoken import Spoken
from bot.store.sweeps import Sweeps
from bot.store.turns import Turns
from bot.store.wishes import WishBook
from bot.web import Metrics, Ready, Secrets, Web, dashboard, make_metrics, make_setup, make_web, serving
from bot.web.levels import QueueLevels
from bot.web.readiness import Readiness
from bot.web.setup import Door, SetUp, Tools
from bot.web.watching import Watching
from bot.web.work import Work

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
"""How often a web process looks for newly watched paths and for the depth of the queue."""


@asynccontextmanager
async def services(
    settings: Settings,
    *,
    redact: Callable[[str], str] = str,
    on_lost: Callable[[], None] = lambda: None,
    queue_options: QueueOptions | None = None,
    sign_in: Callable[[Settings], AppCredentials | Token] = credentials,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Services]:
    """Everything a job may use, with a queue that is open and not yet working."""
    async with storage(settings) as engine, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        github = speak(session, settings, sign_in(settings), clock=clock, engine=engine)
        queue = Queue(
            engine,
            settings.pubflow_home,
            redact=redact,
            on_lost=on_lost,
            options=queue_options,
            clock=clock,
            kinds=KINDS,
        )
        built = Services(
            settings=settings,
            github=github,
            pypi=PyPI(session, url=settings.pypi_url, web_url=settings.github_web_url, shelf=AnswerTable(engine)),
            testpypi=PyPI(
                session, url=settings.testpypi_url, web_url=settings.github_web_url, shelf=AnswerTable(engine)
            ),
            rollouts=Rollouts(engine),
            actions=Actions(github, ActionBook(engine), clock=clock, github_com=settings.oidc),
            queue=queue,
            pauses=Pauses(engine),
            ledger=Ledger(engine),
            turns=Turns(engine),
            repositories=Repositories(engine),
            wishes=WishBook(engine),
            configurations=Configurations(engine),
            oblivion=Oblivion(engine),
            spoken=Spoken(engine),
            reports=Reports(engine),
            sightings=Sightings(engine),
            sweeps=Sweeps(engine),
            missed=Missed(engine),
            allowed=Allowed(settings, github),
            clock=clock,
        )
        await queue.open()
        try:
            yield built
        finally:
            await queue.stop()


def handlers(built: Services) -> Mapping[str, Handler]:
    """One handler a kind of job."""

    def bind(kind: str) -> Handler:
        async def handle(job: Job) -> Outcome:
            with structlog.contextvars.bound_contextvars(job=f"{kind}:{job.key}"), built.tally.run(kind) as end:
                outcome = await JOBS[kind](job, built)
                end.append("done" if isinstance(outcome, Done) else "later")
                return outcome

        return handle

    return {kind: bind(kind) for kind in JOBS}


@dataclass(slots=True)
class Stop:
    """How a process learns that it should end: by a signal, or because its worker was lost."""

    event: asyncio.Event
    lost: bool = False

    def lose(self) -> None:
        self.lost = True
        self.event.set()


async def set_up(
    settings: Settings,
    stop: Stop,
    *,
    say: Callable[[str], None],
    keep: Callable[[Mapping[str, str]], None],
    started: Callable[[int], None] = lambda _port: None,
) -> Settings | None:
    """Pages on the public port until there is an App; the settings with it, or None when `stop` came first."""
    port = settings.port
    door = Door(say, lambda: settings.public_url or f"http://{_reachable(settings.host)}:{port}")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def identify(given: Settings) -> AppFacts:
            return await speak(session, given, credentials(given)).app()

        pages = SetUp(settings, door, Tools(convert=partial(convert, session), identify=identify, keep=keep))
        async with serving(make_setup(pages.routes()), settings.host, settings.port) as port:
            door.announce()
            started(port)
            stopping = asyncio.create_task(stop.event.wait())
            pages.finished.add_done_callback(lambda _done: stopping.cancel())
            await asyncio.wait({stopping})
    if not pages.finished.done():
        return None
    return settings.having(**{"private_key_path": None, **pages.finished.result().values})


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - what is listened on is the operator's


async def serve(
    settings: Settings, stop: Stop, *, work: bool, redact: Callable[[str], str] = str,
    started: Callable[[int], None] = lambda _port: None,
    queue_options: QueueOptions | None = None,
) -> None:  # fmt: skip
    """Take deliveries, and with `work` work them too, until `stop`; requests and jobs then end gracefully."""
    secrets = Secrets(settings.webhook_secrets())
    async with services(settings, redact=redact, on_lost=stop.lose, queue_options=queue_options) as built:
        facts = await check_identity(built)
        await built.queue.start(handlers(built), work=work)
        await schedule(built)
        watching = Watching(built.repositories)
        levels = QueueLevels()
        await watching.look()
        looking = asyncio.create_task(_look(watching, levels, built))
        metrics = measures(built, levels)
        checking = Readiness(built.queue, looking)
        web = Web(
            inbox=built.queue,
            secrets=secrets,
            watched=watching.paths,
            ready=checking,
            metrics=metrics,
            pages=pages(built, checking, metrics, facts),
        )
        try:
            async with serving(make_web(web), settings.host, settings.port) as port, _metrics(settings, metrics):
                log.info("listening", host=settings.host, port=port, worker=work, mode=settings.pubflow_mode.value)
                started(port)
                await stop.event.wait()
                log.info("stopping: requests and jobs that run get a moment to end")
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def work(settings: Settings, stop: Stop, *, redact: Callable[[str], str] = str) -> None:
    """Work jobs, without a web server, until `stop`."""
    async with services(settings, redact=redact, on_lost=stop.lose) as built:
        await check_identity(built)
        await built.queue.start(handlers(built), work=True)
        await schedule(built)
        async with _metrics(settings, measures(built)):
            log.info("working", mode=settings.pubflow_mode.value)
            await stop.event.wait()
            log.info("stopping: jobs that run get a moment to end")


def measures(built: Services, *levels: Collector) -> Metrics:
    """All that Prometheus may ask of this process."""
    metrics = Metrics()
    for collector in (*levels, Work(built.tally, built.github.traffic)):
        metrics.registry.register(collector)
    return metrics


async def schedule(built: Services) -> None:
    """What is done at its time, by whichever worker comes first; some of it now as well."""
    for name, (cron, job) in SCHEDULE.items():
        await built.queue.every(name, cron, job)
    await built.queue.submit([redeliver_job()])


async def check_identity(built: Services) -> AppFacts | None:
    """Who we are; None if GitHub does not answer, which is no reason to stop.

    Raises ConfigurationError for a wrong key, id or clock.
    """
    try:
        facts = await built.github.app()
    except Unavailable as error:
        log.warning("GitHub does not answer; going on, jobs will be tried again", reason=str(error))
        return None
    log.info("signed in", app=facts.slug, owner=facts.owner)
    return facts


def pages(
    built: Services, checking: Callable[[], Awaitable[Ready]], metrics: Metrics, facts: AppFacts | None
) -> list[aiohttp.web.RouteDef]:
    """The dashboard; nobody can sign in to it where the App's client secret is not known."""
    settings, oauth = built.settings, None
    secret = settings.client_secret.get_secret_value() if settings.client_secret is not None else ""
    if settings.client_id is not None and secret:
        oauth = built.github.oauth(settings.github_web_url, settings.client_id, Token(secret))
    sessions = settings.session_secret.get_secret_value() if settings.session_secret is not None else secret
    install_url = f"{settings.github_web_url}/apps/{facts.slug}/installations/new" if facts is not None else None
    parts = dashboard.Parts(
        settings=settings,
        session_secret=sessions,
        oauth=oauth,
        person=built.github.person,
        overview=Overview(built.reports.engine),
        pauses=built.pauses,
        rollouts=Rollouts(built.reports.engine),
        sweeps=Sweeps(built.reports.engine),
        wishes=WishBook(built.reports.engine),
        queue=built.queue,
        ready=checking,
        install_url=install_url,
    )
    return dashboard.routes(parts, metrics if settings.metrics_port is None else None)


async def _look(watching: Watching, levels: QueueLevels, built: Services) -> None:
    while True:
        try:
            await watching.look()
            levels.depth = await built.queue.depth()
        except (StoreUnavailable, sa.exc.SQLAlchemyError) as error:
            log.warning("the database does not answer", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _metrics(settings: Settings, metrics: Metrics) -> AsyncIterator[None]:
    if settings.metrics_port is None:
        yield
        return
    async with serving(make_metrics(metrics), settings.host, settings.metrics_port):
        yield
