"""What the steps of a job leave behind for later ones: GITHUB_ENV, a .pypirc, `poetry config`, minted tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, field

from bot.publishing.names import holds_any, is_pypi_secret
from bot.publishing.upload import Call
from bot.publishing.values import secrets_in
from bot.script import Command
from bot.workflow import Step

_MINTS = ("mint-token", "core.getidtoken", "actions_id_token_request", "pypi-oidc", "oidc-mint", "mint-pypi")
_COMPANIES = ("codeartifact", "artifactory", "pkg.dev")
_VAULTS = re.compile(
    r"vault|secrets?-?manager|1password|load-secrets|akeyless|doppler|infisical|bitwarden|keeper|ssm|conjur|sops",
    re.IGNORECASE,
)
_LINE = re.compile(r"([A-Za-z_]\w*)=(.*)\Z", re.DOTALL)
_INDEX = re.compile(r"URL|REPO|INDEX")
_MANY_LINES = re.compile(r"[A-Za-z_]\w*<<(.+)\Z")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))")
_SECTION = re.compile(r"^[ \t]*(?:\[([^\]\n]+)\][ \t]*|(\w+)[ \t]*[=:][ \t]*([^\n]*))$", re.MULTILINE)


class Ambient(Struct):
    """Grows while a job is walked."""

    exported: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """GITHUB_ENV: every value that a variable may have, since steps with an `if:` may or may not have run."""
    settings: dict[str, str] = field(default_factory=dict)
    pypirc: str = ""
    minted: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def see_step(self, step: Step) -> None:
        """Remembers where the outputs of a step come from."""
        if step.id is None:
            return
        called = step.uses.text if step.uses is not None else ""
        text = f"{called}\n{step.run or ''}\n{step.inputs.get('script', '')}"
        folded = text.casefold()
        if holds_any(folded, _MINTS):
            self.minted.add(step.id)
        elif _VAULTS.search(called):
            self.foreign.add(step.id)
        elif holds_any(folded, _COMPANIES):
            self.elsewhere.add(step.id)

    def see_command(self, command: Command, call: Call | None, env: Mapping[str, str], *, certain: bool) -> None:
        """Remembers what a command writes or configures; `env` is its step's alone, `certain`: no condition there."""
        if _exports(command):
            for line in _spelt_out(_written(command), env).splitlines():
                if found := _LINE.match(line.strip()):
                    earlier = () if certain else self.exported.get(found[1], ("",))
                    # Of several steps with a condition one runs; a single one may not.
                    earlier = earlier if earlier == ("",) else tuple(filter(None, earlier))
                    self.exported[found[1]] = (*earlier, found[2])
        if any(target.rstrip("\"'").endswith("pypirc") for target in command.writes):
            self.pypirc += _spelt_out(_written(command), env) + "\n"
        if call is not None and call.tool in ("poetry", "pdm"):
            self._configure(call, env)

    def _configure(self, call: Call, env: Mapping[str, str]) -> None:
        operands = call.operands()
        if operands[:1] == ("config",) and len(operands) > 2:
            self.settings[f"{call.tool} {operands[1]}"] = _spelt_out(" ".join(operands[2:]), env)


def appends_unseen(commands: Sequence[Command]) -> bool:
    """Claims that a script appends to GITHUB_ENV what does not stand in it: a file, or what a program says.

    What stands between `NAME<<END` and `END` is the value of one variable.
    """
    outer = list(_outer(commands))
    if any(_passes_on(before, command) for before, command in pairwise(outer)):
        return True
    end: str | None = None
    for command in filter(_exports, outer):
        if command.body is None and command.name not in ("echo", "printf"):
            if end is None:
                return True
            continue
        for line in map(str.strip, _written(command).splitlines()):
            if end is not None:
                end = None if line == end else end
            elif found := _MANY_LINES.match(line):
                end = found[1].strip()
            elif "$" in line and not _LINE.match(line):
                return True
    return False


def _outer(commands: Sequence[Command]) -> Iterator[Command]:
    """All but those in others: what `cat` says in `echo "A=$(cat b)"` is said by `echo`."""
    end = 0
    for command in commands:
        if command.start >= end:
            yield command
            end = command.end


def _passes_on(before: Command, command: Command) -> bool:
    """Claims that `tee` appends to GITHUB_ENV what may name an index."""
    if command.name != "tee" or not any(map(_is_env, command.arguments)):
        return False
    told = _written(before).splitlines() if before.name in ("echo", "printf") else [""]
    return not all((found := _LINE.match(line.strip())) and not _INDEX.search(found[1]) for line in told)


def _is_env(target: str) -> bool:
    return target.endswith(("GITHUB_ENV", "GITHUB_ENV}"))


def _exports(command: Command) -> bool:
    return any(map(_is_env, command.writes))


def sections(pypirc: str) -> Mapping[str, Mapping[str, str]]:
    """Sections of a .pypirc -> their keys; one that is a secret as a whole has a password in the section `""`."""
    found: dict[str, dict[str, str]] = {}
    current = ""
    for match in _SECTION.finditer(pypirc):
        if match[1] is not None:
            current = match[1].strip()
            found.setdefault(current, {})
        elif match[2] != "index":
            found.setdefault(current, {})[match[2].lower()] = match[3].strip()
    if not found and (names := secrets_in(pypirc)) and any(map(is_pypi_secret, names)):
        return {"": {"password": pypirc.strip()}}
    return found


def _spelt_out(text: str, env: Mapping[str, str]) -> str:
    """A text that outlives its step, with the variables of that step filled in."""
    if "$" not in text or not env:
        return text
    return _VARIABLE.sub(lambda found: env.get(found[1] or found[2], found[0]), text)


def _written(command: Command) -> str:
    if command.body is not None:
        return command.body
    return "\n".join(_echoed(command)).replace("\\n", "\n").replace("\\t", "\t")


def _echoed(command: Command) -> Iterator[str]:
    arguments = [text for text in command.arguments if text not in ("-e", "-n", "-en", "-ne")]
    if command.name == "printf" and len(arguments) > 1 and "%" in arguments[0]:
        rest = iter(arguments[1:])
        yield re.sub(r"%[sb]", lambda found: next(rest, found[0]), arguments[0])
    else:
        yield " ".join(arguments)
