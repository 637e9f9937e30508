"""What is wrong with this installation: one check a line, each with a sentence and a remedy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import aiohttp

from bot import app, features
from bot.errors import ConfigurationError, GitHubError, PubflowError
from bot.github import AppFacts, GitHub, Installation
from bot.queue import Queue
from bot.settings import Mode, Settings

_OLD_SECONDS: Final = 900.0
_SHORT_SECRET: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, what was found, and what to do about it; no remedy means that it is well."""

    name: str
    found: str
    remedy: str | None = None

    @property
    def well(self) -> bool:
        return self.remedy is None


async def examine(settings: Settings) -> AsyncIterator[Check]:
    """Every check, in the order in which a person would mend what they find."""
    yield _secret(settings)
    yield _mode(settings)
    yield await _database(settings)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        try:
            github = app.speak(session, settings, app.credentials(settings))
            facts = await github.app()
        except (ConfigurationError, GitHubError) as error:
            yield Check(name="App", found=str(error), remedy="mend that first; what hangs on it was not checked")
            return
        yield Check(name="App", found=f"signed in as {facts.slug}, owned by {facts.owner}")
        yield _permissions(facts)
        yield _events(facts)
        async for check in _installations(github, settings, facts):
            yield check


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


async def _database(settings: Settings) -> Check:
    remedy = "see DATABASE_URL and PUBFLOW_HOME"
    try:
        async with app.storage(settings) as engine:
            queue = Queue(engine, settings.pubflow_home)
            await queue.open()
            depth = await queue.depth()
            await queue.stop()
    except PubflowError as error:
        return Check(name="database", found=str(error), remedy=remedy)
    said = f"{depth.waiting.count} jobs wait, {depth.running.count} run, {depth.failed.count} failed"
    if depth.failed.count:
        return Check(name="queue", found=said, remedy="`pubflow jobs` shows what failed and why")
    if depth.waiting.oldest > _OLD_SECONDS and not depth.running.count:
        remedy = "is a `pubflow serve` or `pubflow worker` running on this database?"
        return Check(name="queue", found=f"{said}; the oldest since {depth.waiting.oldest:.0f} s", remedy=remedy)
    return Check(name="queue", found=said)


def _permissions(facts: AppFacts) -> Check:
    lost = features.missing(facts.permissions)
    if not lost:
        return Check(name="permissions", found="everything that is needed")
    needed = ", ".join(f"{name}: {level}" for name, level in features.permissions().items())
    found = "; ".join(f"cannot {feature.name} ({feature.lost})" for feature in lost)
    return Check(name="permissions", found=found, remedy=f"in the App's settings grant {needed}")


def _events(facts: AppFacts) -> Check:
    missing = sorted(set(features.events()) - set(facts.events))
    if not missing:
        return Check(name="events", found="subscribed to everything that is needed")
    found = f"not subscribed to {', '.join(missing)}"
    return Check(name="events", found=found, remedy="subscribe to them in the App's settings")


async def _installations(github: GitHub, settings: Settings, facts: AppFacts) -> AsyncIterator[Check]:
    count = 0
    try:
        async for installation in github.installations():
            count += 1
            yield _installation(installation, settings, facts)
    except GitHubError as error:
        yield Check(name="installations", found=str(error), remedy="try again in a moment")
    if count == 0:
        remedy = f"install it: {settings.github_web_url}/apps/{facts.slug}/installations/new"
        yield Check(name="installations", found="the App is installed nowhere", remedy=remedy)


def _installation(installation: Installation, settings: Settings, facts: AppFacts) -> Check:
    name = f"installation on {installation.account}"
    if installation.suspended:
        return Check(name=name, found="suspended", remedy="an owner of the account can lift that in its settings")
    allowed = settings.allowed_accounts if settings.allowed_accounts is not None else {facts.owner.lower()}
    if "*" not in allowed and installation.account.lower() not in allowed:
        remedy = f"add {installation.account} to ALLOWED_ACCOUNTS if it should be served"
        return Check(name=name, found="ignored, as it is not among ALLOWED_ACCOUNTS", remedy=remedy)
    lost = features.missing(installation.permissions)
    if lost:
        found = "; ".join(f"cannot {feature.name} ({feature.lost})" for feature in lost)
        remedy = "an owner of the account must accept the App's new permissions: Settings, GitHub Apps, Review request"
        return Check(name=name, found=found, remedy=remedy)
    return Check(name=name, found="chosen repositories" if installation.selected else "all repositories")
