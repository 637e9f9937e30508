"""Codemods for versions that are younger than the shipped snapshot."""

from __future__ import annotations

import msgspec
import pytest

from bot import bumping
from bot.bumping import Catalogue, Manifest
from bot.bumping.snapshot import catalogue, shipped
from bot.config import Bump, Scope
from bot.survey import survey
from tests.bumping.archive import NOW
from tests.snapshots import snapshot

SCRIPTS = {
    "await github.rest.issues.create({})": True,
    "const other = getOctokit(token)": True,
    "const { getOctokit } = require('@actions/github')": False,
    "const getOctokit = require('./own.js')": False,
    "let { context, getOctokit } = await import('x')": False,
    "const github2 = require('@actions/github')": False,
    "const mine = getOctokits": True,
}


def known() -> Catalogue:
    """As GitHub would answer once version 9 was read."""
    found = catalogue(shipped(), ["actions/github-script"], NOW)
    action = found.actions["actions/github-script"]
    newest = Manifest(using="node24", inputs=action.manifests["v8"].inputs)
    actions = {"actions/github-script": msgspec.structs.replace(action, manifests={**action.manifests, "v9": newest})}
    return Catalogue(actions=actions, now=NOW)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_that_would_not_run_is_not_raised(script: str) -> None:
    text = (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        f"      - uses: actions/github-script@v8\n        with:\n          script: |\n            {script}\n"
    )
    found = survey(snapshot({".github/workflows/a.yml": text}))
    [verdict] = bumping.judge(found, known(), Bump(scope=Scope.ALL))
    assert verdict.makes is SCRIPTS[script], verdict.refusal
    assert verdict.makes or "change the script" in (verdict.refusal or "")
