"""Somebody said something that may hold a command: find out, show at once that it was seen, and have it answered.

Beside the repository's lane, so that a scan that runs keeps nobody waiting for the sign; what is to be done then takes
its place in the lane.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from bot import commands
from bot.errors import Forbidden, Gone, Stopped, Unwanted
from bot.events.speaking import HEAR, Source, Speech, answer_job
from bot.github import Reaction
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.model import Done, Job, Outcome

KIND = HEAR


class Arguments(msgspec.Struct, frozen=True):
    """The repository is an argument among others here: a job whose own arguments name one stands in its lane."""

    repository: Repository
    speech: Speech
    comment: int
    body: str


async def hear(job: Job, services: Services) -> Outcome:
    """Read the comment, store what is to be answered, then react."""
    args = read(job, Arguments)
    ref = args.repository.ref
    if not await services.allowed.includes(ref.owner):
        return Done(summary=f"{ref.owner} is not among the accounts that this site serves")
    lines = await think(commands.lines, args.body)
    if not lines:
        return Done(summary="no command")
    source = Source(comment=args.comment)
    await services.queue.submit([answer_job(job.installation, ref, args.speech, source, lines)])
    with suppress(Forbidden, Unwanted, Gone, Stopped):  # the answer says what there is to say
        await services.at(job.installation, ref).react(args.speech.thread, args.comment, Reaction.EYES)
    return Done(summary=f"{len(lines)} commands to be answered")
