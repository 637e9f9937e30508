"""Moving references, and all that follows from it: rules, workflow files, pull requests, push events."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase

from bot.demo.github import history, trees
from bot.demo.github.answers import Refusal, not_found
from bot.demo.github.objects import Kind
from bot.demo.github.payloads import Moved, push, synchronized
from bot.demo.github.payloads import repository as repository_event
from bot.demo.github.proposals import close_pull, edit_pull
from bot.demo.github.site import Actor, Site
from bot.demo.github.state import Repository

WORKFLOWS = ".github/workflows/"
ZERO = "0" * 40
_BAD_NAME = re.compile(r"\.\.|[\x00-\x20~^:?*\[\\\x7f]|@\{|//|/\.|^/|/$|\.$|\.lock$")


def create(site: Site, repository: Repository, name: str, oid: str, actor: Actor) -> None:
    """Raises Refusal (422) as GitHub does; nothing has changed then."""
    check_name(name)
    if name in repository.refs:
        raise Refusal(422, "Reference already exists")
    if any(other.startswith(name + "/") or name.startswith(other + "/") for other in repository.refs):
        raise Refusal(422, "Reference update failed")
    check_target(repository, name, oid)
    check_rules(repository, name, "creation")
    check_workflows(repository, oid, actor)
    move(site, repository, name, oid, actor)


def update(site: Site, repository: Repository, name: str, oid: str, actor: Actor, *, force: bool) -> None:
    """Raises Refusal (422) as GitHub does; nothing has changed then."""
    check_update(repository, name, oid, actor, force=force)
    move(site, repository, name, oid, actor)


def delete(site: Site, repository: Repository, name: str, actor: Actor) -> None:
    """Raises Refusal (422)."""
    if name not in repository.refs:
        raise Refusal(422, "Reference does not exist")
    check_rules(repository, name, "deletion")
    if name == f"refs/heads/{repository.default_branch}":
        raise Refusal(422, "Cannot delete the default branch")
    move(site, repository, name, None, actor)


def rename(site: Site, repository: Repository, old: str, new: str, actor: Actor) -> None:
    """Raises Refusal: 404, 422. Open pull requests into the branch follow it, those from it are closed.

    https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/renaming-a-branch
    """
    oid, name = repository.branch(old), f"refs/heads/{new}"
    if oid is None:
        raise not_found()
    check_name(name)
    if name in repository.refs:
        raise Refusal(422, "New branch already exists")
    repository.renamed[old] = new
    repository.renamed.pop(new, None)
    move(site, repository, name, oid, actor)
    for pull in repository.open_pulls():
        if pull.base == old:
            edit_pull(site, repository, pull, actor, title=None, body=None, base=new)
    repository.rules[:] = [replace(rule, pattern=new) if rule.pattern == old else rule for rule in repository.rules]
    if repository.default_branch == old:
        repository.default_branch = new
        event = repository_event("edited", {"default_branch": {"from": old}})
        site.events.about(repository, actor.account, "repository", event)
    move(site, repository, f"refs/heads/{old}", None, actor)


def check_update(repository: Repository, name: str, oid: str, actor: Actor, *, force: bool) -> None:
    """All that could refuse a move of an existing reference. Raises Refusal (422)."""
    if name not in repository.refs:
        raise Refusal(422, "Reference does not exist")
    check_target(repository, name, oid)
    check_rules(repository, name, "update")
    old = repository.refs[name]
    if name.startswith("refs/heads/") and not history.is_ancestor(repository.store, old, oid):
        if not force:
            raise Refusal(422, "Update is not a fast forward")
        check_rules(repository, name, "non_fast_forward")
    check_workflows(repository, oid, actor)


def check_name(name: str) -> None:
    if name.count("/") < 2 or not name.startswith("refs/"):
        raise Refusal(422, "Reference name must contain at least three slash-separated components.")
    if _BAD_NAME.search(name):
        raise Refusal(422, f"{name} is not a valid ref name.")


def check_target(repository: Repository, name: str, oid: str) -> None:
    if not repository.store.has(oid):
        raise Refusal(422, "Object does not exist")
    if name.startswith("refs/heads/") and not repository.store.has(oid, Kind.COMMIT):
        raise Refusal(422, "Reference update failed")


_RULE_WORDS = {
    "creation": "Cannot create ref due to creations being restricted.",
    "update": "Cannot update this protected ref.",
    "deletion": "Cannot delete this branch",
    "non_fast_forward": "Cannot force-push to this branch",
    "pull_request": "Changes must be made through a pull request.",
}


def check_rules(repository: Repository, name: str, kind: str) -> None:
    """Rulesets bind Apps and people alike here; nobody is on a bypass list."""
    branch = name.removeprefix("refs/heads/")
    if branch == name:
        return
    for rule in repository.rules:
        against = rule.kind == kind or (rule.kind == "pull_request" and kind == "update")
        if against and fnmatchcase(branch, rule.pattern):
            raise Refusal(422, f"Repository rule violations found\n\n{_RULE_WORDS[rule.kind]}\n\n")


def check_workflows(repository: Repository, oid: str, actor: Actor) -> None:
    """An App without the permission may bring in no commit that changes a workflow file."""
    if actor.workflows or not repository.store.has(oid, Kind.COMMIT):
        return
    store = repository.store
    for new in history.between(store, repository.refs.values(), oid):
        made = history.commit(store, new)
        parent = history.commit(store, made.parents[0]).tree if made.parents else None
        for changed in trees.compare(store, parent, made.tree):
            if changed.path.startswith(WORKFLOWS):
                raise Refusal(
                    422,
                    f"refusing to allow a GitHub App to create or update workflow `{changed.path}` without "
                    "`workflows` permission",
                )


def move(site: Site, repository: Repository, name: str, oid: str | None, actor: Actor) -> None:
    """Sets a reference (None deletes it), without asking again whether that is allowed."""
    old = repository.refs.get(name)
    if old == oid:
        return
    forced = old is not None and oid is not None and not history.is_ancestor(repository.store, old, oid)
    if oid is None:
        del repository.refs[name]
    else:
        repository.refs[name] = oid
    repository.pushed_at = repository.updated_at = site.world.clock()
    moved = Moved(name=name, before=old or ZERO, after=oid or ZERO, forced=forced)
    event = push(site.world, repository, moved, actor.account)
    site.events.about(repository, actor.account, "push", event)
    _follow(site, repository, name, oid, actor)


def _follow(site: Site, repository: Repository, name: str, oid: str | None, actor: Actor) -> None:
    """Open pull requests from this branch move with it, or close with it."""
    for pull in list(repository.open_pulls()):
        if name == f"refs/heads/{pull.head}":
            if oid is None:
                close_pull(site, repository, pull, actor)
                continue
            before, pull.head_oid = pull.head_oid, oid
            pull.issue.updated_at = site.world.clock()
            event = synchronized(site.world, repository, pull, before)
            site.events.about(repository, actor.account, "pull_request", event)
