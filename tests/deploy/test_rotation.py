"""The webhook's secret is changed as the documentation says, and no delivery is refused in between."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.cli.running import command, environment
from tests.cli.site import site
from tests.judges import Judge


async def test_both_secrets_are_good_until_the_old_one_is_unset(tmp_path: Path, judge: Judge) -> None:
    async with site(tmp_path, judge) as it:
        app, old, new = it.credentials.app, it.credentials.webhook_secret, "another long and random secret"
        told: list[tuple[str, int]] = []
        for step, given in (
            ("both are set", {"WEBHOOK_SECRET": new, "WEBHOOK_SECRET_PREVIOUS": old}),
            ("the old one is unset", {"WEBHOOK_SECRET": new}),
        ):
            process = await asyncio.create_subprocess_exec(
                *command("serve"), env=environment(**it.variables | given), cwd=tmp_path, stderr=PIPE
            )
            assert process.stderr is not None
            while b"listening" not in (line := await process.stderr.readline()):
                assert line, "it ended before it listened"
            for secret in (old, new):
                app.hook.secret = secret
                it.github.set_hook(app, f"http://127.0.0.1:{it.variables['PORT']}/webhook")
                await it.github.delivered()
                told.append((step, it.github.deliveries()[-1].status_code))
            process.terminate()
            await process.communicate()
    assert told == [
        ("both are set", 204),
        ("both are set", 204),
        ("the old one is unset", 401),
        ("the old one is unset", 204),
    ]
