"""A GitHub of many repositories in a process of its own, on a clock that somebody else sets, with its limits on."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from graphql import FieldNode, IntValueNode, OperationDefinitionNode, SelectionSetNode, VariableNode, parse
from graphql.language import FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode

from bot import features
from bot.demo.github import Exchange, LocalGitHub
from bot.demo.github.state import App
from bot.demo.pypi import LocalPyPI
from bot.demo.samples import samples

ACCOUNT = "acme"
PADDING = 24
"""Files of each repository that nobody reads."""
_JS = {
    "package.json": '{"name": "x"}\n',
    ".github/workflows/ci.yml": "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: npm test\n",
}
OTHERS: Sequence[tuple[str, int, Mapping[str, str]]] = (
    ("javascript", 30, _JS),
    ("documents", 12, {"README.md": "# Documents\n"}),
    ("service", 14, {"pyproject.toml": "[tool.black]\nline-length = 100\n", "Makefile": "run:\n\tpython main.py\n"}),
)
"""What most of an organisation is, beside Python packages: name, share and files."""
PACKAGES = 44
"""Share of the samples of `pubflow demo`, each as often as any other."""


@dataclass(slots=True)
class Seen:
    """What was asked since it was last told."""

    requests: Counter[str] = field(default_factory=Counter)
    points: int = 0
    refused: int = 0

    def see(self, one: Exchange) -> None:
        if one.path == "/graphql":
            body = json.loads(one.request)
            name = body["query"].split("(", 1)[0].split("{", 1)[0].split()[1]
            self.requests[f"graphql {name}"] += 1
            self.points += points(body["query"], body.get("variables") or {}) if "Texts" not in name else 1
        else:
            self.requests[f"{one.method} {_template(one.path)}"] += 1
        self.refused += one.status in {403, 429}


def _template(path: str) -> str:
    parts = path.strip("/").split("/")
    if parts[0] == "repos":
        return "/repos/…/" + "/".join(part for part in parts[3:] if part.isalpha())
    return "/" + "/".join("…" if part.isdigit() else part for part in parts)


def points(document: str, variables: Mapping[str, Any]) -> int:
    """What GitHub charges: a point for each hundred requests that it takes to fill every connection, one at least.

    https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    """
    parsed = parse(document)
    fragments = {one.name.value: one for one in parsed.definitions if isinstance(one, FragmentDefinitionNode)}

    def count(selected: SelectionSetNode | None, times: int) -> int:
        total = 0
        for node in selected.selections if selected is not None else ():
            if isinstance(node, FragmentSpreadNode):
                total += count(fragments[node.name.value].selection_set, times)
            elif isinstance(node, InlineFragmentNode):
                total += count(node.selection_set, times)
            elif isinstance(node, FieldNode):
                total += _field(node, times)
        return total

    def _field(node: FieldNode, times: int) -> int:
        arguments = {one.name.value: one.value for one in node.arguments or ()}
        if "ids" in arguments:
            value = arguments["ids"]
            ids = variables[value.name.value] if isinstance(value, VariableNode) else ()
            return count(node.selection_set, times * len(ids))
        size = arguments.get("first")
        if size is None:
            return count(node.selection_set, times)
        first = int(size.value) if isinstance(size, IntValueNode) else int(variables[_name(size)])
        return times + count(node.selection_set, times * first)

    operation = next(one for one in parsed.definitions if isinstance(one, OperationDefinitionNode))
    return max(1, round(count(operation.selection_set, 1) / 100))


def _name(value: object) -> str:
    assert isinstance(value, VariableNode)
    return value.name.value


def shape(number: int) -> tuple[str, Mapping[str, str], Mapping[str, Any]]:
    """Which kind of repository this is, its files, and how it is made."""
    place = number * 37 % 100
    for name, share, files in OTHERS:
        if place < share:
            return name, files, {}
        place -= share
    cast = samples("http://127.0.0.1")
    sample = cast[number % len(cast)]
    how = {"visibility": sample.visibility, "archived": sample.archived, "fork": sample.fork}
    return sample.name, sample.files, how


def files_of(number: int) -> dict[str, str]:
    _, files, _ = shape(number)
    padding = {f"src/part{n % 4}/module{n}.py": f"# {number}\n" for n in range(PADDING)}
    return padding | dict(files)


class Hub:
    """The far end of the pipe: each method is a word that can be sent."""

    def __init__(self, github: LocalGitHub, pypi: LocalPyPI) -> None:
        self.github = github
        self.pypi = pypi
        self.app: App | None = None
        self.seen = Seen()
        github.recorder.listeners.append(self._see)
        github.recorder.exchanges = type(github.recorder.exchanges)(maxlen=1)
        github.site.limits.limit = 12_500
        github.site.limits.creations_per_minute = 80
        github.site.limits.creations_per_hour = 500

    def _see(self, one: Exchange) -> None:
        self.seen.see(one)

    def build(self, count: int) -> dict[str, Any]:
        self.github.create_user("alice")
        self.github.create_organization(ACCOUNT)
        for number in range(count):
            _, _, how = shape(number)
            self.github.create_repository(f"{ACCOUNT}/r{number}", files_of(number), by="alice", **how)
        keys = self.github.create_app(
            owner=ACCOUNT, name="pubflow", permissions=features.permissions(), events=features.events()
        )
        self.app = keys.app
        installed = self.github.install(keys.app, ACCOUNT)
        return {
            "secret": keys.webhook_secret,
            "app_id": str(keys.app.id),
            "private_key": keys.private_key,
            "installation": installed.id,
            "api": self.github.url,
            "web": self.github.web_url,
            "pypi": self.pypi.url,
        }

    def push(self, numbers: Sequence[int], touching: bool) -> None:
        """A push to each of these, to a file that a scan reads or to one that it does not."""
        for number in numbers:
            name = ".github/dependabot.yml" if touching else "src/new.py"
            repository = self.github.repository(f"{ACCOUNT}/r{number}")
            if repository.refs and not repository.archived:
                self.github.push(repository.full_name, {name: f"# {self.github.site.world.clock()}\n"})

    def tell(self, url: str | None) -> None:
        """Where webhooks go from now on."""
        assert self.app is not None
        self.github.set_hook(self.app, url)

    async def delivered(self) -> Counter[int]:
        """The answers to all webhooks so far, once all are there."""
        await self.github.delivered()
        return Counter(one.status_code for one in self.github.deliveries())

    def told(self) -> Seen:
        seen, self.seen = self.seen, Seen()
        return seen

    def pulls(self) -> int:
        return sum(len(one.pulls) for one in self.github.site.world.repositories.values())


async def _serve(pipe: Connection, clock: Synchronized[float]) -> None:
    async with LocalPyPI() as pypi, LocalGitHub(clock=lambda: clock.value) as github:
        hub = Hub(github, pypi)
        while (word := await asyncio.to_thread(pipe.recv))[0] != "stop":
            answer = getattr(hub, word[0])(*word[1:])
            pipe.send(await answer if asyncio.iscoroutine(answer) else answer)


def _main(pipe: Connection, clock: Synchronized[float]) -> None:
    asyncio.run(_serve(pipe, clock))


@dataclass(slots=True)
class Far:
    """The near end: `far("push", [1, 2], True)` is what the hub returns."""

    pipe: Connection
    clock: Synchronized[float]
    process: multiprocessing.Process

    @classmethod
    def start(cls) -> Far:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        clock: Synchronized[float] = context.Value("d", 1_800_000_000.0)
        process = context.Process(target=_main, args=(there, clock), daemon=True)
        process.start()
        return cls(here, clock, process)  # type: ignore[arg-type]  # a spawned process is one, too

    def __call__(self, *word: object) -> Any:  # noqa: ANN401 - whatever the hub returns
        self.pipe.send(word)
        return self.pipe.recv()

    def stop(self) -> None:
        self.pipe.send(("stop",))
        self.process.join(10)
