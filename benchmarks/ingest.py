"""Deliveries a second that the webhook takes, beside a bare aiohttp server, and Probot, that verify and do nothing.

The servers share one process and one loop, the load is a process of its own; receivers are loaded in turn, round after
round, so that a noisy neighbour hurts all alike: read the ratios. The load is a few keep-alive connections, one request
at a time on each. What is durable goes through the real queue into SQLite in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import json
import multiprocessing
import platform
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from hmac import compare_digest, digest
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, TypeVar

from aiohttp import web
from rich.console import Console
from rich.table import Table

from benchmarks.deliveries import SECRET, Load, load, push
from benchmarks.probot import Probot, Unavailable
from bot.queue import Queue
from bot.store import make_engine
from bot.web import Inbox, Ready, Secrets, Web, make_web, serving

Result = TypeVar("Result")

REPOSITORIES = 64
WIDTH = 110
BARE, NOT_FOR_US, DURABLE, MIX, PROBOT = "bare", "not-for-us", "durable", "mix 9:1", "probot, mix 9:1"
GOALS = ((NOT_FOR_US, BARE, 0.7), (MIX, BARE, 0.5), (MIX, PROBOT, 1.0))
"""Whose rate is to be at least so much of whose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How to measure; seconds are of one round of one receiver."""

    loop: str
    rounds: int
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One receiver in one round; `cpu` is the server's, in microseconds a delivery."""

    load: Load
    cpu: float


# ---------------------------------------------------------------- what is measured


def bare() -> web.Application:
    """The limit to approach: aiohttp, the body, the signature, nothing else."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        expected = "sha256=" + digest(SECRET, body, "sha256").hex()
        good = compare_digest(expected, request.headers.get("X-Hub-Signature-256", ""))
        return web.Response(status=204 if good else 401)

    application = web.Application(client_max_size=2**25, handler_args={"access_log": None})
    application.router.add_post("/webhook", receive)
    return application


def ours(inbox: Inbox) -> web.Application:
    async def ready() -> Ready:
        return Ready(ok=True)

    return make_web(Web(inbox=inbox, secrets=Secrets((SECRET,)), watched=lambda _repository: frozenset(), ready=ready))


async def serve(pipe: Connection) -> None:
    """Both servers, until the other end of the pipe says stop; every other word is answered with the CPU seconds."""
    with TemporaryDirectory(prefix="pubflow-ingest-") as folder:
        queue = Queue(make_engine(f"sqlite:///{folder}/queue.sqlite"), Path(folder))
        await queue.open()
        async with serving(bare(), "127.0.0.1", 0) as limit, serving(ours(queue), "127.0.0.1", 0) as port:
            pipe.send((limit, port))
            while await asyncio.to_thread(pipe.recv) != "stop":
                pipe.send(process_time())
        await queue.stop()


def _serve(pipe: Connection, loop: str) -> None:
    run(serve(pipe), loop)


def run(main: Coroutine[None, None, Result], loop: str) -> Result:
    """`asyncio.run` on the loop of this name."""
    with asyncio.Runner(loop_factory=_factory(loop)) as runner:
        return runner.run(main)


def _factory(loop: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if loop == "asyncio":
        return None
    return importlib.import_module("uvloop").new_event_loop  # type: ignore[no-any-return]


async def measure(
    choice: Choice, ports: tuple[int, int], cpu: Callable[[], float], probot: Probot | None
) -> dict[str, list[Round]]:
    """Every receiver once a round, forwards and backwards in turn; the first round only warms up."""
    quiet, touching = push("README.md", 1), [push(".github/workflows/a.yml", n + 1) for n in range(REPOSITORIES)]
    mixed = [body for one in touching for body in (*([quiet] * 9), one)]
    receivers: dict[str, tuple[int, list[bytes], tuple[bytes, ...]]] = {
        BARE: (ports[0], [quiet], (b"204",)),
        NOT_FOR_US: (ports[1], [quiet], (b"204",)),
        DURABLE: (ports[1], touching, (b"202",)),
        MIX: (ports[1], mixed, (b"202", b"204")),
    }
    if probot is not None:
        receivers[PROBOT] = (probot.port, mixed, (b"200", b"202"))
    rounds: dict[str, list[Round]] = {name: [] for name in receivers}
    for number in range(choice.rounds + 1):
        for name in sorted(receivers, key=list(receivers).index, reverse=number % 2 == 1):
            port, bodies, statuses = receivers[name]
            used = probot.cpu if probot is not None and name == PROBOT else cpu
            before = used()
            took = await load(port, bodies, statuses, connections=choice.connections, seconds=choice.seconds)
            rounds[name].append(Round(load=took, cpu=(used() - before) / len(took.times) * 1e6))
    return {name: of[1:] for name, of in rounds.items()}


# ---------------------------------------------------------------- what is told


def report(choice: Choice, rounds: dict[str, list[Round]], left_out: str | None = None) -> dict[str, Any]:
    """One JSON object: what was run, the figures (medians), the ratios against the bare server round by round."""
    figures = {
        name: {
            "deliveries_per_second": round(median(each.load.rate for each in of)),
            "cpu_us_per_delivery": round(median(each.cpu for each in of), 1),
            "p50_ms": round(median(each.load.milliseconds(0.5) for each in of), 3),
            "p99_ms": round(median(each.load.milliseconds(0.99) for each in of), 3),
            "unexpected_answers": sum(each.load.wrong for each in of),
        }
        for name, of in rounds.items()
    }
    ratios = {
        name: [ours.load.rate / bare.load.rate for ours, bare in zip(of, rounds[BARE], strict=True)]
        for name, of in rounds.items()
    }
    told = {
        name: {"median": round(median(of), 3), "min": round(min(of), 3), "max": round(max(of), 3)}
        for name, of in ratios.items()
    }
    return {
        "benchmark": "ingest",
        "run": {
            **asdict(choice),
            "python": platform.python_version(),
            "payload_bytes": len(push("README.md", 1)),
            "store": "SQLite",
        },
        "figures": figures,
        "ratios": told,
        "goals": [_goal(rounds, *goal) for goal in GOALS],
        "left_out": {} if left_out is None else {PROBOT: left_out},
    }


def _goal(rounds: dict[str, list[Round]], name: str, beside: str, least: float) -> dict[str, Any]:
    """The median of the ratios round by round; `met` is None where one of the two did not run."""
    goal: dict[str, Any] = {"ratio": name, "beside": beside, "at_least": least}
    if beside not in rounds:
        return goal | {"median": None, "met": None}
    found = median(one.load.rate / other.load.rate for one, other in zip(rounds[name], rounds[beside], strict=True))
    return goal | {"median": round(found, 3), "met": found >= least}


def table(told: dict[str, Any]) -> Table:
    shown = Table(
        title="Webhook deliveries, {connections} connections, {loop}, {payload_bytes} bytes".format(**told["run"])
    )
    for head in ("receiver", "deliveries/s", "x bare (min-max)", "CPU us each", "p50 ms", "p99 ms", "unexpected"):
        shown.add_column(head, justify="left" if head == "receiver" else "right")
    for name, of in told["figures"].items():
        ratio = told["ratios"][name]
        shown.add_row(
            name,
            str(of["deliveries_per_second"]),
            "{median:.2f} ({min:.2f}-{max:.2f})".format(**ratio),
            *(str(of[key]) for key in ("cpu_us_per_delivery", "p50_ms", "p99_ms", "unexpected_answers")),
        )
    return shown


def main() -> None:
    choice, form, alone = _arguments()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, choice.loop), daemon=True)
    server.start()
    ports = here.recv()

    def cpu() -> float:
        here.send("cpu")
        return float(here.recv())

    probot, left_out = (None, "it was not asked for") if alone else _probot()
    told = report(choice, run(measure(choice, ports, cpu, probot), choice.loop), left_out)
    here.send("stop")
    server.join()
    if probot is not None:
        probot.stop()
    if form == "json":
        print(json.dumps(told))
    else:
        Console(width=WIDTH).print(table(told))
        for goal in told["goals"]:
            met = {True: "met", False: "missed", None: "not measured"}[goal["met"]]
            print("goal: {ratio} at least {at_least} of {beside}: {median}, ".format(**goal) + met)
        for name, why in told["left_out"].items():
            print(f"{name} is left out: {why}")


def _probot() -> tuple[Probot | None, str | None]:
    """A running one, or why there is none."""
    try:
        return Probot.start(SECRET), None
    except Unavailable as error:
        return None, str(error)


def _arguments() -> tuple[Choice, str, bool]:
    loops = ["uvloop", "asyncio"] if importlib.util.find_spec("uvloop") else ["asyncio"]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--loop", choices=loops, default=loops[0])
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=0.4, help="of one round of one receiver")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--alone", action="store_true", help="without Probot, which npm would have to install")
    given = parser.parse_args()
    choice = Choice(loop=given.loop, rounds=given.rounds, seconds=given.seconds, connections=given.connections)
    return choice, given.format, given.alone


if __name__ == "__main__":
    main()
