"""Hidden files, which upload-artifact leaves out since 4.4: https://github.com/actions/upload-artifact/releases/tag/v4.4.0"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.bumping.artifacts.uploads import given
from bot.bumping.reasons import UPLOAD
from bot.errors import Refused
from bot.yaml import Add, Op

if TYPE_CHECKING:
    from bot.bumping.artifacts.pairing import Member

_EVERYTHING = frozenset(
    {".", "./", "*", "./*", "**", "**/*", "./**", "${{ github.workspace }}", "${{github.workspace}}"}
)


def needs(member: Member) -> Iterator[tuple[Op, str]]:
    """`include-hidden-files` where a path names a hidden file. Raises Refused where it may mean some."""
    step = member.place.step
    if member.place.name != UPLOAD or step is None or given(step, "include-hidden-files"):
        return
    paths = [line.strip() for line in (given(step, "path") or "").splitlines() if line.strip()]
    wanted = [path for path in paths if not path.startswith("!")]
    if any(path in _EVERYTHING for path in wanted):
        raise Refused(
            "Since version 4.4 upload-artifact leaves hidden files out, and this step uploads the whole folder; say "
            "`include-hidden-files` or name what is meant, then raise the action."
        )
    if any(_is_hidden(path) for path in wanted):
        path = (*step.path, "with", "include-hidden-files")
        yield Add(path, True), "`include-hidden-files: true` goes on uploading the hidden files that are named"


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part not in (".", "..") for part in path.split("/"))
