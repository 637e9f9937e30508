"""A repository as a snapshot: in how many requests, and what of large, strange and hostile files comes through."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.errors import ConfigurationError, Gone
from bot.github import Token
from bot.model import (
    ACTIONS_BRANCH,
    TRUSTED_PUBLISHING_BRANCH,
    EntryKind,
    NodeId,
    PullState,
    RepoId,
    RepoRef,
    Sha,
    Visibility,
)
from tests.github.scripted import Connect, Nothing
from tests.github.stage import FILES, Stage, door, planned

NO_COMMIT = Sha("0" * 40)


# ---------------------------------------------------------------- ordinary repositories


async def test_an_ordinary_repository_takes_four_requests_at_most(stage: Stage) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./scripts/release.sh\n"
    stage.hub.push("acme/tool", {".github/workflows/release.yml": text, "scripts/release.sh": "twine upload dist/*\n"})
    stage.mark()
    snapshot = await stage.read()
    methods = [(one.method, one.status) for one in stage.asked()]
    assert methods == [("POST", 200), ("GET", 200), ("POST", 200), ("POST", 200)]
    assert snapshot.repo.ref == stage.ref()
    assert snapshot.repo.visibility is Visibility.PUBLIC
    assert snapshot.repo.default_branch == "main"
    assert snapshot.head == stage.hub.repository("acme/tool").head
    assert snapshot.files["scripts/release.sh"] == "twine upload dist/*\n"
    assert snapshot.files["pyproject.toml"] == FILES["pyproject.toml"]
    assert snapshot.complete
    assert not (snapshot.unread)
    assert not (snapshot.branches)
    assert not (snapshot.heads)
    assert not (snapshot.pulls)
    assert snapshot.tree["tool"].kind is EntryKind.TREE
    assert snapshot.tree["tool/__init__.py"].size == 0


@pytest.mark.parametrize(("paths", "more", "requests"), [((), (), 2), (("README.md",), (), 3), ((), ("README.md",), 3)])
async def test_what_nobody_asks_for_costs_nothing(
    stage: Stage, connect: Connect, paths: tuple[str, ...], more: tuple[str, ...], requests: int
) -> None:
    narrowed = door(stage, connect, *paths, more=more)
    narrowed.mark()
    snapshot = await narrowed.read()
    assert len(narrowed.asked()) == requests
    assert set(snapshot.files) == {*paths, *more}


async def test_ten_repositories_take_one_token(stage: Stage) -> None:
    for _ in range(10):
        await stage.read()
    minted = stage.hub.recorder.asked("POST", "/access_tokens")
    assert len(minted) == 1
    assert [token.permissions for token in stage.hub.site.tokens.minted()] == [
        {"contents": "read", "metadata": "read", "pull_requests": "read"}
    ]


async def test_two_files_with_one_content_are_both_read(stage: Stage, connect: Connect) -> None:
    stage.hub.push("acme/tool", {"a.txt": "same", "b.txt": "same"})
    snapshot = await door(stage, connect, "a.txt", "b.txt").read()
    assert snapshot.files == {"a.txt": "same", "b.txt": "same"}


@pytest.mark.parametrize("visibility", ["public", "private", "internal"])
async def test_its_visibility_is_told(stage: Stage, visibility: str) -> None:
    stage.hub.repository("acme/tool").visibility = visibility  # type: ignore[assignment]  # names of the table above
    assert (await stage.read()).repo.visibility == visibility


async def test_an_enterprise_server_is_read_the_same_way(enterprise: Stage) -> None:
    assert "/api/v3" in enterprise.hub.url
    snapshot = await enterprise.read()
    assert snapshot.files["pyproject.toml"] == FILES["pyproject.toml"]


# ---------------------------------------------------------------- repositories that need no reading


@pytest.mark.parametrize("flag", ["archived", "fork", "template"])
async def test_a_repository_that_is_passed_over_takes_one_request(stage: Stage, flag: str) -> None:
    setattr(stage.hub.repository("acme/tool"), flag, True)
    stage.mark()
    snapshot = await stage.read()
    assert len(stage.asked()) == 1
    assert getattr(snapshot.repo, flag)
    assert not (snapshot.tree)
    assert not (snapshot.files)
    assert not snapshot.complete


async def test_an_empty_repository_is_a_value(stage: Stage) -> None:
    stage.hub.create_repository("acme/empty")
    stage.mark()
    snapshot = await stage.read("acme/empty")
    assert len(stage.asked()) == 1
    assert snapshot.repo.default_branch is None
    assert snapshot.head == NO_COMMIT
    assert snapshot.tree == {}
    assert snapshot.complete


async def test_a_repository_emptied_of_files_is_a_value(stage: Stage) -> None:
    stage.hub.push("acme/tool", dict.fromkeys(FILES))
    snapshot = await stage.read()
    assert snapshot.tree == {}
    assert snapshot.complete


# ---------------------------------------------------------------- which repository


async def test_the_node_id_survives_a_rename_and_a_reused_name(stage: Stage) -> None:
    ref = stage.ref()
    stage.hub.rename_repository("acme/tool", "gadget")
    stage.hub.create_repository("acme/tool", {"other.txt": ""})
    snapshot = await stage.door.read(stage.installation, ref)
    assert snapshot.repo.ref == replace(ref, name="gadget")
    assert "pyproject.toml" in snapshot.tree


async def test_without_a_node_id_the_name_will_do(stage: Stage) -> None:
    ref = RepoRef(id=RepoId(0), node_id=NodeId(""), owner="ACME", name="TOOL")
    assert (await stage.door.read(stage.installation, ref)).repo.ref == stage.ref()


async def test_but_not_for_another_repository(stage: Stage) -> None:
    ref = RepoRef(id=RepoId(99), node_id=NodeId(""), owner="acme", name="tool")
    with pytest.raises(Gone, match="another repository"):
        await stage.door.read(stage.installation, ref)


@pytest.mark.parametrize(
    "event", ["deleted", "disabled", "private and not covered", "suspended", "uninstalled", "transferred"]
)
@pytest.mark.parametrize("token", ["fresh", "kept"])
async def test_what_is_no_longer_ours_is_gone(stage: Stage, event: str, token: str) -> None:
    ref = stage.ref()
    stage.hub.create_user("mallory")
    if token == "kept":
        await stage.read()
    match event:
        case "deleted":
            stage.hub.delete_repository("acme/tool")
        case "disabled":
            stage.hub.repository("acme/tool").disabled = True
        case "private and not covered":
            stage.hub.create_repository("acme/other", {})
            stage.hub.privatize_repository("acme/tool")
            stage.hub.remove_repositories(stage.installed, ["tool"])
        case "suspended":
            stage.hub.suspend(stage.installed)
        case "uninstalled":
            stage.hub.uninstall(stage.installed)
        case _:
            stage.hub.privatize_repository("acme/tool")
            stage.hub.transfer_repository("acme/tool", "mallory")
    with pytest.raises(Gone):
        await stage.door.read(stage.installation, ref)


async def test_a_plain_token_reads_too(stage: Stage, connect: Connect) -> None:
    github = connect(stage.hub.url, Token(stage.hub.personal_token("alice")), interest=Nothing())
    snapshot = await github.read(stage.installation, stage.ref())
    assert snapshot.head == stage.hub.repository("acme/tool").head
    assert stage.hub.recorder.asked("POST", "/access_tokens") == []


async def test_a_wrong_plain_token_is_said(stage: Stage, connect: Connect) -> None:
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN"):
        await connect(stage.hub.url, Token("ghp_wrong")).read(stage.installation, stage.ref())


# ---------------------------------------------------------------- what is ours


async def test_our_branches_and_pull_requests_are_told(stage: Stage) -> None:
    made = await stage.propose(first := await stage.read(), planned(first))
    stage.hub.push("acme/tool", {"x": "y"}, branch=ACTIONS_BRANCH)
    snapshot = await stage.read()
    ours, theirs = snapshot.heads[TRUSTED_PUBLISHING_BRANCH], snapshot.heads[ACTIONS_BRANCH]
    assert snapshot.branches == {TRUSTED_PUBLISHING_BRANCH: ours.oid, ACTIONS_BRANCH: theirs.oid}
    assert ours.ours
    assert ours.parents == (first.head,)
    assert ours.digest == planned(first).digest
    assert not theirs.ours
    assert theirs.digest is None
    [pull] = snapshot.pulls
    assert (pull.number, pull.url, pull.branch) == (made.number, made.url, TRUSTED_PUBLISHING_BRANCH)
    assert (pull.state, pull.base, pull.head, pull.labels) == (PullState.OPEN, "main", ours.oid, ("pubflow",))
    assert pull.body == planned(first).body


async def test_a_closed_and_a_merged_pull_request_are_told_newest_first(stage: Stage) -> None:
    first = await stage.read()
    one = await stage.propose(first, planned(first))
    stage.hub.close_pull("acme/tool", one.number)
    second = await stage.read()
    two = await stage.propose(second, planned(second, "on: push\n"))
    stage.hub.merge_pull("acme/tool", two.number)
    found = (await stage.read()).pulls
    assert [(pull.number, pull.state) for pull in found] == [
        (two.number, PullState.MERGED),
        (one.number, PullState.CLOSED),
    ]


async def test_a_persons_pull_request_from_our_branch_is_not_ours(stage: Stage) -> None:
    stage.hub.push("acme/tool", {"x": "y"}, branch=ACTIONS_BRANCH)
    stage.hub.open_pull("acme/tool", head=ACTIONS_BRANCH, title="mine", by="alice")
    snapshot = await stage.read()
    assert snapshot.pulls == ()
    assert not snapshot.heads[ACTIONS_BRANCH].ours
