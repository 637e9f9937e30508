"""The nouns of this room. Names of secrets are GitHub's: without case, kept in upper case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.model import RepoId


class Store(StrEnum):
    """Where GitHub keeps secrets; each is listed under a permission of its own."""

    REPOSITORY = "repository"
    ENVIRONMENT = "environment"
    ORGANISATION = "organisation"
    """Those that this repository may read."""
    DEPENDABOT = "Dependabot"
    """A store of its own: runs that Dependabot starts see these and no other."""


class State(StrEnum):
    """What is known of one stored secret."""

    IN_USE = "in use"
    UNKNOWN = "unknown"
    PENDING_REMOVAL = "pending removal"
    """Nothing refers to it any more, and no release has proved that the new way works."""
    OBSOLETE = "obsolete"
    ORPHAN = "orphan"
    """Good for nothing but uploads by its name, and never referred to."""
    GONE = "gone"
    """Referred to, and not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One stored secret; only those of an environment name one."""

    name: str
    store: Store
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What GitHub lists for one repository."""

    secrets: tuple[Secret, ...] = ()
    checked: frozenset[Store] = frozenset()
    """The stores that could be listed; of the others nothing is known, which is never "clean"."""
    readers: Mapping[str, frozenset[RepoId]] = field(default_factory=dict)
    """Organisation secret -> the other repositories that may read it; absent: not for chosen ones, or not checked."""
    elsewhere: Mapping[str, bool | None] = field(default_factory=dict)
    """Organisation secret -> whether another repository with access uses it; None or absent: not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Who refers to which secret on one branch."""

    name: str
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Secret -> the files that refer to it."""
    dynamic: tuple[str, ...] = ()
    """Files that choose secrets at run time: `secrets[...]`, `toJSON(secrets)`."""
    handed_on: tuple[str, ...] = ()
    """Workflows of other repositories that are given all secrets (`secrets: inherit`)."""
    complete: bool = True
    """False: not all of its workflows could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of one secret, and in one clause why."""

    secret: Secret
    state: State
    why: str
