"""Issues as a place to talk: comments, labels, reactions."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.github.answers import Refusal, invalid
from bot.demo.github.payloads import comment_created, comment_edited
from bot.demo.github.payloads import pull as pull_event
from bot.demo.github.shapes_pulls import REACTIONS
from bot.demo.github.shapes_pulls import issue as issue_shape
from bot.demo.github.shapes_pulls import label as label_shape
from bot.demo.github.site import Actor, Site
from bot.demo.github.state import Comment, Issue, Json, Label, Reaction, Repository


def open_issue(site: Site, repository: Repository, actor: Actor, title: str, body: str | None) -> Issue:
    number, now, world = repository.take_number(), site.world.clock(), site.world
    fresh = world.take_id()
    issue = Issue(
        id=fresh,
        node_id=world.node_id("I", fresh),
        number=number,
        user=actor.account,
        app=actor.app,
        title=title,
        body=body,
        created_at=now,
        updated_at=now,
    )
    repository.issues[number] = issue
    world.nodes[issue.node_id] = issue
    return issue


def comment(site: Site, repository: Repository, issue: Issue, actor: Actor, body: str) -> Comment:
    """Raises Refusal: 403 for a locked conversation, 422 for an empty text."""
    if issue.locked:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    if not body.strip():
        raise invalid("IssueComment", "body")
    fresh, now = site.world.take_id(), site.world.clock()
    made = Comment(
        id=fresh,
        node_id=site.world.node_id("IC", fresh),
        number=issue.number,
        user=actor.account,
        app=actor.app,
        body=body,
        created_at=now,
        updated_at=now,
    )
    issue.comments.append(made)
    issue.updated_at = now
    repository.comments[made.id] = made
    site.events.about(repository, actor.account, "issue_comment", comment_created(site.world, repository, made))
    return made


def edit_comment(site: Site, repository: Repository, found: Comment, actor: Actor, body: str) -> None:
    """Raises Refusal (422) for an empty text."""
    if not body.strip():
        raise invalid("IssueComment", "body")
    before, found.body, found.updated_at = found.body, body, site.world.clock()
    event = comment_edited(site.world, repository, found, before)
    site.events.about(repository, actor.account, "issue_comment", event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is given is set; `state` is `open` or `closed`."""

    title: str | None = None
    body: str | None = None
    state: str | None = None


def edit_issue(site: Site, repository: Repository, issue: Issue, actor: Actor, edit: Edit) -> None:
    """Each thing that changes is told: an edit, a closing, a reopening. Of pull requests other events tell."""
    before = {"title": issue.title, "body": issue.body or ""}
    issue.title = edit.title or issue.title
    issue.body = issue.body if edit.body is None else edit.body
    issue.updated_at = site.world.clock()
    changes: Json = {
        name: {"from": old} for name, old in before.items() if old != {"title": issue.title, "body": issue.body}[name]
    }
    told = [("edited", {"changes": changes})] if changes else []
    if edit.state == "closed" and issue.open:
        issue.closed_at, issue.closed_by = issue.updated_at, actor.account
        told.append(("closed", {}))
    elif edit.state == "open" and not issue.open:
        issue.closed_at = issue.closed_by = None
        told.append(("reopened", {}))
    for action, more in told if issue.number not in repository.pulls else ():
        body: Json = {"action": action, "issue": issue_shape(site.world, repository, issue), **more}
        site.events.about(repository, actor.account, "issues", body)


def add_labels(site: Site, repository: Repository, issue: Issue, actor: Actor, names: list[str]) -> None:
    """Unknown labels are made, as GitHub makes them."""
    for name in names:
        label = repository.labels.get(name.lower()) or new_label(site, repository, name)
        if label in issue.labels:
            continue
        issue.labels.append(label)
        issue.updated_at = site.world.clock()
        pull = repository.pulls.get(issue.number)
        if pull is not None:
            shape = label_shape(site.world, repository, label)
            event = pull_event(site.world, "labeled", repository, pull, label=shape)
            site.events.about(repository, actor.account, "pull_request", event)


def new_label(site: Site, repository: Repository, name: str, color: str = "ededed", about: str | None = None) -> Label:
    """Raises Refusal (422) when there is one of that name."""
    if name.lower() in repository.labels:
        raise invalid("Label", "name", code="already_exists")
    fresh = site.world.take_id()
    label = Label(id=fresh, node_id=site.world.node_id("LA", fresh), name=name, color=color, description=about)
    repository.labels[name.lower()] = label
    return label


def react(site: Site, reactions: list[Reaction], actor: Actor, content: str) -> tuple[Reaction, bool]:
    """The reaction, and whether it is new. Raises Refusal (422)."""
    if content not in REACTIONS:
        raise invalid("Reaction", "content")
    there = next((one for one in reactions if one.user is actor.account and one.content == content), None)
    if there is not None:
        return there, False
    fresh = site.world.take_id()
    made = Reaction(
        id=fresh,
        node_id=site.world.node_id("REA", fresh),
        user=actor.account,
        content=content,
        created_at=site.world.clock(),
    )
    reactions.append(made)
    return made, True
