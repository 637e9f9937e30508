"""Everything that GitHub sends, under right and wrong names, whole and spoiled, through a real server: never a 5xx."""

from __future__ import annotations

import random
from collections import Counter
from urllib.parse import quote_plus

import pytest

from bot.events import EVENTS
from tests.events.mutations import mutated
from tests.events.payloads import encode, examples, installation, pull, push, repository
from tests.web.site import Box, Site, headers, running

EXPECTED = {
    "ping": {204: 4},
    "push": {204: 7},
    "installation": {202: 7},
    "installation_repositories": {202: 3},
    "repository": {202: 12, 204: 1},
    "pull_request": {202: 7, 204: 22},
    "workflow_run": {202: 2, 204: 3},
    "issues": {204: 29},
    "issue_comment": {204: 9},
}
ALLOWED = {202, 204, 400}


async def test_every_payload_ends_as_it_should() -> None:
    ended: dict[str, Counter[int]] = {}
    box = Box()
    async with running(box) as site:
        for number, each in enumerate(examples()):
            body = encode({"installation": {"id": 1}} | each.payload)
            answer = await site.send(body, headers(body, each.event, delivery=f"d-{number}"))
            ended.setdefault(each.event, Counter())[answer.status] += 1
    others = {event: {204: sum(statuses.values())} for event, statuses in ended.items() if event not in EVENTS}
    assert ended == EXPECTED | others
    assert sum(map(sum, (statuses.values() for statuses in ended.values()))) == 329
    assert len(box.taken) == sum(statuses.get(202, 0) for statuses in EXPECTED.values())


async def test_every_payload_under_the_name_of_another_event() -> None:
    chance = random.Random(329)
    box = Box()
    async with running(box) as site:
        for each in examples():
            [header] = chance.sample([event for event in EVENTS if event != each.event], 1)
            answer = await site.send(each.body, headers(each.body, header))
            assert answer.status in {400, 204}, (each.event, header)
    assert box.taken == {}


@pytest.mark.parametrize("seed", range(4))
async def test_spoiled_payloads(seed: int) -> None:
    async with running(Box()) as site:
        assert await spoil(site, seed, 100) <= ALLOWED


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
async def test_ten_thousand_spoiled_payloads(seed: int) -> None:
    async with running(Box()) as site:
        assert await spoil(site, seed, 1000) <= ALLOWED


async def spoil(site: Site, seed: int, number: int) -> set[int]:
    """Sends so many spoiled bodies, some as forms, and gives the statuses that came back."""
    chance = random.Random(seed)
    real = [(each.event, each.body) for each in examples() if each.event in EVENTS]
    own = {
        "push": push(),
        "repository": repository("deleted"),
        "pull_request": pull(),
        "installation": installation("x"),
    }
    bodies = [*real, *((event, encode(payload)) for event, payload in own.items())]
    statuses = set()
    for _ in range(number):
        event, whole = chance.choice(bodies)
        body, kind = mutated(whole, chance), "application/json"
        if chance.random() < 0.2:
            form = f"payload={quote_plus(body)}".encode()
            body, kind = chance.choice((form, form + b"&payload=", b"&&" + form, form[:-3], form + b"%")), FORM
        statuses.add((await site.send(body, headers(body, event, changes={"content_type": kind}))).status)
    return statuses


FORM = "application/x-www-form-urlencoded"
