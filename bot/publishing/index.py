"""Which index an upload goes to. This question comes first: what goes elsewhere is never touched."""

from __future__ import annotations

import re

from bot.model import Index
from bot.publishing.names import is_elsewhere
from bot.publishing.upload import Scene
from bot.publishing.values import possible

_HOST = re.compile(
    r"(?:https?://)?(?:[^/@\s]*@)?([A-Za-z0-9.-]+\.[A-Za-z]{2,}|localhost|\d+\.\d+\.\d+\.\d+)(?::\d+)?(?=/|\Z)"
)
_HOSTS = {
    "upload.pypi.org": Index.PYPI,
    "pypi.org": Index.PYPI,
    "www.pypi.org": Index.PYPI,
    "pypi.python.org": Index.PYPI,
    "upload.pypi.io": Index.PYPI,
    "pypi.io": Index.PYPI,
    "test.pypi.org": Index.TESTPYPI,
    "testpypi.python.org": Index.TESTPYPI,
    "test.pypi.io": Index.TESTPYPI,
}
_OUTPUT = re.compile(r"\bsteps\.([\w-]+)\.outputs\.")
_TEST_NAME = re.compile(r"test[-_.]?pypi|pypi[-_.]?test|pypitest", re.IGNORECASE)


def of_url(url: str | None, scene: Scene) -> Index:
    """The index behind an upload address; None and `""` stand for the tool's own default, PyPI."""
    return _joined({_of_plain_url(text, scene) for text in possible(url or "", scene)})


def of_name(name: str | None, scene: Scene, urls: dict[str, str]) -> Index:
    """The index behind a repository's short name: `urls` is what the project or a step configured for it."""
    return _joined({_of_plain_name(text, scene, urls) for text in possible(name or "", scene)})


def _of_plain_url(url: str, scene: Scene) -> Index:
    url = url.strip()
    if not url:
        return Index.PYPI
    found = _HOST.match(url)
    if found is None:
        return Index.UNKNOWN if "$" in url and not _leads_elsewhere(url, scene) else Index.OTHER
    return _HOSTS.get(found[1].lower(), Index.OTHER)


def _leads_elsewhere(url: str, scene: Scene) -> bool:
    found = _OUTPUT.search(url)
    return is_elsewhere(url) or (found is not None and found[1] in scene.elsewhere)


def _of_plain_name(name: str, scene: Scene, urls: dict[str, str]) -> Index:
    name = name.strip()
    if name in urls:
        return of_url(urls[name], scene)
    if not name or name.lower() == "pypi":
        return Index.PYPI
    if "://" in name:
        return _of_plain_url(name, scene)
    if _TEST_NAME.search(name):
        return Index.TESTPYPI
    return Index.UNKNOWN if "$" in name else Index.OTHER


def _joined(found: set[Index]) -> Index:
    """One answer for several possibilities: PyPI with TestPyPI is PyPI, anything with another index is unknown."""
    if len(found) == 1:
        return next(iter(found))
    if found <= {Index.PYPI, Index.TESTPYPI}:
        return Index.PYPI
    return Index.UNKNOWN
