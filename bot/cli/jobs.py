"""`pubflow jobs`: what waits, runs or failed; one of them in full, again, or never."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsFormat, Format
from bot.errors import ConfigurationError
from bot.plain import line

if TYPE_CHECKING:
    from bot.queue import JobInfo, Queue


class Action(StrEnum):
    LIST = "list"
    SHOW = "show"
    RETRY = "retry"
    DROP = "drop"


What = Annotated[Action, typer.Argument(metavar="ACTION", help="What to do.", show_default="list")]
Id = Annotated[str | None, typer.Argument(metavar="JOB", help="Which job, by the id that `list` shows.")]
Failed = Annotated[bool, typer.Option("--failed", help="List those alone that were set aside.")]


def jobs(action: What = Action.LIST, job: Id = None, failed: Failed = False, as_format: AsFormat = Format.TEXT) -> None:
    """Show the queue, or try a job again, or drop it.

    A job that failed too often is set aside until somebody retries or drops it.
    """
    if action is not Action.LIST and job is None:
        raise ConfigurationError(f"which job? `pubflow jobs {action} JOB`; `pubflow jobs` lists them")
    asyncio.run(_act(action, job or "", failed, as_format))


async def _act(action: Action, job: str, failed: bool, as_format: Format) -> None:
    from bot.jobs import KINDS
    from bot.queue import JobState, Queue
    from bot.settings import Settings
    from bot.store import make_engine

    settings = Settings.load()
    engine = make_engine(settings.database)
    queue = Queue(engine, settings.pubflow_home, kinds=KINDS)
    try:
        await queue.open()
        match action:
            case Action.LIST:
                _list(await queue.jobs(JobState.FAILED if failed else None), as_format, failed=failed)
            case Action.SHOW:
                _show(await _find(queue, job), as_format)
            case Action.RETRY:
                _require(await queue.retry(job), job, "tried again: it is not set aside or delayed")
                sys.stdout.write(f"{line(job)} will be tried again.\n")
            case Action.DROP:
                _require(await queue.drop(job), job, "dropped: it runs already, or is over")
                sys.stdout.write(f"{line(job)} is dropped.\n")
    finally:
        await queue.stop()
        engine.dispose()


async def _find(queue: Queue, job: str) -> JobInfo:
    found = next((info for info in await queue.jobs(limit=sys.maxsize) if info.id == job), None)
    if found is None:
        raise ConfigurationError(f"there is no job {job} that waits, runs or failed; `pubflow jobs` lists them")
    return found


def _require(done: bool, job: str, otherwise: str) -> None:
    if not done:
        raise ConfigurationError(f"{job} cannot be {otherwise}; `pubflow jobs` lists what there is")


def _list(found: Sequence[JobInfo], as_format: Format, *, failed: bool) -> None:
    if as_format is Format.JSON:
        sys.stdout.write(json.dumps([asdict(info) for info in found], indent=2) + "\n")
        return
    if not found:
        sys.stdout.write("No job is set aside.\n" if failed else "No job waits, runs or failed.\n")
    for info in found:
        state = info.state if info.due_at is None else f"{info.state} until {_time(info.due_at)}"
        reason = f"  {line(info.error)}" if info.error else ""
        sys.stdout.write(f"{line(info.id)}  {state}  {info.kind} {line(info.about or info.key)}{reason}\n")


def _show(info: JobInfo, as_format: Format) -> None:
    if as_format is Format.JSON:
        sys.stdout.write(json.dumps(asdict(info), indent=2) + "\n")
        return
    values = {
        "id": info.id,
        "kind": info.kind,
        "key": info.key,
        "about": info.about or "-",
        "installation": info.installation,
        "state": info.state,
        "failed attempts": info.tries,
        "reason": info.error or "-",
        "since": _time(info.created_at),
        "not before": "-" if info.due_at is None else _time(info.due_at),
    }
    width = max(map(len, values))
    for name, value in values.items():
        sys.stdout.write(f"{name:{width}}  {line(str(value))}\n")


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
