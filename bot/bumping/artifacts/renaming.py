"""Uploads that shared a name get one each, and what downloaded that name downloads them all by a pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from bot.bumping.artifacts.uploads import Download, Upload, given
from bot.errors import Refused
from bot.workflow import Step
from bot.yaml import Add, Op, Rename, Replace


def rename(
    family: Sequence[Upload], sent: Sequence[Upload], fetched: Sequence[Download], ops: dict[str, list[Op]]
) -> None:
    """Add to `ops`, by file, what gives the uploads of a family names of their own. Raises Refused."""
    base = _base(family, sent)
    _name(family, base, ops)
    _fetch(family, base, sent, fetched, ops)


def may_be(name: str, upload: Upload) -> bool:
    """Claims that an upload may be of this name."""
    if name == upload.name or "${{" in name:
        return True
    possible = upload.possible
    return name in possible if possible is not None else name.startswith(upload.name.split("${{", 1)[0])


def setting(step: Step, name: str, value: str) -> Op:
    """One input of a step, whether it stands there or not."""
    key = next((key for key in step.inputs if key.lower() == name), None)
    if key is not None:
        return Replace((*step.path, "with", key), value)
    if step.node.get("with") is not None:
        return Add((*step.path, "with", name), value)
    return Add((*step.path, "with"), {name: value}, after="uses")


def _base(family: Sequence[Upload], sent: Sequence[Upload]) -> str:
    """What the names of a family begin with, so that a pattern of it matches no other artifact. Raises Refused."""
    name = family[0].name
    if not all(one.ours for one in family):
        raise Refused(
            f"Two steps upload the artifact `{name}`, one of them out of our reach; name the other differently."
        )
    if len({one.workflow.path for one in family}) > 1:
        raise Refused(f"Two workflows of one run upload the artifact `{name}`; give them names that differ.")
    others = [one for one in sent if one.name != name]
    for base in (f"{name}-", f"{name}-part-"):
        if not any(_would_match(base, one) for one in others):
            return base
    raise Refused(
        f"No name beginning with `{name}` is free of other artifacts; rename the uploads, then raise the actions."
    )


def _would_match(base: str, upload: Upload) -> bool:
    possible = upload.possible
    if possible is not None:
        return any(fnmatchcase(name, f"{base}*") for name in possible)
    start = upload.name.split("${{", 1)[0]
    return start.startswith(base) or base.startswith(start)


def _name(family: Sequence[Upload], base: str, ops: dict[str, list[Op]]) -> None:
    jobs = {one.job.id for one in family}
    for one in family:
        beside = [each for each in family if each.job.id == one.job.id]
        parts = [one.job.id] if len(jobs) > 1 or not one.job.has_matrix else []
        if len(beside) > 1:
            parts.append(str(beside.index(one) + 1))
        if not one.is_alone:
            parts.append("${{ strategy.job-index }}")
        ops[one.workflow.path].append(setting(one.step, "name", base + "-".join(parts)))


def _fetch(
    family: Sequence[Upload],
    base: str,
    sent: Sequence[Upload],
    fetched: Sequence[Download],
    ops: dict[str, list[Op]],
) -> None:
    """Downloads that read a family read all of it by a pattern. Raises Refused."""
    name = family[0].name
    for one in fetched:
        reads = one.name == name or (one.name is None and one.pattern is None)
        if not reads:
            _require_apart(one, family)
            continue
        if "${{" in name:
            raise Refused(
                f"Each `{name}` gets a name of its own, and the step that downloads it cannot be told which are meant; "
                "download by a pattern, then raise the actions."
            )
        ops[one.workflow.path] += _by_pattern(one, name, base, alone=all(each.name == name for each in sent))


def _require_apart(one: Download, family: Sequence[Upload]) -> None:
    """A download by another name or pattern that could mean a member of the family nevertheless."""
    name = family[0].name
    meant = one.pattern is not None and fnmatchcase(name, one.pattern)
    if meant or (one.name is not None and "${{" in one.name and any(may_be(one.name, each) for each in family)):
        raise Refused(
            f"`{one.name or one.pattern}` may mean the artifact `{name}`, which gets several names; download by a "
            "pattern, then raise the actions."
        )


def _by_pattern(one: Download, name: str, base: str, *, alone: bool) -> Iterator[Op]:
    block = (*one.step.path, "with")
    if one.name is not None:
        key = next(key for key in one.step.inputs if key.lower() == "name")
        yield Rename((*block, key), "pattern")
        yield Replace((*block, key), f"{base}*")
        yield Add((*block, "merge-multiple"), True)
        return
    if not alone:
        raise Refused(
            f"A step downloads all artifacts into folders of their names, and `{name}` gets several; download each "
            "into its folder by name, then raise the actions."
        )
    folder = (given(one.step, "path") or ".").rstrip("/")
    where = name if folder == "." else f"{folder}/{name}"
    if one.step.node.get("with") is None:
        yield Add(block, {"pattern": f"{base}*", "merge-multiple": True, "path": where}, after="uses")
        return
    yield Add((*block, "pattern"), f"{base}*")
    yield Add((*block, "merge-multiple"), True)
    yield setting(one.step, "path", where)
