"""What we answer to commands and checkboxes. Markdown; what may quote a repository passes through `code` or `prose`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import fields

from bot.config import Config, Problem
from bot.messages.markdown import code, prose
from bot.model import Finding, Refusal, Status
from bot.survey import Survey
from bot.wishes import Wish, Wished, Wishes

_MOST = 20
"""Entries of a list."""
_LONGEST = 60_000
_NUMBER = re.compile("(?<![\\w/.-])#\u200b(\\d{1,9})\\b")

WORKING = "Working on it …"
UNDONE = "Nothing was changed."

STATUS = {
    Status.TRUSTED: "every upload goes by Trusted Publishing",
    Status.TOKEN: "uploads use a stored token",
    Status.MIXED: "some uploads go by Trusted Publishing, others use a stored token",
    Status.MISSING: "this is a package, and no workflow publishes it",
    Status.INDIRECT: "the upload happens where pubflow does not edit",
    Status.OTHER_INDEX: "uploads go to another index than PyPI",
    Status.PRIVATE: "the package is marked not to be uploaded",
    Status.NOT_A_PACKAGE: "this is no Python package",
    Status.UNKNOWN: "how this repository publishes cannot be told",
}
_ASKED = {
    Wish.IGNORE_RULE: "ignored rule",
    Wish.IGNORE_ACTION: "ignored action",
    Wish.IGNORE_FILE: "ignored file",
    Wish.PIN: "actions pinned by",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one pull request: a row of the lifecycle; `number` is None while none is open."""

    number: int | None
    when: str
    then: str


def reply(ends: Sequence[tuple[str, str]], marker: str) -> str:
    """The one comment that answers: each command as it was given, and what came of it."""
    if len(ends) == 1:
        return f"{ends[0][1][:_LONGEST]}\n\n{marker}\n"
    text = "\n\n".join(f"{code('/pubflow ' + said)}\n\n{end}" for said, end in ends)
    return f"{text[:_LONGEST]}\n\n{marker}\n"


def outcome(summaries: Iterable[str], ours: Iterable[int]) -> str:
    """What a scan did, a line each; pull requests that are ours are linked, and no other number is."""
    numbers = frozenset(ours)
    found = [_sentence(_linked(prose(summary), numbers)) for summary in summaries]
    return found[0] if len(found) == 1 else "\n".join(f"- {one}" for one in found)


def waiting(reason: str) -> str:
    return f"Not yet: {prose(reason)}. It goes on by itself, and nobody has to ask again."


def not_allowed(name: str, needed: str) -> str:
    """Somebody may not give this command."""
    if needed == "nobody":
        return f"Sorry, {code(name)} is switched off in this organisation. {UNDONE}"
    return f"Sorry, {code(name)} takes the permission {code(needed)} in this repository. {UNDONE}"


def unknown(word: str, nearest: str | None) -> str:
    hint = f"Did you mean {code('/pubflow ' + nearest)}?" if nearest else "`/pubflow help` lists the commands."
    return f"{code(word)} is no command. {hint}"


def failed(why: str) -> str:
    """It did not work out, and will not be tried again by itself."""
    return f"This did not work out: {why}. What was not done can be asked for again; nothing is left half done."


# ---------------------------------------------------------------- status


def status(  # noqa: PLR0913 - all that a status tells
    found: Survey,
    *,
    findings: int,
    refusals: Sequence[Refusal],
    silent: str | None,
    standing: Sequence[Standing],
    wishes: Wishes,
    outcome: str | None,
) -> str:
    """How this repository publishes, what is proposed, and what was asked for."""
    lines = [f"**{STATUS[found.status][0].upper()}{STATUS[found.status][1:]}.**", ""]
    lines += [_upload(found, number) for number in range(min(_MOST, len(found.publishers)))]
    lines += [_standing(one) for one in standing]
    if not standing:
        lines.append(f"- Nothing is proposed{': ' + prose(silent) if silent else ''}.")
    if findings:
        lines.append(f"- {findings} {'finding' if findings == 1 else 'findings'}; `/pubflow explain RULE` says more.")
    lines += [f"- Left as it is: {prose(refusal.reason)}." for refusal in refusals[:_MOST]]
    lines += [_asked(one) for one in wishes.of(*_ASKED)[:_MOST]]
    if outcome:
        numbers = frozenset(one.number for one in standing if one.number is not None)
        lines.append(f"- The last scan: {_linked(prose(outcome), numbers)}.")
    return "\n".join(lines)


def _asked(one: Wished) -> str:
    by = f" of {code(one.login)}" if one.login else ""
    return f"- By a command{by}: {_ASKED[one.wish]} {code(one.value)}."


def _upload(found: Survey, number: int) -> str:
    publisher = found.publishers[number]
    how = {"oidc": "as a trusted publisher", "none": "without a credential", "unknown": "in a way that cannot be told"}
    said = how.get(publisher.credential, f"with a {publisher.credential}")
    return f"- {code(publisher.workflow)}, job {code(publisher.job)}: {publisher.method} uploads {said}."


def _standing(one: Standing) -> str:
    head = f"#{one.number}: " if one.number is not None else ""
    return f"- {head}{_sentence(one.when)} {one.then}"


# ---------------------------------------------------------------- single answers


def config(settings: Config | None, problems: Sequence[Problem], *, broken: bool, own: Config | None = None) -> str:
    """What is in force, as far as it is not the default, and what is wrong.

    `own`: where everybody can read the answer, what the repository says itself. What an organisation says elsewhere,
    maybe where few may read it, is then named without its value.
    """
    lines = [f"- Line {one.line}: {prose(one.message)}." for one in problems[:_MOST]]
    if broken:
        head = "`.github/pubflow.yml` cannot be understood; what was sound before stays in force."
        lines = [head, "", *lines, ""]
    if settings is None:
        return "\n".join([*lines, "No sound configuration is known, so nothing is proposed until it is mended."])
    said = None if own is None else dict(_different(own, Config()))
    different = [
        f"{name}: {value}" if said is None or said.get(name) == value else f"{name}: set for the whole organisation"
        for name, value in _different(settings, Config())
    ]
    if not different:
        return "\n".join([*lines, "Every setting has its default."])
    return "\n".join([*lines, "In force, where it is not the default:", "", *(f"- {code(one)}" for one in different)])


def _different(value: object, default: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Dotted names of settings with their values."""
    if isinstance(value, Struct):
        for field in fields(value):
            below = f"{name}.{field.name}" if name else field.name
            yield from _different(getattr(value, field.name), getattr(default, field.name), below)
    elif value != default:
        yield name, ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


def explanation(rule: str, document: str, found: Sequence[Finding], refusals: Sequence[Refusal]) -> str:
    """A rule's own words, and what it has to say here."""
    lines = [f"**{code(rule)}**: {_unwrapped(document.partition('Before::')[0])}", ""]
    lines += [f"- Here: {_place(finding)}{prose(finding.message)}." for finding in found[:_MOST]]
    lines += [f"- Left as it is: {prose(refusal.reason)}." for refusal in refusals[:_MOST]]
    if not found and not refusals:
        lines.append("It has nothing to say about this repository.")
    return "\n".join(lines)


def _unwrapped(document: str) -> str:
    """Each paragraph in one line: in a comment GitHub shows every line end. Lists stay as they are."""
    paragraphs = document.strip().split("\n\n")
    return "\n\n".join(each if "\n- " in f"\n{each}" else " ".join(each.split()) for each in paragraphs)


def _place(finding: Finding) -> str:
    return f"{code(finding.file)}, line {finding.line}: " if finding.file else ""


def _linked(text: str, ours: frozenset[int]) -> str:
    """Numbers of our own pull requests lead there again, after `prose` has broken them; those elsewhere do not."""
    return _NUMBER.sub(lambda found: f"#{found[1]}" if int(found[1]) in ours else found[0], text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
