"""The shape of a configuration file, for reading it strictly, for its JSON Schema and for its reference page.

Loaded only where there is a file to read: pydantic takes as long to load as all of `pubflow check`. The descriptions
are what users read; what is not written in a file is not set, so that files can be laid over each other.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from bot.config.words import RULES, TAGS, VERBS

LOGIN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"
REVIEWER = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(/[A-Za-z0-9][A-Za-z0-9_-]{0,99})?$"
REPOSITORY = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}$"
ACTION = r"^[A-Za-z0-9*][A-Za-z0-9_*-]{0,99}(/[A-Za-z0-9._*-]{1,100}){1,8}$"
VERSIONS = r"^[A-Za-z0-9*][A-Za-z0-9_*-]{0,99}(/[A-Za-z0-9._*-]{1,100}){1,8}( ?@ ?[<>=v0-9., ]{1,60})?$"
VERSION = r"^v?[0-9]{1,9}(\.[0-9]{1,9}){0,2}$"
ALLOWED = r"^!?[A-Za-z0-9*][A-Za-z0-9_*-]{0,99}/[A-Za-z0-9._*/-]{1,200}(@[A-Za-z0-9._*/-]{1,100})?$"
ENVIRONMENT = r"^[A-Za-z0-9_.]([A-Za-z0-9 _./:@-]{0,253}[A-Za-z0-9_./@-])?$"
ADDRESS = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~+-]+)*/?$"
SECRET = r"^[A-Za-z_][A-Za-z0-9_]{0,99}$"  # noqa: S105 - a pattern of names
LABEL = r"^[^\x00-\x1f\x7f,]{1,50}$"
PATH = r"^[^\x00-\x1f\x7f]{1,300}$"
TIME = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"

SHAPES = {
    REVIEWER: "a login, or `organisation/team`",
    REPOSITORY: "a repository, written `owner/name`",
    ACTION: "an action such as `actions/checkout`; `*` stands for any part of a name",
    VERSIONS: "an action such as `docker/*`, with versions if only those are meant, such as `actions/cache@>=5`",
    VERSION: "a version such as `v4` or `4.1`",
    ALLOWED: "an action such as `docker/*` or `actions/cache@v5`, or with `!` before it one that may not be used",
    ENVIRONMENT: "a plain environment name",
    ADDRESS: "a plain web address without credentials or query",
    SECRET: "a secret's name",
    LABEL: "a label of at most 50 characters without commas",
    PATH: "a path or a pattern such as `.github/workflows/nightly*.yml`",
    TIME: "a time of day such as `08:30`, in UTC",
}
"""Pattern -> what it wants, in words."""

_MOST = 100
"""Entries of a list."""

UNSET: Any = None
"""The value of what has no default of its own; a file cannot say it."""


class Section(BaseModel):
    """Strict: no value is taken for another, no key for a remark."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


Cooldown = Annotated[int, Field(ge=0, le=365)]
PinsWord = Literal["keep", "sha", "tag"]


class ActionRules(Section):
    """What counts for one action in place of what counts for all."""

    stay: Annotated[str, Field(pattern=VERSION)] = UNSET
    """The version within which it is raised, such as `v4` or `4.1`."""
    majors: bool = UNSET
    """As `bump.majors`."""
    cooldown: Cooldown = UNSET
    """As `bump.cooldown`."""
    pins: PinsWord = UNSET
    """As `bump.pins`."""
    ignore: bool = UNSET
    """`true`: it is left as it is."""


def _kind(value: object) -> str:
    return TAGS[1] if isinstance(value, (dict, ActionRules)) else TAGS[0]


def _as_rules(value: str | ActionRules) -> ActionRules:
    return ActionRules(stay=value) if isinstance(value, str) else value


VersionOrRules = Annotated[
    Annotated[str, Field(pattern=VERSION), Tag(TAGS[0])] | Annotated[ActionRules, Tag(TAGS[1])],
    Discriminator(_kind),
    AfterValidator(_as_rules),
]
"""A version to stay on says the same as rules that name it alone."""


class Bump(Section):
    """How the actions of workflows are kept up to date."""

    enabled: bool = True
    """`false`: actions are left as they are, even those that stopped working."""
    scope: Literal["publish", "all"] = "publish"
    """Whose actions: those of the workflows that publish, or of `all` workflows."""
    pins: PinsWord = "keep"
    """How a raised action is written: `keep` the way it was, `sha` the commit with its version beside it, `tag`."""
    cooldown: Cooldown = 5
    """Days that a release must be old before it is proposed; only an advisory that GitHub reviewed shortens them."""
    majors: bool = True
    """`false`: a new major version is reported and not proposed."""
    ignore: Annotated[list[Annotated[str, Field(pattern=VERSIONS)]], Field(max_length=_MOST)] = []
    """Actions that are left as they are, such as `docker/*`, or that are not raised to some versions, such as
    `actions/cache@>=5`."""
    actions: Annotated[
        dict[Annotated[str, Field(pattern=ACTION)], VersionOrRules],
        Field(max_length=_MOST, json_schema_extra={"additionalProperties": False}),
    ] = {}
    """Action to what counts for it alone: `actions/checkout: {majors: false, cooldown: 14, pins: sha}`. The version
    that it stays on may stand by itself: `actions/checkout: v4` raises it within version 4 alone. Where several names
    fit an action, what stands lower counts."""
    allowed: Annotated[list[Annotated[str, Field(pattern=ALLOWED)]], Field(max_length=_MOST)] = UNSET
    """The actions that may be used, where the organisation does not allow all; those of the own account always may.
    What would bring in another one is not proposed. Without it, what GitHub's settings say counts if it may be read."""
    self_hosted: bool = False
    """`true`: runners that are not GitHub's own run Node 24 (version 2.327.1 or newer), so actions that need it are
    raised for them too."""


class Environment(Section):
    """Names of the environments in workflows that pubflow writes anew; those of existing workflows always stay."""

    pypi: Annotated[str, Field(pattern=ENVIRONMENT)] = "pypi"
    """The environment of the job that uploads to PyPI."""
    testpypi: Annotated[str, Field(pattern=ENVIRONMENT)] = "testpypi"
    """The environment of the job that uploads to TestPyPI."""


class Index(Section):
    """A private index to which a workflow that pubflow writes anew publishes, in place of PyPI."""

    url: Annotated[str, Field(pattern=ADDRESS)] = UNSET
    """Where uploads go, as `twine upload --repository-url` takes it. Without it, PyPI."""
    environment: Annotated[str, Field(pattern=ENVIRONMENT)] = "private-index"
    """The environment that holds the two secrets."""
    user_secret: Annotated[str, Field(pattern=SECRET)] = "INDEX_USERNAME"  # noqa: S105 - the name of a secret
    """Name of the secret with the user's name."""
    password_secret: Annotated[str, Field(pattern=SECRET)] = "INDEX_PASSWORD"  # noqa: S105 - the name of a secret
    """Name of the secret with the password."""


class Secrets(Section):
    """What pubflow says of stored credentials."""

    keep: Annotated[list[Annotated[str, Field(pattern=SECRET)]], Field(max_length=_MOST)] = []
    """Secrets that are used elsewhere too, and that pubflow never asks to delete."""


class Schedule(Section):
    """When pull requests that nobody asked for may be opened. What a command asks for is done at once."""

    days: Annotated[
        list[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]],
        Field(min_length=1, max_length=7),
    ] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    """Days of the week, in UTC."""
    start: Annotated[str, Field(pattern=TIME)] = "00:00"
    """From this time of day, in UTC; written in quotes."""
    end: Annotated[str, Field(pattern=TIME)] = "24:00"
    """Until this time of day, in UTC; before `start` it is a time of the next day."""


class Limits(Section):
    """How much the whole account gets. Of the organisation's file alone."""

    pulls_per_hour: Annotated[int, Field(ge=1, le=500)] = UNSET
    """Pull requests opened in an hour; without it, and at most, what the site allows (10 if it says nothing)."""
    open_pulls: Annotated[int, Field(ge=1, le=10_000)] = UNSET
    """Pull requests open at a time; further ones wait until one is merged or closed."""


class Onboarding(Section):
    """What happens when pubflow is installed. Of the organisation's file alone."""

    issue: Annotated[str, Field(pattern=REPOSITORY)] = UNSET
    """A private repository that gets one issue with what was found in the whole account, kept up to date."""


class Ignore(Section):
    """What pubflow leaves alone."""

    rules: Annotated[list[Literal[RULES]], Field(max_length=_MOST)] = []  # type: ignore[valid-type]
    """Rules that are not applied."""
    actions: Annotated[list[Annotated[str, Field(pattern=ACTION)]], Field(max_length=_MOST)] = []
    """Actions of which nothing is said and which are never changed, by any rule."""
    files: Annotated[list[Annotated[str, Field(pattern=PATH)]], Field(max_length=_MOST)] = []
    """Files that are never changed, such as `.github/workflows/nightly*.yml`."""


_Permission = Literal["read", "triage", "write", "maintain", "admin", "nobody"]

_FIELDS: Any = {
    verb: (_Permission, Field(default=UNSET, description=f"Who may say `/pubflow {verb}`.")) for verb in VERBS
}
Commands = create_model(
    "Commands",
    __base__=Section,
    __doc__="Who may give which command, where that differs from the usual. Of the organisation's file alone.",
    **_FIELDS,
)


class File(Section):
    """`.github/pubflow.yml`: how pubflow treats this repository or, in the repository `.github`, the whole account."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    """The version of this file's format."""
    enabled: bool = True
    """`false`: nothing is proposed."""
    draft: bool = True
    """`false`: what waits for a registration on PyPI is opened ready for review, with a warning in its title."""
    add: bool = UNSET
    """`true`: propose a publish workflow also where pubflow would not offer one unasked; `false`: never propose one.
    Without it, one is proposed where it is plainly wanted."""
    migrate: bool = True
    """`false`: uploads with a stored token are reported, and not moved to Trusted Publishing."""
    bump: Bump = Bump()
    testpypi: bool = False
    """`true`: a workflow that pubflow writes anew uploads each commit of the default branch to TestPyPI."""
    trigger: Literal["auto", "tag", "release"] = "auto"
    """What starts a workflow that pubflow writes anew: a `tag`, a published `release`, or `auto`: a release where this
    repository's workflows wait for releases already, else a tag."""
    environment: Environment = Environment()
    index: Index = Index()
    secrets: Secrets = Secrets()
    commands: Commands = Commands()  # type: ignore[valid-type]
    labels: Annotated[list[Annotated[str, Field(pattern=LABEL)]], Field(max_length=20)] = []
    """Labels that pull requests get beside `pubflow`, open ones too; what a person takes away stays away."""
    reviewers: Annotated[list[Annotated[str, Field(pattern=REVIEWER)]], Field(max_length=15)] = []
    """Who is asked for a review, once for each open pull request: logins, or `organisation/team`."""
    schedule: Schedule = Schedule()
    limits: Limits = Limits()
    onboarding: Onboarding = Onboarding()
    ignore: Ignore = Ignore()
