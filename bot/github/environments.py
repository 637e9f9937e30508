"""The environments of a repository and their rules. https://docs.github.com/en/rest/deployments/environments"""

from __future__ import annotations

import msgspec

from bot.environments import Environment, Policy, Reviewer
from bot.github.access import Access
from bot.github.wire import Request
from bot.model import RepoRef


class _Account(msgspec.Struct, frozen=True):
    id: int


class _Reviewer(msgspec.Struct, frozen=True):
    type: str = ""
    reviewer: _Account | None = None


class _Rule(msgspec.Struct, frozen=True):
    type: str
    reviewers: tuple[_Reviewer, ...] = ()
    prevent_self_review: bool = False
    wait_timer: int = 0


class _BranchPolicy(msgspec.Struct, frozen=True):
    protected_branches: bool = False
    custom_branch_policies: bool = False


class _Environment(msgspec.Struct, frozen=True):
    name: str
    protection_rules: tuple[_Rule, ...] = ()
    deployment_branch_policy: _BranchPolicy | None = None
    can_admins_bypass: bool = True


class _Environments(msgspec.Struct, frozen=True):
    environments: tuple[_Environment, ...] = ()


class _Policy(msgspec.Struct, frozen=True):
    name: str = ""
    type: str = "branch"


class _Policies(msgspec.Struct, frozen=True):
    branch_policies: tuple[_Policy, ...] = ()


async def read_environments(access: Access, ref: RepoRef, wanted: frozenset[str]) -> tuple[Environment, ...]:
    """Those whose name, in lower case, is in `wanted`. Raises Forbidden without the permission `actions`."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/environments{?per_page}",
        values={"owner": ref.owner, "repo": ref.name, "per_page": 100},
    )
    listed = [each async for page in access.pages(request) for each in page.fit(_Environments).environments]
    return tuple([await _environment(access, ref, each) for each in listed if each.name.lower() in wanted])


async def _environment(access: Access, ref: RepoRef, found: _Environment) -> Environment:
    reviewers = [each for rule in found.protection_rules for each in rule.reviewers if each.reviewer is not None]
    policy = found.deployment_branch_policy
    custom = policy is not None and policy.custom_branch_policies
    return Environment(
        name=found.name,
        reviewers=tuple(Reviewer(type=each.type, id=each.reviewer.id) for each in reviewers if each.reviewer),
        prevent_self_review=any(rule.prevent_self_review for rule in found.protection_rules),
        wait_minutes=max((rule.wait_timer for rule in found.protection_rules), default=0),
        policies=await _policies(access, ref, found.name) if custom else None,
        protected_branches=policy is not None and policy.protected_branches,
        admins_bypass=found.can_admins_bypass,
    )


async def _policies(access: Access, ref: RepoRef, name: str) -> tuple[Policy, ...]:
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/environments/{name}/deployment-branch-policies{?per_page}",
        values={"owner": ref.owner, "repo": ref.name, "name": name, "per_page": 100},
    )
    found = (await access.send(request)).fit(_Policies).branch_policies
    return tuple(Policy(pattern=each.name, tag=each.type == "tag") for each in found)
