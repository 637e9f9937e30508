"""`pubflow demo`, as somebody who has never seen pubflow would run it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp

from tests.cli.running import beside, command, environment

FOREIGN = {"APP_ID": "1", "PRIVATE_KEY": "nonsense", "ALLOWED_ACCOUNTS": "nobody"}
"""What may be set on the machine for another bot, and must not leak into the demonstration."""
DOTENV = "PUBFLOW_MODE=observe\nDATABASE_URL=postgresql://nowhere.invalid/x\n"


def test_the_demonstration_ends_as_every_sample_says_it_should_whatever_is_set_on_the_machine(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(DOTENV)
    ended = beside(tmp_path, "demo", "--once", "--format", "json", **FOREIGN)
    told = json.loads(ended.out)
    surprises = {one["repository"]: one["outcome"] for one in told["repositories"] if not one["as_expected"]}
    assert (ended.code, surprises) == (0, {})
    assert len(told["repositories"]) >= 10
    assert [leg["state"] for leg in told["journey"]["legs"]] == [
        "proposed",
        "merged",
        "merged",
        "token to be revoked",
        "secret to be deleted",
        "done",
    ]
    assert told["journey"]["files"] == [f"sample_trammel-{version}-py3-none-any.whl" for version in ("1.0", "1.2")]
    assert "a pypiserver on http://127.0.0.1:" in ended.err
    pulls = [one["pull_request"] for one in told["repositories"] if one["pull_request"]]
    assert {pull["branch"] for pull in pulls} == {"pubflow/trusted-publishing", "pubflow/actions"}
    assert {re.sub(r"Raise \d+", "Raise some", pull["title"]) for pull in pulls} == {
        "Publish to PyPI with Trusted Publishing",
        "Register first: Publish to PyPI with Trusted Publishing",
        "Publish to PyPI without a stored token",
        "Raise some actions",
        "Publish 2 packages to PyPI with Trusted Publishing",
    }
    talk = told["conversation"]
    assert (talk["comment"], talk["seen"]) == ("/pubflow status", True)
    assert "**" in talk["answer"]
    for pull in pulls:
        assert len(pull["changes"]) == (2 if "2 packages" in pull["title"] else 1)
        for change in pull["changes"]:
            name = change["file"]
            before = "/dev/null" if name.endswith("-to-pypi.yml") else f"a/{name}"
            assert change["diff"].startswith(f"--- {before}\n+++ b/{name}\n@@ ")
            assert all(line.startswith(("+", "-", "@", " ")) for line in change["diff"].splitlines())


async def test_told_in_words_and_without_once_everything_stays_up_until_a_signal(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(DOTENV)
    process = await asyncio.create_subprocess_exec(
        *command("demo", "--quiet"), env=environment(**FOREIGN), cwd=tmp_path, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    line = bot = told = b""
    while b"The dashboard:" not in line:
        bot = line
        line = await process.stdout.readline()
        assert line, "it ended by itself"
        told += line
    assert b"forge-samples/anvil #1 (draft)" in told
    assert b"nothing to do: every upload is trusted already" in told
    assert b"\x1b[" not in told, "colours are for terminals"
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"User-Agent": "tests"}) as session:
        async with session.get(bot.split()[-1].decode() + "/readyz") as response:
            assert response.status == 200
        async with session.get(line.split()[-1].decode()) as response:
            assert (response.status, "sam-maintainer" in await response.text()) == (200, True)
    process.send_signal(signal.SIGINT)
    _, complaints = await process.communicate()
    assert (process.returncode, b"Traceback" in complaints) == (0, False)
