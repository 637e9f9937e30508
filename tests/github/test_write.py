"""A plan carried out in five requests; the same again changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from bot.github import Token
from bot.model import TRUSTED_PUBLISHING_BRANCH, Change
from tests.github.scripted import Connect
from tests.github.stage import PYPROJECT, WORKFLOW, Stage, also, planned, pulls, put_modes

BRANCH = TRUSTED_PUBLISHING_BRANCH
STEPS = ["/git/trees", "/git/commits", "/git/refs", "/pulls", "/labels"]


def steps(stage: Stage) -> list[str]:
    """What was asked since the mark, without the repository's name."""
    return [f"{one.method} {one.path.removeprefix('/repos/acme/tool')}" for one in stage.asked()]


# ---------------------------------------------------------------- the ordinary way


async def test_a_plan_takes_five_requests(stage: Stage) -> None:
    snapshot = await stage.read()
    stage.mark()
    made = await stage.propose(snapshot, planned(snapshot))
    assert [one.path.removeprefix("/repos/acme/tool") for one in stage.asked()] == [*STEPS[:4], "/issues/1/labels"]
    assert made.created
    assert made.number == 1
    assert made.url == f"{stage.hub.web_url}/acme/tool/pull/1"
    assert stage.text(WORKFLOW) == "on: release\n"
    assert stage.text("pyproject.toml") == PYPROJECT
    pull = stage.hub.repository("acme/tool").pulls[1]
    assert (pull.issue.title, pull.issue.body, pull.base) == (planned(snapshot).title, "Why.\n", "main")
    assert [label.name for label in pull.issue.labels] == ["pubflow"]
    assert not pull.draft


async def test_the_commit_is_githubs_to_sign(stage: Stage) -> None:
    snapshot = await stage.read()
    stage.mark()
    await stage.propose(snapshot, planned(snapshot))
    [sent] = [one for one in stage.asked() if one.path.endswith("/git/commits")]
    assert b"author" not in sent.request
    head = (await stage.read()).heads[BRANCH]
    assert head.ours
    assert head.parents == (snapshot.head,)
    assert head.digest == planned(snapshot).digest


async def test_the_write_token_is_for_one_repository_and_one_purpose(stage: Stage) -> None:
    stage.hub.create_repository("acme/other", {"a": "b"})
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    await stage.propose(await stage.read("acme/other"), planned(await stage.read("acme/other"), path="x.txt"))
    _, first, second = stage.hub.site.tokens.minted()
    assert list(first.repositories or ()) == [snapshot.repo.ref.id]
    assert first.permissions == {
        "contents": "write",
        "metadata": "read",
        "pull_requests": "write",
        "workflows": "write",
    }
    assert "workflows" not in second.permissions
    assert list(second.repositories or ()) == [stage.hub.repository("acme/other").id]


async def test_a_draft_is_a_draft(stage: Stage) -> None:
    snapshot = await stage.read()
    made = await stage.propose(snapshot, structs.replace(planned(snapshot), draft=True))
    assert stage.hub.repository("acme/tool").pulls[made.number].draft


async def test_where_drafts_cannot_be_it_is_none(stage: Stage) -> None:
    stage.hub.create_organization("poor", free_plan=True)
    stage.hub.create_repository("poor/tool", {"pyproject.toml": PYPROJECT}, visibility="private")
    poor = replace(stage, installed=stage.hub.install(stage.keys.app, "poor"))
    snapshot = await poor.read("poor/tool")
    made = await poor.propose(snapshot, structs.replace(planned(snapshot), draft=True))
    assert not stage.hub.repository("poor/tool").pulls[made.number].draft


async def test_files_are_added_edited_and_deleted_and_keep_their_mode(stage: Stage) -> None:
    put_modes(stage.hub, "acme/tool", {"release.sh": ("100755", b"#!/bin/sh\n"), "old.yml": ("100644", b"x\n")})
    snapshot = await stage.read()
    plan = also(
        planned(snapshot, "on: caf\u00e9 \N{ROCKET}\r\n"),
        Change(file="release.sh", before="#!/bin/sh\n", after="#!/bin/bash\n"),
        Change(file="old.yml", before="x\n", after=None),
    )
    await stage.propose(snapshot, plan)
    assert stage.text(WORKFLOW) == "on: caf\u00e9 \N{ROCKET}\r\n"
    assert stage.text("release.sh") == "#!/bin/bash\n"
    with pytest.raises(KeyError):
        stage.text("old.yml")
    stage.hub.merge_pull("acme/tool", 1)
    assert (await stage.read()).tree["release.sh"].executable


async def test_a_plain_token_proposes_too(stage: Stage, connect: Connect) -> None:
    as_alice = replace(stage, door=connect(stage.hub.url, Token(stage.hub.personal_token("alice"))))
    snapshot = await as_alice.read()
    await as_alice.propose(snapshot, planned(snapshot))
    again = await as_alice.read()
    assert again.heads[BRANCH].ours
    await as_alice.propose(again, planned(again, "on: push\n"))
    assert as_alice.text(WORKFLOW) == "on: push\n"
    assert len(pulls(stage)) == 1


async def test_an_enterprise_server_is_written_to_the_same_way(enterprise: Stage) -> None:
    snapshot = await enterprise.read()
    await enterprise.propose(snapshot, planned(snapshot))
    again = await enterprise.read()
    assert again.heads[BRANCH].ours
    await enterprise.propose(again, planned(again, "on: push\n"))
    assert enterprise.text(WORKFLOW) == "on: push\n"


# ---------------------------------------------------------------- twice is once


async def test_the_same_again_writes_nothing_that_shows(stage: Stage) -> None:
    snapshot = await stage.read()
    first = await stage.propose(snapshot, planned(snapshot))
    head = stage.commits()
    again = await stage.read()
    stage.mark()
    second = await stage.propose(again, planned(again))
    assert steps(stage) == ["POST /git/trees"]
    assert second == structs.replace(first, created=False, labels=())
    assert stage.commits() == head


async def test_the_same_again_from_an_old_snapshot_makes_nothing_twice(stage: Stage) -> None:
    snapshot = await stage.read()
    first = await stage.propose(snapshot, planned(snapshot))
    head = stage.commits()
    stage.mark()
    second = await stage.propose(snapshot, planned(snapshot))
    assert second == structs.replace(first, created=False, labels=())
    assert stage.commits() == head
    assert len(pulls(stage)) == 1


async def test_another_plan_moves_branch_and_words_in_five_requests(stage: Stage) -> None:
    snapshot = await stage.read()
    first = await stage.propose(snapshot, planned(snapshot))
    stage.hub.push("acme/tool", {"README.md": "# new\n"})
    again = await stage.read()
    stage.mark()
    second = await stage.propose(
        again, structs.replace(planned(again, "on: push\n", body="Because.\n"), title="Other words")
    )
    assert steps(stage) == ["POST /git/trees", "POST /git/commits", "POST /graphql", "PATCH /pulls/1"]
    assert second == structs.replace(first, created=False, labels=())
    assert stage.text(WORKFLOW) == "on: push\n"
    assert stage.text("README.md") == "# new\n"
    issue = stage.hub.repository("acme/tool").issues[1]
    assert (issue.title, issue.body) == ("Other words", "Because.\n")
    assert (await stage.read()).heads[BRANCH].parents == (again.head,)


async def test_a_plan_after_one_that_was_closed_takes_five_requests(stage: Stage) -> None:
    snapshot = await stage.read()
    first = await stage.propose(snapshot, planned(snapshot))
    stage.hub.close_pull("acme/tool", first.number)
    again = await stage.read()
    stage.mark()
    second = await stage.propose(again, planned(again, "on: push\n"))
    assert second.created
    assert len(stage.asked()) == 5
    assert [(number, shown) for number, _, shown in pulls(stage)] == [(1, False), (2, True)]
