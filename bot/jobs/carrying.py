"""What the lifecycle decided, carried out: one function an action, each done again without harm after a crash.

It decides nothing; what is said to people comes from `bot.messages`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from msgspec import structs

from bot import messages
from bot.config import Config
from bot.errors import Conflict, Forbidden, Stopped, Unwanted, WaitUntil
from bot.github import Desk
from bot.jobs import dressing, pace
from bot.jobs.services import Services
from bot.lifecycle import Action, Look, Verdict, why_over
from bot.messages import remarks
from bot.model import InstallationId, Later, OwnPull, Plan, PullRequest, RepoRef, Thread
from bot.settings import Mode
from bot.store import in_thread
from bot.wishes import Wish

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What came of one branch: a clause for people, without a full stop."""

    summary: str
    number: int | None = None
    good: bool = True
    """False: something stood in the way that a person must remove."""


@dataclass(frozen=True, slots=True)
class Task:
    """One verdict, to be carried out."""

    installation: InstallationId
    verdict: Verdict
    services: Services
    told: int | None = None
    """The pull request where somebody who asked is told what came of it: nothing is said there twice."""
    asked: bool = False
    """By a person, just now."""

    @property
    def look(self) -> Look:
        return self.verdict.look

    @property
    def ref(self) -> RepoRef:
        return self.look.snapshot.repo.ref

    @property
    def plan(self) -> Plan:
        plan = self.look.plan
        assert plan is not None, "the row that was chosen holds only with a plan"
        return plan

    @property
    def pull(self) -> OwnPull:
        pull = self.look.open
        assert pull is not None, "the row that was chosen holds only with an open pull request"
        return pull


async def carry_out(
    installation: InstallationId,
    verdicts: Sequence[Verdict],
    services: Services,
    *,
    told: int | None = None,
    asked: bool = False,
) -> tuple[End, ...] | Later:
    """What came of each branch of which there is something to say; Later when one must wait, the others done.

    Raises GitHubError.
    """
    ends: list[End] = []
    later: Later | None = None
    for verdict in verdicts:
        end = await _carry(Task(installation, verdict, services, told, asked))
        if isinstance(end, Later):
            later = later or end
        elif end is not None:
            ends.append(end)
    return later or tuple(ends)


async def _carry(task: Task) -> End | Later | None:
    action = task.verdict.row.action
    task.services.tally.rows[task.verdict.row.name] += 1
    if action is not Action.LEAVE and task.services.settings.pubflow_mode is Mode.OBSERVE:
        return End(summary=_would(task))
    plan = task.look.plan
    if action is not Action.LEAVE and plan is not None and not plan.body:
        return Later(seconds=pace.PAUSED_SECONDS, reason="it was decided for a glance alone, and is decided again")
    try:
        return await _ACTIONS[action](task)
    except Stopped as stopped:
        return Later(seconds=pace.PAUSED_SECONDS, reason=str(stopped))
    except WaitUntil as wait:
        return Later(seconds=wait.seconds, reason=str(wait))


def _would(task: Task) -> str:
    if task.verdict.row.action in {Action.OPEN, Action.UPDATE}:
        return f"would open “{task.plan.title}” (this site only observes)"
    return f"would {task.verdict.row.action} (this site only observes)"


# ---------------------------------------------------------------- pull requests of ours


async def _leave(task: Task) -> End | None:
    look, said = task.look, remarks.LEFT.get(task.verdict.row.name)
    if look.open is not None and look.plan is not None:
        await _note_opened(task, look.open.number)
        await _dress(task, look.open.number)
    if said is None:
        return None
    pull = look.open or look.answer
    number = pull.number if pull is not None else None
    return End(summary=said.format(number=number, branch=look.branch), number=number)


async def _open(task: Task) -> End | Later:
    config = task.look.decision.settings.config or Config()
    if not task.asked and (later := pace.closed_for(config, task.services.clock())) is not None:
        return later
    turn = await pace.reserve(task.ref, task.plan, config, task.services)
    return turn if turn is not None else await _write(task)


async def _update(task: Task) -> End:
    end = await _write(task)
    if end.good and task.look.to_be_ready:
        await _desk_ready(task)
    if end.good:
        await _say_resumed(task)
    return end


async def _write(task: Task) -> End:
    async def permit() -> None:
        await task.services.may_write(task.ref)

    try:
        pull = await task.services.github.propose(
            task.installation,
            task.look.snapshot,
            await _plan(task),
            permit=permit,
            given=task.look.given,
            anew=task.look.anew,
        )
    except (Conflict, Forbidden) as refused:
        await _give_back(task)
        await _say_obstacle(task, refused)
        return End(summary=f"nothing proposed: {refused}", good=False)
    task.services.tally.opened[task.plan.branch] += pull.created
    await _note_opened(task, pull.number)
    await _dress(task, pull.number, pull.labels)
    return End(summary=_said(pull, task.plan), number=pull.number)


async def _plan(task: Task) -> Plan:
    """With those labels alone that the pull request was not given yet; a new one gets all."""
    if task.look.open is None:
        return task.plan
    found = await dressing.lacking(task.look, task.look.open.number, task.services)
    return structs.replace(task.plan, labels=found.new_labels)


async def _dress(task: Task, number: int, labelled: Sequence[str] = ()) -> None:
    await dressing.dress(task.installation, task.look, number, task.services, labelled=labelled)


def _said(pull: PullRequest, plan: Plan) -> str:
    return f"#{pull.number} {'opened' if pull.created else 'brought up to date'}: {plan.title}"


async def _reword(task: Task) -> End:
    plan, pull = task.plan, task.pull
    await _desk(task).update_pull(pull.number, title=plan.title, body=plan.body)
    await _note_opened(task, pull.number)
    await _dress(task, pull.number)
    return End(summary=f"#{pull.number} stands already; its text was brought up to date", number=pull.number)


async def _ready(task: Task) -> End:
    if not messages.same_text(task.plan.body, task.pull.body):
        await _reword(task)
    await _desk_ready(task)
    return End(summary=f"#{task.pull.number} is ready for review", number=task.pull.number)


async def _desk_ready(task: Task) -> None:
    with suppress(Forbidden):  # it can still be pressed by hand, and the body says so
        await _desk(task).set_draft(task.pull.number, draft=False)


async def _close(task: Task) -> End:
    """Say why, close, delete the branch; who finds it closed with the branch still there goes on with that."""
    pull, reason = task.pull, why_over(task.look.decision, task.look.wishes)
    if pull.number != task.told:
        await _remark(task, f"closed-{pull.number}", "closed", remarks.closed(reason))
    await _desk(task).close_pull(pull.number, body=messages.withdrawn(pull.body))
    ledger, now = task.services.ledger, task.services.clock()
    await in_thread(ledger.closed, task.ref.id, pull.number, False, now, withdrawn=True)
    await _delete(task)
    return End(summary=f"#{pull.number} closed: {reason}", number=pull.number)


async def _delete(task: Task) -> None:
    """Tidying up: nothing that anybody wants to be told."""
    head = task.look.snapshot.branches.get(task.look.branch)
    if head is not None:
        with suppress(Unwanted, Forbidden):  # a rule of the repository protects it: then it stays
            await _desk(task).delete_branch(task.look.branch, head)


async def _stop(task: Task) -> End:
    pull, look = task.pull, task.look
    theirs = look.snapshot.branches.get(look.branch, "")
    await _remark(task, _stopped(task, theirs), "stopped", remarks.stopped(look.branch, over=look.over))
    said = f"#{pull.number} is left alone: somebody else's commits are on its branch"
    return End(summary=said, number=pull.number, good=False)


_ACTIONS: Mapping[Action, Callable[[Task], Awaitable[End | Later | None]]] = MappingProxyType(
    {
        Action.LEAVE: _leave,
        Action.OPEN: _open,
        Action.UPDATE: _update,
        Action.REWORD: _reword,
        Action.READY: _ready,
        Action.STOP: _stop,
        Action.CLOSE: _close,
        Action.DELETE: _delete,
    }
)


# ---------------------------------------------------------------- what is said


async def _say_resumed(task: Task) -> None:
    """In the place of what was said when somebody pushed; an edit, so nobody is notified.

    Once for each commit that was given back, also where it was overwritten before a death.
    """
    spoken, repo_id = task.services.spoken, task.ref.id
    for given in task.look.wishes.of(Wish.HAND_BACK):
        stopped, resumed = _stopped(task, given.value), f"resumed-{task.pull.number}-{given.value}"
        if not await in_thread(spoken.was_said, repo_id, stopped) or await in_thread(spoken.was_said, repo_id, resumed):
            continue
        marker = messages.remark_marker("stopped")
        thread = Thread(number=task.pull.number, pull=True)
        with suppress(Forbidden, Unwanted):
            await _desk(task).comment(thread, marker, f"{remarks.resumed()}\n\n{marker}\n")
        await in_thread(spoken.said, repo_id, resumed, task.services.clock())


def _stopped(task: Task, commit: str) -> str:
    """The name of the remark that somebody pushed: one for each commit of theirs that was met."""
    return f"stopped-{task.pull.number}-{commit}"


async def _say_obstacle(task: Task, refused: Conflict | Forbidden) -> None:
    """Once, on the pull request that cannot be brought up to date; without one the dashboard and `status` say it."""
    if task.look.open is not None and isinstance(refused, Forbidden):
        what = refused.permission or "rule"
        await _remark(task, f"blocked-{task.pull.number}-{what}", "blocked", remarks.blocked(str(refused)))


async def _remark(task: Task, what: str, name: str, text: str) -> None:
    """Say `text` once on the open pull request, in our one comment of this name."""
    spoken, repo_id = task.services.spoken, task.ref.id
    if await in_thread(spoken.was_said, repo_id, what):
        return
    marker = messages.remark_marker(name)
    thread = Thread(number=task.pull.number, pull=True)
    try:
        await _desk(task).comment(thread, marker, f"{text}\n\n{marker}\n")
    except (Forbidden, Unwanted):  # a locked conversation, or no permission to speak: the outcome says it too
        return
    await in_thread(spoken.said, repo_id, what, task.services.clock())


def _desk(task: Task) -> Desk:
    return task.services.at(task.installation, task.ref)


# ---------------------------------------------------------------- the account's ledger


async def _note_opened(task: Task, number: int) -> None:
    ref, plan, services = task.ref, task.plan, task.services
    await in_thread(services.ledger.opened, ref.owner, ref.id, plan.branch, plan.digest, number, services.clock())


async def _give_back(task: Task) -> None:
    await in_thread(task.services.ledger.cancel, task.ref.id, task.plan.branch, task.plan.digest)
