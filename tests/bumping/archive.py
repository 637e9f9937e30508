"""Cases as plain text: a sentence, settings, files, what becomes of them and what is refused; Go's txtar."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bot import bumping
from bot.allowing import with_configured
from bot.bumping import Action, Advisory, Catalogue
from bot.bumping.snapshot import catalogue, shipped
from bot.config import Bump, Config, Pins, Scope, read
from bot.mending import Mended, find, mend
from bot.model import ACTIONS_BRANCH, AllowedActions, Finding
from bot.rules import RULES as ALL
from bot.rules.rule import Context
from bot.survey import survey
from tests.snapshots import PYPROJECT, facts, snapshot

NOW = 1_795_000_000.0
"""A day in November 2026: everything in the shipped snapshot is old."""
RULES = ("broken-action", "outdated-action", "pin-comment")
_MARK = re.compile(r"^-- (.+) --\n", re.MULTILINE)
_BOOLEANS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One archive. `after` holds the files that change; `said`: `line: text` of what is refused or merely told."""

    path: Path
    sentence: str
    head: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]
    said: str
    others: Mapping[str, str] = field(default_factory=dict)


def read_case(path: Path) -> Case:
    parts = _MARK.split(path.read_bytes().decode())
    sentence, *settings = parts[0].strip().split("\n")
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    names = [name for name in sections if name != "said" and not name.startswith("after ")]
    files = {name: sections[name] for name in names}
    return Case(
        path=path,
        sentence=sentence,
        head=dict(line.split(": ", 1) for line in settings if line),
        before=files,
        after={name.removeprefix("after "): text for name, text in sections.items() if name.startswith("after ")},
        said=sections.get("said", ""),
    )


def write_case(case: Case, after: Mapping[str, str], said: str) -> None:
    text = case.sentence + "\n" + "".join(f"{key}: {value}\n" for key, value in case.head.items())
    text += "".join(f"-- {name} --\n{content}" for name, content in case.before.items())
    text += "".join(f"-- after {name} --\n{content}" for name, content in sorted(after.items()))
    text += f"-- said --\n{said}" if said else ""
    case.path.write_bytes(text.encode())


def answer(case: Case, files: Mapping[str, str] | None = None) -> tuple[Mapping[str, str], str]:
    """(File -> its text after, what is refused or told a line each) of the rules about actions."""
    context = context_of(case, case.before if files is None else files)
    mended = _mended(context)
    changed = {} if mended is None else {change.file: change.after or "" for change in mended.changes}
    told = [f"{each.file}:{each.line}: {each.message}" for each in findings(context) if each.fix.value == "none"]
    refused = [] if mended is None else [f"{each.file}:{each.line}: {each.reason}" for each in mended.refusals]
    return changed, "".join(f"{line}\n" for line in dict.fromkeys((*told, *refused)))


def findings(context: Context) -> list[Finding]:
    """What the three rules say."""
    found = find(context)
    return [finding for rule in RULES for finding in found[rule]]


def _mended(context: Context) -> Mended | None:
    only = replace(context, config=replace(context.config, ignore=replace(context.config.ignore, rules=_OTHERS)))
    return mend(only, find(only)).get(ACTIONS_BRANCH)


_OTHERS = tuple(rule.ID for rule in ALL if rule.ID not in RULES)


def context_of(case: Case, files: Mapping[str, str]) -> Context:
    head = case.head
    texts = {"pyproject.toml": PYPROJECT, **files}
    shot = snapshot(texts, facts(oidc=_BOOLEANS[head.get("github.com", "yes")]))
    shot = replace(shot, bot_branches=tuple(head.get("branches", "").split()), allowed=_allowed(head.get("allowed")))
    bump = replace(
        _said(head.get("bump", "{}")),
        scope=Scope(head.get("scope", "all")),
        **{key: kind(head[key]) for key, kind in _SETTINGS.items() if key in head},
    )
    found = with_configured(survey(shot), bump)
    known = catalogue(shipped(), bumping.wanted(found, bump), NOW)
    return Context(survey=found, config=Config(bump=bump), catalogue=_altered(known, head))


def _allowed(words: str | None) -> tuple[AllowedActions, ...]:
    """`github`, `verified`, `commits`, and patterns; `commits` alone allows all."""
    if words is None:
        return ()
    given = words.split()
    flags = {flag: flag in given for flag in ("github", "verified", "commits")}
    patterns = tuple(word for word in given if word not in flags)
    return (AllowedActions(patterns=None if given == ["commits"] else patterns, **flags),)


def _said(text: str) -> Bump:
    """What a configuration file with this under `bump` says."""
    found = read(f"bump: {text}")
    assert isinstance(found, Config), found
    return found.bump


_SETTINGS: Mapping[str, Callable[[str], Any]] = {
    "pins": Pins,
    "majors": _BOOLEANS.__getitem__,
    "cooldown": int,
    "ignore": lambda text: tuple(text.split()),
}


def _altered(known: Catalogue, head: Mapping[str, str]) -> Catalogue:
    """The shipped snapshot as if GitHub had been asked (`live: yes`), or with something else about an action."""
    actions = dict(known.actions)
    for key, change in (("archived", _archived), ("fresh", _fresh), ("moved", _moved)):
        for word in head.get(key, "").split():
            name, _, tag = word.partition("@")
            actions[name] = change(actions[name], tag)
    live = head.get("live") == "yes"
    return replace(
        known,
        actions={name: _whole(one) if live else one for name, one in actions.items()},
        gone=frozenset(head.get("gone", "").split()),
        advisories=tuple(_advisory(*word.split("@")) for word in head.get("advisory", "").split()),
        dated=None if live else known.dated,
    )


def _advisory(action: str, patched: str) -> Advisory:
    """As GitHub writes one: the version without the `v` of the tag."""
    return Advisory(id="GHSA-1", action=action, vulnerable=f"< {patched}", patched=patched)


def _whole(action: Action) -> Action:
    return replace(action, complete=True)


def _archived(action: Action, _tag: str) -> Action:
    return replace(action, archived=True)


def _fresh(action: Action, name: str) -> Action:
    """With a tag that was published a day ago."""
    tags = tuple(replace(tag, seen=NOW - 86400.0) if tag.name == name else tag for tag in action.tags)
    return replace(action, tags=tags)


def _moved(action: Action, name: str) -> Action:
    tags = tuple(replace(tag, first="0" * 40) if tag.name == name else tag for tag in action.tags)
    return replace(action, tags=tags)
