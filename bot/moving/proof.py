"""The proof, at run time, that a moved job does what it should: read again from the new text as if by a stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model import Credential, Index, Publisher
from bot.moving.deliveries import is_pypa
from bot.moving.nouns import PUBLIC, Unmovable, is_token_upload
from bot.survey import Survey
from bot.workflow import Job, Workflow
from bot.yaml import Node, alike
from bot.yaml.nodes import same

_STEP = re.compile(r"\bsteps\.([A-Za-z_][\w-]*)")
_NOTE = re.compile(r"\s*#")
_ENV = re.compile(r"\benv\.([A-Za-z_]\w*)")
_NEED = re.compile(r"\bneeds\.([A-Za-z_][\w-]*)")


def prove(before: Survey, after: Survey, path: str, job_id: str) -> None:
    """Raises `Unmovable` with what does not hold; see the sentences below for what must."""
    failed = next(_faults(before, after, path, job_id), None)
    if failed is not None:
        raise Unmovable(failed)


def _faults(before: Survey, after: Survey, path: str, job_id: str) -> Iterator[str]:
    if path not in after.workflows:
        yield "the result could not be read again"
        return
    old, new = before.workflows[path], after.workflows[path]
    moved = new.jobs.get(job_id)
    if moved is not None and alike(old.jobs[job_id].node, moved.node) and _same(old.document.root, new.document.root):
        yield "nothing would change"
    if not _same(old.document.find(("on",)), new.document.find(("on",))):
        yield "the triggers would change"
    missing = [key for key in old.jobs if key not in new.jobs]
    if missing:
        yield f"the job {missing[0]} would disappear"
        return
    yield from _secrets(before, new, path, job_id)
    yield from _publishers(before, after, path, job_id)
    yield from _jobs(old, new, job_id)
    yield from _references(old, new, job_id)


def _same(node: Node | None, other: Node | None) -> bool:
    if node is None or other is None:
        return node is other
    return same(node, other) or alike(node, other)  # the first tells the same order of keys, which most have, and fast


def _publishers(before: Survey, after: Survey, path: str, job_id: str) -> Iterator[str]:
    """The job uploads to the same indexes as before, now by identity token; all else uploads as it did."""
    old = [each for each in before.publishers if each.workflow == path]
    new = [each for each in after.publishers if each.workflow == path]
    fresh = set(after.workflows[path].jobs) - set(before.workflows[path].jobs)
    mine = [each for each in new if each.job == job_id or each.job in fresh]
    if any(is_token_upload(each) for each in mine):
        yield "a stored credential would still reach the upload"
    wanted = {each.index for each in old if each.job == job_id and each.index in PUBLIC}
    if {each.index for each in mine if each.credential is Credential.OIDC} != wanted:
        yield "the upload would go elsewhere"
    elsewhere = [_what(each) for each in old if each.job == job_id and not is_token_upload(each)]
    if any(what not in [_what(each) for each in mine] for what in elsewhere):
        yield "what goes to another index would lose its login; give each index a step with a login of its own"
    for publisher in mine:
        job = after.workflows[path].jobs[publisher.job]
        if publisher.credential is Credential.OIDC and not after.workflows[path].may_mint(job):
            yield "the job that uploads would get no identity token"
    left = [_identity(each) for each in old if each.job != job_id]
    if left != [_identity(each) for each in new if each.job != job_id and each.job not in fresh]:
        yield "another upload of the workflow would change"


def _what(publisher: Publisher) -> tuple[str, Index, Credential]:
    return publisher.via, publisher.index, publisher.credential


def _identity(publisher: Publisher) -> tuple[str, str, Index, Credential]:
    return publisher.job, *_what(publisher)


def _jobs(old: Workflow, new: Workflow, job_id: str) -> Iterator[str]:
    """Every other job is the same, and the moved one waits for what it waited for, itself or through its build."""
    for key, job in old.jobs.items():
        if key != job_id and not _same(job.node, new.jobs[key].node):
            yield f"the job {key} would change"
    before, after = old.jobs[job_id], new.jobs[job_id]
    waits = set(after.needs) | {inner for key in after.needs if key in new.jobs for inner in new.jobs[key].needs}
    if not set(before.needs) <= waits:
        yield "the job would no longer wait for the jobs before it"
    environment = before.environment
    if environment is not None and (after.environment is None or after.environment.name != environment.name):
        yield "its environment would change"
    if sum(1 for step in after.steps if is_pypa(step) and step.condition is None) > 1:
        yield "pypa's action would run twice in one job"


def _references(old: Workflow, new: Workflow, job_id: str) -> Iterator[str]:
    """Every `needs.x` and `steps.x` that resolved before, or is new, leads somewhere."""
    same_variables = old.env.keys() == new.env.keys()
    for key, job in new.jobs.items():
        text, earlier = _text(new, job), old.jobs.get(key)
        before = _text(old, earlier) if earlier is not None else ""
        if key != job_id and text == before and same_variables:
            continue  # the same job, as `_jobs` found, among the same jobs and more: all leads where it did
        broken = _unresolved(new, job, text)
        if broken and earlier is not None:
            broken -= _unresolved(old, earlier, before)
        if broken:
            yield f"the job {key} would refer to {min(broken)}, which is not there"
        absent = [name for name in job.needs if name not in new.jobs]
        if absent and (earlier is None or absent[0] not in earlier.needs):
            yield f"the job {key} would wait for a job that is not there"


def _text(workflow: Workflow, job: Job) -> str:
    return workflow.document.text[job.node.start : job.node.end]


def _unresolved(workflow: Workflow, job: Job, text: str) -> set[str]:
    """Looking for a plain word first, which most jobs have not, is many times cheaper."""
    found: set[str] = set()
    if "steps." in text:
        ids = {step.id for step in job.steps if step.id}
        found.update(f"steps.{name}" for name in _STEP.findall(text) if name not in ids)
    if "needs." in text:
        absent = [name for name in _NEED.findall(text) if name not in job.needs or name not in workflow.jobs]
        found.update(f"needs.{name}" for name in absent)
    if "env." in text:
        known = {*workflow.env, *job.env, *(name for step in job.steps for name in step.env)}
        found.update(f"env.{name}" for name in _ENV.findall(text) if name not in known)
    return found


def _secrets(before: Survey, new: Workflow, path: str, job_id: str) -> Iterator[str]:
    """Nothing of the moved job refers any more to a secret that was its credential."""
    mine = [each for each in before.publishers if (each.workflow, each.job) == (path, job_id)]
    elsewhere = {name for each in mine if not is_token_upload(each) for name in each.secrets}
    names = {name for each in mine if is_token_upload(each) for name in each.secrets} - elsewhere
    fresh = set(new.jobs) - set(before.workflows[path].jobs)
    for key in (job_id, *sorted(fresh)):
        text = _text(new, new.jobs[key])
        named = [name for name in sorted(names) if f"secrets.{name}" in text]
        code = "\n".join(line for line in text.splitlines() if not _NOTE.match(line)) if named else ""
        used = next((name for name in named if re.search(rf"secrets\.{re.escape(name)}\b", code)), None)
        if used is not None:
            yield f"more than the upload reads the secret {used} there; take that out, and the upload can be moved"
