"""The account's own file, and who changed a file last."""

from __future__ import annotations

import pytest

from bot.demo.github.answers import Answer
from bot.demo.github.faults import on, server_error
from bot.errors import Unavailable
from bot.model import RepoId, SharedFile, Unread
from tests.github.stage import Stage

PATH = ".github/pubflow.yml"


async def shared(stage: Stage) -> SharedFile | None:
    return await stage.door.shared(stage.installation, "acme", ".github", PATH)


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({PATH: "add: true\n"}, "add: true\n"),
        ({PATH: ""}, ""),
        ({PATH: b"\xff\x00"}, Unread.BINARY),
        ({f"{PATH}/x": "a folder"}, Unread.FOLDER),
    ],
)
async def test_the_file_comes_with_the_repository_in_which_it_lies(
    stage: Stage, files: dict[str, str], text: str
) -> None:
    made = stage.hub.create_repository("acme/.github", files)
    stage.mark()
    assert await shared(stage) == SharedFile(repo=RepoId(made.id), text=text)
    assert len(stage.asked()) == 1


async def test_none_where_there_is_none(stage: Stage) -> None:
    assert await shared(stage) is None
    stage.hub.create_repository("acme/.github", {"README.md": ""})
    assert await shared(stage) is None


async def test_none_where_the_repository_was_renamed_away(stage: Stage) -> None:
    stage.hub.create_repository("acme/.github", {PATH: "add: true\n"})
    stage.hub.rename_repository("acme/.github", "old")
    assert await shared(stage) is None


async def test_of_an_empty_repository_nothing(stage: Stage) -> None:
    stage.hub.create_repository("acme/.github", {})
    assert await shared(stage) is None


async def test_a_failure_is_no_answer(stage: Stage) -> None:
    stage.hub.create_repository("acme/.github", {PATH: "add: true\n"})
    failed: Answer = server_error(502)
    stage.hub.faults.add(failed, on("POST", "/graphql"), times=10)
    with pytest.raises(Unavailable):
        await shared(stage)


async def test_the_commit_that_changed_a_file_last(stage: Stage) -> None:
    stage.hub.push("acme/tool", {PATH: "a: 1\n"})
    broke = stage.commits(branch="main")
    stage.hub.push("acme/tool", {"README.md": "else\n"})
    snapshot = await stage.read()
    assert await stage.door.last_change(stage.installation, snapshot, PATH) == broke
    assert await stage.door.last_change(stage.installation, snapshot, "nowhere") is None
