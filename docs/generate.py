"""Writes the pages and files that are made from tables in the code; `tests/test_docs.py` sees that none is stale.

Run `python docs/generate.py` after changing `bot/features.py`, `bot/config/models.py`, `bot/commands` or
`bot/lifecycle.py`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import features
from bot.commands import BOXES, overview
from bot.config import ORGANISATION_ONLY
from bot.config.reference import settings
from bot.config.schema import schema
from bot.lifecycle import LIFECYCLE, OBSTACLES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from picture import picture  # noqa: E402 - a neighbour, not a package


def texts() -> Mapping[str, str]:
    """Path in the repository -> what must stand there."""
    return {
        "docs/permissions.md": _permissions(),
        "deploy/app-manifest.json": _manifest(),
        "docs/configuration.md": _configuration(),
        "docs/commands.md": _commands(),
        "docs/lifecycle.md": _lifecycle(),
        "templates/schema/pubflow.json": schema(),
        "docs/images/pull-request.svg": picture(),
    }


def main() -> int:
    """Write them all."""
    for name, text in texts().items():
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(text, "utf-8")
        sys.stderr.write(f"wrote {name}\n")
    return 0


def _manifest() -> str:
    manifest = features.manifest(
        name="pubflow",
        url="https://pypi.org/project/pubflow/",
        base="https://pubflow.example.org",
    )
    return json.dumps(manifest, indent=2) + "\n"


def _commands() -> str:
    boxes = "\n".join(f"- *{box.value}* is `/pubflow {verb}`." for box, verb in BOXES.items())
    return f"""# Commands

<!-- Made by docs/generate.py from bot/commands; edit those. -->

Write one at the start of a line of a new comment, on any issue or pull request of the repository:

```
/pubflow update
```

{overview()}

- Case does not matter. There may be several in a comment: they are carried out in order and answered in one comment.
- Quotations, code, lists, tables and hidden text are not heard, nor are edited comments, nor bots, nor what is written
  to a line of a diff or with a review: commands stand in the conversation, where their answer stands too.
- pubflow reacts with 👀 when it has seen a command, and with 😕 to what it does not understand or somebody may not ask
  for. Every command has an end: it is done, refused, or failed, and the answer says which and why.
- What somebody may do is asked of GitHub at that moment. The organisation can ask for more or less of each command,
  with `commands` in [its configuration](configuration.md); a repository cannot.
- What is ignored, pinned or registered by a command is kept by pubflow; `/pubflow status` shows it, and the pull
  request says who asked for it and how it is taken back.

## Checkboxes

The boxes in pubflow's pull requests and comments are commands too, for people who may give them:

{boxes}

A box is empty again when it was answered; *registered* stays ticked, and emptying it takes it back. A tick by somebody
who may not ask for it is answered, and the box emptied.
"""


def _lifecycle() -> str:
    rows = "\n".join(f"| {row.name} | {_capital(row.when)} | {row.action.value} | {row.then} |" for row in LIFECYCLE)
    obstacles = "\n".join(f"| {_capital(one.when)} | {one.then} |" for one in OBSTACLES)
    return f"""# A pull request's life

<!-- Made by docs/generate.py from bot/lifecycle.py; edit that. -->

pubflow has two branches in a repository at most, `pubflow/actions` and `pubflow/trusted-publishing`, each with one pull
request. At every scan each of them is looked at. The first row that holds says what is done:

| | When | pubflow does | What you see |
| --- | --- | --- | --- |
{rows}

Looking at it twice is looking at it once: the rows ask only for what stands on GitHub and for what people wished, so a
restart, a delivery that came twice or a lost database lead to the same.

## What can stand in the way

| When | What happens, and where it is said |
| --- | --- |
{obstacles}

Commits are made through GitHub's API without naming an author, so GitHub signs them; a branch is moved only if it still
is where it was when it was read.
"""


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _configuration() -> str:
    return f"""# Configuration

<!-- Made by docs/generate.py from bot/config/models.py; edit those. -->

pubflow works without any configuration. What you want otherwise stands in `.github/pubflow.yml` on the default branch:

```yaml
schema: 1
labels: [dependencies]
bump:
  cooldown: 14
ignore:
  files: [.github/workflows/nightly.yml]
```

**For a whole organisation** (or all repositories of a user) put the same file into the account's repository `.github`.
A repository's own file is laid over it, key by key; a list replaces the other list. Both are read from default
branches alone, so a pull request changes nothing until it is merged. {_alone()} have an effect in the organisation's
file alone: no repository gives itself more.

**A mistake stops nothing.** On a branch, a file is checked as soon as it is pushed. On the default branch, one that
cannot be understood gets a failed check `pubflow` on the commit that broke it, with line, column and the nearest
setting that there is, and the last file that could be understood stays in force. Only where there was none before,
nothing is proposed until the file is mended: who tries to switch pubflow off is not to be overruled because of a
typing error. `pubflow config validate` says the same on your machine:

```
$ pubflow config validate
.github/pubflow.yml:1:1: there is no setting `enabeld`; did you mean `enabled`?
```

**Editors** that speak to a YAML language server complete and check the file when its first line names the
[JSON Schema](https://json-schema.org/). Each site serves it, and `pubflow config schema` prints it:

```yaml
# yaml-language-server: $schema=https://pubflow.example.org/schema/pubflow.json
```

`pubflow config show` prints the settings in force, defaults filled in, with the file that says each: this repository's,
or the organisation's, which is asked for where `GITHUB_TOKEN` or the App's variables are in the environment.

## Settings

{settings().rstrip()}
"""


def _alone() -> str:
    *others, last = (f"`{name}`" for name in ORGANISATION_ONLY)
    return f"{', '.join(others)} and {last}"


def _permissions() -> str:
    rows = [
        "| " + " | ".join((item.name, _names(item.permissions), _events(item.events), item.why, item.lost)) + " |"
        for item in features.ASKED
    ]
    unasked = "\n".join(
        f"- {_names(item.permissions)}, to {item.name}: {item.why}; without it, {item.lost}"
        for item in features.FEATURES
        if item.unasked
    )
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

Never asked for, because it opens far more than pubflow needs, and used to read where you grant it all the same (in the
App's settings, then in those of the installation):

{unasked}

[`deploy/app-manifest.json`](https://github.com/pubflow/pubflow/blob/main/deploy/app-manifest.json) is the same as an
[App manifest](https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest): put your
own address into it.
"""


def _names(permissions: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}`: {level}" for name, level in permissions.items()) or "—"


def _events(events: tuple[str, ...]) -> str:
    return ", ".join(f"`{event}`" for event in events) or "—"


if __name__ == "__main__":
    sys.exit(main())
