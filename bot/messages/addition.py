"""What the pull request of `missing-workflow` says."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.frame import Frame
from bot.messages.markdown import render
from bot.messages.publisher import Publisher
from bot.model import Step, Who

TITLE = "Publish to PyPI with Trusted Publishing"


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

    @property
    def title(self) -> str:
        return TITLE


def body(addition: Addition, frame: Frame) -> str:
    """The body of the pull request that adds a publish workflow."""
    publisher = addition.publisher
    return render(
        "missing-workflow.md",
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
        draft=frame.draft,
        private=frame.private,
        marker=frame.marker,
    )
