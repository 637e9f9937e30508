"""What a change of workflows does to the identity under which a project uploads: before, after, and what would break.

An index knows a publisher by repository, file name and environment. Whoever renames the file, moves the upload into a
workflow that is called, changes the environment or drops `id-token: write` notices at the next release, unless somebody
says so in time. Pure; both sides are hostile text and are only read.
https://docs.pypi.org/trusted-publishers/troubleshooting/
"""

from __future__ import annotations

from bot.guard.changes import ID, Change, Kind
from bot.guard.comparing import compare, touches_publishing

__all__ = ["ID", "Change", "Kind", "compare", "touches_publishing"]
