"""The text behind one target of a Makefile, a justfile, tox.ini, noxfile.py, tasks.py or package.json.

Each takes the file's text and a target's name and gives shell (or Python) text, `""` when there is no such target.
"""

from __future__ import annotations

import ast
import json
import re
import warnings

from bot.project.legacy import ini

_MAKE_RULE = re.compile(r"^([^\s#:=][^:=#\n]*):(?!=)([^\n#]*)", re.MULTILINE)
_JUST_RULE = re.compile(r"^@?([A-Za-z_][\w-]*+)[^:\n]{0,300}:(?!=)([^\n]*)", re.MULTILINE)
_MAKE_VARIABLE = re.compile(r"^([A-Za-z_]\w*)\s*[:?]?=\s*(.*)$", re.MULTILINE)
_MAKE_REFERENCE = re.compile(r"\$[({](\w+)[)}]")
_MOST_RECIPES = 200
_FACTOR = re.compile(r"^[\w,!{}-]+:\s+(?=\S)")


def make_target(text: str, target: str) -> str:
    """The recipe of a make target with those of its prerequisites, variables of the file filled in."""
    return _recipes(text, target, _MAKE_RULE, dict(_MAKE_VARIABLE.findall(text)))


def just_recipe(text: str, target: str) -> str:
    """The same for a justfile."""
    return _recipes(text, target, _JUST_RULE, {})


def _recipes(text: str, target: str, rule: re.Pattern[str], variables: dict[str, str]) -> str:
    """The recipes in the order in which they run: prerequisites first."""
    rules = {name: (found[2].split(), found.end()) for found in rule.finditer(text) for name in found[1].split()}
    bodies: dict[str, str] = {}
    open_targets = [(target, False)]
    for _ in range(_MOST_RECIPES):
        if not open_targets:
            break
        name, ready = open_targets.pop()
        if name in bodies or name not in rules:
            continue
        prerequisites, end = rules[name]
        waiting = [word for word in prerequisites if word in rules and word not in bodies and word != name]
        if ready or not waiting:
            bodies[name] = _indented(text[end:])
        else:
            open_targets += [(name, True), *((word, False) for word in reversed(waiting))]
    body = "\n".join(text for text in bodies.values() if text)
    return _MAKE_REFERENCE.sub(lambda found: variables.get(found[1], f"${{{found[1]}}}"), body)


def _indented(rest: str) -> str:
    lines: list[str] = []
    for line in rest.split("\n")[1:]:
        if line.strip() and not line[0].isspace():
            break
        lines.append(line.strip().lstrip("@-+"))
    return "\n".join(lines)


def tox_environment(text: str, name: str) -> str:
    """The commands of [testenv:name]; an environment of its own inherits those of [testenv]."""
    parser = ini(text)
    if parser is None:
        return ""
    factors = set(name.split("-"))
    sections = [section for section in parser.sections() if _names_environment(section, name, factors)]
    section = next(iter(sections), "testenv")
    found = [parser.get(section, key, fallback="") or "" for key in ("commands_pre", "commands", "commands_post")]
    lines = "\n".join(found).replace("{posargs", "{posargs").splitlines()
    return "\n".join(_FACTOR.sub("", line) for line in lines if _applies(line, factors))


def tox_dependencies(text: str, name: str) -> tuple[str, ...]:
    """What tox installs for that environment beside the project."""
    parser = ini(text)
    factors = set(name.split("-"))
    sections = [each for each in parser.sections() if _names_environment(each, name, factors)] if parser else []
    lines = (parser.get(next(iter(sections), "testenv"), "deps", fallback="") or "") if parser else ""
    return tuple(line.strip() for line in lines.splitlines() if line.strip() and _applies(line, factors))


def _names_environment(section: str, name: str, factors: set[str]) -> bool:
    kind, _, names = section.partition(":")
    if kind not in ("testenv", "tox:testenv") or not names:
        return False
    options = {option.strip() for part in re.split(r"[{}]", names) for option in part.split(",")}
    return names == name or name in options or (bool(options - {""}) and options & factors == factors)


def _applies(line: str, factors: set[str]) -> bool:
    found = _FACTOR.match(line.strip())
    if found is None:
        return True
    return any(set(part.split("-")) <= factors for part in found[0].strip().rstrip(":").split(","))


def nox_session(text: str, name: str) -> str:
    """The source of a session's function."""
    return _function(text, name.partition("(")[0].rsplit("-", 1)[0] if "-3." in name else name.partition("(")[0])


def python_task(text: str, name: str) -> str:
    """The source of an invoke task's function: its name, its `name=`, or one of its aliases."""
    return _function(text, name.rsplit(".", 1)[-1])


def _function(text: str, name: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    wanted = name.replace("-", "_")
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and (node.name == wanted or name in _other_names(node)):
            return ast.unparse(node)
    return ""


def _other_names(node: ast.FunctionDef) -> set[str]:
    calls = [item for item in node.decorator_list if isinstance(item, ast.Call)]
    values = [
        keyword.value for call in calls for keyword in call.keywords if keyword.arg in ("name", "aliases", "tags")
    ]
    return {
        inner.value
        for value in values
        for inner in ast.walk(value)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }


def npm_script(text: str, name: str) -> str:
    """One entry of `scripts` in a package.json."""
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    scripts = data.get("scripts") if isinstance(data, dict) else None
    script = scripts.get(name) if isinstance(scripts, dict) else None
    return script if isinstance(script, str) else ""
