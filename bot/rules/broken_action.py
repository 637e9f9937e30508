"""An action that stopped working, or that is about to: raise it before the next release needs it.

Artifacts of versions 1 to 3 fail, versions of the publish action before 1.14.1 refuse what today's backends build, a
pin of a tag's own id has no image to run, and a ref that is gone starts nothing.
https://github.blog/changelog/2024-04-16-deprecation-notice-v3-of-the-artifact-actions/

Before::

    on: release
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v7
          - run: pipx run build
          - uses: actions/upload-artifact@v3
            with: {name: dist, path: dist/}
      publish:
        needs: build
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/download-artifact@v3
            with: {name: dist, path: dist/}
          - uses: pypa/gh-action-pypi-publish@v1.8.14 # twice a year

After::

    on: release
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v7
          - run: pipx run build
          - uses: actions/upload-artifact@v7
            with: {name: dist, path: dist/}
      publish:
        needs: build
        runs-on: ubuntu-latest
        permissions:
          id-token: write
        steps:
          - uses: actions/download-artifact@v8
            with: {name: dist, path: dist/}
          - uses: pypa/gh-action-pypi-publish@v1.14.2 # twice a year
"""

from __future__ import annotations

from bot.bumping import BROKEN
from bot.model import ACTIONS_BRANCH
from bot.rules import bumps

ID = BROKEN
BRANCH = ACTIONS_BRANCH
WHY = "What stopped working stops the next release"
find = bumps.finder(ID)
fix = bumps.fix
