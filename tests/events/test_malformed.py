"""A body that does not fit its event is refused, whatever its signature says; nothing of it is quoted."""

from __future__ import annotations

import json
import random

import pytest

from bot.errors import Malformed
from bot.events import EVENTS, Jobs, decide
from tests.events.mutations import mutated
from tests.events.payloads import (
    FULL,
    INSTALLATION,
    REPOSITORY,
    Payload,
    comment,
    commit,
    encode,
    installation,
    pull,
    push,
    repositories,
    repository,
)

TOUCHING = push(commit("setup.py"))
GOOD: dict[str, Payload] = {
    "ping": {"zen": "Half measures are as bad as nothing at all.", "hook_id": 1},
    "push": TOUCHING,
    "installation": installation("created"),
    "installation_repositories": repositories("added", [REPOSITORY]),
    "repository": repository("deleted"),
    "pull_request": pull(),
    "issue_comment": comment(),
}
BYTES = [
    b"",
    b"null",
    b"[]",
    b'"push"',
    b"{",
    b"\x00",
    b"\xef\xbb\xbf" + encode(TOUCHING),
    encode(TOUCHING)[:-1],
    encode(TOUCHING) + b"}",
    encode(TOUCHING).replace(b"refs/heads/main", b"refs/heads/\xff"),
    encode(TOUCHING).replace(b"refs/heads/main", b"refs/heads/\\ud800"),
    encode(TOUCHING).replace(b"refs/heads/main", b"refs/heads/\n"),
    b"[" * 200_000,
    b'{"a":' * 200_000,
    b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + encode(TOUCHING)[1:],
    json.dumps(TOUCHING).encode("utf-16"),
]
CHANGED: list[tuple[str, Payload]] = [
    *(
        ("push", push(commit("setup.py"), repository=REPOSITORY | wrong))
        for wrong in (
            {"id": 0},
            {"id": -1},
            {"id": 2**53 + 1},
            {"id": 10**400},
            {"id": 7.5},
            {"id": True},
            {"id": "7"},
            {"node_id": "R 7"},
            {"node_id": ""},
            {"node_id": "R" * 1000},
            {"full_name": "octo-org"},
            {"full_name": "octo-org/.."},
            {"full_name": "octo-org/."},
            {"full_name": "octo-org/example/x"},
            {"full_name": "octo-org/example?x"},
            {"full_name": "octo-org/example\n"},
            {"full_name": "octo\u0000org/example"},
            {"full_name": "ōcto/example"},
            {"full_name": "o/" + "x" * 101},
            {"default_branch": None},
        )
    ),
    ("push", push(commit("setup.py"), commits=None)),
    ("push", push(commit("setup.py"), commits={})),
    ("push", push(commit("setup.py"), deleted="no")),
    ("push", push(commit("setup.py"), ref=["refs/heads/main"])),
    ("push", push(commit("setup.py"), installation={"id": "5"})),
    ("push", push(commit("setup.py"), installation={})),
    ("installation", installation("Created")),
    ("installation", installation("created\n")),
    ("installation", installation("created", installation=INSTALLATION)),
    ("installation", installation("created", repositories=[{"id": 7}])),
    ("installation", installation("deleted", repositories_added=[])),
    ("installation", installation("deleted", installation=FULL | {"account": {"login": "a/b"}})),
    ("installation_repositories", repositories("removed", removed=[{"name": "example"}])),
    ("repository", repository("deleted", issue={})),
    ("repository", repository("deleted", team=None)),
    ("repository", repository("edited", changes=[])),
    ("pull_request", pull() | {"number": 13}),
    ("pull_request", pull(closed_at="yesterday, perhaps")),
    ("pull_request", pull(merged="yes")),
    ("pull_request", pull() | {"sender": None}),
    ("issue_comment", comment(body=None)),  # type: ignore[arg-type]  # what GitHub would not send
    ("issue_comment", comment(user={"login": "a/b", "type": "User"})),
    ("issue_comment", comment() | {"issue": {"number": 0, "user": None}}),
    ("issue_comment", comment() | {"sender": {"login": "sam"}}),
]


@pytest.mark.parametrize("body", BYTES, ids=range(len(BYTES)))
@pytest.mark.parametrize("event", EVENTS)
def test_no_json_of_ours(event: str, body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        decide(event, body, lambda _repository: frozenset())
    assert "refs" not in str(caught.value)


@pytest.mark.parametrize(("event", "payload"), CHANGED, ids=range(len(CHANGED)))
def test_a_field_that_github_would_not_send(event: str, payload: Payload) -> None:
    with pytest.raises(Malformed):
        decide(event, encode(payload), lambda _repository: frozenset())


@pytest.mark.parametrize("header", GOOD)
@pytest.mark.parametrize("event", GOOD)
def test_a_body_under_the_name_of_another_event_does_nothing(event: str, header: str) -> None:
    body = encode(GOOD[event])
    if event == header:
        decide(header, body, lambda _repository: frozenset())
        return
    with pytest.raises(Malformed):
        decide(header, body, lambda _repository: frozenset())


@pytest.mark.parametrize("seed", range(60))
def test_mutations_are_decided_or_refused_and_never_crash(seed: int) -> None:
    chance = random.Random(seed)
    for event, payload in GOOD.items():
        body = mutated(encode(payload), chance)
        try:
            decision = decide(event, body, lambda _repository: frozenset())
        except Malformed:
            continue
        for job in decision.jobs if isinstance(decision, Jobs) else ():
            assert 1 <= job.installation <= 2**53
            assert len(json.dumps(dict(job.args))) < 20_000
