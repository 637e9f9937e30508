"""Comments of ours: one for each hidden marker in a conversation, changed in place.

https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.errors import Gone
from bot.github.access import Access
from bot.github.wire import Permit, Request
from bot.model import RepoRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Who speaks, where and with which right; `login` is ours."""

    access: Access
    ref: RepoRef
    permit: Permit
    login: str


class _User(msgspec.Struct, frozen=True):
    login: str = ""


class _Comment(msgspec.Struct, frozen=True):
    id: int
    body: str | None = None
    user: _User | None = None


async def put(talk: Talk, number: int, marker: str, body: str) -> int:
    """Look for the comment first: whoever died after creating it, or whose answer was lost, finds it here."""
    there = await _find(talk, number, marker)
    if there is None:
        return await _create(talk, number, body)
    if _text(there.body) != _text(body):
        await edit(talk.access, talk.ref, there.id, body, talk.permit)
    return there.id


async def read_own(access: Access, ref: RepoRef, comment: int, login: str) -> str | None:
    """What a comment of ours (`login`) says; None when it is not ours or not there."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/issues/comments/{comment_id}",
        values={"owner": ref.owner, "repo": ref.name, "comment_id": comment},
    )
    try:
        found = (await access.send(request)).fit(_Comment)
    except Gone:
        return None
    return found.body or "" if _wrote(found, login) else None


async def edit(access: Access, ref: RepoRef, comment: int, body: str, permit: Permit) -> None:
    """Raises Gone when somebody deleted it."""
    await access.send(
        Request(
            method="PATCH",
            path="/repos/{owner}/{repo}/issues/comments/{comment_id}",
            values={"owner": ref.owner, "repo": ref.name, "comment_id": comment},
            body={"body": body},
            permit=permit,
        )
    )


async def _find(talk: Talk, number: int, marker: str) -> _Comment | None:
    """Anybody can write a marker: a comment is ours only if we wrote it."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/issues/{issue_number}/comments{?per_page}",
        values={"owner": talk.ref.owner, "repo": talk.ref.name, "issue_number": number, "per_page": 100},
    )
    async for page in talk.access.pages(request):
        for found in page.fit(tuple[_Comment, ...]):
            if _wrote(found, talk.login) and marker in (found.body or ""):
                return found
    return None


async def _create(talk: Talk, number: int, body: str) -> int:
    request = Request(
        method="POST",
        path="/repos/{owner}/{repo}/issues/{issue_number}/comments",
        values={"owner": talk.ref.owner, "repo": talk.ref.name, "issue_number": number},
        body={"body": body},
        permit=talk.permit,
        repeatable=False,  # an answer that was lost raises Unavailable, and the next attempt looks
    )
    return (await talk.access.send(request)).fit(_Comment).id


def _wrote(found: _Comment, login: str) -> bool:
    return found.user is not None and found.user.login.lower() == login.lower()


def _text(body: str | None) -> str:
    return (body or "").replace("\r\n", "\n").strip()
