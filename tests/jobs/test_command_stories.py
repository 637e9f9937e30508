"""Stories for every command and every checkbox: who may, what happens, what is answered, and that twice is once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.commands import COMMANDS
from bot.demo.github import Answer, Drop, Hang, LocalGitHub, on, server_error
from bot.demo.samples import ORGANISATION
from bot.demo.stage import PERSON
from bot.events.speaking import Speech, tick_job, ticks
from bot.messages.checkboxes import Box, checkbox, ticked
from bot.model import ACTIONS_BRANCH, InstallationId, NodeId, RepoId, RepoRef
from bot.queue import JobState
from tests.jobs.conftest import PACKAGE, Story, Telling
from tests.jobs.test_lifecycle_stories import ANVIL, BRANCH, RELEASE, TOKEN, TRUSTED, begin, head
from tests.jobs.test_stories import states
from tests.queue.conftest import until

BOTH = frozenset({Box.RECREATE, Box.REGISTERED})
PACKAGE_TEXT = PACKAGE.format(name="anvil")


TESTS = """\
  test:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v4
"""


def bumped(story: Story) -> str:
    """The workflow as the pull request of bumps has it."""
    return story.github.read(ANVIL, RELEASE, ref=ACTIONS_BRANCH).decode()


async def reply(story: Story, text: str, **how: object) -> str:
    """The one answer to a comment."""
    before = len(story.replies("anvil"))
    comment = await story.say("anvil", text, **how)  # type: ignore[arg-type]
    *_, said = after = story.replies("anvil")
    assert len(after) == before + 1
    assert f"<!-- pubflow:reply-{comment.id} -->" in said
    return said


def reactions(comment: object) -> list[str]:
    return [one.content for one in comment.reactions]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- each command


async def test_update_opens_what_a_lost_webhook_left_undone_and_says_so(tell: Telling) -> None:
    async with tell() as story:
        story.github.create_repository(ANVIL, {"README.md": "x"})
        await story.install()
        story.github.site.events.muted = True
        story.push("anvil", {"pyproject.toml": PACKAGE_TEXT})
        story.github.site.events.muted = False
        issue = story.github.open_issue(ANVIL, "Hello")
        comment = await story.say("anvil", "Please:\n\n/pubflow update", number=issue.number)
        assert states(story, "anvil") == ["open draft"]
        [said] = story.replies("anvil", number=issue.number)
        assert "#2 opened: Publish to PyPI" in said
        assert reactions(comment) == ["eyes"]


async def test_answers_that_change_nothing(tell: Telling) -> None:
    """Each on one pull request: what is asked is what is answered."""
    async with tell() as story:
        await begin(story)
        before = head(story)
        said = await reply(story, "/pubflow status")
        assert "no workflow publishes it" in said
        assert "#1: " in said
        said = await reply(story, "/pubflow help")
        assert all(f"`/pubflow {command.name}" in said for command in COMMANDS)
        said = await reply(story, "/pubflow explain missing-workflow")
        assert "Private code must never be published by us" in said
        assert "is a package, and no workflow publishes it" in said
        assert "Did you mean `token-upload`" in await reply(story, "/pubflow explain token-uplod")
        assert "Every setting has its default" in await reply(story, "/pubflow config")
        said = await reply(story, "/pubflow environment")
        assert "Required reviewers" in said
        assert f"{ANVIL}/settings/environments" in said
        assert (states(story, "anvil"), head(story)) == (["open draft"], before)


async def test_confirm_marks_the_publisher_registered_and_the_draft_ready(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        said = await reply(story, "/pubflow confirm")
        assert "ready for review" in said
        assert states(story, "anvil") == ["open"]
        assert [kind for kind, _ in story.wishes("anvil")] == ["registered"]
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert states(story, "anvil") == ["open"]
        story.github.set_draft(ANVIL, 1, draft=True)
        await reply(story, "/pubflow update")
        assert states(story, "anvil") == ["open draft"], "who makes it a draft again means it"


async def test_ignore_and_unignore(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        said = await reply(story, "/pubflow ignore missing-workflow")
        assert "Ignored from now on: `missing-workflow`" in said
        assert states(story, "anvil") == ["closed draft"]
        assert f"By a command of `{PERSON}`: ignored rule `missing-workflow`" in await reply(story, "/pubflow status")
        said = await reply(story, "/pubflow unignore missing-workflow")
        assert "No longer ignored" in said
        assert states(story, "anvil") == ["closed draft", "open draft"]
        assert "Nothing is ignored" in await reply(story, "/pubflow unignore")


async def test_ignore_without_a_word_is_about_this_pull_request(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        await reply(story, "/pubflow ignore")
        assert ("ignore-rule", "missing-workflow") in story.wishes("anvil")
        assert states(story, "anvil") == ["closed draft"]


async def test_an_ignored_file_is_left_alone(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {RELEASE: TOKEN})
        await story.install()
        assert states(story, "anvil") == ["open draft"]
        await reply(story, f"/pubflow ignore {RELEASE}")
        assert states(story, "anvil") == ["closed draft"]


async def test_pin_rewrites_the_bump_that_is_open_and_holds_for_the_next(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {RELEASE: TRUSTED + TESTS})
        await story.install()
        assert "uses: actions/checkout@v4" not in bumped(story)
        assert re.search(r"uses: actions/checkout@v\d+\n", bumped(story)), "the way it was"
        assert "by their commit" in await reply(story, "/pubflow pin sha")
        assert re.search(r"uses: actions/checkout@[0-9a-f]{40}  # v[0-9.]+\n", bumped(story))
        said = f"Actions are written by their commit, as `{PERSON}` asked. `/pubflow pin keep` takes that back."
        assert said in (story.pulls("anvil")[0].issue.body or "")
        story.push("anvil", {RELEASE: TRUSTED + TESTS + "      - uses: actions/setup-python@v5\n"})
        await story.calm()
        assert re.search(r"uses: actions/setup-python@[0-9a-f]{40}  # v", bumped(story)), "a bump that came later"
        assert "by their tag" in await reply(story, "/pubflow pin TAG")
        assert not re.search(r"@[0-9a-f]{40}", bumped(story))
        assert "as the configuration says" in await reply(story, "/pubflow pin keep")
        assert story.wishes("anvil") == []
        assert "`/pubflow pin sha` or" in await reply(story, "/pubflow pin both")
        assert states(story, "anvil") == ["open"], "always the same pull request"


async def test_rebase_puts_the_commit_on_the_base_of_now(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {"tox.ini": "[tox]\n"})
        await story.calm()
        assert "#1 brought up to date" in await reply(story, "/pubflow rebase")
        assert story.github.read(ANVIL, "tox.ini", ref=BRANCH) == b"[tox]\n"
        story.push("anvil", {"theirs.txt": "keep"}, branch=BRANCH)
        await story.calm()
        theirs = head(story)
        assert "/pubflow recreate" in await reply(story, "/pubflow rebase")
        assert head(story) == theirs


async def test_close_is_a_persons_no(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        assert "Closed #1" in await reply(story, "/pubflow close")
        story.push("anvil", {"uv.lock": "version = 1\n"})
        await story.calm()
        assert states(story, "anvil") == ["closed draft"]
        assert "No pull request of pubflow is open" in await reply(story, "/pubflow close")
        await reply(story, "/pubflow recreate")
        assert states(story, "anvil") == ["closed draft", "open draft"]


async def test_several_in_a_comment_are_answered_in_order_in_one_comment(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        said = await reply(story, "/pubflow close\n\n> /pubflow status\n\n/pubflow recreate\n/pubflow launch")
        places = [said.index(word) for word in ("Closed #1", "#2 opened", "`launch` is no command")]
        assert places == sorted(places)
        assert states(story, "anvil") == ["closed draft", "open draft"]


async def test_a_near_miss_is_answered_with_the_nearest_word(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        comment = await story.say("anvil", "/pubflow updaet")
        assert "Did you mean `/pubflow update`?" in story.replies("anvil")[0]
        assert reactions(comment) == ["eyes", "confused"]


async def test_what_is_no_command_is_not_answered(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        comment = await story.say("anvil", "```\n/pubflow close\n```")
        quoted = await story.say("anvil", "> so\n/pubflow close")
        story.github.edit_comment(ANVIL, comment, "/pubflow close")
        await story.calm()
        assert (reactions(comment), reactions(quoted)) == ([], [])
        assert (states(story, "anvil"), story.replies("anvil")) == (["open draft"], [])


# ---------------------------------------------------------------- who may


async def test_who_may_give_a_command(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        for person, role, text, allowed in (
            ("tess", "triage", "/pubflow close", False),
            ("tom", "triage", "/pubflow status", True),
            ("ruth", "read", "/pubflow status", False),
            ("nora", None, "/pubflow help", False),
            ("will", "write", "/pubflow close", True),
        ):
            story.github.create_user(person)
            if role is not None:
                story.github.set_role(ANVIL, person, role)
            assert states(story, "anvil") == ["open draft"]
            comment = await story.say("anvil", text, by=person)
            assert ("Sorry" not in story.replies("anvil")[-1]) is allowed, person
            assert reactions(comment) == (["eyes"] if allowed else ["eyes", "confused"])
        assert states(story, "anvil") == ["closed draft"]


async def test_the_author_of_a_pull_request_may_ask_there_and_the_organisation_decides(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.create_user("robin")
        story.push("anvil", {"x": "y"}, branch="feature")
        theirs = story.github.open_pull(ANVIL, head="feature", title="Mine", by="robin")
        await story.say("anvil", "/pubflow help", number=theirs.number, by="robin")
        assert "Sorry" not in story.replies("anvil", number=theirs.number)[0]
        await story.say("anvil", "/pubflow close", number=theirs.number, by="robin")
        assert "takes the permission `write`" in story.replies("anvil", number=theirs.number)[1]
        policy = "commands:\n  help: maintain\n  close: read\n  update: nobody\n"
        story.github.create_repository(f"{ORGANISATION}/.github", {".github/pubflow.yml": policy})
        await story.calm()  # a policy counts once it was read
        await story.say("anvil", "/pubflow help\n/pubflow update", number=theirs.number, by="robin")
        said = story.replies("anvil", number=theirs.number)[2]
        assert "takes the permission `maintain`" in said
        assert "switched off in this organisation" in said
        await story.say("anvil", "/pubflow close", by="robin")
        assert states(story, "anvil")[0] == "closed draft"


async def test_a_repository_cannot_widen_who_may(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil", {".github/pubflow.yml": "commands:\n  close: read\n"})
        await story.install()
        story.github.create_user("robin")
        await story.say("anvil", "/pubflow close", by="robin")
        assert "Sorry" in story.replies("anvil")[0]
        assert states(story, "anvil") == ["open draft"]


async def test_without_the_permission_for_issues_pull_requests_are_still_answered(tell: Telling) -> None:
    async with tell() as story:
        story.package("anvil")
        wanted = dict(story.stage.credentials.app.permissions)
        await story.install(permissions=wanted | {"issues": "read"})
        issue = story.github.open_issue(ANVIL, "Hello")
        await story.say("anvil", "/pubflow close", number=issue.number)
        assert story.replies("anvil", number=issue.number) == []
        assert states(story, "anvil") == ["closed draft"], "it is carried out all the same"
        await story.say("anvil", "/pubflow recreate")
        assert "opened" in story.replies("anvil")[0]
        assert await story.queue.jobs() == []


# ---------------------------------------------------------------- checkboxes


async def test_a_box_is_a_command_and_is_empty_again(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.push("anvil", {"tox.ini": "[tox]\n"})
        await story.tick("anvil", Box.REBASE)
        assert story.github.read(ANVIL, "tox.ini", ref=BRANCH) == b"[tox]\n"
        assert ticked(story.pulls("anvil")[0].issue.body or "") == frozenset()
        assert story.replies("anvil") == [], "what is done shows by itself"


async def test_the_box_of_the_registration_stays_ticked(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        await story.tick("anvil", Box.REGISTERED)
        assert states(story, "anvil") == ["open"]
        assert ticked(story.pulls("anvil")[0].issue.body or "") == {Box.REGISTERED}
        body = story.pulls("anvil")[0].issue.body or ""
        emptied = body.replace(f"[x] <!-- pubflow:{Box.REGISTERED}", f"[ ] <!-- pubflow:{Box.REGISTERED}")
        story.github.edit_pull(ANVIL, 1, body=emptied)
        await story.calm()
        assert story.wishes("anvil") == [], "emptying it takes that back"
        assert states(story, "anvil") == ["open"], "what was made ready stays ready"


async def test_a_box_ticked_without_the_right_is_answered_and_empty_again(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.create_user("robin")
        story.github.set_role(ANVIL, "robin", "triage")
        await story.tick("anvil", Box.REGISTERED, by="robin")
        await story.tick("anvil", Box.REBASE, by="robin")
        assert states(story, "anvil") == ["open draft"]
        assert ticked(story.pulls("anvil")[0].issue.body or "") == frozenset()
        assert all("takes the permission `write`" in said for said in story.replies("anvil"))
        assert len(story.replies("anvil")) == 2


async def test_a_box_in_somebody_elses_comment_is_none_of_ours(tell: Telling) -> None:
    """A webhook tells only that a bot wrote the comment; here even that would be untrue."""
    async with tell() as story:
        await begin(story)
        comment = story.github.comment(ANVIL, 1, checkbox(Box.RECREATE, "Win a prize", ticked=True))
        found = story.github.repository(ANVIL)
        ref = RepoRef(id=RepoId(found.id), node_id=NodeId(found.node_id), owner=found.owner.login, name=found.name)
        [installation] = story.github.site.world.installations.values()
        speech = Speech(number=1, pull=True, login=PERSON)
        asked = ticks("", comment.body, "2026-01-02T03:04:05Z", comment.id)
        before = head(story)
        await story.queue.submit([tick_job(InstallationId(installation.id), ref, speech, replace(asked, ticked=BOTH))])
        await story.calm()
        assert (states(story, "anvil"), head(story), story.replies("anvil")) == (["open draft"], before, [])
        assert ticked(comment.body) == {Box.RECREATE}, "nor is it emptied"


# ---------------------------------------------------------------- always an end, and once


async def test_a_command_is_seen_while_a_scan_of_the_repository_runs(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.faults.add(Hang(2.0), lambda asked: b"query Facts" in asked.body)
        story.push("anvil", {"tox.ini": "[tox]\n"})
        await until(lambda: story.github.faults.left == 0)
        comment = story.github.comment(ANVIL, 1, "/pubflow help")
        await until(lambda: reactions(comment) == ["eyes"])
        assert "scan" in [job.kind for job in await story.queue.jobs(JobState.RUNNING)]
        assert story.replies("anvil") == []
        await story.calm()
        assert len(story.replies("anvil")) == 1


@pytest.mark.parametrize("step", ["/comments", "/pulls", "/git/refs"])
async def test_an_answer_that_github_lost_is_given_once(tell: Telling, step: str) -> None:
    async with tell() as story:
        await begin(story)
        story.github.faults.add(Drop(after=True), on("POST", step))
        await story.say("anvil", "/pubflow close\n/pubflow recreate")
        await story.hurry()
        assert states(story, "anvil") == ["closed draft", "open draft"]
        [said] = story.replies("anvil")
        assert "#2 " in said


async def test_what_fails_for_good_is_said_with_its_reason(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        broken = Answer(status=400, body={"message": "Problems parsing JSON"})
        story.github.faults.add(broken, lambda asked: b"query Facts" in asked.body)
        await story.say("anvil", "/pubflow help\n/pubflow status")
        [said] = story.replies("anvil")
        assert "This did not work out: GitHub answered 400" in said
        assert said.count("This did not work out") == 2, "the configuration says who may, and it could not be read"
        [job] = await story.queue.jobs()
        await story.queue.retry(job.id)
        await story.calm()
        [said] = story.replies("anvil")
        assert "did not work out" not in said


async def test_what_an_operator_drops_is_said(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.github.faults.add(server_error(), lambda asked: b"query Facts" in asked.body, times=1000)
        await story.say("anvil", "/pubflow status")
        [job] = [job for job in await story.queue.jobs() if job.kind == "answer"]
        assert await story.queue.drop(job.id)
        await story.calm()
        assert "the operator of pubflow dropped it" in story.replies("anvil")[0]


async def test_while_writing_is_paused_a_command_waits_and_then_is_carried_out(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        story.stage.pauses.pause(ORGANISATION, 1.0)
        await story.say("anvil", "/pubflow close")
        assert (states(story, "anvil"), story.replies("anvil")) == (["open draft"], [])
        story.stage.pauses.resume(ORGANISATION)
        await story.hurry()
        assert states(story, "anvil") == ["closed draft"]
        assert "Closed #1" in story.replies("anvil")[0]


async def test_on_an_enterprise_server_the_same_words_work(tell: Telling) -> None:
    async with tell(LocalGitHub(enterprise="3.19.0")) as story:
        story.package("anvil")
        await story.install()
        issue = story.github.open_issue(ANVIL, "Hello")
        await story.say("anvil", "/pubflow status", number=issue.number)
        assert "Nothing is proposed" in story.replies("anvil", number=issue.number)[0]
