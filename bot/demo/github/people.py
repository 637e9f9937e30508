"""What people do on this GitHub; each act changes the state and queues the deliveries that GitHub would send."""

from __future__ import annotations

from typing import Literal

from bot.demo.github import branches, history, payloads, shapes_accounts, trees
from bot.demo.github.commits import Files, commit_files, signature
from bot.demo.github.objects import Kind, Tag
from bot.demo.github.site import Actor, Site
from bot.demo.github.state import Account, AccountKind, BranchRule, Json, Repository

Visibility = Literal["public", "private", "internal"]


class People:
    """A mixin: acts on repositories. Names are `owner/name`; `by` is a login, by default the first user."""

    site: Site

    def account(self, login: str) -> Account:
        """Raises KeyError."""
        return self.site.world.accounts[login.lower()]

    def repository(self, full_name: str) -> Repository:
        """Raises KeyError."""
        found = self.site.world.repository(*full_name.split("/", 1))
        if found is None:
            raise KeyError(full_name)
        return found

    def person(self, login: str | None) -> Account:
        """The one named, or whoever was here first."""
        if login is not None:
            return self.account(login)
        return next(one for one in self.site.world.accounts.values() if one.kind is AccountKind.USER)

    def actor(self, by: str | None) -> Actor:
        return Actor(account=self.person(by))

    # ------------------------------------------------------------ repositories

    def create_repository(  # noqa: PLR0913 - a repository has many sides; all are named
        self,
        full_name: str,
        files: Files | None = None,
        *,
        visibility: Visibility = "public",
        default_branch: str = "main",
        description: str | None = None,
        fork: bool = False,
        template: bool = False,
        archived: bool = False,
        by: str | None = None,
        message: str = "Initial commit",
    ) -> Repository:
        """With one commit of `files`; without any it is empty."""
        owner, _, name = full_name.partition("/")
        world, now, fresh = self.site.world, self.site.world.clock(), self.site.world.take_id()
        if world.repository(owner, name) is not None:
            raise ValueError(f"{full_name} is there already")
        made = Repository(
            id=fresh,
            node_id=world.node_id("R", fresh),
            owner=self.account(owner),
            name=name,
            created_at=now,
            pushed_at=now,
            updated_at=now,
            visibility=visibility,
            description=description,
            default_branch=default_branch,
            fork=fork,
            template=template,
        )
        world.repositories[fresh] = made
        world.names[full_name.lower()] = fresh
        world.nodes[made.node_id] = made
        person = self.person(by)
        made.collaborators.setdefault(person.login.lower(), "admin")
        self._announce(made, person, "created")
        if files is not None:
            self.push(full_name, files, by=by, message=message)
        if archived:
            self.archive_repository(full_name, by=by)
        return made

    def rename_repository(self, full_name: str, name: str, *, by: str | None = None) -> None:
        """The old name redirects from then on."""
        found = self.repository(full_name)
        old, found.name = found.name, name
        self.site.world.names[found.full_name.lower()] = found.id
        self._announce(found, self.person(by), "renamed", {"repository": {"name": {"from": old}}})

    def transfer_repository(self, full_name: str, owner: str, *, by: str | None = None) -> None:
        """Apps that are not installed at the new owner lose it."""
        found, person = self.repository(full_name), self.person(by)
        before = [one for one in self.site.world.installations.values() if one.covers(found)]
        old, found.owner = found.owner, self.account(owner)
        self.site.world.names[found.full_name.lower()] = found.id
        for installation in before:
            if installation.selected is not None:
                installation.selected.discard(found.id)
            event = payloads.installation_repositories(self.site.world, "removed", installation, [found])
            self.site.events.to(installation, person, "installation_repositories", event)
        kind, shape = "user", shapes_accounts.user
        if old.kind is AccountKind.ORGANIZATION:
            kind, shape = "organization", shapes_accounts.organization
        self._announce(found, person, "transferred", {"owner": {"from": {kind: shape(self.site.world, old)}}})

    def archive_repository(self, full_name: str, *, by: str | None = None) -> None:
        self._switch(full_name, "archived", by, archived=True)

    def unarchive_repository(self, full_name: str, *, by: str | None = None) -> None:
        self._switch(full_name, "unarchived", by, archived=False)

    def _switch(self, full_name: str, action: str, by: str | None, *, archived: bool) -> None:
        found = self.repository(full_name)
        found.archived = archived
        self._announce(found, self.person(by), action)

    def publicize_repository(self, full_name: str, *, by: str | None = None) -> None:
        found = self.repository(full_name)
        found.visibility = "public"
        self._announce(found, self.person(by), "publicized")

    def privatize_repository(self, full_name: str, *, by: str | None = None) -> None:
        found = self.repository(full_name)
        found.visibility = "private"
        self._announce(found, self.person(by), "privatized")

    def change_default_branch(self, full_name: str, branch: str, *, by: str | None = None) -> None:
        found = self.repository(full_name)
        if found.branch(branch) is None:
            raise KeyError(branch)
        old, found.default_branch = found.default_branch, branch
        self._announce(found, self.person(by), "edited", {"default_branch": {"from": old}})

    def rename_branch(self, full_name: str, branch: str, name: str, *, by: str | None = None) -> None:
        """Its pull requests follow, and so does the default branch."""
        branches.rename(self.site, self.repository(full_name), branch, name, self.actor(by))

    def delete_repository(self, full_name: str, *, by: str | None = None) -> None:
        found = self.repository(full_name)
        self._announce(found, self.person(by), "deleted")
        del self.site.world.repositories[found.id]
        self.site.world.nodes.pop(found.node_id)

    def set_role(self, full_name: str, login: str, role: str) -> None:
        """`read`, `triage`, `write`, `maintain` or `admin`."""
        self.repository(full_name).collaborators[login.lower()] = role

    def add_rule(self, full_name: str, rule: BranchRule) -> None:
        self.repository(full_name).rules.append(rule)

    def _announce(self, found: Repository, person: Account, action: str, changes: Json | None = None) -> None:
        found.updated_at = self.site.world.clock()
        self.site.events.about(found, person, "repository", payloads.repository(action, changes))

    # ------------------------------------------------------------ git

    def push(
        self,
        full_name: str,
        files: Files,
        *,
        branch: str | None = None,
        by: str | None = None,
        message: str = "Change",
        parent: str | None = None,
    ) -> str:
        """One commit of changed files on a branch (by default the default branch; a new branch starts there).

        With `parent` the branch is set to a commit on that one, by force if need be. The commit's id comes back.
        """
        found, person = self.repository(full_name), self.person(by)
        branch = branch or found.default_branch
        start = parent or found.branch(branch) or found.head
        oid = commit_files(found, person, self.site.world.clock(), start, files, message)
        branches.move(self.site, found, f"refs/heads/{branch}", oid, Actor(account=person))
        return oid

    def delete_branch(self, full_name: str, branch: str, *, by: str | None = None) -> None:
        branches.move(self.site, self.repository(full_name), f"refs/heads/{branch}", None, self.actor(by))

    def tag(self, full_name: str, name: str, *, annotated: bool = False, by: str | None = None) -> str:
        """Tags the head of the default branch; the id of the tag object or the commit comes back."""
        found, person = self.repository(full_name), self.person(by)
        oid = found.head
        if oid is None:
            raise ValueError(f"{full_name} is empty")
        if annotated:
            tagger = signature(person, self.site.world.clock())
            made = Tag(target=oid, kind=Kind.COMMIT, name=name, tagger=tagger, message=f"{name}\n")
            oid = found.store.put(Kind.TAG, made.encode())
        branches.move(self.site, found, f"refs/tags/{name}", oid, Actor(account=person))
        return oid

    def read(self, full_name: str, path: str, *, ref: str | None = None) -> bytes:
        """A file's bytes at the head of a branch. Raises KeyError."""
        found = self.repository(full_name)
        oid = found.head if ref is None else found.branch(ref)
        if oid is None:
            raise KeyError(ref)
        item = trees.find(found.store, history.commit(found.store, oid).tree, path)
        if item is None:
            raise KeyError(path)
        return found.store.read(item.oid, Kind.BLOB)
