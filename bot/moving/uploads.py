"""Each upload of a job, taken apart: which step, from which folder, with which options, and the step without it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import structs

from bot.model import Method, Publisher
from bot.moving import scripts
from bot.moving.deliveries import STEP_PATH, Delivery, Form, clean_folder
from bot.moving.found import Found, find
from bot.moving.keeping import command_adds
from bot.moving.nouns import Unmovable
from bot.moving.pins import PYPA
from bot.moving.staying import by_a_new_twine, without_credentials
from bot.moving.stored import settings_of, storing
from bot.moving.versions import has_old_maturin
from bot.publishing.actions import normal
from bot.publishing.launchers import call_of
from bot.script import Command, Shell, read, shell_of
from bot.workflow import Job, Step

_EXPRESSION = re.compile(r"\$\{\{\s*github\.workspace\s*\}\}/?")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_LISTED = re.compile(r"(?:\$\(|`)\s*ls\s+([^\s()`$]+)\s*[)`]\Z")
_TRIVIAL = frozenset({"cd", "echo", "ls", "set", "export", "pwd", "true"})
_FILES = re.compile(r"[\w./*?+\[\]-]+\Z")
_ALL_FILES = re.compile(r"\*(?:\.\*)?\Z")


def of_action(job: Job, step: Step, publisher: Publisher) -> Delivery:
    """A step that uses pypa's action or a fork."""
    given = normal(step.inputs).get("packages-dir", "dist")
    told = STEP_PATH.fullmatch(given.strip())
    if told is not None:
        given = next((each.inputs.get("path", ".") for each in job.steps if each.id == told[1]), "$")
    folder = clean_folder(_EXPRESSION.sub("", given) or ".")
    return Delivery(step=step, form=Form.ACTION, index=publisher.index, publishers=(publisher,), folder=folder)


def of_script(job: Job, step: Step, publishers: tuple[Publisher, ...]) -> Delivery:
    """A step whose script uploads; raises `Unmovable` where its commands are not understood."""
    text = step.run or ""
    shell = shell_of(step.shell or job.shell, job.runs_on[0] if job.runs_on else "")
    commands = read(text, shell).commands
    folder = clean_folder(step.working_directory or job.working_directory or ".")
    found = find(text, commands, folder, old_maturin="maturin" in text and has_old_maturin(job))
    if not found:
        raise Unmovable("the command that uploads is not written in the script of the step itself", path=step.path)
    cuts = tuple(item.cut for item in found if item.cut is not None)
    settings = settings_of(text, shell)
    several = len({publisher.index for publisher in publishers}) > 1  # one step of pypa's action knows one index
    complete = len(cuts) == len(found) and settings is not None and not several and _all_stay(commands, found)
    complete = complete and all(_is_configured_here(item, job) for item in found)
    cuts = (*cuts, *(settings or ()))
    # A program may give what it starts an environment of its own.
    kept = without_credentials(found, text) if shell is not Shell.PYTHON else None
    computed = any(_is_computed(item, {**job.env, **step.env}, commands) for item in found)
    rest = scripts.apply(text, list(cuts)) if complete else text
    stores = storing(commands) if settings else []
    complete = complete and _shapes(read(rest, shell).commands) == _expected(commands, found, stores, shell)
    folders = {_place(item) for item in found}
    place = folders.pop() if len(folders) == 1 else None
    # Whoever waits after an upload wants the next steps to find it on the index.
    idle = ("echo", "ls", "cd", "sleep") if step.index == len(job.steps) - 1 else ("echo", "ls", "cd")
    end = found[-1].command.end
    line = (text + "\n").find("\n", end)  # what forgives the upload goes with it
    after = [each for each in commands if each.start > (line if scripts.is_forgiven(text, end) else end) and each.words]
    return Delivery(
        step=step,
        form=Form.COMMAND,
        index=publishers[0].index,
        publishers=publishers,
        folder=place[0] if place else None,
        patterns=_joined_patterns(found) if place else (),
        skip_existing=any(item.options.skip for item in found if item.options),
        verbose=any(item.options.verbose for item in found if item.options),
        cuts=cuts if complete and all(item.options is not None for item in found) else None,
        kept=(*kept, *settings) if kept is not None and settings is not None else None,
        relaunched=_relaunched(found, text, publishers, settings, shell, computed=computed),
        empty=complete and not _is_worth_running(rest, step, job),
        trailing=any(each.name not in idle for each in after),
        forgiven=all(scripts.is_forgiven(text, max(item.command.whole[1], item.command.end)) for item in found),
        drops=_drops(step, found, publishers, rest),
        computed=computed,
        tools=tuple(dict.fromkeys(item.call.tool for item in found)),
    )


def of_repeated_script(job: Job, step: Step, script: str, publishers: tuple[Publisher, ...]) -> Delivery:
    """A step with an action that repeats a script until it succeeds; raises `Unmovable` where that does more."""
    delivery = of_script(job, structs.replace(step, run=script), publishers)
    if delivery.cuts is None or not delivery.empty or delivery.trailing:
        what = "what it repeats does more than to upload; let it only build, and upload with"
        raise Unmovable(f"{what} {PYPA} in a step of its own", path=step.path)
    note = f"`{step.uses.text.split('@')[0]}` repeats the upload no more; {PYPA} makes it once" if step.uses else ""
    return structs.replace(delivery, step=step, form=Form.OTHER_ACTION, cuts=None, kept=None, notes=(note,))


def _expected(
    commands: tuple[Command, ...], found: list[Found], stores: list[Command], shell: Shell
) -> list[tuple[str, ...]]:
    """The commands of a script without its uploads, told without touching its text: what is left must be just these.

    `stores`: those that go as well.
    """
    cuts = {id(item.command): item.cut for item in found}
    spans = [(cut.start, cut.end) for cut in cuts.values() if cut is not None]
    gone = set(map(id, stores))
    shapes: list[tuple[str, ...]] = []
    for command in commands:
        cut = cuts.get(id(command))
        if cut is not None:
            shapes += _shapes(read(cut.new, shell).commands) if cut.new else []
        elif id(command) not in gone and not any(start <= command.start and command.end <= end for start, end in spans):
            shapes += _shapes((command,))
    return shapes


def _shapes(commands: tuple[Command, ...]) -> list[tuple[str, ...]]:
    """Commands as plain words, variables before them included."""
    given = (tuple(f"{each.name}={each.value}" for each in one.assignments) for one in commands)
    return [(*names, *(word.text for word in one.words)) for names, one in zip(given, commands, strict=True)]


def _place(item: Found) -> tuple[str] | None:
    """The one folder in which all the files of a command lie."""
    if item.options is None or item.folder is None:
        return None
    files = _files(item)
    told = [name for name in files if "${{" not in name]
    folders = {None if name[:1] in "/~" else clean_folder(f"{item.folder}/{_folder(name)}") for name in told}
    only = folders.pop() if len(folders) == 1 and all(map(_FILES.match, files)) else None
    return (only,) if only is not None else None


def _folder(name: str) -> str:
    return name.rpartition("/")[0] or "."


def _files(item: Found) -> tuple[str, ...]:
    """What a command uploads, as patterns that artifacts know too: with slashes, and without braces."""
    if item.out is not None or item.options is None:
        return (item.out,) if item.out else ()
    return tuple(each for name in item.options.files for each in _opened(name.replace("\\", "/")))


def _opened(name: str) -> list[str]:
    """`a.{b,c}` is `a.b` and `a.c`, and `$(ls a)` is `a`; GitHub's expressions have braces of another kind."""
    listed = _LISTED.match(name)
    name = listed[1] if listed is not None else name
    found = re.search(r"(?<![${])\{([^{}]*,[^{}]*)\}", name)
    if found is None:
        return [name]
    return [
        each for part in found[1].split(",") for each in _opened(name[: found.start()] + part + name[found.end() :])
    ]


def _joined_patterns(found: list[Found]) -> tuple[str, ...]:
    """The patterns of all commands; empty where they amount to every distribution of the folder."""
    names = [name.rpartition("/")[2] for item in found if item.options is not None for name in _files(item)]
    if any(_ALL_FILES.match(name) for name in names) or {"*.whl", "*.tar.gz"} <= set(names):
        return ()
    return tuple(dict.fromkeys(names))


def _relaunched(
    found: list[Found],
    text: str,
    publishers: tuple[Publisher, ...],
    settings: tuple[scripts.Cut, ...] | None,
    shell: Shell,
    *,
    computed: bool,
) -> tuple[scripts.Cut, ...] | None:
    indexes = {publisher.index for publisher in publishers}
    cuts = by_a_new_twine(found, text, indexes, shell)
    if computed and any(item.call.tool != "twine" for item in found):
        return None  # another tool's variable says nothing to twine
    return (*cuts, *settings) if cuts is not None and settings is not None else None


def _all_stay(commands: tuple[Command, ...], found: list[Found]) -> bool:
    """Claims that nothing of what an earlier command of a script uploaded is gone when the last one does."""
    first, last = found[0].command.start, found[-1].command.start
    return all(command_adds(each) for each in commands if first < each.start < last)


def _is_configured_here(item: Found, job: Job) -> bool:
    """Claims that a step wrote the file that a command is configured by; one of the repository may say anything."""
    name = item.call.value("--config-file")
    texts = [step.run or "" for step in job.steps] if name is not None else []
    return name is None or any(name in command.writes for text in texts for command in read(text).commands)


def _is_computed(item: Found, env: Mapping[str, str], commands: tuple[Command, ...]) -> bool:
    """Claims that an option or a variable chooses the index, and that its value is known only when it runs."""
    given = {each.name: each.value for command in (*commands, item.command) for each in command.assignments}
    known = {**env, **given}
    values = [value for name, value in known.items() if name in item.tool.settings]
    values += item.options.targets if item.options is not None else []
    return any("$" in _VARIABLE.sub(lambda found: known.get(found[1], "$"), value) for value in values)


def _is_worth_running(rest: str, step: Step, job: Job) -> bool:
    shell = shell_of(step.shell or job.shell, job.runs_on[0] if job.runs_on else "")
    return any(_does_something(command) for command in read(rest, shell).commands if command.words)


def _does_something(command: Command) -> bool:
    call = call_of(command)
    if call is None or call.tool in _TRIVIAL:
        return False
    operands = [word for word in call.arguments if not word.startswith("-")]
    return not (call.tool in ("pip", "pip3") and operands[:1] == ["install"] and set(operands[1:]) <= {"twine", "pip"})


def _drops(step: Step, found: list[Found], publishers: tuple[Publisher, ...], rest: str) -> tuple[str, ...]:
    """Variables of the step that only the uploads read."""
    known = {name for item in found for name in item.tool.variables | item.tool.settings}
    secrets = [name for publisher in publishers for name in publisher.secrets]
    return tuple(
        name
        for name, value in step.env.items()
        if (
            name in known
            or any(f"secrets.{secret}".lower() in value.lower() for secret in secrets)
            or "secret." in value
        )
        and not (name in rest and re.search(rf"\b{re.escape(name)}\b", rest))
    )


MOVABLE = frozenset(
    {
        *(Method.GH_ACTION, Method.TWINE, Method.UV, Method.POETRY, Method.FLIT, Method.HATCH, Method.PDM),
        *(Method.MATURIN, Method.SETUP_PY, Method.THIRD_PARTY),
    }
)
