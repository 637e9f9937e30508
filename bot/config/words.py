"""Closed lists of words that a configuration may use, beside those of `settings`; tests hold them to their tables."""

from __future__ import annotations

from typing import Final

VERBS: Final = (
    *("update", "status", "recreate", "rebase", "ignore", "unignore", "confirm", "environment", "config", "explain"),
    *("pin", "close", "help"),
)
"""The commands whose permission an organisation may set."""

RULES: Final = (
    *("missing-workflow", "token-upload", "broken-action", "outdated-action", "pin-comment", "publisher-identity"),
    *("unsafe-trigger", "excess-permission", "unprotected-environment", "obsolete-secret", "orphan-secret"),
    *("reusable-publisher", "deprecated-input"),
)
"""Ids of rules, which are for ever: what `ignore.rules` may name."""

ORGANISATION_ONLY: Final = ("commands", "limits", "onboarding")
"""Settings that have an effect in the organisation's file alone."""

TAGS: Final = ("(a version)", "(rules)")
"""How the two shapes of a `bump.actions` entry are told apart; no key of a file."""
