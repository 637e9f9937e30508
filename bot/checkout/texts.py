"""The text of one file; nothing in its place (a link, a pipe, a device, a huge file) can lead elsewhere or hang."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from bot.interest import LARGEST
from bot.model import Unread


def read_text(path: Path) -> str | Unread:
    """The file's bytes decoded as UTF-8, byte order mark and line ends as they lie; or why there is no text."""
    try:
        data = read_bytes(path)
    except OSError as error:
        return Unread.LINK if error.errno == errno.ELOOP else Unread.UNREADABLE
    if data is None:
        return Unread.TOO_LARGE
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Unread.BINARY if b"\0" in data[:8000] and not data.startswith(_UTF16) else Unread.NOT_UTF8
    return Unread.BINARY if "\0" in text else text


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_bytes(path: Path) -> bytes | None:
    """The bytes of an ordinary file, or None if it is larger than a scan reads. Raises OSError for anything else.

    A pipe is opened without waiting for its other end; a link in the last place is not followed (ELOOP).
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor has no path
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not an ordinary file")
        data = file.read(LARGEST + 1)
    return data if len(data) <= LARGEST else None
