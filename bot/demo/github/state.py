"""What a GitHub remembers: accounts, Apps, installations, repositories, issues, pull requests, deliveries.

Plain mutable records; what may be done to them is decided elsewhere. Times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bot.demo.github.objects import ObjectStore

Json = dict[str, object]
Level = Literal["read", "write", "admin"]
Permissions = dict[str, str]
"""Name of a permission -> `read`, `write` or `admin`."""


class AccountKind(StrEnum):
    USER = "User"
    ORGANIZATION = "Organization"
    BOT = "Bot"


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    id: int
    node_id: str
    login: str
    kind: AccountKind
    created_at: float
    free_plan: bool = False
    """On the free plan private repositories have neither draft pull requests, rulesets nor environments."""
    secrets: list[StoredSecret] = field(default_factory=list)
    """Of an organisation."""


@dataclass(slots=True, kw_only=True, eq=False)
class Hook:
    """Where an App's deliveries go."""

    id: int
    url: str | None = None
    form: bool = False
    """`application/x-www-form-urlencoded` instead of JSON."""
    secret: str = field(default="", repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class App:
    id: int
    node_id: str
    client_id: str
    client_secret: str = field(repr=False)
    slug: str
    name: str
    description: str
    url: str
    owner: Account
    bot: Account
    public_key: RSAPublicKey = field(repr=False)
    hook: Hook
    permissions: Permissions
    events: list[str]
    created_at: float
    callback_urls: list[str] = field(default_factory=list)
    """Where a person who signed in may be led back to."""


@dataclass(slots=True, kw_only=True, eq=False)
class Installation:
    id: int
    node_id: str
    app: App
    account: Account
    permissions: Permissions
    events: list[str]
    created_at: float
    updated_at: float
    selected: set[int] | None = None
    """Ids of the repositories; None: all of the account, later ones too."""
    suspended_at: float | None = None
    suspended_by: Account | None = None

    def covers(self, repository: Repository) -> bool:
        if repository.owner is not self.account:
            return False
        return self.selected is None or repository.id in self.selected


@dataclass(slots=True, kw_only=True, eq=False)
class Label:
    id: int
    node_id: str
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Comment:
    id: int
    node_id: str
    number: int
    """Of the issue or pull request."""
    user: Account
    body: str
    created_at: float
    updated_at: float
    app: App | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class Reaction:
    id: int
    node_id: str
    user: Account
    content: str
    created_at: float


@dataclass(slots=True, kw_only=True, eq=False)
class Issue:
    """An issue, or the conversation of a pull request."""

    id: int
    node_id: str
    number: int
    user: Account
    title: str
    body: str | None
    created_at: float
    updated_at: float
    closed_at: float | None = None
    closed_by: Account | None = None
    locked: bool = False
    app: App | None = None
    labels: list[Label] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.closed_at is None


@dataclass(slots=True, kw_only=True, eq=False)
class Pull:
    id: int
    node_id: str
    issue: Issue
    head: str
    """Branch of the same repository."""
    base: str
    head_oid: str
    base_oid: str
    draft: bool = False
    merged_at: float | None = None
    merged_by: Account | None = None
    merge_oid: str | None = None
    reviewers: list[Account] = field(default_factory=list)
    """Asked for a review."""

    @property
    def number(self) -> int:
        return self.issue.number


@dataclass(slots=True, kw_only=True, eq=False)
class CheckRun:
    id: int
    node_id: str
    app: App
    name: str
    head_oid: str
    status: str
    conclusion: str | None
    started_at: float | None
    completed_at: float | None
    details_url: str | None
    external_id: str | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Json] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSecret:
    """Its name alone: a secret cannot be read back. `selected`: ids of the repositories that may use an account's."""

    name: str
    store: Literal["actions", "dependabot"] = "actions"
    environment: str | None = None
    selected: frozenset[int] | None = None
    created_at: float = 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class Environment:
    """Of a repository. `policies`: patterns and their type; None lets everything deploy."""

    id: int
    node_id: str
    name: str
    created_at: float
    reviewers: list[Account] = field(default_factory=list)
    policies: list[tuple[str, Literal["branch", "tag"]]] | None = None
    admins_bypass: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class RunJob:
    id: int
    node_id: str
    name: str
    conclusion: str
    log: bytes | None = field(default=None, repr=False)
    """None: the job never began, so there is no log."""
    annotations: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class WorkflowRun:
    """A run that is over."""

    id: int
    node_id: str
    path: str
    name: str
    event: str
    head_branch: str | None
    head_oid: str
    conclusion: str
    began_at: float
    ended_at: float
    actor: Account
    number: int
    jobs: list[RunJob] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRule:
    """One rule of a ruleset: what is forbidden on branches that match the pattern (`fnmatch`)."""

    kind: Literal["creation", "update", "deletion", "non_fast_forward", "pull_request", "required_signatures"]
    pattern: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """A reviewed security advisory on one action."""

    id: str
    action: str
    vulnerable: str
    patched: str | None
    at: float


@dataclass(slots=True, kw_only=True, eq=False)
class Release:
    """`published_at` is GitHub's own and not the tag's; None: a draft."""

    id: int
    node_id: str
    tag: str
    created_at: float
    published_at: float | None
    prerelease: bool = False


@dataclass(slots=True, kw_only=True)
class ActionsSettings:
    """What a repository's settings say of actions."""

    allowed: Literal["all", "local_only", "selected"] = "all"
    github_owned: bool = False
    verified: bool = False
    patterns: tuple[str, ...] = ()
    commits: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Repository:
    id: int
    node_id: str
    owner: Account
    name: str
    created_at: float
    pushed_at: float
    updated_at: float
    visibility: Literal["public", "private", "internal"] = "public"
    description: str | None = None
    default_branch: str = "main"
    archived: bool = False
    disabled: bool = False
    fork: bool = False
    template: bool = False
    mirror: bool = False
    locked: bool = False
    truncate_trees: int | None = None
    """Recursive trees are cut after so many entries, as GitHub cuts them after 100,000."""
    next_number: int = 1
    store: ObjectStore = field(default_factory=ObjectStore, repr=False)
    refs: dict[str, str] = field(default_factory=dict)
    """Full name (`refs/heads/main`) -> object id."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Branch -> the name that it was given since."""
    issues: dict[int, Issue] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    """By lower-case name."""
    comments: dict[int, Comment] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    collaborators: dict[str, str] = field(default_factory=dict)
    """Lower-case login -> `read`, `triage`, `write`, `maintain` or `admin`."""
    rules: list[BranchRule] = field(default_factory=list)
    releases: dict[str, Release] = field(default_factory=dict)
    """By tag."""
    secrets: list[StoredSecret] = field(default_factory=list)
    environments: dict[str, Environment] = field(default_factory=dict)
    """By lower-case name."""
    runs: dict[int, WorkflowRun] = field(default_factory=dict)
    actions: ActionsSettings = field(default_factory=ActionsSettings)

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def private(self) -> bool:
        return self.visibility != "public"

    def branch(self, name: str) -> str | None:
        return self.refs.get(f"refs/heads/{name}")

    @property
    def head(self) -> str | None:
        """The commit of the default branch; None while the repository is empty."""
        return self.branch(self.default_branch)

    def take_number(self) -> int:
        self.next_number += 1
        return self.next_number - 1

    def open_pulls(self) -> Iterable[Pull]:
        return (pull for pull in self.pulls.values() if pull.issue.open)
