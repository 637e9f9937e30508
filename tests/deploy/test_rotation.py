"""The webhook's secret is changed as the documentation says, and no delivery is refused in between."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import running
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
            async with running(tmp_path, "serve", **it.variables | given) as serving:
                await serving.until("listening")
                for secret in (old, new):
                    app.hook.secret = secret
                    it.github.set_hook(app, f"http://127.0.0.1:{it.variables['PORT']}/webhook")
                    await it.github.delivered()
                    told.append((step, it.github.deliveries()[-1].status_code))
                serving.process.terminate()
                await serving.ended()
    assert told == [
        ("both are set", 204),
        ("both are set", 204),
        ("the old one is unset", 401),
        ("the old one is unset", 204),
    ]
