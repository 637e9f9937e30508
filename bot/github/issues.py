"""Issues of ours: one for each hidden marker in a repository, opened once, changed in place, closed.

https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.github.access import Access
from bot.github.wire import Permit, Request
from bot.model import RepoRef


@dataclass(frozen=True, slots=True)
class Draft:
    """An issue as it should stand; `body` holds `marker`."""

    marker: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An issue as it stands."""

    number: int
    url: str
    open: bool
    created: bool
    body: str = ""
    """As it stands."""


class _Issue(msgspec.Struct, frozen=True):
    number: int
    html_url: str
    title: str
    state: str
    body: str | None = None
    pull_request: dict[str, object] | None = None


async def put(access: Access, ref: RepoRef, login: str, draft: Draft, permit: Permit) -> Opened:
    """Look first, among the issues that we (`login`) wrote. What people closed is neither opened again nor changed."""
    found = await _find(access, ref, login, draft.marker)
    if found is None:
        made = await _write(access, ref, permit, {"title": draft.title, "body": draft.body})
        return Opened(number=made.number, url=made.html_url, open=True, created=True, body=draft.body)
    stands = found.title, (found.body or "").replace("\r\n", "\n").strip()
    if found.state == "open" and stands != (draft.title, draft.body.strip()):
        found = await _write(access, ref, permit, {"title": draft.title, "body": draft.body}, number=found.number)
    return _opened(found)


async def look(access: Access, ref: RepoRef, login: str, marker: str) -> Opened | None:
    """Our issue that holds `marker`, as it stands; None when there is none."""
    found = await _find(access, ref, login, marker)
    return None if found is None else _opened(found)


def _opened(found: _Issue) -> Opened:
    return Opened(
        number=found.number, url=found.html_url, open=found.state == "open", created=False, body=found.body or ""
    )


async def close(access: Access, ref: RepoRef, number: int, permit: Permit) -> None:
    """Closing what is closed changes nothing."""
    await _write(access, ref, permit, {"state": "closed", "state_reason": "completed"}, number=number)


async def _find(access: Access, ref: RepoRef, login: str, marker: str) -> _Issue | None:
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/issues{?creator,state,per_page}",
        values={"owner": ref.owner, "repo": ref.name, "creator": login, "state": "all", "per_page": 100},
    )
    async for page in access.pages(request):
        for found in page.fit(tuple[_Issue, ...]):
            if found.pull_request is None and marker in (found.body or ""):
                return found
    return None


async def _write(
    access: Access, ref: RepoRef, permit: Permit, body: dict[str, object], *, number: int | None = None
) -> _Issue:
    request = Request(
        method="POST" if number is None else "PATCH",
        path="/repos/{owner}/{repo}/issues{/issue_number}",
        values={"owner": ref.owner, "repo": ref.name} | ({} if number is None else {"issue_number": number}),
        body=body,
        permit=permit,
        repeatable=number is not None,  # an opening whose answer was lost is looked for by the next attempt
    )
    return (await access.send(request)).fit(_Issue)
