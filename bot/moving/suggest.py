"""What a workflow could look like that uploads by way of make, tox or a script: shown to a person, never carried out.

The target's own commands are put in its place, and the result is moved as any other. That is right only as far as the
target does nothing else than what its text says, which is for a person to judge.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from msgspec.structs import replace

from bot.errors import Refused
from bot.model import Change, Publisher
from bot.moving import scripts
from bot.moving.nouns import Moved
from bot.project.pyproject import load, table
from bot.publishing.bodies import tox_dependencies
from bot.publishing.commands import folder_of
from bot.publishing.launchers import call_of
from bot.publishing.names import has_upload_words
from bot.publishing.targets import Target, find_targets, read_path
from bot.publishing.upload import Call, Scene
from bot.script import Command, Shell, read, shell_of
from bot.survey import Survey, resurvey
from bot.workflow import Job, Step
from bot.yaml import Replace, edit

_UNKNOWN = re.compile(r"\{[A-Za-z_:/]+\}|\$[@<^*]|^\s*(?:\.|source)\s", re.MULTILINE)
"""What stands for something else in a tox.ini or a Makefile, or reads another file."""
_SHEBANG = re.compile(r"\A#!.*\n")

Mover = Callable[[Survey, str], object]


def suggestion(found: Survey, publisher: Publisher, mover: Mover) -> Change | None:
    """The workflow as it could be; None where the target's text does not say enough. `mover`: what moves a workflow."""
    workflow = found.workflows[publisher.workflow]
    job = workflow.jobs[publisher.job]
    step = next((step for step in job.steps if step.index == publisher.step), None)
    script = _inlined(found, job, step) if step is not None else None
    if step is None or script is None:
        return None
    try:
        text = edit(workflow.document, [Replace((*step.path, "run"), script)])
    except Refused:
        return None
    files = {**found.snapshot.files, publisher.workflow: text}
    moved = mover(resurvey(found, replace(found.snapshot, files=files)), publisher.workflow)
    before = found.snapshot.files[publisher.workflow]
    return (
        Change(file=publisher.workflow, before=before, after=moved.change.after) if isinstance(moved, Moved) else None
    )


def _inlined(found: Survey, job: Job, step: Step) -> str | None:
    """The script of a step with the one target that uploads replaced by what it runs."""
    text = step.run or ""
    if shell_of(step.shell or job.shell, *job.runs_on[:1]) is not Shell.BASH:
        return None
    folder = folder_of(step.working_directory or job.working_directory)
    commands = read(text, Shell.BASH).commands
    cuts = [cut for command in commands if (cut := _replaced(found, step, command, text, folder)) is not None]
    script = scripts.apply(text, cuts).strip("\n")
    return (f"{script}\n" if "\n" in script else script) if len(cuts) == 1 else None


def _replaced(found: Survey, step: Step, command: Command, text: str, folder: str) -> scripts.Cut | None:
    call = call_of(command)
    if call is None or not command.exact:
        return None
    targets = [each for each in _targets(found, step, call, folder) if each.text and has_upload_words(each.text)]
    body = _body(found, targets[0]) if len(targets) == 1 else None
    start, end = command.whole[0], max(command.whole[1], command.end)
    return scripts.cut_command(text, start, end, body) if body else None


def _targets(found: Survey, step: Step, call: Call, folder: str) -> tuple[Target, ...]:
    files = found.snapshot.files
    if "/" in call.program and not call.program.startswith(("/", "~", "$")):
        return (read_path(call.program, files, folder),)
    declared = load(files.get("pyproject.toml", ""))
    tools = {} if isinstance(declared, str) else table(declared, "tool")
    return find_targets(call, Scene(variables=step.env, choices={}, mints=False, tools=tools), files, folder)


def _body(found: Survey, target: Target) -> str | None:
    """The commands of a target, a line each; None where they are not simply those of its text."""
    text = target.text or ""
    if target.shell is Shell.PYTHON:
        text = "\n".join(_line(command) for command in read(text, Shell.PYTHON).commands)
    elif target.shell is not Shell.BASH:
        return None
    if target.name.startswith("tox "):
        wanted = tox_dependencies(found.snapshot.files[target.path], target.name.rsplit(" ", 1)[-1])
        text = "\n".join([f"python -m pip install {shlex.join(wanted)}", text] if wanted else [text])
    body = re.sub(r"\n\s*\n", "\n", _SHEBANG.sub("", text)).strip("\n")
    return None if _UNKNOWN.search(body) or not body else body


def _line(command: Command) -> str:
    words = [word.text for word in command.words]
    return " ".join(word if re.fullmatch(r"[\w./*=:@+-]+", word) else shlex.quote(word) for word in words)
