"""What is said and done in a repository: looked for first, made once, with the least token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from msgspec import structs

from bot.demo.github import BranchRule, Drop, Lost, on, server_error
from bot.errors import Forbidden, GitHubError, Gone, Stopped, Unavailable, Unwanted
from bot.github import Desk, Reaction, Token
from bot.model import TRUSTED_PUBLISHING_BRANCH, Role, Thread
from tests.github.scripted import Connect
from tests.github.stage import PERMISSIONS, PYPROJECT, Stage, permit, planned, pulls

TALKING = PERMISSIONS | {"issues": "write"}
MARKER = "<!-- pubflow:reply 7 -->"
ISSUE = Thread(number=1, pull=False)


def desk(stage: Stage) -> Desk:
    return stage.door.at(stage.installation, stage.ref(), permit=permit)


@pytest.fixture
def issue(stage: Stage) -> Stage:
    """An issue, number 1, and the permission to talk there."""
    stage.hub.accept_permissions(stage.installed, TALKING)
    stage.hub.open_issue("acme/tool", "Hello", by="alice")
    return stage


@pytest.fixture
async def pull(stage: Stage) -> Stage:
    """Our draft, number 1, without the permission for issues."""
    snapshot = await stage.read()
    await stage.propose(snapshot, structs.replace(planned(snapshot), draft=True))
    return stage


def bodies(stage: Stage) -> list[str]:
    return [comment.body for comment in stage.hub.repository("acme/tool").issues[1].comments]


def drafts(stage: Stage) -> list[bool]:
    return [pull.draft for pull in stage.hub.repository("acme/tool").pulls.values()]


# ---------------------------------------------------------------- comments


async def test_a_comment_is_made_once_and_then_changed_in_place(issue: Stage) -> None:
    first = await desk(issue).comment(ISSUE, MARKER, f"Working.\n{MARKER}")
    second = await desk(issue).comment(ISSUE, MARKER, f"Done.\n{MARKER}")
    issue.mark()
    await desk(issue).comment(ISSUE, MARKER, f"Done.\r\n{MARKER}\n")
    assert [one.method for one in issue.asked()] == ["GET"]
    assert first == second
    assert bodies(issue) == [f"Done.\n{MARKER}"]


async def test_somebody_elses_comment_with_our_marker_is_not_ours(issue: Stage) -> None:
    issue.hub.comment("acme/tool", 1, f"Mine.\n{MARKER}", by="alice")
    await desk(issue).comment(ISSUE, MARKER, f"Ours.\n{MARKER}")
    assert bodies(issue) == [f"Mine.\n{MARKER}", f"Ours.\n{MARKER}"]


async def test_a_comment_is_found_behind_a_hundred_others(issue: Stage) -> None:
    for number in range(120):
        issue.hub.comment("acme/tool", 1, f"chat {number}", by="alice")
    await desk(issue).comment(ISSUE, MARKER, f"One.\n{MARKER}")
    await desk(issue).comment(ISSUE, MARKER, f"Two.\n{MARKER}")
    assert bodies(issue)[120:] == [f"Two.\n{MARKER}"]


@pytest.mark.parametrize("lost", [Drop(after=True), Lost(server_error(502))], ids=["connection", "502"])
async def test_an_answer_that_was_lost_makes_no_second_comment(issue: Stage, lost: Drop | Lost) -> None:
    issue.hub.faults.add(lost, on("POST", "/comments"))
    with suppress(Unavailable):
        await desk(issue).comment(ISSUE, MARKER, MARKER)
    await desk(issue).comment(ISSUE, MARKER, MARKER)
    assert bodies(issue) == [MARKER]


async def test_talking_on_a_pull_request_needs_no_permission_for_issues(pull: Stage) -> None:
    thread = Thread(number=1, pull=True)
    comment = await desk(pull).comment(thread, MARKER, MARKER)
    await desk(pull).edit_comment(thread, comment, "Other words")
    assert bodies(pull) == ["Other words"]
    token = list(pull.hub.site.tokens.minted())[-1]
    assert token.permissions == {"metadata": "read", "pull_requests": "write"}
    assert list(token.repositories or ()) == [pull.ref().id]


async def test_talking_on_an_issue_without_the_permission_says_which_is_missing(stage: Stage) -> None:
    stage.hub.open_issue("acme/tool", "Hello", by="alice")
    with pytest.raises(Forbidden, match="issues: write") as caught:
        await desk(stage).comment(ISSUE, MARKER, MARKER)
    assert caught.value.permission == "issues"


async def test_a_plain_token_talks_as_its_owner(stage: Stage, connect: Connect) -> None:
    as_alice = replace(stage, door=connect(stage.hub.url, Token(stage.hub.personal_token("alice"))))
    stage.hub.open_issue("acme/tool", "Hello", by="alice")
    for text in ("One", "Two"):
        await desk(as_alice).comment(ISSUE, MARKER, f"{text} {MARKER}")
    assert bodies(stage) == [f"Two {MARKER}"]


async def test_a_reaction_is_there_once(issue: Stage) -> None:
    comment = issue.hub.comment("acme/tool", 1, "/pubflow status", by="alice")
    for _ in range(2):
        await desk(issue).react(ISSUE, comment.id, Reaction.EYES)
    assert [one.content for one in comment.reactions] == ["eyes"]


async def test_a_comment_that_was_deleted_is_gone(issue: Stage) -> None:
    with pytest.raises(Gone):
        await desk(issue).react(ISSUE, 999, Reaction.EYES)


async def test_nothing_is_said_while_writing_is_stopped(issue: Stage) -> None:
    async def stopped() -> None:
        raise Stopped("paused")

    with pytest.raises(Stopped):
        await issue.door.at(issue.installation, issue.ref(), permit=stopped).comment(ISSUE, MARKER, MARKER)
    assert bodies(issue) == []


# ---------------------------------------------------------------- people


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NONE])
async def test_a_role_is_asked_for_at_run_time(stage: Stage, role: Role) -> None:
    stage.hub.create_user("bob")
    stage.hub.set_role("acme/tool", "bob", role.name.lower())
    assert await desk(stage).role("bob") is role


async def test_who_has_no_role_may_read_what_is_public_and_nothing_else(stage: Stage) -> None:
    stage.hub.create_user("bob")
    assert await desk(stage).role("bob") is Role.READ
    assert await desk(stage).role("nobody-at-all") is Role.NONE
    stage.hub.privatize_repository("acme/tool")
    assert await desk(stage).role("bob") is Role.NONE


# ---------------------------------------------------------------- issues


async def test_an_issue_is_opened_once_changed_in_place_and_closed(issue: Stage) -> None:
    first = await desk(issue).open_issue(MARKER, "Look", f"Here. {MARKER}")
    second = await desk(issue).open_issue(MARKER, "Look again", f"There. {MARKER}")
    assert (first.created, second.created, second.number) == (True, False, first.number)
    found = issue.hub.repository("acme/tool").issues[first.number]
    assert (found.title, found.body) == ("Look again", f"There. {MARKER}")
    await desk(issue).close_issue(first.number)
    await desk(issue).close_issue(first.number)
    assert not found.open


async def test_an_issue_that_people_closed_stays_closed_and_as_it_is(issue: Stage) -> None:
    made = await desk(issue).open_issue(MARKER, "Look", MARKER)
    issue.hub.close_issue("acme/tool", made.number)
    again = await desk(issue).open_issue(MARKER, "Look again", MARKER)
    assert (again.open, again.number) == (False, made.number)
    assert issue.hub.repository("acme/tool").issues[made.number].title == "Look"


async def test_neither_a_pull_request_nor_somebody_elses_issue_is_taken_for_ours(issue: Stage) -> None:
    issue.hub.open_issue("acme/tool", "Theirs", MARKER, by="alice")
    snapshot = await issue.read()
    await issue.propose(snapshot, planned(snapshot, body=MARKER))
    assert (await desk(issue).open_issue(MARKER, "Ours", MARKER)).created


@pytest.mark.parametrize("lost", [Drop(after=True), Lost(server_error(502))], ids=["connection", "502"])
async def test_an_answer_that_was_lost_opens_no_second_issue(issue: Stage, lost: Drop | Lost) -> None:
    issue.hub.faults.add(lost, on("POST", "/issues"))
    with suppress(Unavailable):
        await desk(issue).open_issue(MARKER, "Look", MARKER)
    assert not (await desk(issue).open_issue(MARKER, "Look", MARKER)).created


# ---------------------------------------------------------------- pull requests and branches


async def test_a_pull_request_is_closed_with_its_last_words_in_one_request(pull: Stage) -> None:
    pull.mark()
    for _ in range(2):
        await desk(pull).close_pull(1, body="Nothing is left to do.")
    assert [one.method for one in pull.asked()] == ["PATCH", "PATCH"]
    assert pulls(pull) == [(1, "Publish to PyPI by Trusted Publishing", False)]
    assert pull.hub.repository("acme/tool").issues[1].body == "Nothing is left to do."


async def test_the_words_of_a_pull_request_are_changed_alone(pull: Stage) -> None:
    await desk(pull).update_pull(1, body="Because.")
    pull.mark()
    await desk(pull).update_pull(1)
    assert pull.asked() == []
    assert pulls(pull) == [(1, "Publish to PyPI by Trusted Publishing", True)]


async def test_a_draft_becomes_ready_and_a_draft_again(pull: Stage) -> None:
    assert await desk(pull).set_draft(1, draft=False)
    assert drafts(pull) == [False]
    assert not await desk(pull).set_draft(1, draft=False)
    assert await desk(pull).set_draft(1, draft=True)
    assert drafts(pull) == [True]
    pull.hub.close_pull("acme/tool", 1)
    assert not await desk(pull).set_draft(1, draft=False)


async def test_where_drafts_cannot_be_github_says_so(stage: Stage) -> None:
    stage.hub.create_organization("poor", free_plan=True)
    stage.hub.create_repository("poor/tool", {"pyproject.toml": PYPROJECT}, visibility="private")
    poor = replace(stage, installed=stage.hub.install(stage.keys.app, "poor"))
    snapshot = await poor.read("poor/tool")
    await poor.propose(snapshot, planned(snapshot))
    with pytest.raises(Unwanted, match="not supported"):
        await poor.door.at(poor.installation, poor.ref("poor/tool"), permit=permit).set_draft(1, draft=True)


async def test_a_branch_is_deleted_only_while_it_is_where_it_was(pull: Stage) -> None:
    branch = TRUSTED_PUBLISHING_BRANCH
    seen = (await pull.read()).branches[branch]
    theirs = pull.hub.push("acme/tool", {"theirs.txt": "keep"}, branch=branch, by="alice")
    assert not await desk(pull).delete_branch(branch, seen)
    assert pull.commits() == theirs
    assert await desk(pull).delete_branch(branch, (await pull.read()).branches[branch])
    assert pull.commits() is None
    assert not await desk(pull).delete_branch(branch, seen)


async def test_a_branch_that_a_rule_protects_stays(pull: Stage) -> None:
    seen = (await pull.read()).branches[TRUSTED_PUBLISHING_BRANCH]
    pull.hub.add_rule("acme/tool", BranchRule(kind="deletion", pattern="pubflow/*"))
    with pytest.raises(Unwanted, match="rule violations"):
        await desk(pull).delete_branch(TRUSTED_PUBLISHING_BRANCH, seen)
    assert pull.commits() == seen


ACTS: dict[str, Callable[[Desk], Awaitable[object]]] = {
    "comment": lambda one: one.comment(ISSUE, MARKER, MARKER),
    "react": lambda one: one.react(ISSUE, 1, Reaction.CONFUSED),
    "open an issue": lambda one: one.open_issue(MARKER, "t", MARKER),
    "close a pull request": lambda one: one.close_pull(1),
    "mark ready": lambda one: one.set_draft(1, draft=False),
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_is_no_longer_ours_ends_quietly(issue: Stage, act: str) -> None:
    issue.hub.uninstall(issue.installed)
    with pytest.raises(GitHubError) as caught:
        await ACTS[act](desk(issue))
    assert isinstance(caught.value, Gone)
