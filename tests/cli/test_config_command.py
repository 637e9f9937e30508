"""`pubflow config`: what a repository's configuration says, and where it goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.config import PATH, Config, read
from tests.cli.running import here
from tests.cli.site import ORGANISATION, site
from tests.judges import Judge

VALIDATED: dict[str, tuple[str | None, int, str]] = {
    "none": (None, 0, ": not there; the defaults apply\n"),
    "empty": ("", 0, ": valid\n"),
    "sound": ("add: true\n", 0, ": valid\n"),
    "a word in quotes": ("enabled: 'no'\n", 1, ":1:10: `enabled` must be true or false, without quotes\n"),
    "no YAML": ("a: 1\nb: [\n", 1, ": is not YAML: "),
}


@pytest.mark.parametrize("case", VALIDATED)
@pytest.mark.parametrize("given", ["folder", "file"])
def test_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, given: str) -> None:
    text, code, said = VALIDATED[case]
    file = tmp_path / PATH
    if text is not None:
        file.parent.mkdir()
        file.write_text(text)
    elif given == "file":
        return
    ended = here(capsys, "config", "validate", tmp_path if given == "folder" else file)
    assert (ended.code, ended.err) == (code, "")
    assert ended.out.startswith(str(file))
    assert said in ended.out or (case == "no YAML" and "is not YAML: " in ended.out)


@pytest.mark.parametrize("verb", ["validate", "show"])
@pytest.mark.parametrize("content", [b"add: \xff\n", None])
def test_what_cannot_be_read_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "file.yml").write_bytes(content)
    ended = here(capsys, "config", verb, tmp_path / "file.yml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("pubflow: ")
    assert ended.err.count("\n") == 1


def test_show_fills_in_the_defaults_and_can_be_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = here(capsys, "config", "show", tmp_path).out
    assert shown.startswith("schema: 1\nenabled: true\ndraft: true\nmigrate: true\n")
    assert read(shown) == Config()
    (tmp_path / ".github").mkdir()
    (tmp_path / PATH).write_text("add: true\nbump: {cooldown: 9}\n")
    told = json.loads(here(capsys, "config", "show", tmp_path, "--format", "json").out)
    assert (told["enabled"], told["add"], told["bump"]["cooldown"]) == (True, True, 9)


def test_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(here(capsys, "config", "schema").out)["properties"].keys() >= {"schema", "add", "bump"}


def test_validate_says_all_that_is_wrong_with_the_nearest_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.yml").write_text("enabeld: false\nbump: {cooldown: x}\n")
    ended = here(capsys, "config", "validate", tmp_path / "file.yml")
    assert ended.code == 1
    assert [line.partition("file.yml:")[2] for line in ended.out.splitlines()] == [
        "1:1: there is no setting `enabeld`; did you mean `enabled`?",
        "2:18: `bump.cooldown` must be a whole number, without quotes",
    ]


def test_show_of_a_wrong_file_is_no_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.yml").write_text("add: perhaps\n")
    ended = here(capsys, "config", "show", tmp_path / "file.yml")
    assert (ended.code, ended.out) == (1, "")
    assert "file.yml:1:6: `add` must be true or false" in ended.err


@pytest.mark.parametrize(("name", "said"), [("spoon", True), (".github", False), (None, False)])
def test_validate_says_what_has_no_effect_in_this_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str | None, said: bool
) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / PATH).write_text("schema: 1\nlimits: {pulls_per_hour: 3}\n")
    (tmp_path / ".git").mkdir()
    if name is not None:
        remote = f'[remote "origin"]\n\turl = https://github.com/octo-org/{name}.git\n'
        (tmp_path / ".git" / "config").write_text(remote)
    ended = here(capsys, "config", "validate", tmp_path)
    assert ended.code == 0
    assert ": valid\n" in ended.out
    assert ("pubflow.yml:2:1: `limits` has an effect in the organisation's file alone" in ended.out) is said


def checkout(folder: Path, text: str, name: str = "anvil") -> Path:
    """A working tree of `octo-forge/NAME` with this configuration."""
    (folder / ".github").mkdir(parents=True)
    (folder / PATH).write_text(text)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text(
        f'[remote "origin"]\n\turl = https://github.com/{ORGANISATION}/{name}.git\n'
    )
    return folder


SHARED = "labels: [shared]\nbump: {majors: false, cooldown: 9}\nlimits: {pulls_per_hour: 3}\n"
OWN = "add: true\nbump: {cooldown: 2}\nlimits: {pulls_per_hour: 99}\n"


async def test_show_asks_for_the_organisation_s_file_and_says_which_file_says_what(
    tmp_path: Path, judge: Judge
) -> None:
    async with site(tmp_path, judge) as it:
        it.github.create_repository(f"{ORGANISATION}/.github", {PATH: SHARED}, visibility="private", by="sam")
        it.github.install(it.credentials.app, ORGANISATION)
        folder = str(checkout(tmp_path / "anvil", OWN))
        token = it.github.personal_token("sam")
        for who in ({}, {"APP_ID": "", "PRIVATE_KEY": "", "GITHUB_TOKEN": token}):
            ended = await it.run("config", "show", folder, change=who)
            assert (ended.code, ended.err) == (0, "")
            lines = dict(one.split(": ", 1) for one in ended.out.splitlines())
            assert lines["add"] == "true  # this repository"
            assert lines["labels"] == '["shared"]  # the organisation'
            assert lines["bump"].endswith("  # cooldown: this repository; majors: the organisation")
            assert lines["limits"] == '{"pulls_per_hour": 3}  # pulls_per_hour: the organisation'
            assert lines["migrate"] == "true"
        told = json.loads((await it.run("config", "show", folder, "--format", "json")).out)
        assert (told["bump"]["cooldown"], told["bump"]["majors"]) == (2, False)
        it.github.push(f"{ORGANISATION}/.github", {PATH: "lables: [x]\n"})
        ended = await it.run("config", "show", folder)
        assert (ended.code, ended.out) == (1, "")
        assert f"{ORGANISATION}/.github/{PATH}:1:1: there is no setting `lables`" in ended.err


UNASKED = {
    "offline": (["--offline"], {"GITHUB_TOKEN": "x"}, "--offline"),
    "without credentials": ([], {}, "set GITHUB_TOKEN, or the App's variables"),
}


@pytest.mark.parametrize("case", UNASKED)
def test_show_says_why_the_organisation_s_file_was_not_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    words, variables, said = UNASKED[case]
    for name in ("GITHUB_TOKEN", "APP_ID", "CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    checkout(tmp_path, OWN)
    (tmp_path / ".env").write_text("GITHUB_TOKEN=of-the-checkout\n")
    monkeypatch.chdir(tmp_path)
    ended = here(capsys, "config", "show", tmp_path, *words)
    assert ended.code == 0
    assert ended.err == f"the organisation's file was not asked for, so what it says is not in this: {said}\n"
    assert "add: true  # this repository\n" in ended.out


def test_show_in_the_organisation_s_own_repository_asks_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = here(capsys, "config", "show", checkout(tmp_path, SHARED, name=".github"))
    assert (ended.code, ended.err) == (0, "")
    assert 'labels: ["shared"]  # the organisation\n' in ended.out
