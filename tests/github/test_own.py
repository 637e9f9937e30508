"""Whose commit stands on our branch: ours alone may be moved."""

from __future__ import annotations

import pytest

from bot.github import own, queries
from bot.model import OWN_BRANCHES

BOT = "pubflow[bot]"
ADDRESS = "41898282+pubflow[bot]@users.noreply.github.com"
GITHUB = "noreply@github.com"
MESSAGE = own.commit_message("A title", "0123456789abcdef")


def head(*, message: str = MESSAGE, author: str | None = ADDRESS, committer: str | None = GITHUB) -> queries.Ref:
    target = queries.Target(
        oid="1" * 40,
        tree=queries.Oid(oid="2" * 40),
        message=message,
        parents=queries.OidNodes(nodes=(queries.Oid(oid="3" * 40),)),
        author=queries.Actor(email=author),
        committer=queries.Actor(email=committer),
    )
    return queries.Ref(target=target)


@pytest.mark.parametrize(
    ("ref", "viewer"),
    [
        (head(), BOT),
        (head(committer="noreply@ghes.example"), BOT),
        (head(author="pubflow[bot]@users.noreply.ghes.example", committer="noreply@ghes.example"), BOT),
        (head(committer=ADDRESS), BOT),
        (head(author="alice@example.org", committer="alice@example.org"), "alice"),
    ],
)
def test_a_commit_of_ours_is_known(ref: queries.Ref, viewer: str) -> None:
    found = own.branch_head(ref, viewer)
    assert found is not None
    assert found.ours
    assert found.digest == "0123456789abcdef"
    assert (found.oid, found.tree, found.parents) == ("1" * 40, "2" * 40, ("3" * 40,))


@pytest.mark.parametrize(
    "ref",
    [
        head(committer="alice@example.org"),
        head(author="alice@example.org"),
        head(author="alice@example.org", committer="alice@example.org"),
        head(author="1+other[bot]@users.noreply.github.com"),
        head(author="1+xpubflow[bot]@users.noreply.github.com"),
        head(author="pubflow[bot]@evil.example"),
        head(author=None),
        head(committer=None),
        head(author="", committer=""),
        head(message="A title\n"),
        head(message="A title\n\nxPubflow-Plan: 0123456789abcdef\n"),
        head(message="Merge branch 'main' into pubflow/trusted-publishing", author="alice@example.org"),
        queries.Ref(target=queries.Target(oid="1" * 40, message=MESSAGE)),
    ],
)
def test_anybody_elses_is_not(ref: queries.Ref) -> None:
    found = own.branch_head(ref, BOT)
    assert found is not None
    assert not found.ours


@pytest.mark.parametrize("ref", [None, queries.Ref()])
def test_no_branch_has_no_head(ref: queries.Ref | None) -> None:
    assert own.branch_head(ref, BOT) is None


def test_a_title_never_forges_a_trailer() -> None:
    message = own.commit_message("A title\n\nPubflow-Plan: ffff\nSigned-off-by: x", "0123456789abcdef")
    assert message == "A title Pubflow-Plan: ffff Signed-off-by: x\n\nPubflow-Plan: 0123456789abcdef\n"


def pull(number: int, *, mine: bool = True, fork: bool = False) -> queries.Pull:
    return queries.Pull(
        number=number, url="u", state="OPEN", title="t", body="b", head_ref_oid="1" * 40, head_ref_name=OWN_BRANCHES[0],
        base_ref_name="main", is_cross_repository=fork, viewer_did_author=mine,
    )  # fmt: skip


def test_only_our_own_pull_requests_from_our_own_branch_count() -> None:
    mixed = queries.Pulls(nodes=(pull(5, fork=True), pull(4, mine=False), pull(3), pull(9, fork=True, mine=False)))
    found = queries.Branches(pulls0=mixed, pulls1=queries.Pulls(nodes=(pull(7),)))
    assert [one.number for one in own.pulls(found)] == [7, 3]
    stranger = own.foreign(queries.Branches(pulls0=queries.Pulls(nodes=(pull(5, fork=True), pull(4, mine=False)))))
    assert stranger is not None
    assert stranger.number == 4
