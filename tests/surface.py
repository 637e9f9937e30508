"""What scripts hold on to: the JSON of `check`, `fix`, `scan` and `demo --once`, as a JSON Schema made from a table."""

from __future__ import annotations

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
PLACE = {"type": "integer", "minimum": 1}


def one_of(*words: str) -> dict[str, object]:
    return {"enum": list(words)}


def each(**properties: object) -> dict[str, object]:
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "array", "items": item}


SURFACE: dict[str, object] = {
    "schema": {"const": 1},
    "repository": {"type": ["string", "null"], "pattern": "^[^/]+/[^/]+$"},
    "path": TEXT,
    "status": one_of(
        *("trusted", "token", "mixed", "missing", "indirect", "other-index", "private", "not-a-package", "unknown")
    ),
    "projects": each(name=TEXT_OR_NULL, path=TEXT, backend=TEXT_OR_NULL, native={"type": "boolean"}),
    "publishers": each(
        workflow=TEXT,
        job=TEXT,
        step={"type": ["integer", "null"]},
        line=PLACE,
        method=one_of(
            *("gh-action", "twine", "uv", "poetry", "flit", "hatch", "pdm", "maturin", "semantic-release", "setup.py"),
            *("reusable", "third-party"),
        ),
        via=TEXT,
        index=one_of("pypi", "testpypi", "other", "unknown"),
        credential=one_of("oidc", "token", "password", "none", "unknown"),
        secrets={"type": "array", "items": TEXT},
        environment=TEXT_OR_NULL,
    ),
    "findings": each(
        rule=TEXT,
        severity=one_of("high", "medium", "low", "info"),
        file=TEXT_OR_NULL,
        line=PLACE,
        column=PLACE,
        message=TEXT,
        fix=one_of("safe", "unsafe", "manual", "none"),
    ),
    "changes": each(file=TEXT, kind=one_of("add", "edit", "delete"), diff=TEXT),
    "refusals": each(rule=TEXT, file=TEXT_OR_NULL, line=PLACE, reason=TEXT),
    "steps": each(who=one_of("maintainer", "admin"), what=TEXT, url=TEXT_OR_NULL),
    "silent": TEXT_OR_NULL,
    "actions_of": TEXT_OR_NULL,
    "unknown_actions": each(file=TEXT, line=PLACE, column=PLACE, message=TEXT),
    "suggestions": each(rule=TEXT, file=TEXT, line=PLACE, diff=TEXT),
}
"""What scripts hold on to, key by key; `silent`, `actions_of`, `unknown_actions` and `suggestions` are additions."""

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": SURFACE,
    "required": list(SURFACE),
    "additionalProperties": False,
}
