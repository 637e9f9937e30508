"""Every sentence that we write to people on GitHub, and the hidden marker by which we know our own pull requests.

Text that comes from a repository is never trusted with Markdown: it passes through `code`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from packaging.utils import canonicalize_name

from bot import resources
from bot.model import Plan, Step, Who

if TYPE_CHECKING:
    from jinja2 import Environment

_MARKER = re.compile(r"<!-- pubflow:plan subject=(?P<subject>[0-9a-f]{16}) digest=(?P<digest>[0-9a-f]{16}) -->")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What the hidden marker of a pull request says: see `Plan.subject` and `Plan.digest`."""

    subject: str
    digest: str


def marker(subject: str, digest: str) -> str:
    """The hidden line by which a pull request is recognised as ours."""
    return f"<!-- pubflow:plan subject={subject} digest={digest} -->"


def read_marker(body: str) -> Marker | None:
    """The last marker in a pull request's body, or None if somebody removed it."""
    found = list(_MARKER.finditer(body))
    return Marker(subject=found[-1]["subject"], digest=found[-1]["digest"]) if found else None


def code(value: str) -> str:
    """`value` as a Markdown code span that cannot end early, break a table or carry a mention.

    Rules of code spans: https://spec.commonmark.org/0.31.2/#code-spans
    """
    text = _UNPRINTABLE.sub(" ", value)[:_LONGEST_VALUE].replace("|", "\\|").strip()
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if not text or text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - `pubflow check` starts without it

    environment = Environment(
        loader=FunctionLoader(lambda name: resources.text(f"messages/{name}")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,  # noqa: S701 - Markdown, not HTML: `code` escapes what comes from outside
    )
    environment.filters["code"] = code
    return environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The identity to register on PyPI. Owner and repository in GitHub's own spelling: PyPI compares them exactly.

    Both are empty for a checkout that does not say where it came from.
    """

    project: str
    owner: str
    repository: str
    workflow: str
    environment: str

    def form_url(self, pypi_url: str) -> str:
        """PyPI's form for a project that exists, filled in."""
        values = {
            "provider": "github",
            "owner": self.owner,
            "repository": self.repository,
            "workflow_filename": self.workflow,
            "environment": self.environment,
        }
        values = {name: value for name, value in values.items() if value}
        name = quote(canonicalize_name(self.project), safe="")
        return f"{pypi_url}/manage/project/{name}/settings/publishing/?{urlencode(values)}"

    def pending_url(self, pypi_url: str) -> str:
        """PyPI's page for a project that does not exist yet; it takes no values in its address."""
        return f"{pypi_url}/manage/account/publishing/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What the pull request of `missing-workflow` talks about."""

    publisher: Publisher
    file: str
    metadata: str
    exists: bool | None
    """Whether the project is on PyPI; None when PyPI could not be asked."""
    pypi_url: str
    web_url: str

    @property
    def environments_url(self) -> str | None:
        """The repository's page of environments; None when the repository is not known."""
        if not self.publisher.owner:
            return None
        return f"{self.web_url}/{self.publisher.owner}/{self.publisher.repository}/settings/environments"

    def steps(self) -> tuple[Step, ...]:
        """The same steps for machines: who does what, where."""
        publisher = self.publisher
        repository = (
            f"owner {publisher.owner}, repository {publisher.repository}"
            if publisher.owner
            else "owner and repository as GitHub spells them"
        )
        values = f"{repository}, workflow {publisher.workflow}, environment {publisher.environment}"
        if self.exists is False:
            register = f"Add a pending publisher on PyPI for {publisher.project}: {values}"
            url = publisher.pending_url(self.pypi_url)
        else:
            pending = "" if self.exists else " (a pending one, if the project is not there yet)"
            register = f"Register the publisher of {publisher.project} on PyPI{pending}: {values}"
            url = publisher.form_url(self.pypi_url)
        protect = (
            f"Create the environment {publisher.environment}, require a reviewer, and let only tags like v* deploy"
        )
        return (
            Step(who=Who.MAINTAINER, what=register, url=url),
            Step(who=Who.ADMIN, what=protect, url=self.environments_url),
        )


ADDITION_TITLE = "Publish to PyPI with Trusted Publishing"
REGISTER_FIRST = "Register first: "
"""Put before the title where GitHub knows no drafts."""


def addition_body(addition: Addition, *, draft: bool, private: bool, marker: str) -> str:
    """The body of the pull request that adds a publish workflow."""
    publisher = addition.publisher
    return (
        _templates()
        .get_template("missing-workflow.md")
        .render(
            file=addition.file,
            project=publisher.project,
            owner=publisher.owner,
            repository=publisher.repository,
            workflow=publisher.workflow,
            environment=publisher.environment,
            metadata=addition.metadata,
            exists=addition.exists,
            publisher_url=publisher.form_url(addition.pypi_url),
            pending_url=publisher.pending_url(addition.pypi_url),
            environments_url=addition.environments_url or addition.web_url,
            draft=draft,
            private=private,
            marker=marker,
        )
    )


def describes(plan: Plan, body: str) -> bool:
    """Whether a pull request with `body` shows exactly what `plan` proposes."""
    found = read_marker(body)
    return found is not None and found == Marker(subject=plan.subject, digest=plan.digest)
