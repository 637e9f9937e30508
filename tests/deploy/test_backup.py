"""A copy of the database that was made while everything runs is a site like the first one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.demo.samples import samples
from bot.demo.stage import stage
from bot.queue import Queue
from bot.store import make_engine, migrate
from bot.store.repositories import Repositories


async def test_a_backup_of_a_running_site_can_be_restored(tmp_path: Path) -> None:
    copy = tmp_path / "restored" / "pubflow.sqlite3"
    copy.parent.mkdir()
    async with stage(
        tmp_path / "home", cast=lambda url: tuple(each for each in samples(url) if each.name == "anvil")
    ) as it:
        [result] = await it.play(lambda _text: None)
        source, target = sqlite3.connect(it.settings.pubflow_home / "pubflow.sqlite3"), sqlite3.connect(copy)
        source.backup(target)  # what the shell's `.backup` calls: https://sqlite.org/backup.html
        source.close()
        target.close()
    engine = make_engine(f"sqlite:///{copy}")
    migrate(engine)
    queue = Queue(engine, copy.parent)
    await queue.open()
    try:
        assert (await queue.depth()).idle
        assert result.seen is not None
        seen = Repositories(engine).get(result.seen.repo_id)
        assert seen == result.seen
    finally:
        await queue.stop()
        engine.dispose()
