"""What the pull request of `token-upload` says: the move, workflow by workflow, in the one order that is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.messages.frame import Frame, body_of
from bot.messages.publisher import Places, Publisher
from bot.model import Index, Step, Who
from bot.moving.nouns import Identity, Migration

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
"""A name that PyPI allows; a project that says another one is not known by it."""
_NAMES = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One publisher to register: a project on an index."""

    index: str
    publisher: Publisher
    url: str
    tokens_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One workflow's migration in one repository; owner and repository as GitHub spells them."""

    migration: Migration
    owner: str
    repository: str
    places: Places

    def registrations(self) -> Iterator[Registration]:
        """What must be registered, in the order of the file; a project that is not known has an empty name."""
        for identity in self.migration.identities:
            named = [project for project in identity.projects if _NAME.fullmatch(project)]
            for project in named or ("",):
                yield self._registration(identity, project)

    def steps(self) -> tuple[Step, ...]:
        """The same steps for machines: who does what, where, in order."""
        registered = [self._register(each) for each in self.registrations()]
        named = dict.fromkeys(each.environment for each in self.migration.identities if each.environment)
        protected = [
            Step(
                who=Who.ADMIN,
                what=f"Protect the environment {name}: require a reviewer",
                url=self.settings("environments"),
            )
            for name in named
        ]
        secrets = [
            Step(
                who=Who.ADMIN,
                what=f"After the first trusted release revoke the token, then delete the secret {name}",
                url=self.settings("secrets/actions"),
            )
            for name in self.migration.obsolete
        ]
        return (*registered, *protected, *secrets)

    def settings(self, page: str) -> str | None:
        """A page of the repository's settings; None when the repository is not known."""
        return self.places.settings(self.owner, self.repository, page)

    def _register(self, each: Registration) -> Step:
        publisher = each.publisher
        where = f"owner {publisher.owner}, repository {publisher.repository}, " if publisher.owner else ""
        environment = publisher.environment or "left empty"
        values = f"{where}workflow {publisher.workflow}, environment {environment}"
        what = f"Register the publisher of {publisher.project or 'the project'} on {each.index}: {values}"
        return Step(who=Who.MAINTAINER, what=what, url=each.url)

    def _registration(self, identity: Identity, project: str) -> Registration:
        base = self.places.testpypi if identity.index is Index.TESTPYPI else self.places.pypi
        publisher = Publisher(
            project=project,
            owner=self.owner,
            repository=self.repository,
            workflow=identity.workflow,
            environment=identity.environment,
        )
        return Registration(
            index=_NAMES[identity.index],
            publisher=publisher,
            url=publisher.form_url(base) if project else f"{base}/manage/projects/",
            tokens_url=f"{base}/manage/account/#api-tokens",
        )


def title(moves: Sequence[Move]) -> str:
    """What stands over the pull request that carries these moves."""
    indexes = dict.fromkeys(each.index for move in moves for each in move.registrations())
    named = " and ".join(indexes) or "PyPI"
    return f"Publish to {named} without a stored token"


def body(moves: Sequence[Move], frame: Frame) -> str:
    """The body of the pull request that moves these workflows."""
    registrations = list(dict.fromkeys(each for move in moves for each in move.registrations()))
    migrations = [move.migration for move in moves]
    first = moves[0]
    return body_of(
        "token-upload.md",
        frame,
        "token-upload",
        files_moved=[migration.file for migration in migrations],
        registrations=registrations,
        environments=list(
            dict.fromkeys(each.publisher.environment for each in registrations if each.publisher.environment)
        ),
        indexes=list({each.index: each.tokens_url for each in registrations}.items()),
        migrations=migrations,
        warnings=list(dict.fromkeys(text for migration in migrations for text in migration.warnings)),
        obsolete=list(dict.fromkeys(name for migration in migrations for name in migration.obsolete)),
        in_use=list(dict.fromkeys(name for migration in migrations for name in migration.in_use)),
        environments_url=first.settings("environments"),
        secrets_url=first.settings("secrets/actions"),
    )
