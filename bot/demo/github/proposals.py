"""Pull requests: opened, closed, reopened, merged, with GitHub's refusals."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.github import history
from bot.demo.github.answers import Refusal, invalid
from bot.demo.github.payloads import pull as pull_event
from bot.demo.github.site import Actor, Site
from bot.demo.github.state import Issue, Pull, Repository

MAX_TITLE = 256
MAX_BODY = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A pull request as somebody wants it; `head` is `branch` or `owner:branch`."""

    head: str
    base: str
    title: str
    body: str | None = None
    draft: bool = False

    @property
    def branch(self) -> str:
        return self.head.rpartition(":")[2]


def open_pull(site: Site, repository: Repository, actor: Actor, asked: Asked) -> Pull:
    """Raises Refusal (422) as GitHub does."""
    owner, branch = asked.head.rpartition(":")[0], asked.branch
    head, base = repository.branch(branch), repository.branch(asked.base)
    if head is None or (owner and owner.lower() != repository.owner.login.lower()):
        raise invalid("PullRequest", "head")
    if base is None:
        raise invalid("PullRequest", "base")
    _check_text(asked.title, asked.body)
    if asked.draft:
        _check_drafts(repository)
    if any(pull.head == branch and pull.base == asked.base for pull in repository.open_pulls()):
        raise _custom(f"A pull request already exists for {repository.owner.login}:{branch}.")
    if not history.between(repository.store, [base], head):
        raise _custom(f"No commits between {asked.base} and {branch}")
    if history.merge_base(repository.store, base, head) is None:
        raise _custom(f"The {branch} branch has no history in common with {asked.base}")
    return _opened(site, repository, actor, asked)


def _opened(site: Site, repository: Repository, actor: Actor, asked: Asked) -> Pull:
    world, number, now = site.world, repository.take_number(), site.world.clock()
    ids = world.take_id(), world.take_id()
    issue = Issue(
        id=ids[0],
        node_id=world.node_id("I", ids[0]),
        number=number,
        user=actor.account,
        app=actor.app,
        title=asked.title,
        body=asked.body or None,
        created_at=now,
        updated_at=now,
    )
    pull = Pull(
        id=ids[1],
        node_id=world.node_id("PR", ids[1]),
        issue=issue,
        head=asked.branch,
        base=asked.base,
        head_oid=repository.refs[f"refs/heads/{asked.branch}"],
        base_oid=repository.refs[f"refs/heads/{asked.base}"],
        draft=asked.draft,
    )
    repository.issues[number], repository.pulls[number] = issue, pull
    world.nodes[pull.node_id] = pull
    world.nodes[issue.node_id] = issue
    site.events.about(repository, actor.account, "pull_request", pull_event(world, "opened", repository, pull))
    return pull


def edit_pull(  # noqa: PLR0913 - a pull request has many sides
    site: Site,
    repository: Repository,
    pull: Pull,
    actor: Actor,
    *,
    title: str | None,
    body: str | None,
    base: str | None = None,
) -> None:
    """Sets what is given. Raises Refusal (422)."""
    _check_text(pull.issue.title if title is None else title, body)
    changes: dict[str, object] = {}
    if base is not None and base != pull.base:
        oid = repository.branch(base)
        if oid is None:
            raise invalid("PullRequest", "base")
        changes["base"] = {"ref": {"from": pull.base}, "sha": {"from": pull.base_oid}}
        pull.base, pull.base_oid = base, oid
    if title is not None and title != pull.issue.title:
        changes["title"] = {"from": pull.issue.title}
        pull.issue.title = title
    if body is not None and body != (pull.issue.body or ""):
        changes["body"] = {"from": pull.issue.body or ""}
        pull.issue.body = body or None
    if changes:
        pull.issue.updated_at = site.world.clock()
        event = pull_event(site.world, "edited", repository, pull, changes=changes)
        site.events.about(repository, actor.account, "pull_request", event)


def close_pull(site: Site, repository: Repository, pull: Pull, actor: Actor) -> None:
    """Without a merge; closing what is closed changes nothing."""
    if not pull.issue.open:
        return
    pull.issue.closed_at = pull.issue.updated_at = site.world.clock()
    pull.issue.closed_by = actor.account
    site.events.about(repository, actor.account, "pull_request", pull_event(site.world, "closed", repository, pull))


def reopen_pull(site: Site, repository: Repository, pull: Pull, actor: Actor) -> None:
    """Raises Refusal (422) for a merged one, for a branch that is gone or has another open pull request."""
    if pull.issue.open:
        return
    head = repository.branch(pull.head)
    taken = any(one.head == pull.head and one.base == pull.base for one in repository.open_pulls())
    if pull.merged_at is not None or head is None or taken:
        raise invalid("PullRequest", "state", message="state cannot be changed.")
    pull.issue.closed_at = pull.issue.closed_by = None
    pull.head_oid = head
    pull.issue.updated_at = site.world.clock()
    site.events.about(repository, actor.account, "pull_request", pull_event(site.world, "reopened", repository, pull))


def set_draft(site: Site, repository: Repository, pull: Pull, actor: Actor, *, draft: bool) -> None:
    """Raises Refusal (422) where drafts are not supported."""
    if draft:
        _check_drafts(repository)
    if pull.draft == draft:
        return
    pull.draft = draft
    pull.issue.updated_at = site.world.clock()
    action = "converted_to_draft" if draft else "ready_for_review"
    site.events.about(repository, actor.account, "pull_request", pull_event(site.world, action, repository, pull))


def _check_drafts(repository: Repository) -> None:
    if repository.private and repository.owner.free_plan:
        raise Refusal(422, "Draft pull requests are not supported in this repository.")


def _check_text(title: str, body: str | None) -> None:
    if not title.strip():
        raise Refusal(
            422, "Validation Failed", errors=[{"resource": "PullRequest", "code": "missing_field", "field": "title"}]
        )
    if len(title) > MAX_TITLE:
        raise invalid("PullRequest", "title", message="title is too long (maximum is 256 characters)")
    if body is not None and len(body) > MAX_BODY:
        raise invalid("PullRequest", "body", message="body is too long (maximum is 65536 characters)")


def _custom(message: str) -> Refusal:
    return Refusal(422, "Validation Failed", errors=[{"resource": "PullRequest", "code": "custom", "message": message}])
