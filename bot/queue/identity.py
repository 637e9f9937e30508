"""Who this worker is: a name that no other process has at the same time, and that the next start takes up again.

The engine gives a worker that comes back what it was working on; two workers of one name would take each other's.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A slot under the home folder, locked for as long as this process lives, kill -9 included."""

    executor: str
    descriptor: int

    @classmethod
    def take(cls, home: Path) -> Self:
        """The first free slot of this machine."""
        folder = home / "workers"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two homes on one machine have locks of their own, so they need names of their own too.
        machine = f"{_machine()}-{blake2b(os.fsencode(home.resolve()), digest_size=3).hexdigest()}"
        for number in count(1):
            name = f"{machine}-{number}"
            descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return cls(executor=name, descriptor=descriptor)
        raise AssertionError("count() ends never")

    def release(self) -> None:
        os.close(self.descriptor)


def _machine() -> str:
    """The host's name and, where there is one, part of its machine id: containers of one image share the latter."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:64] or "host"
    try:
        machine = Path("/etc/machine-id").read_text("ascii").strip()[:8]
    except (OSError, UnicodeDecodeError):
        machine = ""
    return f"{host}-{machine}" if machine else host
