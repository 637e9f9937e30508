"""Where the commands of `make release`, `tox -e publish`, `./upload.sh` stand in the repository, one step followed.

Only text is looked at. A target whose file was not read is `Unresolved`; what is no target is None.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from posixpath import normpath

import msgspec

from bot.project.pyproject import Table, load, table, texts
from bot.publishing.bodies import just_recipe, make_target, nox_session, npm_script, python_task, tox_environment
from bot.publishing.names import has_upload_words
from bot.publishing.upload import Call, Scene
from bot.script import Shell

Files = Mapping[str, str]


class Target(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`name` as a person would call it (`make release`); `text` is None when its file could not be looked into."""

    name: str
    path: str
    text: str | None
    shell: Shell = Shell.BASH


_SHELLS = {".ps1": Shell.POWERSHELL, ".bat": Shell.CMD, ".cmd": Shell.CMD, ".py": Shell.PYTHON}
_SCRIPT = re.compile(r"\.(?:sh|bash|zsh|ps1|bat|cmd|py)\Z")
_INTERPRETERS = frozenset({"bash", "sh", "zsh", "dash", "source", ".", "python", "pwsh", "powershell", "cmd"})
_WITH_SCRIPTS = ("hatch", "pdm", "poe", "rye", "taskipy", "pixi")
_HAVE_SCRIPTS = frozenset(_WITH_SCRIPTS)
"""Tables of [tool]."""
_VALUED = frozenset({"-C", "-f", "--directory", "--file", "-j", "-o", "-I", "--makefile", "-W", "-X", "--prefix"})


def find_targets(call: Call, scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    """What a call runs out of the repository's own text."""
    reader = _RUNNERS.get(call.tool)
    if reader is not None:
        return reader(call, scene, files, folder)
    script = _script(call)
    if script is not None:
        return (_read_script(script, files, folder),)
    return _project_script(call.tool, call.tool, scene)


def _script(call: Call) -> str | None:
    if call.tool in _INTERPRETERS:
        operands = call.operands(_VALUED)
        return operands[0] if operands and (_SCRIPT.search(operands[0]) or "/" in operands[0]) else None
    return None


def read_path(word: str, files: Files, folder: str) -> Target:
    """A file that is run by its own name."""
    return _read_script(word, files, folder)


def _read_script(word: str, files: Files, folder: str) -> Target:
    for path in (normpath(f"{folder}/{word}") if folder else normpath(word), normpath(word)):
        if path in files:
            return Target(name=word, path=path, text=files[path], shell=_shell(path, files[path]))
    return Target(name=word, path=normpath(word), text=None)


def _shell(path: str, text: str) -> Shell:
    for suffix, shell in _SHELLS.items():
        if path.endswith(suffix):
            return shell
    return Shell.PYTHON if text.startswith("#!") and "python" in text.split("\n", 1)[0] else Shell.BASH


def _file(names: tuple[str, ...], files: Files, folder: str) -> tuple[str, str | None]:
    places = (folder, "") if folder else ("",)
    for place in places:
        for name in names:
            path = normpath(f"{place}/{name}") if place else name
            if path in files:
                return path, files[path]
    return names[0], None


def _make(call: Call, _scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    inner = call.value("-C", "--directory")
    folder = normpath(f"{folder}/{inner}") if inner and folder else inner or folder
    name = call.value("-f", "--file", "--makefile")
    path, text = _file((name,) if name else ("Makefile", "makefile", "GNUmakefile"), files, folder)
    targets = [word for word in call.operands(_VALUED) if "=" not in word]
    return tuple(_target(f"make {target}", path, text, make_target, target) for target in targets)


def _just(call: Call, _scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    path, text = _file(("justfile", "Justfile", ".justfile"), files, folder)
    return tuple(_target(f"just {target}", path, text, just_recipe, target) for target in call.operands()[:1])


def _tox(call: Call, scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    value = ",".join(call.values("-e", "-f", "--env")) or scene.variable("TOXENV", call) or ""
    names = [name.strip() for name in re.split(r"[,\s]+", value) if name.strip()]
    path, text = _file(("tox.ini",), files, folder)
    if text is None or not value:
        found = _file(("setup.cfg",), files, folder)
        path, text = found if found[1] and "tox:" in found[1] else (path, text)
    if text is None and (declared := _declared_tox(scene, files, folder)) is not None:
        path, table_or_text = declared
        if not isinstance(table_or_text, str):
            return tuple(
                Target(name=f"tox -e {name}", path=path, text=_tox_commands(table_or_text, name)) for name in names
            )
        text = table_or_text
    if text is not None and not has_upload_words(text):
        return ()  # tox runs tests nearly always: its file is parsed only where it speaks of more
    return tuple(_target(f"tox -e {name}", path, text, tox_environment, name) for name in names)


def _declared_tox(scene: Scene, files: Files, folder: str) -> tuple[str, Table | str] | None:
    """(file, what it says) where tox is configured in TOML: https://tox.wiki/en/latest/config.html"""
    own = table(scene.tools, "tox")
    legacy = own.get("legacy_tox_ini")
    if isinstance(legacy, str):
        return "pyproject.toml", legacy
    path, text = _file(("tox.toml",), files, folder)
    data = load(text) if text is not None else own
    return (path if text is not None else "pyproject.toml", data) if data and not isinstance(data, str) else None


def _tox_commands(data: Table, name: str) -> str:
    """The commands of an environment, a line each; words in lists are quoted where they must be."""
    base = table(data, "env_run_base")
    own = table(data, "env", name)
    commands = own.get("commands", base.get("commands"))
    words = [texts(each) for each in commands if isinstance(each, list)] if isinstance(commands, list) else []
    return "\n".join(shlex.join(each) for each in words)


def _nox(call: Call, _scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    flags = ("-s", "--session", "--sessions", "-e")
    start = next((index for index, word in enumerate(call.arguments) if word in flags), None)
    joined = next((word.split("=", 1)[1] for word in call.arguments if word.startswith(("--session=", "-s="))), None)
    names = [joined] if joined else []
    for word in call.arguments[start + 1 :] if start is not None else ():
        if word.startswith("-"):
            break
        names.append(word)
    path, text = _file(("noxfile.py",), files, folder)
    return tuple(_target(f"nox -s {name}", path, text, nox_session, name, Shell.PYTHON) for name in names)


def _invoke(call: Call, _scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    path, text = _file(("tasks.py", "tasks/__init__.py"), files, folder)
    names = call.operands(frozenset({"-c", "--collection", "-r"}))
    return tuple(_target(f"invoke {name}", path, text, python_task, name, Shell.PYTHON) for name in names)


def _npm(call: Call, _scene: Scene, files: Files, folder: str) -> tuple[Target, ...]:
    operands = [word for word in call.operands(_VALUED) if word not in ("run", "run-script", "exec")]
    path, text = _file(("package.json",), files, folder)
    return tuple(_target(f"{call.tool} run {name}", path, text, npm_script, name) for name in operands[:1])


def _poe(call: Call, scene: Scene, _files: Files, _folder: str) -> tuple[Target, ...]:
    names = call.operands(frozenset({"-C", "--root"}))
    return _project_script(names[0], f"{call.tool} {names[0]}", scene) if names else ()


def _project_script(name: str, shown: str, scene: Scene) -> tuple[Target, ...]:
    """A script that [tool] of pyproject.toml defines for hatch, pdm, poe, rye, taskipy or pixi."""
    if _HAVE_SCRIPTS.isdisjoint(scene.tools):
        return ()
    scripts, name = _project_scripts(scene), name.rsplit(":", 1)[-1]
    return (Target(name=shown, path="pyproject.toml", text=_script_text(scripts[name])),) if name in scripts else ()


def _project_scripts(scene: Scene) -> dict[str, object]:
    found: dict[str, object] = {}
    stack: list[tuple[object, int]] = [(scene.tools.get(tool), 0) for tool in _WITH_SCRIPTS]
    while stack:
        node, depth = stack.pop()
        for key, value in node.items() if isinstance(node, dict) and depth < 5 else ():
            if key in ("scripts", "tasks") and isinstance(value, dict):
                found |= value
            elif isinstance(value, dict):
                stack.append((value, depth + 1))
    return found


def _script_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_script_text(item) for item in value)
    if isinstance(value, dict):
        return "\n".join(_script_text(value[key]) for key in ("cmd", "shell", "sequence", "composite") if key in value)
    return ""


def _target(
    name: str,
    path: str,
    text: str | None,
    reader: Callable[[str, str], str],
    target: str,
    shell: Shell = Shell.BASH,
) -> Target:
    return Target(name=name, path=path, text=None if text is None else reader(text, target), shell=shell)


_RUNNERS: Mapping[str, Callable[[Call, Scene, Files, str], tuple[Target, ...]]] = {
    "make": _make,
    "gmake": _make,
    "just": _just,
    "tox": _tox,
    "nox": _nox,
    "invoke": _invoke,
    "inv": _invoke,
    "npm": _npm,
    "yarn": _npm,
    "pnpm": _npm,
    "poe": _poe,
    "task": _poe,
}
