"""What is said and done in one repository beside carrying out a plan; every act is one method, and twice is once.

Each takes a token for this repository alone, with the one permission that it needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.github import branches, collaborators, comments, issues, pulls, reactions, reviews
from bot.github.access import Access
from bot.github.auth import READING, TALKING_ON_ISSUES, TALKING_ON_PULLS, WRITING, Permissions
from bot.github.issues import Opened
from bot.github.reactions import Reaction
from bot.github.wire import Permit
from bot.model import RepoRef, Role, Sha, Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Our place in one repository. `permit` is awaited before every request that writes; it raises Stopped.

    Every method may raise Gone, Forbidden (its `permission` says which is missing), Stopped, WaitUntil, Unavailable.
    """

    ref: RepoRef
    permit: Permit
    _access: Callable[[Permissions], Access]
    _login: Callable[[], Awaitable[str]]

    async def comment(self, thread: Thread, marker: str, body: str) -> int:
        """The id of our one comment in `thread` that holds `marker`, made or brought to `body` (which holds it too)."""
        talk = comments.Talk(access=self._talking(thread), ref=self.ref, permit=self.permit, login=await self._login())
        return await comments.put(talk, thread.number, marker, body)

    async def edit_comment(self, thread: Thread, comment: int, body: str) -> None:
        """Give a comment of ours another text."""
        await comments.edit(self._talking(thread), self.ref, comment, body, self.permit)

    async def own_comment(self, thread: Thread, comment: int) -> str | None:
        """The text of a comment of ours; None for anybody else's, and for one that is gone."""
        return await comments.read_own(self._talking(thread), self.ref, comment, await self._login())

    async def react(self, thread: Thread, comment: int, reaction: Reaction) -> None:
        """React to anybody's comment; GitHub keeps one reaction of a kind."""
        await reactions.react(self._talking(thread), self.ref, comment, reaction, self.permit)

    async def role(self, login: str) -> Role:
        """What somebody may do here at this moment; NONE for who is not there."""
        return await collaborators.read_role(self._access(READING), self.ref, login)

    async def open_issue(self, marker: str, title: str, body: str) -> Opened:
        """Our one issue that holds `marker` (`body` holds it too). One that was closed stays as it is."""
        access, login = self._access(TALKING_ON_ISSUES), await self._login()
        return await issues.put(access, self.ref, login, issues.Draft(marker, title, body), self.permit)

    async def find_issue(self, marker: str) -> Opened | None:
        """Our issue that holds `marker`, open or closed; None when there is none."""
        return await issues.look(self._access(TALKING_ON_ISSUES), self.ref, await self._login(), marker)

    async def close_issue(self, number: int) -> None:
        await issues.close(self._access(TALKING_ON_ISSUES), self.ref, number, self.permit)

    async def pull_body(self, number: int) -> str:
        return await pulls.read_body(self._access(READING), self.ref, number)

    async def update_pull(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Change what is given."""
        await pulls.update(self._access(TALKING_ON_PULLS), self.ref, number, self.permit, title=title, body=body)

    async def label(self, number: int, labels: Sequence[str]) -> None:
        """Add these labels to a pull request; without any nothing is asked."""
        await pulls.label(self._access(TALKING_ON_PULLS), self.ref, number, labels, self.permit)

    async def ask_for_review(self, number: int, reviewers: Sequence[str], *, further: bool = False) -> None:
        """Ask these (logins, or `organisation/team`) for a review, if nobody was asked and nobody has reviewed.

        `further`: beside those who were asked before.
        """
        await reviews.ask(self._access(WRITING), self.ref, number, reviewers, self.permit, further=further)

    async def close_pull(self, number: int, *, body: str | None = None) -> None:
        """Close without a merge, and change the body in the same request."""
        access = self._access(TALKING_ON_PULLS)
        await pulls.update(access, self.ref, number, self.permit, body=body, state="closed")

    async def set_draft(self, number: int, *, draft: bool) -> bool:
        """Make an open pull request a draft, or ready for review; False when it is so, or closed, already."""
        return await pulls.set_draft(self._access(WRITING), self.ref, number, self.permit, draft=draft)

    async def delete_branch(self, branch: str, head: Sha) -> bool:
        """Delete a branch if it still points to `head`; False when it does not, or is gone."""
        return await branches.delete(self._access(WRITING), self.ref, branch, head, self.permit)

    def _talking(self, thread: Thread) -> Access:
        return self._access(TALKING_ON_PULLS if thread.pull else TALKING_ON_ISSUES)
