"""Actions of third parties that upload: the steps that do the same without them, or the reason why a person must."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.model import Publisher
from bot.moving import pins
from bot.moving.deliveries import Delivery, Form, clean_folder
from bot.moving.nouns import Unmovable
from bot.moving.options import MATURIN_BUILDS, TOOLS, maturin_build, understand
from bot.moving.versions import has_old_maturin
from bot.publishing.actions import normal
from bot.workflow import Job, Step
from bot.yaml import Add, Op, Remove, Replace, Value

Inputs = Mapping[str, str]
_WORD = re.compile(r"(?:\$\{\{.*?\}\}|\S)+")
_KNOWN = re.compile(r"\$\{\{\s*(env|matrix)\.([\w-]+)\s*\}\}")
_DECIDED = "which index it uploads to is decided when it runs; give each index a step of its own"
_Reader = Callable[[Job, Step, Inputs, Publisher, pins.PinStyle], Delivery]


def of_other_action(job: Job, step: Step, publisher: Publisher, style: pins.PinStyle) -> Delivery:
    """A step with an action other than pypa's; raises `Unmovable`. `job`: with the variables of its workflow."""
    assert step.uses is not None
    for ending, reader in _READERS:
        if step.uses.name.endswith(ending):
            return reader(job, step, normal(step.inputs), publisher, style)
    called = step.uses.text.split("@")[0]
    what = next((what for name, what in _BY_HAND.items() if called.lower().startswith(name)), None)
    instead = what or f"uploads by itself; let it only build, and upload with {pins.PYPA} in a job of its own"
    raise Unmovable(f"the action {called} {instead}", path=step.path)


def _poetry(job: Job, step: Step, inputs: Inputs, publisher: Publisher, style: pins.PinStyle) -> Delivery:
    _check(inputs, _POETRY_INPUTS, step)
    core, debian = (inputs.get(name, "").strip() for name in ("poetry-core-version", "extra-build-dependency-packages"))
    packages = [_required("poetry", inputs.get("poetry-version", "").strip())]
    packages += [_required("poetry-core", core)] if core else []
    early = "--pre " if inputs.get("allow-poetry-pre-release", "").strip() else ""
    form = inputs.get("build-format", "").strip()
    lines = [
        *([f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {debian}"] if debian else []),
        f"python -m pip install {early}{' '.join([*packages, *inputs.get('plugins', '').split()])}",
        f"poetry build --format {form}" if form else "poetry build",
    ]
    if any("$" in inputs.get(name, "") for name in ("repository-name", "repository-url")):
        raise Unmovable(_DECIDED, path=step.path)
    folder = inputs.get("package-directory") or "."
    python = _python(job, inputs.get("python-version"), style)
    return _built(job, step, publisher, folder=folder, python=python, lines=lines)


_POETRY_INPUTS = frozenset(
    {
        *("pypi-token", "python-version", "poetry-version", "poetry-core-version", "package-directory", "plugins"),
        *("build-format", "ignore-dev-requirements", "repository-name", "repository-url", "repository-username"),
        *("repository-password", "poetry-install-options", "allow-poetry-pre-release"),
        "extra-build-dependency-packages",
    }
)


def _required(name: str, version: str) -> str:
    """A requirement for pip from what the action puts after a name; `latest` is no version."""
    if version in ("", "latest"):
        return name
    return f'"{name}{version if version[0] in "=<>~!" else f"=={version}"}"'


def _package(job: Job, step: Step, inputs: Inputs, publisher: Publisher, style: pins.PinStyle) -> Delivery:
    _check(inputs, frozenset({"python-version", "pip-version", "subdir"}), step)
    if any("$" in {**job.env, **step.env}.get(name, "") for name in TOOLS["twine"].settings):
        raise Unmovable(_DECIDED, path=step.path)
    lines = ["python -m pip install --upgrade setuptools wheel", "python setup.py sdist bdist_wheel"]
    python = _python(job, inputs.get("python-version"), style)
    return _built(job, step, publisher, folder=inputs.get("subdir") or ".", python=python, lines=lines)


def _frontend(job: Job, step: Step, inputs: Inputs, publisher: Publisher, style: pins.PinStyle) -> Delivery:
    _check(inputs, frozenset({"pypi-token"}), step)
    lines = ["python -m pip install build", "python -m build"]
    return _built(job, step, publisher, folder=".", python=_python(job, None, style), lines=lines)


def _flit(job: Job, step: Step, inputs: Inputs, publisher: Publisher, style: pins.PinStyle) -> Delivery:
    _check(inputs, frozenset({"user-name", "password", "repository-url"}), step)
    if "$" in inputs.get("repository-url", ""):
        raise Unmovable(_DECIDED, path=step.path)
    lines = ["python -m pip install flit", "flit build"]
    return _built(job, step, publisher, folder=".", python=_python(job, None, style), lines=lines)


def _built(
    job: Job, step: Step, publisher: Publisher, *, folder: str, python: list[Value], lines: list[str]
) -> Delivery:
    """The commands that an action runs before it uploads, as a step of its own; `python`: steps that set that up."""
    if any("${{" in line for line in lines):
        raise Unmovable("what the action builds with is computed when it runs", path=step.path)
    where = clean_folder(folder)
    if where is None:
        raise Unmovable("the folder that the action builds is computed when it runs", path=step.path)
    run: dict[str, Value] = {"name": "Build the distribution packages"}
    if where != "." or job.working_directory is not None:  # scripts start elsewhere than actions
        run["working-directory"] = where
    run["run"] = "\n".join(lines) + "\n"
    return Delivery(
        step=step,
        form=Form.OTHER_ACTION,
        index=publisher.index,
        publishers=(publisher,),
        folder="dist" if where == "." else f"{where}/dist",
        build_steps=(*python, run),
        notes=(f"{_name(step)} was replaced by the commands that it ran, without the upload",),
    )


def _create_release(_job: Job, step: Step, inputs: Inputs, publisher: Publisher, _style: pins.PinStyle) -> Delivery:
    """Uploads only when it is given a token, and makes the release on GitHub in any case."""
    key = next(key for key in step.inputs if key.lower().replace("_", "-") == "pypi-token")
    return Delivery(
        step=step,
        form=Form.OTHER_ACTION,
        index=publisher.index,
        publishers=(publisher,),
        folder=clean_folder(inputs.get("dist-dir") or "dist"),
        rewrites=(Remove((*step.path, "with", key)),),
        notes=(f"{_name(step)} makes the release on GitHub as before, and {pins.PYPA} uploads after it",),
    )


def _maturin(job: Job, step: Step, inputs: Inputs, publisher: Publisher, _style: pins.PinStyle) -> Delivery:
    """`command: upload` gives way to pypa's action, `command: publish` becomes the build that is part of it."""
    command = inputs.get("command", "").strip()
    words = tuple(_WORD.findall(inputs.get("args", "")))
    tool = MATURIN_BUILDS if command == "publish" else TOOLS["maturin"]
    kept = [word for word in words if command == "publish" and _only_builds(job, step, word)]
    arguments = tuple(word for word in words if word not in kept)
    options = understand(tool, (command, *arguments), command)
    base = clean_folder(inputs.get("working-directory", "."))
    if options is None or base is None or command not in ("upload", "publish"):
        raise Unmovable("its options are not understood; let it build, and upload in a job of its own", path=step.path)
    options.build += kept
    options.old = has_old_maturin(job)
    new, out = maturin_build(options)
    settings = {**job.env, **step.env}
    if options.computed or any("$" in settings.get(name, "") for name in TOOLS["maturin"].settings):
        raise Unmovable(
            "which index it uploads to is decided when it runs; give each index a step of its own", path=step.path
        )
    names = [f"{out}/*"] if command == "publish" else [name.strip("'\"") for name in options.files]
    folders = {clean_folder(f"{base}/{name.rpartition('/')[0] or '.'}") for name in names}
    return Delivery(
        step=step,
        form=Form.OTHER_ACTION,
        index=publisher.index,
        publishers=(publisher,),
        folder=folders.pop() if len(folders) == 1 else None,
        patterns=() if command == "publish" else tuple(names),
        skip_existing=options.skip,
        verbose=options.verbose,
        tools=("maturin",),
        drops=tuple(name for name in step.env if name in TOOLS["maturin"].variables | TOOLS["maturin"].settings),
        rewrites=_only_build(step, " ".join(new)) if command == "publish" else (),
        notes=(f"{_name(step)} uploads no more; {pins.PYPA} does",),
    )


def _poetry_by_arguments(
    _job: Job, step: Step, inputs: Inputs, publisher: Publisher, _style: pins.PinStyle
) -> Delivery:
    """`args: publish` gives way to pypa's action, `args: publish --build` becomes the build that is part of it."""
    words = tuple(_WORD.findall(inputs.get("args", "")))
    options = understand(TOOLS["poetry"], words, "publish")
    if options is None or options.computed:
        raise Unmovable("its options are not understood; let it build, and upload in a job of its own", path=step.path)
    where = clean_folder(inputs.get("working-directory") or ".")
    if where is None:
        raise Unmovable("the folder that the action builds is computed when it runs", path=step.path)
    key = next(key for key in step.inputs if key.lower() == "args")
    return Delivery(
        step=step,
        form=Form.OTHER_ACTION,
        index=publisher.index,
        publishers=(publisher,),
        folder=f"{where}/dist" if where != "." else "dist",
        skip_existing=options.skip,
        verbose=options.verbose,
        tools=("poetry",),
        drops=tuple(name for name in step.env if name in TOOLS["poetry"].variables),
        rewrites=(Replace((*step.path, "with", key), "build"),) if options.builds else (),
        notes=(f"{_name(step)} uploads no more; {pins.PYPA} does",),
    )


def _only_builds(job: Job, step: Step, word: str) -> bool:
    """Claims that an expression which stands for options gives, whatever its value, such as belong to the build."""
    found = _KNOWN.fullmatch(word)
    if found is None:
        return False
    variables = {**job.env, **step.env}
    known = variables.get(found[2]) if found[1] == "env" else None
    values = job.matrix.get(found[2], ()) if found[1] == "matrix" else () if known is None else (known,)
    return bool(values) and all(_are_of_build(tuple(_WORD.findall(value))) for value in values)


def _are_of_build(words: tuple[str, ...]) -> bool:
    options = understand(MATURIN_BUILDS, ("publish", *words), "publish")
    return options is not None and options.build == list(words)


def _only_build(step: Step, new: str) -> tuple[Op, ...]:
    keys = {key.lower(): key for key in step.inputs}
    told = (*step.path, "with", keys.get("args", "args"))
    command = Replace((*step.path, "with", keys["command"]), "build")
    return (command, Replace(told, new) if "args" in keys else Add(told, new))


def _check(inputs: Inputs, known: frozenset[str], step: Step) -> None:
    unknown = sorted(key for key, value in inputs.items() if key not in known and value.strip())
    if unknown:
        raise Unmovable(f"what its input “{unknown[0]}” does is not known", path=step.path)


def _python(job: Job, version: str | None, style: pins.PinStyle) -> list[Value]:
    if any(step.uses is not None and step.uses.name == pins.SETUP_PYTHON for step in job.steps):
        return []
    return [
        {
            "name": "Set up Python",
            "uses": pins.pinned(pins.SETUP_PYTHON, style),
            "with": {"python-version": version if version and version != "latest" else "3.x"},
        }
    ]


def _name(step: Step) -> str:
    return f"`{step.uses.text.split('@')[0]}`" if step.uses is not None else "the action"


_READERS: tuple[tuple[str, _Reader], ...] = (
    ("jrubics/poetry-publish", _poetry),
    ("etils-actions/pypi-build-publish", _frontend),
    ("asifarmanrahman/to-pypi-using-flit", _flit),
    ("mariamrf/py-package-publish-action", _package),
    ("aio-libs/create-release", _create_release),
    ("/maturin-action", _maturin),
    ("abatilo/actions-poetry", _poetry_by_arguments),
)
"""How an action's name ends -> who reads it."""

_BY_HAND: Mapping[str, str] = {
    "adafruit/workflows-circuitpython-libs/release-pypi": "writes the release's tag over the version 0.0.0+auto.0, "
    "builds and uploads; say the first two here, in a job that stores `dist`, and upload with "
    f"{pins.PYPA} in a job of its own",
    "etils-actions/pypi-auto-publish": "finds out whether the version is new, builds, uploads and makes the release on "
    f"GitHub; start from a tag or a release instead, build in one job, and upload with {pins.PYPA} in another one",
    "gradio-app/github/actions/publish-pypi": "builds each package whose version is new and uploads it with a token of "
    f"its own; build and store them in a job, and upload with {pins.PYPA} in another one, once for each package",
}
"""What actions do besides uploading that a person must say again, and where; how their names begin."""

DEPLOY_PYPI = "casperdcl/deploy-pypi"
"""Asks for an identity token itself when it is given no password."""
