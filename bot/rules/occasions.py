"""Whether a job runs on an event: GitHub's expressions, evaluated as far as their text tells.

An answer is True, False or, where it hangs on what only a run knows, None. The language:
https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto

from bot.workflow import Job, Workflow


class _Unknown(Enum):
    UNKNOWN = auto()


UNKNOWN = _Unknown.UNKNOWN
_Value = str | bool | _Unknown
Facts = Mapping[str, str | bool]
"""What an event sets, by the dotted name of the context, in lower case; `github.event.*` says what all others are."""

_ALWAYS: dict[str, str | bool] = {"github.actor": "somebody", "github.triggering_actor": "somebody"}
_PULL: dict[str, str | bool] = {"github.event.pull_request": True, "github.event.number": "1", "github.event.*": ""}
PULL_REQUEST: Facts = _PULL | {
    "github.event_name": "pull_request",
    "github.ref": "refs/pull/1/merge",
    "github.ref_name": "1/merge",
    "github.ref_type": "branch",
}
PULL_REQUEST_TARGET: Facts = _PULL | {"github.event_name": "pull_request_target", "github.ref_type": "branch"}
WORKFLOW_RUN: Facts = {
    "github.event_name": "workflow_run",
    "github.event.workflow_run": True,
    "github.event.workflow_run.event": "pull_request",
    "github.event.workflow_run.conclusion": "success",
    "github.event.action": "completed",
    "github.event.*": "",
}
"""After a run that a pull request of a fork started, and that went well."""

_OWN = frozenset({"github.repository", "github.repository_owner", "github.event.repository.full_name"})
"""Compared with a text, these are meant to be equal: the author names this repository, to keep forks away."""
_OPEN = ("github.event.pull_request.", "github.event.workflow_run.", "github.event.repository.", "github.event.sender.")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<operator>&&|\|\||==|!=|<=|>=|[!<>(),])|(?P<name>[A-Za-z_][\w.*\[\]'-]*)"
    r"|(?P<number>-?\d[\w.]*))"
)
_WHOLE = re.compile(r"\s*\$\{\{(?P<inner>(?:(?!\$\{\{).)*)\}\}\s*\Z", re.DOTALL)
_DEEPEST = 20
"""Jobs that need each other in a row; what lies behind them is not looked at."""
_STATUS = re.compile(r"\b(?:always|failure|cancelled)\s*\(", re.IGNORECASE)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """False if one is, else None if one is, else True."""
    found = list(answers)
    return False if False in found else None if None in found else True


def runs(workflow: Workflow, job: Job, facts: Facts) -> bool | None:
    """Whether a job runs on an event, the jobs that it needs taken into account."""
    return _runs(workflow, job, facts, _DEEPEST, {})


def _runs(
    workflow: Workflow, job: Job, facts: Facts, depth: int, known: dict[tuple[str, int], bool | None]
) -> bool | None:
    """`known`: of jobs that several others need; there may be as many ways to one as anybody likes to write."""
    own = holds(job.condition, facts)
    if own is False or depth == 0 or _STATUS.search(job.condition or ""):
        return own if depth else None
    answers: list[bool | None] = [own]
    for name in job.needs:
        needed = workflow.jobs.get(name)
        if needed is None:
            continue
        if (name, depth) not in known:
            known[name, depth] = _runs(workflow, needed, facts, depth - 1, known)
        answers.append(known[name, depth])
    return all_of(answers)


def holds(condition: str | None, facts: Facts) -> bool | None:
    """Whether an `if:` holds on an event."""
    if condition is None:
        return True
    whole = _WHOLE.match(condition)
    text = whole["inner"] if whole is not None else condition
    try:
        value = _Reader(text, {**_ALWAYS, **facts}).whole()
    except (SyntaxError, RecursionError):
        return None
    return _truth(value)


class _Reader:
    """A recursive descent over one expression; raises SyntaxError for what GitHub would refuse."""

    def __init__(self, text: str, facts: Facts) -> None:
        self.facts = facts
        self.tokens = list(_tokens(text))
        self.at = 0

    def whole(self) -> _Value:
        value = self.either()
        if self.at < len(self.tokens):
            raise SyntaxError("more than one expression")
        return value

    def taken(self, *wanted: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def either(self) -> _Value:
        value = self.both()
        while self.taken("||"):
            value = _either(value, self.both())
        return value

    def both(self) -> _Value:
        value = self.comparison()
        while self.taken("&&"):
            value = _both(value, self.comparison())
        return value

    def comparison(self) -> _Value:
        start = self.at
        value = self.unary()
        operator = self.taken("==", "!=", "<", ">", "<=", ">=")
        if operator is None:
            return value
        names = {self.tokens[start].lower()}
        other = self.unary()
        names.add(self.tokens[self.at - 1].lower())
        if names & _OWN and operator in ("==", "!="):
            return operator == "=="
        return _compare(operator, value, other)

    def unary(self) -> _Value:
        if self.taken("!"):
            truth = _truth(self.unary())
            return UNKNOWN if truth is None else not truth
        if self.taken("("):
            value = self.either()
            if not self.taken(")"):
                raise SyntaxError("an open bracket")
            return value
        return self.atom()

    def atom(self) -> _Value:
        if self.at == len(self.tokens):
            raise SyntaxError("nothing where a value should stand")
        token = self.tokens[self.at]
        self.at += 1
        if self.taken("("):
            return self.call(token.lower())
        return self.look_up(token)

    def call(self, name: str) -> _Value:
        given: list[_Value] = []
        while not self.taken(")"):
            given.append(self.either())
            if not self.taken(",") and self.tokens[self.at : self.at + 1] != [")"]:
                raise SyntaxError("an open call")
        function = _FUNCTIONS.get(name)
        return function(given) if function is not None else UNKNOWN

    def look_up(self, token: str) -> _Value:
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        name = token.lower().replace("['", ".").replace("']", "")
        if name in ("true", "false"):
            return name == "true"
        if name in self.facts:
            return self.facts[name]
        if name.startswith("github.event.") and "github.event.*" in self.facts and not name.startswith(_OPEN):
            return UNKNOWN if name == "github.event.action" else self.facts["github.event.*"]
        return UNKNOWN


def _tokens(text: str) -> Iterable[str]:
    index, end = 0, len(text.rstrip())
    while index < end:
        found = _TOKEN.match(text, index)
        if found is None:
            raise SyntaxError("a character that starts nothing")
        yield found[0].strip()
        index = found.end()


def _truth(value: _Value) -> bool | None:
    return None if value is UNKNOWN else bool(value)


def _either(first: _Value, second: _Value) -> _Value:
    truths = (_truth(first), _truth(second))
    if True in truths:
        return True
    return UNKNOWN if None in truths else False


def _both(first: _Value, second: _Value) -> _Value:
    truth = all_of([_truth(first), _truth(second)])
    return UNKNOWN if truth is None else truth


def _compare(operator: str, first: _Value, second: _Value) -> _Value:
    if first is UNKNOWN or second is UNKNOWN or operator not in ("==", "!="):
        return UNKNOWN
    same = str(first).lower() == str(second).lower()  # GitHub compares texts without regard to case
    return same if operator == "==" else not same


def _with_texts(function: Callable[[str, str], bool]) -> Callable[[list[_Value]], _Value]:
    def apply(given: list[_Value]) -> _Value:
        if len(given) != 2 or not all(isinstance(each, str) for each in given):
            return UNKNOWN
        first, second = (str(each).lower() for each in given)
        return function(first, second)

    return apply


_FUNCTIONS: Mapping[str, Callable[[list[_Value]], _Value]] = {
    "startswith": _with_texts(str.startswith),
    "endswith": _with_texts(str.endswith),
    "contains": _with_texts(str.__contains__),
    "always": lambda _: True,
    "success": lambda _: True,
    "failure": lambda _: False,
    "cancelled": lambda _: False,
}
