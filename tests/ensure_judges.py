"""Puts the judges that come from npm into `.cache/judges`: `python tests/ensure_judges.py`.

GitHub's published descriptions (REST, GraphQL, example payloads) are unpacked to `<folder>/package/...`, GitHub's
workflow language service is installed in `node`. What is there is left alone, nothing is printed when all is well, and
without npm or a registry one sentence says what will be skipped: the tests then skip, they do not fail. With
`JUDGES=required` in the environment an absent judge is an error, here and in the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "judges"
PACKS = {
    "octokit-openapi": "@octokit/openapi@23.0.2",
    "octokit-graphql-schema": "@octokit/graphql-schema@15.26.1",
    "octokit-webhooks-examples": "@octokit/webhooks-examples@7.6.1",
    "axe-core": "axe-core@4.14.1",
    "microsoft-jest-sarif": "@microsoft/jest-sarif@1.0.0-beta.0",
}
NODE_PACKAGES = ("@actions/languageservice@0.3.61", "vscode-languageserver-textdocument@1.0.12")
_SECONDS = 300
Fetch = Callable[[str, Path], None]


class Unavailable(Exception):
    """npm is not there or could not fetch; the text is one sentence."""


def main() -> int:
    """0, or 1 when a judge is absent at the end and `JUDGES=required` asks for all of them."""
    missing = 0
    CACHE.mkdir(parents=True, exist_ok=True)
    for folder, package in PACKS.items():
        missing += not _ensured(package, CACHE / folder, unpack)
    missing += not _ensured(" ".join(NODE_PACKAGES), CACHE / "node", install)
    return int(missing > 0 and os.environ.get("JUDGES") == "required")


def unpack(package: str, home: Path) -> None:
    """Fetches one npm package as it was published, into `home/package`."""
    _npm("pack", package, "--ignore-scripts", "--silent", folder=home)
    [tarball] = home.glob("*.tgz")
    with tarfile.open(tarball) as archive:
        archive.extractall(home, filter="data")
    tarball.unlink()


def install(packages: str, home: Path) -> None:
    """Installs npm packages with what they need into `home/node_modules`, running none of their scripts."""
    (home / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    _npm("install", *quietly, *packages.split(), folder=home)


def _ensured(package: str, home: Path, fetch: Fetch) -> bool:
    if home.is_dir():
        return True
    # Beside its place and then renamed: a run that is cut short leaves nothing that looks complete.
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".fetching-") as scratch:
        fresh = Path(scratch) / home.name
        fresh.mkdir()
        try:
            fetch(package, fresh)
        except (Unavailable, OSError, tarfile.TarError, ValueError) as problem:
            sys.stderr.write(f"{package} could not be fetched, so tests cannot ask it: {problem}\n")
            return False
        if not home.is_dir():
            fresh.rename(home)
    return True


def _npm(*arguments: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not on the PATH")
    try:
        done = subprocess.run(
            [npm, *arguments], cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise Unavailable(f"npm did not end within {_SECONDS} seconds") from problem
    if done.returncode != 0:
        raise Unavailable(f"npm exited {done.returncode}: {' '.join(done.stderr.split())[-300:]}")


if __name__ == "__main__":
    sys.exit(main())
