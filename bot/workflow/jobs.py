"""Nodes -> `Workflow` and `Action`."""

from __future__ import annotations

from bot.model import YamlPath
from bot.workflow.nodes import NOTHING, pairs, parts, strings, table, text
from bot.workflow.parts import Action, Environment, Job, Permissions, Step, Trigger, Workflow
from bot.workflow.uses import parse_uses
from bot.yaml import Document, Kind, Node

MOST_STEPS = 2_000
_LEVELS = {"read-all": "read", "write-all": "write"}
# Looked up once: they are asked of every node of a workflow.
_SCALAR, _MAPPING = Kind.SCALAR, Kind.MAPPING
_NOT_FILTERS = frozenset({"inputs", "secrets", "outputs"})


def read_workflow(path: str, document: Document) -> Workflow:
    """The view of a workflow file; never raises."""
    get = parts(document.root).get
    shell, folder = _defaults(get("defaults"))
    return Workflow(
        path=path,
        document=document,
        name=text(get("name")),
        triggers={trigger.event: trigger for trigger in _triggers(get("on"), ("on",))},
        permissions=_permissions(get("permissions"), ("permissions",)),
        env=table(get("env")),
        jobs={key.value: _job(key, node, shell, folder) for key, node in pairs(get("jobs")) if node.kind is _MAPPING},
    )


def read_action(path: str, document: Document) -> Action:
    """The view of an action.yml; never raises."""
    root = parts(document.root)
    runs = parts(root.get("runs"))
    return Action(
        path=path,
        document=document,
        using=text(runs.get("using")) or "",
        inputs={key.value: _input_default(node) for key, node in pairs(root.get("inputs"))},
        steps=_steps(runs.get("steps"), ("runs", "steps")),
    )


def _input_default(node: Node) -> str | None:
    default = node.get("default")
    return default.value if default is not None and default.kind is _SCALAR else None


def _triggers(node: Node | None, path: YamlPath) -> list[Trigger]:
    if node is None:
        return []
    if node.kind is _MAPPING:
        return [_trigger(key, value, (*path, key.value)) for key, value in pairs(node)]
    if node.kind is _SCALAR:
        return [Trigger(event=node.value, path=path, line=node.line)] if node.value else []
    items = enumerate(node.elements or ())
    return [Trigger(event=item.value, path=(*path, index), line=item.line) for index, item in items if item.value]


def _trigger(key: Node, node: Node, path: YamlPath) -> Trigger:
    if node.elements is not None:  # `schedule:` is a list of mappings
        crons = tuple(cron.value for item in node.elements if (cron := item.get("cron")) is not None)
        return Trigger(event=key.value, path=path, line=key.line, filters={"cron": crons})
    if not node.entries:
        return Trigger(event=key.value, path=path, line=key.line)
    filters: dict[str, tuple[str, ...]] = {}
    inputs: dict[str, tuple[str, ...]] = {}
    secrets: tuple[str, ...] = ()
    for name, value in pairs(node):
        word = name.value
        if word not in _NOT_FILTERS:
            filters[word] = strings(value)
        elif word == "inputs" and name.alias is None:
            inputs = {each.value: _choices(choices) for each, choices in pairs(value)}
        elif word == "secrets" and name.alias is None:
            secrets = tuple(each.value for each, _ in pairs(value))
    return Trigger(event=key.value, path=path, line=key.line, filters=filters, inputs=inputs, secrets=secrets)


def _choices(node: Node) -> tuple[str, ...]:
    default = _input_default(node)
    options = strings(node.get("options"))
    return options if default is None else (default, *(option for option in options if option != default))


def _permissions(node: Node | None, path: YamlPath) -> Permissions | None:
    if node is None:
        return None
    every = _LEVELS.get(node.value) if node.kind is _SCALAR else None
    return Permissions(scopes=table(node), every=every, path=path, line=node.line)


def _defaults(node: Node | None) -> tuple[str | None, str | None]:
    if node is None:
        return None, None
    run = parts(node.get("run"))
    return text(run.get("shell")), text(run.get("working-directory"))


def _job(key: Node, node: Node, shell: str | None, folder: str | None) -> Job:
    name = key.value
    get = parts(node).get
    own_shell, own_folder = _defaults(get("defaults"))
    container, runner, uses, secrets = get("container"), get("runs-on"), get("uses"), get("secrets")
    strategy = get("strategy")
    group = runner.get("labels") if runner is not None and runner.kind is _MAPPING else runner
    image = container.get("image") if container is not None and container.kind is _MAPPING else container
    called = text(uses)
    return Job(
        id=name,
        path=("jobs", name),
        line=key.line,
        node=node,
        name=text(get("name")),
        needs=strings(get("needs")),
        condition=text(get("if")),
        runs_on=strings(group),
        container=text(image),
        environment=_environment(get("environment"), ("jobs", name, "environment")),
        permissions=_permissions(get("permissions"), ("jobs", name, "permissions")),
        env=table(get("env")),
        matrix_node=strategy.get("matrix") if strategy is not None else None,
        shell=own_shell or shell,
        working_directory=own_folder or folder,
        steps=_steps(get("steps"), ("jobs", name, "steps")),
        uses=parse_uses(called, uses) if called is not None else None,
        inputs=table(get("with")),
        secrets=table(secrets),
        inherits_secrets=text(secrets) == "inherit",
    )


def _environment(node: Node | None, path: YamlPath) -> Environment | None:
    if node is None:
        return None
    name = text(node) if node.kind is _SCALAR else text(node.get("name"))
    return None if name is None else Environment(name=name, url=text(node.get("url")), path=path, line=node.line)


def _steps(node: Node | None, path: YamlPath) -> tuple[Step, ...]:
    elements = node.elements if node is not None and node.elements is not None else ()
    items = enumerate(elements[:MOST_STEPS])
    return tuple([_step(index, item, path) for index, item in items if item.kind is _MAPPING])


def _step(index: int, node: Node, among: YamlPath) -> Step:  # noqa: C901 - a case for each entry that a step may have
    identity = name = condition = called = run = shell = folder = ""
    inputs, env, uses = NOTHING, NOTHING, node
    # One look at those that are there: a step has two or three of the dozen entries that it may have.
    for word, (key, value) in (node.entries or {}).items():
        if key.kind is not _SCALAR or key.alias is not None:
            continue
        match word:
            case "name":
                name = value.value
            case "uses":
                called, uses = value.value, value
            case "run":
                run = value.value
            case "with":
                inputs = table(value)
            case "env":
                env = table(value)
            case "if":
                condition = value.value
            case "id":
                identity = value.value
            case "shell":
                shell = value.value
            case "working-directory":
                folder = value.value
    return Step(
        index=index,
        among=among,
        node=node,
        id=identity or None,
        name=name or None,
        condition=condition or None,
        uses=parse_uses(called, uses) if called else None,
        run=run or None,
        shell=shell or None,
        working_directory=folder or None,
        inputs=inputs,
        env=env,
    )
