"""Our part of the GraphQL schema is GitHub's: every type, field, argument and default."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    introspection_types,
    print_ast,
    specified_scalar_types,
)

from bot.demo.github.graphql import schema
from tests.judges import graphql


def _problems(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    known = set(introspection_types) | set(specified_scalar_types)
    names = [name for name in ours.type_map if name not in known]
    return [problem for name in names for problem in _type_problems(ours.type_map[name], theirs.type_map.get(name))]


def _type_problems(mine: GraphQLNamedType, other: GraphQLNamedType | None) -> list[str]:
    if type(mine) is not type(other):
        return [f"{mine.name}: not a type of GitHub's"]
    problems: list[str] = []
    if isinstance(mine, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
        problems += [f"{mine.name}.{one}: no such value" for one in mine.values if one not in other.values]
    if isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
        assert isinstance(other, GraphQLObjectType | GraphQLInterfaceType)
        theirs = {one.name for one in other.interfaces}
        problems += [f"{mine.name} is no {one.name}" for one in mine.interfaces if one.name not in theirs]
        problems += _field_problems(mine, other)
    if isinstance(mine, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
        problems += _field_problems(mine, other)
        required = [name for name, one in other.fields.items() if str(one.type).endswith("!")]
        problems += [f"{mine.name}.{name} is left out" for name in required if name not in mine.fields]
    return problems


def _told(one: Any) -> str:
    """A field's type, or an argument's with its default, as the schema writes it."""
    default = getattr(one.ast_node, "default_value", None)
    return str(one.type) if default is None else f"{one.type} = {print_ast(default)}"


def _field_problems(mine: Any, other: Any) -> list[str]:
    problems = []
    for name, field in mine.fields.items():
        if name not in other.fields:
            problems.append(f"{mine.name}.{name}: no such field")
            continue
        theirs = other.fields[name]
        if _told(field) != _told(theirs):
            problems.append(f"{mine.name}.{name}: {_told(field)}, not {_told(theirs)}")
        for argument, one in getattr(field, "args", {}).items():
            if argument not in theirs.args or _told(one) != _told(theirs.args[argument]):
                problems.append(f"{mine.name}.{name}({argument}): not GitHub's")
    return problems


def test_our_schema_is_a_part_of_githubs() -> None:
    assert _problems(schema(), graphql()) == []


def test_a_lie_is_noticed() -> None:
    lie = build_schema("""
    type Query { rateLimit(dryRun: Boolean = true): RateLimit! nothing: Int }
    type RateLimit { cost: Int }
    """)
    assert _problems(lie, graphql()) == [
        "Query.rateLimit: RateLimit!, not RateLimit",
        "Query.rateLimit(dryRun): not GitHub's",
        "Query.nothing: no such field",
        "RateLimit.cost: Int, not Int!",
    ]
