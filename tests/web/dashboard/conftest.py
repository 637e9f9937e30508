"""One house a test; GitHub's descriptions judge every exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.github import LocalGitHub
from tests.judges import Judge
from tests.web.dashboard.house import Clock, House, house


@pytest.fixture
async def home(tmp_path: Path, judge: Judge) -> AsyncIterator[House]:
    clock = Clock()
    async with LocalGitHub(clock=clock) as github:
        judge.watch(github)
        async with house(tmp_path, github, clock) as made:
            yield made
