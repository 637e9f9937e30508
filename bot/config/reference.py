"""The tables of settings in Markdown, made from the models; `docs/generate.py` puts them into a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.config.models import SHAPES, File
from bot.config.words import ORGANISATION_ONLY

Node = Any  # a JSON Schema is a tree of whatever its keywords say

_TYPES = {"boolean": "`true` or `false`", "integer": "a whole number", "string": "text"}


def settings() -> str:
    """The table of every setting at the top, then one table for each that has settings of its own."""
    schema = File.model_json_schema(by_alias=True)
    sections = schema["$defs"]
    top, below = [], []
    for name, node in schema["properties"].items():
        section = sections[node["$ref"].rpartition("/")[2]] if "$ref" in node else None
        if section is None:
            top.append((name, node))
            continue
        top.append((name, {"description": section["description"], "section": name}))
        below.append((name, section))
        below += [
            (f"{name}.{key}", sections[ref]) for key, value in section["properties"].items() for ref in _refs(value)
        ]
    parts = [_table(top), *(_section(name, section) for name, section in below)]
    return "\n".join(parts)


def _refs(node: Node) -> Iterator[str]:
    """The sections that may stand under any key of a setting."""
    for value in node.get("patternProperties", {}).values():
        yield from (each["$ref"].rpartition("/")[2] for each in value.get("oneOf", ()) if "$ref" in each)


def _section(name: str, section: Node) -> str:
    words = section["description"].split(". Of the organisation's file alone.")[0].rstrip(".")
    alone = " It has an effect in the organisation's file alone." if name in ORGANISATION_ONLY else ""
    return f"## `{name}`\n\n{words}.{alone}\n\n{_table(section['properties'].items())}"


def _table(rows: Iterable[tuple[str, Node]]) -> str:
    lines = [f"| `{name}` | {_value(node)} | {_default(node)} | {_prose(node)} |" for name, node in rows]
    return "\n".join(["| Setting | Value | Default | What it does |", "| --- | --- | --- | --- |", *lines, ""])


def _value(node: Node) -> str:
    return "; ".join(_values(node)).replace("|", "\\|")


def _values(node: Node) -> Iterator[str]:
    if "section" in node:
        yield f"[settings](#{node['section']})"
    elif "$ref" in node:
        yield "rules of its own, in the table below"
    elif "enum" in node or "const" in node:
        yield ", ".join(f"`{word}`" for word in node.get("enum", [node.get("const")]))
    elif node.get("type") == "array":
        yield f"a list {'of' if 'enum' in node['items'] else 'with each'} {_value(node['items'])}"
    elif node.get("type") == "object":
        ((key, value),) = node["patternProperties"].items()
        kinds = " or ".join(map(_value, value.get("oneOf", [value])))
        yield f"under {SHAPES[key]}: {kinds}"
    else:
        yield SHAPES.get(node.get("pattern", ""), _TYPES[node["type"]]) + _range(node)


def _range(node: Node) -> str:
    return f" from {node['minimum']} to {node['maximum']}" if "minimum" in node else ""


def _default(node: Node) -> str:
    default = node.get("default")
    if "section" in node or default is None:
        return "—"
    return f"`{json.dumps(default)}`" if default not in ([], {}) else "none"


def _prose(node: Node) -> str:
    return " ".join(str(node.get("description", "")).split()).replace("|", "\\|")
