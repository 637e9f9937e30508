"""What an environment of an upload lacks, and the commands that give it that and keep the rest."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bot.environments import ID, Environment, Gap, Policy, Reviewer, commands, findings, gaps
from bot.messages.protection import protection
from bot.model import NodeId, RepoId, RepoRef, Visibility
from tests.snapshots import facts

REPO = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner="Octo-Org", name="Spoon")
ANA = Reviewer(type="User", id=7)
TAGS = Policy(pattern="v*", tag=True)
MAIN = Policy(pattern="main", tag=False)


def environment(
    *policies: Policy, reviewers: tuple[Reviewer, ...] = (ANA,), bypass: bool = False, protected: bool = False
) -> Environment:
    return Environment(
        name="pypi",
        reviewers=reviewers,
        policies=policies or None,
        admins_bypass=bypass,
        protected_branches=protected,
    )


CASES: dict[str, tuple[Environment | None, tuple[Gap, ...]]] = {
    "all that the guide asks for": (environment(TAGS), ()),
    "another pattern of tags": (environment(Policy(pattern="release-*", tag=True)), ()),
    "there is none": (None, (Gap.MISSING,)),
    "as GitHub creates it by itself": (
        environment(reviewers=(), bypass=True),
        (Gap.NO_REVIEWERS, Gap.ANYTHING_DEPLOYS),
    ),
    "reviewers alone": (environment(), (Gap.ANYTHING_DEPLOYS,)),
    "rules for branches alone": (environment(MAIN), (Gap.TAGS_REFUSED,)),
    "protected branches alone": (environment(protected=True), (Gap.TAGS_REFUSED,)),
    "rules for both": (environment(MAIN, TAGS), ()),
    "administrators may bypass": (environment(TAGS, bypass=True), (Gap.ADMINS_BYPASS,)),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_lacking(case: str) -> None:
    found, lacking = CASES[case]
    assert gaps(found, Visibility.PUBLIC, from_tags=True) == lacking


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.INTERNAL, Visibility.UNKNOWN])
def test_where_the_plan_may_have_none_nothing_is_demanded(visibility: Visibility) -> None:
    assert gaps(None, visibility, from_tags=True) == ()
    assert gaps(environment(reviewers=()), visibility, from_tags=True) == ()
    assert gaps(environment(MAIN), visibility, from_tags=True) == (Gap.TAGS_REFUSED,)


def test_a_workflow_that_runs_for_branches_needs_no_rule_for_tags() -> None:
    assert gaps(environment(MAIN), Visibility.PUBLIC, from_tags=False) == ()


def test_every_gap_is_a_finding() -> None:
    found = findings("py`pi", tuple(Gap), file="w.yml", line=3)
    assert {each.rule for each in found} == {ID}
    assert len(found) == len(Gap)
    assert all(each.message.startswith("the environment `pypi` ") for each in found)


def run(script: str, folder: Path) -> list[tuple[list[str], str]]:
    """What a shell hands to `gh`: arguments and input of each call."""
    gh = folder / "gh"
    gh.write_text(
        '#!/bin/sh\nif [ "$2" = user ]; then echo 99; exit; fi\nprintf "%s\\n" "$@" -- >> calls\n'
        'case "$*" in *--input*) cat >> calls;; esac\necho == >> calls\n'
    )
    gh.chmod(0o755)
    subprocess.run(["sh", "-eu", "-c", script], cwd=folder, env={"PATH": f"{folder}:/usr/bin:/bin"}, check=True)
    calls = (folder / "calls").read_text().split("==\n")[:-1]
    return [(call.split("--\n")[0].split(), call.split("--\n")[1]) for call in calls]


def test_an_environment_is_created_by_what_is_typed(tmp_path: Path) -> None:
    script = commands(REPO, "pypi", None)
    assert script is not None
    [(put, body), (post, _)] = run(script, tmp_path)
    assert put[:4] == ["api", "--method", "PUT", "repos/Octo-Org/Spoon/environments/pypi"]
    assert json.loads(body) == {
        "wait_timer": 0,
        "prevent_self_review": False,
        "reviewers": [{"type": "User", "id": 99}],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    assert post[3:] == [
        "repos/Octo-Org/Spoon/environments/pypi/deployment-branch-policies",
        "-f",
        "name=v*",
        "-f",
        "type=tag",
    ]


def test_existing_rules_are_kept(tmp_path: Path) -> None:
    before = Environment(
        name="pypi", reviewers=(ANA, Reviewer(type="Team", id=8)), prevent_self_review=True, wait_minutes=30
    )
    script = commands(REPO, "pypi", before)
    assert script is not None
    [(_, body), _] = run(script, tmp_path)
    said = json.loads(body)
    assert said["reviewers"] == [{"type": "User", "id": 7}, {"type": "Team", "id": 8}]
    assert (said["wait_timer"], said["prevent_self_review"]) == (30, True)


def test_only_what_is_lacking_is_typed() -> None:
    said = commands(REPO, "pypi", environment(MAIN))
    assert said is not None
    assert "PUT" not in said
    assert commands(REPO, "pypi", environment(TAGS)) is None


@pytest.mark.parametrize("name", ["a b", "$(rm -rf /)", "x;y", "`id`", "-f", "a/b", "${{ inputs.x }}", "", "é"])
def test_a_name_that_a_shell_could_misread_is_not_typed(name: str) -> None:
    assert commands(REPO, name, None) is None


def test_where_protected_branches_deploy_a_person_must_choose() -> None:
    assert commands(REPO, "pypi", environment(protected=True)) is None


# ---------------------------------------------------------------- what is said


def test_what_is_lacking_is_said_with_what_to_click_and_to_type() -> None:
    said = protection(["pypi", "$(x)"], (environment(reviewers=()),), facts(), "https://github.com/o/r/settings")
    assert "**`pypi`** has no required reviewers, so every run that reaches it uploads; it lets every branch" in said
    assert "gh api --method PUT repos/Octo-Org/Spoon/environments/pypi" in said
    assert "**`$(x)`** does not exist" in said
    assert said.count("```sh") == 1


def test_nothing_is_to_be_clicked_where_nothing_is_lacking() -> None:
    assert protection(["pypi"], (environment(TAGS),), facts(), "u") == "**`pypi`** has all that is asked for."


def test_what_may_not_be_looked_at_is_not_called_good() -> None:
    said = protection(["pypi"], None, facts(), "https://github.com/o/r/settings")
    assert "was not looked at" in said
    assert "https://github.com/o/r/settings" in said
    assert "```" not in said


def test_of_a_private_repository_nothing_is_demanded() -> None:
    said = protection(["pypi"], (), facts(visibility=Visibility.PRIVATE), "u")
    assert "has all that is asked for" in said
    assert "nothing here is demanded" in said


def test_where_nothing_publishes_from_an_environment() -> None:
    assert protection([], (), facts(), "u").startswith("No workflow here publishes from an environment")
