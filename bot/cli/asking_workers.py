"""A job for the workers, from a command that does not work itself."""

from __future__ import annotations

from bot.model import Job


async def submit(job: Job) -> None:
    """Put a job into the site's queue. Raises ConfigurationError, StoreUnavailable."""
    from bot.queue import Queue
    from bot.settings import Settings
    from bot.store import make_engine

    settings = Settings.load()
    engine = make_engine(settings.database)
    queue = Queue(engine, settings.pubflow_home)
    try:
        await queue.open()
        await queue.submit([job])
    finally:
        await queue.stop()
        engine.dispose()
