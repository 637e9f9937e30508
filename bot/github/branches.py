"""Deleting a branch, on condition that nobody moved it meanwhile.

REST deletes whatever is there; `updateRefs` alone compares first:
https://docs.github.com/en/graphql/reference/mutations#updaterefs
"""

from __future__ import annotations

from bot.errors import Conflict
from bot.github import queries
from bot.github.access import Access
from bot.github.faults import Unprocessable
from bot.github.graphql import query
from bot.github.wire import Permit
from bot.model import RepoRef, Sha

_NOWHERE = "0" * 40
_ELSEWHERE = ("but expected", "does not exist", "not found")


async def delete(access: Access, ref: RepoRef, branch: str, head: Sha, permit: Permit) -> bool:
    """True when the branch pointed to `head` and is gone now. Raises Unprocessable when a rule protects it."""
    await access.client.book(access.lane, 1)
    variables = {"repository": ref.node_id, "name": f"refs/heads/{branch}", "before": head, "after": _NOWHERE}
    try:
        await query(access, queries.MOVE, variables, queries.Moved, permit=permit)
    except Conflict:
        return False
    except Unprocessable as error:
        if error.says(*_ELSEWHERE):
            return False
        raise
    return True
