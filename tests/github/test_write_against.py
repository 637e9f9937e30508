"""People, rules, missing permissions and stops: nothing is overwritten, the reason is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from bot.demo.github import Answer, BranchRule, on, secondary_limit, server_error
from bot.errors import Conflict, Forbidden, GitHubError, Gone, Stopped, Unwanted
from bot.model import TRUSTED_PUBLISHING_BRANCH, Change, Plan
from tests.github.stage import PYPROJECT, Stage, once, planned, pulls

BRANCH = TRUSTED_PUBLISHING_BRANCH


def push_theirs(stage: Stage) -> str:
    return stage.hub.push("acme/tool", {"theirs.txt": "keep me\n"}, branch=BRANCH, by="alice")


# ---------------------------------------------------------------- permission to write


@pytest.mark.parametrize("allowed", range(6))
async def test_nothing_is_written_after_a_stop(stage: Stage, allowed: int) -> None:
    snapshot = await stage.read()
    left = allowed

    async def stopping() -> None:
        nonlocal left
        if left == 0:
            raise Stopped("paused")
        left -= 1

    stage.mark()
    with pytest.raises(Stopped):
        await stage.propose(snapshot, planned(snapshot), stopping)
    assert len(stage.asked()) == max(0, allowed - 1)
    if allowed == 0:
        assert len(stage.hub.recorder.asked("POST", "/access_tokens")) == 1, "not even a token was minted for it"


async def test_a_stop_while_a_request_is_tried_again_counts(stage: Stage) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(server_error(), on("POST", "/git/trees"), times=3)
    calls = 0

    async def stopping() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Stopped("paused")

    stage.mark()
    with pytest.raises(Stopped):
        await stage.propose(snapshot, planned(snapshot), stopping)
    assert len(stage.asked()) == 1


# ---------------------------------------------------------------- somebody else is there


async def test_a_persons_commit_on_our_branch_stays(stage: Stage) -> None:
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    theirs = stage.hub.push("acme/tool", {"x": "y"}, branch=BRANCH, by="alice")
    again = await stage.read()
    with pytest.raises(Conflict, match="somebody else's commit"):
        await stage.propose(again, planned(again, "on: push\n"))
    assert stage.commits() == theirs


@pytest.mark.parametrize("moment", ["/git/trees", "/git/commits"])
async def test_a_persons_commit_that_comes_meanwhile_stays(stage: Stage, moment: str) -> None:
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    again = await stage.read()
    pushed: list[str] = []
    stage.hub.recorder.listeners.append(once(moment, lambda: pushed.append(push_theirs(stage))))
    with pytest.raises(Conflict, match="at the same time"):
        await stage.propose(again, planned(again, "on: push\n"))
    assert [stage.commits()] == pushed


@pytest.mark.parametrize("moment", ["/git/trees", "/git/commits"])
async def test_a_persons_branch_with_our_name_that_comes_meanwhile_stays(stage: Stage, moment: str) -> None:
    snapshot = await stage.read()
    pushed: list[str] = []
    stage.hub.recorder.listeners.append(once(moment, lambda: pushed.append(push_theirs(stage))))
    with pytest.raises(Conflict, match="somebody else's commit"):
        await stage.propose(snapshot, planned(snapshot))
    assert [stage.commits()] == pushed
    assert pulls(stage) == []


async def test_our_branch_deleted_meanwhile_is_a_conflict(stage: Stage) -> None:
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    stage.hub.close_pull("acme/tool", 1)
    again = await stage.read()
    stage.hub.recorder.listeners.append(
        once("/git/commits", lambda: stage.hub.delete_branch("acme/tool", BRANCH, by="alice"))
    )
    with pytest.raises(Conflict):
        await stage.propose(again, planned(again, "on: push\n"))
    assert stage.commits() is None


async def test_a_persons_pull_request_from_our_branch_stays(stage: Stage) -> None:
    snapshot = await stage.read()
    stage.hub.recorder.listeners.append(
        once("/git/refs", lambda: stage.hub.open_pull("acme/tool", head=BRANCH, title="mine", by="alice"))
    )
    with pytest.raises(Conflict, match="somebody else opened pull request #1"):
        await stage.propose(snapshot, planned(snapshot))
    assert pulls(stage) == [(1, "mine", True)]


async def test_two_runs_at_once_make_one(stage: Stage) -> None:
    """Another worker carries out the same plan between our requests."""
    snapshot = await stage.read()
    other = await stage.read()
    done: list[object] = []

    async def second() -> None:
        if not done:
            done.append(None)
            done.append(await stage.propose(other, planned(other)))

    made = await stage.propose(snapshot, planned(snapshot), second)
    assert made.number == 1
    assert not made.created
    assert len(pulls(stage)) == 1


# ---------------------------------------------------------------- refusals


async def test_the_workflows_permission_missing_is_said_before_anything_is_written(stage: Stage) -> None:
    less = {"metadata": "read", "contents": "write", "pull_requests": "write"}
    stage.hub.accept_permissions(stage.installed, less)
    snapshot = await stage.read()
    stage.mark()
    with pytest.raises(Forbidden, match="must accept") as caught:
        await stage.propose(snapshot, planned(snapshot))
    assert caught.value.permission == "workflows"
    assert [one.method for one in stage.asked()] == ["GET"]
    await stage.propose(snapshot, planned(snapshot, path="docs/publish.md"))
    assert len(pulls(stage)) == 1


async def test_the_workflows_permission_taken_away_meanwhile_is_said(stage: Stage) -> None:
    snapshot = await stage.read()
    less = {"metadata": "read", "contents": "write", "pull_requests": "write"}
    stage.hub.recorder.listeners.append(
        once("/git/commits", lambda: stage.hub.accept_permissions(stage.installed, less))
    )
    with pytest.raises(Forbidden) as caught:
        await stage.propose(snapshot, planned(snapshot))
    assert caught.value.permission == "workflows"
    assert stage.commits() is None


@pytest.mark.parametrize("kind", ["creation", "update"])
async def test_a_rule_of_the_repository_is_told(stage: Stage, kind: str) -> None:
    snapshot = await stage.read()
    if kind == "update":
        await stage.propose(snapshot, planned(snapshot))
        snapshot = await stage.read()
    head = stage.commits()
    stage.hub.add_rule("acme/tool", BranchRule(kind=kind, pattern="pubflow/*"))  # type: ignore[arg-type]  # table above
    with pytest.raises(Forbidden, match="a rule of the repository"):
        await stage.propose(snapshot, planned(snapshot, "on: push\n"))
    assert stage.commits() == head


async def test_a_server_that_cannot_move_a_branch_safely_moves_none(stage: Stage) -> None:
    """Nothing is pushed by other means: those would overwrite what came meanwhile."""
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    again, head = await stage.read(), stage.commits()
    unknown = {
        "path": ["mutation Move", "updateRefs"],
        "extensions": {"code": "undefinedField", "typeName": "Mutation", "fieldName": "updateRefs"},
        "locations": [{"line": 3, "column": 3}],
        "message": "Field 'updateRefs' doesn't exist on type 'Mutation'",
    }
    stage.hub.faults.add(Answer(status=200, body={"errors": [unknown]}), on("POST", "/graphql"))
    stage.mark()
    with pytest.raises(Forbidden, match="too old to move"):
        await stage.propose(again, planned(again, "on: push\n"))
    assert stage.commits() == head
    assert "PATCH" not in {one.method for one in stage.asked()}


async def test_a_branch_that_stands_in_the_way_is_told(stage: Stage) -> None:
    stage.hub.push("acme/tool", {"x": "y"}, branch="pubflow", by="alice")
    snapshot = await stage.read()
    with pytest.raises(Conflict, match="stands in its way"):
        await stage.propose(snapshot, planned(snapshot))


def archive(stage: Stage) -> None:
    stage.hub.archive_repository("acme/tool")


def delete(stage: Stage) -> None:
    stage.hub.delete_repository("acme/tool")


def suspend(stage: Stage) -> None:
    stage.hub.suspend(stage.installed)


def uninstall(stage: Stage) -> None:
    stage.hub.uninstall(stage.installed)


def take_away(stage: Stage) -> None:
    stage.hub.create_repository("acme/other", {"a": "b"})
    stage.hub.remove_repositories(stage.installed, ["tool"])


@pytest.mark.parametrize("event", [archive, delete, suspend, uninstall, take_away])
@pytest.mark.parametrize("moment", ["before", "/git/trees", "/git/refs"])
async def test_what_is_no_longer_ours_ends_quietly(stage: Stage, event: Callable[[Stage], None], moment: str) -> None:
    snapshot = await stage.read()
    if moment == "before":
        event(stage)
    else:
        stage.hub.recorder.listeners.append(once(moment, lambda: event(stage)))
    expected = (Gone, Forbidden) if event is take_away and moment != "before" else Gone
    with pytest.raises(expected):
        await stage.propose(snapshot, planned(snapshot))


async def test_a_base_that_went_away_is_a_conflict(stage: Stage) -> None:
    snapshot = await stage.read()
    with pytest.raises(Conflict, match="base branch nowhere is gone"):
        await stage.propose(snapshot, replace(planned(snapshot), base="nowhere"))


async def test_what_is_merged_meanwhile_is_a_conflict(stage: Stage) -> None:
    snapshot = await stage.read()

    def merge() -> None:
        head = stage.commits() or ""
        stage.hub.repository("acme/tool").refs["refs/heads/main"] = head

    stage.hub.recorder.listeners.append(once("/git/refs", merge))
    with pytest.raises(Conflict, match="already holds"):
        await stage.propose(snapshot, planned(snapshot))
    assert pulls(stage) == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=403, body={"message": "Resource not accessible by integration"}),
        Answer(status=404, body={"message": "Not Found"}),
        Answer(status=410, body={"message": "Issues are disabled for this repo"}),
        Answer(status=422, body={"message": "Validation Failed"}),
        secondary_limit(),
    ],
)
async def test_a_label_that_cannot_be_is_no_reason_to_fail(stage: Stage, answer: Answer) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(answer, on("POST", "/labels"))
    made = await stage.propose(snapshot, planned(snapshot))
    assert made.created
    assert stage.hub.repository("acme/tool").issues[1].labels == []


def unchanged(plan: Plan) -> Plan:
    return replace(plan, changes=())


def as_it_is(plan: Plan) -> Plan:
    return replace(plan, changes=(Change(file="pyproject.toml", before=PYPROJECT, after=PYPROJECT),))


def over_a_folder(plan: Plan) -> Plan:
    return replace(plan, changes=(Change(file="tool", before=None, after="x"),))


@pytest.mark.parametrize(
    ("change", "expected"), [(unchanged, Unwanted), (as_it_is, Conflict), (over_a_folder, Unwanted)]
)
async def test_a_plan_that_is_none_opens_nothing(
    stage: Stage, change: Callable[[Plan], Plan], expected: type[GitHubError]
) -> None:
    snapshot = await stage.read()
    with pytest.raises(expected):
        await stage.propose(snapshot, change(planned(snapshot)))
    assert stage.commits() is None
    assert pulls(stage) == []
