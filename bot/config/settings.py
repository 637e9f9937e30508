"""What the configuration says, defaults filled in: plain frozen values, all that the rest of the core knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class Scope(StrEnum):
    """Whose actions are kept up to date."""

    PUBLISH = "publish"
    """Those of the workflows that publish."""
    ALL = "all"


class Pins(StrEnum):
    """How a raised action is written."""

    KEEP = "keep"
    """As it was: a commit stays a commit, a tag a tag."""
    SHA = "sha"
    TAG = "tag"


class Trigger(StrEnum):
    """What starts a publish workflow that is written anew."""

    AUTO = "auto"
    """A release where the repository's workflows already wait for releases, else a tag."""
    TAG = "tag"
    RELEASE = "release"


class Permission(StrEnum):
    """What somebody must be allowed in a repository to give a command; each includes those before it."""

    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"
    NOBODY = "nobody"
    """The command is switched off."""


class Day(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class ActionRules(Struct, frozen=True, kw_only=True):
    """What counts for one action in place of what counts for all; None: the same."""

    stay: str | None = None
    """The version within which it is raised, such as `v4` or `4.1`."""
    majors: bool | None = None
    cooldown: int | None = None
    pins: Pins | None = None
    ignore: bool | None = None


class Bump(Struct, frozen=True, kw_only=True):
    """How actions are kept up to date."""

    enabled: bool = True
    scope: Scope = Scope.PUBLISH
    pins: Pins = Pins.KEEP
    cooldown: int = 5
    """Days that a release must be old."""
    majors: bool = True
    """False: a new major version is reported and not proposed."""
    ignore: tuple[str, ...] = ()
    """`owner/name` of actions, `*` for any part of one, that are left as they are."""
    actions: Mapping[str, ActionRules] = field(default_factory=dict)
    """`owner/name`, `*` for any part of it -> what counts for it; of several that fit, what stands lower."""
    allowed: tuple[str, ...] | None = None
    """Patterns as in `AllowedActions`; None: the file does not say."""
    self_hosted: bool = False
    """Runners that are not GitHub's own are new enough for Node 24."""


class Environments(Struct, frozen=True, kw_only=True):
    """Names of the environments in workflows that are written anew; those of existing workflows stay."""

    pypi: str = "pypi"
    testpypi: str = "testpypi"


class Index(Struct, frozen=True, kw_only=True):
    """A private index to which a workflow that is written anew publishes."""

    url: str | None = None
    """None: PyPI."""
    environment: str = "private-index"
    user_secret: str = "INDEX_USERNAME"  # noqa: S105 - the name of a secret
    password_secret: str = "INDEX_PASSWORD"  # noqa: S105 - the name of a secret


class Secrets(Struct, frozen=True, kw_only=True):
    keep: tuple[str, ...] = ()
    """Names that are never called obsolete, whatever the workflows say."""


class Schedule(Struct, frozen=True, kw_only=True):
    """When proposals that nobody asked for may be opened; times are `HH:MM` in UTC."""

    days: tuple[Day, ...] = tuple(Day)
    start: str = "00:00"
    end: str = "24:00"


class Limits(Struct, frozen=True, kw_only=True):
    pulls_per_hour: int | None = None
    """Pull requests opened in an hour in the whole account; None: as many as this site allows."""
    open_pulls: int | None = None
    """Pull requests open at a time in the whole account; None: any number."""


class Onboarding(Struct, frozen=True, kw_only=True):
    issue: str | None = None
    """`owner/name` of the private repository that gets one issue about the whole account."""


class Ignore(Struct, frozen=True, kw_only=True):
    """What is not wanted; names may hold `*`."""

    rules: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Config(Struct, frozen=True, kw_only=True):
    """The settings of one repository, defaults filled in."""

    schema: int = 1
    enabled: bool = True
    """False: find, but propose nothing."""
    draft: bool = True
    """True: what must not be merged before somebody has acted is opened as a draft."""
    add: bool | None = None
    """True: a publish workflow also where we would not offer one unasked. False: never. None: where plainly wanted."""
    migrate: bool = True
    """False: token uploads are reported and not moved."""
    bump: Bump = field(default_factory=Bump)
    testpypi: bool = False
    trigger: Trigger = Trigger.AUTO
    environment: Environments = field(default_factory=Environments)
    index: Index = field(default_factory=Index)
    secrets: Secrets = field(default_factory=Secrets)
    commands: Mapping[str, Permission] = field(default_factory=dict)
    """Verb -> who may give it, where that differs from the usual; of the organisation's file alone."""
    labels: tuple[str, ...] = ()
    """Beside the label `pubflow`."""
    reviewers: tuple[str, ...] = ()
    """Logins, or `organisation/team`, asked for a review when a pull request is opened."""
    schedule: Schedule = field(default_factory=Schedule)
    limits: Limits = field(default_factory=Limits)
    """Of the organisation's file alone."""
    onboarding: Onboarding = field(default_factory=Onboarding)
    """Of the organisation's file alone."""
    ignore: Ignore = field(default_factory=Ignore)
