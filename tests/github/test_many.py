"""Many repositories together: the same snapshots as one by one, in few requests, and what is left to be read alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.demo.github import Repository
from bot.demo.github.faults import on, server_error
from bot.demo.samples import samples
from bot.errors import Unavailable
from bot.github import Many
from bot.model import ACTIONS_BRANCH, RepoRef, Snapshot
from tests.github.stage import FILES, PYPROJECT, Stage, planned

RELEASE = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./scripts/release.sh\n"


def always(_: Snapshot) -> bool:
    return True


async def read(
    stage: Stage, *names: str, bare: tuple[str, ...] = (), changed: Callable[[Snapshot], bool] = always
) -> Many:
    whole = [stage.ref(name) for name in names]
    return await stage.door.read_many(stage.installation, whole, [stage.ref(name) for name in bare], changed=changed)


def everything(stage: Stage) -> list[Repository]:
    return list(stage.hub.site.world.repositories.values())


async def test_every_sample_is_the_snapshot_that_it_is_alone(stage: Stage) -> None:
    stage.hub.create_organization("forge")
    installed = stage.hub.install(stage.keys.app, "forge")
    for sample in samples(stage.hub.web_url):
        stage.hub.create_repository(
            f"forge/{sample.name}", dict(sample.files), visibility=sample.visibility, archived=sample.archived
        )
    refs = [stage.ref(one.full_name) for one in everything(stage) if one.owner.login == "forge" and not one.archived]
    bare = [stage.ref(one.full_name) for one in everything(stage) if one.archived]
    number = stage.installation.__class__(installed.id)
    stage.mark()
    many = await stage.door.read_many(number, refs, bare, changed=always)
    assert len(stage.asked()) <= 3
    assert not many.left
    alone = [await stage.door.read(number, ref) for ref in refs + bare]
    assert {one.snapshot.repo.ref.id: one.snapshot for one in many.read} == {one.repo.ref.id: one for one in alone}
    assert all(one.closed == () for one in many.read)


async def test_a_hundred_repositories_take_three_requests(stage: Stage) -> None:
    for number in range(99):
        stage.hub.create_repository(
            f"acme/many-{number}",
            {"pyproject.toml": PYPROJECT, ".github/workflows/r.yml": RELEASE, "scripts/release.sh": f"# {number}\n"},
        )
    stage.mark()
    many = await read(stage, *(one.full_name for one in everything(stage)))
    assert len(stage.asked()) == 3
    assert len(many.read) == 100
    assert sum("scripts/release.sh" in one.snapshot.files for one in many.read) == 99


async def test_what_did_not_change_is_not_read(stage: Stage) -> None:
    stage.hub.create_repository("acme/other", FILES)
    stage.mark()
    many = await read(stage, "acme/tool", "acme/other", changed=lambda snapshot: snapshot.repo.ref.name == "other")
    assert len(stage.asked()) == 2
    assert [one.repo.ref.name for one in many.unchanged] == ["tool"]
    assert many.unchanged[0].tree["tool/__init__.py"].size == 0
    assert [one.snapshot.repo.ref.name for one in many.read] == ["other"]


async def test_our_branch_and_pull_request_are_seen(stage: Stage) -> None:
    snapshot = await stage.read()
    await stage.propose(snapshot, planned(snapshot))
    (one,) = (await read(stage, "acme/tool")).read
    assert one.snapshot == await stage.read()
    assert len(one.snapshot.pulls) == 1


async def test_folders_too_deep_to_open_are_told(stage: Stage) -> None:
    stage.hub.push("acme/tool", {"a/b/c/d/e/f/g/deep.py": "pass\n"})
    (one,) = (await read(stage, "acme/tool")).read
    assert one.closed == ("a/b/c/d/e/f",)
    assert "a/b/c/d/e/f" in one.snapshot.tree
    assert one.snapshot.complete


async def test_one_that_went_away_is_left(stage: Stage) -> None:
    gone = RepoRef(**{**{name: getattr(stage.ref(), name) for name in ("id", "owner", "name")}, "node_id": "R_none"})
    many = await stage.door.read_many(stage.installation, [stage.ref(), gone], [], changed=always)
    assert [one.snapshot.repo.ref for one in many.read] == [stage.ref()]
    assert many.left == [gone]


async def test_one_whose_branch_has_many_pull_requests_is_left(stage: Stage) -> None:
    for number in range(5):
        stage.hub.push("acme/tool", {f"{number}.txt": "x"}, branch=ACTIONS_BRANCH)
        pull = stage.hub.open_pull("acme/tool", head=ACTIONS_BRANCH, title="Mine", by="alice")
        stage.hub.close_pull("acme/tool", pull.number)
    assert (await read(stage, "acme/tool")).left == [stage.ref()]


async def test_an_empty_repository_is_a_value(stage: Stage) -> None:
    stage.hub.create_repository("acme/empty")
    (one,) = (await read(stage, bare=("acme/empty",))).read
    assert one.snapshot == await stage.read("acme/empty")


async def test_too_many_at_once_are_not_asked_for_again(stage: Stage) -> None:
    stage.hub.faults.add(server_error(502), on("POST", "/graphql"))
    stage.mark()
    with pytest.raises(Unavailable):
        await read(stage, "acme/tool")
    assert len(stage.asked()) == 1


async def test_too_many_texts_at_once_are_halved(stage: Stage) -> None:
    for name in ("one", "two", "three"):
        stage.hub.create_repository(f"acme/{name}", FILES)
    stage.hub.faults.add(
        server_error(502), lambda asked: b"TextsOfMany" in asked.body and b"$r3" in asked.body, times=1
    )
    stage.mark()
    many = await read(stage, "acme/tool", "acme/one", "acme/two", "acme/three")
    assert len(many.read) == 4
    assert [one.status for one in stage.asked()] == [200, 502, 200, 200]


async def test_a_page_of_what_an_account_owns(stage: Stage) -> None:
    for name in ("one", "two"):
        stage.hub.create_repository(f"acme/{name}", FILES)
    stage.mark()
    first = await stage.door.page(stage.installation, "acme", selected=False, after=None, size=2)
    rest = await stage.door.page(stage.installation, "acme", selected=False, after=first.after, size=2)
    assert len(stage.asked()) == 2
    assert [one.repo.ref.name for one in first.found + rest.found] == ["tool", "one", "two"]
    assert (first.total, first.whole, rest.after) == (3, True, None)
    assert first.found[0].head == stage.hub.repository("acme/tool").head
    assert first.found[0].repo == (await stage.read()).repo


async def test_the_last_pushed_come_first(stage: Stage) -> None:
    stage.hub.create_repository("acme/later", FILES)
    stage.hub.repository("acme/later").pushed_at += 60
    page = await stage.door.page(stage.installation, "acme", selected=False, after=None, size=1, newest_first=True)
    assert [one.repo.ref.name for one in page.found] == ["later"]


async def test_a_page_of_what_was_chosen_takes_two_requests(stage: Stage) -> None:
    stage.hub.create_repository("acme/other", FILES)
    stage.installed.selected = {stage.hub.repository("acme/other").id}
    stage.mark()
    page = await stage.door.page(stage.installation, "acme", selected=True, after=None, size=100)
    assert len(stage.asked()) == 2
    assert [one.repo.ref.name for one in page.found] == ["other"]
    assert (page.after, page.total) == (None, 1)


async def test_closed_pull_requests_of_ours_are_listed(stage: Stage) -> None:
    snapshot = await stage.read()
    pull = await stage.propose(snapshot, planned(snapshot))
    page = await stage.door.page(stage.installation, "acme", selected=False, after=None, size=10)
    assert page.found[0].closed == ()
    stage.hub.close_pull("acme/tool", pull.number)
    page = await stage.door.page(stage.installation, "acme", selected=False, after=None, size=10)
    (closed,) = page.found[0].closed
    assert (closed.number, closed.merged, closed.base) == (pull.number, False, "main")
