"""The JSON Schema of a configuration file, made from its models: https://json-schema.org/draft/2020-12"""

from __future__ import annotations

import json
from typing import Any

from bot.config.models import File

Node = Any  # a JSON Schema is a tree of whatever its keywords say


def schema() -> str:
    """The schema's text, as it ships."""
    made = _tidied(File.model_json_schema(by_alias=True))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Configuration of pubflow"}
    return json.dumps(head | made, indent=2, ensure_ascii=False) + "\n"


def _tidied(node: Node) -> Node:
    """Without the titles, which repeat the names, and without defaults that are none; prose on one line."""
    if isinstance(node, list):
        return [_tidied(element) for element in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidied(value) for key, value in node.items() if not _is_noise(key, value)}
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    return kept


def _is_noise(key: str, value: Node) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
