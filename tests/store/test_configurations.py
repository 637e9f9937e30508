"""What is kept of configuration files, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.model import InstallationId, RepoId, SharedFile, Unread
from bot.store.configurations import Around, Configurations, Configured, LastRead
from bot.store.oblivion import Oblivion

REPO, OTHER, HERE, THERE = RepoId(1), RepoId(2), InstallationId(5), InstallationId(6)


def test_what_was_put_is_there_and_nothing_leaves_nothing(engine: sa.Engine) -> None:
    kept = Configurations(engine)
    assert kept.get(REPO) == Configured()
    for now in (Configured(text="a: 1"), Configured(text="a: 2", marked="f" * 40), Configured()):
        kept.put(REPO, HERE, now)
        kept.put(REPO, HERE, now)
        assert kept.get(REPO) == now
        assert kept.of_all([REPO, OTHER]) == {REPO: now, OTHER: Configured()}
    assert kept.get(OTHER) == Configured()
    assert kept.of_all([]) == {}


@pytest.mark.parametrize(
    "file", [None, SharedFile(repo=REPO, text="a: 1"), SharedFile(repo=REPO, text=Unread.TOO_LARGE)]
)
def test_the_account_s_own_file_is_known_with_the_time_of_its_reading(
    engine: sa.Engine, file: SharedFile | None
) -> None:
    kept = Configurations(engine)
    assert kept.shared("octo-org") is None
    kept.put_shared("Octo-Org", HERE, SharedFile(repo=OTHER, text=""), 1.0)
    kept.put_shared("octo-org", HERE, file, 2.0)
    assert kept.shared("OCTO-org") == LastRead(file=file, read_at=2.0)
    assert kept.shared("octo") is None


def test_what_is_forgotten_is_gone_and_others_stay(engine: sa.Engine) -> None:
    kept = Configurations(engine)
    for repo, installation in ((REPO, HERE), (OTHER, THERE)):
        kept.put(repo, installation, Configured(text="a: 1"))
        kept.put_shared(f"account-{repo}", installation, None, 1.0)
    Oblivion(engine).installation(HERE)
    assert (kept.get(REPO), kept.shared("account-1")) == (Configured(), None)
    assert kept.get(OTHER) == Configured(text="a: 1")
    assert kept.shared("account-2") is not None
    Oblivion(engine).repositories([OTHER])
    assert kept.get(OTHER) == Configured()


def test_all_that_a_decision_needs_comes_in_one_look(engine: sa.Engine) -> None:
    kept = Configurations(engine)
    assert kept.around(REPO, "octo-org") == Around(own=None, shared=None, organisation=None)
    file = SharedFile(repo=OTHER, text="broken: [")
    kept.put_shared("octo-org", HERE, file, 2.0)
    kept.put(OTHER, HERE, Configured(text="labels: [ci]"))
    kept.put(REPO, HERE, Configured(text="add: true", marked="f" * 40))
    read = LastRead(file=file, read_at=2.0)
    assert kept.around(REPO, "Octo-Org") == Around(own="add: true", shared=read, organisation="labels: [ci]")
    assert kept.around(RepoId(9), "octo-org") == Around(own=None, shared=read, organisation="labels: [ci]")
