"""What people do to a repository and how it must end, whatever happens to deliveries and processes on the way.

One line a tale, so that a mishap is tried on all of them: together they take every command and every row of the
lifecycle. The repository is named by the tale; its package is in it and its pull request open unless `files` say else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.config import PATH as CONFIG
from bot.demo.github import LocalGitHub
from bot.model import TRUSTED_PUBLISHING_BRANCH
from tests.jobs.conftest import PACKAGE
from tests.jobs.test_lifecycle_stories import RELEASE, TOKEN, TRUSTED
from tests.jobs.test_stories import WORKFLOW

BRANCH = TRUSTED_PUBLISHING_BRANCH
Act = Callable[[LocalGitHub, str], object]
"""On the GitHub, to the repository of this full name."""


def push(files: Mapping[str, str | None], branch: str | None = None) -> Act:
    return lambda github, name: github.push(name, files, branch=branch)


def say(text: str, number: int = 1) -> Act:
    return lambda github, name: github.comment(name, number, text)


def in_turn(*acts: Act) -> Act:
    def all_of_them(github: LocalGitHub, name: str) -> None:
        for act in acts:
            act(github, name)

    return all_of_them


def close(github: LocalGitHub, name: str) -> None:
    github.close_pull(name, 1)


def reopen(github: LocalGitHub, name: str) -> None:
    github.reopen_pull(name, 1)


def privatize(github: LocalGitHub, name: str) -> None:
    github.privatize_repository(name)


def unheard(act: Act) -> Act:
    """GitHub tells nobody."""

    def mutely(github: LocalGitHub, name: str) -> None:
        github.site.events.muted = True
        act(github, name)
        github.site.events.muted = False

    return mutely


def merge(github: LocalGitHub, name: str) -> None:
    github.merge_pull(name, 1)


def archive(github: LocalGitHub, name: str) -> None:
    github.archive_repository(name)


def edit(github: LocalGitHub, name: str) -> None:
    body = github.repository(name).pulls[1].issue.body or ""
    github.edit_pull(name, 1, body=body.replace("Trusted Publishing", "trust"))


def to_trunk(github: LocalGitHub, name: str) -> None:
    github.push(name, {"LICENSE": "MIT\n"}, branch="trunk")
    github.change_default_branch(name, "trunk")


def rename_main(github: LocalGitHub, name: str) -> None:
    github.rename_branch(name, "main", "trunk")


def ask_in_an_issue(github: LocalGitHub, name: str) -> None:
    github.comment(name, github.open_issue(name, "Hello").number, "/pubflow update")


def comment_in_the_file(github: LocalGitHub, name: str) -> None:
    """Its package scanned again, and nothing else."""
    text = github.read(name, "pyproject.toml").decode()
    github.push(name, {"pyproject.toml": text + "# more\n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """`first` is over and answered before `then`; what `then` does happens at once."""

    then: Act
    ends: tuple[str, ...]
    """How its pull requests stand in the end, by number."""
    said: tuple[str, ...] = ()
    """Words of each of our comments in the end, in the order of the conversations."""
    row: str | None = None
    """The row of the lifecycle that is taken."""
    command: str | None = None
    first: Act | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    package: bool = True
    before: Act | None = None
    """Before pubflow is there."""
    wishes: tuple[tuple[str, str], ...] = ()
    """Such as are not about one pull request or one commit."""
    base: str = "main"
    branch: str | None = "ours"
    """What our branch holds in the end: `ours`, `theirs`, or None if it is gone."""


DRAFT, SHUT = ("open draft",), ("closed draft",)
THEIRS = {WORKFLOW: "name: mine\n"}
AGAIN = (*SHUT, *DRAFT)

TALES: dict[str, Tale] = {
    # ------------------------------------------------------------ rows of the lifecycle
    "out-of-reach": Tale(row="out of reach", then=archive, ends=DRAFT),
    "touched": Tale(
        row="touched", then=push(THEIRS, BRANCH), ends=DRAFT, said=("leaves this pull request to you",), branch="theirs"
    ),
    "handed-back": Tale(
        row="handed back",
        command="recreate",
        first=push(THEIRS, BRANCH),
        then=say("/pubflow recreate"),
        ends=DRAFT,
        said=("looks after this pull request again", "#1 brought up to date"),
    ),
    "remade": Tale(
        row="remade",
        command="rebase",
        first=push({"tox.ini": "[tox]\n"}),
        then=say("/pubflow rebase"),
        ends=DRAFT,
        said=("#1 brought up to date",),
    ),
    "changed": Tale(row="changed", then=push({"uv.lock": "version = 1\n"}), ends=DRAFT),
    "moved": Tale(row="moved", then=to_trunk, ends=DRAFT, base="trunk"),
    "renamed": Tale(row="current", then=rename_main, ends=DRAFT, base="trunk"),
    "conflict": Tale(
        # Another secret on the line that goes: the same is proposed, and cannot be merged any more.
        row="conflict",
        files={RELEASE: TOKEN},
        then=push({RELEASE: TOKEN.replace("PYPI_TOKEN", "OTHER_TOKEN")}),
        ends=DRAFT,
    ),
    "registered": Tale(
        row="registered",
        command="confirm",
        then=say("/pubflow confirm"),
        ends=("open",),
        said=("Noted: the publisher is registered",),
    ),
    "reworded": Tale(row="reworded", then=in_turn(edit, comment_in_the_file), ends=DRAFT),
    "current": Tale(row="current", then=comment_in_the_file, ends=DRAFT),
    "over": Tale(row="over", then=push({RELEASE: TRUSTED}), ends=SHUT, said=("every upload is trusted",), branch=None),
    "unsure": Tale(row="unsure", then=push({CONFIG: "enabled: [\n"}), ends=DRAFT),
    "wanted-again": Tale(
        row="wanted again",
        command="recreate",
        first=close,
        then=say("/pubflow recreate"),
        ends=AGAIN,
        said=("#2 ",),
    ),
    "answered": Tale(row="answered", first=close, then=push({"uv.lock": "version = 1\n"}), ends=SHUT),
    "reopened": Tale(row="current", first=close, then=reopen, ends=DRAFT),
    "occupied": Tale(
        row="occupied", before=push({"x": "y"}, BRANCH), then=comment_in_the_file, ends=(), branch="theirs"
    ),
    "new": Tale(row="new", package=False, then=push({"pyproject.toml": PACKAGE.format(name="new")}), ends=DRAFT),
    "done": Tale(row="done", then=merge, ends=("merged",), branch=None),
    "nothing": Tale(row="nothing", package=False, then=push({"pyproject.toml": "[tool.x]\n"}), ends=(), branch=None),
    "privatized": Tale(row="over", then=privatize, ends=SHUT, said=("never publishes private code",), branch=None),
    # ------------------------------------------------------------ commands that change something
    "update": Tale(
        row="new",
        command="update",
        package=False,
        first=unheard(push({"pyproject.toml": PACKAGE.format(name="update")})),
        then=ask_in_an_issue,
        ends=("open draft",),
        said=("#2 ",),
    ),
    "ignore": Tale(
        row="over",
        command="ignore",
        then=say("/pubflow ignore missing-workflow"),
        ends=SHUT,
        said=("Ignored from now on",),
        wishes=(("ignore-rule", "missing-workflow"),),
        branch=None,
    ),
    "unignore": Tale(
        row="new",
        command="unignore",
        first=say("/pubflow ignore missing-workflow"),
        then=say("/pubflow unignore missing-workflow"),
        ends=AGAIN,
        said=("Ignored from now on", "No longer ignored"),
    ),
    "pin": Tale(
        command="pin", then=say("/pubflow pin sha"), ends=DRAFT, said=("by their commit",), wishes=(("pin", "sha"),)
    ),
    "close": Tale(command="close", then=say("/pubflow close"), ends=SHUT, said=("Closed #1",)),
    "close-and-recreate": Tale(then=say("/pubflow close\n/pubflow recreate"), ends=AGAIN, said=("Closed #1",)),
    "recreate-and-confirm": Tale(
        then=say("/pubflow recreate\n/pubflow confirm"), ends=("open",), said=("Noted: the publisher is registered",)
    ),
    # ------------------------------------------------------------ commands that only answer
    "status": Tale(command="status", then=say("/pubflow status"), ends=DRAFT, said=("no workflow publishes it",)),
    "environment": Tale(
        command="environment", then=say("/pubflow environment"), ends=DRAFT, said=("Required reviewers",)
    ),
    "config": Tale(command="config", then=say("/pubflow config"), ends=DRAFT, said=("Every setting has its default",)),
    "explain": Tale(
        command="explain",
        then=say("/pubflow explain missing-workflow"),
        ends=DRAFT,
        said=("and no workflow publishes",),
    ),
    "help": Tale(command="help", then=say("/pubflow help"), ends=DRAFT, said=("`/pubflow status`",)),
}
