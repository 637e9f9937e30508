"""Secrets, environments, runs and logs as GitHub describes them; its descriptions judge every exchange."""

from __future__ import annotations

import pytest

from bot.demo.github.machines import Ended
from tests.demo.caller import Caller

LISTS = [
    ("/actions/secrets", "secrets", ["PYPI_TOKEN"], {"secrets": "read"}),
    ("/actions/organization-secrets", "secrets", ["ALL", "SOME"], {"secrets": "read"}),
    ("/dependabot/secrets", "secrets", ["PYPI_TOKEN"], {"dependabot_secrets": "read"}),
    ("/environments/PyPI/secrets", "secrets", ["DEPLOY"], {"environments": "read"}),
    ("/environments", "environments", ["pypi"], {"actions": "read"}),
    ("/environments/pypi/deployment-branch-policies", "branch_policies", ["v*"], {"actions": "read"}),
]


def furnish(caller: Caller) -> None:
    github = caller.github
    github.store_secret("acme/tool", "PYPI_TOKEN")
    github.store_secret("acme/tool", "PYPI_TOKEN", store="dependabot")
    github.create_environment("acme/tool", "pypi", reviewers=["alice"], policies={"v*": "tag"}, admins_bypass=False)
    github.store_secret("acme/tool", "DEPLOY", environment="pypi")
    github.create_repository("acme/other", {"a": "b"})
    github.store_organization_secret("acme", "ALL")
    github.store_organization_secret("acme", "SOME", ["tool"])
    github.store_organization_secret("acme", "OTHERS", ["other"])


@pytest.mark.parametrize(("path", "key", "names", "permission"), LISTS)
async def test_a_list_needs_its_own_permission(
    caller: Caller, path: str, key: str, names: list[str], permission: dict[str, str]
) -> None:
    furnish(caller)
    auth = await caller.token(permissions=permission)
    answer = await caller.tool("GET", path, auth=auth)
    assert (answer.status, [one["name"] for one in answer.body[key]]) == (200, names)
    refused = await caller.tool("GET", path, auth=await caller.token(permissions={"contents": "read"}))
    assert refused.status == (200 if "actions" in permission else 403)  # of a public repository anybody sees its runs


async def test_an_environment_says_how_it_is_protected(caller: Caller) -> None:
    furnish(caller)
    answer = await caller.tool("GET", "/environments")
    [found] = answer.body["environments"]
    assert [rule["type"] for rule in found["protection_rules"]] == ["required_reviewers", "branch_policy"]
    assert found["deployment_branch_policy"] == {"protected_branches": False, "custom_branch_policies": True}
    assert found["can_admins_bypass"] is False


async def test_who_may_read_a_secret_of_the_organisation(caller: Caller) -> None:
    furnish(caller)
    path = "/orgs/acme/actions/secrets/SOME/repositories"
    answer = await caller.call("GET", path)
    assert [one["name"] for one in answer.body["repositories"]] == ["tool"]
    narrow = await caller.token(permissions={"secrets": "read"})
    assert (await caller.call("GET", path, auth=narrow)).status == 403


async def test_a_failed_run_is_told_and_its_log_is_elsewhere(caller: Caller) -> None:
    jobs = [Ended(name="build"), Ended(name="publish", conclusion="failure", log="no publisher\n")]
    caller.github.tag("acme/tool", "v1")
    run = caller.github.finish_run("acme/tool", ".github/workflows/release.yml", jobs=jobs, ref="v1")
    answer = await caller.tool("GET", f"/actions/runs/{run.id}/attempts/1/jobs")
    assert [(job["name"], job["conclusion"]) for job in answer.body["jobs"]] == [
        ("build", "success"),
        ("publish", "failure"),
    ]
    moved = await caller.tool("GET", f"/actions/jobs/{answer.body['jobs'][1]['id']}/logs")
    assert moved.status == 302
    address = moved.headers["Location"]
    assert not address.startswith(caller.github.url)
    async with caller.session.get(address) as log:
        assert await log.text() == "no publisher\n"
    async with caller.session.get(address, headers={"Authorization": "Bearer x"}) as refused:
        assert refused.status == 403


async def test_a_job_that_never_began_has_annotations_and_no_log(caller: Caller) -> None:
    said = 'Tag "v1" is not allowed to deploy to pypi due to environment protection rules.'
    jobs = [Ended(name="publish", conclusion="failure", log=None, annotations=(said,))]
    run = caller.github.finish_run("acme/tool", ".github/workflows/release.yml", jobs=jobs)
    [job] = run.jobs
    assert (await caller.tool("GET", f"/actions/jobs/{job.id}/logs")).status == 404
    answer = await caller.tool("GET", f"/check-runs/{job.id}/annotations")
    assert [one["message"] for one in answer.body] == [said]


async def test_runs_of_a_workflow_the_newest_first(caller: Caller) -> None:
    path = ".github/workflows/release.yml"
    first = caller.github.finish_run("acme/tool", path)
    caller.github.finish_run("acme/tool", path, jobs=[Ended(name="publish", conclusion="failure")])
    caller.github.finish_run("acme/tool", ".github/workflows/ci.yml")
    last = caller.github.finish_run("acme/tool", path)
    answer = await caller.tool("GET", "/actions/workflows/release.yml/runs?status=success")
    assert [run["id"] for run in answer.body["workflow_runs"]] == [last.id, first.id]
