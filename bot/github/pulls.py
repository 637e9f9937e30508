"""A pull request that exists: its words, its closing, draft or ready.

https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request; drafts are GraphQL's alone:
https://docs.github.com/en/graphql/reference/mutations#markpullrequestreadyforreview
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.github import queries
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.wire import Permit, Request
from bot.model import RepoRef


class _Pull(msgspec.Struct, frozen=True):
    node_id: str
    state: str
    draft: bool = False
    body: str | None = None


async def read_body(access: Access, ref: RepoRef, number: int) -> str:
    return (await _read(access, ref, number)).body or ""


async def _read(access: Access, ref: RepoRef, number: int) -> _Pull:
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/pulls/{pull_number}",
        values={"owner": ref.owner, "repo": ref.name, "pull_number": number},
    )
    return (await access.send(request)).fit(_Pull)


async def update(
    access: Access,
    ref: RepoRef,
    number: int,
    permit: Permit,
    **changes: str | None,
) -> None:
    """Set title, body or state, whatever is given; nothing is asked when nothing is."""
    body: dict[str, object] = {name: value for name, value in changes.items() if value is not None}
    if body:
        await access.send(
            Request(
                method="PATCH",
                path="/repos/{owner}/{repo}/pulls/{pull_number}",
                values={"owner": ref.owner, "repo": ref.name, "pull_number": number},
                body=body,
                permit=permit,
            )
        )


async def label(access: Access, ref: RepoRef, number: int, labels: Sequence[str], permit: Permit) -> None:
    """Add labels; those that are there already stay, and nothing is asked for none."""
    if labels:
        await access.send(
            Request(
                method="POST",
                path="/repos/{owner}/{repo}/issues/{issue_number}/labels",
                values={"owner": ref.owner, "repo": ref.name, "issue_number": number},
                body={"labels": list(labels)},
                permit=permit,
            )
        )


async def set_draft(access: Access, ref: RepoRef, number: int, permit: Permit, *, draft: bool) -> bool:
    """Look, then change what differs. Where a repository knows no drafts, GitHub's refusal is raised (Unwanted)."""
    found = await _read(access, ref, number)
    if found.state != "open" or found.draft == draft:
        return False
    await access.client.book(access.lane, 1)
    document = queries.TO_DRAFT if draft else queries.TO_READY
    await query(access, document, {"pull": found.node_id}, queries.Mutated, permit=permit)
    return True
