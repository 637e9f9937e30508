"""What can be found out on this machine: settings, the database and its queue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from bot import hindrance, opening
from bot.doctor.check import Check
from bot.errors import ConfigurationError, PubflowError
from bot.queue import Depth, Queue
from bot.settings import Mode, Settings
from bot.store import in_thread
from bot.store.repositories import Repositories

_OLD_SECONDS: Final = 900.0
_SHORT_SECRET: Final = 16
_SHOWN: Final = 5


def of_settings(settings: Settings) -> Iterator[Check]:
    yield _secret(settings)
    yield _mode(settings)
    yield _signing_in(settings)


def _secret(settings: Settings) -> Check:
    try:
        secrets = settings.webhook_secrets()
    except ConfigurationError as error:
        return Check(name="webhook secret", found="none", remedy=str(error))
    if len(secrets[0]) < _SHORT_SECRET:
        remedy = "set a long random one here and in the App's settings; WEBHOOK_SECRET_PREVIOUS bridges the change"
        return Check(name="webhook secret", found=f"shorter than {_SHORT_SECRET} characters", remedy=remedy)
    found = "set" if len(secrets) == 1 else "set, and the previous one is still accepted"
    return Check(name="webhook secret", found=found)


def _mode(settings: Settings) -> Check:
    if settings.pubflow_mode is Mode.OBSERVE:
        remedy = "set PUBFLOW_MODE=write when pull requests may be opened"
        return Check(name="mode", found="this site only observes", remedy=remedy)
    return Check(name="mode", found="pull requests are opened")


def _signing_in(settings: Settings) -> Check:
    """Signing in may be switched off on purpose; half of it is a mistake."""
    name = "dashboard"
    if settings.client_secret is None:
        return Check(name=name, found="nobody can sign in, as CLIENT_SECRET is not set")
    if settings.client_id is None:
        return Check(name=name, found="CLIENT_SECRET without CLIENT_ID", remedy="set CLIENT_ID beside it")
    if settings.public_url is None:
        return Check(
            name=name,
            found="people can sign in on this very machine alone, as PUBLIC_URL is not set",
            remedy="set PUBLIC_URL to the address under which people reach this server, such as https://host",
        )
    if urlsplit(settings.public_url).path:
        remedy = "give the server a host name of its own, and set PUBLIC_URL to that"
        return Check(name=name, found="PUBLIC_URL has a path, where no page is", remedy=remedy)
    operators = "" if settings.operators else "; nobody sees its queue, as OPERATORS is not set"
    return Check(name=name, found=f"people sign in at {settings.public_url}{operators}")


async def of_database(settings: Settings) -> AsyncIterator[Check]:
    remedy = "see DATABASE_URL and PUBFLOW_HOME"
    try:
        async with opening.storage(settings) as engine:
            queue = Queue(engine, settings.pubflow_home)
            await queue.open()
            depth = await queue.depth()
            await queue.stop()
            hindered = await in_thread(Repositories(engine).hindered)
    except PubflowError as error:
        yield Check(name="database", found=str(error), remedy=remedy)
        return
    yield _queue(depth)
    for reason, names in hindered.items():
        yield _hindered(reason, names)


def _hindered(reason: str, names: Sequence[str]) -> Check:
    """What the last scans met; gone from here with the first scan that does not meet it."""
    listed = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    remedy = "an owner of the account must accept it; pubflow is told of that, and goes on by itself"
    if reason.startswith(hindrance.RULE):
        remedy = "in the repository's rulesets, let pubflow create, update and delete branches below `pubflow/`"
    return Check(name="writing", found=f"{reason} ({listed})", remedy=remedy)


def _queue(depth: Depth) -> Check:
    """A database that could be asked is well, so that what it says is all there is to say."""
    said = f"{depth.waiting.count} jobs wait, {depth.running.count} run, {depth.failed.count} failed"
    if depth.waiting.count:
        said += f"; the oldest waits for {depth.waiting.oldest:.0f} s"
    if depth.failed.count:
        return Check(name="queue", found=said, remedy="`pubflow jobs` shows what failed and why")
    if depth.waiting.oldest > _OLD_SECONDS and not depth.running.count:
        return Check(
            name="queue", found=said, remedy="is a `pubflow serve` or `pubflow worker` running on this database?"
        )
    return Check(name="queue", found=said)
