"""`pubflow scan`: one repository or an account, as the App or with a plain token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.site import ORGANISATION, site
from tests.judges import Judge

NO_APP = {"APP_ID": "", "PRIVATE_KEY": ""}


async def test_one_repository_is_told_as_check_tells_it(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.package("anvil")
        it.github.install(it.credentials.app, ORGANISATION)
        ended = await it.run("scan", f"{ORGANISATION}/anvil", "--format", "json")
        told = json.loads(ended.out)
        assert ended.code == 1
        assert (told["repository"], told["status"]) == (f"{ORGANISATION}/anvil", "missing")
        assert [change["file"] for change in told["changes"]] == [".github/workflows/publish-to-pypi.yml"]
        assert it.github.repository(f"{ORGANISATION}/anvil").pulls == {}


async def test_an_account_with_a_plain_token_and_nothing_is_written(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.package("anvil")
        it.github.create_repository(f"{ORGANISATION}/notes", {"README.md": "# notes\n"})
        token = it.github.personal_token("sam")
        ended = await it.run("scan", ORGANISATION, "--format", "json", change=NO_APP | {"GITHUB_TOKEN": token})
        told = json.loads(ended.out)
        statuses = {one["repository"].split("/")[1]: one["status"] for one in told["repositories"]}
        assert statuses == {"anvil": "missing", "notes": "not-a-package"}
        assert it.github.repository(f"{ORGANISATION}/anvil").pulls == {}
        assert token not in ended.out + ended.err


async def test_open_opens_and_opening_twice_opens_once(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.package("anvil")
        it.github.install(it.credentials.app, ORGANISATION)
        for _ in range(2):
            ended = await it.run("scan", f"{ORGANISATION}/anvil", "--open")
            assert ended.code == 1
        assert list(it.github.repository(f"{ORGANISATION}/anvil").pulls) == [1]


@pytest.mark.parametrize(("allowed", "opened"), [("", [1]), (ORGANISATION, [1]), ("somebody-else", []), (",", [])])
async def test_a_plain_token_opens_where_its_owner_says(
    tmp_path: Path, judge: Judge, allowed: str, opened: list[int]
) -> None:
    async with site(tmp_path, judge) as it:
        it.package("anvil")
        change = NO_APP | {"GITHUB_TOKEN": it.github.personal_token("sam"), "ALLOWED_ACCOUNTS": allowed}
        for _ in range(2):
            ended = await it.run("scan", f"{ORGANISATION}/anvil", "--open", change=change)
        assert list(it.github.repository(f"{ORGANISATION}/anvil").pulls) == opened, ended.err
        assert ("ALLOWED_ACCOUNTS" in ended.out + ended.err) == (not opened)


async def test_an_observing_site_opens_nothing(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.package("anvil")
        it.github.install(it.credentials.app, ORGANISATION)
        ended = await it.run("scan", f"{ORGANISATION}/anvil", "--open", change={"PUBFLOW_MODE": "observe"})
        assert "would open" in ended.out + ended.err
        assert it.github.repository(f"{ORGANISATION}/anvil").pulls == {}


async def test_what_cannot_be_asked_is_said_in_a_sentence(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.github.install(it.credentials.app, ORGANISATION)
        for target, said in (("nobody", "not installed on nobody"), (f"{ORGANISATION}/nothing", "not")):
            ended = await it.run("scan", target)
            assert ended.code == 2
            assert said in ended.err
            assert "Traceback" not in ended.err
        ended = await it.run("scan", ORGANISATION, change=NO_APP)
        assert (ended.code, "APP_ID" in ended.err) == (2, True)
