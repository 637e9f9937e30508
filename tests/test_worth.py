"""Those with the most to gain get their pull requests first."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from bot.model import Finding, FixKind, IndexFacts, Severity, Visibility
from bot.plan import Decision, decide
from bot.worth import MOST, rank
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

PACKAGE = {"pyproject.toml": PYPROJECT}
FILE = ".github/workflows/release.yml"
TOKEN = PUBLISHES + "        with:\n          password: ${{ secrets.TOKEN }}\n"
PASSWORD = PUBLISHES + "        with:\n          user: me\n          password: ${{ secrets.WORD }}\n"


NOW = 1_800_000_000.0
DAY = 86400.0


def decided(workflow: str | None, *, visibility: Visibility = Visibility.PUBLIC) -> Decision:
    files = PACKAGE | ({FILE: workflow} if workflow else {})
    return decide(snapshot(files, facts(visibility=visibility)), index=[IndexFacts(name="spoon-knife", exists=False)])


def finding(rule: str, severity: Severity) -> Finding:
    return Finding(rule=rule, severity=severity, message="", fix=FixKind.SAFE)


def test_the_order_of_those_who_wait() -> None:
    nothing = decided(PUBLISHES)
    order = [
        decided(PASSWORD),
        decided(TOKEN),
        decided(TOKEN, visibility=Visibility.PRIVATE),
        decided(None),
        replace(nothing, findings=(finding("broken-action", Severity.HIGH),)),
        replace(nothing, findings=(finding("excess-permission", Severity.MEDIUM),)),
        replace(nothing, findings=(finding("outdated-action", Severity.LOW),)),
    ]
    ranks = [rank(decision, NOW) for decision in order]
    assert all(before < after for before, after in pairwise(ranks)), ranks
    assert min(ranks) >= 0
    assert max(ranks) <= MOST


def test_a_token_that_is_not_moved_gains_nothing_by_a_pull_request() -> None:
    assert rank(replace(decided(TOKEN), plans=()), NOW) > rank(decided(None), NOW)


def test_of_two_alike_the_one_that_releases_goes_first() -> None:
    token = decided(TOKEN)
    days = (1, 200, 2000)
    ranks = [rank(replace(token, uploaded=NOW - each * DAY), NOW) for each in days]
    assert ranks == sorted(set(ranks))
    assert rank(token, NOW) == ranks[-1], "nobody knows: it lies still"
    assert ranks[-1] < rank(decided(None), NOW)
