"""How a tale ended, read from the GitHub and from what is remembered; and whether that is as it should be."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.github import LocalGitHub, Repository
from bot.demo.github.merging import conflicts
from bot.demo.github.objects import Kind
from bot.model import OWN_BRANCHES, RepoId
from bot.store.wishes import WishBook
from bot.wishes import IGNORING, Wish
from tests.jobs.tales import BRANCH, Tale
from tests.jobs.test_stories import state

_KEPT = frozenset({*IGNORING, Wish.PIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    ends: tuple[str, ...]
    wishes: tuple[tuple[str, str], ...]
    bases: frozenset[str]
    """Of the pull requests that are open."""
    conflicting: bool
    branch: str | None
    said: tuple[str, ...]
    seen: tuple[int, ...]
    """How many signs each command got."""


def wanted(tale: Tale) -> Ending:
    """`said` and `seen` are compared otherwise."""
    is_open = any(end.startswith("open") for end in tale.ends)
    return Ending(
        ends=tale.ends,
        wishes=tale.wishes,
        bases=frozenset({tale.base} if is_open else ()),
        conflicting=False,
        branch=tale.branch,
        said=(),
        seen=(),
    )


def read(github: LocalGitHub, full_name: str, wishes: WishBook) -> Ending:
    found = github.repository(full_name)
    comments = [comment for issue in found.issues.values() for comment in issue.comments]
    asked = [comment for comment in comments if comment.app is None]
    pulls = [pull for pull in found.pulls.values() if pull.head in OWN_BRANCHES]
    kept = [one for one in wishes.of(RepoId(found.id)).all if one.wish in _KEPT]
    return Ending(
        ends=tuple(state(pull) for pull in pulls),
        wishes=tuple((one.wish.value, one.value) for one in kept),
        bases=frozenset(pull.base for pull in pulls if pull.issue.open),
        conflicting=any(conflicts(found, pull) for pull in pulls if pull.issue.open),
        branch=_branch(found),
        said=tuple(comment.body for comment in comments if comment.app is not None),
        seen=tuple(sum(one.content == "eyes" for one in comment.reactions) for comment in asked),
    )


def _branch(found: Repository) -> str | None:
    head = found.branch(BRANCH)
    if head is None:
        return None
    return "ours" if b"Pubflow-Plan: " in found.store.read(head, Kind.COMMIT) else "theirs"


def differences(tale: Tale, found: Ending) -> list[str]:
    """What is not as it should be; nothing if all is."""
    whole = wanted(tale)
    wrong = [
        f"{name} {getattr(found, name)} and not {getattr(whole, name)}"
        for name in ("ends", "wishes", "bases", "conflicting", "branch")
        if getattr(found, name) != getattr(whole, name)
    ]
    if len(found.said) != len(tale.said) or any(
        words not in text for words, text in zip(tale.said, found.said, strict=True)
    ):
        wrong.append(f"said {[text[:80] for text in found.said]}")
    if any("Working on it" in text for text in found.said):
        wrong.append("left a comment that it works on it")
    if set(found.seen) - {1}:
        wrong.append(f"seen {found.seen}")
    return wrong
