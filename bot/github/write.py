"""A `Plan` carried out in at most five requests: tree, commit, ref, pull request, label.

Each creating call is itself the look: what GitHub says is there already is read, compared and kept, so that doing it
twice, or dying between any two requests and doing it again, ends in the same state. Nobody's commit is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec import structs

from bot.errors import Conflict, GitHubError, Gone, Stopped, Unavailable, Unwanted
from bot.github import own, queries
from bot.github.access import Access
from bot.github.faults import Unprocessable
from bot.github.graphql import query
from bot.github.refusals import in_words
from bot.github.wire import Permit, Request, Shape
from bot.model import (
    BranchHead,
    Change,
    EntryKind,
    OwnPull,
    Plan,
    PullRequest,
    PullState,
    Sha,
    Snapshot,
)

ORDINARY = 5
"""Requests of a plan that meets nothing in its way."""
WORKFLOWS = ".github/workflows/"


class _Made(msgspec.Struct, frozen=True):
    sha: str


class _Created(msgspec.Struct, frozen=True):
    number: int
    html_url: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands on our branch at this moment."""

    head: BranchHead | None
    pulls: tuple[OwnPull, ...]
    foreign: queries.Pull | None


async def carry_out(
    access: Access, snapshot: Snapshot, plan: Plan, permit: Permit, *, given: Sha | None = None, anew: bool = False
) -> PullRequest:
    """Make the pull request stand as planned. `permit` is awaited before each writing request.

    `given`: a commit of somebody else's on our branch that a person gave us to overwrite, that one and no other.
    `anew`: the branch shall stand on the commit that was read, although it may hold the same files already.

    Raises Conflict (somebody moved our branch or the base), Forbidden (a permission or a rule of the repository), Gone,
    Stopped, WaitUntil, Unavailable, Unwanted.
    """
    if not plan.changes:
        raise Unwanted("a plan without changes is no pull request")
    await permit()
    await access.client.book(access.lane, ORDINARY)
    writer = _Writer(access=access, snapshot=snapshot, plan=plan, permit=permit, given=given, anew=anew)
    await writer.branch(await writer.tree())
    pull, labels = await writer.pull()
    return await writer.label(pull, labels)


def touches_workflows(plan: Plan) -> bool:
    """Claims that GitHub demands the permission `workflows` for this plan."""
    return any(change.file.startswith(WORKFLOWS) for change in plan.changes)


@dataclass(slots=True, kw_only=True)
class _Writer:
    access: Access
    snapshot: Snapshot
    plan: Plan
    permit: Permit
    given: Sha | None = None
    anew: bool = False
    booked: int = ORDINARY
    seen: _Seen | None = None
    """The last look; newer than the snapshot."""

    async def tree(self) -> Sha:
        """The tree as it shall be; git names it by its content, so making it twice makes one."""
        entries = [self._entry(change) for change in self.plan.changes]
        body = {"base_tree": self.snapshot.root_tree, "tree": entries}
        try:
            made = await self._write("POST", "/git/trees", body, _Made)
        except Unprocessable as error:
            raise in_words(error, self.plan) from None
        if made.sha == self.snapshot.root_tree:
            raise Conflict("the repository already holds what was to be proposed")
        return Sha(made.sha)

    def _entry(self, change: Change) -> dict[str, object]:
        found = self.snapshot.tree.get(change.file)
        if found is not None and found.kind is not EntryKind.BLOB:
            raise Unwanted(f"{change.file} is no plain file")
        mode = "100755" if found is not None and found.executable else "100644"
        entry: dict[str, object] = {"path": change.file, "mode": mode, "type": "blob"}
        return entry | ({"sha": None} if change.after is None else {"content": change.after})

    async def branch(self, tree: Sha) -> None:
        """Make the plan's branch point to a commit with this tree."""
        head = self.snapshot.heads.get(self.plan.branch)
        if head is None and self.plan.branch in self.snapshot.branches:
            head = (await self._look()).head
        if head is not None:
            return await self._go_on(head, tree)
        commit = await self._commit(tree)
        try:
            await self._create_ref(commit)
        except (Unprocessable, Unavailable) as error:
            if isinstance(error, Unprocessable) and not error.says("already exists"):
                raise in_words(error, self.plan) from None
            if (head := (await self._look()).head) is not None:
                return await self._go_on(head, tree, commit)
            if isinstance(error, Unprocessable):
                raise Conflict(f"the branch {self.plan.branch} came and went while it was made") from None
            await self._create_ref(commit)  # it was not carried out
        return None

    async def _go_on(self, head: BranchHead, tree: Sha, commit: Sha | None = None) -> None:
        """The branch exists: keep it if it holds our tree, move it if its head is ours, else leave it alone."""
        if head.tree == tree and not (self.anew and self.snapshot.head not in head.parents):
            return
        if not head.ours and head.oid != self.given:
            raise Conflict(f"somebody else's commit is on {self.plan.branch}; it was left as it is")
        after = commit or await self._commit(tree)
        variables = {
            "repository": self.snapshot.repo.ref.node_id,
            "name": f"refs/heads/{self.plan.branch}",
            "before": head.oid,
            "after": after,
        }
        self.booked -= 1
        try:
            await query(self.access, queries.MOVE, variables, queries.Moved, permit=self.permit)
        except (Unprocessable, Conflict, Unavailable) as error:
            now = (await self._look()).head
            if now is not None and after == now.oid:
                return
            if now is None or now.oid != head.oid:
                raise Conflict(f"somebody moved {self.plan.branch} at the same time; it was left as it is") from None
            raise in_words(error, self.plan) from None

    async def _commit(self, tree: Sha) -> Sha:
        """A commit without author and committer: GitHub fills in the App and signs it.

        https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
        """
        message = own.commit_message(self.plan.title, self.plan.digest)
        body = {"message": message, "tree": tree, "parents": [self.snapshot.head]}
        return Sha((await self._write("POST", "/git/commits", body, _Made)).sha)

    async def _create_ref(self, commit: Sha) -> None:
        body = {"ref": f"refs/heads/{self.plan.branch}", "sha": commit}
        await self._write("POST", "/git/refs", body, object, repeatable=False)

    async def pull(self) -> tuple[PullRequest, tuple[str, ...]]:
        """The pull request as it stands now, and the labels that it has."""
        known = self.seen.pulls if self.seen is not None else self.snapshot.pulls
        for pull in known:
            if pull.branch == self.plan.branch and pull.state is PullState.OPEN:
                return await self._compare(pull)
        try:
            return await self._create_pull(draft=self.plan.draft), ()
        except (Unprocessable, Unavailable) as error:
            if isinstance(error, Unprocessable) and not error.says("already exists"):
                raise in_words(error, self.plan) from None
            seen = await self._look()
            if seen.pulls:
                return await self._compare(seen.pulls[0])
            if seen.foreign is not None:
                number = seen.foreign.number
                raise Conflict(f"somebody else opened pull request #{number} from {self.plan.branch}") from None
            if isinstance(error, Unprocessable):
                raise Conflict("a pull request came and went while it was opened") from None
            return await self._create_pull(draft=self.plan.draft), ()  # it was not carried out

    async def _create_pull(self, *, draft: bool) -> PullRequest:
        plan = self.plan
        body = {"title": plan.title, "head": plan.branch, "base": plan.base, "body": plan.body, "draft": draft}
        try:
            made = await self._write("POST", "/pulls", body, _Created, repeatable=False)
        except Unprocessable as error:
            if draft and error.says("draft pull request"):  # private repositories of some plans have none
                return await self._create_pull(draft=False)
            raise
        return PullRequest(number=made.number, url=made.html_url, created=True)

    async def _compare(self, pull: OwnPull) -> tuple[PullRequest, tuple[str, ...]]:
        """Bring title, body and base of an open pull request to what is planned, if they differ."""
        stands = {"title": pull.title, "body": _lines(pull.body), "base": pull.base}
        wanted = {"title": self.plan.title, "body": _lines(self.plan.body), "base": self.plan.base}
        if differing := {name: getattr(self.plan, name) for name, value in wanted.items() if stands[name] != value}:
            await self._write("PATCH", f"/pulls/{pull.number}", differing, object)
        return PullRequest(number=pull.number, url=pull.url, created=False), pull.labels

    async def label(self, pull: PullRequest, present: tuple[str, ...]) -> PullRequest:
        """With what labels are missing; a pull request without them is still worth having."""
        missing = tuple(label for label in self.plan.labels if label not in present)
        if not missing:
            return pull
        try:
            await self._write("POST", f"/issues/{pull.number}/labels", {"labels": list(missing)}, object)
        except Stopped:
            raise
        except GitHubError:  # the next run sees that they are missing
            return pull
        return structs.replace(pull, labels=missing)

    async def _look(self) -> _Seen:
        branch = self.plan.branch
        variables = {"id": self.snapshot.repo.ref.node_id, "ref": f"refs/heads/{branch}", "branch": branch}
        found = await query(self.access, queries.LOOK, variables, queries.Look)
        if found.repository is None:
            raise Gone("the repository went away while it was written to")
        self.seen = _Seen(
            own.branch_head(found.repository.head0, found.viewer.login),
            own.pulls(found.repository),
            own.foreign(found.repository),
        )
        return self.seen

    async def _write(
        self, method: str, path: str, body: Mapping[str, object], shape: type[Shape], *, repeatable: bool = True
    ) -> Shape:
        ref = self.snapshot.repo.ref
        request = Request(
            method=method,
            path="/repos/{owner}/{repo}" + path,
            values={"owner": ref.owner, "repo": ref.name},
            body=body,
            permit=self.permit,
            booked=self.booked > 0,
            repeatable=repeatable,
        )
        self.booked -= 1
        return (await self.access.send(request)).fit(shape)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
