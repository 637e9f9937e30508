"""Publish workflows as people write them, put together from parts: what builds, what uploads, with which credential."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random

from tests.moving.rehearsal.parts import (
    BUILDS,
    CONDITIONS,
    CREDENTIALS,
    INDEXES,
    LAYOUTS,
    PERMISSIONS,
    SETUPS,
    STYLES,
    TAILS,
    TRIGGERS,
    TWINE,
    UPLOADS,
    WHERE,
    Upload,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One choice of every kind."""

    trigger: str
    condition: str
    step_condition: str
    permissions: str
    setup: str
    build: str
    where: str
    tail: str
    layout: str
    style: str
    upload: str
    credential: str
    index: str

    @property
    def folder(self) -> str:
        return WHERE[self.where]

    @property
    def dist(self) -> str:
        return f"{self.folder}/dist" if self.folder else "dist"


_CHOICES: Mapping[str, Sequence[str]] = {
    "trigger": tuple(TRIGGERS),
    "setup": tuple(SETUPS),
    "build": tuple(BUILDS),
    "upload": tuple(UPLOADS),
}
_ODDITIES: Mapping[str, Sequence[str]] = {
    "condition": tuple(CONDITIONS),
    "step_condition": tuple(CONDITIONS),
    "permissions": tuple(PERMISSIONS),
    "where": tuple(WHERE),
    "tail": tuple(TAILS),
    "layout": LAYOUTS,
    "style": STYLES,
    "credential": CREDENTIALS,
    "index": tuple(INDEXES),
}
"""Most workflows are odd in few ways: the first of these is taken half of the time anyway."""


def draw(random: Random) -> Form:
    """One form at random."""
    chosen = {name: random.choice(choices) for name, choices in _CHOICES.items()}
    odd = {name: choices[0] if random.random() < 0.5 else random.choice(choices) for name, choices in _ODDITIES.items()}
    assert {each.name for each in fields(Form)} == {*chosen, *odd}
    return Form(**chosen, **odd)


def written(form: Form) -> str:
    """The workflow."""
    parts = ["name: Publish", "on:", _indented(TRIGGERS[form.trigger], 2)]
    parts += [PERMISSIONS[form.permissions]] if form.permissions != "write" else []
    parts += ["env:", _indented(_variables(form), 2)] if form.credential == "workflow" and _variables(form) else []
    parts.append("jobs:")
    parts += [_indented(_building_job(form), 2)] if form.layout.startswith("fetched") else []
    parts.append(_indented(_publishing_job(form), 2))
    text = "\n".join(part for part in parts if part) + "\n"
    if form.style == "comments":
        text = text.replace("ubuntu-latest\n", "ubuntu-latest  # the usual one\n").replace(
            "steps:\n", "steps:  # all\n"
        )
    return text.replace("\n", "\r\n") if form.style == "crlf" else text


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


def _run(form: Form, *commands: str, title: str = "", more: Sequence[str] = ()) -> str:
    """A step with a script that starts where the package lies."""
    told = (f"cd {form.folder}",) if form.where == "cd" else ()
    lines = [*told, *commands]
    body = [f"run: {lines[0]}"] if len(lines) == 1 and ": " not in lines[0] else ["run: |", *(f"  {x}" for x in lines)]
    if form.where == "working-directory":
        body.append(f"working-directory: {form.folder}")
    keys = [*([f"name: {title}"] if title else []), *more, *body]
    return "- " + "\n  ".join(keys)


def _building(form: Form) -> list[str]:
    steps = ["- uses: actions/checkout@v4", SETUPS[form.setup]]
    if form.layout == "native":
        return [*steps, _run(form, "python -m cibuildwheel --output-dir dist")]
    return steps if UPLOADS[form.upload].builds else [*steps, _run(form, *BUILDS[form.build])]


def _building_job(form: Form) -> str:
    kept = f"- uses: actions/upload-artifact@v4\n  with:\n    name: files\n    path: {form.dist}/"
    return _job("make", form, ["runs-on: ubuntu-latest"], [*_building(form), kept])


def _job(key: str, form: Form, head: list[str], steps: list[str]) -> str:
    if form.where == "defaults":
        head = [*head, "defaults:\n  run:\n    working-directory: python"]
    by = 0 if form.style == "flush" else 2
    lines = [*head, "steps:", *(_indented(step, by) for step in steps if step)]
    return "\n".join([f"{key}:", *(_indented(line, 2) for line in lines)])


def _publishing_job(form: Form) -> str:
    matrices = {"leg": "python: ['3.9', '3.12']"} | dict.fromkeys(
        ("matrix", "native"), "os: [ubuntu-latest, ubuntu-22.04]"
    )
    head = ["needs: make"] if form.layout.startswith("fetched") else []
    head.append("runs-on: ${{ matrix.os }}" if form.layout in ("matrix", "native") else "runs-on: ubuntu-latest")
    head += [f"strategy:\n  matrix:\n    {matrices[form.layout]}"] if form.layout in matrices else []
    head += [f"if: {CONDITIONS[form.condition]}"] if CONDITIONS[form.condition] else []
    head += [PERMISSIONS["write"]] if form.permissions == "write" else []
    head += ["env:\n" + _indented(_variables(form), 2)] if form.credential == "job" and _variables(form) else []
    return _job("publish", form, head, _steps(form))


def _steps(form: Form) -> list[str]:
    upload = UPLOADS[form.upload]
    steps = _fetching(form) if form.layout.startswith("fetched") else _building(form)
    steps += [f"- run: {upload.install}"] if upload.install else []
    if form.credential == "pypirc" and upload.keys == TWINE:
        lines = ("[pypi]", "username=__token__", "password=${{ secrets.PYPI_TOKEN }}")
        steps.append("- run: |\n" + "\n".join(f'    echo "{line}" >> ~/.pypirc' for line in lines))
    if form.credential == "GITHUB_ENV" and upload.keys:
        steps.append(f'- run: echo "{upload.keys[-1]}=${{{{ secrets.PYPI_TOKEN }}}}" >> $GITHUB_ENV')
    steps += [_upload(form, own, test=index == "testpypi") for own, index in INDEXES[form.index]]
    return [*steps, TAILS[form.tail]]


def _fetching(form: Form) -> list[str]:
    steps = ["- uses: actions/checkout@v4"] if form.layout == "fetched with checkout" else []
    return [
        *steps,
        SETUPS[form.setup],
        f"- uses: actions/download-artifact@v4\n  with:\n    name: files\n    path: {form.dist}",
    ]


def _upload(form: Form, own: str, *, test: bool) -> str:
    upload = UPLOADS[form.upload]
    condition = own or ("matrix.python == '3.12'" if form.layout == "leg" else CONDITIONS[form.step_condition])
    more = [f"if: {condition}"] if condition else []
    title = f"Upload to {'TestPyPI' if test else 'PyPI'}"
    if not upload.is_action:
        env, commands = _commands(form, upload, test=test)
        return _run(form, *commands, title=title, more=[*more, *env])
    inputs = _inputs(form, upload, test=test)
    return "- " + "\n  ".join(
        [f"name: {title}", *more, f"uses: {upload.command}", "with:", *(f"  {x}" for x in inputs)]
    )


def _secret(*, test: bool) -> str:
    return "${{ secrets.TEST_PYPI_TOKEN }}" if test else "${{ secrets.PYPI_TOKEN }}"


def _inputs(form: Form, upload: Upload, *, test: bool) -> list[str]:
    url = ["repository_url: https://test.pypi.org/legacy/"] if test else []
    if upload.builds:
        folder = [f"package_directory: {form.folder}"] if form.folder else []
        return [f"pypi_token: {_secret(test=test)}", *folder, *url]
    folder = [f"packages_dir: {form.dist}/"] if form.folder else []
    return ["user: __token__", f"password: {_secret(test=test)}", *folder, *url]


def _commands(form: Form, upload: Upload, *, test: bool) -> tuple[list[str], list[str]]:
    """(lines of `env:`, lines of the script)"""
    secret, command = _secret(test=test), upload.command
    if test and upload.test:
        command = command.replace("upload", f"upload {upload.test}", 1).replace("publish", f"publish {upload.test}", 1)
    pairs = _pairs(upload.keys, secret)
    place = _place(form, upload, test=test)
    if place in ("option", "quoted", "variable"):
        given = {"option": secret, "quoted": f'"{secret}"', "variable": "$TOKEN"}[place]
        env = ["env:", f"  TOKEN: {secret}"] if place == "variable" else []
        options = upload.options.format(given)
        return env, [command.replace("upload", f"upload {options}", 1).replace("publish", f"publish {options}", 1)]
    if place == "export":
        return [], [*(f"export {name}={value}" for name, value in pairs), command]
    if place == "inline":
        return [], [" ".join([*(f"{name}={value}" for name, value in pairs), command])]
    return ["env:", *(f"  {name}: {value}" for name, value in pairs)] if place == "step" else [], [command]


def _place(form: Form, upload: Upload, *, test: bool) -> str:
    """Where a credential stands: where it should, or the next best place that the tool knows."""
    place = form.credential
    if not upload.keys:
        return place if place in ("option", "quoted", "variable") else "option"
    elsewhere = test or (place == "pypirc" and upload.keys != TWINE)
    odd = (not upload.options and place in ("option", "quoted", "variable")) or (
        place == "inline" and form.upload in ("loop", "shell")
    )
    return "step" if odd or (elsewhere and place in ("job", "workflow", "pypirc", "GITHUB_ENV")) else place


def _pairs(keys: Sequence[str], secret: str) -> list[tuple[str, str]]:
    return [*((name, "__token__") for name in keys[:-1]), *((name, secret) for name in keys[-1:])]


def _variables(form: Form) -> str:
    pairs = _pairs(UPLOADS[form.upload].keys, _secret(test=False))
    return "\n".join(f"{name}: {value}" for name, value in pairs)
