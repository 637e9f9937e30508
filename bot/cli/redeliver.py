"""`pubflow redeliver`: what the workers do every quarter of an hour, now."""

from __future__ import annotations

import asyncio
import sys


def redeliver() -> None:
    """Ask GitHub for deliveries that failed; it keeps them for three days and sends none again by itself.

    The workers do it, as they do on every start and four times an hour: this asks them to.
    """
    asyncio.run(_ask())


async def _ask() -> None:
    from bot.cli.asking_workers import submit
    from bot.jobs.redeliver import redeliver_job

    await submit(redeliver_job())
    sys.stdout.write("Failed deliveries will be asked for; `pubflow jobs` shows it. It needs a worker that runs.\n")
