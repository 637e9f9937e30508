"""`pubflow actions refresh`: what `check` knows of actions without asking anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.bumping.snapshot import shipped
from bot.demo.actions import add_actions
from tests.cli.running import here
from tests.cli.site import ORGANISATION, site
from tests.judges import Judge
from tests.snapshots import PUBLISHES, PYPROJECT


def checkout(folder: Path, action: str) -> Path:
    """A package whose workflow uses `action`."""
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / ".github" / "workflows" / "r.yml").write_text(PUBLISHES.replace("actions/checkout@v7", action))
    return folder


async def test_a_fresh_catalogue_is_used_and_its_day_said(tmp_path: Path, judge: Judge) -> None:
    folder = checkout(tmp_path / "repository", "actions/checkout@v6.0.1")
    async with site(tmp_path, judge) as it:
        add_actions(it.github, ["actions/checkout"])
        it.github.tag("actions/checkout", "v7.9.0")
        it.github.release("actions/checkout", "v7.9.0", published_at=1_000_000_000.0)
        it.github.install(it.credentials.app, ORGANISATION)
        ended = await it.run("actions", "refresh", whole=True)
        assert (ended.code, ended.err) == (0, "")
        assert "1 actions as they stand on 20" in ended.out
        told = json.loads((await it.run("check", str(folder), "--offline", "--format", "json")).out)
    assert told["actions_of"] > shipped().date
    assert [finding["message"].split(":")[0] for finding in told["findings"]] == [
        "`actions/checkout@v6.0.1` can be v7.9.0"
    ]


def test_what_is_newer_than_the_snapshot_is_unknown_and_no_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path / "home"))
    folder = checkout(tmp_path / "repository", "actions/checkout@v97")
    ended = here(capsys, "check", folder, "--offline")
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert f"`actions/checkout@v97`: on {shipped().date} the newest version known was v7." in said
    told = json.loads(here(capsys, "check", folder, "--offline", "--format", "json").out)
    assert told["findings"] == []
    [unknown] = told["unknown_actions"]
    assert (unknown["file"], unknown["line"]) == (".github/workflows/r.yml", 9)


def test_the_shipped_one_is_used_and_its_day_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path / "home"))
    folder = checkout(tmp_path / "repository", "actions/checkout@v4")
    ended = here(capsys, "check", folder, "--offline")
    assert ended.code == 1
    assert f"Actions are known as of {shipped().date}" in " ".join(ended.out.split())


def test_nothing_is_said_of_it_where_nothing_hangs_on_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path / "home"))
    folder = checkout(tmp_path / "repository", "actions/checkout@v7")
    ended = here(capsys, "check", folder, "--offline")
    assert (ended.code, "Actions are known" in ended.out) == (0, False)


def test_a_file_that_is_no_catalogue_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path))
    (tmp_path / "actions.json").write_text("{}")
    folder = checkout(tmp_path / "repository", "actions/checkout@v4")
    ended = here(capsys, "check", folder, "--offline")
    assert ended.code == 2
    assert "is no catalogue of actions" in ended.err
