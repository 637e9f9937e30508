"""What `pubflow demo` prints: as text for people, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.demo.journey import NAME, Journey
from bot.demo.samples import ORGANISATION
from bot.demo.stage import PERSON, Result, Stage, Talk
from bot.model import Status


def unified(result: Result) -> tuple[tuple[str, str], ...]:
    """Path and unified diff of each file of the pull request."""
    parts = []
    for diff in result.diffs:
        before = "/dev/null" if diff.status == "added" else f"a/{diff.path}"
        after = "/dev/null" if diff.status == "removed" else f"b/{diff.path}"
        parts.append((diff.path, "\n".join((f"--- {before}", f"+++ {after}", *diff.lines)) + "\n"))
    return tuple(parts)


def as_json(stage: Stage, results: Sequence[Result], journey: Journey) -> str:
    """One JSON object: what was opened where, and whether each sample ended as it should."""
    told = {
        "schema": 1,
        "ok": all(result.as_expected for result in results) and journey.arrived and answered(stage),
        "github": stage.github.web_url,
        "dashboard": stage.dashboard_url,
        "repositories": [_repository(result) for result in results],
        "journey": {
            "repository": f"{ORGANISATION}/{NAME}",
            "legs": [{"done": leg.done, "answer": leg.answer, "state": leg.state} for leg in journey.legs],
            "index": journey.index,
            "files": journey.files,
        },
        "conversation": _conversation(stage.talk),
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def answered(stage: Stage) -> bool:
    """Whether what was asked was seen and answered; true where nothing was asked."""
    return stage.talk is None or (stage.talk.seen and stage.talk.answer is not None)


def _conversation(talk: Talk | None) -> dict[str, object] | None:
    if talk is None:
        return None
    return {
        "repository": talk.repository,
        "number": talk.number,
        "url": talk.url,
        "comment": talk.said,
        "seen": talk.seen,
        "answer": talk.answer,
    }


def _repository(result: Result) -> dict[str, object]:
    seen, pull = result.seen, result.pull
    return {
        "repository": f"{ORGANISATION}/{result.sample.name}",
        "about": result.sample.about,
        "status": seen.status.value if seen is not None and seen.status is not None else None,
        "outcome": result.outcome,
        "as_expected": result.as_expected,
        "pull_request": None
        if pull is None
        else {
            "number": pull.number,
            "url": result.url,
            "branch": pull.head,
            "base": pull.base,
            "title": pull.issue.title,
            "body": pull.issue.body,
            "draft": pull.draft,
            "changes": [{"file": path, "diff": text} for path, text in unified(result)],
        },
    }


def as_text(console: Console, stage: Stage, results: Sequence[Result], journey: Journey) -> None:
    """Every pull request with its diff, then everything that was seen, then where to look."""
    for result in results:
        if result.pull is not None:
            _pull(console, result)
    if stage.talk is not None:
        _talk(console, stage.talk)
    console.print(Rule("every repository of the organisation"))
    console.print(_table(results))
    console.print(Rule("one of them from a stored token to nothing left to do"))
    console.print(_journey(journey))
    failed = [result.sample.name for result in results if not result.as_expected]
    if failed:
        console.print(Text(f"Not as it should be: {', '.join(failed)}", style="bold red"))
    console.print(Text("The local GitHub:  ") + Text(f"{stage.github.web_url}/{ORGANISATION}", style="underline"))
    console.print(Text("The index:         ") + Text(journey.index, style="underline"))
    console.print(Text("The bot:           ") + Text(stage.bot_url, style="underline"))
    console.print(Text("The dashboard:     ") + Text(stage.dashboard_url, style="underline"))


def _pull(console: Console, result: Result) -> None:
    pull = result.pull
    assert pull is not None
    draft = " (draft)" if pull.draft else ""
    console.print(Rule(Text(f"{ORGANISATION}/{result.sample.name} #{pull.number}{draft}", style="bold")))
    console.print(Text(pull.issue.title, style="bold"), Text(result.url or "", style="underline"), sep="\n")
    console.print(Text(f"{result.sample.about}\n", style="dim"))
    for _, text in unified(result):
        for line in text.splitlines():
            console.print(Text(f"  {line}", style=_colour(line)), soft_wrap=True)
    console.print()


def _talk(console: Console, talk: Talk) -> None:
    console.print(Rule(Text(f"a command in {talk.repository} #{talk.number}", style="bold")))
    console.print(Text(f"{PERSON}: ", style="dim") + Text(talk.said) + Text("  👀" if talk.seen else ""))
    for line in (talk.answer or "no answer").splitlines():
        if not line.startswith("<!--"):
            console.print(Text(f"  {line}"), soft_wrap=True)
    console.print()


def _colour(line: str) -> str:
    styles = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))
    return next((style for start, style in styles if line.startswith(start)), "")


def _table(results: Sequence[Result]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("repository", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("what the bot did", overflow="fold")
    for result in results:
        seen = result.seen
        status = seen.status if seen is not None and seen.status is not None else None
        style = "bold green" if result.pull is not None else "" if result.as_expected else "bold red"
        table.add_row(Text(result.sample.name, style=style), _word(status), Text(result.outcome or "not looked at"))
    return table


def _journey(journey: Journey) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(f"{ORGANISATION}/{NAME}", overflow="fold")
    table.add_column("what the bot said", overflow="fold")
    table.add_column("state", no_wrap=True)
    for leg in journey.legs:
        table.add_row(Text(leg.done), Text(leg.answer), Text(leg.state or "", style="bold"))
    return table


def _word(status: Status | None) -> Text:
    return Text("skipped" if status is None else status.value)
