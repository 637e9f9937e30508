"""A typed, read-only view of a workflow or an action: triggers, jobs, steps, `uses`, permissions, variables.

Hostile shapes never raise: where a list stands for a mapping, or text for a list, what can be read is given and the
rest is empty. Every part keeps its path and its line, so that findings can point and edits can be made there.
"""

from __future__ import annotations

from bot.workflow.jobs import read_action, read_workflow
from bot.workflow.parts import (
    Action,
    Environment,
    Job,
    Permissions,
    Step,
    Trigger,
    Uses,
    UsesKind,
    Workflow,
    literal_false,
)
from bot.workflow.uses import parse_uses

__all__ = [
    "Action",
    "Environment",
    "Job",
    "Permissions",
    "Step",
    "Trigger",
    "Uses",
    "UsesKind",
    "Workflow",
    "literal_false",
    "parse_uses",
    "read_action",
    "read_workflow",
]
