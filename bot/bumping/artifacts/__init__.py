"""Artifacts across the fourth version of upload-artifact and download-artifact: both sides at once, or neither.

Since version 4 an artifact is written once, so uploads that shared a name get names of their own and are downloaded by
a pattern; and neither side can read what the other's older versions make.
https://github.com/actions/upload-artifact/blob/main/docs/MIGRATION.md
"""

from __future__ import annotations

from bot.bumping.artifacts.pairing import ACTIONS, Key, Member, Part, rewrite

__all__ = ["ACTIONS", "Key", "Member", "Part", "rewrite"]
