"""Where the files of an index lie: in a real pypiserver, or in memory.

pypiserver takes uploads as PyPI does and serves them to pip; it knows neither identity tokens nor provenance nor
owners, which is what our stand-in adds in front of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import aiohttp
from packaging.utils import canonicalize_name

from bot.errors import PubflowError

_LINK = re.compile(r'<a href="[^"#]*#sha256=([0-9a-f]{64})">([^<]+)</a>')
_PROGRAM = Path(__file__).with_name("pypiserver_process.py")


class Shelf(Protocol):
    """`url`: where the shelf serves a Simple index of its own; None: it has none."""

    @property
    def url(self) -> str | None: ...

    async def put(self, fields: Mapping[str, str], filename: str, content: bytes) -> bool:
        """Keep an uploaded file; False where one of that name lies already."""

    async def listed(self, project: str) -> Mapping[str, str]:
        """File name -> SHA-256 in hexadecimal digits, of all files of a project."""

    async def read(self, filename: str) -> bytes | None: ...


@dataclass(slots=True)
class Memory:
    """Forgets everything when it ends."""

    files: dict[str, bytes] = field(default_factory=dict)
    url: None = None
    _of: dict[str, list[str]] = field(default_factory=dict)

    async def put(self, fields: Mapping[str, str], filename: str, content: bytes) -> bool:
        if filename in self.files:
            return False
        self.files[filename] = content
        self._of.setdefault(canonicalize_name(fields.get("name", "")), []).append(filename)
        return True

    async def listed(self, project: str) -> Mapping[str, str]:
        names = self._of.get(canonicalize_name(project), ())
        return {name: hashlib.sha256(self.files[name]).hexdigest() for name in names}

    async def read(self, filename: str) -> bytes | None:
        return self.files.get(filename)


@dataclass(frozen=True, slots=True)
class Pypiserver:
    """A real pypiserver that runs at `url`."""

    url: str
    session: aiohttp.ClientSession

    async def put(self, fields: Mapping[str, str], filename: str, content: bytes) -> bool:
        form = aiohttp.FormData(list(fields.items()))
        form.add_field("content", content, filename=filename, content_type="application/octet-stream")
        async with self.session.post(f"{self.url}/", data=form) as response:
            if response.status == 409:
                return False
            response.raise_for_status()
        return True

    async def listed(self, project: str) -> Mapping[str, str]:
        async with self.session.get(f"{self.url}/simple/{canonicalize_name(project)}/") as response:
            page = await response.text()
        return {unescape(name): digest for digest, name in _LINK.findall(page)} if response.status == 200 else {}

    async def read(self, filename: str) -> bytes | None:
        async with self.session.get(f"{self.url}/packages/{filename}") as response:
            return await response.read() if response.status == 200 else None


def is_installed() -> bool:
    """Whether a real index can be had: it comes with `pubflow[demo]`."""
    return find_spec("pypiserver") is not None


@asynccontextmanager
async def pypiserver(folder: Path) -> AsyncIterator[Pypiserver]:
    """A real one over a folder, on a port of its own. Raises PubflowError if it does not start."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(_PROGRAM), str(folder), stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = (await process.stdout.readline()).decode().strip()
        if not port.isdecimal():
            raise PubflowError("the package index of the demonstration, pypiserver, does not start")
        async with aiohttp.ClientSession() as session:
            yield Pypiserver(f"http://127.0.0.1:{port}", session)
    finally:
        process.stdin.close()
        await process.wait()
