"""Writes the pages and files that are made from tables in the code; `tests/test_docs.py` sees that none is stale.

Run `python docs/generate.py` after changing `bot/features.py`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import features

ROOT = Path(__file__).resolve().parent.parent


def texts() -> Mapping[str, str]:
    """Path in the repository -> what must stand there."""
    return {"docs/permissions.md": _permissions(), "deploy/app-manifest.json": _manifest()}


def main() -> int:
    """Write them all."""
    for name, text in texts().items():
        (ROOT / name).write_text(text, "utf-8")
        sys.stderr.write(f"wrote {name}\n")
    return 0


def _manifest() -> str:
    manifest = features.manifest(
        name="pubflow",
        url="https://pypi.org/project/pubflow/",
        hook_url="https://pubflow.example.org/webhook",
        redirect_url="https://pubflow.example.org/setup",
    )
    return json.dumps(manifest, indent=2) + "\n"


def _permissions() -> str:
    rows = [
        "| " + " | ".join((item.name, _names(item.permissions), _events(item.events), item.why, item.lost)) + " |"
        for item in features.FEATURES
    ]
    asked = "\n".join(f"- `{name}`: {level}" for name, level in features.permissions().items())
    return f"""# Permissions and events

<!-- Made by docs/generate.py from bot/features.py; edit those. -->

pubflow asks for nothing that a feature of today does not need. Reading uses tokens that can only read; a token that can
write is made for one repository, to carry out one plan, and is never used for anything else.

| To | it needs | and listens to | because | without it |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

All in all the App asks for:

{asked}

and subscribes to {_events(features.events())}. GitHub sends every App {_events(features.ALWAYS_DELIVERED)} besides.

[`deploy/app-manifest.json`](../deploy/app-manifest.json) is the same as an
[App manifest](https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest): put your
own address into it.
"""


def _names(permissions: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}`: {level}" for name, level in permissions.items()) or "—"


def _events(events: tuple[str, ...]) -> str:
    return ", ".join(f"`{event}`" for event in events) or "—"


if __name__ == "__main__":
    sys.exit(main())
