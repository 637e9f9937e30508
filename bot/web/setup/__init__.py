"""Set-up: pages that register the App on GitHub or take one that is there, for whoever sees the terminal."""

from __future__ import annotations

from bot.web.setup.door import Door
from bot.web.setup.pages import Finished, SetUp, Tools

__all__ = ["Door", "Finished", "SetUp", "Tools"]
