"""How a page is shown; given to those that serve one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web


class Shown(Protocol):
    def __call__(self, name: str, values: Mapping[str, object], status: int = 200) -> web.Response:
        """The template of this name, filled."""
        ...
