"""Nonsense sent to every route is refused in GitHub's way: no answer is ever a 5xx."""

from __future__ import annotations

import re

import pytest

from bot.demo.github.routes import ROUTES, For, Route
from tests.demo.caller import Caller

NONSENSE: list[object] = [
    None,
    {},
    [],
    [1],
    "text",
    {"ref": 5, "sha": None, "content": 7, "tree": 3, "message": [], "title": {}, "head": 1, "base": [], "labels": 4},
    {
        "ref": "refs/heads/\x00",
        "sha": "x",
        "tree": [{}],
        "labels": [None],
        "body": 3,
        "content": "\ud800",
        "state": "x",
    },
    {
        "tree": [{"path": "../x", "content": "y"}],
        "message": "m",
        "parents": ["x"],
        "title": "t",
        "head": "",
        "base": "",
    },
    {"permissions": [], "repositories": 3, "repository_ids": ["x"], "name": "n", "head_sha": "x", "conclusion": "x"},
    {"title": "\ud800", "head": "topic", "base": "main", "body": "\ud800", "message": "\ud800", "state": "open"},
    {"permissions": {"contents": {}}, "repositories": [[]], "color": 1, "output": 3, "status": "x", "force": "no"},
]
VALUES = ["7", "main", "a%2Fb", "%00", "..", "x" * 300, "é", "acme:main...x"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {one.pattern}")
async def test_nonsense_is_never_a_server_error(caller: Caller, route: Route) -> None:
    await caller.pull()
    caller.github.recorder.listeners.clear()  # nobody describes nonsense
    for path in _paths(route.pattern):
        for body in NONSENSE if route.method != "GET" else [None]:
            auth = caller.jwt() if route.whom is For.APP else None
            reply = await caller.call(route.method, path, body, auth=auth)
            assert reply.status < 500, (path, body, reply.body)


def _paths(pattern: str) -> list[str]:
    plain = pattern.replace("{owner}", "acme").replace("{repo}", "tool")
    if "{" not in plain:
        return [plain]
    ours = re.sub(r"\{(issue|pull)_number\}", "1", plain)
    return [ours] if "{" not in ours else [re.sub(r"\{[^}]+\}", value, plain) for value in VALUES]


@pytest.mark.parametrize("body", [*NONSENSE, {"query": 5}, {"query": "{viewer{login}}", "variables": [1]}])
async def test_nonsense_for_graphql(caller: Caller, body: object) -> None:
    caller.github.recorder.listeners.clear()
    reply = await caller.call("POST", caller.github.graphql_url, body)
    assert reply.status == 400
    assert (await caller.call("GET", caller.github.graphql_url)).status == 404
