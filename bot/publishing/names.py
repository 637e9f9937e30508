"""Words that tell of an upload: names of secrets, of targets and of workflows.

Usage decides, names only raise a suspicion: see each function for what it may be used for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_PYPI = re.compile(r"pypi|pypirc|twine|uv_publish|flit_|hatch_index|pdm_publish", re.IGNORECASE)
_SECRET = re.compile(
    r"tok|key|pass|secret|cred|auth|pwd|pypirc|\Apypi\Z|\Atest_?pypi\Z|publish|deploy|release", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"internal|private|devpi|artifactory|codeartifact|gemfury|nexus|jfrog|_user(?:name)?\Z", re.IGNORECASE
)
_COMPANY = re.compile(
    r"internal|devpi|artifactory|codeartifact|gemfury|nexus|jfrog|gitlab|azure|pkg\.dev", re.IGNORECASE
)
_TARGET = re.compile(
    r"(?:^|[-_:./\s])(?:publish|upload|pypi|twine|release|deploy)(?:[-_:./\s]|$)|pypi|publish", re.IGNORECASE
)
_IN_TARGETS = ("publish", "upload", "pypi", "twine", "release", "deploy")
"""Every match of `_TARGET` holds one of these."""
_OTHER_GOODS = re.compile(
    r"doc|pages|site|image|docker|container|helm|chart|npm|crate|cargo|conda|homebrew|gem|vscode|"
    r"coverage|codecov|draft|notes|changelog|announce|sarif|report|gh-release|github-release|benchmark|label|nuget|maven|"
    r"check|validate|verify|version|bump|lint|go-release|goreleaser|dry",
    re.IGNORECASE,
)
# Looking for a plain word is many times cheaper than for one of many patterns, and most texts have none of them: each
# pattern stands under a word that every match of it holds, and is looked for only where that word was seen. They are
# held against texts in lower case: a pattern that ignores case tries every one of its branches at every character.
_UPLOAD_WORDS = {
    "pypi": None,
    "twine": None,
    "maturin": None,
    "devpi": None,
    "codeartifact": None,
    "jfrog": None,
    "cloudsmith": None,
    "package_cloud": None,
    "publish": re.compile(r"publish(?:(?<=\bpublish)(?:\b|_)|(?<=[-_]publish)\b)"),
    "upload": re.compile(r"setup\.py[^\n]{0,200}?\bupload\b"),
    "semantic": re.compile(r"semantic[-_]release"),
    "flit": re.compile(r"flit\b(?<=\bflit)"),
    "fury": re.compile(r"fury\b(?<=\bfury)"),
    "jf": re.compile(r"jf\b(?<=\bjf)"),
}
_TO_PYPI = r"[-_ ]to[-_ ](?:test[-_]?)?pypi"
_STRONG_WORDS = {
    ".pypirc": None,
    "upload.pypi.org": None,
    "test.pypi.org/legacy": None,
    "mint-token": None,
    "push.fury.io": None,
    "pypi": re.compile(r"pypi(?:[-_]?(?:token|password|api)|[-_](?:publish|upload|deploy|release))"),
    "provider:": re.compile(r"provider:\s*pypi"),
    "twine": re.compile(r"twine(?:\s+upload|(?<=['\"]twine)['\"]\s*,\s*['\"]upload)"),
    "publish": re.compile(
        r"publish[-_ ](?:to[-_ ])?(?:test[-_]?)?pypi|(?:uv|poetry|hatch|pdm|flit|rye|maturin)\s+publish"
    ),
    "upload": re.compile(rf"upload{_TO_PYPI}|(?:maturin|devpi)\s+upload|setup\.py[^\n]{{0,200}}?\bupload\b"),
    "deploy": re.compile(f"deploy{_TO_PYPI}"),
    "release": re.compile(f"release{_TO_PYPI}"),
    "fury": re.compile(r"fury\s+push"),
    "jf": re.compile(r"jf(?:rog)?\s+(?:rt\s+u|twine)"),
    "codeartifact": re.compile(r"codeartifact\s+login\s[^\n]{0,300}?twine"),
}
_COMMENT = re.compile(r"^[ \t]*#.*$|[ \t]#[ \t].*$", re.MULTILINE)


class Vocabulary(Struct, frozen=True, kw_only=True):
    """The words of these tables that stand in a text: a part of it needs to be looked through for no others."""

    uploads: Mapping[str, re.Pattern[str] | None]
    targets: bool
    """It holds one of `_IN_TARGETS`."""
    secrets: bool
    """It speaks of secrets."""


def vocabulary(text: str) -> Vocabulary:
    """The telling words of a text that is made of several."""
    folded = text.casefold()
    uploads = {word: pattern for word, pattern in _UPLOAD_WORDS.items() if word in folded}
    return Vocabulary(
        uploads=uploads,
        targets=any(word in (uploads if word in _UPLOAD_WORDS else folded) for word in _IN_TARGETS),
        secrets="secrets" in folded,
    )


ANY = Vocabulary(uploads=_UPLOAD_WORDS, targets=True, secrets=True)
"""Of a text that stands alone."""


def holds_any(text: str, words: tuple[str, ...]) -> bool:
    """Claims that one of these words stands in a text."""
    for word in words:  # noqa: SIM110 - a generator costs more than what it looks through
        if word in text:
            return True
    return False


def is_pypi_secret(name: str) -> bool:
    """Claims that a secret of this name is good for nothing but an upload to PyPI or TestPyPI."""
    return bool(_PYPI.search(name) and _SECRET.search(name)) and not _ELSEWHERE.search(name)


def is_elsewhere(text: str) -> bool:
    """Claims that a computed address leads to a company's own index, by what it is computed from."""
    return _COMPANY.search(text) is not None


def is_publishing_name(name: str) -> bool:
    """Claims that a target, a script or a workflow of this name may well upload distributions."""
    return bool(_TARGET.search(name)) and not _OTHER_GOODS.search(name)


def has_telling_name(text: str, within: Vocabulary = ANY) -> bool:
    """Claims that some word of a script is such a name; `within` is what the text around it speaks of."""
    if not within.targets:
        return False
    folded = text.casefold()
    if "pypi" in folded or "publish" in folded:  # these tell wherever they stand
        return True
    return holds_any(folded, _IN_TARGETS) and _TARGET.search(text) is not None


def has_upload_words(text: str, within: Vocabulary = ANY) -> bool:
    """Cheap and generous: a text without these words contains no upload that this room could read."""
    return bool(within.uploads) and _speaks(text.casefold(), within.uploads)


def is_suspicious(text: str) -> bool:
    """Claims that a text, comments left out, speaks of uploading to PyPI so plainly that "nothing" would be a lie."""
    folded = text.casefold()
    return _speaks(folded, _STRONG_WORDS) and _speaks(_COMMENT.sub("", folded), _STRONG_WORDS)


def _speaks(folded: str, words: Mapping[str, re.Pattern[str] | None]) -> bool:
    for word, pattern in words.items():
        if word in folded and (pattern is None or pattern.search(folded) is not None):
            return True
    return False
