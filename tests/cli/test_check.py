"""`pubflow check` on folders built from tables: statuses, codes, formats, and whatever can be wrong with a file."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest

from bot.cli.asking import ask
from bot.cli.looking import Question, look
from bot.cli.options import CheckFormat
from bot.model import IndexFacts
from tests.cli.index import index
from tests.cli.running import ROOT, beside, here
from tests.snapshots import PUBLISHES, PYPROJECT
from tests.surface import SCHEMA

RELEASE = ".github/workflows/release.yml"
TOKEN = PUBLISHES + "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"
CORPUS = ROOT.parent / "shared" / "corpus" / "repos.tar.gz"


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


STATUSES: dict[str, tuple[dict[str, str], int]] = {
    "missing": ({"pyproject.toml": PYPROJECT}, 1),
    "trusted": ({"pyproject.toml": PYPROJECT, RELEASE: PUBLISHES}, 0),
    "token": ({"pyproject.toml": PYPROJECT, RELEASE: TOKEN}, 1),
    "not-a-package": ({"README.md": "# Hello\n"}, 0),
    "private": ({"pyproject.toml": PYPROJECT + 'classifiers = ["Private :: Do Not Upload"]\n'}, 1),
    "unknown": ({"pyproject.toml": PYPROJECT, RELEASE: "run: [twine upload\n"}, 2),
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str], status: str) -> None:
    files, code = STATUSES[status]
    ended = here(capsys, "check", put(tmp_path, files), "--offline", "--format", "json")
    told = json.loads(ended.out)
    jsonschema_rs.validator_for(SCHEMA).validate(told)
    assert (told["status"], ended.code, ended.err) == (status, code, "")
    assert told["path"] == str(tmp_path)


def test_the_real_command_prints_json_alone_on_stdout(tmp_path: Path) -> None:
    ended = beside(put(tmp_path, {"pyproject.toml": PYPROJECT}), "check", "--offline", "--format", "json", "--verbose")
    assert (ended.code, ended.err) == (1, "")
    told = json.loads(ended.out)
    assert (told["path"], told["repository"]) == (".", None)
    assert [change["kind"] for change in told["changes"]] == ["add"]


def test_other_formats_are_written_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = put(tmp_path / "root", {"pyproject.toml": PYPROJECT, RELEASE: TOKEN})
    also = [word for name in CheckFormat for word in ("--also", f"{name}={tmp_path / name}")]
    ended = here(capsys, "check", root, "--offline", "--format", "github", *also)
    assert (ended.code, ended.err) == (1, "")
    for name in CheckFormat:
        alone = here(capsys, "check", root, "--offline", "--format", name)
        assert (tmp_path / name).read_text("utf-8") == alone.out


@pytest.mark.parametrize("word", ["sarif", "sarif=", "=x", "pdf=x", "json=", "json=missing/x", "json=."])
def test_a_file_that_cannot_be_written_beside_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = here(capsys, "check", tmp_path, "--also", word)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("pubflow: --also: ")
    assert list(tmp_path.iterdir()) == []


def test_the_repository_is_read_from_the_remote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {".git/config": '[remote "origin"]\n\turl = git@github.com:Octo/spoon.git\n'})
    told = json.loads(here(capsys, "check", tmp_path, "--format", "json").out)
    assert told["repository"] == "Octo/spoon"


# ---------------------------------------------------------------- files that are not what they should be


def link_out(path: Path) -> None:
    outside = path.parents[2].parent / "outside.yml"
    outside.write_text(PUBLISHES)
    path.symlink_to(outside)


SPOILED: dict[str, Callable[[Path], object]] = {
    "not UTF-8": lambda path: path.write_bytes(b"name: \xff\n# twine upload\n"),
    "not YAML": lambda path: path.write_text("run: [twine upload\n"),
    "too large": lambda path: path.write_text("# twine upload\n" * 100_000),
    "a folder": Path.mkdir,
    "a link out of the tree": link_out,
    "a pipe": os.mkfifo,
    "a nesting bomb": lambda path: path.write_text("[" * 50_000 + " # twine upload"),
    "an alias bomb": lambda path: path.write_text(
        "# twine upload\na0: &a0 x\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 20))
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_one_bad_file_is_a_finding_and_the_rest_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    root = put(tmp_path / "root", {"pyproject.toml": PYPROJECT, RELEASE: TOKEN})
    SPOILED[case](root / ".github" / "workflows" / "bad.yml")
    ended = here(capsys, "check", root, "--offline", "--format", "json")
    told = json.loads(ended.out)
    assert told["status"] == "token"
    assert [project["name"] for project in told["projects"]] == ["Spoon.Knife"]
    if case != "an alias bomb":  # that one can be read
        assert [(finding["rule"], finding["file"]) for finding in told["findings"]] == [
            ("unreadable-file", ".github/workflows/bad.yml"),
            ("token-upload", RELEASE),
        ]
        assert ended.code == 1
    assert ended.err == ""


BROKEN_PACKAGING = {"not TOML": b"[project\n", "not UTF-8": b"name = '\xff'\n", "no table": b"project = 3\n"}


@pytest.mark.parametrize("case", BROKEN_PACKAGING)
def test_broken_packaging_is_said_and_nothing_proposed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(BROKEN_PACKAGING[case])
    ended = here(capsys, "check", tmp_path, "--offline", "--format", "json")
    assert json.loads(ended.out)["changes"] == []
    assert ended.code in {0, 1, 2}
    assert "defect" not in ended.err


CANNOT = {
    "missing": "does not exist",
    "file": "is not a folder",
    "\x1b[31mred\x07": "does not exist",
    "x" * 5000: "cannot be looked at",
}


@pytest.mark.parametrize("name", CANNOT)
@pytest.mark.parametrize("verb", ["check", "fix"])
def test_a_path_that_is_no_folder_ends_with_2_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, name: str
) -> None:
    put(tmp_path, {"file": ""})
    ended = here(capsys, verb, tmp_path / name, "--format", "json")
    assert (ended.code, ended.out) == (2, "")
    assert CANNOT[name] in ended.err
    assert ended.err.count("\n") == 1
    assert ended.err[:-1].isprintable()


def test_strange_names_in_a_tree_do_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["\x1b[2J.yml", "a\nb.yml", "::error::x.yml", "-rf.yml", "%0A.yml", "\u202egnp.yml", "日本.yml"]
    put(tmp_path, {f".github/workflows/{name}": "run: [twine upload\n" for name in names})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/.github/workflows/\xff.yml")).write_text("on: push\n")
    for form in CheckFormat:
        ended = here(capsys, "check", tmp_path, "--format", form)
        assert ended.code == 2, ended.err
        assert all(line.isprintable() for line in ended.out.split("\n"))
        lines = ended.out.splitlines()
        assert [line.startswith(("::warning file=", "::notice file=")) for line in lines] == [form == "github"] * len(
            lines
        )


# ---------------------------------------------------------------- words


def test_words_for_people(tmp_path: Path) -> None:
    put(tmp_path, {"pyproject.toml": PYPROJECT})
    ended = beside(tmp_path, "check", "--offline")
    assert ended.code == 1
    assert ended.out.startswith(
        ".: missing\nThere is a package here, and no workflow publishes it.\n\npyproject.toml:1:1 "
    )
    assert "  add .github/workflows/publish-to-pypi.yml\n" in ended.out
    assert ended.err == "\nSee the change with `pubflow fix .`.\n"
    assert "\x1b" not in ended.out + ended.err


def test_quiet_is_a_line_for_each_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "check", put(tmp_path, {"pyproject.toml": PYPROJECT}), "--offline", "--quiet")
    assert ended.out == "pyproject.toml:1:1: missing-workflow: Spoon.Knife is a package, and no workflow publishes it\n"
    assert (ended.code, ended.err) == (1, "")
    nothing = here(capsys, "check", put(tmp_path / "empty", {"README": ""}), "--quiet")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "")


def test_verbose_says_what_was_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "check", put(tmp_path, {"pyproject.toml": PYPROJECT, RELEASE: TOKEN}), "--verbose")
    assert "  Spoon.Knife  (pyproject.toml)  hatchling.build\n" in ended.out
    assert f"  {RELEASE}:11  job publish, step 3: gh-action to pypi by token (PYPI_TOKEN)\n" in ended.out


# ---------------------------------------------------------------- options

WRONG = {
    "an option that there is not": (["--bogus"], "No such option: --bogus"),
    "a format that there is not": (["--format", "xml"], "xml"),
    "a rule that there is not": (["--only", "no-such-rule"], "there is no rule no-such-rule; the rules are: "),
    "one path too many": ([".", "."], "unexpected extra argument"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_option_ends_with_2_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str) -> None:
    words, said = WRONG[case]
    ended = here(capsys, "check", *([] if words[0] == "." else [tmp_path]), *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_one_rule_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"pyproject.toml": PYPROJECT, ".github/workflows/lint.yml": "a: [\n"})
    for rule, count in (("missing-workflow", 1), ("unreadable-file", 0)):
        told = json.loads(here(capsys, "check", tmp_path, "--offline", "--only", rule, "--format", "json").out)
        assert {finding["rule"] for finding in told["findings"]} == {rule}
        assert len(told["changes"]) == count


# ---------------------------------------------------------------- PyPI


def test_the_index_is_asked_for_a_package_that_nothing_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"pyproject.toml": PYPROJECT, ".git/config": '[remote "origin"]\nurl = git@github.com:a/b\n'})
    with index({"spoon-knife": "https://github.com/somebody/else"}) as local:
        monkeypatch.setenv("PYPI_URL", local.url)
        told = json.loads(here(capsys, "check", tmp_path, "--format", "json").out)
    assert local.asked == ["/pypi/spoon-knife/json"]
    assert told["changes"] == []
    assert told["findings"][0]["fix"] == "manual"
    assert "does not link to this repository" in told["refusals"][0]["reason"]


SILENT: dict[str, tuple[dict[str, str], list[str]]] = {
    "offline": ({"pyproject.toml": PYPROJECT}, ["--offline"]),
    "published": ({"pyproject.toml": PYPROJECT, RELEASE: TOKEN}, []),
    "no package": ({"README": ""}, []),
}


@pytest.mark.parametrize("case", SILENT)
def test_the_index_is_not_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    files, words = SILENT[case]
    with index() as local:
        monkeypatch.setenv("PYPI_URL", local.url)
        here(capsys, "check", put(tmp_path, files), *words)
    assert local.asked == []


def test_an_index_that_is_not_there_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYPI_URL", "http://127.0.0.1:1")
    ended = here(capsys, "check", put(tmp_path, {"pyproject.toml": PYPROJECT}), "--format", "json")
    assert (ended.code, len(json.loads(ended.out)["changes"]), ended.err) == (1, 1, "")


def test_an_index_that_does_not_answer_is_not_waited_for() -> None:
    with index(silent=True) as local:
        found = ask(["a", "B.c"], pypi_url=local.url, web_url="https://github.com", patience_seconds=0.1)
    assert found == (IndexFacts(name="a", exists=None), IndexFacts(name="b-c", exists=None))


@pytest.mark.parametrize("url", ["pypi.org", "http://pypi.example", "https://user:secret@pypi.org", "https://"])
def test_a_wrong_address_is_said_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("PYPI_URL", url)
    ended = here(capsys, "check", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "pubflow: PYPI_URL: wanted an address such as https://pypi.org, found something else\n"


def test_a_dotenv_file_of_the_checkout_is_not_obeyed(tmp_path: Path) -> None:
    with index() as local:
        put(tmp_path, {"pyproject.toml": PYPROJECT, ".env": f"PYPI_URL={local.url}\nPORT=abc\nPRIVATE_KEY=x\n"})
        ended = beside(tmp_path, "check", PYPI_URL="http://127.0.0.1:1")
    assert ended.code == 1
    assert local.asked == []


# ---------------------------------------------------------------- real repositories


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")
def test_real_repositories_are_answered_for(tmp_path: Path) -> None:
    with tarfile.open(CORPUS) as archive:
        members = [member for member in archive if member.name.count("/") > 1]
        names = sorted({member.name.split("/")[1] for member in members})
        some = set(names[:: max(len(names) // 30, 1)])
        archive.extractall(tmp_path, [member for member in members if member.name.split("/")[1] in some], filter="data")
    for name in some:
        decision = look(Question(path=tmp_path / "repos" / name, offline=True))
        assert decision.status, name
