"""A thumb up, and then silence for ever: every command has an end that is said."""

from __future__ import annotations

import pytest

from bot.demo.github import Answer
from bot.jobs import KINDS
from bot.jobs.conclude import in_words
from bot.model import InstallationId, Job
from bot.queue import Queue
from tests.jobs.conftest import Telling
from tests.jobs.test_lifecycle_stories import begin

ENDS = {
    "/pubflow update": "#1 stands already",
    "/pubflow rebase": "#1 brought up to date",
    "/pubflow unignore": "Nothing is ignored",
    "/pubflow pin": "`/pubflow pin sha` or",
    "/pubflow lunch": "is no command",
    "/pubflow ignore nothing-like-it": "is neither a rule",
    "/pubflow close": "Closed #1",
    "/pubflow confirm": "Noted",
}


async def test_every_command_ends_in_words(tell: Telling) -> None:
    async with tell() as story:
        await begin(story)
        comments = [await story.say("anvil", text) for text in ENDS]
        said = dict(zip(ENDS, story.replies("anvil"), strict=True))
        assert {text: end for text, end in ENDS.items() if end not in said[text]} == {}
        assert all(comment.reactions[0].content == "eyes" for comment in comments)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("Unavailable: GitHub answered 502 to GET /x", "GitHub did not answer"),
        ("its worker died 5 times while it ran", "died again and again"),
        ("an operator dropped it", "the operator of pubflow dropped it"),
        ("Forbidden: GitHub answered 403 to GET /x: No", "GitHub answered 403"),
        ("KeyError: '/srv/secret/place'", "something in pubflow itself"),
        ("TimeoutError: ", "something in pubflow itself"),
    ],
)
def test_a_failure_is_told_in_words_and_no_inner_thing_with_it(why: str, words: str) -> None:
    assert words in in_words(why)
    assert "secret" not in in_words(why)


async def test_a_job_whose_worker_died_too_often_is_said_to_have_failed(tell: Telling) -> None:
    """The queue makes the last word together with the end itself, so that no crash comes between."""
    async with tell() as story:
        await begin(story)
        broken = Answer(status=400, body={"message": "Problems parsing JSON"})
        story.github.faults.add(broken, lambda asked: b"query Facts" in asked.body)
        await story.say("anvil", "/pubflow status")
        assert "This did not work out" in story.replies("anvil")[0]
        strange = Job(kind="answer", key="x", installation=InstallationId(1), args={"of": "another version"})
        assert KINDS.aftermath(strange, "why") is None
        assert isinstance(story.queue, Queue)
