"""Real repositories: every one gets a status without an exception, and not fewer than ever are understood.

The corpus lies beside the checkout and is not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import csv
import io
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.bumping.snapshot import catalogue, shipped
from bot.following import targets
from bot.guard import compare
from bot.interest import first
from bot.model import EntryKind, Index, NodeId, RepoFacts, RepoId, RepoRef, Sha, Snapshot, Status, TreeEntry, Visibility
from bot.plan import Decision, decide
from bot.questions import actions
from bot.survey import Survey, survey

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not (CORPUS / "repos.tar.gz").exists(), reason="the corpus is not beside the checkout")

ENTRY = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=1)
EXPECTED = {"oidc": {Status.TRUSTED}, "token": {Status.TOKEN}, "both": {Status.TOKEN, Status.MIXED, Status.TRUSTED}}


def folders() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every repository of the archive: the name of its folder, and its files' texts."""
    found: dict[str, dict[str, str]] = {}
    with tarfile.open(CORPUS / "repos.tar.gz") as archive:
        for member in archive:
            parts = Path(member.name).parts
            content = archive.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            folder = next(index for index, part in enumerate(parts) if "__" in part)
            text = io.TextIOWrapper(content, encoding="utf-8", newline="").read()
            found.setdefault(parts[folder], {})["/".join(parts[folder + 1 :])] = text
    yield from found.items()


def snapshot(files: Mapping[str, str]) -> Snapshot:
    ref = RepoRef(id=RepoId(1), node_id=NodeId("n"), owner="o", name="r")
    texts = {path: text for path, text in files.items() if path not in ("tree.txt", "source.json")}
    return Snapshot(
        repo=RepoFacts(ref=ref, visibility=Visibility.PUBLIC, default_branch="main"),
        head=Sha("0" * 40),
        root_tree=Sha("0" * 40),
        tree=dict.fromkeys(files["tree.txt"].splitlines(), ENTRY),
        files=texts,
    )


@pytest.fixture(scope="module")
def surveys() -> Mapping[str, Survey]:
    return {name: survey(snapshot(files)) for name, files in folders()}


@pytest.fixture(scope="module")
def rows() -> Mapping[str, Mapping[str, str]]:
    with (CORPUS / "repos.tsv").open(newline="") as lines:
        found = {}
        for row in csv.DictReader(lines, delimiter="\t"):
            name = row["repo"].replace("/", "__")
            found[name if row["era"] == "head" else f"{name}@{row['commit'][:12]}"] = row
    return found


def test_every_repository_has_a_status(surveys: Mapping[str, Survey], rows: Mapping[str, object]) -> None:
    assert surveys.keys() == rows.keys()
    assert all(found.status in Status for found in surveys.values())


def test_what_publishes_is_seen_to(surveys: Mapping[str, Survey], rows: Mapping[str, Mapping[str, str]]) -> None:
    statuses = Counter(surveys[name].status for name, row in rows.items() if row["kind"] == "publish")

    assert statuses[Status.MISSING] == statuses[Status.NOT_A_PACKAGE] == 0
    assert statuses[Status.UNKNOWN] <= 1


def test_what_does_not_publish_is_not_accused(
    surveys: Mapping[str, Survey], rows: Mapping[str, Mapping[str, str]]
) -> None:
    quiet = [surveys[name] for name, row in rows.items() if row["kind"] in ("no-publish", "non-python")]

    assert [found for found in quiet if found.publishers] == []
    assert {found.status for found in quiet} <= {Status.MISSING, Status.NOT_A_PACKAGE, Status.PRIVATE}


def test_other_indexes_come_first(surveys: Mapping[str, Survey], rows: Mapping[str, Mapping[str, str]]) -> None:
    others = [surveys[name].status for name, row in rows.items() if row["kind"] == "other-index"]

    assert set(others) == {Status.OTHER_INDEX}


def test_credentials_agree(surveys: Mapping[str, Survey], rows: Mapping[str, Mapping[str, str]]) -> None:
    direct = {name: row for name, row in rows.items() if row["auth"] in EXPECTED and row["kind"] == "publish"}
    right = [
        name
        for name, row in direct.items()
        if surveys[name].status in EXPECTED[row["auth"]] | ({Status.INDIRECT} if row["via"] else set())
    ]

    assert len(right) / len(direct) >= 0.99


def test_uploads_point_at_their_lines(surveys: Mapping[str, Survey]) -> None:
    for found in surveys.values():
        for publisher in found.publishers:
            assert 1 <= publisher.line <= found.workflows[publisher.workflow].document.text.count("\n") + 1


def test_what_is_read_first_holds_every_workflow(surveys: Mapping[str, Survey]) -> None:
    for found in surveys.values():
        assert set(found.workflows) <= set(first(found.snapshot.tree))


def test_the_guard_is_silent_where_nothing_changed(surveys: Mapping[str, Survey]) -> None:
    assert {name: compare(found, found) for name, found in surveys.items() if compare(found, found)} == {}


def test_what_is_followed_is_what_uploads_to_an_index_that_takes_identity_tokens(surveys: Mapping[str, Survey]) -> None:
    followed = {name for name, found in surveys.items() if any(each.workflow for each in targets(found))}
    assert not {name for name in followed if surveys[name].status in {Status.OTHER_INDEX, Status.NOT_A_PACKAGE}}
    told = {Index.PYPI, Index.TESTPYPI}  # of some uploads only the run itself knows where they go
    plain = {Status.TRUSTED, Status.TOKEN}
    uploading = {
        name
        for name, found in surveys.items()
        if found.status in plain and told & {each.index for each in found.publishers}
    }
    assert uploading <= followed


def test_what_a_checkout_is_given_leaves_nothing_more_to_write(surveys: Mapping[str, Survey]) -> None:
    """`pubflow fix --write` mends in one run all that it can mend."""
    for found in list(surveys.values())[:: len(surveys) // 16]:
        once = _asked(found)
        files = {**found.snapshot.files, **{change.file: change.after or "" for change in once.changes}}
        tree = {**found.snapshot.tree, **dict.fromkeys(files, ENTRY)}
        assert _asked(survey(replace(found.snapshot, files=files, tree=tree))).changes == ()


def _asked(found: Survey) -> Decision:
    known = catalogue(shipped(), actions(found, asked=True), 1.795e9)
    return decide(found.snapshot, found=found, asked=True, catalogue=known)
