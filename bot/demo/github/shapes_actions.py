"""Secrets, environments, workflow runs and their jobs as GitHub's JSON."""

from __future__ import annotations

import zlib

from bot.demo.github import history
from bot.demo.github.shapes_accounts import user
from bot.demo.github.shapes_repositories import repository
from bot.demo.github.state import Environment, Json, Repository, RunJob, StoredSecret, WorkflowRun
from bot.demo.github.world import World, iso


def secret(one: StoredSecret) -> Json:
    return {"name": one.name, "created_at": iso(one.created_at), "updated_at": iso(one.created_at)}


def environment(world: World, found: Repository, one: Environment) -> Json:
    """https://docs.github.com/en/rest/deployments/environments#get-an-environment"""
    rules: list[Json] = []
    if one.reviewers:
        reviewers = [{"type": "User", "reviewer": user(world, account)} for account in one.reviewers]
        rules.append(_rule(world, one, "required_reviewers") | {"prevent_self_review": False, "reviewers": reviewers})
    if one.policies is not None:
        rules.append(_rule(world, one, "branch_policy"))
    policy = None if one.policies is None else {"protected_branches": False, "custom_branch_policies": True}
    return {
        "id": one.id,
        "node_id": one.node_id,
        "name": one.name,
        "url": f"{world.repository_api(found)}/environments/{one.name}",
        "html_url": f"{world.repository_web(found)}/deployments/activity_log?environments_filter={one.name}",
        "created_at": iso(one.created_at),
        "updated_at": iso(one.created_at),
        "can_admins_bypass": one.admins_bypass,
        "protection_rules": rules,
        "deployment_branch_policy": policy,
    }


def _rule(world: World, one: Environment, kind: str) -> Json:
    number = one.id + zlib.crc32(kind.encode())
    return {"id": number, "node_id": world.node_id("GA", number), "type": kind}


def workflow_id(path: str) -> int:
    """Every workflow file has a number; here it follows from its path."""
    return zlib.crc32(path.encode())


def workflow(world: World, found: Repository, run: WorkflowRun) -> Json:
    number = workflow_id(run.path)
    web = world.repository_web(found)
    name = run.path.rsplit("/", 1)[-1]
    return {
        "id": number,
        "node_id": world.node_id("W", number),
        "name": run.name,
        "path": run.path,
        "state": "active",
        "created_at": iso(found.created_at),
        "updated_at": iso(found.created_at),
        "url": f"{world.repository_api(found)}/actions/workflows/{number}",
        "html_url": f"{web}/blob/{found.default_branch}/{run.path}",
        "badge_url": f"{web}/workflows/{name}/badge.svg",
    }


def workflow_run(world: World, found: Repository, run: WorkflowRun) -> Json:
    """https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run"""
    api = f"{world.repository_api(found)}/actions/runs/{run.id}"
    return {
        "id": run.id,
        "node_id": run.node_id,
        "name": run.name,
        "path": run.path,
        "display_title": run.name,
        "run_number": run.number,
        "run_attempt": 1,
        "event": run.event,
        "status": "completed",
        "conclusion": run.conclusion,
        "workflow_id": workflow_id(run.path),
        "check_suite_id": run.id + 1,
        "check_suite_node_id": world.node_id("CS", run.id + 1),
        "head_branch": run.head_branch,
        "head_sha": run.head_oid,
        "head_commit": _commit(found, run.head_oid),
        "head_repository": repository(world, found),
        "repository": repository(world, found),
        "pull_requests": [],
        "referenced_workflows": [],
        "actor": user(world, run.actor),
        "triggering_actor": user(world, run.actor),
        "created_at": iso(run.began_at),
        "updated_at": iso(run.ended_at),
        "run_started_at": iso(run.began_at),
        "url": api,
        "html_url": f"{world.repository_web(found)}/actions/runs/{run.id}",
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{world.repository_api(found)}/actions/workflows/{workflow_id(run.path)}",
        "check_suite_url": f"{world.repository_api(found)}/check-suites/{run.id + 1}",
    }


def job(world: World, found: Repository, run: WorkflowRun, one: RunJob) -> Json:
    """https://docs.github.com/en/rest/actions/workflow-jobs"""
    api = world.repository_api(found)
    return {
        "id": one.id,
        "node_id": one.node_id,
        "run_id": run.id,
        "run_url": f"{api}/actions/runs/{run.id}",
        "run_attempt": 1,
        "head_sha": run.head_oid,
        "head_branch": run.head_branch,
        "workflow_name": run.name,
        "name": one.name,
        "url": f"{api}/actions/jobs/{one.id}",
        "html_url": f"{world.repository_web(found)}/actions/runs/{run.id}/job/{one.id}",
        "check_run_url": f"{api}/check-runs/{one.id}",
        "status": "completed",
        "conclusion": one.conclusion,
        "created_at": iso(run.began_at),
        "started_at": iso(run.began_at),
        "completed_at": iso(run.ended_at),
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": "GitHub Actions 1",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
        "steps": [],
    }


def annotation(message: str) -> Json:
    return {
        "path": ".github",
        "blob_href": "",
        "start_line": 1,
        "end_line": 1,
        "start_column": None,
        "end_column": None,
        "annotation_level": "failure",
        "title": "",
        "message": message,
        "raw_details": "",
    }


def _commit(found: Repository, oid: str) -> Json:
    one = history.commit(found.store, oid)
    return {
        "id": oid,
        "tree_id": one.tree,
        "message": one.message.rstrip("\n"),
        "timestamp": iso(one.committer.at),
        "author": {"name": one.author.name, "email": one.author.email},
        "committer": {"name": one.committer.name, "email": one.committer.email},
    }
