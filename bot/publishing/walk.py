"""One job, step by step, as it would run: what each step sees, what it uploads, what it leaves for the next."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from bot.model import Method
from bot.publishing.actions import is_harmless, needs_secret, never_uploads, only_tells, read_action_step
from bot.publishing.commands import first_program, folder_of, read_text, says_nothing
from bot.publishing.credentials import of_login
from bot.publishing.index import of_url
from bot.publishing.names import ANY, Vocabulary, is_publishing_name, is_pypi_secret, is_suspicious, vocabulary
from bot.publishing.repository import Repository
from bot.publishing.reusable import is_switched_off, read_reusable
from bot.publishing.state import DEPTH, Place, Walk
from bot.publishing.tools import TOOLS
from bot.publishing.upload import Call, Scene, Upload
from bot.publishing.values import possible, secrets_in
from bot.script import Shell, shell_of
from bot.workflow import Action, Job, Step, Uses, UsesKind, Workflow, literal_false

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
_LOCAL = UsesKind.LOCAL  # looked up once: it is asked of every step
_ASKS_INPUT = re.compile(r"\s*(?:\$\{\{)?\s*inputs\.([\w-]+)\s*(==|!=)\s*'([^']*)'\s*(?:\}\})?\s*\Z")
_ADDRESSES = ("upload.pypi.org", "test.pypi.org/legacy")
_REHEARSES = re.compile(r"\s--dry-run\b|\btwine\s+check\b")
_REHEARSED_PUBLISH = re.compile(r"\bpoetry\s+publish\b.*\s--dry-run\b")
_ARGUMENTS = {"abatilo/actions-poetry": "poetry", "konstin2/maturin": "maturin", "ghcr.io/pyo3/maturin": "maturin"}
"""Actions and images that start one tool with `args:`."""


def walks(repository: Repository, workflow: Workflow, known: Collection[str]) -> Iterator[Walk]:
    """The uploads of each job that is not `known`, and what may be one."""
    jobs = [job for name, job in workflow.jobs.items() if name not in known]
    said = vocabulary("\n".join([step.run for job in jobs for step in job.steps if step.run is not None]))
    for job in jobs:
        yield _walk_job(repository, workflow, job, said)


def _walk_job(repository: Repository, workflow: Workflow, job: Job, said: Vocabulary) -> Walk:
    walk = Walk(repository=repository, workflow=workflow, job=job, mints=repository.mints(workflow, job), said=said)
    if literal_false(job.condition):
        inner = _walk_job(repository, workflow, replace(job, condition=None), said)
        if inner.publishers:
            walk.suspects.append((job.line, f"the job “{job.id}” uploads, but never runs"))
    elif job.uses is not None:
        _read_call(walk, job.uses)
    else:
        _read_steps(walk)
    return walk


def _read_steps(walk: Walk) -> None:
    for step in walk.job.steps:
        if step.condition is not None and literal_false(step.condition):
            _suspect_disabled(walk, step)
            continue
        _read_step(walk, step, None)
        if step.id is not None:
            walk.ambient.see_step(step)
    if not walk.publishers:
        walk.publishers.extend(walk.leftovers[:1])


def _suspect_disabled(walk: Walk, step: Step) -> None:
    scratch = Walk(repository=walk.repository, workflow=walk.workflow, job=walk.job, mints=walk.mints, said=walk.said)
    scratch.followed = walk.followed
    _read_step(scratch, step, None)
    walk.followed = scratch.followed
    if scratch.publishers:
        walk.suspects.append((step.line, "a step uploads, but never runs"))


def _read_call(walk: Walk, uses: Uses) -> None:
    job = walk.job
    upload = read_reusable(job, walk.scene({}, {}), packages=bool(walk.repository.projects))
    if upload is not None:
        walk.publishers.append(walk.publisher(None, uses.line, upload))
        return
    telling = uses.kind is UsesKind.REMOTE and is_publishing_name(uses.path.rsplit("/", 1)[-1])
    given = bool(job.secrets) or job.inherits_secrets or walk.mints
    if telling and given and not is_switched_off(job):
        walk.suspects.append((job.line, f"the job “{job.id}” calls {uses.text}"))


def _read_step(walk: Walk, step: Step, around: Place | None) -> None:
    """`around` is where the local action is called whose step this is; None for a step of the job."""
    before, suspected = len(walk.publishers), len(walk.suspects)
    uses = step.uses
    if uses is not None:
        if uses.kind is not _LOCAL and is_harmless(uses):
            return
        _read_uses(walk, step, uses, around)
    elif step.run is not None and not says_nothing(walk, step.run, walk.said if around is None else ANY):
        runner = walk.job.runs_on[0] if walk.job.runs_on else ""
        line = node.line if (node := step.node.get("run")) is not None else step.line
        read_text(walk, step.run, shell_of(step.shell or walk.job.shell, runner), _place(walk, step, around, line))
    if around is None and len(walk.publishers) == before and (uses is None or uses.kind is _LOCAL):
        _note_leftover(walk, step, suspected=len(walk.suspects) > suspected)


def _place(walk: Walk, step: Step, around: Place | None, line: int | None = None) -> Place:
    """Where a step stands; `line` is that of its script."""
    folder = folder_of(step.working_directory or walk.job.working_directory)
    if around is None:
        return Place(step=step, line=step.line if line is None else line, env=step.env, folder=folder)
    env = {**around.env, **step.env}
    return replace(around, line=around.line if line is None else line, env=env, folder=folder)


def _read_uses(walk: Walk, step: Step, uses: Uses, around: Place | None) -> None:
    place = _place(walk, step, around)
    if uses.kind is _LOCAL:
        action = walk.repository.action(uses.path)
        if action is not None and place.depth < DEPTH and walk.follows(len(action.steps), place.line, uses.text):
            _read_composite(walk, step, action, place)
        return
    script = _SCRIPT_INPUTS.get(uses.name)
    if script is not None and step.inputs.get(script):
        if not says_nothing(walk, step.inputs[script]):
            read_text(walk, step.inputs[script], Shell.BASH, replace(place, line=step.line))
        return
    _read_action(walk, step, uses, place)


def _read_action(walk: Walk, step: Step, uses: Uses, place: Place) -> None:
    able = uses.name in _ARGUMENTS or not needs_secret(uses) or _knows_secrets(walk, step, place)
    scene = walk.scene(place.env, place.inputs) if able else None
    upload = _upload_of(step, uses, scene) if scene is not None else None
    if upload is not None:
        walk.add(place, uses.line, upload)
    elif uses.name.endswith("/python-semantic-release") and walk.mints and not never_uploads(uses):
        walk.suspects.append((step.line, f"{uses.text} uploads or not, depending on its version"))
    elif any(map(is_suspicious, step.inputs.values())):
        walk.suspects.append((step.line, f"the action {uses.text} is told of an upload"))
    elif scene is not None and place.depth == 0 and scene.own != scene.variables and not only_tells(uses):
        given = _upload_of(step, uses, replace(scene, own=scene.variables))
        if given is not None:
            walk.leftovers.append(walk.publisher(step.index, uses.line, given))


def _knows_secrets(walk: Walk, step: Step, place: Place) -> bool:
    """Claims that a step may be given a secret; what earlier steps export may hold any."""
    given = (step.inputs, place.env, walk.job.env, walk.workflow.env)
    return bool(walk.ambient.exported) or any(secrets_in(text) for each in given for text in each.values())


def _upload_of(step: Step, uses: Uses, scene: Scene) -> Upload | None:
    tool = _ARGUMENTS.get(uses.name or uses.path.split(":")[0].lower())
    if tool is None:
        return read_action_step(uses, step.inputs, scene)
    return TOOLS[tool](Call(tool=tool, program=tool, arguments=tuple(step.inputs.get("args", "").split())), scene)


def _read_composite(walk: Walk, step: Step, action: Action, place: Place) -> None:
    """The steps of a local action, its inputs filled in by the step that calls it."""
    scene = walk.scene(place.env, place.inputs)
    inputs: dict[str, tuple[str, ...]] = {f"inputs.{name}": (text or "",) for name, text in action.inputs.items()}
    for name, text in step.inputs.items():
        inputs[f"inputs.{name}"] = possible(text, scene)
    through = place.through or (step.uses.text if step.uses is not None else "")
    inner = replace(place, inputs=inputs, through=through, depth=place.depth + 1)
    for deeper in action.steps:
        if not literal_false(deeper.condition) and not _is_ruled_out(deeper.condition, inputs):
            _read_step(walk, deeper, inner)
            walk.ambient.see_step(deeper)


def _is_ruled_out(condition: str | None, inputs: Mapping[str, tuple[str, ...]]) -> bool:
    """Claims that what a local action is given keeps a step of it from running; a secret is not empty."""
    found = _ASKS_INPUT.match(condition or "")
    values = inputs.get(f"inputs.{found[1]}", ()) if found is not None else ()
    if found is None or not values or any("$" in text and (found[3] or not secrets_in(text)) for text in values):
        return False
    return not any((text == found[3]) == (found[2] == "==") for text in values)


def _tells_the_address(walk: Walk, step: Step) -> bool:
    """Claims that a script holds the address to which distributions are uploaded, itself or in a variable."""
    script = step.run or ""
    given = {**walk.workflow.env, **walk.job.env, **step.env}
    told = (script, *(text for name, text in given.items() if "pypi.org" in text and name in script))
    return any(address in text for text in told for address in _ADDRESSES)


def _prepares_rehearsal(walk: Walk, step: Step) -> bool:
    """Claims that a step stores a credential for a tool of which the job only asks what it would upload."""
    rehearsed = any(_REHEARSED_PUBLISH.search(other.run or "") for other in walk.job.steps)
    return rehearsed and "poetry config" in (step.run or "")


def _note_leftover(walk: Walk, step: Step, *, suspected: bool) -> None:
    """A step that is given a secret of PyPI's and shows no upload: most likely it uploads indirectly.

    What the whole job is given counts where the step starts a script that may upload and could not be read.
    """
    if not (suspected or step.env or step.inputs or walk.said.secrets):  # as with nearly every step
        return
    texts = [*step.env.values(), *step.inputs.values(), step.run or ""]
    if suspected and "/" in first_program(step.run or ""):
        texts += [*walk.job.env.values(), *walk.workflow.env.values()]
    given = [name for text in texts for name in secrets_in(text)]
    if not given:
        return
    names = list(filter(is_pypi_secret, given)) or (given if _tells_the_address(walk, step) else [])
    if not names or _REHEARSES.search(step.run or "") or _prepares_rehearsal(walk, step):
        return
    scene = walk.scene(step.env, {})
    credential, secrets = of_login("__token__", f"${{{{ secrets.{names[0]} }}}}", scene)
    called = step.uses.text if step.uses is not None else first_program(step.run or "")
    upload = Upload(
        method=Method.THIRD_PARTY,
        via=called,
        index=of_url(None, scene),
        credential=credential,
        secrets=secrets,
        indirect=True,
    )
    walk.leftovers.append(walk.publisher(step.index, step.line, upload))
