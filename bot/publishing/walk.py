"""One job, step by step, as it would run: what each step sees, what it uploads, what it leaves for the next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from posixpath import normpath

from bot.model import Method, Publisher
from bot.publishing.actions import is_harmless, never_uploads, read_action_step
from bot.publishing.ambient import Ambient, sections
from bot.publishing.credentials import of_login
from bot.publishing.index import of_url
from bot.publishing.launchers import call_of
from bot.publishing.names import has_telling_name, has_upload_words, is_publishing_name, is_pypi_secret, is_suspicious
from bot.publishing.repository import Repository
from bot.publishing.reusable import is_switched_off, read_reusable
from bot.publishing.targets import Target, find_targets, read_path
from bot.publishing.tools import TOOLS
from bot.publishing.upload import Call, Scene, Upload
from bot.publishing.values import possible, secrets_in
from bot.script import Command, Script, Shell, read, shell_of
from bot.workflow import Action, Job, Step, UsesKind, Workflow, literal_false

_DEPTH = 3
_STARTS_TARGETS = re.compile(
    r"\b(?:make|just|tox|nox|invoke|inv|poe|task|npm|yarn|pnpm|hatch|pdm|rye|pixi)\b|\.(?:sh|bash|py|ps1|bat|cmd)\b|"
    r"(?:^|\s)\.?[\w-]+/[\w./-]+",
    re.MULTILINE,
)
_LEAVES_BEHIND = ("GITHUB_ENV", "pypirc")
_HARMLESS = frozenset(
    {"echo", "printf", "cat", "grep", "git", "gh", "pip", "pip3", "sed", "awk", "test", "[", "conda", "ls"}
)
_SCRIPT_INPUTS = {
    "nick-fields/retry": "command",
    "nick-invision/retry": "command",
    "addnab/docker-run-action": "run",
    "uraimo/run-on-arch-action": "run",
    "gabrielbb/xvfb-action": "run",
    "coactions/setup-xvfb": "run",
    "vmactions/freebsd-vm": "run",
}
"""Actions that run a script which stands in one of their inputs."""
_ARGUMENTS = {"abatilo/actions-poetry": "poetry", "konstin2/maturin": "maturin", "ghcr.io/pyo3/maturin": "maturin"}
"""Actions and images that start one tool with `args:`."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """What a job's steps turn out to do."""

    repository: Repository
    workflow: Workflow
    job: Job
    mints: bool
    ambient: Ambient = field(default_factory=Ambient)
    publishers: list[Publisher] = field(default_factory=list)
    leftovers: list[Publisher] = field(default_factory=list)
    """Steps that hold a secret of PyPI's while no upload of theirs was recognised."""
    suspects: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an upload is reported: a step of the workflow itself, however deep the command lies below it."""

    step: Step
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    """Of the step that calls a composite action."""
    through: str = ""
    """The local action or target below which the command lies; `""` for the step's own."""
    depth: int = 0


def walk_job(repository: Repository, workflow: Workflow, job: Job) -> Walk:
    """The uploads of one job, and what may be one."""
    walk = Walk(repository=repository, workflow=workflow, job=job, mints=repository.mints(workflow, job))
    if job.uses is not None:
        _read_call(walk)
        return walk
    if literal_false(job.condition):
        if any(step.uses is not None or step.run is not None for step in job.steps):
            _suspect_disabled(walk)
        return walk
    for step in job.steps:
        if not literal_false(step.condition):
            _read_step(walk, step, Place(step=step))
            walk.ambient.see_step(step)
    if not walk.publishers:
        walk.publishers.extend(walk.leftovers[:1])
    return walk


def _suspect_disabled(walk: Walk) -> None:
    inner = replace(walk.job, condition=None)
    if walk_job(walk.repository, walk.workflow, inner).publishers:
        walk.suspects.append((walk.job.line, f"the job “{walk.job.id}” uploads, but never runs"))


def _read_call(walk: Walk) -> None:
    job = walk.job
    if job.uses is None or literal_false(job.condition):
        return
    upload = read_reusable(job, _scene(walk, {}, {}, ""), packages=bool(walk.repository.projects))
    if upload is not None:
        walk.publishers.append(_publisher(walk, None, job.uses.line, upload))
    elif job.uses.kind is UsesKind.REMOTE and is_publishing_name(job.uses.path.rsplit("/", 1)[-1]):
        if not is_switched_off(job) and (job.secrets or job.inherits_secrets or walk.mints):
            walk.suspects.append((job.line, f"the job “{job.id}” calls {job.uses.text}"))


def _scene(walk: Walk, env: Mapping[str, str], inputs: Mapping[str, tuple[str, ...]], folder: str) -> Scene:
    workflow, job, ambient = walk.workflow, walk.job, walk.ambient
    return Scene(
        variables={**workflow.env, **job.env, **_exported(ambient), **env},
        choices={**_choices(walk), **_open_exports(ambient, env), **inputs},
        mints=walk.mints,
        minted=frozenset(ambient.minted),
        foreign=frozenset(ambient.foreign),
        settings=dict(ambient.settings),
        pypirc=sections(ambient.pypirc) if ambient.pypirc else {},
        tools=walk.repository.tools(folder),
        secret_names=_secret_names(walk),
    )


def _exported(ambient: Ambient) -> Mapping[str, str]:
    return {name: values[0] if len(values) == 1 else f"${name}" for name, values in ambient.exported.items()}


def _open_exports(ambient: Ambient, env: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    several = {name: values for name, values in ambient.exported.items() if len(values) > 1 and name not in env}
    return {f"env.{name}": values for name, values in several.items()}


def _choices(walk: Walk) -> Mapping[str, tuple[str, ...]]:
    found = {f"matrix.{key}": values for key, values in walk.job.matrix.items()}
    for trigger in walk.workflow.triggers.values():
        for name, values in trigger.inputs.items():
            found[f"inputs.{name}"] = (*found.get(f"inputs.{name}", ()), *values)
    for _, caller in walk.repository.callers(walk.workflow.path):
        for name, value in caller.inputs.items():
            found[f"inputs.{name}"] = (*found.get(f"inputs.{name}", ()), value)
    return {key: values for key, values in found.items() if values}


def _secret_names(walk: Walk) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for _, caller in walk.repository.callers(walk.workflow.path):
        for name, text in caller.secrets.items():
            if given := secrets_in(text):
                found.setdefault(name, given[0])
    return found


def _read_step(walk: Walk, step: Step, place: Place) -> None:
    before = len(walk.publishers)
    if step.uses is not None:
        _read_uses(walk, step, place)
    elif step.run is not None:
        runner = walk.job.runs_on[0] if walk.job.runs_on else ""
        shell = shell_of(step.shell or walk.job.shell, runner)
        _read_text(walk, step.run, shell, step, place)
    if len(walk.publishers) == before and place.depth == 0:
        _note_leftover(walk, step)


def _read_uses(walk: Walk, step: Step, place: Place) -> None:
    uses = step.uses
    if uses is None:
        return
    if uses.kind is UsesKind.LOCAL:
        action = walk.repository.action(uses.path)
        if action is not None and place.depth < _DEPTH:
            _read_composite(walk, step, action, place)
        return
    if is_harmless(uses):
        return
    script = _SCRIPT_INPUTS.get(uses.name)
    if script is not None and step.inputs.get(script):
        _read_text(walk, step.inputs[script], Shell.BASH, step, place)
        return
    tool = _ARGUMENTS.get(uses.name or uses.path.split(":")[0].lower())
    scene = _scene(walk, {**place.env, **step.env}, place.inputs, "")
    if tool is not None:
        call = Call(tool=tool, program=tool, arguments=tuple(step.inputs.get("args", "").split()))
        upload = TOOLS[tool](call, scene)
    else:
        upload = read_action_step(uses, step.inputs, scene)
    if upload is not None:
        _add(walk, place, uses.line, upload)
    elif uses.name.endswith("/python-semantic-release") and walk.mints and not never_uploads(uses):
        walk.suspects.append((step.line, f"{uses.text} uploads or not, depending on its version"))
    elif any(is_suspicious(text) for text in step.inputs.values()):
        walk.suspects.append((step.line, f"the action {uses.text} is told of an upload"))


def _read_composite(walk: Walk, step: Step, action: Action, place: Place) -> None:
    """The steps of a local action, its inputs filled in by the step that calls it."""
    scene = _scene(walk, {**place.env, **step.env}, place.inputs, "")
    inputs: dict[str, tuple[str, ...]] = {
        f"inputs.{name}": (default,) for name, default in action.inputs.items() if default is not None
    }
    for name, text in step.inputs.items():
        inputs[f"inputs.{name}"] = possible(text, scene)
    inner = Place(
        step=place.step,
        inputs=inputs,
        env={**place.env, **step.env},
        through=step.uses.text if step.uses is not None else "",
        depth=place.depth + 1,
    )
    for deeper in action.steps:
        if not literal_false(deeper.condition):
            _read_step(walk, deeper, inner)
            walk.ambient.see_step(deeper)


def _read_text(walk: Walk, text: str, shell: Shell, step: Step, place: Place) -> None:
    """A script; most say nothing of uploads and are left unparsed."""
    if not (has_upload_words(text) or any(word in text for word in _LEAVES_BEHIND) or _starts_targets(walk, text)):
        return
    script = read(text, shell)
    line = run.line if (run := step.node.get("run")) is not None else step.line
    if not script.readable:
        if is_suspicious(text):
            walk.suspects.append((line, "a script in a language that is not read speaks of an upload"))
        return
    folder = _folder(step.working_directory or walk.job.working_directory)
    _read_script(walk, script, {**place.env, **step.env}, folder, line, place)


def _starts_targets(walk: Walk, text: str) -> bool:
    """Claims that a script runs something of the repository which may upload."""
    telling = walk.repository.hides_uploads() or has_telling_name(text)
    return telling and _STARTS_TARGETS.search(text) is not None


def _folder(text: str | None) -> str:
    return "" if not text or "$" in text else normpath(text).removeprefix("./").removeprefix(".").strip("/")


def _read_script(walk: Walk, script: Script, env: Mapping[str, str], folder: str, line: int, place: Place) -> None:
    scene: Scene | None = None
    local = dict(env)
    for command in script.commands:
        if not command.words:
            local |= {item.name: item.value for item in command.assignments if item.name}
            scene = None
            continue
        call = call_of(command)
        walk.ambient.see_command(command, call, certain=place.step.condition is None)
        if call is None:
            continue
        if call.tool == "cd" and call.arguments and "$" not in call.arguments[0]:
            folder = _folder(f"{folder}/{call.arguments[0]}" if folder else call.arguments[0])
        scene = scene or _scene(walk, local, place.inputs, folder)
        _read_command(walk, command, call, scene, folder, line, place)
        if call.tool in ("poetry", "pdm") or command.writes:
            scene = None


def _read_command(walk: Walk, command: Command, call: Call, scene: Scene, folder: str, line: int, place: Place) -> None:
    reader = TOOLS.get(call.tool)
    if reader is not None:
        upload = reader(call, scene)
        if upload is not None:
            _add(walk, place, line, upload)
        if call.tool != "pdm" or upload is not None:
            return
    targets = _targets(walk, call, scene, folder)
    for target in targets:
        _read_target(walk, target, scene, folder, line, place)
    words = " ".join(word.text for word in command.words)
    if not targets and call.tool not in _HARMLESS and is_suspicious(words):
        walk.suspects.append((line, f"the command “{call.tool}” speaks of an upload"))


def _targets(walk: Walk, call: Call, scene: Scene, folder: str) -> tuple[Target, ...]:
    files = walk.repository.files
    program = call.program
    if "/" in program and not program.startswith(("/", "~", "$")) and not program.endswith("/"):
        return (read_path(program, files, folder),)
    if call.tool == "setup.py":
        return (read_path(program, files, folder),) if "publish" in call.arguments else ()
    return find_targets(call, scene, files, folder)


def _read_target(walk: Walk, target: Target, scene: Scene, folder: str, line: int, place: Place) -> None:
    walk.repository.looked_at.add(target.path)
    if target.text is None:
        if is_publishing_name(target.name) and _can_authenticate(walk):
            walk.suspects.append((line, f"“{target.name}” could not be read"))
        return
    if not has_upload_words(target.text) or place.depth >= _DEPTH:
        return
    inner = replace(place, through=place.through or target.name, depth=place.depth + 1)
    script = read(target.text, target.shell)
    if not script.readable and is_suspicious(target.text):
        walk.suspects.append((line, f"“{target.name}” speaks of an upload"))
    _read_script(walk, script, scene.variables, folder, line, inner)


def _can_authenticate(walk: Walk) -> bool:
    """Claims that a job is given what any upload needs: a secret, or an identity token."""
    text = walk.workflow.document.text[walk.job.node.start : walk.job.node.end]
    given = [text, *walk.workflow.env.values()]
    return walk.mints or any(secrets_in(one) or "secrets:" in one for one in given)


def _note_leftover(walk: Walk, step: Step) -> None:
    """A step that is given a secret of PyPI's and shows no upload: most likely it uploads indirectly."""
    texts = [*step.env.values(), step.run or ""]
    names = tuple(name for text in texts for name in secrets_in(text) if is_pypi_secret(name))
    if not names or (step.uses is not None and step.uses.kind is not UsesKind.LOCAL):
        return
    scene = _scene(walk, step.env, {}, "")
    credential, secrets = of_login("__token__", f"${{{{ secrets.{names[0]} }}}}", scene)
    first = _first_program(step.run) if step.run is not None else step.uses.text if step.uses is not None else ""
    upload = Upload(
        method=Method.THIRD_PARTY,
        via=first,
        index=of_url(None, scene),
        credential=credential,
        secrets=secrets,
        indirect=True,
    )
    walk.leftovers.append(_publisher(walk, step.index, step.line, upload))


def _first_program(text: str) -> str:
    """What a script starts first that is more than output or preparation."""
    calls = [call for command in read(text).commands if (call := call_of(command)) is not None]
    telling = [call.program for call in calls if call.tool not in _HARMLESS]
    return next(iter(telling), next((call.program for call in calls), "a script"))


def _add(walk: Walk, place: Place, line: int, upload: Upload) -> None:
    if place.through:
        upload = replace(upload, via=place.through, indirect=True)
    found = _publisher(walk, place.step.index, line if place.depth == 0 else place.step.line, upload)
    if found not in walk.publishers:
        walk.publishers.append(found)


def _publisher(walk: Walk, step: int | None, line: int, upload: Upload) -> Publisher:
    environment = walk.job.environment
    return Publisher(
        workflow=walk.workflow.path,
        job=walk.job.id,
        step=step,
        line=line,
        method=upload.method,
        via=upload.via,
        index=upload.index,
        credential=upload.credential,
        secrets=upload.secrets,
        environment=environment.name if environment is not None else None,
        indirect=upload.indirect,
    )
