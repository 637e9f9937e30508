"""Runs a workflow for one event: jobs in the order of their needs, each leg on a machine of its own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from tests.moving.rehearsal.actions import act
from tests.moving.rehearsal.expressions import Context, fill_in, holds
from tests.moving.rehearsal.runner import Event, Plain, Runner, Stopped

_SECRET = re.compile(r"\bsecrets\.(\w+)", re.IGNORECASE)
_EVERYTHING: Mapping[str, Plain | None] = {"write-all": None, "read-all": {"contents": "read"}}


def rehearse(text: str, event: Event, folder: Path) -> tuple[str, ...]:
    """All that left the machines, sorted; `failed JOB` for each job that did not succeed."""
    run = _Run(text, event, folder)
    return tuple(sorted(run.all_jobs()))


class _Run:
    def __init__(self, text: str, event: Event, folder: Path) -> None:
        self.workflow = _mapping(YAML(typ="safe", pure=True).load(text))
        self.secrets = {name: f"{name.upper()}_SECRET" for name in _SECRET.findall(text)}
        self.event = event
        self.folder = folder
        self.results: dict[str, Plain] = {}

    def all_jobs(self) -> Iterator[str]:
        waiting = {key: _mapping(job) for key, job in _mapping(self.workflow["jobs"]).items()}
        while waiting:
            ready = [key for key, job in waiting.items() if not set(_needs(job)) & set(waiting)]
            assert ready, f"jobs wait for each other: {sorted(waiting)}"
            for key in ready:
                yield from self._job(key, waiting.pop(key))

    def _job(self, key: str, job: Plain) -> Iterator[str]:
        needs = {name: self.results[name] for name in _needs(job)}
        context: Context = {
            "github": self.event.github,
            "inputs": self.event.inputs,
            "needs": needs,
            "vars": {},
            "runner": {"os": "Linux"},
            "status()": "success" if all(each["result"] == "success" for each in needs.values()) else "failure",
        }
        if not holds(job.get("if"), context):
            self.results[key] = {"result": "skipped", "outputs": {}}
            return
        outputs: dict[str, str] = {}
        result = "success"
        for index, matrix in enumerate(_legs(job)):
            given = {**context, "matrix": matrix, "strategy": {"job-index": index}, "secrets": self.secrets}
            runner = self._runner(f"{key}-{index}", job, given, index)
            seen = self._steps(runner, job, given)
            yield from runner.told
            result = result if runner.status == "success" else "failure"
            outputs |= {name: fill_in(str(text), seen) for name, text in _mapping(job.get("outputs")).items()}
        if result == "failure":
            yield f"failed {key}"
        self.results[key] = {"result": result, "outputs": outputs}

    def _runner(self, name: str, job: Plain, context: Context, leg: int) -> Runner:
        permissions = job.get("permissions", self.workflow.get("permissions"))
        env = {**_mapping(self.workflow.get("env")), **_mapping(job.get("env"))}
        runner = Runner(
            place=self.folder / name,
            artifacts=self.folder / "artifacts",
            event=self.event,
            labels=fill_in(str(job["runs-on"]), context),
            contained="container" in job,
            permissions=_EVERYTHING[permissions] if isinstance(permissions, str) else _maybe(permissions),
            env={name: fill_in(str(value), context) for name, value in env.items()},
            leg=leg,
        )
        for path in (runner.workspace, runner.state, runner.artifacts):
            path.mkdir(parents=True, exist_ok=True)
        return runner

    def _steps(self, runner: Runner, job: Plain, context: Context) -> Context:
        """What is known when all steps are through."""
        steps: dict[str, object] = {}
        seen = context
        for index, step in enumerate(_list(job["steps"])):
            seen = {**context, "steps": steps, "env": runner.env, "job": {"status": runner.status}}
            if not holds(step.get("if"), {**seen, "status()": runner.status}):
                continue
            outputs: Mapping[str, str] = {}
            outcome = "success"
            try:
                outputs = self._step(runner, job, step, seen, index)
            except Stopped:
                outcome = "failure"
                runner.status = runner.status if step.get("continue-on-error") else "failure"
            steps[str(step.get("id", index))] = {"outputs": outputs, "outcome": outcome}
        return seen

    def _step(self, runner: Runner, job: Plain, step: Plain, context: Context, index: int) -> Mapping[str, str]:
        own = {name: fill_in(str(value), context) for name, value in _mapping(step.get("env")).items()}
        env = {**runner.env, **own}
        context = {**context, "env": env}
        if "uses" in step:
            given = _mapping(step.get("with"))
            inputs = {name.replace("_", "-"): fill_in(_text(value), context) for name, value in given.items()}
            act(runner, str(step["uses"]), inputs, env)
            return {}
        defaults = _mapping(_mapping(job.get("defaults", self.workflow.get("defaults"))).get("run"))
        folder = fill_in(str(step.get("working-directory", defaults.get("working-directory", "."))), context)
        return runner.call(fill_in(str(step["run"]), context), env, folder, index)


def _legs(job: Plain) -> Iterator[Plain]:
    """The products of a matrix; what is included or excluded is not in use here."""
    matrix = _mapping(_mapping(job.get("strategy")).get("matrix"))
    values = [each if isinstance(each, list) else [each] for each in matrix.values()]
    yield from (dict(zip(matrix, chosen, strict=True)) for chosen in itertools.product(*values))


def _needs(job: Plain) -> Sequence[str]:
    found = job.get("needs", [])
    return [found] if isinstance(found, str) else [str(each) for each in _list(found)]


def _mapping(found: object) -> Mapping[str, object]:
    return found if isinstance(found, dict) else {}


def _maybe(found: object) -> Plain | None:
    return _mapping(found) if found is not None else None


def _list(found: object) -> Sequence[Plain]:
    return found if isinstance(found, list) else []


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
