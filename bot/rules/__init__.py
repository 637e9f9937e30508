"""The rules, in the order in which they are applied: one module each, with the attributes of `rule.Rule`."""

from __future__ import annotations

from bot.rules import missing_workflow, token_upload
from bot.rules.rule import Rule

RULES: tuple[Rule, ...] = (missing_workflow, token_upload)
