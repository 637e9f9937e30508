"""Commands that only store the credentials of uploads to come: in a .pypirc, in a tool's settings, in GITHUB_ENV."""

from __future__ import annotations

import re

from bot.moving import scripts
from bot.moving.options import TOOLS
from bot.publishing.launchers import call_of
from bot.script import Command, Shell, read

_SETTING = re.compile(r"pypi-token\.|http-basic\.|repository\.[\w-]+\.(?:username|password)\Z")


def settings_of(text: str, shell: Shell) -> tuple[scripts.Cut, ...] | None:
    """The cuts of commands that only store credentials; None where one of them cannot be cut out."""
    stores = [command for command in read(text, shell).commands if stores_credentials(command)]
    cuts = [scripts.cut_command(text, each.whole[0], max(each.whole[1], each.end)) for each in stores if each.exact]
    found = tuple(cut for cut in cuts if cut is not None)
    return found if len(found) == len(stores) else None


def stores_credentials(command: Command) -> bool:
    """Claims that a command writes down who uploads, and nothing else."""
    if any(target.rstrip("\"'").endswith("pypirc") for target in command.writes):
        return True
    if any("GITHUB_ENV" in target for target in command.writes):
        line = " ".join(command.arguments) if command.body is None else command.body.strip()
        known = {name for tool in TOOLS.values() for name in tool.variables}
        return "\n" not in line and line.partition("=")[0].strip() in known
    call = call_of(command)
    if call is None or call.tool not in ("poetry", "pdm") or "config" not in call.arguments:
        return False
    return any(_SETTING.match(word) for word in call.arguments)
