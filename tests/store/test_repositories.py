"""What is remembered of repositories."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import sqlalchemy as sa

from bot.model import InstallationId, NodeId, RepoId, Sha, Status
from bot.store.repositories import Repositories, Seen

NOW = 1_800_000_000.0


def seen(number: int, *, installation: int = 1, watched: tuple[str, ...] = ()) -> Seen:
    return Seen(
        repo_id=RepoId(number),
        node_id=NodeId(f"R_{number}"),
        installation=InstallationId(installation),
        full_name=f"acme/Widget{number}",
        head=Sha("a" * 40),
        status=Status.MISSING,
        outcome="a pull request was opened",
        watched=frozenset(watched),
        updated_at=NOW,
    )


def test_what_was_seen_last_is_what_is_known(engine: sa.Engine) -> None:
    known = Repositories(engine)
    first = seen(1, watched=("docs/release.sh", "é/ü.toml"))
    known.upsert(first)
    assert known.get(RepoId(1)) == first
    second = replace(first, full_name="acme/renamed", head=None, status=None, outcome=None, updated_at=NOW + 1)
    known.upsert(second)
    assert known.get(RepoId(1)) == second
    assert known.get(RepoId(2)) is None


def test_repositories_are_listed_by_name_and_by_installation(engine: sa.Engine) -> None:
    known = Repositories(engine)
    for number, installation in ((3, 1), (1, 2), (2, 1)):
        known.upsert(seen(number, installation=installation))
    assert [one.repo_id for one in known.listed()] == [1, 2, 3]
    assert [one.repo_id for one in known.listed(InstallationId(1))] == [2, 3]
    assert known.listed(InstallationId(9)) == []


def test_what_is_forgotten_is_gone_until_it_is_seen_again(engine: sa.Engine) -> None:
    known = Repositories(engine)
    for number in (1, 2, 3):
        known.upsert(seen(number, installation=number % 2))
    assert known.forget(RepoId(2), NOW)
    assert not known.forget(RepoId(2), NOW)
    assert not known.forget(RepoId(9), NOW)
    assert known.forget_installation(InstallationId(1), NOW) == 2
    assert known.listed() == []
    known.upsert(seen(2))
    assert [one.repo_id for one in known.listed()] == [2]


def test_a_reader_is_told_what_changed_since_it_last_asked(engine: sa.Engine) -> None:
    known = Repositories(engine)
    assert known.watched_since(0).paths == {}
    known.upsert(seen(1, watched=("a",)))
    known.upsert(seen(2, watched=("b", "c")))
    first = known.watched_since(0)
    assert first.paths == {RepoId(1): frozenset("a"), RepoId(2): frozenset("bc")}
    assert known.watched_since(first.seq).paths == {}
    assert known.watched_since(first.seq).seq == first.seq
    known.upsert(seen(2, watched=()))
    known.forget(RepoId(1), NOW)
    assert known.watched_since(first.seq).paths == {1: None, 2: frozenset()}


def test_what_an_older_version_noted_is_not_taken_for_all_that_publishes(engine: sa.Engine) -> None:
    known = Repositories(engine)
    known.upsert(replace(seen(1, watched=("a",)), status=Status.TRUSTED))
    known.upsert(replace(seen(2, watched=(".github/workflows/x.yml",)), status=Status.TRUSTED))
    known.upsert(replace(seen(3), status=Status.NOT_A_PACKAGE))
    assert known.watched_since(0).paths == {1: None, 2: frozenset({".github/workflows/x.yml"}), 3: frozenset()}


def test_old_tombstones_go_and_no_number_is_used_twice(engine: sa.Engine) -> None:
    known = Repositories(engine)
    known.upsert(seen(1, watched=("a",)))
    known.forget(RepoId(1), NOW)
    at = known.watched_since(0).seq
    known.forget(RepoId(99), NOW + 8 * 86400)
    known.upsert(seen(2, watched=("b",)))
    assert known.watched_since(at).paths == {RepoId(2): frozenset("b")}
    known.forget(RepoId(99), NOW + 8 * 86400)
    assert known.watched_since(0).paths == {RepoId(2): frozenset("b")}


def test_changes_made_at_once_are_all_seen_in_order(engine: sa.Engine) -> None:
    known = Repositories(engine)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: known.upsert(seen(number, watched=(str(number),))), range(40)))
    everything = known.watched_since(0)
    assert everything.seq == 40
    assert len(everything.paths) == 40
