"""What was asked for came to no end of its own: say so, in the place of the answer."""

from __future__ import annotations

from typing import Final

import msgspec

from bot import commands
from bot.errors import Forbidden, Stopped, Unavailable, Unwanted, WaitUntil
from bot.events.speaking import Source, Speech
from bot.jobs import answer, hear
from bot.jobs.arguments import Repository, read
from bot.jobs.pace import PAUSED_SECONDS
from bot.jobs.services import Services
from bot.messages import prose, replies
from bot.model import Done, Job, JsonValue, Later, Outcome
from bot.store import in_thread

KIND = "conclude"

_AGAIN_SECONDS: Final = 600.0
_TOLD: Final = ("Forbidden: ", "Unwanted: ", "Conflict: ", "WaitUntil: ")
"""Errors whose words are made for people and hold nothing that is not GitHub's."""


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """`why`: the end of the job as the queue keeps it."""

    repository: Repository
    speech: Speech
    source: Source
    lines: tuple[str, ...]
    why: str


def aftermath(job: Job, why: str) -> Job | None:
    """What follows when a job is set aside or dropped: whoever waits for an answer gets one."""
    try:
        told = _told(job)
    except msgspec.ValidationError:  # of another version
        return None
    if told is None:
        return None
    repository, speech, source, lines = told
    args: dict[str, JsonValue] = msgspec.to_builtins(
        Arguments(repository=repository, speech=speech, source=source, lines=lines, why=why)
    )
    # In the repository's lane: two that speak in one place at once would both find that nothing stands there yet.
    args["repo_id"] = repository.repo_id
    return Job(kind=KIND, key=f"{job.kind}:{job.key}", installation=job.installation, args=args, once=True)


def _told(job: Job) -> tuple[Repository, Speech, Source, tuple[str, ...]] | None:
    if job.kind == answer.KIND:
        asked = read(job, answer.Arguments)
        return _named(asked), asked.speech, asked.source, asked.lines
    if job.kind == hear.KIND:
        heard = read(job, hear.Arguments)
        return heard.repository, heard.speech, Source(comment=heard.comment), commands.lines(heard.body)
    return None


def _named(asked: answer.Arguments) -> Repository:
    return Repository(repo_id=asked.repo_id, node_id=asked.node_id, owner=asked.owner, name=asked.name)


async def conclude(job: Job, services: Services) -> Outcome:
    """Keep what had been answered, and give the rest its end; again and again while GitHub does not answer."""
    args = read(job, Arguments)
    ref = args.repository.ref
    if not args.lines or not await services.allowed.includes(ref.owner):
        return Done(summary="nobody waits for an answer")
    ends = list(await in_thread(services.spoken.answered, ref.id, args.source.name))
    ends += [replies.failed(in_words(args.why))] * (len(args.lines) - len(ends))
    marker = args.source.marker
    try:
        text = replies.reply(list(zip(args.lines, ends, strict=True)), marker)
        await services.at(job.installation, ref).comment(args.speech.thread, marker, text)
    except (Forbidden, Unwanted) as refused:
        return Done(summary=f"it cannot be answered: {refused}")
    except Stopped as stopped:
        return Later(seconds=PAUSED_SECONDS, reason=str(stopped))
    except (Unavailable, WaitUntil) as error:
        return Later(seconds=_AGAIN_SECONDS, reason=str(error))
    return Done(summary=f"said in #{args.speech.number} that it failed")


def in_words(why: str) -> str:
    """The reason for people; of an error of our own nothing is told but where its operator finds it."""
    if why.startswith("Unavailable"):
        return "GitHub did not answer for a long time"
    if "worker died" in why:
        return "the process that worked on it died again and again"
    if why.startswith("an operator"):
        return "the operator of pubflow dropped it"
    told = next((why.removeprefix(start) for start in _TOLD if why.startswith(start)), None)
    if told is not None:
        return prose(told.rstrip("."))
    return "something in pubflow itself went wrong; its operator finds it with `pubflow jobs --failed`"
