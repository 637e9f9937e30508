"""What a small package index remembers: projects, their files, publishers and API tokens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedProject:
    """A project as it is put onto the index: so far without files."""

    name: str
    version: str = "1.0.0"
    urls: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubPublisher:
    """Registered by a project's owner; `repository` is `owner/name`, an empty environment takes any."""

    repository: str
    workflow: str
    environment: str = ""

    def matches(self, claims: Mapping[str, str]) -> bool:
        """Claims as GitHub makes them: https://docs.github.com/actions/reference/security/oidc"""
        workflow_file = claims.get("job_workflow_ref", "").partition("@")[0].rpartition("/")[2]
        asked = claims.get("environment", "").lower()
        return (
            claims.get("repository") == self.repository
            and workflow_file == self.workflow
            and self.environment.lower() in {"", asked}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    filename: str
    version: str
    size: int
    uploaded_at: float
    publisher: GitHubPublisher | None = None
    """Who vouches for it by an attestation; None: it has none."""


@dataclass(slots=True, kw_only=True)
class StoredProject:
    """`files`: oldest first."""

    known: IndexedProject
    files: list[StoredFile] = field(default_factory=list)
    publishers: list[GitHubPublisher] = field(default_factory=list)

    @property
    def name(self) -> str:
        return canonicalize_name(self.known.name)

    @property
    def versions(self) -> list[str]:
        return list(dict.fromkeys(file.version for file in self.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """Good for `projects`; `publisher` is set when an identity token was given for it."""

    secret: str = field(repr=False)
    projects: frozenset[str]
    publisher: GitHubPublisher | None = None


@dataclass(slots=True, kw_only=True)
class State:
    projects: dict[str, StoredProject] = field(default_factory=dict)
    """By normalised name."""
    tokens: dict[str, ApiToken] = field(default_factory=dict)

    def project(self, name: str) -> StoredProject | None:
        return self.projects.get(canonicalize_name(name))

    def add(self, known: IndexedProject) -> StoredProject:
        """One more project, or what is known of one anew."""
        found = self.project(known.name)
        if found is None:
            found = self.projects[canonicalize_name(known.name)] = StoredProject(known=known)
        found.known = known
        return found

    def mint(self, projects: frozenset[str], publisher: GitHubPublisher | None = None) -> ApiToken:
        token = ApiToken(secret=f"pypi-{secrets.token_urlsafe(24)}", projects=projects, publisher=publisher)
        self.tokens[token.secret] = token
        return token
