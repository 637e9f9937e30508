"""When proposals may be opened; times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.config import Day, Schedule
from bot.schedule import WEEK, opens_in

WORK = Schedule(days=(Day.MONDAY, Day.TUESDAY), start="08:00", end="17:00")
NIGHT = Schedule(days=(Day.FRIDAY,), start="22:00", end="06:00")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


# 2026-11-23 is a Monday.
@pytest.mark.parametrize(
    ("schedule", "now", "hours"),
    [
        (Schedule(), "2026-11-25T03:04:05", 0),
        (WORK, "2026-11-23T08:00:00", 0),
        (WORK, "2026-11-23T16:59:59", 0),
        (WORK, "2026-11-23T17:00:00", 15),
        (WORK, "2026-11-23T07:00:00", 1),
        (WORK, "2026-11-24T17:00:00", 6 * 24 - 9),
        (NIGHT, "2026-11-27T22:00:00", 0),
        (NIGHT, "2026-11-28T05:00:00", 0),
        (NIGHT, "2026-11-28T06:00:00", 6 * 24 + 16),
        (NIGHT, "2026-11-27T05:00:00", 17),
        (Schedule(days=(Day.SUNDAY,), start="10:00", end="10:00"), "2026-11-30T09:00:00", 0),
        (Schedule(days=(Day.SUNDAY,), start="00:00", end="24:00"), "2026-11-30T00:00:00", 6 * 24),
        (Schedule(start="24:00", end="00:00"), "2026-11-30T00:00:00", 0),
    ],
)
def test_how_long_it_is_until_then(schedule: Schedule, now: str, hours: int) -> None:
    assert opens_in(schedule, at(now)) == hours * 3600


def test_it_is_never_longer_than_a_week_and_then_open() -> None:
    for hour in range(24 * 8):
        now = at("2026-11-23T00:30:00") + hour * 3600
        for schedule in (WORK, NIGHT):
            waits = opens_in(schedule, now)
            assert 0 <= waits <= WEEK
            assert opens_in(schedule, now + waits) == 0
