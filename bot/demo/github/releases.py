"""What maintainers of actions do on this GitHub: release, move a tag; and the world's actions with their own ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.demo.github import trees
from bot.demo.github.commits import signature
from bot.demo.github.objects import FILE_MODE, Commit, Kind, Tag
from bot.demo.github.people import People
from bot.demo.github.state import Account, Advisory, Release, Repository
from bot.demo.github.trees import Put


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldTag:
    """A tag with the ids that it has elsewhere. `object`: of the annotated tag, None for a lightweight one."""

    name: str
    commit: str
    object: str | None
    files: Mapping[str, str]


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

    def graft(self, full_name: str, tag: WorldTag, *, by: str | None = None) -> None:
        """A tag as it is elsewhere: its commit has the same id, one tree of these files, and no parents."""
        found = self.repository(full_name)
        person = self.person(by)
        _graft_commit(found, person, tag.commit, tag.files, self.site.world.clock())
        target = tag.commit
        if tag.object is not None:
            tagger = signature(person, self.site.world.clock())
            made = Tag(target=tag.commit, kind=Kind.COMMIT, name=tag.name, tagger=tagger, message=f"{tag.name}\n")
            found.store.graft(tag.object, Kind.TAG, made.encode())
            target = tag.object
        found.refs[f"refs/tags/{tag.name}"] = target

    def graft_branch(self, full_name: str, branch: str, commit: str, files: Mapping[str, str]) -> None:
        """A branch as it is elsewhere."""
        found = self.repository(full_name)
        _graft_commit(found, self.person(None), commit, files, self.site.world.clock())
        found.refs[f"refs/heads/{branch}"] = commit


def _graft_commit(found: Repository, person: Account, oid: str, files: Mapping[str, str], now: float) -> None:
    puts = {path: Put(mode=FILE_MODE, oid=found.store.put(Kind.BLOB, text.encode())) for path, text in files.items()}
    who = signature(person, now)
    commit = Commit(
        tree=trees.write(found.store, None, puts), parents=(), author=who, committer=who, message="Release\n"
    )
    found.store.graft(oid, Kind.COMMIT, commit.encode())
