"""A `Check` carried out: a check run made once and brought up to date, whoever asks how often.

GitHub adds annotations to those that a run has and takes none away, so a run that has some is followed by a newer one
of the same name, and the newest counts: https://docs.github.com/en/rest/checks/runs
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from bot.errors import Unavailable
from bot.github.access import Access
from bot.github.wire import Permit, Request
from bot.model import Check, Remark, RepoRef

NAME = "pubflow"
MOST_REMARKS = 50
"""GitHub's limit for one request."""
LONGEST = 60_000
"""Characters; GitHub's limit is 65,535."""


class _Output(msgspec.Struct, frozen=True):
    annotations_count: int = 0


class _Run(msgspec.Struct, frozen=True):
    id: int
    external_id: str | None = None
    output: _Output = _Output()


class _Runs(msgspec.Struct, frozen=True):
    check_runs: tuple[_Run, ...]


async def carry_out(access: Access, ref: RepoRef, check: Check, permit: Permit) -> None:
    """Make the check stand on its commit. `permit` is awaited before each writing request.

    Raises Forbidden (without the permission `checks`), Gone, Stopped, WaitUntil, Unavailable, Unwanted.
    """
    writer = _Writer(access, ref, check, permit)
    try:
        await writer.make(repeatable=False)
    except Unavailable:  # nobody knows whether it was carried out: look again
        await writer.make(repeatable=True)


@dataclass(frozen=True, slots=True)
class _Writer:
    access: Access
    ref: RepoRef
    check: Check
    permit: Permit

    async def make(self, *, repeatable: bool) -> None:
        wanted = _identity(self.check)
        newest: _Run | None = None
        async for run in self._runs():
            if run.external_id == wanted:
                return
            if (run.external_id or "").startswith(f"{self.check.key}:") and (newest is None or run.id > newest.id):
                newest = run
        if newest is not None and not newest.output.annotations_count:
            values = self._values | {"check_run_id": newest.id}
            await self._write("PATCH", "/check-runs/{check_run_id}", values, {}, repeatable=True)
        else:
            fixed: dict[str, object] = {"name": NAME, "head_sha": self.check.head}
            await self._write("POST", "/check-runs", self._values, fixed, repeatable=repeatable)

    @property
    def _values(self) -> dict[str, str | int]:
        return {"owner": self.ref.owner, "repo": self.ref.name}

    async def _runs(self) -> AsyncIterator[_Run]:
        request = Request(
            method="GET",
            path="/repos/{owner}/{repo}/commits/{ref}/check-runs{?check_name,filter,per_page}",
            values=self._values | {"ref": self.check.head, "check_name": NAME, "filter": "all", "per_page": 100},
        )
        async for page in self.access.pages(request):
            for run in page.fit(_Runs).check_runs:
                yield run

    async def _write(
        self, method: str, path: str, values: dict[str, str | int], fixed: dict[str, object], *, repeatable: bool
    ) -> None:
        check = self.check
        output = {
            "title": check.title,
            "summary": check.summary[:LONGEST],
            "annotations": [_annotation(remark) for remark in check.remarks[:MOST_REMARKS]],
        }
        body = {
            "status": "completed",
            "conclusion": check.conclusion,
            "external_id": _identity(check),
            "output": output,
        }
        request = Request(
            method=method,
            path="/repos/{owner}/{repo}" + path,
            values=values,
            body=fixed | body,
            permit=self.permit,
            repeatable=repeatable,
        )
        await self.access.send(request)


def _annotation(remark: Remark) -> dict[str, object]:
    place: dict[str, object] = {"path": remark.file, "start_line": remark.line, "end_line": remark.line}
    if remark.column is not None:
        place |= {"start_column": remark.column, "end_column": remark.column}
    return place | {"annotation_level": remark.level, "message": remark.message[:LONGEST]}


def _identity(check: Check) -> str:
    """The key and a digest of all that is said: the run that has it says exactly this."""
    return f"{check.key}:{hashlib.sha256(msgspec.json.encode(check)).hexdigest()[:16]}"
