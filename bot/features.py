"""What pubflow does, and which events and permissions each part of it needs.

The App manifest, `pubflow doctor` and the documentation are made from this one table, so that no permission is asked
for that a feature of today does not need. Names are GitHub's:
https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

Level = str
"""`read` or `write`; write includes read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One thing pubflow does: why it needs what it needs, and what is lost without it."""

    name: str
    why: str
    lost: str
    permissions: Mapping[str, Level] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    optional: bool = False
    """Everything else works without it; whoever registers the App may leave it out."""
    unasked: bool = False
    """Never asked for, because the permission opens far more than this: used where it happens to be granted."""


FEATURES: tuple[Feature, ...] = (
    Feature(
        name="know the repositories",
        why="to learn which repositories exist and what state they are in",
        lost="nothing works",
        permissions={"metadata": "read"},
        events=("repository",),
    ),
    Feature(
        name="read workflows and packaging files",
        why="to find out what a repository packages and how it is published",
        lost="nothing is found and nothing proposed",
        permissions={"contents": "read"},
        events=("push",),
    ),
    Feature(
        name="propose changes",
        why="to put a proposal on a branch of its own, open the pull request and keep it up to date",
        lost="findings are recorded, but no pull request is opened",
        permissions={"contents": "write", "pull_requests": "write"},
        events=("pull_request",),
    ),
    Feature(
        name="answer commands on pull requests",
        why="to hear `/pubflow` commands, to answer with one comment, and to say why something is closed or left alone",
        lost="comments on pull requests are neither heard nor answered",
        permissions={"issues": "read", "pull_requests": "write"},
        events=("issue_comment",),
    ),
    Feature(
        name="answer commands on issues",
        why="GitHub guards the conversations of issues with a permission of their own",
        lost="commands on issues go unanswered; on pull requests they work",
        permissions={"issues": "write"},
        optional=True,
    ),
    Feature(
        name="write workflow files",
        why="GitHub guards .github/workflows with a permission of its own, and that is where publishing lives",
        lost="no pull request can be opened, because every proposal changes a workflow file",
        permissions={"workflows": "write"},
    ),
    Feature(
        name="mark the commit that broke the configuration",
        why="to put a check on it that says what is wrong in .github/pubflow.yml, with line and column",
        lost="a configuration that cannot be understood is told of by the dashboard alone",
        permissions={"checks": "write"},
        optional=True,
    ),
    Feature(
        name="say what a pull request does to the publisher",
        why="to put a check on pull requests that rename, call or reconfigure what publishes",
        lost="such a pull request is merged unnoticed, and the next release fails",
        permissions={"checks": "write"},
        optional=True,
    ),
    Feature(
        name="ask for the last steps",
        why="to open one issue, after proof, that asks to revoke the token and to delete its secret, and to close it",
        lost="nobody is asked: the dashboard alone shows what is left to do",
        permissions={"issues": "write"},
        events=("issues",),
        optional=True,
    ),
    Feature(
        name="see releases, their failures and environments",
        why="to see that a release went through, why one failed, and how an environment is protected",
        lost="only provenance on the index counts as proof, failures stay unexplained, environments are not checked",
        permissions={"actions": "read"},
        events=("workflow_run",),
        optional=True,
    ),
    Feature(
        name="see which secrets are left",
        why="to list the names of stored secrets, never their values, and to notice when the last one is gone",
        lost="secrets are not checked; people say themselves that they are deleted",
        permissions={"secrets": "read"},
        optional=True,
    ),
    Feature(
        name="see the secrets of environments",
        why="a secret may lie in an environment under the same name",
        lost="secrets of environments are not checked",
        permissions={"environments": "read"},
        optional=True,
    ),
    Feature(
        name="see the secrets of Dependabot",
        why="Dependabot keeps copies in a store of its own, and they stay when the others are deleted",
        lost="what Dependabot keeps is not checked",
        permissions={"dependabot_secrets": "read"},
        optional=True,
    ),
    Feature(
        name="see who else may use a secret of the organisation",
        why="a secret that other repositories may use is not obsolete because this one no longer does",
        lost="secrets of the organisation are never called obsolete",
        permissions={"organization_secrets": "read"},
        optional=True,
    ),
    Feature(
        name="see which actions may be used",
        why="to propose no action that the organisation does not allow, and commits where it allows nothing else",
        lost="`bump.allowed` and `bump.pins` in the configuration say it instead",
        permissions={"administration": "read"},
        optional=True,
        unasked=True,
    ),
)

ASKED = tuple(feature for feature in FEATURES if not feature.unasked)

ALWAYS_DELIVERED = ("ping", "installation", "installation_repositories")
"""Events that every App receives without subscribing; a manifest must not list them."""

_ORDER = {"read": 1, "write": 2}


def permissions(wanted: Iterable[Feature] = ASKED) -> Mapping[str, Level]:
    """The least set of permissions under which every feature that we ask for works, or each of `wanted`."""
    needed: dict[str, Level] = {}
    for feature in wanted:
        for name, level in feature.permissions.items():
            if _ORDER[level] > _ORDER.get(needed.get(name, ""), 0):
                needed[name] = level
    return MappingProxyType(dict(sorted(needed.items())))


def events(wanted: Iterable[Feature] = ASKED) -> tuple[str, ...]:
    """The events to subscribe to, sorted."""
    return tuple(sorted({event for feature in wanted for event in feature.events}))


def missing(granted: Mapping[str, Level]) -> tuple[Feature, ...]:
    """The features that we ask for and that do not work with what an installation granted."""
    return tuple(
        feature
        for feature in ASKED
        if any(_ORDER.get(granted.get(name, ""), 0) < _ORDER[level] for name, level in feature.permissions.items())
    )


def manifest(*, name: str, url: str, base: str, wanted: Sequence[Feature] = ASKED) -> dict[str, object]:
    """The App manifest of a server that is reached at `base`, to send to GitHub: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest"""
    return {
        "name": name,
        "url": url,
        "hook_attributes": {"url": f"{base}/webhook", "active": True},
        "redirect_url": f"{base}/setup/created",
        "callback_urls": [f"{base}/login/callback"],
        "description": "Moves Python packages to PyPI's Trusted Publishing, one pull request at a time.",
        "public": False,
        "default_permissions": dict(permissions(wanted)),
        "default_events": list(events(wanted)),
    }
