"""Check runs: https://docs.github.com/en/rest/checks/runs"""

from __future__ import annotations

from bot.demo.github import body
from bot.demo.github.answers import Answer, Refusal, invalid, not_found
from bot.demo.github.commits import resolve_commit
from bot.demo.github.objects import Kind
from bot.demo.github.paging import paged
from bot.demo.github.shapes_pulls import check_run
from bot.demo.github.site import Call
from bot.demo.github.state import CheckRun, Json

STATUSES = frozenset({"queued", "in_progress", "completed", "waiting", "requested", "pending"})


def post_check_run(call: Call) -> Answer:
    app = call.actor.app
    if app is None:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    oid = body.text(call.body, "head_sha")
    if not call.repository.store.has(oid, Kind.COMMIT):
        raise Refusal(422, f"No commit found for SHA: {oid}")
    fresh = call.world.take_id()
    run = CheckRun(
        id=fresh,
        node_id=call.world.node_id("CR", fresh),
        app=app,
        name=body.text(call.body, "name"),
        head_oid=oid,
        status="queued",
        conclusion=None,
        started_at=call.world.clock(),
        completed_at=None,
        details_url=body.optional_text(call.body, "details_url"),
        external_id=body.optional_text(call.body, "external_id"),
    )
    _fill(call, run)
    call.repository.check_runs[run.id] = run
    return Answer(status=201, body=check_run(call.world, call.repository, run))


def patch_check_run(call: Call) -> Answer:
    run = call.repository.check_runs.get(call.number("check_run_id"))
    if run is None:
        raise not_found()
    if run.app is not call.actor.app:
        raise Refusal(
            403, f"Invalid app_id `{run.app.id}` - check run can only be modified by the GitHub App that created it."
        )
    _fill(call, run)
    return Answer(body=check_run(call.world, call.repository, run))


def _fill(call: Call, run: CheckRun) -> None:
    run.conclusion = body.optional_text(call.body, "conclusion") or run.conclusion
    status = body.optional_text(call.body, "status") or ("completed" if run.conclusion else run.status)
    if status not in STATUSES:
        raise invalid("CheckRun", "status")
    if status == "completed" and run.conclusion is None:
        raise Refusal(422, 'Invalid request.\n\nMissing required key "conclusion".')
    run.status = status
    run.completed_at = call.world.clock() if status == "completed" else None
    output = body.mapping(call.body, "output")
    if output is not None:
        _output(run, output)


def _output(run: CheckRun, output: Json) -> None:
    run.title = body.optional_text(output, "title") or run.title
    run.summary = body.text(output, "summary")
    run.text = body.optional_text(output, "text")
    annotations = body.objects(output, "annotations")
    if len(annotations) > 50:
        raise Refusal(422, "Invalid request.\n\nNo more than 50 annotations a request.")
    run.annotations += annotations


def list_check_runs(call: Call) -> Answer:
    oid = resolve_commit(call.repository, call.values["ref"])
    if oid is None:
        raise Refusal(422, f"No commit found for SHA: {call.values['ref']}")
    name = call.query.get("check_name")
    runs = [run for run in call.repository.check_runs.values() if run.head_oid == oid and name in {None, run.name}]
    part, headers = paged(call, runs, f"/repositories/{call.repository.id}/commits/{call.values['ref']}/check-runs")
    shapes = [check_run(call.world, call.repository, run) for run in part]
    return Answer(body={"total_count": len(runs), "check_runs": shapes}, headers=headers)
