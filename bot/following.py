"""What to follow in a repository, and how far each of it has come: from what was read to states, purely.

A target is one project on one index. What it takes to know its state is asked for by a job, and put together here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from bot import messages
from bot.interest import WORKFLOW
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Credential,
    Index,
    IndexFacts,
    OwnPull,
    Plan,
    Publisher,
    PullState,
    Snapshot,
    Status,
)
from bot.moving.nouns import Identity
from bot.project.names import canonical
from bot.released import Expected, GreenRun, Released, is_of, proof_of
from bot.rollout import Asked, Facts, Proof, State, Uploads, state_of
from bot.survey import Survey, resurvey
from bot.wishes import Wishes
from bot.workflow import UsesKind

MOST_TARGETS = 30
_PUBLIC = (Index.PYPI, Index.TESTPYPI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One project on one index; `name` is as declared, `""` where the repository does not say."""

    name: str
    index: Index
    uploads: Uploads
    workflow: str = ""
    """Path of the file that uploads; `""` where none does."""
    job: str = ""
    line: int = 1
    environment: str | None = None
    callers: tuple[str, ...] = ()
    """Workflows of the repository that call that file: runs are theirs."""

    @property
    def project(self) -> str:
        return canonical(self.name)

    @property
    def identity(self) -> Identity:
        """What must be registered on the index."""
        return Identity(
            workflow=self.workflow.rsplit("/", 1)[-1],
            environment=self.environment,
            index=self.index,
            projects=(self.name,) if self.name else (),
        )

    def expected(self, repository: str) -> Expected:
        """The publisher that the default branch needs; `repository` as GitHub spells it."""
        return Expected(repository=repository, workflow=self.workflow.rsplit("/", 1)[-1], environment=self.environment)


def targets(found: Survey) -> tuple[Target, ...]:
    """What is uploaded to an index that takes identity tokens, and packages that nothing uploads."""
    names = _names(found)
    listed: list[Target] = []
    for index in _PUBLIC:
        uploading = [
            each for each in found.publishers if each.index is index and each.credential is not Credential.UNKNOWN
        ]
        if uploading:
            stored = [each for each in uploading if each.credential is not Credential.OIDC]
            uploads = Uploads.TOKEN if stored else Uploads.TRUSTED
            listed += [_target(found, name, (stored or uploading)[0], uploads) for name in names or ("",)]
    if not listed and found.status is Status.MISSING:
        listed = [Target(name=name, index=Index.PYPI, uploads=Uploads.NOTHING) for name in names]
    return tuple(listed[:MOST_TARGETS])


def _names(found: Survey) -> tuple[str, ...]:
    """The projects that are most likely uploaded: that of the root, else all."""
    candidates = [project for project in found.projects if project.private is None and project.name]
    chosen = [project for project in candidates if not project.path] or candidates
    return tuple(dict.fromkeys(project.name for project in chosen if project.name))


def _target(found: Survey, name: str, publisher: Publisher, uploads: Uploads) -> Target:
    computed = "${{" in (publisher.environment or "")
    return Target(
        name=name,
        index=publisher.index,
        uploads=uploads,
        workflow=publisher.workflow,
        job=publisher.job,
        line=publisher.line,
        environment=None if computed else publisher.environment,
        callers=tuple(_callers(found, publisher.workflow)),
    )


def _callers(found: Survey, path: str) -> Iterator[str]:
    for workflow in found.workflows.values():
        uses = (job.uses for job in workflow.jobs.values() if job.uses is not None)
        if any(called.kind is UsesKind.LOCAL and called.path == path for called in uses):
            yield workflow.path


def publishing_workflows(found: Survey) -> frozenset[str]:
    """Those whose runs may upload something: that do, that call one that does, or that nobody can read."""
    uploading = {each.workflow for each in found.publishers} | {each.path for each in found.suspects}
    callers = {caller for path in uploading for caller in _callers(found, path)}
    unread = {each.file for each in found.problems if each.file is not None and WORKFLOW.match(each.file)}
    return frozenset(uploading | callers | unread)


def moving_pulls(pulls: Iterable[OwnPull]) -> tuple[OwnPull, ...]:
    """Those of ours that bring Trusted Publishing; the newest first."""
    return tuple(pull for pull in pulls if pull.branch == TRUSTED_PUBLISHING_BRANCH)


def replaced(pulls: Iterable[OwnPull], remembered: Iterable[str] = ()) -> tuple[str, ...]:
    """The secrets that merged pull requests of ours replaced: from their bodies, and from what was remembered."""
    merged = (pull for pull in moving_pulls(pulls) if pull.state is PullState.MERGED)
    named = (name for pull in merged for name in messages.read_replaced(pull.body))
    return tuple(dict.fromkeys((*named, *remembered)))


def evidently_registered(found: Survey, plan: Plan, index: Iterable[IndexFacts]) -> bool:
    """Claims that the index shows files of every publisher that a plan needs, so that nobody need say it."""
    files = {change.file: change.after for change in plan.changes if change.after is not None}
    after = resurvey(found, replace(found.snapshot, files={**found.snapshot.files, **files}))
    needed = [each for each in targets(after) if each.workflow in files and each.uploads is Uploads.TRUSTED]
    known = {facts.name: facts.attested for facts in index}
    full_name = found.snapshot.repo.ref.full_name
    return bool(needed) and all(
        target.index is Index.PYPI
        and (attested := known.get(target.project)) is not None
        and is_of(attested, target.expected(full_name))
        for target in needed
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was found out beside the repository itself."""

    snapshot: Snapshot
    wishes: Wishes = field(default_factory=Wishes)
    released: Mapping[tuple[str, Index], Released] = field(default_factory=dict)
    """By normalised project name and index."""
    runs: Mapping[str, tuple[GreenRun, ...]] = field(default_factory=dict)
    """Workflow path -> runs that ended well on commits that have the move."""
    remembered: tuple[str, ...] = ()
    """Secrets that an earlier look knew to be replaced."""
    asked: Asked = Asked.NOT_YET
    secrets_left: bool | None = None

    @property
    def replaced(self) -> tuple[str, ...]:
        return replaced(self.snapshot.pulls, self.remembered)

    def released_of(self, target: Target) -> Released:
        return self.released.get((target.project, target.index), Released(name=target.project, exists=None))

    def proof(self, target: Target) -> Proof:
        """Whether a release through the publisher that the default branch needs was seen."""
        expected = target.expected(self.snapshot.repo.ref.full_name)
        return proof_of(self.released_of(target), expected, self.runs.get(target.workflow, ()))

    def confirmed(self, pull: OwnPull) -> bool:
        """Claims that somebody said of this pull request that its publishers are registered."""
        marked = messages.read_marker(pull.body)
        return marked is not None and self.wishes.registered(marked.subject, self.snapshot.repo.ref.full_name)

    def state(self, target: Target) -> State:
        return state_of(self.facts(target))

    def facts(self, target: Target) -> Facts:
        """The facts on which the state of a target rests."""
        pull = next((pull for pull in moving_pulls(self.snapshot.pulls) if pull.state is PullState.OPEN), None)
        return Facts(
            uploads=target.uploads,
            proposed=pull is not None,
            confirmed=pull is not None and self.confirmed(pull),
            proof=self.proof(target),
            moved=bool(self.replaced),
            asked=self.asked,
            secrets_left=self.secrets_left,
        )
