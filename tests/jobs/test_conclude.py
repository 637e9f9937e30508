"""Whoever says that something came to no end speaks in the place of the answer, and not at the same time as it."""

from __future__ import annotations

import msgspec
import pytest

from bot.events.speaking import Source, Speech
from bot.jobs import KINDS, answer, hear
from bot.jobs.arguments import Repository
from bot.model import InstallationId, Job
from bot.queue.book import lane_of

REPOSITORY = Repository(repo_id=7, node_id="R_7", owner="acme", name="anvil")
SPEECH = Speech(number=1, pull=False, login="sam")


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("hear", hear.Arguments(repository=REPOSITORY, speech=SPEECH, comment=9, body="/pubflow status")),
        (
            "answer",
            answer.Arguments(
                **msgspec.structs.asdict(REPOSITORY), speech=SPEECH, source=Source(comment=9), lines=("status",)
            ),
        ),
    ],
)
def test_it_stands_in_the_repositorys_lane(kind: str, args: msgspec.Struct) -> None:
    job = Job(kind=kind, key="x", installation=InstallationId(1), args=msgspec.to_builtins(args), once=True)
    follower = KINDS.aftermath(job, "its worker died 5 times while it ran")
    assert follower is not None
    assert lane_of(follower) == "repository 7"
