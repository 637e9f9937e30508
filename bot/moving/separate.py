"""A script that does more than one upload can be moved with, taken apart: a step for each, and one for what follows.

Steps share files and nothing else, so a script is left whole where its later part may rely on what its shell knows:
variables, functions, the folder it is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.errors import Refused
from bot.model import Index, Publisher
from bot.moving.found import find
from bot.moving.jobs import LABELS
from bot.moving.nouns import Unmovable, is_token_upload
from bot.moving.options import TOOLS
from bot.moving.restate import restate_keys
from bot.script import Shell, read, shell_of
from bot.survey import Survey
from bot.workflow import Job, Step, Workflow
from bot.yaml import Insert, Op, Replace, Value, edit

_STATE = re.compile(
    r"^\s*(?:source|\.|alias|trap|eval|exec|export|declare|typeset|pushd|popd|set\s+[+-]\w)(?=\s)|\(\)\s*\{|\bcd\s",
    re.MULTILINE,
)
_PLAIN_SET = re.compile(r"^\s*set\s+(?:-[eux]+|-o\s+pipefail|-[eux]*o\s+pipefail)\s*$", re.MULTILINE)
_IDLE = re.compile(r"\s*(?:(?:echo|ls|#)[^\n]*\s*)*\Z")
AFTERWARDS = "Go on after the upload"


class _Part(Struct, frozen=True):
    """One piece of a script; `index`: where it uploads to at its end, None where it does not."""

    text: str
    index: Index | None


def separated(survey: Survey, path: str, job_id: str) -> str | None:
    """The text of a workflow with the scripts of a job taken apart; None where there is nothing to gain by it."""
    workflow = survey.workflows[path]
    job = workflow.jobs[job_id]
    text: str | None = None
    for step in reversed(job.steps):
        mine = [
            each
            for each in survey.publishers
            if (each.workflow, each.job, each.step) == (path, job_id, step.index) and is_token_upload(each)
        ]
        ops = list(_operations(workflow, job, step, mine)) if mine and step.run else []
        for op in ops:
            try:
                text = edit(text if text is not None else workflow.document, [op])
            except Refused:
                return None
    return text


def _operations(workflow: Workflow, job: Job, step: Step, mine: Sequence[Publisher]) -> Iterator[Op]:
    parts = _parts(job, step, mine)
    if len(parts) < 2 or step.id is not None or step.node.get("continue-on-error") is not None:
        return
    for part in reversed(parts[1:]):
        try:
            yield Insert(step.path, _step(workflow, step, mine, part), where="after")
        except Unmovable:
            return
    yield Replace((*step.path, "run"), parts[0].text)


def _parts(job: Job, step: Step, mine: Sequence[Publisher]) -> list[_Part]:
    """The script cut after each upload; a single part where that is not safe or changes nothing."""
    text = step.run or ""
    whole = [_Part(text, None)]
    if any(each.indirect for each in mine) or shell_of(step.shell or job.shell, *job.runs_on[:1]) is not Shell.BASH:
        return whole
    commands = read(text, Shell.BASH).commands
    found = find(text, commands, None)
    if len(found) != len(mine) or any(item.cut is None for item in found):
        return whole
    parts, start = [], 0
    for item, publisher in zip(found, mine, strict=True):
        end = (text + "\n").find("\n", max(item.command.whole[1], item.command.end)) + 1
        parts.append(_Part(text[start:end], publisher.index))
        start = end
    if not _IDLE.match(text[start:]):
        parts.append(_Part(text[start:], None))
    elif text[start:]:
        parts[-1] = _Part(parts[-1].text + text[start:], parts[-1].index)
    return parts if _stand_alone(parts) else whole


def _stand_alone(parts: Sequence[_Part]) -> bool:
    """Claims that no part relies on what the shell of an earlier one knows."""
    before = ""
    for part in parts:
        assigned = {item.name for command in read(before).commands for item in command.assignments if item.name}
        if _STATE.search(_PLAIN_SET.sub("", before)) or any(
            re.search(rf"\$\{{?{name}\b", part.text) for name in assigned
        ):
            return False
        before += part.text
    return True


def _step(workflow: Workflow, step: Step, mine: Sequence[Publisher], part: _Part) -> Value:
    """A step like the first one for a later part; a part that uploads nothing sees none of the credentials."""
    title = AFTERWARDS if part.index is None else f"Publish to {LABELS.get(part.index, part.index.value)}"
    changed: dict[str, Value | None] = {"name": title, "run": _script(part.text)}
    node = step.node.get("env")
    if node is not None and part.index is None:
        changed["env"] = restate_keys(workflow.document, node, dict.fromkeys(_credentials(step, mine, part))) or None
    restated = restate_keys(workflow.document, step.node, changed)
    return {"name": title} | restated


def _credentials(step: Step, mine: Sequence[Publisher], part: _Part) -> list[str]:
    known = {name for tool in TOOLS.values() for name in tool.variables | tool.settings}
    secrets = [f"secrets.{name}".lower() for publisher in mine for name in publisher.secrets]
    return [
        name
        for name, value in step.env.items()
        if (name in known or any(secret in value.lower() for secret in secrets))
        and not re.search(rf"\b{re.escape(name)}\b", part.text)
    ]


def _script(text: str) -> Value:
    plain = text.strip("\n")
    return f"{plain}\n" if "\n" in plain else plain
