"""Operations -> edits -> a new text, proved. Puts the parts together; knows no style of writing itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from bot.errors import Refused
from bot.yaml.block import BlockPlan
from bot.yaml.changes import Change, nodes
from bot.yaml.document import parse
from bot.yaml.edits import Edit, apply
from bot.yaml.fill import fill, is_in_brackets
from bot.yaml.flow import FlowPlan
from bot.yaml.lines import line_start
from bot.yaml.members import Layouts, content_start
from bot.yaml.nodes import BLOCK_SCALARS, Document, Kind, last_leaf
from bot.yaml.notes import note_edits
from bot.yaml.ops import Op
from bot.yaml.render import Renderer
from bot.yaml.resolve import resolve
from bot.yaml.scalars import retext
from bot.yaml.square import prove
from bot.yaml.style import Habits, Style
from bot.yaml.values import ValuePlan, rename

_INDICATOR = re.compile(r"[|>][-+0-9]*")
_UNUSUAL_BREAK = re.compile("[\x85\u2028\u2029]")


def edit(source: str | Document, ops: Sequence[Op]) -> str:
    """The text after all operations, proved to mean what they mean; the same object where nothing is to be done.

    Raises `Refused` with one sentence where that cannot be proved, `Unparsable` where the source is no YAML document.
    """
    document = source if isinstance(source, Document) else parse(source)
    changes = resolve(document, ops)
    if not any(change.does_something for change in changes):
        return document.text
    _check_breaks(document)
    layouts, habits = Layouts(document), Habits(document)
    # Inner members first: what is added at the end of an inner block comes before what is added after that block.
    deepest_first = sorted(changes, key=lambda change: -len(change.place.path))
    edits = [each for change in deepest_first for each in _edits(change, layouts, habits)]
    edits = [each for each in edits if document.text[each.start : each.end] != each.new]
    edits = _closed_once(document.text, _after_last_line(document.text, edits, habits.line_break))
    after = apply(document.text, [*edits, *_kept_chomping(document, edits)]) if edits else document.text
    prove(document.text, after, changes)
    return after


def _edits(change: Change, layouts: Layouts, habits: Habits) -> list[Edit]:
    place = change.place
    if change.size == 0:
        around = place.parent.node if place.parent is not None else place.node
        return fill(change, layouts, Renderer(Style(habits, around))) if change.added else []
    renderer = Renderer(Style(habits, place.node))
    result: list[Edit] = []
    if change.added or change.gone:
        plan = FlowPlan if place.node.flow else BlockPlan
        result += plan(layouts, change, renderer).edits()
    return result + _edits_of_members(change, layouts, renderer)


def _edits_of_members(change: Change, layouts: Layouts, renderer: Renderer) -> list[Edit]:
    """Other values, texts, keys and comments of members that stay."""
    place, members = change.place, layouts.of(change.place.node).members
    brackets = place.node.flow or is_in_brackets(place)
    result: list[Edit] = []
    for index, value in change.values.items():
        result += ValuePlan(layouts, place, index, value, renderer).edits(brackets=brackets)
    for index, splices in change.texts.items():
        node, text = members[index].value, layouts.document.text
        result += retext(place, node, splices, renderer, text, brackets=brackets)
    for index, new in change.keys.items():
        key = members[index].key
        assert key is not None
        result.append(rename(key, new, renderer, brackets=brackets))
    for note in change.notes:
        if brackets:
            raise place.refuse("a comment cannot stand inside brackets")
        result += note_edits(note, place, layouts, renderer)
    return result


def _check_breaks(document: Document) -> None:
    """YAML 1.1 ends a line, and with it a comment, where YAML 1.2 does not: such a text has two meanings."""
    text = document.text
    unusual = [found.start() for found in _UNUSUAL_BREAK.finditer(text)] if not text.isascii() else []
    if not unusual or document.root is None:
        return
    spans = [(node.start, node.end) for node in nodes(document.root) if node.kind is Kind.SCALAR]
    for index in unusual:
        if not any(start <= index < end for start, end in spans):
            line = text.count("\n", 0, index) + 1
            raise Refused("a line or paragraph separator stands there, which not every reader sees alike", line=line)


def _after_last_line(text: str, edits: list[Edit], line_break: str) -> list[Edit]:
    """Where the last line goes, which had no break, what is added after it needs none before itself, but one after."""
    if text.endswith(("\n", "\r")):
        return edits
    goes = any(each.end == len(text) > each.start == line_start(text, each.start) and not each.new for each in edits)
    if not goes:
        return edits
    added = [each for each in edits if each.start == len(text) and each.new.startswith(line_break)]
    return [
        replace(each, new=each.new.removeprefix(line_break) + line_break) if each in added else each for each in edits
    ]


def _closed_once(text: str, edits: list[Edit]) -> list[Edit]:
    """Of several additions at a file's unbroken end the last one alone may close its last line."""
    if text.endswith(("\n", "\r")):
        return edits
    inner = [each for each in edits if each.start == len(text)][:-1]
    return [replace(each, new=each.new.rstrip("\r\n")) if each in inner else each for each in edits]


def _kept_chomping(document: Document, edits: list[Edit]) -> list[Edit]:
    """Where a file ends in a block scalar and without a line break, lines added below would give the scalar one."""
    text = document.text
    if document.root is None or text.endswith(("\n", "\r")):
        return []
    leaf, grows = last_leaf(document.root), any(each.start == len(text) and each.new for each in edits)
    if not grows or leaf.style not in BLOCK_SCALARS or not leaf.value or leaf.end < len(text):
        return []
    header = _INDICATOR.match(text, content_start(text, leaf))
    if header is None or "-" in header[0] or any(each.start <= header.start() < each.end for each in edits):
        return []
    return [Edit(header.start(), header.end(), header[0].replace("+", "") + "-")]
