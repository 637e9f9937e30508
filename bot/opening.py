"""What every process opens first: who we are to GitHub, the way to it, and the database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import sqlalchemy as sa

from bot import interest
from bot.errors import ConfigurationError, StoreUnavailable
from bot.github import AppCredentials, GitHub, Options, Token, read_private_key
from bot.jobs.budget import SharedBudget
from bot.settings import Settings
from bot.store import in_thread, make_engine, migrate, reason
from bot.store.budgets import Budgets


def credentials(settings: Settings) -> AppCredentials:
    """The App's own. Raises ConfigurationError with what is missing or wrong."""
    identity = settings.app_id or settings.client_id
    if identity is None:
        raise ConfigurationError("no App: set APP_ID (or CLIENT_ID) to the one that GitHub shows in the App's settings")
    return AppCredentials(app_id=identity, key=read_private_key(settings.private_key_text()))


def any_credentials(settings: Settings) -> AppCredentials | Token:
    """The App's, or GITHUB_TOKEN where there is no App. Raises ConfigurationError when there is neither."""
    if settings.app_id is None and settings.client_id is None and settings.github_token is not None:
        return Token(settings.github_token.get_secret_value())
    return credentials(settings)


def speak(
    session: aiohttp.ClientSession,
    settings: Settings,
    identity: AppCredentials | Token,
    *,
    clock: Callable[[], float] = time.time,
    engine: sa.Engine | None = None,
) -> GitHub:
    """GitHub as these settings reach it, for the whole process; with an `engine` its limits are shared with others."""
    windows = ((60.0, settings.writes_per_minute), (3600.0, settings.writes_per_hour))
    return GitHub(
        session,
        identity,
        interest=interest,
        api_url=settings.github_api_url,
        clock=clock,
        options=Options(oidc=settings.oidc, writes=windows),
        budget=None if engine is None else SharedBudget(Budgets(engine, windows)),
    )


def make_home(settings: Settings) -> None:
    """Make PUBFLOW_HOME, for its owner alone. Raises ConfigurationError when that cannot be done."""
    try:
        settings.pubflow_home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"PUBFLOW_HOME: {settings.pubflow_home} cannot be made ({type(error).__name__}); name a writable folder"
        ) from error


def open_database(settings: Settings) -> sa.Engine:
    """An engine for the site's database, which is opened when it is first needed. Raises ConfigurationError."""
    make_home(settings)
    return make_engine(settings.database)


@asynccontextmanager
async def storage(settings: Settings) -> AsyncIterator[sa.Engine]:
    """The database, its tables up to date. Raises StoreUnavailable when it does not answer."""
    engine = open_database(settings)
    try:
        try:
            await in_thread(migrate, engine)
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailable(
                f"the database cannot be prepared ({reason(error)}); see DATABASE_URL and PUBFLOW_HOME"
            ) from error
        yield engine
    finally:
        await in_thread(engine.dispose)
