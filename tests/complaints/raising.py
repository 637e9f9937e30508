"""A workflow whose actions are raised, by what pubflow knows of actions without asking anybody."""

from __future__ import annotations

from bot import bumping
from bot.bumping.snapshot import catalogue, shipped
from bot.config import PATH, Config, read
from bot.model import ACTIONS_BRANCH
from bot.plan import Decision, decide
from bot.survey import survey
from tests.snapshots import PYPROJECT, snapshot

NOW = 1_795_000_000.0
FILE = ".github/workflows/publish.yml"
OLD = "11bd71901bbe5b1630ceea73d27597364c9af683"
"""actions/checkout v4.2.2."""
TODAY = "3d3c42e5aac5ba805825da76410c181273ba90b1"
"""actions/checkout v7.0.1."""
WORKFLOW = """\
on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: actions/checkout@{ref}
      - run: pipx run build
      - uses: pypa/gh-action-pypi-publish@release/v1
"""


def decided(workflow: str, settings: str = "") -> Decision:
    """All that is proposed for a package with this one workflow."""
    shot = snapshot({"pyproject.toml": PYPROJECT, FILE: workflow, **({PATH: settings} if settings else {})})
    config = read(settings or None)
    assert isinstance(config, Config)
    found = survey(shot)
    return decide(shot, found=found, catalogue=catalogue(shipped(), bumping.wanted(found, config.bump), NOW))


def raised(workflow: str, settings: str = "") -> str:
    """The workflow after the pull request of `pubflow/actions`; as it was where there is none."""
    plans = [plan for plan in decided(workflow, settings).plans if plan.branch == ACTIONS_BRANCH]
    return next((change.after or "" for plan in plans for change in plan.changes), workflow)


def version_of(action: str, commit: str) -> str:
    """The longest version without `v` that a tag gives to a commit."""
    tags = catalogue(shipped(), [action], NOW).actions[action].tags
    return max((tag.name.removeprefix("v") for tag in tags if tag.commit == commit), key=len)
