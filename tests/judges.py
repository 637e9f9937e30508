"""The judges that GitHub publishes: its REST description, its GraphQL schema, its webhook schemas.

They lie in `.cache/judges`, where `python tests/ensure_judges.py` puts them. An absent one skips the test that asks it,
with the reason, or fails it where `JUDGES=required` is in the environment. `Judge.watch(github)` makes one look at
every exchange and every delivery of a `LocalGitHub`; `Judge.verdict()` fails the test for what was not as described.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language import DocumentNode, OperationDefinitionNode

from bot.demo.github import Delivery, Exchange, LocalGitHub
from tests.described import Description, Operation

T = TypeVar("T")

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "judges"
REST = CACHE / "octokit-openapi" / "package" / "generated" / "api.github.com.json"
GRAPHQL = CACHE / "octokit-graphql-schema" / "package" / "schema.graphql"
PAYLOADS = CACHE / "octokit-webhooks-examples" / "package" / "api.github.com" / "index.json"

ANYWHERE = frozenset({301, 304, 307, 401, 403, 404, 429})
"""Answers that GitHub gives on any operation, though it does not describe them on each: redirects of renamed
repositories, conditional requests, authentication, permissions, limits."""


def needed(file: Path) -> Path:
    """Skips the test, or fails it where judges are required, when a judge is absent."""
    if not file.exists():
        reason = f"{file.relative_to(CACHE)} is not in .cache/judges; `python tests/ensure_judges.py` puts it there"
        if os.environ.get("JUDGES") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return file


@cache
def _description(file: Path) -> Description:
    return _kept(lambda: Description(file))


@cache
def _schema(file: Path) -> GraphQLSchema:
    # The published file repeats two fields, so it must be taken on trust.
    return _kept(lambda: build_schema(file.read_text(encoding="utf-8"), assume_valid=True, assume_valid_sdl=True))


def _kept(make: Callable[[], T]) -> T:
    """What is made stays: hundreds of thousands of objects, which the garbage collector need not look at ever again."""
    gc.collect()  # garbage of before is not to stay as well
    gc.disable()
    try:
        made = make()
        gc.freeze()
    finally:
        gc.enable()
    return made


def rest() -> Description:
    return _description(needed(REST))


def graphql() -> GraphQLSchema:
    return _schema(needed(GRAPHQL))


class Judge:
    """Looks at what goes over the wire and collects complaints."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.seen = 0
        self._strange = False
        self._rest = rest()

    def watch(self, github: LocalGitHub) -> None:
        github.recorder.listeners.append(self.exchange)
        github.site.events.listeners.append(self.delivery)

    @contextmanager
    def strange_requests(self) -> Iterator[None]:
        """Within it a test asks what no client of ours should ask; answers are still judged."""
        self._strange = True
        try:
            yield
        finally:
            self._strange = False

    def verdict(self) -> None:
        """Fails the test for everything that was not as GitHub describes it."""
        if self.complaints:
            pytest.fail("not as GitHub describes it:\n" + "\n".join(dict.fromkeys(self.complaints)))

    def exchange(self, one: Exchange) -> None:
        self.seen += 1
        problems = query_problems(one.request) if one.path == "/graphql" else self._rest_problems(one)
        if self._strange and one.path == "/graphql":
            return
        self.complaints += [f"{one.method} {one.path} -> {one.status}: {problem}" for problem in problems]

    def delivery(self, one: Delivery) -> None:
        self.seen += 1
        name = one.event if one.action is None else f"{one.event}.{one.action}"
        schema = self._rest.webhook(one.event, one.action)
        if schema is None:
            self.complaints.append(f"webhook {name}: no such event")
            return
        problems = self._rest.problems(f"webhook {name}", schema, _plain(one.payload))
        self.complaints += [f"webhook {name}: {problem}" for problem in problems]

    def _rest_problems(self, one: Exchange) -> Iterator[str]:
        operation = self._rest.operation(one.method, one.path)
        if operation is None:
            if not self._strange:
                yield "no such operation"
            return
        if not self._strange:
            yield from self._request_problems(operation, one)
        if not one.scripted and one.status != 0:
            yield from self._answer_problems(operation, one)

    def _request_problems(self, operation: Operation, one: Exchange) -> Iterator[str]:
        described = operation.described
        # What is for an App's own JWT alone is described as not enabled for Apps, so only their tokens are held to it.
        if one.caller.startswith("installation ") and not described["x-github"]["enabledForGitHubApps"]:
            yield "not for GitHub Apps"
        known = {each["name"]: each for each in self._rest.parameters(described) if each["in"] == "query"}
        for name, value in one.query.items():
            if name not in known:
                yield f"query parameter {name} is not described"
            else:
                schema = known[name]["schema"]
                key = f"query {operation.name} {name}"
                yield from self._rest.problems(key, schema, _typed(value, schema.get("type")))
        yield from self._body_problems(operation, one.request)

    def _body_problems(self, operation: Operation, raw: bytes) -> Iterator[str]:
        content = operation.described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            if raw:
                yield "a body where none is described"
            return
        if not raw:
            if operation.described["requestBody"].get("required"):
                yield "no body"
            return
        value = json.loads(raw)
        yield from self._rest.problems(f"request {operation.name}", content["schema"], value)
        yield from self._rest.unknown(content["schema"], value)

    def _answer_problems(self, operation: Operation, one: Exchange) -> Iterator[str]:
        response = self._rest.response(operation.described, one.status)
        if response is None:
            if one.status not in ANYWHERE:
                yield "no such status"
            return
        content = response.get("content", {}).get("application/json")
        if content is None or "json" not in one.response_headers.get("content-type", ""):
            if one.response and "content" not in response and one.status < 400:
                yield "an answer with a body where none is described"
            return
        key = f"answer {operation.name} {one.status}"
        yield from self._rest.problems(key, content["schema"], json.loads(one.response))


def query_problems(raw: bytes) -> list[str]:
    """What GitHub's own schema has against a GraphQL request: the query and its variables."""
    schema, body = graphql(), json.loads(raw)
    document, found = _read(body["query"])
    problems = list(found)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode) and not problems:
            values = get_variable_values(schema, definition.variable_definitions or (), body.get("variables") or {})
            if isinstance(values, list):
                problems += [error.message for error in values]
    return problems


@lru_cache(maxsize=200)
def _read(query: str) -> tuple[DocumentNode, tuple[str, ...]]:
    """The same few documents are sent again and again; what is wrong with one is found out once."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return DocumentNode(definitions=()), (error.message,)
    return document, tuple(error.message for error in validate(graphql(), document))


def _typed(value: str, kind: str | None) -> object:
    """A query parameter, which arrives as text, as what it is meant to be."""
    if kind == "integer" and value.isdigit():
        return int(value)
    return value == "true" if kind == "boolean" and value in {"true", "false"} else value


def _plain(value: Any) -> Any:
    """As it goes over the wire."""
    return json.loads(json.dumps(value))
