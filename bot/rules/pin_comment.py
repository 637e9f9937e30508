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
from bot.model import ACTIONS_BRANCH
from bot.rules import bumps

ID = COMMENT
BRANCH = ACTIONS_BRANCH
WHY = "Who reads the comment, and every tool that raises the pin, believes it"
find = bumps.finder(ID)
fix = bumps.fix
