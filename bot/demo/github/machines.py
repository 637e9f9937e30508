"""What machines do, and what administrators set up for them: secrets, environments, runs of workflows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.demo.github import shapes_actions
from bot.demo.github.owners import Owners
from bot.demo.github.state import Environment, Json, Repository, RunJob, StoredSecret, WorkflowRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one job of a run ended; without a log it never began."""

    name: str
    conclusion: str = "success"
    log: str | None = ""
    annotations: tuple[str, ...] = ()


class Machines(Owners):
    """A mixin: acts on what Actions uses."""

    def store_secret(
        self,
        full_name: str,
        name: str,
        *,
        store: Literal["actions", "dependabot"] = "actions",
        environment: str | None = None,
    ) -> None:
        now = self.site.world.clock()
        made = StoredSecret(name=name, store=store, environment=environment, created_at=now)
        self.repository(full_name).secrets.append(made)

    def delete_secret(self, full_name: str, name: str) -> None:
        """From every store of the repository."""
        found = self.repository(full_name)
        found.secrets[:] = [one for one in found.secrets if one.name != name]

    def store_organization_secret(self, owner: str, name: str, selected: Collection[str] | None = None) -> None:
        """For all repositories of the owner, or for some (names without owner)."""
        ids = None if selected is None else frozenset(self.repository(f"{owner}/{one}").id for one in selected)
        now = self.site.world.clock()
        self.account(owner).secrets.append(StoredSecret(name=name, selected=ids, created_at=now))

    def create_environment(
        self,
        full_name: str,
        name: str,
        *,
        reviewers: Sequence[str] = (),
        policies: Mapping[str, Literal["branch", "tag"]] | None = None,
        admins_bypass: bool = True,
    ) -> Environment:
        """`policies`: pattern -> what it is for."""
        world, fresh = self.site.world, self.site.world.take_id()
        made = Environment(
            id=fresh,
            node_id=world.node_id("EN", fresh),
            name=name,
            created_at=world.clock(),
            reviewers=[self.account(login) for login in reviewers],
            policies=None if policies is None else list(policies.items()),
            admins_bypass=admins_bypass,
        )
        self.repository(full_name).environments[name.lower()] = made
        return made

    def finish_run(  # noqa: PLR0913 - a run has many sides; all are named
        self,
        full_name: str,
        path: str,
        *,
        jobs: Sequence[Ended] = (Ended(name="publish"),),
        ref: str | None = None,
        event: str = "push",
        seconds: float = 60.0,
        conclusion: str | None = None,
        by: str | None = None,
    ) -> WorkflowRun:
        """A run of the workflow at `path` is over; it fails if one of its jobs does, or ends in `conclusion`.

        `ref`: a branch or tag.
        """
        found, world, person = self.repository(full_name), self.site.world, self.person(by)
        fresh, now = world.take_id(), world.clock()
        failed = any(job.conclusion == "failure" for job in jobs)
        run = WorkflowRun(
            id=fresh,
            node_id=world.node_id("WFR", fresh),
            path=path,
            name=path.rsplit("/", 1)[-1],
            event=event,
            head_branch=ref or found.default_branch,
            head_oid=_commit(found, ref),
            conclusion=conclusion or ("failure" if failed else "success"),
            began_at=now - seconds,
            ended_at=now,
            actor=person,
            number=len(found.runs) + 1,
            jobs=[self._job(job) for job in jobs],
        )
        found.runs[run.id] = run
        body: Json = {
            "action": "completed",
            "workflow_run": shapes_actions.workflow_run(world, found, run),
            "workflow": shapes_actions.workflow(world, found, run),
        }
        self.site.events.about(found, person, "workflow_run", body)
        return run

    def _job(self, ended: Ended) -> RunJob:
        fresh = self.site.world.take_id()
        return RunJob(
            id=fresh,
            node_id=self.site.world.node_id("CR", fresh),
            name=ended.name,
            conclusion=ended.conclusion,
            log=None if ended.log is None else ended.log.encode(),
            annotations=list(ended.annotations),
        )


def _commit(found: Repository, ref: str | None) -> str:
    oid = found.head if ref is None else found.refs.get(f"refs/tags/{ref}") or found.branch(ref)
    if oid is None:
        raise KeyError(ref)
    return oid
