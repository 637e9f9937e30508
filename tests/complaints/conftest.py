"""The complaints that users of other bots make, each as a story that must end otherwise here."""

from __future__ import annotations

from tests.jobs.conftest import tell

__all__ = ["tell"]
