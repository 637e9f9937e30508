"""The commands of a script that upload: each understood, and what takes it out of the script."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from msgspec import Struct

from bot.moving import scripts
from bot.moving.deliveries import clean_folder
from bot.moving.options import MATURIN_BUILDS, TOOLS, Options, Tool, maturin_build, understand
from bot.publishing.launchers import call_of
from bot.publishing.upload import Call
from bot.script import Command

_NAMES = {"twine": ("upload",), "maturin": ("publish", "upload")}
_UPLOAD_OPTIONS = re.compile(r"(?:(?:-r|--repository)[ =]\S+|--show-response| )*")


class Found(Struct, kw_only=True):
    """One upload command of a script."""

    command: Command
    call: Call
    tool: Tool
    options: Options | None
    folder: str | None
    cut: scripts.Cut | None = None
    out: str | None = None


def find(text: str, commands: tuple[Command, ...], folder: str | None, *, old_maturin: bool = False) -> list[Found]:
    """The uploads among the commands of a script that starts in `folder`, in their order."""
    found: list[Found] = []
    for command in commands:
        call = call_of(command)
        if call is None:
            continue
        if call.tool in ("cd", "pushd", "popd", "Set-Location"):
            target = call.arguments[0] if call.tool == "cd" and call.arguments else None
            folder = clean_folder(f"{folder}/{target}") if folder is not None and target is not None else None
            continue
        described = _described(call)
        if described is not None:
            tool, name = described
            options = understand(tool, call.arguments, name)
            if options is not None:
                options.old = old_maturin
            found.append(Found(command=command, call=call, tool=tool, options=options, folder=folder))
    inner = [(command.start, command.end) for command in commands if not command.exact]
    shared = Counter(inner) if inner else {}  # most scripts have none, and counting nothing takes its time
    for item in found:
        _cut(item, text, alone=shared.get((item.command.start, item.command.end)) == 1)
    return found


def _described(call: Call) -> tuple[Tool, str] | None:
    """The table of a tool and the name of its upload command, if this call is one."""
    if call.tool == "setup.py":
        return (Tool(files=("dist/*",)), "upload") if "upload" in call.arguments else None
    if call.tool not in TOOLS or "--dry-run" in call.arguments or "--help" in call.arguments:
        return None
    names = _NAMES.get(call.tool, ("publish",))
    name = next((word for word in call.arguments if word in names), None)
    if name is None:
        return None
    return (MATURIN_BUILDS if (call.tool, name) == ("maturin", "publish") else TOOLS[call.tool]), name


def _cut(item: Found, text: str, *, alone: bool) -> None:
    """What takes the upload out of the script, or makes it the build that is part of it.

    `alone`: a shell inside the shell (`bash -c "..."`) does nothing else, so that it can go as a whole.
    """
    command, call, options = item.command, item.call, item.options
    if options is None and call.tool != "setup.py":
        return
    start, end = command.whole[0], max(command.whole[1], command.end)
    new = ""
    if not command.exact:
        only = alone and options is not None and not options.builds and item.tool is not MATURIN_BUILDS
        item.cut = scripts.cut_command(text, start, end) if only else None
        return
    if call.tool == "setup.py":
        if not _UPLOAD_OPTIONS.fullmatch(" ".join(call.arguments[call.arguments.index("upload") + 1 :])):
            return
        item.options = Options(files=("dist/*",))
        at = call.arguments.index("upload")
        word = command.words[len(command.words) - len(call.arguments) + at]
        new = (
            before_subcommand(text, item, start, word.start).rstrip()
            if any(name in call.arguments for name in ("sdist", "bdist_wheel"))
            else ""
        )
    elif options is not None and (options.builds or item.tool is MATURIN_BUILDS):
        program = command.words[len(command.words) - len(call.arguments) - 1]
        words, out = options.build, "dist"
        if item.tool is MATURIN_BUILDS:
            words, out = maturin_build(options)
        new = " ".join([before_subcommand(text, item, start, program.end), item.tool.build or "build", *words])
        item.out = f"{out}/*"
    item.cut = scripts.cut_command(text, start, end, new)


def before_subcommand(text: str, item: Found, start: int, end: int) -> str:
    """What stands before the subcommand, without variables that only an upload reads: `A=b`, or docker's `-e A=b`."""
    names = item.tool.variables | item.tool.settings
    spans = [(each.start, each.end) for each in item.command.assignments if each.name in names]
    spans += [
        (flag.start, value.end)
        for flag, value in pairwise(item.command.words)
        if flag.text in ("-e", "--env") and value.text.partition("=")[0] in names and value.end <= end
    ]
    for first, last in sorted(spans, reverse=True):
        if start <= first and last <= end:
            blanks = len(text[last:end]) - len(text[last:end].lstrip(" "))
            text, end = text[:first] + text[last + blanks :], end - (last + blanks - first)
    return text[start:end]
