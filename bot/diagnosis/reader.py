"""A log, fed in pieces of any size; bounded in every direction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.diagnosis.ailments import AILMENTS, Ailment

LONGEST_LINE = 4096
"""Bytes; what a line holds beyond them is not looked at."""
_STAMP = re.compile(r"\A\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CLAIM = re.compile(r"\*\s+`(repository|job_workflow_ref|environment)`:\s+`([\w./@+ -]{1,300})`\Z")
_SECRET = re.compile(r"pypi-Ag|gh[a-z]_|github_pat_|eyJ|\*\*\*")
"""How tokens of PyPI, GitHub and OIDC begin; GitHub's own mask is no name either."""
_WORKFLOW_REF = re.compile(r"([\w.-]+/[\w.-]+)/\.github/workflows/([\w.+ -]{1,200}\.ya?ml)@\S*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the log shows. `claims`: how GitHub described the job to the index, where the log prints it."""

    ailment: Ailment
    about: str | None = None
    """What the failure is about (a file, a tag, an action), if the table knows how to read it safely."""
    claims: Mapping[str, str] = field(default_factory=dict)
    """`repository` (`owner/name`), `workflow` (a file name), `environment`; each only if it was printed."""


@dataclass(slots=True)
class Reader:
    """Feed it the log's bytes; `diagnosis` is what is known so far. The first ailment of the table wins."""

    _rest: bytes = b""
    _overlong: bool = False
    _found: tuple[int, str | None] | None = None
    _claims: dict[str, str] = field(default_factory=dict)

    def feed(self, data: bytes) -> None:
        """The next piece of the log."""
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            if not self._overlong:
                self._read(line[:LONGEST_LINE])
            self._overlong = False
        if len(rest) > LONGEST_LINE and not self._overlong:
            self._read(rest[:LONGEST_LINE])
            self._overlong = True
        self._rest = b"" if self._overlong else rest

    def end(self) -> Diagnosis | None:
        """The log is over: what it shows, None for a failure that nobody knows."""
        if self._rest and not self._overlong:
            self._read(self._rest)
        if self._found is None:
            return None
        number, about = self._found
        return Diagnosis(ailment=AILMENTS[number], about=about, claims=_understood(self._claims))

    def _read(self, line: bytes) -> None:
        text = _STAMP.sub("", _COLOUR.sub("", line.decode("utf-8", "replace"))).rstrip("\r ")
        claim = _CLAIM.search(text)
        if claim is not None and not _SECRET.search(claim[2]):
            self._claims[claim[1]] = claim[2]
            return
        best = len(AILMENTS) if self._found is None else self._found[0]
        for number, ailment in enumerate(AILMENTS[:best]):
            found = ailment.pattern.search(text)
            if found is not None:
                about = found.groupdict().get("about")
                self._found = number, None if about is None or _SECRET.search(about) else about
                return


def _understood(claims: Mapping[str, str]) -> Mapping[str, str]:
    found = dict(claims)
    workflow = _WORKFLOW_REF.match(found.pop("job_workflow_ref", ""))
    if workflow is not None:
        found["workflow"] = workflow[2]
    if found.get("environment") == "MISSING":
        del found["environment"]
    if "/" not in found.get("repository", "/"):
        del found["repository"]
    return found
