"""What a maintainer must register on PyPI for a workflow that was moved."""

from __future__ import annotations

from bot.model import Index, Publisher
from bot.moving.nouns import PUBLIC, Identity
from bot.survey import Survey


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
                projects=_projects(before, [each for each in moved if each.index is publisher.index]),
            )
    return tuple(found.values())


def _jobs(before: Survey, after: Survey, path: str, moved: list[Publisher]) -> set[str]:
    old = before.workflows[path].jobs
    return {each.job for each in moved} | {key for key in after.workflows[path].jobs if key not in old}


def _projects(before: Survey, moved: list[Publisher]) -> tuple[str, ...]:
    """The projects that were most likely uploaded: those whose folder the upload steps name, else all that may be."""
    candidates = [project for project in before.projects if project.private is None and project.name]
    texts = [text for publisher in moved for text in _texts(before, publisher)]
    named = [project for project in candidates if project.path and any(project.path in text for text in texts)]
    chosen = named or [project for project in candidates if not project.path] or candidates
    return tuple(dict.fromkeys(project.name for project in chosen if project.name))


def _texts(before: Survey, publisher: Publisher) -> tuple[str, ...]:
    job = before.workflows[publisher.workflow].jobs[publisher.job]
    step = next(step for step in job.steps if step.index == publisher.step)
    return (step.working_directory or job.working_directory or "", step.run or "", *step.inputs.values())
