"""A comment that names another version than the commit beside it: let it name the right one.

Who reads `# v4.2.2` beside a commit of another version believes the comment, and so do the tools that raise it.
https://docs.zizmor.sh/audits/#ref-version-mismatch

Before::

    on: release
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v5.0.1
          - run: pipx run build
          - uses: pypa/gh-action-pypi-publish@release/v1

After::

    on: release
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
          - run: pipx run build
          - uses: pypa/gh-action-pypi-publish@release/v1
"""

from __future__ import annotations

from bot.bumping import COMMENT
from bot.model import ACTIONS_BRANCH, Finding, Refusal
from bot.rules import bumps
from bot.rules.rule import Context, Fix

ID = COMMENT
BRANCH = ACTIONS_BRANCH
WHY = "Who reads the comment, and every tool that raises the pin, believes it"


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for each comment that names a version which its commit is not."""
    return bumps.find(context, ID)


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """The file with its comments put right; or why that is left to a person."""
    return bumps.fix(context, finding)
