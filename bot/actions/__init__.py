"""Which versions of actions exist: asked of GitHub once for all repositories, kept in the database and in memory.

Public actions are shared by all installations, a private one is known to its own alone. An answer counts for an hour;
then one request, which is free while nothing changed, says whether it still does.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from bot.actions.merging import merged, newest_of_majors, unpeeled, with_manifests
from bot.bumping import Action, Advisory, Catalogue
from bot.bumping.snapshot import Snapshot, catalogue, shipped
from bot.bumping.targets import DAY, mends_a_hole
from bot.config import Bump
from bot.errors import Forbidden, Gone
from bot.github import GitHub, Refs
from bot.model import InstallationId, RepoId, Visibility
from bot.store import in_thread
from bot.store.actions import PUBLIC, ActionBook, Row

__all__ = ["Actions"]

FRESH_SECONDS = 3600.0
WHOLE_SECONDS = 86400.0
"""After this long branches, releases and the rest are read again, whatever the tags say."""
MOST_KEPT = 2_000

_Wanted = frozenset[str]
"""`path@ref` each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """An action as one scope knows it; None: it is not there."""

    scope: InstallationId
    action: Action | None
    etag: str | None
    looked_at: float
    read_at: float
    hidden: bool = False
    """It may be there, and we were not let in."""


class Actions:
    """One for the whole process. `clock` gives seconds since the epoch."""

    def __init__(self, github: GitHub, book: ActionBook, *, clock: Callable[[], float], github_com: bool) -> None:
        self._github = github
        self._book = book
        self._clock = clock
        self._github_com = github_com
        self._kept: OrderedDict[tuple[str, InstallationId], _Known] = OrderedDict()
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._advisories: tuple[float, tuple[Advisory, ...]] | None = None
        self._shipped: Snapshot = shipped()

    async def look(self, installation: InstallationId, wanted: Mapping[str, _Wanted]) -> Catalogue:
        """What there is of these actions, by `owner/repo` in lower case. Raises WaitUntil, Unavailable."""
        found: dict[str, Action] = {}
        gone: set[str] = set()
        for name, refs in sorted(wanted.items()):
            known = await self._one(installation, name, refs)
            if known.action is not None:
                found[name] = known.action
            elif self._github_com and not known.hidden:
                gone.add(name)
        advisories = await self._warnings(installation) if found else ()
        return Catalogue(actions=found, gone=frozenset(gone), advisories=advisories, now=self._clock())

    async def fresh(self, installation: InstallationId, cooldowns: Collection[int]) -> Mapping[str, str]:
        """Every public action that can be raised to another tag than when this was asked last -> that tag.

        A release ripens once for each of the `cooldowns`, which are days; an entry names its own.
        Raises WaitUntil, Unavailable. `settle` says that it was seen to.
        """
        names = await self.public_names()
        found = await self.look(installation, dict.fromkeys(names, frozenset[str]()))
        before = await in_thread(self._book.newest)
        now = {
            _entry(name, days): tag
            for name, action in found.actions.items()
            for days in cooldowns
            if (tag := _ripest(action, days, found)) is not None
        }
        return {entry: tag for entry, tag in now.items() if before.get(entry) != tag}

    async def users(self, entry: str) -> Sequence[RepoId]:
        """The repositories whose workflows use the action of an entry."""
        return await in_thread(self._book.users, entry.partition(" ")[0])

    async def settle(self, fresh: Mapping[str, str]) -> None:
        """These were seen to: the repositories that use them will be judged anew."""
        await in_thread(self._book.note_newest, fresh)

    async def public_names(self) -> frozenset[str]:
        """Every public action that anybody asked for, in lower case."""
        return frozenset(row.name for row in await in_thread(self._book.listed))

    async def _one(self, installation: InstallationId, name: str, refs: _Wanted) -> _Known:
        async with self._one_at_a_time[name]:
            known = await self._remembered(installation, name)
            now = self._clock()
            fresh = known is not None and now - known.looked_at < FRESH_SECONDS
            if known is not None and fresh and (known.action is None or not _lacking(known.action, refs)):
                return known
            try:
                answer = await self._ask(installation, name, refs, known)
            except (Gone, Forbidden) as error:
                scope = known.scope if known is not None else installation
                hidden = isinstance(error, Forbidden)
                answer = _Known(scope=scope, action=None, etag=None, looked_at=now, read_at=now, hidden=hidden)
            await self._remember(name, answer)
            return answer

    async def _ask(self, installation: InstallationId, name: str, refs: _Wanted, known: _Known | None) -> _Known:
        """What is there now, of which as little as possible is asked anew."""
        now = self._clock()
        before = known.action if known is not None else None
        if known is None or before is None or now - known.read_at >= WHOLE_SECONDS:
            tags = await self._github.action_refs(installation, name, None)
            return await self._whole(installation, name, refs, before, tags)
        if now - known.looked_at >= FRESH_SECONDS:
            tags = await self._github.action_refs(installation, name, known.etag)
            if tags.tags is not None:
                return await self._whole(installation, name, refs, before, tags)
            known = replace(known, looked_at=now)
        return replace(known, action=await self._with_more(installation, name, refs, before))

    async def _whole(
        self, installation: InstallationId, name: str, refs: _Wanted, before: Action | None, answer: Refs
    ) -> _Known:
        now = self._clock()
        tags = dict(answer.tags or {})
        revisions = {(path, tag) for path in _paths(refs) for tag in newest_of_majors(tags).values()}
        revisions |= {each for each in map(_split, refs) if each[1] in tags or len(each[1]) == 40}
        details = await self._github.action_details(installation, name, unpeeled(before, tags), sorted(revisions))
        action = merged(before, self._of_snapshot(name), tags, details, now)
        scope = PUBLIC if details.visibility is Visibility.PUBLIC else installation
        return _Known(scope=scope, action=action, etag=answer.etag, looked_at=now, read_at=now)

    async def _with_more(self, installation: InstallationId, name: str, refs: _Wanted, before: Action) -> Action:
        """The tags are as they were; what further refs hold is read."""
        lacking = _lacking(before, refs)
        if not lacking:
            return before
        details = await self._github.action_details(installation, name, (), sorted(lacking))
        tags = {tag.name: (tag.object or tag.commit, tag.object is not None) for tag in before.tags}
        peeled = {tag.object: tag.commit for tag in before.tags if tag.object is not None}
        return msgspec.structs.replace(before, manifests=with_manifests(before.manifests, tags, peeled, details))

    def _of_snapshot(self, name: str) -> Action | None:
        return catalogue(self._shipped, [name], 0.0).get(name) if self._github_com else None

    # ------------------------------------------------------------ memory

    async def _remembered(self, installation: InstallationId, name: str) -> _Known | None:
        for scope in (PUBLIC, installation):
            known = self._kept.get((name, scope))
            if known is not None:
                return known
        row = await in_thread(self._book.get, name, installation)
        if row is None:
            return None
        try:
            action = msgspec.json.decode(row.action, type=Action) if row.action is not None else None
        except msgspec.MsgspecError:  # another version of pubflow wrote it
            return None
        return _Known(scope=row.scope, action=action, etag=row.etag, looked_at=row.looked_at, read_at=row.read_at)

    async def _remember(self, name: str, known: _Known) -> None:
        for scope in (PUBLIC, known.scope):
            self._kept.pop((name, scope), None)
        self._kept[name, known.scope] = known
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        if known.hidden:
            return
        text = msgspec.json.encode(known.action).decode() if known.action is not None else None
        row = Row(
            name=name,
            scope=known.scope,
            action=text,
            etag=known.etag,
            looked_at=known.looked_at,
            read_at=known.read_at,
        )
        await in_thread(self._book.put, row)

    async def _warnings(self, installation: InstallationId) -> tuple[Advisory, ...]:
        """The world's advisories on actions; those of before while they cannot be read. GitHub Enterprise has none."""
        now = self._clock()
        if not self._github_com:
            return ()
        async with self._one_at_a_time[""]:
            if self._advisories is None or now - self._advisories[0] >= WHOLE_SECONDS:
                try:
                    found = await self._github.advisories(installation)
                except (Gone, Forbidden):
                    return ()
                fresh = tuple(
                    Advisory(id=one.id, action=one.action, vulnerable=one.vulnerable, patched=one.patched)
                    for one in found
                )
                self._advisories = (now, fresh)
            return self._advisories[1]


def _ripest(action: Action, days: int, known: Catalogue) -> str | None:
    """The tag that a repository which waits so long is raised to, whatever its major version."""
    for version, tag in action.releases:
        ripe = action.age(tag, known.now) >= days * DAY or mends_a_hole(version, action, known)
        if ripe and not tag.moved:
            return tag.name
    return None


def _entry(name: str, days: int) -> str:
    return name if days == Bump().cooldown else f"{name} {days}"


def _split(wanted: str) -> tuple[str, str]:
    path, _, ref = wanted.partition("@")
    return path, ref


def _paths(refs: _Wanted) -> set[str]:
    return {_split(each)[0] for each in refs}


def _lacking(action: Action, refs: _Wanted) -> set[tuple[str, str]]:
    """(Path, tag or commit) whose action.yml was not read yet."""
    found = set()
    for path, ref in map(_split, refs):
        tag = action.by_name.get(ref)
        commit = tag.commit if tag is not None else ref if len(ref) == 40 else None
        if commit is not None and (f"{path}@{commit}" if path else commit) not in action.manifests:
            found.add((path, ref))
    names = [tag.name for tag in action.tags]
    for path in _paths(refs):
        majors = newest_of_majors(names)
        found |= {
            (path, tag)
            for major, tag in majors.items()
            if (f"{path}@{major}" if path else major) not in action.manifests
        }
    return found
