"""The identity that a person registers on PyPI, and where."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from msgspec import Struct

from bot.project.names import canonical

_LONGEST = 255
"""Characters of an owner, repository, file or environment: https://docs.pypi.org/trusted-publishers/"""


class Places(Struct, frozen=True, kw_only=True):
    """Where people go: base addresses without a slash at the end."""

    pypi: str = "https://pypi.org"
    testpypi: str = "https://test.pypi.org"
    web: str = "https://github.com"
    site: str | None = None
    """Where this site of pubflow is reached; None: it has not been told."""

    def settings(self, owner: str, repository: str, page: str) -> str | None:
        """A page of a repository's settings; None when the repository is not known."""
        if not owner:
            return None
        return f"{self.web}/{quote(owner, safe='')}/{quote(repository, safe='')}/settings/{page}"


class Publisher(Struct, frozen=True, kw_only=True):
    """The identity to register on PyPI. Owner and repository in GitHub's own spelling: PyPI compares them exactly.

    Both are empty for a checkout that does not say where it came from.
    """

    project: str
    owner: str
    repository: str
    workflow: str
    environment: str | None
    """None: registered without one."""

    def form_url(self, pypi_url: str) -> str:
        """PyPI's form for a project that exists, filled in with what PyPI may take."""
        values = {
            "provider": "github",
            "owner": self.owner,
            "repository": self.repository,
            "workflow_filename": self.workflow,
            "environment": self.environment or "",
        }
        values = {name: value for name, value in values.items() if 0 < len(value) <= _LONGEST}
        name = quote(canonical(self.project), safe="")
        return f"{pypi_url}/manage/project/{name}/settings/publishing/?{urlencode(values)}"

    def pending_url(self, pypi_url: str) -> str:
        """PyPI's page for a project that does not exist yet; it takes no values in its address."""
        return f"{pypi_url}/manage/account/publishing/"
