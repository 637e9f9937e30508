"""What was found, for people and programs; nothing in a repository can command a terminal or a CI runner."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import jsonschema_rs
import pytest
from msgspec.structs import replace

from bot.model import (
    Change,
    ChangeKind,
    Credential,
    EntryKind,
    Finding,
    FixKind,
    Index,
    Method,
    NodeId,
    Project,
    Publisher,
    Refusal,
    RepoFacts,
    RepoId,
    RepoRef,
    Severity,
    Sha,
    Snapshot,
    Status,
    Step,
    TreeEntry,
    Visibility,
    Who,
)
from bot.plain import line, plain
from bot.plan import Decision
from bot.report import Line, Report, as_brief, as_diff, as_github, as_json, as_markdown, as_sarif, as_text, report
from bot.report.contents import Diff, unified
from bot.report.people import STATUS
from bot.survey import Survey
from tests.surface import SCHEMA, SURFACE

ZERO = Sha("0" * 40)

PUBLISHER = Publisher(
    workflow=".github/workflows/release.yml",
    job="release",
    step=2,
    line=17,
    method=Method.GH_ACTION,
    via="pypa/gh-action-pypi-publish",
    index=Index.PYPI,
    credential=Credential.TOKEN,
    secrets=("PYPI_TOKEN",),
    environment=None,
)
FINDING = Finding(
    rule="token-upload",
    severity=Severity.HIGH,
    message="release uploads with a token",
    fix=FixKind.SAFE,
    file=".github/workflows/release.yml",
    line=17,
    column=9,
)
FULL = Report(
    repository="octo/spoon",
    path=".",
    status=Status.TOKEN,
    projects=(Project(name="spoon", path="", metadata="pyproject.toml", backend="hatchling.build", native=True),),
    publishers=(PUBLISHER,),
    findings=(FINDING,),
    changes=(Diff(file="a.yml", kind=ChangeKind.EDIT, diff="--- a/a.yml\n+++ b/a.yml\n@@ -1 +1 @@\n-a\n+b\n"),),
    refusals=(Refusal(rule="token-upload", reason="the job does two things", file="b.yml", line=3),),
    steps=(Step(who=Who.MAINTAINER, what="Register the publisher", url="https://pypi.org/x"),),
    silent=None,
)
EMPTY = Report(
    repository=None,
    path="/some/where",
    status=Status.NOT_A_PACKAGE,
    projects=(),
    publishers=(),
    findings=(),
    changes=(),
    refusals=(),
    steps=(),
    silent="archived",
)
HOSTILE = "a\x1b[2J\x07\r\n::error::b\x9b31m\u202e##[add-mask]c\ud800\u2028d"


def hostile() -> Report:
    project = replace(FULL.projects[0], name=HOSTILE, metadata=HOSTILE, backend=HOSTILE, private=HOSTILE)
    return Report(
        repository=HOSTILE,
        path=HOSTILE,
        status=Status.UNKNOWN,
        projects=(project,),
        publishers=(replace(PUBLISHER, workflow=HOSTILE, job=HOSTILE, via=HOSTILE, secrets=(HOSTILE,)),),
        findings=(
            replace(FINDING, message=HOSTILE, file=HOSTILE),
            replace(FINDING, message="::error::x"),
        ),
        changes=(Diff(file=HOSTILE, kind=ChangeKind.ADD, diff=f"--- a\n+++ b\n+{HOSTILE}\n ::error::c\n"),),
        refusals=(Refusal(rule=FINDING.rule, reason=HOSTILE, file=HOSTILE),),
        steps=(Step(who=Who.ADMIN, what=HOSTILE, url=HOSTILE),),
        silent=HOSTILE,
    )


def shown(lines: tuple[Line, ...]) -> str:
    return "\n".join(" " * item.indent + item.text for item in lines)


# ---------------------------------------------------------------- from a decision


def snapshot(owner: str = "Octo") -> Snapshot:
    ref = RepoRef(id=RepoId(1), node_id=NodeId("n"), owner=owner, name="Spoon" if owner else "")
    facts = RepoFacts(ref=ref, visibility=Visibility.PUBLIC, default_branch="main")
    entry = TreeEntry(kind=EntryKind.BLOB, oid=ZERO)
    return Snapshot(repo=facts, head=ZERO, root_tree=ZERO, tree={"setup.py": entry}, files={})


@pytest.mark.parametrize(("owner", "name"), [("Octo", "Octo/Spoon"), ("", None)])
def test_a_report_says_what_was_decided(owner: str, name: str | None) -> None:
    found = Survey(
        snapshot=snapshot(owner),
        projects=FULL.projects,
        publishers=FULL.publishers,
        status=Status.MIXED,
        workflows={},
        problems=(),
        watched=frozenset(),
    )
    decision = Decision(survey=found, findings=FULL.findings, refusals=FULL.refusals, steps=FULL.steps, silent="asleep")
    told = report(decision, path="here")
    assert told == replace(FULL, repository=name, path="here", status=Status.MIXED, changes=(), silent="asleep")


# ---------------------------------------------------------------- JSON


@pytest.mark.parametrize("given", [FULL, EMPTY, replace(FULL, status=Status.UNKNOWN, silent="x")])
def test_the_json_is_what_the_surface_promises(given: Report) -> None:
    told = json.loads(as_json(given))
    jsonschema_rs.validator_for(SCHEMA).validate(told)
    assert list(told) == list(SURFACE)


def test_the_json_holds_every_value() -> None:
    told = json.loads(as_json(FULL))
    assert (told["repository"], told["path"], told["status"]) == ("octo/spoon", ".", "token")
    assert told["projects"] == [{"name": "spoon", "path": "", "backend": "hatchling.build", "native": True}]
    assert told["publishers"][0]["via"] == "pypa/gh-action-pypi-publish"
    assert told["publishers"][0]["secrets"] == ["PYPI_TOKEN"]
    assert told["findings"][0]["column"] == 9
    assert told["changes"][0]["diff"] == FULL.changes[0].diff
    assert told["refusals"] == [
        {"rule": "token-upload", "file": "b.yml", "line": 3, "reason": "the job does two things"}
    ]
    assert told["steps"] == [{"who": "maintainer", "what": "Register the publisher", "url": "https://pypi.org/x"}]


def test_strange_text_in_json_is_escaped_and_reads_back() -> None:
    text = as_json(hostile())
    assert re.fullmatch(r"[\n -~]+", text)
    told = json.loads(text)
    assert told["findings"][0]["message"] == HOSTILE.replace("\ud800", "\\ud800")
    json.dumps(told, ensure_ascii=False).encode("utf-8")


# ---------------------------------------------------------------- words


def test_every_status_has_its_sentence() -> None:
    assert set(STATUS) == set(Status)
    assert all(sentence.endswith(".") for sentence in STATUS.values())


def test_the_words_say_where_what_and_how() -> None:
    assert shown(as_text(FULL)) == (
        "octo/spoon: token\n"
        "It is uploaded with a token or a password.\n"
        "\n"
        ".github/workflows/release.yml:17:9  high  token-upload  (pubflow can fix it)\n"
        "  release uploads with a token.\n"
        "\n"
        "Proposed\n"
        "  edit a.yml\n"
        "\n"
        "Left alone\n"
        "  b.yml:3: the job does two things.\n"
        "\n"
        "To be done by hand, before the first release\n"
        "  1. Register the publisher.\n"
        "     https://pypi.org/x"
    )


def test_verbose_words_add_what_was_understood() -> None:
    words = shown(as_text(FULL, verbose=True))
    assert "  spoon  (pyproject.toml)  hatchling.build  native code\n" in words
    assert ".github/workflows/release.yml:17  job release, step 3: gh-action to pypi by token (PYPI_TOKEN)\n" in words


def test_nothing_found_is_said_in_two_lines_and_why_nothing_is_proposed_in_one() -> None:
    assert shown(as_text(replace(EMPTY, silent=None))) == "/some/where: not-a-package\nThere is no Python package here."
    assert shown(as_text(EMPTY)).endswith("\n\nNothing is proposed: archived.")


def test_a_reason_that_a_finding_gives_already_is_not_said_twice() -> None:
    finding = replace(FINDING, message="nothing is proposed, because the name is taken")
    refusal = Refusal(rule="token-upload", reason="the name is taken")
    assert "Left alone" not in shown(as_text(replace(FULL, findings=(finding,), refusals=(refusal,))))


def test_a_line_for_each_finding_as_editors_read_it() -> None:
    assert shown(as_brief(FULL)) == ".github/workflows/release.yml:17:9: token-upload: release uploads with a token"
    assert as_brief(EMPTY) == ()


# ---------------------------------------------------------------- annotations


def test_an_annotation_stands_beside_its_line() -> None:
    assert as_github(FULL) == (
        "::error file=.github/workflows/release.yml,line=17,col=9,title=pubflow%3A token-upload"
        "::release uploads with a token"
    )
    assert as_github(EMPTY) == ""


def test_a_finding_about_no_file_is_an_annotation_without_a_place() -> None:
    told = as_github(replace(FULL, findings=(replace(FINDING, file=None, severity=Severity.MEDIUM),)))
    assert told == "::warning title=pubflow%3A token-upload::release uploads with a token"


ESCAPES = {
    "100%": "100%25",
    "a\nb": "a%0Ab",
    "a\r\nb": "a\\r%0Ab",
    "%0A::error::x": "%250A::error::x",
    "a::b": "a::b",
    "\x1b[0m": "\\x1b[0m",
}


@pytest.mark.parametrize("text", ESCAPES)
def test_a_message_cannot_leave_its_annotation(text: str) -> None:
    told = as_github(replace(FULL, findings=(replace(FINDING, message=text),)))
    assert told.rsplit("token-upload::", 1)[1] == ESCAPES[text]
    assert len(told.splitlines()) == 1


def test_a_file_name_cannot_add_a_property() -> None:
    told = as_github(replace(FULL, findings=(replace(FINDING, file="a,line=1::x%\n.yml"),)))
    assert told.startswith("::error file=a%2Cline=1%3A%3Ax%25 .yml,line=17,")


# ---------------------------------------------------------------- SARIF


def test_sarif_is_sarif() -> None:
    schema = (
        Path(__file__).parent.parent / ".cache/judges/microsoft-jest-sarif/package/lib/schemas/sarif-2.1.0-rtm.5.json"
    )
    if not schema.is_file():
        (pytest.fail if os.environ.get("JUDGES") == "required" else pytest.skip)("python tests/ensure_judges.py")
    description = json.loads(schema.read_text("utf-8"))
    for part in ("run", "toolComponent"):
        del description["definitions"][part]["properties"]["language"]["pattern"]  # is no regular expression
    judge = jsonschema_rs.validator_for(description)
    for given in (FULL, EMPTY, hostile(), replace(FULL, findings=(replace(FINDING, file=None),))):
        judge.validate(json.loads(as_sarif(given)))


def test_sarif_names_the_rule_and_the_place() -> None:
    [run] = json.loads(as_sarif(FULL))["runs"]
    [result] = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "token-upload"
    assert result["level"] == "error"
    [location] = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 17, "startColumn": 9}
    assert json.loads(as_sarif(EMPTY))["runs"][0]["results"] == []


URIS = {
    "a b.yml": "a%20b.yml",
    "é.yml": "%C3%A9.yml",
    "a:b.yml": "a%3Ab.yml",
    "100%.yml": "100%25.yml",
    "a#b?": "a%23b%3F",
}


@pytest.mark.parametrize("path", URIS)
def test_a_path_in_sarif_is_a_relative_address(path: str) -> None:
    [run] = json.loads(as_sarif(replace(FULL, findings=(replace(FINDING, file=path),))))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == URIS[path]
    assert unquote(uri) == path


# ---------------------------------------------------------------- the summary of a run


def test_a_summary_has_what_is_found_what_to_do_and_the_patch() -> None:
    assert as_markdown(FULL) == (
        "### pubflow: `octo/spoon` is `token`\n"
        "\n"
        "It is uploaded with a token or a password.\n"
        "\n"
        "| where | rule | what is found |\n"
        "| --- | --- | --- |\n"
        "| `.github/workflows/release.yml:17` | `token-upload` | release uploads with a token |\n"
        "\n"
        "To be done by hand, before the first release:\n"
        "\n"
        "1. Register the publisher: <https://pypi.org/x>\n"
        "\n"
        "<details><summary>The change that pubflow proposes</summary>\n"
        "\n"
        "```diff\n--- a/a.yml\n+++ b/a.yml\n@@ -1 +1 @@\n-a\n+b\n```\n"
        "\n"
        "</details>\n"
    )


def test_a_summary_of_nothing_is_short() -> None:
    told = as_markdown(EMPTY)
    assert told.splitlines()[2:] == ["There is no Python package here.", "", "Nothing is proposed: archived."]


PATCHES = {
    "a fence within": (" ```\n</details>\n", "````diff\n ```\n</details>\n````"),
    "a longer one": ("+" + "`" * 9 + "\n", "`" * 10 + "diff\n+" + "`" * 9 + "\n" + "`" * 10),
    "too long": ("+a\n" * 40_000, "It is too long to be shown here; `pubflow fix` shows it."),
}


@pytest.mark.parametrize("case", PATCHES)
def test_no_patch_gets_out_of_its_fence(case: str) -> None:
    patch, told = PATCHES[case]
    diff = Diff(file="a", kind=ChangeKind.EDIT, diff=patch)
    assert as_markdown(replace(FULL, changes=(diff,))).partition("</summary>\n\n")[2] == f"{told}\n\n</details>\n"


def test_a_summary_links_and_mentions_nothing_that_a_repository_wrote() -> None:
    finding = replace(FINDING, message="<img src=x> @octo [a](https://x) | #1", file="`|a")
    step = replace(FULL.steps[0], what="ask @octo", url="javascript:alert(1)")
    told = as_markdown(replace(FULL, findings=(finding,), steps=(step,)))
    assert "| `` `\\|a:17 `` | `token-upload` | \\<img src=x\\> @\u200bocto" in told
    assert "1. ask @\u200bocto\n" in told
    assert "javascript" not in told


# ---------------------------------------------------------------- hostile text

TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800]")
RUNNER = re.compile(r"^\s*::|##\[", re.MULTILINE)


@pytest.mark.parametrize("render", ["text", "verbose", "brief", "diff", "github", "sarif", "markdown"])
def test_no_rendering_lets_a_command_through(render: str) -> None:
    given = hostile()
    told = {
        "text": shown(as_text(given)),
        "verbose": shown(as_text(given, verbose=True)),
        "brief": shown(as_brief(given)),
        "diff": shown(as_diff(given)).replace("\r\n", "\n"),
        "github": re.sub(r"^::error (?=file=|title=)", "", as_github(given), flags=re.MULTILINE),
        "sarif": as_sarif(given),
        "markdown": as_markdown(given),
    }[render]
    assert not TERMINAL.search(told)
    assert not RUNNER.search(told)
    told.encode("utf-8")


PLAIN = {
    "plain, with é, 日本語 and 📦": "plain, with é, 日本語 and 📦",
    "a\tb\n": "a\tb\n",
    "a::b": "a::b",
    "https://[::1]/": "https://[::1]/",
    "\x1b]0;x\x07": "\\x1b]0;x\\x07",
    "\x85": "\\x85",
    "\u200b\ufeff": "\\u200b\\ufeff",
    "\ud800": "\\ud800",
    "\U000e0041": "\\U000e0041",
    "  ::set-env x": "  \\x3a:set-env x",
    "x ##[error]": "x #\\x23[error]",
    "::a\n::b": "\\x3a:a\n\\x3a:b",
}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_and_strange_text_is_shown(text: str) -> None:
    assert plain(text) == PLAIN[text]


def test_one_line_is_one_line() -> None:
    assert line(" a\r\n\tb ") == "a\\r  b"


# ---------------------------------------------------------------- diffs

CHANGES = {
    "add": Change(file="a/new.yml", before=None, after="on: push\njobs: {}\n"),
    "add without a last line feed": Change(file="new.yml", before=None, after="on: push"),
    "edit": Change(file="a.yml", before="a\nb\nc\nd\ne\nf\ng\nh\n", after="a\nb\nc\nD\ne\nf\ng\nh\ni\n"),
    "edit in two places": Change(
        file="a.yml",
        before="".join(f"{n}\n" for n in range(60)),
        after="".join(f"{n}\n" for n in range(60) if n not in {5, 50}),
    ),
    "lose the last line feed": Change(file="a.yml", before="a\nb\n", after="a\nb"),
    "gain the last line feed": Change(file="a.yml", before="a\nb", after="a\nb\n"),
    "keep no last line feed": Change(file="a.yml", before="a\nb", after="x\nb"),
    "CRLF": Change(file="a.yml", before="a\r\nb\r\n", after="a\r\nc\r\n"),
    "other ends of lines": Change(file="a.yml", before="a\u2028b\x85c\x0bd\nb\n", after="a\u2028b\x85c\x0bd\nc\n"),
    "empty to full": Change(file="a.yml", before="", after="a\n"),
    "delete": Change(file="a.yml", before="a\nb\n", after=None),
    "a name with a blank": Change(file="a b.yml", before="a\n", after="b\n"),
    "a name with a quote": Change(file='a"b\\c.yml', before="a\n", after="b\n"),
    "a name with a line feed": Change(file="a\nb\t.yml", before="a\n", after="b\n"),
    "a name in another script": Change(file="é日.yml", before="a\n", after="b\n"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_git_takes_every_diff(tmp_path: Path, case: str) -> None:
    change = CHANGES[case]
    target = tmp_path / change.file
    if change.before is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(change.before.encode())
    apply = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    subprocess.run(apply, input=unified(change).encode(), cwd=tmp_path, env=environment, check=True)
    after = target.read_bytes() if target.exists() else None
    assert after == (None if change.after is None else change.after.encode())


def test_no_change_is_no_diff() -> None:
    assert unified(Change(file="a.yml", before="a\n", after="a\n")) == ""


def test_a_patch_keeps_carriage_returns_at_the_ends_of_lines() -> None:
    diff = Diff(file="a", kind=ChangeKind.EDIT, diff=unified(CHANGES["CRLF"]))
    assert shown(as_diff(replace(FULL, changes=(diff,)))).endswith(" a\r\n-b\r\n+c\r")


def test_a_small_change_of_a_long_file_that_repeats_itself_is_a_small_diff() -> None:
    lines = [f"line {n % 7}\n" for n in range(40_000)]
    change = Change(file="a.yml", before="".join(lines), after="".join([*lines[:999], "new\n", *lines[999:]]))
    assert unified(change).splitlines()[2] == "@@ -997,6 +997,7 @@"
    assert len(unified(change).splitlines()) == 10


def test_a_suggestion_is_shown_below_what_was_left_alone() -> None:
    change = Change(file="b.yml", before="run: make release\n", after="run: make build\n")
    refusal = Refusal(rule="token-upload", reason="it happens in make", file="b.yml", line=1, suggestion=change)
    given = replace(FULL, refusals=(refusal,))

    said = shown(as_text(given))
    (told,) = json.loads(as_json(given))["suggestions"]

    assert "if the target does nothing more than it says:\n    --- a/b.yml\n" in said
    assert "    -run: make release\n    +run: make build\n" in said
    assert (told["file"], told["line"]) == ("b.yml", 1)
    assert told["diff"].endswith("-run: make release\n+run: make build\n")
