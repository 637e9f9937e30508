"""A release of a sample: what GitHub's runner and the index do when somebody pushes a tag, so far as both are local.

The run's outcome is what the index says: a publisher that is not registered fails it, with the log that the publish
action would write.
"""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from bot.demo import runner
from bot.demo.github import LocalGitHub
from bot.demo.github.machines import Ended
from bot.demo.github.state import WorkflowRun
from bot.demo.pypi import LocalPyPI
from bot.demo.runner import UploadRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Which project, by which workflow; without a `token` by Trusted Publishing, as the workflow at the tag asks."""

    repository: str
    """`owner/name`"""
    project: str
    version: str
    workflow: str
    environment: str = ""
    token: str | None = None
    attest: bool = True

    def claims(self) -> dict[str, str]:
        """What GitHub would say of the job: https://docs.github.com/actions/reference/security/oidc"""
        ref = f"refs/tags/v{self.version}"
        found = {
            "repository": self.repository,
            "repository_owner": self.repository.partition("/")[0],
            "workflow_ref": f"{self.repository}/{self.workflow}@{ref}",
            "job_workflow_ref": f"{self.repository}/{self.workflow}@{ref}",
            "ref": ref,
        }
        return found | ({"environment": self.environment} if self.environment else {})


async def release(github: LocalGitHub, index: LocalPyPI, what: Release, *, by: str | None = None) -> WorkflowRun:
    """Tag, build, upload; the run as it ended."""
    github.tag(what.repository, f"v{what.version}", by=by)
    log = ""
    async with aiohttp.ClientSession() as session:
        try:
            token = what.token or await runner.exchange(session, index.url, what.claims())
            await runner.upload(session, index.upload_url, token, what.project, what.version, attest=what.attest)
        except UploadRefused as refused:
            printed = "".join(f"* `{name}`: `{value}`\n" for name, value in what.claims().items())
            log = f"{refused}\n\n{printed if what.token is None else ''}"
    ended = Ended(name="publish", conclusion="failure" if log else "success", log=log)
    return github.finish_run(what.repository, what.workflow, jobs=[ended], ref=f"v{what.version}", by=by)
