"""Steps after an upload that go along with it into a job of its own: they announce it, or hang its files on a release.

Only such go along as need nothing of the job but the files that were uploaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from bot.model import Index
from bot.moving import conditions, scopes
from bot.moving.crossing import is_idle
from bot.moving.draft import Draft
from bot.moving.jobs import Task
from bot.moving.nouns import Unmovable
from bot.moving.split import split
from bot.workflow import Step

_FILES = {
    "softprops/action-gh-release": ("files",),
    "ncipollo/release-action": ("artifacts", "artifact"),
    "svenstaro/upload-release-action": ("file",),
    "8398a7/action-slack": (),
    "rtcamp/action-slack-notify": (),
    "slackapi/slack-github-action": (),
    "appleboy/discord-action": (),
    "appleboy/telegram-action": (),
    "ilshidur/action-discord": (),
    "ilshidur/action-slack": (),
    "snow-actions/tweet": (),
    "cbrgm/mastodon-github-action": (),
    "rzr/fediverse-action": (),
    "rjstone/discord-webhook-notify": (),
    "tsickert/discord-webhook": (),
    "peter-evans/repository-dispatch": (),
    "benc-uk/workflow-dispatch": (),
}
"""Actions that need no checkout -> their inputs that name files."""
_READS = re.compile(r"path|file", re.IGNORECASE)
_SWITCHES = re.compile(r"fail|glob|overwrite|name", re.IGNORECASE)
_OF_JOBS = frozenset({"github", "secrets", "vars", "inputs", "needs"})


def split_with_tail(task: Task) -> Draft:
    """The job split as `split` does, with what follows its uploads in the uploading job; raises `Unmovable`."""
    last = max(delivery.step.index for delivery in task.deliveries)
    tail = tuple(step for step in task.others if step.index > last and not is_idle(step))
    if not tail:
        raise Unmovable("nothing follows the upload", path=task.path)
    folders = {delivery.folder for delivery in task.deliveries}
    main = Index.PYPI if any(each.index is Index.PYPI for each in task.deliveries) else Index.TESTPYPI
    if any(each.step.index == last and each.index is not main for each in task.deliveries):
        raise Unmovable("steps follow that wait for the upload to TestPyPI as well", path=tail[0].path)
    uploads = [each.condition for each in task.deliveries if each.index is main]
    for step in tail:
        _check(step, folders)
        if not any(conditions.implies(step.condition, condition) for condition in uploads):
            # The job that they go along with is skipped where nothing is uploaded.
            raise Unmovable("steps follow the upload that run on other occasions as well", path=step.path)
    needed = scopes.needed(task.survey.snapshot.files, task.workflow, task.job, tail)
    if needed is None:
        raise Unmovable("what the steps after the upload may do is not known", path=task.path)
    return split(replace(task, tail=tail, tail_needs=needed))


def _check(step: Step, folders: set[str | None]) -> None:
    files = _FILES.get(step.uses.name) if step.uses is not None else None
    if files is None or step.id is not None or conditions.asks_for_status(step.condition):
        raise Unmovable("steps follow the upload that may rely on it", path=step.path)
    if not _names_only(step.inputs, files, folders):
        raise Unmovable("steps follow the upload that read other files of the job", path=step.path)
    texts = [step.condition or "", step.name or "", *step.inputs.values(), *step.env.values()]
    if not conditions.contexts("\n".join(texts)) <= _OF_JOBS:
        raise Unmovable("steps follow the upload that are told something by earlier ones", path=step.path)


def _names_only(inputs: Mapping[str, str], files: tuple[str, ...], folders: set[str | None]) -> bool:
    """Claims that all files which the inputs name lie in `dist`, where the uploading job has them as well."""
    named = [text for key, text in inputs.items() if key.lower() in files]
    other = [key for key in inputs if _READS.search(key) and key.lower() not in files and not _SWITCHES.search(key)]
    words = [word for text in named for word in re.split(r"[\s,]+", text) if word]
    present = folders == {"dist"} and all(re.match(r"(?:\./)?dist/", word) for word in words)
    return not other and (not words or present)
