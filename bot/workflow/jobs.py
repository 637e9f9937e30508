"""Nodes -> `Workflow` and `Action`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.model import YamlPath
from bot.workflow.nodes import pairs, strings, table, text, texts
from bot.workflow.parts import Action, Environment, Job, Permissions, Step, Trigger, Workflow
from bot.workflow.uses import parse_uses
from bot.yaml import Document, Kind, Node

MOST_STEPS = 2_000
_LEVELS = {"read-all": "read", "write-all": "write"}


def read_workflow(path: str, document: Document) -> Workflow:
    """The view of a workflow file; never raises."""
    root = document.root
    get = root.get if root is not None else lambda _: None
    shell, folder = _defaults(get("defaults"))
    return Workflow(
        path=path,
        document=document,
        name=text(get("name")),
        triggers={trigger.event: trigger for trigger in _triggers(get("on"), ("on",))},
        permissions=_permissions(get("permissions"), ("permissions",)),
        env=table(get("env")),
        jobs={
            key.value: _job(key, node, shell, folder) for key, node in pairs(get("jobs")) if node.kind is Kind.MAPPING
        },
    )


def read_action(path: str, document: Document) -> Action:
    """The view of an action.yml; never raises."""
    root = document.root
    runs = root.get("runs") if root is not None else None
    steps = runs.get("steps") if runs is not None else None
    inputs = pairs(root.get("inputs") if root is not None else None)
    return Action(
        path=path,
        document=document,
        using=(text(runs.get("using")) or "") if runs is not None else "",
        inputs={key.value: _input_default(node) for key, node in inputs},
        steps=tuple(_steps(steps, ("runs", "steps"))),
    )


def _input_default(node: Node) -> str | None:
    default = node.get("default")
    return default.value if default is not None and default.kind is Kind.SCALAR else None


def _triggers(node: Node | None, path: YamlPath) -> Iterator[Trigger]:
    if node is None:
        return
    if node.kind is Kind.MAPPING:
        yield from (_trigger(key, value, (*path, key.value)) for key, value in pairs(node))
        return
    items = enumerate(node.elements) if node.elements is not None else ()
    yield from (Trigger(event=item.value, path=(*path, index), line=item.line) for index, item in items if item.value)
    if node.kind is Kind.SCALAR and node.value:
        yield Trigger(event=node.value, path=path, line=node.line)


def _trigger(key: Node, node: Node, path: YamlPath) -> Trigger:
    inputs = {name.value: _choices(value) for name, value in pairs(node.get("inputs"))}
    own = ("inputs", "secrets", "outputs")
    filters = {name.value: strings(value) for name, value in pairs(node) if name.value not in own}
    if node.elements is not None:  # `schedule:` is a list of mappings
        filters = {"cron": tuple(cron.value for item in node.elements if (cron := item.get("cron")) is not None)}
    secrets = tuple(name.value for name, _ in pairs(node.get("secrets")))
    return Trigger(event=key.value, path=path, line=key.line, filters=filters, inputs=inputs, secrets=secrets)


def _choices(node: Node) -> tuple[str, ...]:
    default = _input_default(node)
    options = strings(node.get("options"))
    return options if default is None else (default, *(option for option in options if option != default))


def _permissions(node: Node | None, path: YamlPath) -> Permissions | None:
    if node is None:
        return None
    every = _LEVELS.get(node.value) if node.kind is Kind.SCALAR else None
    return Permissions(scopes=table(node), every=every, path=path, line=node.line)


def _defaults(node: Node | None) -> tuple[str | None, str | None]:
    run = node.get("run") if node is not None else None
    return (text(run.get("shell")), text(run.get("working-directory"))) if run is not None else (None, None)


def _job(key: Node, node: Node, shell: str | None, folder: str | None) -> Job:
    path: YamlPath = ("jobs", key.value)
    own_shell, own_folder = _defaults(node.get("defaults"))
    own = texts(node)
    container, runner, uses, secrets = (node.get(name) for name in ("container", "runs-on", "uses", "secrets"))
    strategy = node.get("strategy")
    matrix = strategy.get("matrix") if strategy is not None else None
    group = runner.get("labels") if runner is not None and runner.kind is Kind.MAPPING else runner
    image = container.get("image") if container is not None and container.kind is Kind.MAPPING else container
    called = own.get("uses")
    return Job(
        id=key.value,
        path=path,
        line=key.line,
        node=node,
        name=own.get("name"),
        needs=strings(node.get("needs")),
        condition=own.get("if"),
        runs_on=strings(group),
        container=text(image),
        environment=_environment(node.get("environment"), (*path, "environment")),
        permissions=_permissions(node.get("permissions"), (*path, "permissions")),
        env=table(node.get("env")),
        matrix=_matrix(matrix),
        has_matrix=matrix is not None,
        shell=own_shell or shell,
        working_directory=own_folder or folder,
        steps=tuple(_steps(node.get("steps"), (*path, "steps"))),
        uses=parse_uses(called, uses.line) if called is not None and uses is not None else None,
        inputs=table(node.get("with")),
        secrets=table(secrets),
        inherits_secrets=own.get("secrets") == "inherit",
    )


def _environment(node: Node | None, path: YamlPath) -> Environment | None:
    if node is None:
        return None
    name = text(node) if node.kind is Kind.SCALAR else text(node.get("name"))
    return None if name is None else Environment(name=name, url=text(node.get("url")), path=path, line=node.line)


def _steps(node: Node | None, path: YamlPath) -> Iterator[Step]:
    elements = node.elements if node is not None and node.elements is not None else ()
    for index, item in enumerate(elements[:MOST_STEPS]):
        if item.kind is Kind.MAPPING:
            yield _step(index, item, (*path, index))


def _step(index: int, node: Node, path: YamlPath) -> Step:
    own = texts(node)
    uses = node.get("uses") if "uses" in own else None
    return Step(
        index=index,
        path=path,
        line=node.line,
        node=node,
        id=own.get("id"),
        name=own.get("name"),
        condition=own.get("if"),
        uses=parse_uses(own["uses"], uses.line) if uses is not None else None,
        run=own.get("run"),
        shell=own.get("shell"),
        working_directory=own.get("working-directory"),
        inputs=table(node.get("with")),
        env=table(node.get("env")),
    )


def _matrix(node: Node | None) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for key, value in pairs(node):
        if key.value == "exclude":
            continue
        prefix = "" if key.value == "include" else key.value
        for name, item in _values(prefix, value):
            found.setdefault(name, {})[item] = None
    return {name: tuple(items) for name, items in found.items()}


def _values(name: str, node: Node) -> Iterator[tuple[str, str]]:
    """(dotted key, value) of everything below a key of a matrix, lists of mappings looked through."""
    stack = [(name, node)]
    while stack:
        name, node = stack.pop()
        if node.kind is Kind.SCALAR:
            yield name, node.value
        elif node.elements is not None:
            stack.extend((name, item) for item in reversed(node.elements))
        else:
            stack.extend((f"{name}.{key.value}" if name else key.value, value) for key, value in pairs(node))
