"""What maintainers of actions do on this GitHub: release, move a tag; and the world's actions with their own ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.demo.github import trees
from bot.demo.github.objects import FILE_MODE, Commit, Kind, ObjectStore, Signature, Tag
from bot.demo.github.people import People
from bot.demo.github.state import Advisory, Release
from bot.demo.github.trees import Put


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldTag:
    """A tag with the ids that it has elsewhere. `object`: of the annotated tag, None for a lightweight one."""

    name: str
    commit: str
    object: str | None
    files: Mapping[str, str]


class History:
    """Tags and branches of a repository elsewhere: each commit has one tree of some files, and no parents."""

    def __init__(self, owner: str) -> None:
        self.store, self.refs = ObjectStore(), dict[str, str]()
        self._who = Signature(name=owner, email=f"{owner}@example.com", at=0)

    def tag(self, tag: WorldTag) -> None:
        self._commit(tag.commit, tag.files)
        target = tag.commit
        if tag.object is not None:
            made = Tag(target=tag.commit, kind=Kind.COMMIT, name=tag.name, tagger=self._who, message=f"{tag.name}\n")
            self.store.graft(tag.object, Kind.TAG, made.encode())
            target = tag.object
        self.refs[f"refs/tags/{tag.name}"] = target

    def branch(self, branch: str, commit: str, files: Mapping[str, str]) -> None:
        self._commit(commit, files)
        self.refs[f"refs/heads/{branch}"] = commit

    def _commit(self, oid: str, files: Mapping[str, str]) -> None:
        puts = {path: Put(mode=FILE_MODE, oid=self.store.put(Kind.BLOB, text.encode())) for path, text in files.items()}
        tree = trees.write(self.store, None, puts)
        commit = Commit(tree=tree, parents=(), author=self._who, committer=self._who, message="Release\n")
        self.store.graft(oid, Kind.COMMIT, commit.encode())


class Releases(People):
    """A mixin: acts on repositories that others use."""

    def release(
        self, full_name: str, tag: str, *, published_at: float | None = None, prerelease: bool = False
    ) -> Release:
        """A release of a tag, published now if nothing else is said."""
        found, now = self.repository(full_name), self.site.world.clock()
        fresh = self.site.world.take_id()
        made = Release(
            id=fresh,
            node_id=self.site.world.node_id("RE", fresh),
            tag=tag,
            created_at=now if published_at is None else published_at,
            published_at=now if published_at is None else published_at,
            prerelease=prerelease,
        )
        found.releases[tag] = made
        return made

    def warn(self, action: str, vulnerable: str, patched: str | None) -> str:
        """A reviewed advisory on versions of an action; its id comes back."""
        ghsa = "GHSA-{0:04d}-{0:04d}-{0:04d}".format(self.site.world.take_id() % 10_000)
        self.site.world.advisories.append(
            Advisory(id=ghsa, action=action, vulnerable=vulnerable, patched=patched, at=self.site.world.clock())
        )
        return ghsa

    def move_tag(self, full_name: str, tag: str, commit: str) -> None:
        """By force, as only its maintainers can."""
        self.repository(full_name).refs[f"refs/tags/{tag}"] = commit

    def graft(self, full_name: str, history: History) -> None:
        """Tags and branches as they are elsewhere, with the same ids."""
        found = self.repository(full_name)
        found.store.copy_from(history.store)
        found.refs.update(history.refs)
