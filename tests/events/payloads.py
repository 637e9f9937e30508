"""Payloads for tests: GitHub's own examples where they are at hand, and small ones built here."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / ".cache/judges/octokit-webhooks-examples/package/api.github.com/index.json"

Payload = dict[str, Any]
REPOSITORY = {"id": 7, "node_id": "R_7", "full_name": "octo-org/example", "default_branch": "main"}
INSTALLATION = {"id": 5, "node_id": "I_5"}
FULL = {"id": 5, "account": {"login": "octo-org"}, "app_id": 3, "repository_selection": "selected"}
SAM = {"login": "sam", "type": "User"}
BOT = {"login": "pubflow[bot]", "type": "Bot"}
NAMED = {"repo_id": 7, "node_id": "R_7", "owner": "octo-org", "name": "example"}


@dataclass(frozen=True, slots=True)
class Example:
    """One payload that GitHub publishes, as text, so that no test changes it for the next."""

    event: str
    text: str

    @property
    def payload(self) -> Payload:
        parsed: Payload = json.loads(self.text)
        return parsed

    @property
    def body(self) -> bytes:
        return self.text.encode()


@cache
def examples() -> tuple[Example, ...]:
    """All 329; skips where the package is not at hand (`python tests/ensure_judges.py` fetches it)."""
    if not FILE.exists():
        reason = "@octokit/webhooks-examples is not in .cache/judges"
        pytest.fail(reason) if os.environ.get("JUDGES") == "required" else pytest.skip(reason)
    events = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Example(event["name"], json.dumps(each)) for event in events for each in event["examples"])


def encode(payload: object) -> bytes:
    return json.dumps(payload).encode()


def commit(*modified: str, added: Sequence[str] = (), removed: Sequence[str] = ()) -> Payload:
    return {"id": "6" * 40, "added": list(added), "removed": list(removed), "modified": list(modified)}


def push(*commits: Payload, **changes: object) -> Payload:
    """A push to the default branch."""
    payload = {"ref": "refs/heads/main", "before": "1" * 40, "after": "2" * 40, "deleted": False, "forced": False}
    rest = {"commits": list(commits), "repository": REPOSITORY, "installation": INSTALLATION}
    return payload | rest | changes


def repository(action: str, **changes: object) -> Payload:
    return {"action": action, "repository": REPOSITORY, "installation": INSTALLATION} | changes


def installation(action: str, **changes: object) -> Payload:
    return {"action": action, "installation": FULL, "repositories": [REPOSITORY]} | changes


def repositories(action: str, added: Sequence[Payload] = (), removed: Sequence[Payload] = ()) -> Payload:
    changed = {"repositories_added": list(added), "repositories_removed": list(removed)}
    return {"action": action, "installation": FULL} | changed


def run(conclusion: str | None = "failure", action: str = "completed", **changes: object) -> Payload:
    """A run of the publish workflow for a tag."""
    workflow_run = {
        "id": 99,
        "run_attempt": 2,
        "event": "push",
        "path": ".github/workflows/release.yml",
        "head_sha": "a" * 40,
        "head_branch": "v1.0",
        "html_url": "https://github.com/octo-org/example/actions/runs/99",
        "conclusion": conclusion,
    }
    rest = {"repository": REPOSITORY, "installation": INSTALLATION}
    return {"action": action, "workflow_run": workflow_run | changes} | rest


def issue(action: str = "edited", *, by: str = "User", **changes: object) -> Payload:
    """The issue of ours that asks for the last steps."""
    made = {
        "number": 3,
        "user": {"login": "pubflow[bot]", "type": "Bot"},
        "body": "- [x] <!-- pubflow:revoked --> Revoke\n\n<!-- pubflow:last-steps -->",
    }
    rest = {"repository": REPOSITORY, "installation": INSTALLATION, "sender": {"login": "ana", "type": by}}
    return {"action": action, "issue": made | changes} | rest


def pull(action: str = "closed", *, home: int = 7, **changes: object) -> Payload:
    """A pull request of ours that was merged."""
    pull_request = {
        "number": 12,
        "state": "closed",
        "user": {"login": "pubflow[bot]", "type": "Bot"},
        "head": {"ref": "pubflow/trusted-publishing", "repo": {"id": 7}},
        "base": {"ref": "main", "repo": {"id": 7}},
        "body": "",
        "updated_at": "2026-01-02T03:04:05Z",
        "closed_at": "2026-01-02T03:04:05Z",
        "merged": True,
    }
    rest = {"repository": REPOSITORY | {"id": home}, "installation": INSTALLATION, "sender": SAM}
    return {"action": action, "number": 12, "pull_request": pull_request | changes} | rest


def comment(body: str = "/pubflow update", action: str = "created", *, pull: bool = True, **changes: object) -> Payload:
    """Sam says something on a pull request of ours."""
    issue = {"number": 12, "user": BOT} | ({"pull_request": {"url": "https://api.github.com"}} if pull else {})
    said = {"id": 99, "body": body, "user": SAM, "updated_at": "2026-01-02T03:04:05Z"}
    rest = {"repository": REPOSITORY, "installation": INSTALLATION, "sender": SAM}
    return {"action": action, "issue": issue, "comment": said | changes} | rest
