"""Commands that only store the credentials of uploads to come: in a .pypirc, in a tool's settings, in GITHUB_ENV."""

from __future__ import annotations

import re

from bot.moving import scripts
from bot.moving.options import TOOLS
from bot.publishing.launchers import call_of
from bot.script import Command, Shell, read

_CREDENTIALS = {name for tool in TOOLS.values() for name in tool.variables}
_SETTING = re.compile(r"pypi-token\.|http-basic\.|repository\.[\w-]+\.(?:username|password)\Z")
_BETWEEN_LETTERS = dict.fromkeys(code for code in range(128) if not chr(code).isalpha() and chr(code) != "_")
_TELLING = re.compile("|".join(["pypirc", "GITHUB_ENV", "config", *sorted(_CREDENTIALS)]))


def settings_of(text: str, shell: Shell) -> tuple[scripts.Cut, ...] | None:
    """The cuts of commands that only store credentials; None where one of them cannot be cut out."""
    if not _may_store(text, shell):
        return ()
    stores = storing(read(text, shell).commands)
    cuts = [scripts.cut_command(text, each.whole[0], max(each.whole[1], each.end)) for each in stores if each.exact]
    found = tuple(cut for cut in cuts if cut is not None)
    return found if len(found) == len(stores) else None


def _may_store(text: str, shell: Shell) -> bool:
    """Cheap, and true of every script that stores credentials: whoever reads one takes quotes and the like from
    between its letters, but adds none. Only Python has escapes for letters.
    """
    return shell is Shell.PYTHON or _TELLING.search(text.translate(_BETWEEN_LETTERS)) is not None


def storing(commands: tuple[Command, ...]) -> list[Command]:
    """Those of a script's commands that write down who uploads, and nothing else."""
    free = _read_by_uploads_alone(commands)
    return [each for each in commands if _writes(each) or _exports(each, free)]


def _read_by_uploads_alone(commands: tuple[Command, ...]) -> set[str]:
    others = [each for each in commands if (call := call_of(each)) is None or call.tool not in TOOLS]
    said = "\n".join(word.text for each in others for word in each.words)
    return {name for name in _CREDENTIALS if name not in said}


def _exports(command: Command, free: set[str]) -> bool:
    """Claims that this is an `export` of such variables."""
    names = {item.name for item in command.assignments}
    return not command.words and bool(names) and names <= free and command.start < command.assignments[0].start


def _writes(command: Command) -> bool:
    if any(target.rstrip("\"'").endswith("pypirc") for target in command.writes):
        return True
    if any("GITHUB_ENV" in target for target in command.writes):
        line = " ".join(command.arguments) if command.body is None else command.body.strip()
        return "\n" not in line and line.partition("=")[0].strip() in _CREDENTIALS
    call = call_of(command)
    if call is None or call.tool not in ("poetry", "pdm") or "config" not in call.arguments:
        return False
    return any(_SETTING.match(word) for word in call.arguments)
