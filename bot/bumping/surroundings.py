"""What in a repository, apart from the line itself, decides whether an action may be raised, and by whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from bot.bumping.composites import composites
from bot.bumping.templates import expand
from bot.errors import Unparsable
from bot.interest import DEPENDABOT, RENOVATE, WORKFLOW
from bot.model import Snapshot
from bot.survey import Survey
from bot.workflow import Job, UsesKind, Workflow
from bot.yaml import Node, parse

LOCK = ".github/workflows/actions.lock"
"""https://docs.github.com/actions/reference/workflows-and-actions/lockfiles"""
_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-[\w.-]+\Z", re.IGNORECASE)
_LOCAL = UsesKind.LOCAL
_ECOSYSTEM = "github-actions"
_LIMIT = "open-pull-requests-limit"
"""With 0 it opens none but for holes: https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference#open-pull-requests-limit-"""
_OFF = re.compile(r"""["']?github-actions["']?\s*:\s*\{[^{}]*["']?enabled["']?\s*:\s*false""")
_MANAGERS = re.compile(r"""["']?enabledManagers["']?\s*:\s*\[([^\]]*)\]""")
_BOTS = ("dependabot/github_actions/", "renovate/")
_WORDS = re.compile(r"[^a-z0-9]+")


def has_lock(snapshot: Snapshot) -> bool:
    """Claims that a change of any `uses:` needs the lock file made anew, or no workflow starts."""
    return LOCK in snapshot.tree


def manager(snapshot: Snapshot) -> tuple[str, str] | None:
    """(Name, file) of another bot that is told to raise this repository's actions."""
    for path in DEPENDABOT:
        if _dependabot_raises(snapshot.files.get(path)):
            return "Dependabot", path
    for path in RENOVATE:
        text = snapshot.files.get(path)
        if text is not None and _renovate_raises(text):
            return "Renovate", path
    return None


def reaches(snapshot: Snapshot, manager: tuple[str, str], file: str) -> bool:
    """Claims that another bot which raises actions raises those of this file.

    Dependabot looks at workflows, and at actions of one's own only in folders that it is told of.
    """
    name, told = manager
    if name != "Dependabot" or WORKFLOW.match(file):
        return True
    folder = file.split("/")[:2]
    return "/".join(folder) in snapshot.files.get(told, "")


def raised_elsewhere(snapshot: Snapshot, action: str) -> str | None:
    """The branch on which another bot raises this action at the moment."""
    if not snapshot.bot_branches:
        return None
    wanted = _WORDS.sub("-", action.lower())
    for branch in snapshot.bot_branches:
        prefix = next((each for each in _BOTS if branch.startswith(each)), None)
        if prefix is not None and _names(_WORDS.sub("-", branch[len(prefix) :].lower()), wanted):
            return branch
    return None


def foreign_runner(job: Job) -> str | None:
    """A label of a job that is no runner of GitHub's own, so that nobody knows how old that runner is."""
    for label in job.runs_on:
        possible = expand(label, job) if "${{" in label else None
        for name in (label,) if possible is None else sorted(possible):
            if not _HOSTED.match(name):
                return name
    return None


def in_scope(survey: Survey, *, everything: bool) -> tuple[Workflow, ...]:
    """All workflows, or those that upload and those that they call or are called by; and the actions that they use of
    the repository's own.
    """
    chosen: Collection[str] = survey.workflows
    if not everything:
        publishing = {publisher.workflow for publisher in survey.publishers}
        together = components(survey)
        chosen = {each for path in publishing if path in survey.workflows for each in together[path]}
    workflows = tuple([survey.workflows[path] for path in sorted(chosen)])
    return (*workflows, *composites(survey, workflows))


def components(survey: Survey) -> Mapping[str, frozenset[str]]:
    """Path -> the workflows of this repository that may run together with this one: callers and called, and theirs."""
    groups = {path: frozenset({path}) for path in survey.workflows}
    for caller, called in _calls(survey):
        merged = groups[caller] | groups[called]
        groups.update(dict.fromkeys(merged, merged))
    return groups


def _calls(survey: Survey) -> Iterator[tuple[str, str]]:
    for path, workflow in survey.workflows.items():
        for job in workflow.jobs.values():
            if job.uses is not None and job.uses.kind is _LOCAL and job.uses.path in survey.workflows:
                yield path, job.uses.path


def _names(branch: str, action: str) -> bool:
    """Claims that a branch's words begin with the action's: `actions-checkout-5` those of `actions/checkout`."""
    return branch == action or branch.startswith(f"{action}-")


def _dependabot_raises(text: str | None) -> bool:
    if text is None or _ECOSYSTEM not in text:
        return False
    try:
        root = parse(text).root
    except Unparsable:
        return False
    updates = root.get("updates") if root is not None else None
    return any(
        _value(item, "package-ecosystem") == _ECOSYSTEM and _value(item, _LIMIT) != "0"
        for item in (updates.elements or () if updates else ())
    )


def _value(node: Node, key: str) -> str:
    found = node.get(key)
    return found.value if found is not None else ""


def _renovate_raises(text: str) -> bool:
    """Renovate's files may hold comments and single quotes; only three settings matter, and they are looked for."""
    if re.search(r"""^\s*["']?enabled["']?\s*:\s*false""", text, re.MULTILINE) and "packageRules" not in text:
        return False
    managers = _MANAGERS.search(text)
    if managers is not None and _ECOSYSTEM not in managers[1]:
        return False
    return _OFF.search(text) is None
