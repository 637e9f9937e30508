"""Repositories as GitHub's JSON."""

from __future__ import annotations

from bot.demo.github.shapes_accounts import user
from bot.demo.github.state import AccountKind, Json, Repository
from bot.demo.github.world import World, iso

_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def repository(world: World, found: Repository) -> Json:
    """`repository`: what lists, pull requests and webhooks carry."""
    api, web, host = world.repository_api(found), world.repository_web(found), world.git_host()
    issues = sum(1 for issue in found.issues.values() if issue.open)
    return {
        "id": found.id,
        "node_id": found.node_id,
        "name": found.name,
        "full_name": found.full_name,
        "private": found.private,
        "owner": user(world, found.owner),
        "html_url": web,
        "description": found.description,
        "fork": found.fork,
        "url": api,
        **{name: api + rest for name, rest in _URLS.items()},
        "created_at": iso(found.created_at),
        "updated_at": iso(found.updated_at),
        "pushed_at": iso(found.pushed_at),
        "git_url": f"git://{host}/{found.full_name}.git",
        "ssh_url": f"git@{host.partition(':')[0]}:{found.full_name}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        "homepage": None,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": "Python",
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "archived": found.archived,
        "disabled": found.disabled,
        "open_issues_count": issues,
        "license": None,
        "allow_forking": True,
        "is_template": found.template,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": found.visibility,
        "forks": 0,
        "open_issues": issues,
        "watchers": 0,
        "default_branch": found.default_branch,
    }


def full_repository(world: World, found: Repository) -> Json:
    """`full-repository`: what GET of one repository says."""
    body = repository(world, found) | {
        "network_count": 0,
        "subscribers_count": 0,
        "temp_clone_token": None,
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": False},
    }
    if found.owner.kind is AccountKind.ORGANIZATION:
        body["organization"] = user(world, found.owner)
    return body


def short_repository(found: Repository) -> Json:
    """What installation events say of a repository."""
    return {
        "id": found.id,
        "node_id": found.node_id,
        "name": found.name,
        "full_name": found.full_name,
        "private": found.private,
    }
