"""A request's JSON body, read field by field; a wrong type is refused as GitHub refuses it."""

from __future__ import annotations

import json

from bot.demo.github.answers import Refusal
from bot.demo.github.state import Json


def parse(raw: bytes) -> Json:
    """Raises Refusal (400) for anything but a JSON object; no body is an empty one."""
    if not raw.strip():
        return {}
    found = decoded(raw)
    if isinstance(found, list):
        return {"": found}  # a bare list is allowed for labels alone
    if not isinstance(found, dict):
        raise Refusal(400, "Body should be a JSON object")
    return found


def decoded(raw: bytes) -> object:
    """Raises Refusal (400), also for escapes that stand for no character (`\\ud800` alone)."""
    try:
        found = json.loads(raw)
        if b"\\ud" in raw.lower():
            json.dumps(found, ensure_ascii=False).encode()
    except ValueError as error:
        raise Refusal(400, "Problems parsing JSON") from error
    return found


def text(body: Json, name: str) -> str:
    """Raises Refusal (422) when missing or not a string."""
    found = optional_text(body, name)
    if found is None:
        raise wrong(f'"{name}" wasn\'t supplied.')
    return found


def optional_text(body: Json, name: str) -> str | None:
    found = body.get(name)
    if found is not None and not isinstance(found, str):
        raise wrong(f"For 'properties/{name}', {json.dumps(found)} is not a string.")
    return found


def flag(body: Json, name: str) -> bool:
    found = body.get(name, False)
    if not isinstance(found, bool):
        raise wrong(f"For 'properties/{name}', {json.dumps(found)} is not a boolean.")
    return found


def texts(body: Json, name: str) -> list[str]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise wrong(f"For 'properties/{name}', {json.dumps(found)} is not an array.")
    return [str(item) for item in found]


def objects(body: Json, name: str) -> list[Json]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise wrong(f"For 'properties/{name}', {json.dumps(found)} is not an array.")
    return [dict(item) for item in found]


def mapping(body: Json, name: str) -> Json | None:
    found = body.get(name)
    if found is not None and not isinstance(found, dict):
        raise wrong(f"For 'properties/{name}', {json.dumps(found)} is not an object.")
    return found


def wrong(what: str) -> Refusal:
    return Refusal(422, f"Invalid request.\n\n{what}")
