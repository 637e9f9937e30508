"""Python scripts that start programs: `subprocess.run(["twine", "upload", ...])`, `os.system("twine upload dist/*")`.

Only what the text spells out is seen. A file that is no Python that this version reads gives no commands and says so.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from bot.script.bash import read_bash
from bot.script.command import Command, Script, Word

_RUNNERS = frozenset(
    {"run", "call", "check_call", "check_output", "Popen", "system", "popen", "getoutput", "sh", "execute", "local"}
    | {"execvp", "execv", "run_command", "cmd", "shell", "check", "install", "run_always", "do", "run_cmd", "exec"}
)


def read_python(text: str) -> Script:
    """The programs that a Python script starts with arguments that it spells out; never raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Script(commands=(), variables={}, readable=False)
    commands = [command for node in ast.walk(module) if isinstance(node, ast.Call) for command in _started(node)]
    return Script(commands=tuple(commands), variables={})


def _started(call: ast.Call) -> Iterator[Command]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in _RUNNERS or not call.args:
        return
    first = call.args[0]
    if name == "install":  # of a session of nox
        yield from _listed(["python", "-m", "pip", "install", *(_text(item) for item in call.args)])
    elif isinstance(first, ast.List | ast.Tuple):
        yield from _listed([_text(item) for item in first.elts])
    elif len(call.args) > 1 and all(isinstance(item, ast.Constant) for item in call.args[:2]):
        yield from _listed([_text(item) for item in call.args])
    elif text := _text(first):
        yield from (found.moved_to(_AT_START, _OUTER) for found in read_bash(text).commands)


def _listed(texts: list[str]) -> Iterator[Command]:
    words = tuple(Word(text=text, start=0, end=0) for text in texts)
    if words and words[0].text:
        yield Command(words=words, start=0, end=0, whole=(0, 0), exact=False)


def _text(node: ast.expr) -> str:
    """The string that a node spells out; what is computed inside an f-string becomes `$x`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "$x" for part in node.values)
    if isinstance(node, ast.Attribute) and node.attr == "executable":
        return "python"
    return "$x" if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Starred) else ""


_AT_START = Word(text="", start=0, end=0)
_OUTER = Command(words=(), start=0, end=0, whole=(0, 0))
