"""Deliveries: signed, in both encodings, logged, sent again on request; the judge checks each payload's schema."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest

from bot.demo.github import LocalGitHub
from tests.demo.caller import FILES, Caller
from tests.demo.receiver import Receiver

Act = Callable[[LocalGitHub, Caller], object]


def _pull(github: LocalGitHub, _: Caller) -> None:
    github.push("acme/tool", {"x": "y"}, branch="topic")
    github.open_pull("acme/tool", head="topic", title="Change", body="why")


def _in_turn(*acts: Act) -> Act:
    def all_of_them(github: LocalGitHub, caller: Caller) -> None:
        for act in acts:
            act(github, caller)

    return all_of_them


def _pulled(*acts: Act) -> Act:
    return _in_turn(_pull, *acts)


def _mute(github: LocalGitHub, _: Caller) -> None:
    github.site.events.muted = True


def _push(github: LocalGitHub, _: Caller) -> None:
    github.push("acme/tool", {"a": "b"})


ACTS: list[tuple[str, Act, list[str]]] = [
    ("create", lambda g, _: g.create_repository("acme/new", FILES), ["repository.created", "push"]),
    ("create empty", lambda g, _: g.create_repository("acme/new"), ["repository.created"]),
    ("rename", lambda g, _: g.rename_repository("acme/tool", "other"), ["repository.renamed"]),
    ("archive", lambda g, _: g.archive_repository("acme/tool"), ["repository.archived"]),
    ("unarchive", lambda g, _: g.unarchive_repository("acme/tool"), ["repository.unarchived"]),
    ("publicize", lambda g, _: g.publicize_repository("acme/tool"), ["repository.publicized"]),
    ("privatize", lambda g, _: g.privatize_repository("acme/tool"), ["repository.privatized"]),
    ("delete", lambda g, _: g.delete_repository("acme/tool"), ["repository.deleted"]),
    ("push", lambda g, _: g.push("acme/tool", {"a": "b", "pyproject.toml": None}), ["push"]),
    ("tag", lambda g, _: g.tag("acme/tool", "v1"), ["push"]),
    ("annotated tag", lambda g, _: g.tag("acme/tool", "v1", annotated=True), ["push"]),
    ("open", _pull, ["push", "pull_request.opened"]),
    (
        "close",
        _pulled(lambda g, _: g.close_pull("acme/tool", 1)),
        ["push", "pull_request.opened", "pull_request.closed"],
    ),
    (
        "reopen",
        _pulled(lambda g, _: g.close_pull("acme/tool", 1), lambda g, _: g.reopen_pull("acme/tool", 1)),
        ["push", "pull_request.opened", "pull_request.closed", "pull_request.reopened"],
    ),
    (
        "merge",
        _pulled(lambda g, _: g.merge_pull("acme/tool", 1)),
        ["push", "pull_request.opened", "push", "pull_request.closed"],
    ),
    (
        "push to a pull request",
        _pulled(lambda g, _: g.push("acme/tool", {"x": "z"}, branch="topic")),
        ["push", "pull_request.opened", "push", "pull_request.synchronize"],
    ),
    (
        "delete its branch",
        _pulled(lambda g, _: g.delete_branch("acme/tool", "topic")),
        ["push", "pull_request.opened", "push", "pull_request.closed"],
    ),
    (
        "comment",
        _pulled(lambda g, _: g.comment("acme/tool", 1, "/pubflow help")),
        ["push", "pull_request.opened", "issue_comment.created"],
    ),
    (
        "rename the default branch",
        _pulled(lambda g, _: g.rename_branch("acme/tool", "main", "trunk")),
        ["push", "pull_request.opened", "push", "pull_request.edited", "repository.edited", "push"],
    ),
    (
        "rename the branch of a pull request",
        _pulled(lambda g, _: g.rename_branch("acme/tool", "topic", "theme")),
        ["push", "pull_request.opened", "push", "push", "pull_request.closed"],
    ),
    ("uninstall", lambda g, c: g.uninstall(c.installed), ["installation.deleted"]),
    ("suspend", lambda g, c: g.suspend(c.installed), ["installation.suspend"]),
    ("unsuspend", lambda g, c: g.unsuspend(c.installed), ["installation.unsuspend"]),
    (
        "accept",
        lambda g, c: g.accept_permissions(c.installed, {"contents": "read"}),
        ["installation.new_permissions_accepted"],
    ),
    ("add", lambda g, c: g.add_repositories(c.installed, ["tool"]), ["installation_repositories.added"]),
    ("remove", lambda g, c: g.remove_repositories(c.installed, ["tool"]), ["installation_repositories.removed"]),
    (
        "new default branch",
        _in_turn(
            lambda g, _: g.push("acme/tool", {"x": "y"}, branch="next"),
            lambda g, _: g.change_default_branch("acme/tool", "next"),
        ),
        ["push", "repository.edited"],
    ),
    # And what must not be delivered:
    ("suspended", _in_turn(lambda g, c: g.suspend(c.installed), _push), ["installation.suspend"]),
    ("elsewhere", lambda g, _: g.create_repository("alice/hers", FILES), []),
    ("muted", _in_turn(_mute, _push), []),
    (
        "not chosen",
        _in_turn(lambda g, c: g.remove_repositories(c.installed, ["tool"]), _push),
        ["installation_repositories.removed"],
    ),
]


@pytest.mark.parametrize(("act", "expected"), [(act, expected) for _, act, expected in ACTS], ids=[a[0] for a in ACTS])
async def test_people_act_and_the_app_is_told(
    caller: Caller, receiver: Receiver, act: Act, expected: list[str]
) -> None:
    github = caller.github
    github.set_hook(caller.keys.app, receiver.url)
    act(github, caller)
    await github.delivered()
    assert receiver.events == ["ping", *expected]


async def test_a_transfer_takes_the_repository_away(caller: Caller, receiver: Receiver) -> None:
    github = caller.github
    github.create_organization("other")
    github.set_hook(caller.keys.app, receiver.url)
    github.transfer_repository("acme/tool", "other")
    await github.delivered()
    assert receiver.events == ["ping", "installation_repositories.removed"]
    assert (await caller.call("GET", "/repos/acme/tool")).status == 301


async def test_a_transfer_between_installations_is_told_to_the_new_owner(caller: Caller, receiver: Receiver) -> None:
    github = caller.github
    github.create_organization("other")
    github.install(caller.keys.app, "other")
    github.set_hook(caller.keys.app, receiver.url)
    github.transfer_repository("acme/tool", "other")
    await github.delivered()
    assert receiver.events == ["ping", "installation_repositories.removed", "repository.transferred"]
    assert receiver.arrived[-1].payload["changes"]["owner"]["from"]["organization"]["login"] == "acme"


async def test_installing_tells_which_repositories(caller: Caller, receiver: Receiver) -> None:
    github = caller.github
    github.create_organization("other")
    github.create_repository("other/one", FILES)
    github.create_repository("other/two", FILES, visibility="private")
    github.set_hook(caller.keys.app, receiver.url)
    github.install(caller.keys.app, "other", repositories=["two"])
    await github.delivered()
    payload = receiver.arrived[-1].payload
    assert [one["full_name"] for one in payload["repositories"]] == ["other/two"]
    assert payload["installation"]["repository_selection"] == "selected"


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
async def test_bodies_are_signed_as_sent(caller: Caller, receiver: Receiver, form: bool) -> None:
    caller.github.set_hook(caller.keys.app, receiver.url, form=form)
    await caller.github.delivered()
    [ping] = receiver.arrived
    digest = hmac.new(caller.keys.webhook_secret.encode(), ping.raw, hashlib.sha256).hexdigest()
    assert ping.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert ping.headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert ping.headers["X-GitHub-Hook-Installation-Target-ID"] == str(caller.keys.app.id)
    assert ping.headers["X-GitHub-Hook-Installation-Target-Type"] == "integration"
    assert ping.payload["hook_id"] == caller.keys.app.hook.id


async def test_a_failed_delivery_is_logged_and_sent_again_with_its_guid(caller: Caller, receiver: Receiver) -> None:
    github, app = caller.github, caller.keys.app
    receiver.statuses = [202, 503]
    github.set_hook(app, receiver.url)
    github.push("acme/tool", {"a": "b"})
    await github.delivered()
    log = await caller.call("GET", "/app/hook/deliveries?per_page=1", auth=caller.jwt())
    [failed] = log.body
    assert (failed["event"], failed["status_code"], failed["redelivery"]) == ("push", 503, False)
    again = await caller.call("POST", f"/app/hook/deliveries/{failed['id']}/attempts", auth=caller.jwt())
    assert again.status == 202
    await github.delivered()
    assert receiver.events == ["ping", "push", "push"]
    first, second = receiver.arrived[1:]
    assert first.headers["X-GitHub-Delivery"] == second.headers["X-GitHub-Delivery"] == failed["guid"]
    assert first.raw == second.raw
    log = await caller.call("GET", "/app/hook/deliveries", auth=caller.jwt())
    assert [(one["event"], one["redelivery"]) for one in log.body] == [("push", True), ("push", False), ("ping", False)]
    full = await caller.call("GET", f"/app/hook/deliveries/{failed['id']}", auth=caller.jwt())
    assert full.body["request"]["payload"]["ref"] == "refs/heads/main"


async def test_the_log_has_pages(caller: Caller, receiver: Receiver) -> None:
    caller.github.set_hook(caller.keys.app, receiver.url)
    for number in range(3):
        caller.github.push("acme/tool", {"a": str(number)})
    await caller.github.delivered()
    events: list[str] = []
    address: str | None = "/app/hook/deliveries?per_page=2"
    while address:
        page = await caller.call("GET", address, auth=caller.jwt())
        events += [one["event"] for one in page.body]
        link = page.headers.get("Link", "")
        address = link.partition("<")[2].partition(">")[0] or None
    assert events == ["push", "push", "push", "ping"]


async def test_nobody_listening_is_logged_too(caller: Caller, unused_tcp_port: int) -> None:
    caller.github.set_hook(caller.keys.app, f"http://127.0.0.1:{unused_tcp_port}/webhook")
    await caller.github.delivered()
    [attempt] = caller.github.deliveries("ping")
    assert attempt.status == "failed to connect to host"


async def test_an_app_reads_no_deliveries_of_another(caller: Caller, receiver: Receiver) -> None:
    github = caller.github
    github.set_hook(caller.keys.app, receiver.url)
    await github.delivered()
    other = github.create_app(owner="acme", name="other", permissions={}, events=())
    stranger = Caller(github=github, session=caller.session, keys=other, installed=caller.installed)
    [ping] = github.deliveries()
    reply = await stranger.call("GET", f"/app/hook/deliveries/{ping.id}", auth=stranger.jwt())
    assert reply.status == 404
    assert (await stranger.call("GET", "/app/hook/deliveries", auth=stranger.jwt())).body == []


async def test_what_the_bot_does_is_delivered_as_well(caller: Caller, receiver: Receiver) -> None:
    caller.github.set_hook(caller.keys.app, receiver.url)
    await caller.pull()
    await caller.github.delivered()
    assert receiver.events == ["ping", "push", "pull_request.opened"]
    assert receiver.arrived[-1].payload["sender"]["login"] == "pubflow[bot]"
    assert receiver.arrived[1].payload["commits"][0]["added"] == [".github/workflows/publish.yml"]
