"""The comment beside a pinned commit: which version it names, and the same comment naming another."""

from __future__ import annotations

import re

from msgspec import Struct

from bot.bumping.versions import Version, read_version

_WITH_V = re.compile(r"(?<![\w./-])v\d{1,6}(?:\.\d{1,6}){0,3}(?![\w-]|\.\d)")
_FIRST = re.compile(
    r"#\s*(?:(?:tag|ref|version|release|pin)\s*[=:@]?\s*)?(?P<version>\d{1,6}(?:\.\d{1,6}){1,3})(?![\w-]|\.\d)"
)
_ALONE = re.compile(r"#\s*(?P<version>\d{1,6})\s*\Z")
_BRANCH = re.compile(r"#\s*(?P<name>[\w.-]+(?:/[\w.-]+)*)\s*\Z")
_FOR_TOOLS = re.compile(
    r"#\s*(?:yamllint|zizmor\s*:|noqa|nosec|nosemgrep|renovate\s*:|dependabot|actionlint|prettier|pragma)"
)


class Comment(Struct, frozen=True):
    """A comment as written, from its `#` to its last character."""

    text: str

    @property
    def version(self) -> Version | None:
        """The version that it names; None where it names none, or only in words that may mean anything."""
        place = self._place()
        return read_version(self.text[place[0] : place[1]]) if place else None

    @property
    def branch(self) -> str | None:
        """The word, if it is one word that is no version: perhaps a branch's name."""
        found = _BRANCH.match(self.text)
        return found["name"] if found is not None and self.version is None else None

    def naming(self, version: str) -> str:
        """The comment with `version`, with or without its `v` as before, in place of the one that it names.

        A comment that names none keeps its words behind the new version; one that speaks to a tool stays as it is.
        """
        place = self._place()
        if place is not None:
            old = self.text[place[0] : place[1]]
            fresh = version if old.startswith("v") else version.removeprefix("v")
            return self.text[: place[0]] + fresh + self.text[place[1] :]
        if _FOR_TOOLS.match(self.text):
            return self.text
        words = self.text.lstrip("#").strip()
        return f"# {version} {words}".rstrip() if self.branch is None else f"# {version}"

    @property
    def numbers(self) -> int | None:
        """How many numbers its version has."""
        return len(self.version.numbers) if self.version is not None else None

    def _place(self) -> tuple[int, int] | None:
        for pattern in (_WITH_V, _FIRST, _ALONE):
            found = pattern.search(self.text) if pattern is _WITH_V else pattern.match(self.text)
            if found is not None:
                return found.span("version") if pattern is not _WITH_V else found.span()
        return None
