"""Every address of the REST API that is served here: who may call it, what it needs, who answers.

`{name}` matches one segment, `{name:path}` the rest. Needs are GitHub's own, from
https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import unquote

from bot.demo.github import rest_actions as actions
from bot.demo.github import rest_apps as apps
from bot.demo.github import rest_branches as branches
from bot.demo.github import rest_checks as checks
from bot.demo.github import rest_git as git
from bot.demo.github import rest_issues as issues
from bot.demo.github import rest_meta as meta
from bot.demo.github import rest_pulls as pulls
from bot.demo.github import rest_repositories as repositories
from bot.demo.github import rest_reviews as reviews
from bot.demo.github import rest_user as user
from bot.demo.github.site import Handler


class For(Enum):
    """Which kind of credential a route takes."""

    ANYBODY = auto()
    APP = auto()
    OAUTH = auto()
    """An App by its client id and client secret."""
    INSTALLATION = auto()
    REPOSITORY = auto()
    """Whoever may do what `needs` says to the repository in the address."""


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: str
    whom: For
    handler: Handler
    needs: str = "metadata=read"
    creates: bool = False
    """Counts as creating content for the secondary limits."""
    regex: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        regex = re.sub(r"\{(\w+):path\}", r"(?P<\1>.*)", self.pattern)
        regex = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", regex)
        object.__setattr__(self, "regex", re.compile(regex + r"\Z"))


R = "/repos/{owner}/{repo}"
_ISSUES = "issues=write; pull_requests=write"
_READ_ISSUES = "issues=read; pull_requests=read"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/app", For.APP, apps.get_app),
    Route("GET", "/app/installations", For.APP, apps.list_installations),
    Route("GET", "/app/installations/{installation_id}", For.APP, apps.get_installation),
    Route("POST", "/app/installations/{installation_id}/access_tokens", For.APP, apps.mint),
    Route("GET", "/app/hook/config", For.APP, apps.get_hook),
    Route("GET", "/app/hook/deliveries", For.APP, apps.list_deliveries),
    Route("GET", "/app/hook/deliveries/{delivery_id}", For.APP, apps.get_delivery),
    Route("POST", "/app/hook/deliveries/{delivery_id}/attempts", For.APP, apps.redeliver),
    Route("POST", "/app-manifests/{code}/conversions", For.ANYBODY, apps.convert_manifest),
    Route("GET", "/orgs/{org}/installation", For.APP, apps.organization_installation),
    Route("GET", "/users/{username}/installation", For.APP, apps.user_installation),
    Route("GET", R + "/installation", For.APP, apps.repository_installation),
    Route("GET", "/installation/repositories", For.INSTALLATION, apps.list_repositories),
    Route("DELETE", "/installation/token", For.INSTALLATION, apps.revoke),
    Route("GET", "/rate_limit", For.ANYBODY, meta.get_rate_limit),
    Route("GET", "/meta", For.ANYBODY, meta.get_meta),
    Route("GET", "/advisories", For.ANYBODY, meta.list_advisories),
    Route("GET", "/user", For.ANYBODY, meta.get_user),
    Route("GET", "/user/installations", For.ANYBODY, user.list_installations),
    Route("GET", "/user/installations/{installation_id}/repositories", For.ANYBODY, user.list_repositories),
    Route("DELETE", "/applications/{client_id}/token", For.OAUTH, user.revoke_token),
    Route("GET", "/users/{username}", For.ANYBODY, repositories.get_account),
    Route("GET", "/orgs/{org}/repos", For.ANYBODY, repositories.list_organization),
    Route("GET", "/users/{username}/repos", For.ANYBODY, repositories.list_user),
    Route("GET", R, For.REPOSITORY, repositories.get_repository),
    Route("GET", R + "/contents/{path:path}", For.REPOSITORY, repositories.get_contents, "contents=read"),
    Route("GET", R + "/commits", For.REPOSITORY, repositories.list_commits, "contents=read"),
    Route("GET", R + "/commits/{ref}/check-runs", For.REPOSITORY, checks.list_check_runs, "checks=read"),
    Route("GET", R + "/commits/{ref:path}", For.REPOSITORY, repositories.get_commit, "contents=read"),
    Route("GET", R + "/compare/{basehead:path}", For.REPOSITORY, repositories.get_comparison, "contents=read"),
    Route("GET", R + "/rules/branches/{branch:path}", For.REPOSITORY, repositories.get_rules),
    Route("GET", R + "/branches/{branch}", For.REPOSITORY, branches.get_branch, "contents=read"),
    Route("POST", R + "/branches/{branch}/rename", For.REPOSITORY, branches.rename_branch, "contents=write"),
    Route("GET", R + "/collaborators/{username}/permission", For.REPOSITORY, repositories.get_collaborator_permission),
    Route("GET", R + "/git/trees/{tree_sha:path}", For.REPOSITORY, git.get_tree, "contents=read"),
    Route("POST", R + "/git/trees", For.REPOSITORY, git.post_tree, "contents=write"),
    Route("GET", R + "/git/blobs/{file_sha}", For.REPOSITORY, git.get_blob, "contents=read"),
    Route("POST", R + "/git/blobs", For.REPOSITORY, git.post_blob, "contents=write"),
    Route("GET", R + "/git/commits/{commit_sha}", For.REPOSITORY, git.get_commit, "contents=read"),
    Route("POST", R + "/git/commits", For.REPOSITORY, git.post_commit, "contents=write"),
    Route("GET", R + "/git/tags/{tag_sha}", For.REPOSITORY, git.get_tag, "contents=read"),
    Route("GET", R + "/git/ref/{ref:path}", For.REPOSITORY, git.get_ref, "contents=read"),
    Route("GET", R + "/git/matching-refs/{ref:path}", For.REPOSITORY, git.matching_refs, "contents=read"),
    Route("POST", R + "/git/refs", For.REPOSITORY, git.post_ref, "contents=write"),
    Route("PATCH", R + "/git/refs/{ref:path}", For.REPOSITORY, git.patch_ref, "contents=write"),
    Route("DELETE", R + "/git/refs/{ref:path}", For.REPOSITORY, git.delete_ref, "contents=write"),
    Route("GET", R + "/pulls", For.REPOSITORY, pulls.list_pulls, "pull_requests=read"),
    Route("POST", R + "/pulls", For.REPOSITORY, pulls.post_pull, "pull_requests=write", creates=True),
    Route("GET", R + "/pulls/{pull_number}", For.REPOSITORY, pulls.get_pull, "pull_requests=read"),
    Route("PATCH", R + "/pulls/{pull_number}", For.REPOSITORY, pulls.patch_pull, "pull_requests=write"),
    Route(
        "GET", R + "/pulls/{pull_number}/requested_reviewers", For.REPOSITORY, reviews.get_asked, "pull_requests=read"
    ),
    Route("POST", R + "/pulls/{pull_number}/requested_reviewers", For.REPOSITORY, reviews.ask, "pull_requests=write"),
    Route("GET", R + "/pulls/{pull_number}/reviews", For.REPOSITORY, reviews.list_reviews, "pull_requests=read"),
    Route("GET", R + "/pulls/{pull_number}/files", For.REPOSITORY, pulls.list_files, "pull_requests=read"),
    Route("GET", R + "/issues", For.REPOSITORY, issues.list_issues, _READ_ISSUES),
    Route("GET", R + "/actions/secrets", For.REPOSITORY, actions.list_secrets, "secrets=read"),
    Route(
        "GET", R + "/actions/organization-secrets", For.REPOSITORY, actions.list_organization_secrets, "secrets=read"
    ),
    Route("GET", R + "/dependabot/secrets", For.REPOSITORY, actions.list_dependabot_secrets, "dependabot_secrets=read"),
    Route(
        "GET",
        "/orgs/{org}/actions/secrets/{secret_name}/repositories",
        For.INSTALLATION,
        actions.list_secret_repositories,
    ),
    Route("GET", R + "/actions/permissions", For.REPOSITORY, actions.get_permissions, "administration=read"),
    Route(
        "GET",
        R + "/actions/permissions/selected-actions",
        For.REPOSITORY,
        actions.get_selected_actions,
        "administration=read",
    ),
    Route("GET", R + "/environments", For.REPOSITORY, actions.list_environments, "actions=read"),
    Route(
        "GET",
        R + "/environments/{environment_name}/secrets",
        For.REPOSITORY,
        actions.list_environment_secrets,
        "environments=read",
    ),
    Route(
        "GET",
        R + "/environments/{environment_name}/deployment-branch-policies",
        For.REPOSITORY,
        actions.list_policies,
        "actions=read",
    ),
    Route("GET", R + "/actions/workflows/{workflow_id}/runs", For.REPOSITORY, actions.list_runs, "actions=read"),
    Route(
        "GET",
        R + "/actions/runs/{run_id}/attempts/{attempt_number}/jobs",
        For.REPOSITORY,
        actions.list_jobs,
        "actions=read",
    ),
    Route("GET", R + "/actions/jobs/{job_id}/logs", For.REPOSITORY, actions.get_log, "actions=read"),
    Route("GET", R + "/check-runs/{check_run_id}/annotations", For.REPOSITORY, actions.list_annotations, "checks=read"),
    Route("POST", R + "/issues", For.REPOSITORY, issues.post_issue, "issues=write", creates=True),
    Route("GET", R + "/issues/comments/{comment_id}", For.REPOSITORY, issues.get_comment, _READ_ISSUES),
    Route("PATCH", R + "/issues/comments/{comment_id}", For.REPOSITORY, issues.patch_comment, _ISSUES),
    Route("POST", R + "/issues/comments/{comment_id}/reactions", For.REPOSITORY, issues.react_to_comment, _ISSUES),
    Route("GET", R + "/issues/{issue_number}", For.REPOSITORY, issues.get_issue, _READ_ISSUES),
    Route("PATCH", R + "/issues/{issue_number}", For.REPOSITORY, issues.patch_issue, _ISSUES),
    Route("GET", R + "/issues/{issue_number}/labels", For.REPOSITORY, issues.list_labels, _READ_ISSUES),
    Route("POST", R + "/issues/{issue_number}/labels", For.REPOSITORY, issues.post_labels, _ISSUES),
    Route("GET", R + "/issues/{issue_number}/comments", For.REPOSITORY, issues.list_comments, _READ_ISSUES),
    Route("POST", R + "/issues/{issue_number}/comments", For.REPOSITORY, issues.post_comment, _ISSUES, creates=True),
    Route("POST", R + "/issues/{issue_number}/reactions", For.REPOSITORY, issues.react_to_issue, _ISSUES),
    Route("POST", R + "/labels", For.REPOSITORY, issues.post_label, _ISSUES),
    Route("POST", R + "/check-runs", For.REPOSITORY, checks.post_check_run, "checks=write"),
    Route("PATCH", R + "/check-runs/{check_run_id}", For.REPOSITORY, checks.patch_check_run, "checks=write"),
)


def match(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """`path` as sent, still quoted, so that `%2F` within a name is no slash."""
    for route in ROUTES:
        if route.method != method:
            continue
        found = route.regex.match(path)
        if found is not None:
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    return None
