"""What becomes of every payload that GitHub publishes."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.errors import Malformed
from bot.events import EVENTS, Jobs, decide
from bot.events.repository import FOREIGN
from tests.events.payloads import Payload, encode, examples


def outcome(event: str, body: bytes) -> str:
    try:
        decision = decide(event, body, lambda _repository: None)
    except Malformed:
        return "malformed"
    return "+".join(job.kind for job in decision.jobs) if isinstance(decision, Jobs) else decision.reason


EXPECTED = {
    "ping": {"pong": 4},
    "push": {"not the default branch": 5, "nothing that a scan reads": 2},
    "installation": {"enrol": 4, "forget": 3},
    "installation_repositories": {"enrol": 2, "forget": 1},
    "repository": {"scan": 8, "scan+relocate": 4, "an edit that leaves the default branch as it is": 1},
    "issue_comment": {
        "a comment without a command": 5,
        "an action without consequence": 2,
        "an edit that ticks no box of ours": 2,
    },
    "pull_request": {"guard": 7, "an action without consequence": 20, "a pull request of somebody else": 2},
    "workflow_run": {
        "notice": 2,
        "an action without consequence": 2,
        "a run for a pull request, or of no workflow of the repository": 1,
    },
    "issues": {"an issue of somebody else": 4, "an action without consequence": 25},
}
"""With an installation in every body: the examples of events that webhooks of repositories also have come without."""


@pytest.mark.parametrize("event", EXPECTED)
def test_the_outcomes_of_an_event_of_ours(event: str) -> None:
    bodies = [{"installation": {"id": 1}} | each.payload for each in examples() if each.event == event]
    assert Counter(outcome(event, encode(body)) for body in bodies) == EXPECTED[event]


def test_every_event_of_ours_is_expected() -> None:
    assert EXPECTED.keys() == EVENTS.keys()


def test_an_event_that_we_do_not_know_is_dropped_unread() -> None:
    assert {outcome(each.event, b"\xff") for each in examples() if each.event not in EVENTS} == {
        "an event that nothing is done for"
    }


@pytest.mark.parametrize("header", EVENTS)
def test_no_payload_does_anything_under_the_name_of_another_event(header: str) -> None:
    actions = ("created", "deleted", "closed", "added", "removed", "suspend", "renamed", "archived")
    for each in examples():
        if each.event == header:
            continue
        payload: Payload = {"installation": {"id": 1}} | each.payload
        for body in (payload, *(payload | {"action": action} for action in actions)):
            if header == "repository" and FOREIGN.isdisjoint(body):
                # Bodies with nothing of their own: `public`, `watch` and the like never say what a repository says.
                assert outcome(header, encode(payload)) in {"an action without consequence", "malformed"}
                continue
            assert outcome(header, encode(body)) in {"malformed", "an action without consequence"}, (each.event, body)
