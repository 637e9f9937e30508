"""Actions that upload: pypa's own and its forks, maturin's, python-semantic-release, and those of third parties."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from bot.model import Credential, Index, Method
from bot.publishing import index
from bot.publishing.credentials import is_token_user, of_login, or_oidc
from bot.publishing.names import holds_any, is_pypi_secret
from bot.publishing.tools import maturin
from bot.publishing.upload import Call, Scene, Upload
from bot.publishing.values import possible, secrets_in
from bot.workflow import Uses, UsesKind

Inputs = Mapping[str, str]
"""`with:`, keys in lower case with dashes: GitHub does not tell case apart, and actions renamed `_` to `-`."""
ActionReader = Callable[[Uses, Inputs, Scene], Upload | None]

_MAJOR = re.compile(r"v?(\d{1,9})")
_UPLOADS = (
    *("pypi", "pip-publish", "python-publish", "publish-python", "twine"),
    *("poetry-publish", "flit-publish", "pip-upload"),
)
_DOES = ("publish", "upload", "deploy", "release", "to-pypi")
_LOOKS = (
    *("wait", "check", "verify", "version", "latest", "status", "badge", "stats"),
    *("download", "install", "setup", "prepare"),
)
"""Of an action that asks an index or prepares files, and uploads none."""
_TELLS = ("slack", "discord", "telegram", "notif", "teams", "tweet", "mail", "webhook", "comment", "coverage", "cache")
"""Of an action that says something to somebody or keeps something, and uploads nothing to an index."""
_CREDENTIAL = re.compile(r"token|password|secret|api-key|pass\b|auth")
_ADDRESS = re.compile(r"(?:(?:repository|index|registry|repo|pypi|publish|twine|upload)-?)*(?:url|index|registry)\Z")
_HARMLESS = frozenset({"actions", "docker", "github", "codecov", "aws-actions", "azure", "google-github-actions"})
"""Owners of actions that upload no distribution, whatever they are given."""
_NEVER = frozenset(
    {
        *("upload-to-gh-release", "publish-action", "action-gh-release", "release-action", "release-drafter"),
        *("action-automatic-releases", "upload-release-action", "setup-uv", "cibuildwheel", "install-poetry"),
    }
)


def normal(inputs: Mapping[str, str]) -> Inputs:
    """The inputs as readers look them up."""
    return {key.lower().replace("_", "-"): value for key, value in inputs.items()}


def read_action_step(uses: Uses, inputs: Mapping[str, str], scene: Scene) -> Upload | None:
    """The upload that a step's action makes, if it is one that uploads."""
    if uses.kind is UsesKind.DOCKER:
        return _pypa(uses, normal(inputs), scene) if "gh-action-pypi-publish" in uses.path else None
    if uses.kind is not UsesKind.REMOTE:
        return None
    return _reader_of(uses)(uses, normal(inputs), scene)


def _reader_of(uses: Uses) -> ActionReader:
    for ending, reader in _READERS:
        if uses.name.endswith(ending):
            return reader
    return _third_party


def needs_secret(uses: Uses) -> bool:
    """Claims that nothing tells of an upload by an action but a secret that it is given: not its name either."""
    if uses.kind is not UsesKind.REMOTE or uses.name.endswith("/python-semantic-release"):
        return False
    return _reader_of(uses) is _third_party and not _publishes_by_name(uses)


def is_harmless(uses: Uses) -> bool:
    """Claims that an action uploads no distribution whatever it is given."""
    return uses.owner.lower() in _HARMLESS or uses.repo.lower() in _NEVER


def only_tells(uses: Uses) -> bool:
    """Claims by its name that an action uploads nothing, though the job that it is in may be given a credential."""
    return holds_any(uses.name, _TELLS) or holds_any(uses.repo.lower(), _LOOKS)


def _pypa(uses: Uses, inputs: Inputs, scene: Scene) -> Upload:
    """Trusted Publishing exactly when the user is `__token__` (the default) and the password is empty."""
    user, password = inputs.get("user"), inputs.get("password")
    credential, secrets = of_login(user, password, scene)
    if credential is Credential.NONE and is_token_user(user, scene):
        credential = Credential.OIDC
    return Upload(
        method=Method.GH_ACTION,
        via=_via(uses),
        index=index.of_url(inputs.get("repository-url"), scene),
        credential=credential,
        secrets=secrets,
    )


def _maturin(_uses: Uses, inputs: Inputs, scene: Scene) -> Upload | None:
    commands = possible(inputs.get("command", "build"), scene)
    command = next((name for name in commands if name.strip() in ("upload", "publish")), None)
    if command is None:
        return None
    return maturin(Call(tool="maturin", arguments=(command.strip(), *inputs.get("args", "").split())), scene)


def _python_semantic_release(uses: Uses, inputs: Inputs, scene: Scene) -> Upload | None:
    """Uploads up to version 7; a commit says nothing of its version, so there the inputs decide."""
    if never_uploads(uses):
        return None
    token = inputs.get("pypi-token") or scene.variable("PYPI_TOKEN")
    password = inputs.get("repository-password") or scene.variable("REPOSITORY_PASSWORD")
    if not token and not password:
        return None
    user = inputs.get("repository-username") or scene.variable("REPOSITORY_USERNAME")
    answer = of_login(user, password, scene) if password else of_login("__token__", token, scene)
    return Upload(
        method=Method.SEMANTIC_RELEASE,
        via=_via(uses),
        index=index.of_url(inputs.get("repository-url"), scene),
        credential=answer[0],
        secrets=answer[1],
    )


def never_uploads(uses: Uses) -> bool:
    """Claims that this is python-semantic-release of version 8 or newer; a branch or a commit does not tell."""
    major = _MAJOR.match(uses.ref) if len(uses.ref) != 40 else None
    return major is not None and int(major[1]) >= 8


def _node_semantic_release(uses: Uses, _inputs: Inputs, scene: Scene) -> Upload | None:
    """semantic-release of npm with a plug-in for PyPI: what it does stands in its configuration."""
    texts = scene.variables.values()
    token = next((text for text in texts if any(map(is_pypi_secret, secrets_in(text, scene)))), None)
    if token is None:
        return None
    credential, secrets = of_login("__token__", token, scene)
    url = scene.variable("PYPI_REPO_URL")
    return Upload(
        method=Method.SEMANTIC_RELEASE,
        via=_via(uses),
        index=index.of_url(url, scene),
        credential=credential,
        secrets=secrets,
        indirect=True,
    )


def _deploy_pypi(uses: Uses, inputs: Inputs, scene: Scene) -> Upload | None:
    """casperdcl/deploy-pypi mints for itself when it has no password; `upload: false` only builds."""
    uploads = possible(inputs.get("upload", "true"), scene)
    if all(text.strip().lower() == "false" for text in uploads):
        return None
    return replace(_pypa(uses, {**inputs, "repository-url": inputs.get("url", "")}, scene), method=Method.THIRD_PARTY)


def _third_party(uses: Uses, inputs: Inputs, scene: Scene) -> Upload | None:
    """By its name, or because it is handed a secret that is good for nothing but uploading to PyPI.

    What the whole job is given tells nothing of a step: the upload may be any other.
    """
    by_name = _publishes_by_name(uses)
    seen = scene.variables if by_name else scene.own
    given = {**{key: text for key, text in seen.items() if "secrets" in text}, **inputs}
    handed = next((text for key, text in given.items() if _is_pypi_credential(key, text, scene)), None)
    if handed is None and not by_name:
        return None
    if by_name and inputs.get("dry-run", "").lower() == "true":
        return None
    own = {**{key.lower(): text for key, text in scene.variables.items() if key.startswith("TWINE_")}, **inputs}
    password = handed or next((text for key, text in own.items() if text and _CREDENTIAL.search(key)), None)
    if password is None and not scene.mints:
        return None
    user = inputs.get("user") or inputs.get("username") or inputs.get("pypi-username")
    credential, secrets = or_oidc(of_login(user, password, scene), scene)
    url = next((text for key, text in inputs.items() if _ADDRESS.match(key) and "github" not in text), None)
    url = url or scene.variable("TWINE_REPOSITORY_URL")
    return Upload(
        method=Method.THIRD_PARTY,
        via=_via(uses),
        index=_target(url, inputs, scene),
        credential=credential,
        secrets=secrets,
    )


def _publishes_by_name(uses: Uses) -> bool:
    name = f"{uses.name}/{uses.path}".lower()
    return holds_any(name, _UPLOADS) and holds_any(name, _DOES) and not holds_any(name, _LOOKS)


def _is_pypi_credential(key: str, text: str, scene: Scene) -> bool:
    """By the name of the secret, or by the name under which a secret is handed over."""
    names = secrets_in(text, scene)
    return any(map(is_pypi_secret, names)) or (bool(names) and is_pypi_secret(key))


def _target(url: str | None, inputs: Inputs, scene: Scene) -> Index:
    if url:
        return index.of_url(url, scene)
    name = inputs.get("repository-name") or inputs.get("repository") or scene.variable("TWINE_REPOSITORY")
    return index.of_name(name, scene, {})


def _via(uses: Uses) -> str:
    return uses.text.split("@")[0]


_READERS: tuple[tuple[str, ActionReader], ...] = (
    ("gh-action-pypi-publish", _pypa),
    ("/maturin-action", _maturin),
    ("python-semantic-release/python-semantic-release", _python_semantic_release),
    ("relekang/python-semantic-release", _python_semantic_release),
    ("/semantic-release-action", _node_semantic_release),
    ("casperdcl/deploy-pypi", _deploy_pypi),
)
"""How an action's name ends -> who reads it; all others are read as third parties'."""
