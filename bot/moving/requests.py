"""What a script asks of GitHub's API with curl, and which scopes of its token that takes.

https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.script.bash import EXPRESSION

_PATH = re.compile(r"/repos/[^\s\"'?]*?/(?P<area>[a-z-]+)(?=[/\s\"'?:]|\Z)")
_WRITES = re.compile(
    r"(?:-X|--request)[\s=]*[\"']?(?:POST|PUT|PATCH|DELETE)|\s(?:-d|-F|-T|--data\S*|--form\S*|--json|--upload-file)(?=[\s='\"@])",
    re.IGNORECASE,
)
_AREAS = {
    **dict.fromkeys(("releases", "git", "contents", "tags", "commits", "branches", "compare", "merges"), "contents"),
    **dict.fromkeys(("dispatches", "tarball", "zipball"), "contents"),
    "pulls": "pull-requests",
    "issues": "issues",
    "actions": "actions",
    "deployments": "deployments",
    "statuses": "statuses",
    "check-runs": "checks",
    "check-suites": "checks",
}


def asked(text: str, tokens: frozenset[str]) -> list[tuple[str, str]] | None:
    """(scope, level) of each request that a script makes with a token; None where it does anything else with one.

    `tokens`: what stands for a token in the script.
    """
    if "curl" not in text:
        return None
    found: list[tuple[str, str]] = []
    for line in _lines(text, tokens):
        path = _PATH.search(line)
        scope = _AREAS.get(path["area"]) if path is not None and "curl" in line else None
        if scope is None:
            return None
        found.append((scope, "write" if _WRITES.search(line) else "read"))
    return found or None


def _lines(text: str, tokens: frozenset[str]) -> Iterator[str]:
    """The lines in which a token stands, continued ones joined, with nothing in place of expressions."""
    for line in text.replace("\\\n", " ").splitlines():
        if any(token in line for token in tokens):
            yield EXPRESSION.sub("x", line)


def names_of(env: Mapping[str, str], is_token: re.Pattern[str]) -> frozenset[str]:
    """What a script calls the variables that hold a token."""
    return frozenset(name for name, value in env.items() if is_token.search(value))
