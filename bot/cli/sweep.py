"""`pubflow sweep`: what the workers do every night, now."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

Full = Annotated[
    bool, typer.Option("--full", help="Look at every repository, not only at those that were pushed to lately.")
]


def sweep(full: Full = False) -> None:
    """Look for what changed in all repositories, in a few requests.

    The workers do it, as they do every night: this asks them to. `pubflow jobs` shows how far they are.
    """
    asyncio.run(_ask(full=full))


async def _ask(*, full: bool) -> None:
    from bot.cli.asking_workers import submit
    from bot.jobs.sweep_all import all_job

    await submit(all_job(full=full))
    sys.stdout.write("A sweep is queued; `pubflow jobs` shows how far it is. It needs a worker that runs.\n")
