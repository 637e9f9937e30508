"""What axe-core finds on a page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CONTRAST = ("color-contrast",)


def barriers(page: Page, axe: str, rules: tuple[str, ...] = TAGS) -> list[str]:
    """One line a barrier; empty when there is none."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("only => axe.run({runOnly: only})", list(rules))
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
