"""What people do with pull requests on this GitHub; each act queues the deliveries that GitHub would send."""

from __future__ import annotations

from bot.demo.github import branches, history, payloads, proposals, talk, trees
from bot.demo.github.commits import put_commit, signature
from bot.demo.github.objects import Commit
from bot.demo.github.releases import Releases
from bot.demo.github.state import Account, Comment, Issue, Pull, Repository


class Reviewers(Releases):
    """A mixin: acts on pull requests and their conversations."""

    def open_pull(
        self,
        full_name: str,
        *,
        head: str,
        title: str,
        base: str | None = None,
        body: str | None = None,
        by: str | None = None,
    ) -> Pull:
        found = self.repository(full_name)
        asked = proposals.Asked(head=head, base=base or found.default_branch, title=title, body=body)
        return proposals.open_pull(self.site, found, self.actor(by), asked)

    def close_pull(self, full_name: str, number: int, *, by: str | None = None) -> None:
        found = self.repository(full_name)
        proposals.close_pull(self.site, found, found.pulls[number], self.actor(by))

    def reopen_pull(self, full_name: str, number: int, *, by: str | None = None) -> None:
        found = self.repository(full_name)
        proposals.reopen_pull(self.site, found, found.pulls[number], self.actor(by))

    def merge_pull(self, full_name: str, number: int, *, by: str | None = None) -> str:
        """With a merge commit that takes the head's files; its id comes back."""
        found, actor = self.repository(full_name), self.actor(by)
        pull, now = found.pulls[number], self.site.world.clock()
        base = found.branch(pull.base)
        if base is None or not pull.issue.open:
            raise ValueError("not open, or without a base")
        oid = _merge_commit(found, pull, base, actor.account, now)
        pull.merged_at = pull.issue.closed_at = pull.issue.updated_at = now
        pull.merged_by = pull.issue.closed_by = actor.account
        pull.merge_oid = oid
        branches.move(self.site, found, f"refs/heads/{pull.base}", oid, actor)
        self.site.events.about(
            found, actor.account, "pull_request", payloads.pull(self.site.world, "closed", found, pull)
        )
        return oid

    def edit_pull(
        self, full_name: str, number: int, *, title: str | None = None, body: str | None = None, by: str | None = None
    ) -> None:
        found = self.repository(full_name)
        proposals.edit_pull(self.site, found, found.pulls[number], self.actor(by), title=title, body=body)

    def set_draft(self, full_name: str, number: int, *, draft: bool, by: str | None = None) -> None:
        found = self.repository(full_name)
        proposals.set_draft(self.site, found, found.pulls[number], self.actor(by), draft=draft)

    def open_issue(self, full_name: str, title: str, body: str | None = None, *, by: str | None = None) -> Issue:
        return talk.open_issue(self.site, self.repository(full_name), self.actor(by), title, body)

    def close_issue(self, full_name: str, number: int, *, by: str | None = None) -> None:
        self._edit_issue(full_name, number, talk.Edit(state="closed"), by)

    def reopen_issue(self, full_name: str, number: int, *, by: str | None = None) -> None:
        self._edit_issue(full_name, number, talk.Edit(state="open"), by)

    def edit_issue(self, full_name: str, number: int, body: str, *, by: str | None = None) -> None:
        """Another text, as after a box was ticked."""
        self._edit_issue(full_name, number, talk.Edit(body=body), by)

    def _edit_issue(self, full_name: str, number: int, edit: talk.Edit, by: str | None) -> None:
        found = self.repository(full_name)
        talk.edit_issue(self.site, found, found.issues[number], self.actor(by), edit)

    def edit_comment(self, full_name: str, comment: Comment, text: str, *, by: str | None = None) -> None:
        talk.edit_comment(self.site, self.repository(full_name), comment, self.actor(by), text)

    def comment(self, full_name: str, number: int, text: str, *, by: str | None = None) -> Comment:
        found = self.repository(full_name)
        return talk.comment(self.site, found, found.issues[number], self.actor(by), text)


def _merge_commit(found: Repository, pull: Pull, base: str, account: Account, now: float) -> str:
    store = found.store
    meet = history.merge_base(store, base, pull.head_oid)
    before = None if meet is None else history.commit(store, meet).tree
    head = history.commit(store, pull.head_oid).tree
    changes = {
        one.path: None if one.after is None else trees.Put(mode=one.after.mode, oid=one.after.oid)
        for one in trees.compare(store, before, head)
    }
    who = signature(account, now)
    text = f"Merge pull request #{pull.number} from {found.owner.login}/{pull.head}\n\n{pull.issue.title}\n"
    tree = trees.write(store, history.commit(store, base).tree, changes)
    return put_commit(found, Commit(tree=tree, parents=(base, pull.head_oid), author=who, committer=who, message=text))
