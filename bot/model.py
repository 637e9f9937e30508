"""The nouns of pubflow; a newcomer starts reading here.

What flows: an HTTP request becomes a `Job`, a job reads a `Snapshot`, pure code turns it into a `Plan`, the shell
carries the plan out. Only plain, frozen values live here: nothing that reads, decides or writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import NewType

from msgspec import Struct, field

RepoId = NewType("RepoId", int)
NodeId = NewType("NodeId", str)
InstallationId = NewType("InstallationId", int)
DeliveryId = NewType("DeliveryId", str)
Sha = NewType("Sha", str)
"""Forty lower-case hexadecimal digits: the id of a git object."""

YamlPath = tuple[str | int, ...]
"""Where something stands in a YAML file: mapping keys and sequence indexes from the root."""

TRUSTED_PUBLISHING_BRANCH = "pubflow/trusted-publishing"
ACTIONS_BRANCH = "pubflow/actions"
LABEL = "pubflow"
"""What every pull request of ours is labelled with."""
OWN_BRANCHES = (TRUSTED_PUBLISHING_BRANCH, ACTIONS_BRANCH)


# ---------------------------------------------------------------- what GitHub says of a repository


class RepoRef(Struct, frozen=True, kw_only=True):
    """Which repository. The numeric and the node id survive a rename; owner and name may be stale."""

    id: RepoId
    node_id: NodeId
    owner: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


class Role(IntEnum):
    """What an account may do in a repository; a higher one may do all that a lower one may."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


class Thread(Struct, frozen=True, kw_only=True):
    """A conversation: an issue's, or a pull request's, which GitHub numbers together."""

    number: int
    pull: bool


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    INTERNAL = "internal"
    UNKNOWN = "unknown"
    """A checkout on disk does not say."""


class RepoFacts(Struct, frozen=True, kw_only=True):
    """A repository's standing at the moment it was read; `ref` has GitHub's own spelling of the name."""

    ref: RepoRef
    visibility: Visibility
    default_branch: str | None
    archived: bool = False
    disabled: bool = False
    fork: bool = False
    template: bool = False
    oidc: bool = True
    """PyPI accepts identity tokens of the server that hosts this repository (github.com alone)."""


class EntryKind(StrEnum):
    BLOB = "blob"
    TREE = "tree"
    SUBMODULE = "commit"
    LINK = "link"
    """A symbolic link: a blob of mode 120000."""


class TreeEntry(Struct, frozen=True, kw_only=True):
    kind: EntryKind
    oid: Sha
    size: int | None = None
    """Bytes; blobs alone have one."""
    executable: bool = False


class Unread(StrEnum):
    """Why a file that we wanted has no text in the snapshot."""

    TOO_LARGE = "larger than 1 MiB"
    BINARY = "binary"
    NOT_UTF8 = "not UTF-8"
    LINK = "a symbolic link"
    FOLDER = "a folder"
    """Where a checkout has a folder and GitHub would want a file."""
    MISSING = "named, but not in the repository"
    UNREADABLE = "could not be read"


class PullState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    """Closed without a merge."""
    MERGED = "merged"


class OwnPull(Struct, frozen=True, kw_only=True):
    """A pull request that this App itself opened from one of `OWN_BRANCHES`."""

    number: int
    url: str
    branch: str
    base: str
    state: PullState
    head: Sha
    title: str
    body: str
    labels: tuple[str, ...] = ()
    draft: bool = False
    conflicting: bool = False
    """GitHub says that it cannot be merged; False also while GitHub has not found out."""


class BranchHead(Struct, frozen=True, kw_only=True):
    """The commit at the head of one of `OWN_BRANCHES`: enough to know whether it may be moved."""

    oid: Sha
    tree: Sha
    parents: tuple[Sha, ...]
    ours: bool
    """This App made the commit; a branch whose head is anybody else's is never moved."""
    digest: str | None = None
    """`Plan.digest` of the plan that it carried out."""


class SharedFile(Struct, frozen=True, kw_only=True):
    """The account's own configuration: `.github/pubflow.yml` in its repository `.github`, at the default branch."""

    repo: RepoId
    """The repository in which it lies."""
    text: str | Unread


class AllowedActions(Struct, frozen=True, kw_only=True):
    """Which actions of others may be used in a repository. Those of its own account always may."""

    patterns: tuple[str, ...] | None = None
    """`owner/name`, `owner/*`, `owner/name@ref`, with `!` before it one that may not; None: all may."""
    github: bool = False
    """GitHub's own may, whatever the patterns say."""
    verified: bool = False
    """Those of creators whom the Marketplace verified may; who they are cannot be asked."""
    commits: bool = False
    """Only at the id of a commit."""
    configured: bool = False
    """Our own configuration says so, and not the repository's settings on GitHub."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """A repository at one commit: all that the core may look at."""

    repo: RepoFacts
    head: Sha
    root_tree: Sha
    tree: Mapping[str, TreeEntry]
    files: Mapping[str, str]
    """Path -> text, exactly the blob's bytes decoded as UTF-8: byte order mark and CRLF included."""
    unread: Mapping[str, Unread] = field(default_factory=dict)
    complete: bool = True
    """False when GitHub cut the tree: absence then proves nothing."""
    branches: Mapping[str, Sha] = field(default_factory=dict)
    """Heads of those `OWN_BRANCHES` that exist."""
    heads: Mapping[str, BranchHead] = field(default_factory=dict)
    """The same heads, looked at more closely."""
    pulls: tuple[OwnPull, ...] = ()
    """Newest first."""
    shared: SharedFile | None = None
    """None: the account has none, or none that may be seen."""
    bot_branches: tuple[str, ...] = ()
    """Branches on which other bots raise dependencies at the moment, such as `renovate/actions-checkout-7.x`."""
    allowed: tuple[AllowedActions, ...] = ()
    """All of them count; none: nobody said, or nobody could be asked."""


# ---------------------------------------------------------------- what the core understands


class Index(StrEnum):
    PYPI = "pypi"
    TESTPYPI = "testpypi"
    OTHER = "other"
    UNKNOWN = "unknown"


class Credential(StrEnum):
    OIDC = "oidc"
    TOKEN = "token"
    PASSWORD = "password"
    NONE = "none"
    UNKNOWN = "unknown"


class Method(StrEnum):
    """The tool that uploads, named as users name it."""

    GH_ACTION = "gh-action"
    TWINE = "twine"
    UV = "uv"
    POETRY = "poetry"
    FLIT = "flit"
    HATCH = "hatch"
    PDM = "pdm"
    MATURIN = "maturin"
    SEMANTIC_RELEASE = "semantic-release"
    SETUP_PY = "setup.py"
    REUSABLE = "reusable"
    THIRD_PARTY = "third-party"


class Status(StrEnum):
    TRUSTED = "trusted"
    """Every upload to PyPI or TestPyPI goes by OIDC."""
    TOKEN = "token"
    MIXED = "mixed"
    MISSING = "missing"
    """A package, and nothing publishes it."""
    INDIRECT = "indirect"
    """The upload happens where we do not edit: tox, make, a script, somebody else's workflow."""
    OTHER_INDEX = "other-index"
    PRIVATE = "private"
    """Marked not to be uploaded."""
    NOT_A_PACKAGE = "not-a-package"
    UNKNOWN = "unknown"


class Project(Struct, frozen=True, kw_only=True):
    """One Python distribution that the repository builds."""

    name: str | None
    """As declared, not normalised; None when it is computed at build time."""
    path: str
    """The folder of its metadata, `""` for the root."""
    metadata: str
    """Path of the file that declares it."""
    backend: str | None
    """`build-system.build-backend`; None when no build system is declared."""
    native: bool = False
    rust: bool = False
    """setuptools-rust builds it, and the project does not say how cibuildwheel gets a compiler for it."""
    private: str | None = None
    """Why it must not be uploaded (classifier, package-mode, tool.uv.package), or None."""


class Publisher(Struct, frozen=True, kw_only=True):
    """One place that uploads distributions."""

    workflow: str
    job: str
    step: int | None
    """0-based index; None when the job as a whole calls a workflow."""
    line: int
    method: Method
    via: str
    """The action, command or target through which it uploads."""
    index: Index
    credential: Credential
    secrets: tuple[str, ...] = ()
    environment: str | None = None
    indirect: bool = False
    """The upload happens in a file that we do not edit."""


class Attested(Struct, frozen=True, kw_only=True):
    """The publisher that vouches for a file on an index. `environment` is its setting: None accepts any.

    `at`: when the file came, in seconds since 1970.
    """

    repository: str
    workflow: str
    environment: str | None
    at: float


class IndexFacts(Struct, frozen=True, kw_only=True):
    """What a package index says of one project name."""

    name: str
    exists: bool | None
    """None: the index could not be asked."""
    repositories: frozenset[str] = frozenset()
    """`owner/name`, lower case, of every repository of our GitHub that the project's page links to."""
    owners: tuple[str, ...] = ()
    """Accounts of the index, not of GitHub: who may register a publisher."""
    organization: str | None = None
    """The index's organisation that the project belongs to."""
    attested: Attested | None = None
    """Who vouches for the newest file that has provenance; None also where that was not asked."""
    uploaded: float | None = None
    """When its newest file was uploaded, in seconds since 1970; None also where that was not asked."""


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class FixKind(StrEnum):
    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"
    NONE = "none"


class Finding(Struct, frozen=True, kw_only=True):
    rule: str
    severity: Severity
    message: str
    fix: FixKind
    file: str | None = None
    path: YamlPath = ()
    line: int = 1
    column: int = 1
    quiet: bool = False
    """It names what no public place may: it is for those alone who may write to the repository."""


class Refusal(Struct, frozen=True, kw_only=True):
    """Something we could have wished to do and do not, with one sentence for a person."""

    rule: str
    reason: str
    file: str | None = None
    path: YamlPath = ()
    line: int = 1
    settled: bool = False
    """No other answer of GitHub or an index would change it: what is open already is no longer wanted."""
    suggestion: Change | None = None
    """How a person might do it; never carried out."""


class ChangeKind(StrEnum):
    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"


class Change(Struct, frozen=True, kw_only=True):
    """One file before and after; None where it does not exist."""

    file: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> ChangeKind:
        if self.before is None:
            return ChangeKind.ADD
        return ChangeKind.DELETE if self.after is None else ChangeKind.EDIT


class Who(StrEnum):
    MAINTAINER = "maintainer"
    ADMIN = "admin"


class Step(Struct, frozen=True, kw_only=True):
    """Something only a person can do."""

    who: Who
    what: str
    url: str | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """One pull request as it should stand, decided and not yet carried out."""

    branch: str
    base: str
    title: str
    body: str
    changes: tuple[Change, ...]
    digest: str
    """Of the files and their new text: tells whether an open pull request still shows this. 16 hex digits."""
    subject: str
    """Of what it is about (rules, files, projects), whatever the text: tells what a person closed. 16 hex digits."""
    draft: bool = False
    labels: tuple[str, ...] = (LABEL,)


class PullRequest(Struct, frozen=True, kw_only=True):
    """What stands on GitHub after a plan was carried out."""

    number: int
    url: str
    created: bool
    """False when it stood there already."""
    labels: tuple[str, ...] = ()
    """Those that it was given in the same breath."""


class Conclusion(StrEnum):
    """How a check ended; https://docs.github.com/en/rest/checks/runs has more."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"
    ACTION_REQUIRED = "action_required"


class Level(StrEnum):
    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


class Remark(Struct, frozen=True, kw_only=True):
    """A check's word about one line of one file; it is shown as plain text."""

    file: str
    line: int
    column: int | None = None
    level: Level
    message: str


class Check(Struct, frozen=True, kw_only=True):
    """What is said of one commit, under the name `pubflow`."""

    key: str
    """What it is about, in one word: a commit has at most one check of a key that counts."""
    head: Sha
    conclusion: Conclusion
    title: str
    summary: str
    """Markdown."""
    remarks: tuple[Remark, ...] = ()


# ---------------------------------------------------------------- what the queue carries


JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


class Job(Struct, frozen=True, kw_only=True):
    """Work to be done, durable. Two jobs of the same kind and key are the same work."""

    kind: str
    key: str
    installation: InstallationId
    args: Mapping[str, JsonValue] = field(default_factory=dict)
    once: bool = False
    """True: this key is worked once, ever. False: a job that waits absorbs later ones with its key; if it already
    runs, exactly one more run follows."""
    rank: int = 0
    """Of two jobs of an installation that wait the one of the lower rank is worked first. Not part of what it is."""


class Done(Struct, frozen=True, kw_only=True):
    """A job's end: `summary` is a short sentence for the log and `pubflow jobs`."""

    summary: str


class Later(Struct, frozen=True, kw_only=True):
    """The job must wait longer than it may sit in a worker; the queue runs it again after `seconds`."""

    seconds: float
    reason: str


Outcome = Done | Later
