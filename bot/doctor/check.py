"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, what was found, and what to do about it; no remedy means that it is well."""

    name: str
    found: str
    remedy: str | None = None

    @property
    def well(self) -> bool:
        return self.remedy is None
