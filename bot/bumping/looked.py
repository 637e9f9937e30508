"""A workflow looked at line by line, once: a change of one leaves the others as they are."""

from __future__ import annotations

from msgspec import Struct, field

from bot.bumping import artifacts
from bot.bumping.case import Matter
from bot.bumping.line import Line, read_line
from bot.bumping.places import Place, places
from bot.bumping.verdict import Verdict, at
from bot.interest import WORKFLOW
from bot.workflow import Workflow

_Key = tuple[object, ...]
_Lines = dict[_Key, Line]


class File(Struct, frozen=True, kw_only=True):
    """A workflow, or an action of the repository's own, with what is known of its lines."""

    workflow: Workflow
    spoken: tuple[tuple[Place, Line], ...]
    """Those of which something is said by themselves, in their order."""
    artifacts: tuple[tuple[Place, Line], ...]
    """Those that move artifacts, ignored ones too."""
    gone: tuple[Verdict, ...]
    aged: tuple[Verdict, ...]
    said: dict[int, tuple[Verdict, ...]] = field(default_factory=dict)
    """What is said of `spoken` where nothing stands beside it, by its number; grows."""


class Known(Struct, frozen=True, kw_only=True):
    """What was found out already of one repository, by one catalogue and one set of rules; grows."""

    lines: dict[_Key, _Lines] = field(default_factory=dict)
    """By what counts for the whole repository, and by line."""
    files: dict[int, File] = field(default_factory=dict)
    """By the identity of the workflow, which `File` keeps alive."""


def look(workflow: Workflow, matter: Matter, known: Known) -> File:
    """The lines of a workflow. What an action of the repository's own may become hangs on those that use it."""
    lines = known.lines.setdefault((matter.locked, matter.commits, matter.survey.snapshot.repo.oidc), {})
    if not WORKFLOW.match(workflow.path):
        return _look(workflow, matter, lines)
    file = known.files.get(id(workflow))
    if file is None:
        file = known.files[id(workflow)] = _look(workflow, matter, lines)
    return file


def _look(workflow: Workflow, matter: Matter, lines: _Lines) -> File:
    """The same few lines stand in most jobs, and most of them in a file that was changed as they did before."""
    read: list[tuple[Place, Line]] = []
    for place in places(workflow):
        key = _key(place)
        line = lines.get(key)
        if line is None:
            line = lines[key] = read_line(place, matter)
        read.append((place, line))
    return File(
        workflow=workflow,
        spoken=tuple([one for one in read if one[1].speaks]),
        artifacts=tuple([one for one in read if one[0].name in artifacts.ACTIONS]),
        gone=tuple([at(line.gone, place) for place, line in read if line.gone is not None]),
        aged=tuple([at(line.aged, place) for place, line in read if line.aged is not None]),
    )


def _key(place: Place) -> _Key:
    """All that `read_line` looks at beside the catalogue, the rules for actions and what is allowed."""
    comment = place.comment
    return (
        place.uses.text,
        comment and comment.text,
        place.commentable,
        place.step is None,
        place.workflow.path if place.in_action else None,
        place.runner,
    )
