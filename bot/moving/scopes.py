"""Which permissions the steps of a job need, once a `permissions:` block says what it has and takes all else away.

Scopes: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
A script has a job's token only if it is handed to it, or if it pushes with what `actions/checkout` left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.errors import Unparsable
from bot.moving.known_actions import ACTIONS, Scopes
from bot.moving.requests import asked, names_of
from bot.workflow import Job, Step, UsesKind, Workflow, read_action
from bot.yaml import parse

Files = Mapping[str, str]

_WRITE: Scopes = {"contents": "write"}
_TOKENS = frozenset({"secrets.GITHUB_TOKEN", "github.token"})
_TOKEN = re.compile(r"secrets\.GITHUB_TOKEN|github\.token", re.IGNORECASE)
_PUSHES = re.compile(r"\bgit\s+(?:-\S+\s+)*push\b|\bmike\s+deploy\b.*--push|\bmkdocs\s+gh-deploy\b|\bghp-import\b.*-p")
_HUB = re.compile(r"\bgh\s+(?P<area>[a-z-]+)(?:\s+(?P<verb>[a-z-]+))?")
_REGISTRY = re.compile(r"ghcr\.io|docker\.pkg\.github\.com|registry:\s*github", re.IGNORECASE)
_KNOWN_READERS = re.compile(r"coveralls|codecov|docker\s+login|python -m build|cibuildwheel", re.IGNORECASE)
_SIGNS = re.compile(r"ACTIONS_ID_TOKEN_REQUEST|\b(?:cosign|sigstore|pypi-attestations)\s+(?:\S+\s+)*?(?:sign|attest)")
"""Programs that ask for an identity token themselves."""
_OPAQUE = re.compile(
    r"(?:^|[\s/])(?:make|just|tox|nox|invoke|npm|yarn)\s+\S*(?:release|tag|bump)|semantic-release|\bcz\s+bump|bumpversion|bump2version",
    re.MULTILINE,
)
_SIGNING_WORDS = ("ACTIONS_ID_TOKEN_REQUEST", "sign", "attest")
_PUSHING_WORDS = ("push", "deploy", "ghp-import", "release", "tag", "bump")
"""One of them is in whatever the expressions for these find, which take much longer to look."""
_IDENTITIES = frozenset(
    {"role-to-assume", "workload-identity-provider", "client-id", "oidc-provider-name", "jwtgithubaudience"}
)
"""Inputs with which an action goes to a cloud with an identity token."""
_RANKS = {"read": 1, "write": 2}


def needed(files: Files, workflow: Workflow, job: Job, steps: Sequence[Step]) -> dict[str, str] | None:
    """Scope -> level that `steps` need; None where one of them is not known well enough."""
    found: dict[str, str] = {}
    for step in steps:
        local = step.uses is not None and step.uses.kind is UsesKind.LOCAL
        scopes = _of_local(files, workflow, job, step) if local else _of_step(workflow, job, step)
        if scopes is None:
            return None
        merge(found, scopes)
    if _leaves_token(steps) and any(_may_push(step.run or "") for step in steps):
        merge(found, _WRITE)
    return found


def _of_local(files: Files, workflow: Workflow, job: Job, step: Step) -> Scopes | None:
    """A local action that is handed no token; of a composite one, what its steps need."""
    folder = step.uses.path if step.uses is not None else ""
    names = [f"{folder}/{name}" for name in ("action.yml", "action.yaml")]
    path = next((name for name in names if name in files), None)
    if path is None or _TOKEN.search(files[path]) or any(_TOKEN.search(text) for text in step.inputs.values()):
        return None
    try:
        action = read_action(path, parse(files[path]))
    except Unparsable:
        return None
    remote = [each for each in action.steps if each.uses is None or each.uses.kind is not UsesKind.LOCAL]
    return needed(files, workflow, job, remote) if len(remote) == len(action.steps) else None


def rank(level: str) -> int:
    """Levels in their order; what GitHub does not know gives nothing."""
    return _RANKS.get(level, 0)


def merge(into: dict[str, str], scopes: Scopes) -> None:
    """The wider of two levels, scope by scope."""
    for scope, level in scopes.items():
        if rank(level) > rank(into.get(scope, "none")):
            into[scope] = level


def _leaves_token(steps: Iterable[Step]) -> bool:
    """Claims that git can push with the token of the job, because a checkout left it behind."""
    return any(
        step.uses is not None
        and step.uses.name == "actions/checkout"
        and step.inputs.get("persist-credentials", "true").strip().lower() != "false"
        and (not step.inputs.get("token") or _TOKEN.search(step.inputs["token"]) is not None)
        for step in steps
    )


def _may_push(text: str) -> bool:
    """Claims that a script pushes, or starts something that well may: without a token of its own it can do no more."""
    if not any(word in text for word in _PUSHING_WORDS):
        return False
    return _PUSHES.search(text) is not None or _OPAQUE.search(text) is not None


def _of_step(workflow: Workflow, job: Job, step: Step) -> Scopes | None:
    if step.uses is not None:
        return _of_action(job, step)
    text = step.run or ""
    holders = names_of({**workflow.env, **job.env, **step.env}, _TOKEN)
    handed = bool(holders) or _TOKEN.search(text) is not None
    found: dict[str, str] = {}
    if _REGISTRY.search(text):
        merge(found, {"packages": "write"})
    if any(word in text for word in _SIGNING_WORDS) and _SIGNS.search(text):
        merge(found, {"id-token": "write"})
    if not handed:
        return found
    return found if _of_script(text, found, holders) else None


def _of_script(text: str, found: dict[str, str], holders: frozenset[str]) -> bool:
    """Adds what a script does with the token that it is handed; False where that is not known."""
    known = bool(_REGISTRY.search(text) or _KNOWN_READERS.search(text))
    for call in _HUB.finditer(text):
        scopes = _of_hub(call["area"], call["verb"] or "")
        if scopes is None:
            return False
        merge(found, scopes)
        known = True
    if _PUSHES.search(text):
        merge(found, _WRITE)
        known = True
    requests = asked(text, holders | _TOKENS)
    for scope, level in requests or ():
        merge(found, {scope: level})
    return known or requests is not None


def _of_hub(area: str, verb: str) -> Scopes | None:
    """https://cli.github.com/manual/"""
    reads = verb in ("view", "list", "download", "status", "checks", "diff", "watch")
    level = "read" if reads else "write"
    match area:
        case "release" | "repo":
            return {"contents": level}
        case "pr":
            return {"contents": "read", "pull-requests": level}
        case "issue" | "label":
            return {"issues": level}
        case "workflow" | "run":
            return {"actions": level}
        case "auth" | "config" | "--version":
            return {}
    return None


def _of_action(job: Job, step: Step) -> Scopes | None:
    uses = step.uses
    if uses is None or uses.kind not in (UsesKind.REMOTE, UsesKind.DOCKER):
        return None
    if uses.kind is UsesKind.DOCKER:
        return ACTIONS.get(uses.path.partition(":")[0].lower())
    return _by_inputs(job, step, uses.name) or ACTIONS.get(uses.name)


def _by_inputs(job: Job, step: Step, name: str) -> Scopes | None:
    """What an action needs only when it is told to do something."""
    if any(key.lower() in ("use_oidc", "use-oidc") and text != "false" for key, text in step.inputs.items()):
        return {"id-token": "write"}
    if any(key.lower().replace("_", "-") in _IDENTITIES and text for key, text in step.inputs.items()):
        return {"id-token": "write"}
    if name.startswith(("docker/", "elgohr/")):
        text = " ".join(value for other in job.steps for value in other.inputs.values())
        return {"packages": "write"} if _REGISTRY.search(text) else None
    if name == "actions/download-artifact" and step.inputs.get("run-id"):
        return {"actions": "read"}
    if name == "hynek/build-and-inspect-python-package" and "attest-build-provenance-github" in step.inputs:
        return {"id-token": "write", "attestations": "write"}
    return None
