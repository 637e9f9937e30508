"""The table of commands, and the manners that they share: help, colours, what is loaded, how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__
from bot.cli import COMMANDS, GROUPS, Command
from tests.cli.index import index
from tests.cli.running import beside, command, environment, here
from tests.snapshots import PYPROJECT

SURFACE = {"check", "fix", "scan", "demo", "serve", "worker", "jobs", "pause", "resume", "doctor", "config"}
"""Commands that users hold on to, as far as they are there."""

NAMES = [" ".join(filter(None, (command.group, command.name))) for command in COMMANDS]


def test_the_commands_that_users_hold_on_to_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "--help")
    assert ended.code == 0
    listed = set(re.findall(r"^  ([a-z]+)  ", ended.out, re.MULTILINE))
    assert listed >= SURFACE
    assert listed == {command.group or command.name for command in COMMANDS}


@pytest.mark.parametrize("entry", COMMANDS, ids=NAMES)
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], entry: Command) -> None:
    words = [*filter(None, (entry.group, entry.name))]
    ended = here(capsys, *words, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"Usage: pubflow {' '.join(words)} " in ended.out
    assert f"Example: {entry.example}" in " ".join(ended.out.split())
    assert f"pubflow {' '.join(words)}" in entry.example
    assert entry.run.__doc__


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_lists_its_commands(capsys: pytest.CaptureFixture[str], group: str) -> None:
    ended = here(capsys, group)
    for entry in COMMANDS:
        assert (f"  {entry.name} " in ended.out + ended.err) is (entry.group == group)


def test_the_names_are_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert {entry.group for entry in COMMANDS if entry.group} == set(GROUPS)


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert here(capsys, "--version").out == f"pubflow {__version__}\n"


@pytest.mark.parametrize("words", [["bogus"], ["--bogus"], ["check", "--bogus"], ["config", "bogus"]])
def test_what_there_is_not_ends_with_2(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    ended = here(capsys, *words)
    assert (ended.code, ended.out) == (2, "")
    assert "bogus" in ended.err


# ---------------------------------------------------------------- what is loaded

LOADED = """
import json, sys
from bot.cli import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
SERVER = {"aiohttp", "asyncio", "dbos", "sqlalchemy", "gidgethub", "psycopg", "jwt", "cryptography", "structlog"}
SLOW = {"pydantic", "rich", "jinja2"}
"""Not of the server, but as slow to load as everything else together."""


@pytest.mark.parametrize("verb", ["check", "fix"])
def test_a_checkout_is_looked_at_without_the_server(tmp_path: Path, verb: str) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    words = json.dumps([verb, str(tmp_path), "--offline", "--quiet"])
    done = subprocess.run(
        [sys.executable, "-c", LOADED, words], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert loaded & (SERVER | SLOW) == set()
    others = {entry.module for entry in COMMANDS} - {verb}
    assert not [name for name in loaded if name.removeprefix("bot.cli.") in others]


# ---------------------------------------------------------------- on a terminal


def on_a_terminal(folder: Path, *words: str, **more: str) -> str:
    """What a command prints on a terminal of 60 columns."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(*words), cwd=folder, env=environment(COLUMNS="60", **more), stdout=theirs, stderr=theirs, stdin=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        process.wait()
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that the other end was closed
        return b""


def test_colours_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    shown = on_a_terminal(tmp_path, "fix", "--offline")
    assert "\x1b[32m+on:\x1b[0m" in shown
    prose = shown[shown.index("To be done by hand") :]
    lines = re.sub("\x1b\\[[0-9]*m", "", prose).splitlines()
    assert all(len(line) <= 60 for line in lines if "https://" not in line)


@pytest.mark.parametrize("how", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours_where_they_are_not_wanted(tmp_path: Path, how: dict[str, str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    shown = on_a_terminal(tmp_path, "fix", "--offline", **how)
    assert "+on:" in shown
    assert "\x1b" not in shown


def test_no_colours_in_a_pipe_whatever_is_forced(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    ended = beside(tmp_path, "fix", "--offline", FORCE_COLOR="1")
    assert "\x1b" not in ended.out + ended.err


def test_an_encoding_that_has_not_every_letter_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    ended = beside(tmp_path, "fix", "--offline", PYTHONIOENCODING="ascii")
    assert ended.code == 1
    assert "+name: Publish Python \\U0001f40d distribution" in ended.out


# ---------------------------------------------------------------- how it ends


def test_ctrl_c_ends_with_130(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    with (
        index(silent=True) as local,
        subprocess.Popen(
            command("check"),
            cwd=tmp_path,
            env=environment(PYPI_URL=local.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        assert local.arrived.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


DEFECT = """
import bot.cli
from bot.cli import Command, main
bot.cli.COMMANDS = (Command(name="break", module="check", example=""),)
main(["break"])
"""


@pytest.mark.parametrize(("more", "traced"), [({}, False), ({"PUBFLOW_TRACEBACK": "1"}, True)])
def test_a_defect_of_our_own_is_one_sentence(more: dict[str, str], traced: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEFECT], env=environment(**more), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("pubflow: a defect in pubflow: AttributeError at __init__.py:")
    assert ("Traceback" in done.stderr) is traced


def test_a_reader_that_goes_away_is_no_defect(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    with subprocess.Popen(
        command("fix", "--offline", "--quiet"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert b"defect" not in err
    assert b"Traceback" not in err
