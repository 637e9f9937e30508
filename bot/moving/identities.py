"""What a maintainer must register on PyPI for a workflow that was moved."""

from __future__ import annotations

from bot.model import Index, Publisher
from bot.moving.jobs import PUBLIC
from bot.moving.nouns import Identity
from bot.survey import Survey
from bot.workflow import Workflow


def identities(before: Survey, after: Survey, path: str, moved: list[Publisher]) -> tuple[Identity, ...]:
    """One for each index and environment to which the moved jobs upload now, in the order of the file."""
    jobs = _jobs(before, after, path, moved)
    found: dict[tuple[Index, str | None], Identity] = {}
    for publisher in after.publishers:
        if publisher.workflow != path or publisher.job not in jobs or publisher.index not in PUBLIC:
            continue
        computed = "${{" in (publisher.environment or "")
        environment = None if computed else publisher.environment
        key = (publisher.index, environment)
        if key not in found:
            found[key] = Identity(
                workflow=path.rsplit("/", 1)[-1],
                environment=environment,
                index=publisher.index,
                projects=_projects(after, after.workflows[path], publisher.job),
            )
    return tuple(found.values())


def _jobs(before: Survey, after: Survey, path: str, moved: list[Publisher]) -> set[str]:
    old = before.workflows[path].jobs
    return {each.job for each in moved} | {key for key in after.workflows[path].jobs if key not in old}


def _projects(found: Survey, workflow: Workflow, job: str) -> tuple[str, ...]:
    """The projects that a job most likely uploads: those whose folder its steps name, else all that may be uploaded."""
    candidates = [project for project in found.projects if project.private is None and project.name]
    texts = [
        text
        for step in workflow.jobs[job].steps
        for text in (step.working_directory or "", step.run or "", *step.inputs.values())
    ]
    named = [project for project in candidates if project.path and any(project.path in text for text in texts)]
    chosen = named or [project for project in candidates if not project.path] or candidates
    return tuple(dict.fromkeys(project.name for project in chosen if project.name))
