"""An action that is not at its newest version: raise it, in the style in which it is written.

What runs on a version of Node that GitHub's runners dropped comes first. Major versions that change what is built are
told of and left to people.
https://packaging.python.org/en/latest/guides/publishing-package-distribution-releases-using-github-actions-ci-cd-workflows/

Before::

    on: release
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@v4
          - uses: astral-sh/setup-uv@d4b2f3b6ecc6e67c4457f6d3e41ec42d3d0fcb86 # v5.4.2
          - run: uv build
          - uses: pypa/gh-action-pypi-publish@release/v1

After::

    on: release
    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@v7
          - uses: astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d # v10.0.1
          - run: uv build
          - uses: pypa/gh-action-pypi-publish@release/v1
"""

from __future__ import annotations

from bot.bumping import OUTDATED
from bot.model import ACTIONS_BRANCH
from bot.rules import bumps

ID = OUTDATED
BRANCH = ACTIONS_BRANCH
WHY = "Old versions stop running one after the other, and their mends are in newer ones"
find = bumps.finder(ID)
fix = bumps.fix
