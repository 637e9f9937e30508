"""What `book.py` asks of its table, put together once: building a statement takes longer than running it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from bot.queue.states import QUEUED, RUNNING, WAITING
from bot.store.tables import jobs, ranks

Row = sa.Row[tuple[object, ...]]
"""A row of `jobs`."""

_same = (jobs.c.kind == sa.bindparam("kind")) & (jobs.c.key == sa.bindparam("key")) & (jobs.c.number > 0)
"""The generations of a kind and key; a job worked once ever of that name is none of them."""
_to_come = jobs.c.state.in_([sa.literal_column(f"'{WAITING}'"), sa.literal_column(f"'{QUEUED}'")])
_runs = jobs.c.state == sa.literal_column(f"'{RUNNING}'")
_next = (jobs.c.state == sa.literal_column(f"'{QUEUED}'")) & jobs.c.due_at.is_(None)
_lane = jobs.c.lane == sa.bindparam("lane")

FIND: Final = sa.select(jobs).where(jobs.c.id == sa.bindparam("name"))
INSERT: Final = jobs.insert()
UPDATE: Final = jobs.update().where(jobs.c.id == sa.bindparam("name"))
"""The columns to be set are those that the parameters name."""

IS_RUNNING: Final = sa.select(sa.exists().where(_lane, _runs))
"""A job of the lane runs."""
IS_TAKEN: Final = sa.select(sa.exists().where(_lane, _runs | _next))
"""A job of the lane runs or is about to; one that is delayed takes no room."""
OLDEST: Final = (
    sa.select(jobs)
    .where(_lane, jobs.c.state == sa.literal_column(f"'{WAITING}'"))
    .order_by(jobs.c.created_at, jobs.c.id)
    .limit(1)
)
"""The next of a lane."""
HEIR: Final = sa.select(jobs).where(_same, _to_come, jobs.c.id != sa.bindparam("name"))
"""A newer job that stands for the same and has not begun; there is one at most."""
RANK: Final = sa.select(ranks.c.rank).where(ranks.c.job == sa.bindparam("name"))
RANKED: Final = ranks.insert()
RERANK: Final = ranks.update().where(ranks.c.job == sa.bindparam("name"))
STANDING: Final = (
    sa.select(jobs.c.id, jobs.c.args, jobs.c.installation, ranks.c.rank)
    .select_from(sa.outerjoin(jobs, ranks, ranks.c.job == jobs.c.id))
    .where(_same, _to_come)
)
"""The job that stands for this kind and key already, and has not begun; there is one at most."""
LOOK: Final = sa.select(
    sa.select(sa.func.max(jobs.c.number)).where(_same).scalar_subquery().label("last"),
    IS_TAKEN.scalar_subquery().label("taken"),
)
"""What else `add` must know: the last number, and whether the lane is taken."""
