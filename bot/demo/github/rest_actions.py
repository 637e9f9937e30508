"""Secrets (names alone), environments, runs, jobs and logs: https://docs.github.com/en/rest/actions"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from bot.demo.github import shapes_actions as shapes
from bot.demo.github.answers import Answer, Refusal, forbidden, not_found
from bot.demo.github.paging import paged
from bot.demo.github.shapes_repositories import repository
from bot.demo.github.site import Call
from bot.demo.github.state import Environment, Json, RunJob, StoredSecret, WorkflowRun
from bot.demo.github.tokens import AsInstallation

# ---------------------------------------------------------------- secrets


def list_secrets(call: Call) -> Answer:
    kept = [one for one in call.repository.secrets if one.store == "actions" and one.environment is None]
    return _secrets(call, kept, "actions/secrets")


def list_dependabot_secrets(call: Call) -> Answer:
    return _secrets(call, [one for one in call.repository.secrets if one.store == "dependabot"], "dependabot/secrets")


def list_organization_secrets(call: Call) -> Answer:
    found = call.repository
    kept = [one for one in found.owner.secrets if one.selected is None or found.id in one.selected]
    return _secrets(call, kept, "actions/organization-secrets")


def list_environment_secrets(call: Call) -> Answer:
    name = _environment(call).name
    kept = [one for one in call.repository.secrets if one.environment == name]
    return _secrets(call, kept, f"environments/{quote(name, safe='')}/secrets")


def list_secret_repositories(call: Call) -> Answer:
    """Only of a secret for selected repositories any are listed."""
    if not isinstance(call.caller, AsInstallation) or not call.caller.token.grants("organization_secrets", "read"):
        raise forbidden("organization_secrets=read")
    owner = call.world.accounts.get(call.values["org"].lower())
    kept = [one for one in owner.secrets if one.name == call.values["secret_name"]] if owner is not None else []
    if owner is None or not kept:
        raise not_found()
    shown = [repository(call.world, call.world.repositories[one]) for one in sorted(kept[0].selected or ())]
    part, headers = paged(call, shown, f"/orgs/{owner.login}/actions/secrets/{kept[0].name}/repositories")
    return Answer(body={"total_count": len(shown), "repositories": part}, headers=headers)


def _secrets(call: Call, kept: Sequence[StoredSecret], path: str) -> Answer:
    return _listed(call, "secrets", [shapes.secret(one) for one in kept], path)


def _listed(call: Call, name: str, shown: Sequence[Json], path: str) -> Answer:
    part, headers = paged(call, shown, f"/repositories/{call.repository.id}/{path}")
    return Answer(body={"total_count": len(shown), name: part}, headers=headers)


# ---------------------------------------------------------------- environments


def list_environments(call: Call) -> Answer:
    found = call.repository
    shown = [shapes.environment(call.world, found, one) for one in found.environments.values()]
    return _listed(call, "environments", shown, "environments")


def list_policies(call: Call) -> Answer:
    one = _environment(call)
    shown: list[Json] = [
        {"id": one.id + number, "node_id": call.world.node_id("GBP", one.id + number), "name": name, "type": kind}
        for number, (name, kind) in enumerate(one.policies or [])
    ]
    path = f"environments/{quote(one.name, safe='')}/deployment-branch-policies"
    return _listed(call, "branch_policies", shown, path)


def _environment(call: Call) -> Environment:
    found = call.repository.environments.get(call.values["environment_name"].lower())
    if found is None:
        raise not_found()
    return found


# ---------------------------------------------------------------- what may be used


def get_permissions(call: Call) -> Answer:
    settings, path = call.repository.actions, f"{call.world.repository_api(call.repository)}/actions/permissions"
    shown: Json = {
        "enabled": True,
        "allowed_actions": settings.allowed,
        "sha_pinning_required": settings.commits,
    }
    if settings.allowed == "selected":
        shown["selected_actions_url"] = f"{path}/selected-actions"
    return Answer(body=shown)


def get_selected_actions(call: Call) -> Answer:
    settings = call.repository.actions
    if settings.allowed != "selected":
        raise Refusal(409, "Conflict")
    shown: Json = {
        "github_owned_allowed": settings.github_owned,
        "verified_allowed": settings.verified,
        "patterns_allowed": list(settings.patterns),
    }
    return Answer(body=shown)


# ---------------------------------------------------------------- runs


def list_runs(call: Call) -> Answer:
    """`workflow_id` is a number or a file name; the newest run first."""
    wanted, status = call.values["workflow_id"], call.query.get("status")
    runs = [
        run
        for run in reversed(call.repository.runs.values())
        if wanted in {str(shapes.workflow_id(run.path)), run.path.rsplit("/", 1)[-1]}
        and status in {None, "completed", run.conclusion}
    ]
    shown = [shapes.workflow_run(call.world, call.repository, run) for run in runs]
    return _listed(call, "workflow_runs", shown, f"actions/workflows/{wanted}/runs")


def list_jobs(call: Call) -> Answer:
    run = call.repository.runs.get(call.number("run_id"))
    if run is None or call.values["attempt_number"] != "1":
        raise not_found()
    shown = [shapes.job(call.world, call.repository, run, one) for one in run.jobs]
    return _listed(call, "jobs", shown, f"actions/runs/{run.id}/attempts/1/jobs")


def get_log(call: Call) -> Answer:
    """A redirect to where logs are stored, which is another host and takes no credentials."""
    _, job = _job(call, call.number("job_id"))
    if job.log is None:
        raise not_found()
    return Answer(status=302, headers={"Location": f"{call.world.addresses.storage}/logs/{call.site.keep(job.log)}"})


def list_annotations(call: Call) -> Answer:
    _, job = _job(call, call.number("check_run_id"))
    part, headers = paged(
        call,
        [shapes.annotation(message) for message in job.annotations],
        f"/repositories/{call.repository.id}/check-runs/{job.id}/annotations",
    )
    return Answer(body=part, headers=headers)


def _job(call: Call, number: int) -> tuple[WorkflowRun, RunJob]:
    for run in call.repository.runs.values():
        for job in run.jobs:
            if job.id == number:
                return run, job
    raise not_found()
