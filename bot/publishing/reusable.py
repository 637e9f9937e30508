"""Jobs that call somebody else's workflow: what it does is not in this repository, only what it is given."""

from __future__ import annotations

import re

from bot.model import Credential, Index, Method
from bot.publishing.credentials import of_login
from bot.publishing.names import is_publishing_name, is_pypi_secret
from bot.publishing.upload import Scene, Upload
from bot.publishing.values import secrets_in
from bot.workflow import Job, UsesKind

# Few workflows call another one: these are compiled, and kept by `re`, when the first call is seen.
_PYTHON = r"(?i:py(?:pi|thon|_)|wheel|sdist|twine|poetry|hatch|uv[-_]|publish_pure)"
_SWITCH = (
    r"(?i:(?:upload|publish|release|deploy)?[-_]?(?:to[-_])?pypi(?:[-_](?:upload|publish|release))?|publish|upload)"
)
"""Inputs by which a called workflow is told to upload, or not to."""


def is_switched_off(job: Job) -> bool:
    """Claims that a caller tells the workflow not to upload."""
    return any(re.fullmatch(_SWITCH, key) and text.strip().lower() == "false" for key, text in job.inputs.items())


def read_reusable(job: Job, scene: Scene, *, packages: bool) -> Upload | None:
    """The upload that a called workflow of another repository makes, as far as its caller shows one.

    `packages`: this repository has a Python package; without one a mere name says nothing.
    """
    uses = job.uses
    if uses is None or uses.kind is not UsesKind.REMOTE:
        return None
    if is_switched_off(job):
        return None
    given = next((text for key, text in job.secrets.items() if _is_credential(key, text, scene)), None)
    if given is None and not _is_called_publishing(job, scene, packages=packages):
        return None
    credential, secrets = of_login("__token__", given, scene)
    if given is None:
        credential = Credential.OIDC if scene.mints and not job.inherits_secrets else Credential.UNKNOWN
    return Upload(
        method=Method.REUSABLE,
        via=uses.text,
        index=Index.TESTPYPI if "testpypi" in uses.path.lower() else Index.PYPI,
        credential=credential,
        secrets=secrets,
        indirect=True,
    )


def _is_credential(key: str, text: str, scene: Scene) -> bool:
    return is_pypi_secret(key) or any(map(is_pypi_secret, secrets_in(text, scene)))


def _is_called_publishing(job: Job, scene: Scene, *, packages: bool) -> bool:
    """Without a telling secret: its name says that it publishes, and it is given the means, or told to."""
    path = job.uses.path if job.uses is not None else ""
    if not packages or not is_publishing_name(path.rsplit("/", 1)[-1]):
        return False
    if any(re.fullmatch(_SWITCH, key) and text.strip().lower() == "true" for key, text in job.inputs.items()):
        return True
    if not (scene.mints or job.inherits_secrets):
        return False
    return bool(re.search(_PYTHON, path)) or scene.mints or is_publishing_name(job.id)
