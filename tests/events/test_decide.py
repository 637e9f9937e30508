"""Every event, action by action: which jobs, with which key, or why none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import features
from bot.errors import Malformed
from bot.events import EVENTS, Jobs, NotForUs, decide
from bot.events.payload import MOST_IN_A_JOB
from bot.messages.checkboxes import Box, checkbox
from bot.model import Job
from tests.events.payloads import (
    BOT,
    FULL,
    INSTALLATION,
    NAMED,
    REPOSITORY,
    Payload,
    comment,
    encode,
    installation,
    issue,
    pull,
    push,
    repositories,
    repository,
    run,
)

SETTLED = NAMED | {
    "number": 12,
    "merged": True,
    "branch": "pubflow/trusted-publishing",
    "base": "main",
    "withdrawn": False,
}
SPEECH = {"number": 12, "pull": True, "login": "sam", "author": "pubflow[bot]"}
HEARD = {"repository": NAMED, "speech": SPEECH, "comment": 99, "body": "/pubflow update"}
EMPTY = "\n".join(checkbox(box, "…") for box in Box)
TICKED = EMPTY.replace("[ ] <!-- pubflow:rebase", "[x] <!-- pubflow:rebase")
TICK = {"comment": None, "ticked": "2026-01-02T03:04:05Z", "boxes": ["rebase"]}
ANSWERED = NAMED | {"speech": SPEECH, "source": TICK, "lines": ["rebase"]}
ALL = {"account": "octo-org", "repositories": None}
WITHOUT = {"installation": None}
WORKFLOW = ".github/workflows/release.yml"
FAILED = NAMED | {
    "run": 99,
    "attempt": 2,
    "workflow": WORKFLOW,
    "head": "a" * 40,
    "url": "https://github.com/octo-org/example/actions/runs/99",
    "ref_name": "v1.0",
}
TOUCHED = NAMED | {"number": 12, "head": "b" * 40, "base": "c" * 40}


def theirs(action: str, **changes: object) -> Payload:
    """A pull request of somebody else, from a fork."""
    sides: Payload = {
        "head": {"ref": "topic", "repo": {"id": 8}, "sha": "b" * 40},
        "base": {"ref": "main", "repo": {"id": 7}, "sha": "c" * 40},
    }
    return pull(action, user={"login": "mallory", "type": "User"}, **sides | changes)


def edited(body: str, before: str | None, **changes: Any) -> Payload:
    """Sam edits the body of a pull request of ours."""
    return pull("edited", body=body, **changes) | {"changes": {} if before is None else {"body": {"from": before}}}


def told(event: str, payload: Payload) -> Jobs | NotForUs:
    return decide(event, encode(payload), lambda _repository: frozenset({WORKFLOW}))


JOBS: list[tuple[str, Payload, str, str, dict[str, Any]]] = [
    *(
        ("repository", repository(action), "scan", "7", NAMED)
        for action in ("created", "renamed", "transferred", "archived", "unarchived", "publicized", "privatized")
    ),
    ("repository", repository("edited", changes={"default_branch": {"from": "master"}}), "scan", "7", NAMED),
    ("push", push(), "scan", "7", NAMED),
    ("installation", installation("unsuspend"), "enrol", "5", ALL),
    ("installation", installation("new_permissions_accepted"), "enrol", "5", ALL),
    ("installation", installation("created", repositories=None), "enrol", "5", ALL),
    ("installation", installation("created", installation=FULL | {"repository_selection": "all"}), "enrol", "5", ALL),
    ("installation", installation("deleted"), "forget", "5", {"repo_ids": None, "reason": "the App was uninstalled"}),
    ("installation", installation("suspend"), "forget", "5", {"repo_ids": None, "reason": "the App was suspended"}),
    ("pull_request", pull("reopened"), "scan", "7", NAMED),
    ("pull_request", pull("synchronize"), "scan", "7", NAMED),
    ("pull_request", edited(TICKED, EMPTY), "answer", "7:12:tick-body-20260102T030405Z-rebase", ANSWERED),
    ("issue_comment", comment(), "hear", "7:99", HEARD),
    ("issue_comment", comment(pull=False), "hear", "7:99", HEARD | {"speech": SPEECH | {"pull": False}}),
    (
        "issue_comment",
        comment(TICKED, "edited", user=BOT) | {"changes": {"body": {"from": EMPTY}}},
        "answer",
        "7:12:tick-99-20260102T030405Z-rebase",
        ANSWERED | {"source": TICK | {"comment": 99}},
    ),
    ("pull_request", pull("opened"), "follow", "7", NAMED),
    *(("issues", issue(action), "follow", "7", NAMED) for action in ("edited", "closed", "reopened")),
    ("workflow_run", run(), "diagnose", "7:99:2", FAILED),
    ("workflow_run", run("startup_failure"), "diagnose", "7:99:2", FAILED),
    ("workflow_run", run("timed_out"), "diagnose", "7:99:2", FAILED),
    ("workflow_run", run(path=".github/workflows/release.yml@v1.0"), "diagnose", "7:99:2", FAILED),
    ("workflow_run", run("success"), "notice", f"7:{WORKFLOW}", NAMED | {"workflow": WORKFLOW}),
    *(("pull_request", theirs(action), "guard", f"7:12:{'b' * 40}", TOUCHED) for action in ("opened", "synchronize")),
]


@pytest.mark.parametrize(
    ("watched", "wanted"), [(None, True), (frozenset({WORKFLOW}), True), (frozenset({"tox.ini"}), False)]
)
def test_a_run_of_a_workflow_that_is_known_to_publish_nothing_asks_nothing(
    watched: frozenset[str] | None, wanted: bool
) -> None:
    for payload in (run("success"), run()):
        assert isinstance(decide("workflow_run", encode(payload), lambda _: watched), Jobs) is wanted


SHA = "2" * 40
ELSEWHERE: list[tuple[dict[str, Any], list[str]]] = [
    ({"modified": [".github/pubflow.yml"]}, ["preview"]),
    ({"added": ["a.py", ".github/pubflow.yml"]}, ["preview"]),
    ({"removed": [".github/pubflow.yml"]}, []),
    ({"modified": [".github/workflows/release.yml"]}, []),
]


@pytest.mark.parametrize(("paths", "kinds"), ELSEWHERE)
def test_a_configuration_on_another_branch_is_looked_at(paths: dict[str, Any], kinds: list[str]) -> None:
    commit = {"added": [], "removed": [], "modified": []} | paths
    answer = told("push", push(commit, ref="refs/heads/try"))
    jobs = answer.jobs if isinstance(answer, Jobs) else ()
    assert [(job.kind, job.key, dict(job.args), job.once) for job in jobs] == [
        (kind, f"7:{SHA}", NAMED | {"sha": SHA}, True) for kind in kinds
    ]


@pytest.mark.parametrize(
    "changes",
    [{"commits": []}, {"forced": True, "commits": []}, {"deleted": True}, {"after": "HEAD"}, {"ref": "refs/tags/v1"}],
)
def test_of_another_branch_nothing_is_guessed(changes: dict[str, Any]) -> None:
    commit = {"added": [], "removed": [], "modified": [".github/pubflow.yml"]}
    assert isinstance(told("push", push(commit, **({"ref": "refs/heads/try"} | changes))), NotForUs)


HOME = REPOSITORY | {"name": ".github", "full_name": "octo-org/.github"}


@pytest.mark.parametrize(
    ("path", "kinds"),
    [(".github/pubflow.yml", ["scan", "enrol"]), (".github/workflows/x.yml", ["scan"]), ("profile/README.md", [])],
)
def test_a_push_to_the_account_s_own_configuration_looks_at_everything(path: str, kinds: list[str]) -> None:
    commit = {"added": [], "removed": [], "modified": [path]}
    answer = told("push", push(commits=[commit], repository=HOME | {"default_branch": "main"}))
    assert [job.kind for job in (answer.jobs if isinstance(answer, Jobs) else ())] == kinds
    elsewhere = told("push", push(commits=[commit]))
    assert [job.kind for job in (elsewhere.jobs if isinstance(elsewhere, Jobs) else ())] == kinds[:1]


@pytest.mark.parametrize(("event", "payload", "kind", "key", "args"), JOBS)
def test_a_delivery_becomes_one_job(event: str, payload: Payload, kind: str, key: str, args: dict[str, Any]) -> None:
    decision = told(event, payload)
    assert isinstance(decision, Jobs)
    [job] = decision.jobs
    assert (job.kind, job.key, json.loads(json.dumps(dict(job.args))), job.installation) == (kind, key, args, 5)
    assert decision.action == payload.get("action")
    assert job.once is (kind in {"hear", "answer", "diagnose", "guard"})


NOTHING: list[tuple[str, Payload]] = [
    ("ping", {"zen": "Speak like a human.", "hook_id": 1, "hook": {}}),
    ("star", {"action": "created", "repository": REPOSITORY, "installation": INSTALLATION}),
    ("repository", repository("edited", changes={"description": {"from": "old"}})),
    ("repository", repository("edited")),
    ("repository", repository("starred")),
    *(("repository", repository(action, **WITHOUT)) for action in ("created", "deleted", "edited")),
    ("push", push(**WITHOUT)),
    ("push", push(deleted=True)),
    ("push", push(ref="refs/tags/main")),
    ("push", push(ref="refs/heads/other")),
    ("installation", installation("renamed")),
    ("installation_repositories", repositories("added")),
    ("installation_repositories", repositories("renamed", [REPOSITORY])),
    *(("pull_request", pull(action) | {"sender": BOT}) for action in ("reopened", "synchronize")),
    ("pull_request", edited(TICKED, EMPTY) | {"sender": BOT}),
    ("pull_request", edited(TICKED, TICKED)),
    ("pull_request", edited(EMPTY, TICKED)),
    ("pull_request", edited(TICKED, None)),
    ("pull_request", edited("- [x] Rebase", "- [ ] Rebase")),
    ("pull_request", edited(TICKED, EMPTY, user={"login": "mallory", "type": "User"})),
    ("issue_comment", comment("/pubflow update", "deleted")),
    ("issue_comment", comment("/pubflow update", "edited")),
    ("issue_comment", comment("say /pubflow update")),
    ("issue_comment", comment("/pubflows update")),
    ("issue_comment", comment(user=BOT)),
    ("issue_comment", comment(user={"login": "robot", "type": "Bot"})),
    ("issue_comment", comment(user=None)),
    ("issue_comment", comment() | {"sender": BOT}),
    ("issue_comment", comment() | WITHOUT),
    ("issue_comment", comment(TICKED, "edited") | {"changes": {"body": {"from": EMPTY}}}),
    ("issue_comment", comment(TICKED, "edited", user=BOT) | {"changes": {"body": {"from": EMPTY}}, "sender": BOT}),
    ("issue_comment", comment(TICKED, "edited", user=BOT) | {"changes": {"body": {"from": TICKED}}}),
    ("issue_comment", comment(TICKED, "edited", user=BOT)),
    ("pull_request", pull("labeled")),
    ("pull_request", theirs("labeled")),
    ("pull_request", theirs("opened") | WITHOUT),
    ("pull_request", theirs("opened", head={"ref": "topic", "repo": {"id": 8}})),
    ("workflow_run", run(action="requested")),
    *(
        ("workflow_run", run(conclusion))
        for conclusion in ("cancelled", "skipped", "neutral", "action_required", "stale", None)
    ),
    *(("workflow_run", run(event=event)) for event in ("pull_request", "pull_request_target", "dynamic")),
    ("workflow_run", run(path="dynamic/pages/pages-build-deployment")),
    ("workflow_run", run() | WITHOUT),
    ("issues", issue("opened")),
    ("issues", issue(by="Bot")),
    ("issues", issue(body=None)),
    ("issues", issue(body="- [x] <!-- pubflow:revoked -->")),
    ("issues", issue(user={"login": "mallory", "type": "User"})),
    ("issues", issue(user=None)),
    ("issues", issue() | WITHOUT),
    ("pull_request", pull(user={"login": "mallory", "type": "User"})),
    ("pull_request", pull(user={"login": "mallory[bot]", "type": "User"})),
    ("pull_request", pull(user={"login": "robot", "type": "Bot"})),
    ("pull_request", pull(user=None)),
    ("pull_request", pull(head={"ref": "pubflow/trusted-publishing", "repo": {"id": 8}})),
    ("pull_request", pull(head={"ref": "pubflow/trusted-publishing", "repo": None})),
    ("pull_request", pull(head={"ref": "pubflow/trusted-publishing2", "repo": {"id": 7}})),
    ("pull_request", pull(home=8)),
    ("pull_request", pull() | WITHOUT),
]


@pytest.mark.parametrize(("event", "payload"), NOTHING)
def test_what_asks_nothing_of_us_gives_no_job(event: str, payload: Payload) -> None:
    assert isinstance(told(event, payload), NotForUs)


def jobs_of(payload: Payload) -> tuple[Job, ...]:
    decision = told("installation_repositories", payload)
    assert isinstance(decision, Jobs)
    return decision.jobs


def test_added_repositories_are_enrolled_and_removed_ones_forgotten() -> None:
    forget, enrol = jobs_of(repositories("added", [REPOSITORY], [{"id": 9}, {"id": 8}]))
    assert (forget.kind, forget.args["repo_ids"]) == ("forget", [8, 9])
    assert (enrol.kind, enrol.args) == ("enrol", {"account": "octo-org", "repositories": [NAMED]})


def test_a_waiting_job_about_one_repository_does_not_absorb_one_about_another() -> None:
    other = REPOSITORY | {"id": 8, "node_id": "R_8", "full_name": "octo-org/other"}
    keys = {
        *(job.key for job in jobs_of(repositories("added", [REPOSITORY]))),
        *(job.key for job in jobs_of(repositories("added", [other]))),
    }
    again = {job.key for job in jobs_of(repositories("added", [REPOSITORY]))}
    assert len(keys) == 2
    assert again < keys


def test_many_repositories_are_listed_by_the_job_and_not_in_it() -> None:
    many = [REPOSITORY | {"id": number + 1} for number in range(MOST_IN_A_JOB + 1)]
    [enrol] = jobs_of(repositories("added", many))
    first, second = jobs_of(repositories("removed", removed=many))
    assert enrol.args["repositories"] is None
    assert first.args["repo_ids"] == list(range(1, MOST_IN_A_JOB + 1))
    assert second.args["repo_ids"] == [MOST_IN_A_JOB + 1]


def test_a_deleted_repository_is_forgotten_and_no_other() -> None:
    decision = told("repository", repository("deleted"))
    assert isinstance(decision, Jobs)
    [job] = decision.jobs
    assert (job.kind, job.args) == ("forget", {"repo_ids": [7], "reason": "the repository was deleted"})


@pytest.mark.parametrize(
    ("payload", "changed"),
    [
        (pull(), {}),
        (pull(merged=False), {"merged": False}),
        (pull(merged=False, body="…\n<!-- pubflow:withdrawn -->"), {"merged": False, "withdrawn": True}),
        (pull() | {"sender": BOT}, {}),
    ],
)
def test_a_closing_is_settled_and_then_looked_at(payload: Payload, changed: dict[str, Any]) -> None:
    decision = told("pull_request", payload)
    assert isinstance(decision, Jobs)
    settle, scan = decision.jobs
    assert (settle.kind, settle.key, settle.once) == ("settle", "7:12:2026-01-02T03:04:05Z", True)
    assert dict(settle.args) == SETTLED | changed
    assert (scan.kind, scan.key) == ("scan", "7")


def test_what_is_said_twice_is_heard_once_and_two_ticks_are_two() -> None:
    assert told("issue_comment", comment()) == told("issue_comment", comment())
    first, second = (told("pull_request", edited(TICKED, EMPTY, updated_at=at)) for at in ("2026Z", "2027Z"))
    assert isinstance(first, Jobs)
    assert isinstance(second, Jobs)
    assert first.jobs[0].key != second.jobs[0].key


MOVES: list[tuple[str, Payload, str]] = [
    ("renamed", {"repository": {"name": {"from": "old"}}}, "octo-org/old"),
    ("transferred", {"owner": {"from": {"user": {"login": "ana"}}}}, "ana/example"),
    ("transferred", {"owner": {"from": {"organization": {"login": "acme"}}}}, "acme/example"),
]


@pytest.mark.parametrize(("action", "changes", "before"), MOVES)
def test_a_new_name_is_told_to_who_must_register_it(action: str, changes: Payload, before: str) -> None:
    decision = told("repository", repository(action, changes=changes))
    assert isinstance(decision, Jobs)
    scan, relocate = decision.jobs
    assert scan.kind == "scan"
    assert (relocate.kind, relocate.args, relocate.once) == ("relocate", NAMED | {"before": before}, True)


@pytest.mark.parametrize(("action", "changes", "_before"), MOVES)
def test_other_actions_move_nothing(action: str, changes: Payload, _before: str) -> None:
    other = {"renamed": "transferred", "transferred": "renamed"}[action]
    decision = told("repository", repository(other, changes=changes))
    assert isinstance(decision, Jobs)
    assert [job.kind for job in decision.jobs] == ["scan"]


def test_a_pull_request_closed_twice_is_settled_twice_and_told_twice_once() -> None:
    first, again, later = (told("pull_request", pull(closed_at=at)) for at in ("2026Z", "2026Z", "2027Z"))
    assert first == again != later


@pytest.mark.parametrize("account", [{"slug": "an-enterprise", "id": 1}, None])
def test_an_enterprise_or_a_deleted_account_has_no_login(account: Payload | None) -> None:
    decision = told("installation", installation("unsuspend", installation=FULL | {"account": account}))
    assert isinstance(decision, Jobs)
    assert decision.jobs[0].args["account"] == (account and account["slug"])


def test_the_table_lists_what_the_app_subscribes_to_and_what_github_always_sends() -> None:
    assert set(EVENTS) == {*features.events(), *features.ALWAYS_DELIVERED}


@pytest.mark.parametrize(
    "url", ["https://x/)[y](https://evil", "javascript:alert(1)", "https://x y", "", "https://x/\n"]
)
def test_an_address_that_could_end_a_link_is_none_of_githubs(url: str) -> None:
    with pytest.raises(Malformed):
        told("workflow_run", run(html_url=url))
