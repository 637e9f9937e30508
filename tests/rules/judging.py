"""Rules in tests: the example of a rule's docstring, and what a rule says of one workflow."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import ModuleType

from bot.config import Config
from bot.model import Change, Finding
from bot.rules.rule import Context, Fix
from bot.survey import survey
from tests.snapshots import PYPROJECT, snapshot

FILE = ".github/workflows/release.yml"


def example(module: ModuleType) -> tuple[str, str]:
    """The workflows before and after in a rule's docstring."""
    before, after = (module.__doc__ or "").split("Before::\n")[1].split("After::\n")
    return textwrap.dedent(before).strip() + "\n", textwrap.dedent(after).strip() + "\n"


def context(workflow: str, others: Mapping[str, str] | None = None) -> Context:
    """What a rule looks at: a package with this workflow, and other files."""
    files = {"pyproject.toml": PYPROJECT, FILE: workflow, **(others or {})}
    return Context(survey=survey(snapshot(files)), config=Config())


def found(module: ModuleType, workflow: str, others: Mapping[str, str] | None = None) -> list[Finding]:
    return list(module.find(context(workflow, others)))


def fixed(module: ModuleType, workflow: str, finding: Finding) -> tuple[Change, ...]:
    """The changes that mend a finding; a refusal fails the test."""
    answer = module.fix(context(workflow), finding)
    assert isinstance(answer, Fix), answer
    return answer.changes
