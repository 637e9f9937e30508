"""Programs that send distributions to indexes of companies, never to PyPI."""

from __future__ import annotations

import re

from bot.model import Credential, Index, Method
from bot.publishing.upload import Call, Reader, Scene, Upload

_COMMANDS = {
    "devpi": r"upload",
    "fury": r"push|--api-token",
    "cloudsmith": r"push",
    "package_cloud": r"push",
    "jf": r"twine|rt (?:u|upload) .*(?:\.whl|\.tar\.gz|dist)",
    "jfrog": r"twine|rt (?:u|upload) .*(?:\.whl|\.tar\.gz|dist)",
}
"""Program -> what its first words are where it sends something."""


def _elsewhere(call: Call, _scene: Scene) -> Upload | None:
    if re.match(rf"(?:{_COMMANDS[call.tool]})(?!\S)", " ".join(call.arguments)) is None:
        return None
    return Upload(method=Method.THIRD_PARTY, via=call.tool, index=Index.OTHER, credential=Credential.UNKNOWN)


ELSEWHERE: dict[str, Reader] = dict.fromkeys(_COMMANDS, _elsewhere)
