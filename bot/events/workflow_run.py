"""`workflow_run`: a run ended. Only runs that may publish: no tests of pull requests, and none of other workflows.

What a repository is known to publish by is a moment old. A run that was passed over for that is found by the next look
at how far its project has come, because that reads runs and the index, and not this event.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from bot.events.payload import (
    NO_INSTALLATION,
    OTHER_ACTION,
    Action,
    Decision,
    Id,
    Installation,
    Jobs,
    NotForUs,
    Repository,
    Short,
    Watched,
    named,
)
from bot.interest import WORKFLOW
from bot.model import InstallationId, Job, JsonValue, RepoId

Oid = Annotated[str, Meta(pattern=r"\A[0-9a-f]{40}\Z")]
Address = Annotated[str, Meta(pattern=r"\Ahttps?://[A-Za-z0-9._:/-]{1,500}\Z")]
"""Nothing that could end a link in Markdown."""

NEVER_PUBLISHES = NotForUs("a run for a pull request, or of no workflow of the repository")
PUBLISHES_NOTHING = NotForUs("a run of a workflow that publishes nothing")
OTHER_END = NotForUs("a run that neither failed nor went well")
_TESTS = frozenset({"pull_request", "pull_request_target", "pull_request_review", "merge_group", "dynamic"})


class Run(Struct, frozen=True, gc=False):
    id: Id
    event: Short
    head_sha: Oid
    html_url: Address
    path: str = ""
    run_attempt: Annotated[int, Meta(ge=1, le=10_000)] = 1
    conclusion: str | None = None
    head_branch: str | None = None


class WorkflowRunPayload(Struct, frozen=True, gc=False):
    action: Action
    workflow_run: Run
    repository: Repository
    installation: Installation | None = None


def workflow_run(payload: WorkflowRunPayload, watched: Watched) -> Decision:
    run = payload.workflow_run
    if payload.action != "completed":
        return OTHER_ACTION
    if payload.installation is None:
        return NO_INSTALLATION
    if run.event in _TESTS or not WORKFLOW.match(run.path.partition("@")[0]):
        return NEVER_PUBLISHES
    known = watched(RepoId(payload.repository.id))
    if known is not None and run.path.partition("@")[0] not in known:
        return PUBLISHES_NOTHING
    number = InstallationId(payload.installation.id)
    match run.conclusion:
        case "success":
            job = _notice(payload, number)
        case "failure" | "startup_failure" | "timed_out":
            job = _diagnose(payload, number)
        case _:
            return OTHER_END
    return Jobs(action=payload.action, jobs=(job,))


def _notice(payload: WorkflowRunPayload, installation: InstallationId) -> Job:
    ref, workflow = payload.repository.ref(), payload.workflow_run.path.partition("@")[0]
    args = named(ref) | {"workflow": workflow}
    return Job(kind="notice", key=f"{ref.id}:{workflow}", installation=installation, args=args)


def _diagnose(payload: WorkflowRunPayload, installation: InstallationId) -> Job:
    run, ref = payload.workflow_run, payload.repository.ref()
    args: dict[str, JsonValue] = {
        "run": run.id,
        "attempt": run.run_attempt,
        "workflow": run.path.partition("@")[0],
        "head": run.head_sha,
        "url": run.html_url,
        "ref_name": run.head_branch,
    }
    return Job(
        kind="diagnose",
        key=f"{ref.id}:{run.id}:{run.run_attempt}",
        installation=installation,
        args=named(ref) | args,
        once=True,
    )
