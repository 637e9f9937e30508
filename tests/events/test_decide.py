"""Every event, action by action: which jobs, with which key, or why none."""

from __future__ import annotations

from typing import Any

import pytest

from bot import features
from bot.events import EVENTS, Jobs, NotForUs, decide
from bot.events.payload import MOST_IN_A_JOB
from bot.model import Job
from tests.events.payloads import (
    FULL,
    INSTALLATION,
    NAMED,
    REPOSITORY,
    Payload,
    encode,
    installation,
    pull,
    push,
    repositories,
    repository,
)

SETTLED = NAMED | {"number": 12, "merged": True, "branch": "pubflow/trusted-publishing", "base": "main"}
ALL = {"account": "octo-org", "repositories": None}
WITHOUT = {"installation": None}


def told(event: str, payload: Payload) -> Jobs | NotForUs:
    return decide(event, encode(payload), lambda _repository: frozenset())


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
    ("pull_request", pull(), "settle", "7:12:2026-01-02T03:04:05Z", SETTLED),
    ("pull_request", pull(merged=False), "settle", "7:12:2026-01-02T03:04:05Z", SETTLED | {"merged": False}),
]


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
    assert (job.kind, job.key, dict(job.args), job.installation) == (kind, key, args, 5)
    assert decision.action == payload.get("action")
    assert job.once is (kind == "settle")


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
    ("pull_request", pull("opened")),
    ("pull_request", pull("reopened")),
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
