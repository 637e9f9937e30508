"""Says on anybody's pull request what it does to the identity under which the project is published.

The head may be a fork's: hostile text, which is read and compared, and nothing else. What is looked at is the base with
the pull request's own files over it, so that a pull request that lags behind is not blamed for what others did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec.structs import replace

from bot.errors import Forbidden, Stopped
from bot.guard import ID, Change, compare, touches_publishing
from bot.jobs.arguments import Repository, read
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.jobs.wanted import halted, wanted
from bot.messages import guarded
from bot.model import Check, Done, Job, Outcome, RepoFacts, RepoRef, Sha, Snapshot, Status, Visibility
from bot.store import in_thread
from bot.survey import survey

KIND = "guard"
_T = TypeVar("_T")
_NOTHING_PUBLISHED = frozenset({Status.MISSING, Status.NOT_A_PACKAGE, Status.PRIVATE, Status.OTHER_INDEX})


class Arguments(Repository, frozen=True):
    """Which pull request, at which commits."""

    number: int
    head: str
    base: str


async def guard(job: Job, services: Services) -> Outcome:
    """Raises GitHubError for what ends this attempt."""
    args = read(job, Arguments)
    if not await services.allowed.includes(args.ref.owner):
        return Done(summary=f"{args.ref.owner} is not among the accounts that this site serves")
    known = await in_thread(services.repositories.get, args.ref.id)
    if known is not None and (known.status is None or known.status in _NOTHING_PUBLISHED):
        return Done(summary="nothing is published here")
    lens = services.github.lens(job.installation, args.ref)
    paths = await lens.files_of(args.number)
    if not any(path.startswith(".github/") or path.endswith((".yml", ".yaml", ".toml", ".cfg")) for path in paths):
        return Done(summary=f"#{args.number} touches nothing that publishes")
    facts = RepoFacts(ref=args.ref, visibility=Visibility.UNKNOWN, default_branch=None)
    base, head = await lens.at(facts, Sha(args.base)), await lens.at(facts, Sha(args.head))
    heard = await wanted(job.installation, base, services, ID) is not None
    changes = await think(_compared, base, head, paths) if heard else None
    if changes is None:
        why = "touches nothing that publishes" if heard else "is not looked into: nobody wants to hear of it"
        return Done(summary=f"#{args.number} {why}")
    return await _tell(job, args.ref, guarded.check(changes, args.ref, Sha(args.head), services.places), services)


async def _tell(job: Job, ref: RepoRef, check: Check, services: Services) -> Outcome:
    async def permit() -> None:
        await services.may_write(ref)

    try:
        await services.github.check(job.installation, ref, check, permit=permit)
    except Forbidden as refused:
        return Done(summary=f"{check.title}; not told: {refused}")
    except Stopped as stopped:
        return halted(check.title, stopped, services)
    return Done(summary=check.title)


def _compared(base: Snapshot, head: Snapshot, paths: frozenset[str]) -> tuple[Change, ...] | None:
    """None when no file that publishes is touched."""
    before = survey(base)
    after = survey(replace(base, files=_over(base.files, head.files, paths), tree=_over(base.tree, head.tree, paths)))
    return compare(before, after) if touches_publishing(paths, before, after) else None


def _over(base: Mapping[str, _T], head: Mapping[str, _T], paths: frozenset[str]) -> dict[str, _T]:
    kept = {path: value for path, value in base.items() if path not in paths}
    return kept | {path: head[path] for path in paths if path in head}
