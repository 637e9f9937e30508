"""With which credential an upload is made, from the user name and the password that a tool would see."""

from __future__ import annotations

import re

from bot.model import Credential
from bot.publishing.upload import Scene
from bot.publishing.values import possible, secrets_in

Answer = tuple[Credential, tuple[str, ...]]

_OUTPUT = re.compile(r"(?:steps|needs)\.([\w-]+)\.outputs\.")
_TOKEN_NAME = re.compile(r"tok|key|api", re.IGNORECASE)
_MINTED = re.compile(r"mint-token|oidc|ACTIONS_ID_TOKEN", re.IGNORECASE)


def of_login(user: str | None, password: str | None, scene: Scene) -> Answer:
    """What a password (or token) amounts to; with none at all the answer is NONE, whatever the user name says."""
    texts = [text for text in possible(password or "", scene) if text.strip()]
    if not texts:
        return Credential.NONE, secrets_in(user or "", scene)
    names = tuple(dict.fromkeys(name for text in (user or "", *texts) for name in _names(text, scene)))
    if any(_is_minted(text, scene) for text in texts):
        return Credential.OIDC, names
    return (Credential.TOKEN if _is_token_user(user, texts, scene) else Credential.PASSWORD), names


def or_oidc(answer: Answer, scene: Scene, *, able: bool = True) -> Answer:
    """Without a credential of its own, a tool that is able to asks for an identity token."""
    credential, names = answer
    return (Credential.OIDC, names) if credential is Credential.NONE and scene.mints and able else answer


def is_token_user(user: str | None, scene: Scene) -> bool:
    """Claims that a user name is `__token__` or absent."""
    return all(text.strip() in ("", "__token__") for text in possible(user or "", scene))


def _names(text: str, scene: Scene) -> tuple[str, ...]:
    return tuple(name for one in possible(text, scene) for name in secrets_in(one, scene))


def _is_minted(text: str, scene: Scene) -> bool:
    """A step's output is an API token made from an identity token, unless the step fetches it from a vault."""
    found = _OUTPUT.search(text)
    if found is None:
        return _MINTED.search(text) is not None
    return found[1] in scene.minted or (scene.mints and found[1] not in scene.foreign | scene.elsewhere)


def _is_token_user(user: str | None, texts: list[str], scene: Scene) -> bool:
    if is_token_user(user, scene):
        return True
    users = possible(user or "", scene)
    # A name kept in a secret: the password's own name is all that tells.
    return all("$" in name for name in users) and any(
        _TOKEN_NAME.search(text.replace("__token__", "")) for text in texts
    )
