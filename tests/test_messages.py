"""What we write to people: exact values, working addresses, and no hostile text that could say something else."""

from __future__ import annotations

import re
from itertools import product
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from bot import messages
from bot.messages import (
    Addition,
    Frame,
    Marker,
    Mend,
    Message,
    Move,
    Package,
    Places,
    Publisher,
    code,
    describes,
    marker,
    prose,
    read_marker,
    title,
)
from bot.model import TRUSTED_PUBLISHING_BRANCH, Index, IndexFacts, Plan, Refusal, Who
from bot.moving import Identity, Migration

SUBJECT, DIGEST = "0123456789abcdef", "fedcba9876543210"
MARKER = marker(SUBJECT, DIGEST)


def package(*, exists: bool | None = False, owner: str = "Octo-Org", project: str = "Spoon.Knife") -> Package:
    return Package(
        publisher=Publisher(
            project=project,
            owner=owner,
            repository="Spoon" if owner else "",
            workflow="publish-to-pypi.yml",
            environment="pypi",
        ),
        file=".github/workflows/publish-to-pypi.yml",
        tags="v*",
        example="v1.2.3",
        known=IndexFacts(name="spoon-knife", exists=exists),
    )


def addition(*, exists: bool | None = False, owner: str = "Octo-Org", project: str = "Spoon.Knife") -> Addition:
    return Addition(packages=(package(exists=exists, owner=owner, project=project),), places=Places())


def body(given: Addition, *, draft: bool = True, private: bool = False) -> str:
    return messages.body([given], Frame(draft=draft, private=private, marker=MARKER))


@pytest.mark.parametrize(
    ("exists", "draft", "private"), list(product((True, False, None), (True, False), (True, False)))
)
def test_every_body_has_the_exact_values_and_no_hole(exists: bool | None, draft: bool, private: bool) -> None:
    text = body(addition(exists=exists), draft=draft, private=private)
    rows = dict(re.findall(r"^   \| (.+?) \| `(.+?)` \|$", text, re.MULTILINE))
    assert rows == {
        "PyPI project name": "Spoon.Knife",
        "Owner": "Octo-Org",
        "Repository name": "Spoon",
        "Workflow name": "publish-to-pypi.yml",
        "Environment name": "pypi",
    }
    assert text.endswith(MARKER)
    assert not re.search(r"None|True|False|\{\{|\{%|\n\n\n\n", text)
    assert ("draft" in text) is draft
    assert ("attestations are" in text) is private


def test_who_owns_it_is_said_and_what_exists_on_testpypi() -> None:
    one = package(exists=True)
    known = IndexFacts(name="spoon-knife", exists=True, owners=("ana",), organization=None)
    trial = replace(one.publisher, environment="testpypi")
    there = IndexFacts(name="spoon-knife", exists=True, organization="Cutlers")
    for trial_known, link, said in (
        (there, f"[TestPyPI: form, filled in]({trial.form_url('https://test.pypi.org')})", True),
        (replace(there, exists=False), "[TestPyPI: pending](https://test.pypi.org/manage/account/publishing/)", False),
        (None, "[TestPyPI: form, filled in]", False),
    ):
        given = replace(one, known=known, trial=trial, trial_known=trial_known)
        text = body(Addition(packages=(given,), places=Places()))
        assert link in text
        assert "`Spoon.Knife` belongs on PyPI to `ana`: ask there." in text
        assert ("`Spoon.Knife` belongs on TestPyPI to the organisation `Cutlers`: ask there." in text) is said


EXISTS = {
    True: ({"already filled in"}, {"pending"}),
    False: ({"is not on PyPI yet", "pending", "three at a time"}, {"filled in"}),
    None: ({"If `Spoon.Knife` is on PyPI already", "pending", "three at a time"}, set[str]()),
}


@pytest.mark.parametrize("exists", EXISTS)
def test_a_project_that_exists_and_one_that_does_not_are_registered_elsewhere(exists: bool | None) -> None:
    said, unsaid = EXISTS[exists]
    text = body(addition(exists=exists))
    assert all(words in text for words in said)
    assert not any(words in text for words in unsaid)


def test_the_form_on_the_index_is_filled_in() -> None:
    parts = urlsplit(package().publisher.form_url("https://pypi.org"))
    assert parts.path == "/manage/project/spoon-knife/settings/publishing/"
    assert parse_qs(parts.query) == {
        "provider": ["github"],
        "owner": ["Octo-Org"],
        "repository": ["Spoon"],
        "workflow_filename": ["publish-to-pypi.yml"],
        "environment": ["pypi"],
    }


def test_the_steps_say_who_does_what_where() -> None:
    register, protect = addition(exists=True).steps()
    assert (register.who, protect.who) == (Who.MAINTAINER, Who.ADMIN)
    assert register.what.endswith("owner Octo-Org, repository Spoon, workflow publish-to-pypi.yml, environment pypi")
    assert register.url == package().publisher.form_url("https://pypi.org")
    assert protect.url == "https://github.com/Octo-Org/Spoon/settings/environments"
    assert addition(exists=False).steps()[0].url == "https://pypi.org/manage/account/publishing/"
    assert "if the project is not there yet" in addition(exists=None).steps()[0].what


def test_a_checkout_that_does_not_say_where_it_came_from_gets_no_made_up_address() -> None:
    given = addition(exists=True, owner="")
    register, protect = given.steps()
    assert "owner and repository as GitHub spells them" in register.what
    assert register.url is not None
    assert not {"owner", "repository"} & set(parse_qs(urlsplit(register.url).query))
    assert protect.url is None
    assert "//" not in body(given).replace("://", "")


CODE = {
    "plain": "`plain`",
    "": "`  `",
    "`": "`` ` ``",
    "a`b``c": "```a`b``c```",
    "a|b": "`a\\|b`",
    "two\nlines\r\nof it": "`two lines of it`",
    "@octocat <!-- x -->": "`@octocat <!-- x -->`",
    "\x1b[31mred\u202e": "`[31mred`",
    " padded ": "`padded`",
    "x" * 500: "`" + "x" * 200 + "`",
}


@pytest.mark.parametrize("text", CODE)
def test_text_of_a_repository_is_shown_as_code_that_cannot_end_early(text: str) -> None:
    assert code(text) == CODE[text]


HOSTILE = [
    "`](https://evil.example) @octocat",
    MARKER.replace("0", "1"),
    "a\n\n# Heading\n",
    "<img src=x>",
    "| a | b |",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_says_nothing_of_its_own(name: str) -> None:
    text = body(addition(project=name))
    assert read_marker(text) == Marker(subject=SUBJECT, digest=DIGEST)
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"evil|octocat|# Heading|<img|\| a", outside)


MARKERS = {
    MARKER: Marker(subject=SUBJECT, digest=DIGEST),
    f"before\r\n{MARKER}\r\nafter": Marker(subject=SUBJECT, digest=DIGEST),
    f"{marker(DIGEST, DIGEST)} then {MARKER}": Marker(subject=SUBJECT, digest=DIGEST),
    "": None,
    "pubflow:plan": None,
    MARKER.upper(): None,
    MARKER[:-1]: None,
    MARKER.replace(SUBJECT, SUBJECT[1:]): None,
}


@pytest.mark.parametrize("text", MARKERS)
def test_our_pull_requests_are_known_by_their_last_marker(text: str) -> None:
    assert read_marker(text) == MARKERS[text]


@pytest.mark.parametrize(
    ("text", "answer"),
    [(MARKER, True), ("", False), (marker(SUBJECT, SUBJECT), False), (marker(DIGEST, DIGEST), False)],
)
def test_whether_a_pull_request_shows_the_plan(text: str, answer: bool) -> None:
    plan = Plan(
        branch=TRUSTED_PUBLISHING_BRANCH,
        base="main",
        title="Publish to PyPI with Trusted Publishing",
        body="",
        changes=(),
        digest=DIGEST,
        subject=SUBJECT,
    )
    assert describes(plan, text) is answer


def move(*, index: Index = Index.PYPI, projects: tuple[str, ...] = ("Spoon",), **more: object) -> Move:
    migration = Migration(
        file=".github/workflows/release.yml",
        identities=(Identity(workflow="release.yml", environment="release", index=index, projects=projects),),
        notes=("the job `publish` asks for an identity token, and its password is gone",),
        obsolete=("PYPI_API_TOKEN",),
        **more,  # type: ignore[arg-type]
    )
    return Move(migration=migration, owner="Octo-Org", repository="Spoon", places=Places())


def moved(*moves: Message, draft: bool = True, refusals: tuple[Refusal, ...] = ()) -> str:
    return messages.body(moves, Frame(draft=draft, private=False, marker=MARKER, refusals=refusals))


def test_a_move_says_the_order_the_values_and_what_to_delete_last() -> None:
    text = moved(move())
    order = [text.index(word) for word in ("**Register", "**Protect", "**Merge", "**Release", "**Only after")]
    assert order == sorted(order)
    assert "| `Spoon` | `Octo-Org` | `Spoon` | `release.yml` | `release` |" in text
    (form,) = re.findall(r"\[PyPI: form, filled in\]\((.+?)\)", text)
    assert parse_qs(urlsplit(form).query)["environment"] == ["release"]
    assert text.index("`PYPI_API_TOKEN`") > text.index("**Only after")
    assert "{{" not in text.replace("${{", "")


@pytest.mark.parametrize(
    ("given", "said", "unsaid"),
    [
        (move(index=Index.TESTPYPI), "https://test.pypi.org/manage/", "https://pypi.org/manage/"),
        (move(projects=()), "the one that is uploaded", "form, filled in"),
        (move(projects=("-x; y", "x" * 500)), "the one that is uploaded", "form, filled in"),
        (move(projects=("a", "b")), "| `b` | `Octo-Org`", "Somebody who owns the project does"),
        (move(in_use=("OTHER",)), "`OTHER` is still used elsewhere", "are still used"),
        (move(warnings=("look here",)), "### Please look at", "### Left as it is"),
        (move(), "[PyPI](https://pypi.org/manage/account/#api-tokens)", "### Please look at"),
    ],
)
def test_a_move_says_what_is_so_and_nothing_else(given: Move, said: str, unsaid: str) -> None:
    text = moved(given)
    assert said in text
    assert unsaid not in text


def test_what_was_left_is_said_with_its_place() -> None:
    refusal = Refusal(rule="token-upload", file="a.yml", line=7, reason="the job `x` is *odd* and mentions @octocat")
    text = moved(move(), refusals=(refusal,))
    assert "- `a.yml`, line 7: the job `x` is \\*odd\\* and mentions @\u200boctocat." in text


def test_a_mend_can_be_merged_as_it_stands_and_a_move_cannot() -> None:
    frame = Frame(draft=False, private=True, marker=MARKER)
    mend = Mend(file="a.yml", what="the permission moved to the job that needs it", why="less can go wrong")
    assert title([mend], frame) == "Mend the publish workflow"
    raised = Mend(file="b.yml", what="`a/b` from `v1` to `v2`", why="it is old", raises=True)
    assert title([raised], frame) == "Raise an action"
    assert title([raised, mend, mend, replace(raised, file="c.yml")], frame) == (
        "Mend the publish workflow and raise 2 actions"
    )
    assert title([mend, replace(mend, file="b.yml")], frame) == "Mend 2 workflows"
    assert "can be merged as it stands" in messages.body([mend], frame)
    assert title([move()], frame) == "Register first: Publish to PyPI without a stored token"


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("plain words, nothing else", "plain words, nothing else"),
        ("`code` stays code", "`code` stays code"),
        ("`a|b` in a table", "`a\\|b` in a table"),
        ("[a](http://x) <b> #1 *x*", "\\[a\\](http://\u200bx) \\<b\\> #\u200b1 \\*x\\*"),
        ("_y_ a|b ~z~", "\\_y\\_ a\\|b \\~z\\~"),
        ("@octocat and @org/team", "@\u200boctocat and @\u200borg/team"),
        ("one ` alone", "one ' alone"),
        ("a\nb\x1b[31m", r"a b \[31m"),
    ],
)
def test_prose_neither_formats_nor_links_nor_mentions(sentence: str, markdown: str) -> None:
    assert prose(sentence) == markdown
