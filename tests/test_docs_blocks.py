"""What the documentation tells people to type can be typed."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot.cli import _application
from tests.cli.running import here
from tests.cli.site import ORGANISATION, site
from tests.judges import Judge
from tests.programs import ROOT
from tests.snapshots import PYPROJECT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
READING = {"check", "fix"}
ASKING = {"config", "doctor", "jobs", "pause", "redeliver", "resume", "scan", "sweep"}
"""What runs in a moment where there is a site; the others go on until they are stopped, and are tried elsewhere."""
PLACES = ("path/to/checkout", "~/src/my-project", ".")


def typed() -> Iterator[tuple[str, str]]:
    """Each command of each console block, with the page it stands on."""
    for page in PAGES:
        for block in re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith("$ "):
                    yield page.name, line.removeprefix("$ ")


COMMANDS = list(dict.fromkeys(typed()))
OURS = [
    (page, words[index + 1 :])
    for page, line in COMMANDS
    for words in [shlex.split(line, comments=True)]
    for index, word in enumerate(words)
    if word.rpartition("/")[2] == "pubflow" and all("=" in before for before in words[:index])
]


def name(case: tuple[str, list[str]]) -> str:
    return f"{case[0]}: {' '.join(case[1])}"


@pytest.mark.parametrize("case", OURS, ids=name)
def test_a_command_of_ours_is_understood(case: tuple[str, list[str]]) -> None:
    words = case[1]
    group = typer.main.get_command(_application(words))
    context = group.make_context("pubflow", list(words))
    while hasattr(group, "resolve_command") and (rest := [*context._protected_args, *context.args]):
        word, group, rest = group.resolve_command(context, rest)
        context = group.make_context(word, rest, parent=context)
    assert not hasattr(group, "commands"), "the command is not whole"


@pytest.mark.parametrize("case", [case for case in OURS if case[1][0] in READING], ids=name)
def test_what_only_reads_runs(
    case: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    monkeypatch.chdir(tmp_path)
    words = [str(checkout) if word in PLACES else word for word in case[1]]
    ended = here(capsys, *words, "--offline")
    assert (ended.code, ended.out != "") == (0 if "--write" in words else 1, True), ended.err


@pytest.mark.parametrize("case", [case for case in OURS if case[1][0] in ASKING], ids=name)
async def test_what_asks_a_site_runs(case: tuple[str, list[str]], tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        it.package("anvil")
        it.github.install(it.credentials.app, ORGANISATION)
        (tmp_path / ".github").mkdir()
        (tmp_path / ".github" / "pubflow.yml").write_text("schema: 1\n", "utf-8")
        words = [word.replace("octo-org/octo-package", f"{ORGANISATION}/anvil") for word in case[1]]
        words = [ORGANISATION if word in {"octo-org", "your-org"} else word for word in words]
        ended = await it.run(*words, whole=True)
        assert (ended.code in {0, 1}, ended.err.startswith("pubflow: ")) == (True, False), ended.err


def test_make_knows_every_target_that_is_named() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    asked = {line.split()[1] for _, line in COMMANDS if line.startswith("make ")}
    asked |= {word for page in PAGES for word in re.findall(r"`make ([a-z-]+)`", page.read_text("utf-8"))}
    assert asked >= {"demo", "test"}
    assert asked <= targets


def test_files_that_are_named_are_there() -> None:
    named = {
        line
        for page in PAGES
        for line in re.findall(
            r"`((?:deploy|bot|templates|docs|tests|requirements)/[\w./-]+)`", page.read_text("utf-8")
        )
    }
    named |= {
        address
        for page in PAGES
        for address in re.findall(r"github\.com/pubflow/pubflow/blob/main/([\w./-]+)", page.read_text("utf-8"))
    }
    assert [name for name in sorted(named) if not os.path.exists(ROOT / name)] == []  # noqa: PTH110
