"""What only looks whether there is a token goes before the upload is moved: steps, parts of scripts, a job's condition.

Nothing counts as such a look but what is understood line by line: a test of variables that hold the token, words that
are printed, an output that says yes or no, and the end of the script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.errors import Refused
from bot.moving import conditions, scripts
from bot.moving.nouns import is_token_upload
from bot.script import Shell, shell_of
from bot.survey import Survey
from bot.workflow import Job, Step, Workflow
from bot.yaml import Op, Remove, Replace, edit

_VALUE = r"\"?(?:\$\{?(?P<{0}>\w+)(?::?-)?\}?|\$\{\{\s*secrets\.(?P<{0}s>\w+)\s*\}\})\"?"
_NOTHING = r"(?:\"\"|'')"
_EMPTY = rf"(?:\[\[?|test)\s+(?:-z\s+{_VALUE.replace('{0}', 'z')}|{_VALUE.replace('{0}', 'e')}\s+==?\s+{_NOTHING})"
_FULL = rf"(?:\[\[?|test)\s+(?:-n\s+{_VALUE.replace('{0}', 'n')}|{_VALUE.replace('{0}', 'u')}\s+!=\s+{_NOTHING})"
_CLOSED = r"(?:\s+\]\]?)?"
_SAYS = r"(?:echo|printf)(?:\s+(?:\"[^\"`]*\"|'[^']*'|[^\s\"'`;&|<>$]+))*(?:\s*>&2)?"
_ENDS = r"exit\s+(?P<code>\d+)"
_ENDS_LOUDLY = rf"[{{(]\s*{_SAYS}\s*;\s*exit\s+(?P<c>\d+)\s*;?\s*[)}}]"
_IF_EMPTY = re.compile(rf"if\s+{_EMPTY}{_CLOSED}\s*;\s*then\Z")
_IF_FULL = re.compile(rf"if\s+{_FULL}{_CLOSED}\s*;\s*then\Z")
_ON_ONE_LINE = re.compile(rf"(?:{_FULL}{_CLOSED}\s*\|\||{_EMPTY}{_CLOSED}\s*&&)\s*(?:{_ENDS}|{_ENDS_LOUDLY})\Z")
_PRINTS = re.compile(rf"{_SAYS}(?:\s*>>\s*\"?\$\{{?GITHUB_STEP_SUMMARY\}}?\"?)?\Z")
_TELLS = re.compile(r"echo\s+[\"']?([\w-]+)=(true|false)[\"']?\s*>>\s*[\"']?\$\{?GITHUB_OUTPUT\}?[\"']?\Z")
_STOPS = re.compile(rf"{_ENDS}\Z")
_IDLE = re.compile(r"(?:#.*|set\s+-[eux]+(?:o\s+pipefail)?)?\Z")
_SECRET = re.compile(r"\s*\$\{\{\s*secrets\.(\w+)\s*\}\}\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """A workflow in which nothing of a job looks for its token any more."""

    text: str
    quiet: bool
    """Without a token, the job did not fail before, but uploaded nothing."""


@dataclass(slots=True)
class _Look:
    """One look of a script: its place, and what is known without a token and with one."""

    start: int
    end: int = 0
    fails: bool = False
    ends: bool = False
    told: dict[bool, dict[str, str]] = field(default_factory=lambda: {False: {}, True: {}})

    @property
    def is_quiet(self) -> bool:
        """Claims that without a token the job goes on, or ends, as if all were well."""
        return (self.ends and not self.fails) or bool(self.told[True] or self.told[False])


def unasked(survey: Survey, path: str, job_id: str) -> Unasked | None:
    """A workflow without what only looks for the token of a job; None where nothing does, or where more rests on it."""
    workflow = survey.workflows[path]
    job = workflow.jobs[job_id]
    mine = [each for each in survey.publishers if (each.workflow, each.job) == (path, job_id) and is_token_upload(each)]
    secrets = frozenset(name.upper() for each in mine for name in each.secrets)
    uploading = frozenset(each.step for each in mine)
    if not secrets or not _may_ask(workflow, job):
        return None
    operations: list[Op] = []
    quiet = False
    for step in reversed(job.steps):
        found = _of_step(workflow, job, step, secrets, uploads=step.index in uploading)
        if found is None:
            return None
        ops, silent = found
        operations += ops
        quiet = quiet or silent
    condition = conditions.without_token(job.condition, frozenset(_held(workflow.env, secrets)), secrets)
    if condition != job.condition:
        place = (*job.path, "if")
        operations.append(Remove(place) if condition is None else Replace(place, condition))
        quiet = True
    if not operations or (quiet and "pull_request" in workflow.triggers and not _skips_pulls(job, uploading)):
        return None
    try:
        return Unasked(text=edit(workflow.document, operations), quiet=quiet)
    except Refused:
        return None


def _may_ask(workflow: Workflow, job: Job) -> bool:
    """Cheap, and true of every job that asks."""
    text = workflow.document.text[job.node.start : job.node.end]
    return any(word in text for word in ("-z ", "-n ", "= ''", '= ""'))


def _skips_pulls(job: Job, uploading: frozenset[int | None]) -> bool:
    steps = [step for step in job.steps if step.index in uploading]
    return all(conditions.skips_pulls(job.condition, step.condition) for step in steps)


def _held(env: Mapping[str, str], secrets: frozenset[str]) -> Iterator[str]:
    """The variables that hold one of the secrets and nothing else."""
    for name, value in env.items():
        found = _SECRET.match(value)
        if found is not None and found[1].upper() in secrets:
            yield name


def _of_step(
    workflow: Workflow, job: Job, step: Step, secrets: frozenset[str], *, uploads: bool
) -> tuple[list[Op], bool] | None:
    """What takes the looks out of one step, and whether one of them was quiet; None where that cannot be done."""
    text = step.run or ""
    if "if " not in text and "||" not in text and "&&" not in text:
        return [], False
    if shell_of(step.shell or job.shell, *job.runs_on[:1]) is not Shell.BASH:
        return [], False
    variables = frozenset(_held({**workflow.env, **job.env, **step.env}, secrets))
    looks = list(_looks(text, variables, secrets))
    if not looks:
        return [], False
    quiet = any(look.is_quiet for look in looks)
    if _is_all(text, looks) and not uploads:
        answered = _answered(workflow, job, step, looks)
        return None if answered is None else ([*answered, Remove(step.path)], quiet)
    if any(look.told[True] or look.told[False] for look in looks):
        return [], False
    cuts = [scripts.Cut(look.start, look.end) for look in looks]
    return scripts.operations((*step.path, "run"), text, cuts), quiet


def _is_all(text: str, looks: list[_Look]) -> bool:
    """Claims that a script does nothing but look, and say so."""
    rest = scripts.apply(text, [scripts.Cut(look.start, look.end) for look in looks])
    lines = [line.strip() for line in rest.splitlines()]
    return all(_IDLE.match(line) or _PRINTS.match(line) for line in lines)


def _looks(text: str, variables: frozenset[str], secrets: frozenset[str]) -> Iterator[_Look]:
    """The looks that stand in a script by themselves, and not within something larger."""
    lines = text.splitlines(keepends=True)
    start, index = 0, 0
    while index < len(lines):
        read = _look(lines[index:], variables, secrets) if _begins(lines[index]) else None
        if read is not None and not scripts.goes_on(text[:start]) and "<<" not in text[:start]:
            look, count = read
            look.start, look.end = start, start + sum(map(len, lines[index : index + count]))
            yield look
            index, start = index + count, look.end
            continue
        start += len(lines[index])
        index += 1


def _begins(line: str) -> bool:
    return line.startswith(("if ", "[", "test "))


def _look(lines: list[str], variables: frozenset[str], secrets: frozenset[str]) -> tuple[_Look, int] | None:
    """One look and how many lines it has; None where something else stands there."""
    first = lines[0].strip()
    found = _ON_ONE_LINE.match(first)
    if found is not None:
        code = found["code"] or found["c"]
        return (_Look(0, ends=True, fails=code != "0"), 1) if _asks(found, variables, secrets) else None
    found = _IF_EMPTY.match(first) or _IF_FULL.match(first)
    if found is None or not _asks(found, variables, secrets):
        return None
    look, there = _Look(0), found.re is _IF_FULL
    for count, line in enumerate(lines[1:], start=2):
        words = line.strip()
        if words == "fi":
            return look, count
        if words == "else":
            there = not there
        elif not _understood(words, look, there=there):
            return None
    return None


def _asks(found: re.Match[str], variables: frozenset[str], secrets: frozenset[str]) -> bool:
    """Claims that what is tested is the token."""
    names = found.groupdict()
    held = [names.get(key) for key in ("z", "e", "n", "u")]
    said = [names.get(f"{key}s") for key in ("z", "e", "n", "u")]
    return any(name in variables for name in held if name) or any(name.upper() in secrets for name in said if name)


def _understood(words: str, look: _Look, *, there: bool) -> bool:
    """Notes what one line does, with the token `there` or without it; False where it does more than is understood."""
    told = _TELLS.match(words)
    if told is not None:
        look.told[there][told[1]] = told[2]
        return True
    stops = _STOPS.match(words)
    if stops is not None and not there:
        look.ends, look.fails = True, stops["code"] != "0"
        return True
    return bool(_IDLE.match(words) or _PRINTS.match(words))


def _answered(workflow: Workflow, job: Job, step: Step, looks: list[_Look]) -> list[Op] | None:
    """The conditions of the job freed of the answer of a step that goes; None where more depends on it."""
    if step.id is None:
        return []
    said = {name: value for look in looks for name, value in look.told[True].items()}
    yes = {f"steps.{step.id}.outputs.{name} == '{value}'" for name, value in said.items()}
    operations: list[Op] = []
    mentioned = 0
    for other in reversed(job.steps):
        if f"steps.{step.id}." not in (other.condition or ""):
            continue
        parts = list(conditions.conjuncts(conditions.bare(other.condition or "")))
        kept = [part for part in parts if part not in yes]
        mentioned += len(parts) - len(kept)
        place = (*other.path, "if")
        operations.append(Replace(place, " && ".join(kept)) if kept else Remove(place))
    text = workflow.document.text[job.node.start : job.node.end]
    everywhere = len(re.findall(rf"\bsteps\.{re.escape(step.id)}\b", text))
    return operations if everywhere == mentioned else None
