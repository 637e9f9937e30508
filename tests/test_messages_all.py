"""Every sentence in `bot.messages`, filled with hostile text: none formats, links, pings, ticks or commands.

The table names each function that writes to people; one that is added and not named fails here.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

import pytest
from hypothesis import given, settings
from msgspec import structs

from bot import messages
from bot.commands import COMMANDS, parse
from bot.config import Config, Ignore, Problem
from bot.diagnosis import AILMENTS, Diagnosis
from bot.environments import Environment
from bot.guard import Change as Guarded
from bot.guard import Kind
from bot.messages import Frame, Places, asked, guarded, last_steps, onboarding, protection, relocated, remarks, replies
from bot.messages import addition as adding
from bot.messages import checks as said_by_checks
from bot.messages import mend as mending
from bot.messages import move as moving
from bot.messages.checkboxes import answered, ticked
from bot.messages.last_steps import LastSteps, Proven
from bot.messages.markdown import code
from bot.messages.registrations import registrations
from bot.messages.release_failed import FailedRelease
from bot.messages.release_failed import body as failed_release
from bot.model import Check, Finding, FixKind, Index, NodeId, Refusal, RepoId, RepoRef, Severity, Sha, Status
from bot.moving.nouns import Identity
from bot.secrets import Secret, Store
from bot.survey import survey
from bot.wishes import Wish, Wished, Wishes
from tests.commands.test_deeds import view
from tests.snapshots import facts, snapshot
from tests.test_messages_hostile import HARMLESS, KINDS, MARKER, TEXT, body, pings, skeleton

HEAD, PLACES = Sha("1" * 40), Places()
REPO = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner="Octo-Org", name="Spoon")
AILMENT = next(one for one in AILMENTS if one.publisher)
FRAME = Frame(draft=True, private=False, marker=MARKER)


def identity(text: str) -> Identity:
    return Identity(workflow=text, environment=text, index=Index.PYPI, projects=("spoon",))


def finding(text: str) -> Finding:
    return Finding(rule="r", severity=Severity.LOW, message=text, fix=FixKind.SAFE, file=text)


def refusals(text: str) -> tuple[Refusal, ...]:
    return Refusal(rule="r", reason=text), Refusal(rule="r", reason=text, file=text)


def wished(text: str) -> tuple[Wished, ...]:
    return tuple(Wished(wish=wish, value=text, login=text) for wish in (Wish.IGNORE_FILE, Wish.IGNORE_ACTION))


def of_check(check: Check) -> str:
    """Its title is plain text on GitHub, and so are its remarks."""
    return check.summary


def last(text: str) -> str:
    proof = Proven(project=text, index="PyPI", workflow=text, tokens_url="https://pypi.org/t")
    secret = Secret(name="PYPI_TOKEN", store=Store.ENVIRONMENT, environment=text)
    steps = LastSteps(proofs=(proof,), secrets=(secret,), kept=((text, text),), unconstrained=(text,))
    return last_steps.body(steps, REPO.owner, text, PLACES)


def failed(text: str) -> str:
    listed = registrations([identity(text)], REPO.owner, text, PLACES)
    diagnosis = Diagnosis(ailment=AILMENT, about=text, claims={"environment": text})
    run = "https://github.com/o/r/actions/runs/1"
    return failed_release(
        FailedRelease(workflow=text, run_url=run, ref=text, diagnosis=diagnosis, registrations=listed)
    )


def status(text: str) -> str:
    return replies.status(
        survey(snapshot({})),
        findings=2,
        refusals=refusals(text),
        silent=text,
        standing=(),
        wishes=Wishes(wished(text)),
        outcome=text,
    )


def configured(text: str) -> str:
    settings = structs.replace(Config(), labels=(text,), ignore=Ignore(files=(text,)))
    return replies.config(settings, [Problem(message=text, line=1, column=1)], broken=True)


def check_of_the_guard(text: str) -> str:
    changes = [Guarded(kind=Kind.RENAMED, message=text, file=text, register=identity(text))]
    return of_check(guarded.check(changes, REPO, HEAD, PLACES))


NO_NAME = "~plain~"
"""As harmless, and not fit to stand in a command that somebody may type."""
PROBLEM = Problem(message="m", line=1, column=1)
SAID: dict[str, Callable[[str], str]] = {
    "addition.body": lambda text: body("add", text),
    "move.body": lambda text: body("move", text),
    "mend.body": lambda text: body("mend", text),
    "proposal.body": lambda text: body("add several", text),
    "frame.body_of": lambda text: body("add privately", text),
    "asked.lines": lambda text: "\n\n".join(asked.lines(wished(text))),
    "checks.preview": lambda text: of_check(
        said_by_checks.preview(HEAD, [structs.replace(PROBLEM, message=text)], broken=True)
    ),
    "checks.configuration": lambda text: of_check(
        said_by_checks.configuration(HEAD, [structs.replace(PROBLEM, message=text)], broken=False, in_force=True)
    ),
    "guarded.check": check_of_the_guard,
    "last_steps.body": last,
    "onboarding.body": lambda text: onboarding.body(
        onboarding.Account(
            login=text,
            repositories=[onboarding.Looked(name=text, status=Status.TOKEN, outcome=text)],
            pulls_per_hour=10,
        )
    ),
    "protection.protection": lambda text: protection.protection(
        [text, "x"], [Environment(name=text)], facts(), "https://github.com/o/r/settings/environments"
    ),
    "release_failed.body": failed,
    "relocated.body": lambda text: relocated.body(
        f"a/{text}", f"b/{text}", registrations([identity(text)], "b", text, PLACES)
    ),
    "remarks.closed": remarks.closed,
    "remarks.stopped": lambda text: remarks.stopped(text, over=False),
    "remarks.blocked": remarks.blocked,
    "replies.reply": lambda text: replies.reply([(text, "so"), (text, "or so")], "<!-- pubflow:reply-1 -->"),
    "replies.outcome": lambda text: replies.outcome([text, text], []),
    "replies.waiting": replies.waiting,
    "replies.not_allowed": lambda text: replies.not_allowed(text, text),
    "replies.unknown": lambda text: replies.unknown(text, text),
    "replies.status": status,
    "replies.config": configured,
    "replies.explanation": lambda text: replies.explanation("r", "So it is.", [finding(text)], refusals(text)),
}

OURS: dict[str, str] = {
    "checkboxes.checkbox": "its words are Markdown of ours",
    "checkboxes.unticked": "gives a body back as it is",
    "last_steps.finished": "says nothing of a repository",
    "markdown.code": "what all others escape with; has tests of its own",
    "markdown.prose": "what all others escape with; has tests of its own",
    "markdown.codes": "what all others escape with; has tests of its own",
    "markdown.render": "the templates, which others fill",
    "marker.marker": "hexadecimal digits",
    "marker.replaced_marker": "names of secrets and nothing else; has tests of its own",
    "marker.withdrawn": "gives a body of ours back",
    "marker.remark_marker": "letters, digits and hyphens",
    "proposal.title": "numbers, and names of indexes",
    "mend.title": "numbers",
    "move.title": "names of indexes",
    "addition.title": "numbers",
    "onboarding.title": "the account's login, whose letters GitHub chooses; a title is plain text",
    "release_failed.marker": "letters, digits and hyphens",
    "relocated.marker": "letters, digits and hyphens",
    "register_first.check": "says nothing of a repository",
    "remarks.resumed": "says nothing of a repository",
    "replies.failed": "a sentence that `bot.jobs.conclude` has escaped",
    "stat.in_words": "numbers",
}
"""Function -> why no text of a repository is in what it gives, or not by itself."""

_TEXTS = frozenset({"str", "list[str]", "Check"})


def writing() -> Iterator[str]:
    """Every public function of `bot.messages` that gives a text."""
    for found in pkgutil.iter_modules(messages.__path__):
        module = import_module(f"bot.messages.{found.name}")
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == module.__name__
            if own and not name.startswith("_") and function.__annotations__.get("return") in _TEXTS:
                yield f"{found.name}.{name}"


@cache
def harmless(name: str) -> list[list[tuple[str, str]]]:
    return [skeleton(SAID[name](text)) for text in (HARMLESS, NO_NAME)]


def test_every_message_is_in_one_of_the_tables() -> None:
    assert sorted(writing()) == sorted([*SAID, *OURS])
    assert {f"{module.__name__.rpartition('.')[2]}.body" for module in (adding, mending, moving)} <= SAID.keys()
    assert set(KINDS) >= {"add", "add several", "add privately", "move", "mend"}


@pytest.mark.parametrize("name", SAID)
@settings(max_examples=10, deadline=None)
@given(text=TEXT)
def test_no_message_lets_a_text_say_anything_of_its_own(name: str, text: str) -> None:
    made = SAID[name](text)
    assert skeleton(made) in harmless(name)
    assert pings(made) == []
    assert (ticked(made), answered(made)) == (frozenset(), frozenset())
    assert parse(made) == ()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@settings(max_examples=10, deadline=None)
@given(text=TEXT)
def test_no_command_says_anything_that_it_was_given(command: object, text: str) -> None:
    deed = command.act(text.strip(), view())  # type: ignore[attr-defined]
    assert pings(deed.says) == pings(command.act("", view()).says), "numbers of our own pull requests"  # type: ignore[attr-defined]
    assert parse(deed.says) == ()
    assert "evil" not in str(skeleton(deed.says))


def test_the_escaping_is_what_is_tested() -> None:
    """What is not escaped is seen."""
    assert skeleton("a **b**") != skeleton(f"a {code('**b**')}")
    assert pings("@octocat")
