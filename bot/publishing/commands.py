"""The commands of a script, one after the other: what each uploads, configures, or starts out of the repository."""

from __future__ import annotations

import re
from posixpath import normpath

from msgspec.structs import replace

from bot.publishing.launchers import call_of
from bot.publishing.names import (
    ANY,
    Vocabulary,
    has_telling_name,
    has_upload_words,
    is_publishing_name,
    is_suspicious,
)
from bot.publishing.state import DEPTH, Place, Walk
from bot.publishing.targets import Target, find_targets, read_path
from bot.publishing.tools import TOOLS
from bot.publishing.upload import Call, Scene
from bot.script import Command, Script, Shell, read

_STARTS_TARGETS = re.compile(
    r"\b(?:make|just|tox|nox|invoke|inv|poe|task|npm|yarn|pnpm|hatch|pdm|rye|pixi)\b|\.(?:sh|bash|py|ps1|bat|cmd)\b|"
    r"(?:^|\s)\.?[\w-]+/[\w./-]+",
    re.MULTILINE,
)
_GITHUB_ENV, _PYPIRC = "GITHUB_ENV", "pypirc"
"""Of what is left behind for later steps."""
_CONFIGURES = frozenset({"poetry", "pdm"})
_SOURCES = frozenset({"source", "."})
_HARMLESS = frozenset(
    {"echo", "printf", "cat", "grep", "git", "gh", "pip", "pip3", "sed", "awk", "test", "[", "conda", "ls", "cd", "set"}
    | {"export", "Write-Host", "Write-Output"}
)


def says_nothing(walk: Walk, text: str, within: Vocabulary = ANY) -> bool:
    """Claims that a script neither uploads nor prepares it; so it is with most, which are left unparsed."""
    if has_upload_words(text, within) or _GITHUB_ENV in text or _PYPIRC in text:
        return False
    return not _starts_targets(walk, text, within)


def read_text(walk: Walk, text: str, shell: Shell, place: Place) -> None:
    """A step's script, which says something."""
    script = read(text, shell)
    if script.readable:
        _read_script(walk, script, place)
    elif is_suspicious(text):
        walk.suspects.append((place.line, "a script in a language that is not read speaks of an upload"))


def first_program(text: str) -> str:
    """What a script starts first that is more than output or preparation."""
    calls = [call for command in read(text).commands if (call := call_of(command)) is not None]
    telling = [each.program for each in calls if each.tool not in _HARMLESS and not each.program.startswith("$(")]
    return next(iter(telling), next((call.program for call in calls), "a script"))


def folder_of(text: str | None) -> str:
    """A working directory as a path from the root; `""` where it is computed."""
    return "" if not text or "$" in text else normpath(text).removeprefix("./").removeprefix(".").strip("/")


def _starts_targets(walk: Walk, text: str, within: Vocabulary = ANY) -> bool:
    """Claims that a script runs something of the repository which may upload."""
    telling = walk.repository.hides_uploads() or has_telling_name(text, within)
    return telling and _STARTS_TARGETS.search(text) is not None


def _read_script(walk: Walk, script: Script, place: Place) -> None:
    scene: Scene | None = None
    for command in script.commands:
        if not command.words:
            assigned = {item.name: item.value for item in command.assignments if item.name}
            place = replace(place, env={**place.env, **assigned})
            scene = None
            continue
        call = call_of(command)
        walk.ambient.see_command(command, call, place.env, certain=place.step.condition is None)
        if call is None:
            continue
        if call.tool == "cd" and call.arguments and "$" not in call.arguments[0]:
            place = replace(place, folder=folder_of(f"{place.folder or '.'}/{call.arguments[0]}"))
        scene = scene or walk.scene(place.env, place.inputs, place.folder)
        _read_command(walk, command, call, scene, place)
        if call.tool in _SOURCES and (sourced := _sourced(walk, call, scene, place.folder)):
            place = replace(place, env={**place.env, **sourced})
            scene = None
        if call.tool in _CONFIGURES or command.writes:
            scene = None


def _sourced(walk: Walk, call: Call, scene: Scene, folder: str) -> dict[str, str]:
    """The variables that a script leaves behind which was not started but sourced."""
    texts = [target.text for target in find_targets(call, scene, walk.repository.files, folder)]
    found = [each for text in texts if text is not None for each in read(text).commands if not each.words]
    return {item.name: item.value for command in found for item in command.assignments if item.name}


def _read_command(walk: Walk, command: Command, call: Call, scene: Scene, place: Place) -> None:
    reader = TOOLS.get(call.tool)
    upload = reader(call, scene) if reader is not None else None
    if upload is not None:
        walk.add(place, place.line, upload)
    if upload is not None or (reader is not None and not _runs_own_scripts(call)):
        return
    targets = _targets(walk, call, scene, place.folder)
    for target in targets:
        _read_target(walk, target, scene, place)
    if targets or call.tool in _HARMLESS:
        return
    if is_suspicious(" ".join([word.text for word in command.words])):
        walk.suspects.append((place.line, f"the command “{call.tool}” speaks of an upload"))


def _runs_own_scripts(call: Call) -> bool:
    """`pdm NAME` is short for `pdm run NAME`; `setup.py publish` is a habit of the time before twine."""
    return call.tool == "pdm" or (call.tool == "setup.py" and "publish" in call.arguments)


def _targets(walk: Walk, call: Call, scene: Scene, folder: str) -> tuple[Target, ...]:
    files, program = walk.repository.files, call.program
    if call.tool == "setup.py":
        return (read_path(program, files, folder),)
    if "/" in program and not program.startswith(("/", "~", "$")) and not program.endswith("/"):
        return (read_path(program, files, folder),)
    return find_targets(call, scene, files, folder)


def _read_target(walk: Walk, target: Target, scene: Scene, place: Place) -> None:
    walk.repository.looked_at.add(target.path)
    if target.text is None:
        if is_publishing_name(target.name) and walk.can_authenticate():
            walk.suspects.append((place.line, f"“{target.name}” could not be read"))
        return
    if place.depth >= DEPTH or not (has_upload_words(target.text) or _starts_targets(walk, target.text)):
        return
    if not walk.follows(0, place.line, target.name):  # before it is parsed, which takes its time
        return
    script = read(target.text, target.shell)
    if not script.readable and is_suspicious(target.text):
        walk.suspects.append((place.line, f"“{target.name}” speaks of an upload"))
    if not walk.follows(len(script.commands), place.line, target.name):
        return
    through = place.through or target.name
    _read_script(walk, script, replace(place, env=scene.variables, through=through, depth=place.depth + 1))
