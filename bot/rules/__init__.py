"""The rules, in the order in which they are applied: one module each, with the attributes of `rule.Rule`.

A branch whose rules come first may change a file; the other branch then leaves that file alone.
"""

from __future__ import annotations

from bot.rules import (
    broken_action,
    deprecated_input,
    excess_permission,
    missing_workflow,
    obsolete_secret,
    orphan_secret,
    outdated_action,
    pin_comment,
    publisher_identity,
    reusable_publisher,
    token_upload,
    unprotected_environment,
    unsafe_trigger,
)
from bot.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    missing_workflow,
    token_upload,
    unsafe_trigger,
    reusable_publisher,
    broken_action,
    excess_permission,
    outdated_action,
    pin_comment,
    deprecated_input,
    publisher_identity,
    unprotected_environment,
    obsolete_secret,
    orphan_secret,
)
