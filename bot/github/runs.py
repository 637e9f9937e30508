"""Runs of workflows: those that ended well, the jobs of one that did not, and what a job wrote.

https://docs.github.com/en/rest/actions/workflow-runs, https://docs.github.com/en/rest/actions/workflow-jobs
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.errors import Forbidden, Gone
from bot.github.access import Access
from bot.github.faults import Elsewhere
from bot.github.wire import Request
from bot.model import RepoRef, Sha
from bot.released import GreenRun

LARGEST_LOG = 16 * 1024 * 1024
"""Bytes; what a log holds beyond them is not read."""
_MOST_RUNS = 20


class _Run(msgspec.Struct, frozen=True):
    head_sha: str
    created_at: str
    updated_at: str
    run_started_at: str | None = None


class _Runs(msgspec.Struct, frozen=True):
    workflow_runs: tuple[_Run, ...]


class _Job(msgspec.Struct, frozen=True):
    id: int
    name: str
    conclusion: str | None = None
    html_url: str | None = None


class _Jobs(msgspec.Struct, frozen=True):
    jobs: tuple[_Job, ...]


class _Annotation(msgspec.Struct, frozen=True):
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedJob:
    id: int
    name: str
    url: str | None


async def green_runs(access: Access, ref: RepoRef, workflow: str) -> tuple[GreenRun, ...]:
    """The newest runs of a workflow file (its name without folder) that ended well."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/actions/workflows/{workflow}/runs{?status,per_page}",
        values={
            "owner": ref.owner,
            "repo": ref.name,
            "workflow": workflow,
            "status": "success",
            "per_page": _MOST_RUNS,
        },
    )
    try:
        found = (await access.send(request)).fit(_Runs).workflow_runs
    except Gone:  # the workflow never ran
        return ()
    return tuple(
        GreenRun(
            began=_seconds(run.run_started_at or run.created_at),
            ended=_seconds(run.updated_at),
            commit=Sha(run.head_sha),
        )
        for run in found
    )


async def failed_jobs(access: Access, ref: RepoRef, run: int, attempt: int) -> tuple[FailedJob, ...]:
    """The jobs of one attempt that failed. Raises Gone."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs{?per_page}",
        values={"owner": ref.owner, "repo": ref.name, "run_id": run, "attempt_number": attempt, "per_page": 100},
    )
    found = [
        FailedJob(id=job.id, name=job.name, url=job.html_url)
        async for page in access.pages(request)
        for job in page.fit(_Jobs).jobs
        if job.conclusion in {"failure", "timed_out"}
    ]
    return tuple(found)


async def read_log(access: Access, ref: RepoRef, job: int, feed: Callable[[bytes], None]) -> bool:
    """Hand the log to `feed`, piece by piece and bounded; False where there is none: the job never began, or long ago.

    GitHub answers with an address elsewhere that is good for a minute; it is asked without our token.
    """
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
        values={"owner": ref.owner, "repo": ref.name, "job_id": job},
        located=True,
    )
    try:
        await access.send(request)
    except Elsewhere as elsewhere:
        return await access.client.fetch(elsewhere.address, feed, most=LARGEST_LOG)
    except Gone:
        return False
    return False


async def read_annotations(access: Access, ref: RepoRef, job: int) -> tuple[str, ...]:
    """What GitHub itself noted at a job: why it never began. Empty where we may not ask."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations{?per_page}",
        values={"owner": ref.owner, "repo": ref.name, "check_run_id": job, "per_page": 50},
    )
    try:
        found = (await access.send(request)).fit(tuple[_Annotation, ...])
    except (Forbidden, Gone):
        return ()
    return tuple(each.message for each in found if each.message)


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
