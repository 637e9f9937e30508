"""A plan carried out: five requests, nothing twice, nobody's commit overwritten, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.demo.github import Answer, BranchRule, Drop, Exchange, Lost, on, secondary_limit, server_error
from bot.errors import Conflict, Forbidden, GitHubError, Gone, Stopped, Unavailable, Unwanted, WaitUntil
from bot.github import Token
from bot.model import TRUSTED_PUBLISHING_BRANCH, Change, Plan
from tests.github.scripted import Connect, Time
from tests.github.stage import PYPROJECT, WORKFLOW, Stage, also, planned, put_modes

BRANCH = TRUSTED_PUBLISHING_BRANCH
STEPS = ["/git/trees", "/git/commits", "/git/refs", "/pulls", "/labels"]


def steps(stage: Stage) -> list[str]:
    """What was asked since the mark, without the repository's name."""
    return [f"{one.method} {one.path.removeprefix('/repos/acme/tool')}" for one in stage.asked()]


def pulls(stage: Stage) -> list[tuple[int, str, bool]]:
    found = stage.hub.repository("acme/tool").pulls.values()
    return [(pull.number, pull.issue.title, pull.issue.open) for pull in found]


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
    made = await stage.propose(snapshot, replace(planned(snapshot), draft=True))
    assert stage.hub.repository("acme/tool").pulls[made.number].draft


async def test_where_drafts_cannot_be_it_is_none(stage: Stage) -> None:
    stage.hub.create_organization("poor", free_plan=True)
    stage.hub.create_repository("poor/tool", {"pyproject.toml": PYPROJECT}, visibility="private")
    poor = replace(stage, installed=stage.hub.install(stage.keys.app, "poor"))
    snapshot = await poor.read("poor/tool")
    made = await poor.propose(snapshot, replace(planned(snapshot), draft=True))
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
    assert second == replace(first, created=False)
    assert stage.commits() == head


async def test_the_same_again_from_an_old_snapshot_makes_nothing_twice(stage: Stage) -> None:
    snapshot = await stage.read()
    first = await stage.propose(snapshot, planned(snapshot))
    head = stage.commits()
    stage.mark()
    second = await stage.propose(snapshot, planned(snapshot))
    assert second == replace(first, created=False)
    assert stage.commits() == head
    assert len(pulls(stage)) == 1


async def test_another_plan_moves_branch_and_words_in_five_requests(stage: Stage) -> None:
    snapshot = await stage.read()
    first = await stage.propose(snapshot, planned(snapshot))
    stage.hub.push("acme/tool", {"README.md": "# new\n"})
    again = await stage.read()
    stage.mark()
    second = await stage.propose(again, replace(planned(again, "on: push\n", body="Because.\n"), title="Other words"))
    assert steps(stage) == ["POST /git/trees", "POST /git/commits", "POST /graphql", "PATCH /pulls/1"]
    assert second == replace(first, created=False)
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


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("fresh", [True, False], ids=["read anew", "same snapshot"])
@pytest.mark.parametrize("writes", range(6))
async def test_killed_after_any_request_and_run_again_ends_the_same(stage: Stage, writes: int, fresh: bool) -> None:
    snapshot = await stage.read()
    left = writes + 1  # the permission is asked once before anything is prepared

    async def dying() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    with suppress(Killed):
        await stage.propose(snapshot, planned(snapshot), dying)
    if fresh:
        snapshot = await stage.read()
    stage.mark()
    await stage.propose(snapshot, planned(snapshot))
    assert len(stage.asked()) <= (5 if fresh else 6)
    assert stage.text(WORKFLOW) == "on: release\n"
    assert pulls(stage) == [(1, planned(snapshot).title, True)]
    assert [label.name for label in stage.hub.repository("acme/tool").issues[1].labels] == ["pubflow"]
    assert (await stage.read()).heads[BRANCH].parents == (snapshot.head,)


@pytest.mark.parametrize("lost", [Drop(after=True), Lost(server_error(502))], ids=["connection", "502"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_lost_answer_doubles_nothing(stage: Stage, step: str, lost: Drop | Lost) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(lost, on("POST", step))
    made = await stage.propose(snapshot, planned(snapshot))
    assert stage.hub.faults.left == 0
    assert made.number == 1
    assert len(pulls(stage)) == 1
    assert stage.text(WORKFLOW) == "on: release\n"
    assert stage.hub.repository("acme/tool").issues[1].labels


@pytest.mark.parametrize("lost", [Drop(after=False), server_error(502)], ids=["connection", "502"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_request_that_was_never_carried_out_is_made_again(stage: Stage, step: str, lost: Drop | Answer) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(lost, on("POST", step))
    await stage.propose(snapshot, planned(snapshot))
    assert stage.hub.faults.left == 0
    assert len(pulls(stage)) == 1
    assert stage.text(WORKFLOW) == "on: release\n"


@pytest.mark.parametrize("lost", [Drop(after=True), Lost(server_error(502)), Drop(after=False)])
async def test_a_move_whose_answer_is_lost_is_looked_at(stage: Stage, lost: Drop | Lost) -> None:
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    again = await stage.read()
    stage.hub.faults.add(lost, lambda asked: b"updateRefs" in asked.body)
    plan = planned(again, "on: push\n")
    if lost == Drop(after=False):
        with pytest.raises(Unavailable):
            await stage.propose(again, plan)
        assert stage.text(WORKFLOW) == "on: release\n"
    await stage.propose(again, plan)
    assert stage.text(WORKFLOW) == "on: push\n"
    assert len(pulls(stage)) == 1


@pytest.mark.parametrize("step", STEPS[:4])
async def test_a_limit_in_the_middle_goes_back_to_the_queue_and_on_later(stage: Stage, time: Time, step: str) -> None:
    snapshot = await stage.read()
    stage.hub.faults.add(secondary_limit(), on("POST", step))
    with pytest.raises(WaitUntil) as caught:
        await stage.propose(snapshot, planned(snapshot))
    assert caught.value.seconds == 60
    time.now += 61
    again = await stage.read()
    await stage.propose(again, planned(again))
    assert len(pulls(stage)) == 1


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


def once(path_end: str, act: Callable[[], object]) -> Callable[[Exchange], None]:
    """A listener that acts after the first successful writing request to such a path."""
    waiting = [act]

    def listen(exchange: Exchange) -> None:
        if waiting and exchange.method == "POST" and exchange.path.endswith(path_end) and exchange.status < 300:
            waiting.pop()()

    return listen


def push_theirs(stage: Stage) -> str:
    return stage.hub.push("acme/tool", {"theirs.txt": "keep me\n"}, branch=BRANCH, by="alice")
