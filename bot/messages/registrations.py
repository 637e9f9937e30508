"""The publishers to register, one by one, with where to do it: the same table wherever somebody must register one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from bot.messages.publisher import Places, Publisher
from bot.model import Index, IndexFacts
from bot.moving.nouns import Identity
from bot.project.names import canonical

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
"""A name that PyPI allows; a project that says another one is not known by it."""
INDEXES = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
"""Those to which a publisher can be registered, as people call them."""


class Registration(Struct, frozen=True, kw_only=True):
    """One publisher to register: a project on an index."""

    index: str
    publisher: Publisher
    url: str
    tokens_url: str
    exists: bool | None = None
    """Whether the project is on the index; None: not asked."""
    owners: tuple[str, ...] = ()
    organization: str | None = None


def registrations(
    identities: Iterable[Identity],
    owner: str,
    repository: str,
    places: Places,
    known: Mapping[tuple[Index, str], IndexFacts] = MappingProxyType({}),
) -> tuple[Registration, ...]:
    """One for each project of each identity; a project that is not known has an empty name.

    `owner` and `repository` as GitHub spells them; `known`: what indexes say of projects, by normalised name.
    """
    return tuple(
        dict.fromkeys(
            _told(_registration(identity, project, owner, repository, places), identity.index, places, known)
            for identity in identities
            for project in [each for each in identity.projects if _NAME.fullmatch(each)] or [""]
        )
    )


def _told(
    registration: Registration, index: Index, places: Places, known: Mapping[tuple[Index, str], IndexFacts]
) -> Registration:
    """With what the index says of the project."""
    facts = known.get((index, canonical(registration.publisher.project)))
    if facts is None or facts.exists is None:
        return registration
    base = places.testpypi if index is Index.TESTPYPI else places.pypi
    url = registration.url if facts.exists else registration.publisher.pending_url(base)
    return replace(registration, exists=facts.exists, owners=facts.owners, organization=facts.organization, url=url)


def _registration(identity: Identity, project: str, owner: str, repository: str, places: Places) -> Registration:
    base = places.testpypi if identity.index is Index.TESTPYPI else places.pypi
    publisher = Publisher(
        project=project,
        owner=owner,
        repository=repository,
        workflow=identity.workflow,
        environment=identity.environment,
    )
    return Registration(
        index=INDEXES[identity.index],
        publisher=publisher,
        url=publisher.form_url(base) if project else f"{base}/manage/projects/",
        tokens_url=f"{base}/manage/account/#api-tokens",
    )
