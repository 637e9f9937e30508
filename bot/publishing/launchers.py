"""Programs that start a tool by name: `python -m twine`, `pipx run twine`, `uvx`, `poetry run`, `docker run` ...

https://docs.astral.sh/uv/reference/cli/, https://pipx.pypa.io/stable/docs/ and the tools' own help say which options
take a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from bot.publishing.upload import Call
from bot.script import Command

_DEPTH = 6
_PYTHON = re.compile(r"(?:python|pypy|py)[\d.]*\Z")
_VARIABLE = re.compile(r"\$\{?([A-Za-z]+)\}?\Z")
_BY_VARIABLE = frozenset({"poetry", "twine", "uv", "flit", "hatch", "pdm", "maturin", "python", "make", "tox", "nox"})
_REQUIREMENT = re.compile(r"[A-Za-z0-9._/-]+")
_UV = frozenset(
    {
        *("--with", "--python", "-p", "--extra", "--group", "--only-group", "--no-group", "--package", "--directory"),
        *("--project", "--env-file", "--index", "--index-url", "--default-index", "--extra-index-url", "--from"),
        *("--with-requirements", "--with-editable", "--no-extra", "--config-file", "--cache-dir", "--refresh-package"),
        *("--resolution", "--exclude-newer", "--link-mode", "-C", "-P", "--upgrade-package", "--color", "-w", "-c"),
    }
)
_VALUED = {
    "pipx": frozenset({"--spec", "--python", "--pip-args", "--index-url", "-i"}),
    "poetry": frozenset({"-C", "--directory", "-P", "--project"}),
    "hatch": frozenset({"-e", "--env", "-p", "--project", "--data-dir", "--cache-dir", "--config"}),
    "pdm": frozenset({"-p", "--project", "-c", "--config"}),
    "conda": frozenset({"-n", "--name", "-p", "--prefix", "--cwd"}),
    "pixi": frozenset({"-e", "--environment", "--manifest-path"}),
    "docker": frozenset(
        {
            *("-v", "--volume", "-e", "--env", "-w", "--workdir", "-u", "--user", "--name", "--entrypoint", "-p"),
            *("--env-file", "--platform", "--mount", "--network", "--cpus", "-m", "--memory", "-h", "--add-host"),
        }
    ),
}
_RUNNERS = {
    "poetry": "poetry",
    "hatch": "hatch",
    "pdm": "pdm",
    "rye": "poetry",
    "pipenv": "poetry",
    "conda": "conda",
    "mamba": "conda",
    "micromamba": "conda",
    "pixi": "pixi",
    "docker": "docker",
    "podman": "docker",
}
"""Programs with a `run` of their own -> whose options they share."""
_AFTER_DASHES = frozenset({"op", "doppler", "infisical", "aws-vault", "chamber", "dotenv", "teller", "summon"})

Words = list[str]


def call_of(command: Command) -> Call | None:
    """What a command starts in the end, or None for mere assignments."""
    words = [word.text for word in command.words]
    assignments = {item.name: item.value for item in command.assignments}
    for _ in range(_DEPTH):
        if not words:
            return None
        words[0] = _named_by_variable(words)
        inner = _inner(words, assignments)
        if not inner:
            break
        words = inner
    return Call(tool=_base(words[0]), program=words[0], arguments=tuple(words[1:]), assignments=assignments)


def _named_by_variable(words: Words) -> str:
    """The program behind a variable that nothing defines: `"$POETRY" publish`, `${{ matrix.python }} -m twine`."""
    if "$" not in words[0]:
        return words[0]
    if words[1:2] == ["-m"] or words[1:3] == ["-I", "-m"]:
        return "python"
    found = _VARIABLE.match(words[0])
    name = found[1].lower() if found is not None else ""
    return name if name in _BY_VARIABLE else words[0]


def _base(word: str) -> str:
    name = word.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe")
    return "python" if _PYTHON.match(name) else name


def _inner(words: Words, assignments: dict[str, str]) -> Words | None:
    """The words without their first launcher; None when the first word is none."""
    name = _base(words[0])
    if name == "docker":
        return _docker(words, assignments)
    if name in _AFTER_DASHES:
        return words[words.index("--") + 1 :] if "--" in words else None
    special = _SPECIAL.get(name)
    if special is not None:
        return special(words)
    shared = _RUNNERS.get(name)
    return _after(words[1:], "run", _VALUED.get(shared, frozenset())) if shared is not None else None


def _python(words: Words) -> Words | None:
    index = 1
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "-m":
            return words[index + 1 :]
        if words[index] == "-c":
            return None
        index += 2 if words[index] in ("-W", "-X") else 1
    script = words[index] if index < len(words) else ""
    return words[index:] if _base(script) == "setup.py" else None


def _pipx(words: Words) -> Words | None:
    found = _after(words[1:], "run", _VALUED["pipx"])
    return [_package(found[0]), *found[1:]] if found else None


def _uv(words: Words) -> Words | None:
    rest = _skip(words[1:], _UV)
    if rest[:2] == ["tool", "run"]:
        return _uvx(rest[1:])
    if rest[:1] != ["run"]:
        return None
    for index, word in enumerate(rest):
        if word in ("-m", "--module"):
            return rest[index + 1 :]
        if not word.startswith("-") and index > 0 and rest[index - 1] not in _UV:
            break
    found = _skip(rest[1:], _UV)
    return ["python", *found] if found and found[0].endswith(".py") else found


def _uvx(words: Words) -> Words | None:
    found = _skip(words[1:], _UV)
    return [_package(found[0]), *found[1:]] if found else None


def _docker(words: Words, assignments: dict[str, str]) -> Words | None:
    rest = _after(words[1:], "run", _VALUED["docker"])
    if not rest:
        return None
    for flag, value in pairwise(words):
        if flag in ("-e", "--env") and "=" in value:
            name, _, text = value.partition("=")
            assignments[name] = text
    rest = [word for word in rest if "=" not in word] if "=" in rest[0] else rest
    rest = _skip(rest, _VALUED["docker"])
    if not rest:
        return None
    image, arguments = rest[0], rest[1:]
    if "maturin" in image and "--entrypoint" not in words:
        return ["maturin", *arguments]
    return arguments


def _after(words: Words, subcommand: str, valued: frozenset[str]) -> Words | None:
    rest = _skip(words, valued)
    return _skip(rest[1:], valued) if rest[:1] == [subcommand] else None


def _skip(words: Words, valued: frozenset[str]) -> Words:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            return words[index + 1 :]
        index += 2 if words[index] in valued else 1
    return words[index:]


def _npx(words: Words) -> Words | None:
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        rest = rest[2 if rest[0] in ("-p", "--package") else 1 :]
    return [_package(rest[0]), *rest[1:]] if rest else None


def _package(requirement: str) -> str:
    found = _REQUIREMENT.match(requirement)
    return found[0].split("@")[0] if found else requirement


def _find(words: Words) -> Words | None:
    """`find ... -exec COMMAND {} +`"""
    start = next((index for index, word in enumerate(words) if word in ("-exec", "-execdir")), None)
    return [word for word in words[start + 1 :] if word not in (";", "+")] if start is not None else None


_SPECIAL: dict[str, Callable[[Words], Words | None]] = {
    "python": _python,
    "pipx": _pipx,
    "uv": _uv,
    "uvx": _uvx,
    "npx": _npx,
    "find": _find,
}
