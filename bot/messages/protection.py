"""What the environments that releases are published from lack, what to click, and what to type instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.environments import SAID, Environment, Gap, commands, gaps
from bot.messages.markdown import render
from bot.model import RepoFacts, Visibility

_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    name: str
    said: tuple[str, ...]
    command: str | None


def protections(lacking: Mapping[str, tuple[Gap, ...]]) -> dict[str, str]:
    """Environment -> a clause that follows its name and says what it lacks, `""` where it lacks nothing."""
    return {name: "; it ".join(SAID[gap][1] for gap in gaps_) for name, gaps_ in lacking.items()}


def protection(
    names: Sequence[str], known: Sequence[Environment] | None, repo: RepoFacts, url: str, *, from_tags: bool = True
) -> str:
    """Markdown. `known`: the environments that exist, None where we may not look; `url`: the page of settings."""
    there = {environment.name.lower(): environment for environment in known or ()}
    named = [
        _Named(
            name=name,
            said=tuple(SAID[gap][1] for gap in gaps(there.get(name.lower()), repo.visibility, from_tags=from_tags))
            if known is not None
            else (),
            command=commands(repo.ref, name, there.get(name.lower())) if known is not None else None,
        )
        for name in names[:_MOST]
    ]
    private = repo.visibility is not Visibility.PUBLIC
    return render("environment.md", environments=named, looked=known is not None, url=url, private=private)
