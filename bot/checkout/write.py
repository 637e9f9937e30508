"""Changes written to a working tree: all looked at first, then each file replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from bot.checkout.texts import read_text
from bot.errors import CheckoutError
from bot.model import Change, ChangeKind


def write(root: Path, changes: Sequence[Change]) -> None:
    """Bring `changes` into the working tree at `root`; a file keeps its mode, missing folders are made.

    Raises CheckoutError before anything is touched when a path leads out of the tree or through a link, when a file is
    not what it was when the change was made, or when there is something where a new file should go; and later when the
    disk refuses.
    """
    targets = [(_target(root, change), change) for change in changes]
    for target, change in targets:
        try:
            _carry_out(target, change)
        except OSError as error:
            raise CheckoutError(f"{change.file} cannot be written: {error.strerror or error}") from None


def _target(root: Path, change: Change) -> Path:
    """Where `change` goes, after every look that can be taken before writing."""
    parts = PurePosixPath(change.file).parts
    if not parts or change.file.startswith("/") or ".." in parts or ".git" in parts or "\0" in change.file:
        raise CheckoutError(f"{change.file} is not written: it is no path within the repository")
    place = root
    for part in parts[:-1]:
        place /= part
        if place.is_symlink():
            raise CheckoutError(f"{change.file} is not written: {place} is a link and may lead out of the repository")
        if place.exists() and not place.is_dir():
            raise CheckoutError(f"{change.file} is not written: {place} is not a folder")
    target = place / parts[-1]
    if target.is_symlink():
        raise CheckoutError(f"{change.file} is not written: it is a link")
    if change.kind is ChangeKind.ADD:
        if target.exists():
            raise CheckoutError(f"{change.file} is not written: it is there already")
    elif read_text(target) != change.before:
        raise CheckoutError(f"{change.file} is not written: it changed since it was read; run the command again")
    return target


def _carry_out(target: Path, change: Change) -> None:
    if change.after is None:
        target.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = _new_file_mode() if change.before is None else stat.S_IMODE(target.stat().st_mode)
    _replace(target, change.after.encode("utf-8"), mode)


def _replace(target: Path, data: bytes, mode: int) -> None:
    """Readers see the old file or the new one, never half of it, whenever the machine stops."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".pubflow", dir=target.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor has no path
            file.write(data)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _new_file_mode() -> int:
    """What `open` would give a new file. The mask can be read only by setting it; the command line has one thread."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
