"""When proposals that nobody asked for may be opened: `schedule` in the configuration, in UTC."""

from __future__ import annotations

from typing import Final

from bot.config import Day, Schedule

DAY: Final = 86_400
WEEK: Final = 7 * DAY
_DAYS: Final = tuple(Day)
_FIRST: Final = 3
"""1 January 1970 was a Thursday."""


def opens_in(schedule: Schedule, now: float) -> float:
    """Seconds from `now` (since 1970) until it may be done: 0 for at once, a week at most."""
    start, end = _seconds(schedule.start), _seconds(schedule.end)
    length = (end - start) % DAY or DAY
    today = int(now // DAY)
    waits = []
    for day in range(today - 2, today + 8):
        if _DAYS[(day + _FIRST) % 7] in schedule.days:
            begins = day * DAY + start
            if begins <= now < begins + length:
                return 0.0
            if begins > now:
                waits.append(begins - now)
    return min(waits, default=float(WEEK))


def _seconds(time: str) -> int:
    """`HH:MM` since midnight."""
    hours, _, minutes = time.partition(":")
    return int(hours) * 3600 + int(minutes) * 60
