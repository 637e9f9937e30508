"""Rules that need to know what GitHub keeps beside the files, or the index of releases; a checkout has neither."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.beside import Beside
from bot.config import Config
from bot.config.settings import Secrets
from bot.environments import Environment, Policy, Reviewer
from bot.model import Attested, Credential, Finding, IndexFacts, Visibility
from bot.plan import decide
from bot.rules import obsolete_secret, orphan_secret, publisher_identity, unprotected_environment
from bot.rules.rule import Context, Rule
from bot.secrets import Branch, Inventory, Secret, Store
from bot.survey import survey
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

WORKFLOW = ".github/workflows/release.yml"
TOKEN = PUBLISHES.replace("    permissions:\n      id-token: write\n", "") + (
    "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"
)
TRIAL = PUBLISHES + "        with:\n          repository-url: https://test.pypi.org/legacy/\n"
GOOD = Environment(
    name="PyPI",
    reviewers=(Reviewer(type="User", id=1),),
    policies=(Policy(pattern="v*", tag=True),),
    admins_bypass=False,
)
SECRET = Secret(name="PYPI_TOKEN", store=Store.REPOSITORY)
SHARED = Secret(name="PYPI_TOKEN", store=Store.ORGANISATION)


def context(
    workflow: str,
    beside: Beside,
    *,
    index: Sequence[IndexFacts] = (),
    keep: tuple[str, ...] = (),
    **standing: Visibility,
) -> Context:
    found = survey(snapshot({"pyproject.toml": PYPROJECT, WORKFLOW: workflow}, facts(**standing)))  # type: ignore[arg-type]
    return Context(
        survey=found,
        config=Config(secrets=Secrets(keep=keep)),
        beside=beside,
        index={each.name: each for each in index},
    )


def said(rule: Rule, at: Context) -> list[str]:
    found = rule.find(at)
    assert {finding.rule for finding in found} <= {rule.ID}
    assert all(rule.fix(at, finding).reason for finding in found)  # type: ignore[union-attr]
    return [finding.message for finding in found]


# ---------------------------------------------------------------- environments


@pytest.mark.parametrize(
    ("workflow", "there", "messages"),
    [
        (PUBLISHES, (), ["does not exist: GitHub would create it unprotected at the next release"]),
        (
            PUBLISHES,
            (Environment(name="pypi"),),
            ["has no required reviewers, so every run that reaches it uploads", "lets every branch and tag deploy"],
        ),
        (TOKEN, (), ["does not exist: GitHub would create it unprotected at the next release"]),
        (PUBLISHES, (GOOD,), []),
        (PUBLISHES, None, []),
        (TRIAL, (), []),
        (PUBLISHES.replace("    environment: pypi\n", ""), (), []),
        (PUBLISHES.replace("environment: pypi", "environment: ${{ inputs.to }}"), (), []),
    ],
)
def test_an_environment_that_publishes_is_protected(
    workflow: str, there: tuple[Environment, ...] | None, messages: list[str]
) -> None:
    at = context(workflow, Beside(environments=there))
    assert said(unprotected_environment, at) == [f"the environment `pypi` {message}" for message in messages]


def test_nothing_is_demanded_where_the_plan_may_have_none() -> None:
    assert (
        said(unprotected_environment, context(PUBLISHES, Beside(environments=()), visibility=Visibility.PRIVATE)) == []
    )


# ---------------------------------------------------------------- secrets


def kept(
    *secrets: Secret, replaced: tuple[str, ...] = (), proven: bool = True, branches: tuple[Branch, ...] = ()
) -> Beside:
    stored = Inventory(secrets=secrets, checked=frozenset(Store), elsewhere={"PYPI_TOKEN": False})
    return Beside(inventory=stored, replaced=replaced, proven=proven, branches=branches)


@pytest.mark.parametrize(
    ("rule", "workflow", "beside", "places", "quiet"),
    [
        (obsolete_secret, PUBLISHES, kept(SECRET, replaced=("PYPI_TOKEN",)), ["repository"], [False]),
        (obsolete_secret, PUBLISHES, kept(SHARED, replaced=("PYPI_TOKEN",)), ["organisation"], [True]),
        (obsolete_secret, PUBLISHES, kept(SECRET, replaced=("PYPI_TOKEN",), proven=False), [], []),
        (obsolete_secret, PUBLISHES, kept(SECRET), [], []),
        (obsolete_secret, TOKEN, kept(SECRET, replaced=("PYPI_TOKEN",)), [], []),
        (
            obsolete_secret,
            PUBLISHES,
            kept(
                SECRET, replaced=("PYPI_TOKEN",), branches=(Branch(name="1.x", names={"PYPI_TOKEN": ("publish.yml",)}),)
            ),
            [],
            [],
        ),
        (obsolete_secret, PUBLISHES, Beside(), [], []),
        (orphan_secret, PUBLISHES, kept(SECRET), ["repository"], [True]),
        (orphan_secret, PUBLISHES, kept(SECRET, replaced=("PYPI_TOKEN",)), [], []),
        (orphan_secret, TOKEN, kept(SECRET), [], []),
        (orphan_secret, PUBLISHES, kept(Secret(name="DEPLOY_KEY", store=Store.REPOSITORY)), [], []),
    ],
)
def test_a_secret_that_is_left(rule: Rule, workflow: str, beside: Beside, places: list[str], quiet: list[bool]) -> None:
    at = context(workflow, beside)
    assert [message.split(" secret `PYPI_TOKEN`")[0] for message in said(rule, at)] == [
        f"the {each}" for each in places
    ]
    assert [finding.quiet for finding in rule.find(at)] == quiet
    assert said(rule, context(workflow, beside, keep=("pypi_token",))) == []


# ---------------------------------------------------------------- the publisher


def way(
    workflow: str, environment: str | None, repository: str = "octo-org/spoon", *, later: float = 0.0
) -> IndexFacts:
    attested = Attested(repository=repository, workflow=workflow, environment=environment, at=1000.0)
    return IndexFacts(name="spoon-knife", exists=True, attested=attested, uploaded=1000.0 + later)


@pytest.mark.parametrize(
    ("workflow", "known", "about"),
    [
        (PUBLISHES, way("publish.yml", "pypi"), "`publish.yml` in the environment `pypi`"),
        (PUBLISHES, way("release.yml", "release"), "`release.yml` in the environment `release`"),
        (PUBLISHES, way("release.yml", "pypi"), None),
        (PUBLISHES, way("release.yml", "PyPI", "Octo-Org/Spoon"), None),
        (PUBLISHES, way("release.yml", None), None),
        (PUBLISHES.replace("environment: pypi", "environment: ${{ inputs.to }}"), way("release.yml", "pypi"), None),
        (PUBLISHES, way("publish.yml", "pypi", "somebody/else"), None),
        (PUBLISHES, way("publish.yml", "pypi", later=90_000.0), None),
        (PUBLISHES, IndexFacts(name="spoon-knife", exists=True, uploaded=1000.0), None),
        (TOKEN, way("publish.yml", "pypi"), None),
    ],
)
def test_a_way_that_the_index_will_not_recognise(workflow: str, known: IndexFacts, about: str | None) -> None:
    message = (
        f"the newest files of `spoon-knife` on PyPI came through {about}, and nothing here uploads that way any more;"
        " the next release fails unless `release.yml` is registered with the environment `pypi`"
    )
    assert said(publisher_identity, context(workflow, Beside(), index=[known])) == ([message] if about else [])


def test_a_file_that_is_still_there_may_start_the_upload_by_calling() -> None:
    calls = "on: release\njobs:\n  go:\n    uses: ./.github/workflows/release.yml\n"
    files = {"pyproject.toml": PYPROJECT, WORKFLOW: PUBLISHES, ".github/workflows/publish.yml": calls}
    found = survey(snapshot(files))
    assert {each.credential for each in found.publishers} == {Credential.OIDC}
    at = Context(survey=found, config=Config(), index={"spoon-knife": way("publish.yml", "pypi")})
    assert publisher_identity.find(at) == ()


# ---------------------------------------------------------------- as a whole


def test_they_are_ignored_and_listed_as_every_rule_is() -> None:
    def found(config: str = "") -> list[Finding]:
        files = {"pyproject.toml": PYPROJECT, WORKFLOW: PUBLISHES, ".github/pubflow.yml": config}
        beside = Beside(environments=(), inventory=kept(SECRET).inventory)
        return list(decide(snapshot(files), beside=beside).findings)

    rules = {"unprotected-environment", "orphan-secret"}
    assert rules <= {finding.rule for finding in found()}
    assert not rules & {each.rule for each in found("ignore:\n  rules: [unprotected-environment, orphan-secret]\n")}
