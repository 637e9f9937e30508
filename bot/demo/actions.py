"""The world's actions on a GitHub of our own: tags, branches and runtimes of the snapshot that ships with pubflow."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from bot.bumping import Action, Manifest, Tag
from bot.bumping.snapshot import catalogue, shipped
from bot.demo.github.local import LocalGitHub
from bot.demo.github.releases import History, WorldTag


def add_actions(github: LocalGitHub, names: Iterable[str]) -> None:
    """Those of the named actions that the snapshot knows, each in its owner's account; all were released long ago."""
    known = catalogue(shipped(), names, 0.0)
    for action in dict.fromkeys(action.name for action in known.actions.values()):
        found = known.get(action)
        assert found is not None
        _add(github, found)


def _add(github: LocalGitHub, action: Action) -> None:
    owner = action.name.split("/", 1)[0]
    if owner.lower() not in github.site.world.accounts:
        github.create_organization(owner)
    if github.site.world.repository(*action.name.split("/", 1)) is None:
        github.create_repository(action.name, {"README.md": f"# {action.name}\n"})
    github.graft(action.name, _history(action.name))
    for _, tag in action.releases:
        github.release(action.name, tag.name, published_at=action.seen if tag.seen is None else tag.seen)
    if action.archived:
        github.archive_repository(action.name)


@cache
def _history(name: str) -> History:
    """Made once: a process may have hundreds of GitHubs, one after the other, and there are thousands of tags."""
    action = catalogue(shipped(), [name], 0.0).get(name)
    assert action is not None
    history = History(name.partition("/")[0])
    for tag in action.tags:
        files = {"action.yml": _manifest(action, tag)}
        history.tag(WorldTag(name=tag.name, commit=tag.commit, object=tag.object, files=files))
    for branch, commit in action.branches.items():
        known = action.by_commit.get(commit, action.tags[-1:])[0]
        history.branch(branch, commit, {"action.yml": _manifest(action, known)})
    return history


def _manifest(action: Action, tag: Tag) -> str:
    found = action.manifest("", tag) or Manifest(using="composite")
    inputs = "".join(f"  {name}:\n    required: false\n" for name in sorted(found.inputs))
    return f"name: {action.name}\ninputs:\n{inputs or '  none: {}'}\nruns:\n  using: {tag.using or found.using}\n"
