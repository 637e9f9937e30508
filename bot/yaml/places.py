"""Finding what an operation names: the place itself, its parent, a sibling. Refuses what is not there."""

from __future__ import annotations

from bot.errors import Refused
from bot.model import YamlPath
from bot.yaml.changes import Changes, Place, is_empty_value, merged, position
from bot.yaml.nodes import Kind


def key_of(path: YamlPath) -> str:
    """The key that a path ends in; raises `Refused` where it ends in an index or is empty."""
    if path and isinstance(path[-1], str):
        return path[-1]
    raise Refused("a path that ends in a key is needed", path=path)


def place_at(path: YamlPath, changes: Changes) -> Place:
    """The place at a path; raises `Refused` where there is nothing."""
    place = changes.locate(path)
    if place is None:
        raise Refused(f"there is nothing at {'.'.join(map(str, path))!r}", path=path)
    return place


def parent_of(place: Place, changes: Changes) -> Place:
    """The collection that a place is a member of; raises `Refused` where a change in it would show elsewhere."""
    if place.parent is None:
        raise place.refuse("this cannot be done to the file as a whole")
    changes.check_open(place.parent)
    return place.parent


def collection_at(path: YamlPath, changes: Changes, kind: Kind) -> Place:
    """The place of a collection that takes another member: of this kind, or empty."""
    place = place_at(path, changes)
    changes.check_open(place)
    if place.node.kind is kind or is_empty_value(place.node):
        return place
    raise place.refuse(f"a {kind.value} was expected there and a {place.node.kind.value} was found")


def index_of(parent: Place, step: str | int) -> int:
    """The position of a sibling among the members; raises `Refused` where there is none."""
    node = parent.node
    there = node.get(step) is not None if isinstance(step, str) else -node.size <= step < node.size
    if is_empty_value(node) or not there:
        raise parent.refuse(f"there is no {step!r} to stand beside")
    return position(node, step)


def check_not_merged(place: Place, parent: Place) -> None:
    """Raises `Refused` where a merge key would bring an entry's key back when the entry goes."""
    key = place.path[-1]
    if isinstance(key, str) and merged(parent.node, key):
        raise place.refuse(f"a merge key (<<) brings {key!r} in too")
