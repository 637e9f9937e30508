"""One workflow, all its token uploads: each job moved in the best way that is understood, and the result proved."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field, structs

from bot.errors import Refused, Unparsable
from bot.model import Change, Publisher, Refusal
from bot.moving.asking import unasked
from bot.moving.crossing import is_publish_only
from bot.moving.draft import Draft
from bot.moving.fork import fork
from bot.moving.hindrances import hindrance
from bot.moving.identities import identities
from bot.moving.inplace import can_relaunch, move_in_place
from bot.moving.jobs import Task, task_of
from bot.moving.nouns import RULE, Migration, Moved, Unmovable, is_token_upload
from bot.moving.proof import prove
from bot.moving.question import told
from bot.moving.secrets import split_secrets
from bot.moving.separate import separated
from bot.moving.split import split
from bot.moving.suggest import suggestion
from bot.moving.surroundings import drop_workflow_variables
from bot.moving.tail import split_with_tail
from bot.moving.trial import trials_of
from bot.moving.uploads import MOVABLE
from bot.survey import Survey, resurvey
from bot.yaml import edit

MOST_UPLOADS = 20
"""Of one workflow: each is edited and proved by itself, on the text that the others left."""

_Way = Callable[[Task], Draft]


class _State(Struct, kw_only=True):
    """Grows while a workflow is moved."""

    now: Survey
    commits: bool
    suggests: bool
    moved: list[Publisher] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)


def move(found: Survey, workflow_path: str, *, commits: bool = False) -> Moved | tuple[Refusal, ...]:
    """The workflow at a path with its token uploads moved; or why each stays. Empty where there is nothing to move.

    `commits`: what is inserted is at the id of a commit, however the others are written.
    Pure; never raises on what a repository can hold.
    """
    return _move(found, workflow_path, commits=commits, suggests=True)


def _move(found: Survey, workflow_path: str, *, commits: bool, suggests: bool) -> Moved | tuple[Refusal, ...]:
    mine = [each for each in found.publishers if each.workflow == workflow_path and is_token_upload(each)]
    if not mine:
        return ()
    reason = hindrance(found, workflow_path) or _too_much(mine)
    if reason is not None:
        return tuple(_refusal(each, reason) for each in mine)
    state = _State(now=found, commits=commits, suggests=suggests)
    for job_id in dict.fromkeys(each.job for each in mine):
        _move_job(state, workflow_path, job_id, [each for each in mine if each.job == job_id])
    if not state.moved:
        return tuple(state.refusals)
    return _conclude(found, state, workflow_path)


def _too_much(mine: list[Publisher]) -> str | None:
    if len(mine) <= MOST_UPLOADS:
        return None
    return (
        f"it uploads in {len(mine)} places, more than the {MOST_UPLOADS} that pubflow moves at once; "
        "let one job upload what the others built"
    )


def can_be_tried(found: Survey, publisher: Publisher) -> bool:
    """Claims that nothing that is seen at a glance stands against moving an upload; cheap."""
    possible = publisher.method in MOVABLE and not publisher.indirect and publisher.step is not None
    return possible and hindrance(found, publisher.workflow) is None


def _move_job(state: _State, path: str, job_id: str, mine: list[Publisher]) -> None:
    """Tries the ways of moving one job in their order; the first whose result is proved is taken.

    Where none is, they are tried once more on the job without what only looks for the token.
    """
    found = _any_way(state, state.now, path, job_id)
    if isinstance(found, str) and (rest := unasked(state.now, path, job_id)) is not None:
        again = _any_way(state, _resurvey(state.now, path, rest.text), path, job_id)
        if not isinstance(again, str):
            after, draft = again
            more = told(state.now, job_id) if rest.quiet else ()
            found = after, structs.replace(draft, warnings=tuple(dict.fromkeys((*draft.warnings, *more))))
    if isinstance(found, str):
        state.refusals += [structs.replace(_refusal(each, found), suggestion=_suggestion(state, each)) for each in mine]
        return
    state.now, draft = found
    state.moved += mine
    state.drafts.append(draft)


def _any_way(state: _State, start: Survey, path: str, job_id: str) -> tuple[Survey, Draft] | str:
    """As `_first_way`; then with the scripts of the job taken apart, and at last with a new twine in the place of the
    commands that upload.
    """
    task = _task(state, start, path, job_id)
    found = _first_way(state, start, path, task)
    if isinstance(found, str) and (text := separated(start, path, job_id)) is not None:
        parted = _resurvey(start, path, text)
        again = _first_way(state, parted, path, _task(state, parted, path, job_id))
        found = found if isinstance(again, str) else again
    if isinstance(found, str) and not isinstance(task, str) and can_relaunch(task):
        last = _first_way(state, start, path, structs.replace(task, relaunches=True))
        found = found if isinstance(last, str) else last
    return found


def _suggestion(state: _State, publisher: Publisher) -> Change | None:
    """For an upload that happens somewhere else: how it could happen here."""
    if not state.suggests or not publisher.indirect or publisher.step is None:
        return None
    return suggestion(state.now, publisher, _move_alone)


def _move_alone(found: Survey, workflow_path: str) -> Moved | tuple[Refusal, ...]:
    """For a suggestion, of which no more are made: a script may start itself."""
    return _move(found, workflow_path, commits=False, suggests=False)


def _task(state: _State, start: Survey, path: str, job_id: str) -> Task | str:
    """What is to be moved of a job, or a sentence that says why nothing is."""
    workflow = start.workflows[path]
    try:
        return task_of(start, workflow, workflow.jobs[job_id], commits=state.commits)
    except Unmovable as reason:
        return f"the job `{job_id}` is left as it is: {reason.reason}"


def _first_way(state: _State, start: Survey, path: str, task: Task | str) -> tuple[Survey, Draft] | str:
    """What the first way comes to that works from `start` on, or a sentence that says why none does."""
    if isinstance(task, str):
        return task
    job_id = task.job.id
    reasons: dict[_Way, str] = {}
    for way in (move_in_place,) if task.relaunches else _ways(task):
        try:
            draft = way(task)
            after = _carried_out(start, path, draft, task)
            prove(state.now, after, path, job_id)
        except Unmovable as reason:
            reasons[way] = reason.reason
        except (Refused, Unparsable) as refused:
            reasons[way] = refused.reason
        else:
            asked = any(delivery.asks_for_token for delivery in task.deliveries)
            more = (*(told(start, job_id) if asked else ()), *_choices(task))
            return after, structs.replace(draft, warnings=(*draft.warnings, *more))
    return _sentence(job_id, reasons)


def _choices(task: Task) -> tuple[str, ...]:
    if not any(delivery.chooses for delivery in task.deliveries):
        return ()
    both = "register the publisher on both if it uploads to both"
    return (f"whether the job `{task.job.id}` uploads to PyPI or to TestPyPI is decided when it runs; {both}",)


def _ways(task: Task) -> tuple[_Way, ...]:
    trial = (_with_trial,) if len(task.indexes) > 1 else ()
    if not is_publish_only(task):
        return (split, move_in_place, split_with_tail, *trial)
    return (move_in_place, fork, *trial) if trial else (move_in_place, split)


def _with_trial(task: Task) -> Draft:
    return move_in_place(task, trials_of(task))


def _sentence(job_id: str, reasons: dict[_Way, str]) -> str:
    """Splitting fails for one reason and editing in place for another: a person needs to know both."""
    in_place = reasons[move_in_place]
    other = next((reason for way, reason in reasons.items() if way is not move_in_place), in_place)
    if other == in_place:
        return f"the job `{job_id}` is left as it is: {in_place}"
    return (
        f"the job `{job_id}` is left as it is: it cannot be split, because {other}, nor changed where it stands, "
        f"because {in_place}; give the upload a job of its own that only fetches the files, and it can be moved"
    )


def _carried_out(before: Survey, path: str, draft: Draft, task: Task) -> Survey:
    text = before.snapshot.files[path]
    try:
        text = edit(before.workflows[path].document, draft.ops)
    except Refused:
        for ops in draft.slowly:
            text = edit(text, ops)
    after = _resurvey(before, path, text)
    return drop_workflow_variables(after, path, task, _resurvey)


def _resurvey(before: Survey, path: str, text: str) -> Survey:
    files = {**before.snapshot.files, path: text}
    return resurvey(before, structs.replace(before.snapshot, files=files))


def _conclude(found: Survey, state: _State, path: str) -> Moved:
    names = tuple(dict.fromkeys(name for each in state.moved for name in each.secrets))
    obsolete, in_use = split_secrets(state.now, names)
    migration = Migration(
        file=path,
        identities=identities(found, state.now, path, state.moved),
        notes=tuple(dict.fromkeys(note for draft in state.drafts for note in draft.notes)),
        warnings=tuple(dict.fromkeys(text for draft in state.drafts for text in draft.warnings)),
        obsolete=obsolete,
        in_use=in_use,
    )
    change = Change(file=path, before=found.snapshot.files[path], after=state.now.snapshot.files[path])
    return Moved(
        change=change,
        publishers=tuple(state.moved),
        migration=migration,
        refusals=tuple(state.refusals),
        after=state.now,
    )


def _refusal(publisher: Publisher, reason: str) -> Refusal:
    return Refusal(rule=RULE, file=publisher.workflow, line=publisher.line, reason=reason)
