"""What on GitHub is ours: branch heads that this App made, pull requests that it opened. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.github.queries import Branches, Pull, Pulls, Ref, Repository, Target
from bot.model import OWN_BRANCHES, BranchHead, OwnPull, PullState, Sha

_TRAILER = re.compile(r"^Pubflow-Plan: ([0-9a-f]{1,64})$", re.MULTILINE)
_BOT = "[bot]"
_SIGNER = "noreply@"
"""GitHub signs an App's commits as `noreply@github.com` (GHES: its own host)."""


def commit_message(title: str, digest: str) -> str:
    """The plan's title, and the trailer by which we know the commit again."""
    return f"{' '.join(title.split())}\n\nPubflow-Plan: {digest}\n"


def heads(found: Branches | Repository, viewer: str) -> dict[str, BranchHead]:
    """Heads of those `OWN_BRANCHES` that exist."""
    pairs = zip(OWN_BRANCHES, (found.head0, found.head1), strict=True)
    return {branch: head for branch, ref in pairs if (head := branch_head(ref, viewer)) is not None}


def branch_head(ref: Ref | None, viewer: str) -> BranchHead | None:
    """A look at one ref; None if it does not exist."""
    if ref is None or ref.target is None:
        return None
    target = ref.target
    digest = _TRAILER.search(target.message)
    return BranchHead(
        oid=Sha(target.oid),
        tree=Sha(target.tree.oid if target.tree else ""),
        parents=tuple(Sha(parent.oid) for parent in target.parents.found),
        ours=digest is not None and _made_by(target, viewer),
        digest=digest[1] if digest else None,
    )


def pulls(found: Branches | Repository) -> tuple[OwnPull, ...]:
    """Our own pull requests, newest first."""
    own = [*_own(found.pulls0), *_own(found.pulls1)]
    return tuple(sorted(own, key=lambda pull: pull.number, reverse=True))


def foreign(found: Branches) -> Pull | None:
    """A pull request that somebody else opened from our branch."""
    return next((pull for pull in found.pulls0.found if not pull.is_cross_repository), None)


def _own(found: Pulls) -> Iterator[OwnPull]:
    for pull in found.found:
        if pull.viewer_did_author and not pull.is_cross_repository:
            yield OwnPull(
                number=pull.number,
                url=pull.url,
                branch=pull.head_ref_name,
                base=pull.base_ref_name,
                state=PullState(pull.state.lower()),
                head=Sha(pull.head_ref_oid),
                title=pull.title,
                body=pull.body,
                draft=pull.is_draft,
                conflicting=pull.mergeable == "CONFLICTING",
                labels=tuple(label.name for label in pull.labels.found) if pull.labels else (),
            )


def _made_by(commit: Target, viewer: str) -> bool:
    """Nobody amended it (that keeps message and author, not the committer), and an App's commit has its bot's address.

    A person's address can be any: who runs us with a token of their own is known by the trailer alone.
    """
    author = commit.author.email if commit.author else None
    committer = commit.committer.email if commit.committer else None
    if not author or not committer or not commit.tree:
        return False
    untouched = committer == author or committer.startswith(_SIGNER)
    return untouched and (not viewer.endswith(_BOT) or _address(viewer).match(author) is not None)


def _address(login: str) -> re.Pattern[str]:
    """https://docs.github.com/en/account-and-profile/reference/email-addresses-reference"""
    return re.compile(rf"(?:\d+\+)?{re.escape(login)}@users\.noreply\.")


def others(found: Repository) -> tuple[str, ...]:
    """The branches on which other bots raise actions, below `refs/heads/`."""
    return tuple(
        name.removeprefix("refs/heads/")
        for group in (found.dependabot, found.renovate)
        for name in (group.found if group is not None else ())
    )
