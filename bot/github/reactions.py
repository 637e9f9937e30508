"""Reactions to comments: https://docs.github.com/en/rest/reactions/reactions"""

from __future__ import annotations

from enum import StrEnum

from bot.github.access import Access
from bot.github.wire import Permit, Request
from bot.model import RepoRef


class Reaction(StrEnum):
    EYES = "eyes"
    """Seen; the work has begun."""
    CONFUSED = "confused"
    """Not understood, or not allowed."""


async def react(access: Access, ref: RepoRef, comment: int, reaction: Reaction, permit: Permit) -> None:
    """GitHub answers 200 instead of 201 when we have reacted so before."""
    await access.send(
        Request(
            method="POST",
            path="/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
            values={"owner": ref.owner, "repo": ref.name, "comment_id": comment},
            body={"content": reaction.value},
            permit=permit,
        )
    )
