"""Branches are renamed as GitHub renames them: what points at them follows, and the old name leads to the new one."""

from __future__ import annotations

import pytest

from bot.demo.github import BranchRule
from tests.demo.caller import Caller


async def rename(caller: Caller, old: str, new: str) -> None:
    token = caller.github.personal_token("alice")
    reply = await caller.tool("POST", f"/branches/{old}/rename", {"new_name": new}, auth=token)
    assert reply.status == 201, reply.body
    assert reply.body["name"] == new


async def test_what_points_at_the_default_branch_follows_it(caller: Caller) -> None:
    await caller.pull()
    caller.github.add_rule("acme/tool", BranchRule(kind="deletion", pattern="main"))
    before = caller.repository.head
    await rename(caller, "main", "trunk")
    assert (caller.repository.default_branch, caller.repository.head) == ("trunk", before)
    assert caller.repository.branch("main") is None
    assert caller.repository.pulls[1].base == "trunk"
    assert caller.repository.pulls[1].issue.open
    assert caller.repository.rules[0].pattern == "trunk"
    reply = await caller.tool("GET", "/branches/main")
    assert reply.status == 301
    assert reply.headers["Location"].endswith("/branches/trunk")
    assert (await caller.call("GET", reply.headers["Location"])).body["commit"]["sha"] == before
    await rename(caller, "trunk", "main")
    assert (await caller.tool("GET", "/branches/main")).status == 200


async def test_a_pull_request_from_the_branch_is_closed(caller: Caller) -> None:
    await caller.pull("topic")
    await rename(caller, "topic", "theme")
    assert not caller.repository.pulls[1].issue.open


REFUSED = [
    ("main", "trunk", 403, "Resource not accessible by integration"),
    ("nowhere", "x", 404, "Not Found"),
    ("topic", "main", 422, "New branch already exists"),
    ("topic", "a..b", 422, "is not a valid ref name"),
]


@pytest.mark.parametrize(("old", "new", "status", "words"), REFUSED)
async def test_an_app_may_not_rename_the_default_branch_nor_anybody_to_what_cannot_be(
    caller: Caller, old: str, new: str, status: int, words: str
) -> None:
    await caller.branch("topic")
    reply = await caller.tool("POST", f"/branches/{old}/rename", {"new_name": new})
    assert (reply.status, words in reply.message) == (status, True), reply.body
    assert (caller.repository.default_branch, caller.repository.branch("topic") is not None) == ("main", True)
    assert (await caller.tool("GET", "/branches/nowhere")).message == "Branch not found"
