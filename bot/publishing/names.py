"""Words that tell of an upload: names of secrets, of targets and of workflows.

Usage decides, names only raise a suspicion: see each function for what it may be used for.
"""

from __future__ import annotations

import re

_PYPI = re.compile(r"pypi|pypirc|twine|uv_publish|flit_|hatch_index|pdm_publish", re.IGNORECASE)
_SECRET = re.compile(
    r"tok|key|pass|secret|cred|auth|pwd|pypirc|\Apypi\Z|\Atest_?pypi\Z|publish|deploy|release", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"internal|private|devpi|artifactory|codeartifact|gemfury|nexus|jfrog|_user(?:name)?\Z", re.IGNORECASE
)
_TARGET = re.compile(
    r"(?:^|[-_:./\s])(?:publish|upload|pypi|twine|release|deploy)(?:[-_:./\s]|$)|pypi|publish", re.IGNORECASE
)
_OTHER_GOODS = re.compile(
    r"doc|pages|site|image|docker|container|helm|chart|npm|crate|cargo|conda|homebrew|gem|vscode|"
    r"coverage|codecov|draft|notes|changelog|announce|sarif|report|gh-release|github-release|benchmark|label|nuget|maven|"
    r"check|validate|verify|version|bump|lint|go-release|goreleaser|dry",
    re.IGNORECASE,
)
_UPLOAD_WORDS = re.compile(
    r"pypi|twine|\bpublish\b|maturin|semantic[-_]release|setup\.py[^\n]{0,200}?\bupload\b|pypirc|\bflit\b|\bfury\b|devpi|jfrog|\bjf\b|codeartifact|"
    r"\bpublish[-_]|[-_]publish\b",
    re.IGNORECASE,
)
_STRONG_WORDS = re.compile(
    r"gh-action-pypi-publish|twine\s+upload|(?:uv|poetry|hatch|pdm|flit|rye|maturin)\s+publish|maturin\s+upload|"
    r"upload\.pypi\.org|test\.pypi\.org/legacy|\.pypirc|provider:\s*pypi|pypi[-_]?(?:token|password|api)|"
    r"mint-token|publish[-_ ](?:to[-_ ])?(?:test[-_]?)?pypi|pypi[-_](?:publish|upload|deploy|release)|"
    r"(?:upload|deploy|release)[-_ ](?:to[-_ ])(?:test[-_]?)?pypi|setup\.py[^\n]{0,200}?\bupload\b|"
    r"['\"]twine['\"]\s*,\s*['\"]upload|push\.fury\.io|fury\s+push|devpi\s+upload|jf(?:rog)?\s+(?:rt\s+u|twine)|"
    r"codeartifact\s+login\s.*twine",
    re.IGNORECASE,
)
# Looking for a plain word is many times cheaper than looking for one of many patterns, and most texts have none.
_PLAIN_UPLOAD_WORDS = ("pypi", "twine", "maturin", "devpi", "codeartifact")
"""Each is a match of `_UPLOAD_WORDS` by itself."""
_IN_UPLOAD_WORDS = ("publish", "upload", "semantic", "flit", "fury", "jf")
"""Every other match holds one of these."""
_IN_STRONG_WORDS = ("pypi", "twine", "publish", "upload", "mint-token", "fury", "jf")
"""Every match of `_STRONG_WORDS` holds one of these."""
_COMMENT = re.compile(r"^[ \t]*#.*$|[ \t]#[ \t].*$", re.MULTILINE)


def is_pypi_secret(name: str) -> bool:
    """Claims that a secret of this name is good for nothing but an upload to PyPI or TestPyPI."""
    return bool(_PYPI.search(name) and _SECRET.search(name)) and not _ELSEWHERE.search(name)


def is_publishing_name(name: str) -> bool:
    """Claims that a target, a script or a workflow of this name may well upload distributions."""
    return bool(_TARGET.search(name)) and not _OTHER_GOODS.search(name)


def has_telling_name(text: str) -> bool:
    """Claims that some word of a script is such a name."""
    return _TARGET.search(text) is not None


def has_upload_words(text: str) -> bool:
    """Cheap and generous: a text without these words contains no upload that this room could read."""
    folded = text.casefold()
    if any(word in folded for word in _PLAIN_UPLOAD_WORDS):
        return True
    return any(word in folded for word in _IN_UPLOAD_WORDS) and _UPLOAD_WORDS.search(text) is not None


def is_suspicious(text: str) -> bool:
    """Claims that a text, comments left out, speaks of uploading to PyPI so plainly that "nothing" would be a lie."""
    folded = text.casefold()
    if not any(word in folded for word in _IN_STRONG_WORDS):
        return False
    return _STRONG_WORDS.search(text) is not None and _STRONG_WORDS.search(_COMMENT.sub("", text)) is not None
