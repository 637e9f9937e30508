"""Writes `docs/bumps.md`: pubflow beside tools that do the same, on the same files with the same answers.

    python docs/bumps.py            needs the corpus beside the checkout, zizmor, node, and in .cache/rivals
                                    `npm install --prefix .cache/rivals actions-up`

Every tool edits its own copy of the publish workflows of real repositories, alone and as it comes. What they asked is
answered by `docs/rivals.py`; what they made is judged by `docs/bumps_judge.py`, which shares nothing with pubflow.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bumps_facts import facts
from bumps_judge import COLUMNS, Judged, judge
from corpus import surveys
from msgspec.structs import replace
from rivals import Served, everything, serving

from bot import bumping
from bot.bumping import Catalogue
from bot.config import Bump, Config, Scope
from bot.mending import find, mend
from bot.model import ACTIONS_BRANCH
from bot.rules import RULES
from bot.rules.rule import Context
from bot.survey import survey

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "bumps.md"
SHARED = ROOT.parent / "shared"
FACTS = SHARED / "actions.json"
ACTIONS_UP = ROOT / ".cache" / "rivals" / "node_modules" / "actions-up" / "bin" / "actions-up.js"
NOW = 1_795_000_000.0
ABOUT_ACTIONS = ("unpinned-uses", "ref-version-mismatch", "known-vulnerable-actions", "stale-action-refs")
REDIRECTED = """const real = globalThis.fetch;
globalThis.fetch = (url, options) => real(String(url).replace("https://api.github.com", process.env.LOCAL), options);
"""

Files = Mapping[str, str]


def main() -> int:
    """Run them all and write the page."""
    files = publish_workflows()
    results = asyncio.run(everybody(files))
    known = facts(FACTS)
    judged = {name: judge(files, after, known) for name, after in results.items()}
    PAGE.write_text(page(judged, len(files)), "utf-8")
    sys.stderr.write(f"wrote {PAGE}\n")
    return 0


def publish_workflows() -> Files:
    """The publish workflows of the corpus by a name of their own; each text once."""
    texts: dict[str, None] = {}
    for _, found in surveys(SHARED):
        for path in sorted({publisher.workflow for publisher in found.publishers}):
            if path in found.workflows:
                texts[found.snapshot.files[path]] = None
    return {f"{number:03d}.yml": text for number, text in enumerate(texts)}


async def everybody(files: Files) -> Mapping[str, Files]:
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder)) as served:
            return {
                "pubflow": pubflow(files),
                "actions-up": await actions_up(files, served, Path(folder) / "a"),
                "actions-up --style preserve": await actions_up(
                    files, served, Path(folder) / "b", "--style", "preserve"
                ),
                "zizmor --fix": await zizmor(files, served, Path(folder) / "c"),
            }


def pubflow(files: Files, *, also: tuple[str, ...] = ()) -> Files:
    """As `pubflow fix` with `bump.scope: all`, with nothing but its rules about actions, and those that are named."""
    wanted = (bumping.BROKEN, bumping.OUTDATED, bumping.COMMENT, *also)
    others = tuple(rule.ID for rule in RULES if rule.ID not in wanted)
    known = Catalogue(actions=everything(NOW), now=NOW)
    config = Config(bump=Bump(scope=Scope.ALL))
    config = replace(config, ignore=replace(config.ignore, rules=others))
    after = dict(files)
    for name, text in files.items():
        found = survey(alone(text))
        context = Context(survey=found, config=config, catalogue=known)
        made = mend(context, find(context)).get(ACTIONS_BRANCH)
        for change in made.changes if made is not None else ():
            after[name] = change.after or ""
    return after


def alone(text: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a snapshot of the tests' own
    """A repository that holds this workflow."""
    sys.path.insert(0, str(ROOT))
    from tests.snapshots import PYPROJECT, snapshot  # noqa: PLC0415

    return snapshot({"pyproject.toml": PYPROJECT, ".github/workflows/publish.yml": text})


async def actions_up(files: Files, served: Served, folder: Path, *options: str) -> Files:
    """Its address of GitHub is fixed in its source, so what it fetches is led here."""
    hook = write(files, folder).parent.parent / "hook.mjs"
    hook.write_text(REDIRECTED)
    words = ("node", str(ACTIONS_UP), "--yes", "--min-age", "5", *options)
    lead = {"LOCAL": f"http://127.0.0.1:{served.plain}", "NODE_OPTIONS": f"--import {hook}", "GITHUB_TOKEN": "x" * 40}
    await run(folder, lead, *words)
    return read(folder)


async def zizmor(files: Files, served: Served, folder: Path) -> Files:
    """With every audit that is not about versions of actions switched off."""
    workflows = write(files, folder)
    program = Path(sys.executable).parent / "zizmor"
    names = [name for name in AUDITS if name not in ABOUT_ACTIONS]
    config = folder / "zizmor.yml"
    config.write_text("rules:\n" + "".join(f"  {name}: {{disable: true}}\n" for name in names))
    lead = {"SSL_CERT_FILE": str(served.authority), "GH_TOKEN": "x" * 40, "GH_HOST": f"localhost:{served.secure}"}
    words = (
        str(program),
        "--fix=all",
        "--no-progress",
        "--quiet",
        "--config",
        str(config),
        "--cache-dir",
        str(folder / "cache"),
    )
    await run(folder, lead, *words, *map(str, sorted(workflows.iterdir())))
    return read(folder)


AUDITS = (
    *("use-trusted-publishing", "artipacked", "excessive-permissions", "undocumented-permissions", "cache-poisoning"),
    *("concurrency-limits", "secrets-outside-env", "secrets-inherit", "overprovisioned-secrets", "self-repository"),
    *("superfluous-actions", "template-injection", "dangerous-triggers", "anonymous-definition", "archived-uses"),
    *("typosquat-uses", "bot-conditions", "github-env", "obfuscation", "unpinned-images", "impostor-commit"),
    *(
        "insecure-commands",
        "misfeature",
        "ref-confusion",
        "unsound-condition",
        "unsound-contains",
        "self-hosted-runner",
    ),
    *("hardcoded-container-credentials", "unredacted-secrets", "forbidden-uses"),
)


def write(files: Files, folder: Path) -> Path:
    workflows = folder / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for name, text in files.items():
        (workflows / name).write_bytes(text.encode())
    return workflows


def read(folder: Path) -> Files:
    return {path.name: path.read_bytes().decode() for path in sorted((folder / ".github" / "workflows").iterdir())}


async def run(folder: Path, lead: Mapping[str, str], *words: str) -> None:
    """Carry out a tool; what it says of the files is not looked at, what it made of them is."""
    program = shutil.which(words[0])
    if program is None:
        sys.exit(f"{words[0]} is not here")
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    process = await asyncio.create_subprocess_exec(program, *words[1:], cwd=folder, env={**os.environ, **lead}, **pipes)
    out, _ = await process.communicate()
    if process.returncode not in (0, 10, 11, 12, 13, 14):
        sys.exit(f"{words[0]} ended with {process.returncode}: {out.decode()[-800:]}")


def page(judged: Mapping[str, Judged], count: int) -> str:
    """The page, whole."""
    head = " | ".join(COLUMNS)
    rows = [f"| {name} | " + " | ".join(str(each) for each in one.figures()) + " |" for name, one in judged.items()]
    wanted = next(iter(judged.values())).wanted
    return f"""# pubflow beside tools that do the same

<!-- Made by docs/bumps.py; what is counted stands in docs/bumps_judge.py. -->

{count} publish workflows of real repositories hold {wanted} lines that want something: a newer version is out, the ref
is broken, or the comment beside it lies. Each tool edited its own copy, and each was given the same answers from a
GitHub on this machine: the tags, commits, tag objects and releases of forty actions.

| | {head} |
| --- |{" ---: |" * len(COLUMNS)}
{chr(10).join(rows)}

The judge is no part of pubflow and shares nothing with it: it has its own reading of workflows (ruamel.yaml), the tags
and inputs of the actions from their repositories, and a short list of what their release notes say.

- **right**: the line was raised or mended, the new ref is there, its comment is true, it is written as it was, and
  nothing that the versions in between changed is left undone. What pubflow leaves to people counts as not done.
- **wrong comment**: lines whose comment names another version than the commit's, after the tool ran.
- **style changed**: a tag became a commit, a major version an exact one although there is a moving tag, or the like.
- **other lines**: changed lines outside the steps whose action was raised.
- **does not resolve**: changed refs that are neither a tag, a branch nor a commit.
- **breaks**: changed lines after which something fails or is built otherwise: one half of a pair of artifacts, one
  artifact name uploaded by every leg of a matrix, an input that is gone, a default that is gone, a major version that
  changes what is built.

How they were led here: `zizmor --fix` speaks TLS to the host in `GH_HOST`, and the audits that are not about versions
of actions were switched off; it pins what it finds and does not look for newer versions. `actions-up` has GitHub's
address in its source, so its requests were redirected. Dependabot and Renovate need their services and were not run.
"""


if __name__ == "__main__":
    sys.exit(main())
