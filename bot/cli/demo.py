"""`pubflow demo`: the whole product on one machine, without an account."""

from __future__ import annotations

import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsFormat, Format, Quiet, Verbose

if TYPE_CHECKING:
    from collections.abc import Callable


def demo(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where the bot listens; 0 for any.")] = 0,
    once: Annotated[bool, typer.Option("--once", help="Exit when all jobs are done.")] = False,
    as_format: AsFormat = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Show the bot at work, on this machine and without an account.

    It runs against a GitHub on localhost and shows every pull request that it opens. An organisation of sample
    repositories, signed webhooks over HTTP, the real server and queue; nothing leaves this machine. With --once it
    ends with 0 only if every sample ended as it should.
    """
    from bot import logs
    from bot.cli.running import run
    from bot.settings import LogFormat, Settings

    level = "INFO" if verbose else "ERROR" if quiet else "WARNING"
    redact = logs.configure(Settings.of(log_level=level, log_format=LogFormat.TEXT))
    try:
        good = run(_demo(port, as_format, redact, once=once, quiet=quiet))
    except KeyboardInterrupt:
        raise typer.Exit(0 if not once else 130) from None
    if once and not good:
        raise typer.Exit(1)


_UNHURRIED: dict[str, object] = {"pulls_per_hour": 500, "writes_per_minute": 10_000, "writes_per_hour": 10_000}
"""The limits of github.com, and of good manners, would make a demonstration wait."""
_IN_MEMORY = "what is uploaded is kept in memory; `pip install pubflow[demo]` brings a real index for it, pypiserver"


async def _demo(port: int, as_format: Format, redact: Callable[[str], str], *, once: bool, quiet: bool) -> bool:
    from rich.console import Console

    from bot.cli.running import stop_on_signal
    from bot.demo import journey, show
    from bot.demo.pypi.shelves import is_installed, pypiserver
    from bot.demo.stage import stage

    progress = Console(stderr=True, quiet=quiet, highlight=False)

    def say(text: str) -> None:
        progress.print(f"[dim]…[/] {text}")

    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pubflow-demo-")))
        shelf = await stack.enter_async_context(pypiserver(home / "index")) if is_installed() else None
        async with stage(home, redact=redact, settings=_UNHURRIED | {"port": port}, shelf=shelf) as running:
            say(f"a GitHub on {running.github.web_url}, an index on {running.pypi.url}, the bot on {running.bot_url}")
            say(f"what is uploaded goes into a pypiserver on {shelf.url}" if shelf is not None else _IN_MEMORY)
            results = await running.play(say)
            way = await journey.travel(running, say)
            if as_format is Format.JSON:
                sys.stdout.write(show.as_json(running, results, way) + "\n")
                sys.stdout.flush()
            else:
                show.as_text(Console(), running, results, way)
            if not once:
                say("everything stays up until Ctrl-C: look around")
                await stop_on_signal().event.wait()
    return all(result.as_expected for result in results) and way.arrived and show.answered(running)
