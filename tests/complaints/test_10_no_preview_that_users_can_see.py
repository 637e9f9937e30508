"""No dry run, or one that only the operator sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Mode
from tests.cli.running import here
from tests.jobs.conftest import PACKAGE, Telling


async def test_a_site_that_observes_says_what_it_would_do_and_writes_nothing(tell: Telling) -> None:
    async with tell(pubflow_mode=Mode.OBSERVE) as story:
        story.package("anvil")
        await story.install()
        assert (
            story.outcome("anvil") == "would open “Publish to PyPI with Trusted Publishing” (this site only observes)"
        )
        wrote = {one.path for one in story.github.recorder.exchanges if one.method != "GET" and one.status < 300}
        assert {path.rpartition("/")[2] for path in wrote} <= {"graphql", "access_tokens"}
        assert story.pulls("anvil") == []


@pytest.mark.parametrize("verb", ["check", "fix"])
def test_anybody_sees_the_pull_request_before_there_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(PACKAGE.format(name="anvil"))
    before = sorted(tmp_path.rglob("*"))
    shown = here(capsys, verb, tmp_path, "--offline")
    assert shown.code == 1
    assert "publish-to-pypi.yml" in shown.out
    assert sorted(tmp_path.rglob("*")) == before, "nothing was written"
