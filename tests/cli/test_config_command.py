"""`pubflow config`: what a repository's configuration says, and where it goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.config import PATH, Config, read
from tests.cli.running import here

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
