"""What a workflow is filled with. Only values of narrow shapes are let in; all others are refused.

What goes into a blank ends in YAML, in expressions and in shell commands.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from bot.errors import Refused
from bot.project.names import canonical

ENVIRONMENT = "pypi"


class Trigger(StrEnum):
    """What starts a publish run. Never both: each release would be uploaded twice."""

    TAG = "tag"
    RELEASE = "release"
    """A GitHub release is published, for repositories that already release that way."""


class PrivateIndex(Struct, frozen=True, kw_only=True):
    """An index such as devpi, that takes a user's name and password and no identity token.

    Making one raises `Refused` for a value that could mean more than it says.
    """

    url: str
    """Where `twine upload --repository-url` would upload to."""
    environment: str = "private-index"
    """Holds the two secrets."""
    user_secret: str = "INDEX_USERNAME"  # noqa: S105 - the name of a secret
    password_secret: str = "INDEX_PASSWORD"  # noqa: S105 - the name of a secret

    def __post_init__(self) -> None:
        _check(self, _INDEX_SHAPES)


class RecipeValues(Struct, frozen=True, kw_only=True):
    """The blanks' values and what is asked for beyond the recipe.

    Making one raises `Refused` for a value that could mean more than it says, and for wishes that exclude each other.
    """

    package: str
    """The project's name as declared."""
    repository: str | None
    """`owner/name` in GitHub's own spelling; None when it is not known, and nothing then keeps forks from trying."""
    folder: str = ""
    """Where the project's metadata lies, `""` for the root."""
    environment: str = ENVIRONMENT
    tag_pattern: str = "v*"
    """Which tags are releases, as GitHub's filters are written."""
    trigger: Trigger = Trigger.TAG
    pypi_url: str = "https://pypi.org"
    default_branch: str = "main"
    """Whose commits are tried out by `testpypi` and `trial`; used for nothing else."""
    testpypi: bool = False
    """Each commit on the default branch is uploaded to TestPyPI; the project must give each a version of its own."""
    testpypi_url: str = "https://test.pypi.org"
    testpypi_environment: str = "testpypi"
    trial: bool = False
    """Before every upload, and for each commit on the default branch, an index started in the run takes the files."""
    private_index: PrivateIndex | None = None
    """The releases go there and not to PyPI."""
    among_others: bool = False
    """The repository holds several packages: the workflow's name says which one it publishes."""

    def __post_init__(self) -> None:
        _check(self, _SHAPES)
        if self.private_index is not None and self.testpypi:
            raise Refused("What goes to a private index is not for TestPyPI, which is public.")

    @property
    def subfolder(self) -> str | None:
        """The folder, if it is not the root."""
        return self.folder or None

    @property
    def project_url(self) -> str:
        """The project's page on the index."""
        return f"{self.pypi_url.rstrip('/')}/p/{canonical(self.package)}"

    @property
    def testpypi_project_url(self) -> str:
        return f"{self.testpypi_url.rstrip('/')}/p/{canonical(self.package)}"

    @property
    def tag_prefix(self) -> str:
        """What stands before the version in every tag that the pattern matches: `v` of `v*`, `core-` of `core-1.*`."""
        fixed = re.split(r"[*?+\[]", self.tag_pattern, maxsplit=1)[0]
        if self.tag_pattern[len(fixed) :].startswith(("?", "+")):
            fixed = fixed[:-1]  # these two make the character before them part of the pattern
        return re.sub(r"[0-9.]+$", "", fixed)


_Shapes = dict[str, tuple[re.Pattern[str], str]]

# PyPI's own limits for names, repositories and environments: warehouse/oidc/forms/github.py. Ours are as narrow or
# narrower, so that no value can end a quoted string, start an expression or become an option of a command.
_FOLDER = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.+@][A-Za-z0-9_.+@-]*"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~+-]+)*/?")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9_.](?:[A-Za-z0-9 _./:@-]{0,253}[A-Za-z0-9_./@-])?")
_SECRET = re.compile(r"(?!(?i:github_))[A-Za-z_][A-Za-z0-9_]{0,99}")
_SHAPES: _Shapes = {
    "package": (re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?"), "a name that PyPI allows"),
    "repository": (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}"),
        "`owner/name` as GitHub spells it",
    ),
    "folder": (re.compile(rf"(?:{_FOLDER}(?:/{_FOLDER})*)?"), "a folder whose name is safe in a shell command"),
    "environment": (_ENVIRONMENT, "a plain environment name"),
    "tag_pattern": (
        re.compile(r"[A-Za-z0-9_.*\[][A-Za-z0-9_./@+?*\[\]-]{0,199}"),
        "one pattern of tags without exclusions",
    ),
    "pypi_url": (_ADDRESS, "a plain web address"),
    "default_branch": (
        re.compile(r"(?!.*(?:\.\.|//|\.lock(?:/|\Z)))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![./])"),
        "a plain branch name",
    ),
    "testpypi_url": (_ADDRESS, "a plain web address"),
    "testpypi_environment": (_ENVIRONMENT, "a plain environment name"),
}
_INDEX_SHAPES: _Shapes = {
    "url": (_ADDRESS, "a plain web address"),
    "environment": (_ENVIRONMENT, "a plain environment name"),
    "user_secret": (_SECRET, "a secret's name"),
    "password_secret": (_SECRET, "a secret's name"),
}


def _check(values: RecipeValues | PrivateIndex, shapes: _Shapes) -> None:
    for name, (shape, wanted) in shapes.items():
        value = getattr(values, name)
        if value is not None and not shape.fullmatch(value):
            raise Refused(f"The {name.replace('_', ' ')} {value[:100]!r} is not {wanted}.")
