"""The table of failures that we know: how each shows in a log, where it comes from, what helps, how to release again.

The more exact entry stands first. Patterns quote what the tools themselves write:
https://docs.pypi.org/trusted-publishers/troubleshooting/, pypa/gh-action-pypi-publish (`oidc-exchange.py`,
`attestations.py`, `twine-upload.sh`), twine, uv, warehouse (`forklift/legacy.py`) and the runner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Fix(StrEnum):
    """Where the remedy lies, which decides how to release again."""

    OUTSIDE = "outside"
    """In settings of the index or of GitHub: the same run can be run again."""
    WORKFLOW = "workflow"
    """In the workflow: a run that is run again uses the workflow as it is at its tag, so the fix does not reach it."""
    VERSION = "version"
    """Nothing helps this version: a new one is needed."""
    WAIT = "wait"
    """It passes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """One known failure. `cause` and `remedy` are sentences without a full stop; `about` in a pattern is shown."""

    id: str
    pattern: re.Pattern[str]
    cause: str
    remedy: str
    fix: Fix
    publisher: bool = False
    """The values to register help."""


def _ailment(
    id: str,  # noqa: A002 - the field's word
    pattern: str,
    cause: str,
    remedy: str,
    fix: Fix,
    *,
    publisher: bool = False,
) -> Ailment:
    return Ailment(id=id, pattern=re.compile(pattern), cause=cause, remedy=remedy, fix=fix, publisher=publisher)


AILMENTS: tuple[Ailment, ...] = (
    _ailment(
        "called-workflow",
        r"`invalid-publisher`: .*job_workflow_ref claim does not match",
        "The upload runs in a workflow that another one calls, and the index knows the publisher by another file",
        "Move the job that uploads into the workflow that starts the release, and register that file",
        Fix.WORKFLOW,
        publisher=True,
    ),
    _ailment(
        "pending-publisher",
        r"`invalid-pending-publisher`",
        "The publisher is registered as pending for a project that exists meanwhile",
        "Add a normal publisher on the project's own page",
        Fix.OUTSIDE,
        publisher=True,
    ),
    _ailment(
        "no-publisher",
        r"`invalid-publisher`|Publisher with matching claims was not found",
        "The index knows no publisher with these values: not registered, registered on the other index, or one value"
        " differs (file name, environment, upper and lower case, a renamed repository)",
        "Compare the publisher with the values below, or register it",
        Fix.OUTSIDE,
        publisher=True,
    ),
    _ailment(
        "foreign-issuer",
        r"`invalid-payload`|unknown trusted publishing issuer",
        "The index does not accept identity tokens of the server that ran this (GitHub Enterprise Server, or an"
        " enterprise with an issuer of its own)",
        "Publish from a repository on github.com, or keep an API token for this project",
        Fix.WORKFLOW,
    ),
    _ailment(
        "exchange-refused",
        r"`(?:not-enabled|invalid-token|invalid-reuse-token)`|repository at [\w.-]+ responded with unexpected 5\d\d",
        "The index did not take the identity token this time: it is switched off or not well there, or the token came"
        " too late or twice",
        "Try again in a few minutes; if it stays, look at the index's status page",
        Fix.WAIT,
    ),
    _ailment(
        "no-new-projects",
        r"Non-user identities cannot create new projects",
        "The project does not exist on the index, and the pending publisher names another one than was built",
        "Make the name of the pending publisher and the name in the package's metadata the same",
        Fix.OUTSIDE,
        publisher=True,
    ),
    _ailment(
        "no-id-token",
        r"ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)\b.*(?:unset|missing|not set)"
        r"|missing or insufficient OIDC token permissions|OpenID Connect token retrieval failed",
        "The job was not given an identity token: `id-token: write` is missing, or a fork's pull request started it",
        "Give the job that uploads `permissions: id-token: write`",
        Fix.WORKFLOW,
    ),
    _ailment(
        "attested-twice",
        r"already has a publish attestation",
        "The publish action runs twice in one job and finds the attestations of its first run",
        "Give each index a job of its own",
        Fix.WORKFLOW,
    ),
    _ailment(
        "attested-by-caller",
        r"Certificate's Build Config URI .* does not match",
        "The upload runs in a workflow that another one calls: the attestation names the caller, the publisher the"
        " called file",
        "Move the job that uploads into the workflow that starts the release, and register that file",
        Fix.WORKFLOW,
        publisher=True,
    ),
    _ailment(
        "old-publish-action",
        r"is not a valid metadata version|[Mm]etadata is missing required fields: Name, Version"
        r"|InvalidDistribution: .*(?:metadata version|missing required fields)",
        "The publish action is older than the metadata that the build backend writes",
        "Update pypa/gh-action-pypi-publish to v1.14.1 or later (with twine alone: twine 7 or later)",
        Fix.WORKFLOW,
    ),
    _ailment(
        "file-exists",
        r"File already exists(?: \('(?P<about>[\w.+!-]{1,120}\.(?:whl|tar\.gz|zip))')?",
        "The index has a file of this name already: the version was released before, or two runs did the same",
        "Release under a new version; a file on the index can never be replaced",
        Fix.VERSION,
    ),
    _ailment(
        "too-old-release",
        r"(?:older than 14 days|[Nn]ew files? .* release .* (?:14|fourteen) days)",
        "The index takes no new files for a release that is older than 14 days",
        "Release a new version with all its files",
        Fix.VERSION,
    ),
    _ailment(
        "tag-not-allowed",
        r"(?:Tag|Branch) [\"'](?P<about>[\w./+-]{1,120})[\"'] is not allowed to deploy to",
        "The environment does not let this tag or branch deploy: a rule for branches does not match tags",
        "In the environment's settings add a rule of type tag, such as `v*`",
        Fix.OUTSIDE,
    ),
    _ailment(
        "pinned-tag-object",
        r"ghcr\.io/pypa/gh-action-pypi-publish.*(?:manifest unknown|not found)|manifest unknown",
        "The publish action is pinned to a tag object and not to the commit behind it, so its image is not found",
        "Pin the commit that the tag points to",
        Fix.WORKFLOW,
    ),
    _ailment(
        "no-linux",
        r"This action is only able to run under GNU/Linux environments|Container action is only supported on Linux",
        "The publish action runs in a container, and the job's runner is macOS or Windows",
        "Upload from a job that runs on `ubuntu-latest`",
        Fix.WORKFLOW,
    ),
    _ailment(
        "no-amd64",
        r"exec format error",
        "The publish action's image is for x86-64, and the job's runner is not",
        "Upload from a job that runs on `ubuntu-latest`",
        Fix.WORKFLOW,
    ),
    _ailment(
        "no-docker",
        r"docker: (?:command )?not found|Docker is not installed|Cannot connect to the Docker daemon",
        "The publish action needs Docker, and the job's runner or its container has none",
        "Upload from a job without `container:` that runs on `ubuntu-latest`",
        Fix.WORKFLOW,
    ),
    _ailment(
        "artifact-twice",
        r"an artifact with this name already exists on the workflow run|\(409\) Conflict: an artifact",
        "Two jobs, or two legs of a matrix, store an artifact under one name",
        "Give each its own name and download them with `pattern` and `merge-multiple: true`",
        Fix.WORKFLOW,
    ),
    _ailment(
        "dead-artifacts",
        r"uses a deprecated version of `(?P<about>actions/(?:upload|download)-artifact: v[123])`",
        "GitHub has switched this version of the artifact actions off",
        "Update actions/upload-artifact and actions/download-artifact together",
        Fix.WORKFLOW,
    ),
    _ailment(
        "artifact-missing",
        r"Unable to download artifact\(s\): Artifact not found|Artifact not found for name",
        "The job looks for an artifact that no job of this run has stored under that name",
        "Make the names in upload and download the same, and both actions of the same generation",
        Fix.WORKFLOW,
    ),
    _ailment(
        "no-such-action",
        r"Unable to resolve action `?(?P<about>[\w.-]+/[\w./-]+@[\w./+-]{1,100})`?, unable to find version",
        "The workflow uses a version of an action that does not exist",
        "Use a version that the action's repository has as a tag, best pinned to its commit",
        Fix.WORKFLOW,
    ),
    _ailment(
        "action-not-pinned",
        r"(?:is|are) not allowed in \S{1,200} because all actions must be pinned to a full-length commit SHA",
        "The settings of this repository want every action at the id of a commit, and one that is used is not",
        "Say `bump.pins: sha` in .github/pubflow.yml and pubflow writes commits; an action that uses others without is"
        " to be raised",
        Fix.WORKFLOW,
    ),
    _ailment(
        "action-not-allowed",
        r"(?:is|are) not allowed (?:to be used )?in \S{1,200}(?: because all actions must|\. Actions in this workflow)",
        "The settings of this repository allow some actions alone, and one that is used is not among them",
        "Let an owner allow it under Settings, Actions, General, and name what is allowed as `bump.allowed`",
        Fix.OUTSIDE,
    ),
    _ailment(
        "nothing-built",
        r"there are no Python distribution packages to publish in the directory"
        r"|Cannot find file \(or expand pattern\): 'dist",
        "The job that uploads found no packages where it looked",
        "Make the folder of the build, of the artifact and of `packages-dir` the same",
        Fix.WORKFLOW,
    ),
    _ailment(
        "no-credentials",
        r"Missing credentials for https://(?:upload|test)\.pypi\.org|Trusted publishing is not supported",
        "The tool found neither a stored credential nor an identity token; it may have hidden why",
        "With uv say `--trusted-publishing always`, and give the job `id-token: write`",
        Fix.WORKFLOW,
        publisher=True,
    ),
    _ailment(
        "empty-password",
        r"[Pp]assword (?:is|was|is set but) empty|TWINE_PASSWORD.*\bempty\b",
        "The stored secret is empty or gone, and twine stops at an empty password",
        "Take `TWINE_PASSWORD` and `TWINE_USERNAME` out of the workflow, so that twine uses Trusted Publishing",
        Fix.WORKFLOW,
        publisher=True,
    ),
    _ailment(
        "bad-token",
        r"403.*Invalid (?:or non-existent|API Token).*(?:authentication|Token)|Invalid API Token"
        r"|Username/Password authentication is no longer supported",
        "The stored credential is not accepted: revoked, expired, or a password, which PyPI no longer takes",
        "Publish without it: move this workflow to Trusted Publishing",
        Fix.WORKFLOW,
        publisher=True,
    ),
    _ailment(
        "not-this-project",
        r"403.*isn't allowed to upload to project|The user '[^']*' isn't allowed to upload",
        "The credential is good, but not for this project: a token of another project, or a publisher of another one",
        "Register the publisher on the page of the project that is built",
        Fix.OUTSIDE,
        publisher=True,
    ),
    _ailment(
        "tag-is-not-version",
        r"The tag \S+ stands for version",
        "The tag is not the version that was built",
        "Tag the commit whose version it is, or raise the version first",
        Fix.VERSION,
    ),
    _ailment(
        "timed-out",
        r"has exceeded the maximum execution time of (?P<about>\d{1,6}(?:m| minutes))",
        "A job was stopped because it ran longer than it may; what it had uploaded by then stays uploaded",
        "Look in its log at which step it hung, or raise `timeout-minutes` if it was only slow",
        Fix.OUTSIDE,
    ),
)

_NEVER = r"(?!)"
UNSTARTED: tuple[Ailment, ...] = (
    _ailment(
        "unreadable-workflow",
        _NEVER,
        "The workflow's file cannot be understood, so none of its jobs began",
        "Mend the file at that line",
        Fix.WORKFLOW,
    ),
    _ailment(
        "identity-not-granted",
        _NEVER,
        "The job calls a workflow that asks for `id-token: write`, and may not ask for that itself, so no job began",
        "Give `id-token: write` to the job that calls; better, upload from a job of the workflow that is released",
        Fix.WORKFLOW,
    ),
)
"""Of runs that never began: nothing was written, and `bot.unstarted` looks at the workflow instead."""
