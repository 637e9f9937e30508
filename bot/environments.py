"""Deployment environments: what one that uploads should have, what it lacks, and the commands that give it that.

Looking needs no more than reading; changing is for people, because it needs the right to administer a repository.
https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model import Finding, FixKind, RepoRef, Severity, Visibility

ID = "unprotected-environment"
TAGS = "v*"
_IN_SHELL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """As GitHub names one: `User` or `Team`, and its id."""

    type: str
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A pattern, and whether it is for branches or for tags: one for branches matches no tag."""

    pattern: str
    tag: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """As GitHub keeps it."""

    name: str
    reviewers: tuple[Reviewer, ...] = ()
    prevent_self_review: bool = False
    wait_minutes: int = 0
    policies: tuple[Policy, ...] | None = None
    """None: every branch and tag may deploy, or, with `protected_branches`, protected branches alone."""
    protected_branches: bool = False
    admins_bypass: bool = True


class Gap(StrEnum):
    """What an environment lacks."""

    MISSING = "missing"
    NO_REVIEWERS = "no reviewers"
    ANYTHING_DEPLOYS = "anything deploys"
    TAGS_REFUSED = "tags refused"
    ADMINS_BYPASS = "admins bypass"


SAID: Mapping[Gap, tuple[Severity, str]] = {
    Gap.MISSING: (Severity.MEDIUM, "does not exist: GitHub would create it unprotected at the next release"),
    Gap.NO_REVIEWERS: (Severity.MEDIUM, "has no required reviewers, so every run that reaches it uploads"),
    Gap.ANYTHING_DEPLOYS: (Severity.LOW, "lets every branch and tag deploy"),
    Gap.TAGS_REFUSED: (Severity.HIGH, "lets no tag deploy, so a release from a tag fails: its rules are for branches"),
    Gap.ADMINS_BYPASS: (Severity.INFO, "lets administrators pass by its rules"),
}
"""How bad each is, and a clause that follows the environment's name."""


def gaps(environment: Environment | None, visibility: Visibility, *, from_tags: bool) -> tuple[Gap, ...]:
    """What the environment of an upload lacks; `environment` is None where there is none.

    `from_tags`: the workflow that uploads runs for tags. Nothing is demanded of private repositories, whose plan may
    have no environments, or environments without reviewers.
    """
    if visibility is not Visibility.PUBLIC:
        return (Gap.TAGS_REFUSED,) if environment is not None and from_tags and _refuses_tags(environment) else ()
    if environment is None:
        return (Gap.MISSING,)
    found = {
        Gap.NO_REVIEWERS: not environment.reviewers,
        Gap.ANYTHING_DEPLOYS: environment.policies is None and not environment.protected_branches,
        Gap.TAGS_REFUSED: from_tags and _refuses_tags(environment),
        Gap.ADMINS_BYPASS: bool(environment.reviewers) and environment.admins_bypass,
    }
    return tuple(gap for gap, there in found.items() if there)


def findings(name: str, lacking: Sequence[Gap], *, file: str, line: int) -> tuple[Finding, ...]:
    """One for each gap, at the job that names the environment."""
    shown = f"`{name.replace('`', '')}`"
    return tuple(
        Finding(
            rule=ID,
            severity=SAID[gap][0],
            message=f"the environment {shown} {SAID[gap][1]}",
            fix=FixKind.NONE,
            file=file,
            line=line,
        )
        for gap in lacking
    )


def commands(repo: RepoRef, name: str, environment: Environment | None) -> str | None:
    """What an administrator types to create or protect it, existing rules kept; None where nothing is to be done.

    None also for names that a shell could read as something else, and where only protected branches may deploy:
    there a person must choose.
    """
    if not _IN_SHELL.match(name) or (environment is not None and environment.protected_branches):
        return None
    now = environment or Environment(name=name)
    path = f"repos/{repo.owner}/{repo.name}/environments/{name}"
    said = []
    if not now.reviewers or now.policies is None:
        said.append(f"gh api --method PUT {path} --input - <<EOF\n{_body(now)}\nEOF")
    if not any(policy.tag for policy in now.policies or ()):
        said.append(f"gh api --method POST {path}/deployment-branch-policies -f name='{TAGS}' -f type=tag")
    return "\n".join(said) or None


def _body(now: Environment) -> str:
    """PUT replaces everything, so it says again what is there: the rules that exist stay."""
    me = '"$(gh api user --jq .id)"'
    body: dict[str, object] = {
        "wait_timer": now.wait_minutes,
        "prevent_self_review": now.prevent_self_review,
        "reviewers": [{"type": each.type, "id": each.id} for each in now.reviewers] or [{"type": "User", "id": "ME"}],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    return json.dumps(body, indent=2).replace('"ME"', me.strip('"'))


def _refuses_tags(environment: Environment) -> bool:
    if environment.policies is None:
        return environment.protected_branches
    return not any(policy.tag for policy in environment.policies)
