"""The tables, and how a database gets them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from bot.store.engine import transaction

SCHEMA_VERSION: Final = 1

_LOCK: Final = 0x70_75_62_66_6C_6F_77_00
"""A number for PostgreSQL's advisory locks that nobody else would choose ("pubflow")."""

metadata = sa.MetaData()

schema_version = sa.Table(
    "pubflow_schema",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
)

deliveries = sa.Table(
    "pubflow_deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("action", sa.Text),
    sa.Column("received_at", sa.Double, nullable=False, index=True),
    sa.Column("jobs", sa.Text, nullable=False),  # a JSON list of job ids
)
"""Every delivery that was acknowledged; a second one of the same id is known by its row."""

jobs = sa.Table(
    "pubflow_jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # 0: worked once, ever; else the generation of this kind and key
    sa.Column("lane", sa.Text, nullable=False),  # at most one job of a lane runs
    sa.Column("installation", sa.BigInteger, nullable=False),
    sa.Column("args", sa.Text, nullable=False),  # a JSON object; emptied when the job is done
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("workflow", sa.Text, nullable=False),  # the engine's id of the attempt that counts
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),  # attempts that failed
    sa.Column("starts", sa.Integer, nullable=False),  # how often this attempt began; more than one: its worker died
    sa.Column("token", sa.Text),  # who runs it; anybody else's end is ignored
    sa.Column("due_at", sa.Double),  # not before; null: at once
    sa.Column("error", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.UniqueConstraint("kind", "key", "number"),
    sa.Index("pubflow_jobs_lane", "lane", "state"),
    sa.Index("pubflow_jobs_state", "state", "updated_at"),
    sa.Index("pubflow_jobs_installation", "installation", "state"),
    sa.Index(
        "pubflow_jobs_running",
        "lane",
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    ),
)
"""Every job from its arrival until it is forgotten. Moved by `bot.queue` alone."""

ranks = sa.Table(
    "pubflow_ranks",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
)
"""Jobs that let others of their installation go first, and how far behind they stand. All others have rank 0."""

workers = sa.Table(
    "pubflow_workers",
    metadata,
    sa.Column("executor", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, nullable=False),  # which start of this worker
    sa.Column("beat", sa.BigInteger, nullable=False),
)
"""Heartbeats. A counter, not a time: machines need not agree on what time it is."""

pauses = sa.Table(
    "pubflow_pauses",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),  # "*", a login, or owner/name; lower case
    sa.Column("since", sa.Double, nullable=False),
)
"""Where writing to GitHub is switched off."""

pulls = sa.Table(
    "pubflow_pulls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.Text, nullable=False),  # lower case
    sa.Column("repo_id", sa.BigInteger, nullable=False),
    sa.Column("branch", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("number", sa.BigInteger),  # null: reserved, not opened yet
    sa.Column("state", sa.Text, nullable=False),  # reserved, open, closed, withdrawn (by us) or merged
    sa.Column("reserved_at", sa.Double, nullable=False),
    sa.Column("closed_at", sa.Double),
    sa.Index("pubflow_pulls_account", "account", "reserved_at"),
    sa.Index("pubflow_pulls_number", "repo_id", "number"),
    sa.Index(
        "pubflow_pulls_live",
        "repo_id",
        "branch",
        "digest",
        unique=True,
        sqlite_where=sa.text("state IN ('reserved', 'open')"),
        postgresql_where=sa.text("state IN ('reserved', 'open')"),
    ),
)
"""Pull requests opened, or about to be, by account."""

turns = sa.Table(
    "pubflow_turns",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("account", sa.Text, nullable=False),  # lower case
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Index("pubflow_turns_account", "account", "rank"),
)
"""Repositories that are about to ask for a place, and who of them goes first. Rows of dead scans end by their age."""

holds = sa.Table(
    "pubflow_holds",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("released_at", sa.Double, nullable=False),
)
"""When an operator last let an account go on; closings before that no longer count against it."""

overview = sa.Table(
    "pubflow_overview",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("installation", sa.BigInteger, nullable=False),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("sorted_by", sa.Text, nullable=False),  # the full name in lower case
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # a `Kind` of `bot.store.reports`
    sa.Column("status", sa.Text),  # null: not looked into
    sa.Column("findings", sa.Integer, nullable=False),
    sa.Column("refusals", sa.Integer, nullable=False),
    sa.Column("head", sa.Text),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("scanned_at", sa.Double, nullable=False),
    sa.Index("pubflow_overview_name", "installation", "sorted_by"),
    sa.Index("pubflow_overview_sorted", "sorted_by"),
)
"""What lists and counts show of each repository: narrow rows, for ten thousand of them are read at once."""

reports = sa.Table(
    "pubflow_reports",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("report", sa.Text, nullable=False),  # the JSON of `bot.report`, long diffs cut
)
"""All that the last scan of each repository found."""

history = sa.Table(
    "pubflow_history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("installation", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),  # days since 1970, UTC
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("before", sa.Text),  # a `Kind`; null: not known before
    sa.Column("after", sa.Text),  # null: forgotten
    sa.Index("pubflow_history_days", "installation", "day"),
)
"""Each time that a repository's kind changed: its history, and summed up over repositories the way over time. Counts a
day would do for a plot, but could not be told to somebody who may see only some of the repositories."""

uses = sa.Table(
    "pubflow_uses",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, primary_key=True),  # owner/name in lower case
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("installation", sa.BigInteger, nullable=False, index=True),
    sa.Column("version", sa.Text, nullable=False),  # what a comment beside the ref says; empty: nothing
    sa.Column("places", sa.Integer, nullable=False),
)
"""Which actions the workflows of each repository use, at which refs."""

repositories = sa.Table(
    "pubflow_repositories",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("node_id", sa.Text, nullable=False),
    sa.Column("installation", sa.BigInteger, nullable=False, index=True),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("head", sa.Text),
    sa.Column("status", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("watched", sa.Text, nullable=False),  # a JSON list of paths
    sa.Column("seq", sa.BigInteger, nullable=False, index=True),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
)
"""What was seen last of each repository. `seq` grows with every change, so that a reader can ask what is new."""

rollouts = sa.Table(
    "pubflow_rollouts",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Text, primary_key=True),  # normalised; empty where the repository does not say
    sa.Column("on_index", sa.Text, primary_key=True),
    sa.Column("workflow", sa.Text, nullable=False),  # path of the file that uploads; empty where none does
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", sa.Double, nullable=False),  # when this state was entered
    sa.Column("facts", sa.Text, nullable=False),  # a JSON object: what GitHub and the index do not show for ever
    sa.Column("updated_at", sa.Double, nullable=False),
)
"""How far each project has come on each index. All of it can be found out again from GitHub and the index."""

answers = sa.Table(
    "pubflow_answers",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("etag", sa.Text),
    sa.Column("facts", sa.Text, nullable=False),  # what we need of the answer, as JSON
    sa.Column("at", sa.Double, nullable=False),
)
"""What package indexes answered, so that they are asked again only conditionally. A cache: it may be emptied."""

wishes = sa.Table(
    "pubflow_wishes",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("wish", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),  # who asked
    sa.Column("at", sa.Double, nullable=False),
)
"""What people asked for by commands and checkboxes."""

remarks = sa.Table(
    "pubflow_remarks",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
)
"""What was said once in a repository and is not said again."""

replies = sa.Table(
    "pubflow_replies",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("what", sa.Text, primary_key=True),  # the comment or the tick that is answered
    sa.Column("ends", sa.Text, nullable=False),  # a JSON list: what came of each command that has ended
    sa.Column("at", sa.Double, nullable=False),
)
"""How far the answer to a comment has come, so that no command of it is carried out twice."""
configurations = sa.Table(
    "pubflow_configurations",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("installation", sa.BigInteger, nullable=False, index=True),
    sa.Column("text", sa.Text),  # the file as it could last be understood; null: none
    sa.Column("marked", sa.Text),  # the blob of which a check says that it is wrong
)
"""Configuration files, for as long as the one of this moment is broken."""

shared_files = sa.Table(
    "pubflow_shared_files",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),  # lower case
    sa.Column("installation", sa.BigInteger, nullable=False, index=True),
    sa.Column("repo_id", sa.BigInteger),  # null: there is no such file
    sa.Column("text", sa.Text),
    sa.Column("unread", sa.Text),  # why there is no text
    sa.Column("read_at", sa.Double, nullable=False),
)
"""The configuration of a whole account as it was read last. A cache: it may be emptied."""

sweeps = sa.Table(
    "pubflow_sweeps",
    metadata,
    sa.Column("installation", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("selected", sa.Boolean, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),  # grows with every sweep
    sa.Column("full", sa.Boolean, nullable=False),
    sa.Column("cursor", sa.Text),  # where the next page begins
    sa.Column("listing", sa.Boolean, nullable=False),  # pages are left
    sa.Column("page", sa.Integer, nullable=False),  # repositories a page
    sa.Column("reading", sa.Integer, nullable=False),  # repositories read together
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("listed", sa.Integer, nullable=False),
    sa.Column("read", sa.Integer, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),
    sa.Column("watermark", sa.Double),
    sa.Column("full_at", sa.Double),
    sa.Column("wanted_at", sa.Double),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("finished_at", sa.Double),  # null: it runs
)
"""One sweep an installation: the one that runs, with how far it has come, or the last."""

sightings = sa.Table(
    "pubflow_sightings",
    metadata,
    sa.Column("repo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("node_id", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("installation", sa.BigInteger, nullable=False),
    sa.Column("standing", sa.Text),  # fingerprints of what was read last; null: never read
    sa.Column("files", sa.Text),
    sa.Column("head", sa.Text),
    sa.Column("bare", sa.Boolean, nullable=False),
    sa.Column("due", sa.Boolean, nullable=False),  # something changed since
    sa.Column("begun", sa.Integer, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),  # the sweep that listed it last
    sa.Index("pubflow_sightings_due", "installation", "due", "repo_id"),
    sa.Index("pubflow_sightings_round", "installation", "round"),
)
"""By what a sweep tells, without reading a file, that a repository has not changed."""

redeliveries = sa.Table(
    "pubflow_redeliveries",
    metadata,
    sa.Column("guid", sa.Text, primary_key=True),
    sa.Column("attempt", sa.BigInteger, nullable=False),  # the one that failed
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
)
"""Deliveries that we asked GitHub to send again."""

looks = sa.Table(
    "pubflow_looks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
)
"""When something that is done again and again was last done."""

writes = sa.Table(
    "pubflow_writes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("lane", sa.BigInteger, nullable=False),  # an installation; 0: the App itself
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("many", sa.Integer, nullable=False),
    sa.Index("pubflow_writes_lane", "lane", "at"),
)
"""Requests of the last hour that wrote to GitHub: all processes together must not send more than GitHub takes."""

closures = sa.Table(
    "pubflow_closures",
    metadata,
    sa.Column("lane", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until", sa.Double, nullable=False),
)
"""Until when GitHub told one of us to ask nothing."""

allowances = sa.Table(
    "pubflow_allowances",
    metadata,
    sa.Column("lane", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("resource", sa.Text, primary_key=True),  # core, graphql, ...
    sa.Column("remaining", sa.Integer, nullable=False),
    sa.Column("reset", sa.Double, nullable=False),
)
"""What is left of GitHub's primary limits until they are reset, as one of us heard it a few seconds ago."""

actions = sa.Table(
    "pubflow_actions",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # owner/repo as it was asked for, lower case
    sa.Column("installation", sa.BigInteger, primary_key=True, autoincrement=False),  # 0: public, for everybody
    sa.Column("action", sa.Text),  # JSON of all that is known; null: not there
    sa.Column("etag", sa.Text),  # of its refs
    sa.Column("looked_at", sa.Double, nullable=False),  # when its refs were last found to be these
    sa.Column("read_at", sa.Double, nullable=False),  # when all of it was last read
)
"""Which versions of an action exist, for all repositories; of a private one for its installation alone."""


newest_actions = sa.Table(
    "pubflow_newest_actions",
    metadata,
    sa.Column("action", sa.Text, primary_key=True),  # owner/repo of a public action, in lower case, and a wait in days
    sa.Column("version", sa.Text, nullable=False),  # the tag to which it may be raised
)
"""The version of each action that the repositories using it were last judged by."""


def migrate(engine: sa.Engine) -> None:
    """Give the database every table that this version needs; does nothing where they are.

    Only ever adds, so that the version before goes on working beside this one while machines are replaced in turn. A
    database that a newer version made is left as it is. Any number of processes may call this at once.
    """
    with transaction(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        metadata.create_all(connection)
        found = connection.scalar(sa.select(schema_version.c.version))
        if found is None:
            connection.execute(schema_version.insert().values(one=1, version=SCHEMA_VERSION))
        elif found < SCHEMA_VERSION:
            connection.execute(schema_version.update().values(version=SCHEMA_VERSION))
