"""Why a bump matters: what stopped working, or will, and since when. One clause each, without a full stop.

Sources: https://github.blog/changelog/ of 2024-04-16 (artifacts), 2024-09-16 and 2025-03-20 (caches), 2023-06-13,
2024-09-25 and 2025-09-19 (Node); https://github.com/pypa/gh-action-pypi-publish/releases.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from bot.bumping.versions import Version
from bot.model import Severity

PUBLISH = "pypa/gh-action-pypi-publish"
PUBLISHERS = frozenset(
    {PUBLISH, "step-security/gh-action-pypi-publish", "chainguard-actions/pypa-gh-action-pypi-publish"}
)
UPLOAD, DOWNLOAD, CACHE = "actions/upload-artifact", "actions/download-artifact", "actions/cache"
_STOPPING = PUBLISHERS | {UPLOAD, DOWNLOAD, CACHE}
_FIRST_ARTIFACTS_OF_TODAY = 4
# 1.14.1 brought the twine that knows metadata 2.5, see the releases of the action.
_TODAYS_METADATA = (1, 14, 1, 0)
_NEWEST_KNOWN_BEFORE: tuple[tuple[tuple[int, ...], str], ...] = (
    ((1, 7, 0, 0), "2.2"),
    ((1, 12, 3, 0), "2.3"),
    ((1, 14, 1, 0), "2.4"),
)
_GONE_NODES: Mapping[str, str] = {
    "node12": "it needs Node 12, which GitHub's runners dropped in June 2023",
    "node16": "it needs Node 16, which GitHub's runners dropped in November 2024",
    "node20": "it needs Node 20, whose removal from its runners GitHub announced for September 2026",
}


class Reason(Struct, frozen=True, kw_only=True):
    """`broken`: it works no more, or not for what is built today."""

    severity: Severity
    clause: str
    broken: bool = False


def reason_of(action: str, version: Version | None, using: str | None, newer_using: str | None) -> Reason | None:
    """The gravest reason not to stay at a version; None where it is merely not the newest."""
    return _stopped(action, version) or _runtime(using, newer_using)


def _stopped(action: str, version: Version | None) -> Reason | None:
    if version is None or action not in _STOPPING:
        return None
    if action in (UPLOAD, DOWNLOAD) and version.major < _FIRST_ARTIFACTS_OF_TODAY:
        day = "30 January 2025" if version.major == 3 else "30 June 2024"
        return _broken(f"version {version.major} fails since {day}, when GitHub shut its artifacts down")
    if action == CACHE and _is_old_cache(version):
        return _broken("it speaks to a cache service that GitHub shut down on 15 April 2025")
    if action in PUBLISHERS and _is_full(version) and version.order < _TODAYS_METADATA:
        known = next(text for bound, text in _NEWEST_KNOWN_BEFORE if version.order < bound)
        return _broken(f"it refuses packages whose metadata is newer than {known}, and today's backends write 2.5")
    return None


def _is_old_cache(version: Version) -> bool:
    if version.major < 3:
        return True
    oldest = {3: (3, 4, 0, 0), 4: (4, 2, 0, 0)}.get(version.major)
    return oldest is not None and len(version.numbers) == 3 and version.order < oldest


def _is_full(version: Version) -> bool:
    """`release/v1` and `v1` move on; what stands still has two numbers at least."""
    return len(version.numbers) > 1


def _broken(clause: str) -> Reason:
    return Reason(severity=Severity.HIGH, clause=clause, broken=True)


def _runtime(using: str | None, newer: str | None) -> Reason | None:
    clause = _GONE_NODES.get(using or "")
    if clause is None or using == newer:
        return None
    return Reason(severity=Severity.HIGH, clause=clause)
