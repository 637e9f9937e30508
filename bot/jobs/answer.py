"""A comment's commands carried out, in the repository's lane, and answered in one comment.

Who may give a command is asked at this moment. What has ended is written down before the next begins, so that a job
that was killed goes on where it was; every command for itself does nothing twice.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import msgspec
from msgspec import structs

from bot import commands
from bot.commands import BadCommand, Call, Deed, View, environment
from bot.environments import Environment
from bot.errors import Forbidden, Gone, Stopped
from bot.events.payload import scan_job
from bot.events.speaking import ANSWER, Source, Speech
from bot.github import Desk, Reaction
from bot.jobs import scan
from bot.jobs.arguments import Repository, read
from bot.jobs.pace import PAUSED_SECONDS
from bot.jobs.services import Services
from bot.jobs.unticking import is_ours, untick
from bot.messages import replies
from bot.model import Done, InstallationId, Job, Later, Outcome, RepoRef, Role
from bot.settings import Mode
from bot.store import in_thread

KIND = ANSWER


class Arguments(Repository, frozen=True, kw_only=True):
    """`lines`: each command as it was given, without `/pubflow`."""

    speech: Speech
    source: Source
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """What came of one command, in Markdown; `silent`: a checkbox needs no word for it."""

    text: str
    good: bool = True
    silent: bool = True


async def answer(job: Job, services: Services) -> Outcome:
    """Carry out what was asked for, and say what came of it. Raises GitHubError; who set the job aside says so."""
    args = read(job, Arguments)
    if not await services.allowed.includes(args.ref.owner):
        return Done(summary=f"{args.ref.owner} is not among the accounts that this site serves")
    if services.settings.pubflow_mode is Mode.OBSERVE:
        return Done(summary="this site only observes: nothing is answered")
    try:
        await services.may_write(args.ref)
        return await _Answer(job.installation, args, services).give()
    except Stopped as stopped:
        return Later(seconds=PAUSED_SECONDS, reason=str(stopped))


@dataclass(slots=True)
class _Answer:
    installation: InstallationId
    args: Arguments
    services: Services
    view: View | None = None
    """What was read; None: not yet, or no longer true."""
    ends: list[str] = field(default_factory=list)
    said: bool = False
    """A comment stands that says that we work on it."""

    @property
    def ref(self) -> RepoRef:
        return self.args.ref

    @property
    def desk(self) -> Desk:
        return self.services.at(self.installation, self.ref)

    @property
    def by_hand(self) -> bool:
        """Claims that somebody wrote it: a tick that is carried out shows by itself."""
        return self.args.source.ticked is None

    async def give(self) -> Outcome:
        name, spoken = self.args.source.name, self.services.spoken
        if not await is_ours(self.desk, self.args.speech, self.args.source):
            return Done(summary="the boxes are in somebody else's comment")
        self.ends = list(await in_thread(spoken.answered, self.ref.id, name))
        role = await self.desk.role(self.args.speech.login)
        loud, done = self.by_hand, True
        for line in self.args.lines[len(self.ends) :]:
            end = await self._one(line, role)
            loud = loud or not (end.good and end.silent)
            done = done and end.good
            if not end.good and self.by_hand and self.args.source.comment is not None:
                await self._confused(self.args.source.comment)
            self.ends.append(end.text)
            await in_thread(spoken.answer, self.ref.id, name, self.ends, self.services.clock())
        try:
            if loud:
                await self._reply(list(zip(self.args.lines, self.ends, strict=True)))
        except Forbidden as refused:
            return Done(summary=f"carried out, but it cannot be answered: {refused}")
        await untick(self.desk, self.args.speech, self.args.source, done=done)
        return Done(summary=f"{len(self.ends)} commands answered in #{self.args.speech.number}")

    async def _one(self, line: str, role: Role) -> _End:
        match commands.understand(line):
            case BadCommand(word=word, nearest=nearest):
                return _End(replies.unknown(word, nearest), good=False)
            case Call() as call:
                return await self._call(call, role)

    async def _call(self, call: Call, role: Role) -> _End:
        view = await self._look()
        config = view.decision.settings.config
        needs = (config.commands if config else {}).get(call.command.name, call.command.needs)
        speech = self.args.speech
        author = speech.pull and speech.author is not None and speech.author.lower() == speech.login.lower()
        if not commands.may(call.command, needs, role, author=author):
            return _End(replies.not_allowed(call.command.name, needs), good=False)
        if call.command.protects:
            view = replace(view, environments=await self._environments(view))
        return await self._do(await self._decided(call, view))

    async def _decided(self, call: Call, view: View) -> Deed:
        """What was decided stays so for whoever goes on after a death: half done, it would look like nothing to do."""
        spoken, name, number = self.services.spoken, self.args.source.name, len(self.ends)
        begun = await in_thread(spoken.begun, self.ref.id, name, number)
        if begun is not None:
            return msgspec.json.decode(begun, type=Deed)
        deed = call.command.act(call.argument, view)
        if deed.add or deed.drop or deed.close:
            said = msgspec.json.encode(deed).decode()
            await in_thread(spoken.begin, self.ref.id, name, number, said, self.services.clock())
        return deed

    async def _environments(self, view: View) -> tuple[Environment, ...] | None:
        """Those that are, or would be, published from; None where we may not look, or the plan has none."""
        names = frozenset(name.lower() for name in environment.named(view))
        if not names:
            return ()
        try:
            return await self.services.github.lens(self.installation, view.snapshot.repo.ref).environments(names)
        except (Forbidden, Gone):
            return None

    async def _do(self, deed: Deed) -> _End:
        services = self.services
        if deed.add or deed.drop:
            wishes = [structs.replace(one, login=self.args.speech.login) for one in deed.add]
            await in_thread(services.wishes.change, self.ref.id, services.clock(), add=wishes, drop=deed.drop)
        if deed.close or deed.scan:
            self.view = None
            await self._working()
        for number in deed.close:
            await self.desk.close_pull(number)
        if not deed.scan:
            return _End(deed.says, good=deed.good)
        scanned = await self._scan(deed)
        return replace(scanned, text="\n\n".join(part for part in (deed.says, scanned.text) if part))

    async def _scan(self, deed: Deed) -> _End:
        told = self.args.speech.number if self.by_hand else None
        asked = scan.Asked(remade=deed.remade, told=told, confirmed=deed.confirmed)
        worked = await scan.work(self.installation, self.ref, self.services, asked)
        if isinstance(worked.outcome, Later):
            await self.services.queue.submit([scan_job(self.installation, self.ref)])
            return _End(replies.waiting(worked.outcome.reason), silent=False)
        summaries = [end.summary for end in worked.ends] or [worked.outcome.summary]
        ours = [end.number for end in worked.ends if end.number is not None]
        return _End(replies.outcome(summaries, ours), good=all(end.good for end in worked.ends))

    async def _look(self) -> View:
        if self.view is None:
            snapshot, decision = await scan.examine(self.installation, self.ref, self.services)
            seen = await in_thread(self.services.repositories.get, self.ref.id)
            self.view = View(
                outcome=seen.outcome if seen is not None else None,
                snapshot=snapshot,
                decision=decision,
                wishes=await in_thread(self.services.wishes.of, self.ref.id),
                number=self.args.speech.number,
                places=self.services.places,
            )
        return self.view

    async def _working(self) -> None:
        """Say that it takes a moment; the answer takes the place of this."""
        if not self.said and not self.ends and self.by_hand:
            self.said = True
            with suppress(Forbidden):  # carried out all the same
                await self._reply([("", replies.WORKING)])

    async def _reply(self, ends: list[tuple[str, str]]) -> None:
        marker = self.args.source.marker
        await self.desk.comment(self.args.speech.thread, marker, replies.reply(ends, marker))

    async def _confused(self, comment: int) -> None:
        with suppress(Forbidden):
            await self.desk.react(self.args.speech.thread, comment, Reaction.CONFUSED)
