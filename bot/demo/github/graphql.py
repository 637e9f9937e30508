"""GraphQL: a query executed by graphql-core on our part of GitHub's schema, errors in GitHub's shape.

https://docs.github.com/en/graphql
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from bot.demo.github.answers import Answer, Refusal
from bot.demo.github.body import decoded
from bot.demo.github.graphql_mutations import MUTATIONS
from bot.demo.github.graphql_nodes import NODES, type_name
from bot.demo.github.graphql_queries import QUERIES
from bot.demo.github.graphql_types import Asking, Trouble
from bot.demo.github.site import Site
from bot.demo.github.state import Json
from bot.demo.github.tokens import Anonymous, AsApp, Caller

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")


@cache
def schema() -> GraphQLSchema:
    """With a resolver on every field that is not simply an attribute of the same name."""
    made = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    for name, fields in {**NODES, "Query": QUERIES, "Mutation": MUTATIONS}.items():
        found = made.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        for field, resolver in fields.items():
            found.fields[field].resolve = resolver
    for found in made.type_map.values():
        if isinstance(found, GraphQLInterfaceType):
            found.resolve_type = lambda value, _info, _type: type_name(value)
    return made


def answer(site: Site, caller: Caller, raw: bytes) -> Answer:
    """Raises Refusal for what is no query and for callers without a token; all else is a 200."""
    if isinstance(caller, Anonymous):
        raise Refusal(401, "This endpoint requires you to be authenticated.")
    if isinstance(caller, AsApp):
        raise Refusal(403, "Resource not accessible by integration")
    query, variables, operation = _request(raw)
    return Answer(body=run(Asking(site=site, caller=caller), query, variables, operation))


def _request(raw: bytes) -> tuple[str, Json, str | None]:
    body = decoded(raw)
    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(query, str):
        raise Refusal(400, "A query attribute must be specified and must be a string.")
    variables, operation = body.get("variables") or {}, body.get("operationName")
    if not isinstance(variables, dict):
        raise Refusal(400, "Variables must be an object.")
    return query, variables, operation if isinstance(operation, str) else None


def run(asking: Asking, query: str, variables: Json, operation: str | None = None) -> Json:
    document = _read(query)
    if isinstance(document, tuple):
        return {"errors": [_error(error) for error in document]}
    result = execute_sync(schema(), document, context_value=asking, variable_values=variables, operation_name=operation)
    assert isinstance(result, ExecutionResult)
    body: Json = {"data": result.data}
    if result.errors:
        body["errors"] = [_error(error) for error in result.errors]
    return body


@lru_cache(maxsize=200)
def _read(query: str) -> DocumentNode | tuple[GraphQLError, ...]:
    """The document, or what is wrong with it; the same few are asked again and again."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return (error,)
    return tuple(validate(schema(), document)) or document


def _error(error: GraphQLError) -> Json:
    """GitHub puts the kind of an execution error beside its message."""
    body: Json = {}
    cause = error.original_error
    if isinstance(cause, Trouble):
        body["type"] = cause.kind
    elif cause is not None:
        raise cause  # a defect of ours must not look like an answer of GitHub's
    if error.path is not None:
        body["path"] = list(error.path)
    if error.locations:
        body["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return body | {"message": error.message}
